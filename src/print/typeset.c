/* A form typeset once: what all its ballots share, the places of what they do not, and the layout frozen from
 * it. */
#include "print/print_internal.h"

#include <math.h>
#include <stdlib.h>

#define BLANK_DPI 200
#define AIR_STEPS 16
#define AIR_WORTH                                                                                            \
    0.3 /* what the difference between tight and roomy is worth against breaks, see print_flow() */
#define FOOT_WIDTH_MM 146.0 /* left of the page code */
#define FOOT_RULE_Y_MM 261.0
#define SERIAL_Y_MM 264.0
#define CODES_Y_MM 271.2
#define NAME_Y_MM 276.2
/* Two renderings of one page by different versions of the libraries differ less than this; a changed accent
 * differs by more. */
#define SAME_GREY 96

void print_form_free(PrintForm *form)
{
    if (!form)
        return;
    if (form->pages)
        g_ptr_array_unref(form->pages);
    g_free(form);
}

const PrintManner print_manners[PRINT_MANNERS] = {
    {.least_pt = 12, .most_pt = 12, .last_line = 0.4, .narrowest = 0.6},
    {.least_pt = 11, .most_pt = 14, .last_line = 0.2, .narrowest = 0.75, .notes = true},
    {.least_pt = 11, .most_pt = 14, .last_line = 0.2, .narrowest = 0.75, .notes = true, .tint = 0.05},
};

/* How many pages a form fills when set as tightly as can be; 0 when it fits none. */
static guint least_pages(PrintBuilder setting, double body_pt)
{
    double cost;
    setting.body_pt = body_pt;
    g_autoptr(GPtrArray) blocks = print_blocks_new(setting);
    g_autoptr(GArray) starts = print_flow(blocks, BODY_BOTTOM_MM - BODY_TOP_MM, &cost);
    return starts ? starts->len : 0;
}

static double choose_body_pt(PrintBuilder setting)
{
    const PrintManner *manner = setting.manner;
    guint pages = least_pages(setting, manner->least_pt);
    double body_pt = manner->most_pt;
    for (; body_pt > manner->least_pt; body_pt -= 0.5) {
        guint needed = least_pages(setting, body_pt);
        if (needed > 0 && needed <= pages)
            break;
    }
    return body_pt;
}

/* The best setting: as few pages as the tightest, then quiet breaks, then room. */
static GArray *choose_air(PrintBuilder setting, GPtrArray **ret_blocks)
{
    g_autoptr(GArray) best = NULL;
    g_autoptr(GPtrArray) best_blocks = NULL;
    double best_cost = INFINITY;
    for (int step = 0; step <= AIR_STEPS; step++) {
        double cost;
        setting.air = (double)step / AIR_STEPS;
        g_autoptr(GPtrArray) blocks = print_blocks_new(setting);
        g_autoptr(GArray) starts = print_flow(blocks, BODY_BOTTOM_MM - BODY_TOP_MM, &cost);
        if (!starts || (best && starts->len > best->len))
            break;
        cost += AIR_WORTH * (1 - setting.air);
        if (cost > best_cost)
            continue;
        best_cost = cost;
        g_clear_pointer(&best, g_array_unref);
        g_clear_pointer(&best_blocks, g_ptr_array_unref);
        best = g_steal_pointer(&starts);
        best_blocks = g_steal_pointer(&blocks);
    }
    *ret_blocks = g_steal_pointer(&best_blocks);
    return g_steal_pointer(&best);
}

/* What stands at the same place on every page: marks, foot. */
static void add_frame(PrintPress *press, const PrintForm *form, PrintDrawing *drawing, int page, int pages)
{
    RectMm marks[LAYOUT_MARKS];
    print_marks(marks);
    for (int i = 0; i < LAYOUT_MARKS; i++)
        print_add_fill(drawing, marks[i], 0);
    print_add_shape(drawing, PRINT_RULE, (RectMm){BODY_X_MM, FOOT_RULE_Y_MM, BODY_WIDTH_MM, 0}, 0.15);
    PangoLayout *label = print_text_new(press, "Số phiếu:", (PrintStyle){.size_pt = 12});
    print_add_text(drawing, label, BODY_X_MM,
                   form->serial.y_mm + form->serial.h_mm / 2 + 1.4 - print_text_baseline_mm(label));
    g_autofree char *count =
        g_strdup_printf(page < pages ? "Trang %d/%d (xem tiếp trang sau)" : "Trang %d/%d", page, pages);
    PrintStyle style = {.size_pt = 12, .align = PANGO_ALIGN_RIGHT, .width_mm = 80};
    PangoLayout *number = print_text_new(press, count, style);
    print_add_text(drawing, number, BODY_X_MM + FOOT_WIDTH_MM - 80,
                   form->serial.y_mm + form->serial.h_mm / 2 + 1.4 - print_text_baseline_mm(number));
    const char *kind = form->survey->illustrative ? "Mẫu minh họa, không phải mẫu chính thức. " : "";
    g_autofree char *name = g_strconcat(kind, form->survey->name, NULL);
    style = (PrintStyle){.size_pt = 8.5, .italic = true, .width_mm = FOOT_WIDTH_MM};
    PangoLayout *text = print_text_new(press, name, style);
    pango_layout_set_height(text, -2);
    pango_layout_set_ellipsize(text, PANGO_ELLIPSIZE_END);
    print_add_text(drawing, text, BODY_X_MM, NAME_Y_MM);
}

