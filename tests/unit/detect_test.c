/* Boxes, matrices and fields drawn here are found again where they were drawn; what is no box is not. */
#include <string.h>

#include "detect/detect.h"

#define PX (300 / MM_PER_INCH)

static Raster *new_page(void)
{
    Raster *page = raster_new(2480, 3508, NULL);
    page->dpi_x = page->dpi_y = 300;
    for (int y = 0; y < page->height_px; y++)
        memset(page->pixels + (size_t)y * page->stride, 255, (size_t)page->width_px);
    return page;
}

static void fill(Raster *page, double x, double y, double w, double h)
{
    for (int row = (int)(y * PX); row < (int)((y + h) * PX); row++)
        memset(page->pixels + (size_t)row * page->stride + (int)(x * PX), 0, (size_t)(w * PX));
}

/* An outline of 0.3 mm around an inside. */
static void draw_box(Raster *page, double x, double y, double w, double h)
{
    fill(page, x - 0.3, y - 0.3, w + 0.6, 0.3);
    fill(page, x - 0.3, y + h, w + 0.6, 0.3);
    fill(page, x - 0.3, y - 0.3, 0.3, h + 0.6);
    fill(page, x + w, y - 0.3, 0.3, h + 0.6);
}

static DetectForm *detect_one(Raster *page, GError **error)
{
    g_autoptr(GPtrArray) pages = g_ptr_array_new();
    g_ptr_array_add(pages, page);
    return detect_form(pages, error);
}

static void test_squares(void)
{
    g_autoptr(Raster) page = new_page();
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 4; column++)
            draw_box(page, 110 + 20 * column, 80 + 12 * row, 4, 4);
    fill(page, 10, 10, 6, 6);         /* a corner mark is no box */
    draw_box(page, 20, 240, 120, 30); /* a frame is a place to write */
    g_autoptr(GError) error = NULL;
    g_autoptr(DetectForm) form = detect_one(page, &error);
    g_assert_no_error(error);
    guint boxes = 0, fields = 0;
    for (guint i = 0; i < form->questions->len; i++) {
        const DetectQuestion *question = form->questions->pdata[i];
        fields += question->options->len == 0;
        boxes += question->options->len;
        for (guint o = 0; o < question->options->len; o++) {
            const DetectOption *option = question->options->pdata[o];
            g_assert_cmpfloat_with_epsilon(option->rect.x_mm, 110 + 20 * o, 0.3);
            g_assert_cmpfloat_with_epsilon(option->rect.w_mm, 4, 0.3);
        }
    }
    g_assert_cmpuint(boxes, ==, 12);
    g_assert_cmpuint(fields, ==, 1);
    g_assert_cmpuint(form->questions->len, ==, 4);
    g_assert_cmpuint(form->scales->len, ==, 1);
}

static void test_nothing(void)
{
    g_autoptr(Raster) page = new_page();
    g_autoptr(GError) error = NULL;
    DetectForm *form = detect_one(page, &error);
    g_assert_null(form);
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GError) empty = NULL;
    form = detect_form(none, &empty);
    g_assert_null(form);
    g_assert_error(empty, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

static void test_alike(void)
{
    g_autoptr(Raster) page = new_page();
    draw_box(page, 50, 50, 4, 4);
    draw_box(page, 50, 60, 4, 4);
    g_autoptr(GPtrArray) pages = g_ptr_array_new();
    g_ptr_array_add(pages, page);
    g_ptr_array_add(pages, page);
    g_autoptr(GError) error = NULL;
    g_autoptr(DetectForm) form = detect_form(pages, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(form->alike->len, ==, 1);
    g_assert_cmpint(g_array_index(form->alike, DetectAlike, 0).second, ==, 2);
}

static void test_merge_refuses(void)
{
    g_autoptr(Raster) page = new_page();
    g_autoptr(GPtrArray) copies = g_ptr_array_new();
    g_ptr_array_add(copies, page);
    g_ptr_array_add(copies, page);
    g_autoptr(GError) error = NULL;
    int used = -1;
    Raster *merged = detect_merge(copies, &used, &error);
    g_assert_null(merged);
    g_assert_cmpint(used, ==, -1);
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/detect/squares", test_squares);
    g_test_add_func("/detect/nothing", test_nothing);
    g_test_add_func("/detect/alike", test_alike);
    g_test_add_func("/detect/merge-refuses", test_merge_refuses);
    return g_test_run();
}
