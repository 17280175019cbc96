/* Boxes with a label each: lists down the page, along a line, in several columns. */
#include <math.h>
#include <string.h>

#include "detect/detect_internal.h"

#define MOST_LABEL_MM 28.0
#define MOST_FAR_LABEL_MM 75.0
#define MOST_PITCH_MM 32.0
#define MOST_STEM_MM 90.0

/* A box that stands for itself, with the words on both sides. */
typedef struct {
    guint box;
    RectMm rect;
    const Cell *frame;
    Words *left, *right; /* the nearest on its row within reach; may be NULL */
    double left_gap, right_gap;
    bool label_left;
    RectMm label_rect;
    char *label;
    Words *stem; /* words on the row before the box that are no label */
    int group;
} Item;

static bool on_row(RectMm words, RectMm box)
{
    return overlap_y(words, box) > 0.35 * MIN(words.h_mm, box.h_mm);
}

/* Whether another box stands between x1 and x2 on the row. */
static bool box_between(const Sheet *sheet, RectMm row, double from, double to)
{
    for (guint i = 0; i < sheet->boxes->len; i++) {
        RectMm r = g_array_index(sheet->boxes, Box, i).rect;
        if (middle_x(r) > from + 0.2 && middle_x(r) < to - 0.2 &&
            overlap_y(r, row) > 0.4 * MIN(r.h_mm, row.h_mm))
            return true;
    }
    return false;
}

/* The nearest words on both sides within `reach_mm`. */
static void find_sides(const Sheet *sheet, Item *item, double reach_mm)
{
    item->left_gap = item->right_gap = reach_mm;
    const Cell *cell = sheet_cell(sheet, item->rect);
    for (guint i = 0; i < sheet->segments->len; i++) {
        Words *words = sheet->segments->pdata[i];
        if (!on_row(words->rect, item->rect) || sheet_frame(sheet, words->rect) != item->frame)
            continue;
        /* in a table the label stands in the box's own cell; only without words there in the next */
        double far = cell && !holds(cell->rect, words->rect) ? MOST_LABEL_MM / 2 : 0;
        double right = words->rect.x_mm - right_of(item->rect),
               left = item->rect.x_mm - right_of(words->rect);
        if (right > -1 && right + far < item->right_gap &&
            !box_between(sheet, item->rect, right_of(item->rect), words->rect.x_mm)) {
            item->right_gap = right + far;
            item->right = words;
        }
        if (left > -1 && left + far < item->left_gap &&
            !box_between(sheet, item->rect, right_of(words->rect), item->rect.x_mm)) {
            item->left_gap = left + far;
            item->left = words;
        }
    }
}

static GArray *find_items(const Sheet *sheet)
{
    GArray *items = g_array_new(FALSE, TRUE, sizeof(Item));
    for (guint i = 0; i < sheet->boxes->len; i++) {
        const Box *box = &g_array_index(sheet->boxes, Box, i);
        if (box->question >= 0)
            continue;
        Item item = {.box = i, .rect = box->rect, .frame = sheet_frame(sheet, box->rect), .group = -1};
        find_sides(sheet, &item, MOST_LABEL_MM);
        g_array_append_val(items, item);
    }
    return items;
}

#define ITEM(items, i) (&g_array_index(items, Item, i))

static bool in_column(const Item *a, const Item *b)
{
    return a->frame == b->frame && fabs(middle_x(a->rect) - middle_x(b->rect)) < 1.5;
}
static bool in_row(const Item *a, const Item *b)
{
    return a->frame == b->frame && fabs(middle_y(a->rect) - middle_y(b->rect)) < MAX(1.0, 0.3 * a->rect.h_mm);
}

/* On which side the labels of a set of boxes are: where there are words at all, then where they are nearer.
 */
static bool labels_left(GArray *items, const Item *of)
{
    double vote = 0;
    for (guint i = 0; i < items->len; i++) {
        const Item *item = ITEM(items, i);
        if (!in_column(item, of) && !in_row(item, of))
            continue;
        double weight = item == of ? 1.5 : 1;
        if (item->left && !item->right)
            vote += 2 * weight;
        else if (item->right && !item->left)
            vote -= 2 * weight;
        else if (item->left && item->right)
            vote += weight * CLAMP(log((MAX(item->right_gap, 0) + 1) / (MAX(item->left_gap, 0) + 1)), -1, 1);
    }
    return vote > 0;
}

