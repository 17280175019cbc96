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

/* A number as it stands on paper; 0: none. */
typedef struct {
    int number;
    char station[STATION_LENGTH + 1];
} Printed;

/* How long a number is without and with its station. */
#define PLAIN_LENGTH (SERIAL_LENGTH + 1)
#define PAPER_LENGTH (STATION_LENGTH + 1 + PLAIN_LENGTH)
/* A number without one stands at the left of its place: elsewhere its station was not read. */
#define PLAIN_LEFT_MM 4.0

/* What a word says that is as long as a number, once letters that stand for digits are taken for them. */
static Printed parse_word(const char *word)
{
    Printed printed = {0};
    char text[PAPER_LENGTH + 1];
    size_t length = strlen(word);
    g_strlcpy(text, word, sizeof text);
    for (size_t c = length - PLAIN_LENGTH; c < length - 2; c++)
        text[c] = as_digit(text[c]);
    printed.number = MAX(0, serial_paper_parse(text, printed.station));
    return printed;
}

static bool same_number(const Printed *a, const Printed *b)
{
    return a->number == b->number && g_str_equal(a->station, b->station);
}

/* The number in what was read of its place; none where there is more than one. */
static Printed take_serial(const GPtrArray *words, double scale_px_per_mm)
{
    Printed printed = {0};
    for (guint i = 0; i < words->len; i++) {
        const TextWord *word = words->pdata[i];
        size_t length = strlen(word->text);
        if ((length != PLAIN_LENGTH && length != PAPER_LENGTH) || word->text[length - 2] != '-' ||
            word->confidence < CONFIDENCE_LEAST)
            continue;
        Printed read = parse_word(word->text);
        if (length == PLAIN_LENGTH && word->rect.x_px > PLAIN_LEFT_MM * scale_px_per_mm)
            read.number = 0;
        if (!read.number || (printed.number && !same_number(&read, &printed)))
            return (Printed){0};
        printed = read;
    }
    return printed;
}

/* The place of the number with some room, from `left_mm` on. */
static RectMm place_of(const LayoutPage *page, double left_mm)
{
    return (RectMm){page->serial.x_mm - MARGIN_MM + left_mm, page->serial.y_mm - MARGIN_MM,
                    page->serial.w_mm + 2 * MARGIN_MM - left_mm, page->serial.h_mm + 2 * MARGIN_MM};
}

/* The number in that area as read at two resolutions alike; none otherwise, or as soon as it is `known`. */
static Printed read_number(TextReader *reader, const Raster *scan, const PageMap *map, RectMm area, int known)
{
    const Printed none = {0};
    Printed printed = none;
    text_reader_allow(reader, CHARACTERS);
    for (size_t i = 0; i < G_N_ELEMENTS(px_per_mm); i++) {
        g_autoptr(Raster) picture = vision_sample(scan, map, area, px_per_mm[i], 0, 0, NULL);
        g_autoptr(GPtrArray) words =
            picture
                ? text_read_line(reader, picture, (RectPx){0, 0, picture->width_px, picture->height_px}, NULL)
                : NULL;
        Printed read = words ? take_serial(words, px_per_mm[i]) : none;
        if (!read.number || read.number == known || (i && !same_number(&read, &printed)))
            return none;
        printed = read;
    }
    return printed;
}

/* ---- how it looks
 * -------------------------------------------------------------------------------------------------- */

/* As fine as a scan of 200 dpi. */
#define LOOK_PX_PER_MM 8.0
#define DIGITS (SERIAL_LENGTH - 1)
/* A row of print is found from this correlation on, each sign of it from this, this far from where the row
 * says. */
#define ROW_LEAST 0.5
#define SIGN_LEAST 0.5
#define SIGN_REACH_PX 2

/* What stands in numbers: digits, and those letters of stations that are none. */
#define SIGNS "0123456789ACDEFHJKMNPRTUVWXY"
#define SIGN_COUNT (sizeof SIGNS - 1)

/* How the numbers of one station look. */
typedef struct {
    char station[STATION_LENGTH + 1];
    Raster *signs[SIGN_COUNT];
    Raster *name;                   /* the station and its '-'; NULL without one */
    int name_x[STATION_LENGTH + 1]; /* where each of its letters ends in it */
} Numerals;

