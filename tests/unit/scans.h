/* Scan files as scanners and phones write them, of one drawing that is known pixel by pixel: a black hook
 * that looks otherwise in each of the eight orientations, and a patch of grey or red. */
#ifndef PHIEU_TESTS_SCANS_H
#define PHIEU_TESTS_SCANS_H

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include "base/base.h"

#define SCAN_W 203 /* odd, and no multiple of eight */
#define SCAN_H 141

typedef enum { SCAN_BITONAL, SCAN_GREY, SCAN_COLOUR } ScanStyle;

static inline void scan_rgb(ScanStyle style, int x, int y, uint8_t rgb[3])
{
    static const uint8_t white[3] = {255, 255, 255}, black[3] = {0, 0, 0}, grey[3] = {136, 136, 136},
                         red[3] = {221, 34, 34};
    bool hook = (x >= 16 && x < 96 && y >= 16 && y < 48) || (x >= 16 && x < 48 && y >= 48 && y < 112);
    bool patch = x >= 128 && x < 176 && y >= 80 && y < 112;
    const uint8_t *is = hook                              ? black
                        : !patch || style == SCAN_BITONAL ? white
                        : style == SCAN_GREY              ? grey
                                                          : red;
    memcpy(rgb, is, 3);
}

static inline int scan_level(ScanStyle style, int x, int y)
{
    uint8_t rgb[3];
    scan_rgb(style, x, y, rgb);
    return (int)(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] + 0.5);
}

/* How a file says that its rows lie (EXIF and TIFF, 1..8; 0 as 1). */
static inline int scan_stored_w(int orientation)
{
    return orientation >= 5 ? SCAN_H : SCAN_W;
}

static inline int scan_stored_h(int orientation)
{
    return orientation >= 5 ? SCAN_W : SCAN_H;
}

/* The drawing's pixel that a file stores at (sx, sy). */
static inline void scan_stored_rgb(ScanStyle style, int orientation, int sx, int sy, uint8_t rgb[3])
{
    int a = orientation >= 5 ? sy : sx, b = orientation >= 5 ? sx : sy;
    bool right = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    bool bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    scan_rgb(style, right ? SCAN_W - 1 - a : a, bottom ? SCAN_H - 1 - b : b, rgb);
}

/* ---- JPEG ---- */

typedef struct {
    ScanStyle style; /* grey or colour */
    int h, v;        /* sampling of the luma, 0: 2 × 2 */
    int unit, dpi_x, dpi_y, orientation;
    bool progressive, adobe_rgb;
    int wide; /* instead of the drawing: white, so wide and 8 high */
} ScanJpeg;

