#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
/* after jpeglib.h, which it needs */
#include <jerror.h>

#include "page/decode.h"

/* A decoder with its way out of an error. Missing or damaged picture data libjpeg only warns of is an error
 * here: what it fills in is grey, and grey paper is a blank box. What is wrong around the data is none. */
typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf escape;
    bool in_data; /* the header has been read */
    char message[JMSG_LENGTH_MAX];
} JpegErrors;

static void on_error(j_common_ptr info)
{
    JpegErrors *errors = (JpegErrors *)info->err;
    info->err->format_message(info, errors->message);
    longjmp(errors->escape, 1);
}

/* Whether the bytes passed over before a marker are padding that scanners and programs put there: zeros, fill
 * bytes, ends of lines. Others are what is left of damaged data. */
static bool passed_over_padding(const struct jpeg_decompress_struct *info)
{
    const uint8_t *end = info->src->next_input_byte;
    for (int i = 1; i <= info->err->msg_parm.i[0]; i++) {
        if (!memchr("\0\xff\r\n ", end[-i], 5))
            return false;
    }
    return true;
}

/* Whether a warning says that picture data is missing or damaged. */
static bool is_damage(j_common_ptr info)
{
    const JpegErrors *errors = (JpegErrors *)info->err;
    const struct jpeg_decompress_struct *decoder = (const struct jpeg_decompress_struct *)info;
    switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
        return false;
    case JWRN_EXTRANEOUS_DATA:
        return errors->in_data && !passed_over_padding(decoder);
    case JWRN_JPEG_EOF: /* no end mark; when data is missing too, that has a warning of its own, unless whole
                           scans are */
        return decoder->progressive_mode || jpeg_has_multiple_scans((j_decompress_ptr)info);
    default:
        return true;
    }
}

static void on_message(j_common_ptr info, int level)
{
    if (level < 0 && is_damage(info))
        on_error(info);
}

/* ---- EXIF orientation
 * ------------------------------------------------------------------------------------------ */

typedef struct {
    const uint8_t *bytes;
    size_t length;
    bool little;
} Exif;

static unsigned exif_u16(const Exif *exif, size_t at)
{
    if (at + 2 > exif->length)
        return 0;
    const uint8_t *b = exif->bytes + at;
    return exif->little ? (unsigned)(b[0] | b[1] << 8) : (unsigned)(b[0] << 8 | b[1]);
}

static size_t exif_u32(const Exif *exif, size_t at)
{
    size_t low = exif_u16(exif, exif->little ? at : at + 2),
           high = exif_u16(exif, exif->little ? at + 2 : at);
    return high << 16 | low;
}

/* The orientation tag (0x0112) of the first directory, or 1. */
static int exif_orientation(const uint8_t *bytes, size_t length)
{
    if (length < 14 || memcmp(bytes, "Exif\0\0", 6) != 0)
        return 1;
    Exif exif = {bytes + 6, length - 6, bytes[6] == 'I'};
    size_t at = exif_u32(&exif, 4);
    unsigned entries = at < exif.length ? exif_u16(&exif, at) : 0;
    for (unsigned i = 0; i < entries && i < 200; i++) {
        size_t entry = at + 2 + 12 * (size_t)i;
        if (entry + 12 <= exif.length && exif_u16(&exif, entry) == 0x0112)
            return (int)exif_u16(&exif, entry + 8);
    }
    return 1;
}

static int find_orientation(const struct jpeg_decompress_struct *info)
{
    for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next) {
        if (marker->marker == JPEG_APP0 + 1)
            return exif_orientation(marker->data, marker->data_length);
    }
    return 1;
}

/* ---- decoding
 * ----------------------------------------------------------------------------------------------------- */

static void read_grey(struct jpeg_decompress_struct *info, Raster *grey)
{
    info->out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW rows[4];
        int count = MIN(4, (int)(info->output_height - info->output_scanline));
        for (int i = 0; i < count; i++)
            rows[i] = grey->pixels + (size_t)(info->output_scanline + (unsigned)i) * grey->stride;
        jpeg_read_scanlines(info, rows, (JDIMENSION)count);
    }
    jpeg_finish_decompress(info);
}

/* Whether the planes can be taken as they are: full Y, equal Cb and Cr, halved (or not) the same in both
 * ways. */
