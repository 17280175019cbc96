/* Boxes with a letter or a figure printed inside: what it says is the option's label. What is read of a row
 * or column that counts up (0 1 2 3, A B C D) completes and mends itself; boxes that count up down the page
 * are one question a column. Those that do along a row are left to the matrices. */
#include <math.h>
#include <string.h>

#include "detect/detect_internal.h"

/* Middles of neighbours are no further apart than this many of their sizes. */
#define MOST_STEP_SIZES 4.2
#define MOST_OFF_MM 1.0
/* Print inside is read at this many pixels a millimetre, each in a slot so wide. */
#define READ_PX (2 * WORK_PX)
#define SLOT_SIZES 1.8
/* What is well inside of the outline, of the box. */
#define INSIDE_SHARE 0.84
/* This share of what is read must fit for a row to count up. */
#define LEAST_FITS 0.5
#define MOST_HEADING_MM 30.0
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALLOWED "0123456789" LETTERS "abcdefghijklmnopqrstuvwxyzĐđ"

/* Boxes one after the other. */
typedef struct {
    GArray *boxes;     /* guint */
    GPtrArray *labels; /* char*, as read and mended; "" */
    double fits;       /* how many of them count up */
} Series;

static Series *series_new(void)
{
    Series *series = g_new0(Series, 1);
    series->boxes = g_array_new(FALSE, FALSE, sizeof(guint));
    series->labels = g_ptr_array_new_with_free_func(g_free);
    return series;
}

static void series_free(gpointer data)
{
    Series *series = data;
    g_array_unref(series->boxes);
    g_ptr_array_unref(series->labels);
    g_free(series);
}

static Box *box_at(const Sheet *sheet, guint index)
{
    return &g_array_index(sheet->boxes, Box, index);
}

/* The next printed box of its size along (`down`: below), or −1. */
static int next_box(const Sheet *sheet, guint index, bool down)
{
    const Box *from = box_at(sheet, index);
    double nearest = MOST_STEP_SIZES * (down ? from->rect.h_mm : from->rect.w_mm);
    int best = -1;
    for (guint i = 0; i < sheet->boxes->len; i++) {
        const Box *to = box_at(sheet, i);
        double right = middle_x(to->rect) - middle_x(from->rect),
               below = middle_y(to->rect) - middle_y(from->rect);
        double along = down ? below : right, off = down ? right : below;
        if (!to->printed || to->is_cell || along < 0.5 || along >= nearest || fabs(off) > MOST_OFF_MM ||
            to->round != from->round || fabs(to->rect.h_mm - from->rect.h_mm) > 0.2 * from->rect.h_mm)
            continue;
        nearest = along;
        best = (int)i;
    }
    return best;
}

/* ---- reading ---- */

/* Copies the inside of a box into its slot, its outline left out, its print made black. */
static bool fill_slot(const Sheet *sheet, const Box *box, Raster *line, int slot_px, int slot, GError **error)
{
    RectMm r = box->rect;
    RectPx inside = {(int)lround(r.x_mm * WORK_PX), (int)lround(r.y_mm * WORK_PX),
                     (int)lround(r.w_mm * WORK_PX), (int)lround(r.h_mm * WORK_PX)};
    g_autoptr(Raster) small = raster_crop(sheet->level, inside, error);
    PageMap back;
    g_autoptr(Raster) large = small ? vision_level(small, 0, READ_PX / WORK_PX, &back, error) : NULL;
    if (!large)
        return false;
    int darkest = 255, lightest = 0, left = slot * slot_px + (slot_px - large->width_px) / 2,
        top = (line->height_px - large->height_px) / 2;
    for (int pass = 0; pass < 2; pass++) {
        for (int y = 0; y < large->height_px; y++) {
            for (int x = 0; x < large->width_px; x++) {
                double u = (2 * x + 1.0) / large->width_px - 1, v = (2 * y + 1.0) / large->height_px - 1;
                if ((box->round ? hypot(u, v) : MAX(fabs(u), fabs(v))) > INSIDE_SHARE)
                    continue;
                int value = large->pixels[(size_t)y * large->stride + (size_t)x];
                if (pass == 0)
                    darkest = MIN(darkest, value), lightest = MAX(lightest, value);
                else if (left + x >= 0 && left + x < line->width_px && top + y >= 0 &&
                         top + y < line->height_px)
                    line->pixels[(size_t)(top + y) * line->stride + (size_t)(left + x)] =
                        (uint8_t)((value - darkest) * 255 / MAX(1, lightest - darkest));
            }
        }
    }
    return true;
}

