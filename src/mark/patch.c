#include "mark/patch.h"

#include <math.h>
#include <string.h>

#include "vision/vision.h"

/* Print of the blank and this much around it is left out: what misregistration and bolder print may cover. */
#define PRINT_MARGIN_MM 0.34
/* Print of the blank is what is darker than this, 0–255. */
#define PRINT_DARKNESS 45

void box_mask_free(BoxMask *mask)
{
    if (!mask)
        return;
    g_free(mask->free);
    g_free(mask->near);
    g_free(mask->print);
    g_free(mask->tone);
    g_free(mask);
}

/* Half the way to the nearest other box, so that no mark is measured at two boxes. */
static double surroundings(const LayoutPage *page, int box)
{
    RectMm own = ((LayoutBox *)page->boxes->pdata[box])->rect;
    double margin = SURROUND_MM;
    for (guint i = 0; i < page->boxes->len; i++) {
        RectMm other = ((LayoutBox *)page->boxes->pdata[i])->rect;
        double dx = MAX(other.x_mm - (own.x_mm + own.w_mm), own.x_mm - (other.x_mm + other.w_mm));
        double dy = MAX(other.y_mm - (own.y_mm + own.h_mm), own.y_mm - (other.y_mm + other.h_mm));
        if ((int)i != box)
            margin = MIN(margin, MAX(dx, dy) / 2);
    }
    return MAX(margin, 0.6);
}

/* Print is looked for this much further out than is measured: a rule that lies just outside shows at the rim
 * of a patch when a scan is a little off. Whole pixels. */
#define RIM_PX 3

/* Takes what lies within `radius` of the blank's print out of the mask. `wide` is the blank around it, RIM_PX
 * wider on every side. */
static void take_out_print(BoxMask *mask, const Raster *wide, int radius)
{
    int w = mask->width_px, h = mask->height_px;
    memset(mask->free, 1, (gsize)w * (gsize)h);
    for (int y = 0; y < wide->height_px; y++) {
        for (int x = 0; x < wide->width_px; x++) {
            if (255 - wide->pixels[(size_t)y * wide->stride + x] < PRINT_DARKNESS)
                continue;
            for (int dy = -radius; dy <= radius; dy++) {
                for (int dx = -radius; dx <= radius; dx++) {
                    int px = x - RIM_PX + dx, py = y - RIM_PX + dy;
                    if (px >= 0 && py >= 0 && px < w && py < h && dx * dx + dy * dy <= radius * radius + 1)
                        mask->free[py * w + px] = 0;
                }
            }
        }
    }
}

BoxMask *box_mask_new(const LayoutPage *page, int box, GError **error)
{
    RectMm rect = ((LayoutBox *)page->boxes->pdata[box])->rect;
    double margin = surroundings(page, box);
    RectMm area = {rect.x_mm - margin, rect.y_mm - margin, rect.w_mm + 2 * margin, rect.h_mm + 2 * margin};
    if (area.w_mm * area.h_mm * MEASURE_PX_PER_MM * MEASURE_PX_PER_MM > PATCH_MAX_PX - 1000) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                    _("a box of %.1f × %.1f mm is too large to be a box"), rect.w_mm, rect.h_mm);
        return NULL;
    }
    PageMap map = layout_blank_map(page);
    double rim = RIM_PX / MEASURE_PX_PER_MM;
    RectMm around = {area.x_mm - rim, area.y_mm - rim, area.w_mm + 2 * rim, area.h_mm + 2 * rim};
    g_autoptr(Raster) blank = vision_sample(page->blank, &map, around, MEASURE_PX_PER_MM, 0, 0, error);
    if (!blank)
        return NULL;
    BoxMask *mask = g_new0(BoxMask, 1);
    mask->area = area;
    mask->width_px = blank->width_px - 2 * RIM_PX;
    mask->height_px = blank->height_px - 2 * RIM_PX;
    mask->inside =
        (RectPx){(int)lround(margin * MEASURE_PX_PER_MM), (int)lround(margin * MEASURE_PX_PER_MM),
                 (int)lround(rect.w_mm * MEASURE_PX_PER_MM), (int)lround(rect.h_mm * MEASURE_PX_PER_MM)};
    mask->free = g_malloc((gsize)mask->width_px * (gsize)mask->height_px);
    mask->print = g_malloc((gsize)mask->width_px * (gsize)mask->height_px);
    for (int y = 0; y < mask->height_px; y++) {
        for (int x = 0; x < mask->width_px; x++) {
            const uint8_t *row = blank->pixels + (size_t)(y + RIM_PX) * blank->stride;
            mask->print[y * mask->width_px + x] = 255 - row[x + RIM_PX];
        }
    }
    take_out_print(mask, blank, (int)lround(PRINT_MARGIN_MM * MEASURE_PX_PER_MM));
    box_mask_set_tone(mask, blank, RIM_PX);
    box_mask_count_near(mask);
    for (int y = 0; y < mask->height_px; y++) {
        for (int x = 0; x < mask->width_px; x++) {
            bool in = x >= mask->inside.x_px && x < mask->inside.x_px + mask->inside.w_px &&
                      y >= mask->inside.y_px && y < mask->inside.y_px + mask->inside.h_px;
            mask->free_count += mask->free[y * mask->width_px + x];
            mask->room_count += in && mask->free[y * mask->width_px + x];
        }
    }
    return mask;
}

