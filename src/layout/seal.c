/* Stations and their seals: the HMAC-SHA256 of what a page's code says and of the cell it is issued for, cut
 * to 40 bits. Whoever lacks the key hits it once in a million million tries, each of them a page through a
 * scanner that a person sees refused. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "layout/layout_internal.h"

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/* No two of them look alike on bad paper: neither 0 nor O, 1 nor I, 2 nor Z, 5 nor S, 6 nor G, 8 nor B. */
static const char station_letters[] = "34679ACDEFHJKMNPRTUVWXY";

void base32_write(uint64_t value, int length, char *ret_text)
{
    for (int i = length; i-- > 0; value >>= 5)
        ret_text[i] = base32[value & 31];
    ret_text[length] = '\0';
}

bool base32_read(const char *text, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (strlen(text) > 12)
        return false;
    for (const char *c = text; *c; c++) {
        const char *at = strchr(base32, *c);
        if (!at)
            return false;
        value = value << 5 | (uint64_t)(at - base32);
    }
    *ret_value = value;
    return true;
}

static bool get_random(void *bytes, size_t size, GError **error)
{
    ssize_t got;
    do
        got = getrandom(bytes, size, 0);
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)size)
        return true;
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("the system gives no random bytes: %s"),
                failure_words(errno));
    return false;
}

bool station_make(PageStation *ret_station, GError **error)
{
    PageStation station;
    uint64_t random;
    if (!get_random(station.key, sizeof station.key, error) || !get_random(&random, sizeof random, error))
        return false;
    const uint64_t letters = sizeof station_letters - 1;
    for (int i = 0; i < STATION_LENGTH; i++, random /= letters)
        station.name[i] = station_letters[random % letters];
    station.name[STATION_LENGTH] = '\0';
    *ret_station = station;
    return true;
}

bool station_is_name(const char *name)
{
    return strlen(name) == STATION_LENGTH && strspn(name, station_letters) == STATION_LENGTH;
}

/* The seal of a code that already names its station, whatever seal it carries. */
static void make_seal(const PageCode *code, const uint8_t *key, const char *group, const char *agency,
                      const char *origin, char ret_seal[SEAL_LENGTH + 1])
{
    PageCode plain = *code;
    plain.seal[0] = '\0';
    g_autofree char *says = page_code_format(&plain);
    g_autofree char *cell = g_strdup_printf("\n%s\n%s\n%s", group, agency, origin);
    g_autofree char *upper = g_ascii_strup(cell, -1);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key, STATION_KEY_SIZE);
    g_hmac_update(hmac, (const guchar *)says, (gssize)strlen(says));
    g_hmac_update(hmac, (const guchar *)upper, (gssize)strlen(upper));
    guint8 digest[32];
    gsize length = sizeof digest;
    g_hmac_get_digest(hmac, digest, &length);
    uint64_t first = 0;
    for (int i = 0; i < 5; i++)
        first = first << 8 | digest[i];
    base32_write(first, SEAL_LENGTH, ret_seal);
}

void page_code_seal(PageCode *code, const PageStation *station, const char *group, const char *agency,
                    const char *origin)
{
    g_strlcpy(code->station, station->name, sizeof code->station);
    make_seal(code, station->key, group, agency, origin, code->seal);
}

bool page_code_is_sealed(const PageCode *code, const PageStation *station, const char *group,
                         const char *agency, const char *origin)
{
    char seal[SEAL_LENGTH + 1];
    if (!g_str_equal(code->station, station->name))
        return false;
    make_seal(code, station->key, group, agency, origin, seal);
    return g_str_equal(seal, code->seal);
}
