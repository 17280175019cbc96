#include "print/print_internal.h"

#include <string.h>

#include "json/json.h"

/* One PDF is made in memory and no print shop takes more pages at once. */
#define MAX_BALLOTS 50000
#define NAME_LEAST_PT 9.0 /* of what is printed about the agency */

/* A form in use: typeset, its frozen layout, and each page recorded once for all ballots. */
typedef struct {
    PrintForm *form;
    const Layout *layout;
    GPtrArray *pages; /* cairo_surface_t* */
} UsedForm;

static void used_form_free(gpointer data)
{
    UsedForm *used = data;
    print_form_free(used->form);
    g_ptr_array_unref(used->pages);
    g_free(used);
}

static cairo_surface_t *record_page(const PrintDrawing *drawing)
{
    const cairo_rectangle_t paper = {0, 0, PAPER_WIDTH_MM / POINT_MM, PAPER_HEIGHT_MM / POINT_MM};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &paper);
    cairo_t *cr = cairo_create(surface);
    print_paint(cr, drawing);
    cairo_destroy(cr);
    return surface;
}

/* The form of a ballot as it is issued, typeset. */
static UsedForm *use_form(PrintPress *press, const Survey *survey, const PrintBallot *ballot, GError **error)
{
    const SurveyForm *form = survey_form(survey, ballot->layout->form);
    if (!form) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("ballot %s: form '%s' is not in the definition"), ballot->serial, ballot->layout->form);
        return NULL;
    }
    if (form->foreign) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("form '%s' is printed by others and cannot be printed here"), form->id);
        return NULL;
    }
    GError *fault = NULL;
    g_autoptr(PrintForm) typeset = print_form_frozen(press, survey, form, ballot->layout, &fault);
    if (!typeset) {
        if (fault)
            g_propagate_error(error, fault);
        else
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("ballot %s: form '%s' would print otherwise than as it was issued (layout %.8s), "
                          "because its definition or the fonts were changed since; restore them, or void "
                          "the ballot with phieu resolve void and print a new one"),
                        serial_shown(ballot->serial), form->id, ballot->layout->fingerprint);
        return NULL;
    }
    UsedForm *used = g_new0(UsedForm, 1);
    used->layout = ballot->layout;
    used->pages = g_ptr_array_new_with_free_func((GDestroyNotify)cairo_surface_destroy);
    for (guint p = 0; p < typeset->pages->len; p++)
        g_ptr_array_add(used->pages, record_page(typeset->pages->pdata[p]));
    used->form = g_steal_pointer(&typeset);
    return used;
}

/* Typesets every form the ballots use, as often as it was issued otherwise: Layout* → UsedForm*. */
static GHashTable *use_forms(PrintPress *press, const Survey *survey, const GArray *ballots, GError **error)
{
    g_autoptr(GHashTable) forms = g_hash_table_new_full(NULL, NULL, NULL, used_form_free);
    for (guint i = 0; i < ballots->len; i++) {
        const PrintBallot *ballot = &g_array_index(ballots, PrintBallot, i);
        if (g_hash_table_contains(forms, ballot->layout))
            continue;
        UsedForm *used = use_form(press, survey, ballot, error);
        if (!used)
            return NULL;
        g_hash_table_insert(forms, (gpointer)ballot->layout, used);
    }
    return g_steal_pointer(&forms);
}

/* Blank pages after a ballot: where some forms fill both sides of their sheets, a form with an odd number of
 * pages would otherwise carry the next ballot on its back. */
static int padding_pages(GHashTable *forms, const UsedForm *used)
{
    bool duplex = false;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, forms);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        duplex = duplex || ((UsedForm *)value)->pages->len > 1;
    return duplex ? (int)(used->pages->len % 2) : 0;
}

/* ---- what differs from ballot to ballot ---- */

/* The largest size at which the name takes no more than its lines: two, or one over a note. */
static PangoLayout *agency_text(PrintPress *press, const PrintForm *form, const SurveyAgency *agency,
                                bool noted, GError **error)
{
    int lines = noted ? 1 : 2;
    for (double size_pt = form->body_pt; size_pt >= NAME_LEAST_PT; size_pt -= 0.5) {
        g_autoptr(PangoLayout) text =
            print_text_new(press, agency->name,
                           (PrintStyle){.size_pt = size_pt, .bold = true, .width_mm = form->agency.w_mm});
        if (print_text_lines(text) <= lines &&
            print_text_height_mm(text) <= lines * form->agency.h_mm / 2 + 0.01 &&
            print_text_width_mm(text) <= form->agency.w_mm)
            return g_steal_pointer(&text);
    }
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("agency '%s': its name '%s' does not fit the two lines of form '%s'; shorten it"),
                agency->code, agency->name, form->form->id);
    return NULL;
}

