#include "layout/layout.h"

#include <glib/gstdio.h>
#include <string.h>

static void test_serial(void)
{
    char serial[SERIAL_LENGTH + 1];
    int swaps = 0, missed = 0;
    for (int number = 1; number < SERIAL_MAX; number += 7919) {
        serial_make(number, serial);
        g_assert_cmpint(serial_parse(serial), ==, number);
        /* every single wrong character is noticed, and nearly every swap of neighbours */
        for (int i = 0; i < SERIAL_LENGTH; i++) {
            char wrong[SERIAL_LENGTH + 1];
            memcpy(wrong, serial, sizeof wrong);
            wrong[i] = wrong[i] == '7' ? '1' : '7';
            g_assert_cmpint(serial_parse(wrong), ==, -1);
            if (i + 1 < SERIAL_LENGTH && serial[i] != serial[i + 1]) {
                memcpy(wrong, serial, sizeof wrong);
                wrong[i] = serial[i + 1];
                wrong[i + 1] = serial[i];
                swaps++;
                missed += serial_parse(wrong) != -1;
            }
        }
        g_autofree char *printed = serial_print_form(serial);
        g_assert_cmpint(serial_parse(printed), ==, number);
        g_autofree char *lower = g_ascii_strdown(printed, -1);
        g_assert_cmpint(serial_parse(lower), ==, number);
    }
    static const char *const bad[] = {"",        "123",        "000000-0", "12345-6K",
                                      "ABCDEFG", "0001234567", "000123--K"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_cmpint(serial_parse(bad[i]), ==, -1);
    g_autofree char *foreign = serial_print_form("X1234ABCD-1");
    g_assert_cmpstr(foreign, ==, "X1234ABCD-1");
}

static void test_page_code(void)
{
    PageCode code = {
        .kind = PAGE_CODE_BALLOT, .survey = "TV23", .form = "F1", .fingerprint8 = "3fa21c9b", .page = 2};
    serial_make(123, code.serial);
    g_autofree char *text = page_code_format(&code);
    g_autofree char *expected = g_strdup_printf("P1:TV23:F1:3FA21C9B:%s:2", code.serial);
    g_assert_cmpstr(text, ==, expected);
    PageCode back;
    g_autoptr(GError) error = NULL;
    g_assert_true(page_code_parse(text, &back, &error));
    g_assert_cmpstr(back.form, ==, "F1");
    g_assert_cmpint(back.page, ==, 2);

    PageCode cover = {.kind = PAGE_CODE_COVER,
                      .survey = "TV23",
                      .group = "G3",
                      .agency = "SNV",
                      .origin = "CK-NV",
                      .expected = 20};
    g_autofree char *cover_text = page_code_format(&cover);
    g_assert_cmpstr(cover_text, ==, "P1:TV23:*:G3:SNV:CK-NV:20");
    g_assert_true(page_code_parse(cover_text, &back, &error));
    g_assert_cmpint(back.kind, ==, PAGE_CODE_COVER);
    g_assert_cmpint(back.expected, ==, 20);

    static const char *const bad[] = {"",
                                      "Interviewer: Mario Rossi",
                                      "P1:TV23:F1:3FA21C9B:0001230:1",
                                      "P2:TV23:F1:3FA21C9B:000123K:1",
                                      "P1:TV23:F1:3FA21C9:000123K:1",
                                      "P1:TV23:*:G3:SNV:SNV:-1",
                                      "P1:TV23:*:G3:SNV:SNV:20:7",
                                      "P1:TV23:*:G3::SNV:20",
                                      "P1:TV23:F1:3FA21C9B:\xff:1"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_clear_error(&error);
        g_assert_false(page_code_parse(bad[i], &back, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    }
}

static Layout *sample_layout(void)
{
    Layout *layout = layout_new("F1", 3);
    for (int p = 0; p < 2; p++) {
        LayoutPage *page = layout_add_page(layout, 210, 297);
        page->has_marks = p == 0;
        for (int i = 0; i < LAYOUT_MARKS; i++)
            page->marks[i] = (RectMm){10 + 185 * (i == 1 || i == 2), 10 + 272 * (i >= 2), 5, 5};
        if (!page->has_marks)
            memset(page->marks, 0, sizeof page->marks);
        page->code = (RectMm){170, 20, 16.4, 16.4};
        layout_add_variable(page, page->code);
        layout_add_box(page, "q1", "a", (RectMm){100.125, 50.333333, 4.5, 4.5}, 0.3, LAYOUT_SQUARE);
        layout_add_box(page, "q1", "b", (RectMm){120, 50, 4.5, 4.5}, 0.3, LAYOUT_ROUND);
        layout_add_field(page, "note", LAYOUT_FIELD_IMAGE, (RectMm){20, 200, 170, 30});
        page->blank = raster_new(1000, 1414, NULL);
        for (int y = 0; y < 1414; y++)
            memset(page->blank->pixels + (size_t)y * page->blank->stride, 255 - y % 7 - p, 1000);
    }
    layout_seal(layout);
    return layout;
}

static void remove_all(const char *dir)
{
    g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(listing))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(dir);
}

static void test_save_load(void)
{
    g_autofree char *dir = g_dir_make_tmp("phieu-layout-XXXXXX", NULL);
    g_autoptr(Layout) layout = sample_layout();
    g_autoptr(GError) error = NULL;
    g_assert_true(layout_save(layout, dir, &error));
    g_assert_true(layout_save(layout, dir, &error));
    g_autoptr(GPtrArray) all = layout_load_all(dir, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 1);
    const Layout *back = all->pdata[0];
    g_assert_cmpstr(back->fingerprint, ==, layout->fingerprint);
    const LayoutPage *page = back->pages->pdata[1];
    g_assert_false(page->has_marks);
    g_assert_cmpint(layout_box_index(page, "q1", "b"), ==, 1);
    g_assert_cmpint(layout_box_index(page, "q1", "z"), ==, -1);
    g_assert_nonnull(layout_find(all, "f1", layout->fingerprint));
    g_assert_null(layout_find(all, "F1", "00000000"));

    /* a changed number and a changed blank are both noticed */
    g_autofree char *name = g_strdup_printf("%s/F1-%.8s.json", dir, layout->fingerprint);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(name, &text, NULL, NULL));
    g_auto(GStrv) parts = g_strsplit(text, "100.125", 2);
    g_autofree char *changed = g_strjoinv("100.126", parts);
    g_assert_true(g_file_set_contents(name, changed, -1, NULL));
    g_assert_null(layout_load(name, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_true(strstr(error->message, "F1-") != NULL);
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(name, text, -1, NULL));
    g_autofree char *blank = g_strdup_printf("%s/F1-%.8s-1.png", dir, layout->fingerprint);
    g_assert_true(raster_write_png(((LayoutPage *)layout->pages->pdata[1])->blank, blank, NULL));
    g_assert_null(layout_load(name, &error));
    g_clear_error(&error);

    static const char *const hostile[] = {"",
                                          "[]",
                                          "{",
                                          "{\"form\":1}",
                                          "{\"form\":\"F\",\"version\":1,\"pages\":[1]}",
                                          "{\"form\":\"F\",\"version\":1,\"pages\":[{\"width_mm\":1e99}]}"};
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_assert_true(g_file_set_contents(name, hostile[i], -1, NULL));
        g_assert_null(layout_load(name, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_clear_error(&error);
    }
    remove_all(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/serial", test_serial);
    g_test_add_func("/layout/page-code", test_page_code);
    g_test_add_func("/layout/save-load", test_save_load);
    return g_test_run();
}
