/* Points, index and ranks; domain.md 1.3 and 1.4. All exact: nothing is rounded here. */
#include <string.h>

#include "score/rank.h"
#include "score/rate.h"
#include "score/treat.h"
#include "score/waivers.h"

typedef struct {
    GPtrArray *self, *appraised, *previous; /* StoreScore* */
    GHashTable *by_key;                     /* "kind|agency|leaf" → StoreScore* */
    GHashTable *treatments;                 /* "agency|leaf" → StoreTreatment* */
} IndexPrivate;

static void replace(Rational **value, Rational *by)
{
    rational_free(*value);
    *value = by;
}

/* A sum of which nothing is known stays none. */
static void add_to(Rational **sum, const Rational *value)
{
    if (value && *sum)
        rational_add_to(sum, value);
    else if (value)
        *sum = rational_copy(value);
}

static Rational *zero(void)
{
    return rational_new(0, 1);
}

/* An obstacle of one agency; where the agency is out of the ranking by a decision, it is settled by that. */
static QuotaObstacle *add_obstacle(ScoreIndex *index, const SurveyAgency *agency, char *id, char *text,
                                   char *fact)
{
    const IndexPrivate *own = index->private_data;
    const StoreTreatment *out = score_find_treatment(own->treatments, agency->code, "");
    QuotaObstacle *obstacle = quota_obstacle_new(id, text, fact);
    g_ptr_array_add(index->obstacles, obstacle);
    if (out)
        score_settle_obstacle(index, obstacle, out);
    return out ? NULL : obstacle;
}

/* The same where nothing but figures or a decision gives the agency an index. */
static void add_gap(ScoreIndex *index, const SurveyAgency *agency, char *id, char *text, char *fact,
                    const char *remedy)
{
    QuotaObstacle *obstacle = add_obstacle(index, agency, id, text, fact);
    if (!obstacle)
        return;
    obstacle->needs_decision = true;
    obstacle->remedy = g_strdup(remedy);
}

static void add_note(ScoreAgency *agency, char *note)
{
    g_ptr_array_add(agency->notes, note);
}

/* ---- one surveyed leaf
 * ------------------------------------------------------------------------------------------------------ */

static void rate_free(gpointer data)
{
    ScoreRate *rate = data;
    rational_free(rate->weight);
    rational_free(rate->rate);
    rational_free(rate->pooled);
    g_free(rate);
}

/* r(c,g): the mean over its questions' rates, and pooled over all its answers. */
static ScoreRate *rate_group(const Quota *quota, const SurveyAgency *agency, const SurveyNode *leaf,
                             const SurveyLeafGroup *share_of)
{
    ScoreRate *rate = g_new0(ScoreRate, 1);
    rate->group = share_of->group;
    rate->weight = rational_copy(share_of->weight);
    g_autoptr(Rational) rates = zero();
    g_autoptr(Rational) pooled = zero();
    int questions = 0;
    const GPtrArray *asked = share_of->group->form->questions;
    for (guint q = 0; q < asked->len; q++) {
        const SurveyQuestion *question = asked->pdata[q];
        if (!question->leaf || !g_str_equal(question->leaf, leaf->code))
            continue;
        const QuotaTally *tally = quota_tally(quota, agency->code, share_of->group->id, question->id);
        if (!tally)
            continue;
        g_autoptr(Rational) own = score_rate(tally, leaf->method, NULL);
        rate_add_answers(tally, leaf->method, &pooled, &rate->answers);
        add_to(&rates, own);
        questions += own != NULL;
    }
    rate->pooled = rate_share(pooled, rate->answers);
    rate->rate = leaf->pooling == SURVEY_POOL_ANSWERS && rate->pooled ? rational_copy(rate->pooled)
                                                                      : rate_share(rates, questions);
    return rate;
}

/* P(a,c) = M(c)·Σ W(c,g)·r(c,g), the weights made to add to 1 over the groups that answered. */
static void score_surveyed(const Quota *quota, ScoreAgency *result, ScoreLeaf *leaf)
{
    g_autoptr(Rational) weights = zero();
    g_autoptr(Rational) sum = zero();
    for (guint i = 0; i < leaf->leaf->groups->len; i++) {
        ScoreRate *rate = rate_group(quota, result->agency, leaf->leaf, leaf->leaf->groups->pdata[i]);
        g_ptr_array_add(leaf->rates, rate);
        leaf->answers += rate->answers;
        if (!rate->rate)
            continue;
        g_autoptr(Rational) part = rational_mul(rate->weight, rate->rate);
        add_to(&weights, rate->weight);
        add_to(&sum, part);
    }
    if (rational_sign(weights) == 0)
        return; /* nobody answered: no score, never 0 */
    for (guint i = 0; i < leaf->rates->len; i++) {
        ScoreRate *rate = leaf->rates->pdata[i];
        if (rate->rate) {
            replace(&rate->weight, rational_div(rate->weight, weights));
            continue;
        }
        replace(&rate->weight, zero());
        add_note(result,
                 g_strdup_printf(_("%s: group %s gave no valid answer; the other groups carry its weight"),
                                 leaf->leaf->code, rate->group->id));
    }
    g_autoptr(Rational) mean = rational_div(sum, weights);
    leaf->points = rational_mul(leaf->leaf->max, mean);
}

