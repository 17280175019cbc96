/* The file one station gives another: a line that says what it is, with the SHA-256 of what follows, then a
 * GVariant. That has a fixed type, no numbers and nothing that nests deeper than the type, so that whatever
 * bytes come in either are such a value or are refused. */
#include <stdarg.h>
#include <string.h>

#include "store/told.h"

#define FIRST_WORDS "phieu-station "
#define VERSION "1"
#define FIRST_LINE_LENGTH (sizeof FIRST_WORDS VERSION " " - 1 + 64 + 1)
#define MAX_BYTES (256 * 1024 * 1024)
/* Name, key, survey, definition; a row of serial, form, layout, group, agency, origin and whether it is void;
 * the layouts, each the bytes of its files. */
#define TYPE "(sayssa(ssssssb)aaay)"

void told_file_free(ToldFile *told)
{
    if (!told)
        return;
    g_free(told->survey);
    g_free(told->definition);
    if (told->issued)
        g_ptr_array_unref(told->issued);
    if (told->layouts)
        g_ptr_array_unref(told->layouts);
    g_free(told);
}

bool told_refuse(const char *path, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "%s: %s", shown, what);
    return false;
}

/* ---- writing ---- */

static GVariant *bytes_value(gconstpointer data, gsize length)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, length, 1);
}

/* Adds the layout's files unless they are there. */
static bool add_layout(Store *store, const StoreIssued *issued, GHashTable *added, GVariantBuilder *layouts,
                       GError **error)
{
    const Layout *layout = layout_find(store->layouts, issued->form, issued->layout_fingerprint);
    if (!layout) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("%s/layouts: the layout %.8s of form '%s' is gone; put back a copy of the workspace"),
                    store->dir, issued->layout_fingerprint, issued->form);
        return false;
    }
    if (!g_hash_table_add(added, (gpointer)layout))
        return true;
    g_autofree char *folder = g_build_filename(store->dir, "layouts", NULL);
    g_autoptr(GPtrArray) files = layout_read_files(layout, folder, error);
    if (!files)
        return false;
    g_variant_builder_open(layouts, G_VARIANT_TYPE("aay"));
    for (guint i = 0; i < files->len; i++) {
        gsize length;
        gconstpointer data = g_bytes_get_data(files->pdata[i], &length);
        g_variant_builder_add_value(layouts, bytes_value(data, length));
    }
    g_variant_builder_close(layouts);
    return true;
}

/* Every ballot this station issued under a number of its own. */
static bool add_roster(Store *store, GVariantBuilder *rows, GVariantBuilder *layouts, int *ret_issued,
                       GError **error)
{
    g_autoptr(GPtrArray) roster = store_load_roster(store, error);
    g_autoptr(GHashTable) added = g_hash_table_new(NULL, NULL);
    int count = 0;
    for (guint i = 0; roster && i < roster->len; i++) {
        const StoreIssued *issued = roster->pdata[i];
        if (*issued->station || serial_parse(issued->serial) < 1)
            continue;
        if (!add_layout(store, issued, added, layouts, error))
            return false;
        g_variant_builder_add(rows, "(ssssssb)", issued->serial, issued->form, issued->layout_fingerprint,
                              issued->group, issued->agency, issued->origin, (gboolean)issued->voided);
        count++;
    }
    *ret_issued = count;
    return roster != NULL;
}

static char *digest(const void *data, gsize length)
{
    Sha256 *sum = sha256_new();
    sha256_add(sum, data, length);
    return sha256_end(sum);
}

bool told_file_write(Store *store, const char *path, int *ret_issued, GError **error)
{
    GVariantBuilder rows, layouts;
    g_variant_builder_init(&rows, G_VARIANT_TYPE("a(ssssssb)"));
    g_variant_builder_init(&layouts, G_VARIANT_TYPE("aaay"));
    int issued;
    if (!add_roster(store, &rows, &layouts, &issued, error)) {
        g_variant_builder_clear(&rows);
        g_variant_builder_clear(&layouts);
        return false;
    }
    GVariant *parts[] = {g_variant_new_string(store->station.name),
                         bytes_value(store->station.key, STATION_KEY_SIZE),
                         g_variant_new_string(store->survey->id),
                         g_variant_new_string(store->survey->fingerprint),
                         g_variant_builder_end(&rows),
                         g_variant_builder_end(&layouts)};
    g_autoptr(GVariant) value = g_variant_ref_sink(g_variant_new_tuple(parts, G_N_ELEMENTS(parts)));
    gsize length = g_variant_get_size(value);
    g_autofree char *sum = digest(g_variant_get_data(value), length);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, FIRST_WORDS VERSION " %s\n", sum);
    g_string_append_len(text, g_variant_get_data(value), (gssize)length);
    if (!file_replace_secret(path, text->str, (gssize)text->len, error))
        return false;
    *ret_issued = issued;
    return true;
}

/* ---- reading ---- */

