/* Other stations of the survey: told by a file of theirs, told again with what they issued since, taken away.
 * Each is a row more; the newest of a name counts, with the whole roster it came with. */
#include <string.h>

#include "store/told.h"

/* Numbers named in an error. */
#define NAMED 5

void store_station_free(StoreStation *station)
{
    if (!station)
        return;
    g_free(station->since);
    g_free(station->changed);
    g_free(station);
}

GPtrArray *store_load_stations(Store *store, GError **error)
{
    g_autoptr(GPtrArray) stations = g_ptr_array_new_with_free_func((GDestroyNotify)store_station_free);
    sqlite3_stmt *row = sql_bind(
        store, error,
        "WITH s AS (SELECT 1 AS own, name, '' AS station, key, at AS since, at AS changed FROM station"
        "  WHERE id = (SELECT min(id) FROM station) UNION ALL SELECT 0, name, name, key,"
        "  (SELECT min(o.at) FROM told o WHERE o.name = n.name), at FROM told_now n),"
        " i AS (SELECT r.station AS station, count(*) AS n, min(r.number) AS first, max(r.number) AS last"
        "  FROM roster r WHERE r.number IS NOT NULL AND NOT r.voided AND NOT EXISTS (SELECT 1 FROM standing d"
        "  WHERE d.kind = 'void' AND d.serial = r.serial) GROUP BY r.station),"
        " b AS (SELECT station, count(*) AS n FROM (SELECT DISTINCT detail AS station, serial FROM page"
        "  WHERE outcome = 0 UNION SELECT r.station, d.serial FROM standing d JOIN roster r ON"
        "  r.serial = d.serial WHERE d.kind = 'enter') GROUP BY station)"
        " SELECT s.own, s.name, s.key, s.since, s.changed, ifnull(i.n, 0), ifnull(i.first, 0),"
        " ifnull(i.last, 0), ifnull(b.n, 0) FROM s LEFT JOIN i ON i.station = s.station"
        " LEFT JOIN b ON b.station = s.station ORDER BY s.own DESC, s.name",
        "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreStation *station = g_new0(StoreStation, 1);
        g_autofree char *name = sql_text(row, 1);
        *station = (StoreStation){.own = sqlite3_column_int(row, 0) != 0,
                                  .since = sql_text(row, 3),
                                  .changed = sql_text(row, 4),
                                  .issued = sqlite3_column_int(row, 5),
                                  .first = sqlite3_column_int(row, 6),
                                  .last = sqlite3_column_int(row, 7),
                                  .returned = sqlite3_column_int(row, 8)};
        g_strlcpy(station->station.name, name, sizeof station->station.name);
        if (sqlite3_column_bytes(row, 2) == STATION_KEY_SIZE)
            memcpy(station->station.key, sqlite3_column_blob(row, 2), STATION_KEY_SIZE);
        g_ptr_array_add(stations, station);
    }
    return more == 0 ? g_steal_pointer(&stations) : NULL;
}

bool store_export_station(Store *store, const char *path, const char *who, int *ret_issued, GError **error)
{
    int issued;
    if (!told_file_write(store, path, &issued, error))
        return false;
    g_autofree char *detail = g_strdup_printf("%s, %d", store->station.name, issued);
    if (!store_log(store, who, "station-export", detail, error))
        return false;
    *ret_issued = issued;
    return true;
}

/* ---- what a file may bring in ---- */

/* Whether it is of this survey, and neither this workspace itself nor one that only has its name. */
static bool check_station(Store *store, const char *path, const ToldFile *told, GError **error)
{
    const PageStation *station = &told->station;
    if (!g_str_equal(told->survey, store->survey->id)) {
        g_autofree char *shown = text_printable(told->survey);
        return told_refuse(path, error, _("of another survey, '%s'; here is '%s'"), shown, store->survey->id);
    }
    if (g_str_equal(station->name, store->station.name))
        return memcmp(station->key, store->station.key, STATION_KEY_SIZE) == 0
                   ? told_refuse(path, error,
                                 _("of station %s, which is this workspace itself or a copy of it"),
                                 station->name)
                   : told_refuse(path, error,
                                 _("its station has the name of this one, %s; make that workspace anew"),
                                 station->name);
    int64_t others;
    if (!sql_number(store, error, 0, &others, "SELECT count(*) FROM told_now WHERE name = ?1 AND key <> ?2",
                    "tb", station->name, station->key, STATION_KEY_SIZE))
        return false;
    return others == 0 ||
           told_refuse(path, error,
                       _("station %s was told here before with another key; the file is of another workspace "
                         "with that name, or made up: ask whoever gave it"),
                       station->name);
}

