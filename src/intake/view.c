/* What a person must see of a page to settle a question: the lines of its boxes up to the table's rules, and
 * the headings of their columns, wherever on the page those are printed. */
#include <math.h>
#include <string.h>

#include "intake/worker.h"
#include "layout/layout.h"
#include "vision/vision.h"

/* Around the boxes at least half a row, for what may be written there; and no more than this to a rule, or up
 * to the boxes before, where a question stands above its own. */
#define MARGIN_MM 9
#define REACH_MM 24
/* Beyond a rule, so that what crosses it is seen. */
#define BEYOND_MM 2.5
/* A box's own outline is no rule. */
#define BOX_RIM_MM 0.8
/* Share of dark pixels that makes a line across the columns a rule; a rule on a blank that lies a little
 * askew is followed so far up and down. */
#define RULE_SHARE 0.95
#define RULE_ASKEW_MM 0.4
/* Between the two strips of a picture. */
#define GAP_MM 1

static void widen(RectMm *area, RectMm rect)
{
    if (area->w_mm <= 0) {
        *area = rect;
        return;
    }
    double right = MAX(area->x_mm + area->w_mm, rect.x_mm + rect.w_mm);
    double bottom = MAX(area->y_mm + area->h_mm, rect.y_mm + rect.h_mm);
    area->x_mm = MIN(area->x_mm, rect.x_mm);
    area->y_mm = MIN(area->y_mm, rect.y_mm);
    area->w_mm = right - area->x_mm;
    area->h_mm = bottom - area->y_mm;
}

/* Where a question's boxes and fields stand on a page; w = 0 when there are none. */
static RectMm question_area(const LayoutPage *page, const char *question)
{
    RectMm area = {0};
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (g_str_equal(box->question, question))
            widen(&area, box->rect);
    }
    for (guint i = 0; i < page->fields->len; i++) {
        const LayoutField *field = page->fields->pdata[i];
        if (g_str_equal(field->field, question))
            widen(&area, field->rect);
    }
    return area;
}

/* ---- the blank's rules
 * ---------------------------------------------------------------------------------------------- */

static bool is_dark(const Raster *blank, int x, int y, int askew_px)
{
    for (int dy = -askew_px; dy <= askew_px; dy++) {
        int at = y + dy;
        if (at >= 0 && at < blank->height_px && blank->pixels[(size_t)at * blank->stride + x] < 128)
            return true;
    }
    return false;
}

/* Whether a rule runs across the columns x0..x1 at that height of the blank. */
static bool is_rule(const LayoutPage *page, double x0_mm, double x1_mm, double y_mm)
{
    const Raster *blank = page->blank;
    PageMap map = layout_blank_map(page);
    PointPx from = page_map_point(&map, (PointMm){x0_mm, y_mm}),
            to = page_map_point(&map, (PointMm){x1_mm, y_mm});
    int x0 = MAX((int)from.x_px, 0), x1 = MIN((int)to.x_px, blank->width_px - 1), y = (int)from.y_px;
    int askew = (int)(RULE_ASKEW_MM * page_map_scale(&map, (PointMm){x0_mm, y_mm}));
    int dark = 0;
    for (int x = x0; x <= x1; x++)
        dark += is_dark(blank, x, y, askew);
    return x1 > x0 && dark >= RULE_SHARE * (x1 - x0 + 1);
}

/* The next rule from `y_mm` upwards (step < 0) or downwards within `reach_mm`; NAN where there is none. */
static double find_rule(const LayoutPage *page, RectMm columns, double y_mm, double step_mm, double reach_mm)
{
    if (!page->blank || columns.w_mm <= 0)
        return NAN;
    for (double at = y_mm; ABS(at - y_mm) <= reach_mm && at > 0 && at < page->height_mm; at += step_mm) {
        if (is_rule(page, columns.x_mm, columns.x_mm + columns.w_mm, at))
            return at;
    }
    return NAN;
}

#define STEP_MM 0.2
/* So far is a rule left behind before the next one is looked for. */
#define PAST_RULE_MM 1.2

