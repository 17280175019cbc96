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

/* ---- grey paper: a blank that was photographed, or scanned in poor light ---- */

/* Paper is as light as this share of a tile's lightest pixels at least. */
#define TILE_MM 6.0
#define LIGHT_SHARE 0.2
/* A page of which this share of the tiles is darker than that is grey; white ones are left as they are. */
#define GREY_SHARE 0.25
#define GREY_BELOW 238
/* A tile darker than this share of the page's usual paper is print, and has the page's paper below it. */
#define LEAST_PAPER 0.5

typedef struct {
    int columns, rows;
    double w_px, h_px;
    double *levels; /* row by row */
} Paper;

static int tile_level(const Raster *raster, RectPx tile)
{
    int counts[256] = {0}, level = 255, left = (int)(LIGHT_SHARE * tile.w_px * tile.h_px);
    for (int y = tile.y_px; y < tile.y_px + tile.h_px; y++)
        for (int x = tile.x_px; x < tile.x_px + tile.w_px; x++)
            counts[raster->pixels[(size_t)y * raster->stride + (size_t)x]]++;
    while (level > 1 && (left -= counts[level]) > 0)
        level--;
    return level;
}

/* How light the paper is, tile by tile. False where the page is not grey. */
static bool look_at_paper(const Raster *raster, Paper *paper)
{
    int count = paper->columns * paper->rows;
    g_autofree double *sorted = g_new(double, count);
    for (int i = 0; i < count; i++) {
        int x0 = (int)(i % paper->columns * paper->w_px), y0 = (int)(i / paper->columns * paper->h_px),
            x1 = (int)((i % paper->columns + 1) * paper->w_px),
            y1 = (int)((i / paper->columns + 1) * paper->h_px);
        paper->levels[i] = sorted[i] = tile_level(raster, (RectPx){x0, y0, x1 - x0, y1 - y0});
    }
    sort_doubles(sorted, count);
    double usual = sorted[count / 2];
    for (int i = 0; i < count; i++)
        if (paper->levels[i] < LEAST_PAPER * usual)
            paper->levels[i] = usual;
    return sorted[(int)(GREY_SHARE * count)] < GREY_BELOW;
}

/* The paper's level at a pixel, between the middles of the four tiles around it in proportion. */
static double paper_at(const Paper *paper, int x_px, int y_px)
{
    double x = CLAMP(x_px / paper->w_px - 0.5, 0, paper->columns - 1),
           y = CLAMP(y_px / paper->h_px - 0.5, 0, paper->rows - 1);
    int c = MIN((int)x, MAX(paper->columns - 2, 0)), r = MIN((int)y, MAX(paper->rows - 2, 0));
    int right = MIN(c + 1, paper->columns - 1), below = MIN(r + 1, paper->rows - 1);
    double fx = x - c, fy = y - r;
    const double *upper = paper->levels + (gsize)r * (gsize)paper->columns,
                 *lower = paper->levels + (gsize)below * (gsize)paper->columns;
    return (1 - fy) * ((1 - fx) * upper[c] + fx * upper[right]) +
           fy * ((1 - fx) * lower[c] + fx * lower[right]);
}

/* All rooms take the blank's paper for white and what is darker for print: paper that is grey all over would
 * be print all over, and no box would be found by its own. */
static void whiten_paper(Raster *raster)
{
    double tile_px = TILE_MM * raster->dpi_x / MM_PER_INCH;
    Paper paper = {.columns = MAX(1, (int)(raster->width_px / tile_px)),
                   .rows = MAX(1, (int)(raster->height_px / tile_px))};
    paper.w_px = (double)raster->width_px / paper.columns;
    paper.h_px = (double)raster->height_px / paper.rows;
    g_autofree double *levels = paper.levels = g_new(double, paper.columns *paper.rows);
    (void)levels;
    if (!look_at_paper(raster, &paper))
        return;
    for (int y = 0; y < raster->height_px; y++) {
        uint8_t *row = raster->pixels + (size_t)y * raster->stride;
        for (int x = 0; x < raster->width_px; x++)
            row[x] = (uint8_t)MIN(255, lround(row[x] * 255 / paper_at(&paper, x, y)));
    }
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
        whiten_paper(copy);
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
