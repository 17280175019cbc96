/* Issuing and the file of the ballots: no serial is issued before the file stands, and a print that was cut
 * off between both is found again. */
#include "store/sql.h"

void store_print_free(StorePrint *print)
{
    if (!print)
        return;
    g_free(print->first);
    g_free(print->last);
    g_free(print->part);
    g_free(print->path);
    g_free(print);
}

static bool add_job(Store *store, const GPtrArray *serials, const char *part, const char *path,
                    int64_t *ret_job, GError **error)
{
    g_autofree char *at = sql_now();
    const char *first = serials->pdata[0], *last = serials->pdata[serials->len - 1];
    g_autofree char *detail = g_strdup_printf("%s..%s %s", first, last, path);
    return sql_run(store, error,
                   "INSERT INTO print_job (first, last, part, path, at) VALUES (?1, ?2, ?3, ?4, ?5)", "ttttt",
                   first, last, part, path, at) &&
           sql_number(store, error, 0, ret_job, "SELECT last_insert_rowid()", "") &&
           store_log(store, "phieu", "print", detail, error);
}

bool store_issue_print(Store *store, const StoreOrder *orders, int count, const char *part, const char *path,
                       StoreWriteIssued write, gpointer user, int64_t *ret_job, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    g_autoptr(GPtrArray) serials = g_ptr_array_new_with_free_func(g_free);
    int64_t job;
    bool done = true;
    for (int i = 0; done && i < count; i++)
        done = store_issue(store, orders[i].cell, orders[i].layout, orders[i].count, serials, error);
    done = done && serials->len && write(serials, user, error) &&
           add_job(store, serials, part, path, &job, error);
    if (!done) {
        sql_rollback(store);
        return false;
    }
    if (!sql_commit(store, error))
        return false;
    *ret_job = job;
    return true;
}

bool store_end_print(Store *store, int64_t job, GError **error)
{
    g_autofree char *at = sql_now();
    return sql_add(store, error, "INSERT INTO print_end (job, at) VALUES (?1, ?2)", "it", job, at);
}

GPtrArray *store_load_prints(Store *store, GError **error)
{
    g_autoptr(GPtrArray) prints = g_ptr_array_new_with_free_func((GDestroyNotify)store_print_free);
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT id, first, last, part, path FROM print_job j WHERE NOT EXISTS"
                                 " (SELECT 1 FROM print_end e WHERE e.job = j.id) ORDER BY id",
                                 "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StorePrint *print = g_new0(StorePrint, 1);
        *print = (StorePrint){sqlite3_column_int64(row, 0), sql_text(row, 1), sql_text(row, 2),
                              sql_text(row, 3), sql_text(row, 4)};
        g_ptr_array_add(prints, print);
    }
    return more == 0 ? g_steal_pointer(&prints) : NULL;
}