/* Whether anything is printed over the columns between two rules. */
static bool has_print(const LayoutPage *page, RectMm columns, double top_mm, double bottom_mm)
{
    const Raster *blank = page->blank;
    PageMap map = layout_blank_map(page);
    PointPx from = page_map_point(&map, (PointMm){columns.x_mm, top_mm + PAST_RULE_MM}),
            to = page_map_point(&map, (PointMm){columns.x_mm + columns.w_mm, bottom_mm - PAST_RULE_MM});
    int dark = 0, looked = 0;
    for (int y = MAX((int)from.y_px, 0); y <= MIN((int)to.y_px, blank->height_px - 1); y++) {
        for (int x = MAX((int)from.x_px, 0); x <= MIN((int)to.x_px, blank->width_px - 1); x++) {
            dark += blank->pixels[(size_t)y * blank->stride + x] < 128;
            looked++;
        }
    }
    /* the columns' own upright rules are thin: well under one pixel in fifty */
    return looked > 0 && dark > looked / 50;
}

/* ---- the headings
 * ---------------------------------------------------------------------------------------------------- */

/* Whether a box of that question stands at that place across. */
static bool has_box_at(const LayoutPage *page, const char *question, double x_mm)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (g_str_equal(box->question, question) && ABS(box->rect.x_mm - x_mm) < 1)
            return true;
    }
    return false;
}

/* Whether another question's boxes stand in the very columns of this one's: as many, each over its own. */
static bool shares_columns(const LayoutPage *page, const char *question, const char *other)
{
    int own = 0, others = 0;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        others += g_str_equal(box->question, other);
        if (!g_str_equal(box->question, question))
            continue;
        own++;
        if (!has_box_at(page, other, box->rect.x_mm))
            return false;
    }
    return own == others;
}

/* What stands between two rules above a question. */
typedef enum {
    STRIP_ROW,     /* boxes in the question's columns */
    STRIP_FOREIGN, /* other boxes: another table */
    STRIP_PRINT,   /* print over the columns */
    STRIP_TITLE,   /* none: the title of a section, or nothing */
} Strip;

static Strip strip_kind(const LayoutPage *page, const char *question, RectMm area, double top_mm,
                        double bottom_mm)
{
    bool row = false;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        double middle = box->rect.y_mm + box->rect.h_mm / 2;
        if (middle <= top_mm || middle >= bottom_mm)
            continue;
        if (!shares_columns(page, question, box->question))
            return STRIP_FOREIGN;
        row = true;
    }
    return row ? STRIP_ROW : has_print(page, area, top_mm, bottom_mm) ? STRIP_PRINT : STRIP_TITLE;
}

/* The nearest strip above, of the same table, that has print over the columns. */
static RectMm find_heading(const LayoutPage *page, const char *question, RectMm area)
{
    double lower = find_rule(page, area, area.y_mm - BOX_RIM_MM, -STEP_MM, REACH_MM);
    while (!isnan(lower)) {
        double upper = find_rule(page, area, lower - PAST_RULE_MM, -STEP_MM, REACH_MM);
        if (isnan(upper))
            break;
        Strip kind = strip_kind(page, question, area, upper, lower);
        if (kind == STRIP_PRINT)
            return (RectMm){0, upper - GAP_MM, page->width_mm, lower - upper + 2 * GAP_MM};
        if (kind == STRIP_FOREIGN)
            break;
        lower = upper;
    }
    return (RectMm){0};
}

/* The lowest box of another question that ends above the area; 0 where there is none. */
static double boxes_before(const LayoutPage *page, const char *question, RectMm area)
{
    double bottom = 0;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        double end = box->rect.y_mm + box->rect.h_mm;
        if (!g_str_equal(box->question, question) && end <= area.y_mm)
            bottom = MAX(bottom, end);
    }
    return bottom;
}

