/* The workspace as a station: name and key are made with it, or when a workspace of an earlier version is
 * opened first, and stay. The key is in this table only: not in the log, in no export. */
#include <string.h>

#include "store/sql.h"

bool store_make_station(Store *store, bool older, GError **error)
{
    PageStation station;
    int64_t last = -1;
    g_autofree char *at = sql_now();
    return station_make(&station, error) &&
           (!older || sql_number(store, error, 0, &last, "SELECT ifnull(max(number), 0) FROM issued", "")) &&
           sql_run(store, error, "INSERT INTO station (name, key, plain_last, at) VALUES (?1, ?2, ?3, ?4)",
                   "tbit", station.name, station.key, (int)sizeof station.key, last, at);
}

bool store_load_station(Store *store, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error, "SELECT name, key, plain_last FROM station ORDER BY id LIMIT 1", "");
    int found = row ? sql_step(store, row, error) : -1;
    if (found < 0)
        return false;
    g_autofree char *name = found ? sql_text(row, 0) : g_strdup("");
    bool good = station_is_name(name) && sqlite3_column_bytes(row, 1) == STATION_KEY_SIZE;
    if (good) {
        g_strlcpy(store->station.name, name, sizeof store->station.name);
        memcpy(store->station.key, sqlite3_column_blob(row, 1), STATION_KEY_SIZE);
        store->plain_last = sqlite3_column_int(row, 2);
    } else {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("%s/survey.db: the database is damaged (%s); put back a copy of the workspace"),
                    store->dir, "station");
    }
    sqlite3_reset(row);
    return good;
}

const PageStation *store_station(const Store *store)
{
    return &store->station;
}

int store_plain_last(const Store *store)
{
    return store->plain_last;
}
