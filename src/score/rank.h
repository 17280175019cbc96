/* Ranking within the room. */
#ifndef PHIEU_SCORE_RANK_H
#define PHIEU_SCORE_RANK_H

#include "score/score.h"

/* Orders a block's agencies and gives ranks, notes, bands and the block's figures. */
void score_rank_block(ScoreBlock *block, const SurveyRules *rules);

#endif
