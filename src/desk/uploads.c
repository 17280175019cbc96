#include "desk/uploads.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "json/json.h"

#define BUFFER (1 << 16)

/* Files of one upload: HASH.json says what it is, HASH.part is what stands, HASH/NAME the whole. */
typedef struct {
    Upload upload;  /* under the table's lock */
    GMutex writing; /* over what lies on the disk, and `sum` */
    Sha256 *sum;    /* over the first `received` bytes; NULL: not known */
    bool gone;
} Entry;

struct Uploads {
    char *dir;
    GMutex lock;
    GHashTable *entries; /* hash → Entry* (counted) */
};

/* ---- values
 * ----------------------------------------------------------------------------------------------------------
 */

static void upload_clear(Upload *upload)
{
    g_free(upload->sha256);
    g_free(upload->name);
    g_free(upload->who);
    g_free(upload->at);
}

void upload_free(Upload *upload)
{
    if (!upload)
        return;
    upload_clear(upload);
    g_free(upload);
}

static Upload upload_copied(const Upload *from)
{
    Upload copy = *from;
    copy.sha256 = g_strdup(from->sha256);
    copy.name = g_strdup(from->name);
    copy.who = g_strdup(from->who);
    copy.at = g_strdup(from->at);
    return copy;
}

static Upload *upload_copy(const Upload *from)
{
    Upload *copy = g_new(Upload, 1);
    *copy = upload_copied(from);
    return copy;
}

bool upload_hash_fits(const char *sha256)
{
    return strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64;
}

bool upload_name_fits(const char *name)
{
    if (!*name || *name == '.' || strlen(name) > NAME_MAX || !g_utf8_validate(name, -1, NULL))
        return false;
    for (const char *at = name; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (character == '/' || character == '\\' || !g_unichar_isprint(character))
            return false;
    }
    return true;
}

static void entry_clear(gpointer data)
{
    Entry *entry = data;
    upload_clear(&entry->upload);
    sha256_free(entry->sum);
    g_mutex_clear(&entry->writing);
}

static void entry_release(gpointer entry)
{
    g_atomic_rc_box_release_full(entry, entry_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entry, entry_release)

static Entry *entry_new(const Upload *upload)
{
    Entry *entry = g_atomic_rc_box_new0(Entry);
    entry->upload = upload_copied(upload);
    g_mutex_init(&entry->writing);
    return entry;
}

/* ---- what lies on the disk
 * -------------------------------------------------------------------------------------------
 */

static char *place(const Uploads *uploads, const char *sha256, const char *ending)
{
    g_autofree char *name = g_strconcat(sha256, ending, NULL);
    return g_build_filename(uploads->dir, name, NULL);
}

char *uploads_path(const Uploads *uploads, const Upload *upload)
{
    return g_build_filename(uploads->dir, upload->sha256, upload->name, NULL);
}

static bool fail(const char *path, GError **error)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be written: %s"), path,
                failure_words(errno));
    return false;
}

static bool write_about(const Uploads *uploads, const Upload *upload, GError **error)
{
    JsonBuilder *json = json_builder_new();
    json_builder_begin_object(json);
    json_set_text(json, "name", upload->name);
    json_set_int(json, "size", upload->size);
    json_set_text(json, "who", upload->who);
    json_set_text(json, "at", upload->at);
    json_set_bool(json, "paused", upload->paused);
    json_builder_end_object(json);
    g_autofree char *text = json_take_text(json, true);
    g_autofree char *path = place(uploads, upload->sha256, ".json");
    return file_replace(path, text, -1, error);
}

/* What HASH.json says; NULL where it is not one of ours. */
static Upload *read_about(const Uploads *uploads, const char *sha256)
{
    g_autofree char *path = place(uploads, sha256, ".json");
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root = json_parser_load_from_file(parser, path, NULL) ? json_parser_get_root(parser) : NULL;
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return NULL;
    JsonObject *object = json_node_get_object(root);
    Upload *upload = g_new0(Upload, 1);
    *upload = (Upload){.sha256 = g_strdup(sha256),
                       .name = g_strdup(json_object_get_string_member_with_default(object, "name", "")),
                       .who = g_strdup(json_object_get_string_member_with_default(object, "who", "")),
                       .at = g_strdup(json_object_get_string_member_with_default(object, "at", "")),
                       .size = json_object_get_int_member_with_default(object, "size", 0),
                       .paused = json_object_get_boolean_member_with_default(object, "paused", false)};
    if (upload_name_fits(upload->name) && upload->size > 0)
        return upload;
    upload_free(upload);
    return NULL;
}

