/* What closes in and what divides a printed page: cells, rules, pieces of ink, tilt. */
#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/cv.h"

cv::Mat vision_even_out(const cv::Mat &page, double px_per_mm)
{
    double factor = std::min(1.0, 2 / px_per_mm);
    cv::Mat small, paper;
    cv::resize(page, small, cv::Size(), factor, factor, cv::INTER_AREA);
    cv::Mat around = cv::getStructuringElement(cv::MORPH_RECT, cv::Size(9, 9));
    cv::morphologyEx(small, small, cv::MORPH_CLOSE, around, cv::Point(-1, -1), 1, cv::BORDER_REPLICATE);
    cv::blur(small, small, cv::Size(7, 7), cv::Point(-1, -1), cv::BORDER_REPLICATE);
    cv::max(small, 90, small);
    cv::resize(small, paper, page.size(), 0, 0, cv::INTER_LINEAR);
    cv::Mat even;
    cv::divide(page, paper, even, 255);
    return even;
}

namespace
{

int at(const cv::Mat &page, double x, double y)
{
    int column = int(std::floor(x)), row = int(std::floor(y));
    return column < 0 || row < 0 || column >= page.cols || row >= page.rows ? 255
                                                                            : page.at<uchar>(row, column);
}

/* One look across the outline, from inside outwards. */
struct Crossing {
    bool found, thin;
    double thick_px;
};

Crossing cross(const cv::Mat &page, double x, double y, double dx, double dy, double px_per_mm,
               double reach_px)
{
    constexpr double step = 0.5;
    int lowest = 255;
    double from = -0.3 * px_per_mm, to = 0.5 * px_per_mm;
    double top = 0;
    for (double d = from; d <= to; d += step) {
        int value = at(page, x + d * dx, y + d * dy);
        if (value < lowest)
            lowest = value, top = d;
    }
    if (lowest > 200)
        return {false, false, 0};
    int half = (lowest + 255) / 2;
    double start = top, end = top;
    while (start > from - px_per_mm && at(page, x + start * dx, y + start * dy) < half)
        start -= step;
    while (end < to + reach_px && at(page, x + end * dx, y + end * dy) < half)
        end += step;
    return {true, end < to + reach_px, end - start};
}

/* Looks across the outline all around. */
void measure_rim(const cv::Mat &page, double px_per_mm, bool round, VisionCell *cell)
{
    constexpr int places = 10;
    std::vector<double> thick;
    int found = 0, thin = 0, looked = 0;
    double cx = cell->x_px + cell->w_px / 2, cy = cell->y_px + cell->h_px / 2;
    for (int side = 0; side < 4; side++) {
        int found_here = 0;
        for (int i = 0; i < places; i++) {
            double along = (i + 0.5) / places * 0.84 + 0.08, x, y, dx, dy;
            if (round) {
                double angle = (side * places + i + 0.5) * 2 * CV_PI / (4 * places);
                dx = std::cos(angle), dy = std::sin(angle);
                x = cx + dx * cell->w_px / 2, y = cy + dy * cell->h_px / 2;
            } else {
                dx = side == 1 ? 1 : side == 3 ? -1 : 0;
                dy = side == 2 ? 1 : side == 0 ? -1 : 0;
                x = dx != 0 ? cx + dx * cell->w_px / 2 : cell->x_px + along * cell->w_px;
                y = dy != 0 ? cy + dy * cell->h_px / 2 : cell->y_px + along * cell->h_px;
            }
            Crossing crossing = cross(page, x, y, dx, dy, px_per_mm, px_per_mm);
            looked++;
            found += crossing.found;
            found_here += crossing.found;
            thin += crossing.thin;
            if (crossing.found)
                thick.push_back(crossing.thick_px);
        }
        cell->sides[side] = double(found_here) / places;
    }
    cell->rim = double(found) / looked;
    cell->thin = double(thin) / looked;
    cell->thick_px = 0;
    if (!thick.empty()) {
        std::nth_element(thick.begin(), thick.begin() + long(thick.size() / 2), thick.end());
        cell->thick_px = thick[thick.size() / 2];
    }
}

/* The share of ink well inside a cell. */
double ink_inside(const cv::Mat &ink, const VisionCell &cell, bool round)
{
    double inset = round ? 0.22 : std::min(0.14, 12 / std::min(cell.w_px, cell.h_px));
    double margin_x = std::min(cell.w_px, cell.h_px) * inset;
    cv::Rect inside =
        cv::Rect(int(cell.x_px + margin_x), int(cell.y_px + margin_x),
                 std::max(1, int(cell.w_px - 2 * margin_x)), std::max(1, int(cell.h_px - 2 * margin_x))) &
        cv::Rect(0, 0, ink.cols, ink.rows);
    return inside.area() ? double(cv::countNonZero(ink(inside))) / inside.area() : 1;
}

double overlap(const VisionCell &a, const VisionCell &b)
{
    double w = std::min(a.x_px + a.w_px, b.x_px + b.w_px) - std::max(a.x_px, b.x_px);
    double h = std::min(a.y_px + a.h_px, b.y_px + b.h_px) - std::max(a.y_px, b.y_px);
    return w <= 0 || h <= 0 ? 0 : w * h / (a.w_px * a.h_px + b.w_px * b.h_px - w * h);
}

/* Keeps of cells that lie on each other the one whose outline is seen best. */
void keep_cell(std::vector<VisionCell> &cells, const VisionCell &cell)
{
    for (auto &other : cells) {
        if (overlap(other, cell) < 0.6)
            continue;
        if (cell.rim > other.rim + 0.08)
            other = cell;
        return;
    }
    cells.push_back(cell);
}

/* How dark print must be to count, and how wide a gap in an outline is closed (mm). Later ones only add what
 * earlier ones did not see. */
struct Pass {
    int level;
    double gap_mm;
};
constexpr Pass passes[] = {{140, 0}, {190, 0}, {200, 0.3}, {225, 0.15}, {215, 0.55}};

void find_in_pass(const cv::Mat &even, const Pass &pass, double px_per_mm, double least_mm,
                  std::vector<VisionCell> &cells)
{
    cv::Mat ink = even < pass.level, wide;
    int reach = std::max(1, int(std::lround(pass.gap_mm * px_per_mm / 2)));
    cv::dilate(ink, wide, cv::getStructuringElement(cv::MORPH_RECT, cv::Size(2 * reach + 1, 2 * reach + 1)));
    std::vector<std::vector<cv::Point>> contours;
    cv::findContours(~wide, contours, cv::RETR_CCOMP, cv::CHAIN_APPROX_NONE);
    /* RETR_CCOMP gives outlines of light pieces and of the ink in them; a piece's outline runs one way. */
    for (const auto &contour : contours) {
        cv::Rect box = cv::boundingRect(contour);
        if (cv::contourArea(contour, true) > 0 && contour.size() > 4)
            continue;
        if (box.x <= 1 || box.y <= 1 || box.br().x >= even.cols - 1 || box.br().y >= even.rows - 1)
            continue;
        VisionCell cell = {};
        cell.x_px = box.x - reach, cell.y_px = box.y - reach;
        cell.w_px = box.width + 2 * reach, cell.h_px = box.height + 2 * reach;
        if (std::min(cell.w_px, cell.h_px) < least_mm * px_per_mm)
            continue;
        cell.filled = (cv::contourArea(contour) + 0.5 * double(contour.size())) / box.area();
        if (cell.filled < 0.6)
            continue;
        bool round = cell.filled < 0.89;
        measure_rim(even, px_per_mm, round, &cell);
        cell.ink = ink_inside(ink, cell, round);
        keep_cell(cells, cell);
    }
}

} // namespace

