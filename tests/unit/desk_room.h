/* A desk without a server around it, over a workspace of forms/nho, and people who ask it; for the unit tests
 * of desk. */
#ifndef PHIEU_TESTS_UNIT_DESK_ROOM_H
#define PHIEU_TESTS_UNIT_DESK_ROOM_H

#include "desk/accounts.h"
#include "desk/internal.h"

#include "workspace.h"

#define HOST "127.0.0.1:9999"
#define ORIGIN "http://" HOST

/* A desk over a workspace in which ballots were returned; account "lan" is an operator, "thu" a clerk. */
typedef struct {
    Workspace *w;
    GPtrArray *serials;
    Desk *desk;
    char *cookie, *token;
    gint64 now_us;
} Room;

static inline void add_account(Workspace *w, const char *name, unsigned roles, bool one_time)
{
    char *hash = NULL;
    g_assert_true(desk_password_hash("ba con mèo nhỏ", &hash, NULL));
    StoreAccount account = {.name = (char *)name,
                            .full_name = (char *)"",
                            .roles = roles,
                            .password = hash,
                            .one_time = one_time};
    g_assert_true(store_set_account(w->store, &account, "add", "root", NULL));
    g_free(hash);
}

static inline Room *room_new_of(int ballots, const WorkspaceEdit *edits)
{
    Room *room = g_new0(Room, 1);
    room->w = workspace_new(edits);
    room->serials = workspace_issue(room->w, "G1", "SA", "SA", ballots);
    for (int i = 0; i < ballots; i++)
        workspace_return_a(room->w, room->serials->pdata[i], "a", "?", "b");
    add_account(room->w, "lan", STORE_ROLE_OPERATOR, false);
    add_account(room->w, "minh", STORE_ROLE_OPERATOR, false);
    add_account(room->w, "thu", STORE_ROLE_CLERK, false);
    add_account(room->w, "moi", STORE_ROLE_OPERATOR | STORE_ROLE_ADMIN, true);
    g_autoptr(GError) error = NULL;
    room->desk = desk_new(stores_new(room->w->dir, NULL), 9999, NULL, &error);
    g_assert_no_error(error);
    g_assert_null(desk_first_password(room->desk));
    return room;
}

static inline Room *room_new(int ballots)
{
    return room_new_of(ballots, NULL);
}

static inline void room_free(Room *room)
{
    desk_free(room->desk);
    workspace_free(room->w);
    g_ptr_array_unref(room->serials);
    g_free(room->cookie);
    g_free(room->token);
    g_free(room);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Room, room_free)

static inline Request request_of(const Room *room, const char *method, const char *path, const char *body)
{
    return (Request){.method = method,
                     .path = path,
                     .host = HOST,
                     .origin = ORIGIN,
                     .cookie = room->cookie,
                     .token = room->token,
                     .type = "application/json",
                     .address = "127.0.0.1",
                     .body = body,
                     .length = body ? strlen(body) : 0,
                     .now_us = room->now_us};
}

static inline Reply *ask(const Room *room, const char *method, const char *path, const char *body)
{
    Request request = request_of(room, method, path, body);
    return desk_answer(room->desk, &request);
}

static inline JsonObject *body_of(const Reply *reply)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    gsize length;
    const char *text = g_bytes_get_data(reply->body, &length);
    g_assert_true(json_parser_load_from_data(parser, text, (gssize)length, NULL));
    return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

static inline void assert_refused(Reply *reply, int status, const char *id)
{
    g_autoptr(JsonObject) body = body_of(reply);
    g_assert_cmpstr(json_object_get_string_member(body, "error"), ==, id);
    g_assert_cmpint(reply->status, ==, status);
    g_assert_cmpstr(json_object_get_string_member(body, "message"), !=, "");
    reply_free(reply);
}

/* Signs in; the room's requests are that person's from now on. NULL signs out. */
static inline void be(Room *room, const char *name)
{
    g_clear_pointer(&room->cookie, g_free);
    g_clear_pointer(&room->token, g_free);
    if (!name)
        return;
    g_autofree char *body = g_strdup_printf("{\"name\":\"%s\",\"password\":\"ba con mèo nhỏ\"}", name);
    g_autoptr(Reply) reply = ask(room, "POST", "/api/session", body);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) session = body_of(reply);
    room->token = g_strdup(json_object_get_string_member(session, "token"));
    room->cookie = g_strndup(reply->set_cookie, strcspn(reply->set_cookie, ";"));
    g_assert_nonnull(strstr(reply->set_cookie, "; HttpOnly; SameSite=Strict; Path=/;"));
}

static inline int count_of(const Room *room, const char *path, const char *list)
{
    g_autoptr(Reply) reply = ask(room, "GET", path, NULL);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    return (int)json_array_get_length(json_object_get_array_member(body, list));
}

/* The decision's number. */
static inline gint64 post(Room *room, const char *path, const char *body)
{
    g_autoptr(Reply) reply = ask(room, "POST", path, body);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) said = body_of(reply);
    return json_object_get_int_member(said, "decision");
}

static inline void take_back(Room *room, gint64 decision)
{
    g_autofree char *path = g_strdup_printf("/api/decisions/%" G_GINT64_FORMAT "/undo", decision);
    g_assert_cmpint(post(room, path, "{\"reason\":\"nhầm\"}"), >, decision);
}

/* A page of form A as a person enters it. */
static inline void enter(const Room *room, const char *serial, const char *who, const char *q1)
{
    const StoreGiven given[] = {{"q1", q1}, {"q2", "b"}, {"q3", "?"}};
    const StoreEntry entry = {serial, 1, given, G_N_ELEMENTS(given), who, "rách", false};
    StoreEntryOutcome outcome;
    g_autoptr(GError) error = NULL;
    store_enter_page(room->w->store, &entry, &outcome, &error);
    g_assert_no_error(error);
}

/* Adds the tests of desk-entry.c. */
void desk_entry_tests(void);

#endif
