/* Sheets of paper: the print on them, what copying, filing and handling did, and sheets that are no ballots.
 */
#include "sim/sim.h"

#include <cairo.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

struct Printer {
    GHashTable *documents; /* path → PopplerDocument */
};

Printer *printer_new(void)
{
    Printer *printer = g_new0(Printer, 1);
    printer->documents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
    return printer;
}

void printer_free(Printer *printer)
{
    if (printer) {
        g_hash_table_unref(printer->documents);
        g_free(printer);
    }
}

static PopplerDocument *document_of(Printer *printer, const char *path, GError **error)
{
    PopplerDocument *document = g_hash_table_lookup(printer->documents, path);
    if (!document) {
        g_autofree char *full = g_canonicalize_filename(path, NULL);
        g_autofree char *uri = g_filename_to_uri(full, NULL, error);
        document = uri ? poppler_document_new_from_file(uri, NULL, error) : NULL;
        if (document) {
            g_hash_table_insert(printer->documents, g_strdup(path), document);
        }
    }
    return document;
}

int printer_count(const char *pdf, GError **error)
{
    Printer *printer = printer_new();
    PopplerDocument *document = document_of(printer, pdf, error);
    int pages = document ? poppler_document_get_n_pages(document) : -1;
    printer_free(printer);
    return pages;
}

/* A cairo picture as planes. */
static Picture *planes_of(cairo_surface_t *surface, int planes, double scale)
{
    cairo_surface_flush(surface);
    int w = cairo_image_surface_get_width(surface), h = cairo_image_surface_get_height(surface);
    Picture *picture = picture_new(w, h, planes, scale);
    for (int y = 0; y < h; y++) {
        const uint8_t *row =
            cairo_image_surface_get_data(surface) + (ptrdiff_t)y * cairo_image_surface_get_stride(surface);
        size_t at = (size_t)y * (size_t)w;
        if (planes == 1) {
            for (int x = 0; x < w; x++) {
                unsigned grey = 77u * row[4 * x + 2] + 150u * row[4 * x + 1] + 29u * row[4 * x];
                picture->plane[0][at + (size_t)x] = (uint8_t)(grey >> 8);
            }
        } else {
            for (int x = 0; x < w; x++) {
                for (int p = 0; p < 3; p++) {
                    picture->plane[p][at + (size_t)x] = row[4 * x + 2 - p];
                }
            }
        }
    }
    return picture;
}

static cairo_surface_t *white_sheet(double width_mm, double height_mm, double dpi)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width_mm / MM_PER_INCH * dpi),
                                   (int)ceil(height_mm / MM_PER_INCH * dpi));
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_destroy(cr);
    return surface;
}

Picture *printer_page(Printer *printer, const char *pdf, int pdf_page, double dpi, int planes, GError **error)
{
    PopplerDocument *document = document_of(printer, pdf, error);
    if (!document) {
        return NULL;
    }
    PopplerPage *page = poppler_document_get_page(document, pdf_page - 1);
    if (!page) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, "%s: has no page %d", pdf, pdf_page);
        return NULL;
    }
    double width_pt, height_pt;
    poppler_page_get_size(page, &width_pt, &height_pt);
    cairo_surface_t *surface = white_sheet(width_pt / 72 * MM_PER_INCH, height_pt / 72 * MM_PER_INCH, dpi);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, dpi / 72, dpi / 72);
    poppler_page_render_for_printing(page, cr);
    g_object_unref(page);
    cairo_destroy(cr);
    Picture *picture = planes_of(surface, planes, dpi / MM_PER_INCH);
    cairo_surface_destroy(surface);
    return picture;
}

#define TONER_SIDE 512

