#include "desk_room.h"

#define MINUTE G_TIME_SPAN_MINUTE

/* ---- the queue ---- */

static StoreWaiting *waiting_new(const char *serial, const char *question)
{
    StoreWaiting *waiting = g_new0(StoreWaiting, 1);
    *waiting = (StoreWaiting){.serial = g_strdup(serial),
                              .form = g_strdup("A"),
                              .question = g_strdup(question),
                              .value = g_strdup("a")};
    return waiting;
}

static GPtrArray *waiting_list(int count)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)store_waiting_free);
    for (int i = 0; i < count; i++) {
        g_autofree char *serial = g_strdup_printf("%07d", i);
        g_ptr_array_add(list, waiting_new(serial, "q1"));
    }
    return list;
}

static int claim(Queue *queue, const char *who, gint64 now, const char *first)
{
    g_autoptr(GPtrArray) given = queue_claim(queue, who, "p", QUEUE_BLOCK, now);
    if (first)
        g_assert_cmpstr(((const StoreWaiting *)given->pdata[0])->serial, ==, first);
    return (int)given->len;
}

static void assert_count(const Queue *queue, gint64 now, int waiting, int claimed)
{
    int found, taken;
    queue_count(queue, now, &found, &taken);
    g_assert_cmpint(found, ==, waiting);
    g_assert_cmpint(taken, ==, claimed);
}

static void test_queue_claims(void)
{
    g_autoptr(Queue) queue = queue_new();
    queue_update(queue, waiting_list(45), queue_stamp(queue));
    g_assert_cmpint(claim(queue, "lan", 0, "0000000"), ==, 20);
    g_assert_cmpint(claim(queue, "minh", 0, "0000020"), ==, 20);
    g_assert_cmpint(claim(queue, "hoa", 0, "0000040"), ==, 5);
    g_assert_cmpint(claim(queue, "tam", 0, NULL), ==, 0); /* never given twice */
    assert_count(queue, 0, 45, 45);
    /* the same again is the same; what is settled makes room for more */
    g_assert_cmpint(claim(queue, "lan", MINUTE, "0000000"), ==, 20);
    queue_settled(queue, "0000000", "q1");
    g_assert_cmpint(claim(queue, "lan", MINUTE, "0000001"), ==, 19);
    g_assert_null(queue_find(queue, "0000000", "q1"));
    /* without a sign of life it lapses; with one it does not */
    queue_touch(queue, "minh", 4 * MINUTE);
    g_assert_cmpint(claim(queue, "tam", 5 * MINUTE + 1, "0000040"), ==, 5);
    g_assert_cmpint(claim(queue, "tam", 6 * MINUTE + 1, "0000040"), ==, 20);
    queue_release(queue, "minh", "closed before"); /* word that comes late gives nothing back */
    g_assert_cmpint(claim(queue, "hoa", 6 * MINUTE + 1, "0000016"), ==, 4);
    queue_release(queue, "minh", "p");
    g_assert_cmpint(claim(queue, "hoa", 6 * MINUTE + 1, "0000016"), ==, 20);
}

static void test_queue_referred(void)
{
    g_autoptr(Queue) queue = queue_new();
    queue_update(queue, waiting_list(2), queue_stamp(queue));
    g_assert_cmpint(claim(queue, "lan", 0, "0000000"), ==, 2);
    queue_referred(queue, "0000000", "q1", "lan", "mờ");
    g_assert_cmpint(claim(queue, "lan", 0, "0000001"), ==, 1); /* not to who asked */
    g_autoptr(GPtrArray) given = queue_claim(queue, "minh", "p", 5, 0);
    g_assert_cmpuint(given->len, ==, 1);
    g_assert_cmpstr(((const StoreWaiting *)given->pdata[0])->note, ==, "mờ");
}

/* A list loaded before a decision and taken over after it brings nothing back, and takes nothing away. */
static void test_queue_update(void)
{
    g_autoptr(Queue) queue = queue_new();
    queue_update(queue, waiting_list(3), queue_stamp(queue));
    g_assert_cmpint(claim(queue, "lan", 0, "0000000"), ==, 3);
    guint64 stamp = queue_stamp(queue);
    GPtrArray *loaded = waiting_list(3);
    queue_settled(queue, "0000001", "q1");
    queue_returned(queue, waiting_new("0000009", "q1"), "lan", 0);
    queue_update(queue, loaded, stamp);
    g_assert_null(queue_find(queue, "0000001", "q1"));
    g_assert_nonnull(queue_find(queue, "0000009", "q1"));
    assert_count(queue, 0, 3, 3);
    /* the next one knows better */
    queue_update(queue, waiting_list(2), queue_stamp(queue));
    g_assert_null(queue_find(queue, "0000009", "q1"));
    g_assert_nonnull(queue_find(queue, "0000001", "q1"));
    assert_count(queue, 0, 2, 1);
}

/* A list loaded before a first look, or a referral, and taken over after it: it goes to others all the same.
 */
static void test_queue_second_look(void)
{
    g_autoptr(Queue) queue = queue_new();
    queue_update(queue, waiting_list(2), queue_stamp(queue));
    guint64 stamp = queue_stamp(queue);
    GPtrArray *loaded = waiting_list(2);
    queue_settled(queue, "0000000", "q1");
    StoreWaiting *again = waiting_new("0000000", "q1");
    again->look = 2;
    again->first_who = g_strdup("lan");
    queue_again(queue, again);
    queue_referred(queue, "0000001", "q1", "lan", "mờ");
    queue_update(queue, loaded, stamp);
    g_assert_cmpint(queue_find(queue, "0000000", "q1")->look, ==, 2);
    g_assert_cmpint(claim(queue, "lan", 0, NULL), ==, 0);
    g_assert_cmpint(claim(queue, "minh", 0, NULL), ==, 2);
    /* a claim ends where a list says that it is for others, though its holder goes on working */
    queue_release(queue, "minh", "p");
    GPtrArray *other = waiting_list(2);
    ((StoreWaiting *)other->pdata[0])->first_who = g_strdup("minh");
    queue_update(queue, waiting_list(2), queue_stamp(queue));
    g_assert_cmpint(claim(queue, "minh", 0, NULL), ==, 2);
    queue_update(queue, other, queue_stamp(queue));
    queue_touch(queue, "minh", 0);
    g_assert_cmpint(claim(queue, "hoa", 0, "0000000"), ==, 1);
}

/* ---- the guard ---- */

