#include "quota/quota.h"

#include "workspace.h"

static Quota *take(Workspace *w)
{
    g_autoptr(GError) error = NULL;
    Quota *quota = quota_take(w->store, &error);
    g_assert_no_error(error);
    return quota;
}

static const QuotaBallot *find_ballot(const Quota *quota, const char *serial)
{
    for (guint i = 0; i < quota->ballots->len; i++) {
        const QuotaBallot *ballot = quota->ballots->pdata[i];
        if (g_str_equal(ballot->ballot->serial, serial))
            return ballot;
    }
    g_error("no ballot %s", serial);
}

static bool has_obstacle(const Quota *quota, const char *id, const char *says)
{
    g_autoptr(GPtrArray) obstacles = quota_obstacles(quota);
    bool found = false;
    for (guint i = 0; i < obstacles->len; i++) {
        const QuotaObstacle *obstacle = obstacles->pdata[i];
        if (!g_str_equal(obstacle->id, id))
            continue;
        g_assert_false(found);
        found = true;
        if (says)
            g_assert_nonnull(strstr(obstacle->text, says));
    }
    return found;
}

static char *fact_of(const Quota *quota, const char *id)
{
    g_autoptr(GPtrArray) obstacles = quota_obstacles(quota);
    for (guint i = 0; i < obstacles->len; i++) {
        const QuotaObstacle *obstacle = obstacles->pdata[i];
        if (g_str_equal(obstacle->id, id))
            return g_strdup(obstacle->fact);
    }
    return NULL;
}

static void assert_counts(QuotaCounts c, QuotaCounts e)
{
    g_assert_cmpint(c.planned, ==, e.planned);
    g_assert_cmpint(c.issued, ==, e.issued);
    g_assert_cmpint(c.returned, ==, e.returned);
    g_assert_cmpint(c.valid, ==, e.valid);
    g_assert_cmpint(c.partly, ==, e.partly);
    g_assert_cmpint(c.invalid, ==, e.invalid);
    g_assert_cmpint(c.open, ==, e.open);
    g_assert_cmpint(c.held, ==, e.held);
    g_assert_cmpint(c.rejected, ==, e.rejected);
    g_assert_cmpint(c.missing, ==, e.missing);
    g_assert_cmpint(c.surplus, ==, e.surplus);
    /* every returned ballot is in exactly one place */
    g_assert_cmpint(c.returned, ==, c.valid + c.partly + c.invalid + c.open + c.held + c.rejected);
}

static void assert_tally(const Quota *quota, const char *agency, const char *group, const char *question,
                         const int *n, QuotaTally expected)
{
    const QuotaTally *tally = quota_tally(quota, agency, group, question);
    g_assert_nonnull(tally);
    for (guint i = 0; i < tally->question->scale->options->len; i++)
        g_assert_cmpint(tally->n[i], ==, n[i]);
    g_assert_cmpint(tally->ballots, ==, expected.ballots);
    g_assert_cmpint(tally->blank, ==, expected.blank);
    g_assert_cmpint(tally->multiple, ==, expected.multiple);
    g_assert_cmpint(tally->unreadable, ==, expected.unreadable);
    g_assert_cmpint(tally->waiting, ==, expected.waiting);
}

static void test_planned(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    int cells;
    g_assert_cmpint(quota_planned(survey, NULL, NULL, NULL, &cells), ==, 10);
    g_assert_cmpint(cells, ==, 4);
    g_assert_cmpint(quota_planned(survey, "G1", NULL, NULL, &cells), ==, 6);
    g_assert_cmpint(cells, ==, 2);
    g_assert_cmpint(quota_planned(survey, NULL, "huyen", NULL, NULL), ==, 4);
    g_assert_cmpint(quota_planned(survey, NULL, NULL, "SB", NULL), ==, 3);
    g_assert_cmpint(quota_planned(survey, "G2", "so", NULL, &cells), ==, 0);
    g_assert_cmpint(cells, ==, 0);
}

static void test_empty(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(Quota) quota = take(w);
    assert_counts(quota_sum(quota, NULL, NULL, NULL), (QuotaCounts){.planned = 10, .missing = 10});
    g_assert_cmpuint(quota->ballots->len, ==, 0);
    g_assert_cmpuint(quota->cells->len, ==, 4);
    g_assert_true(has_obstacle(quota, "quota-short:G1:SA:SA", "3 of 3"));
    g_assert_true(has_obstacle(quota, "quota-short:G2:HC:HC-P2", "2 of 2"));
    g_assert_false(has_obstacle(quota, "answers-waiting", NULL));
    g_assert_null(quota_tally(quota, "HC", "G1", "q1")); /* another block */
    g_assert_null(quota_tally(quota, "HC", "G2", "nam-sinh"));
}

