/* Which cells are boxes: by the physics of a box (light inside, thin outline, a few millimetres), by being
 * repeated in one size, by standing apart from letters; and which empty cells of a table serve as boxes. */
#include <math.h>

#include "detect/detect_internal.h"

#define LEAST_BOX_MM 1.5
#define MOST_BOX_MM 10.5
/* Cells of a table that serve as boxes are no wider and no higher than this. */
#define MOST_CELL_WIDTH_MM 32.0
#define MOST_CELL_HEIGHT_MM 26.0
/* A comb's cells. */
#define COMB_LEAST_CELLS 3
#define COMB_MOST_MM 11.0
/* Boxes with more ink than this have something printed inside. */
#define MOST_EMPTY_INK 0.02
/* Cells with less ink than this are empty: dust at most. */
#define EMPTY_INK 0.004

static RectMm piece_mm(const RectPx *piece)
{
    return (RectMm){piece->x_px / WORK_PX, piece->y_px / WORK_PX, piece->w_px / WORK_PX,
                    piece->h_px / WORK_PX};
}

bool sheet_is_letter(const Sheet *sheet, const Cell *cell)
{
    double t = cell->thick_mm;
    RectMm outer = {cell->rect.x_mm - t, cell->rect.y_mm - t, cell->rect.w_mm + 2 * t,
                    cell->rect.h_mm + 2 * t};
    for (guint i = 0; i < sheet->pieces->len; i++) {
        RectMm piece = piece_mm(&g_array_index(sheet->pieces, RectPx, i));
        if (holds(piece, cell->rect))
            continue;
        double gap = -overlap_x(piece, outer);
        if (gap > -0.3 && gap < 0.24 * outer.h_mm && overlap_y(piece, outer) > 0.45 * outer.h_mm &&
            piece.h_mm > 0.5 * outer.h_mm && piece.h_mm < 1.9 * outer.h_mm)
            return true;
    }
    return false;
}

static bool has_box_shape(const Sheet *sheet, const Cell *cell)
{
    double w = cell->rect.w_mm, h = cell->rect.h_mm, least = MIN(w, h);
    if (least < LEAST_BOX_MM || MAX(w, h) > MOST_BOX_MM || w < 0.7 * h || w > 2.4 * h)
        return false;
    if (cell->rim < (cell->round ? 0.8 : 0.55) || cell->thin < 0.5 || cell->thick_mm > MIN(1.1, 0.26 * least))
        return false;
    if (cell->round ? cell->filled < 0.7 : w > 1.5 * h)
        return false;
    if (cell->ink > MOST_EMPTY_INK)
        return false;
    return cell->filled > 0.955 || !sheet_is_letter(sheet, cell);
}

bool cells_same_size(const Cell *a, const Cell *b)
{
    double w = (a->rect.w_mm + b->rect.w_mm) / 2, h = (a->rect.h_mm + b->rect.h_mm) / 2;
    return fabs(a->rect.w_mm - b->rect.w_mm) < MAX(0.25, 0.08 * w) &&
           fabs(a->rect.h_mm - b->rect.h_mm) < MAX(0.25, 0.08 * h);
}

bool cells_in_line(const Cell *a, const Cell *b)
{
    return fabs(middle_x(a->rect) - middle_x(b->rect)) < 0.8 ||
           fabs(middle_y(a->rect) - middle_y(b->rect)) < 0.8;
}

void sheet_add_box(Sheet *sheet, guint index, bool is_cell)
{
    Cell *cell = &g_array_index(sheet->cells, Cell, index);
    cell->used = true;
    Box box = {.rect = cell->rect,
               .round = cell->round && !is_cell,
               .is_cell = is_cell,
               .question = -1,
               .cell = (int)index,
               .printed = cell->ink > MOST_EMPTY_INK};
    g_array_append_val(sheet->boxes, box);
}

const Cell *sheet_picture(const Sheet *sheet, const Cell *cell)
{
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *frame = &g_array_index(sheet->cells, Cell, i);
        if (frame != cell && frame->ink > 0.15 && MIN(frame->rect.w_mm, frame->rect.h_mm) > 9 &&
            frame->rect.w_mm < 90 && frame->rect.h_mm < 60 && holds(frame->rect, cell->rect))
            return frame;
    }
    return NULL;
}

/* Drawn boxes: those of a size that is repeated in line (round ones: of the sizes
 * that are frequent, as samples are drawn too), and single squares whose outline is whole. */
static void take_drawn(Sheet *sheet)
{
    g_autoptr(GArray) shaped = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->table < 0 && has_box_shape(sheet, cell) && !sheet_picture(sheet, cell))
            g_array_append_val(shaped, i);
    }
    g_autofree int *equals = g_new0(int, shaped->len + 1);
    g_autofree int *lines = g_new0(int, shaped->len + 1);
    int most_round = 0;
    for (guint i = 0; i < shaped->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, g_array_index(shaped, guint, i));
        for (guint k = 0; k < shaped->len; k++) {
            const Cell *other = &g_array_index(sheet->cells, Cell, g_array_index(shaped, guint, k));
            if (k == i || other->round != cell->round || !cells_same_size(cell, other))
                continue;
            equals[i]++;
            lines[i] += cells_in_line(cell, other);
        }
        if (cell->round)
            most_round = MAX(most_round, equals[i] + 1);
    }
    for (guint i = 0; i < shaped->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, g_array_index(shaped, guint, i));
        int equal = equals[i], lined = lines[i];
        bool whole = cell->rim > 0.9 && cell->least_side > 0.7 && cell->filled > 0.955;
        if (cell->round ? lined >= 1 && equal + 1 > 0.2 * most_round
                        : (lined >= 1 && cell->least_side > 0.15) || (equal >= 1 && whole) || whole)
            sheet_add_box(sheet, g_array_index(shaped, guint, i), false);
    }
}

