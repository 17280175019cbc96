/* Telling a form from others that look like it: only where they differ does a page say which it is. */
#include "register/place.h"

#include <math.h>
#include <stdlib.h>

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
#define PRINT_LEVEL 160
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

/* Two blanks laid one over the other, at PATCH_PX_PER_MM. */
typedef struct {
    Raster *own, *other;
} Pair;

static void pair_clear(Pair *pair)
{
    raster_free(pair->own);
    raster_free(pair->other);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, pair_clear)

static RectPx tile_px(RectMm area)
{
    return (RectPx){(int)lround(area.x_mm * PATCH_PX_PER_MM), (int)lround(area.y_mm * PATCH_PX_PER_MM),
                    (int)(TILE_W_MM * PATCH_PX_PER_MM), (int)(TILE_H_MM * PATCH_PX_PER_MM)};
}

/* Levels by which the two differ on a tile on average, from every second pixel both ways. */
static double tile_levels(const Pair *pair, RectPx at)
{
    int sum = 0, count = 0;
    for (int y = at.y_px; y < at.y_px + at.h_px; y += 2) {
        const uint8_t *p = pair->own->pixels + (size_t)y * pair->own->stride;
        const uint8_t *q = pair->other->pixels + (size_t)y * pair->other->stride;
        for (int x = at.x_px; x < at.x_px + at.w_px; x += 2, count++)
            sum += abs(p[x] - q[x]);
    }
    return (double)sum / count;
}

static bool is_printed(const Raster *page, RectPx at)
{
    for (int y = at.y_px; y < at.y_px + at.h_px; y += 2)
        for (int x = at.x_px; x < at.x_px + at.w_px; x += 2)
            if (page->pixels[(size_t)y * page->stride + (size_t)x] < PRINT_LEVEL)
                return true;
    return false;
}

/* How much they differ at a place: nothing where the same print stands a little off. */
static double difference_at(const Pair *pair, RectMm area)
{
    static const PageMap flat = {{PATCH_PX_PER_MM, 0, 0, 0, PATCH_PX_PER_MM, 0, 0, 0, 1}};
    double levels = tile_levels(pair, tile_px(area));
    if (levels < LEAST_DIFFERENCE)
        return 0;
    g_autoptr(Raster) a = raster_crop(pair->own, tile_px(area), NULL);
    g_autoptr(Raster) b = raster_crop(pair->other, tile_px(area), NULL);
    if (!a || !b)
        return 0;
    double spread_a = raster_spread(a), spread_b = raster_spread(b);
    if (MIN(spread_a, spread_b) < EMPTY_SPREAD)
        return MAX(spread_a, spread_b) > 3 * EMPTY_SPREAD ? levels : 0;
    Patch tile = {area, a, NULL};
    double score = patch_find(&tile, pair->other, &flat, (PointMm){0, 0}, REACH_MM).score;
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
static void take_tiles(Rival *rival, const Pair *pair, const GArray *differences)
{
    for (guint i = 0; i < differences->len && rival->own->len < TILES; i++) {
        RectMm area = g_array_index(differences, Difference, i).area;
        if (near_taken(rival->own, area))
            continue;
        Raster *a = raster_crop(pair->own, tile_px(area), NULL);
        Raster *b = raster_crop(pair->other, tile_px(area), NULL);
        if (a && b) {
            add_tile(rival->own, area, a);
            add_tile(rival->other, area, b);
        } else {
            raster_free(a);
            raster_free(b);
        }
    }
}

/* The tiles that differ, the most different first; how many are printed on. */
static GArray *find_differences(const Pair *pair, const LayoutPage *page, const LayoutPage *other,
                                int *ret_printed)
{
    GArray *differences = g_array_new(FALSE, FALSE, sizeof(Difference));
    *ret_printed = 0;
    for (double y = 4; y + TILE_H_MM < page->height_mm - 4; y += TILE_H_MM / 2) {
        for (double x = 4; x + TILE_W_MM < page->width_mm - 4; x += TILE_W_MM / 2) {
            Difference at = {{x, y, TILE_W_MM, TILE_H_MM}, 0};
            if (!blank_is_steady(page, at.area) || !blank_is_steady(other, at.area))
                continue;
            *ret_printed +=
                is_printed(pair->own, tile_px(at.area)) || is_printed(pair->other, tile_px(at.area));
            at.weight = difference_at(pair, at.area);
            if (at.weight > 0)
                g_array_append_val(differences, at);
        }
    }
    g_array_sort(differences, compare_differences);
    return differences;
}

static Rival *rival_new(Blank *blank, Blank *other)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    const LayoutPage *other_page = other->layout->pages->pdata[other->page];
    Rival *rival = g_new0(Rival, 1);
    rival->of = other;
    rival->own = g_ptr_array_new_with_free_func(tile_free);
    rival->other = g_ptr_array_new_with_free_func(tile_free);
    PageMap own_map = layout_blank_map(page), other_map = layout_blank_map(other_page);
    PointPx shift;
    const VisionThumb *thumb = blank_thumb(blank, NULL), *other_thumb = blank_thumb(other, NULL);
    if (thumb && other_thumb &&
        vision_thumb_match(thumb, other_thumb, THUMB_REACH_PX, &shift) < ALIKE_FROM_AFAR)
        return rival;
    /* Where the print of the one lies on the other; blanks that were scanned lie a little askew. */
    if (!place_by_patches(blank, other_page->blank, 1, &other_map) &&
        !place_by_patches(blank, other_page->blank, 4, &other_map))
        return rival;
    RectMm whole = {0, 0, page->width_mm, page->height_mm};
    g_auto(Pair) pair = {vision_sample(page->blank, &own_map, whole, PATCH_PX_PER_MM, 0, 0, NULL),
                         vision_sample(other_page->blank, &other_map, whole, PATCH_PX_PER_MM, 0, 0, NULL)};
    if (!pair.own || !pair.other) {
        rival->alike = true; /* for all that is known */
        return rival;
    }
    int printed;
    g_autoptr(GArray) differences = find_differences(&pair, page, other_page, &printed);
    rival->alike = differences->len <= ALIKE_SHARE * printed;
    take_tiles(rival, &pair, differences);
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
