/* Returned ballots and their final answers: views over pages, readings and the decisions that stand, computed
 * anew each time. */
#include <string.h>

#include "store/entered.h"
#include "store/looks.h"

static const char *const status_ids[] = {"complete",       "incomplete", "duplicate",
                                         "unknown-serial", "rejected",   "void-serial"};

const char *store_ballot_status_id(StoreBallotStatus status)
{
    return status_ids[status];
}

void store_ballot_free(StoreBallot *ballot)
{
    if (!ballot)
        return;
    g_free(ballot->serial);
    g_free(ballot->form);
    g_free(ballot->group);
    g_free(ballot->agency);
    g_free(ballot->origin);
    g_free(ballot->note);
    g_free(ballot->station);
    g_free(ballot);
}

void store_answer_free(StoreAnswer *answer)
{
    if (!answer)
        return;
    g_free(answer->serial);
    g_free(answer->question);
    g_free(answer->value);
    g_free(answer->decided_by);
    g_free(answer->file);
    g_free(answer);
}

/* Every returned ballot, or the one of serial `only` ("" for all). */
static GPtrArray *load_ballots(Store *store, const char *only, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, only, sorted, error);
    if (!all)
        return NULL;
    GPtrArray *ballots = g_ptr_array_new_with_free_func((GDestroyNotify)store_ballot_free);
    for (guint i = 0; i < sorted->len; i++) {
        Returned *returned = sorted->pdata[i];
        StoreBallot *copy = g_new0(StoreBallot, 1);
        const StoreBallot *from = returned->ballot;
        *copy = (StoreBallot){
            g_strdup(from->serial), g_strdup(from->form), g_strdup(from->group), g_strdup(from->agency),
            g_strdup(from->origin), from->status,         from->pages_expected,  from->pages_read,
            g_strdup(from->note),   from->moved,          from->pages_by_hand,   g_strdup(from->station)};
        g_ptr_array_add(ballots, copy);
    }
    return ballots;
}

GPtrArray *store_load_ballots(Store *store, GError **error)
{
    return load_ballots(store, "", error);
}

StoreBallot *store_find_ballot(Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) found = *serial ? load_ballots(store, serial, error) : NULL;
    return found && found->len ? g_ptr_array_steal_index(found, 0) : NULL;
}

/* What people said of an answer goes before what the machine read, once it counts. */
static void apply_looks(const Store *store, const StoreBallot *ballot, GHashTable *looks, StoreAnswer *answer)
{
    AnswerLooks judged =
        looks_judge(store, ballot, answer->question, looks_find(looks, ballot->serial, answer->question));
    answer->decided_by = g_strdup(judged.settled ? judged.settled->who : "machine");
    if (judged.settled) {
        g_free(answer->value);
        answer->value = g_strdup(judged.settled->value);
        answer->state = ANSWER_PERSON;
        answer->confidence = 1;
    } else if (judged.first) {
        answer->state = ANSWER_WAITING;
        answer->reasons |= judged.second ? ANSWER_THIRD_LOOK : ANSWER_SECOND_LOOK;
    }
}

static StoreAnswer *read_answer(const Store *store, sqlite3_stmt *row, const StoreBallot *ballot,
                                GHashTable *looks)
{
    StoreAnswer *answer = g_new0(StoreAnswer, 1);
    *answer = (StoreAnswer){.serial = g_strdup(ballot->serial),
                            .question = sql_text(row, 0),
                            .value = sql_text(row, 1),
                            .state = (AnswerState)sqlite3_column_int(row, 2),
                            .confidence = sqlite3_column_double(row, 3),
                            .reasons = (unsigned)sqlite3_column_int64(row, 4),
                            .file = sql_text(row, 5),
                            .page = sqlite3_column_int(row, 6)};
    apply_looks(store, ballot, looks, answer);
    return answer;
}

