/* Boxes, matrices and fields drawn here are found again where they were drawn; what is no box is not. */
#include <cairo.h>
#include <math.h>
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

/* Drawn by cairo at 300 dpi, in millimetres: shapes with an outline, and print. */
typedef struct {
    cairo_surface_t *surface;
    cairo_t *cr;
} Drawing;

static Drawing drawing_new(void)
{
    Drawing drawing = {.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 2480, 3508)};
    drawing.cr = cairo_create(drawing.surface);
    cairo_set_source_rgb(drawing.cr, 1, 1, 1);
    cairo_paint(drawing.cr);
    cairo_scale(drawing.cr, PX, PX);
    cairo_select_font_face(drawing.cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    return drawing;
}

/* An ellipse around a middle: its outer size, its outline; grey 0 is black. */
static void draw_oval(Drawing *drawing, double x, double y, double w, double h, double thick, double grey)
{
    cairo_t *cr = drawing->cr;
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, (w - thick) / 2, (h - thick) / 2);
    cairo_new_path(cr);
    cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
    cairo_restore(cr);
    cairo_set_source_rgb(cr, grey, grey, grey);
    cairo_set_line_width(cr, thick);
    cairo_stroke(cr);
}

/* Text that begins at x, or stands around it, on the base line y; `size` of its capitals. */
static void draw_text(Drawing *drawing, double x, double y, double size, double grey, bool around,
                      const char *text)
{
    cairo_text_extents_t extents;
    cairo_set_font_size(drawing->cr, size / 0.72);
    cairo_text_extents(drawing->cr, text, &extents);
    cairo_set_source_rgb(drawing->cr, grey, grey, grey);
    cairo_move_to(drawing->cr, around ? x - extents.x_bearing - extents.width / 2 : x, y);
    cairo_show_text(drawing->cr, text);
}

static Raster *drawing_end(Drawing *drawing)
{
    Raster *page = new_page();
    cairo_surface_flush(drawing->surface);
    const unsigned char *from = cairo_image_surface_get_data(drawing->surface);
    int stride = cairo_image_surface_get_stride(drawing->surface);
    for (int y = 0; y < page->height_px; y++)
        for (int x = 0; x < page->width_px; x++)
            page->pixels[(size_t)y * page->stride + (size_t)x] =
                from[(size_t)y * (size_t)stride + 4 * (size_t)x];
    cairo_destroy(drawing->cr);
    cairo_surface_destroy(drawing->surface);
    return page;
}

static DetectForm *detect_one(Raster *page, GError **error)
{
    g_autoptr(GPtrArray) pages = g_ptr_array_new();
    g_ptr_array_add(pages, page);
    return detect_form(pages, false, error);
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

static guint count_options(const DetectForm *form)
{
    guint count = 0;
    for (guint i = 0; i < form->questions->len; i++)
        count += ((const DetectQuestion *)form->questions->pdata[i])->options->len;
    return count;
}

/* All labels of a question, joined. */
static char *labels(const DetectForm *form, guint index)
{
    const DetectQuestion *question = form->questions->pdata[index];
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < question->options->len; i++)
        g_string_append(all, ((const DetectOption *)question->options->pdata[i])->label);
    return g_string_free(all, FALSE);
}

/* Ovals with an outline as thick as that of a bold letter, the label as close as a letter. */
static void test_thick_ovals(void)
{
    static const char *const names[] = {"Hoa Sen", "Bông Lúa", "Cây Tre", "Dòng Sông", "Con Đò"};
    Drawing drawing = drawing_new();
    for (int i = 0; i < 10; i++) {
        double x = i < 5 ? 30 : 110, y = 60 + 14 * (i % 5);
        draw_oval(&drawing, x, y, 5.8, 4, 0.72, 0);
        draw_text(&drawing, x + 3.6, y + 1.5, 3, 0, false, names[i % 5]);
    }
    g_autoptr(Raster) page = drawing_end(&drawing);
    g_autoptr(GError) error = NULL;
    g_autoptr(DetectForm) form = detect_one(page, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_options(form), ==, 10);
    g_assert_cmpuint(form->left->len, ==, 0);
    const DetectOption *first = ((DetectQuestion *)form->questions->pdata[0])->options->pdata[0];
    g_assert_true(first->round);
    g_assert_cmpfloat_with_epsilon(first->rect.x_mm, 30 - 2.9 + 0.72, 0.25);
    g_assert_cmpfloat_with_epsilon(first->rect.h_mm, 4 - 2 * 0.72, 0.25);
}

