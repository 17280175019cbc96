/* Longer than most: every kind of file with its variants, then what damage and lies do to each. */
#include "page/page.h"

#include <cairo-pdf.h>
#include <qpdf/qpdf-c.h>
#include <zlib.h>

#include "scans.h"

static char *root; /* a folder for the files */

static char *in_root(const char *name)
{
    return g_build_filename(root, name, NULL);
}

/* The page differs from the drawing nowhere by more than `slack` (edges apart, where `soft`). */
static void assert_drawing(const PageImage *image, ScanStyle style, int slack, bool soft)
{
    const Raster *grey = image->grey;
    g_assert_cmpint(grey->width_px, ==, SCAN_W);
    g_assert_cmpint(grey->height_px, ==, SCAN_H);
    for (int y = 0; y < SCAN_H; y++) {
        for (int x = 0; x < SCAN_W; x++) {
            int level = scan_level(style, x, y), edge = 0;
            for (int d = -2; d <= 2 && soft; d++)
                edge |= scan_level(style, x + d, y) != level || scan_level(style, x, y + d) != level;
            int off = abs(grey->pixels[(size_t)y * grey->stride + (size_t)x] - level);
            if (!edge && off > slack)
                g_error("pixel %d, %d is off by %d", x, y, off);
        }
    }
}

static int at(const Raster *raster, int x, int y)
{
    return raster->pixels[(size_t)y * raster->stride + (size_t)x];
}

/* The patch is red and paper neutral. */
static void assert_chroma(const PageImage *image)
{
    g_assert_nonnull(image->cb);
    g_assert_nonnull(image->cr);
    int s = image->chroma_shift;
    g_assert_cmpint(image->cb->width_px, ==, (SCAN_W + (1 << s) - 1) >> s);
    g_assert_cmpint(image->cr->height_px, ==, (SCAN_H + (1 << s) - 1) >> s);
    g_assert_cmpint(at(image->cr, 150 >> s, 96 >> s), >, 190);
    g_assert_cmpint(at(image->cb, 150 >> s, 96 >> s), <, 115);
    g_assert_cmpint(abs(at(image->cb, 190 >> s, 20 >> s) - 128), <=, 3);
    g_assert_cmpint(abs(at(image->cr, 30 >> s, 60 >> s) - 128), <=, 3);
}

static PageFile *open_scan(const char *path, PageFileKind kind, int pages)
{
    g_autoptr(GError) error = NULL;
    PageFile *file = page_file_open(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(page_file_kind(file), ==, kind);
    g_assert_cmpint(page_file_count(file), ==, pages);
    return file;
}

static PageImage *read_page(PageFile *file, int index, bool want_chroma)
{
    g_autoptr(GError) error = NULL;
    PageImage *image = page_file_read(file, index, want_chroma, &error);
    g_assert_no_error(error);
    g_assert_nonnull(image);
    return image;
}

static PageImage *read_only_page(const char *path, PageFileKind kind, bool want_chroma)
{
    g_autoptr(PageFile) file = open_scan(path, kind, 1);
    return read_page(file, 0, want_chroma);
}

/* Neither the file nor its first page can be had; the words are one line and begin with the file. */
static void assert_refused(const char *path, PhieuError code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PageFile) file = page_file_open(path, &error);
    g_autoptr(PageImage) image = file ? page_file_read(file, 0, true, &error) : NULL;
    g_assert_null(image);
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_error(error, PHIEU_ERROR, (int)code);
    g_autofree char *shown = text_printable(path);
    g_assert_true(g_str_has_prefix(error->message, shown));
    g_assert_null(strchr(error->message, '\n'));
    if (words)
        g_assert_nonnull(strstr(error->message, words));
}

/* ---- JPEG ---- */

static void test_jpeg(void)
{
    static const ScanJpeg files[] = {
        {.style = SCAN_GREY},
        {.style = SCAN_GREY, .progressive = true},
        {.style = SCAN_COLOUR},
        {.style = SCAN_COLOUR, .h = 1, .v = 1},
        {.style = SCAN_COLOUR, .h = 2, .v = 1}, /* as most scanners' */
        {.style = SCAN_COLOUR, .h = 1, .v = 2},
        {.style = SCAN_COLOUR, .h = 4, .v = 1},
        {.style = SCAN_COLOUR, .progressive = true},
        {.style = SCAN_COLOUR, .h = 1, .v = 1, .adobe_rgb = true},
    };
    g_autofree char *path = in_root("j.jpg");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_test_message("file %zu", i);
        scan_write_jpeg(path, &files[i]);
        for (int want = 0; want < 2; want++) {
            g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_JPEG, want);
            assert_drawing(image, files[i].style, 12, true);
            g_assert_false(image->bitonal);
            if (want && files[i].style == SCAN_COLOUR)
                assert_chroma(image);
            else
                g_assert_null(image->cb);
        }
    }
}

static void test_jpeg_dpi(void)
{
    static const struct {
        ScanJpeg file;
        double dpi_x, dpi_y;
    } files[] = {{{.unit = 1, .dpi_x = 200, .dpi_y = 200}, 200, 200},
                 {{.unit = 1, .dpi_x = 204, .dpi_y = 98}, 204, 98},
                 {{.unit = 2, .dpi_x = 118, .dpi_y = 118}, 299.72, 299.72}, /* a centimetre */
                 {{.unit = 0, .dpi_x = 1, .dpi_y = 1}, 0, 0},
                 {{.unit = 0, .dpi_x = 300, .dpi_y = 300}, 0, 0}, /* only the shape of a pixel */
                 {{.unit = 1, .dpi_x = 1, .dpi_y = 1}, 0, 0},
                 {{.unit = 1, .dpi_x = 300, .dpi_y = 0}, 0, 0},
                 {{.unit = 1, .dpi_x = 65535, .dpi_y = 65535}, 0, 0}};
    g_autofree char *path = in_root("d.jpg");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        ScanJpeg file = files[i].file;
        file.style = SCAN_GREY;
        scan_write_jpeg(path, &file);
        g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_JPEG, false);
        g_assert_cmpfloat_with_epsilon(image->grey->dpi_x, files[i].dpi_x, 0.01);
        g_assert_cmpfloat_with_epsilon(image->grey->dpi_y, files[i].dpi_y, 0.01);
    }
}

