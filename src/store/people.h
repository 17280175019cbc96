/* Who is who: a person is known by their account, and where there is none by their name. Inside the room
 * only. */
#ifndef PHIEU_STORE_PEOPLE_H
#define PHIEU_STORE_PEOPLE_H

#include "store/sql.h"

/* Everybody named so far, with the accounts as they stand; owned by the store. */
People *people_load(Store *store, GError **error);
void people_free(People *people);
/* The one name of the person who is named so: of an account known by that name or by that person's full name
 * (where no other has it), else the first spelling met. Capital letters and blanks make no other person. Good
 * until the accounts are loaded anew. */
const char *people_name(People *people, const char *who);
/* The name a decision of `who` is recorded under: as given where the workspace has no accounts, else that of
 * an account. INVALID where there is none of that name, or it is disabled. Newly allocated. */
char *people_decider(Store *store, const char *who, GError **error);

#endif
