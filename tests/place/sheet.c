#include "place/sheet.h"

#include <math.h>
#include <qrencode.h>
#include <string.h>

/* ---- the sheet ---- */

static void to_corner(cairo_t *cr, const LayoutPage *page, int corner, double x_mm, double y_mm)
{
    cairo_line_to(cr, corner == 1 || corner == 2 ? page->width_mm - x_mm : x_mm,
                  corner >= 2 ? page->height_mm - y_mm : y_mm);
}

static void grey(cairo_t *cr, double level)
{
    cairo_set_source_rgb(cr, level, level, level);
}

static void draw_code(cairo_t *cr, RectMm place, const char *text)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    g_assert_nonnull(code);
    double module_mm = place.w_mm / code->width;
    grey(cr, 1);
    cairo_rectangle(cr, place.x_mm - 2, place.y_mm - 2, place.w_mm + 4, place.h_mm + 4);
    cairo_fill(cr);
    grey(cr, 0.1);
    for (int i = 0; i < code->width * code->width; i++) {
        if (code->data[i] & 1)
            cairo_rectangle(cr, place.x_mm + i % code->width * module_mm,
                            place.y_mm + i / code->width * module_mm, module_mm, module_mm);
    }
    cairo_fill(cr);
    QRcode_free(code);
}

static void draw_words(cairo_t *cr, GRand *dice, RectMm area)
{
    cairo_set_line_width(cr, 0.32);
    for (double x = area.x_mm; x + 1.4 < area.x_mm + area.w_mm; x += 1.8) {
        cairo_move_to(cr, x + 1.3 * g_rand_double(dice), area.y_mm + area.h_mm * g_rand_double(dice));
        for (int i = 0; i < 3; i++)
            cairo_line_to(cr, x + 1.3 * g_rand_double(dice), area.y_mm + area.h_mm * g_rand_double(dice));
        cairo_stroke(cr);
    }
}

static void draw_marks(cairo_t *cr, const LayoutPage *page, GRand *dice)
{
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    grey(cr, 0.25);
    for (guint i = 0; i < page->boxes->len; i++) {
        PointMm at = rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect);
        if (g_rand_int_range(dice, 0, 3))
            continue;
        double reach = g_rand_double_range(dice, 1.5, 3.5);
        cairo_set_line_width(cr, g_rand_double_range(dice, 0.4, 0.9));
        cairo_move_to(cr, at.x_mm - reach, at.y_mm - reach * 0.8);
        cairo_line_to(cr, at.x_mm + reach, at.y_mm + reach);
        if (g_rand_boolean(dice)) {
            cairo_move_to(cr, at.x_mm + reach, at.y_mm - reach);
            cairo_line_to(cr, at.x_mm - reach, at.y_mm + reach * 0.9);
        }
        cairo_stroke(cr);
    }
}

static void draw_corners(cairo_t *cr, const LayoutPage *page, const Harm *harm)
{
    for (int i = 0; i < LAYOUT_MARKS && page->has_marks; i++) {
        RectMm m = page->marks[i];
        if (harm->lost_marks >> i & 1) {
            grey(cr, 1);
            cairo_rectangle(cr, m.x_mm - 0.5, m.y_mm - 0.5, m.w_mm + 1, m.h_mm + 1);
            cairo_fill(cr);
        }
        if (harm->stapled >> i & 1) {
            grey(cr, 0.35);
            cairo_set_line_width(cr, 0.9);
            cairo_move_to(cr, m.x_mm - 4, m.y_mm + m.h_mm + 2);
            cairo_line_to(cr, m.x_mm + m.w_mm + 4, m.y_mm - 2);
            cairo_stroke(cr);
        }
        if (harm->imitated >> i & 1) {
            double inwards = i == 0 || i == 3 ? 1 : -1;
            grey(cr, 0.1);
            cairo_rectangle(cr, m.x_mm + inwards * harm->imitation_mm, m.y_mm, m.w_mm, m.h_mm);
            cairo_fill(cr);
        }
    }
    for (int i = 0; i < 4; i++) {
        if (!(harm->torn >> i & 1))
            continue;
        grey(cr, 0.05);
        to_corner(cr, page, i, 0, 0);
        to_corner(cr, page, i, harm->torn_mm, 0);
        to_corner(cr, page, i, 0, harm->torn_mm);
        cairo_fill(cr);
    }
}

