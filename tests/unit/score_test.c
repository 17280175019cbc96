#include "score/score.h"

#include <math.h>
#include <sqlite3.h>
#include <xlsxwriter.h>
#include <zip.h>

#include "table/table.h"

#include "workspace.h"

/* ---- one question ---- */

static void assert_rational(const Rational *is, const char *exact, const char *shown)
{
    g_assert_nonnull(is);
    g_autofree char *text = rational_to_exact(is);
    g_assert_cmpstr(text, ==, exact);
    if (shown) {
        g_autofree char *decimal = rational_to_decimal(is, 2, ',');
        g_assert_cmpstr(decimal, ==, shown);
    }
}

static QuotaTally tally_of(const Survey *survey, const char *form, const char *question, int *n)
{
    return (QuotaTally){.question = survey_form_question(survey_form(survey, form), question), .n = n};
}

/* domain.md 1.3: q3 with 9/7/3/0, q4 with 8/8/2/1, each of 20 ballots. */
static void test_methods(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    int q3[] = {9, 7, 3, 0}, q4[] = {8, 8, 2, 1}, answers = -1;
    QuotaTally a = tally_of(survey, "A", "q1", q3), b = tally_of(survey, "A", "q2", q4);
    g_autoptr(Rational) first = score_rate(&a, SURVEY_METHOD_WEIGHTED, &answers);
    assert_rational(first, "69/95", NULL); /* 13.8/19 */
    g_assert_cmpint(answers, ==, 19);
    g_autoptr(Rational) second = score_rate(&b, SURVEY_METHOD_WEIGHTED, &answers);
    assert_rational(second, "66/95", NULL); /* 13.2/19 */
    g_assert_cmpint(answers, ==, 19);
    g_autoptr(Rational) top2 = score_rate(&a, SURVEY_METHOD_TOP2, NULL);
    assert_rational(top2, "16/19", NULL);
    g_autoptr(Rational) mean = score_rate(&a, SURVEY_METHOD_MEAN, NULL);
    assert_rational(mean, "44/57", NULL); /* (9·3 + 7·2 + 3·1) / (19·3) */
}

/* "No opinion" is printed and counted apart, and weighs nothing; nobody's answer is no rate, never 0. */
static void test_no_opinion(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    int n[] = {3, 1, 16}, nobody[] = {0, 0, 20}, answers = -1;
    QuotaTally tally = tally_of(survey, "B", "q1", n), silent = tally_of(survey, "B", "q1", nobody);
    static const SurveyMethod methods[] = {SURVEY_METHOD_WEIGHTED, SURVEY_METHOD_TOP2, SURVEY_METHOD_MEAN};
    static const char *const rates[] = {"3/4", "1", "3/4"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        g_autoptr(Rational) rate = score_rate(&tally, methods[i], &answers);
        assert_rational(rate, rates[i], NULL);
        g_assert_cmpint(answers, ==, 4);
        g_assert_null(score_rate(&silent, methods[i], &answers));
        g_assert_cmpint(answers, ==, 0);
    }
}

/* ---- the index ---- */

/* Scores "AGENCY LEAF POINTS" of one version, ended by NULL. */
static int add_scores(Workspace *w, StoreScoreKind kind, const char *const *lines)
{
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func((GDestroyNotify)store_score_free);
    for (; *lines; lines++) {
        g_auto(GStrv) part = g_strsplit(*lines, " ", 3);
        StoreScore *score = g_new0(StoreScore, 1);
        *score = (StoreScore){g_strdup(part[0]), g_strdup(part[1]), rational_parse(part[2], NULL),
                              g_strdup(""),      g_strdup(""),      g_strdup("scores.csv!A1")};
        g_assert_nonnull(score->points);
        g_ptr_array_add(scores, score);
    }
    int version = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *hash = g_strdup_printf("%064d", g_random_int_range(1, G_MAXINT));
    store_add_scores(w->store, kind, "scores.csv", hash, scores, &version, &error);
    g_assert_no_error(error);
    return version;
}

static ScoreIndex *compute(Workspace *w)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Quota) quota = quota_take(w->store, &error);
    g_assert_no_error(error);
    ScoreIndex *index = score_index(w->store, quota, &error);
    g_assert_no_error(error);
    return index;
}

static const ScoreAgency *result_of(const ScoreIndex *index, const char *code)
{
    for (guint b = 0; b < index->blocks->len; b++) {
        const GPtrArray *agencies = ((ScoreBlock *)index->blocks->pdata[b])->agencies;
        for (guint i = 0; i < agencies->len; i++) {
            const ScoreAgency *agency = agencies->pdata[i];
            if (g_str_equal(agency->agency->code, code))
                return agency;
        }
    }
    g_error("no result of %s", code);
}

static const ScoreLeaf *leaf_of(const ScoreAgency *agency, const char *code)
{
    for (guint i = 0; i < agency->leaves->len; i++) {
        const ScoreLeaf *leaf = agency->leaves->pdata[i];
        if (g_str_equal(leaf->leaf->code, code))
            return leaf;
    }
    g_error("no leaf %s", code);
}

static bool has_note(const ScoreAgency *agency, const char *says)
{
    for (guint i = 0; i < agency->notes->len; i++) {
        if (strstr(agency->notes->pdata[i], says))
            return true;
    }
    return false;
}

static bool is_obstacle(const ScoreIndex *index, const char *id)
{
    for (guint i = 0; i < index->obstacles->len; i++) {
        if (g_str_equal(((QuotaObstacle *)index->obstacles->pdata[i])->id, id))
            return true;
    }
    return false;
}

/* `count` ballots of a cell of form A, all with these answers. */
static void return_ballots(Workspace *w, const char *group, const char *agency, int count, const char *q1,
                           const char *q2, const char *q3)
{
    g_autoptr(GPtrArray) serials = workspace_issue(w, group, agency, agency, count);
    for (int i = 0; i < count; i++)
        g_assert_cmpint(workspace_return_a(w, serials->pdata[i], q1, q2, q3), ==, 0);
}

/* The whole way of domain.md's vector: 20 ballots, a blank and a double mark among them, a leaf of 1.5
 * points. */
static void test_vector(void)
{
    static const WorkspaceEdit edits[] = {
        {"criteria-so.yaml", "name: Lãnh đạo, max: 20", "name: Lãnh đạo, max: 1.5"},
        {"criteria-so.yaml", "name: Kế hoạch, max: 40", "name: Kế hoạch, max: 58.5"},
        {"groups.yaml", "handed_out_by: itself, ballots: 3", "handed_out_by: itself, ballots: 20"},
        {"survey.yaml", "valid_share: 1", "valid_share: 0.6"},
        {"survey.yaml", "partial_share: 0.7", "partial_share: 0.5"},
        {NULL, NULL, NULL}};
    g_autoptr(Workspace) w = workspace_new(edits);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 20);
    static const char q1[] = "aaaaaaaaabbbbbbbccc-", q2[] = "aaaaaaaabbbbbbbbccd!";
    for (guint i = 0; i < s->len; i++) {
        char first[] = {q1[i] == '-' ? '\0' : q1[i], '\0'}, second[] = {q2[i], '\0'};
        workspace_return_a(w, s->pdata[i], first, q2[i] == '!' ? "a+b" : second, "a");
    }
    g_assert_true(store_decide_answer(w->store, s->pdata[19], "q2", "a+b", "Người duyệt A", "hai dấu", NULL));
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreLeaf *leaf = leaf_of(result_of(index, "SA"), "S1.1");
    assert_rational(leaf->points, "81/76", "1,07");
    g_autofree char *six = rational_to_decimal(leaf->points, 6, ',');
    g_assert_cmpstr(six, ==, "1,065789");
    g_assert_cmpint(leaf->answers, ==, 38);
    const ScoreRate *rate = leaf->rates->pdata[0];
    assert_rational(rate->rate, "27/38", NULL);
    assert_rational(rate->pooled, "27/38", NULL); /* as many answers to both */
    assert_rational(rate->weight, "1", NULL);
}

/* 68.32 of 84: a leaf that is not assessed shrinks what the index is a share of. */
static void test_not_applicable(void)
{
    static const WorkspaceEdit edits[] = {
        {"criteria-so.yaml", "name: Kế hoạch, max: 40, step: 0.5", "name: Kế hoạch, max: 40"},
        {"criteria-so.yaml", "name: Công khai, max: 30", "name: Công khai, max: 16"},
        {"criteria-so.yaml", "name: Thái độ, max: 10", "name: Thái độ, max: 24"},
        {NULL, NULL, NULL}};
    static const char *const scores[] = {"SB 1.1 24.32", NULL};
    g_autoptr(Workspace) w = workspace_new(edits);
    return_ballots(w, "G1", "SB", 3, "a", "a", "b");
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreAgency *b = result_of(index, "SB");
    g_assert_true(b->complete);
    g_assert_false(leaf_of(b, "2.1")->applicable);
    assert_rational(b->total->points, "1708/25", "68,32");
    assert_rational(b->total->max, "84", NULL);
    assert_rational(b->total->appraised, "608/25", "24,32");
    assert_rational(b->total->surveyed, "44", NULL);
    assert_rational(b->total->percent, "244/3", "81,33"); /* 81.333… %, nothing rounded on the way */
    const ScoreSum *area = b->areas->pdata[1];
    assert_rational(area->max, "24", NULL);
    assert_rational(area->percent, "100", NULL);
    g_assert_cmpint(b->rank, ==, 1);
    g_assert_cmpstr(b->band->name, ==, "Tốt");
}

#define THREE_DEPARTMENTS                                                                                    \
    {"agencies.yaml", "    not_applicable: [\"2.1\"]\n", "  - {code: SC, name: Sở C, block: so}\n"},         \
        {"criteria-so.yaml", "max: 40, step: 0.5", "max: 40, step: 0.001"},                                  \
    {                                                                                                        \
        "criteria-so.yaml", "max: 30, step: 0.5", "max: 30"                                                  \
    }

/* Every department answers alike unless `better` scores better in the survey. */
static Workspace *departments(const WorkspaceEdit *edits, const char *better)
{
    Workspace *w = workspace_new(edits);
    static const char *const codes[] = {"SA", "SB", "SC"};
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        bool best = better && g_str_equal(codes[i], better);
        return_ballots(w, "G1", codes[i], 3, best ? "a" : "b", best ? "a" : "b", "a"); /* 20 or 12, and 10 */
    }
    return w;
}

static void test_ties(void)
{
    static const WorkspaceEdit edits[] = {THREE_DEPARTMENTS, {NULL, NULL, NULL}};
    static const char *const scores[] = {"SA 1.1 30", "SA 2.1 10", "SB 1.1 10", "SB 2.1 30",
                                         "SC 1.1 30", "SC 2.1 9",  NULL};
    g_autoptr(Workspace) w = departments(edits, NULL);
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreAgency *a = result_of(index, "SA"), *b = result_of(index, "SB"), *c = result_of(index, "SC");
    g_assert_cmpint(rational_compare(a->total->percent, b->total->percent), ==, 0);
    g_assert_cmpint(a->rank, ==, 1);
    g_assert_cmpint(b->rank, ==, 1);
    g_assert_cmpint(c->rank, ==, 3); /* the next rank is left out */
    g_assert_true(a->tied && b->tied && !c->tied);
    g_assert_true(has_note(b, "same rank as SA"));
    g_assert_cmpuint(c->notes->len, ==, 0);
    const ScoreBlock *block = index->blocks->pdata[0];
    assert_rational(block->highest, "62", NULL);
    assert_rational(block->lowest, "61", NULL);
    assert_rational(block->mean, "185/3", "61,67");
}