GArray *vision_find_cells(const Raster *raster, double px_per_mm, double least_mm, GError **error)
{
    try {
        cv::Mat even = vision_even_out(vision_mat(raster), px_per_mm);
        cv::GaussianBlur(even, even, cv::Size(), 0.05 * px_per_mm);
        std::vector<VisionCell> cells;
        for (const auto &pass : passes)
            find_in_pass(even, pass, px_per_mm, least_mm, cells);
        GArray *found = g_array_new(FALSE, TRUE, sizeof(VisionCell));
        g_array_append_vals(found, cells.data(), guint(cells.size()));
        return found;
    } catch (std::exception &fault) {
        vision_fail(error, fault.what());
        return nullptr;
    }
}

/* ---- rules and pieces
 * -------------------------------------------------------------------------------------------- */

namespace
{

/* Whether a "rule" is a row of bold letters run together: along a rule, paper follows on both sides. */
bool is_lettering(const cv::Mat &ink, const cv::Mat &labels, int label, bool upright, double px_per_mm)
{
    int length = upright ? labels.rows : labels.cols, width = upright ? labels.cols : labels.rows;
    auto labelled = [&](int along, int across) {
        return (upright ? labels.at<int>(along, across) : labels.at<int>(across, along)) == label;
    };
    auto inked = [&](int along, int across) {
        return across >= 0 && across < width &&
               (upright ? ink.at<uchar>(along, across) : ink.at<uchar>(across, along));
    };
    int looked = 0, before = 0, after = 0, solid = 0, from = std::max(2, int(0.15 * px_per_mm));
    int to = std::max(4, int(0.55 * px_per_mm)), last = 0;
    for (int along = 0; along < length; along++) {
        int first = std::max(0, last - 6);
        if (looked == 0)
            first = 0;
        while (first < width && !labelled(along, first)) {
            first++;
            if (looked && first > last + 6)
                break;
        }
        if (first >= width || !labelled(along, first))
            continue;
        int end = first;
        while (end < width && labelled(along, end))
            end++;
        last = first;
        looked++;
        bool seen = false, seen_before = false, seen_after = false;
        for (int across = first; across < end; across++)
            seen |= inked(along, across);
        for (int across = from; across <= to; across++) {
            seen_before |= inked(along, first - across);
            seen_after |= inked(along, end - 1 + across);
        }
        solid += seen;
        before += seen_before;
        after += seen_after;
    }
    return looked == 0 || solid < 0.6 * looked || before > 0.4 * looked || after > 0.4 * looked;
}

/* Straight strokes of one direction: small breaks closed, everything shorter opened away. */
void find_rules(const cv::Mat &ink, bool upright, double px_per_mm, double least_mm, GArray *found)
{
    int gap = std::max(3, int(0.5 * px_per_mm)) | 1, least = std::max(5, int(least_mm * px_per_mm));
    cv::Size gap_size = upright ? cv::Size(1, gap) : cv::Size(gap, 1);
    cv::Size least_size = upright ? cv::Size(1, least) : cv::Size(least, 1);
    cv::Size slack = upright ? cv::Size(3, 1) : cv::Size(1, 3);
    cv::Mat work, labels, stats, centres;
    cv::dilate(ink, work, cv::getStructuringElement(cv::MORPH_RECT, slack)); /* a stroke climbs a little */
    cv::morphologyEx(work, work, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, gap_size));
    cv::morphologyEx(work, work, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, least_size));
    cv::morphologyEx(work, work, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, gap_size));
    int count = cv::connectedComponentsWithStats(work, labels, stats, centres);
    for (int i = 1; i < count; i++) {
        const int *s = stats.ptr<int>(i);
        int length = upright ? s[cv::CC_STAT_HEIGHT] : s[cv::CC_STAT_WIDTH];
        double thick = double(s[cv::CC_STAT_AREA]) / length - 2;
        if (thick > 2 * px_per_mm || length < least || is_lettering(ink, labels, i, upright, px_per_mm))
            continue;
        VisionRule rule = {
            {s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH], s[cv::CC_STAT_HEIGHT]},
            std::max(1.0, thick),
            upright};
        g_array_append_val(found, rule);
    }
}

} // namespace

