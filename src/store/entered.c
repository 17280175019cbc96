/* A page that has no scan, entered by hand: what people entered, and what it comes to. */
#include "store/entered.h"

#include <string.h>

#include "store/looks.h"
#include "store/people.h"

static void entered_free(gpointer data)
{
    Entered *entered = data;
    g_array_unref(entered->whole);
    g_hash_table_unref(entered->answers);
    g_free(entered);
}

static void add_entry(Entered *entered, int64_t id, const char *who, const char *value)
{
    looks_add(entered->whole, id, who, value);
    g_auto(GStrv) parts = g_strsplit(value, ENTERED_BETWEEN, -1);
    for (char **part = parts; *part; part++) {
        char *equals = strchr(*part, '=');
        if (!equals)
            continue;
        g_autofree char *question = g_strndup(*part, (gsize)(equals - *part));
        GArray *looks = g_hash_table_lookup(entered->answers, question);
        if (!looks)
            g_hash_table_insert(entered->answers, g_steal_pointer(&question), looks = looks_new());
        looks_add(looks, id, who, equals + 1);
    }
}

/* The page's entries, made where there are none yet. */
static Entered *entered_of(GHashTable *all, const char *serial, int page)
{
    GHashTable *pages = g_hash_table_lookup(all, serial);
    if (!pages)
        g_hash_table_insert(all, g_strdup(serial),
                            pages = g_hash_table_new_full(NULL, NULL, NULL, entered_free));
    Entered *entered = g_hash_table_lookup(pages, GINT_TO_POINTER(page));
    if (!entered) {
        entered = g_new0(Entered, 1);
        entered->whole = looks_new();
        entered->answers =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
        g_hash_table_insert(pages, GINT_TO_POINTER(page), entered);
    }
    return entered;
}

GHashTable *entered_load(Store *store, const char *only, GError **error)
{
    g_autoptr(GHashTable) all =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    People *people = people_load(store, error);
    if (!people)
        return NULL;
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT id, serial, page, who, value FROM standing WHERE kind = 'enter'"
                                 " AND (?1 = '' OR serial = ?1) ORDER BY id",
                                 "t", only);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *serial = sql_text(row, 1), *who = sql_text(row, 3), *value = sql_text(row, 4);
        add_entry(entered_of(all, serial, sqlite3_column_int(row, 2)), sqlite3_column_int64(row, 0),
                  people_name(people, who), value);
    }
    return more == 0 ? g_steal_pointer(&all) : NULL;
}

AnswerLooks entered_judge(const Store *store, const GArray *looks)
{
    return ballot_judge_looks((const AnswerLook *)(const void *)looks->data, (int)looks->len,
                              store->survey->rules.by_hand_readers > 1);
}

bool entered_is_whole(const Store *store, const Entered *entered)
{
    AnswerLooks judged = entered_judge(store, entered->whole);
    return judged.state == LOOKS_SETTLED || judged.state == LOOKS_THIRD;
}

/* ---- what counts
 * ------------------------------------------------------------------------------------------------------- */

