/* Forms, ballots and scans of them as the tests draw them: pages with corner marks, a square code, print and
 * boxes, taken through a map that is known exactly. */
#ifndef PHIEU_TESTS_PAPER_H
#define PHIEU_TESTS_PAPER_H

#include <cairo.h>
#include <math.h>
#include <qrencode.h>
#include <string.h>

#include "layout/layout.h"

#define PAPER_ROWS 10
#define PAPER_OPTIONS 4
#define PAPER_BOX_MM 4.6
#define PAPER_SURVEY "TST"

/* How a form is printed. */
typedef struct {
    const char *id;
    bool ours;     /* with corner marks and a code */
    guint32 seed;  /* of its print: the same seed, the same words */
    guint32 other; /* seed of the rows of `other_rows`, where they say something else */
    unsigned other_rows;
} PaperForm;

/* How a sheet is filled and scanned. */
typedef struct {
    double dpi, skew_deg, scale;   /* 0: 200 dpi, scale 1 */
    double shift_x_mm, shift_y_mm; /* of the whole sheet */
    int quarter_turns;             /* clockwise */
    const char *code;              /* text of the square code, NULL: none */
    const char *serial;            /* the serial in print, NULL: none */
    unsigned lost_marks;           /* bit i: corner mark i is missing */
    double box_shift_mm;           /* outlines drawn so far to the right of where they belong */
    double cut_mm;                 /* the sheet ends so far above its lower edge */
    int specks;                    /* random grey pixels, in a thousand */
    guint8 paper;                  /* 0: white */
    void (*ink)(cairo_t *cr, const LayoutPage *page, gpointer user); /* in mm of the page */
    gpointer user;
} PaperScan;

/* Print that has structure both ways, without fonts: words of crooked letters. */
static inline void paper_words(cairo_t *cr, guint32 seed, double x_mm, double y_mm, double w_mm)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    cairo_set_line_width(cr, 0.35);
    for (double x = x_mm; x + 1.6 < x_mm + w_mm; x += 1.9) {
        if (g_rand_int_range(dice, 0, 6) == 0)
            continue;
        cairo_move_to(cr, x + 1.3 * g_rand_double(dice), y_mm + 2.4 * g_rand_double(dice));
        for (int i = 0; i < 3; i++)
            cairo_line_to(cr, x + 1.3 * g_rand_double(dice), y_mm + 2.4 * g_rand_double(dice));
        cairo_stroke(cr);
    }
}

static inline void paper_code(cairo_t *cr, RectMm place, const char *text)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    g_assert_nonnull(code);
    double module_mm = place.w_mm / code->width;
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_GRAY);
    for (int i = 0; i < code->width * code->width; i++) {
        if (code->data[i] & 1)
            cairo_rectangle(cr, place.x_mm + i % code->width * module_mm,
                            place.y_mm + i / code->width * module_mm, module_mm, module_mm);
    }
    cairo_fill(cr);
    QRcode_free(code);
}

/* The page as printed, in mm. */
static inline void paper_print(cairo_t *cr, const PaperForm *form, const LayoutPage *page,
                               const PaperScan *how)
{
    cairo_set_source_rgb(cr, 0.1, 0.1, 0.1);
    for (int i = 0; page->has_marks && i < LAYOUT_MARKS; i++) {
        if (how->lost_marks >> i & 1)
            continue;
        cairo_rectangle(cr, page->marks[i].x_mm, page->marks[i].y_mm, page->marks[i].w_mm,
                        page->marks[i].h_mm);
        cairo_fill(cr);
    }
    if (how->code)
        paper_code(cr, page->code.w_mm > 0 ? page->code : (RectMm){172, 20, 18, 18}, how->code);
    if (how->serial) {
        cairo_select_font_face(cr, "Liberation Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
        g_autofree char *widest = g_strdup(how->serial); /* of its station's */
        memset(widest + strlen(widest) - 1, 'W', 1);
        cairo_text_extents_t extents = {.x_advance = INFINITY};
        for (double size_pt = 13.89; extents.x_advance > page->serial.w_mm; size_pt -= 0.5) {
            cairo_set_font_size(cr, size_pt * MM_PER_INCH / 72);
            cairo_text_extents(cr, widest, &extents);
        }
        cairo_move_to(cr, page->serial.x_mm, page->serial.y_mm + 4.8);
        cairo_show_text(cr, how->serial);
    }
    for (int line = 0; line < 5; line++)
        paper_words(cr, form->seed * 1000 + (guint32)line, 22, 22 + 6 * line, 130);
    for (int row = 0; row < PAPER_ROWS; row++) {
        guint32 seed = form->other_rows >> row & 1 ? form->other : form->seed;
        paper_words(cr, seed * 1000 + 100 + 2 * (guint32)row, 22, 70 + 20 * row, 85);
        paper_words(cr, seed * 1000 + 101 + 2 * (guint32)row, 22, 75 + 20 * row, 70);
    }
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        double rim = box->outline_mm / 2;
        cairo_set_line_width(cr, box->outline_mm);
        cairo_rectangle(cr, box->rect.x_mm - rim + how->box_shift_mm, box->rect.y_mm - rim,
                        box->rect.w_mm + 2 * rim, box->rect.h_mm + 2 * rim);
        cairo_stroke(cr);
    }
}