/* The same index by other points: more appraised points stand first. */
static void test_tie_break(void)
{
    static const WorkspaceEdit edits[] = {THREE_DEPARTMENTS, {NULL, NULL, NULL}};
    static const char *const scores[] = {"SA 1.1 22", "SA 2.1 10", "SB 1.1 30", "SB 2.1 10",
                                         "SC 1.1 1",  "SC 2.1 1",  NULL};
    g_autoptr(Workspace) w = departments(edits, "SA");
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreAgency *a = result_of(index, "SA"), *b = result_of(index, "SB");
    assert_rational(a->total->percent, "62", NULL);
    assert_rational(b->total->percent, "62", NULL);
    g_assert_cmpint(b->rank, ==, 1);
    g_assert_cmpint(a->rank, ==, 2);
    g_assert_true(has_note(a, "same index as SB"));
    g_assert_false(a->tied || b->tied);
}

/* Figures that look the same on paper are told apart before rounding, and it is said. */
static void test_lookalikes(void)
{
    static const WorkspaceEdit edits[] = {THREE_DEPARTMENTS, {NULL, NULL, NULL}};
    static const char *const scores[] = {
        "SA 1.1 30.001", "SA 2.1 10", "SB 1.1 30.002", "SB 2.1 10", "SC 1.1 30.006", "SC 2.1 10", NULL};
    g_autoptr(Workspace) w = departments(edits, NULL);
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreAgency *a = result_of(index, "SA"), *b = result_of(index, "SB"), *c = result_of(index, "SC");
    assert_rational(a->total->percent, "62001/1000", "62,00");
    assert_rational(b->total->percent, "31001/500", "62,00");
    assert_rational(c->total->percent, "31003/500", "62,01");
    g_assert_cmpint(c->rank, ==, 1);
    g_assert_cmpint(b->rank, ==, 2);
    g_assert_cmpint(a->rank, ==, 3);
    g_assert_true(has_note(a, "shown equal to SB"));
    g_assert_false(has_note(b, "shown equal"));
    g_assert_false(a->tied || b->tied);
}

/* Bands go by the unrounded index; within 0.005 of a limit it is said, on both sides of it. */
static void test_bands(void)
{
    static const WorkspaceEdit edits[] = {THREE_DEPARTMENTS, {NULL, NULL, NULL}};
    static const char *const scores[] = {
        "SA 1.1 39.995", "SA 2.1 18", "SB 1.1 39.994", "SB 2.1 18", "SC 1.1 40", "SC 2.1 18", NULL};
    g_autoptr(Workspace) w = departments(edits, NULL);
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreAgency *a = result_of(index, "SA"), *b = result_of(index, "SB"), *c = result_of(index, "SC");
    assert_rational(a->total->percent, "15999/200", "80,00"); /* 79.995 looks like 80 and is not */
    g_assert_cmpstr(a->band->name, ==, "Khá");
    g_assert_true(has_note(a, "very near the limit of band 'Tốt'"));
    g_assert_cmpstr(b->band->name, ==, "Khá");
    g_assert_false(has_note(b, "very near"));
    g_assert_cmpstr(c->band->name, ==, "Tốt");
    g_assert_true(has_note(c, "very near the limit of band 'Tốt'"));
}

static void test_unranked(void)
{
    static const WorkspaceEdit edits[] = {
        THREE_DEPARTMENTS,
        {"agencies.yaml", "    name: Sở B\n", "    name: Sở B\n    ranked: false\n"},
        {NULL, NULL, NULL}};
    static const char *const scores[] = {"SA 1.1 30", "SA 2.1 10", "SB 1.1 40",
                                         "SB 2.1 30", "SC 1.1 30", NULL};
    g_autoptr(Workspace) w = departments(edits, NULL);
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreBlock *block = index->blocks->pdata[0];
    static const char *const order[] = {"SA", "SB", "SC"}; /* ranked, unranked, incomplete */
    static const int ranks[] = {1, 0, 0};
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        g_assert_cmpstr(agency->agency->code, ==, order[i]);
        g_assert_cmpint(agency->rank, ==, ranks[i]);
    }
    assert_rational(result_of(index, "SB")->total->percent, "92", NULL); /* scored all the same */
    g_assert_null(result_of(index, "SB")->band);
    g_assert_nonnull(result_of(index, "SA")->band);
    assert_rational(block->highest, "62", NULL); /* … and no part of the block's figures */
    g_assert_false(result_of(index, "SC")->complete);
    g_assert_null(result_of(index, "SC")->band);
    g_assert_true(is_obstacle(index, "appraisal-missing:SC"));
    g_assert_false(is_obstacle(index, "appraisal-missing:SA"));
}

/* Departments and districts are two tables, each ranked from 1. */
static void test_blocks(void)
{
    static const char *const scores[] = {"SA 1.1 10", "SA 2.1 10", "SB 1.1 20", "HC 1.1 63", NULL};
    g_autoptr(Workspace) w = workspace_new(NULL);
    return_ballots(w, "G1", "SA", 3, "a", "a", "a");
    return_ballots(w, "G1", "SB", 3, "b", "b", "b");
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    workspace_return_b(w, s->pdata[0], "a", "a", "b"); /* q1 1; q2 level 2 of 4: 2/3 */
    workspace_return_b(w, s->pdata[1], "", "x", "d");  /* no opinion; 0 */
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    g_assert_cmpuint(index->blocks->len, ==, 2);
    const ScoreBlock *so = index->blocks->pdata[0], *huyen = index->blocks->pdata[1];
    g_assert_cmpuint(so->agencies->len, ==, 2);
    g_assert_cmpuint(huyen->agencies->len, ==, 1);
    const ScoreAgency *c = huyen->agencies->pdata[0];
    g_assert_cmpint(c->rank, ==, 1);
    g_assert_cmpint(((ScoreAgency *)so->agencies->pdata[0])->rank, ==, 1);
    g_assert_cmpint(((ScoreAgency *)so->agencies->pdata[1])->rank, ==, 2);
    assert_rational(leaf_of(c, "S2.1")->points, "20", NULL); /* 30 · mean of 1 and 1/3 */
    const ScoreRate *rate = leaf_of(c, "S2.1")->rates->pdata[0];
    assert_rational(rate->rate, "2/3", NULL);
    assert_rational(rate->pooled, "5/9", NULL); /* over all three answers, as a check */
    assert_rational(c->total->percent, "83", NULL);
}

/* Rates of questions are averaged, or answers pooled, as the leaf says; with unlike numbers of answers they
 * differ. */
static void test_pooling(void)
{
    static const WorkspaceEdit pooled[] = {
        {"criteria-huyen.yaml", "method: mean", "method: mean, pooling: answers"}, {NULL, NULL, NULL}};
    const WorkspaceEdit *const rules[] = {NULL, pooled};
    static const char *const points[] = {"20", "50/3"}; /* 30 · (1 + 1/3)/2, 30 · (1 + 2/3 + 0)/3 */
    for (size_t r = 0; r < G_N_ELEMENTS(rules); r++) {
        g_autoptr(Workspace) w = workspace_new(rules[r]);
        g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 2);
        workspace_return_b(w, s->pdata[0], "a", "a", "b");
        workspace_return_b(w, s->pdata[1], "", "x", "d");
        g_autoptr(ScoreIndex) index = compute(w);
        assert_rational(leaf_of(result_of(index, "HC"), "S2.1")->points, points[r], NULL);
    }
}

/* Limits of a share against sums of binomial coefficients worked out elsewhere; everybody's answer leaves
 * nothing open. */
static void test_share_limits(void)
{
    static const struct {
        int satisfied, answers, population;
        const char *low, *high;
    } cases[] = {
        {7, 10, 36, "5/12", "8/9"}, /* 15 and 32 of 36 */
        {16, 19, 20, "4/5", "17/20"}, {0, 3, 20, "0", "13/20"},
        {5, 5, 30, "8/15", "1"},      {30, 60, 270, "52/135", "83/135"}, /* 104 and 166 of 270 */
        {3, 3, 3, "1", "1"},          {0, 1, 1, "0", "0"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Rational) low = NULL;
        g_autoptr(Rational) high = NULL;
        score_share_limits(cases[i].satisfied, cases[i].answers, cases[i].population, &low, &high);
        assert_rational(low, cases[i].low, NULL);
        assert_rational(high, cases[i].high, NULL);
    }
}

/* The parts of the questions add to the leaf's points exactly, whether it averages questions or pools
 * answers, and whichever group keeps silent. */
static void test_sub_scores(void)
{
    static const WorkspaceEdit pooled[] = {
        {"criteria-huyen.yaml", "method: mean", "method: mean, pooling: answers"}, {NULL, NULL, NULL}};
    const WorkspaceEdit *const rules[] = {NULL, pooled};
    for (size_t r = 0; r < G_N_ELEMENTS(rules); r++) {
        g_autoptr(Workspace) w = workspace_new(rules[r]);
        g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 2);
        workspace_return_b(w, s->pdata[0], "a", "a", "b");
        workspace_return_b(w, s->pdata[1], "", "x", "d");
        return_ballots(w, "G1", "SA", 2, "a", "b", "c");
        g_autoptr(Quota) quota = quota_take(w->store, NULL);
        g_autoptr(ScoreIndex) index = score_index(w->store, quota, NULL);
        g_autoptr(GPtrArray) questions = score_questions(quota, index);
        g_assert_cmpuint(questions->len, ==, 2 * 3 + 2); /* both agencies of three questions, and HC's two */
        g_autoptr(Rational) sum = rational_new(0, 1);
        for (guint i = 0; i < questions->len; i++) {
            const ScoreQuestion *of = questions->pdata[i];
            if (g_str_equal(of->agency->code, "SB")) { /* nobody answered: no figure, never 0 */
                g_assert_true(!of->rate && !of->points && !of->share && isnan(of->rate_low));
                g_assert_cmpint(of->population, ==, 3);
            } else if (g_str_equal(of->agency->code, "HC")) {
                rational_add_to(&sum, of->points);
            } else if (g_str_equal(of->question->id, "q2")) { /* two of three, both b */
                assert_rational(of->rate, "3/5", NULL);
                assert_rational(of->points, "6", NULL); /* 20 · 0.6 / 2 */
                assert_rational(of->share, "1", NULL);
                assert_rational(of->share_low, "2/3", NULL);
                assert_rational(of->share_high, "1", NULL);
                g_assert_cmpfloat(of->rate_low, ==, of->rate_high); /* alike: no spread is seen */
            }
        }
        const ScoreLeaf *leaf = leaf_of(result_of(index, "HC"), "S2.1");
        g_assert_cmpint(rational_compare(sum, leaf->points), ==, 0);
    }
}

/* Cochran's standard error with the quota as population: 8 a, 2 d of 20 planned. */
static void test_rate_limits(void)
{
    static const WorkspaceEdit edits[] = {
        {"groups.yaml", "handed_out_by: itself, ballots: 3", "handed_out_by: itself, ballots: 20"},
        {NULL, NULL, NULL}};
    g_autoptr(Workspace) w = workspace_new(edits);
    return_ballots(w, "G1", "SA", 8, "a", "a", "a");
    return_ballots(w, "G1", "SA", 2, "d", "a", "a");
    g_autoptr(Quota) quota = quota_take(w->store, NULL);
    g_autoptr(ScoreIndex) index = score_index(w->store, quota, NULL);
    g_autoptr(GPtrArray) questions = score_questions(quota, index);
    const ScoreQuestion *of = questions->pdata[0];
    for (guint i = 1; !g_str_equal(of->agency->code, "SA") || !g_str_equal(of->question->id, "q1"); i++)
        of = questions->pdata[i];
    g_assert_cmpint(of->answers, ==, 10);
    g_assert_cmpint(of->population, ==, 20);
    /* s² = 1.6/9, (1 − 1/2)·s²/10 = 0.0088889, half 1.96·0.0942809 = 0.1847906 */
    g_assert_cmpfloat_with_epsilon(of->rate_low, 0.6152094, 1e-6);
    g_assert_cmpfloat_with_epsilon(of->rate_high, 0.9847906, 1e-6);
}

