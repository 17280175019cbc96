/* Longer than most: whole runs with a reader that follows a script, then real pages. */
#include "intake/intake.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "intake/worker.h"
#include "page/page.h"
#include "paper.h"
#include "workspace.h"

/* ---- scans as a script: what the reader below makes of a file's lines, one a page ---- */

typedef struct {
    Workspace *w;
    GPtrArray *a, *b; /* serials of forms A and B */
    bool fixed;       /* what was in the way of a line "or-…" is so no longer */
} Script;

static void set_text(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

/* Lines of a scan, the first says that it is one; NULL for any other file. */
static char **script_lines(const char *path)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL) || !g_str_has_prefix(text, "scan\n"))
        return NULL;
    return g_strsplit(g_strchomp(text) + strlen("scan\n"), "\n", -1);
}

static void misbehave(const char *how)
{
    static const struct {
        const char *how;
        int signal;
    } ends[] = {{"crash", SIGSEGV}, {"abort", SIGABRT},  {"killed", SIGKILL},
                {"disk", SIGBUS},   {"memory", SIGTRAP}, {"ended", SIGTERM}};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (g_str_equal(how, ends[i].how)) {
            signal(ends[i].signal, SIG_DFL);
            kill(getpid(), ends[i].signal);
        }
    }
    if (g_str_equal(how, "hang"))
        g_usleep(60 * G_USEC_PER_SEC);
    if (g_str_equal(how, "leave"))
        _exit(0);
}

static int script_count(gpointer state, const char *path, GError **error)
{
    const Script *script = state;
    g_auto(GStrv) lines = script_lines(path);
    if (!lines) {
        g_autofree char *shown = text_printable(path);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, "%s: is no scan", shown);
        return -1;
    }
    if (g_str_has_prefix(lines[0], "count "))
        misbehave(lines[0] + strlen("count "));
    if (g_str_has_prefix(lines[0], "count-or-crash ") && !script->fixed)
        misbehave("crash");
    return (int)g_strv_length(lines);
}

static StorePage *script_page(const Script *script, char *const *words, GError **error)
{
    const char *what = words[0];
    static const char *const outcomes[] = {"read", "refuse", "blank", "cover"};
    for (int i = STORE_PAGE_REFUSED; i <= STORE_PAGE_COVER; i++) {
        if (!g_str_equal(what, outcomes[i]))
            continue;
        StorePage *page = store_page_new();
        page->outcome = (StorePageOutcome)i;
        if (i == STORE_PAGE_REFUSED)
            set_text(&page->reason, "no-code");
        if (i == STORE_PAGE_COVER) {
            set_text(&page->group, "G1");
            set_text(&page->agency, words[1]);
            set_text(&page->origin, words[1]);
        }
        return page;
    }
    if (g_str_equal(what, "error") || g_str_equal(what, "fault")) {
        bool machine = what[0] == 'e';
        g_set_error(error, PHIEU_ERROR, machine ? PHIEU_ERROR_FAILED : PHIEU_ERROR_INVALID,
                    machine ? "no memory for this page" : "no page of this world");
        return NULL;
    }
    bool foreign = g_str_equal(what, "X1") || g_str_equal(what, "X2");
    const Layout *layout = what[0] == 'A' ? script->w->a : script->w->b;
    int number = what[1] == '2' ? 2 : 1;
    const GPtrArray *serials = what[0] == 'A' ? script->a : script->b;
    const char *serial = foreign ? "" : serials->pdata[words[1][0] - '0'];
    StorePage *page = workspace_page(script->w, layout, serial, number, (const char *const *)words + 2);
    page->foreign = foreign;
    return page;
}

/* What a line is now: "once-HOW WORDS" does HOW the first time, "or-HOW WORDS" until it is fixed. */
static char **script_words(const Script *script, const char *path, int index, const char *line)
{
    char **words = g_strsplit(line, " ", -1);
    g_autofree char *mark = g_strdup_printf("%s.%d", path, index);
    bool once = g_str_has_prefix(words[0], "once-");
    if (!once && !g_str_has_prefix(words[0], "or-") && !g_str_has_prefix(words[0], "count-or-"))
        return words;
    bool passed = once ? g_file_test(mark, G_FILE_TEST_EXISTS) : script->fixed;
    if (once)
        g_assert_true(g_file_set_contents(mark, "", 0, NULL));
    char **now =
        g_strsplit(passed ? strchr(line, ' ') + 1 : strchr(words[0], '-') + 1, passed ? " " : "\n", -1);
    g_strfreev(words);
    return now;
}

static StorePage *script_read(gpointer state, const char *path, int index, GError **error)
{
    g_auto(GStrv) lines = script_lines(path);
    g_auto(GStrv) words = script_words(state, path, index, lines[index]);
    misbehave(words[0]);
    g_usleep((gulong)(index * 7 % 5) * 1000); /* results come in another order than pages */
    StorePage *page = script_page(state, words, error);
    if (page)
        page->index = index;
    return page;
}

/* ---- a workspace with ballots issued and a folder of scans ---- */

typedef struct {
    Workspace *w;
    Script script;
    IntakeReader reader;
    char *in; /* the folder */
    IntakeReport report;
} Room;

static void room_free(Room *room)
{
    intake_report_clear(&room->report);
    g_ptr_array_unref(room->script.a);
    g_ptr_array_unref(room->script.b);
    workspace_free(room->w);
    g_free(room->in);
    g_free(room);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Room, room_free)

static Room *room_new(void)
{
    Room *room = g_new0(Room, 1);
    room->w = workspace_new(NULL);
    const GPtrArray *cells = store_survey(room->w->store)->cells;
    const SurveyCell *of[2] = {NULL, NULL};
    for (guint i = 0; i < cells->len; i++) {
        const SurveyCell *cell = cells->pdata[i];
        int form = g_str_equal(cell->group->form->id, "A") ? 0 : 1;
        of[form] = of[form] ? of[form] : cell;
    }
    g_assert_nonnull(of[0]);
    g_assert_nonnull(of[1]);
    room->script = (Script){
        room->w, workspace_issue(room->w, of[0]->group->id, of[0]->agency->code, of[0]->origin->code, 6),
        workspace_issue(room->w, of[1]->group->id, of[1]->agency->code, of[1]->origin->code, 3), false};
    room->reader = (IntakeReader){script_count, script_read, &room->script, "reader-1"};
    room->in = g_build_filename(room->w->root, "bản quét", NULL);
    g_assert_cmpint(g_mkdir(room->in, 0755), ==, 0);
    return room;
}

static void put_bytes(const Room *room, const char *name, const char *bytes)
{
    g_autofree char *path = g_build_filename(room->in, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, bytes, -1, NULL));
}

static void put_scan(const Room *room, const char *name, const char *pages)
{
    g_autofree char *text = g_strdup_printf("scan\n%s\n", pages);
    put_bytes(room, name, text);
}

