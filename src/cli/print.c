/* phieu print: which ballots, under which serials; the typesetting itself is the room print's. No serial is
 * issued before the file of the ballots stands: it is written under another name, then its serials are
 * issued, then it gets its name. */
#include "cli/cli.h"

#include "print/print.h"

#include <glib/gstdio.h>
#include <string.h>

/* Of a head on paper: STORE_HEAD_DIGITS in groups of four, enough to know it by and to type. */
#define HEAD_LENGTH (STORE_HEAD_DIGITS + STORE_HEAD_DIGITS / 4 - 1)

typedef struct {
    char *groups, *agencies, *origins; /* comma lists; NULL = all */
    int count;                         /* -1: what the quota still lacks */
    char *output, *layout_path, *covers;
    char *reprint;
    gboolean replace, json;
} PrintOptions;

static void options_clear(PrintOptions *options)
{
    g_free(options->groups);
    g_free(options->agencies);
    g_free(options->origins);
    g_free(options->output);
    g_free(options->layout_path);
    g_free(options->covers);
    g_free(options->reprint);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PrintOptions, options_clear)

/* Every code of a comma list must exist, or a typing error would print nothing silently. */
static bool check_codes(const char *list, const char *option, const Survey *survey,
                        gpointer (*find)(const Survey *, const char *))
{
    g_auto(GStrv) codes = g_strsplit(list ? list : "", ",", -1);
    for (char **code = codes; *code; code++) {
        if (!find(survey, *code)) {
            cli_usage(_("%s '%s': no such code in the survey; see phieu plan --cells"), option, *code);
            return false;
        }
    }
    return true;
}

static gpointer find_group(const Survey *survey, const char *code)
{
    return survey_group(survey, code);
}

static gpointer find_agency(const Survey *survey, const char *code)
{
    return survey_agency(survey, code);
}

static gpointer find_origin(const Survey *survey, const char *code)
{
    return survey_origin(survey, code);
}

/* How many ballots of each cell are issued: "G|A|O" → count. */
static GHashTable *count_issued(const GPtrArray *roster)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < roster->len; i++) {
        const StoreIssued *issued = roster->pdata[i];
        if (issued->voided)
            continue;
        char *key = g_strdup_printf("%s|%s|%s", issued->group, issued->agency, issued->origin);
        gpointer count = g_hash_table_lookup(counts, key);
        g_hash_table_replace(counts, key, GINT_TO_POINTER(GPOINTER_TO_INT(count) + 1));
    }
    return counts;
}

/* The frozen layout of a form: the one the workspace has, else typeset and frozen now. */
static const Layout *layout_of(Store *store, const SurveyForm *form, GHashTable *known, GError **error)
{
    const Layout *layout = g_hash_table_lookup(known, form);
    if (layout)
        return layout;
    GError *fault = NULL;
    layout = print_frozen_layout(store_survey(store), form, store_layouts(store), &fault);
    if (!layout && !fault) {
        g_autoptr(Layout) typeset = print_layout(store_survey(store), form, &fault);
        if (!typeset || !store_add_layout(store, typeset, &fault)) {
            g_propagate_error(error, fault);
            return NULL;
        }
        char prefix[9];
        g_strlcpy(prefix, typeset->fingerprint, sizeof prefix);
        layout = layout_find((GPtrArray *)store_layouts(store), form->id, prefix);
    }
    if (fault)
        g_propagate_error(error, fault);
    if (layout)
        g_hash_table_insert(known, (gpointer)form, (gpointer)layout);
    return layout;
}

/* What is to be printed of every cell chosen: orders of ballots and covers in the survey's order of cells. */
static bool find_orders(Store *store, const PrintOptions *options, GArray *ret_orders, GArray *ret_covers,
                        GError **error)
{
    const Survey *survey = store_survey(store);
    g_autoptr(GPtrArray) roster = store_load_roster(store, error);
    if (!roster)
        return false;
    g_autoptr(GHashTable) issued = count_issued(roster);
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        if (!cli_list_holds(options->groups, cell->group->id) ||
            !cli_list_holds(options->agencies, cell->agency->code) ||
            !cli_list_holds(options->origins, cell->origin->code) || cell->form->foreign)
            continue;
        PrintCover cover = {cell, options->count >= 0 ? options->count : cell->planned, store_station(store)};
        g_array_append_val(ret_covers, cover);
        if (!options->output)
            continue;
        g_autofree char *key =
            g_strdup_printf("%s|%s|%s", cell->group->id, cell->agency->code, cell->origin->code);
        int count = options->count >= 0
                        ? options->count
                        : MAX(0, cell->planned - GPOINTER_TO_INT(g_hash_table_lookup(issued, key)));
        if (count == 0)
            continue;
        StoreOrder order = {cell, layout_of(store, cell->form, known, error), count};
        if (!order.layout)
            return false;
        g_array_append_val(ret_orders, order);
    }
    return true;
}

