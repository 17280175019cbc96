/* Maps between paper and scan. */
#include <cmath>
#include <vector>

#include <opencv2/calib3d.hpp>

#include "vision/cv.h"

namespace
{

/* Whether a map keeps an area an area around the points it was found from. Points on one line, or in one
 * place, give a map all the same, which no other point of the page follows. */
bool is_determined(const std::vector<cv::Point2d> &mm, const std::vector<cv::Point2d> &px,
                   const cv::Mat &inliers)
{
    for (const auto &points : {mm, px}) {
        double n = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
        for (size_t i = 0; i < points.size(); i++) {
            if (!inliers.empty() && !inliers.at<uchar>(int(i)))
                continue;
            n++;
            sx += points[i].x;
            sy += points[i].y;
        }
        for (size_t i = 0; i < points.size(); i++) {
            if (!inliers.empty() && !inliers.at<uchar>(int(i)))
                continue;
            double x = points[i].x - sx / n, y = points[i].y - sy / n;
            xx += x * x;
            yy += y * y;
            xy += x * y;
        }
        double half = (xx + yy) / 2, apart = std::hypot((xx - yy) / 2, xy);
        if (n < 4 || half - apart < 1e-4 * (half + apart) || !(half > 0))
            return false;
    }
    return true;
}

} // namespace

bool vision_fit_map(const PointMm *from, const PointPx *to, int count, double tolerance_px, PageMap *ret_map,
                    uint8_t *ret_inliers, GError **error)
{
    try {
        std::vector<cv::Point2d> mm, px;
        for (int i = 0; i < count; i++) {
            mm.emplace_back(from[i].x_mm, from[i].y_mm);
            px.emplace_back(to[i].x_px, to[i].y_px);
        }
        cv::Mat inliers, h;
        if (count >= 4)
            h = count == 4 ? cv::findHomography(mm, px, 0)
                           : cv::findHomography(mm, px, cv::RANSAC, tolerance_px, inliers);
        if (h.empty() || h.type() != CV_64F || std::fabs(h.at<double>(2, 2)) < 1e-9 ||
            !is_determined(mm, px, inliers)) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("%d points do not determine where the page lies"), count);
            return false;
        }
        for (int i = 0; i < 9; i++)
            ret_map->h[i] = h.at<double>(i / 3, i % 3);
        for (int i = 0; ret_inliers && i < count; i++)
            ret_inliers[i] = inliers.empty() ? 1 : inliers.at<uchar>(i);
        return true;
    } catch (std::exception &fault) {
        return vision_fail(error, fault.what());
    }
}
