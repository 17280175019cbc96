/* Scans: JPEG, TIFF, PNG and PDF, every kind of page the decoders tell apart. */
#include "fuzz/fuzz.h"
#include "page/page.h"

#include <glib/gstdio.h>
#include <jpeglib.h>
#include <png.h>
#include <string.h>
#include <tiffio.h>
#include <zlib.h>

#define W 72
#define H 96
/* More pages of an input than these are not looked at. */
#define MAX_PAGES 6

static const char *const words[] = {"\xff\xd8",
                                    "\xff\xda",
                                    "\xff\xc4",
                                    "/Type /Page",
                                    "/Filter /CCITTFaxDecode",
                                    "/Filter [/FlateDecode /DCTDecode]",
                                    "/Rotate 90",
                                    "/UserUnit 900",
                                    "/Encrypt 1 0 R",
                                    "1 0 R",
                                    "endstream endobj",
                                    "q 10 0 0 10 0 0 cm /I Do Q",
                                    "/MediaBox [0 0 1e9 1]",
                                    "/Decode [1 0]",
                                    "/SMask 5 0 R",
                                    "/Columns 99999",
                                    "IHDR",
                                    "tRNS",
                                    "II*",
                                    NULL};

/* A pattern with edges and slopes, `samples` bytes a pixel. */
static void draw(guint8 *pixels, int samples)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int s = 0; s < samples; s++)
                pixels[(y * W + x) * samples + s] = (guint8)((x / 9 + y / 7) % 2 ? 20 * s : 255 - x - s * y);
}

static GBytes *make_jpeg(int samples, bool progressive, bool orientation)
{
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    guint8 pixels[W * H * 4], *bytes = NULL;
    unsigned long length = 0;
    draw(pixels, samples);
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &length);
    info.image_width = W;
    info.image_height = H;
    info.input_components = samples;
    info.in_color_space = samples == 1 ? JCS_GRAYSCALE : samples == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&info);
    if (progressive)
        jpeg_simple_progression(&info);
    info.density_unit = 1;
    info.X_density = info.Y_density = 200;
    jpeg_start_compress(&info, TRUE);
    static const guint8 exif[] = "Exif\0\0II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0\0\0\0";
    if (orientation)
        jpeg_write_marker(&info, JPEG_APP0 + 1, exif, sizeof exif - 1);
    while (info.next_scanline < H) {
        JSAMPROW row = pixels + info.next_scanline * W * (unsigned)samples;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    GBytes *made = g_bytes_new(bytes, length);
    free(bytes);
    return made;
}

static GBytes *make_png(png_uint_32 format)
{
    guint8 pixels[W * H * 4];
    draw(pixels, (int)PNG_IMAGE_SAMPLE_CHANNELS(format));
    png_image image = {.version = PNG_IMAGE_VERSION, .width = W, .height = H, .format = format};
    png_alloc_size_t length = PNG_IMAGE_PNG_SIZE_MAX(image);
    g_autofree guint8 *bytes = g_malloc(length);
    g_assert_true(png_image_write_to_memory(&image, bytes, &length, 0, pixels, 0, NULL));
    return g_bytes_new(bytes, length);
}

/* Chunks of a PNG with their check sums set right, so that changes are not all caught by them. */
static GBytes *wrap_png(GBytes *content)
{
    gsize length;
    const guint8 *from = g_bytes_get_data(content, &length);
    guint8 *bytes = g_memdup2(from, length);
    for (gsize at = 8; at + 12 <= length;) {
        gsize size =
            (gsize)bytes[at] << 24 | (gsize)bytes[at + 1] << 16 | (gsize)bytes[at + 2] << 8 | bytes[at + 3];
        if (size > length - at - 12)
            break;
        guint32 sum = GUINT32_TO_BE((guint32)crc32(0, bytes + at + 4, (uInt)size + 4));
        memcpy(bytes + at + 8 + size, &sum, 4);
        at += 12 + size;
    }
    return g_bytes_new_take(bytes, length);
}

typedef struct {
    uint16_t compression, photometric, bits, samples;
    bool tiled;
} TiffKind;

static void write_tiff_page(TIFF *tiff, const TiffKind *kind)
{
    guint8 pixels[W * H * 3];
    draw(pixels, kind->samples);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, W);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, H);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, kind->samples);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind->compression);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind->photometric);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 200.0);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 200.0);
    if (kind->photometric == PHOTOMETRIC_PALETTE) {
        uint16_t map[256];
        for (int i = 0; i < 256; i++)
            map[i] = (uint16_t)(i * 257);
        TIFFSetField(tiff, TIFFTAG_COLORMAP, map, map, map);
    }
    if (kind->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 32);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 32);
        for (uint32_t tile = 0; tile < TIFFNumberOfTiles(tiff); tile++)
            TIFFWriteEncodedTile(tiff, tile, pixels, TIFFTileSize(tiff));
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 40);
        for (uint32_t y = 0; y < H; y++)
            TIFFWriteScanline(tiff, pixels + y * (size_t)TIFFScanlineSize(tiff), y, 0);
    }
    TIFFWriteDirectory(tiff);
}

