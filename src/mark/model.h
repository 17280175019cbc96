/* The learned part of deciding: what a box's measures, its question and its page say together; inside the
 * room only. The model is models/marks.bin, put into the program when it is built; models/marks.md is its
 * card. */
#ifndef PHIEU_MARK_MODEL_H
#define PHIEU_MARK_MODEL_H

#include "mark/mark.h"

/* Numbers the model sees of one box, by model_features(). */
#define MODEL_FEATURES 55

/* The features of every box of a page: `ret` has count × MODEL_FEATURES places, a row a box. Boxes of a
 * question that takes several marks are seen each by itself. */
void model_features(const MarkMeasures *measures, const MarkQuestion *questions, int count, float *ret);

/* What the rules say of one box: a state, DOUBTFUL where they are not sure, and what they saw. */
typedef struct {
    MarkState state;
    unsigned reasons; /* set of MarkReason */
    bool nobody;      /* nobody could tell from here: a mark lost without a trace, or meant for no box */
} RuleVerdict;

void rules_judge(const MarkMeasures *measures, const MarkQuestion *questions, int count, RuleVerdict *ret);

/* What the model says of one box. */
typedef struct {
    bool live;             /* more likely than not it counts as chosen */
    double error_agreeing; /* chance that this is wrong where the rules are sure of the same, … */
    double error_doubted;  /* … and where they doubt; both as seen on ink it was not trained on */
    bool known;            /* whether the features lie where the model was trained; else no chance is known */
} ModelVerdict;

/* `alone`: the features are those of a box seen by itself. */
ModelVerdict model_judge(const float *features, bool alone);
/* "trees-" and the first eight of the model's SHA-256. */
const char *model_id(void);

#endif
