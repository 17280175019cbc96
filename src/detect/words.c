/* The print of a page without its boxes, lines and dots, as runs of words: what stands close together on one
 * line and is not divided by a box or a line up the page. */
#include <math.h>
#include <string.h>

#include "detect/detect_internal.h"
#include "text/text.h"

/* Words further apart than this many of their heights belong to different runs. */
#define MOST_GAP_HEIGHTS 1.3
/* Words the reader is less sure of are left out. */
#define LEAST_CONFIDENCE 0.2
#define LEAST_CONFIDENCE_AGAIN 0.45
/* Lines looked at a second time on one page. */
#define MOST_SECOND_LOOKS 60

static void whiten(Raster *raster, RectMm rect, double margin_mm)
{
    int left = (int)floor((rect.x_mm - margin_mm) * WORK_PX),
        right = (int)ceil((right_of(rect) + margin_mm) * WORK_PX);
    int top = (int)floor((rect.y_mm - margin_mm) * WORK_PX),
        bottom = (int)ceil((bottom_of(rect) + margin_mm) * WORK_PX);
    left = CLAMP(left, 0, raster->width_px), right = CLAMP(right, left, raster->width_px);
    for (int y = CLAMP(top, 0, raster->height_px); y < CLAMP(bottom, 0, raster->height_px); y++)
        memset(raster->pixels + (size_t)y * raster->stride + left, 255, (size_t)(right - left));
}

/* Reading goes wrong where outlines touch letters, so everything that is no letter is taken out. */
static Raster *clean_copy(const Sheet *sheet, GError **error)
{
    const Raster *level = sheet->level;
    Raster *clean = raster_crop(level, (RectPx){0, 0, level->width_px, level->height_px}, error);
    if (!clean)
        return NULL;
    clean->dpi_x = clean->dpi_y = WORK_PX * MM_PER_INCH;
    for (guint i = 0; i < sheet->boxes->len; i++) {
        const Box *box = &g_array_index(sheet->boxes, Box, i);
        whiten(clean, box->rect,
               box->is_cell ? 0 : g_array_index(sheet->cells, Cell, box->cell).thick_mm + 0.25);
    }
    for (guint i = 0; i < sheet->rules->len; i++) {
        RectPx r = g_array_index(sheet->rules, VisionRule, i).rect;
        whiten(clean, (RectMm){r.x_px / WORK_PX, r.y_px / WORK_PX, r.w_px / WORK_PX, r.h_px / WORK_PX}, 0.1);
    }
    for (guint i = 0; i < sheet->fields->len; i++) {
        const Field *field = &g_array_index(sheet->fields, Field, i);
        whiten(clean, field->rect, field->shape == FIELD_COMB || field->shape == FIELD_AREA ? 0.6 : 0.2);
        RectMm r = field->rect;
        if (field->shape == FIELD_DOTS)
            whiten(clean, (RectMm){r.x_mm, bottom_of(r) - 0.8, r.w_mm, 1.2}, 0.1);
    }
    for (guint i = 0; i < sheet->codes->len; i++)
        whiten(clean, g_array_index(sheet->codes, RectMm, i), 0);
    return clean;
}

static bool has_letter(const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at))
        if (g_unichar_isalnum(g_utf8_get_char(at)) || strchr("<>≥≤%", *at))
            return true;
    return false;
}

static int compare_words(gconstpointer a, gconstpointer b)
{
    const Words *first = *(Words *const *)a, *second = *(Words *const *)b;
    return (first->rect.x_mm > second->rect.x_mm) - (first->rect.x_mm < second->rect.x_mm);
}

static int compare_segments(gconstpointer a, gconstpointer b)
{
    const Words *first = *(Words *const *)a, *second = *(Words *const *)b;
    double by = middle_y(first->rect) - middle_y(second->rect);
    return by > 0 ? 1 : by < 0 ? -1 : compare_words(a, b);
}

/* Whether a box or a line up the page stands between. */
static bool divided(const Sheet *sheet, RectMm left, RectMm right)
{
    RectMm gap = {right_of(left), MAX(left.y_mm, right.y_mm), right.x_mm - right_of(left), 0};
    gap.h_mm = MIN(bottom_of(left), bottom_of(right)) - gap.y_mm;
    for (guint i = 0; i < sheet->boxes->len; i++) {
        RectMm box = g_array_index(sheet->boxes, Box, i).rect;
        if (middle_x(box) > gap.x_mm && middle_x(box) < right_of(gap) && overlap_y(box, gap) > 0.3)
            return true;
    }
    for (guint i = 0; i < sheet->rules->len; i++) {
        const VisionRule *rule = &g_array_index(sheet->rules, VisionRule, i);
        RectMm line = {rule->rect.x_px / WORK_PX, rule->rect.y_px / WORK_PX, rule->rect.w_px / WORK_PX,
                       rule->rect.h_px / WORK_PX};
        if (rule->upright && middle_x(line) > gap.x_mm - 0.3 && middle_x(line) < right_of(gap) + 0.3 &&
            overlap_y(line, gap) > 0.3)
            return true;
    }
    for (guint i = 0; i < sheet->cells->len; i++) {
        const Cell *cell = &g_array_index(sheet->cells, Cell, i);
        if (cell->table >= 0 && cell->rim > 0.6 && overlap_y(cell->rect, left) > 0.6 * left.h_mm &&
            (holds(cell->rect, left) != holds(cell->rect, right)))
            return true;
    }
    return false;
}

