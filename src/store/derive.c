/* Machine readings against the measures they were made of. A chain that was rewritten as a whole still stands
 * on measures: who changes an answer must change what was seen, and that a second look at the scan shows. */
#include <math.h>
#include <string.h>

#include "store/marks.h"

/* Chances worked out on two machines may differ in their last digits. */
#define SAME_CHANCE 1e-9

/* A row of `reading`. */
typedef struct {
    int64_t generation;
    char *question, *value, *model;
    int64_t state, reasons;
    double confidence, target;
} Reading;

/* Readings that this program cannot make again, of one kind. */
typedef struct {
    int64_t counting, superseded; /* the newest of their page and question; decided anew since */
} Foreign;

typedef struct {
    Store *store;
    GPtrArray *definitions; /* const Survey*: the present one, then those before it */
    GPtrArray *earlier;     /* Survey*: the latter, owned */
    bool lost;              /* one of them cannot be had */
    GHashTable *foreign;    /* model, OTHER_MEASURES or LOST_LIMITS → Foreign */
    GPtrArray *faults;
} Check;

/* Why else a reading cannot be made again; no model is called so. */
#define OTHER_MEASURES "measures"
#define LOST_LIMITS "limits"

static void reading_clear(gpointer data)
{
    Reading *reading = data;
    g_free(reading->question);
    g_free(reading->value);
    g_free(reading->model);
}

static GArray *load_readings(Store *store, int64_t page, GError **error)
{
    g_autoptr(GArray) readings = g_array_new(FALSE, TRUE, sizeof(Reading));
    g_array_set_clear_func(readings, reading_clear);
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT generation, question, value, model, state, reasons, confidence, target_error"
                 " FROM reading WHERE page = ?1 ORDER BY generation, question",
                 "i", page);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        Reading reading = {.generation = sqlite3_column_int64(row, 0),
                           .question = sql_text(row, 1),
                           .value = sql_text(row, 2),
                           .model = sql_text(row, 3),
                           .state = sqlite3_column_int64(row, 4),
                           .reasons = sqlite3_column_int64(row, 5),
                           .confidence = sqlite3_column_double(row, 6),
                           .target = sqlite3_column_double(row, 7)};
        g_array_append_val(readings, reading);
    }
    return more == 0 ? g_steal_pointer(&readings) : NULL;
}

/* ---- the definitions readings were made under
 * -------------------------------------------------------------------- */

static bool has_definition(const Check *check, const char *fingerprint)
{
    for (guint i = 0; i < check->definitions->len; i++) {
        if (g_str_equal(((const Survey *)check->definitions->pdata[i])->fingerprint, fingerprint))
            return true;
    }
    return false;
}

/* The present one and those before an amendment, the newest first. */
static bool load_definitions(Check *check, GPtrArray *open, GError **error)
{
    g_ptr_array_add(check->definitions, (gpointer)check->store->survey);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *row =
        sql_bind(check->store, error,
                 "SELECT substr(detail, 1, 64) FROM log WHERE action = 'amend' AND detail LIKE"
                 " '% -> %' ORDER BY id DESC",
                 "");
    int more = -1;
    while (row && (more = sql_step(check->store, row, error)) > 0)
        g_ptr_array_add(names, sql_text(row, 0));
    for (guint i = 0; i < names->len; i++) {
        const char *fingerprint = names->pdata[i];
        if (has_definition(check, fingerprint))
            continue;
        g_autofree char *folder = g_strdup_printf("%s/definition-%.8s", check->store->dir, fingerprint);
        Survey *survey = survey_load_frozen(folder, NULL, NULL);
        if (survey && g_str_equal(survey->fingerprint, fingerprint)) {
            g_ptr_array_add(check->earlier, survey);
            g_ptr_array_add(check->definitions, survey);
            continue;
        }
        survey_free(survey);
        check->lost = true;
        fault_add(
            open,
            _("%s: the definition that stood before an amendment is gone or was changed; put the folder "
              "back from a copy of the workspace"),
            folder);
    }
    return more == 0;
}

