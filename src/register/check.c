/* The local correction around every box: paper stretches in a feeder, and no single map of the page follows
 * it. */
#include <math.h>

#include "register/place.h"

/* A box's surroundings count as found from this correlation on; a heavy mark in the box costs some of it. */
#define FOUND_SCORE 0.5
/* Boxes this near each other move together. */
#define NEIGHBOUR_MM 45.0
/* A box that moved otherwise than its neighbours by more than this follows them. */
#define OUTLIER_MM 0.35

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

/* Settles every box: its own shift where it agrees with its neighbours, theirs where it does not. */
static void settle(const Boxes *boxes, double *residuals, Registration *registration)
{
    int checked = 0;
    double worst = 0;
    for (int i = 0; i < boxes->count; i++) {
        double dx = 0, dy = 0;
        int near = neighbours_shift(boxes, i, &dx, &dy);
        const Match *own = &boxes->matches[i];
        double away = hypot(own->dx_mm - dx, own->dy_mm - dy);
        bool own_counts = boxes->found[i] && (near < 3 || away <= OUTLIER_MM);
        RegisterBox box = {own_counts ? own->dx_mm : dx, own_counts ? own->dy_mm : dy,
                           boxes->found[i] ? own->score : NAN};
        if (boxes->found[i])
            residuals[checked++] = near < 3 ? 0 : away;
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