static void test_jpeg_orientation(void)
{
    g_autofree char *path = in_root("o.jpg");
    for (int orientation = 1; orientation <= 8; orientation++) {
        ScanJpeg file = {
            .style = SCAN_COLOUR, .orientation = orientation, .unit = 1, .dpi_x = 200, .dpi_y = 100};
        scan_write_jpeg(path, &file);
        g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_JPEG, true);
        assert_drawing(image, SCAN_COLOUR, 12, true);
        assert_chroma(image);
        g_assert_cmpfloat(image->grey->dpi_x, ==, orientation >= 5 ? 100 : 200);
    }
    /* a tag that means nothing leaves the page as it is */
    ScanJpeg file = {.style = SCAN_GREY, .orientation = 1};
    scan_write_jpeg(path, &file);
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    char *exif = memmem(bytes, length, "Exif", 4);
    g_assert_nonnull(exif);
    exif[25] = 99;
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
    g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_JPEG, false);
    assert_drawing(image, SCAN_GREY, 12, true);
}

/* Bytes put in at a place of others, after so many there are taken out. */
static GBytes *put_in(GBytes *of, gsize place, gsize out, const void *in, gsize length)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(of, &size);
    GByteArray *made = g_byte_array_new();
    g_byte_array_append(made, bytes, (guint)place);
    if (length)
        g_byte_array_append(made, in, (guint)length);
    g_byte_array_append(made, bytes + place + out, (guint)(size - place - out));
    return g_byte_array_free_to_bytes(made);
}

static void assert_jpeg(const char *what, GBytes *bytes, ScanStyle style, bool good)
{
    g_autofree char *path = in_root("lạ.jpg");
    g_test_message("%s", what);
    g_assert_true(
        g_file_set_contents(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), NULL));
    for (int want = 0; want < 2; want++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PageFile) file = page_file_open(path, &error);
        g_autoptr(PageImage) image = file ? page_file_read(file, 0, want, &error) : NULL;
        if (good) {
            g_assert_no_error(error);
            assert_drawing(image, style, 12, true);
        } else {
            g_assert_null(image);
            g_assert_nonnull(error);
        }
    }
}

static gsize find_marker(GBytes *of, guint8 marker)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(of, &size), mark[] = {0xff, marker};
    const guint8 *at = memmem(bytes, size, mark, 2);
    g_assert_nonnull(at);
    return (gsize)(at - bytes);
}

/* What scanners write otherwise than the standard says, the data whole: read; what is missing or damaged
 * data: not. */
static void test_jpeg_quirks(void)
{
    static const ScanStyle styles[] = {SCAN_GREY, SCAN_COLOUR};
    const guint8 zeros[4] = {0}, line_end[] = "\r\n", fill[] = {0xff, 0xff, 0xff},
                 dnl[] = {0xff, 0xdc, 0, 4, SCAN_H >> 8, SCAN_H & 255};
    const guint8 rubbish[24] = {0x5a, 0x31, 0x77, 0x12, 0x9c, 0x42, 0x18, 0x33, 0x5a, 0x31, 0x77, 0x12},
                 none[2] = {0}, most[] = {0xff, 0xff}, more[] = {(SCAN_H + 64) >> 8, (SCAN_H + 64) & 255};
    for (size_t s = 0; s < G_N_ELEMENTS(styles); s++) {
        g_autofree char *path = in_root("tốt.jpg"), *contents = NULL;
        gsize size;
        scan_write_jpeg(path, &(ScanJpeg){.style = styles[s]});
        g_assert_true(g_file_get_contents(path, &contents, &size, NULL));
        g_autoptr(GBytes) good = g_bytes_new_take(g_steal_pointer(&contents), size);
        const gsize end = size - 2, height = find_marker(good, 0xc0) + 5, tables = find_marker(good, 0xdb);
        const struct {
            const char *what;
            gsize place, out;
            const void *in;
            gsize length;
            bool good;
        } cases[] = {
            {"no end mark", end, 2, NULL, 0, true},
            {"two zeros before it", end, 0, zeros, 2, true},
            {"four zeros before it", end, 0, zeros, 4, true},
            {"an end of line before it", end, 0, line_end, 2, true},
            {"fill bytes before it", end, 0, fill, 3, true},
            {"rubbish after it", size, 0, rubbish, sizeof rubbish, true},
            {"zeros between segments", tables, 0, zeros, 2, true},
            {"rubbish between segments", tables, 0, rubbish, sizeof rubbish, true},
            {"rubbish at the end of the data", end, 0, rubbish, sizeof rubbish, false},
            {"no height", height, 2, none, 2, false},
            {"more lines than there are", height, 2, more, 2, false},
            {"the most lines there can be", height, 2, most, 2, false},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
            g_autoptr(GBytes) made = put_in(good, cases[i].place, cases[i].out, cases[i].in, cases[i].length);
            assert_jpeg(cases[i].what, made, styles[s], cases[i].good);
        }
        const guint8 *heights[] = {none, most, more};
        for (size_t i = 0; i < G_N_ELEMENTS(heights); i++) {
            g_autoptr(GBytes) told = put_in(good, end, 0, dnl, sizeof dnl),
                              made = put_in(told, height, 2, heights[i], 2);
            assert_jpeg("height after the scan", made, styles[s], true);
        }
        for (gsize cut = 3; cut < 60; cut++) { /* into the last blocks */
            g_autoptr(GBytes) made = g_bytes_new_from_bytes(good, 0, size - cut);
            g_autoptr(GError) error = NULL;
            g_assert_true(
                g_file_set_contents(path, g_bytes_get_data(made, NULL), (gssize)(size - cut), NULL));
            g_autoptr(PageFile) file = page_file_open(path, &error);
            g_autoptr(PageImage) image = file ? page_file_read(file, 0, true, &error) : NULL;
            if (image)
                assert_drawing(image, styles[s], 12, true);
        }
    }
}

/* ---- PNG ---- */

