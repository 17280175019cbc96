/* What people read, put together of the decisions that stand; inside the room only. */
#ifndef PHIEU_STORE_LOOKS_H
#define PHIEU_STORE_LOOKS_H

#include "store/returned.h"

/* An empty list of AnswerLook that owns its texts; and one more in it. */
GArray *looks_new(void);
void looks_add(GArray *looks, int64_t id, const char *who, const char *value);
/* The words of people on each answer and each place to write, or those on the ballot of serial `only` ("" for
 * all), each person by one name (people.h): "serial\nquestion" → GArray of AnswerLook in order, whose texts
 * it owns. */
GHashTable *looks_load(Store *store, const char *only, GError **error);
/* Those on one question; NULL where there are none. */
GArray *looks_find(GHashTable *looks, const char *serial, const char *question);
/* Whether the survey lets two people read anything. */
bool looks_are_doubled(const Store *store);
/* What they come to on that ballot (NULL: of none, one word is enough) under the survey's rules; `looks` may
 * be NULL. */
AnswerLooks looks_judge(const Store *store, const StoreBallot *ballot, const char *question,
                        const GArray *looks);

#endif
