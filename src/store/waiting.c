/* Answers that wait for a person, and settling them by several people at once. */
#include <string.h>

#include "store/entered.h"
#include "store/looks.h"
#include "store/people.h"

void store_waiting_free(StoreWaiting *waiting)
{
    if (!waiting)
        return;
    g_free(waiting->serial);
    g_free(waiting->form);
    g_free(waiting->question);
    g_free(waiting->value);
    g_free(waiting->first_who);
    g_free(waiting->first);
    g_free(waiting->second_who);
    g_free(waiting->second);
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
    People *people = people_load(store, error);
    if (!people)
        return NULL;
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT serial || char(10) || question, who, reason FROM standing WHERE kind = 'refer'"
                 " ORDER BY id",
                 "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        Referral *referral = g_new0(Referral, 1);
        g_autofree char *who = sql_text(row, 1);
        referral->who = g_strdup(people_name(people, who));
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
                              .reasons = (unsigned)sqlite3_column_int64(row, 6),
                              .look = 1};
    if (sqlite3_column_int(row, 7) == ANSWER_MACHINE)
        waiting->reasons |= ANSWER_DRAWN;
    return waiting;
}

/* Whether the reading counts; its place in the form then. */
static bool counts(Store *store, const Returned *returned, StoreWaiting *waiting)
{
    const SurveyQuestion *question =
        returned_question(store, returned, waiting->page, waiting->page_id, waiting->question);
    const SurveyForm *form = question ? survey_form(store->survey, returned->ballot->form) : NULL;
    guint place;
    if (!form || !g_ptr_array_find(form->questions, question, &place))
        return false;
    waiting->form = g_strdup(form->id);
    waiting->place = (int)place;
    return true;
}

static gint compare_waiting(gconstpointer a, gconstpointer b)
{
    const StoreWaiting *first = *(StoreWaiting *const *)a, *second = *(StoreWaiting *const *)b;
    unsigned drawn = first->reasons & ANSWER_DRAWN, other = second->reasons & ANSWER_DRAWN;
    if (drawn != other)
        return drawn ? 1 : -1;
    int order = strcmp(first->serial, second->serial);
    return order ? order : first->place - second->place;
}

/* What is being gathered. */
typedef struct {
    Store *store;
    GHashTable *ballots; /* serial → Returned */
    GHashTable *looks, *referrals;
    GPtrArray *waiting;
} Gather;

/* What people said of it so far, and who asked for another one's look. */
static void tell_looks(const Gather *gather, const AnswerLooks *judged, StoreWaiting *one)
{
    one->look = judged->second ? 3 : judged->first ? 2 : 1;
    one->reasons |= judged->second ? ANSWER_THIRD_LOOK : judged->first ? ANSWER_SECOND_LOOK : 0;
    if (judged->first) {
        one->first_id = judged->first->id;
        one->first_who = g_strdup(judged->first->who);
        one->first = g_strdup(judged->first->value);
    }
    if (judged->second) {
        one->second_id = judged->second->id;
        one->second_who = g_strdup(judged->second->who);
        one->second = g_strdup(judged->second->value);
    }
    g_autofree char *key = g_strdup_printf("%s\n%s", one->serial, one->question);
    const Referral *referral = g_hash_table_lookup(gather->referrals, key);
    one->referred_by = referral ? g_strdup(referral->who) : NULL;
    one->note = referral ? g_strdup(referral->note) : NULL;
}

/* Takes an answer over when it waits. */
static void add_waiting(Gather *gather, StoreWaiting *one)
{
    const Returned *returned = g_hash_table_lookup(gather->ballots, one->serial);
    if (!counts(gather->store, returned, one)) {
        store_waiting_free(one);
        return;
    }
    AnswerLooks judged = looks_judge(gather->store, returned->ballot, one->question,
                                     looks_find(gather->looks, one->serial, one->question));
    if (judged.settled) {
        store_waiting_free(one);
        return;
    }
    if (judged.first)
        one->reasons &= ~(unsigned)ANSWER_DRAWN; /* it holds up what it is part of, as any other */
    tell_looks(gather, &judged, one);
    g_ptr_array_add(gather->waiting, one);
}

