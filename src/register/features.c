/* Placing by features: the last resort, for pages turned, scaled or tilted beyond what print is searched for.
 */
#include "register/place.h"

VisionFeatures *blank_features(Blank *blank, GError **error)
{
    if (blank->features)
        return blank->features;
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    PageMap map = layout_blank_map(page);
    RectMm whole = {0, 0, page->width_mm, page->height_mm};
    g_autoptr(Raster) picture = vision_sample(page->blank, &map, whole, FEATURE_PX_PER_MM, 0, 0, error);
    if (picture)
        blank->features = vision_features_new(picture, 1500, error);
    return blank->features;
}

VisionFeatures *scan_features(const Raster *scan, double *ret_scale, GError **error)
{
    double px_per_mm = scan_scale(scan, A4_WIDTH_MM, A4_HEIGHT_MM);
    *ret_scale = MIN(1, FEATURE_PX_PER_MM / px_per_mm);
    g_autoptr(Raster) reduced = vision_reduce(scan, *ret_scale, error);
    return reduced ? vision_features_new(reduced, 2000, error) : NULL;
}

bool place_by_features(Blank *blank, const VisionFeatures *features, double features_scale, PageMap *ret_map,
                       int *ret_inliers)
{
    PageMap m;
    VisionFeatures *own = blank_features(blank, NULL);
    if (!own || !vision_features_align(own, features, &m, ret_inliers))
        return false;
    /* From feature pixels on both sides to mm and pixels of the scan. */
    for (int i = 0; i < 6; i++)
        ret_map->h[i] = m.h[i] / features_scale;
    for (int i = 6; i < 9; i++)
        ret_map->h[i] = m.h[i];
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < 2; i++)
            ret_map->h[3 * row + i] *= FEATURE_PX_PER_MM;
    return true;
}
