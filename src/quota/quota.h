/* The census of a survey: which ballots were planned, issued, returned and count, cell by cell; what is
 * missing and what waits; and the tally of the answers that count. */
#ifndef PHIEU_QUOTA_H
#define PHIEU_QUOTA_H

#include "ballot/ballot.h"
#include "store/store.h"
#include "survey/survey.h"

/* Counts of one cell, or a sum of cells. missing = max(0, planned − (valid + partly + open + held)): what has
 * to be chased, not what a person here can still settle; summed cell by cell. */
typedef struct {
    int planned, issued, returned;
    int valid, partly, invalid, open; /* returned and complete, by validity */
    int held;                         /* duplicate, unknown, incomplete */
    int rejected;
    int missing, surplus;
} QuotaCounts;

/* One row of the census. */
typedef struct {
    const SurveyCell *cell;
    QuotaCounts counts;
} QuotaCell;

/* A returned ballot as the census sees it. */
typedef struct {
    const StoreBallot *ballot;
    const SurveyCell *cell; /* NULL: not of any cell (held) */
    BallotValidity validity;
    int scored, answered, blank, multiple, unreadable, waiting; /* scored questions */
    bool straight_lined; /* all scored answers at the same level: a warning */
    bool surplus;        /* beyond the planned number of its cell, in order of serial */
    bool counts;         /* goes into the tally */
} QuotaBallot;

/* Counts of the answers of one (agency, group, question) over counting ballots. */
typedef struct {
    const SurveyAgency *agency;
    const SurveyGroup *group;
    const SurveyQuestion *question;
    int *n; /* one count an option of the question's scale */
    int ballots, blank, multiple, unreadable, waiting;
} QuotaTally;

/* A repeated answer vector within a cell: a warning. */
typedef struct {
    const SurveyCell *cell;
    GPtrArray *serials; /* const char*, two or more with the same scored answers, not all blank */
} QuotaRepeat;

typedef struct {
    const Survey *survey;
    GPtrArray *cells;   /* QuotaCell*, in the survey's order */
    GPtrArray *ballots; /* QuotaBallot*, in order of serial */
    GPtrArray *tallies; /* QuotaTally*, for every agency × group of its block × choice question */
    GPtrArray *repeats; /* QuotaRepeat* */
    int answers_machine, answers_waiting, answers_person; /* over counted and open ballots, all questions */
    int pages_refused;                                    /* not yet settled by a person */
    void *private_data;
} Quota;

/* Takes the census of the workspace now. */
Quota *quota_take(Store *store, GError **error);
void quota_free(Quota *quota);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Quota, quota_free)
/* Sum over the cells that match; NULL matches any. */
QuotaCounts quota_sum(const Quota *quota, const char *group, const char *block, const char *agency);
/* The planned numbers alone, before any workspace exists. */
int quota_planned(const Survey *survey, const char *group, const char *block, const char *agency,
                  int *ret_cells);
/* The tally of one question, or NULL. */
const QuotaTally *quota_tally(const Quota *quota, const char *agency, const char *group,
                              const char *question);

/* One thing that keeps the count from being final. */
typedef struct {
    char *id;   /* stable: "quota-short:G3:SNV:SNV", "answers-waiting", "ballots-held", "pages-refused" … */
    char *text; /* for people */
    char *fact; /* how much stands and what, as quota_fact_new() writes it: what a waiver of it covers */
    bool needs_decision; /* an index is missing: no waiver makes it, only the figures or a treatment */
} QuotaObstacle;

/* Takes over its texts. */
QuotaObstacle *quota_obstacle_new(char *id, char *text, char *fact);

void quota_obstacle_free(QuotaObstacle *obstacle);
/* Everything that keeps the count from being final: GPtrArray of QuotaObstacle*. */
GPtrArray *quota_obstacles(const Quota *quota);

/* A fact as one text: how many, then each thing (char*; a space in it becomes _) where `items` names them,
 * e.g. "3" or "2 0000017/duplicate 0000025/incomplete". Newly allocated. */
char *quota_fact_new(int count, const GPtrArray *items);
/* How many a fact is about. */
int quota_fact_count(const char *fact);
/* How much of a fact a waiver given for `waived` does not cover: things not named there; where none are
 * named, what is beyond its number. */
int quota_fact_beyond(const char *fact, const char *waived);

#endif