/* One ballot of every kind in one cell of three. */
static void test_kinds(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 9);
    workspace_return_a(w, s->pdata[0], "a", "b", "c");  /* valid */
    workspace_return_a(w, s->pdata[1], "a", "", "b+c"); /* 1 of 3: invalid, nothing of it counts */
    workspace_return_a(w, s->pdata[2], "d", "?", "a");  /* 2 or 3 of 3: open */
    workspace_return_a(w, s->pdata[3], "a", "a", "a");  /* rejected below */
    workspace_return_a(w, s->pdata[4], "a", "a", "a");  /* twice: held */
    workspace_return_a(w, s->pdata[4], "a", "a", "b");
    workspace_return_a(w, s->pdata[5], "?", "", ""); /* at most 1 of 3: invalid whatever it is */
    char unknown[SERIAL_LENGTH + 1];
    serial_make(5000, unknown);
    workspace_return_a(w, unknown, "a", "a", "a");
    g_assert_true(store_reject_ballot(w->store, s->pdata[3], "Lan", "bản phô tô", NULL));
    g_assert_true(store_decide_answer(w->store, s->pdata[1], "q3", "b+c", "Lan", "hai dấu", NULL));
    g_autoptr(Quota) quota = take(w);
    QuotaCounts expected = {.planned = 3,
                            .issued = 9,
                            .returned = 6,
                            .valid = 1,
                            .invalid = 2,
                            .open = 1,
                            .held = 1,
                            .rejected = 1};
    assert_counts(quota_sum(quota, "G1", NULL, "SA"), expected);
    g_assert_cmpuint(quota->ballots->len, ==, 7);
    g_assert_cmpint(find_ballot(quota, s->pdata[5])->validity, ==, BALLOT_INVALID);
    g_assert_false(find_ballot(quota, s->pdata[1])->counts);
    g_assert_cmpint(find_ballot(quota, s->pdata[1])->multiple, ==, 1);
    g_assert_cmpint(find_ballot(quota, s->pdata[1])->blank, ==, 1);
    g_assert_null(find_ballot(quota, unknown)->cell);
    g_assert_false(find_ballot(quota, unknown)->counts);
    assert_tally(quota, "SA", "G1", "q1", (int[]){1, 0, 0, 0}, (QuotaTally){.ballots = 1});
    assert_tally(quota, "SA", "G1", "q3", (int[]){0, 0, 1, 0}, (QuotaTally){.ballots = 1});
    assert_tally(quota, "SB", "G1", "q1", (int[]){0, 0, 0, 0}, (QuotaTally){0});
    g_assert_true(has_obstacle(quota, "answers-waiting", NULL));
    g_assert_true(has_obstacle(quota, "ballots-held", "2 ballots"));
    g_assert_false(has_obstacle(quota, "quota-short:G1:SA:SA", NULL)); /* the rest may still come of these */
    g_assert_true(has_obstacle(quota, "quota-short:G1:SB:SB", "3 of 3"));
    /* people settle it: what was open and held counts, what lacks is named */
    g_assert_true(store_decide_answer(w->store, s->pdata[2], "q2", "b", "Lan", "đọc", NULL));
    g_assert_true(store_decide_answer(w->store, s->pdata[5], "q1", "b", "Lan", "đọc", NULL));
    g_assert_true(store_reject_ballot(w->store, s->pdata[4], "Lan", "điền hai lần", NULL));
    g_assert_true(store_reject_ballot(w->store, unknown, "Lan", "không rõ nguồn", NULL));
    g_autoptr(Quota) settled = take(w);
    assert_counts(
        quota_sum(settled, "G1", NULL, "SA"),
        (QuotaCounts){
            .planned = 3, .issued = 9, .returned = 6, .valid = 2, .invalid = 2, .rejected = 2, .missing = 1});
    assert_tally(settled, "SA", "G1", "q2", (int[]){0, 2, 0, 0}, (QuotaTally){.ballots = 2});
    g_assert_false(has_obstacle(settled, "answers-waiting", NULL));
    g_assert_false(has_obstacle(settled, "ballots-held", NULL));
    g_assert_true(has_obstacle(settled, "quota-short:G1:SA:SA", "1 of 3"));
    g_assert_cmpint(settled->answers_person, ==, 3);
}

/* Scored questions decide; those of a leaf that is not assessed and those about the respondent do not. */
static void test_scored(void)
{
    static const WorkspaceEdit edits[] = {
        {"agencies.yaml", "not_applicable: [\"2.1\"]", "not_applicable: [\"S2.1\"]"}, {NULL, NULL, NULL}};
    g_autoptr(Workspace) w = workspace_new(edits);
    g_autoptr(GPtrArray) sb = workspace_issue(w, "G1", "SB", "SB", 1);
    g_autoptr(GPtrArray) hc = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    workspace_return_a(w, sb->pdata[0], "a", "b", "?");
    workspace_return_b(w, hc->pdata[0], "", "x", "d");     /* "no opinion" is an answer */
    workspace_return_b(w, hc->pdata[1], "a+b+c", "b", ""); /* 1 of 2 */
    g_autoptr(Quota) quota = take(w);
    g_assert_cmpint(find_ballot(quota, sb->pdata[0])->scored, ==, 2);
    g_assert_cmpint(find_ballot(quota, sb->pdata[0])->validity, ==, BALLOT_VALID);
    g_assert_cmpint(find_ballot(quota, hc->pdata[0])->scored, ==, 2);
    assert_counts(
        quota_sum(quota, "G2", NULL, NULL),
        (QuotaCounts){.planned = 4, .issued = 2, .returned = 2, .valid = 1, .invalid = 1, .missing = 3});
    assert_tally(quota, "HC", "G2", "q1", (int[]){0, 0, 1}, (QuotaTally){.ballots = 1});
    assert_tally(quota, "HC", "G2", "kenh", (int[]){0, 0, 0}, (QuotaTally){.ballots = 1, .blank = 1});
}

static const WorkspaceEdit lenient[] = {{"survey.yaml", "partial_share: 0.7", "partial_share: 0.5"},
                                        {NULL, NULL, NULL}};

