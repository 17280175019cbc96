/* Ink as a picture of its own: its straight strokes, how far it is away. */
#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/cv.h"

Raster *vision_distance(const Raster *raster, int darkness, int most, GError **error)
{
    try {
        cv::Mat light = vision_mat(raster) > 255 - darkness - 1, away;
        if (cv::countNonZero(light) == light.rows * light.cols)
            away = cv::Mat(light.size(), CV_32F, cv::Scalar(most));
        else
            cv::distanceTransform(light, away, cv::DIST_L2, cv::DIST_MASK_PRECISE);
        Raster *distance = raster_new(raster->width_px, raster->height_px, error);
        for (int y = 0; distance && y < away.rows; y++) {
            for (int x = 0; x < away.cols; x++)
                distance->pixels[size_t(y) * distance->stride + size_t(x)] =
                    uint8_t(std::min(2.0f * away.at<float>(y, x), float(most)));
        }
        return distance;
    } catch (std::exception &fault) {
        vision_fail(error, fault.what());
        return nullptr;
    }
}

GArray *vision_find_strokes(const Raster *ink, double least_px, double gap_px, GError **error)
{
    try {
        std::vector<cv::Vec4i> lines;
        cv::HoughLinesP(vision_mat(ink), lines, 1, CV_PI / 360, int(least_px / 4), least_px, gap_px);
        GArray *strokes = g_array_new(FALSE, FALSE, sizeof(VisionStroke));
        for (const auto &line : lines) {
            VisionStroke stroke = {{double(line[0]), double(line[1])}, {double(line[2]), double(line[3])}};
            g_array_append_val(strokes, stroke);
        }
        return strokes;
    } catch (std::exception &fault) {
        vision_fail(error, fault.what());
        return nullptr;
    }
}
