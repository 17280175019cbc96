/* Longer than most tests: every promise about the printed page is checked on the page as poppler renders it.
 */
#include "print/print_internal.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <poppler.h>
#include <qrencode.h>
#include <string.h>
#include <zbar.h>

#define DPI 200

/* poppler 22 declares none of its own */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopplerDocument, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopplerPage, g_object_unref)

/* ---- the surveys of the repository ---- */

static Survey *load(const char *folder)
{
    GPtrArray *faults = NULL;
    g_autoptr(GError) error = NULL;
    Survey *survey = survey_load(folder, &faults, &error);
    g_assert_no_error(error);
    g_assert_nonnull(survey);
    g_clear_pointer(&faults, g_ptr_array_unref);
    return survey;
}

static GPtrArray *freeze_all(const Survey *survey)
{
    GPtrArray *layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        g_autoptr(GError) error = NULL;
        if (form->foreign)
            continue;
        Layout *layout = print_layout(survey, form, &error);
        g_assert_no_error(error);
        g_ptr_array_add(layouts, layout);
    }
    return layouts;
}

static const PageStation station = {"K7RF", {1, 2, 3}};

static const Layout *layout_of(const GPtrArray *layouts, const SurveyForm *form)
{
    for (guint i = 0; i < layouts->len; i++) {
        if (g_str_equal(((const Layout *)layouts->pdata[i])->form, form->id))
            return layouts->pdata[i];
    }
    return NULL;
}

/* One ballot of the first cell of each form of which there is a layout. */
static GArray *one_of_each(const Survey *survey, const GPtrArray *layouts, int first_serial)
{
    GArray *ballots = g_array_new(FALSE, TRUE, sizeof(PrintBallot));
    for (guint i = 0; i < survey->forms->len; i++) {
        for (guint c = 0; c < survey->cells->len; c++) {
            const SurveyCell *cell = survey->cells->pdata[c];
            const Layout *layout = layout_of(layouts, cell->form);
            if (cell->form != survey->forms->pdata[i] || !layout)
                continue;
            PrintBallot ballot = {.cell = cell, .station = &station, .layout = layout};
            serial_make(first_serial + (int)i, ballot.serial);
            g_array_append_val(ballots, ballot);
            break;
        }
    }
    return ballots;
}

static char *temporary_folder(void)
{
    char *folder = g_dir_make_tmp("phieu-print-XXXXXX", NULL);
    g_assert_nonnull(folder);
    return folder;
}

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

static GBytes *file_bytes(const char *path)
{
    char *data;
    gsize length;
    g_assert_true(g_file_get_contents(path, &data, &length, NULL));
    return g_bytes_new_take(data, length);
}

/* A page of a PDF as a 200 dpi scanner without faults would see it. */
static Raster *render(GBytes *pdf, int page)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PopplerDocument) document = poppler_document_new_from_bytes(pdf, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(PopplerPage) sheet = poppler_document_get_page(document, page - 1);
    g_assert_nonnull(sheet);
    Raster *raster = raster_new(1654, 2339, NULL);
    raster->dpi_x = raster->dpi_y = DPI;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1654, 2339);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, DPI / 72.0, DPI / 72.0);
    poppler_page_render_for_printing(sheet, cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    const uint8_t *pixels = cairo_image_surface_get_data(surface);
    for (int y = 0; y < 2339; y++)
        for (int x = 0; x < 1654; x++)
            raster->pixels[(size_t)y * raster->stride + (size_t)x] =
                pixels[(size_t)y * (size_t)cairo_image_surface_get_stride(surface) + 4 * (size_t)x + 1];
    cairo_surface_destroy(surface);
    return raster;
}

static int page_count(GBytes *pdf)
{
    g_autoptr(PopplerDocument) document = poppler_document_new_from_bytes(pdf, NULL, NULL);
    return poppler_document_get_n_pages(document);
}

/* The share of dark pixels whose centres lie in a rectangle. */
static double ink(const Raster *raster, RectMm rect)
{
    double scale = DPI / MM_PER_INCH;
    int dark = 0, all = 0;
    for (int y = (int)ceil(rect.y_mm * scale - 0.5); y + 0.5 < (rect.y_mm + rect.h_mm) * scale; y++) {
        for (int x = (int)ceil(rect.x_mm * scale - 0.5); x + 0.5 < (rect.x_mm + rect.w_mm) * scale; x++) {
            all++;
            dark += raster->pixels[(size_t)y * raster->stride + (size_t)x] < 128;
        }
    }
    return all ? (double)dark / all : 0;
}

static RectMm grow(RectMm rect, double by_mm)
{
    return (RectMm){rect.x_mm - by_mm, rect.y_mm - by_mm, rect.w_mm + 2 * by_mm, rect.h_mm + 2 * by_mm};
}

/* The distance of two rectangles; negative when they overlap. */
static double distance(RectMm a, RectMm b)
{
    double dx = MAX(a.x_mm - b.x_mm - b.w_mm, b.x_mm - a.x_mm - a.w_mm);
    double dy = MAX(a.y_mm - b.y_mm - b.h_mm, b.y_mm - a.y_mm - a.h_mm);
    return dx > 0 && dy > 0 ? hypot(dx, dy) : MAX(dx, dy);
}

/* ---- where things are ---- */

/* No print in the ring around a box from its outline to `clear_mm` away. */
static void assert_clear(const Raster *page, const LayoutBox *box, double clear_mm)
{
    RectMm outer = grow(box->rect, box->outline_mm + 0.15), far = grow(box->rect, box->outline_mm + clear_mm);
    RectMm sides[] = {
        {far.x_mm, far.y_mm, far.w_mm, outer.y_mm - far.y_mm},
        {far.x_mm, outer.y_mm + outer.h_mm, far.w_mm, outer.y_mm - far.y_mm},
        {far.x_mm, far.y_mm, outer.x_mm - far.x_mm, far.h_mm},
        {outer.x_mm + outer.w_mm, far.y_mm, outer.x_mm - far.x_mm, far.h_mm},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++)
        g_assert_cmpfloat(ink(page, sides[i]), ==, 0);
}

