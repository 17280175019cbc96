/* Between Raster and cv::Mat; inside the room only. */
#ifndef PHIEU_VISION_CV_H
#define PHIEU_VISION_CV_H

#include <opencv2/core.hpp>

#include "vision/vision.h"

/* A view of a raster; nothing is copied. */
inline cv::Mat vision_mat(const Raster *raster)
{
    static const bool once = (cv::setNumThreads(1), true); /* pages run in parallel, not parts of a page */
    (void)once;
    return cv::Mat(raster->height_px, raster->width_px, CV_8UC1, raster->pixels, raster->stride);
}

/* Turns a library's failure into an error. */
inline bool vision_fail(GError **error, const char *what)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("OpenCV failed: %s"), what);
    return false;
}

/* Print is made full black and paper full white: a shaded panel is paper, a faint outline is print. */
cv::Mat vision_even_out(const cv::Mat &page, double px_per_mm);

#endif
