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

/* A square code and its middle in pixels of the picture. */
typedef struct {
    char *text;
    PointPx at;
} VisionCode;

/* Every square code of a picture, looked for on its half where it has one: GArray of VisionCode, which it
 * owns. Quickly, those of plain contrast (0.5 ms for A4 at 200 dpi); `thorough`, by the light around each
 * (1.7 ms). */
GArray *vision_read_codes(const Raster *raster, bool thorough);

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

/* The same from one look a pixel, for pictures of a whole page. */
Raster *vision_sample_quickly(const Raster *raster, const PageMap *map, RectMm area, double px_per_mm,
                              GError **error);

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

/* How the lines of print run, at most `reach_deg` off the level (of the upright with `upright`): clockwise
 * degrees, and how much the edges fall together there, 1 for noise. False only when the library fails. */
bool vision_find_skew(const Raster *raster, bool upright, double reach_deg, double *ret_deg,
                      double *ret_strength);

/* A page seen from far away, to be compared with others of the same size in pixels. */
typedef struct VisionThumb VisionThumb;
VisionThumb *vision_thumb_new(const Raster *raster, GError **error);
void vision_thumb_free(VisionThumb *thumb);
/* How alike two are where they are most alike, 0..1, and where the other then lies from the first, at most
 * `reach_px` away. */
double vision_thumb_match(const VisionThumb *thumb, const VisionThumb *other, int reach_px,
                          PointPx *ret_shift);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VisionThumb, vision_thumb_free)

/* How far every pixel lies from the nearest that is darker than 255 − `darkness`, in half pixels, `most`
 * (≤ 255) at most: a raster of the same size. */
Raster *vision_distance(const Raster *raster, int darkness, int most, GError **error);

/* A straight stroke. */
typedef struct {
    PointPx from, to;
} VisionStroke;

/* Straight strokes at least `least_px` long of a picture of ink (255 in it, 0 elsewhere), with gaps up to
 * `gap_px`: GArray of VisionStroke, the same for the same picture. */
GArray *vision_find_strokes(const Raster *ink, double least_px, double gap_px, GError **error);

/* Points of a picture that are found again at any turn and scale (ORB). */
typedef struct VisionFeatures VisionFeatures;

/* Up to `max` of them. FAILED only when the library fails. */
VisionFeatures *vision_features_new(const Raster *raster, int max, GError **error);
void vision_features_free(VisionFeatures *features);
/* How many of some points of one are found in the other, arranged alike: to choose by, quickly. */
int vision_features_likeness(const VisionFeatures *from, const VisionFeatures *to);
/* The map that takes pixels of `from` to pixels of `to`, by RANSAC over matches; how many agree with it.
 * False when none is found. Good to some pixels, to be refined: a similarity, or projective where clearly
 * more agree with that. */
bool vision_features_align(const VisionFeatures *from, const VisionFeatures *to, PageMap *ret_map,
                           int *ret_inliers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VisionFeatures, vision_features_free)

/* ---- what a form is made of -----------------------------------------------------------------------------
 */

/* A light patch closed in by ink, nearly a rectangle or an ellipse: the inside of a box, a table cell, a
 * frame; also the eye of a letter. */
typedef struct {
    double x_px, y_px, w_px, h_px; /* inside of its outline */
    double filled;                 /* its share of that rectangle: 1 for a rectangle, 0.79 for an ellipse */
    double ink;                    /* share of ink well inside */
    double rim;                    /* share of the outline that is seen as print, 0..1 */
    double sides[4];               /* the same for top, right, bottom, left (an ellipse: quarters) */
    double thick_px;               /* median width of the outline */
    double thin;                   /* share of the outline with paper within a millimetre beyond it */
} VisionCell;

/* Every such patch of a level page at least `least_mm` wide and high, looked for at several levels of grey
 * and with breaks up to half a millimetre closed: GArray of VisionCell. */
GArray *vision_find_cells(const Raster *raster, double px_per_mm, double least_mm, GError **error);

/* Closed shapes from `least_mm` to `most_mm` wide and high by their outer edge, pale ones too, however thick
 * the outline is and whatever is printed inside: GArray of VisionCell, `filled` by the outer edge. One that
 * is filled in has `ink` 1 and its outer edge as its rectangle. */
GArray *vision_find_outlines(const Raster *raster, double px_per_mm, double least_mm, double most_mm,
                             GError **error);

/* A straight printed line along or up the page. */
typedef struct {
    RectPx rect;
    double thick_px;
    bool upright;
} VisionRule;

/* The lines of a level page at least `least_mm` long: GArray of VisionRule. */
GArray *vision_find_rules(const Raster *raster, double px_per_mm, double least_mm, GError **error);

/* Connected pieces of ink: GArray of RectPx. */
GArray *vision_find_pieces(const Raster *raster, double px_per_mm, GError **error);

/* By how many degrees (clockwise, within ±6) the rows of print slope. */
bool vision_find_tilt(const Raster *raster, double px_per_mm, double *ret_degrees, GError **error);

/* A copy scaled by `factor` and turned back by `degrees` about its middle; `ret_back` takes its pixels to
 * those of the original. */
Raster *vision_level(const Raster *raster, double degrees, double factor, PageMap *ret_back, GError **error);

G_END_DECLS

#endif