bool intake_find_view(const LayoutPage *page, const char *question, IntakeView *ret)
{
    RectMm area = question_area(page, question);
    if (area.w_mm <= 0)
        return false;
    double bottom_edge = area.y_mm + area.h_mm;
    double upper = find_rule(page, area, area.y_mm - BOX_RIM_MM, -STEP_MM, REACH_MM),
           lower = find_rule(page, area, bottom_edge + BOX_RIM_MM, STEP_MM, REACH_MM);
    bool table = !isnan(upper) && !isnan(lower);
    double before = CLAMP(area.y_mm - boxes_before(page, question, area), MARGIN_MM, REACH_MM);
    double top = MIN(area.y_mm - (table ? MARGIN_MM : before), table ? upper - BEYOND_MM : area.y_mm);
    double bottom = MAX(bottom_edge + MARGIN_MM, table ? lower + BEYOND_MM : bottom_edge);
    top = MAX(top, 0);
    bottom = MIN(bottom, page->height_mm);
    IntakeView view = {.rows = {0, top, page->width_mm, bottom - top}};
    if (table)
        view.heading = find_heading(page, question, area);
    /* a heading that is seen anyway is not shown twice */
    if (view.heading.h_mm > 0 && view.heading.y_mm + view.heading.h_mm > top) {
        view.rows.y_mm = MIN(top, view.heading.y_mm);
        view.rows.h_mm = bottom - view.rows.y_mm;
        view.heading = (RectMm){0};
    }
    *ret = view;
    return true;
}

double intake_view_y(const IntakeView *view, double y_mm)
{
    double above = view->heading.h_mm > 0 ? view->heading.h_mm + GAP_MM : 0;
    return above + y_mm - view->rows.y_mm;
}

/* ---- the picture
 * ----------------------------------------------------------------------------------------------------- */

/* One plane of a strip; a plane of colour is smaller than the scan by `shift` powers of two. */
static Raster *sample(const Raster *plane, const PageMap *map, int shift, RectMm area, double px_per_mm,
                      GError **error)
{
    PageMap own = *map;
    for (int i = 0; i < 6; i++)
        own.h[i] /= (double)(1 << shift);
    return vision_sample(plane, &own, area, px_per_mm, 0, 0, error);
}

/* Both strips of a plane under one another, with `gap` between and where there is no scan. */
static Raster *stack(const Raster *plane, const PageMap *map, int shift, const IntakeView *view,
                     double px_per_mm, uint8_t gap, GError **error)
{
    g_autoptr(Raster) rows = sample(plane, map, shift, view->rows, px_per_mm, error);
    if (!rows || view->heading.h_mm <= 0)
        return g_steal_pointer(&rows);
    g_autoptr(Raster) heading = sample(plane, map, shift, view->heading, px_per_mm, error);
    if (!heading)
        return NULL;
    int gap_px = (int)(intake_view_y(view, view->rows.y_mm) * px_per_mm + 0.5) - heading->height_px;
    gap_px = MAX(gap_px, 0);
    g_autoptr(Raster) both = raster_new(rows->width_px, heading->height_px + gap_px + rows->height_px, error);
    for (int y = 0; both && y < both->height_px; y++) {
        uint8_t *to = both->pixels + (size_t)y * both->stride;
        int in_rows = y - heading->height_px - gap_px;
        if (y < heading->height_px)
            memcpy(to, heading->pixels + (size_t)y * heading->stride,
                   (size_t)MIN(both->width_px, heading->width_px));
        else if (in_rows < 0)
            memset(to, gap, (size_t)both->width_px);
        else
            memcpy(to, rows->pixels + (size_t)in_rows * rows->stride, (size_t)both->width_px);
    }
    return g_steal_pointer(&both);
}

/* Beyond the scan a plane is sampled as white; for colour that must be neutral. No paper is 255 in a chroma
 * plane. */
static void make_neutral(Raster *chroma)
{
    for (int y = 0; y < chroma->height_px; y++) {
        uint8_t *row = chroma->pixels + (size_t)y * chroma->stride;
        for (int x = 0; x < chroma->width_px; x++)
            row[x] = row[x] == 255 ? 128 : row[x];
    }
}

PageImage *intake_view_picture(const PageImage *scan, const PageMap *map, const IntakeView *view,
                               double px_per_mm, GError **error)
{
    g_autoptr(PageImage) picture = g_new0(PageImage, 1);
    picture->grey = stack(scan->grey, map, 0, view, px_per_mm, 255, error);
    if (!picture->grey || !scan->cb || !scan->cr)
        return picture->grey ? g_steal_pointer(&picture) : NULL;
    picture->cb = stack(scan->cb, map, scan->chroma_shift, view, px_per_mm, 128, error);
    picture->cr = picture->cb ? stack(scan->cr, map, scan->chroma_shift, view, px_per_mm, 128, error) : NULL;
    if (!picture->cr)
        return NULL;
    make_neutral(picture->cb);
    make_neutral(picture->cr);
    return g_steal_pointer(&picture);
}