/* Takes an answer over that two people entered differently. */
static void add_entered(const EnteredAnswer *said, gpointer data)
{
    const Gather *gather = data;
    AnswerLooks judged = entered_judge(gather->store, said->looks);
    guint place;
    if (judged.settled || !g_ptr_array_find(said->form->questions, said->question, &place))
        return;
    StoreWaiting *one = g_new0(StoreWaiting, 1);
    *one = (StoreWaiting){.serial = g_strdup(said->returned->ballot->serial),
                          .form = g_strdup(said->form->id),
                          .question = g_strdup(said->question->id),
                          .place = (int)place,
                          .value = g_strdup(judged.first->value),
                          .reasons = ANSWER_BY_HAND,
                          .page = said->page};
    const GArray *scans = said->returned->scans;
    for (guint i = 0; i < scans->len; i++) {
        const ReturnedScan *scan = &g_array_index(scans, ReturnedScan, i);
        if (scan->page == said->page)
            one->beside = MAX(one->beside, scan->id);
    }
    tell_looks(gather, &judged, one);
    g_ptr_array_add(gather->waiting, one);
}

/* Pages entered by hand: what two people entered differently. */
static void gather_entered(Gather *gather, const GPtrArray *ballots)
{
    for (guint i = 0; i < ballots->len; i++) {
        const Returned *returned = ballots->pdata[i];
        if (returned->ballot->status != STORE_BALLOT_REJECTED)
            entered_visit_answers(gather->store, returned, gather->looks, add_entered, gather);
    }
}

static bool any_entered(const GPtrArray *ballots)
{
    for (guint i = 0; i < ballots->len; i++) {
        if (g_hash_table_size(((const Returned *)ballots->pdata[i])->entered))
            return true;
    }
    return false;
}

/* What is asked of people, and nobody has decided: by the machine, or of what it is sure of by lot. */
static bool gather_asked(Gather *gather, const char *only, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(gather->store, error,
                 NEWEST_READINGS " AND (r.state = 1 OR " READING_IS("draw") ") AND NOT " READING_IS("answer"),
                 "t", only);
    int more = -1;
    while (row && (more = sql_step(gather->store, row, error)) > 0)
        add_waiting(gather, read_waiting(row));
    return more == 0;
}

/* What people have decided and which goes on waiting for another one's look. */
static bool gather_decided(Gather *gather, GError **error)
{
    GHashTableIter iter;
    gpointer key, looks;
    int more = 0;
    g_hash_table_iter_init(&iter, gather->looks);
    while (more == 0 && g_hash_table_iter_next(&iter, &key, &looks)) {
        g_auto(GStrv) parts = g_strsplit(key, "\n", 2);
        const Returned *returned = g_hash_table_lookup(gather->ballots, parts[0]);
        if (!returned || looks_judge(gather->store, returned->ballot, parts[1], looks).settled)
            continue;
        sqlite3_stmt *row =
            sql_bind(gather->store, error, NEWEST_READINGS " AND r.question = ?2", "tt", parts[0], parts[1]);
        more = row ? sql_step(gather->store, row, error) : -1;
        for (; more > 0; more = sql_step(gather->store, row, error))
            add_waiting(gather, read_waiting(row));
    }
    return more == 0;
}

GPtrArray *store_load_waiting(Store *store, const char *serial, GError **error)
{
    const char *only = serial ? serial : "";
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, only, sorted, error);
    g_autoptr(GHashTable) referrals = all ? load_referrals(store, error) : NULL;
    /* Where one person's word is enough, what was decided off a scan waits no more. */
    bool doubled = looks_are_doubled(store);
    g_autoptr(GHashTable) looks = !referrals ? NULL
                                  : doubled || any_entered(sorted)
                                      ? looks_load(store, only, error)
                                      : g_hash_table_new(g_str_hash, g_str_equal);
    if (!looks)
        return NULL;
    g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func((GDestroyNotify)store_waiting_free);
    Gather gather = {store, all, looks, referrals, waiting};
    if (!gather_asked(&gather, only, error) || (doubled && !gather_decided(&gather, error)))
        return NULL;
    gather_entered(&gather, sorted);
    g_ptr_array_sort(waiting, compare_waiting);
    return g_steal_pointer(&waiting);
}

/* ---- settling
 * ------------------------------------------------------------------------------------------------------- */

