/* A hand: how one person writes, the same over a whole ballot. */
#ifndef UNSEEN_HAND_H
#define UNSEEN_HAND_H

#include <opencv2/core.hpp>

#include "unseen/pen.h"

enum Mark { CROSS, TICK, TICK_LONG, FILL, FILL_HASTY, FILL_HALF, DOT, RING, WORDS, SLASH, MARKS };
const char *mark_name(Mark mark);

struct Hand {
    Pen pen;
    Mark habit;
    double size;      /* mm a mark of this hand likes to be */
    double offset[2]; /* mm by which it misses, always */
    double unsteady;  /* mm by which it misses, now and then */
    double tremor;    /* mm */
    double slant;     /* rad */
    double tail;      /* how far a tick's tail runs, in sizes */
    double press;
    double haste; /* 0 careful … 1 hasty */
};

Hand hand_draw(Random &random);

/* The strokes of a mark meant for this box. `words`: where its words end on the right in mm, nought: none. */
Strokes mark_strokes(Mark mark, const Box &box, double words, const Hand &hand, Random &random);
/* Ways to take a mark back, and other strokes. */
Strokes blacken(const Box &box, const Hand &hand, Random &random);
Strokes strike(const Box &box, const Hand &hand, Random &random);
Strokes scribble(const Box &box, const Hand &hand, Random &random);
Strokes ring(const Box &box, double slack, const Hand &hand, Random &random);
Strokes rest(const Box &box, const Hand &hand, Random &random);
Strokes line(cv::Point2d from, cv::Point2d to, const Hand &hand, Random &random);
Strokes writing(const Field &field, const Hand &hand, Random &random);

#endif