void box_mask_set_tone(BoxMask *mask, const Raster *blank, int rim_px)
{
    int w = mask->width_px, h = mask->height_px;
    uint8_t *tone = g_malloc((gsize)w * (gsize)h), any = 0;
    for (int y = 0; y < h; y++) {
        const uint8_t *row = blank->pixels + (size_t)(y + rim_px) * blank->stride + rim_px;
        for (int x = 0; x < w; x++)
            any |= tone[y * w + x] = mask->free[y * w + x] ? 255 - row[x] : 0;
    }
    if (any)
        mask->tone = tone;
    else
        g_free(tone);
}

void box_mask_count_near(BoxMask *mask)
{
    int w = mask->width_px, h = mask->height_px;
    mask->near = g_malloc0((gsize)w * (gsize)h);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            for (int py = MAX(0, y - 1); mask->free[y * w + x] && py <= MIN(y + 1, h - 1); py++) {
                for (int px = MAX(0, x - 1); px <= MIN(x + 1, w - 1); px++)
                    mask->near[y * w + x] += mask->free[py * w + px];
            }
        }
    }
}

int patch_paper(const Raster *scan, const BoxMask *mask)
{
    int counts[256] = {0}, total = 0, level = 255;
    for (int y = 0; y < mask->height_px; y++) {
        const uint8_t *row = scan->pixels + (size_t)y * scan->stride,
                      *free = mask->free + (size_t)y * (size_t)mask->width_px;
        for (int x = 0; x < mask->width_px; x++) {
            counts[row[x]] += free[x];
            total += free[x];
        }
    }
    int left = total / 4;
    while (level > 1 && (left -= counts[level]) > 0)
        level--;
    return level;
}

void patch_set_dark(PatchWork *work, const Raster *scan, const BoxMask *mask, int paper)
{
    uint8_t dark_of[256];
    for (int level = 0; level < 256; level++)
        dark_of[level] = (uint8_t)CLAMP((paper - level) * 255 / MAX(paper, 1), 0, 255);
    for (int y = 0; y < mask->height_px; y++) {
        const uint8_t *row = scan->pixels + (size_t)y * scan->stride;
        uint8_t *dark = work->dark + (size_t)y * (size_t)mask->width_px;
        for (int x = 0; x < mask->width_px; x++)
            dark[x] = dark_of[row[x]];
    }
    for (int at = 0; mask->tone && at < mask->width_px * mask->height_px; at++)
        work->dark[at] = (uint8_t)MAX(0, work->dark[at] - mask->tone[at]);
}

