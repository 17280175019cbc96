/* Ink on paper: strokes as smooth trembling lines of changing width, with the texture of ballpoint, gel, felt
 * and graphite; correction fluid and rubber. */
#include "sim/sim.h"

#include <math.h>
#include <string.h>

#define GRAIN_SIDE 256

/* The tooth of the paper: graphite catches on its tops only. One tile, the same for all sheets. */
static const uint8_t *grain_tile(void)
{
    static uint8_t tile[GRAIN_SIDE * GRAIN_SIDE];
    static bool made;
    if (!made) {
        Chance chance = chance_for(1, "grain", "", 0);
        for (size_t i = 0; i < sizeof tile; i++) {
            tile[i] = (uint8_t)chance_int(&chance, 0, 255);
        }
        made = true;
    }
    return tile;
}

static const Pen pens[] = {
    {"ballpoint-blue", {.16, .22, .62}, 0.42, .88, .10, .10},
    {"ballpoint-black", {.15, .15, .17}, 0.42, .88, .10, .10},
    {"gel-blue", {.10, .14, .55}, 0.55, .97, .02, .02},
    {"gel-black", {.07, .07, .08}, 0.55, .97, .02, .02},
    {"ballpoint-red", {.78, .14, .16}, 0.42, .86, .10, .10},
    {"gel-violet", {.36, .14, .55}, 0.50, .94, .03, .03},
    {"felt-blue", {.14, .20, .58}, 1.00, .90, .05, .0},
    {"felt-black", {.10, .10, .11}, 1.10, .90, .05, .0},
    {"pencil", {.30, .30, .31}, 0.55, .80, .55, .0},
};

/* No two pens of a kind are the same. */
static Pen pen_vary(Pen pen, Chance *chance)
{
    pen.width_mm *= chance_range(chance, 0.8, 1.25);
    pen.density *= chance_range(chance, 0.85, 1.03);
    for (int c = 0; c < 3; c++) {
        pen.rgb[c] *= chance_range(chance, 0.85, 1.15);
    }
    return pen;
}

Pen pen_choose(Chance *chance)
{
    static const double share[] = {40, 17, 16, 8, 3, 2, 2, 2, 10};
    return pen_vary(pens[chance_pick(chance, share, G_N_ELEMENTS(pens))], chance);
}

Pen pen_numbered(int number, Chance *chance)
{
    int last = (int)G_N_ELEMENTS(pens) + 1;
    number = CLAMP(number, 1, last);
    return number == last ? pen_faint(chance) : pen_vary(pens[number - 1], chance);
}

Pen pen_faint(Chance *chance)
{
    return (Pen){"pencil-faint",
                 {.36, .36, .37},
                 chance_range(chance, 0.35, 0.5),
                 chance_range(chance, 0.30, 0.5),
                 0.6,
                 0};
}

void stroke_add(Stroke *stroke, double x_mm, double y_mm)
{
    if (stroke->n < (int)G_N_ELEMENTS(stroke->points)) {
        stroke->points[stroke->n++] = (PointMm){x_mm, y_mm};
    }
}

/* The point at `t` (0..n-1) of a Catmull-Rom line. */
static PointMm along(const Stroke *stroke, double t)
{
    int n = stroke->n, i = CLAMP((int)t, 0, n - 2);
    double u = t - i;
    const PointMm *p = stroke->points;
    PointMm a = p[MAX(i - 1, 0)], b = p[i], c = p[i + 1], d = p[MIN(i + 2, n - 1)];
    double wa = ((-u + 2) * u - 1) * u / 2, wb = ((3 * u - 5) * u * u + 2) / 2;
    double wc = ((-3 * u + 4) * u + 1) * u / 2, wd = (u - 1) * u * u / 2;
    return (PointMm){wa * a.x_mm + wb * b.x_mm + wc * c.x_mm + wd * d.x_mm,
                     wa * a.y_mm + wb * b.y_mm + wc * c.y_mm + wd * d.y_mm};
}

/* A patch of ink being laid: the strongest touch of the stroke at each pixel. */
typedef struct {
    int x0, y0, w, h;
    uint8_t *cover;
} Patch;

static void patch_touch(Patch *patch, double x, double y, double half, double density)
{
    int left = MAX((int)floor(x - half - 1), patch->x0),
        right = MIN((int)ceil(x + half + 1), patch->x0 + patch->w - 1);
    int top = MAX((int)floor(y - half - 1), patch->y0),
        bottom = MIN((int)ceil(y + half + 1), patch->y0 + patch->h - 1);
    for (int py = top; py <= bottom; py++) {
        uint8_t *row = patch->cover + (size_t)(py - patch->y0) * (size_t)patch->w;
        for (int px = left; px <= right; px++) {
            double d = hypot(px + 0.5 - x, py + 0.5 - y), c = half + 0.5 - d;
            if (c > 0) {
                /* A thin line never covers a whole pixel. */
                double v = MIN(c, MIN(1, 2 * half)) * density * 255;
                uint8_t value = (uint8_t)CLAMP(v, 0, 255);
                row[px - patch->x0] = MAX(row[px - patch->x0], value);
            }
        }
    }
}

