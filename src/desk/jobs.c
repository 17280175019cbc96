#include "desk/jobs.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* How often one that another phieu holds up looks whether it still does. */
#define BLOCKED_US G_TIME_SPAN_SECOND
/* Whom it gives way to: people who decide at the desk meanwhile. */
#define NICE 5

typedef struct {
    char *id;
    char **command;
    JobState state;
    bool paused; /* a person wants it so */
    char *words;
} Job;

struct Jobs {
    char *dir;
    JobsChanged changed;
    JobsDone done;
    gpointer user;
    GMutex lock;
    GCond wake;
    GPtrArray *jobs;  /* Job*, in order */
    Job *current;     /* the thread's; not to be freed by others */
    GSubprocess *run; /* its process */
    GThread *thread;
    bool closing;
};

static const char *const state_ids[] = {"queued", "blocked", "running", "paused", "failed"};

const char *job_state_id(JobState state)
{
    return state_ids[state];
}

void job_row_free(JobRow *row)
{
    if (!row)
        return;
    g_free(row->id);
    g_free(row->words);
    g_free(row);
}

static void job_free(gpointer data)
{
    Job *job = data;
    g_free(job->id);
    g_strfreev(job->command);
    g_free(job->words);
    g_free(job);
}

/* ---- a job's process
 * ------------------------------------------------------------------------------------------------ */

/* In the new process, before the program: it ends with the desk, even one that is killed, and on a signal
 * that the desk itself only waits for. */
static void prepare_process(gpointer data)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != *(const pid_t *)data || nice(NICE) < -NICE)
        _exit(1);
}

static GSubprocess *start_process(const Job *job, GError **error)
{
    static pid_t self;
    self = getpid();
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_set_child_setup(launcher, prepare_process, &self, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)job->command, error);
}

char *job_error_words(const char *said)
{
    g_autofree char *mark = g_strdup_printf(_("error: %s"), "");
    g_auto(GStrv) lines = g_strsplit(said ? said : "", "\n", -1);
    const char *last = "";
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, mark))
            return g_strdup(*line + strlen(mark));
        if (**line)
            last = *line;
    }
    return g_strdup(*last ? last : _("it was ended from outside; let it go on"));
}

/* Waits for its end; NULL when it went well, else what went wrong. */
static char *wait_for_end(GSubprocess *run)
{
    g_autoptr(GBytes) said = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_subprocess_communicate(run, NULL, NULL, NULL, &said, &error))
        return g_strdup(error->message);
    int code = g_subprocess_get_if_exited(run) ? g_subprocess_get_exit_status(run) : -1;
    if (code == 0 || code == 3)
        return NULL;
    gsize length = 0;
    const char *text = g_bytes_get_data(said, &length); /* NULL when it said nothing */
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", (gssize)length);
    return job_error_words(valid);
}

/* ---- the queue; everything below is under its lock where nothing else is said
 * --------------------------------------- */

static void set_state(Jobs *jobs, Job *job, JobState state, const char *words)
{
    if (job->state == state && g_str_equal(job->words, words))
        return;
    job->state = state;
    g_free(job->words);
    job->words = g_strdup(words);
    jobs->changed(jobs->user);
}

static Job *find_job(const Jobs *jobs, const char *id)
{
    for (guint i = 0; i < jobs->jobs->len; i++) {
        Job *job = jobs->jobs->pdata[i];
        if (g_str_equal(job->id, id))
            return job;
    }
    return NULL;
}

static Job *next_job(const Jobs *jobs)
{
    for (guint i = 0; i < jobs->jobs->len; i++) {
        Job *job = jobs->jobs->pdata[i];
        if (job->state == JOB_QUEUED || job->state == JOB_BLOCKED)
            return job;
    }
    return NULL;
}

/* Whether another phieu holds the workspace up: told, and waited for. The lock is let go meanwhile. */
static bool wait_for_others(Jobs *jobs, Job *job)
{
    g_mutex_unlock(&jobs->lock);
    g_autofree char *holder = store_working(jobs->dir);
    g_mutex_lock(&jobs->lock);
    if (!holder || job->paused || jobs->closing)
        return false;
    set_state(jobs, job, JOB_BLOCKED, holder);
    g_cond_wait_until(&jobs->wake, &jobs->lock, g_get_monotonic_time() + BLOCKED_US);
    return true;
}

static void end_well(Jobs *jobs, Job *job)
{
    g_autofree char *id = g_strdup(job->id);
    jobs->current = NULL;
    g_ptr_array_remove(jobs->jobs, job);
    g_mutex_unlock(&jobs->lock);
    jobs->done(id, jobs->user);
    g_mutex_lock(&jobs->lock);
    jobs->changed(jobs->user);
}

