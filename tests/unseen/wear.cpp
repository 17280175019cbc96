/* Toner on paper, and what befalls the sheet: creases, staples, fingers, the back showing through. */
#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "unseen/wear.h"

/* ---- print ----------------------------------------------------------------------------------- */

/* Toner of one pixel: edges by their roughness, holes in what is covered, grains near it. */
static float toner_at(const Print &print, float near, float far, float rough, float hole, float grain_of)
{
    float t =
        near + float(print.gain) * 4 * near * (1 - near) + float(print.edge) * rough * 4 * near * (1 - near);
    t = std::clamp((t - 0.22F) / 0.56F, 0.0F, 1.0F);
    if (t > 0.4F && hole > float(print.voids))
        t *= 0.35F;
    /* the share of grains is that of the tail of the noise */
    if (t < 0.3F && grain_of > 2.6F && grain_of - 2.6F > 1.2F - far * float(print.scatter) * 600)
        t = std::max(t, 0.55F);
    return t;
}

Paper paper_printed(const cv::Mat &coverage, const Print &print, Random &random)
{
    Paper paper = {cv::Mat(coverage.size(), CV_8U), cv::Mat::zeros(coverage.size(), CV_8U),
                   cv::Mat(coverage.size(), CV_8U, cv::Scalar(255)), cv::Mat::zeros(coverage.size(), CV_8U)};
    cv::Mat near, far;
    cv::GaussianBlur(coverage, near, cv::Size(), std::max(0.3, print.spread * MM));
    cv::boxFilter(coverage, far, -1, cv::Size(9, 9));
    Noise rough(grain().fine, random), hole(grain().tooth, random), grains(grain().fine, random);
    std::vector<float> strip(size_t(coverage.cols), 1);
    for (int x = 0; x < coverage.cols; x++) {
        double off = (x / MM - print.band_at) / print.band_width;
        strip[size_t(x)] = float(1 - print.band_weak * std::exp(-off * off));
    }
    for (int y = 0; y < coverage.rows; y++) {
        const uchar *n = near.ptr<uchar>(y), *f = far.ptr<uchar>(y);
        uchar *t = paper.toner.ptr<uchar>(y);
        for (int x = 0; x < coverage.cols; x++) {
            if (!f[x] && !n[x]) {
                t[x] = 0;
                continue;
            }
            float weak = strip[size_t(x)];
            float all = toner_at(print, n[x] / 255.0F, f[x] / 255.0F, rough.at(x, y),
                                 hole.at(x, y) + 2 * (1 - weak), grains.at(x, y));
            t[x] = uchar(255 * all * weak);
        }
    }
    return paper;
}

/* ---- wear ------------------------------------------------------------------------------------ */

static void darken(uchar &value, double share)
{
    value = uchar(value * std::clamp(share, 0.0, 1.0));
}

/* A fold shines on one side and is dull on the other; toner breaks off its back. */
static void crease(Paper &paper, Random &random)
{
    bool level = random.chance(0.7);
    int length = level ? paper.toner.cols : paper.toner.rows,
        across = level ? paper.toner.rows : paper.toner.cols;
    double at = across * (random.chance(0.6) ? random.normal(random.chance(0.5) ? 0.5 : 0.33, 0.02)
                                             : random.uniform());
    double slope = random.normal(0, 0.006), wide = random.uniform(0.15, 0.4) * MM,
           deep = random.uniform(0.05, 0.3);
    Noise wander(grain().cloud, random), broken(grain().tooth, random);
    for (int i = 0; i < length; i++) {
        double middle = at + slope * i + 1.2 * wander.at(i, 0);
        for (int d = int(-4 * wide); d <= int(4 * wide); d++) {
            int j = int(middle) + d;
            if (j < 0 || j >= across)
                continue;
            double u = (j - middle) / wide,
                   dull = deep * std::exp(-u * u) + deep * 0.4 * std::exp(-u * u / 6) * (u > 0);
            int x = level ? i : j, y = level ? j : i;
            darken(paper.shade.ptr<uchar>(y)[x], 1 - dull * (1 + 0.3 * broken.at(x, y)));
            if (std::fabs(u) < 1 && broken.at(x, y) > 0.2)
                darken(paper.toner.ptr<uchar>(y)[x], 0.4);
        }
    }
}

static void staple(Paper &paper, Random &random)
{
    double x = random.uniform(5, 14), y = random.uniform(5, 14), turn = random.uniform(0, 1.2);
    for (int i = 0; i < 2; i++) {
        cv::Point2d hole((x + i * 11 * std::cos(turn)) * MM, (y + i * 11 * std::sin(turn)) * MM);
        for (int v = -12; v <= 12; v++)
            for (int u = -12; u <= 12; u++) {
                int px = int(hole.x) + u, py = int(hole.y) + v;
                double d = std::hypot(u, v) / MM;
                if (d < 0.9)
                    darken(paper.shade.ptr<uchar>(py)[px], d < 0.3 ? 0.15 : 1 - 0.35 * (0.9 - d));
            }
    }
}

