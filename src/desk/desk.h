/* The desk: one page in the browser for clerks, operators and analysts of one workspace, served by this
 * program. In come requests of people who signed in; out go pages, pictures of ink, and decisions through the
 * store. Runs beside other commands on the same workspace. */
#ifndef PHIEU_DESK_H
#define PHIEU_DESK_H

#include "store/store.h"

/* Where it listens when nothing else is said. */
#define DESK_DEFAULT_LISTEN "127.0.0.1:8750"

typedef struct Desk Desk;

typedef struct {
    const char *listen; /* "127.0.0.1:8750", "0.0.0.0:8750", "[::1]:0"; port 0: a free one; NULL: the default,
                           or the next free port */
    bool tls;           /* encrypt on the loopback, too */
    const char *certificate, *key; /* PEM files; both NULL: a certificate of the workspace's own */
    const char *watch;             /* a folder whose files are taken in; NULL: none */
} DeskOptions;

/* Serves the workspace: in plain HTTP on the loopback, anywhere else by TLS alone. Makes the first account
 * when there is none, and the workspace's own certificate when one is needed. INVALID for an address that is
 * none, FAILED when it cannot be listened on. */
Desk *desk_start(const char *workspace, const DeskOptions *options, GError **error);
/* "http://127.0.0.1:8750/". */
const char *desk_address(const Desk *desk);
/* The SHA-256 of the certificate, as browsers show it; NULL without TLS. */
const char *desk_fingerprint(const Desk *desk);
/* The name and one-time password of the account made by this start; NULL when there were accounts. */
const char *desk_first_account(const Desk *desk);
const char *desk_first_password(const Desk *desk);
/* Ends every connection and waits for the last answer. */
void desk_stop(Desk *desk);

/* The argon2id hash of a password. FAILED without memory. */
bool desk_password_hash(const char *password, char **ret_hash, GError **error);
/* A password made at random, to be told to one person and changed at their first sign-in: "abcd-efgh-jkmn".
 */
char *desk_password_new(void);

#endif
