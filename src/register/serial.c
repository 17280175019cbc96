/* The number in print: read where the page code is lost, held against it where it is not. Every page is
 * looked at, so what costs most of the reading is left out: print that looks like the number expected, digit
 * by digit, is not read. */
#include <math.h>
#include <string.h>

#include "register/place.h"

/* What the serial is made of. */
#define CHARACTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
/* Room around where it is printed, and resolutions it is looked at: what is read at both is no accident. */
#define MARGIN_MM 1.0
static const double px_per_mm[] = {11.8, 9.0};
/* As the reader says; its check character does the rest. */
#define CONFIDENCE_LEAST 0.5

/* A letter that the reader put where only a digit stands. */
static char as_digit(char c)
{
    static const char letters[] = "OQDILZSGB", digits[] = "000112568";
    const char *at = c ? strchr(letters, c) : NULL;
    return at ? digits[at - letters] : c;
}

/* The number of a serial in what was read of its place; −1 when there is none, or more than one. */
static int take_serial(const GPtrArray *words)
{
    int number = -1;
    for (guint i = 0; i < words->len; i++) {
        const TextWord *word = words->pdata[i];
        char text[SERIAL_LENGTH + 2] = "";
        if (strlen(word->text) != SERIAL_LENGTH + 1 || word->text[SERIAL_LENGTH - 1] != '-' ||
            word->confidence < CONFIDENCE_LEAST)
            continue;
        for (int c = 0; c < SERIAL_LENGTH + 1; c++)
            text[c] = c < SERIAL_LENGTH - 1 ? as_digit(word->text[c]) : word->text[c];
        int read = serial_parse(text);
        if (read < 0 || (number >= 0 && read != number))
            return -1;
        number = read;
    }
    return number;
}

/* The number in print as read at two resolutions alike; −1 otherwise, at the first look where that shows
 * `expected`. */
static int read_number(TextReader *reader, const LayoutPage *page, const Raster *scan, const PageMap *map,
                       int expected)
{
    if (page->serial.w_mm <= 0)
        return -1;
    RectMm area = {page->serial.x_mm - MARGIN_MM, page->serial.y_mm - MARGIN_MM,
                   page->serial.w_mm + 2 * MARGIN_MM, page->serial.h_mm + 2 * MARGIN_MM};
    int number = -1;
    text_reader_allow(reader, CHARACTERS);
    for (size_t i = 0; i < G_N_ELEMENTS(px_per_mm); i++) {
        g_autoptr(Raster) picture = vision_sample(scan, map, area, px_per_mm[i], 0, 0, NULL);
        g_autoptr(GPtrArray) words =
            picture
                ? text_read_line(reader, picture, (RectPx){0, 0, picture->width_px, picture->height_px}, NULL)
                : NULL;
        int read = words ? take_serial(words) : -1;
        if (read < 0 || read == expected || (i && read != number))
            return -1;
        number = read;
    }
    return number;
}

bool read_serial(TextReader *reader, const LayoutPage *page, const Raster *scan, const PageMap *map,
                 char ret_serial[SERIAL_LENGTH + 1])
{
    int number = read_number(reader, page, scan, map, -1);
    if (number > 0)
        serial_make(number, ret_serial);
    return number > 0;
}

/* ---- against the page code
 * ----------------------------------------------------------------------------------------- */

/* As fine as a scan of 200 dpi. */
#define LOOK_PX_PER_MM 8.0
#define DIGITS (SERIAL_LENGTH - 1)
/* The six digits are found from this correlation on, each of them from this; where each lies more exactly
 * than the row. */
#define ROW_LEAST 0.5
#define DIGIT_LEAST 0.5
#define DIGIT_REACH_PX 2

struct NumberReader {
    PrintNumerals *print; /* NULL: the font is not there, every number is read */
    Raster *digits[10];   /* each as printed */
};

void number_reader_free(NumberReader *reader)
{
    if (!reader)
        return;
    for (int d = 0; d < 10; d++)
        raster_free(reader->digits[d]);
    print_numerals_free(reader->print);
    g_free(reader);
}

NumberReader *number_reader_new(void)
{
    NumberReader *reader = g_new0(NumberReader, 1);
    reader->print = print_numerals_new(NULL);
    for (int d = 0; d < 10 && reader->print; d++) {
        const char digit[] = {(char)('0' + d), '\0'};
        reader->digits[d] = print_numerals_draw(reader->print, digit, LOOK_PX_PER_MM, NULL);
        if (!reader->digits[d])
            g_clear_pointer(&reader->print, print_numerals_free);
    }
    return reader;
}

/* Whether what stands there looks like that digit and no other more. */
static bool is_digit(const NumberReader *reader, const Raster *scene, RectPx at, int digit)
{
    RectPx window = {at.x_px - DIGIT_REACH_PX, at.y_px - DIGIT_REACH_PX, at.w_px + 2 * DIGIT_REACH_PX,
                     at.h_px + 2 * DIGIT_REACH_PX};
    g_autoptr(Raster) seen = raster_crop(scene, window, NULL);
    PointPx place;
    double own, score;
    if (!seen || !vision_match(seen, reader->digits[digit], 0, &place, &own, NULL, NULL) || own < DIGIT_LEAST)
        return false;
    for (int d = 0; d < 10; d++) {
        if (d != digit &&
            (!vision_match(seen, reader->digits[d], 0, &place, &score, NULL, NULL) || score >= own))
            return false;
    }
    return true;
}

/* Whether the number in print looks like this one: digit by digit, wherever it stands in its place. */
static bool looks_like(const NumberReader *reader, const LayoutPage *page, const Raster *scan,
                       const PageMap *map, const char *serial)
{
    char digits[DIGITS + 1];
    g_strlcpy(digits, serial, sizeof digits);
    RectMm area = {page->serial.x_mm - MARGIN_MM, page->serial.y_mm - MARGIN_MM,
                   page->serial.w_mm + 2 * MARGIN_MM, page->serial.h_mm + 2 * MARGIN_MM};
    g_autoptr(Raster) scene = vision_sample(scan, map, area, LOOK_PX_PER_MM, 0, 0, NULL);
    g_autoptr(Raster) row =
        reader->print ? print_numerals_draw(reader->print, digits, LOOK_PX_PER_MM, NULL) : NULL;
    PointPx at;
    double score;
    if (!scene || !row || !vision_match(scene, row, 0, &at, &score, NULL, NULL) || score < ROW_LEAST)
        return false;
    for (int i = 0; i < DIGITS; i++) {
        const Raster *digit = reader->digits[digits[i] - '0'];
        RectPx place = {(int)lround(at.x_px + i * row->width_px / (double)DIGITS), (int)lround(at.y_px),
                        digit->width_px, digit->height_px};
        if (!is_digit(reader, scene, place, digits[i] - '0'))
            return false;
    }
    return true;
}

bool number_is_other(NumberReader *reader, TextReader **text, const LayoutPage *page, const Raster *scan,
                     const PageMap *map, const char *serial)
{
    if (page->serial.w_mm <= 0 || looks_like(reader, page, scan, map, serial))
        return false;
    if (!*text)
        *text = text_reader_new("eng", NULL);
    return *text && read_number(*text, page, scan, map, serial_parse(serial)) > 0;
}