static void join(Words *segment, const Words *word)
{
    char *text = g_strconcat(segment->text, " ", word->text, NULL);
    g_free(segment->text);
    segment->text = text;
    double right = MAX(right_of(segment->rect), right_of(word->rect));
    double bottom = MAX(bottom_of(segment->rect), bottom_of(word->rect));
    segment->rect.y_mm = MIN(segment->rect.y_mm, word->rect.y_mm);
    segment->rect.h_mm = bottom - segment->rect.y_mm;
    segment->rect.w_mm = right - segment->rect.x_mm;
}

/* Words left to right; each joins the run that ends nearest before it on its line. */
static void make_segments(Sheet *sheet, GPtrArray *words)
{
    g_ptr_array_sort(words, compare_words);
    for (guint i = 0; i < words->len; i++) {
        const Words *word = words->pdata[i];
        Words *best = NULL;
        double nearest = INFINITY;
        for (guint s = 0; s < sheet->segments->len; s++) {
            Words *segment = sheet->segments->pdata[s];
            double gap = word->rect.x_mm - right_of(segment->rect);
            double height = MAX(2.2, MIN(word->rect.h_mm, segment->rect.h_mm));
            bool over = gap < -1 && (right_of(word->rect) < right_of(segment->rect) ||
                                     middle_x(word->rect) < middle_x(segment->rect) ||
                                     word->rect.x_mm < segment->rect.x_mm + 0.4 * segment->rect.w_mm);
            if (over || gap > MOST_GAP_HEIGHTS * height || gap >= nearest ||
                overlap_y(word->rect, segment->rect) < 0.5 * MIN(word->rect.h_mm, segment->rect.h_mm) ||
                divided(sheet, segment->rect, word->rect))
                continue;
            nearest = gap;
            best = segment;
        }
        if (best) {
            join(best, word);
            continue;
        }
        Words *fresh = g_new0(Words, 1);
        fresh->text = g_strdup(word->text);
        fresh->rect = word->rect;
        g_ptr_array_add(sheet->segments, fresh);
    }
    g_ptr_array_sort(sheet->segments, compare_segments);
}

static void words_free(gpointer data)
{
    Words *words = data;
    g_free(words->text);
    g_free(words);
}

/* Whether it is an arrow or tick drawn at a box rather than letters. */
static bool is_sign(const Sheet *sheet, const char *text, RectMm rect)
{
    if (g_utf8_strlen(text, -1) > 2)
        return false;
    for (guint i = 0; i < sheet->boxes->len; i++) {
        const Box *box = &g_array_index(sheet->boxes, Box, i);
        double x = overlap_x(box->rect, rect), y = overlap_y(box->rect, rect);
        if (!box->is_cell && x > 0.7 * rect.w_mm && y > -1.6 && y < 1.2)
            return true;
    }
    return false;
}

/* Words of sense, in millimetres. */
static void keep_words(const Sheet *sheet, const GPtrArray *read, double least_confidence, GPtrArray *words)
{
    for (guint i = 0; i < read->len; i++) {
        const TextWord *word = read->pdata[i];
        RectMm rect = {word->rect.x_px / WORK_PX, word->rect.y_px / WORK_PX, word->rect.w_px / WORK_PX,
                       word->rect.h_px / WORK_PX};
        if (word->confidence < least_confidence || !has_letter(word->text) ||
            is_sign(sheet, word->text, rect))
            continue;
        Words *kept = g_new0(Words, 1);
        kept->text = g_strdup(word->text);
        kept->rect = rect;
        g_ptr_array_add(words, kept);
    }
}

static bool is_read(const GPtrArray *words, RectMm piece)
{
    for (guint i = 0; i < words->len; i++) {
        RectMm r = ((const Words *)words->pdata[i])->rect;
        if (overlap_x(r, piece) > 0.4 * piece.w_mm && overlap_y(r, piece) > 0.4 * piece.h_mm)
            return true;
    }
    return false;
}

