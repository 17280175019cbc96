#include "desk/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <ifaddrs.h>
#include <string.h>
#include <unistd.h>

#define DAY_S 86400

void certificate_free(Certificate *certificate)
{
    if (!certificate)
        return;
    g_free(certificate->certificate);
    g_free(certificate->key);
    g_free(certificate->fingerprint);
    if (certificate->names)
        g_ptr_array_unref(certificate->names);
    g_free(certificate);
}

static bool fail(GError **error, const char *what, int code)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: the certificate cannot be made: %s"), what,
                gnutls_strerror(code));
    return false;
}

/* ---- names
 * ----------------------------------------------------------------------------------------------------------
 */

static void add_name(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

/* An address of 4 or 16 bytes; IPv6 in brackets, as it stands in a URL. */
static void add_bytes(GPtrArray *names, const void *bytes, size_t size)
{
    char text[INET6_ADDRSTRLEN];
    bool six = size == 16;
    if ((!six && size != 4) || !inet_ntop(six ? AF_INET6 : AF_INET, bytes, text, sizeof text))
        return;
    g_autofree char *bracketed = g_strdup_printf("[%s]", text);
    add_name(names, six ? bracketed : text);
}

static void add_address(GPtrArray *names, const struct sockaddr *address)
{
    if (address && address->sa_family == AF_INET)
        add_bytes(names, &((const struct sockaddr_in *)address)->sin_addr, 4);
    else if (address && address->sa_family == AF_INET6)
        add_bytes(names, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
}

bool certificate_is_any(const char *host)
{
    return g_str_equal(host, "0.0.0.0") || g_str_equal(host, "[::]");
}

/* What people may type to reach this machine. */
static GPtrArray *names_of(const char *host)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    bool any = certificate_is_any(host);
    if (!any)
        add_name(names, host);
    add_name(names, g_get_host_name());
    add_name(names, "localhost");
    struct ifaddrs *all = NULL;
    if (any && getifaddrs(&all) == 0) {
        for (const struct ifaddrs *one = all; one; one = one->ifa_next)
            add_address(names, one->ifa_addr);
        freeifaddrs(all);
    }
    return names;
}

static bool add_to_certificate(gnutls_x509_crt_t certificate, const char *name)
{
    uint8_t bytes[16];
    g_autofree char *bare = *name == '[' ? g_strndup(name + 1, strlen(name) - 2) : g_strdup(name);
    if (inet_pton(AF_INET, bare, bytes) == 1)
        return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, bytes, 4,
                                                    GNUTLS_FSAN_APPEND) == 0;
    if (inet_pton(AF_INET6, bare, bytes) == 1)
        return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, bytes, 16,
                                                    GNUTLS_FSAN_APPEND) == 0;
    return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name),
                                                GNUTLS_FSAN_APPEND) == 0;
}

/* The names a certificate states; wildcards are left out, for they name no host. */
static GPtrArray *read_names(gnutls_x509_crt_t certificate)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0;; i++) {
        char value[256];
        size_t size = sizeof value - 1;
        int kind = gnutls_x509_crt_get_subject_alt_name(certificate, i, value, &size, NULL);
        if (kind < 0)
            return names;
        value[size] = '\0';
        if (kind == GNUTLS_SAN_DNSNAME && !strchr(value, '*'))
            add_name(names, value);
        else if (kind == GNUTLS_SAN_IPADDRESS)
            add_bytes(names, value, size);
    }
}

/* ---- reading
 * -------------------------------------------------------------------------------------------------------- */

static char *read_fingerprint(gnutls_x509_crt_t certificate)
{
    uint8_t bytes[32];
    size_t size = sizeof bytes;
    if (gnutls_x509_crt_get_fingerprint(certificate, GNUTLS_DIG_SHA256, bytes, &size) != 0)
        return g_strdup("?");
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(text, "%s%02X", i ? ":" : "", bytes[i]);
    return g_string_free(text, FALSE);
}

/* Whether the key signs what the certificate's key verifies: both have the same key id. */
static bool belong_together(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    uint8_t of_certificate[64], of_key[64];
    size_t first = sizeof of_certificate, second = sizeof of_key;
    return gnutls_x509_crt_get_key_id(certificate, 0, of_certificate, &first) == 0 &&
           gnutls_x509_privkey_get_key_id(key, 0, of_key, &second) == 0 && first == second &&
           memcmp(of_certificate, of_key, first) == 0;
}

static bool check_pair(const char *path, const char *key_path, gnutls_x509_crt_t certificate,
                       gnutls_x509_privkey_t key, int left_days, GError **error)
{
    time_t now = time(NULL), ends = gnutls_x509_crt_get_expiration_time(certificate);
    if (!belong_together(certificate, key))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: is not the key of the certificate %s"),
                    key_path, path);
    else if (ends < now + (time_t)left_days * DAY_S || gnutls_x509_crt_get_activation_time(certificate) > now)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("%s: the certificate is not valid now; give one that is"), path);
    else
        return true;
    return false;
}

