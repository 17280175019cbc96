/* Waivers within the room. */
#ifndef PHIEU_SCORE_WAIVERS_H
#define PHIEU_SCORE_WAIVERS_H

#include "score/score.h"

/* Takes the obstacles that people waived out of those that stand, as far as what stands now is what they
 * waived; of one whose waiver does not hold any more the text says so. Says whether the index is provisional.
 */
bool score_apply_waivers(ScoreIndex *index, Store *store, GError **error);

#endif
