#include "desk/internal.h"

#include <sys/resource.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define QUALITY 85
/* Hashes remembered. */
#define HASHES_MAX 200000

/* A picture that is kept. */
typedef struct {
    char *key;
    GBytes *bytes;
} Kept;

/* A page that stays decoded. */
typedef struct {
    int64_t id;
    PageImage *image;
} Decoded;

struct Pictures {
    char *workspace;
    GMutex keeping;
    GQueue order;     /* Kept*, last used first */
    GHashTable *kept; /* key → its link in `order` */
    size_t bytes;
    GHashTable *hashes; /* key → hash of what was made, kept or not */
    GMutex decoding;
    GMutex apart;                  /* one process at a time */
    Decoded pages[PICTURES_PAGES]; /* last used first */
};

static void kept_free(gpointer data)
{
    Kept *kept = data;
    g_free(kept->key);
    g_bytes_unref(kept->bytes);
    g_free(kept);
}

Pictures *pictures_new(const char *workspace)
{
    Pictures *pictures = g_new0(Pictures, 1);
    pictures->workspace = g_strdup(workspace);
    g_mutex_init(&pictures->keeping);
    g_mutex_init(&pictures->decoding);
    g_mutex_init(&pictures->apart);
    g_queue_init(&pictures->order);
    pictures->kept = g_hash_table_new(g_str_hash, g_str_equal);
    pictures->hashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return pictures;
}

void pictures_free(Pictures *pictures)
{
    if (!pictures)
        return;
    g_hash_table_unref(pictures->kept);
    g_hash_table_unref(pictures->hashes);
    g_queue_clear_full(&pictures->order, kept_free);
    for (int i = 0; i < PICTURES_PAGES; i++)
        page_image_free(pictures->pages[i].image);
    g_mutex_clear(&pictures->keeping);
    g_mutex_clear(&pictures->decoding);
    g_mutex_clear(&pictures->apart);
    g_free(pictures->workspace);
    g_free(pictures);
}

static GBytes *find_kept(Pictures *pictures, const char *key)
{
    GBytes *bytes = NULL;
    g_mutex_lock(&pictures->keeping);
    GList *link = g_hash_table_lookup(pictures->kept, key);
    if (link) {
        g_queue_unlink(&pictures->order, link);
        g_queue_push_head_link(&pictures->order, link);
        bytes = g_bytes_ref(((Kept *)link->data)->bytes);
    }
    g_mutex_unlock(&pictures->keeping);
    return bytes;
}

char *picture_hash(GBytes *bytes)
{
    g_autoptr(Sha256) sum = sha256_new();
    sha256_add(sum, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autofree char *hash = sha256_end(g_steal_pointer(&sum));
    return g_strndup(hash, 32);
}

static void keep(Pictures *pictures, const char *key, GBytes *bytes)
{
    char *hash = picture_hash(bytes);
    g_mutex_lock(&pictures->keeping);
    if (g_hash_table_size(pictures->hashes) >= HASHES_MAX)
        g_hash_table_remove_all(pictures->hashes);
    g_hash_table_replace(pictures->hashes, g_strdup(key), hash);
    if (!g_hash_table_contains(pictures->kept, key)) {
        Kept *kept = g_new(Kept, 1);
        *kept = (Kept){g_strdup(key), g_bytes_ref(bytes)};
        g_queue_push_head(&pictures->order, kept);
        g_hash_table_insert(pictures->kept, kept->key, pictures->order.head);
        pictures->bytes += g_bytes_get_size(bytes);
    }
    while (pictures->bytes > PICTURES_BYTES && pictures->order.length > 1) {
        Kept *last = g_queue_pop_tail(&pictures->order);
        g_hash_table_remove(pictures->kept, last->key);
        pictures->bytes -= g_bytes_get_size(last->bytes);
        kept_free(last);
    }
    g_mutex_unlock(&pictures->keeping);
}

/* The scan, decoded; owned by the pictures, under `decoding`. */
static const PageImage *decode(Pictures *pictures, const StoreScan *scan, GError **error)
{
    int at = 0;
    while (at < PICTURES_PAGES - 1 && pictures->pages[at].id != scan->page_id)
        at++;
    Decoded found = pictures->pages[at];
    if (found.id != scan->page_id || !found.image) {
        PageImage *image = intake_scan_image(pictures->workspace, scan, true, error);
        if (!image)
            return NULL;
        page_image_free(found.image);
        found = (Decoded){scan->page_id, image};
    }
    for (; at > 0; at--)
        pictures->pages[at] = pictures->pages[at - 1];
    pictures->pages[0] = found;
    return found.image;
}

/* What a process that decodes apart may use: seconds, bytes. */
#define APART_S 20
#define APART_BYTES ((rlim_t)4 * 1024 * 1024 * 1024)

/* In the new process, before the program. */
static void limit_process(gpointer data)
{
    (void)data;
    const struct rlimit time = {APART_S, APART_S}, none = {0, 0};
    setrlimit(RLIMIT_CPU, &time);
    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* which reserves far more than it uses */
    const struct rlimit memory = {APART_BYTES, APART_BYTES};
    setrlimit(RLIMIT_AS, &memory);
#endif
}

/* Has this program write the picture of what was refused to `path`. */
static bool write_apart(const Pictures *pictures, int64_t id, const char *path, GError **error)
{
    g_autofree char *name = g_strdup_printf("%s%" G_GINT64_FORMAT, id < 0 ? "F" : "", (gint64)ABS(id));
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_subprocess_launcher_set_child_setup(launcher, limit_process, NULL, NULL);
    g_autoptr(GSubprocess) run =
        g_subprocess_launcher_spawn(launcher, NULL, FEED_PROGRAM, "-C", pictures->workspace, "show",
                                    "--refused", name, "--picture", "-o", path, NULL);
    if (run && g_subprocess_wait(run, NULL, NULL) && g_subprocess_get_successful(run))
        return true;
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("no picture can be made of it"));
    return false;
}

