#include "base/base.h"

#include <math.h>

PointPx page_map_point(const PageMap *map, PointMm point)
{
    const double *h = map->h;
    double w = h[6] * point.x_mm + h[7] * point.y_mm + h[8];
    return (PointPx){(h[0] * point.x_mm + h[1] * point.y_mm + h[2]) / w,
                     (h[3] * point.x_mm + h[4] * point.y_mm + h[5]) / w};
}

bool page_map_invert(const PageMap *map, PageMap *ret_inverse)
{
    const double *h = map->h;
    double c0 = h[4] * h[8] - h[5] * h[7];
    double c1 = h[5] * h[6] - h[3] * h[8];
    double c2 = h[3] * h[7] - h[4] * h[6];
    double det = h[0] * c0 + h[1] * c1 + h[2] * c2;
    if (!isfinite(det) || fabs(det) < 1e-12)
        return false;
    PageMap inverse = {{c0 / det, (h[2] * h[7] - h[1] * h[8]) / det, (h[1] * h[5] - h[2] * h[4]) / det,
                        c1 / det, (h[0] * h[8] - h[2] * h[6]) / det, (h[2] * h[3] - h[0] * h[5]) / det,
                        c2 / det, (h[1] * h[6] - h[0] * h[7]) / det, (h[0] * h[4] - h[1] * h[3]) / det}};
    *ret_inverse = inverse;
    return true;
}

double page_map_scale(const PageMap *map, PointMm at)
{
    PointPx here = page_map_point(map, at);
    PointPx right = page_map_point(map, (PointMm){at.x_mm + 1, at.y_mm});
    PointPx below = page_map_point(map, (PointMm){at.x_mm, at.y_mm + 1});
    return (hypot(right.x_px - here.x_px, right.y_px - here.y_px) +
            hypot(below.x_px - here.x_px, below.y_px - here.y_px)) /
           2;
}

PointMm rect_mm_centre(RectMm rect)
{
    return (PointMm){rect.x_mm + rect.w_mm / 2, rect.y_mm + rect.h_mm / 2};
}
