/* Starting and stopping; the watcher that notices what other commands change. */
#include <gio/gio.h>
#include <malloc.h>
#include <sodium.h>
#include <string.h>

#include "desk/internal.h"

/* How often the workspace is looked at; and, where loading what waits takes long, so many times as long. */
#define WATCH_US (G_TIME_SPAN_SECOND / 2)
#define WATCH_TIMES 5
/* Ports tried when none was asked for. */
#define PORTS 20

bool desk_refresh_queue(Desk *desk, GError **error)
{
    g_mutex_lock(&desk->queueing);
    guint64 stamp = queue_stamp(desk->queue);
    g_mutex_unlock(&desk->queueing);
    Store *store = stores_borrow(desk->stores, error);
    GPtrArray *waiting = store ? store_load_waiting(store, NULL, error) : NULL;
    if (store)
        stores_return(desk->stores, store);
    if (!waiting)
        return false;
    g_mutex_lock(&desk->queueing);
    queue_update(desk->queue, waiting, stamp);
    g_mutex_unlock(&desk->queueing);
    return true;
}

StoreAccount *desk_find_account(Desk *desk, const char *name, GError **error)
{
    Store *store = stores_borrow(desk->stores, error);
    if (!store)
        return NULL;
    StoreAccount *account = store_find_account(store, name, error);
    stores_return(desk->stores, store);
    return account;
}

/* Sleeps until it is time, or the desk closes (false). */
static bool rest(Desk *desk, gint64 wait_us)
{
    gint64 until = g_get_monotonic_time() + wait_us;
    g_mutex_lock(&desk->watching);
    while (!desk->closing && g_cond_wait_until(&desk->wake, &desk->watching, until))
        ;
    bool goes_on = !desk->closing;
    g_mutex_unlock(&desk->watching);
    return goes_on;
}

static gpointer watch(gpointer data)
{
    Desk *desk = data;
    Store *store = NULL;
    gint64 wait_us = WATCH_US;
    while (rest(desk, wait_us)) {
        if (store && !store_is_current(store)) {
            stores_return(desk->stores, store);
            store = NULL;
        }
        if (!store)
            store = stores_borrow(desk->stores, NULL);
        if (!store || !store_has_changed(store))
            continue;
        gint64 begun = g_get_monotonic_time();
        g_autoptr(GError) error = NULL;
        if (!desk_refresh_queue(desk, &error))
            g_warning("%s", error->message);
        wait_us = MAX(WATCH_US, WATCH_TIMES * (g_get_monotonic_time() - begun));
        events_add(desk->events, "workspace");
    }
    if (store)
        stores_return(desk->stores, store);
    return NULL;
}

/* The first account may do everything; it makes no others here, `phieu account` does. */
static bool make_first_account(Desk *desk, GError **error)
{
    Store *store = stores_lock_writer(desk->stores, error);
    g_autoptr(GPtrArray) accounts = store ? store_load_accounts(store, error) : NULL;
    bool done = accounts != NULL;
    if (done && accounts->len == 0) {
        g_autofree char *password = desk_password_new();
        g_autofree char *hash = NULL;
        StoreAccount first = {.name = (char *)"admin",
                              .full_name = (char *)"",
                              .roles = STORE_ROLE_CLERK | STORE_ROLE_OPERATOR | STORE_ROLE_ANALYST |
                                       STORE_ROLE_ADMIN,
                              .one_time = true};
        done = desk_password_hash(password, &hash, error);
        first.password = hash;
        done = done && store_set_account(store, &first, "add", "phieu", error);
        if (done) {
            desk->first_account = g_strdup(first.name);
            desk->first_password = g_steal_pointer(&password);
        }
    }
    if (store)
        stores_unlock_writer(desk->stores);
    return done;
}

static void reply_destroy(gpointer reply)
{
    reply_free(reply);
}

/* Hosts that are this machine to itself: served in plain. */
static const char *const loopback[] = {"127.0.0.1", "localhost", "[::1]", NULL};

/* Everything Host may say: the names of the certificate, or of the loopback; the port left out where it is
 * the scheme's own. */
static GPtrArray *hosts_of(const Certificate *certificate, int port)
{
    GPtrArray *hosts = g_ptr_array_new_with_free_func(g_free);
    guint count = certificate ? certificate->names->len : G_N_ELEMENTS(loopback) - 1;
    for (guint i = 0; i < count; i++) {
        const char *name = certificate ? certificate->names->pdata[i] : loopback[i];
        g_ptr_array_add(hosts, g_strdup_printf("%s:%d", name, port));
        if (port == (certificate ? 443 : 80))
            g_ptr_array_add(hosts, g_strdup(name));
    }
    return hosts;
}

char *desk_cookie(const Desk *desk, const char *id)
{
    return g_strdup_printf("%s=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%d%s", desk->cookie, id,
                           *id ? (int)(GUARD_SESSION_US / G_TIME_SPAN_SECOND) : 0,
                           desk->certificate ? "; Secure" : "");
}

Desk *desk_new(Stores *stores, int port, Certificate *certificate, GError **error)
{
    if (sodium_init() < 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("the machine gives no random numbers"));
        stores_free(stores);
        certificate_free(certificate);
        return NULL;
    }
    Desk *desk = g_new0(Desk, 1);
    desk->stores = stores;
    desk->certificate = certificate;
    desk->cookie = g_strdup_printf("%sphieu-%d", desk->certificate ? "__Host-" : "", port);
    desk->hosts = hosts_of(desk->certificate, port);
    g_mutex_init(&desk->guarding);
    g_mutex_init(&desk->queueing);
    g_mutex_init(&desk->watching);
    g_cond_init(&desk->wake);
    desk->guard = guard_new(reply_destroy);
    desk->queue = queue_new();
    desk->events = events_new();
    desk->counter = counter_new(stores);
    desk->pictures = pictures_new(stores_dir(stores));
    desk->views = views_new();
    if (!make_first_account(desk, error) || !desk_refresh_queue(desk, error) || !feed_begin(desk, error)) {
        desk_free(desk);
        return NULL;
    }
    desk->watcher = g_thread_new("desk-watch", watch, desk);
    return desk;
}