/* The label: its first line, and lines that follow it closely at the same left edge, above the next box. */
static void read_label(const Sheet *sheet, GArray *items, Item *item)
{
    Words *first = item->label_left ? item->left : item->right;
    item->label = g_strdup("");
    item->label_rect = item->rect;
    if (!first)
        return;
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    g_ptr_array_add(parts, first);
    RectMm last = first->rect, all = first->rect;
    for (guint i = 0; i < sheet->segments->len; i++) {
        Words *words = sheet->segments->pdata[i];
        RectMm r = words->rect;
        double gap = r.y_mm - bottom_of(last);
        if (words == first || item->label_left || fabs(r.x_mm - first->rect.x_mm) > 2.5 ||
            gap < -0.6 * r.h_mm || middle_y(r) <= middle_y(last) || gap > MAX(2.3, 1.05 * r.h_mm) ||
            sheet_frame(sheet, r) != item->frame || words_begin_question(words->text))
            continue;
        bool of_next = false;
        for (guint k = 0; k < items->len; k++) {
            const Item *next = ITEM(items, k);
            of_next |= next->rect.y_mm > item->rect.y_mm + 0.5 && on_row(r, next->rect) &&
                       fabs(next->rect.x_mm - item->rect.x_mm) < 3;
        }
        if (of_next)
            break;
        g_ptr_array_add(parts, words);
        last = r;
        double right = MAX(right_of(all), right_of(r));
        all.h_mm = bottom_of(r) - all.y_mm;
        all.w_mm = right - all.x_mm;
    }
    g_free(item->label);
    item->label = words_join(parts);
    item->label_rect = all;
}

/* Whether a numbered question stands right above a box, so that words far left on its row belong elsewhere.
 */
static bool has_title(const Sheet *sheet, const Item *item)
{
    double left = MIN(item->rect.x_mm, item->label_rect.x_mm);
    for (guint i = 0; i < sheet->segments->len; i++) {
        const Words *words = sheet->segments->pdata[i];
        double gap = item->rect.y_mm - bottom_of(words->rect);
        if (gap > -1.5 && gap < 9 && words->rect.x_mm > left - 15 && words->rect.x_mm < left + 5 &&
            words_begin_question(words->text))
            return true;
    }
    return false;
}

/* Words before the box on its row that are no label: of this box, nor of the one before. */
static void find_stem(const Sheet *sheet, GArray *items, Item *item)
{
    double nearest = MOST_STEM_MM;
    double edge = item->label_left && *item->label ? item->label_rect.x_mm : item->rect.x_mm;
    for (guint i = 0; i < sheet->segments->len; i++) {
        Words *words = sheet->segments->pdata[i];
        double gap = edge - right_of(words->rect);
        if (gap < -0.5 || gap >= nearest || !on_row(words->rect, item->rect) ||
            sheet_frame(sheet, words->rect) != item->frame)
            continue;
        bool taken = box_between(sheet, item->rect, right_of(words->rect), item->rect.x_mm);
        for (guint k = 0; k < items->len && !taken; k++) {
            const Item *other = ITEM(items, k);
            taken = (other->label_left ? other->left : other->right) == words;
        }
        if (taken || (gap > 30 && has_title(sheet, item)) ||
            (gap > 30 && !words_begin_question(words->text) && !strpbrk(words->text, ":?")))
            continue;
        nearest = gap;
        item->stem = words;
    }
}