/* Takes in `path`, NULL: the folder; the report is checked for its sum. */
static const IntakeReport *take_paths(Room *room, char *const *paths, int workers, bool again)
{
    const IntakeOptions options = {.workers = workers, .page_wait_ms = 1500, .again = again};
    g_autoptr(GError) error = NULL;
    intake_report_clear(&room->report);
    bool done =
        intake_scan_with(room->w->store, paths, &options, &room->reader, NULL, NULL, &room->report, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    const IntakeReport *r = &room->report;
    g_assert_cmpint(r->pages_in, ==, r->pages_read + r->pages_refused + r->pages_blank + r->pages_cover);
    g_assert_cmpint(r->refusals->len, ==, r->pages_refused + r->files_refused);
    return r;
}

static const IntakeReport *take(Room *room, const char *path, int workers, bool again)
{
    char *const paths[] = {(char *)(path ? path : room->in), NULL};
    return take_paths(room, paths, workers, again);
}

/* Again, from what the archive has. */
static const IntakeReport *take_kept(Room *room, int workers)
{
    char *const none[] = {NULL};
    return take_paths(room, none, workers, true);
}

static const IntakeReport *take_in(Room *room, const char *path, int workers)
{
    return take(room, path, workers, false);
}

static const IntakeRefusal *refusal(const IntakeReport *report, const char *file, int page)
{
    for (guint i = 0; i < report->refusals->len; i++) {
        const IntakeRefusal *refused = report->refusals->pdata[i];
        if (g_str_equal(refused->file, file) && refused->page == page)
            return refused;
    }
    g_error("'%s', page %d, is not among the refusals", file, page);
}

/* All that a workspace holds of its scans, as text. */
static char *content(Store *store)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) pages = store_load_pages(store, NULL), ballots = store_load_ballots(store, NULL),
                         answers = store_load_answers(store, NULL);
    for (guint i = 0; i < pages->len; i++) {
        const StorePageRow *p = pages->pdata[i];
        g_string_append_printf(text, "%s|%d|%d|%s|%s|%s|%d|%s|%s|%s|%s\n", p->file, p->page, p->outcome,
                               p->reason, p->detail, p->serial, p->ballot_page, p->group, p->agency,
                               p->origin, p->archived);
    }
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *b = ballots->pdata[i];
        g_string_append_printf(text, "%s|%s|%s|%d\n", b->serial, b->agency, store_ballot_status_id(b->status),
                               b->pages_read);
    }
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *a = answers->pdata[i];
        g_string_append_printf(text, "%s|%s|%s|%s|%s|%d\n", a->serial, a->question, a->value,
                               answer_state_id(a->state), a->file, a->page);
    }
    return g_string_free(text, FALSE);
}

/* ---- walking ---- */

static void test_walk(void)
{
    g_autoptr(Room) room = room_new();
    static const char *const names[] = {"10.pdf",     "2.pdf",         "Z.tif",           "a b.pdf",
                                        "a'b\"c.pdf", "hai\ndòng.pdf", "lớp/con/Đây.pdf", "lớp/-rf.pdf",
                                        "lớp.pdf",    "%s%n.png",      "$(touch x).pdf",  "x\xff\xfe.pdf"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        put_bytes(room, names[i], "x");
    put_bytes(room, ".ẩn.pdf", "x");
    put_bytes(room, "lớp/.ẩn/bên trong.pdf", "x");
    put_bytes(room, "lớp/Thumbs.db", "x");
    put_bytes(room, "~$a.docx", "x");
    static const char *const litter[] = {"/.ẩn.pdf", "/lớp/.ẩn", "/lớp/Thumbs.db", "/~$a.docx"};
    g_autofree char *missing = g_build_filename(room->in, "không có.pdf", NULL),
                    *pipe = g_build_filename(room->in, "pipe", NULL),
                    *loop = g_build_filename(room->in, "lớp/vòng", NULL),
                    *twice = g_build_filename(room->in, "lớp/con/vòng", NULL),
                    *file = g_build_filename(room->in, "2.pdf", NULL),
                    *slashed = g_strconcat(room->in, "///", NULL);
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    g_assert_cmpint(symlink(room->in, loop), ==, 0); /* folders that lead back to themselves */
    g_assert_cmpint(symlink("..", twice), ==, 0);
    char *const paths[] = {file, slashed, missing, NULL};
    for (int round = 0; round < 2; round++) {
        g_autoptr(GPtrArray) unreachable =
            g_ptr_array_new_with_free_func((GDestroyNotify)intake_refusal_free);
        g_autoptr(GPtrArray) passed = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) files = intake_list_files(paths, unreachable, passed);
        g_assert_cmpuint(passed->len, ==, G_N_ELEMENTS(litter));
        for (guint i = 0; i < passed->len; i++)
            g_assert_true(g_str_has_suffix(passed->pdata[i], litter[i]));
        g_assert_cmpuint(unreachable->len, ==, 1);
        g_assert_cmpstr(((IntakeRefusal *)unreachable->pdata[0])->file, ==, missing);
        g_assert_cmpuint(files->len, ==, 1 + G_N_ELEMENTS(names));
        static const char *const order[] = {"2.pdf",  "$(touch x).pdf", "%s%n.png",
                                            "10.pdf", "2.pdf",          "Z.tif"};
        for (guint i = 0; i < files->len; i++) {
            g_autofree char *name = intake_file_name(paths, files->pdata[i]);
            bool known = false;
            for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
                known |= g_str_equal(name, names[n]);
            g_assert_true(known); /* as people know it, byte by byte */
            if (i < G_N_ELEMENTS(order))
                g_assert_cmpstr(name, ==, order[i]);
        }
    }
}

static void test_walk_deep(void)
{
    g_autoptr(Room) room = room_new();
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 40; i++)
        g_string_append(deep, "d/");
    g_string_append(deep, "scan.pdf");
    put_bytes(room, deep->str, "x");
    put_bytes(room, "d/d/near.pdf", "x");
    char *const paths[] = {room->in, NULL};
    g_autoptr(GPtrArray) unreachable = g_ptr_array_new_with_free_func((GDestroyNotify)intake_refusal_free);
    g_autoptr(GPtrArray) passed = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) files = intake_list_files(paths, unreachable, passed);
    g_assert_cmpuint(files->len, ==, 1);
    g_assert_cmpuint(unreachable->len, ==, 1); /* told, not left out silently */
}

/* ---- a run ---- */