static void test_guard_sessions(void)
{
    Guard *guard = guard_new(NULL);
    g_autoptr(Session) session = guard_begin(guard, "lan", "hash", 0);
    g_autoptr(Session) another = guard_begin(guard, "lan", "hash", 0);
    g_assert_cmpuint(strlen(session->id), ==, 64);
    g_assert_cmpstr(session->id, !=, another->id);
    g_assert_cmpstr(session->id, !=, session->token);
    static const char *const forged[] = {"", "0", "x",
                                         "0000000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < G_N_ELEMENTS(forged); i++)
        g_assert_null(guard_find(guard, forged[i], 0));
    g_assert_null(guard_find(guard, NULL, 0));
    for (gint64 at = 0; at < GUARD_SESSION_US; at += 29 * MINUTE) { /* kept alive, not beyond its end */
        g_autoptr(Session) found = guard_find(guard, session->id, at);
        g_assert_true(found == session);
    }
    g_assert_null(guard_find(guard, session->id, GUARD_SESSION_US + 1));
    g_assert_null(guard_find(guard, another->id, GUARD_IDLE_US + 1));
    g_autoptr(Session) ended = guard_begin(guard, "minh", "hash", 0);
    guard_end(guard, ended);
    g_assert_null(guard_find(guard, ended->id, 0));
    guard_free(guard);
}

static void test_guard_lock(void)
{
    Guard *guard = guard_new(NULL);
    for (int i = 0; i < GUARD_ACCOUNT_FAILURES - 1; i++)
        g_assert_false(guard_failed(guard, "lan", "10.0.0.1", 0));
    g_assert_cmpint(guard_locked_us(guard, "lan", "10.0.0.1", 0), ==, 0);
    g_assert_true(guard_failed(guard, "lan", "10.0.0.1", 0));
    g_assert_cmpint(guard_locked_us(guard, "lan", "10.0.0.9", 0), ==, GUARD_LOCK_US); /* from anywhere */
    g_assert_cmpint(guard_locked_us(guard, "minh", "10.0.0.1", 0), ==, 0);
    g_assert_true(guard_failed(guard, "lan", "10.0.0.1", GUARD_LOCK_US));
    g_assert_cmpint(guard_locked_us(guard, "lan", "x", GUARD_LOCK_US), ==, 2 * GUARD_LOCK_US);
    guard_passed(guard, "lan");
    g_assert_cmpint(guard_locked_us(guard, "lan", "x", 0), ==, 0);
    /* one address that tries many names */
    for (int i = 0; i < GUARD_ADDRESS_FAILURES; i++) {
        g_autofree char *name = g_strdup_printf("ten%d", i);
        guard_failed(guard, name, "10.0.0.2", 0);
    }
    g_assert_cmpint(guard_locked_us(guard, "hoa", "10.0.0.2", 0), >, 0);
    for (int i = 0; i < 40; i++)
        guard_failed(guard, "lan", "10.0.0.3", 0);
    g_assert_cmpint(guard_locked_us(guard, "lan", "x", 0), ==, GUARD_LOCK_MAX_US);
    guard_free(guard);
}

static void test_passwords(void)
{
    char *hash = NULL;
    g_assert_true(desk_password_hash("ba con mèo nhỏ", &hash, NULL));
    g_assert_true(g_str_has_prefix(hash, "$argon2id$"));
    g_assert_true(password_fits("ba con mèo nhỏ", hash));
    g_assert_false(password_fits("ba con mèo nho", hash));
    g_assert_false(password_fits("", NULL));
    g_free(hash);
    g_autoptr(GError) error = NULL;
    static const char *const bad[] = {"", "ngắn", "lan lan lan lan"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(password_check(bad[i], "lan", &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_clear_error(&error);
    }
    g_assert_true(password_check("ba con mèo nhỏ", "lan", NULL));
    g_autofree char *one = desk_password_new(), *two = desk_password_new();
    g_assert_cmpuint(strlen(one), ==, 14);
    g_assert_cmpstr(one, !=, two);
}

/* ---- events ---- */

static void test_events(void)
{
    Events *events = events_new();
    guint64 seq = 0;
    g_autofree char *none = events_wait(events, 0, 1000, &seq);
    g_assert_cmpstr(none, ==, "");
    events_add(events, "queue");
    events_add(events, "workspace");
    g_autofree char *both = events_wait(events, 0, 0, &seq);
    g_assert_nonnull(strstr(both, "id: 1\ndata: {\"seq\":1,\"kind\":\"queue\"}\n\n"));
    g_assert_nonnull(strstr(both, "\"kind\":\"workspace\""));
    g_assert_cmpuint(seq, ==, 2);
    for (int i = 0; i < EVENTS_KEPT; i++)
        events_add(events, "queue");
    g_autofree char *reset = events_wait(events, 1, 0, &seq); /* too long away */
    g_assert_nonnull(strstr(reset, "reset"));
    g_autofree char *future = events_wait(events, 99999, 0, &seq); /* of another run of the server */
    g_assert_nonnull(strstr(future, "reset"));
    events_close(events);
    g_assert_null(events_wait(events, seq, G_TIME_SPAN_HOUR, &seq));
    events_free(events);
}

/* ---- requests ---- */

static Request request_for(const Room *room, const Route *route, const char *path, const char *body)
{
    Request request = request_of(room, route->method, path, body);
    request.type = route_body_type(route);
    return request;
}

/* A path of that route with something in place of every '*'. */
static char *example_path(const Route *route)
{
    g_auto(GStrv) parts = g_strsplit(route->path, "*", -1);
    return g_strjoinv("x", parts);
}

static const char *example_body(const Route *route)
{
    return g_str_equal(route->method, "GET") ? NULL : "{}";
}

static bool is_write(const Route *route)
{
    return !g_str_equal(route->method, "GET");
}

/* Every route of the table: without a session, with a forged one, from elsewhere, without its token, with
 * each role, before the first password is changed. A route that is added is tried without a word here. */
static void test_routes(void)
{
    g_autoptr(Room) room = room_new(1);
    static const struct {
        const char *name;
        unsigned roles;
    } people[] = {{"lan", STORE_ROLE_OPERATOR}, {"thu", STORE_ROLE_CLERK}};
    for (int i = 0; i < route_count; i++) {
        const Route *route = &routes[i];
        g_autofree char *path = example_path(route);
        const char *body = example_body(route);
        Request request = request_for(room, route, path, body);
        request.host = "evil.example:9999";
        assert_refused(desk_answer(room->desk, &request), 421, "wrong-host");
        request.host = NULL;
        assert_refused(desk_answer(room->desk, &request), 421, "wrong-host");
        if (is_write(route)) {
            static const char *const origins[] = {NULL, "null", "http://evil.example", "https://" HOST,
                                                  "http://127.0.0.1:9998"};
            for (size_t o = 0; o < G_N_ELEMENTS(origins); o++) {
                request = request_for(room, route, path, body);
                request.origin = origins[o];
                assert_refused(desk_answer(room->desk, &request), 403, "wrong-origin");
            }
            request = request_for(room, route, path, body);
            request.type = "text/plain";
            assert_refused(desk_answer(room->desk, &request), 415, "wrong-type");
        }
        request = request_for(room, route, path, body);
        request.length = route->body_limit + 1;
        assert_refused(desk_answer(room->desk, &request), 413, "too-large");
        if (!route->roles)
            continue;
        request = request_for(room, route, path, body);
        assert_refused(desk_answer(room->desk, &request), 401, "signed-out");
        request = request_for(room, route, path, body);
        request.cookie = "phieu-9999=0000000000000000000000000000000000000000000000000000000000000000";
        request.token = "0";
        assert_refused(desk_answer(room->desk, &request), 401, "signed-out");
    }
    for (size_t p = 0; p < G_N_ELEMENTS(people); p++) {
        for (int i = 0; i < route_count; i++) {
            const Route *route = &routes[i];
            if (!route->roles)
                continue;
            be(room, people[p].name);
            g_autofree char *path = example_path(route);
            const char *body = example_body(route);
            static const char *const tokens[] = {NULL, "", "0"};
            for (size_t k = 0; is_write(route) && k < G_N_ELEMENTS(tokens); k++) {
                Request request = request_for(room, route, path, body);
                request.token = tokens[k];
                assert_refused(desk_answer(room->desk, &request), 403, "no-token");
            }
            bool may = route->roles == ROUTE_ANY || (route->roles & people[p].roles);
            Request request = request_for(room, route, path, body);
            Reply *reply = desk_answer(room->desk, &request);
            if (may) {
                g_assert_cmpint(reply->status, !=, 403);
                reply_free(reply);
            } else {
                assert_refused(reply, 403, "no-role");
            }
        }
    }
    for (int i = 0; i < route_count; i++) {
        const Route *route = &routes[i];
        g_autofree char *path = example_path(route);
        be(room, "moi");
        Request request = request_for(room, route, path, example_body(route));
        if (!route->one_time)
            assert_refused(desk_answer(room->desk, &request), 403, "change-password");
    }
}

static void test_strange_requests(void)
{
    g_autoptr(Room) room = room_new(1);
    be(room, "lan");
    static const char *const paths[] = {"/..",
                                        "/../survey.db",
                                        "/api",
                                        "/api/",
                                        "/app.js/",
                                        "//",
                                        "/api/review/claim/x",
                                        "/pictures/crop/%2e%2e%2fsurvey.db",
                                        "/pictures/crop/a%2fb/c",
                                        "/%00"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        assert_refused(ask(room, "GET", paths[i], NULL), 404, "not-found");
    assert_refused(ask(room, "PUT", "/api/session", "{}"), 405, "wrong-method");
    assert_refused(ask(room, "TRACE", "/", NULL), 405, "wrong-method");
    static const char *const bodies[] = {"", "{", "[]", "1", "\"x\"", "{\"a\":\xff}", "null"};
    for (size_t i = 1; i < G_N_ELEMENTS(bodies); i++)
        assert_refused(ask(room, "POST", "/api/review/answer", bodies[i]), 400, "bad-json");
    /* members of the wrong kind are none */
    assert_refused(ask(room, "POST", "/api/review/answer", "{\"serial\":1,\"question\":[],\"value\":{}}"),
                   404, "not-found");
    assert_refused(ask(room, "POST", "/api/review/answer", "{\"serial\":\"x\"}"), 422, "invalid");
    assert_refused(ask(room, "GET", "/pictures/crop/0000000/q1", NULL), 404, "not-found");
    assert_refused(ask(room, "GET", "/pictures/crop/'%20OR%201/q1", NULL), 404, "not-found");
    assert_refused(ask(room, "GET", "/pictures/page/x/0", NULL), 422, "invalid");
}

static void test_sign_in(void)
{
    g_autoptr(Room) room = room_new(1);
    static const char wrong[] = "{\"name\":\"lan\",\"password\":\"sai rồi nhé\"}";
    assert_refused(ask(room, "POST", "/api/session", "{\"name\":\"khong\",\"password\":\"x\"}"), 401,
                   "wrong-password");
    for (int i = 0; i < GUARD_ACCOUNT_FAILURES; i++)
        assert_refused(ask(room, "POST", "/api/session", wrong), 401, "wrong-password");
    Reply *locked = ask(room, "POST", "/api/session", "{\"name\":\"lan\",\"password\":\"ba con mèo nhỏ\"}");
    g_assert_cmpint(locked->retry_after_s, ==, 30);
    assert_refused(locked, 429, "locked");
    room->now_us = GUARD_LOCK_US;
    be(room, "lan");
    g_autoptr(Reply) own = ask(room, "GET", "/api/session", NULL);
    g_assert_cmpint(own->status, ==, 200);
    g_autofree char *old_cookie = g_strdup(room->cookie);
    g_autoptr(Reply) out = ask(room, "DELETE", "/api/session", "{}");
    g_assert_cmpint(out->status, ==, 200);
    assert_refused(ask(room, "GET", "/api/session", NULL), 401, "signed-out");
    /* idle, disabled, given another password: the session is over */
    be(room, "lan");
    room->now_us += GUARD_IDLE_US + 1;
    assert_refused(ask(room, "GET", "/api/session", NULL), 401, "signed-out");
    be(room, "lan");
    g_autoptr(StoreAccount) account = store_find_account(room->w->store, "lan", NULL);
    account->disabled = true;
    g_assert_true(store_set_account(room->w->store, account, "disable", "root", NULL));
    assert_refused(ask(room, "GET", "/api/session", NULL), 401, "signed-out");
    assert_refused(ask(room, "POST", "/api/session", "{\"name\":\"lan\",\"password\":\"ba con mèo nhỏ\"}"),
                   401, "wrong-password");
}

static void test_first_password(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    Desk *desk = desk_new(stores_new(w->dir, NULL), 9999, NULL, NULL);
    g_assert_nonnull(desk_first_password(desk));
    Room room = {.w = w, .desk = desk};
    g_autofree char *body = g_strdup_printf("{\"name\":\"%s\",\"password\":\"%s\"}", desk_first_account(desk),
                                            desk_first_password(desk));
    g_autoptr(Reply) in = ask(&room, "POST", "/api/session", body);
    g_autoptr(JsonObject) session = body_of(in);
    g_assert_true(json_object_get_boolean_member(session, "one_time"));
    room.token = g_strdup(json_object_get_string_member(session, "token"));
    room.cookie = g_strndup(in->set_cookie, strcspn(in->set_cookie, ";"));
    assert_refused(ask(&room, "POST", "/api/review/claim", "{}"), 403, "change-password");
    g_autofree char *same = g_strdup_printf("{\"old\":\"%s\",\"new\":\"%s\"}", desk_first_password(desk),
                                            desk_first_password(desk));
    assert_refused(ask(&room, "POST", "/api/session/password", same), 422, "invalid");
    g_autofree char *brief = g_strdup_printf("{\"old\":\"%s\",\"new\":\"ngắn\"}", desk_first_password(desk));
    assert_refused(ask(&room, "POST", "/api/session/password", brief), 422, "invalid");
    assert_refused(ask(&room, "POST", "/api/session/password", "{\"old\":\"x\",\"new\":\"ba con mèo nhỏ\"}"),
                   401, "wrong-password");
    g_autofree char *good =
        g_strdup_printf("{\"old\":\"%s\",\"new\":\"ba con mèo nhỏ\"}", desk_first_password(desk));
    g_autoptr(Reply) changed = ask(&room, "POST", "/api/session/password", good);
    g_assert_cmpint(changed->status, ==, 200);
    assert_refused(ask(&room, "GET", "/api/session", NULL), 401, "signed-out"); /* the old session is over */
    be(&room, "admin");
    g_autoptr(Reply) claimed = ask(&room, "POST", "/api/review/claim", "{}");
    g_assert_cmpint(claimed->status, ==, 200);
    g_free(room.cookie);
    g_free(room.token);
    desk_free(desk);
    /* the account is there: no other is made */
    desk = desk_new(stores_new(w->dir, NULL), 9999, NULL, NULL);
    g_assert_null(desk_first_password(desk));
    desk_free(desk);
}

static int claimed_now(const Room *room)
{
    g_autoptr(Reply) reply = ask(room, "GET", "/api/review", NULL);
    g_autoptr(JsonObject) body = body_of(reply);
    return (int)json_object_get_int_member(body, "claimed");
}

/* The session of a one-time password ends with it: signing out of the next one gives back all work. */
static void test_sign_out(void)
{
    g_autoptr(Room) room = room_new(1);
    be(room, "moi");
    g_autoptr(Reply) changed = ask(room, "POST", "/api/session/password",
                                   "{\"old\":\"ba con mèo nhỏ\",\"new\":\"bốn cây cau cao\"}");
    g_autoptr(JsonObject) session = body_of(changed);
    g_clear_pointer(&room->token, g_free);
    g_clear_pointer(&room->cookie, g_free);
    room->token = g_strdup(json_object_get_string_member(session, "token"));
    room->cookie = g_strndup(changed->set_cookie, strcspn(changed->set_cookie, ";"));
    g_autoptr(Reply) claimed = ask(room, "POST", "/api/review/claim", "{}");
    g_assert_cmpint(claimed_now(room), ==, 1);
    g_autoptr(Reply) out = ask(room, "DELETE", "/api/session", "{}");
    g_assert_cmpint(out->status, ==, 200);
    be(room, "lan");
    g_assert_cmpint(claimed_now(room), ==, 0);
}

static int count_items(const Room *room)
{
    g_autoptr(Reply) reply = ask(room, "POST", "/api/review/claim", "{}");
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    return (int)json_array_get_length(json_object_get_array_member(body, "items"));
}

static char *answer_body(const Room *room, int ballot, const char *value, gint64 over)
{
    return g_strdup_printf(
        "{\"serial\":\"%s\",\"question\":\"q2\",\"value\":\"%s\",\"over\":%" G_GINT64_FORMAT "}",
        (const char *)room->serials->pdata[ballot], value, over);
}

static gint64 decide(const Room *room, int ballot, const char *value)
{
    g_autofree char *body = answer_body(room, ballot, value, 0);
    g_autoptr(Reply) reply = ask(room, "POST", "/api/review/answer", body);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) told = body_of(reply);
    return json_object_get_int_member(told, "decision");
}

static void assert_decided(const Room *room, int ballot, const char *value, const char *by)
{
    g_autoptr(GPtrArray) answers =
        store_load_ballot_answers(room->w->store, room->serials->pdata[ballot], NULL);
    const StoreAnswer *answer = answers->pdata[1];
    g_assert_cmpstr(answer->question, ==, "q2");
    g_assert_cmpstr(answer->value, ==, value);
    g_assert_cmpstr(answer->decided_by, ==, by);
}

static void test_work(void)
{
    g_autoptr(Room) room = room_new(30);
    be(room, "lan");
    g_autofree char *lan_cookie = g_strdup(room->cookie), *lan_token = g_strdup(room->token);
    g_assert_cmpint(count_items(room), ==, QUEUE_BLOCK);
    be(room, "minh");
    g_assert_cmpint(count_items(room), ==, 10);
    gint64 first = decide(room, 20, "c");
    assert_decided(room, 20, "c", "minh");
    /* the same key again is the same answer, once done */
    g_autofree char *body = answer_body(room, 21, "d", 0);
    Request request = request_of(room, "POST", "/api/review/answer", body);
    request.key = "k1";
    g_autoptr(Reply) once = desk_answer(room->desk, &request);
    g_autoptr(Reply) again = desk_answer(room->desk, &request);
    g_assert_true(g_bytes_equal(once->body, again->body));
    g_assert_cmpint(again->status, ==, 200);
    /* another person's late answer is told, and both are kept */
    g_free(room->cookie);
    g_free(room->token);
    room->cookie = g_strdup(lan_cookie);
    room->token = g_strdup(lan_token);
    g_autofree char *late = answer_body(room, 20, "a", 0);
    assert_refused(ask(room, "POST", "/api/review/answer", late), 409, "settled-by-other");
    assert_decided(room, 20, "c", "minh");
    g_autofree char *over = answer_body(room, 20, "a", first);
    g_autoptr(Reply) taken = ask(room, "POST", "/api/review/answer", over);
    g_assert_cmpint(taken->status, ==, 200);
    assert_decided(room, 20, "a", "lan");
    g_autofree char *wrong = answer_body(room, 0, "zzz", 0);
    assert_refused(ask(room, "POST", "/api/review/answer", wrong), 422, "invalid");
    /* nobody takes another person's decision back; their own comes back to them */
    g_autofree char *theirs = g_strdup_printf("{\"decision\":%" G_GINT64_FORMAT "}", first);
    assert_refused(ask(room, "POST", "/api/review/undo", theirs), 403, "not-yours");
    gint64 own = decide(room, 0, "b");
    g_assert_cmpint(count_items(room), ==, 19);
    g_autofree char *back = g_strdup_printf("{\"decision\":%" G_GINT64_FORMAT "}", own);
    g_autoptr(Reply) undone = ask(room, "POST", "/api/review/undo", back);
    g_autoptr(JsonObject) told = body_of(undone);
    g_assert_true(json_object_has_member(told, "item"));
    assert_decided(room, 0, "a", "machine");
    g_assert_cmpint(count_items(room), ==, 20);
    assert_refused(ask(room, "POST", "/api/review/undo", back), 422, "invalid"); /* twice is once */
}

static void test_refer(void)
{
    g_autoptr(Room) room = room_new(1);
    be(room, "lan");
    g_assert_cmpint(count_items(room), ==, 1);
    g_autofree char *empty = g_strdup_printf("{\"serial\":\"%s\",\"question\":\"q2\",\"note\":\"\"}",
                                             (const char *)room->serials->pdata[0]);
    assert_refused(ask(room, "POST", "/api/review/refer", empty), 422, "invalid");
    g_autofree char *body =
        g_strdup_printf("{\"serial\":\"%s\",\"question\":\"q2\",\"note\":\"<script>alert(1)</script>\"}",
                        (const char *)room->serials->pdata[0]);
    g_autoptr(Reply) referred = ask(room, "POST", "/api/review/refer", body);
    g_assert_cmpint(referred->status, ==, 200);
    g_assert_cmpint(count_items(room), ==, 0);
    be(room, "minh");
    g_assert_cmpint(count_items(room), ==, 1);
    decide(room, 0, "c");
    assert_decided(room, 0, "c", "minh");
    g_autoptr(Reply) mine = ask(room, "GET", "/api/review/mine", NULL);
    g_autoptr(JsonObject) told = body_of(mine);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(told, "decisions")), ==, 1);
}

/* The one answer a person is given; NULL when there is none. */
static JsonObject *claim_one(const Room *room)
{
    g_autoptr(Reply) reply = ask(room, "POST", "/api/review/claim", "{}");
    g_autoptr(JsonObject) body = body_of(reply);
    JsonArray *items = json_object_get_array_member(body, "items");
    return json_array_get_length(items) ? json_object_ref(json_array_get_object_element(items, 0)) : NULL;
}

static void say(const Room *room, const char *value, int look, bool waits)
{
    g_autofree char *body =
        g_strdup_printf("{\"serial\":\"%s\",\"question\":\"q2\",\"value\":\"%s\",\"look\":%d}",
                        (const char *)room->serials->pdata[0], value, look);
    g_autoptr(Reply) reply = ask(room, "POST", "/api/review/answer", body);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) told = body_of(reply);
    g_assert_true(json_object_get_boolean_member(told, "waits") == waits);
}

