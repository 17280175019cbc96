/* Sub-scores: what each question of each group adds to a leaf, and how far it can be trusted. The formulas
 * and their sources stand in score.h. */
#include <math.h>

#include "score/rate.h"

void score_question_free(ScoreQuestion *question)
{
    if (!question)
        return;
    rational_free(question->rate);
    rational_free(question->points);
    rational_free(question->share);
    rational_free(question->share_low);
    rational_free(question->share_high);
    g_free(question);
}

/* ---- the share
 * ------------------------------------------------------------------------------------------------------ */

/* Whether P(X ≤ x) (else P(X ≥ x)) is over 1/40 for X of `answers` drawn from a population with `good` good
 * ones. Terms relative to the first possible one, each from the one before: their ratio is exact. */
static bool is_likely(int x, bool below, int answers, int population, int good)
{
    int first = MAX(0, answers - (population - good)), last = MIN(good, answers);
    g_autoptr(Rational) term = rational_new(1, 1);
    g_autoptr(Rational) all = rational_new(0, 1);
    g_autoptr(Rational) tail = rational_new(0, 1);
    for (int i = first; i <= last; i++) {
        rational_add_to(&all, term);
        if (below ? i <= x : i >= x)
            rational_add_to(&tail, term);
        g_autoptr(Rational) ratio = rational_new((int64_t)(good - i) * (answers - i),
                                                 (int64_t)(i + 1) * (population - good - answers + i + 1));
        Rational *next = rational_mul(term, ratio);
        rational_free(term);
        term = next;
    }
    g_autoptr(Rational) forty = rational_new(40, 1);
    g_autoptr(Rational) weighed = rational_mul(tail, forty);
    return rational_compare(weighed, all) > 0;
}

void score_share_limits(int satisfied, int answers, int population, Rational **ret_low, Rational **ret_high)
{
    /* The tail above grows with K and the one below shrinks: both ends are found by halving. */
    int least = satisfied, most = satisfied + population - answers;
    int low = least, high = most;
    for (int end = most; low < end;) {
        int middle = low + (end - low) / 2;
        if (is_likely(satisfied, false, answers, population, middle))
            end = middle;
        else
            low = middle + 1;
    }
    for (int begin = least; begin < high;) {
        int middle = high - (high - begin) / 2;
        if (is_likely(satisfied, true, answers, population, middle))
            begin = middle;
        else
            high = middle - 1;
    }
    *ret_low = rational_new(low, population);
    *ret_high = rational_new(high, population);
}

/* Answers at the better half of the counted levels. */
static int count_satisfied(const QuotaTally *tally)
{
    const GPtrArray *options = tally->question->scale->options;
    int levels = 0, level = 0, satisfied = 0;
    for (guint k = 0; k < options->len; k++)
        levels += ((SurveyOption *)options->pdata[k])->weight != NULL;
    for (guint k = 0; k < options->len; k++) {
        if (((SurveyOption *)options->pdata[k])->weight && level++ < levels / 2)
            satisfied += tally->n[k];
    }
    return satisfied;
}

/* ---- the rate
 * ------------------------------------------------------------------------------------------------------- */

/* (1 − n/N)·s²/n, exact; n > 1. */
static Rational *variance(const ScoreQuestion *of)
{
    g_autoptr(Rational) squares = rational_new(0, 1);
    const SurveyScale *scale = of->question->scale;
    for (guint k = 0; k < scale->options->len; k++) {
        g_autoptr(Rational) value = rate_option_value(scale, of->leaf->method, k);
        if (!value || !of->tally->n[k])
            continue;
        g_autoptr(Rational) n = rational_new(of->tally->n[k], 1);
        g_autoptr(Rational) off = rational_sub(value, of->rate);
        g_autoptr(Rational) square = rational_mul(off, off);
        g_autoptr(Rational) part = rational_mul(square, n);
        rational_add_to(&squares, part);
    }
    int64_t n = of->answers, all = of->population;
    g_autoptr(Rational) factor = rational_new(all - n, all * n * (n - 1));
    return rational_mul(squares, factor);
}