static void draw_harm(cairo_t *cr, const LayoutPage *page, const Harm *harm, GRand *dice)
{
    draw_corners(cr, page, harm);
    grey(cr, 0.05);
    for (int i = 0; harm->punched && i < 2; i++) {
        cairo_arc(cr, 12, page->height_mm / 2 + (i ? 40 : -40), 3, 0, 2 * G_PI);
        cairo_fill(cr);
    }
    if (harm->other_code)
        draw_code(cr, (RectMm){20, page->height_mm - 42, 22, 22}, "HTTPS://EXAMPLE.ORG/FORM?ID=20231115");
    if (harm->no_code && page->code.w_mm > 0) {
        grey(cr, 0.95);
        cairo_rectangle(cr, page->code.x_mm - 1, page->code.y_mm - 1, page->code.w_mm + 2,
                        page->code.h_mm + 2);
        cairo_fill(cr);
    }
    for (int i = 0; harm->scribbled && i < 6; i++) {
        grey(cr, 0.3);
        cairo_set_line_width(cr, 1.5);
        cairo_move_to(cr, g_rand_double(dice) * page->width_mm, g_rand_double(dice) * page->height_mm);
        cairo_curve_to(cr, g_rand_double(dice) * page->width_mm, g_rand_double(dice) * page->height_mm,
                       g_rand_double(dice) * page->width_mm, g_rand_double(dice) * page->height_mm,
                       g_rand_double(dice) * page->width_mm, g_rand_double(dice) * page->height_mm);
        cairo_stroke(cr);
    }
}

/* A surface holding the picture at SHEET_PX_PER_MM, its context in millimetres. */
static cairo_surface_t *surface_of(const Raster *blank, double width_mm, double height_mm, double px_per_mm,
                                   cairo_t **ret_cr)
{
    int w = (int)lround(width_mm * px_per_mm), h = (int)lround(height_mm * px_per_mm);
    cairo_surface_t *from = cairo_image_surface_create(CAIRO_FORMAT_RGB24, blank->width_px, blank->height_px);
    guint8 *pixels = cairo_image_surface_get_data(from);
    size_t stride = (size_t)cairo_image_surface_get_stride(from);
    for (int y = 0; y < blank->height_px; y++)
        for (int x = 0; x < blank->width_px; x++)
            memset(pixels + (size_t)y * stride + 4 * (size_t)x,
                   blank->pixels[(size_t)y * blank->stride + (size_t)x], 4);
    cairo_surface_mark_dirty(from);
    cairo_surface_t *to = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cr = cairo_create(to);
    cairo_save(cr);
    cairo_scale(cr, (double)w / blank->width_px, (double)h / blank->height_px);
    cairo_set_source_surface(cr, from, 0, 0);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(from);
    cairo_scale(cr, px_per_mm, px_per_mm);
    *ret_cr = cr;
    return to;
}

static Raster *raster_of(cairo_surface_t *surface, cairo_t *cr)
{
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    int w = cairo_image_surface_get_width(surface), h = cairo_image_surface_get_height(surface);
    Raster *raster = raster_new(w, h, NULL);
    g_assert_nonnull(raster);
    const guint8 *pixels = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            raster->pixels[(size_t)y * raster->stride + (size_t)x] =
                pixels[(size_t)y * stride + 4 * (size_t)x + 1];
    cairo_surface_destroy(surface);
    return raster;
}

