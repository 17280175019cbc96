/* Making, opening and amending a workspace. */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/chain.h"
#include "store/people.h"
#include "store/sql.h"

static char *inside(const char *dir, const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static bool make_dir(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0755) == 0)
        return true;
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be made: %s"), shown,
                failure_words(errno));
    return false;
}

static void statement_free(gpointer statement)
{
    sqlite3_finalize(statement);
}

static Store *open_database(const char *dir, StoreMode mode, GError **error)
{
    bool write = mode != STORE_READ;
    g_autoptr(Store) store = g_new0(Store, 1);
    store->dir = g_strdup(dir);
    store->lock = -1;
    store->mode = mode;
    store->seen_changes = -1;
    store->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, statement_free);
    if (mode == STORE_WORK && !lock_take(store, error))
        return NULL;
    g_autofree char *path = inside(dir, "survey.db");
    if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | (write ? SQLITE_OPEN_CREATE : 0), NULL) !=
        SQLITE_OK) {
        sql_fail(store, error);
        return NULL;
    }
    if (!schema_prepare(store, error))
        return NULL;
    if (!write && !sql_run(store, error, "PRAGMA query_only = 1", ""))
        return NULL;
    return g_steal_pointer(&store);
}

/* A frozen definition must be the one that was to be frozen: files that lay there before would go in with it.
 */
static bool check_frozen(const char *folder, const Survey *survey, GError **error)
{
    g_autoptr(Survey) frozen = survey_load_frozen(folder, NULL, NULL);
    if (frozen && g_str_equal(frozen->fingerprint, survey->fingerprint))
        return true;
    g_autofree char *shown = text_printable(folder);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("%s: there are other files in this folder; name a new or empty folder, or remove them"),
                shown);
    return false;
}

bool store_init(const char *dir, const Survey *survey, GError **error)
{
    g_autofree char *database = inside(dir, "survey.db"), *definition = inside(dir, "definition"),
                    *layouts = inside(dir, "layouts"), *scans = inside(dir, "scans");
    g_autofree char *shown = text_printable(dir);
    if (g_file_test(database, G_FILE_TEST_EXISTS)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("%s: there is a workspace already; name another folder, or use it with -C"), shown);
        return false;
    }
    /* The database is made last: a folder without it is no workspace, whatever a killed run left there. */
    if (!make_dir(dir, error) || !make_dir(layouts, error) || !make_dir(scans, error) ||
        !survey_freeze(survey, definition, error) || !check_frozen(definition, survey, error))
        return false;
    g_autoptr(Store) store = open_database(dir, STORE_WORK, error);
    g_autofree char *detail = g_strdup_printf("%s %s", survey->id, survey->fingerprint);
    bool made = store && sql_begin(store, error) &&
                sql_run(store, error, "INSERT INTO meta VALUES ('survey', ?1), ('definition', ?2)", "tt",
                        survey->id, survey->fingerprint) &&
                store_log(store, "phieu", "init", detail, error) && sql_commit(store, error);
    return made;
}

static void frozen_clear(gpointer data)
{
    Frozen *frozen = data;
    survey_free(frozen->survey);
    if (frozen->layouts)
        g_ptr_array_unref(frozen->layouts);
}

static Survey *load_survey(Store *store, GError **error)
{
    g_autofree char *folder = inside(store->dir, "definition");
    GPtrArray *faults = NULL;
    g_autoptr(Survey) survey = survey_load_frozen(folder, &faults, error);
    if (faults && faults->len) {
        g_autofree char *first = survey_fault_to_text(faults->pdata[0]);
        g_prefix_error(error, "%s; ", first);
    }
    if (faults)
        g_ptr_array_unref(faults);
    if (!survey)
        return NULL;
    sqlite3_stmt *row = sql_bind(store, error, "SELECT value FROM meta WHERE key = 'definition'", "");
    if (!row || sql_step(store, row, error) < 0)
        return NULL;
    g_autofree char *recorded = sql_text(row, 0);
    sqlite3_reset(row);
    if (g_str_equal(recorded, survey->fingerprint))
        return g_steal_pointer(&survey);
    g_set_error(
        error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
        _("%s: the workspace's definition was changed by hand; put the files back, or change a copy and "
          "take it over with phieu amend --survey"),
        folder);
    return NULL;
}