static bool has_plain_planes(const struct jpeg_decompress_struct *info)
{
    const jpeg_component_info *c = info->comp_info;
    return info->jpeg_color_space == JCS_YCbCr && info->num_components == 3 &&
           c[0].h_samp_factor == info->max_h_samp_factor && c[0].v_samp_factor == info->max_v_samp_factor &&
           c[1].h_samp_factor == 1 && c[1].v_samp_factor == 1 && c[2].h_samp_factor == 1 &&
           c[2].v_samp_factor == 1 && c[0].h_samp_factor == c[0].v_samp_factor && c[0].h_samp_factor <= 2;
}

/* Working rows for raw planes: libjpeg writes whole blocks, more than the picture is wide. */
typedef struct {
    JSAMPROW rows[3][2 * DCTSIZE];
    uint8_t *memory;
} PlaneRows;

static void copy_plane_rows(JSAMPROW *rows, int count, int first, Raster *plane)
{
    for (int i = 0; i < count && first + i < plane->height_px; i++)
        memcpy(plane->pixels + (size_t)(first + i) * plane->stride, rows[i], (size_t)plane->width_px);
}

static void read_planes(struct jpeg_decompress_struct *info, PageImage *image, PlaneRows *work)
{
    int v = info->max_v_samp_factor;
    JSAMPARRAY planes[3] = {work->rows[0], work->rows[1], work->rows[2]};
    while (info->output_scanline < info->output_height) {
        int first = (int)info->output_scanline;
        jpeg_read_raw_data(info, planes, (JDIMENSION)(v * DCTSIZE));
        copy_plane_rows(work->rows[0], v * DCTSIZE, first, image->grey);
        copy_plane_rows(work->rows[1], DCTSIZE, first / v, image->cb);
        copy_plane_rows(work->rows[2], DCTSIZE, first / v, image->cr);
    }
    jpeg_finish_decompress(info);
}

static bool prepare_planes(struct jpeg_decompress_struct *info, PageImage *image, PlaneRows *work,
                           GError **error)
{
    int shift = info->max_h_samp_factor == 2 ? 1 : 0;
    int width = (int)((info->image_width + (1u << shift) - 1) >> shift);
    int height = (int)((info->image_height + (1u << shift) - 1) >> shift);
    image->cb = raster_new(width, height, error);
    image->cr = image->cb ? raster_new(width, height, error) : NULL;
    if (!image->cr)
        return false;
    image->chroma_shift = shift;
    size_t strides[3], total = 0;
    for (int c = 0; c < 3; c++) {
        strides[c] = (size_t)info->comp_info[c].width_in_blocks * DCTSIZE + 2 * DCTSIZE;
        total += strides[c] * 2 * DCTSIZE;
    }
    work->memory = g_malloc(total);
    uint8_t *at = work->memory;
    for (int c = 0; c < 3; c++) {
        for (int r = 0; r < 2 * DCTSIZE; r++, at += strides[c])
            work->rows[c][r] = at;
    }
    return true;
}

/* What lives across the longjmp: kept in one struct so that nothing is lost when an error escapes. */
typedef struct {
    struct jpeg_decompress_struct info;
    JpegErrors errors;
    PageImage *image;
    PlaneRows planes;
    uint8_t *cmyk_row, *rgb;
    int orientation;
} JpegWork;

/* CMYK as Adobe writes it (inverted) to grey: K times the grey of CMY. */
static void read_cmyk(JpegWork *work)
{
    struct jpeg_decompress_struct *info = &work->info;
    info->out_color_space = JCS_CMYK;
    jpeg_start_decompress(info);
    bool inverted = info->saw_Adobe_marker;
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = work->cmyk_row;
        uint8_t *to = work->image->grey->pixels + (size_t)info->output_scanline * work->image->grey->stride;
        jpeg_read_scanlines(info, &row, 1);
        for (unsigned x = 0; x < info->output_width; x++, row += 4) {
            int c = inverted ? row[0] : 255 - row[0], m = inverted ? row[1] : 255 - row[1],
                y = inverted ? row[2] : 255 - row[2], k = inverted ? row[3] : 255 - row[3];
            to[x] = (uint8_t)(((19595 * c + 38470 * m + 7471 * y) >> 16) * k / 255);
        }
    }
    jpeg_finish_decompress(info);
}