struct NumberReader {
    PrintNumerals *print; /* NULL: the font is not there, every number is read */
    GPtrArray *numerals;  /* Numerals*: those seen so far */
    GPtrArray *stations;  /* char*: names to look for */
};

static void numerals_free(gpointer data)
{
    Numerals *numerals = data;
    for (size_t i = 0; i < SIGN_COUNT; i++)
        raster_free(numerals->signs[i]);
    raster_free(numerals->name);
    g_free(numerals);
}

void number_reader_free(NumberReader *reader)
{
    if (!reader)
        return;
    g_ptr_array_unref(reader->numerals);
    g_ptr_array_unref(reader->stations);
    print_numerals_free(reader->print);
    g_free(reader);
}

NumberReader *number_reader_new(void)
{
    NumberReader *reader = g_new0(NumberReader, 1);
    reader->print = print_numerals_new(NULL);
    reader->numerals = g_ptr_array_new_with_free_func(numerals_free);
    reader->stations = g_ptr_array_new_with_free_func(g_free);
    return reader;
}

void number_reader_know(NumberReader *reader, const char *station)
{
    g_ptr_array_add(reader->stations, g_strdup(station));
}

/* Draws the first `length` characters of a text as they stand in the numbers. */
static Raster *draw(const NumberReader *reader, const Numerals *numerals, const char *text, int length)
{
    g_autofree char *part = g_strndup(text, (gsize)length);
    return print_numerals_draw(reader->print, numerals->station, part, LOOK_PX_PER_MM, NULL);
}

static bool draw_name(const NumberReader *reader, Numerals *numerals)
{
    g_autofree char *name = g_strconcat(numerals->station, "-", NULL);
    for (int i = 1; i <= STATION_LENGTH; i++) {
        g_autoptr(Raster) part = draw(reader, numerals, name, i);
        if (!part)
            return false;
        numerals->name_x[i] = part->width_px;
    }
    numerals->name = draw(reader, numerals, name, STATION_LENGTH + 1);
    return numerals->name != NULL;
}

/* Those of a station, drawn when they are first needed; NULL where that fails. */
static const Numerals *find_numerals(NumberReader *reader, const char *station)
{
    for (guint i = 0; i < reader->numerals->len; i++) {
        const Numerals *numerals = reader->numerals->pdata[i];
        if (g_str_equal(numerals->station, station))
            return numerals;
    }
    Numerals *numerals = g_new0(Numerals, 1);
    g_strlcpy(numerals->station, station, sizeof numerals->station);
    bool drawn = !*station || draw_name(reader, numerals);
    for (size_t i = 0; i < SIGN_COUNT && drawn; i++) {
        numerals->signs[i] = draw(reader, numerals, SIGNS + i, 1);
        drawn = numerals->signs[i] != NULL;
    }
    if (!drawn) {
        numerals_free(numerals);
        return NULL;
    }
    g_ptr_array_add(reader->numerals, numerals);
    return numerals;
}

/* Whether what stands there looks like that sign and like no other of them more. */
static bool is_sign(const Numerals *numerals, const Raster *scene, int x_px, int y_px, char sign,
                    const char *others)
{
    const Raster *own_sign = numerals->signs[strchr(SIGNS, sign) - SIGNS];
    RectPx window = {x_px - SIGN_REACH_PX, y_px - SIGN_REACH_PX, own_sign->width_px + 2 * SIGN_REACH_PX,
                     own_sign->height_px + 2 * SIGN_REACH_PX};
    g_autoptr(Raster) seen = raster_crop(scene, window, NULL);
    PointPx place;
    double own, score;
    if (!seen || seen->width_px < own_sign->width_px || seen->height_px < own_sign->height_px ||
        !vision_match(seen, own_sign, 0, &place, &own, NULL, NULL) || own < SIGN_LEAST)
        return false;
    for (; *others; others++) {
        const Raster *other = numerals->signs[strchr(SIGNS, *others) - SIGNS];
        if (*others == sign || other->width_px > seen->width_px || other->height_px > seen->height_px)
            continue;
        if (!vision_match(seen, other, 0, &place, &score, NULL, NULL) || score >= own)
            return false;
    }
    return true;
}