static void hold_frozen(Store *store, Frozen *frozen)
{
    store->frozen = frozen;
    store->survey = frozen->survey;
    store->layouts = frozen->layouts;
}

static bool load_definition(Store *store, GError **error)
{
    g_autofree char *layouts = inside(store->dir, "layouts");
    g_autoptr(Survey) survey = load_survey(store, error);
    GPtrArray *loaded = survey ? layout_load_all(layouts, error) : NULL;
    if (!loaded)
        return false;
    Frozen *frozen = g_atomic_rc_box_new0(Frozen);
    *frozen = (Frozen){g_steal_pointer(&survey), loaded};
    hold_frozen(store, frozen);
    return true;
}

/* The log row of the newest change of what is loaded once: definition and layouts. */
static bool newest_rebuild(Store *store, int64_t *ret_row, GError **error)
{
    return sql_number(store, error, 0, ret_row,
                      "SELECT ifnull(max(id), 0) FROM log WHERE action IN ('amend', 'layout')", "");
}

Store *store_open(const char *dir, StoreMode mode, GError **error)
{
    g_autofree char *database = inside(dir, "survey.db");
    if (!g_file_test(database, G_FILE_TEST_IS_REGULAR)) {
        g_autofree char *shown = text_printable(dir);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("%s: no workspace there; make one with phieu init, or name it with -C"), shown);
        return NULL;
    }
    g_autoptr(Store) store = open_database(dir, mode, error);
    /* Its number first: a change that comes between is then seen by store_is_current(). */
    if (!store || !newest_rebuild(store, &store->seen_rebuilds, error) || !load_definition(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

Store *store_open_beside(const Store *other, StoreMode mode, GError **error)
{
    g_autoptr(Store) store = open_database(other->dir, mode, error);
    if (!store || !sql_run(store, error, "PRAGMA cache_size = -8192", ""))
        return NULL;
    hold_frozen(store, g_atomic_rc_box_acquire(other->frozen));
    store->seen_rebuilds = other->seen_rebuilds;
    return g_steal_pointer(&store);
}

void store_free(Store *store)
{
    if (!store)
        return;
    g_hash_table_unref(store->statements);
    sqlite3_close(store->db);
    chain_free(store->chain);
    people_free(store->people);
    if (store->lock >= 0)
        close(store->lock);
    if (store->frozen)
        g_atomic_rc_box_release_full(store->frozen, frozen_clear);
    g_free(store->dir);
    g_free(store);
}

bool store_is_current(Store *store)
{
    int64_t newest;
    return newest_rebuild(store, &newest, NULL) && newest == store->seen_rebuilds;
}

bool store_has_changed(Store *store)
{
    int64_t version;
    if (!sql_number(store, NULL, 0, &version, "PRAGMA data_version", "") || version == store->seen_changes)
        return false;
    store->seen_changes = version;
    return true;
}

const char *store_dir(const Store *store)
{
    return store->dir;
}

const Survey *store_survey(const Store *store)
{
    return store->survey;
}

const GPtrArray *store_layouts(const Store *store)
{
    return store->layouts;
}

bool store_add_layout(Store *store, const Layout *layout, GError **error)
{
    g_autofree char *folder = inside(store->dir, "layouts");
    if (layout_find(store->layouts, layout->form, layout->fingerprint))
        return true;
    g_autofree char *path = g_strdup_printf("%s/%s-%.8s.json", folder, layout->form, layout->fingerprint);
    if (!layout_save(layout, folder, error))
        return false;
    Layout *frozen = layout_load(path, error);
    if (!frozen)
        return false;
    g_ptr_array_add(store->layouts, frozen);
    g_autofree char *detail = g_strdup_printf("%s %s", layout->form, layout->fingerprint);
    return store_log(store, "phieu", "layout", detail, error);
}

int layout_page_count(const Store *store, const char *form, const char *fingerprint)
{
    const Layout *layout = layout_find(store->layouts, form, fingerprint);
    return layout ? (int)layout->pages->len : 0;
}

/* ---- amending
 * ----------------------------------------------------------------------------------------------------- */

bool layout_holds(const Layout *layout, const Survey *survey, GError **error)
{
    const SurveyForm *form = survey_form(survey, layout->form);
    for (guint p = 0; p < layout->pages->len; p++) {
        const LayoutPage *page = layout->pages->pdata[p];
        for (guint b = 0; b < page->boxes->len; b++) {
            const LayoutBox *box = page->boxes->pdata[b];
            const SurveyQuestion *question = form ? survey_form_question(form, box->question) : NULL;
            if (question && question->scale && survey_scale_option(question->scale, box->option))
                continue;
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("the definition does not fit ballots already printed: form '%s' lacks "
                          "question '%s', "
                          "option '%s'; keep them"),
                        layout->form, box->question, box->option);
            return false;
        }
    }
    return true;
}

/* Cells of issued ballots, and those a person assigned a ballot to. */
static bool cells_hold(Store *store, const Survey *survey, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT grp || '|' || agency || '|' || origin FROM roster WHERE grp <> ''"
                                 " UNION SELECT value FROM standing WHERE kind = 'assign'",
                                 "");
    int more;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *text = sql_text(row, 0);
        g_auto(GStrv) cell = g_strsplit(text, "|", 3);
        if (survey_cell(survey, cell[0], cell[1], cell[2]))
            continue;
        sqlite3_reset(row);
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("the changed definition does not fit ballots already issued: it lacks the cell of group '%s', "
              "agency '%s', origin '%s'; keep it"),
            cell[0], cell[1], cell[2]);
        return false;
    }
    return row && more == 0;
}

