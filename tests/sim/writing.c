/* What people write that is no mark: lines of something like handwriting, digits, signatures; and the stamps
 * an office puts on. */
#include "sim/sim.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

/* ---- handwriting ------------------------------------------------------------------------------------------
 */

/* Letters as bare skeletons in a box 1 wide and 1 high (x-height), y down from the x-line to the base line;
 * ascenders reach -1, descenders 1.9. Enough of an alphabet to look like words from where a scanner stands.
 */
static const char *const letters[] = {
    "0.9,0.1 0.4,0 0.05,0.5 0.3,1 0.8,0.7 0.9,0.1 0.85,0.8 1.1,0.95",                /* a */
    "0.1,-0.9 0.15,0.2 0.1,0.9 0.6,1 0.9,0.5 0.5,0.1 0.2,0.4",                       /* b */
    "0.9,0.2 0.5,0 0.1,0.5 0.4,1 1,0.85",                                            /* c */
    "0.9,0.2 0.4,0.1 0.05,0.6 0.4,1 0.85,0.6 0.95,-0.9 0.9,0.8 1.1,0.95",            /* d */
    "0.1,0.6 0.8,0.4 0.6,0 0.15,0.4 0.3,0.95 1,0.85",                                /* e */
    "0.9,0.1 0.4,0 0.1,0.5 0.5,0.9 0.9,0.3 0.85,1.5 0.4,1.8 0.1,1.5 1.1,0.8",        /* g */
    "0.1,0.95 0.4,-0.5 0.3,-0.95 0.15,-0.3 0.15,1 0.5,0.15 0.8,0.4 0.8,0.9 1.1,0.9", /* h */
    "0.2,0.1 0.25,0.8 0.5,1 0.8,0.85",                                               /* i */
    "0.1,0.9 0.5,-0.5 0.35,-0.95 0.2,0 0.3,0.9 0.8,0.85",                            /* l */
    "0.05,0.1 0.15,1 0.35,0.1 0.5,0.5 0.5,1 0.75,0.1 0.9,0.5 0.95,0.95 1.2,0.9",     /* m */
    "0.1,0.1 0.15,1 0.5,0.1 0.8,0.4 0.8,0.9 1.1,0.9",                                /* n */
    "0.6,0 0.1,0.4 0.4,1 0.9,0.6 0.6,0 1,0.15",                                      /* o */
    "0.1,0.1 0.2,1.8 0.15,0.3 0.6,0 0.9,0.5 0.4,1",                                  /* p */
    "0.1,0.2 0.3,0.1 0.3,1 0.35,0.3 0.8,0.1",                                        /* r */
    "0.7,0.05 0.3,0.3 0.8,0.7 0.3,1 1,0.9",                                          /* s */
    "0.4,-0.7 0.35,0.8 0.6,1 0.95,0.85",                                             /* t */
    "0.1,0.1 0.15,0.8 0.5,1 0.8,0.2 0.85,0.8 1.1,0.95",                              /* u */
    "0.05,0.1 0.4,1 0.8,0.1 1,0.2",                                                  /* v */
    "0.1,0.1 0.4,0.8 0.8,0.1 0.5,1.4 0.1,1.8 0.2,1.3 1.1,0.7",                       /* y */
    "0.05,0.1 0.8,1 0.45,0.5 0.85,0.05 0.1,1",                                       /* x */
};

static const char *const digits[10] = {
    "0.5,-0.8 0.15,-0.3 0.15,0.5 0.5,1 0.85,0.4 0.8,-0.4 0.5,-0.8",
    "0.3,-0.4 0.55,-0.8 0.55,0.1 0.5,1",
    "0.15,-0.4 0.45,-0.8 0.8,-0.4 0.5,0.3 0.15,0.95 0.5,0.9 0.9,0.95",
    "0.15,-0.6 0.5,-0.8 0.8,-0.4 0.4,0.05 0.85,0.5 0.5,1 0.1,0.8",
    "0.6,-0.8 0.35,-0.2 0.1,0.4 0.5,0.4 0.95,0.35|0.7,-0.1 0.65,0.5 0.65,1",
    "0.8,-0.75 0.3,-0.75 0.2,-0.05 0.6,-0.05 0.85,0.4 0.5,1 0.1,0.85",
    "0.7,-0.8 0.3,-0.2 0.15,0.5 0.45,1 0.8,0.6 0.5,0.15 0.2,0.5",
    "0.1,-0.7 0.5,-0.75 0.85,-0.75 0.55,0.1 0.35,1",
    "0.6,0.05 0.2,-0.4 0.5,-0.8 0.8,-0.4 0.3,0.3 0.2,0.75 0.5,1 0.8,0.65 0.6,0.05",
    "0.8,-0.4 0.45,-0.1 0.2,-0.5 0.5,-0.8 0.8,-0.4 0.75,0.3 0.6,1",
};

typedef struct {
    Picture *paper;
    const Pen *pen;
    Chance *chance;
    double height_mm, width_mm, slant, tremor_mm; /* of one letter */
} Hand;

