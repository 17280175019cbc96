/* How the room register works inside: finding where a page lies, and checking it. */
#ifndef PHIEU_REGISTER_PLACE_H
#define PHIEU_REGISTER_PLACE_H

#include "print/print.h"
#include "register/register.h"
#include "text/text.h"
#include "vision/vision.h"

/* A place of print on a blank page, matched with scans. */
typedef struct {
    RectMm area;
    Raster *picture; /* of `area`, at PATCH_PX_PER_MM */
    Raster *rough;   /* the same at half of that */
} Patch;

typedef struct Blank Blank;

/* What tells a blank page from another that looks much like it: places where the two differ. */
typedef struct {
    Blank *of;        /* the other */
    bool alike;       /* false: the two have next to nothing in common */
    GPtrArray *own;   /* Patch*: there, on the one */
    GPtrArray *other; /* Patch*: at the same place of the sheet, on the other */
} Rival;

/* What is derived from one blank page, made when first needed. */
struct Blank {
    const Layout *layout;
    int page;                 /* index */
    GPtrArray *patches;       /* Patch*: for placing and checking the page */
    GPtrArray *box_patches;   /* Patch* or NULL: the surroundings of every box */
    GPtrArray *outlines;      /* Patch* or NULL: every box with a little around it */
    VisionFeatures *features; /* of the blank at FEATURE_PX_PER_MM */
    VisionThumb *thumb;       /* of the blank, its middle in the middle */
    GPtrArray *rivals;        /* Rival*: those looked at so far */
    GPtrArray *lines;         /* PrintLine*, from top to bottom */
};

/* Boxes that stand in one line, and the print that tells it from the page's other lines. */
typedef struct {
    double y_mm, h_mm; /* middle and height of its boxes */
    GArray *boxes;     /* guint: indices of the page's boxes */
    GPtrArray *places; /* Patch*: with next to nothing like them above or below; empty where there is none */
} PrintLine;

/* Resolutions the room works at: print is told apart at 4 px/mm (100 dpi), a box placed to a tenth of a
 * pixel. */
#define PATCH_PX_PER_MM 4.0
#define FEATURE_PX_PER_MM 4.0
/* A page seen from far away: its lines, and the whole of it. A thumb covers this much around the middle. */
#define SMALL_PX_PER_MM 2.0
#define THUMB_PX_PER_MM 0.5
#define THUMB_W_MM 256.0
#define THUMB_H_MM 384.0

Blank *blank_new(const Layout *layout, int page, GError **error);
void blank_free(Blank *blank);
/* The features of the blank, made now when they are missing. */
VisionFeatures *blank_features(Blank *blank, GError **error);

VisionThumb *blank_thumb(Blank *blank, GError **error);
/* The lines of its boxes, made now when they are missing; borrowed. */
GPtrArray *blank_lines(Blank *blank, GError **error);
/* A place of the blank; its area grows to whole pixels, also at half the resolution. `rough` is made too. */
Patch *patch_new(const LayoutPage *page, RectMm area, GError **error);
void patch_free(Patch *patch);
/* Print that differs from ballot to ballot, or that people write over, is no place to match. */
bool blank_is_steady(const LayoutPage *page, RectMm area);
/* A thumb of a picture through the map of a sheet whose middle is (0, 0). */
VisionThumb *thumb_through(const Raster *picture, const PageMap *map, GError **error);
/* Standard deviation of the levels of a picture. */
double raster_spread(const Raster *picture);
/* The sheet assumed where no form is known yet. */
#define A4_WIDTH_MM 210.0
#define A4_HEIGHT_MM 297.0
/* Whether the file's own resolution makes the sheet half to double of that size. Programs write 72, 1,600 or
 * 2,400 dpi over pictures of 200; then it says nothing. */
bool scan_states_scale(const Raster *scan, double width_mm, double height_mm);
/* Pixels a millimetre of the scan: stated, or as if a sheet of that size filled it. */
double scan_scale(const Raster *scan, double width_mm, double height_mm);

/* A patch found on a scan. */
typedef struct {
    double dx_mm, dy_mm; /* from where the map says */
    double score;        /* −1..1; −1 where it was not found */
} Match;

/* Looks for a patch around where the map and `start` say, at most `reach_mm` away from there. */
Match patch_find(const Patch *patch, const Raster *scan, const PageMap *map, PointMm start, double reach_mm);
/* The same from coarse to fine around where the map says, for reaches of many millimetres. */
Match patch_search(const Patch *patch, const Raster *scan, const PageMap *map, double reach_mm);

