/* Pages people entered by hand, put together of the decisions that stand; inside the room only. */
#ifndef PHIEU_STORE_ENTERED_H
#define PHIEU_STORE_ENTERED_H

#include "store/returned.h"

/* Between the answers of a page as a decision has them, none of which holds it: "q1=a\tq2=". */
#define ENTERED_BETWEEN "\t"

/* What people entered of one page. */
struct Entered {
    GArray *whole;       /* AnswerLook of the page as each entered it, in order; owns its texts */
    GHashTable *answers; /* question → GArray of AnswerLook, the same one by one */
};

/* What people said of one question of a page that counts as they entered it. */
typedef struct {
    const Returned *returned;
    const SurveyForm *form;
    const SurveyQuestion *question;
    int page;
    GArray *looks; /* AnswerLook, the newest last; at least one; owns its texts */
} EnteredAnswer;

typedef void (*EnteredVisit)(const EnteredAnswer *answer, gpointer data);

/* The entries on the ballot of serial `only` ("" for all): serial → GHashTable of page number → Entered. */
GHashTable *entered_load(Store *store, const char *only, GError **error);
/* The questions of a page of a ballot as it was printed, in the form's order: SurveyQuestion*, which the
 * survey owns; INVALID where it has no such page. */
GPtrArray *entered_questions(const Store *store, const StoreIssued *issued, int page, GError **error);
/* How a page stands for `who`, by the one name of theirs (people.h); `returned` and `entered` (NULL: none)
 * are of its ballot and the page. */
StoreSheetStanding sheet_standing(const Returned *returned, const Entered *entered, int page,
                                  const char *who);
/* The ballot may be entered by hand: INVALID where a person rejected it; `returned` NULL: nothing of it is
 * there. */
bool sheet_check_open(const Returned *returned, const char *serial, GError **error);
/* Whether as many people have entered the page as the survey's rules want: it counts, though where they
 * differ an answer waits. */
bool entered_is_whole(const Store *store, const Entered *entered);
/* What was said of an answer comes to this under the rules for a page without a scan. */
AnswerLooks entered_judge(const Store *store, const GArray *looks);
/* Visits what was said of the answers in boxes on the pages of a ballot that count as entered, page by page
 * in no order, on each in the form's. `looks`: what people decided besides (looks_load()). */
void entered_visit_answers(const Store *store, const Returned *returned, GHashTable *looks,
                           EnteredVisit visit, gpointer data);
/* The same of one answer, as an array of the caller's own; `*ret` NULL where its page does not count as
 * entered. */
bool entered_find_looks(Store *store, const char *serial, const char *question, GArray **ret, GError **error);
/* Adds the answers of a ballot's pages that count as entered: question → StoreAnswer. `looks`: what people
 * decided besides (looks_load()). */
void entered_add_answers(const Store *store, const Returned *returned, GHashTable *looks, GHashTable *found);
/* Appends what was typed for its places to write: StoreWriting*. */
void entered_add_writings(const Store *store, const Returned *returned, GHashTable *looks,
                          GPtrArray *writings);

#endif