void store_settled_clear(StoreSettled *settled)
{
    store_decision_free(settled->other);
    *settled = (StoreSettled){0};
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

/* The words on one answer and what they come to: under the rules for what has no scan, or those for what
 * has. */
static bool judge_answer(Store *store, const StoreSettle *settle, GArray **ret_looks, AnswerLooks *ret,
                         GError **error)
{
    g_autoptr(GArray) entered = NULL;
    if (!entered_find_looks(store, settle->serial, settle->question, &entered, error))
        return false;
    if (entered) {
        *ret = entered_judge(store, entered);
        *ret_looks = g_steal_pointer(&entered);
        return true;
    }
    g_autoptr(GHashTable) all = looks_load(store, settle->serial, error);
    if (!all)
        return false;
    GArray *looks = looks_find(all, settle->serial, settle->question);
    g_autoptr(StoreBallot) ballot =
        looks_are_doubled(store) ? store_find_ballot(store, settle->serial, error) : NULL;
    *ret = looks_judge(store, ballot, settle->question, looks);
    *ret_looks = looks ? g_array_ref(looks) : NULL;
    return true;
}

/* The person's own newest word of those that count. */
static const AnswerLook *own_look(const AnswerLooks *judged, const char *who)
{
    const AnswerLook *looks[] = {judged->settled, judged->first, judged->second};
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (looks[i] && g_str_equal(looks[i]->who, who))
            return looks[i];
    }
    return NULL;
}

/* The look in whose way this one comes; NULL when it is to be taken. */
static const AnswerLook *stands_before(const AnswerLooks *judged, const AnswerLook *own,
                                       const StoreSettle *settle)
{
    if (own && g_str_equal(own->value, settle->value))
        return NULL; /* said once more */
    bool alone = own && !(judged->second && !g_str_equal(judged->second->who, own->who)) &&
                 g_str_equal(judged->first->who, own->who);
    bool last = own && own == judged->settled;
    if (judged->state == LOOKS_NONE || alone || last)
        return NULL; /* nobody's, or one's own word changed */
    if (judged->state == LOOKS_SETTLED)
        return settle->over == judged->settled->id ? NULL : judged->settled;
    bool mine = !own && settle->look == (judged->state == LOOKS_SECOND ? 2 : 3);
    return mine ? NULL : judged->first;
}

bool store_settle_answer(Store *store, const StoreSettle *settle, StoreSettled *ret, GError **error)
{
    StoreSettled settled = {0};
    AnswerLooks judged;
    g_autoptr(GArray) looks = NULL, after = NULL;
    if (!sql_begin(store, error))
        return false;
    People *people = people_load(store, error);
    g_autofree char *by = people ? people_decider(store, settle->who, error) : NULL;
    g_autofree char *who = by ? g_strdup(people_name(people, by)) : NULL;
    bool done = who && judge_answer(store, settle, &looks, &judged, error);
    const AnswerLook *own = done ? own_look(&judged, who) : NULL;
    const AnswerLook *before = done ? stands_before(&judged, own, settle) : NULL;
    if (done && before) {
        settled.other = store_find_decision(store, before->id, error);
        done = settled.other && log_disagreement(store, settled.other, settle->value, settle->who, error);
    } else if (done && own && g_str_equal(own->value, settle->value)) {
        settled.decision = own->id;
    } else if (done) {
        done = decision_answer(store, settle->serial, settle->question, settle->value, settle->who,
                               settle->reason, settle->fact ? settle->fact : "", error);
        settled.decision = store->last_decision;
    }
    done = done && judge_answer(store, settle, &after, &judged, error);
    settled.waits = done && judged.state != LOOKS_SETTLED;
    if (done && sql_commit(store, error)) {
        *ret = settled;
        return true;
    }
    sql_rollback(store);
    store_settled_clear(&settled);
    return false;
}

bool store_settle_answers(Store *store, const StoreSettle *settles, int count, StoreSettled *ret,
                          GError **error)
{
    g_autofree StoreSettled *settled = g_new0(StoreSettled, count);
    if (!sql_begin(store, error))
        return false;
    bool done = true;
    for (int i = 0; done && i < count; i++)
        done = store_settle_answer(store, &settles[i], &settled[i], error);
    if (done && sql_commit(store, error)) {
        memcpy(ret, settled, sizeof *ret * (size_t)count);
        return true;
    }
    sql_rollback(store);
    for (int i = 0; i < count; i++)
        store_settled_clear(&settled[i]);
    return false;
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
    g_autoptr(GArray) entered = NULL;
    if (!waits && !entered_find_looks(store, serial, question, &entered, error))
        return false;
    if (waits || entered)
        return decision_add(store, "refer", serial, question, 0, "", who, note, error);
    g_autofree char *shown = text_printable(question);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("ballot %s: no answer '%s' was read"),
                serial_shown(serial), shown);
    return false;
}