Raster *sheet_new(const LayoutPage *page, const char *code, const Harm *harm, guint32 seed)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    cairo_t *cr;
    cairo_surface_t *surface = surface_of(page->blank, page->width_mm, page->height_mm, SHEET_PX_PER_MM, &cr);
    if (code && page->code.w_mm > 0)
        draw_code(cr, page->code, code);
    draw_marks(cr, page, dice);
    for (guint i = 0; i < page->fields->len; i++) {
        RectMm r = ((LayoutField *)page->fields->pdata[i])->rect;
        if (g_rand_boolean(dice))
            draw_words(cr, dice, (RectMm){r.x_mm + 1, r.y_mm + 1, r.w_mm * 0.6, MIN(4, r.h_mm)});
    }
    draw_harm(cr, page, harm, dice);
    return raster_of(surface, cr);
}

/* ---- its picture ---- */

static bool is_bent(const Shot *shot)
{
    return shot->curl_mm > 0 || shot->slip_mm > 0 || shot->stretch != 0 || shot->barrel_mm != 0;
}

/* Paper displaced by waves, stretch, slip and a lens, from the middle of the sheet. */
static PointMm bent(const Shot *shot, guint32 seed, PointMm at)
{
    if (!is_bent(shot))
        return at;
    double k = 2 * G_PI / (shot->curl_length_mm > 0 ? shot->curl_length_mm : 300), phase = seed % 7;
    double out = shot->barrel_mm * (at.x_mm * at.x_mm + at.y_mm * at.y_mm) / (180.0 * 180.0 * 180.0);
    return (PointMm){at.x_mm * (1 + out) + 0.5 * shot->curl_mm * sin(k * at.y_mm + phase),
                     at.y_mm * (1 + out + shot->stretch) + shot->curl_mm * sin(k * at.x_mm + 2 * phase) +
                         shot->slip_mm / (1 + exp(-at.y_mm / 4))};
}

static PointMm straightened(const Shot *shot, guint32 seed, PointMm at)
{
    PointMm guess = at;
    if (!is_bent(shot))
        return at;
    for (int i = 0; i < 6; i++) {
        PointMm is = bent(shot, seed, guess);
        guess.x_mm += at.x_mm - is.x_mm;
        guess.y_mm += at.y_mm - is.y_mm;
    }
    return guess;
}

typedef struct {
    double scale, c, s; /* px a mm, turn */
    int width, height;
} Frame;

static Frame frame_of(const Shot *shot, const LayoutPage *page)
{
    double angle = (90 * shot->turns + shot->skew_deg) * G_PI / 180;
    double px = (shot->dpi > 0 ? shot->dpi : 200) / MM_PER_INCH, room = 1 + shot->margin;
    int w = (int)lround(page->width_mm * px * room), h = (int)lround(page->height_mm * px * room);
    return (Frame){px * (shot->scale > 0 ? shot->scale : 1), cos(angle), sin(angle), shot->turns % 2 ? h : w,
                   shot->turns % 2 ? w : h};
}

PointPx shot_point(const Shot *shot, const LayoutPage *page, guint32 seed, PointMm at)
{
    Frame f = frame_of(shot, page);
    PointMm p = bent(shot, seed, (PointMm){at.x_mm - page->width_mm / 2, at.y_mm - page->height_mm / 2});
    double w = 1 + shot->tilt_x * p.x_mm + shot->tilt_y * p.y_mm;
    double x = (p.x_mm + shot->shift_x_mm) / w * f.scale, y = (p.y_mm + shot->shift_y_mm) / w * f.scale;
    return (PointPx){f.c * x - f.s * y + f.width / 2.0, f.s * x + f.c * y + f.height / 2.0};
}

static PointMm paper_point(const Shot *shot, const LayoutPage *page, const Frame *f, guint32 seed,
                           double x_px, double y_px)
{
    double u = x_px - f->width / 2.0, v = y_px - f->height / 2.0;
    double x = (f->c * u + f->s * v) / f->scale, y = (-f->s * u + f->c * v) / f->scale;
    /* x (1 + tx p + ty q) = p + shift: two straight equations for p and q. */
    double a = 1 - x * shot->tilt_x, b = -x * shot->tilt_y, c = -y * shot->tilt_x, d = 1 - y * shot->tilt_y;
    double m = x - shot->shift_x_mm, n = y - shot->shift_y_mm, det = a * d - b * c;
    PointMm p = straightened(shot, seed, (PointMm){(m * d - b * n) / det, (a * n - c * m) / det});
    return (PointMm){p.x_mm + page->width_mm / 2, p.y_mm + page->height_mm / 2};
}

