#include "layout/layout_internal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <png.h>
#include <string.h>

#define MAX_JSON_BYTES (16 * 1024 * 1024)
#define MAX_PNG_BYTES (128 * 1024 * 1024)

/* The blank of a page stands beside the JSON: NAME.json → NAME-PAGE.png. The JSON names no files. */
static char *blank_path(const char *json_path, int page)
{
    gsize length = strlen(json_path);
    if (g_str_has_suffix(json_path, ".json"))
        length -= strlen(".json");
    return g_strdup_printf("%.*s-%d.png", (int)length, json_path, page);
}

static Raster *decode_blank(const char *path, GBytes *picture, GError **error)
{
    gsize length;
    const void *data = g_bytes_get_data(picture, &length);
    png_image image = {.version = PNG_IMAGE_VERSION};
    g_autoptr(Raster) raster = NULL;
    g_autofree char *shown = text_printable(path);
    if (data && png_image_begin_read_from_memory(&image, data, length)) {
        if (image.width > RASTER_MAX_SIDE_PX || image.height > RASTER_MAX_SIDE_PX) {
            png_image_free(&image);
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT, _("%s: the picture is too large"), shown);
            return NULL;
        }
        image.format = PNG_FORMAT_GRAY;
        raster = raster_new((int)image.width, (int)image.height, error);
        if (!raster) {
            png_image_free(&image);
            return NULL;
        }
        const png_color white = {255, 255, 255};
        if (png_image_finish_read(&image, &white, raster->pixels, (png_int_32)raster->stride, NULL))
            return g_steal_pointer(&raster);
    }
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: no readable PNG: %s"), shown,
                image.message);
    png_image_free(&image);
    return NULL;
}

static GBytes *read_bytes(const char *path, gsize max, GError **error)
{
    char *data;
    gsize length;
    return file_read(path, max, &data, &length, error) ? g_bytes_new_take(data, length) : NULL;
}

static void bytes_free(gpointer bytes)
{
    g_bytes_unref(bytes);
}

static bool parse(const char *name, GBytes *text, LayoutJson *ret_json, GError **error)
{
    gsize length;
    const char *data = g_bytes_get_data(text, &length);
    return layout_from_json(name, data ? data : "", length, ret_json, error);
}

/* Puts the pictures (files[1] …) to the pages that have one; takes the layout over. */
static Layout *add_blanks(const char *name, const LayoutJson *json, const GPtrArray *files, GError **error)
{
    g_autoptr(Layout) layout = json->layout;
    guint next = 1;
    for (guint i = 0; i < layout->pages->len; i++) {
        LayoutPage *page = layout->pages->pdata[i];
        if (json->dpi_x[i] == 0)
            continue;
        g_autofree char *path = blank_path(name, page->page);
        g_autoptr(GBytes) none = g_bytes_new(NULL, 0);
        page->blank = decode_blank(path, next < files->len ? files->pdata[next] : none, error);
        if (!page->blank)
            return NULL;
        next++;
        page->blank->dpi_x = json->dpi_x[i];
        page->blank->dpi_y = json->dpi_y[i];
    }
    g_autofree char *stated = g_strdup(layout->fingerprint);
    layout_seal(layout);
    if (!g_str_equal(stated, layout->fingerprint)) {
        g_autofree char *shown = text_printable(name);
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("%s: the layout or one of its pictures was changed since it was saved (fingerprint %.8s, "
              "found %.8s); restore the files as phieu saved them"),
            shown, stated, layout->fingerprint);
        return NULL;
    }
    return g_steal_pointer(&layout);
}

Layout *layout_from_files(const char *name, const GPtrArray *files, GError **error)
{
    LayoutJson json;
    g_autoptr(GBytes) none = g_bytes_new(NULL, 0);
    return parse(name, files->len ? files->pdata[0] : none, &json, error)
               ? add_blanks(name, &json, files, error)
               : NULL;
}

