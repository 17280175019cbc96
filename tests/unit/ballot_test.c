#include "ballot/ballot.h"

#include <math.h>
#include <string.h>

static SurveyOption options[] = {
    {(char *)"a", (char *)"A", NULL}, {(char *)"b", (char *)"B", NULL}, {(char *)"c", (char *)"C", NULL}};

static SurveyScale *scale_new(void)
{
    static SurveyScale scale = {(char *)"T", true, NULL, {0}};
    if (!scale.options) {
        scale.options = g_ptr_array_new();
        for (guint i = 0; i < G_N_ELEMENTS(options); i++)
            g_ptr_array_add(scale.options, &options[i]);
    }
    return &scale;
}

static MarkDecision mark(MarkState state, double confidence, unsigned reasons)
{
    double p = state == MARK_MARKED ? confidence : state == MARK_BLANK ? 1 - confidence : 0.4;
    return (MarkDecision){state, p, state == MARK_CANCELLED ? confidence : 0, confidence, reasons};
}

static const MarkDecision no = {MARK_BLANK, 1e-9, 0, 1 - 1e-9, 0},
                          yes = {MARK_MARKED, 1 - 1e-9, 0, 1 - 1e-9, 0};

static void assert_answer(SurveyQuestionKind kind, MarkDecision a, MarkDecision b, MarkDecision c,
                          AnswerState state, const char *value, unsigned reasons)
{
    SurveyQuestion question = {.id = (char *)"q", .kind = kind, .scale = scale_new()};
    AnswerBox boxes[] = {{&options[0], a}, {&options[1], b}, {&options[2], c}};
    Answer answer = {0};
    ballot_read_answer(&question, boxes, 3, 1e-5, &answer);
    g_assert_cmpstr(answer.value, ==, value);
    g_assert_cmpint(answer.state, ==, state);
    g_assert_cmphex(answer.reasons, ==, reasons);
    answer_clear(&answer);
}

static void test_one(void)
{
    SurveyQuestionKind one = SURVEY_QUESTION_ONE;
    assert_answer(one, no, yes, no, ANSWER_MACHINE, "b", 0);
    assert_answer(one, no, no, no, ANSWER_MACHINE, "", ANSWER_BLANK);
    assert_answer(one, yes, no, yes, ANSWER_WAITING, "a+c", ANSWER_MULTIPLE);
    MarkDecision cancelled = mark(MARK_CANCELLED, 1 - 1e-6, MARK_SCRIBBLED);
    assert_answer(one, cancelled, yes, no, ANSWER_MACHINE, "b", ANSWER_CORRECTED | MARK_SCRIBBLED);
    assert_answer(one, cancelled, no, no, ANSWER_WAITING, "", ANSWER_CANCELLED_ONLY | MARK_SCRIBBLED);
    assert_answer(one, mark(MARK_DOUBTFUL, 0.6, MARK_FAINT), yes, no, ANSWER_WAITING, "b",
                  ANSWER_DOUBT | MARK_FAINT);
    /* filled boxes: one alone is an answer, one beside another mark is not decided */
    MarkDecision filled = mark(MARK_MARKED, 1 - 1e-9, MARK_SCRIBBLED);
    assert_answer(one, filled, no, no, ANSWER_MACHINE, "a", 0);
    assert_answer(one, filled, yes, no, ANSWER_WAITING, "a+b", ANSWER_MULTIPLE | MARK_SCRIBBLED);
    /* one box that is not sure enough is enough to ask */
    MarkDecision hardly = mark(MARK_BLANK, 1 - 2e-5, 0);
    assert_answer(one, hardly, no, yes, ANSWER_WAITING, "c", 0);
}