/* ---- one agency
 * -----------------------------------------------------------------------------------------------------------------
 */

static void leaf_free(gpointer data)
{
    ScoreLeaf *leaf = data;
    rational_free(leaf->max);
    rational_free(leaf->self);
    rational_free(leaf->points);
    g_ptr_array_unref(leaf->rates);
    g_free(leaf);
}

static void sum_free(gpointer data)
{
    ScoreSum *sum = data;
    rational_free(sum->appraised);
    rational_free(sum->surveyed);
    rational_free(sum->points);
    rational_free(sum->self);
    rational_free(sum->max);
    rational_free(sum->percent);
    g_free(sum);
}

static void agency_free(gpointer data)
{
    ScoreAgency *agency = data;
    g_ptr_array_unref(agency->leaves);
    g_ptr_array_unref(agency->areas);
    g_ptr_array_unref(agency->notes);
    sum_free(agency->total);
    rational_free(agency->previous);
    g_free(agency);
}

static void block_free(gpointer data)
{
    ScoreBlock *block = data;
    g_ptr_array_unref(block->agencies);
    rational_free(block->mean);
    rational_free(block->highest);
    rational_free(block->lowest);
    g_free(block);
}

static const StoreScore *find_score(const ScoreIndex *index, StoreScoreKind kind, const char *agency,
                                    const char *leaf)
{
    const IndexPrivate *own = index->private_data;
    g_autofree char *key = g_strdup_printf("%d|%s|%s", kind, agency, leaf);
    return g_hash_table_lookup(own->by_key, key);
}

static ScoreLeaf *score_leaf(ScoreIndex *index, const Quota *quota, ScoreAgency *result,
                             const SurveyNode *node)
{
    ScoreLeaf *leaf = g_new0(ScoreLeaf, 1);
    leaf->leaf = node;
    leaf->max = rational_copy(node->max);
    leaf->rates = g_ptr_array_new_with_free_func(rate_free);
    leaf->applicable = !g_hash_table_contains(result->agency->not_applicable, node->code);
    if (!leaf->applicable)
        return leaf;
    if (node->kind == SURVEY_NODE_SURVEYED) {
        score_surveyed(quota, result, leaf);
        return leaf;
    }
    const char *code = result->agency->code;
    const StoreScore *self = find_score(index, STORE_SCORES_SELF, code, node->code);
    const StoreScore *appraised = find_score(index, STORE_SCORES_APPRAISED, code, node->code);
    leaf->self = self && self->points ? rational_copy(self->points) : NULL;
    leaf->points = appraised && appraised->points ? rational_copy(appraised->points) : NULL;
    return leaf;
}

static ScoreSum *sum_new(const SurveyNode *node)
{
    ScoreSum *sum = g_new0(ScoreSum, 1);
    *sum = (ScoreSum){.node = node, .max = zero(), .complete = true};
    return sum;
}

static void add_leaf(ScoreSum *sum, const ScoreLeaf *leaf)
{
    if (!leaf->applicable)
        return;
    add_to(leaf->leaf->kind == SURVEY_NODE_SURVEYED ? &sum->surveyed : &sum->appraised, leaf->points);
    add_to(&sum->points, leaf->points);
    add_to(&sum->self, leaf->self);
    add_to(&sum->max, leaf->max);
    sum->complete &= leaf->points != NULL;
}

static void finish_sum(ScoreSum *sum)
{
    if (!sum->complete || rational_sign(sum->max) == 0)
        return;
    g_autoptr(Rational) part = rational_div(sum->points, sum->max);
    g_autoptr(Rational) hundred = rational_new(100, 1);
    sum->percent = rational_mul(part, hundred);
}

static const SurveyNode *area_of(const SurveyNode *node)
{
    while (node->parent)
        node = node->parent;
    return node;
}

