/* Whether anybody wrote where the form leaves room to write. */
#include "mark/written.h"

#include <math.h>

#include "mark/ground.h"
#include "vision/vision.h"

/* Darkness relative to paper from which ink counts, 0–255: what shows through from the back stays below, a
 * faint pencil line has 50–90. */
#define INK_LEVEL 28
/* A piece of handwriting is at least so large and so long; dots of a dotted line and dust are less. */
#define PIECE_MM2 0.2
#define PIECE_MM 0.8
/* So much of it is writing: a single figure has 1.5 mm² and more. */
#define WRITTEN_MM2 1.0

/* A part of a field that fits a patch. */
typedef struct {
    int field;
    BoxMask *mask;
} Tile;

static void tile_clear(gpointer tile)
{
    box_mask_free(((Tile *)tile)->mask);
}

GArray *written_tiles_new(const LayoutPage *page, GError **error)
{
    g_autoptr(GArray) tiles = g_array_new(FALSE, FALSE, sizeof(Tile));
    g_array_set_clear_func(tiles, tile_clear);
    const double most_mm2 = (PATCH_MAX_PX - 2000) / (GROUND_PX_PER_MM * GROUND_PX_PER_MM);
    for (guint i = 0; i < page->fields->len; i++) {
        RectMm rect = ((LayoutField *)page->fields->pdata[i])->rect;
        int parts = MAX(1, (int)ceil(rect.w_mm * rect.h_mm / most_mm2));
        for (int part = 0; part < parts && rect.w_mm > 0 && rect.h_mm > 0; part++) {
            RectMm area = {rect.x_mm + rect.w_mm * part / parts, rect.y_mm, rect.w_mm / parts, rect.h_mm};
            Tile tile = {(int)i, ground_mask_new(page, area, GROUND_PX_PER_MM, error)};
            if (!tile.mask)
                return NULL;
            g_array_append_val(tiles, tile);
        }
    }
    return g_steal_pointer(&tiles);
}

/* Where the box nearest to an area was found, from where the map says. */
static PointMm nearest_shift(const LayoutPage *page, const GArray *boxes, RectMm area)
{
    PointMm middle = rect_mm_centre(area), shift = {0, 0};
    double least = INFINITY;
    for (guint i = 0; i < page->boxes->len; i++) {
        PointMm at = rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect);
        double away = hypot(at.x_mm - middle.x_mm, at.y_mm - middle.y_mm);
        if (away >= least)
            continue;
        least = away;
        const RegisterBox *box = &g_array_index(boxes, RegisterBox, i);
        shift = (PointMm){box->shift_x_mm, box->shift_y_mm};
    }
    return shift;
}

static double ink_of_tile(const BoxMask *mask, PatchWork *work, const Raster *scan)
{
    patch_set_dark(work, scan, mask, patch_paper(scan, mask));
    if (!patch_weigh_light(work, mask, INK_LEVEL))
        return 0;
    patch_find_pieces(work, mask);
    double ink_mm2 = 0;
    for (int i = 0; i < work->piece_count; i++) {
        const Piece *piece = &work->pieces[i];
        double area_mm2 = piece->count / (GROUND_PX_PER_MM * GROUND_PX_PER_MM);
        double length_mm = (MAX(piece->x1 - piece->x0, piece->y1 - piece->y0) + 1) / GROUND_PX_PER_MM;
        ink_mm2 += area_mm2 >= PIECE_MM2 && length_mm >= PIECE_MM ? area_mm2 : 0;
    }
    return ink_mm2;
}

GArray *written_measure(const GArray *tiles, PatchWork *work, const PageImage *image,
                        const Registration *registration, GError **error)
{
    const LayoutPage *page = registration->layout->pages->pdata[registration->page];
    g_autoptr(GArray) fields = g_array_new(FALSE, TRUE, sizeof(MarkField));
    g_array_set_size(fields, page->fields->len);
    for (guint i = 0; i < tiles->len; i++) {
        const Tile *tile = &g_array_index(tiles, Tile, i);
        RectMm area = tile->mask->area;
        PointMm shift = nearest_shift(page, registration->boxes, area);
        area.x_mm += shift.x_mm;
        area.y_mm += shift.y_mm;
        g_autoptr(Raster) scan =
            vision_sample(image->grey, &registration->map, area, GROUND_PX_PER_MM, 0, 0, error);
        if (!scan)
            return NULL;
        MarkField *field = &g_array_index(fields, MarkField, tile->field);
        field->ink_mm2 += ink_of_tile(tile->mask, work, scan);
        field->written = field->ink_mm2 >= WRITTEN_MM2;
    }
    return g_steal_pointer(&fields);
}
