/* What matrices, lists and fields share when they become questions; fields; the page number. */
#include <math.h>
#include <string.h>

#include "detect/detect_internal.h"

#define MOST_WORDS_ABOVE_MM 16.0
#define PAGE_NUMBER_EDGE_MM 28.0

void sheet_add_question(Sheet *sheet, DetectQuestion *question, RectMm top)
{
    question->page = sheet->page;
    const Cell *frame = sheet_frame(sheet, top);
    question->in_column = frame && frame->rect.w_mm < sheet->width_mm / 2;
    question->rect = sheet_given(sheet, top);
    if (!question->number)
        question->number = g_strdup("");
    if (!question->text)
        question->text = g_strdup("");
    if (!question->section)
        question->section = g_strdup("");
    g_ptr_array_add(sheet->questions, question);
}

void sheet_add_option(Sheet *sheet, DetectQuestion *question, guint index, char *label)
{
    Box *box = &g_array_index(sheet->boxes, Box, index);
    DetectOption *option = g_new0(DetectOption, 1);
    option->label = label;
    option->rect = sheet_given(sheet, box->rect);
    option->round = box->round;
    option->is_cell = box->is_cell;
    option->page = sheet->page;
    guint place = question->options->len;
    if (place < 26)
        g_snprintf(option->id, sizeof option->id, "%c", 'a' + (char)place);
    else
        g_snprintf(option->id, sizeof option->id, "%c%c", 'a' + (char)MIN(25, place / 26 - 1),
                   'a' + (char)(place % 26));
    box->question = (int)sheet->questions->len;
    g_ptr_array_add(question->options, option);
}

const Cell *sheet_frame(const Sheet *sheet, RectMm rect)
{
    const Cell *best = NULL;
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->round || cell->table >= 0 || cell->filled < 0.9 || cell->rim < 0.6 ||
            cell->rect.w_mm < 25 || cell->rect.h_mm < 10 || !holds(cell->rect, rect))
            continue;
        if (!best || cell->rect.w_mm * cell->rect.h_mm < best->rect.w_mm * best->rect.h_mm)
            best = cell;
    }
    return best;
}

const Cell *sheet_cell(const Sheet *sheet, RectMm rect)
{
    const Cell *best = NULL;
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->table >= 0 && holds(cell->rect, rect) &&
            (!best || cell->rect.w_mm * cell->rect.h_mm < best->rect.w_mm * best->rect.h_mm))
            best = cell;
    }
    return best;
}

static int compare_parts(gconstpointer a, gconstpointer b)
{
    const Words *first = *(Words *const *)a, *second = *(Words *const *)b;
    double apart = middle_y(first->rect) - middle_y(second->rect);
    if (fabs(apart) > 0.5 * MIN(first->rect.h_mm, second->rect.h_mm))
        return apart > 0 ? 1 : -1;
    return (first->rect.x_mm > second->rect.x_mm) - (first->rect.x_mm < second->rect.x_mm);
}

char *words_join(GPtrArray *parts)
{
    g_ptr_array_sort(parts, compare_parts);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "", ((Words *)parts->pdata[i])->text);
    return g_string_free(text, FALSE);
}

bool sheet_on_box_row(const Sheet *sheet, RectMm rect)
{
    for (guint i = 0; i < sheet->boxes->len; i++) {
        const Box *box = &g_array_index(sheet->boxes, Box, i);
        /* a matrix has its words far left of it, all else stands near its box */
        double reach = box->question >= 0 && rect.x_mm < box->rect.x_mm ? 90 : 15;
        if (overlap_y(box->rect, rect) > 0.4 * MIN(rect.h_mm, box->rect.h_mm) &&
            overlap_x(box->rect, rect) > -reach && sheet_frame(sheet, box->rect) == sheet_frame(sheet, rect))
            return true;
    }
    return false;
}

char *sheet_words_above(const Sheet *sheet, RectMm below, double left_mm, double right_mm, const Cell *frame,
                        RectMm *ret_rect)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    RectMm edge = below;
    const Cell *cell = sheet_cell(sheet, below);
    for (gint i = (gint)sheet->segments->len - 1; i >= 0; i--) {
        Words *words = sheet->segments->pdata[i];
        RectMm r = words->rect;
        double gap = edge.y_mm - bottom_of(r);
        if (middle_y(r) > below.y_mm || right_of(r) < left_mm || r.x_mm > right_mm ||
            sheet_frame(sheet, r) != frame || (cell && !holds(cell->rect, r)) || sheet_on_box_row(sheet, r))
            continue;
        bool same_line = parts->len && overlap_y(edge, r) > 0.4 * r.h_mm;
        if (!same_line && gap > (parts->len ? MAX(2.3, 1.1 * r.h_mm) : MOST_WORDS_ABOVE_MM))
            continue;
        bool boxes_between = false;
        for (guint b = 0; b < sheet->boxes->len && !boxes_between; b++) {
            RectMm box = g_array_index(sheet->boxes, Box, b).rect;
            boxes_between = middle_y(box) > middle_y(r) && bottom_of(box) < edge.y_mm + 0.3 &&
                            overlap_x(box, (RectMm){left_mm, 0, right_mm - left_mm, 0}) > 0 &&
                            sheet_frame(sheet, box) == frame;
        }
        if (boxes_between)
            continue;
        g_ptr_array_add(parts, words);
        double top = parts->len == 1 ? r.y_mm : MIN(edge.y_mm, r.y_mm);
        edge = (RectMm){MIN(parts->len == 1 ? r.x_mm : edge.x_mm, r.x_mm), top, r.w_mm, r.h_mm};
        if (words_begin_question(words->text) && r.x_mm <= edge.x_mm + 1)
            break;
    }
    if (ret_rect)
        *ret_rect = edge;
    return words_join(parts);
}

