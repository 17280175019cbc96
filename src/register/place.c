#include "register/place.h"

#include <math.h>
#include <string.h>

/* A patch counts as found from this correlation on. Print against paper or against other print scores below
 * 0.4. */
#define FOUND_SCORE 0.55
/* The fewest patches, and the share of those tried, that must agree on one map. */
#define MIN_PATCHES 8
#define MIN_SHARE 0.4
/* How near to the map they must lie on a flat sheet, and on a bent one, and the share of those found that do;
 * fewer on a sheet of which a part is covered. */
#define TOLERANCE_MM 0.6
#define BENT_TOLERANCE_MM 2.4
#define MIN_AGREE 0.6
#define MIN_AGREE_FLAT 0.85
#define MIN_AGREE_BENT 0.75
/* The last step of a search. */
#define FINE_REACH_MM 1.0
/* The first look at a page: at half the resolution, over half the patches. */
#define ROUGH_PATCHES 16
#define FOUND_ROUGHLY 0.5
#define ROUGH_TOLERANCE_MM 1.2
#define EARLY_TRIED 10
#define EARLY_LEAST 3
static Match find_at(const Patch *patch, const Raster *picture, double px_per_mm, const Raster *scan,
                     const PageMap *map, PointMm start, double reach_mm)
{
    Match none = {0, 0, -1};
    reach_mm = ceil(reach_mm * px_per_mm - 1e-6) / px_per_mm; /* whole pixels, as the patch has */
    RectMm area = {patch->area.x_mm + start.x_mm - reach_mm, patch->area.y_mm + start.y_mm - reach_mm,
                   patch->area.w_mm + 2 * reach_mm, patch->area.h_mm + 2 * reach_mm};
    g_autoptr(Raster) scene = vision_sample(scan, map, area, px_per_mm, 0, 0, NULL);
    PointPx place;
    double score;
    if (!scene || !vision_match(scene, picture, 0, &place, &score, NULL, NULL))
        return none;
    return (Match){start.x_mm + place.x_px / px_per_mm - reach_mm,
                   start.y_mm + place.y_px / px_per_mm - reach_mm, score};
}

Match patch_find(const Patch *patch, const Raster *scan, const PageMap *map, PointMm start, double reach_mm)
{
    return find_at(patch, patch->picture, PATCH_PX_PER_MM, scan, map, start, reach_mm);
}

Match patch_search(const Patch *patch, const Raster *scan, const PageMap *map, double reach_mm)
{
    Match match = find_at(patch, patch->rough, PATCH_PX_PER_MM / 2, scan, map, (PointMm){0, 0}, reach_mm);
    return patch_find(patch, scan, map, (PointMm){match.dx_mm, match.dy_mm}, FINE_REACH_MM);
}

/* Places of print found on a scan. */
typedef struct {
    PointMm *from;
    PointPx *to;
    uint8_t *inliers;
    int count, tried;
} Found;

