#include "vision/walk.h"

#include <algorithm>
#include <cstdlib>

#if defined(__x86_64__) && defined(__GNUC__)
#include <tmmintrin.h>
#define HAS_EIGHT_POINTS 1
#endif

namespace
{

/* Whether a point, and its neighbours to the right and below, lie on the scan. */
bool is_inside(const Raster *raster, int64_t x, int64_t y)
{
    int64_t right = int64_t(raster->width_px - 1) << 16, bottom = int64_t(raster->height_px - 1) << 16;
    return x >= 0 && x < right && y >= 0 && y < bottom;
}

/* Between four pixels, with 8 bits of each fraction. */
inline int bilinear(const uint8_t *p, size_t stride, int64_t x, int64_t y)
{
    int fx = int(x & 0xffff) >> 8, fy = int(y & 0xffff) >> 8;
    int top = p[0] * 256 + (p[1] - p[0]) * fx;
    int low = p[stride] * 256 + (p[stride + 1] - p[stride]) * fx;
    return (top * 256 + (low - top) * fy + 32768) >> 16;
}

/* One point that may lie beyond the scan. */
int level_at(const Raster *raster, int64_t x, int64_t y)
{
    int64_t px = x >> 16, py = y >> 16;
    if (px < 0 || py < 0 || px >= raster->width_px || py >= raster->height_px)
        return 255;
    const uint8_t *p = raster->pixels + size_t(py) * raster->stride + px;
    return is_inside(raster, x, y) ? bilinear(p, raster->stride, x, y) : *p;
}

void add_one_by_one(const Raster *raster, Walk walk, int count, uint16_t *sums)
{
    const size_t stride = raster->stride;
    for (int i = 0; i < count; i++, walk.x += walk.step_x, walk.y += walk.step_y)
        sums[i] += uint16_t(bilinear(raster->pixels + size_t(walk.y >> 16) * stride + (walk.x >> 16), stride,
                                     walk.x, walk.y));
}

#ifdef HAS_EIGHT_POINTS
#define SSSE3 __attribute__((target("ssse3")))

/* Positions of eight points that follow each other. */
struct Eight {
    __m128i first, last;
};

SSSE3 inline Eight spread(int64_t from, int64_t step)
{
    int start = int(from), by = int(step);
    __m128i first = _mm_add_epi32(_mm_set1_epi32(start), _mm_setr_epi32(0, by, 2 * by, 3 * by));
    return {first, _mm_add_epi32(first, _mm_set1_epi32(4 * by))};
}

SSSE3 inline Eight moved(Eight at, __m128i by)
{
    return {_mm_add_epi32(at.first, by), _mm_add_epi32(at.last, by)};
}

/* How many whole pixels each lies after pixel `base`, in 16 bits. */
SSSE3 inline __m128i pixels_from(Eight at, int base)
{
    __m128i from = _mm_set1_epi32(base);
    return _mm_packs_epi32(_mm_sub_epi32(_mm_srai_epi32(at.first, 16), from),
                           _mm_sub_epi32(_mm_srai_epi32(at.last, 16), from));
}

/* In each 32 bits 256 − f below and f above, f being 8 bits of the fraction. */
SSSE3 inline __m128i weights(__m128i at)
{
    __m128i f = _mm_and_si128(_mm_srli_epi32(at, 8), _mm_set1_epi32(0xff));
    return _mm_add_epi32(_mm_sub_epi32(_mm_slli_epi32(f, 16), f), _mm_set1_epi32(256));
}

/* Four levels from their two pixels (16 bits each) of the upper and of the lower row, as bilinear() has them:
 * what is across is shifted into 16 bits with a sign, and back, as the weights of both rows add up to 256. */
SSSE3 inline __m128i four_levels(__m128i upper, __m128i lower, __m128i x, __m128i y)
{
    __m128i across = weights(x), half = _mm_set1_epi32(32768);
    __m128i top = _mm_sub_epi32(_mm_madd_epi16(upper, across), half);
    __m128i low = _mm_sub_epi32(_mm_madd_epi16(lower, across), half);
    __m128i rows = _mm_or_si128(_mm_and_si128(top, _mm_set1_epi32(0xffff)), _mm_slli_epi32(low, 16));
    __m128i level = _mm_add_epi32(_mm_madd_epi16(rows, weights(y)), _mm_set1_epi32(32768 * 256 + 32768));
    return _mm_srli_epi32(level, 16);
}

SSSE3 inline __m128i load(const uint8_t *p)
{
    return _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
}

SSSE3 inline __m128i choose(__m128i mask, __m128i yes, __m128i no)
{
    return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
}

/* Eight points at once, to the same figures as one by one, wherever they lie within sixteen pixels of two
 * rows that follow each other or of one: nearly everywhere, as scans are hardly turned and a step is about a
 * pixel. The sixteen are loaded, and every point's two picked out of them. */
SSSE3 void add_eight_by_eight(const Raster *raster, Walk walk, int count, uint16_t *sums)
{
    const size_t stride = raster->stride;
    const __m128i zero = _mm_setzero_si128(), next_x = _mm_set1_epi32(int(8 * walk.step_x)),
                  next_y = _mm_set1_epi32(int(8 * walk.step_y));
    Eight x = spread(walk.x, walk.step_x), y = spread(walk.y, walk.step_y);
    int i = 0;
    for (; i + 8 <= count; i += 8) {
        int x0 = int(walk.x >> 16), x7 = int((walk.x + 7 * walk.step_x) >> 16), left = std::min(x0, x7);
        int y0 = int(walk.y >> 16), y7 = int((walk.y + 7 * walk.step_y) >> 16), above = std::min(y0, y7);
        if (abs(x7 - x0) > 14 || abs(y7 - y0) > 1 || size_t(left) + 16 > stride) {
            add_one_by_one(raster, walk, 8, sums + i);
        } else {
            const uint8_t *p = raster->pixels + size_t(above) * stride + left;
            __m128i at = pixels_from(x, left);
            __m128i pairs = _mm_add_epi16(_mm_or_si128(at, _mm_slli_epi16(at, 8)), _mm_set1_epi16(0x100));
            __m128i upper = _mm_shuffle_epi8(load(p), pairs),
                    lower = _mm_shuffle_epi8(load(p + stride), pairs);
            if (y7 != y0) {
                __m128i below = _mm_cmpgt_epi16(pixels_from(y, above), zero);
                __m128i third = _mm_shuffle_epi8(load(p + 2 * stride), pairs);
                upper = choose(below, lower, upper);
                lower = choose(below, third, lower);
            }
            __m128i first =
                four_levels(_mm_unpacklo_epi8(upper, zero), _mm_unpacklo_epi8(lower, zero), x.first, y.first);
            __m128i last =
                four_levels(_mm_unpackhi_epi8(upper, zero), _mm_unpackhi_epi8(lower, zero), x.last, y.last);
            auto *to = reinterpret_cast<__m128i *>(sums + i);
            _mm_storeu_si128(to, _mm_add_epi16(_mm_loadu_si128(to), _mm_packs_epi32(first, last)));
        }
        x = moved(x, next_x);
        y = moved(y, next_y);
        walk.x += 8 * walk.step_x;
        walk.y += 8 * walk.step_y;
    }
    add_one_by_one(raster, walk, count - i, sums + i);
}
#endif

/* Points inside the scan; reading spends most of its time here. */
void add_inside(const Raster *raster, Walk walk, int count, uint16_t *sums)
{
#ifdef HAS_EIGHT_POINTS
    static const bool can = __builtin_cpu_supports("ssse3");
    if (can) {
        add_eight_by_eight(raster, walk, count, sums);
        return;
    }
#endif
    add_one_by_one(raster, walk, count, sums);
}

} // namespace

