#include "layout/layout.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

/* ---- serials ---- */

/* The check character is reached only through serials, so the published MOD 37,36 examples are computed with
 * the standard's own procedure and that procedure is compared with serial_make() on every number. */
static char iso_7064_mod_37_36(const char *text)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    int product = 36;
    for (; *text; text++) {
        int sum = product + (int)(strchr(alphabet, *text) - alphabet);
        sum = sum > 36 ? sum - 36 : sum;
        product = 2 * sum;
        product = product >= 37 ? product - 37 : product;
    }
    return alphabet[(37 - product) % 36];
}

static void test_serial_published(void)
{
    /* the GRid handbook's example A1-2425G-ABC1234002-M and the ISAN example 0000-0000-D07A-0090-Q */
    g_assert_cmpint(iso_7064_mod_37_36("A12425GABC1234002"), ==, 'M');
    g_assert_cmpint(iso_7064_mod_37_36("00000000D07A0090"), ==, 'Q');
    for (int number = 1; number <= SERIAL_MAX; number += number < 3000 ? 1 : 97) {
        char serial[SERIAL_LENGTH + 1], digits[SERIAL_LENGTH];
        serial_make(number, serial);
        g_strlcpy(digits, serial, sizeof digits);
        g_assert_cmpint(serial[SERIAL_LENGTH - 1], ==, iso_7064_mod_37_36(digits));
        g_assert_cmpint(serial_parse(serial), ==, number);
    }
}

