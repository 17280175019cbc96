/* What a page shows, in millimetres of the levelled page, while it is looked through; inside the room only.
 */
#ifndef PHIEU_DETECT_INTERNAL_H
#define PHIEU_DETECT_INTERNAL_H

#include "detect/detect.h"
#include "text/text.h"
#include "vision/vision.h"

/* Pixels a millimetre of the levelled page. */
#define WORK_PX (300 / MM_PER_INCH)

/* A light patch closed in by ink. */
typedef struct {
    RectMm rect;
    double filled, ink, rim, thick_mm, thin, least_side;
    bool round;
    int table; /* cells that share borders with others carry their table's number, from 0; −1 none */
    bool used; /* it is a box, a field or a comb already */
} Cell;

/* A box to mark. */
typedef struct {
    RectMm rect;
    bool round, is_cell;
    int question; /* index of its group, −1 none yet */
    int cell;     /* index of the cell */
    bool printed; /* something is printed inside */
    char *inside; /* what that says; NULL: nothing, or not known yet */
} Box;

/* A word or a run of words on one line. */
typedef struct {
    char *text;
    RectMm rect;
} Words;

typedef enum { FIELD_LINE, FIELD_DOTS, FIELD_AREA, FIELD_COMB } FieldShape;

/* A place to write. */
typedef struct {
    RectMm rect; /* where the writing goes */
    FieldShape shape;
    int lines;
} Field;

/* One page under work. */
typedef struct {
    int page;                        /* from 1 */
    TextReader *reader, *vietnamese; /* borrowed: of any language, of Vietnamese alone */
    Raster *level;                   /* the levelled page at WORK_PX */
    PageMap back;                    /* pixels of `level` → pixels of the page as given */
    double given_x, given_y;         /* pixels a millimetre of the page as given */
    double width_mm, height_mm;
    bool from_copies;     /* it was made of filled copies: a box may be marked on most of them */
    GArray *cells;        /* Cell */
    GArray *rules;        /* VisionRule */
    GArray *pieces;       /* RectPx */
    GArray *boxes;        /* Box */
    GArray *left;         /* RectMm: what looks like a box and is not taken for one */
    GArray *fields;       /* Field */
    GArray *codes;        /* RectMm: square codes and other dense patterns */
    GPtrArray *segments;  /* Words*: runs of words, top to bottom, left to right */
    GPtrArray *questions; /* DetectQuestion* found here */
    char *number;         /* the page number as printed, or NULL */
    RectMm number_rect;
} Sheet;

/* cells.c: what the page is made of. */
bool sheet_find_cells(Sheet *sheet, GError **error);
/* boxes.c: which cells are boxes; combs and table cells too. */
bool sheet_find_boxes(Sheet *sheet, GError **error);
/* repeated.c: shapes of one size in rows and columns are boxes, thick, pale or with print inside as they may
 * be. */
bool sheet_find_repeated(Sheet *sheet, GError **error);
/* fields.c: lines, dots and areas to write on. */
void sheet_find_fields(Sheet *sheet);
/* words.c: the print, boxes and lines left out, as segments. */
bool sheet_read_words(Sheet *sheet, GError **error);
/* inside.c: what is printed inside boxes; columns of boxes that count up become questions. */
bool sheet_read_insides(Sheet *sheet, GError **error);
/* matrix.c: rows of boxes under column headings become questions. */
void sheet_make_matrices(Sheet *sheet);
/* lists.c: boxes with a label each become questions. */
void sheet_make_lists(Sheet *sheet);
/* questions.c: boxes and fields become questions with their words; the page number. */
void sheet_make_questions(Sheet *sheet);

/* ---- helpers of boxes.c and cells.c ---- */

/* What is measured of a cell, in millimetres. */
Cell cell_of(const VisionCell *found);
/* Whether letters stand as close as letters of a word do. A piece that holds the cell is its own outline. */
bool sheet_is_letter(const Sheet *sheet, const Cell *cell);
/* The small frame full of ink around it: a picture, and a box in it only the picture of one. NULL: none. */
const Cell *sheet_picture(const Sheet *sheet, const Cell *cell);
bool cells_same_size(const Cell *a, const Cell *b);
bool cells_in_line(const Cell *a, const Cell *b);
/* Adds cell `index` as a box. */
void sheet_add_box(Sheet *sheet, guint index, bool is_cell);

/* ---- helpers of questions.c ---- */

DetectQuestion *detect_question_new(DetectKind kind);
/* Adds a question of this page; `top` is its first region on the levelled page. */
void sheet_add_question(Sheet *sheet, DetectQuestion *question, RectMm top);
/* Adds box `index` as an option; takes over `label`. */
void sheet_add_option(Sheet *sheet, DetectQuestion *question, guint index, char *label);
/* The smallest frame around a place that is larger than a box and no cell of a table; NULL: the open page. */
const Cell *sheet_frame(const Sheet *sheet, RectMm rect);
/* The table cell around a place, or NULL. */
const Cell *sheet_cell(const Sheet *sheet, RectMm rect);
/* Words joined in reading order: those of `parts` (Words*), top to bottom. */
char *words_join(GPtrArray *parts);
/* The lines of print that end above `below` and follow each other closely: the words over a question. Only
 * segments within left..right (they may begin left of it only inside `frame`); newly allocated, may be "". */
char *sheet_words_above(const Sheet *sheet, RectMm below, double left_mm, double right_mm, const Cell *frame,
                        RectMm *ret_rect);
/* Whether the segment lies on the row of some box (a label, or a row's words). */
bool sheet_on_box_row(const Sheet *sheet, RectMm rect);
/* "12", "Câu 3", "a)" … before the words; the rest is left in *text. */
char *words_take_number(char **text);
bool words_begin_question(const char *text);
/* "7", "12.", "IV": nothing but a number. */
bool words_are_number(const char *text);

/* A rectangle of the levelled page on the page as given. */
RectMm sheet_given(const Sheet *sheet, RectMm rect);

static inline double right_of(RectMm r)
{
    return r.x_mm + r.w_mm;
}
static inline double bottom_of(RectMm r)
{
    return r.y_mm + r.h_mm;
}
static inline double middle_x(RectMm r)
{
    return r.x_mm + r.w_mm / 2;
}
static inline double middle_y(RectMm r)
{
    return r.y_mm + r.h_mm / 2;
}
/* How far two rectangles overlap along one axis; negative: the gap between them. */
static inline double overlap_x(RectMm a, RectMm b)
{
    return MIN(right_of(a), right_of(b)) - MAX(a.x_mm, b.x_mm);
}
static inline double overlap_y(RectMm a, RectMm b)
{
    return MIN(bottom_of(a), bottom_of(b)) - MAX(a.y_mm, b.y_mm);
}
static inline bool holds(RectMm outer, RectMm inner)
{
    return inner.x_mm >= outer.x_mm - 0.3 && inner.y_mm >= outer.y_mm - 0.3 &&
           right_of(inner) <= right_of(outer) + 0.3 && bottom_of(inner) <= bottom_of(outer) + 0.3;
}

#endif
