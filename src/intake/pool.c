#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
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
/* Memory that any page may need. */
#define PAGE_MEMORY ((size_t)512 * 1024 * 1024)
/* A worker that has closed its socket is gone within so many milliseconds, or it hangs. */
#define END_WAIT_MS 2000

typedef struct {
    pid_t pid;
    int socket;
    int tag;    /* −1: free */
    char *path; /* its job */
    int index;
    bool again, held; /* the machine failed at the job once; it waits until the others have done theirs */
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

/* Answers: a count ≥ 0; −1 and a message; −2 and a page; or −3 and how the machine failed. */
enum { ANSWER_ERROR = -1, ANSWER_PAGE = -2, ANSWER_NOTHING = -3 };

static bool answer_error(int socket, const GError *error)
{
    bool machine = g_error_matches(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    return send_message(socket, machine ? ANSWER_NOTHING : ANSWER_ERROR, error->message,
                        strlen(error->message));
}

static bool serve(const IntakeReader *reader, int socket, const char *path, int32_t index)
{
    g_autoptr(GError) error = NULL;
    if (index < 0) {
        int count = reader->count(reader->state, path, &error);
        return count < 0 ? answer_error(socket, error) : send_message(socket, count, "", 0);
    }
    StorePage *page = reader->read(reader->state, path, index, &error);
    if (!page)
        return answer_error(socket, error);
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
                    failure_words(errno));
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
                    failure_words(errno));
        return false;
    }
    worker->pid = pid;
    worker->socket = ends[0];
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