static void test_many(void)
{
    SurveyQuestionKind many = SURVEY_QUESTION_MANY;
    assert_answer(many, yes, no, yes, ANSWER_MACHINE, "a+c", 0);
    assert_answer(many, no, no, no, ANSWER_MACHINE, "", ANSWER_BLANK);
    MarkDecision filled = mark(MARK_MARKED, 1 - 1e-9, MARK_SCRIBBLED);
    assert_answer(many, filled, no, filled, ANSWER_MACHINE, "a+c", 0);
    assert_answer(many, filled, yes, no, ANSWER_WAITING, "a+b", MARK_SCRIBBLED);
}

static void test_values(void)
{
    SurveyQuestion question = {.id = (char *)"q", .kind = SURVEY_QUESTION_ONE, .scale = scale_new()};
    static const struct {
        const char *value;
        ValueKind kind;
    } good[] = {{"", VALUE_BLANK}, {"a", VALUE_ANSWERED}, {"a+c", VALUE_MULTIPLE}, {"?", VALUE_UNREADABLE}};
    ValueKind kind;
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(ballot_value_kind(&question, good[i].value, &kind, &error));
        g_assert_cmpint(kind, ==, good[i].kind);
    }
    static const char *const bad[] = {"d", "a+", "a+a", "A", "a b", "+"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_clear_error(&error);
        g_assert_false(ballot_value_kind(&question, bad[i], &kind, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    }
    question.kind = SURVEY_QUESTION_MANY;
    g_clear_error(&error);
    g_assert_true(ballot_value_kind(&question, "a+c", &kind, &error));
    g_assert_cmpint(kind, ==, VALUE_ANSWERED);
}

/* What a person types for handwriting: numbers in the form's range, one line of composed text. */
static void test_written_values(void)
{
    SurveyQuestion year = {.id = (char *)"nam-sinh",
                           .kind = SURVEY_QUESTION_DIGITS,
                           .min = 1900,
                           .max = 2010},
                   opinion = {.id = (char *)"y-kien", .kind = SURVEY_QUESTION_TEXT};
    g_autofree char *longest = g_strnfill(4000, 'x'), *longer = g_strnfill(4001, 'x');
    const struct {
        const SurveyQuestion *question;
        const char *value;
        bool good;
        ValueKind kind;
    } values[] = {{&year, "1975", true, VALUE_ANSWERED},
                  {&year, "1900", true, VALUE_ANSWERED},
                  {&year, "", true, VALUE_BLANK},
                  {&year, "?", true, VALUE_UNREADABLE},
                  {&year, "1899", false, 0},
                  {&year, "2011", false, 0},
                  {&year, "19?5", false, 0},
                  {&year, " 1975", false, 0},
                  {&year, "1975.0", false, 0},
                  {&year, "99999999999999999999", false, 0},
                  {&opinion, "Cần nhanh hơn", true, VALUE_ANSWERED},
                  {&opinion, "", true, VALUE_BLANK},
                  {&opinion, "?", true, VALUE_UNREADABLE},
                  {&opinion, longest, true, VALUE_ANSWERED},
                  {&opinion, longer, false, 0},
                  {&opinion, "hai\ndòng", false, 0},
                  {&opinion, "mo\xcc\xa3\xcc\x82t", false, 0}, /* decomposed */
                  {&opinion, "\xff\xfe", false, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GError) error = NULL;
        ValueKind kind = VALUE_WAITING;
        bool good = ballot_value_kind(values[i].question, values[i].value, &kind, &error);
        g_assert_true(good == values[i].good);
        if (good) {
            g_assert_cmpint(kind, ==, values[i].kind);
        } else {
            g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
            g_assert_nonnull(strstr(error->message, values[i].question->id));
            g_assert_cmpint(kind, ==, VALUE_WAITING); /* untouched */
        }
    }
}

static void test_validity(void)
{
    g_autoptr(Rational) all = rational_new(1, 1), most = rational_new(7, 10);
    SurveyRules rules = {.valid_share = all, .partial_share = most};
    g_assert_cmpint(ballot_validity(&rules, 10, 10, 0), ==, BALLOT_VALID);
    g_assert_cmpint(ballot_validity(&rules, 10, 9, 0), ==, BALLOT_PARTLY_VALID);
    g_assert_cmpint(ballot_validity(&rules, 10, 7, 0), ==, BALLOT_PARTLY_VALID);
    g_assert_cmpint(ballot_validity(&rules, 10, 6, 0), ==, BALLOT_INVALID);
    g_assert_cmpint(ballot_validity(&rules, 10, 6, 1), ==, BALLOT_OPEN);
    g_assert_cmpint(ballot_validity(&rules, 10, 7, 2), ==, BALLOT_PARTLY_VALID); /* whatever they are */
    g_assert_cmpint(ballot_validity(&rules, 10, 2, 4), ==, BALLOT_INVALID);
    g_assert_cmpint(ballot_validity(&rules, 0, 0, 0), ==, BALLOT_VALID);
}

static LooksState judge(const char *words, const char *settled, bool two)
{
    AnswerLook looks[8];
    int count = 0;
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);
    for (; parts[count] && *parts[count]; count++) {
        parts[count][1] = '\0'; /* "l:c": who, value */
        looks[count] = (AnswerLook){count + 1, parts[count], parts[count] + 2};
    }
    AnswerLooks judged = ballot_judge_looks(looks, count, two);
    g_assert_cmpstr(judged.settled ? judged.settled->value : NULL, ==, settled);
    return judged.state;
}

