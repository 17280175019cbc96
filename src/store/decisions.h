/* What people decide: answers, looks, draws, pages entered by hand, waivers, treatments; and the machine
 * deciding anew. A part of store.h, which other rooms include. */
#ifndef PHIEU_STORE_DECISIONS_H
#define PHIEU_STORE_DECISIONS_H

#include "store/store.h"

/* Where the workspace has accounts, `who` of every decision is one of them, capital letters and blanks aside,
 * and the decision is recorded under its name; INVALID for anybody else and for an account that is disabled.
 * Two people are two accounts, or two names that differ by more than capital letters and blanks. */

/* A decision as it was taken. */
typedef struct {
    int64_t id;
    char *kind; /* "answer", "text", "duplicate", "assign", "reject", "settle", "void", "waive", "treat",
                   "refer", "identify", "draw", "enter", "undo" */
    char *serial, *question; /* may be "" */
    int64_t page; /* duplicate: the scan that counts, or −page of the ballot as entered; settle: page or
                     file; enter: page of the ballot; undo: the decision */
    char *value, *who, *reason, *at;
    char *undone; /* "who: reason"; NULL: it stands */
} StoreDecision;

void store_decision_free(StoreDecision *decision);
/* What people read, in their language, static; NULL where there is none: for the kind of a decision or any
 * other action of the log; for what store_ballot_status_id() gives; for a treatment. */
const char *store_action_words(const char *action);
const char *store_ballot_status_words(const char *status);
const char *store_treatment_words(const char *treatment);
/* The same for what a decision of that kind said: the labels of an answer's options, a cell, a treatment
 * ("SNV: not ranked"), or, of kinds that say no more, the kind. `form`: of its ballot, NULL where it is not
 * known. Newly allocated; NULL: the value itself is what people read. */
char *store_value_words(const Survey *survey, const char *kind, const char *form, const char *question,
                        const char *value);
/* The number of the decision this store added last; 0: none. */
int64_t store_last_decision(const Store *store);
/* A person settles one answer, or types what is written in a field; append-only. INVALID when the value does
 * not fit the question (ballot_value_kind). */
bool store_decide_answer(Store *store, const char *serial, const char *question, const char *value,
                         const char *who, const char *reason, GError **error);
/* An answer that waits for a person. */
typedef struct {
    char *serial, *form, *question;
    int place;         /* of the question in its form, from 0 */
    char *value;       /* the machine's best guess; entered by hand: what the first person entered */
    double confidence; /* … and its chance; entered by hand: 0 */
    unsigned reasons;
    int64_t page_id; /* the scan it is on; 0: entered by hand by two people, differently (look 3) */
    int64_t beside;  /* page_id 0: the newest scan of that page, which does not count; 0: there is none */
    int page;        /* of the ballot, from 1 */
    int look;        /* 1: nobody has read it; 2: one person has, the next reads it blind; 3: two read
                        it differently */
    char *first_who, *first;     /* look 2 and 3: the first person and what they read; else NULL */
    char *second_who, *second;   /* look 3 */
    int64_t first_id, second_id; /* look 2 and 3: the decisions that say so */
    char *referred_by, *note;    /* who asked for another look, and why; NULL: nobody */
} StoreWaiting;

void store_waiting_free(StoreWaiting *waiting);
/* Every answer that waits, or those of one ballot (NULL: all), in order of serial and of the form's
 * questions: the WAITING ones of store_load_answers(), found without loading the others; and after them those
 * drawn for a check (ANSWER_DRAWN), which hold nothing up. GPtrArray of StoreWaiting*.
 */
GPtrArray *store_load_waiting(Store *store, const char *serial, GError **error);
/* What a person says an answer is. */
typedef struct {
    const char *serial, *question, *value;
    int look;     /* what they were shown (StoreWaiting.look) */
    int64_t over; /* the decision of another person they decide against, knowing it; 0: none */
    const char *who, *reason;
    const char *fact; /* what it was decided on, kept with it; NULL: nothing more */
} StoreSettle;

/* What came of it. */
typedef struct {
    int64_t decision;     /* its number; the same value again by the same person is the same decision */
    StoreDecision *other; /* nothing was decided: another person's stands, or was first; else NULL */
    bool waits;           /* the answer goes on waiting for another person's look */
} StoreSettled;

void store_settled_clear(StoreSettled *settled);
/* A person settles an answer beside others who may have read it meanwhile. Where another person's decision
 * stands that is not `over`, or the answer needs another look than the person was shown, nothing is decided:
 * `other` is that decision, and a differing value goes into the log as a disagreement. Errors as
 * store_decide_answer(). */
bool store_settle_answer(Store *store, const StoreSettle *settle, StoreSettled *ret, GError **error);
/* Many of them in one transaction: `ret` has room for as many, in the same order; on failure none is decided
 * and it is left as it was. */
bool store_settle_answers(Store *store, const StoreSettle *settles, int count, StoreSettled *ret,
                          GError **error);
