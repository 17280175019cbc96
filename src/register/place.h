/* How the room register works inside: finding where a page lies, and checking it. */
#ifndef PHIEU_REGISTER_PLACE_H
#define PHIEU_REGISTER_PLACE_H

#include "register/register.h"
#include "vision/vision.h"

/* A place of print on a blank page, matched with scans. */
typedef struct {
    RectMm area;
    Raster *picture; /* of `area`, at PATCH_PX_PER_MM */
    Raster *rough;   /* the same at half of that; NULL for the surroundings of boxes */
} Patch;

/* What is derived from one blank page, made when first needed. */
typedef struct {
    const Layout *layout;
    int page;                 /* index */
    GPtrArray *patches;       /* Patch*: for placing and checking the page */
    GPtrArray *box_patches;   /* Patch* or NULL: the surroundings of every box */
    VisionFeatures *features; /* of the blank at FEATURE_PX_PER_MM */
} Blank;

/* Resolutions the room works at: print is told apart at 4 px/mm (100 dpi), a box placed to a tenth of a
 * pixel. */
#define PATCH_PX_PER_MM 4.0
#define FEATURE_PX_PER_MM 4.0

Blank *blank_new(const Layout *layout, int page, GError **error);
void blank_free(Blank *blank);
/* The features of the blank, made now when they are missing. */
VisionFeatures *blank_features(Blank *blank, GError **error);

/* A patch found on a scan. */
typedef struct {
    double dx_mm, dy_mm; /* from where the map says */
    double score;        /* −1..1; −1 where it was not found */
} Match;

/* Looks for a patch around where the map and `start` say, at most `reach_mm` away from there. */
Match patch_find(const Patch *patch, const Raster *scan, const PageMap *map, PointMm start, double reach_mm);
/* The same from coarse to fine around where the map says, for reaches of many millimetres. */
Match patch_search(const Patch *patch, const Raster *scan, const PageMap *map, double reach_mm);

/* Refines a map known to about `reach_mm` by the blank's patches; false when too few are found to vouch for
 * it. */
bool place_by_patches(const Blank *blank, const Raster *scan, double reach_mm, PageMap *map);
/* Mean score of the blank's patches under a map: how much this scan is this page, 0..1. */
double place_score(const Blank *blank, const Raster *scan, const PageMap *map);
/* Finds the corner marks, starting from the four corners of the page code on the scan. How many were found;
 * the map is set when it is at least three. */
int place_by_marks(const LayoutPage *page, const Raster *scan, const PointPx code_corners[4],
                   PageMap *ret_map);
/* A rough map from the page code alone: good near the code. */
bool place_by_code(const LayoutPage *page, const PointPx code_corners[4], PageMap *ret_map);

/* Local correction around every box; false when boxes or print are not where they would have to be. */
bool check_boxes(const Blank *blank, const Raster *scan, bool by_marks, Registration *registration);

#endif