static void assert_boxes(const LayoutPage *page)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        g_assert_cmpfloat(box->rect.w_mm, >=, 4.5);
        g_assert_cmpfloat(box->rect.w_mm, <=, 5);
        g_assert_cmpfloat(box->rect.w_mm, ==, box->rect.h_mm);
        g_assert_cmpfloat(box->outline_mm, >=, 0.25);
        g_assert_cmpfloat(box->outline_mm, <=, 0.3);
        g_assert_cmpfloat(distance(box->rect, page->code), >, 5);
        for (int m = 0; m < LAYOUT_MARKS; m++)
            g_assert_cmpfloat(distance(box->rect, page->marks[m]), >=, 4);
        g_assert_cmpfloat(box->rect.x_mm, >=, 15);
        g_assert_cmpfloat(box->rect.x_mm + box->rect.w_mm, <=, page->width_mm - 15);
        g_assert_cmpfloat(box->rect.y_mm, >=, 12);
        g_assert_cmpfloat(box->rect.y_mm + box->rect.h_mm, <=, page->height_mm - 30);
        for (guint k = 0; k < i; k++) {
            const LayoutBox *other = page->boxes->pdata[k];
            g_assert_cmpfloat(
                distance(grow(box->rect, box->outline_mm), grow(other->rect, other->outline_mm)), >=, 2.9);
        }
        /* outline printed all round, nothing inside, nothing near */
        g_assert_cmpfloat(ink(page->blank, grow(box->rect, -0.15)), ==, 0);
        RectMm left = {box->rect.x_mm - box->outline_mm / 2 - 0.07, box->rect.y_mm, 0.14, box->rect.h_mm};
        RectMm top = {box->rect.x_mm, box->rect.y_mm - box->outline_mm / 2 - 0.07, box->rect.w_mm, 0.14};
        g_assert_cmpfloat(ink(page->blank, left), >, 0.9);
        g_assert_cmpfloat(ink(page->blank, top), >, 0.9);
        assert_clear(page->blank, box, 2.4);
    }
}

static void assert_marks(const LayoutPage *page)
{
    g_assert_true(page->has_marks);
    const double at[LAYOUT_MARKS][2] = {{10, 10}, {195, 10}, {195, 282}, {10, 282}};
    for (int m = 0; m < LAYOUT_MARKS; m++) {
        RectMm mark = page->marks[m];
        g_assert_cmpfloat(mark.x_mm, ==, at[m][0]);
        g_assert_cmpfloat(mark.y_mm, ==, at[m][1]);
        g_assert_cmpfloat(mark.w_mm, ==, 5);
        g_assert_cmpfloat(ink(page->blank, grow(mark, -0.1)), ==, 1);
        RectMm around = grow(mark, 4);
        double dark = ink(page->blank, around) * around.w_mm * around.h_mm;
        g_assert_cmpfloat(dark, <, 25 + 1);
    }
}

static void assert_code_place(const LayoutPage *page)
{
    g_assert_cmpfloat(page->code.w_mm, >=, 16);
    g_assert_cmpfloat(
        MIN(MIN(page->code.x_mm, page->code.y_mm), page->width_mm - page->code.x_mm - page->code.w_mm), >=,
        12);
    g_assert_cmpfloat(page->height_mm - page->code.y_mm - page->code.h_mm, >=, 12);
    /* the blank leaves it out, and its quiet zone of 4 modules of 25 stays white */
    g_assert_cmpfloat(ink(page->blank, grow(page->code, page->code.w_mm * 4 / 25)), ==, 0);
    g_assert_cmpfloat(ink(page->blank, page->serial), ==, 0);
    for (guint i = 0; i < page->variable->len; i++)
        g_assert_cmpfloat(ink(page->blank, *(RectMm *)page->variable->pdata[i]), ==, 0);
}

/* Every option of every question has its one box and every other question its one field; in reading order. */
static void assert_complete(const SurveyForm *form, const Layout *layout)
{
    guint expected_boxes = 0, boxes = 0, fields = 0, expected_fields = 0;
    int last = -1;
    for (guint p = 0; p < layout->pages->len; p++) {
        const LayoutPage *page = layout->pages->pdata[p];
        boxes += page->boxes->len;
        fields += page->fields->len;
        for (guint i = 0; i < page->boxes->len; i++) {
            const LayoutBox *box = page->boxes->pdata[i];
            guint at;
            g_assert_true(g_ptr_array_find(form->questions, survey_form_question(form, box->question), &at));
            g_assert_cmpint((int)at, >=, last);
            last = (int)at;
        }
    }
    for (guint i = 0; i < form->questions->len; i++) {
        const SurveyQuestion *question = form->questions->pdata[i];
        if (!question->scale) {
            expected_fields++;
            continue;
        }
        expected_boxes += question->scale->options->len;
        int pages_with_it = 0;
        for (guint p = 0; p < layout->pages->len; p++) {
            int found = 0;
            for (guint o = 0; o < question->scale->options->len; o++)
                found += layout_box_index(layout->pages->pdata[p], question->id,
                                          ((SurveyOption *)question->scale->options->pdata[o])->id) >= 0;
            pages_with_it += found > 0;
        }
        g_assert_cmpint(pages_with_it, ==, 1); /* never split */
    }
    g_assert_cmpuint(boxes, ==, expected_boxes);
    g_assert_cmpuint(fields, ==, expected_fields);
}

static void test_places(void)
{
    const char *const folders[] = {"forms/tra-vinh-2023", "forms/nho"};
    for (size_t f = 0; f < G_N_ELEMENTS(folders); f++) {
        g_autoptr(Survey) survey = load(folders[f]);
        g_autoptr(GPtrArray) layouts = freeze_all(survey);
        g_assert_cmpuint(layouts->len, >, 0);
        for (guint i = 0; i < layouts->len; i++) {
            const Layout *layout = layouts->pdata[i];
            g_assert_cmpuint(layout->pages->len, <=, 2);
            assert_complete(survey_form(survey, layout->form), layout);
            const LayoutPage *first = layout->pages->pdata[0];
            for (guint p = 0; p < layout->pages->len; p++) {
                const LayoutPage *page = layout->pages->pdata[p];
                g_assert_cmpint(page->blank->width_px, ==, 1654);
                g_assert_cmpint(page->blank->height_px, ==, 2339);
                g_assert_cmpfloat(page->code.x_mm, ==, first->code.x_mm);
                g_assert_cmpfloat(page->code.y_mm, ==, first->code.y_mm);
                assert_boxes(page);
                assert_marks(page);
                assert_code_place(page);
            }
        }
    }
}

static void test_same_layout(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(GPtrArray) first = freeze_all(survey), second = freeze_all(survey);
    for (guint i = 0; i < first->len; i++)
        g_assert_cmpstr(((Layout *)first->pdata[i])->fingerprint, ==,
                        ((Layout *)second->pdata[i])->fingerprint);
}

/* ---- what the printed page shows ---- */

static char *read_code(const Raster *raster)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    g_autofree uint8_t *packed = g_malloc((size_t)raster->width_px * (size_t)raster->height_px);
    for (int y = 0; y < raster->height_px; y++)
        memcpy(packed + (size_t)y * (size_t)raster->width_px, raster->pixels + (size_t)y * raster->stride,
               (size_t)raster->width_px);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)raster->width_px, (unsigned)raster->height_px);
    zbar_image_set_data(image, packed, (unsigned long)raster->width_px * (unsigned long)raster->height_px,
                        NULL);
    char *text = NULL;
    if (zbar_scan_image(scanner, image) == 1)
        text = g_strdup(zbar_symbol_get_data(zbar_image_first_symbol(image)));
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return text;
}