static void draw_skeleton(const Hand *hand, const char *skeleton, PointMm at)
{
    g_auto(GStrv) strokes = g_strsplit(skeleton, "|", -1);
    for (int i = 0; strokes[i]; i++) {
        g_auto(GStrv) points = g_strsplit(strokes[i], " ", -1);
        Stroke stroke = {.n = 0};
        for (int j = 0; points[j]; j++) {
            const char *comma = strchr(points[j], ',');
            double x = g_ascii_strtod(points[j], NULL), y = g_ascii_strtod(comma + 1, NULL);
            x += chance_normal(hand->chance, 0, 0.06) - (y - 1) * hand->slant;
            y += chance_normal(hand->chance, 0, 0.06);
            stroke_add(&stroke, at.x_mm + x * hand->width_mm, at.y_mm + (y - 1) * hand->height_mm);
        }
        pen_draw(hand->paper, hand->pen, &stroke, chance_range(hand->chance, 0.8, 1.05), hand->tremor_mm,
                 hand->chance);
    }
}

/* A tone mark or a circumflex over or under the letter. */
static void draw_accent(const Hand *hand, PointMm at)
{
    double w = hand->width_mm, h = hand->height_mm;
    Stroke stroke = {.n = 0};
    double x = at.x_mm + w * 0.5 + 1.3 * hand->slant * w, y = at.y_mm - h * 1.3;
    switch (chance_int(hand->chance, 0, 3)) {
    case 0: /* circumflex */
        stroke_add(&stroke, x - w * 0.4, y + h * 0.25);
        stroke_add(&stroke, x, y - h * 0.1);
        stroke_add(&stroke, x + w * 0.4, y + h * 0.25);
        break;
    case 1: /* dot below */
        stroke_add(&stroke, x - w * 0.3, at.y_mm + h * 0.4);
        stroke_add(&stroke, x - w * 0.2, at.y_mm + h * 0.45);
        break;
    default: { /* acute or grave */
        double lean = chance_yes(hand->chance, 0.5) ? 1 : -1;
        stroke_add(&stroke, x - lean * w * 0.25, y + h * 0.2);
        stroke_add(&stroke, x + lean * w * 0.25, y - h * 0.15);
    }
    }
    pen_draw(hand->paper, hand->pen, &stroke, 0.9, 0, hand->chance);
}

void handwriting_draw(Picture *paper, const Pen *pen, PointMm at, double width_mm, double height_mm,
                      Chance *chance)
{
    Hand hand = {
        paper, pen, chance, height_mm * chance_range(chance, 0.36, 0.46), 0, chance_range(chance, 0, 0.35),
        0.03};
    hand.width_mm = hand.height_mm * chance_range(chance, 0.75, 1.05);
    double x = at.x_mm, climb = chance_normal(chance, 0, 0.012);
    while (x < at.x_mm + width_mm - hand.width_mm) {
        int word = chance_int(chance, 2, 5);
        int accented = chance_int(chance, 0, word);
        for (int i = 0; i < word && x < at.x_mm + width_mm; i++) {
            PointMm base = {x, at.y_mm + (x - at.x_mm) * climb + chance_normal(chance, 0, 0.05)};
            draw_skeleton(&hand, letters[chance_int(chance, 0, (int)G_N_ELEMENTS(letters) - 1)], base);
            if (i == accented) {
                draw_accent(&hand, base);
            }
            x += hand.width_mm * chance_range(chance, 1.0, 1.2);
        }
        x += hand.width_mm * chance_range(chance, 0.6, 1.1);
    }
}

void digits_draw(Picture *paper, const Pen *pen, RectMm field, const char *text, Chance *chance)
{
    double step = field.w_mm / MAX(strlen(text), 1);
    Hand hand = {
        paper, pen, chance, field.h_mm * chance_range(chance, 0.3, 0.38), 0, chance_range(chance, 0, 0.2),
        0.03};
    hand.width_mm = MIN(hand.height_mm * 1.2, step * 0.7);
    for (int i = 0; text[i]; i++) {
        PointMm at = {field.x_mm + (i + 0.5) * step - hand.width_mm / 2, field.y_mm + field.h_mm * 0.85};
        draw_skeleton(&hand, digits[CLAMP(text[i] - '0', 0, 9)], at);
    }
}

void signature_draw(Picture *paper, const Pen *pen, PointMm at, double width_mm, Chance *chance)
{
    Stroke loops = {.n = 0};
    double h = width_mm * chance_range(chance, 0.15, 0.3);
    for (int i = 0; i < 18; i++) {
        double fade = 1 - i / 24.0;
        stroke_add(&loops, at.x_mm + width_mm * (i / 20.0 + chance_normal(chance, 0, 0.05)),
                   at.y_mm + (i % 2 ? 1 : -1) * h * fade * chance_range(chance, 0.1, 0.7));
    }
    pen_draw(paper, pen, &loops, 0.9, 0.05, chance);
    Stroke flourish = {.n = 0};
    stroke_add(&flourish, at.x_mm + width_mm * 0.9, at.y_mm + h * 0.4);
    stroke_add(&flourish, at.x_mm + width_mm * 0.2, at.y_mm + h * 0.6);
    stroke_add(&flourish, at.x_mm + width_mm * 1.15, at.y_mm + h * chance_range(chance, 0.1, 0.5));
    pen_draw(paper, pen, &flourish, 0.8, 0.05, chance);
}

