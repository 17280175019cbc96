/* A folder that is looked into again and again, a scanner's or a share: files that stand still in it are
 * taken, and left where they are. Safe across threads but for inbox_look(). Inside the room only. */
#ifndef PHIEU_DESK_INBOX_H
#define PHIEU_DESK_INBOX_H

#include "base/base.h"

/* A file is taken when it has stood still for so long; where its end is missing (it is still being copied, or
 * damaged), after so much longer. */
#define INBOX_STILL_US (10 * G_TIME_SPAN_SECOND)
#define INBOX_PATIENCE_US (10 * G_TIME_SPAN_MINUTE)

typedef struct Inbox Inbox;

/* Takes a file; false with an error: it is tried again. */
typedef bool (*InboxTake)(const char *path, gpointer user, GError **error);
/* What inbox_words() says has changed. */
typedef void (*InboxChanged)(gpointer user);

Inbox *inbox_new(const char *folder, InboxTake take, InboxChanged changed, gpointer user);
/* Looks every two seconds from now on, in a thread of its own. */
void inbox_start(Inbox *inbox);
void inbox_free(Inbox *inbox);
const char *inbox_folder(const Inbox *inbox);
/* What stands in the way, one line for people; "" nothing does. Newly allocated. */
char *inbox_words(Inbox *inbox);
/* Looks once: folders within it too, four deep; hidden and temporary files and what systems leave there are
 * passed over. `now_us`: monotonic. */
void inbox_look(Inbox *inbox, gint64 now_us);

#endif