static void test_png(void)
{
    static const ScanPng files[] = {
        {.type = PNG_COLOR_TYPE_GRAY, .depth = 1, .style = SCAN_BITONAL},
        {.type = PNG_COLOR_TYPE_GRAY, .depth = 4, .style = SCAN_GREY},
        {.type = PNG_COLOR_TYPE_GRAY, .depth = 8, .style = SCAN_GREY},
        {.type = PNG_COLOR_TYPE_GRAY, .depth = 16, .style = SCAN_GREY},
        {.type = PNG_COLOR_TYPE_GRAY, .depth = 8, .style = SCAN_GREY, .interlaced = true},
        {.type = PNG_COLOR_TYPE_PALETTE, .depth = 1, .style = SCAN_BITONAL},
        {.type = PNG_COLOR_TYPE_PALETTE, .depth = 2, .style = SCAN_COLOUR},
        {.type = PNG_COLOR_TYPE_PALETTE, .depth = 8, .style = SCAN_COLOUR},
        {.type = PNG_COLOR_TYPE_RGB, .depth = 8, .style = SCAN_COLOUR},
        {.type = PNG_COLOR_TYPE_RGB, .depth = 16, .style = SCAN_COLOUR},
        {.type = PNG_COLOR_TYPE_RGB_ALPHA, .depth = 8, .style = SCAN_COLOUR},
        {.type = PNG_COLOR_TYPE_GRAY_ALPHA, .depth = 8, .style = SCAN_GREY},
        /* what cannot be seen is paper, whatever colour it is not seen in */
        {.type = PNG_COLOR_TYPE_RGB_ALPHA, .depth = 8, .style = SCAN_COLOUR, .transparent = true},
        {.type = PNG_COLOR_TYPE_RGB_ALPHA, .depth = 16, .style = SCAN_COLOUR, .transparent = true},
        {.type = PNG_COLOR_TYPE_GRAY_ALPHA, .depth = 8, .style = SCAN_GREY, .transparent = true},
        {.type = PNG_COLOR_TYPE_GRAY_ALPHA, .depth = 16, .style = SCAN_GREY, .transparent = true},
        {.type = PNG_COLOR_TYPE_PALETTE, .depth = 8, .style = SCAN_COLOUR, .transparent = true},
        {.type = PNG_COLOR_TYPE_PALETTE, .depth = 2, .style = SCAN_COLOUR, .transparent = true},
    };
    g_autofree char *path = in_root("p.png");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_test_message("file %zu", i);
        scan_write_png(path, &files[i]);
        for (int want = 0; want < 2; want++) {
            g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_PNG, want);
            assert_drawing(image, files[i].style, 1, false);
            g_assert_cmpint(image->bitonal, ==, files[i].depth == 1);
            if (want && files[i].style == SCAN_COLOUR)
                assert_chroma(image);
            else if (!want)
                g_assert_null(image->cb);
        }
    }
}

static void test_png_dpi(void)
{
    static const struct {
        int unit, per_metre;
        double dpi;
    } files[] = {{PNG_RESOLUTION_METER, 7874, 200},
                 {PNG_RESOLUTION_UNKNOWN, 7874, 0},
                 {PNG_RESOLUTION_METER, 1, 0},
                 {PNG_RESOLUTION_METER, 0, 0}, /* none */
                 {PNG_RESOLUTION_METER, 0x7fffffff, 0}};
    g_autofree char *path = in_root("d.png");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        ScanPng file = {.type = PNG_COLOR_TYPE_GRAY,
                        .depth = 8,
                        .style = SCAN_GREY,
                        .unit = files[i].unit,
                        .per_metre = files[i].per_metre};
        scan_write_png(path, &file);
        g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_PNG, false);
        g_assert_cmpfloat_with_epsilon(image->grey->dpi_x, files[i].dpi, 0.01);
    }
}

/* ---- TIFF ---- */

#define WHITE0 PHOTOMETRIC_MINISWHITE
#define BLACK0 PHOTOMETRIC_MINISBLACK

static const ScanTiff tiffs[] = {
    {COMPRESSION_CCITTFAX4, WHITE0, 1, .style = SCAN_BITONAL},
    {COMPRESSION_CCITTFAX4, BLACK0, 1, .style = SCAN_BITONAL}, /* the other way round, as some copiers do */
    {COMPRESSION_CCITTFAX4, WHITE0, 1, .style = SCAN_BITONAL, .low_bits_first = true, .strip_rows = 16},
    {COMPRESSION_CCITTFAX3, WHITE0, 1, .style = SCAN_BITONAL},
    {COMPRESSION_NONE, WHITE0, 1, .style = SCAN_BITONAL, .low_bits_first = true},
    {COMPRESSION_NONE, BLACK0, 1, .style = SCAN_BITONAL},
    {COMPRESSION_LZW, BLACK0, 1, .style = SCAN_BITONAL, .strip_rows = 7},
    {COMPRESSION_LZW, BLACK0, 8, .style = SCAN_GREY, .strip_rows = 10},
    {COMPRESSION_PACKBITS, WHITE0, 8, .style = SCAN_GREY},
    {COMPRESSION_ADOBE_DEFLATE, BLACK0, 8, .style = SCAN_GREY},
    {COMPRESSION_NONE, BLACK0, 4, .style = SCAN_GREY},
    {COMPRESSION_NONE, BLACK0, 16, .style = SCAN_GREY},
    {COMPRESSION_LZW, WHITE0, 16, .style = SCAN_GREY},
    {COMPRESSION_JPEG, BLACK0, 8, .style = SCAN_GREY, .strip_rows = 32},
    {COMPRESSION_NONE, BLACK0, 8, .style = SCAN_GREY, .tiled = true},
    {COMPRESSION_LZW, PHOTOMETRIC_RGB, 8, 3, .style = SCAN_COLOUR},
    {COMPRESSION_LZW, PHOTOMETRIC_RGB, 8, 3, .style = SCAN_COLOUR, .planes = true},
    {COMPRESSION_NONE, PHOTOMETRIC_RGB, 16, 3, .style = SCAN_COLOUR},
    {COMPRESSION_NONE, PHOTOMETRIC_RGB, 8, 3, .style = SCAN_COLOUR, .tiled = true},
    {COMPRESSION_JPEG, PHOTOMETRIC_YCBCR, 8, 3, .style = SCAN_COLOUR},
    {COMPRESSION_LZW, PHOTOMETRIC_PALETTE, 8, .style = SCAN_COLOUR},
};

static void test_tiff(void)
{
    g_autofree char *path = in_root("t.tif");
    scan_write_tiff(path, tiffs, G_N_ELEMENTS(tiffs)); /* all of them as pages of one file */
    g_autoptr(PageFile) file = open_scan(path, PAGE_FILE_TIFF, G_N_ELEMENTS(tiffs));
    for (int round = 0; round < 2; round++) {
        for (int k = 0; k < (int)G_N_ELEMENTS(tiffs); k++) { /* forwards, then backwards */
            int i = round ? (int)G_N_ELEMENTS(tiffs) - 1 - k : k;
            g_test_message("page %d", i);
            g_autoptr(PageImage) image = read_page(file, i, round);
            bool jpeg = tiffs[i].compression == COMPRESSION_JPEG;
            assert_drawing(image, tiffs[i].style, jpeg ? 12 : 1, jpeg);
            g_assert_cmpint(image->bitonal, ==, tiffs[i].bits == 1);
            if (round && tiffs[i].style == SCAN_COLOUR)
                assert_chroma(image);
            else
                g_assert_null(image->cb);
        }
    }
}