/* Every layout must hold for the definition here. */
static bool check_layouts(const Store *store, const char *path, const ToldFile *told, GError **error)
{
    for (guint i = 0; i < told->layouts->len; i++) {
        if (layout_holds(told->layouts->pdata[i], store->survey, error))
            continue;
        g_autofree char *shown = text_printable(path);
        g_prefix_error(error, _("%s: layout %u: "), shown, i + 1);
        return false;
    }
    return true;
}

/* Every ballot must have its place here. */
static bool check_cells(Store *store, const char *path, const ToldFile *told, GError **error)
{
    for (guint i = 0; i < told->issued->len; i++) {
        const StoreIssued *issued = told->issued->pdata[i];
        const SurveyCell *cell = survey_cell(store->survey, issued->group, issued->agency, issued->origin);
        const SurveyForm *of = survey_form(store->survey, issued->form);
        if (!cell || !of || !survey_group_takes(cell->group, of)) {
            g_autofree char *group = text_printable(issued->group), *agency = text_printable(issued->agency),
                            *origin = text_printable(issued->origin), *form = text_printable(issued->form);
            return told_refuse(
                path, error,
                _("ballot %s: the definition here has no cell of group '%s', agency '%s', origin "
                  "'%s' with form '%s'; bring both workspaces to one definition with phieu amend"),
                serial_shown(issued->serial), group, agency, origin, form);
        }
        const Layout *layout = layout_find(told->layouts, issued->form, issued->layout_fingerprint);
        if (!layout || !g_str_equal(layout->fingerprint, issued->layout_fingerprint))
            return told_refuse(path, error, _("ballot %s: its layout is not in the file; have it made anew"),
                               serial_shown(issued->serial));
    }
    return true;
}

/* What was told of the station before must be in the file as it was: paper does not change. The number of
 * ballots that are new in it, and whether it says anything new at all. */
static bool check_before(Store *store, const char *path, const ToldFile *told, StoreTold *ret, bool *ret_news,
                         GError **error)
{
    g_autoptr(GHashTable) by_serial = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < told->issued->len; i++)
        g_hash_table_insert(by_serial, ((StoreIssued *)told->issued->pdata[i])->serial,
                            told->issued->pdata[i]);
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT serial, form || ' ' || layout || ' ' || grp || ' ' || agency || ' ' ||"
                 " origin, voided FROM told_roster WHERE station = ?1 ORDER BY serial",
                 "t", told->station.name);
    int more = -1, before = 0;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *serial = sql_text(row, 0), *was = sql_text(row, 1);
        const StoreIssued *now = g_hash_table_lookup(by_serial, serial);
        g_autofree char *is = now ? g_strjoin(" ", now->form, now->layout_fingerprint, now->group,
                                              now->agency, now->origin, NULL)
                                  : NULL;
        if (!now || !g_str_equal(is, was)) {
            sqlite3_reset(row);
            return is ? told_refuse(
                            path, error,
                            _("ballot %s was issued for another cell before: a copy of the workspace of "
                              "station %s printed, too; only one of them can be told here"),
                            serial_shown(serial), told->station.name)
                      : told_refuse(
                            path, error,
                            _("lacks ballot %s, which station %s had issued before: the file is older, or "
                              "of a copy of that workspace; have it made anew"),
                            serial_shown(serial), told->station.name);
        }
        *ret_news |= now->voided != (sqlite3_column_int(row, 2) != 0);
        before++;
    }
    ret->fresh = (int)told->issued->len - before;
    *ret_news |= ret->fresh > 0;
    return more == 0;
}

/* No number may be that of two ballots. Of those that clash, the void ones are left out. */
static bool check_numbers(Store *store, const char *path, ToldFile *told, GError **error)
{
    g_autoptr(GString) named = g_string_new(NULL);
    g_autofree char *other = NULL;
    int clashes = 0;
    for (guint i = told->issued->len; i-- > 0;) {
        const StoreIssued *issued = told->issued->pdata[i];
        sqlite3_stmt *row =
            sql_bind(store, error, "SELECT station FROM roster WHERE serial = ?1 AND station <> ?2", "tt",
                     issued->serial, told->station.name);
        int found = row ? sql_step(store, row, error) : -1;
        if (found < 0)
            return false;
        if (found == 0)
            continue;
        g_free(other);
        other = sql_text(row, 0);
        sqlite3_reset(row);
        if (issued->voided) {
            g_ptr_array_remove_index(told->issued, i);
            continue;
        }
        if (clashes++ < NAMED)
            g_string_prepend(g_string_prepend(named, named->len ? ", " : ""), serial_shown(issued->serial));
    }
    return clashes == 0 ||
           told_refuse(
               path, error,
               _("%s of its numbers are other ballots' here (station %s), the last of them %s; void them "
                 "there with phieu resolve void, and print them in a workspace made with phieu init "
                 "--numbers-from"),
               number_shown(clashes), *other ? other : store->station.name, named->str);
}