static void run_job(Jobs *jobs, Job *job)
{
    g_autoptr(GError) error = NULL;
    jobs->run = start_process(job, &error);
    if (!jobs->run) {
        set_state(jobs, job, JOB_FAILED, error->message);
        return;
    }
    set_state(jobs, job, JOB_RUNNING, "");
    g_mutex_unlock(&jobs->lock);
    g_autofree char *words = wait_for_end(jobs->run);
    g_autofree char *holder = words ? store_working(jobs->dir) : NULL;
    g_mutex_lock(&jobs->lock);
    g_clear_object(&jobs->run);
    if (!words)
        end_well(jobs, job);
    else if (job->paused)
        set_state(jobs, job, JOB_PAUSED, "");
    else if (holder || jobs->closing)
        set_state(jobs, job, JOB_QUEUED, "");
    else
        set_state(jobs, job, JOB_FAILED, words);
}

static gpointer work(gpointer data)
{
    Jobs *jobs = data;
    g_mutex_lock(&jobs->lock);
    while (!jobs->closing) {
        Job *job = jobs->current = next_job(jobs);
        if (!job)
            g_cond_wait(&jobs->wake, &jobs->lock);
        else if (!wait_for_others(jobs, job) && !job->paused && !jobs->closing)
            run_job(jobs, job);
        else if (job->paused)
            set_state(jobs, job, JOB_PAUSED, "");
        jobs->current = NULL;
    }
    g_mutex_unlock(&jobs->lock);
    return NULL;
}

Jobs *jobs_new(const char *dir, JobsChanged changed, JobsDone done, gpointer user)
{
    Jobs *jobs = g_new0(Jobs, 1);
    *jobs = (Jobs){.dir = g_strdup(dir), .changed = changed, .done = done, .user = user};
    jobs->jobs = g_ptr_array_new_with_free_func(job_free);
    g_mutex_init(&jobs->lock);
    g_cond_init(&jobs->wake);
    return jobs;
}

void jobs_start(Jobs *jobs)
{
    jobs->thread = g_thread_new("desk-jobs", work, jobs);
}

void jobs_free(Jobs *jobs)
{
    if (!jobs)
        return;
    g_mutex_lock(&jobs->lock);
    jobs->closing = true;
    if (jobs->run)
        g_subprocess_send_signal(jobs->run, SIGTERM);
    g_cond_broadcast(&jobs->wake);
    g_mutex_unlock(&jobs->lock);
    if (jobs->thread)
        g_thread_join(jobs->thread);
    g_ptr_array_unref(jobs->jobs);
    g_mutex_clear(&jobs->lock);
    g_cond_clear(&jobs->wake);
    g_free(jobs->dir);
    g_free(jobs);
}

bool jobs_add(Jobs *jobs, const char *id, const char *const *command, bool paused)
{
    g_mutex_lock(&jobs->lock);
    bool added = !find_job(jobs, id);
    if (added) {
        Job *job = g_new0(Job, 1);
        *job = (Job){g_strdup(id), g_strdupv((char **)command), paused ? JOB_PAUSED : JOB_QUEUED, paused,
                     g_strdup("")};
        g_ptr_array_add(jobs->jobs, job);
        jobs->changed(jobs->user);
        g_cond_broadcast(&jobs->wake);
    }
    g_mutex_unlock(&jobs->lock);
    return added;
}

bool jobs_pause(Jobs *jobs, const char *id)
{
    g_mutex_lock(&jobs->lock);
    Job *job = find_job(jobs, id);
    if (job) {
        job->paused = true;
        if (job != jobs->current)
            set_state(jobs, job, JOB_PAUSED, "");
        else if (jobs->run)
            g_subprocess_send_signal(jobs->run, SIGTERM);
        g_cond_broadcast(&jobs->wake);
    }
    g_mutex_unlock(&jobs->lock);
    return job != NULL;
}

bool jobs_resume(Jobs *jobs, const char *id)
{
    g_mutex_lock(&jobs->lock);
    Job *job = find_job(jobs, id);
    if (job) {
        job->paused = false;
        if (job->state == JOB_PAUSED || job->state == JOB_FAILED)
            set_state(jobs, job, JOB_QUEUED, "");
        g_cond_broadcast(&jobs->wake);
    }
    g_mutex_unlock(&jobs->lock);
    return job != NULL;
}

bool jobs_remove(Jobs *jobs, const char *id)
{
    g_mutex_lock(&jobs->lock);
    Job *job = find_job(jobs, id);
    bool removed = job && job != jobs->current;
    if (removed) {
        g_ptr_array_remove(jobs->jobs, job);
        jobs->changed(jobs->user);
    }
    g_mutex_unlock(&jobs->lock);
    return removed;
}

GPtrArray *jobs_list(Jobs *jobs)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)job_row_free);
    g_mutex_lock(&jobs->lock);
    for (guint i = 0; i < jobs->jobs->len; i++) {
        const Job *job = jobs->jobs->pdata[i];
        JobRow *row = g_new0(JobRow, 1);
        *row = (JobRow){g_strdup(job->id), job->state, g_strdup(job->words)};
        g_ptr_array_add(rows, row);
    }
    g_mutex_unlock(&jobs->lock);
    return rows;
}
