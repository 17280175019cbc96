/* A blank from filled copies of one page. Sheets are stretched by the feeder, each in its own way, so every
 * copy is laid on the first by one map of the page and then locally: by how far patches of print all over the
 * page lie from where that map says. */
#include <math.h>
#include <string.h>

#include "detect/detect.h"
#include "vision/vision.h"

#define LEAST_COPIES 3
#define MOST_COPIES 25
#define FEATURES 1500
#define LEAST_INLIERS 25
/* Of the first so many copies that becomes the one all are laid on which fits the others best. */
#define MOST_TRIED 5
/* Patches of print: their side, how many, how far they may lie from where the map says, from which likeness
 * on they count as found. */
#define PATCH_MM 7.6
#define MOST_PATCHES 200
#define REACH_MM 4.0
#define FOUND_SCORE 0.6
/* A patch that moved otherwise than those around it by more than this is no guide. */
#define NEIGHBOURS 6
#define OFF_MM 0.5
/* A copy of which fewer patches are found is of another form, or too bad. */
#define LEAST_FOUND 0.6
/* … and one that alone lacks so many which all others have is another in part: another version of the form.
 */
#define ALONE_LACKS 3
/* Shifts are known at nodes so far apart, from what was found about so far around them. */
#define NODE_MM 6.0
#define AROUND_MM 14.0

/* A patch of the first copy and how far from where the map says it lies on another. */
typedef struct {
    double x, y, dx, dy; /* px of the first copy; px of the other */
    bool found;
} Shift;

/* Shifts at the nodes of a grid over the first copy. */
typedef struct {
    int columns, rows;
    double step_px;
    double *dx, *dy;
} Grid;

static void grid_clear(Grid *grid)
{
    g_free(grid->dx);
    g_free(grid->dy);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grid, grid_clear)

static double px_per_mm(const Raster *raster)
{
    double dpi = raster->dpi_x >= 50 ? raster->dpi_x : MIN(raster->width_px, raster->height_px) / 8.4;
    return dpi / MM_PER_INCH;
}

/* Looks for every patch of the first copy on another. */
static void find_shifts(const Raster *first, const GArray *patches, const Raster *copy, const PageMap *map,
                        GArray *shifts)
{
    const double reach = ceil(REACH_MM * px_per_mm(first));
    for (guint i = 0; i < patches->len; i++) {
        RectPx at = g_array_index(patches, RectPx, i);
        g_autoptr(Raster) patch = raster_crop(first, at, NULL);
        RectMm around = {at.x_px - reach, at.y_px - reach, at.w_px + 2 * reach, at.h_px + 2 * reach};
        g_autoptr(Raster) scene = vision_sample(copy, map, around, 1, 0, 0, NULL);
        Shift shift = {.x = at.x_px + at.w_px / 2.0, .y = at.y_px + at.h_px / 2.0};
        PointPx place;
        double score = 0;
        if (patch && scene && vision_match(scene, patch, 8, &place, &score, NULL, NULL) &&
            score >= FOUND_SCORE) {
            shift.dx = place.x_px - reach, shift.dy = place.y_px - reach;
            shift.found = fabs(shift.dx) < reach - 2 && fabs(shift.dy) < reach - 2;
        }
        g_array_append_val(shifts, shift);
    }
}

/* Leaves out what moved otherwise than its nearest neighbours: a line of print found one line further. */
static void drop_strays(GArray *shifts, double off_px)
{
    g_autofree bool *stray = g_new0(bool, shifts->len + 1);
    g_autofree double *away = g_new(double, shifts->len + 1);
    for (guint i = 0; i < shifts->len; i++) {
        const Shift *own = &g_array_index(shifts, Shift, i);
        int count = 0, near = 0;
        double dx[NEIGHBOURS + 1], dy[NEIGHBOURS + 1];
        for (guint k = 0; k < shifts->len; k++) {
            const Shift *other = &g_array_index(shifts, Shift, k);
            if (k != i && other->found)
                away[count++] = hypot(other->x - own->x, other->y - own->y);
        }
        if (!own->found || count < NEIGHBOURS)
            continue;
        sort_doubles(away, count);
        for (guint k = 0; k < shifts->len && near < NEIGHBOURS; k++) {
            const Shift *other = &g_array_index(shifts, Shift, k);
            if (k == i || !other->found || hypot(other->x - own->x, other->y - own->y) > away[NEIGHBOURS - 1])
                continue;
            dx[near] = other->dx;
            dy[near++] = other->dy;
        }
        sort_doubles(dx, near);
        sort_doubles(dy, near);
        stray[i] = hypot(own->dx - dx[near / 2], own->dy - dy[near / 2]) > off_px;
    }
    for (guint i = 0; i < shifts->len; i++)
        g_array_index(shifts, Shift, i).found &= !stray[i];
}

