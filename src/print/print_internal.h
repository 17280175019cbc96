/* What the files of this room share: drawings in millimetres, blocks that flow over pages, typeset forms. */
#ifndef PHIEU_PRINT_INTERNAL_H
#define PHIEU_PRINT_INTERNAL_H

#include "print/print.h"

#include <cairo.h>
#include <pango/pangocairo.h>

/* A4 and what has a fixed place on every page of ours; millimetres. */
#define PAPER_WIDTH_MM 210.0
#define PAPER_HEIGHT_MM 297.0
#define MARK_MM 5.0
#define MARK_EDGE_MM 10.0 /* paper edge to the outer corner of a mark */
#define BODY_X_MM 20.0
#define BODY_WIDTH_MM 170.0
#define BODY_TOP_MM 12.0
#define BODY_BOTTOM_MM 258.0
#define CODE_X_MM 172.0
#define CODE_Y_MM 265.0
#define CODE_MM 18.0
#define CODE_QUIET_MM 2.95 /* four modules of the smallest code used, 25 modules wide */

/* Boxes to mark. */
#define BOX_MM 4.6          /* inside of the outline */
#define BOX_OUTLINE_MM 0.28 /* lies outside of it */
#define BOX_CLEAR_MM 3.0    /* from the outline to other print; tightest rows of tables: 2.6 */
#define BOX_OUTER_MM (BOX_MM + 2 * BOX_OUTLINE_MM)

#define POINT_MM (MM_PER_INCH / 72)

/* ---- drawings: drawing.c ---- */

/* Fonts and what went wrong with them: the first fault is kept and everything set after it is void. */
typedef struct {
    PangoContext *context;
    GError *error;
} PrintPress;

/* FAILED when the font the layouts are made for is not installed. */
PrintPress *print_press_new(GError **error);
void print_press_free(PrintPress *press);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrintPress, print_press_free)
/* False with the kept fault, once. */
bool print_press_check(PrintPress *press, GError **error);

typedef struct {
    double size_pt;
    bool bold, italic, justify;
    PangoAlignment align;
    double width_mm; /* lines break at it; 0: one line as wide as it is */
    bool one_line;   /* cut with "…" at width_mm instead */
    double leading;  /* line height in font heights; 0: 1 */
} PrintStyle;

/* The largest size in half points, no less than `least_pt`, at which a text is no wider than that. */
double print_fitting_pt(PrintPress *press, const char *text, double width_mm, bool bold, double least_pt,
                        double most_pt);
/* A set text; free with g_object_unref. Missing letters are a fault of the press. */
PangoLayout *print_text_new(PrintPress *press, const char *text, PrintStyle style);
double print_text_width_mm(PangoLayout *text);
double print_text_height_mm(PangoLayout *text);
double print_text_baseline_mm(PangoLayout *text); /* of the first line, from the top */
int print_text_lines(PangoLayout *text);

typedef enum { PRINT_TEXT, PRINT_RULE, PRINT_DOTS, PRINT_FRAME, PRINT_FILL, PRINT_RING } PrintShape;

typedef struct {
    PrintShape shape;
    RectMm rect; /* text: x, y; rule: from (x, y) by (w, h); frame: the inside of its line; ring: around */
    double width_mm; /* of the line */
    double light;    /* of a fill: 0 black, 1 white */
    PangoLayout *text;
} PrintItem;

/* A box or field of a drawing; option NULL for a field. Strings are the survey's. */
typedef struct {
    const char *question, *option;
    LayoutFieldKind kind;
    RectMm rect;
} PrintPlace;

typedef struct {
    GArray *items;  /* PrintItem */
    GArray *places; /* PrintPlace */
} PrintDrawing;

PrintDrawing *print_drawing_new(void);
void print_drawing_free(PrintDrawing *drawing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrintDrawing, print_drawing_free)
/* Takes the text over and gives its height. */
double print_add_text(PrintDrawing *drawing, PangoLayout *text, double x_mm, double y_mm);
void print_add_shape(PrintDrawing *drawing, PrintShape shape, RectMm rect, double width_mm);
void print_add_fill(PrintDrawing *drawing, RectMm rect, double light);
/* A box to mark, its inside at (x, y). */
void print_add_box(PrintDrawing *drawing, const SurveyQuestion *question, const SurveyOption *option,
                   double x_mm, double y_mm);
void print_add_field(PrintDrawing *drawing, const SurveyQuestion *question, LayoutFieldKind kind,
                     RectMm rect);
/* A copy of `from` moved by (dx, dy). */
void print_add_drawing(PrintDrawing *drawing, const PrintDrawing *from, double dx_mm, double dy_mm);
/* Paints it; the context's unit is the point. */
void print_paint(cairo_t *cr, const PrintDrawing *drawing);
void print_paint_text(cairo_t *cr, PangoLayout *text, double x_mm, double y_mm);
/* Paints the page code filling `rect`. LIMIT when the text is too long for a code read surely at that size.
 */
bool print_paint_code(cairo_t *cr, const char *text, RectMm rect, GError **error);
/* The four corner marks. */
void print_marks(RectMm ret_marks[LAYOUT_MARKS]);

/* ---- the number of a ballot: number.c ---- */

/* Its place has this width on every page. */
#define NUMBER_WIDTH_MM 34.0
/* Digits or a whole number, set as the numbers of that station are: as large as all of them fit their place.
 */
PangoLayout *print_number_new(PrintPress *press, const char *station, const char *number);

/* ---- blocks: blocks.c, flow.c ---- */

typedef enum { PRINT_BLOCK_PLAIN, PRINT_BLOCK_HEADER, PRINT_BLOCK_SECTION, PRINT_BLOCK_ROW } PrintBlockKind;

