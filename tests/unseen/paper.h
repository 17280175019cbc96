/* One side of a sheet before it is scanned: what lies on it, at PAPER_DPI, by layers. */
#ifndef UNSEEN_PAPER_H
#define UNSEEN_PAPER_H

#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "unseen/random.h"

constexpr double PAPER_DPI = 300;
constexpr double MM = PAPER_DPI / 25.4; /* pixels of the paper in a millimetre */
constexpr double INK_STEP = 100;        /* ink layer: steps in one unit of optical density */

struct Box {
    std::string question, option;
    double x, y, w, h; /* mm */
};

struct Field {
    std::string kind;
    double x, y, w, h;
};

/* A page of the layout file. */
struct Sheet {
    int pdf_page = 0, page = 0;
    std::string form, serial;
    std::vector<Box> boxes;
    std::vector<Field> fields;
};

constexpr int EMPTY_BOX = 255; /* a label */

struct Paper {
    cv::Mat toner; /* share of the pixel that toner covers, of 255 */
    cv::Mat ink;   /* optical density of what the pen left, times INK_STEP */
    cv::Mat shade; /* what else takes light away, 255: nothing */
    cv::Mat label; /* where the mark of an answer lies: its number on the page, from 1; EMPTY_BOX in
                      boxes with nothing in them; nought elsewhere */
};

/* Noise of the paper and of sensors: tiles that repeat, in steps of GRAIN to a standard deviation. */
constexpr int TILE = 2048;
constexpr float GRAIN = 32;

struct Grain {
    cv::Mat white, fine, tooth, cloud; /* CV_8S; correlated over 0, 0.07, 0.14 and 1.7 mm */
};
const Grain &grain();

/* A tile laid somewhere: `at` in standard deviations. */
struct Noise {
    const cv::Mat *tile;
    int dx, dy;
    Noise(const cv::Mat &of, Random &random) : tile(&of), dx(random.below(TILE)), dy(random.below(TILE))
    {
    }
    float at(int x, int y) const
    {
        return float(tile->ptr<schar>((y + dy) & (TILE - 1))[(x + dx) & (TILE - 1)]) / GRAIN;
    }
};

std::vector<Sheet> layout_read(const char *path);

/* The pages of a PDF as coverage by ink. */
struct Blank;
Blank *blank_open(const char *path);
cv::Mat blank_render(Blank *blank, int page, double dpi);

#endif