static void test_partly(void)
{
    g_autoptr(Workspace) w = workspace_new(lenient);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P2", 2);
    workspace_return_b(w, s->pdata[0], "a+c", "a", "a+b");
    workspace_return_b(w, s->pdata[1], "b", "b", "?");
    g_assert_true(store_decide_answer(w->store, s->pdata[0], "q2", "a+b", "Lan", "hai dấu", NULL));
    g_assert_true(store_decide_answer(w->store, s->pdata[1], "q2", VALUE_UNREADABLE_TEXT, "Lan", "mờ", NULL));
    g_autoptr(Quota) quota = take(w);
    assert_counts(quota_sum(quota, NULL, "huyen", NULL),
                  (QuotaCounts){.planned = 4, .issued = 2, .returned = 2, .partly = 2, .missing = 2});
    assert_tally(quota, "HC", "G2", "q2", (int[]){0, 0, 0, 0},
                 (QuotaTally){.ballots = 2, .multiple = 1, .unreadable = 1});
    assert_tally(quota, "HC", "G2", "q1", (int[]){1, 1, 0}, (QuotaTally){.ballots = 2});
    assert_tally(quota, "HC", "G2", "kenh", (int[]){1, 1, 1}, (QuotaTally){.ballots = 2});
}

static void test_surplus(void)
{
    static const WorkspaceEdit exclude[] = {{"survey.yaml", "surplus: count", "surplus: exclude"},
                                            {NULL, NULL, NULL}};
    const WorkspaceEdit *const rules[] = {NULL, exclude};
    for (int r = 0; r < 2; r++) {
        g_autoptr(Workspace) w = workspace_new(rules[r]);
        g_autoptr(GPtrArray) p1 = workspace_issue(w, "G2", "HC", "HC-P1", 5);
        for (int i = 4; i >= 0; i--) /* in whatever order they are scanned */
            workspace_return_b(w, p1->pdata[i], "a", i < 2 ? "a" : "b", "a");
        g_autoptr(Quota) quota = take(w);
        assert_counts(
            quota_sum(quota, "G2", NULL, NULL),
            (QuotaCounts){.planned = 4, .issued = 5, .returned = 5, .valid = 5, .surplus = 3, .missing = 2});
        for (int i = 0; i < 5; i++) {
            g_assert_cmpint(find_ballot(quota, p1->pdata[i])->surplus, ==, i >= 2);
            g_assert_cmpint(find_ballot(quota, p1->pdata[i])->counts, ==, i < 2 || r == 0);
        }
        assert_tally(quota, "HC", "G2", "q1", r == 0 ? (int[]){2, 3, 0} : (int[]){2, 0, 0},
                     (QuotaTally){.ballots = r == 0 ? 5 : 2});
        /* surplus of one cell never fills another */
        g_assert_true(has_obstacle(quota, "quota-short:G2:HC:HC-P2", "2 of 2"));
        g_assert_false(has_obstacle(quota, "quota-short:G2:HC:HC-P1", NULL));
    }
}

/* A ballot without one of its pages is held, counts nowhere, and is chased only when it is not there at all.
 */
static void test_incomplete(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    workspace_add_page(w, workspace_add_file(w, 1), 0, w->b, s->pdata[0], 1, (const char *const[]){"a", "a"});
    g_autoptr(Quota) quota = take(w);
    assert_counts(quota_sum(quota, "G2", NULL, NULL),
                  (QuotaCounts){.planned = 4, .issued = 2, .returned = 1, .held = 1, .missing = 3});
    assert_tally(quota, "HC", "G2", "q1", (int[]){0, 0, 0}, (QuotaTally){0});
    g_assert_true(has_obstacle(quota, "ballots-held", "1 ballots"));
}

/* A foreign ballot nobody has said the cell of must not vanish from the census. */
static void test_without_cell(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    StorePage *page = workspace_page(w, w->a, "NGOAI-1", 1, (const char *const[]){"a", "a", "a"});
    page->foreign = true;
    g_autoptr(GError) error = NULL;
    store_add_page(w->store, workspace_add_file(w, 1), page, NULL, &error);
    g_assert_no_error(error);
    store_page_free(page);
    g_autoptr(Quota) quota = take(w);
    g_assert_cmpuint(quota->ballots->len, ==, 1);
    g_assert_null(((QuotaBallot *)quota->ballots->pdata[0])->cell);
    g_assert_true(has_obstacle(quota, "ballots-held", "1 ballots"));
    const SurveyCell *cell = survey_cell(store_survey(w->store), "G1", "SA", "SA");
    g_assert_true(store_assign_ballot(w->store, "NGOAI-1", cell, "Lan", "bìa lô", NULL));
    g_autoptr(Quota) assigned = take(w);
    g_assert_false(has_obstacle(assigned, "ballots-held", NULL));
    assert_counts(quota_sum(assigned, "G1", NULL, "SA"),
                  (QuotaCounts){.planned = 3, .returned = 1, .valid = 1, .missing = 2});
}