/* Waits for a worker that ends of itself; the signal that ended it, 0 for none. */
static int bury(Worker *worker)
{
    int status = 0;
    pid_t ended = 0;
    for (int waited_ms = 0; ended == 0 && waited_ms < END_WAIT_MS; waited_ms++) {
        ended = waitpid(worker->pid, &status, WNOHANG);
        if (ended == 0)
            g_usleep(1000);
    }
    if (ended == worker->pid) {
        close(worker->socket);
        worker->pid = 0;
    } else {
        stop(worker);
    }
    return ended > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

bool machine_has_memory(void)
{
    void *memory = mmap(NULL, PAGE_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED && munmap(memory, PAGE_MEMORY) == 0;
}

WorkerPool *worker_pool_new(const IntakeReader *reader, int workers, int page_wait_ms, GError **error)
{
    WorkerPool *pool = g_new0(WorkerPool, 1);
    pool->reader = reader;
    pool->size = MAX(1, workers);
    pool->page_wait_ms = page_wait_ms;
    pool->workers = g_new0(Worker, pool->size);
    for (int i = 0; i < pool->size; i++) {
        pool->workers[i].tag = -1;
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
    for (int i = 0; i < pool->size; i++) {
        stop(&pool->workers[i]);
        g_free(pool->workers[i].path);
    }
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

static Worker *find_held(const WorkerPool *pool)
{
    for (int i = 0; i < pool->size; i++) {
        if (pool->workers[i].held)
            return &pool->workers[i];
    }
    return NULL;
}

bool worker_pool_has_room(const WorkerPool *pool)
{
    return find_free(pool) && !find_held(pool);
}

static bool send_job(WorkerPool *pool, Worker *worker, GError **error)
{
    size_t length = strlen(worker->path);
    if (worker->pid <= 0 || !send_message(worker->socket, worker->index, worker->path, length)) {
        /* It died while idle: the job is not to blame. */
        stop(worker);
        if (!start(pool, worker, error))
            return false;
        if (!send_message(worker->socket, worker->index, worker->path, length)) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no worker process can be started: %s"),
                        failure_words(errno));
            return false;
        }
    }
    worker->deadline_us = g_get_monotonic_time() + (gint64)pool->page_wait_ms * 1000;
    return true;
}

bool worker_pool_submit(WorkerPool *pool, const WorkerJob *job, int tag, GError **error)
{
    Worker *worker = find_free(pool);
    g_assert(worker);
    g_free(worker->path);
    worker->path = g_strdup(job->path);
    worker->index = job->index;
    worker->tag = tag;
    worker->again = worker->held = false;
    return send_job(pool, worker, error);
}

/* Gives a held job to its fresh worker once nobody else is at work. */
static bool send_held(WorkerPool *pool, GError **error)
{
    Worker *held = find_held(pool);
    for (int i = 0; held && i < pool->size; i++) {
        if (pool->workers[i].tag >= 0 && !pool->workers[i].held)
            return true;
    }
    if (!held)
        return true;
    held->held = false;
    return send_job(pool, held, error);
}

static WorkerResult *failure(const char *reason, const char *detail)
{
    WorkerResult *result = g_new0(WorkerResult, 1);
    result->count = -1;
    result->reason = g_strdup(reason);
    result->detail = g_strdup(detail);
    return result;
}

/* What the machine did to a worker, NULL when its end was the page's doing. */
static const char *machine_words(int signal, bool again)
{
    switch (signal) {
    case SIGKILL: /* by the kernel, which kills whoever takes most when memory runs out, or by a person */
    case SIGTERM:
    case SIGHUP:
        return _("the reading process was killed from outside, most likely because memory ran out; close "
                 "other programs, or give --workers 1");
    case SIGBUS: /* pages of a mapped file that the disk did not give */
        return _("the disk failed while the scan was being read; check the disk");
    case SIGTRAP: /* GLib's end when an allocation fails */
        if (again && machine_has_memory())
            return NULL;
        return _("memory ran out; close other programs, or give --workers 1");
    default:
        return NULL;
    }
}

/* The machine failed at a job: nothing yet the first time, told the second. */
static WorkerResult *machine_failed(Worker *worker, const char *words)
{
    if (!worker->again) {
        worker->again = worker->held = true;
        return NULL;
    }
    WorkerResult *result = failure("", words);
    result->machine = true;
    return result;
}

/* What a worker that ended leaves: *ret_result stays NULL while the job is to be tried again. */
static bool collect_end(WorkerPool *pool, Worker *worker, WorkerResult **ret_result, GError **error)
{
    const char *words = machine_words(bury(worker), worker->again);
    *ret_result = words ? machine_failed(worker, words)
                        : failure("decoder-crash",
                                  _("the decoder broke down on this page; put the paper through the scanner "
                                    "again, or save the scan in another format"));
    return start(pool, worker, error);
}

/* Takes a worker's answer: *ret_result stays NULL while the job is to be tried again. */
static bool collect(WorkerPool *pool, Worker *worker, WorkerResult **ret_result, GError **error)
{
    int32_t number;
    g_autoptr(GBytes) bytes = receive_message(worker->socket, &number);
    if (!bytes)
        return collect_end(pool, worker, ret_result, error);
    if (number == ANSWER_NOTHING) {
        *ret_result = machine_failed(worker, g_bytes_get_data(bytes, NULL));
        stop(worker);
        return start(pool, worker, error);
    }
    if (number == ANSWER_ERROR) {
        *ret_result = failure("unreadable", g_bytes_get_data(bytes, NULL));
        return true;
    }
    *ret_result = g_new0(WorkerResult, 1);
    (*ret_result)->count = number;
    if (number == ANSWER_PAGE)
        (*ret_result)->page = page_from_bytes(bytes);
    return true;
}

static bool give_up(WorkerPool *pool, Worker *worker, WorkerResult **ret_result, GError **error)
{
    g_autofree char *detail =
        g_strdup_printf(_("the decoder did not finish within %d seconds; allow more with phieu scan --again "
                          "--page-seconds, or scan the page again"),
                        pool->page_wait_ms / 1000);
    *ret_result = failure("decoder-hang", detail);
    stop(worker);
    return start(pool, worker, error);
}

/* Fills in what to poll; the milliseconds until the first job is late, −1 when nobody is at work. */
static int prepare_poll(const WorkerPool *pool, struct pollfd *polled)
{
    gint64 soonest_us = G_MAXINT64;
    for (int i = 0; i < pool->size; i++) {
        const Worker *worker = &pool->workers[i];
        bool busy = worker->tag >= 0 && !worker->held;
        polled[i] = (struct pollfd){busy ? worker->socket : -1, POLLIN, 0};
        if (busy)
            soonest_us = MIN(soonest_us, worker->deadline_us);
    }
    if (soonest_us == G_MAXINT64)
        return -1;
    return (int)CLAMP((soonest_us - g_get_monotonic_time()) / 1000 + 1, 0, 60000);
}

bool worker_pool_wait(WorkerPool *pool, WorkerDone done, gpointer user, GError **error)
{
    g_autofree struct pollfd *polled = g_new0(struct pollfd, pool->size);
    for (;;) {
        if (!send_held(pool, error))
            return false;
        int wait_ms = prepare_poll(pool, polled);
        if (wait_ms < 0)
            return true;
        if (poll(polled, (nfds_t)pool->size, wait_ms) < 0 && errno != EINTR) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("waiting for workers: %s"),
                        failure_words(errno));
            return false;
        }
        bool any = false;
        gint64 now_us = g_get_monotonic_time();
        for (int i = 0; i < pool->size; i++) {
            Worker *worker = &pool->workers[i];
            bool busy = polled[i].fd >= 0, late = busy && !polled[i].revents && now_us >= worker->deadline_us;
            if (!busy || (!polled[i].revents && !late))
                continue;
            WorkerResult *result = NULL;
            bool went_on =
                late ? give_up(pool, worker, &result, error) : collect(pool, worker, &result, error);
            int tag = worker->tag;
            if (result)
                worker->tag = -1;
            any |= result != NULL;
            if (!went_on) {
                worker_result_free(result);
                return false;
            }
            if (result && !done(tag, result, user))
                return false;
        }
        if (any)
            return true;
    }
}