/* Letters O, and what is as round, are no boxes however many there are. */
static void test_round_letters(void)
{
    Drawing drawing = drawing_new();
    for (int i = 0; i < 12; i++)
        draw_text(&drawing, 25, 40 + 9 * i, 3.4, 0, false,
                  "Otto O Oto DoOr QUO BOO Odo  OO  Do Oo  08000 OPO");
    for (int i = 0; i < 3; i++)
        draw_oval(&drawing, 40 + 20 * i, 200, 5, 5, 0.3, 0);
    g_autoptr(Raster) page = drawing_end(&drawing);
    g_autoptr(GError) error = NULL;
    g_autoptr(DetectForm) form = detect_one(page, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_options(form), ==, 3);
    g_assert_cmpuint(form->left->len, ==, 0);
}

/* Columns of pale circles with figures inside: a question a column, the figures its labels. */
static void test_pale_circles(void)
{
    Drawing drawing = drawing_new();
    for (int column = 0; column < 4; column++) {
        for (int row = 0; row < 10; row++) {
            char digit[2] = {(char)('0' + row), 0};
            double x = 40 + 9 * column, y = 60 + 4.6 * row;
            draw_oval(&drawing, x, y, 3.2, 3.8, 0.25, 0.78);
            draw_text(&drawing, x, y + 0.95, 1.9, 0.78, true, digit);
        }
    }
    g_autoptr(Raster) page = drawing_end(&drawing);
    g_autoptr(GError) error = NULL;
    g_autoptr(DetectForm) form = detect_one(page, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_options(form), ==, 40);
    g_assert_cmpuint(form->questions->len, ==, 4);
    for (guint i = 0; i < 4; i++) {
        g_autofree char *all = labels(form, i);
        g_assert_cmpstr(all, ==, "0123456789");
        const DetectOption *option = ((DetectQuestion *)form->questions->pdata[i])->options->pdata[3];
        g_assert_cmpfloat_with_epsilon(option->rect.x_mm + option->rect.w_mm / 2, 40 + 9 * i, 0.3);
        g_assert_cmpfloat_with_epsilon(option->rect.y_mm + option->rect.h_mm / 2, 60 + 4.6 * 3, 0.3);
    }
}

/* Rows of squares with letters inside: a question a row. */
static void test_lettered_rows(void)
{
    Drawing drawing = drawing_new();
    for (int row = 0; row < 6; row++) {
        g_autofree char *number = g_strdup_printf("%d.", row + 1);
        draw_text(&drawing, 30, 81 + 9 * row, 2.6, 0, false, number);
        for (int column = 0; column < 5; column++) {
            char letter[2] = {(char)('A' + column), 0};
            cairo_rectangle(drawing.cr, 45 + 10 * column - 2.4, 80 + 9 * row - 2.4, 4.8, 4.8);
            cairo_set_line_width(drawing.cr, 0.3);
            cairo_stroke(drawing.cr);
            draw_text(&drawing, 45 + 10 * column, 81.1 + 9 * row, 2.2, 0, true, letter);
        }
    }
    g_autoptr(Raster) page = drawing_end(&drawing);
    g_autoptr(GError) error = NULL;
    g_autoptr(DetectForm) form = detect_one(page, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_options(form), ==, 30);
    g_assert_cmpuint(form->questions->len, ==, 6);
    for (guint i = 0; i < 6; i++) {
        g_autofree char *all = labels(form, i);
        g_assert_cmpstr(all, ==, "ABCDE");
    }
}

