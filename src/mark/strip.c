#include "mark/strip.h"

#include <string.h>

#include "mark/ground.h"
#include "vision/vision.h"

/* How far beyond its outermost boxes a question reaches. */
#define REACH_MM 8.0

typedef struct {
    char *question;
    double px_per_mm;
    BoxMask *mask;
} StripMask;

static void strip_free(gpointer data)
{
    StripMask *strip = data;
    g_free(strip->question);
    box_mask_free(strip->mask);
    g_free(strip);
}

static bool belongs(const LayoutBox *box, const char *question)
{
    return g_str_equal(box->question, question);
}

/* The boxes of the question, reaching half-way to those of others above and below, and to the sides. */
static RectMm strip_area(const LayoutPage *page, const char *question)
{
    double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (!belongs(box, question))
            continue;
        x0 = MIN(x0, box->rect.x_mm);
        y0 = MIN(y0, box->rect.y_mm);
        x1 = MAX(x1, box->rect.x_mm + box->rect.w_mm);
        y1 = MAX(y1, box->rect.y_mm + box->rect.h_mm);
    }
    double left = REACH_MM, right = REACH_MM, up = SURROUND_MM, down = SURROUND_MM;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (belongs(box, question))
            continue;
        RectMm r = box->rect;
        bool beside = r.y_mm < y1 && r.y_mm + r.h_mm > y0, above = r.x_mm < x1 && r.x_mm + r.w_mm > x0;
        if (beside && r.x_mm + r.w_mm <= x0)
            left = MIN(left, (x0 - r.x_mm - r.w_mm) / 2);
        if (beside && r.x_mm >= x1)
            right = MIN(right, (r.x_mm - x1) / 2);
        if (above && r.y_mm + r.h_mm <= y0)
            up = MIN(up, (y0 - r.y_mm - r.h_mm) / 2);
        if (above && r.y_mm >= y1)
            down = MIN(down, (r.y_mm - y1) / 2);
    }
    x0 = MAX(x0 - left, 0);
    y0 = MAX(y0 - up, 0);
    return (RectMm){x0, y0, MIN(x1 + right, page->width_mm) - x0, MIN(y1 + down, page->height_mm) - y0};
}

static StripMask *strip_new(const LayoutPage *page, const char *question, GError **error)
{
    RectMm area = strip_area(page, question);
    double px_per_mm = ground_resolution(area, GROUND_PX_PER_MM);
    BoxMask *mask = ground_mask_new(page, area, px_per_mm, error);
    if (!mask)
        return NULL;
    StripMask *strip = g_new0(StripMask, 1);
    *strip = (StripMask){g_strdup(question), px_per_mm, mask};
    return strip;
}

GPtrArray *strips_new(const LayoutPage *page, GError **error)
{
    g_autoptr(GPtrArray) strips = g_ptr_array_new_with_free_func(strip_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (!g_hash_table_add(seen, box->question))
            continue;
        StripMask *strip = strip_new(page, box->question, error);
        if (!strip)
            return NULL;
        g_ptr_array_add(strips, strip);
    }
    return g_steal_pointer(&strips);
}

static double largest_piece(const StripMask *strip, PatchWork *work, const Raster *scan, int level)
{
    const BoxMask *mask = strip->mask;
    patch_set_dark(work, scan, mask, patch_paper(scan, mask));
    if (!patch_weigh_light(work, mask, level))
        return 0;
    patch_find_pieces(work, mask);
    int most = 0;
    for (int i = 0; i < work->piece_count; i++)
        most = MAX(most, work->pieces[i].count);
    return most / (strip->px_per_mm * strip->px_per_mm);
}

bool strips_measure(const GPtrArray *strips, PatchWork *work, const PageImage *image,
                    const Registration *registration, int level, MarkMeasures *measures, GError **error)
{
    const LayoutPage *page = registration->layout->pages->pdata[registration->page];
    for (guint s = 0; s < strips->len; s++) {
        const StripMask *strip = strips->pdata[s];
        g_autoptr(Raster) scan =
            vision_sample(image->grey, &registration->map, strip->mask->area, strip->px_per_mm, 0, 0, error);
        if (!scan)
            return false;
        double most = largest_piece(strip, work, scan, level);
        for (guint i = 0; i < page->boxes->len; i++) {
            if (belongs(page->boxes->pdata[i], strip->question))
                measures[i].v[MEASURE_STRIP_MM2] = (float)most;
        }
    }
    return true;
}