/* Every module of the code, at its stated place. */
static void assert_modules(const Raster *raster, RectMm rect, const char *text)
{
    QRcode *code = QRcode_encodeString(text, 2, QR_ECLEVEL_M, QR_MODE_8, 1);
    g_assert_nonnull(code);
    g_assert_cmpint(code->version, >=, 2);
    g_assert_cmpint(code->version, <=, 4);
    double module_mm = rect.w_mm / code->width;
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            RectMm middle = {rect.x_mm + (x + 0.3) * module_mm, rect.y_mm + (y + 0.3) * module_mm,
                             0.4 * module_mm, 0.4 * module_mm};
            g_assert_cmpfloat(ink(raster, middle), ==, code->data[y * code->width + x] & 1 ? 1 : 0);
        }
    }
    g_assert_cmpfloat(ink(raster, (RectMm){rect.x_mm - 4 * module_mm, rect.y_mm - 4 * module_mm,
                                           rect.w_mm + 8 * module_mm, 4 * module_mm - 0.1}),
                      ==, 0);
    QRcode_free(code);
}

/* Whether there is ink within a pixel of a place: renderers snap thin rules to pixels each in its own way. */
static bool is_near_ink(const Raster *raster, int x, int y, int below)
{
    for (int v = MAX(y - 1, 0); v <= MIN(y + 1, raster->height_px - 1); v++)
        for (int u = MAX(x - 1, 0); u <= MIN(x + 1, raster->width_px - 1); u++)
            if (raster->pixels[(size_t)v * raster->stride + (size_t)u] < below)
                return true;
    return false;
}

static bool is_variable(const LayoutPage *page, double x_mm, double y_mm)
{
    for (guint i = 0; i < page->variable->len; i++) {
        if (distance(*(RectMm *)page->variable->pdata[i], (RectMm){x_mm, y_mm, 0, 0}) <= 0.1)
            return true;
    }
    return false;
}

/* Outside the variable places the page has the ink of its blank and no other. */
static void assert_static(const Raster *raster, const LayoutPage *page)
{
    const Raster *blank = page->blank;
    int differ = 0;
    for (int y = 0; y < raster->height_px; y++) {
        for (int x = 0; x < raster->width_px; x++) {
            size_t at = (size_t)y * raster->stride + (size_t)x;
            bool more = raster->pixels[at] < 100 && !is_near_ink(blank, x, y, 190);
            bool less = blank->pixels[at] < 100 && !is_near_ink(raster, x, y, 190);
            if ((more || less) &&
                !is_variable(page, (x + 0.5) * MM_PER_INCH / DPI, (y + 0.5) * MM_PER_INCH / DPI))
                differ++;
        }
    }
    g_assert_cmpint(differ, ==, 0);
}

static void assert_page(const Raster *raster, const Survey *survey, const Layout *layout, guint p,
                        const PrintBallot *ballot)
{
    const LayoutPage *page = layout->pages->pdata[p];
    g_autofree char *read = read_code(raster);
    PageCode code;
    g_assert_true(page_code_parse(read, &code, NULL));
    g_assert_cmpstr(code.survey, ==, survey->id);
    g_assert_cmpint(g_ascii_strcasecmp(code.form, layout->form), ==, 0);
    g_assert_cmpint(g_ascii_strncasecmp(code.fingerprint8, layout->fingerprint, 8), ==, 0);
    g_assert_cmpstr(code.serial, ==, ballot->serial);
    g_assert_cmpint(code.page, ==, (int)p + 1);
    const SurveyCell *cell = ballot->cell;
    g_assert_true(
        page_code_is_sealed(&code, &station, cell->group->id, cell->agency->code, cell->origin->code));
    assert_modules(raster, page->code, read);
    assert_static(raster, page);
    g_assert_cmpfloat(ink(raster, page->serial), >, 0.02);
    for (guint i = 0; i < page->boxes->len; i++)
        g_assert_cmpfloat(ink(raster, grow(((LayoutBox *)page->boxes->pdata[i])->rect, -0.2)), ==, 0);
}

static void test_pages(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(GPtrArray) layouts = freeze_all(survey);
    g_autoptr(GArray) ballots = one_of_each(survey, layouts, 990000);
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "phiếu 'a b'.pdf", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(GBytes) pdf = file_bytes(path);
    int at = 1;
    for (guint i = 0; i < ballots->len; i++) {
        const Layout *layout = layouts->pdata[i];
        for (guint p = 0; p < layout->pages->len; p++) {
            g_autoptr(Raster) raster = render(pdf, at++);
            assert_page(raster, survey, layout, p, &g_array_index(ballots, PrintBallot, i));
        }
    }
    g_assert_cmpint(page_count(pdf), ==, at - 1);
    remove_folder(folder);
}

static void test_same_bytes(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(GPtrArray) layouts = freeze_all(survey);
    g_autoptr(GArray) ballots = one_of_each(survey, layouts, 7), others = one_of_each(survey, layouts, 70);
    g_autofree char *folder = temporary_folder();
    g_autofree char *a = g_build_filename(folder, "a.pdf", NULL),
                    *b = g_build_filename(folder, "b.pdf", NULL);
    g_assert_true(print_ballots(survey, ballots, a, NULL, NULL, NULL));
    g_assert_true(print_ballots(survey, others, b, NULL, NULL, NULL));
    g_autoptr(GBytes) first = file_bytes(a), other = file_bytes(b);
    g_assert_false(g_bytes_equal(first, other));
    g_usleep(1100 * 1000); /* another second on the clock */
    g_assert_true(print_ballots(survey, ballots, b, NULL, NULL, NULL));
    g_autoptr(GBytes) second = file_bytes(b);
    g_assert_true(g_bytes_equal(first, second));
    /* fonts are inside, as outlines and not as pictures */
    gsize length;
    const char *data = g_bytes_get_data(first, &length);
    g_autoptr(GString) text = g_string_new_len(data, (gssize)length);
    for (char *c = text->str; c < text->str + text->len; c++)
        *c = *c ? *c : ' ';
    g_assert_nonnull(strstr(text->str, "/FontFile2"));
    g_assert_null(strstr(text->str, "/Subtype /Image"));
    remove_folder(folder);
}

/* ---- agencies with long names ---- */

