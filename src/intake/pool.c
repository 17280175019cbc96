#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "intake/worker.h"

/* The most memory a worker may take: a page of RASTER_MAX_PIXELS in colour, and room to work. */
#define WORKER_MEMORY ((rlim_t)4 * 1024 * 1024 * 1024)
/* The largest message between processes. */
#define MAX_MESSAGE (64u * 1024 * 1024)

typedef struct {
    pid_t pid;
    int socket;
    int tag; /* −1: free */
    bool counting;
    gint64 deadline_us;
} Worker;

struct WorkerPool {
    const IntakeReader *reader;
    Worker *workers;
    int size;
    int page_wait_ms;
};

void worker_result_free(WorkerResult *result)
{
    if (!result)
        return;
    store_page_free(result->page);
    g_free(result->reason);
    g_free(result->detail);
    g_free(result);
}

/* ---- messages
 * -------------------------------------------------------------------------------------------------------- */

static bool send_all(int socket, const void *data, size_t length)
{
    const char *at = data;
    while (length > 0) {
        ssize_t sent = send(socket, at, length, MSG_NOSIGNAL);
        if (sent <= 0) {
            if (sent < 0 && errno == EINTR)
                continue;
            return false;
        }
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool receive_all(int socket, void *data, size_t length)
{
    char *at = data;
    while (length > 0) {
        ssize_t got = recv(socket, at, length, 0);
        if (got <= 0) {
            if (got < 0 && errno == EINTR)
                continue;
            return false;
        }
        at += got;
        length -= (size_t)got;
    }
    return true;
}

static bool send_message(int socket, int32_t number, const void *data, size_t length)
{
    uint32_t size = (uint32_t)length;
    return send_all(socket, &number, sizeof number) && send_all(socket, &size, sizeof size) &&
           send_all(socket, data, length);
}

static GBytes *receive_message(int socket, int32_t *ret_number)
{
    uint32_t size;
    if (!receive_all(socket, ret_number, sizeof *ret_number) || !receive_all(socket, &size, sizeof size) ||
        size > MAX_MESSAGE)
        return NULL;
    char *data = g_malloc(size + 1);
    if (!receive_all(socket, data, size)) {
        g_free(data);
        return NULL;
    }
    data[size] = '\0';
    return g_bytes_new_take(data, size);
}

/* ---- the worker's side
 * -------------------------------------------------------------------------------------------------- */

/* Answers: a count ≥ 0; −1 and a message; or −2 and a page. */
enum { ANSWER_ERROR = -1, ANSWER_PAGE = -2 };

static bool serve(const IntakeReader *reader, int socket, const char *path, int32_t index)
{
    g_autoptr(GError) error = NULL;
    if (index < 0) {
        int count = reader->count(reader->state, path, &error);
        const char *text = count < 0 ? error->message : "";
        return send_message(socket, count < 0 ? ANSWER_ERROR : count, text, strlen(text));
    }
    StorePage *page = reader->read(reader->state, path, index, &error);
    if (!page)
        return send_message(socket, ANSWER_ERROR, error->message, strlen(error->message));
    g_autoptr(GBytes) bytes = page_to_bytes(page);
    store_page_free(page);
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    return send_message(socket, ANSWER_PAGE, data, length);
}

static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__ /* which reserves far more than it uses */
    struct rlimit limit = {WORKER_MEMORY, WORKER_MEMORY};
    setrlimit(RLIMIT_AS, &limit);
#endif
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

static void run_worker(const IntakeReader *reader, int socket, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN); /* the parent stops the run */
    limit_memory();
    for (;;) {
        int32_t index;
        g_autoptr(GBytes) path = receive_message(socket, &index);
        if (!path || !serve(reader, socket, g_bytes_get_data(path, NULL), index))
            _exit(0);
    }
}

/* ---- the parent's side
 * ----------------------------------------------------------------------------------------------------- */

static bool start(WorkerPool *pool, Worker *worker, GError **error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no worker process can be started: %s"),
                    g_strerror(errno));
        return false;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        for (int i = 0; i < pool->size; i++) {
            if (pool->workers[i].pid > 0)
                close(pool->workers[i].socket); /* a brother's; its end must close when the parent's does */
        }
        run_worker(pool->reader, ends[1], parent);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no worker process can be started: %s"),
                    g_strerror(errno));
        return false;
    }
    *worker = (Worker){.pid = pid, .socket = ends[0], .tag = -1};
    return true;
}

static void stop(Worker *worker)
{
    if (worker->pid <= 0)
        return;
    close(worker->socket);
    kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    worker->pid = 0;
}

