/* The archived scans read once more, by the workers and readers a run has; nothing is written. */
#include "intake/again.h"
#include "intake/worker.h"

#include "register/register.h"

/* Long enough for what was once read with more patience than usual. */
#define PAGE_WAIT_MS 300000

/* A file in the archive. */
typedef struct {
    StoreFile *file;
    char *path;
    GPtrArray *pages;  /* StorePage*, as recorded, without their boxes */
    GArray *unsettled; /* int: indices of refused pages that a scan would try again */
} Archived;

/* A page to read again, or with index −1 the pages to count. */
typedef struct {
    const Archived *archived;
    const StorePage *page;
    const char *form; /* what the batch is taken to have been declared as; NULL: nothing */
    int index;
    GPtrArray *differing; /* char*: how it differs; NULL before it was read */
    bool other;           /* another reader made what is recorded, or it is not known which */
} Job;

typedef struct {
    Store *store;
    const IntakeReader *given;  /* NULL: this program's, one for every form declared */
    const IntakeReader *reader; /* the one at work */
    int workers;
    IntakeProgressFunc progress;
    gpointer user;
    gint64 started_us;
    GPtrArray *files;                /* Archived* */
    GPtrArray *jobs;                 /* Job* */
    int open, done, lost, by_person; /* open: given to workers, not yet taken from them */
    int unkept;                      /* refused as a whole, and not in the archive */
    StoreFindings *found;
    GError **error;
} Run;

static void archived_free(gpointer data)
{
    Archived *archived = data;
    store_file_free(archived->file);
    g_free(archived->path);
    if (archived->pages)
        g_ptr_array_unref(archived->pages);
    if (archived->unsettled)
        g_array_unref(archived->unsettled);
    g_free(archived);
}

static void job_free(gpointer data)
{
    Job *job = data;
    if (job->differing)
        g_ptr_array_unref(job->differing);
    g_free(job);
}

/* ---- what there is to read
 * --------------------------------------------------------------------------------------------- */

static void add_job(Run *run, const Archived *archived, const StorePage *page, const char *form)
{
    Job *job = g_new0(Job, 1);
    *job = (Job){archived, page, form, page ? page->index : -1, NULL, false};
    g_ptr_array_add(run->jobs, job);
}

/* The form a file's pages were declared to be of, by those that were taken for it. */
static const char *declared_form(const GPtrArray *pages)
{
    for (guint i = 0; i < pages->len; i++) {
        const StorePage *page = pages->pdata[i];
        if (page->foreign)
            return page->form;
    }
    return NULL;
}

static void list_pages(Run *run, const Archived *archived)
{
    const char *declared = declared_form(archived->pages);
    add_job(run, archived, NULL, NULL); /* of one refused as a whole nothing follows */
    for (guint i = 0; i < archived->pages->len; i++) {
        const StorePage *page = archived->pages->pdata[i];
        if (g_str_equal(page->reason, REGISTER_BY_PERSON))
            run->by_person++;
        else
            add_job(run, archived, page, page->foreign ? page->form : declared);
    }
}

/* A scan that is gone or not the one taken in is named by store_verify(); what it shows says nothing. */
static bool is_whole(const Archived *archived)
{
    g_autofree char *sha256 = file_sha256(archived->path, NULL);
    return sha256 && g_str_equal(sha256, archived->file->sha256);
}

static bool take_file(Run *run, const char *sha256, GError **error)
{
    Archived *archived = g_new0(Archived, 1);
    g_ptr_array_add(run->files, archived);
    archived->file = store_find_file(run->store, sha256, error);
    if (!archived->file)
        return false;
    if (!*archived->file->archived) {
        run->unkept++;
        return true;
    }
    archived->path = g_build_filename(store_dir(run->store), archived->file->archived, NULL);
    archived->pages = store_load_file_pages(run->store, archived->file->id, error);
    archived->unsettled =
        archived->pages ? store_pending_pages(run->store, archived->file->id, true, error) : NULL;
    if (!archived->unsettled)
        return false;
    if (is_whole(archived))
        list_pages(run, archived);
    else
        run->lost += MAX(1, (int)archived->pages->len);
    return true;
}

static bool take_files(Run *run, GError **error)
{
    g_autoptr(GPtrArray) rows = store_load_files(run->store, 0, G_MAXINT, error);
    for (guint i = rows ? rows->len : 0; i > 0; i--) { /* the newest is first */
        const StoreFileRow *row = rows->pdata[i - 1];
        if (!take_file(run, row->sha256, error))
            return false;
    }
    return rows != NULL;
}

