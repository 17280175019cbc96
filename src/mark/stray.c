#include "mark/stray.h"

#include <math.h>
#include <string.h>

#include "mark/pieces.h"
#include "vision/vision.h"

/* Smaller pieces are specks, mm². */
#define SPECK_MM2 0.4
/* Letters, and the parts of a stroke that a printed line hides, this far apart belong together. */
#define REACH_MM 2.2
/* Ink this close to a box, beyond what print hides, is of a mark set there. */
#define TOUCH_MM 1.0
/* What lies as a whole this close to a box is judged there: a circle round it, a mark beside it. */
#define AROUND_MM 4.0
/* A stroke this far out to the side of its box, so much wider than high, and on to another box, leads there:
 * arms of a cross and tails of a tick run out aslant. */
#define ASIDE_MM 6.0
#define ASIDE_FLAT 1.5
/* … and one this far out does in any direction. */
#define TAIL_MM 25.0
/* What fills so much of the rectangle around it is a hole, a stain, a sticker; strokes fill less. */
#define SOLID_SHARE 0.7
#define SOLID_MM 3.0
/* Red pieces that come to this much both ways are of a seal, where the hand does not mark in red itself. */
#define SEAL_MM 15.0
#define SEAL_SHARE 0.5
#define INKED_MM2 1.0
/* Straight, level or upright within so much and this long: a fold, dirt on the glass, a sheet's edge. A pen
 * does not draw so straight over such a length. */
#define RULE_MM 40.0
#define RULE_DEVIATION_MM 0.6
#define RULE_DEG 6.0
/* Such a line is broken where it is faint: slivers no thicker than this that lie in a row within so much are
 * one, when they come to so much over so long. */
#define SLIVER_PX 2
#define SLIVER_OFF_MM 2.0
#define SLIVERS_MM 12.0
#define SLIVERS_SPAN_MM 50.0
/* No hand draws a line that lies within this many pixels beyond one over all its length. */
#define HAND_LEAST_PX 1
/* So many short pieces on a page are print that lies a little elsewhere, on a sheet photographed askew: then
 * only longer ones say anything. */
#define SHORT_MM 8.0
#define SHORT_LEAST_MM 2.0
#define SHORT_MANY 10
/* A piece this high goes over several rows and is meant for none of them. */
#define ACROSS_MM 30.0
/* A line of boxes reaches half-way to the next, but no further than this. */
#define LINE_REACH_MM 9.0

typedef struct {
    int count, x0, y0, x1, y1;
    double sx, sy, sxx, syy, sxy;
    double in_field, aside_mm, out_mm;
    double length_mm; /* as writing or drawing; 0: something else */
    RectMm rect;      /* around it, on the page */
    bool touches, red;
    int boxes; /* touched */
} Stray;

static double mm(double px)
{
    return px / INK_PX_PER_MM;
}

/* The box that a place belongs to: the one it lies in or near, −1 for none. */
static int box_near(const LayoutPage *page, PointMm at, double reach_mm)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        RectMm r = ((LayoutBox *)page->boxes->pdata[i])->rect;
        if (at.x_mm >= r.x_mm - reach_mm && at.x_mm <= r.x_mm + r.w_mm + reach_mm &&
            at.y_mm >= r.y_mm - reach_mm && at.y_mm <= r.y_mm + r.h_mm + reach_mm)
            return (int)i;
    }
    return -1;
}

/* ---- pieces ---- */

static void add_pixel(Stray *piece, const InkPage *page, int x, int y)
{
    piece->x0 = piece->count ? MIN(piece->x0, x) : x;
    piece->y0 = piece->count ? MIN(piece->y0, y) : y;
    piece->x1 = piece->count ? MAX(piece->x1, x) : x;
    piece->y1 = piece->count ? MAX(piece->y1, y) : y;
    piece->count++;
    piece->sx += x;
    piece->sy += y;
    piece->sxx += (double)x * x;
    piece->syy += (double)y * y;
    piece->sxy += (double)x * y;
    piece->in_field += (page->ground->pixels[y * page->ground->width_px + x] & INK_FIELD) > 0;
    piece->touches |=
        box_near(page->ground->page, ink_point(page->ground, x, y), page->margin_mm + TOUCH_MM) >= 0;
}

