/* Maps between paper and scan, and pictures taken through them. */
#include <cmath>
#include <vector>

#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>

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

/* Samples by inverse mapping, several points a target pixel where the scan is finer. The map is nearly affine
 * over a small area, so each row steps linearly between its exact ends. */
Raster *vision_sample(const Raster *raster, const PageMap *map, RectMm area, double px_per_mm, double dx_px,
                      double dy_px, GError **error)
{
    int width = MAX(1, int(std::lround(area.w_mm * px_per_mm))),
        height = MAX(1, int(std::lround(area.h_mm * px_per_mm)));
    Raster *out = raster_new(width, height, error);
    if (!out)
        return nullptr;
    double finer = page_map_scale(map, rect_mm_centre(area)) / px_per_mm;
    int taps = finer > 1.3 ? MIN(4, int(std::ceil(finer - 0.3))) : 1;
    double step_x = area.w_mm / (width * taps), step_y = area.h_mm / (height * taps);
    int columns = width * taps;
    std::vector<int> sums(static_cast<size_t>(width));
    for (int y = 0; y < height; y++) {
        std::fill(sums.begin(), sums.end(), 0);
        for (int t = 0; t < taps; t++) {
            double y_mm = area.y_mm + (y * taps + t + 0.5) * step_y;
            PointPx a = page_map_point(map, {area.x_mm + 0.5 * step_x, y_mm});
            PointPx b = page_map_point(map, {area.x_mm + (columns - 0.5) * step_x, y_mm});
            double along = columns > 1 ? 1.0 / (columns - 1) : 0;
            /* fixed point, 16 bits behind the point */
            int64_t sx = std::llround((a.x_px + dx_px - 0.5) * 65536),
                    sy = std::llround((a.y_px + dy_px - 0.5) * 65536);
            int64_t ix = std::llround((b.x_px - a.x_px) * along * 65536),
                    iy = std::llround((b.y_px - a.y_px) * along * 65536);
            for (int x = 0, tap = 0, target = 0; x < columns; x++, sx += ix, sy += iy) {
                int px = int(sx >> 16), py = int(sy >> 16);
                int value = 255;
                if (px >= 0 && py >= 0 && px + 1 < raster->width_px && py + 1 < raster->height_px) {
                    const uint8_t *p = raster->pixels + size_t(py) * raster->stride + px;
                    int fx = int(sx & 0xffff) >> 8, fy = int(sy & 0xffff) >> 8;
                    int top = p[0] * (256 - fx) + p[1] * fx;
                    int low = p[raster->stride] * (256 - fx) + p[raster->stride + 1] * fx;
                    value = (top * (256 - fy) + low * fy + 32768) >> 16;
                } else if (px >= 0 && py >= 0 && px < raster->width_px && py < raster->height_px) {
                    value = raster->pixels[size_t(py) * raster->stride + px];
                }
                sums[size_t(target)] += value;
                if (++tap == taps) {
                    tap = 0;
                    target++;
                }
            }
        }
        uint8_t *row = out->pixels + size_t(y) * out->stride;
        for (int x = 0; x < width; x++)
            row[x] = uint8_t((sums[size_t(x)] + taps * taps / 2) / (taps * taps));
    }
    return out;
}

Raster *vision_reduce(const Raster *raster, double factor, GError **error)
{
    int width = MAX(1, int(std::lround(raster->width_px * factor)));
    int height = MAX(1, int(std::lround(raster->height_px * factor)));
    Raster *out = raster_new(width, height, error);
    if (!out)
        return nullptr;
    try {
        cv::Mat target = vision_mat(out);
        cv::resize(vision_mat(raster), target, target.size(), 0, 0, cv::INTER_AREA);
        out->dpi_x = raster->dpi_x * factor;
        out->dpi_y = raster->dpi_y * factor;
        return out;
    } catch (std::exception &fault) {
        raster_free(out);
        vision_fail(error, fault.what());
        return nullptr;
    }
}
