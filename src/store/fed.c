/* Files as they were fed: by whom, and what became of their pages. */
#include "store/sql.h"

void store_file_row_free(StoreFileRow *row)
{
    if (!row)
        return;
    g_free(row->sha256);
    g_free(row->name);
    g_free(row->reason);
    g_free(row->detail);
    g_free(row->who);
    g_free(row->at);
    g_free(row);
}

GPtrArray *store_load_files(Store *store, int64_t before, int limit, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)store_file_row_free);
    sqlite3_stmt *row = sql_bind(
        store, error,
        "WITH fed AS (SELECT substr(detail, 1, 64) AS sha256, who, max(id) FROM log WHERE action = 'feed'"
        " GROUP BY 1), some AS (SELECT * FROM newest_file WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2)"
        " SELECT f.id, f.sha256, f.name, f.pages, sum(p.outcome = 0), sum(p.outcome = 1), sum(p.outcome = 2),"
        " sum(p.outcome = 3), f.reason, f.detail, ifnull(fed.who, ''), f.at FROM some f"
        " LEFT JOIN newest_page p ON p.file = f.id LEFT JOIN fed ON fed.sha256 = f.sha256"
        " GROUP BY f.id ORDER BY f.id DESC",
        "ii", before, (int64_t)limit);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreFileRow *file = g_new0(StoreFileRow, 1);
        *file = (StoreFileRow){.id = sqlite3_column_int64(row, 0),
                               .sha256 = sql_text(row, 1),
                               .name = sql_text(row, 2),
                               .pages = sqlite3_column_int(row, 3),
                               .read = sqlite3_column_int(row, 4),
                               .refused = sqlite3_column_int(row, 5),
                               .blank = sqlite3_column_int(row, 6),
                               .cover = sqlite3_column_int(row, 7),
                               .reason = sql_text(row, 8),
                               .detail = sql_text(row, 9),
                               .who = sql_text(row, 10),
                               .at = sql_text(row, 11)};
        g_ptr_array_add(rows, file);
    }
    return more == 0 ? g_steal_pointer(&rows) : NULL;
}

bool store_log_fed(Store *store, const char *sha256, const char *name, const char *who, GError **error)
{
    g_autofree char *detail = g_strdup_printf("%s %s", sha256, name);
    return store_log(store, who, "feed", detail, error);
}