static void test_long_agency(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(GPtrArray) layouts = freeze_all(survey);
    g_autoptr(GArray) ballots = one_of_each(survey, layouts, 50);
    g_array_set_size(ballots, 1);
    SurveyAgency *agency = g_array_index(ballots, PrintBallot, 0).cell->agency;
    char *name = agency->name;
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "a.pdf", NULL);
    g_autoptr(GError) error = NULL;

    agency->name =
        (char *)"Ban Quản lý Khu kinh tế và các khu công nghiệp trên địa bàn tỉnh Trà Vinh, Văn phòng "
                "đại diện tại huyện Duyên Hải";
    g_assert_true(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(GBytes) pdf = file_bytes(path);
    g_autoptr(Raster) raster = render(pdf, 1);
    assert_page(raster, survey, layouts->pdata[0], 0, &g_array_index(ballots, PrintBallot, 0));
    RectMm slot =
        *(RectMm *)((LayoutPage *)((Layout *)layouts->pdata[0])->pages->pdata[0])->variable->pdata[0];
    RectMm second_line = {slot.x_mm, slot.y_mm + slot.h_mm / 2, slot.w_mm, slot.h_mm / 2};
    g_assert_cmpfloat(ink(raster, second_line), >, 0.02);
    g_unlink(path);

    g_autofree char *endless = g_strnfill(400, 'M');
    agency->name = endless;
    g_assert_false(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, agency->code));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    agency->name = name;
    remove_folder(folder);
}

/* ---- refusals ---- */

/* The definition may not have changed since its forms were frozen, not even by one accent. */
static void test_changed_definition(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(GPtrArray) layouts = freeze_all(survey);
    g_autoptr(GArray) ballots = one_of_each(survey, layouts, 1);
    g_array_set_size(ballots, 1);
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "a.pdf", NULL);
    SurveyForm *form = g_array_index(ballots, PrintBallot, 0).cell->form;
    char *thanks = form->thanks;
    g_autoptr(GString) changed = g_string_new(thanks);
    g_string_replace(changed, "ả", "à", 1);
    g_assert_cmpstr(changed->str, !=, thanks);
    form->thanks = changed->str;
    g_autoptr(GError) error = NULL;
    g_assert_false(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, form->id));
    g_assert_nonnull(strstr(error->message, serial_shown(g_array_index(ballots, PrintBallot, 0).serial)));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    /* though there is a layout by which it would print */
    g_autoptr(Layout) fresh = print_layout(survey, form, NULL);
    g_ptr_array_add(layouts, g_steal_pointer(&fresh));
    g_assert_false(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    form->thanks = thanks;
    g_assert_true(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_no_error(error);
    remove_folder(folder);
}

static bool stop_at_two(int done, int total, gpointer user)
{
    g_assert_cmpint(done, <=, total);
    *(int *)user = done;
    return done < 2;
}

static void test_stopped(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(GPtrArray) layouts = freeze_all(survey);
    g_autoptr(GArray) ballots = one_of_each(survey, layouts, 1);
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "a.pdf", NULL);
    g_assert_true(g_file_set_contents(path, "old", -1, NULL));
    g_autoptr(GError) error = NULL;
    int done = 0;
    g_assert_false(print_ballots(survey, ballots, path, stop_at_two, &done, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_assert_cmpint(done, ==, 2);
    g_autoptr(GBytes) kept = file_bytes(path);
    g_assert_cmpuint(g_bytes_get_size(kept), ==, 3);
    g_clear_error(&error);

    g_autofree char *nowhere = g_build_filename(folder, "missing", "a.pdf", NULL);
    g_assert_false(print_ballots(survey, ballots, nowhere, NULL, NULL, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, nowhere));
    g_clear_error(&error);

    g_array_set_size(ballots, 0);
    g_assert_false(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    remove_folder(folder);
}

/* Without its font a form would print with boxes elsewhere: refused. */
static void test_missing_font(void)
{
    if (g_test_subprocess()) {
        g_setenv("FONTCONFIG_FILE", g_getenv("PHIEU_TEST_FONTS"), TRUE);
        g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
        g_autoptr(GError) error = NULL;
        g_autoptr(Layout) layout = print_layout(survey, survey->forms->pdata[0], &error);
        g_assert_null(layout);
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, "Liberation Serif"));
        g_assert_nonnull(strstr(error->message, "fonts-liberation2"));
        return;
    }
    g_autofree char *folder = temporary_folder();
    g_autofree char *config = g_build_filename(folder, "fonts.conf", NULL);
    g_autofree char *text =
        g_strdup_printf("<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">"
                        "<fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>",
                        folder, folder);
    g_assert_true(g_file_set_contents(config, text, -1, NULL));
    g_setenv("PHIEU_TEST_FONTS", config, TRUE);
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
    remove_folder(folder);
}

/* ---- how forms are set ---- */

static const PrintManner *const newest = &print_manners[PRINT_MANNERS - 1];

static PrintForm *typeset(const Survey *survey, const SurveyForm *form, const PrintManner *manner)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PrintPress) press = print_press_new(&error);
    PrintForm *set = print_form_new(press, survey, form, manner, &error);
    g_assert_no_error(error);
    return set;
}

/* The body is as large as the pages of the smallest allow, and no form of one page more is made for it. */
static void test_type_fills(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    int grown = 0;
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        g_autoptr(PrintForm) set = typeset(survey, form, newest);
        PrintManner other = *newest;
        other.most_pt = other.least_pt;
        g_autoptr(PrintForm) small = typeset(survey, form, &other);
        g_assert_cmpuint(set->pages->len, ==, small->pages->len);
        grown += set->body_pt > 12;
        if (set->body_pt >= newest->most_pt)
            continue;
        other.least_pt = other.most_pt = set->body_pt + 0.5;
        g_autoptr(PrintForm) large = typeset(survey, form, &other);
        g_assert_cmpuint(large->pages->len, >, set->pages->len);
    }
    g_assert_cmpint(grown, >, 0);
}

/* The ink of a question's text in the right third of its cell, on the page its boxes are on. */
static double ink_at_right(const Layout *layout, const char *question)
{
    for (guint p = 0; p < layout->pages->len; p++) {
        const LayoutPage *page = layout->pages->pdata[p];
        int at = layout_box_index(page, question, "a");
        if (at < 0)
            continue;
        RectMm box = ((LayoutBox *)page->boxes->pdata[at])->rect;
        double right_mm = box.x_mm - 6.5, width_mm = (right_mm - BODY_X_MM) / 3;
        return ink(page->blank, (RectMm){right_mm - width_mm, box.y_mm - 2, width_mm, box.h_mm + 4});
    }
    g_assert_not_reached();
}