/* A word lies in one slot, or its letters lie in one each. */
static void take_word(Series *series, const TextWord *word, int slot_px)
{
    int last = (int)series->labels->len - 1, letters = (int)g_utf8_strlen(word->text, -1);
    int from = CLAMP(word->rect.x_px / slot_px, 0, last),
        to = CLAMP((word->rect.x_px + word->rect.w_px) / slot_px, 0, last);
    if (from == to) {
        g_free(series->labels->pdata[from]);
        series->labels->pdata[from] = g_strdup(word->text);
        return;
    }
    for (int i = 0; i < letters; i++) {
        int slot = (int)((word->rect.x_px + (i + 0.5) * word->rect.w_px / letters) / slot_px);
        slot = CLAMP(slot, 0, last);
        g_free(series->labels->pdata[slot]);
        series->labels->pdata[slot] = g_utf8_substring(word->text, i, i + 1);
    }
}

/* All insides of a series side by side as one line of print. */
static bool read_series(const Sheet *sheet, Series *series, GError **error)
{
    const Box *first = box_at(sheet, g_array_index(series->boxes, guint, 0));
    int slot_px = (int)(SLOT_SIZES * first->rect.w_mm * READ_PX), count = (int)series->boxes->len;
    g_autoptr(Raster) line = raster_new(count * slot_px, (int)(1.5 * first->rect.h_mm * READ_PX), error);
    if (!line)
        return false;
    for (int y = 0; y < line->height_px; y++)
        memset(line->pixels + (size_t)y * line->stride, 255, (size_t)line->width_px);
    for (int i = 0; i < count; i++)
        if (!fill_slot(sheet, box_at(sheet, g_array_index(series->boxes, guint, i)), line, slot_px, i, error))
            return false;
    text_reader_allow(sheet->reader, ALLOWED);
    g_autoptr(GPtrArray) words =
        text_read_line(sheet->reader, line, (RectPx){0, 0, line->width_px, line->height_px}, error);
    text_reader_allow(sheet->reader, NULL);
    if (!words)
        return false;
    for (int i = 0; i < count; i++)
        g_ptr_array_add(series->labels, g_strdup(""));
    for (guint i = 0; i < words->len; i++)
        take_word(series, words->pdata[i], slot_px);
    return true;
}

/* ---- counting up ---- */

/* Letters and figures that a reader takes for each other without words around them. */
static char plain(char letter)
{
    const char *from = "OQDIlSBZGqg", *to = "00011582699", *at = strchr(from, letter);
    return letter && at ? to[at - from] : g_ascii_toupper(letter);
}

static bool reads_as(const char *read, const char *wanted)
{
    while (*read && *wanted && plain(*read) == plain(*wanted))
        read++, wanted++;
    return !*read && !*wanted;
}

/* Member `i` of the series that begins with figure or letter `start`; "" where it has none. */
static void member(bool letters, int start, int step, int i, char out[8])
{
    int value = start + step * i;
    *out = 0;
    if (letters && value >= 0 && value < 26)
        g_snprintf(out, 8, "%c", LETTERS[value]);
    else if (!letters && value >= 0 && value < 1000)
        g_snprintf(out, 8, "%d", value);
}

/* The series that most of what was read fits, and how much of it does. */
static void count_up(Series *series)
{
    int count = (int)series->labels->len, best = 0, best_start = 0, best_step = 1;
    bool best_letters = false;
    char wanted[8];
    for (int kind = 0; kind < 4; kind++) {
        bool letters = kind % 2;
        int step = kind < 2 ? 1 : -1;
        for (int start = 0; start < (letters ? 26 : 100); start++) {
            int fits = 0;
            for (int i = 0; i < count; i++) {
                member(letters, start, step, i, wanted);
                fits += *wanted && reads_as(series->labels->pdata[i], wanted);
            }
            if (fits > best)
                best = fits, best_start = start, best_step = step, best_letters = letters;
        }
    }
    series->fits = best;
    member(best_letters, best_start, best_step, count - 1, wanted);
    if (count < 2 || best < 2 || best < LEAST_FITS * count || !*wanted) {
        series->fits = 0;
        return;
    }
    for (int i = 0; i < count; i++) {
        member(best_letters, best_start, best_step, i, wanted);
        g_free(series->labels->pdata[i]);
        series->labels->pdata[i] = g_strdup(wanted);
    }
}

/* ---- blocks ---- */

static GPtrArray *find_series(const Sheet *sheet, const GArray *block, bool down)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(series_free);
    g_autofree int *next = g_new(int, sheet->boxes->len);
    g_autofree bool *follows = g_new0(bool, sheet->boxes->len);
    for (guint i = 0; i < block->len; i++) {
        guint index = g_array_index(block, guint, i);
        next[index] = next_box(sheet, index, down);
        if (next[index] >= 0)
            follows[next[index]] = true;
    }
    for (guint i = 0; i < block->len; i++) {
        guint index = g_array_index(block, guint, i);
        if (follows[index])
            continue;
        Series *series = series_new();
        for (int at = (int)index; at >= 0 && series->boxes->len <= sheet->boxes->len; at = next[at]) {
            guint member_index = (guint)at;
            g_array_append_val(series->boxes, member_index);
        }
        g_ptr_array_add(all, series);
    }
    return all;
}

