/* A sheet past the sensor: where each point of it comes to lie, lens, elements, lamp, noise, tone. */
#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "unseen/scan.h"

constexpr double PI = 3.14159265358979;
constexpr double WIDE = 210, HIGH = 297;

/* ---- where it lies --------------------------------------------------------------------------- */

/* Displacements along one line, a tenth of a millimetre a step. */
struct Along {
    std::vector<float> of;
    float at(double mm) const
    {
        return of[size_t(std::clamp(mm * 10 + 1000, 0.0, double(of.size() - 1)))];
    }
};

static Along feed_error(const Feed &feed)
{
    Along along;
    for (int i = -1000; i < 5000; i++) {
        double y = i / 10.0, u = y / HIGH, sum = feed.speed * 4 * u * (1 - u);
        for (int k = 0; k < 2; k++)
            sum += feed.roller[k] * std::sin(2 * PI * y / feed.roller_mm[k] + feed.phase[k]);
        sum += feed.slip / 2 * std::tanh((y - feed.slip_at) / 6);
        along.of.push_back(float(sum));
    }
    return along;
}

/* Height of the bent sheet over the glass, as the displacement it makes at the edge; and how far it is drawn
 * in. */
static Along bend_height(const Feed &feed, bool drawn_in)
{
    Along along;
    for (int i = -1000; i < 5000; i++) {
        double turn = 2 * PI * (i / 10.0 - feed.bend_at) / feed.bend_wave;
        along.of.push_back(
            float(drawn_in ? 0.5 * feed.bend * std::sin(2 * turn) : feed.bend * std::cos(turn)));
    }
    return along;
}

/* For points of the scan GRID pixels apart, and one more on every side, the pixel of the paper. */
constexpr int GRID = 8;

static cv::Mat lie_coarsely(const Feed &feed, double dpi, cv::Size size)
{
    cv::Mat map((size.height + GRID - 1) / GRID + 2, (size.width + GRID - 1) / GRID + 2, CV_32FC2);
    Along speed = feed_error(feed), height = bend_height(feed, false), drawn = bend_height(feed, true);
    double mm = 25.4 / dpi, c = std::cos(feed.skew), s = std::sin(feed.skew);
    double bx = std::cos(feed.bend_turn), by = std::sin(feed.bend_turn);
    for (int y = 0; y < map.rows; y++) {
        auto *to = map.ptr<cv::Vec2f>(y);
        double v = (y - 0.5) * GRID * mm, gy = v - HIGH / 2 - feed.shift[1] + speed.at(v);
        for (int x = 0; x < map.cols; x++) {
            double gx = (x - 0.5) * GRID * mm - WIDE / 2 - feed.shift[0];
            double px = gx * c + gy * s, py = -gx * s + gy * c;
            double along = (px + WIDE / 2) * bx + (py + HIGH / 2) * by + 50;
            px += height.at(along) * gx / (WIDE / 2) + drawn.at(along) * bx;
            py += drawn.at(along) * by;
            to[x] = cv::Vec2f(float((px / feed.scale + WIDE / 2) * MM - 0.5),
                              float((py / feed.scale + HIGH / 2) * MM - 0.5));
        }
    }
    return map;
}

/* For every pixel of the scan the pixel of the paper, and where the sheet does not lie. */
static void lie(const Feed &feed, double dpi, cv::Mat &map, cv::Mat &off)
{
    cv::Size size(int(std::lround(WIDE / 25.4 * dpi)), int(std::lround(HIGH / 25.4 * dpi)));
    cv::Mat fine, coarse = lie_coarsely(feed, dpi, size);
    cv::resize(coarse, fine, coarse.size() * GRID, 0, 0, cv::INTER_LINEAR);
    map = fine(cv::Rect(cv::Point(GRID, GRID), size));
    off = cv::Mat::zeros(size, CV_8U);
    float mid_x = float(WIDE / 2 * MM), mid_y = float(HIGH / 2 * MM);
    float reach_x = float(mid_x / feed.scale), reach_y = float(mid_y / feed.scale), edge = float(0.3 * MM);
    for (int y = 0; y < size.height; y++) {
        const auto *at = map.ptr<cv::Vec2f>(y);
        uchar *bare = off.ptr<uchar>(y);
        for (int x = 0; x < size.width; x++) {
            float inside =
                std::min(reach_x - std::fabs(at[x][0] - mid_x), reach_y - std::fabs(at[x][1] - mid_y));
            bare[x] = inside < 0 ? 255 : inside < edge ? 30 : 0; /* an edge casts a thin shadow */
        }
    }
}

