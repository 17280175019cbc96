/* A picture back into a file's bytes, for people to look at; never to be read again. */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "page/page.h"

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
} EncodeErrors;

static void on_error(j_common_ptr info)
{
    EncodeErrors *errors = (EncodeErrors *)info->err;
    info->err->format_message(info, errors->message);
    longjmp(errors->escape, 1);
}

/* One row, its colours beside its grey where it has any. */
static void mix_row(const PageImage *image, int y, uint8_t *to)
{
    const uint8_t *grey = image->grey->pixels + (size_t)y * image->grey->stride;
    const uint8_t *cb = image->cb->pixels + (size_t)y * image->cb->stride;
    const uint8_t *cr = image->cr->pixels + (size_t)y * image->cr->stride;
    for (int x = 0; x < image->grey->width_px; x++) {
        to[3 * x] = grey[x];
        to[3 * x + 1] = cb[x];
        to[3 * x + 2] = cr[x];
    }
}

static void write_rows(struct jpeg_compress_struct *encoder, const PageImage *image, uint8_t *row)
{
    for (int y = 0; y < image->grey->height_px; y++) {
        JSAMPROW line = image->grey->pixels + (size_t)y * image->grey->stride;
        if (row) {
            mix_row(image, y, row);
            line = row;
        }
        jpeg_write_scanlines(encoder, &line, 1);
    }
}

GBytes *page_encode_jpeg(const PageImage *image, int quality, GError **error)
{
    bool colour = image->cb && image->cr;
    g_return_val_if_fail(!colour || (image->cb->width_px == image->grey->width_px &&
                                     image->cb->height_px == image->grey->height_px),
                         NULL);
    struct jpeg_compress_struct encoder;
    EncodeErrors errors;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    g_autofree uint8_t *row = colour ? g_malloc((size_t)image->grey->width_px * 3) : NULL;
    encoder.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = on_error;
    if (setjmp(errors.escape)) {
        jpeg_destroy_compress(&encoder);
        free(bytes);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("a picture cannot be made: %s"),
                    errors.message);
        return NULL;
    }
    jpeg_create_compress(&encoder);
    jpeg_mem_dest(&encoder, &bytes, &length);
    encoder.image_width = (JDIMENSION)image->grey->width_px;
    encoder.image_height = (JDIMENSION)image->grey->height_px;
    encoder.input_components = colour ? 3 : 1;
    encoder.in_color_space = colour ? JCS_YCbCr : JCS_GRAYSCALE;
    jpeg_set_defaults(&encoder);
    jpeg_set_quality(&encoder, quality, TRUE);
    jpeg_start_compress(&encoder, TRUE);
    write_rows(&encoder, image, row);
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    return g_bytes_new_with_free_func(bytes, length, free, bytes);
}