static void test_tiff_orientation(void)
{
    g_autofree char *path = in_root("o.tif");
    for (int orientation = 1; orientation <= 8; orientation++) {
        ScanTiff pages[] = {tiffs[0], tiffs[8], tiffs[15]};
        for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
            pages[i].orientation = orientation;
        scan_write_tiff(path, pages, G_N_ELEMENTS(pages));
        g_autoptr(PageFile) file = open_scan(path, PAGE_FILE_TIFF, G_N_ELEMENTS(pages));
        for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
            g_test_message("orientation %d page %zu", orientation, i);
            g_autoptr(PageImage) image = read_page(file, (int)i, true);
            assert_drawing(image, pages[i].style, 1, false);
        }
    }
}

static void test_tiff_dpi(void)
{
    static const struct {
        int unit;
        double dpi, should;
    } files[] = {{RESUNIT_INCH, 300, 300}, {RESUNIT_CENTIMETER, 78.74, 200},
                 {RESUNIT_NONE, 300, 0},   {0, 300, 300} /* inch is meant */,
                 {RESUNIT_INCH, 0, 0},     {RESUNIT_INCH, 3, 0},
                 {RESUNIT_INCH, 90000, 0}, {RESUNIT_CENTIMETER, 118.11, 300}};
    g_autofree char *path = in_root("d.tif");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        ScanTiff file = tiffs[0];
        file.unit = files[i].unit;
        file.dpi = files[i].dpi;
        scan_write_tiff(path, &file, 1);
        g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_TIFF, false);
        g_assert_cmpfloat_with_epsilon(image->grey->dpi_x, files[i].should, 0.01);
        g_assert_cmpfloat_with_epsilon(image->grey->dpi_y, files[i].should, 0.01);
    }
}

/* ---- PDF ---- */

#define WHOLE "q 203 0 0 141 0 0 cm /P Do Q"

static GBytes *file_bytes(const char *path)
{
    char *bytes;
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    return g_bytes_new_take(bytes, length);
}

static GBytes *jpeg_bytes(ScanStyle style)
{
    g_autofree char *path = in_root("in.jpg");
    ScanJpeg file = {.style = style};
    scan_write_jpeg(path, &file);
    return file_bytes(path);
}

static GBytes *fax_bytes(void)
{
    g_autofree char *path = in_root("in.tif");
    scan_write_tiff(path, &tiffs[0], 1);
    return scan_tiff_strip(path);
}

/* Plain rows of 1 or 8 bits, or of three colours. */
static GBytes *plain_bytes(ScanStyle style, bool inverted)
{
    ScanTiff how = {.photometric = style == SCAN_COLOUR ? PHOTOMETRIC_RGB
                                   : inverted           ? WHITE0
                                                        : BLACK0,
                    .bits = style == SCAN_BITONAL ? 1 : 8,
                    .samples = style == SCAN_COLOUR ? 3 : 1,
                    .style = style};
    GByteArray *all = g_byte_array_new();
    for (int y = 0; y < SCAN_H; y++) {
        uint8_t row[SCAN_W * 8];
        scan_tiff_row(&how, y, 0, row);
        g_byte_array_append(all, row, (guint)((SCAN_W * how.samples * how.bits + 7) / 8));
    }
    return g_byte_array_free_to_bytes(all);
}

#define SIZE "/Width 203/Height 141"
#define GREY8 SIZE "/BitsPerComponent 8/ColorSpace/DeviceGray"
#define GREY1 SIZE "/BitsPerComponent 1/ColorSpace/DeviceGray"
#define RGB8 SIZE "/BitsPerComponent 8/ColorSpace/DeviceRGB"
#define FAX "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 203/Rows 141"

static void assert_pdf(const char *picture, GBytes *bytes, ScanStyle style, int slack)
{
    g_autofree char *path = in_root("p.pdf");
    g_autoptr(GBytes) owned = bytes;
    ScanPdf how = {.content = WHOLE, .picture = picture, .bytes = owned};
    scan_write_pdf(path, &how);
    g_test_message("%s", picture);
    g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_PDF, true);
    assert_drawing(image, style, slack, slack > 1);
    g_assert_cmpfloat_with_epsilon(image->grey->dpi_x, 72, 0.01); /* a point a pixel */
    g_assert_cmpint(image->bitonal, ==, style == SCAN_BITONAL);
    if (style == SCAN_COLOUR)
        assert_chroma(image);
}

static void test_pdf_image(void)
{
    assert_pdf(GREY8 "/Filter/DCTDecode", jpeg_bytes(SCAN_GREY), SCAN_GREY, 12);
    assert_pdf(RGB8 "/Filter[/DCTDecode]", jpeg_bytes(SCAN_COLOUR), SCAN_COLOUR, 12);
    assert_pdf(GREY8, plain_bytes(SCAN_GREY, false), SCAN_GREY, 0);
    assert_pdf(GREY8 "/Decode[1 0]", plain_bytes(SCAN_GREY, true), SCAN_GREY, 0);
    assert_pdf(GREY1, plain_bytes(SCAN_BITONAL, false), SCAN_BITONAL, 0);
    assert_pdf(GREY1 "/Decode[1 0]", plain_bytes(SCAN_BITONAL, true), SCAN_BITONAL, 0);
    assert_pdf(RGB8, plain_bytes(SCAN_COLOUR, false), SCAN_COLOUR, 1);
    assert_pdf(GREY1 FAX ">>", fax_bytes(), SCAN_BITONAL, 0);
    assert_pdf(GREY1 FAX "/BlackIs1 true>>/Decode[1 0]", fax_bytes(), SCAN_BITONAL, 0);
}

