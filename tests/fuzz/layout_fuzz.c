/* A saved layout's JSON, beside its blank page. */
#include "fuzz/fuzz.h"
#include "layout/layout.h"

#include <string.h>

static const char *const words[] = {"null", "{",  "}",     "[",       "]",    ",", ":",
                                    "\"",   "-1", "1e400", "\\u0000", "true", NULL};

static Layout *make_layout(const char *form, bool blank)
{
    Layout *layout = layout_new(form, 3);
    for (int p = 0; p < 2; p++) {
        LayoutPage *page = layout_add_page(layout, 210, 297);
        page->has_marks = p == 0;
        for (int i = 0; p == 0 && i < LAYOUT_MARKS; i++)
            page->marks[i] = (RectMm){i == 0 || i == 3 ? 10 : 195, i < 2 ? 10 : 280, 5, 5};
        page->code = (RectMm){20, 15, 16, 16};
        page->serial = (RectMm){170, 285, 20, 4};
        layout_add_box(page, "q1", "a", (RectMm){40, 60.5, 4.6, 4.6}, 0.28, LAYOUT_SQUARE);
        layout_add_box(page, "q1", "b", (RectMm){60, 60.5, 4.6, 4.6}, 0, LAYOUT_ROUND);
        layout_add_field(page, "note", LAYOUT_FIELD_TEXT, (RectMm){40, 200, 120, 30});
        layout_add_variable(page, (RectMm){20, 15, 16, 16});
        if (!blank)
            continue;
        page->blank = raster_new(83, 117, NULL);
        memset(page->blank->pixels, 255, page->blank->stride * 117);
        memset(page->blank->pixels + 40 * page->blank->stride, 0, 83);
        page->blank->dpi_x = page->blank->dpi_y = 100;
    }
    layout_seal(layout);
    return layout;
}

static void make_seeds(GArray *seeds, const char *dir)
{
    for (int blank = 0; blank < 2; blank++) {
        g_autoptr(Layout) layout = make_layout(blank ? "F1" : "f-2", blank);
        g_assert_true(layout_save(layout, dir, NULL));
        g_autofree char *name = g_strdup_printf("%s-%.8s.json", layout->form, layout->fingerprint);
        g_autofree char *path = g_build_filename(dir, name, NULL);
        char *data;
        gsize length;
        g_assert_true(g_file_get_contents(path, &data, &length, NULL));
        fuzz_add_seed(seeds, g_bytes_new_take(data, length), NULL);
        for (int page = 1; blank && page <= 2; page++) {
            g_autofree char *input = g_strdup_printf("%s/layout-%d.png", dir, page);
            const LayoutPage *of = layout->pages->pdata[page - 1];
            g_assert_true(raster_write_png(of->blank, input, NULL));
        }
    }
}

static void run(const char *path, const char *data, size_t length)
{
    (void)data;
    (void)length;
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = layout_load(path, &error);
    if (!layout) {
        fuzz_check_error(error);
        return;
    }
    g_assert_cmpuint(strlen(layout->fingerprint), ==, 64);
    g_autofree char *before = g_strdup(layout->fingerprint);
    layout_seal(layout);
    g_assert_cmpstr(before, ==, layout->fingerprint);
}

const FuzzTarget fuzz_target = {"layout", "layout.json", words, make_seeds, run};