static void test_looks(void)
{
    /* one person's word is enough; the newest counts */
    g_assert_cmpint(judge("", NULL, false), ==, LOOKS_NONE);
    g_assert_cmpint(judge("l:a", "a", false), ==, LOOKS_SETTLED);
    g_assert_cmpint(judge("l:a m:b", "b", false), ==, LOOKS_SETTLED);
    /* two people, or a third */
    g_assert_cmpint(judge("", NULL, true), ==, LOOKS_NONE);
    g_assert_cmpint(judge("l:a", NULL, true), ==, LOOKS_SECOND);
    g_assert_cmpint(judge("l:a l:b", NULL, true), ==, LOOKS_SECOND); /* the same person twice is one */
    g_assert_cmpint(judge("l:a m:a", "a", true), ==, LOOKS_SETTLED);
    g_assert_cmpint(judge("l:a m:b", NULL, true), ==, LOOKS_THIRD);
    g_assert_cmpint(judge("l:a m:b h:c", "c", true), ==, LOOKS_SETTLED);
    g_assert_cmpint(judge("l:a m:b l:b", "b", true), ==, LOOKS_SETTLED); /* who saw their own slip */
    g_assert_cmpint(judge("l:a m:a l:b", NULL, true), ==, LOOKS_THIRD);
    g_assert_cmpint(judge("l:a m:a h:b", "b", true), ==, LOOKS_SETTLED);
    g_assert_cmpint(judge("l: m:", "", true), ==, LOOKS_SETTLED); /* blank is an answer */
}

static void test_needs_two(void)
{
    SurveySecondLook rule = {.up_to_ballots = 5, .share = 0, .seed = 1};
    g_assert_true(ballot_needs_two(&rule, 5, "000001P", "q1"));
    g_assert_false(ballot_needs_two(&rule, 6, "000001P", "q1"));
    g_assert_false(ballot_needs_two(&rule, 0, "000001P", "q1"));
    rule = (SurveySecondLook){.up_to_ballots = 0, .share = 0.05, .seed = 1};
    SurveySecondLook other = {.up_to_ballots = 0, .share = 0.05, .seed = 2};
    int drawn = 0, both = 0;
    for (int i = 0; i < 20000; i++) {
        g_autofree char *serial = g_strdup_printf("%06dP", i);
        bool one = ballot_needs_two(&rule, 20, serial, "q1");
        g_assert_true(one == ballot_needs_two(&rule, 30, serial, "q1"));
        drawn += one;
        both += one && ballot_needs_two(&other, 20, serial, "q1");
    }
    /* 1,000 and 50 expected; ten standard deviations of the binomial */
    g_assert_cmpint(ABS(drawn - 1000), <, 310);
    g_assert_cmpint(ABS(both - 50), <, 75);
    g_assert_cmpint(drawn, !=, both);
}