static void test_refused_pages(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    StorePage *page = store_page_new();
    page->outcome = STORE_PAGE_REFUSED;
    g_free(page->reason);
    page->reason = g_strdup("no-code");
    g_assert_true(store_add_page(w->store, workspace_add_file(w, 1), page, NULL, NULL));
    store_page_free(page);
    g_free(workspace_refuse_file(w, "hỏng.pdf", "unreadable", ""));
    g_autoptr(Quota) quota = take(w);
    g_assert_cmpint(quota->pages_refused, ==, 2);
    g_assert_true(has_obstacle(quota, "pages-refused", "2"));
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    for (guint i = 0; i < pages->len; i++)
        g_assert_true(
            store_settle_page(w->store, ((StorePageRow *)pages->pdata[i])->id, "Lan", "quét lại", NULL));
    g_autoptr(Quota) settled = take(w);
    g_assert_cmpint(settled->pages_refused, ==, 0);
    g_assert_false(has_obstacle(settled, "pages-refused", NULL));
}

/* How much of what stands now a waiver given for something else leaves open. */
static void test_facts(void)
{
    static const struct {
        const char *now, *waived;
        int beyond;
    } cases[] = {
        {"1", "1", 0},     {"1", "15", 0},      {"15", "1", 14},         {"3", "", 3},
        {"1 a", "1 a", 0}, {"1 b", "2 a b", 0}, {"3 a b c", "2 a b", 1}, {"2 c d", "2 a b", 2},
        {"1 a", "", 1},    {"1 a", "7", 1},     {"1 a", "1 ab", 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(quota_fact_beyond(cases[i].now, cases[i].waived), ==, cases[i].beyond);
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_ptr_array_add(items, (gpointer) "tệp 1.pdf#1/q1");
    g_autofree char *fact = quota_fact_new(1, items), *number = quota_fact_new(20, NULL);
    g_assert_cmpstr(fact, ==, "1 tệp_1.pdf#1/q1"); /* one thing stays one */
    g_assert_cmpstr(number, ==, "20");
    g_assert_cmpint(quota_fact_count("20"), ==, 20);
    g_assert_cmpint(quota_fact_count("2 a b"), ==, 2);
    g_assert_cmpint(quota_fact_count(""), ==, 0);
}

/* Every obstacle names what it is made of. */
static void test_obstacle_facts(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    workspace_return_a(w, s->pdata[0], "a", "?", "?");
    workspace_return_a(w, s->pdata[1], "a", "a", "a");
    workspace_return_a(w, s->pdata[1], "a", "a", "b");
    g_free(workspace_refuse_file(w, "hỏng.pdf", "unreadable", ""));
    g_autoptr(Quota) quota = take(w);
    g_autofree char *waiting = fact_of(quota, "answers-waiting"), *held = fact_of(quota, "ballots-held"),
                    *refused = fact_of(quota, "pages-refused"),
                    *missing = fact_of(quota, "quota-short:G1:SA:SA"),
                    *expected_waiting =
                        g_strdup_printf("2 %s/q2 %s/q3", (char *)s->pdata[0], (char *)s->pdata[0]),
                    *expected_held = g_strdup_printf("1 %s/duplicate", (char *)s->pdata[1]);
    g_assert_cmpstr(waiting, ==, expected_waiting);
    g_assert_cmpstr(held, ==, expected_held);
    g_assert_true(g_str_has_prefix(refused, "1 -"));
    g_assert_cmpstr(missing, ==, "1");
}

/* Warnings need enough questions to mean something: three alike on a form of three are no sign. */
static void test_warnings(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 3);
    for (guint i = 0; i < s->len; i++)
        workspace_return_a(w, s->pdata[i], "a", "a", "a");
    g_autoptr(Quota) quota = take(w);
    g_assert_cmpuint(quota->repeats->len, ==, 0);
    g_assert_false(find_ballot(quota, s->pdata[0])->straight_lined);
    assert_counts(quota_sum(quota, "G1", NULL, "SA"),
                  (QuotaCounts){.planned = 3, .issued = 3, .returned = 3, .valid = 3});
}

/* ---- batches: a heap in words ---- */

/* Pages as a scan would have stored them. */
typedef struct {
    GPtrArray *rows, *ballots, *roster;
} Heap;

static void heap_clear(Heap *heap)
{
    g_ptr_array_unref(heap->rows);
    g_ptr_array_unref(heap->ballots);
    g_ptr_array_unref(heap->roster);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Heap, heap_clear)

static StorePageRow *add_row(Heap *heap, const char *file, int page, StorePageOutcome outcome)
{
    StorePageRow *row = g_new0(StorePageRow, 1);
    *row = (StorePageRow){.id = heap->rows->len + 1,
                          .file = g_strdup(file),
                          .page = page,
                          .outcome = outcome,
                          .serial = g_strdup(""),
                          .group = g_strdup(outcome == STORE_PAGE_COVER ? "G1" : ""),
                          .agency = g_strdup(""),
                          .origin = g_strdup(outcome == STORE_PAGE_COVER ? "O" : "")};
    g_ptr_array_add(heap->rows, row);
    return row;
}

/* The ballot of a page "A1" or "A1.2" (of two), of agency A; "@1" was never issued. */
static void add_ballot_page(Heap *heap, StorePageRow *row, const char *word)
{
    g_auto(GStrv) parts = g_strsplit(word, ".", 2);
    int64_t page = 1;
    if (parts[1])
        g_assert_true(number_parse_int(parts[1], 1, 2, &page, NULL));
    g_free(row->serial);
    row->serial = g_strdup(parts[0]);
    row->ballot_page = (int)page;
    for (guint i = 0; i < heap->ballots->len; i++) {
        StoreBallot *ballot = heap->ballots->pdata[i];
        if (!g_str_equal(ballot->serial, row->serial))
            continue;
        for (guint r = 0; r + 1 < heap->rows->len; r++) {
            const StorePageRow *before = heap->rows->pdata[r];
            if (g_str_equal(before->serial, row->serial) && before->ballot_page == page)
                ballot->status = STORE_BALLOT_DUPLICATE;
        }
        if (ballot->status == STORE_BALLOT_INCOMPLETE)
            ballot->status = STORE_BALLOT_COMPLETE;
        return;
    }
    bool known = word[0] != '@';
    StoreBallot *ballot = g_new0(StoreBallot, 1);
    *ballot = (StoreBallot){.serial = g_strdup(row->serial),
                            .form = g_strdup("A"),
                            .group = g_strdup(known ? "G1" : ""),
                            .agency = known ? g_strndup(word, 1) : g_strdup(""),
                            .origin = g_strdup(known ? "O" : ""),
                            .note = g_strdup(""),
                            .status = !known     ? STORE_BALLOT_UNKNOWN
                                      : parts[1] ? STORE_BALLOT_INCOMPLETE
                                                 : STORE_BALLOT_COMPLETE};
    g_ptr_array_add(heap->ballots, ballot);
}

/* Words: "A=3" a cover of agency A for three, "A1" and "A1.2" pages of its ballot 1, "@1" one never issued,
 * "-" blank, "?" refused, "!" refused and settled, "|" the next file, "#" a file refused as a whole. Of each
 * agency named in `issued` ("A4 B2") so many serials were issued. */
static Heap heap_new(const char *words, const char *issued)
{
    Heap heap = {g_ptr_array_new_with_free_func((GDestroyNotify)store_page_row_free),
                 g_ptr_array_new_with_free_func((GDestroyNotify)store_ballot_free),
                 g_ptr_array_new_with_free_func((GDestroyNotify)store_issued_free)};
    g_auto(GStrv) list = g_strsplit(words, " ", -1), cells = g_strsplit(issued, " ", -1);
    int file = 1, page = 0;
    for (char **word = list; *word; word++) {
        g_autofree char *name = g_strdup_printf("lo-%d.pdf", 100 - file); /* names say nothing */
        if (g_str_equal(*word, "|")) {
            file++;
            page = 0;
        } else if (g_str_equal(*word, "#")) {
            add_row(&heap, "hỏng.pdf", 0, STORE_PAGE_REFUSED);
        } else if (strchr(*word, '=')) {
            StorePageRow *cover = add_row(&heap, name, ++page, STORE_PAGE_COVER);
            int64_t expected;
            g_assert_true(number_parse_int(*word + 2, 0, 1000, &expected, NULL));
            g_free(cover->agency);
            cover->agency = g_strndup(*word, 1);
            cover->expected = (int)expected;
        } else if (strchr("-?!", **word)) {
            add_row(&heap, name, ++page, **word == '-' ? STORE_PAGE_BLANK : STORE_PAGE_REFUSED)->settled =
                **word == '!';
        } else {
            add_ballot_page(&heap, add_row(&heap, name, ++page, STORE_PAGE_READ), *word);
        }
    }
    for (char **cell = cells; *cell && **cell; cell++) {
        int64_t count;
        g_assert_true(number_parse_int(*cell + 1, 0, 1000, &count, NULL));
        for (int i = 1; i <= count; i++) {
            StoreIssued *one = g_new0(StoreIssued, 1);
            *one = (StoreIssued){.serial = g_strdup_printf("%c%d", **cell, i),
                                 .group = g_strdup("G1"),
                                 .agency = g_strndup(*cell, 1),
                                 .origin = g_strdup("O")};
            g_ptr_array_add(heap.roster, one);
        }
    }
    return heap;
}

static void tell_ballots(GString *text, const char *name, const GPtrArray *ballots)
{
    for (guint i = 0; i < ballots->len; i++)
        g_string_append_printf(text, "%s%s", i ? "," : name, ((StoreBallot *)ballots->pdata[i])->serial);
}

/* All batches as one text: "A 2/3 missing A3 | …", a * before those that differ. */
static char *tell_batches(const GPtrArray *batches)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < batches->len; i++) {
        const QuotaBatch *b = batches->pdata[i];
        g_string_append_printf(text, "%s%s%s %d/%d", i ? " | " : "", b->differs ? "*" : "",
                               b->agency ? b->agency : "none", b->found, b->expected);
        if (b->covers->len > 1)
            g_string_append_printf(text, " covers %u%s", b->covers->len,
                                   b->joined == QUOTA_JOINED_EVEN ? " even" : "");
        if (b->repeated)
            g_string_append_printf(text, " again %d", b->repeated);
        for (guint a = 0; a < b->absent->len; a++)
            g_string_append_printf(text, "%s%s", a ? "," : " absent ", (char *)b->absent->pdata[a]);
        tell_ballots(text, " elsewhere ", b->elsewhere);
        tell_ballots(text, " twice ", b->twice);
        tell_ballots(text, " lacks-page ", b->incomplete);
        tell_ballots(text, " foreign ", b->foreign);
        tell_ballots(text, " uncovered ", b->uncovered);
        tell_ballots(text, " unknown ", b->unknown);
        if (b->refused->len)
            g_string_append_printf(text, " refused %u", b->refused->len);
    }
    return g_string_free(text, FALSE);
}