static void test_run(void)
{
    g_autoptr(Room) room = room_new();
    put_scan(room, "lô 1/hai\ndòng 'a\" $x.pdf", "cover SNV\nA 0 a b c\nblank\nA 1 d ? a\nrefuse");
    put_scan(room, "lô 1/không phải.pdf", "B1 0 a b\nB2 0 a\nB1 1 a+c b");
    put_bytes(room, "lô 1/thư.docx", "không phải bản quét");
    put_bytes(room, "lô 1/rỗng.pdf", "");
    const IntakeReport *r = take_in(room, NULL, 3);
    g_assert_cmpint(r->files, ==, 4);
    g_assert_cmpint(r->files_refused, ==, 2);
    g_assert_cmpint(r->files_known, ==, 0);
    g_assert_cmpint(r->pages_in, ==, 8);
    g_assert_cmpint(r->pages_read, ==, 5);
    g_assert_cmpint(r->pages_refused, ==, 1);
    g_assert_cmpint(r->pages_blank, ==, 1);
    g_assert_cmpint(r->pages_cover, ==, 1);
    g_assert_cmpint(r->ballots_complete, ==, 3);
    g_assert_cmpint(r->ballots_incomplete, ==, 1);
    g_assert_cmpint(r->answers_waiting, ==, 1);
    g_assert_cmpstr(refusal(r, "lô 1/hai\ndòng 'a\" $x.pdf", 5)->reason, ==, "no-code");
    static const char *const bad[] = {"lô 1/thư.docx", "lô 1/rỗng.pdf"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        const IntakeRefusal *refused = refusal(r, bad[i], 0);
        g_assert_cmpstr(refused->reason, ==, "unreadable");
        g_assert_cmpstr(refused->detail, ==, "is no scan"); /* without the place, which differs by machine */
    }
    g_autofree char *once = content(room->w->store);

    /* the same folder again: nothing twice, refusals told again */
    r = take_in(room, NULL, 1);
    g_assert_cmpint(r->files, ==, 4);
    g_assert_cmpint(r->files_known, ==, 4);
    g_assert_cmpint(r->files_refused, ==, 2);
    g_assert_cmpint(r->pages_in, ==, 0);
    g_assert_cmpint(r->ballots_complete, ==, 3);
    /* the same bytes under another name, twice */
    put_scan(room, "chép.pdf", "B1 0 a b\nB2 0 a\nB1 1 a+c b");
    put_scan(room, "chép nữa.pdf", "B1 0 a b\nB2 0 a\nB1 1 a+c b");
    r = take_in(room, NULL, 2);
    g_assert_cmpint(r->files_known, ==, 6);
    g_assert_cmpint(r->pages_in, ==, 0);
    g_assert_cmpint(r->ballots_duplicate, ==, 0);
    g_autofree char *again = content(room->w->store);
    g_assert_cmpstr(once, ==, again);

    g_autoptr(GPtrArray) faults = workspace_verify(room->w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* A new scan of the same two files at once holds the same bytes once. */
static void test_twins_in_one_run(void)
{
    g_autoptr(Room) room = room_new();
    put_scan(room, "a.pdf", "A 0 a b c");
    put_scan(room, "b.pdf", "A 0 a b c");
    const IntakeReport *r = take_in(room, NULL, 2);
    g_assert_cmpint(r->files, ==, 2);
    g_assert_cmpint(r->files_known, ==, 1);
    g_assert_cmpint(r->pages_in, ==, 1);
    g_assert_cmpint(r->ballots_complete, ==, 1);
    /* the same ballot on another scan is a duplicate, held */
    put_scan(room, "c.pdf", "A 0 a b d");
    r = take_in(room, NULL, 2);
    g_assert_cmpint(r->pages_in, ==, 1);
    g_assert_cmpint(r->ballots_complete, ==, 0);
    g_assert_cmpint(r->ballots_duplicate, ==, 1);
}

/* What cannot be opened or is no file is named; the run goes on. */
static void test_unreadable(void)
{
    g_autoptr(Room) room = room_new();
    put_scan(room, "tốt.pdf", "A 0 a b c");
    g_autofree char *missing = g_build_filename(room->in, "không có.pdf", NULL),
                    *pipe = g_build_filename(room->in, "ống", NULL),
                    *locked = g_build_filename(room->in, "khóa.pdf", NULL);
    const IntakeReport *r = take_in(room, missing, 1);
    g_assert_cmpint(r->files, ==, 0); /* it is no file, and none was refused */
    g_assert_cmpint(r->files_refused, ==, 0);
    g_assert_cmpuint(r->unreachable->len, ==, 1);
    const IntakeRefusal *nothing = r->unreachable->pdata[0];
    g_assert_cmpstr(nothing->file, ==, missing);
    g_assert_nonnull(strstr(nothing->detail, "; ")); /* why, and what to do */
    g_autoptr(GPtrArray) rows = store_load_files(room->w->store, 0, G_MAXINT, NULL);
    g_assert_cmpuint(rows->len, ==, 0);
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    r = take_in(room, pipe, 1); /* nobody writes to it: it must not be waited for */
    g_assert_cmpint(r->files_refused, ==, 1);
    g_assert_cmpstr(refusal(r, "ống", 0)->reason, ==, "unreadable");
    if (geteuid() != 0) {
        put_scan(room, "khóa.pdf", "A 1 a b c");
        g_assert_cmpint(g_chmod(locked, 0), ==, 0);
        r = take_in(room, NULL, 1);
        g_assert_cmpstr(refusal(r, "khóa.pdf", 0)->reason, ==, "unreadable");
        g_assert_cmpint(r->ballots_complete, ==, 1);
    }
    r = take_in(room, NULL, 1);
    g_assert_cmpint(r->ballots_complete, >=, 1);
}

static void test_crash_and_hang(void)
{
    for (int workers = 1; workers <= 3; workers += 2) {
        g_autoptr(Room) room = room_new();
        put_scan(room, "1.pdf",
                 "A 0 a b c\ncrash\nA 1 a b c\nhang\nA 2 a b c\nleave\nfault\nabort\nA 3 a b c");
        put_scan(room, "2.pdf", "count crash");
        put_scan(room, "3.pdf", "count hang");
        put_scan(room, "4.pdf", "A 4 a b c");
        gint64 started_us = g_get_monotonic_time();
        const IntakeReport *r = take_in(room, NULL, workers);
        g_assert_cmpint(g_get_monotonic_time() - started_us, <, 20 * G_USEC_PER_SEC);
        g_assert_cmpint(r->pages_in, ==, 10);
        g_assert_cmpint(r->pages_read, ==, 5);
        g_assert_cmpint(r->pages_refused, ==, 5);
        g_assert_cmpint(r->ballots_complete, ==, 5);
        g_assert_cmpint(r->files_refused, ==, 2);
        g_assert_cmpstr(refusal(r, "1.pdf", 2)->reason, ==, "decoder-crash");
        g_assert_cmpstr(refusal(r, "1.pdf", 4)->reason, ==, "decoder-hang");
        g_assert_cmpstr(refusal(r, "1.pdf", 6)->reason, ==, "decoder-crash");
        g_assert_cmpstr(refusal(r, "1.pdf", 7)->reason, ==, "unreadable");
        g_assert_cmpstr(refusal(r, "1.pdf", 7)->detail, ==, "no page of this world");
        g_assert_cmpstr(refusal(r, "1.pdf", 8)->reason, ==, "decoder-crash");
        g_assert_cmpstr(refusal(r, "2.pdf", 0)->reason, ==, "decoder-crash");
        g_assert_cmpstr(refusal(r, "3.pdf", 0)->reason, ==, "decoder-hang");
    }
}

/* ---- the machine's failures, and reading again ---- */

/* What fails once for no fault of the page is done again, and nobody notices. */
static void test_machine_once(void)
{
    static const char *const how[] = {"killed", "disk", "memory", "ended", "error"};
    for (size_t i = 0; i < G_N_ELEMENTS(how); i++) {
        g_autoptr(Room) room = room_new();
        g_autofree char *pages =
            g_strdup_printf("once-%s A 0 a b c\nA 1 a b c\nonce-%s A 2 a b c\nA 3 a b c", how[i], how[i]);
        put_scan(room, "1.pdf", pages);
        const IntakeReport *r = take_in(room, NULL, 1 + (int)i % 3);
        g_assert_cmpint(r->pages_read, ==, 4);
        g_assert_cmpint(r->ballots_complete, ==, 4);
    }
}

static void assert_stops(Room *room, const char *says)
{
    const IntakeOptions options = {.workers = 2, .page_wait_ms = 1500};
    char *const paths[] = {room->in, NULL};
    g_autoptr(GError) error = NULL;
    intake_report_clear(&room->report);
    g_assert_false(
        intake_scan_with(room->w->store, paths, &options, &room->reader, NULL, NULL, &room->report, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, says));
}

/* What fails twice ends the run: what came before is kept, nothing is held against the page, and the same
 * call goes on when the machine is well. */
static void test_machine_twice(void)
{
    static const char *const how[] = {"killed", "disk", "ended", "error"};
    for (size_t i = 0; i < G_N_ELEMENTS(how); i++) {
        g_autoptr(Room) room = room_new();
        g_autofree char *pages = g_strdup_printf("A 0 a b c\nor-%s A 1 a b c\nA 2 a b c", how[i]);
        put_scan(room, "lô 1.pdf", pages);
        put_scan(room, "lô 2.pdf", "A 3 a b c");
        assert_stops(room, "lô 1.pdf, page 2: ");
        g_autoptr(GPtrArray) kept = store_load_pages(room->w->store, NULL);
        g_assert_cmpuint(kept->len, ==, 1);
        room->script.fixed = true;
        const IntakeReport *r = take_in(room, NULL, 2);
        g_assert_cmpint(r->pages_in, ==, 3);
        g_assert_cmpint(r->pages_again, ==, 0);
        g_assert_cmpint(r->ballots_complete, ==, 4);
    }
    g_autoptr(Room) room = room_new();
    put_scan(room, "tệp.pdf", "count killed");
    assert_stops(room, "tệp.pdf: ");
    g_autoptr(GPtrArray) none = store_load_pages(room->w->store, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    put_scan(room, "tệp.pdf", "or-memory A 0 a b c"); /* memory there is: the page's own doing */
    const IntakeReport *r = take_in(room, NULL, 2);
    g_assert_cmpstr(refusal(r, "tệp.pdf", 1)->reason, ==, "decoder-crash");
}

static void put_mended(const Room *room, const char *how)
{
    g_autofree char *pages =
        g_strdup_printf("cover SYT\nor-refuse X1 - a b\nblank\nX2 - c\nA 0 a b c\nor-%s B1 0 a b\nB2 0 a\n"
                        "refuse\nX1 - a b\nor-crash X2 - d\nor-refuse blank",
                        how);
    put_scan(room, "1.pdf", pages);
    put_scan(room, "2.pdf", "count-or-crash A 1 a b c\nor-refuse A 2 a b c");
    put_scan(room, "3.pdf", "A 3 a b c\nor-refuse A 4 a ? c");
}

static void test_again(void)
{
    g_autoptr(Room) room = room_new();
    put_mended(room, "hang");
    const IntakeReport *r = take_in(room, NULL, 2);
    g_assert_cmpint(r->pages_in, ==, 13);
    g_assert_cmpint(r->pages_refused, ==, 6);
    g_assert_cmpint(r->files_refused, ==, 1);
    g_autofree char *before = content(room->w->store);

    /* while nothing is mended, nothing changes, however often */
    r = take(room, NULL, 3, true);
    g_assert_cmpint(r->pages_in, ==, 6);
    g_assert_cmpint(r->pages_again, ==, 6);
    g_assert_cmpint(r->pages_refused, ==, 6);
    g_assert_cmpint(r->files_refused, ==, 1);
    g_autofree char *same = content(room->w->store);
    g_assert_cmpstr(before, ==, same);
    room->script.fixed = true;
    r = take_in(room, NULL, 2); /* nor without being asked */
    g_assert_cmpint(r->pages_in, ==, 0);
    g_autofree char *unasked = content(room->w->store);
    g_assert_cmpstr(before, ==, unasked);

    r = take(room, NULL, 2, true);
    g_assert_cmpint(r->pages_in, ==, 8); /* six again, two of the file that was refused */
    g_assert_cmpint(r->pages_again, ==, 6);
    g_assert_cmpint(r->pages_refused, ==, 1);
    g_assert_cmpint(r->pages_blank, ==, 1);
    g_assert_cmpint(r->files_refused, ==, 0);
    g_assert_cmpint(r->ballots_complete, ==, 8);
    g_assert_cmpint(r->ballots_incomplete, ==, 0);
    g_autoptr(GPtrArray) pages = store_load_pages(room->w->store, NULL);
    g_assert_cmpuint(pages->len, ==, 15);
    g_autoptr(GPtrArray) ballots = store_load_ballots(room->w->store, NULL);
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        if (ballot->serial[0] == 'X') /* under the cover sheet, as when read at once */
            g_assert_cmpstr(ballot->agency, ==, "SYT");
    }
    g_autofree char *mended = content(room->w->store);
    take(room, NULL, 2, true);
    g_autofree char *twice = content(room->w->store);
    g_assert_cmpstr(mended, ==, twice);
    g_autoptr(GPtrArray) faults = workspace_verify(room->w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);
}

/* What a person settled is left alone; a file seen for the first time is simply read. */
static void test_again_settled(void)
{
    g_autoptr(Room) room = room_new();
    put_mended(room, "abort");
    take_in(room, NULL, 2);
    room->script.fixed = true;
    g_autoptr(GPtrArray) pages = store_load_pages(room->w->store, NULL);
    for (guint i = 0; i < pages->len; i++) {
        const StorePageRow *page = pages->pdata[i];
        if (page->outcome == STORE_PAGE_REFUSED)
            g_assert_true(store_settle_page(room->w->store, page->id, "Lan", "đã quét tờ khác", NULL));
    }
    put_scan(room, "4.pdf", "A 5 a b c");
    const IntakeReport *r = take(room, NULL, 2, true);
    g_assert_cmpint(r->files_refused, ==, 1);
    g_assert_cmpint(r->pages_in, ==, 1);
    g_assert_cmpint(r->pages_again, ==, 0);
}

/* ---- order and resuming ---- */

#define FILES 4

static void put_batch(const Room *room)
{
    static const char *const pages[FILES] = {
        "A 0 a b c\nB1 0 a b\nblank\nB2 0 a\nX1 - a b\nblank\nX2 - b",
        "X1 - c d\nrefuse\nX2 - a\nA 1 d c b\nA 1 d c b",
        "cover SYT\nX1 - b b\nX2 - c\nX1 - a a\ncrash\nX2 - d",
        "X2 - a\nA 2 ? ? ?\nB1 1 b a\ncover SNV\nX1 - d d\nX2 - d",
    };
    for (int i = 0; i < FILES; i++) {
        g_autofree char *name = g_strdup_printf("lô %d.pdf", i);
        put_scan(room, name, pages[i]);
    }
}

/* However many workers, in whatever order their results come. */
static void test_order(void)
{
    g_autofree char *first = NULL;
    for (int workers = 1; workers <= 4; workers++) {
        g_autoptr(Room) room = room_new();
        put_batch(room);
        take_in(room, NULL, workers);
        char *now = content(room->w->store);
        if (!first) {
            first = now;
            continue;
        }
        g_assert_cmpstr(first, ==, now);
        g_free(now);
    }
}

/* A ballot of loose pages goes on over blank backs, and over nothing else; one page of it stands alone. */
static void test_foreign_pages(void)
{
    g_autoptr(Room) room = room_new();
    put_batch(room);
    take_in(room, NULL, 2);
    g_autoptr(GPtrArray) pages = store_load_pages(room->w->store, NULL);
    g_autoptr(GHashTable) serial = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < pages->len; i++) {
        const StorePageRow *p = pages->pdata[i];
        g_hash_table_insert(serial, g_strdup_printf("%s:%d", p->file, p->page), p->serial);
    }
#define SERIAL(file, page) ((const char *)g_hash_table_lookup(serial, "lô " #file ".pdf:" #page))
    g_assert_cmpstr(SERIAL(0, 5), ==, SERIAL(0, 7)); /* a blank back between */
    g_assert_cmpstr(SERIAL(1, 1), !=, SERIAL(1, 3)); /* a refused page between: perhaps another's */
    g_assert_cmpstr(SERIAL(2, 2), ==, SERIAL(2, 3));
    g_assert_cmpstr(SERIAL(2, 4), !=, SERIAL(2, 6)); /* a page lost between */
    g_assert_cmpstr(SERIAL(3, 1), !=, SERIAL(2, 6));
    g_assert_true(g_str_has_prefix(SERIAL(0, 5), "X"));
#undef SERIAL
}

static void die_after(const IntakeProgress *progress, gpointer user)
{
    if (progress->pages_done == GPOINTER_TO_INT(user))
        kill(getpid(), SIGKILL);
}

/* The workers of a killed run end with it, within a moment. */
static void await_workspace(const char *dir)
{
    for (int i = 0; i < 500; i++) {
        g_autoptr(GError) error = NULL;
        Store *store = store_open(dir, STORE_WORK, &error);
        if (store) {
            store_free(store);
            return;
        }
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_BUSY);
        g_usleep(10 * 1000);
    }
}