/* ---- comparing
 * -------------------------------------------------------------------------------------------------------------
 */

static StorePage *refused_page(const WorkerResult *result)
{
    StorePage *page = store_page_new();
    page->outcome = STORE_PAGE_REFUSED;
    g_free(page->reason);
    g_free(page->detail);
    page->reason = g_strdup(result->reason);
    page->detail = g_strdup(result->detail);
    return page;
}

/* Who counted a file's pages read them, too. */
static bool made_all(const IntakeReader *reader, const GPtrArray *pages)
{
    for (guint i = 0; i < pages->len; i++) {
        if (!reader_made(reader, pages->pdata[i]))
            return false;
    }
    return true;
}

static void compare_count(const Run *run, Job *job, const WorkerResult *result)
{
    const StoreFile *file = job->archived->file;
    job->other = !made_all(run->reader, job->archived->pages);
    if (file->pages < 0 && result->reason)
        return; /* it still is refused */
    if (result->reason)
        g_ptr_array_add(job->differing, g_strdup_printf("%s: %s", file->name, result->detail));
    else if (result->count != file->pages)
        g_ptr_array_add(job->differing, g_strdup_printf(_("%s: recorded are %d pages, the scan has %d"),
                                                        file->name, file->pages, result->count));
}

static bool compare_page(Run *run, Job *job, WorkerResult *result)
{
    const StoreFile *file = job->archived->file;
    StorePage *recorded = store_load_page(run->store, file->id, job->index, run->error);
    if (!recorded)
        return false;
    StorePage *now = result->page ? g_steal_pointer(&result->page) : refused_page(result);
    g_autofree char *place = *recorded->serial
                                 ? g_strdup_printf(_("%s, page %d, ballot %s"), file->name, job->index + 1,
                                                   serial_shown(recorded->serial))
                                 : g_strdup_printf(_("%s, page %d"), file->name, job->index + 1);
    again_compare(place, recorded, now, job->differing);
    job->other = !reader_made(run->reader, recorded);
    store_page_free(recorded);
    store_page_free(now);
    return true;
}

static void tell_progress(const Run *run)
{
    IntakeProgress progress = {.pages_total = (int)run->jobs->len,
                               .pages_done = run->done,
                               .elapsed_s = (double)(g_get_monotonic_time() - run->started_us) / 1e6};
    if (run->progress)
        run->progress(&progress, run->user);
}

static bool take_result(int tag, WorkerResult *result, gpointer user)
{
    Run *run = user;
    Job *job = run->jobs->pdata[tag];
    bool done = !result->machine;
    job->differing = g_ptr_array_new_with_free_func(g_free);
    if (!done)
        g_set_error(run->error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: %s", job->archived->file->name,
                    result->detail);
    else if (job->index < 0)
        compare_count(run, job, result);
    else
        done = compare_page(run, job, result);
    worker_result_free(result);
    run->open--;
    run->done++;
    tell_progress(run);
    return done;
}

/* ---- the run
 * ------------------------------------------------------------------------------------------------------------
 */

/* The jobs of one form, by workers that were told of it. */
static bool read_form(Run *run, const char *form, GError **error)
{
    IntakeOptions options = {.form = form};
    IntakeReader *own = run->given ? NULL : intake_reader_new(run->store, &options, error);
    const IntakeReader *reader = run->given ? run->given : own;
    int workers = run->workers > 0 ? run->workers : (int)g_get_num_processors();
    WorkerPool *pool = reader ? worker_pool_new(reader, workers, PAGE_WAIT_MS, error) : NULL;
    bool done = pool != NULL;
    run->error = error;
    run->reader = reader;
    for (guint i = 0; done && i < run->jobs->len; i++) {
        const Job *job = run->jobs->pdata[i];
        WorkerJob work = {job->archived->path, job->index};
        if (g_strcmp0(job->form, form) != 0)
            continue;
        while (done && !worker_pool_has_room(pool))
            done = worker_pool_wait(pool, take_result, run, error);
        done = done && worker_pool_submit(pool, &work, (int)i, error);
        run->open += done;
    }
    while (done && run->open)
        done = worker_pool_wait(pool, take_result, run, error);
    worker_pool_free(pool);
    intake_reader_free(own);
    return done;
}

static bool read_all(Run *run, GError **error)
{
    for (guint i = 0; i < run->jobs->len; i++) {
        const Job *job = run->jobs->pdata[i];
        if (!job->differing && !read_form(run, job->form, error))
            return false;
    }
    return true;
}