static void assert_batches(const char *words, const char *issued, const char *expected)
{
    g_auto(Heap) heap = heap_new(words, issued);
    g_autoptr(GPtrArray) batches = quota_reconcile(heap.rows, heap.ballots, heap.roster);
    g_autofree char *told = tell_batches(batches);
    g_assert_cmpstr(told, ==, expected);
}

/* What used to be told wrongly: none of these differs. */
static void test_batches_right(void)
{
    /* over files, a cover at the end of one */
    assert_batches("A=2 A1 A2 B=3 | B1 B2 | B3 C=1 C1", "A2 B3 C1", "A 2/2 | B 3/3 | C 1/1");
    /* shuffled, the next batch's cover among them */
    assert_batches("A=2 A1 | B2 A2 B=2 - B1", "A2 B2", "A 2/2 | B 2/2");
    assert_batches("B1 A2 B=2 B2 A=2 A1", "A2 B2", "none 0/0 | B 2/2 | A 2/2");
    /* fronts in one file, backs in the next */
    assert_batches("A=2 A1.1 A2.1 B=1 B1.1 | - A1.2 A2.2 - B1.2", "A2 B1", "A 2/2 | B 1/1");
    /* a stray, and stacks behind each other's cover: the count is right, the paper is told */
    assert_batches("A=2 A1 A2 | B=1 B1 | C=1 C1 A3", "A3 B1 C1",
                   "*A 3/2 elsewhere A3 | B 1/1 | C 1/1 foreign A3");
    assert_batches("A=2 A1 B2 | C=1 C1 | B=2 B1 A2", "A2 B2 C1",
                   "A 2/2 elsewhere A2 foreign B2 | C 1/1 | B 2/2 elsewhere B2 foreign A2");
    assert_batches("A=2 B1 B2 | C=1 C1 | B=2 A1 A2", "A2 B2 C1",
                   "A 2/2 elsewhere A1,A2 foreign B1,B2 | C 1/1 | B 2/2 elsewhere B1,B2 foreign A1,A2");
    /* without covers nothing is promised */
    assert_batches("A1 A2 B1 ?", "A2 B1", "none 3/3 refused 1");
    assert_batches("", "", "");
    assert_batches("C1 A1 A=1", "A1 C1", "none 1/1 | A 1/1");
}