/* ---- what the elements see ------------------------------------------------------------------- */

/* Gain of every element: lamp, leftover of shading correction, dust on the glass. */
static std::vector<float> elements(const Scanner &scanner, int cols, uint64_t seed)
{
    Random random(seed);
    std::vector<float> gain;
    for (int x = 0; x < cols; x++) {
        double u = 2.0 * x / cols - 1 - scanner.lamp_side;
        gain.push_back(float((1 - scanner.lamp * u * u) * (1 + scanner.gain * random.normal())));
    }
    for (int i = 0; i < scanner.streaks; i++) {
        int at = random.below(cols), wide = 1 + random.below(3);
        double dark = random.uniform(0.1, 0.6);
        for (int x = at; x < std::min(cols, at + wide); x++)
            gain[size_t(x)] *= float(1 - dark);
    }
    return gain;
}

struct Tone {
    float white, black;
    uchar table[4097];
    Tone(const Scanner &scanner, double paper_white)
    {
        white = float(scanner.white * (scanner.auto_white ? paper_white : 1));
        black = float(scanner.black);
        for (int i = 0; i <= 4096; i++)
            table[i] = cv::saturate_cast<uchar>(255 * std::pow(i / 4096.0, 1 / scanner.gamma));
    }
    uchar of(float light) const
    {
        return table[int(std::clamp((light - black) / (white - black), 0.0F, 1.0F) * 4096)];
    }
};

static cv::Mat sense(const cv::Mat &seen, const cv::Mat &off, const Scanner &scanner,
                     const std::vector<float> &gain, const Tone &tone, Random &random)
{
    Noise white(grain().white, random);
    float backing = float(scanner.backing), noise = float(scanner.noise);
    cv::Mat out(seen.size(), CV_8U);
    for (int y = 0; y < seen.rows; y++) {
        const ushort *from = seen.ptr<ushort>(y);
        const uchar *bare = off.ptr<uchar>(y);
        uchar *to = out.ptr<uchar>(y);
        for (int x = 0; x < seen.cols; x++) {
            float light = bare[x] == 255 ? backing : float(from[x]) / 65535 * (bare[x] ? 0.88F : 1);
            light *= gain[size_t(x)];
            /* counting noise grows with the root of the light, reading noise does not; a third is left in the
             * dark */
            light += noise * (0.33F + 0.67F * std::sqrt(light)) * white.at(x, y);
            to[x] = tone.of(light);
        }
    }
    if (scanner.sharpen > 0) {
        cv::Mat soft;
        cv::GaussianBlur(out, soft, cv::Size(), 1);
        cv::addWeighted(out, 1 + scanner.sharpen, soft, -scanner.sharpen, 0, out);
    }
    return out;
}

Scan scan_sheet(const std::vector<cv::Mat> &light, const cv::Mat &label, const Feed &feed,
                const Scanner &scanner, double paper_white, Random &random)
{
    Scan scan;
    cv::Mat map, off;
    lie(feed, scanner.dpi, map, off);
    cv::remap(label, scan.label, map, cv::noArray(), cv::INTER_NEAREST, cv::BORDER_CONSTANT, cv::Scalar(0));
    /* lens, and the element's own width where it is wider than a pixel of the paper */
    double wide = std::max(0.0, 25.4 / scanner.dpi - 25.4 / PAPER_DPI) * 0.4;
    double sigma = std::hypot(scanner.blur, wide) * MM;
    std::vector<float> gain = elements(scanner, map.cols, random.next());
    Tone tone(scanner, paper_white);
    std::vector<cv::Mat> channels;
    for (size_t c = 0; c < light.size(); c++) {
        cv::Mat soft, seen;
        cv::GaussianBlur(light[c], soft, cv::Size(), sigma);
        cv::Mat shifted = map;
        if (light.size() > 1)
            shifted = map + cv::Scalar(0, scanner.colours_apart[c] * MM);
        double bare = cv::mean(soft(cv::Rect(40, 40, 200, 60)))[0];
        cv::remap(soft, seen, shifted, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                  cv::Scalar(bare));
        channels.push_back(sense(seen, off, scanner, gain, tone, random));
    }
    if (channels.size() == 1)
        scan.page = channels[0];
    else
        cv::merge(channels, scan.page);
    return scan;
}
