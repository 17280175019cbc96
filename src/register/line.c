/* Boxes of a table look alike, line after line; what tells a line from the others is the print beside its
 * boxes: a question's text, a number, the words of its options. A line counts as seen only where that print
 * is found beside it, or, where a form prints nothing of its own there, where the nearest print above and
 * below lies as the line does. */
#include <math.h>

#include "register/place.h"

/* A line's own print lies at most so far above and below its boxes, and nearer to them than to the next. */
#define LINE_MARGIN_MM 2.5
/* Places of print: so wide, so far apart, clear of boxes by so much, and no narrower than a short word. */
#define PLACE_W_MM 24.0
#define PLACE_STEP_MM 8.0
#define CLEAR_MM 1.2
#define PLACE_LEAST_MM 5.0
/* Spread of grey levels below which a place is empty. */
#define EMPTY_SPREAD 10.0
/* How far around it a place must be like no other: further than a feeder slips; how much it may be alike. */
#define UNIQUE_REACH_MM 40.0
#define UNIQUE_ASIDE_MM 3.0
#define UNIQUE_APART_MM 2.5
#define UNIQUE_MOST 0.6
/* Places kept for a line; the most of them looked at on the blank. */
#define PLACES 4
#define CANDIDATES 8
/* Print found as well as this needs no second opinion. */
#define SURE_SCORE 0.7
/* Less well found print must fit its place better than any other by so much. */
#define TOLD_MARGIN 0.1
/* It is looked for first where the line is, then this far around: less than half of what parts two lines. */
#define NEAR_MM 1.0
#define REACH_MM 2.5
/* How many of the nearest places above and below speak for a line without print of its own. */
#define NEIGHBOURS 3

static void line_free(gpointer data)
{
    PrintLine *line = data;
    g_array_unref(line->boxes);
    g_ptr_array_unref(line->places);
    g_free(line);
}

/* The lines of boxes of a page from top to bottom, with no places yet. */
static GPtrArray *find_lines(const LayoutPage *page)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    g_autoptr(GPtrArray) found = layout_find_lines(page);
    for (guint i = 0; i < found->len; i++) {
        const LayoutLine *of = found->pdata[i];
        PrintLine *line = g_new0(PrintLine, 1);
        line->y_mm = of->y_mm;
        line->h_mm = of->h_mm;
        line->boxes = g_array_ref(of->boxes);
        line->places = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
        g_ptr_array_add(lines, line);
    }
    return lines;
}

/* ---- print of a line's own
 * ---------------------------------------------------------------------------------------------- */

static RectMm surroundings(RectMm area)
{
    return (RectMm){area.x_mm - UNIQUE_ASIDE_MM, area.y_mm - UNIQUE_REACH_MM, area.w_mm + 2 * UNIQUE_ASIDE_MM,
                    area.h_mm + 2 * UNIQUE_REACH_MM};
}

/* How much a place is like another above or below it, 0..1; 1 where it is empty. */
static double echo(const LayoutPage *page, const Patch *patch)
{
    PageMap map = layout_blank_map(page);
    double px_per_mm = PATCH_PX_PER_MM / 2, score, second;
    PointPx at;
    g_autoptr(Raster) scene =
        vision_sample(page->blank, &map, surroundings(patch->area), px_per_mm, 0, 0, NULL);
    if (raster_spread(patch->picture) < EMPTY_SPREAD || !scene ||
        !vision_match(scene, patch->rough, UNIQUE_APART_MM * px_per_mm, &at, &score, &second, NULL))
        return 1;
    return second;
}

typedef struct {
    RectMm area;
    double spread;
} Candidate;

static int compare_candidates(gconstpointer a, gconstpointer b)
{
    double x = ((const Candidate *)a)->spread, y = ((const Candidate *)b)->spread;
    return (x < y) - (x > y);
}