GArray *vision_find_rules(const Raster *raster, double px_per_mm, double least_mm, GError **error)
{
    try {
        cv::Mat ink = vision_even_out(vision_mat(raster), px_per_mm) < 200;
        GArray *found = g_array_new(FALSE, TRUE, sizeof(VisionRule));
        find_rules(ink, false, px_per_mm, least_mm, found);
        find_rules(ink, true, px_per_mm, least_mm, found);
        return found;
    } catch (std::exception &fault) {
        vision_fail(error, fault.what());
        return nullptr;
    }
}

GArray *vision_find_pieces(const Raster *raster, double px_per_mm, GError **error)
{
    try {
        cv::Mat ink = vision_even_out(vision_mat(raster), px_per_mm) < 165, labels, stats, centres;
        int count = cv::connectedComponentsWithStats(ink, labels, stats, centres);
        GArray *found = g_array_new(FALSE, TRUE, sizeof(RectPx));
        for (int i = 1; i < count; i++) {
            const int *s = stats.ptr<int>(i);
            RectPx piece = {s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH],
                            s[cv::CC_STAT_HEIGHT]};
            if (s[cv::CC_STAT_AREA] >= 3)
                g_array_append_val(found, piece);
        }
        return found;
    } catch (std::exception &fault) {
        vision_fail(error, fault.what());
        return nullptr;
    }
}

