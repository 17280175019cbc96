/* The workspace's lock for long work: held by the kernel, so a killed process leaves none behind. Its file
 * says who holds it and since when. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/sql.h"

/* So long a process that was killed may take to be gone, with the workers it leaves behind. */
#define LOCK_TRIES 30
#define LOCK_WAIT_US 100000

char *lock_holder(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "lock", NULL);
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, NULL))
        return g_strdup("?");
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    if (!lines[0] || !*lines[0])
        return g_strdup("?");
    if (!lines[1] || !*lines[1])
        return g_strdup(lines[0]);
    return g_strdup_printf(_("%s, since %s"), lines[0], lines[1]);
}

char *store_working(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "lock", NULL);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    bool held = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(file);
    return held ? lock_holder(dir) : NULL;
}

bool lock_take(Store *store, GError **error)
{
    g_autofree char *path = g_build_filename(store->dir, "lock", NULL);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (store->lock < 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be opened: %s"), path,
                    failure_words(errno));
        return false;
    }
    int locked = flock(store->lock, LOCK_EX | LOCK_NB);
    for (int i = 0; locked != 0 && errno == EWOULDBLOCK && i < LOCK_TRIES; i++) {
        g_usleep(LOCK_WAIT_US);
        locked = flock(store->lock, LOCK_EX | LOCK_NB);
    }
    if (locked != 0) {
        g_autofree char *holder = lock_holder(store->dir);
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_BUSY,
            _("%s: another phieu (process %s) is writing to this workspace; wait until it has finished"),
            store->dir, holder);
        return false;
    }
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *since = g_date_time_format(now, "%Y-%m-%d %H:%M:%S");
    g_autofree char *text = g_strdup_printf("%ld\n%s\n", (long)getpid(), since);
    ssize_t length = (ssize_t)strlen(text);
    if (ftruncate(store->lock, 0) != 0 || pwrite(store->lock, text, (size_t)length, 0) != length)
        g_debug("lock: its holder was not written down");
    return true;
}
