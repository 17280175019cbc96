/* Passwords: argon2id by libsodium, with its interactive limits (64 MiB, 2 passes; RFC 9106 allows both), one
 * at a time, so that many sign-ins cannot take the memory. Inside the room only; what the commands need
 * stands in desk.h. */
#ifndef PHIEU_DESK_ACCOUNTS_H
#define PHIEU_DESK_ACCOUNTS_H

#include "desk/desk.h"

/* Whether the password is the one of that hash; a NULL hash takes as long and is never right. */
bool password_fits(const char *password, const char *hash);
/* INVALID, in words, for one that is too short or too long, or holds the account's name. */
bool password_check(const char *password, const char *account, GError **error);

#endif
