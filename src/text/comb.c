/* A comb and what is written in it. */
#include <math.h>
#include <string.h>

#include "text/digits.h"

#define PX TEXT_COMB_PX_PER_MM
/* Most pixels a comb's picture may have. */
#define MOST_PX 4000000
/* The comb's lines are looked for so far from where they should be, each so far from where the others say. */
#define REACH_PX 8
#define LINE_REACH_PX 2
/* Half the width left out for a line, and the share of it that must be dark for one. */
#define LINE_HALF_PX 2
#define LINE_SHARE 0.6
/* Darkness relative to paper, 0–255, from which anything is ink; for ink that is plainly dark, this share of
 * it. */
#define INK_LEVEL 36
#define INK_SHARE 0.35
/* Pieces smaller than this are dust; a written cell has so much ink. */
#define PIECE_PX 8
#define PIECE_SIDE_PX 4
#define WRITTEN_PX 26
/* What of a neighbour's stroke reaches over the line: so narrow, of a cell, and so little, of its ink. */
#define TAIL_WIDTH 0.2
#define TAIL_SHARE 0.25

/* A piece of connected ink. */
typedef struct {
    int count, x0, y0, x1, y1;
    double sx, sy;
    bool beside_upright, beside_level; /* touches what was left out for a line */
    int cell;                          /* −1: nowhere */
} Piece;

typedef struct {
    int w, h, cells;
    uint8_t *dark;  /* relative to paper, 0–255 */
    uint8_t *line;  /* bit 0: left out for an upright line, bit 1: for a level one */
    int32_t *label; /* 0, or a piece's number from 1 */
    int32_t *queue;
    GArray *pieces;                  /* Piece */
    double left, top, pitch, height; /* where the cells were found */
} Comb;

static void comb_free(Comb *comb)
{
    g_free(comb->dark);
    g_free(comb->line);
    g_free(comb->label);
    g_free(comb->queue);
    g_array_unref(comb->pieces);
    g_free(comb);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Comb, comb_free)

static Comb *comb_new(const Raster *picture, int cells)
{
    Comb *comb = g_new0(Comb, 1);
    int w = comb->w = picture->width_px, h = comb->h = picture->height_px;
    gsize size = (gsize)w * (gsize)h;
    comb->cells = cells;
    comb->dark = g_malloc(size);
    comb->line = g_malloc0(size);
    comb->label = g_new0(int32_t, size);
    comb->queue = g_new(int32_t, size);
    comb->pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
    size_t counts[256] = {0}, above = 0;
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++)
            counts[picture->pixels[(size_t)y * picture->stride + (size_t)x]]++;
    }
    int paper = 255; /* a quarter of the picture is lighter */
    while (paper > 1 && above + counts[paper] <= size / 4)
        above += counts[paper--];
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            int light = picture->pixels[(size_t)y * picture->stride + (size_t)x];
            comb->dark[y * w + x] = (uint8_t)CLAMP((paper - light) * 255 / paper, 0, 255);
        }
    }
    return comb;
}

/* ---- the comb's own lines
 * ------------------------------------------------------------------------------------ */

/* Darkness of every column between two rows, or of every row between two columns. */
static double *profile(const Comb *comb, bool upright, int from, int to)
{
    int n = upright ? comb->w : comb->h;
    double *sums = g_new0(double, (gsize)n);
    for (int i = 0; i < n; i++) {
        for (int j = from; j < to; j++)
            sums[i] += comb->dark[upright ? j * comb->w + i : i * comb->w + j];
    }
    return sums;
}

static double around(const double *sums, int n, int at)
{
    double sum = 0;
    for (int i = MAX(0, at - 1); i <= MIN(n - 1, at + 1); i++)
        sum += sums[i];
    return sum;
}

/* Where `count` lines `step` apart from `first` on lie darkest, from there. */
static int find_shift(const double *sums, int n, double first, double step, int count)
{
    int best = 0;
    double most = -1;
    for (int i = 0; i <= 2 * REACH_PX; i++) {
        int shift = i % 2 ? -(i + 1) / 2 : i / 2; /* the nearest first */
        double sum = 0;
        for (int line = 0; line < count; line++)
            sum += around(sums, n, (int)lround(first + line * step) + shift);
        if (sum > most * 1.02 + 1) {
            most = sum;
            best = shift;
        }
    }
    return best;
}

/* Leaves one line out where it is print: dark nearly all along. */
static void leave_out(Comb *comb, const double *sums, bool upright, int near, int from, int to)
{
    int n = upright ? comb->w : comb->h, at = near, dark = 0;
    for (int i = near - LINE_REACH_PX; i <= near + LINE_REACH_PX; i++)
        at = around(sums, n, i) > around(sums, n, at) ? i : at;
    for (int j = from; j < to; j++) {
        int most = 0;
        for (int i = MAX(0, at - 1); i <= MIN(n - 1, at + 1); i++)
            most = MAX(most, comb->dark[upright ? j * comb->w + i : i * comb->w + j]);
        dark += most >= INK_LEVEL;
    }
    if (dark < LINE_SHARE * (to - from))
        return;
    for (int j = MAX(0, from - LINE_HALF_PX); j < MIN(upright ? comb->h : comb->w, to + LINE_HALF_PX); j++) {
        for (int i = MAX(0, at - LINE_HALF_PX); i <= MIN(n - 1, at + LINE_HALF_PX); i++)
            comb->line[upright ? j * comb->w + i : i * comb->w + j] |= upright ? 1 : 2;
    }
}