/* Reads all; the share of the boxes that count up. */
static bool read_all(const Sheet *sheet, GPtrArray *all, double *ret_share, GError **error)
{
    double fits = 0, count = 0;
    for (guint i = 0; i < all->len; i++) {
        Series *series = all->pdata[i];
        if (!read_series(sheet, series, error))
            return false;
        count_up(series);
        fits += series->fits;
        count += series->boxes->len;
        g_autofree char *said = g_strdup("");
        for (guint k = 0; k < series->labels->len; k++) {
            char *longer = g_strconcat(said, " ", (char *)series->labels->pdata[k], NULL);
            g_free(said);
            said = longer;
        }
        g_debug("page %d: inside of %u boxes:%s; %.0f count up", sheet->page, series->boxes->len, said,
                series->fits);
    }
    *ret_share = count > 0 ? fits / count : 0;
    return true;
}

/* The lowest words over a column, between its neighbours. */
static char *read_column_heading(const Sheet *sheet, RectMm top, double half_mm)
{
    const Words *best = NULL;
    for (guint i = 0; i < sheet->segments->len; i++) {
        const Words *words = sheet->segments->pdata[i];
        double gap = top.y_mm - bottom_of(words->rect);
        if (gap > -0.5 && gap < MOST_HEADING_MM && fabs(middle_x(words->rect) - middle_x(top)) < half_mm &&
            (!best || bottom_of(words->rect) > bottom_of(best->rect)))
            best = words;
    }
    return g_strdup(best ? best->text : "");
}

static void make_columns(Sheet *sheet, const GPtrArray *all)
{
    double upper_mm = INFINITY;
    for (guint i = 0; i < all->len; i++)
        upper_mm = MIN(upper_mm,
                       box_at(sheet, g_array_index(((Series *)all->pdata[i])->boxes, guint, 0))->rect.y_mm);
    for (guint i = 0; i < all->len; i++) {
        const Series *series = all->pdata[i];
        RectMm top = box_at(sheet, g_array_index(series->boxes, guint, 0))->rect, rect = top;
        double half_mm = 12;
        for (guint k = 0; k < sheet->boxes->len; k++) {
            double apart = fabs(middle_x(box_at(sheet, k)->rect) - middle_x(top));
            if (apart > MOST_OFF_MM)
                half_mm = MIN(half_mm, apart / 2);
        }
        DetectQuestion *question = detect_question_new(DETECT_ONE);
        for (guint k = 0; k < series->boxes->len; k++) {
            guint index = g_array_index(series->boxes, guint, k);
            rect.h_mm = bottom_of(box_at(sheet, index)->rect) - rect.y_mm;
            sheet_add_option(sheet, question, index, g_strdup(series->labels->pdata[k]));
        }
        question->text = read_column_heading(sheet, top, half_mm);
        question->number = words_take_number(&question->text);
        rect.h_mm = bottom_of(rect) - upper_mm; /* side by side, however far down they begin */
        rect.y_mm = upper_mm;
        sheet_add_question(sheet, question, rect);
    }
}

static void keep_labels(Sheet *sheet, const GPtrArray *all)
{
    for (guint i = 0; i < all->len; i++) {
        const Series *series = all->pdata[i];
        for (guint k = 0; k < series->boxes->len; k++) {
            Box *box = box_at(sheet, g_array_index(series->boxes, guint, k));
            g_free(box->inside);
            box->inside = g_strdup(series->labels->pdata[k]);
        }
    }
}

/* Adds what hangs together with box `index`, along and down. */
static GArray *find_block(const Sheet *sheet, guint index, bool *seen)
{
    GArray *block = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(block, index);
    seen[index] = true;
    for (guint q = 0; q < block->len; q++) {
        guint from = g_array_index(block, guint, q);
        for (guint i = 0; i < sheet->boxes->len; i++) {
            if (seen[i] || !box_at(sheet, i)->printed || box_at(sheet, i)->is_cell)
                continue;
            if (next_box(sheet, from, true) != (int)i && next_box(sheet, from, false) != (int)i &&
                next_box(sheet, i, true) != (int)from && next_box(sheet, i, false) != (int)from)
                continue;
            seen[i] = true;
            g_array_append_val(block, i);
        }
    }
    return block;
}

bool sheet_read_insides(Sheet *sheet, GError **error)
{
    g_autofree bool *seen = g_new0(bool, sheet->boxes->len + 1);
    for (guint i = 0; i < sheet->boxes->len; i++) {
        if (seen[i] || !box_at(sheet, i)->printed || box_at(sheet, i)->is_cell)
            continue;
        g_autoptr(GArray) block = find_block(sheet, i, seen);
        g_autoptr(GPtrArray) rows = find_series(sheet, block, false);
        g_autoptr(GPtrArray) columns = find_series(sheet, block, true);
        double by_rows = 0, by_columns = 0;
        if (!read_all(sheet, rows, &by_rows, error) || !read_all(sheet, columns, &by_columns, error))
            return false;
        keep_labels(sheet, by_columns > by_rows ? columns : rows);
        if (by_columns > by_rows)
            make_columns(sheet, columns);
    }
    return true;
}
