/* Ranks, ties, bands and the figures over a block; domain.md 1.4. Compared unrounded. */
#include "score/rank.h"

static void add_note(ScoreAgency *agency, char *note)
{
    g_ptr_array_add(agency->notes, note);
}

typedef struct {
    const SurveyRules *rules;
} RankContext;

static bool is_ranked(const ScoreAgency *agency)
{
    return agency->complete && agency->agency->ranked && !agency->excluded && agency->total->percent;
}

/* None, as where a block's criteria are all of the other kind, is below any. */
static int compare_known(const Rational *a, const Rational *b)
{
    return a && b ? rational_compare(a, b) : (a != NULL) - (b != NULL);
}

/* Higher first: the unrounded index, then what the rules name. */
static int compare_scores(const ScoreAgency *a, const ScoreAgency *b, const SurveyRules *rules)
{
    int order = rational_compare(b->total->percent, a->total->percent);
    for (guint i = 0; order == 0 && i < rules->tie_breaks->len; i++) {
        SurveyTieBreak tie = g_array_index(rules->tie_breaks, SurveyTieBreak, i);
        order = tie == SURVEY_TIE_APPRAISED ? compare_known(b->total->appraised, a->total->appraised)
                                            : compare_known(b->total->surveyed, a->total->surveyed);
    }
    return order;
}

static gint compare_agencies(gconstpointer a, gconstpointer b, gpointer user)
{
    const ScoreAgency *x = *(ScoreAgency *const *)a, *y = *(ScoreAgency *const *)b;
    const RankContext *context = user;
    int class_x = is_ranked(x) ? 0 : x->complete ? 1 : 2, class_y = is_ranked(y) ? 0 : y->complete ? 1 : 2;
    int order = class_x - class_y;
    if (order == 0 && class_x < 2 && x->total->percent && y->total->percent)
        order = compare_scores(x, y, context->rules);
    return order ? order : x->agency->number - y->agency->number;
}

/* Equal to the last rule: the same rank, and the next one is left out. */
static void give_ranks(ScoreBlock *block, const SurveyRules *rules)
{
    for (guint i = 0; i < block->agencies->len; i++) {
        ScoreAgency *agency = block->agencies->pdata[i];
        if (!is_ranked(agency))
            break;
        ScoreAgency *above = i ? block->agencies->pdata[i - 1] : NULL;
        bool tied = above && compare_scores(above, agency, rules) == 0;
        agency->rank = tied ? above->rank : (int)i + 1;
        agency->tied = tied;
        if (tied)
            above->tied = true;
    }
}

/* Figures that look equal when shown, and are not. */
static void note_lookalikes(ScoreBlock *block, const SurveyRules *rules)
{
    for (guint i = 1; i < block->agencies->len; i++) {
        ScoreAgency *above = block->agencies->pdata[i - 1], *agency = block->agencies->pdata[i];
        if (!is_ranked(agency))
            break;
        g_autofree char *shown = rational_to_decimal(agency->total->percent, rules->decimals, ',');
        g_autofree char *shown_above = rational_to_decimal(above->total->percent, rules->decimals, ',');
        if (!g_str_equal(shown, shown_above))
            continue;
        bool equal = rational_compare(agency->total->percent, above->total->percent) == 0;
        add_note(agency, agency->tied && above->tied && agency->rank == above->rank
                             ? g_strdup_printf(_("same rank as %s"), above->agency->code)
                         : equal ? g_strdup_printf(_("same index as %s; told apart by the rule for ties"),
                                                   above->agency->code)
                                 : g_strdup_printf(_("shown equal to %s; told apart before rounding"),
                                                   above->agency->code));
    }
}

static void give_band(ScoreAgency *agency, const SurveyRules *rules)
{
    const GPtrArray *bands = agency->agency->block->bands;
    for (guint i = 0; i < bands->len; i++) {
        const SurveyBand *band = bands->pdata[i];
        if (!agency->band && rational_compare(agency->total->percent, band->from_percent) >= 0)
            agency->band = band;
        g_autoptr(Rational) away = rational_sub(agency->total->percent, band->from_percent);
        g_autoptr(Rational) back = rational_sub(band->from_percent, agency->total->percent);
        if (rational_sign(band->from_percent) > 0 &&
            rational_compare(rational_sign(away) >= 0 ? away : back, rules->band_margin) <= 0)
            add_note(agency, g_strdup_printf(_("very near the limit of band '%s'"), band->name));
    }
}

static void summarise(ScoreBlock *block)
{
    g_autoptr(Rational) sum = rational_new(0, 1);
    int count = 0;
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        if (!is_ranked(agency))
            break;
        rational_add_to(&sum, agency->total->percent);
        rational_free(block->lowest);
        block->lowest = rational_copy(agency->total->percent); /* in falling order */
        if (count++ == 0)
            block->highest = rational_copy(agency->total->percent);
    }
    g_autoptr(Rational) n = rational_new(MAX(count, 1), 1);
    block->mean = count ? rational_div(sum, n) : NULL;
}

void score_rank_block(ScoreBlock *block, const SurveyRules *rules)
{
    RankContext context = {rules};
    g_ptr_array_sort_with_data(block->agencies, compare_agencies, &context);
    give_ranks(block, rules);
    note_lookalikes(block, rules);
    for (guint i = 0; i < block->agencies->len; i++) {
        ScoreAgency *agency = block->agencies->pdata[i];
        if (is_ranked(agency))
            give_band(agency, rules);
    }
    summarise(block);
}
