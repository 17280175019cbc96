/* The serial in print, for pages whose code cannot be read. */
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

bool read_serial(TextReader *reader, const LayoutPage *page, const Raster *scan, const PageMap *map,
                 char ret_serial[SERIAL_LENGTH + 1])
{
    if (page->serial.w_mm <= 0)
        return false;
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
        if (read < 0 || (i && read != number))
            return false;
        number = read;
    }
    serial_make(number, ret_serial);
    return true;
}
