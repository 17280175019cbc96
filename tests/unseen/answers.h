/* What a person means and does, question by question. */
#ifndef UNSEEN_ANSWERS_H
#define UNSEEN_ANSWERS_H

#include <opencv2/core.hpp>

#include "unseen/hand.h"

struct Answer {
    std::string question, value, mark;
    bool ambiguous = false;
};

struct Respondent {
    Hand hand;
    bool ring_cancels;                    /* the form says so: a ring round a marked box takes it back */
    const std::vector<std::string> *many; /* questions that take several */
};

std::vector<Answer> answer_page(Paper &paper, const Sheet &sheet, const Respondent &who, Random &random);

#endif
