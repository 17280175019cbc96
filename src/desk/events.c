#include "desk/events.h"

struct Events {
    GMutex lock;
    GCond added;
    const char *kinds[EVENTS_KEPT]; /* of event n at n % EVENTS_KEPT */
    guint64 newest;                 /* the first event has number 1 */
    bool closed;
};

Events *events_new(void)
{
    Events *events = g_new0(Events, 1);
    g_mutex_init(&events->lock);
    g_cond_init(&events->added);
    return events;
}

void events_free(Events *events)
{
    if (!events)
        return;
    g_mutex_clear(&events->lock);
    g_cond_clear(&events->added);
    g_free(events);
}

void events_add(Events *events, const char *kind)
{
    g_mutex_lock(&events->lock);
    events->newest++;
    events->kinds[events->newest % EVENTS_KEPT] = kind;
    g_cond_broadcast(&events->added);
    g_mutex_unlock(&events->lock);
}

guint64 events_newest(Events *events)
{
    g_mutex_lock(&events->lock);
    guint64 newest = events->newest;
    g_mutex_unlock(&events->lock);
    return newest;
}

static void append_event(GString *text, guint64 seq, const char *kind)
{
    g_string_append_printf(
        text, "id: %" G_GUINT64_FORMAT "\ndata: {\"seq\":%" G_GUINT64_FORMAT ",\"kind\":\"%s\"}\n\n", seq,
        seq, kind);
}

char *events_wait(Events *events, guint64 seq, gint64 wait_us, guint64 *ret_seq)
{
    gint64 until = g_get_monotonic_time() + wait_us;
    g_mutex_lock(&events->lock);
    while (!events->closed && events->newest == seq &&
           g_cond_wait_until(&events->added, &events->lock, until))
        ;
    GString *text = events->closed ? NULL : g_string_new(NULL);
    if (text && (seq > events->newest || events->newest - seq > EVENTS_KEPT))
        append_event(text, events->newest, "reset");
    else if (text) {
        for (guint64 n = seq + 1; n <= events->newest; n++)
            append_event(text, n, events->kinds[n % EVENTS_KEPT]);
    }
    *ret_seq = events->newest;
    g_mutex_unlock(&events->lock);
    return text ? g_string_free(text, FALSE) : NULL;
}

void events_close(Events *events)
{
    g_mutex_lock(&events->lock);
    events->closed = true;
    g_cond_broadcast(&events->added);
    g_mutex_unlock(&events->lock);
}
