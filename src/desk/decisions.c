/* What clerks decide about pages and ballots: a reason, one transaction, its number; and the way back. */
#include "desk/internal.h"

#define REASON_MAX 500

/* The reason a person gives, without blanks around it; NULL when there is none or it is too long. */
static char *find_reason(const Call *call)
{
    g_autofree char *reason = g_strstrip(g_strdup(call_text(call, "reason")));
    return *reason && g_utf8_strlen(reason, -1) <= REASON_MAX ? g_steal_pointer(&reason) : NULL;
}

Reply *call_decide(Call *call, Decide decide)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *reason = find_reason(call);
    if (!reason)
        return reply_error(422, "no-reason", _("say why in a few words; it is kept with the decision"));
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    call->said = reply_begin();
    bool done = decide(call, store, call->arguments[0], reason, &error);
    int64_t decision = store_last_decision(store);
    stores_unlock_writer(call->desk->stores);
    if (!done) {
        g_clear_object(&call->said);
        return reply_failed(error);
    }
    json_set_int(call->said, "decision", decision);
    return reply_json(g_steal_pointer(&call->said));
}

bool call_may_undo_entry(const StoreAccount *account, const char *who)
{
    return (account->roles & STORE_ROLE_CLERK) || g_str_equal(account->name, who);
}

/* What clerks decide, a clerk takes back; answers go back by the operators' own undo. */
static bool may_undo(const StoreAccount *account, const StoreDecision *decision, GError **error)
{
    static const char *const kinds[] = {"settle", "duplicate", "assign", "reject", "enter", NULL};
    if (!g_strv_contains(kinds, decision->kind)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("decision %lld is not one about a page or a ballot"), (long long)decision->id);
        return false;
    }
    bool may = g_str_equal(decision->kind, "enter") ? call_may_undo_entry(account, decision->who)
                                                    : (account->roles & STORE_ROLE_CLERK) != 0;
    if (!may)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("that is another person's decision"));
    return may;
}

static bool undo(Call *call, Store *store, const char *number, const char *reason, GError **error)
{
    int64_t id;
    if (!number_parse_int(number, 1, INT64_MAX, &id, error))
        return false;
    StoreDecision *decision = store_find_decision(store, id, error);
    bool may = decision && may_undo(call->account, decision, error);
    store_decision_free(decision);
    return may && store_undo(store, id, call->account->name, reason, error);
}

Reply *decision_undo(Call *call)
{
    return call_decide(call, undo);
}