/* The value in the file, as whole as it was written. */
static GVariant *read_value(const char *path, const char *text, gsize length, GError **error)
{
    if (length < FIRST_LINE_LENGTH || !g_str_has_prefix(text, FIRST_WORDS)) {
        told_refuse(path, error, _("no file of phieu stations export; have one made in the other workspace"));
        return NULL;
    }
    if (!g_str_has_prefix(text, FIRST_WORDS VERSION " ")) {
        told_refuse(path, error, _("written by a newer phieu; use that one here, too"));
        return NULL;
    }
    const char *said = text + sizeof FIRST_WORDS VERSION " " - 1, *body = text + FIRST_LINE_LENGTH;
    g_autofree char *found = digest(body, length - FIRST_LINE_LENGTH);
    g_autoptr(GBytes) bytes = g_bytes_new(body, length - FIRST_LINE_LENGTH);
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(TYPE), bytes, FALSE));
    if (memcmp(said, found, 64) == 0 && body[-1] == '\n' && g_variant_is_normal_form(value))
        return g_steal_pointer(&value);
    told_refuse(
        path, error,
        _("cut short or changed since it was written; bring the file over again, or have it made anew "
          "with phieu stations export"));
    return NULL;
}

static bool read_head(const char *path, GVariant *value, ToldFile *told, GError **error)
{
    const char *name;
    g_autoptr(GVariant) key = g_variant_get_child_value(value, 1);
    gsize size;
    gconstpointer bytes = g_variant_get_fixed_array(key, &size, 1);
    g_variant_get_child(value, 0, "&s", &name);
    g_variant_get_child(value, 2, "s", &told->survey);
    g_variant_get_child(value, 3, "s", &told->definition);
    if (!station_is_name(name))
        return told_refuse(path, error, _("its station's name is none"));
    if (size != STATION_KEY_SIZE)
        return told_refuse(path, error, _("its station's key has %zu bytes, not %d"), (size_t)size,
                           STATION_KEY_SIZE);
    g_strlcpy(told->station.name, name, sizeof told->station.name);
    memcpy(told->station.key, bytes, STATION_KEY_SIZE);
    return true;
}

static bool read_issued(const char *path, GVariant *value, ToldFile *told, GError **error)
{
    g_autoptr(GVariant) rows = g_variant_get_child_value(value, 4);
    const char *before = "";
    gsize count = g_variant_n_children(rows);
    for (gsize i = 0; i < count; i++) {
        StoreIssued *issued = g_new0(StoreIssued, 1);
        gboolean voided;
        g_variant_get_child(rows, i, "(ssssssb)", &issued->serial, &issued->form, &issued->layout_fingerprint,
                            &issued->group, &issued->agency, &issued->origin, &voided);
        issued->voided = voided;
        issued->station = g_strdup(told->station.name);
        g_ptr_array_add(told->issued, issued);
        int number = serial_parse(issued->serial);
        char serial[SERIAL_LENGTH + 1] = "";
        if (number > 0)
            serial_make(number, serial);
        g_autofree char *shown = text_printable(issued->serial);
        if (!g_str_equal(serial, issued->serial))
            return told_refuse(path, error, _("ballot %zu: '%s' is no number of a ballot"), (size_t)i + 1,
                               shown);
        if (strcmp(serial, before) <= 0)
            return told_refuse(path, error, _("ballot %zu: number %s stands there twice, or out of order"),
                               (size_t)i + 1, shown);
        before = issued->serial;
    }
    return true;
}

static bool read_layouts(const char *path, GVariant *value, ToldFile *told, GError **error)
{
    g_autoptr(GVariant) layouts = g_variant_get_child_value(value, 5);
    for (gsize i = 0; i < g_variant_n_children(layouts); i++) {
        g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        g_autoptr(GVariant) parts = g_variant_get_child_value(layouts, i);
        for (gsize p = 0; p < g_variant_n_children(parts); p++) {
            g_autoptr(GVariant) part = g_variant_get_child_value(parts, p);
            g_ptr_array_add(files, g_variant_get_data_as_bytes(part));
        }
        g_autofree char *name = g_strdup_printf(_("%s: layout %zu"), path, (size_t)i + 1);
        Layout *layout = layout_from_files(name, files, error);
        if (!layout)
            return false;
        g_ptr_array_add(told->layouts, layout);
    }
    return true;
}

ToldFile *told_file_read(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GVariant) value =
        file_read(path, MAX_BYTES, &text, &length, error) ? read_value(path, text, length, error) : NULL;
    if (!value)
        return NULL;
    g_autoptr(ToldFile) told = g_new0(ToldFile, 1);
    told->issued = g_ptr_array_new_with_free_func((GDestroyNotify)store_issued_free);
    told->layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    return read_head(path, value, told, error) && read_issued(path, value, told, error) &&
                   read_layouts(path, value, told, error)
               ? g_steal_pointer(&told)
               : NULL;
}
