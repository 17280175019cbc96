/* Pages entered by hand at the desk: what is asked, that nobody sees another's entry, what is refused, and
 * the way back; why an answer is asked no more; what is shown of refused files. */
#include "desk_room.h"

/* The page of that ballot as the person who is signed in is told of it. */
static JsonObject *sheet_of(const Room *room, const char *serial, guint page)
{
    g_autofree char *path = g_strdup_printf("/api/entries/%s", serial);
    g_autoptr(Reply) reply = ask(room, "GET", path, NULL);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    g_assert_cmpstr(json_object_get_string_member(body, "serial"), ==, serial);
    JsonArray *sheets = json_object_get_array_member(body, "sheets");
    g_assert_cmpuint(json_array_get_length(sheets), >=, page);
    return json_object_ref(json_array_get_object_element(sheets, page - 1));
}

static void assert_standing(const Room *room, const char *serial, guint page, const char *standing)
{
    g_autoptr(JsonObject) sheet = sheet_of(room, serial, page);
    g_assert_cmpint(json_object_get_int_member(sheet, "page"), ==, page);
    g_assert_cmpstr(json_object_get_string_member(sheet, "standing"), ==, standing);
}

static Reply *post_page(const Room *room, const char *serial, int page, const char *given)
{
    g_autofree char *path = g_strdup_printf("/api/entries/%s/%d", serial, page);
    g_autofree char *body = g_strdup_printf("{\"given\":%s,\"reason\":\"rách\"}", given);
    return ask(room, "POST", path, body);
}

/* The decision's number. */
static gint64 enter_page(const Room *room, const char *serial, int page, const char *given, bool counts,
                         int differing)
{
    g_autoptr(Reply) reply = post_page(room, serial, page, given);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) said = body_of(reply);
    g_assert_true(json_object_get_boolean_member(said, "counts") == counts);
    g_assert_cmpint(json_object_get_int_member(said, "differing"), ==, differing);
    return json_object_get_int_member(said, "decision");
}

#define WHOLE "{\"q1\":\"a\",\"q2\":\"\",\"q3\":\"b+c\"}"

/* A ballot of which nothing came: one person enters it, another one does without being told what, and it
 * counts. */
static void test_two_people(void)
{
    g_autoptr(Room) room = room_new(0);
    g_autoptr(GPtrArray) serials = workspace_issue(room->w, "G1", "SA", "SA", 1);
    const char *serial = serials->pdata[0];
    be(room, "thu");
    g_assert_cmpint(count_of(room, "/api/entries", "sheets"), ==, 0);
    g_autoptr(JsonObject) sheet = sheet_of(room, serial, 1);
    JsonArray *questions = json_object_get_array_member(sheet, "questions");
    g_assert_cmpuint(json_array_get_length(questions), ==, 3);
    static const char *const asked[] = {"q1", "q2", "q3"};
    for (guint i = 0; i < 3; i++)
        g_assert_cmpstr(json_array_get_string_element(questions, i), ==, asked[i]);
    assert_standing(room, serial, 1, "missing");
    enter_page(room, serial, 1, WHOLE, false, 0);
    assert_standing(room, serial, 1, "own");
    g_assert_cmpint(count_of(room, "/api/entries", "sheets"), ==, 1);
    g_assert_cmpint(count_of(room, "/api/ballots", "ballots"), ==, 0);
    be(room, "lan");
    assert_standing(room, serial, 1, "half");
    static const char *const paths[] = {"/api/entries", "/api/entries/0000017"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *own = g_strdup_printf("/api/entries/%s", serial);
        g_autoptr(Reply) reply = ask(room, "GET", i ? own : paths[0], NULL);
        g_autofree char *text = g_strndup(g_bytes_get_data(reply->body, NULL), g_bytes_get_size(reply->body));
        g_assert_nonnull(strstr(text, "thu"));
        g_assert_null(strstr(text, "b+c"));
        g_assert_null(strstr(text, "value"));
    }
    enter_page(room, serial, 1, "{\"q3\":\"c+b\",\"q1\":\"a\",\"q2\":\"\"}", true, 0);
    assert_standing(room, serial, 1, "entered");
    g_autoptr(StoreBallot) ballot = store_find_ballot(room->w->store, serial, NULL);
    g_assert_cmpint(ballot->status, ==, STORE_BALLOT_COMPLETE);
    g_assert_cmpint(ballot->pages_by_hand, ==, 1);
}

/* What two people enter differently waits for a third; an entry is taken back by who made it, or by a clerk.
 */
