/* One question under a method: the rate r(q) of domain.md 1.3, exact. */
#include "score/rate.h"

Rational *rate_option_value(const SurveyScale *scale, SurveyMethod method, guint k)
{
    const SurveyOption *option = scale->options->pdata[k];
    if (!option->weight)
        return NULL;
    if (method == SURVEY_METHOD_WEIGHTED)
        return rational_copy(option->weight);
    int level = 0, levels = 0;
    for (guint i = 0; i < scale->options->len; i++) {
        if (!((SurveyOption *)scale->options->pdata[i])->weight)
            continue;
        level += i < k;
        levels++;
    }
    if (method == SURVEY_METHOD_TOP2)
        return rational_new(level < 2 ? 1 : 0, 1);
    return levels > 1 ? rational_new(levels - 1 - level, levels - 1) : rational_new(1, 1);
}

void rate_add_answers(const QuotaTally *tally, SurveyMethod method, Rational **sum, int *count)
{
    for (guint k = 0; k < tally->question->scale->options->len; k++) {
        g_autoptr(Rational) value = rate_option_value(tally->question->scale, method, k);
        if (!value || !tally->n[k])
            continue;
        g_autoptr(Rational) n = rational_new(tally->n[k], 1);
        g_autoptr(Rational) part = rational_mul(n, value);
        rational_add_to(sum, part);
        *count += tally->n[k];
    }
}

Rational *rate_share(const Rational *sum, int count)
{
    g_autoptr(Rational) n = rational_new(count, 1);
    return count ? rational_div(sum, n) : NULL;
}

Rational *score_rate(const QuotaTally *tally, SurveyMethod method, int *ret_answers)
{
    g_autoptr(Rational) sum = rational_new(0, 1);
    int count = 0;
    rate_add_answers(tally, method, &sum, &count);
    if (ret_answers)
        *ret_answers = count;
    return rate_share(sum, count);
}
