#include "desk/stores.h"

struct Stores {
    char *dir;
    GMutex lock;
    GQueue idle; /* Store*, readers */
    GMutex writing;
    Store *writer;
};

Stores *stores_new(const char *dir, GError **error)
{
    g_autoptr(Store) writer = store_open(dir, STORE_DECIDE, error);
    g_autoptr(Store) reader = writer ? store_open(dir, STORE_READ, error) : NULL;
    if (!reader)
        return NULL;
    Stores *stores = g_new0(Stores, 1);
    stores->dir = g_strdup(dir);
    g_mutex_init(&stores->lock);
    g_mutex_init(&stores->writing);
    g_queue_init(&stores->idle);
    stores->writer = g_steal_pointer(&writer);
    g_queue_push_head(&stores->idle, g_steal_pointer(&reader));
    return stores;
}

void stores_free(Stores *stores)
{
    if (!stores)
        return;
    g_queue_clear_full(&stores->idle, (GDestroyNotify)store_free);
    store_free(stores->writer);
    g_mutex_clear(&stores->lock);
    g_mutex_clear(&stores->writing);
    g_free(stores->dir);
    g_free(stores);
}

Store *stores_borrow(Stores *stores, GError **error)
{
    g_mutex_lock(&stores->lock);
    Store *store = g_queue_pop_head(&stores->idle);
    g_mutex_unlock(&stores->lock);
    if (store && store_is_current(store))
        return store;
    store_free(store);
    return store_open(stores->dir, STORE_READ, error);
}

void stores_return(Stores *stores, Store *store)
{
    g_mutex_lock(&stores->lock);
    g_queue_push_head(&stores->idle, store);
    g_mutex_unlock(&stores->lock);
}

Store *stores_lock_writer(Stores *stores, GError **error)
{
    g_mutex_lock(&stores->writing);
    if (stores->writer && store_is_current(stores->writer))
        return stores->writer;
    store_free(stores->writer);
    stores->writer = store_open(stores->dir, STORE_DECIDE, error);
    if (!stores->writer)
        g_mutex_unlock(&stores->writing);
    return stores->writer;
}

void stores_unlock_writer(Stores *stores)
{
    g_mutex_unlock(&stores->writing);
}