/* ---- one page
 * ------------------------------------------------------------------------------------------------------- */

static char *place_text(const ReadPage *page, const char *question)
{
    return g_strdup_printf(_("ballot %s, page %d, question %s"), serial_shown(page->serial), page->page,
                           question);
}

/* Whatever a row may say: numbers that are no state are shown as they are. */
static char *answer_text(const char *value, int64_t state, double confidence, int64_t reasons)
{
    g_autofree char *number = g_strdup_printf("%lld", (long long)state);
    const char *word =
        state >= ANSWER_MACHINE && state <= ANSWER_PERSON ? answer_state_words((AnswerState)state) : number;
    g_autofree char *why = answer_reasons_text((unsigned)reasons);
    return g_strdup_printf("'%s' (%s, %.10g%s%s)", value, word, confidence, *why ? ", " : "", why);
}

static char *mark_text(const MarkDecision *decision)
{
    bool known = decision->state <= MARK_DOUBTFUL;
    g_autofree char *number = g_strdup_printf("%d", (int)decision->state);
    g_autofree char *why = mark_reasons_text(decision->reasons);
    return g_strdup_printf("%s (%.10g %.10g %.10g%s%s)", known ? mark_state_id(decision->state) : number,
                           decision->p_marked, decision->p_cancelled, decision->confidence, *why ? ", " : "",
                           why);
}

static bool same_chance(double one, double other)
{
    return fabs(one - other) <= SAME_CHANCE;
}

static bool same_decision(const MarkDecision *one, const MarkDecision *other)
{
    return one->state == other->state && one->reasons == other->reasons &&
           same_chance(one->p_marked, other->p_marked) && same_chance(one->p_cancelled, other->p_cancelled) &&
           same_chance(one->confidence, other->confidence);
}

static void compare_marks(const ReadPage *page, const GArray *stand, const GArray *give, GPtrArray *differing)
{
    for (guint i = 0; i < stand->len; i++) {
        const StoreMark *one = &g_array_index(stand, StoreMark, i),
                        *other = &g_array_index(give, StoreMark, i);
        if (same_decision(&one->decision, &other->decision))
            continue;
        g_autofree char *place = place_text(page, one->question), *stands = mark_text(&one->decision),
                        *gives = mark_text(&other->decision);
        fault_add(differing, _("%s, box %s: stands as %s, but its measures give %s"), place, one->option,
                  stands, gives);
    }
}

static const Reading *find_reading(const Reading *readings, guint count, const char *question)
{
    for (guint i = 0; i < count; i++) {
        if (g_str_equal(readings[i].question, question))
            return &readings[i];
    }
    return NULL;
}

static void compare_answer(const ReadPage *page, const char *question, const Reading *stands,
                           const Answer *gives, GPtrArray *differing)
{
    if (stands && gives && g_str_equal(stands->value, gives->value) && stands->state == gives->state &&
        stands->reasons == (int64_t)gives->reasons && same_chance(stands->confidence, gives->confidence))
        return;
    g_autofree char *place = place_text(page, question);
    g_autofree char *read =
        stands ? answer_text(stands->value, stands->state, stands->confidence, stands->reasons)
               : g_strdup(_("no answer"));
    g_autofree char *given = gives
                                 ? answer_text(gives->value, gives->state, gives->confidence, gives->reasons)
                                 : g_strdup(_("no answer"));
    fault_add(differing, _("%s: the machine's reading stands as %s, but its measures give %s"), place, read,
              given);
}

/* The readings of one generation against the decided boxes, under one definition. */
static void compare_answers(const Survey *survey, const ReadPage *page, const Reading *readings, guint count,
                            const GArray *marks, double limit, GPtrArray *differing)
{
    const SurveyForm *form = survey_form(survey, page->form);
    guint found = 0;
    for (guint q = 0; form && q < form->questions->len; q++) {
        const SurveyQuestion *question = form->questions->pdata[q];
        const Reading *stands = find_reading(readings, count, question->id);
        Answer answer = {0};
        bool gives = store_read_answer(question, marks, limit, &answer);
        if (stands || gives)
            compare_answer(page, question->id, stands, gives ? &answer : NULL, differing);
        found += stands != NULL;
        answer_clear(&answer);
    }
    for (guint i = 0; found < count && i < count; i++) {
        if (!form || !survey_form_question(form, readings[i].question))
            compare_answer(page, readings[i].question, &readings[i], NULL, differing);
    }
}

