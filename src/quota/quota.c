#include "quota/quota.h"

#include <string.h>

#include "quota/census.h"

static void tally_free(gpointer data)
{
    QuotaTally *tally = data;
    g_free(tally->n);
    g_free(tally);
}

static void repeat_free(gpointer data)
{
    QuotaRepeat *repeat = data;
    g_ptr_array_unref(repeat->serials);
    g_free(repeat);
}

void quota_free(Quota *quota)
{
    if (!quota)
        return;
    QuotaPrivate *own = quota->private_data;
    g_ptr_array_unref(quota->cells);
    g_ptr_array_unref(quota->ballots);
    g_ptr_array_unref(quota->tallies);
    g_ptr_array_unref(quota->repeats);
    if (own->loaded)
        g_ptr_array_unref(own->loaded);
    if (own->issued)
        g_ptr_array_unref(own->issued);
    g_hash_table_unref(own->tallies);
    g_ptr_array_unref(own->waiting);
    g_ptr_array_unref(own->refused);
    g_free(own);
    g_free(quota);
}

static Quota *quota_new(const Survey *survey)
{
    Quota *quota = g_new0(Quota, 1);
    QuotaPrivate *own = g_new0(QuotaPrivate, 1);
    own->tallies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    own->waiting = g_ptr_array_new_with_free_func(g_free);
    own->refused = g_ptr_array_new_with_free_func(g_free);
    quota->survey = survey;
    quota->cells = g_ptr_array_new_with_free_func(g_free);
    quota->ballots = g_ptr_array_new_with_free_func(g_free);
    quota->tallies = g_ptr_array_new_with_free_func(tally_free);
    quota->repeats = g_ptr_array_new_with_free_func(repeat_free);
    quota->private_data = own;
    for (guint i = 0; i < survey->cells->len; i++) {
        QuotaCell *cell = g_new0(QuotaCell, 1);
        cell->cell = survey->cells->pdata[i];
        cell->counts.planned = cell->cell->planned;
        g_ptr_array_add(quota->cells, cell);
    }
    return quota;
}

static void add_tally(Quota *quota, const SurveyAgency *agency, const SurveyGroup *group,
                      const SurveyQuestion *question)
{
    QuotaTally *tally = g_new0(QuotaTally, 1);
    tally->agency = agency;
    tally->group = group;
    tally->question = question;
    tally->n = g_new0(int, question->scale->options->len);
    g_ptr_array_add(quota->tallies, tally);
    QuotaPrivate *own = quota->private_data;
    g_hash_table_insert(own->tallies, g_strdup_printf("%s|%s|%s", agency->code, group->id, question->id),
                        tally);
}

static void make_tallies(Quota *quota)
{
    const Survey *survey = quota->survey;
    for (guint a = 0; a < survey->agencies->len; a++) {
        const SurveyAgency *agency = survey->agencies->pdata[a];
        for (guint g = 0; g < survey->groups->len; g++) {
            const SurveyGroup *group = survey->groups->pdata[g];
            if (group->block != agency->block)
                continue;
            for (guint q = 0; q < group->form->questions->len; q++) {
                const SurveyQuestion *question = group->form->questions->pdata[q];
                if (question->scale)
                    add_tally(quota, agency, group, question);
            }
        }
    }
}

GHashTable *quota_index_cells(const Quota *quota)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < quota->cells->len; i++) {
        QuotaCell *row = quota->cells->pdata[i];
        g_hash_table_insert(index,
                            g_strdup_printf("%s|%s|%s", row->cell->group->id, row->cell->agency->code,
                                            row->cell->origin->code),
                            row);
    }
    return index;
}

QuotaCell *quota_find_row(GHashTable *index, const char *group, const char *agency, const char *origin)
{
    g_autofree char *key = g_strdup_printf("%s|%s|%s", group, agency, origin);
    return g_hash_table_lookup(index, key);
}

static bool count_issued(Quota *quota, Store *store, GHashTable *index, GError **error)
{
    QuotaPrivate *own = quota->private_data;
    own->issued = store_load_roster(store, error);
    for (guint i = 0; own->issued && i < own->issued->len; i++) {
        const StoreIssued *issued = own->issued->pdata[i];
        QuotaCell *row = quota_find_row(index, issued->group, issued->agency, issued->origin);
        if (row && !issued->voided)
            row->counts.issued++;
    }
    return own->issued != NULL;
}