static void add_candidate(const LayoutPage *page, RectMm area, GArray *candidates)
{
    PageMap map = layout_blank_map(page);
    g_autoptr(Raster) picture = blank_is_steady(page, area)
                                    ? vision_sample(page->blank, &map, area, PATCH_PX_PER_MM / 2, 0, 0, NULL)
                                    : NULL;
    Candidate candidate = {area, picture ? raster_spread(picture) : 0};
    if (candidate.spread >= EMPTY_SPREAD)
        g_array_append_val(candidates, candidate);
}

/* The first box, from the left, that ends beyond x in a band of the page; NULL for none. */
static const LayoutBox *next_box(const LayoutPage *page, RectMm band, double x_mm)
{
    const LayoutBox *next = NULL;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (box->rect.y_mm + box->rect.h_mm < band.y_mm || box->rect.y_mm > band.y_mm + band.h_mm ||
            box->rect.x_mm + box->rect.w_mm + CLEAR_MM <= x_mm)
            continue;
        if (!next || box->rect.x_mm < next->rect.x_mm)
            next = box;
    }
    return next;
}

/* The places of a band that are clear of boxes and printed on, those with most print first. */
static GArray *find_candidates(const LayoutPage *page, RectMm band)
{
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    double x = band.x_mm, end = band.x_mm + band.w_mm;
    while (x + PLACE_LEAST_MM < end) {
        const LayoutBox *box = next_box(page, band, x);
        double clear = box ? MIN(end, box->rect.x_mm - CLEAR_MM) : end;
        for (; x + PLACE_LEAST_MM <= clear; x += PLACE_STEP_MM)
            add_candidate(page, (RectMm){x, band.y_mm, MIN(PLACE_W_MM, clear - x), band.h_mm}, candidates);
        if (!box)
            break;
        x = box->rect.x_mm + box->rect.w_mm + CLEAR_MM;
    }
    g_array_sort(candidates, compare_candidates);
    return candidates;
}

static bool overlap_in_x(const GPtrArray *places, RectMm area)
{
    for (guint i = 0; i < places->len; i++) {
        RectMm taken = ((Patch *)places->pdata[i])->area;
        if (area.x_mm < taken.x_mm + taken.w_mm / 2 && taken.x_mm < area.x_mm + area.w_mm / 2)
            return true;
    }
    return false;
}

static bool find_places(const LayoutPage *page, const PrintLine *above, const PrintLine *below,
                        PrintLine *line, GError **error)
{
    double top = line->y_mm - line->h_mm / 2 - LINE_MARGIN_MM;
    double bottom = line->y_mm + line->h_mm / 2 + LINE_MARGIN_MM;
    if (above)
        top = MAX(top, (above->y_mm + line->y_mm) / 2);
    if (below)
        bottom = MIN(bottom, (below->y_mm + line->y_mm) / 2);
    g_autoptr(GArray) candidates = find_candidates(page, (RectMm){2, top, page->width_mm - 4, bottom - top});
    for (guint i = 0; i < candidates->len && i < CANDIDATES && line->places->len < PLACES; i++) {
        RectMm area = g_array_index(candidates, Candidate, i).area;
        if (overlap_in_x(line->places, area))
            continue;
        Patch *patch = patch_new(page, area, error);
        if (!patch)
            return false;
        if (echo(page, patch) <= UNIQUE_MOST)
            g_ptr_array_add(line->places, patch);
        else
            patch_free(patch);
    }
    return true;
}

GPtrArray *blank_lines(Blank *blank, GError **error)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    if (blank->lines)
        return blank->lines;
    g_autoptr(GPtrArray) lines = find_lines(page);
    for (guint i = 0; i < lines->len; i++) {
        if (!find_places(page, i ? lines->pdata[i - 1] : NULL,
                         i + 1 < lines->len ? lines->pdata[i + 1] : NULL, lines->pdata[i], error))
            return NULL;
    }
    return blank->lines = g_steal_pointer(&lines);
}

/* ---- on a scan
 * ---------------------------------------------------------------------------------------------------- */

/* Whether the print that lies at a place of the scan is, of all the print of the blank above and below, that
 * place's own: other lines are worse by a margin. */
