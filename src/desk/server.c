/* Requests from the network and back, by libmicrohttpd. A thread a connection, not a pool: a handler may wait
 * for a scan to be decoded or for another process's transaction, and then holds up nobody else; the number of
 * connections is bounded. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "desk/internal.h"

/* Connections at once, in all and from one address (an office may sit behind one); seconds without a byte
 * before one is closed; memory of one for its request line and headers. */
#define CONNECTIONS 600
#define CONNECTIONS_ADDRESS 400
#define IDLE_S 30
#define HEADERS_BYTES (32u << 10)
/* Bodies larger than what people type are let in only after the guard, and so many at once: bytes held. */
#define LARGE_BODY ((size_t)64 << 10)
#define LARGE_AT_ONCE 12
/* A stream of events says that it is alive. */
#define BEAT_US (10 * G_TIME_SPAN_SECOND)

struct Server {
    int socket;
    Desk *desk;
    struct MHD_Daemon *daemon;
    int large; /* bodies held that are large; atomic */
};

Server *server_listen(const char *host, int port, int *ret_port, GError **error)
{
    bool six = *host == '[';
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    g_autofree char *bare = six ? g_strndup(host + 1, strlen(host) - 2) : g_strdup(host);
    if (g_str_equal(host, "localhost"))
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else if (six)
        inet_pton(AF_INET6, bare, &v6.sin6_addr);
    else
        inet_pton(AF_INET, bare, &v4.sin_addr);
    int on = 1, made = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t length = six ? sizeof v6 : sizeof v4;
    struct sockaddr *address = six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
    if (made < 0 || setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(made, address, length) != 0 || listen(made, 128) != 0 ||
        getsockname(made, address, &length) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                    _("%s:%d: cannot be listened on (%s); name another with --listen"), host, port,
                    failure_words(errno));
        if (made >= 0)
            close(made);
        return NULL;
    }
    *ret_port = ntohs(six ? v6.sin6_port : v4.sin_port);
    Server *server = g_new0(Server, 1);
    server->socket = made;
    return server;
}

/* ---- a request as it arrives
 * ---------------------------------------------------------------------------------------- */

typedef struct {
    GByteArray *body;
    size_t limit;
    bool too_large;
    bool large;     /* counted among the server's */
    Reply *refused; /* before its body came: what comes is dropped */
} Arriving;

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Allows a body of the route's size; what says beforehand that it is larger is refused at once. */
static Arriving *begin_arriving(struct MHD_Connection *connection, const char *method, const char *path)
{
    Arriving *arriving = g_new0(Arriving, 1);
    arriving->body = g_byte_array_new();
    arriving->limit = route_body_limit(method, path);
    const char *length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t stated;
    arriving->too_large = length && (!number_parse_int(length, 0, INT64_MAX, &stated, NULL) ||
                                     (uint64_t)stated > arriving->limit);
    return arriving;
}

static enum MHD_Result add_query(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    g_autofree char *decoded = g_uri_unescape_string(value ? value : "", NULL);
    if (decoded && g_utf8_validate(name, -1, NULL) && g_utf8_validate(decoded, -1, NULL))
        g_hash_table_replace(user, g_strdup(name), g_steal_pointer(&decoded));
    return MHD_YES;
}

static void write_address(struct MHD_Connection *connection, char *ret, size_t size)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    g_strlcpy(ret, "?", size);
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, ret, (socklen_t)size);
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, ret, (socklen_t)size);
}

/* ---- an answer as it leaves
 * ----------------------------------------------------------------------------------------- */

typedef struct {
    Desk *desk;
    guint64 seq;
    char *session;
    GByteArray *pending;
    bool begun;
} Stream;

static void stream_free(void *data)
{
    Stream *stream = data;
    g_byte_array_unref(stream->pending);
    g_free(stream->session);
    g_free(stream);
}

/* Whether the session the stream belongs to is still one. Looking keeps no session alive by itself: a page
 * that is only left open ends. */
static bool stream_may_go_on(const Stream *stream)
{
    g_mutex_lock(&stream->desk->guarding);
    bool lives = guard_lives(stream->desk->guard, stream->session, g_get_monotonic_time());
    g_mutex_unlock(&stream->desk->guarding);
    return lives;
}

static ssize_t read_stream(void *data, uint64_t position, char *buffer, size_t size)
{
    Stream *stream = data;
    (void)position;
    if (!stream->begun) {
        stream->begun = true;
        static const char hello[] = "retry: 2000\n\n";
        g_byte_array_append(stream->pending, (const guint8 *)hello, sizeof hello - 1);
    }
    if (!stream->pending->len) {
        if (!stream_may_go_on(stream))
            return MHD_CONTENT_READER_END_OF_STREAM;
        g_autofree char *text = events_wait(stream->desk->events, stream->seq, BEAT_US, &stream->seq);
        if (!text)
            return MHD_CONTENT_READER_END_OF_STREAM;
        const char *sent = *text ? text : ": beat\n\n";
        g_byte_array_append(stream->pending, (const guint8 *)sent, (guint)strlen(sent));
    }
    size_t taken = MIN(size, stream->pending->len);
    memcpy(buffer, stream->pending->data, taken);
    g_byte_array_remove_range(stream->pending, 0, (guint)taken);
    return (ssize_t)taken;
}

static void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static struct MHD_Response *make_response(Desk *desk, const Reply *reply)
{
    if (reply->events) {
        Stream *stream = g_new0(Stream, 1);
        *stream = (Stream){desk, reply->seq, g_strdup(reply->session), g_byte_array_new(), false};
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, stream, stream_free);
    }
    gsize length = 0;
    GBytes *body = reply->body ? g_bytes_ref(reply->body) : g_bytes_new(NULL, 0);
    const void *data = g_bytes_get_data(body, &length);
    return MHD_create_response_from_buffer_with_free_callback_cls(length, (void *)data, unref_bytes, body);
}

