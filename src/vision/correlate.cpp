#include "vision/correlate.h"

#include <algorithm>
#include <cmath>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAS_AVX2 1
#endif

namespace
{

/* From more places on, the library is faster. */
constexpr int FEW_PLACES = 100;
/* So many pixels' squares of levels still add up in 32 bits. */
constexpr int MOST_PIXELS = 60000;
/* Rows of a patch are filled up to a multiple of this with zeros, which add nothing to a product. */
constexpr int LANES = 16;

/* Sums and sums of squares of every window of a scene, from its top left corner on. What is within a window
 * is right though the sums run over, as its own fits into 32 bits. */
class Windows
{
    size_t stride;
    std::vector<uint32_t> sums, squares;

    double within(const std::vector<uint32_t> &of, int x, int y, int w, int h) const
    {
        size_t top = size_t(y) * stride + size_t(x), bottom = top + size_t(h) * stride;
        return double(of[bottom + size_t(w)] - of[bottom] - of[top + size_t(w)] + of[top]);
    }

  public:
    explicit Windows(const Raster *scene)
        : stride(size_t(scene->width_px) + 1), sums(stride * (size_t(scene->height_px) + 1)),
          squares(sums.size())
    {
        for (size_t y = 0; y < size_t(scene->height_px); y++) {
            const uint8_t *row = scene->pixels + y * scene->stride;
            uint32_t sum = 0, square = 0;
            for (size_t x = 0; x + 1 < stride; x++) {
                sum += row[x];
                square += uint32_t(row[x]) * row[x];
                size_t at = (y + 1) * stride + x + 1;
                sums[at] = sums[at - stride] + sum;
                squares[at] = squares[at - stride] + square;
            }
        }
    }

    double sum(int x, int y, int w, int h) const
    {
        return within(sums, x, y, w, h);
    }
    double square(int x, int y, int w, int h) const
    {
        return within(squares, x, y, w, h);
    }
};

/* Levels of a picture as numbers that are multiplied fast, in rows of `stride`, with LANES more behind. */
std::vector<int16_t> levels(const Raster *raster, size_t stride)
{
    std::vector<int16_t> of(stride * size_t(raster->height_px) + LANES);
    for (size_t y = 0; y < size_t(raster->height_px); y++) {
        const uint8_t *row = raster->pixels + y * raster->stride;
        for (size_t x = 0; x < size_t(raster->width_px); x++)
            of[y * stride + x] = row[x];
    }
    return of;
}

/* A patch, in rows of `stride`, laid onto a scene, in rows of `wide`: sum of the products. */
int64_t product_plain(const int16_t *patch, size_t stride, size_t rows, const int16_t *scene, size_t wide)
{
    int64_t sum = 0;
    for (size_t y = 0; y < rows; y++, patch += stride, scene += wide) {
        uint32_t row = 0;
        for (size_t x = 0; x < stride; x++)
            row += uint32_t(patch[x] * scene[x]);
        sum += row;
    }
    return sum;
}

#ifdef HAS_AVX2
/* Each of the eight sums holds at most every fourth pixel's, as rows are whole multiples of LANES. */
__attribute__((target("avx2"))) int64_t product_avx2(const int16_t *patch, size_t stride, size_t rows,
                                                     const int16_t *scene, size_t wide)
{
    __m256i sums = _mm256_setzero_si256();
    for (size_t y = 0; y < rows; y++, patch += stride, scene += wide)
        for (size_t x = 0; x < stride; x += LANES)
            sums = _mm256_add_epi32(
                sums, _mm256_madd_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(patch + x)),
                                        _mm256_loadu_si256(reinterpret_cast<const __m256i *>(scene + x))));
    alignas(32) uint32_t eight[8];
    _mm256_store_si256(reinterpret_cast<__m256i *>(eight), sums);
    int64_t sum = 0;
    for (uint32_t one : eight)
        sum += one;
    return sum;
}
#endif

decltype(&product_plain) choose_product()
{
#ifdef HAS_AVX2
    if (__builtin_cpu_supports("avx2"))
        return product_avx2;
#endif
    return product_plain;
}

} // namespace

bool correlate(const Raster *scene, const Raster *patch, cv::Mat &scores)
{
    static const auto product = choose_product();
    const int w = patch->width_px, h = patch->height_px;
    const int columns = scene->width_px - w + 1, rows = scene->height_px - h + 1;
    if (columns * rows > FEW_PLACES || w * h > MOST_PIXELS)
        return false;
    const size_t wide = size_t(scene->width_px), stride = (size_t(w) + LANES - 1) / LANES * LANES;
    const std::vector<int16_t> of = levels(patch, stride), in = levels(scene, wide);
    const Windows windows(scene);
    uint32_t levels_sum = 0, squares_sum = 0; /* what a row is filled up with adds nothing */
    for (int16_t level : of) {
        levels_sum += uint32_t(level);
        squares_sum += uint32_t(level * level);
    }
    const double count = double(w) * h, sum = levels_sum;
    const double spread = squares_sum - sum * sum / count;
    scores.create(rows, columns, CV_32F);
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
            double both =
                double(product(of.data(), stride, size_t(h), &in[size_t(y) * wide + size_t(x)], wide));
            double own = windows.sum(x, y, w, h), other = windows.square(x, y, w, h) - own * own / count;
            double under = std::sqrt(std::max(0.0, spread) * std::max(0.0, other));
            scores.at<float>(y, x) = under > 1e-6 ? float((both - sum * own / count) / under) : 0;
        }
    }
    return true;
}
