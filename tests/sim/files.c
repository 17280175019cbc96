/* Scan files: PDF with one picture a page, multi-page TIFF, single JPEG and PNG files; each page written as
 * it comes. No dates inside, so that the same run gives the same bytes. */
#include "sim/sim.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

struct Output {
    char *path;
    Scanner scanner;
    int pages;
    FILE *pdf;
    GArray *offsets; /* of PDF objects, from object 1 */
    TIFF *tiff;
};

static bool fail(GError **error, const char *path)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: cannot be written: %s", path, g_strerror(errno));
    return false;
}

/* The pixels of a row as the file wants them: grey, or red green blue. */
static const uint8_t *row_of(const Picture *scan, int y, uint8_t *space)
{
    size_t at = (size_t)y * (size_t)scan->width;
    if (scan->planes == 1) {
        return scan->plane[0] + at;
    }
    for (int x = 0; x < scan->width; x++) {
        for (int p = 0; p < 3; p++) {
            space[3 * x + p] = scan->plane[p][at + (size_t)x];
        }
    }
    return space;
}

/* ---- JPEG -------------------------------------------------------------------------------------------------
 */

static unsigned char *jpeg_encode(const Picture *scan, const Scanner *scanner, unsigned long *ret_length)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    *ret_length = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, ret_length);
    jpeg.image_width = (JDIMENSION)scan->width;
    jpeg.image_height = (JDIMENSION)scan->height;
    jpeg.input_components = scan->planes;
    jpeg.in_color_space = scan->planes == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, scanner->quality, TRUE);
    jpeg.density_unit = 1;
    /* A telephone does not know how large the sheet is. */
    jpeg.X_density = jpeg.Y_density = (UINT16)(scanner->photo > 0 ? 72 : scanner->dpi);
    jpeg_start_compress(&jpeg, TRUE);
    g_autofree uint8_t *space = g_malloc((size_t)scan->width * 3);
    for (int y = 0; y < scan->height; y++) {
        JSAMPROW row = (JSAMPROW)row_of(scan, y, space);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return data;
}

/* ---- TIFF -------------------------------------------------------------------------------------------------
 */

static void pack_row(const Picture *scan, int y, uint8_t *bits)
{
    const uint8_t *row = scan->plane[0] + (size_t)y * (size_t)scan->width;
    memset(bits, 0, ((size_t)scan->width + 7) / 8);
    for (int x = 0; x < scan->width; x++) {
        if (row[x] < 128) {
            bits[x / 8] |= (uint8_t)(0x80 >> (x % 8));
        }
    }
}

static bool tiff_write(TIFF *tiff, const Picture *scan, const Scanner *scanner, int page)
{
    bool bitonal = scanner->mode == MODE_BITONAL, jpeg = !bitonal && scanner->format == FILE_TIFF;
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, scan->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, scan->height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bitonal ? 1 : 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, scan->planes);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, (float)scanner->dpi);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, (float)scanner->dpi);
    TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE);
    TIFFSetField(tiff, TIFFTAG_PAGENUMBER, page, 0);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION,
                 bitonal ? COMPRESSION_CCITTFAX4
                 : jpeg  ? COMPRESSION_JPEG
                         : COMPRESSION_LZW);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 bitonal             ? PHOTOMETRIC_MINISWHITE
                 : scan->planes == 1 ? PHOTOMETRIC_MINISBLACK
                 : jpeg              ? PHOTOMETRIC_YCBCR
                                     : PHOTOMETRIC_RGB);
    if (jpeg) {
        TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, scanner->quality);
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, bitonal || jpeg ? (scan->height + 15) / 16 * 16 : 64);
    g_autofree uint8_t *space = g_malloc((size_t)scan->width * 3 + 8);
    for (int y = 0; y < scan->height; y++) {
        uint8_t *row = space;
        if (bitonal) {
            pack_row(scan, y, space);
        } else if (row_of(scan, y, space) != space) {
            memcpy(space, scan->plane[0] + (size_t)y * (size_t)scan->width, (size_t)scan->width);
        }
        if (TIFFWriteScanline(tiff, row, (uint32_t)y, 0) < 0) {
            return false;
        }
    }
    return TIFFWriteDirectory(tiff) == 1;
}

