/* A picture of print → its words, by Tesseract (the only room that knows of it); a picture of handwritten
 * figures → a number. What is read is a draft for people to look over, never an answer that counts; only a
 * text with a check character proves itself. */
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
/* Everything in a picture of a few lines at about 300 dpi, as one line: words without a letter or a figure
 * (dotted lines) left out. *ret_confidence: the mean the reader states of its letters, 0–1; it is told of
 * print and says little of handwriting. "" with 0 when nothing is read, what is read is noise, or it takes
 * longer than about `wait_ms`.
 * LIMIT when the picture has more than TEXT_BLOCK_MAX_PX pixels. */
#define TEXT_BLOCK_MAX_PX 5000000
char *text_read_block(TextReader *reader, const Raster *picture, int wait_ms, double *ret_confidence,
                      GError **error);
/* What text_read_block() is asked for, and by whom: "tesseract-5.3.0-vie". */
#define TEXT_WORDS_LANGUAGE "vie"
const char *text_words_model_id(void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextReader, text_reader_free)

/* ---- handwritten figures ---------------------------------------------------------------------------------
 */

/* Most cells of a comb. */
#define TEXT_DIGITS_MAX 12
/* The picture of a comb is sampled at this resolution, with this much around it. */
#define TEXT_COMB_PX_PER_MM 8.0
#define TEXT_COMB_MARGIN_MM 1.5
/* Stands for a cell whose digit cannot be read, or that was left empty between others. */
#define TEXT_NO_DIGIT '?'

/* A number as read: a draft. */
typedef struct {
    char text[TEXT_DIGITS_MAX + 1]; /* "1975", "19?5"; "" when nothing is written */
    double error;                   /* chance that any of its digits is wrong, 0..1; 1 with a TEXT_NO_DIGIT or
                                       with nothing read. Never so low that a number could stand alone. */
} TextNumber;

/* Reads what is written in a comb of `cells` equal cells (1 to TEXT_DIGITS_MAX), one digit in each, blank
 * ones before or behind. INVALID when the picture is too small or too large to be one. */
bool text_read_number(const Raster *picture, int cells, TextNumber *ret, GError **error);
/* "digits-" and the first eight of the SHA-256 of the model for figures. */
const char *text_digits_model_id(void);

#endif
