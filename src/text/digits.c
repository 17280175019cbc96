#include "text/digits.h"

#include <math.h>
#include <string.h>

/* The digit is brought to this size, its longer side filling the inside. */
#define NORM 24
#define NORM_INSIDE 20.0
/* Finer steps the picture is read in for one pixel of it. */
#define STEPS 3
#define MAX_SLANT 0.7

/* What of the ink is drawn clearly, its place and lean. */
typedef struct {
    double x, y, slant; /* middle of the deslanted ink */
    double w, h;        /* of the same */
    int peak;
} Shape;

static int strong_level(const Raster *ink)
{
    int counts[256] = {0}, total = 0, level = 255;
    for (int y = 0; y < ink->height_px; y++) {
        for (int x = 0; x < ink->width_px; x++)
            counts[ink->pixels[(size_t)y * ink->stride + x]]++;
    }
    for (int i = 1; i < 256; i++)
        total += counts[i];
    for (int above = 0; level > 0 && above + counts[level] <= total / 5; level--)
        above += counts[level];
    return total ? level : 0;
}

static bool find_shape(const Raster *ink, Shape *ret)
{
    Shape shape = {.peak = strong_level(ink)};
    int least = MAX(1, shape.peak * 3 / 10);
    double n = 0, sx = 0, sy = 0, syy = 0, sxy = 0;
    if (shape.peak < 1)
        return false;
    for (int y = 0; y < ink->height_px; y++) {
        for (int x = 0; x < ink->width_px; x++) {
            if (ink->pixels[(size_t)y * ink->stride + x] < least)
                continue;
            n++;
            sx += x;
            sy += y;
            syy += (double)y * y;
            sxy += (double)x * y;
        }
    }
    double vy = syy / n - sy / n * sy / n, cxy = sxy / n - sx / n * sy / n;
    shape.slant = vy > 1 ? CLAMP(cxy / vy, -MAX_SLANT, MAX_SLANT) : 0;
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY, middle = sy / n;
    for (int y = 0; y < ink->height_px; y++) {
        for (int x = 0; x < ink->width_px; x++) {
            if (ink->pixels[(size_t)y * ink->stride + x] < least)
                continue;
            double along = x - shape.slant * (y - middle);
            x0 = MIN(x0, along);
            x1 = MAX(x1, along);
            y0 = MIN(y0, y);
            y1 = MAX(y1, y);
        }
    }
    shape.w = x1 - x0 + 1;
    shape.h = y1 - y0 + 1;
    shape.y = (y0 + y1) / 2;
    shape.x = (x0 + x1) / 2 + shape.slant * (shape.y - middle);
    *ret = shape;
    return true;
}

static double ink_at(const Raster *ink, double x, double y)
{
    double fx = floor(x), fy = floor(y), sum = 0;
    for (int i = 0; i < 4; i++) {
        int px = (int)fx + (i & 1), py = (int)fy + (i >> 1);
        if (px < 0 || py < 0 || px >= ink->width_px || py >= ink->height_px)
            continue;
        sum += ink->pixels[(size_t)py * ink->stride + px] * (i & 1 ? x - fx : 1 - x + fx) *
               (i >> 1 ? y - fy : 1 - y + fy);
    }
    return sum;
}

static void draw_norm(const Raster *ink, const Shape *shape, double norm[NORM][NORM])
{
    double scale = MAX(shape->w, shape->h) / NORM_INSIDE;
    for (int y = 0; y < NORM; y++) {
        for (int x = 0; x < NORM; x++) {
            double sum = 0;
            for (int i = 0; i < STEPS * STEPS; i++) {
                double u = (x + (i % STEPS + 0.5) / STEPS - NORM / 2.0) * scale;
                double v = (y + (i / STEPS + 0.5) / STEPS - NORM / 2.0) * scale;
                sum += ink_at(ink, shape->x + u + shape->slant * v, shape->y + v);
            }
            norm[y][x] = MIN(1, sum / (STEPS * STEPS) / shape->peak);
        }
    }
}

/* Adds an edge to the directions and places beside it. */
static void add_edge(float *features, int x, int y, double direction, double strength)
{
    double px = (x + 0.5) * DIGIT_PLACES / NORM - 0.5, py = (y + 0.5) * DIGIT_PLACES / NORM - 0.5;
    int x0 = (int)floor(px), y0 = (int)floor(py), d0 = (int)floor(direction);
    for (int i = 0; i < 8; i++) {
        int cx = x0 + (i & 1), cy = y0 + (i >> 1 & 1), d = (d0 + (i >> 2)) % DIGIT_DIRECTIONS;
        if (cx < 0 || cy < 0 || cx >= DIGIT_PLACES || cy >= DIGIT_PLACES)
            continue;
        double share = (i & 1 ? px - x0 : 1 - px + x0) * (i >> 1 & 1 ? py - y0 : 1 - py + y0) *
                       (i >> 2 ? direction - d0 : 1 - direction + d0);
        features[(d * DIGIT_PLACES + cy) * DIGIT_PLACES + cx] += (float)(share * strength);
    }
}

bool digit_features(const Raster *ink, float ret_features[DIGIT_FEATURES])
{
    Shape shape;
    double norm[NORM][NORM];
    if (!find_shape(ink, &shape))
        return false;
    draw_norm(ink, &shape, norm);
    memset(ret_features, 0, DIGIT_FEATURES * sizeof *ret_features);
    const int edges = DIGIT_DIRECTIONS * DIGIT_PLACES * DIGIT_PLACES;
    for (int y = 0; y < NORM; y++) {
        for (int x = 0; x < NORM; x++) {
            double gx = norm[y][MIN(x + 1, NORM - 1)] - norm[y][MAX(x - 1, 0)];
            double gy = norm[MIN(y + 1, NORM - 1)][x] - norm[MAX(y - 1, 0)][x];
            double strength = hypot(gx, gy);
            if (strength > 1e-6)
                add_edge(
                    ret_features, x, y,
                    fmod(atan2(gy, gx) / (2 * G_PI) * DIGIT_DIRECTIONS + DIGIT_DIRECTIONS, DIGIT_DIRECTIONS),
                    strength);
        }
    }
    float total = 1e-6F;
    for (int i = 0; i < edges; i++)
        total += ret_features[i];
    for (int i = 0; i < edges; i++)
        ret_features[i] = sqrtf(ret_features[i] / total);
    const int block = NORM / DIGIT_COARSE;
    for (int i = 0; i < DIGIT_COARSE * DIGIT_COARSE; i++) {
        double sum = 0;
        for (int p = 0; p < block * block; p++)
            sum += norm[i / DIGIT_COARSE * block + p / block][i % DIGIT_COARSE * block + p % block];
        ret_features[edges + i] = (float)(sum / (block * block));
    }
    float *rest = ret_features + edges + DIGIT_COARSE * DIGIT_COARSE;
    rest[0] = (float)(shape.w / MAX(shape.w, shape.h));
    rest[1] = (float)(shape.h / MAX(shape.w, shape.h));
    rest[2] = (float)shape.slant;
    return true;
}