/* The picture of what was refused, as another process makes it. */
static PageImage *decode_apart(Pictures *pictures, int64_t id, GError **error)
{
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("phieu-XXXXXX.png", &path, NULL);
    if (file < 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no file can be made for a picture"));
        return NULL;
    }
    g_close(file, NULL);
    g_mutex_lock(&pictures->apart);
    bool written = write_apart(pictures, id, path, error);
    g_mutex_unlock(&pictures->apart);
    g_mutex_lock(&pictures->decoding);
    g_autoptr(PageFile) made = written ? page_file_open(path, error) : NULL;
    PageImage *image = made ? page_file_read(made, 0, false, error) : NULL;
    g_mutex_unlock(&pictures->decoding);
    g_unlink(path);
    return image;
}

/* Makes the picture of a scan from its decoded page; NULL with an error. */
typedef PageImage *(*Maker)(const PageImage *image, const StoreScan *scan, gconstpointer wanted,
                            GError **error);

static GBytes *get(Pictures *pictures, const StoreScan *scan, bool apart, const char *key, Maker maker,
                   gconstpointer wanted, GError **error)
{
    GBytes *bytes = find_kept(pictures, key);
    if (bytes)
        return bytes;
    g_autoptr(PageImage) own = apart ? decode_apart(pictures, scan->page_id, error) : NULL;
    if (apart && !own)
        return NULL;
    g_mutex_lock(&pictures->decoding);
    const PageImage *image = own ? own : decode(pictures, scan, error);
    g_autoptr(PageImage) picture = image ? maker(image, scan, wanted, error) : NULL;
    g_mutex_unlock(&pictures->decoding);
    bytes = picture ? page_encode_jpeg(picture, QUALITY, error) : NULL;
    if (bytes)
        keep(pictures, key, bytes);
    return bytes;
}

typedef struct {
    const IntakeView *view;
    int px_per_mm;
} WantedView;

static PageImage *make_view(const PageImage *image, const StoreScan *scan, gconstpointer wanted,
                            GError **error)
{
    const WantedView *view = wanted;
    return intake_view_picture(image, &scan->map, view->view, view->px_per_mm, error);
}

static char *view_key(const StoreScan *scan, const IntakeView *view, int px_per_mm)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %.3f %.3f %.3f %.3f %.3f %d", scan->page_id, view->rows.x_mm,
                           view->rows.y_mm, view->rows.w_mm, view->rows.h_mm, view->heading.y_mm, px_per_mm);
}

char *pictures_hash(Pictures *pictures, const StoreScan *scan, const IntakeView *view, int px_per_mm,
                    GError **error)
{
    g_autofree char *key = view_key(scan, view, px_per_mm);
    g_mutex_lock(&pictures->keeping);
    char *known = g_strdup(g_hash_table_lookup(pictures->hashes, key));
    g_mutex_unlock(&pictures->keeping);
    if (known)
        return known;
    g_autoptr(GBytes) bytes = pictures_get(pictures, scan, view, px_per_mm, error);
    return bytes ? picture_hash(bytes) : NULL;
}

GBytes *pictures_get(Pictures *pictures, const StoreScan *scan, const IntakeView *view, int px_per_mm,
                     GError **error)
{
    g_autofree char *key = view_key(scan, view, px_per_mm);
    WantedView wanted = {view, px_per_mm};
    return get(pictures, scan, false, key, make_view, &wanted, error);
}

typedef struct {
    int quarters, width_px;
} WantedSheet;

/* A scan as its own sheet, a millimetre of which is a pixel. */
static PageImage *make_sheet(const PageImage *image, const StoreScan *scan, gconstpointer wanted,
                             GError **error)
{
    (void)scan;
    const WantedSheet *sheet = wanted;
    double w = image->grey->width_px, h = image->grey->height_px;
    const PageMap turned[4] = {{{1, 0, 0, 0, 1, 0, 0, 0, 1}},
                               {{0, 1, 0, -1, 0, h, 0, 0, 1}},
                               {{-1, 0, w, 0, -1, h, 0, 0, 1}},
                               {{0, -1, w, 1, 0, 0, 0, 0, 1}}};
    bool lies = sheet->quarters % 2;
    IntakeView view = {.rows = {0, 0, lies ? h : w, lies ? w : h}};
    return intake_view_picture(image, &turned[sheet->quarters], &view, sheet->width_px / view.rows.w_mm,
                               error);
}

GBytes *pictures_get_sheet(Pictures *pictures, const StoreScan *scan, bool apart, int quarters, int width_px,
                           GError **error)
{
    g_return_val_if_fail(quarters >= 0 && quarters < 4 && width_px > 0, NULL);
    g_autofree char *key =
        g_strdup_printf("%" G_GINT64_FORMAT " sheet %d %d", scan->page_id, quarters, width_px);
    WantedSheet wanted = {quarters, width_px};
    return get(pictures, scan, apart, key, make_sheet, &wanted, error);
}
