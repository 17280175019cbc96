/* Shapes of one size in rows and columns are boxes: ovals with a thick outline, pale circles, circles and
 * squares with a letter or a figure printed inside. One such shape may be a letter or an ornament; that many
 * alike, in line, with no letters close to them, are not. */
#include <math.h>

#include "detect/detect_internal.h"

#define LEAST_MM 2.0
#define MOST_MM 12.0
/* There is room inside for a mark. */
#define LEAST_ROOM_MM 1.4
/* So many others of its size, of these so many in its row or column. */
#define LEAST_LIKE 3
#define LEAST_ALIGNED 2
/* Of shapes of one size at most so many may stand next to letters: the letters O of a text all do. */
#define MOST_LETTERS 0.3
/* … and from here on they are letters beyond doubt. */
#define SURELY_LETTERS 0.6
/* More print inside than that is a picture. */
#define MOST_INK 0.55
/* So many alike make a small dark frame a block of boxes rather than a picture. */
#define LEAST_IN_FRAME 6

typedef struct {
    Cell cell;
    bool taken;  /* it is a box already */
    bool solid;  /* filled in */
    bool letter; /* letters stand close to it */
    const Cell *picture;
} Shape;

#define SHAPE(shapes, i) (&g_array_index(shapes, Shape, i))

static RectMm outer(const Cell *cell)
{
    double t = cell->thick_mm;
    return (RectMm){cell->rect.x_mm - t, cell->rect.y_mm - t, cell->rect.w_mm + 2 * t,
                    cell->rect.h_mm + 2 * t};
}

static bool same_place(RectMm a, RectMm b)
{
    double w = overlap_x(a, b), h = overlap_y(a, b);
    return w > 0 && h > 0 && w * h > 0.5 * (a.w_mm * a.h_mm + b.w_mm * b.h_mm - w * h);
}

static bool is_box(const Sheet *sheet, RectMm rect)
{
    for (guint i = 0; i < sheet->boxes->len; i++)
        if (same_place(g_array_index(sheet->boxes, Box, i).rect, rect))
            return true;
    return false;
}

/* Cells of tables are looked at as such; a code is full of squares. */
static bool is_elsewhere(const Sheet *sheet, RectMm rect)
{
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->table >= 0 && same_place(cell->rect, rect))
            return true;
    }
    for (guint i = 0; i < sheet->codes->len; i++)
        if (holds(g_array_index(sheet->codes, RectMm, i), rect))
            return true;
    return false;
}

/* Every shape that may be a box or tells of others; none inside another. */
static GArray *find_shapes(const Sheet *sheet, GError **error)
{
    g_autoptr(GArray) found = vision_find_outlines(sheet->level, WORK_PX, LEAST_MM, MOST_MM, error);
    if (!found)
        return NULL;
    GArray *shapes = g_array_new(FALSE, TRUE, sizeof(Shape));
    for (guint i = 0; i < found->len; i++) {
        Shape shape = {.cell = cell_of(&g_array_index(found, VisionCell, i))};
        bool inside = false;
        for (guint k = 0; k < found->len && !inside; k++) {
            Cell other = cell_of(&g_array_index(found, VisionCell, k));
            inside = k != i && other.ink < 1 && holds(other.rect, shape.cell.rect);
        }
        if (inside || MIN(shape.cell.rect.w_mm, shape.cell.rect.h_mm) < LEAST_ROOM_MM ||
            is_elsewhere(sheet, shape.cell.rect))
            continue;
        shape.taken = is_box(sheet, shape.cell.rect);
        shape.solid = shape.cell.ink > MOST_INK;
        shape.letter = sheet_is_letter(sheet, &shape.cell);
        shape.picture = sheet_picture(sheet, &shape.cell);
        g_array_append_val(shapes, shape);
    }
    return shapes;
}

static bool alike(const Shape *a, const Shape *b)
{
    return a->cell.round == b->cell.round && !a->solid && !b->solid && cells_same_size(&a->cell, &b->cell) &&
           fabs(a->cell.thick_mm - b->cell.thick_mm) < 0.15 + 0.2 * (a->cell.thick_mm + b->cell.thick_mm);
}

/* What else of its size the page has. */
typedef struct {
    guint like, aligned, taken, framed;
    double letters; /* the share of all of them next to letters */
} Company;