/* ---- PDF --------------------------------------------------------------------------------------------------
 */

static void pdf_object(Output *output)
{
    long at = ftell(output->pdf);
    g_array_append_val(output->offsets, at);
    fprintf(output->pdf, "%u 0 obj\n", output->offsets->len);
}

/* The strip a fax coder makes of the page, by way of a TIFF in a file beside the output. */
static unsigned char *fax_encode(Output *output, const Picture *scan, unsigned long *ret_length,
                                 GError **error)
{
    g_autofree char *path = g_strconcat(output->path, ".strip", NULL);
    TIFF *tiff = TIFFOpen(path, "w");
    bool ok = tiff && tiff_write(tiff, scan, &output->scanner, 0);
    if (tiff) {
        TIFFClose(tiff);
    }
    tiff = ok ? TIFFOpen(path, "r") : NULL;
    if (!tiff) {
        fail(error, path);
        return NULL;
    }
    tmsize_t length = TIFFRawStripSize(tiff, 0);
    unsigned char *data = malloc((size_t)length);
    *ret_length = (unsigned long)TIFFReadRawStrip(tiff, 0, data, length);
    TIFFClose(tiff);
    g_unlink(path);
    return data;
}

static bool pdf_add(Output *output, const Picture *scan, GError **error)
{
    unsigned long length;
    bool bitonal = output->scanner.mode == MODE_BITONAL;
    unsigned char *data =
        bitonal ? fax_encode(output, scan, &length, error) : jpeg_encode(scan, &output->scanner, &length);
    if (!data) {
        return false;
    }
    double w = scan->width * 72.0 / output->scanner.dpi, h = scan->height * 72.0 / output->scanner.dpi;
    FILE *pdf = output->pdf;
    pdf_object(output);
    unsigned image = output->offsets->len;
    fprintf(pdf,
            "<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d/ColorSpace/%s/Length "
            "%lu/Filter/%s",
            scan->width, scan->height, bitonal ? 1 : 8, scan->planes == 1 ? "DeviceGray" : "DeviceRGB",
            length, bitonal ? "CCITTFaxDecode" : "DCTDecode");
    if (bitonal) {
        fprintf(pdf, "/DecodeParms<</K -1/Columns %d/Rows %d/BlackIs1 false>>", scan->width, scan->height);
    }
    fputs(">>\nstream\n", pdf);
    fwrite(data, 1, length, pdf);
    free(data);
    fputs("\nendstream\nendobj\n", pdf);
    g_autofree char *content = g_strdup_printf("q %.3f 0 0 %.3f 0 0 cm /I Do Q\n", w, h);
    pdf_object(output);
    fprintf(pdf, "<</Length %zu>>\nstream\n%sendstream\nendobj\n", strlen(content), content);
    pdf_object(output);
    fprintf(pdf,
            "<</Type/Page/Parent 1 0 R/MediaBox[0 0 %.3f %.3f]/Resources<</XObject<</I %u 0 R>>>>/Contents "
            "%u 0 R>>\nendobj\n",
            w, h, image, image + 1);
    return !ferror(pdf) || fail(error, output->path);
}

static void pdf_finish(Output *output)
{
    FILE *pdf = output->pdf;
    /* Objects 1 and 2, the page tree and the catalogue, were kept for the end. */
    g_array_index(output->offsets, long, 0) = ftell(pdf);
    fprintf(pdf, "1 0 obj\n<</Type/Pages/Count %d/Kids[", output->pages);
    for (int i = 0; i < output->pages; i++) {
        fprintf(pdf, "%d 0 R ", 5 + 3 * i);
    }
    fputs("]>>\nendobj\n", pdf);
    g_array_index(output->offsets, long, 1) = ftell(pdf);
    fputs("2 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\n", pdf);
    long start = ftell(pdf);
    fprintf(pdf, "xref\n0 %u\n0000000000 65535 f \n", output->offsets->len + 1);
    for (guint i = 0; i < output->offsets->len; i++) {
        fprintf(pdf, "%010ld 00000 n \n", g_array_index(output->offsets, long, i));
    }
    fprintf(pdf, "trailer\n<</Size %u/Root 2 0 R>>\nstartxref\n%ld\n%%%%EOF\n", output->offsets->len + 1,
            start);
}