static void found_clear(Found *found)
{
    g_free(found->from);
    g_free(found->to);
    g_free(found->inliers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static void found_make(Found *found, guint most)
{
    *found = (Found){g_new(PointMm, most + 1), g_new(PointPx, most + 1), g_new0(uint8_t, most + 1), 0, 0};
}

static void found_add(Found *found, const Patch *patch, const PageMap *map, Match match)
{
    PointMm at = rect_mm_centre(patch->area);
    found->from[found->count] = at;
    found->to[found->count] = page_map_point(map, (PointMm){at.x_mm + match.dx_mm, at.y_mm + match.dy_mm});
    found->count++;
}

/* The map most of them agree on. */
static bool found_fit(Found *found, double tolerance_mm, double agree_least, PageMap *map)
{
    PageMap fitted;
    double tolerance_px = tolerance_mm * page_map_scale(map, (PointMm){100, 140});
    if (!vision_fit_map(found->from, found->to, found->count, tolerance_px, &fitted, found->inliers, NULL))
        return false;
    int agree = 0;
    for (int i = 0; i < found->count; i++)
        agree += found->inliers[i];
    if (agree < MIN_PATCHES || agree < agree_least * found->count)
        return false;
    *map = fitted;
    return true;
}

bool place_roughly(const Blank *blank, const Raster *scan, double reach_mm, PageMap *map)
{
    g_auto(Found) found;
    found_make(&found, blank->patches->len);
    guint step = blank->patches->len >= 2 * ROUGH_PATCHES ? 2 : 1;
    for (guint i = 0; i < blank->patches->len; i += step) {
        const Patch *patch = blank->patches->pdata[i];
        Match match = find_at(patch, patch->rough, PATCH_PX_PER_MM / 2, scan, map, (PointMm){0, 0}, reach_mm);
        found.tried++;
        if (match.score >= FOUND_ROUGHLY)
            found_add(&found, patch, map, match);
        if (found.tried == EARLY_TRIED && found.count < EARLY_LEAST)
            return false;
    }
    return found.count >= MIN_PATCHES && found.count >= MIN_SHARE * found.tried &&
           found_fit(&found, ROUGH_TOLERANCE_MM, MIN_AGREE, map);
}

bool place_by_patches(const Blank *blank, const Raster *scan, double reach_mm, PageMap *map)
{
    g_auto(Found) found;
    found_make(&found, blank->patches->len);
    for (guint i = 0; i < blank->patches->len; i++) {
        const Patch *patch = blank->patches->pdata[i];
        Match match = reach_mm > 2 * FINE_REACH_MM ? patch_search(patch, scan, map, reach_mm)
                                                   : patch_find(patch, scan, map, (PointMm){0, 0}, reach_mm);
        if (match.score >= FOUND_SCORE)
            found_add(&found, patch, map, match);
    }
    if (found.count < MIN_PATCHES || found.count < MIN_SHARE * blank->patches->len)
        return false;
    return found_fit(&found, TOLERANCE_MM, MIN_AGREE_FLAT, map) ||
           found_fit(&found, BENT_TOLERANCE_MM, MIN_AGREE_BENT, map) ||
           found_fit(&found, TOLERANCE_MM, MIN_AGREE, map);
}

bool place_finely(const Blank *blank, const Raster *scan, PageMap *map)
{
    return place_by_patches(blank, scan, FINE_REACH_MM, map) ||
           place_by_patches(blank, scan, BENT_TOLERANCE_MM, map);
}

/* ---- by the code and the corner marks
 * ------------------------------------------------------------------------------- */

/* Least squares affine map through points: exact enough to look for the next mark by. */
static bool fit_affine(const PointMm *from, const PointPx *to, const double *weight, int count,
                       PageMap *ret_map)
{
    double m[3][5] = {{0}};
    for (int i = 0; i < count; i++) {
        double row[3] = {from[i].x_mm, from[i].y_mm, 1};
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++)
                m[r][c] += weight[i] * row[r] * row[c];
            m[r][3] += weight[i] * row[r] * to[i].x_px;
            m[r][4] += weight[i] * row[r] * to[i].y_px;
        }
    }
    for (int p = 0; p < 3; p++) { /* Gauss–Jordan with pivoting */
        int best = p;
        for (int r = p + 1; r < 3; r++)
            best = fabs(m[r][p]) > fabs(m[best][p]) ? r : best;
        if (fabs(m[best][p]) < 1e-9)
            return false;
        for (int c = 0; c < 5; c++) {
            double kept = m[p][c];
            m[p][c] = m[best][c];
            m[best][c] = kept;
        }
        for (int r = 0; r < 3; r++) {
            double factor = r == p ? 0 : m[r][p] / m[p][p];
            for (int c = 0; c < 5; c++)
                m[r][c] -= factor * m[p][c];
        }
    }
    *ret_map = (PageMap){{m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2], m[0][4] / m[0][0],
                          m[1][4] / m[1][1], m[2][4] / m[2][2], 0, 0, 1}};
    return true;
}

static void code_points(const LayoutPage *page, PointMm ret_mm[4])
{
    RectMm c = page->code;
    ret_mm[0] = (PointMm){c.x_mm, c.y_mm};
    ret_mm[1] = (PointMm){c.x_mm + c.w_mm, c.y_mm};
    ret_mm[2] = (PointMm){c.x_mm + c.w_mm, c.y_mm + c.h_mm};
    ret_mm[3] = (PointMm){c.x_mm, c.y_mm + c.h_mm};
}

/* A similarity through the code's corners: what four corners of a small square can say about the whole page
 * without making up shear. */