static gint64 file_size(const char *path)
{
    GStatBuf info;
    return g_stat(path, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : -1;
}

static void load_upload(Uploads *uploads, const char *sha256)
{
    g_autoptr(Upload) upload = read_about(uploads, sha256);
    if (!upload)
        return;
    g_autofree char *part = place(uploads, sha256, ".part"), *whole = uploads_path(uploads, upload);
    upload->whole = file_size(whole) == upload->size;
    upload->received = upload->whole ? upload->size : CLAMP(file_size(part), 0, upload->size);
    Entry *entry = entry_new(upload);
    g_hash_table_insert(uploads->entries, entry->upload.sha256, entry);
}

Uploads *uploads_new(const char *workspace, GError **error)
{
    g_autofree char *folder = g_build_filename(workspace, "incoming", NULL);
    g_autoptr(GDir) dir = g_mkdir_with_parents(folder, 0700) == 0 ? g_dir_open(folder, 0, NULL) : NULL;
    if (!dir) {
        fail(folder, error);
        return NULL;
    }
    Uploads *uploads = g_new0(Uploads, 1);
    uploads->dir = g_steal_pointer(&folder);
    g_mutex_init(&uploads->lock);
    uploads->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_release);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *hash = g_strndup(name, 64);
        if (g_str_has_suffix(name, ".json") && strlen(name) == 69 && upload_hash_fits(hash))
            load_upload(uploads, hash);
    }
    return uploads;
}

void uploads_free(Uploads *uploads)
{
    if (!uploads)
        return;
    g_hash_table_unref(uploads->entries);
    g_mutex_clear(&uploads->lock);
    g_free(uploads->dir);
    g_free(uploads);
}

/* ---- a piece
 * ---------------------------------------------------------------------------------------------------------
 */

/* Room for what is still to come, and for the copy in the archive. */
static bool has_room(const Uploads *uploads, const Upload *upload)
{
    struct statvfs disk;
    if (statvfs(uploads->dir, &disk) != 0)
        return true; /* the write will tell */
    guint64 wanted = (guint64)(upload->size - upload->received) + (guint64)upload->size + UPLOAD_RESERVE;
    return (guint64)disk.f_bavail * disk.f_frsize >= wanted;
}

/* The sum over what stands, computed anew after a restart. */
static bool know_sum(Entry *entry, int file, GError **error)
{
    if (entry->sum)
        return true;
    g_autoptr(Sha256) sum = sha256_new();
    g_autofree char *buffer = g_malloc(BUFFER);
    for (gint64 at = 0; at < entry->upload.received;) {
        size_t wanted = (size_t)MIN((gint64)BUFFER, entry->upload.received - at);
        ssize_t got = pread(file, buffer, wanted, at);
        if (got <= 0)
            return fail(entry->upload.sha256, error);
        sha256_add(sum, buffer, (size_t)got);
        at += got;
    }
    entry->sum = g_steal_pointer(&sum);
    return true;
}

static bool write_all(int file, const char *bytes, size_t length, gint64 at)
{
    while (length > 0) {
        ssize_t written = pwrite(file, bytes, length, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        at += written;
        length -= (size_t)written;
    }
    return true;
}

/* Puts bytes at the end of what stands, on the disk. */
static bool append(const Uploads *uploads, Entry *entry, const char *bytes, size_t length, GError **error)
{
    g_autofree char *path = place(uploads, entry->upload.sha256, ".part");
    int file = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(path, error);
    bool done = know_sum(entry, file, error);
    if (done && length > 0 &&
        !(write_all(file, bytes, length, entry->upload.received) && fdatasync(file) == 0))
        done = fail(path, error);
    close(file);
    if (done)
        sha256_add(entry->sum, bytes, length);
    return done;
}

static void forget(Uploads *uploads, Entry *entry)
{
    const char *sha256 = entry->upload.sha256;
    g_autofree char *part = place(uploads, sha256, ".part"), *about = place(uploads, sha256, ".json"),
                    *folder = place(uploads, sha256, ""), *whole = uploads_path(uploads, &entry->upload);
    g_unlink(part);
    g_unlink(whole);
    g_rmdir(folder);
    g_unlink(about); /* last: without it the others would lie there unknown */
    entry->gone = true;
    g_mutex_lock(&uploads->lock);
    if (g_hash_table_lookup(uploads->entries, sha256) == entry)
        g_hash_table_remove(uploads->entries, sha256);
    g_mutex_unlock(&uploads->lock);
}

/* The entry of that hash, the caller's reference; made with `about` where there is none (NULL: not made). */
static Entry *hold(Uploads *uploads, const char *sha256, const Upload *about)
{
    g_mutex_lock(&uploads->lock);
    Entry *entry = g_hash_table_lookup(uploads->entries, sha256);
    if (!entry && about && g_hash_table_size(uploads->entries) < UPLOADS_MAX) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        Upload first = *about;
        g_autofree char *at = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
        first.at = at;
        first.received = 0;
        first.whole = first.paused = false;
        entry = entry_new(&first);
        g_hash_table_insert(uploads->entries, entry->upload.sha256, entry);
    }
    if (entry)
        g_atomic_rc_box_acquire(entry);
    g_mutex_unlock(&uploads->lock);
    return entry;
}

