/* Rows of boxes with nothing between them, under column headings: each row a question, each column an option.
 */
#include <math.h>
#include <string.h>

#include "detect/detect_internal.h"

#define MOST_STEP_MM 62.0
#define MOST_HEADING_MM 32.0
#define MOST_ROW_PITCH_MM 45.0

/* A run of boxes on one height. */
typedef struct {
    GArray *boxes;     /* guint, left to right */
    GPtrArray *labels; /* char* from the headings; NULL until known */
    RectMm rect;
    RectMm heading; /* where the headings stand; h = 0: none of its own */
} Run;

static void run_free(gpointer data)
{
    Run *run = data;
    g_array_unref(run->boxes);
    if (run->labels)
        g_ptr_array_unref(run->labels);
    g_free(run);
}

static const Box *box_at(const Sheet *sheet, guint index)
{
    return &g_array_index(sheet->boxes, Box, index);
}

static bool on_one_row(RectMm a, RectMm b)
{
    return fabs(middle_y(a) - middle_y(b)) < MAX(1.0, 0.3 * MIN(a.h_mm, b.h_mm));
}

static bool words_between(const Sheet *sheet, RectMm left, RectMm right)
{
    for (guint i = 0; i < sheet->segments->len; i++) {
        RectMm r = ((const Words *)sheet->segments->pdata[i])->rect;
        double middle = middle_x(r);
        if (middle > right_of(left) && middle < right.x_mm &&
            overlap_y(r, left) > 0.4 * MIN(r.h_mm, left.h_mm))
            return true;
    }
    return false;
}

/* The next box on the row with no words before it, or −1. */
static int next_in_run(const Sheet *sheet, guint index)
{
    const Box *from = box_at(sheet, index);
    int best = -1;
    double nearest = MOST_STEP_MM;
    for (guint i = 0; i < sheet->boxes->len; i++) {
        const Box *to = box_at(sheet, i);
        double gap = to->rect.x_mm - right_of(from->rect);
        if (i == index || to->question >= 0 || gap < -0.2 || gap >= nearest ||
            !on_one_row(from->rect, to->rect))
            continue;
        nearest = gap;
        best = (int)i;
    }
    if (best < 0)
        return -1;
    const Box *to = box_at(sheet, (guint)best);
    if (to->is_cell != from->is_cell || sheet_frame(sheet, to->rect) != sheet_frame(sheet, from->rect) ||
        words_between(sheet, from->rect, to->rect))
        return -1;
    return best;
}

static int compare_runs(gconstpointer a, gconstpointer b)
{
    const Run *first = *(Run *const *)a, *second = *(Run *const *)b;
    return (first->rect.y_mm > second->rect.y_mm) - (first->rect.y_mm < second->rect.y_mm);
}

static GPtrArray *find_runs(const Sheet *sheet)
{
    GPtrArray *runs = g_ptr_array_new_with_free_func(run_free);
    guint count = sheet->boxes->len;
    g_autofree int *next = g_new0(int, count + 1);
    g_autofree bool *preceded = g_new0(bool, count + 1);
    for (guint i = 0; i < count; i++) {
        next[i] = box_at(sheet, i)->question < 0 ? next_in_run(sheet, i) : -1;
        if (next[i] >= 0)
            preceded[next[i]] = true;
    }
    for (guint i = 0; i < count; i++) {
        if (preceded[i] || next[i] < 0)
            continue;
        Run *run = g_new0(Run, 1);
        run->boxes = g_array_new(FALSE, FALSE, sizeof(guint));
        run->rect = box_at(sheet, i)->rect;
        for (int at = (int)i; at >= 0; at = next[at]) {
            guint index = (guint)at;
            g_array_append_val(run->boxes, index);
            run->rect.w_mm = right_of(box_at(sheet, index)->rect) - run->rect.x_mm;
        }
        g_ptr_array_add(runs, run);
    }
    g_ptr_array_sort(runs, compare_runs);
    return runs;
}

static bool same_columns(const Sheet *sheet, const Run *a, const Run *b)
{
    if (a->boxes->len != b->boxes->len)
        return false;
    for (guint i = 0; i < a->boxes->len; i++) {
        RectMm first = box_at(sheet, g_array_index(a->boxes, guint, i))->rect;
        RectMm second = box_at(sheet, g_array_index(b->boxes, guint, i))->rect;
        if (fabs(middle_x(first) - middle_x(second)) > 2.5)
            return false;
    }
    return true;
}

