/* Marks as they lie in the database, and deciding them from their measures; inside the room only. */
#ifndef PHIEU_STORE_MARKS_H
#define PHIEU_STORE_MARKS_H

#include "store/sql.h"

/* A page that was read. */
typedef struct {
    int64_t id;
    char *form, *layout, *serial;
    int page; /* of the form, from 1 */
} ReadPage;

/* Every one, each attempt, in the order of reading: GArray of ReadPage. */
GArray *marks_load_pages(Store *store, GError **error);
/* The boxes of a page: GArray of StoreMark, of `place` the shift alone. *ret_fit (may be NULL):
 * whether all of them were measured as this version measures; the measures of those that were not are 0. */
GArray *marks_load(Store *store, int64_t page_id, bool *ret_fit, GError **error);
/* Decides the boxes of one page (StoreMark) from their measures. */
void marks_decide(const SurveyForm *form, GArray *marks, const MarkLimits *limits);

#endif