/* ---- stamps -----------------------------------------------------------------------------------------------
 */

static void draw_seal(cairo_t *cr, double scale)
{
    static const double rings[][2] = {{17.5, 0.9}, {16.1, 0.35}, {9.8, 0.35}};
    for (size_t i = 0; i < G_N_ELEMENTS(rings); i++) {
        cairo_set_line_width(cr, rings[i][1] * scale);
        cairo_new_sub_path(cr);
        cairo_arc(cr, 0, 0, rings[i][0] * scale, 0, 2 * G_PI);
        cairo_stroke(cr);
    }
    for (int i = 0; i < 10; i++) { /* the star */
        double angle = -G_PI / 2 + i * G_PI / 5, r = (i % 2 ? 1.7 : 4.4) * scale;
        (i ? cairo_line_to : cairo_move_to)(cr, r * cos(angle), r * sin(angle));
    }
    cairo_fill(cr);
    static const char *const text[] = {"C", "Ơ", " ", "Q", "U", "A", "N", " ", "M", "I", "N", "H", " ", "H",
                                       "Ọ", "A", " ", "*", " ", "K", "H", "Ả", "O", " ", "S", "Á", "T", " "};
    cairo_select_font_face(cr, "Liberation Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cr, 4.0 * scale);
    for (size_t i = 0; i < G_N_ELEMENTS(text); i++) {
        cairo_save(cr);
        cairo_rotate(cr, (double)i / G_N_ELEMENTS(text) * 2 * G_PI - 2);
        cairo_move_to(cr, -1.2 * scale, -11.4 * scale);
        cairo_show_text(cr, text[i]);
        cairo_restore(cr);
    }
}

static void draw_receipt(cairo_t *cr, double scale)
{
    cairo_set_line_width(cr, 0.5 * scale);
    cairo_rectangle(cr, -22 * scale, -10 * scale, 44 * scale, 20 * scale);
    cairo_stroke(cr);
    cairo_select_font_face(cr, "Liberation Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cr, 4.4 * scale);
    static const char *const lines[] = {"CÔNG VĂN ĐẾN", "Số: ..................", "Ngày: .... / .... / ...."};
    for (int i = 0; i < 3; i++) {
        cairo_move_to(cr, -18 * scale, (-4 + 6 * i) * scale);
        cairo_show_text(cr, lines[i]);
    }
}

void stamp_draw(Picture *paper, PointMm centre, int kind, Chance *chance)
{
    int side = (int)(50 * paper->scale);
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, side, side);
    cairo_t *cr = cairo_create(mask);
    cairo_translate(cr, side / 2.0, side / 2.0);
    cairo_rotate(cr, chance_normal(chance, 0, 0.15));
    (kind == 0 ? draw_seal : draw_receipt)(cr, paper->scale);
    cairo_destroy(cr);
    cairo_surface_flush(mask);
    double strength = chance_range(chance, 0.55, 0.9);
    static const double red[3] = {0.86, 0.17, 0.22};
    uint64_t key = chance_u32(chance);
    int x0 = (int)(centre.x_mm * paper->scale) - side / 2, y0 = (int)(centre.y_mm * paper->scale) - side / 2;
    for (int y = MAX(0, -y0); y < side && y0 + y < paper->height; y++) {
        const uint8_t *row =
            cairo_image_surface_get_data(mask) + (ptrdiff_t)y * cairo_image_surface_get_stride(mask);
        for (int x = MAX(0, -x0); x < side && x0 + x < paper->width; x++) {
            if (!row[x]) {
                continue;
            }
            double mm_x = x / paper->scale, mm_y = y / paper->scale;
            double even =
                0.75 + 0.3 * noise_smooth(key, mm_x * 0.21 + mm_y * 0.13) +
                0.25 * noise_smooth(key + 1, mm_x * 2.3 - mm_y * 3.1) * noise_smooth(key + 2, mm_y * 2.7);
            double cover = row[x] / 255.0 * strength * CLAMP(even, 0, 1);
            for (int p = 0; p < paper->planes; p++) {
                double light = paper->planes == 1 ? 0.3 * red[0] + 0.59 * red[1] + 0.11 * red[2] : red[p];
                uint8_t *at = paper->plane[p] + (size_t)(y0 + y) * (size_t)paper->width + (size_t)(x0 + x);
                *at = (uint8_t)(*at * (1 - cover * (1 - light)));
            }
        }
    }
    cairo_surface_destroy(mask);
}