/* A finger's grease and dust: a soft oval, uneven. */
static void smudge(Paper &paper, Random &random)
{
    double x = random.uniform(10, 200) * MM, y = random.uniform(10, 285) * MM, r = random.uniform(4, 9) * MM;
    double tall = random.uniform(1, 1.7), dark = random.uniform(0.02, 0.12);
    Noise cloud(grain().cloud, random), fine(grain().tooth, random);
    for (int v = std::max(0, int(y - 2 * r * tall)); v < std::min(paper.shade.rows, int(y + 2 * r * tall));
         v++)
        for (int u = std::max(0, int(x - 2 * r)); u < std::min(paper.shade.cols, int(x + 2 * r)); u++) {
            double d = ((u - x) / r) * ((u - x) / r) + ((v - y) / (r * tall)) * ((v - y) / (r * tall));
            double here = dark * std::exp(-d * 1.5) * (1 + 0.4 * cloud.at(u, v) + 0.25 * fine.at(u, v));
            darken(paper.shade.ptr<uchar>(v)[u], 1 - std::max(0.0, here));
        }
}

Back paper_back(const Paper &paper)
{
    Back back;
    cv::resize(paper.toner, back.cover, cv::Size(), 0.25, 0.25, cv::INTER_AREA);
    cv::resize(paper.ink, back.ink, cv::Size(), 0.25, 0.25, cv::INTER_AREA);
    return back;
}

/* A layer of the other side as seen from here: mirrored, blurred by the sheet's thickness. */
static cv::Mat seen_through(const cv::Mat &layer, cv::Size size)
{
    cv::Mat seen;
    cv::flip(layer, seen, 1);
    cv::GaussianBlur(seen, seen, cv::Size(), 0.3 * MM / 4);
    cv::resize(seen, seen, size, 0, 0, cv::INTER_LINEAR);
    return seen;
}

void paper_wear(Paper &paper, const Wear &wear, const Back &back, double through, Random &random)
{
    if (!back.cover.empty()) {
        cv::Mat all, dark;
        cv::add(back.cover, back.ink, all);
        seen_through(all, paper.shade.size()).convertTo(dark, CV_8U, -wear.show, 255);
        cv::multiply(paper.shade, dark, paper.shade, 1.0 / 255);
        cv::Mat soaked;
        seen_through(back.ink, paper.shade.size()).convertTo(soaked, CV_8U, through);
        cv::add(paper.ink, soaked, paper.ink);
    }
    for (int i = 0; i < wear.creases; i++)
        crease(paper, random);
    for (int i = 0; i < wear.smudges; i++)
        smudge(paper, random);
    if (wear.staple)
        staple(paper, random);
}

/* ---- light ----------------------------------------------------------------------------------- */

cv::Mat paper_light(const Paper &paper, const Print &print, const Wear &wear, const Pen &pen,
                    const double weights[3], uint64_t seed)
{
    constexpr double GLOSS = 0.012; /* what the surface itself throws back, whatever lies under it */
    float toner[256], ink[256];
    double white = 0;
    for (int c = 0; c < 3; c++)
        white += weights[c] * wear.white[c];
    for (int i = 0; i < 256; i++) { /* Murray and Davies: a covered share dark, the rest paper */
        toner[i] = float(1 - i / 255.0 * (1 - std::pow(10, -print.density)));
        double left = 0;
        for (int c = 0; c < 3; c++)
            left += weights[c] * std::pow(10, -i / INK_STEP * pen.absorb[c]);
        ink[i] = float(left);
    }
    Random random(seed);
    Noise cloud(grain().cloud, random), fine(grain().tooth, random);
    cv::Mat light(paper.toner.size(), CV_16U);
    float uneven = float(wear.formation), floor = float(GLOSS * 65535), full = float(white * 65535 / 255);
    for (int y = 0; y < light.rows; y++) {
        const uchar *t = paper.toner.ptr<uchar>(y), *i = paper.ink.ptr<uchar>(y),
                    *s = paper.shade.ptr<uchar>(y);
        ushort *out = light.ptr<ushort>(y);
        for (int x = 0; x < light.cols; x++) {
            float sheet = full * (1 + uneven * (0.6F * cloud.at(x, y) + 0.6F * fine.at(x, y)));
            out[x] = cv::saturate_cast<ushort>(floor + sheet * float(s[x]) * toner[t[x]] * ink[i[x]]);
        }
    }
    return light;
}