static bool paint_agency(cairo_t *cr, PrintPress *press, const PrintForm *form, const SurveyAgency *agency,
                         bool noted, GError **error)
{
    PangoLayout *text = agency_text(press, form, agency, noted, error);
    if (!text)
        return false;
    /* on the baseline of its label, whatever its size */
    g_autoptr(PangoLayout) label =
        print_text_new(press, form->form->agency_label, (PrintStyle){.size_pt = form->body_pt});
    print_paint_text(cr, text, form->agency.x_mm,
                     form->agency.y_mm +
                         MAX(0, print_text_baseline_mm(label) - print_text_baseline_mm(text)));
    g_object_unref(text);
    return true;
}

/* On one line, as large as it fits. INVALID when it fits at no size that can be read. */
static bool paint_note(cairo_t *cr, PrintPress *press, const PrintForm *form, const SurveyAgency *agency,
                       const char *note, GError **error)
{
    double size_pt = print_fitting_pt(press, note, form->note.w_mm, true, NAME_LEAST_PT, form->body_pt - 0.5);
    g_autoptr(PangoLayout) text = print_text_new(press, note, (PrintStyle){.size_pt = size_pt, .bold = true});
    if (print_text_width_mm(text) > form->note.w_mm) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("agency '%s': the numbers of the questions of form '%s' that are not applicable to it do "
              "not fit one line; give it a form of its own"),
            agency->code, form->form->id);
        return false;
    }
    print_paint_text(cr, text, form->note.x_mm, form->note.y_mm);
    return true;
}

/* The agency's name, and which questions are not applicable to it. */
static bool paint_head(cairo_t *cr, PrintPress *press, const PrintForm *form, const SurveyAgency *agency,
                       GError **error)
{
    g_autofree char *note = form->note.w_mm > 0 ? print_note_text(form->form, agency) : NULL;
    return paint_agency(cr, press, form, agency, note != NULL, error) &&
           (!note || paint_note(cr, press, form, agency, note, error));
}

static bool paint_foot(cairo_t *cr, PrintPress *press, const PrintForm *form, const PrintBallot *ballot)
{
    g_autofree char *shown = serial_paper_form(ballot->station->name, ballot->serial);
    g_autoptr(PangoLayout) serial = print_number_new(press, ballot->station->name, shown);
    print_paint_text(cr, serial, form->serial.x_mm,
                     form->serial.y_mm + form->serial.h_mm / 2 + 1.55 - print_text_baseline_mm(serial));
    const SurveyCell *cell = ballot->cell;
    g_autofree char *line = g_strdup_printf(
        "Mẫu %s, phiên bản %d  ·  Nhóm %s  ·  Cơ quan %s  ·  Nơi phát phiếu %s", form->form->id,
        form->form->version, cell->group->id, cell->agency->code, cell->origin->code);
    g_autoptr(PangoLayout) codes = print_text_new(
        press, line, (PrintStyle){.size_pt = 9, .width_mm = form->codes.w_mm, .one_line = true});
    print_paint_text(cr, codes, form->codes.x_mm, form->codes.y_mm);
    return true;
}

bool print_paint_ballot(cairo_t *cr, PrintPress *press, const PrintForm *form, const PrintBallot *ballot,
                        int page, const char *fingerprint, GError **error)
{
    cairo_set_source_rgb(cr, 0, 0, 0);
    if (page == 1 && !paint_head(cr, press, form, ballot->cell->agency, error))
        return false;
    paint_foot(cr, press, form, ballot);
    PageCode code = {.kind = PAGE_CODE_BALLOT, .page = page};
    g_strlcpy(code.survey, form->survey->id, sizeof code.survey);
    g_strlcpy(code.form, form->form->id, sizeof code.form);
    g_strlcpy(code.fingerprint8, fingerprint, sizeof code.fingerprint8);
    g_strlcpy(code.serial, ballot->serial, sizeof code.serial);
    const SurveyCell *cell = ballot->cell;
    page_code_seal(&code, ballot->station, cell->group->id, cell->agency->code, cell->origin->code);
    g_autofree char *text = page_code_format(&code);
    PageCode back;
    if (!page_code_parse(text, &back, NULL) || g_ascii_strcasecmp(back.survey, form->survey->id) != 0 ||
        g_ascii_strcasecmp(back.form, form->form->id) != 0) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("form '%s': no page code can be made of survey '%s', serial '%s'; ids have at most 7 and 11 "
              "letters, digits and '-'"),
            form->form->id, form->survey->id, ballot->serial);
        return false;
    }
    return print_paint_code(cr, text, (RectMm){CODE_X_MM, CODE_Y_MM, CODE_MM, CODE_MM}, error) &&
           print_press_check(press, error);
}

