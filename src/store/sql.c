#include "store/sql.h"

#include "store/chain.h"

#include <stdarg.h>
#include <string.h>

void sql_fail(Store *store, GError **error)
{
    int code = sqlite3_errcode(store->db);
    if (code == SQLITE_FULL || (code == SQLITE_IOERR && g_strrstr(sqlite3_errmsg(store->db), "full")))
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
            _("%s: the disk is full; make room and give the same command again. What was committed is kept"),
            store->dir);
    else if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        g_autofree char *holder = lock_holder(store->dir);
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_BUSY,
            _("%s: the database is in use by another program (long work last: process %s); wait, then "
              "do the same again"),
            store->dir, holder);
    } else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("%s/survey.db: the database is damaged (%s); put back a copy of the workspace"),
                    store->dir, sqlite3_errmsg(store->db));
    else
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s/survey.db: %s"), store->dir,
                    sqlite3_errmsg(store->db));
}

static sqlite3_stmt *prepare(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);
    if (statement) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        return statement;
    }
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        sql_fail(store, error);
        return NULL;
    }
    g_hash_table_insert(store->statements, g_strdup(sql), statement);
    return statement;
}

static sqlite3_stmt *bind_all(Store *store, const char *sql, const char *types, va_list arguments,
                              GError **error)
{
    sqlite3_stmt *statement = prepare(store, sql, error);
    for (int i = 0; statement && types[i]; i++) {
        switch (types[i]) {
        case 't':
            sqlite3_bind_text(statement, i + 1, va_arg(arguments, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'i':
            sqlite3_bind_int64(statement, i + 1, va_arg(arguments, int64_t));
            break;
        case 'd':
            sqlite3_bind_double(statement, i + 1, va_arg(arguments, double));
            break;
        case 'b': {
            const void *data = va_arg(arguments, const void *);
            sqlite3_bind_blob(statement, i + 1, data, va_arg(arguments, int), SQLITE_TRANSIENT);
            break;
        }
        default:
            sqlite3_bind_null(statement, i + 1);
        }
    }
    return statement;
}

sqlite3_stmt *sql_bind(Store *store, GError **error, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = bind_all(store, sql, types, arguments, error);
    va_end(arguments);
    return statement;
}

int sql_step(Store *store, sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        sql_fail(store, error);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

bool sql_run(Store *store, GError **error, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = bind_all(store, sql, types, arguments, error);
    va_end(arguments);
    return statement && sql_step(store, statement, error) == 0;
}

bool sql_add(Store *store, GError **error, const char *sql, const char *types, ...)
{
    if (!sql_begin(store, error))
        return false;
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = bind_all(store, sql, types, arguments, error);
    va_end(arguments);
    if (statement && sql_step(store, statement, error) == 0)
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

bool sql_number(Store *store, GError **error, int64_t missing, int64_t *ret_value, const char *sql,
                const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = bind_all(store, sql, types, arguments, error);
    va_end(arguments);
    int row = statement ? sql_step(store, statement, error) : -1;
    if (row < 0)
        return false;
    *ret_value = row ? sqlite3_column_int64(statement, 0) : missing;
    sqlite3_reset(statement);
    return true;
}

char *sql_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    return g_strdup(text ? (const char *)text : "");
}

/* Decisions are checked against the definition this store has loaded; long work holds the lock against
 * changes of it. */
static bool definition_stands(Store *store, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error, "SELECT value FROM meta WHERE key = 'definition'", "");
    if (!row || sql_step(store, row, error) < 0)
        return false;
    g_autofree char *recorded = sql_text(row, 0);
    sqlite3_reset(row);
    if (g_str_equal(recorded, store->survey->fingerprint))
        return true;
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("%s: the definition was changed meanwhile, nothing was decided; do the same again"),
                store->dir);
    return false;
}

bool sql_begin(Store *store, GError **error)
{
    if (store->depth == 0 && !sql_run(store, error, "BEGIN IMMEDIATE", ""))
        return false;
    store->depth++;
    if (store->depth == 1 && store->mode == STORE_DECIDE && store->survey &&
        !definition_stands(store, error)) {
        sql_rollback(store);
        return false;
    }
    return true;
}

bool sql_commit(Store *store, GError **error)
{
    if (store->depth > 1) {
        store->depth--;
        return true;
    }
    if (chain_seal(store, error) && sql_run(store, error, "COMMIT", "")) {
        store->depth = 0;
        return true;
    }
    sql_rollback(store);
    return false;
}

void sql_rollback(Store *store)
{
    store->depth = 0;
    chain_forget(store);
    if (!sqlite3_get_autocommit(store->db))
        sql_run(store, NULL, "ROLLBACK", "");
}

char *sql_now(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
}

/* ---- tables
 * -------------------------------------------------------------------------------------------------------- */

/* The tables as they were first made. */
static const char first_schema[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    /* the roster */
    "CREATE TABLE issued (serial TEXT PRIMARY KEY, number INTEGER UNIQUE, form TEXT NOT NULL, layout TEXT "
    "NOT NULL,"
    " grp TEXT NOT NULL, agency TEXT NOT NULL, origin TEXT NOT NULL, at TEXT NOT NULL) STRICT;"
    "CREATE TABLE printed (id INTEGER PRIMARY KEY, serial TEXT NOT NULL REFERENCES issued, at TEXT NOT NULL) "
    "STRICT;"
    "CREATE INDEX printed_serial ON printed (serial);"
    /* scans as taken in, and what their pages gave */
    "CREATE TABLE file (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " archived TEXT NOT NULL, pages INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,"
    " at TEXT NOT NULL) STRICT;"
    "CREATE TABLE page (id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file, idx INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, form TEXT NOT NULL, layout TEXT "
    "NOT NULL,"
    " serial TEXT NOT NULL, page INTEGER NOT NULL, grp TEXT NOT NULL, agency TEXT NOT NULL, origin TEXT NOT "
    "NULL,"
    " expected INTEGER NOT NULL, map BLOB NOT NULL, turns INTEGER NOT NULL, residual_mm REAL NOT NULL,"
    " worst_mm REAL NOT NULL, scale REAL NOT NULL, at TEXT NOT NULL, UNIQUE (file, idx)) STRICT;"
    "CREATE INDEX page_serial ON page (serial);"
    "CREATE TABLE mark (page INTEGER NOT NULL REFERENCES page, n INTEGER NOT NULL, question TEXT NOT NULL,"
    " option TEXT NOT NULL, measures BLOB NOT NULL, shift_x_mm REAL NOT NULL, shift_y_mm REAL NOT NULL, "
    "match REAL,"
    " state INTEGER NOT NULL, p_marked REAL NOT NULL, p_cancelled REAL NOT NULL, confidence REAL NOT NULL,"
    " reasons INTEGER NOT NULL, PRIMARY KEY (page, n)) STRICT, WITHOUT ROWID;"
    /* the machine's answers; a later generation was decided anew from the same measures */
    "CREATE TABLE reading (page INTEGER NOT NULL REFERENCES page, question TEXT NOT NULL, generation INTEGER "
    "NOT NULL,"
    " value TEXT NOT NULL, state INTEGER NOT NULL, confidence REAL NOT NULL, reasons INTEGER NOT NULL,"
    " model TEXT NOT NULL, target_error REAL NOT NULL, PRIMARY KEY (page, question, generation)) STRICT, "
    "WITHOUT ROWID;"
    /* people's decisions */
    "CREATE TABLE decision (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, serial TEXT NOT NULL, question TEXT "
    "NOT NULL,"
    " page INTEGER NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL) "
    "STRICT;"
    "CREATE INDEX decision_serial ON decision (serial, kind);"
    /* scores of agencies; versions stay */
    "CREATE TABLE import_ (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL, name "
    "TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (kind, version)) STRICT;"
    "CREATE TABLE score (import_ INTEGER NOT NULL REFERENCES import_, agency TEXT NOT NULL, leaf TEXT NOT "
    "NULL,"
    " points TEXT, evidence TEXT NOT NULL, note TEXT NOT NULL, source TEXT NOT NULL,"
    " PRIMARY KEY (import_, agency, leaf)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,"
    " detail TEXT NOT NULL, before TEXT NOT NULL, hash TEXT NOT NULL) STRICT;";

/* What each version of a workspace adds to the one before. Rows of the tables named are only ever added: a
 * trigger refuses anything else. */
static const struct {
    const char *sql;
    const char *append_only[11];
} versions[STORE_SCHEMA_VERSION] = {
    {first_schema,
     {"issued", "printed", "file", "page", "mark", "reading", "decision", "import_", "score", "log"}},
    /* places to write */
    {"CREATE TABLE field (page INTEGER NOT NULL REFERENCES page, question TEXT NOT NULL, ink_mm2 REAL NOT "
     "NULL,"
     " written INTEGER NOT NULL, PRIMARY KEY (page, question)) STRICT, WITHOUT ROWID;",
     {"field"}},
    /* attempts: what was refused may be tried again, and the newest attempt counts. A UNIQUE cannot be
     * altered, so both tables are made anew, rows and ids as they were. */
    {"CREATE TABLE file_anew (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, attempt INTEGER NOT NULL, name "
     "TEXT NOT NULL,"
     " archived TEXT NOT NULL, pages INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,"
     " at TEXT NOT NULL, UNIQUE (sha256, attempt)) STRICT;"
     "INSERT INTO file_anew SELECT id, sha256, 0, name, archived, pages, reason, detail, at FROM file;"
     "DROP TABLE file; ALTER TABLE file_anew RENAME TO file;"
     "CREATE TABLE page_anew (id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file, idx INTEGER NOT "
     "NULL,"
     " attempt INTEGER NOT NULL, outcome INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, form "
     "TEXT NOT NULL,"
     " layout TEXT NOT NULL, serial TEXT NOT NULL, page INTEGER NOT NULL, grp TEXT NOT NULL, agency TEXT NOT "
     "NULL,"
     " origin TEXT NOT NULL, expected INTEGER NOT NULL, map BLOB NOT NULL, turns INTEGER NOT NULL,"
     " residual_mm REAL NOT NULL, worst_mm REAL NOT NULL, scale REAL NOT NULL, at TEXT NOT NULL,"
     " UNIQUE (file, idx, attempt)) STRICT;"
     "INSERT INTO page_anew SELECT id, file, idx, 0, outcome, reason, detail, form, layout, serial, page, "
     "grp,"
     " agency, origin, expected, map, turns, residual_mm, worst_mm, scale, at FROM page;"
     "DROP TABLE page; ALTER TABLE page_anew RENAME TO page;"
     "CREATE INDEX page_serial ON page (serial);"
     "CREATE TRIGGER file_again BEFORE INSERT ON file WHEN NEW.attempt > 0 AND NOT EXISTS (SELECT 1 FROM "
     "file o"
     " WHERE o.sha256 = NEW.sha256 AND o.attempt = NEW.attempt - 1 AND o.pages < 0)"
     " BEGIN SELECT RAISE(ABORT, 'only a refused file is tried again'); END;"
     "CREATE TRIGGER page_again BEFORE INSERT ON page WHEN NEW.attempt > 0 AND NOT EXISTS (SELECT 1 FROM "
     "page o"
     " WHERE o.file = NEW.file AND o.idx = NEW.idx AND o.attempt = NEW.attempt - 1 AND o.outcome = 1)"
     " BEGIN SELECT RAISE(ABORT, 'only a refused page is read again'); END;"
     "CREATE VIEW newest_file AS SELECT * FROM file f WHERE NOT EXISTS (SELECT 1 FROM file n"
     " WHERE n.sha256 = f.sha256 AND n.attempt > f.attempt);"
     "CREATE VIEW newest_page AS SELECT * FROM page p WHERE NOT EXISTS (SELECT 1 FROM page n"
     " WHERE n.file = p.file AND n.idx = p.idx AND n.attempt > p.attempt);",
     {"file", "page"}},
    /* drafts of what is written; the newest of a place is shown */
    {"CREATE TABLE draft (id INTEGER PRIMARY KEY, page INTEGER NOT NULL REFERENCES page, question TEXT NOT "
     "NULL, text TEXT NOT NULL, confidence REAL NOT NULL, model TEXT NOT NULL, at TEXT NOT NULL,"
     " UNIQUE (page, question, model)) STRICT;",
     {"draft"}},
    /* what a waiver was given for; a decision that is taken back, by an 'undo' that names its row in `page`
     */
    {"ALTER TABLE decision ADD COLUMN fact TEXT NOT NULL DEFAULT '';"
     "CREATE INDEX decision_undone ON decision (page) WHERE kind = 'undo';"
     "CREATE VIEW standing AS SELECT * FROM decision d WHERE kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM "
     "decision u WHERE u.kind = 'undo' AND u.page = d.id);",
     {NULL}},
    /* a print whose serials are issued, its file still under another name; and that the file has its name */
    {"CREATE TABLE print_job (id INTEGER PRIMARY KEY, first TEXT NOT NULL, last TEXT NOT NULL, part TEXT NOT "
     "NULL, path TEXT NOT NULL, at TEXT NOT NULL) STRICT;"
     "CREATE TABLE print_end (job INTEGER PRIMARY KEY REFERENCES print_job, at TEXT NOT NULL) STRICT;",
     {"print_job", "print_end"}},
    /* who may sit at the desk: the newest row of a name counts; and quick ways to what waits and to what was
     * loaded */
    {"CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT NOT NULL, full_name TEXT NOT NULL, roles "
     "INTEGER "
     "NOT NULL, password TEXT NOT NULL, one_time INTEGER NOT NULL, disabled INTEGER NOT NULL, at TEXT NOT "
     "NULL, who TEXT NOT NULL) STRICT;"
     "CREATE INDEX account_name ON account (name);"
     "CREATE INDEX reading_waiting ON reading (page, question) WHERE state = 1;"
     "CREATE INDEX decision_answer ON decision (serial, question, kind);"
     "CREATE INDEX log_rebuilds ON log (id) WHERE action IN ('amend', 'layout');",
     {"account"}},
    /* what the workspace's pages are known by; see store/station.c */
    {"CREATE TABLE station (id INTEGER PRIMARY KEY, name TEXT NOT NULL, key BLOB NOT NULL, plain_last "
     "INTEGER "
     "NOT NULL, at TEXT NOT NULL) STRICT;",
     {"station"}},
    /* the chain every row of every table stands in; see store/chain.h */
    {"CREATE TABLE sealed (id INTEGER PRIMARY KEY, tbl TEXT NOT NULL, key TEXT NOT NULL, part INTEGER NOT "
     "NULL, rows INTEGER NOT NULL, sha256 TEXT NOT NULL, hash TEXT NOT NULL) STRICT;",
     {"sealed"}},
    /* other stations of the survey, told to this one: the newest row of a name counts, with all the numbers
     * its station had issued by then; see store/told.c */
    {"CREATE TABLE told (id INTEGER PRIMARY KEY, action TEXT NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL,"
     " definition TEXT NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL) STRICT;"
     "CREATE TABLE told_issued (told INTEGER NOT NULL REFERENCES told, serial TEXT NOT NULL, number INTEGER "
     "NOT "
     "NULL, form TEXT NOT NULL, layout TEXT NOT NULL, grp TEXT NOT NULL, agency TEXT NOT NULL, origin TEXT "
     "NOT "
     "NULL, voided INTEGER NOT NULL, PRIMARY KEY (told, serial)) STRICT, WITHOUT ROWID;"
     "CREATE INDEX told_serial ON told_issued (serial);"
     "CREATE VIEW told_now AS SELECT * FROM told t WHERE action <> 'remove' AND NOT EXISTS (SELECT 1 FROM "
     "told n"
     " WHERE n.name = t.name AND n.id > t.id);"
     "CREATE VIEW told_roster AS SELECT *, (SELECT t.name FROM told t WHERE t.id = told_issued.told) AS "
     "station"
     " FROM told_issued WHERE told IN (SELECT id FROM told_now);"
     "CREATE VIEW roster AS SELECT serial, number, form, layout, grp, agency, origin, 0 AS voided, '' AS "
     "station"
     " FROM issued UNION ALL SELECT serial, number, form, layout, grp, agency, origin, voided, station"
     " FROM told_roster;",
     {"told", "told_issued"}},
    /* what made an attempt at a page, by the fingerprint of its reader; pages read before have no row */
    {"CREATE TABLE read_by (page INTEGER PRIMARY KEY REFERENCES page, reader TEXT NOT NULL) STRICT;",
     {"read_by"}},
};
/* The version whose workspaces have a station. */
#define STATION_VERSION 8
/* The version whose workspaces have a chain. */
#define CHAIN_VERSION 9

static bool execute(Store *store, const char *sql, GError **error)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    sql_fail(store, error);
    return false;
}

char *schema_text(int from)
{
    GString *sql = g_string_new(NULL);
    for (int version = from; version < STORE_SCHEMA_VERSION; version++) {
        const char *const *append_only = versions[version].append_only;
        g_string_append(sql, versions[version].sql);
        for (int i = 0; append_only[i]; i++)
            g_string_append_printf(
                sql,
                "CREATE TRIGGER %s_kept BEFORE DELETE ON %s BEGIN SELECT RAISE(ABORT, 'rows "
                "are never deleted'); END;"
                "CREATE TRIGGER %s_fixed BEFORE UPDATE ON %s BEGIN SELECT RAISE(ABORT, 'rows "
                "are never changed'); END;",
                append_only[i], append_only[i], append_only[i], append_only[i]);
    }
    return g_string_free(sql, FALSE);
}

/* The newest seal of the chain; "-" before there is one. */
static char *newest_head(Store *store, bool chained, GError **error)
{
    int64_t number;
    char *head = chained ? store_head(store, &number, error) : g_strdup("");
    if (!head || *head)
        return head;
    g_free(head);
    return g_strdup("-");
}

/* Brings the tables to this program's version; another process may have done so meanwhile. That it was done
 * stands in the log, with the head of the chain before and after. */
static bool upgrade(Store *store, int from, GError **error)
{
    g_autofree char *before = newest_head(store, from >= CHAIN_VERSION, error);
    g_autofree char *tables = schema_text(from);
    g_autofree char *sql =
        g_strdup_printf("%sPRAGMA user_version = %d;", tables, MAX(from, STORE_SCHEMA_VERSION));
    if (!before || !execute(store, sql, error) ||
        (from < STATION_VERSION && !store_make_station(store, from > 0, error)) ||
        !(from < CHAIN_VERSION ? chain_seal_all(store, error) : chain_watch(store, error)))
        return false;
    g_autofree char *after = newest_head(store, true, error);
    g_autofree char *detail =
        g_strdup_printf(STORE_UPGRADED, PHIEU_VERSION, from, STORE_SCHEMA_VERSION, before, after);
    bool changed = from > 0 && from < STORE_SCHEMA_VERSION;
    return after && (!changed || store_log(store, "phieu", "upgrade", detail, error));
}

static bool upgrade_schema(Store *store, GError **error)
{
    int64_t from;
    if (!sql_begin(store, error))
        return false;
    if (sql_number(store, error, 0, &from, "PRAGMA user_version", "") && upgrade(store, (int)from, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

bool schema_prepare(Store *store, GError **error)
{
    int64_t version;
    if (!execute(store,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
                 "PRAGMA busy_timeout = 10000; PRAGMA cache_size = -65536;",
                 error) ||
        !sql_number(store, error, 0, &version, "PRAGMA user_version", ""))
        return false;
    if (version > STORE_SCHEMA_VERSION) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("%s: the workspace was made by a newer phieu (schema %d, this program knows %d); use that one"),
            store->dir, (int)version, STORE_SCHEMA_VERSION);
        return false;
    }
    /* Off while tables that others refer to are made anew. */
    return (version == STORE_SCHEMA_VERSION || upgrade_schema(store, error)) &&
           execute(store, "PRAGMA foreign_keys = ON", error) && store_load_station(store, error) &&
           chain_watch(store, error);
}
