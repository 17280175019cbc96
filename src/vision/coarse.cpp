/* Looking at a page from far away: how its lines run, and how like another page it is. */
#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/cv.h"

/* ---- the run of the lines
 * ---------------------------------------------------------------------------------------- */

namespace
{

struct Edge {
    int along, across, step;
};

/* More edges than this say no more. */
constexpr size_t MAX_EDGES = 9000;
constexpr int LEAST_STEP = 24;

std::vector<Edge> find_edges(const cv::Mat &page, bool upright)
{
    std::vector<Edge> edges;
    for (int y = 1; y + 1 < page.rows; y++) {
        const uchar *above = page.ptr<uchar>(y - 1), *row = page.ptr<uchar>(y),
                    *below = page.ptr<uchar>(y + 1);
        for (int x = 1; x + 1 < page.cols; x++) {
            int step = upright ? row[x + 1] - row[x - 1] : below[x] - above[x];
            if (std::abs(step) >= LEAST_STEP)
                edges.push_back(upright ? Edge{-y, x, step} : Edge{x, y, step});
        }
    }
    /* Every so many-th, by a step that has nothing to do with the width of the page. */
    size_t stride = edges.size() / MAX_EDGES + 1, kept = 0;
    for (size_t i = 0; i < edges.size(); i += stride)
        edges[kept++] = edges[i];
    edges.resize(kept);
    return edges;
}

/* How much the edges fall together when looked at along `slope`: 1 for edges thrown about. */
double falling_together(const std::vector<Edge> &edges, double slope, std::vector<int> &bins)
{
    std::fill(bins.begin(), bins.end(), 0);
    int middle = int(bins.size() / 2), factor = int(std::lround(slope * 65536));
    double own = 0, sum = 0;
    for (const auto &edge : edges) {
        bins[size_t(middle + edge.across - int((int64_t(edge.along) * factor) >> 16))] += edge.step;
        own += double(edge.step) * edge.step;
    }
    for (int bin : bins)
        sum += double(bin) * bin;
    return own > 0 ? sum / own : 0;
}

} // namespace

bool vision_find_skew(const Raster *raster, bool upright, double reach_deg, double *ret_deg,
                      double *ret_strength)
{
    try {
        auto edges = find_edges(vision_mat(raster), upright);
        std::vector<int> bins(4 * size_t(raster->width_px + raster->height_px));
        double best = 0, at = 0;
        for (double step : {0.5, 0.1}) {
            double from = step < 0.5 ? at - 0.4 : -reach_deg, to = step < 0.5 ? at + 0.45 : reach_deg;
            for (double deg = from; deg <= to + 1e-9; deg += step) {
                double strength = falling_together(edges, std::tan(deg * CV_PI / 180), bins);
                if (strength > best) {
                    best = strength;
                    at = deg;
                }
            }
        }
        *ret_deg = at;
        *ret_strength = edges.size() < 200 ? 0 : best;
        return true;
    } catch (std::exception &) {
        return false;
    }
}

/* ---- the whole page, small
 * --------------------------------------------------------------------------------------- */

struct VisionThumb {
    cv::Mat spectrum;
    double size;
};

VisionThumb *vision_thumb_new(const Raster *raster, GError **error)
{
    auto thumb = new VisionThumb;
    try {
        /* Neither the letters, which a small turn or scale moves away, nor shadows. */
        cv::Mat page, fine, coarse;
        vision_mat(raster).convertTo(page, CV_32F);
        cv::GaussianBlur(page, fine, cv::Size(5, 5), 1.0);
        cv::blur(page, coarse, cv::Size(13, 13));
        fine -= coarse;
        /* A black edge of the scan is not to outshout the print. */
        cv::min(cv::max(fine, -40), 40, fine);
        thumb->size = cv::norm(fine);
        cv::dft(fine, thumb->spectrum);
        return thumb;
    } catch (std::exception &fault) {
        delete thumb;
        vision_fail(error, fault.what());
        return nullptr;
    }
}

void vision_thumb_free(VisionThumb *thumb)
{
    delete thumb;
}

double vision_thumb_match(const VisionThumb *thumb, const VisionThumb *other, int reach_px,
                          PointPx *ret_shift)
{
    try {
        cv::Mat product, all;
        if (thumb->spectrum.size() != other->spectrum.size() || thumb->size < 1 || other->size < 1)
            return 0;
        cv::mulSpectrums(other->spectrum, thumb->spectrum, product, 0, true);
        cv::dft(product, all, cv::DFT_INVERSE | cv::DFT_SCALE | cv::DFT_REAL_OUTPUT);
        float best = 0;
        for (int y = -reach_px; y <= reach_px; y++) {
            const float *row = all.ptr<float>((y + all.rows) % all.rows);
            for (int x = -reach_px; x <= reach_px; x++) {
                float value = row[(x + all.cols) % all.cols];
                if (value > best) {
                    best = value;
                    *ret_shift = {double(x), double(y)};
                }
            }
        }
        return best / (thumb->size * other->size);
    } catch (std::exception &) {
        return 0;
    }
}
