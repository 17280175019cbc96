/* Shapes of a box's size by their outer edge. */
#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/cv.h"

namespace
{

/* How dark print must be to count: first plain print, then paler and paler. */
constexpr int levels[] = {110, 140, 190, 225, 240};
/* A shape bulges outwards everywhere, fills its rectangle as an ellipse does at least, and is as heavy on one
 * side as on the other: most letters do one of these not. */
constexpr double least_solid = 0.95, least_filled = 0.74, most_lopsided = 0.03;
/* Widest and narrowest, by their height. */
constexpr double least_aspect = 0.55, most_aspect = 2.8;
/* What is as thick as this share of its lesser side is filled in. */
constexpr double most_thick = 0.34;
constexpr int looks = 40;

/* How far ink reaches inwards from points of the edge: the median. */
double thickness(const cv::Mat &even, int level, const std::vector<cv::Point> &edge, cv::Point2d middle)
{
    std::vector<double> found;
    for (int i = 0; i < looks; i++) {
        cv::Point2d from = edge[size_t(i) * edge.size() / looks];
        double far = std::hypot(middle.x - from.x, middle.y - from.y);
        double dx = (middle.x - from.x) / far, dy = (middle.y - from.y) / far, d = 0;
        while (d < far &&
               even.at<uchar>(int(std::lround(from.y + d * dy)), int(std::lround(from.x + d * dx))) < level)
            d += 0.5;
        found.push_back(d);
    }
    std::nth_element(found.begin(), found.begin() + looks / 2, found.end());
    return found[looks / 2];
}

/* The share of ink inside, well off the outline. */
double ink_inside(const cv::Mat &ink, const VisionCell &cell, bool round)
{
    int inked = 0, looked = 0;
    for (int y = int(cell.y_px); y < int(cell.y_px + cell.h_px); y++) {
        for (int x = int(cell.x_px); x < int(cell.x_px + cell.w_px); x++) {
            double u = 2 * (x + 0.5 - cell.x_px) / cell.w_px - 1,
                   v = 2 * (y + 0.5 - cell.y_px) / cell.h_px - 1;
            double off = round ? std::hypot(u, v) : std::max(std::abs(u), std::abs(v));
            if (off > 0.8)
                continue;
            looked++;
            inked += ink.at<uchar>(y, x) != 0;
        }
    }
    return looked ? double(inked) / looked : 1;
}

bool overlaps(const VisionCell &a, const VisionCell &b)
{
    double w = std::min(a.x_px + a.w_px, b.x_px + b.w_px) - std::max(a.x_px, b.x_px);
    double h = std::min(a.y_px + a.h_px, b.y_px + b.h_px) - std::max(a.y_px, b.y_px);
    return w > 0 && h > 0 && w * h > 0.5 * (a.w_px * a.h_px + b.w_px * b.h_px - w * h);
}

/* Whether an edge is that of a shape; what is measured of it. */
bool measure(const cv::Mat &even, const cv::Mat &ink, int level, const std::vector<cv::Point> &edge,
             VisionCell *cell)
{
    cv::Rect box = cv::boundingRect(edge);
    double area = cv::contourArea(edge) + 0.5 * double(edge.size()) + 1;
    cell->filled = area / box.area();
    if (cell->filled < least_filled)
        return false;
    std::vector<cv::Point> hull;
    cv::convexHull(edge, hull);
    if (cv::contourArea(edge) < least_solid * cv::contourArea(hull))
        return false;
    cv::Moments m = cv::moments(edge);
    cv::Point2d middle(box.x + (box.width - 1) / 2.0, box.y + (box.height - 1) / 2.0);
    if (m.m00 <= 0 || std::abs(m.m10 / m.m00 - middle.x) > most_lopsided * box.width ||
        std::abs(m.m01 / m.m00 - middle.y) > most_lopsided * box.height)
        return false;
    bool round = cell->filled < 0.89;
    double thick = thickness(even, level, edge, middle), least = std::min(box.width, box.height);
    cell->thick_px = thick;
    cell->rim = cell->thin = 1;
    std::fill(cell->sides, cell->sides + 4, 1.0);
    bool full = thick > most_thick * least;
    double inset = full ? 0 : thick;
    cell->x_px = box.x + inset, cell->y_px = box.y + inset;
    cell->w_px = box.width - 2 * inset, cell->h_px = box.height - 2 * inset;
    cell->ink = full ? 1 : ink_inside(ink, *cell, round);
    return true;
}

} // namespace

GArray *vision_find_outlines(const Raster *raster, double px_per_mm, double least_mm, double most_mm,
                             GError **error)
{
    try {
        cv::Mat even = vision_even_out(vision_mat(raster), px_per_mm);
        cv::GaussianBlur(even, even, cv::Size(), 0.05 * px_per_mm);
        std::vector<VisionCell> found;
        for (int level : levels) {
            cv::Mat ink = even < level;
            std::vector<std::vector<cv::Point>> edges;
            std::vector<cv::Vec4i> tree;
            cv::findContours(ink, edges, tree, cv::RETR_CCOMP, cv::CHAIN_APPROX_NONE);
            for (size_t i = 0; i < edges.size(); i++) {
                cv::Rect box = cv::boundingRect(edges[i]);
                VisionCell cell = {};
                if (tree[i][3] >= 0 || std::min(box.width, box.height) < least_mm * px_per_mm ||
                    std::max(box.width, box.height) > most_mm * px_per_mm ||
                    box.width < least_aspect * box.height || box.width > most_aspect * box.height ||
                    !measure(even, ink, level, edges[i], &cell))
                    continue;
                if (std::none_of(found.begin(), found.end(),
                                 [&](const VisionCell &other) { return overlaps(other, cell); }))
                    found.push_back(cell);
            }
        }
        GArray *cells = g_array_new(FALSE, TRUE, sizeof(VisionCell));
        g_array_append_vals(cells, found.data(), guint(found.size()));
        return cells;
    } catch (std::exception &fault) {
        vision_fail(error, fault.what());
        return nullptr;
    }
}