bool patch_weigh_light(PatchWork *work, const BoxMask *mask, int level)
{
    int w = mask->width_px, h = mask->height_px;
    bool any = false;
    uint8_t *row = work->row;
    row[0] = row[w + 1] = 0;
    memset(work->sums[0], 0, sizeof **work->sums * (size_t)w);
    for (int y = 0; y <= h; y++) {
        uint16_t *below = work->sums[(y + 1) % 3];
        const uint16_t *at = work->sums[y % 3], *above = work->sums[(y + 2) % 3];
        if (y < h) {
            const uint8_t *dark = work->dark + (size_t)y * (size_t)w,
                          *free = mask->free + (size_t)y * (size_t)w;
            for (int x = 0; x < w; x++)
                row[x + 1] = (uint8_t)(dark[x] & -free[x]);
            for (int x = 0; x < w; x++)
                below[x] = (uint16_t)(row[x] + row[x + 1] + row[x + 2]);
        } else {
            memset(below, 0, sizeof *below * (size_t)w);
        }
        if (y == 0)
            continue;
        uint8_t *weight = work->weight + (size_t)(y - 1) * (size_t)w, over = 0;
        const uint8_t *near = mask->near + (size_t)(y - 1) * (size_t)w;
        for (int x = 0; x < w; x++) {
            uint16_t sum = (uint16_t)(above[x] + at[x] + below[x]);
            weight[x] = sum > (uint16_t)(level * near[x]) && near[x] ? 255 : 0;
            over |= weight[x];
        }
        any |= over > 0;
    }
    return any;
}

static void add_pixel(Piece *piece, const PatchWork *work, const BoxMask *mask, int x, int y)
{
    int at = y * mask->width_px + x;
    double weight = work->weight[at] / 255.0;
    piece->count++;
    piece->border += x == 0 || y == 0 || x == mask->width_px - 1 || y == mask->height_px - 1 ||
                     !work->weight[at - 1] || !work->weight[at + 1] || !work->weight[at - mask->width_px] ||
                     !work->weight[at + mask->width_px];
    piece->ink += weight;
    piece->sx += weight * x;
    piece->sy += weight * y;
    piece->sxx += weight * x * x;
    piece->syy += weight * y * y;
    piece->sxy += weight * x * y;
    piece->x0 = MIN(piece->x0, x);
    piece->y0 = MIN(piece->y0, y);
    piece->x1 = MAX(piece->x1, x);
    piece->y1 = MAX(piece->y1, y);
    const RectPx *in = &mask->inside;
    if (x >= in->x_px && x < in->x_px + in->w_px && y >= in->y_px && y < in->y_px + in->h_px) {
        piece->inside_count++;
        piece->inside_dark += work->dark[at];
        piece->peak = MAX(piece->peak, work->dark[at]);
        piece->inside_ink += weight;
        piece->ix0 = MIN(piece->ix0, x);
        piece->iy0 = MIN(piece->iy0, y);
        piece->ix1 = MAX(piece->ix1, x);
        piece->iy1 = MAX(piece->iy1, y);
    }
    piece->edges |= (unsigned)(x == 0) | (unsigned)(y == 0) << 1 | (unsigned)(x == mask->width_px - 1) << 2 |
                    (unsigned)(y == mask->height_px - 1) << 3;
}

/* Strokes cross the outline, where nothing can be seen: pixels belong together over gaps of the masked band.
 */
#define GAP_PX 7

static void grow(PatchWork *work, const BoxMask *mask, int start, int16_t label)
{
    int w = mask->width_px, h = mask->height_px, head = 0, tail = 0;
    Piece *piece = &work->pieces[label];
    *piece = (Piece){.x0 = w, .y0 = h, .x1 = -1, .y1 = -1, .ix0 = w, .iy0 = h, .ix1 = -1, .iy1 = -1};
    work->queue[tail++] = start;
    work->label[start] = label;
    while (head < tail) {
        int at = work->queue[head++], x = at % w, y = at / w;
        add_pixel(piece, work, mask, x, y);
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                for (int gap = 1; (dx || dy) && gap <= GAP_PX; gap++) {
                    int px = x + gap * dx, py = y + gap * dy;
                    if (px < 0 || py < 0 || px >= w || py >= h)
                        break;
                    int next = py * w + px;
                    if (work->weight[next] && work->label[next] < 0) {
                        work->label[next] = label;
                        work->queue[tail++] = next;
                    }
                    if (mask->free[next])
                        break; /* only print may hide the way */
                }
            }
        }
    }
}

void patch_find_pieces(PatchWork *work, const BoxMask *mask)
{
    int total = mask->width_px * mask->height_px;
    memset(work->label, 0xff, sizeof *work->label * (size_t)total);
    work->piece_count = 0;
    for (int at = 0; at < total && work->piece_count < (int)G_N_ELEMENTS(work->pieces); at++) {
        if (work->weight[at] && work->label[at] < 0)
            grow(work, mask, at, (int16_t)work->piece_count++);
    }
}
