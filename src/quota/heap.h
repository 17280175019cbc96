/* Inside the room only: pages, ballots and covers while batches are made of them. */
#ifndef PHIEU_QUOTA_HEAP_H
#define PHIEU_QUOTA_HEAP_H

#include "quota/quota.h"

/* What lies from one cover to the next. */
typedef struct {
    const StorePageRow *cover; /* NULL: before the first */
    guint start, end;          /* positions, the end not in it */
    int papers;                /* of its own cell, with a page here */
    bool repeat;               /* the cover of another run again */
    int count;                 /* ballots that belong here */
    QuotaBatch *batch;
} Run;

/* A ballot as paper. */
typedef struct {
    const StoreBallot *ballot;
    GArray *at; /* guint: positions of its pages, in order */
    Run *home;  /* NULL: no cover of its cell */
} Paper;

/* All that is known while batches are made. */
typedef struct {
    const GPtrArray *pages;
    GPtrArray *runs;    /* Run*, the first without a cover */
    GArray *run_at;     /* guint: the run of each position */
    GArray *feed_at;    /* guint: the feed of each position, a file or the pictures of one folder */
    GHashTable *covers; /* "group|agency|origin" → GPtrArray of Run* */
    GHashTable *index;  /* serial → Paper*, borrowed */
    GPtrArray *papers;  /* Paper*, in order of their first page */
    GHashTable *issued; /* "group|agency|origin" → GPtrArray of StoreIssued*, not void */
} Heap;

/* The list under "group|agency|origin"; NULL when there is none, or a new one when `make`. */
GPtrArray *heap_find_list(GHashTable *lists, const char *group, const char *agency, const char *origin,
                          bool make);
/* The covers (Run*) of a ballot's cell, or NULL. */
GPtrArray *heap_covers_of(const Heap *heap, const StoreBallot *ballot);
/* The run a page lies in. */
Run *heap_run_at(const Heap *heap, guint at);
/* Joins the batches of runs whose covers came again, touch, or add up only together: Run.batch is another's
 * then. Each run has a batch of its own before, with `expected` and `found`. */
void heap_join_covers(const Heap *heap);

#endif
