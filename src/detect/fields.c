/* Where something is written: solid lines, dotted lines, free areas, empty cells too wide for a box. */
#include <math.h>

#include "detect/detect_internal.h"

/* A line to write on is at least this long; the writing stands this high above it. */
#define LEAST_LINE_MM 18.0
#define WRITING_MM 7.0
/* Dots of a leader: no larger, no further apart, at least so many. */
#define MOST_DOT_MM 0.95
#define MOST_PITCH_MM 2.6
#define LEAST_DOTS 10
/* Lines one below the other up to this distance are one field. */
#define MOST_LINE_PITCH_MM 16.0
#define LEAST_AREA_MM 6.0

static RectMm px_mm(RectPx r)
{
    return (RectMm){r.x_px / WORK_PX, r.y_px / WORK_PX, r.w_px / WORK_PX, r.h_px / WORK_PX};
}

/* Whether the line is a border: of a cell or frame, or of a drawn box. */
static bool is_border(const Sheet *sheet, RectMm line)
{
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->round || cell->rim < 0.5 || cell->filled < 0.9 ||
            overlap_x(cell->rect, line) < 0.3 * MIN(line.w_mm, cell->rect.w_mm))
            continue;
        if (fabs(middle_y(line) - cell->rect.y_mm) < 1.2 ||
            fabs(middle_y(line) - bottom_of(cell->rect)) < 1.2)
            return true;
    }
    return false;
}

/* The share of the strip above a line that is covered by print: an underline has words on it. */
static double print_above(const Sheet *sheet, RectMm line)
{
    RectMm strip = {line.x_mm + 1, line.y_mm - 4, line.w_mm - 2, 3.6};
    double covered = 0;
    for (guint i = 0; i < sheet->pieces->len; i++) {
        RectMm piece = px_mm(g_array_index(sheet->pieces, RectPx, i));
        if (piece.h_mm > 0.8 && piece.w_mm < 12 && overlap_y(piece, strip) > 0.5 &&
            overlap_x(piece, strip) > 0)
            covered += overlap_x(piece, strip);
    }
    return covered / strip.w_mm;
}

/* Whether print stands just left of the line's start, on the same line of text. */
static bool has_label(const Sheet *sheet, RectMm line)
{
    for (guint i = 0; i < sheet->pieces->len; i++) {
        RectMm piece = px_mm(g_array_index(sheet->pieces, RectPx, i));
        double gap = line.x_mm - right_of(piece);
        if (gap > -0.8 && gap < 6 && piece.h_mm > 0.9 && piece.h_mm < 8 && bottom_of(piece) > line.y_mm - 3 &&
            bottom_of(piece) < line.y_mm + 1.8)
            return true;
    }
    return false;
}

/* Whether ink stands up the page at `x_mm`, all the way from top to bottom or nearly. */
static bool is_upright(const Sheet *sheet, double x_mm, double top_mm, double bottom_mm)
{
    int dark = 0, looked = 0;
    for (double y = top_mm; y < bottom_mm; y += 0.4) {
        int row = (int)(y * WORK_PX), darkest = 255;
        for (int x = (int)((x_mm - 0.7) * WORK_PX); x <= (int)((x_mm + 0.7) * WORK_PX); x++)
            if (x >= 0 && x < sheet->level->width_px && row >= 0 && row < sheet->level->height_px)
                darkest = MIN(darkest, sheet->level->pixels[(size_t)row * sheet->level->stride + (size_t)x]);
        looked++;
        dark += darkest < 190;
    }
    return looked && dark > 0.8 * looked;
}

/* A frame open below or with a broken outline: one piece of ink along its top and down both sides. False
 * where `line` is no top of one. */
