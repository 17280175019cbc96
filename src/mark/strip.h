/* The ground between the boxes of one question, where a mark belongs to none of them; inside the room only.
 */
#ifndef PHIEU_MARK_STRIP_H
#define PHIEU_MARK_STRIP_H

#include "mark/patch.h"

/* The strips of a page, one a question that has boxes on it: GPtrArray, elements private. */
GPtrArray *strips_new(const LayoutPage *page, GError **error);
/* Sets MEASURE_STRIP_MM2 of every box; ink is what is darker than `level`. */
bool strips_measure(const GPtrArray *strips, PatchWork *work, const PageImage *image,
                    const Registration *registration, int level, MarkMeasures *measures, GError **error);

#endif