/* The known map of a scan: paper mm → px. */
static inline PageMap paper_map(const LayoutPage *page, const PaperScan *how, int *ret_w_px, int *ret_h_px)
{
    double k = (how->dpi > 0 ? how->dpi : 200) / MM_PER_INCH, scale = how->scale > 0 ? how->scale : 1;
    double angle = (how->quarter_turns * 90 + how->skew_deg) * G_PI / 180;
    int w = (int)lround(page->width_mm * k), h = (int)lround((page->height_mm - how->cut_mm) * k);
    *ret_w_px = how->quarter_turns % 2 ? h : w;
    *ret_h_px = how->quarter_turns % 2 ? w : h;
    double a = k * scale * cos(angle), b = k * scale * sin(angle);
    double x = page->width_mm / 2 - how->shift_x_mm,
           y = (page->height_mm - how->cut_mm) / 2 - how->shift_y_mm;
    return (PageMap){
        {a, -b, *ret_w_px / 2.0 - a * x + b * y, b, a, *ret_h_px / 2.0 - b * x - a * y, 0, 0, 1}};
}

static inline void paper_speckle(Raster *raster, int permille)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(99);
    int64_t count = (int64_t)raster->width_px * raster->height_px * permille / 1000;
    for (int64_t i = 0; i < count; i++)
        raster->pixels[(size_t)g_rand_int_range(dice, 0, raster->height_px) * raster->stride +
                       (size_t)g_rand_int_range(dice, 0, raster->width_px)] =
            (guint8)g_rand_int_range(dice, 0, 256);
}

/* A scan of a sheet, and the map it was taken through (may be NULL). */
static inline Raster *paper_scan(const PaperForm *form, const LayoutPage *page, const PaperScan *how,
                                 PageMap *ret_map)
{
    int w, h;
    PageMap map = paper_map(page, how, &w, &h);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cr = cairo_create(surface);
    double white = how->paper ? how->paper / 255.0 : 1;
    cairo_set_source_rgb(cr, white, white, white);
    cairo_paint(cr);
    cairo_matrix_t matrix = {map.h[0], map.h[3], map.h[1], map.h[4], map.h[2], map.h[5]};
    cairo_set_matrix(cr, &matrix);
    paper_print(cr, form, page, how);
    if (how->ink)
        how->ink(cr, page, how->user);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    Raster *raster = raster_new(w, h, NULL);
    raster->dpi_x = raster->dpi_y = how->dpi > 0 ? how->dpi : 200;
    const guint8 *pixels = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            raster->pixels[(size_t)y * raster->stride + (size_t)x] =
                pixels[(size_t)y * stride + 4 * (size_t)x + 1];
    cairo_surface_destroy(surface);
    paper_speckle(raster, how->specks);
    if (ret_map)
        *ret_map = map;
    return raster;
}

/* The form's frozen layout: one A4 page of ten questions q1…q10 with four boxes a…d each. */
static inline Layout *paper_layout(const PaperForm *form)
{
    Layout *layout = layout_new(form->id, 1);
    LayoutPage *page = layout_add_page(layout, 210, 297);
    page->has_marks = form->ours;
    const RectMm marks[] = {{10, 10, 5, 5}, {195, 10, 5, 5}, {195, 282, 5, 5}, {10, 282, 5, 5}};
    for (int i = 0; form->ours && i < LAYOUT_MARKS; i++)
        page->marks[i] = marks[i];
    if (form->ours) {
        page->code = (RectMm){172, 20, 18, 18};
        layout_add_variable(page, (RectMm){168, 16, 26, 26});
        page->serial = (RectMm){60, 13, 34, 6.4};
        layout_add_variable(page, page->serial);
    }
    for (int row = 0; row < PAPER_ROWS; row++) {
        for (int option = 0; option < PAPER_OPTIONS; option++) {
            g_autofree char *question = g_strdup_printf("q%d", row + 1);
            const char id[] = {(char)('a' + option), '\0'};
            layout_add_box(page, question, id,
                           (RectMm){120 + 18 * option, 70 + 20 * row, PAPER_BOX_MM, PAPER_BOX_MM}, 0.3,
                           LAYOUT_SQUARE);
        }
    }
    PaperScan unfilled = {0};
    page->blank = paper_scan(form, page, &unfilled, NULL);
    layout_seal(layout);
    return layout;
}

static inline LayoutPage *paper_page(const Layout *layout)
{
    return layout->pages->pdata[0];
}

/* The text of a ballot's page code. */
static inline char *paper_code_text(const Layout *layout, int number)
{
    PageCode code = {.kind = PAGE_CODE_BALLOT, .page = 1};
    g_strlcpy(code.survey, PAPER_SURVEY, sizeof code.survey);
    g_strlcpy(code.form, layout->form, sizeof code.form);
    for (int i = 0; i < 8; i++)
        code.fingerprint8[i] = g_ascii_toupper(layout->fingerprint[i]);
    serial_make(number, code.serial);
    return page_code_format(&code);
}

/* A pen: `level` grey 0–255 on white paper, a line `width_mm` wide. */
static inline void paper_pen(cairo_t *cr, double level, double width_mm)
{
    cairo_set_source_rgb(cr, level / 255, level / 255, level / 255);
    cairo_set_line_width(cr, width_mm);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
}

static inline void paper_cross(cairo_t *cr, RectMm box, double reach_mm)
{
    PointMm c = rect_mm_centre(box);
    cairo_move_to(cr, c.x_mm - reach_mm, c.y_mm - reach_mm * 0.9);
    cairo_line_to(cr, c.x_mm + reach_mm, c.y_mm + reach_mm);
    cairo_move_to(cr, c.x_mm + reach_mm * 0.9, c.y_mm - reach_mm);
    cairo_line_to(cr, c.x_mm - reach_mm, c.y_mm + reach_mm * 0.95);
    cairo_stroke(cr);
}

#endif
