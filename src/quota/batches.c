/* Batches against their cover sheets: pages are cut into runs at the covers, every ballot goes to the nearest
 * cover of its own cell, and what lies where is listed. */
#include <string.h>

#include "quota/census.h"
#include "quota/heap.h"

static void paper_free(gpointer data)
{
    Paper *paper = data;
    g_array_unref(paper->at);
    g_free(paper);
}

static void heap_clear(Heap *heap)
{
    g_ptr_array_unref(heap->runs);
    g_array_unref(heap->run_at);
    g_array_unref(heap->feed_at);
    g_hash_table_unref(heap->covers);
    g_hash_table_unref(heap->index);
    g_ptr_array_unref(heap->papers);
    g_hash_table_unref(heap->issued);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Heap, heap_clear)

static GHashTable *lists_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

GPtrArray *heap_find_list(GHashTable *lists, const char *group, const char *agency, const char *origin,
                          bool make)
{
    g_autofree char *key = g_strdup_printf("%s|%s|%s", group, agency, origin);
    GPtrArray *list = g_hash_table_lookup(lists, key);
    if (!list && make)
        g_hash_table_insert(lists, g_steal_pointer(&key), list = g_ptr_array_new());
    return list;
}

static const StorePageRow *row_at(const Heap *heap, guint at)
{
    return heap->pages->pdata[at];
}

Run *heap_run_at(const Heap *heap, guint at)
{
    return heap->runs->pdata[g_array_index(heap->run_at, guint, at)];
}

static guint feed_at(const Heap *heap, guint at)
{
    return g_array_index(heap->feed_at, guint, at);
}

/* ---- the paper ----------------------------------------------------------------------------------------- */

/* Whether the file that begins at `at` is a single picture. */
static bool is_picture(const Heap *heap, guint at)
{
    const StorePageRow *row = row_at(heap, at);
    return row->page == 1 && (at + 1 == heap->pages->len || row_at(heap, at + 1)->page <= 1);
}

static size_t folder_length(const char *file)
{
    const char *end = strrchr(file, '/');
    return end ? (size_t)(end - file) : 0;
}

/* Whether a page came through the scanner with the one before it: in one file, or as pictures of one folder.
 */
static bool goes_on(const Heap *heap, guint at)
{
    const StorePageRow *row = row_at(heap, at), *before = row_at(heap, at - 1);
    if (row->page > before->page && before->page > 0 && g_str_equal(row->file, before->file))
        return true;
    size_t length = folder_length(row->file);
    return length > 0 && length == folder_length(before->file) &&
           strncmp(row->file, before->file, length) == 0 && is_picture(heap, at) && is_picture(heap, at - 1);
}

static void cut_runs(Heap *heap)
{
    Run *run = g_new0(Run, 1);
    g_ptr_array_add(heap->runs, run);
    for (guint i = 0, feed = 0; i < heap->pages->len; i++) {
        const StorePageRow *row = row_at(heap, i);
        if (row->outcome == STORE_PAGE_COVER) {
            run = g_new0(Run, 1);
            run->cover = row;
            run->start = i;
            g_ptr_array_add(heap->runs, run);
            g_ptr_array_add(heap_find_list(heap->covers, row->group, row->agency, row->origin, true), run);
        }
        run->end = i + 1;
        guint number = heap->runs->len - 1;
        feed += i > 0 && !goes_on(heap, i);
        g_array_append_val(heap->run_at, number);
        g_array_append_val(heap->feed_at, feed);
    }
}