static void test_serial_text(void)
{
    char serial[SERIAL_LENGTH + 1];
    serial_make(123, serial);
    g_assert_cmpstr(serial, ==, "0001235");
    g_autofree char *shown = serial_print_form(serial);
    g_assert_cmpstr(shown, ==, "000123-5");
    g_assert_cmpint(serial_parse(shown), ==, 123);
    for (int number = 1; number < 2000; number++) {
        serial_make(number, serial);
        g_autofree char *lower = g_ascii_strdown(serial, -1);
        g_assert_cmpint(serial_parse(lower), ==, number);
    }
    g_autofree char *foreign = serial_print_form("HAM-17");
    g_assert_cmpstr(foreign, ==, "HAM-17");
    const char *const wrong[] = {"",           "0001234",  "000123",   "000123-", "00-01235",
                                 "000123--5x", "0000005",  "000123 5", "-001235", "000123-55",
                                 "００0123",   "00012355", "+001235"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_cmpint(serial_parse(wrong[i]), ==, -1);
}

/* Every single wrong character is caught, and as the standard says nearly every swap of neighbours. */
static void test_serial_errors(void)
{
    int swaps = 0, missed = 0;
    for (int number = 1; number <= SERIAL_MAX; number += 997) {
        char serial[SERIAL_LENGTH + 1], bad[SERIAL_LENGTH + 1];
        serial_make(number, serial);
        for (int i = 0; i < SERIAL_LENGTH; i++) {
            for (const char *c = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *c; c++) {
                memcpy(bad, serial, sizeof bad);
                bad[i] = *c;
                if (*c != serial[i])
                    g_assert_cmpint(serial_parse(bad), ==, -1);
            }
        }
        for (int i = 0; i + 1 < SERIAL_LENGTH; i++) {
            memcpy(bad, serial, sizeof bad);
            bad[i] = serial[i + 1];
            bad[i + 1] = serial[i];
            if (bad[i] == bad[i + 1])
                continue;
            swaps++;
            missed += serial_parse(bad) != -1;
        }
    }
    g_test_message("%d of %d swaps of neighbours missed", missed, swaps);
    g_assert_cmpint(missed * 100, <, swaps);
}

/* ---- page codes ---- */

static void test_code_round_trip(void)
{
    PageCode code = {.kind = PAGE_CODE_BALLOT, .page = 2, .survey = "TV23", .form = "f1"};
    strcpy(code.fingerprint8, "3fa21c9b");
    serial_make(123, code.serial);
    g_autofree char *text = page_code_format(&code);
    g_assert_cmpstr(text, ==, "P1:TV23:F1:3FA21C9B:0001235:2");
    PageCode back;
    g_autoptr(GError) error = NULL;
    g_assert_true(page_code_parse(text, &back, &error));
    g_assert_no_error(error);
    g_assert_cmpint(back.kind, ==, PAGE_CODE_BALLOT);
    g_assert_cmpstr(back.form, ==, "F1");
    g_assert_cmpstr(back.fingerprint8, ==, "3FA21C9B");
    g_assert_cmpstr(back.serial, ==, "0001235");
    g_assert_cmpint(back.page, ==, 2);

    PageCode cover = {.kind = PAGE_CODE_COVER,
                      .survey = "TV23",
                      .group = "G3",
                      .agency = "SNV",
                      .origin = "CT-XTV",
                      .expected = 20};
    g_autofree char *cover_text = page_code_format(&cover);
    g_assert_cmpstr(cover_text, ==, "P1:TV23:*:G3:SNV:CT-XTV:20");
    g_assert_true(page_code_parse(cover_text, &back, &error));
    g_assert_cmpint(back.kind, ==, PAGE_CODE_COVER);
    g_assert_cmpstr(back.origin, ==, "CT-XTV");
    g_assert_cmpint(back.expected, ==, 20);
}

/* A sealed code says the same, is the station's for one cell only, and no character of it can be changed. */
static void test_code_sealed(void)
{
    PageStation station, other;
    g_autoptr(GError) error = NULL;
    g_assert_true(station_make(&station, &error) && station_make(&other, &error));
    g_assert_true(station_is_name(station.name));
    g_assert_false(station_is_name("K7Q0") || station_is_name("K7RFF") || station_is_name("k7rf"));
    g_assert_cmpint(memcmp(station.key, other.key, sizeof other.key), !=, 0);
    PageCode codes[] = {
        {.kind = PAGE_CODE_BALLOT, .page = 2, .survey = "TV23", .form = "F1", .fingerprint8 = "FFFFFFFF"},
        {.kind = PAGE_CODE_COVER,
         .survey = "TV23",
         .group = "G3",
         .agency = "SNV",
         .origin = "CT-XTV",
         .expected = 20}};
    serial_make(SERIAL_MAX, codes[0].serial);
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        page_code_seal(&codes[i], &station, "G3", "SNV", "CT-XTV");
        g_autofree char *text = page_code_format(&codes[i]);
        g_assert_cmpuint(strlen(text), <=, 38); /* the smallest symbol that holds a ballot's code */
        PageCode back;
        g_assert_true(page_code_parse(text, &back, &error));
        g_assert_cmpmem(&back, sizeof back, &codes[i], sizeof codes[i]);
        g_assert_true(page_code_is_sealed(&back, &station, "G3", "SNV", "CT-XTV"));
        g_assert_false(page_code_is_sealed(&back, &station, "G3", "SNV", "SNV"));
        g_assert_false(page_code_is_sealed(&back, &other, "G3", "SNV", "CT-XTV"));
        g_strlcpy(other.name, station.name, sizeof other.name);
        g_assert_false(page_code_is_sealed(&back, &other, "G3", "SNV", "CT-XTV"));
        for (size_t c = 2; text[c]; c++) {
            char was = text[c];
            text[c] = was == '3' ? '4' : '3';
            g_assert_false(page_code_parse(text, &back, NULL) &&
                           page_code_is_sealed(&back, &station, "G3", "SNV", "CT-XTV"));
            text[c] = was;
        }
    }
}