static bool is_told(const Blank *blank, const Patch *place, const Raster *scan, const PageMap *map,
                    PointMm shift)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    const double px_per_mm = PATCH_PX_PER_MM / 2;
    RectMm there = {place->area.x_mm + shift.x_mm, place->area.y_mm + shift.y_mm, place->area.w_mm,
                    place->area.h_mm};
    PageMap flat = layout_blank_map(page);
    PointPx at;
    double score, second;
    g_autoptr(Raster) print = vision_sample(scan, map, there, px_per_mm, 0, 0, NULL);
    g_autoptr(Raster) scene =
        vision_sample(page->blank, &flat, surroundings(place->area), px_per_mm, 0, 0, NULL);
    return print && scene && raster_spread(print) > 0 &&
           vision_match(scene, print, UNIQUE_APART_MM * px_per_mm, &at, &score, &second, NULL) &&
           fabs(at.x_px / px_per_mm - UNIQUE_ASIDE_MM) <= UNIQUE_APART_MM &&
           fabs(at.y_px / px_per_mm - UNIQUE_REACH_MM) <= UNIQUE_APART_MM && score - second >= TOLD_MARGIN;
}

/* How well a place is found near where the boxes beside it are; 0 where other print fits there as well. */
static double place_score(const Blank *blank, const Patch *place, const Raster *scan, const PageMap *map,
                          PointMm shift)
{
    Match match = patch_find(place, scan, map, shift, NEAR_MM);
    if (match.score < SURE_SCORE) {
        Match wider = patch_find(place, scan, map, shift, REACH_MM);
        match = wider.score > match.score ? wider : match;
    }
    if (match.score >= SURE_SCORE)
        return match.score;
    bool told = match.score >= LINE_FOUND_SCORE &&
                is_told(blank, place, scan, map, (PointMm){match.dx_mm, match.dy_mm});
    return told ? match.score : 0;
}

/* The best of some places; looks no further than one that is surely found. */
static double best_score(const Blank *blank, const GPtrArray *places, const Raster *scan, const PageMap *map,
                         PointMm shift)
{
    double best = 0;
    for (guint i = 0; i < places->len && best < SURE_SCORE; i++)
        best = MAX(best, place_score(blank, places->pdata[i], scan, map, shift));
    return best;
}

static PointMm line_shift(const PrintLine *line, const GArray *boxes)
{
    PointMm shift = {0, 0};
    for (guint i = 0; i < line->boxes->len; i++) {
        const RegisterBox *box = &g_array_index(boxes, RegisterBox, g_array_index(line->boxes, guint, i));
        shift.x_mm += box->shift_x_mm / line->boxes->len;
        shift.y_mm += box->shift_y_mm / line->boxes->len;
    }
    return shift;
}

/* The best of the nearest places in one direction from line `at`; NAN where nothing is printed there. */
static double neighbours_score(const Blank *blank, guint at, int step, const Raster *scan, const PageMap *map,
                               PointMm shift)
{
    const GPtrArray *lines = blank->lines;
    double best = NAN;
    int seen = 0;
    for (int i = (int)at + step; i >= 0 && i < (int)lines->len && seen < NEIGHBOURS; i += step) {
        const PrintLine *line = lines->pdata[i];
        if (!line->places->len)
            continue;
        best = fmax(best, best_score(blank, line->places, scan, map, shift));
        seen++;
    }
    return best;
}

bool check_lines(Blank *blank, const Raster *scan, Registration *registration, GError **error)
{
    const GPtrArray *lines = blank_lines(blank, error);
    for (guint i = 0; lines && i < lines->len; i++) {
        const PrintLine *line = lines->pdata[i];
        PointMm shift = line_shift(line, registration->boxes);
        double score = best_score(blank, line->places, scan, &registration->map, shift);
        if (!line->places->len) {
            double above = neighbours_score(blank, i, -1, scan, &registration->map, shift);
            double below = neighbours_score(blank, i, 1, scan, &registration->map, shift);
            score = fmin(above, below); /* the one that is a number, where the other is none */
        }
        for (guint b = 0; b < line->boxes->len; b++)
            g_array_index(registration->boxes, RegisterBox, g_array_index(line->boxes, guint, b)).line =
                score;
    }
    return lines != NULL;
}
