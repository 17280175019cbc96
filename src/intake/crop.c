/* From an answer back to its ink. */
#include <string.h>

#include "intake/worker.h"
#include "layout/layout.h"

#define PX_PER_MM 8
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

PageImage *intake_scan_image(const char *workspace, const StoreScan *scan, bool want_chroma, GError **error)
{
    g_autofree char *path = g_build_filename(workspace, scan->archived, NULL);
    g_autoptr(PageFile) file = page_file_open(path, error);
    return file ? page_file_read(file, scan->index, want_chroma, error) : NULL;
}

Raster *intake_crop_question(Store *store, const char *serial, const char *question, GError **error)
{
    g_autoptr(GPtrArray) scans = store_load_scans(store, serial, error);
    if (!scans)
        return NULL;
    for (guint i = 0; i < scans->len; i++) {
        const StoreScan *scan = scans->pdata[i];
        const LayoutPage *page = intake_scan_layout(store, scan);
        IntakeView view;
        if (!page || !intake_find_view(page, question, &view))
            continue;
        g_autoptr(PageImage) image = intake_scan_image(store_dir(store), scan, false, error);
        g_autoptr(PageImage) picture =
            image ? intake_view_picture(image, &scan->map, &view, PX_PER_MM, error) : NULL;
        return picture ? g_steal_pointer(&picture->grey) : NULL;
    }
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                _("ballot %s: no page with question '%s' was read; see phieu show %s"), serial, question,
                serial);
    return NULL;
}