void paper_age(Picture *paper, bool photocopy, Chance *chance)
{
    static uint8_t tile[TONER_SIDE * TONER_SIDE];
    static bool made;
    if (!made) {
        Chance fixed = chance_for(2, "toner", "", 0);
        for (size_t i = 0; i < sizeof tile; i++) {
            double speck = chance_unit(&fixed);
            tile[i] = (uint8_t)(speck < 0.02 ? 120 + 100 * chance_unit(&fixed) : 40 * speck);
        }
        made = true;
    }
    unsigned loss = (unsigned)chance_int(chance, 40, photocopy ? 255 : 150);
    unsigned dark = (unsigned)chance_int(chance, photocopy ? 195 : 225, 250);
    int ox = chance_int(chance, 0, TONER_SIDE - 1), oy = chance_int(chance, 0, TONER_SIDE - 1);
    if (photocopy) {
        picture_blur(paper, chance_range(chance, 0.4, 0.9));
    }
    for (int p = 0; p < paper->planes; p++) {
        for (int y = 0; y < paper->height; y++) {
            uint8_t *row = paper->plane[p] + (size_t)y * (size_t)paper->width;
            const uint8_t *toner = tile + (size_t)((y + oy) % TONER_SIDE) * TONER_SIDE;
            for (int x = 0; x < paper->width; x++) {
                if (row[x] < 250) {
                    unsigned ink = (255u - row[x]) * dark >> 8;
                    ink = photocopy ? MIN(ink * 5 / 4, dark) : ink;
                    row[x] = (uint8_t)(255 - (ink * (65280 - loss * toner[(x + ox) % TONER_SIDE]) >> 16));
                }
            }
        }
        for (int i = 0; photocopy && i < 250; i++) { /* the copier's own dirt, the same on all planes */
            Chance dot = chance_for(chance->state, "copy dirt", "", i);
            size_t x = (size_t)chance_int(&dot, 1, paper->width - 2),
                   y = (size_t)chance_int(&dot, 1, paper->height - 2);
            uint8_t *at = paper->plane[p] + y * (size_t)paper->width + x;
            at[0] = (uint8_t)(at[0] * chance_range(&dot, 0.2, 0.9));
            at[1] = (uint8_t)(at[1] * chance_range(&dot, 0.5, 1));
        }
    }
}

Placement placement_choose(const Damage *damage, Chance *chance)
{
    Placement print = {.scale = 1 + chance_within(chance, 0, damage->scale, -0.03, 0.03)};
    if (chance_yes(chance, damage->far_scale)) {
        print.scale = chance_range(chance, 0.925, 0.945);
    }
    print.scale = damage->print_scale > 0 ? damage->print_scale : print.scale;
    double free_mm = damage->scale > 0 ? 0.7 : 0;
    print.x_mm = chance_normal(chance, 0, free_mm);
    print.y_mm = chance_normal(chance, 0, free_mm);
    return print;
}

/* A sheet with a print on it; what befalls the sheet is placed in millimetres of the sheet. */
typedef struct {
    Picture *picture;
    Placement print;
    double width_mm, height_mm;
} Worn;

/* Paints by distance: `func` gives the new value of a pixel from its old one and its place on the sheet. */
typedef double (*PaintFunc)(double value, double x_mm, double y_mm, const double *args);

static void paint(const Worn *sheet, RectMm rect, PaintFunc func, const double *args)
{
    Picture *paper = sheet->picture;
    const Placement *print = &sheet->print;
    double left_mm = sheet->width_mm / 2 * (1 - print->scale) + print->x_mm;
    double top_mm = sheet->height_mm / 2 * (1 - print->scale) + print->y_mm;
    double per_mm = paper->scale / print->scale;
    int x0 = MAX(0, (int)((rect.x_mm - left_mm) * per_mm)), y0 = MAX(0, (int)((rect.y_mm - top_mm) * per_mm));
    int x1 = MIN(paper->width, (int)((rect.x_mm + rect.w_mm - left_mm) * per_mm) + 1);
    int y1 = MIN(paper->height, (int)((rect.y_mm + rect.h_mm - top_mm) * per_mm) + 1);
    for (int p = 0; p < paper->planes; p++) {
        for (int y = y0; y < y1; y++) {
            for (int x = x0; x < x1; x++) {
                uint8_t *at = paper->plane[p] + (size_t)y * (size_t)paper->width + (size_t)x;
                double value = func(*at, (x + 0.5) / per_mm + left_mm, (y + 0.5) / per_mm + top_mm, args);
                *at = (uint8_t)CLAMP(value + 0.5, 0, 255);
            }
        }
    }
}

/* args: 0 across is x, place, depth, key */
static double fold_value(double value, double x_mm, double y_mm, const double *args)
{
    double d = (args[0] > 0 ? x_mm : y_mm) - args[1], along = args[0] > 0 ? y_mm : x_mm;
    d += 0.12 * noise_smooth((uint64_t)args[3], along * 0.15);
    double crack = fabs(d) < 0.25
                       ? (0.25 - fabs(d)) * 3 * (0.6 + 0.4 * noise_smooth((uint64_t)args[3] + 1, along * 3))
                       : 0;
    value += (255 - value) * CLAMP(crack, 0, 1) * 0.8;
    double shade = 22 * exp(-fabs(d) / 0.22) + 6 * exp(-fabs(d) / 5) * (d > 0 ? 1 : -0.2);
    return value - args[2] * shade;
}