static void test_batches_wrong(void)
{
    assert_batches("A=3 A1 A3 B=1 B1", "A3 B1", "*A 2/3 absent A2 | B 1/1");
    assert_batches("A=3 A1 ? ! A3 | B=1 B1 ?", "A3 B1", "*A 2/3 absent A2 refused 1 | B 1/1 refused 1");
    assert_batches("A=1 A1 | # | B=1 B1", "A2 B1", "A 1/1 refused 1 | B 1/1");
    assert_batches("A=2 A1 A1 | B=2 B1.1 B1.2 B2.1", "A2 B2",
                   "*A 1/2 absent A2 twice A1 | *B 2/2 lacks-page B2");
    assert_batches("A=1 A1 A2", "A2", "*A 2/1");
    assert_batches("A=1 A1 @1", "A1", "*A 1/1 unknown @1");
    assert_batches("A=2 | B=1 B1", "A2 B1", "*A 0/2 absent A1,A2 | B 1/1");
    /* a stack behind the wrong cover, its own not there */
    assert_batches("A=2 A1 A2 B=2 C1 C2", "A2 B2 C2", "A 2/2 | *B 0/2 absent B1,B2 uncovered C1,C2");
    assert_batches("A=30 A30", "A30", "*A 1/30 absent A1,A2,A3,A4,A5,A6,A7,A8,A9,A10");
}

static void test_batches_joined(void)
{
    /* two stacks that touch; two apart, of which one has what the other lacks */
    assert_batches("A=1 A1 | A=2 A2 A3 B=1 B1", "A3 B1", "A 3/3 covers 2 | B 1/1");
    assert_batches("A=2 A1 B=1 B1 A=1 A2 A3", "A3 B1", "A 3/3 covers 2 even | B 1/1");
    assert_batches("A=3 A1 B=1 B1 A=1 A2 A3 C=1 C1 A=1 A4 A5", "A5 B1 C1",
                   "A 5/5 covers 3 even | B 1/1 | C 1/1");
    assert_batches("A=2 A1 A2 B=1 B1 A=2 A3", "A4 B1", "A 2/2 | B 1/1 | *A 1/2 absent A4");
    /* the same stack again, whole or after a jam; the same cover again; two sheets, two stacks */
    assert_batches("A=2 A1 A2 B=1 B1 | A=2 A2 A1", "A2 B1", "*A 2/2 covers 2 again 1 twice A1,A2 | B 1/1");
    assert_batches("A=3 A1 A2 | A=3 A1 A2 A3 | A=3 A1 A2 A3", "A3", "*A 3/3 covers 3 again 2 twice A1,A2,A3");
    assert_batches("A=3 A=3 A1 A2 A3", "A3", "A 3/3 covers 2 again 1");
    assert_batches("A=3 A=3 A1 A2 A3", "A6", "*A 3/6 covers 2 absent A4,A5,A6");
    assert_batches("A=9 A1 | A=9 A1 A2 A3 A4 A5 A6 A7 A8 A9", "A18",
                   "*A 9/18 covers 2 absent A10,A11,A12,A13,A14,A15,A16,A17,A18 twice A1");
}

