/* Answers that wait for a person, and settling them by several people at once. */
#include <string.h>

#include "store/returned.h"

void store_waiting_free(StoreWaiting *waiting)
{
    if (!waiting)
        return;
    g_free(waiting->serial);
    g_free(waiting->form);
    g_free(waiting->question);
    g_free(waiting->value);
    g_free(waiting->note);
    g_free(waiting->referred_by);
    g_free(waiting);
}

/* Who referred an answer to others, and their note. */
typedef struct {
    char *who, *note;
} Referral;

static void referral_free(gpointer data)
{
    Referral *referral = data;
    g_free(referral->who);
    g_free(referral->note);
    g_free(referral);
}

/* The newest referrals that stand: "serial\nquestion" → Referral. */
static GHashTable *load_referrals(Store *store, GError **error)
{
    g_autoptr(GHashTable) referrals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, referral_free);
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT serial || char(10) || question, who, reason FROM standing WHERE kind = 'refer'"
                 " ORDER BY id",
                 "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        Referral *referral = g_new0(Referral, 1);
        referral->who = sql_text(row, 1);
        referral->note = sql_text(row, 2);
        g_hash_table_replace(referrals, sql_text(row, 0), referral);
    }
    return more == 0 ? g_steal_pointer(&referrals) : NULL;
}

static StoreWaiting *read_waiting(sqlite3_stmt *row)
{
    StoreWaiting *waiting = g_new0(StoreWaiting, 1);
    *waiting = (StoreWaiting){.page_id = sqlite3_column_int64(row, 0),
                              .page = sqlite3_column_int(row, 1),
                              .serial = sql_text(row, 2),
                              .question = sql_text(row, 3),
                              .value = sql_text(row, 4),
                              .confidence = sqlite3_column_double(row, 5),
                              .reasons = (unsigned)sqlite3_column_int64(row, 6)};
    return waiting;
}

/* Whether the reading's scan counts, on a ballot that is not rejected, and the form still asks the question;
 * its place in the form then. */
static bool counts(Store *store, const Returned *returned, StoreWaiting *waiting)
{
    if (!returned || returned->ballot->status == STORE_BALLOT_REJECTED ||
        g_hash_table_lookup(returned->chosen, GINT_TO_POINTER(waiting->page)) !=
            GSIZE_TO_POINTER((gsize)waiting->page_id))
        return false;
    const SurveyForm *form = survey_form(store->survey, returned->ballot->form);
    const SurveyQuestion *question = form ? survey_form_question(form, waiting->question) : NULL;
    guint place;
    if (!question || !g_ptr_array_find(form->questions, question, &place))
        return false;
    waiting->form = g_strdup(form->id);
    waiting->place = (int)place;
    return true;
}

static gint compare_waiting(gconstpointer a, gconstpointer b)
{
    const StoreWaiting *first = *(StoreWaiting *const *)a, *second = *(StoreWaiting *const *)b;
    int order = strcmp(first->serial, second->serial);
    return order ? order : first->place - second->place;
}

GPtrArray *store_load_waiting(Store *store, const char *serial, GError **error)
{
    const char *only = serial ? serial : "";
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, only, sorted, error);
    g_autoptr(GHashTable) referrals = all ? load_referrals(store, error) : NULL;
    if (!referrals)
        return NULL;
    g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func((GDestroyNotify)store_waiting_free);
    sqlite3_stmt *row = sql_bind(
        store, error,
        "SELECT r.page, p.page, p.serial, r.question, r.value, r.confidence, r.reasons"
        " FROM reading r JOIN page p ON p.id = r.page"
        " WHERE r.state = 1 AND p.outcome = 0 AND NOT EXISTS (SELECT 1 FROM reading n WHERE n.page = r.page"
        "  AND n.question = r.question AND n.generation > r.generation)"
        " AND NOT EXISTS (SELECT 1 FROM standing d WHERE d.serial = p.serial AND d.question = r.question"
        "  AND d.kind = 'answer') AND (?1 = '' OR p.serial = ?1)",
        "t", only);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreWaiting *one = read_waiting(row);
        if (!counts(store, g_hash_table_lookup(all, one->serial), one)) {
            store_waiting_free(one);
            continue;
        }
        g_autofree char *key = g_strdup_printf("%s\n%s", one->serial, one->question);
        const Referral *referral = g_hash_table_lookup(referrals, key);
        one->referred_by = referral ? g_strdup(referral->who) : NULL;
        one->note = referral ? g_strdup(referral->note) : NULL;
        g_ptr_array_add(waiting, one);
    }
    g_ptr_array_sort(waiting, compare_waiting);
    return more == 0 ? g_steal_pointer(&waiting) : NULL;
}

/* ---- settling
 * ------------------------------------------------------------------------------------------------------- */

/* The decision on an answer that counts now; *ret NULL when there is none. */
static bool find_answer(Store *store, const char *serial, const char *question, StoreDecision **ret,
                        GError **error)
{
    int64_t id;
    if (!sql_number(store, error, 0, &id,
                    "SELECT ifnull(max(id), 0) FROM standing WHERE serial = ?1 AND question = ?2 AND kind ="
                    " 'answer'",
                    "tt", serial, question))
        return false;
    *ret = id ? store_find_decision(store, id, error) : NULL;
    return !id || *ret;
}

/* A late answer to what another person settled is kept in the log, and both are told. */
static bool log_disagreement(Store *store, const StoreDecision *other, const char *value, const char *who,
                             GError **error)
{
    if (g_str_equal(other->value, value))
        return true;
    g_autofree char *detail = g_strdup_printf("%s %s = %s (%s: %s)", other->serial, other->question, value,
                                              other->who, other->value);
    return store_log(store, who, "disagree", detail, error);
}

bool store_settle_answer(Store *store, const char *serial, const char *question, const char *value,
                         int64_t over, const char *who, const char *reason, int64_t *ret_decision,
                         StoreDecision **ret_other, GError **error)
{
    StoreDecision *standing = NULL;
    if (!sql_begin(store, error))
        return false;
    bool done = find_answer(store, serial, question, &standing, error);
    bool own = standing && g_str_equal(standing->who, who);
    bool other = standing && !own && standing->id != over;
    int64_t decision = 0;
    if (done && other) {
        done = log_disagreement(store, standing, value, who, error);
    } else if (done && own && g_str_equal(standing->value, value)) {
        decision = standing->id;
    } else if (done) {
        done = store_decide_answer(store, serial, question, value, who, reason, error);
        decision = store->last_decision;
    }
    done = done && sql_commit(store, error);
    if (!done)
        sql_rollback(store);
    *ret_other = done && other ? g_steal_pointer(&standing) : NULL;
    *ret_decision = decision;
    store_decision_free(standing);
    return done;
}

bool store_refer_answer(Store *store, const char *serial, const char *question, const char *who,
                        const char *note, GError **error)
{
    int64_t waits;
    if (!sql_number(store, error, 0, &waits,
                    "SELECT count(*) FROM reading r JOIN page p ON p.id = r.page WHERE p.serial = ?1 AND"
                    " p.outcome = 0 AND r.question = ?2",
                    "tt", serial, question))
        return false;
    if (waits)
        return decision_add(store, "refer", serial, question, 0, "", who, note, error);
    g_autofree char *shown = text_printable(question);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("ballot %s: no answer '%s' was read"), serial,
                shown);
    return false;
}
