#include "desk/guard.h"

#include <sodium.h>
#include <string.h>

/* Failed sign-ins of an account or from an address. */
typedef struct {
    int count;
    gint64 locked_until_us, last_us;
} Failures;

/* Failures are forgotten so long after the last one, and so many names are remembered at most: who tries
 * names at random must not fill the memory. */
#define FORGET_US G_TIME_SPAN_HOUR
#define REMEMBERED 10000

struct Guard {
    GHashTable *sessions; /* id → Session */
    GHashTable *failures; /* "account:x" or "address:y" → Failures */
    GDestroyNotify reply_free;
};

static void session_clear(gpointer data)
{
    Session *session = data;
    g_free(session->account);
    g_free(session->password);
    g_hash_table_unref(session->done);
    g_queue_free_full(session->done_order, g_free);
    g_mutex_clear(&session->writing);
}

void session_unref(Session *session)
{
    if (session)
        g_atomic_rc_box_release_full(session, session_clear);
}

static void unref_session(gpointer session)
{
    session_unref(session);
}

Guard *guard_new(GDestroyNotify reply_free)
{
    Guard *guard = g_new0(Guard, 1);
    guard->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unref_session);
    guard->failures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    guard->reply_free = reply_free;
    return guard;
}

void guard_free(Guard *guard)
{
    if (!guard)
        return;
    g_hash_table_unref(guard->sessions);
    g_hash_table_unref(guard->failures);
    g_free(guard);
}

void guard_random_hex(char *ret, size_t bytes)
{
    uint8_t random[64];
    g_return_if_fail(bytes <= sizeof random);
    randombytes_buf(random, bytes);
    sodium_bin2hex(ret, 2 * bytes + 1, random, bytes);
}

bool guard_same(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}

/* ---- sessions
 * ------------------------------------------------------------------------------------------------------- */

static bool is_over(const Session *session, gint64 now_us)
{
    return now_us - session->begun_us > GUARD_SESSION_US || now_us - session->seen_us > GUARD_IDLE_US;
}

static gboolean drop_over(gpointer id, gpointer session, gpointer now_us)
{
    (void)id;
    return is_over(session, *(const gint64 *)now_us);
}

/* Ends the session that was seen longest ago. */
static void drop_oldest(Guard *guard)
{
    Session *oldest = NULL;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, guard->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (!oldest || ((Session *)value)->seen_us < oldest->seen_us)
            oldest = value;
    }
    if (oldest)
        g_hash_table_remove(guard->sessions, oldest->id);
}

Session *guard_begin(Guard *guard, const char *account, const char *password, gint64 now_us)
{
    g_hash_table_foreach_remove(guard->sessions, drop_over, &now_us);
    if (g_hash_table_size(guard->sessions) >= GUARD_SESSIONS)
        drop_oldest(guard);
    Session *session = g_atomic_rc_box_new0(Session);
    guard_random_hex(session->id, 32);
    guard_random_hex(session->token, 32);
    session->account = g_strdup(account);
    session->password = g_strdup(password);
    session->begun_us = session->seen_us = now_us;
    g_mutex_init(&session->writing);
    session->done = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, guard->reply_free);
    session->done_order = g_queue_new();
    g_hash_table_insert(guard->sessions, session->id, session);
    return g_atomic_rc_box_acquire(session);
}

Session *guard_find(Guard *guard, const char *id, gint64 now_us)
{
    Session *session = id ? g_hash_table_lookup(guard->sessions, id) : NULL;
    if (!session)
        return NULL;
    if (is_over(session, now_us)) {
        g_hash_table_remove(guard->sessions, id);
        return NULL;
    }
    session->seen_us = now_us;
    return g_atomic_rc_box_acquire(session);
}

bool guard_lives(Guard *guard, const char *id, gint64 now_us)
{
    const Session *session = g_hash_table_lookup(guard->sessions, id);
    return session && !is_over(session, now_us);
}

void guard_end(Guard *guard, const Session *session)
{
    g_hash_table_remove(guard->sessions, session->id);
}

static gboolean is_of_account(gpointer id, gpointer session, gpointer account)
{
    (void)id;
    return g_str_equal(((const Session *)session)->account, account);
}

void guard_end_all(Guard *guard, const char *account)
{
    g_hash_table_foreach_remove(guard->sessions, is_of_account, (gpointer)account);
}

bool guard_has_sessions(Guard *guard, const char *account, gint64 now_us)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, guard->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Session *session = value;
        if (g_str_equal(session->account, account) && !is_over(session, now_us))
            return true;
    }
    return false;
}

/* ---- lock-out
 * ------------------------------------------------------------------------------------------------------- */

static char *failure_key(const char *kind, const char *of)
{
    return g_strdup_printf("%s:%.64s", kind, of);
}

static gint64 locked_us(Guard *guard, const char *kind, const char *of, gint64 now_us)
{
    g_autofree char *key = failure_key(kind, of);
    const Failures *failures = g_hash_table_lookup(guard->failures, key);
    return failures ? MAX(failures->locked_until_us - now_us, 0) : 0;
}

gint64 guard_locked_us(Guard *guard, const char *account, const char *address, gint64 now_us)
{
    return MAX(locked_us(guard, "account", account, now_us), locked_us(guard, "address", address, now_us));
}

static gboolean is_forgotten(gpointer key, gpointer value, gpointer now_us)
{
    (void)key;
    return *(const gint64 *)now_us - ((const Failures *)value)->last_us > FORGET_US;
}

static bool count_failure(Guard *guard, const char *kind, const char *of, int allowed, gint64 now_us)
{
    g_autofree char *key = failure_key(kind, of);
    Failures *failures = g_hash_table_lookup(guard->failures, key);
    if (!failures || now_us - failures->last_us > FORGET_US) {
        if (g_hash_table_size(guard->failures) >= REMEMBERED)
            g_hash_table_foreach_remove(guard->failures, is_forgotten, &now_us);
        if (g_hash_table_size(guard->failures) >= REMEMBERED)
            g_hash_table_remove_all(guard->failures);
        failures = g_new0(Failures, 1);
        g_hash_table_replace(guard->failures, g_strdup(key), failures);
    }
    failures->count++;
    failures->last_us = now_us;
    if (failures->count < allowed)
        return false;
    int doubled = MIN(failures->count - allowed, 10);
    failures->locked_until_us = now_us + MIN(GUARD_LOCK_US << doubled, GUARD_LOCK_MAX_US);
    return true;
}

bool guard_failed(Guard *guard, const char *account, const char *address, gint64 now_us)
{
    bool locked = count_failure(guard, "account", account, GUARD_ACCOUNT_FAILURES, now_us);
    return count_failure(guard, "address", address, GUARD_ADDRESS_FAILURES, now_us) || locked;
}

void guard_passed(Guard *guard, const char *account)
{
    g_autofree char *key = failure_key("account", account);
    g_hash_table_remove(guard->failures, key);
}