bool place_by_code(const LayoutPage *page, const PointPx code_corners[4], PageMap *ret_map)
{
    PointMm mm[4];
    code_points(page, mm);
    PointMm m = rect_mm_centre(page->code);
    PointPx p = {0, 0};
    for (int i = 0; i < 4; i++) {
        p.x_px += code_corners[i].x_px / 4;
        p.y_px += code_corners[i].y_px / 4;
    }
    double dot = 0, cross = 0, square = 0;
    for (int i = 0; i < 4; i++) {
        double x = mm[i].x_mm - m.x_mm, y = mm[i].y_mm - m.y_mm;
        double u = code_corners[i].x_px - p.x_px, v = code_corners[i].y_px - p.y_px;
        dot += x * u + y * v;
        cross += x * v - y * u;
        square += x * x + y * y;
    }
    double a = dot / square, b = cross / square;
    if (hypot(a, b) < 1)
        return false;
    *ret_map =
        (PageMap){{a, -b, p.x_px - a * m.x_mm + b * m.y_mm, b, a, p.y_px - b * m.x_mm - a * m.y_mm, 0, 0, 1}};
    return true;
}

/* Whether four marks make a page: each one where the other three, and the code, say within `limit_mm`. */
static bool marks_agree(const LayoutPage *page, const PageMap *map, const PointPx code_corners[4],
                        double limit_mm)
{
    PointMm mm[4];
    code_points(page, mm);
    PageMap inverse;
    if (!page_map_invert(map, &inverse))
        return false;
    double worst = 0;
    for (int i = 0; i < 4; i++) {
        PointPx back = page_map_point(&inverse, (PointMm){code_corners[i].x_px, code_corners[i].y_px});
        worst = MAX(worst, hypot(back.x_px - mm[i].x_mm, back.y_px - mm[i].y_mm));
    }
    return worst < limit_mm;
}

/* Looks for the marks from the nearest to the code to the farthest; each one found makes the next easier to
 * find. */
int place_by_marks(const LayoutPage *page, const Raster *scan, const PointPx code_corners[4],
                   PageMap *ret_map)
{
    PointMm from[4 + LAYOUT_MARKS];
    PointPx to[4 + LAYOUT_MARKS];
    double weight[4 + LAYOUT_MARKS];
    bool used[LAYOUT_MARKS] = {false};
    PageMap map;
    int count = 4, found = 0;
    code_points(page, from);
    for (int i = 0; i < 4; i++) {
        to[i] = code_corners[i];
        weight[i] = 0.2;
    }
    if (!page->has_marks || !place_by_code(page, code_corners, &map))
        return 0;
    PointMm code = rect_mm_centre(page->code);
    for (int step = 0; step < LAYOUT_MARKS; step++) {
        int next = -1;
        double nearest = INFINITY;
        for (int i = 0; i < LAYOUT_MARKS; i++) {
            PointMm mark = rect_mm_centre(page->marks[i]);
            double away = hypot(mark.x_mm - code.x_mm, mark.y_mm - code.y_mm);
            if (!used[i] && away < nearest) {
                nearest = away;
                next = i;
            }
        }
        used[next] = true;
        PointMm mark = rect_mm_centre(page->marks[next]);
        double scale = page_map_scale(&map, mark);
        double reach_mm = found >= 2 ? 6 : CLAMP(nearest * 0.045, 4, 9);
        PointPx centre;
        if (!vision_find_square(scan, page_map_point(&map, mark), page->marks[next].w_mm * scale,
                                reach_mm * scale, &centre))
            continue;
        from[count] = mark;
        to[count] = centre;
        weight[count] = 1;
        count++;
        found++;
        if (found >= 2 && !fit_affine(from, to, weight, count, &map))
            return 0;
    }
    if (found == LAYOUT_MARKS && vision_fit_map(from + 4, to + 4, 4, 1, &map, NULL, NULL) &&
        marks_agree(page, &map, code_corners, 1.2)) {
        *ret_map = map;
        return found;
    }
    if (found >= 3 && fit_affine(from, to, weight, count, &map) &&
        marks_agree(page, &map, code_corners, 1.5)) {
        *ret_map = map;
        return 3;
    }
    return MIN(found, 2);
}