/* Half up, once, of the exact figure: neither a double's 62.02499… nor the way over a third decimal. */
static void test_rounding(void)
{
    static const WorkspaceEdit edits[] = {
        {"agencies.yaml", "    not_applicable: [\"2.1\"]\n", "  - {code: SC, name: Sở C, block: so}\n"},
        {"criteria-so.yaml", "max: 40, step: 0.5", "max: 40, step: 0.0001"},
        {"criteria-so.yaml", "max: 30, step: 0.5", "max: 30"},
        {NULL, NULL, NULL}};
    static const char *const scores[] = {
        "SA 1.1 30.025", "SA 2.1 10", "SB 1.1 30.0246", "SB 2.1 10", "SC 1.1 30.0249", "SC 2.1 10", NULL};
    static const struct {
        const char *code, *exact, *shown;
    } expected[] = {
        {"SA", "2481/40", "62,03"}, {"SB", "310123/5000", "62,02"}, {"SC", "620249/10000", "62,02"}};
    char nearest[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(nearest, sizeof nearest, "%.2f", 62.025);
    g_assert_cmpstr(nearest, ==, "62.02"); /* a double would show SA wrong */
    g_autoptr(Workspace) w = workspace_new(edits);
    static const char *const codes[] = {"SA", "SB", "SC"};
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        return_ballots(w, "G1", codes[i], 3, "b", "b", "a");
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) index = compute(w);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_rational(result_of(index, expected[i].code)->total->percent, expected[i].exact,
                        expected[i].shown);
}

/* Groups weigh alike however many answered; one that did not leaves its weight to the others, and it is said.
 */
static void test_groups(void)
{
    static const WorkspaceEdit edits[] = {
        {"criteria-so.yaml", "max: 20, survey: [G1]", "max: 20, survey: [G1, G3]"},
        {"groups.yaml", "  - id: G2\n",
         "  - id: G3\n    name: Chuyên viên\n    block: so\n    form: A\n    quota:\n"
         "      - {handed_out_by: itself, ballots: 5}\n  - id: G2\n"},
        {NULL, NULL, NULL}};
    g_autoptr(Workspace) w = workspace_new(edits);
    return_ballots(w, "G1", "SA", 3, "a", "a", "a");
    return_ballots(w, "G3", "SA", 5, "b", "b", "a");
    return_ballots(w, "G1", "SB", 3, "a", "a", "a");
    g_autoptr(ScoreIndex) index = compute(w);
    const ScoreLeaf *both = leaf_of(result_of(index, "SA"), "S1.1"),
                    *one = leaf_of(result_of(index, "SB"), "S1.1");
    assert_rational(both->points, "16", NULL); /* 20 · (1 + 0.6)/2, not 20 · (3 + 5·0.6)/8 */
    g_assert_cmpint(both->answers, ==, 16);
    assert_rational(one->points, "20", NULL);
    assert_rational(((ScoreRate *)one->rates->pdata[0])->weight, "1", NULL);
    assert_rational(((ScoreRate *)one->rates->pdata[1])->weight, "0", NULL);
    g_assert_null(((ScoreRate *)one->rates->pdata[1])->rate);
    g_assert_true(has_note(result_of(index, "SB"), "S1.1: group G3 gave no valid answer"));
    g_assert_cmpuint(result_of(index, "SA")->notes->len, ==, 0);
}

/* Nobody answered: no score, never 0; the index is provisional until each reason is waived by name. */
static void test_provisional(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    return_ballots(w, "G1", "SA", 3, "a", "a", "a");
    g_autoptr(ScoreIndex) index = compute(w);
    g_assert_null(leaf_of(result_of(index, "SB"), "S1.1")->points);
    g_assert_null(result_of(index, "SB")->total->points);
    g_assert_null(result_of(index, "SA")->total->appraised);
    g_assert_nonnull(result_of(index, "SA")->total->surveyed);
    g_assert_null(result_of(index, "SA")->total->percent);
    g_assert_true(index->provisional);
    static const char *const expected[] = {"leaf-unscored:SB:S1.1", "leaf-unscored:SB:S2.1",
                                           "leaf-unscored:HC:S2.1", "appraisal-missing:SA",
                                           "self-score-missing:SA", "quota-short:G1:SB:SB"};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_true(is_obstacle(index, expected[i]));
    g_assert_false(is_obstacle(index, "leaf-unscored:SA:S1.1"));
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < index->obstacles->len; i++) {
        const QuotaObstacle *obstacle = index->obstacles->pdata[i];
        store_waive(w->store, &(StoreWaiver){.id = obstacle->id, .fact = obstacle->fact}, 1, "Người duyệt A",
                    "không thu được nữa", &error);
        g_assert_no_error(error);
    }
    g_autoptr(ScoreIndex) waived = compute(w);
    g_assert_cmpuint(waived->waived->len, >, 0);
    for (guint i = 0; i < waived->waived->len; i++)
        g_assert_nonnull(strstr(waived->waived->pdata[i], "Người duyệt A"));
    /* waived is not scored: while an agency has no index, nothing is final, whatever was waived */
    g_assert_null(leaf_of(result_of(waived, "SB"), "S1.1")->points);
    g_assert_cmpint(result_of(waived, "SB")->rank, ==, 0);
    g_assert_true(waived->provisional);
    g_assert_cmpuint(waived->obstacles->len, ==, 6); /* 3 leaves, 3 appraisals */
    for (guint i = 0; i < waived->obstacles->len; i++) {
        const QuotaObstacle *obstacle = waived->obstacles->pdata[i];
        g_assert_true(obstacle->needs_decision);
        g_assert_nonnull(strstr(obstacle->text, "gives no index"));
        g_autofree char *words = quota_obstacle_words(obstacle);
        g_assert_nonnull(strstr(words, "phieu treat"));
        g_assert_cmpstr(score_obstacle_kind(obstacle->id), !=, obstacle->id);
    }
    /* What a decision settles is told as it stood, without what was to be done about it. */
    char agency[] = "SB", none[] = "", unranked[] = "unranked";
    const StoreTreatment out = {.agency = agency, .leaf = none, .treatment = unranked};
    g_assert_true(store_treat(w->store, &out, 1, "Người duyệt A", "đã giải thể", &error));
    g_autoptr(ScoreIndex) treated = compute(w);
    int told = 0;
    for (guint i = 0; i < treated->treated->len; i++) {
        told += g_str_has_prefix(treated->treated->pdata[i], "leaf-unscored:SB:");
        g_assert_null(strstr(treated->treated->pdata[i], "phieu treat"));
    }
    g_assert_cmpint(told, ==, 2);
}

static void waive(Workspace *w, const char *id, const char *fact)
{
    StoreWaiver waiver = {.id = (char *)id, .fact = (char *)fact};
    g_assert_true(store_waive(w->store, &waiver, 1, "Lan", "đã báo cáo", NULL));
}

/* The text of an obstacle that stands, or NULL. */
static const char *obstacle_text(const ScoreIndex *index, const char *id)
{
    for (guint i = 0; i < index->obstacles->len; i++) {
        const QuotaObstacle *obstacle = index->obstacles->pdata[i];
        if (g_str_equal(obstacle->id, id))
            return obstacle->text;
    }
    return NULL;
}

/* A waiver covers what it was given for, not what came after; and it can be taken back. */
static void test_waiver_lapses(void)
{
    static const char id[] = "quota-short:G1:SA:SA";
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) serials = workspace_issue(w, "G1", "SA", "SA", 2);
    for (guint i = 0; i < serials->len; i++)
        workspace_return_a(w, serials->pdata[i], "a", "a", "a");
    waive(w, id, "1"); /* two of three are there */
    g_autoptr(ScoreIndex) one = compute(w);
    g_assert_null(obstacle_text(one, id));
    g_assert_cmpuint(one->waived->len, ==, 1);
    g_assert_nonnull(strstr(one->waived->pdata[0], "Lan: đã báo cáo"));
    g_assert_true(store_reject_ballot(w->store, serials->pdata[0], "Minh", "bản phô tô", NULL));
    g_autoptr(ScoreIndex) two = compute(w);
    g_assert_cmpuint(two->waived->len, ==, 0);
    g_assert_nonnull(
        strstr(obstacle_text(two, id), "Lan (đã báo cáo) was given for 1, and of the 2 now 1 are new"));
    waive(w, id, "3"); /* more than stands */
    g_autoptr(ScoreIndex) covered = compute(w);
    g_assert_null(obstacle_text(covered, id));
    g_assert_true(
        store_withdraw_waivers(w->store, (const char *const[]){id, NULL}, "Tư", "phải thu đủ", NULL));
    g_autoptr(ScoreIndex) withdrawn = compute(w);
    g_assert_nonnull(strstr(obstacle_text(withdrawn, id), "withdrawn by Tư: phải thu đủ"));
    g_assert_cmpuint(withdrawn->waived->len, ==, 0);
    waive(w, id, ""); /* as an earlier version wrote it: nobody knows for how many */
    g_autoptr(ScoreIndex) old = compute(w);
    g_assert_nonnull(strstr(obstacle_text(old, id), "earlier version"));
}

static void treat(Workspace *w, const char *agency, const char *leaf, const char *how)
{
    StoreTreatment treatment = {.agency = (char *)agency, .leaf = (char *)leaf, .treatment = (char *)how};
    g_autoptr(GError) error = NULL;
    store_treat(w->store, &treatment, 1, "Lan", "không thu được phiếu", &error);
    g_assert_no_error(error);
}

/* A leaf nobody answered is left out, or its points are carried by the agency's other survey leaves; exactly.
 */
static void test_treated_leaf(void)
{
    static const char *const scores[] = {"SA 1.1 30.5", "SA 2.1 10", "SB 1.1 20", "HC 1.1 63", NULL};
    static const WorkspaceEdit lenient[] = {{"survey.yaml", "partial_share: 0.7", "partial_share: 0.5"},
                                            {NULL, NULL, NULL}};
    g_autoptr(Workspace) w = workspace_new(lenient);
    /* SA: S1.1 (q1, q2) answered, S2.1 (q3) blank on every ballot that counts */
    return_ballots(w, "G1", "SA", 3, "b", "a", "");
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    g_autoptr(ScoreIndex) before = compute(w);
    assert_rational(leaf_of(result_of(before, "SA"), "S1.1")->points, "16", NULL); /* 20 · (0.6 + 1)/2 */
    g_assert_true(is_obstacle(before, "leaf-unscored:SA:S2.1"));
    treat(w, "SA", "S2.1", "not-applicable");
    g_autoptr(ScoreIndex) out = compute(w);
    const ScoreAgency *sa = result_of(out, "SA");
    g_assert_false(is_obstacle(out, "leaf-unscored:SA:S2.1"));
    g_assert_true(sa->complete);
    assert_rational(sa->total->max, "90", NULL);
    assert_rational(sa->total->points, "113/2", NULL); /* 30.5 + 10 + 16 */
    assert_rational(sa->total->percent, "565/9", "62,78");
    g_assert_true(has_note(sa, "S2.1: no group answered it; not applicable, as decided by Lan"));
    g_assert_nonnull(
        strstr(out->treated->pdata[out->treated->len - 1], "not applicable; Lan: không thu được phiếu"));
    treat(w, "SA", "S2.1", "to-others"); /* the newest counts */
    g_autoptr(ScoreIndex) carried = compute(w);
    sa = result_of(carried, "SA");
    assert_rational(sa->total->max, "100", NULL);
    assert_rational(leaf_of(sa, "S1.1")->max, "30", NULL);
    assert_rational(leaf_of(sa, "S1.1")->points, "24", NULL); /* 16 · 30/20 */
    assert_rational(sa->total->surveyed, "24", NULL);
    assert_rational(sa->total->percent, "129/2", NULL);
    g_assert_cmpint(sa->rank, ==, 1);
    /* another agency's is another decision, and nothing carries what nobody else answered */
    g_assert_true(is_obstacle(carried, "leaf-unscored:SB:S2.1"));
    treat(w, "SB", "S2.1", "to-others");
    g_autoptr(ScoreIndex) idle = compute(w);
    g_assert_true(is_obstacle(idle, "leaf-unscored:SB:S2.1"));
    g_assert_true(has_note(result_of(idle, "SB"), "S2.1: no other survey criterion has points to carry it"));
    /* answered after all: the figure counts, the decision does not */
    g_autoptr(GPtrArray) late = workspace_issue(w, "G1", "SA", "SA", 1);
    workspace_return_a(w, late->pdata[0], "b", "a", "a");
    g_autoptr(ScoreIndex) answered = compute(w);
    assert_rational(leaf_of(result_of(answered, "SA"), "S2.1")->points, "10", NULL);
    assert_rational(leaf_of(result_of(answered, "SA"), "S1.1")->points, "16", NULL);
    g_assert_true(has_note(result_of(answered, "SA"), "S2.1: was answered after all"));
}

