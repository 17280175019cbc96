/* Handwritten figures: a comb as a picture → its cells → numbers → how likely each is which digit. Inside the
 * room and for training. The net is models/digits.bin, put into the program when it is built;
 * models/digits.md is its card. */
#ifndef PHIEU_TEXT_DIGITS_H
#define PHIEU_TEXT_DIGITS_H

#include "text/text.h"

/* The numbers the net sees: strokes by direction and place, the picture made small, its shape. */
#define DIGIT_DIRECTIONS 8
#define DIGIT_PLACES 5
#define DIGIT_COARSE 8
#define DIGIT_FEATURES (DIGIT_DIRECTIONS * DIGIT_PLACES * DIGIT_PLACES + DIGIT_COARSE * DIGIT_COARSE + 3)
/* 0 to 9, and what is none of them. */
#define DIGIT_KINDS 11
#define DIGIT_NONE 10

/* One cell of a comb. */
typedef struct {
    bool written;
    float features[DIGIT_FEATURES]; /* when written */
} DigitCell;

/* Finds the comb in its picture (as text_read_number takes it), leaves its lines out and gives what is
 * written in each of its cells. */
bool comb_cut(const Raster *picture, int cells, DigitCell ret[TEXT_DIGITS_MAX], GError **error);
/* The numbers of one digit's ink: `ink` is 0 where none of it is, up to 255. False when there is no ink. */
bool digit_features(const Raster *ink, float ret_features[DIGIT_FEATURES]);
/* How likely each kind is, as the net says; they add to 1. */
void digit_classify(const float features[DIGIT_FEATURES], float ret_chances[DIGIT_KINDS]);
/* The chance that the likeliest digit is wrong, as seen on digits the net was not trained on. */
double digit_error(const float chances[DIGIT_KINDS]);

#endif
