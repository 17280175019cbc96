/* Planar pictures: turning and smoothing. */
#include "sim/sim.h"

#include <string.h>

Picture *picture_new(int width, int height, int planes, double scale)
{
    Picture *picture = g_new0(Picture, 1);
    picture->width = width;
    picture->height = height;
    picture->planes = planes;
    picture->scale = scale;
    for (int p = 0; p < planes; p++) {
        picture->plane[p] = g_malloc((size_t)width * (size_t)height);
    }
    return picture;
}

void picture_free(Picture *picture)
{
    if (picture) {
        for (int p = 0; p < picture->planes; p++) {
            g_free(picture->plane[p]);
        }
        g_free(picture);
    }
}

Picture *picture_turn(Picture *picture, int quarter_turns)
{
    int w = picture->width, h = picture->height;
    quarter_turns &= 3;
    if (quarter_turns == 0) {
        return picture;
    }
    bool half = quarter_turns == 2;
    Picture *turned = picture_new(half ? w : h, half ? h : w, picture->planes, picture->scale);
    for (int p = 0; p < picture->planes; p++) {
        for (int y = 0; y < h; y++) {
            const uint8_t *from = picture->plane[p] + (size_t)y * (size_t)w;
            for (int x = 0; x < w; x++) {
                int tx = half ? w - 1 - x : quarter_turns == 1 ? h - 1 - y : y;
                int ty = half ? h - 1 - y : quarter_turns == 1 ? x : w - 1 - x;
                turned->plane[p][(size_t)ty * (size_t)turned->width + (size_t)tx] = from[x];
            }
        }
    }
    picture_free(picture);
    return turned;
}

/* In place with three rows of memory: across, then down. */
void picture_blur(Picture *picture, double strength)
{
    int w = picture->width, h = picture->height;
    unsigned side = (unsigned)(strength * 64 + 0.5) / 2, middle = 64 - 2 * side;
    if (side == 0 || w < 3 || h < 3) {
        return;
    }
    g_autofree uint8_t *rows = g_malloc((size_t)w * 3);
    for (int p = 0; p < picture->planes; p++) {
        for (int y = 0; y <= h; y++) {
            if (y < h) {
                uint8_t *in = picture->plane[p] + (size_t)y * (size_t)w,
                        *out = rows + (size_t)(y % 3) * (size_t)w;
                out[0] = in[0];
                out[w - 1] = in[w - 1];
                for (int x = 1; x < w - 1; x++) {
                    out[x] = (uint8_t)((side * ((unsigned)in[x - 1] + in[x + 1]) + middle * in[x] + 32) >> 6);
                }
            }
            if (y > 0) {
                const uint8_t *above = rows + (size_t)((y > 1 ? y - 2 : 0) % 3) * (size_t)w;
                const uint8_t *here = rows + (size_t)((y - 1) % 3) * (size_t)w;
                const uint8_t *below = rows + (size_t)((y < h ? y : h - 1) % 3) * (size_t)w;
                uint8_t *out = picture->plane[p] + (size_t)(y - 1) * (size_t)w;
                for (int x = 0; x < w; x++) {
                    out[x] = (uint8_t)((side * ((unsigned)above[x] + below[x]) + middle * here[x] + 32) >> 6);
                }
            }
        }
    }
}
