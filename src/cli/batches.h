/* Batches against their cover sheets, as phieu status tells them. */
#ifndef PHIEU_CLI_BATCHES_H
#define PHIEU_CLI_BATCHES_H

#include "cli/cli.h"
#include "quota/quota.h"

/* Prints the batches (QuotaBatch*) that differ from their cover, some or all, with what is missing and why
 * it may be; then what lies behind the cover of another. `how` tells how all of them are seen. */
void cli_print_batches(const GPtrArray *batches, bool all, const char *how);
/* How many ballots of a cell are missing behind its covers. */
int cli_batches_missing(const GPtrArray *batches, const SurveyCell *cell);
/* Adds the member "batches" to the object being built: all of them. */
void cli_json_batches(JsonBuilder *json, const GPtrArray *batches);

#endif
