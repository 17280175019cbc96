#include "base/base.h"
#include <errno.h>

#include <glib/gstdio.h>
#include <string.h>

static void assert_decimal(const char *text, int decimals, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Rational) value = rational_parse(text, &error);
    g_assert_no_error(error);
    g_autofree char *shown = rational_to_decimal(value, decimals, ',');
    g_assert_cmpstr(shown, ==, expected);
}

static void test_rounding(void)
{
    assert_decimal("1.065789", 2, "1,07");
    assert_decimal("0.005", 2, "0,01");
    assert_decimal("-0.005", 2, "-0,01");
    assert_decimal("-0.004", 2, "0,00");
    assert_decimal("2.675", 2, "2,68"); /* a double would give 2,67 */
    assert_decimal("99.995", 2, "100,00");
    assert_decimal("12", 0, "12");
    assert_decimal("0.5", 0, "1");

    g_autoptr(Rational) points = rational_new(6832, 100), max = rational_new(84, 1),
                        hundred = rational_new(100, 1);
    g_autoptr(Rational) share = rational_div(points, max);
    g_autoptr(Rational) percent = rational_mul(share, hundred);
    g_autofree char *shown = rational_to_decimal(percent, 2, ',');
    g_assert_cmpstr(shown, ==, "81,33");
}