/* A place of a block on the page it stands on at that height. */
static RectMm placed(RectMm rect, double y_mm)
{
    return (RectMm){BODY_X_MM + rect.x_mm, y_mm + rect.y_mm, rect.w_mm, rect.h_mm};
}

/* The blocks from `from` up to `to` on one page. */
static void add_body(PrintForm *form, PrintDrawing *drawing, const GPtrArray *blocks, guint from, guint to)
{
    double y_mm = BODY_TOP_MM;
    for (guint i = from; i < to; i++) {
        const PrintBlock *block = blocks->pdata[i];
        if (i > from)
            y_mm += block->gap_mm;
        else if (i > 0 && block->header) {
            print_add_drawing(drawing, block->header, BODY_X_MM, y_mm);
            y_mm += block->header_mm;
        }
        print_add_drawing(drawing, block->drawing, BODY_X_MM, y_mm);
        if (block->agency) {
            form->agency = placed(block->slot, y_mm);
            form->note = placed(block->note, y_mm);
        }
        y_mm += block->height_mm;
    }
}

/* Whether the form has a question that is not applicable to an agency it is, or may have been, used for: one
 * that has a form of its own now may have ballots from before. */
static bool needs_note(const Survey *survey, const SurveyForm *form)
{
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        bool used = g_str_equal(cell->form->id, form->id) || g_str_equal(cell->group->form->id, form->id);
        g_autofree char *text = used ? print_note_text(form, cell->agency) : NULL;
        if (text)
            return true;
    }
    return false;
}

PrintForm *print_form_new(PrintPress *press, const Survey *survey, const SurveyForm *form,
                          const PrintManner *manner, GError **error)
{
    PrintBuilder setting = {.press = press, .form = form, .manner = manner};
    setting.note = manner->notes && needs_note(survey, form);
    setting.body_pt = choose_body_pt(setting);
    g_autoptr(GPtrArray) blocks = NULL;
    g_autoptr(GArray) starts = choose_air(setting, &blocks);
    if (!print_press_check(press, error))
        return NULL;
    if (!starts) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("form '%s': its head or one of its questions is higher than a page; shorten the texts"),
                    form->id);
        return NULL;
    }
    g_autoptr(PrintForm) typeset = g_new0(PrintForm, 1);
    typeset->survey = survey;
    typeset->form = form;
    typeset->body_pt = setting.body_pt;
    typeset->pages = g_ptr_array_new_with_free_func((GDestroyNotify)print_drawing_free);
    typeset->serial = (RectMm){BODY_X_MM + 20, SERIAL_Y_MM, NUMBER_WIDTH_MM, 6.4};
    typeset->codes = (RectMm){BODY_X_MM, CODES_Y_MM, FOOT_WIDTH_MM, 4.2};
    for (guint i = 0; i < starts->len; i++) {
        PrintDrawing *drawing = print_drawing_new();
        g_ptr_array_add(typeset->pages, drawing);
        guint end = i + 1 < starts->len ? g_array_index(starts, guint, i + 1) : blocks->len;
        add_body(typeset, drawing, blocks, g_array_index(starts, guint, i), end);
        add_frame(press, typeset, drawing, (int)i + 1, (int)starts->len);
    }
    return print_press_check(press, error) ? g_steal_pointer(&typeset) : NULL;
}

/* ---- the frozen layout ---- */

