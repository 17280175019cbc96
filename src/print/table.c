/* Tables of levels: number, text, one narrow column a level with one box in each cell. */
#include "print/print_internal.h"

#include <string.h>

#define NUMBER_MM 9.5     /* column "TT" */
#define MIN_TEXT_MM 72.0  /* column of the text */
#define MIN_LEVEL_MM 14.0 /* box and clearance on both sides, and a little */
#define CELL_PAD_MM 1.8
#define TIGHT_CLEAR_MM                                                                                       \
    2.6 /* above and below a box at the tightest setting; BOX_CLEAR_MM from a third of air on */
#define HEADER_PT 10.5 /* at least: columns are as wide as it needs */
#define HEADER_PAD_MM 1.2

static double level_base_mm(guint levels)
{
    static const double by_count[] = {0, 28, 28, 27, 16.2, 15.4, 14.6};
    return levels < G_N_ELEMENTS(by_count) ? by_count[levels] : MIN_LEVEL_MM;
}

/* The width of a level's column: wide enough for the longest word of the labels. */
static double level_mm(PrintPress *press, const SurveyScale *scale)
{
    double width_mm = level_base_mm(scale->options->len);
    for (guint i = 0; i < scale->options->len; i++) {
        const SurveyOption *option = scale->options->pdata[i];
        g_auto(GStrv) words = g_strsplit(option->label, " ", -1);
        for (char **word = words; *word; word++) {
            g_autoptr(PangoLayout) text =
                print_text_new(press, *word, (PrintStyle){.size_pt = HEADER_PT, .bold = true});
            width_mm = MAX(width_mm, print_text_width_mm(text) + 2 * HEADER_PAD_MM);
        }
    }
    return width_mm;
}

/* How a label of that size stands in a column: its lines, and whether all fit its width. */
static int label_lines(PrintPress *press, const char *label, double size_pt, double width_mm, bool *ret_fits)
{
    g_autoptr(PangoLayout) text =
        print_text_new(press, label, (PrintStyle){.size_pt = size_pt, .bold = true, .width_mm = width_mm});
    *ret_fits = print_text_width_mm(text) <= width_mm;
    return print_text_lines(text);
}

/* The size of a table's header: grows with the body as long as the labels keep to their columns and lines. */
static double header_pt(const PrintBuilder *builder, const SurveyScale *scale)
{
    double size_pt = MAX(HEADER_PT, builder->body_pt - 1.5);
    double width_mm = level_mm(builder->press, scale) - 2 * HEADER_PAD_MM;
    for (guint i = 0; i < scale->options->len; i++) {
        const char *label = ((SurveyOption *)scale->options->pdata[i])->label;
        bool fits;
        int lines = label_lines(builder->press, label, HEADER_PT, width_mm, &fits);
        while (size_pt > HEADER_PT &&
               (label_lines(builder->press, label, size_pt, width_mm, &fits) > lines || !fits))
            size_pt = MAX(HEADER_PT, size_pt - 0.5);
    }
    return size_pt;
}

static double text_column_mm(PrintPress *press, const SurveyScale *scale)
{
    return BODY_WIDTH_MM - NUMBER_MM - scale->options->len * level_mm(press, scale);
}

bool print_is_row(PrintPress *press, const SurveyQuestion *question)
{
    return question->kind == SURVEY_QUESTION_ONE && question->scale && question->scale->scored &&
           text_column_mm(press, question->scale) >= MIN_TEXT_MM;
}

static void add_rule(PrintDrawing *drawing, double x_mm, double y_mm, double w_mm, double h_mm)
{
    print_add_shape(drawing, PRINT_RULE, (RectMm){x_mm, y_mm, w_mm, h_mm}, PRINT_RULE_MM);
}

/* The rules around and between the cells of a row; no `scale`: one cell. */
static void add_grid(PrintPress *press, PrintDrawing *drawing, const SurveyScale *scale, double height_mm)
{
    add_rule(drawing, 0, 0, BODY_WIDTH_MM, 0);
    add_rule(drawing, 0, height_mm, BODY_WIDTH_MM, 0);
    add_rule(drawing, 0, 0, 0, height_mm);
    add_rule(drawing, BODY_WIDTH_MM, 0, 0, height_mm);
    if (!scale)
        return;
    double width_mm = level_mm(press, scale);
    add_rule(drawing, NUMBER_MM, 0, 0, height_mm);
    for (guint i = 0; i < scale->options->len; i++)
        add_rule(drawing, BODY_WIDTH_MM - (i + 1) * width_mm, 0, 0, height_mm);
}

/* A text in the middle of a cell of that height. */
static void add_middle(PrintDrawing *drawing, PangoLayout *text, double x_mm, double height_mm)
{
    print_add_text(drawing, text, x_mm, (height_mm - print_text_height_mm(text)) / 2);
}