/* A text of two lines takes its cell's width before it breaks. */
static void test_text_fills_cell(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(Layout) now = print_layout(survey, survey_form(survey, "F1"), NULL);
    g_assert_cmpfloat(ink_at_right(now, "q7"), >, 0.02);
    g_autoptr(PrintForm) set = typeset(survey, survey_form(survey, "F1"), &print_manners[0]);
    g_autoptr(Layout) before = print_form_layout(set, NULL);
    g_assert_cmpfloat(ink_at_right(before, "q7"), <, 0.005);
}

/* A form that was first printed by an earlier version is printed on as it was. */
static void test_earlier_manner(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    const SurveyForm *form = survey->forms->pdata[0];
    g_autoptr(PrintForm) set = typeset(survey, form, &print_manners[0]);
    g_autoptr(GError) error = NULL;
    Layout *before = print_form_layout(set, &error);
    g_assert_no_error(error);
    g_autoptr(Layout) now = print_layout(survey, form, &error);
    g_assert_false(print_layouts_agree(before, now));
    g_autoptr(GPtrArray) layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    g_assert_null(print_frozen_layout(survey, form, layouts, &error));
    g_assert_no_error(error);
    g_ptr_array_add(layouts, before);
    g_assert_true(print_frozen_layout(survey, form, layouts, &error) == before);
    g_assert_no_error(error);

    /* … and where both are there, each ballot by the one it was issued with */
    g_autoptr(GArray) ballots = one_of_each(survey, layouts, 1);
    g_assert_cmpuint(ballots->len, ==, 1);
    PrintBallot newer = g_array_index(ballots, PrintBallot, 0);
    g_ptr_array_add(layouts, g_steal_pointer(&now));
    newer.layout = layouts->pdata[1];
    serial_make(2, newer.serial);
    g_array_append_val(ballots, newer);
    g_assert_true(print_frozen_layout(survey, form, layouts, &error) == newer.layout);
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "a.pdf", NULL);
    g_assert_true(print_ballots(survey, ballots, path, NULL, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(GBytes) pdf = file_bytes(path);
    int at = 1;
    for (guint i = 0; i < ballots->len; i++) {
        const PrintBallot *ballot = &g_array_index(ballots, PrintBallot, i);
        for (guint p = 0; p < ballot->layout->pages->len; p++) {
            g_autoptr(Raster) raster = render(pdf, at++);
            assert_page(raster, survey, ballot->layout, p, ballot);
        }
    }
    remove_folder(folder);
}

/* Manners that differ in a tint alone are told apart, too: what was issued without it is printed on without.
 */
static void test_every_manner(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    const SurveyForm *form = survey_form(survey, "F3");
    g_autoptr(GError) error = NULL;
    g_autoptr(PrintPress) press = print_press_new(&error);
    g_assert_no_error(error);
    g_autoptr(Layout) before = NULL;
    for (int m = 0; m < PRINT_MANNERS; m++) {
        g_autoptr(PrintForm) set = typeset(survey, form, &print_manners[m]);
        g_autoptr(Layout) issued = print_form_layout(set, &error);
        g_autoptr(PrintForm) frozen = print_form_frozen(press, survey, form, issued, &error);
        g_assert_no_error(error);
        g_autoptr(Layout) again = print_form_layout(frozen, &error);
        g_assert_cmpstr(again->fingerprint, ==, issued->fingerprint);
        g_assert_true(!before || !g_str_equal(before->fingerprint, issued->fingerprint));
        g_clear_pointer(&before, layout_free);
        before = g_steal_pointer(&issued);
    }
}

/* Number and text of every second row of a table are tinted, too lightly for ink; its boxes are not. */
static void test_tint(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(Layout) layout = print_layout(survey, survey_form(survey, "F3"), NULL);
    const LayoutPage *page = layout->pages->pdata[0];
    for (int row = 1; row <= 4; row++) {
        g_autofree char *question = g_strdup_printf("q%d", row);
        RectMm box = ((LayoutBox *)page->boxes->pdata[layout_box_index(page, question, "a")])->rect;
        PageMap map = layout_blank_map(page);
        PointPx number = page_map_point(&map, (PointMm){BODY_X_MM + 1, box.y_mm + box.h_mm / 2}),
                beside = page_map_point(&map, (PointMm){box.x_mm - 1, box.y_mm + box.h_mm / 2}),
                inside = page_map_point(&map, (PointMm){box.x_mm + 2, box.y_mm + box.h_mm / 2});
        const uint8_t *line = page->blank->pixels + (size_t)number.y_px * page->blank->stride;
        int light = line[(int)number.x_px];
        g_assert_true(row % 2 ? light == 255 : light > 235 && light < 250);
        g_assert_cmpint(line[(int)beside.x_px], ==, 255);
        g_assert_cmpint(line[(int)inside.x_px], ==, 255);
    }
}

/* Ballots of an agency name the questions that are not applicable to it, in a place all ballots have; so do
 * those issued before it had a form without these questions, which are printed again as they were. */
static void test_not_applicable(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    const SurveyForm *form = survey_form(survey, "F3");
    g_autofree char *note = print_note_text(form, survey_agency(survey, "TTT"));
    g_assert_cmpstr(note, ==, "Không áp dụng với cơ quan này, xin để trống: câu 1–8, 13.");
    g_assert_null(print_note_text(form, survey_agency(survey, "SNV")));
    g_assert_null(print_note_text(survey_form(survey, "F2"), survey_agency(survey, "TTT")));
    g_autoptr(GPtrArray) layouts = freeze_all(survey);
    Layout *layout = layouts->pdata[2];
    g_assert_cmpstr(layout->form, ==, "F3");
    g_autoptr(PrintForm) set = typeset(survey, form, newest);
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "a.pdf", NULL);
    const char *const agencies[] = {"SNV", "TTT"};
    for (int i = 0; i < 2; i++) {
        g_autoptr(GArray) ballots = g_array_new(FALSE, TRUE, sizeof(PrintBallot));
        PrintBallot ballot = {.cell = survey_cell(survey, "G3", agencies[i], agencies[i]),
                              .station = &station,
                              .layout = layout};
        serial_make(5, ballot.serial);
        g_array_append_val(ballots, ballot);
        g_assert_true(print_ballots(survey, ballots, path, NULL, NULL, NULL));
        g_autoptr(GBytes) pdf = file_bytes(path);
        g_autoptr(Raster) raster = render(pdf, 1);
        assert_page(raster, survey, layout, 0, &ballot);
        g_assert_cmpint(ink(raster, set->note) > 0.02, ==, i == 1);
    }
    remove_folder(folder);
}

/* ---- forms made by hand ---- */

static SurveyQuestion *make_question(SurveySection *section, SurveyForm *form, const char *text,
                                     SurveyQuestionKind kind, SurveyScale *scale)
{
    SurveyQuestion *question = g_new0(SurveyQuestion, 1);
    question->id = g_strdup_printf("q%u", form->questions->len + 1);
    question->number = g_strdup_printf("%u", form->questions->len + 1);
    question->text = g_strdup(text);
    question->kind = kind;
    question->scale = scale;
    g_ptr_array_add(section->questions, question);
    g_ptr_array_add(form->questions, question);
    return question;
}