/* An agency is out of the ranking by a decision of its own, which its row says, and comes back when that is
 * taken back. */
static void test_excluded_agency(void)
{
    static const char *const scores[] = {"SA 1.1 30", "SA 2.1 10", "SB 1.1 20", NULL};
    g_autoptr(Workspace) w = workspace_new(NULL);
    return_ballots(w, "G1", "SA", 3, "a", "a", "a");
    return_ballots(w, "G1", "SB", 3, "b", "b", "b");
    add_scores(w, STORE_SCORES_APPRAISED, scores);
    treat(w, "HC", "", "unranked");
    treat(w, "SA", "", "unranked"); /* has an index: shown, not ranked */
    g_autoptr(ScoreIndex) index = compute(w);
    static const char *const gone[] = {"leaf-unscored:HC:S2.1", "appraisal-missing:HC",
                                       "self-score-missing:HC"};
    for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
        g_assert_false(is_obstacle(index, gone[i]));
    g_assert_true(is_obstacle(index, "quota-short:G2:HC:HC-P1")); /* ballots are another matter */
    const ScoreAgency *hc = result_of(index, "HC"), *sa = result_of(index, "SA"),
                      *sb = result_of(index, "SB");
    g_assert_false(hc->complete);
    g_assert_true(has_note(hc, "not ranked, as decided by Lan: không thu được phiếu"));
    g_assert_true(sa->complete);
    g_assert_cmpint(sa->rank, ==, 0);
    g_assert_nonnull(sa->total->percent);
    g_assert_null(sa->band);
    g_assert_cmpint(sb->rank, ==, 1);
    g_assert_nonnull(sb->band);
    assert_rational(((ScoreBlock *)index->blocks->pdata[0])->mean, "60", NULL); /* SB alone: 42 of 70 */
    StoreTreatment back = {.agency = (char *)"SA", .leaf = (char *)""};
    g_assert_true(store_withdraw_treatments(w->store, &back, 1, "Minh", "nhầm", NULL));
    g_autoptr(GError) error = NULL;
    g_assert_false(store_withdraw_treatments(w->store, &back, 1, "Minh", "nhầm", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_autoptr(ScoreIndex) again = compute(w);
    g_assert_cmpint(result_of(again, "SA")->rank, ==, 1);
    g_assert_nonnull(result_of(again, "SA")->band);
    static const StoreTreatment wrong[] = {
        {.agency = (char *)"XX", .leaf = (char *)"", .treatment = (char *)"unranked"},
        {.agency = (char *)"SA", .leaf = (char *)"", .treatment = (char *)"not-applicable"},
        {.agency = (char *)"SA", .leaf = (char *)"1.1", .treatment = (char *)"not-applicable"},
        {.agency = (char *)"SA", .leaf = (char *)"S1.1", .treatment = (char *)"unranked"}};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_clear_error(&error);
        g_assert_false(store_treat(w->store, &wrong[i], 1, "Lan", "thử", &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    }
}

/* What the database has for a query that gives one text. */
static void assert_stored(const Workspace *w, const char *sql, const char *expected)
{
    g_autofree char *path = g_build_filename(w->dir, "survey.db", NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *query = NULL;
    int opened = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
    g_assert_cmpint(opened, ==, SQLITE_OK);
    int prepared = sqlite3_prepare_v2(db, sql, -1, &query, NULL);
    g_assert_cmpint(prepared, ==, SQLITE_OK);
    int stepped = sqlite3_step(query);
    g_assert_cmpint(stepped, ==, SQLITE_ROW);
    g_assert_cmpstr((const char *)sqlite3_column_text(query, 0), ==, expected);
    sqlite3_finalize(query);
    sqlite3_close(db);
}

/* The newest version of an agency's scores counts; older ones stay, and other agencies keep theirs. */
static void test_versions(void)
{
    static const char *const first[] = {"SA 1.1 10", "SA 2.1 20", "SB 1.1 5", NULL}, *const second[] = {
                                                                                         "SA 1.1 11.5",
                                                                                         "SA 2.1 0", NULL};
    g_autoptr(Workspace) w = workspace_new(NULL);
    int one = add_scores(w, STORE_SCORES_SELF, first), two = add_scores(w, STORE_SCORES_SELF, second);
    g_assert_cmpint(two, ==, one + 1);
    g_autoptr(ScoreIndex) index = compute(w);
    assert_rational(result_of(index, "SA")->total->self, "23/2", NULL);
    assert_rational(result_of(index, "SB")->total->self, "5", NULL);
    g_assert_null(leaf_of(result_of(index, "SA"), "1.1")->points); /* self-scores are no points */
    assert_stored(w,
                  "SELECT group_concat(points, ' ') FROM (SELECT points FROM score WHERE agency = 'SA' AND "
                  "leaf = '1.1' ORDER BY import_)",
                  "10 23/2");
}

/* ---- imports ---- */

static GPtrArray *import_scores(Workspace *w, StoreScoreKind kind, const char *text)
{
    g_autofree char *path = g_build_filename(w->dir, "diem.csv", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scores = score_read_file(store_survey(w->store), kind, path, NULL, &error);
    g_assert_no_error(error);
    GPtrArray *imports = score_import(w->store, kind, path, scores, &error);
    g_assert_no_error(error);
    return imports;
}

static void assert_import(const GPtrArray *imports, guint at, const char *agency, int version,
                          const char *sum, const char *before, const char *changed, const char *unproven)
{
    const ScoreImport *import = imports->pdata[at];
    g_assert_cmpstr(import->agency->code, ==, agency);
    g_assert_cmpint(import->version, ==, version);
    assert_rational(import->sum, sum, NULL);
    g_assert_true((import->before != NULL) == (before != NULL));
    if (before)
        assert_rational(import->before, before, NULL);
    g_ptr_array_add(import->changed, NULL);
    g_ptr_array_add(import->unproven, NULL);
    g_autofree char *all_changed = g_strjoinv("; ", (char **)import->changed->pdata);
    g_autofree char *all_unproven = g_strjoinv("; ", (char **)import->unproven->pdata);
    g_assert_cmpstr(all_changed, ==, changed);
    g_assert_cmpstr(all_unproven, ==, unproven);
}

/* Versions count for each agency and kind on its own; what a version changes is said leaf by leaf. */
static void test_import(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
#define COLUMNS "Cơ quan,Mã,Tiêu chí,Tự chấm,Tài liệu kiểm chứng,Giải trình,Thẩm định\n"
    g_autoptr(GPtrArray) first = import_scores(
        w, STORE_SCORES_SELF,
        COLUMNS "SA,1.1,Kế hoạch,30,BC 1,,\nSA,2.1,Công khai,\"20,5\",,,\nSB,1.1,Kế hoạch,0,,,\n");
    g_assert_cmpuint(first->len, ==, 2);
    assert_import(first, 0, "SA", 1, "101/2", NULL, "", "2.1"); /* 0 points need no evidence */
    assert_import(first, 1, "SB", 1, "0", NULL, "", "");
    g_autoptr(GPtrArray) other =
        import_scores(w, STORE_SCORES_SELF, COLUMNS "HC,1.1,Kế hoạch,\"7,125\",,chưa đủ,\n");
    assert_import(other, 0, "HC", 1, "57/8", NULL, "", "");
    g_autoptr(GPtrArray) appraised = import_scores(
        w, STORE_SCORES_APPRAISED, COLUMNS "SA,1.1,Kế hoạch,30,,,29\nSA,2.1,Công khai,20,,,19\n");
    assert_import(appraised, 0, "SA", 1, "48", NULL, "", ""); /* evidence is asked of whoever scores itself */
    g_autoptr(GPtrArray) second = import_scores(
        w, STORE_SCORES_SELF, COLUMNS "SA,1.1,Kế hoạch,30,BC 1,,\nSA,2.1,Công khai,19,BC 2,,\n");
    assert_import(second, 0, "SA", 2, "49", "101/2", "2.1 20,50 → 19,00", "");
    g_autoptr(GPtrArray) third =
        import_scores(w, STORE_SCORES_SELF, COLUMNS "HC,1.1,Kế hoạch,\"7,1255\",,x,\n");
    assert_import(third, 0, "HC", 2, "14251/2000", "57/8", "1.1 7,125 → 7,1255", "");
    /* the same again is no version; another evidence is; of a file only the agencies that differ */
    g_autoptr(GPtrArray) same = import_scores(w, STORE_SCORES_SELF, COLUMNS "SB,1.1,Kế hoạch,\"0,0\",,,\n");
    assert_import(same, 0, "SB", 1, "0", "0", "", "");
    g_assert_false(((ScoreImport *)same->pdata[0])->recorded);
    g_autoptr(GPtrArray) both = import_scores(
        w, STORE_SCORES_SELF,
        COLUMNS "SB,1.1,Kế hoạch,0,BC 3,,\nSA,1.1,Kế hoạch,30,BC 1,,\nSA,2.1,Công khai,19,BC 2,,\n");
    assert_import(both, 0, "SB", 2, "0", "0", "", "");
    g_assert_true(((ScoreImport *)both->pdata[0])->recorded);
    assert_import(both, 1, "SA", 2, "49", "49", "", "");
    g_assert_false(((ScoreImport *)both->pdata[1])->recorded);
    assert_stored(w, "SELECT count(*) FROM import_ i JOIN score s ON s.import_ = i.id WHERE i.kind = 0", "8");
#undef COLUMNS
}

/* ---- score files ---- */

/* Reads a CSV of these lines; the faults' texts, or NULL and the scores. */
static GPtrArray *read_scores(const Survey *survey, StoreScoreKind kind, const char *text,
                              GPtrArray **ret_scores)
{
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "diem.csv", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    GPtrArray *faults = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scores = score_read_file(survey, kind, path, &faults, &error);
    workspace_remove(dir);
    g_assert_true(scores || g_error_matches(error, PHIEU_ERROR, PHIEU_ERROR_INVALID));
    g_assert_true(!scores == (faults != NULL)); /* one fault and nothing of it is taken */
    if (ret_scores)
        *ret_scores = g_steal_pointer(&scores);
    return faults;
}

static void assert_faults(GPtrArray *faults, const char *const *says)
{
    g_assert_nonnull(faults);
    guint i = 0;
    for (; i < faults->len && says[i]; i++) {
        const char *text = ((ScoreFault *)faults->pdata[i])->text;
        if (!strstr(text, says[i]))
            g_error("'%s' does not say '%s'", text, says[i]);
        g_assert_nonnull(strstr(text, "diem.csv!"));
    }
    g_assert_null(says[i]);
    g_assert_cmpuint(i, ==, faults->len);
    g_ptr_array_unref(faults);
}

#define HEAD "Mã,Tiêu chí,Điểm tối đa,Điểm tự chấm,Giải trình\n"

static void test_file(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    g_autoptr(GPtrArray) scores = NULL;
    /* as offices send it: titles above, decimal comma, units, NBSP, a name in decomposed letters, sums */
    GPtrArray *faults = read_scores(survey, STORE_SCORES_SELF,
                                    "BẢNG TỰ CHẤM NĂM 2023,,,,\nCơ quan: So\xcc\x9b\xcc\x89 A,,,,\n" HEAD
                                    "1,Điều hành,60,\"31,5\",\n1.1,Kế hoạch,40,\"31,5 điểm\",đủ hồ sơ\n"
                                    "S1.1,Lãnh đạo,20,ĐTXHH,\n2.1.,Công khai,30,\xc2\xa0"
                                    "20\xc2\xa0,\nS2.1,Thái độ,10,-,\n,Tổng cộng,100,\"51,5\",\n",
                                    &scores);
    g_assert_null(faults);
    g_assert_cmpuint(scores->len, ==, 2);
    const StoreScore *first = scores->pdata[0], *second = scores->pdata[1];
    g_assert_cmpstr(first->agency, ==, "SA");
    g_assert_cmpstr(first->leaf, ==, "1.1");
    assert_rational(first->points, "63/2", NULL);
    g_assert_cmpstr(first->note, ==, "đủ hồ sơ");
    g_assert_true(g_str_has_suffix(first->source, "!D5"));
    g_assert_cmpstr(second->leaf, ==, "2.1");
    assert_rational(second->points, "20", NULL);
}

/* Every fault at once, each at its cell; nothing of the file is taken. */
static void test_faults(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    static const char *const many[] = {"D3: 1.1: 40,5 is above the maximum 40",
                                       "(Không chấm điểm điều tra khảo sát)", "D5: 2.1: points below 0",
                                       NULL};
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Sở A,,,,\n" HEAD
                              "1.1,Kế hoạch,40,\"40,5\",\nS1.1,Lãnh đạo,20,18,\n2.1,Công khai,30,-1,\n",
                              NULL),
                  many);
    static const char *const sums[] = {"D3: 1: 35,00 is written, its parts add to 30,00", NULL};
    assert_faults(
        read_scores(survey, STORE_SCORES_SELF,
                    "Sở A,,,,\n" HEAD "1,Điều hành,60,35,\n1.1,Kế hoạch,40,30,\n2.1,Công khai,30,3,\n", NULL),
        sums);
    static const struct {
        const char *rows, *says;
    } faults[] = {
        {"1.1,Kế hoạch,40,\"30,3\",\n2.1,Công khai,30,3,\n",
         "D3: '30,3' of 1.1 is no multiple of the step 0,50"},
        {"1.1,Kế hoạch,40,ba mươi,\n2.1,Công khai,30,3,\n", "D3: 1.1: "},
        {"1.1,Kế hoạch,40,1.500,\n2.1,Công khai,30,3,\n", "D3: 1.1: "},
        {"1.1,Kế hoạch,40,,\n2.1,Công khai,30,3,\n", "D3: 1.1 has no points"},
        {"1.1,Kế hoạch,45,30,\n2.1,Công khai,30,3,\n", "C3: 1.1: the maximum is 40,00, not '45'"},
        {"1.1,Kế hoạch,40,30,\n", "there is no row of criterion 2.1;"},
        {"1.1,Kế hoạch,40,30,\n1.1,Kế hoạch,40,30,\n2.1,Công khai,30,3,\n", "A4: criterion 1.1 stands twice"},
        {"1.1,Kế hoạch,40,30,\n2.1,Công khai,30,3,\n9.9,Việc khác,3,1,\n", "A5: '9.9' is no criterion"},
        {"1.1,Kế hoạch,40,30,\n2.1,Công khai,30,3,\n,Tổng cộng,,34,\n", "D5: total: 34,00 is written"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *text = g_strconcat("Sở A,,,,\n" HEAD, faults[i].rows, NULL);
        const char *const says[] = {faults[i].says, NULL};
        assert_faults(read_scores(survey, STORE_SCORES_SELF, text, NULL), says);
    }
    static const char *const year[] = {"A1: is of another year; this survey is of 2023", NULL};
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Năm 2022,,,,\nSở A,,,,\n" HEAD "1.1,Kế hoạch,40,30,\n2.1,Công khai,30,3,\n",
                              NULL),
                  year);
    static const char *const closed[] = {"D4: 2.1 is not assessed for agency 'SB'", NULL};
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Sở B,,,,\n" HEAD "1.1,Kế hoạch,40,30,\n2.1,Công khai,30,3,\n", NULL),
                  closed);
}

/* Sums of parts may stand on the way to the total; a table of two agencies is nobody's. */
static void test_totals(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    g_autoptr(GPtrArray) scores = NULL;
    g_assert_null(read_scores(survey, STORE_SCORES_SELF,
                              "Sở A,,,,\n" HEAD "1.1,Kế hoạch,40,30,\n,Tổng điểm phần I,,30,\n"
                              "2.1,Công khai,30,3,\n,Tổng cộng,,33,\n",
                              &scores));
    g_assert_cmpuint(scores->len, ==, 2);
    static const char *const two[] = {"A2: names agency 'SB', another cell above the table 'SA'", NULL};
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Sở A,,,,\nSở B,,,,\n" HEAD "1.1,Kế hoạch,40,30,\n2.1,Công khai,30,3,\n", NULL),
                  two);
}