/* A heap by chance: every ballot in one batch, every page in the sums of one, counts that hold. */
static void test_batches_sums(void)
{
    for (int round = 0; round < 400; round++) {
        GString *words = g_string_new("-");
        int length = g_test_rand_int_range(0, 60), cells = g_test_rand_int_range(1, 5);
        for (int i = 0; i < length; i++) {
            char cell = (char)('A' + g_test_rand_int_range(0, cells));
            int number = g_test_rand_int_range(1, 9), kind = g_test_rand_int_range(0, 20);
            if (kind < 3)
                g_string_append_printf(words, " %c=%d", cell, number);
            else if (kind < 9)
                g_string_append(words, (const char *const[]){" |", " -", " ?", " !", " #", " @1"}[kind - 3]);
            else
                g_string_append_printf(words, " %c%d.%d", cell, number, g_test_rand_int_range(1, 3));
        }
        g_auto(Heap) heap = heap_new(words->str, "A8 B8");
        g_autoptr(GPtrArray) batches = quota_reconcile(heap.rows, heap.ballots, heap.roster);
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
        guint pages = 0, ballots = 0, astray = 0, foreign = 0;
        for (guint i = 0; i < batches->len; i++) {
            const QuotaBatch *b = batches->pdata[i];
            const GPtrArray *lists[] = {b->ballots, b->uncovered, b->unknown};
            for (size_t l = 0; l < G_N_ELEMENTS(lists); l++) {
                for (guint j = 0; j < lists[l]->len; j++, ballots++)
                    g_assert_true(g_hash_table_add(seen, lists[l]->pdata[j]));
            }
            pages += (guint)(b->pages_read + b->pages_refused + b->pages_blank + b->pages_cover +
                             b->files_refused);
            g_assert_cmpuint(b->covers->len, ==, b->pages_cover);
            g_assert_cmpuint(b->ballots->len, ==, b->found);
            g_assert_cmpint(b->found + b->missing, ==, b->expected + b->surplus);
            for (guint j = 0; j < b->ballots->len && b->group; j++)
                g_assert_cmpstr(((StoreBallot *)b->ballots->pdata[j])->agency, ==, b->agency);
            astray += b->elsewhere->len;
            foreign += b->foreign->len;
            for (guint j = 0; j < b->foreign->len; j++)
                g_assert_false(g_ptr_array_find(b->ballots, b->foreign->pdata[j], NULL));
        }
        g_assert_cmpuint(ballots, ==, heap.ballots->len);
        g_assert_cmpuint(pages, ==, heap.rows->len);
        g_assert_cmpuint(astray, ==, foreign);
        g_string_free(words, TRUE);
    }
}

static void swap_words(GPtrArray *words, guint a, guint b)
{
    gpointer word = words->pdata[a];
    words->pdata[a] = words->pdata[b];
    words->pdata[b] = word;
}

/* An office's heap of 26 stacks, some ballots lost, some astray; cut into files, of which some are shuffled:
 * what each batch lacks. */
static char *make_office(int *ret_lost)
{
    g_autoptr(GPtrArray) sheets = g_ptr_array_new_with_free_func(g_free);
    for (int cell = 0; cell < 26; cell++) {
        g_ptr_array_add(sheets, g_strdup_printf("%c=8", 'A' + cell));
        for (int i = 1; i <= 8; i++) {
            if (g_test_rand_int_range(0, 40) > 0)
                g_ptr_array_add(sheets, g_strdup_printf("%c%d", 'A' + cell, i));
            else
                ret_lost[cell]++;
        }
    }
    for (guint i = 0; i < sheets->len; i++) {
        guint other = (guint)g_test_rand_int_range(0, (int)sheets->len);
        if (g_test_rand_int_range(0, 20) == 0 && !strchr(sheets->pdata[i], '=') &&
            !strchr(sheets->pdata[other], '='))
            swap_words(sheets, i, other);
    }
    GString *words = g_string_new("-");
    for (guint start = 0, end; start < sheets->len; start = end) {
        guint length = (guint)g_test_rand_int_range(1, 40); /* MIN draws twice */
        end = MIN(sheets->len, start + length);
        bool shuffled = g_test_rand_int_range(0, 4) == 0;
        for (guint i = start; shuffled && i < end; i++)
            swap_words(sheets, i, (guint)g_test_rand_int_range((int)start, (int)end));
        g_string_append(words, " |");
        for (guint i = start; i < end; i++)
            g_string_append_printf(words, " %s%s", (char *)sheets->pdata[i], i % 13 ? "" : " ?");
    }
    return g_string_free(words, FALSE);
}

static void test_batches_office(void)
{
    for (int round = 0; round < 50; round++) {
        int lost[26] = {0};
        g_autofree char *words = make_office(lost);
        g_autoptr(GString) issued = g_string_new("A8");
        for (char cell = 'B'; cell <= 'Z'; cell++)
            g_string_append_printf(issued, " %c8", cell);
        g_auto(Heap) heap = heap_new(words, issued->str);
        g_autoptr(GPtrArray) batches = quota_reconcile(heap.rows, heap.ballots, heap.roster);
        for (guint i = 0; i < batches->len; i++) {
            const QuotaBatch *b = batches->pdata[i];
            if (!b->agency) {
                g_assert_false(b->differs);
                continue;
            }
            g_assert_cmpint(b->missing, ==, lost[*b->agency - 'A']);
            g_assert_cmpint(b->absent_count, ==, b->missing);
            g_assert_cmpint(b->differs, ==, b->missing > 0);
        }
        g_assert_cmpuint(batches->len, ==, 27);
    }
}

