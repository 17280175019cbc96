/* From a whole file to a job that reads it, and to its end. A file stays among the uploads until all of it is
 * read: whatever ends the desk, it is taken up again. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "desk/internal.h"

/* What runs the long work: this program. */

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
    const char *command[] = {FEED_PROGRAM, "-C",     stores_dir(desk->stores),
                             "scan",       "--json", "--no-totals",
                             "--workers",  workers,  "--",
                             path,         NULL};
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

StoreFile *feed_find_taken(Desk *desk, const char *sha256, GError **error)
{
    Store *store = stores_borrow(desk->stores, error);
    if (!store)
        return NULL;
    StoreFile *file = store_find_file(store, sha256, error);
    stores_return(desk->stores, store);
    if (file && file->pages_stored < file->pages)
        g_clear_pointer(&file, store_file_free); /* to be gone on with */
    return file;
}

/* ---- the watched folder
 * -----------------------------------------------------------------------------------------------
 */

/* Whether those bytes need not be taken: they were, or are on their way to be read. */
static bool is_known(Desk *desk, const char *sha256, GError **error)
{
    g_autoptr(Upload) upload = uploads_find(desk->uploads, sha256);
    if (upload && upload->whole)
        return true;
    StoreFile *taken = feed_find_taken(desk, sha256, error);
    store_file_free(taken);
    return taken != NULL;
}

static bool fail_outcome(UploadOutcome outcome, const char *path, GError **error)
{
    if (error && *error)
        return false;
    const char *why =
        outcome == UPLOAD_NO_SPACE   ? _("the disk has no room for it and its copy in the archive")
        : outcome == UPLOAD_TOO_MANY ? _("too many files are on their way; finish or drop some first")
                                     : _("it changed while it was copied");
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: %s", path, why);
    return false;
}

/* Its bytes as pieces, from what stands. */
static bool copy_pieces(Desk *desk, int file, const char *path, const Upload *about, GError **error)
{
    g_autofree char *piece = g_malloc(UPLOAD_PIECE);
    for (gint64 at = 0;;) {
        ssize_t length = pread(file, piece, UPLOAD_PIECE, at);
        if (length < 0)
            return fail_outcome(UPLOAD_SPOILED, path, error);
        g_autoptr(Upload) now = NULL;
        UploadOutcome outcome = uploads_put(desk->uploads, about, at, piece, (size_t)length, &now, error);
        if (outcome == UPLOAD_FULL)
            return feed_take(desk, about->sha256, now->name, now->who, error);
        if (outcome > UPLOAD_GAP || (length == 0 && !now->whole))
            return fail_outcome(outcome, path, error);
        if (now->whole)
            return true;
        at = now->received;
    }
}

bool feed_take_file(const char *path, gpointer user, GError **error)
{
    Desk *desk = user;
    g_autofree char *sha256 = file_sha256(path, error), *name = g_path_get_basename(path);
    g_autoptr(GError) cause = NULL;
    if (!sha256)
        return false;
    if (is_known(desk, sha256, &cause))
        return true;
    if (cause || !upload_name_fits(name)) {
        if (cause)
            g_propagate_error(error, g_steal_pointer(&cause));
        else
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("%s: the file's name holds signs that no file name may have; give it another"),
                        path);
        return false;
    }
    GStatBuf info;
    int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    bool done = file >= 0 && fstat(file, &info) == 0;
    Upload about = {.sha256 = sha256, .name = name, .who = (char *)FEED_WATCH, .at = (char *)""};
    if (done) {
        about.size = info.st_size;
        done = copy_pieces(desk, file, path, &about, error);
    } else {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: cannot be read: %s"), path,
                    failure_words(errno));
    }
    if (file >= 0)
        close(file);
    return done;
}

bool feed_watch(Desk *desk, const char *folder, GError **error)
{
    char *full = g_canonicalize_filename(folder, NULL);
    g_autofree char *own = g_canonicalize_filename(stores_dir(desk->stores), NULL);
    g_autofree char *inside = g_strconcat(own, "/", NULL);
    if (!g_file_test(full, G_FILE_TEST_IS_DIR))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("--watch %s: there is no such folder"),
                    folder);
    else if (g_str_equal(full, own) || g_str_has_prefix(full, inside))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("--watch %s: lies in the workspace; name the folder the scanner saves into"), folder);
    else
        desk->inbox = inbox_new(full, feed_take_file, on_changed, desk);
    g_free(full);
    return desk->inbox != NULL;
}