static void find_lines(Comb *comb)
{
    const double margin = TEXT_COMB_MARGIN_MM * PX;
    comb->left = comb->top = margin;
    comb->pitch = (comb->w - 2 * margin) / comb->cells;
    comb->height = comb->h - 2 * margin;
    int x0 = (int)margin, y0 = (int)margin, x1 = comb->w - x0, y1 = comb->h - y0;
    g_autofree double *columns = profile(comb, true, y0, y1), *rows = profile(comb, false, x0, x1);
    int dx = find_shift(columns, comb->w, comb->left, comb->pitch, comb->cells + 1);
    int dy = find_shift(rows, comb->h, comb->top, comb->height, 2);
    comb->left += dx;
    comb->top += dy;
    for (int i = 0; i <= comb->cells; i++)
        leave_out(comb, columns, true, (int)lround(comb->left + i * comb->pitch), y0 + dy, y1 + dy);
    for (int i = 0; i < 2; i++)
        leave_out(comb, rows, false, (int)lround(comb->top + i * comb->height), x0 + dx, x1 + dx);
}

/* ---- ink
 * ---------------------------------------------------------------------------------------------------------
 */

/* From where ink counts: a share of how dark the plain ink of this comb is. */
static int ink_level(const Comb *comb)
{
    size_t counts[256] = {0}, total = 0, above = 0;
    for (int i = 0; i < comb->w * comb->h; i++)
        counts[comb->line[i] ? 0 : comb->dark[i]]++;
    for (int level = INK_LEVEL; level < 256; level++)
        total += counts[level];
    int plain = 255;
    while (plain > INK_LEVEL && above + counts[plain] <= total / 5)
        above += counts[plain--];
    return MAX(INK_LEVEL, (int)(plain * INK_SHARE));
}

static void add_to_piece(const Comb *comb, Piece *piece, int x, int y)
{
    *piece = (Piece){piece->count + 1,    MIN(piece->x0, x), MIN(piece->y0, y), MAX(piece->x1, x),
                     MAX(piece->y1, y),   piece->sx + x,     piece->sy + y,     piece->beside_upright,
                     piece->beside_level, piece->cell};
    for (int i = 0; i < 4; i++) {
        int px = CLAMP(x + (i == 0) - (i == 1), 0, comb->w - 1),
            py = CLAMP(y + (i == 2) - (i == 3), 0, comb->h - 1);
        piece->beside_upright |= comb->line[py * comb->w + px] & 1;
        piece->beside_level |= (comb->line[py * comb->w + px] & 2) != 0;
    }
}

static void find_pieces(Comb *comb)
{
    int level = ink_level(comb), w = comb->w, h = comb->h;
    for (int start = 0; start < w * h; start++) {
        if (comb->label[start] || comb->line[start] || comb->dark[start] < level)
            continue;
        Piece piece = {.x0 = w, .y0 = h, .x1 = -1, .y1 = -1, .cell = -1};
        int number = (int)comb->pieces->len + 1, from = 0, to = 0;
        comb->label[start] = number;
        comb->queue[to++] = start;
        while (from < to) {
            int at = comb->queue[from++], x = at % w, y = at / w;
            add_to_piece(comb, &piece, x, y);
            for (int py = MAX(0, y - 1); py <= MIN(h - 1, y + 1); py++) {
                for (int px = MAX(0, x - 1); px <= MIN(w - 1, x + 1); px++) {
                    int next = py * w + px;
                    if (comb->label[next] || comb->line[next] || comb->dark[next] < level)
                        continue;
                    comb->label[next] = number;
                    comb->queue[to++] = next;
                }
            }
        }
        g_array_append_val(comb->pieces, piece);
    }
}

/* The cell a piece belongs to; −1 for dust, what is left of a line, and what lies elsewhere. */
static int cell_of(const Comb *comb, const Piece *piece)
{
    int w = piece->x1 - piece->x0 + 1, h = piece->y1 - piece->y0 + 1;
    double x = piece->sx / piece->count, y = piece->sy / piece->count;
    bool inside = y > comb->top && y < comb->top + comb->height;
    int cell = (int)floor((x - comb->left) / comb->pitch);
    if (piece->count < PIECE_PX || MAX(w, h) < PIECE_SIDE_PX || (!inside && !piece->beside_level) ||
        (piece->beside_upright && w <= LINE_HALF_PX + 1) || (piece->beside_level && h <= LINE_HALF_PX + 1))
        return -1;
    return cell >= 0 && cell < comb->cells ? cell : -1;
}