static void test_rational(void)
{
    g_autoptr(Rational) third = rational_new(1, 3), sixth = rational_new(1, 6);
    g_autoptr(Rational) sum = rational_add(third, sixth), difference = rational_sub(sixth, third);
    g_autofree char *exact = rational_to_exact(sum), *negative = rational_to_exact(difference);
    g_assert_cmpstr(exact, ==, "1/2");
    g_assert_cmpstr(negative, ==, "-1/6");
    g_assert_cmpint(rational_compare(third, sixth), >, 0);
    g_assert_cmpint(rational_sign(difference), <, 0);

    static const char *const bad[] = {
        "", "-", "1.", ".5", "1,5", "1e3", " 1", "1 ", "0x10", "+1", "1.2.3", "nan", "1234567890123456789"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(rational_parse(bad[i], &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    }
}

static void test_numbers(void)
{
    int64_t whole = -1;
    g_autoptr(GError) error = NULL;
    g_assert_true(number_parse_int("42", 0, 100, &whole, &error));
    g_assert_cmpint(whole, ==, 42);
    static const char *const bad[] = {"", "5mm", "2.7", " 5", "101", "-1", "99999999999999999999"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_clear_error(&error);
        whole = 7;
        g_assert_false(number_parse_int(bad[i], 0, 100, &whole, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_assert_cmpint(whole, ==, 7);
    }
    double value = 0;
    g_clear_error(&error);
    g_assert_true(number_parse_double("-12.5", -20, 20, &value, &error));
    g_assert_cmpfloat(value, ==, -12.5);
    static const char *const not_numbers[] = {"5mm", "inf", "nan", "0x1p3", "1e1", "", "21"};
    for (size_t i = 0; i < G_N_ELEMENTS(not_numbers); i++) {
        g_clear_error(&error);
        g_assert_false(number_parse_double(not_numbers[i], -20, 20, &value, &error));
    }
}

/* Thousands stand apart as the language writes them, also in eight figures of one message. */
static void test_shown(void)
{
    g_autofree char *before = g_strdup(g_getenv("LANGUAGE"));
    g_setenv("LANGUAGE", "vi", TRUE);
    g_autofree char *eight = g_strdup_printf(
        "%s %s %s %s %s %s %s %s", number_shown(0), number_shown(999), number_shown(1000), number_shown(1278),
        number_shown(24530), number_shown(-1234567), number_shown(INT64_MAX), number_shown(INT64_MIN));
    g_assert_cmpstr(eight, ==,
                    "0 999 1.000 1.278 24.530 -1.234.567 9.223.372.036.854.775.807 "
                    "-9.223.372.036.854.775.808");
    g_assert_cmpint(number_decimal_mark(), ==, ',');
    g_setenv("LANGUAGE", "en", TRUE);
    g_assert_cmpstr(number_shown(24530), ==, "24,530");
    g_assert_cmpint(number_decimal_mark(), ==, '.');
    if (before)
        g_setenv("LANGUAGE", before, TRUE);
    else
        g_unsetenv("LANGUAGE");
}

static void test_map(void)
{
    PageMap map = {{11.8, 0.4, 30, -0.3, 11.7, 25, 1e-5, -2e-5, 1}}, inverse;
    g_assert_true(page_map_invert(&map, &inverse));
    PointMm at = {105.5, 201.25};
    PointPx px = page_map_point(&map, at);
    PointPx back = page_map_point(&inverse, (PointMm){px.x_px, px.y_px});
    g_assert_cmpfloat_with_epsilon(back.x_px, at.x_mm, 1e-6);
    g_assert_cmpfloat_with_epsilon(back.y_px, at.y_mm, 1e-6);
    PageMap flat = {{1, 2, 3, 2, 4, 6, 0, 0, 0}};
    g_assert_false(page_map_invert(&flat, &inverse));
}

static Raster *numbered_raster(int width, int height)
{
    Raster *raster = raster_new(width, height, NULL);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            raster->pixels[(size_t)y * raster->stride + x] = (uint8_t)(y * width + x);
    return raster;
}

static void test_turns(void)
{
    g_autoptr(Raster) raster = numbered_raster(3, 2); /* 0 1 2 / 3 4 5 */
    static const uint8_t expected[4][6] = {
        {0, 1, 2, 3, 4, 5}, {3, 0, 4, 1, 5, 2}, {5, 4, 3, 2, 1, 0}, {2, 5, 1, 4, 0, 3}};
    for (int turns = 0; turns < 4; turns++) {
        g_autoptr(Raster) turned = raster_turn(raster, turns, NULL);
        int width = turns % 2 ? 2 : 3;
        g_assert_cmpint(turned->width_px, ==, width);
        for (int i = 0; i < 6; i++)
            g_assert_cmpint(turned->pixels[(size_t)(i / width) * turned->stride + i % width], ==,
                            expected[turns][i]);
    }
}

static void test_raster_limits(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(raster_new(100000, 10, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT);
    g_clear_error(&error);
    g_assert_null(raster_new(30000, 30000, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT);
    g_clear_error(&error);
    g_assert_null(raster_new(0, 5, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT);

    g_clear_error(&error);
    g_autoptr(Raster) raster = numbered_raster(4, 4);
    g_autoptr(Raster) crop = raster_crop(raster, (RectPx){-1, 2, 3, 10}, &error);
    g_assert_cmpint(crop->width_px, ==, 2);
    g_assert_cmpint(crop->height_px, ==, 2);
    g_assert_cmpint(crop->pixels[0], ==, 8);
    g_assert_null(raster_crop(raster, (RectPx){4, 0, 2, 2}, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

static void test_text(void)
{
    g_autofree char *shown = text_printable("phiếu\n\x1b[31m\xff");
    g_assert_cmpstr(shown, ==, "phiếu\\n\\x1b[31m\\xff");
    g_assert_true(text_is_nfc("Sở Nội vụ"));
    g_assert_false(text_is_nfc("So\xcc\x9b\xcc\x89")); /* decomposed */
    g_assert_false(text_is_nfc("\xff"));
    static const char *const folded[][3] = {{"  Người\tNHẬP   A ", "", "người nhập a"},
                                            {"So\xcc\x9b\xcc\x89 – Nội-vụ.", "-–.", "sở nội vụ"},
                                            {"le.an", "", "le.an"},
                                            {" ", "", ""}};
    for (size_t i = 0; i < G_N_ELEMENTS(folded); i++) {
        g_autofree char *text = text_folded(folded[i][0], folded[i][1]);
        g_assert_cmpstr(text, ==, folded[i][2]);
    }
}

static void test_files(void)
{
    g_autofree char *dir = g_dir_make_tmp("phieu-base-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "tên có 'dấu'\n.txt", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(file_sha256(path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "\\n"));
    g_clear_error(&error);
    g_assert_true(file_replace(path, "abc", 3, &error));
    g_autofree char *sum = file_sha256(path, &error);
    g_assert_cmpstr(sum, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    g_autofree char *nowhere = g_build_filename(dir, "none", "file", NULL);
    g_assert_false(file_replace(nowhere, "abc", 3, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_unlink(path);
    g_rmdir(dir);
}

/* By the name, and never what begins as a scan or a workbook. */
static void test_litter(void)
{
    static const struct {
        const char *name, *text;
        bool litter;
    } cases[] = {{"Thumbs.db", "\xd0\xcf\x11\xe0", true},
                 {"DESKTOP.INI", "[x]", true},
                 {".DS_Store", "", true},
                 {"._quét.jpg", "\0\5\x16\7", true},
                 {"~$SNV.xlsx", "\6office", true},
                 {".~lock.a.ods#", ",", true},
                 {"~$SNV.xlsx", "PK\3\4", false},
                 {"._1.pdf", "%PDF-1.4", false},
                 {"thumbs.db.pdf", "x", false},
                 {"a~$b.xlsx", "x", false},
                 {"quét.jpg", "x", false}};
    g_autofree char *dir = g_dir_make_tmp("phieu-base-XXXXXX", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_build_filename(dir, cases[i].name, NULL);
        g_assert_true(file_replace(path, cases[i].text, -1, NULL));
        g_assert_true(file_is_litter(path) == cases[i].litter);
        g_unlink(path);
    }
    g_rmdir(dir);
}

static void test_nearest(void)
{
    const char *const known[] = {"scan", "show", "status", NULL};
    g_assert_cmpstr(text_nearest("scna", known, 2), ==, "scan");
    g_assert_cmpstr(text_nearest("statsu", known, 3), ==, "status");
    g_assert_cmpstr(text_nearest("show", known, 0), ==, "show");
    g_assert_null(text_nearest("xyzzy", known, 2));
    g_autofree char *long_word = g_strnfill(500, 's');
    g_assert_null(text_nearest(long_word, known, 600));
    g_assert_null(text_nearest("scan", known + 3, 9)); /* none to choose from */
}

/* What the system says, in our words: by its number and as GLib's file functions report it. */
static void test_failure_words(void)
{
    g_assert_cmpstr(failure_words(ENOENT), ==, "there is no such file or folder");
    g_assert_cmpstr(failure_words(ELOOP), ==, g_strerror(ELOOP));
    g_autoptr(GError) missing = NULL, other = g_error_new_literal(PHIEU_ERROR, PHIEU_ERROR_FAILED, "own");
    g_autofree char *bytes = NULL;
    g_assert_false(g_file_get_contents("/none/none", &bytes, NULL, &missing));
    g_assert_cmpstr(failure_words_of(missing), ==, failure_words(ENOENT));
    g_assert_cmpstr(failure_words_of(other), ==, "own");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/failure-words", test_failure_words);
    g_test_add_func("/base/rounding", test_rounding);
    g_test_add_func("/base/shown", test_shown);
    g_test_add_func("/base/rational", test_rational);
    g_test_add_func("/base/numbers", test_numbers);
    g_test_add_func("/base/map", test_map);
    g_test_add_func("/base/turns", test_turns);
    g_test_add_func("/base/raster-limits", test_raster_limits);
    g_test_add_func("/base/text", test_text);
    g_test_add_func("/base/nearest", test_nearest);
    g_test_add_func("/base/files", test_files);
    g_test_add_func("/base/litter", test_litter);
    return g_test_run();
}