/* ---- the PDF ---- */

static bool draw_ballot(cairo_t *cr, PrintPress *press, const UsedForm *used, const PrintBallot *ballot,
                        int padding, GError **error)
{
    for (guint p = 0; p < used->pages->len; p++) {
        cairo_set_source_surface(cr, used->pages->pdata[p], 0, 0);
        cairo_paint(cr);
        if (!print_paint_ballot(cr, press, used->form, ballot, (int)p + 1, used->layout->fingerprint, error))
            return false;
        cairo_show_page(cr);
    }
    for (int i = 0; i < padding; i++)
        cairo_show_page(cr);
    return true;
}

bool print_ballots(const Survey *survey, const GArray *ballots, const char *path, PrintProgress progress,
                   gpointer user, GError **error)
{
    if (ballots->len == 0 || ballots->len > MAX_BALLOTS) {
        g_set_error(error, PHIEU_ERROR, ballots->len ? PHIEU_ERROR_LIMIT : PHIEU_ERROR_INVALID,
                    _("one PDF holds 1 to %d ballots, not %u; choose fewer groups or agencies"), MAX_BALLOTS,
                    ballots->len);
        return false;
    }
    g_autoptr(PrintPress) press = print_press_new(error);
    g_autoptr(GHashTable) forms = press ? use_forms(press, survey, ballots, error) : NULL;
    if (!forms)
        return false;
    g_autoptr(PrintPdf) pdf = print_pdf_new(survey, survey->name);
    for (guint i = 0; i < ballots->len; i++) {
        const PrintBallot *ballot = &g_array_index(ballots, PrintBallot, i);
        const UsedForm *used = g_hash_table_lookup(forms, ballot->layout);
        if (!draw_ballot(print_pdf_context(pdf), press, used, ballot, padding_pages(forms, used), error))
            return false;
        if (progress && !progress((int)i + 1, (int)ballots->len, user)) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                        _("printing was stopped; nothing was written"));
            return false;
        }
    }
    return print_pdf_write(g_steal_pointer(&pdf), path, error);
}

/* ---- where everything is, as JSON (a stable interface, used by other tools) ---- */

static void add_rect(JsonBuilder *json, RectMm rect)
{
    const char *const names[] = {"x_mm", "y_mm", "w_mm", "h_mm"};
    const double values[] = {rect.x_mm, rect.y_mm, rect.w_mm, rect.h_mm};
    for (int i = 0; i < 4; i++)
        json_set_number(json, names[i], values[i]);
}

static void add_page(JsonBuilder *json, const PrintBallot *ballot, const LayoutPage *page, int pdf_page)
{
    static const char *const kinds[] = {"text", "digits", "image"};
    const SurveyCell *cell = ballot->cell;
    json_builder_begin_object(json);
    json_set_int(json, "pdf_page", pdf_page);
    json_set_text(json, "form", ballot->layout->form);
    json_set_int(json, "page", page->page);
    json_set_text(json, "serial", ballot->serial);
    json_set_text(json, "group", cell->group->id);
    json_set_text(json, "agency", cell->agency->code);
    json_set_text(json, "origin", cell->origin->code);
    json_set_number(json, "width_mm", page->width_mm);
    json_set_number(json, "height_mm", page->height_mm);
    json_begin_array(json, "boxes");
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        json_builder_begin_object(json);
        json_set_text(json, "question", box->question);
        json_set_text(json, "option", box->option);
        add_rect(json, box->rect);
        json_set_text(json, "shape", box->shape == LAYOUT_ROUND ? "circle" : "square");
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_begin_array(json, "fields");
    for (guint i = 0; i < page->fields->len; i++) {
        const LayoutField *field = page->fields->pdata[i];
        json_builder_begin_object(json);
        json_set_text(json, "field", field->field);
        json_set_text(json, "kind", kinds[field->kind]);
        add_rect(json, field->rect);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}

char *print_layout_json(const Survey *survey, const GArray *ballots)
{
    JsonBuilder *json = json_builder_new();
    json_builder_begin_object(json);
    json_begin_array(json, "pages");
    g_autoptr(PrintPress) press = print_press_new(NULL);
    g_autoptr(GHashTable) forms = press ? use_forms(press, survey, ballots, NULL) : NULL;
    int pdf_page = 1;
    for (guint i = 0; forms && i < ballots->len; i++) {
        const PrintBallot *ballot = &g_array_index(ballots, PrintBallot, i);
        const UsedForm *used = g_hash_table_lookup(forms, ballot->layout);
        for (guint p = 0; p < used->layout->pages->len; p++)
            add_page(json, ballot, used->layout->pages->pdata[p], pdf_page++);
        pdf_page += padding_pages(forms, used);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    return json_take_text(json, false);
}
