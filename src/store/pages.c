/* Files and pages as they were taken in, for lists. */
#include "store/sql.h"

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

GPtrArray *store_load_file_pages(Store *store, int64_t file_id, GError **error)
{
    g_autoptr(GPtrArray) pages = g_ptr_array_new_with_free_func((GDestroyNotify)store_page_free);
    sqlite3_stmt *row = sql_bind(
        store, error,
        "SELECT idx, outcome, form, layout, serial, page, grp, agency, origin, expected, reason, detail"
        " FROM newest_page WHERE file = ?1 ORDER BY idx",
        "i", file_id);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StorePage *page = g_new0(StorePage, 1);
        *page = (StorePage){.index = sqlite3_column_int(row, 0),
                            .outcome = (StorePageOutcome)sqlite3_column_int(row, 1),
                            .form = sql_text(row, 2),
                            .layout_fingerprint = sql_text(row, 3),
                            .serial = sql_text(row, 4),
                            .page = sqlite3_column_int(row, 5),
                            .group = sql_text(row, 6),
                            .agency = sql_text(row, 7),
                            .origin = sql_text(row, 8),
                            .expected = sqlite3_column_int(row, 9),
                            .reason = sql_text(row, 10),
                            .detail = sql_text(row, 11),
                            .marks = g_array_new(FALSE, TRUE, sizeof(StoreMark)),
                            .fields = g_array_new(FALSE, TRUE, sizeof(StoreField))};
        g_ptr_array_add(pages, page);
    }
    return more == 0 ? g_steal_pointer(&pages) : NULL;
}
