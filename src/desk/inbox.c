#include "desk/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define LOOK_US (2 * G_TIME_SPAN_SECOND)
#define DEPTH 4
/* So much of a file's end tells whether it is all there. */
#define TAIL 2048

/* A file as it was last seen. */
typedef struct {
    gint64 size, changed; /* bytes; time of its last change */
    gint64 since_us;      /* since when it is so */
    bool taken;
    guint64 look; /* the last that saw it */
} Seen;

struct Inbox {
    char *folder;
    InboxTake take;
    InboxChanged changed;
    gpointer user;
    GHashTable *seen; /* path → Seen*; of the looking thread */
    guint64 look;
    GMutex lock;
    GCond wake;
    char *words;
    bool closing;
    GThread *thread;
};

Inbox *inbox_new(const char *folder, InboxTake take, InboxChanged changed, gpointer user)
{
    Inbox *inbox = g_new0(Inbox, 1);
    *inbox = (Inbox){.folder = g_strdup(folder), .take = take, .changed = changed, .user = user};
    inbox->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    inbox->words = g_strdup("");
    g_mutex_init(&inbox->lock);
    g_cond_init(&inbox->wake);
    return inbox;
}

void inbox_free(Inbox *inbox)
{
    if (!inbox)
        return;
    g_mutex_lock(&inbox->lock);
    inbox->closing = true;
    g_cond_broadcast(&inbox->wake);
    g_mutex_unlock(&inbox->lock);
    if (inbox->thread)
        g_thread_join(inbox->thread);
    g_hash_table_unref(inbox->seen);
    g_mutex_clear(&inbox->lock);
    g_cond_clear(&inbox->wake);
    g_free(inbox->folder);
    g_free(inbox->words);
    g_free(inbox);
}

const char *inbox_folder(const Inbox *inbox)
{
    return inbox->folder;
}

char *inbox_words(Inbox *inbox)
{
    g_mutex_lock(&inbox->lock);
    char *words = g_strdup(inbox->words);
    g_mutex_unlock(&inbox->lock);
    return words;
}

static void say(Inbox *inbox, const char *words)
{
    g_mutex_lock(&inbox->lock);
    bool other = !g_str_equal(inbox->words, words);
    if (other) {
        g_free(inbox->words);
        inbox->words = g_strdup(words);
    }
    g_mutex_unlock(&inbox->lock);
    if (other)
        inbox->changed(inbox->user);
}

/* ---- a file
 * ----------------------------------------------------------------------------------------------------------
 */

/* Names that programs give to what is not finished. */
static bool is_temporary(const char *name)
{
    static const char *const endings[] = {".part",       ".tmp",      ".temp", ".partial",
                                          ".crdownload", ".filepart", "~"};
    g_autofree char *lower = g_ascii_strdown(name, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(lower, endings[i]))
            return true;
    }
    return *name == '.' || *name == '~';
}

static bool holds(const char *bytes, size_t length, const char *part)
{
    return memmem(bytes, length, part, strlen(part)) != NULL;
}

/* Where a TIFF says that its first directory is: writers put it last. */
static bool tiff_reaches(const unsigned char *head, gint64 size)
{
    bool little = head[0] == 'I';
    guint32 at = 0;
    for (int i = 0; i < 4; i++)
        at |= (guint32)head[little ? 4 + i : 7 - i] << (8 * i);
    return (gint64)at + 2 <= size;
}

/* Whether the file can be read and, where its kind says so, its end is there. */
static bool is_all_there(const char *path, gint64 size)
{
    char head[8] = {0}, tail[TAIL];
    int file = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    if (file < 0)
        return false;
    ssize_t begun = pread(file, head, sizeof head, 0);
    ssize_t length = pread(file, tail, sizeof tail, MAX(0, size - TAIL));
    close(file);
    if (begun < (ssize_t)sizeof head || length < 0)
        return false;
    if (memcmp(head, "%PDF", 4) == 0)
        return holds(tail, (size_t)length, "%%EOF");
    if (memcmp(head, "\x89PNG", 4) == 0)
        return holds(tail, (size_t)length, "IEND");
    if (memcmp(head, "\xff\xd8", 2) == 0)
        return holds(tail, (size_t)length, "\xff\xd9");
    if (memcmp(head, "II*", 4) == 0 || memcmp(head, "MM\0*", 4) == 0)
        return tiff_reaches((const unsigned char *)head, size);
    return true;
}

/* Takes it when its time has come. What keeps it from being taken is added to `words`. */
static void look_at_file(Inbox *inbox, const char *path, const GStatBuf *info, gint64 now_us, GString *words)
{
    Seen *seen = g_hash_table_lookup(inbox->seen, path);
    if (!seen) {
        seen = g_new0(Seen, 1);
        seen->size = -1;
        g_hash_table_insert(inbox->seen, g_strdup(path), seen);
    }
    seen->look = inbox->look;
    if (seen->size != info->st_size || seen->changed != info->st_mtime)
        *seen = (Seen){info->st_size, info->st_mtime, now_us, false, inbox->look};
    gint64 still_us = now_us - seen->since_us;
    if (seen->taken || seen->size == 0 || still_us < INBOX_STILL_US ||
        (still_us < INBOX_PATIENCE_US && !is_all_there(path, seen->size)))
        return;
    g_autoptr(GError) error = NULL;
    seen->taken = inbox->take(path, inbox->user, &error);
    if (!seen->taken && !words->len)
        g_string_append(words, error->message);
}

/* ---- the folder
 * ------------------------------------------------------------------------------------------------------
 */

static void look_into(Inbox *inbox, const char *folder, int depth, gint64 now_us, GString *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    if (!dir) {
        if (!words->len)
            g_string_append_printf(words, _("%s: the folder cannot be looked into; it is tried again"),
                                   folder);
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, text_compare);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        GStatBuf info;
        if (is_temporary(names->pdata[i]) || g_lstat(path, &info) != 0)
            continue; /* gone meanwhile */
        if (S_ISDIR(info.st_mode) && depth < DEPTH)
            look_into(inbox, path, depth + 1, now_us, words);
        else if (S_ISREG(info.st_mode) && !file_is_litter(path))
            look_at_file(inbox, path, &info, now_us, words);
    }
}

static gboolean was_not_seen(gpointer path, gpointer data, gpointer user)
{
    (void)path;
    return ((const Seen *)data)->look != ((const Inbox *)user)->look;
}

void inbox_look(Inbox *inbox, gint64 now_us)
{
    g_autoptr(GString) words = g_string_new(NULL);
    inbox->look++;
    look_into(inbox, inbox->folder, 1, now_us, words);
    g_hash_table_foreach_remove(inbox->seen, was_not_seen, inbox);
    say(inbox, words->str);
}

static gpointer watch(gpointer data)
{
    Inbox *inbox = data;
    g_mutex_lock(&inbox->lock);
    while (!inbox->closing) {
        g_mutex_unlock(&inbox->lock);
        inbox_look(inbox, g_get_monotonic_time());
        gint64 until = g_get_monotonic_time() + LOOK_US;
        g_mutex_lock(&inbox->lock);
        while (!inbox->closing && g_cond_wait_until(&inbox->wake, &inbox->lock, until))
            ;
    }
    g_mutex_unlock(&inbox->lock);
    return NULL;
}

void inbox_start(Inbox *inbox)
{
    inbox->thread = g_thread_new("desk-inbox", watch, inbox);
}
