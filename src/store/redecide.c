/* Stored marks decided anew: for good, or to see what other limits would do. No scan is read again. */
#include "store/marks.h"

/* A page's marks as measured. */
static GArray *load_measured(Store *store, int64_t page_id, GError **error)
{
    bool fit;
    g_autoptr(GArray) marks = marks_load(store, page_id, &fit, error);
    if (marks && !fit) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("page %lld was measured by another version of phieu; its scan must be read again in a "
                      "new workspace"),
                    (long long)page_id);
        return NULL;
    }
    return g_steal_pointer(&marks);
}

static bool redecide_all(Store *store, int generation, GError **error)
{
    MarkLimits limits = mark_limits(store->survey->rules.target_error);
    g_autoptr(GArray) pages = marks_load_pages(store, error);
    for (guint i = 0; pages && i < pages->len; i++) {
        const ReadPage *page = &g_array_index(pages, ReadPage, i);
        g_autoptr(GArray) marks = load_measured(store, page->id, error);
        if (!marks)
            return false;
        marks_decide(survey_form(store->survey, page->form), marks, &limits);
        if (!store_read_answers(store, page->id, page->form, marks, generation, NULL, error))
            return false;
    }
    return pages != NULL;
}

bool store_redecide(Store *store, int *ret_changed, GError **error)
{
    int64_t generation, changed;
    if (!sql_begin(store, error))
        return false;
    bool done =
        sql_number(store, error, 0, &generation, "SELECT ifnull(max(generation), 0) + 1 FROM reading", "") &&
        redecide_all(store, (int)generation, error) &&
        sql_number(
            store, error, 0, &changed,
            "SELECT count(*) FROM reading n JOIN reading o ON o.page = n.page AND o.question = n.question"
            " AND o.generation = (SELECT max(generation) FROM reading b WHERE b.page = n.page"
            " AND b.question = n.question AND b.generation < n.generation)"
            " WHERE n.generation = ?1 AND (n.value <> o.value OR n.state <> o.state)",
            "i", generation);
    g_autofree char *detail =
        g_strdup_printf("model %s, target error %g", mark_model_id(), store->survey->rules.target_error);
    if (done && store_log(store, "phieu", "redecide", detail, error) && sql_commit(store, error)) {
        *ret_changed = (int)changed;
        return true;
    }
    sql_rollback(store);
    return false;
}

/* ---- trying other limits
 * -------------------------------------------------------------------------------------------------------- */

/* What people read: "serial\nquestion" → value. */
static GHashTable *load_reviewed(Store *store, GError **error)
{
    g_autoptr(GPtrArray) answers = store_load_answers(store, error);
    g_autoptr(GHashTable) reviewed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; answers && i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        if (answer->state == ANSWER_PERSON)
            g_hash_table_insert(reviewed, g_strdup_printf("%s\n%s", answer->serial, answer->question),
                                g_strdup(answer->value));
    }
    return answers ? g_steal_pointer(&reviewed) : NULL;
}

static void try_page(const SurveyForm *form, const char *serial, GArray *marks, GHashTable *reviewed,
                     StoreTrial *trial)
{
    MarkLimits limits = mark_limits(trial->target_error);
    marks_decide(form, marks, &limits);
    for (guint q = 0; form && q < form->questions->len; q++) {
        const SurveyQuestion *question = form->questions->pdata[q];
        Answer answer = {0};
        if (!store_read_answer(question, marks, limits.max_error, &answer))
            continue;
        g_autofree char *key = g_strdup_printf("%s\n%s", serial, question->id);
        const char *person = g_hash_table_lookup(reviewed, key);
        trial->answers++;
        trial->asked += answer.state == ANSWER_WAITING;
        trial->reviewed += person && answer.state == ANSWER_MACHINE;
        trial->differing += person && answer.state == ANSWER_MACHINE && !g_str_equal(person, answer.value);
        answer_clear(&answer);
    }
}

bool store_try_targets(Store *store, StoreTrial *trials, int count, GError **error)
{
    g_autoptr(GHashTable) reviewed = load_reviewed(store, error);
    g_autoptr(GArray) pages = reviewed ? marks_load_pages(store, error) : NULL;
    for (guint i = 0; pages && i < pages->len; i++) {
        const ReadPage *page = &g_array_index(pages, ReadPage, i);
        g_autoptr(GArray) marks = load_measured(store, page->id, error);
        if (!marks)
            return false;
        for (int t = 0; t < count; t++)
            try_page(survey_form(store->survey, page->form), page->serial, marks, reviewed, &trials[t]);
    }
    return pages != NULL;
}