/* ---- tilt
 * -------------------------------------------------------------------------------------------- */

namespace
{

/* How sharply rows stand out when the page is turned back by `slope`. */
double sharpness(const std::vector<cv::Point> &points, double slope, int rows, int columns)
{
    int extra = int(std::abs(slope) * columns) + 2;
    std::vector<int> sums(size_t(rows + 2 * extra));
    for (const auto &point : points) {
        int row = extra + int(std::lround(point.y - slope * point.x));
        if (row >= 0 && row < int(sums.size()))
            sums[size_t(row)]++;
    }
    double sharp = 0;
    for (size_t i = 1; i < sums.size(); i++)
        sharp += double(sums[i] - sums[i - 1]) * (sums[i] - sums[i - 1]);
    return sharp;
}

} // namespace

bool vision_find_tilt(const Raster *raster, double px_per_mm, double *ret_degrees, GError **error)
{
    try {
        double factor = std::min(1.0, 4 / px_per_mm);
        cv::Mat small;
        cv::resize(vision_mat(raster), small, cv::Size(), factor, factor, cv::INTER_AREA);
        cv::Mat ink = vision_even_out(small, px_per_mm * factor) < 170;
        int edge = int(8 * px_per_mm * factor); /* shadows of the scanner's lid stand straight */
        if (ink.cols <= 2 * edge || ink.rows <= 2 * edge) {
            *ret_degrees = 0;
            return true;
        }
        ink = ink(cv::Rect(edge, edge, ink.cols - 2 * edge, ink.rows - 2 * edge));
        std::vector<cv::Point> points;
        cv::findNonZero(ink, points);
        if (points.size() > 400000)
            points.resize(400000);
        double best = 0, best_sharp = sharpness(points, 0, ink.rows, ink.cols) * 1.02;
        for (double step : {0.2, 0.04}) {
            double middle = best;
            for (int i = step > 0.1 ? -25 : -5; i <= (step > 0.1 ? 25 : 5); i++) {
                double degrees = middle + i * step;
                double sharp = sharpness(points, std::tan(degrees * CV_PI / 180), ink.rows, ink.cols);
                if (sharp > best_sharp)
                    best_sharp = sharp, best = degrees;
            }
        }
        *ret_degrees = best;
        return true;
    } catch (std::exception &fault) {
        return vision_fail(error, fault.what());
    }
}

Raster *vision_level(const Raster *raster, double degrees, double factor, PageMap *ret_back, GError **error)
{
    int width = std::max(1, int(std::lround(raster->width_px * factor)));
    int height = std::max(1, int(std::lround(raster->height_px * factor)));
    Raster *out = raster_new(width, height, error);
    if (!out)
        return nullptr;
    try {
        double angle = degrees * CV_PI / 180, c = std::cos(angle) / factor, s = std::sin(angle) / factor;
        double cx = raster->width_px / 2.0, cy = raster->height_px / 2.0;
        PageMap back = {{c, -s, cx - c * width / 2.0 + s * height / 2.0, s, c,
                         cy - s * width / 2.0 - c * height / 2.0, 0, 0, 1}};
        /* pixel centres are at .5 here and at whole numbers there */
        cv::Mat map = (cv::Mat_<double>(2, 3) << c, -s, back.h[2] + 0.5 * (c - s) - 0.5, s, c,
                       back.h[5] + 0.5 * (s + c) - 0.5);
        cv::Mat target = vision_mat(out);
        cv::warpAffine(vision_mat(raster), target, map, target.size(),
                       cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, cv::Scalar(255));
        out->dpi_x = raster->dpi_x * factor;
        out->dpi_y = raster->dpi_y * factor;
        *ret_back = back;
        return out;
    } catch (std::exception &fault) {
        raster_free(out);
        vision_fail(error, fault.what());
        return nullptr;
    }
}