/* A page turned by its own entry or by its matrix. */
static void test_pdf_turned(void)
{
    g_autofree char *path = in_root("r.pdf");
    static const struct {
        const char *page, *content;
        int turns;
    } pages[] = {{"/Rotate 90", WHOLE, 1},
                 {"/Rotate 180", WHOLE, 2},
                 {"/Rotate 270", WHOLE, 3},
                 {"/Rotate -90", WHOLE, 3},
                 {"/Rotate 450", WHOLE, 1},
                 {"", "q -203 0 0 -141 203 141 cm /P Do Q", 2},
                 {"/MediaBox[0 0 141 203]", "q 0 -203 141 0 0 203 cm /P Do Q", 1},
                 {"/MediaBox[0 0 141 203]", "q 0 203 -141 0 141 0 cm /P Do Q", 3}};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_test_message("page %zu", i);
        g_autoptr(GBytes) bytes = plain_bytes(SCAN_GREY, false);
        ScanPdf how = {pages[i].page, pages[i].content, GREY8, bytes, NULL};
        scan_write_pdf(path, &how);
        g_autoptr(PageImage) turned = read_only_page(path, PAGE_FILE_PDF, false);
        PageImage upright = {.grey = raster_turn(turned->grey, 4 - pages[i].turns, NULL)};
        assert_drawing(&upright, SCAN_GREY, 0, false);
        raster_free(upright.grey);
    }
}

/* Whether the page was taken as its picture, else it was rendered; either way the hook is where it belongs.
 */
static bool is_taken_as_picture(const char *page, const char *content, const char *extra)
{
    g_autofree char *path = in_root("c.pdf"), *picture = g_strconcat(GREY8, extra, NULL);
    g_autoptr(GBytes) bytes = plain_bytes(SCAN_GREY, false);
    ScanPdf how = {page, content, picture, bytes, NULL};
    scan_write_pdf(path, &how);
    g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_PDF, false);
    bool taken = image->grey->width_px == SCAN_W;
    if (!taken) {
        g_assert_cmpint(abs(image->grey->width_px - SCAN_W * PAGE_RENDER_DPI / 72), <=, 1);
        g_assert_cmpfloat(image->grey->dpi_x, ==, PAGE_RENDER_DPI);
    }
    return taken;
}

static void test_pdf_rendered(void)
{
    g_assert_true(is_taken_as_picture("", WHOLE, ""));
    /* text that a copier recognised cannot be seen */
    g_assert_true(is_taken_as_picture("", WHOLE " BT 3 Tr /F 12 Tf 20 20 Td (abc) Tj ET", ""));
    /* anything that can be seen is rendered with it */
    g_assert_false(is_taken_as_picture("", WHOLE " BT /F 12 Tf 20 20 Td (abc) Tj ET", ""));
    g_assert_false(is_taken_as_picture("", WHOLE " 10 10 20 20 re f", ""));
    g_assert_false(is_taken_as_picture("", WHOLE " " WHOLE, ""));
    g_assert_false(is_taken_as_picture("", WHOLE " BI /W 1/H 1/BPC 8/CS/G ID \x80 EI", ""));
    g_assert_false(is_taken_as_picture("", "q 100 0 0 70 0 0 cm /P Do Q", "")); /* only a part of the page */
    g_assert_false(is_taken_as_picture("", "q 190 60 -40 130 0 0 cm /P Do Q", "")); /* askew */
    g_assert_false(is_taken_as_picture("", WHOLE, "/ImageMask false/Mask[0 0]"));
    g_assert_false(is_taken_as_picture("/Annots[<</Type/Annot/Subtype/Square/Rect[1 1 9 9]/C[1 0 0]>>]",
                                       WHOLE, "")); /* a stamp put on it */
}

/* What office programs make, rendered: the hook in points stands where it should, white elsewhere. */
static void test_pdf_drawn(void)
{
    g_autofree char *path = in_root("v.pdf");
    cairo_surface_t *surface = cairo_pdf_surface_create(path, SCAN_W, SCAN_H);
    cairo_t *cr = cairo_create(surface);
    for (int page = 0; page < 3; page++) {
        cairo_set_source_rgb(cr, 0, 0, 0);
        cairo_rectangle(cr, 16, 16, 80, 32);
        cairo_rectangle(cr, 16, 48, 32, 64);
        cairo_fill(cr);
        if (page == 1) {
            cairo_set_source_rgb(cr, 221 / 255.0, 34 / 255.0, 34 / 255.0);
            cairo_rectangle(cr, 128, 80, 48, 32);
            cairo_fill(cr);
        }
        cairo_show_page(cr);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    g_autoptr(PageFile) file = open_scan(path, PAGE_FILE_PDF, 3);
    for (int page = 0; page < 3; page++) {
        g_autoptr(PageImage) image = read_page(file, page, true);
        g_assert_cmpfloat(image->grey->dpi_x, ==, PAGE_RENDER_DPI);
        double k = PAGE_RENDER_DPI / 72.0;
        ScanStyle style = page == 1 ? SCAN_COLOUR : SCAN_BITONAL;
        for (int y = 1; y < SCAN_H; y += 5)
            for (int x = 1; x < SCAN_W; x += 5)
                g_assert_cmpint(abs(at(image->grey, (int)((x + 0.5) * k), (int)((y + 0.5) * k)) -
                                    scan_level(style, x, y)),
                                <=, 2);
        g_assert_nonnull(image->cr);
        int red = at(image->cr, (int)(150 * k / 2), (int)(96 * k / 2));
        g_assert_true(page == 1 ? red > 190 : red == 128);
    }
}

/* ---- files that are none, lie or are too large ---- */

static char *put_bytes(const char *name, const void *bytes, gsize length)
{
    char *path = in_root(name);
    g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
    return path;
}

static void test_no_scan(void)
{
    static const char text[] = "Đây là văn bản, không phải bản quét.\n";
    g_autofree char *zeros = g_malloc0(100000);
    const struct {
        const char *name, *bytes;
        gsize length;
    } files[] = {{"rỗng.pdf", "", 0},
                 {"văn bản.pdf", text, sizeof text - 1},
                 {"không.jpg", zeros, 100000},
                 {"đầu.pdf", "%PDF-1.7\n", 9},
                 {"đầu.tif", "II*\0\10\0\0\0", 8},
                 {"đầu.jpg", "\xff\xd8\xff", 3},
                 {"đầu.png", "\x89PNG\r\n\x1a\n", 8},
                 {"một\nhai.png", "\x89PNG", 4}};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = put_bytes(files[i].name, files[i].bytes, files[i].length);
        assert_refused(path, PHIEU_ERROR_UNREADABLE, files[i].length ? NULL : "empty");
    }
    g_autofree char *missing = in_root("không có.pdf");
    assert_refused(missing, PHIEU_ERROR_NOT_FOUND, NULL);
    assert_refused(root, PHIEU_ERROR_UNREADABLE, NULL); /* a folder */
    /* told apart by content, not name */
    g_autofree char *path = in_root("là PNG.pdf");
    scan_write_png(path, &(ScanPng){.type = PNG_COLOR_TYPE_GRAY, .depth = 8, .style = SCAN_GREY});
    g_autoptr(PageFile) file = open_scan(path, PAGE_FILE_PNG, 1);
}

