#include <string.h>

#include "page/decode.h"

PageImage *page_image_new(int width_px, int height_px, GError **error)
{
    g_autoptr(PageImage) image = g_new0(PageImage, 1);
    image->grey = raster_new(width_px, height_px, error);
    return image->grey ? g_steal_pointer(&image) : NULL;
}

void page_image_set_dpi(PageImage *image, double dpi_x, double dpi_y)
{
    if (dpi_x < 50 || dpi_x > 2400 || dpi_y < 50 || dpi_y > 2400)
        return;
    image->grey->dpi_x = dpi_x;
    image->grey->dpi_y = dpi_y;
}

/* Mean chroma of the 2 × 2 pixels at (x, y); JPEG's (JFIF) coefficients, scaled by 2^16. */
static void chroma_of(const uint8_t *rgb, size_t stride, int x, int y, int width_px, int height_px,
                      uint8_t *ret_cb, uint8_t *ret_cr)
{
    int r = 0, g = 0, b = 0, count = 0;
    for (int dy = 0; dy < 2 && y + dy < height_px; dy++) {
        for (int dx = 0; dx < 2 && x + dx < width_px; dx++) {
            const uint8_t *pixel = rgb + (size_t)(y + dy) * stride + 3 * (size_t)(x + dx);
            r += pixel[0];
            g += pixel[1];
            b += pixel[2];
            count++;
        }
    }
    int64_t scale = (int64_t)65536 * count;
    *ret_cb =
        (uint8_t)CLAMP(128 + (-11059 * (int64_t)r - 21709 * (int64_t)g + 32768 * (int64_t)b) / scale, 0, 255);
    *ret_cr =
        (uint8_t)CLAMP(128 + (32768 * (int64_t)r - 27439 * (int64_t)g - 5329 * (int64_t)b) / scale, 0, 255);
}

PageImage *page_image_from_rgb(const uint8_t *rgb, int width_px, int height_px, size_t stride,
                               bool want_chroma, GError **error)
{
    g_autoptr(PageImage) image = page_image_new(width_px, height_px, error);
    if (!image)
        return NULL;
    for (int y = 0; y < height_px; y++) {
        const uint8_t *from = rgb + (size_t)y * stride;
        uint8_t *to = image->grey->pixels + (size_t)y * image->grey->stride;
        for (int x = 0; x < width_px; x++, from += 3)
            to[x] = (uint8_t)((19595 * from[0] + 38470 * from[1] + 7471 * from[2] + 32768) >> 16);
    }
    if (!want_chroma)
        return g_steal_pointer(&image);
    image->cb = raster_new((width_px + 1) / 2, (height_px + 1) / 2, error);
    image->cr = image->cb ? raster_new((width_px + 1) / 2, (height_px + 1) / 2, error) : NULL;
    if (!image->cr)
        return NULL;
    image->chroma_shift = 1;
    for (int y = 0; y < image->cb->height_px; y++) {
        for (int x = 0; x < image->cb->width_px; x++)
            chroma_of(rgb, stride, 2 * x, 2 * y, width_px, height_px,
                      &image->cb->pixels[(size_t)y * image->cb->stride + x],
                      &image->cr->pixels[(size_t)y * image->cr->stride + x]);
    }
    return g_steal_pointer(&image);
}

static void mirror(Raster *raster)
{
    for (int y = 0; raster && y < raster->height_px; y++) {
        uint8_t *row = raster->pixels + (size_t)y * raster->stride;
        for (int a = 0, b = raster->width_px - 1; a < b; a++, b--) {
            uint8_t kept = row[a];
            row[a] = row[b];
            row[b] = kept;
        }
    }
}

static bool turn(Raster **raster, int quarter_turns, GError **error)
{
    if (!*raster || quarter_turns == 0)
        return true;
    Raster *turned = raster_turn(*raster, quarter_turns, error);
    if (!turned)
        return false;
    raster_free(*raster);
    *raster = turned;
    return true;
}

bool page_image_orient(PageImage *image, int orientation, GError **error)
{
    /* Mirrored first, then turned clockwise. */
    static const struct {
        bool mirrored;
        int turns;
    } steps[9] = {{false, 0}, {false, 0}, {true, 0}, {false, 2}, {true, 2},
                  {true, 3},  {false, 1}, {true, 1}, {false, 3}};
    if (orientation < 2 || orientation > 8)
        return true;
    if (steps[orientation].mirrored) {
        mirror(image->grey);
        mirror(image->cb);
        mirror(image->cr);
    }
    int turns = steps[orientation].turns;
    return turn(&image->grey, turns, error) && turn(&image->cb, turns, error) &&
           turn(&image->cr, turns, error);
}

void page_unpack_bits(const uint8_t *bits, int width_px, uint8_t set, uint8_t clear, uint8_t *to)
{
    /* Eight pixels at once by a table of the two values' difference. */
    static uint64_t spread[256];
    if (!spread[1]) {
        for (int value = 255; value >= 0; value--) {
            uint8_t bytes[8];
            for (int bit = 0; bit < 8; bit++)
                bytes[bit] = value & (0x80 >> bit) ? 0xff : 0;
            memcpy(&spread[value], bytes, 8);
        }
    }
    uint64_t set8 = 0x0101010101010101ull * set, clear8 = 0x0101010101010101ull * clear;
    int whole = width_px / 8;
    for (int i = 0; i < whole; i++) {
        uint64_t mask = spread[bits[i]];
        uint64_t pixels = (mask & set8) | (~mask & clear8);
        memcpy(to + (size_t)8 * i, &pixels, 8);
    }
    for (int x = whole * 8; x < width_px; x++)
        to[x] = bits[x / 8] & (0x80 >> (x % 8)) ? set : clear;
}
