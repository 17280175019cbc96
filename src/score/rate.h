/* Rates within the room. */
#ifndef PHIEU_SCORE_RATE_H
#define PHIEU_SCORE_RATE_H

#include "score/score.h"

/* Value of option k: its weight, 1 or 0 for the two best, or its place between worst 0 and best 1. NULL: not
 * counted. */
Rational *rate_option_value(const SurveyScale *scale, SurveyMethod method, guint k);
/* Adds Σ n(k)·value(k) and Σ n(k) over the counted options. */
void rate_add_answers(const QuotaTally *tally, SurveyMethod method, Rational **sum, int *count);
/* sum / count; NULL where nothing was counted. */
Rational *rate_share(const Rational *sum, int count);

#endif