/* What every answer says, whatever it is. */
static void add_headers(struct MHD_Response *response, const Reply *reply)
{
    static const struct {
        const char *name, *value;
    } always[] = {
        {"Content-Security-Policy",
         "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri "
         "'none'; frame-ancestors 'none'; form-action 'self'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
        MHD_add_response_header(response, always[i].name, always[i].value);
    if (reply->type)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
                            reply->lasting ? "private, max-age=86400, immutable"
                            : reply->etag  ? "private, no-cache"
                                           : "no-store");
    if (reply->etag)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, reply->etag);
    if (reply->set_cookie)
        MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, reply->set_cookie);
    if (reply->save_as) {
        g_autofree char *name = g_uri_escape_string(reply->save_as, NULL, FALSE);
        g_autofree char *saved = g_strdup_printf("attachment; filename*=UTF-8''%s", name);
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, saved);
    }
    if (reply->retry_after_s) {
        g_autofree char *seconds = g_strdup_printf("%d", reply->retry_after_s);
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, Desk *desk, const Reply *reply)
{
    struct MHD_Response *response = make_response(desk, reply);
    if (!response)
        return MHD_NO;
    add_headers(response, reply);
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* The request by its line and headers; the strings are the connection's. */
static Request read_request(struct MHD_Connection *connection, const char *method, const char *path)
{
    return (Request){.method = g_str_equal(method, "HEAD") ? "GET" : method,
                     .path = path,
                     .host = header(connection, "Host"),
                     .origin = header(connection, "Origin"),
                     .cookie = header(connection, "Cookie"),
                     .token = header(connection, "X-Phieu-Token"),
                     .type = header(connection, "Content-Type"),
                     .key = header(connection, "Idempotency-Key"),
                     .etag = header(connection, "If-None-Match"),
                     .last_event = header(connection, "Last-Event-ID"),
                     .now_us = g_get_monotonic_time()};
}

/* A large body takes memory: it is let in when its request would be, and while there is room. */
static void admit(Server *server, struct MHD_Connection *connection, const char *method, const char *path,
                  Arriving *arriving)
{
    if (arriving->limit <= LARGE_BODY)
        return;
    Request request = read_request(connection, method, path);
    arriving->refused = desk_refuse(server->desk, &request);
    if (arriving->refused)
        return;
    arriving->large = true;
    if (g_atomic_int_add(&server->large, 1) >= LARGE_AT_ONCE) {
        arriving->refused = reply_error(503, "busy", _("many files are being sent; wait a moment"));
        arriving->refused->retry_after_s = 1;
    }
}

static enum MHD_Result answer(Desk *desk, struct MHD_Connection *connection, const char *method,
                              const char *path, const Arriving *arriving)
{
    if (arriving->refused)
        return send_reply(connection, desk, arriving->refused);
    char address[64];
    write_address(connection, address, sizeof address);
    g_autoptr(GHashTable) query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_query, query);
    Request request = read_request(connection, method, path);
    request.address = address;
    request.query = query;
    request.body = (const char *)arriving->body->data;
    request.length = arriving->too_large ? SIZE_MAX : arriving->body->len;
    g_autoptr(Reply) reply = desk_answer(desk, &request);
    return send_reply(connection, desk, reply);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *length,
                                  void **state)
{
    Server *server = user;
    (void)version;
    Arriving *arriving = *state;
    if (!arriving) {
        arriving = *state = begin_arriving(connection, method, path);
        if (arriving->too_large) /* refused before the body is sent */
            return answer(server->desk, connection, method, path, arriving);
        admit(server, connection, method, path, arriving);
        return MHD_YES;
    }
    if (*length) {
        arriving->too_large |= arriving->body->len + *length > arriving->limit;
        if (!arriving->too_large && !arriving->refused)
            g_byte_array_append(arriving->body, (const guint8 *)data, (guint)*length);
        *length = 0;
        return MHD_YES;
    }
    return answer(server->desk, connection, method, path, arriving);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    Server *server = user;
    (void)connection;
    (void)code;
    Arriving *arriving = *state;
    if (!arriving)
        return;
    if (arriving->large)
        g_atomic_int_add(&server->large, -1);
    reply_free(arriving->refused);
    g_byte_array_unref(arriving->body);
    g_free(arriving);
    *state = NULL;
}

/* The path comes as sent: its parts are decoded one by one, so that no %2F makes a slash. */
static size_t keep_encoded(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return strlen(text);
}

bool server_serve(Server *server, Desk *desk, GError **error)
{
    const Certificate *certificate = desk->certificate;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, certificate ? certificate->certificate : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, certificate ? certificate->key : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    server->desk = desk;
    server->daemon = MHD_start_daemon(
        flags | (certificate ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET,
        server->socket, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        CONNECTIONS_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEADERS_BYTES, MHD_OPTION_THREAD_STACK_SIZE, (size_t)1 << 20, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, server, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL, MHD_OPTION_ARRAY,
        certificate ? tls : none, MHD_OPTION_END);
    if (!server->daemon)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("the web server cannot be started"));
    return server->daemon != NULL;
}

void server_stop(Server *server)
{
    if (!server)
        return;
    if (server->daemon)
        MHD_stop_daemon(server->daemon); /* closes the socket */
    else
        close(server->socket);
    g_free(server);
}
