/* From a whole file to a job that reads it, and to its end. A file stays among the uploads until all of it is
 * read: whatever ends the desk, it is taken up again. */
#include "desk/internal.h"

/* What runs the long work: this program. */
#define PROGRAM "/proc/self/exe"

static void on_changed(gpointer user)
{
    events_add(((Desk *)user)->events, "job");
}

static void on_done(const char *sha256, gpointer user)
{
    uploads_remove(((Desk *)user)->uploads, sha256);
}

/* A core is left to the people at the desk. */
static void queue_scan(Desk *desk, const Upload *upload)
{
    g_autofree char *path = uploads_path(desk->uploads, upload);
    g_autofree char *workers = g_strdup_printf("%u", MAX(1, g_get_num_processors() - 1));
    const char *command[] = {
        PROGRAM, "-C", stores_dir(desk->stores), "scan", "--json", "--no-totals", "--workers", workers, "--",
        path,    NULL};
    jobs_add(desk->jobs, upload->sha256, command, upload->paused);
}

bool feed_begin(Desk *desk, GError **error)
{
    desk->uploads = uploads_new(stores_dir(desk->stores), error);
    if (!desk->uploads)
        return false;
    desk->jobs = jobs_new(stores_dir(desk->stores), on_changed, on_done, desk);
    g_autoptr(GPtrArray) uploads = uploads_list(desk->uploads);
    for (guint i = 0; i < uploads->len; i++) {
        const Upload *upload = uploads->pdata[i];
        if (upload->whole)
            queue_scan(desk, upload);
    }
    return true;
}

bool feed_take(Desk *desk, const char *sha256, const char *name, const char *who, GError **error)
{
    Store *store = stores_lock_writer(desk->stores, error);
    if (!store)
        return false;
    bool logged = store_log_fed(store, sha256, name, who, error);
    stores_unlock_writer(desk->stores);
    if (!logged || !uploads_settle(desk->uploads, sha256, error))
        return false;
    g_autoptr(Upload) upload = uploads_find(desk->uploads, sha256);
    if (upload)
        queue_scan(desk, upload);
    return true;
}
