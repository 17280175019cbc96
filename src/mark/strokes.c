/* Straight strokes over the sheet: a person's, which may take all of it back, and those of the paper and the
 * scanner, which are no ink. */
#include <math.h>
#include <string.h>

#include "mark/stray.h"
#include "vision/vision.h"

/* Looked for on a smaller picture; so long, with no longer gap where print hides them, and seen on this share
 * of the free paper they cross. */
#define STROKE_PX_PER_MM 1.6
#define STROKE_MM 80.0
#define GAP_MM 25.0
#define SEEN_SHARE 0.6
#define SEEN_MM 15.0
/* A fold, or dirt on the glass, is level or upright within so much; it is taken out so far to either side,
 * and so far beyond where it is seen. */
#define RULE_DEG 6.0
#define RULE_HALF_MM 0.7
#define RULE_ON_MM 5.0

/* Ink that is not at the boxes, smaller, and how many of its pixels are ink. */
static Raster *take_ground(const InkPage *page, int *ret_ink, GError **error)
{
    const InkGround *ground = page->ground;
    const double factor = STROKE_PX_PER_MM / INK_PX_PER_MM;
    Raster *small =
        raster_new((int)(ground->width_px * factor) + 1, (int)(ground->height_px * factor) + 1, error);
    if (!small)
        return NULL;
    memset(small->pixels, 0, small->stride * (size_t)small->height_px);
    int count = 0;
    const uint8_t *end = page->ink + ground->width_px * ground->height_px;
    for (const uint8_t *next = page->ink; (next = memchr(next, 1, (size_t)(end - next))); next++) {
        int at = (int)(next - page->ink), x = at % ground->width_px, y = at / ground->width_px;
        if (ground->pixels[at] & INK_BOX)
            continue;
        uint8_t *pixel = &small->pixels[(size_t)(y * factor) * small->stride + (size_t)(x * factor)];
        count += *pixel == 0;
        *pixel = 255;
    }
    *ret_ink = count;
    return small;
}

/* Length of a stroke over free paper where it is seen and where it is not, mm. */
static void follow(const InkPage *page, const VisionStroke *stroke, double *ret_seen, double *ret_missed)
{
    int w = page->ground->width_px, h = page->ground->height_px;
    double dx = stroke->to.x_px - stroke->from.x_px, dy = stroke->to.y_px - stroke->from.y_px,
           length = hypot(dx, dy), step_mm = 1 / INK_PX_PER_MM;
    for (double d = 0; d <= length; d++) {
        int x = (int)(stroke->from.x_px + dx * d / length), y = (int)(stroke->from.y_px + dy * d / length);
        bool free = true, seen = false;
        for (int py = y - 2; py <= y + 2; py++) {
            for (int px = x - 2; px <= x + 2; px++) {
                bool in = px >= 0 && py >= 0 && px < w && py < h;
                free &= in && page->free[py * w + px];
                seen |= in && page->ink[py * w + px];
            }
        }
        *ret_seen += free && seen ? step_mm : 0;
        *ret_missed += free && !seen ? step_mm : 0;
    }
}

/* Takes a line out that is none of a person's. */
static void erase(const InkPage *page, const VisionStroke *stroke)
{
    int w = page->ground->width_px, h = page->ground->height_px;
    int reach = (int)lround(RULE_HALF_MM * INK_PX_PER_MM);
    double dx = stroke->to.x_px - stroke->from.x_px, dy = stroke->to.y_px - stroke->from.y_px,
           length = hypot(dx, dy), on = RULE_ON_MM * INK_PX_PER_MM;
    for (double d = -on; d <= length + on; d++) {
        int x = (int)(stroke->from.x_px + dx * d / length), y = (int)(stroke->from.y_px + dy * d / length);
        for (int py = MAX(0, y - reach); py <= MIN(h - 1, y + reach); py++)
            for (int px = MAX(0, x - reach); px <= MIN(w - 1, x + reach); px++)
                page->ink[py * w + px] = 0;
    }
}

/* What the smaller picture shows, in pixels of the page's. */
static VisionStroke enlarge(VisionStroke stroke)
{
    const double factor = INK_PX_PER_MM / STROKE_PX_PER_MM;
    return (VisionStroke){{(stroke.from.x_px + 0.5) * factor, (stroke.from.y_px + 0.5) * factor},
                          {(stroke.to.x_px + 0.5) * factor, (stroke.to.y_px + 0.5) * factor}};
}

bool strokes_measure(const InkPage *page, MarkMeasures *measures, GError **error)
{
    int ink = 0;
    g_autoptr(Raster) small = take_ground(page, &ink, error);
    if (!small)
        return false;
    if (ink < SEEN_MM * STROKE_PX_PER_MM)
        return true;
    g_autoptr(GArray) strokes =
        vision_find_strokes(small, STROKE_MM * STROKE_PX_PER_MM, GAP_MM * STROKE_PX_PER_MM, error);
    for (guint i = 0; strokes && i < strokes->len; i++) {
        VisionStroke stroke = enlarge(g_array_index(strokes, VisionStroke, i));
        double dx = fabs(stroke.to.x_px - stroke.from.x_px), dy = fabs(stroke.to.y_px - stroke.from.y_px);
        double slope = atan2(dy, dx) * 180 / G_PI, seen = 0, missed = 0;
        follow(page, &stroke, &seen, &missed);
        if (seen < SEEN_MM || seen < SEEN_SHARE * (seen + missed))
            continue;
        bool rule = slope <= RULE_DEG || slope >= 90 - RULE_DEG;
        if (rule)
            erase(page, &stroke);
        double length_mm = hypot(dx, dy) / INK_PX_PER_MM;
        for (guint k = 0; !rule && k < page->ground->page->boxes->len; k++)
            measures[k].v[MEASURE_ACROSS_MM] = MAX(measures[k].v[MEASURE_ACROSS_MM], (float)length_mm);
    }
    return strokes != NULL;
}
