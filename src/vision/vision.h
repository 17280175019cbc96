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

/* Gives a scan its half, and that its own, as long as they are of use for a page; samples are then taken from
 * the smallest that is fine enough. */
bool vision_add_halves(Raster *raster, GError **error);

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

/* The dark, filled square of about `side_px` nearest to `near` within `reach_px`, at any small turn: its
 * centre to a fraction of a pixel. False where there is none. */
bool vision_find_square(const Raster *raster, PointPx near, double side_px, double reach_px,
                        PointPx *ret_centre);

/* Where ink is on a page: pieces at least `piece_mm` long that do not touch the picture's edge and are no
 * scanner streak. `ret_bounds` surrounds them. False on a blank page. Works on a copy of about 3 px a
 * millimetre. */
bool vision_find_ink(const Raster *raster, double px_per_mm, double piece_mm, RectPx *ret_bounds);

/* Places of a blank page with much structure both ways, spread over it: RectPx of `w_px` × `h_px`, at most
 * `max`. */
GArray *vision_pick_patches(const Raster *raster, int w_px, int h_px, int max);

/* Points of a picture that are found again at any turn and scale (ORB). */
typedef struct VisionFeatures VisionFeatures;

/* Up to `max` of them. FAILED only when the library fails. */
VisionFeatures *vision_features_new(const Raster *raster, int max, GError **error);
void vision_features_free(VisionFeatures *features);
/* The map that takes pixels of `from` to pixels of `to`, by RANSAC over matches; how many agree with it.
 * False when none is found. The map is a similarity: good to some pixels, to be refined. */
bool vision_features_align(const VisionFeatures *from, const VisionFeatures *to, PageMap *ret_map,
                           int *ret_inliers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VisionFeatures, vision_features_free)

G_END_DECLS

#endif
