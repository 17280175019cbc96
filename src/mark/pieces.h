/* Ink taken apart into pieces; inside the room only. */
#ifndef PHIEU_MARK_PIECES_H
#define PHIEU_MARK_PIECES_H

#include "base/base.h"

/* Joins the pixels of ink (1, else 0) of a picture into pieces, over `reach_px` pixels in each direction; ink
 * is sparse, and only it costs time. Numbers from 1 into `ret_labels` (w × h, 0 elsewhere); how many there
 * are. */
int pieces_label(const uint8_t *ink, int w, int h, int reach_px, int32_t *ret_labels);
/* Takes pieces of fewer than `least_px` pixels that touch out of the picture. `labels` is room for w × h. */
void pieces_drop_specks(uint8_t *ink, int w, int h, int least_px, int32_t *labels);

#endif