static Company look_around(const GArray *shapes, guint index)
{
    const Shape *own = SHAPE(shapes, index);
    Company company = {0};
    guint letters = own->letter;
    for (guint i = 0; i < shapes->len; i++) {
        const Shape *other = SHAPE(shapes, i);
        if (i == index || !alike(own, other))
            continue;
        company.framed += other->picture == own->picture;
        if (other->picture && other->picture != own->picture)
            continue;
        company.like++;
        company.taken += other->taken;
        company.aligned += cells_in_line(&own->cell, &other->cell);
        letters += other->letter;
    }
    company.letters = (double)letters / (company.like + 1);
    return company;
}

static void take_shape(Sheet *sheet, const Cell *cell)
{
    guint index = sheet->cells->len;
    for (guint i = 0; i < sheet->cells->len; i++) {
        if (same_place(g_array_index(sheet->cells, Cell, i).rect, cell->rect)) {
            g_array_index(sheet->cells, Cell, i) = *cell;
            index = i;
            break;
        }
    }
    if (index == sheet->cells->len)
        g_array_append_val(sheet->cells, *cell);
    sheet_add_box(sheet, index, false);
}

/* A shape filled in that has the size of boxes in its row or column: a box that is marked. */
static void look_at_solid(Sheet *sheet, const GArray *shapes, const Shape *solid)
{
    for (guint i = 0; i < shapes->len; i++) {
        const Shape *box = SHAPE(shapes, i);
        Cell whole = box->cell;
        whole.rect = outer(&box->cell);
        if (!box->taken || box->picture || box->cell.round != solid->cell.round ||
            !cells_same_size(&whole, &solid->cell) || !cells_in_line(&whole, &solid->cell))
            continue;
        double t = box->cell.thick_mm;
        RectMm r = solid->cell.rect;
        Cell cell = box->cell;
        cell.rect = (RectMm){r.x_mm + t, r.y_mm + t, r.w_mm - 2 * t, r.h_mm - 2 * t};
        cell.ink = 0; /* what is inside is a mark, no print */
        if (sheet->from_copies)
            take_shape(sheet, &cell);
        else
            g_array_append_val(sheet->left, cell.rect);
        return;
    }
}

bool sheet_find_repeated(Sheet *sheet, GError **error)
{
    g_autoptr(GArray) shapes = find_shapes(sheet, error);
    if (!shapes)
        return false;
    g_autofree bool *chosen = g_new0(bool, shapes->len + 1);
    for (guint i = 0; i < shapes->len; i++) {
        const Shape *shape = SHAPE(shapes, i);
        Company company = look_around(shapes, i);
        if (shape->taken || shape->solid || (shape->picture && company.framed + 1 < LEAST_IN_FRAME))
            continue;
        chosen[i] =
            company.like >= LEAST_LIKE && company.aligned >= LEAST_ALIGNED && company.letters <= MOST_LETTERS;
        g_debug("page %d: shape %.1f,%.1f %.2f × %.2f mm, outline %.2f, ink %.2f: %u alike, %u in line, %u "
                "boxes, %.2f "
                "letters%s",
                sheet->page, shape->cell.rect.x_mm, shape->cell.rect.y_mm, shape->cell.rect.w_mm,
                shape->cell.rect.h_mm, shape->cell.thick_mm, shape->cell.ink, company.like, company.aligned,
                company.taken, company.letters, chosen[i] ? ": taken" : "");
        bool plain = company.letters < SURELY_LETTERS && !shape->letter &&
                     (company.aligned >= LEAST_ALIGNED || company.taken >= LEAST_LIKE);
        if (!chosen[i] && plain)
            g_array_append_val(sheet->left, shape->cell.rect);
    }
    for (guint i = 0; i < shapes->len; i++) {
        if (!chosen[i])
            continue;
        SHAPE(shapes, i)->taken = true;
        take_shape(sheet, &SHAPE(shapes, i)->cell);
    }
    for (guint i = 0; i < shapes->len; i++)
        if (SHAPE(shapes, i)->solid && !SHAPE(shapes, i)->taken && !SHAPE(shapes, i)->picture)
            look_at_solid(sheet, shapes, SHAPE(shapes, i));
    return true;
}
