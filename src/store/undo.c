/* Decisions as they were taken, and taking one back: a row more, never one less. */
#include "store/sql.h"

void store_decision_free(StoreDecision *decision)
{
    if (!decision)
        return;
    g_free(decision->kind);
    g_free(decision->serial);
    g_free(decision->question);
    g_free(decision->value);
    g_free(decision->who);
    g_free(decision->reason);
    g_free(decision->at);
    g_free(decision->undone);
    g_free(decision);
}

static StoreDecision *read_decision(sqlite3_stmt *row)
{
    StoreDecision *decision = g_new0(StoreDecision, 1);
    *decision = (StoreDecision){.id = sqlite3_column_int64(row, 0),
                                .kind = sql_text(row, 1),
                                .serial = sql_text(row, 2),
                                .question = sql_text(row, 3),
                                .page = sqlite3_column_int64(row, 4),
                                .value = sql_text(row, 5),
                                .who = sql_text(row, 6),
                                .reason = sql_text(row, 7),
                                .at = sql_text(row, 8)};
    if (sqlite3_column_type(row, 9) != SQLITE_NULL) {
        g_autofree char *who = sql_text(row, 9), *reason = sql_text(row, 10);
        decision->undone = g_strdup_printf("%s: %s", who, reason);
    }
    return decision;
}

#define DECISION_COLUMNS                                                                                     \
    "SELECT d.id, d.kind, d.serial, d.question, d.page, d.value, d.who, d.reason, d.at, u.who, u.reason"     \
    " FROM decision d LEFT JOIN decision u ON u.kind = 'undo' AND u.page = d.id "

GPtrArray *store_load_decisions(Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) decisions = g_ptr_array_new_with_free_func((GDestroyNotify)store_decision_free);
    sqlite3_stmt *row =
        sql_bind(store, error, DECISION_COLUMNS "WHERE ?1 = '' OR d.serial = ?1 ORDER BY d.id", "t",
                 serial ? serial : "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0)
        g_ptr_array_add(decisions, read_decision(row));
    return more == 0 ? g_steal_pointer(&decisions) : NULL;
}

GPtrArray *store_load_decisions_of(Store *store, const char *who, int limit, GError **error)
{
    g_autoptr(GPtrArray) decisions = g_ptr_array_new_with_free_func((GDestroyNotify)store_decision_free);
    sqlite3_stmt *row = sql_bind(store, error,
                                 DECISION_COLUMNS "WHERE d.who = ?1 AND d.kind IN ('answer', 'refer') AND"
                                                  " u.id IS NULL ORDER BY d.id DESC LIMIT ?2",
                                 "ti", who, (int64_t)limit);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0)
        g_ptr_array_add(decisions, read_decision(row));
    return more == 0 ? g_steal_pointer(&decisions) : NULL;
}

StoreDecision *store_find_decision(Store *store, int64_t id, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error, DECISION_COLUMNS "WHERE d.id = ?1", "i", id);
    int found = row ? sql_step(store, row, error) : -1;
    if (found <= 0) {
        if (found == 0)
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                        _("no decision has number %lld; see phieu resolve decisions"), (long long)id);
        return NULL;
    }
    StoreDecision *decision = read_decision(row);
    sqlite3_reset(row);
    return decision;
}

bool store_undo(Store *store, int64_t id, const char *who, const char *reason, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    StoreDecision *decision = store_find_decision(store, id, error);
    bool done = false;
    if (!decision)
        done = false;
    else if (decision->undone)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("decision %lld was taken back already, by %s"),
                    (long long)id, decision->undone);
    else if (g_str_equal(decision->kind, "identify"))
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("decision %lld named a page that was read by it; reject ballot %s, or scan the sheet again"),
            (long long)id, serial_shown(decision->serial));
    else if (g_str_equal(decision->kind, "undo"))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("decision %lld takes another one back; decide that one anew instead"), (long long)id);
    else
        done = decision_add(store, "undo", decision->serial, decision->question, id, decision->value, who,
                            reason, error);
    store_decision_free(decision);
    if (done)
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

bool store_undo_many(Store *store, const int64_t *ids, int count, const char *who, const char *reason,
                     GError **error)
{
    if (!sql_begin(store, error))
        return false;
    bool done = true;
    for (int i = 0; done && i < count; i++)
        done = store_undo(store, ids[i], who, reason, error);
    if (done)
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}
