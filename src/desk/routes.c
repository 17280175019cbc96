/* THE table: nothing is served that is not in it; and the way every request goes. */
#include <string.h>

#include "desk/internal.h"

#define OPERATOR STORE_ROLE_OPERATOR
#define CLERK STORE_ROLE_CLERK
#define LOOKERS (STORE_ROLE_OPERATOR | STORE_ROLE_ANALYST | STORE_ROLE_CLERK | STORE_ROLE_ADMIN)
/* Who is concerned with how well people read. */
#define READERS (STORE_ROLE_OPERATOR | STORE_ROLE_ANALYST)
/* Who sees to the heaps that were scanned. */
#define FEEDERS (STORE_ROLE_CLERK | STORE_ROLE_ADMIN)
/* Who may have the paper of a page before them. */
#define ENTERERS (STORE_ROLE_CLERK | STORE_ROLE_OPERATOR)
/* Who follows how many ballots came back. */
#define COUNTERS (STORE_ROLE_CLERK | STORE_ROLE_ANALYST | STORE_ROLE_ADMIN)
/* Of what people type; of an answer with its note. */
#define SMALL 4096
/* Of a wall of answers; of a page entered by hand. */
#define LARGE 65536

const Route routes[] = {
    {"GET", "/", 0, true, 0, asset_get},
    {"GET", "/app.js", 0, true, 0, asset_get},
    {"GET", "/app.css", 0, true, 0, asset_get},
    {"GET", "/icon.svg", 0, true, 0, asset_get},
    {"POST", "/api/session", 0, true, SMALL, session_post},
    {"GET", "/api/session", ROUTE_ANY, true, 0, session_get},
    {"DELETE", "/api/session", ROUTE_ANY, true, SMALL, session_delete},
    {"POST", "/api/session/password", ROUTE_ANY, true, SMALL, session_password},
    {"GET", "/api/survey", ROUTE_ANY, false, 0, survey_get},
    {"GET", "/api/events", ROUTE_ANY, false, 0, events_get},
    {"GET", "/api/review", ROUTE_ANY, false, 0, work_get},
    {"GET", "/api/review/mine", OPERATOR, false, 0, work_mine},
    {"GET", "/api/review/gone/*/*", OPERATOR, false, 0, work_gone},
    {"POST", "/api/review/claim", OPERATOR, false, SMALL, work_claim},
    {"POST", "/api/review/answer", OPERATOR, false, SMALL, work_answer},
    {"POST", "/api/review/refer", OPERATOR, false, SMALL, work_refer},
    {"POST", "/api/review/undo", OPERATOR, false, SMALL, work_undo},
    {"POST", "/api/review/release", OPERATOR, false, SMALL, work_release},
    {"GET", "/api/wall", OPERATOR, false, 0, wall_get},
    {"POST", "/api/wall/claim", OPERATOR, false, SMALL, wall_claim},
    {"POST", "/api/wall/decide", OPERATOR, false, LARGE, wall_decide},
    {"POST", "/api/wall/undo", OPERATOR, false, LARGE, wall_undo},
    {"POST", "/api/wall/draw", OPERATOR, false, SMALL, wall_draw},
    {"GET", "/api/agreement", READERS, false, 0, agreement_get},
    {"GET", "/api/batches", FEEDERS, false, 0, batches_get},
    {"GET", "/api/batches/*", FEEDERS, false, 0, batch_get},
    {"GET", "/api/quota", COUNTERS, false, 0, quota_get},
    {"GET", "/api/quota/chase", COUNTERS, false, 0, quota_chase_get},
    {"GET", "/api/uploads", CLERK, false, 0, uploads_get},
    {"GET", "/api/uploads/*", CLERK, false, 0, upload_get},
    {"PUT", "/api/uploads/*", CLERK, false, UPLOAD_PIECE, upload_put},
    {"DELETE", "/api/uploads/*", CLERK, false, SMALL, upload_delete},
    {"GET", "/api/jobs", ROUTE_ANY, false, 0, jobs_get},
    {"POST", "/api/jobs/*/*", CLERK, false, SMALL, job_post},
    {"GET", "/api/files", CLERK, false, 0, files_get},
    {"GET", "/api/files/*/refusals", CLERK, false, 0, refusals_get},
    {"GET", "/api/pages", CLERK, false, 0, refused_get},
    {"GET", "/api/pages/*/file", CLERK, false, 0, refused_file},
    {"POST", "/api/pages/*/read", CLERK, false, SMALL, refused_read},
    {"POST", "/api/pages/*/settle", CLERK, false, SMALL, refused_settle},
    {"GET", "/api/ballots", CLERK, false, 0, held_get},
    {"GET", "/api/ballots/*", CLERK, false, 0, ballot_get},
    {"POST", "/api/ballots/*/choose", CLERK, false, SMALL, ballot_choose},
    {"POST", "/api/ballots/*/assign", CLERK, false, SMALL, ballot_assign},
    {"POST", "/api/ballots/*/reject", CLERK, false, SMALL, ballot_reject},
    {"GET", "/api/entries", ENTERERS, false, 0, entries_get},
    {"GET", "/api/entries/*", ENTERERS, false, 0, entry_get},
    {"POST", "/api/entries/*/*", ENTERERS, false, LARGE, entry_post},
    {"POST", "/api/decisions/*/undo", ENTERERS, false, SMALL, decision_undo},
    {"GET", "/pictures/sheet/*", LOOKERS, false, 0, sheet_get},
    {"GET", "/pictures/crop/*/*", LOOKERS, false, 0, crop_get},
    {"GET", "/pictures/boxes/*/*", LOOKERS, false, 0, boxes_get},
    {"GET", "/pictures/page/*/*", LOOKERS, false, 0, page_get},
};
const int route_count = G_N_ELEMENTS(routes);

