/* A form as blocks from top to bottom: heads, title, agency, introduction, instruction, sections, thanks.
 * What is printed here is Vietnamese whatever the user's language: it is the paper's. */
#include "print/print_internal.h"

#include <string.h>

#define AGENCY_LINE_MM_A_PT 0.45
#define LEFT_HEAD_MM 70.0
#define RIGHT_HEAD_X_MM 76.0

static void block_free(gpointer data)
{
    PrintBlock *block = data;
    print_drawing_free(block->drawing);
    g_free(block);
}

PrintBlock *print_add_block(PrintBuilder *builder, PrintBlockKind kind, PrintDrawing *drawing,
                            double height_mm, double gap_mm)
{
    PrintBlock *block = g_new0(PrintBlock, 1);
    block->kind = kind;
    block->drawing = drawing;
    block->height_mm = height_mm;
    block->gap_mm = builder->blocks->len ? gap_mm : 0;
    block->section = builder->section;
    g_ptr_array_add(builder->blocks, block);
    return block;
}

/* Adds a text of that style in its own column and gives where it ends. */
static double add_styled(PrintBuilder *builder, PrintDrawing *drawing, const char *text, PrintStyle style,
                         double x_mm, double y_mm)
{
    return y_mm + print_add_text(drawing, print_text_new(builder->press, text, style), x_mm, y_mm);
}

/* One of the two heads: two lines and a rule under the middle of the second, `share` of its width. */
static double add_head(PrintBuilder *builder, PrintDrawing *drawing, const char *top, const char *bottom,
                       bool top_bold, double x_mm, double width_mm, double share)
{
    PrintStyle style = {.size_pt = 12, .bold = top_bold, .align = PANGO_ALIGN_CENTER, .width_mm = width_mm};
    double y_mm = add_styled(builder, drawing, top, style, x_mm, 0);
    style.bold = true;
    style.size_pt = top_bold ? 13 : 12;
    PangoLayout *text = print_text_new(builder->press, bottom, style);
    double rule_mm = share * print_text_width_mm(text);
    if (!*bottom) {
        g_object_unref(text);
        return y_mm;
    }
    y_mm += print_add_text(drawing, text, x_mm, y_mm) + (top_bold ? 0.6 : 0.9);
    print_add_shape(drawing, PRINT_RULE, (RectMm){x_mm + (width_mm - rule_mm) / 2, y_mm, rule_mm, 0}, 0.25);
    return y_mm + 0.3;
}

static void add_heads(PrintBuilder *builder)
{
    const SurveyForm *form = builder->form;
    PrintDrawing *drawing = print_drawing_new();
    double left_mm = add_head(builder, drawing, form->header_left_top, form->header_left_bottom, false, 0,
                              LEFT_HEAD_MM, 0.45);
    double right_mm =
        add_head(builder, drawing, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", true,
                 RIGHT_HEAD_X_MM, BODY_WIDTH_MM - RIGHT_HEAD_X_MM, 1);
    print_add_block(builder, PRINT_BLOCK_PLAIN, drawing, MAX(left_mm, right_mm), 0)->keep = true;
}

static void add_title(PrintBuilder *builder)
{
    const SurveyForm *form = builder->form;
    PrintStyle style = {.size_pt = 15, .bold = true, .align = PANGO_ALIGN_CENTER, .width_mm = BODY_WIDTH_MM};
    PrintDrawing *drawing = print_drawing_new();
    double y_mm = add_styled(builder, drawing, form->title, style, 0, 0);
    if (*form->subtitle) {
        style.size_pt = 13;
        style.bold = false;
        style.italic = true;
        y_mm = add_styled(builder, drawing, form->subtitle, style, 0, y_mm + 0.5);
    }
    print_add_block(builder, PRINT_BLOCK_PLAIN, drawing, y_mm, 4 + 2 * builder->air)->keep = true;
}

/* The label, and room for a name of two lines, or one and the note, whatever they are: positions never depend
 * on them. */
static void add_agency(PrintBuilder *builder)
{
    PrintDrawing *drawing = print_drawing_new();
    PangoLayout *label = print_text_new(builder->press, builder->form->agency_label,
                                        (PrintStyle){.size_pt = builder->body_pt});
    double x_mm = print_text_width_mm(label) + 2;
    double line_mm = AGENCY_LINE_MM_A_PT * builder->body_pt, height_mm = 2 * line_mm;
    print_add_text(drawing, label, 0, 0);
    PrintBlock *block =
        print_add_block(builder, PRINT_BLOCK_PLAIN, drawing, height_mm, 2.5 + 1.5 * builder->air);
    block->keep = block->agency = true;
    block->slot = (RectMm){x_mm, 0, BODY_WIDTH_MM - x_mm, height_mm};
    if (builder->note)
        block->note = (RectMm){0, line_mm, BODY_WIDTH_MM, line_mm};
}

static void add_paragraph(PrintBuilder *builder, const char *text, PrintStyle style, double gap_mm)
{
    if (!*text)
        return;
    PrintDrawing *drawing = print_drawing_new();
    style.size_pt = builder->body_pt;
    style.width_mm = BODY_WIDTH_MM;
    double height_mm = add_styled(builder, drawing, text, style, 0, 0);
    print_add_block(builder, PRINT_BLOCK_PLAIN, drawing, height_mm, gap_mm)->keep = true;
}