static void wear_fold(const Worn *sheet, const Damage *damage, Chance *chance)
{
    double width_mm = sheet->width_mm, height_mm = sheet->height_mm;
    bool upright = chance_yes(chance, 0.25);
    int folds = upright ? 1 : chance_int(chance, 1, 2);
    for (int i = 0; i < folds; i++) {
        double at = upright ? width_mm / 2 : folds == 1 ? height_mm / 2 : height_mm * (i + 1) / 3;
        at += chance_normal(chance, 0, 3);
        double args[4] = {upright, at, chance_range(chance, 0.4, 1.2), chance_u32(chance)};
        args[2] = damage->fold_depth > 0 ? damage->fold_depth : args[2];
        RectMm rect = upright ? (RectMm){at - 14, 0, 28, height_mm} : (RectMm){0, at - 14, width_mm, 28};
        paint(sheet, rect, fold_value, args);
    }
}

/* args: centre x, y, radius, background */
static double hole_value(double value, double x_mm, double y_mm, const double *args)
{
    double d = hypot(x_mm - args[0], y_mm - args[1]) - args[2];
    return d < 0 ? args[3] : d < 0.5 ? value * (0.75 + 0.5 * d) : value;
}

/* args: corner x, y, how far it reaches, background, 1 folded over (its back shows) */
static double corner_value(double value, double x_mm, double y_mm, const double *args)
{
    double d = fabs(x_mm - args[0]) + fabs(y_mm - args[1]) - args[2];
    d += 0.5 * noise_smooth(7, (x_mm - y_mm) * 0.4) * (1 - args[4]);
    if (d < 0) {
        return args[3];
    }
    if (args[4] > 0 &&
        d < args[2]) { /* the flap lies on the page as a white triangle with a shadow at its rim */
        double inner = fabs(fabs(x_mm - args[0]) - fabs(y_mm - args[1])) + d - args[2];
        return inner < 0 && fabs(x_mm - args[0]) < args[2] && fabs(y_mm - args[1]) < args[2]
                   ? 240 - 20 * exp(-d)
                   : value;
    }
    return d < 0.6 ? value * (0.7 + 0.5 * d) : value;
}

/* args: x, y, direction, half length, half width */
static double staple_value(double value, double x_mm, double y_mm, const double *args)
{
    double dx = x_mm - args[0], dy = y_mm - args[1], c = cos(args[2]), s = sin(args[2]);
    double along = fabs(dx * c + dy * s), across = -dx * s + dy * c;
    if (along > args[3]) {
        return value;
    }
    double shine = 90 + 70 * sin(across * 9);
    return fabs(across) < args[4] ? shine : fabs(across - 0.3) < args[4] ? value * 0.8 : value;
}

static void wear_corner(const Worn *sheet, const Damage *damage, int background, Chance *chance)
{
    double width_mm = sheet->width_mm, height_mm = sheet->height_mm;
    int kind = chance_pick(chance, (const double[]){3, 2, 1}, 3);
    kind = damage->corner_kind >= 1 ? MIN((int)damage->corner_kind, 3) - 1 : kind;
    bool right = kind != 0 && chance_yes(chance, 0.6), bottom = kind != 0 && chance_yes(chance, 0.5);
    if (kind == 0) {
        double args[5] = {chance_range(chance, 7, 16), chance_range(chance, 7, 16),
                          chance_range(chance, -1.2, -0.4), 6, 0.28};
        paint(sheet, (RectMm){args[0] - 9, args[1] - 9, 18, 18}, staple_value, args);
        return;
    }
    double reach = kind == 1 ? chance_range(chance, 8, 17) : chance_range(chance, 8, 22);
    reach = damage->corner_mm > 0 ? damage->corner_mm : reach;
    double args[5] = {right ? width_mm : 0, bottom ? height_mm : 0, reach, background, kind == 1};
    double side = 2 * reach + 2;
    paint(sheet, (RectMm){right ? width_mm - side : 0, bottom ? height_mm - side : 0, side, side},
          corner_value, args);
}

static double speck_value(double value, double x_mm, double y_mm, const double *args)
{
    double d = hypot(x_mm - args[0], y_mm - args[1]) / args[2];
    return d < 1 ? value * args[3] + (1 - args[3]) * args[4] : value;
}