/* The second look is another person's, and blind; the third sees both. */
static void test_second_look(void)
{
    static const WorkspaceEdit edits[] = {
        {"survey.yaml", "  decimals: 2", "  second_look: {up_to_ballots: 3}\n  decimals: 2"},
        {NULL, NULL, NULL}};
    g_autoptr(Room) room = room_new_of(1, edits);
    add_account(room->w, "hoa", STORE_ROLE_OPERATOR, false);
    be(room, "lan");
    g_autoptr(JsonObject) first = claim_one(room);
    g_assert_cmpint(json_object_get_int_member(first, "look"), ==, 1);
    g_assert_true(json_object_has_member(first, "value"));
    say(room, "c", 1, true);
    g_assert_null(claim_one(room));
    be(room, "minh");
    g_autoptr(JsonObject) second = claim_one(room);
    g_assert_cmpint(json_object_get_int_member(second, "look"), ==, 2);
    static const char *const hidden[] = {"value", "confidence", "reasons", "first", "second"};
    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
        g_assert_false(json_object_has_member(second, hidden[i]));
    /* one who was shown something else is told nothing of what was read */
    be(room, "hoa");
    g_autofree char *late = answer_body(room, 0, "d", 0);
    assert_refused(ask(room, "POST", "/api/review/answer", late), 409, "read-by-other");
    be(room, "minh");
    say(room, "d", 2, true);
    g_assert_null(claim_one(room));
    be(room, "hoa");
    g_autoptr(JsonObject) third = claim_one(room);
    g_assert_cmpint(json_object_get_int_member(third, "look"), ==, 3);
    g_assert_cmpstr(json_object_get_string_member(third, "first"), ==, "c");
    g_assert_cmpstr(json_object_get_string_member(third, "second"), ==, "d");
    say(room, "d", 3, false);
    assert_decided(room, 0, "d", "hoa");
    g_autoptr(Reply) reply = ask(room, "GET", "/api/agreement", NULL);
    g_autoptr(JsonObject) told = body_of(reply);
    JsonObject *all = json_object_get_object_member(told, "all");
    g_assert_cmpint(json_object_get_int_member(all, "read"), ==, 1);
    g_assert_cmpint(json_object_get_int_member(all, "equal"), ==, 0);
    JsonObject *pair = json_array_get_object_element(json_object_get_array_member(told, "pairs"), 0);
    g_assert_cmpstr(json_object_get_string_member(pair, "other"), ==, "minh");
}

