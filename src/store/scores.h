/* Imported scores: self-assessed and appraised sheets, in versions. A part of store.h, which other rooms
 * include. */
#ifndef PHIEU_STORE_SCORES_H
#define PHIEU_STORE_SCORES_H

#include "base/base.h"

typedef struct Store Store;

typedef enum {
    STORE_SCORES_SELF,
    STORE_SCORES_APPRAISED,
    STORE_SCORES_PREVIOUS, /* the index of the year before: "leaves" STORE_PREVIOUS_INDEX, in per cent, and
                              STORE_PREVIOUS_RANK where it is known */
} StoreScoreKind;

#define STORE_PREVIOUS_INDEX "index"
#define STORE_PREVIOUS_RANK "rank"

/* One imported score; points NULL where the leaf is not applicable to the agency. */
typedef struct {
    char *agency, *leaf;
    Rational *points;
    char *evidence, *note; /* may be "" */
    char *source;          /* "file.xlsx!Sheet!D12" */
} StoreScore;

void store_score_free(StoreScore *score);
/* Records a checked import as a new version (all of `scores` or nothing); `*ret_version` counts the imports
 * of the kind, whichever agency they are of. */
bool store_add_scores(Store *store, StoreScoreKind kind, const char *file, const char *sha256,
                      const GPtrArray *scores, int *ret_version, GError **error);
/* How many versions an agency's scores of a kind have. */
bool store_count_score_versions(Store *store, StoreScoreKind kind, const char *agency, int *ret_count,
                                GError **error);
/* The newest version for each agency: GPtrArray of StoreScore*, in order of agency code and leaf. */
GPtrArray *store_load_scores(Store *store, StoreScoreKind kind, GError **error);

#endif