void desk_free(Desk *desk)
{
    if (!desk)
        return;
    g_mutex_lock(&desk->watching);
    desk->closing = true;
    g_cond_broadcast(&desk->wake);
    g_mutex_unlock(&desk->watching);
    if (desk->watcher)
        g_thread_join(desk->watcher);
    inbox_free(desk->inbox);
    jobs_free(desk->jobs);
    uploads_free(desk->uploads);
    pictures_free(desk->pictures);
    views_free(desk->views);
    counter_free(desk->counter);
    events_free(desk->events);
    queue_free(desk->queue);
    guard_free(desk->guard);
    stores_free(desk->stores);
    g_ptr_array_unref(desk->hosts);
    certificate_free(desk->certificate);
    g_mutex_clear(&desk->guarding);
    g_mutex_clear(&desk->queueing);
    g_mutex_clear(&desk->watching);
    g_cond_clear(&desk->wake);
    g_free(desk->address);
    g_free(desk->cookie);
    g_free(desk->first_account);
    g_free(desk->first_password);
    g_free(desk);
}

/* "127.0.0.1:8750", "localhost:0", "[::]:8750": host and port. */
static bool parse_listen(const char *listen, char **ret_host, int *ret_port, GError **error)
{
    const char *colon = strrchr(listen, ':');
    g_autofree char *host = colon ? g_strndup(listen, (gsize)(colon - listen)) : NULL;
    g_autofree char *bare =
        host && *host == '[' && g_str_has_suffix(host, "]") ? g_strndup(host + 1, strlen(host) - 2) : NULL;
    int64_t port;
    bool known =
        host && (g_str_equal(host, "localhost") ||
                 (bare && strchr(bare, ':') ? g_hostname_is_ip_address(bare)
                                            : !bare && !strchr(host, ':') && g_hostname_is_ip_address(host)));
    if (!known || !number_parse_int(colon + 1, 0, 65535, &port, NULL)) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("'%s': write ADDRESS:PORT, as in %s, or 0.0.0.0:8750 for every address of this machine"),
            listen, DESK_DEFAULT_LISTEN);
        return false;
    }
    *ret_host = g_steal_pointer(&host);
    *ret_port = (int)port;
    return true;
}

/* The certificate where one is needed; *ret NULL where not. */
static bool find_certificate(const char *workspace, const char *host, const DeskOptions *options,
                             Certificate **ret, GError **error)
{
    *ret = NULL;
    if (!options->certificate != !options->key) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("--certificate and --key belong together: give both or neither"));
        return false;
    }
    if (options->certificate)
        *ret = certificate_load(options->certificate, options->key, error);
    else if (!options->tls && g_strv_contains(loopback, host))
        return true;
    else
        *ret = certificate_own(workspace, host, error);
    return *ret != NULL;
}

/* What people type: an address that stands for all is shown as the certificate's first name. */
static char *make_address(const Desk *desk, const char *host, int port)
{
    const char *shown =
        certificate_is_any(host) && desk->certificate->names->len ? desk->certificate->names->pdata[0] : host;
    return g_strdup_printf("%s://%s:%d/", desk->certificate ? "https" : "http", shown, port);
}

/* Pages of many megabytes are decoded by one thread after another: kept in their heaps, as the C library does
 * by default with ever larger pieces, they stay with the process. */
static void give_memory_back(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_ARENA_MAX, 4);
}

Desk *desk_start(const char *workspace, const DeskOptions *options, GError **error)
{
    give_memory_back();
    g_autofree char *host = NULL;
    int port;
    const char *listen = options->listen;
    if (!parse_listen(listen ? listen : DESK_DEFAULT_LISTEN, &host, &port, error))
        return NULL;
    /* The address first, so that nothing is made in a workspace that cannot be served. */
    Server *server = NULL;
    for (int i = 0; !server && i < (listen ? 1 : PORTS); i++) {
        g_clear_error(error);
        server = server_listen(host, port + i, &port, error);
    }
    if (!server)
        return NULL;
    /* The workspace next: no certificate is made where there is none. */
    g_autoptr(Stores) stores = stores_new(workspace, error);
    Certificate *certificate;
    Desk *desk = NULL;
    if (stores && find_certificate(workspace, host, options, &certificate, error))
        desk = desk_new(g_steal_pointer(&stores), port, certificate, error);
    if (!desk) {
        server_stop(server);
        return NULL;
    }
    desk->address = make_address(desk, host, port);
    desk->server = server;
    if ((!options->watch || feed_watch(desk, options->watch, error)) && server_serve(server, desk, error)) {
        jobs_start(desk->jobs);
        if (desk->inbox)
            inbox_start(desk->inbox);
        return desk;
    }
    desk_stop(desk);
    return NULL;
}

const char *desk_fingerprint(const Desk *desk)
{
    return desk->certificate ? desk->certificate->fingerprint : NULL;
}

void desk_stop(Desk *desk)
{
    if (!desk)
        return;
    events_close(desk->events);
    server_stop(desk->server);
    desk_free(desk);
}

const char *desk_address(const Desk *desk)
{
    return desk->address;
}

const char *desk_first_account(const Desk *desk)
{
    return desk->first_account;
}

const char *desk_first_password(const Desk *desk)
{
    return desk->first_password;
}
