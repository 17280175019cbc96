/* Whether a page bears a blank's print, and not that of a form much like it. Pens add ink, they take none
 * away: where letters of the blank are paper on the page, and others stand there, it is another form. Letters
 * that are pale, or gone and nothing in their place (a worn drum, a threshold), say nothing of the kind. */
#include "register/place.h"

#include <math.h>

/* A patch counts as found from this correlation on; this much of them must be. */
#define FOUND_SCORE 0.55
#define FOUND_LEAST 0.6
/* The map is known so well, and on a bent sheet so. */
#define NEAR_MM 0.4
#define BENT_MM 2.4
/* A block of a patch is looked at for itself: a few letters. */
#define BLOCK_PX 14
/* Levels below its paper from which the blank's ink is looked at, and the least pixels of it. */
#define INK_LEVELS 90
#define INK_LEAST_PX 14
/* Letters of which no more than this is there are missing, unless what is there has their shape. */
#define MISSING_BELOW 0.45
#define SAME_SHAPE 0.6
/* From this share of a block's ink on, what lies beside its letters makes other letters of it. */
#define OTHER_LEAST 0.25
/* Other letters in place of its own: a reprint may have changed a line or two; where forms much like it are
 * about, it is rather one more of them. So much may be gone without others in its place. */
#define OTHER_MOST 0.05
#define OTHER_AMONG_LIKE 0.01
#define GONE_MOST 0.5

/* A patch as it looks on the page. */
typedef struct {
    const Patch *patch;
    Raster *there;
    double slope, paper; /* page = paper − slope · ink of the blank, on the whole patch */
    bool found;
} Seen;

static void seen_clear(gpointer data)
{
    raster_free(((Seen *)data)->there);
}

/* Straight line through the levels of both. */
static void fit_levels(Seen *seen)
{
    const Raster *own = seen->patch->picture, *there = seen->there;
    double n = 0, sum_x = 0, sum_y = 0, xx = 0, xy = 0;
    for (int y = 0; y < own->height_px; y++) {
        const uint8_t *p = own->pixels + (size_t)y * own->stride,
                      *q = there->pixels + (size_t)y * there->stride;
        for (int x = 0; x < own->width_px; x++, n++) {
            double ink = 255 - p[x];
            sum_x += ink;
            sum_y += q[x];
            xx += ink * ink;
            xy += ink * q[x];
        }
    }
    double spread = xx - sum_x * sum_x / n;
    seen->slope = spread > 0 ? -(xy - sum_x * sum_y / n) / spread : 0;
    seen->paper = (sum_y + seen->slope * sum_x) / n;
}

static int compare_slopes(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What became of a few letters of the blank. */
typedef enum { BLOCK_EMPTY, BLOCK_THERE, BLOCK_GONE, BLOCK_OTHER } Block;

/* `slope`: of the page's ink, as a share of its paper, which lies in light or shadow. */
static Block look_at_block(const Seen *seen, double slope, int x0, int y0)
{
    const Raster *own = seen->patch->picture, *there = seen->there;
    double ink = 0, found = 0, beside = 0, n = 0, x_sum = 0, y_sum = 0, xx = 0, yy = 0, xy = 0;
    int count = 0;
    for (int y = y0; y < MIN(y0 + BLOCK_PX, own->height_px); y++) {
        const uint8_t *p = own->pixels + (size_t)y * own->stride,
                      *q = there->pixels + (size_t)y * there->stride;
        for (int x = x0; x < MIN(x0 + BLOCK_PX, own->width_px); x++) {
            double wanted = slope * seen->paper * (255 - p[x]), is = seen->paper - q[x];
            n++;
            x_sum += wanted;
            y_sum += is;
            xx += wanted * wanted;
            yy += is * is;
            xy += wanted * is;
            if (255 - p[x] < INK_LEVELS) {
                beside += MAX(0, is - wanted);
                continue;
            }
            ink += wanted;
            found += is;
            count++;
        }
    }
    if (count < INK_LEAST_PX)
        return BLOCK_EMPTY;
    if (found >= MISSING_BELOW * ink)
        return BLOCK_THERE;
    double spread = sqrt(MAX(0, xx - x_sum * x_sum / n) * MAX(0, yy - y_sum * y_sum / n));
    if (spread > 0 && xy - x_sum * y_sum / n >= SAME_SHAPE * spread)
        return BLOCK_THERE;
    return beside >= OTHER_LEAST * ink ? BLOCK_OTHER : BLOCK_GONE;
}

static double median_slope(const GArray *all)
{
    g_autofree double *slopes = g_new(double, all->len + 1);
    int count = 0;
    for (guint i = 0; i < all->len; i++)
        if (g_array_index(all, Seen, i).found)
            slopes[count++] = g_array_index(all, Seen, i).slope / MAX(1, g_array_index(all, Seen, i).paper);
    qsort(slopes, (size_t)count, sizeof *slopes, compare_slopes);
    return count ? slopes[count / 2] : 0;
}

static bool look_at_patches(const Blank *blank, const Raster *scan, const PageMap *map, GArray *all)
{
    guint found = 0;
    for (guint i = 0; i < blank->patches->len; i++) {
        Seen seen = {.patch = blank->patches->pdata[i]};
        Match match = patch_find(seen.patch, scan, map, (PointMm){0, 0}, NEAR_MM);
        if (match.score < FOUND_SCORE)
            match = patch_search(seen.patch, scan, map, BENT_MM);
        seen.found = match.score >= FOUND_SCORE;
        RectMm area = seen.patch->area;
        area.x_mm += seen.found ? match.dx_mm : 0;
        area.y_mm += seen.found ? match.dy_mm : 0;
        seen.there = vision_sample(scan, map, area, PATCH_PX_PER_MM, 0, 0, NULL);
        if (!seen.there)
            continue;
        fit_levels(&seen);
        found += seen.found;
        g_array_append_val(all, seen);
    }
    return found >= FOUND_LEAST * blank->patches->len;
}

bool is_this_print(const Blank *blank, const Raster *scan, const PageMap *map, bool among_like)
{
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(Seen));
    g_array_set_clear_func(all, seen_clear);
    if (!look_at_patches(blank, scan, map, all))
        return false;
    double slope = median_slope(all);
    int blocks[BLOCK_OTHER + 1] = {0};
    for (guint i = 0; i < all->len; i++) {
        const Seen *seen = &g_array_index(all, Seen, i);
        for (int y = 0; y < seen->there->height_px; y += BLOCK_PX)
            for (int x = 0; x < seen->there->width_px; x += BLOCK_PX)
                blocks[look_at_block(seen, slope, x, y)]++;
    }
    int printed = blocks[BLOCK_THERE] + blocks[BLOCK_GONE] + blocks[BLOCK_OTHER];
    return blocks[BLOCK_OTHER] <= (among_like ? OTHER_AMONG_LIKE : OTHER_MOST) * printed &&
           blocks[BLOCK_GONE] <= GONE_MOST * printed;
}
