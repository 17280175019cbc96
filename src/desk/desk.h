/* The desk: one page in the browser for clerks, operators and analysts of one workspace, served by this
 * program. In come requests of people who signed in; out go pages, pictures of ink, and decisions through the
 * store. Runs beside other commands on the same workspace. */
#ifndef PHIEU_DESK_H
#define PHIEU_DESK_H

#include "store/store.h"

/* Where it listens when nothing else is said. */
#define DESK_DEFAULT_LISTEN "127.0.0.1:8750"

typedef struct Desk Desk;

/* Serves the workspace on `listen` ("127.0.0.1:8750", "[::1]:0"; port 0: a free one; NULL: the default, or
 * the next free port). Only addresses of the loopback are served: INVALID for any other. Makes the first
 * account when there is none. FAILED when the address cannot be listened on. */
Desk *desk_start(const char *workspace, const char *listen, GError **error);
/* "http://127.0.0.1:8750/". */
const char *desk_address(const Desk *desk);
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
