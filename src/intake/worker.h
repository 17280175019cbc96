/* Worker processes: they decode and read, the parent decides and writes; inside the room only. */
#ifndef PHIEU_INTAKE_WORKER_H
#define PHIEU_INTAKE_WORKER_H

#include "intake/intake.h"

/* How a worker opens a file and reads a page; tests put in readers that crash or hang. */
typedef struct {
    /* Pages of the file, or −1 with an error: FAILED is the machine's fault, any other the file's. */
    int (*count)(gpointer state, const char *path, GError **error);
    /* One page as read, or NULL with an error: FAILED is the machine's fault, any other the page's. */
    StorePage *(*read)(gpointer state, const char *path, int index, GError **error);
    gpointer state;
    const char *id; /* its fingerprint: readers of one fingerprint read a page alike */
} IntakeReader;

/* What a worker is asked: the number of pages (index −1) or one page. */
typedef struct {
    const char *path;
    int index;
} WorkerJob;

/* What comes of it. */
typedef struct {
    int count;       /* asked for the number of pages: the number, or −1 */
    StorePage *page; /* asked for a page */
    char *reason;    /* "decoder-crash", "decoder-hang", "unreadable": the file's fault */
    char *detail;
    bool machine; /* the machine failed, twice: detail says how, and nothing is known of the page */
} WorkerResult;

void worker_result_free(WorkerResult *result);

/* A pool of workers. A job at which the machine failed is given once more, to a fresh worker all alone. */
typedef struct WorkerPool WorkerPool;

/* Called with every result, in any order; `tag` as submitted. Takes the result over. False stops. */
typedef bool (*WorkerDone)(int tag, WorkerResult *result, gpointer user);

WorkerPool *worker_pool_new(const IntakeReader *reader, int workers, int page_wait_ms, GError **error);
void worker_pool_free(WorkerPool *pool);
int worker_pool_size(const WorkerPool *pool);
/* Whether a worker is free to take a job. */
bool worker_pool_has_room(const WorkerPool *pool);
/* Hands a job to a free worker. */
bool worker_pool_submit(WorkerPool *pool, const WorkerJob *job, int tag, GError **error);
/* Waits until at least one result is there and gives out all that are. */
bool worker_pool_wait(WorkerPool *pool, WorkerDone done, gpointer user, GError **error);

/* Whether the machine gives a page the memory it may need, now. */
bool machine_has_memory(void);

/* The reader of this program: page → register → mark, for the store's layouts. */
IntakeReader *intake_reader_new(Store *store, const IntakeOptions *options, GError **error);
/* From now on every page it reads is the one a person says it is, of that layout; `given` and its serial must
 * outlive it. */
void intake_reader_give(IntakeReader *reader, const IntakeGiven *given, const Layout *layout);
void intake_reader_free(IntakeReader *reader);
/* The digest of the sources that read, see reader-id.S. */
extern const char reader_id[];
/* The libraries this process reads with, "NAME BUILD-ID" in order: GPtrArray of char*. */
GPtrArray *reader_libraries(void);
/* Notes on a page that this reader made it. */
void reader_sign(const IntakeReader *reader, StorePage *page);
/* Whether this reader made a page, as recorded. */
bool reader_made(const IntakeReader *reader, const StorePage *page);

/* A draft of the figures in a comb on a scan, without one (no model) where there is no comb fit for the
 * question. */
bool draft_figures(const Raster *scan, const PageMap *map, RectMm comb, const SurveyQuestion *question,
                   StoreDraft *ret, GError **error);

/* intake_scan with another reader. */
bool intake_scan_with(Store *store, char *const *paths, const IntakeOptions *options,
                      const IntakeReader *reader, IntakeProgressFunc progress, gpointer user,
                      IntakeReport *ret_report, GError **error);

/* intake_read_again with another reader, whatever form a page was declared to be of. */
bool intake_read_again_with(Store *store, int workers, const IntakeReader *reader,
                            IntakeProgressFunc progress, gpointer user, StoreFindings *ret, GError **error);

/* A StorePage as bytes, from one process to another on the same machine. */
GBytes *page_to_bytes(const StorePage *page);
StorePage *page_from_bytes(GBytes *bytes);

/* Every file of the paths, folders walked in order of name; what is not there or cannot be looked into is
 * appended to `unreachable` (IntakeRefusal*), hidden files and what systems leave in folders to `passed_over`
 * (char*, in order). GPtrArray of char*. */
GPtrArray *intake_list_files(char *const *paths, GPtrArray *unreachable, GPtrArray *passed_over);
/* How people know a file found under `paths`: its name, or its place within the folder they named. */
char *intake_file_name(char *const *paths, const char *file);
/* An error's words without its place before them ("path: ", "path, page 2: "): people know the file by
 * another name, and the page is told beside. */
const char *words_without_place(const char *words, const char *path);

#endif
