/* The scanner and respondent simulator: printed ballots and their layout come in; scans of them, filled in by
 * imagined people and put through an imagined office, leave, together with what those people meant. It is
 * written against the documented layout file alone and shares no code with what reads the scans.
 *
 * Everything random is drawn from a generator seeded by the run's seed and the name of the thing (a serial, a
 * batch), so that the result does not depend on how many processes work or in which order. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/base.h"

/* ---- chance ----------------------------------------------------------------------------------------------
 */

typedef struct {
    uint64_t state;
} Chance;

/* A generator for one named thing of the run. */
Chance chance_for(uint64_t seed, const char *kind, const char *name, int number);
uint32_t chance_u32(Chance *chance);
/* Uniform in [0, 1), in [low, high), whole in [low, high]; normal; true with that probability. */
double chance_unit(Chance *chance);
double chance_range(Chance *chance, double low, double high);
int chance_int(Chance *chance, int low, int high);
double chance_normal(Chance *chance, double mean, double deviation);
/* The same, cut to [low, high]. One draw: a macro such as CLAMP would draw again for each of its uses. */
double chance_within(Chance *chance, double mean, double deviation, double low, double high);
bool chance_yes(Chance *chance, double probability);
/* An index drawn by weights. */
int chance_pick(Chance *chance, const double *weights, int n);
/* Shuffles the pointers of an array. */
void chance_shuffle(Chance *chance, GPtrArray *array);
/* Smooth noise about -1..1 at `t`, one value a unit, the same for the same `key`. */
double noise_smooth(uint64_t key, double t);

/* ---- how bad the day is -----------------------------------------------------------------------------------
 */

/* Every probability and size that can be set by name; damage.c has the table with what each means. */
#define DAMAGE_KNOBS(X)                                                                                      \
    X(blank)                                                                                                 \
    X(blank_page)                                                                                            \
    X(double_mark)                                                                                           \
    X(corrected)                                                                                             \
    X(faint)                                                                                                 \
    X(outside)                                                                                               \
    X(between)                                                                                               \
    X(stray)                                                                                                 \
    X(overrun)                                                                                               \
    X(sloppy)                                                                                                \
    X(odd_habit)                                                                                             \
    X(straight)                                                                                              \
    X(stamp)                                                                                                 \
    X(handwriting)                                                                                           \
    X(margin_note)                                                                                           \
    X(scale)                                                                                                 \
    X(far_scale)                                                                                             \
    X(photocopy)                                                                                             \
    X(skew)                                                                                                  \
    X(far_skew)                                                                                              \
    X(stretch)                                                                                               \
    X(shift)                                                                                                 \
    X(show_through)                                                                                          \
    X(dust)                                                                                                  \
    X(streak)                                                                                                \
    X(fold)                                                                                                  \
    X(hole)                                                                                                  \
    X(corner)                                                                                                \
    X(blur)                                                                                                  \
    X(noise)                                                                                                 \
    X(tone)                                                                                                  \
    X(upside_down)                                                                                           \
    X(sideways)                                                                                              \
    X(swap)                                                                                                  \
    X(blank_back)                                                                                            \
    X(missing_page)                                                                                          \
    X(twice)                                                                                                 \
    X(foreign_page)                                                                                          \
    X(blank_sheet)                                                                                           \
    X(pen)                                                                                                   \
    X(habit)                                                                                                 \
    X(thick)                                                                                                 \
    X(density)                                                                                               \
    X(mark_mm)                                                                                               \
    X(outside_reach)                                                                                         \
    X(correction)                                                                                            \
    X(erased_left)                                                                                           \
    X(all_marked)                                                                                            \
    X(crossing)                                                                                              \
    X(streak_over)                                                                                           \
    X(streak_mm)                                                                                             \
    X(streak_tone)                                                                                           \
    X(fold_depth)                                                                                            \
    X(corner_kind)                                                                                           \
    X(corner_mm)                                                                                             \
    X(generations)                                                                                           \
    X(threshold)                                                                                             \
    X(print_scale)                                                                                           \
    X(skew_deg)                                                                                              \
    X(curl_mm)                                                                                               \
    X(white)                                                                                                 \
    X(black)                                                                                                 \
    X(gamma)                                                                                                 \
    X(photo)

#define DAMAGE_MEMBER(name) double name;
typedef struct {
    DAMAGE_KNOBS(DAMAGE_MEMBER)
} Damage;

/* A named level: none, office or hard. */
bool damage_level(const char *name, Damage *ret_damage, GError **error);
/* Applies "name=value". */
bool damage_set(Damage *damage, const char *assignment, GError **error);
/* The table of knobs, one a line, for --help-damage. */
char *damage_describe(void);

/* ---- the printed ballots ----------------------------------------------------------------------------------
 */

typedef struct {
    char *option;
    RectMm rect;
    bool round;
} SimBox;

