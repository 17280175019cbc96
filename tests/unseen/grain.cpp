/* The tiles of noise, made once. */
#include <opencv2/imgproc.hpp>

#include "unseen/paper.h"

static cv::Mat tile_of(uint64_t seed, double sigma)
{
    Random random(seed);
    cv::Mat raw(TILE, TILE, CV_32F), tile;
    for (int y = 0; y < TILE; y++)
        for (int x = 0; x < TILE; x++)
            raw.ptr<float>(y)[x] = float(random.normal());
    if (sigma > 0) {
        int border = int(sigma * 4) + 1;
        cv::copyMakeBorder(raw, raw, border, border, border, border, cv::BORDER_WRAP);
        cv::GaussianBlur(raw, raw, cv::Size(), sigma);
        raw = raw(cv::Rect(border, border, TILE, TILE)).clone();
    }
    cv::Scalar mean, deviation;
    cv::meanStdDev(raw, mean, deviation);
    raw.convertTo(tile, CV_8S, GRAIN / deviation[0], -mean[0] * GRAIN / deviation[0]);
    return tile;
}

const Grain &grain()
{
    static const Grain all = {tile_of(11, 0), tile_of(12, 0.8), tile_of(13, 1.6), tile_of(14, 20)};
    return all;
}