static bool find_open_frame(const Sheet *sheet, RectMm line, RectMm *ret_frame)
{
    for (guint i = 0; i < sheet->pieces->len; i++) {
        RectMm piece = px_mm(g_array_index(sheet->pieces, RectPx, i));
        if (fabs(piece.x_mm - line.x_mm) > 1.5 || fabs(right_of(piece) - right_of(line)) > 1.5 ||
            fabs(piece.y_mm - line.y_mm) > 1.5 || piece.h_mm < 4 || piece.h_mm > 60)
            continue;
        if (is_upright(sheet, piece.x_mm + 0.2, piece.y_mm + 2, bottom_of(piece) - 1) &&
            is_upright(sheet, right_of(piece) - 0.2, piece.y_mm + 2, bottom_of(piece) - 1)) {
            *ret_frame = (RectMm){piece.x_mm + 0.3, piece.y_mm + 0.8, piece.w_mm - 0.6, piece.h_mm - 1};
            return true;
        }
    }
    return false;
}

static int compare_dots(gconstpointer a, gconstpointer b)
{
    const RectMm *first = a, *second = b;
    return (first->x_mm > second->x_mm) - (first->x_mm < second->x_mm);
}

typedef struct {
    RectMm rect;
    bool dotted, labelled, taken;
} Line;

/* Chains of dots on one height at an even pitch. */
static void find_dotted(const Sheet *sheet, GArray *lines)
{
    g_autoptr(GArray) dots = g_array_new(FALSE, FALSE, sizeof(RectMm));
    for (guint i = 0; i < sheet->pieces->len; i++) {
        RectMm piece = px_mm(g_array_index(sheet->pieces, RectPx, i));
        if (piece.h_mm <= MOST_DOT_MM && piece.w_mm <= 2 * MOST_DOT_MM)
            g_array_append_val(dots, piece);
    }
    g_array_sort(dots, compare_dots);
    g_autofree bool *taken = g_new0(bool, dots->len + 1);
    for (guint i = 0; i < dots->len; i++) {
        if (taken[i])
            continue;
        RectMm last = g_array_index(dots, RectMm, i), chain = last;
        int count = 1;
        for (guint k = i + 1; k < dots->len; k++) {
            RectMm dot = g_array_index(dots, RectMm, k);
            if (dot.x_mm - right_of(last) > MOST_PITCH_MM)
                break;
            if (taken[k] || fabs(bottom_of(dot) - bottom_of(last)) > 0.3 || right_of(dot) <= right_of(last))
                continue;
            taken[k] = true;
            chain.w_mm = right_of(dot) - chain.x_mm;
            chain.y_mm = MIN(chain.y_mm, dot.y_mm);
            last = dot;
            count++;
        }
        if (count >= LEAST_DOTS && chain.w_mm >= 12) {
            Line line = {
                {chain.x_mm, bottom_of(last) - 0.3, chain.w_mm, 0.3}, true, has_label(sheet, chain), false};
            g_array_append_val(lines, line);
        }
    }
}

static bool is_bottom_of_field(const Sheet *sheet, RectMm line)
{
    for (guint f = 0; f < sheet->fields->len; f++) {
        RectMm field = g_array_index(sheet->fields, Field, f).rect;
        if (overlap_x(field, line) > 0.7 * line.w_mm && fabs(bottom_of(field) - line.y_mm) < 1.5)
            return true;
    }
    return false;
}

static void find_solid(Sheet *sheet, GArray *lines)
{
    for (guint i = 0; i < sheet->rules->len; i++) {
        const VisionRule *rule = &g_array_index(sheet->rules, VisionRule, i);
        RectMm rect = px_mm(rule->rect);
        if (rule->upright || rect.w_mm < LEAST_LINE_MM || rule->thick_px > 0.8 * WORK_PX ||
            is_border(sheet, rect))
            continue;
        RectMm frame;
        if (find_open_frame(sheet, rect, &frame)) {
            Field field = {frame, FIELD_AREA, 1};
            g_array_append_val(sheet->fields, field);
            continue;
        }
        if (print_above(sheet, rect) > 0.12 || is_bottom_of_field(sheet, rect))
            continue;
        Line line = {rect, false, has_label(sheet, rect), false};
        g_array_append_val(lines, line);
    }
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    const Line *first = a, *second = b;
    return (first->rect.y_mm > second->rect.y_mm) - (first->rect.y_mm < second->rect.y_mm);
}