static void check_leaf(ScoreIndex *index, const ScoreAgency *result, const ScoreLeaf *leaf)
{
    const char *code = result->agency->code;
    char *id = g_strdup_printf("leaf-unscored:%s:%s", code, leaf->leaf->code);
    char *text = g_strdup_printf(_("%s: no group answered %s"), result->agency->name, leaf->leaf->code);
    char *fact = quota_fact_new(1, NULL);
    if (!leaf->treatment) {
        add_gap(index, result->agency, id, text, fact, _("say what becomes of it with phieu treat"));
        return;
    }
    QuotaObstacle *obstacle = add_obstacle(index, result->agency, id, text, fact);
    if (obstacle)
        score_settle_obstacle(index, obstacle, leaf->treatment);
}

/* What an agency still lacks: one obstacle for the appraisal as a whole, one for each leaf nobody answered.
 */
static void check_complete(ScoreIndex *index, ScoreAgency *result)
{
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    const SurveyAgency *agency = result->agency;
    int appraised = 0;
    result->complete = true;
    for (guint i = 0; i < result->leaves->len; i++) {
        const ScoreLeaf *leaf = result->leaves->pdata[i];
        bool surveyed = leaf->leaf->kind == SURVEY_NODE_SURVEYED;
        appraised += leaf->applicable && !surveyed;
        if (leaf->applicable ? leaf->points != NULL : !leaf->treatment)
            continue;
        result->complete &= !leaf->applicable;
        if (surveyed)
            check_leaf(index, result, leaf);
        else
            g_ptr_array_add(missing, leaf->leaf->code);
    }
    if (missing->len)
        add_gap(index, agency, g_strdup_printf("appraisal-missing:%s", agency->code),
                g_strdup_printf(_("%s: %d of %d appraised scores are missing"), agency->name,
                                (int)missing->len, appraised),
                quota_fact_new((int)missing->len, missing),
                _("import them, or take the agency out of the ranking with phieu treat"));
    if (result->complete && !result->total->percent) {
        result->complete = false;
        add_gap(index, agency, g_strdup_printf("index-missing:%s", agency->code),
                g_strdup_printf(_("%s: no criterion is applicable, so that there is no index"), agency->name),
                quota_fact_new(1, NULL), _("take the agency out of the ranking with phieu treat"));
    }
}

/* What was imported of the year before. */
static void add_previous(const ScoreIndex *index, ScoreAgency *result)
{
    const char *code = result->agency->code;
    const StoreScore *percent = find_score(index, STORE_SCORES_PREVIOUS, code, STORE_PREVIOUS_INDEX);
    const StoreScore *rank = find_score(index, STORE_SCORES_PREVIOUS, code, STORE_PREVIOUS_RANK);
    result->previous = percent && percent->points ? rational_copy(percent->points) : NULL;
    result->previous_rank = rank && rank->points ? (int)rational_to_double(rank->points) : 0;
}

/* That some of what the agency's index stands on has no picture. */
static void note_by_hand(const Quota *quota, ScoreAgency *result)
{
    int ballots = 0, pages = 0;
    for (guint i = 0; i < quota->ballots->len; i++) {
        const QuotaBallot *ballot = quota->ballots->pdata[i];
        if (!ballot->counts || ballot->cell->agency != result->agency)
            continue;
        ballots += ballot->ballot->pages_by_hand > 0;
        pages += ballot->ballot->pages_by_hand;
    }
    if (pages)
        add_note(result, quota_by_hand_words(ballots, pages));
}

static ScoreAgency *score_agency(ScoreIndex *index, const Quota *quota, const SurveyAgency *agency,
                                 const SurveyCriteria *criteria)
{
    const IndexPrivate *own = index->private_data;
    ScoreAgency *result = g_new0(ScoreAgency, 1);
    result->agency = agency;
    result->leaves = g_ptr_array_new_with_free_func(leaf_free);
    result->areas = g_ptr_array_new_with_free_func(sum_free);
    result->notes = g_ptr_array_new_with_free_func(g_free);
    result->total = sum_new(NULL);
    g_autoptr(GHashTable) areas = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < criteria->areas->len; i++) {
        ScoreSum *area = sum_new(criteria->areas->pdata[i]);
        g_ptr_array_add(result->areas, area);
        g_hash_table_insert(areas, criteria->areas->pdata[i], area);
    }
    for (guint i = 0; i < criteria->leaves->len; i++) {
        const SurveyNode *node = criteria->leaves->pdata[i];
        g_ptr_array_add(result->leaves, score_leaf(index, quota, result, node));
    }
    score_treat_agency(result, own->treatments);
    for (guint i = 0; i < result->leaves->len; i++) {
        const ScoreLeaf *leaf = result->leaves->pdata[i];
        add_leaf(g_hash_table_lookup(areas, area_of(leaf->leaf)), leaf);
        add_leaf(result->total, leaf);
    }
    for (guint i = 0; i < result->areas->len; i++)
        finish_sum(result->areas->pdata[i]);
    finish_sum(result->total);
    check_complete(index, result);
    add_previous(index, result);
    note_by_hand(quota, result);
    return result;
}

