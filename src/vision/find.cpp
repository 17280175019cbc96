/* Finding things on a page: patches of print, corner squares, ink, features. */
#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/calib3d.hpp>
#include <opencv2/features2d.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/correlate.h"
#include "vision/cv.h"

namespace
{

/* Where a parabola through three scores has its top, within half a step. */
double peak_offset(double before, double top, double after)
{
    double bend = before - 2 * top + after;
    return bend < -1e-9 ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0;
}

} // namespace

bool vision_match(const Raster *scene, const Raster *patch, double apart_px, PointPx *ret_place,
                  double *ret_score, double *ret_second, GError **error)
{
    if (patch->width_px > scene->width_px || patch->height_px > scene->height_px) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("the patch is larger than the scene"));
        return false;
    }
    try {
        cv::Mat scores, mean, spread;
        cv::meanStdDev(vision_mat(patch), mean, spread);
        bool flat = spread.at<double>(0) < 1e-6; /* of which the library says that it fits everywhere */
        if (!correlate(scene, patch, scores))
            cv::matchTemplate(vision_mat(scene), vision_mat(patch), scores, cv::TM_CCOEFF_NORMED);
        cv::patchNaNs(scores, -1);
        double score;
        cv::Point at;
        cv::minMaxLoc(scores, nullptr, &score, nullptr, &at);
        double dx = 0, dy = 0, second = -1;
        if (at.x > 0 && at.x + 1 < scores.cols)
            dx = peak_offset(scores.at<float>(at.y, at.x - 1), score, scores.at<float>(at.y, at.x + 1));
        if (at.y > 0 && at.y + 1 < scores.rows)
            dy = peak_offset(scores.at<float>(at.y - 1, at.x), score, scores.at<float>(at.y + 1, at.x));
        for (int y = 0; ret_second && y < scores.rows; y++)
            for (int x = 0; x < scores.cols; x++)
                if (std::abs(x - at.x) > apart_px || std::abs(y - at.y) > apart_px)
                    second = std::max(second, double(scores.at<float>(y, x)));
        *ret_place = {at.x + dx, at.y + dy};
        *ret_score = !flat && std::isfinite(score) && score <= 1.01 ? score : -1;
        if (ret_second)
            *ret_second = flat ? -1 : second;
        return true;
    } catch (std::exception &fault) {
        return vision_fail(error, fault.what());
    }
}

/* ---- corner squares
 * -------------------------------------------------------------------------------------------- */

namespace
{

/* Centre of gravity of darkness inside a box around a blob: finer than its outline. */
PointPx weigh(const cv::Mat &window, const cv::Rect &box, int paper)
{
    double sum = 0, sx = 0, sy = 0;
    for (int y = box.y; y < box.y + box.height; y++) {
        for (int x = box.x; x < box.x + box.width; x++) {
            double dark = std::max(0, paper - window.at<uchar>(y, x) - 20);
            sum += dark;
            sx += dark * (x + 0.5);
            sy += dark * (y + 0.5);
        }
    }
    return {sx / sum, sy / sum};
}

bool is_square(const std::vector<cv::Point> &contour, double side_px)
{
    cv::RotatedRect box = cv::minAreaRect(contour);
    double w = box.size.width + 1, h = box.size.height + 1, area = cv::contourArea(contour) + 2 * (w + h) / 2;
    return w > 0.7 * side_px && w < 1.4 * side_px && h > 0.7 * side_px && h < 1.4 * side_px && w / h > 0.75 &&
           w / h < 1.33 && area > 0.78 * w * h;
}

} // namespace

