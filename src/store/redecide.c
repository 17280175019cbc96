/* Stored marks decided anew: for good, or to see what other limits would do. No scan is read again. */
#include <string.h>

#include "store/sql.h"

static void mark_clear(gpointer data)
{
    StoreMark *mark = data;
    g_free(mark->question);
    g_free(mark->option);
}

/* A page's marks as measured. */
static GArray *load_marks(Store *store, int64_t page_id, GError **error)
{
    g_autoptr(GArray) marks = g_array_new(FALSE, TRUE, sizeof(StoreMark));
    g_array_set_clear_func(marks, mark_clear);
    sqlite3_stmt *row = sql_bind(
        store, error, "SELECT question, option, measures FROM mark WHERE page = ?1 ORDER BY n", "i", page_id);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreMark mark = {.question = sql_text(row, 0), .option = sql_text(row, 1)};
        g_array_append_val(marks, mark);
        size_t stored = (size_t)sqlite3_column_bytes(row, 2);
        if (!mark_measures_fit(stored)) {
            g_set_error(
                error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("page %lld was measured by another version of phieu; its scan must be read again in a "
                  "new workspace"),
                (long long)page_id);
            return NULL;
        }
        memcpy(&g_array_index(marks, StoreMark, marks->len - 1).measures, sqlite3_column_blob(row, 2),
               stored);
    }
    return more == 0 ? g_steal_pointer(&marks) : NULL;
}

/* Decides the marks of one page. */
static void decide_marks(const SurveyForm *form, GArray *marks, const MarkLimits *limits)
{
    g_autofree MarkMeasures *measures = g_new0(MarkMeasures, marks->len + 1);
    g_autofree MarkQuestion *questions = g_new0(MarkQuestion, marks->len + 1);
    g_autofree MarkDecision *decisions = g_new0(MarkDecision, marks->len + 1);
    for (guint i = 0; i < marks->len; i++) {
        measures[i] = g_array_index(marks, StoreMark, i).measures;
        questions[i] = ballot_mark_question(form, g_array_index(marks, StoreMark, i).question);
    }
    mark_decide(measures, questions, (int)marks->len, limits, decisions);
    for (guint i = 0; i < marks->len; i++)
        g_array_index(marks, StoreMark, i).decision = decisions[i];
}

typedef struct {
    int64_t id;
    char *form, *serial;
} PageRef;

static void page_ref_clear(gpointer data)
{
    g_free(((PageRef *)data)->form);
    g_free(((PageRef *)data)->serial);
}

/* Every page that was read, in the order of reading. */
static GArray *load_page_refs(Store *store, GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, FALSE, sizeof(PageRef));
    g_array_set_clear_func(pages, page_ref_clear);
    sqlite3_stmt *row =
        sql_bind(store, error, "SELECT id, form, serial FROM page WHERE outcome = 0 ORDER BY id", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        PageRef page = {sqlite3_column_int64(row, 0), sql_text(row, 1), sql_text(row, 2)};
        g_array_append_val(pages, page);
    }
    return more == 0 ? g_steal_pointer(&pages) : NULL;
}

static bool redecide_all(Store *store, int generation, GError **error)
{
    MarkLimits limits = mark_limits(store->survey->rules.target_error);
    g_autoptr(GArray) pages = load_page_refs(store, error);
    for (guint i = 0; pages && i < pages->len; i++) {
        const PageRef *page = &g_array_index(pages, PageRef, i);
        g_autoptr(GArray) marks = load_marks(store, page->id, error);
        if (!marks)
            return false;
        decide_marks(survey_form(store->survey, page->form), marks, &limits);
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
    decide_marks(form, marks, &limits);
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
    g_autoptr(GArray) pages = reviewed ? load_page_refs(store, error) : NULL;
    for (guint i = 0; pages && i < pages->len; i++) {
        const PageRef *page = &g_array_index(pages, PageRef, i);
        g_autoptr(GArray) marks = load_marks(store, page->id, error);
        if (!marks)
            return false;
        for (int t = 0; t < count; t++)
            try_page(survey_form(store->survey, page->form), page->serial, marks, reviewed, &trials[t]);
    }
    return pages != NULL;
}
