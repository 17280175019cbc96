#include "page/page.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "page/decode.h"

struct PageFile {
    char *path;
    PageFileKind kind;
    GMappedFile *map; /* not for PDF: qpdf reads it */
    PageTiff *tiff;
    PagePdf *pdf;
    int count;
};

/* Puts the file's name (and page) before an error's message. */
static void name_error(GError **error, const char *path, int page)
{
    g_autofree char *shown = text_printable(path);
    if (page > 0)
        g_prefix_error(error, _("%s, page %d: "), shown, page);
    else
        g_prefix_error(error, "%s: ", shown);
}

static bool check_file(const char *path, GError **error)
{
    GStatBuf info;
    if (g_stat(path, &info) != 0) {
        int failure = errno;
        g_set_error(error, PHIEU_ERROR, failure == ENOENT ? PHIEU_ERROR_NOT_FOUND : PHIEU_ERROR_UNREADABLE,
                    _("cannot be opened: %s"), failure_words(failure));
        return false;
    }
    if (!S_ISREG(info.st_mode)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("is no ordinary file"));
        return false;
    }
    if (info.st_size == 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("the file is empty; save the scan again"));
        return false;
    }
    return true;
}

/* The kind by the first bytes; PDF allows something before its header. */
static bool find_kind(const uint8_t *bytes, size_t length, PageFileKind *ret_kind)
{
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (length >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff)
        *ret_kind = PAGE_FILE_JPEG;
    else if (length >= 8 && memcmp(bytes, png, 8) == 0)
        *ret_kind = PAGE_FILE_PNG;
    else if (length >= 4 && (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0 ||
                             memcmp(bytes, "II+\0", 4) == 0 || memcmp(bytes, "MM\0+", 4) == 0))
        *ret_kind = PAGE_FILE_TIFF;
    else if (memmem(bytes, MIN(length, 1024), "%PDF-", 5))
        *ret_kind = PAGE_FILE_PDF;
    else
        return false;
    return true;
}

static PageBytes bytes_of(const PageFile *file)
{
    return (PageBytes){(const uint8_t *)g_mapped_file_get_contents(file->map),
                       g_mapped_file_get_length(file->map)};
}

static bool open_kind(PageFile *file, GError **error)
{
    PageBytes bytes = bytes_of(file);
    if (!find_kind(bytes.bytes, bytes.length, &file->kind)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("is no PDF, TIFF, JPEG or PNG, whatever its name says; save the scan as one of these"));
        return false;
    }
    file->count = 1;
    if (file->kind == PAGE_FILE_TIFF) {
        file->tiff = page_tiff_open(bytes, false, error);
        file->count = file->tiff ? page_tiff_count(file->tiff) : 0;
    } else if (file->kind == PAGE_FILE_PDF) {
        file->pdf = page_pdf_open(file->path, error);
        file->count = file->pdf ? page_pdf_count(file->pdf) : 0;
    }
    return file->count > 0;
}

PageFile *page_file_open(const char *path, GError **error)
{
    g_autoptr(PageFile) file = g_new0(PageFile, 1);
    g_autoptr(GError) cause = NULL;
    file->path = g_strdup(path);
    if (check_file(path, &cause)) {
        g_autoptr(GError) failure = NULL;
        file->map = g_mapped_file_new(path, FALSE, &failure);
        if (!file->map)
            g_set_error(&cause, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("cannot be read: %s"),
                        failure_words_of(failure));
        else if (open_kind(file, &cause))
            return g_steal_pointer(&file);
    }
    name_error(&cause, path, 0);
    g_propagate_error(error, g_steal_pointer(&cause));
    return NULL;
}

PageImage *page_file_glance(const char *path, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GMappedFile) map = check_file(path, &cause) ? g_mapped_file_new(path, FALSE, NULL) : NULL;
    PageBytes bytes = {map ? (const uint8_t *)g_mapped_file_get_contents(map) : NULL,
                       map ? g_mapped_file_get_length(map) : 0};
    PageFileKind kind = PAGE_FILE_PNG;
    PageImage *image = NULL;
    if (!map || !find_kind(bytes.bytes, bytes.length, &kind)) {
        if (!cause)
            g_set_error(&cause, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("there is no picture in it"));
    } else if (kind == PAGE_FILE_PDF) {
        image = page_pdf_glance(path, &cause);
    } else if (kind == PAGE_FILE_TIFF) {
        PageTiff *tiff = page_tiff_open(bytes, true, &cause);
        image = tiff ? page_tiff_read(tiff, 0, true, &cause) : NULL;
        page_tiff_free(tiff);
    } else {
        image = kind == PAGE_FILE_JPEG ? page_decode_jpeg(bytes, true, true, &cause)
                                       : page_decode_png(bytes, true, &cause);
    }
    if (image)
        return image;
    name_error(&cause, path, 0);
    g_propagate_error(error, g_steal_pointer(&cause));
    return NULL;
}

void page_file_free(PageFile *file)
{
    if (!file)
        return;
    page_tiff_free(file->tiff);
    page_pdf_free(file->pdf);
    if (file->map)
        g_mapped_file_unref(file->map);
    g_free(file->path);
    g_free(file);
}

PageFileKind page_file_kind(const PageFile *file)
{
    return file->kind;
}

int page_file_count(const PageFile *file)
{
    return file->count;
}

PageImage *page_file_read(PageFile *file, int index, bool want_chroma, GError **error)
{
    g_return_val_if_fail(index >= 0 && index < file->count, NULL);
    g_autoptr(GError) cause = NULL;
    PageImage *image = NULL;
    switch (file->kind) {
    case PAGE_FILE_JPEG:
        image = page_decode_jpeg(bytes_of(file), want_chroma, true, &cause);
        break;
    case PAGE_FILE_PNG:
        image = page_decode_png(bytes_of(file), want_chroma, &cause);
        break;
    case PAGE_FILE_TIFF:
        image = page_tiff_read(file->tiff, index, want_chroma, &cause);
        break;
    case PAGE_FILE_PDF:
        image = page_pdf_read(file->pdf, index, want_chroma, &cause);
        break;
    }
    if (image)
        return image;
    name_error(&cause, file->path, index + 1);
    g_propagate_error(error, g_steal_pointer(&cause));
    return NULL;
}