/* A page without what differs from ballot to ballot, as a scanner would see it. */
static Raster *render_blank(const PrintDrawing *drawing, GError **error)
{
    int width_px = (int)ceil(PAPER_WIDTH_MM * BLANK_DPI / MM_PER_INCH);
    int height_px = (int)ceil(PAPER_HEIGHT_MM * BLANK_DPI / MM_PER_INCH);
    Raster *raster = raster_new(width_px, height_px, error);
    if (!raster)
        return NULL;
    raster->dpi_x = raster->dpi_y = BLANK_DPI;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, BLANK_DPI / 72.0, BLANK_DPI / 72.0);
    print_paint(cr, drawing);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    const uint8_t *pixels = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height_px && status == CAIRO_STATUS_SUCCESS; y++) {
        for (int x = 0; x < width_px; x++) /* grey: its three colours are equal */
            raster->pixels[(size_t)y * raster->stride + (size_t)x] =
                pixels[(size_t)y * stride + 4 * (size_t)x + 1];
    }
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return raster;
    raster_free(raster);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("cannot draw a page: %s"),
                cairo_status_to_string(status));
    return NULL;
}

Layout *print_form_layout(const PrintForm *form, GError **error)
{
    g_autoptr(Layout) layout = layout_new(form->form->id, form->form->version);
    for (guint p = 0; p < form->pages->len; p++) {
        const PrintDrawing *drawing = form->pages->pdata[p];
        LayoutPage *page = layout_add_page(layout, PAPER_WIDTH_MM, PAPER_HEIGHT_MM);
        page->has_marks = true;
        print_marks(page->marks);
        page->code = (RectMm){CODE_X_MM, CODE_Y_MM, CODE_MM, CODE_MM};
        page->serial = form->serial;
        if (p == 0)
            layout_add_variable(page, form->agency);
        if (p == 0 && form->note.w_mm > 0)
            layout_add_variable(page, form->note);
        layout_add_variable(page, form->serial);
        layout_add_variable(page, form->codes);
        layout_add_variable(page, (RectMm){CODE_X_MM - CODE_QUIET_MM, CODE_Y_MM - CODE_QUIET_MM,
                                           CODE_MM + 2 * CODE_QUIET_MM, CODE_MM + 2 * CODE_QUIET_MM});
        for (guint i = 0; i < drawing->places->len; i++) {
            const PrintPlace *place = &g_array_index(drawing->places, PrintPlace, i);
            if (place->option)
                layout_add_box(page, place->question, place->option, place->rect, BOX_OUTLINE_MM,
                               LAYOUT_SQUARE);
            else
                layout_add_field(page, place->question, place->kind, place->rect);
        }
        page->blank = render_blank(drawing, error);
        if (!page->blank)
            return NULL;
    }
    layout_seal(layout);
    return g_steal_pointer(&layout);
}

static bool same_rect(RectMm a, RectMm b)
{
    return fabs(a.x_mm - b.x_mm) < 0.002 && fabs(a.y_mm - b.y_mm) < 0.002 && fabs(a.w_mm - b.w_mm) < 0.002 &&
           fabs(a.h_mm - b.h_mm) < 0.002;
}

/* Whether two blanks show the same; adds the mean of how much their grey levels differ. */
static bool same_blank(const Raster *a, const Raster *b, double *apart)
{
    if (!a || !b || a->width_px != b->width_px || a->height_px != b->height_px)
        return false;
    int64_t sum = 0;
    for (int y = 0; y < a->height_px; y++) {
        const uint8_t *row_a = a->pixels + (size_t)y * a->stride, *row_b = b->pixels + (size_t)y * b->stride;
        for (int x = 0; x < a->width_px; x++) {
            int differ = abs(row_a[x] - row_b[x]);
            if (differ > SAME_GREY)
                return false;
            sum += differ;
        }
    }
    *apart += (double)sum / a->width_px / a->height_px;
    return true;
}

static bool same_page(const LayoutPage *a, const LayoutPage *b, double *apart)
{
    if (a->boxes->len != b->boxes->len || a->fields->len != b->fields->len || !same_rect(a->code, b->code) ||
        !same_rect(a->serial, b->serial) || a->variable->len != b->variable->len)
        return false;
    for (guint i = 0; i < a->variable->len; i++) {
        if (!same_rect(*(RectMm *)a->variable->pdata[i], *(RectMm *)b->variable->pdata[i]))
            return false;
    }
    for (guint i = 0; i < a->boxes->len; i++) {
        const LayoutBox *x = a->boxes->pdata[i], *y = b->boxes->pdata[i];
        if (!g_str_equal(x->question, y->question) || !g_str_equal(x->option, y->option) ||
            !same_rect(x->rect, y->rect) || x->outline_mm != y->outline_mm)
            return false;
    }
    for (guint i = 0; i < a->fields->len; i++) {
        const LayoutField *x = a->fields->pdata[i], *y = b->fields->pdata[i];
        if (!g_str_equal(x->field, y->field) || x->kind != y->kind || !same_rect(x->rect, y->rect))
            return false;
    }
    return same_blank(a->blank, b->blank, apart);
}

