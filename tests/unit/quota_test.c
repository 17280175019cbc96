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
    StorePage *page = workspace_page(w->a, "NGOAI-1", 1, (const char *const[]){"a", "a", "a"});
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
    g_assert_true(store_refuse_file(w->store, "hỏng.pdf", "ab", "unreadable", "", NULL));
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
    g_assert_true(store_refuse_file(w->store, "hỏng.pdf", "ab", "unreadable", "", NULL));
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
    return g_test_run();
}