/* Whether this station issued the ballot (NULL: none did, or it was not found for an error already set). */
static bool may_reprint(const StoreIssued *issued, const char *serial, GError **error)
{
    if (issued && !issued->voided && !*issued->station)
        return true;
    if (issued && *issued->station)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("--reprint: serial %s was printed by station %s; print it again in that workspace"),
                    serial_shown(serial), issued->station);
    else if (issued || (error && !*error))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    issued ? _("--reprint: serial %s is void") : _("--reprint: serial %s was never issued"),
                    serial_shown(serial));
    return false;
}

/* The layout a ballot was issued with: it is printed by that again, whatever was frozen since. */
static const Layout *issued_layout(Store *store, const StoreIssued *issued, GError **error)
{
    const Layout *layout =
        layout_find((GPtrArray *)store_layouts(store), issued->form, issued->layout_fingerprint);
    if (!layout)
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
            _("--reprint: the layout %.8s of form '%s', with which serial %s was issued, is not in the "
              "workspace"),
            issued->layout_fingerprint, issued->form, serial_shown(issued->serial));
    return layout;
}

/* Ballots already issued, named by a comma list of serials and ranges FIRST..LAST. */
static bool find_reprints(Store *store, const char *list, GArray *ret_ballots, GError **error)
{
    const Survey *survey = store_survey(store);
    g_autoptr(GPtrArray) serials = cli_serials(list, "--reprint", error);
    for (guint i = 0; serials && i + 1 < serials->len; i++) {
        PrintBallot ballot = {.station = store_station(store)};
        g_strlcpy(ballot.serial, serials->pdata[i], sizeof ballot.serial);
        StoreIssued *issued = store_find_issued(store, ballot.serial, error);
        bool may = may_reprint(issued, ballot.serial, error) &&
                   (ballot.layout = issued_layout(store, issued, error)) != NULL;
        ballot.cell = may ? survey_cell(survey, issued->group, issued->agency, issued->origin) : NULL;
        store_issued_free(issued);
        if (!ballot.cell)
            return false;
        g_array_append_val(ret_ballots, ballot);
    }
    return serials != NULL;
}

static bool step(int done, int total, gpointer user)
{
    cli_progress_step(user, done, total, NULL);
    return true;
}

static bool write_ballots(Store *store, const PrintOptions *options, const GArray *ballots, const char *path,
                          GError **error)
{
    CliProgress progress;
    cli_progress_start(&progress, _("Printing"));
    bool printed = print_ballots(store_survey(store), ballots, path, step, &progress, error);
    cli_progress_end(&progress);
    if (!printed || !options->layout_path)
        return printed;
    g_autofree char *json = print_layout_json(store_survey(store), ballots);
    return file_replace(options->layout_path, json, -1, error);
}

/* A print of new ballots on its way. */
typedef struct {
    Store *store;
    const PrintOptions *options;
    const GArray *orders; /* StoreOrder */
    GArray *ballots;      /* PrintBallot, once they have serials */
    char *part;           /* the file until its serials are issued */
} PrintJob;

static bool write_issued(const GPtrArray *serials, gpointer user, GError **error)
{
    PrintJob *job = user;
    guint next = 0;
    for (guint i = 0; i < job->orders->len; i++) {
        const StoreOrder *order = &g_array_index(job->orders, StoreOrder, i);
        for (int c = 0; c < order->count; c++) {
            PrintBallot ballot = {
                .cell = order->cell, .station = store_station(job->store), .layout = order->layout};
            g_strlcpy(ballot.serial, serials->pdata[next++], sizeof ballot.serial);
            g_array_append_val(job->ballots, ballot);
        }
    }
    return write_ballots(job->store, job->options, job->ballots, job->part, error);
}

