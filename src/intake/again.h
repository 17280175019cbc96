/* A page as it is recorded against the same page read again; inside the room only. */
#ifndef PHIEU_INTAKE_AGAIN_H
#define PHIEU_INTAKE_AGAIN_H

#include "intake/intake.h"

/* Appends (char*) whatever of `now` differs from what is recorded, one line for a question, each begun with
 * `place`; refused pages are compared by that alone. */
void again_compare(const char *place, const StorePage *recorded, const StorePage *now, GPtrArray *differing);

#endif