/* ---- PNG --------------------------------------------------------------------------------------------------
 */

static bool png_write(const char *path, const Picture *scan, const Scanner *scanner, GError **error)
{
    FILE *file = g_fopen(path, "wb");
    if (!file) {
        return fail(error, path);
    }
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    bool bitonal = scanner->mode == MODE_BITONAL;
    png_init_io(png, file);
    png_set_compression_level(png, 2);
    png_set_IHDR(png, info, (png_uint_32)scan->width, (png_uint_32)scan->height, bitonal ? 1 : 8,
                 scan->planes == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_uint_32 per_metre = (png_uint_32)(scanner->dpi / MM_PER_INCH * 1000 + 0.5);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    if (bitonal) {
        png_set_invert_mono(png);
    }
    g_autofree uint8_t *space = g_malloc((size_t)scan->width * 3 + 8);
    for (int y = 0; y < scan->height; y++) {
        if (bitonal) {
            pack_row(scan, y, space);
        }
        png_write_row(png, bitonal ? space : row_of(scan, y, space));
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return fclose(file) == 0 || fail(error, path);
}

/* ---- any file ---------------------------------------------------------------------------------------------
 */

char *output_page_name(const char *batch_name, FileFormat format, int index, int *ret_page)
{
    *ret_page = format == FILE_JPEG || format == FILE_PNG ? 1 : index + 1;
    switch (format) {
    case FILE_PDF:
        return g_strconcat(batch_name, ".pdf", NULL);
    case FILE_TIFF:
    case FILE_TIFF_LZW:
        return g_strconcat(batch_name, ".tif", NULL);
    case FILE_PNG:
        return g_strdup_printf("%s/trang %03d.png", batch_name, index + 1);
    default:
        return g_strdup_printf("%s/trang %03d.jpg", batch_name, index + 1);
    }
}

Output *output_open(const char *path, const Scanner *scanner, GError **error)
{
    Output *output = g_new0(Output, 1);
    int page;
    bool folder = scanner->format == FILE_JPEG || scanner->format == FILE_PNG;
    output->path = folder ? g_strdup(path) : output_page_name(path, scanner->format, 0, &page);
    output->scanner = *scanner;
    bool ok;
    if (folder) {
        ok = g_mkdir_with_parents(path, 0777) == 0;
    } else if (scanner->format == FILE_PDF) {
        output->pdf = g_fopen(output->path, "wb");
        ok = output->pdf != NULL;
        output->offsets = g_array_new(FALSE, TRUE, sizeof(long));
        g_array_set_size(output->offsets, 2);
        if (ok) {
            fputs("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", output->pdf);
        }
    } else {
        TIFFSetWarningHandler(NULL);
        output->tiff = TIFFOpen(output->path, "w");
        ok = output->tiff != NULL;
    }
    if (!ok) {
        fail(error, output->path);
        output_close(output, NULL);
        return NULL;
    }
    return output;
}

bool output_add(Output *output, const Picture *scan, GError **error)
{
    int page, index = output->pages++;
    if (output->pdf) {
        return pdf_add(output, scan, error);
    }
    if (output->tiff) {
        return tiff_write(output->tiff, scan, &output->scanner, index) || fail(error, output->path);
    }
    g_autofree char *path = output_page_name(output->path, output->scanner.format, index, &page);
    if (output->scanner.format == FILE_PNG) {
        return png_write(path, scan, &output->scanner, error);
    }
    unsigned long length;
    unsigned char *data = jpeg_encode(scan, &output->scanner, &length);
    bool ok = g_file_set_contents_full(path, (const char *)data, (gssize)length, G_FILE_SET_CONTENTS_NONE,
                                       0666, error);
    free(data);
    return ok;
}

bool output_close(Output *output, GError **error)
{
    bool ok = true;
    if (output->pdf) {
        pdf_finish(output);
        ok = !ferror(output->pdf);
        ok = (fclose(output->pdf) == 0 && ok) || fail(error, output->path);
    }
    if (output->tiff) {
        TIFFClose(output->tiff);
    }
    if (output->offsets) {
        g_array_unref(output->offsets);
    }
    g_free(output->path);
    g_free(output);
    return ok;
}