/* Killed after any page, then run again: the same content as undisturbed. */
static void test_resumed(void)
{
    g_autoptr(Room) calm = room_new();
    put_batch(calm);
    int total = take_in(calm, NULL, 2)->pages_in;
    g_assert_cmpint(total, ==, 24);
    g_autofree char *undisturbed = content(calm->w->store);
    g_autoptr(Room) room = room_new();
    put_batch(room);
    int killed = 0;
    for (int step = 1; step < total; step += 4) {
        g_clear_pointer(&room->w->store, store_free); /* a database stays on its side of a fork */
        pid_t pid = fork();
        g_assert_cmpint(pid, >=, 0);
        if (pid == 0) {
            workspace_reopen(room->w);
            const IntakeOptions options = {.workers = 2, .page_wait_ms = 1500};
            char *const paths[] = {room->in, NULL};
            IntakeReport report;
            intake_scan_with(room->w->store, paths, &options, &room->reader, die_after,
                             GINT_TO_POINTER(1 + step % 5), &report, NULL);
            _exit(0);
        }
        int status;
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        await_workspace(room->w->dir);
        workspace_reopen(room->w);
    }
    g_assert_cmpint(killed, >=, 3);
    const IntakeReport *r = take_in(room, NULL, 3);
    g_assert_cmpint(r->files_known, ==, FILES);
    g_autofree char *resumed = content(room->w->store);
    g_assert_cmpstr(undisturbed, ==, resumed);
}

