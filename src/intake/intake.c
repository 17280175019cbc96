/* One run: files are counted and archived in order, their pages read by the workers in whatever order, and
 * committed in order again, so that what a killed run left and what the next one adds is what one run would
 * have stored. */
#include "intake/intake.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "intake/context.h"
#include "intake/worker.h"
#include "register/register.h"

#define DEFAULT_PAGE_WAIT_MS 30000
/* Results that may wait for their turn, for each worker. */
#define AHEAD 8

/* A page to read: its file and index. */
typedef struct {
    int file;
    int index;
    bool again; /* it was refused before */
} PageJob;

typedef struct {
    Store *store;
    const IntakeOptions *options;
    const IntakeReader *reader;
    WorkerPool *pool;
    IntakeReport *report;
    IntakeProgressFunc progress;
    gpointer user;
    gint64 started_us;
    GPtrArray *files;  /* TakenFile* */
    GArray *jobs;      /* PageJob */
    GHashTable *ready; /* job → WorkerResult* */
    int next_submit, next_commit, waiting;
    IntakeContext context;
    WorkerResult *count_result;
    GError **error;
} Run;

void intake_refusal_free(IntakeRefusal *refusal)
{
    g_free(refusal->file);
    g_free(refusal->reason);
    g_free(refusal->detail);
    g_free(refusal);
}

void intake_report_clear(IntakeReport *report)
{
    if (report->refusals)
        g_ptr_array_unref(report->refusals);
    if (report->unreachable)
        g_ptr_array_unref(report->unreachable);
    if (report->passed_over)
        g_ptr_array_unref(report->passed_over);
    *report = (IntakeReport){0};
}

static void taken_file_free(gpointer data)
{
    TakenFile *taken = data;
    store_file_free(taken->file);
    g_free(taken->name);
    g_free(taken->path);
    g_free(taken);
}

char *intake_refusal_words(const char *reason, const char *detail, bool kept)
{
    g_autofree char *words = register_refusal_words(reason, detail);
    return kept ? g_steal_pointer(&words)
                : g_strdup_printf(_("%s; the workspace has no copy of this file: keep it"), words);
}

static void add_refusal(Run *run, const char *file, int page, const char *reason, const char *detail)
{
    IntakeRefusal *refusal = g_new0(IntakeRefusal, 1);
    *refusal = (IntakeRefusal){g_strdup(file), page, g_strdup(reason), g_strdup(detail)};
    g_ptr_array_add(run->report->refusals, refusal);
}

/* ---- taking files in
 * --------------------------------------------------------------------------------------------------- */

static bool take_count(int tag, WorkerResult *result, gpointer user)
{
    (void)tag;
    ((Run *)user)->count_result = result;
    return true;
}

/* Counts a file's pages in a worker: a hostile file must not bring the parent down. */
static WorkerResult *count_pages(Run *run, const char *path, GError **error)
{
    WorkerJob job = {path, -1};
    run->count_result = NULL;
    if (!worker_pool_submit(run->pool, &job, 0, error) ||
        !worker_pool_wait(run->pool, take_count, run, error))
        return NULL;
    return run->count_result;
}

/* The machine failed, not the file: the run ends, nothing is stored of it. */
static bool fail(const char *name, int page, const WorkerResult *why, GError **error)
{
    g_autofree char *shown = text_printable(name);
    if (page > 0)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s, page %d: %s"), shown, page, why->detail);
    else
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: %s", shown, why->detail);
    return false;
}

static void refuse(Run *run, const char *name, const char *reason, const char *detail)
{
    run->report->files_refused++;
    add_refusal(run, name, 0, reason, detail);
}

