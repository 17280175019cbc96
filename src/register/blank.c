#include <math.h>

#include "register/place.h"

/* Size and number of the patches a page is placed by. */
#define PATCH_W_MM 14.0
#define PATCH_H_MM 7.0
#define PATCH_COUNT 48
/* Print around a box that is matched to place it; the same for its outline alone. */
#define BOX_MARGIN_MM 4.0
#define OUTLINE_MM 1.5
/* Spread of grey levels of a place where next to nothing is printed. */
#define EMPTY_SPREAD 6.0

void patch_free(Patch *patch)
{
    if (!patch)
        return;
    raster_free(patch->picture);
    raster_free(patch->rough);
    g_free(patch);
}

void blank_free(Blank *blank)
{
    if (!blank)
        return;
    g_ptr_array_unref(blank->patches);
    g_ptr_array_unref(blank->box_patches);
    g_ptr_array_unref(blank->outlines);
    vision_features_free(blank->features);
    vision_thumb_free(blank->thumb);
    g_ptr_array_unref(blank->rivals);
    if (blank->lines)
        g_ptr_array_unref(blank->lines);
    g_free(blank);
}

double raster_spread(const Raster *picture)
{
    double sum = 0, squares = 0;
    for (int y = 0; y < picture->height_px; y++) {
        const uint8_t *row = picture->pixels + (size_t)y * picture->stride;
        for (int x = 0; x < picture->width_px; x++) {
            sum += row[x];
            squares += (double)row[x] * row[x];
        }
    }
    double count = (double)picture->width_px * picture->height_px;
    return sqrt(MAX(0, squares / count - sum * sum / count / count));
}

/* Pixels a millimetre when a sheet of that size fills the scan, either way up. */
static double filled_scale(const Raster *scan, double width_mm, double height_mm)
{
    return (MIN(scan->width_px, scan->height_px) / MIN(width_mm, height_mm) +
            MAX(scan->width_px, scan->height_px) / MAX(width_mm, height_mm)) /
           2;
}

bool scan_states_scale(const Raster *scan, double width_mm, double height_mm)
{
    double filled = filled_scale(scan, width_mm, height_mm), stated = scan->dpi_x / MM_PER_INCH;
    return stated > filled / 2 && stated < filled * 2;
}

double scan_scale(const Raster *scan, double width_mm, double height_mm)
{
    bool stated = scan_states_scale(scan, width_mm, height_mm);
    return stated ? scan->dpi_x / MM_PER_INCH : filled_scale(scan, width_mm, height_mm);
}

Patch *patch_new(const LayoutPage *page, RectMm area, GError **error)
{
    double w_mm = ceil(area.w_mm * PATCH_PX_PER_MM / 2 - 1e-6) * 2 / PATCH_PX_PER_MM;
    double h_mm = ceil(area.h_mm * PATCH_PX_PER_MM / 2 - 1e-6) * 2 / PATCH_PX_PER_MM;
    area = (RectMm){area.x_mm - (w_mm - area.w_mm) / 2, area.y_mm - (h_mm - area.h_mm) / 2, w_mm, h_mm};
    PageMap map = layout_blank_map(page);
    Patch *patch = g_new0(Patch, 1);
    patch->area = area;
    patch->picture = vision_sample(page->blank, &map, area, PATCH_PX_PER_MM, 0, 0, error);
    patch->rough = patch->picture ? vision_reduce(patch->picture, 0.5, error) : NULL;
    if (!patch->rough) {
        patch_free(patch);
        return NULL;
    }
    return patch;
}

static bool overlaps(RectMm a, RectMm b)
{
    return a.x_mm < b.x_mm + b.w_mm && b.x_mm < a.x_mm + a.w_mm && a.y_mm < b.y_mm + b.h_mm &&
           b.y_mm < a.y_mm + a.h_mm;
}

bool blank_is_steady(const LayoutPage *page, RectMm area)
{
    for (guint i = 0; i < page->variable->len; i++) {
        if (overlaps(area, *(RectMm *)page->variable->pdata[i]))
            return false;
    }
    for (guint i = 0; i < page->fields->len; i++) {
        if (overlaps(area, ((LayoutField *)page->fields->pdata[i])->rect))
            return false;
    }
    return true;
}

static bool add_patches(Blank *blank, const LayoutPage *page, GError **error)
{
    double factor = PATCH_PX_PER_MM * page->width_mm / page->blank->width_px;
    g_autoptr(Raster) reduced = vision_reduce(page->blank, MIN(1, factor), error);
    if (!reduced)
        return false;
    double px_per_mm = reduced->width_px / page->width_mm;
    g_autoptr(GArray) picked = vision_pick_patches(reduced, (int)(PATCH_W_MM * px_per_mm),
                                                   (int)(PATCH_H_MM * px_per_mm), 2 * PATCH_COUNT);
    for (guint i = 0; i < picked->len && blank->patches->len < PATCH_COUNT; i++) {
        RectPx px = g_array_index(picked, RectPx, i);
        RectMm area = {px.x_px / px_per_mm, px.y_px / px_per_mm, PATCH_W_MM, PATCH_H_MM};
        if (!blank_is_steady(page, area))
            continue;
        Patch *patch = patch_new(page, area, error);
        if (!patch)
            return false;
        g_ptr_array_add(blank->patches, patch);
    }
    return true;
}

/* The print of a box and so much around it, NULL where there is next to none. */
static bool add_box_patch(const LayoutPage *page, RectMm box, double margin_mm, GPtrArray *patches,
                          GError **error)
{
    RectMm area = {box.x_mm - margin_mm, box.y_mm - margin_mm, box.w_mm + 2 * margin_mm,
                   box.h_mm + 2 * margin_mm};
    Patch *patch = patch_new(page, area, error);
    if (!patch)
        return false;
    if (raster_spread(patch->picture) < EMPTY_SPREAD) {
        patch_free(patch);
        patch = NULL;
    }
    g_ptr_array_add(patches, patch);
    return true;
}

static bool add_box_patches(Blank *blank, const LayoutPage *page, GError **error)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        RectMm box = ((LayoutBox *)page->boxes->pdata[i])->rect;
        if (!add_box_patch(page, box, BOX_MARGIN_MM, blank->box_patches, error) ||
            !add_box_patch(page, box, OUTLINE_MM, blank->outlines, error))
            return false;
    }
    return true;
}

Blank *blank_new(const Layout *layout, int page, GError **error)
{
    const LayoutPage *of = layout->pages->pdata[page];
    if (!of->blank) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("layout %s, page %d: the blank page is missing"), layout->form, page + 1);
        return NULL;
    }
    Blank *blank = g_new0(Blank, 1);
    blank->layout = layout;
    blank->page = page;
    blank->rivals = g_ptr_array_new_with_free_func((GDestroyNotify)rival_free);
    blank->patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
    blank->outlines = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
    blank->box_patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
    if (!add_patches(blank, of, error) || !add_box_patches(blank, of, error)) {
        blank_free(blank);
        return NULL;
    }
    return blank;
}

VisionThumb *blank_thumb(Blank *blank, GError **error)
{
    if (blank->thumb)
        return blank->thumb;
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    g_autoptr(Raster) small =
        vision_reduce(page->blank, MIN(1, SMALL_PX_PER_MM * page->width_mm / page->blank->width_px), error);
    if (!small)
        return NULL;
    double x = small->width_px / page->width_mm, y = small->height_px / page->height_mm;
    PageMap map = {{x, 0, page->width_mm / 2 * x, 0, y, page->height_mm / 2 * y, 0, 0, 1}};
    return blank->thumb = thumb_through(small, &map, error);
}
