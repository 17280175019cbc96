/* What a page is made of: cells, which of them form tables, rules, pieces of ink, square codes. */
#include <math.h>

#include "detect/detect_internal.h"

#define LEAST_CELL_MM 1.4
#define LEAST_RULE_MM 12.0
/* Cells no further apart than a border is wide are neighbours in a table. */
#define BORDER_MM 1.3

static RectMm to_mm(double x, double y, double w, double h)
{
    return (RectMm){x / WORK_PX, y / WORK_PX, w / WORK_PX, h / WORK_PX};
}

Cell cell_of(const VisionCell *found)
{
    return (Cell){.rect = to_mm(found->x_px, found->y_px, found->w_px, found->h_px),
                  .filled = found->filled,
                  .ink = found->ink,
                  .rim = found->rim,
                  .thick_mm = found->thick_px / WORK_PX,
                  .thin = found->thin,
                  .least_side =
                      MIN(MIN(found->sides[0], found->sides[1]), MIN(found->sides[2], found->sides[3])),
                  .round = found->filled < 0.89,
                  .table = -1};
}

static bool is_frame(const Cell *cell)
{
    return !cell->round && cell->filled > 0.93 && cell->rim > 0.6 && cell->rect.w_mm >= 2.5 &&
           cell->rect.h_mm >= 2.5;
}

static bool share_border(const Cell *a, const Cell *b)
{
    double x = overlap_x(a->rect, b->rect), y = overlap_y(a->rect, b->rect);
    bool beside = x < 0.3 && x > -BORDER_MM && y > 0.8 * MIN(a->rect.h_mm, b->rect.h_mm);
    bool below = y < 0.3 && y > -BORDER_MM && x > 0.8 * MIN(a->rect.w_mm, b->rect.w_mm);
    return beside || below;
}

/* Neighbours get one number: flood over the graph of shared borders. */
static void number_tables(GArray *cells)
{
    int tables = 0;
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < cells->len; i++) {
        Cell *first = &g_array_index(cells, Cell, i);
        if (first->table >= 0 || !is_frame(first))
            continue;
        g_array_set_size(queue, 0);
        g_array_append_val(queue, i);
        first->table = tables;
        for (guint q = 0; q < queue->len; q++) {
            const Cell *from = &g_array_index(cells, Cell, g_array_index(queue, guint, q));
            for (guint k = 0; k < cells->len; k++) {
                Cell *to = &g_array_index(cells, Cell, k);
                if (to->table < 0 && is_frame(to) && share_border(from, to)) {
                    to->table = tables;
                    g_array_append_val(queue, k);
                }
            }
        }
        if (queue->len == 1)
            first->table = -1;
        else
            tables++;
    }
}

/* A square code has its corners known; what else is as dense and as fine is none of a form's boxes either. */
static void find_codes(Sheet *sheet)
{
    PointPx corners[4];
    bool has = false;
    g_autofree char *text = vision_read_code(
        sheet->level, (RectPx){0, 0, sheet->level->width_px, sheet->level->height_px}, true, corners, &has);
    if (!text || !has)
        return;
    double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (int i = 0; i < 4; i++) {
        left = MIN(left, corners[i].x_px), right = MAX(right, corners[i].x_px);
        top = MIN(top, corners[i].y_px), bottom = MAX(bottom, corners[i].y_px);
    }
    RectMm code =
        to_mm(left - WORK_PX, top - WORK_PX, right - left + 2 * WORK_PX, bottom - top + 2 * WORK_PX);
    g_array_append_val(sheet->codes, code);
}

bool sheet_find_cells(Sheet *sheet, GError **error)
{
    g_autoptr(GArray) found = vision_find_cells(sheet->level, WORK_PX, LEAST_CELL_MM, error);
    if (!found)
        return false;
    sheet->rules = vision_find_rules(sheet->level, WORK_PX, LEAST_RULE_MM, error);
    if (!sheet->rules)
        return false;
    sheet->pieces = vision_find_pieces(sheet->level, WORK_PX, error);
    if (!sheet->pieces)
        return false;
    find_codes(sheet);
    for (guint i = 0; i < found->len; i++) {
        const VisionCell *from = &g_array_index(found, VisionCell, i);
        Cell cell = cell_of(from);
        bool in_code = false;
        for (guint c = 0; c < sheet->codes->len; c++)
            in_code |= holds(g_array_index(sheet->codes, RectMm, c), cell.rect);
        if (!in_code)
            g_array_append_val(sheet->cells, cell);
    }
    number_tables(sheet->cells);
    return true;
}