static void patch_lay(const Patch *patch, Picture *paper, const Pen *pen)
{
    const uint8_t *tile = grain_tile();
    double grey = 0.3 * pen->rgb[0] + 0.59 * pen->rgb[1] + 0.11 * pen->rgb[2];
    unsigned light[3], grain = (unsigned)(pen->grain * 256);
    for (int p = 0; p < 3; p++) {
        light[p] = (unsigned)(256 * CLAMP(paper->planes == 1 ? grey : pen->rgb[p], 0, 1));
    }
    for (int y = 0; y < patch->h; y++) {
        int py = patch->y0 + y;
        /* The tooth is about 0.1 mm coarse, whatever the resolution. */
        unsigned ty = (unsigned)(py * 10 / paper->scale) % GRAIN_SIDE;
        for (int x = 0; x < patch->w; x++) {
            unsigned cover = patch->cover[(size_t)y * (size_t)patch->w + (size_t)x];
            if (!cover) {
                continue;
            }
            int px = patch->x0 + x;
            unsigned tooth = tile[ty * GRAIN_SIDE + (unsigned)(px * 10 / paper->scale) % GRAIN_SIDE];
            /* Hard pressing fills the valleys. */
            unsigned lost = grain * tooth / 256 * (320 - MIN(cover, 255)) / 256;
            cover = cover * (256 - MIN(lost, 250)) >> 8;
            for (int p = 0; p < paper->planes; p++) {
                uint8_t *at = paper->plane[p] + (size_t)py * (size_t)paper->width + (size_t)px;
                *at = (uint8_t)(*at * (65280 - cover * (256 - light[p])) / 65280);
            }
        }
    }
}

/* The pixels of a rectangle in millimetres widened by `margin_mm`, cut to the paper; false when none. */
static bool patch_new(const Picture *paper, RectMm rect, double margin_mm, Patch *ret_patch)
{
    double s = paper->scale;
    int x0 = MAX(0, (int)floor((rect.x_mm - margin_mm) * s)),
        y0 = MAX(0, (int)floor((rect.y_mm - margin_mm) * s));
    int x1 = MIN(paper->width, (int)ceil((rect.x_mm + rect.w_mm + margin_mm) * s));
    int y1 = MIN(paper->height, (int)ceil((rect.y_mm + rect.h_mm + margin_mm) * s));
    if (x1 <= x0 || y1 <= y0) {
        return false;
    }
    *ret_patch = (Patch){x0, y0, x1 - x0, y1 - y0, g_malloc0((size_t)(x1 - x0) * (size_t)(y1 - y0))};
    return true;
}

static RectMm stroke_bounds(const Stroke *stroke)
{
    double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
    for (int i = 0; i < stroke->n; i++) {
        x0 = MIN(x0, stroke->points[i].x_mm), x1 = MAX(x1, stroke->points[i].x_mm);
        y0 = MIN(y0, stroke->points[i].y_mm), y1 = MAX(y1, stroke->points[i].y_mm);
    }
    /* The smooth line may swing out between its points. */
    double swing = 0.2 * MAX(x1 - x0, y1 - y0);
    return (RectMm){x0 - swing, y0 - swing, x1 - x0 + 2 * swing, y1 - y0 + 2 * swing};
}

void pen_draw(Picture *paper, const Pen *pen, const Stroke *stroke, double pressure, double tremor_mm,
              Chance *chance)
{
    Patch patch;
    if (stroke->n < 2 || !patch_new(paper, stroke_bounds(stroke), pen->width_mm + 3 * tremor_mm, &patch)) {
        return;
    }
    uint64_t key = ((uint64_t)chance_u32(chance) << 32) | chance_u32(chance);
    double start_dry = chance_yes(chance, pen->skip * 2) ? chance_range(chance, 0.3, 1.2) : 0;
    double length = 0, total = 0;
    for (int i = 1; i < stroke->n; i++) {
        total += hypot(stroke->points[i].x_mm - stroke->points[i - 1].x_mm,
                       stroke->points[i].y_mm - stroke->points[i - 1].y_mm);
    }
    int steps = MAX(4, (int)(total * 1.3 * paper->scale * 2));
    PointMm last = stroke->points[0];
    for (int i = 0; i <= steps; i++) {
        PointMm at = along(stroke, (double)i / steps * (stroke->n - 1));
        length += hypot(at.x_mm - last.x_mm, at.y_mm - last.y_mm);
        last = at;
        at.x_mm += tremor_mm * noise_smooth(key, length * 0.9) +
                   0.25 * tremor_mm * noise_smooth(key + 1, length * 4);
        at.y_mm += tremor_mm * noise_smooth(key + 2, length * 0.9) +
                   0.25 * tremor_mm * noise_smooth(key + 3, length * 4);
        /* Lifted at the end, set down at the start, uneven between. */
        double ends = MIN(1, 0.55 + (total - length) / MAX(0.8, total * 0.25)) * MIN(1, 0.7 + length / 0.8);
        double press = pressure * CLAMP(ends, 0.35, 1) * (1 + 0.16 * noise_smooth(key + 4, length * 0.7));
        double half =
            pen->width_mm / 2 * (0.6 + 0.4 * press) * (1 + 0.08 * noise_smooth(key + 5, length * 3));
        double density = pen->density * CLAMP(0.45 + 0.55 * press, 0, 1.1);
        if (pen->skip > 0 && noise_smooth(key + 6, length * 2.2) > 1 - 1.3 * pen->skip) {
            density *= 0.35;
        }
        if (length < start_dry) {
            density *= 0.3 + 0.6 * length / start_dry;
        }
        density *= 1 + 0.1 * noise_smooth(key + 7, length * 9);
        patch_touch(&patch, at.x_mm * paper->scale, at.y_mm * paper->scale, half * paper->scale, density);
    }
    patch_lay(&patch, paper, pen);
    g_free(patch.cover);
}