/* Idempotency keys remembered a session, and how long one may be. */
#define KEYS_KEPT 64
#define KEY_MAX 80

/* ---- finding a route
 * ------------------------------------------------------------------------------------------------ */

/* Whether the path is the pattern; the parts its '*' stand for, decoded, newly allocated. */
static bool path_fits(const char *pattern, const char *path, char *ret_arguments[2])
{
    g_auto(GStrv) wanted = g_strsplit(pattern, "/", -1), given = g_strsplit(path, "/", -1);
    if (g_strv_length(wanted) != g_strv_length(given))
        return false;
    int count = 0;
    bool fits = true;
    for (guint i = 0; fits && wanted[i]; i++) {
        if (g_str_equal(wanted[i], "*") && count < 2 && *given[i])
            fits = (ret_arguments[count] = g_uri_unescape_string(given[i], "/")) != NULL &&
                   g_utf8_validate(ret_arguments[count++], -1, NULL);
        else
            fits = g_str_equal(wanted[i], given[i]);
    }
    if (!fits) {
        g_clear_pointer(&ret_arguments[0], g_free);
        g_clear_pointer(&ret_arguments[1], g_free);
    }
    return fits;
}

/* The route, or NULL with whether the path is one's of another method. */
static const Route *find_route(const char *method, const char *path, char *ret_arguments[2], bool *ret_known)
{
    *ret_known = false;
    for (int i = 0; i < route_count; i++) {
        if (!path_fits(routes[i].path, path, ret_arguments))
            continue;
        *ret_known = true;
        if (g_str_equal(routes[i].method, method))
            return &routes[i];
        g_clear_pointer(&ret_arguments[0], g_free);
        g_clear_pointer(&ret_arguments[1], g_free);
    }
    return NULL;
}

static bool takes_bytes(const Route *route)
{
    return g_str_equal(route->method, "PUT");
}

const char *route_body_type(const Route *route)
{
    return takes_bytes(route) ? "application/octet-stream" : "application/json";
}

