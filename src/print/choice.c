/* Questions outside tables: boxes before their labels, flowing in lines; comb boxes for figures; dotted
 * lines. */
#include "print/print_internal.h"

#include <string.h>

#define LABEL_MAX_MM_A_PT 2.75 /* labels up to this share a column */
#define LABEL_GAP_MM 3.5       /* label to first box */
#define INDENT_MM 6.0          /* choices under their text */
#define OPTION_GAP_MM 5.5      /* a choice's label to the next box */
#define DIGIT_W_MM 6.4
#define DIGIT_H_MM 7.6
#define DIGIT_FRAME_MM 0.2

/* Half the height of small letters, over the baseline: where the eye sees the middle. */
static double x_height_mm(const PrintBuilder *builder)
{
    return 0.1125 * builder->body_pt;
}

static double pitch_mm(const PrintBuilder *builder)
{
    return BOX_OUTER_MM + BOX_CLEAR_MM + 1.1 * builder->air;
}

/* "3. Text:" or "Text?": with its number, and a colon where it ends in a letter. */
static char *question_text(const SurveyQuestion *question)
{
    const char *last = *question->text ? g_utf8_prev_char(question->text + strlen(question->text)) : "";
    return g_strconcat(question->number, *question->number ? ". " : "", question->text,
                       *last && g_unichar_ispunct(g_utf8_get_char(last)) ? "" : ":", NULL);
}

static PangoLayout *body_text(const PrintBuilder *builder, const char *text, double width_mm)
{
    return print_text_new(builder->press, text,
                          (PrintStyle){.size_pt = builder->body_pt, .width_mm = width_mm});
}

/* The width of a question's text with what separates it from the first box. */
static double label_width_mm(const PrintBuilder *builder, const SurveyQuestion *question)
{
    g_autofree char *label = question_text(question);
    g_autoptr(PangoLayout) text = body_text(builder, label, 0);
    return print_text_width_mm(text) + LABEL_GAP_MM;
}

double print_labels_mm(const PrintBuilder *builder, const SurveySection *section)
{
    double widest_mm = 0;
    for (guint i = 0; i < section->questions->len; i++) {
        const SurveyQuestion *question = section->questions->pdata[i];
        double width_mm = print_is_row(builder->press, question) && !section->respondent
                              ? 0
                              : label_width_mm(builder, question);
        if (width_mm <= LABEL_MAX_MM_A_PT * builder->body_pt)
            widest_mm = MAX(widest_mm, width_mm);
    }
    return widest_mm;
}

/* A text whose first line has its middle at that height. */
static void add_at_middle(const PrintBuilder *builder, PrintDrawing *drawing, PangoLayout *text, double x_mm,
                          double middle_mm)
{
    print_add_text(drawing, text, x_mm, middle_mm + x_height_mm(builder) - print_text_baseline_mm(text));
}

/* How wide the answer is that stands beside or below the text, on one line. */
static double answer_width_mm(const PrintBuilder *builder, const SurveyQuestion *question)
{
    if (question->kind == SURVEY_QUESTION_TEXT)
        return question->lines > 1 ? BODY_WIDTH_MM : 80;
    if (question->kind == SURVEY_QUESTION_DIGITS)
        return 11 * DIGIT_W_MM;
    double width_mm = -OPTION_GAP_MM;
    for (guint i = 0; i < question->scale->options->len; i++) {
        const SurveyOption *option = question->scale->options->pdata[i];
        g_autoptr(PangoLayout) text = body_text(builder, option->label, 0);
        width_mm += BOX_OUTER_MM + BOX_CLEAR_MM + print_text_width_mm(text) + OPTION_GAP_MM;
    }
    return width_mm;
}

/* The text beside the answer when it fits its section's column or all fits one line, else above; the height
 * it takes above (0: beside) and where the answer begins. */
static double add_label(PrintBuilder *builder, PrintDrawing *drawing, const SurveyQuestion *question,
                        double label_mm, double *ret_x_mm)
{
    g_autofree char *label = question_text(question);
    double width_mm = label_width_mm(builder, question);
    bool beside = answer_width_mm(builder, question) < BODY_WIDTH_MM;
    if (width_mm <= label_mm ? question->kind != SURVEY_QUESTION_TEXT || beside
                             : width_mm + answer_width_mm(builder, question) <= BODY_WIDTH_MM) {
        add_at_middle(builder, drawing, body_text(builder, label, 0), 0, pitch_mm(builder) / 2);
        *ret_x_mm = MAX(label_mm, width_mm);
        return 0;
    }
    *ret_x_mm = INDENT_MM;
    return print_add_text(drawing, body_text(builder, label, BODY_WIDTH_MM), 0, 0) + 1.0;
}

/* Appends the finished question: closer to the one above when its text stands beside its answer. */
static void add_question_block(PrintBuilder *builder, PrintDrawing *drawing, double height_mm, bool beside)
{
    print_add_block(builder, PRINT_BLOCK_PLAIN, drawing, height_mm, beside ? 0 : 1.5 + builder->air);
}

