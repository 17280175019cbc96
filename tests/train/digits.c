/* What the program makes of pictures of combs, for training the net that reads digits; and combs filled in by
 * the simulator's people. Little-endian; a picture is u16 width, u16 height, u16 cells, then its grey levels
 * row by row, as text_read_number takes it.
 *
 * `digit-features cut`: pictures from standard input; for every cell f32 whether it is written in (0 or 1),
 * then DIGIT_FEATURES × f32 (0 where it is not). `digit-features read`: pictures from standard input; for
 * each a line of text: what was read, then its chance of error. `digit-features draw SEED COUNT`: writes
 * pictures, each followed by TEXT_DIGITS_MAX bytes of what its cells say (a space: nothing).
 * `digit-features count` prints the numbers of features, kinds and cells. */
#include "text/digits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/sim.h"

#define CELL_W_MM 6.4
#define CELL_H_MM 7.6

/* The next picture; NULL at the end. */
static Raster *read_picture(uint16_t *ret_cells, bool *ret_whole)
{
    uint16_t head[3];
    *ret_whole = true;
    size_t got = fread(head, sizeof *head, 3, stdin);
    if (got != 3) {
        *ret_whole = got == 0;
        return NULL;
    }
    g_autoptr(Raster) picture = raster_new(head[0], head[1], NULL);
    for (int y = 0; picture && y < head[1] && *ret_whole; y++)
        *ret_whole = fread(picture->pixels + (size_t)y * picture->stride, 1, head[0], stdin) == head[0];
    *ret_whole = *ret_whole && picture;
    *ret_cells = head[2];
    return *ret_whole ? g_steal_pointer(&picture) : NULL;
}

static bool write_cells(const Raster *picture, int cells)
{
    static DigitCell found[TEXT_DIGITS_MAX];
    memset(found, 0, sizeof found);
    if (!comb_cut(picture, cells, found, NULL))
        return false;
    for (int c = 0; c < cells; c++) {
        float written = found[c].written ? 1 : 0;
        fwrite(&written, sizeof written, 1, stdout);
        fwrite(found[c].features, sizeof(float), DIGIT_FEATURES, stdout);
    }
    return true;
}

static bool write_reading(const Raster *picture, int cells)
{
    TextNumber number;
    if (!text_read_number(picture, cells, &number, NULL))
        return false;
    g_print("%s %.9f\n", *number.text ? number.text : "-", number.error);
    return true;
}

static int take_pictures(bool (*take)(const Raster *, int))
{
    bool whole = true;
    uint16_t cells;
    for (;;) {
        g_autoptr(Raster) picture = read_picture(&cells, &whole);
        if (!picture)
            break;
        if (!take(picture, cells))
            whole = false;
    }
    if (!whole)
        g_printerr("digit-features: the input ends within a picture, or holds one that is no comb\n");
    return whole ? 0 : 1;
}

static void darken(Picture *paper, RectMm rect, double light)
{
    for (int y = 0; y < paper->height; y++) {
        for (int x = 0; x < paper->width; x++) {
            double mx = (x + 0.5) / paper->scale, my = (y + 0.5) / paper->scale;
            if (mx >= rect.x_mm && mx < rect.x_mm + rect.w_mm && my >= rect.y_mm &&
                my < rect.y_mm + rect.h_mm)
                paper->plane[0][(size_t)y * (size_t)paper->width + (size_t)x] = (uint8_t)(255 * light);
        }
    }
}

/* A printed comb as large as the program samples it, somewhat out of place, at twice the resolution. */
static Picture *print_comb(int cells, RectMm *ret_comb, Chance *chance)
{
    double m = TEXT_COMB_MARGIN_MM, scale = 2 * TEXT_COMB_PX_PER_MM, line = chance_range(chance, 0.18, 0.32);
    Picture *paper = picture_new((int)lround((cells * CELL_W_MM + 2 * m) * scale),
                                 (int)lround((CELL_H_MM + 2 * m) * scale), 1, scale);
    memset(paper->plane[0], 255, (size_t)paper->width * (size_t)paper->height);
    RectMm comb = {m + chance_within(chance, 0, 0.25, -0.7, 0.7),
                   m + chance_within(chance, 0, 0.25, -0.7, 0.7), cells * CELL_W_MM, CELL_H_MM};
    double light = chance_range(chance, 0.05, 0.5);
    for (int i = 0; i <= cells; i++)
        darken(paper, (RectMm){comb.x_mm + i * CELL_W_MM - line / 2, comb.y_mm, line, comb.h_mm}, light);
    for (int i = 0; i < 2; i++)
        darken(paper, (RectMm){comb.x_mm, comb.y_mm + i * comb.h_mm - line / 2, comb.w_mm, line}, light);
    *ret_comb = comb;
    return paper;
}

/* Half the size, with the scanner's noise, some to one bit. */
static void write_scan(const Picture *paper, int cells, Chance *chance)
{
    uint16_t head[3] = {(uint16_t)(paper->width / 2), (uint16_t)(paper->height / 2), (uint16_t)cells};
    double noise = chance_range(chance, 0, 9), black = chance_range(chance, 0, 60),
           white = chance_range(chance, 215, 255);
    bool bitonal = chance_yes(chance, 0.2);
    fwrite(head, sizeof *head, 3, stdout);
    for (int y = 0; y < head[1]; y++) {
        for (int x = 0; x < head[0]; x++) {
            double sum = 0;
            for (int i = 0; i < 4; i++)
                sum +=
                    paper->plane[0][(size_t)(2 * y + i / 2) * (size_t)paper->width + (size_t)(2 * x + i % 2)];
            double light = black + sum / 4 / 255 * (white - black) + chance_normal(chance, 0, noise);
            light = bitonal ? (light < 0.6 * white ? 0 : 255) : light;
            uint8_t pixel = (uint8_t)CLAMP(light, 0, 255);
            fwrite(&pixel, 1, 1, stdout);
        }
    }
}

static void draw(uint64_t seed, int number)
{
    Chance chance = chance_for(seed, "comb", "", number);
    int cells = chance_int(&chance, 1, 4);
    RectMm comb;
    g_autoptr(Picture) paper = print_comb(cells, &comb, &chance);
    Pen pen = chance_yes(&chance, 0.06) ? pen_faint(&chance) : pen_choose(&chance);
    char says[TEXT_DIGITS_MAX], text[TEXT_DIGITS_MAX + 1] = "";
    memset(says, ' ', sizeof says);
    for (int i = 0; i < cells; i++)
        says[i] = text[i] = (char)('0' + chance_int(&chance, 0, 9));
    digits_draw(paper, &pen, comb, text, &chance);
    picture_blur(paper, chance_range(&chance, 0.2, 0.9));
    write_scan(paper, cells, &chance);
    fwrite(says, 1, sizeof says, stdout);
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (g_str_equal(verb, "count")) {
        g_print("%d %d %d\n", DIGIT_FEATURES, DIGIT_KINDS, TEXT_DIGITS_MAX);
        return 0;
    }
    if (g_str_equal(verb, "cut"))
        return take_pictures(write_cells);
    if (g_str_equal(verb, "read"))
        return take_pictures(write_reading);
    int64_t seed, count;
    if (argc == 4 && g_str_equal(verb, "draw") && number_parse_int(argv[2], 0, G_MAXINT32, &seed, NULL) &&
        number_parse_int(argv[3], 1, 10000000, &count, NULL)) {
        for (int i = 0; i < count; i++)
            draw((uint64_t)seed, i);
        return 0;
    }
    g_printerr("digit-features count | cut | read | draw SEED COUNT\n");
    return 2;
}
