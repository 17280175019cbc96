#include <png.h>
#include <string.h>

#include "page/decode.h"

/* Reading from memory, with the way out of an error through libpng's own jump buffer. */
typedef struct {
    PageBytes bytes;
    size_t at;
    png_structp png;
    png_infop info;
    uint8_t *pixels;
    png_bytepp rows;
    char message[160];
} PngWork;

static void read_bytes(png_structp png, png_bytep to, size_t length)
{
    PngWork *work = png_get_io_ptr(png);
    if (length > work->bytes.length - work->at)
        png_error(png, "the file ends too early");
    memcpy(to, work->bytes.bytes + work->at, length);
    work->at += length;
}

static void on_error(png_structp png, png_const_charp message)
{
    PngWork *work = png_get_error_ptr(png);
    g_strlcpy(work->message, message, sizeof work->message);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* Reduces whatever is there to 8-bit grey or 8-bit RGB on white paper. */
static void set_transforms(PngWork *work)
{
    png_structp png = work->png;
    int type = png_get_color_type(png, work->info);
    png_set_expand(png);
    png_set_scale_16(png);
    if (type & PNG_COLOR_MASK_ALPHA || png_get_valid(png, work->info, PNG_INFO_tRNS)) {
        png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
        png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    }
    png_set_interlace_handling(png);
    png_read_update_info(png, work->info);
}

/* Looks at the size the header states before libpng does, whose words would be of damage. */
static bool check_size(PageBytes bytes, GError **error)
{
    uint32_t width = 0, height = 0;
    if (bytes.length >= 24) {
        width = png_get_uint_32(bytes.bytes + 16);
        height = png_get_uint_32(bytes.bytes + 20);
    }
    if (width <= RASTER_MAX_SIDE_PX && height <= RASTER_MAX_SIDE_PX &&
        (size_t)width * height <= RASTER_MAX_PIXELS)
        return true;
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                _("the picture is %u × %u pixels; the limit is %d a side"), width, height,
                RASTER_MAX_SIDE_PX);
    return false;
}

static bool read_pixels(PngWork *work, GError **error)
{
    png_structp png = work->png;
    png_set_read_fn(png, work, read_bytes);
    png_set_user_limits(png, RASTER_MAX_SIDE_PX, RASTER_MAX_SIDE_PX);
    png_read_info(png, work->info);
    size_t height = png_get_image_height(png, work->info), width = png_get_image_width(png, work->info);
    set_transforms(work);
    size_t stride = png_get_rowbytes(png, work->info);
    work->pixels = g_try_malloc(stride * height);
    work->rows = g_new(png_bytep, height);
    if (!work->pixels) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no memory for a picture of %zu × %zu pixels"),
                    width, height);
        return false;
    }
    for (size_t y = 0; y < height; y++)
        work->rows[y] = work->pixels + y * stride;
    png_read_image(png, work->rows);
    png_read_end(png, NULL);
    return true;
}

static PageImage *take_image(const PngWork *work, bool want_chroma, bool bitonal, GError **error)
{
    int width = (int)png_get_image_width(work->png, work->info),
        height = (int)png_get_image_height(work->png, work->info);
    size_t stride = png_get_rowbytes(work->png, work->info);
    g_autoptr(PageImage) image = NULL;
    if (png_get_channels(work->png, work->info) == 3) {
        image = page_image_from_rgb(work->pixels, width, height, stride, want_chroma, error);
    } else if ((image = page_image_new(width, height, error))) {
        for (int y = 0; y < height; y++)
            memcpy(image->grey->pixels + (size_t)y * image->grey->stride, work->rows[y], (size_t)width);
    }
    if (!image)
        return NULL;
    image->bitonal = bitonal;
    png_uint_32 x, y;
    int unit;
    if (png_get_pHYs(work->png, work->info, &x, &y, &unit) && unit == PNG_RESOLUTION_METER)
        page_image_set_dpi(image, x * MM_PER_INCH / 1000, y * MM_PER_INCH / 1000);
    return g_steal_pointer(&image);
}

PageImage *page_decode_png(PageBytes bytes, bool want_chroma, GError **error)
{
    if (!check_size(bytes, error))
        return NULL;
    PngWork *work = g_new0(PngWork, 1);
    work->bytes = bytes;
    work->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, work, on_error, on_warning);
    work->info = work->png ? png_create_info_struct(work->png) : NULL;
    PageImage *image = NULL;
    if (!work->info)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no memory to read a PNG"));
    else if (setjmp(png_jmpbuf(work->png)))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("the PNG picture is damaged (libpng: %s); scan the page again"), work->message);
    else if (read_pixels(work, error))
        image = take_image(work, want_chroma, work->bytes.length > 24 && work->bytes.bytes[24] == 1, error);
    png_destroy_read_struct(&work->png, &work->info, NULL);
    g_free(work->pixels);
    g_free(work->rows);
    g_free(work);
    return image;
}
