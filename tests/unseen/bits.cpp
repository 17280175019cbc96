/* Black and white: the three ways of machines to tell one from the other, and what they take for dirt. */
#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "unseen/scan.h"

/* Sauvola: darker than the neighbourhood's mean by a share that grows where there is little contrast. */
static cv::Mat adaptive(const cv::Mat &page, const Scanner &scanner)
{
    int side = int(scanner.window / 25.4 * scanner.dpi) | 1;
    cv::Mat mean, square, out(page.size(), CV_8U);
    cv::boxFilter(page, mean, CV_32F, cv::Size(side, side), cv::Point(-1, -1), true, cv::BORDER_REPLICATE);
    cv::sqrBoxFilter(page, square, CV_32F, cv::Size(side, side), cv::Point(-1, -1), true,
                     cv::BORDER_REPLICATE);
    float k = float(scanner.level);
    for (int y = 0; y < page.rows; y++) {
        const float *m = mean.ptr<float>(y), *s = square.ptr<float>(y);
        const uchar *p = page.ptr<uchar>(y);
        for (int x = 0; x < page.cols; x++) {
            float deviation = std::sqrt(std::max(0.0F, s[x] - m[x] * m[x]));
            out.ptr<uchar>(y)[x] = float(p[x]) < m[x] * (1 + k * (deviation / 128 - 1)) ? 0 : 255;
        }
    }
    return out;
}

/* Floyd and Steinberg: what a pixel is wrong by is made up for by its neighbours. */
static cv::Mat diffused(const cv::Mat &page, const Scanner &scanner)
{
    cv::Mat out(page.size(), CV_8U);
    std::vector<float> here(size_t(page.cols) + 2), next(size_t(page.cols) + 2);
    float level = float(255 * scanner.level);
    for (int y = 0; y < page.rows; y++) {
        std::fill(next.begin(), next.end(), 0.0F);
        for (int x = 0; x < page.cols; x++) {
            size_t i = size_t(x) + 1;
            float value = float(page.ptr<uchar>(y)[x]) + here[i];
            uchar is = value < level ? 0 : 255;
            float error = (value - float(is)) / 16;
            out.ptr<uchar>(y)[x] = is;
            here[i + 1] += 7 * error, next[i - 1] += 3 * error, next[i] += 5 * error, next[i + 1] += error;
        }
        std::swap(here, next);
    }
    return out;
}

/* A black pixel with no black one beside it is taken for dirt. */
static void despeckle(cv::Mat &page)
{
    cv::Mat was = page.clone();
    for (int y = 1; y + 1 < page.rows; y++)
        for (int x = 1; x + 1 < page.cols; x++) {
            if (was.ptr<uchar>(y)[x])
                continue;
            int black = 0;
            for (int v = -1; v <= 1; v++)
                for (int u = -1; u <= 1; u++)
                    black += was.ptr<uchar>(y + v)[x + u] == 0;
            if (black < 2)
                page.ptr<uchar>(y)[x] = 255;
        }
}

cv::Mat scan_bits(const cv::Mat &page, const Scanner &scanner)
{
    cv::Mat out;
    if (scanner.threshold == ADAPTIVE)
        out = adaptive(page, scanner);
    else if (scanner.threshold == DIFFUSED)
        out = diffused(page, scanner);
    else
        cv::threshold(page, out, 255 * scanner.level, 255, cv::THRESH_BINARY);
    if (scanner.despeckle)
        despeckle(out);
    return out;
}