static void collect_papers(Heap *heap, const GPtrArray *ballots)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < ballots->len; i++)
        g_hash_table_insert(known, ((StoreBallot *)ballots->pdata[i])->serial, ballots->pdata[i]);
    for (guint i = 0; i < heap->pages->len; i++) {
        const StorePageRow *row = row_at(heap, i);
        const StoreBallot *ballot =
            row->outcome == STORE_PAGE_READ ? g_hash_table_lookup(known, row->serial) : NULL;
        if (!ballot)
            continue;
        Paper *paper = g_hash_table_lookup(heap->index, ballot->serial);
        if (!paper) {
            paper = g_new0(Paper, 1);
            paper->ballot = ballot;
            paper->at = g_array_new(FALSE, FALSE, sizeof(guint));
            g_hash_table_insert(heap->index, ballot->serial, paper);
            g_ptr_array_add(heap->papers, paper);
        }
        g_array_append_val(paper->at, i);
    }
}

static void collect_issued(Heap *heap, const GPtrArray *roster)
{
    for (guint i = 0; i < roster->len; i++) {
        StoreIssued *issued = roster->pdata[i];
        if (!issued->voided)
            g_ptr_array_add(heap_find_list(heap->issued, issued->group, issued->agency, issued->origin, true),
                            issued);
    }
}

/* ---- which ballot belongs to which cover --------------------------------------------------------------- */

GPtrArray *heap_covers_of(const Heap *heap, const StoreBallot *ballot)
{
    if (ballot->status == STORE_BALLOT_UNKNOWN)
        return NULL;
    return heap_find_list(heap->covers, ballot->group, ballot->agency, ballot->origin, false);
}

static guint distance(const Run *run, guint at)
{
    return at < run->start ? run->start - at : at >= run->end ? at - run->end + 1 : 0;
}

/* The nearest cover; of two as near the one whose run comes first. */
static void find_home(const Heap *heap, Paper *paper)
{
    const GPtrArray *covers = heap_covers_of(heap, paper->ballot);
    guint best = G_MAXUINT;
    for (guint p = 0; covers && p < paper->at->len && best > 0; p++) {
        for (guint c = 0; c < covers->len; c++) {
            guint far = distance(covers->pdata[c], g_array_index(paper->at, guint, p));
            if (far < best) {
                best = far;
                paper->home = covers->pdata[c];
            }
        }
    }
    if (paper->home)
        paper->home->count++;
}

/* ---- the batches ------------------------------------------------------------------------------------------
 */

static QuotaBatch *batch_new(const Run *run)
{
    QuotaBatch *batch = g_new0(QuotaBatch, 1);
    if (run->cover) {
        batch->group = run->cover->group;
        batch->agency = run->cover->agency;
        batch->origin = run->cover->origin;
        batch->expected = run->cover->expected;
        batch->found = run->count;
    }
    GPtrArray **lists[] = {&batch->covers,     &batch->ballots, &batch->elsewhere, &batch->twice,
                           &batch->incomplete, &batch->foreign, &batch->uncovered, &batch->unknown,
                           &batch->refused,    &batch->absent};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        *lists[i] = g_ptr_array_new();
    return batch;
}

static void batch_free(gpointer data)
{
    QuotaBatch *batch = data;
    GPtrArray *lists[] = {batch->covers,     batch->ballots, batch->elsewhere, batch->twice,
                          batch->incomplete, batch->foreign, batch->uncovered, batch->unknown,
                          batch->refused,    batch->absent};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_unref(lists[i]);
    g_free(batch);
}

/* The batches of all runs, in order of their first page; joined where they belong together. */
static GPtrArray *make_batches(const Heap *heap)
{
    g_autoptr(GPtrArray) made = g_ptr_array_new();
    for (guint i = 0; i < heap->runs->len; i++) {
        Run *run = heap->runs->pdata[i];
        run->batch = batch_new(run);
        g_ptr_array_add(made, run->batch);
    }
    heap_join_covers(heap);
    g_autoptr(GHashTable) kept = g_hash_table_new(NULL, NULL);
    GPtrArray *batches = g_ptr_array_new_with_free_func(batch_free);
    for (guint i = 0; i < heap->runs->len; i++) {
        const Run *run = heap->runs->pdata[i];
        if (run->start < run->end && g_hash_table_add(kept, run->batch))
            g_ptr_array_add(batches, run->batch);
        if (run->cover)
            g_ptr_array_add(run->batch->covers, (gpointer)run->cover);
    }
    for (guint i = 0; i < made->len; i++) {
        if (!g_hash_table_contains(kept, made->pdata[i]))
            batch_free(made->pdata[i]);
    }
    return batches;
}