/* The words over one column, above `row` and below `top_mm`: the lowest, and what follows closely above it.
 */
static char *read_heading(const Sheet *sheet, RectMm box, double left, double right, double top_mm,
                          RectMm *all)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    RectMm edge = box;
    double slack = 0.12 * (right - left);
    for (gint i = (gint)sheet->segments->len - 1; i >= 0; i--) {
        Words *words = sheet->segments->pdata[i];
        RectMm r = words->rect;
        if (bottom_of(r) > box.y_mm + 0.8 || middle_y(r) < top_mm || middle_x(r) < left ||
            middle_x(r) > right || r.x_mm < left - slack || right_of(r) > right + slack)
            continue;
        double gap = edge.y_mm - bottom_of(r);
        bool same_line = parts->len && overlap_y(edge, r) > 0.4 * r.h_mm;
        if (!same_line && gap > (parts->len ? MAX(1.6, 0.75 * r.h_mm) : MOST_HEADING_MM))
            continue;
        const Cell *cell = sheet_cell(sheet, r), *last = parts->len ? sheet_cell(sheet, edge) : cell;
        if (cell != last)
            continue;
        g_ptr_array_add(parts, words);
        edge = r;
        if (all->h_mm <= 0) {
            *all = r;
        } else {
            double bottom = MAX(bottom_of(*all), bottom_of(r));
            all->y_mm = MIN(all->y_mm, r.y_mm);
            all->h_mm = bottom - all->y_mm;
        }
    }
    return words_join(parts);
}

/* Headings of its own between the run and what is above it; else those of the run above with equal columns.
 */
static void find_headings(const Sheet *sheet, GPtrArray *runs, guint index)
{
    Run *run = runs->pdata[index];
    const Run *above = NULL;
    for (guint i = 0; i < index; i++) {
        const Run *other = runs->pdata[i];
        if (same_columns(sheet, run, other) && run->rect.y_mm - other->rect.y_mm < MOST_ROW_PITCH_MM)
            above = other;
    }
    double top = above ? middle_y(above->rect) : run->rect.y_mm - MOST_HEADING_MM - 12;
    guint count = run->boxes->len, titled = 0;
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    RectMm all = {0};
    for (guint i = 0; i < count; i++) {
        RectMm box = box_at(sheet, g_array_index(run->boxes, guint, i))->rect;
        double before = i ? middle_x(box_at(sheet, g_array_index(run->boxes, guint, i - 1))->rect) : NAN;
        double after =
            i + 1 < count ? middle_x(box_at(sheet, g_array_index(run->boxes, guint, i + 1))->rect) : NAN;
        double middle = middle_x(box);
        double half = isnan(before) ? (after - middle) / 2 : isnan(after) ? (middle - before) / 2 : 0;
        double left = isnan(before) ? middle - half : (before + middle) / 2;
        double right = isnan(after) ? middle + half : (after + middle) / 2;
        char *label = read_heading(sheet, box, left, right, top, &all);
        titled += *label != 0;
        g_ptr_array_add(labels, label);
    }
    if (above && above->labels && titled * 2 < count + 1) {
        run->labels = g_ptr_array_ref(above->labels);
        return;
    }
    run->labels = g_steal_pointer(&labels);
    run->heading = all;
    if (all.h_mm <= 0)
        run->heading = (RectMm){run->rect.x_mm, run->rect.y_mm, run->rect.w_mm, 0};
}

/* The words of a row: left of its first box, within its row of the table or half-way to its neighbours.
 * A number in a cell of its own becomes *ret_number. */
