/* A line of printed characters along the sheet, as a scanner's imprinter leaves it, or ragged dirt: ink that
 * goes on over rows and the gaps between them alike, where no mark would be. */
#include <math.h>

#include "mark/stray.h"

/* Looked at in squares of about a millimetre; a band is so many of them wide, with paper beside it. */
#define CELL_PX 3
#define BAND_CELLS 4
#define BESIDE_CELLS 3
/* So much of its length shows ink, over at least so many millimetres, with no longer gap of paper than that.
 */
#define SHARE 0.65
#define LEAST_MM 40
#define INKED_MM 15
#define GAP_MM 4
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

/* One square: what marks may cover, in and around boxes, tells nothing. */
static Cell look(const InkPage *page, int x0, int y0)
{
    int w = page->ground->width_px, h = page->ground->height_px, free = 0, ink = 0;
    for (int y = y0; y < MIN(y0 + CELL_PX, h); y++) {
        for (int x = x0; x < MIN(x0 + CELL_PX, w); x++) {
            free += page->free[y * w + x];
            ink += page->ink[y * w + x];
        }
    }
    int middle = MIN(y0 + 1, h - 1) * w + MIN(x0 + 1, w - 1);
    if (2 * free < CELL_PX * CELL_PX || page->ground->pixels[middle] & INK_BOX)
        return CELL_HIDDEN;
    return ink ? CELL_INK : CELL_PAPER;
}

/* Seen down the page; how many squares show ink. */
static Cells look_at_page(const InkPage *page, int *ret_inked)
{
    Cells c = {(page->ground->height_px + CELL_PX - 1) / CELL_PX,
               (page->ground->width_px + CELL_PX - 1) / CELL_PX, NULL};
    c.cells = g_malloc((gsize)c.along * (gsize)c.across);
    for (int i = 0; i < c.along; i++) {
        for (int k = 0; k < c.across; k++) {
            Cell cell = look(page, CELL_PX * k, CELL_PX * i);
            c.cells[i * c.across + k] = (uint8_t)cell;
            *ret_inked += cell == CELL_INK;
        }
    }
    return c;
}

/* The same seen across the page. */
static Cells turn(const Cells *down)
{
    Cells c = {down->across, down->along, g_malloc((gsize)down->along * (gsize)down->across)};
    for (int i = 0; i < c.along; i++)
        for (int k = 0; k < c.across; k++)
            c.cells[i * c.across + k] = down->cells[k * down->across + i];
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
            if (page->ink[y * w + x]) {
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
    for (guint i = 0; i < layout->boxes->len; i++) {
        RectMm r = ((LayoutBox *)layout->boxes->pdata[i])->rect;
        PointPx at = ink_pixel(page->ground, (PointMm){r.x_mm, r.y_mm}),
                to = ink_pixel(page->ground, (PointMm){r.x_mm + r.w_mm, r.y_mm + r.h_mm});
        double start = upright ? at.y_px : at.x_px, end = upright ? to.y_px : to.x_px;
        double left = upright ? at.x_px : at.y_px, right = upright ? to.x_px : to.y_px;
        if (end > first * CELL_PX - ON_MM * INK_PX_PER_MM &&
            start < (last + 1) * CELL_PX + ON_MM * INK_PX_PER_MM && right > from * CELL_PX &&
            left < (from + BAND_CELLS) * CELL_PX)
            measures[i].v[MEASURE_BAND] = 1;
    }
}

/* Follows one strip of the page from end to end. */
static void follow(const InkPage *page, const Cells *c, bool upright, int from, MarkMeasures *measures)
{
    int first = -1, last = -1, papers = 0; /* since the last square with ink */
    for (int i = 0; i <= c->along; i++) {
        Cell here = i < c->along ? join(c, i, from, BAND_CELLS) : CELL_HIDDEN;
        if (first >= 0 && (i == c->along || papers > GAP_MM)) {
            Tally whole = {0};
            for (int k = first; k <= last; k++)
                tally(c, k, from, &whole);
            if (is_band(&whole, last - first + 1) && !is_thin(page, upright, from, first, last))
                mark_boxes(page, upright, from, first, last, measures);
            first = -1;
        }
        papers += here == CELL_PAPER;
        if (here != CELL_INK)
            continue;
        papers = 0;
        first = first < 0 ? i : first;
        last = i;
    }
}

void bands_measure(const InkPage *page, MarkMeasures *measures)
{
    int inked = 0;
    Cells down = look_at_page(page, &inked), across = {0};
    if (inked >= INKED_MM) {
        across = turn(&down);
        for (int from = 0; from + BAND_CELLS <= down.across; from++)
            follow(page, &down, true, from, measures);
        for (int from = 0; from + BAND_CELLS <= across.across; from++)
            follow(page, &across, false, from, measures);
    }
    g_free(down.cells);
    g_free(across.cells);
}
