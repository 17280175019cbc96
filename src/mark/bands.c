/* A line of printed characters along the sheet, as a scanner's imprinter leaves it, or ragged dirt: ink that
 * goes on over rows and the gaps between them alike, where no mark would be. */
#include <math.h>

#include "mark/stray.h"

/* Looked at in squares of a millimetre; a band is so many of them wide, with paper beside it. */
#define CELL_PX 3
#define BAND_CELLS 4
#define BESIDE_CELLS 3
/* So much of its length shows ink, over at least so many millimetres, with no longer gap than that. */
#define SHARE 0.65
#define LEAST_MM 40
#define INKED_MM 15
#define GAP_MM 6
/* Of the paper beside it at most this share does. */
#define BESIDE_SHARE 0.3
/* It may go on this far where print hides it. */
#define ON_MM 12.0
/* A thin line is dirt on the glass, a fold: what a box shows of it is judged there. */
#define THIN_MM 1.2
#define THIN_SHARE 0.4

typedef enum { CELL_HIDDEN, CELL_PAPER, CELL_INK } Cell;

typedef struct {
    int along, across; /* numbers of cells */
    uint8_t *cells;    /* Cell, by along · across */
} Cells;

static bool is_box(const LayoutPage *page, PointMm at, double reach_mm)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        RectMm r = ((LayoutBox *)page->boxes->pdata[i])->rect;
        if (at.x_mm >= r.x_mm - reach_mm && at.x_mm <= r.x_mm + r.w_mm + reach_mm &&
            at.y_mm >= r.y_mm - reach_mm && at.y_mm <= r.y_mm + r.h_mm + reach_mm)
            return true;
    }
    return false;
}

/* One square: what marks may cover, in and around boxes, tells nothing. */
static Cell look(const InkPage *page, int x0, int y0)
{
    int w = page->ground->width_px, h = page->ground->height_px, free = 0, ink = 0;
    for (int y = y0; y < MIN(y0 + CELL_PX, h); y++) {
        for (int x = x0; x < MIN(x0 + CELL_PX, w); x++) {
            free += page->free[y * w + x];
            ink += page->ink->pixels[(size_t)y * page->ink->stride + x] > 0;
        }
    }
    if (2 * free < CELL_PX * CELL_PX || is_box(page->ground->page, ink_point(x0 + 1, y0 + 1), 1.5))
        return CELL_HIDDEN;
    return ink ? CELL_INK : CELL_PAPER;
}

static Cells look_at_page(const InkPage *page, bool upright)
{
    int columns = (page->ground->width_px + CELL_PX - 1) / CELL_PX,
        rows = (page->ground->height_px + CELL_PX - 1) / CELL_PX;
    Cells c = {upright ? rows : columns, upright ? columns : rows, g_malloc((gsize)columns * (gsize)rows)};
    for (int i = 0; i < c.along; i++)
        for (int k = 0; k < c.across; k++)
            c.cells[i * c.across + k] =
                (uint8_t)look(page, CELL_PX * (upright ? k : i), CELL_PX * (upright ? i : k));
    return c;
}

/* What some neighbouring squares across show together. */
static Cell join(const Cells *c, int along, int from, int count)
{
    Cell all = CELL_HIDDEN;
    for (int k = MAX(0, from); k < MIN(from + count, c->across); k++)
        all = MAX(all, (Cell)c->cells[along * c->across + k]);
    return all;
}

typedef struct {
    int ink, paper, beside_ink, beside_paper;
} Tally;

static void tally(const Cells *c, int along, int from, Tally *sum)
{
    Cell in = join(c, along, from, BAND_CELLS), before = join(c, along, from - BESIDE_CELLS, BESIDE_CELLS),
         after = join(c, along, from + BAND_CELLS, BESIDE_CELLS);
    sum->ink += in == CELL_INK;
    sum->paper += in == CELL_PAPER;
    sum->beside_ink += (before == CELL_INK) + (after == CELL_INK);
    sum->beside_paper += (before == CELL_PAPER) + (after == CELL_PAPER);
}

static bool is_band(const Tally *sum, int length)
{
    return length >= LEAST_MM && sum->ink >= INKED_MM && sum->ink >= SHARE * (sum->ink + sum->paper) &&
           sum->beside_ink <= BESIDE_SHARE * (sum->beside_ink + sum->beside_paper);
}

/* Whether the ink between two places along is one thin line. */
static bool is_thin(const InkPage *page, bool upright, int from, int first, int last)
{
    int w = page->ground->width_px, h = page->ground->height_px, rows = 0, wide = 0;
    for (int i = first * CELL_PX; i < MIN((last + 1) * CELL_PX, upright ? h : w); i++) {
        int first_ink = -1, last_ink = -1, free = 0, most = 0;
        for (int k = from * CELL_PX; k < MIN((from + BAND_CELLS) * CELL_PX, upright ? w : h); k++) {
            int x = upright ? k : i, y = upright ? i : k;
            most++;
            free += page->free[y * w + x];
            if (page->ink->pixels[(size_t)y * page->ink->stride + x]) {
                first_ink = first_ink < 0 ? k : first_ink;
                last_ink = k;
            }
        }
        if (free < most)
            continue; /* print hides part of it */
        rows++;
        wide += first_ink >= 0 && last_ink - first_ink + 1 > THIN_MM * INK_PX_PER_MM;
    }
    return wide <= THIN_SHARE * rows;
}

static void mark_boxes(const InkPage *page, bool upright, int from, int first, int last,
                       MarkMeasures *measures)
{
    const LayoutPage *layout = page->ground->page;
    double cell_mm = CELL_PX / INK_PX_PER_MM;
    g_debug("band %s at %.0f mm, from %.0f to %.0f mm", upright ? "down" : "across", from * cell_mm,
            first * cell_mm, (last + 1) * cell_mm);
    for (guint i = 0; i < layout->boxes->len; i++) {
        RectMm r = ((LayoutBox *)layout->boxes->pdata[i])->rect;
        double start = upright ? r.y_mm : r.x_mm, end = start + (upright ? r.h_mm : r.w_mm);
        double left = upright ? r.x_mm : r.y_mm, right = left + (upright ? r.w_mm : r.h_mm);
        if (end > first * cell_mm - ON_MM && start < (last + 1) * cell_mm + ON_MM && right > from * cell_mm &&
            left < (from + BAND_CELLS) * cell_mm)
            measures[i].v[MEASURE_BAND] = 1;
    }
}

/* Follows one strip of the page from end to end. */
static void follow(const InkPage *page, const Cells *c, bool upright, int from, MarkMeasures *measures)
{
    int first = -1, last = -1;
    for (int i = 0; i <= c->along; i++) {
        Cell here = i < c->along ? join(c, i, from, BAND_CELLS) : CELL_HIDDEN;
        if (first >= 0 && (i == c->along || (here == CELL_PAPER && i - last > GAP_MM))) {
            Tally whole = {0};
            for (int k = first; k <= last; k++)
                tally(c, k, from, &whole);
            if (is_band(&whole, last - first + 1) && !is_thin(page, upright, from, first, last))
                mark_boxes(page, upright, from, first, last, measures);
            first = -1;
        }
        if (here != CELL_INK)
            continue;
        first = first < 0 ? i : first;
        last = i;
    }
}

void bands_measure(const InkPage *page, MarkMeasures *measures)
{
    for (int way = 0; way < 2; way++) {
        Cells c = look_at_page(page, way == 0);
        for (int from = 0; from + BAND_CELLS <= c.across; from++)
            follow(page, &c, way == 0, from, measures);
        g_free(c.cells);
    }
}