/* Where a row of print lies in the picture of its place. */
static bool find_row(const Raster *scene, const Raster *row, PointPx *ret_at)
{
    double score;
    return row && row->width_px <= scene->width_px && row->height_px <= scene->height_px &&
           vision_match(scene, row, 0, ret_at, &score, NULL, NULL) && score >= ROW_LEAST;
}

/* Whether the number in the picture of its place looks like this one as that station prints it: digit by
 * digit, wherever it stands there. */
static bool looks_like(NumberReader *reader, const Raster *scene, const char *station, const char *serial)
{
    const Numerals *numerals = find_numerals(reader, station);
    g_autoptr(Raster) row = numerals ? draw(reader, numerals, serial, DIGITS) : NULL;
    PointPx at;
    if (!find_row(scene, row, &at))
        return false;
    for (int i = 0; i < DIGITS; i++) {
        int x_px = (int)lround(at.x_px + i * row->width_px / (double)DIGITS);
        if (!is_sign(numerals, scene, x_px, (int)lround(at.y_px), serial[i], "0123456789"))
            return false;
    }
    return true;
}

/* Whether the number begins with the name of that station, letter by letter; where it ends, in pixels. */
static bool bears_name(NumberReader *reader, const Raster *scene, const char *station, double *ret_end_px)
{
    const Numerals *numerals = find_numerals(reader, station);
    PointPx at;
    if (!numerals || !find_row(scene, numerals->name, &at) || at.x_px > PLAIN_LEFT_MM * LOOK_PX_PER_MM)
        return false;
    for (int i = 0; i < STATION_LENGTH; i++) {
        int x_px = (int)lround(at.x_px) + numerals->name_x[i];
        if (!is_sign(numerals, scene, x_px, (int)lround(at.y_px), station[i], SIGNS))
            return false;
    }
    *ret_end_px = at.x_px + numerals->name->width_px;
    return true;
}

static bool ready(TextReader **text)
{
    if (!*text)
        *text = text_reader_new("eng", NULL);
    return *text != NULL;
}

/* The number in print. Letters that make no word are read badly: a known station's name is looked for
 * instead, and only what stands behind it is read. */
static Printed read_place(NumberReader *reader, TextReader *text, const LayoutPage *page, const Raster *scan,
                          const PageMap *map, int known)
{
    g_autoptr(Raster) scene = vision_sample(scan, map, place_of(page, 0), LOOK_PX_PER_MM, 0, 0, NULL);
    for (guint i = 0; scene && reader->print && i < reader->stations->len; i++) {
        const char *station = reader->stations->pdata[i];
        double end_px;
        if (!bears_name(reader, scene, station, &end_px))
            continue;
        RectMm behind = place_of(page, end_px / LOOK_PX_PER_MM);
        Printed printed = read_number(text, scan, map, behind, known);
        g_strlcpy(printed.station, station, sizeof printed.station);
        return printed;
    }
    return read_number(text, scan, map, place_of(page, 0), known);
}

bool read_serial(NumberReader *reader, TextReader **text, const LayoutPage *page, const Raster *scan,
                 const PageMap *map, PageCode *code)
{
    Printed printed = {0};
    if (page->serial.w_mm > 0 && ready(text))
        printed = read_place(reader, *text, page, scan, map, -1);
    if (!printed.number)
        return false;
    serial_make(printed.number, code->serial);
    g_strlcpy(code->station, printed.station, sizeof code->station);
    return true;
}

bool number_is_other(NumberReader *reader, TextReader **text, const LayoutPage *page, const Raster *scan,
                     const PageMap *map, const PageCode *code)
{
    if (page->serial.w_mm <= 0)
        return false;
    g_autoptr(Raster) scene = vision_sample(scan, map, place_of(page, 0), LOOK_PX_PER_MM, 0, 0, NULL);
    /* some versions sealed their codes and printed no station */
    if (scene && reader->print &&
        (looks_like(reader, scene, code->station, code->serial) ||
         (*code->station && looks_like(reader, scene, "", code->serial))))
        return false;
    return ready(text) && read_place(reader, *text, page, scan, map, serial_parse(code->serial)).number > 0;
}
