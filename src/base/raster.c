#include "base/base.h"

#include <errno.h>
#include <png.h>
#include <string.h>

Raster *raster_new(int width_px, int height_px, GError **error)
{
    if (width_px < 1 || height_px < 1 || width_px > RASTER_MAX_SIDE_PX || height_px > RASTER_MAX_SIDE_PX ||
        (size_t)width_px * (size_t)height_px > RASTER_MAX_PIXELS) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                    _("a picture of %d × %d pixels is outside the limits (side %d, %zu pixels in all)"),
                    width_px, height_px, RASTER_MAX_SIDE_PX, RASTER_MAX_PIXELS);
        return NULL;
    }
    size_t stride = ((size_t)width_px + 15) & ~(size_t)15;
    Raster *raster = g_new0(Raster, 1);
    raster->pixels = g_try_malloc(stride * (size_t)height_px);
    if (!raster->pixels) {
        g_free(raster);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                    _("no memory for a picture of %d × %d pixels; close other programs or scan at fewer dpi"),
                    width_px, height_px);
        return NULL;
    }
    raster->width_px = width_px;
    raster->height_px = height_px;
    raster->stride = stride;
    return raster;
}

void raster_free(Raster *raster)
{
    if (!raster)
        return;
    raster_free(raster->half);
    g_free(raster->pixels);
    g_free(raster);
}

Raster *raster_crop(const Raster *raster, RectPx rect, GError **error)
{
    int x0 = MAX(rect.x_px, 0), y0 = MAX(rect.y_px, 0);
    int64_t x1 = MIN((int64_t)rect.x_px + rect.w_px, raster->width_px);
    int64_t y1 = MIN((int64_t)rect.y_px + rect.h_px, raster->height_px);
    if (x1 <= x0 || y1 <= y0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the part %d,%d %d×%d lies outside the picture"), rect.x_px, rect.y_px, rect.w_px,
                    rect.h_px);
        return NULL;
    }
    Raster *crop = raster_new((int)x1 - x0, (int)y1 - y0, error);
    if (!crop)
        return NULL;
    crop->dpi_x = raster->dpi_x;
    crop->dpi_y = raster->dpi_y;
    for (int y = 0; y < crop->height_px; y++)
        memcpy(crop->pixels + (size_t)y * crop->stride,
               raster->pixels + (size_t)(y0 + y) * raster->stride + x0, (size_t)crop->width_px);
    return crop;
}

Raster *raster_turn(const Raster *raster, int quarter_turns, GError **error)
{
    int turns = ((quarter_turns % 4) + 4) % 4;
    bool sideways = turns % 2 == 1;
    int width = raster->width_px, height = raster->height_px;
    Raster *turned = raster_new(sideways ? height : width, sideways ? width : height, error);
    if (!turned)
        return NULL;
    turned->dpi_x = sideways ? raster->dpi_y : raster->dpi_x;
    turned->dpi_y = sideways ? raster->dpi_x : raster->dpi_y;
    for (int y = 0; y < turned->height_px; y++) {
        uint8_t *to = turned->pixels + (size_t)y * turned->stride;
        const uint8_t *from = raster->pixels;
        size_t stride = raster->stride;
        switch (turns) {
        case 0:
            memcpy(to, from + (size_t)y * stride, (size_t)width);
            break;
        case 1: /* the new row y is the old column y, read upwards */
            for (int x = 0; x < turned->width_px; x++)
                to[x] = from[(size_t)(height - 1 - x) * stride + y];
            break;
        case 2:
            for (int x = 0; x < width; x++)
                to[x] = from[(size_t)(height - 1 - y) * stride + (width - 1 - x)];
            break;
        default:
            for (int x = 0; x < turned->width_px; x++)
                to[x] = from[(size_t)x * stride + (width - 1 - y)];
        }
    }
    return turned;
}

static void append_png_bytes(png_structp png, png_bytep data, size_t length)
{
    g_byte_array_append(png_get_io_ptr(png), data, (guint)length);
}

static void ignore_flush(png_structp png)
{
    (void)png;
}

bool raster_write_png(const Raster *raster, const char *path, GError **error)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot make a PNG"), path);
        return false;
    }
    png_set_write_fn(png, bytes, append_png_bytes, ignore_flush);
    png_set_IHDR(png, info, (png_uint_32)raster->width_px, (png_uint_32)raster->height_px, 8,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (raster->dpi_x > 0 && raster->dpi_y > 0)
        png_set_pHYs(png, info, (png_uint_32)(raster->dpi_x * 1000 / MM_PER_INCH + 0.5),
                     (png_uint_32)(raster->dpi_y * 1000 / MM_PER_INCH + 0.5), PNG_RESOLUTION_METER);
    png_write_info(png, info);
    for (int y = 0; y < raster->height_px; y++)
        png_write_row(png, raster->pixels + (size_t)y * raster->stride);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return file_replace(path, (const char *)bytes->data, (gssize)bytes->len, error);
}

void page_image_free(PageImage *image)
{
    if (!image)
        return;
    raster_free(image->grey);
    raster_free(image->cb);
    raster_free(image->cr);
    g_free(image);
}