/* The runs of answers of each ballot in a list ordered by serial. */
static GHashTable *index_answers(const GPtrArray *answers)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    for (guint i = 0; i < answers->len; i++) {
        StoreAnswer *answer = answers->pdata[i];
        BallotAnswers *run = g_hash_table_lookup(index, answer->serial);
        if (!run) {
            run = g_new0(BallotAnswers, 1);
            run->answers = (StoreAnswer **)&answers->pdata[i];
            g_hash_table_insert(index, answer->serial, run);
        }
        run->count++;
    }
    return index;
}

/* Where a complete ballot stands in its cell, and whether it goes into the tally. */
static void place_ballot(const Survey *survey, QuotaCell *row, QuotaBallot *ballot)
{
    QuotaCounts *counts = &row->counts;
    switch (ballot->validity) {
    case BALLOT_VALID:
        counts->valid++;
        break;
    case BALLOT_PARTLY_VALID:
        counts->partly++;
        break;
    case BALLOT_INVALID:
        counts->invalid++;
        return;
    case BALLOT_OPEN:
        counts->open++;
        return;
    }
    ballot->surplus = counts->valid + counts->partly > counts->planned;
    ballot->counts = !ballot->surplus || survey->rules.surplus == SURVEY_SURPLUS_COUNT;
}

static void count_states(Quota *quota, const BallotAnswers *answers)
{
    QuotaPrivate *own = quota->private_data;
    for (int i = 0; answers && i < answers->count; i++) {
        const StoreAnswer *answer = answers->answers[i];
        AnswerState state = answer->state;
        if (state == ANSWER_WAITING)
            g_ptr_array_add(own->waiting, g_strdup_printf("%s/%s", answer->serial, answer->question));
        quota->answers_machine += state == ANSWER_MACHINE;
        quota->answers_waiting += state == ANSWER_WAITING;
        quota->answers_person += state == ANSWER_PERSON;
    }
}

/* Notes ballots of one cell whose scored answers are the same throughout. */
static void note_repeats(Quota *quota, GHashTable *vectors, const QuotaBallot *ballot, char *vector)
{
    if (!vector)
        return;
    g_autofree char *key = g_strdup_printf("%p|%s", (const void *)ballot->cell, vector);
    g_free(vector);
    QuotaRepeat *repeat = g_hash_table_lookup(vectors, key);
    if (!repeat) {
        repeat = g_new0(QuotaRepeat, 1);
        repeat->cell = ballot->cell;
        repeat->serials = g_ptr_array_new();
        g_hash_table_insert(vectors, g_steal_pointer(&key), repeat);
        g_ptr_array_add(quota->repeats, repeat);
    }
    g_ptr_array_add(repeat->serials, ballot->ballot->serial);
}

static void count_ballot(Quota *quota, GHashTable *index, GHashTable *answers, GHashTable *vectors,
                         const StoreBallot *loaded, GError **error)
{
    QuotaBallot *ballot = g_new0(QuotaBallot, 1);
    QuotaCell *row = quota_find_row(index, loaded->group, loaded->agency, loaded->origin);
    const BallotAnswers *own = g_hash_table_lookup(answers, loaded->serial);
    ballot->ballot = loaded;
    ballot->cell = row ? row->cell : NULL;
    g_ptr_array_add(quota->ballots, ballot);
    if (row)
        row->counts.returned++;
    if (loaded->status == STORE_BALLOT_REJECTED) {
        if (row)
            row->counts.rejected++;
        return;
    }
    count_states(quota, own);
    quota_judge_ballot(quota->survey, own, ballot, error);
    if (loaded->status != STORE_BALLOT_COMPLETE) {
        if (row)
            row->counts.held++;
        return;
    }
    if (!row)
        return;
    place_ballot(quota->survey, row, ballot);
    if (ballot->counts) {
        quota->ballots_by_hand += loaded->pages_by_hand > 0;
        quota->pages_by_hand += loaded->pages_by_hand;
        quota_tally_ballot(quota, own, ballot);
    }
    if (own && ballot->validity != BALLOT_OPEN)
        note_repeats(quota, vectors, ballot, quota_answer_vector(ballot->cell->group->form, own));
}

static bool count_pages(Quota *quota, Store *store, GError **error)
{
    QuotaPrivate *own = quota->private_data;
    g_autoptr(GPtrArray) pages = store_load_pages(store, error);
    for (guint i = 0; pages && i < pages->len; i++) {
        const StorePageRow *page = pages->pdata[i];
        if (page->outcome != STORE_PAGE_REFUSED || page->settled)
            continue;
        quota->pages_refused++;
        g_ptr_array_add(own->refused, g_strdup_printf("%" G_GINT64_FORMAT, page->id));
    }
    return pages != NULL;
}