static void test_code_hostile(void)
{
    const char *const wrong[] = {
        "P2K7RF01234567",
        "P2K7RF01234567001ZZZZZZZZ:TV23:F1:1:1",
        "P2K7RF0123456700000000000:TV23:F1:1", /* number 0 */
        "P2K7RF01234567ZZZZZZZZZZZ:TV23:F1:1", /* more than 52 bits */
        "P2K7RO012345673ZSX5CH51KV:TV23:F1:1", /* no station */
        "P2K7RF0123456I3ZSX5CH51KV:TV23:F1:1", /* no base 32 */
        "P2K7RF012345673ZSX5CH51K:TV23:F1:1",
        "P2K7RF012345673ZSX5CH51KV:TV23:F1:0",
        "P2K7RF012345673ZSX5CH51KV:TV23:*:G3:SNV:SNV:20",
        "P2K7RF01234567:TV23:F1:1",
        "",
        "P1",
        "P1:TV23:F1:3FA21C9B:0001236:1",
        "P2:TV23:F1:3FA21C9B:0001235:1",
        "P1:TV23:F1:3FA21C9B:0001235:0",
        "P1:TV23:F1:3FA21C9B:0001235:100",
        "P1:TV23:F1:3FA21C9B:0001235:-1",
        "P1:TV23:F1:3FA21C9B:0001235:1x",
        "P1:TV23:F1:3FA21C9B:0001235",
        "P1:TV23:F1:3FA21C9B:0001235:1:1",
        "P1:TV23:F1:3FA21C9B:0001235:1:1:1:1:1:1",
        "P1:TV23:F1:3FA21C9Z:0001235:1",
        "P1:TV23:F1:3FA21C9:0001235:1",
        "P1:TV23::3FA21C9B:0001235:1",
        "P1:TV234567:F1:3FA21C9B:0001235:1",
        "P1:tv23:F1:3FA21C9B:0001235:1",
        "P1:TV23:F1:3FA21C9B:000123-5:1",
        "P1:TV23:*:G3:SNV:SNV:",
        "P1:TV23:*:G3:SNV:SNV:1000000",
        "P1:TV23:*:G3:SNV:20",
        "P1:TV23:*:G3:SNV:A/../../B:20",
        "P1:TV23:*:G3:SNV:ABCDEFGHIJKLMNOPQRSTUVWXYZ:20",
        "https://example.org/",
        "\xff\xfe\n\x1b[31m",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        PageCode code;
        memset(&code, 0x5a, sizeof code);
        PageCode before = code;
        g_assert_false(page_code_parse(wrong[i], &code, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_assert_null(strchr(error->message, '\n'));
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        g_assert_cmpmem(&before, sizeof before, &code, sizeof code);
    }
}

/* ---- saving and loading ---- */

static Layout *sample(double nudge_mm)
{
    Layout *layout = layout_new("F1", 3);
    for (int p = 0; p < 2; p++) {
        LayoutPage *page = layout_add_page(layout, 210, 297);
        page->has_marks = p == 0;
        for (int i = 0; i < LAYOUT_MARKS && page->has_marks; i++)
            page->marks[i] = (RectMm){10 + i, 10, 5, 5};
        page->code = (RectMm){172, 266, 18, 18};
        page->serial = (RectMm){20, 266, 40, 5};
        layout_add_variable(page, page->code);
        layout_add_variable(page, page->serial);
        layout_add_box(page, "q1", "a", (RectMm){50.1 + nudge_mm, 100.0 / 3, 4.6, 4.6}, 0.28, LAYOUT_SQUARE);
        layout_add_box(page, "q1", "b", (RectMm){70.1, 100.0 / 3, 4.6, 4.6}, 0.28, LAYOUT_ROUND);
        layout_add_field(page, "ý \"kiến\"", LAYOUT_FIELD_IMAGE, (RectMm){20, 200, 170, 30});
        layout_add_field(page, "so", LAYOUT_FIELD_DIGITS, (RectMm){20, 240, 30, 8});
        page->blank = raster_new(827, 1169, NULL);
        page->blank->dpi_x = 100;
        page->blank->dpi_y = 1169 * 25.4 / 297;
        for (int y = 0; y < page->blank->height_px; y++)
            for (int x = 0; x < page->blank->width_px; x++)
                page->blank->pixels[(size_t)y * page->blank->stride + x] = (uint8_t)(x * 7 + y * 13 + p);
    }
    layout_seal(layout);
    return layout;
}

static char *temporary_folder(void)
{
    char *folder = g_dir_make_tmp("phieu-layout-XXXXXX", NULL);
    g_assert_nonnull(folder);
    return folder;
}

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static char *json_path(const char *folder, const Layout *layout)
{
    return g_strdup_printf("%s/%s-%.8s.json", folder, layout->form, layout->fingerprint);
}

static void assert_rect(RectMm a, RectMm b)
{
    g_assert_cmpfloat(a.x_mm, ==, b.x_mm);
    g_assert_cmpfloat(a.y_mm, ==, b.y_mm);
    g_assert_cmpfloat(a.w_mm, ==, b.w_mm);
    g_assert_cmpfloat(a.h_mm, ==, b.h_mm);
}

static void assert_same_page(const LayoutPage *a, const LayoutPage *b)
{
    g_assert_cmpint(a->page, ==, b->page);
    g_assert_cmpint(a->has_marks, ==, b->has_marks);
    for (int i = 0; i < LAYOUT_MARKS; i++)
        assert_rect(a->marks[i], b->marks[i]);
    assert_rect(a->code, b->code);
    assert_rect(a->serial, b->serial);
    g_assert_cmpuint(a->variable->len, ==, b->variable->len);
    g_assert_cmpuint(a->boxes->len, ==, b->boxes->len);
    for (guint i = 0; i < a->boxes->len; i++) {
        const LayoutBox *x = a->boxes->pdata[i], *y = b->boxes->pdata[i];
        g_assert_cmpstr(x->question, ==, y->question);
        g_assert_cmpstr(x->option, ==, y->option);
        assert_rect(x->rect, y->rect);
        g_assert_cmpfloat(x->outline_mm, ==, y->outline_mm);
        g_assert_cmpint(x->shape, ==, y->shape);
    }
    g_assert_cmpuint(a->fields->len, ==, b->fields->len);
    for (guint i = 0; i < a->fields->len; i++) {
        const LayoutField *x = a->fields->pdata[i], *y = b->fields->pdata[i];
        g_assert_cmpstr(x->field, ==, y->field);
        g_assert_cmpint(x->kind, ==, y->kind);
        assert_rect(x->rect, y->rect);
    }
    g_assert_cmpfloat(a->blank->dpi_x, ==, b->blank->dpi_x);
    g_assert_cmpfloat(a->blank->dpi_y, ==, b->blank->dpi_y);
    for (int y = 0; y < a->blank->height_px; y++)
        g_assert_cmpint(memcmp(a->blank->pixels + (size_t)y * a->blank->stride,
                               b->blank->pixels + (size_t)y * b->blank->stride, (size_t)a->blank->width_px),
                        ==, 0);
}

static void test_save_load(void)
{
    g_autofree char *folder = temporary_folder();
    g_autoptr(Layout) layout = sample(0);
    g_autoptr(GError) error = NULL;
    g_assert_true(layout_save(layout, folder, &error));
    g_assert_true(layout_save(layout, folder, &error));
    g_assert_no_error(error);
    g_autofree char *path = json_path(folder, layout);
    g_autoptr(Layout) loaded = layout_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(loaded->form, ==, "F1");
    g_assert_cmpint(loaded->version, ==, 3);
    g_assert_cmpstr(loaded->fingerprint, ==, layout->fingerprint);
    g_assert_cmpuint(loaded->pages->len, ==, 2);
    for (guint i = 0; i < 2; i++)
        assert_same_page(layout->pages->pdata[i], loaded->pages->pdata[i]);
    g_assert_cmpint(layout_box_index(loaded->pages->pdata[1], "q1", "b"), ==, 1);
    g_assert_cmpint(layout_box_index(loaded->pages->pdata[1], "q1", "c"), ==, -1);
    remove_folder(folder);
}

static void test_load_all(void)
{
    g_autofree char *folder = temporary_folder();
    g_autoptr(Layout) a = sample(0), b = sample(0.5);
    g_assert_cmpstr(a->fingerprint, !=, b->fingerprint);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none = layout_load_all(folder, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_true(layout_save(a, folder, &error) && layout_save(b, folder, &error));
    g_autoptr(GPtrArray) all = layout_load_all(folder, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 2);
    g_autofree char *upper = g_ascii_strup(b->fingerprint, 8);
    Layout *found = layout_find(all, "f1", upper);
    g_assert_nonnull(found);
    g_assert_cmpstr(found->fingerprint, ==, b->fingerprint);
    g_assert_null(layout_find(all, "F2", upper));
    g_assert_null(layout_find(all, "F1", "00000000"));
    remove_folder(folder);
    g_autoptr(GPtrArray) missing = layout_load_all(folder, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(missing->len, ==, 0);
}

/* Without a stated dpi the blank is taken to cover the whole page. */
static void test_seal(void)
{
    g_autoptr(Layout) layout = layout_new("F1", 1);
    LayoutPage *page = layout_add_page(layout, 210, 297);
    page->blank = raster_new(1654, 2339, NULL);
    memset(page->blank->pixels, 255, page->blank->stride * 2339);
    layout_seal(layout);
    g_assert_cmpfloat_with_epsilon(page->blank->dpi_x, 1654 * 25.4 / 210, 1e-4);
    g_assert_cmpfloat_with_epsilon(page->blank->dpi_y, 2339 * 25.4 / 297, 1e-4);
    g_autofree char *before = g_strdup(layout->fingerprint);
    layout_seal(layout);
    g_assert_cmpstr(before, ==, layout->fingerprint);
}

/* A comma as decimal point in the user's language changes neither the file nor the fingerprint. */
static void test_locale(void)
{
    g_autoptr(Layout) before = sample(0);
    const char *const names[] = {"vi_VN.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8"};
    bool set = false;
    for (size_t i = 0; i < G_N_ELEMENTS(names) && !set; i++)
        set = setlocale(LC_NUMERIC, names[i]) != NULL;
    if (!set) {
        g_test_skip("no locale with a decimal comma is installed");
        return;
    }
    g_autofree char *folder = temporary_folder();
    g_autoptr(Layout) layout = sample(0);
    g_assert_cmpstr(before->fingerprint, ==, layout->fingerprint);
    g_autoptr(GError) error = NULL;
    g_assert_true(layout_save(layout, folder, &error));
    g_autofree char *path = json_path(folder, layout);
    g_autoptr(Layout) loaded = layout_load(path, &error);
    g_assert_no_error(error);
    setlocale(LC_NUMERIC, "C");
    remove_folder(folder);
}

static void replace_in_file(const char *path, const char *from, const char *to)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, from));
    g_autoptr(GString) changed = g_string_new(text);
    g_string_replace(changed, from, to, 1);
    g_assert_true(g_file_set_contents(path, changed->str, -1, NULL));
}

static void test_tampered(void)
{
    const char *const changes[][2] = {{"50.1", "50.2"},
                                      {"\"version\": 3", "\"version\": 4"},
                                      {"\"b\"", "\"c\""},
                                      {"0.28", "0.3"},
                                      {"\"circle\"", "\"square\""},
                                      {"\"image\"", "\"text\""},
                                      {"[172, 266", "[171, 266"},
                                      {"[100, ", "[101, "},
                                      {"\"form\": \"F1\"", "\"form\": \"F2\""},
                                      {"\"marks\"", "\"marksx\""}};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *folder = temporary_folder();
        g_autoptr(Layout) layout = sample(0);
        g_assert_true(layout_save(layout, folder, NULL));
        g_autofree char *path = json_path(folder, layout);
        replace_in_file(path, changes[i][0], changes[i][1]);
        g_autoptr(GError) error = NULL;
        g_autoptr(Layout) loaded = layout_load(path, &error);
        g_assert_null(loaded);
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, path));
        remove_folder(folder);
    }
}

