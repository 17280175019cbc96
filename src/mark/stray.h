/* Ink that belongs to no mark: writing beside a row, an arrow from one box to another, strokes over the
 * sheet, characters that the scanner printed on it; inside the room only. */
#ifndef PHIEU_MARK_STRAY_H
#define PHIEU_MARK_STRAY_H

#include "mark/ink.h"

/* Sets MEASURE_STRAY_MM, MEASURE_ASTRAY_MM, MEASURE_ACROSS_MM and MEASURE_BAND of every box of the page. */
bool stray_measure(const InkGround *ground, const PageImage *image, const Registration *registration,
                   MarkMeasures *measures, GError **error);

/* Sets MEASURE_ACROSS_MM for straight strokes, and takes lines of the paper and the scanner out of the
 * picture. */
bool strokes_measure(const InkPage *page, MarkMeasures *measures, GError **error);

/* Sets MEASURE_BAND. */
void bands_measure(const InkPage *page, MarkMeasures *measures);

#endif