/* Letters the page as a whole did not give up, as lines of print: pieces of a letter's size side by side. */
static GArray *find_unread(const Sheet *sheet, const GArray *pieces, const GPtrArray *words)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(RectMm));
    for (guint i = 0; i < pieces->len; i++) {
        const RectPx *p = &g_array_index(pieces, RectPx, i);
        RectMm piece = {p->x_px / WORK_PX, p->y_px / WORK_PX, p->w_px / WORK_PX, p->h_px / WORK_PX};
        if (piece.h_mm < 1.2 || piece.h_mm > 7 || piece.w_mm < 0.25 || piece.w_mm > 14 ||
            is_read(words, piece))
            continue;
        bool joined = false;
        for (guint k = 0; k < lines->len && !joined; k++) {
            RectMm *line = &g_array_index(lines, RectMm, k);
            if (overlap_y(*line, piece) < 0.4 * MIN(line->h_mm, piece.h_mm) ||
                overlap_x(*line, piece) < -2.2 ||
                divided(sheet, line->x_mm < piece.x_mm ? *line : piece,
                        line->x_mm < piece.x_mm ? piece : *line))
                continue;
            double right = MAX(right_of(*line), right_of(piece)),
                   bottom = MAX(bottom_of(*line), bottom_of(piece));
            line->x_mm = MIN(line->x_mm, piece.x_mm), line->y_mm = MIN(line->y_mm, piece.y_mm);
            line->w_mm = right - line->x_mm, line->h_mm = bottom - line->y_mm;
            joined = true;
        }
        if (!joined)
            g_array_append_val(lines, piece);
    }
    return lines;
}

/* Whether letters that only Vietnamese has stand in many words. */
static bool is_vietnamese(const GPtrArray *read)
{
    guint marked = 0;
    for (guint i = 0; i < read->len; i++) {
        const TextWord *word = read->pdata[i];
        for (const char *at = word->text; *at; at = g_utf8_next_char(at)) {
            gunichar letter = g_utf8_get_char(at);
            if ((letter >= 0x1ea0 && letter <= 0x1ef9) || letter == 0x1a1 || letter == 0x1b0 ||
                letter == 0x111) {
                marked++;
                break;
            }
        }
    }
    return marked * 5 > read->len;
}

static double shared(RectPx a, RectPx b)
{
    double w = MIN(a.x_px + a.w_px, b.x_px + b.w_px) - MAX(a.x_px, b.x_px);
    double h = MIN(a.y_px + a.h_px, b.y_px + b.h_px) - MAX(a.y_px, b.y_px);
    return w > 0 && h > 0 ? w * h / MAX(1, (double)MIN(a.w_px * a.h_px, b.w_px * b.h_px)) : 0;
}

/* Figures ("35–49") are read better with English beside: they take the place of what `into` has there. */
static void take_figures(GPtrArray *from, GPtrArray *into)
{
    for (guint i = 0; i < from->len;) {
        const TextWord *word = from->pdata[i];
        if (word->confidence < 0.5 || word->text[strspn(word->text, "0123456789.,/%<>-–—")] ||
            !strpbrk(word->text, "0123456789")) {
            i++;
            continue;
        }
        guint replaced = 0;
        for (guint k = 0; k < into->len;) {
            if (shared(((const TextWord *)into->pdata[k])->rect, word->rect) > 0.5) {
                g_ptr_array_remove_index(into, k);
                replaced++;
            } else {
                k++;
            }
        }
        if (replaced)
            g_ptr_array_add(into, g_ptr_array_steal_index(from, i));
        else
            i++;
    }
}

bool sheet_read_words(Sheet *sheet, GError **error)
{
    g_autoptr(Raster) clean = clean_copy(sheet, error);
    if (!clean)
        return false;
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(words_free);
    g_autoptr(GPtrArray) read = text_read_page(sheet->reader, clean, error);
    if (!read)
        return false;
    TextReader *reader = sheet->reader;
    if (is_vietnamese(read)) { /* beside English, short words lose their marks: Khác is read Khac */
        reader = sheet->vietnamese;
        g_autoptr(GPtrArray) again = text_read_page(reader, clean, error);
        if (!again)
            return false;
        take_figures(read, again);
        g_ptr_array_unref(read);
        read = g_steal_pointer(&again);
    }
    keep_words(sheet, read, LEAST_CONFIDENCE, words);
    g_autoptr(GArray) pieces = vision_find_pieces(clean, WORK_PX, error);
    if (!pieces)
        return false;
    g_autoptr(GArray) unread = find_unread(sheet, pieces, words);
    for (guint i = 0; i < MIN(unread->len, MOST_SECOND_LOOKS); i++) {
        RectMm line = g_array_index(unread, RectMm, i);
        RectPx area = {(int)((line.x_mm - 0.4) * WORK_PX), (int)((line.y_mm - 0.6) * WORK_PX),
                       (int)((line.w_mm + 0.8) * WORK_PX), (int)((line.h_mm + 1.2) * WORK_PX)};
        g_autoptr(GPtrArray) again = text_read_line(reader, clean, area, error);
        if (!again)
            return false;
        keep_words(sheet, again, LEAST_CONFIDENCE_AGAIN, words);
    }
    make_segments(sheet, words);
    for (guint i = 0; i < sheet->segments->len; i++) {
        const Words *run = sheet->segments->pdata[i];
        g_debug("page %d: %.1f,%.1f %.1f × %.1f mm: %s", sheet->page, run->rect.x_mm, run->rect.y_mm,
                run->rect.w_mm, run->rect.h_mm, run->text);
    }
    return true;
}