size_t route_body_limit(const char *method, const char *path)
{
    char *arguments[2] = {NULL, NULL};
    bool known;
    const Route *route = find_route(method, path, arguments, &known);
    g_free(arguments[0]);
    g_free(arguments[1]);
    return route ? route->body_limit : 0;
}

/* ---- what every request passes
 * -------------------------------------------------------------------------------------- */

static bool is_write(const Request *request)
{
    return !g_str_equal(request->method, "GET");
}

static bool host_known(const Desk *desk, const char *host)
{
    return host && g_ptr_array_find_with_equal_func(desk->hosts, host, g_str_equal, NULL);
}

/* The page's own origin: the scheme and a host it is served at. */
static bool origin_fits(const Desk *desk, const Request *request)
{
    const char *scheme = desk->certificate ? "https://" : "http://";
    return request->origin && g_str_has_prefix(request->origin, scheme) &&
           host_known(desk, request->origin + strlen(scheme));
}

/* The value of the session's cookie, newly allocated; NULL. */
static char *cookie_value(const Desk *desk, const char *cookies)
{
    g_auto(GStrv) all = g_strsplit(cookies ? cookies : "", ";", 20);
    for (char **one = all; *one; one++) {
        char *text = g_strstrip(*one);
        size_t length = strlen(desk->cookie);
        if (g_str_has_prefix(text, desk->cookie) && text[length] == '=')
            return g_strdup(text + length + 1);
    }
    return NULL;
}

/* The session and its account as it stands now: one that was disabled, or has another password, has none. */
static bool find_session(Call *call, Reply **ret_refused)
{
    Desk *desk = call->desk;
    g_autofree char *id = cookie_value(desk, call->request->cookie);
    g_mutex_lock(&desk->guarding);
    call->session = guard_find(desk->guard, id, call->request->now_us);
    g_mutex_unlock(&desk->guarding);
    if (!call->session) {
        *ret_refused = reply_error(401, "signed-out", _("sign in first"));
        return false;
    }
    g_autoptr(GError) error = NULL;
    call->account = desk_find_account(desk, call->session->account, &error);
    if (error) {
        *ret_refused = reply_failed(error);
        return false;
    }
    if (call->account && !call->account->disabled &&
        g_str_equal(call->account->password, call->session->password))
        return true;
    g_mutex_lock(&desk->guarding);
    guard_end(desk->guard, call->session);
    g_mutex_unlock(&desk->guarding);
    *ret_refused = reply_error(401, "signed-out", _("sign in first"));
    return false;
}

/* NULL when the request may go on. */
static Reply *refuse(Call *call, const Route *route)
{
    const Request *request = call->request;
    Reply *refused = NULL;
    if (request->length > route->body_limit)
        return reply_error(413, "too-large", _("the request is too large"));
    if (is_write(request) && !origin_fits(call->desk, request))
        return reply_error(403, "wrong-origin", _("the request does not come from this page"));
    if (is_write(request) && (!request->type || !g_str_has_prefix(request->type, route_body_type(route))))
        return reply_error(415, "wrong-type", takes_bytes(route) ? _("send bytes") : _("send JSON"));
    if (!route->roles)
        return NULL;
    if (!find_session(call, &refused))
        return refused;
    if (is_write(request) && (!request->token || !guard_same(request->token, call->session->token)))
        return reply_error(403, "no-token", _("the request does not come from this page"));
    if (call->account->one_time && !route->one_time)
        return reply_error(403, "change-password", _("choose a password of your own first"));
    if (route->roles != ROUTE_ANY && !(route->roles & call->account->roles))
        return reply_error(403, "no-role", _("your account has no role for this"));
    return NULL;
}

static bool parse_body(Call *call)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    const Request *request = call->request;
    if (!request->length) {
        call->json = json_object_new();
        return true;
    }
    if (!g_utf8_validate_len(request->body, request->length, NULL) ||
        !json_parser_load_from_data(parser, request->body, (gssize)request->length, NULL))
        return false;
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return false;
    call->json = json_object_ref(json_node_get_object(root));
    return true;
}