static bool is_unsettled(const Job *job)
{
    for (guint i = 0; i < job->archived->unsettled->len; i++) {
        if (g_array_index(job->archived->unsettled, int, i) == job->index)
            return true;
    }
    return false;
}

/* What came of what is not as recorded, or not this reader's. */
typedef struct {
    int others, otherwise;            /* pages made by another reader; of these read otherwise now */
    int refused, settled;             /* pages that can be read now; settled: people dealt with them */
    int files_refused, files_settled; /* files that can be opened now */
    GPtrArray *differing;             /* char*: how those read otherwise differ */
} Sums;

/* In the order of files and pages, whoever read them first. What was refused then and is read now is no
 * fault, whoever refused it: a machine short of time or memory does. */
static void sum_up(Run *run, Sums *sums)
{
    for (guint i = 0; i < run->jobs->len; i++) {
        Job *job = run->jobs->pdata[i];
        const StoreFile *file = job->archived->file;
        sums->others += job->page && job->other;
        if (!job->differing->len)
            continue;
        if (file->pages < 0) {
            *(file->settled ? &sums->files_settled : &sums->files_refused) += 1;
            continue;
        }
        if (job->page && job->page->outcome == STORE_PAGE_REFUSED) {
            *(is_unsettled(job) ? &sums->refused : &sums->settled) += 1;
            continue;
        }
        sums->otherwise += job->page && job->other;
        g_ptr_array_extend_and_steal(job->other ? sums->differing : run->found->faults,
                                     g_steal_pointer(&job->differing));
    }
}

/* What was refused and can be read now, in words. */
static void tell_refused(StoreFindings *found, const Sums *sums)
{
    if (sums->refused)
        g_ptr_array_add(
            found->open,
            g_strdup_printf(_("%s pages that were refused can be read now: give phieu scan --again"),
                            number_shown(sums->refused)));
    if (sums->files_refused)
        g_ptr_array_add(found->open,
                        g_strdup_printf(_("%s files that were refused as a whole can be opened now: give "
                                          "phieu scan --again"),
                                        number_shown(sums->files_refused)));
    if (sums->settled)
        g_ptr_array_add(
            found->told,
            g_strdup_printf(_("%s pages that were refused, and that people dealt with, can be read now"),
                            number_shown(sums->settled)));
    if (sums->files_settled)
        g_ptr_array_add(found->told, g_strdup_printf(_("%s files that were refused as a whole, and that "
                                                       "people dealt with, can be opened now"),
                                                     number_shown(sums->files_settled)));
}

static void tell(Run *run)
{
    StoreFindings *found = run->found;
    Sums sums = {.differing = g_ptr_array_new_with_free_func(g_free)};
    sum_up(run, &sums);
    if (sums.others)
        g_ptr_array_add(
            sums.differing->len ? found->open : found->told,
            g_strdup_printf(_("%s pages were read by another reader than this program's, or by one "
                              "that was not recorded; of them read otherwise now: %s"),
                            number_shown(sums.others), number_shown(sums.otherwise)));
    tell_refused(found, &sums);
    g_ptr_array_extend_and_steal(found->open, sums.differing);
    if (run->unkept)
        g_ptr_array_add(found->told,
                        g_strdup_printf(_("%s files that were refused as a whole were not read again: the "
                                          "workspace has no copy of them"),
                                        number_shown(run->unkept)));
    if (run->by_person)
        g_ptr_array_add(found->told,
                        g_strdup_printf(_("%s pages were not read again: a person showed where they lie"),
                                        number_shown(run->by_person)));
    if (run->lost)
        g_ptr_array_add(
            found->told,
            g_strdup_printf(_("%s pages were not read again: their scans are gone or were changed"),
                            number_shown(run->lost)));
}

bool intake_read_again_with(Store *store, int workers, const IntakeReader *reader,
                            IntakeProgressFunc progress, gpointer user, StoreFindings *ret, GError **error)
{
    Run run = {.store = store,
               .given = reader,
               .workers = workers,
               .progress = progress,
               .user = user,
               .started_us = g_get_monotonic_time(),
               .files = g_ptr_array_new_with_free_func(archived_free),
               .jobs = g_ptr_array_new_with_free_func(job_free),
               .found = ret};
    bool done = take_files(&run, error) && read_all(&run, error);
    if (done)
        tell(&run);
    g_ptr_array_unref(run.jobs);
    g_ptr_array_unref(run.files);
    return done;
}

bool intake_read_again(Store *store, int workers, IntakeProgressFunc progress, gpointer user,
                       StoreFindings *ret, GError **error)
{
    return intake_read_again_with(store, workers, NULL, progress, user, ret, error);
}