/* The same agency on two sheets of one workbook: which of them counts is not guessed. */
static void test_two_sheets(void)
{
    static const char *const rows[][4] = {{"Sở A"},
                                          {"Mã", "Tiêu chí", "Điểm tối đa", "Điểm tự chấm"},
                                          {"1.1", "Kế hoạch", "40", "30"},
                                          {"2.1", "Công khai", "30", "3"}};
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "hai.xlsx", NULL);
    lxw_workbook *book = workbook_new(path);
    static const char *const names[] = {"Một", "Hai"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        lxw_worksheet *sheet = workbook_add_worksheet(book, names[i]);
        for (lxw_row_t r = 0; r < G_N_ELEMENTS(rows); r++) {
            for (lxw_col_t c = 0; c < 4 && rows[r][c]; c++)
                worksheet_write_string(sheet, r, c, rows[r][c], NULL);
        }
    }
    lxw_error closed = workbook_close(book);
    g_assert_cmpint(closed, ==, LXW_NO_ERROR);
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_null(score_read_file(survey, STORE_SCORES_SELF, path, &faults, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    workspace_remove(dir);
    g_assert_cmpuint(faults->len, ==, 1); /* one sheet too many is one fault, not one for each criterion */
    const char *text = ((ScoreFault *)faults->pdata[0])->text;
    g_assert_nonnull(
        strstr(text, "hai.xlsx!Hai!D3: agency 'SA' has points here and on another sheet (hai.xlsx!Một!D3)"));
}

/* A sheet of one agency's rows under its heading; the first sheet of a new workbook. */
static GPtrArray *read_named_sheet(const Survey *survey, const char *name, const char *heading)
{
    static const char *const rows[][4] = {{"Mã", "Tiêu chí", "Điểm tối đa", "Điểm tự chấm"},
                                          {"1.1", "Kế hoạch", "40", "30"},
                                          {"2.1", "Công khai", "30", "3"}};
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "diem.xlsx", NULL);
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, name);
    worksheet_write_string(sheet, 0, 0, heading, NULL);
    for (lxw_row_t r = 0; r < G_N_ELEMENTS(rows); r++) {
        for (lxw_col_t c = 0; c < 4; c++)
            worksheet_write_string(sheet, r + 1, c, rows[r][c], NULL);
    }
    g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
    GPtrArray *faults = NULL;
    g_autoptr(GPtrArray) scores = score_read_file(survey, STORE_SCORES_SELF, path, &faults, NULL);
    workspace_remove(dir);
    return faults;
}

/* A sheet named after one agency and headed by another is neither's. */
static void test_sheet_name(void)
{
    static const struct {
        const char *name, *heading, *says;
    } cases[] = {
        {"SA", "Cơ quan: Sở A", NULL},
        {"Tự chấm", "Sở A", NULL},
        {"Sở A", "Bảng tự chấm", NULL},
        {"SB", "Sở A", "diem.xlsx!SB!A1: names agency 'SA', but the sheet is named after agency 'SB'"},
        {"Huyện C", "Cơ quan: Sở A", "but the sheet is named after agency 'HC'"},
        {"Tự chấm 2022", "Sở A", "diem.xlsx!Tự chấm 2022!A1: is of another year"},
        {"1", "Cơ quan: Sở Xa", "diem.xlsx!1!A1: 'Sở Xa' is no agency of this survey"},
        {"1", "C¬ quan: Së A", "diem.xlsx!1!A1: is written in a TCVN3 font"},
        {"1", "Bảng tự chấm", "diem.xlsx!1!A1: no agency is named above the table"}};
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) faults = read_named_sheet(survey, cases[i].name, cases[i].heading);
        g_test_message("%s / %s", cases[i].name, cases[i].heading);
        g_assert_cmpuint(faults ? faults->len : 0, ==, cases[i].says ? 1 : 0);
        if (cases[i].says)
            g_assert_nonnull(strstr(((ScoreFault *)faults->pdata[0])->text, cases[i].says));
    }
}

/* A sheet of agency SA's own points with so many of its headings; with the fifth, points stand twice. */
static lxw_worksheet *begin_self_sheet(lxw_workbook *book, lxw_col_t columns)
{
    static const char *const heading[] = {"Mã", "Tiêu chí", "Điểm tối đa", "Điểm tự chấm", "Điểm tự chấm"};
    lxw_worksheet *sheet = workbook_add_worksheet(book, "SA");
    for (lxw_col_t c = 0; c < columns; c++)
        worksheet_write_string(sheet, 1, c, heading[c], NULL);
    return sheet;
}

/* Points that a cell rounds or hides are not taken as stored: the fault names the cell, what it shows and
 * what it holds. A maximum and a sum, which are only compared, may be shown as anybody likes. */
static void test_shown_points(void)
{
    static const struct {
        const char *format;
        double points;
        const char *says;
    } cases[] = {
        {"0.00", 30.5, NULL},
        {"0", 30, NULL},
        {"0", 30.5,
         "diem.xlsx!SA!D3: 1.1: the cell shows '31' and holds 30,5; type the number that is meant"},
        {";;;", 30.5, "diem.xlsx!SA!D3: 1.1: the cell shows nothing and holds 30,5; empty it"},
        {"0.0", 30.499999999999996, NULL},
    };
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(dir, "diem.xlsx", NULL);
        lxw_workbook *book = workbook_new(path);
        lxw_worksheet *sheet = begin_self_sheet(book, 4);
        lxw_format *own = workbook_add_format(book), *hidden = workbook_add_format(book);
        format_set_num_format(own, cases[i].format);
        format_set_num_format(hidden, ";;;");
        worksheet_write_string(sheet, 2, 0, "1.1", NULL);
        worksheet_write_number(sheet, 2, 2, 40, hidden);
        worksheet_write_number(sheet, 2, 3, cases[i].points, own);
        worksheet_write_string(sheet, 3, 0, "2.1", NULL);
        worksheet_write_number(sheet, 3, 3, 3, NULL);
        worksheet_write_string(sheet, 4, 1, "Tổng cộng", NULL);
        worksheet_write_number(sheet, 4, 3, cases[i].points + 3, hidden);
        g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
        GPtrArray *found = NULL;
        g_autoptr(GPtrArray) scores = score_read_file(survey, STORE_SCORES_SELF, path, &found, NULL);
        g_autoptr(GPtrArray) faults = found;
        workspace_remove(dir);
        g_test_message("%s", cases[i].format);
        g_assert_cmpuint(faults ? faults->len : 0, ==, cases[i].says ? 1 : 0);
        if (cases[i].says) {
            g_assert_nonnull(strstr(((ScoreFault *)faults->pdata[0])->text, cases[i].says));
            continue;
        }
        const StoreScore *score = scores->pdata[0];
        g_autofree char *exact = rational_to_exact(score->points);
        g_assert_cmpstr(exact, ==, cases[i].points == 30 ? "30" : "61/2");
    }
}

