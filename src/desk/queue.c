#include "desk/queue.h"

#include <string.h>

/* Who has an answer, until when. */
typedef struct {
    char *who;
    gint64 until_us;
} Claim;

struct Queue {
    GPtrArray *waiting; /* StoreWaiting*, owned; settled ones stay until the next update */
    GHashTable *index;  /* key → StoreWaiting* that waits */
    GHashTable *claims; /* key → Claim */
    GHashTable *recent; /* key → stamp of its settling or return since the last update */
    GHashTable *pages;  /* who → the page that claimed last */
    guint64 stamp;
};

static void claim_free(gpointer data)
{
    Claim *claim = data;
    g_free(claim->who);
    g_free(claim);
}

Queue *queue_new(void)
{
    Queue *queue = g_new0(Queue, 1);
    queue->waiting = g_ptr_array_new_with_free_func((GDestroyNotify)store_waiting_free);
    queue->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    queue->claims = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, claim_free);
    queue->recent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    queue->pages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return queue;
}

void queue_free(Queue *queue)
{
    if (!queue)
        return;
    g_hash_table_unref(queue->index);
    g_hash_table_unref(queue->claims);
    g_hash_table_unref(queue->recent);
    g_hash_table_unref(queue->pages);
    g_ptr_array_unref(queue->waiting);
    g_free(queue);
}

static char *key_of(const char *serial, const char *question)
{
    return g_strdup_printf("%s\n%s", serial, question);
}

static char *waiting_key(const StoreWaiting *waiting)
{
    return key_of(waiting->serial, waiting->question);
}

guint64 queue_stamp(const Queue *queue)
{
    return queue->stamp;
}

/* Notes that this answer changed now. */
static void mark_recent(Queue *queue, const char *key)
{
    guint64 *stamp = g_new(guint64, 1);
    *stamp = ++queue->stamp;
    g_hash_table_replace(queue->recent, g_strdup(key), stamp);
}

static bool changed_since(const Queue *queue, const char *key, guint64 stamp)
{
    const guint64 *at = g_hash_table_lookup(queue->recent, key);
    return at && *at > stamp;
}

StoreWaiting *queue_copy(const StoreWaiting *from)
{
    StoreWaiting *copy = g_new(StoreWaiting, 1);
    *copy = *from;
    copy->serial = g_strdup(from->serial);
    copy->form = g_strdup(from->form);
    copy->question = g_strdup(from->question);
    copy->value = g_strdup(from->value);
    copy->first_who = g_strdup(from->first_who);
    copy->first = g_strdup(from->first);
    copy->second_who = g_strdup(from->second_who);
    copy->second = g_strdup(from->second);
    copy->referred_by = g_strdup(from->referred_by);
    copy->note = g_strdup(from->note);
    return copy;
}

/* Of what changed after the list was loaded: what waits here goes on waiting, as it is known here. */
static void keep_returned(const Queue *queue, guint64 stamp, GPtrArray *waiting, GHashTable *index)
{
    GHashTableIter iter;
    gpointer key, one;
    g_hash_table_iter_init(&iter, queue->index);
    while (g_hash_table_iter_next(&iter, &key, &one)) {
        if (!changed_since(queue, key, stamp))
            continue;
        StoreWaiting *copy = queue_copy(one);
        g_ptr_array_add(waiting, copy);
        g_hash_table_insert(index, g_strdup(key), copy);
    }
}

/* Whether another person than `who` is to look at it. */
static bool is_for_others(const StoreWaiting *waiting, const char *who)
{
    return g_strcmp0(waiting->referred_by, who) == 0 || g_strcmp0(waiting->first_who, who) == 0 ||
           g_strcmp0(waiting->second_who, who) == 0;
}

/* A claim on what waits no more, or only for others. */
static gboolean is_void(gpointer key, gpointer value, gpointer index)
{
    const StoreWaiting *waiting = g_hash_table_lookup(index, key);
    return !waiting || is_for_others(waiting, ((const Claim *)value)->who);
}

static gboolean is_older(gpointer key, gpointer value, gpointer stamp)
{
    (void)key;
    return *(const guint64 *)value <= *(const guint64 *)stamp;
}

void queue_update(Queue *queue, GPtrArray *waiting, guint64 stamp)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < waiting->len; i++) {
        char *key = waiting_key(waiting->pdata[i]);
        if (changed_since(queue, key, stamp))
            g_free(key); /* settled, or waiting otherwise */
        else
            g_hash_table_replace(index, key, waiting->pdata[i]);
    }
    keep_returned(queue, stamp, waiting, index);
    g_hash_table_unref(queue->index);
    g_ptr_array_unref(queue->waiting);
    queue->index = index;
    queue->waiting = waiting;
    g_hash_table_foreach_remove(queue->claims, is_void, index);
    g_hash_table_foreach_remove(queue->recent, is_older, &stamp);
}

const StoreWaiting *queue_find(const Queue *queue, const char *serial, const char *question)
{
    g_autofree char *key = key_of(serial, question);
    return g_hash_table_lookup(queue->index, key);
}

