#include <string.h>

#include <tiffio.h>

#include "page/decode.h"

struct PageTiff {
    PageBytes bytes;
    uint64_t at;
    TIFF *tiff;
    GArray *offsets;   /* uint64_t: where each page's directory lies */
    char message[200]; /* the first fault of the page being read */
};

/* ---- a file in memory for libtiff
 * --------------------------------------------------------------------------------- */

static tmsize_t read_proc(thandle_t handle, void *to, tmsize_t length)
{
    PageTiff *file = handle;
    uint64_t left = file->at < file->bytes.length ? file->bytes.length - file->at : 0;
    size_t count = (size_t)MIN((uint64_t)MAX(length, 0), left);
    memcpy(to, file->bytes.bytes + file->at, count);
    file->at += count;
    return (tmsize_t)count;
}

static tmsize_t write_proc(thandle_t handle, void *from, tmsize_t length)
{
    (void)handle;
    (void)from;
    (void)length;
    return -1;
}

static toff_t seek_proc(thandle_t handle, toff_t offset, int whence)
{
    PageTiff *file = handle;
    if (whence == SEEK_SET)
        file->at = offset;
    else if (whence == SEEK_CUR)
        file->at += offset;
    else
        file->at = file->bytes.length + offset;
    return file->at;
}

static int close_proc(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t size_proc(thandle_t handle)
{
    return ((PageTiff *)handle)->bytes.length;
}

static int map_proc(thandle_t handle, void **base, toff_t *size)
{
    PageTiff *file = handle;
    *base = (void *)file->bytes.bytes;
    *size = file->bytes.length;
    return 1;
}

static void unmap_proc(thandle_t handle, void *base, toff_t size)
{
    (void)handle;
    (void)base;
    (void)size;
}

/* libtiff goes on after most faults with what it has; a page that had one is refused, so the first is kept.
 */
static int on_fault(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    (void)tiff;
    (void)module;
    PageTiff *file = user;
    g_autofree char *words = g_strdup_vprintf(format, arguments);
    if (!file->message[0])
        g_snprintf(file->message, sizeof file->message, "libtiff: %s", words);
    return 1;
}

/* Warnings about tags nobody needs are no damage. Those of the fax decoders are: they fill up lines with
 * white; those of the JPEG decoder: it fills up with grey; and tags that lie beyond the file's end: it was
 * cut, and colours may be among them. */
static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    if ((module && (g_str_has_prefix(module, "Fax") || g_str_equal(module, "JPEGLib"))) ||
        g_str_has_prefix(format, "IO error"))
        return on_fault(tiff, user, module, format, arguments);
    return 1;
}

static TIFF *open_client(PageTiff *file)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_fault, file);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, file);
    TIFF *tiff = TIFFClientOpenExt("scan", "r", file, read_proc, write_proc, seek_proc, close_proc, size_proc,
                                   map_proc, unmap_proc, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

static bool set_unreadable(const PageTiff *file, GError **error)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                _("the TIFF is damaged (%s); scan or save it again"),
                file->message[0] ? file->message : _("it ends too early"));
    return false;
}

/* Notes where the directory stands that was read last. */
static void add_page(PageTiff *file)
{
    uint64_t offset = TIFFCurrentDirOffset(file->tiff);
    g_array_append_val(file->offsets, offset);
}

/* Finds every directory; a chain that comes back to itself ends the file with an error. */
static bool list_pages(PageTiff *file, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    do {
        uint64_t offset = TIFFCurrentDirOffset(file->tiff);
        if (!g_hash_table_add(seen, g_memdup2(&offset, sizeof offset))) {
            g_strlcpy(file->message, _("its list of pages runs in a circle"), sizeof file->message);
            return set_unreadable(file, error);
        }
        if (file->offsets->len == PAGE_FILE_MAX_PAGES) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT, _("more than %d pages; split the file"),
                        PAGE_FILE_MAX_PAGES);
            return false;
        }
        add_page(file);
    } while (TIFFReadDirectory(file->tiff));
    if (!file->message[0] &&
        !TIFFLastDirectory(file->tiff)) /* libtiff itself stops at a directory it knows */
        g_strlcpy(file->message, _("its list of pages runs in a circle"), sizeof file->message);
    return file->message[0] ? set_unreadable(file, error) : true;
}

PageTiff *page_tiff_open(PageBytes bytes, bool first, GError **error)
{
    PageTiff *file = g_new0(PageTiff, 1);
    file->bytes = bytes;
    file->offsets = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    file->tiff = open_client(file);
    if (!file->tiff)
        set_unreadable(file, error);
    if (file->tiff && first)
        add_page(file);
    if (file->tiff && (first || list_pages(file, error)))
        return file;
    page_tiff_free(file);
    return NULL;
}

void page_tiff_free(PageTiff *file)
{
    if (!file)
        return;
    if (file->tiff)
        TIFFClose(file->tiff);
    g_array_unref(file->offsets);
    g_free(file);
}

int page_tiff_count(const PageTiff *file)
{
    return (int)file->offsets->len;
}

/* ---- one page
 * ---------------------------------------------------------------------------------------------------- */

typedef struct {
    uint32_t width, height;
    uint16_t bits, samples, photometric, planar, compression, orientation, format;
} TiffPage;

