/* From an answer back to its ink. */
#include <string.h>

#include "intake/worker.h"
#include "layout/layout.h"
#include "vision/vision.h"

#define PX_PER_MM 8
/* Above and below the boxes: half a row, and what may be written there. Across, the whole sheet: a correction
 * may stand in either margin. */
#define MARGIN_MM 9

static void widen(RectMm *area, RectMm rect)
{
    if (area->w_mm <= 0) {
        *area = rect;
        return;
    }
    double right = MAX(area->x_mm + area->w_mm, rect.x_mm + rect.w_mm);
    double bottom = MAX(area->y_mm + area->h_mm, rect.y_mm + rect.h_mm);
    area->x_mm = MIN(area->x_mm, rect.x_mm);
    area->y_mm = MIN(area->y_mm, rect.y_mm);
    area->w_mm = right - area->x_mm;
    area->h_mm = bottom - area->y_mm;
}

/* Where a question stands on a page; w = 0 when it does not. */
static RectMm question_area(const LayoutPage *page, const char *question)
{
    RectMm area = {0};
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (g_str_equal(box->question, question))
            widen(&area, box->rect);
    }
    for (guint i = 0; i < page->fields->len; i++) {
        const LayoutField *field = page->fields->pdata[i];
        if (g_str_equal(field->field, question))
            widen(&area, field->rect);
    }
    if (area.w_mm <= 0)
        return area;
    double top = MAX(area.y_mm - MARGIN_MM, 0);
    double bottom = MIN(area.y_mm + area.h_mm + MARGIN_MM, page->height_mm);
    return (RectMm){0, top, page->width_mm, bottom - top};
}

const LayoutPage *intake_scan_layout(Store *store, const StoreScan *scan)
{
    const GPtrArray *layouts = store_layouts(store);
    for (guint i = 0; i < layouts->len; i++) {
        const Layout *layout = layouts->pdata[i];
        if (g_str_equal(layout->form, scan->form) &&
            g_str_equal(layout->fingerprint, scan->layout_fingerprint) && scan->page >= 1 &&
            (guint)scan->page <= layout->pages->len)
            return layout->pages->pdata[scan->page - 1];
    }
    return NULL;
}

PageImage *intake_scan_image(Store *store, const StoreScan *scan, GError **error)
{
    g_autofree char *path = g_build_filename(store_dir(store), scan->archived, NULL);
    g_autoptr(PageFile) file = page_file_open(path, error);
    return file ? page_file_read(file, scan->index, false, error) : NULL;
}

Raster *intake_crop_question(Store *store, const char *serial, const char *question, GError **error)
{
    g_autoptr(GPtrArray) scans = store_load_scans(store, serial, error);
    if (!scans)
        return NULL;
    for (guint i = 0; i < scans->len; i++) {
        const StoreScan *scan = scans->pdata[i];
        const LayoutPage *page = intake_scan_layout(store, scan);
        RectMm area = page ? question_area(page, question) : (RectMm){0};
        if (area.w_mm <= 0)
            continue;
        g_autoptr(PageImage) image = intake_scan_image(store, scan, error);
        return image ? vision_sample(image->grey, &scan->map, area, PX_PER_MM, 0, 0, error) : NULL;
    }
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                _("ballot %s: no page with question '%s' was read; see phieu show %s"), serial, question,
                serial);
    return NULL;
}