/* Appends a ballot's answers in the order of the form's questions. */
static bool add_answers(Store *store, const Returned *returned, GHashTable *looks, GPtrArray *answers,
                        GError **error)
{
    const SurveyForm *form = survey_form(store->survey, returned->ballot->form);
    g_autoptr(GHashTable) found =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)store_answer_free);
    GHashTableIter iter;
    gpointer page_id;
    g_hash_table_iter_init(&iter, returned->chosen);
    while (g_hash_table_iter_next(&iter, NULL, &page_id)) {
        sqlite3_stmt *row = sql_bind(
            store, error,
            "SELECT r.question, r.value, r.state, r.confidence, r.reasons, f.name, p.idx + 1, "
            "max(r.generation)"
            " FROM reading r JOIN page p ON p.id = r.page JOIN file f ON f.id = p.file WHERE r.page = ?1"
            " GROUP BY r.question",
            "i", (int64_t)GPOINTER_TO_SIZE(page_id));
        int more = -1;
        while (row && (more = sql_step(store, row, error)) > 0) {
            StoreAnswer *answer = read_answer(store, row, returned->ballot, looks);
            g_hash_table_replace(found, answer->question, answer);
        }
        if (more != 0)
            return false;
    }
    entered_add_answers(store, returned, looks, found);
    for (guint q = 0; form && q < form->questions->len; q++) {
        gpointer answer;
        if (g_hash_table_steal_extended(found, ((SurveyQuestion *)form->questions->pdata[q])->id, NULL,
                                        &answer))
            g_ptr_array_add(answers, answer);
    }
    return true;
}

static GPtrArray *load_answers(Store *store, const char *only, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, only, sorted, error);
    g_autoptr(GHashTable) looks = all ? looks_load(store, only, error) : NULL;
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func((GDestroyNotify)store_answer_free);
    for (guint i = 0; looks && i < sorted->len; i++) {
        const Returned *returned = sorted->pdata[i];
        if (returned->ballot->status == STORE_BALLOT_REJECTED)
            continue;
        if (!add_answers(store, returned, looks, answers, error))
            return NULL;
    }
    return looks ? g_steal_pointer(&answers) : NULL;
}

void store_writing_free(StoreWriting *writing)
{
    if (!writing)
        return;
    g_free(writing->serial);
    g_free(writing->question);
    store_draft_clear(&writing->draft);
    g_free(writing->file);
    g_free(writing->text);
    g_free(writing->decided_by);
    g_free(writing);
}

static gint compare_questions(gconstpointer a, gconstpointer b, gpointer form)
{
    const SurveyForm *of = form;
    guint places[2] = {G_MAXUINT, G_MAXUINT};
    const StoreWriting *writings[2] = {*(StoreWriting *const *)a, *(StoreWriting *const *)b};
    for (int i = 0; i < 2; i++) {
        const SurveyQuestion *question = of ? survey_form_question(of, writings[i]->question) : NULL;
        if (question)
            g_ptr_array_find(of->questions, question, &places[i]);
    }
    return (places[0] > places[1]) - (places[0] < places[1]);
}

static StoreWriting *read_writing(sqlite3_stmt *row, const char *serial, int64_t page_id, GHashTable *looks)
{
    StoreWriting *writing = g_new0(StoreWriting, 1);
    *writing = (StoreWriting){.serial = g_strdup(serial),
                              .question = sql_text(row, 0),
                              .found = {sqlite3_column_double(row, 1), sqlite3_column_int(row, 2) != 0},
                              .file = sql_text(row, 3),
                              .page = sqlite3_column_int(row, 4),
                              .page_id = page_id};
    if (sqlite3_column_type(row, 7) != SQLITE_NULL)
        writing->draft = (StoreDraft){sql_text(row, 5), sqlite3_column_double(row, 6), sql_text(row, 7)};
    const GArray *typed = looks_find(looks, serial, writing->question);
    const AnswerLook *newest = typed ? &g_array_index(typed, AnswerLook, typed->len - 1) : NULL;
    writing->text = newest ? g_strdup(newest->value) : NULL;
    writing->decided_by = newest ? g_strdup(newest->who) : NULL;
    return writing;
}

