/* Pictures of ink and of pages as JPEG: made once, kept while there is room. Scans are decoded one at a time
 * (the decoders are not safe across threads), and the last few stay decoded. Safe across threads. Inside the
 * room only. */
#ifndef PHIEU_DESK_PICTURES_H
#define PHIEU_DESK_PICTURES_H

#include "intake/intake.h"

/* Pictures kept, in bytes; pages kept decoded. */
#define PICTURES_BYTES (64u << 20)
#define PICTURES_PAGES 4

typedef struct Pictures Pictures;

Pictures *pictures_new(const char *workspace);
void pictures_free(Pictures *pictures);
/* What the view shows of that scan, at so many pixels a mm. */
GBytes *pictures_get(Pictures *pictures, const StoreScan *scan, const IntakeView *view, int px_per_mm,
                     GError **error);

/* What tells that picture from any other: the first half of its SHA-256, in hexadecimal; of one that was made
 * before, without making it again. Newly allocated. */
char *pictures_hash(Pictures *pictures, const StoreScan *scan, const IntakeView *view, int px_per_mm,
                    GError **error);
/* The same of bytes at hand. */
char *picture_hash(GBytes *bytes);

/* The scan as it lies in its file, turned clockwise by so many quarters, so many pixels wide. `apart`: it, or
 * the whole file (its page_id is negative), may bring a decoder down and is decoded in a process of its own.
 */
GBytes *pictures_get_sheet(Pictures *pictures, const StoreScan *scan, bool apart, int quarters, int width_px,
                           GError **error);

#endif