/* Removes what a killed run left in a folder of the workspace's own. */
static void remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *entry = inside(path, name);
        remove_folder(entry);
    }
    g_remove(path);
}

bool store_amend_survey(Store *store, const Survey *survey, const char *who, GError **error)
{
    if (!g_str_equal(survey->id, store->survey->id)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("survey id '%s' is not this workspace's '%s'"),
                    survey->id, store->survey->id);
        return false;
    }
    for (guint i = 0; i < store->layouts->len; i++) {
        if (!layout_holds(store->layouts->pdata[i], survey, error))
            return false;
    }
    if (!cells_hold(store, survey, error))
        return false;
    /* Beside the old one first, so that a killed run leaves the workspace as it was. */
    g_autofree char *now = inside(store->dir, "definition");
    g_autofree char *kept = g_strdup_printf("%s/definition-%.8s", store->dir, store->survey->fingerprint);
    g_autofree char *next = inside(store->dir, "definition-next");
    g_autofree char *detail = g_strdup_printf("%s -> %s", store->survey->fingerprint, survey->fingerprint);
    remove_folder(next);
    if (!survey_freeze(survey, next, error) || !check_frozen(next, survey, error) || !sql_begin(store, error))
        return false;
    bool done = sql_run(store, error, "UPDATE meta SET value = ?1 WHERE key = 'definition'", "t",
                        survey->fingerprint) &&
                store_log(store, who, "amend", detail, error);
    if (done && !g_file_test(kept, G_FILE_TEST_EXISTS) && g_rename(now, kept) != 0)
        done = false;
    if (done && g_rename(next, now) != 0)
        done = false;
    if (done)
        return sql_commit(store, error);
    sql_rollback(store);
    if (error && !*error)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be replaced: %s"), now,
                    failure_words(errno));
    return false;
}
