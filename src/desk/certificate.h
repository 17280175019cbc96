/* The certificate of a desk that is served over a network, by GnuTLS: one's own, made on first use and kept
 * in the workspace's folder, or given files. Its names are the addresses the desk answers to. Inside the room
 * only. */
#ifndef PHIEU_DESK_CERTIFICATE_H
#define PHIEU_DESK_CERTIFICATE_H

#include "base/base.h"

/* One's own is good for so long, and made anew when less is left than that. */
#define CERTIFICATE_DAYS 1095
#define CERTIFICATE_LEFT_DAYS 30

typedef struct {
    char *certificate, *key; /* PEM */
    GPtrArray *names;        /* char*: host names and addresses ("192.168.1.5", "[fe80::1]") it is for */
    char *fingerprint;       /* SHA-256 over it, "AB:CD:…", as browsers show it */
} Certificate;

void certificate_free(Certificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Certificate, certificate_free)

/* The certificate in `workspace`/tls, made when there is none, when it is about to expire, or when it is not
 * for `host` ("0.0.0.0" and "[::]": for this machine's name and every address it has). Its key is readable by
 * its owner alone. FAILED names the file. */
Certificate *certificate_own(const char *workspace, const char *host, GError **error);
/* Whether that address stands for every one of the machine. */
bool certificate_is_any(const char *host);
/* From given PEM files. INVALID when they do not belong together or the certificate is not one for now;
 * NOT_FOUND. */
Certificate *certificate_load(const char *certificate_path, const char *key_path, GError **error);

#endif
