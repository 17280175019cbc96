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

static bool read_file(const char *path, gsize max, char **ret_data, gsize *ret_length, GError **error)
{
    GStatBuf info;
    g_autofree char *shown = text_printable(path);
    if (g_stat(path, &info) != 0) {
        int failure = errno;
        g_set_error(error, PHIEU_ERROR, failure == ENOENT ? PHIEU_ERROR_NOT_FOUND : PHIEU_ERROR_UNREADABLE,
                    _("%s: cannot be opened: %s"), shown, g_strerror(failure));
        return false;
    }
    if (!S_ISREG(info.st_mode) || (guint64)info.st_size > max) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: no file of at most %zu bytes"), shown,
                    (size_t)max);
        return false;
    }
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(path, ret_data, ret_length, &cause)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: cannot be read: %s"), shown,
                    cause->message);
        return false;
    }
    return true;
}

static Raster *load_blank(const char *path, GError **error)
{
    g_autofree char *data = NULL;
    gsize length;
    if (!read_file(path, MAX_PNG_BYTES, &data, &length, error))
        return NULL;
    png_image image = {.version = PNG_IMAGE_VERSION};
    g_autoptr(Raster) raster = NULL;
    g_autofree char *shown = text_printable(path);
    if (png_image_begin_read_from_memory(&image, data, length)) {
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

Layout *layout_load(const char *json_path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    LayoutJson json;
    if (!read_file(json_path, MAX_JSON_BYTES, &text, &length, error) ||
        !layout_from_json(json_path, text, length, &json, error))
        return NULL;
    g_autoptr(Layout) layout = json.layout;
    for (guint i = 0; i < layout->pages->len; i++) {
        LayoutPage *page = layout->pages->pdata[i];
        if (json.dpi_x[i] == 0)
            continue;
        g_autofree char *path = blank_path(json_path, page->page);
        page->blank = load_blank(path, error);
        if (!page->blank)
            return NULL;
        page->blank->dpi_x = json.dpi_x[i];
        page->blank->dpi_y = json.dpi_y[i];
    }
    g_autofree char *stated = g_strdup(layout->fingerprint);
    layout_seal(layout);
    if (!g_str_equal(stated, layout->fingerprint)) {
        g_autofree char *shown = text_printable(json_path);
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("%s: the layout or one of its pictures was changed since it was saved (fingerprint %.8s, "
              "found %.8s); restore the files as phieu saved them"),
            shown, stated, layout->fingerprint);
        return NULL;
    }
    return g_steal_pointer(&layout);
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
                    g_strerror(errno));
        return false;
    }
    g_autofree char *name = g_strdup_printf("%s-%.8s.json", layout->form, layout->fingerprint);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (is_taken(path, layout)) {
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