/* ---- what lies where ----------------------------------------------------------------------------------- */

/* Whether a page lies among those of a batch: behind one of its covers, or in a file that holds some of them,
 * as where pages were shuffled or the backs follow the fronts. */
static bool lies_among(const Heap *heap, guint at, const QuotaBatch *batch)
{
    const GPtrArray *covers = heap_find_list(heap->covers, batch->group, batch->agency, batch->origin, false);
    for (guint c = 0; c < covers->len; c++) {
        const Run *run = covers->pdata[c];
        if (run->batch == batch && feed_at(heap, run->start) <= feed_at(heap, at) &&
            feed_at(heap, at) <= feed_at(heap, run->end - 1))
            return true;
    }
    return false;
}

static bool is_scanned_twice(const Heap *heap, const Paper *paper)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (guint p = 0; p < paper->at->len; p++) {
        const StorePageRow *row = row_at(heap, g_array_index(paper->at, guint, p));
        if (!g_hash_table_add(seen, GINT_TO_POINTER(row->ballot_page)))
            return true;
    }
    return false;
}

/* Where the front of a ballot lies first: backs that were scanned by themselves all follow the last cover. */
static guint front_of(const Heap *heap, const Paper *paper)
{
    guint front = g_array_index(paper->at, guint, 0);
    for (guint p = 1; p < paper->at->len; p++) {
        guint at = g_array_index(paper->at, guint, p);
        if (row_at(heap, at)->ballot_page < row_at(heap, front)->ballot_page)
            front = at;
    }
    return front;
}

/* A ballot of a covered cell: into its batch; into the one it lies in as foreign when it lies there alone. */
static void place_own(const Heap *heap, const Paper *paper)
{
    QuotaBatch *batch = paper->home->batch;
    gpointer ballot = (gpointer)paper->ballot;
    g_ptr_array_add(batch->ballots, ballot);
    if (paper->ballot->status == STORE_BALLOT_INCOMPLETE)
        g_ptr_array_add(batch->incomplete, ballot);
    if (is_scanned_twice(heap, paper))
        g_ptr_array_add(batch->twice, ballot);
    for (guint p = 0; p < paper->at->len; p++) {
        if (lies_among(heap, g_array_index(paper->at, guint, p), batch))
            return;
    }
    g_ptr_array_add(batch->elsewhere, ballot);
    g_ptr_array_add(heap_run_at(heap, front_of(heap, paper))->batch->foreign, ballot);
}

static void place_papers(const Heap *heap)
{
    for (guint i = 0; i < heap->papers->len; i++) {
        const Paper *paper = heap->papers->pdata[i];
        QuotaBatch *host = heap_run_at(heap, front_of(heap, paper))->batch;
        if (paper->home) {
            place_own(heap, paper);
        } else if (paper->ballot->status == STORE_BALLOT_UNKNOWN || !*paper->ballot->group) {
            g_ptr_array_add(host->unknown, (gpointer)paper->ballot);
        } else if (host->group) {
            g_ptr_array_add(host->uncovered, (gpointer)paper->ballot);
        } else {
            g_ptr_array_add(host->ballots, (gpointer)paper->ballot);
            host->expected = ++host->found;
        }
    }
}

static void count_page(QuotaBatch *batch, const StorePageRow *row)
{
    batch->files_refused += row->page == 0;
    batch->pages_refused += row->page > 0 && row->outcome == STORE_PAGE_REFUSED;
    batch->pages_read += row->outcome == STORE_PAGE_READ;
    batch->pages_blank += row->outcome == STORE_PAGE_BLANK;
    batch->pages_cover += row->outcome == STORE_PAGE_COVER;
}

