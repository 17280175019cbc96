/* The desk's accounts: rows of the workspace; the newest of a name counts. A part of store.h, which other
 * rooms include. */
#ifndef PHIEU_STORE_ACCOUNTS_H
#define PHIEU_STORE_ACCOUNTS_H

#include "base/base.h"

typedef struct Store Store;

/* What an account may do; several together. */
typedef enum {
    STORE_ROLE_CLERK = 1 << 0,
    STORE_ROLE_OPERATOR = 1 << 1,
    STORE_ROLE_ANALYST = 1 << 2,
    STORE_ROLE_ADMIN = 1 << 3,
} StoreRole;

/* "clerk,operator"; newly allocated. */
char *store_roles_text(unsigned roles);
/* The same read back. INVALID quotes a role there is not. */
bool store_roles_parse(const char *text, unsigned *ret_roles, GError **error);

typedef struct {
    char *name;      /* to sign in, and in every decision: 1–32 of a–z, 0–9, '.', '_', '-' */
    char *full_name; /* for people; may be "" */
    unsigned roles;  /* StoreRole */
    char *password;  /* its argon2id hash, never the password; never in the log nor in an answer */
    bool one_time;   /* the password is to be changed at the next sign-in */
    bool disabled;
    char *at; /* of the newest change */
} StoreAccount;

void store_account_free(StoreAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreAccount, store_account_free)
/* Adds a row for that name, which counts from now on; `at` is not read. `action` goes into the log ("add",
 * "password", "disable"). INVALID for a name that cannot be one. */
bool store_set_account(Store *store, const StoreAccount *account, const char *action, const char *who,
                       GError **error);
/* The account of that name as it stands, or NULL without an error. */
StoreAccount *store_find_account(Store *store, const char *name, GError **error);
/* All of them in order of name: GPtrArray of StoreAccount*. */
GPtrArray *store_load_accounts(Store *store, GError **error);

#endif
