/* The room a form leaves to write in; inside the room only. */
#ifndef PHIEU_MARK_WRITTEN_H
#define PHIEU_MARK_WRITTEN_H

#include "mark/patch.h"

/* The fields of a page in parts that can be measured: GArray, elements private. */
GArray *written_tiles_new(const LayoutPage *page, GError **error);
/* What was found in every field, in the layout's order: GArray of MarkField. */
GArray *written_measure(const GArray *tiles, PatchWork *work, const PageImage *image,
                        const Registration *registration, GError **error);

#endif