static void set_rate_limits(ScoreQuestion *of)
{
    of->rate_low = of->rate_high = NAN;
    if (!of->rate || (of->answers < 2 && of->answers < of->population))
        return;
    double half = 0, rate = rational_to_double(of->rate);
    if (of->answers < of->population) {
        g_autoptr(Rational) squared = variance(of);
        half = 1.96 * sqrt(rational_to_double(squared)); /* a root: nothing exact is lost here */
    }
    of->rate_low = MAX(0, rate - half);
    of->rate_high = MIN(1, rate + half);
}

/* ---- one leaf
 * ------------------------------------------------------------------------------------------------------- */

static ScoreQuestion *measure(const ScoreAgency *agency, const ScoreLeaf *leaf, const SurveyGroup *group,
                              const QuotaTally *tally, int planned)
{
    ScoreQuestion *of = g_new0(ScoreQuestion, 1);
    of->agency = agency->agency;
    of->group = group;
    of->leaf = leaf->leaf;
    of->question = tally->question;
    of->tally = tally;
    of->rate = score_rate(tally, leaf->leaf->method, &of->answers);
    of->population = MAX(planned, of->answers);
    of->satisfied = count_satisfied(tally);
    if (of->answers) {
        of->share = rational_new(of->satisfied, of->answers);
        score_share_limits(of->satisfied, of->answers, of->population, &of->share_low, &of->share_high);
    }
    set_rate_limits(of);
    return of;
}

/* Gives the questions of one group their parts of the leaf's points. */
static void share_points(const ScoreLeaf *leaf, const ScoreRate *group, ScoreQuestion **questions,
                         guint count)
{
    int answered = 0;
    for (guint i = 0; i < count; i++)
        answered += questions[i]->rate != NULL;
    for (guint i = 0; leaf->points && i < count; i++) {
        ScoreQuestion *of = questions[i];
        if (!of->rate)
            continue;
        bool pooled = leaf->leaf->pooling == SURVEY_POOL_ANSWERS;
        g_autoptr(Rational) part =
            pooled ? rational_new(of->answers, group->answers) : rational_new(1, answered);
        g_autoptr(Rational) most = rational_mul(leaf->max, group->weight);
        g_autoptr(Rational) own = rational_mul(most, part);
        of->points = rational_mul(own, of->rate);
    }
}

static void add_group(const Quota *quota, const ScoreAgency *agency, const ScoreLeaf *leaf,
                      const ScoreRate *rate, GPtrArray *questions)
{
    guint first = questions->len;
    const GPtrArray *asked = rate->group->form->questions;
    int planned = quota_sum(quota, rate->group->id, NULL, agency->agency->code).planned;
    for (guint q = 0; q < asked->len; q++) {
        const SurveyQuestion *question = asked->pdata[q];
        if (!question->leaf || !g_str_equal(question->leaf, leaf->leaf->code))
            continue;
        const QuotaTally *tally = quota_tally(quota, agency->agency->code, rate->group->id, question->id);
        if (tally)
            g_ptr_array_add(questions, measure(agency, leaf, rate->group, tally, planned));
    }
    share_points(leaf, rate, (ScoreQuestion **)questions->pdata + first, questions->len - first);
}

GPtrArray *score_questions(const Quota *quota, const ScoreIndex *index)
{
    GPtrArray *questions = g_ptr_array_new_with_free_func((GDestroyNotify)score_question_free);
    for (guint b = 0; b < index->blocks->len; b++) {
        const ScoreBlock *block = index->blocks->pdata[b];
        for (guint a = 0; a < block->agencies->len; a++) {
            const ScoreAgency *agency = block->agencies->pdata[a];
            for (guint l = 0; l < agency->leaves->len; l++) {
                const ScoreLeaf *leaf = agency->leaves->pdata[l];
                for (guint r = 0; leaf->applicable && r < leaf->rates->len; r++)
                    add_group(quota, agency, leaf, leaf->rates->pdata[r], questions);
            }
        }
    }
    return questions;
}