static inline void scan_write_jpeg(const char *path, const ScanJpeg *how)
{
    FILE *file = g_fopen(path, "wb");
    g_assert_nonnull(file);
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, file);
    int w = how->wide ? how->wide : scan_stored_w(how->orientation);
    int h = how->wide ? 8 : scan_stored_h(how->orientation), samples = how->style == SCAN_COLOUR ? 3 : 1;
    info.image_width = (JDIMENSION)w;
    info.image_height = (JDIMENSION)h;
    info.input_components = samples;
    info.in_color_space = samples == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 95, TRUE);
    if (how->adobe_rgb)
        jpeg_set_colorspace(&info, JCS_RGB);
    if (samples == 3 && how->h) {
        info.comp_info[0].h_samp_factor = how->h;
        info.comp_info[0].v_samp_factor = how->v;
    }
    info.density_unit = (UINT8)how->unit;
    info.X_density = (UINT16)how->dpi_x;
    info.Y_density = (UINT16)how->dpi_y;
    if (how->progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    if (how->orientation) {
        uint8_t exif[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\0\0\0\0\0\0\0";
        exif[25] = (uint8_t)how->orientation;
        jpeg_write_marker(&info, JPEG_APP0 + 1, exif, sizeof exif - 1);
    }
    g_autofree uint8_t *row = g_malloc((gsize)w * 3);
    for (int y = 0; y < h; y++) {
        memset(row, 255, (size_t)w * 3);
        for (int x = 0; x < w && !how->wide; x++) {
            uint8_t rgb[3];
            scan_stored_rgb(how->style, how->orientation, x, y, rgb);
            memcpy(row + samples * x, rgb, (size_t)samples);
        }
        JSAMPROW rows = row;
        jpeg_write_scanlines(&info, &rows, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    g_assert_cmpint(fclose(file), ==, 0);
}

/* ---- PNG ---- */

typedef struct {
    int type, depth; /* PNG_COLOR_TYPE_… */
    ScanStyle style;
    bool transparent; /* paper is black that cannot be seen; else alpha is full */
    bool interlaced;
    int unit, per_metre;
} ScanPng;

static inline void scan_png_pixel(const ScanPng *how, int x, int y, uint8_t *row)
{
    uint8_t rgb[3], values[4];
    scan_rgb(how->style, x, y, rgb);
    bool paper = rgb[1] == 255;
    int count = 0, colours = how->type & PNG_COLOR_MASK_COLOR ? 3 : 1;
    if (how->type == PNG_COLOR_TYPE_PALETTE) {
        values[count++] = paper ? 0 : rgb[0] == 0 ? 1 : 2;
    } else {
        for (int c = 0; c < colours; c++)
            values[count++] = paper && how->transparent ? 0 : rgb[c];
        if (how->type & PNG_COLOR_MASK_ALPHA)
            values[count++] = paper && how->transparent ? 0 : 255;
    }
    for (int i = 0; i < count; i++) {
        if (how->depth == 16) {
            row[2 * (x * count + i)] = row[2 * (x * count + i) + 1] = values[i];
        } else if (how->depth == 8) {
            row[x * count + i] = values[i];
        } else {
            int value = how->type == PNG_COLOR_TYPE_PALETTE ? values[i] : values[i] >> (8 - how->depth);
            row[x * how->depth / 8] |= (uint8_t)(value << (8 - how->depth - x * how->depth % 8));
        }
    }
}

static inline void scan_write_png(const char *path, const ScanPng *how)
{
    FILE *file = g_fopen(path, "wb");
    g_assert_nonnull(file);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_set_IHDR(png, info, SCAN_W, SCAN_H, how->depth, how->type,
                 how->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    uint8_t patch[3];
    scan_rgb(how->style, 130, 90, patch);
    png_color palette[3] = {{255, 255, 255}, {0, 0, 0}, {patch[0], patch[1], patch[2]}};
    if (how->transparent)
        palette[0] = (png_color){0, 0, 0};
    png_byte unseen = 0;
    if (how->type == PNG_COLOR_TYPE_PALETTE) {
        png_set_PLTE(png, info, palette, how->depth == 1 ? 2 : 3);
        if (how->transparent)
            png_set_tRNS(png, info, &unseen, 1, NULL);
    }
    if (how->per_metre)
        png_set_pHYs(png, info, (png_uint_32)how->per_metre, (png_uint_32)how->per_metre, how->unit);
    uint8_t rows[SCAN_H][SCAN_W * 8];
    png_bytep each[SCAN_H];
    memset(rows, 0, sizeof rows);
    for (int y = 0; y < SCAN_H; y++) {
        each[y] = rows[y];
        for (int x = 0; x < SCAN_W; x++)
            scan_png_pixel(how, x, y, rows[y]);
    }
    png_set_rows(png, info, each);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    g_assert_cmpint(fclose(file), ==, 0);
}

/* ---- TIFF ---- */

typedef struct {
    int compression, photometric, bits, samples; /* samples 0: 1 */
    ScanStyle style;
    int orientation, unit;
    double dpi;
    bool low_bits_first, tiled, planes;
    int strip_rows; /* 0: one strip */
} ScanTiff;

/* The value a TIFF stores for a pixel's sample. */
static inline uint8_t scan_tiff_sample(const ScanTiff *how, const uint8_t rgb[3], int sample)
{
    if (how->photometric == PHOTOMETRIC_PALETTE)
        return rgb[1] == 255 ? 0 : rgb[0] == 0 ? 1 : 2;
    uint8_t value = rgb[sample];
    return how->photometric == PHOTOMETRIC_MINISWHITE ? (uint8_t)(255 - value) : value;
}

static inline void scan_tiff_row(const ScanTiff *how, int y, int plane, uint8_t *row)
{
    int w = scan_stored_w(how->orientation), samples = how->samples ? how->samples : 1;
    memset(row, 0, (size_t)w * 8);
    for (int x = 0; x < w; x++) {
        uint8_t rgb[3];
        scan_stored_rgb(how->style, how->orientation, x, y, rgb);
        for (int s = 0; s < (how->planes ? 1 : samples); s++) {
            uint8_t value = scan_tiff_sample(how, rgb, how->planes ? plane : s);
            int at = (how->planes ? x : x * samples + s);
            if (how->bits == 1)
                row[at / 8] |= (uint8_t)((value >> 7) << (7 - at % 8));
            else if (how->bits == 4)
                row[at / 2] |= (uint8_t)((value >> 4) << (4 - at % 2 * 4));
            else if (how->bits == 16)
                ((uint16_t *)(void *)row)[at] = (uint16_t)(value * 257);
            else
                row[at] = value;
        }
    }
}

static inline void scan_tiff_tags(TIFF *tiff, const ScanTiff *how)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, scan_stored_w(how->orientation));
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, scan_stored_h(how->orientation));
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, how->compression);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, how->photometric);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, how->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, how->samples ? how->samples : 1);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, how->planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (how->low_bits_first)
        TIFFSetField(tiff, TIFFTAG_FILLORDER, FILLORDER_LSB2MSB);
    if (how->orientation)
        TIFFSetField(tiff, TIFFTAG_ORIENTATION, how->orientation);
    if (how->unit)
        TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, how->unit);
    if (how->dpi > 0) {
        TIFFSetField(tiff, TIFFTAG_XRESOLUTION, how->dpi);
        TIFFSetField(tiff, TIFFTAG_YRESOLUTION, how->dpi);
    }
    if (how->photometric == PHOTOMETRIC_YCBCR)
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    if (how->photometric == PHOTOMETRIC_PALETTE) {
        uint16_t map[3][256] = {{65535, 0, 221 * 257}, {65535, 0, 34 * 257}, {65535, 0, 34 * 257}};
        TIFFSetField(tiff, TIFFTAG_COLORMAP, map[0], map[1], map[2]);
    }
    if (how->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 256);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 256);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP,
                     how->strip_rows ? how->strip_rows : scan_stored_h(how->orientation));
    }
}

