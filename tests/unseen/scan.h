/* A sheet past the sensor, and the files that come of it. */
#ifndef UNSEEN_SCAN_H
#define UNSEEN_SCAN_H

#include "unseen/profile.h"

struct Scan {
    cv::Mat page;  /* 8 bits, one channel or three */
    cv::Mat label; /* Paper.label as it came to lie */
};
/* `light`: one reflectance, or red, green and blue. */
Scan scan_sheet(const std::vector<cv::Mat> &light, const cv::Mat &label, const Feed &feed,
                const Scanner &scanner, double paper_white, Random &random);
/* Black and white by the scanner's threshold: 0 and 255. */
cv::Mat scan_bits(const cv::Mat &page, const Scanner &scanner);

bool scanner_has_bits(const Scanner &scanner);

/* Collects pages and writes files; the name and page number within it of what was added last. */
class Writer
{
    std::string folder, base;
    Scanner scanner;
    std::vector<std::vector<uchar>> pages;
    std::vector<cv::Size> sizes;

  public:
    Writer(std::string to, std::string name, const Scanner &with)
        : folder(std::move(to)), base(std::move(name)), scanner(with)
    {
    }
    std::string add(const cv::Mat &page, int *ret_page);
    void close();
};

#endif
