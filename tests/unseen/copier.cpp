/* A copy of a sheet: its light seen by a copier, its tones bent and screened, dirt of the glass, toner on new
 * paper. */
#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "unseen/scan.h"
#include "unseen/wear.h"

/* The copier's curve on what it sees, 255 being white: where half tone lies and how steep; a screen of dots
 * or none. */
static cv::Mat toned(const cv::Mat &seen, Random &random)
{
    /* text mode is steep; text-and-photo mode screens greys by dots of 106 to 141 lines an inch, as makers'
     * sheets say */
    bool screen = random.chance(0.4);
    double middle = random.uniform(0.45, 0.7),
           steep = screen ? random.uniform(0.1, 0.16) : random.uniform(0.03, 0.09);
    double pitch = 25.4 / random.uniform(106, 141) * MM, fog = random.around(0.006, 0.7);
    float curve[256];
    for (int i = 0; i < 256; i++)
        curve[i] = float(1 / (1 + std::exp((i / 255.0 - middle) / steep)));
    Noise fine(grain().fine, random);
    cv::Mat coverage(seen.size(), CV_8U);
    double wave = 2 * 3.14159265 / pitch * 0.70710678;
    std::vector<float> rising(size_t(seen.cols + seen.rows)), falling(rising.size());
    for (size_t i = 0; i < rising.size(); i++)
        rising[i] = float(0.25 * std::cos(wave * double(i))),
        falling[i] = float(0.25 * std::cos(wave * (double(i) - seen.rows)));
    for (int y = 0; y < seen.rows; y++)
        for (int x = 0; x < seen.cols; x++) {
            float dark = curve[seen.ptr<uchar>(y)[x]];
            if (screen && dark > 0.02F && dark < 0.98F) {
                float dot = 0.5F + rising[size_t(x + y)] + falling[size_t(x - y + seen.rows)];
                dark = std::clamp((dark - dot) * 3 + 0.5F, 0.0F, 1.0F);
            }
            if (fine.at(x, y) > 3) /* toner that flies where it should not */
                dark = std::max(dark, float(fog) * 60);
            coverage.ptr<uchar>(y)[x] = cv::saturate_cast<uchar>(255 * dark);
        }
    return coverage;
}

/* Dust and scratches on the glass: dark specks, some of them hairs. Numbers are judged. */
static void dirt(cv::Mat &coverage, Random &random)
{
    int specks = int(random.around(25, 0.9));
    for (int i = 0; i < specks; i++) {
        cv::Point at(random.below(coverage.cols), random.below(coverage.rows));
        double size = random.around(0.12, 0.5) * MM;
        if (random.chance(0.08)) {
            cv::Point to = at + cv::Point(int(random.normal(0, 25)), int(random.normal(0, 25)));
            cv::line(coverage, at, to, cv::Scalar(150), 1, cv::LINE_AA);
        } else
            cv::circle(coverage, at, std::max(1, int(size / 2)), cv::Scalar(random.uniform(120, 255)), -1,
                       cv::LINE_AA);
    }
}

Paper copy_sheet(const cv::Mat &light, const cv::Mat &label, double paper_white, Print *print, Random &random)
{
    Scanner glass = scanner_draw(COPIED, random);
    Feed feed = feed_draw(COPIED, random);
    glass.dpi = PAPER_DPI, glass.gamma = 1, glass.auto_white = true, glass.white = 1, glass.black = 0;
    glass.backing = 0.85;
    feed.skew *= 0.5;                     /* laid on the glass against a stop, as often as fed */
    feed.scale = random.normal(1, 0.004); /* "100 %" of a copier is not quite; judged */
    Scan scan = scan_sheet({light}, label, feed, glass, paper_white, random);
    cv::Mat coverage = toned(scan.page, random);
    dirt(coverage, random);
    *print = print_draw(COPIED, random);
    Paper paper = paper_printed(coverage, *print, random);
    paper.label = scan.label;
    return paper;
}
