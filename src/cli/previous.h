/* The part of phieu import that is about the year before; inside the room only. */
#ifndef PHIEU_CLI_PREVIOUS_H
#define PHIEU_CLI_PREVIOUS_H

#include "cli/cli.h"

/* Imports one file with the index of the year before; tells what came of it, or every fault. */
bool cli_import_previous(Store *store, const char *path);

#endif
