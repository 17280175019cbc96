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

/* The refused page or file of that number; NULL with an error. */
static StorePageRow *find_refused(Store *store, int64_t id, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(StorePageRow) row = store_find_page_row(store, id, &cause);
    g_autofree char *shown = store_page_name(id);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (!row)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("nothing refused has ID %s; phieu status --all lists what was"), shown);
    else if (row->outcome != STORE_PAGE_REFUSED)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the page with ID %s was not refused; phieu show SERIAL shows its ballot"), shown);
    else if (!*row->archived)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("the workspace has no copy of %s; look for the file where it was scanned"), row->file);
    else
        return g_steal_pointer(&row);
    return NULL;
}

/* The archived file as it came. */
static bool write_copy(const char *from, const char *path, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GMappedFile) bytes = g_mapped_file_new(from, FALSE, &cause);
    if (bytes)
        return file_replace(path, g_mapped_file_get_contents(bytes), (gssize)g_mapped_file_get_length(bytes),
                            error);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                _("%s: cannot be read: %s; put the file back from a copy of the workspace"), from,
                failure_words_of(cause));
    return false;
}

bool intake_write_refused(Store *store, int64_t id, bool picture, const char *path, GError **error)
{
    g_autoptr(StorePageRow) row = find_refused(store, id, error);
    if (!row)
        return false;
    const char *dir = store_dir(store);
    g_autofree char *from = g_build_filename(dir, row->archived, NULL);
    if (id < 0 && !picture)
        return write_copy(from, path, error);
    const StoreScan scan = {.archived = row->archived, .index = row->page - 1};
    g_autoptr(PageImage) image =
        id < 0 ? page_file_glance(from, error) : intake_scan_image(dir, &scan, false, error);
    return image && raster_write_png(image->grey, path, error);
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
                _("ballot %s: no page with question '%s' was read; see phieu show %s"), serial_shown(serial),
                question, serial_shown(serial));
    return NULL;
}