const PrintBlock *print_add_table(PrintBuilder *builder, const SurveyScale *scale, double gap_mm)
{
    PrintPress *press = builder->press;
    double width_mm = level_mm(press, scale), text_mm = text_column_mm(press, scale);
    PrintStyle style = {.size_pt = header_pt(builder, scale), .bold = true, .align = PANGO_ALIGN_CENTER};
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    double height_mm = 0;
    for (guint i = 0; i < scale->options->len; i++) {
        style.width_mm = width_mm - 2 * HEADER_PAD_MM;
        PangoLayout *cell = print_text_new(press, ((SurveyOption *)scale->options->pdata[i])->label, style);
        height_mm = MAX(height_mm, print_text_height_mm(cell));
        g_ptr_array_add(cells, cell);
    }
    height_mm = MAX(height_mm + 1.7 + 0.7 * builder->air, 8.5);
    PrintDrawing *drawing = print_drawing_new();
    style.width_mm = NUMBER_MM;
    add_middle(drawing, print_text_new(press, "TT", style), 0, height_mm);
    style.width_mm = text_mm;
    add_middle(drawing, print_text_new(press, "Nội dung đánh giá", style), NUMBER_MM, height_mm);
    for (guint i = 0; i < cells->len; i++)
        add_middle(drawing, cells->pdata[i], NUMBER_MM + text_mm + i * width_mm + HEADER_PAD_MM, height_mm);
    add_grid(press, drawing, scale, height_mm);
    PrintBlock *block = print_add_block(builder, PRINT_BLOCK_HEADER, drawing, height_mm, gap_mm);
    block->keep = true;
    block->table = ++builder->tables;
    builder->rows = 0;
    return block;
}

/* A block of the table under `header`. */
static PrintBlock *add_table_block(PrintBuilder *builder, const PrintBlock *header, PrintBlockKind kind,
                                   PrintDrawing *drawing, double height_mm)
{
    PrintBlock *block = print_add_block(builder, kind, drawing, height_mm, 0);
    block->table = header->table;
    block->header = header->drawing;
    block->header_mm = header->height_mm;
    return block;
}

void print_add_section_row(PrintBuilder *builder, const PrintBlock *header, const char *title)
{
    PrintStyle style = {
        .size_pt = builder->body_pt, .bold = true, .width_mm = BODY_WIDTH_MM - 2 * CELL_PAD_MM};
    PangoLayout *text = print_text_new(builder->press, title, style);
    double height_mm = print_text_height_mm(text) + 1.9 + 1.5 * builder->air;
    PrintDrawing *drawing = print_drawing_new();
    add_middle(drawing, text, CELL_PAD_MM, height_mm);
    add_grid(builder->press, drawing, NULL, height_mm);
    add_table_block(builder, header, PRINT_BLOCK_SECTION, drawing, height_mm)->keep = true;
}

/* How much of the column the last line fills. */
static double last_line_mm(PangoLayout *text)
{
    PangoRectangle extents;
    pango_layout_line_get_extents(pango_layout_get_line_readonly(text, print_text_lines(text) - 1), NULL,
                                  &extents);
    return extents.width * POINT_MM / PANGO_SCALE;
}

/* A text that does not leave one word alone on its last line: set narrower as long as its lines stay as many.
 */
static PangoLayout *balanced_text(const PrintBuilder *builder, const char *words, double column_mm)
{
    PrintPress *press = builder->press;
    const PrintManner *manner = builder->manner;
    PrintStyle style = {.size_pt = builder->body_pt, .width_mm = column_mm};
    PangoLayout *text = print_text_new(press, words, style);
    while (print_text_lines(text) > 1 && last_line_mm(text) < manner->last_line * column_mm &&
           style.width_mm > manner->narrowest * column_mm) {
        style.width_mm -= 2;
        g_autoptr(PangoLayout) narrower = print_text_new(press, words, style);
        if (print_text_lines(narrower) > print_text_lines(text))
            break;
        g_object_unref(text);
        text = g_steal_pointer(&narrower);
    }
    return text;
}

void print_add_row(PrintBuilder *builder, const PrintBlock *header, const SurveyQuestion *question)
{
    PrintPress *press = builder->press;
    const SurveyScale *scale = question->scale;
    double width_mm = level_mm(press, scale), text_mm = text_column_mm(press, scale);
    PangoLayout *text = balanced_text(builder, question->text, text_mm - 2 * CELL_PAD_MM);
    PrintStyle style = {.size_pt = builder->body_pt, .align = PANGO_ALIGN_CENTER, .width_mm = NUMBER_MM};
    PangoLayout *number = print_text_new(press, question->number, style);
    double box_mm = BOX_OUTER_MM + 2 * TIGHT_CLEAR_MM + PRINT_RULE_MM;
    double height_mm = MAX(print_text_height_mm(text) + 1.2, box_mm) + 2.4 * builder->air;
    PrintDrawing *drawing = print_drawing_new();
    if (builder->rows++ % 2 == 1 && builder->manner->tint > 0)
        print_add_fill(drawing, (RectMm){0, 0, NUMBER_MM + text_mm, height_mm}, 1 - builder->manner->tint);
    add_middle(drawing, number, 0, height_mm);
    add_middle(drawing, text, NUMBER_MM + CELL_PAD_MM, height_mm);
    add_grid(press, drawing, scale, height_mm);
    for (guint i = 0; i < scale->options->len; i++)
        print_add_box(drawing, question, scale->options->pdata[i],
                      NUMBER_MM + text_mm + (i + 0.5) * width_mm - BOX_MM / 2, (height_mm - BOX_MM) / 2);
    add_table_block(builder, header, PRINT_BLOCK_ROW, drawing, height_mm);
}