/* Whether a piece lies as a whole around a box. */
static bool is_around(const Stray *piece, RectMm box)
{
    RectMm r = piece->rect;
    return r.x_mm >= box.x_mm - AROUND_MM && r.x_mm + r.w_mm <= box.x_mm + box.w_mm + AROUND_MM &&
           r.y_mm >= box.y_mm - AROUND_MM && r.y_mm + r.h_mm <= box.y_mm + box.h_mm + AROUND_MM;
}

/* How far a piece runs out beyond a box, to a side and in any direction. */
static void measure_tail(Stray *piece, RectMm box)
{
    RectMm r = piece->rect;
    double left = box.x_mm - r.x_mm, right = r.x_mm + r.w_mm - box.x_mm - box.w_mm, up = box.y_mm - r.y_mm,
           down = r.y_mm + r.h_mm - box.y_mm - box.h_mm;
    double aside = MAX(left, right), out = MAX(aside, MAX(up, down));
    piece->aside_mm = piece->aside_mm > 0 ? MIN(piece->aside_mm, aside) : aside;
    piece->out_mm = piece->out_mm > 0 ? MIN(piece->out_mm, out) : out;
}

/* Of every piece that touches boxes: how far it runs out beyond the one it runs out of least. */
static void measure_tails(Stray *piece, const InkPage *page)
{
    double reach = page->margin_mm + TOUCH_MM;
    PointMm corner = ink_point(page->ground, piece->x0, piece->y0);
    RectMm at = piece->rect = (RectMm){corner.x_mm - mm(0.5), corner.y_mm - mm(0.5),
                                       mm(piece->x1 - piece->x0 + 1), mm(piece->y1 - piece->y0 + 1)};
    const LayoutPage *layout = page->ground->page;
    for (guint i = 0; piece->count && i < layout->boxes->len; i++) {
        RectMm r = ((LayoutBox *)layout->boxes->pdata[i])->rect;
        piece->touches |= is_around(piece, r);
        bool near = at.x_mm <= r.x_mm + r.w_mm + reach && at.x_mm + at.w_mm >= r.x_mm - reach &&
                    at.y_mm <= r.y_mm + r.h_mm + reach && at.y_mm + at.h_mm >= r.y_mm - reach;
        if (!near || !piece->touches)
            continue;
        piece->boxes++;
        measure_tail(piece, r);
    }
}

static bool is_rule(const Stray *piece)
{
    double n = piece->count, mx = piece->sx / n, my = piece->sy / n;
    double xx = piece->sxx / n - mx * mx, yy = piece->syy / n - my * my, xy = piece->sxy / n - mx * my;
    double half = (xx + yy) / 2, apart = sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
    double slope = fabs(0.5 * atan2(2 * xy, xx - yy)) * 180 / G_PI; /* 0 level, 90 upright */
    return mm(MAX(piece->x1 - piece->x0, piece->y1 - piece->y0)) >= RULE_MM &&
           mm(sqrt(MAX(0, half - apart))) <= RULE_DEVIATION_MM &&
           (slope <= RULE_DEG || slope >= 90 - RULE_DEG);
}

/* 1: a thin upright piece, 2: a thin level one, 0: neither. */
static int sliver_way(const Stray *piece)
{
    int w = piece->x1 - piece->x0 + 1, h = piece->y1 - piece->y0 + 1;
    return w <= SLIVER_PX && h > w ? 1 : h <= SLIVER_PX && w > h ? 2 : 0;
}

/* Whether a thin piece lies in a row with others along the page. */
static bool is_part_of_rule(const Stray *pieces, int count, const Stray *piece)
{
    int way = sliver_way(piece), from = 0, to = 0, length = 0;
    for (int i = 1; way && i <= count; i++) {
        const Stray *other = &pieces[i];
        int off = way == 1 ? other->x0 - piece->x0 : other->y0 - piece->y0;
        if (sliver_way(other) != way || mm(abs(off)) > SLIVER_OFF_MM)
            continue;
        int start = way == 1 ? other->y0 : other->x0, end = 1 + (way == 1 ? other->y1 : other->x1);
        from = length ? MIN(from, start) : start;
        to = length ? MAX(to, end) : end;
        length += end - start;
    }
    return mm(length) >= SLIVERS_MM && mm(to - from) >= SLIVERS_SPAN_MM;
}

