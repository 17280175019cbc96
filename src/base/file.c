#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* OpenSSL's, as it uses what the processor has for it: several times GLib's speed. */
Sha256 *sha256_new(void)
{
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    /* As with GLib's own memory: without it there is no going on. */
    g_assert(sum && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) == 1);
    return (Sha256 *)sum;
}

void sha256_add(Sha256 *sum, const void *bytes, size_t length)
{
    EVP_DigestUpdate((EVP_MD_CTX *)sum, bytes, length);
}

void sha256_add_text(Sha256 *sum, const char *text)
{
    sha256_add(sum, text, strlen(text) + 1);
}

char *sha256_end(Sha256 *sum)
{
    unsigned char digest[32];
    EVP_DigestFinal_ex((EVP_MD_CTX *)sum, digest, NULL);
    sha256_free(sum);
    char *hex = g_malloc(65);
    for (size_t i = 0; i < sizeof digest; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return hex;
}

void sha256_free(Sha256 *sum)
{
    EVP_MD_CTX_free((EVP_MD_CTX *)sum);
}

char *file_sha256(const char *path, GError **error)
{
    FILE *file = g_fopen(path, "rbe");
    g_autofree char *shown = text_printable(path);
    if (!file) {
        int failure = errno;
        g_set_error(error, PHIEU_ERROR, failure == ENOENT ? PHIEU_ERROR_NOT_FOUND : PHIEU_ERROR_UNREADABLE,
                    _("%s: cannot be opened: %s"), shown, failure_words(failure));
        return NULL;
    }
    g_autoptr(Sha256) sum = sha256_new();
    g_autofree guchar *buffer = g_malloc(1 << 16);
    size_t length;
    while ((length = fread(buffer, 1, 1 << 16, file)) > 0)
        sha256_add(sum, buffer, length);
    int failure = errno;
    bool failed = ferror(file);
    fclose(file);
    if (failed) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: cannot be read: %s"), shown,
                    failure_words(failure));
        return NULL;
    }
    return sha256_end(g_steal_pointer(&sum));
}

bool file_check_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        return true;
    g_autofree char *shown = text_printable(path), *where = text_printable(folder);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                _("%s: there is no folder '%s'; make it first, or name another"), shown, where);
    return false;
}

static bool replace(const char *path, const char *data, gssize length, int mode, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (!file_check_folder(path, error))
        return false;
    if (g_file_set_contents_full(path, data, length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, &cause))
        return true;
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be written: %s"), shown,
                failure_words_of(cause));
    return false;
}

bool file_replace(const char *path, const char *data, gssize length, GError **error)
{
    return replace(path, data, length, 0644, error);
}

bool file_replace_secret(const char *path, const char *data, gssize length, GError **error)
{
    return replace(path, data, length, 0600, error);
}

bool file_read(const char *path, gsize max, char **ret_data, gsize *ret_length, GError **error)
{
    GStatBuf info;
    g_autofree char *shown = text_printable(path);
    if (g_stat(path, &info) != 0) {
        int failure = errno;
        g_set_error(error, PHIEU_ERROR, failure == ENOENT ? PHIEU_ERROR_NOT_FOUND : PHIEU_ERROR_UNREADABLE,
                    _("%s: cannot be opened: %s"), shown, failure_words(failure));
        return false;
    }
    if (!S_ISREG(info.st_mode) || (guint64)info.st_size > max) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: no file of at most %zu bytes"), shown,
                    (size_t)max);
        return false;
    }
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(path, ret_data, ret_length, &cause)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: cannot be read: %s"), shown,
                    failure_words_of(cause));
        return false;
    }
    return true;
}

bool file_rename(const char *from, const char *to, GError **error)
{
    g_autofree char *shown = text_printable(to);
    if (g_rename(from, to) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be written: %s"), shown,
                    failure_words(errno));
        return false;
    }
    g_autofree char *folder = g_path_get_dirname(to);
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        if (fsync(dir) != 0)
            g_debug("%s: the folder was not written through", folder);
        close(dir);
    }
    return true;
}

int text_compare(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

char *text_printable(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *c = text; *c;) {
        gunichar ch = g_utf8_get_char_validated(c, -1);
        if (ch == (gunichar)-1 || ch == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (guchar)*c++);
            continue;
        }
        if (ch == '\n')
            g_string_append(out, "\\n");
        else if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0))
            g_string_append_printf(out, "\\x%02x", (guint)ch);
        else
            g_string_append_unichar(out, ch);
        c = g_utf8_next_char(c);
    }
    return g_string_free(out, FALSE);
}

char *text_folded(const char *text, const char *blanks)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *lower = g_utf8_casefold(composed, -1);
    GString *out = g_string_new(NULL);
    bool gap = false;
    for (const char *c = lower; *c; c = g_utf8_next_char(c)) {
        gunichar ch = g_utf8_get_char(c);
        bool blank = g_unichar_isspace(ch) || g_utf8_strchr(blanks, -1, ch);
        if (!blank && gap && out->len)
            g_string_append_c(out, ' ');
        if (!blank)
            g_string_append_unichar(out, ch);
        gap = blank;
    }
    return g_string_free(out, FALSE);
}

bool text_is_nfc(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    return g_str_equal(text, composed);
}

/* Whether a file begins as what people scan or fill in does. */
static bool begins_as_document(const char *path)
{
    static const char *const starts[] = {"%PDF", "\xff\xd8\xff", "\x89PNG", "II*", "MM\0*", "PK\3\4"};
    static const size_t lengths[] = {4, 3, 4, 3, 4, 4};
    char head[4] = "";
    FILE *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_fopen(path, "rbe") : NULL;
    size_t length = file ? fread(head, 1, sizeof head, file) : 0;
    if (file)
        fclose(file);
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
        if (length >= lengths[i] && memcmp(head, starts[i], lengths[i]) == 0)
            return true;
    }
    return false;
}

bool file_is_litter(const char *path)
{
    static const char *const names[] = {"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", NULL};
    static const char *const starts[] = {"._", "~$", ".~lock."};
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *lower = g_ascii_strdown(name, -1);
    bool litter = g_strv_contains(names, lower);
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        litter = litter || g_str_has_prefix(lower, starts[i]);
    return litter && !begins_as_document(path);
}
