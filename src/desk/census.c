#include "desk/census.h"

/* What a census needs for as long as somebody has it. */
typedef struct {
    Census shown;
    int users; /* atomic */
    Stores *stores;
    Store *store; /* borrowed for it: owns the survey, and tells whether anything was committed since */
    Quota *quota;
    GPtrArray *pages, *batches; /* what `shown` points to, and what that borrows from */
    gint64 begun_us;
} Taken;

struct Counter {
    Stores *stores;
    GMutex taking;
    Taken *newest; /* NULL: none yet */
};

void census_unref(Census *census)
{
    Taken *taken = (Taken *)census;
    if (!taken || !g_atomic_int_dec_and_test(&taken->users))
        return;
    g_clear_pointer(&taken->batches, g_ptr_array_unref);
    g_clear_pointer(&taken->pages, g_ptr_array_unref);
    quota_free(taken->quota);
    if (taken->store)
        stores_return(taken->stores, taken->store);
    g_free(taken->shown.at);
    g_free(taken);
}

static Taken *take(Stores *stores, GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    Taken *taken = g_new0(Taken, 1);
    taken->users = 1;
    taken->stores = stores;
    taken->begun_us = g_get_monotonic_time();
    taken->shown.at = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    taken->store = stores_borrow(stores, error);
    if (taken->store) {
        store_has_changed(taken->store); /* what is committed from now on is a change */
        taken->quota = quota_take(taken->store, error);
    }
    if (taken->quota)
        taken->pages = store_load_pages(taken->store, error);
    if (taken->pages) {
        taken->batches = quota_batches(taken->quota, taken->pages);
        taken->shown.quota = taken->quota;
        taken->shown.batches = taken->batches;
        return taken;
    }
    census_unref(&taken->shown);
    return NULL;
}

Counter *counter_new(Stores *stores)
{
    Counter *counter = g_new0(Counter, 1);
    counter->stores = stores;
    g_mutex_init(&counter->taking);
    return counter;
}

void counter_free(Counter *counter)
{
    if (!counter)
        return;
    if (counter->newest)
        census_unref(&counter->newest->shown);
    g_mutex_clear(&counter->taking);
    g_free(counter);
}

/* Whether it shows everything committed before `asked_us`: it was begun later, while that request waited, or
 * nothing was committed since. */
static bool is_fresh(const Taken *taken, gint64 asked_us)
{
    return taken->begun_us >= asked_us ||
           (store_is_current(taken->store) && !store_has_changed(taken->store));
}

Census *counter_take(Counter *counter, GError **error)
{
    gint64 asked_us = g_get_monotonic_time();
    Census *census = NULL;
    g_mutex_lock(&counter->taking);
    if (counter->newest && !is_fresh(counter->newest, asked_us)) {
        census_unref(&counter->newest->shown);
        counter->newest = NULL;
    }
    if (!counter->newest)
        counter->newest = take(counter->stores, error);
    if (counter->newest) {
        g_atomic_int_inc(&counter->newest->users);
        census = &counter->newest->shown;
    }
    g_mutex_unlock(&counter->taking);
    return census;
}