/* A file that was changed or taken away meanwhile is refused for now, and nothing is stored of it. */
static bool pass_changed(Run *run, const char *path, const char *name, GError *cause, GError **error)
{
    g_autoptr(GError) failed = cause;
    if (!g_error_matches(failed, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
    }
    refuse(run, name, "unreadable", words_without_place(failed->message, path));
    return true;
}

static bool refuse_file(Run *run, const char *path, const char *name, const char *sha256, const char *reason,
                        const char *detail, GError **error)
{
    GError *cause = NULL;
    const char *words = words_without_place(detail, path);
    StoreFile *file = store_refuse_file(run->store, path, name, sha256, reason, words, &cause);
    if (!file)
        return pass_changed(run, path, name, cause, error);
    g_autofree char *told = intake_refusal_words(reason, words, *file->archived);
    refuse(run, name, reason, told);
    store_file_free(file);
    return true;
}

static void keep_file(Run *run, StoreFile *file, const char *name)
{
    TakenFile *taken = g_new0(TakenFile, 1);
    taken->file = file;
    taken->name = g_strdup(name);
    taken->path = g_build_filename(store_dir(run->store), file->archived, NULL);
    g_ptr_array_add(run->files, taken);
}

/* A file seen before: what is still to read of it is read; one that was refused is told again, and kept if it
 * was not. */
static bool take_known(Run *run, StoreFile *known, const char *path, const char *name, GError **error)
{
    if (known->pages < 0) {
        bool done = true;
        if (known->settled)
            refuse(run, name, known->refused_reason, known->refused_detail);
        else
            done = refuse_file(run, path, name, known->sha256, known->refused_reason, known->refused_detail,
                               error);
        store_file_free(known);
        return done;
    }
    for (guint i = 0; i < run->files->len; i++) {
        if (((TakenFile *)run->files->pdata[i])->file->id == known->id) {
            store_file_free(known); /* the same bytes twice in one run */
            return true;
        }
    }
    keep_file(run, known, name);
    return true;
}

/* The file's hash. A pipe or a device would be waited for, perhaps for ever. */
static char *hash_file(const char *path, GError **error)
{
    GStatBuf info;
    if (g_stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("is no ordinary file"));
        return NULL;
    }
    return file_sha256(path, error);
}

/* Counts a file's pages, to take it in or refuse it. */
static bool take_counted(Run *run, const char *path, const char *name, const char *sha256, GError **error)
{
    WorkerResult *counted = count_pages(run, path, error);
    if (!counted)
        return false;
    bool done, was_known;
    if (counted->machine) {
        done = fail(name, 0, counted, error);
    } else if (counted->count < 0) {
        done = refuse_file(run, path, name, sha256, counted->reason, counted->detail, error);
    } else {
        GError *cause = NULL;
        StoreFile *file = store_add_file(run->store, path, name, sha256, counted->count, &was_known, &cause);
        done = file || pass_changed(run, path, name, cause, error);
        if (file)
            keep_file(run, file, name);
    }
    worker_result_free(counted);
    return done;
}

static bool take_file(Run *run, const char *path, const char *name, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *sha256 = hash_file(path, &cause);
    run->report->files++;
    if (!sha256) {
        refuse(run, name, "unreadable", words_without_place(cause->message, path));
        return true;
    }
    StoreFile *known = store_find_file(run->store, sha256, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    run->report->files_known += known != NULL;
    if (!known || (run->options->again && known->pages < 0 && !known->settled)) {
        store_file_free(known);
        return take_counted(run, path, name, sha256, error);
    }
    return take_known(run, known, path, name, error);
}

/* What was refused of a file, or as a file, once more from the archive. */
static bool take_kept(Run *run, const StoreFileRow *row, GError **error)
{
    StoreFile *known = store_find_file(run->store, row->sha256, error);
    if (!known)
        return false;
    g_autofree char *path = g_build_filename(store_dir(run->store), known->archived, NULL);
    g_autofree char *sha256 = *known->archived ? file_sha256(path, NULL) : NULL;
    bool whole = known->pages < 0, done = true;
    if (!whole || !known->settled) {
        run->report->files++;
        run->report->files_known++;
        if (!*known->archived)
            refuse(run, row->name, known->refused_reason,
                   _("the workspace has no copy of this file; give the file itself"));
        else if (g_strcmp0(sha256, known->sha256) != 0)
            refuse(run, row->name, "unreadable",
                   _("its copy in the archive is gone or was changed; put it back from a copy of the "
                     "workspace, or give the scan itself"));
        else if (whole)
            done = take_counted(run, path, row->name, known->sha256, error);
        else
            keep_file(run, g_steal_pointer(&known), row->name);
    }
    store_file_free(known);
    return done;
}

/* Every file in the archive of which something was refused, or left to be read. */
static bool take_archive(Run *run, GError **error)
{
    g_autoptr(GPtrArray) rows = store_load_files(run->store, 0, G_MAXINT, error);
    for (guint i = rows ? rows->len : 0; i > 0; i--) { /* the newest is first */
        const StoreFileRow *row = rows->pdata[i - 1];
        if ((row->pages < 0 || row->read + row->blank + row->cover < row->pages) &&
            !take_kept(run, row, error))
            return false;
    }
    return rows != NULL;
}

static bool take_files(Run *run, char *const *paths, GError **error)
{
    g_autoptr(GPtrArray) passed_over = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) files = intake_list_files(paths, run->report->unreachable, passed_over);
    for (guint i = 0; i < passed_over->len; i++)
        g_ptr_array_add(run->report->passed_over, intake_file_name(paths, passed_over->pdata[i]));
    for (guint i = 0; i < files->len; i++) {
        g_autofree char *name = intake_file_name(paths, files->pdata[i]);
        if (!take_file(run, files->pdata[i], name, error))
            return false;
    }
    return true;
}