/* Cohen 1960: of 100 answers 45 + 15 alike, 25 and 15 not: observed 0.6, by chance 0.54. */
static void test_agreement(void)
{
    static const struct {
        const char *first, *second;
        int times;
    } table[] = {{"a", "a", 45}, {"a", "b", 15}, {"b", "a", 25}, {"b", "b", 15}};
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(LookPair));
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (int n = 0; n < table[i].times; n++) {
            /* whoever was first, they are one pair */
            bool turned = n % 2;
            LookPair pair = {turned ? "minh" : "lan", turned ? table[i].second : table[i].first,
                             turned ? "lan" : "minh", turned ? table[i].first : table[i].second};
            g_array_append_val(pairs, pair);
        }
    }
    LookPair alone = {"hoa", "a", "lan", "a"};
    g_array_append_val(pairs, alone);
    g_autoptr(GPtrArray) found =
        ballot_agreement((const LookPair *)(const void *)pairs->data, (int)pairs->len);
    g_assert_cmpuint(found->len, ==, 3);
    const LookAgreement *all = found->pdata[0], *once = found->pdata[1], *pair = found->pdata[2];
    g_assert_null(all->one);
    g_assert_cmpint(all->read, ==, 101);
    g_assert_cmpint(all->equal, ==, 61);
    g_assert_cmpstr(once->one, ==, "hoa");
    g_assert_true(isnan(once->kappa));
    g_assert_cmpstr(pair->one, ==, "lan");
    g_assert_cmpstr(pair->other, ==, "minh");
    g_assert_cmpint(pair->read, ==, 100);
    g_assert_cmpfloat_with_epsilon(pair->kappa, (0.60 - 0.54) / (1 - 0.54), 1e-12);
    g_autoptr(GPtrArray) none = ballot_agreement(NULL, 0);
    g_assert_cmpuint(none->len, ==, 1);
    g_assert_true(isnan(((const LookAgreement *)none->pdata[0])->kappa));
}

static void test_names(void)
{
    g_autofree char *text = answer_reasons_text(ANSWER_MULTIPLE | MARK_FAINT | MARK_STREAK);
    g_assert_cmpstr(text, ==, "MULTIPLE+FAINT+STREAK");
    g_autofree char *none = answer_reasons_text(0);
    g_assert_cmpstr(none, ==, "");
}

/* Where none of n is wrong the bound is 1 - 0.05^(1/n); the others from tables of the F distribution. */
static void test_error_bound(void)
{
    static const struct {
        int seen, wrong;
        double bound;
    } table[] = {{0, 0, 1},          {1, 0, 0.95},       {20, 0, 0.139108}, {100, 0, 0.029513},
                 {300, 0, 0.009936}, {100, 1, 0.046559}, {20, 2, 0.282619}, {5, 5, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        g_assert_cmpfloat_with_epsilon(ballot_error_bound(table[i].seen, table[i].wrong), table[i].bound,
                                       2e-6);
    for (int wrong = 1; wrong < 50; wrong++)
        g_assert_cmpfloat(ballot_error_bound(50, wrong), >, ballot_error_bound(50, wrong - 1));
    g_assert_cmpfloat(ballot_error_bound(100000, 3), <, 0.0001);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ballot/one", test_one);
    g_test_add_func("/ballot/many", test_many);
    g_test_add_func("/ballot/values", test_values);
    g_test_add_func("/ballot/values/written", test_written_values);
    g_test_add_func("/ballot/validity", test_validity);
    g_test_add_func("/ballot/looks", test_looks);
    g_test_add_func("/ballot/looks/needed", test_needs_two);
    g_test_add_func("/ballot/looks/bound", test_error_bound);
    g_test_add_func("/ballot/agreement", test_agreement);
    g_test_add_func("/ballot/names", test_names);
    return g_test_run();
}
