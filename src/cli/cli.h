/* The commands of phieu: arguments in, words on stderr, data on stdout, an exit code back. The only room
 * (with the desk) that speaks to people. Each command has a file of its own; what they share is declared
 * here. */
#ifndef PHIEU_CLI_H
#define PHIEU_CLI_H

#include <stdio.h>

#include "base/base.h"
#include "store/store.h"
#include "survey/survey.h"
#include "json/json.h"

/* Exit codes. */
enum {
    CLI_DONE = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
    CLI_WAITING = 3, /* done, but people have work waiting */
};

/* What stands before the command on the command line. */
typedef struct {
    const char *workspace; /* -C DIR; "." when not given */
} CliContext;

/* A command: argv[0] is its name. */
typedef int (*CliCommand)(const CliContext *context, int argc, char **argv);

int cli_account(const CliContext *context, int argc, char **argv);
int cli_amend(const CliContext *context, int argc, char **argv);
int cli_check(const CliContext *context, int argc, char **argv);
int cli_desk(const CliContext *context, int argc, char **argv);
int cli_detect(const CliContext *context, int argc, char **argv);
int cli_draft(const CliContext *context, int argc, char **argv);
int cli_export(const CliContext *context, int argc, char **argv);
int cli_import(const CliContext *context, int argc, char **argv);
int cli_index(const CliContext *context, int argc, char **argv);
int cli_init(const CliContext *context, int argc, char **argv);
int cli_limits(const CliContext *context, int argc, char **argv);
int cli_plan(const CliContext *context, int argc, char **argv);
int cli_print(const CliContext *context, int argc, char **argv);
int cli_redecide(const CliContext *context, int argc, char **argv);
int cli_resolve(const CliContext *context, int argc, char **argv);
int cli_scan(const CliContext *context, int argc, char **argv);
int cli_show(const CliContext *context, int argc, char **argv);
int cli_stations(const CliContext *context, int argc, char **argv);
int cli_status(const CliContext *context, int argc, char **argv);
int cli_template(const CliContext *context, int argc, char **argv);
int cli_treat(const CliContext *context, int argc, char **argv);
int cli_verify(const CliContext *context, int argc, char **argv);
int cli_waive(const CliContext *context, int argc, char **argv);

/* ---- arguments -------------------------------------------------------------------------------------------
 */

/* Parses a command's options. `usage` stands behind the command's name ("FILE… [OPTION…]"), `summary` below
 * it. What remains, the command's name left out, is *ret_rest (NULL-terminated, owned by the caller) when
 * asked for; otherwise anything that remains is an error. False after the fault was told. */
bool cli_parse(const char *usage, const char *summary, const GOptionEntry *entries, int argc, char **argv,
               char ***ret_rest);
/* Tells an error on stderr and gives CLI_FAILED. */
int cli_fail(const GError *error);
/* Tells what is wrong with the arguments and gives CLI_USAGE. */
int cli_usage(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Opens the workspace, telling why not. */
Store *cli_open(const CliContext *context, StoreMode mode);
/* Who acts: the name given, else $PHIEU_WHO, else the account's name; never empty. */
char *cli_who(const char *given);
/* The cell named by three codes; tells what is unknown. */
const SurveyCell *cli_find_cell(const Survey *survey, const char *group, const char *agency,
                                const char *origin);
/* A usage error: `given` is none of the words that stand here; names the one that may be meant, and ends with
 * `usage`, how to write it. `given` NULL: `usage` alone. */
int cli_unknown(const char *given, const char *const *known, const char *usage);
/* A serial as people type it: as it stands on paper, with or without this workspace's station, or '-', in any
 * case; without the zeros a spreadsheet takes from its front where the check character stands for it. INVALID
 * says what happened to one that can be no serial, its check character gone or another; others (ballots of
 * forms printed elsewhere) as they are. */
char *cli_serial(Store *store, const char *text, GError **error);
/* The serials of a comma list of serials and ranges FIRST..LAST: GPtrArray of char* that ends with NULL.
 * `what` names the list in the error. */
GPtrArray *cli_serials(const char *list, const char *what, GError **error);
/* The number of a page as phieu status names it; of a whole file ("F12") negative. */
bool cli_parse_page_id(const char *text, int64_t *ret_id, GError **error);
/* Whether an id is meant by any of the names given: the id itself, or a pattern with * and ?. */
bool cli_is_named(char **names, const char *id);
/* The first name that means none of these ids (char*), or NULL. */
const char *cli_find_idle(char **names, const GPtrArray *ids);
/* Whether `code` stands in a comma-separated list; a NULL list holds every code. */
bool cli_list_holds(const char *list, const char *code);

/* ---- words -----------------------------------------------------------------------------------------------
 */

/* A line on stderr. */
void cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* A whole number as people of the language write it: 1.278 in Vietnamese, 1,278 in English. */
char *cli_number(int64_t number);
/* The decimal separator of the language. */
char cli_decimal_separator(void);
/* A figure with so many decimals, as people of the language write it. */
char *cli_decimal(double value, int decimals);
/* A moment of the store (ISO 8601, UTC) in the time of this place, as people of the language write it:
 * 28/11/2026 20:05:31 in Vietnamese, 2026-11-28 20:05:31 in English. Anything else stays as it is. For
 * tables that people read; files that are exported keep the moment as it is stored. */
char *cli_moment(const char *utc);
/* A path or word as a shell takes it: quoted where it must be. */
char *cli_quote(const char *word);
/* Things named at most in one place. */
#define CLI_NAMED 10
/* The first texts (char*) with commas between, and how many more there are; newly allocated. */
char *cli_join_some(const GPtrArray *texts);

/* A list of findings of one kind, of which everybody sees the first CLI_NAMED: the sum stands before it, how
 * to see the rest behind it. Lists for programs (CSV, JSON) are always whole. */
typedef struct {
    bool all;        /* every one is shown */
    int shown, left; /* so far */
} CliList;

/* Whether the next finding is to be shown. */
bool cli_list_take(CliList *list);
/* Tells how many were left out and `how` all of them are seen (an option or a command); the list begins anew.
 */
void cli_list_end(CliList *list, FILE *to, const char *how);
/* Such a list of texts (char*; NULL: none) on stderr, a line each. */
void cli_say_some(const GPtrArray *texts, bool all, const char *how);

/* A table of text on stdout: columns as wide as their widest cell. */
typedef struct CliTable CliTable;

/* `columns` names the headings; a heading that starts with '>' is set flush right. */
CliTable *cli_table_new(const char *const *columns, int count);
/* Adds a row; takes over the strings. */
void cli_table_add(CliTable *table, char *first, ...) G_GNUC_NULL_TERMINATED;
/* A line across before the next row. */
void cli_table_rule(CliTable *table);
/* Prints and frees it. */
void cli_table_print(CliTable *table);

/* Prints every decision, or those on one ballot (NULL: all), as a table with numbers to take them back by. */
bool cli_print_decisions(Store *store, const char *serial, GError **error);

/* Progress of a long command: a bar on a terminal, a plain line now and then elsewhere; on stderr. */
typedef struct {
    const char *what;
    gint64 started_us, told_us;
    bool terminal;
} CliProgress;

void cli_progress_start(CliProgress *progress, const char *what);
/* `extra` may be NULL. */
void cli_progress_step(CliProgress *progress, int done, int total, const char *extra);
void cli_progress_end(CliProgress *progress);

/* Prints a finished builder's root on stdout and frees the builder. */
void cli_print_json(JsonBuilder *builder);
#endif