/* What two people entered by hand differently is given to a third, with both entries; not to one of the two.
 */
static void test_entered(void)
{
    g_autoptr(Room) room = room_new(0);
    g_autoptr(GPtrArray) serials = workspace_issue(room->w, "G1", "SA", "SA", 1);
    const char *serial = serials->pdata[0];
    add_account(room->w, "hoa", STORE_ROLE_OPERATOR, false);
    enter(room, serial, "lan", "a");
    enter(room, serial, "minh", "c");
    g_assert_true(desk_refresh_queue(room->desk, NULL));
    static const char *const two[] = {"lan", "minh"};
    for (size_t i = 0; i < G_N_ELEMENTS(two); i++) {
        be(room, two[i]);
        g_assert_null(claim_one(room));
    }
    g_autofree char *body = g_strdup_printf(
        "{\"serial\":\"%s\",\"question\":\"q1\",\"value\":\"a\",\"look\":3,\"reason\":\"giấy\"}", serial);
    assert_refused(ask(room, "POST", "/api/review/answer", body), 409, "read-by-other");
    be(room, "hoa");
    g_autoptr(JsonObject) item = claim_one(room);
    g_assert_cmpint(json_object_get_int_member(item, "look"), ==, 3);
    g_assert_cmpint(json_object_get_int_member(item, "scan"), ==, 0);
    g_assert_cmpint(json_object_get_int_member(item, "beside"), ==, 0);
    g_assert_false(json_object_has_member(item, "crop"));
    JsonArray *entered = json_object_get_array_member(item, "entered");
    g_assert_cmpuint(json_array_get_length(entered), ==, 2);
    static const char *const values[] = {"a", "c"};
    for (guint i = 0; i < 2; i++) {
        JsonObject *one = json_array_get_object_element(entered, i);
        g_assert_cmpstr(json_object_get_string_member(one, "who"), ==, two[i]);
        g_assert_cmpstr(json_object_get_string_member(one, "value"), ==, values[i]);
        g_assert_nonnull(strchr(json_object_get_string_member(one, "at"), 'T'));
    }
    g_autoptr(Reply) reply = ask(room, "POST", "/api/review/answer", body);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) told = body_of(reply);
    g_assert_false(json_object_get_boolean_member(told, "waits"));
    StoreDecision *decision =
        store_find_decision(room->w->store, json_object_get_int_member(told, "decision"), NULL);
    g_assert_cmpstr(decision->reason, ==, "giấy");
    g_autofree char *back = g_strdup_printf("{\"decision\":%" G_GINT64_FORMAT "}", (gint64)decision->id);
    store_decision_free(decision);
    g_assert_null(claim_one(room));
    g_autoptr(Reply) undone = ask(room, "POST", "/api/review/undo", back);
    g_autoptr(JsonObject) again = body_of(undone);
    g_assert_true(json_object_has_member(json_object_get_object_member(again, "item"), "entered"));
    g_autoptr(JsonObject) theirs = claim_one(room);
    g_assert_nonnull(theirs);
}

/* The wall's requests that must not be: no list, too many, a picture that is not the answer's, another's
 * decision. */
static void test_wall(void)
{
    g_autoptr(Room) room = room_new(3);
    be(room, "minh");
    gint64 theirs = decide(room, 2, "c");
    be(room, "lan");
    g_autoptr(Reply) kinds = ask(room, "GET", "/api/wall", NULL);
    g_autoptr(JsonObject) told = body_of(kinds);
    JsonObject *kind = json_array_get_object_element(json_object_get_array_member(told, "kinds"), 0);
    g_assert_cmpint(json_object_get_int_member(kind, "count"), ==, 2);
    g_assert_cmpstr(json_object_get_string_member(kind, "question"), ==, "q2");
    g_autoptr(Reply) none = ask(room, "POST", "/api/wall/claim", "{\"question\":\"q3\",\"count\":40}");
    g_autoptr(JsonObject) nothing = body_of(none);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(nothing, "items")), ==, 0);
    g_autoptr(Reply) all = ask(room, "POST", "/api/wall/claim", "{\"value\":\"a\",\"count\":40}");
    g_autoptr(JsonObject) given = body_of(all);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(given, "items")), ==, 2);
    g_assert_cmpint(json_object_get_int_member(given, "claimed"), ==, 2);
    static const char *const bad[] = {"{}", "{\"answers\":[]}", "{\"answers\":7}", "{\"answers\":[7]}",
                                      "{\"answers\":[{\"serial\":\"x\"}]}"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_refused(ask(room, "POST", "/api/wall/decide", bad[i]), 422, "invalid");
    g_autofree char *wrong = g_strdup_printf("{\"answers\":[{\"serial\":\"%s\",\"question\":\"q2\",\"value\":"
                                             "\"a\",\"scan\":1,\"picture\":\"00\"}]}",
                                             (const char *)room->serials->pdata[0]);
    assert_refused(ask(room, "POST", "/api/wall/decide", wrong), 409, "picture-changed");
    g_autofree char *undo = g_strdup_printf("{\"decisions\":[%" G_GINT64_FORMAT "]}", theirs);
    assert_refused(ask(room, "POST", "/api/wall/undo", undo), 403, "not-yours");
    assert_refused(ask(room, "POST", "/api/wall/undo", "{\"decisions\":[\"x\"]}"), 404, "not-found");
}

/* What another command does is noticed: by the watcher, and by whoever writes. */
static void test_beside_others(void)
{
    g_autoptr(Room) room = room_new(2);
    be(room, "lan");
    g_assert_cmpint(count_items(room), ==, 2);
    g_assert_true(store_decide_answer(room->w->store, room->serials->pdata[0], "q2", "d", "minh", "", NULL));
    g_assert_true(desk_refresh_queue(room->desk, NULL));
    g_assert_cmpint(count_items(room), ==, 1);
    static const WorkspaceEdit harmless[] = {{"agencies.yaml", "Sở minh họa A", "Sở A mới"},
                                             {NULL, NULL, NULL}};
    g_autofree char *folder = g_build_filename(room->w->root, "amended", NULL);
    workspace_copy_definition(folder, harmless);
    g_autoptr(Survey) survey = workspace_load_survey(folder);
    g_assert_true(store_amend_survey(room->w->store, survey, "root", NULL));
    decide(room, 1, "c"); /* under the definition of now */
    g_autoptr(Reply) told = ask(room, "GET", "/api/survey", NULL);
    g_assert_cmpint(told->status, ==, 200);
}

/* Many at once: nothing is given twice, nothing is lost. */
typedef struct {
    Room *room;
    const char *name;
    GMutex *lock;
    GHashTable *given; /* serial → name */
    int settled;
} Operator;

