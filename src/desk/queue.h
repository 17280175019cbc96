/* What waits, for whom, and who has it now: pure, knows neither HTTP nor SQL. Not safe across threads; the
 * desk holds one lock over it. Inside the room only. */
#ifndef PHIEU_DESK_QUEUE_H
#define PHIEU_DESK_QUEUE_H

#include "store/store.h"

/* Given out at once, and for so long after the last sign of life. */
#define QUEUE_BLOCK 20
#define QUEUE_LEASE_US (5 * G_TIME_SPAN_MINUTE)

typedef struct Queue Queue;

Queue *queue_new(void);
void queue_free(Queue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Queue, queue_free)

/* A number that grows with every change made through queue_settled() and queue_returned(). */
guint64 queue_stamp(const Queue *queue);
/* Takes over what waits (StoreWaiting*, in order), as loaded after queue_stamp() gave `stamp`: what was
 * settled or returned since is not undone by it. Claims on what no longer waits end. */
void queue_update(Queue *queue, GPtrArray *waiting, guint64 stamp);

/* Gives a person up to `count` answers to settle: first what they have already, then what nobody has, in
 * order; never what they themselves referred to others, nor what they have read when another person's look is
 * wanted. All of it is theirs until `now_us` + QUEUE_LEASE_US.
 * `page` tells the pages of one person apart. GPtrArray of StoreWaiting*, which the queue owns until its next
 * change. */
GPtrArray *queue_claim(Queue *queue, const char *who, const char *page, int count, gint64 now_us);
/* Of first looks, what a person may be given now: what nobody else has, in order. GPtrArray of StoreWaiting*,
 * which the queue owns until its next change. */
GPtrArray *queue_free_for(const Queue *queue, const char *who, gint64 now_us);
/* Gives a person these and nothing else; whatever they had besides is given back. `page` as above. */
void queue_give(Queue *queue, const GPtrArray *items, const char *who, const char *page, gint64 now_us);
/* A sign of life: what the person has stays theirs. */
void queue_touch(Queue *queue, const char *who, gint64 now_us);
/* Gives back everything a person has; where a page is named, only when that page was the last to claim: word
 * of a page that was closed may come late. */
void queue_release(Queue *queue, const char *who, const char *page);

/* A copy of the caller's own. */
StoreWaiting *queue_copy(const StoreWaiting *waiting);
/* Whether that answer waits; owned by the queue. NULL when it does not. */
const StoreWaiting *queue_find(const Queue *queue, const char *serial, const char *question);
/* It is settled: nobody is given it any more. */
void queue_settled(Queue *queue, const char *serial, const char *question);
/* It waits after all (a decision was taken back): the person has it again. Takes it over. */
void queue_returned(Queue *queue, StoreWaiting *waiting, const char *who, gint64 now_us);
/* It was read and goes on waiting, for another person's look. Takes it over. */
void queue_again(Queue *queue, StoreWaiting *waiting);
/* It is referred to others by that person, with a note. */
void queue_referred(Queue *queue, const char *serial, const char *question, const char *who,
                    const char *note);

/* How many wait, and how many of those somebody has at `now_us`. */
void queue_count(const Queue *queue, gint64 now_us, int *ret_waiting, int *ret_claimed);
/* How many wait for that look (1, 2 or 3). */
int queue_count_look(const Queue *queue, int look);

#endif
