/* Ground of a page that is no box: what of it is free of print; inside the room only. */
#ifndef PHIEU_MARK_GROUND_H
#define PHIEU_MARK_GROUND_H

#include "mark/patch.h"

/* Resolution of measuring, where an area is not too large for it. */
#define GROUND_PX_PER_MM 4.0

/* The highest resolution up to `wanted` at which an area fits a patch. */
double ground_resolution(RectMm area, double wanted);
/* What of an area is free of print, of what differs from ballot to ballot, and of boxes. */
BoxMask *ground_mask_new(const LayoutPage *page, RectMm area, double px_per_mm, GError **error);

#endif