/* Appends what was found on the scans of a ballot that count. */
static bool add_writings(Store *store, const Returned *returned, GHashTable *looks, GPtrArray *writings,
                         GError **error)
{
    g_autoptr(GPtrArray) own = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key;
    int more = 0;
    g_hash_table_iter_init(&iter, returned->chosen);
    while (more == 0 && g_hash_table_iter_next(&iter, NULL, &key)) {
        int64_t page_id = (int64_t)GPOINTER_TO_SIZE(key);
        sqlite3_stmt *row = sql_bind(
            store, error,
            "SELECT d.question, d.ink_mm2, d.written, f.name, p.idx + 1, t.text, t.confidence, t.model"
            " FROM field d JOIN page p ON p.id = d.page JOIN file f ON f.id = p.file"
            " LEFT JOIN draft t ON t.id = (SELECT max(n.id) FROM draft n WHERE n.page = d.page"
            " AND n.question = d.question) WHERE d.page = ?1",
            "i", page_id);
        more = row ? sql_step(store, row, error) : -1;
        for (; more > 0; more = sql_step(store, row, error))
            g_ptr_array_add(own, read_writing(row, returned->ballot->serial, page_id, looks));
    }
    entered_add_writings(store, returned, looks, own);
    g_ptr_array_sort_with_data(own, compare_questions, survey_form(store->survey, returned->ballot->form));
    for (guint i = 0; i < own->len; i++)
        g_ptr_array_add(writings, own->pdata[i]);
    return more == 0;
}

static GPtrArray *load_writings(Store *store, const char *only, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, only, sorted, error);
    g_autoptr(GHashTable) looks = all ? looks_load(store, only, error) : NULL;
    g_autoptr(GPtrArray) writings = g_ptr_array_new_with_free_func((GDestroyNotify)store_writing_free);
    for (guint i = 0; looks && i < sorted->len; i++) {
        const Returned *returned = sorted->pdata[i];
        if (returned->ballot->status != STORE_BALLOT_REJECTED &&
            !add_writings(store, returned, looks, writings, error))
            return NULL;
    }
    return looks ? g_steal_pointer(&writings) : NULL;
}

GPtrArray *store_load_writings(Store *store, GError **error)
{
    return load_writings(store, "", error);
}

GPtrArray *store_load_ballot_writings(Store *store, const char *serial, GError **error)
{
    return load_writings(store, serial, error);
}

GPtrArray *store_load_answers(Store *store, GError **error)
{
    return load_answers(store, "", error);
}

GPtrArray *store_load_ballot_answers(Store *store, const char *serial, GError **error)
{
    return load_answers(store, serial, error);
}

void store_scan_free(StoreScan *scan)
{
    if (!scan)
        return;
    g_free(scan->form);
    g_free(scan->layout_fingerprint);
    g_free(scan->archived);
    g_free(scan);
}

StoreScan *store_find_scan(Store *store, int64_t page_id, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT p.form, p.layout, p.page, f.archived, p.idx, p.map FROM page p"
                                 " JOIN file f ON f.id = p.file WHERE p.id = ?1",
                                 "i", page_id);
    int found = row ? sql_step(store, row, error) : -1;
    if (found == 0)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("no page has ID %lld"), (long long)page_id);
    if (found != 1)
        return NULL;
    StoreScan *scan = g_new0(StoreScan, 1);
    *scan = (StoreScan){.page_id = page_id,
                        .form = sql_text(row, 0),
                        .layout_fingerprint = sql_text(row, 1),
                        .page = sqlite3_column_int(row, 2),
                        .archived = sql_text(row, 3),
                        .index = sqlite3_column_int(row, 4)};
    if (sqlite3_column_bytes(row, 5) == (int)sizeof scan->map)
        memcpy(&scan->map, sqlite3_column_blob(row, 5), sizeof scan->map);
    sqlite3_reset(row);
    return scan;
}

static gint compare_scans(gconstpointer a, gconstpointer b)
{
    return (*(StoreScan *const *)a)->page - (*(StoreScan *const *)b)->page;
}

GPtrArray *store_load_scans(Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, serial, sorted, error);
    if (!all)
        return NULL;
    g_autoptr(GPtrArray) scans = g_ptr_array_new_with_free_func((GDestroyNotify)store_scan_free);
    for (guint i = 0; i < sorted->len; i++) {
        GHashTableIter iter;
        gpointer id;
        g_hash_table_iter_init(&iter, ((Returned *)sorted->pdata[i])->chosen);
        while (g_hash_table_iter_next(&iter, NULL, &id)) {
            StoreScan *scan = store_find_scan(store, (int64_t)GPOINTER_TO_SIZE(id), error);
            if (!scan)
                return NULL;
            g_ptr_array_add(scans, scan);
        }
    }
    g_ptr_array_sort(scans, compare_scans);
    return g_steal_pointer(&scans);
}
