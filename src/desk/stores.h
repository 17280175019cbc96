/* The workspace for many threads: readers lent out one by one, one writer under a lock. Both are opened anew
 * when the definition or the layouts were changed by another process. Inside the room only. */
#ifndef PHIEU_DESK_STORES_H
#define PHIEU_DESK_STORES_H

#include "store/store.h"

typedef struct Stores Stores;

/* Opens the workspace, once each way, so that what is wrong with it is told at once. */
Stores *stores_new(const char *dir, GError **error);
void stores_free(Stores *stores);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stores, stores_free)
/* The workspace's folder. */
const char *stores_dir(const Stores *stores);
/* A reader for this thread alone, until it is given back. NULL with an error. */
Store *stores_borrow(Stores *stores, GError **error);
void stores_return(Stores *stores, Store *store);
/* What that function loads, by a reader that is given back before; NULL with an error. */
GPtrArray *stores_load(Stores *stores, GPtrArray *(*load)(Store *store, GError **error), GError **error);
/* The writer, locked until it is given back. NULL with an error (nothing is locked then). */
Store *stores_lock_writer(Stores *stores, GError **error);
void stores_unlock_writer(Stores *stores);

#endif
