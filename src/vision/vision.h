/* OpenCV and the readers of square codes behind plain C: pictures and points in, points, matches and texts
 * out. Every C++ exception becomes a GError; no OpenCV type leaves this room. */
#ifndef PHIEU_VISION_H
#define PHIEU_VISION_H

#include "base/base.h"

G_BEGIN_DECLS

/* Reads a QR code anywhere in `area` of the picture, by the cascade of readers: plain, contrast stretched,
 * median filtered, second library. The text (ASCII; NULL when no code was read) and, where known, its four
 * corners in pixels of the picture, clockwise from the code's own top left. */
char *vision_read_code(const Raster *raster, RectPx area, bool thorough, PointPx ret_corners[4],
                       bool *ret_has_corners);

/* The projective map that takes from[i] to to[i] (mm → px), least squares over the inliers of RANSAC within
 * `tolerance_px`; exact for 4 points. `ret_inliers` (count bytes, may be NULL). INVALID when the points do
 * not determine one. */
bool vision_fit_map(const PointMm *from, const PointPx *to, int count, double tolerance_px, PageMap *ret_map,
                    uint8_t *ret_inliers, GError **error);

/* Samples the paper's rectangle `area` through the map at `px_per_mm`, shifted by (dx_px, dy_px) on the scan:
 * area average where the scan is finer, bilinear where coarser; white outside the scan. */
Raster *vision_sample(const Raster *raster, const PageMap *map, RectMm area, double px_per_mm, double dx_px,
                      double dy_px, GError **error);

/* Best place of `patch` in `scene` by normalised cross-correlation, to a fraction of a pixel: offset of the
 * patch's top left corner, its score (−1..1), and the best score at least `apart_px` away from it. */
bool vision_match(const Raster *scene, const Raster *patch, double apart_px, PointPx *ret_place,
                  double *ret_score, double *ret_second, GError **error);

/* A smaller copy by area average; 0 < factor <= 1. */
Raster *vision_reduce(const Raster *raster, double factor, GError **error);

G_END_DECLS

#endif
