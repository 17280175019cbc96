#include "desk/accounts.h"

#include <sodium.h>
#include <string.h>

/* NIST SP 800-63B: length counts, no rules of composition; a bound keeps hashing cheap. */
#define PASSWORD_MIN 10
#define PASSWORD_MAX 200

static GMutex hashing;

bool desk_password_hash(const char *password, char **ret_hash, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];
    g_mutex_lock(&hashing);
    bool done = sodium_init() >= 0 &&
                crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                  crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
    g_mutex_unlock(&hashing);
    if (!done) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                    _("the password could not be hashed: too little memory"));
        return false;
    }
    *ret_hash = g_strdup(hash);
    return true;
}

bool password_fits(const char *password, const char *hash)
{
    static char none[crypto_pwhash_STRBYTES];
    g_mutex_lock(&hashing);
    if (!*none && crypto_pwhash_str(none, "", 0, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                    crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        *none = '\0';
    bool fits = crypto_pwhash_str_verify(hash ? hash : none, password, strlen(password)) == 0;
    g_mutex_unlock(&hashing);
    return fits && hash;
}

bool password_check(const char *password, const char *account, GError **error)
{
    glong length = g_utf8_validate(password, -1, NULL) ? g_utf8_strlen(password, -1) : 0;
    g_autofree char *lower = g_utf8_strdown(g_utf8_validate(password, -1, NULL) ? password : "", -1);
    if (length < PASSWORD_MIN || length > PASSWORD_MAX)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("a password has %d to %d characters; a few words one remembers are best"), PASSWORD_MIN,
                    PASSWORD_MAX);
    else if (strlen(account) >= 3 && strstr(lower, account))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the password holds the account's name; take another"));
    else
        return true;
    return false;
}

char *desk_password_new(void)
{
    /* no letters that are taken for others; 12 of 31: 59 bits */
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    if (sodium_init() < 0)
        return NULL;
    char text[15];
    for (int i = 0; i < 14; i++)
        text[i] = i == 4 || i == 9 ? '-' : letters[randombytes_uniform(sizeof letters - 1)];
    text[14] = '\0';
    return g_strdup(text);
}
