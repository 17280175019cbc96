/* Print on paper, and what befalls the sheet. */
#ifndef UNSEEN_WEAR_H
#define UNSEEN_WEAR_H

#include <opencv2/core.hpp>

#include "unseen/pen.h"
#include "unseen/profile.h"

Paper paper_printed(const cv::Mat &coverage, const Print &print, Random &random);
/* What lies on a page, a quarter of the size, for the other side to show through. */
struct Back {
    cv::Mat cover, ink;
};
Back paper_back(const Paper &paper);
/* `back` may be empty; `through`: the share of the ink's density that has soaked through. */
void paper_wear(Paper &paper, const Wear &wear, const Back &back, double through, Random &random);
/* A copy of a sheet on a sheet of its own, and how it was printed. */
Paper copy_sheet(const cv::Mat &light, const cv::Mat &label, double paper_white, Print *print,
                 Random &random);
/* Reflectance, 16 bits, in light of these weights of red, green and blue. */
cv::Mat paper_light(const Paper &paper, const Print &print, const Wear &wear, const Pen &pen,
                    const double weights[3], uint64_t seed);

#endif