static void question_free(gpointer data)
{
    SurveyQuestion *question = data;
    g_free(question->id);
    g_free(question->number);
    g_free(question->text);
    g_free(question);
}

/* A form that borrows everything but its questions. */
typedef struct {
    Survey *survey;
    SurveyForm form;
    SurveySection section;
    SurveyScale scale;
    SurveyOption options[4];
} HandForm;

static HandForm *hand_form_new(void)
{
    static const char *const labels[] = {"Rất tốt", "Tốt", "Bình thường", "Chưa tốt"};
    static const char *const ids[] = {"a", "b", "c", "d"};
    HandForm *hand = g_new0(HandForm, 1);
    hand->survey = load("forms/tra-vinh-2023");
    SurveyForm *like = hand->survey->forms->pdata[0];
    hand->form = *like;
    hand->form.id = (char *)"FX";
    hand->form.questions = g_ptr_array_new_with_free_func(question_free);
    hand->form.sections = g_ptr_array_new();
    hand->section = (SurveySection){.title = (char *)"Phần thử", .questions = g_ptr_array_new()};
    g_ptr_array_add(hand->form.sections, &hand->section);
    hand->scale = (SurveyScale){.id = (char *)"T4", .scored = true, .options = g_ptr_array_new()};
    for (int i = 0; i < 4; i++) {
        hand->options[i] = (SurveyOption){.id = (char *)ids[i], .label = (char *)labels[i]};
        g_ptr_array_add(hand->scale.options, &hand->options[i]);
    }
    return hand;
}

static void hand_form_free(HandForm *hand)
{
    g_ptr_array_unref(hand->scale.options);
    g_ptr_array_unref(hand->section.questions);
    g_ptr_array_unref(hand->form.sections);
    g_ptr_array_unref(hand->form.questions);
    survey_free(hand->survey);
    g_free(hand);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HandForm, hand_form_free)

/* However many rows: none split, no page with a single one. */
static void test_many_rows(void)
{
    for (int rows = 1; rows <= 61; rows += 3) {
        g_autoptr(HandForm) hand = hand_form_new();
        for (int i = 0; i < rows; i++)
            make_question(
                &hand->section, &hand->form,
                i % 3 == 2
                    ? "Việc tiếp nhận, hướng dẫn và trả kết quả hồ sơ thủ tục hành chính tại Bộ phận Một cửa "
                      "của cơ quan, kể cả hồ sơ nộp qua mạng và qua dịch vụ bưu chính công ích"
                    : "Tinh thần trách nhiệm",
                SURVEY_QUESTION_ONE, &hand->scale);
        g_autoptr(GError) error = NULL;
        g_autoptr(Layout) layout = print_layout(hand->survey, &hand->form, &error);
        g_assert_no_error(error);
        assert_complete(&hand->form, layout);
        for (guint p = 0; p < layout->pages->len; p++) {
            const LayoutPage *page = layout->pages->pdata[p];
            assert_boxes(page);
            if (rows > 1 && page->boxes->len)
                g_assert_cmpuint(page->boxes->len, >=, 8);
        }
    }
}

static void test_kinds(void)
{
    g_autoptr(HandForm) hand = hand_form_new();
    hand->scale.scored = false;
    make_question(&hand->section, &hand->form, "Ông/Bà chọn những nội dung nào (có thể chọn nhiều)?",
                  SURVEY_QUESTION_MANY, &hand->scale);
    hand->options[3].label = (char *)"Nội dung khác, kể cả những việc mà phiếu này chưa nêu tên nhưng Ông/Bà "
                                     "thấy cần được xem xét, sửa đổi hoặc "
                                     "bổ sung trong năm tới để người dân, tổ chức được phục vụ tốt hơn";
    make_question(&hand->section, &hand->form, "Số lần đi lại", SURVEY_QUESTION_DIGITS, NULL)->max = 99;
    make_question(&hand->section, &hand->form, "Đơn vị", SURVEY_QUESTION_TEXT, NULL)->lines = 1;
    make_question(&hand->section, &hand->form, "Ý kiến khác", SURVEY_QUESTION_TEXT, NULL)->lines = 4;
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = print_layout(hand->survey, &hand->form, &error);
    g_assert_no_error(error);
    assert_complete(&hand->form, layout);
    const LayoutPage *page = layout->pages->pdata[0];
    assert_boxes(page);
    g_assert_cmpuint(page->fields->len, ==, 3);
    const LayoutField *digits = page->fields->pdata[0], *line = page->fields->pdata[1],
                      *text = page->fields->pdata[2];
    g_assert_cmpint(digits->kind, ==, LAYOUT_FIELD_DIGITS);
    g_assert_cmpfloat(digits->rect.w_mm, >, 10);
    g_assert_cmpint(line->kind, ==, LAYOUT_FIELD_IMAGE);
    g_assert_cmpint(text->kind, ==, LAYOUT_FIELD_IMAGE);
    g_assert_cmpfloat(text->rect.h_mm, >=, 30);
    for (guint i = 0; i < page->fields->len; i++) {
        const LayoutField *field = page->fields->pdata[i];
        for (guint b = 0; b < page->boxes->len; b++)
            g_assert_cmpfloat(distance(field->rect, ((LayoutBox *)page->boxes->pdata[b])->rect), >, 2);
        for (guint k = 0; k < i; k++)
            g_assert_cmpfloat(distance(field->rect, ((LayoutField *)page->fields->pdata[k])->rect), >,
                              -0.001);
    }
}

static void test_unprintable(void)
{
    g_autoptr(HandForm) hand = hand_form_new();
    g_autoptr(GError) error = NULL;
    make_question(&hand->section, &hand->form, "Chữ Hán 漢 không có trong phông chữ", SURVEY_QUESTION_ONE,
                  &hand->scale);
    g_assert_null(print_layout(hand->survey, &hand->form, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "U+6F22"));
    g_clear_error(&error);

    g_autoptr(HandForm) tall = hand_form_new();
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 3000; i++)
        g_string_append(text, "dài ");
    make_question(&tall->section, &tall->form, text->str, SURVEY_QUESTION_ONE, &tall->scale);
    g_assert_null(print_layout(tall->survey, &tall->form, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "FX"));
}