/* A blob with a wavering edge; calls back with every pixel's distance inside it, 0 at the edge, 1 at 0.4 mm.
 */
typedef void (*BlobFunc)(Picture *paper, size_t at, double inside, int px, int py, gpointer user);

static void blob(Picture *paper, RectMm rect, uint64_t key, BlobFunc func, gpointer user)
{
    Patch patch;
    if (!patch_new(paper, rect, 0.8, &patch)) {
        return;
    }
    PointMm centre = rect_mm_centre(rect);
    for (int y = 0; y < patch.h; y++) {
        for (int x = 0; x < patch.w; x++) {
            double dx = (patch.x0 + x + 0.5) / paper->scale - centre.x_mm;
            double dy = (patch.y0 + y + 0.5) / paper->scale - centre.y_mm;
            double angle = atan2(dy, dx);
            double wobble =
                1 + 0.13 * noise_smooth(key, angle * 1.1) + 0.05 * noise_smooth(key + 1, angle * 4);
            double r =
                pow(pow(fabs(dx) / (rect.w_mm / 2 * wobble), 3) + pow(fabs(dy) / (rect.h_mm / 2 * wobble), 3),
                    1 / 3.0);
            double inside = (1 - r) * MIN(rect.w_mm, rect.h_mm) / 2 / 0.4;
            if (inside > 0) {
                func(paper, (size_t)(patch.y0 + y) * (size_t)paper->width + (size_t)(patch.x0 + x),
                     MIN(inside, 1), patch.x0 + x, patch.y0 + y, user);
            }
        }
    }
    g_free(patch.cover);
}

static void fluid_pixel(Picture *paper, size_t at, double inside, int px, int py, gpointer user)
{
    uint64_t key = *(uint64_t *)user;
    double mm = 1 / paper->scale;
    double cover = MIN(1, inside * 1.5) * (0.965 + 0.04 * noise_smooth(key, px * mm * 1.3 + py * mm * 0.7));
    double white = 250 + 5 * noise_smooth(key + 1, py * mm * 1.7 - px * mm * 0.4);
    if (inside < 0.35) {
        white -= 10 * (0.35 - inside) / 0.35; /* the shadow of its edge */
    }
    for (int p = 0; p < paper->planes; p++) {
        paper->plane[p][at] = (uint8_t)CLAMP(paper->plane[p][at] * (1 - cover) + white * cover, 0, 255);
    }
}

void fluid_draw(Picture *paper, RectMm patch, Chance *chance)
{
    uint64_t key = chance_u32(chance);
    blob(paper, patch, key, fluid_pixel, &key);
}

typedef struct {
    const Picture *before;
    double left;
    uint64_t key;
} Rub;

static void rub_pixel(Picture *paper, size_t at, double inside, int px, int py, gpointer user)
{
    const Rub *rub = user;
    double mm = 1 / paper->scale;
    double left = CLAMP(rub->left * (1 + 0.6 * noise_smooth(rub->key, px * mm * 1.2 + py * mm * 2.1)), 0, 1);
    left += (1 - left) * (1 - inside);
    for (int p = 0; p < paper->planes; p++) {
        double was = rub->before->plane[p][at], is = paper->plane[p][at];
        double smear = 5 * inside * (0.5 + 0.5 * noise_smooth(rub->key + 1, px * mm * 0.6 - py * mm * 1.4));
        paper->plane[p][at] = (uint8_t)CLAMP(was + (is - was) * left - smear, 0, 255);
    }
}

void eraser_draw(Picture *paper, const Picture *before, RectMm patch, double left, Chance *chance)
{
    Rub rub = {before, left, chance_u32(chance)};
    blob(paper, patch, rub.key, rub_pixel, &rub);
}
