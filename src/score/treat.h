/* Treatments within the room: what becomes of leaves nobody answered, and of agencies without an index. */
#ifndef PHIEU_SCORE_TREAT_H
#define PHIEU_SCORE_TREAT_H

#include "score/score.h"

/* The treatment of an agency's leaf, or ("") of the agency; NULL when there is none. */
const StoreTreatment *score_find_treatment(GHashTable *treatments, const char *agency, const char *leaf);
/* Moves an obstacle from those that stand to those that are treated, told as settled by this decision. Frees
 * it. */
void score_settle_obstacle(ScoreIndex *index, QuotaObstacle *obstacle, const StoreTreatment *by);
/* Treats the agency's leaves that have no points, as far as people decided so, before they are summed up:
 * "not-applicable" leaves it out; "to-others" also moves its maximum to the agency's other survey leaves in
 * proportion to theirs, points and all. A leaf that has points is not touched. Notes say what was done. */
void score_treat_agency(ScoreAgency *result, GHashTable *treatments);

#endif
