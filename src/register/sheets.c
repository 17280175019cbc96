/* Whether more than one sheet lies on a picture: two ballots side by side, front and back on one page, a
 * sheet that peeps out from under another. One of them must never be counted as if it were all there is. */
#include <math.h>
#include <string.h>

#include "register/place.h"

/* The same code further away than this from where the page's own was read is another sheet's. */
#define SAME_PLACE_MM 30.0
/* What lies beyond the sheet counts from this width on: less is the tolerance of the feeder. */
#define BEYOND_MM 12.0
/* Print of another sheet: pieces so long, and over so much in all. Dust and a glass's edge are less. */
#define PIECE_MM 2.5
#define PRINT_LONG_MM 25.0
#define PRINT_SHORT_MM 8.0

/* Whether a code on the picture names the page that was taken. One taken by its number in print, or by a
 * person's word, has no seal to compare, and perhaps no station. */
static bool names_this_page(const PageCode *code, const Registration *result)
{
    const PageCode *taken = &result->code;
    bool by_code = !result->by_serial && !result->by_person;
    return result->has_code && code->kind == taken->kind && code->page == taken->page &&
           g_str_equal(code->survey, taken->survey) && g_str_equal(code->form, taken->form) &&
           g_str_equal(code->fingerprint8, taken->fingerprint8) && g_str_equal(code->serial, taken->serial) &&
           g_str_equal(code->group, taken->group) && g_str_equal(code->agency, taken->agency) &&
           g_str_equal(code->origin, taken->origin) &&
           ((!by_code && !taken->station[0]) || g_str_equal(code->station, taken->station)) &&
           (!by_code || g_str_equal(code->seal, taken->seal));
}

bool shows_other_code(const Raster *scan, bool thorough, const PointPx *own, const Registration *result)
{
    g_autoptr(GArray) codes = vision_read_codes(scan, thorough);
    double apart_px = SAME_PLACE_MM * scan_scale(scan, A4_WIDTH_MM, A4_HEIGHT_MM);
    for (guint i = 0; i < codes->len; i++) {
        const VisionCode *code = &g_array_index(codes, VisionCode, i);
        PageCode other;
        if (!page_code_parse(code->text, &other, NULL))
            continue; /* other codes are no concern */
        bool apart = own && hypot(code->at.x_px - own->x_px, code->at.y_px - own->y_px) > apart_px;
        if (!names_this_page(&other, result) || apart)
            return true;
    }
    return false;
}

/* Whether print stands in a part of the picture. */
static bool holds_print(const Raster *scan, RectPx part, double px_per_mm)
{
    g_autoptr(Raster) crop = raster_crop(scan, part, NULL);
    RectPx ink;
    if (!crop || !vision_find_ink(crop, px_per_mm, PIECE_MM, &ink))
        return false;
    return MAX(ink.w_px, ink.h_px) >= PRINT_LONG_MM * px_per_mm &&
           MIN(ink.w_px, ink.h_px) >= PRINT_SHORT_MM * px_per_mm;
}

bool shows_print_beyond(const Raster *scan, const Registration *result)
{
    const LayoutPage *page = result->layout->pages->pdata[result->page];
    const PointMm corners[] = {
        {0, 0}, {page->width_mm, 0}, {page->width_mm, page->height_mm}, {0, page->height_mm}};
    double x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
    for (size_t i = 0; i < G_N_ELEMENTS(corners); i++) {
        PointPx at = page_map_point(&result->map, corners[i]);
        x0 = fmin(x0, at.x_px);
        y0 = fmin(y0, at.y_px);
        x1 = fmax(x1, at.x_px);
        y1 = fmax(y1, at.y_px);
    }
    double px_per_mm = page_map_scale(&result->map, (PointMm){page->width_mm / 2, page->height_mm / 2});
    int w = scan->width_px, h = scan->height_px, least = (int)(BEYOND_MM * px_per_mm);
    int left = (int)CLAMP(x0, 0, w), top = (int)CLAMP(y0, 0, h), right = (int)CLAMP(x1, 0, w),
        bottom = (int)CLAMP(y1, 0, h);
    return (left >= least && holds_print(scan, (RectPx){0, 0, left, h}, px_per_mm)) ||
           (top >= least && holds_print(scan, (RectPx){0, 0, w, top}, px_per_mm)) ||
           (w - right >= least && holds_print(scan, (RectPx){right, 0, w - right, h}, px_per_mm)) ||
           (h - bottom >= least && holds_print(scan, (RectPx){0, bottom, w, h - bottom}, px_per_mm));
}
