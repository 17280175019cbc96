/* Covers that are reconciled together: one that came again, those that touch, those that add up together. */
#include "quota/heap.h"

/* ---- covers that came again ---------------------------------------------------------------------------- */

/* Whether the run is of the paper's own cell. */
static bool is_own(const Heap *heap, const Paper *paper, Run *run)
{
    const GPtrArray *covers = heap_covers_of(heap, paper->ballot);
    return covers && run->cover && g_ptr_array_find((GPtrArray *)covers, run, NULL);
}

/* The runs of its own cell in which a paper lies, each once. */
static GPtrArray *own_runs(const Heap *heap, const Paper *paper)
{
    GPtrArray *runs = g_ptr_array_new();
    for (guint p = 0; p < paper->at->len; p++) {
        Run *run = heap_run_at(heap, g_array_index(paper->at, guint, p));
        if (!g_ptr_array_find(runs, run, NULL) && is_own(heap, paper, run))
            g_ptr_array_add(runs, run);
    }
    return runs;
}

static void join(const Heap *heap, QuotaBatch *keep, QuotaBatch *gone, QuotaJoined why)
{
    if (keep == gone)
        return;
    for (guint i = 0; i < heap->runs->len; i++) {
        Run *run = heap->runs->pdata[i];
        if (run->batch == gone)
            run->batch = keep;
    }
    keep->joined = MAX(MAX(keep->joined, gone->joined), why);
    keep->expected += gone->expected;
    keep->found += gone->found;
    keep->repeated += gone->repeated;
    gone->found = gone->expected = 0;
}

/* The cover of `run` is that of `other` again. */
static void set_repeat(const Heap *heap, Run *run, const Run *other)
{
    run->repeat = true;
    run->batch->repeated++;
    run->batch->expected -= run->cover->expected;
    join(heap, other->batch, run->batch, QUOTA_JOINED_TOUCHING);
}

/* How many ballots the covers of a cell promise beyond those that were issued for it; INT_MIN: unknown. */
static gint64 promised_beyond(const Heap *heap, const StorePageRow *cover)
{
    const GPtrArray *covers = heap_find_list(heap->covers, cover->group, cover->agency, cover->origin, false);
    const GPtrArray *issued = heap_find_list(heap->issued, cover->group, cover->agency, cover->origin, false);
    gint64 promised = 0;
    for (guint c = 0; c < covers->len; c++) {
        const Run *run = covers->pdata[c];
        promised += run->repeat ? 0 : run->cover->expected;
    }
    return issued ? promised - issued->len : G_MININT;
}

/* A stack that went through the scanner again with its cover: every ballot of the cell that lies in one run
 * lies in the other, too, and it is half a stack at least, or more are promised than were issued. */
static bool is_rescan(const Heap *heap, const Run *before, const Run *run, int shared)
{
    return run->cover->expected == before->cover->expected && shared == MIN(run->papers, before->papers) &&
           (2 * shared >= run->cover->expected || promised_beyond(heap, run->cover) > 0);
}

static void find_rescans(const Heap *heap)
{
    g_autoptr(GHashTable) shared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int pass = 0; pass < 2; pass++) { /* count, then judge */
        for (guint i = 0; i < heap->papers->len; i++) {
            g_autoptr(GPtrArray) runs = own_runs(heap, heap->papers->pdata[i]);
            for (guint r = 0; r < runs->len; r++) {
                Run *run = runs->pdata[r], *before = r ? runs->pdata[r - 1] : NULL;
                run->papers += pass == 0;
                if (!before)
                    continue;
                g_autofree char *key = g_strdup_printf("%u %u", before->start, run->start);
                int count = GPOINTER_TO_INT(g_hash_table_lookup(shared, key));
                if (pass == 0)
                    g_hash_table_replace(shared, g_steal_pointer(&key), GINT_TO_POINTER(count + 1));
                else if (!run->repeat && is_rescan(heap, before, run, count))
                    set_repeat(heap, run, before);
            }
        }
    }
}

/* A cover with nothing behind it that promises what another does, where fewer ballots were issued than all
 * promise together: the same sheet again. */
static void find_idle_covers(const Heap *heap, const GPtrArray *covers)
{
    for (guint c = 0; c < covers->len; c++) {
        Run *idle = covers->pdata[c];
        for (guint o = 0; o < covers->len && !idle->repeat && !idle->count && !idle->papers; o++) {
            const Run *other = covers->pdata[o];
            if (other != idle && !other->repeat && other->cover->expected == idle->cover->expected &&
                promised_beyond(heap, idle->cover) > 0)
                set_repeat(heap, idle, other);
        }
    }
}

/* ---- covers that are reconciled together --------------------------------------------------------------- */

static int excess(const QuotaBatch *batch)
{
    return batch->found - batch->expected;
}

/* Covers of a cell with no other between: one stack, in how many parts it ever was. */
static void join_touching(const Heap *heap)
{
    for (guint i = 2; i < heap->runs->len; i++) {
        Run *run = heap->runs->pdata[i], *before = heap->runs->pdata[i - 1];
        if (g_str_equal(run->cover->group, before->cover->group) &&
            g_str_equal(run->cover->agency, before->cover->agency) &&
            g_str_equal(run->cover->origin, before->cover->origin))
            join(heap, before->batch, run->batch, QUOTA_JOINED_TOUCHING);
    }
}

/* Joins the batches of a cell that cancel out: two by two, then all that are left. */
static void even_out(const Heap *heap, const GPtrArray *covers)
{
    int sum = 0;
    for (guint a = 0; a < covers->len; a++) {
        QuotaBatch *one = ((Run *)covers->pdata[a])->batch;
        for (guint b = a + 1; excess(one) && b < covers->len; b++) {
            QuotaBatch *two = ((Run *)covers->pdata[b])->batch;
            if (two != one && excess(two) == -excess(one))
                join(heap, one, two, QUOTA_JOINED_EVEN);
        }
        const Run *run = covers->pdata[a];
        sum += run->count - (run->repeat ? 0 : run->cover->expected);
    }
    QuotaBatch *first = NULL;
    for (guint a = 0; sum == 0 && a < covers->len; a++) {
        QuotaBatch *batch = ((Run *)covers->pdata[a])->batch;
        if (batch == first || !excess(batch))
            continue;
        if (first)
            join(heap, first, batch, QUOTA_JOINED_EVEN);
        else
            first = batch;
    }
}

void heap_join_covers(const Heap *heap)
{
    GHashTableIter cells;
    gpointer covers;
    find_rescans(heap);
    g_hash_table_iter_init(&cells, heap->covers);
    while (g_hash_table_iter_next(&cells, NULL, &covers))
        find_idle_covers(heap, covers);
    join_touching(heap);
    g_hash_table_iter_init(&cells, heap->covers);
    while (g_hash_table_iter_next(&cells, NULL, &covers))
        even_out(heap, covers);
}