/* From a workspace: the census's own ballots and roster. */
static void test_batches_stored(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 3);
    StorePage *cover = store_page_new();
    cover->outcome = STORE_PAGE_COVER;
    cover->group = (g_free(cover->group), g_strdup("G1"));
    cover->agency = (g_free(cover->agency), g_strdup("SA"));
    cover->origin = (g_free(cover->origin), g_strdup("SA"));
    cover->expected = 3;
    g_assert_true(store_add_page(w->store, workspace_add_file(w, 1), cover, NULL, NULL));
    store_page_free(cover);
    workspace_return_a(w, s->pdata[0], "a", "b", "c");
    workspace_return_a(w, s->pdata[2], "a", "b", "c");
    g_autoptr(Quota) quota = take(w);
    g_autoptr(GPtrArray) pages = store_load_pages(w->store, NULL);
    g_autoptr(GPtrArray) batches = quota_batches(quota, pages);
    g_assert_cmpuint(batches->len, ==, 1);
    const QuotaBatch *batch = batches->pdata[0];
    g_assert_cmpint(batch->missing, ==, 1);
    g_assert_cmpint(batch->absent_count, ==, 1);
    g_assert_cmpstr(batch->absent->pdata[0], ==, s->pdata[1]);
    /* a serial that is void will not come back, but the cover still promises it */
    g_assert_true(store_void(w->store, (const char *const[]){s->pdata[1], NULL}, "Lan", "hỏng", NULL));
    g_autoptr(Quota) later = take(w);
    g_autoptr(GPtrArray) again = quota_batches(later, pages);
    g_assert_cmpint(((QuotaBatch *)again->pdata[0])->missing, ==, 1);
    g_assert_cmpint(((QuotaBatch *)again->pdata[0])->absent_count, ==, 0);
}

/* What is owed: numbers that follow one another as one range, none that came back or are void; units in the
 * survey's order; what nobody was given has to be issued. */
static void test_debtors(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) a = workspace_issue(w, "G1", "SA", "SA", 4);
    g_autoptr(GPtrArray) other = workspace_issue(w, "G2", "HC", "HC-P2", 1);
    g_autoptr(GPtrArray) later = workspace_issue(w, "G1", "SA", "SA", 2);
    workspace_return_a(w, a->pdata[1], "a", "b", "c");
    const char *const spoiled[] = {a->pdata[3], NULL};
    g_assert_true(store_void(w->store, spoiled, "lan", "rách", NULL));
    g_autoptr(Quota) quota = take(w);
    g_autoptr(GPtrArray) debtors = quota_debtors(quota);
    const QuotaDebtor *first = debtors->pdata[0];
    g_assert_cmpstr(first->origin->code, ==, "SA");
    g_assert_cmpuint(first->debts->len, ==, 1);
    const QuotaDebt *debt = first->debts->pdata[0];
    g_assert_cmpint(debt->missing, ==, 2); /* three planned, one came back */
    g_assert_cmpint(debt->out, ==, 4);
    g_assert_cmpint(debt->unissued, ==, 0);
    g_assert_cmpuint(debt->ranges->len, ==, 3);
    const char *const bounds[][2] = {
        {a->pdata[0], a->pdata[0]}, {a->pdata[2], a->pdata[2]}, {later->pdata[0], later->pdata[1]}};
    for (guint i = 0; i < 3; i++) {
        const QuotaRange *range = &g_array_index(debt->ranges, QuotaRange, i);
        g_assert_cmpstr(range->first, ==, bounds[i][0]);
        g_assert_cmpstr(range->last, ==, bounds[i][1]);
        g_assert_cmpint(range->count, ==, i == 2 ? 2 : 1);
    }
    int missing = 0;
    for (guint i = 0; i < debtors->len; i++) {
        const QuotaDebtor *debtor = debtors->pdata[i];
        missing += debtor->missing;
        if (!g_str_equal(debtor->origin->code, "HC-P2"))
            continue;
        g_assert_cmpint(debtor->out, ==, 1);
        g_assert_cmpint(debtor->unissued, ==, 1); /* two planned, one printed */
    }
    g_assert_cmpint(missing, ==, quota_sum(quota, NULL, NULL, NULL).missing);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/quota/planned", test_planned);
    g_test_add_func("/quota/empty", test_empty);
    g_test_add_func("/quota/kinds", test_kinds);
    g_test_add_func("/quota/scored", test_scored);
    g_test_add_func("/quota/partly", test_partly);
    g_test_add_func("/quota/surplus", test_surplus);
    g_test_add_func("/quota/incomplete", test_incomplete);
    g_test_add_func("/quota/without-cell", test_without_cell);
    g_test_add_func("/quota/refused-pages", test_refused_pages);
    g_test_add_func("/quota/facts", test_facts);
    g_test_add_func("/quota/facts/obstacles", test_obstacle_facts);
    g_test_add_func("/quota/warnings", test_warnings);
    g_test_add_func("/quota/batches/right", test_batches_right);
    g_test_add_func("/quota/batches/wrong", test_batches_wrong);
    g_test_add_func("/quota/batches/joined", test_batches_joined);
    g_test_add_func("/quota/batches/sums", test_batches_sums);
    g_test_add_func("/quota/batches/office", test_batches_office);
    g_test_add_func("/quota/batches/stored", test_batches_stored);
    g_test_add_func("/quota/debtors", test_debtors);
    return g_test_run();
}
