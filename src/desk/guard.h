/* Who may pass: sessions in memory, and the lock-out of those who guess passwords. Pure but for random
 * numbers; time is given. Not safe across threads; the desk holds one lock over it. Inside the room only. */
#ifndef PHIEU_DESK_GUARD_H
#define PHIEU_DESK_GUARD_H

#include "base/base.h"

/* A session ends so long after sign-in, and so long after the last request. */
#define GUARD_SESSION_US (12 * G_TIME_SPAN_HOUR)
#define GUARD_IDLE_US (30 * G_TIME_SPAN_MINUTE)
/* Failed sign-ins before an account, or an address, is locked for GUARD_LOCK_US, doubled by every further one
 * up to GUARD_LOCK_MAX_US. An office may sit behind one address. */
#define GUARD_ACCOUNT_FAILURES 5
#define GUARD_ADDRESS_FAILURES 20
#define GUARD_LOCK_US (30 * G_TIME_SPAN_SECOND)
#define GUARD_LOCK_MAX_US (15 * G_TIME_SPAN_MINUTE)
/* Sessions at once, in all; the oldest ends when there are more. */
#define GUARD_SESSIONS 500

/* A session; shared between threads, counted. */
typedef struct {
    char id[65];    /* the cookie: 256 random bits */
    char token[65]; /* what every write carries in its header */
    char *account;
    char *password; /* the account's hash at sign-in: when it is another, the session has ended */
    gint64 begun_us, seen_us;
    GMutex writing;     /* writes of one session go one after another */
    GHashTable *done;   /* idempotency key → Reply*, of the last writes; under `writing` */
    GQueue *done_order; /* keys, oldest first */
} Session;

void session_unref(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_unref)

typedef struct Guard Guard;

/* `reply_free` frees what is put into the sessions' `done`. */
Guard *guard_new(GDestroyNotify reply_free);
void guard_free(Guard *guard);

/* A new session of that account. The caller's reference. */
Session *guard_begin(Guard *guard, const char *account, const char *password, gint64 now_us);
/* The session of that id that has not ended, marked as seen. NULL; the caller's reference. */
Session *guard_find(Guard *guard, const char *id, gint64 now_us);
/* Whether that session has not ended, without marking it as seen. */
bool guard_lives(Guard *guard, const char *id, gint64 now_us);
void guard_end(Guard *guard, const Session *session);
/* Ends every session of an account. */
void guard_end_all(Guard *guard, const char *account);
/* Whether anybody of that account still has a session. */
bool guard_has_sessions(Guard *guard, const char *account, gint64 now_us);

/* How long sign-in stays refused for that account from that address, in µs; 0: it may be tried. */
gint64 guard_locked_us(Guard *guard, const char *account, const char *address, gint64 now_us);
/* Counts a failure. True when it locks one of the two. */
bool guard_failed(Guard *guard, const char *account, const char *address, gint64 now_us);
/* A sign-in that went well: the account's failures are forgotten. */
void guard_passed(Guard *guard, const char *account);

/* Random bytes as lower-case hexadecimal: 2 · `bytes` digits and a NUL. */
void guard_random_hex(char *ret, size_t bytes);
/* Whether two texts are equal, in time that does not tell where they differ. */
bool guard_same(const char *a, const char *b);

#endif
