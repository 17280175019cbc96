/* Pictures of ink: only with a session, and only of what was read. */
#include "desk/internal.h"

#define CROP_PX_PER_MM 8

static void set_not_read(GError **error)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("that page of the ballot was not read"));
}

/* The scan of the ballot that holds page `number`, or that with row `id`; NULL with an error. */
static const StoreScan *choose_scan(const GPtrArray *scans, int64_t id, int number, GError **error)
{
    for (guint i = 0; i < scans->len; i++) {
        const StoreScan *scan = scans->pdata[i];
        if (id ? scan->page_id == id : scan->page == number)
            return scan;
    }
    set_not_read(error);
    return NULL;
}

/* The picture, made when the store has been given back: decoding holds up nobody who asks the workspace. */
static Reply *answer_picture(Call *call, const StoreScan *scan, const IntakeView *view, int px_per_mm,
                             bool lasting, GError *error)
{
    g_autoptr(GError) failed = error;
    g_autoptr(GBytes) bytes =
        scan ? pictures_get(call->desk->pictures, scan, view, px_per_mm, &failed) : NULL;
    if (!bytes)
        return reply_failed(failed);
    Reply *reply = reply_kept(call, "image/jpeg", bytes);
    reply->lasting = lasting;
    return reply;
}

Reply *crop_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    int64_t id = 0;
    if (!number_parse_int(call_query(call, "scan", "0"), 0, INT64_MAX, &id, &error))
        return reply_failed(error);
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(GPtrArray) scans = store_load_scans(store, call->arguments[0], &error);
    const StoreScan *scan = NULL;
    IntakeView view = {0};
    for (guint i = 0; scans && i < scans->len && !scan; i++) {
        const StoreScan *one = scans->pdata[i];
        if ((!id || one->page_id == id) &&
            views_find(call->desk->views, store, one, call->arguments[1], &view))
            scan = one;
    }
    stores_return(call->desk->stores, store);
    if (scans && !scan)
        set_not_read(&error);
    return answer_picture(call, scan, &view, CROP_PX_PER_MM, id != 0, g_steal_pointer(&error));
}

bool boxes_view(Store *store, const StoreScan *scan, const char *question, IntakeView *ret)
{
    const LayoutPage *page = intake_scan_layout(store, scan);
    *ret = (IntakeView){0};
    return page && views_find_boxes(page, question, &ret->rows);
}

Reply *boxes_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    int64_t id;
    if (!number_parse_int(call_query(call, "scan", ""), 1, INT64_MAX, &id, &error))
        return reply_failed(error);
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(GPtrArray) scans = store_load_scans(store, call->arguments[0], &error);
    const StoreScan *scan = scans ? choose_scan(scans, id, 0, &error) : NULL;
    IntakeView view;
    if (scan && !boxes_view(store, scan, call->arguments[1], &view)) {
        scan = NULL;
        set_not_read(&error);
    }
    stores_return(call->desk->stores, store);
    return answer_picture(call, scan, &view, BOXES_PX_PER_MM, true, g_steal_pointer(&error));
}

/* The view of a whole page. */
static bool whole_page(Store *store, const StoreScan *scan, IntakeView *ret, GError **error)
{
    const LayoutPage *page = intake_scan_layout(store, scan);
    if (!page) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("the layout of form '%s' this page was printed with is not in the workspace"),
                    scan->form);
        return false;
    }
    *ret = (IntakeView){.rows = {0, 0, page->width_mm, page->height_mm}};
    return true;
}

Reply *page_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    int64_t number, id, scale;
    if (!number_parse_int(call->arguments[1], 1, 1000, &number, &error) ||
        !number_parse_int(call_query(call, "scan", "0"), 0, INT64_MAX, &id, &error) ||
        !number_parse_int(call_query(call, "scale", "4"), 2, 10, &scale, &error))
        return reply_failed(error);
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(GPtrArray) scans = store_load_scans(store, call->arguments[0], &error);
    const StoreScan *scan = scans ? choose_scan(scans, id, (int)number, &error) : NULL;
    IntakeView view;
    bool found = scan && whole_page(store, scan, &view, &error);
    stores_return(call->desk->stores, store);
    return answer_picture(call, found ? scan : NULL, &view, (int)scale, id != 0, g_steal_pointer(&error));
}

Reply *sheet_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    int64_t id, quarters, width;
    if (!number_parse_int(call->arguments[0], 1, INT64_MAX, &id, &error) ||
        !number_parse_int(call_query(call, "turn", "0"), 0, 3, &quarters, &error) ||
        !number_parse_int(call_query(call, "width", "800"), 100, 2500, &width, &error))
        return reply_failed(error);
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(StoreScan) scan = store_find_scan(store, id, &error);
    stores_return(call->desk->stores, store);
    g_autoptr(GBytes) bytes =
        scan ? pictures_get_sheet(call->desk->pictures, scan, (int)quarters, (int)width, &error) : NULL;
    if (!bytes)
        return reply_failed(error);
    Reply *reply = reply_kept(call, "image/jpeg", bytes);
    reply->lasting = true;
    return reply;
}
