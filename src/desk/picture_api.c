/* Pictures of ink: only with a session, and only of what was read. */
#include "desk/internal.h"

#include <string.h>

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

/* ---- a sheet as it lies in its file, whatever became of it
 * -------------------------------------------------------------- */

/* Whole files that a browser may be given as they came. */
#define AS_IT_CAME_BYTES (64u << 20)

/* What of its kinds a browser shows in a picture's place, by the first bytes; NULL: none of them. Nothing
 * that could hold a script. */
static const char *browser_type(const char *bytes, gsize length)
{
    static const struct {
        const char *type, *head;
        gsize length;
    } kinds[] = {{"image/jpeg", "\xff\xd8\xff", 3},
                 {"image/png", "\x89PNG\r\n\x1a\n", 8},
                 {"image/gif", "GIF8", 4},
                 {"image/bmp", "BM", 2}};
    if (length >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
        return "image/webp";
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (length >= kinds[i].length && memcmp(bytes, kinds[i].head, kinds[i].length) == 0)
            return kinds[i].type;
    }
    return NULL;
}

/* A refused scan that is one picture, for the browser to show what it can of it; NULL where it is none. */
static Reply *reply_as_it_came(Call *call, const char *archived)
{
    g_autofree char *path = g_build_filename(stores_dir(call->desk->stores), archived, NULL);
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    gsize length = file ? g_mapped_file_get_length(file) : 0;
    const char *type =
        length && length <= AS_IT_CAME_BYTES ? browser_type(g_mapped_file_get_contents(file), length) : NULL;
    g_autoptr(GBytes) bytes = type ? g_mapped_file_get_bytes(file) : NULL;
    return bytes ? reply_kept(call, type, bytes) : NULL;
}

/* How the sheet is wanted: turned by so many quarters, so many pixels wide. */
typedef struct {
    int64_t id, quarters, width;
} Wanted;

static bool read_wanted(const Call *call, Wanted *ret, GError **error)
{
    return number_parse_int(call->arguments[0], -INT64_MAX, INT64_MAX, &ret->id, error) &&
           number_parse_int(call_query(call, "turn", "0"), 0, 3, &ret->quarters, error) &&
           number_parse_int(call_query(call, "width", "800"), 100, 2500, &ret->width, error);
}

/* What is to be shown: a page by any of its rows, or a whole file, which is the scan of its first page. */
static StoreScan *find_sheet(Store *store, int64_t id, const StorePageRow *row, GError **error)
{
    if (id > 0)
        return store_find_scan(store, id, error);
    if (!row || !*row->archived) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("the workspace has no copy of that file"));
        return NULL;
    }
    StoreScan *scan = g_new0(StoreScan, 1);
    *scan = (StoreScan){.page_id = id,
                        .form = g_strdup(""),
                        .layout_fingerprint = g_strdup(""),
                        .archived = g_strdup(row->archived)};
    return scan;
}

/* A file, or a page, that may bring down what decodes it. */
static bool is_dangerous(const StorePageRow *row)
{
    return row && (row->page == 0 || g_str_has_prefix(row->reason, "decoder-"));
}

static Reply *make_sheet(Call *call, const StoreScan *scan, bool apart, const Wanted *wanted, GError **error)
{
    g_autoptr(GBytes) bytes = pictures_get_sheet(call->desk->pictures, scan, apart, (int)wanted->quarters,
                                                 (int)wanted->width, error);
    return bytes ? reply_kept(call, "image/jpeg", bytes) : NULL;
}

Reply *sheet_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    Wanted wanted;
    if (!read_wanted(call, &wanted, &error))
        return reply_failed(error);
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(StorePageRow) row = store_find_page_row(store, wanted.id, NULL);
    g_autoptr(StoreScan) scan = find_sheet(store, wanted.id, row, &error);
    stores_return(call->desk->stores, store);
    bool refused = scan && row && row->outcome == STORE_PAGE_REFUSED;
    Reply *reply = refused && wanted.id < 0 ? reply_as_it_came(call, scan->archived) : NULL;
    if (scan && !reply)
        reply = make_sheet(call, scan, is_dangerous(row), &wanted, &error);
    if (!reply && refused)
        reply = reply_as_it_came(call, scan->archived);
    if (!reply)
        return reply_failed(error);
    reply->lasting = true;
    return reply;
}