static void test_limits(void)
{
    g_autofree char *jpeg = in_root("w.jpg"), *tiff = in_root("w.tif"), *pdf = in_root("w.pdf"),
                    *picture = in_root("wp.pdf");
    scan_write_jpeg(jpeg, &(ScanJpeg){.style = SCAN_GREY, .wide = 65000});
    assert_refused(jpeg, PHIEU_ERROR_LIMIT, "65000");
    /* 100,000 pixels wide and one high; as wide as is allowed and as high, together too large */
    static const uint32_t sides[][2] = {{100000, 1}, {1, 100000}, {30000, 30000}};
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        uint8_t png[33] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
        for (int side = 0; side < 2; side++)
            for (int b = 0; b < 4; b++)
                png[16 + 4 * side + b] = (uint8_t)(sides[i][side] >> (24 - 8 * b));
        png[24] = 8;
        uint32_t sum = (uint32_t)crc32(0, png + 12, 17);
        for (int b = 0; b < 4; b++)
            png[29 + b] = (uint8_t)(sum >> (24 - 8 * b));
        g_autofree char *path = put_bytes("w.png", png, sizeof png);
        assert_refused(path, PHIEU_ERROR_LIMIT, NULL);
        TIFF *out = TIFFOpen(tiff, "w");
        TIFFSetField(out, TIFFTAG_IMAGEWIDTH, sides[i][0]);
        TIFFSetField(out, TIFFTAG_IMAGELENGTH, sides[i][1]);
        TIFFSetField(out, TIFFTAG_ROWSPERSTRIP, sides[i][1]);
        TIFFSetField(out, TIFFTAG_BITSPERSAMPLE, 1);
        TIFFSetField(out, TIFFTAG_SAMPLESPERPIXEL, 1);
        TIFFSetField(out, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
        TIFFSetField(out, TIFFTAG_PHOTOMETRIC, WHITE0);
        g_assert_cmpint(TIFFWriteRawStrip(out, 0, png, sizeof png), >, 0);
        TIFFClose(out);
        assert_refused(tiff, PHIEU_ERROR_LIMIT, NULL);
    }
    /* a sheet of 35 metres */
    scan_write_pdf(pdf, &(ScanPdf){.page = "/MediaBox[0 0 100000 141]", .content = "0 0 9 9 re f"});
    assert_refused(pdf, PHIEU_ERROR_LIMIT, NULL);
    /* a picture that says it is larger than its bytes, or than any */
    static const char *const lies[] = {
        "/Width 203/Height 29000/BitsPerComponent 8/ColorSpace/DeviceGray",
        "/Width 2147483647/Height 2147483647/BitsPerComponent 8/ColorSpace/DeviceGray",
        "/Width -5/Height 0/BitsPerComponent 8/ColorSpace/DeviceGray"};
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GBytes) bytes = plain_bytes(SCAN_GREY, false);
        scan_write_pdf(picture, &(ScanPdf){.content = WHOLE, .picture = lies[i], .bytes = bytes});
        g_autoptr(PageFile) file = open_scan(picture, PAGE_FILE_PDF, 1);
        g_autoptr(GError) error = NULL;
        g_autoptr(PageImage) image = page_file_read(file, 0, false, &error);
        g_assert_null(image);
        g_assert_error(error, PHIEU_ERROR, (int)(i ? PHIEU_ERROR_LIMIT : PHIEU_ERROR_UNREADABLE));
    }
}

/* `count` directories that share one row of pixels; the last one leads to `next`. */
static char *put_tiff_chain(const char *name, int count, uint32_t next)
{
    static const uint16_t tags[][3] = {{256, 3, 8}, {257, 3, 1}, {258, 3, 1}, {259, 3, 1}, {262, 3, 1},
                                       {273, 4, 8}, {277, 3, 1}, {278, 3, 1}, {279, 4, 1}};
    const uint32_t size = 2 + 12 * G_N_ELEMENTS(tags) + 4;
    GByteArray *all = g_byte_array_new();
    g_byte_array_append(all, (const guint8 *)"II*\0\20\0\0\0", 8);
    g_byte_array_append(all, (const guint8 *)"\xf0\0\0\0\0\0\0\0", 8);
    for (int i = 0; i < count; i++) {
        uint8_t directory[256] = {G_N_ELEMENTS(tags)};
        for (size_t t = 0; t < G_N_ELEMENTS(tags); t++) {
            uint8_t *entry = directory + 2 + 12 * t;
            entry[0] = (uint8_t)tags[t][0];
            entry[1] = (uint8_t)(tags[t][0] >> 8);
            entry[2] = (uint8_t)tags[t][1];
            entry[4] = 1;
            entry[8] = (uint8_t)tags[t][2];
        }
        uint32_t to = i + 1 < count ? 16 + size * (uint32_t)(i + 1) : next;
        memcpy(directory + size - 4, &to, 4); /* the tests' machines are little-endian */
        g_byte_array_append(all, directory, size);
    }
    char *path = put_bytes(name, all->data, all->len);
    g_byte_array_unref(all);
    return path;
}

static void test_page_count(void)
{
    g_autofree char *most = put_tiff_chain("9999.tif", PAGE_FILE_MAX_PAGES, 0),
                    *many = put_tiff_chain("10000.tif", PAGE_FILE_MAX_PAGES + 1, 0),
                    *circle = put_tiff_chain("vòng.tif", 3, 16),
                    *astray = put_tiff_chain("lạc.tif", 3, 0x7ffffff0);
    g_autoptr(PageFile) file = open_scan(most, PAGE_FILE_TIFF, PAGE_FILE_MAX_PAGES);
    g_autoptr(PageImage) image = read_page(file, PAGE_FILE_MAX_PAGES - 1, false);
    g_assert_cmpint(image->grey->width_px, ==, 8);
    assert_refused(many, PHIEU_ERROR_LIMIT, "9999");
    assert_refused(circle, PHIEU_ERROR_UNREADABLE, NULL);
    assert_refused(astray, PHIEU_ERROR_UNREADABLE, NULL);
}