static gint compare_looks(gconstpointer a, gconstpointer b)
{
    const AnswerLook *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* What people entered for a question and what they decided on it since, in order. */
static GArray *merge_looks(const GArray *entered, const GArray *decided)
{
    GArray *merged = looks_new();
    const GArray *const parts[] = {entered, decided};
    for (size_t p = 0; p < G_N_ELEMENTS(parts); p++) {
        for (guint i = 0; parts[p] && i < parts[p]->len; i++) {
            const AnswerLook *look = &g_array_index(parts[p], AnswerLook, i);
            looks_add(merged, look->id, look->who, look->value);
        }
    }
    g_array_sort(merged, compare_looks);
    return merged;
}

/* Who stands for an answer: both where two had to enter the same. */
static char *deciders(const AnswerLooks *judged)
{
    const AnswerLook *settled = judged->settled ? judged->settled : judged->first;
    return settled == judged->second ? g_strdup_printf("%s + %s", judged->first->who, settled->who)
                                     : g_strdup(settled->who);
}

/* The answer of people alone. */
static StoreAnswer *answer_new(const Store *store, const EnteredAnswer *said)
{
    AnswerLooks judged = entered_judge(store, said->looks);
    StoreAnswer *answer = g_new0(StoreAnswer, 1);
    *answer = (StoreAnswer){
        .serial = g_strdup(said->returned->ballot->serial),
        .question = g_strdup(said->question->id),
        .value = g_strdup((judged.settled ? judged.settled : judged.first)->value),
        .state = judged.settled ? ANSWER_PERSON : ANSWER_WAITING,
        .confidence = judged.settled ? 1 : 0,
        .reasons = ANSWER_BY_HAND | (judged.settled ? 0u : (unsigned)ANSWER_THIRD_LOOK),
        .decided_by = deciders(&judged),
        .file = g_strdup(""),
        .page = said->page,
    };
    return answer;
}

/* Visits the questions of one entered page in the form's order: those answered in boxes, or those with a
 * place to write. */
static void visit_page(const Store *store, const Returned *returned, int page, const Entered *entered,
                       GHashTable *looks, bool boxes, EnteredVisit visit, gpointer data)
{
    const char *serial = returned->ballot->serial;
    const SurveyForm *form = survey_form(store->survey, returned->ballot->form);
    for (guint q = 0; form && q < form->questions->len; q++) {
        const SurveyQuestion *question = form->questions->pdata[q];
        const GArray *own = g_hash_table_lookup(entered->answers, question->id);
        if (!own || (question->scale != NULL) != boxes)
            continue;
        g_autoptr(GArray) merged = merge_looks(own, looks_find(looks, serial, question->id));
        const EnteredAnswer said = {returned, form, question, page, merged};
        visit(&said, data);
    }
}

/* The same of all pages of a ballot that count as entered. */
static void visit_pages(const Store *store, const Returned *returned, GHashTable *looks, bool boxes,
                        EnteredVisit visit, gpointer data)
{
    GHashTableIter pages;
    gpointer page, entered;
    g_hash_table_iter_init(&pages, returned->entered);
    while (g_hash_table_iter_next(&pages, &page, &entered))
        visit_page(store, returned, GPOINTER_TO_INT(page), entered, looks, boxes, visit, data);
}

void entered_visit_answers(const Store *store, const Returned *returned, GHashTable *looks,
                           EnteredVisit visit, gpointer data)
{
    visit_pages(store, returned, looks, true, visit, data);
}

/* The answer that is looked for, and what was said of it. */
typedef struct {
    const char *question;
    GArray *looks; /* NULL: not found yet */
} Sought;

static void find_answer(const EnteredAnswer *said, gpointer data)
{
    Sought *sought = data;
    if (!sought->looks && g_str_equal(said->question->id, sought->question))
        sought->looks = g_array_ref(said->looks);
}

bool entered_find_looks(Store *store, const char *serial, const char *question, GArray **ret, GError **error)
{
    Sought sought = {question, NULL};
    g_autoptr(GHashTable) entered = entered_load(store, serial, error);
    if (!entered)
        return false;
    if (g_hash_table_size(entered)) {
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();
        g_autoptr(GHashTable) all = returned_load(store, serial, sorted, error);
        g_autoptr(GHashTable) looks = all ? looks_load(store, serial, error) : NULL;
        if (!looks)
            return false;
        for (guint i = 0; i < sorted->len; i++)
            visit_pages(store, sorted->pdata[i], looks, true, find_answer, &sought);
    }
    *ret = sought.looks;
    return true;
}

/* Where answers are gathered. */
typedef struct {
    const Store *store;
    GHashTable *found; /* question → StoreAnswer */
    GPtrArray *list;   /* StoreAnswer*, one after another */
} Answers;

static void add_found(const EnteredAnswer *said, gpointer data)
{
    const Answers *answers = data;
    StoreAnswer *answer = answer_new(answers->store, said);
    g_hash_table_replace(answers->found, answer->question, answer);
}

static void add_listed(const EnteredAnswer *said, gpointer data)
{
    const Answers *answers = data;
    g_ptr_array_add(answers->list, answer_new(answers->store, said));
}

void entered_add_answers(const Store *store, const Returned *returned, GHashTable *looks, GHashTable *found)
{
    Answers answers = {store, found, NULL};
    visit_pages(store, returned, looks, true, add_found, &answers);
}

GPtrArray *store_load_entered_answers(Store *store, const char *serial, int page, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, serial, sorted, error);
    g_autoptr(GHashTable) entered = all ? entered_load(store, serial, error) : NULL;
    g_autoptr(GHashTable) looks = entered ? looks_load(store, serial, error) : NULL;
    if (!looks)
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)store_answer_free);
    GHashTable *pages = g_hash_table_lookup(entered, serial);
    const Entered *one = pages ? g_hash_table_lookup(pages, GINT_TO_POINTER(page)) : NULL;
    const Returned *returned = g_hash_table_lookup(all, serial);
    Answers answers = {store, NULL, list};
    if (returned && one && entered_is_whole(store, one))
        visit_page(store, returned, page, one, looks, true, add_listed, &answers);
    return list;
}

