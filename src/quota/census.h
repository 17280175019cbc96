/* Inside the room only. */
#ifndef PHIEU_QUOTA_CENSUS_H
#define PHIEU_QUOTA_CENSUS_H

#include "quota/quota.h"

/* What a Quota keeps for its pointers. */
typedef struct {
    GPtrArray *loaded;   /* StoreBallot*, what QuotaBallot points to */
    GPtrArray *issued;   /* StoreIssued* */
    GHashTable *tallies; /* "agency|group|question" → QuotaTally*, borrowed */
    GPtrArray *waiting;  /* char*: "serial/question" of each waiting answer */
    GPtrArray *refused;  /* char*: ID of each refused page or file nobody settled */
} QuotaPrivate;

/* The final answers of one ballot, in order of the form. */
typedef struct {
    StoreAnswer **answers; /* borrowed */
    int count;
} BallotAnswers;

/* Rows of cells by "group|agency|origin": QuotaCell*, the census's. */
GHashTable *quota_index_cells(const Quota *quota);
/* The row of such a cell, or NULL. */
QuotaCell *quota_find_row(GHashTable *index, const char *group, const char *agency, const char *origin);
/* Judges one ballot from its answers: everything of QuotaBallot but `surplus` and `counts`. */
void quota_judge_ballot(const Survey *survey, const BallotAnswers *answers, QuotaBallot *ballot,
                        GError **error);
/* Adds a counting ballot's answers to the tallies. */
void quota_tally_ballot(const Quota *quota, const BallotAnswers *answers, const QuotaBallot *ballot);
/* The scored answers as one text, NULL when all are blank: equal texts are repeated answer vectors. */
char *quota_answer_vector(const SurveyForm *form, const BallotAnswers *answers);

#endif
