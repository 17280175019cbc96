/* Self-scores, appraisals and the tally → points, index, ranks and bands, all exact; rounding happens once,
 * when a figure is shown. Also the reading and checking of score files. */
#ifndef PHIEU_SCORE_H
#define PHIEU_SCORE_H

#include "base/base.h"
#include "quota/quota.h"
#include "store/store.h"
#include "survey/survey.h"

/* ---- score files ------------------------------------------------------------------------------------------
 */

/* One fault of a score file: "file!Sheet!D12: what and remedy". */
typedef struct {
    char *text;
} ScoreFault;

void score_fault_free(ScoreFault *fault);
/* Reads a self-score or appraisal file (XLSX, ODS, CSV) of one or more agencies and checks every cell:
 * GPtrArray of StoreScore*, or NULL with all faults in `*ret_faults` and an INVALID error that counts them.
 */
GPtrArray *score_read_file(const Survey *survey, StoreScoreKind kind, const char *path,
                           GPtrArray **ret_faults, GError **error);
/* Reads the index of the year before from the first table of a CSV, XLSX or ODS: a heading
 * "agency,index[,rank]"
 * ("Cơ quan", "Chỉ số", "Xếp hạng" likewise), then a row an agency, by code or name; per cent, and a rank
 * from 1 or none. GPtrArray of StoreScore* (STORE_SCORES_PREVIOUS) for store_add_scores(); errors as
 * score_read_file(). */
GPtrArray *score_read_previous(const Survey *survey, const char *path, GPtrArray **ret_faults,
                               GError **error);
/* The agencies (SurveyAgency*) of which the workspace has no index of the year before, in the survey's order.
 */
GPtrArray *score_without_previous(Store *store, GError **error);
/* What an import did to one agency's scores. */
typedef struct {
    const SurveyAgency *agency;
    bool recorded; /* false: points, evidence and explanations are those of the version before */
    int version;   /* of this agency's scores of the kind, from 1 */
    guint leaves;
    Rational *sum;       /* of the leaves' points */
    Rational *before;    /* the sum of its version before; NULL for the first */
    GPtrArray *changed;  /* char*: "1.1 3,00 → 2,50"; empty for a first version */
    GPtrArray *unproven; /* char*: leaves with self-given points and neither evidence nor explanation */
} ScoreImport;
void score_import_free(ScoreImport *import);
/* Records checked scores of a file as the next version of each agency for which they differ from the one
 * before, in points, evidence or explanation: the same file again makes no version. `*ret_recorded`:
 * StoreScore* of `scores`, none where nothing differs. */
bool score_record(Store *store, StoreScoreKind kind, const char *path, const GPtrArray *scores,
                  GPtrArray **ret_recorded, GError **error);
/* The same, told by agency: GPtrArray of ScoreImport*, in
 * the file's order; NULL with an error, and then nothing of it is recorded unless the error is of reading
 * back. */
GPtrArray *score_import(Store *store, StoreScoreKind kind, const char *path, const GPtrArray *scores,
                        GError **error);
/* Writes the template an agency fills in (XLSX): its criteria in order, survey leaves closed. */
bool score_write_template(const Survey *survey, const SurveyAgency *agency, const char *path, GError **error);

/* ---- the index --------------------------------------------------------------------------------------------
 */

/* One leaf of one agency. */
typedef struct {
    const SurveyNode *leaf;
    bool applicable;
    Rational *max;    /* this agency's: more than the leaf's own where another's points were moved here */
    Rational *self;   /* appraised leaf: imported self-score, or NULL */
    Rational *points; /* appraised points or survey points; NULL: missing */
    int answers;      /* survey leaf: counted answers behind it */
    GPtrArray *rates; /* survey leaf: ScoreRate*, by group */
    const StoreTreatment *treatment; /* not applicable by a decision, as nobody answered it; else NULL */
} ScoreLeaf;

/* r(c,g) of one group on one leaf; domain.md 1.3. */
typedef struct {
    const SurveyGroup *group;
    Rational *weight; /* after renormalising over groups that answered */
    Rational *rate;   /* NULL: no valid answer */
    Rational *pooled; /* over all its answers, as a check; NULL likewise */
    int answers;
} ScoreRate;

/* Points and maximum of a node (area, criterion or leaf) or of the whole, for one agency. */
typedef struct {
    const SurveyNode *node;                  /* NULL: total */
    Rational *appraised, *surveyed, *points; /* obtained, as far as known; NULL: nothing is known */
    Rational *self;                          /* sum of self-scores of appraised leaves; NULL likewise */
    Rational *max;                           /* applicable */
    Rational *percent;                       /* points / max · 100; NULL unless complete, or when max is 0 */
    bool complete;                           /* every applicable leaf has points */
} ScoreSum;