/* A section's title over questions that are no rows, clear of the first boxes. */
static void add_heading(PrintBuilder *builder, const char *title)
{
    add_paragraph(builder, title, (PrintStyle){.bold = true}, 3 + builder->air);
    ((PrintBlock *)builder->blocks->pdata[builder->blocks->len - 1])->height_mm += 0.8;
}

/* A small box with a cross, ringed when it is taken back; it is a picture, no box to mark. */
static void add_example(PrintDrawing *drawing, double x_mm, double middle_mm, bool crossed, bool ringed)
{
    const double size_mm = 4.0, in_mm = 0.55;
    RectMm box = {x_mm, middle_mm - size_mm / 2, size_mm, size_mm};
    print_add_shape(drawing, PRINT_FRAME, box, 0.25);
    if (crossed) {
        double reach_mm = size_mm - 2 * in_mm;
        print_add_shape(drawing, PRINT_RULE, (RectMm){box.x_mm + in_mm, box.y_mm + in_mm, reach_mm, reach_mm},
                        0.45);
        print_add_shape(drawing, PRINT_RULE,
                        (RectMm){box.x_mm + in_mm, box.y_mm + in_mm + reach_mm, reach_mm, -reach_mm}, 0.45);
    }
    if (ringed)
        print_add_shape(drawing, PRINT_RING,
                        (RectMm){box.x_mm - 1.5, box.y_mm - 1.5, size_mm + 3, size_mm + 3}, 0.4);
}

/* How to mark and how to take a mark back, in a frame. */
static void add_instruction(PrintBuilder *builder)
{
    const double pad_mm = 2.0, row_mm = 8.4, text_x_mm = 7.5, text_mm = 57;
    PrintDrawing *drawing = print_drawing_new();
    double y_mm = pad_mm - 0.4;
    if (*builder->form->instruction) {
        PrintStyle style = {.size_pt = builder->body_pt - 0.5,
                            .italic = true,
                            .justify = true,
                            .width_mm = BODY_WIDTH_MM - 2 * pad_mm};
        y_mm = add_styled(builder, drawing, builder->form->instruction, style, pad_mm, y_mm);
    }
    double middle_mm = y_mm + row_mm / 2;
    struct {
        double x_mm;
        bool crossed, ringed;
        const char *label;
    } examples[] = {{6, true, false, "Đánh dấu X để chọn"},
                    {60, true, true, "Khoanh tròn để bỏ ô chọn nhầm"},
                    {128, true, false, "rồi đánh X ô khác"}};
    double size_pt =
        print_fitting_pt(builder->press, examples[1].label, text_mm, false, 11, builder->body_pt - 1);
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        add_example(drawing, examples[i].x_mm, middle_mm, examples[i].crossed, examples[i].ringed);
        PangoLayout *text =
            print_text_new(builder->press, examples[i].label, (PrintStyle){.size_pt = size_pt});
        print_add_text(drawing, text, examples[i].x_mm + text_x_mm,
                       middle_mm + 1.25 - print_text_baseline_mm(text));
    }
    y_mm += row_mm;
    print_add_shape(drawing, PRINT_FRAME, (RectMm){0, 0, BODY_WIDTH_MM, y_mm}, 0.15);
    print_add_block(builder, PRINT_BLOCK_PLAIN, drawing, y_mm, 2 + builder->air)->keep = true;
}

/* The questions of a section; `*table` and `*scale` are the table still open above it. */
static void add_section(PrintBuilder *builder, const SurveySection *section, const PrintBlock **table,
                        const SurveyScale **scale)
{
    PrintPress *press = builder->press;
    const char *title = section->title;
    double label_mm = print_labels_mm(builder, section);
    builder->section++;
    for (guint i = 0; i < section->questions->len; i++) {
        const SurveyQuestion *question = section->questions->pdata[i];
        bool row = !section->respondent && print_is_row(press, question);
        if (row && *scale != question->scale) {
            *scale = question->scale;
            *table = print_add_table(builder, *scale,
                                     *title               ? 3 + builder->air
                                     : builder->air < 0.5 ? 0
                                                          : 2.5);
        } else if (!row) {
            *scale = NULL;
        }
        if (*title && row)
            print_add_section_row(builder, *table, title);
        else if (*title)
            add_heading(builder, title);
        title = "";
        if (row)
            print_add_row(builder, *table, question);
        else
            print_add_question(builder, question, label_mm);
    }
}

GPtrArray *print_blocks_new(PrintBuilder setting)
{
    PrintBuilder builder = setting;
    const SurveyForm *form = builder.form;
    builder.blocks = g_ptr_array_new_with_free_func(block_free);
    add_heads(&builder);
    add_title(&builder);
    add_agency(&builder);
    add_paragraph(&builder, form->introduction, (PrintStyle){.justify = true}, 1 + builder.air);
    add_instruction(&builder);
    const PrintBlock *table = NULL;
    const SurveyScale *scale = NULL;
    for (guint i = 0; i < form->sections->len; i++)
        add_section(&builder, form->sections->pdata[i], &table, &scale);
    PrintBlock *last = builder.blocks->pdata[builder.blocks->len - 1];
    if (*form->thanks)
        last->keep = true;
    add_paragraph(&builder, form->thanks,
                  (PrintStyle){.bold = true, .italic = true, .align = PANGO_ALIGN_CENTER}, 3 + builder.air);
    ((PrintBlock *)builder.blocks->pdata[builder.blocks->len - 1])->keep = false;
    return builder.blocks;
}
