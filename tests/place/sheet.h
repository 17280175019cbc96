/* Pictures of a sheet whose place is known exactly: a form's blank, filled in, damaged, bent and taken
 * through a map by a scanner or a telephone. It knows nothing of how places are found. */
#ifndef PHIEU_TESTS_SHEET_H
#define PHIEU_TESTS_SHEET_H

#include <cairo.h>

#include "layout/layout.h"

/* What happened to a sheet. Corners count clockwise from the top left. */
typedef struct {
    unsigned lost_marks; /* bit i: corner mark i was not printed */
    unsigned torn;       /* bit i: corner i is gone, `torn_mm` along both edges */
    unsigned stapled;    /* bit i: a staple runs through mark i */
    unsigned imitated;   /* bit i: a dark square like the mark stands `imitation_mm` beside its place */
    double torn_mm, imitation_mm;
    bool punched;    /* two holes in the left edge */
    bool other_code; /* a square code of somebody else's */
    bool scribbled;  /* thick strokes across the whole sheet */
    bool no_code;    /* the page code is covered */
} Harm;

/* How its picture was taken. */
typedef struct {
    double dpi;             /* 0: 200 */
    bool unstated;          /* the file states no dpi */
    double skew_deg, scale; /* scale 0: 1 */
    int turns;              /* clockwise quarter turns */
    double shift_x_mm, shift_y_mm;
    double tilt_x, tilt_y;          /* perspective, a millimetre */
    double curl_mm, curl_length_mm; /* a wave both ways; length 0: 300 */
    double stretch;                 /* along the feed, as a share */
    double barrel_mm;               /* a lens or a round glass: so far outwards 180 mm from the middle */
    double slip_mm;                 /* the feeder slipped in the middle of the page */
    double margin;                  /* table around the sheet, as a share of it */
    double shadow;                  /* light lost in the shadow */
    double blur_px;
    int noise; /* standard deviation in levels */
} Shot;

/* The form's page as printed and filled in by the hand of `seed`: a raster of SHEET_PX_PER_MM. `code`: text
 * of the page code, NULL for none. */
#define SHEET_PX_PER_MM 10.0
Raster *sheet_new(const LayoutPage *page, const char *code, const Harm *harm, guint32 seed);

/* Where a point of the paper lies in the picture. */
PointPx shot_point(const Shot *shot, const LayoutPage *page, guint32 seed, PointMm at);
/* The picture. */
Raster *shot_take(const Shot *shot, const LayoutPage *page, const Raster *sheet, guint32 seed);

/* A back with nothing on it but what scanners add, `degree` 1..3. */
Raster *sheet_noisy_back(double dpi, int degree, guint32 seed);
/* A copy of a layout, freshly sealed, as somebody else's form: no marks and no code; `words` of its print say
 * something else. */
Layout *sheet_foreign_form(const Layout *layout, const char *form, int words, guint32 seed);

#endif
