#include "store/store.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forge.h"
#include "workspace.h"

/* Runs SQL on the database from outside; what a person with a tool could do. */
static void run_raw(const Workspace *w, const char *sql)
{
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL);
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        g_error("%s: %s", sql, message);
    sqlite3_close(db);
}

/* Changes rows and makes the chain fit. */
static void run_forged(const Workspace *w, const char *sql)
{
    g_autoptr(GError) error = NULL;
    forge_rows(w->dir, sql, &error);
    g_assert_no_error(error);
}

/* The same where the database itself must refuse it. */
static void run_refused(const Workspace *w, const char *sql, const char *says)
{
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL);
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    char *message = NULL;
    int refused = sqlite3_exec(db, sql, NULL, NULL, &message);
    g_assert_cmpint(refused, !=, SQLITE_OK);
    g_assert_nonnull(strstr(message, says));
    sqlite3_free(message);
    sqlite3_close(db);
}

static void assert_open_refused(const char *dir, PhieuError code, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open(dir, STORE_READ, &error));
    g_assert_error(error, PHIEU_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, says));
}

/* The one returned ballot of that serial; the list owns it. */
static const StoreBallot *find_ballot(const GPtrArray *ballots, const char *serial)
{
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        if (g_str_equal(ballot->serial, serial))
            return ballot;
    }
    return NULL;
}

static void assert_status(Workspace *w, const char *serial, StoreBallotStatus status)
{
    g_autoptr(GPtrArray) ballots = store_load_ballots(w->store, NULL);
    const StoreBallot *ballot = find_ballot(ballots, serial);
    g_assert_nonnull(ballot);
    g_assert_cmpstr(store_ballot_status_id(ballot->status), ==, store_ballot_status_id(status));
}

static void assert_answer(Workspace *w, const char *serial, const char *question, const char *value,
                          AnswerState state, const char *by)
{
    g_autoptr(GPtrArray) answers = store_load_ballot_answers(w->store, serial, NULL);
    int found = 0;
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        if (!g_str_equal(answer->question, question))
            continue;
        found++;
        g_assert_cmpstr(answer->serial, ==, serial);
        g_assert_cmpstr(answer->value, ==, value);
        g_assert_cmpint(answer->state, ==, state);
        g_assert_cmpstr(answer->decided_by, ==, by);
    }
    g_assert_cmpint(found, ==, 1);
}

static void assert_fault(Workspace *w, const char *says)
{
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, >, 0);
    g_assert_nonnull(strstr(faults->pdata[0], says));
}

static void add_refused(Workspace *w, int64_t file, int index, const char *reason, const char *detail)
{
    StorePage *page = store_page_new();
    page->index = index;
    page->outcome = STORE_PAGE_REFUSED;
    g_free(page->reason);
    g_free(page->detail);
    page->reason = g_strdup(reason);
    page->detail = g_strdup(detail);
    g_autoptr(GError) error = NULL;
    store_add_page(w->store, file, page, NULL, &error);
    g_assert_no_error(error);
    store_add_page_again(w->store, file, page, NULL, &error);
    g_assert_no_error(error);
    store_page_free(page);
}

/* ---- the workspace ---- */