/* Adds weight · (1, x, y)² and · (1, x, y) · value to a system of equations. */
static void add_equation(double system[3][5], double weight, double x, double y, const Shift *shift)
{
    const double v[3] = {1, x, y};
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++)
            system[r][c] += weight * v[r] * v[c];
        system[r][3] += weight * v[r] * shift->dx;
        system[r][4] += weight * v[r] * shift->dy;
    }
}

/* The shift at a place: of a plane through what was found around it, nearer places weighing more. */
static void shift_at(const GArray *shifts, double x, double y, double around_px, double *ret_dx,
                     double *ret_dy)
{
    double system[3][5] = {{1e-9}, {0, 0.02}, {0, 0, 0.02}}; /* flat where little is known */
    for (guint i = 0; i < shifts->len; i++) {
        const Shift *shift = &g_array_index(shifts, Shift, i);
        double u = (shift->x - x) / around_px, v = (shift->y - y) / around_px, far = u * u + v * v;
        if (shift->found)
            add_equation(system, 1 / (1 + far * far), u, v, shift);
    }
    for (int k = 0; k < 3; k++) {
        for (int r = 0; r < 3; r++) {
            double factor = r == k ? 0 : system[r][k] / system[k][k];
            for (int c = k; c < 5; c++)
                system[r][c] -= factor * system[k][c];
        }
    }
    *ret_dx = system[0][3] / system[0][0];
    *ret_dy = system[0][4] / system[0][0];
}

static void make_grid(const Raster *first, const GArray *shifts, Grid *grid)
{
    grid->step_px = NODE_MM * px_per_mm(first);
    grid->columns = (int)(first->width_px / grid->step_px) + 2;
    grid->rows = (int)(first->height_px / grid->step_px) + 2;
    grid->dx = g_new(double, grid->columns * grid->rows);
    grid->dy = g_new(double, grid->columns * grid->rows);
    for (int i = 0; i < grid->columns * grid->rows; i++)
        shift_at(shifts, i % grid->columns * grid->step_px, i / grid->columns * grid->step_px,
                 AROUND_MM * px_per_mm(first), &grid->dx[i], &grid->dy[i]);
}

static double between(const double *values, int columns, double x, double y)
{
    int c = (int)x, r = (int)y;
    const double *at = values + r * columns + c;
    return (1 - (y - r)) * ((1 - (x - c)) * at[0] + (x - c) * at[1]) +
           (y - r) * ((1 - (x - c)) * at[columns] + (x - c) * at[columns + 1]);
}

/* The grey at a place between four pixels; white beyond the picture. */
static uint8_t grey_at(const Raster *raster, double x, double y)
{
    double left = floor(x - 0.5), top = floor(y - 0.5), fx = x - 0.5 - left, fy = y - 0.5 - top, sum = 0;
    for (int i = 0; i < 4; i++) {
        int column = (int)left + i % 2, row = (int)top + i / 2;
        bool inside = column >= 0 && row >= 0 && column < raster->width_px && row < raster->height_px;
        double grey = inside ? raster->pixels[(size_t)row * raster->stride + (size_t)column] : 255;
        sum += grey * (i % 2 ? fx : 1 - fx) * (i / 2 ? fy : 1 - fy);
    }
    return (uint8_t)lround(sum);
}

static Raster *sample(const Raster *first, const Raster *copy, const PageMap *map, const Grid *grid,
                      GError **error)
{
    Raster *laid = raster_new(first->width_px, first->height_px, error);
    for (int y = 0; laid && y < laid->height_px; y++) {
        uint8_t *row = laid->pixels + (size_t)y * laid->stride;
        for (int x = 0; x < laid->width_px; x++) {
            double u = (x + 0.5) / grid->step_px, v = (y + 0.5) / grid->step_px;
            PointPx at = page_map_point(map, (PointMm){x + 0.5 + between(grid->dx, grid->columns, u, v),
                                                       y + 0.5 + between(grid->dy, grid->columns, u, v)});
            row[x] = isfinite(at.x_px) && fabs(at.x_px) < 1e6 && fabs(at.y_px) < 1e6
                         ? grey_at(copy, at.x_px, at.y_px)
                         : 255;
        }
    }
    return laid;
}

/* Lays `copy` on `first`. NULL when it does not fit; `shifts` takes where the patches were found. */
static Raster *lay_on(const Raster *first, const VisionFeatures *features, const GArray *patches,
                      const Raster *copy, const VisionFeatures *own, GArray *shifts, GError **error)
{
    PageMap map;
    int inliers = 0, found = 0;
    if (!vision_features_align(features, own, &map, &inliers) || inliers < LEAST_INLIERS)
        return NULL;
    find_shifts(first, patches, copy, &map, shifts);
    drop_strays(shifts, OFF_MM * px_per_mm(first));
    for (guint i = 0; i < shifts->len; i++)
        found += g_array_index(shifts, Shift, i).found;
    g_debug("%d of %u patches found", found, shifts->len);
    if (found < 8 || found < LEAST_FOUND * shifts->len)
        return NULL;
    g_auto(Grid) grid = {0};
    make_grid(first, shifts, &grid);
    return sample(first, copy, &map, &grid, error);
}

