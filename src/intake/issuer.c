#include "intake/issuer.h"

struct Issuer {
    const PageStation *station;
    int plain_last;
    const Survey *survey;
    GPtrArray *roster;     /* StoreIssued* */
    GHashTable *by_serial; /* of the roster's rows */
};

Issuer *issuer_new(Store *store, GError **error)
{
    GPtrArray *roster = store_load_roster(store, error);
    if (!roster)
        return NULL;
    Issuer *issuer = g_new0(Issuer, 1);
    *issuer = (Issuer){store_station(store), store_plain_last(store), store_survey(store), roster,
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
    g_free(issuer);
}

/* Whether the code was sealed for any cell of the survey. */
static bool sealed_for_some_cell(const Issuer *issuer, const PageCode *code)
{
    for (guint i = 0; i < issuer->survey->cells->len; i++) {
        const SurveyCell *cell = issuer->survey->cells->pdata[i];
        if (page_code_is_sealed(code, issuer->station, cell->group->id, cell->agency->code,
                                cell->origin->code))
            return true;
    }
    return false;
}

static bool is_sealed(const Issuer *issuer, const PageCode *code)
{
    if (code->kind == PAGE_CODE_COVER)
        return page_code_is_sealed(code, issuer->station, code->group, code->agency, code->origin);
    const StoreIssued *issued = g_hash_table_lookup(issuer->by_serial, code->serial);
    return issued ? page_code_is_sealed(code, issuer->station, issued->group, issued->agency, issued->origin)
                  : sealed_for_some_cell(issuer, code);
}

RegisterReason issuer_check(const Issuer *issuer, const PageCode *code)
{
    if (!code->station[0]) {
        int number = code->kind == PAGE_CODE_BALLOT ? serial_parse(code->serial) : 0;
        return number <= issuer->plain_last ? REGISTER_OK : REGISTER_NO_STATION;
    }
    if (!g_str_equal(code->station, issuer->station->name))
        return REGISTER_OTHER_STATION;
    if (!code->seal[0]) /* the number in print has none */
        return REGISTER_OK;
    return is_sealed(issuer, code) ? REGISTER_OK : REGISTER_FORGED;
}
