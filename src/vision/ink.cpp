/* Ink as a picture of its own: its pieces, its straight strokes, how far it is away. */
#include <algorithm>
#include <cstring>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/cv.h"

int32_t *vision_label(const Raster *ink, int reach_px, int *ret_count, GError **error)
{
    try {
        cv::Mat pixels = vision_mat(ink), joined, labels;
        if (reach_px > 0) {
            cv::Size size(2 * reach_px + 1, 2 * reach_px + 1);
            cv::dilate(pixels, joined, cv::getStructuringElement(cv::MORPH_ELLIPSE, size));
        } else {
            joined = pixels;
        }
        int count = cv::connectedComponents(joined, labels, 8, CV_32S);
        int32_t *found = g_new0(int32_t, size_t(labels.rows) * size_t(labels.cols));
        for (int y = 0; y < labels.rows; y++) {
            const int32_t *label = labels.ptr<int32_t>(y);
            const uint8_t *row = pixels.ptr<uint8_t>(y);
            for (int x = 0; x < labels.cols; x++)
                found[size_t(y) * size_t(labels.cols) + size_t(x)] = row[x] ? label[x] : 0;
        }
        *ret_count = count - 1;
        return found;
    } catch (std::exception &fault) {
        vision_fail(error, fault.what());
        return nullptr;
    }
}

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