/* What else keeps a clerk from seeing points: the sheet shows no zeros, the column is too narrow, row or
 * column are hidden. None is taken as stored; a hidden column beside a visible one of its kind is last
 * year's. */
static void test_unseen_points(void)
{
    static const struct {
        bool no_zeros;
        double width, points;
        int hidden_row, hidden_column; /* from 0; −1: none */
        const char *format, *says;
    } cases[] = {
        {true, 0, 0, -1, -1, "0.00", "diem.xlsx!SA!D3: 1.1: the cell shows nothing and holds 0; empty it"},
        {false, 0, 0, -1, -1, "0.00", NULL},
        {true, 0, 30.5, -1, -1, "0.00", NULL},
        {false, 2, 30.5, -1, -1, "0.00",
         "diem.xlsx!SA!D3: 1.1: its column is too narrow: the cell shows ### and holds 30,5; make the"},
        {false, 2, 30.5, -1, -1, "General", "diem.xlsx!SA!D3: 1.1: the cell shows '31' and holds 30,5;"},
        {false, 1, 30, -1, -1, "General", "1.1: its column is too narrow: the cell shows ### and holds 30;"},
        {false, 2, 30, -1, -1, "General", NULL},
        {false, 6, 30.5, -1, -1, "0.00", NULL},
        {false, 0, 30.5, 2, -1, "0.00",
         "diem.xlsx!SA!A3: rows with figures are hidden: 3; show them (select all, Unhide Rows"},
        {false, 0, 30.5, 4, -1, "0.00", NULL}, /* the total: only compared */
        {false, 0, 30.5, -1, 3, "0.00", "diem.xlsx!SA!D2: column D with figures is hidden; show it"},
        {false, 0, 30.5, -1, 4, "0.00", NULL},
    };
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(dir, "diem.xlsx", NULL);
        lxw_workbook *book = workbook_new(path);
        lxw_worksheet *sheet = begin_self_sheet(book, cases[i].hidden_column == 4 ? 5 : 4);
        lxw_format *own = workbook_add_format(book);
        lxw_row_col_options hidden = {LXW_TRUE, 0, LXW_FALSE};
        format_set_num_format(own, cases[i].format);
        static const char *const codes[] = {"1.1", "2.1"};
        for (lxw_row_t r = 0; r < 2; r++) {
            worksheet_write_string(sheet, r + 2, 0, codes[r], NULL);
            worksheet_write_number(sheet, r + 2, 3, r ? 3 : cases[i].points, r ? NULL : own);
            if (cases[i].hidden_column == 4)
                worksheet_write_number(sheet, r + 2, 4, 1, NULL);
        }
        worksheet_write_string(sheet, 4, 1, "Tổng cộng", NULL);
        worksheet_write_number(sheet, 4, 3, cases[i].points + 3, NULL);
        if (cases[i].no_zeros)
            worksheet_hide_zero(sheet);
        if (cases[i].width > 0)
            worksheet_set_column(sheet, 3, 3, cases[i].width, NULL);
        if (cases[i].hidden_row >= 0)
            worksheet_set_row_opt(sheet, (lxw_row_t)cases[i].hidden_row, 15, NULL, &hidden);
        lxw_col_t away = (lxw_col_t)cases[i].hidden_column;
        if (cases[i].hidden_column >= 0)
            worksheet_set_column_opt(sheet, away, away, 9, NULL, &hidden);
        g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
        GPtrArray *found = NULL;
        g_autoptr(GPtrArray) scores = score_read_file(survey, STORE_SCORES_SELF, path, &found, NULL);
        g_autoptr(GPtrArray) faults = found;
        workspace_remove(dir);
        bool said = false;
        for (guint f = 0; faults && f < faults->len; f++) {
            const char *text = ((ScoreFault *)faults->pdata[f])->text;
            g_test_message("%zu: %s", i, text);
            said = said || (cases[i].says && strstr(text, cases[i].says));
        }
        g_assert_true((scores != NULL) == (cases[i].says == NULL));
        g_assert_true(said == (cases[i].says != NULL));
    }
}

/* Points put right beside the rows, where no heading speaks of them, are asked for; not so what stands below
 * a heading over several columns, in a hidden column, or in rows of no criterion. */
static void test_beyond_heading(void)
{
    static const char *const rows[][5] = {{"Mã", "Tiêu chí", "Điểm tối đa", "Điểm tự chấm", "Tài liệu"},
                                          {"1.1", "Kế hoạch", "40", "30", "BC 1"},
                                          {"2.1", "Công khai", "30", "3", "BC 2"}};
    static const struct {
        int row, column;
        const char *says;
    } cases[] = {{3, 6, "diem.xlsx!SA!G4: stands where the heading names no column (row 4)"},
                 {3, 5, NULL},  /* the heading "Tài liệu" reaches over two columns */
                 {3, 7, NULL},  /* hidden */
                 {4, 6, NULL}}; /* below the table */
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(dir, "diem.xlsx", NULL);
        lxw_workbook *book = workbook_new(path);
        lxw_worksheet *sheet = workbook_add_worksheet(book, "SA");
        lxw_row_col_options hidden = {0};
        hidden.hidden = LXW_TRUE;
        worksheet_set_column_opt(sheet, 7, 7, 10, NULL, &hidden);
        for (lxw_row_t r = 0; r < G_N_ELEMENTS(rows); r++) {
            for (lxw_col_t c = 0; c < 5; c++)
                worksheet_write_string(sheet, r + 1, c, rows[r][c], NULL);
        }
        worksheet_merge_range(sheet, 1, 4, 1, 5, "Tài liệu", NULL);
        worksheet_write_number(sheet, (lxw_row_t)cases[i].row, (lxw_col_t)cases[i].column, 31, NULL);
        g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
        g_autoptr(GPtrArray) faults = NULL;
        g_autoptr(GPtrArray) scores = score_read_file(survey, STORE_SCORES_SELF, path, &faults, NULL);
        workspace_remove(dir);
        g_assert_true((scores != NULL) == (cases[i].says == NULL));
        if (cases[i].says)
            g_assert_nonnull(strstr(((ScoreFault *)faults->pdata[0])->text, cases[i].says));
    }
}

/* A sheet in a font from before Unicode is not passed over as a sheet of explanations. */
static void test_legacy_font(void)
{
    static const char *const says[] = {
        "diem.csv!D2: is written in a TCVN3 font; convert the sheet to Unicode", NULL};
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Së A,,,\nM· TC,Néi dung,Tèi ®a,§iÓm tù chÊm\n1.1,x,40,30\n", NULL),
                  says);
}

/* Codes beside the names of other criteria: whose points they are is not guessed. */
static void test_swapped_codes(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    static const char *const swapped[] = {
        "B3: codes stand beside the names of other criteria (code → whose name it is: 1.1 → 2.1, 2.1 → 1.1)",
        NULL};
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Sở A,,,,\n" HEAD "1.1,CÔNG KHAI,,30,\n2.1,Kế hoạch,,20,\n", NULL),
                  swapped);
    /* the maximum goes with the name: the same cause, told once */
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Sở A,,,,\n" HEAD "1.1,CÔNG KHAI,30,30,\n2.1,Kế hoạch,40,35,\n", NULL),
                  swapped);
    /* a name in the office's own words is nobody else's */
    g_assert_null(read_scores(survey, STORE_SCORES_SELF,
                              "Sở A,,,,\n" HEAD "1.1,Kế hoạch năm,40,30,\n2.1,Công khai TTHC,,20,\n", NULL));
}

/* Another block's template is one fault; so is a row or a number here and there, as itself. */
static void test_wrong_template(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    static const char *const huyen[] = {"A3: these are the criteria of 'Bộ tiêu chí huyện'; agency 'SA' is "
                                        "scored by 'Bộ tiêu chí sở': use its own "
                                        "template (phieu template SA -o FILE.xlsx)",
                                        NULL};
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Sở A,,,,\n" HEAD "1,Điều hành,70,,\n1.1,Kế hoạch,70,60,\n", NULL),
                  huyen);
    g_autoptr(Survey) province = workspace_load_survey("forms/tra-vinh-2023");
    const SurveyAgency *town = survey_agency(province, "TXDH"), *office = survey_agency(province, "SNV");
    const SurveyAgency *const agencies[] = {town, office};
    for (int i = 0; i < 2; i++) {
        const SurveyCriteria *others = survey_criteria(province, agencies[1 - i]->block->criteria_id);
        g_autoptr(GString) text = g_string_new(NULL);
        g_string_append_printf(text, "%s,,,,\n" HEAD, agencies[i]->name);
        for (guint k = 0; k < others->leaves->len; k++) {
            const SurveyNode *leaf = others->leaves->pdata[k];
            g_autofree char *max = rational_to_decimal(leaf->max, 2, ',');
            if (leaf->kind == SURVEY_NODE_APPRAISED)
                g_string_append_printf(text, "%s,\"%s\",\"%s\",0,\n", leaf->code, leaf->name, max);
        }
        static const char *const says[] = {"these are the criteria of", NULL};
        assert_faults(read_scores(province, STORE_SCORES_SELF, text->str, NULL), says);
    }
}

/* The last appraisal that gives points counts. */
static void test_appraised_twice(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    g_autoptr(GPtrArray) scores = NULL;
    g_assert_null(
        read_scores(survey, STORE_SCORES_APPRAISED,
                    "Mã cơ quan,Mã,Tiêu chí,Thẩm định lần 1,Thẩm định lần 2\nSA,1.1,Kế hoạch,30,35\n"
                    "SA,2.1,Công khai,20,\nSB,1.1,Kế hoạch,7,0\n",
                    &scores));
    g_assert_cmpuint(scores->len, ==, 3);
    static const char *const points[] = {"35", "20", "0"};
    for (guint i = 0; i < scores->len; i++)
        assert_rational(((StoreScore *)scores->pdata[i])->points, points[i], NULL);
}

/* Of two columns for the same the one that gives points is taken; two that do are asked, never the first of
 * them. Another year over the column is another year's. */