/* Adds a page to an open file. */
static inline void scan_add_tiff(TIFF *tiff, const ScanTiff *how)
{
    scan_tiff_tags(tiff, how);
    int h = scan_stored_h(how->orientation);
    if (how->tiled) { /* one tile holds it all, in rows of 256 */
        size_t pixel = (size_t)(how->samples ? how->samples : 1) * (size_t)how->bits / 8;
        g_autofree uint8_t *tile = g_malloc0(256 * 256 * pixel + 8 * SCAN_W);
        for (int y = 0; y < h; y++)
            scan_tiff_row(how, y, 0, tile + 256 * pixel * (size_t)y);
        g_assert_cmpint(TIFFWriteTile(tiff, tile, 0, 0, 0, 0), >, 0);
    } else {
        uint8_t row[SCAN_W * 8];
        for (int plane = 0; plane < (how->planes ? how->samples : 1); plane++) {
            for (int y = 0; y < h; y++) {
                scan_tiff_row(how, y, plane, row);
                g_assert_cmpint(TIFFWriteScanline(tiff, row, (uint32_t)y, (uint16_t)plane), ==, 1);
            }
        }
    }
    g_assert_cmpint(TIFFWriteDirectory(tiff), ==, 1);
}

static inline void scan_write_tiff(const char *path, const ScanTiff *pages, int count)
{
    TIFF *tiff = TIFFOpen(path, "w");
    g_assert_nonnull(tiff);
    for (int i = 0; i < count; i++)
        scan_add_tiff(tiff, &pages[i]);
    TIFFClose(tiff);
}

