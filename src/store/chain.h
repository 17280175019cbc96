/* The chain over every row of every table; inside the room only. What a transaction writes is digested while
 * it is written, a group of rows at a time (those with the same first key column and the same generation),
 * and its groups are sealed at its end, each seal over the one before it. */
#ifndef PHIEU_STORE_CHAIN_H
#define PHIEU_STORE_CHAIN_H

#include "store/sql.h"

/* Begins to watch what is written; the tables must be there. */
bool chain_watch(Store *store, GError **error);
void chain_free(Chain *chain);
/* Seals what this transaction wrote; to be called inside it, last. */
bool chain_seal(Store *store, GError **error);
/* Gives up what a transaction that is rolled back wrote. */
void chain_forget(Store *store);
/* Seals every row there is: once, when a workspace without a chain is brought up to one that has it. */
bool chain_seal_all(Store *store, GError **error);
/* Every row against its seal, the seals against one another; with `head` (not NULL; hexadecimal digits) that
 * such a seal is among them. Faults as char* appended. */
bool chain_verify(Store *store, const char *head, GPtrArray *faults, GError **error);
/* Tables, views, indices and triggers against those this program makes. */
bool chain_verify_schema(Store *store, GPtrArray *faults, GError **error);

#endif