static void test_two_columns(void)
{
    static const struct {
        StoreScoreKind kind;
        const char *text, *source, *says; /* where the first points were found, or the one fault */
    } cases[] = {
        {STORE_SCORES_SELF,
         "Sở A\nMã,Tiêu chí,Điểm tự chấm,Điểm tự chấm (sửa)\n1.1,Kế hoạch,30,31\n2.1,Công khai,20,21\n", NULL,
         "D2: columns C ('Điểm tự chấm'), D ('Điểm tự chấm (sửa)') give points for the same"},
        {STORE_SCORES_SELF, /* one cell is enough */
         "Sở A\nMã,Tiêu chí,Tự chấm,Tài liệu,Tự đánh giá\n1.1,Kế hoạch,30,a,\n2.1,Công khai,20,b,21\n", NULL,
         "E2: columns C ('Tự chấm'), E ('Tự đánh giá') give points"},
        {STORE_SCORES_SELF, "Sở A\nMã,Tiêu chí,Tự chấm,Tự chấm lần 2\n1.1,Kế hoạch,30,\n2.1,Công khai,20,-\n",
         "diem.csv!!C3", NULL},
        {STORE_SCORES_SELF, "Sở A\nMã,Tiêu chí,Tự chấm 2022,Tự chấm\n1.1,Kế hoạch,,30\n2.1,Công khai,x,20\n",
         "diem.csv!!D3", NULL},
        {STORE_SCORES_SELF, "Sở A\nMã,Tiêu chí,Điểm tự chấm 2022\n1.1,Kế hoạch,30\n2.1,Công khai,20\n", NULL,
         "C2: 'Điểm tự chấm 2022' is of another year; this survey is of 2023"},
        {STORE_SCORES_SELF,
         "Sở A\nMã,Tiêu chí,Tự chấm năm 2023 (2022: 28)\n1.1,Kế hoạch,30\n2.1,Công khai,20\n", "diem.csv!!C3",
         NULL},
        {STORE_SCORES_SELF,
         "Sở A\nMã,Tiêu chí,Điểm tự chấm theo QĐ 876 ngày 10/11/2022\n1.1,Kế hoạch,30\n2.1,Công khai,20\n",
         "diem.csv!!C3", NULL},
        {STORE_SCORES_SELF, "Sở A\nMã,Tiêu chí,Điểm tự chấm năm trước\n1.1,Kế hoạch,30\n2.1,Công khai,20\n",
         NULL, "C2: 'Điểm tự chấm năm trước' is of another year"},
        {STORE_SCORES_SELF, "Sở A\nMã,Tiêu chí,Tự chấm 12/2022\n1.1,Kế hoạch,30\n2.1,Công khai,20\n", NULL,
         "C2: 'Tự chấm 12/2022' is of another year"},
        {STORE_SCORES_SELF, "Sở A\nMã,Tiêu chí,Tự chấm (kỳ 2022-2023)\n1.1,Kế hoạch,30\n2.1,Công khai,20\n",
         "diem.csv!!C3", NULL},
        /* one heading over two columns, as a CSV and a merged area leave it */
        {STORE_SCORES_SELF,
         "Sở A\nMã,Tiêu chí,Điểm tự chấm,\n,,2022,2023\n1.1,Kế hoạch,30,31\n2.1,Công khai,20,21\n", NULL,
         "D2: columns C ('Điểm tự chấm 2022'), D ('Điểm tự chấm 2023') give points"},
        {STORE_SCORES_SELF,
         "Sở A\nMã,Tiêu chí,Năm 2022,,Năm 2023,\n,,Tự chấm,Thẩm định,Tự chấm,Thẩm định\n"
         "1.1,Kế hoạch,30,29,31,\n2.1,Công khai,20,19,21,\n",
         NULL, "E2: columns C ('Năm 2022 Tự chấm'), E ('Năm 2023 Tự chấm') give points"},
        {STORE_SCORES_SELF,
         "Sở A\nMã,Tiêu chí,Tự đánh giá,\n,,Điểm,Minh chứng\n1.1,Kế hoạch,30,BC 1\n2.1,Công khai,20,BC 2\n",
         "diem.csv!!C4", NULL},
        {STORE_SCORES_APPRAISED,
         "Sở A\nMã,Tiêu chí,Điểm thẩm định,\n,,Lần 1,Lần 2\n1.1,Kế hoạch,30,31\n2.1,Công khai,20,\n",
         "diem.csv!!D4", NULL},
        {STORE_SCORES_APPRAISED,
         "Sở A\nMã,Tiêu chí,Thẩm định lần 1,Thẩm định lần 3\n1.1,Kế hoạch,30,31\n2.1,Công khai,20,\n", NULL,
         "D2: columns C ('Thẩm định lần 1'), D ('Thẩm định lần 3') give points"},
        /* what a self-score file says of the appraisal is nobody's business yet */
        {STORE_SCORES_SELF,
         "Sở A\nMã,Tiêu chí,Tự chấm,Thẩm định,Thẩm định\n1.1,Kế hoạch,30,1,2\n2.1,Công khai,20,1,2\n",
         "diem.csv!!C3", NULL},
        /* the agency of a long table may stand in a row of its own, right below the heading */
        {STORE_SCORES_SELF, "Cơ quan,Mã,Tiêu chí,Tự chấm\nSA,,,\n,1.1,Kế hoạch,30\n,2.1,Công khai,20\n",
         "diem.csv!!D3", NULL},
    };
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) scores = NULL;
        const char *const says[] = {cases[i].says, NULL};
        GPtrArray *faults = read_scores(survey, cases[i].kind, cases[i].text, &scores);
        if (cases[i].says) {
            assert_faults(faults, says);
            continue;
        }
        for (guint f = 0; faults && f < faults->len; f++)
            g_test_message("%s", ((ScoreFault *)faults->pdata[f])->text);
        g_assert_null(faults);
        g_assert_cmpstr(((StoreScore *)scores->pdata[0])->source, ==, cases[i].source);
    }
}

/* A decimal comma without quotes makes two cells of one number: never 35 for 35,5. */
static void test_cut_rows(void)
{
    static const struct {
        const char *head, *rows, *says;
    } cases[] = {
        {"Mã,Tiêu chí,Điểm tối đa,Điểm tự chấm,Tài liệu kiểm chứng",
         "1.1,Kế hoạch,40,35,5\n2.1,Công khai,30,22,\n",
         "E3: a comma within a number or a name cut this row apart (row 3)"},
        {"Mã,Tiêu chí,Điểm tối đa,Điểm tự chấm,Giải trình",
         "1.1,Kế hoạch,40,35,5,đã làm\n2.1,Công khai,30,22,,\n", "F3: a comma within"},
        {"Mã,Tiêu chí,Điểm tối đa,Điểm tự chấm,Tài liệu", "1.1,Kế hoạch,40,35,5 điểm\n2.1,Công khai,30,22,\n",
         "E3: a comma within"},
        {"Mã,Tiêu chí,Điểm tối đa,Điểm tự chấm", "1.1,Kế hoạch, báo cáo,40,35\n2.1,Công khai,30,22\n",
         "E3: a comma within"},
        {"Mã,Tiêu chí,Điểm tự chấm,Điểm tối đa", "1.1,Kế hoạch, 5,35,40\n2.1,Công khai,22,5,30\n",
         "E3: a comma within a number or a name cut this row apart (row 3, 4)"},
        {"Mã,Tiêu chí,Điểm tự chấm,Thẩm định lần 1,Thẩm định lần 2",
         "1.1,Kế hoạch,35,5,,\n2.1,Công khai,22,,\n", "E3: a comma within"},
        {"Mã;Tiêu chí;Điểm tối đa;Điểm tự chấm", "1.1;Kế hoạch; báo cáo;40;35\n2.1;Công khai;30;22\n",
         "E3: has more cells than the heading (row 3)"},
    };
    static const struct {
        const char *head, *rows;
    } good[] = {
        {"Mã,Tiêu chí,Điểm tối đa,Điểm tự chấm,Tài liệu kiểm chứng",
         "1.1,Kế hoạch,40,35,5 trang\n2.1,Công khai,30,\"22,5\",5\nNgười lập,,,,,Thủ trưởng,\n"},
        {"Mã;Tiêu chí;Điểm tối đa;Điểm tự chấm;Tài liệu kiểm chứng",
         "1.1;Kế hoạch;40;35;5\n2.1;Công khai;30;22,5;;;\n"},
        {"Mã,Tiêu chí,Điểm tự chấm,Điểm tối đa,,", "1.1,Kế hoạch,35,40\n2.1,Công khai,22,30,,\n"},
    };
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat("Sở A\n", cases[i].head, "\n", cases[i].rows, NULL);
        const char *const says[] = {cases[i].says, NULL};
        assert_faults(read_scores(survey, STORE_SCORES_SELF, text, NULL), says);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *text = g_strconcat("Sở A\n", good[i].head, "\n", good[i].rows, NULL);
        g_autoptr(GPtrArray) scores = NULL;
        g_assert_null(read_scores(survey, STORE_SCORES_SELF, text, &scores));
        g_assert_cmpuint(scores->len, ==, 2);
    }
}

/* A town and a district of one name are never taken for each other. */
static void test_names(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/tra-vinh-2023");
    static const struct {
        const char *name, *code;
    } names[] = {{"TXDH", "TXDH"},           {"UBND thị xã Duyên Hải", "TXDH"}, {"TX. Duyên Hải", "TXDH"},
                 {"huyện Duyên Hải", "HDH"}, {"UBND HUYỆN DUYÊN HẢI", "HDH"},   {"Duyên Hải", NULL},
                 {"UBND Duyên Hải", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text =
            g_strdup_printf("%s,,,\nMã,Tiêu chí,Điểm tối đa,Điểm tự chấm\n1.1.1,,,0\n", names[i].name);
        GPtrArray *faults = read_scores(survey, STORE_SCORES_SELF, text, NULL); /* most rows are missing */
        g_assert_nonnull(faults);
        g_autofree char *all = g_strdup("");
        for (guint f = 0; f < faults->len; f++) {
            g_autofree char *before = all;
            all = g_strconcat(before, ((ScoreFault *)faults->pdata[f])->text, "\n", NULL);
        }
        g_autofree char *named = g_strdup_printf("agency '%s'", names[i].code ? names[i].code : "");
        g_assert_true((strstr(all, "no agency is named above the table") != NULL) == !names[i].code);
        g_assert_true((strstr(all, named) != NULL) == (names[i].code != NULL));
        g_ptr_array_unref(faults);
    }
}

/* What is written to be filled in is read back as it was filled in. */
static void test_template(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/tra-vinh-2023");
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "mau.xlsx", NULL);
    for (guint a = 0; a < survey->agencies->len; a++) {
        const SurveyAgency *agency = survey->agencies->pdata[a];
        g_autoptr(GError) error = NULL;
        score_write_template(survey, agency, path, &error);
        g_assert_no_error(error);
        g_autoptr(GPtrArray) tables = table_read(path, &error);
        g_assert_no_error(error);
        const Table *table = tables->pdata[0];
        const SurveyCriteria *criteria = survey_criteria(survey, agency->block->criteria_id);
        GString *filled = g_string_new(NULL);
        guint appraised = 0;
        for (int row = 0; row < table_rows(table); row++) {
            SurveyNode *node = g_hash_table_lookup(criteria->by_code, table_cell(table, row, 0)->text);
            bool open = node && node->kind == SURVEY_NODE_APPRAISED &&
                        !g_hash_table_contains(agency->not_applicable, node->code);
            appraised += open;
            for (int column = 0; column < table_columns(table); column++) {
                const char *text = table_cell(table, row, column)->text;
                bool zero = open && *text == '\0' && column == 3;
                g_string_append_printf(filled, "%s\"%s\"", column ? "," : "", zero ? "0" : text);
            }
            g_string_append_c(filled, '\n');
        }
        g_autofree char *csv = g_string_free(filled, FALSE);
        g_autoptr(GPtrArray) scores = NULL;
        GPtrArray *faults = read_scores(survey, STORE_SCORES_SELF, csv, &scores);
        for (guint f = 0; faults && f < faults->len; f++)
            g_test_message("%s", ((ScoreFault *)faults->pdata[f])->text);
        g_assert_null(faults);
        g_assert_cmpuint(scores->len, ==, appraised);
        g_assert_cmpuint(appraised, >, 10);
        for (guint i = 0; i < scores->len; i++)
            g_assert_cmpstr(((StoreScore *)scores->pdata[i])->agency, ==, agency->code);
    }
    workspace_remove(dir);
}

/* A cell of a template filled in as an office program does, a sum worked out anew; "" a formula that nobody
 * worked out. */
typedef struct {
    const char *address, *value;
} Filling;

static char *read_part(zip_t *zip, const char *name)
{
    zip_stat_t stat;
    g_assert_cmpint(zip_stat(zip, name, 0, &stat), ==, 0);
    char *text = g_malloc0(stat.size + 1);
    zip_file_t *file = zip_fopen(zip, name, 0);
    g_assert_nonnull(file);
    zip_int64_t length = zip_fread(file, text, stat.size);
    g_assert_cmpint(length, ==, (zip_int64_t)stat.size);
    zip_fclose(file);
    return text;
}