/* Prints new ballots: all of it or nothing. */
static bool print_new(Store *store, const PrintOptions *options, const GArray *orders, GArray *ballots,
                      GError **error)
{
    g_autofree char *path = g_canonicalize_filename(options->output, NULL);
    g_autofree char *part = g_strconcat(path, ".part", NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: is a folder; name the file to write"),
                    options->output);
        return false;
    }
    PrintJob job = {store, options, orders, ballots, part};
    int64_t number;
    if (!store_issue_print(store, (const StoreOrder *)(const void *)orders->data, (int)orders->len, part,
                           path, write_issued, &job, &number, error)) {
        g_unlink(part);
        return false;
    }
    if (file_rename(part, path, error))
        return store_end_print(store, number, error);
    g_prefix_error(error, _("the ballots are issued and in %s, but "), part);
    return false;
}

/* Whether nothing is lost by writing the file: what is there may be the only copy of ballots already issued.
 */
static bool may_write(const PrintOptions *options, GError **error)
{
    if (options->replace || !g_file_test(options->output, G_FILE_TEST_EXISTS) ||
        g_file_test(options->output, G_FILE_TEST_IS_DIR))
        return true;
    g_autofree char *shown = text_printable(options->output);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("%s: is there already and may hold ballots issued before; name another file, or give "
                  "--replace if it is not needed any more. Issued ballots are printed again with --reprint"),
                shown);
    return false;
}

static bool print_again(Store *store, const PrintOptions *options, const GArray *ballots, GError **error)
{
    if (!write_ballots(store, options, ballots, options->output, error))
        return false;
    for (guint i = 0; i < ballots->len; i++) {
        if (!store_reprint(store, g_array_index(ballots, PrintBallot, i).serial, error))
            return false;
    }
    return true;
}

/* Ends one print that was cut off after its serials were issued. Whether its file has its name now. */
static bool end_print(Store *store, const StorePrint *print, bool *ret_named, GError **error)
{
    bool there = g_file_test(print->path, G_FILE_TEST_EXISTS);
    *ret_named = false;
    if (!g_file_test(print->part, G_FILE_TEST_EXISTS)) {
        if (!there)
            cli_say(_("The serials %s to %s are issued but their file %s is gone: print them with --reprint "
                      "%s..%s"),
                    serial_shown(print->first), serial_shown(print->last), print->path,
                    serial_shown(print->first), serial_shown(print->last));
    } else if (there) {
        cli_say(
            _("An interrupted print is finished: the ballots %s to %s are in %s, as there is a %s already."),
            serial_shown(print->first), serial_shown(print->last), print->part, print->path);
    } else {
        if (!file_rename(print->part, print->path, error))
            return false;
        *ret_named = true;
        cli_say(_("An interrupted print is finished: the ballots %s to %s are in %s."), print->first,
                print->last, print->path);
    }
    return store_end_print(store, print->job, error);
}

/* Ends what earlier runs left; `ret_same` when the file to be written now is one of these. */
static bool end_prints(Store *store, const char *output, bool *ret_same, GError **error)
{
    g_autofree char *path = output ? g_canonicalize_filename(output, NULL) : NULL;
    g_autoptr(GPtrArray) prints = store_load_prints(store, error);
    *ret_same = false;
    for (guint i = 0; prints && i < prints->len; i++) {
        const StorePrint *print = prints->pdata[i];
        bool named;
        if (!end_print(store, print, &named, error))
            return false;
        *ret_same |= named && g_strcmp0(path, print->path) == 0;
    }
    return prints != NULL;
}

static void tell_result(const PrintOptions *options, const GArray *ballots, const GArray *covers)
{
    g_autofree char *count = cli_number(ballots->len);
    const char *first = ballots->len ? g_array_index(ballots, PrintBallot, 0).serial : "";
    const char *last = ballots->len ? g_array_index(ballots, PrintBallot, ballots->len - 1).serial : "";
    if (options->json) {
        JsonBuilder *json = json_builder_new();
        json_builder_begin_object(json);
        json_set_int(json, "ballots", ballots->len);
        json_set_text(json, "first_serial", first);
        json_set_text(json, "last_serial", last);
        json_set_int(json, "covers", options->covers ? covers->len : 0);
        json_set_bool(json, "reprint", options->reprint != NULL);
        json_builder_end_object(json);
        cli_print_json(json);
        return;
    }
    if (options->output && ballots->len == 1) {
        cli_say(_("One ballot, serial %s, is in %s. Print it at 100 %%, without 'fit to page'."),
                serial_shown(first), options->output);
    } else if (options->output && ballots->len) {
        cli_say(_("%s ballots, serials %s to %s, are in %s. Print them at 100 %%, without 'fit to page'."),
                count, serial_shown(first), serial_shown(last), options->output);
    } else if (options->output) {
        cli_say(_("Nothing printed: every chosen cell has its planned ballots. More with --count, again with "
                  "--reprint."));
    }
    if (options->covers)
        cli_say(_("%s batch cover sheets are in %s."), number_shown(covers->len), options->covers);
}

