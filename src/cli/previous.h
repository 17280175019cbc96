/* The part of phieu import that is about the year before, and what it shares; inside the room only. */
#ifndef PHIEU_CLI_PREVIOUS_H
#define PHIEU_CLI_PREVIOUS_H

#include "cli/cli.h"

/* Tells the faults of a file (ScoreFault*; NULL: none), all or the first of them, and frees the list. */
void cli_say_faults(GPtrArray *faults, bool all);
/* Imports one file with the index of the year before; tells what came of it, or its faults. */
bool cli_import_previous(Store *store, const char *path, bool all);
/* Warns of the agencies that have no index of the year before now. */
bool cli_warn_without_previous(Store *store, bool all);

#endif
