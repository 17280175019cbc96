/* A box on a placed page → raw measures; measures → a state with a calibrated confidence. Measuring never
 * decides, and deciding never looks at the scan again: measures are stored, and other limits need no
 * re-reading. */
#ifndef PHIEU_MARK_H
#define PHIEU_MARK_H

#include "base/base.h"
#include "layout/layout.h"
#include "register/register.h"

typedef enum { MARK_BLANK, MARK_MARKED, MARK_CANCELLED, MARK_DOUBTFUL } MarkState;

/* "blank", "marked", "cancelled", "doubtful". */
const char *mark_state_id(MarkState state);

/* Why a box is doubtful or what was seen at it; bits of a set. */
typedef enum {
    MARK_FAINT = 1 << 0,     /* FAINT: ink hardly darker than paper */
    MARK_SMALL = 1 << 1,     /* SMALL: a dot or short stroke */
    MARK_OUTSIDE = 1 << 2,   /* OUTSIDE: ink beside the box, little inside */
    MARK_SCRIBBLED = 1 << 3, /* CANCELLED: blacked out, struck or circled */
    MARK_STREAK = 1 << 4,    /* STREAK: a line from edge to edge of the surroundings */
    MARK_MISPLACED = 1 << 5, /* MISPLACED: its outline was not found where it should be */
    MARK_COVERED = 1 << 6,   /* COVERED: large ink over several boxes (stamp, signature, handwriting) */
    MARK_NOISE = 1 << 7,     /* NOISE: specks all over */
    MARK_PALE = 1 << 8,      /* PALE: the scan lost print, so it may have lost marks */
    MARK_UNUSUAL = 1 << 9,   /* UNUSUAL: unlike marks as they are known, or not sure enough */
    MARK_WRITING = 1 << 10,  /* WRITING: somebody wrote or drew beside the row; it may say otherwise */
    MARK_STRUCK = 1 << 11,   /* STRUCK: strokes over the sheet as a whole, which may take all of it back */
    MARK_BAND = 1 << 12,     /* BAND: a line of printed characters runs along the sheet, over the box */
} MarkReason;

/* The measures of one box. Areas are of ink weighed by its darkness (0 paper … 1 plain ink), print of the
 * blank left out; "own" ink belongs to pieces that are this box's, not the tail of a stroke from elsewhere.
 */
typedef enum {
    MEASURE_ROOM_MM2,     /* area inside the box that can be judged */
    MEASURE_INK_MM2,      /* own ink inside */
    MEASURE_FOREIGN_MM2,  /* ink inside of pieces that come from elsewhere */
    MEASURE_COVERAGE,     /* share of the room covered by dark ink, 0–1 */
    MEASURE_DARKNESS,     /* darkest tenth of the room, 0 paper – 1 black */
    MEASURE_LENGTH_MM,    /* longest side of the own ink inside */
    MEASURE_BESIDE_MM2,   /* ink of pieces near the box of which nothing lies inside */
    MEASURE_AROUND_MM2,   /* ink outside the box of pieces that also lie inside */
    MEASURE_RING,         /* share of directions around the box in which ink lies, 0–1 */
    MEASURE_SHARE_INSIDE, /* of the pieces inside: share of their ink that lies inside, 0–1 */
    MEASURE_EDGES,        /* sides of the surroundings that a piece from inside runs out of, 0–4 */
    MEASURE_STRAIGHT,     /* 1: what lies inside is a straight line through the surroundings */
    MEASURE_PIECES,       /* pieces of ink inside */
    MEASURE_NOISE_MM2,    /* ink of specks around, a cm² */
    MEASURE_PAPER,        /* grey level of the paper, 0–255 */
    MEASURE_PRINT,        /* darkness of the print around, 0–1 */
    MEASURE_RED,          /* reddish share of the ink, 0–1; 0 without colour */
    MEASURE_BLUE,         /* bluish share likewise */
    MEASURE_MATCH,        /* correlation of the surroundings with the blank; −1 unknown */
    MEASURE_SHIFT_MM,     /* length of the local correction */
    MEASURE_LIGHT_MM2,    /* area inside of pieces that stand out from this page's paper at all */
    MEASURE_LIGHT_MM,     /* longest side of what of them lies inside */
    MEASURE_LIGHT_BESIDE, /* area of such pieces near the box of which nothing lies inside, mm² */
    MEASURE_LEVEL,        /* darkness from which this page's ink stands out from its paper, 0–1 */
    MEASURE_KEPT,         /* share of the blank's print around the boxes that this page still shows, 0–1 */
    MEASURE_STRIP_MM2,    /* area of the largest such piece between the boxes of the same question, beyond all
                             surroundings */
    MEASURE_APART_MM2,    /* of MEASURE_BESIDE_MM2, pieces that lie near the box as a whole */
    MEASURE_CORE_MM2,     /* ink in the middle of the box, a fifth of it left out on every side */
    MEASURE_MASS_MM2,     /* darkness inside of what stands out from the page's paper, specks too: area by
                             darkness */
    MEASURE_PEAK,         /* darkest place of that, 0–1 */
    MEASURE_SPECK_MM2,    /* area inside of the largest piece of that */
    /* The shape of the pieces that lie inside, with what of them lies outside; of faint ones where nothing is
       plain. */
    MEASURE_STROKE_MM,  /* half the length of their border: about the way of the pen */
    MEASURE_OFFSET_MM,  /* from the middle of the box to theirs */
    MEASURE_SPREAD_MM,  /* deviation along their longer axis */
    MEASURE_BREADTH_MM, /* deviation across it */
    MEASURE_LEVEL_LINE, /* how level the longer axis lies: 1 across the page, 0 upright */
    /* Whether this is the box at all; 0 also where a version before these measured. */
    MEASURE_OUTLINE, /* how well its outline is seen, as register says, 0.001–1; 0 unknown */
    MEASURE_LINE,    /* how well the print that tells its line from others is, 0.001–1; 0 unknown */
    MEASURE_UNSURE,  /* 1: no print near vouches for its place */
    /* Ink that neither print, marks nor fields explain; 0 also where a version before these measured. */
    MEASURE_STRAY_MM,  /* longest such piece beside the boxes of its line */
    MEASURE_ASTRAY_MM, /* longest such piece anywhere among the page's lines */
    MEASURE_ACROSS_MM, /* longest stroke over the page as a whole */
    MEASURE_BAND,      /* 1: characters in a line along the sheet run over the box */
    MARK_MEASURES
} MarkMeasure;

