/* The stations of a survey as lists tell them. */
#ifndef PHIEU_CLI_STATIONS_H
#define PHIEU_CLI_STATIONS_H

#include "cli/cli.h"

/* Adds the member "stations" to the object being built: all of them (StoreStation*). */
void cli_json_stations(JsonBuilder *json, const GPtrArray *stations);
/* Prints those that were told here, some or all: which ballots they issued and how many came back here;
 * nothing where none was. `how` tells how all of them are seen. */
void cli_print_told(const GPtrArray *stations, bool all, const char *how);

#endif