/* The boxes must be those that were printed there, in their order. */
static void check_boxes(Check *check, const ReadPage *page, const GArray *marks)
{
    const Layout *layout = layout_find(check->store->layouts, page->form, page->layout);
    const LayoutPage *printed = layout && page->page >= 1 && page->page <= (int)layout->pages->len
                                    ? layout->pages->pdata[page->page - 1]
                                    : NULL;
    bool same = printed && printed->boxes->len == marks->len;
    for (guint i = 0; same && i < marks->len; i++) {
        const LayoutBox *box = printed->boxes->pdata[i];
        const StoreMark *mark = &g_array_index(marks, StoreMark, i);
        same = g_str_equal(box->question, mark->question) && g_str_equal(box->option, mark->option);
    }
    if (!same)
        fault_add(check->faults, _("ballot %s, page %d: its boxes are not those printed on it"),
                  serial_shown(page->serial), page->page);
}

static void count_foreign(Check *check, const char *model, guint count, bool superseded)
{
    Foreign *foreign = g_hash_table_lookup(check->foreign, model);
    if (!foreign) {
        foreign = g_new0(Foreign, 1);
        g_hash_table_insert(check->foreign, g_strdup(model), foreign);
    }
    *(superseded ? &foreign->superseded : &foreign->counting) += count;
}

/* Derives one generation anew, under the definition it was made under: the one with its target that gives
 * what stands, if any does. */
static void check_generation(Check *check, const ReadPage *page, const Reading *readings, guint count,
                             bool superseded, const GArray *stand, GArray *marks)
{
    g_autoptr(GPtrArray) told = NULL;
    for (guint i = 0; i < check->definitions->len; i++) {
        const Survey *survey = check->definitions->pdata[i];
        if (survey->rules.target_error != readings->target)
            continue;
        MarkLimits limits = mark_limits(readings->target);
        g_autoptr(GPtrArray) differing = g_ptr_array_new_with_free_func(g_free);
        marks_decide(survey_form(survey, page->form), marks, &limits);
        if (readings->generation == 0)
            compare_marks(page, stand, marks, differing);
        compare_answers(survey, page, readings, count, marks, limits.max_error, differing);
        if (!differing->len)
            return;
        if (!told)
            told = g_steal_pointer(&differing);
    }
    for (guint i = 0; told && i < told->len; i++)
        g_ptr_array_add(check->faults, g_strdup(told->pdata[i]));
    if (!told && check->lost)
        count_foreign(check, LOST_LIMITS, count, superseded);
    else if (!told)
        fault_add(
            check->faults,
            _("ballot %s, page %d: read with a target error of %g, which no definition of this workspace "
              "has"),
            serial_shown(page->serial), page->page, readings->target);
}

/* Those of one generation stand together, made by one model for one target. */
static guint generation_length(const GArray *readings, guint from)
{
    const Reading *first = &g_array_index(readings, Reading, from);
    guint to = from + 1;
    for (; to < readings->len; to++) {
        const Reading *next = &g_array_index(readings, Reading, to);
        if (next->generation != first->generation)
            break;
    }
    return to - from;
}

static bool is_mixed(const Reading *readings, guint count)
{
    for (guint i = 1; i < count; i++) {
        if (!g_str_equal(readings[i].model, readings->model) || readings[i].target != readings->target)
            return true;
    }
    return false;
}

