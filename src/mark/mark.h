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
} MarkReason;

/* How many measures a box has, and what each is: see mark_measure_name(). */
#define MARK_MEASURES 24

/* Raw measures of one box: plain numbers without units or in mm, each named by mark_measure_name(i). */
typedef struct {
    float v[MARK_MEASURES];
} MarkMeasures;

/* A decision about one box. */
typedef struct {
    MarkState state;
    float p_marked, p_cancelled; /* calibrated chances; blank is the rest */
    float confidence;            /* chance that `state` is right; of the best guess when doubtful */
    unsigned reasons;            /* set of MarkReason */
} MarkDecision;

/* Limits on the chance of error; derived from a survey's target_error. */
typedef struct {
    double max_error; /* highest accepted chance of error of one box */
} MarkLimits;

/* The stable name of measure i: "ink_inside" … */
const char *mark_measure_name(int i);
/* Measures every box of a placed page: GArray of MarkMeasures in the order of the layout's boxes. FAILED only
 * when the machine fails. */
GArray *mark_measure_page(const PageImage *image, const Registration *registration, GError **error);
/* Decides every box of one page from its measures alone. `ret` has `count` places. */
void mark_decide(const MarkMeasures *measures, int count, const MarkLimits *limits, MarkDecision *ret);
/* Names of a set of reasons joined by '+', "" for none; newly allocated. */
char *mark_reasons_text(unsigned reasons);
/* The model's id: changes whenever the same measures could be decided otherwise. */
const char *mark_model_id(void);
/* A picture of one box with `margin_mm` around it, upright, for people. */
Raster *mark_crop(const PageImage *image, const Registration *registration, int box, double margin_mm,
                  GError **error);

#endif