static GBytes *make_tiff(const char *dir, const TiffKind *kinds, int count)
{
    g_autofree char *path = g_build_filename(dir, "seed.tif", NULL);
    TIFF *tiff = TIFFOpen(path, "w");
    for (int i = 0; i < count; i++)
        write_tiff_page(tiff, &kinds[i]);
    TIFFClose(tiff);
    char *data;
    gsize length;
    g_assert_true(g_file_get_contents(path, &data, &length, NULL));
    g_unlink(path);
    return g_bytes_new_take(data, length);
}

static void add_pdf_text(GByteArray *pdf, const char *text)
{
    g_byte_array_append(pdf, (const guint8 *)text, (guint)strlen(text));
}

/* A page that draws one image (when there is one) and then `extra`. No table of places: it is rebuilt. */
static GBytes *make_pdf(const char *image_keys, GBytes *image, const char *extra)
{
    GByteArray *pdf = g_byte_array_new();
    g_autofree char *content = g_strdup_printf("%s%s", image ? "q 40 0 0 50 0 0 cm /I Do Q\n" : "", extra);
    g_autofree char *start = g_strdup_printf("%%PDF-1.5\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n2 0 "
                                             "obj <</Type /Pages /Kids [3 0 R] /Count 1>> "
                                             "endobj\n3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 40 "
                                             "50] /Contents 4 0 R /Resources <</XObject "
                                             "<</I 5 0 R>> /Font <</F <</Type /Font /Subtype /Type1 "
                                             "/BaseFont /Helvetica>>>>>>>> endobj\n4 0 obj <</Length "
                                             "%zu>> stream\n%s\nendstream endobj\n",
                                             strlen(content), content);
    add_pdf_text(pdf, start);
    if (image) {
        gsize length;
        const guint8 *bytes = g_bytes_get_data(image, &length);
        g_autofree char *head = g_strdup_printf(
            "5 0 obj <</Type /XObject /Subtype /Image /Width %d /Height %d %s /Length %zu>> stream\n", W, H,
            image_keys, length);
        add_pdf_text(pdf, head);
        g_byte_array_append(pdf, bytes, (guint)length);
        add_pdf_text(pdf, "\nendstream endobj\n");
        g_bytes_unref(image);
    }
    add_pdf_text(pdf, "trailer <</Root 1 0 R /Size 6>>\nstartxref\n0\n%%EOF\n");
    return g_byte_array_free_to_bytes(pdf);
}

static GBytes *deflated(int samples)
{
    guint8 pixels[W * H * 3];
    draw(pixels, samples);
    uLongf length = compressBound((uLong)(W * H * samples));
    guint8 *bytes = g_malloc(length);
    g_assert_cmpint(compress(bytes, &length, pixels, (uLong)(W * H * samples)), ==, Z_OK);
    return g_bytes_new_take(bytes, length);
}

/* The one strip of a G4 TIFF, as PDF holds it. */
static GBytes *make_g4(const char *dir)
{
    TiffKind kind = {COMPRESSION_CCITTFAX4, PHOTOMETRIC_MINISWHITE, 1, 1, false};
    GBytes *file = make_tiff(dir, &kind, 1);
    g_autofree char *path = g_build_filename(dir, "seed.tif", NULL);
    gsize length;
    const char *data = g_bytes_get_data(file, &length);
    g_assert_true(g_file_set_contents(path, data, (gssize)length, NULL));
    TIFF *tiff = TIFFOpen(path, "r");
    guint8 strip[W * H];
    tmsize_t size = TIFFReadRawStrip(tiff, 0, strip, sizeof strip);
    TIFFClose(tiff);
    g_unlink(path);
    g_bytes_unref(file);
    g_assert_cmpint(size, >, 0);
    return g_bytes_new(strip, (gsize)size);
}

