/* Blank pages nobody designed for us → a proposed form definition: boxes, fields, page numbers, and from the
 * print around them questions, options and labels. Grey pages come in, a DetectForm leaves, to be written as
 * the YAML that `survey` reads and as pictures with every region numbered. A person looks it through before
 * it is used. */
#ifndef PHIEU_DETECT_H
#define PHIEU_DETECT_H

#include "base/base.h"

/* The most pages a form may have. */
#define DETECT_MAX_PAGES 40

typedef enum {
    DETECT_ONE,    /* one box of several */
    DETECT_MANY,   /* any number of boxes */
    DETECT_DIGITS, /* a comb: one character a cell */
    DETECT_TEXT,   /* a line, dotted lines or a free area */
} DetectKind;

/* One option of a question: a box and the words that belong to it. */
typedef struct {
    char id[4];   /* "a", "b" … "z", "aa" … */
    char *label;  /* as read; may be "" */
    RectMm rect;  /* inside of its outline, on the page as given */
    bool round;   /* circle or oval */
    bool is_cell; /* an empty cell of a table that serves as a box */
    int page;     /* from 1 */
} DetectOption;

/* A question: its options, or the place where it is written. */
typedef struct {
    char *id;      /* "q1" … in reading order; fields "t1" … */
    char *number;  /* as printed: "1", "Câu 2"; may be "" */
    char *text;    /* as read; may be "" */
    char *section; /* what stands over the rows of a matrix; may be "" */
    DetectKind kind;
    GPtrArray *options; /* DetectOption*; empty for a field */
    int scale;          /* index of its list of labels, from 0; −1 for a field */
    int page;           /* of its first region, from 1 */
    RectMm rect;        /* all of it (a field: where it is written), on the page as given */
    int lines;          /* field: lines to write on, at least 1 */
    bool in_column;     /* it stands in a frame narrower than half the page */
    int column;         /* column of frames it stands in, from 0 */
} DetectQuestion;

/* One page. */
typedef struct {
    double width_mm, height_mm;
    double tilt_degrees; /* how it lies, clockwise */
    char *number;        /* the page number as printed, or NULL */
    RectMm number_rect;
    Raster *grey; /* the page as given */
} DetectPage;

/* Two pages of the blank whose print is so alike that a scan could be taken for either. */
typedef struct {
    int first, second;
    double likeness; /* correlation of their print, 0..1 */
} DetectAlike;

/* A shape that looks like a box and is not proposed as one: a person is to look at it. */
typedef struct {
    int page; /* from 1 */
    RectMm rect;
} DetectLeft;

/* What is proposed. */
typedef struct {
    char *title;
    GPtrArray *pages;     /* DetectPage* */
    GPtrArray *questions; /* DetectQuestion* in reading order */
    GPtrArray *scales;    /* GPtrArray* of char*: each different list of labels */
    GArray *alike;        /* DetectAlike */
    GArray *left;         /* DetectLeft, page by page */
    int choices, fields;  /* questions with boxes; places to write */
} DetectForm;

/* Looks at the pages of one blank (Raster*, upright; dpi 0 is taken as A4 or letter, by shape). With
 * `from_copies` they come from detect_merge() and may have boxes that are marked. INVALID without pages or
 * where nothing can be marked or written, LIMIT over DETECT_MAX_PAGES. */
DetectForm *detect_form(const GPtrArray *pages, bool from_copies, GError **error);
void detect_form_free(DetectForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DetectForm, detect_form_free)

/* How a filled copy fits the others. */
typedef enum {
    DETECT_FIT_NOT,    /* it was left out: another form, upside down or too bad */
    DETECT_FIT_PARTLY, /* parts of its print are not on the others, or the other way round */
    DETECT_FIT_WHOLLY,
} DetectFit;

/* A blank from several filled copies of one page (Raster*): each laid by its print, as far as each part of
 * the sheet is stretched, on the one that has most in common with the others; every pixel the upper middle of
 * what the copies show there, so that ink of few of them goes. `ret_fits` has room for one a copy. INVALID
 * with fewer than three that fit; then, too, `ret_fits` says which do. */
Raster *detect_merge(const GPtrArray *copies, DetectFit *ret_fits, GError **error);

/* The form definition as YAML. `blanks` (char*) names the file of each page relative to the definition,
 * `blank_pages` (int) the page in it; `id` the form. */
char *detect_form_to_yaml(const DetectForm *form, const char *id, const GPtrArray *blanks,
                          const GArray *blank_pages);
/* The scales of the form as entries of a scales.yaml; their ids start with `id`. With `head` the whole file.
 */
char *detect_scales_to_yaml(const DetectForm *form, const char *id, bool head);
/* A colour PNG of a page with every region outlined and numbered. FAILED names the path. */
bool detect_write_overlay(const DetectForm *form, int page, const char *path, GError **error);

#endif
