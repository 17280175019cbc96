/* Maps between paper and scan, and pictures taken through them. */
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

namespace
{

/* A straight walk over the scan in fixed point, 16 bits behind the point; (0, 0) is the centre of the top
 * left pixel. */
struct Walk {
    int64_t x, y, step_x, step_y;
};

/* Whether every point of the walk, and its neighbours to the right and below, lie on the scan. */
bool lies_inside(const Walk &walk, int count, const Raster *raster)
{
    int64_t end_x = walk.x + walk.step_x * (count - 1), end_y = walk.y + walk.step_y * (count - 1);
    int64_t right = int64_t(raster->width_px - 1) << 16, bottom = int64_t(raster->height_px - 1) << 16;
    return std::min(walk.x, end_x) >= 0 && std::max(walk.x, end_x) < right && std::min(walk.y, end_y) >= 0 &&
           std::max(walk.y, end_y) < bottom;
}

/* Between four pixels, with 8 bits of each fraction. */
inline int bilinear(const uint8_t *p, size_t stride, int64_t x, int64_t y)
{
    int fx = int(x & 0xffff) >> 8, fy = int(y & 0xffff) >> 8;
    int top = p[0] * 256 + (p[1] - p[0]) * fx;
    int low = p[stride] * 256 + (p[stride + 1] - p[stride]) * fx;
    return (top * 256 + (low - top) * fy + 32768) >> 16;
}

/* One point of a walk that may leave the scan: white beyond it. */
int sample_point(const Raster *raster, int64_t x, int64_t y)
{
    int64_t px = x >> 16, py = y >> 16;
    if (px < 0 || py < 0 || px >= raster->width_px || py >= raster->height_px)
        return 255;
    const uint8_t *p = raster->pixels + size_t(py) * raster->stride + px;
    return px + 1 < raster->width_px && py + 1 < raster->height_px ? bilinear(p, raster->stride, x, y) : *p;
}

#ifdef __SSE2__
/* Four points of a walk inside the scan at once, exactly as bilinear() has them. */
class FourPoints
{
    __m128i x, y, step_x, step_y;

    /* In each 32 bits 256 − f below and f above, f being 8 bits of the fraction. */
    static __m128i weights(__m128i at)
    {
        __m128i f = _mm_and_si128(_mm_srli_epi32(at, 8), _mm_set1_epi32(0xff));
        return _mm_add_epi32(_mm_sub_epi32(_mm_slli_epi32(f, 16), f), _mm_set1_epi32(256));
    }

    static short pair_at(const uint8_t *p)
    {
        short pair;
        memcpy(&pair, p, sizeof pair);
        return pair;
    }

    template <int i> static void add_pair(const uint8_t *pixels, size_t stride, Walk &walk, __m128i &all)
    {
        const uint8_t *p = pixels + size_t(walk.y >> 16) * stride + (walk.x >> 16);
        all = _mm_insert_epi16(all, pair_at(p), 2 * i);
        all = _mm_insert_epi16(all, pair_at(p + stride), 2 * i + 1);
        walk.x += walk.step_x;
        walk.y += walk.step_y;
    }

  public:
    explicit FourPoints(const Walk &walk)
    {
        int sx = int(walk.step_x), sy = int(walk.step_y);
        x = _mm_add_epi32(_mm_set1_epi32(int(walk.x)), _mm_setr_epi32(0, sx, 2 * sx, 3 * sx));
        y = _mm_add_epi32(_mm_set1_epi32(int(walk.y)), _mm_setr_epi32(0, sy, 2 * sy, 3 * sy));
        step_x = _mm_set1_epi32(4 * sx);
        step_y = _mm_set1_epi32(4 * sy);
    }

    /* Their levels, and the walk moved on. */
    __attribute__((always_inline)) __m128i next(const uint8_t *pixels, size_t stride, Walk &walk)
    {
        /* Two pixels of the upper and two of the lower row for each point. */
        __m128i all = _mm_setzero_si128(), zero = all;
        add_pair<0>(pixels, stride, walk, all);
        add_pair<1>(pixels, stride, walk, all);
        add_pair<2>(pixels, stride, walk, all);
        add_pair<3>(pixels, stride, walk, all);
        __m128i across = weights(x), down = weights(y);
        x = _mm_add_epi32(x, step_x);
        y = _mm_add_epi32(y, step_y);
        __m128i first = _mm_madd_epi16(_mm_unpacklo_epi8(all, zero), _mm_unpacklo_epi32(across, across));
        __m128i last = _mm_madd_epi16(_mm_unpackhi_epi8(all, zero), _mm_unpackhi_epi32(across, across));
        /* Shifted into 16 bits with a sign, and back: the weights of both rows add up to 256. */
        __m128i half = _mm_set1_epi32(32768);
        __m128i rows = _mm_packs_epi32(_mm_sub_epi32(first, half), _mm_sub_epi32(last, half));
        __m128i level = _mm_add_epi32(_mm_madd_epi16(rows, down), _mm_set1_epi32(32768 * 256 + 32768));
        return _mm_srli_epi32(level, 16);
    }
};
#endif

/* Adds every point of a walk inside the scan to `sums`. Nearly every row lies inside, and reading spends most
 * of its time here: eight points at once where the processor can, to the same figures as one by one. */
void add_inside(const Raster *raster, Walk walk, int count, uint16_t *sums)
{
    const uint8_t *pixels = raster->pixels;
    const size_t stride = raster->stride;
    int i = 0;
#ifdef __SSE2__
    if (count >= 8) {
        FourPoints four(walk);
        for (; i + 8 <= count; i += 8) {
            __m128i first = four.next(pixels, stride, walk), second = four.next(pixels, stride, walk);
            auto *to = reinterpret_cast<__m128i *>(sums + i);
            _mm_storeu_si128(to, _mm_add_epi16(_mm_loadu_si128(to), _mm_packs_epi32(first, second)));
        }
    }
#endif
    for (; i < count; i++, walk.x += walk.step_x, walk.y += walk.step_y)
        sums[i] += uint16_t(
            bilinear(pixels + size_t(walk.y >> 16) * stride + (walk.x >> 16), stride, walk.x, walk.y));
}

void add_row(const Raster *raster, Walk walk, int count, uint16_t *sums)
{
    if (lies_inside(walk, count, raster)) {
        add_inside(raster, walk, count, sums);
        return;
    }
    for (int i = 0; i < count; i++, walk.x += walk.step_x, walk.y += walk.step_y)
        sums[i] += uint16_t(sample_point(raster, walk.x, walk.y));
}

/* The mean of every `taps` sums of `taps` rows, rounded; the divisor is known when compiling. */
template <int taps> void write_means(const uint16_t *sums, int width, uint8_t *row)
{
    for (int x = 0; x < width; x++, sums += taps) {
        unsigned sum = taps * taps / 2;
        for (int tap = 0; tap < taps; tap++)
            sum += sums[tap];
        row[x] = uint8_t(sum / (taps * taps));
    }
}

} // namespace