typedef struct {
    char *question;
    GPtrArray *boxes; /* SimBox* in the order of the layout */
    bool scale;       /* one row of a table of levels, best first; else a question about the respondent */
    bool many;
} SimQuestion;

typedef struct {
    char *field;
    bool digits;
    RectMm rect;
} SimField;

typedef struct {
    int pdf_page, page;
    double width_mm, height_mm;
    GPtrArray *questions; /* SimQuestion* */
    GPtrArray *fields;    /* SimField* */
} SimPage;

typedef struct {
    char *serial, *form, *group, *agency, *origin;
    GPtrArray *pages; /* SimPage* */
    const char *pdf;  /* path of the printed file */
} SimBallot;

/* Reads the layout file of `phieu print --layout`: GPtrArray of SimBallot*, in printed order. Questions named
 * in `many` (comma-separated, may be NULL) take several answers. */
GPtrArray *ballots_load(const char *layout_path, const char *pdf_path, const char *many, GError **error);

/* ---- pictures ---------------------------------------------------------------------------------------------
 */

/* One grey plane, or red, green and blue; rows are `width` bytes. `scale` is pixels per millimetre. */
typedef struct {
    int width, height, planes;
    double scale;
    uint8_t *plane[3];
} Picture;

Picture *picture_new(int width, int height, int planes, double scale);
void picture_free(Picture *picture);
/* The picture turned clockwise by quarter turns; takes the one given. */
Picture *picture_turn(Picture *picture, int quarter_turns);
/* One pass of a 3x3 smoothing; `strength` 0..1 is the share taken from the neighbours. */
void picture_blur(Picture *picture, double strength);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_free)

/* ---- pens -------------------------------------------------------------------------------------------------
 */

typedef struct {
    const char *name;
    double rgb[3];   /* light a full stroke throws back, 0..1 */
    double width_mm; /* of an ordinary stroke */
    double density;  /* how much of the paper a stroke covers, 0..1 */
    double grain;    /* how much paper shows through like graphite does, 0..1 */
    double skip;     /* how often the ball runs dry, 0..1 */
} Pen;

/* The pens people take, and a faint pencil. */
Pen pen_choose(Chance *chance);
/* One of them by its number from 1, the faint pencil last; see the knob "pen". */
Pen pen_numbered(int number, Chance *chance);
Pen pen_faint(Chance *chance);

/* A stroke's way in millimetres, drawn as a smooth line through its points. */
typedef struct {
    PointMm points[24];
    int n;
} Stroke;

void stroke_add(Stroke *stroke, double x_mm, double y_mm);
/* Draws it: trembling by `tremor_mm`, pressed `pressure` times as hard as usual. */
void pen_draw(Picture *paper, const Pen *pen, const Stroke *stroke, double pressure, double tremor_mm,
              Chance *chance);
/* Covers a patch with correction fluid. */
void fluid_draw(Picture *paper, RectMm patch, Chance *chance);
/* Rubs a patch with an eraser: `left` of what was drawn since `before` (a copy) stays. */
void eraser_draw(Picture *paper, const Picture *before, RectMm patch, double left, Chance *chance);
/* A red office stamp; kind 0 round seal, 1 box with a date. */
void stamp_draw(Picture *paper, PointMm centre, int kind, Chance *chance);
/* A line of something like handwriting from `at`, `width_mm` long. */
void handwriting_draw(Picture *paper, const Pen *pen, PointMm at, double width_mm, double height_mm,
                      Chance *chance);
/* Handwritten digits, spread over the field. */
void digits_draw(Picture *paper, const Pen *pen, RectMm field, const char *digits, Chance *chance);
/* A signature. */
void signature_draw(Picture *paper, const Pen *pen, PointMm at, double width_mm, Chance *chance);

/* ---- respondents ------------------------------------------------------------------------------------------
 */

typedef enum {
    HABIT_CROSS,
    HABIT_TICK,
    HABIT_FILL,
    HABIT_SLASH,
    HABIT_DOT,
    HABIT_CIRCLE,
    HABIT_LABEL, /* a ring round what is printed beside the box */
    HABITS,
} Habit;

extern const char *const habit_names[HABITS];

typedef enum {
    KIND_CLEAN,
    KIND_FAINT,
    KIND_OUTSIDE,
    KIND_OVERRUN,
    KIND_STRAY,
    KIND_CORRECTED_CIRCLE,
    KIND_CORRECTED_BLACK,
    KIND_CORRECTED_STRUCK,
    KIND_CORRECTED_FLUID,
    KIND_CORRECTED_ERASED,
    KIND_DOUBLE,
    KIND_BETWEEN,
    KIND_BLANK,
    KINDS,
} Kind;

extern const char *const kind_names[KINDS];

/* What the pen did at one question. */
typedef struct {
    const SimQuestion *question;
    int page;       /* index into the ballot's pages */
    GArray *chosen; /* int: indices of boxes that count */
    int other;      /* index of the box cancelled, grazed or doubled; -1: none */
    Kind kind;
    bool stamped;
} Response;