/* Refines a map known to about `reach_mm` by the blank's patches; false when too few are found to vouch for
 * it. */
bool place_by_patches(const Blank *blank, const Raster *scan, double reach_mm, PageMap *map);
/* The same for a map known only to `reach_mm`, quickly and coarsely. */
bool place_roughly(const Blank *blank, const Raster *scan, double reach_mm, PageMap *map);

/* Refines a map known to a millimetre, on a bent sheet to two. */
bool place_finely(const Blank *blank, const Raster *scan, PageMap *map);
/* Whether the page placed by `map` is the blank: nearly all its print is there. `among_like`: forms that look
 * much like it are known. */
bool is_this_print(const Blank *blank, const Raster *scan, const PageMap *map, bool among_like);

/* Which of two blanks a page placed by `map` is, by where they differ. */
typedef enum {
    RIVAL_OPEN,   /* not to be told */
    RIVAL_UNLIKE, /* the blank: the other looks quite different */
    RIVAL_LOST,   /* the blank, and not the other that is much like it */
    RIVAL_WON,    /* the other */
} RivalOutcome;
RivalOutcome rival_decide(Blank *blank, Blank *other, const Raster *scan, const PageMap *map);
void rival_free(Rival *rival);

/* The scan's own features, at about the resolution of the blanks'; `ret_scale`: their pixels to the scan's.
 */
VisionFeatures *scan_features(const Raster *scan, double *ret_scale, GError **error);
/* A map from features found anywhere on the page: for any turn, scale and tilt, to be refined. How many
 * agree. */
bool place_by_features(Blank *blank, const VisionFeatures *features, double features_scale, PageMap *ret_map,
                       int *ret_inliers);

/* Finds which of the blanks a page is by its print alone, and where it lies. `declared`: the form's id, or
 * NULL. `quick`: only what costs no more than a page. False when it is none, with the reason. */
bool place_by_print(const GPtrArray *blanks, const Raster *scan, const char *declared, bool quick,
                    Blank **ret_blank, PageMap *ret_map, RegisterReason *ret_reason, GError **error);

/* Finds the corner marks, starting from the four corners of the page code on the scan. How many were found;
 * the map is set when it is at least three. */
int place_by_marks(const LayoutPage *page, const Raster *scan, const PointPx code_corners[4],
                   PageMap *ret_map);
/* A rough map from the page code alone: good near the code. */
bool place_by_code(const LayoutPage *page, const PointPx code_corners[4], PageMap *ret_map);

/* What tells the number in print at a glance; made when a page first needs it. */
typedef struct NumberReader NumberReader;
NumberReader *number_reader_new(void);
/* From now on the name of that station is looked for in print. */
void number_reader_know(NumberReader *reader, const char *station);
void number_reader_free(NumberReader *reader);
/* Reads the number in print of a page placed by `map` into `serial` and `station` of the code. False unless
 * it is read twice alike, each time surely and with its check character. `text`: loaded here when it is
 * needed and NULL. */
bool read_serial(NumberReader *reader, TextReader **text, const LayoutPage *page, const Raster *scan,
                 const PageMap *map, PageCode *code);
/* Whether the number in print of a page placed by `map` is clearly another than its code's. A number that is
 * missing, covered or badly copied says nothing. */
bool number_is_other(NumberReader *reader, TextReader **text, const LayoutPage *page, const Raster *scan,
                     const PageMap *map, const PageCode *code);

/* Whether the picture shows a page code other than the page's own, or the same far from `own` (the middle of
 * the page's own, NULL where that is not known). */
bool shows_other_code(const Raster *scan, bool thorough, const PointPx *own, const Registration *result);
/* Whether print stands beyond the edges of a placed page: a second sheet, its code hidden. */
bool shows_print_beyond(const Raster *scan, const Registration *result);

/* The print beside a line counts as found from this correlation on. */
#define LINE_FOUND_SCORE 0.35
/* Sets `line` of every box whose place is known. False when the machine fails. */
bool check_lines(Blank *blank, const Raster *scan, Registration *registration, GError **error);

/* Local correction around every box; false when boxes or print are not where they would have to be. */
bool check_boxes(const Blank *blank, const Raster *scan, bool by_marks, Registration *registration);

#endif
