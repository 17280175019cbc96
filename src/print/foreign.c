/* The layout of a form printed by others: its boxes as the definition states them, on its blank pages. */
#include "print/print.h"

#include <math.h>

#define MIN_DPI 100.0
#define MAX_DPI 300.0

/* One row or column of the smaller picture covers [from, to) of the larger. */
static void span(int at, int small, int large, double *ret_from, double *ret_to)
{
    *ret_from = (double)at * large / small;
    *ret_to = (double)(at + 1) * large / small;
}

/* The picture made smaller, each pixel the mean of what it covers. */
static Raster *reduce(const Raster *raster, int width_px, int height_px, GError **error)
{
    Raster *small = raster_new(width_px, height_px, error);
    g_autofree double *row = small ? g_new(double, raster->width_px) : NULL;
    for (int y = 0; small && y < height_px; y++) {
        double top, bottom;
        span(y, height_px, raster->height_px, &top, &bottom);
        for (int x = 0; x < raster->width_px; x++)
            row[x] = 0;
        for (int v = (int)top; v < raster->height_px && v < bottom; v++) {
            double share = MIN(v + 1, bottom) - MAX(v, top);
            const uint8_t *from = raster->pixels + (size_t)v * raster->stride;
            for (int x = 0; x < raster->width_px; x++)
                row[x] += share * from[x];
        }
        for (int x = 0; x < width_px; x++) {
            double left, right, sum = 0;
            span(x, width_px, raster->width_px, &left, &right);
            for (int u = (int)left; u < raster->width_px && u < right; u++)
                sum += (MIN(u + 1, right) - MAX(u, left)) * row[u];
            small->pixels[(size_t)y * small->stride + (size_t)x] =
                (uint8_t)CLAMP(lround(sum / ((right - left) * (bottom - top))), 0, 255);
        }
    }
    return small;
}

/* The blank of one page: whatever the file says of its dpi, it covers the page. */
static Raster *take_blank(const SurveyForm *form, const SurveyForeignPage *foreign, const Raster *blank,
                          int page, GError **error)
{
    double dpi_x = blank->width_px * MM_PER_INCH / foreign->width_mm;
    double dpi_y = blank->height_px * MM_PER_INCH / foreign->height_mm;
    if (fabs(dpi_x / dpi_y - 1) > 0.03) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("form '%s', page %d: its blank of %d × %d pixels has not the shape of a page of %g × %g mm; "
              "correct the size or the blank"),
            form->id, page, blank->width_px, blank->height_px, foreign->width_mm, foreign->height_mm);
        return NULL;
    }
    if (MIN(dpi_x, dpi_y) < MIN_DPI - 1) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("form '%s', page %d: its blank has %.0f dots an inch; scan it at %.0f or more"),
                    form->id, page, MIN(dpi_x, dpi_y), MIN_DPI);
        return NULL;
    }
    int width_px = blank->width_px, height_px = blank->height_px;
    if (dpi_x > MAX_DPI || dpi_y > MAX_DPI) {
        width_px = MIN(width_px, (int)floor(foreign->width_mm * MAX_DPI / MM_PER_INCH));
        height_px = MIN(height_px, (int)floor(foreign->height_mm * MAX_DPI / MM_PER_INCH));
    }
    Raster *copy = width_px == blank->width_px && height_px == blank->height_px
                       ? raster_crop(blank, (RectPx){0, 0, width_px, height_px}, error)
                       : reduce(blank, width_px, height_px, error);
    if (copy) {
        copy->dpi_x = width_px * MM_PER_INCH / foreign->width_mm;
        copy->dpi_y = height_px * MM_PER_INCH / foreign->height_mm;
    }
    return copy;
}

static bool add_box(Layout *layout, const SurveyForm *form, const SurveyForeignBox *box, GError **error)
{
    const SurveyQuestion *question = survey_form_question(form, box->question);
    LayoutPage *page =
        box->page >= 1 && box->page <= (int)layout->pages->len ? layout->pages->pdata[box->page - 1] : NULL;
    const char *shown = box->option ? box->option : "-";
    RectMm r = box->rect;
    if (!question || !page || !(r.w_mm > 0) || !(r.h_mm > 0) || r.x_mm < 0 || r.y_mm < 0 ||
        r.x_mm + r.w_mm > page->width_mm || r.y_mm + r.h_mm > page->height_mm) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("form '%s': the box of question '%s', option '%s' lies on no page of it; correct its place"),
            form->id, box->question, shown);
        return false;
    }
    if (!box->option) {
        layout_add_field(page, box->question,
                         question->kind == SURVEY_QUESTION_DIGITS ? LAYOUT_FIELD_DIGITS : LAYOUT_FIELD_IMAGE,
                         r);
        return true;
    }
    if (layout_box_index(page, box->question, box->option) >= 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("form '%s': question '%s', option '%s' has two boxes on page %d; remove one"), form->id,
                    box->question, shown, box->page);
        return false;
    }
    layout_add_box(page, box->question, box->option, r, 0, box->round ? LAYOUT_ROUND : LAYOUT_SQUARE);
    return true;
}

Layout *print_foreign_layout(const SurveyForm *form, GPtrArray *blanks, GError **error)
{
    if (!form->foreign || blanks->len != form->foreign_pages->len || blanks->len == 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("form '%s': %u blank pages are given where its definition names %u"), form->id,
                    blanks->len, form->foreign ? form->foreign_pages->len : 0);
        return NULL;
    }
    g_autoptr(Layout) layout = layout_new(form->id, form->version);
    for (guint i = 0; i < blanks->len; i++) {
        const SurveyForeignPage *foreign = form->foreign_pages->pdata[i];
        LayoutPage *page = layout_add_page(layout, foreign->width_mm, foreign->height_mm);
        page->blank = take_blank(form, foreign, blanks->pdata[i], (int)i + 1, error);
        if (!page->blank)
            return NULL;
    }
    for (guint i = 0; i < form->foreign_boxes->len; i++) {
        if (!add_box(layout, form, form->foreign_boxes->pdata[i], error))
            return NULL;
    }
    layout_seal(layout);
    return g_steal_pointer(&layout);
}