/* ---- taking it in ---- */

static bool insert_event(Store *store, const char *action, const PageStation *station, const char *definition,
                         const char *who, const char *reason, const char *detail, GError **error)
{
    g_autofree char *at = sql_now();
    g_autofree char *line = g_strdup_printf("%s %s%s%s", action, station->name, *detail ? ": " : "", detail);
    return store_log(store, who, "station", line, error) &&
           sql_run(
               store, error,
               "INSERT INTO told (action, name, key, definition, who, reason, at) VALUES (?1, ?2, ?3, ?4, ?5,"
               " ?6, ?7)",
               "ttbtttt", action, station->name, station->key, STATION_KEY_SIZE, definition, who, reason, at);
}

static bool insert_issued(Store *store, const GPtrArray *issued, GError **error)
{
    int64_t told = sqlite3_last_insert_rowid(store->db);
    for (guint i = 0; i < issued->len; i++) {
        const StoreIssued *one = issued->pdata[i];
        if (!sql_run(store, error, "INSERT INTO told_issued VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                     "itittttti", told, one->serial, (int64_t)serial_parse(one->serial), one->form,
                     one->layout_fingerprint, one->group, one->agency, one->origin, (int64_t)one->voided))
            return false;
    }
    return true;
}

static bool take_in(Store *store, const ToldFile *told, const StoreTold *sums, const char *who,
                    GError **error)
{
    g_autofree char *detail = g_strdup_printf("%d (+%d), %s", sums->issued, sums->fresh, told->definition);
    if (!insert_event(store, sums->known ? "update" : "add", &told->station, told->definition, who, "",
                      detail, error) ||
        !insert_issued(store, told->issued, error))
        return false;
    for (guint i = 0; i < told->layouts->len; i++) {
        if (!store_add_layout(store, told->layouts->pdata[i], error))
            return false;
    }
    return true;
}

/* Of those in the file that are not void. */
static int count_valid(const ToldFile *told)
{
    int count = 0;
    for (guint i = 0; i < told->issued->len; i++)
        count += !((const StoreIssued *)told->issued->pdata[i])->voided;
    return count;
}

bool store_add_station(Store *store, const char *path, const char *who, StoreTold *ret, GError **error)
{
    g_autoptr(ToldFile) told = told_file_read(path, error);
    if (!told || !sql_begin(store, error))
        return false;
    StoreTold sums = {.issued = count_valid(told)};
    int64_t known = 0;
    g_strlcpy(sums.name, told->station.name, sizeof sums.name);
    sums.other_definition = !g_str_equal(told->definition, store->survey->fingerprint);
    bool news = false;
    bool done =
        check_station(store, path, told, error) && check_layouts(store, path, told, error) &&
        check_cells(store, path, told, error) && check_numbers(store, path, told, error) &&
        check_before(store, path, told, &sums, &news, error) &&
        sql_number(store, error, 0, &known, "SELECT count(*) FROM told_now WHERE name = ?1", "t", sums.name);
    sums.known = known > 0;
    if (done && (news || !sums.known))
        done = take_in(store, told, &sums, who, error);
    if (!done) {
        sql_rollback(store);
        return false;
    }
    if (!sql_commit(store, error))
        return false;
    *ret = sums;
    return true;
}

/* The station of that name that is told now. */
static bool find_told(Store *store, const char *name, PageStation *ret_station, GError **error)
{
    g_autoptr(GPtrArray) stations = store_load_stations(store, error);
    for (guint i = 0; stations && i < stations->len; i++) {
        const StoreStation *station = stations->pdata[i];
        if (station->own || !g_str_equal(station->station.name, name))
            continue;
        *ret_station = station->station;
        if (station->returned == 0)
            return true;
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("ballots of station %s were read here (%s); it stays. What is not to count is rejected with "
              "phieu resolve reject"),
            name, number_shown(station->returned));
        return false;
    }
    if (stations) {
        g_autofree char *shown = text_printable(name);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("no station '%s' was told here; see phieu stations"), shown);
    }
    return false;
}

bool store_remove_station(Store *store, const char *name, const char *who, const char *reason, GError **error)
{
    PageStation station;
    if (!sql_begin(store, error))
        return false;
    if (find_told(store, name, &station, error) &&
        insert_event(store, "remove", &station, "", who, reason, reason, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}