static void encrypt(const char *from, const char *to, const char *user_password)
{
    qpdf_data pdf = qpdf_init();
    g_assert_cmpint(qpdf_read(pdf, from, NULL) & QPDF_ERRORS, ==, 0);
    g_assert_cmpint(qpdf_init_write(pdf, to) & QPDF_ERRORS, ==, 0);
    qpdf_set_r6_encryption_parameters2(pdf, user_password, "owner", QPDF_TRUE, QPDF_TRUE, QPDF_TRUE,
                                       QPDF_TRUE, QPDF_TRUE, QPDF_TRUE, qpdf_r3p_full, QPDF_TRUE);
    g_assert_cmpint(qpdf_write(pdf) & QPDF_ERRORS, ==, 0);
    qpdf_cleanup(&pdf);
}

/* Pages as many points large as their pictures have pixels, and larger: read from the pictures' own pixels.
 */
static void test_pdf_points(void)
{
    g_autofree char *path = in_root("điểm.pdf");
    g_autoptr(GBytes) bytes = plain_bytes(SCAN_GREY, false);
    ScanPdf how = {.page = "/MediaBox[0 0 8120 5640]",
                   .content = "q 8120 0 0 5640 0 0 cm /P Do /P Do Q", /* twice: only the renderer can */
                   .picture = GREY8,
                   .bytes = bytes};
    scan_write_pdf(path, &how);
    g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_PDF, false);
    assert_drawing(image, SCAN_GREY, 12, true);
    how.content = "0 0 8120 5640 re f"; /* no picture to go by */
    scan_write_pdf(path, &how);
    assert_refused(path, PHIEU_ERROR_LIMIT, "sheet of paper");
}

static void test_pdf_attachments(void)
{
    g_autofree char *path = in_root("kèm.pdf");
    g_autoptr(GBytes) bytes = plain_bytes(SCAN_GREY, false);
    ScanPdf how = {.content = WHOLE,
                   .picture = GREY8,
                   .bytes = bytes,
                   .catalog = "/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(lot-1.PDF)/UF(lot-1.PDF)"
                              "/EF<</F 5 0 R>>>>]>>>>"};
    scan_write_pdf(path, &how);
    assert_refused(path, PHIEU_ERROR_UNREADABLE, "lot-1.PDF");
    how.catalog = "/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(zugferd.xml)/UF(zugferd.xml)"
                  "/EF<</F 5 0 R>>>>]>>>>";
    scan_write_pdf(path, &how); /* no scan */
    g_autoptr(PageImage) image = read_only_page(path, PAGE_FILE_PDF, false);
    assert_drawing(image, SCAN_GREY, 0, false);
}

static void test_pdf_encrypted(void)
{
    g_autofree char *plain = in_root("e.pdf"), *open = in_root("mở.pdf"), *locked = in_root("khóa.pdf");
    g_autoptr(GBytes) bytes = plain_bytes(SCAN_GREY, false);
    scan_write_pdf(plain, &(ScanPdf){.content = WHOLE, .picture = GREY8, .bytes = bytes});
    encrypt(plain, open, "");
    encrypt(plain, locked, "bí mật");
    g_autoptr(PageImage) image = read_only_page(open, PAGE_FILE_PDF, false); /* anybody may read it */
    assert_drawing(image, SCAN_GREY, 0, false);
    assert_refused(locked, PHIEU_ERROR_UNREADABLE, "password");
}

/* ---- damage ---- */

/* A file cut anywhere is refused, or its page is whole: never a page that is white or grey below. */
static void assert_cut(const char *path, ScanStyle style, int slack)
{
    g_autofree char *bytes = NULL, *cut = in_root("cắt");
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    int refused = 0;
    for (gsize i = 1; i < 48; i++) {
        g_assert_true(g_file_set_contents(cut, bytes, (gssize)(length * i / 48), NULL));
        g_autoptr(GError) error = NULL;
        g_autoptr(PageFile) file = page_file_open(cut, &error);
        g_autoptr(PageImage) image = file ? page_file_read(file, 0, true, &error) : NULL;
        g_assert_true(!image == (error != NULL));
        if (image)
            assert_drawing(image, style, slack, slack > 1);
        else
            g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE);
        refused += !image;
    }
    g_assert_cmpint(refused, >, 24);
}

static void test_cut(void)
{
    g_autofree char *path = in_root("nguyên");
    for (int progressive = 0; progressive < 2; progressive++) {
        scan_write_jpeg(path, &(ScanJpeg){.style = SCAN_COLOUR, .progressive = progressive});
        assert_cut(path, SCAN_COLOUR, 12);
        scan_write_png(path, &(ScanPng){.type = PNG_COLOR_TYPE_GRAY,
                                        .depth = 8,
                                        .style = SCAN_GREY,
                                        .interlaced = progressive});
        assert_cut(path, SCAN_GREY, 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tiffs); i++) {
        g_test_message("page %zu", i);
        scan_write_tiff(path, &tiffs[i], 1);
        bool jpeg = tiffs[i].compression == COMPRESSION_JPEG;
        assert_cut(path, tiffs[i].style, jpeg ? 12 : 1);
    }
}

/* A strip of a TIFF that ends before its rows do, with the file whole around it. */
static void assert_short_strip(ScanTiff how, GBytes *bytes)
{
    g_autofree char *path = in_root("dải.tif");
    g_autoptr(GBytes) owned = bytes;
    gsize length;
    const void *data = g_bytes_get_data(owned, &length);
    TIFF *tiff = TIFFOpen(path, "w");
    scan_tiff_tags(tiff, &how);
    g_autofree void *copy = g_memdup2(data, length);
    g_assert_cmpint(TIFFWriteRawStrip(tiff, 0, copy, (tmsize_t)length), ==, (tmsize_t)length);
    TIFFClose(tiff);
    g_test_message("compression %d photometric %d", how.compression, how.photometric);
    assert_refused(path, PHIEU_ERROR_UNREADABLE, NULL);
}

static GBytes *first_strip(const ScanTiff *how)
{
    g_autofree char *path = in_root("đủ.tif");
    scan_write_tiff(path, how, 1);
    return scan_tiff_strip(path);
}