static void add_choices(PrintBuilder *builder, const SurveyQuestion *question, double label_mm)
{
    PrintDrawing *drawing = print_drawing_new();
    double left_mm, above_mm = add_label(builder, drawing, question, label_mm, &left_mm);
    double y_mm = above_mm, x_mm = left_mm;
    double text_x_mm = BOX_OUTER_MM + BOX_CLEAR_MM, line_mm = pitch_mm(builder);
    for (guint i = 0; i < question->scale->options->len; i++) {
        const SurveyOption *option = question->scale->options->pdata[i];
        PangoLayout *text = body_text(builder, option->label, 0);
        double width_mm = text_x_mm + print_text_width_mm(text);
        if (x_mm > left_mm && x_mm + width_mm > BODY_WIDTH_MM) {
            x_mm = left_mm;
            y_mm += line_mm;
            line_mm = pitch_mm(builder);
        }
        double room_mm = BODY_WIDTH_MM - x_mm - text_x_mm;
        if (width_mm - text_x_mm > room_mm) { /* alone longer than a line: wraps under itself */
            g_object_unref(text);
            text = body_text(builder, option->label, room_mm);
            line_mm = MAX(line_mm, print_text_height_mm(text) + 3.0);
        }
        double middle_mm = y_mm + pitch_mm(builder) / 2;
        print_add_box(drawing, question, option, x_mm + BOX_OUTLINE_MM, middle_mm - BOX_MM / 2);
        add_at_middle(builder, drawing, text, x_mm + text_x_mm, middle_mm);
        x_mm += width_mm + OPTION_GAP_MM;
    }
    add_question_block(builder, drawing, y_mm + line_mm, above_mm == 0);
}

static void add_digits(PrintBuilder *builder, const SurveyQuestion *question, double label_mm)
{
    PrintDrawing *drawing = print_drawing_new();
    double x_mm, above_mm = add_label(builder, drawing, question, label_mm, &x_mm);
    g_autofree char *largest = g_strdup_printf("%d", MAX(question->max, 1));
    int digits = (int)strlen(largest);
    double top_mm = above_mm + MAX(0, pitch_mm(builder) - DIGIT_H_MM) / 2;
    RectMm comb = {x_mm + DIGIT_FRAME_MM, top_mm, digits * DIGIT_W_MM, DIGIT_H_MM};
    print_add_shape(drawing, PRINT_FRAME, comb, DIGIT_FRAME_MM);
    for (int i = 1; i < digits; i++)
        print_add_shape(drawing, PRINT_RULE, (RectMm){comb.x_mm + i * DIGIT_W_MM, comb.y_mm, 0, comb.h_mm},
                        DIGIT_FRAME_MM);
    print_add_field(drawing, question, LAYOUT_FIELD_DIGITS, comb);
    add_question_block(builder, drawing, above_mm + MAX(pitch_mm(builder), DIGIT_H_MM + 2.4), above_mm == 0);
}

static void add_lines(PrintBuilder *builder, const SurveyQuestion *question, double label_mm)
{
    PrintDrawing *drawing = print_drawing_new();
    double x_mm, y_mm = add_label(builder, drawing, question, label_mm, &x_mm);
    if (y_mm == 0) { /* "Đơn vị công tác: ........" */
        double height_mm = pitch_mm(builder), width_mm = BODY_WIDTH_MM - x_mm;
        print_add_shape(drawing, PRINT_DOTS,
                        (RectMm){x_mm, height_mm / 2 + x_height_mm(builder), width_mm, 0}, 0.3);
        print_add_field(drawing, question, LAYOUT_FIELD_IMAGE, (RectMm){x_mm, 0, width_mm, height_mm});
        add_question_block(builder, drawing, height_mm, true);
        return;
    }
    int lines = MAX(question->lines, 1);
    double line_mm = 8.2 + builder->air;
    for (int i = 1; i <= lines; i++)
        print_add_shape(drawing, PRINT_DOTS, (RectMm){0, y_mm + i * line_mm - 0.6, BODY_WIDTH_MM, 0}, 0.3);
    print_add_field(drawing, question, LAYOUT_FIELD_IMAGE, (RectMm){0, y_mm, BODY_WIDTH_MM, lines * line_mm});
    print_add_block(builder, PRINT_BLOCK_PLAIN, drawing, y_mm + lines * line_mm, 1.5 + 2.5 * builder->air);
}

void print_add_question(PrintBuilder *builder, const SurveyQuestion *question, double label_mm)
{
    switch (question->kind) {
    case SURVEY_QUESTION_ONE:
    case SURVEY_QUESTION_MANY:
        add_choices(builder, question, label_mm);
        break;
    case SURVEY_QUESTION_DIGITS:
        add_digits(builder, question, label_mm);
        break;
    case SURVEY_QUESTION_TEXT:
        add_lines(builder, question, label_mm);
        break;
    }
}