static bool is_empty(const Sheet *sheet, const Cell *cell)
{
    if (cell->used || cell->ink > EMPTY_INK)
        return false;
    for (guint b = 0; b < sheet->boxes->len; b++)
        if (holds(cell->rect, g_array_index(sheet->boxes, Box, b).rect))
            return false;
    return true;
}

/* ---- tables
 * -------------------------------------------------------------------------------------------- */

static bool same_column(const Cell *a, const Cell *b)
{
    return a->table == b->table && fabs(a->rect.x_mm - b->rect.x_mm) < 1 &&
           fabs(a->rect.w_mm - b->rect.w_mm) < 1.5;
}
static bool same_row(const Cell *a, const Cell *b)
{
    return a->table == b->table && fabs(a->rect.y_mm - b->rect.y_mm) < 1 &&
           fabs(a->rect.h_mm - b->rect.h_mm) < 1.5;
}

/* Whether an empty cell serves as a box: print to its left in the row, print above it in the column, and the
 * same again in another row or beside it in an equal cell. */
static bool serves_as_box(const Sheet *sheet, const Cell *cell)
{
    if (cell->rect.w_mm > MOST_CELL_WIDTH_MM || cell->rect.h_mm > MOST_CELL_HEIGHT_MM ||
        cell->rect.w_mm < 3.5 || cell->rect.h_mm < 3)
        return false;
    bool titled = false, headed = false;
    int below = 0, beside = 0;
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *other = &g_array_index(sheet->cells, Cell, i);
        if (other == cell || other->table != cell->table)
            continue;
        bool empty = is_empty(sheet, other);
        titled |= !empty && !other->used && overlap_y(other->rect, cell->rect) > 0.8 * cell->rect.h_mm;
        headed |= !empty && !other->used && bottom_of(other->rect) < middle_y(cell->rect) &&
                  overlap_x(other->rect, cell->rect) > 0.8 * cell->rect.w_mm;
        below += same_column(cell, other) && empty;
        beside += same_row(cell, other) && empty &&
                  fabs(other->rect.w_mm - cell->rect.w_mm) < 0.35 * cell->rect.w_mm;
    }
    return titled && headed && (beside >= 1 || (below >= 1 && cell->rect.w_mm < 20));
}

static void take_cells(Sheet *sheet)
{
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->table >= 0 && is_empty(sheet, cell) && serves_as_box(sheet, cell))
            g_array_append_val(chosen, i);
    }
    for (guint i = 0; i < chosen->len; i++)
        sheet_add_box(sheet, g_array_index(chosen, guint, i), true);
}

/* ---- combs
 * -------------------------------------------------------------------------------------------- */

static int compare_left(gconstpointer a, gconstpointer b)
{
    const Cell *first = *(Cell *const *)a, *second = *(Cell *const *)b;
    return (first->rect.x_mm > second->rect.x_mm) - (first->rect.x_mm < second->rect.x_mm);
}

/* Rows of equal empty cells that touch, with nothing else in the table but their like. */
static void take_combs(Sheet *sheet)
{
    for (guint i = 0; i < sheet->cells->len; i++) {
        Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->table < 0 || cell->used || cell->rect.w_mm > COMB_MOST_MM || !is_empty(sheet, cell))
            continue;
        g_autoptr(GPtrArray) row = g_ptr_array_new();
        bool pure = true;
        for (guint k = 0; k < sheet->cells->len; k++) {
            Cell *other = &g_array_index(sheet->cells, Cell, k);
            if (other->table != cell->table)
                continue;
            pure &= is_empty(sheet, other) && fabs(other->rect.w_mm - cell->rect.w_mm) < 1;
            if (same_row(cell, other))
                g_ptr_array_add(row, other);
        }
        if (!pure || row->len < COMB_LEAST_CELLS)
            continue;
        g_ptr_array_sort(row, compare_left);
        const Cell *first = row->pdata[0], *last = row->pdata[row->len - 1];
        Field field = {
            {first->rect.x_mm, first->rect.y_mm, right_of(last->rect) - first->rect.x_mm, first->rect.h_mm},
            FIELD_COMB,
            1};
        g_array_append_val(sheet->fields, field);
        for (guint k = 0; k < row->len; k++)
            ((Cell *)row->pdata[k])->used = true;
    }
}

bool sheet_find_boxes(Sheet *sheet, GError **error)
{
    take_drawn(sheet);
    if (!sheet_find_repeated(sheet, error))
        return false;
    take_combs(sheet);
    take_cells(sheet);
    return true;
}