/* The same when pages are read again. */
static void test_again_resumed(void)
{
    g_autofree char *undisturbed = NULL;
    for (int kill_after = 0; kill_after <= 7; kill_after = kill_after * 2 + 1) {
        g_autoptr(Room) room = room_new();
        put_mended(room, "abort");
        take_in(room, NULL, 2);
        room->script.fixed = true;
        if (kill_after > 0) {
            g_clear_pointer(&room->w->store, store_free);
            pid_t pid = fork();
            g_assert_cmpint(pid, >=, 0);
            if (pid == 0) {
                workspace_reopen(room->w);
                const IntakeOptions options = {.workers = 2, .page_wait_ms = 1500, .again = true};
                char *const paths[] = {room->in, NULL};
                IntakeReport report;
                intake_scan_with(room->w->store, paths, &options, &room->reader, die_after,
                                 GINT_TO_POINTER(kill_after), &report, NULL);
                _exit(0);
            }
            int status;
            g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
            g_assert_true(WIFSIGNALED(status));
            await_workspace(room->w->dir);
            workspace_reopen(room->w);
        }
        take(room, NULL, 2, true);
        char *now = content(room->w->store);
        if (undisturbed)
            g_assert_cmpstr(undisturbed, ==, now);
        g_free(undisturbed);
        undisturbed = now;
    }
}

/* ---- reading again ---- */

static void read_again(Room *room, StoreFindings *found)
{
    store_findings_clear(found);
    store_findings_init(found);
    g_autofree char *before = content(room->w->store);
    g_autoptr(GError) error = NULL;
    intake_read_again_with(room->w->store, 2, &room->reader, NULL, NULL, found, &error);
    g_assert_no_error(error);
    g_autofree char *after = content(room->w->store);
    g_assert_cmpstr(before, ==, after);
}

/* What was read comes out the same, loose pages too; what does not is named.
 */
