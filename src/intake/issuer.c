#include "intake/issuer.h"

struct Issuer {
    GPtrArray *stations; /* StoreStation*, this workspace first */
    int plain_last;
    const Survey *survey;
    GPtrArray *roster;     /* StoreIssued* */
    GHashTable *by_serial; /* of the roster's rows */
};

Issuer *issuer_new(Store *store, GError **error)
{
    GPtrArray *roster = store_load_roster(store, error);
    GPtrArray *stations = roster ? store_load_stations(store, error) : NULL;
    if (!stations) {
        g_clear_pointer(&roster, g_ptr_array_unref);
        return NULL;
    }
    Issuer *issuer = g_new0(Issuer, 1);
    *issuer = (Issuer){stations, store_plain_last(store), store_survey(store), roster,
                       g_hash_table_new(g_str_hash, g_str_equal)};
    for (guint i = 0; i < roster->len; i++) {
        StoreIssued *issued = roster->pdata[i];
        g_hash_table_insert(issuer->by_serial, issued->serial, issued);
    }
    return issuer;
}

void issuer_free(Issuer *issuer)
{
    if (!issuer)
        return;
    g_hash_table_unref(issuer->by_serial);
    g_ptr_array_unref(issuer->roster);
    g_ptr_array_unref(issuer->stations);
    g_free(issuer);
}

void issuer_name_stations(const Issuer *issuer, Registrar *registrar)
{
    for (guint i = 0; i < issuer->stations->len; i++)
        registrar_know_station(registrar, ((StoreStation *)issuer->stations->pdata[i])->station.name);
}

static const StoreStation *find_station(const Issuer *issuer, const char *name)
{
    for (guint i = 0; i < issuer->stations->len; i++) {
        const StoreStation *station = issuer->stations->pdata[i];
        if (g_str_equal(station->station.name, name))
            return station;
    }
    return NULL;
}

/* As the roster has it: "" for this workspace. */
static const char *roster_name(const StoreStation *station)
{
    return station->own ? "" : station->station.name;
}

const char *issuer_station(const Issuer *issuer, const PageCode *code)
{
    const StoreStation *station = find_station(issuer, code->station);
    const StoreIssued *issued = g_hash_table_lookup(issuer->by_serial, code->serial);
    return station ? roster_name(station) : issued ? issued->station : "";
}

/* Whether the code was sealed for any cell of the survey. */
static bool sealed_for_some_cell(const Issuer *issuer, const PageStation *station, const PageCode *code)
{
    for (guint i = 0; i < issuer->survey->cells->len; i++) {
        const SurveyCell *cell = issuer->survey->cells->pdata[i];
        if (page_code_is_sealed(code, station, cell->group->id, cell->agency->code, cell->origin->code))
            return true;
    }
    return false;
}

static bool is_sealed(const Issuer *issuer, const PageStation *station, const StoreIssued *issued,
                      const PageCode *code)
{
    if (code->kind == PAGE_CODE_COVER)
        return page_code_is_sealed(code, station, code->group, code->agency, code->origin);
    return issued ? page_code_is_sealed(code, station, issued->group, issued->agency, issued->origin)
                  : sealed_for_some_cell(issuer, station, code);
}

RegisterReason issuer_check(const Issuer *issuer, const PageCode *code)
{
    if (!code->station[0]) {
        int number = code->kind == PAGE_CODE_BALLOT ? serial_parse(code->serial) : 0;
        return number <= issuer->plain_last ? REGISTER_OK : REGISTER_NO_STATION;
    }
    const StoreStation *station = find_station(issuer, code->station);
    const StoreIssued *issued =
        code->kind == PAGE_CODE_BALLOT ? g_hash_table_lookup(issuer->by_serial, code->serial) : NULL;
    if (!station || (issued && !g_str_equal(issued->station, roster_name(station))))
        return REGISTER_OTHER_STATION;
    if (!code->seal[0]) /* the number in print has none */
        return REGISTER_OK;
    return is_sealed(issuer, &station->station, issued, code) ? REGISTER_OK : REGISTER_FORGED;
}