static void add_writing(const EnteredAnswer *said, gpointer writings)
{
    const AnswerLook *newest = &g_array_index(said->looks, AnswerLook, said->looks->len - 1);
    StoreWriting *writing = g_new0(StoreWriting, 1);
    *writing = (StoreWriting){.serial = g_strdup(said->returned->ballot->serial),
                              .question = g_strdup(said->question->id),
                              .found = {.written = *newest->value != '\0'},
                              .file = g_strdup(""),
                              .page = said->page,
                              .text = g_strdup(newest->value),
                              .decided_by = g_strdup(newest->who)};
    g_ptr_array_add(writings, writing);
}

void entered_add_writings(const Store *store, const Returned *returned, GHashTable *looks,
                          GPtrArray *writings)
{
    visit_pages(store, returned, looks, false, add_writing, writings);
}

/* ---- for lists
 * ---------------------------------------------------------------------------------------------------------
 */

void store_entered_free(StoreEntered *entered)
{
    if (!entered)
        return;
    g_free(entered->serial);
    g_free(entered->who);
    g_free(entered);
}

static gint compare_entered(gconstpointer a, gconstpointer b)
{
    const StoreEntered *x = *(StoreEntered *const *)a, *y = *(StoreEntered *const *)b;
    int order = strcmp(x->serial, y->serial);
    return order ? order : x->page - y->page;
}

/* "A", "A + B": each once, in order. */
static char *names_of(const GArray *looks)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < looks->len; i++) {
        const char *who = g_array_index(looks, AnswerLook, i).who;
        if (!g_ptr_array_find_with_equal_func(names, who, g_str_equal, NULL))
            g_ptr_array_add(names, (gpointer)who);
    }
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" + ", (char **)names->pdata);
}

static StoreEntered *entered_row(const Store *store, const Returned *returned, const char *serial, int page,
                                 const Entered *entered)
{
    StoreEntered *row = g_new0(StoreEntered, 1);
    *row = (StoreEntered){g_strdup(serial), page, names_of(entered->whole), STORE_ENTERED_HALF,
                          entered_is_whole(store, entered)};
    bool scanned = false;
    for (guint i = 0; returned && i < returned->scans->len; i++)
        scanned |= g_array_index(returned->scans, ReturnedScan, i).page == page;
    if (returned && g_hash_table_contains(returned->entered, GINT_TO_POINTER(page)))
        row->standing = STORE_ENTERED_COUNTS;
    else if (scanned || row->whole)
        row->standing = STORE_ENTERED_SCANNED;
    return row;
}

GPtrArray *store_load_entered(Store *store, const char *serial, GError **error)
{
    const char *only = serial ? serial : "";
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) returned = returned_load(store, only, sorted, error);
    g_autoptr(GHashTable) all = returned ? entered_load(store, only, error) : NULL;
    if (!all)
        return NULL;
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)store_entered_free);
    GHashTableIter ballots, pages;
    gpointer key, of, page, entered;
    g_hash_table_iter_init(&ballots, all);
    while (g_hash_table_iter_next(&ballots, &key, &of)) {
        g_hash_table_iter_init(&pages, of);
        while (g_hash_table_iter_next(&pages, &page, &entered))
            g_ptr_array_add(rows, entered_row(store, g_hash_table_lookup(returned, key), key,
                                              GPOINTER_TO_INT(page), entered));
    }
    g_ptr_array_sort(rows, compare_entered);
    return rows;
}