static bool check_page(Check *check, const ReadPage *page, GError **error)
{
    bool fit;
    g_autoptr(GArray) readings = load_readings(check->store, page->id, error);
    g_autoptr(GArray) stand = readings ? marks_load(check->store, page->id, &fit, error) : NULL;
    g_autoptr(GArray) marks = stand ? marks_load(check->store, page->id, NULL, error) : NULL;
    if (!marks)
        return false;
    check_boxes(check, page, stand);
    const Reading *newest = readings->len ? &g_array_index(readings, Reading, readings->len - 1) : NULL;
    if (!newest || g_array_index(readings, Reading, 0).generation != 0)
        compare_answers(check->store->survey, page, NULL, 0, stand,
                        mark_limits(check->store->survey->rules.target_error).max_error, check->faults);
    for (guint from = 0, count; from < readings->len; from += count) {
        const Reading *first = &g_array_index(readings, Reading, from);
        count = generation_length(readings, from);
        bool superseded = first->generation < newest->generation;
        if (is_mixed(first, count))
            fault_add(check->faults, _("ballot %s, page %d: its questions were read by different limits"),
                      serial_shown(page->serial), page->page);
        else if (!g_str_equal(first->model, mark_model_id()))
            count_foreign(check, first->model, count, superseded);
        else if (!fit)
            count_foreign(check, OTHER_MEASURES, count, superseded);
        else
            check_generation(check, page, first, count, superseded, stand, marks);
    }
    return true;
}

/* ---- all
 * -------------------------------------------------------------------------------------------------------------
 */

/* Readings and marks of pages that were not read, and pages that are not there. */
static bool check_strays(Check *check, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(check->store, error,
                 "SELECT DISTINCT page FROM (SELECT page FROM reading UNION SELECT page FROM mark)"
                 " WHERE page NOT IN (SELECT id FROM page WHERE outcome = 0) ORDER BY page",
                 "");
    int more = -1;
    while (row && (more = sql_step(check->store, row, error)) > 0)
        fault_add(check->faults, _("page %lld: has readings of the machine, but was not read"),
                  (long long)sqlite3_column_int64(row, 0));
    return more == 0;
}

static void tell_foreign(const Check *check, StoreFindings *ret)
{
    g_autoptr(GList) models = g_list_sort(g_hash_table_get_keys(check->foreign), (GCompareFunc)strcmp);
    for (GList *each = models; each; each = each->next) {
        const char *model = each->data;
        const Foreign *foreign = g_hash_table_lookup(check->foreign, model);
        for (int superseded = 0; superseded <= 1; superseded++) {
            long long number = superseded ? foreign->superseded : foreign->counting;
            GPtrArray *to = superseded ? ret->told : ret->open;
            if (!number)
                continue;
            g_autofree char *which =
                g_strdup_printf(superseded ? _("%s readings of the machine that no longer count")
                                           : _("%s readings of the machine"),
                                number_shown(number));
            if (g_str_equal(model, OTHER_MEASURES))
                fault_add(
                    to,
                    _("%s could not be derived: another version of phieu measured their boxes. Check them "
                      "with that one"),
                    which);
            else if (g_str_equal(model, LOST_LIMITS))
                fault_add(to, _("%s could not be derived: the definition with their limits is lost"), which);
            else
                fault_add(
                    to,
                    _("%s could not be derived from their measures: '%s' made them, this program reads by "
                      "'%s'. Check them with the phieu of that time; phieu redecide decides them anew by "
                      "this one"),
                    which, model, mark_model_id());
        }
    }
}

static void definition_free(gpointer survey)
{
    survey_free(survey);
}

bool derive_verify(Store *store, StoreFindings *ret, GError **error)
{
    g_autoptr(GPtrArray) definitions = g_ptr_array_new();
    g_autoptr(GPtrArray) earlier = g_ptr_array_new_with_free_func(definition_free);
    g_autoptr(GHashTable) foreign = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Check check = {store, definitions, earlier, false, foreign, ret->faults};
    g_autoptr(GArray) pages =
        load_definitions(&check, ret->open, error) ? marks_load_pages(store, error) : NULL;
    if (!pages || !check_strays(&check, error))
        return false;
    for (guint i = 0; i < pages->len; i++) {
        if (!check_page(&check, &g_array_index(pages, ReadPage, i), error))
            return false;
    }
    tell_foreign(&check, ret);
    return true;
}