/* How high one may write above a line: up to the print or line above it. */
static double room_above(const Sheet *sheet, RectMm line)
{
    double room = WRITING_MM;
    for (guint i = 0; i < sheet->pieces->len; i++) {
        RectMm piece = px_mm(g_array_index(sheet->pieces, RectPx, i));
        double gap = line.y_mm - bottom_of(piece);
        if (gap > 1 && gap < room && overlap_x(piece, line) > 0 && piece.h_mm > 0.5 && piece.h_mm < 60)
            room = gap;
    }
    return MAX(room, 3);
}

/* A line alone needs words before it, or dots; lines of one width below each other are one field. */
static void take_lines(Sheet *sheet, GArray *lines)
{
    g_array_sort(lines, compare_lines);
    for (guint i = 0; i < lines->len; i++) {
        Line *first = &g_array_index(lines, Line, i);
        if (first->taken)
            continue;
        int count = 1;
        double room = room_above(sheet, first->rect), bottom = bottom_of(first->rect);
        RectMm all = {first->rect.x_mm, first->rect.y_mm - room, first->rect.w_mm, room};
        const Line *last = first;
        for (guint k = i + 1; k < lines->len; k++) {
            Line *next = &g_array_index(lines, Line, k);
            double pitch = next->rect.y_mm - last->rect.y_mm;
            if (next->taken || next->labelled || pitch < 3 || pitch > MOST_LINE_PITCH_MM ||
                next->dotted != first->dotted || fabs(right_of(next->rect) - right_of(last->rect)) > 8 ||
                print_above(sheet, next->rect) > 0.12)
                continue;
            next->taken = true;
            bottom = bottom_of(next->rect);
            double left = MIN(all.x_mm, next->rect.x_mm);
            all.w_mm = MAX(right_of(all), right_of(next->rect)) - left;
            all.x_mm = left;
            last = next;
            count++;
        }
        if (count == 1 && !first->labelled && !first->dotted)
            continue;
        all.h_mm = bottom - all.y_mm;
        Field field = {all, first->dotted ? FIELD_DOTS : FIELD_LINE, count};
        g_array_append_val(sheet->fields, field);
    }
}

/* Empty frames and table cells that are no boxes, large enough to write in. */
static void take_areas(Sheet *sheet)
{
    for (guint i = 0; i < sheet->cells->len; i++) {
        Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->used || cell->round || cell->filled < 0.9 || cell->rim < 0.6 || cell->ink > 0.004 ||
            cell->rect.h_mm < LEAST_AREA_MM || cell->rect.w_mm < 15 ||
            cell->rect.w_mm > 0.98 * sheet->width_mm)
            continue;
        bool inside = false;
        for (guint b = 0; b < sheet->boxes->len; b++)
            inside |= overlap_x(cell->rect, g_array_index(sheet->boxes, Box, b).rect) > 0 &&
                      overlap_y(cell->rect, g_array_index(sheet->boxes, Box, b).rect) > 0;
        for (guint f = 0; f < sheet->fields->len; f++)
            inside |= overlap_x(cell->rect, g_array_index(sheet->fields, Field, f).rect) > 0 &&
                      overlap_y(cell->rect, g_array_index(sheet->fields, Field, f).rect) > 0;
        if (inside)
            continue;
        cell->used = true;
        Field field = {cell->rect, FIELD_AREA, MAX(1, (int)(cell->rect.h_mm / 8))};
        g_array_append_val(sheet->fields, field);
    }
}

void sheet_find_fields(Sheet *sheet)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(Line));
    find_solid(sheet, lines);
    find_dotted(sheet, lines);
    take_lines(sheet, lines);
    take_areas(sheet);
}
