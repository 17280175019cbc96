/* A refused page, read as the page of the ballot that a person says it is. */
#include "intake/worker.h"

#include "register/register.h"

/* The layout of the ballot with that number, when it was issued and has that page; NULL with an error. */
static const Layout *find_layout(Store *store, const IntakeGiven *given, GError **error)
{
    g_autofree char *shown = text_printable(given->serial);
    StoreIssued *issued = store_find_issued(store, given->serial, error);
    const Layout *layout =
        issued ? layout_find((GPtrArray *)store_layouts(store), issued->form, issued->layout_fingerprint)
               : NULL;
    bool voided = issued && issued->voided;
    bool known = issued != NULL;
    store_issued_free(issued);
    if (!known) {
        if (error && !*error)
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                        _("no ballot '%s' was issued here; read the printed number once more"), shown);
        return NULL;
    }
    if (voided)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("ballot %s is void; take that back first if this sheet is to count"), shown);
    else if (!layout || given->page < 1 || given->page > (int)layout->pages->len)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("ballot %s has no page %d"), shown,
                    given->page);
    else
        return layout;
    return NULL;
}

static bool inside(const IntakeGiven *given, GError **error)
{
    for (int i = 0; given->has_corners && i < 8; i++) {
        /* a corner may be cut off by the scan, but not far from it */
        if (given->corners[i] >= -0.25 && given->corners[i] <= 1.25)
            continue;
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("corners are parts of the picture's width and height, from 0 to 1"));
        return false;
    }
    return true;
}

static StorePage *read_scan(Store *store, const StoreScan *scan, const IntakeGiven *given,
                            const Layout *layout, GError **error)
{
    const IntakeOptions options = {0};
    IntakeReader *reader = intake_reader_new(store, &options, error);
    if (!reader)
        return NULL;
    intake_reader_give(reader, given, layout);
    g_autofree char *path = g_build_filename(store_dir(store), scan->archived, NULL);
    StorePage *page = reader->read(reader->state, path, scan->index, error);
    if (page)
        reader_sign(reader, page);
    intake_reader_free(reader);
    return page;
}

bool intake_read_given(Store *store, int64_t page_id, const IntakeGiven *given, const char *who,
                       const char *reason, int *ret_waiting, GError **error)
{
    if (!inside(given, error))
        return false;
    const Layout *layout = find_layout(store, given, error);
    g_autoptr(StoreScan) scan = layout ? store_find_scan(store, page_id, error) : NULL;
    StorePage *page = scan ? read_scan(store, scan, given, layout, error) : NULL;
    if (!page)
        return false;
    bool done = false;
    if (page->outcome == STORE_PAGE_READ) {
        done = store_identify_page(store, page_id, page, who, reason, ret_waiting, error);
    } else {
        g_autofree char *words = register_refusal_words(page->reason, page->detail);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("it still cannot be read: %s"), words);
    }
    store_page_free(page);
    return done;
}