/* An answer two people have read without knowing of each other, by the survey's rules.second_look. */
typedef struct {
    char *serial, *question;
    char *first_who, *first, *second_who, *second;
} StoreLooks;

void store_looks_free(StoreLooks *looks);
/* All of them, in order of serial and question: GPtrArray of StoreLooks*. */
GPtrArray *store_load_looks(Store *store, GError **error);
/* How far their readers agree: over all first, then pair by pair. GPtrArray of LookAgreement*. */
GPtrArray *store_agreement(const GPtrArray *looks);
/* Draws by lot up to `count` more of the answers the machine is sure of and nobody has decided, for people to
 * check: each a decision "draw" with what was read. The same seed draws the same of the same readings.
 * NOT_FOUND where there is none. */
bool store_draw_answers(Store *store, int count, int seed, const char *who, int *ret_drawn, GError **error);
/* What came of all draws that stand. */
typedef struct {
    int drawn, seen, otherwise; /* seen: by as many people as the rules want; of these read otherwise */
} StoreDraws;

bool store_count_draws(Store *store, StoreDraws *ret, GError **error);
/* A person asks for another one's look; the answer goes on waiting. NOT_FOUND where none was read. */
bool store_refer_answer(Store *store, const char *serial, const char *question, const char *who,
                        const char *note, GError **error);
/* A duplicate: the page scanned as `page_id` counts, the other scans of that page do not. */
bool store_decide_duplicate(Store *store, const char *serial, int64_t page_id, const char *who,
                            const char *reason, GError **error);
/* One question and what a person read there. */
typedef struct {
    const char *question, *value;
} StoreGiven;

/* A page entered by hand: every question on it, those left blank with "". */
typedef struct {
    const char *serial;
    int page; /* of the ballot, from 1 */
    const StoreGiven *given;
    int count;
    const char *who, *reason;
    bool once; /* not where this person has entered it already, or it counts as entered: that is taken back
                  first */
} StoreEntry;

/* What came of it. */
typedef struct {
    int64_t decision; /* its number */
    bool counts;      /* as many people have entered the page as rules.by_hand wants; else another is to */
    int differing;    /* of its answers wait, two people having entered them differently */
} StoreEntryOutcome;

/* A person enters a page that has no scan; append-only, as one decision. It counts, as a page that was read,
 * when as many people have entered it as the survey's rules.by_hand wants; an answer they differ on waits
 * until one of them enters what the other did, or a third person decides it (store_decide_answer() or the
 * page entered once more). NOT_FOUND when the serial was never issued; INVALID when it is void, a person
 * rejected the ballot, it has no such page, the page was scanned, it is not to be entered again (`once`), or
 * a question is missing, unknown, given twice or its value does not fit. */
bool store_enter_page(Store *store, const StoreEntry *entry, StoreEntryOutcome *ret, GError **error);
/* A page that was both entered and scanned: it counts as entered. NOT_FOUND when it was not. */
bool store_choose_entered(Store *store, const char *serial, int page, const char *who, const char *reason,
                          GError **error);

typedef enum {
    STORE_ENTERED_HALF,    /* another person is to enter it, too */
    STORE_ENTERED_COUNTS,  /* as entered */
    STORE_ENTERED_SCANNED, /* a scan stands before it */
} StoreEnteredStanding;

/* A page people entered by hand. */
typedef struct {
    char *serial;
    int page;  /* of the ballot, from 1 */
    char *who; /* "A", "A + B" */
    StoreEnteredStanding standing;
    bool whole; /* as many people entered it as the rules want */
} StoreEntered;

void store_entered_free(StoreEntered *entered);
/* Every page entered, or those of one ballot (NULL: all), in order of serial and page: GPtrArray of
 * StoreEntered*. */
GPtrArray *store_load_entered(Store *store, const char *serial, GError **error);
/* The answers in boxes of a page as people entered it, in the form's order, whether it counts or a scan
 * stands before it: GPtrArray of StoreAnswer*; empty where fewer people entered it than the rules want. */
GPtrArray *store_load_entered_answers(Store *store, const char *serial, int page, GError **error);
/* How a page of a ballot stands for one who would enter it by hand. */
typedef enum {
    STORE_SHEET_MISSING, /* neither scanned nor entered */
    STORE_SHEET_HALF,    /* others have entered it, another person is to */
    STORE_SHEET_OWN,     /* the same, and this person is one of those who have */
    STORE_SHEET_ENTERED, /* counts as people entered it */
    STORE_SHEET_SCANNED, /* there is a scan of it */
} StoreSheetStanding;

/* "missing", "half", "own", "entered", "scanned". */
const char *store_sheet_standing_id(StoreSheetStanding standing);

/* That a person entered a page; what they entered is told nobody who may be the next to. */
typedef struct {
    int64_t decision;
    char *who;
} StoreSheetEntry;