/* Grain of a table: a few waves bent by others. */
static double wood(double x_mm, double y_mm)
{
    double bend = 4 * sin(y_mm / 37) + 2 * sin(y_mm / 11 + 1);
    return 112 + 14 * sin((x_mm + bend) / 2.1) + 9 * sin((x_mm + bend) / 0.7 + y_mm / 40);
}

static double level_at(const Raster *sheet, PointMm at, bool around)
{
    double x = at.x_mm * SHEET_PX_PER_MM - 0.5, y = at.y_mm * SHEET_PX_PER_MM - 0.5;
    if (x < 0 || y < 0 || x >= sheet->width_px - 1 || y >= sheet->height_px - 1)
        return around ? wood(at.x_mm, at.y_mm) : 255;
    int xi = (int)x, yi = (int)y;
    double u = x - xi, v = y - yi;
    const uint8_t *p = sheet->pixels + (size_t)yi * sheet->stride + xi;
    return (p[0] * (1 - u) + p[1] * u) * (1 - v) +
           (p[sheet->stride] * (1 - u) + p[sheet->stride + 1] * u) * v;
}

static uint8_t lit(const Shot *shot, const Frame *f, int x, int y, double level, GRand *dice)
{
    if (shot->shadow > 0) {
        double side = 0.7 * x / f->width + 0.5 * y / f->height - 0.6;
        double fall = 1 - 0.25 * shot->shadow * y / f->height;
        level *= fall * (1 - shot->shadow / (1 + exp(-side * 40)));
    }
    if (shot->noise) { /* nearly normal: the sum of bytes of one throw */
        guint32 r = g_rand_int(dice);
        int sum = (int)(r & 255) + (int)(r >> 8 & 255) + (int)(r >> 16 & 255) + (int)(r >> 24) - 510;
        level += sum / 148.0 * shot->noise;
    }
    return (uint8_t)CLAMP(level + 0.5, 0, 255);
}

static void blur(Raster *raster, double px)
{
    int w = raster->width_px, h = raster->height_px, k = (int)lround(256 * px / (1 + 2 * px));
    g_autofree uint8_t *row = g_malloc((gsize)w);
    for (int pass = 0; pass < 2; pass++) {
        for (int y = 0; y < h; y++) {
            uint8_t *at = raster->pixels + (size_t)y * raster->stride;
            memcpy(row, at, (size_t)w);
            for (int x = 1; x + 1 < w; x++)
                at[x] = (uint8_t)((row[x] * (256 - 2 * k) + (row[x - 1] + row[x + 1]) * k + 128) >> 8);
        }
        for (int y = 1; y + 1 < h; y++) {
            uint8_t *at = raster->pixels + (size_t)y * raster->stride;
            for (int x = 0; x < w; x++)
                at[x] = (uint8_t)((at[x] * (256 - k) + at[x + (ptrdiff_t)raster->stride] * k + 128) >> 8);
        }
    }
}

Raster *shot_take(const Shot *shot, const LayoutPage *page, const Raster *sheet, guint32 seed)
{
    enum { CELL = 16 };
    Frame f = frame_of(shot, page);
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    Raster *raster = raster_new(f.width, f.height, NULL);
    g_assert_nonnull(raster);
    for (int y = 0; y < f.height; y++) {
        PointMm here, next = paper_point(shot, page, &f, seed, 0.5, y + 0.5);
        for (int x = 0; x < f.width; x += CELL) { /* exact at the ends of a cell, straight between */
            here = next;
            next = paper_point(shot, page, &f, seed, x + CELL + 0.5, y + 0.5);
            for (int i = 0; i < CELL && x + i < f.width; i++) {
                PointMm at = {here.x_mm + (next.x_mm - here.x_mm) * i / CELL,
                              here.y_mm + (next.y_mm - here.y_mm) * i / CELL};
                raster->pixels[(size_t)y * raster->stride + (size_t)(x + i)] =
                    lit(shot, &f, x + i, y, level_at(sheet, at, shot->margin > 0), dice);
            }
        }
    }
    if (shot->blur_px > 0)
        blur(raster, shot->blur_px);
    raster->dpi_x = raster->dpi_y = shot->unstated ? 0 : shot->dpi > 0 ? shot->dpi : 200;
    return raster;
}

