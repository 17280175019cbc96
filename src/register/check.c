/* The local correction around every box: paper stretches in a feeder, and no single map of the page follows
 * it. */
#include <math.h>

#include "register/place.h"

/* A box's surroundings count as found from this correlation on; a heavy mark in the box costs some of it. */
#define FOUND_SCORE 0.5
/* Boxes this near each other move together: shifts there follow a plane. */
#define NEIGHBOUR_MM 70.0
/* A box that moved otherwise than its neighbours by more than this follows them. */
#define OUTLIER_MM 0.22
/* Neighbours that stand off the plane by this much count half. */
#define SOFT_MM 0.12
#define ROUNDS 4
/* A plane needs so many neighbours; fewer only lend their median. */
#define PLANE_LEAST 5

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

typedef struct {
    const LayoutPage *page;
    Match *matches;
    bool *found;
    int count;
    double *dx, *dy; /* room for medians */
} Boxes;

/* Median shift of the found boxes near box `i` (itself included); how many they are. */
static int neighbours_shift(const Boxes *boxes, int i, double *ret_dx, double *ret_dy)
{
    PointMm at = rect_mm_centre(((LayoutBox *)boxes->page->boxes->pdata[i])->rect);
    int near = 0;
    for (int j = 0; j < boxes->count; j++) {
        PointMm other = rect_mm_centre(((LayoutBox *)boxes->page->boxes->pdata[j])->rect);
        if (!boxes->found[j] || hypot(other.x_mm - at.x_mm, other.y_mm - at.y_mm) > NEIGHBOUR_MM)
            continue;
        boxes->dx[near] = boxes->matches[j].dx_mm;
        boxes->dy[near] = boxes->matches[j].dy_mm;
        near++;
    }
    if (near) {
        *ret_dx = median(boxes->dx, near);
        *ret_dy = median(boxes->dy, near);
    }
    return near;
}

/* Solves the symmetric 3 × 3 system for two right sides; false when it hangs on too few directions. */
static bool solve(double m[3][3], double right[2][3])
{
    for (int k = 0; k < 3; k++) {
        if (m[k][k] < 1e-6)
            return false;
        for (int i = k + 1; i < 3; i++) {
            double f = m[i][k] / m[k][k];
            for (int j = k; j < 3; j++)
                m[i][j] -= f * m[k][j];
            right[0][i] -= f * right[0][k];
            right[1][i] -= f * right[1][k];
        }
    }
    for (int side = 0; side < 2; side++) {
        for (int i = 2; i >= 0; i--) {
            for (int j = i + 1; j < 3; j++)
                right[side][i] -= m[i][j] * right[side][j];
            right[side][i] /= m[i][i];
        }
    }
    return true;
}

/* The shift box `i` should have: a plane through the other found boxes around it, fitted with less weight for
 * what stands off it (Cauchy's), in units of 10 mm around the box. False with too few of them. */
static bool plane_shift(const Boxes *boxes, int i, double *ret_dx, double *ret_dy)
{
    PointMm at = rect_mm_centre(((LayoutBox *)boxes->page->boxes->pdata[i])->rect);
    double px = 0, py = 0, slope[2][2] = {{0}};
    int near = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double m[3][3] = {{1e-9, 0, 0}, {0, 0.3, 0}, {0, 0, 0.3}}, right[2][3] = {{0}};
        near = 0;
        for (int j = 0; j < boxes->count; j++) {
            PointMm other = rect_mm_centre(((LayoutBox *)boxes->page->boxes->pdata[j])->rect);
            double x = (other.x_mm - at.x_mm) / 10, y = (other.y_mm - at.y_mm) / 10;
            if (j == i || !boxes->found[j] || hypot(x, y) * 10 > NEIGHBOUR_MM)
                continue;
            const Match *match = &boxes->matches[j];
            double off = round ? hypot(match->dx_mm - px - slope[0][0] * x - slope[0][1] * y,
                                       match->dy_mm - py - slope[1][0] * x - slope[1][1] * y)
                               : 0;
            double weight = 1 / (1 + off * off / (SOFT_MM * SOFT_MM)) / (1 + (x * x + y * y) / 9);
            double v[3] = {1, x, y};
            for (int r = 0; r < 3; r++) {
                for (int c = 0; c < 3; c++)
                    m[r][c] += weight * v[r] * v[c];
                right[0][r] += weight * v[r] * match->dx_mm;
                right[1][r] += weight * v[r] * match->dy_mm;
            }
            near++;
        }
        if (near < PLANE_LEAST || !solve(m, right))
            return false;
        px = right[0][0];
        py = right[1][0];
        for (int side = 0; side < 2; side++) {
            slope[side][0] = right[side][1];
            slope[side][1] = right[side][2];
        }
    }
    *ret_dx = px;
    *ret_dy = py;
    return true;
}

/* Settles every box: its own shift where it agrees with its neighbours, theirs where it does not. */
static void settle(const Boxes *boxes, double *residuals, Registration *registration)
{
    int checked = 0;
    double worst = 0;
    for (int i = 0; i < boxes->count; i++) {
        double dx = 0, dy = 0;
        bool known = plane_shift(boxes, i, &dx, &dy) || neighbours_shift(boxes, i, &dx, &dy) >= 3;
        const Match *own = &boxes->matches[i];
        double away = hypot(own->dx_mm - dx, own->dy_mm - dy);
        bool own_counts = boxes->found[i] && (!known || away <= OUTLIER_MM);
        RegisterBox box = {own_counts ? own->dx_mm : dx, own_counts ? own->dy_mm : dy,
                           boxes->found[i] ? own->score : NAN};
        if (boxes->found[i])
            residuals[checked++] = known ? away : 0;
        worst = MAX(worst, hypot(box.shift_x_mm, box.shift_y_mm));
        g_array_append_val(registration->boxes, box);
    }
    registration->residual_mm = checked ? median(residuals, checked) : 0;
    registration->worst_mm = worst;
}

bool check_boxes(const Blank *blank, const Raster *scan, double reach_mm, Registration *registration)
{
    int count = (int)blank->box_patches->len, tried = 0, found = 0;
    g_autofree Match *matches = g_new0(Match, count + 1);
    g_autofree bool *is_found = g_new0(bool, count + 1);
    g_autofree double *dx = g_new0(double, count + 1), *dy = g_new0(double, count + 1),
                      *residuals = g_new0(double, count + 1);
    for (int i = 0; i < count; i++) {
        const Patch *patch = blank->box_patches->pdata[i];
        if (!patch)
            continue;
        tried++;
        matches[i] = patch_find(patch, scan, &registration->map, reach_mm);
        /* A best place at the rim of the search is no place. */
        bool inner = fabs(matches[i].dx_mm) < reach_mm - 0.3 && fabs(matches[i].dy_mm) < reach_mm - 0.3;
        is_found[i] = matches[i].score >= FOUND_SCORE && inner;
        found += is_found[i];
    }
    Boxes boxes = {blank->layout->pages->pdata[blank->page], matches, is_found, count, dx, dy};
    settle(&boxes, residuals, registration);
    return found * 2 >= tried;
}
