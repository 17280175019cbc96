/* What changed, for pages that are open: a number and a kind, small enough to mean "ask again", never the
 * data. The last ones are kept, so that a page that was away learns what it missed. Safe across threads.
 * Inside the room only. */
#ifndef PHIEU_DESK_EVENTS_H
#define PHIEU_DESK_EVENTS_H

#include "base/base.h"

#define EVENTS_KEPT 1000

typedef struct Events Events;

Events *events_new(void);
void events_free(Events *events);
/* `kind`: "queue" (what waits has changed), "job" (files on their way, long work), "workspace" (anything else
 * has). Kept by the caller for ever. */
void events_add(Events *events, const char *kind);
/* The number of the newest. */
guint64 events_newest(Events *events);
/* Waits until there is an event after `seq`, or for `wait_us`; NULL when the desk is closing, else the events
 * since as text of the event stream, "" when there are none. A `seq` that is no longer kept (or was never
 * given) is answered with one "reset". `*ret_seq` is where to go on. */
char *events_wait(Events *events, guint64 seq, gint64 wait_us, guint64 *ret_seq);
/* Ends every wait, now and from now on. */
void events_close(Events *events);

#endif