static void test_differing(void)
{
    g_autoptr(Room) room = room_new(0);
    g_autoptr(GPtrArray) serials = workspace_issue(room->w, "G1", "SA", "SA", 1);
    const char *serial = serials->pdata[0];
    be(room, "lan");
    gint64 first = enter_page(room, serial, 1, WHOLE, false, 0);
    be(room, "minh");
    g_autofree char *theirs = g_strdup_printf("/api/decisions/%" G_GINT64_FORMAT "/undo", first);
    assert_refused(ask(room, "POST", theirs, "{\"reason\":\"x\"}"), 422, "invalid");
    gint64 second = enter_page(room, serial, 1, "{\"q1\":\"b\",\"q2\":\"\",\"q3\":\"?\"}", true, 2);
    g_autoptr(GPtrArray) waiting = store_load_waiting(room->w->store, serial, NULL);
    g_assert_cmpuint(waiting->len, ==, 2);
    take_back(room, second);
    assert_standing(room, serial, 1, "half");
    be(room, "thu");
    take_back(room, first);
    assert_standing(room, serial, 1, "missing");
    g_assert_cmpint(count_of(room, "/api/entries", "sheets"), ==, 0);
}

/* A ballot that lacks a page is in the list, with that page alone; once it was scanned, it is not entered. */
static void test_missing_page(void)
{
    g_autoptr(Room) room = room_new(0);
    g_autoptr(GPtrArray) serials = workspace_issue(room->w, "G2", "HC", "HC-P1", 1);
    const char *serial = serials->pdata[0];
    static const char *const first[] = {"a", "a"}, *const second[] = {"a"};
    workspace_add_page(room->w, workspace_add_file(room->w, 1), 0, room->w->b, serial, 1, first);
    be(room, "thu");
    g_assert_cmpint(count_of(room, "/api/entries", "sheets"), ==, 1);
    assert_standing(room, serial, 1, "scanned");
    assert_standing(room, serial, 2, "missing");
    assert_refused(post_page(room, serial, 1, "{\"kenh\":\"\",\"q1\":\"a\"}"), 422, "invalid");
    enter_page(room, serial, 2, "{\"q2\":\"b\"}", false, 0);
    workspace_add_page(room->w, workspace_add_file(room->w, 1), 0, room->w->b, serial, 2, second);
    assert_standing(room, serial, 2, "scanned");
    be(room, "lan");
    assert_refused(post_page(room, serial, 2, "{\"q2\":\"b\"}"), 422, "invalid");
    g_assert_cmpint(count_of(room, "/api/entries", "sheets"), ==, 0);
}

