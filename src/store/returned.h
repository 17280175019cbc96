/* Returned ballots put together of their scans and the decisions that stand; inside the room only. */
#ifndef PHIEU_STORE_RETURNED_H
#define PHIEU_STORE_RETURNED_H

#include "store/sql.h"

/* One scan of a returned ballot's page. */
typedef struct {
    int64_t id;
    int page;
    char *layout;
} ReturnedScan;

/* A page as people entered it by hand; see store/entered.h. */
typedef struct Entered Entered;

/* A ballot, and which of its scans and entered pages count. */
typedef struct {
    StoreBallot *ballot; /* what comes of it */
    GArray *scans;       /* ReturnedScan, in order of page and arrival */
    GHashTable *chosen;  /* page number → id of the scan that counts */
    GHashTable *entered; /* page number → Entered that counts; owned */
    char *layout;        /* the fingerprint its pages are counted by */
    char *printed;       /* "group|agency|origin" it was issued for; "||" when it was not */
    bool issued, rejected, duplicate, voided;
} Returned;

/* Every ballot of which a page was read or entered by hand, or the one of serial `only` ("" for all): serial
 * → Returned, settled. The same, which the table owns, are appended to `ret_sorted` in order of serial. */
GHashTable *returned_load(Store *store, const char *only, GPtrArray *ret_sorted, GError **error);
/* The question a reading on that scan answers; NULL where the scan does not count, the ballot is not there
 * (NULL) or rejected, or its form asks that no longer. */
const SurveyQuestion *returned_question(const Store *store, const Returned *returned, int page,
                                        int64_t page_id, const char *question);

/* The newest reading of every question on pages that were read, of which ?1 is the ballot ('': all). */
#define NEWEST_READINGS                                                                                      \
    "SELECT r.page, p.page, p.serial, r.question, r.value, r.confidence, r.reasons, r.state"                 \
    " FROM reading r JOIN page p ON p.id = r.page WHERE p.outcome = 0 AND NOT EXISTS"                        \
    " (SELECT 1 FROM reading n WHERE n.page = r.page AND n.question = r.question"                            \
    " AND n.generation > r.generation) AND (?1 = '' OR p.serial = ?1)"
/* … on which a decision of that kind stands. */
#define READING_IS(kind)                                                                                     \
    "EXISTS (SELECT 1 FROM standing d WHERE d.serial = p.serial AND d.question = r.question"                 \
    " AND d.kind = '" kind "')"

#endif
