#include "desk/stores.h"

/* Readers at once; who comes when all are lent waits. */
#define READERS 8

struct Stores {
    char *dir;
    GMutex lock;
    GCond returned;
    GQueue idle; /* Store*, readers; last used first */
    int lent;
    Store *first; /* what the others are opened beside; asked only under `lock` */
    GMutex writing;
    Store *writer;
};

Stores *stores_new(const char *dir, GError **error)
{
    Store *first = store_open(dir, STORE_READ, error);
    if (!first)
        return NULL;
    Stores *stores = g_new0(Stores, 1);
    stores->dir = g_strdup(dir);
    g_mutex_init(&stores->lock);
    g_cond_init(&stores->returned);
    g_mutex_init(&stores->writing);
    g_queue_init(&stores->idle);
    stores->first = first;
    stores->writer = store_open_beside(first, STORE_DECIDE, error);
    if (stores->writer)
        return stores;
    stores_free(stores);
    return NULL;
}

void stores_free(Stores *stores)
{
    if (!stores)
        return;
    g_queue_clear_full(&stores->idle, (GDestroyNotify)store_free);
    store_free(stores->writer);
    store_free(stores->first);
    g_mutex_clear(&stores->lock);
    g_cond_clear(&stores->returned);
    g_mutex_clear(&stores->writing);
    g_free(stores->dir);
    g_free(stores);
}

const char *stores_dir(const Stores *stores)
{
    return stores->dir;
}

/* Another store, under `lock`; what is loaded is loaded anew first when it was changed. */
static Store *open_another(Stores *stores, StoreMode mode, GError **error)
{
    if (!stores->first || !store_is_current(stores->first)) {
        store_free(stores->first);
        stores->first = store_open(stores->dir, STORE_READ, error);
    }
    return stores->first ? store_open_beside(stores->first, mode, error) : NULL;
}

Store *stores_borrow(Stores *stores, GError **error)
{
    g_mutex_lock(&stores->lock);
    while (stores->lent >= READERS)
        g_cond_wait(&stores->returned, &stores->lock);
    Store *store = g_queue_pop_head(&stores->idle);
    if (store && !store_is_current(store))
        g_clear_pointer(&store, store_free);
    if (!store)
        store = open_another(stores, STORE_READ, error);
    if (store)
        stores->lent++;
    g_mutex_unlock(&stores->lock);
    return store;
}

void stores_return(Stores *stores, Store *store)
{
    g_mutex_lock(&stores->lock);
    g_queue_push_head(&stores->idle, store);
    stores->lent--;
    g_cond_signal(&stores->returned);
    g_mutex_unlock(&stores->lock);
}

GPtrArray *stores_load(Stores *stores, GPtrArray *(*load)(Store *store, GError **error), GError **error)
{
    Store *store = stores_borrow(stores, error);
    if (!store)
        return NULL;
    GPtrArray *loaded = load(store, error);
    stores_return(stores, store);
    return loaded;
}

Store *stores_lock_writer(Stores *stores, GError **error)
{
    g_mutex_lock(&stores->writing);
    if (stores->writer && store_is_current(stores->writer))
        return stores->writer;
    store_free(stores->writer);
    g_mutex_lock(&stores->lock);
    stores->writer = open_another(stores, STORE_DECIDE, error);
    g_mutex_unlock(&stores->lock);
    if (!stores->writer)
        g_mutex_unlock(&stores->writing);
    return stores->writer;
}

void stores_unlock_writer(Stores *stores)
{
    g_mutex_unlock(&stores->writing);
}
