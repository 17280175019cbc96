/* Two people reading the same answer: what counts, whose turn it is, how far they agree. */
#include <math.h>
#include <string.h>

#include "ballot/ballot.h"

AnswerLooks ballot_judge_looks(const AnswerLook *looks, int count, bool two)
{
    AnswerLooks judged = {LOOKS_NONE, NULL, NULL, NULL};
    const AnswerLook *third = NULL;
    if (count && !two)
        return (AnswerLooks){LOOKS_SETTLED, &looks[count - 1], NULL, &looks[count - 1]};
    for (int i = 0; i < count; i++) {
        const AnswerLook *look = &looks[i];
        if (!judged.first || g_str_equal(judged.first->who, look->who))
            judged.first = look;
        else if (!judged.second || g_str_equal(judged.second->who, look->who))
            judged.second = look;
        else
            third = look;
    }
    bool equal = judged.second && g_str_equal(judged.first->value, judged.second->value);
    judged.settled = third ? third : equal ? judged.second : NULL;
    judged.state = judged.settled  ? LOOKS_SETTLED
                   : judged.second ? LOOKS_THIRD
                   : judged.first  ? LOOKS_SECOND
                                   : LOOKS_NONE;
    return judged;
}

double ballot_draw(int seed, const char *serial, const char *question)
{
    g_autofree char *text = g_strdup_printf("%d\n%s\n%s", seed, serial, question);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
    guint8 digest[32];
    gsize length = sizeof digest;
    g_checksum_get_digest(sum, digest, &length);
    double number = 0;
    for (int i = 6; i-- > 0;)
        number = (number + digest[i]) / 256;
    return number;
}

bool ballot_needs_two(const SurveySecondLook *rule, int ballots, const char *serial, const char *question)
{
    return (ballots > 0 && ballots <= rule->up_to_ballots) ||
           (rule->share > 0 && ballot_draw(rule->seed, serial, question) < rule->share);
}

/* The chance of at most `wrong` of `seen` where each is wrong with that chance. */
static double chance_of_at_most(int wrong, int seen, double chance)
{
    double sum = 0;
    for (int i = 0; i <= wrong; i++)
        sum += exp(lgamma(seen + 1.0) - lgamma(i + 1.0) - lgamma(seen - i + 1.0) + i * log(chance) +
                   (seen - i) * log1p(-chance));
    return sum;
}

double ballot_error_bound(int seen, int wrong)
{
    if (wrong >= seen)
        return 1;
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(chance_of_at_most(wrong, seen, middle) > 0.05 ? &low : &high) = middle;
    }
    return high;
}

/* ---- agreement
 * ------------------------------------------------------------------------------------------------------ */

void look_agreement_free(LookAgreement *agreement)
{
    if (!agreement)
        return;
    g_free(agreement->one);
    g_free(agreement->other);
    g_free(agreement);
}

/* How often each of two gave each value. */
typedef struct {
    LookAgreement *agreement;
    GHashTable *values[2]; /* value → count */
} Count;

static Count *count_new(const char *one, const char *other)
{
    Count *count = g_new0(Count, 1);
    count->agreement = g_new0(LookAgreement, 1);
    count->agreement->one = g_strdup(one);
    count->agreement->other = g_strdup(other);
    for (int i = 0; i < 2; i++)
        count->values[i] = g_hash_table_new(g_str_hash, g_str_equal);
    return count;
}

static void count_free(gpointer data)
{
    Count *count = data;
    for (int i = 0; i < 2; i++)
        g_hash_table_unref(count->values[i]);
    g_free(count);
}

static int number_of(GHashTable *values, const char *value)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(values, value));
}

static void count_pair(Count *count, const char *one, const char *other)
{
    const char *given[2] = {one, other};
    for (int i = 0; i < 2; i++)
        g_hash_table_insert(count->values[i], (gpointer)given[i],
                            GINT_TO_POINTER(number_of(count->values[i], given[i]) + 1));
    count->agreement->read++;
    count->agreement->equal += g_str_equal(one, other);
}

/* (observed − by chance) / (1 − by chance). */
static LookAgreement *end_count(const Count *count)
{
    double read = count->agreement->read, chance = 0;
    GHashTableIter iter;
    gpointer value, times;
    g_hash_table_iter_init(&iter, count->values[0]);
    while (g_hash_table_iter_next(&iter, &value, &times))
        chance += GPOINTER_TO_INT(times) / read * (number_of(count->values[1], value) / read);
    count->agreement->kappa =
        read > 0 && chance < 1 ? (count->agreement->equal / read - chance) / (1 - chance) : (double)NAN;
    return count->agreement;
}

static gint compare_agreements(gconstpointer a, gconstpointer b)
{
    const LookAgreement *x = *(LookAgreement *const *)a, *y = *(LookAgreement *const *)b;
    int order = strcmp(x->one, y->one);
    return order ? order : strcmp(x->other, y->other);
}

GPtrArray *ballot_agreement(const LookPair *pairs, int count)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, count_free);
    Count *all = count_new(NULL, NULL);
    for (int i = 0; i < count; i++) {
        const LookPair *pair = &pairs[i];
        bool turned = strcmp(pair->first_who, pair->second_who) > 0;
        const char *one = turned ? pair->second_who : pair->first_who,
                   *other = turned ? pair->first_who : pair->second_who;
        g_autofree char *key = g_strdup_printf("%s\n%s", one, other);
        Count *own = g_hash_table_lookup(counts, key);
        if (!own)
            g_hash_table_insert(counts, g_steal_pointer(&key), own = count_new(one, other));
        count_pair(own, turned ? pair->second : pair->first, turned ? pair->first : pair->second);
        count_pair(all, pair->first, pair->second);
    }
    GPtrArray *agreements = g_ptr_array_new_with_free_func((GDestroyNotify)look_agreement_free);
    GHashTableIter iter;
    gpointer own;
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, NULL, &own))
        g_ptr_array_add(agreements, end_count(own));
    g_ptr_array_sort(agreements, compare_agreements);
    g_ptr_array_insert(agreements, 0, end_count(all));
    count_free(all);
    return agreements;
}