static gpointer operate(gpointer data)
{
    Operator *operator= data;
    Room room = {.desk = operator->room->desk };
    be(&room, operator->name);
    for (;;) {
        g_autoptr(Reply) reply = ask(&room, "POST", "/api/review/claim", "{}");
        g_autoptr(JsonObject) body = body_of(reply);
        JsonArray *items = json_object_get_array_member(body, "items");
        if (!json_array_get_length(items))
            break;
        for (guint i = 0; i < json_array_get_length(items); i++) {
            JsonObject *item = json_array_get_object_element(items, i);
            const char *serial = json_object_get_string_member(item, "serial");
            g_mutex_lock(operator->lock);
            const char *other = g_hash_table_lookup(operator->given, serial);
            g_assert_true(!other || other == operator->name);
            g_hash_table_insert(operator->given, g_strdup(serial), (gpointer) operator->name);
            g_mutex_unlock(operator->lock);
            g_autofree char *answer =
                g_strdup_printf("{\"serial\":\"%s\",\"question\":\"q2\",\"value\":\"c\"}", serial);
            g_autoptr(Reply) done = ask(&room, "POST", "/api/review/answer", answer);
            g_assert_cmpint(done->status, ==, 200);
            operator->settled++;
        }
    }
    g_free(room.cookie);
    g_free(room.token);
    return NULL;
}

static void test_two_at_once(void)
{
    g_autoptr(Room) room = room_new(60);
    GMutex lock;
    g_mutex_init(&lock);
    g_autoptr(GHashTable) given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Operator operators[] = {{room, "lan", &lock, given, 0}, {room, "minh", &lock, given, 0}};
    GThread *threads[2];
    for (int i = 0; i < 2; i++)
        threads[i] = g_thread_new("operator", operate, &operators[i]);
    for (int i = 0; i < 2; i++)
        g_thread_join(threads[i]);
    g_assert_cmpint(operators[0].settled + operators[1].settled, ==, 60);
    g_assert_cmpuint(g_hash_table_size(given), ==, 60);
    g_autoptr(GPtrArray) left = store_load_waiting(room->w->store, NULL, NULL);
    g_assert_cmpuint(left->len, ==, 0);
    g_autoptr(GPtrArray) faults = workspace_verify(room->w, NULL);
    for (guint i = 0; i < faults->len; i++) /* the scans of these tests are not in the archive */
        g_assert_null(strstr(faults->pdata[i], "log row"));
    g_mutex_clear(&lock);
}

