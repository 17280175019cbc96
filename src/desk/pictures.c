#include "desk/pictures.h"

#define QUALITY 85

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
    GMutex decoding;
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
    g_queue_init(&pictures->order);
    pictures->kept = g_hash_table_new(g_str_hash, g_str_equal);
    return pictures;
}

void pictures_free(Pictures *pictures)
{
    if (!pictures)
        return;
    g_hash_table_unref(pictures->kept);
    g_queue_clear_full(&pictures->order, kept_free);
    for (int i = 0; i < PICTURES_PAGES; i++)
        page_image_free(pictures->pages[i].image);
    g_mutex_clear(&pictures->keeping);
    g_mutex_clear(&pictures->decoding);
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

static void keep(Pictures *pictures, const char *key, GBytes *bytes)
{
    g_mutex_lock(&pictures->keeping);
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

GBytes *pictures_get(Pictures *pictures, const StoreScan *scan, const IntakeView *view, int px_per_mm,
                     GError **error)
{
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %.3f %.3f %.3f %d", scan->page_id,
                                           view->rows.y_mm, view->rows.h_mm, view->heading.y_mm, px_per_mm);
    GBytes *bytes = find_kept(pictures, key);
    if (bytes)
        return bytes;
    g_mutex_lock(&pictures->decoding);
    const PageImage *image = decode(pictures, scan, error);
    g_autoptr(PageImage) picture =
        image ? intake_view_picture(image, &scan->map, view, px_per_mm, error) : NULL;
    g_mutex_unlock(&pictures->decoding);
    bytes = picture ? page_encode_jpeg(picture, QUALITY, error) : NULL;
    if (bytes)
        keep(pictures, key, bytes);
    return bytes;
}
