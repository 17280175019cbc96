/* Telling a form from others that look like it: only where they differ does a page say which it is. */
#include "register/place.h"

#include <math.h>

/* Places looked at, and how large they are. */
#define TILE_W_MM 12.0
#define TILE_H_MM 5.0
#define TILES 12
/* Two blanks are alike when no more than this share of their printed places differ. */
#define ALIKE_SHARE 0.5
/* From far away they are at least so alike. */
#define ALIKE_FROM_AFAR 0.25
#define THUMB_REACH_PX 6
/* Levels by which a place must differ on average to be looked at, spread below which it is empty. */
#define LEAST_DIFFERENCE 4.0
#define EMPTY_SPREAD 6.0
/* Print that is less alike than this differs. */
#define DIFFERS_BELOW 0.6
/* What is found, and by how much better than the other, counts for it; so much more is beyond doubt. */
#define VOTE_SCORE 0.55
#define VOTE_MARGIN 0.2
#define SURE_SCORE 0.7
#define SURE_MARGIN 0.3
#define REACH_MM 0.75

void rival_free(Rival *rival)
{
    if (!rival)
        return;
    g_ptr_array_unref(rival->own);
    g_ptr_array_unref(rival->other);
    g_free(rival);
}

static void tile_free(gpointer data)
{
    Patch *tile = data;
    raster_free(tile->picture);
    g_free(tile);
}

static void add_tile(GPtrArray *tiles, RectMm area, Raster *picture)
{
    Patch *tile = g_new0(Patch, 1);
    *tile = (Patch){area, picture, NULL};
    g_ptr_array_add(tiles, tile);
}

/* How well what is printed on a tile is what lies there, −1..1; an empty tile is where nothing lies. */
static double tile_score(const Patch *tile, const Raster *scan, const PageMap *map)
{
    if (raster_spread(tile->picture) >= EMPTY_SPREAD)
        return patch_find(tile, scan, map, (PointMm){0, 0}, REACH_MM).score;
    g_autoptr(Raster) there = vision_sample(scan, map, tile->area, PATCH_PX_PER_MM, 0, 0, NULL);
    return there && raster_spread(there) < 2 * EMPTY_SPREAD ? 1 : 0;
}

static double mean_difference(const Raster *a, const Raster *b)
{
    double sum = 0;
    for (int y = 0; y < a->height_px; y++) {
        const uint8_t *p = a->pixels + (size_t)y * a->stride, *q = b->pixels + (size_t)y * b->stride;
        for (int x = 0; x < a->width_px; x++)
            sum += abs(p[x] - q[x]);
    }
    return sum / ((double)a->width_px * a->height_px);
}

/* A place where two blanks may differ. */
typedef struct {
    RectMm area;
    double weight;
} Difference;

static int compare_differences(const void *a, const void *b)
{
    double x = ((const Difference *)a)->weight, y = ((const Difference *)b)->weight;
    return (x < y) - (x > y);
}

/* How much two blanks differ at a place: nothing where the same print stands a little off. */
static double difference_at(const Blank *blank, const Blank *other, const PageMap *own_map,
                            const PageMap *other_map, RectMm area, bool *ret_printed)
{
    const Raster *own_page = ((LayoutPage *)blank->layout->pages->pdata[blank->page])->blank;
    const Raster *other_page = ((LayoutPage *)other->layout->pages->pdata[other->page])->blank;
    g_autoptr(Raster) a = vision_sample(own_page, own_map, area, PATCH_PX_PER_MM, 0, 0, NULL);
    g_autoptr(Raster) b = vision_sample(other_page, other_map, area, PATCH_PX_PER_MM, 0, 0, NULL);
    if (!a || !b)
        return 0;
    double spread_a = raster_spread(a), spread_b = raster_spread(b), levels = mean_difference(a, b);
    *ret_printed = MAX(spread_a, spread_b) >= EMPTY_SPREAD;
    if (!*ret_printed || levels < LEAST_DIFFERENCE)
        return 0;
    if (MIN(spread_a, spread_b) < EMPTY_SPREAD)
        return MAX(spread_a, spread_b) > 3 * EMPTY_SPREAD ? levels : 0;
    Patch tile = {area, a, NULL};
    double score = patch_find(&tile, other_page, other_map, (PointMm){0, 0}, REACH_MM).score;
    return score < DIFFERS_BELOW ? levels * (1 - score) : 0;
}

