/* What a person must see for a question, found once for each page of each layout: it follows from the blank
 * alone. Safe across threads. Inside the room only. */
#ifndef PHIEU_DESK_VIEWS_H
#define PHIEU_DESK_VIEWS_H

#include "intake/intake.h"

typedef struct Views Views;

Views *views_new(void);
void views_free(Views *views);
/* False where the question does not stand on that scan's page, or its layout is not known. */
bool views_find(Views *views, Store *store, const StoreScan *scan, const char *question, IntakeView *ret);
/* Where the boxes of a question are on its page, with as much around them as a mark beside one needs to be
 * seen. False where it has none there. */
bool views_find_boxes(const LayoutPage *page, const char *question, RectMm *ret);

#endif
