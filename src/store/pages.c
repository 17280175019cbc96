/* Files and pages as they were taken in, for lists and to be looked at again. */
#include <string.h>

#include "store/marks.h"

char *store_page_name(int64_t id)
{
    return g_strdup_printf("%s%" G_GINT64_FORMAT, id < 0 ? "F" : "", ABS(id));
}

void store_page_row_free(StorePageRow *row)
{
    if (!row)
        return;
    g_free(row->file);
    g_free(row->reason);
    g_free(row->detail);
    g_free(row->serial);
    g_free(row->group);
    g_free(row->agency);
    g_free(row->origin);
    g_free(row->archived);
    g_free(row);
}

/* All rows, or those of which `which`, over the columns of the query, holds for the text ?1. */
static GPtrArray *load_rows(Store *store, const char *which, const char *text, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)store_page_row_free);
    g_autofree char *query = g_strdup_printf(
        "SELECT * FROM (SELECT p.id, f.name, p.idx + 1 AS number, p.outcome AS outcome, p.reason, p.detail,"
        " p.serial AS serial, p.grp, p.agency, p.origin, p.expected, f.archived, f.id AS file_id,"
        " EXISTS (SELECT 1 FROM standing d WHERE d.kind = 'settle' AND d.page = p.id) AS settled, p.page"
        " FROM newest_page p JOIN file f ON f.id = p.file"
        " UNION ALL SELECT -f.id, f.name, 0, 1, f.reason, f.detail, '', '', '', '', 0, f.archived, f.id,"
        " EXISTS (SELECT 1 FROM standing d WHERE d.kind = 'settle' AND d.page = -f.id), 0"
        " FROM newest_file f WHERE f.pages < 0) WHERE ?1 IS NOT NULL AND %s ORDER BY file_id, number",
        which);
    sqlite3_stmt *row = sql_bind(store, error, query, "t", text);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StorePageRow *page = g_new0(StorePageRow, 1);
        *page = (StorePageRow){.id = sqlite3_column_int64(row, 0),
                               .file = sql_text(row, 1),
                               .page = sqlite3_column_int(row, 2),
                               .outcome = (StorePageOutcome)sqlite3_column_int(row, 3),
                               .reason = sql_text(row, 4),
                               .detail = sql_text(row, 5),
                               .serial = sql_text(row, 6),
                               .group = sql_text(row, 7),
                               .agency = sql_text(row, 8),
                               .origin = sql_text(row, 9),
                               .expected = sqlite3_column_int(row, 10),
                               .archived = sql_text(row, 11),
                               .settled = sqlite3_column_int(row, 13) != 0,
                               .ballot_page = sqlite3_column_int(row, 14)};
        g_ptr_array_add(rows, page);
    }
    return more == 0 ? g_steal_pointer(&rows) : NULL;
}

StorePageRow *store_find_page_row(Store *store, int64_t id, GError **error)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)id);
    g_autoptr(GPtrArray) rows = load_rows(store, "id = CAST(?1 AS INTEGER)", number, error);
    return rows && rows->len ? g_ptr_array_steal_index(rows, 0) : NULL;
}

GPtrArray *store_load_pages(Store *store, GError **error)
{
    return load_rows(store, "1", "", error);
}

GPtrArray *store_load_refused(Store *store, GError **error)
{
    return load_rows(store, "outcome = 1 AND NOT settled", "", error);
}

GPtrArray *store_load_ballot_pages(Store *store, const char *serial, GError **error)
{
    return load_rows(store, "serial = ?1", serial, error);
}

/* Columns and rows of pages of a file, of one where its index is not negative. */
#define PAGES_OF_FILE                                                                                        \
    "SELECT idx, outcome, form, layout, serial, page, grp, agency, origin, expected, reason, detail, map, "  \
    "id, (SELECT r.reader FROM read_by r WHERE r.page = p.id)"                                               \
    " FROM newest_page p WHERE file = ?1 AND (?2 < 0 OR idx = ?2) ORDER BY idx"

/* Made up by the intake for a ballot printed by others; see store_add_page(). */
static bool is_foreign(const StorePage *page)
{
    return page->outcome == STORE_PAGE_READ && g_str_has_prefix(page->serial, "X");
}

static void take_text(sqlite3_stmt *row, int column, char **text)
{
    g_free(*text);
    *text = sql_text(row, column);
}

static StorePage *page_of_row(sqlite3_stmt *row)
{
    StorePage *page = store_page_new();
    page->index = sqlite3_column_int(row, 0);
    page->outcome = (StorePageOutcome)sqlite3_column_int(row, 1);
    take_text(row, 2, &page->form);
    take_text(row, 3, &page->layout_fingerprint);
    take_text(row, 4, &page->serial);
    page->page = sqlite3_column_int(row, 5);
    take_text(row, 6, &page->group);
    take_text(row, 7, &page->agency);
    take_text(row, 8, &page->origin);
    page->expected = sqlite3_column_int(row, 9);
    take_text(row, 10, &page->reason);
    take_text(row, 11, &page->detail);
    if (sqlite3_column_bytes(row, 12) == (int)sizeof page->map)
        memcpy(&page->map, sqlite3_column_blob(row, 12), sizeof page->map);
    take_text(row, 14, &page->reader);
    page->foreign = is_foreign(page);
    return page;
}

GPtrArray *store_load_file_pages(Store *store, int64_t file_id, GError **error)
{
    g_autoptr(GPtrArray) pages = g_ptr_array_new_with_free_func((GDestroyNotify)store_page_free);
    sqlite3_stmt *row = sql_bind(store, error, PAGES_OF_FILE, "ii", file_id, (int64_t)-1);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0)
        g_ptr_array_add(pages, page_of_row(row));
    return more == 0 ? g_steal_pointer(&pages) : NULL;
}

static bool load_fields(Store *store, int64_t page_id, GArray *fields, GError **error)
{
    sqlite3_stmt *row = sql_bind(
        store, error, "SELECT question, ink_mm2, written FROM field WHERE page = ?1 ORDER BY question", "i",
        page_id);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreField field = {.question = sql_text(row, 0),
                            .found = {sqlite3_column_double(row, 1), sqlite3_column_int(row, 2) != 0}};
        g_array_append_val(fields, field);
    }
    return more == 0;
}

StorePage *store_load_page(Store *store, int64_t file_id, int index, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error, PAGES_OF_FILE, "ii", file_id, (int64_t)index);
    int found = row ? sql_step(store, row, error) : -1;
    if (found <= 0) {
        if (found == 0)
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("no page %d in file %lld"), index + 1,
                        (long long)file_id);
        return NULL;
    }
    int64_t id = sqlite3_column_int64(row, 13);
    StorePage *page = page_of_row(row);
    sqlite3_reset(row);
    GArray *marks = store_load_marks(store, id, error);
    if (marks) {
        g_array_unref(page->marks);
        page->marks = marks;
        if (load_fields(store, id, page->fields, error))
            return page;
    }
    store_page_free(page);
    return NULL;
}