/* ---- others ---- */

Raster *sheet_noisy_back(double dpi, int degree, guint32 seed)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    int w = (int)(210 * dpi / MM_PER_INCH), h = (int)(297 * dpi / MM_PER_INCH);
    Raster *raster = raster_new(w, h, NULL);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            raster->pixels[(size_t)y * raster->stride + (size_t)x] =
                (uint8_t)g_rand_int_range(dice, 250 - 35 * MIN(degree, 3), 256);
    int specks = degree * 1500; /* dust and hairs of every length to 5 mm */
    for (int i = 0; i < specks; i++) {
        double x = g_rand_double(dice) * w, y = g_rand_double(dice) * h, a = g_rand_double(dice) * 2 * G_PI;
        double left = pow(g_rand_double(dice), 6.0 - degree) * 5 * dpi / MM_PER_INCH;
        for (; left >= 0; left--, x += cos(a), y += sin(a), a += g_rand_double_range(dice, -0.2, 0.2))
            if (x >= 0 && y >= 0 && x < w && y < h)
                raster->pixels[(size_t)y * raster->stride + (size_t)x] = 90;
    }
    raster->dpi_x = raster->dpi_y = dpi;
    return raster;
}

Layout *sheet_foreign_form(const Layout *layout, const char *form, int words, guint32 seed)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    Layout *copy = layout_new(form, layout->version);
    for (guint p = 0; p < layout->pages->len; p++) {
        const LayoutPage *from = layout->pages->pdata[p];
        LayoutPage *page = layout_add_page(copy, from->width_mm, from->height_mm);
        for (guint i = 0; i < from->boxes->len; i++) {
            const LayoutBox *box = from->boxes->pdata[i];
            layout_add_box(page, box->question, box->option, box->rect, box->outline_mm, box->shape);
        }
        for (guint i = 0; i < from->fields->len; i++) {
            const LayoutField *field = from->fields->pdata[i];
            layout_add_field(page, field->field, field->kind, field->rect);
        }
        cairo_t *cr;
        cairo_surface_t *surface = surface_of(from->blank, from->width_mm, from->height_mm, 8, &cr);
        grey(cr, 1);
        for (int i = 0; i < LAYOUT_MARKS && from->has_marks; i++) {
            cairo_rectangle(cr, from->marks[i].x_mm - 0.5, from->marks[i].y_mm - 0.5, from->marks[i].w_mm + 1,
                            from->marks[i].h_mm + 1);
            cairo_fill(cr);
        }
        for (int i = 0; i < words; i++) { /* a word of 12 mm, left of a row of boxes where there are some */
            RectMm at = {20 + g_rand_double(dice) * 60, 50 + g_rand_double(dice) * 190, 12, 3.2};
            if (page->boxes->len) {
                guint box = (guint)g_rand_int_range(dice, 0, (gint32)page->boxes->len);
                RectMm rect = ((LayoutBox *)page->boxes->pdata[box])->rect;
                at.x_mm = MAX(12, MIN(at.x_mm, rect.x_mm - 20));
                at.y_mm = rect.y_mm;
            }
            grey(cr, 1);
            cairo_rectangle(cr, at.x_mm - 0.5, at.y_mm - 0.5, at.w_mm + 1, at.h_mm + 1);
            cairo_fill(cr);
            grey(cr, 0.1);
            draw_words(cr, dice, at);
        }
        page->blank = raster_of(surface, cr);
        page->blank->dpi_x = page->blank->dpi_y = 8 * MM_PER_INCH;
    }
    layout_seal(copy);
    return copy;
}