/* One agency's result. */
typedef struct {
    const SurveyAgency *agency;
    GPtrArray *leaves; /* ScoreLeaf*, in the order of the criteria set */
    GPtrArray *areas;  /* ScoreSum* */
    ScoreSum *total;
    int rank;                       /* from 1; 0: unranked or incomplete */
    bool tied;                      /* shares its rank */
    Rational *previous;             /* index of the year before in per cent; NULL: not imported */
    int previous_rank;              /* 0: not known */
    const SurveyBand *band;         /* NULL: not ranked; a class is a place among the others, too */
    bool complete;                  /* every applicable leaf has points, and one is applicable */
    const StoreTreatment *excluded; /* not ranked by a decision of its own; else NULL */
    GPtrArray *notes;               /* char*: equal when shown, near a band, group without answers … */
} ScoreAgency;

/* One block's table. */
typedef struct {
    const SurveyBlock *block;
    const SurveyCriteria *criteria;
    GPtrArray *agencies;               /* ScoreAgency*, by rank, then unranked, then incomplete */
    Rational *mean, *highest, *lowest; /* of ranked indices in per cent; NULL when there are none */
} ScoreBlock;

typedef struct {
    const Survey *survey;
    GPtrArray *blocks;    /* ScoreBlock* */
    GPtrArray *obstacles; /* QuotaObstacle*: every reason the index is provisional, quota's and its own */
    GPtrArray *waived;    /* char*: "id — who: reason" of obstacles that are waived */
    GPtrArray *treated;   /* char*: "id — treatment; who: reason" of those a decision computes otherwise */
    bool provisional;     /* an obstacle is neither */
    void *private_data;
} ScoreIndex;

/* Whether the year before is known of an agency of the block. */
bool score_has_previous(const ScoreBlock *block);
/* What the index changed by since the year before, in points of per cent; NULL without either. */
Rational *score_change(const ScoreAgency *agency);
/* By how many ranks the agency is better than the year before, below 0 for worse; false without either. */
bool score_rank_change(const ScoreAgency *agency, int *ret_change);
/* What the reasons of an obstacle's kind are about ("self-score-missing:SNV": the self-score is missing), in
 * words of the user's language; static. */
const char *score_obstacle_kind(const char *id);

/* Computes the index of the workspace now. */
ScoreIndex *score_index(Store *store, const Quota *quota, GError **error);
void score_index_free(ScoreIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScoreIndex, score_index_free)
/* r(q) of one tally under a leaf's method: NULL when nothing counts. `ret_answers` counted answers. */
Rational *score_rate(const QuotaTally *tally, SurveyMethod method, int *ret_answers);

/* ---- sub-scores
 * --------------------------------------------------------------------------------------------------- */

/* One question of one group on one agency, and what it adds to a leaf's points. With n(k) counted answers of
 * option k, v(k) their values under the leaf's method, n = Σ n(k), N the ballots planned for the group on the
 * agency (never less than n):
 *   rate       r = Σ n(k)·v(k) / n                                                           exact
 *   points     M·W·r / Q, where the leaf averages its questions (Q: those of the group with answers), or
 *              M·W·r·n / Σ n over the group's questions, where it pools answers: they add to the leaf's
 * points satisfied  answers at the better half of the counted levels: 2 of 5, 2 of 4, 1 of 3, 1 of 2 share x
 * / n, x = satisfied; its limits are K/N for the smallest and the greatest number K of satisfied among all N
 * that the two tails of the hypergeometric distribution allow, each with a probability over 2.5 %: exact, at
 * least 95 % whatever N (J. P. Buonaccorsi, The American Statistician 41 (1987) 215). With all N answered the
 * limits are the share. limits of r  r ± 1.96·√((1 − n/N)·s²/n), s² = Σ n(k)·(v(k) − r)² / (n − 1), within 0
 * and 1 (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, ch. 2): an approximation, poor below some 30
 * answers. The population is the quota: the intervals say how much the ballots that did not come or could not
 * be used might change, not how well a quota stands for all citizens, which no formula can say of a sample
 * that was not drawn at random. */
typedef struct {
    const SurveyAgency *agency;
    const SurveyGroup *group;
    const SurveyNode *leaf;
    const SurveyQuestion *question;
    const QuotaTally *tally;
    int answers, population; /* n, N */
    Rational *rate, *points; /* NULL: nobody answered, or the leaf has no points */
    int satisfied;
    Rational *share, *share_low, *share_high; /* NULL: nobody answered */
    double rate_low, rate_high;               /* NAN: nobody answered, or one of several */
} ScoreQuestion;

void score_question_free(ScoreQuestion *question);
/* Every scored question of every applicable survey leaf: GPtrArray of ScoreQuestion*, in order of block,
 * rank, leaf, group and question; borrows from both. */
GPtrArray *score_questions(const Quota *quota, const ScoreIndex *index);
/* The limits of a share: `satisfied` of `answers`, out of a population of at least as many; answers > 0. */
void score_share_limits(int satisfied, int answers, int population, Rational **ret_low, Rational **ret_high);

#endif