/* What is never split; drawn from (0, 0) at the body's left edge. */
typedef struct {
    PrintBlockKind kind;
    PrintDrawing *drawing;
    double height_mm;
    double gap_mm;              /* before it, none at the top of a page */
    bool keep;                  /* stays on one page with the next */
    int section;                /* 0: before all sections */
    int table;                  /* 0: no part of a table */
    const PrintDrawing *header; /* section, row: drawn again above it at the top of a page; a block's */
    double header_mm;
    bool agency; /* holds the place for the agency's name: `slot` */
    RectMm slot;
    RectMm note; /* likewise for the note on questions; w = 0: none */
} PrintBlock;

/* How forms are set. What earlier versions of the program did is kept: a workspace prints on as it began. */
typedef struct {
    double least_pt, most_pt; /* of the body: the largest with which a form needs no more pages than with the
                                 smallest */
    double last_line; /* a last line of a row that takes less of its column is filled from above … */
    double narrowest; /* … by breaking the others earlier, but not before this share of the column */
    bool notes;       /* an agency's ballots name the questions that are not applicable to it */
    double tint;      /* darkness of number and text of every second row of a table, 0–1 */
} PrintManner;

/* From the first to the one new forms are set in. */
#define PRINT_MANNERS 3
extern const PrintManner print_manners[PRINT_MANNERS];

/* A form being cut into blocks. */
typedef struct {
    PrintPress *press;
    const SurveyForm *form;
    const PrintManner *manner;
    bool note;         /* leaves a line for the note on questions that are not applicable */
    double body_pt;    /* of the type */
    double air;        /* from 0 (tight) to 1 (roomy) */
    GPtrArray *blocks; /* PrintBlock* */
    int tables;        /* begun so far */
    int rows;          /* of questions, in the newest table */
    int section;       /* the section blocks are added for */
} PrintBuilder;

/* Appends a block; it owns the drawing. */
PrintBlock *print_add_block(PrintBuilder *builder, PrintBlockKind kind, PrintDrawing *drawing,
                            double height_mm, double gap_mm);
/* Whether a question is a row of a table of levels. */
bool print_is_row(PrintPress *press, const SurveyQuestion *question);
/* A table's header (what its rows repeat on a new page), a section's row, a question's row. */
const PrintBlock *print_add_table(PrintBuilder *builder, const SurveyScale *scale, double gap_mm);
void print_add_section_row(PrintBuilder *builder, const PrintBlock *header, const char *title);
void print_add_row(PrintBuilder *builder, const PrintBlock *header, const SurveyQuestion *question);
/* A question that is no row: choices, figures or dotted lines. `label_mm` is the width kept for the labels of
 * its section; a text too long for it stands on one line with its choices or above them. */
void print_add_question(PrintBuilder *builder, const SurveyQuestion *question, double label_mm);
/* The width the labels of a section take beside their choices; labels longer than that do not count. */
double print_labels_mm(const PrintBuilder *builder, const SurveySection *section);

/* The blocks (PrintBlock*) of a form; of `setting` all is set but what the building itself counts. */
GPtrArray *print_blocks_new(PrintBuilder setting);
/* Which questions of a form are not applicable to an agency, as its ballots say it; NULL: all are. */
char *print_note_text(const SurveyForm *form, const SurveyAgency *agency);
/* Where pages start: indices into blocks (guint), the first 0, and what that costs the reader: 10 a page and
 * less than 1 for every break. NULL when a block is higher than a page. */
GArray *print_flow(const GPtrArray *blocks, double page_mm, double *ret_cost);
/* A frame, rules of a table. */
#define PRINT_RULE_MM 0.2

/* ---- typeset forms: typeset.c ---- */

typedef struct {
    const Survey *survey;
    const SurveyForm *form;
    double body_pt;
    GPtrArray *pages; /* PrintDrawing*: what all ballots of the form share, on paper */
    RectMm agency;    /* place of the agency's name on the first page */
    RectMm note;      /* of the questions that are not applicable to it; w = 0: none */
    RectMm serial, codes;
} PrintForm;

PrintForm *print_form_new(PrintPress *press, const Survey *survey, const SurveyForm *form,
                          const PrintManner *manner, GError **error);
void print_form_free(PrintForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrintForm, print_form_free)
/* Where everything of it is, with blanks. */
Layout *print_form_layout(const PrintForm *form, GError **error);
/* Whether two layouts have the same places and the same print, but for how edges were smoothed. */
bool print_layouts_agree(const Layout *a, const Layout *b);
/* The form set as that layout was, in whatever manner; NULL without an error when it can be set so no more.
 */
PrintForm *print_form_frozen(PrintPress *press, const Survey *survey, const SurveyForm *form,
                             const Layout *layout, GError **error);
/* What a page of one ballot adds to its form. INVALID when the agency's name does not fit its two lines. */
bool print_paint_ballot(cairo_t *cr, PrintPress *press, const PrintForm *form, const PrintBallot *ballot,
                        int page, const char *fingerprint, GError **error);

/* ---- PDF files: pdf.c ---- */

typedef struct PrintPdf PrintPdf;

/* A PDF in memory with A4 pages in points; its bytes depend on what is drawn alone. */
PrintPdf *print_pdf_new(const Survey *survey, const char *title);
cairo_t *print_pdf_context(PrintPdf *pdf);
/* Ends the document and puts it in place of `path` in one step; frees the PDF. */
bool print_pdf_write(PrintPdf *pdf, const char *path, GError **error);
void print_pdf_free(PrintPdf *pdf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrintPdf, print_pdf_free)

#endif