/* What must not be: and nothing of it is written down. */
static void test_hostile(void)
{
    g_autoptr(Room) room = room_new(0);
    g_autoptr(GPtrArray) serials = workspace_issue(room->w, "G1", "SA", "SA", 3);
    const char *serial = serials->pdata[0], *gone = serials->pdata[1], *rejected = serials->pdata[2];
    be(room, "thu");
    static const char *const bad[] = {
        "{\"q1\":\"e\",\"q2\":\"\",\"q3\":\"b\"}",              /* no option of it */
        "{\"q1\":\"a\",\"q2\":\"\"}",                           /* a question is left out */
        "{\"q1\":\"a\",\"q2\":\"\",\"q3\":\"b\",\"q9\":\"a\"}", /* a question of nowhere */
        "{\"q1\":1,\"q2\":\"\",\"q3\":\"b\"}",                  /* no text */
        "{\"q1\":\"a\\tq2=b\",\"q2\":\"\",\"q3\":\"b\"}",       /* what stands between answers */
        "[\"q1\"]",
        "null",
        "\"q1\"",
        "{}"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_refused(post_page(room, serial, 1, bad[i]), 422, "invalid");
    static const int pages[] = {0, 2, -1, 1001};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
        assert_refused(post_page(room, serial, pages[i], WHOLE), 422, "invalid");
    g_autofree char *path = g_strdup_printf("/api/entries/%s/1", serial);
    assert_refused(ask(room, "POST", path, "{\"given\":" WHOLE ",\"reason\":\" \"}"), 422, "no-reason");
    Request forged = request_of(room, "POST", path, "{\"given\":" WHOLE ",\"reason\":\"x\"}");
    forged.token = "0";
    assert_refused(desk_answer(room->desk, &forged), 403, "no-token");
    char strange[SERIAL_LENGTH + 1];
    serial_make(901, strange);
    assert_refused(post_page(room, strange, 1, WHOLE), 404, "not-found");
    static const char *const texts[] = {"/api/entries/0000000", "/api/entries/x",
                                        "/api/entries/K7RF-000001-A"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_refused(ask(room, "GET", texts[i], NULL), 422, "bad-serial");
    g_autofree char *elsewhere = g_strdup_printf("/api/entries/K7RF-%.6s-%s", serial, serial + 6);
    assert_refused(ask(room, "GET", elsewhere, NULL), 404, "other-station");
    /* a ballot that is void, or that a person rejected */
    const char *const voided[] = {gone, NULL};
    g_autoptr(GError) error = NULL;
    store_void(room->w->store, voided, "thu", "hỏng", &error);
    g_assert_no_error(error);
    assert_refused(post_page(room, gone, 1, WHOLE), 422, "invalid");
    workspace_return_a(room->w, rejected, "a", "a", "b");
    g_assert_true(store_reject_ballot(room->w->store, rejected, "thu", "photo", NULL));
    assert_refused(post_page(room, rejected, 1, WHOLE), 422, "invalid");
    g_autofree char *shut = g_strdup_printf("/api/entries/%s", rejected);
    assert_refused(ask(room, "GET", shut, NULL), 422, "invalid");
    assert_standing(room, serial, 1, "missing");
    /* the same person twice; a third where two have entered it */
    enter_page(room, serial, 1, WHOLE, false, 0);
    assert_refused(post_page(room, serial, 1, WHOLE), 422, "invalid");
    be(room, "lan");
    enter_page(room, serial, 1, WHOLE, true, 0);
    be(room, "minh");
    assert_refused(post_page(room, serial, 1, WHOLE), 422, "invalid");
    g_autoptr(GPtrArray) decisions = store_load_decisions(room->w->store, serial, NULL);
    g_assert_cmpuint(decisions->len, ==, 2);
}

static void assert_gone(const Room *room, const char *serial, const char *question, const char *why,
                        const char *who)
{
    g_autofree char *path = g_strdup_printf("/api/review/gone/%s/%s", serial, question);
    g_autoptr(Reply) reply = ask(room, "GET", path, NULL);
    g_assert_cmpint(reply->status, ==, 200);
    g_autoptr(JsonObject) body = body_of(reply);
    g_assert_cmpstr(json_object_get_string_member(body, "why"), ==, why);
    g_assert_cmpstr(json_object_get_string_member_with_default(body, "who", NULL), ==, who);
}

/* Why an answer that was shown is asked no more. */
static void test_gone(void)
{
    g_autoptr(Room) room = room_new(1);
    g_autoptr(GPtrArray) serials = workspace_issue(room->w, "G1", "SA", "SA", 1);
    const char *scanned = room->serials->pdata[0], *entered = serials->pdata[0];
    enter(room, entered, "lan", "a");
    enter(room, entered, "minh", "c");
    be(room, "lan");
    assert_gone(room, entered, "q1", "waits", NULL);
    workspace_return_a(room->w, entered, "b", "a", "b");
    assert_gone(room, entered, "q1", "duplicate", NULL);
    assert_gone(room, scanned, "q2", "waits", NULL);
    const StoreSettle settle = {scanned, "q2", "a", 1, 0, "minh", "", NULL};
    StoreSettled settled;
    g_assert_true(store_settle_answer(room->w->store, &settle, &settled, NULL));
    assert_gone(room, scanned, "q2", "answered", "minh");
    assert_gone(room, scanned, "q1", "changed", NULL);
    g_assert_true(store_reject_ballot(room->w->store, scanned, "thu", "photo", NULL));
    assert_gone(room, scanned, "q2", "rejected", NULL);
    assert_gone(room, "0000000", "q2", "changed", NULL);
}

/* A refused file that is a picture is given to the browser as it came, of the kinds that are pictures alone.
 */
static void test_file_as_it_came(void)
{
    g_autoptr(Room) room = room_new(0);
    static const struct {
        const char *content, *type;
    } files[] = {{"GIF89a.gif", "image/gif"}, {"BM.bmp", "image/bmp"}, {"RIFF1234WEBP.webp", "image/webp"}};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        g_free(workspace_refuse_file(room->w, files[i].content, "unreadable", "is no scan"));
    be(room, "thu");
    g_autoptr(Reply) listed = ask(room, "GET", "/api/pages", NULL);
    g_autoptr(JsonObject) body = body_of(listed);
    JsonArray *pages = json_object_get_array_member(body, "pages");
    g_assert_cmpuint(json_array_get_length(pages), ==, G_N_ELEMENTS(files));
    for (guint i = 0; i < json_array_get_length(pages); i++) {
        JsonObject *page = json_array_get_object_element(pages, i);
        const char *name = json_object_get_string_member(page, "file"), *type = NULL;
        for (size_t k = 0; k < G_N_ELEMENTS(files); k++) {
            if (g_str_equal(name, files[k].content))
                type = files[k].type;
        }
        g_autofree char *path =
            g_strdup_printf("/pictures/sheet/%" G_GINT64_FORMAT, json_object_get_int_member(page, "id"));
        g_autoptr(Reply) reply = ask(room, "GET", path, NULL);
        g_assert_cmpint(reply->status, ==, 200);
        g_assert_cmpstr(reply->type, ==, type);
        g_assert_cmpmem(g_bytes_get_data(reply->body, NULL), g_bytes_get_size(reply->body), name,
                        strlen(name));
    }
    assert_refused(ask(room, "GET", "/pictures/sheet/-77", NULL), 404, "not-found");
}

void desk_entry_tests(void)
{
    g_test_add_func("/desk/gone", test_gone);
    g_test_add_func("/desk/file-as-it-came", test_file_as_it_came);
    g_test_add_func("/desk/entry/two-people", test_two_people);
    g_test_add_func("/desk/entry/differing", test_differing);
    g_test_add_func("/desk/entry/missing-page", test_missing_page);
    g_test_add_func("/desk/entry/hostile", test_hostile);
}
