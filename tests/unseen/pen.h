/* Pens, and what a stroke of one leaves on paper. */
#ifndef UNSEEN_PEN_H
#define UNSEEN_PEN_H

#include "unseen/paper.h"

enum PenKind { BALLPOINT, GEL, FELT, PENCIL_HARD, PENCIL_SOFT, FOUNTAIN };

struct Pen {
    PenKind kind;
    double width;     /* mm of line at plain pressure */
    double density;   /* optical density of a full line */
    double absorb[3]; /* that density in red, green, blue light, as shares */
    double skip;      /* share of a line where no ink comes */
    double blobs;     /* blobs of ink in a centimetre of line */
    double dry;       /* mm until the ink runs */
    double bleed;     /* mm it creeps into the fibre */
    double through;   /* share of its density that soaks through the sheet */
    double nib;       /* rad: the way a nib is held */
};

struct Stroke {
    std::vector<cv::Point2d> path; /* mm */
    double press = 1;
};
using Strokes = std::vector<Stroke>;

Pen pen_draw(Random &random);
const char *pen_name(const Pen &pen);
void pen_write(Paper &paper, const Pen &pen, const Strokes &strokes, Random &random);

#endif