static char *read_row(const Sheet *sheet, const GPtrArray *runs, const Run *run, char **ret_number)
{
    RectMm first = box_at(sheet, g_array_index(run->boxes, guint, 0))->rect;
    const Cell *cell = sheet_cell(sheet, first), *frame = sheet_frame(sheet, first);
    double top = first.y_mm - 6, bottom = bottom_of(first) + 6;
    for (guint i = 0; i < runs->len; i++) {
        RectMm other = ((const Run *)runs->pdata[i])->rect;
        if (other.y_mm < first.y_mm - 1)
            top = MAX(top, (middle_y(other) + middle_y(first)) / 2);
        else if (other.y_mm > first.y_mm + 1)
            bottom = MIN(bottom, (middle_y(other) + middle_y(first)) / 2);
    }
    if (run->heading.h_mm > 0)
        top = MAX(top, bottom_of(run->heading));
    if (cell)
        top = cell->rect.y_mm, bottom = bottom_of(cell->rect);
    double left = 0;
    for (guint i = 0; i < sheet->boxes->len; i++) {
        RectMm other = box_at(sheet, i)->rect;
        if (right_of(other) < first.x_mm && on_one_row(other, first))
            left = MAX(left, right_of(other));
    }
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    for (guint i = 0; i < sheet->segments->len; i++) {
        Words *words = sheet->segments->pdata[i];
        RectMm r = words->rect;
        if (right_of(r) < first.x_mm + 1.5 && r.x_mm > left - 1 && middle_y(r) > top &&
            middle_y(r) < bottom && sheet_frame(sheet, r) == frame &&
            (cell != NULL) == (sheet_cell(sheet, r) != NULL))
            g_ptr_array_add(parts, words);
    }
    for (guint i = 0; cell && i < parts->len; i++) { /* a column of row numbers */
        const Words *words = parts->pdata[i];
        const Cell *own = sheet_cell(sheet, words->rect);
        if (!own || own->rect.w_mm > 18 || !words_are_number(words->text))
            continue;
        g_free(*ret_number);
        *ret_number = g_strdup(words->text);
        g_ptr_array_remove_index(parts, i--);
    }
    if (cell)
        return words_join(parts);
    /* Without lines of a table only what touches the row, and lines that follow it closely, belong to it. */
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    RectMm band = {0, first.y_mm - 0.5, 0, first.h_mm + 1};
    for (bool grown = true; grown;) {
        grown = false;
        for (guint i = 0; i < parts->len; i++) {
            RectMm r = ((Words *)parts->pdata[i])->rect;
            if (g_ptr_array_find(kept, parts->pdata[i], NULL) || overlap_y(r, band) < -0.35 * r.h_mm)
                continue;
            g_ptr_array_add(kept, parts->pdata[i]);
            double low = MAX(bottom_of(band), bottom_of(r));
            band.y_mm = MIN(band.y_mm, r.y_mm);
            band.h_mm = low - band.y_mm;
            grown = true;
        }
    }
    return words_join(kept);
}

/* The words over the whole matrix: above its headings, from the row labels' left on. */
static char *read_stem(const Sheet *sheet, const Run *run)
{
    RectMm top = run->heading.h_mm > 0 ? run->heading : run->rect;
    const Cell *cell = sheet_cell(sheet, run->rect), *frame = sheet_frame(sheet, run->rect);
    if (cell) {
        int table = cell->table;
        for (guint i = 0; i < sheet->cells->len; i++) {
            const Cell *other = &g_array_index(sheet->cells, Cell, i);
            if (other->table == table)
                top.y_mm = MIN(top.y_mm, other->rect.y_mm);
        }
        top.y_mm -= 0.5;
        top.h_mm = 0.2;
    }
    return sheet_words_above(sheet, top, 0, MAX(right_of(run->rect), 0.5 * sheet->width_mm), frame, NULL);
}

void sheet_make_matrices(Sheet *sheet)
{
    g_autoptr(GPtrArray) runs = find_runs(sheet);
    g_autofree char *section = g_strdup("");
    for (guint i = 0; i < runs->len; i++)
        find_headings(sheet, runs, i);
    for (guint i = 0; i < runs->len; i++) {
        Run *run = runs->pdata[i];
        if (run->heading.w_mm > 0) {
            g_free(section);
            section = read_stem(sheet, run);
        }
        DetectQuestion *question = detect_question_new(DETECT_ONE);
        for (guint b = 0; b < run->boxes->len; b++) {
            guint index = g_array_index(run->boxes, guint, b);
            const char *inside = box_at(sheet, index)->inside;
            sheet_add_option(sheet, question, index,
                             g_strdup(inside && *inside ? inside : run->labels->pdata[b]));
        }
        g_autofree char *counted = NULL;
        question->text = read_row(sheet, runs, run, &counted);
        question->number = counted ? g_steal_pointer(&counted) : words_take_number(&question->text);
        question->section = g_strdup(section);
        sheet_add_question(sheet, question, run->rect);
    }
}