/* From so many pixels of the scan to one of the target on, its half is fine enough. */
static constexpr double HALF_FROM = 1.7;
/* An A4 sheet at 4 px a millimetre; what is looked at is sampled at 4 to 6. */
static constexpr int LEAST_SIDE_PX = 820;

bool vision_add_halves(Raster *raster, GError **error)
{
    for (; MIN(raster->width_px, raster->height_px) / 2 >= LEAST_SIDE_PX && !raster->half;
         raster = raster->half) {
        g_autoptr(Raster) half = raster_new(raster->width_px / 2, raster->height_px / 2, error);
        if (!half)
            return false;
        try {
            cv::Mat target = vision_mat(half);
            cv::Rect even(0, 0, 2 * half->width_px, 2 * half->height_px);
            cv::resize(vision_mat(raster)(even), target, target.size(), 0, 0, cv::INTER_AREA);
        } catch (std::exception &fault) {
            return vision_fail(error, fault.what());
        }
        half->dpi_x = raster->dpi_x / 2;
        half->dpi_y = raster->dpi_y / 2;
        raster->half = g_steal_pointer(&half);
    }
    return true;
}

namespace
{

/* Samples by inverse mapping, several points a target pixel where the scan is finer, at most `most_taps` each
 * way. The map is nearly affine over a small area, so each row steps linearly between its exact ends. */
Raster *sample(const Raster *raster, const PageMap *map, RectMm area, double px_per_mm, double dx_px,
               double dy_px, int most_taps, GError **error)
{
    int width = MAX(1, int(std::lround(area.w_mm * px_per_mm))),
        height = MAX(1, int(std::lround(area.h_mm * px_per_mm)));
    Raster *out = raster_new(width, height, error);
    if (!out)
        return nullptr;
    double finer = page_map_scale(map, rect_mm_centre(area)) / px_per_mm, size = 1;
    while (raster->half && finer > HALF_FROM) {
        raster = raster->half;
        finer /= 2;
        size /= 2;
    }
    int taps = finer > 1.3 ? MIN(most_taps, int(std::ceil(finer - 0.3))) : 1;
    double step_x = area.w_mm / (width * taps), step_y = area.h_mm / (height * taps);
    int columns = width * taps;
    std::vector<uint16_t> sums(static_cast<size_t>(columns));
    static constexpr decltype(&write_means<1>) write_by_taps[] = {write_means<1>, write_means<2>,
                                                                  write_means<3>, write_means<4>};
    for (int y = 0; y < height; y++) {
        std::fill(sums.begin(), sums.end(), uint16_t(0));
        for (int t = 0; t < taps; t++) {
            double y_mm = area.y_mm + (y * taps + t + 0.5) * step_y;
            PointPx a = page_map_point(map, {area.x_mm + 0.5 * step_x, y_mm});
            PointPx b = page_map_point(map, {area.x_mm + (columns - 0.5) * step_x, y_mm});
            double along = columns > 1 ? 1.0 / (columns - 1) : 0;
            Walk walk = {std::llround(((a.x_px + dx_px) * size - 0.5) * 65536),
                         std::llround(((a.y_px + dy_px) * size - 0.5) * 65536),
                         std::llround((b.x_px - a.x_px) * along * size * 65536),
                         std::llround((b.y_px - a.y_px) * along * size * 65536)};
            add_row(raster, walk, columns, sums.data());
        }
        write_by_taps[taps - 1](sums.data(), width, out->pixels + size_t(y) * out->stride);
    }
    return out;
}

} // namespace

Raster *vision_sample(const Raster *raster, const PageMap *map, RectMm area, double px_per_mm, double dx_px,
                      double dy_px, GError **error)
{
    return sample(raster, map, area, px_per_mm, dx_px, dy_px, 4, error);
}

Raster *vision_sample_quickly(const Raster *raster, const PageMap *map, RectMm area, double px_per_mm,
                              GError **error)
{
    return sample(raster, map, area, px_per_mm, 0, 0, 1, error);
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