static bool write_covers(Store *store, const GArray *covers, const char *path, GError **error)
{
    int64_t number;
    g_autofree char *head = store_head(store, &number, error);
    g_autofree char *shown =
        head ? g_strdup_printf("%lld: %.*s", (long long)number, HEAD_LENGTH, head) : NULL;
    return shown && print_covers(store_survey(store), covers, shown, path, error);
}

static int run(Store *store, const PrintOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ballots = g_array_new(FALSE, TRUE, sizeof(PrintBallot));
    g_autoptr(GArray) covers = g_array_new(FALSE, TRUE, sizeof(PrintCover));
    g_autoptr(GArray) orders = g_array_new(FALSE, TRUE, sizeof(StoreOrder));
    bool same;
    const char *const files[] = {options->output, options->layout_path, options->covers};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        if (files[i] && !file_check_folder(files[i], &error))
            return cli_fail(error);
    }
    if (!end_prints(store, options->output, &same, &error))
        return cli_fail(error);
    if (same) {
        cli_say("%s", _("Nothing more is printed into it; give the command again if more is needed."));
        return CLI_DONE;
    }
    if (!(options->reprint ? find_reprints(store, options->reprint, ballots, &error)
                           : find_orders(store, options, orders, covers, &error)))
        return cli_fail(error);
    if (!options->reprint && covers->len == 0)
        return cli_usage(_("no cell of the survey is chosen by these --group, --agency and --origin"));
    if ((ballots->len || orders->len) && !may_write(options, &error))
        return cli_fail(error);
    if (options->covers && !write_covers(store, covers, options->covers, &error))
        return cli_fail(error);
    if (!((!ballots->len || print_again(store, options, ballots, &error)) &&
          (!orders->len || print_new(store, options, orders, ballots, &error))))
        return cli_fail(error);
    tell_result(options, ballots, covers);
    return CLI_DONE;
}

int cli_print(const CliContext *context, int argc, char **argv)
{
    g_auto(PrintOptions) options = {.count = -1};
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, N_("the PDF of the ballots"), N_("FILE")},
        {"group", 0, 0, G_OPTION_ARG_STRING, &options.groups, N_("only these respondent groups"),
         N_("G1,G2…")},
        {"agency", 0, 0, G_OPTION_ARG_STRING, &options.agencies, N_("only these agencies"), N_("CODE,…")},
        {"origin", 0, 0, G_OPTION_ARG_STRING, &options.origins, N_("only these originating units"),
         N_("CODE,…")},
        {"count", 0, 0, G_OPTION_ARG_INT, &options.count,
         N_("ballots a cell; default: what the quota still lacks"), N_("N")},
        {"layout", 0, 0, G_OPTION_ARG_FILENAME, &options.layout_path, N_("where every box is, as JSON"),
         N_("FILE")},
        {"covers", 0, 0, G_OPTION_ARG_FILENAME, &options.covers, N_("the PDF of batch cover sheets"),
         N_("FILE")},
        {"reprint", 0, 0, G_OPTION_ARG_STRING, &options.reprint, N_("print issued serials again"),
         N_("SERIAL,FIRST..LAST")},
        {"replace", 0, 0, G_OPTION_ARG_NONE, &options.replace,
         N_("write the PDF even where there is a file of that name"), NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("the result as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse("-o FILE", _("Prints numbered ballots; each serial is issued once and recorded."), entries,
                   argc, argv, NULL))
        return CLI_USAGE;
    if (!options.output && !options.covers)
        return cli_usage(_("name the PDF to write with -o, or cover sheets with --covers"));
    if (options.count < -1 || options.count > SERIAL_MAX)
        return cli_usage(_("--count %d: from 0 to %d"), options.count, SERIAL_MAX);
    if (options.reprint && (options.groups || options.agencies || options.origins || options.count >= 0))
        return cli_usage(_("--reprint stands alone: the serials say which ballots"));
    g_autoptr(Store) store = cli_open(context, STORE_WORK);
    if (!store)
        return CLI_FAILED;
    const Survey *survey = store_survey(store);
    if (!check_codes(options.groups, "--group", survey, find_group) ||
        !check_codes(options.agencies, "--agency", survey, find_agency) ||
        !check_codes(options.origins, "--origin", survey, find_origin))
        return CLI_USAGE;
    return run(store, &options);
}