static bool list_jobs(Run *run, GError **error)
{
    for (guint f = 0; f < run->files->len; f++) {
        int64_t file_id = ((TakenFile *)run->files->pdata[f])->file->id;
        g_autoptr(GArray) never = store_pending_pages(run->store, file_id, false, error);
        g_autoptr(GArray) wanted =
            never ? store_pending_pages(run->store, file_id, run->options->again, error) : NULL;
        if (!wanted)
            return false;
        for (guint i = 0, n = 0; i < wanted->len; i++) {
            int index = g_array_index(wanted, int, i);
            bool again = n == never->len || g_array_index(never, int, n) != index;
            PageJob job = {(int)f, index, again};
            n += !again;
            g_array_append_val(run->jobs, job);
        }
    }
    return true;
}

/* ---- committing in order
 * ----------------------------------------------------------------------------------------------- */

static void count_page(Run *run, const TakenFile *taken, const StorePage *page, bool again)
{
    IntakeReport *report = run->report;
    report->pages_in++;
    report->pages_again += again;
    report->pages_read += page->outcome == STORE_PAGE_READ;
    report->pages_by_serial +=
        page->outcome == STORE_PAGE_READ && g_str_equal(page->reason, REGISTER_BY_SERIAL);
    report->pages_blank += page->outcome == STORE_PAGE_BLANK;
    report->pages_cover += page->outcome == STORE_PAGE_COVER;
    if (page->outcome == STORE_PAGE_REFUSED) {
        report->pages_refused++;
        g_autofree char *words = intake_refusal_words(page->reason, page->detail, true);
        add_refusal(run, taken->name, page->index + 1, page->reason, words);
    }
}

static StorePage *page_of_result(const WorkerResult *result, int index)
{
    StorePage *page = store_page_new();
    page->index = index;
    page->outcome = STORE_PAGE_REFUSED;
    g_free(page->reason);
    g_free(page->detail);
    page->reason = g_strdup(result->reason);
    page->detail = g_strdup(result->detail);
    return page;
}

static void tell_progress(const Run *run)
{
    if (!run->progress)
        return;
    IntakeProgress progress = {.pages_total = (int)run->jobs->len,
                               .pages_done = run->next_commit,
                               .pages_refused = run->report->pages_refused,
                               .answers_waiting = run->waiting,
                               .elapsed_s = (double)(g_get_monotonic_time() - run->started_us) / 1e6};
    run->progress(&progress, run->user);
}

static bool commit(Run *run, const PageJob *job, WorkerResult *result, GError **error)
{
    const TakenFile *taken = run->files->pdata[job->file];
    if (result->machine)
        return fail(taken->name, job->index + 1, result, error);
    StorePage *page = result->page ? g_steal_pointer(&result->page) : page_of_result(result, job->index);
    reader_sign(run->reader, page);
    int waiting = 0;
    bool done = context_catch_up(&run->context, run->store, run->files, job->file, job->index, error);
    if (done && page->outcome == STORE_PAGE_READ && page->foreign)
        context_name_foreign(&run->context, taken, run->options, page);
    done = done && (job->again ? store_add_page_again : store_add_page)(run->store, taken->file->id, page,
                                                                        &waiting, error);
    if (done) {
        run->waiting += waiting;
        context_pass(&run->context, page);
        count_page(run, taken, page, job->again);
    }
    store_page_free(page);
    return done;
}

static bool take_result(int tag, WorkerResult *result, gpointer user)
{
    Run *run = user;
    g_hash_table_insert(run->ready, GINT_TO_POINTER(tag), result);
    WorkerResult *next;
    while ((next = g_hash_table_lookup(run->ready, GINT_TO_POINTER(run->next_commit)))) {
        const PageJob *job = &g_array_index(run->jobs, PageJob, run->next_commit);
        if (!commit(run, job, next, run->error))
            return false;
        g_hash_table_remove(run->ready, GINT_TO_POINTER(run->next_commit));
        run->next_commit++;
        tell_progress(run);
    }
    return true;
}