/* ---- words
 * -------------------------------------------------------------------------------------------- */

static GRegex *number_regex(void)
{
    static GRegex *regex;
    if (!regex)
        regex = g_regex_new(
            "^((?:Câu|Câu hỏi|Question|Q)?\\s*(?:[0-9]{1,3}(?:\\.[0-9]{1,2})*|[A-Z][0-9]{1,2}[a-z]?))"
            "(?:[.):/]+\\s*|\\s+(?=\\p{Lu})|$)",
            G_REGEX_CASELESS * 0, 0, NULL);
    return regex;
}

char *words_take_number(char **text)
{
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(number_regex(), *text, 0, &match))
        return g_strdup("");
    char *number = g_match_info_fetch(match, 1);
    int from, to;
    g_match_info_fetch_pos(match, 0, &from, &to);
    char *rest = g_strdup(*text + to);
    g_free(*text);
    *text = rest;
    return number;
}

bool words_are_number(const char *text)
{
    size_t digits = strspn(text, "0123456789IVX");
    return digits > 0 && digits <= 4 && text[digits + strspn(text + digits, ".)")] == 0;
}

bool words_begin_question(const char *text)
{
    return g_regex_match(number_regex(), text, 0, NULL);
}

/* ---- fields
 * -------------------------------------------------------------------------------------------- */

/* The words a field is named by: left of it on its first line, else above it, else in the row's cells. */
static char *name_field(const Sheet *sheet, const Field *field)
{
    const Words *best = NULL;
    double nearest = 45;
    RectMm line = field->rect;
    double height = field->rect.h_mm / field->lines;
    line.h_mm = MAX(2, height);
    const Cell *frame = sheet_frame(sheet, (RectMm){line.x_mm + 1, line.y_mm + 1, 1, 1});
    for (guint i = 0; i < sheet->segments->len; i++) {
        const Words *words = sheet->segments->pdata[i];
        double gap = line.x_mm - right_of(words->rect);
        if (gap < -2 || gap >= nearest || overlap_y(words->rect, line) < 0.4 * words->rect.h_mm ||
            (field->shape != FIELD_AREA && sheet_frame(sheet, words->rect) != frame))
            continue;
        nearest = gap;
        best = words;
    }
    if (best)
        return g_strdup(best->text);
    if (field->shape == FIELD_AREA)
        frame =
            sheet_frame(sheet, (RectMm){line.x_mm - 2, line.y_mm - 2, line.w_mm + 4, field->rect.h_mm + 4});
    return sheet_words_above(sheet, field->rect, field->rect.x_mm, right_of(field->rect), frame, NULL);
}

static void make_fields(Sheet *sheet)
{
    for (guint i = 0; i < sheet->fields->len; i++) {
        const Field *field = &g_array_index(sheet->fields, Field, i);
        DetectQuestion *question =
            detect_question_new(field->shape == FIELD_COMB ? DETECT_DIGITS : DETECT_TEXT);
        question->text = name_field(sheet, field);
        question->number = words_take_number(&question->text);
        question->lines = field->lines;
        sheet_add_question(sheet, question, field->rect);
    }
}

/* "3", "2/5", "Trang 2/5", "Page 1 of 3" near the upper or lower edge. */
static void find_page_number(Sheet *sheet)
{
    g_autoptr(GRegex) worded = g_regex_new(
        "(?:trang|page|página|tr\\.)\\W*(?:số\\W*)?([0-9]{1,3}(?:\\s*(?:/|of|trên)\\s*[0-9]{1,3})?)",
        G_REGEX_CASELESS, 0, NULL);
    g_autoptr(GRegex) bare = g_regex_new("^\\W*([0-9]{1,2}(?:\\s*/\\s*[0-9]{1,2})?)\\W*$", 0, 0, NULL);
    double best = INFINITY;
    for (guint i = 0; i < sheet->segments->len; i++) {
        const Words *words = sheet->segments->pdata[i];
        double edge = MIN(words->rect.y_mm, sheet->height_mm - bottom_of(words->rect));
        if (edge > PAGE_NUMBER_EDGE_MM)
            continue;
        g_autoptr(GMatchInfo) match = NULL;
        bool is_worded = g_regex_match(worded, words->text, 0, &match);
        if (!is_worded) {
            g_clear_pointer(&match, g_match_info_free);
            if (edge > 20 || !g_regex_match(bare, words->text, 0, &match))
                continue;
        }
        double cost = edge + (is_worded ? 0 : 100);
        if (cost >= best)
            continue;
        best = cost;
        g_free(sheet->number);
        sheet->number = g_match_info_fetch(match, 1);
        sheet->number_rect = words->rect;
    }
}

void sheet_make_questions(Sheet *sheet)
{
    sheet_make_matrices(sheet);
    sheet_make_lists(sheet);
    make_fields(sheet);
    find_page_number(sheet);
}