static void test_tampered_picture(void)
{
    g_autofree char *folder = temporary_folder();
    g_autoptr(Layout) layout = sample(0);
    g_assert_true(layout_save(layout, folder, NULL));
    g_autofree char *path = json_path(folder, layout);
    g_autofree char *picture = g_strdup_printf("%s/F1-%.8s-2.png", folder, layout->fingerprint);
    LayoutPage *page = layout->pages->pdata[1];
    page->blank->pixels[page->blank->stride * 500 + 400] ^= 1;
    g_assert_true(raster_write_png(page->blank, picture, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_null(layout_load(path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);

    g_assert_true(g_file_set_contents(picture, "no picture", -1, NULL));
    g_assert_null(layout_load(path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE);
    g_clear_error(&error);

    g_assert_cmpint(g_unlink(picture), ==, 0);
    g_assert_null(layout_load(path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
    remove_folder(folder);
}

static void test_hostile_json(void)
{
    g_autofree char *deep = g_strnfill(200000, '[');
    g_autofree char *deep_objects = g_strdup_printf("{\"a\":%s", deep);
    const char *const texts[] = {
        "",
        "{",
        "null",
        "[]",
        "\"text\"",
        "{}",
        "\xff\xfe",
        deep,
        deep_objects,
        "{\"phieu_layout\": 2}",
        "{\"phieu_layout\": 1, \"version\": 1, \"form\": 7, \"fingerprint\": \"\", \"pages\": []}",
        "{\"phieu_layout\": 1, \"version\": 1e999, \"form\": \"F\", \"fingerprint\": \"x\", \"pages\": []}",
        "{\"phieu_layout\": 1, \"version\": 1, \"form\": \"F\", \"fingerprint\": \"x\", \"pages\": []}",
    };
    const char *const pages[] = {
        "{}",
        "[]",
        "null",
        "{\"width_mm\": 1e12, \"height_mm\": 297}",
        "{\"width_mm\": -210, \"height_mm\": 297}",
        "{\"width_mm\": true, \"height_mm\": 297}",
        "{\"width_mm\": 210, \"height_mm\": 297}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": [[1,2,3]], \"boxes\": [], \"fields\": []}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": {}, \"boxes\": [], \"fields\": []}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": [], \"boxes\": [4], \"fields\": []}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": [], \"boxes\": [{}], \"fields\": []}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": [], \"boxes\": [], \"fields\": [null]}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": [], \"fields\": [], \"boxes\": "
        "[{\"question\": \"q\", \"option\": \"a\", \"rect\": [300, 1, 4, 4], \"outline_mm\": 0, \"shape\": "
        "\"square\"}]}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": [], \"fields\": [], \"boxes\": "
        "[{\"question\": \"q\", \"option\": \"a\", \"rect\": [3, 1, -4, 4], \"outline_mm\": 0, \"shape\": "
        "\"square\"}]}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"variable\": [], \"fields\": [], \"boxes\": "
        "[{\"question\": \"q\", \"option\": \"a\", \"rect\": [3, 1, 4, 4], \"outline_mm\": 0, \"shape\": "
        "\"star\"}]}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"marks\": [[1,1,1,1]], \"variable\": [], \"boxes\": [], "
        "\"fields\": []}",
        "{\"width_mm\": 210, \"height_mm\": 297, \"blank_dpi\": [0, 0], \"variable\": [], \"boxes\": [], "
        "\"fields\": []}",
    };
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(all, g_strdup(texts[i]));
    g_autofree char *fingerprint = g_strnfill(64, 'a');
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
        g_ptr_array_add(all, g_strdup_printf("{\"phieu_layout\": 1, \"version\": 1, \"form\": \"F\", "
                                             "\"fingerprint\": \"%s\", \"pages\": [%s]}",
                                             fingerprint, pages[i]));
    g_autofree char *folder = temporary_folder();
    g_autofree char *path = g_build_filename(folder, "x.json", NULL);
    for (guint i = 0; i < all->len; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(path, all->pdata[i], -1, NULL));
        g_autoptr(Layout) layout = layout_load(path, &error);
        g_assert_null(layout);
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, path));
        g_assert_null(strchr(error->message, '\n'));
    }
    remove_folder(folder);
}

/* Cut anywhere, a saved layout is refused and nothing is read past its end. */
static void test_truncated(void)
{
    g_autofree char *folder = temporary_folder();
    g_autoptr(Layout) layout = sample(0);
    g_assert_true(layout_save(layout, folder, NULL));
    g_autofree char *path = json_path(folder, layout);
    g_autofree char *text = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    for (gsize cut = 0; cut + 3 < length; cut += 11) {
        g_assert_true(g_file_set_contents(path, text, (gssize)cut, NULL));
        g_autoptr(GError) error = NULL;
        g_assert_null(layout_load(path, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    }
    remove_folder(folder);
}

static void test_save_refused(void)
{
    g_autofree char *folder = temporary_folder();
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = layout_new("../F1", 1);
    layout_add_page(layout, 210, 297);
    layout_seal(layout);
    g_assert_false(layout_save(layout, folder, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_clear_error(&error);

    g_autofree char *file = g_build_filename(folder, "file", NULL);
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    g_autoptr(Layout) good = sample(0);
    g_assert_false(layout_save(good, file, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    remove_folder(folder);
}

/* A number as it stands on paper, with its station and without. */
static void test_paper_form(void)
{
    char serial[SERIAL_LENGTH + 1], station[STATION_LENGTH + 1] = "----";
    serial_make(123, serial);
    g_autofree char *named = serial_paper_form("K7RF", serial), *plain = serial_paper_form("", serial);
    g_autofree char *print = serial_print_form(serial), *typed = g_ascii_strdown(named, -1);
    g_assert_cmpstr(plain, ==, print);
    g_assert_true(g_str_has_prefix(named, "K7RF-000123-"));
    g_assert_cmpint(serial_paper_parse(typed, station), ==, 123);
    g_assert_cmpstr(station, ==, "K7RF");
    g_assert_cmpint(serial_paper_parse(plain, station), ==, 123);
    g_assert_cmpstr(station, ==, "");
    g_autofree char *no_name = serial_paper_form("K0RF", serial), *no_number = g_strdup(named);
    no_number[10] = '4';
    const char *const bad[] = {no_name, no_number, "K7RF-", "K7RF", "-000123", "K7RFX000123"};
    g_strlcpy(station, "kept", sizeof station);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_cmpint(serial_paper_parse(bad[i], station), ==, -1);
    g_assert_cmpstr(station, ==, "kept");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/serial/published", test_serial_published);
    g_test_add_func("/layout/serial/text", test_serial_text);
    g_test_add_func("/layout/serial/errors", test_serial_errors);
    g_test_add_func("/layout/code/round-trip", test_code_round_trip);
    g_test_add_func("/layout/code/sealed", test_code_sealed);
    g_test_add_func("/layout/code/hostile", test_code_hostile);
    g_test_add_func("/layout/save-load", test_save_load);
    g_test_add_func("/layout/load-all", test_load_all);
    g_test_add_func("/layout/seal", test_seal);
    g_test_add_func("/layout/locale", test_locale);
    g_test_add_func("/layout/tampered", test_tampered);
    g_test_add_func("/layout/tampered-picture", test_tampered_picture);
    g_test_add_func("/layout/hostile-json", test_hostile_json);
    g_test_add_func("/layout/truncated", test_truncated);
    g_test_add_func("/layout/save-refused", test_save_refused);
    g_test_add_func("/layout/paper-form", test_paper_form);
    return g_test_run();
}