/* Share of a piece's ink that is red, from the planes of a colour scan. */
static double red_share(const InkPage *page, const int32_t *labels, int label, const Stray *piece,
                        const PageImage *image, const PageMap *map)
{
    int red = 0, seen = 0;
    for (int y = piece->y0; image->cr && y <= piece->y1; y++) {
        for (int x = piece->x0; x <= piece->x1; x++) {
            if (labels[y * page->ground->width_px + x] != label)
                continue;
            PointPx at = page_map_point(map, ink_point(page->ground, x, y));
            int px = (int)at.x_px >> image->chroma_shift, py = (int)at.y_px >> image->chroma_shift;
            if (px < 0 || py < 0 || px >= image->cr->width_px || py >= image->cr->height_px)
                continue;
            int cb = image->cb->pixels[(size_t)py * image->cb->stride + px];
            int cr = image->cr->pixels[(size_t)py * image->cr->stride + px];
            red += cr > 128 + 18 && cr - 128 > 2 * (cb - 128);
            seen++;
        }
    }
    return seen ? (double)red / seen : 0;
}

/* How long a piece is that somebody wrote or drew beside the boxes, mm; 0 for any other. */
static double stray_length(const Stray *piece)
{
    double w = piece->rect.w_mm, h = piece->rect.h_mm;
    bool solid = mm(mm(piece->count)) > SOLID_SHARE * w * h && MIN(w, h) >= SOLID_MM;
    if (piece->in_field > 0 || solid || is_rule(piece))
        return 0;
    if (!piece->touches && MIN(piece->x1 - piece->x0, piece->y1 - piece->y0) < HAND_LEAST_PX)
        return 0;
    if (!piece->touches)
        return MAX(w, h);
    if (piece->boxes > 1 && piece->aside_mm >= ASIDE_MM && w >= ASIDE_FLAT * h)
        return piece->aside_mm;
    return piece->out_mm >= TAIL_MM ? piece->out_mm : 0;
}

/* ---- whom it concerns ---- */

static void lift(float *value, double to)
{
    *value = MAX(*value, (float)to);
}

static void set_line(const LayoutLine *line, MarkMeasures *measures, MarkMeasure measure, double value)
{
    for (guint i = 0; i < line->boxes->len; i++)
        lift(&measures[g_array_index(line->boxes, guint, i)].v[measure], value);
}

/* The part of the page that belongs to a line of boxes, from top to bottom. */
static void line_bounds(const GPtrArray *lines, guint at, double *ret_top, double *ret_bottom)
{
    const LayoutLine *line = lines->pdata[at];
    *ret_top = line->y_mm - LINE_REACH_MM;
    *ret_bottom = line->y_mm + LINE_REACH_MM;
    if (at > 0)
        *ret_top = MAX(*ret_top, (line->y_mm + ((LayoutLine *)lines->pdata[at - 1])->y_mm) / 2);
    if (at + 1 < lines->len)
        *ret_bottom = MIN(*ret_bottom, (line->y_mm + ((LayoutLine *)lines->pdata[at + 1])->y_mm) / 2);
}

static void blame(const Stray *piece, const GPtrArray *lines, MarkMeasures *measures)
{
    double top = piece->rect.y_mm, bottom = top + piece->rect.h_mm;
    g_debug("stray ink at %.1f,%.1f mm, %.1f × %.1f mm, counts as %.1f mm", piece->rect.x_mm, top,
            piece->rect.w_mm, bottom - top, piece->length_mm);
    for (guint i = 0; i < lines->len; i++) {
        double line_top, line_bottom;
        line_bounds(lines, i, &line_top, &line_bottom);
        double common = MIN(bottom, line_bottom) - MAX(top, line_top);
        set_line(lines->pdata[i], measures, MEASURE_ASTRAY_MM, piece->length_mm);
        if (common >= MIN(0.3 * (bottom - top), 0.5 * (line_bottom - line_top)))
            set_line(lines->pdata[i], measures, MEASURE_STRAY_MM, piece->length_mm);
        if (bottom - top >= ACROSS_MM)
            set_line(lines->pdata[i], measures, MEASURE_ACROSS_MM, bottom - top);
    }
}