static void add_pdfs(GArray *seeds, const char *dir)
{
    fuzz_add_seed(seeds,
                  make_pdf("/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
                           make_jpeg(1, false, false), ""),
                  NULL);
    fuzz_add_seed(seeds,
                  make_pdf("/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
                           make_jpeg(3, false, false), "0 0 10 10 re f\n"),
                  NULL);
    fuzz_add_seed(
        seeds, make_pdf("/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode", deflated(3), ""),
        NULL);
    fuzz_add_seed(
        seeds, make_pdf("/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", deflated(1), ""),
        NULL);
    fuzz_add_seed(seeds,
                  make_pdf("/ColorSpace [/Indexed /DeviceRGB 255 <000000FFFFFF>] /BitsPerComponent 1 /Filter "
                           "/FlateDecode",
                           deflated(1), ""),
                  NULL);
    fuzz_add_seed(
        seeds,
        make_pdf("/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms <</K "
                 "-1 /Columns 72 /Rows 40>>",
                 make_g4(dir), ""),
        NULL);
    fuzz_add_seed(seeds, make_pdf("", NULL, "BT /F 9 Tf 2 20 Td (Phieu) Tj ET 1 0 0 RG 2 2 m 30 40 l S\n"),
                  NULL);
}

static void make_seeds(GArray *seeds, const char *dir)
{
    static const TiffKind fax[] = {{COMPRESSION_CCITTFAX4, PHOTOMETRIC_MINISWHITE, 1, 1, false},
                                   {COMPRESSION_CCITTFAX3, PHOTOMETRIC_MINISBLACK, 1, 1, false}};
    static const TiffKind grey[] = {{COMPRESSION_LZW, PHOTOMETRIC_MINISBLACK, 8, 1, false},
                                    {COMPRESSION_PACKBITS, PHOTOMETRIC_MINISWHITE, 8, 1, false}};
    static const TiffKind colour[] = {{COMPRESSION_JPEG, PHOTOMETRIC_RGB, 8, 3, false},
                                      {COMPRESSION_ADOBE_DEFLATE, PHOTOMETRIC_PALETTE, 8, 1, false}};
    static const TiffKind tiled[] = {{COMPRESSION_LZW, PHOTOMETRIC_RGB, 8, 3, true}};
    fuzz_add_seed(seeds, make_jpeg(1, false, false), NULL);
    fuzz_add_seed(seeds, make_jpeg(3, false, true), NULL);
    fuzz_add_seed(seeds, make_jpeg(3, true, false), NULL);
    fuzz_add_seed(seeds, make_jpeg(4, false, false), NULL);
    fuzz_add_seed(seeds, make_png(PNG_FORMAT_GRAY), wrap_png);
    fuzz_add_seed(seeds, make_png(PNG_FORMAT_RGB), wrap_png);
    fuzz_add_seed(seeds, make_png(PNG_FORMAT_RGBA), wrap_png);
    fuzz_add_seed(seeds, make_tiff(dir, fax, 2), NULL);
    fuzz_add_seed(seeds, make_tiff(dir, grey, 2), NULL);
    fuzz_add_seed(seeds, make_tiff(dir, colour, 2), NULL);
    fuzz_add_seed(seeds, make_tiff(dir, tiled, 1), NULL);
    add_pdfs(seeds, dir);
}

/* Every row of a picture is there to be read. */
static void check_raster(const Raster *raster)
{
    g_assert_true(raster->width_px >= 1 && raster->width_px <= RASTER_MAX_SIDE_PX);
    g_assert_true(raster->height_px >= 1 && raster->height_px <= RASTER_MAX_SIDE_PX);
    g_assert_cmpuint(raster->stride, >=, (size_t)raster->width_px);
    volatile unsigned sum = 0;
    for (int y = 0; y < raster->height_px; y++)
        sum += raster->pixels[(size_t)y * raster->stride] +
               raster->pixels[(size_t)y * raster->stride + (size_t)raster->width_px - 1];
    g_assert_true(raster->dpi_x == 0 || (raster->dpi_x >= 50 && raster->dpi_x <= 2400));
}

static void run(const char *path, const char *data, size_t length)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(PageFile) file = page_file_open(path, &error);
    if (!file) {
        fuzz_check_error(error);
        return;
    }
    int count = page_file_count(file);
    g_assert_true(count >= 1 && count <= PAGE_FILE_MAX_PAGES);
    for (int i = 0; i < MIN(count, MAX_PAGES); i++) {
        g_autoptr(GError) fault = NULL;
        g_autoptr(PageImage) image = page_file_read(file, i, (length + (size_t)i) % 2, &fault);
        if (!image) {
            fuzz_check_error(fault);
            continue;
        }
        check_raster(image->grey);
        g_assert_true(!image->cb == !image->cr);
        if (image->cb) {
            check_raster(image->cb);
            check_raster(image->cr);
        }
    }
}

const FuzzTarget fuzz_target = {"page", "page.scan", words, make_seeds, run};
