/* The hash-chained log, and the check that everything is still as committed. */
#include <string.h>

#include "store/chain.h"
#include "store/sql.h"

/* The hash of a row: over the hash before it and its own text. */
static char *row_hash(const char *before, const char *at, const char *who, const char *action,
                      const char *detail)
{
    Sha256 *sum = sha256_new();
    const char *parts[] = {before, at, who, action, detail};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        sha256_add_text(sum, parts[i]);
    return sha256_end(sum);
}

bool store_log(Store *store, const char *who, const char *action, const char *detail, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    sqlite3_stmt *row = sql_bind(store, error, "SELECT hash FROM log ORDER BY id DESC LIMIT 1", "");
    int found = row ? sql_step(store, row, error) : -1;
    if (found >= 0) {
        g_autofree char *before = found ? sql_text(row, 0) : g_strdup("");
        sqlite3_reset(row);
        g_autofree char *at = sql_now();
        g_autofree char *hash = row_hash(before, at, who, action, detail);
        if (sql_run(store, error,
                    "INSERT INTO log (at, who, action, detail, before, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    "tttttt", at, who, action, detail, before, hash))
            return sql_commit(store, error);
    }
    sql_rollback(store);
    return false;
}

void fault_add(GPtrArray *faults, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(faults, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static bool verify_log(Store *store, GPtrArray *faults, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error, "SELECT id, at, who, action, detail, before, hash FROM log ORDER BY id", "");
    g_autofree char *last = g_strdup("");
    int64_t expected = 1;
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *at = sql_text(row, 1), *who = sql_text(row, 2), *action = sql_text(row, 3),
                        *detail = sql_text(row, 4), *before = sql_text(row, 5), *hash = sql_text(row, 6);
        g_autofree char *computed = row_hash(before, at, who, action, detail);
        int64_t id = sqlite3_column_int64(row, 0);
        if (id != expected || !g_str_equal(before, last) || !g_str_equal(hash, computed))
            fault_add(faults,
                      _("log row %lld: the chain is broken here; a row was changed, added or removed"),
                      (long long)id);
        expected = id + 1;
        g_free(last);
        last = g_strdup(hash);
    }
    return more == 0;
}

/* People's decisions against the log, which has each of them in the same order. */
static bool verify_decisions(Store *store, GPtrArray *faults, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "WITH d AS (SELECT *, row_number() OVER (ORDER BY id) AS n FROM decision),"
                 " l AS (SELECT *, row_number() OVER (ORDER BY id) AS n FROM log WHERE action IN"
                 "  (" DECISION_KINDS ")),"
                 " a AS (SELECT n FROM d UNION SELECT n FROM l)"
                 " SELECT d.id, l.id FROM a LEFT JOIN d ON d.n = a.n LEFT JOIN l ON l.n = a.n"
                 " WHERE d.id IS NULL OR l.id IS NULL OR l.who <> d.who"
                 " OR l.action <> d.kind OR l.detail <>"
                 " d.serial || ' ' || d.question || ' ' || d.page || ' = ' || d.value"
                 " || ' (' || d.reason || ')' || iif(d.fact = '', '', ' [' || d.fact || ']')"
                 " ORDER BY a.n LIMIT 1",
                 "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        int64_t decision = sqlite3_column_int64(row, 0), logged = sqlite3_column_int64(row, 1);
        if (!decision)
            fault_add(faults, _("log row %lld: its decision is gone; put back a copy of the workspace"),
                      (long long)logged);
        else
            fault_add(faults,
                      _("decision %lld: is not as the log has it; a row was changed, added or removed"),
                      (long long)decision);
    }
    return more == 0;
}

/* Rows that were sealed anew when a later version took the workspace over: the chain says of them no more
 * than how they stood by then. */
static bool verify_upgrades(Store *store, GPtrArray *told, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error, "SELECT id, at, detail FROM log WHERE action = 'upgrade' ORDER BY id", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *at = sql_text(row, 1), *detail = sql_text(row, 2);
        const char *heads = strstr(detail, ", head ");
        g_auto(GStrv) head = g_strsplit(heads ? heads + strlen(", head ") : "", " -> ", 2);
        if (heads && g_strv_length(head) == 2 && !g_str_equal(head[0], head[1]))
            fault_add(told,
                      _("log row %lld, %s: a later version of phieu took the workspace over and sealed anew "
                        "what stood in it; of changes before that the chain says nothing (%s)"),
                      (long long)sqlite3_column_int64(row, 0), at, detail);
    }
    return more == 0;
}

