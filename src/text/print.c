#include <string.h>
#include <tesseract/capi.h>

#include "text/text.h"

#define WORK_DPI 300

struct TextReader {
    TessBaseAPI *tesseract;
};

static void word_free(gpointer data)
{
    TextWord *word = data;
    g_free(word->text);
    g_free(word);
}

TextReader *text_reader_new(const char *languages, GError **error)
{
    TextReader *reader = g_new0(TextReader, 1);
    reader->tesseract = TessBaseAPICreate();
    if (!reader->tesseract || TessBaseAPIInit3(reader->tesseract, NULL, languages)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("the print of '%s' cannot be read: install tesseract-ocr-vie and tesseract-ocr-eng"),
                    languages);
        text_reader_free(reader);
        return NULL;
    }
    TessBaseAPISetVariable(reader->tesseract, "debug_file", "/dev/null");
    return reader;
}

void text_reader_free(TextReader *reader)
{
    if (!reader)
        return;
    if (reader->tesseract) {
        TessBaseAPIEnd(reader->tesseract);
        TessBaseAPIDelete(reader->tesseract);
    }
    g_free(reader);
}

void text_reader_allow(TextReader *reader, const char *characters)
{
    TessBaseAPISetVariable(reader->tesseract, "tessedit_char_whitelist", characters ? characters : "");
}

/* The words the reader holds after recognition, moved by (left, top). */
static GPtrArray *take_words(TextReader *reader, int left, int top)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(word_free);
    TessResultIterator *at = TessBaseAPIGetIterator(reader->tesseract);
    if (!at)
        return words;
    do {
        int x0, y0, x1, y1;
        char *read = TessResultIteratorGetUTF8Text(at, RIL_WORD);
        if (read && TessPageIteratorBoundingBox(TessResultIteratorGetPageIterator(at), RIL_WORD, &x0, &y0,
                                                &x1, &y1)) {
            char *composed = g_utf8_normalize(read, -1, G_NORMALIZE_NFC);
            if (composed) {
                TextWord *word = g_new0(TextWord, 1);
                word->text = g_strstrip(composed);
                word->rect = (RectPx){left + x0, top + y0, x1 - x0, y1 - y0};
                word->confidence = CLAMP(TessResultIteratorConfidence(at, RIL_WORD) / 100.0, 0, 1);
                g_ptr_array_add(words, word);
            }
        }
        if (read)
            TessDeleteText(read);
    } while (TessResultIteratorNext(at, RIL_WORD));
    TessResultIteratorDelete(at);
    return words;
}

static GPtrArray *read_words(TextReader *reader, const Raster *picture, TessPageSegMode mode, int left,
                             int top, GError **error)
{
    TessBaseAPISetPageSegMode(reader->tesseract, mode);
    TessBaseAPISetImage(reader->tesseract, picture->pixels, picture->width_px, picture->height_px, 1,
                        (int)picture->stride);
    TessBaseAPISetSourceResolution(reader->tesseract, WORK_DPI);
    if (TessBaseAPIRecognize(reader->tesseract, NULL)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("Tesseract failed on a page of %d × %d pixels"),
                    picture->width_px, picture->height_px);
        return NULL;
    }
    return take_words(reader, left, top);
}

GPtrArray *text_read_page(TextReader *reader, const Raster *page, GError **error)
{
    return read_words(reader, page, PSM_SPARSE_TEXT, 0, 0, error);
}

GPtrArray *text_read_line(TextReader *reader, const Raster *page, RectPx area, GError **error)
{
    int left = MAX(0, area.x_px), top = MAX(0, area.y_px);
    int right = MIN(page->width_px, area.x_px + area.w_px),
        bottom = MIN(page->height_px, area.y_px + area.h_px);
    if (right - left < 3 || bottom - top < 3)
        return g_ptr_array_new_with_free_func(word_free);
    /* letters that touch the picture's edge are read badly */
    const int margin = 12;
    g_autoptr(Raster) line = raster_new(right - left + 2 * margin, bottom - top + 2 * margin, error);
    if (!line)
        return NULL;
    for (int y = 0; y < line->height_px; y++) {
        uint8_t *row = line->pixels + (size_t)y * line->stride;
        memset(row, 255, (size_t)line->width_px);
        if (y >= margin && y < line->height_px - margin)
            memcpy(row + margin, page->pixels + (size_t)(top + y - margin) * page->stride + left,
                   (size_t)(right - left));
    }
    return read_words(reader, line, PSM_SINGLE_LINE, left - margin, top - margin, error);
}