static Certificate *load(const char *path, const char *key_path, int left_days, GError **error)
{
    g_autoptr(Certificate) loaded = g_new0(Certificate, 1);
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(path, &loaded->certificate, NULL, &cause) ||
        !g_file_get_contents(key_path, &loaded->key, NULL, &cause)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, "%s", cause->message);
        return NULL;
    }
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_init(&certificate);
    gnutls_x509_privkey_init(&key);
    gnutls_datum_t text = {(unsigned char *)loaded->certificate, (unsigned)strlen(loaded->certificate)},
                   key_text = {(unsigned char *)loaded->key, (unsigned)strlen(loaded->key)};
    bool read = gnutls_x509_crt_import(certificate, &text, GNUTLS_X509_FMT_PEM) == 0;
    bool key_read = gnutls_x509_privkey_import2(key, &key_text, GNUTLS_X509_FMT_PEM, NULL, 0) == 0;
    if (!read || !key_read)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: is no certificate or key in PEM form"),
                    read ? key_path : path);
    bool good = read && key_read && check_pair(path, key_path, certificate, key, left_days, error);
    if (good) {
        loaded->names = read_names(certificate);
        loaded->fingerprint = read_fingerprint(certificate);
    }
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
    return good ? g_steal_pointer(&loaded) : NULL;
}

Certificate *certificate_load(const char *certificate_path, const char *key_path, GError **error)
{
    return load(certificate_path, key_path, 0, error);
}

/* ---- making
 * ---------------------------------------------------------------------------------------------------------
 */

/* Sets what the certificate says and signs it with its own key; GnuTLS's code. */
static int sign(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const GPtrArray *names)
{
    static const char name[] = "phieu";
    uint8_t serial[16];
    time_t now = time(NULL);
    int code = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] &= 0x7f; /* a positive number */
    serial[0] |= 0x40;
    if (code == 0)
        code = gnutls_x509_crt_set_version(certificate, 3);
    if (code == 0)
        code = gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
    if (code == 0)
        code = gnutls_x509_crt_set_activation_time(certificate, now - DAY_S);
    if (code == 0)
        code = gnutls_x509_crt_set_expiration_time(certificate, now + (time_t)CERTIFICATE_DAYS * DAY_S);
    if (code == 0)
        code =
            gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, sizeof name - 1);
    if (code == 0)
        code = gnutls_x509_crt_set_key(certificate, key);
    if (code == 0)
        code = gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (code == 0)
        code = gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    for (guint i = 0; code == 0 && i < names->len; i++)
        code = add_to_certificate(certificate, names->pdata[i]) ? 0 : GNUTLS_E_INVALID_REQUEST;
    return code ? code : gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
}

/* Writes a file only its owner can read, whole or not at all. */
static bool write_private(const char *path, const gnutls_datum_t *text, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (g_file_set_contents_full(path, (const char *)text->data, text->size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause))
        return true;
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s", cause->message);
    return false;
}

static bool make(const char *path, const char *key_path, const char *host, GError **error)
{
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
    gnutls_datum_t text = {NULL, 0}, key_text = {NULL, 0};
    g_autoptr(GPtrArray) names = names_of(host);
    gnutls_x509_crt_init(&certificate);
    gnutls_x509_privkey_init(&key);
    int code = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                            GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (code == 0)
        code = sign(certificate, key, names);
    if (code == 0)
        code = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_text);
    if (code == 0)
        code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &text);
    bool done = code == 0 ? write_private(key_path, &key_text, error) && write_private(path, &text, error)
                          : fail(error, path, code);
    gnutls_free(text.data);
    gnutls_free(key_text.data);
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
    return done;
}

Certificate *certificate_own(const char *workspace, const char *host, GError **error)
{
    g_autofree char *folder = g_build_filename(workspace, "tls", NULL),
                    *path = g_build_filename(folder, "certificate.pem", NULL),
                    *key_path = g_build_filename(folder, "key.pem", NULL);
    g_autoptr(Certificate) known = load(path, key_path, CERTIFICATE_LEFT_DAYS, NULL);
    g_autoptr(GPtrArray) wanted = names_of(host);
    bool fits = known != NULL;
    for (guint i = 0; fits && i < wanted->len; i++)
        fits = g_ptr_array_find_with_equal_func(known->names, wanted->pdata[i], g_str_equal, NULL);
    if (fits)
        return g_steal_pointer(&known);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be made: %s"), folder,
                    failure_words(errno));
        return NULL;
    }
    return make(path, key_path, host, error) ? load(path, key_path, 0, error) : NULL;
}
