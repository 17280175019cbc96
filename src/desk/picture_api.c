/* Pictures of ink: only with a session, and only of what was read. */
#include <string.h>

#include "desk/internal.h"

/* The scan of the ballot that holds page `number`, or that with row `id`; NULL with an error. */
static const StoreScan *choose_scan(const GPtrArray *scans, int64_t id, int number, GError **error)
{
    for (guint i = 0; i < scans->len; i++) {
        const StoreScan *scan = scans->pdata[i];
        if (id ? scan->page_id == id : scan->page == number)
            return scan;
    }
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("that page of the ballot was not read"));
    return NULL;
}

static Reply *tell_picture(const Call *call, GBytes *bytes)
{
    g_autoptr(Sha256) sum = sha256_new();
    sha256_add(sum, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autofree char *hash = sha256_end(g_steal_pointer(&sum));
    g_autofree char *etag = g_strdup_printf("\"%.32s\"", hash);
    bool same = call->request->etag && strstr(call->request->etag, etag);
    Reply *reply = reply_new(same ? 304 : 200, "image/jpeg", same ? NULL : g_bytes_ref(bytes));
    reply->etag = g_steal_pointer(&etag);
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
    for (guint i = 0; scans && i < scans->len && !scan; i++) {
        const StoreScan *one = scans->pdata[i];
        const LayoutPage *page = intake_scan_layout(store, one);
        IntakeView view;
        if ((!id || one->page_id == id) && page && intake_find_view(page, call->arguments[1], &view))
            scan = one;
    }
    if (scans && !scan)
        scan = choose_scan(scans, -1, 0, &error);
    g_autoptr(GBytes) bytes =
        scan ? pictures_crop(call->desk->pictures, store, scan, call->arguments[1], &error) : NULL;
    stores_return(call->desk->stores, store);
    if (!bytes)
        return reply_failed(error);
    Reply *reply = tell_picture(call, bytes);
    reply->lasting = id != 0;
    return reply;
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
    g_autoptr(GBytes) bytes =
        scan ? pictures_page(call->desk->pictures, store, scan, (int)scale, &error) : NULL;
    stores_return(call->desk->stores, store);
    if (!bytes)
        return reply_failed(error);
    Reply *reply = tell_picture(call, bytes);
    reply->lasting = id != 0;
    return reply;
}