static Reply *copy_reply(const Reply *reply)
{
    Reply *copy = reply_new(reply->status, reply->type, reply->body ? g_bytes_ref(reply->body) : NULL);
    copy->retry_after_s = reply->retry_after_s;
    return copy;
}

/* A write of a session: one after another, and the same key again gives the same answer. */
static Reply *run_write(Call *call, const Route *route)
{
    Session *session = call->session;
    const char *key = call->request->key;
    if (key && strlen(key) > KEY_MAX)
        return reply_error(400, "bad-key", _("the request's key is too long"));
    g_mutex_lock(&session->writing);
    const Reply *done = key ? g_hash_table_lookup(session->done, key) : NULL;
    Reply *reply = done ? copy_reply(done) : route->handler(call);
    if (key && !done && reply->status < 500) {
        char *kept = g_strdup(key);
        g_queue_push_tail(session->done_order, kept);
        g_hash_table_insert(session->done, kept, copy_reply(reply));
        if (session->done_order->length > KEYS_KEPT) {
            char *oldest = g_queue_pop_head(session->done_order);
            g_hash_table_remove(session->done, oldest);
            g_free(oldest);
        }
    }
    g_mutex_unlock(&session->writing);
    return reply;
}

static Reply *answer_route(Call *call, const Route *route)
{
    Reply *refused = refuse(call, route);
    if (refused)
        return refused;
    if (!is_write(call->request))
        return route->handler(call);
    if (!takes_bytes(route) && !parse_body(call))
        return reply_error(400, "bad-json", _("the request is no JSON object"));
    return call->session ? run_write(call, route) : route->handler(call);
}

static void end_call(Call *call)
{
    session_unref(call->session);
    store_account_free(call->account);
    g_free(call->arguments[0]);
    g_free(call->arguments[1]);
    if (call->json)
        json_object_unref(call->json);
}

/* The route of a request that came to the right address; else NULL, and why not. */
static const Route *enter(Call *call, Reply **ret_refused)
{
    const Request *request = call->request;
    bool known;
    const Route *route = NULL;
    if (!host_known(call->desk, request->host))
        *ret_refused =
            reply_error(421, "wrong-host", _("this address is not the desk's; use the one it showed"));
    else if (!(route = find_route(request->method, request->path, call->arguments, &known)))
        *ret_refused = known ? reply_error(405, "wrong-method", _("that cannot be done here"))
                             : reply_error(404, "not-found", _("there is no such page"));
    return route;
}

Reply *desk_refuse(Desk *desk, const Request *request)
{
    Call call = {.desk = desk, .request = request};
    Reply *refused = NULL;
    const Route *route = enter(&call, &refused);
    if (route)
        refused = refuse(&call, route);
    end_call(&call);
    return refused;
}

Reply *desk_answer(Desk *desk, const Request *request)
{
    Call call = {.desk = desk, .request = request};
    Reply *reply = NULL;
    const Route *route = enter(&call, &reply);
    if (route)
        reply = answer_route(&call, route);
    end_call(&call);
    return reply;
}

/* ---- what handlers ask of a call
 * ------------------------------------------------------------------------------------ */

static JsonNode *member(const Call *call, const char *name, GType type)
{
    JsonNode *node = call->json ? json_object_get_member(call->json, name) : NULL;
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type ? node : NULL;
}

const char *call_text(const Call *call, const char *name)
{
    JsonNode *node = member(call, name, G_TYPE_STRING);
    return node ? json_node_get_string(node) : "";
}

gint64 call_int(const Call *call, const char *name)
{
    JsonNode *node = member(call, name, G_TYPE_INT64);
    return node ? json_node_get_int(node) : 0;
}

const char *call_query(const Call *call, const char *name, const char *missing)
{
    const char *value = call->request->query ? g_hash_table_lookup(call->request->query, name) : NULL;
    return value ? value : missing;
}