static TiffPage read_tags(TIFF *tiff)
{
    TiffPage page = {.orientation = 1};
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &page.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &page.planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &page.compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &page.orientation);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &page.photometric))
        page.photometric = page.bits == 1 ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK;
    return page;
}

/* 1-bit and 8-bit grey in strips, row by row. */
static PageImage *read_grey_rows(PageTiff *file, const TiffPage *page, GError **error)
{
    g_autoptr(PageImage) image = page_image_new((int)page->width, (int)page->height, error);
    if (!image)
        return NULL;
    bool white_is_zero = page->photometric == PHOTOMETRIC_MINISWHITE;
    g_autofree uint8_t *bits = g_malloc0((gsize)TIFFScanlineSize(file->tiff) + 16);
    for (uint32_t y = 0; y < page->height; y++) {
        uint8_t *to = image->grey->pixels + (size_t)y * image->grey->stride;
        if (TIFFReadScanline(file->tiff, page->bits == 1 ? bits : to, y, 0) < 0 || file->message[0]) {
            set_unreadable(file, error);
            return NULL;
        }
        if (page->bits == 1)
            page_unpack_bits(bits, (int)page->width, white_is_zero ? 0 : 255, white_is_zero ? 255 : 0, to);
        else
            for (uint32_t x = 0; white_is_zero && x < page->width; x++)
                to[x] = (uint8_t)(255 - to[x]);
    }
    image->bitonal = page->bits == 1;
    return g_steal_pointer(&image);
}

/* Everything else through libtiff's own conversion to RGBA. */
static PageImage *read_rgba(PageTiff *file, const TiffPage *page, bool want_chroma, GError **error)
{
    char why[1024] = "";
    if (!TIFFRGBAImageOK(file->tiff, why)) {
        g_snprintf(file->message, sizeof file->message, "libtiff: %s", why);
        set_unreadable(file, error);
        return NULL;
    }
    size_t pixels = (size_t)page->width * page->height;
    g_autofree uint32_t *rgba = g_try_malloc(pixels * 4);
    if (!rgba) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no memory for a picture of %u × %u pixels"),
                    page->width, page->height);
        return NULL;
    }
    /* Top left: the orientation is applied afterwards, the same way for every kind of file. */
    TIFFSetField(file->tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    if (!TIFFReadRGBAImageOriented(file->tiff, page->width, page->height, rgba, ORIENTATION_TOPLEFT, 1) ||
        file->message[0]) {
        set_unreadable(file, error);
        return NULL;
    }
    uint8_t *rgb = (uint8_t *)rgba; /* packed in place, from the front */
    for (size_t i = 0; i < pixels; i++) {
        uint32_t pixel = rgba[i];
        rgb[3 * i] = (uint8_t)TIFFGetR(pixel);
        rgb[3 * i + 1] = (uint8_t)TIFFGetG(pixel);
        rgb[3 * i + 2] = (uint8_t)TIFFGetB(pixel);
    }
    bool colour = page->samples >= 3 || page->photometric == PHOTOMETRIC_PALETTE;
    PageImage *image = page_image_from_rgb(rgb, (int)page->width, (int)page->height, (size_t)page->width * 3,
                                           want_chroma && colour, error);
    if (image)
        image->bitonal = page->bits == 1;
    return image;
}

static void set_dpi(TIFF *tiff, PageImage *image)
{
    float x = 0, y = 0;
    uint16_t unit = RESUNIT_INCH;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (!TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) || !TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y))
        return;
    double inch = unit == RESUNIT_CENTIMETER ? 2.54 : unit == RESUNIT_INCH ? 1 : 0;
    page_image_set_dpi(image, (double)x * inch, (double)y * inch);
}

PageImage *page_tiff_read(PageTiff *file, int index, bool want_chroma, GError **error)
{
    /* Opened anew for every page: libtiff 4.5 keeps buffers of one page that do not fit the next, and then
     * refuses what is sound. */
    if (file->tiff)
        TIFFClose(file->tiff);
    file->at = 0;
    file->tiff = open_client(file);
    file->message[0] = '\0';
    if (!file->tiff || !TIFFSetSubDirectory(file->tiff, g_array_index(file->offsets, uint64_t, index))) {
        set_unreadable(file, error);
        return NULL;
    }
    TiffPage page = read_tags(file->tiff);
    if (page.width == 0 || page.height == 0 || page.width > RASTER_MAX_SIDE_PX ||
        page.height > RASTER_MAX_SIDE_PX || (size_t)page.width * page.height > RASTER_MAX_PIXELS) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                    _("the picture is %u × %u pixels; the limit is %d a side"), page.width, page.height,
                    RASTER_MAX_SIDE_PX);
        return NULL;
    }
    bool grey = (page.photometric == PHOTOMETRIC_MINISWHITE || page.photometric == PHOTOMETRIC_MINISBLACK) &&
                page.samples == 1 && (page.bits == 1 || page.bits == 8) && !TIFFIsTiled(file->tiff) &&
                TIFFScanlineSize(file->tiff) >= (tmsize_t)((page.width * (size_t)page.bits + 7) / 8);
    PageImage *image = grey ? read_grey_rows(file, &page, error) : read_rgba(file, &page, want_chroma, error);
    if (!image)
        return NULL;
    set_dpi(file->tiff, image);
    if (!page_image_orient(image, page.orientation, error)) {
        page_image_free(image);
        return NULL;
    }
    return image;
}
