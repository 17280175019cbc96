#include <allheaders.h>
#include <omp.h>
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
    /* Tesseract's threads wait for each other more than they work: a field takes 72 ms without, 330 ms with
     * them on two cores. */
    omp_set_max_active_levels(0);
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
    setMsgSeverity(L_SEVERITY_NONE); /* Leptonica, inside Tesseract, would tell of boxes it clips */
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

static void set_picture(TextReader *reader, const Raster *picture, TessPageSegMode mode)
{
    TessBaseAPISetPageSegMode(reader->tesseract, mode);
    TessBaseAPISetImage(reader->tesseract, picture->pixels, picture->width_px, picture->height_px, 1,
                        (int)picture->stride);
    TessBaseAPISetSourceResolution(reader->tesseract, WORK_DPI);
}

static GPtrArray *read_words(TextReader *reader, const Raster *picture, TessPageSegMode mode, int left,
                             int top, GError **error)
{
    set_picture(reader, picture, mode);
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

/* ---- drafts of what is written
 * ------------------------------------------------------------------------------ */

/* Below this much a text is noise: of 200 fields of scribble that is no language, 193 stay below. */
#define LEAST_CONFIDENCE 0.5

static bool has_letter(const char *text)
{
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        if (g_unichar_isalnum(g_utf8_get_char(c)))
            return true;
    }
    return false;
}

/* The words that say something, a space between them. */
static char *join_words(const GPtrArray *words, double *ret_confidence)
{
    g_autoptr(GString) text = g_string_new(NULL);
    double sum = 0, letters = 0;
    for (guint i = 0; i < words->len; i++) {
        const TextWord *word = words->pdata[i];
        if (!has_letter(word->text))
            continue;
        double length = (double)g_utf8_strlen(word->text, -1);
        g_string_append_printf(text, "%s%s", text->len ? " " : "", word->text);
        sum += word->confidence * length;
        letters += length;
    }
    bool noise = letters <= 0 || sum / letters < LEAST_CONFIDENCE;
    *ret_confidence = noise ? 0 : sum / letters;
    return noise ? g_strdup("") : text_printable(text->str);
}

char *text_read_block(TextReader *reader, const Raster *picture, int wait_ms, double *ret_confidence,
                      GError **error)
{
    if ((int64_t)picture->width_px * picture->height_px > TEXT_BLOCK_MAX_PX) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                    _("a place to write of %d × %d pixels is too large to be read"), picture->width_px,
                    picture->height_px);
        return NULL;
    }
    set_picture(reader, picture, PSM_SINGLE_BLOCK);
    ETEXT_DESC *watch = TessMonitorCreate();
    TessMonitorSetDeadlineMSecs(watch, wait_ms);
    bool whole = TessBaseAPIRecognize(reader->tesseract, watch) == 0;
    TessMonitorDelete(watch);
    g_autoptr(GPtrArray) words = whole ? take_words(reader, 0, 0) : g_ptr_array_new_with_free_func(word_free);
    return join_words(words, ret_confidence);
}

const char *text_words_model_id(void)
{
    static char id[48];
    static gsize once;
    if (g_once_init_enter(&once)) {
        g_snprintf(id, sizeof id, "tesseract-%s-%s", TessVersion(), TEXT_WORDS_LANGUAGE);
        g_once_init_leave(&once, 1);
    }
    return id;
}
