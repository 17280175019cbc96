/* The roster of issued ballots. */
#include <string.h>

#include "store/sql.h"

void store_issued_free(StoreIssued *issued)
{
    if (!issued)
        return;
    g_free(issued->serial);
    g_free(issued->form);
    g_free(issued->layout_fingerprint);
    g_free(issued->group);
    g_free(issued->agency);
    g_free(issued->origin);
    g_free(issued->station);
    g_free(issued);
}

static bool issue_one(Store *store, const SurveyCell *cell, const Layout *layout, int number, const char *at,
                      GPtrArray *ret_serials, GError **error)
{
    char serial[SERIAL_LENGTH + 1];
    serial_make(number, serial);
    if (!sql_run(store, error, "INSERT INTO issued VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", "titttttt",
                 serial, (int64_t)number, layout->form, layout->fingerprint, cell->group->id,
                 cell->agency->code, cell->origin->code, at) ||
        !sql_run(store, error, "INSERT INTO printed (serial, at) VALUES (?1, ?2)", "tt", serial, at))
        return false;
    g_ptr_array_add(ret_serials, g_strdup(serial));
    return true;
}

bool store_set_first_number(Store *store, int first, GError **error)
{
    int64_t issued;
    g_autofree char *value = g_strdup_printf("%d", first);
    if (!sql_begin(store, error))
        return false;
    bool done = sql_number(store, error, 0, &issued, "SELECT count(number) FROM issued", "");
    if (done && issued > 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("%s: ballots were issued already; numbers go on from the last of them"), store->dir);
        done = false;
    }
    if (done &&
        sql_run(store, error, "INSERT OR REPLACE INTO meta VALUES ('first-number', ?1)", "t", value) &&
        store_log(store, "phieu", "first-number", value, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

/* Goes on to the next number that is free, with `count` to be issued: one that another station was ever told
 * to have, or that a page was read under although nobody issued it, would make a stranger's page count. */
static bool next_number(Store *store, int count, int64_t *number, GError **error)
{
    int64_t taken = 1;
    while (taken) {
        char serial[SERIAL_LENGTH + 1];
        if (*number + count > SERIAL_MAX) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                        _("no more than %d serials can be issued in a survey"), SERIAL_MAX);
            return false;
        }
        serial_make((int)++*number, serial);
        if (!sql_number(store, error, 0, &taken,
                        "SELECT EXISTS (SELECT 1 FROM told_issued WHERE serial = ?1) OR EXISTS (SELECT 1 FROM"
                        " page WHERE serial = ?1 AND outcome = 0)",
                        "t", serial))
            return false;
    }
    return true;
}

bool store_issue(Store *store, const SurveyCell *cell, const Layout *layout, int count,
                 GPtrArray *ret_serials, GError **error)
{
    int64_t last;
    if (!sql_begin(store, error))
        return false;
    if (!sql_number(store, error, 0, &last,
                    "SELECT coalesce((SELECT max(number) FROM issued),"
                    " (SELECT CAST(value AS INTEGER) - 1 FROM meta WHERE key = 'first-number'), 0)",
                    "")) {
        sql_rollback(store);
        return false;
    }
    g_autofree char *at = sql_now();
    for (int i = 0; i < count; i++) {
        if (!next_number(store, count - i, &last, error) ||
            !issue_one(store, cell, layout, (int)last, at, ret_serials, error)) {
            sql_rollback(store);
            return false;
        }
    }
    return sql_commit(store, error);
}

bool issued_check(Store *store, const char *serial, GError **error)
{
    g_autoptr(GError) cause = NULL;
    StoreIssued *issued = store_find_issued(store, serial, &cause);
    bool fine = issued && !issued->voided;
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (!issued)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("serial %s was never issued"),
                    serial_shown(serial));
    else if (!fine)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("serial %s is void; see phieu resolve decisions"), serial_shown(serial));
    store_issued_free(issued);
    return fine;
}

bool store_void(Store *store, const char *const *serials, const char *who, const char *reason, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    for (; *serials; serials++) {
        if (!issued_check(store, *serials, error) ||
            !decision_add(store, "void", *serials, "", 0, "", who, reason, error)) {
            sql_rollback(store);
            return false;
        }
    }
    return sql_commit(store, error);
}

/* Whether this station issued a serial that was issued. */
static bool check_own(Store *store, const char *serial, GError **error)
{
    StoreIssued *issued = store_find_issued(store, serial, error);
    bool own = issued && !*issued->station;
    if (issued && !own)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("serial %s was printed by station %s; print it again in that workspace"),
                    serial_shown(serial), issued->station);
    store_issued_free(issued);
    return own;
}

bool store_reprint(Store *store, const char *serial, GError **error)
{
    if (!issued_check(store, serial, error) || !check_own(store, serial, error))
        return false;
    g_autofree char *at = sql_now();
    if (!sql_begin(store, error))
        return false;
    if (sql_run(store, error, "INSERT INTO printed (serial, at) VALUES (?1, ?2)", "tt", serial, at) &&
        store_log(store, "phieu", "reprint", serial, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

#define ISSUED_COLUMNS                                                                                       \
    "SELECT serial, form, layout, grp, agency, origin, (SELECT count(*) FROM printed p WHERE p.serial = "    \
    "i.serial), voided OR EXISTS (SELECT 1 FROM standing d WHERE d.kind = 'void' AND d.serial = i.serial), " \
    "station FROM roster i "

static StoreIssued *read_issued(sqlite3_stmt *row)
{
    StoreIssued *issued = g_new0(StoreIssued, 1);
    *issued = (StoreIssued){
        sql_text(row, 0), sql_text(row, 1), sql_text(row, 2),           sql_text(row, 3),
        sql_text(row, 4), sql_text(row, 5), sqlite3_column_int(row, 6), sqlite3_column_int(row, 7) != 0,
        sql_text(row, 8)};
    return issued;
}

StoreIssued *store_find_issued(Store *store, const char *serial, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error, ISSUED_COLUMNS "WHERE serial = ?1", "t", serial);
    if (!row || sql_step(store, row, error) != 1)
        return NULL;
    StoreIssued *issued = read_issued(row);
    sqlite3_reset(row);
    return issued;
}

bool store_may_be_of(Store *store, const char *station, const char *serial)
{
    bool own = !*station || g_str_equal(station, store->station.name);
    StoreIssued *issued = store_find_issued(store, serial, NULL);
    int64_t known = 0;
    bool may = issued ? g_str_equal(issued->station, own ? "" : station)
                      : own || (sql_number(store, NULL, 0, &known,
                                           "SELECT count(*) FROM told_now WHERE name = ?1", "t", station) &&
                                known > 0);
    store_issued_free(issued);
    return may;
}

GPtrArray *store_load_roster(Store *store, GError **error)
{
    g_autoptr(GPtrArray) roster = g_ptr_array_new_with_free_func((GDestroyNotify)store_issued_free);
    sqlite3_stmt *row = sql_bind(store, error, ISSUED_COLUMNS "ORDER BY serial", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0)
        g_ptr_array_add(roster, read_issued(row));
    return more == 0 ? g_steal_pointer(&roster) : NULL;
}