static void fill_cell(GString *sheet, const Filling *fill)
{
    g_autofree char *start = g_strdup_printf("<c r=\"%s\" s=\"", fill->address);
    const char *cell = strstr(sheet->str, start);
    g_assert_nonnull(cell);
    const char *tag = strchr(cell, '>'), *close = tag[-1] == '/' ? tag + 1 : strstr(cell, "</c>") + 4;
    g_autofree char *old = g_strndup(cell, (gsize)(close - cell));
    const char *formula = strstr(old, "<f>"), *end = formula ? strstr(formula, "</f>") + 4 : NULL;
    g_autofree char *kept = formula        ? g_strndup(formula, (gsize)(end - formula))
                            : *fill->value ? g_strdup("")
                                           : g_strdup("<f>1+1</f>");
    int style = (int)g_ascii_strtoll(old + strlen(start), NULL, 10);
    g_autofree char *filled = g_strdup_printf("%s%d\">%s<v>%s</v></c>", start, style, kept, fill->value);
    gssize at = cell - sheet->str;
    g_string_erase(sheet, at, close - cell);
    g_string_insert(sheet, at, filled);
}

/* Fills in a template of forms/nho in its file. */
static void fill_template(const char *path, const Filling *fillings)
{
    int code = 0;
    zip_t *zip = zip_open(path, 0, &code);
    g_assert_nonnull(zip);
    g_autofree char *text = read_part(zip, "xl/worksheets/sheet1.xml");
    g_autoptr(GString) sheet = g_string_new(text);
    for (; fillings->address; fillings++)
        fill_cell(sheet, fillings);
    zip_source_t *source = zip_source_buffer(zip, sheet->str, sheet->len, 0);
    g_assert_nonnull(source);
    zip_int64_t place = zip_file_add(zip, "xl/worksheets/sheet1.xml", source, ZIP_FL_OVERWRITE);
    g_assert_cmpint(place, >=, 0);
    int closed = zip_close(zip);
    g_assert_cmpint(closed, ==, 0);
}

/* A workbook filled in is read back, by round: its sums add up each column on its own, so those of an
 * untouched second round are 0. */
static void test_filled_template(void)
{
    static const struct {
        StoreScoreKind kind;
        Filling fillings[12];
        const char *points[2], *faults[3];
    } cases[] = {
        {STORE_SCORES_SELF,
         {{"D7", "31.5"}, {"D10", "20"}, {"D6", "31.5"}, {"D9", "20"}, {"D12", "51.5"}, {NULL, NULL}},
         {"63/2", "20"},
         {NULL}},
        {STORE_SCORES_APPRAISED,
         {{"G7", "31.5"}, {"G10", "20"}, {"G6", "31.5"}, {"G9", "20"}, {"G12", "51.5"}, {NULL, NULL}},
         {"63/2", "20"},
         {NULL}},
        {STORE_SCORES_APPRAISED, /* the second round changed one criterion */
         {{"G7", "31.5"},
          {"G10", "20"},
          {"G6", "31.5"},
          {"G9", "20"},
          {"G12", "51.5"},
          {"H7", "33"},
          {"H6", "33"},
          {"H12", "33"},
          {NULL, NULL}},
         {"33", "20"},
         {NULL}},
        {STORE_SCORES_APPRAISED, /* … and somebody wrote the outcome of both below it */
         {{"G7", "31.5"},
          {"G10", "20"},
          {"G6", "31.5"},
          {"G9", "20"},
          {"G12", "51.5"},
          {"H7", "33"},
          {"H6", "33"},
          {"H12", "53"},
          {NULL, NULL}},
         {"33", "20"},
         {NULL}},
        {STORE_SCORES_APPRAISED, /* a wrong sum of either round is found, at its cell */
         {{"G7", "31.5"},
          {"G10", "20"},
          {"G6", "31"},
          {"G9", "20"},
          {"G12", "51.5"},
          {"H7", "33"},
          {"H6", "33"},
          {"H12", "34"},
          {NULL, NULL}},
         {NULL},
         {"mau.xlsx!SA!G6: 1: 31,00 is written, its parts add to 31,50",
          "mau.xlsx!SA!H12: total: 34,00 is written, its parts add to 33,00", NULL}},
        {STORE_SCORES_SELF, /* points where the survey gives them, and above the maximum */
         {{"D7", "40.5"}, {"D8", "18"}, {"D10", "20"}, {NULL, NULL}},
         {NULL},
         {"mau.xlsx!SA!D7: 1.1: 40.5 is above the maximum 40", "mau.xlsx!SA!D8: S1.1 is scored by the survey",
          NULL}},
    };
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(dir, "mau.xlsx", NULL);
        g_assert_true(score_write_template(survey, survey->agencies->pdata[0], path, NULL));
        fill_template(path, cases[i].fillings);
        g_autoptr(GPtrArray) faults = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) scores = score_read_file(survey, cases[i].kind, path, &faults, &error);
        workspace_remove(dir);
        for (guint f = 0; faults && f < faults->len; f++)
            g_test_message("%s", ((ScoreFault *)faults->pdata[f])->text);
        g_assert_true((scores != NULL) == (cases[i].points[0] != NULL));
        for (guint k = 0; scores && k < scores->len; k++)
            assert_rational(((StoreScore *)scores->pdata[k])->points, cases[i].points[k], NULL);
        g_assert_true(!scores || scores->len == 2);
        for (guint f = 0; f < 3 && cases[i].faults[f]; f++) {
            bool found = false;
            for (guint k = 0; k < faults->len; k++)
                found = found || strstr(((ScoreFault *)faults->pdata[k])->text, cases[i].faults[f]);
            g_assert_true(found);
        }
    }
}

/* A formula that nobody worked out is no empty cell: points of the first round would go in for the second's.
 */
static void test_never_calculated(void)
{
    static const struct {
        StoreScoreKind kind;
        Filling fillings[8];
        const char *points, *says;
    } cases[] = {
        {STORE_SCORES_SELF,
         {{"D7", ""}, {"D10", "20"}, {NULL, NULL}},
         NULL,
         "!D7: 1.1: the formula was never"},
        {STORE_SCORES_APPRAISED,
         {{"G7", "31.5"}, {"G10", "20"}, {"H7", ""}, {NULL, NULL}},
         NULL,
         "!H7: 1.1: the formula was never"},
        {STORE_SCORES_APPRAISED, /* what the second round replaces need not be there */
         {{"G7", ""}, {"G10", "20"}, {"H7", "33"}, {"H6", ""}, {"H12", ""}, {NULL, NULL}},
         "33",
         NULL},
        {STORE_SCORES_SELF,
         {{"C7", ""}, {"D7", "30"}, {"D10", "20"}, {NULL, NULL}},
         NULL,
         "!C7: 1.1: the formula was never"},
        {STORE_SCORES_SELF, /* in the survey's own cell it is something too */
         {{"D7", "30"}, {"D8", ""}, {"D10", "20"}, {NULL, NULL}},
         NULL,
         "!D8: S1.1 is scored by the survey"},
    };
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(dir, "mau.xlsx", NULL);
        g_assert_true(score_write_template(survey, survey->agencies->pdata[0], path, NULL));
        fill_template(path, cases[i].fillings);
        /* the sums of the template are of nothing: they may not say so here */
        static const Filling sums[] = {{"D6", ""},  {"D9", ""}, {"D12", ""}, {"G6", ""},  {"G9", ""},
                                       {"G12", ""}, {"H6", ""}, {"H9", ""},  {"H12", ""}, {NULL, NULL}};
        fill_template(path, sums);
        g_autoptr(GPtrArray) faults = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) scores = score_read_file(survey, cases[i].kind, path, &faults, &error);
        workspace_remove(dir);
        for (guint f = 0; faults && f < faults->len; f++)
            g_test_message("%s", ((ScoreFault *)faults->pdata[f])->text);
        if (cases[i].points) {
            g_assert_nonnull(scores);
            assert_rational(((StoreScore *)scores->pdata[0])->points, cases[i].points, NULL);
            continue;
        }
        g_assert_null(scores);
        g_assert_cmpuint(faults->len, ==, 1);
        g_assert_nonnull(strstr(((ScoreFault *)faults->pdata[0])->text, cases[i].says));
    }
}

/* Faults come in the order of the sheet, agency by agency. */
static void test_order(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    static const char *const order[] = {"agency 'SB': there is no row of criterion 1.1",
                                        "agency 'SA': there is no row of criterion 1.1",
                                        "agency 'HC': there is no row of criterion 1.1", NULL};
    assert_faults(read_scores(survey, STORE_SCORES_SELF,
                              "Mã cơ quan,Mã,Tiêu chí,Tự chấm\nSB,1,Điều hành,\nSA,2.1,Công khai,3\n"
                              "HC,1,Điều hành,\n",
                              NULL),
                  order);
}

/* A template that was not filled in says where points are missing, and nothing is left behind when it cannot
 * be written. */
static void test_empty_template(void)
{
    g_autoptr(Survey) survey = workspace_load_survey("forms/nho");
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "mau.xlsx", NULL),
                    *nowhere = g_build_filename(dir, "không có", "mau.xlsx", NULL);
    const SurveyAgency *agency = survey->agencies->pdata[0];
    g_autoptr(GError) error = NULL;
    g_assert_true(score_write_template(survey, agency, path, NULL));
    g_autoptr(GPtrArray) faults = NULL;
    g_assert_null(score_read_file(survey, STORE_SCORES_SELF, path, &faults, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_cmpuint(faults->len, ==, 1);
    g_assert_nonnull(
        strstr(((ScoreFault *)faults->pdata[0])->text, "mau.xlsx!SA!D7: agency 'SA' has no points at all"));
    g_clear_error(&error);
    g_assert_false(score_write_template(survey, agency, nowhere, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_null(score_read_file(survey, STORE_SCORES_SELF, nowhere, NULL, &error));
    g_assert_nonnull(error);
    workspace_remove(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/score/methods", test_methods);
    g_test_add_func("/score/no-opinion", test_no_opinion);
    g_test_add_func("/score/vector", test_vector);
    g_test_add_func("/score/not-applicable", test_not_applicable);
    g_test_add_func("/score/ties", test_ties);
    g_test_add_func("/score/tie-break", test_tie_break);
    g_test_add_func("/score/lookalikes", test_lookalikes);
    g_test_add_func("/score/bands", test_bands);
    g_test_add_func("/score/unranked", test_unranked);
    g_test_add_func("/score/blocks", test_blocks);
    g_test_add_func("/score/pooling", test_pooling);
    g_test_add_func("/score/share-limits", test_share_limits);
    g_test_add_func("/score/sub-scores", test_sub_scores);
    g_test_add_func("/score/rate-limits", test_rate_limits);
    g_test_add_func("/score/rounding", test_rounding);
    g_test_add_func("/score/groups", test_groups);
    g_test_add_func("/score/provisional", test_provisional);
    g_test_add_func("/score/waiver-lapses", test_waiver_lapses);
    g_test_add_func("/score/treated-leaf", test_treated_leaf);
    g_test_add_func("/score/excluded-agency", test_excluded_agency);
    g_test_add_func("/score/versions", test_versions);
    g_test_add_func("/score/import", test_import);
    g_test_add_func("/score/file", test_file);
    g_test_add_func("/score/faults", test_faults);
    g_test_add_func("/score/totals", test_totals);
    g_test_add_func("/score/two-sheets", test_two_sheets);
    g_test_add_func("/score/sheet-name", test_sheet_name);
    g_test_add_func("/score/shown-points", test_shown_points);
    g_test_add_func("/score/unseen-points", test_unseen_points);
    g_test_add_func("/score/beyond-heading", test_beyond_heading);
    g_test_add_func("/score/legacy-font", test_legacy_font);
    g_test_add_func("/score/swapped-codes", test_swapped_codes);
    g_test_add_func("/score/wrong-template", test_wrong_template);
    g_test_add_func("/score/appraised-twice", test_appraised_twice);
    g_test_add_func("/score/two-columns", test_two_columns);
    g_test_add_func("/score/cut-rows", test_cut_rows);
    g_test_add_func("/score/names", test_names);
    g_test_add_func("/score/template", test_template);
    g_test_add_func("/score/filled-template", test_filled_template);
    g_test_add_func("/score/never-calculated", test_never_calculated);
    g_test_add_func("/score/order", test_order);
    g_test_add_func("/score/empty-template", test_empty_template);
    return g_test_run();
}