/* Whether a question begins between two boxes of a column: words between their rows that are no label. */
static bool parted(const Sheet *sheet, GArray *items, const Item *upper, const Item *lower)
{
    if (lower->stem)
        return true;
    for (guint k = 0; k < items->len; k++) {
        const Item *other = ITEM(items, k);
        if (in_row(other, lower) && other->stem && other->stem->rect.x_mm < lower->rect.x_mm)
            return true;
    }
    double left = MIN(upper->label_rect.x_mm, upper->rect.x_mm) - 12;
    double right = MAX(right_of(upper->label_rect), right_of(upper->rect));
    for (guint i = 0; i < sheet->segments->len; i++) {
        const Words *words = sheet->segments->pdata[i];
        RectMm r = words->rect;
        if (middle_y(r) <= middle_y(upper->rect) || middle_y(r) >= middle_y(lower->rect) ||
            right_of(r) < left || r.x_mm > right || sheet_frame(sheet, r) != upper->frame)
            continue;
        bool label = false;
        for (guint k = 0; k < items->len && !label; k++)
            label = (*ITEM(items, k)->label && holds(ITEM(items, k)->label_rect, r)) ||
                    ITEM(items, k)->stem == words;
        if (!label)
            return true;
    }
    return false;
}

static void merge(GArray *items, int from, int into)
{
    for (guint i = 0; from != into && i < items->len; i++)
        if (ITEM(items, i)->group == from)
            ITEM(items, i)->group = into;
}

/* Down each column: a box joins the next one below it unless a question begins between them. */
static void join_columns(const Sheet *sheet, GArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        const Item *upper = ITEM(items, i);
        Item *next = NULL;
        double nearest = MOST_PITCH_MM;
        for (guint k = 0; k < items->len; k++) {
            Item *lower = ITEM(items, k);
            double apart = lower->rect.y_mm - upper->rect.y_mm;
            if (apart <= 1 || apart >= nearest || !in_column(upper, lower))
                continue;
            nearest = apart;
            next = lower;
        }
        if (next && next->label_left == upper->label_left && !parted(sheet, items, upper, next))
            merge(items, next->group, upper->group);
    }
}

/* Whether a column has words of its own over it: they begin right of all that belongs to the column before.
 */
static bool has_heading(const Sheet *sheet, GArray *items, const Item *item, double right_of_before)
{
    RectMm top = item->rect;
    double left = MIN(item->rect.x_mm, item->label_rect.x_mm);
    for (guint i = 0; i < items->len; i++)
        if (ITEM(items, i)->group == item->group && ITEM(items, i)->rect.y_mm < top.y_mm)
            top = ITEM(items, i)->rect;
    for (guint i = 0; i < sheet->segments->len; i++) {
        RectMm r = ((const Words *)sheet->segments->pdata[i])->rect;
        double gap = top.y_mm - bottom_of(r);
        if (gap > -0.5 && gap < 14 && r.x_mm > right_of_before && r.x_mm < left + 10 && right_of(r) > left &&
            sheet_frame(sheet, r) == item->frame && !sheet_on_box_row(sheet, r))
            return true;
    }
    return false;
}

/* Along a row: a box joins the one left of it unless words of its own stand before or over it. */
static void join_rows(const Sheet *sheet, GArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        Item *item = ITEM(items, i), *before = NULL;
        for (guint k = 0; k < items->len; k++) {
            Item *other = ITEM(items, k);
            if (in_row(item, other) && other->rect.x_mm < item->rect.x_mm - 1 &&
                (!before || other->rect.x_mm > before->rect.x_mm))
                before = other;
        }
        if (!before || before->group == item->group || item->stem || before->label_left != item->label_left)
            continue;
        double right = 0;
        for (guint k = 0; k < items->len; k++) {
            const Item *other = ITEM(items, k);
            if (other->group == before->group)
                right = MAX(right, MAX(right_of(other->rect), right_of(other->label_rect)));
        }
        if (right > item->rect.x_mm)
            right = right_of(before->rect);
        if (!has_heading(sheet, items, item, right))
            merge(items, item->group, before->group);
    }
}

static int compare_items(gconstpointer a, gconstpointer b)
{
    const Item *first = *(Item *const *)a, *second = *(Item *const *)b;
    if (fabs(middle_y(first->rect) - middle_y(second->rect)) > 1.5)
        return first->rect.y_mm > second->rect.y_mm ? 1 : -1;
    return (first->rect.x_mm > second->rect.x_mm) - (first->rect.x_mm < second->rect.x_mm);
}