static bool read_pages(Run *run, GError **error)
{
    int total = (int)run->jobs->len, ahead = AHEAD * worker_pool_size(run->pool);
    run->error = error;
    while (run->next_commit < total) {
        while (run->next_submit < total && run->next_submit < run->next_commit + ahead &&
               worker_pool_has_room(run->pool)) {
            const PageJob *page = &g_array_index(run->jobs, PageJob, run->next_submit);
            WorkerJob job = {((TakenFile *)run->files->pdata[page->file])->path, page->index};
            if (!worker_pool_submit(run->pool, &job, run->next_submit, error))
                return false;
            run->next_submit++;
        }
        if (!worker_pool_wait(run->pool, take_result, run, error))
            return false;
    }
    return true;
}

/* ---- the run
 * ------------------------------------------------------------------------------------------------------------
 */

static bool count_workspace(Run *run, GError **error)
{
    IntakeReport *report = run->report;
    g_autoptr(GPtrArray) ballots = store_load_ballots(run->store, error);
    g_autoptr(GPtrArray) answers = ballots ? store_load_answers(run->store, error) : NULL;
    if (!answers)
        return false;
    for (guint i = 0; i < ballots->len; i++) {
        StoreBallotStatus status = ((StoreBallot *)ballots->pdata[i])->status;
        report->ballots_complete += status == STORE_BALLOT_COMPLETE;
        report->ballots_incomplete += status == STORE_BALLOT_INCOMPLETE;
        report->ballots_duplicate += status == STORE_BALLOT_DUPLICATE;
        report->ballots_unknown += status == STORE_BALLOT_UNKNOWN || status == STORE_BALLOT_VOID;
    }
    for (guint i = 0; i < answers->len; i++) {
        AnswerState state = ((StoreAnswer *)answers->pdata[i])->state;
        report->answers_machine += state == ANSWER_MACHINE;
        report->answers_waiting += state == ANSWER_WAITING;
    }
    return true;
}

static bool finish_report(Run *run, GError **error)
{
    const IntakeReport *report = run->report;
    g_assert(report->pages_in ==
             report->pages_read + report->pages_refused + report->pages_blank + report->pages_cover);
    return run->options->no_totals || count_workspace(run, error);
}

bool intake_scan_with(Store *store, char *const *paths, const IntakeOptions *options,
                      const IntakeReader *reader, IntakeProgressFunc progress, gpointer user,
                      IntakeReport *ret_report, GError **error)
{
    Run run = {.store = store,
               .options = options,
               .reader = reader,
               .report = ret_report,
               .progress = progress,
               .user = user,
               .started_us = g_get_monotonic_time()};
    GDestroyNotify free_refusal = (GDestroyNotify)intake_refusal_free;
    *ret_report = (IntakeReport){.refusals = g_ptr_array_new_with_free_func(free_refusal),
                                 .unreachable = g_ptr_array_new_with_free_func(free_refusal),
                                 .passed_over = g_ptr_array_new_with_free_func(g_free)};
    run.files = g_ptr_array_new_with_free_func(taken_file_free);
    run.jobs = g_array_new(FALSE, FALSE, sizeof(PageJob));
    run.ready = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)worker_result_free);
    int workers = options->workers > 0 ? options->workers : (int)g_get_num_processors();
    run.pool = worker_pool_new(
        reader, workers, options->page_wait_ms > 0 ? options->page_wait_ms : DEFAULT_PAGE_WAIT_MS, error);
    bool from_archive = options->again && !*paths;
    bool done = run.pool && (from_archive ? take_archive(&run, error) : take_files(&run, paths, error)) &&
                list_jobs(&run, error) && read_pages(&run, error) && finish_report(&run, error);
    worker_pool_free(run.pool);
    g_hash_table_unref(run.ready);
    g_array_unref(run.jobs);
    g_ptr_array_unref(run.files);
    context_clear(&run.context);
    return done;
}

bool intake_scan(Store *store, char *const *paths, const IntakeOptions *options, IntakeProgressFunc progress,
                 gpointer user, IntakeReport *ret_report, GError **error)
{
    *ret_report = (IntakeReport){0};
    IntakeReader *reader = intake_reader_new(store, options, error);
    bool done = reader && intake_scan_with(store, paths, options, reader, progress, user, ret_report, error);
    intake_reader_free(reader);
    return done;
}
