#include "mark/strip.h"

#include <math.h>
#include <string.h>

#include "vision/vision.h"

/* Resolution, where the strip is not too large for it. */
#define STRIP_PX_PER_MM 4.0
/* How far beyond its outermost boxes a question reaches. */
#define REACH_MM 8.0
/* Darkness of print on the blank, 0–255. */
#define PRINT_FROM 40
/* Print of the blank and this much around it is left out. */
#define MARGIN_MM 0.6

typedef struct {
    char *question;
    double px_per_mm;
    BoxMask mask;
} StripMask;

static void strip_free(gpointer data)
{
    StripMask *strip = data;
    g_free(strip->question);
    g_free(strip->mask.free);
    g_free(strip->mask.near);
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

/* Clears what lies within `margin` of the rectangle. */
static void clear_rect(StripMask *strip, RectMm rect, double margin)
{
    BoxMask *mask = &strip->mask;
    double k = strip->px_per_mm;
    int x0 = (int)floor((rect.x_mm - margin - mask->area.x_mm) * k),
        y0 = (int)floor((rect.y_mm - margin - mask->area.y_mm) * k),
        x1 = (int)ceil((rect.x_mm + rect.w_mm + margin - mask->area.x_mm) * k),
        y1 = (int)ceil((rect.y_mm + rect.h_mm + margin - mask->area.y_mm) * k);
    for (int y = MAX(y0, 0); y < MIN(y1, mask->height_px); y++)
        for (int x = MAX(x0, 0); x < MIN(x1, mask->width_px); x++)
            mask->free[y * mask->width_px + x] = 0;
}

static StripMask *strip_new(const LayoutPage *page, const char *question, GError **error)
{
    RectMm area = strip_area(page, question);
    double px_per_mm = MIN(STRIP_PX_PER_MM, sqrt((PATCH_MAX_PX - 2000) / (area.w_mm * area.h_mm)));
    double sx = page->blank->width_px / page->width_mm, sy = page->blank->height_px / page->height_mm;
    PageMap map = {{sx, 0, 0, 0, sy, 0, 0, 0, 1}};
    g_autoptr(Raster) blank = vision_sample(page->blank, &map, area, px_per_mm, 0, 0, error);
    if (!blank)
        return NULL;
    StripMask *strip = g_new0(StripMask, 1);
    strip->question = g_strdup(question);
    strip->px_per_mm = px_per_mm;
    int w = blank->width_px, h = blank->height_px, radius = MAX(1, (int)lround(MARGIN_MM * px_per_mm));
    strip->mask =
        (BoxMask){.area = area, .width_px = w, .height_px = h, .free = g_malloc((gsize)w * (gsize)h)};
    memset(strip->mask.free, 1, (size_t)(w * h));
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            if (255 - blank->pixels[(size_t)y * blank->stride + x] < PRINT_FROM)
                continue;
            for (int py = MAX(0, y - radius); py <= MIN(h - 1, y + radius); py++)
                memset(strip->mask.free + py * w + MAX(0, x - radius), 0,
                       (size_t)(MIN(w - 1, x + radius) - MAX(0, x - radius) + 1));
        }
    }
    /* Print that differs from ballot to ballot, and what is measured at the boxes themselves. */
    for (guint i = 0; i < page->variable->len; i++)
        clear_rect(strip, *(RectMm *)page->variable->pdata[i], MARGIN_MM);
    for (guint i = 0; i < page->boxes->len; i++)
        clear_rect(strip, ((LayoutBox *)page->boxes->pdata[i])->rect, 1.0);
    box_mask_count_near(&strip->mask);
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
    const BoxMask *mask = &strip->mask;
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
            vision_sample(image->grey, &registration->map, strip->mask.area, strip->px_per_mm, 0, 0, error);
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
