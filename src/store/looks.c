/* What people read on each answer, and what it comes to under the survey's rules. */
#include <string.h>

#include "store/looks.h"
#include "store/people.h"

static void look_clear(gpointer data)
{
    AnswerLook *look = data;
    g_free((char *)look->who);
    g_free((char *)look->value);
}

GArray *looks_new(void)
{
    GArray *looks = g_array_new(FALSE, FALSE, sizeof(AnswerLook));
    g_array_set_clear_func(looks, look_clear);
    return looks;
}

void looks_add(GArray *looks, int64_t id, const char *who, const char *value)
{
    AnswerLook look = {id, g_strdup(who), g_strdup(value)};
    g_array_append_val(looks, look);
}

GHashTable *looks_load(Store *store, const char *only, GError **error)
{
    g_autoptr(GHashTable) all =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    People *people = people_load(store, error);
    if (!people)
        return NULL;
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT serial || char(10) || question, id, who, value FROM standing WHERE"
                                 " kind IN ('answer', 'text') AND (?1 = '' OR serial = ?1) ORDER BY id",
                                 "t", only);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *key = sql_text(row, 0);
        GArray *looks = g_hash_table_lookup(all, key);
        if (!looks)
            g_hash_table_insert(all, g_steal_pointer(&key), looks = looks_new());
        g_autofree char *who = sql_text(row, 2), *value = sql_text(row, 3);
        looks_add(looks, sqlite3_column_int64(row, 1), people_name(people, who), value);
    }
    return more == 0 ? g_steal_pointer(&all) : NULL;
}

GArray *looks_find(GHashTable *looks, const char *serial, const char *question)
{
    g_autofree char *key = g_strdup_printf("%s\n%s", serial, question);
    return g_hash_table_lookup(looks, key);
}

bool looks_are_doubled(const Store *store)
{
    const SurveySecondLook *rule = &store->survey->rules.second_look;
    return rule->up_to_ballots > 0 || rule->share > 0;
}

/* Only answers in boxes are read by two; what is typed off handwriting goes into no index. */
static bool needs_two(const Store *store, const StoreBallot *ballot, const char *question)
{
    if (!ballot || !looks_are_doubled(store))
        return false;
    const SurveyForm *form = survey_form(store->survey, ballot->form);
    const SurveyQuestion *asked = form ? survey_form_question(form, question) : NULL;
    const SurveyCell *cell = survey_cell(store->survey, ballot->group, ballot->agency, ballot->origin);
    return asked && asked->scale &&
           ballot_needs_two(&store->survey->rules.second_look, cell ? cell->planned_on_agency : 0,
                            ballot->serial, question);
}

AnswerLooks looks_judge(const Store *store, const StoreBallot *ballot, const char *question,
                        const GArray *looks)
{
    if (!looks)
        return (AnswerLooks){LOOKS_NONE, NULL, NULL, NULL};
    return ballot_judge_looks((const AnswerLook *)(const void *)looks->data, (int)looks->len,
                              needs_two(store, ballot, question));
}

void store_looks_free(StoreLooks *looks)
{
    if (!looks)
        return;
    g_free(looks->serial);
    g_free(looks->question);
    g_free(looks->first_who);
    g_free(looks->first);
    g_free(looks->second_who);
    g_free(looks->second);
    g_free(looks);
}

static gint compare_keys(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The looks on one answer, when two people have read it. */
static StoreLooks *pair_of(const Store *store, GHashTable *all, const char *key, const GArray *looks)
{
    g_auto(GStrv) parts = g_strsplit(key, "\n", 2);
    const Returned *returned = g_hash_table_lookup(all, parts[0]);
    AnswerLooks judged = {LOOKS_NONE, NULL, NULL, NULL};
    if (returned && returned->ballot->status != STORE_BALLOT_REJECTED)
        judged = looks_judge(store, returned->ballot, parts[1], looks);
    if (!judged.second)
        return NULL;
    StoreLooks *pair = g_new0(StoreLooks, 1);
    *pair = (StoreLooks){g_strdup(parts[0]),           g_strdup(parts[1]),
                         g_strdup(judged.first->who),  g_strdup(judged.first->value),
                         g_strdup(judged.second->who), g_strdup(judged.second->value)};
    return pair;
}

GPtrArray *store_load_looks(Store *store, GError **error)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func((GDestroyNotify)store_looks_free);
    if (!looks_are_doubled(store))
        return g_steal_pointer(&pairs);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, "", sorted, error);
    g_autoptr(GHashTable) looks = all ? looks_load(store, "", error) : NULL;
    if (!looks)
        return NULL;
    guint count;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(looks, &count);
    qsort(keys, count, sizeof *keys, compare_keys);
    for (guint i = 0; i < count; i++) {
        StoreLooks *pair = pair_of(store, all, keys[i], g_hash_table_lookup(looks, keys[i]));
        if (pair)
            g_ptr_array_add(pairs, pair);
    }
    return g_steal_pointer(&pairs);
}

GPtrArray *store_agreement(const GPtrArray *looks)
{
    g_autofree LookPair *pairs = g_new(LookPair, looks->len + 1);
    for (guint i = 0; i < looks->len; i++) {
        const StoreLooks *one = looks->pdata[i];
        pairs[i] = (LookPair){one->first_who, one->first, one->second_who, one->second};
    }
    return ballot_agreement(pairs, (int)looks->len);
}