static bool near_taken(const GPtrArray *tiles, RectMm area)
{
    for (guint i = 0; i < tiles->len; i++) {
        RectMm taken = ((Patch *)tiles->pdata[i])->area;
        if (fabs(taken.x_mm - area.x_mm) < 0.75 * TILE_W_MM &&
            fabs(taken.y_mm - area.y_mm) < 0.75 * TILE_H_MM)
            return true;
    }
    return false;
}

/* Keeps the places that differ most, apart from each other. */
static void take_tiles(Rival *rival, const Blank *blank, const PageMap *own_map, const PageMap *other_map,
                       const GArray *differences)
{
    const Raster *own_page = ((LayoutPage *)blank->layout->pages->pdata[blank->page])->blank;
    const Raster *other_page = ((LayoutPage *)rival->of->layout->pages->pdata[rival->of->page])->blank;
    for (guint i = 0; i < differences->len && rival->own->len < TILES; i++) {
        RectMm area = g_array_index(differences, Difference, i).area;
        if (near_taken(rival->own, area))
            continue;
        Raster *a = vision_sample(own_page, own_map, area, PATCH_PX_PER_MM, 0, 0, NULL);
        Raster *b = vision_sample(other_page, other_map, area, PATCH_PX_PER_MM, 0, 0, NULL);
        if (a && b) {
            add_tile(rival->own, area, a);
            add_tile(rival->other, area, b);
        } else {
            raster_free(a);
            raster_free(b);
        }
    }
}

static Rival *rival_new(Blank *blank, Blank *other)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    const LayoutPage *other_page = other->layout->pages->pdata[other->page];
    Rival *rival = g_new0(Rival, 1);
    rival->of = other;
    rival->own = g_ptr_array_new_with_free_func(tile_free);
    rival->other = g_ptr_array_new_with_free_func(tile_free);
    PageMap own_map = blank_map(page), other_map = blank_map(other_page);
    PointPx shift;
    const VisionThumb *thumb = blank_thumb(blank, NULL), *other_thumb = blank_thumb(other, NULL);
    if (thumb && other_thumb &&
        vision_thumb_match(thumb, other_thumb, THUMB_REACH_PX, &shift) < ALIKE_FROM_AFAR)
        return rival;
    /* Where the print of the one lies on the other; blanks that were scanned lie a little askew. */
    rival->alike = place_by_patches(blank, other_page->blank, 4, &other_map);
    if (!rival->alike)
        return rival;
    g_autoptr(GArray) differences = g_array_new(FALSE, FALSE, sizeof(Difference));
    int printed = 0;
    for (double y = 4; y + TILE_H_MM < page->height_mm - 4; y += TILE_H_MM / 2) {
        for (double x = 4; x + TILE_W_MM < page->width_mm - 4; x += TILE_W_MM / 2) {
            Difference at = {{x, y, TILE_W_MM, TILE_H_MM}, 0};
            bool is_printed = false;
            if (!blank_is_steady(page, at.area) || !blank_is_steady(other_page, at.area))
                continue;
            at.weight = difference_at(blank, other, &own_map, &other_map, at.area, &is_printed);
            printed += is_printed;
            if (at.weight > 0)
                g_array_append_val(differences, at);
        }
    }
    rival->alike = differences->len <= ALIKE_SHARE * printed;
    g_array_sort(differences, compare_differences);
    take_tiles(rival, blank, &own_map, &other_map, differences);
    return rival;
}

RivalOutcome rival_decide(Blank *blank, Blank *other, const Raster *scan, const PageMap *map)
{
    Rival *rival = NULL;
    for (guint i = 0; i < blank->rivals->len && !rival; i++) {
        Rival *known = blank->rivals->pdata[i];
        rival = known->of == other ? known : NULL;
    }
    if (!rival)
        g_ptr_array_add(blank->rivals, rival = rival_new(blank, other));
    if (!rival->alike)
        return RIVAL_UNLIKE; /* so much of the blank's print was found that the other cannot be it */
    int own = 0, others = 0;
    for (guint i = 0; i < rival->own->len; i++) {
        double here = tile_score(rival->own->pdata[i], scan, map);
        double there = tile_score(rival->other->pdata[i], scan, map);
        if (MAX(here, there) < VOTE_SCORE || fabs(here - there) < VOTE_MARGIN)
            continue;
        int votes = MAX(here, there) >= SURE_SCORE && fabs(here - there) >= SURE_MARGIN ? 2 : 1;
        if (here > there)
            own += votes;
        else
            others += votes;
    }
    if (own >= 2 && own >= 4 * others)
        return RIVAL_LOST;
    return others >= 2 && others >= 4 * own ? RIVAL_WON : RIVAL_OPEN;
}
