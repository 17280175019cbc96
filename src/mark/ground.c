#include "mark/ground.h"

#include <math.h>
#include <string.h>

#include "vision/vision.h"

/* Darkness of print on the blank, 0–255. */
#define PRINT_FROM 40
/* Print of the blank and this much around it is left out. */
#define MARGIN_MM 0.6

double ground_resolution(RectMm area, double wanted)
{
    return MIN(wanted, sqrt((PATCH_MAX_PX - 2000) / (area.w_mm * area.h_mm)));
}

/* Clears what lies within `margin` of the rectangle. */
static void clear_rect(BoxMask *mask, double px_per_mm, RectMm rect, double margin)
{
    double k = px_per_mm;
    int x0 = (int)floor((rect.x_mm - margin - mask->area.x_mm) * k),
        y0 = (int)floor((rect.y_mm - margin - mask->area.y_mm) * k),
        x1 = (int)ceil((rect.x_mm + rect.w_mm + margin - mask->area.x_mm) * k),
        y1 = (int)ceil((rect.y_mm + rect.h_mm + margin - mask->area.y_mm) * k);
    for (int y = MAX(y0, 0); y < MIN(y1, mask->height_px); y++)
        for (int x = MAX(x0, 0); x < MIN(x1, mask->width_px); x++)
            mask->free[y * mask->width_px + x] = 0;
}

BoxMask *ground_mask_new(const LayoutPage *page, RectMm area, double px_per_mm, GError **error)
{
    PageMap map = layout_blank_map(page);
    g_autoptr(Raster) blank = vision_sample(page->blank, &map, area, px_per_mm, 0, 0, error);
    if (!blank)
        return NULL;
    BoxMask *mask = g_new0(BoxMask, 1);
    int w = blank->width_px, h = blank->height_px, radius = MAX(1, (int)lround(MARGIN_MM * px_per_mm));
    *mask = (BoxMask){.area = area, .width_px = w, .height_px = h, .free = g_malloc((gsize)w * (gsize)h)};
    memset(mask->free, 1, (size_t)(w * h));
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            if (255 - blank->pixels[(size_t)y * blank->stride + x] < PRINT_FROM)
                continue;
            for (int py = MAX(0, y - radius); py <= MIN(h - 1, y + radius); py++)
                memset(mask->free + py * w + MAX(0, x - radius), 0,
                       (size_t)(MIN(w - 1, x + radius) - MAX(0, x - radius) + 1));
        }
    }
    /* Print that differs from ballot to ballot, and what is measured at the boxes themselves. */
    for (guint i = 0; i < page->variable->len; i++)
        clear_rect(mask, px_per_mm, *(RectMm *)page->variable->pdata[i], MARGIN_MM);
    for (guint i = 0; i < page->boxes->len; i++)
        clear_rect(mask, px_per_mm, ((LayoutBox *)page->boxes->pdata[i])->rect, 1.0);
    box_mask_set_tone(mask, blank, 0);
    box_mask_count_near(mask);
    return mask;
}