void paper_wear(Picture *paper, const Placement *print, const Damage *damage, int background, Chance *chance)
{
    Worn worn = {paper, *print, paper->width / paper->scale, paper->height / paper->scale};
    const Worn *sheet = &worn;
    double width_mm = sheet->width_mm, height_mm = sheet->height_mm;
    if (chance_yes(chance, damage->fold)) {
        wear_fold(sheet, damage, chance);
    }
    if (chance_yes(chance, damage->hole)) {
        for (int i = -1; i <= 1; i += 2) {
            double args[4] = {chance_range(chance, 10, 13),
                              height_mm / 2 + i * 40 + chance_normal(chance, 0, 1), 2.9, background};
            paint(sheet, (RectMm){args[0] - 4, args[1] - 4, 8, 8}, hole_value, args);
        }
    }
    if (chance_yes(chance, damage->corner)) {
        wear_corner(sheet, damage, background, chance);
    }
    int specks = (int)(damage->dust * -log(1 - chance_unit(chance)));
    for (int i = 0; i < MIN(specks, 200); i++) {
        double args[5] = {chance_range(chance, 0, width_mm), chance_range(chance, 0, height_mm),
                          0.05 + 0.2 * pow(chance_unit(chance), 3), chance_range(chance, 0, 0.6),
                          chance_yes(chance, 0.85) ? 40 : 255};
        paint(sheet, (RectMm){args[0] - 1, args[1] - 1, 2, 2}, speck_value, args);
    }
}

void paper_show_through(Picture *paper, const Picture *back, double share)
{
    int w = MIN(paper->width, back->width) / 4, h = MIN(paper->height, back->height) / 4;
    unsigned weight = (unsigned)(share * 256);
    if (weight == 0) {
        return;
    }
    /* Paper scatters: a quarter of the resolution is enough. Darkness × weight, mirrored. */
    g_autofree uint8_t *dark = g_malloc((size_t)w * (size_t)h);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            unsigned sum = 0;
            for (int dy = 0; dy < 4; dy++) {
                const uint8_t *at = back->plane[back->planes > 1] +
                                    (size_t)(4 * y + dy) * (size_t)back->width + 4 * (size_t)x;
                sum += (unsigned)at[0] + at[1] + at[2] + at[3];
            }
            dark[(size_t)y * (size_t)w + (size_t)(w - 1 - x)] = (uint8_t)((255 - sum / 16) * weight >> 8);
        }
    }
    for (int p = 0; p < paper->planes; p++) {
        for (int y = 0; y < 4 * h; y++) {
            uint8_t *row = paper->plane[p] + (size_t)y * (size_t)paper->width;
            const uint8_t *shade = dark + (size_t)(y / 4) * (size_t)w;
            for (int x = 0; x < 4 * w; x++) {
                row[x] = (uint8_t)(row[x] * (255 - shade[x / 4]) / 255);
            }
        }
    }
}

static const char *const letter_lines[] = {
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "",
    "GIẤY CHUYỂN TÀI LIỆU (MINH HỌA)",
    "",
    "Kính gửi: Bộ phận tiếp nhận phiếu khảo sát",
    "",
    "Đơn vị chúng tôi gửi kèm theo các phiếu khảo sát đã được trả lời.",
    "Đề nghị Quý cơ quan kiểm tra số lượng và phản hồi khi cần bổ sung.",
    "Danh sách kèm theo gồm tên đơn vị, số phiếu phát ra và số phiếu thu về.",
    "",
    "Trân trọng./.",
    "",
    "NGƯỜI LẬP",
};

Picture *paper_foreign(double dpi, int planes, Chance *chance)
{
    double scale = dpi / MM_PER_INCH;
    cairo_surface_t *surface = white_sheet(210, 297, dpi);
    bool typed = chance_yes(chance, 0.6);
    if (typed) {
        cairo_t *cr = cairo_create(surface);
        cairo_select_font_face(cr, "Liberation Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(cr, 4.6 * scale);
        cairo_set_source_rgb(cr, 0.08, 0.08, 0.08);
        for (size_t i = 0; i < G_N_ELEMENTS(letter_lines); i++) {
            cairo_move_to(cr, (i < 4 ? 60 : 25) * scale, (25 + 8.0 * (double)i) * scale);
            cairo_show_text(cr, letter_lines[i]);
        }
        cairo_destroy(cr);
    }
    Picture *paper = planes_of(surface, planes, scale);
    cairo_surface_destroy(surface);
    Pen pen = pen_choose(chance);
    for (int i = 0; !typed && i < 14; i++) {
        PointMm at = {20, 35 + 11.0 * i};
        handwriting_draw(paper, &pen, at, chance_range(chance, 90, 165), 9, chance);
    }
    signature_draw(paper, &pen, (PointMm){120, typed ? 150 : 210}, 35, chance);
    if (typed) {
        stamp_draw(paper, (PointMm){115, 150}, 0, chance);
    }
    return paper;
}