static void test_read_again(void)
{
    g_autoptr(Room) room = room_new();
    put_batch(room);
    put_scan(room, "sau.pdf", "A 3 a b c\nor-blank A 4 a b c\nor-refuse A 5 a b c\nor-refuse A 2 a b c");
    take_in(room, NULL, 2);
    g_auto(StoreFindings) found = {NULL, NULL, NULL};
    read_again(room, &found);
    g_assert_cmpuint(found.faults->len, ==, 0);
    g_assert_cmpuint(found.open->len, ==, 0);
    g_assert_cmpuint(found.told->len, ==, 0);
    room->script.fixed = true;
    read_again(room, &found);
    g_assert_cmpuint(found.faults->len, ==, 1);
    g_assert_true(
        g_str_has_prefix(found.faults->pdata[0],
                         "sau.pdf, page 2: recorded is a blank page, read again it is page 1 of form A"));
    g_assert_cmpuint(found.open->len, ==, 1);
    g_assert_true(g_str_has_prefix(found.open->pdata[0], "2 pages that were refused can be read now"));
    /* people have dealt with them: one said what it is, where its sheet lies, too */
    g_autoptr(GPtrArray) refused = store_load_refused(room->w->store, NULL);
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < refused->len; i++) {
        const StorePageRow *row = refused->pdata[i];
        if (i + 1 < refused->len) {
            g_assert_true(store_settle_page(room->w->store, row->id, "lan", "quét lại", NULL));
            continue;
        }
        StorePage *page = workspace_page(room->w, room->w->a, room->script.a->pdata[2], 1,
                                         (const char *const[]){"a", "b", "c"});
        page->index = row->page - 1;
        reader_sign(&room->reader, page);
        set_text(&page->reason, "by-person");
        store_identify_page(room->w->store, row->id, page, "lan", "mã bị rách", NULL, &error);
        g_assert_no_error(error);
        store_page_free(page);
    }
    read_again(room, &found);
    g_assert_cmpuint(found.faults->len, ==, 1);
    g_assert_cmpuint(found.open->len, ==, 0);
    g_assert_cmpuint(found.told->len, ==, 2);
    g_assert_true(g_str_has_prefix(found.told->pdata[0], "1 pages that were refused, and that people"));
    g_assert_true(g_str_has_prefix(found.told->pdata[1], "1 pages were not read again: a person"));
    /* a machine that fails says nothing of a page */
    put_scan(room, "hỏng.pdf", "or-blank error");
    room->script.fixed = false;
    take_in(room, NULL, 1);
    room->script.fixed = true;
    g_assert_false(intake_read_again_with(room->w->store, 1, &room->reader, NULL, NULL, &found, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
}

/* Of what another reader made, or one that is not known, only a person can say what it means that it is read
 * otherwise now; each page goes by its own reader. */
static void test_read_again_other(void)
{
    g_autoptr(Room) room = room_new();
    put_scan(room, "một.pdf", "A 0 a b c\nor-blank A 1 a b c\nor-refuse A 2 a b c");
    take_in(room, NULL, 2);
    room->reader.id = "reader-2";
    put_scan(room, "hai.pdf", "A 3 a b c\nor-blank A 4 a b c");
    take_in(room, NULL, 2);
    g_auto(StoreFindings) found = {NULL, NULL, NULL};
    read_again(room, &found);
    g_assert_cmpuint(found.faults->len, ==, 0);
    g_assert_cmpuint(found.open->len, ==, 0);
    g_assert_cmpuint(found.told->len, ==, 1);
    g_assert_true(g_str_has_prefix(found.told->pdata[0], "3 pages were read by another reader"));
    g_assert_true(g_str_has_suffix(found.told->pdata[0], "of them read otherwise now: 0"));
    room->script.fixed = true;
    read_again(room, &found);
    g_assert_cmpuint(found.faults->len, ==, 1);
    g_assert_true(g_str_has_prefix(found.faults->pdata[0], "hai.pdf, page 2: recorded is a blank page"));
    g_assert_cmpuint(found.open->len, ==, 3);
    g_assert_true(g_str_has_prefix(found.open->pdata[0], "3 pages were read by another reader"));
    g_assert_true(g_str_has_suffix(found.open->pdata[0], "of them read otherwise now: 1"));
    g_assert_true(g_str_has_prefix(found.open->pdata[1], "1 pages that were refused can be read now"));
    g_assert_true(g_str_has_prefix(found.open->pdata[2], "một.pdf, page 2: recorded is a blank page"));
    g_assert_cmpuint(found.told->len, ==, 0);
    room->reader.id = "reader-1";
    read_again(room, &found);
    g_assert_cmpuint(found.faults->len, ==, 1);
    g_assert_true(g_str_has_prefix(found.faults->pdata[0], "một.pdf, page 2: recorded is a blank page"));
    g_assert_true(g_str_has_prefix(found.open->pdata[0], "2 pages were read by another reader"));
    g_assert_true(g_str_has_prefix(found.open->pdata[2], "hai.pdf, page 2: recorded is a blank page"));
    /* what is read again because it was refused is the later reader's */
    room->reader.id = "reader-3";
    take(room, NULL, 2, true);
    read_again(room, &found);
    g_assert_true(g_str_has_prefix(found.open->pdata[0], "4 pages were read by another reader"));
}

/* From the archive alone: the scans are gone, and what was refused is read again, whole files too. */
static void test_again_from_archive(void)
{
    g_autoptr(Room) room = room_new();
    put_mended(room, "hang");
    put_bytes(room, "thư.docx", "không phải bản quét");
    take_in(room, NULL, 2);
    static const char *const names[] = {"1.pdf", "2.pdf", "3.pdf", "thư.docx"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(room->in, names[i], NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_autofree char *before = content(room->w->store);
    const IntakeReport *r = take_kept(room, 2);
    g_assert_cmpint(r->files, ==, 4);
    g_assert_cmpint(r->files_refused, ==, 2);
    g_assert_cmpint(r->pages_refused, ==, 6);
    g_autofree char *same = content(room->w->store);
    g_assert_cmpstr(before, ==, same);
    g_auto(StoreFindings) found = {NULL, NULL, NULL};
    read_again(room, &found);
    g_assert_cmpuint(found.open->len + found.told->len + found.faults->len, ==, 0);

    room->script.fixed = true;
    read_again(room, &found);
    g_assert_cmpuint(found.faults->len, ==, 0);
    g_assert_cmpuint(found.open->len, ==, 2);
    g_assert_true(
        g_str_has_prefix(found.open->pdata[1], "1 files that were refused as a whole can be opened"));
    r = take_kept(room, 2);
    g_assert_cmpint(r->pages_in, ==, 8);
    g_assert_cmpint(r->pages_refused, ==, 1);
    g_assert_cmpint(r->files_refused, ==, 1);
    g_assert_cmpstr(refusal(r, "thư.docx", 0)->detail, ==, "is no scan");
    g_assert_cmpint(r->ballots_complete, ==, 8);
    r = take_kept(room, 2); /* the last page and the letter are all that is left */
    g_assert_cmpint(r->files, ==, 2);
    g_assert_cmpint(r->pages_in, ==, 1);
    g_autoptr(GPtrArray) faults = workspace_verify(room->w, NULL);
    g_assert_cmpuint(faults->len, ==, 0);

    /* a copy that is gone or was changed is not read; it is named */
    g_autoptr(GPtrArray) refused = store_load_refused(room->w->store, NULL);
    const StorePageRow *letter = refused->pdata[refused->len - 1];
    g_assert_cmpint(letter->page, ==, 0);
    g_autofree char *kept = g_build_filename(room->w->dir, letter->archived, NULL),
                    *out = g_build_filename(room->w->root, "ra.docx", NULL), *bytes = NULL;
    g_autoptr(GError) error = NULL;
    intake_write_refused(room->w->store, letter->id, false, out, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(out, &bytes, NULL, NULL));
    g_assert_cmpstr(bytes, ==, "không phải bản quét");
    g_assert_true(g_file_set_contents(kept, "khác", -1, NULL));
    r = take_kept(room, 2);
    g_assert_nonnull(strstr(refusal(r, "thư.docx", 0)->detail, "in the archive is gone or was changed"));
    g_assert_cmpint(g_unlink(kept), ==, 0);
    g_assert_false(intake_write_refused(room->w->store, letter->id, false, out, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(intake_write_refused(room->w->store, -7777, false, out, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
}

/* Whatever decides a reading is told apart by its build: no kind of library is missing, none is told twice.
 */
static void test_libraries(void)
{
    static const char *const wanted[] = {"libopencv_core.",
                                         "libopencv_imgproc.",
                                         "libopencv_calib3d.",
                                         "libopencv_features2d.",
                                         "libZXing.",
                                         "libzbar.",
                                         "libtesseract.",
                                         "liblept",
                                         "libjpeg.",
                                         "libtiff.",
                                         "libpng",
                                         "libqpdf.",
                                         "libpoppler."};
    g_autoptr(GPtrArray) libraries = reader_libraries();
    for (size_t w = 0; w < G_N_ELEMENTS(wanted); w++) {
        int found = 0;
        for (guint i = 0; i < libraries->len; i++)
            found += g_str_has_prefix(libraries->pdata[i], wanted[w]);
        if (found != 1)
            g_error("%s: %d times among the libraries", wanted[w], found);
    }
    for (guint i = 0; i < libraries->len; i++) {
        const char *build = strchr(libraries->pdata[i], ' ');
        g_assert_true(!build || strspn(build + 1, "0123456789abcdef") >= 16);
        g_assert_true(i == 0 || strcmp(libraries->pdata[i - 1], libraries->pdata[i]) < 0);
    }
}

/* ---- between processes ---- */

static void test_bytes(void)
{
    g_autoptr(Room) room = room_new();
    static const char *const values[] = {"a", "?", ""};
    StorePage *page = workspace_page(room->w, room->w->a, "0001235", 1, values);
    page->index = 7;
    set_text(&page->detail, "dòng 1\ndòng \"2\"");
    page->map.h[4] = 1.0 / 3;
    page->residual_mm = 0.1;
    page->quarter_turns = 3;
    for (guint i = 0; i < page->marks->len; i++) {
        StoreMark *m = &g_array_index(page->marks, StoreMark, i);
        for (int k = 0; k < MARK_MEASURES; k++)
            m->measures.v[k] = (float)(i + k / 100.0);
        m->place = (RegisterBox){.shift_x_mm = 0.1, .shift_y_mm = -0.2, .match = 0.95};
    }
    g_autoptr(GBytes) bytes = page_to_bytes(page);
    StorePage *back = page_from_bytes(bytes);
    g_autoptr(GBytes) once_more = page_to_bytes(back);
    g_assert_true(g_bytes_equal(bytes, once_more));
    g_assert_cmpint(back->index, ==, 7);
    g_assert_cmpstr(back->detail, ==, page->detail);
    g_assert_cmpmem(&back->map, sizeof back->map, &page->map, sizeof page->map);
    g_assert_cmpuint(back->marks->len, ==, page->marks->len);
    const StoreMark *m = &g_array_index(back->marks, StoreMark, 5),
                    *was = &g_array_index(page->marks, StoreMark, 5);
    g_assert_cmpmem(&m->measures, sizeof m->measures, &was->measures, sizeof was->measures);
    g_assert_cmpstr(m->question, ==, was->question);
    g_assert_cmpfloat(m->place.shift_y_mm, ==, -0.2);
    g_assert_cmpfloat(m->decision.confidence, ==, was->decision.confidence);
    store_page_free(back);
    store_page_free(page);
}

/* ---- real pages through this program's own reader ---- */

/* Form A as drawn by paper.h, known to the workspace; its other layouts have no print, so they get some. */
static Layout *add_drawn_layout(Workspace *w)
{
    for (int i = 0; i < 3; i++) {
        const Layout *bare = i == 0 ? w->a : w->b;
        static const PaperForm others[] = {
            {.id = "A", .seed = 6}, {.id = "B", .seed = 7}, {.id = "B", .seed = 8}};
        LayoutPage *page = bare->pages->pdata[i / 2];
        PaperScan unfilled = {0};
        page->blank = paper_scan(&others[i], page, &unfilled, NULL);
    }
    static const PaperForm print = {.id = "A", .ours = true, .seed = 5};
    g_autoptr(Layout) drawn = paper_layout(&print);
    g_ptr_array_set_size(paper_page(drawn)->boxes, 3 * PAPER_OPTIONS); /* q1, q2, q3 */
    layout_seal(drawn);
    g_autoptr(GError) error = NULL;
    store_add_layout(w->store, drawn, &error);
    g_assert_no_error(error);
    return layout_find((GPtrArray *)store_layouts(w->store), "A", drawn->fingerprint);
}

static void cross_first(cairo_t *cr, const LayoutPage *page, gpointer user)
{
    const char *options = user;
    for (int row = 0; options[row]; row++) {
        paper_pen(cr, 50, 0.5);
        paper_cross(cr, ((LayoutBox *)page->boxes->pdata[row * PAPER_OPTIONS + options[row] - 'a'])->rect,
                    1.9);
    }
}

static void put_ballot(const Room *room, const Layout *layout, const char *name, const char *serial,
                       const char *options, int quarter_turns, const PageStation *station)
{
    static const PaperForm print = {.id = "A", .ours = true, .seed = 5};
    PageCode code = {.kind = PAGE_CODE_BALLOT, .survey = "NHO", .form = "A", .page = 1};
    for (int i = 0; i < 8; i++)
        code.fingerprint8[i] = g_ascii_toupper(layout->fingerprint[i]);
    g_strlcpy(code.serial, serial, sizeof code.serial);
    StoreIssued *issued = store_find_issued(room->w->store, serial, NULL);
    if (station)
        page_code_seal(&code, station, issued->group, issued->agency, issued->origin);
    store_issued_free(issued);
    g_autofree char *text = page_code_format(&code);
    PaperScan how = {.code = text,
                     .skew_deg = 1,
                     .quarter_turns = quarter_turns,
                     .ink = cross_first,
                     .user = (gpointer)options};
    g_autoptr(Raster) scan = paper_scan(&print, paper_page(layout), &how, NULL);
    g_autofree char *path = g_build_filename(room->in, name, NULL);
    g_autoptr(GError) error = NULL;
    raster_write_png(scan, path, &error);
    g_assert_no_error(error);
}

/* What other workspaces printed, what names none, and what was made up: refused by name, never counted. */
static void test_strangers(void)
{
    g_autoptr(Room) room = room_new();
    const Layout *layout = add_drawn_layout(room->w);
    const char *const *s = (const char *const *)room->script.a->pdata;
    PageStation other, forger = *store_station(room->w->store);
    g_assert_true(station_make(&other, NULL));
    forger.key[7] ^= 1; /* knows the name, not the key */
    put_ballot(room, layout, "a.png", s[0], "acd", 0, &other);
    put_ballot(room, layout, "b.png", s[1], "acd", 0, &forger);
    put_ballot(room, layout, "c.png", s[2], "acd", 0, NULL);
    put_ballot(room, layout, "d.png", s[3], "acd", 0, store_station(room->w->store));
    const IntakeOptions options = {.workers = 1};
    char *const paths[] = {room->in, NULL};
    g_autoptr(GError) error = NULL;
    IntakeReport *r = &room->report;
    intake_scan(room->w->store, paths, &options, NULL, NULL, r, &error);
    g_assert_no_error(error);
    g_assert_cmpint(r->pages_in, ==, 4);
    g_assert_cmpint(r->pages_read, ==, 1);
    g_assert_cmpint(r->ballots_complete, ==, 1);
    static const char *const reasons[] = {"other-station", "forged", "no-station"};
    g_assert_cmpuint(r->refusals->len, ==, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpstr(((IntakeRefusal *)r->refusals->pdata[i])->reason, ==, reasons[i]);
    g_assert_nonnull(strstr(((IntakeRefusal *)r->refusals->pdata[0])->detail, other.name));
}

static void test_real_reader(void)
{
    g_autoptr(Room) room = room_new();
    const Layout *layout = add_drawn_layout(room->w);
    const char *serial = room->script.a->pdata[2], *upside_down = room->script.a->pdata[4];
    const PageStation *station = store_station(room->w->store);
    put_ballot(room, layout, "phiếu 'một'.png", serial, "acd", 0, station);
    put_ballot(room, layout, "hai\nphiếu.jpg", upside_down, "bba", 2, station);
    put_bytes(room, "rỗng\n.pdf", "");
    put_bytes(room, "văn bản.pdf", "Đây là văn bản, không phải bản quét.\n");
    const IntakeOptions options = {.workers = 2};
    char *const paths[] = {room->in, NULL};
    g_autoptr(GError) error = NULL;
    IntakeReport *r = &room->report;
    intake_scan(room->w->store, paths, &options, NULL, NULL, r, &error);
    g_assert_no_error(error);
    g_assert_cmpint(r->pages_in, ==, 2);
    g_assert_cmpint(r->pages_read, ==, 2);
    g_assert_cmpint(r->files_refused, ==, 2);
    g_assert_cmpint(r->ballots_complete, ==, 2);
    g_assert_cmpint(r->answers_machine, ==, 6);
    for (guint i = 0; i < r->refusals->len; i++) { /* one line, without the place */
        const IntakeRefusal *refused = r->refusals->pdata[i];
        g_assert_cmpstr(refused->reason, ==, "unreadable");
        g_assert_null(strstr(refused->detail, "/"));
        g_assert_null(strchr(refused->detail, '\n'));
    }
    g_autoptr(GPtrArray) answers = store_load_ballot_answers(room->w->store, serial, &error);
    g_assert_no_error(error);
    static const char *const values[] = {"a", "c", "d"};
    for (guint i = 0; i < answers->len; i++)
        g_assert_cmpstr(((StoreAnswer *)answers->pdata[i])->value, ==, values[i]);

    /* this program knows its own pages by what it is made of */
    static const char hex[] = "0123456789abcdef";
    g_assert_cmpuint(strlen(intake_reader_id()), ==, 16 + 1 + 8);
    g_assert_true(g_str_has_prefix(intake_reader_id(), reader_id));
    g_assert_cmpuint(strspn(reader_id, hex), ==, 16);
    g_assert_cmpuint(strspn(intake_reader_id() + 17, hex), ==, 8);
    g_auto(StoreFindings) found;
    store_findings_init(&found);
    intake_read_again(room->w->store, 2, NULL, NULL, &found, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found.faults->len + found.open->len + found.told->len, ==, 0);

    /* the ink of an answer, upright */
    const char *const of[] = {serial, upside_down};
    for (int i = 0; i < 2; i++) {
        g_autoptr(Raster) crop = intake_crop_question(room->w->store, of[i], "q1", &error);
        g_assert_no_error(error);
        g_assert_cmpint(crop->width_px, ==, 210 * 8);
        g_autoptr(GPtrArray) scans = store_load_scans(room->w->store, of[i], &error);
        const LayoutPage *page = intake_scan_layout(room->w->store, scans->pdata[0]);
        int box = layout_box_index(page, "q1", "a");
        double box_y = ((const LayoutBox *)page->boxes->pdata[box])->rect.y_mm;
        IntakeView view;
        g_assert_true(intake_find_view(page, "q1", &view));
        g_assert_false(intake_find_view(page, "q9", &view));
        for (int option = 0; option < 2; option++) { /* the crop is as wide as the sheet */
            int dark = 0, left = (120 + 18 * option) * 8, top = (int)(intake_view_y(&view, box_y) * 8 + 0.5);
            for (int y = top + 6; y < top + 31; y++)
                for (int x = left + 6; x < left + 31; x++)
                    dark += crop->pixels[(size_t)y * crop->stride + (size_t)x] < 128;
            if (option == i)
                g_assert_cmpint(dark, >, 60);
            else
                g_assert_cmpint(dark, ==, 0);
        }
    }
    /* the page as the machine saw it: its marked box is drawn round, and the file is whole or not there */
    g_autofree char *overlay = g_build_filename(room->w->dir, "trang.png", NULL);
    g_assert_true(intake_write_overlay(room->w->store, serial, 1, overlay, &error));
    g_assert_no_error(error);
    g_autoptr(PageFile) file = page_file_open(overlay, &error);
    g_autoptr(PageImage) drawn = file ? page_file_read(file, 0, true, &error) : NULL;
    g_assert_no_error(error);
    g_assert_cmpint(drawn->grey->width_px, ==, 210 * 6);
    g_assert_cmpint(drawn->grey->height_px, ==, 297 * 6);
    g_assert_nonnull(drawn->cb); /* in colour */
    g_remove(overlay);
    g_assert_false(intake_write_overlay(room->w->store, serial, 7, overlay, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(g_file_test(overlay, G_FILE_TEST_EXISTS));
    g_assert_null(intake_crop_question(room->w->store, serial, "q9", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(intake_crop_question(room->w->store, "9999999", "q1", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
}

/* ---- what a person sees of a page ---- */

static void fill_mm(Raster *blank, double x_mm, double y_mm, double w_mm, double h_mm)
{
    for (int y = (int)(y_mm * 4); y < (int)((y_mm + h_mm) * 4); y++)
        memset(blank->pixels + (size_t)y * blank->stride + (int)(x_mm * 4), 0, (size_t)(w_mm * 4));
}

/* A table with a heading, `rows` rows of 12 mm and `columns` boxes of 4 mm, 15 mm apart. */
static void add_table(LayoutPage *page, double top_mm, const char *const *questions, int columns)
{
    fill_mm(page->blank, 20, top_mm, 170, 0.5);
    fill_mm(page->blank, 122, top_mm + 3, columns * 15 - 15, 3); /* what the columns are called */
    fill_mm(page->blank, 20, top_mm + 10, 170, 0.5);
    for (int q = 0; questions[q]; q++) {
        double y = top_mm + 10 + 12 * q;
        fill_mm(page->blank, 30, y + 4, 60, 3);
        fill_mm(page->blank, 20, y + 12, 170, 0.5);
        for (int o = 0; o < columns; o++) {
            char option[] = {(char)('a' + o), '\0'};
            layout_add_box(page, questions[q], option, (RectMm){120 + 15.0 * o, y + 4, 4, 4}, 0.3,
                           LAYOUT_SQUARE);
        }
    }
}

/* Two tables in the same place across, of other columns; below them a list of boxes without rules. Each row
 * is shown with the heading of its own table; none is invented. */
static void test_view(void)
{
    g_autoptr(Layout) layout = layout_new("A", 1);
    LayoutPage *page = layout_add_page(layout, 210, 297);
    page->blank = raster_new(840, 1188, NULL);
    memset(page->blank->pixels, 255, page->blank->stride * 1188);
    add_table(page, 40, (const char *const[]){"q1", "q2", "q3", NULL}, 4);
    add_table(page, 100, (const char *const[]){"q4", NULL}, 3);
    layout_add_box(page, "q5", "a", (RectMm){30, 180, 4, 4}, 0.3, LAYOUT_SQUARE);
    layout_add_box(page, "q5", "b", (RectMm){30, 190, 4, 4}, 0.3, LAYOUT_SQUARE);
    layout_seal(layout);
    IntakeView view;
    g_assert_true(intake_find_view(page, "q3", &view));
    g_assert_cmpfloat_with_epsilon(view.heading.y_mm, 39, 1.5);
    g_assert_cmpfloat_with_epsilon(view.heading.h_mm, 12, 1.5);
    g_assert_cmpfloat(view.rows.y_mm, <=, 40 + 10 + 24 + 4 - 9);
    g_assert_cmpfloat(view.rows.y_mm + view.rows.h_mm, >=, 40 + 10 + 36 + 2);
    /* the first row is shown with its heading in one piece */
    g_assert_true(intake_find_view(page, "q1", &view));
    g_assert_cmpfloat(view.heading.h_mm, ==, 0);
    g_assert_cmpfloat_with_epsilon(view.rows.y_mm, 39, 1.5);
    g_assert_true(intake_find_view(page, "q4", &view));
    g_assert_cmpfloat(view.heading.h_mm, ==, 0);
    g_assert_cmpfloat_with_epsilon(view.rows.y_mm, 99, 1.5);
    g_assert_true(intake_find_view(page, "q5", &view));
    g_assert_cmpfloat(view.heading.h_mm, ==, 0);
    g_assert_cmpfloat_with_epsilon(view.rows.y_mm, 180 - 24, 0.01);
    g_assert_cmpfloat_with_epsilon(view.rows.y_mm + view.rows.h_mm, 194 + 9, 0.01);
    g_assert_cmpfloat_with_epsilon(intake_view_y(&view, 180), 24, 0.01);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/view", test_view);
    g_test_add_func("/intake/walk", test_walk);
    g_test_add_func("/intake/walk-deep", test_walk_deep);
    g_test_add_func("/intake/run", test_run);
    g_test_add_func("/intake/twins-in-one-run", test_twins_in_one_run);
    g_test_add_func("/intake/unreadable", test_unreadable);
    g_test_add_func("/intake/crash-and-hang", test_crash_and_hang);
    g_test_add_func("/intake/machine-once", test_machine_once);
    g_test_add_func("/intake/machine-twice", test_machine_twice);
    g_test_add_func("/intake/again", test_again);
    g_test_add_func("/intake/again-settled", test_again_settled);
    g_test_add_func("/intake/again-from-archive", test_again_from_archive);
    g_test_add_func("/intake/again-resumed", test_again_resumed);
    g_test_add_func("/intake/order", test_order);
    g_test_add_func("/intake/foreign-pages", test_foreign_pages);
    g_test_add_func("/intake/resumed", test_resumed);
    g_test_add_func("/intake/read-again", test_read_again);
    g_test_add_func("/intake/read-again/other", test_read_again_other);
    g_test_add_func("/intake/libraries", test_libraries);
    g_test_add_func("/intake/bytes", test_bytes);
    g_test_add_func("/intake/strangers", test_strangers);
    g_test_add_func("/intake/real-reader", test_real_reader);
    return g_test_run();
}