/* Colour whose planes do not fit ours, as with most scanners' chroma halved across only. */
static bool read_rgb(JpegWork *work, GError **error)
{
    struct jpeg_decompress_struct *info = &work->info;
    size_t stride = (size_t)info->image_width * 3;
    work->rgb = g_try_malloc(stride * info->image_height);
    if (!work->rgb) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("no memory for a picture of %u × %u pixels"),
                    info->image_width, info->image_height);
        return false;
    }
    info->out_color_space = JCS_RGB;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = work->rgb + stride * info->output_scanline;
        jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_finish_decompress(info);
    page_image_free(work->image);
    work->image =
        page_image_from_rgb(work->rgb, (int)info->image_width, (int)info->image_height, stride, true, error);
    return work->image != NULL;
}

static bool decode(JpegWork *work, PageBytes bytes, bool want_chroma, GError **error)
{
    struct jpeg_decompress_struct *info = &work->info;
    jpeg_create_decompress(info);
    jpeg_mem_src(info, bytes.bytes, (unsigned long)bytes.length);
    jpeg_save_markers(info, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(info, TRUE);
    work->errors.in_data = true;
    work->orientation = find_orientation(info);
    if (info->image_width > RASTER_MAX_SIDE_PX || info->image_height > RASTER_MAX_SIDE_PX) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                    _("the picture is %u × %u pixels; the limit is %d a side"), info->image_width,
                    info->image_height, RASTER_MAX_SIDE_PX);
        return false;
    }
    work->image = page_image_new((int)info->image_width, (int)info->image_height, error);
    if (!work->image)
        return false;
    if (info->num_components == 4) {
        work->cmyk_row = g_malloc((size_t)info->image_width * 4);
        read_cmyk(work);
    } else if (want_chroma && has_plain_planes(info)) {
        info->raw_data_out = TRUE;
        info->do_fancy_upsampling = FALSE;
        info->out_color_space = JCS_YCbCr;
        if (!prepare_planes(info, work->image, &work->planes, error))
            return false;
        jpeg_start_decompress(info);
        read_planes(info, work->image, &work->planes);
    } else if (want_chroma && info->num_components == 3) {
        if (!read_rgb(work, error))
            return false;
    } else {
        read_grey(info, work->image->grey);
    }
    if (info->density_unit == 1 || info->density_unit == 2) {
        double unit = info->density_unit == 2 ? 2.54 : 1;
        page_image_set_dpi(work->image, info->X_density * unit, info->Y_density * unit);
    }
    return true;
}

static PageImage *decode_once(PageBytes bytes, bool want_chroma, bool orient, GError **error)
{
    JpegWork *work = g_new0(JpegWork, 1);
    work->info.err = jpeg_std_error(&work->errors.base);
    work->errors.base.error_exit = on_error;
    work->errors.base.emit_message = on_message;
    bool done = false;
    if (setjmp(work->errors.escape) == 0)
        done = decode(work, bytes, want_chroma, error);
    else
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("the JPEG picture is damaged (libjpeg: %s); scan the page again"),
                    work->errors.message);
    jpeg_destroy_decompress(&work->info);
    g_free(work->planes.memory);
    g_free(work->cmyk_row);
    g_free(work->rgb);
    if (done && orient)
        done = page_image_orient(work->image, work->orientation, error);
    PageImage *image = done ? work->image : NULL;
    if (!done)
        page_image_free(work->image);
    g_free(work);
    return image;
}

PageImage *page_decode_jpeg(PageBytes bytes, bool want_chroma, bool orient, GError **error)
{
    g_autoptr(GError) fault = NULL;
    PageImage *image = decode_once(bytes, want_chroma, orient, &fault);
    g_autoptr(GBytes) mended = image ? NULL : page_jpeg_with_height(bytes);
    if (mended) {
        g_clear_error(&fault);
        PageBytes again = {0};
        again.bytes = g_bytes_get_data(mended, &again.length);
        image = decode_once(again, want_chroma, orient, &fault);
    }
    if (!image)
        g_propagate_error(error, g_steal_pointer(&fault));
    return image;
}