static void score_block(ScoreIndex *index, const Quota *quota, const SurveyBlock *of)
{
    ScoreBlock *block = g_new0(ScoreBlock, 1);
    block->block = of;
    block->criteria = survey_criteria(index->survey, of->criteria_id);
    block->agencies = g_ptr_array_new_with_free_func(agency_free);
    for (guint i = 0; i < index->survey->agencies->len; i++) {
        const SurveyAgency *agency = index->survey->agencies->pdata[i];
        if (agency->block == of)
            g_ptr_array_add(block->agencies, score_agency(index, quota, agency, block->criteria));
    }
    score_rank_block(block, &index->survey->rules);
    g_ptr_array_add(index->blocks, block);
}

/* ---- the whole
 * ---------------------------------------------------------------------------------------------------------------------
 */

static bool load_scores(ScoreIndex *index, Store *store, GError **error)
{
    IndexPrivate *own = index->private_data;
    own->self = store_load_scores(store, STORE_SCORES_SELF, error);
    own->appraised = own->self ? store_load_scores(store, STORE_SCORES_APPRAISED, error) : NULL;
    own->previous = own->appraised ? store_load_scores(store, STORE_SCORES_PREVIOUS, error) : NULL;
    if (!own->previous)
        return false;
    const GPtrArray *const kinds[] = {own->self, own->appraised, own->previous};
    for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        const GPtrArray *scores = kinds[kind];
        for (guint i = 0; i < scores->len; i++) {
            StoreScore *score = scores->pdata[i];
            g_hash_table_insert(own->by_key,
                                g_strdup_printf("%d|%s|%s", (int)kind, score->agency, score->leaf), score);
        }
    }
    return true;
}

static void check_self(ScoreIndex *index)
{
    const IndexPrivate *own = index->private_data;
    g_autoptr(GHashTable) given = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < own->self->len; i++)
        g_hash_table_add(given, ((StoreScore *)own->self->pdata[i])->agency);
    for (guint i = 0; i < index->survey->agencies->len; i++) {
        const SurveyAgency *agency = index->survey->agencies->pdata[i];
        if (!g_hash_table_contains(given, agency->code))
            add_obstacle(index, agency, g_strdup_printf("self-score-missing:%s", agency->code),
                         g_strdup_printf(_("%s: the self-score was not imported"), agency->name),
                         quota_fact_new(1, NULL));
    }
}

ScoreIndex *score_index(Store *store, const Quota *quota, GError **error)
{
    g_autoptr(ScoreIndex) index = g_new0(ScoreIndex, 1);
    IndexPrivate *own = g_new0(IndexPrivate, 1);
    own->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    index->private_data = own;
    index->survey = store_survey(store);
    index->blocks = g_ptr_array_new_with_free_func(block_free);
    index->waived = g_ptr_array_new_with_free_func(g_free);
    index->treated = g_ptr_array_new_with_free_func(g_free);
    index->obstacles = quota_obstacles(quota);
    own->treatments = store_load_treatments(store, error);
    if (!own->treatments || !load_scores(index, store, error))
        return NULL;
    check_self(index);
    for (guint i = 0; i < index->survey->blocks->len; i++)
        score_block(index, quota, index->survey->blocks->pdata[i]);
    return score_apply_waivers(index, store, error) ? g_steal_pointer(&index) : NULL;
}

void score_index_free(ScoreIndex *index)
{
    if (!index)
        return;
    IndexPrivate *own = index->private_data;
    g_ptr_array_unref(index->blocks);
    g_ptr_array_unref(index->obstacles);
    g_ptr_array_unref(index->waived);
    g_ptr_array_unref(index->treated);
    g_hash_table_unref(own->by_key);
    if (own->treatments)
        g_hash_table_unref(own->treatments);
    if (own->self)
        g_ptr_array_unref(own->self);
    if (own->appraised)
        g_ptr_array_unref(own->appraised);
    if (own->previous)
        g_ptr_array_unref(own->previous);
    g_free(own);
    g_free(index);
}
