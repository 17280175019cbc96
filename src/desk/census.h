/* The census of the workspace for many requests: taken when somebody asks and anything was committed since
 * the last one, and shared by all who ask meanwhile. Loading all answers takes a second on a full survey.
 * Safe across threads. Inside the room only. */
#ifndef PHIEU_DESK_CENSUS_H
#define PHIEU_DESK_CENSUS_H

#include "desk/stores.h"
#include "quota/quota.h"

/* A census as it was taken; shared, not to be changed. */
typedef struct {
    const Quota *quota;
    const GPtrArray *batches; /* QuotaBatch*, as quota_batches() gives them */
    char *at;                 /* when it was begun, "2026-01-31T08:00:00Z" */
} Census;

void census_unref(Census *census);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Census, census_unref)

typedef struct Counter Counter;

/* `stores` outlives it. */
Counter *counter_new(Stores *stores);
void counter_free(Counter *counter);
/* A census that shows everything committed before the call; it may take as long as a census does. The
 * caller's reference; NULL with an error. */
Census *counter_take(Counter *counter, GError **error);

#endif
