/* Batch cover sheets: laid on a batch before scanning, they say what lies under them. */
#include "print/print_internal.h"

#define LABEL_X_MM 24.0
#define VALUE_X_MM 78.0
#define VALUE_WIDTH_MM 108.0

/* One line of the sheet: what, and its value large; the height taken. */
static double add_entry(PrintPress *press, PrintDrawing *drawing, const char *label, const char *value,
                        double size_pt, double y_mm)
{
    PangoLayout *what = print_text_new(press, label, (PrintStyle){.size_pt = 15});
    PangoLayout *text = print_text_new(
        press, value, (PrintStyle){.size_pt = size_pt, .bold = true, .width_mm = VALUE_WIDTH_MM});
    double shift_mm = print_text_baseline_mm(text) - print_text_baseline_mm(what);
    print_add_text(drawing, what, LABEL_X_MM, y_mm + MAX(shift_mm, 0));
    double height_mm = print_add_text(drawing, text, VALUE_X_MM, y_mm + MAX(-shift_mm, 0));
    return height_mm + 5;
}

static double add_note_line(PrintPress *press, PrintDrawing *drawing, const char *label, double y_mm)
{
    PangoLayout *text = print_text_new(press, label, (PrintStyle){.size_pt = 13});
    double x_mm = LABEL_X_MM + MAX(print_text_width_mm(text), 20) + 2;
    print_add_text(drawing, text, LABEL_X_MM, y_mm - print_text_baseline_mm(text));
    print_add_shape(drawing, PRINT_DOTS, (RectMm){x_mm, y_mm + 0.5, 186 - x_mm, 0}, 0.3);
    return 10.5;
}

static void add_notes(PrintPress *press, PrintDrawing *drawing, double y_mm)
{
    const char *const labels[] = {"Số phiếu thực nhận:", "Ngày nhận:", "Người nhận:", "Ghi chú:", ""};
    print_add_shape(drawing, PRINT_FRAME, (RectMm){BODY_X_MM, y_mm, BODY_WIDTH_MM, 66}, 0.3);
    PangoLayout *title = print_text_new(press, "Phần ghi tay của người nhận",
                                        (PrintStyle){.size_pt = 13, .bold = true, .italic = true});
    y_mm += print_add_text(drawing, title, LABEL_X_MM, y_mm + 2.5) + 10.5;
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
        y_mm += add_note_line(press, drawing, labels[i], y_mm);
}

static void add_texts(PrintPress *press, PrintDrawing *drawing, const Survey *survey, const PrintCover *cover,
                      const char *head)
{
    const SurveyCell *cell = cover->cell;
    PrintStyle style = {.size_pt = 38, .bold = true, .align = PANGO_ALIGN_CENTER, .width_mm = BODY_WIDTH_MM};
    double y_mm = 20 + print_add_text(drawing, print_text_new(press, "PHIẾU BÌA LÔ", style), BODY_X_MM, 20);
    style.size_pt = 14;
    style.bold = false;
    y_mm += print_add_text(drawing, print_text_new(press, survey->name, style), BODY_X_MM, y_mm + 1) + 10;
    g_autofree char *group = g_strdup_printf("%s: %s", cell->group->id, cell->group->name);
    g_autofree char *agency = g_strdup_printf("%s: %s", cell->agency->code, cell->agency->name);
    g_autofree char *origin = g_strdup_printf("%s: %s", cell->origin->code, cell->origin->name);
    g_autofree char *form = g_strdup_printf("%s, phiên bản %d", cell->form->id, cell->form->version);
    g_autofree char *expected = g_strdup_printf("%d", cover->expected);
    y_mm += add_entry(press, drawing, "Nhóm trả lời:", group, 22, y_mm);
    y_mm += add_entry(press, drawing, "Cơ quan được đánh giá:", agency, 22, y_mm);
    y_mm += add_entry(press, drawing, "Nơi phát phiếu:", origin, 22, y_mm);
    y_mm += add_entry(press, drawing, "Mẫu phiếu:", form, 22, y_mm);
    y_mm += add_entry(press, drawing, "Số phiếu dự kiến:", expected, 54, y_mm);
    add_notes(press, drawing, 188);
    const char *hint = "Đặt tờ này lên trên cùng của lô phiếu khi quét. Mỗi lô một tờ bìa.";
    style = (PrintStyle){.size_pt = 13, .italic = true, .width_mm = 146};
    print_add_text(drawing, print_text_new(press, hint, style), BODY_X_MM, 266);
    style.size_pt = 9;
    g_autofree char *written = g_strdup_printf("Đầu chuỗi ghi khi in: %s", head);
    print_add_text(drawing, print_text_new(press, written, style), BODY_X_MM, 272.5);
    if (survey->illustrative) {
        print_add_text(drawing, print_text_new(press, "Mẫu minh họa, không phải mẫu chính thức.", style),
                       BODY_X_MM, 277);
    }
}

static bool draw_cover(cairo_t *cr, PrintPress *press, const Survey *survey, const PrintCover *cover,
                       const char *head, GError **error)
{
    const SurveyCell *cell = cover->cell;
    PageCode code = {.kind = PAGE_CODE_COVER, .expected = cover->expected};
    g_strlcpy(code.survey, survey->id, sizeof code.survey);
    g_strlcpy(code.group, cell->group->id, sizeof code.group);
    g_strlcpy(code.agency, cell->agency->code, sizeof code.agency);
    g_strlcpy(code.origin, cell->origin->code, sizeof code.origin);
    page_code_seal(&code, cover->station, code.group, code.agency, code.origin);
    g_autofree char *text = page_code_format(&code);
    PageCode back;
    if (!page_code_parse(text, &back, NULL) || g_ascii_strcasecmp(back.group, cell->group->id) != 0 ||
        g_ascii_strcasecmp(back.agency, cell->agency->code) != 0 ||
        g_ascii_strcasecmp(back.origin, cell->origin->code) != 0) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("no page code can be made of group '%s', agency '%s', origin '%s' and %d ballots; codes are "
              "letters, digits and '-', at most 11, 15 and 23 of them"),
            cell->group->id, cell->agency->code, cell->origin->code, cover->expected);
        return false;
    }
    g_autoptr(PrintDrawing) drawing = print_drawing_new();
    RectMm marks[LAYOUT_MARKS];
    print_marks(marks);
    for (int i = 0; i < LAYOUT_MARKS; i++)
        print_add_fill(drawing, marks[i], 0);
    add_texts(press, drawing, survey, cover, head);
    if (!print_press_check(press, error))
        return false;
    print_paint(cr, drawing);
    if (!print_paint_code(cr, text, (RectMm){CODE_X_MM, CODE_Y_MM, CODE_MM, CODE_MM}, error))
        return false;
    cairo_show_page(cr);
    return true;
}

bool print_covers(const Survey *survey, const GArray *covers, const char *head, const char *path,
                  GError **error)
{
    if (covers->len == 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("no cover sheet is chosen"));
        return false;
    }
    g_autoptr(PrintPress) press = print_press_new(error);
    if (!press)
        return false;
    g_autoptr(PrintPdf) pdf = print_pdf_new(survey, survey->name);
    for (guint i = 0; i < covers->len; i++) {
        if (!draw_cover(print_pdf_context(pdf), press, survey, &g_array_index(covers, PrintCover, i), head,
                        error))
            return false;
    }
    return print_pdf_write(g_steal_pointer(&pdf), path, error);
}
