/* Comparing a patch with every place of a small scene; inside the room only. */
#ifndef PHIEU_VISION_CORRELATE_H
#define PHIEU_VISION_CORRELATE_H

#include <opencv2/core.hpp>

#include "base/base.h"

/* Normalised cross-correlation of `patch` at every place of `scene` (CV_32F), as TM_CCOEFF_NORMED has it; 0
 * where one of them is even. False, with nothing done, where there are so many places or pixels that the
 * library's Fourier transforms are faster. */
bool correlate(const Raster *scene, const Raster *patch, cv::Mat &scores);

#endif
