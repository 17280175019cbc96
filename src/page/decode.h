/* The decoders of the room page; inside the room only. Each gives a whole page or an error, never half of
 * one. */
#ifndef PHIEU_PAGE_DECODE_H
#define PHIEU_PAGE_DECODE_H

#include <stdio.h>

#include "page/page.h"

G_BEGIN_DECLS

/* Bytes of a file, mapped; the page's own name for messages. */
typedef struct {
    const uint8_t *bytes;
    size_t length;
} PageBytes;

/* A JPEG picture: grey, with chroma when wanted and there; EXIF orientation applied when `orient`. */
PageImage *page_decode_jpeg(PageBytes bytes, bool want_chroma, bool orient, GError **error);
/* The same bytes with the height that is stated after the first scan, where that is another than at the head;
 * NULL where none is. */
GBytes *page_jpeg_with_height(PageBytes bytes);
/* A PNG picture. */
PageImage *page_decode_png(PageBytes bytes, bool want_chroma, GError **error);

/* An opened TIFF over bytes that outlive it. */
typedef struct PageTiff PageTiff;
/* `first`: its first page alone, whatever follows. */
PageTiff *page_tiff_open(PageBytes bytes, bool first, GError **error);
void page_tiff_free(PageTiff *tiff);
int page_tiff_count(const PageTiff *tiff);
PageImage *page_tiff_read(PageTiff *tiff, int index, bool want_chroma, GError **error);

/* An opened PDF. `path` is read again by the renderer. */
typedef struct PagePdf PagePdf;
PagePdf *page_pdf_open(const char *path, GError **error);
void page_pdf_free(PagePdf *pdf);
int page_pdf_count(const PagePdf *pdf);
PageImage *page_pdf_read(PagePdf *pdf, int index, bool want_chroma, GError **error);
/* What the renderer shows of the first page, whatever is wrong with the file. */
PageImage *page_pdf_glance(const char *path, GError **error);

/* ---- what decoders share
 * ----------------------------------------------------------------------------------- */

/* A page from red, green and blue rows (3 bytes a pixel): grey by BT.601, chroma halved when wanted. */
PageImage *page_image_from_rgb(const uint8_t *rgb, int width_px, int height_px, size_t stride,
                               bool want_chroma, GError **error);
/* A page of that size with unset grey. */
PageImage *page_image_new(int width_px, int height_px, GError **error);
/* Sets dpi where both are plausible (50–2400). */
void page_image_set_dpi(PageImage *image, double dpi_x, double dpi_y);
/* Applies an EXIF/TIFF orientation 1..8; others leave the page as it is. */
bool page_image_orient(PageImage *image, int orientation, GError **error);
/* Unpacks one row of 1-bit pixels, most significant first, to bytes: set bits give `set`, others `clear`. */
void page_unpack_bits(const uint8_t *bits, int width_px, uint8_t set, uint8_t clear, uint8_t *to);

G_END_DECLS

#endif
