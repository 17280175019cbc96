/* What index and export stand on; inside the room only. */
#ifndef PHIEU_CLI_COMPUTE_H
#define PHIEU_CLI_COMPUTE_H

#include "cli/cli.h"
#include "quota/quota.h"
#include "score/score.h"

/* Takes the census and computes the index; the caller frees both. */
bool cli_compute(Store *store, Quota **ret_quota, ScoreIndex **ret_index, GError **error);

#endif