/* Whether most marks on the page are red. */
static bool is_hand_red(const MarkMeasures *measures, guint boxes)
{
    guint inked = 0, red = 0;
    for (guint i = 0; i < boxes; i++) {
        bool ink = measures[i].v[MEASURE_INK_MM2] >= INKED_MM2;
        inked += ink;
        red += ink && measures[i].v[MEASURE_RED] > SEAL_SHARE;
    }
    return 2 * red > inked;
}

/* Takes the pieces of a seal out. */
static void drop_seal(const InkPage *page, const int32_t *labels, Stray *pieces, int count,
                      const PageImage *image, const PageMap *map)
{
    int x0 = G_MAXINT, y0 = G_MAXINT, x1 = 0, y1 = 0;
    for (int i = 1; i <= count; i++) {
        Stray *piece = &pieces[i];
        piece->red = piece->length_mm > 0 && red_share(page, labels, i, piece, image, map) > SEAL_SHARE;
        if (!piece->red)
            continue;
        x0 = MIN(x0, piece->x0);
        y0 = MIN(y0, piece->y0);
        x1 = MAX(x1, piece->x1);
        y1 = MAX(y1, piece->y1);
    }
    for (int i = 1; mm(MIN(x1 - x0, y1 - y0)) >= SEAL_MM && i <= count; i++)
        pieces[i].length_mm = pieces[i].red ? 0 : pieces[i].length_mm;
}

static bool is_short(const Stray *piece)
{
    return !piece->touches && piece->length_mm >= SHORT_LEAST_MM && piece->length_mm < SHORT_MM;
}

static void drop_print(Stray *pieces, int count)
{
    int many = 0;
    for (int i = 1; i <= count; i++)
        many += is_short(&pieces[i]);
    for (int i = 1; many >= SHORT_MANY && i <= count; i++)
        pieces[i].length_mm = is_short(&pieces[i]) ? 0 : pieces[i].length_mm;
}

static void measure_pieces(const InkPage *page, const PageImage *image, const PageMap *map, int32_t *labels,
                           MarkMeasures *measures)
{
    int w = page->ground->width_px, h = page->ground->height_px;
    int count = pieces_label(page->ink, w, h, (int)lround(REACH_MM * INK_PX_PER_MM), labels);
    g_autofree Stray *pieces = g_new0(Stray, count + 1);
    const uint8_t *end = page->ink + w * h;
    for (const uint8_t *next = page->ink; (next = memchr(next, 1, (size_t)(end - next))); next++) {
        int at = (int)(next - page->ink);
        add_pixel(&pieces[labels[at]], page, at % w, at / w);
    }
    for (int i = 1; i <= count; i++) {
        measure_tails(&pieces[i], page);
        pieces[i].length_mm = is_part_of_rule(pieces, count, &pieces[i]) ? 0 : stray_length(&pieces[i]);
    }
    drop_print(pieces, count);
    if (image->cr && !is_hand_red(measures, page->ground->page->boxes->len))
        drop_seal(page, labels, pieces, count, image, map);
    for (int i = 1; i <= count; i++) {
        if (pieces[i].length_mm > 0)
            blame(&pieces[i], page->ground->lines, measures);
    }
}

bool stray_measure(const InkGround *ground, const PageImage *image, const Registration *registration,
                   MarkMeasures *measures, GError **error)
{
    if (!ground->lines->len)
        return true;
    g_autoptr(InkPage) page = ink_page_new(ground, image, registration, error);
    if (!page)
        return false;
    int w = ground->width_px, h = ground->height_px;
    g_autofree int32_t *labels = g_new(int32_t, w * h);
    bands_measure(page, measures);
    pieces_drop_specks(page->ink, w, h, (int)ceil(SPECK_MM2 * INK_PX_PER_MM * INK_PX_PER_MM), labels);
    if (!strokes_measure(page, measures, error))
        return false;
    measure_pieces(page, image, &registration->map, labels, measures);
    return true;
}
