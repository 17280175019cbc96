#include "text/text.h"

#include <cairo.h>
#include <string.h>

/* Lines of print at 300 dpi, the first 60 pixels from the top, 90 apart. */
static Raster *print_lines(const char *const *lines, int width_px, int height_px)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_select_font_face(cr, "Liberation Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, 54);
    for (int i = 0; lines[i]; i++) {
        cairo_move_to(cr, 80, 110 + 90 * i);
        cairo_show_text(cr, lines[i]);
    }
    cairo_surface_flush(surface);
    Raster *page = raster_new(width_px, height_px, NULL);
    const uint8_t *from = cairo_image_surface_get_data(surface);
    for (int y = 0; y < height_px; y++) {
        for (int x = 0; x < width_px; x++)
            page->pixels[(size_t)y * page->stride + (size_t)x] =
                from[(size_t)y * (size_t)cairo_image_surface_get_stride(surface) + 4 * (size_t)x];
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return page;
}

static TextReader *load(void)
{
    g_autoptr(GError) error = NULL;
    TextReader *reader = text_reader_new("vie+eng", &error);
    g_assert_no_error(error);
    return reader;
}

static const TextWord *find_word(const GPtrArray *words, const char *text)
{
    for (guint i = 0; i < words->len; i++) {
        if (g_str_equal(((TextWord *)words->pdata[i])->text, text))
            return words->pdata[i];
    }
    return NULL;
}

static void test_page(void)
{
    static const char *const lines[] = {"Thái độ của công chức", "Rất tốt", NULL};
    g_autoptr(TextReader) reader = load();
    g_autoptr(Raster) page = print_lines(lines, 1000, 300);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) words = text_read_page(reader, page, &error);
    g_assert_no_error(error);
    static const char *const expected[] = {"Thái", "độ", "của", "công", "chức", "Rất", "tốt"};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        const TextWord *word = find_word(words, expected[i]);
        g_assert_nonnull(word);
        g_assert_true(g_utf8_validate(word->text, -1, NULL));
        g_assert_cmpfloat(word->confidence, >, 0.5);
        g_assert_cmpfloat(word->confidence, <=, 1);
        int line = i < 5 ? 0 : 1; /* each lies on its own line */
        g_assert_cmpint(word->rect.y_px, >, 40 + 90 * line);
        g_assert_cmpint(word->rect.y_px + word->rect.h_px, <, 140 + 90 * line);
    }
}

/* One line of a page: only its own words, in order, at their place on the page. */
static void test_line(void)
{
    static const char *const lines[] = {"Nội dung khác", "Không hài lòng", "Nội dung khác", NULL};
    g_autoptr(TextReader) reader = load();
    g_autoptr(Raster) page = print_lines(lines, 1000, 400);
    g_autoptr(GPtrArray) words = text_read_line(reader, page, (RectPx){60, 145, 700, 80}, NULL);
    g_assert_cmpuint(words->len, ==, 3);
    static const char *const expected[] = {"Không", "hài", "lòng"};
    for (guint i = 0; i < words->len; i++) {
        const TextWord *word = words->pdata[i];
        g_assert_cmpstr(word->text, ==, expected[i]);
        g_assert_cmpint(word->rect.x_px, >, i ? ((TextWord *)words->pdata[i - 1])->rect.x_px : 70);
        g_assert_cmpint(word->rect.y_px, >, 140);
        g_assert_cmpint(word->rect.y_px + word->rect.h_px, <, 230);
    }
}

/* Nothing there is nothing read; a place off the page is empty, partly off is read as far as it is there. */
static void test_nothing(void)
{
    static const char *const none[] = {NULL}, *const some[] = {"Không", NULL};
    g_autoptr(TextReader) reader = load();
    g_autoptr(Raster) empty = print_lines(none, 600, 200);
    g_autoptr(Raster) page = print_lines(some, 400, 200);
    g_autoptr(GPtrArray) words = text_read_page(reader, empty, NULL);
    for (guint i = 0; i < words->len; i++)
        g_assert_cmpstr(((TextWord *)words->pdata[i])->text, ==, "");
    static const RectPx off[] = {{500, 10, 100, 50}, {-200, 10, 100, 50}, {10, 10, 0, 0}, {10, 300, 50, 50}};
    for (size_t i = 0; i < G_N_ELEMENTS(off); i++) {
        g_autoptr(GPtrArray) there = text_read_line(reader, page, off[i], NULL);
        g_assert_cmpuint(there->len, ==, 0);
    }
    g_autoptr(GPtrArray) partly = text_read_line(reader, page, (RectPx){-50, 55, 2000, 80}, NULL);
    g_assert_nonnull(find_word(partly, "Không"));
}

static void test_languages(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(text_reader_new("no-such-language", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "no-such-language"));
    g_assert_nonnull(strstr(error->message, "tesseract-ocr-vie"));
    text_reader_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/page", test_page);
    g_test_add_func("/text/line", test_line);
    g_test_add_func("/text/nothing", test_nothing);
    g_test_add_func("/text/languages", test_languages);
    return g_test_run();
}
