/* Pictures taken of a scan: through a map, halved, reduced. */
#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/cv.h"
#include "vision/walk.h"

namespace
{

/* The nearest whole number, and one far beyond any scan for what is further or nowhere; the library's own
 * function costs as much as a row of points. */
inline int64_t nearest(double value)
{
    constexpr double far = double(1LL << 40);
    if (!(value > -far))
        return -int64_t(far);
    return int64_t(value < 0 ? value - 0.5 : std::min(value, far) + 0.5);
}

/* So many rows of points before they are taken, their pixels are asked for. */
constexpr int ROWS_AHEAD = 6;

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
    Walk last = {};
    for (int y = 0; y < height; y++) {
        std::fill(sums.begin(), sums.end(), uint16_t(0));
        for (int t = 0; t < taps; t++) {
            double y_mm = area.y_mm + (y * taps + t + 0.5) * step_y;
            PointPx a = page_map_point(map, {area.x_mm + 0.5 * step_x, y_mm});
            PointPx b = page_map_point(map, {area.x_mm + (columns - 0.5) * step_x, y_mm});
            double along = columns > 1 ? 1.0 / (columns - 1) : 0;
            Walk walk = {nearest(((a.x_px + dx_px) * size - 0.5) * 65536),
                         nearest(((a.y_px + dy_px) * size - 0.5) * 65536),
                         nearest((b.x_px - a.x_px) * along * size * 65536),
                         nearest((b.y_px - a.y_px) * along * size * 65536)};
            if (y + t > 0)
                walk_foresee(raster,
                             {walk.x + ROWS_AHEAD * (walk.x - last.x),
                              walk.y + ROWS_AHEAD * (walk.y - last.y), walk.step_x, walk.step_y},
                             columns);
            last = walk;
            walk_add(raster, walk, columns, sums.data());
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
