/* A scan file → its pages, one by one. PDF (a page that is one image is taken as that image, any other is
 * rendered), multi-page TIFF (G4, LZW, JPEG …), JPEG, PNG; one bit, grey, colour; told apart by content, not
 * name. Every file is hostile until shown otherwise: limits first, then memory. Not safe across threads; safe
 * to use in several processes. */
#ifndef PHIEU_PAGE_H
#define PHIEU_PAGE_H

#include "base/base.h"

/* The most pages one file may have. */
#define PAGE_FILE_MAX_PAGES 9999
/* Resolution at which a PDF page that is not one image is rendered. */
#define PAGE_RENDER_DPI 300

typedef enum { PAGE_FILE_PDF, PAGE_FILE_TIFF, PAGE_FILE_JPEG, PAGE_FILE_PNG } PageFileKind;

typedef struct PageFile PageFile;

/* Opens a scan. NOT_FOUND; UNREADABLE (empty, truncated, encrypted, or of no known kind: says which);
 * LIMIT (pages). */
PageFile *page_file_open(const char *path, GError **error);
void page_file_free(PageFile *file);
PageFileKind page_file_kind(const PageFile *file);
int page_file_count(const PageFile *file);
/* Decodes page `index` (from 0) to grey, with dpi where the file states a plausible one (50–2400), EXIF and
 * TIFF orientation applied; with chroma when `want_chroma` and the page has colour. UNREADABLE, LIMIT; other
 * pages of the file stay readable. A truncated JPEG whose missing part cannot be known is UNREADABLE, never
 * grey below. */
PageImage *page_file_read(PageFile *file, int index, bool want_chroma, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageFile, page_file_free)
/* The first page of a file as far as anything of it can be seen, for people to look at and never to be read:
 * also of a PDF or TIFF that page_file_open() refuses. NOT_FOUND, UNREADABLE, LIMIT. */
PageImage *page_file_glance(const char *path, GError **error);

/* A picture as the bytes of a JPEG of that quality (1–100), for people to look at: in colour where it has
 * chroma planes, which must be as large as its grey. FAILED. */
GBytes *page_encode_jpeg(const PageImage *image, int quality, GError **error);

#endif