/* A circle filled in among empty ones: on a blank somebody is asked, of filled copies it is a box. */
static void test_marked_box(void)
{
    Drawing drawing = drawing_new();
    for (int i = 0; i < 6; i++) {
        draw_oval(&drawing, 40, 60 + 10 * i, 5, 5, 0.3, 0);
        draw_text(&drawing, 46, 61.2 + 10 * i, 2.6, 0, false, "Một trong sáu phương án trả lời");
        if (i == 2)
            draw_oval(&drawing, 40, 60 + 10 * i, 5, 5, 2.5, 0);
    }
    g_autoptr(Raster) page = drawing_end(&drawing);
    g_autoptr(GPtrArray) pages = g_ptr_array_new();
    g_ptr_array_add(pages, page);
    g_autoptr(GError) error = NULL;
    g_autoptr(DetectForm) blank = detect_form(pages, false, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_options(blank), ==, 5);
    g_assert_cmpuint(blank->left->len, ==, 1);
    g_assert_cmpfloat_with_epsilon(g_array_index(blank->left, DetectLeft, 0).rect.y_mm, 80 - 2.2, 0.4);
    g_autoptr(DetectForm) copies = detect_form(pages, true, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_options(copies), ==, 6);
    g_assert_cmpuint(copies->left->len, ==, 0);
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
    form = detect_form(none, false, &empty);
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
    g_autoptr(DetectForm) form = detect_form(pages, false, &error);
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
    DetectFit fits[2];
    Raster *merged = detect_merge(copies, fits, &error);
    g_assert_null(merged);
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* A page of print with a circle before each of 24 answers, the ones of `marked` filled in. */
static Raster *draw_copy(guint marked, bool other)
{
    static const char *const words[] = {"phường xã huyện", "giấy tờ hồ sơ",   "một cửa liên thông",
                                        "đúng hẹn trả",    "thái độ phục vụ", "công chức hướng dẫn",
                                        "phí lệ phí",      "ý kiến góp ý"};
    Drawing drawing = drawing_new();
    for (int i = 0; i < 24; i++) {
        double x = i < 12 ? 25 : 115, y = 40 + 20 * (i % 12);
        g_autofree char *text =
            g_strdup_printf("%d %s %s", (other ? 99 - i : i) * 37, words[(i * (other ? 5 : 3)) % 8],
                            words[(i * i + 2 + (other ? 3 : 0)) % 8]);
        draw_text(&drawing, x + 8, y + 1.2, 2.6, 0, false, text);
        draw_text(&drawing, other ? x : x + 8, y + 7, 2.2, 0, false, words[(i * 7 + 1) % 8]);
        draw_oval(&drawing, x, y, 5, 5, 0.3, 0);
        if (marked >> i & 1)
            draw_oval(&drawing, x, y, 5, 5, 2.5, 0);
    }
    return drawing_end(&drawing);
}

/* The page as a feeder took it that slips and holds: rows lie up to `mm` further down than they should. */
static Raster *stretch(Raster *page, double mm)
{
    Raster *out = new_page();
    for (int y = 0; y < out->height_px; y++) {
        double part = (double)y / out->height_px;
        int from = y - (int)lround(mm * PX *
                                   (part < 0.5   ? part / 2
                                    : part < 0.7 ? 0.25 + (part - 0.5) * 3
                                                 : 0.85));
        if (from >= 0 && from < page->height_px)
            memcpy(out->pixels + (size_t)y * out->stride, page->pixels + (size_t)from * page->stride,
                   (size_t)page->width_px);
    }
    raster_free(page);
    return out;
}

/* Copies stretched each in its own way make a sharp blank, with the box that all but one have marked; a page
 * of another form is left out. */
static void test_merge_stretched(void)
{
    g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func((GDestroyNotify)raster_free);
    g_ptr_array_add(copies, stretch(draw_copy(1u << 3 | 1u << 20, false), 0));
    g_ptr_array_add(copies, stretch(draw_copy(1u << 3 | 1u << 11, false), 2.4));
    g_ptr_array_add(copies, stretch(draw_copy(1u << 3 | 1u << 7, false), -1.8));
    g_ptr_array_add(copies, stretch(draw_copy(1u << 16, false), 1.2));
    g_ptr_array_add(copies, draw_copy(0, true));
    DetectFit fits[5];
    g_autoptr(GError) error = NULL;
    g_autoptr(Raster) merged = detect_merge(copies, fits, &error);
    g_assert_no_error(error);
    for (int i = 0; i < 4; i++)
        g_assert_cmpint(fits[i], ==, DETECT_FIT_WHOLLY);
    g_assert_cmpint(fits[4], ==, DETECT_FIT_NOT);
    g_autoptr(GPtrArray) pages = g_ptr_array_new();
    g_ptr_array_add(pages, merged);
    g_autoptr(DetectForm) form = detect_form(pages, true, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_options(form), ==, 24);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/detect/squares", test_squares);
    g_test_add_func("/detect/thick-ovals", test_thick_ovals);
    g_test_add_func("/detect/round-letters", test_round_letters);
    g_test_add_func("/detect/pale-circles", test_pale_circles);
    g_test_add_func("/detect/lettered-rows", test_lettered_rows);
    g_test_add_func("/detect/marked-box", test_marked_box);
    g_test_add_func("/detect/nothing", test_nothing);
    g_test_add_func("/detect/alike", test_alike);
    g_test_add_func("/detect/merge-refuses", test_merge_refuses);
    g_test_add_func("/detect/merge-stretched", test_merge_stretched);
    return g_test_run();
}
