/* Signing in and out. */
#include <string.h>

#include "desk/accounts.h"
#include "desk/internal.h"

static Reply *tell_session(const Session *session, const StoreAccount *account)
{
    JsonBuilder *builder = reply_begin();
    g_autofree char *roles = store_roles_text(account->roles);
    json_set_text(builder, "name", account->name);
    json_set_text(builder, "full_name", account->full_name);
    json_set_text(builder, "roles", roles);
    json_set_bool(builder, "one_time", account->one_time);
    json_set_text(builder, "token", session->token);
    return reply_json(builder);
}

/* Who signs in and is locked out stands in the log; single failures do not, or anybody could fill it. */
static bool log_line(Desk *desk, const char *who, const char *action, const char *address, GError **error)
{
    Store *store = stores_lock_writer(desk->stores, error);
    if (!store)
        return false;
    bool done = store_log(store, who, action, address, error);
    stores_unlock_writer(desk->stores);
    return done;
}

static Reply *refuse_locked(gint64 wait_us)
{
    int wait_s = (int)((wait_us + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND);
    g_autofree char *text = g_strdup_printf(_("too many failed sign-ins; try again in %d seconds"), wait_s);
    Reply *reply = reply_error(429, "locked", text);
    reply->retry_after_s = wait_s;
    return reply;
}

static Reply *refuse_sign_in(Call *call, const char *name)
{
    Desk *desk = call->desk;
    g_mutex_lock(&desk->guarding);
    bool locked = guard_failed(desk->guard, name, call->request->address, call->request->now_us);
    g_mutex_unlock(&desk->guarding);
    if (locked) {
        g_autofree char *shown = text_printable(name);
        g_autofree char *detail = g_strdup_printf("%.64s %s", shown, call->request->address);
        log_line(desk, "phieu", "locked-out", detail, NULL);
    }
    return reply_error(401, "wrong-password", _("the name or the password is wrong"));
}

static Reply *begin_session(Call *call, const StoreAccount *account)
{
    Desk *desk = call->desk;
    g_autoptr(GError) error = NULL;
    if (!log_line(desk, account->name, "sign-in", call->request->address, &error))
        return reply_failed(error);
    g_mutex_lock(&desk->guarding);
    guard_passed(desk->guard, account->name);
    g_autoptr(Session) session =
        guard_begin(desk->guard, account->name, account->password, call->request->now_us);
    g_mutex_unlock(&desk->guarding);
    Reply *reply = tell_session(session, account);
    reply->set_cookie = desk_cookie(desk, session->id);
    return reply;
}

Reply *session_post(Call *call)
{
    Desk *desk = call->desk;
    const char *name = call_text(call, "name"), *password = call_text(call, "password");
    g_mutex_lock(&desk->guarding);
    gint64 locked = guard_locked_us(desk->guard, name, call->request->address, call->request->now_us);
    g_mutex_unlock(&desk->guarding);
    if (locked)
        return refuse_locked(locked);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAccount) account = desk_find_account(desk, name, &error);
    if (error)
        return reply_failed(error);
    bool fits = password_fits(password, account && !account->disabled ? account->password : NULL);
    return account && fits ? begin_session(call, account) : refuse_sign_in(call, name);
}

Reply *session_get(Call *call)
{
    return tell_session(call->session, call->account);
}

Reply *session_delete(Call *call)
{
    Desk *desk = call->desk;
    g_mutex_lock(&desk->guarding);
    guard_end(desk->guard, call->session);
    bool more = guard_has_sessions(desk->guard, call->account->name, call->request->now_us);
    g_mutex_unlock(&desk->guarding);
    if (!more) {
        g_mutex_lock(&desk->queueing);
        queue_release(desk->queue, call->account->name, NULL);
        g_mutex_unlock(&desk->queueing);
        events_add(desk->events, "queue");
    }
    log_line(desk, call->account->name, "sign-out", call->request->address, NULL);
    Reply *reply = reply_json(reply_begin());
    reply->set_cookie = desk_cookie(desk, "");
    return reply;
}

/* Another password: every session of the account ends but this one, which is begun anew. */
Reply *session_password(Call *call)
{
    const char *old = call_text(call, "old"), *wanted = call_text(call, "new");
    g_autoptr(GError) error = NULL;
    if (!password_fits(old, call->account->password))
        return refuse_sign_in(call, call->account->name);
    if (!password_check(wanted, call->account->name, &error))
        return reply_failed(error);
    if (g_str_equal(old, wanted))
        return reply_error(422, "invalid", _("the new password is the old one; take another"));
    char *hash;
    if (!desk_password_hash(wanted, &hash, &error))
        return reply_failed(error);
    g_free(call->account->password);
    call->account->password = hash;
    call->account->one_time = false;
    Store *store = stores_lock_writer(call->desk->stores, &error);
    bool done = store && store_set_account(store, call->account, "password", call->account->name, &error);
    if (store)
        stores_unlock_writer(call->desk->stores);
    if (!done)
        return reply_failed(error);
    g_mutex_lock(&call->desk->guarding);
    guard_end_all(call->desk->guard, call->account->name);
    g_mutex_unlock(&call->desk->guarding);
    return begin_session(call, call->account);
}