static bool says_many(const char *text)
{
    g_autofree char *folded = g_utf8_strdown(text, -1);
    static const char *const signs[] = {"chọn nhiều",
                                        "nhiều lựa chọn",
                                        "nhiều phương án",
                                        "nhiều ý",
                                        "nhiều đáp án",
                                        "nhiều ô",
                                        "which of the following",
                                        "all that apply",
                                        "nhiều câu trả lời",
                                        "one or more",
                                        "những",
                                        "tất cả các"};
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
        if (strstr(folded, signs[i]))
            return true;
    return false;
}

/* "Mark the box □ that fits": a box within a sentence shows what a box is. */
static bool is_in_sentence(const GPtrArray *members)
{
    const Item *item = members->pdata[0];
    return members->len == 1 && item->left && item->right && item->left_gap < 2.6 && item->right_gap < 2.6;
}

static void make_question(Sheet *sheet, GPtrArray *members)
{
    g_ptr_array_sort(members, compare_items);
    const Item *first = members->pdata[0];
    if (is_in_sentence(members))
        return;
    DetectQuestion *question = detect_question_new(DETECT_ONE);
    RectMm all = first->rect;
    double left = all.x_mm, right = right_of(all), bottom = bottom_of(all);
    for (guint i = 0; i < members->len; i++) {
        const Item *item = members->pdata[i];
        left = MIN(left, MIN(item->rect.x_mm, item->label_rect.x_mm));
        right = MAX(right, MAX(right_of(item->rect), right_of(item->label_rect)));
        bottom = MAX(bottom, bottom_of(item->rect));
        const char *inside = g_array_index(sheet->boxes, Box, item->box).inside;
        sheet_add_option(sheet, question, item->box,
                         g_strdup(*item->label || !inside ? item->label : inside));
    }
    RectMm top = first->stem ? first->stem->rect : first->rect;
    if (*first->label && !first->stem)
        top.y_mm = MIN(top.y_mm, first->label_rect.y_mm);
    g_autofree char *above = NULL;
    if (!first->stem || !words_begin_question(first->stem->text))
        above = sheet_words_above(sheet, top, first->frame ? 0 : left - 40, right, first->frame, NULL);
    if (above && !*above && !first->stem && !first->frame) {
        g_free(above);
        above = sheet_words_above(sheet, top, 0, right, first->frame, NULL);
    }
    if (first->stem && above && *above)
        question->text = strpbrk(above, ".:?") || !words_begin_question(above)
                             ? g_strdup(first->stem->text)
                             : g_strconcat(above, " ", first->stem->text, NULL);
    else
        question->text = g_strdup(first->stem ? first->stem->text : above ? above : "");
    question->number = words_take_number(&question->text);
    if (says_many(question->text) || members->len == 1)
        question->kind = DETECT_MANY;
    sheet_add_question(sheet, question, (RectMm){left, all.y_mm, right - left, bottom - all.y_mm});
}

void sheet_make_lists(Sheet *sheet)
{
    g_autoptr(GArray) items = find_items(sheet);
    for (guint i = 0; i < items->len; i++) {
        ITEM(items, i)->label_left = labels_left(items, ITEM(items, i));
        ITEM(items, i)->group = (int)i;
    }
    for (guint i = 0; i < items->len; i++) /* a short label far from its box, where others name the side */
        if (!(ITEM(items, i)->label_left ? ITEM(items, i)->left : ITEM(items, i)->right))
            find_sides(sheet, ITEM(items, i), MOST_FAR_LABEL_MM);
    for (guint i = 0; i < items->len; i++)
        read_label(sheet, items, ITEM(items, i));
    for (guint i = 0; i < items->len; i++)
        find_stem(sheet, items, ITEM(items, i));
    join_columns(sheet, items);
    join_rows(sheet, items);
    for (int group = 0; group < (int)items->len; group++) {
        g_autoptr(GPtrArray) members = g_ptr_array_new();
        for (guint i = 0; i < items->len; i++)
            if (ITEM(items, i)->group == group)
                g_ptr_array_add(members, ITEM(items, i));
        if (members->len)
            make_question(sheet, members);
    }
    for (guint i = 0; i < items->len; i++)
        g_free(ITEM(items, i)->label);
}
