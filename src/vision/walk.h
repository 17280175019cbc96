/* Straight walks over a scan, along which pictures are sampled; inside the room only. */
#ifndef PHIEU_VISION_WALK_H
#define PHIEU_VISION_WALK_H

#include "base/base.h"

/* Points at even steps in fixed point, 16 bits behind the point; (0, 0) is the centre of the top left pixel.
 */
typedef struct {
    int64_t x, y, step_x, step_y;
} Walk;

/* Asks for the pixels of a walk that will be taken soon: rows of a scan lie far apart in memory. */
void walk_foresee(const Raster *raster, Walk walk, int count);

/* Adds the level at each of `count` points, between the four pixels around it with 8 bits of each fraction,
 * to `sums`; white beyond the scan. */
void walk_add(const Raster *raster, Walk walk, int count, uint16_t *sums);

#endif
