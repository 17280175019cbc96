/* One box's surroundings as they are measured; inside the room only. */
#ifndef PHIEU_MARK_PATCH_H
#define PHIEU_MARK_PATCH_H

#include "mark/mark.h"

/* Resolution of measuring (150 dpi), the most pixels a patch may have, and the surroundings looked at. */
#define MEASURE_PX_PER_MM 6.0
#define PATCH_MAX_PX (160 * 160)
#define SURROUND_MM 3.0

/* What the blank says about one box. */
typedef struct {
    RectMm area; /* box and surroundings */
    int width_px, height_px;
    RectPx inside;              /* the box within the patch */
    uint8_t *free;              /* 1 where no print of the blank is near, else 0 */
    uint8_t *near;              /* free pixels of the 3 × 3 around each free one; 0 elsewhere */
    uint8_t *print;             /* darkness of the blank, 0–255; NULL for ground between boxes */
    uint8_t *tone;              /* the same where it is free of print: of a tint; NULL where there is none */
    int free_count, room_count; /* free pixels in all, and inside the box */
} BoxMask;

BoxMask *box_mask_new(const LayoutPage *page, int box, GError **error);
void box_mask_free(BoxMask *mask);

/* A piece of connected ink in a patch. */
typedef struct {
    int count, inside_count;
    double ink, inside_ink;       /* weighed, pixels */
    int x0, y0, x1, y1;           /* bounds */
    int ix0, iy0, ix1, iy1;       /* bounds of what lies inside the box */
    double sx, sy, sxx, syy, sxy; /* weighed moments */
    int border;                   /* pixels with one beside them that is free of ink */
    int inside_dark;              /* sum of darkness inside, 0–255 a pixel */
    uint8_t peak;                 /* darkest pixel inside */
    unsigned edges;               /* bit set of patch sides touched */
} Piece;

/* Room for measuring patches, kept between boxes. */
typedef struct {
    uint8_t weight[PATCH_MAX_PX]; /* darkness weighed, 0–255 */
    uint8_t dark[PATCH_MAX_PX];   /* darkness relative to paper, 0–255 */
    int16_t label[PATCH_MAX_PX];
    int32_t queue[PATCH_MAX_PX];
    uint16_t sums[3][PATCH_MAX_PX]; /* of three pixels across, of three rows */
    uint8_t row[PATCH_MAX_PX + 2];
    Piece pieces[1024];
    int piece_count;
} PatchWork;

/* Sets `tone` from `free` and the blank, which is `rim_px` wider on every side. */
void box_mask_set_tone(BoxMask *mask, const Raster *blank, int rim_px);
/* Sets `near` from `free`. */
void box_mask_count_near(BoxMask *mask);
/* The paper's grey: the level that a quarter of the print-free pixels of the scan lie above. */
int patch_paper(const Raster *scan, const BoxMask *mask);
/* The scan's darkness relative to its paper, 0–255, beyond the blank's own tone. */
void patch_set_dark(PatchWork *work, const Raster *scan, const BoxMask *mask, int paper);
/* Weighs faint ink: what is darker than `level` over the mean of the free pixels among 3 × 3 has 255, the
 * rest 0. False where there is none. */
bool patch_weigh_light(PatchWork *work, const BoxMask *mask, int level);
/* Finds the pieces of ink of weight > 0 in `work`, 1,024 at most. */
void patch_find_pieces(PatchWork *work, const BoxMask *mask);

#endif