/* Raw measures of one box: plain numbers without units, in mm or mm², by MarkMeasure. */
typedef struct {
    float v[MARK_MEASURES];
} MarkMeasures;

/* A decision about one box. */
typedef struct {
    MarkState state;
    double p_marked, p_cancelled; /* chances; blank is the rest */
    double confidence;            /* chance that `state` is right; of the best guess when doubtful */
    unsigned reasons;             /* set of MarkReason */
} MarkDecision;

/* Limits on the chance of error, from mark_limits(). */
typedef struct {
    double max_error; /* highest accepted chance of error of one answer, and so of one of its boxes */
    double asked_office, asked_hard; /* shares of answers that waited on simulated sets, 0–1 */
} MarkLimits;

/* The limits at which accepted answers were wrong in at most `target_error` (0–1, a survey's target_error) on
 * simulated scans the model was not trained on, nine in ten of them an office's usual ones (models/marks.md).
 */
MarkLimits mark_limits(double target_error);

/* Whether so many bytes are the measures of one box as this version or one before it kept them: those
 * measured since stand at the end, and are 0 where they are missing. */
bool mark_measures_fit(size_t bytes);
/* The stable name of measure i: "ink_inside" … */
const char *mark_measure_name(int i);
/* Measures pages; keeps what it derives from the blanks. Layouts it has seen must outlive it. */
typedef struct MarkReader MarkReader;

MarkReader *mark_reader_new(void);
void mark_reader_free(MarkReader *reader);
/* Measures every box of a placed page: GArray of MarkMeasures in the order of the layout's boxes. FAILED only
 * when the machine fails. */
GArray *mark_measure_page(MarkReader *reader, const PageImage *image, const Registration *registration,
                          GError **error);
/* A place to write (figures, free text) as it was found. */
typedef struct {
    double ink_mm2; /* ink other than specks, print of the blank left out */
    bool written;   /* anybody wrote there; what, only a person can say */
} MarkField;

/* Looks at every field of a placed page: GArray of MarkField in the order of the layout's fields. FAILED only
 * when the machine fails. */
GArray *mark_measure_fields(MarkReader *reader, const PageImage *image, const Registration *registration,
                            GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MarkReader, mark_reader_free)

/* The question a box belongs to. */
typedef struct {
    const char *id;
    bool many; /* takes several marks */
} MarkQuestion;

/* Decides every box of one page from the measures of that page alone; questions[i] is the question box i
 * belongs to. Plain rules say what a box shows: by itself first, then, within bounds, by what is known of its
 * question (a faint touch beside a plain mark) and of the hand on this page (who circles everywhere, who
 * writes faintly everywhere). A learned model says how likely the box counts; its chances of error are those
 * seen on simulated ink it was not trained on. Where the two contradict each other the box is doubtful. `ret`
 * has `count` places. */
void mark_decide(const MarkMeasures *measures, const MarkQuestion *questions, int count,
                 const MarkLimits *limits, MarkDecision *ret);
/* Names of a set of reasons joined by '+', "" for none; newly allocated. */
char *mark_reasons_text(unsigned reasons);
/* The model's id: changes whenever the same measures could be decided otherwise. */
const char *mark_model_id(void);
/* A picture of one box with `margin_mm` around it, upright, for people. */
Raster *mark_crop(const PageImage *image, const Registration *registration, int box, double margin_mm,
                  GError **error);

#endif