static void test_short_strips(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tiffs); i++) {
        ScanTiff how = tiffs[i];
        if (how.tiled || how.planes)
            continue;
        /* half of the rows and then its proper end, as when the paper was pulled out */
        ScanTiff half = how;
        half.strip_rows = how.compression == COMPRESSION_JPEG ? 72 : 70;
        how.strip_rows = 0;
        if (how.compression != COMPRESSION_JPEG) /* whose own header says how many rows there are */
            assert_short_strip(how, first_strip(&half));
        /* the right header, half of the data */
        g_autoptr(GBytes) whole = first_strip(&how);
        assert_short_strip(how, g_bytes_new_from_bytes(whole, 0, g_bytes_get_size(whole) / 2));
    }
    /* the same data in a PDF */
    g_autofree char *path = in_root("dải.pdf");
    ScanTiff half = tiffs[0];
    half.strip_rows = 70;
    g_autoptr(GBytes) fax = first_strip(&half);
    scan_write_pdf(path, &(ScanPdf){.content = WHOLE, .picture = GREY1 FAX ">>", .bytes = fax});
    assert_refused(path, PHIEU_ERROR_UNREADABLE, NULL);
    g_autoptr(GBytes) whole = jpeg_bytes(SCAN_GREY);
    g_autoptr(GBytes) jpeg = g_bytes_new_from_bytes(whole, 0, g_bytes_get_size(whole) / 2);
    scan_write_pdf(path, &(ScanPdf){.content = WHOLE, .picture = GREY8 "/Filter/DCTDecode", .bytes = jpeg});
    assert_refused(path, PHIEU_ERROR_UNREADABLE, NULL);
    g_autoptr(GBytes) all = plain_bytes(SCAN_GREY, false);
    g_autoptr(GBytes) rows = g_bytes_new_from_bytes(all, 0, g_bytes_get_size(all) / 2);
    scan_write_pdf(path, &(ScanPdf){.content = WHOLE, .picture = GREY8, .bytes = rows});
    assert_refused(path, PHIEU_ERROR_UNREADABLE, NULL);
}

/* Pictures that only the renderer can draw, broken: what it leaves white is no blank page. */
static void test_broken_pictures(void)
{
    g_autofree char *path = in_root("vỡ.pdf");
    static const char *const pictures[] = {GREY8 "/Filter/DCTDecode", GREY8 "/Filter/FlateDecode",
                                           GREY8 "/Filter/JPXDecode", GREY1 "/Filter/JBIG2Decode",
                                           GREY1 FAX ">>"};
    static const char *const contents[] = {WHOLE, "q 150 0 0 100 20 20 cm /P Do Q", WHOLE " 1 1 9 9 re f"};
    for (size_t i = 0; i < G_N_ELEMENTS(pictures); i++) {
        g_autoptr(GBytes) jpeg = jpeg_bytes(SCAN_GREY);
        g_autoptr(GBytes) half = g_bytes_new_from_bytes(jpeg, 0, g_bytes_get_size(jpeg) / 2);
        for (size_t c = 0; c < G_N_ELEMENTS(contents); c++) {
            g_test_message("%s: %s", pictures[i], contents[c]);
            scan_write_pdf(path, &(ScanPdf){.content = contents[c], .picture = pictures[i], .bytes = half});
            assert_refused(path, PHIEU_ERROR_UNREADABLE, NULL);
        }
    }
}

/* One bad page among good ones costs itself alone, before and after it was tried. */
static void test_bad_page(void)
{
    g_autofree char *path = in_root("xấu.tif");
    TIFF *tiff = TIFFOpen(path, "w");
    scan_add_tiff(tiff, &tiffs[0]);
    uint8_t junk[100];
    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = (uint8_t)(i * 37 + 11);
    scan_tiff_tags(tiff, &tiffs[0]);
    g_assert_cmpint(TIFFWriteRawStrip(tiff, 0, junk, sizeof junk), >, 0);
    g_assert_cmpint(TIFFWriteDirectory(tiff), ==, 1);
    scan_add_tiff(tiff, &tiffs[15]);
    TIFFClose(tiff);
    g_autoptr(PageFile) file = open_scan(path, PAGE_FILE_TIFF, 3);
    for (int round = 0; round < 2; round++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PageImage) bad = page_file_read(file, 1, true, &error);
        g_assert_null(bad);
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE);
        g_assert_nonnull(strstr(error->message, "page 2"));
        g_autoptr(PageImage) first = read_page(file, 0, true), last = read_page(file, 2, true);
        assert_drawing(first, SCAN_BITONAL, 0, false);
        assert_drawing(last, SCAN_COLOUR, 1, false);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TIFFSetWarningHandler(NULL); /* what the tests write is odd on purpose */
    root = g_dir_make_tmp("phieu-page-XXXXXX", NULL);
    g_test_add_func("/page/jpeg", test_jpeg);
    g_test_add_func("/page/jpeg-dpi", test_jpeg_dpi);
    g_test_add_func("/page/jpeg-orientation", test_jpeg_orientation);
    g_test_add_func("/page/jpeg-quirks", test_jpeg_quirks);
    g_test_add_func("/page/png", test_png);
    g_test_add_func("/page/png-dpi", test_png_dpi);
    g_test_add_func("/page/tiff", test_tiff);
    g_test_add_func("/page/tiff-orientation", test_tiff_orientation);
    g_test_add_func("/page/tiff-dpi", test_tiff_dpi);
    g_test_add_func("/page/pdf-image", test_pdf_image);
    g_test_add_func("/page/pdf-turned", test_pdf_turned);
    g_test_add_func("/page/pdf-rendered", test_pdf_rendered);
    g_test_add_func("/page/pdf-drawn", test_pdf_drawn);
    g_test_add_func("/page/pdf-encrypted", test_pdf_encrypted);
    g_test_add_func("/page/pdf-points", test_pdf_points);
    g_test_add_func("/page/pdf-attachments", test_pdf_attachments);
    g_test_add_func("/page/no-scan", test_no_scan);
    g_test_add_func("/page/limits", test_limits);
    g_test_add_func("/page/page-count", test_page_count);
    g_test_add_func("/page/cut", test_cut);
    g_test_add_func("/page/short-strips", test_short_strips);
    g_test_add_func("/page/broken-pictures", test_broken_pictures);
    g_test_add_func("/page/bad-page", test_bad_page);
    int failed = g_test_run();
    g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = in_root(name);
        g_unlink(path);
    }
    g_rmdir(root);
    g_free(root);
    return failed;
}