static void sort_pieces(Comb *comb)
{
    int largest[TEXT_DIGITS_MAX] = {0};
    for (guint i = 0; i < comb->pieces->len; i++) {
        Piece *piece = &g_array_index(comb->pieces, Piece, i);
        piece->cell = cell_of(comb, piece);
        if (piece->cell >= 0)
            largest[piece->cell] = MAX(largest[piece->cell], piece->count);
    }
    for (guint i = 0; i < comb->pieces->len; i++) {
        Piece *piece = &g_array_index(comb->pieces, Piece, i);
        if (piece->cell >= 0 && piece->beside_upright && piece->x1 - piece->x0 < TAIL_WIDTH * comb->pitch &&
            piece->count < TAIL_SHARE * largest[piece->cell])
            piece->cell = -1;
    }
}

/* Whether a pixel or one beside it is of a piece of that cell: the soft edge of a stroke goes with it. */
static bool is_ink_of(const Comb *comb, int cell, int x, int y)
{
    for (int py = MAX(0, y - 1); py <= MIN(comb->h - 1, y + 1); py++) {
        for (int px = MAX(0, x - 1); px <= MIN(comb->w - 1, x + 1); px++) {
            int label = comb->label[py * comb->w + px];
            if (label && g_array_index(comb->pieces, Piece, label - 1).cell == cell)
                return true;
        }
    }
    return false;
}

static bool take_cell(const Comb *comb, int cell, DigitCell *ret, GError **error)
{
    int count = 0, x0 = comb->w, y0 = comb->h, x1 = -1, y1 = -1;
    for (guint i = 0; i < comb->pieces->len; i++) {
        const Piece *piece = &g_array_index(comb->pieces, Piece, i);
        if (piece->cell != cell)
            continue;
        count += piece->count;
        x0 = MIN(x0, piece->x0);
        y0 = MIN(y0, piece->y0);
        x1 = MAX(x1, piece->x1);
        y1 = MAX(y1, piece->y1);
    }
    ret->written = false;
    if (count < WRITTEN_PX)
        return true;
    g_autoptr(Raster) ink = raster_new(x1 - x0 + 3, y1 - y0 + 3, error);
    if (!ink)
        return false;
    for (int y = 0; y < ink->height_px; y++) {
        for (int x = 0; x < ink->width_px; x++) {
            int fx = x + x0 - 1, fy = y + y0 - 1;
            bool is_ink = fx >= 0 && fy >= 0 && fx < comb->w && fy < comb->h && is_ink_of(comb, cell, fx, fy);
            ink->pixels[(size_t)y * ink->stride + (size_t)x] = is_ink ? comb->dark[fy * comb->w + fx] : 0;
        }
    }
    ret->written = digit_features(ink, ret->features);
    return true;
}

bool comb_cut(const Raster *picture, int cells, DigitCell ret[TEXT_DIGITS_MAX], GError **error)
{
    double least = 2 * (TEXT_COMB_MARGIN_MM * PX + REACH_PX);
    if (cells < 1 || cells > TEXT_DIGITS_MAX || picture->width_px < least || picture->height_px < least ||
        (int64_t)picture->width_px * picture->height_px > MOST_PX) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("a place for %d digits of %d × %d pixels cannot be read; see the form's definition"),
                    cells, picture->width_px, picture->height_px);
        return false;
    }
    g_autoptr(Comb) comb = comb_new(picture, cells);
    find_lines(comb);
    find_pieces(comb);
    sort_pieces(comb);
    for (int cell = 0; cell < cells; cell++) {
        if (!take_cell(comb, cell, &ret[cell], error))
            return false;
    }
    return true;
}

bool text_read_number(const Raster *picture, int cells, TextNumber *ret, GError **error)
{
    g_autofree DigitCell *found = g_new0(DigitCell, TEXT_DIGITS_MAX);
    if (!comb_cut(picture, cells, found, error))
        return false;
    TextNumber number = {"", 0};
    int length = 0, first = 0, last = cells - 1;
    double right = 1;
    while (first < cells && !found[first].written)
        first++;
    while (last > first && !found[last].written)
        last--;
    for (int cell = first; cell <= last && cell < cells; cell++) {
        float chances[DIGIT_KINDS];
        int best = 0;
        if (found[cell].written)
            digit_classify(found[cell].features, chances);
        for (int k = 0; found[cell].written && k < DIGIT_KINDS; k++)
            best = chances[k] > chances[best] ? k : best;
        bool is_digit = found[cell].written && best != DIGIT_NONE;
        number.text[length++] = (char)(is_digit ? '0' + best : TEXT_NO_DIGIT);
        right *= is_digit ? 1 - digit_error(chances) : 0;
    }
    number.error = length ? 1 - right : 1;
    *ret = number;
    return true;
}