static bool verify_archive(Store *store, GPtrArray *faults, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT sha256, archived FROM file WHERE archived <> '' GROUP BY 1, 2 ORDER BY min(id)", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *recorded = sql_text(row, 0), *archived = sql_text(row, 1);
        g_autofree char *path = g_build_filename(store->dir, archived, NULL);
        g_autoptr(GError) cause = NULL;
        g_autofree char *hash = file_sha256(path, &cause);
        if (!hash)
            fault_add(faults, _("%s; put the file back from a copy of the workspace"), cause->message);
        else if (!g_str_equal(hash, recorded))
            fault_add(faults,
                      _("%s: the archived scan was changed; put the file back from a copy of the workspace"),
                      path);
    }
    return more == 0;
}

static bool verify_counts(Store *store, GPtrArray *faults, GError **error)
{
    int64_t short_files;
    if (!sql_number(store, error, 0, &short_files,
                    "SELECT count(*) FROM file f WHERE pages > (SELECT count(*) FROM newest_page p WHERE "
                    "p.file = f.id)",
                    ""))
        return false;
    if (short_files)
        fault_add(faults, _("%s files have pages that were not read yet: give phieu scan again"),
                  number_shown(short_files));
    sqlite3_stmt *row = sql_bind(store, error, "PRAGMA integrity_check", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *text = sql_text(row, 0);
        if (!g_str_equal(text, "ok"))
            fault_add(faults, "survey.db: %s", text);
    }
    return more == 0;
}

/* Rows, seals and what the rows are derived from as they stood at one moment: others may go on writing. */
static bool verify_rows(Store *store, const char *head, StoreFindings *ret, GError **error)
{
    if (!sql_run(store, error, "BEGIN", ""))
        return false;
    bool verified = chain_verify(store, head, ret->faults, error) &&
                    chain_verify_schema(store, ret->faults, error) && derive_verify(store, ret, error);
    sql_rollback(store);
    return verified;
}

/* What a person typed of a head: its hexadecimal digits in small letters, without the blanks. */
static char *clean_head(const char *text, GError **error)
{
    g_autoptr(GString) digits = g_string_new(NULL);
    bool good = true;
    for (const char *c = text; *c; c++) {
        if (g_ascii_isxdigit(*c))
            g_string_append_c(digits, g_ascii_tolower(*c));
        else
            good = good && g_ascii_isspace(*c);
    }
    if (good && digits->len >= STORE_HEAD_DIGITS && digits->len <= 64)
        return g_strdup(digits->str);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("head '%s': give at least the first %d of its hexadecimal digits, as printed"), text,
                STORE_HEAD_DIGITS);
    return NULL;
}

void store_findings_init(StoreFindings *findings)
{
    findings->faults = g_ptr_array_new_with_free_func(g_free);
    findings->open = g_ptr_array_new_with_free_func(g_free);
    findings->told = g_ptr_array_new_with_free_func(g_free);
}

void store_findings_clear(StoreFindings *findings)
{
    g_clear_pointer(&findings->faults, g_ptr_array_unref);
    g_clear_pointer(&findings->open, g_ptr_array_unref);
    g_clear_pointer(&findings->told, g_ptr_array_unref);
}

bool store_verify(Store *store, const char *head, StoreFindings *ret, GError **error)
{
    g_autofree char *digits = NULL;
    if (head && !(digits = clean_head(head, error)))
        return false;
    return verify_log(store, ret->faults, error) && verify_decisions(store, ret->faults, error) &&
           verify_upgrades(store, ret->told, error) && verify_archive(store, ret->faults, error) &&
           verify_counts(store, ret->faults, error) && verify_rows(store, digits, ret, error);
}