/* The bytes of a saved layout, GBytes*, and what its JSON says. */
static GPtrArray *read_files(const char *json_path, LayoutJson *ret_json, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(bytes_free);
    GBytes *text = read_bytes(json_path, MAX_JSON_BYTES, error);
    if (!text)
        return NULL;
    g_ptr_array_add(files, text);
    LayoutJson json;
    if (!parse(json_path, text, &json, error))
        return NULL;
    for (guint i = 0; i < json.layout->pages->len; i++) {
        if (json.dpi_x[i] == 0)
            continue;
        g_autofree char *path = blank_path(json_path, (int)i + 1);
        GBytes *picture = read_bytes(path, MAX_PNG_BYTES, error);
        if (!picture) {
            layout_free(json.layout);
            return NULL;
        }
        g_ptr_array_add(files, picture);
    }
    *ret_json = json;
    return g_steal_pointer(&files);
}

Layout *layout_load(const char *json_path, GError **error)
{
    LayoutJson json;
    g_autoptr(GPtrArray) files = read_files(json_path, &json, error);
    return files ? add_blanks(json_path, &json, files, error) : NULL;
}

static char *saved_path(const Layout *layout, const char *dir)
{
    g_autofree char *name = g_strdup_printf("%s-%.8s.json", layout->form, layout->fingerprint);
    return g_build_filename(dir, name, NULL);
}

GPtrArray *layout_read_files(const Layout *layout, const char *dir, GError **error)
{
    LayoutJson json;
    g_autofree char *path = saved_path(layout, dir);
    GPtrArray *files = read_files(path, &json, error);
    if (files)
        layout_free(json.layout);
    return files;
}

/* Form ids become file names. */
static bool is_file_name(const char *form)
{
    for (const char *c = form; *c; c++) {
        if (!g_ascii_isalnum(*c) && *c != '-' && *c != '_')
            return false;
    }
    return *form != '\0';
}

/* Whether another layout already stands under that name: a matter of chance with 8 digits, but it would be
 * overwritten. */
static bool is_taken(const char *json_path, const Layout *layout)
{
    g_autoptr(Layout) other =
        g_file_test(json_path, G_FILE_TEST_EXISTS) ? layout_load(json_path, NULL) : NULL;
    return other && !g_str_equal(other->fingerprint, layout->fingerprint);
}

bool layout_save(const Layout *layout, const char *dir, GError **error)
{
    g_return_val_if_fail(layout->fingerprint[0], false);
    g_autofree char *shown_dir = text_printable(dir);
    if (!is_file_name(layout->form)) {
        g_autofree char *shown = text_printable(layout->form);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("form '%s': give it an id of letters, digits, '-' and '_' only"), shown);
        return false;
    }
    if (g_mkdir_with_parents(dir, 0755) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be made: %s"), shown_dir,
                    failure_words(errno));
        return false;
    }
    g_autofree char *path = saved_path(layout, dir);
    if (is_taken(path, layout)) {
        g_autofree char *name = g_path_get_basename(path);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("%s/%s: another layout has this name; give the form a new version"), shown_dir, name);
        return false;
    }
    for (guint i = 0; i < layout->pages->len; i++) {
        const LayoutPage *page = layout->pages->pdata[i];
        g_autofree char *picture = blank_path(path, page->page);
        if (page->blank && !raster_write_png(page->blank, picture, error))
            return false;
    }
    /* last: a layout whose JSON stands is whole */
    g_autofree char *text = layout_to_json(layout);
    return file_replace(path, text, -1, error);
}

GPtrArray *layout_load_all(const char *dir, GError **error)
{
    g_autoptr(GPtrArray) layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) folder = g_dir_open(dir, 0, &cause);
    if (!folder) {
        if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return g_steal_pointer(&layouts);
        g_autofree char *shown = text_printable(dir);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: cannot be read: %s"), shown,
                    cause->message);
        return NULL;
    }
    const char *name;
    while ((name = g_dir_read_name(folder))) {
        if (g_str_has_suffix(name, ".json") && name[0] != '.')
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, text_compare);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
        Layout *layout = layout_load(path, error);
        if (!layout)
            return NULL;
        g_ptr_array_add(layouts, layout);
    }
    return g_steal_pointer(&layouts);
}