/* Sums up the pages; a refused one may be of any batch that has pages in the same file. */
static void place_pages(const Heap *heap, const GPtrArray *batches)
{
    for (guint i = 0; i < heap->pages->len; i++) {
        const StorePageRow *row = row_at(heap, i);
        QuotaBatch *host = heap_run_at(heap, i)->batch;
        count_page(host, row);
        if (row->outcome != STORE_PAGE_REFUSED || row->settled)
            continue;
        for (guint b = 0; b < batches->len; b++) {
            QuotaBatch *batch = batches->pdata[b];
            if (batch == host || (batch->group && lies_among(heap, i, batch)))
                g_ptr_array_add(batch->refused, (gpointer)row);
        }
    }
}

/* ---- the result ---------------------------------------------------------------------------------------- */

static void find_absent(const Heap *heap, QuotaBatch *batch)
{
    const GPtrArray *issued = heap_find_list(heap->issued, batch->group, batch->agency, batch->origin, false);
    for (guint i = 0; issued && i < issued->len; i++) {
        const StoreIssued *one = issued->pdata[i];
        if (g_hash_table_contains(heap->index, one->serial))
            continue;
        batch->absent_count++;
        if (batch->absent->len < QUOTA_NAMED)
            g_ptr_array_add(batch->absent, one->serial);
    }
}

static bool has_status(const GPtrArray *ballots, StoreBallotStatus status)
{
    for (guint i = 0; i < ballots->len; i++) {
        if (((StoreBallot *)ballots->pdata[i])->status == status)
            return true;
    }
    return false;
}

static void finish(const Heap *heap, QuotaBatch *batch)
{
    if (!batch->group)
        return;
    batch->missing = MAX(0, batch->expected - batch->found);
    batch->surplus = MAX(0, batch->found - batch->expected);
    if (batch->missing)
        find_absent(heap, batch);
    batch->differs = batch->missing || batch->surplus || batch->incomplete->len ||
                     has_status(batch->ballots, STORE_BALLOT_DUPLICATE) ||
                     has_status(batch->unknown, STORE_BALLOT_UNKNOWN);
}

GPtrArray *quota_reconcile(const GPtrArray *pages, const GPtrArray *ballots, const GPtrArray *roster)
{
    g_auto(Heap) heap = {.pages = pages,
                         .runs = g_ptr_array_new_with_free_func(g_free),
                         .run_at = g_array_new(FALSE, FALSE, sizeof(guint)),
                         .feed_at = g_array_new(FALSE, FALSE, sizeof(guint)),
                         .covers = lists_new(),
                         .index = g_hash_table_new(g_str_hash, g_str_equal),
                         .papers = g_ptr_array_new_with_free_func(paper_free),
                         .issued = lists_new()};
    cut_runs(&heap);
    collect_papers(&heap, ballots);
    collect_issued(&heap, roster);
    for (guint i = 0; i < heap.papers->len; i++)
        find_home(&heap, heap.papers->pdata[i]);
    GPtrArray *batches = make_batches(&heap);
    place_papers(&heap);
    place_pages(&heap, batches);
    for (guint i = 0; i < batches->len; i++)
        finish(&heap, batches->pdata[i]);
    return batches;
}

GPtrArray *quota_batches(const Quota *quota, const GPtrArray *pages)
{
    const QuotaPrivate *own = quota->private_data;
    return quota_reconcile(pages, own->loaded, own->issued);
}

GPtrArray *quota_with_status(const GPtrArray *ballots, StoreBallotStatus status)
{
    GPtrArray *some = g_ptr_array_new();
    for (guint i = 0; i < ballots->len; i++) {
        if (((StoreBallot *)ballots->pdata[i])->status == status)
            g_ptr_array_add(some, ballots->pdata[i]);
    }
    return some;
}