void walk_add(const Raster *raster, Walk walk, int count, uint16_t *sums)
{
    /* A scan is convex: between the first and the last point inside it all are. */
    auto x = [&](int i) { return walk.x + i * walk.step_x; };
    auto y = [&](int i) { return walk.y + i * walk.step_y; };
    int from = 0, to = count;
    for (; from < to && !is_inside(raster, x(from), y(from)); from++)
        sums[from] += uint16_t(level_at(raster, x(from), y(from)));
    for (; to > from && !is_inside(raster, x(to - 1), y(to - 1)); to--)
        sums[to - 1] += uint16_t(level_at(raster, x(to - 1), y(to - 1)));
    add_inside(raster, {x(from), y(from), walk.step_x, walk.step_y}, to - from, sums + from);
}

void walk_foresee(const Raster *raster, Walk walk, int count)
{
    constexpr int LINE_PX = 64; /* of the processor's cache */
    int64_t across = std::abs(walk.step_x) * count >> 16;
    int points = int(across / LINE_PX) + 2;
    for (int i = 0; i < points; i++) {
        int64_t part = int64_t(count - 1) * i / (points - 1);
        int64_t x = (walk.x + part * walk.step_x) >> 16, y = (walk.y + part * walk.step_y) >> 16;
        if (x >= 0 && y >= 0 && x < raster->width_px && y < raster->height_px)
            __builtin_prefetch(raster->pixels + size_t(y) * raster->stride + x);
    }
}