/* Which copies lack print that all others have. `all`: GArray of Shift for each copy, empty for the first and
 * for those that were left out. */
static void find_partly(const GPtrArray *all, guint patches, DetectFit *fits)
{
    g_autofree guint *lacks = g_new0(guint, all->len);
    for (guint p = 0; p < patches; p++) {
        guint missing = 0, last = 0;
        for (guint i = 0; i < all->len; i++) {
            const GArray *shifts = all->pdata[i];
            if (fits[i] == DETECT_FIT_NOT || shifts->len == 0 || g_array_index(shifts, Shift, p).found)
                continue;
            missing++;
            last = i;
        }
        lacks[last] += missing == 1;
    }
    for (guint i = 0; i < all->len; i++) {
        g_debug("copy %u alone lacks %u patches", i + 1, lacks[i]);
        if (lacks[i] >= ALONE_LACKS)
            fits[i] = DETECT_FIT_PARTLY;
    }
}

/* Of the first copies the one that has most in common with all. */
static guint choose_first(const GPtrArray *features)
{
    guint best = 0;
    int most = -1;
    for (guint i = 0; i < MIN(features->len, MOST_TRIED); i++) {
        int sum = 0;
        for (guint k = 0; k < features->len; k++) {
            PageMap map;
            int inliers = 0;
            if (k != i && vision_features_align(features->pdata[i], features->pdata[k], &map, &inliers))
                sum += inliers;
        }
        if (sum > most)
            most = sum, best = i;
    }
    return best;
}

/* Ink of a pen is there in fewer copies than print is: two in three from the dark end is print or paper. */
static void vote(const GPtrArray *laid, Raster *blank)
{
    guint take = laid->len * 2 / 3;
    for (int y = 0; y < blank->height_px; y++) {
        for (int x = 0; x < blank->width_px; x++) {
            uint8_t values[MOST_COPIES] = {0};
            for (guint i = 0; i < laid->len; i++) {
                const Raster *copy = laid->pdata[i];
                uint8_t value = copy->pixels[(size_t)y * copy->stride + (size_t)x];
                guint at = i;
                for (; at > 0 && values[at - 1] > value; at--)
                    values[at] = values[at - 1];
                values[at] = value;
            }
            blank->pixels[(size_t)y * blank->stride + (size_t)x] = values[take];
        }
    }
}

static bool find_features(const GPtrArray *copies, GPtrArray *features, GError **error)
{
    for (guint i = 0; i < MIN(copies->len, MOST_COPIES); i++) {
        VisionFeatures *own = vision_features_new(copies->pdata[i], FEATURES, error);
        if (!own)
            return false;
        g_ptr_array_add(features, own);
    }
    return true;
}

Raster *detect_merge(const GPtrArray *copies, DetectFit *ret_fits, GError **error)
{
    g_autoptr(GPtrArray) features = g_ptr_array_new_with_free_func((GDestroyNotify)vision_features_free);
    g_autoptr(GPtrArray) laid = g_ptr_array_new_with_free_func((GDestroyNotify)raster_free);
    for (guint i = 0; i < copies->len; i++)
        ret_fits[i] = DETECT_FIT_NOT;
    if (copies->len < LEAST_COPIES) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("give at least %d scans of the same page"),
                    LEAST_COPIES);
        return NULL;
    }
    if (!find_features(copies, features, error))
        return NULL;
    guint chosen = choose_first(features);
    const Raster *first = copies->pdata[chosen];
    int side_px = (int)(PATCH_MM * px_per_mm(first));
    g_autoptr(GArray) patches = vision_pick_patches(first, side_px, side_px / 2, MOST_PATCHES);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < features->len; i++) {
        g_autoptr(GError) fault = NULL;
        GArray *shifts = g_array_new(FALSE, FALSE, sizeof(Shift));
        g_ptr_array_add(all, shifts);
        Raster *copy = i == chosen
                           ? raster_crop(first, (RectPx){0, 0, first->width_px, first->height_px}, &fault)
                           : lay_on(first, features->pdata[chosen], patches, copies->pdata[i],
                                    features->pdata[i], shifts, &fault);
        if (fault) {
            raster_free(copy);
            g_propagate_error(error, g_steal_pointer(&fault));
            return NULL;
        }
        if (!copy)
            continue;
        g_ptr_array_add(laid, copy);
        ret_fits[i] = DETECT_FIT_WHOLLY;
    }
    find_partly(all, patches->len, ret_fits);
    if (laid->len < LEAST_COPIES) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("only %u of %u filled copies lie on each other; give at least %d scans of the same page"),
            laid->len, copies->len, LEAST_COPIES);
        return NULL;
    }
    Raster *blank = raster_crop(first, (RectPx){0, 0, first->width_px, first->height_px}, error);
    if (!blank)
        return NULL;
    vote(laid, blank);
    blank->dpi_x = first->dpi_x;
    blank->dpi_y = first->dpi_y;
    return blank;
}
