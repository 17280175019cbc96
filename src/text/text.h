/* A picture of print → its words, by Tesseract. The only room that knows of it. What is read is a draft for
 * people to look over, never an answer that counts; only a text with a check character proves itself. */
#ifndef PHIEU_TEXT_H
#define PHIEU_TEXT_H

#include "base/base.h"

/* A word as read. */
typedef struct {
    char *text;        /* UTF-8, NFC */
    RectPx rect;       /* in pixels of the picture */
    double confidence; /* 0..1, as the reader says */
} TextWord;

/* Loaded languages; one at a time per thread. */
typedef struct TextReader TextReader;

/* Loads languages joined by '+' ("vie+eng"). NOT_FOUND names the languages and the package they come in. */
TextReader *text_reader_new(const char *languages, GError **error);
void text_reader_free(TextReader *reader);
/* From now on only these characters are read; NULL: all. */
void text_reader_allow(TextReader *reader, const char *characters);
/* Every word of a page of about 300 dpi, wherever it stands: GPtrArray of TextWord*, in no promised order. */
GPtrArray *text_read_page(TextReader *reader, const Raster *page, GError **error);
/* The words of one line of print inside `area`, left to right; empty when nothing of `area` is on the page.
 */
GPtrArray *text_read_line(TextReader *reader, const Raster *page, RectPx area, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextReader, text_reader_free)

#endif
