/* The measure reading is held against: decodes every page of the files to grey at full size and does nothing
 * else with it.
 *   bench decode FILE…
 * Prints files, pages and pixels, so that nobody measures a decode that did not happen. Ends with 1 when a
 * file or page cannot be decoded. Time and memory are taken from outside (scripts/bench). */
#include "page/page.h"

#include <locale.h>

/* Decodes all pages of one file; false when one cannot be. */
static bool decode_file(const char *path, int64_t *pages, int64_t *pixels)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PageFile) file = page_file_open(path, &error);
    if (!file) {
        g_printerr("%s\n", error->message);
        return false;
    }
    for (int i = 0; i < page_file_count(file); i++) {
        g_autoptr(PageImage) image = page_file_read(file, i, false, &error);
        if (!image) {
            g_printerr("%s: page %d: %s\n", path, i + 1, error->message);
            return false;
        }
        (*pages)++;
        *pixels += (int64_t)image->grey->width_px * image->grey->height_px;
    }
    return true;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    if (argc < 3 || !g_str_equal(argv[1], "decode")) {
        g_printerr("bench decode FILE…: decodes every page to grey at full size\n");
        return 2;
    }
    int64_t pages = 0, pixels = 0;
    for (int i = 2; i < argc; i++)
        if (!decode_file(argv[i], &pages, &pixels))
            return 1;
    g_print("%d files, %" G_GINT64_FORMAT " pages, %" G_GINT64_FORMAT " pixels\n", argc - 2, pages, pixels);
    return 0;
}
