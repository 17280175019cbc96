/* A page entered by hand, off the command line or a table; inside the room only. */
#ifndef PHIEU_CLI_ENTER_H
#define PHIEU_CLI_ENTER_H

#include "cli/cli.h"
#include "table/table.h"

/* The column whose first cell is that name; −1: none. */
int cli_find_column(const Table *table, const char *name);
/* SERIAL PAGE FILE, or SERIAL PAGE QUESTION=VALUE …: enters the page and says what came of it. A file's rows
 * of other ballots are passed over. Errors as table_read() and store_enter_page(). */
bool cli_enter_page(Store *store, char **arguments, int count, const char *who, const char *reason,
                    GError **error);
/* A page that was both entered ("H2": page 2) and scanned counts as entered. */
bool cli_choose_entered(Store *store, const char *serial, const char *page, const char *who,
                        const char *reason, GError **error);
/* Adds the entered pages of a ballot to the list of its scans, as what duplicate takes. */
bool cli_add_entered(Store *store, const char *serial, CliTable *table, GError **error);
/* How an entered page stands, in words. */
const char *cli_entered_standing(StoreEnteredStanding standing);

#endif
