/* Reasons for a provisional index that people waive, and take back. */
#include "store/sql.h"

void store_waiver_free(StoreWaiver *waiver)
{
    if (!waiver)
        return;
    g_free(waiver->id);
    g_free(waiver->fact);
    g_free(waiver->who);
    g_free(waiver->reason);
    g_free(waiver->undone);
    g_free(waiver);
}

bool store_waive(Store *store, const StoreWaiver *waivers, int count, const char *who, const char *reason,
                 GError **error)
{
    if (!sql_begin(store, error))
        return false;
    for (int i = 0; i < count; i++) {
        if (!decision_add_fact(store, "waive", waivers[i].id, waivers[i].fact, who, reason, error)) {
            sql_rollback(store);
            return false;
        }
    }
    return sql_commit(store, error);
}

static bool withdraw(Store *store, const char *id, const char *who, const char *reason, GError **error)
{
    int count;
    if (!decision_undo_all(store, "waive", "", id, who, reason, &count, error))
        return false;
    if (count == 0) {
        g_autofree char *shown = text_printable(id);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("'%s' has no waiver that stands"), shown);
    }
    return count > 0;
}

bool store_withdraw_waivers(Store *store, const char *const *ids, const char *who, const char *reason,
                            GError **error)
{
    if (!sql_begin(store, error))
        return false;
    for (; *ids; ids++) {
        if (!withdraw(store, *ids, who, reason, error)) {
            sql_rollback(store);
            return false;
        }
    }
    return sql_commit(store, error);
}

GHashTable *store_load_waivers(Store *store, GError **error)
{
    g_autoptr(GHashTable) waivers =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)store_waiver_free);
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT d.value, d.fact, d.who, d.reason, u.who, u.reason FROM decision d"
                                 " LEFT JOIN decision u ON u.kind = 'undo' AND u.page = d.id"
                                 " WHERE d.kind = 'waive' ORDER BY d.id",
                                 "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreWaiver *waiver = g_new0(StoreWaiver, 1);
        *waiver = (StoreWaiver){sql_text(row, 0), sql_text(row, 1), sql_text(row, 2), sql_text(row, 3), NULL};
        if (sqlite3_column_type(row, 4) != SQLITE_NULL) {
            g_autofree char *who = sql_text(row, 4), *reason = sql_text(row, 5);
            waiver->undone = g_strdup_printf("%s: %s", who, reason);
        }
        const StoreWaiver *before = g_hash_table_lookup(waivers, waiver->id);
        if (waiver->undone && before && !before->undone)
            store_waiver_free(waiver);
        else
            g_hash_table_replace(waivers, waiver->id, waiver);
    }
    return more == 0 ? g_steal_pointer(&waivers) : NULL;
}