/* A page of an issued ballot. */
typedef struct {
    StoreIssued *issued;
    int page; /* from 1 */
    StoreSheetStanding standing;
    GArray *entries; /* StoreSheetEntry, in order; those that stand */
} StoreSheet;

void store_sheet_free(StoreSheet *sheet);
/* The pages of a ballot as they stand for `who`, all of them; with NULL for a serial, of all ballots the
 * pages that a ballot lacks of which another one is there, and those that people entered and nobody scanned.
 * In order of serial and page: GPtrArray of StoreSheet*. Of one ballot NOT_FOUND when it was never issued,
 * INVALID when it is void or a person rejected it. */
GPtrArray *store_load_sheets(Store *store, const char *serial, const char *who, GError **error);
/* What is asked on it, in the form's order: GPtrArray of SurveyQuestion*, which the survey owns. */
GPtrArray *store_sheet_questions(const Store *store, const StoreSheet *sheet, GError **error);
/* An unknown serial, or a foreign ballot: it belongs to that cell. */
bool store_assign_ballot(Store *store, const char *serial, const SurveyCell *cell, const char *who,
                         const char *reason, GError **error);
/* The ballot does not count. */
bool store_reject_ballot(Store *store, const char *serial, const char *who, const char *reason,
                         GError **error);
/* A refused page (or file) is settled: rescanned elsewhere or no ballot at all. It is not read again. */
bool store_settle_page(Store *store, int64_t page_id, const char *who, const char *reason, GError **error);
/* Every decision, or those on one ballot, oldest first: GPtrArray of StoreDecision*. `serial` may be NULL. */
GPtrArray *store_load_decisions(Store *store, const char *serial, GError **error);
/* The newest answers and referrals of one person that stand, newest first, at most `limit`: GPtrArray of
 * StoreDecision*. */
GPtrArray *store_load_decisions_of(Store *store, const char *who, int limit, GError **error);
/* The decision of that number. NOT_FOUND. */
StoreDecision *store_find_decision(Store *store, int64_t id, GError **error);
/* Takes a decision back: what was decided or read before it counts again. NOT_FOUND when there is none of
 * that number, INVALID when it is itself a taking back or was taken back already. */
bool store_undo(Store *store, int64_t id, const char *who, const char *reason, GError **error);
/* Many of them in one transaction. */
bool store_undo_many(Store *store, const int64_t *ids, int count, const char *who, const char *reason,
                     GError **error);
/* A reason for a provisional index that a person waived, as it stood then. */
typedef struct {
    char *id;   /* stable, e.g. "quota-short:G3:SNV:SNV" */
    char *fact; /* how much stood and what (quota_fact_new); "": given before facts were kept */
    char *who, *reason;
    char *undone; /* "who: reason" of its withdrawal; NULL: it stands */
} StoreWaiver;

void store_waiver_free(StoreWaiver *waiver);
/* Waives reasons (id and fact are read) in one transaction, each as a decision of its own. */
bool store_waive(Store *store, const StoreWaiver *waivers, int count, const char *who, const char *reason,
                 GError **error);
/* Takes back every waiver of those reasons in one transaction; NOT_FOUND where one has none that stands. */
bool store_withdraw_waivers(Store *store, const char *const *ids, const char *who, const char *reason,
                            GError **error);
/* The newest waiver of each reason that stands, else the newest withdrawn: id → StoreWaiver*. */
GHashTable *store_load_waivers(Store *store, GError **error);
/* What becomes of a survey leaf that nobody answered, or of an agency without an index. */
typedef struct {
    char *agency, *leaf; /* leaf "": the agency as a whole */
    char *treatment;     /* of a leaf "not-applicable" or "to-others"; of an agency "unranked" */
    char *who, *reason;
} StoreTreatment;

void store_treatment_free(StoreTreatment *treatment);
/* Records treatments (who and reason of the elements are not read) in one transaction. INVALID for an agency,
 * survey leaf or treatment there is not. */
bool store_treat(Store *store, const StoreTreatment *treatments, int count, const char *who,
                 const char *reason, GError **error);
/* Takes back the treatments of those agencies and leaves in one transaction; NOT_FOUND where there is none.
 */
bool store_withdraw_treatments(Store *store, const StoreTreatment *treatments, int count, const char *who,
                               const char *reason, GError **error);
/* The newest that stand: "agency|leaf" → StoreTreatment*. */
GHashTable *store_load_treatments(Store *store, GError **error);
/* Decides every stored mark anew under the survey's present limits; people's decisions stand. The count of
 * machine answers that changed. */
bool store_redecide(Store *store, int *ret_changed, GError **error);

/* What a target error would do to this survey: set target_error, the rest is counted up. */
typedef struct {
    double target_error;
    int answers, asked;
    int reviewed;  /* answers a person read that the machine would have accepted */
    int differing; /* … and would have read otherwise */
} StoreTrial;

/* Decides every stored mark in memory under each of the targets; nothing is changed. */
bool store_try_targets(Store *store, StoreTrial *trials, int count, GError **error);

#endif