/* Every letter of Vietnamese, small and capital, in every style the forms use. */
static void test_vietnamese(void)
{
    const char *letters =
        "aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạ ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ úùủũụ "
        "ứừửữự ýỳỷỹỵ – … “” ‘’ · × ≥ %";
    g_autofree char *capitals = g_utf8_strup(letters, -1);
    g_autofree char *both = g_strconcat(letters, " ", capitals, NULL);
    g_autoptr(HandForm) hand = hand_form_new();
    hand->form.title = hand->form.subtitle = hand->form.introduction = hand->form.instruction = both;
    hand->form.thanks = hand->section.title = both;
    make_question(&hand->section, &hand->form, both, SURVEY_QUESTION_ONE, &hand->scale);
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = print_layout(hand->survey, &hand->form, &error);
    g_assert_no_error(error);
    g_assert_nonnull(layout);
}

/* ---- the layout as JSON, and forms of different length in one PDF ---- */

static void test_json(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    /* the first form on one page, so that it gets an empty back among forms of two */
    SurveyForm *form = survey->forms->pdata[0];
    GPtrArray *sections = form->sections;
    form->sections = g_ptr_array_new();
    g_ptr_array_add(form->sections, sections->pdata[0]);
    g_autoptr(GPtrArray) layouts = freeze_all(survey);
    g_assert_cmpuint(((Layout *)layouts->pdata[0])->pages->len, ==, 1);
    g_autoptr(GArray) ballots = one_of_each(survey, layouts, 300);
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "a.pdf", NULL);
    g_assert_true(print_ballots(survey, ballots, path, NULL, NULL, NULL));
    g_autoptr(GBytes) pdf = file_bytes(path);
    g_assert_cmpint(page_count(pdf), ==, 2 * (int)ballots->len);
    g_autofree char *text = print_layout_json(survey, ballots);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    JsonArray *pages =
        json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "pages");
    g_assert_cmpuint(json_array_get_length(pages), ==, 2 * ballots->len - 1);
    for (guint i = 0; i < json_array_get_length(pages); i++) {
        JsonObject *page = json_array_get_object_element(pages, i);
        int pdf_page = (int)json_object_get_int_member(page, "pdf_page");
        g_assert_cmpint(pdf_page, ==, i == 0 ? 1 : (int)i + 2);
        const PrintBallot *ballot = &g_array_index(ballots, PrintBallot, (guint)(pdf_page - 1) / 2);
        g_assert_cmpstr(json_object_get_string_member(page, "serial"), ==, ballot->serial);
        g_assert_cmpstr(json_object_get_string_member(page, "form"), ==, ballot->cell->form->id);
        g_assert_cmpstr(json_object_get_string_member(page, "origin"), ==, ballot->cell->origin->code);
        JsonArray *boxes = json_object_get_array_member(page, "boxes");
        g_autoptr(Raster) raster = i < 3 ? render(pdf, pdf_page) : NULL;
        for (guint b = 0; raster && b < json_array_get_length(boxes); b++) {
            JsonObject *box = json_array_get_object_element(boxes, b);
            RectMm rect = {
                json_object_get_double_member(box, "x_mm"), json_object_get_double_member(box, "y_mm"),
                json_object_get_double_member(box, "w_mm"), json_object_get_double_member(box, "h_mm")};
            g_assert_cmpstr(json_object_get_string_member(box, "shape"), ==, "square");
            g_assert_cmpfloat(ink(raster, grow(rect, -0.2)), ==, 0);
            g_assert_cmpfloat(ink(raster, grow(rect, 0.25)), >, 0.05);
        }
    }
    g_ptr_array_unref(form->sections);
    form->sections = sections;
    remove_folder(folder);
}

/* ---- cover sheets ---- */