/* What the form for the agency does not ask is no row, unless it was answered on ballots of another form. */
static void drop_unasked(Quota *quota)
{
    QuotaPrivate *own = quota->private_data;
    for (guint i = quota->tallies->len; i-- > 0;) {
        const QuotaTally *tally = quota->tallies->pdata[i];
        const SurveyForm *form = survey_group_form(tally->group, tally->agency);
        if (tally->ballots || survey_form_question(form, tally->question->id))
            continue;
        g_autofree char *key =
            g_strdup_printf("%s|%s|%s", tally->agency->code, tally->group->id, tally->question->id);
        g_hash_table_remove(own->tallies, key);
        g_ptr_array_remove_index(quota->tallies, i);
    }
}

static void finish_cells(Quota *quota)
{
    for (guint i = 0; i < quota->cells->len; i++) {
        QuotaCounts *counts = &((QuotaCell *)quota->cells->pdata[i])->counts;
        int good = counts->valid + counts->partly;
        counts->missing = MAX(0, counts->planned - good - counts->open - counts->held);
        counts->surplus = MAX(0, good - counts->planned);
    }
    for (guint i = quota->repeats->len; i-- > 0;) {
        if (((QuotaRepeat *)quota->repeats->pdata[i])->serials->len < 2)
            g_ptr_array_remove_index(quota->repeats, i);
    }
}

Quota *quota_take(Store *store, GError **error)
{
    g_autoptr(Quota) quota = quota_new(store_survey(store));
    QuotaPrivate *own = quota->private_data;
    make_tallies(quota);
    g_autoptr(GHashTable) index = quota_index_cells(quota);
    g_autoptr(GPtrArray) answers = NULL;
    if (!count_issued(quota, store, index, error) || !(own->loaded = store_load_ballots(store, error)) ||
        !(answers = store_load_answers(store, error)) || !count_pages(quota, store, error))
        return NULL;
    g_autoptr(GHashTable) by_ballot = index_answers(answers);
    g_autoptr(GHashTable) vectors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GError) fault = NULL;
    for (guint i = 0; i < own->loaded->len && !fault; i++)
        count_ballot(quota, index, by_ballot, vectors, own->loaded->pdata[i], &fault);
    if (fault) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return NULL;
    }
    drop_unasked(quota);
    finish_cells(quota);
    return g_steal_pointer(&quota);
}

char *quota_by_hand_words(int ballots, int pages)
{
    return g_strdup_printf(_("%s ballots count with pages entered by hand (%s pages)"), number_shown(ballots),
                           number_shown(pages));
}

QuotaCounts quota_sum(const Quota *quota, const char *group, const char *block, const char *agency)
{
    QuotaCounts sum = {0};
    for (guint i = 0; i < quota->cells->len; i++) {
        const QuotaCell *row = quota->cells->pdata[i];
        if ((group && !g_str_equal(group, row->cell->group->id)) ||
            (block && !g_str_equal(block, row->cell->group->block->id)) ||
            (agency && !g_str_equal(agency, row->cell->agency->code)))
            continue;
        const QuotaCounts *c = &row->counts;
        sum.planned += c->planned;
        sum.issued += c->issued;
        sum.returned += c->returned;
        sum.valid += c->valid;
        sum.partly += c->partly;
        sum.invalid += c->invalid;
        sum.open += c->open;
        sum.held += c->held;
        sum.rejected += c->rejected;
        sum.missing += c->missing;
        sum.surplus += c->surplus;
    }
    return sum;
}

int quota_planned(const Survey *survey, const char *group, const char *block, const char *agency,
                  int *ret_cells)
{
    int planned = 0, cells = 0;
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        if ((group && !g_str_equal(group, cell->group->id)) ||
            (block && !g_str_equal(block, cell->group->block->id)) ||
            (agency && !g_str_equal(agency, cell->agency->code)))
            continue;
        planned += cell->planned;
        cells++;
    }
    if (ret_cells)
        *ret_cells = cells;
    return planned;
}

const QuotaTally *quota_tally(const Quota *quota, const char *agency, const char *group, const char *question)
{
    const QuotaPrivate *own = quota->private_data;
    g_autofree char *key = g_strdup_printf("%s|%s|%s", agency, group, question);
    return g_hash_table_lookup(own->tallies, key);
}
