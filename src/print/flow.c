/* Which block starts which page: as few pages as the blocks need and, among those, the breaks that disturb
 * the reader least. */
#include "print/print_internal.h"

#include <float.h>
#include <math.h>

static const PrintBlock *block_at(const GPtrArray *blocks, guint i)
{
    return blocks->pdata[i];
}

/* Rows of block i's table, or of its section in that table, before it (direction −1) or from it on (+1). */
static int count_rows(const GPtrArray *blocks, guint i, int direction, bool section)
{
    int rows = 0;
    const PrintBlock *block = block_at(blocks, i);
    for (int at = direction > 0 ? (int)i : (int)i - 1; at >= 0 && at < (int)blocks->len; at += direction) {
        const PrintBlock *other = block_at(blocks, (guint)at);
        if (other->table != block->table || (section && other->section != block->section))
            break;
        rows += other->kind == PRINT_BLOCK_ROW;
    }
    return rows;
}

static bool leaves_one(const GPtrArray *blocks, guint i, bool section)
{
    return count_rows(blocks, i, -1, section) < 2 || count_rows(blocks, i, 1, section) < 2;
}

/* What a page that starts with block i costs the reader; infinite where none may start. `strict` allows no
 * single row of a table on either side. */
static double break_cost(const GPtrArray *blocks, guint i, bool strict)
{
    if (i == 0)
        return 0;
    const PrintBlock *block = block_at(blocks, i);
    if (block_at(blocks, i - 1)->keep)
        return INFINITY;
    if (!block->table || block->kind == PRINT_BLOCK_HEADER)
        return block->section == block_at(blocks, i - 1)->section ? 0.08 : 0;
    if (strict && leaves_one(blocks, i, false))
        return INFINITY;
    if (block->kind == PRINT_BLOCK_SECTION)
        return 0.05;
    /* a section cut in two, worse when one row of it is alone */
    return leaves_one(blocks, i, true) ? 0.3 : 0.2;
}

/* What the fill of a page costs: white space at its foot, and an almost empty last page. */
static double fill_cost(double used_mm, double page_mm, bool last)
{
    double empty = 1 - used_mm / page_mm;
    if (last)
        return empty > 0.75 ? empty : 0;
    return empty * empty;
}

static GArray *find_breaks(const GPtrArray *blocks, double page_mm, bool strict, double *ret_cost)
{
    guint n = blocks->len;
    g_autofree double *cost = g_new(double, n + 1);
    g_autofree guint *next = g_new0(guint, n + 1);
    cost[n] = 0;
    for (guint i = n; i-- > 0;) {
        cost[i] = INFINITY;
        double start_cost = break_cost(blocks, i, strict);
        if (isinf(start_cost))
            continue;
        double used_mm = i > 0 ? block_at(blocks, i)->header_mm : 0;
        for (guint end = i + 1; end <= n; end++) {
            const PrintBlock *block = block_at(blocks, end - 1);
            used_mm += block->height_mm + (end - 1 > i ? block->gap_mm : 0);
            if (used_mm > page_mm)
                break;
            /* 10: a page more is worse than any break */
            double total = 10 + start_cost + fill_cost(used_mm, page_mm, end == n) + cost[end];
            if (total < cost[i]) {
                cost[i] = total;
                next[i] = end;
            }
        }
    }
    if (n == 0 || isinf(cost[0]))
        return NULL;
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < n; i = next[i])
        g_array_append_val(starts, i);
    *ret_cost = cost[0];
    return starts;
}

GArray *print_flow(const GPtrArray *blocks, double page_mm, double *ret_cost)
{
    GArray *starts = find_breaks(blocks, page_mm, true, ret_cost);
    return starts ? starts : find_breaks(blocks, page_mm, false, ret_cost);
}