/* Addresses that are served, and those that are none; plain only on the loopback. */
static void test_listen(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    static const char *const bad[] = {
        "",          "8750",          "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000",
        "[::1:8750", "example.vn:80", "::1:8750",  "[1.2.3.4]:80"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(desk_start(w->dir, &(DeskOptions){.listen = bad[i]}, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    Desk *desk = desk_start(w->dir, &(DeskOptions){.listen = "127.0.0.1:0"}, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(desk_address(desk), "http://127.0.0.1:"));
    g_assert_null(desk_fingerprint(desk));
    g_autofree char *taken = g_strndup(desk_address(desk) + 7, strlen(desk_address(desk)) - 8);
    g_assert_null(desk_start(w->dir, &(DeskOptions){.listen = taken}, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    desk_stop(desk);
    g_clear_error(&error);
    desk = desk_start(w->dir, &(DeskOptions){.listen = "127.0.0.2:0"}, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(desk_address(desk), "https://127.0.0.2:"));
    g_assert_cmpuint(strlen(desk_fingerprint(desk)), ==, 95);
    desk_stop(desk);
    g_assert_null(desk_start(w->dir, &(DeskOptions){.listen = "127.0.0.1:0", .key = "x.pem"}, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* One's own certificate: made once, its key for its owner's eyes, made anew for another address. */
static void test_certificate(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Certificate) first = certificate_own(w->dir, "127.0.0.2", &error);
    g_assert_no_error(error);
    g_autoptr(Certificate) again = certificate_own(w->dir, "127.0.0.2", &error);
    g_assert_cmpstr(first->fingerprint, ==, again->fingerprint);
    g_assert_true(g_ptr_array_find_with_equal_func(first->names, "127.0.0.2", g_str_equal, NULL));
    g_autofree char *path = g_build_filename(w->dir, "tls", "certificate.pem", NULL),
                    *key = g_build_filename(w->dir, "tls", "key.pem", NULL);
    GStatBuf info;
    g_assert_cmpint(g_stat(key, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    g_autofree char *kept = NULL;
    g_assert_true(g_file_get_contents(key, &kept, NULL, NULL));
    g_autoptr(Certificate) given = certificate_load(path, key, &error);
    g_assert_cmpstr(given->fingerprint, ==, first->fingerprint);
    g_autoptr(Certificate) other = certificate_own(w->dir, "127.0.0.3", &error);
    g_assert_cmpstr(other->fingerprint, !=, first->fingerprint);
    /* the key of another certificate, no key, no file */
    g_assert_true(g_file_set_contents(key, kept, -1, NULL));
    g_assert_null(certificate_load(path, key, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(certificate_load(key, path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(certificate_load("none.pem", key, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autoptr(Certificate) mended = certificate_own(w->dir, "127.0.0.3", &error);
    g_assert_no_error(error);
    g_assert_nonnull(mended);
    g_autoptr(Certificate) any = certificate_own(w->dir, "0.0.0.0", &error);
    g_assert_true(g_ptr_array_find_with_equal_func(any->names, "127.0.0.1", g_str_equal, NULL));
}

/* With TLS the page's origin is https, its hosts are the certificate's names, its cookie is for it alone. */
static void test_tls_requests(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    add_account(w, "lan", STORE_ROLE_OPERATOR, false);
    Desk *desk = desk_new(stores_new(w->dir, NULL), 9999, certificate_own(w->dir, "127.0.0.2", NULL), NULL);
    Room room = {.w = w, .desk = desk};
    static const char body[] = "{\"name\":\"lan\",\"password\":\"ba con mèo nhỏ\"}";
    assert_refused(ask(&room, "POST", "/api/session", body), 421, "wrong-host");
    Request request = request_of(&room, "POST", "/api/session", body);
    request.host = "127.0.0.2:9999";
    request.origin = "http://127.0.0.2:9999";
    assert_refused(desk_answer(desk, &request), 403, "wrong-origin");
    request.origin = "https://127.0.0.2:9999";
    g_autoptr(Reply) in = desk_answer(desk, &request);
    g_assert_cmpint(in->status, ==, 200);
    g_assert_true(g_str_has_prefix(in->set_cookie, "__Host-phieu-9999="));
    g_assert_true(g_str_has_suffix(in->set_cookie, "; Secure"));
    desk_free(desk);
}

/* ---- the census ---- */

/* The member of the first cell of /api/quota: G1 of the first agency. */
static int first_cell(const Room *room, const char *name)
{
    g_autoptr(Reply) reply = ask(room, "GET", "/api/quota", NULL);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    JsonObject *cell = json_array_get_object_element(json_object_get_array_member(body, "cells"), 0);
    g_assert_cmpstr(json_object_get_string_member(cell, "agency"), ==, "SA");
    return (int)json_object_get_int_member(cell, name);
}

/* What was committed before the question is in the answer; who asks without a change shares the census. */
static void test_census(void)
{
    g_autoptr(Room) room = room_new(1);
    be(room, "thu");
    g_assert_cmpint(first_cell(room, "planned"), ==, 3);
    g_assert_cmpint(first_cell(room, "returned"), ==, 1);
    g_autoptr(Census) one = counter_take(room->desk->counter, NULL);
    g_autoptr(Census) same = counter_take(room->desk->counter, NULL);
    g_assert_true(one == same);
    g_autoptr(GPtrArray) more = workspace_issue(room->w, "G1", "SA", "SA", 2);
    workspace_return_a(room->w, more->pdata[0], "a", "b", "b");
    g_assert_cmpint(first_cell(room, "returned"), ==, 2);
    g_assert_cmpint(quota_sum(one->quota, NULL, NULL, NULL).returned, ==, 1); /* as it was taken */
    g_autoptr(Reply) reply = ask(room, "GET", "/api/quota/chase", NULL);
    g_autoptr(JsonObject) body = body_of(reply);
    JsonObject *unit = json_array_get_object_element(json_object_get_array_member(body, "units"), 0);
    g_assert_cmpint(json_object_get_int_member(unit, "missing"), ==, 1);
    JsonObject *debt = json_array_get_object_element(json_object_get_array_member(unit, "debts"), 0);
    JsonObject *range = json_array_get_object_element(json_object_get_array_member(debt, "ranges"), 0);
    g_autofree char *printed = serial_print_form(more->pdata[1]);
    g_assert_cmpstr(json_object_get_string_member(range, "first"), ==, printed);
}

/* What lies before any cover is a batch of its own; one that is not there is said so. */
static void test_batches(void)
{
    g_autoptr(Room) room = room_new(2);
    be(room, "thu");
    g_autoptr(Reply) reply = ask(room, "GET", "/api/batches", NULL);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    JsonArray *batches = json_object_get_array_member(body, "batches");
    g_assert_cmpint(json_array_get_length(batches), ==, 1);
    JsonObject *batch = json_array_get_object_element(batches, 0);
    g_assert_cmpint(json_object_get_int_member(batch, "pages_read"), ==, 2);
    g_assert_cmpstr(json_object_get_string_member(batch, "group"), ==, "");
    g_autofree char *path =
        g_strdup_printf("/api/batches/%" G_GINT64_FORMAT, json_object_get_int_member(batch, "id"));
    g_autoptr(Reply) one = ask(room, "GET", path, NULL);
    g_assert_cmpint(one->status, ==, 200);
    assert_refused(ask(room, "GET", "/api/batches/77", NULL), 404, "not-found");
    assert_refused(ask(room, "GET", "/api/batches/x", NULL), 404, "not-found");
}

/* Many who ask while others commit: each sees what stood when it asked. */
static gpointer watch_count(gpointer data)
{
    Room room = {.desk = ((Room *)data)->desk};
    be(&room, "thu");
    for (int before = 0, i = 0; i < 20; i++) {
        int returned = first_cell(&room, "returned");
        g_assert_cmpint(returned, >=, before);
        before = returned;
    }
    g_free(room.cookie);
    g_free(room.token);
    return NULL;
}

static void test_census_shared(void)
{
    g_autoptr(Room) room = room_new(1);
    g_autoptr(GPtrArray) more = workspace_issue(room->w, "G1", "SA", "SA", 20);
    GThread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("watch", watch_count, room);
    be(room, "thu");
    for (guint i = 0; i < more->len; i++) {
        workspace_return_a(room->w, more->pdata[i], "a", "b", "b");
        g_assert_cmpint(first_cell(room, "returned"), ==, (int)i + 2);
    }
    for (int i = 0; i < 4; i++)
        g_thread_join(threads[i]);
}

/* ---- feeding ---- */

static char *hash_of(const char *bytes, size_t length)
{
    Sha256 *sum = sha256_new();
    sha256_add(sum, bytes, length);
    return sha256_end(sum);
}

static Reply *put_piece(const Room *room, const char *sha256, const char *name, const char *offset,
                        const char *size, const char *bytes, size_t length)
{
    g_autofree char *path = g_strdup_printf("/api/uploads/%s", sha256);
    g_autoptr(GHashTable) query = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(query, (char *)"name", (char *)name);
    g_hash_table_insert(query, (char *)"offset", (char *)offset);
    g_hash_table_insert(query, (char *)"size", (char *)size);
    Request request = request_of(room, "PUT", path, bytes);
    request.type = "application/octet-stream";
    request.length = length;
    request.query = query;
    return desk_answer(room->desk, &request);
}

static void assert_stands(Reply *reply, gint64 received, bool whole)
{
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    g_assert_cmpint(json_object_get_int_member(body, "received"), ==, received);
    g_assert_true(json_object_get_boolean_member(body, "whole") == whole);
    reply_free(reply);
}

/* The desk ended and begun again over the same workspace. */
static void begin_again(Room *room, const char *name)
{
    desk_free(room->desk);
    room->desk = desk_new(stores_new(room->w->dir, NULL), 9999, NULL, NULL);
    g_assert_nonnull(room->desk);
    be(room, name);
}

static guint count_incoming(const Room *room)
{
    g_autofree char *folder = g_build_filename(room->w->dir, "incoming", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir))
        count++;
    return count;
}

#define CONTENT "mười hai octet" /* 16 bytes */

static void test_upload(void)
{
    g_autoptr(Room) room = room_new(1);
    be(room, "thu");
    g_autofree char *sha256 = hash_of(CONTENT, 16), *path = g_strdup_printf("/api/uploads/%s", sha256);
    assert_stands(ask(room, "GET", path, NULL), 0, false);
    g_assert_cmpuint(count_incoming(room), ==, 0); /* asking makes nothing */
    assert_stands(put_piece(room, sha256, "lô 1.pdf", "0", "16", CONTENT, 5), 5, false);
    /* the same piece again, one that overlaps, one beyond what stands, another size */
    assert_stands(put_piece(room, sha256, "lô 1.pdf", "0", "16", CONTENT, 5), 5, false);
    assert_stands(put_piece(room, sha256, "lô 1.pdf", "3", "16", CONTENT + 3, 4), 7, false);
    g_autoptr(Reply) gap = put_piece(room, sha256, "lô 1.pdf", "9", "16", CONTENT + 9, 4);
    g_assert_cmpint(gap->status, ==, 409);
    g_autoptr(JsonObject) told = body_of(gap);
    g_assert_cmpint(json_object_get_int_member(told, "received"), ==, 7);
    assert_refused(put_piece(room, sha256, "lô 1.pdf", "7", "17", CONTENT + 7, 4), 409, "other-size");
    /* what stands outlasts the desk, and is gone on with: the sum is over all of it */
    begin_again(room, "thu");
    assert_stands(ask(room, "GET", path, NULL), 7, false);
    assert_stands(put_piece(room, sha256, "tên khác.pdf", "7", "16", CONTENT + 7, 9), 16, true);
    /* once whole it is a job, under the name it began with, and stays one */
    for (int i = 0; i < 2; i++) {
        g_autoptr(Reply) jobs = ask(room, "GET", "/api/jobs", NULL);
        g_autoptr(JsonObject) body = body_of(jobs);
        JsonArray *list = json_object_get_array_member(body, "jobs");
        g_assert_cmpuint(json_array_get_length(list), ==, 1);
        JsonObject *job = json_array_get_object_element(list, 0);
        g_assert_cmpstr(json_object_get_string_member(job, "name"), ==, "lô 1.pdf");
        g_assert_cmpstr(json_object_get_string_member(job, "who"), ==, "thu");
        g_assert_cmpstr(json_object_get_string_member(job, "state"), ==, i ? "paused" : "queued");
        g_autofree char *pause = g_strdup_printf("/api/jobs/%s/pause", sha256);
        g_autoptr(Reply) paused = ask(room, "POST", pause, "{}");
        g_assert_cmpint(paused->status, ==, 200);
        begin_again(room, "thu");
    }
    assert_refused(ask(room, "DELETE", path, "{}"), 409, "being-read");
    g_autofree char *stop = g_strdup_printf("/api/jobs/%s/stop", sha256);
    g_autoptr(Reply) stopped = ask(room, "POST", stop, "{}");
    g_assert_cmpint(stopped->status, ==, 200);
    g_assert_cmpuint(count_incoming(room), ==, 0);
    assert_refused(ask(room, "POST", stop, "{}"), 404, "not-found");
}

static void test_upload_refused(void)
{
    g_autoptr(Room) room = room_new(1);
    be(room, "thu");
    g_autofree char *sha256 = hash_of(CONTENT, 16), *other = hash_of(CONTENT, 15);
    static const char *const names[] = {"",         ".",   "..",   "../x.pdf", "a/b.pdf",
                                        "a\\b.pdf", ".ẩn", "a\nb", "a\tb.pdf", "\x7f"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_refused(put_piece(room, sha256, names[i], "0", "16", CONTENT, 16), 422, "bad-name");
    g_autofree char *endless = g_strnfill(256, 'a');
    assert_refused(put_piece(room, sha256, endless, "0", "16", CONTENT, 16), 422, "bad-name");
    assert_refused(put_piece(room, "%2e%2e%2fsurvey.db", "a.pdf", "0", "16", CONTENT, 16), 404, "not-found");
    static const char *const hashes[] = {"x", "..", "%2e%2e",
                                         "ABCDEF0000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < G_N_ELEMENTS(hashes); i++)
        assert_refused(put_piece(room, hashes[i], "a.pdf", "0", "16", CONTENT, 16), 422, "bad-hash");
    static const char *const bad[][2] = {{"-1", "16"}, {"0", "0"}, {"17", "16"},
                                         {"x", "16"},  {"0", ""},  {"0", "1e3"}};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_refused(put_piece(room, sha256, "a.pdf", bad[i][0], bad[i][1], CONTENT, 16), 422, "bad-piece");
    assert_refused(put_piece(room, sha256, "a.pdf", "0", "8589934593", CONTENT, 16), 413, "too-large");
    /* other bytes than were said: nothing of them stays, and the right ones are taken after them */
    assert_refused(put_piece(room, other, "a.pdf", "0", "16", CONTENT, 16), 422, "spoiled");
    g_assert_cmpuint(count_incoming(room), ==, 0);
    assert_stands(put_piece(room, other, "a.pdf", "0", "15", CONTENT, 15), 15, true);
    /* given up half way */
    assert_stands(put_piece(room, sha256, "b.pdf", "0", "16", CONTENT, 4), 4, false);
    g_autofree char *path = g_strdup_printf("/api/uploads/%s", sha256);
    g_autoptr(Reply) dropped = ask(room, "DELETE", path, "{}");
    g_assert_cmpint(dropped->status, ==, 200);
    assert_stands(ask(room, "GET", path, NULL), 0, false);
    assert_refused(ask(room, "DELETE", path, "{}"), 404, "not-found");
}

/* A file that was taken in before, by whatever way, is said to be so. */
static void test_upload_known(void)
{
    g_autoptr(Room) room = room_new(1);
    g_autofree char *sha256 = workspace_refuse_file(room->w, "cũ.txt", "unreadable", "không phải bản quét"),
                    *path = g_strdup_printf("/api/uploads/%s", sha256);
    be(room, "thu");
    assert_refused(ask(room, "GET", path, NULL), 409, "known-file");
    assert_refused(put_piece(room, sha256, "mới.txt", "0", "16", CONTENT, 16), 409, "known-file");
    g_assert_cmpuint(count_incoming(room), ==, 0);
    g_autoptr(Reply) files = ask(room, "GET", "/api/files", NULL);
    g_autoptr(JsonObject) body = body_of(files);
    JsonArray *list = json_object_get_array_member(body, "files");
    JsonObject *file = json_array_get_object_element(list, 0);
    g_assert_cmpstr(json_object_get_string_member(file, "name"), ==, "cũ.txt");
    g_assert_cmpint(json_object_get_int_member(file, "pages"), ==, -1);
    g_assert_cmpstr(json_object_get_string_member(file, "who"), ==, "");
}

/* ---- long work ---- */

typedef struct {
    GMutex lock;
    GCond changed;
    GString *done; /* ids in the order they ended */
} Watch;

static void watch_changed(gpointer user)
{
    Watch *watch = user;
    g_cond_broadcast(&watch->changed);
}

static void watch_done(const char *id, gpointer user)
{
    Watch *watch = user;
    g_mutex_lock(&watch->lock);
    g_string_append(watch->done, id);
    g_mutex_unlock(&watch->lock);
}

/* Waits until the job is in that state; "": has left the queue. What it says. */
static char *wait_for_state(Jobs *jobs, const char *id, const char *wanted)
{
    for (;;) {
        g_autoptr(GPtrArray) rows = jobs_list(jobs);
        const char *state = "";
        g_autofree char *words = NULL;
        for (guint i = 0; i < rows->len; i++) {
            const JobRow *row = rows->pdata[i];
            if (g_str_equal(row->id, id)) {
                state = job_state_id(row->state);
                words = g_strdup(row->words);
            }
        }
        if (g_str_equal(state, wanted))
            return g_steal_pointer(&words);
        g_usleep(2000);
    }
}

/* Real programs: one goes well, one waits for work, one fails, one does not end by itself. */
static void test_jobs(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    Watch watch = {.done = g_string_new(NULL)};
    Jobs *jobs = jobs_new(w->dir, watch_changed, watch_done, &watch);
    static const char *const well[] = {"true", NULL}, *const endless[] = {"sleep", "1000000", NULL},
                             *const waiting[] = {"sh", "-c", "exit 3", NULL},
                             *const failing[] = {"sh", "-c",
                                                 "echo so >&2; echo 'error: no paper' >&2; exit 1", NULL};
    g_assert_true(jobs_add(jobs, "a", well, false));
    g_assert_false(jobs_add(jobs, "a", well, false));
    g_assert_true(jobs_add(jobs, "p", well, true));
    g_assert_true(jobs_add(jobs, "e", endless, false));
    g_assert_true(jobs_add(jobs, "f", failing, false));
    g_assert_true(jobs_add(jobs, "b", waiting, false));
    /* the lock of the test's own store: another phieu at work */
    jobs_start(jobs);
    g_autofree char *holder = wait_for_state(jobs, "a", "blocked");
    g_assert_cmpstr(holder, !=, "");
    g_clear_pointer(&w->store, store_free);
    g_free(wait_for_state(jobs, "a", ""));
    g_free(wait_for_state(jobs, "e", "running"));
    g_assert_false(jobs_remove(jobs, "e")); /* not while it is at work */
    g_assert_true(jobs_pause(jobs, "e"));
    g_free(wait_for_state(jobs, "e", "paused"));
    g_autofree char *words = wait_for_state(jobs, "f", "failed");
    g_assert_cmpstr(words, ==, "no paper");
    g_free(wait_for_state(jobs, "b", ""));
    g_assert_cmpstr(watch.done->str, ==, "ab"); /* what failed or is paused holds nobody up */
    g_assert_true(jobs_resume(jobs, "p"));
    g_free(wait_for_state(jobs, "p", ""));
    g_assert_true(jobs_resume(jobs, "f"));
    g_free(wait_for_state(jobs, "f", "failed"));
    g_assert_true(jobs_remove(jobs, "f"));
    g_assert_false(jobs_pause(jobs, "f"));
    g_assert_true(jobs_resume(jobs, "e"));
    g_free(wait_for_state(jobs, "e", "running"));
    jobs_free(jobs); /* ends what runs */
    g_assert_cmpstr(watch.done->str, ==, "abp");
    g_string_free(watch.done, TRUE);
}

/* ---- the watched folder ---- */

static bool note_taken(const char *path, gpointer user, GError **error)
{
    GString *taken = user;
    g_autofree char *name = g_path_get_basename(path);
    if (g_str_equal(name, "bận.txt")) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "bận");
        return false;
    }
    g_string_append_printf(taken, "%s|", name);
    return true;
}

static void note_nothing(gpointer user)
{
    (void)user;
}

static void save(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *dir = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void assert_says(Inbox *inbox, const char *part)
{
    g_autofree char *words = inbox_words(inbox);
    g_assert_true(*part ? strstr(words, part) != NULL : !*words);
}

static void test_inbox(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autofree char *folder = g_build_filename(w->root, "máy quét", NULL),
                    *away = g_strconcat(folder, "2", NULL);
    g_autoptr(GString) taken = g_string_new(NULL);
    const gint64 s = G_TIME_SPAN_SECOND;
    save(folder, "a.pdf", "%PDF-1.4 … %%EOF");
    save(folder, "hôm nay/b.pdf", "%PDF-1.4 … %%EOF");
    save(folder, "nửa.pdf", "%PDF-1.4 only its beginning");
    save(folder, "rỗng.pdf", "");
    save(folder, ".ẩn.pdf", "%PDF-1.4 … %%EOF");
    save(folder, "c.pdf.part", "%PDF-1.4 … %%EOF");
    save(folder, "~tạm.pdf", "%PDF-1.4 … %%EOF");
    save(folder, "Thumbs.db", "x");
    Inbox *inbox = inbox_new(folder, note_taken, note_nothing, taken);
    inbox_look(inbox, 0);
    inbox_look(inbox, 9 * s);
    g_assert_cmpstr(taken->str, ==, "");
    save(folder, "a.pdf", "%PDF-1.4 … longer %%EOF"); /* still growing */
    inbox_look(inbox, 10 * s);
    g_assert_cmpstr(taken->str, ==, "b.pdf|");
    inbox_look(inbox, 19 * s);
    inbox_look(inbox, 20 * s);
    g_assert_cmpstr(taken->str, ==, "b.pdf|a.pdf|");
    inbox_look(inbox, 60 * s); /* each once; one whose end is missing is waited for, not for ever */
    g_assert_cmpstr(taken->str, ==, "b.pdf|a.pdf|");
    inbox_look(inbox, INBOX_PATIENCE_US);
    g_assert_cmpstr(taken->str, ==, "b.pdf|a.pdf|nửa.pdf|");
    assert_says(inbox, "");
    /* the folder goes, and comes again: said, and gone on with */
    g_assert_cmpint(g_rename(folder, away), ==, 0);
    inbox_look(inbox, INBOX_PATIENCE_US + s);
    assert_says(inbox, folder);
    g_assert_cmpint(g_rename(away, folder), ==, 0);
    save(folder, "bận.txt", "một tệp");
    inbox_look(inbox, INBOX_PATIENCE_US + 2 * s);
    assert_says(inbox, "");
    inbox_look(inbox, INBOX_PATIENCE_US + 12 * s); /* what cannot be taken is said and tried again */
    assert_says(inbox, "bận");
    g_autofree char *busy = g_build_filename(folder, "bận.txt", NULL);
    g_assert_cmpint(g_unlink(busy), ==, 0);
    inbox_look(inbox, INBOX_PATIENCE_US + 14 * s);
    assert_says(inbox, "");
    inbox_free(inbox);
}

/* A file of the folder goes the way of one that is sent; again, or when it was taken by a command, it is
 * left. */
static void test_take_file(void)
{
    g_autoptr(Room) room = room_new(1);
    g_autofree char *path = g_build_filename(room->w->root, "lô.txt", NULL);
    g_assert_true(g_file_set_contents(path, CONTENT, -1, NULL));
    g_autofree char *sha256 = hash_of(CONTENT, strlen(CONTENT));
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 2; i++) {
        g_assert_true(feed_take_file(path, room->desk, &error));
        g_assert_no_error(error);
        g_autoptr(GPtrArray) jobs = jobs_list(room->desk->jobs);
        g_assert_cmpuint(jobs->len, ==, 1);
    }
    g_autoptr(Upload) upload = uploads_find(room->desk->uploads, sha256);
    g_assert_true(upload->whole);
    g_assert_cmpstr(upload->name, ==, "lô.txt");
    g_assert_cmpstr(upload->who, ==, FEED_WATCH);
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_autofree char *gone = g_strconcat(path, "x", NULL);
    g_assert_false(feed_take_file(gone, room->desk, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_false(feed_watch(room->desk, room->w->dir, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(feed_watch(room->desk, gone, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* ---- pages and ballots that a clerk decides about ---- */

static void test_refused(void)
{
    g_autoptr(Room) room = room_new(1);
    be(room, "thu");
    g_assert_cmpint(count_of(room, "/api/pages", "pages"), ==, 0);
    int64_t file = workspace_add_file(room->w, 1);
    StorePage *page = store_page_new();
    page->outcome = STORE_PAGE_REFUSED;
    g_free(page->reason);
    page->reason = g_strdup("no-code");
    int waiting;
    g_assert_true(store_add_page(room->w->store, file, page, &waiting, NULL));
    store_page_free(page);
    g_free(workspace_refuse_file(room->w, "thu.docx", "not-a-scan", "is no scan"));
    g_free(workspace_refuse_file(room->w, "thư \"hỏng\".docx", "unreadable", "is no scan"));
    g_autoptr(Reply) reply = ask(room, "GET", "/api/pages", NULL);
    g_autoptr(JsonObject) body = body_of(reply);
    JsonArray *pages = json_object_get_array_member(body, "pages");
    g_assert_cmpint(json_array_get_length(pages), ==, 3);
    for (guint i = 0; i < 3; i++) {
        JsonObject *one = json_array_get_object_element(pages, i);
        g_assert_true(json_object_get_boolean_member(one, "kept"));
        g_assert_cmpstr(json_object_get_string_member(one, "words"), !=, "");
        gint64 id = json_object_get_int_member(one, "id");
        g_assert_true((id < 0) == (json_object_get_int_member(one, "page") == 0));
        g_autofree char *path = g_strdup_printf("/api/pages/%" G_GINT64_FORMAT "/settle", id);
        assert_refused(ask(room, "POST", path, "{\"reason\":\" \"}"), 422, "no-reason");
        gint64 decision = post(room, path, "{\"reason\":\"đã quét lại\"}");
        g_assert_cmpint(count_of(room, "/api/pages", "pages"), ==, 2);
        take_back(room, decision);
        g_assert_cmpint(count_of(room, "/api/pages", "pages"), ==, 3);
        /* the file as it came, under the name people know it by */
        g_autofree char *url = g_strdup_printf("/api/pages/%" G_GINT64_FORMAT "/file", id);
        g_autoptr(Reply) sent = ask(room, "GET", url, NULL);
        const char *name = json_object_get_string_member(one, "file");
        g_assert_cmpint(sent->status, ==, 200);
        g_assert_cmpstr(sent->save_as, ==, name);
        g_assert_cmpmem(g_bytes_get_data(sent->body, NULL), g_bytes_get_size(sent->body), name, strlen(name));
    }
    assert_refused(ask(room, "GET", "/api/pages/-77/file", NULL), 404, "not-found");
    assert_refused(ask(room, "POST", "/api/pages/77/settle", "{\"reason\":\"x\"}"), 404, "not-found");
    assert_refused(ask(room, "GET", "/pictures/sheet/77", NULL), 404, "not-found");
    assert_refused(ask(room, "GET", "/pictures/sheet/1?turn=4", NULL), 422, "invalid");
}

/* The one page of that ballot as people entered it. */
static JsonObject *entered_on(const Room *room, const char *path)
{
    g_autoptr(Reply) reply = ask(room, "GET", path, NULL);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    JsonArray *entered = json_object_get_array_member(body, "entered");
    g_assert_cmpuint(json_array_get_length(entered), ==, 1);
    return json_object_ref(json_array_get_object_element(entered, 0));
}

static void test_held(void)
{
    g_autoptr(Room) room = room_new(2);
    be(room, "thu");
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 0);
    const char *twice = room->serials->pdata[0];
    char strange[SERIAL_LENGTH + 1];
    serial_make(901, strange);
    workspace_return_a(room->w, twice, "b", "a", "b");
    workspace_return_a(room->w, strange, "a", "a", "b");
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 2);

    /* both scans of the page, and what each says */
    g_autofree char *path = g_strdup_printf("/api/ballots/%s", twice);
    g_autoptr(Reply) reply = ask(room, "GET", path, NULL);
    g_autoptr(JsonObject) body = body_of(reply);
    g_assert_cmpstr(json_object_get_string_member(body, "status"), ==, "duplicate");
    JsonArray *scans = json_object_get_array_member(body, "scans");
    g_assert_cmpint(json_array_get_length(scans), ==, 2);
    static const char *const said[] = {"a", "b"}, *const next[] = {"?", "a"};
    for (guint i = 0; i < 2; i++) {
        JsonObject *readings =
            json_object_get_object_member(json_array_get_object_element(scans, i), "readings");
        g_assert_cmpstr(json_object_get_string_member(readings, "q1"), ==, said[i]);
        g_assert_cmpstr(json_object_get_string_member(readings, "q2"), ==, next[i]);
    }
    gint64 scan = json_object_get_int_member(json_array_get_object_element(scans, 1), "id");
    g_autofree char *choose = g_strdup_printf("%s/choose", path);
    g_autofree char *chosen = g_strdup_printf("{\"scan\":%" G_GINT64_FORMAT ",\"reason\":\"rõ\"}", scan);
    assert_refused(ask(room, "POST", choose, "{\"scan\":1}"), 422, "no-reason");
    assert_refused(ask(room, "POST", choose, "{\"scan\":777,\"reason\":\"rõ\"}"), 404, "not-found");
    gint64 decision = post(room, choose, chosen);
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 1);
    take_back(room, decision);
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 2);

    /* a page that was scanned and entered by hand: each with what it says; the entry is chosen as a scan is
     */
    g_autoptr(GPtrArray) more = workspace_issue(room->w, "G1", "SA", "SA", 1);
    const char *both = more->pdata[0];
    enter(room, both, "lan", "a");
    enter(room, both, "minh", "c");
    workspace_return_a(room->w, both, "b", "a", "b");
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 3);
    g_autofree char *both_path = g_strdup_printf("/api/ballots/%s", both);
    g_autofree char *both_choose = g_strdup_printf("%s/choose", both_path);
    g_autoptr(JsonObject) before = entered_on(room, both_path);
    g_assert_false(json_object_get_boolean_member(before, "chosen"));
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(before, "readers")), ==, 2);
    JsonObject *given = json_object_get_object_member(before, "readings");
    g_assert_cmpstr(json_object_get_string_member(given, "q2"), ==, "b");
    g_assert_cmpstr(json_object_get_string_member(given, "q3"), ==, "?");
    g_assert_false(json_object_has_member(given, "q1")); /* they differ */
    assert_refused(ask(room, "POST", both_choose, "{\"entered\":1}"), 422, "no-reason");
    assert_refused(ask(room, "POST", both_choose, "{\"entered\":2,\"reason\":\"x\"}"), 404, "not-found");
    assert_refused(ask(room, "POST", both_choose, "{\"entered\":-1,\"reason\":\"x\"}"), 404, "not-found");
    decision = post(room, both_choose, "{\"entered\":1,\"reason\":\"bản quét mờ\"}");
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 2);
    g_autoptr(JsonObject) after = entered_on(room, both_path);
    g_assert_true(json_object_get_boolean_member(after, "chosen"));
    workspace_return_a(room->w, both, "b", "a", "b"); /* a scan that was not seen then */
    g_autoptr(JsonObject) anew = entered_on(room, both_path);
    g_assert_false(json_object_get_boolean_member(anew, "chosen"));
    post(room, both_choose, "{\"entered\":1,\"reason\":\"vẫn mờ\"}");
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 2);

    /* a number that was never issued: assigned where the survey asks somebody, or rejected */
    static const char cell[] =
        "{\"group\":\"G1\",\"agency\":\"SA\",\"origin\":\"SA\",\"reason\":\"số in mờ\"}";
    g_autofree char *assign = g_strdup_printf("/api/ballots/%s/assign", strange);
    g_autofree char *reject = g_strdup_printf("/api/ballots/%s/reject", strange);
    g_autofree char *printed = g_strdup_printf("%s/assign", path);
    assert_refused(ask(room, "POST", printed, cell), 422, "invalid");
    assert_refused(ask(room, "POST", assign, "{\"group\":\"G9\",\"reason\":\"x\"}"), 422, "invalid");
    decision = post(room, assign, cell);
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 1);
    take_back(room, decision);
    post(room, reject, "{\"reason\":\"phiếu photo\"}");
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 1);
    assert_refused(ask(room, "GET", "/api/ballots/0000000", NULL), 404, "not-found");

    /* a decision about an answer is not a clerk's to take back */
    const StoreSettle settle = {room->serials->pdata[1], "q2", "a", 1, 0, "lan", "", NULL};
    StoreSettled settled;
    g_assert_true(store_settle_answer(room->w->store, &settle, &settled, NULL));
    g_autofree char *undo = g_strdup_printf("/api/decisions/%" G_GINT64_FORMAT "/undo", settled.decision);
    assert_refused(ask(room, "POST", undo, "{\"reason\":\"x\"}"), 422, "invalid");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/queue/claims", test_queue_claims);
    g_test_add_func("/desk/queue/referred", test_queue_referred);
    g_test_add_func("/desk/queue/update", test_queue_update);
    g_test_add_func("/desk/queue/second-look", test_queue_second_look);
    g_test_add_func("/desk/guard/sessions", test_guard_sessions);
    g_test_add_func("/desk/guard/lock", test_guard_lock);
    g_test_add_func("/desk/passwords", test_passwords);
    g_test_add_func("/desk/events", test_events);
    g_test_add_func("/desk/routes", test_routes);
    g_test_add_func("/desk/strange-requests", test_strange_requests);
    g_test_add_func("/desk/sign-in", test_sign_in);
    g_test_add_func("/desk/first-password", test_first_password);
    g_test_add_func("/desk/sign-out", test_sign_out);
    g_test_add_func("/desk/wall", test_wall);
    g_test_add_func("/desk/work", test_work);
    g_test_add_func("/desk/refer", test_refer);
    g_test_add_func("/desk/second-look", test_second_look);
    g_test_add_func("/desk/entered", test_entered);
    g_test_add_func("/desk/beside-others", test_beside_others);
    g_test_add_func("/desk/two-at-once", test_two_at_once);
    g_test_add_func("/desk/listen", test_listen);
    g_test_add_func("/desk/certificate", test_certificate);
    g_test_add_func("/desk/tls-requests", test_tls_requests);
    g_test_add_func("/desk/refused", test_refused);
    g_test_add_func("/desk/held", test_held);
    desk_entry_tests();
    g_test_add_func("/desk/census", test_census);
    g_test_add_func("/desk/batches", test_batches);
    g_test_add_func("/desk/census-shared", test_census_shared);
    g_test_add_func("/desk/upload/pieces", test_upload);
    g_test_add_func("/desk/upload/refused", test_upload_refused);
    g_test_add_func("/desk/upload/known", test_upload_known);
    g_test_add_func("/desk/jobs", test_jobs);
    g_test_add_func("/desk/inbox", test_inbox);
    g_test_add_func("/desk/take-file", test_take_file);
    return g_test_run();
}