bool vision_find_square(const Raster *raster, PointPx near, double side_px, double reach_px,
                        PointPx *ret_centre)
{
    try {
        cv::Mat page = vision_mat(raster);
        int reach = int(reach_px + side_px);
        cv::Rect inside = cv::Rect(int(near.x_px) - reach, int(near.y_px) - reach, 2 * reach, 2 * reach) &
                          cv::Rect(0, 0, page.cols, page.rows);
        if (inside.width < side_px || inside.height < side_px)
            return false;
        cv::Mat window = page(inside), dark;
        double split = cv::threshold(window, dark, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
        int paper = int(std::min(255.0, split + (255 - split) / 2));
        std::vector<std::vector<cv::Point>> contours;
        cv::findContours(dark, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
        double best = reach_px;
        bool found = false;
        for (const auto &contour : contours) {
            if (!is_square(contour, side_px))
                continue;
            cv::Rect box = cv::boundingRect(contour);
            int rim = std::max(1, int(side_px / 12));
            cv::Rect wide = cv::Rect(box.x - rim, box.y - rim, box.width + 2 * rim, box.height + 2 * rim) &
                            cv::Rect(0, 0, window.cols, window.rows);
            PointPx centre = weigh(window, wide, paper);
            centre.x_px += inside.x;
            centre.y_px += inside.y;
            double away = std::hypot(centre.x_px - near.x_px, centre.y_px - near.y_px);
            if (away < best) {
                best = away;
                *ret_centre = centre;
                found = true;
            }
        }
        return found;
    } catch (std::exception &) {
        return false;
    }
}

/* ---- ink on a page
 * ------------------------------------------------------------------------------------------------ */

bool vision_find_ink(const Raster *raster, double px_per_mm, double piece_mm, RectPx *ret_bounds)
{
    try {
        double factor = std::min(1.0, 3.0 / px_per_mm);
        cv::Size size(std::max(1, int(std::lround(raster->width_px * factor))),
                      std::max(1, int(std::lround(raster->height_px * factor))));
        const Raster *from = raster;
        while (from->half && from->half->width_px >= size.width)
            from = from->half;
        cv::Mat page = vision_mat(from), small, dark, labels, facts, centres;
        cv::resize(page, small, size, 0, 0, cv::INTER_AREA);
        double scale = px_per_mm * factor;
        /* Ink is darker than its neighbourhood; a grey lid or a shadow is not, and print showing through is
         * weak. */
        cv::Mat paper;
        cv::blur(small, paper, cv::Size(int(scale * 20) | 1, int(scale * 20) | 1));
        cv::subtract(paper, small, dark);
        cv::threshold(dark, dark, 45, 255, cv::THRESH_BINARY);
        int count = cv::connectedComponentsWithStats(dark, labels, facts, centres, 8);
        cv::Rect all;
        int margin = std::max(2, int(scale * 4));
        for (int i = 1; i < count; i++) {
            cv::Rect box(facts.at<int>(i, cv::CC_STAT_LEFT), facts.at<int>(i, cv::CC_STAT_TOP),
                         facts.at<int>(i, cv::CC_STAT_WIDTH), facts.at<int>(i, cv::CC_STAT_HEIGHT));
            bool edge = box.x < margin || box.y < margin || box.x + box.width > small.cols - margin ||
                        box.y + box.height > small.rows - margin;
            bool streak = std::min(box.width, box.height) <= scale * 1.0 &&
                          std::max(box.width, box.height) > scale * 60;
            if (edge || streak || std::max(box.width, box.height) < piece_mm * scale)
                continue;
            all = all.empty() ? box : (all | box);
        }
        if (all.empty())
            return false;
        *ret_bounds = {int(all.x / factor), int(all.y / factor), int(all.width / factor),
                       int(all.height / factor)};
        return true;
    } catch (std::exception &) {
        *ret_bounds = {0, 0, raster->width_px, raster->height_px};
        return true; /* not known to be blank */
    }
}

/* ---- patches and features
 * ------------------------------------------------------------------------------------------- */

namespace
{

/* The largest value of a picture, found again quickly when some rows have changed: the largest of every row
 * is kept. The first one counts where several are as large. */
class Largest
{
    const cv::Mat &values;
    std::vector<float> rows;

  public:
    explicit Largest(const cv::Mat &of) : values(of), rows(size_t(of.rows))
    {
        update(0, of.rows);
    }
    void update(int from, int to)
    {
        for (int y = std::max(0, from); y < std::min(to, values.rows); y++)
            rows[size_t(y)] = *std::max_element(values.ptr<float>(y), values.ptr<float>(y) + values.cols);
    }
    float find(cv::Point &at) const
    {
        at.y = int(std::max_element(rows.begin(), rows.end()) - rows.begin());
        const float *row = values.ptr<float>(at.y);
        at.x = int(std::find(row, row + values.cols, rows[size_t(at.y)]) - row);
        return rows[size_t(at.y)];
    }
};

} // namespace

GArray *vision_pick_patches(const Raster *raster, int w_px, int h_px, int max)
{
    GArray *patches = g_array_new(FALSE, FALSE, sizeof(RectPx));
    try {
        /* The smaller eigenvalue of the gradients' matrix, summed over the patch: print that is fixed both
         * ways. */
        cv::Mat page = vision_mat(raster), strength, sum;
        cv::cornerMinEigenVal(page, strength, 5, 3);
        cv::sqrt(cv::max(strength, 0), strength);
        cv::boxFilter(strength, sum, CV_32F, cv::Size(w_px, h_px), cv::Point(-1, -1), false);
        cv::Mat inner =
            sum(cv::Rect(w_px, h_px, std::max(1, page.cols - 2 * w_px), std::max(1, page.rows - 2 * h_px)));
        Largest largest(inner);
        cv::Point at;
        float strongest = largest.find(at);
        for (int i = 0; i < max; i++) {
            float top = largest.find(at);
            if (top < 0.08 * double(strongest) || top <= 0)
                break;
            RectPx patch = {at.x + w_px - w_px / 2, at.y + h_px - h_px / 2, w_px, h_px};
            g_array_append_val(patches, patch);
            cv::Rect taken(at.x - w_px, at.y - 2 * h_px, 2 * w_px, 4 * h_px);
            inner(taken & cv::Rect(0, 0, inner.cols, inner.rows)).setTo(0);
            largest.update(taken.y, taken.y + taken.height);
        }
    } catch (std::exception &) {
        g_array_set_size(patches, 0);
    }
    return patches;
}

/* Pictures smaller than this have no room for a feature at every scale. */
#define LEAST_FEATURE_SIDE_PX 64

struct VisionFeatures {
    std::vector<cv::KeyPoint> points;
    cv::Mat descriptors;
};

VisionFeatures *vision_features_new(const Raster *raster, int max, GError **error)
{
    auto features = new VisionFeatures;
    try {
        if (std::min(raster->width_px, raster->height_px) < LEAST_FEATURE_SIDE_PX)
            return features; /* none: the library fails on such a picture */
        auto orb = cv::ORB::create(max, 1.2f, 6, 31, 0, 2, cv::ORB::HARRIS_SCORE, 31, 15);
        cv::Mat page = vision_mat(raster);
        orb->detect(page, features->points);
        std::stable_sort(
            features->points.begin(), features->points.end(),
            [](const cv::KeyPoint &x, const cv::KeyPoint &y) { return x.response > y.response; });
        orb->compute(page, features->points, features->descriptors);
        return features;
    } catch (std::exception &fault) {
        delete features;
        vision_fail(error, fault.what());
        return nullptr;
    }
}

void vision_features_free(VisionFeatures *features)
{
    delete features;
}

namespace
{

/* Points of two pictures that look alike; of the first only every `step`th is looked for. */
void match_points(const VisionFeatures *from, const VisionFeatures *to, int step, std::vector<cv::Point2f> &a,
                  std::vector<cv::Point2f> &b)
{
    std::vector<cv::DMatch> matches;
    cv::Mat some;
    for (int i = 0; i < from->descriptors.rows && step > 1; i += step)
        some.push_back(from->descriptors.row(i));
    cv::BFMatcher(cv::NORM_HAMMING, step == 1)
        .match(step > 1 ? some : from->descriptors, to->descriptors, matches);
    for (const auto &match : matches) {
        if (match.distance > 64)
            continue;
        a.push_back(from->points[size_t(match.queryIdx * step)].pt);
        b.push_back(to->points[size_t(match.trainIdx)].pt);
    }
}

constexpr double FEATURE_TOLERANCE_PX = 8;
/* So few points of a picture tell how like another it is. */
constexpr size_t SOME = 300;

} // namespace

int vision_features_likeness(const VisionFeatures *from, const VisionFeatures *to)
{
    try {
        std::vector<cv::Point2f> a, b;
        if (from->points.size() < 8 || to->points.size() < 8)
            return 0;
        match_points(from, to, int(from->points.size() / SOME) + 1, a, b);
        if (a.size() < 4)
            return 0;
        cv::Mat inliers;
        cv::theRNG().state = 0x5eed;
        cv::estimateAffinePartial2D(a, b, inliers, cv::RANSAC, 2 * FEATURE_TOLERANCE_PX, 1000, 0.99, 0);
        return inliers.empty() ? 0 : cv::countNonZero(inliers);
    } catch (std::exception &) {
        return 0;
    }
}

bool vision_features_align(const VisionFeatures *from, const VisionFeatures *to, PageMap *ret_map,
                           int *ret_inliers)
{
    try {
        if (from->points.size() < 8 || to->points.size() < 8)
            return false;
        std::vector<cv::Point2f> a, b;
        match_points(from, to, 1, a, b);
        if (a.size() < 8)
            return false;
        cv::theRNG().state = 0x5eed; /* the same pages, the same result */
        cv::Mat inliers, tilted;
        cv::Mat m =
            cv::estimateAffinePartial2D(a, b, inliers, cv::RANSAC, FEATURE_TOLERANCE_PX, 4000, 0.995, 10);
        cv::Mat h = cv::findHomography(a, b, cv::RANSAC, FEATURE_TOLERANCE_PX, tilted, 4000, 0.995);
        int flat = m.empty() ? 0 : cv::countNonZero(inliers), all = h.empty() ? 0 : cv::countNonZero(tilted);
        if (all > 1.15 * flat + 8) {
            for (int i = 0; i < 9; i++)
                ret_map->h[i] = h.at<double>(i / 3, i % 3);
        } else if (flat) {
            *ret_map = {{m.at<double>(0, 0), m.at<double>(0, 1), m.at<double>(0, 2), m.at<double>(1, 0),
                         m.at<double>(1, 1), m.at<double>(1, 2), 0, 0, 1}};
        } else {
            return false;
        }
        *ret_inliers = std::max(all, flat);
        return true;
    } catch (std::exception &) {
        return false;
    }
}