static void test_init(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(Survey) survey = workspace_load_survey(w->definition);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_init(w->dir, survey, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_cmpstr(store_survey(w->store)->fingerprint, ==, survey->fingerprint);
    g_assert_cmpstr(store_dir(w->store), ==, w->dir);
    assert_open_refused(w->root, PHIEU_ERROR_NOT_FOUND, "no workspace");
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
    /* a folder with other files where the definition goes would never open again */
    g_autofree char *other = g_build_filename(w->root, "other", NULL);
    g_autofree char *left = g_build_filename(other, "definition", NULL);
    g_autofree char *extra = g_build_filename(left, "extra.yaml", NULL);
    g_mkdir_with_parents(left, 0755);
    g_assert_true(g_file_set_contents(extra, "x: 1\n", -1, NULL));
    g_clear_error(&error);
    g_assert_false(store_init(other, survey, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_true(g_file_test(extra, G_FILE_TEST_EXISTS));
}

static void test_lock(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open(w->dir, STORE_WORK, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_BUSY);
    g_autofree char *pid = g_strdup_printf("%ld", (long)getpid());
    g_assert_nonnull(strstr(error->message, pid));
    /* reading goes on beside a writer, and cannot write */
    g_autoptr(Store) reader = store_open(w->dir, STORE_READ, NULL);
    g_assert_nonnull(reader);
    g_clear_error(&error);
    g_assert_false(store_log(reader, "Lan", "note", "x", &error));
    g_assert_nonnull(error);
    /* a writer that is killed leaves no lock */
    g_clear_pointer(&w->store, store_free);
    pid_t child = fork();
    if (child == 0) {
        Store *held = store_open(w->dir, STORE_WORK, NULL);
        _exit(held ? 7 : 1); /* not freed: the kernel takes the lock back */
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
    workspace_reopen(w);
}

static void test_refused(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_clear_pointer(&w->store, store_free);
    g_autofree char *sql = g_strdup_printf("PRAGMA user_version = %d", STORE_SCHEMA_VERSION + 1);
    run_raw(w, sql);
    assert_open_refused(w->dir, PHIEU_ERROR_INVALID, "newer");
    g_autofree char *back = g_strdup_printf("PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
    run_raw(w, back);
    workspace_reopen(w);
    g_clear_pointer(&w->store, store_free);
    g_autofree char *file = g_build_filename(w->dir, "definition", "survey.yaml", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_autofree char *changed = g_strconcat(text, "# one word more\n", NULL);
    g_assert_true(g_file_set_contents(file, changed, -1, NULL));
    assert_open_refused(w->dir, PHIEU_ERROR_INVALID, "changed by hand");
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    workspace_reopen(w);
    g_clear_pointer(&w->store, store_free);
    g_autofree char *database = g_build_filename(w->dir, "survey.db", NULL);
    g_assert_true(g_file_set_contents(database, "this is no database, whatever its name says", -1, NULL));
    assert_open_refused(w->dir, PHIEU_ERROR_UNREADABLE, "survey.db");
}

/* Takes a workspace back to the first version: no fields, no attempts. */
static const char first_version[] =
    "DROP TABLE read_by; DROP VIEW roster; DROP VIEW told_roster; DROP VIEW told_now; DROP TABLE "
    "told_issued; DROP TABLE told;"
    "DROP TABLE sealed; DROP TABLE station; DROP TABLE account; DROP INDEX reading_waiting; DROP INDEX "
    "decision_answer; DROP "
    "INDEX log_rebuilds;"
    "DROP TABLE print_end; DROP TABLE print_job; DROP VIEW standing; DROP INDEX decision_undone; ALTER TABLE "
    "decision DROP COLUMN fact;"
    "DROP VIEW newest_page; DROP VIEW newest_file; DROP TABLE draft; DROP TABLE field;"
    "CREATE TABLE f1 (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " archived TEXT NOT NULL, pages INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,"
    " at TEXT NOT NULL) STRICT;"
    "INSERT INTO f1 SELECT id, sha256, name, archived, pages, reason, detail, at FROM file;"
    "DROP TABLE file; ALTER TABLE f1 RENAME TO file;"
    "CREATE TABLE p1 (id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file, idx INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, form TEXT NOT NULL,"
    " layout TEXT NOT NULL, serial TEXT NOT NULL, page INTEGER NOT NULL, grp TEXT NOT NULL,"
    " agency TEXT NOT NULL, origin TEXT NOT NULL, expected INTEGER NOT NULL, map BLOB NOT NULL,"
    " turns INTEGER NOT NULL, residual_mm REAL NOT NULL, worst_mm REAL NOT NULL, scale REAL NOT NULL,"
    " at TEXT NOT NULL, UNIQUE (file, idx)) STRICT;"
    "INSERT INTO p1 SELECT id, file, idx, outcome, reason, detail, form, layout, serial, page, grp, agency,"
    " origin, expected, map, turns, residual_mm, worst_mm, scale, at FROM page;"
    "DROP TABLE page; ALTER TABLE p1 RENAME TO page; CREATE INDEX page_serial ON page (serial);"
    "CREATE TRIGGER page_kept BEFORE DELETE ON page BEGIN SELECT RAISE(ABORT, 'rows are never deleted'); END;"
    "CREATE TRIGGER file_kept BEFORE DELETE ON file BEGIN SELECT RAISE(ABORT, 'rows are never deleted'); END;"
    "PRAGMA user_version = 1;";

/* The log has one upgrade, which begins so; whether a check tells that rows were sealed anew then. */
static void assert_upgraded(const Workspace *w, const char *says, bool anew)
{
    g_autoptr(GPtrArray) log = store_load_log(w->store, NULL);
    guint upgrades = 0;
    for (guint i = 0; i < log->len; i++) {
        const StoreLogLine *line = log->pdata[i];
        if (!g_str_equal(line->action, "upgrade"))
            continue;
        upgrades++;
        g_assert_cmpstr(line->who, ==, "phieu");
        g_assert_true(g_str_has_prefix(line->detail, says));
    }
    g_assert_cmpuint(upgrades, ==, 1);
    g_auto(StoreFindings) found;
    store_findings_init(&found);
    g_assert_true(store_verify(w->store, NULL, &found, NULL));
    g_assert_cmpuint(found.told->len, ==, anew ? 1 : 0);
    if (anew)
        g_assert_nonnull(strstr(found.told->pdata[0], "a later version of phieu took the workspace over"));
}

/* A workspace whose chain stands is taken over with its chain: nothing in it is sealed anew, and of its pages
 * it is not known who read them. */
static void test_upgrade_chained(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    int64_t file = workspace_add_file(w, 2), number;
    const char *const values[] = {"a", "b", "c"};
    workspace_add_page(w, file, 0, w->a, s->pdata[0], 1, values);
    g_clear_pointer(&w->store, store_free);
    run_forged(w, "DELETE FROM read_by");
    run_raw(w, "DROP TABLE read_by; PRAGMA user_version = 10");
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL);
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_autoptr(GPtrArray) hashes = forge_texts(db, "SELECT hash FROM sealed ORDER BY id DESC LIMIT 1");
    sqlite3_close(db);
    workspace_reopen(w);
    g_autofree char *head = store_head(w->store, &number, NULL);
    g_assert_cmpstr(head, !=, hashes->pdata[0]);
    g_autoptr(GString) before = g_string_new(NULL);
    for (const char *c = hashes->pdata[0]; *c; c++)
        g_string_append_printf(before, "%s%c", before->len % 5 == 4 ? " " : "", *c);
    g_autofree char *says =
        g_strdup_printf("phieu " PHIEU_VERSION ": schema 10 -> 11, head %s -> %s", before->str, before->str);
    assert_upgraded(w, says, false);
    workspace_add_page(w, file, 1, w->a, s->pdata[1], 1, values);
    g_autoptr(GPtrArray) faults = workspace_verify(w, hashes->pdata[0]); /* the head of then still stands */
    g_assert_cmpuint(faults->len, ==, 0);
    StorePage *old = store_load_page(w->store, file, 0, NULL),
              *new = store_load_page(w->store, file, 1, NULL);
    g_assert_cmpstr(old->reader, ==, "");
    g_assert_cmpstr(new->reader, ==, WORKSPACE_READER);
    store_page_free(old);
    store_page_free(new);
}

/* A workspace of the first version gets what was added since; what is in it stays. */
static void test_upgrade(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, s->pdata[0], "a", "b", "c");
    int64_t before = workspace_add_file(w, 1);
    add_refused(w, before, 0, "no-code", "");
    StoreWaiver old = {.id = (char *)"pages-refused", .fact = (char *)""};
    g_assert_true(store_waive(w->store, &old, 1, "Lan", "giấy trắng", NULL));
    g_clear_pointer(&w->store, store_free);
    run_raw(w, first_version);
    workspace_reopen(w);
    g_assert_cmpint(store_plain_last(w->store), ==, 1); /* that one ballot's code names no station */
    PageStation station = *store_station(w->store);
    g_assert_true(station_is_name(station.name));
    workspace_reopen(w);
    g_assert_cmpmem(&station, sizeof station, store_station(w->store), sizeof station);
    g_autoptr(GHashTable) waivers = store_load_waivers(w->store, NULL);
    g_assert_cmpstr(((StoreWaiver *)g_hash_table_lookup(waivers, "pages-refused"))->fact, ==, "");
    g_autoptr(GPtrArray) kept = store_load_pages(w->store, NULL);
    g_assert_cmpuint(kept->len, ==, 2);
    StorePage *anew = workspace_page(w, w->a, s->pdata[0], 1, (const char *const[]){"a", "b", "c"});
    g_assert_true(store_add_page_again(w->store, before, anew, NULL, NULL));
    store_page_free(anew);
    assert_status(w, s->pdata[0], STORE_BALLOT_DUPLICATE);
    g_autoptr(GPtrArray) answers = store_load_answers(w->store, NULL);
    g_assert_cmpuint(answers->len, ==, 3);
    g_autoptr(GPtrArray) none = store_load_writings(w->store, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    StorePage *page = workspace_page(w, w->a, s->pdata[0], 1, (const char *const[]){"a", "a", "a"});
    StoreField field = {.question = g_strdup("y-kien"), .found = {12.5, true}};
    g_array_append_val(page->fields, field);
    g_autoptr(GError) error = NULL;
    store_add_page(w->store, workspace_add_file(w, 1), page, NULL, &error);
    g_assert_no_error(error);
    store_page_free(page);
    workspace_reopen(w); /* once is enough */
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
    assert_upgraded(w, "phieu " PHIEU_VERSION ": schema 1 -> 11, head - -> ", true);
    run_refused(w, "UPDATE field SET written = 0", "never changed");
    run_refused(w, "UPDATE station SET plain_last = 999999", "never changed");
}

/* Drafts of what is written: kept side by side, the newest shown, none an answer; a person's text beside. */
static void test_drafts(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 1);
    const char *serial = s->pdata[0];
    g_autoptr(GError) error = NULL;
    StorePage *page = workspace_page(w, w->b, serial, 1, (const char *const[]){"a", "a", "a"});
    StoreField year = {.question = g_strdup("nam-sinh"),
                       .found = {12.5, true},
                       .draft = {g_strdup("19?5"), 0, g_strdup("digits-1")}},
               opinion = {.question = g_strdup("y-kien"), .found = {30, true}};
    g_array_append_val(page->fields, year);
    g_array_append_val(page->fields, opinion);
    g_assert_true(store_add_page(w->store, workspace_add_file(w, 1), page, NULL, &error));
    store_page_free(page);
    g_autoptr(GPtrArray) answers = store_load_ballot_answers(w->store, serial, NULL);
    guint machine = answers->len;

    g_autoptr(GPtrArray) first = store_load_ballot_writings(w->store, serial, NULL);
    g_assert_cmpuint(first->len, ==, 2);
    const StoreWriting *writing = first->pdata[0];
    int64_t page_id = writing->page_id;
    g_assert_cmpstr(writing->draft.text, ==, "19?5");
    g_assert_null(writing->text);
    writing = first->pdata[1];
    g_assert_null(writing->draft.model);

    const struct {
        const char *question;
        StoreDraft draft;
    } drafts[] = {{"nam-sinh", {(char *)"1975", 0.9, (char *)"digits-2"}},
                  {"nam-sinh", {(char *)"1111", 1, (char *)"digits-2"}}, /* once a model */
                  {"y-kien", {(char *)"", 0, (char *)"words-1"}},
                  {"y-kien", {NULL, 0.5, NULL}}};
    for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++)
        g_assert_true(store_add_draft(w->store, page_id, drafts[i].question, &drafts[i].draft, NULL));
    g_assert_false(store_add_draft(w->store, 999, "y-kien", &drafts[0].draft, &error)); /* no such page */
    g_clear_error(&error);

    static const char *const bad[][2] = {{"nam-sinh", "1899"}, {"nam-sinh", "19?5"}, {"y-kien", "a\nb"}};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(store_decide_answer(w->store, serial, bad[i][0], bad[i][1], "Lan", "", &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_clear_error(&error);
    }
    g_assert_false(store_decide_answer(w->store, serial, "no-such", "1975", "Lan", "", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(store_decide_answer(w->store, serial, "nam-sinh", "1976", "Lan", "", NULL));
    g_assert_true(store_decide_answer(w->store, serial, "nam-sinh", "1975", "Mai", "", NULL));
    g_autoptr(GPtrArray) second = store_load_writings(w->store, NULL);
    writing = second->pdata[0];
    g_assert_cmpstr(writing->draft.text, ==, "1975");
    g_assert_cmpstr(writing->draft.model, ==, "digits-2");
    g_assert_cmpfloat(writing->draft.confidence, ==, 0.9);
    g_assert_cmpstr(writing->text, ==, "1975");
    g_assert_cmpstr(writing->decided_by, ==, "Mai");
    writing = second->pdata[1];
    g_assert_cmpstr(writing->draft.text, ==, "");
    g_assert_cmpstr(writing->draft.model, ==, "words-1");
    g_assert_null(writing->text);

    g_autoptr(GPtrArray) after = store_load_ballot_answers(w->store, serial, NULL);
    g_assert_cmpuint(after->len, ==, machine); /* no draft and no text is an answer that counts */
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
    run_refused(w, "UPDATE draft SET text = 'x'", "never changed");
    run_refused(w, "DELETE FROM draft", "never deleted");
}

static void test_amend(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) serials = workspace_issue(w, "G1", "SA", "SA", 2);
    static const WorkspaceEdit harmless[] = {{"agencies.yaml", "Sở minh họa A", "Sở A mới"},
                                             {NULL, NULL, NULL}},
                               question[] = {{"form-a.yaml", "id: q2", "id: q9"}, {NULL, NULL, NULL}},
                               cell[] = {{"agencies.yaml", "code: SA", "code: SZ"}, {NULL, NULL, NULL}},
                               other[] = {{"survey.yaml", "id: NHO", "id: LON"}, {NULL, NULL, NULL}};
    const WorkspaceEdit *const bad[] = {question, cell, other};
    g_autofree char *folder = g_build_filename(w->root, "amended", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        workspace_copy_definition(folder, bad[i]);
        g_autoptr(Survey) survey = workspace_load_survey(folder);
        g_autoptr(GError) error = NULL;
        g_assert_false(store_amend_survey(w->store, survey, "Lan", &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        workspace_reopen(w);
    }
    /* what a killed run left of another amendment does not get in */
    g_autofree char *next = g_build_filename(w->dir, "definition-next", NULL);
    g_autofree char *extra = g_build_filename(next, "extra.yaml", NULL);
    g_mkdir_with_parents(next, 0755);
    g_assert_true(g_file_set_contents(extra, "x: 1\n", -1, NULL));
    workspace_copy_definition(folder, harmless);
    g_autoptr(Survey) survey = workspace_load_survey(folder);
    g_autoptr(GError) error = NULL;
    store_amend_survey(w->store, survey, "Lan", &error);
    g_assert_no_error(error);
    workspace_reopen(w);
    g_assert_cmpstr(store_survey(w->store)->fingerprint, ==, survey->fingerprint);
    g_assert_nonnull(survey_agency_by_text(store_survey(w->store), "Sở A mới"));
    g_assert_cmpuint(store_layouts(w->store)->len, ==, 2);
}

/* A cell to which a person assigned a ballot must stay as one of an issued ballot. */
static void test_amend_assigned(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    char serial[SERIAL_LENGTH + 1];
    serial_make(77, serial);
    workspace_return_a(w, serial, "a", "b", "c");
    const SurveyCell *cell = survey_cell(store_survey(w->store), "G1", "SA", "SA");
    g_assert_true(store_assign_ballot(w->store, serial, cell, "Lan", "ghi trên phiếu", NULL));
    assert_status(w, serial, STORE_BALLOT_COMPLETE);
    static const WorkspaceEdit edits[] = {{"agencies.yaml", "code: SA", "code: SZ"}, {NULL, NULL, NULL}};
    g_autofree char *folder = g_build_filename(w->root, "amended", NULL);
    workspace_copy_definition(folder, edits);
    g_autoptr(Survey) survey = workspace_load_survey(folder);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_amend_survey(w->store, survey, "Lan", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "SA"));
}

/* ---- the roster ---- */

static void test_issue(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    static const char *const cells[][3] = {
        {"G1", "SA", "SA"}, {"G2", "HC", "HC-P1"}, {"G1", "SB", "SB"}, {"G1", "SA", "SA"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        g_autoptr(GPtrArray) serials = workspace_issue(w, cells[i][0], cells[i][1], cells[i][2], 50);
        g_assert_cmpuint(serials->len, ==, 50);
        for (guint s = 0; s < serials->len; s++) {
            g_assert_cmpint(serial_parse(serials->pdata[s]), >, 0);
            g_assert_true(g_hash_table_add(seen, g_strdup(serials->pdata[s])));
        }
        workspace_reopen(w); /* numbers go on after a restart */
    }
    g_autoptr(GPtrArray) roster = store_load_roster(w->store, NULL);
    g_assert_cmpuint(roster->len, ==, 200);
    const char *before = "";
    for (guint i = 0; i < roster->len; i++) {
        const StoreIssued *issued = roster->pdata[i];
        g_assert_cmpstr(before, <, issued->serial);
        g_assert_cmpint(issued->prints, ==, 1);
        before = issued->serial;
    }
    g_autofree char *serial = g_strdup(((StoreIssued *)roster->pdata[60])->serial);
    g_assert_true(store_reprint(w->store, serial, NULL));
    StoreIssued *again = store_find_issued(w->store, serial, NULL);
    g_assert_cmpint(again->prints, ==, 2);
    g_assert_cmpstr(again->group, ==, "G2");
    g_assert_cmpstr(again->agency, ==, "HC");
    g_assert_cmpstr(again->origin, ==, "HC-P1");
    g_assert_cmpstr(again->form, ==, "B");
    store_issued_free(again);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_reprint(w->store, "0009999", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(store_find_issued(w->store, "' OR 1=1 --", &error));
    g_assert_no_error(error);
    /* too many: none at all */
    g_autoptr(GPtrArray) none = g_ptr_array_new_with_free_func(g_free);
    const SurveyCell *cell = survey_cell(store_survey(w->store), "G1", "SA", "SA");
    g_assert_false(store_issue(w->store, cell, w->a, SERIAL_MAX, none, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT);
    g_autoptr(GPtrArray) same = store_load_roster(w->store, NULL);
    g_assert_cmpuint(same->len, ==, 200);
    /* where the numbers begin is settled with the first of them */
    g_clear_error(&error);
    g_assert_false(store_set_first_number(w->store, 5000, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* ---- scans ---- */

static int count_rows(const Workspace *w, const char *table)
{
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL),
                    *sql = g_strdup_printf("SELECT count(*) FROM %s", table);
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &row, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(row), ==, SQLITE_ROW);
    int count = sqlite3_column_int(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return count;
}

static int count_pending(Workspace *w, int64_t file, bool again)
{
    g_autoptr(GArray) pending = store_pending_pages(w->store, file, again, NULL);
    g_assert_nonnull(pending);
    return (int)pending->len;
}

/* A refused page gets new attempts; nothing else does. The newest counts, all are kept. */
static void test_again(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    int64_t file = workspace_add_file(w, 4);
    const char *const values[] = {"a", "?", "c"};
    add_refused(w, file, 0, "no-code", "");
    add_refused(w, file, 1, "decoder-hang", "30");
    add_refused(w, file, 1, "decoder-hang", "60");
    workspace_add_page(w, file, 2, w->a, s->pdata[0], 1, values);
    g_assert_cmpint(count_rows(w, "page"), ==, 4);
    g_assert_cmpint(count_pending(w, file, false), ==, 1);
    g_assert_cmpint(count_pending(w, file, true), ==, 3);
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    g_assert_cmpuint(pages->len, ==, 3);
    const StorePageRow *first = pages->pdata[0], *second = pages->pdata[1];
    g_assert_cmpstr(second->detail, ==, "60");
    g_autoptr(GError) error = NULL;
    g_assert_false(store_settle_page(w->store, second->id - 1, "Lan", "x", &error)); /* an earlier attempt */
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(store_settle_page(w->store, first->id, "Lan", "tờ bìa", NULL));
    g_assert_cmpint(count_pending(w, file, true), ==, 2); /* a person has dealt with it */

    StorePage *page = workspace_page(w, w->a, s->pdata[1], 1, values);
    int waiting = 0;
    for (int round = 0; round < 2; round++) { /* read the second time, it changes nothing more */
        for (page->index = 1; page->index <= 2; page->index++)
            g_assert_true(store_add_page_again(w->store, file, page, &waiting, NULL));
    }
    page->index = 3; /* never tried: not again */
    g_assert_true(store_add_page_again(w->store, file, page, &waiting, NULL));
    store_page_free(page);
    g_assert_cmpint(count_rows(w, "page"), ==, 5);
    g_assert_cmpint(count_rows(w, "newest_page"), ==, 3);
    g_assert_cmpint(count_pending(w, file, true), ==, 1);
    assert_status(w, s->pdata[1], STORE_BALLOT_COMPLETE);
    assert_answer(w, s->pdata[1], "q2", "a", ANSWER_WAITING, "machine");
    assert_fault(w, "not read yet"); /* attempts do not make up for a page */
    add_refused(w, file, 3, "no-code", "");
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
    g_autoptr(GPtrArray) stored = store_load_file_pages(w->store, file, NULL);
    g_assert_cmpuint(stored->len, ==, 4);
}

/* A file refused as a whole is tried again until it is taken in. */
static void test_file_again(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autofree char *path = g_build_filename(w->root, "x.pdf", NULL);
    g_assert_true(g_file_set_contents(path, "x.pdf", -1, NULL));
    g_autofree char *sha256 = file_sha256(path, NULL);
    for (int i = 0; i < 4; i++) {
        g_autofree char *same =
            workspace_refuse_file(w, "x.pdf", i < 2 ? "decoder-hang" : "unreadable", "nó");
        g_assert_cmpstr(same, ==, sha256);
    }
    g_assert_cmpint(count_rows(w, "file"), ==, 2);
    g_autoptr(GPtrArray) before = store_load_pages(w->store, NULL);
    g_assert_cmpuint(before->len, ==, 1);
    g_assert_cmpstr(((StorePageRow *)before->pdata[0])->reason, ==, "unreadable");
    StoreFile *refused = store_find_file(w->store, sha256, NULL);
    g_assert_cmpint(refused->attempt, ==, 1);
    g_assert_false(refused->settled);
    g_assert_true(store_settle_page(w->store, -refused->id, "Lan", "x", NULL));
    store_file_free(refused);
    refused = store_find_file(w->store, sha256, NULL);
    g_assert_true(refused->settled);
    store_file_free(refused);
    for (int i = 0; i < 2; i++) {
        bool known;
        StoreFile *file = store_add_file(w->store, path, "x.pdf", sha256, 2, &known, NULL);
        g_assert_nonnull(file);
        g_assert_cmpint(known, ==, i == 1);
        g_assert_cmpint(file->pages, ==, 2);
        g_assert_cmpint(count_pending(w, file->id, false), ==, 2);
        store_file_free(file);
    }
    /* once taken in, it is never refused */
    g_free(workspace_refuse_file(w, "x.pdf", "decoder-crash", ""));
    g_assert_cmpint(count_rows(w, "file"), ==, 3);
    g_autoptr(GPtrArray) after = store_load_pages(w->store, NULL);
    g_assert_cmpuint(after->len, ==, 0);
}

/* How many files of those bytes the archive has, whole or in part. */
static int count_kept(const Workspace *w, const char *sha256)
{
    g_autofree char *folder = g_strdup_printf("%s/scans/%.2s", w->dir, sha256);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    int count = 0;
    for (const char *name; dir && (name = g_dir_read_name(dir));)
        count += g_str_has_prefix(name, sha256);
    return count;
}

/* The bytes of a refused file are kept, once, under whatever names they come; one that was refused before the
 * workspace kept such files is kept when it is seen again. */
static void test_refused_kept(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autofree char *sha256 = workspace_refuse_file(w, "thư.docx", "unreadable", "không phải bản quét");
    g_autofree char *other = g_build_filename(w->root, "thư.pdf", NULL);
    g_assert_true(g_file_set_contents(other, "thư.docx", -1, NULL));
    g_autoptr(GError) error = NULL;
    StoreFile *file =
        store_refuse_file(w->store, other, "thư.pdf", sha256, "decoder-hang", "lâu quá", &error);
    g_assert_no_error(error);
    g_assert_cmpint(file->attempt, ==, 1);
    g_assert_cmpint(count_kept(w, sha256), ==, 1);
    g_autofree char *kept = g_build_filename(w->dir, file->archived, NULL);
    g_autofree char *kept_hash = file_sha256(kept, NULL);
    g_assert_cmpstr(kept_hash, ==, sha256);
    g_autoptr(StorePageRow) row = store_find_page_row(w->store, -file->id, NULL);
    g_assert_cmpstr(row->archived, ==, file->archived);
    g_autoptr(StorePageRow) none = store_find_page_row(w->store, -77, &error);
    g_assert_null(none);
    g_assert_no_error(error);
    store_file_free(file);
    g_assert_true(g_file_set_contents(kept, "other bytes", -1, NULL));
    assert_fault(w, "was changed");
    g_autoptr(GPtrArray) once = workspace_verify(w, NULL);
    g_assert_cmpuint(once->len, ==, 1); /* a file, not an attempt */
    /* taken in after all, it stays where it is */
    g_assert_true(g_file_set_contents(kept, "thư.docx", -1, NULL));
    bool known;
    StoreFile *taken = store_add_file(w->store, other, "thư.pdf", sha256, 1, &known, NULL);
    g_assert_false(known);
    g_autofree char *same = g_build_filename(w->dir, taken->archived, NULL);
    g_assert_cmpstr(same, ==, kept);
    g_assert_cmpint(count_kept(w, sha256), ==, 1);
    store_file_free(taken);
}

/* What is too large to be kept is refused without a copy, told once; what is not what was read is no file. */
static void test_refused_not_kept(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autofree char *path = g_build_filename(w->root, "phim.mp4", NULL), *sha256 = g_strnfill(64, 'a');
    g_assert_true(g_file_set_contents(path, "x", -1, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_null(store_refuse_file(w->store, path, "phim.mp4", sha256, "unreadable", "", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_cmpint(count_kept(w, sha256), ==, 0);
    g_assert_cmpint(count_rows(w, "file"), ==, 0);
    if (truncate(path, STORE_FILE_MAX_BYTES + 1) != 0) {
        g_test_skip("no file of that size can be made here");
        return;
    }
    for (int i = 0; i < 2; i++) {
        StoreFile *file = store_refuse_file(w->store, path, "phim.mp4", sha256, "unreadable", "", &error);
        g_assert_no_error(error);
        g_assert_cmpstr(file->archived, ==, "");
        store_file_free(file);
    }
    g_assert_cmpint(count_kept(w, sha256), ==, 0);
    g_assert_cmpint(count_rows(w, "file"), ==, 1);
    g_unlink(path);
}

/* The archive on a full disk: named, and nothing of the file is there, in the database or beside it. */
static void test_refused_disk_full(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autofree char *path = g_build_filename(w->root, "to.bin", NULL), *sha256 = NULL;
    g_autofree char *content = g_strnfill(1 << 20, 'x');
    g_assert_true(g_file_set_contents(path, content, 1 << 20, NULL));
    sha256 = file_sha256(path, NULL);
    struct rlimit before;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    struct rlimit small = {1 << 19, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    g_autoptr(GError) error = NULL;
    StoreFile *file = store_refuse_file(w->store, path, "to.bin", sha256, "unreadable", "", &error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    signal(SIGXFSZ, SIG_DFL);
    g_assert_null(file);
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "archive"));
    g_assert_cmpint(count_kept(w, sha256), ==, 0);
    g_assert_cmpint(count_rows(w, "file"), ==, 0);
}

static void test_pages(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) serials = workspace_issue(w, "G1", "SA", "SA", 2);
    int64_t file = workspace_add_file(w, 3);
    const char *const values[] = {"a", "?", ""}, *const others[] = {"d", "d", "d"};
    int waiting = workspace_add_page(w, file, 0, w->a, serials->pdata[0], 1, values);
    g_assert_cmpint(waiting, ==, 1);
    /* the same place of the same file again, whatever it says: nothing changes */
    waiting = workspace_add_page(w, file, 0, w->a, serials->pdata[0], 1, others);
    g_assert_cmpint(waiting, ==, 0);
    waiting = workspace_add_page(w, file, 0, w->a, serials->pdata[1], 1, others);
    g_assert_cmpint(waiting, ==, 0);
    g_autoptr(GPtrArray) ballots = store_load_ballots(w->store, NULL);
    g_assert_cmpuint(ballots->len, ==, 1);
    assert_status(w, serials->pdata[0], STORE_BALLOT_COMPLETE);
    assert_answer(w, serials->pdata[0], "q1", "a", ANSWER_MACHINE, "machine");
    assert_answer(w, serials->pdata[0], "q2", "a", ANSWER_WAITING, "machine");
    assert_answer(w, serials->pdata[0], "q3", "", ANSWER_MACHINE, "machine");
    g_autoptr(GArray) pending = store_pending_pages(w->store, file, false, NULL);
    g_assert_cmpuint(pending->len, ==, 2);
    g_assert_cmpint(g_array_index(pending, int, 0), ==, 1);
    assert_fault(w, "not read yet");
    StorePage *refused = store_page_new();
    refused->index = 1;
    refused->outcome = STORE_PAGE_REFUSED;
    g_free(refused->reason);
    refused->reason = g_strdup("no-code");
    g_assert_true(store_add_page(w->store, file, refused, NULL, NULL));
    refused->index = 2;
    refused->outcome = STORE_PAGE_BLANK;
    g_assert_true(store_add_page(w->store, file, refused, NULL, NULL));
    store_page_free(refused);
    g_autoptr(GArray) none = store_pending_pages(w->store, file, false, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    g_assert_cmpuint(pages->len, ==, 3);
    const StorePageRow *row = pages->pdata[1];
    g_assert_cmpint(row->page, ==, 2);
    g_assert_cmpstr(row->reason, ==, "no-code");
    g_assert_false(row->settled);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_settle_page(w->store, ((StorePageRow *)pages->pdata[0])->id, "Lan", "x", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND); /* it was read: nothing to settle */
    g_assert_true(store_settle_page(w->store, row->id, "Lan", "quét lại", NULL));
    g_autoptr(GPtrArray) settled = store_load_pages(w->store, NULL);
    g_assert_true(((StorePageRow *)settled->pdata[1])->settled);
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

static void test_files(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    int64_t id = workspace_add_file(w, 1);
    g_autofree char *path = g_build_filename(w->root, "scan-1.pdf", NULL);
    g_autofree char *hash = file_sha256(path, NULL);
    bool known = false;
    StoreFile *again = store_add_file(w->store, path, "tên khác.pdf", hash, 1, &known, NULL);
    g_assert_true(known);
    g_assert_cmpint(again->id, ==, id);
    g_assert_cmpstr(again->name, ==, "scan-1.pdf");
    g_autofree char *archived = g_build_filename(w->dir, again->archived, NULL);
    g_autofree char *copy_hash = file_sha256(archived, NULL);
    g_assert_cmpstr(copy_hash, ==, hash);
    store_file_free(again);
    g_autoptr(GError) error = NULL;
    g_autofree char *missing = g_build_filename(w->root, "none.pdf", NULL);
    g_assert_null(store_add_file(w->store, missing, "none.pdf", "00", 1, &known, &error));
    g_assert_nonnull(error);
    g_free(workspace_refuse_file(w, "hỏng.pdf", "unreadable", "cắt cụt"));
    g_free(workspace_refuse_file(w, "hỏng.pdf", "unreadable", "cắt cụt"));
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    g_assert_cmpuint(pages->len, ==, 1);
    const StorePageRow *row = pages->pdata[0];
    g_assert_cmpint(row->page, ==, 0);
    g_assert_cmpint(row->id, <, 0);
    g_assert_cmpstr(row->detail, ==, "cắt cụt");
    g_assert_true(store_settle_page(w->store, row->id, "Lan", "quét lại", NULL));
    /* a changed or lost scan in the archive is named */
    workspace_add_page(w, id, 0, w->a, "0000011", 1, (const char *const[]){"a", "a", "a"});
    g_assert_true(g_file_set_contents(archived, "other bytes", -1, NULL));
    assert_fault(w, "was changed");
    g_unlink(archived);
    assert_fault(w, "scans/");
}

/* ---- ballots ---- */

static void test_statuses(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) two = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    const char *const first[] = {"a+c", "b"}, *const second[] = {"c"};
    int64_t file = workspace_add_file(w, 2);
    workspace_add_page(w, file, 0, w->b, two->pdata[0], 1, first);
    assert_status(w, two->pdata[0], STORE_BALLOT_INCOMPLETE);
    workspace_add_page(w, file, 1, w->b, two->pdata[0], 2, second);
    assert_status(w, two->pdata[0], STORE_BALLOT_COMPLETE);
    assert_answer(w, two->pdata[0], "kenh", "a+c", ANSWER_MACHINE, "machine");
    assert_answer(w, two->pdata[0], "q2", "c", ANSWER_MACHINE, "machine");
    /* the second page scanned again: a person decides, and only for the scans seen */
    const char *const other[] = {"d"};
    workspace_add_page(w, workspace_add_file(w, 1), 0, w->b, two->pdata[0], 2, other);
    assert_status(w, two->pdata[0], STORE_BALLOT_DUPLICATE);
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    int64_t later = ((StorePageRow *)pages->pdata[2])->id;
    g_autoptr(GError) error = NULL;
    g_assert_false(store_decide_duplicate(w->store, two->pdata[0], later + 50, "Lan", "x", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(store_decide_duplicate(w->store, two->pdata[0], later, "Lan", "bản sau rõ hơn", NULL));
    assert_status(w, two->pdata[0], STORE_BALLOT_COMPLETE);
    assert_answer(w, two->pdata[0], "q2", "d", ANSWER_MACHINE, "machine");
    workspace_add_page(w, workspace_add_file(w, 1), 0, w->b, two->pdata[0], 2, second);
    assert_status(w, two->pdata[0], STORE_BALLOT_DUPLICATE);
    /* a serial that was never issued */
    char unknown[SERIAL_LENGTH + 1];
    serial_make(4711, unknown);
    workspace_return_a(w, unknown, "a", "b", "c");
    assert_status(w, unknown, STORE_BALLOT_UNKNOWN);
    const Survey *survey = store_survey(w->store);
    g_clear_error(&error);
    g_assert_false(
        store_assign_ballot(w->store, unknown, survey_cell(survey, "G2", "HC", "HC-P1"), "Lan", "x", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID); /* another form */
    g_assert_true(store_assign_ballot(w->store, unknown, survey_cell(survey, "G1", "SB", "SB"), "Lan",
                                      "dấu cơ quan", NULL));
    assert_status(w, unknown, STORE_BALLOT_COMPLETE);
    g_autoptr(GPtrArray) ballots = store_load_ballots(w->store, NULL);
    const StoreBallot *assigned = find_ballot(ballots, unknown);
    g_assert_cmpstr(assigned->agency, ==, "SB");
    g_assert_cmpstr(assigned->note, ==, "Lan: dấu cơ quan");
    /* a rejected one keeps its reason and gives no answers */
    g_assert_true(store_reject_ballot(w->store, unknown, "Lan", "bản phô tô", NULL));
    assert_status(w, unknown, STORE_BALLOT_REJECTED);
    g_autoptr(GPtrArray) gone = store_load_ballot_answers(w->store, unknown, NULL);
    g_assert_cmpuint(gone->len, ==, 0);
    g_clear_error(&error);
    g_assert_false(store_reject_ballot(w->store, two->pdata[1], "Lan", "x", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND); /* no page of it was read */
    g_autoptr(GPtrArray) scans = store_load_scans(w->store, two->pdata[0], NULL);
    g_assert_cmpuint(scans->len, ==, 2);
    g_assert_cmpint(((StoreScan *)scans->pdata[0])->page, ==, 1);
    g_ptr_array_set_free_func(scans, (GDestroyNotify)store_scan_free);
}

static void test_decisions(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) serials = workspace_issue(w, "G1", "SA", "SA", 1);
    const char *serial = serials->pdata[0];
    g_assert_cmpint(workspace_return_a(w, serial, "a", "?", "b+c"), ==, 2);
    g_autoptr(GError) error = NULL;
    static const char *const bad[] = {"e", "a+", "A", "a+a", "'; DROP TABLE decision; --"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(store_decide_answer(w->store, serial, "q2", bad[i], "Lan", "đọc", &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_clear_error(&error);
    }
    g_assert_false(store_decide_answer(w->store, serial, "q7", "a", "Lan", "đọc", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(store_decide_answer(w->store, "0000000", "q2", "a", "Lan", "đọc", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(store_decide_answer(w->store, serial, "q2", "c", "Lan", "đọc", NULL));
    assert_answer(w, serial, "q2", "c", ANSWER_PERSON, "Lan");
    g_assert_true(store_decide_answer(w->store, serial, "q2", "d", "Minh", "xem lại", NULL));
    assert_answer(w, serial, "q2", "d", ANSWER_PERSON, "Minh");
    g_assert_true(store_decide_answer(w->store, serial, "q3", "", "Lan", "bỏ trống", NULL));
    assert_answer(w, serial, "q3", "", ANSWER_PERSON, "Lan");
    assert_answer(w, serial, "q1", "a", ANSWER_MACHINE, "machine");
    /* both decisions on q2 are still there, and no SQL takes one away while the rules stand */
    sqlite3 *db = NULL;
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL);
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    static const char *const tables[] = {"issued",   "printed", "file",  "page", "mark",   "reading",
                                         "decision", "import_", "score", "log",  "account"};
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *insert = g_strdup_printf("SELECT count(*) FROM %s", tables[i]);
        sqlite3_stmt *row = NULL;
        g_assert_cmpint(sqlite3_prepare_v2(db, insert, -1, &row, NULL), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_step(row), ==, SQLITE_ROW);
        int count = sqlite3_column_int(row, 0);
        sqlite3_finalize(row);
        g_autofree char *gone = g_strdup_printf("DELETE FROM %s", tables[i]);
        if (count)
            g_assert_cmpint(sqlite3_exec(db, gone, NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
        if (g_str_equal(tables[i], "decision"))
            g_assert_cmpint(count, ==, 3);
    }
    g_assert_cmpint(sqlite3_exec(db, "UPDATE decision SET value = 'a'", NULL, NULL, NULL), ==,
                    SQLITE_CONSTRAINT);
    sqlite3_close(db);
    /* deciding anew leaves what people decided */
    int changed = -1;
    g_assert_true(store_redecide(w->store, &changed, NULL));
    assert_answer(w, serial, "q2", "d", ANSWER_PERSON, "Minh");
    assert_answer(w, serial, "q3", "", ANSWER_PERSON, "Lan");
    g_assert_true(store_redecide(w->store, &changed, NULL));
    g_assert_cmpint(changed, ==, 0); /* the same measures under the same limits */
}

static void undo(Workspace *w, const char *kind);

/* What waits is what the answers say waits, in the same order. */
static void assert_waiting_agrees(Workspace *w, guint expected)
{
    g_autoptr(GPtrArray) answers = store_load_answers(w->store, NULL);
    g_autoptr(GPtrArray) waiting = store_load_waiting(w->store, NULL, NULL);
    guint found = 0;
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        if (answer->state != ANSWER_WAITING)
            continue;
        g_assert_cmpuint(found, <, waiting->len);
        const StoreWaiting *one = waiting->pdata[found++];
        g_assert_cmpstr(one->serial, ==, answer->serial);
        g_assert_cmpstr(one->question, ==, answer->question);
        g_assert_cmpstr(one->value, ==, answer->value);
        g_assert_cmpuint(one->reasons, ==, answer->reasons);
    }
    g_assert_cmpuint(found, ==, waiting->len);
    if (expected != G_MAXUINT)
        g_assert_cmpuint(found, ==, expected);
}

static void test_waiting(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 4);
    for (guint i = 0; i < 4; i++)
        workspace_return_a(w, s->pdata[i], "a", "?", "b+c");
    assert_waiting_agrees(w, 8);
    g_assert_true(store_decide_answer(w->store, s->pdata[1], "q2", "c", "lan", "đọc", NULL));
    assert_waiting_agrees(w, 7);
    g_assert_true(store_reject_ballot(w->store, s->pdata[2], "lan", "để trắng", NULL));
    assert_waiting_agrees(w, 5);
    /* scanned again: the first scan counts until a person says otherwise */
    workspace_return_a(w, s->pdata[3], "?", "?", "a");
    assert_waiting_agrees(w, 5);
    undo(w, "answer");
    assert_waiting_agrees(w, 6);
    int changed;
    g_assert_true(store_redecide(w->store, &changed, NULL)); /* of the newest readings, whatever they are */
    assert_waiting_agrees(w, G_MAXUINT);
}

/* What the machine is sure of is drawn by lot, waits behind what it asks, and holds nothing up. */
static void test_draws(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 3);
    g_autoptr(GError) error = NULL;
    int drawn = -1;
    g_assert_false(store_draw_answers(w->store, 2, 7, "lan", &drawn, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    for (guint i = 0; i < 3; i++)
        workspace_return_a(w, s->pdata[i], "a", "?", "b+c");
    assert_waiting_agrees(w, 6);
    g_assert_true(store_draw_answers(w->store, 2, 7, "lan", &drawn, NULL));
    g_assert_cmpint(drawn, ==, 2);
    g_autoptr(GPtrArray) waiting = store_load_waiting(w->store, NULL, NULL);
    g_assert_cmpuint(waiting->len, ==, 8);
    for (guint i = 0; i < 8; i++)
        g_assert_cmpint((((StoreWaiting *)waiting->pdata[i])->reasons & ANSWER_DRAWN) != 0, ==, i >= 6);
    const StoreWaiting *one = waiting->pdata[6], *other = waiting->pdata[7];
    assert_answer(w, one->serial, one->question, one->value, ANSWER_MACHINE, "machine");
    /* one read as the machine did, one otherwise */
    g_assert_true(store_decide_answer(w->store, one->serial, one->question, one->value, "lan", "", NULL));
    g_assert_true(store_decide_answer(w->store, other->serial, other->question, "d", "lan", "", NULL));
    StoreDraws draws;
    g_assert_true(store_count_draws(w->store, &draws, NULL));
    g_assert_cmpint(draws.drawn, ==, 2);
    g_assert_cmpint(draws.seen, ==, 2);
    g_assert_cmpint(draws.otherwise, ==, 1);
    assert_waiting_agrees(w, 6);
    /* the rest is drawn once; what is taken back may be drawn again */
    g_assert_true(store_draw_answers(w->store, 100, 8, "lan", &drawn, NULL));
    g_assert_cmpint(drawn, ==, 1);
    undo(w, "draw");
    g_assert_true(store_draw_answers(w->store, 100, 9, "lan", &drawn, NULL));
    g_assert_cmpint(drawn, ==, 1);
    g_assert_true(store_reject_ballot(w->store, s->pdata[0], "lan", "để trắng", NULL));
    g_assert_true(store_reject_ballot(w->store, s->pdata[1], "lan", "để trắng", NULL));
    g_assert_true(store_reject_ballot(w->store, s->pdata[2], "lan", "để trắng", NULL));
    g_autoptr(GPtrArray) none = store_load_waiting(w->store, NULL, NULL);
    g_assert_cmpuint(none->len, ==, 0);
}

/* What a person says of q2, shown as that look. */
static StoreSettled say(Workspace *w, const char *serial, const char *who, const char *value, int look,
                        int64_t over)
{
    const StoreSettle settle = {serial, "q2", value, look, over, who, "", NULL};
    StoreSettled settled;
    g_autoptr(GError) error = NULL;
    store_settle_answer(w->store, &settle, &settled, &error);
    g_assert_no_error(error);
    return settled;
}

/* Two people at one answer: the second is told, nothing of theirs is lost, and nobody decides twice. */
static void test_settle(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, s->pdata[0], "a", "?", "b");
    const char *serial = s->pdata[0];
    StoreSettled settled = say(w, serial, "lan", "c", 1, 0);
    int64_t first = settled.decision;
    g_assert_cmpint(first, >, 0);
    g_assert_null(settled.other);
    g_assert_false(settled.waits);
    settled = say(w, serial, "lan", "c", 1, 0);
    g_assert_cmpint(settled.decision, ==, first);
    settled = say(w, serial, "minh", "d", 1, 0);
    g_assert_cmpint(settled.decision, ==, 0);
    g_assert_nonnull(settled.other);
    g_assert_cmpint(settled.other->id, ==, first);
    g_assert_cmpstr(settled.other->who, ==, "lan");
    g_assert_cmpstr(settled.other->value, ==, "c");
    store_settled_clear(&settled);
    assert_answer(w, serial, "q2", "c", ANSWER_PERSON, "lan");
    g_assert_cmpint(count_rows(w, "log WHERE action = 'disagree'"), ==, 1);
    settled = say(w, serial, "minh", "d", 1, first);
    g_assert_cmpint(settled.decision, >, first);
    assert_answer(w, serial, "q2", "d", ANSWER_PERSON, "minh");
    g_assert_cmpint(count_rows(w, "decision"), ==, 2);
    g_autoptr(GError) error = NULL;
    const StoreSettle bad = {serial, "q2", "z", 1, settled.decision, "lan", "", NULL};
    g_assert_false(store_settle_answer(w->store, &bad, &settled, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* The look an answer waits for; 0: it does not wait. */
static int look_of(Workspace *w, const char *serial, const char *question)
{
    g_autoptr(GPtrArray) waiting = store_load_waiting(w->store, serial, NULL);
    for (guint i = 0; i < waiting->len; i++) {
        const StoreWaiting *one = waiting->pdata[i];
        if (g_str_equal(one->question, question))
            return one->look;
    }
    return 0;
}

static const WorkspaceEdit two_looks[] = {
    {"survey.yaml", "  decimals: 2", "  second_look: {up_to_ballots: 3}\n  decimals: 2"}, {NULL, NULL, NULL}};

/* Of a small group two people read, the second without knowing; equal is final, else a third decides. */
static void test_second_look(void)
{
    g_autoptr(Workspace) w = workspace_new(two_looks);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    workspace_return_a(w, s->pdata[0], "a", "?", "b");
    workspace_return_a(w, s->pdata[1], "a", "?", "b");
    const char *one = s->pdata[0], *two = s->pdata[1];
    g_assert_cmpint(look_of(w, one, "q2"), ==, 1);
    StoreSettled settled = say(w, one, "lan", "c", 1, 0);
    int64_t first = settled.decision;
    g_assert_true(settled.waits);
    g_assert_cmpint(look_of(w, one, "q2"), ==, 2);
    assert_answer(w, one, "q2", "a", ANSWER_WAITING, "machine"); /* the guess, and not what lan read */
    assert_waiting_agrees(w, 2);
    /* not once more by the same person, nor by one who had seen the guess */
    settled = say(w, one, "lan", "c", 2, 0);
    g_assert_cmpint(settled.decision, ==, first);
    g_assert_true(settled.waits);
    settled = say(w, one, "minh", "b", 1, 0);
    g_assert_cmpint(settled.decision, ==, 0);
    g_assert_nonnull(settled.other);
    g_assert_true(settled.waits);
    store_settled_clear(&settled);
    g_assert_cmpint(look_of(w, one, "q2"), ==, 2);
    settled = say(w, one, "hoa", "c", 2, 0);
    g_assert_false(settled.waits);
    g_assert_cmpint(look_of(w, one, "q2"), ==, 0);
    assert_answer(w, one, "q2", "c", ANSWER_PERSON, "hoa");
    /* they differ: none of the two decides */
    say(w, two, "lan", "c", 1, 0);
    settled = say(w, two, "hoa", "d", 2, 0);
    g_assert_true(settled.waits);
    g_assert_cmpint(look_of(w, two, "q2"), ==, 3);
    settled = say(w, two, "lan", "d", 3, 0);
    g_assert_nonnull(settled.other);
    store_settled_clear(&settled);
    settled = say(w, two, "minh", "b", 3, 0);
    g_assert_false(settled.waits);
    assert_answer(w, two, "q2", "b", ANSWER_PERSON, "minh");
    assert_waiting_agrees(w, 0);
    /* taken back, the third look is wanted again */
    g_assert_true(store_undo(w->store, settled.decision, "minh", "nhầm", NULL));
    g_assert_cmpint(look_of(w, two, "q2"), ==, 3);
    /* what the machine was sure of, and one person says otherwise */
    g_assert_true(store_decide_answer(w->store, one, "q1", "b", "lan", "", NULL));
    g_assert_cmpint(look_of(w, one, "q1"), ==, 2);
    assert_waiting_agrees(w, 2);
    g_autoptr(GPtrArray) looks = store_load_looks(w->store, NULL);
    g_assert_cmpuint(looks->len, ==, 2);
    g_autoptr(GPtrArray) agreements = store_agreement(looks);
    g_assert_cmpint(((const LookAgreement *)agreements->pdata[0])->equal, ==, 1);
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* An account; the newest row of a name counts. */
static void set_account(Workspace *w, const char *name, const char *full_name, bool disabled)
{
    const StoreAccount account = {.name = (char *)name,
                                  .full_name = (char *)full_name,
                                  .roles = STORE_ROLE_OPERATOR,
                                  .password = (char *)"x",
                                  .disabled = disabled};
    g_autoptr(GError) error = NULL;
    store_set_account(w->store, &account, "add", "lan", &error);
    g_assert_no_error(error);
}

static void assert_nobody(Workspace *w, const char *serial, const char *who, const char *says)
{
    g_autoptr(GError) error = NULL;
    guint before = (guint)count_rows(w, "decision");
    g_assert_false(store_decide_answer(w->store, serial, "q2", "a", who, "", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, says));
    g_clear_error(&error);
    g_assert_false(store_reject_ballot(w->store, serial, who, "x", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    StoreSettled settled;
    const StoreSettle settle = {serial, "q2", "a", 1, 0, who, "", NULL};
    g_clear_error(&error);
    g_assert_false(store_settle_answer(w->store, &settle, &settled, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_cmpint(count_rows(w, "decision"), ==, before);
}

/* Where there are accounts a decision is one's; before, anybody's word is taken for who they are. */
static void test_people(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, s->pdata[0], "a", "?", "b");
    const char *serial = s->pdata[0];
    g_assert_true(store_decide_answer(w->store, serial, "q2", "b", "Người lạ", "", NULL));
    assert_answer(w, serial, "q2", "b", ANSWER_PERSON, "Người lạ");
    set_account(w, "lan", "Người duyệt A", false);
    set_account(w, "mai", "Người duyệt B", false);
    set_account(w, "thu", "Người duyệt B", true);
    assert_nobody(w, serial, "Người lạ",
                  "'Người lạ' is no account of this workspace, where every decision is "
                  "an account's: name yours with --who (lan, mai), or");
    assert_nobody(w, serial, "", "'' is no account");
    assert_nobody(w, serial, "Người duyệt A", "is no account"); /* known by that name, but it is not typed */
    assert_nobody(w, serial, "thu", "account 'thu' is disabled");
    g_assert_true(store_decide_answer(w->store, serial, "q2", "c", " LAN ", "", NULL));
    assert_answer(w, serial, "q2", "c", ANSWER_PERSON, "lan");
    g_assert_cmpint(count_rows(w, "decision WHERE who = 'lan'"), ==, 1);
    g_assert_cmpint(count_rows(w, "log WHERE action = 'answer' AND who = 'lan'"), ==, 1);
    /* one's own word is one's own however it is spelt */
    StoreSettled settled = say(w, serial, "Lan", "d", 1, 0);
    g_assert_null(settled.other);
    assert_answer(w, serial, "q2", "d", ANSWER_PERSON, "lan");
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

static void test_refer(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, s->pdata[0], "a", "?", "b");
    g_autoptr(GError) error = NULL;
    g_assert_false(store_refer_answer(w->store, s->pdata[0], "q9", "lan", "mờ", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(store_refer_answer(w->store, s->pdata[0], "q2", "lan", "mờ, xin xem giúp", NULL));
    g_autoptr(GPtrArray) waiting = store_load_waiting(w->store, NULL, NULL);
    g_assert_cmpuint(waiting->len, ==, 1);
    const StoreWaiting *one = waiting->pdata[0];
    g_assert_cmpstr(one->referred_by, ==, "lan");
    g_assert_cmpstr(one->note, ==, "mờ, xin xem giúp");
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* Decisions go on beside long work; a changed definition is noticed before anything is decided by the old
 * one.
 */
static void test_beside_work(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, s->pdata[0], "a", "?", "b");
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) desk = store_open(w->dir, STORE_DECIDE, &error);
    g_assert_no_error(error);
    g_assert_true(store_has_changed(desk));
    g_assert_false(store_has_changed(desk));
    g_assert_true(store_decide_answer(desk, s->pdata[0], "q2", "c", "lan", "đọc", &error));
    assert_answer(w, s->pdata[0], "q2", "c", ANSWER_PERSON, "lan");
    g_assert_true(store_decide_answer(w->store, s->pdata[0], "q2", "d", "minh", "đọc", &error));
    assert_answer(w, s->pdata[0], "q2", "d", ANSWER_PERSON, "minh");
    g_assert_true(store_has_changed(desk));
    g_assert_true(store_is_current(desk));
    static const WorkspaceEdit harmless[] = {{"agencies.yaml", "Sở minh họa A", "Sở A mới"},
                                             {NULL, NULL, NULL}};
    g_autofree char *folder = g_build_filename(w->root, "amended", NULL);
    workspace_copy_definition(folder, harmless);
    g_autoptr(Survey) survey = workspace_load_survey(folder);
    g_assert_true(store_amend_survey(w->store, survey, "lan", &error));
    g_assert_false(store_is_current(desk));
    g_assert_false(store_decide_answer(desk, s->pdata[0], "q2", "a", "lan", "đọc", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    assert_answer(w, s->pdata[0], "q2", "d", ANSWER_PERSON, "minh");
}

static void test_accounts(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GError) error = NULL;
    StoreAccount lan = {.name = (char *)"lan",
                        .full_name = (char *)"Người duyệt A",
                        .roles = STORE_ROLE_OPERATOR | STORE_ROLE_CLERK,
                        .password = (char *)"$argon2id$one"};
    g_assert_true(store_set_account(w->store, &lan, "add", "root", &error));
    lan.password = (char *)"$argon2id$two";
    lan.disabled = true;
    g_assert_true(store_set_account(w->store, &lan, "disable", "root", &error));
    g_autoptr(StoreAccount) found = store_find_account(w->store, "lan", &error);
    g_assert_nonnull(found);
    g_assert_cmpstr(found->full_name, ==, "Người duyệt A");
    g_assert_cmpstr(found->password, ==, "$argon2id$two");
    g_assert_true(found->disabled);
    g_assert_cmpuint(found->roles, ==, STORE_ROLE_OPERATOR | STORE_ROLE_CLERK);
    g_assert_null(store_find_account(w->store, "minh", &error));
    g_assert_no_error(error);
    g_autoptr(GPtrArray) all = store_load_accounts(w->store, NULL);
    g_assert_cmpuint(all->len, ==, 1);
    g_assert_cmpint(count_rows(w, "log WHERE detail LIKE '%argon2%'"), ==, 0);
    g_assert_cmpint(count_rows(w, "log WHERE action = 'account'"), ==, 2);
    static const char *const bad[] = {
        "", "Lan", "a b", "lân", "machine", "x\ny", "0123456789012345678901234567890123"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        lan.name = (char *)bad[i];
        g_assert_false(store_set_account(w->store, &lan, "add", "root", &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_clear_error(&error);
    }
    unsigned roles = 0;
    g_assert_true(store_roles_parse("analyst,admin", &roles, NULL));
    g_assert_cmpuint(roles, ==, STORE_ROLE_ANALYST | STORE_ROLE_ADMIN);
    g_autofree char *text = store_roles_text(roles);
    g_assert_cmpstr(text, ==, "analyst,admin");
    g_assert_false(store_roles_parse("boss", &roles, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

static void waive(Workspace *w, const char *id, const char *fact, const char *who)
{
    StoreWaiver waiver = {.id = (char *)id, .fact = (char *)fact};
    g_assert_true(store_waive(w->store, &waiver, 1, who, "đã báo cáo", NULL));
}

static void assert_waiver(Workspace *w, const char *id, const char *fact, const char *who, const char *undone)
{
    g_autoptr(GHashTable) waivers = store_load_waivers(w->store, NULL);
    const StoreWaiver *waiver = g_hash_table_lookup(waivers, id);
    g_assert_nonnull(waiver);
    g_assert_cmpstr(waiver->fact, ==, fact);
    g_assert_cmpstr(waiver->who, ==, who);
    g_assert_cmpstr(waiver->undone, ==, undone);
}

/* Rows are added, the newest counts; a withdrawal takes back all there are of a reason and names who and why.
 */
static void test_waivers(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    static const char id[] = "quota-short:G1:SA:SA";
    waive(w, id, "1", "Lan");
    waive(w, id, "3", "Minh");
    waive(w, "pages-refused", "2 17 -4", "Lan");
    g_autoptr(GHashTable) waivers = store_load_waivers(w->store, NULL);
    g_assert_cmpuint(g_hash_table_size(waivers), ==, 2);
    assert_waiver(w, id, "3", "Minh", NULL);
    /* all of the names or none */
    g_autoptr(GError) error = NULL;
    g_assert_false(store_withdraw_waivers(w->store, (const char *const[]){id, "ballots-held", NULL}, "Tư",
                                          "nhầm", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    assert_waiver(w, id, "3", "Minh", NULL);
    g_assert_true(store_withdraw_waivers(w->store, (const char *const[]){id, NULL}, "Tư", "nhầm", NULL));
    workspace_reopen(w);
    assert_waiver(w, id, "3", "Minh", "Tư: nhầm");
    assert_waiver(w, "pages-refused", "2 17 -4", "Lan", NULL);
    g_clear_error(&error);
    g_assert_false(
        store_withdraw_waivers(w->store, (const char *const[]){id, NULL}, "Tư", "lần nữa", &error));
    waive(w, id, "2", "Lan");
    assert_waiver(w, id, "2", "Lan", NULL);
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

static int64_t newest_decision(Workspace *w, const char *kind)
{
    g_autoptr(GPtrArray) decisions = store_load_decisions(w->store, NULL, NULL);
    int64_t id = 0;
    for (guint i = 0; i < decisions->len; i++) {
        const StoreDecision *of = decisions->pdata[i];
        if (g_str_equal(of->kind, kind))
            id = of->id;
    }
    return id;
}

static void undo(Workspace *w, const char *kind)
{
    g_autoptr(GError) error = NULL;
    store_undo(w->store, newest_decision(w, kind), "Minh", "nhầm", &error);
    g_assert_no_error(error);
}

static bool is_settled(Workspace *w, int64_t id)
{
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    for (guint i = 0; i < pages->len; i++) {
        const StorePageRow *row = pages->pdata[i];
        if (row->id == id)
            return row->settled;
    }
    g_assert_not_reached();
}

static const StoreBallot *moved_ballot(GPtrArray *ballots, const char *serial, const char *agency, bool moved)
{
    const StoreBallot *ballot = find_ballot(ballots, serial);
    g_assert_cmpstr(ballot->agency, ==, agency);
    g_assert_cmpint(ballot->moved, ==, moved);
    return ballot;
}

/* Whatever a person decided can be taken back: what was there before counts again, and both rows stay. */
static void test_undo(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    const char *serial = s->pdata[0];
    workspace_return_a(w, serial, "a", "?", "c");
    assert_answer(w, serial, "q1", "a", ANSWER_MACHINE, "machine");
    g_assert_true(store_decide_answer(w->store, serial, "q1", "b", "Lan", "nhìn nhầm", NULL));
    g_assert_true(store_decide_answer(w->store, serial, "q1", "d", "Lan", "nhìn nhầm nữa", NULL));
    undo(w, "answer");
    assert_answer(w, serial, "q1", "b", ANSWER_PERSON, "Lan");
    g_autoptr(GError) error = NULL;
    g_assert_false(store_undo(w->store, newest_decision(w, "answer"), "Minh", "lần nữa", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID); /* once is enough */
    g_clear_error(&error);
    g_assert_false(store_undo(w->store, newest_decision(w, "undo"), "Minh", "thôi", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(store_undo(w->store, 99, "Minh", "thôi", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(store_undo(w->store, newest_decision(w, "answer") - 1, "Minh", "nhầm", NULL));
    assert_answer(w, serial, "q1", "a", ANSWER_MACHINE, "machine");

    g_assert_true(store_reject_ballot(w->store, serial, "Lan", "phô tô", NULL));
    assert_status(w, serial, STORE_BALLOT_REJECTED);
    undo(w, "reject");
    assert_status(w, serial, STORE_BALLOT_COMPLETE);

    const SurveyCell *other = survey_cell(store_survey(w->store), "G1", "SB", "SB");
    g_assert_true(store_assign_ballot(w->store, serial, other, "Lan", "phát nhầm", NULL));
    g_autoptr(GPtrArray) moved = store_load_ballots(w->store, NULL);
    moved_ballot(moved, serial, "SB", true);
    undo(w, "assign");
    g_autoptr(GPtrArray) back = store_load_ballots(w->store, NULL);
    moved_ballot(back, serial, "SA", false);

    workspace_return_a(w, serial, "b", "b", "b");
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    int64_t second = ((StorePageRow *)pages->pdata[pages->len - 1])->id;
    g_assert_true(store_decide_duplicate(w->store, serial, second, "Lan", "rõ hơn", NULL));
    assert_status(w, serial, STORE_BALLOT_COMPLETE);
    undo(w, "duplicate");
    assert_status(w, serial, STORE_BALLOT_DUPLICATE);

    int64_t file = workspace_add_file(w, 1);
    add_refused(w, file, 0, "no-code", "");
    g_free(workspace_refuse_file(w, "hỏng.pdf", "unreadable", ""));
    g_autoptr(GPtrArray) refused = store_load_pages(w->store, NULL);
    for (guint i = 0; i < refused->len; i++) {
        const StorePageRow *row = refused->pdata[i];
        if (row->outcome != STORE_PAGE_REFUSED)
            continue;
        g_assert_true(store_settle_page(w->store, row->id, "Lan", "giấy gói", NULL));
        g_assert_true(is_settled(w, row->id));
        undo(w, "settle");
        g_assert_false(is_settled(w, row->id));
    }
    g_autoptr(GPtrArray) all = store_load_decisions(w->store, NULL, NULL);
    g_autoptr(GPtrArray) own = store_load_decisions(w->store, serial, NULL);
    g_assert_cmpuint(all->len, ==, 14); /* 7 decisions, each taken back */
    g_assert_cmpuint(own->len, ==, 10);
    g_assert_cmpstr(((StoreDecision *)own->pdata[0])->undone, ==, "Minh: nhầm");
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* ---- entered by hand ---- */

/* A person enters a page: "q1=a q2=". */
static bool enter(Workspace *w, const char *serial, int page, const char *who, const char *pairs,
                  StoreEntryOutcome *ret, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(pairs, " ", -1);
    g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(StoreGiven));
    for (char **part = parts; *part; part++) {
        char *equals = strchr(*part, '=');
        *equals = '\0';
        StoreGiven one = {*part, equals + 1};
        g_array_append_val(given, one);
    }
    StoreEntry entry = {serial, page, (const StoreGiven *)(const void *)given->data, (int)given->len, who,
                        "rách", false};
    return store_enter_page(w->store, &entry, ret, error);
}

static StoreEntryOutcome enter_well(Workspace *w, const char *serial, int page, const char *who,
                                    const char *pairs)
{
    StoreEntryOutcome outcome;
    g_autoptr(GError) error = NULL;
    enter(w, serial, page, who, pairs, &outcome, &error);
    g_assert_no_error(error);
    return outcome;
}

static void assert_by_hand(Workspace *w, const char *serial, int read, int by_hand)
{
    g_autoptr(StoreBallot) ballot = store_find_ballot(w->store, serial, NULL);
    g_assert_cmpint(ballot->pages_read, ==, read);
    g_assert_cmpint(ballot->pages_by_hand, ==, by_hand);
}

static void test_enter_refused(void)
{
    static const struct {
        int page;
        const char *pairs, *says;
    } bad[] = {{1, "kenh=a", "not given: q1; what was left blank is given with an empty value (q1=)"},
               {1, "kenh=a q1=a q1=b", "'q1' is given twice"},
               {1, "kenh=a q1=a q2=a", "no question 'q2' on it; there are kenh, q1"},
               {1, "kenh=a q1=d", "'d' is no answer"},
               {1, "kenh=a+a q1=a", "'a+a' is no answer"},
               {3, "kenh=a q1=a", "has no page 3"}};
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    StoreEntryOutcome outcome;
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(enter(w, s->pdata[0], bad[i].page, "Lan", bad[i].pairs, &outcome, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, bad[i].says));
        g_clear_error(&error);
    }
    g_assert_false(enter(w, "0000000", 1, "Lan", "kenh=a q1=a", &outcome, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    workspace_return_b(w, s->pdata[0], "a", "a", "b");
    g_assert_false(enter(w, s->pdata[0], 2, "Lan", "q2=a", &outcome, &error));
    g_assert_nonnull(strstr(error->message, "was scanned"));
    g_clear_error(&error);
    const char *const gone[] = {s->pdata[1], NULL};
    g_assert_true(store_void(w->store, gone, "Lan", "hỏng", NULL));
    g_assert_false(enter(w, s->pdata[1], 2, "Lan", "q2=a", &outcome, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_autoptr(GPtrArray) decisions = store_load_decisions(w->store, NULL, NULL);
    g_assert_cmpuint(decisions->len, ==, 1);
}

/* A missing page, and a ballot of which nothing was scanned: two people, the same; else a third's word. */
static void test_enter_two(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    const char *one = s->pdata[0], *two = s->pdata[1];
    workspace_add_page(w, workspace_add_file(w, 1), 0, w->b, one, 1, (const char *const[]){"a+c", "b"});
    g_assert_false(enter_well(w, one, 2, "Lan", "q2=c").counts);
    g_assert_false(enter_well(w, one, 2, "Lan", "q2=d").counts); /* one person is one, whatever they say */
    assert_status(w, one, STORE_BALLOT_INCOMPLETE);
    assert_by_hand(w, one, 1, 0);
    StoreEntryOutcome outcome = enter_well(w, one, 2, "Minh", "q2=d");
    g_assert_true(outcome.counts);
    g_assert_cmpint(outcome.differing, ==, 0);
    assert_status(w, one, STORE_BALLOT_COMPLETE);
    assert_by_hand(w, one, 2, 1);
    assert_answer(w, one, "q2", "d", ANSWER_PERSON, "Lan + Minh");
    assert_answer(w, one, "q1", "b", ANSWER_MACHINE, "machine");
    undo(w, "enter");
    assert_status(w, one, STORE_BALLOT_INCOMPLETE);

    g_autoptr(StoreBallot) none = store_find_ballot(w->store, two, NULL);
    g_assert_null(none);
    enter_well(w, two, 1, "Lan", "kenh=c+a q1=a");
    enter_well(w, two, 2, "Lan", "q2=");
    enter_well(w, two, 1, "Minh", "kenh=a+c q1=b");
    assert_status(w, two, STORE_BALLOT_INCOMPLETE);
    outcome = enter_well(w, two, 2, "Minh", "q2=");
    assert_status(w, two, STORE_BALLOT_COMPLETE);
    assert_by_hand(w, two, 2, 2);
    assert_answer(w, two, "kenh", "a+c", ANSWER_PERSON, "Lan + Minh"); /* the same boxes, however named */
    assert_answer(w, two, "q2", "", ANSWER_PERSON, "Lan + Minh");
    assert_answer(w, two, "q1", "a", ANSWER_WAITING, "Lan");
    g_assert_true(store_decide_answer(w->store, two, "q1", "b", "Hoa", "hỏi lại", NULL));
    assert_answer(w, two, "q1", "b", ANSWER_PERSON, "Hoa");
    undo(w, "answer");
    assert_answer(w, two, "q1", "a", ANSWER_WAITING, "Lan");
    g_assert_cmpint(enter_well(w, two, 1, "Lan", "kenh=a+c q1=b").differing, ==, 0);
    assert_answer(w, two, "q1", "b", ANSWER_PERSON, "Lan + Minh");
    g_autoptr(GPtrArray) entered = store_load_entered(w->store, NULL, NULL);
    g_assert_cmpuint(entered->len, ==, 3);
    g_assert_cmpint(((StoreEntered *)entered->pdata[0])->standing, ==, STORE_ENTERED_HALF);
    g_assert_cmpint(((StoreEntered *)entered->pdata[1])->standing, ==, STORE_ENTERED_COUNTS);
    g_assert_cmpstr(((StoreEntered *)entered->pdata[1])->who, ==, "Lan + Minh");
    undo(w, "enter");
    g_assert_true(store_decide_answer(w->store, two, "q1", "x", "Hoa", "hỏi lại", NULL));
    g_autoptr(GPtrArray) log = store_load_log(w->store, NULL);
    const StoreLogLine *last = log->pdata[log->len - 1];
    g_assert_cmpstr(last->before, ==, "b"); /* what Minh entered: Lan's last entry is taken back */
    g_assert_cmpstr(last->before_by, ==, "Minh");
    g_assert_true(store_reject_ballot(w->store, two, "Lan", "phô tô", NULL));
    assert_status(w, two, STORE_BALLOT_REJECTED);
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

static int64_t newest_page(Workspace *w)
{
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    return ((StorePageRow *)pages->pdata[pages->len - 1])->id;
}

/* Whether so many entries, each by another name, are of two people. */
static bool enter_by(Workspace *w, const char *serial, const char *first, const char *second)
{
    if (first)
        enter_well(w, serial, 2, first, "q2=a");
    return enter_well(w, serial, 2, second, "q2=a").counts;
}

/* Two people are two accounts, or two names that differ by more than capital letters and blanks. */
static void test_enter_people(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 4);
    g_assert_false(enter_by(w, s->pdata[0], "Người nhập A", " NGƯỜI  nhập a"));
    g_assert_false(enter_by(w, s->pdata[1], NULL, "Người nhập A"));
    g_assert_false(enter_by(w, s->pdata[2], NULL, "nguyên"));
    g_autoptr(GPtrArray) entered = store_load_entered(w->store, s->pdata[0], NULL);
    g_assert_cmpstr(((StoreEntered *)entered->pdata[0])->who, ==, "Người nhập A");
    set_account(w, "nhap-a", "Người nhập A", false);
    set_account(w, "nhap-b", "Người nhập B", false);
    set_account(w, "nguyen", "Người nhập B", false);
    g_assert_false(enter_by(w, s->pdata[0], NULL, "nhap-a")); /* who was known by their name alone */
    g_assert_false(enter_by(w, s->pdata[1], NULL, "Nhap-A"));
    g_assert_true(enter_by(w, s->pdata[1], NULL, "nhap-b"));
    g_assert_true(enter_by(w, s->pdata[2], NULL, "nguyen"));     /* another name than theirs */
    g_assert_true(enter_by(w, s->pdata[3], "nhap-b", "nguyen")); /* two of one full name are two */
    g_autoptr(GPtrArray) two = store_load_entered(w->store, s->pdata[1], NULL);
    g_assert_cmpstr(((StoreEntered *)two->pdata[0])->who, ==, "nhap-a + nhap-b");
}

/* What two people entered differently waits as any other answer, for a third, and is taken back as any. */
static void test_enter_waits(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    const char *one = s->pdata[0], *other = s->pdata[1];
    workspace_return_a(w, other, "a", "?", "a");
    enter_well(w, one, 1, "Lan", "q1=a q2=b q3=a");
    g_autoptr(GPtrArray) half = store_load_waiting(w->store, NULL, NULL);
    g_assert_cmpuint(half->len, ==, 1); /* the one on a scan */
    enter_well(w, one, 1, "Minh", "q1=b q2=b q3=");
    g_autoptr(GPtrArray) waiting = store_load_waiting(w->store, one, NULL);
    g_assert_cmpuint(waiting->len, ==, 2);
    const StoreWaiting *first = waiting->pdata[0];
    g_assert_cmpstr(first->question, ==, "q1");
    g_assert_cmpint(first->look, ==, 3);
    g_assert_cmpint(first->page_id, ==, 0);
    g_assert_cmpint(first->beside, ==, 0);
    g_assert_cmpuint(first->reasons, ==, ANSWER_BY_HAND | ANSWER_THIRD_LOOK);
    g_assert_cmpstr(first->first_who, ==, "Lan");
    g_assert_cmpstr(first->first, ==, "a");
    g_assert_cmpstr(first->second_who, ==, "Minh");
    g_assert_cmpstr(first->second, ==, "b");
    g_assert_cmpint(first->first_id, !=, first->second_id);
    StoreSettle settle = {one, "q1", "c", 3, 0, "Minh", "", NULL};
    StoreSettled settled;
    g_assert_true(store_settle_answer(w->store, &settle, &settled, NULL)); /* one of the two */
    g_assert_nonnull(settled.other);
    g_assert_true(settled.waits);
    store_settled_clear(&settled);
    assert_answer(w, one, "q1", "a", ANSWER_WAITING, "Lan");
    settle.who = "Hoa";
    settle.look = 1; /* who was not shown both */
    g_assert_true(store_settle_answer(w->store, &settle, &settled, NULL));
    g_assert_nonnull(settled.other);
    store_settled_clear(&settled);
    settle.look = 3;
    g_assert_true(store_settle_answer(w->store, &settle, &settled, NULL));
    g_assert_null(settled.other);
    g_assert_false(settled.waits);
    assert_answer(w, one, "q1", "c", ANSWER_PERSON, "Hoa");
    settle.who = "Nam"; /* comes too late */
    settle.value = "b";
    g_assert_true(store_settle_answer(w->store, &settle, &settled, NULL));
    g_assert_cmpstr(settled.other->who, ==, "Hoa");
    store_settled_clear(&settled);
    g_autoptr(GPtrArray) left = store_load_waiting(w->store, one, NULL);
    g_assert_cmpuint(left->len, ==, 1);
    g_assert_true(store_refer_answer(w->store, one, "q3", "Hoa", "mờ", NULL));
    undo(w, "answer");
    g_autoptr(GPtrArray) back = store_load_waiting(w->store, one, NULL);
    g_assert_cmpuint(back->len, ==, 2);
    g_assert_cmpstr(((StoreWaiting *)back->pdata[1])->referred_by, ==, "Hoa");
    g_autoptr(GError) error = NULL;
    g_assert_false(store_refer_answer(w->store, one, "q9", "Hoa", "mờ", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    /* a scan that does not count stands beside; one that counts ends it */
    workspace_return_a(w, one, "b", "b", "b");
    g_autoptr(GPtrArray) held = store_load_waiting(w->store, one, NULL);
    g_assert_cmpuint(held->len, ==, 0);
    g_assert_true(store_choose_entered(w->store, one, 1, "Lan", "mờ", NULL));
    g_autoptr(GPtrArray) beside = store_load_waiting(w->store, one, NULL);
    g_assert_cmpuint(beside->len, ==, 2);
    g_assert_cmpint(((StoreWaiting *)beside->pdata[0])->beside, !=, 0);
    g_autoptr(GPtrArray) answers = store_load_entered_answers(w->store, one, 1, NULL);
    g_assert_cmpuint(answers->len, ==, 3);
    g_assert_cmpint(((StoreAnswer *)answers->pdata[0])->state, ==, ANSWER_WAITING);
    g_assert_cmpstr(((StoreAnswer *)answers->pdata[1])->value, ==, "b");
    g_assert_true(store_reject_ballot(w->store, one, "Lan", "phô tô", NULL));
    g_autoptr(GPtrArray) none = store_load_waiting(w->store, one, NULL);
    g_assert_cmpuint(none->len, ==, 0);
}

/* A scan that comes later holds the ballot until a person chooses; one more holds it again. */
static void test_enter_scanned(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    const char *one = s->pdata[0], *half = s->pdata[1];
    g_autoptr(GError) error = NULL;
    enter_well(w, one, 1, "Lan", "q1=a q2=a q3=a");
    enter_well(w, one, 1, "Minh", "q1=a q2=a q3=a");
    workspace_return_a(w, one, "b", "b", "b");
    int64_t scan = newest_page(w);
    assert_status(w, one, STORE_BALLOT_DUPLICATE);
    g_assert_true(store_choose_entered(w->store, one, 1, "Lan", "mờ", NULL));
    assert_status(w, one, STORE_BALLOT_COMPLETE);
    assert_by_hand(w, one, 1, 1);
    assert_answer(w, one, "q1", "a", ANSWER_PERSON, "Lan + Minh");
    workspace_return_a(w, one, "b", "b", "b");
    assert_status(w, one, STORE_BALLOT_DUPLICATE);
    g_assert_true(store_decide_duplicate(w->store, one, scan, "Lan", "rõ", NULL));
    assert_status(w, one, STORE_BALLOT_COMPLETE);
    assert_by_hand(w, one, 1, 0);
    assert_answer(w, one, "q1", "b", ANSWER_MACHINE, "machine");
    g_assert_false(store_choose_entered(w->store, one, 2, "Lan", "mờ", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    /* what one person entered does not stand beside a scan */
    enter_well(w, half, 1, "Lan", "q1=a q2=a q3=a");
    workspace_return_a(w, half, "c", "c", "c");
    assert_status(w, half, STORE_BALLOT_COMPLETE);
    assert_answer(w, half, "q1", "c", ANSWER_MACHINE, "machine");
    g_autoptr(GPtrArray) log = store_load_log(w->store, NULL);
    const StoreLogLine *last = log->pdata[log->len - 1];
    g_assert_cmpstr(last->action, ==, "enter");
    g_assert_cmpstr(last->after, ==, "entered");
}

static const WorkspaceEdit one_enters[] = {
    {"survey.yaml", "  decimals: 2", "  by_hand: {readers: 1}\n  decimals: 2"}, {NULL, NULL, NULL}};

static void test_enter_one(void)
{
    g_autoptr(Workspace) w = workspace_new(one_enters);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    g_assert_true(enter_well(w, s->pdata[0], 1, "Lan", "q1=a q2=? q3=a+b").counts);
    assert_status(w, s->pdata[0], STORE_BALLOT_COMPLETE);
    assert_answer(w, s->pdata[0], "q3", "a+b", ANSWER_PERSON, "Lan");
    enter_well(w, s->pdata[0], 1, "Minh", "q1=b q2=? q3=a+b");
    assert_answer(w, s->pdata[0], "q1", "b", ANSWER_PERSON, "Minh");
}

/* A void serial counts as not issued; what comes back with it is held until a person says what it is. */
static void test_void(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 3);
    const char *const both[] = {s->pdata[0], s->pdata[1], NULL}, *const one[] = {s->pdata[0], NULL},
                      *const unknown[] = {s->pdata[2], "0047117", NULL};
    g_autoptr(GError) error = NULL;
    g_assert_false(store_void(w->store, unknown, "Lan", "in hỏng", &error)); /* all or none */
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(store_void(w->store, both, "Lan", "in hỏng", NULL));
    g_clear_error(&error);
    g_assert_false(store_void(w->store, one, "Lan", "lần nữa", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(store_reprint(w->store, s->pdata[0], &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_autoptr(GPtrArray) roster = store_load_roster(w->store, NULL);
    for (guint i = 0; i < roster->len; i++)
        g_assert_cmpint(((StoreIssued *)roster->pdata[i])->voided, ==, i < 2);
    workspace_return_a(w, s->pdata[0], "a", "b", "c");
    assert_status(w, s->pdata[0], STORE_BALLOT_VOID);
    undo(w, "void"); /* of the second */
    assert_status(w, s->pdata[0], STORE_BALLOT_VOID);
    const SurveyCell *cell = survey_cell(store_survey(w->store), "G1", "SA", "SA");
    g_assert_true(store_assign_ballot(w->store, s->pdata[0], cell, "Lan", "phiếu thật", NULL));
    assert_status(w, s->pdata[0], STORE_BALLOT_COMPLETE);
    g_assert_true(store_void(w->store, (const char *const[]){s->pdata[1], NULL}, "Lan", "hỏng thật", NULL));
    undo(w, "assign");
    assert_status(w, s->pdata[0], STORE_BALLOT_VOID);
}

/* ---- prints ---- */

typedef struct {
    Workspace *w;
    guint seen;
    bool fails;
} Writing;

static bool write_part(const GPtrArray *serials, gpointer user, GError **error)
{
    Writing *writing = user;
    writing->seen = serials->len;
    if (writing->fails)
        g_set_error_literal(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "đĩa đầy");
    return !writing->fails;
}

/* Nothing is issued unless the file stands; a print that is not ended is found again. */
static void test_print_jobs(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    const Survey *survey = store_survey(w->store);
    const StoreOrder orders[] = {{survey_cell(survey, "G1", "SA", "SA"), w->a, 2},
                                 {survey_cell(survey, "G2", "HC", "HC-P1"), w->b, 3}};
    Writing writing = {w, 0, true};
    int64_t job = 0;
    g_autoptr(GError) error = NULL;
    g_assert_false(store_issue_print(w->store, orders, 2, "x.part", "x", write_part, &writing, &job, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_assert_cmpuint(writing.seen, ==, 5);
    g_autoptr(GPtrArray) none = store_load_roster(w->store, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    writing.fails = false;
    bool issued = store_issue_print(w->store, orders, 2, "x.part", "x", write_part, &writing, &job, NULL);
    g_assert_true(issued);
    workspace_reopen(w);
    g_autoptr(GPtrArray) roster = store_load_roster(w->store, NULL);
    g_assert_cmpuint(roster->len, ==, 5);
    g_autoptr(GPtrArray) open = store_load_prints(w->store, NULL);
    g_assert_cmpuint(open->len, ==, 1);
    const StorePrint *print = open->pdata[0];
    g_assert_cmpint(print->job, ==, job);
    g_assert_cmpstr(print->first, ==, ((StoreIssued *)roster->pdata[0])->serial);
    g_assert_cmpstr(print->last, ==, ((StoreIssued *)roster->pdata[4])->serial);
    g_assert_cmpstr(print->part, ==, "x.part");
    g_assert_true(store_end_print(w->store, job, NULL));
    g_autoptr(GPtrArray) ended = store_load_prints(w->store, NULL);
    g_assert_cmpuint(ended->len, ==, 0);
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* ---- scores ---- */

static void add_score(GPtrArray *scores, const char *agency, const char *leaf, int64_t n, int64_t d)
{
    StoreScore *score = g_new0(StoreScore, 1);
    *score = (StoreScore){g_strdup(agency),  g_strdup(leaf), d ? rational_new(n, d) : NULL,
                          g_strdup("QĐ 12"), g_strdup(""),   g_strdup("tệp.xlsx!S!D5")};
    g_ptr_array_add(scores, score);
}

static int import(Workspace *w, StoreScoreKind kind, GPtrArray *scores)
{
    int version = 0;
    g_autoptr(GError) error = NULL;
    store_add_scores(w->store, kind, "tệp.xlsx", "00ff", scores, &version, &error);
    g_assert_no_error(error);
    g_ptr_array_set_size(scores, 0);
    return version;
}

static void test_scores(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func((GDestroyNotify)store_score_free);
    add_score(scores, "SA", "1.1", 77, 2);
    add_score(scores, "SA", "2.1", 1, 3);
    add_score(scores, "SB", "1.1", 10, 1);
    g_assert_cmpint(import(w, STORE_SCORES_SELF, scores), ==, 1);
    add_score(scores, "SA", "1.1", 39, 1);
    add_score(scores, "SA", "2.1", 0, 0);
    g_assert_cmpint(import(w, STORE_SCORES_SELF, scores), ==, 2);
    add_score(scores, "HC", "1.1", 1, 1);
    g_assert_cmpint(import(w, STORE_SCORES_APPRAISED, scores), ==, 1);
    /* half a file is never stored */
    add_score(scores, "SB", "1.1", 12, 1);
    add_score(scores, "SB", "1.1", 13, 1);
    int version = -1;
    g_autoptr(GError) error = NULL;
    g_assert_false(store_add_scores(w->store, STORE_SCORES_SELF, "x", "y", scores, &version, &error));
    g_assert_nonnull(error);
    g_assert_cmpint(version, ==, -1);
    workspace_reopen(w);
    g_autoptr(GPtrArray) now = store_load_scores(w->store, STORE_SCORES_SELF, NULL);
    g_assert_cmpuint(now->len, ==, 3);
    const StoreScore *sa = now->pdata[0], *unset = now->pdata[1], *sb = now->pdata[2];
    g_autofree char *newest = rational_to_exact(sa->points), *kept = rational_to_exact(sb->points);
    g_assert_cmpstr(newest, ==, "39"); /* the newest version of SA */
    g_assert_null(unset->points);
    g_assert_cmpstr(sb->agency, ==, "SB"); /* the only one of SB */
    g_assert_cmpstr(kept, ==, "10");
    g_assert_cmpstr(sb->source, ==, "tệp.xlsx!S!D5");
}

/* ---- the log ---- */

static Workspace *workspace_with_log(void)
{
    Workspace *w = workspace_new(NULL);
    for (int i = 0; i < 6; i++) {
        g_autofree char *detail = g_strdup_printf("việc %d", i);
        g_assert_true(store_log(w->store, "Lan", "note", detail, NULL));
    }
    g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
    return w;
}

static void test_log(void)
{
    static const struct {
        const char *sql, *says;
    } tampering[] = {
        {"DROP TRIGGER log_fixed; UPDATE log SET detail = 'việc 9' WHERE id = 5", "log row 5"},
        {"DROP TRIGGER log_fixed; UPDATE log SET who = 'Minh' WHERE id = 6", "log row 6"},
        {"DROP TRIGGER log_kept; DELETE FROM log WHERE id = 4", "log row 5"},
        {"DROP TRIGGER log_kept; DELETE FROM log WHERE id = 1", "log row 2"},
        {"INSERT INTO log (at, who, action, detail, before, hash) SELECT at, who, action, 'thêm', hash, hash "
         "FROM log"
         " ORDER BY id DESC LIMIT 1",
         "log row 10"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tampering); i++) {
        g_autoptr(Workspace) w = workspace_with_log();
        g_clear_pointer(&w->store, store_free);
        run_raw(w, tampering[i].sql);
        workspace_reopen(w);
        assert_fault(w, tampering[i].says);
    }
}

/* A decision of a person changed, added or taken away in the database itself is named. */
static void test_log_decisions(void)
{
    static const char *const tampering[] = {
        "DROP TRIGGER decision_fixed; UPDATE decision SET value = 'a' WHERE id = 2",
        "DROP TRIGGER decision_fixed; UPDATE decision SET who = 'Minh' WHERE id = 1",
        "DROP TRIGGER decision_kept; DELETE FROM decision WHERE id = 2",
        "DROP TRIGGER decision_kept; DELETE FROM decision WHERE id = 3",
        "DROP TRIGGER decision_fixed; UPDATE decision SET fact = '9' WHERE id = 3",
        "INSERT INTO decision SELECT 9, kind, serial, question, page, 'b', who, reason, at, '' FROM decision "
        "WHERE id = 1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tampering); i++) {
        g_autoptr(Workspace) w = workspace_new(NULL);
        g_autoptr(GPtrArray) serials = workspace_issue(w, "G1", "SA", "SA", 1);
        workspace_return_a(w, serials->pdata[0], "a", "?", "b");
        g_assert_true(store_decide_answer(w->store, serials->pdata[0], "q2", "c", "Lan", "đọc", NULL));
        g_assert_true(store_decide_answer(w->store, serials->pdata[0], "q2", "d", "Lan", "xem lại", NULL));
        StoreWaiver waiver = {.id = (char *)"ballots-held", .fact = (char *)"1 0000017/duplicate"};
        g_assert_true(store_waive(w->store, &waiver, 1, "Lan", "đã rõ", NULL));
        g_autoptr(GPtrArray) faults = workspace_verify(w, NULL);
        g_assert_cmpuint(faults->len, ==, 0);
        g_clear_pointer(&w->store, store_free);
        run_raw(w, tampering[i]);
        workspace_reopen(w);
        assert_fault(w, "decision");
    }
}

/* ---- stations told to one another ---- */

/* A workspace of forms/nho that numbers from `first` on, `count` of them issued. */
static Workspace *station_new(int first, int count, const WorkspaceEdit *edits)
{
    Workspace *w = workspace_new(edits);
    g_assert_true(store_set_first_number(w->store, first, NULL));
    g_autoptr(GPtrArray) serials = workspace_issue(w, "G1", "SA", "SA", count);
    g_assert_cmpuint(serials->len, ==, (guint)count);
    return w;
}

/* Its file. */
static char *station_file(Workspace *w)
{
    char *path = g_build_filename(w->root, "tram.phieu", NULL);
    g_autoptr(GError) error = NULL;
    int issued = -1;
    store_export_station(w->store, path, "Người duyệt A", &issued, &error);
    g_assert_no_error(error);
    GStatBuf info;
    g_assert_cmpint(g_stat(path, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    return path;
}

static StoreTold tell(Workspace *w, const char *path)
{
    StoreTold told = {0};
    g_autoptr(GError) error = NULL;
    store_add_station(w->store, path, "Người duyệt A", &told, &error);
    g_assert_no_error(error);
    return told;
}

/* The file is refused, says so, and leaves no trace. */
static void assert_not_told(Workspace *w, const char *path, const char *says)
{
    int64_t before, after;
    g_autofree char *head = store_head(w->store, &before, NULL);
    StoreTold told = {.issued = -7};
    g_autoptr(GError) error = NULL;
    g_assert_false(store_add_station(w->store, path, "Người duyệt A", &told, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_true(g_str_has_prefix(error->message, path));
    if (!strstr(error->message, says))
        g_error("'%s' does not say '%s'", error->message, says);
    g_assert_cmpint(told.issued, ==, -7);
    g_autofree char *head_after = store_head(w->store, &after, NULL);
    g_assert_cmpstr(head, ==, head_after);
}

/* A page of form A as read, by the station that issued it ("": this one); what became of its ballot. */
static void assert_returns_as(Workspace *w, const char *station, const char *serial, StoreBallotStatus status)
{
    StorePage *page = workspace_page(w, w->a, serial, 1, (const char *const[]){"a", "b", "c"});
    g_free(page->detail);
    page->detail = g_strdup(station);
    g_assert_true(store_add_page(w->store, workspace_add_file(w, 1), page, NULL, NULL));
    store_page_free(page);
    g_autoptr(StoreBallot) ballot = store_find_ballot(w->store, serial, NULL);
    g_assert_cmpint(ballot->status, ==, status);
}

static StoreBallotStatus status_of(Workspace *w, const char *serial)
{
    g_autoptr(StoreBallot) ballot = store_find_ballot(w->store, serial, NULL);
    return ballot->status;
}

/* The serial of a number. */
static const char *serial_of(int number)
{
    static char serial[SERIAL_LENGTH + 1];
    serial_make(number, serial);
    return serial;
}

/* What the district issued counts in the province, for the cell it was issued for and nothing else. */
static void test_told(void)
{
    g_autoptr(Workspace) district = station_new(200001, 2, NULL);
    g_autoptr(Workspace) province = station_new(199999, 1, NULL);
    const char *name = store_station(district->store)->name;
    g_autofree char *path = station_file(district);
    StoreTold told = tell(province, path);
    g_assert_cmpstr(told.name, ==, name);
    g_assert_true(!told.known && !told.other_definition && told.issued == 2 && told.fresh == 2);
    StoreIssued *issued = store_find_issued(province->store, serial_of(200001), NULL);
    g_assert_cmpstr(issued->station, ==, name);
    g_assert_cmpstr(issued->agency, ==, "SA");
    store_issued_free(issued);
    assert_returns_as(province, name, serial_of(200001), STORE_BALLOT_COMPLETE);
    g_autoptr(StoreBallot) ballot = store_find_ballot(province->store, serial_of(200001), NULL);
    g_assert_cmpstr(ballot->group, ==, "G1");
    g_assert_cmpstr(ballot->origin, ==, "SA");
    /* the same number on a page of this station is nobody's */
    assert_returns_as(province, "", serial_of(200002), STORE_BALLOT_UNKNOWN);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_reprint(province->store, serial_of(200001), &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_true(store_may_be_of(province->store, name, serial_of(200001)));
    g_assert_true(store_may_be_of(province->store, name, serial_of(200009)));
    g_assert_false(store_may_be_of(province->store, "", serial_of(200001)));
    g_assert_false(store_may_be_of(province->store, name, serial_of(199999)));
    g_autoptr(GPtrArray) faults = workspace_verify(province, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* Issued since, and read before it was told: held until then, and its number is never issued anew. */
static void test_told_update(void)
{
    g_autoptr(Workspace) district = station_new(200001, 1, NULL);
    g_autoptr(Workspace) province = station_new(199999, 1, NULL);
    const char *name = store_station(district->store)->name;
    g_autofree char *first = station_file(district);
    tell(province, first);
    g_autofree char *old = g_strconcat(first, ".cu", NULL);
    g_assert_cmpint(g_rename(first, old), ==, 0);
    g_autoptr(GPtrArray) more = workspace_issue(district, "G1", "SB", "SB", 2);
    assert_returns_as(province, name, more->pdata[0], STORE_BALLOT_UNKNOWN);
    g_autoptr(GPtrArray) own = workspace_issue(province, "G1", "SA", "SA", 3);
    g_assert_cmpstr(own->pdata[0], ==, serial_of(200000)); /* 200001 was told, 200002 was read */
    g_assert_cmpstr(own->pdata[1], ==, serial_of(200003));
    g_autofree char *path = station_file(district);
    assert_not_told(province, path, "200003-");
    assert_not_told(province, path, "--numbers-from");
    /* the district voids the one that clashes */
    const char *const spoiled[] = {more->pdata[1], NULL};
    g_assert_true(store_void(district->store, spoiled, "Người duyệt A", "trùng số", NULL));
    g_autofree char *again = station_file(district);
    StoreTold told = tell(province, again);
    g_assert_true(told.known && told.fresh == 1);
    g_assert_cmpint(status_of(province, more->pdata[0]), ==, STORE_BALLOT_COMPLETE);
    g_autoptr(StoreBallot) ballot = store_find_ballot(province->store, more->pdata[0], NULL);
    g_assert_cmpstr(ballot->agency, ==, "SB");
    int64_t before, after;
    g_autofree char *head = store_head(province->store, &before, NULL);
    told = tell(province, again);
    g_autofree char *same = store_head(province->store, &after, NULL);
    g_assert_true(told.known && told.fresh == 0);
    g_assert_cmpstr(head, ==, same);
    assert_not_told(province, old, "older");
    /* what it voids later is void here, too */
    const char *const lost[] = {more->pdata[0], NULL};
    g_assert_true(store_void(district->store, lost, "Người duyệt A", "mất", NULL));
    g_autofree char *last = station_file(district);
    tell(province, last);
    g_assert_cmpint(status_of(province, more->pdata[0]), ==, STORE_BALLOT_VOID);
}

static void test_told_remove(void)
{
    g_autoptr(Workspace) district = station_new(200001, 2, NULL);
    g_autoptr(Workspace) province = station_new(1, 1, NULL);
    const char *name = store_station(district->store)->name;
    g_autofree char *path = station_file(district);
    tell(province, path);
    g_autoptr(GError) error = NULL;
    g_assert_true(store_remove_station(province->store, name, "Người duyệt A", "nhầm", NULL));
    g_assert_false(store_remove_station(province->store, name, "Người duyệt A", "nhầm", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_null(store_find_issued(province->store, serial_of(200001), NULL));
    StoreTold told = tell(province, path);
    g_assert_false(told.known);
    assert_returns_as(province, name, serial_of(200002), STORE_BALLOT_COMPLETE);
    g_clear_error(&error);
    g_assert_false(store_remove_station(province->store, name, "Người duyệt A", "nhầm", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_autoptr(GPtrArray) stations = store_load_stations(province->store, NULL);
    g_assert_cmpuint(stations->len, ==, 2);
    const StoreStation *own = stations->pdata[0], *other = stations->pdata[1];
    g_assert_true(own->own && own->issued == 1 && own->first == 1 && own->last == 1 && own->returned == 0);
    g_assert_true(!other->own && other->issued == 2 && other->first == 200001 && other->last == 200002 &&
                  other->returned == 1);
    g_assert_cmpmem(&other->station, sizeof other->station, store_station(district->store),
                    sizeof(PageStation));
    /* the key stands in no line of the log */
    g_autoptr(GPtrArray) lines = store_load_log(province->store, NULL);
    GString *hex = g_string_new(NULL);
    for (size_t i = 0; i < 8; i++)
        g_string_append_printf(hex, "%02x", other->station.key[i]);
    for (guint i = 0; i < lines->len; i++)
        g_assert_null(strstr(((StoreLogLine *)lines->pdata[i])->detail, hex->str));
    g_string_free(hex, TRUE);
    g_autoptr(GPtrArray) faults = workspace_verify(province, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* ---- files nobody should trust ---- */

#define TOLD_TYPE "(sayssa(ssssssb)aaay)"

/* Writes the file with one part of its value replaced, sealed as if it were right. */
static char *forge(Workspace *w, const char *path, guint part, GVariant *instead)
{
    g_autofree char *text = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    char *body = memchr(text, '\n', length);
    g_assert_nonnull(body);
    body++;
    g_autoptr(GBytes) bytes = g_bytes_new(body, length - (gsize)(body - text));
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(TOLD_TYPE), bytes, FALSE));
    g_assert_true(g_variant_is_normal_form(value));
    GVariant *parts[6];
    for (guint i = 0; i < 6; i++)
        parts[i] = i == part ? g_variant_ref_sink(instead) : g_variant_get_child_value(value, i);
    g_autoptr(GVariant) made = g_variant_ref_sink(g_variant_new_tuple(parts, 6));
    for (guint i = 0; i < 6; i++)
        g_variant_unref(parts[i]);
    Sha256 *sum = sha256_new();
    sha256_add(sum, g_variant_get_data(made), g_variant_get_size(made));
    g_autofree char *hex = sha256_end(sum);
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_printf(out, "phieu-station 1 %s\n", hex);
    g_string_append_len(out, g_variant_get_data(made), (gssize)g_variant_get_size(made));
    char *forged = g_build_filename(w->root, "gia.phieu", NULL);
    g_assert_true(g_file_set_contents(forged, out->str, (gssize)out->len, NULL));
    return forged;
}

static GVariant *rows_of(const char *first, const char *second, const char *agency, const char *form,
                         const char *layout)
{
    GVariantBuilder rows;
    g_variant_builder_init(&rows, G_VARIANT_TYPE("a(ssssssb)"));
    g_variant_builder_add(&rows, "(ssssssb)", first, form, layout, "G1", agency, agency, FALSE);
    g_variant_builder_add(&rows, "(ssssssb)", second, form, layout, "G1", agency, agency, FALSE);
    return g_variant_builder_end(&rows);
}

static void test_told_forged(void)
{
    g_autoptr(Workspace) district = station_new(200001, 2, NULL);
    g_autoptr(Workspace) province = station_new(1, 1, NULL);
    g_autofree char *path = station_file(district);
    g_autofree char *one = g_strdup(serial_of(200001)), *two = g_strdup(serial_of(200002)),
                    *here = g_strdup(serial_of(1)), *next = g_strdup(serial_of(2));
    const char *layout = district->a->fingerprint;
    g_autofree char *same8 = g_strdup(layout);
    same8[20] = same8[20] == '0' ? '1' : '0';
    const struct {
        guint part;
        GVariant *instead;
        const char *says;
    } forgeries[] = {
        {0, g_variant_new_string("OOOO"), "name"},
        {0, g_variant_new_string(store_station(province->store)->name), "the name of this one"},
        {1, g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, "short", 5, 1), "key has 5 bytes"},
        {2, g_variant_new_string("KHAC\n"), "another survey, 'KHAC\\n'"},
        {4, rows_of("../../x", two, "SA", "A", layout), "ballot 1: '../../x'"},
        {4, rows_of("200001-", two, "SA", "A", layout), "ballot 1"},
        {4, rows_of(two, one, "SA", "A", layout), "out of order"},
        {4, rows_of(one, one, "SA", "A", layout), "twice"},
        {4, rows_of(one, two, "KHONG", "A", layout), "agency 'KHONG'"},
        {4, rows_of(one, two, "SA", "B", layout), "form 'B'"},
        {4, rows_of(one, two, "SA", "A", ""), "layout is not in the file"},
        {4, rows_of(one, two, "SA", "A", same8), "layout is not in the file"},
        {4, rows_of(here, next, "SA", "A", layout), "--numbers-from"},
        {5, g_variant_new_array(G_VARIANT_TYPE("aay"), NULL, 0), "layout is not in the file"},
        {5, g_variant_new_parsed("[@aay []]"), "layout"},
        {5, g_variant_new_parsed("[[b'{\"phieu_layout\": 1}']]"), "layout"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(forgeries); i++) {
        g_autofree char *forged = forge(district, path, forgeries[i].part, forgeries[i].instead);
        assert_not_told(province, forged, forgeries[i].says);
    }
    g_autofree char *own = station_file(province);
    assert_not_told(province, own, "this workspace itself");
    tell(province, path);
    g_autofree char *keyed =
        forge(district, path, 1,
              g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, "0123456789abcdef0123456789abcdef", 32, 1));
    assert_not_told(province, keyed, "another key");
    g_autofree char *moved = forge(district, path, 4, rows_of(one, two, "SB", "A", layout));
    assert_not_told(province, moved, "another cell before");
    g_autoptr(GPtrArray) faults = workspace_verify(province, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* Cut anywhere, or with any bit turned, it is refused. */
static void test_told_damaged(void)
{
    g_autoptr(Workspace) district = station_new(200001, 1, NULL);
    g_autoptr(Workspace) province = station_new(1, 1, NULL);
    g_autofree char *path = station_file(district);
    g_autofree char *text = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    for (gsize cut = 0; cut < length; cut += cut < 100 ? 7 : 211) {
        g_assert_true(g_file_set_contents(path, text, (gssize)cut, NULL));
        assert_not_told(province, path, "");
    }
    for (gsize at = 0; at < length; at += at < 100 ? 3 : 97) {
        text[at] ^= 4;
        g_assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
        assert_not_told(province, path, "");
        text[at] ^= 4;
    }
    g_autoptr(GError) error = NULL;
    StoreTold told;
    g_assert_false(store_add_station(province->store, "/không/có", "Người duyệt A", &told, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
    g_assert_cmpint(tell(province, path).issued, ==, 1);
}

/* Another definition is no fault as long as everything has its place. */
static void test_told_definition(void)
{
    const WorkspaceEdit renamed[] = {{"agencies.yaml", "Sở B", "Sở Bê"}, {NULL, NULL, NULL}};
    g_autoptr(Workspace) district = station_new(200001, 2, renamed);
    g_autoptr(Workspace) province = station_new(1, 1, NULL);
    g_autofree char *path = station_file(district);
    StoreTold told = tell(province, path);
    g_assert_true(told.other_definition);
    g_assert_cmpint(told.issued, ==, 2);
}

/* ---- the chain of every row ---- */

/* A workspace with a row or more in every table. */
static Workspace *workspace_with_all(void)
{
    Workspace *w = workspace_new(NULL);
    g_autoptr(GPtrArray) serials = workspace_issue(w, "G1", "SA", "SA", 2);
    const StoreOrder order = {survey_cell(store_survey(w->store), "G2", "HC", "HC-P1"), w->b, 1};
    Writing writing = {w, 0, false};
    int64_t job = 0;
    bool issued = store_issue_print(w->store, &order, 1, "x.part", "x", write_part, &writing, &job, NULL);
    g_assert_true(issued);
    g_assert_true(store_end_print(w->store, job, NULL));
    StorePage *page = workspace_page(w, w->a, serials->pdata[0], 1, (const char *const[]){"a", "?", "b"});
    StoreField field = {.question = g_strdup("y-kien"), .found = {12.5, true}};
    g_array_append_val(page->fields, field);
    g_assert_true(store_add_page(w->store, workspace_add_file(w, 1), page, NULL, NULL));
    store_page_free(page);
    StoreDraft draft = {(char *)"1975", 0.9, (char *)"digits-2"};
    g_assert_true(store_add_draft(w->store, 1, "y-kien", &draft, NULL));
    g_assert_true(store_decide_answer(w->store, serials->pdata[0], "q2", "c", "Lan", "đọc", NULL));
    int changed;
    g_assert_true(store_redecide(w->store, &changed, NULL));
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func((GDestroyNotify)store_score_free);
    add_score(scores, "SA", "1.1", 3, 2);
    import(w, STORE_SCORES_SELF, scores);
    StoreAccount account = {.name = (char *)"lan",
                            .full_name = (char *)"Người duyệt A",
                            .roles = STORE_ROLE_OPERATOR,
                            .password = (char *)"x"};
    g_assert_true(store_set_account(w->store, &account, "add", "admin", NULL));
    g_autoptr(Workspace) district = station_new(200001, 2, NULL);
    g_autofree char *path = station_file(district);
    tell(w, path);
    return w;
}

/* "table.column" of every column there is. */
static GPtrArray *all_columns(const Workspace *w)
{
    GPtrArray *columns = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db,
                                       "SELECT t.name, c.name, c.type FROM sqlite_master t JOIN"
                                       " pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1, 2",
                                       -1, &row, NULL),
                    ==, SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW)
        g_ptr_array_add(columns, g_strdup_printf("%s.%s.%s", sqlite3_column_text(row, 0),
                                                 sqlite3_column_text(row, 1), sqlite3_column_text(row, 2)));
    sqlite3_finalize(row);
    sqlite3_close(db);
    return columns;
}

/* What is found after that SQL; the database is then put back as it was. */
static GPtrArray *faults_by(Workspace *w, void (*change)(const Workspace *w, const char *sql),
                            const char *sql, const char *head)
{
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_autofree char *whole = NULL;
    gsize size;
    g_clear_pointer(&w->store, store_free);
    g_assert_true(g_file_get_contents(path, &whole, &size, NULL));
    change(w, sql);
    GPtrArray *faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    w->store = store_open(w->dir, STORE_READ, &error);
    if (w->store) {
        g_ptr_array_extend_and_steal(faults, workspace_verify(w, head));
    } else {
        g_ptr_array_add(faults, g_strdup_printf("not opened: %s", error->message));
    }
    g_clear_pointer(&w->store, store_free);
    g_unlink(log);
    g_assert_true(g_file_set_contents(path, whole, (gssize)size, NULL));
    workspace_reopen(w);
    return faults;
}

static GPtrArray *faults_after(Workspace *w, const char *sql, const char *head)
{
    return faults_by(w, run_raw, sql, head);
}

/* Whether a fault begins so. */
static bool has_fault(const GPtrArray *faults, const char *begin)
{
    for (guint i = 0; i < faults->len; i++) {
        if (g_str_has_prefix(faults->pdata[i], begin))
            return true;
    }
    return false;
}

/* A condition one row of the table meets, the first one. */
static char *first_row(const char *table)
{
    static const struct {
        const char *table, *key;
    } without_rowid[] = {{"mark", "(page, n)"},
                         {"field", "(page, question)"},
                         {"reading", "(page, question, generation)"},
                         {"score", "(import_, agency, leaf)"},
                         {"told_issued", "(told, serial)"}};
    const char *key = "(rowid)";
    for (size_t i = 0; i < G_N_ELEMENTS(without_rowid); i++) {
        if (g_str_equal(without_rowid[i].table, table))
            key = without_rowid[i].key;
    }
    g_autofree char *columns = g_strndup(key + 1, strlen(key) - 2);
    return g_strdup_printf("%s = (SELECT %s FROM \"%s\" ORDER BY %s LIMIT 1)", key, columns, table, columns);
}

/* How a fault of a table's row begins. */
static char *fault_of(const char *table)
{
    return g_str_equal(table, "sealed") ? g_strdup("sealed row ") : g_strconcat(table, " ", NULL);
}

/* One value changed in any column of any table is named; as are a row taken away and a row added. */
static void test_chain_columns(void)
{
    g_autoptr(Workspace) w = workspace_with_all();
    g_autoptr(GPtrArray) none = workspace_verify(w, NULL);
    for (guint i = 0; i < none->len; i++)
        g_test_message("%s", (char *)none->pdata[i]);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) columns = all_columns(w);
    for (guint i = 0; i < columns->len; i++) {
        g_auto(GStrv) column = g_strsplit(columns->pdata[i], ".", 3);
        const char *table = column[0], *name = column[1], *type = column[2];
        const char *change = g_str_equal(type, "TEXT")   ? "ifnull(\"%s\", '') || 'x'"
                             : g_str_equal(type, "BLOB") ? "CAST(substr(\"%s\", 2) || x'07' AS BLOB)"
                                                         : "ifnull(\"%s\", 0) + 77";
        g_auto(GStrv) pieces = g_strsplit(change, "%s", 2);
        g_autofree char *value = g_strconcat(pieces[0], name, pieces[1], NULL);
        g_autofree char *row = first_row(table);
        g_autofree char *sql =
            g_strdup_printf("DROP TRIGGER IF EXISTS %s_fixed; UPDATE \"%s\" SET \"%s\" = %s WHERE %s", table,
                            table, name, value, row);
        g_autoptr(GPtrArray) faults = faults_after(w, sql, NULL);
        g_autofree char *begin = fault_of(table);
        bool refused = g_str_equal(table, "station") && has_fault(faults, "not opened: ");
        if (!refused && !has_fault(faults, begin))
            g_error("%s: not seen", sql);
    }
}

/* A row taken away or added, and what guards a table dropped, are named. */
static void test_chain_rows(void)
{
    g_autoptr(Workspace) w = workspace_with_all();
    g_autoptr(GPtrArray) columns = all_columns(w);
    g_autoptr(GHashTable) tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < columns->len; i++) {
        g_auto(GStrv) column = g_strsplit(columns->pdata[i], ".", 2);
        const char *table = column[0];
        if (!g_hash_table_add(tables, g_strdup(table)))
            continue;
        g_autofree char *begin = fault_of(table), *row = first_row(table);
        g_autofree char *taken =
            g_strdup_printf("DROP TRIGGER IF EXISTS %s_kept; DELETE FROM \"%s\" WHERE %s", table, table, row);
        g_autoptr(GPtrArray) faults = faults_after(w, taken, NULL);
        /* without its station no workspace opens */
        if (!has_fault(faults, g_str_equal(table, "station") ? "not opened: " : begin))
            g_error("%s: not seen", taken);
    }
    static const struct {
        const char *sql, *begin;
    } changes[] = {
        {"INSERT INTO mark SELECT page, n + 100, question, option, measures, shift_x_mm, shift_y_mm, match,"
         " state, p_marked, p_cancelled, confidence, reasons FROM mark WHERE n = 0",
         "mark 1: has"},
        {"INSERT INTO printed (serial, at) SELECT serial, at FROM printed LIMIT 1",
         "printed 4: a row was added"},
        {"INSERT INTO meta VALUES ('x', 'y')", "meta x: a row was added"},
        {"DROP TRIGGER mark_fixed", "survey.db: trigger mark_fixed was taken away"},
        {"DROP VIEW standing; CREATE VIEW standing AS SELECT * FROM decision",
         "survey.db: view standing is not as"},
        {"CREATE TABLE more (x INTEGER PRIMARY KEY)", "survey.db: table more was added"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(GPtrArray) faults = faults_after(w, changes[i].sql, NULL);
        if (!has_fault(faults, changes[i].begin))
            g_error("%s: not seen", changes[i].sql);
    }
}

/* An end cut off with all its seals leaves a whole chain; only a head from before shows it. */
static void test_chain_head(void)
{
    g_autoptr(Workspace) w = workspace_with_all();
    int64_t earlier, number;
    g_autofree char *then = store_head(w->store, &earlier, NULL);
    g_assert_true(store_log(w->store, "Lan", "note", "việc cuối", NULL));
    g_autofree char *head = store_head(w->store, &number, NULL);
    g_assert_cmpint(number, ==, earlier + 1);
    g_assert_cmpuint(strlen(head), ==, 64 + 15);
    g_autofree char *digits = g_strndup(head, 19);
    const char *const heads[] = {NULL, then, head, digits};
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        g_autoptr(GPtrArray) faults = faults_after(w, "", heads[i]);
        g_assert_cmpuint(faults->len, ==, 0);
    }
    g_autofree char *cut =
        g_strdup_printf("DROP TRIGGER log_kept; DROP TRIGGER "
                        "sealed_kept; DELETE FROM log WHERE id = (SELECT max(id) FROM log);"
                        "DELETE FROM sealed WHERE id = %lld;"
                        "CREATE TRIGGER log_kept BEFORE DELETE ON log BEGIN SELECT "
                        "RAISE(ABORT, 'rows are never deleted'); END;"
                        "CREATE TRIGGER sealed_kept BEFORE DELETE ON sealed BEGIN SELECT "
                        "RAISE(ABORT, 'rows are never deleted'); END;",
                        (long long)number);
    g_autoptr(GPtrArray) unseen = faults_after(w, cut, then);
    g_autoptr(GPtrArray) seen = faults_after(w, cut, digits);
    g_assert_cmpuint(unseen->len, ==, 0);
    g_assert_cmpuint(seen->len, ==, 1);
    g_assert_true(has_fault(seen, "head "));
    static const char *const bad[] = {"", "0123 4567 89ab cde", "0123456789abcdeg"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(StoreFindings) found;
        store_findings_init(&found);
        g_assert_false(store_verify(w->store, bad[i], &found, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    }
}

/* ---- readings against their measures ---- */

/* Who rewrites a reading and the chain over it is betrayed by what was measured; of the marks likewise. */
static void test_derive(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, s->pdata[0], "a", "?", "c");
    static const struct {
        const char *change, *says; /* what is named, behind the ballot's number and its page */
        guint count;
    } cases[] = {
        {"SELECT 1", NULL, 0},
        {"UPDATE reading SET value = 'b' WHERE question = 'q1'",
         ", question q1: the machine's reading stands as 'b'", 1},
        {"UPDATE reading SET state = 0 WHERE question = 'q2'",
         ", question q2: the machine's reading stands as 'a' (machine", 1},
        {"UPDATE reading SET state = 77 WHERE question = 'q2'",
         ", question q2: the machine's reading stands as 'a' (77", 1},
        {"UPDATE reading SET confidence = confidence - 0.000001 WHERE question = 'q3'",
         ", question q3: the machine's reading stands as 'c' (machine", 1},
        {"UPDATE reading SET reasons = 0 WHERE question = 'q2'",
         ", question q2: the machine's reading stands as 'a' (", 1},
        {"DELETE FROM reading WHERE question = 'q2'",
         ", question q2: the machine's reading stands as no answer, but its measures give 'a' (", 1},
        {"INSERT INTO reading SELECT page, 'q9', 0, 'a', 0, 1, 0, model, target_error FROM reading LIMIT 1",
         ", question q9: the machine's reading stands as 'a' (machine, 1), but its measures give no answer",
         1},
        {"INSERT INTO reading SELECT page, question, 1, 'b', 0, confidence, reasons, model, target_error FROM"
         " reading WHERE question = 'q1'",
         ", question q1: the machine's reading stands as 'b'", 3},
        {"DELETE FROM reading", ", question q1: the machine's reading stands as no answer", 3},
        {"UPDATE reading SET target_error = 0.1", ": read with a target error of 0.1, which no definition",
         1},
        {"UPDATE reading SET model = 'ink-0' WHERE question = 'q1'",
         ": its questions were read by different limits", 1},
        {"UPDATE mark SET state = 0 WHERE n = 0", ", question q1, box a: stands as blank (", 1},
        {"UPDATE mark SET state = 9 WHERE n = 0", ", question q1, box a: stands as 9 (", 1},
        {"UPDATE mark SET confidence = 0.5 WHERE n = 1", ", question q1, box b: stands as blank (", 1},
        {"UPDATE mark SET reasons = 4 WHERE n = 1", ", question q1, box b: stands as blank (", 1},
        {"UPDATE mark SET p_cancelled = 0.5 WHERE n = 1", ", question q1, box b: stands as blank (", 1},
        {"UPDATE mark SET measures = (SELECT measures FROM mark WHERE n = 1) WHERE n = 0",
         ", question q1, box a: stands as marked (", 2},
        {"DELETE FROM mark WHERE n = 3", ": its boxes are not those printed on it", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) faults = faults_by(w, run_forged, cases[i].change, NULL);
        g_autofree char *says = g_strdup_printf("ballot %s, page 1%s", serial_shown(s->pdata[0]),
                                                cases[i].says ? cases[i].says : "");
        for (guint f = 0; f < faults->len; f++)
            g_test_message("%s", (char *)faults->pdata[f]);
        g_assert_cmpuint(faults->len, >=, cases[i].count);
        if (cases[i].says)
            g_assert_true(has_fault(faults, says));
        else
            g_assert_cmpuint(faults->len, ==, 0);
        for (guint f = 0; f < faults->len; f++) /* of the chain there is nothing to see */
            g_assert_true(g_str_has_prefix(faults->pdata[f], "ballot "));
    }
}

/* What this program cannot derive is counted, apart where it was decided anew since. */
static void test_derive_not(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, s->pdata[0], "a", "b", "c");
    static const char *const others[] = {"UPDATE reading SET model = 'ink-0'",
                                         "UPDATE mark SET measures = x'0000' WHERE n = 0"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(GPtrArray) open = faults_by(w, run_forged, others[i], NULL);
        g_assert_cmpuint(open->len, ==, 1);
        g_assert_true(has_fault(open, "3 readings of the machine could not be derived"));
    }
    g_clear_pointer(&w->store, store_free);
    run_forged(w, "UPDATE reading SET model = 'ink-0'");
    workspace_reopen(w);
    int changed = -1;
    g_assert_true(store_redecide(w->store, &changed, NULL));
    g_assert_cmpint(changed, ==, 0);
    g_auto(StoreFindings) found;
    store_findings_init(&found);
    g_assert_true(store_verify(w->store, NULL, &found, NULL));
    g_assert_cmpuint(found.faults->len, ==, 0);
    g_assert_cmpuint(found.open->len, ==, 0);
    g_assert_cmpuint(found.told->len, ==, 1);
    g_assert_true(has_fault(found.told, "3 readings of the machine that no longer count"));
}

/* What was read before an amendment is derived under the definition that stood then. */
static void test_derive_amended(void)
{
    const WorkspaceEdit looser[] = {{"survey.yaml", "target_error: 0.00001", "target_error: 0.01"},
                                    {NULL, NULL, NULL}};
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    workspace_return_a(w, s->pdata[0], "a", "?", "c");
    g_autofree char *first = g_strdup(store_survey(w->store)->fingerprint);
    g_autofree char *folder = g_build_filename(w->root, "looser", NULL);
    workspace_copy_definition(folder, looser);
    g_autoptr(Survey) survey = workspace_load_survey(folder);
    g_autoptr(GError) error = NULL;
    store_amend_survey(w->store, survey, "Lan", &error);
    g_assert_no_error(error);
    workspace_reopen(w);
    workspace_return_a(w, s->pdata[1], "a", "b", "c");
    g_autoptr(GPtrArray) none = workspace_verify(w, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    g_autofree char *kept = g_strdup_printf("%s/definition-%.8s", w->dir, first);
    g_autofree char *away = g_strconcat(kept, ".away", NULL);
    g_assert_cmpint(g_rename(kept, away), ==, 0);
    g_autoptr(GPtrArray) open = workspace_verify(w, NULL);
    g_assert_cmpuint(open->len, ==, 2);
    g_assert_true(has_fault(open, kept));
    g_assert_true(has_fault(open, "3 readings of the machine could not be derived: the definition"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/init", test_init);
    g_test_add_func("/store/lock", test_lock);
    g_test_add_func("/store/refused", test_refused);
    g_test_add_func("/store/upgrade", test_upgrade);
    g_test_add_func("/store/upgrade/chained", test_upgrade_chained);
    g_test_add_func("/store/drafts", test_drafts);
    g_test_add_func("/store/amend", test_amend);
    g_test_add_func("/store/amend/assigned", test_amend_assigned);
    g_test_add_func("/store/issue", test_issue);
    g_test_add_func("/store/pages", test_pages);
    g_test_add_func("/store/again", test_again);
    g_test_add_func("/store/file-again", test_file_again);
    g_test_add_func("/store/refused-kept", test_refused_kept);
    g_test_add_func("/store/refused-not-kept", test_refused_not_kept);
    g_test_add_func("/store/refused-disk-full", test_refused_disk_full);
    g_test_add_func("/store/files", test_files);
    g_test_add_func("/store/statuses", test_statuses);
    g_test_add_func("/store/decisions", test_decisions);
    g_test_add_func("/store/waiting", test_waiting);
    g_test_add_func("/store/draws", test_draws);
    g_test_add_func("/store/settle", test_settle);
    g_test_add_func("/store/second-look", test_second_look);
    g_test_add_func("/store/people", test_people);
    g_test_add_func("/store/refer", test_refer);
    g_test_add_func("/store/beside-work", test_beside_work);
    g_test_add_func("/store/accounts", test_accounts);
    g_test_add_func("/store/waivers", test_waivers);
    g_test_add_func("/store/undo", test_undo);
    g_test_add_func("/store/enter/refused", test_enter_refused);
    g_test_add_func("/store/enter/two", test_enter_two);
    g_test_add_func("/store/enter/people", test_enter_people);
    g_test_add_func("/store/enter/waits", test_enter_waits);
    g_test_add_func("/store/enter/scanned", test_enter_scanned);
    g_test_add_func("/store/enter/one", test_enter_one);
    g_test_add_func("/store/void", test_void);
    g_test_add_func("/store/print-jobs", test_print_jobs);
    g_test_add_func("/store/scores", test_scores);
    g_test_add_func("/store/log", test_log);
    g_test_add_func("/store/log/decisions", test_log_decisions);
    g_test_add_func("/store/told", test_told);
    g_test_add_func("/store/told/update", test_told_update);
    g_test_add_func("/store/told/remove", test_told_remove);
    g_test_add_func("/store/told/forged", test_told_forged);
    g_test_add_func("/store/told/damaged", test_told_damaged);
    g_test_add_func("/store/told/definition", test_told_definition);
    g_test_add_func("/store/chain/columns", test_chain_columns);
    g_test_add_func("/store/chain/rows", test_chain_rows);
    g_test_add_func("/store/chain/head", test_chain_head);
    g_test_add_func("/store/derive", test_derive);
    g_test_add_func("/store/derive/not", test_derive_not);
    g_test_add_func("/store/derive/amended", test_derive_amended);
    return g_test_run();
}