/* The compressed bytes of a TIFF's first strip. */
static inline GBytes *scan_tiff_strip(const char *path)
{
    TIFF *tiff = TIFFOpen(path, "r");
    g_assert_nonnull(tiff);
    tmsize_t size = (tmsize_t)TIFFRawStripSize(tiff, 0);
    uint8_t *bytes = g_malloc((gsize)size);
    g_assert_cmpint(TIFFReadRawStrip(tiff, 0, bytes, size), ==, size);
    TIFFClose(tiff);
    return g_bytes_new_take(bytes, (gsize)size);
}

/* ---- PDF ---- */

/* One page of 203 × 141 points: its dictionary's further entries, its content, and the picture /P: its
 * dictionary's entries and bytes. */
typedef struct {
    const char *page, *content, *picture;
    GBytes *bytes;
    const char *catalog; /* more of the catalog, NULL for nothing */
} ScanPdf;

static inline void scan_pdf_object(GString *pdf, GArray *offsets, const char *dictionary, GBytes *stream)
{
    guint64 at = pdf->len;
    g_array_append_val(offsets, at);
    g_string_append_printf(pdf, "%u 0 obj\n", offsets->len);
    if (stream) {
        gsize length;
        const char *bytes = g_bytes_get_data(stream, &length);
        g_string_append_printf(pdf, "<<%s/Length %zu>>stream\n", dictionary, length);
        g_string_append_len(pdf, bytes, (gssize)length);
        g_string_append(pdf, "\nendstream");
    } else {
        g_string_append_printf(pdf, "<<%s>>", dictionary);
    }
    g_string_append(pdf, "\nendobj\n");
}

static inline void scan_write_pdf(const char *path, const ScanPdf *how)
{
    g_autoptr(GString) pdf = g_string_new("%PDF-1.4\n");
    g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autofree char *page =
        g_strdup_printf("/Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>"
                        "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>%s",
                        how->page && strstr(how->page, "MediaBox") ? "" : "/MediaBox[0 0 203 141]");
    g_autofree char *whole = g_strconcat(page, how->page ? how->page : "", NULL);
    g_autofree char *picture = g_strconcat("/Type/XObject/Subtype/Image", how->picture, NULL);
    g_autoptr(GBytes) content = g_bytes_new(how->content, strlen(how->content));
    g_autofree char *catalog = g_strconcat("/Type/Catalog/Pages 2 0 R", how->catalog, NULL);
    scan_pdf_object(pdf, offsets, catalog, NULL);
    scan_pdf_object(pdf, offsets, "/Type/Pages/Kids[3 0 R]/Count 1", NULL);
    scan_pdf_object(pdf, offsets, whole, NULL);
    scan_pdf_object(pdf, offsets, "", content);
    if (how->bytes)
        scan_pdf_object(pdf, offsets, picture, how->bytes);
    gsize table = pdf->len;
    g_string_append_printf(pdf, "xref\n0 %u\n0000000000 65535 f \n", offsets->len + 1);
    for (guint i = 0; i < offsets->len; i++)
        g_string_append_printf(pdf, "%010" G_GUINT64_FORMAT " 00000 n \n",
                               g_array_index(offsets, guint64, i));
    g_string_append_printf(pdf, "trailer<</Size %u/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", offsets->len + 1,
                           table);
    g_assert_true(g_file_set_contents(path, pdf->str, (gssize)pdf->len, NULL));
}

#endif