WorkerPool *worker_pool_new(const IntakeReader *reader, int workers, int page_wait_ms, GError **error)
{
    WorkerPool *pool = g_new0(WorkerPool, 1);
    pool->reader = reader;
    pool->size = MAX(1, workers);
    pool->page_wait_ms = page_wait_ms;
    pool->workers = g_new0(Worker, pool->size);
    for (int i = 0; i < pool->size; i++) {
        if (!start(pool, &pool->workers[i], error)) {
            worker_pool_free(pool);
            return NULL;
        }
    }
    return pool;
}

void worker_pool_free(WorkerPool *pool)
{
    if (!pool)
        return;
    for (int i = 0; i < pool->size; i++)
        stop(&pool->workers[i]);
    g_free(pool->workers);
    g_free(pool);
}

int worker_pool_size(const WorkerPool *pool)
{
    return pool->size;
}

static Worker *find_free(const WorkerPool *pool)
{
    for (int i = 0; i < pool->size; i++) {
        if (pool->workers[i].tag < 0)
            return &pool->workers[i];
    }
    return NULL;
}

bool worker_pool_has_room(const WorkerPool *pool)
{
    return find_free(pool) != NULL;
}

bool worker_pool_submit(WorkerPool *pool, const WorkerJob *job, int tag, GError **error)
{
    Worker *worker = find_free(pool);
    g_assert(worker);
    if (!send_message(worker->socket, job->index, job->path, strlen(job->path))) {
        /* It died while idle: the job is not to blame. */
        stop(worker);
        if (!start(pool, worker, error) ||
            !send_message(worker->socket, job->index, job->path, strlen(job->path)))
            return false;
    }
    worker->tag = tag;
    worker->counting = job->index < 0;
    worker->deadline_us = g_get_monotonic_time() + (gint64)pool->page_wait_ms * 1000;
    return true;
}

static WorkerResult *failure(const char *reason, const char *detail)
{
    WorkerResult *result = g_new0(WorkerResult, 1);
    result->count = -1;
    result->reason = g_strdup(reason);
    result->detail = g_strdup(detail);
    return result;
}

static WorkerResult *collect(WorkerPool *pool, Worker *worker, GError **error)
{
    int32_t number;
    g_autoptr(GBytes) bytes = receive_message(worker->socket, &number);
    if (!bytes) {
        stop(worker);
        if (!start(pool, worker, error))
            return NULL;
        return failure("decoder-crash",
                       _("the decoder broke down on this page; scan it again, or save it in another "
                         "format"));
    }
    worker->tag = -1;
    if (number == ANSWER_ERROR)
        return failure("unreadable", g_bytes_get_data(bytes, NULL));
    WorkerResult *result = g_new0(WorkerResult, 1);
    result->count = number;
    if (number == ANSWER_PAGE)
        result->page = page_from_bytes(bytes);
    return result;
}

static WorkerResult *give_up(WorkerPool *pool, Worker *worker, GError **error)
{
    stop(worker);
    if (!start(pool, worker, error))
        return NULL;
    g_autofree char *detail =
        g_strdup_printf(_("the decoder did not finish within %d seconds; scan the page "
                          "again, or save the file anew and allow more with --page-seconds"),
                        pool->page_wait_ms / 1000);
    return failure("decoder-hang", detail);
}

bool worker_pool_wait(WorkerPool *pool, WorkerDone done, gpointer user, GError **error)
{
    g_autofree struct pollfd *polled = g_new0(struct pollfd, pool->size);
    for (;;) {
        gint64 now_us = g_get_monotonic_time(), soonest_us = G_MAXINT64;
        for (int i = 0; i < pool->size; i++) {
            const Worker *worker = &pool->workers[i];
            polled[i] = (struct pollfd){worker->tag >= 0 ? worker->socket : -1, POLLIN, 0};
            if (worker->tag >= 0)
                soonest_us = MIN(soonest_us, worker->deadline_us);
        }
        if (soonest_us == G_MAXINT64)
            return true; /* nobody is at work */
        int wait_ms = (int)CLAMP((soonest_us - now_us) / 1000 + 1, 0, 60000);
        if (poll(polled, (nfds_t)pool->size, wait_ms) < 0 && errno != EINTR) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("waiting for workers: %s"),
                        g_strerror(errno));
            return false;
        }
        bool any = false;
        now_us = g_get_monotonic_time();
        for (int i = 0; i < pool->size; i++) {
            Worker *worker = &pool->workers[i];
            bool late = worker->tag >= 0 && !polled[i].revents && now_us >= worker->deadline_us;
            if (polled[i].fd < 0 || (!polled[i].revents && !late))
                continue;
            int tag = worker->tag;
            WorkerResult *result = late ? give_up(pool, worker, error) : collect(pool, worker, error);
            any = true;
            if (!result || !done(tag, result, user))
                return false;
        }
        if (any)
            return true;
    }
}