static void take(Queue *queue, const char *key, const char *who, gint64 now_us)
{
    Claim *claim = g_new(Claim, 1);
    *claim = (Claim){g_strdup(who), now_us + QUEUE_LEASE_US};
    g_hash_table_replace(queue->claims, g_strdup(key), claim);
}

/* In one pass what the person has (`own`), in another what nobody has. */
static void collect(Queue *queue, GPtrArray *given, const char *who, bool own, int count, gint64 now_us)
{
    for (guint i = 0; i < queue->waiting->len && (int)given->len < count; i++) {
        StoreWaiting *waiting = queue->waiting->pdata[i];
        g_autofree char *key = waiting_key(waiting);
        if (g_hash_table_lookup(queue->index, key) != waiting)
            continue;
        const Claim *claim = g_hash_table_lookup(queue->claims, key);
        bool theirs = claim && g_str_equal(claim->who, who);
        bool taken = claim && !theirs && claim->until_us > now_us;
        if (taken || is_for_others(waiting, who) || theirs != own)
            continue;
        take(queue, key, who, now_us);
        g_ptr_array_add(given, waiting);
    }
}

GPtrArray *queue_claim(Queue *queue, const char *who, const char *page, int count, gint64 now_us)
{
    g_hash_table_replace(queue->pages, g_strdup(who), g_strdup(page));
    GPtrArray *given = g_ptr_array_new();
    collect(queue, given, who, true, count, now_us);
    collect(queue, given, who, false, count, now_us);
    return given;
}

GPtrArray *queue_free_for(const Queue *queue, const char *who, gint64 now_us)
{
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < queue->waiting->len; i++) {
        StoreWaiting *waiting = queue->waiting->pdata[i];
        g_autofree char *key = waiting_key(waiting);
        const Claim *claim = g_hash_table_lookup(queue->claims, key);
        bool taken = claim && !g_str_equal(claim->who, who) && claim->until_us > now_us;
        if (waiting->look == 1 && !taken && g_hash_table_lookup(queue->index, key) == waiting &&
            !is_for_others(waiting, who))
            g_ptr_array_add(found, waiting);
    }
    return found;
}

void queue_give(Queue *queue, const GPtrArray *items, const char *who, const char *page, gint64 now_us)
{
    queue_release(queue, who, NULL);
    g_hash_table_replace(queue->pages, g_strdup(who), g_strdup(page));
    for (guint i = 0; i < items->len; i++) {
        g_autofree char *key = waiting_key(items->pdata[i]);
        take(queue, key, who, now_us);
    }
}

void queue_touch(Queue *queue, const char *who, gint64 now_us)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, queue->claims);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Claim *claim = value;
        if (g_str_equal(claim->who, who))
            claim->until_us = now_us + QUEUE_LEASE_US;
    }
}

static gboolean is_of(gpointer key, gpointer value, gpointer who)
{
    (void)key;
    return g_str_equal(((const Claim *)value)->who, who);
}

void queue_release(Queue *queue, const char *who, const char *page)
{
    const char *last = g_hash_table_lookup(queue->pages, who);
    if (page && last && !g_str_equal(page, last))
        return;
    g_hash_table_foreach_remove(queue->claims, is_of, (gpointer)who);
}

void queue_settled(Queue *queue, const char *serial, const char *question)
{
    g_autofree char *key = key_of(serial, question);
    g_hash_table_remove(queue->index, key);
    g_hash_table_remove(queue->claims, key);
    mark_recent(queue, key);
}

void queue_returned(Queue *queue, StoreWaiting *waiting, const char *who, gint64 now_us)
{
    g_autofree char *key = waiting_key(waiting);
    g_ptr_array_insert(queue->waiting, 0, waiting);
    g_hash_table_replace(queue->index, g_strdup(key), waiting);
    take(queue, key, who, now_us);
    mark_recent(queue, key);
}

void queue_again(Queue *queue, StoreWaiting *waiting)
{
    g_autofree char *key = waiting_key(waiting);
    g_ptr_array_add(queue->waiting, waiting);
    g_hash_table_replace(queue->index, g_strdup(key), waiting);
    g_hash_table_remove(queue->claims, key);
    mark_recent(queue, key);
}

void queue_referred(Queue *queue, const char *serial, const char *question, const char *who, const char *note)
{
    g_autofree char *key = key_of(serial, question);
    StoreWaiting *waiting = g_hash_table_lookup(queue->index, key);
    if (!waiting)
        return;
    g_free(waiting->referred_by);
    g_free(waiting->note);
    waiting->referred_by = g_strdup(who);
    waiting->note = g_strdup(note);
    g_hash_table_remove(queue->claims, key);
    mark_recent(queue, key);
}

void queue_count(const Queue *queue, gint64 now_us, int *ret_waiting, int *ret_claimed)
{
    *ret_waiting = (int)g_hash_table_size(queue->index);
    *ret_claimed = 0;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, queue->claims);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        *ret_claimed += ((const Claim *)value)->until_us > now_us;
}

int queue_count_look(const Queue *queue, int look)
{
    GHashTableIter iter;
    gpointer value;
    int count = 0;
    g_hash_table_iter_init(&iter, queue->index);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        count += ((const StoreWaiting *)value)->look == look;
    return count;
}
