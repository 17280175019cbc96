/* A blank from filled copies of one page. */
#include <math.h>
#include <string.h>

#include "detect/detect.h"
#include "vision/vision.h"

#define LEAST_COPIES 3
#define MOST_COPIES 25
#define FEATURES 1500
#define LEAST_INLIERS 25
#define PATCH_PX 90
#define MOST_PATCHES 60

/* Lays `copy` on `first`: features give its place to some pixels, patches of print the rest. NULL when it
 * does not fit. */
static Raster *lay_on(const Raster *first, const VisionFeatures *features, const Raster *copy, GError **error)
{
    g_autoptr(VisionFeatures) own = vision_features_new(copy, FEATURES, error);
    PageMap rough, fine;
    int inliers = 0;
    if (!own || !vision_features_align(features, own, &rough, &inliers) || inliers < LEAST_INLIERS)
        return NULL;
    g_autoptr(GArray) patches = vision_pick_patches(first, PATCH_PX, PATCH_PX, MOST_PATCHES);
    g_autoptr(GArray) from = g_array_new(FALSE, FALSE, sizeof(PointMm));
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(PointPx));
    const double reach = 25;
    for (guint i = 0; i < patches->len; i++) {
        RectPx at = g_array_index(patches, RectPx, i);
        g_autoptr(Raster) patch = raster_crop(first, at, NULL);
        RectMm around = {at.x_px - reach, at.y_px - reach, at.w_px + 2 * reach, at.h_px + 2 * reach};
        g_autoptr(Raster) scene = vision_sample(copy, &rough, around, 1, 0, 0, NULL);
        PointPx place;
        double score = 0;
        if (!patch || !scene || !vision_match(scene, patch, 8, &place, &score, NULL, NULL) || score < 0.6)
            continue;
        PointMm middle = {at.x_px + at.w_px / 2.0, at.y_px + at.h_px / 2.0};
        PointPx found = page_map_point(
            &rough, (PointMm){middle.x_mm + place.x_px - reach, middle.y_mm + place.y_px - reach});
        g_array_append_val(from, middle);
        g_array_append_val(to, found);
    }
    if (from->len < 8 || !vision_fit_map((const PointMm *)from->data, (const PointPx *)to->data,
                                         (int)from->len, 4, &fine, NULL, NULL))
        return NULL;
    Raster *laid =
        vision_sample(copy, &fine, (RectMm){0, 0, first->width_px, first->height_px}, 1, 0, 0, error);
    return laid;
}

static int compare_bytes(const void *a, const void *b)
{
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

Raster *detect_merge(const GPtrArray *copies, int *ret_used, GError **error)
{
    g_autoptr(GPtrArray) laid = g_ptr_array_new_with_free_func((GDestroyNotify)raster_free);
    const Raster *first = copies->len ? g_ptr_array_index(copies, 0) : NULL;
    if (!first) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("give at least %d scans of the same page"),
                    LEAST_COPIES);
        return NULL;
    }
    g_autoptr(VisionFeatures) features = vision_features_new(first, FEATURES, error);
    if (!features)
        return NULL;
    for (guint i = 0; i < copies->len && i < MOST_COPIES; i++) {
        g_autoptr(GError) fault = NULL;
        Raster *copy = i ? lay_on(first, features, copies->pdata[i], &fault)
                         : raster_crop(first, (RectPx){0, 0, first->width_px, first->height_px}, &fault);
        if (fault) {
            raster_free(copy);
            g_propagate_error(error, g_steal_pointer(&fault));
            return NULL;
        }
        if (copy)
            g_ptr_array_add(laid, copy);
    }
    if (laid->len < LEAST_COPIES) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("only %u of %u filled copies lie on each other; give at least %d scans of the same page"),
            laid->len, copies->len, LEAST_COPIES);
        return NULL;
    }
    g_autoptr(Raster) blank = raster_crop(first, (RectPx){0, 0, first->width_px, first->height_px}, error);
    if (!blank)
        return NULL;
    /* ink of a pen is there in fewer copies than print is: two in three from the dark end is print or paper
     */
    guint take = laid->len * 2 / 3;
    uint8_t values[MOST_COPIES];
    for (int y = 0; y < blank->height_px; y++) {
        for (int x = 0; x < blank->width_px; x++) {
            for (guint i = 0; i < laid->len; i++) {
                const Raster *copy = laid->pdata[i];
                values[i] = copy->pixels[(size_t)y * copy->stride + (size_t)x];
            }
            qsort(values, laid->len, 1, compare_bytes);
            blank->pixels[(size_t)y * blank->stride + (size_t)x] = values[take];
        }
    }
    blank->dpi_x = first->dpi_x;
    blank->dpi_y = first->dpi_y;
    *ret_used = (int)laid->len;
    return g_steal_pointer(&blank);
}