/* Likewise two layouts; `ret_apart` is 0 where they are one. */
static bool agree(const Layout *a, const Layout *b, double *ret_apart)
{
    *ret_apart = 0;
    if (g_str_equal(a->fingerprint, b->fingerprint))
        return true;
    if (!g_str_equal(a->form, b->form) || a->version != b->version || a->pages->len != b->pages->len)
        return false;
    for (guint i = 0; i < a->pages->len; i++) {
        if (!same_page(a->pages->pdata[i], b->pages->pdata[i], ret_apart))
            return false;
    }
    return true;
}

bool print_layouts_agree(const Layout *a, const Layout *b)
{
    double apart;
    return agree(a, b, &apart);
}

/* Of `layouts` the one that agrees best with the typeset form, the newer one of two that agree alike; NULL
 * where none does. */
static const Layout *find_agreeing(const PrintForm *form, const GPtrArray *layouts, double *ret_apart,
                                   GError **error)
{
    g_autoptr(Layout) now = print_form_layout(form, error);
    const Layout *best = NULL;
    for (guint i = now ? layouts->len : 0; i-- > 0;) {
        double apart;
        if (agree(layouts->pdata[i], now, &apart) && (!best || apart < *ret_apart)) {
            best = layouts->pdata[i];
            *ret_apart = apart;
        }
    }
    return best;
}

static bool has_form(const GPtrArray *layouts, const SurveyForm *form)
{
    for (guint i = 0; i < layouts->len; i++) {
        if (g_str_equal(((const Layout *)layouts->pdata[i])->form, form->id))
            return true;
    }
    return false;
}

/* The form in the manner in which one of `layouts` is set: manners may differ in no more than a tint, so the
 * one that agrees best, the newer one of two that agree alike. NULL without an error when there is none. */
static PrintForm *find_frozen(PrintPress *press, const Survey *survey, const SurveyForm *form,
                              const GPtrArray *layouts, const Layout **ret_layout, GError **error)
{
    PrintForm *best = NULL;
    double best_apart = INFINITY;
    for (int m = has_form(layouts, form) ? PRINT_MANNERS : 0; m-- > 0 && best_apart > 0;) {
        GError *fault = NULL;
        double apart;
        g_autoptr(PrintForm) typeset = print_form_new(press, survey, form, &print_manners[m], &fault);
        const Layout *layout = typeset ? find_agreeing(typeset, layouts, &apart, &fault) : NULL;
        if (fault) {
            print_form_free(best);
            g_propagate_error(error, fault);
            return NULL;
        }
        if (layout && apart < best_apart) {
            print_form_free(best);
            best = g_steal_pointer(&typeset);
            best_apart = apart;
            *ret_layout = layout;
        }
    }
    return best;
}

PrintForm *print_form_frozen(PrintPress *press, const Survey *survey, const SurveyForm *form,
                             const Layout *layout, GError **error)
{
    g_autoptr(GPtrArray) only = g_ptr_array_new();
    const Layout *found;
    g_ptr_array_add(only, (gpointer)layout);
    return find_frozen(press, survey, form, only, &found, error);
}

const Layout *print_frozen_layout(const Survey *survey, const SurveyForm *form, const GPtrArray *layouts,
                                  GError **error)
{
    const Layout *layout = NULL;
    g_autoptr(PrintPress) press = print_press_new(error);
    g_autoptr(PrintForm) typeset = press ? find_frozen(press, survey, form, layouts, &layout, error) : NULL;
    return typeset ? layout : NULL;
}

Layout *print_layout(const Survey *survey, const SurveyForm *form, GError **error)
{
    if (form->foreign) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("form '%s' is printed by others; its layout comes from its blank pages"), form->id);
        return NULL;
    }
    g_autoptr(PrintPress) press = print_press_new(error);
    g_autoptr(PrintForm) typeset =
        press ? print_form_new(press, survey, form, &print_manners[PRINT_MANNERS - 1], error) : NULL;
    return typeset ? print_form_layout(typeset, error) : NULL;
}