/* One person with one ballot. */
typedef struct {
    const SimBallot *ballot;
    Pen pen;
    Habit habit;
    double size, slant, tremor_mm, hurry;    /* of their marks; 1 is ordinary for size */
    double bias_x_mm, bias_y_mm, scatter_mm; /* where they hit */
    GPtrArray *responses;                    /* Response* */
    int stamp_page, stamp_kind;              /* page -1: none */
    PointMm stamp_at;
    int note_page;                              /* a note in the margin; -1: none */
    bool crossing;                              /* the note runs across boxes */
    double mark_mm, outside_reach, erased_left; /* knobs of the same names; 0: by chance */
    GPtrArray *written; /* char* by field in page order: NULL not written, "" scribble, else digits */
} Respondent;

/* Lets somebody answer; the same person for the same seed and serial. */
Respondent *respondent_new(uint64_t seed, const SimBallot *ballot, const Damage *damage);
void respondent_free(Respondent *respondent);
/* Makes them press hard enough for a scan of one bit a pixel. */
void respondent_press(Respondent *respondent);
/* What they meant: option ids joined by '+', "" for nothing. */
char *response_value(const Response *response);
/* Whether no honest reader could know. */
bool response_ambiguous(const Response *response);
/* Puts the ink of one page on its paper. */
void respondent_fill(const Respondent *respondent, int page, uint64_t seed, Picture *paper);

/* ---- paper ------------------------------------------------------------------------------------------------
 */

typedef struct Printer Printer;

/* Opens printed files as they are needed; one per process. */
Printer *printer_new(void);
void printer_free(Printer *printer);
/* The pages of a PDF, or -1. */
int printer_count(const char *pdf, GError **error);
/* The print of a PDF page as toner on white paper, with `planes` planes at `dpi`. */
Picture *printer_page(Printer *printer, const char *pdf, int pdf_page, double dpi, int planes,
                      GError **error);
/* What print and copying did to it. */
void paper_age(Picture *paper, bool photocopy, Chance *chance);
/* Where the print sits on its sheet: `scale` times as large about the middle, then moved. */
typedef struct {
    double scale, x_mm, y_mm;
} Placement;

Placement placement_choose(const Damage *damage, Chance *chance);
/* What use did to the sheet: folds, holes, a staple or a lost corner, dust. `background` is what a scanner
 * sees through a hole. */
void paper_wear(Picture *paper, const Placement *print, const Damage *damage, int background, Chance *chance);
/* The other side shining through, by that share. */
void paper_show_through(Picture *paper, const Picture *back, double share);
/* A page that is no ballot: a typed letter with a signature, or a handwritten note. */
Picture *paper_foreign(double dpi, int planes, Chance *chance);

/* ---- scanner ----------------------------------------------------------------------------------------------
 */

typedef enum { MODE_GREY, MODE_COLOUR, MODE_BITONAL, MODES } Mode;
typedef enum { FILE_PDF, FILE_TIFF, FILE_TIFF_LZW, FILE_JPEG, FILE_PNG, FILES } FileFormat;

/* One scanner with its settings, the same for a whole batch. */
typedef struct {
    Mode mode;
    FileFormat format;
    int dpi, quality;
    double white[3], black, gamma; /* tone of paper and of black, 0..255 */
    double blur, noise;
    int background, threshold;
    double feed;                   /* stretch along the feed, about 1 */
    double streak_x_mm, streak_mm; /* where (<0: none) and how wide */
    int streak_tone;
    double photo;    /* >0: a telephone's picture, that strongly tilted and shaded */
    bool long_frame; /* frame longer than the sheet */
} Scanner;

Scanner scanner_choose(Chance *chance, const Damage *damage);
/* One sheet side through the scanner. Takes the paper. */
Picture *scanner_scan(const Scanner *scanner, Picture *paper, const Placement *print, const Damage *damage,
                      Chance *pass);
/* The sheet photographed on a table, before tone and noise. */
Picture *photo_take(const Scanner *scanner, const Picture *paper, const Placement *print, Chance *pass);

/* ---- files ------------------------------------------------------------------------------------------------
 */

typedef struct Output Output;

/* A scan file, or for single pictures a folder, growing page by page. */
Output *output_open(const char *path, const Scanner *scanner, GError **error);
bool output_add(Output *output, const Picture *scan, GError **error);
/* Finishes the file and frees it, also after an error. */
bool output_close(Output *output, GError **error);
/* The file name (under the batch's own) and page number of page `index` (from 0) of a batch. */
char *output_page_name(const char *batch_name, FileFormat format, int index, int *ret_page);

/* ---- subcommands ------------------------------------------------------------------------------------------
 */

int scans_main(int argc, char **argv);
int scores_main(int argc, char **argv);

#endif