/* The piece to what stands, under the entry's lock. */
static UploadOutcome put(Uploads *uploads, Entry *entry, gint64 offset, const char *bytes, size_t length,
                         GError **error)
{
    Upload *upload = &entry->upload;
    if (upload->whole)
        return UPLOAD_TAKEN;
    if (offset > upload->received)
        return UPLOAD_GAP;
    gint64 end = MIN(offset + (gint64)length, upload->size), known = upload->received - offset;
    size_t more = end > upload->received ? (size_t)(end - upload->received) : 0;
    if (!has_room(uploads, upload))
        return UPLOAD_NO_SPACE;
    if (upload->received == 0 && !write_about(uploads, upload, error))
        return UPLOAD_FAILED;
    if (!append(uploads, entry, more ? bytes + known : "", more, error))
        return UPLOAD_FAILED;
    g_mutex_lock(&uploads->lock);
    upload->received += (gint64)more;
    g_mutex_unlock(&uploads->lock);
    if (upload->received < upload->size)
        return UPLOAD_TAKEN;
    g_autofree char *hash = sha256_end(g_steal_pointer(&entry->sum));
    if (g_str_equal(hash, upload->sha256))
        return UPLOAD_FULL;
    forget(uploads, entry);
    return UPLOAD_SPOILED;
}

UploadOutcome uploads_put(Uploads *uploads, const Upload *about, gint64 offset, const void *bytes,
                          size_t length, Upload **ret_upload, GError **error)
{
    g_autoptr(Entry) entry = hold(uploads, about->sha256, about);
    if (!entry)
        return UPLOAD_TOO_MANY;
    g_mutex_lock(&entry->writing);
    UploadOutcome outcome = entry->gone ? UPLOAD_GAP
                            : entry->upload.size != about->size
                                ? UPLOAD_OTHER
                                : put(uploads, entry, offset, bytes, length, error);
    /* one that never began leaves nothing */
    if (!entry->gone && outcome > UPLOAD_GAP && entry->upload.received == 0)
        forget(uploads, entry);
    if (outcome <= UPLOAD_GAP) {
        *ret_upload = upload_copy(&entry->upload);
        if (entry->gone)
            (*ret_upload)->received = 0;
    }
    g_mutex_unlock(&entry->writing);
    return outcome;
}

bool uploads_settle(Uploads *uploads, const char *sha256, GError **error)
{
    g_autoptr(Entry) entry = hold(uploads, sha256, NULL);
    if (!entry)
        return true;
    g_mutex_lock(&entry->writing);
    bool done = entry->gone || entry->upload.whole;
    if (!done) {
        g_autofree char *part = place(uploads, sha256, ".part"), *folder = place(uploads, sha256, ""),
                        *whole = uploads_path(uploads, &entry->upload);
        done =
            g_mkdir_with_parents(folder, 0700) == 0 ? file_rename(part, whole, error) : fail(folder, error);
        g_mutex_lock(&uploads->lock);
        entry->upload.whole = done;
        g_mutex_unlock(&uploads->lock);
    }
    g_mutex_unlock(&entry->writing);
    return done;
}

/* ---- what is there
 * -----------------------------------------------------------------------------------------------------
 */

Upload *uploads_find(Uploads *uploads, const char *sha256)
{
    g_mutex_lock(&uploads->lock);
    const Entry *entry = g_hash_table_lookup(uploads->entries, sha256);
    Upload *found = entry ? upload_copy(&entry->upload) : NULL;
    g_mutex_unlock(&uploads->lock);
    return found;
}

static int by_age(gconstpointer a, gconstpointer b)
{
    const Upload *one = *(Upload *const *)a, *other = *(Upload *const *)b;
    int order = strcmp(one->at, other->at);
    return order ? order : strcmp(one->name, other->name);
}

GPtrArray *uploads_list(Uploads *uploads)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)upload_free);
    GHashTableIter iter;
    gpointer entry;
    g_mutex_lock(&uploads->lock);
    g_hash_table_iter_init(&iter, uploads->entries);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        g_ptr_array_add(list, upload_copy(&((const Entry *)entry)->upload));
    g_mutex_unlock(&uploads->lock);
    g_ptr_array_sort(list, by_age);
    return list;
}

bool uploads_set_paused(Uploads *uploads, const char *sha256, bool paused, GError **error)
{
    g_autoptr(Entry) entry = hold(uploads, sha256, NULL);
    if (!entry)
        return true;
    g_mutex_lock(&entry->writing);
    g_mutex_lock(&uploads->lock);
    entry->upload.paused = paused;
    g_mutex_unlock(&uploads->lock);
    bool done = entry->gone || write_about(uploads, &entry->upload, error);
    g_mutex_unlock(&entry->writing);
    return done;
}

void uploads_remove(Uploads *uploads, const char *sha256)
{
    g_autoptr(Entry) entry = hold(uploads, sha256, NULL);
    if (!entry)
        return;
    g_mutex_lock(&entry->writing);
    if (!entry->gone)
        forget(uploads, entry);
    g_mutex_unlock(&entry->writing);
}