static void test_covers(void)
{
    g_autoptr(Survey) survey = load("forms/tra-vinh-2023");
    g_autoptr(GArray) covers = g_array_new(FALSE, TRUE, sizeof(PrintCover));
    for (guint i = 0; i < survey->cells->len; i += 61) {
        PrintCover cover = {survey->cells->pdata[i], (int)i + 1, &station};
        g_array_append_val(covers, cover);
    }
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "c.pdf", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(print_covers(survey, covers, "12: 0123 4567 89ab cdef", path, &error));
    g_assert_no_error(error);
    g_autoptr(GBytes) pdf = file_bytes(path);
    g_assert_cmpint(page_count(pdf), ==, (int)covers->len);
    for (guint i = 0; i < covers->len; i++) {
        const PrintCover *cover = &g_array_index(covers, PrintCover, i);
        g_autoptr(Raster) raster = render(pdf, (int)i + 1);
        g_autofree char *text = read_code(raster);
        g_assert_nonnull(text);
        PageCode code;
        g_assert_true(page_code_parse(text, &code, &error));
        g_assert_cmpint(code.kind, ==, PAGE_CODE_COVER);
        g_assert_cmpstr(code.group, ==, cover->cell->group->id);
        g_assert_cmpstr(code.agency, ==, cover->cell->agency->code);
        g_assert_cmpstr(code.origin, ==, cover->cell->origin->code);
        g_assert_cmpint(code.expected, ==, cover->expected);
        g_assert_true(page_code_is_sealed(&code, &station, code.group, code.agency, code.origin));
        g_assert_cmpfloat(ink(raster, (RectMm){10.2, 10.2, 4.6, 4.6}), ==, 1);
    }
    /* a code that cannot stand in a page code is refused, not cut */
    SurveyOrigin *origin = g_array_index(covers, PrintCover, 0).cell->origin;
    char *code = origin->code;
    origin->code = (char *)"MOT-DON-VI-CO-MA-RAT-DAI-QUA";
    g_assert_false(print_covers(survey, covers, "12: 0123 4567 89ab cdef", path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    origin->code = code;
    remove_folder(folder);
}

/* ---- forms printed by others ---- */

static Raster *white_page(int width_px, int height_px)
{
    Raster *raster = raster_new(width_px, height_px, NULL);
    memset(raster->pixels, 255, raster->stride * (size_t)height_px);
    return raster;
}

/* A blank as photographed, from light to dark across the page: its paper becomes white and its print stays;
 * on a white one a shaded panel stays as it is. */
static void test_grey_blank(void)
{
    SurveyForeignPage page = {.width_mm = 210, .height_mm = 297};
    g_autoptr(HandForm) hand = hand_form_new();
    g_autoptr(GPtrArray) pages = g_ptr_array_new(), places = g_ptr_array_new();
    hand->form.foreign = true;
    hand->form.foreign_pages = pages;
    hand->form.foreign_boxes = places;
    g_ptr_array_add(pages, &page);
    g_autoptr(GPtrArray) blanks = g_ptr_array_new_with_free_func((GDestroyNotify)raster_free);
    Raster *grey = white_page(1240, 1754);
    for (int y = 0; y < grey->height_px; y++)
        for (int x = 0; x < grey->width_px; x++)
            grey->pixels[(size_t)y * grey->stride + (size_t)x] =
                (uint8_t)(210 - 80 * x / 1240 - 20 * y / 1754);
    for (int y = 800; y < 804; y++)
        memset(grey->pixels + (size_t)y * grey->stride + 100, 40, 1000); /* print */
    for (int y = 1200; y < 1400; y++)
        memset(grey->pixels + (size_t)y * grey->stride + 400, 20, 300); /* a black panel is no paper */
    g_ptr_array_add(blanks, grey);
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = print_foreign_layout(&hand->form, blanks, &error);
    g_assert_no_error(error);
    const Raster *made = ((LayoutPage *)layout->pages->pdata[0])->blank;
    for (int y = 20; y < made->height_px; y += 90) {
        for (int x = 20; x < made->width_px; x += 90) {
            bool panel = y > 1150 && y < 1450 && x > 350 && x<750, print = y> 795 && y < 810;
            if (!panel && !print)
                g_assert_cmpint(made->pixels[(size_t)y * made->stride + (size_t)x], >=, 243);
        }
    }
    for (int x = 100; x < 1100; x += 50)
        g_assert_cmpint(made->pixels[802 * made->stride + (size_t)x], <, 90);
    g_assert_cmpint(made->pixels[1300 * made->stride + 550], <, 60);

    Raster *white = white_page(1240, 1754);
    for (int y = 300; y < 500; y++)
        memset(white->pixels + (size_t)y * white->stride + 200, 215, 800);
    g_ptr_array_set_size(blanks, 0);
    g_ptr_array_add(blanks, white);
    g_autoptr(Layout) plain = print_foreign_layout(&hand->form, blanks, &error);
    g_assert_no_error(error);
    made = ((LayoutPage *)plain->pages->pdata[0])->blank;
    g_assert_cmpint(made->pixels[400 * made->stride + 600], ==, 215);
}

static void test_foreign(void)
{
    SurveyForeignPage page = {.width_mm = 215.9, .height_mm = 279.4};
    SurveyForeignBox boxes[] = {
        {.question = (char *)"q1", .option = (char *)"a", .page = 1, .rect = {50, 100, 4, 4}},
        {.question = (char *)"q1", .option = (char *)"b", .page = 1, .rect = {60, 100, 4, 4}, .round = true},
        {.question = (char *)"q2", .page = 1, .rect = {50, 150, 100, 20}}};
    g_autoptr(HandForm) hand = hand_form_new();
    make_question(&hand->section, &hand->form, "?", SURVEY_QUESTION_ONE, &hand->scale);
    make_question(&hand->section, &hand->form, "?", SURVEY_QUESTION_TEXT, NULL);
    hand->form.foreign = true;
    g_autoptr(GPtrArray) pages = g_ptr_array_new(), places = g_ptr_array_new();
    hand->form.foreign_pages = pages;
    hand->form.foreign_boxes = places;
    g_ptr_array_add(pages, &page);
    for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++)
        g_ptr_array_add(places, &boxes[i]);
    g_autoptr(GPtrArray) blanks = g_ptr_array_new_with_free_func((GDestroyNotify)raster_free);
    Raster *large = white_page(5100, 6600); /* Letter at 600 dpi, its file claiming 72 */
    large->dpi_x = large->dpi_y = 72;
    for (int y = 2400; y < 2500; y++)
        memset(large->pixels + (size_t)y * large->stride + 1200, 0, 96);
    g_ptr_array_add(blanks, large);
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = print_foreign_layout(&hand->form, blanks, &error);
    g_assert_no_error(error);
    const LayoutPage *made = layout->pages->pdata[0];
    g_assert_false(made->has_marks);
    g_assert_cmpfloat(made->code.w_mm, ==, 0);
    g_assert_cmpuint(made->boxes->len, ==, 2);
    g_assert_cmpint(((LayoutBox *)made->boxes->pdata[1])->shape, ==, LAYOUT_ROUND);
    g_assert_cmpint(((LayoutField *)made->fields->pdata[0])->kind, ==, LAYOUT_FIELD_IMAGE);
    g_assert_cmpint(made->blank->width_px, ==, 2550);
    g_assert_cmpint(made->blank->height_px, ==, 3300);
    g_assert_cmpfloat_with_epsilon(made->blank->dpi_x, 300, 0.01);
    g_assert_cmpint(made->blank->pixels[1225 * made->blank->stride + 620], ==, 0);
    g_assert_cmpint(made->blank->pixels[1225 * made->blank->stride + 590], ==, 255);
    g_assert_cmpint(strlen(layout->fingerprint), ==, 64);

    boxes[0].rect.x_mm = 214;
    g_assert_null(print_foreign_layout(&hand->form, blanks, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    boxes[0].rect.x_mm = 50;
    boxes[1].option = (char *)"a";
    g_assert_null(print_foreign_layout(&hand->form, blanks, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    boxes[1].option = (char *)"b";

    const int wrong_sizes[][2] = {{3300, 2550}, {400, 518}};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong_sizes); i++) {
        g_ptr_array_set_size(blanks, 0);
        g_ptr_array_add(blanks, white_page(wrong_sizes[i][0], wrong_sizes[i][1]));
        g_assert_null(print_foreign_layout(&hand->form, blanks, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_clear_error(&error);
    }
    g_ptr_array_set_size(blanks, 0);
    g_assert_null(print_foreign_layout(&hand->form, blanks, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(print_layout(hand->survey, &hand->form, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/print/places", test_places);
    g_test_add_func("/print/same-layout", test_same_layout);
    g_test_add_func("/print/pages", test_pages);
    g_test_add_func("/print/same-bytes", test_same_bytes);
    g_test_add_func("/print/long-agency", test_long_agency);
    g_test_add_func("/print/changed-definition", test_changed_definition);
    g_test_add_func("/print/stopped", test_stopped);
    g_test_add_func("/print/missing-font", test_missing_font);
    g_test_add_func("/print/type-fills", test_type_fills);
    g_test_add_func("/print/text-fills-cell", test_text_fills_cell);
    g_test_add_func("/print/earlier-manner", test_earlier_manner);
    g_test_add_func("/print/every-manner", test_every_manner);
    g_test_add_func("/print/tint", test_tint);
    g_test_add_func("/print/not-applicable", test_not_applicable);
    g_test_add_func("/print/many-rows", test_many_rows);
    g_test_add_func("/print/kinds", test_kinds);
    g_test_add_func("/print/unprintable", test_unprintable);
    g_test_add_func("/print/vietnamese", test_vietnamese);
    g_test_add_func("/print/json", test_json);
    g_test_add_func("/print/covers", test_covers);
    g_test_add_func("/print/foreign", test_foreign);
    g_test_add_func("/print/grey-blank", test_grey_blank);
    return g_test_run();
}
