/* phieu scan: files in, the reconciliation out. */
#include "cli/cli.h"

#include <stdio.h>

#include "intake/intake.h"

static void step(const IntakeProgress *progress, gpointer user)
{
    g_autofree char *refused = cli_number(progress->pages_refused);
    g_autofree char *waiting = cli_number(progress->answers_waiting);
    g_autofree char *extra = g_strdup_printf(_("%s refused · %s answers wait"), refused, waiting);
    cli_progress_step(user, progress->pages_done, progress->pages_total, extra);
}

static void json_refusals(JsonBuilder *json, const char *name, const GPtrArray *refusals)
{
    json_begin_array(json, name);
    for (guint i = 0; i < refusals->len; i++) {
        const IntakeRefusal *refusal = refusals->pdata[i];
        g_autofree char *file = text_printable(refusal->file);
        json_builder_begin_object(json);
        json_set_text(json, "file", file);
        json_set_int(json, "page", refusal->page);
        json_set_text(json, "reason", refusal->reason);
        json_set_text(json, "detail", refusal->detail);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void print_json(const IntakeReport *report, bool totals)
{
    JsonBuilder *json = json_builder_new();
    json_builder_begin_object(json);
    json_set_int(json, "files", report->files);
    json_set_int(json, "files_known", report->files_known);
    json_set_int(json, "files_refused", report->files_refused);
    json_set_int(json, "pages_in", report->pages_in);
    json_set_int(json, "pages_read", report->pages_read);
    json_set_int(json, "pages_by_serial", report->pages_by_serial);
    json_set_int(json, "pages_refused", report->pages_refused);
    json_set_int(json, "pages_blank", report->pages_blank);
    json_set_int(json, "pages_cover", report->pages_cover);
    json_set_int(json, "pages_again", report->pages_again);
    json_refusals(json, "refusals", report->refusals);
    json_refusals(json, "unreachable", report->unreachable);
    json_begin_array(json, "passed_over");
    for (guint i = 0; i < report->passed_over->len; i++) {
        g_autofree char *name = text_printable(report->passed_over->pdata[i]);
        json_builder_add_string_value(json, name);
    }
    json_builder_end_array(json);
    if (totals) {
        json_set_int(json, "ballots_complete", report->ballots_complete);
        json_set_int(json, "ballots_incomplete", report->ballots_incomplete);
        json_set_int(json, "ballots_duplicate", report->ballots_duplicate);
        json_set_int(json, "ballots_unknown", report->ballots_unknown);
        json_set_int(json, "answers_machine", report->answers_machine);
        json_set_int(json, "answers_waiting", report->answers_waiting);
    }
    json_builder_end_object(json);
    cli_print_json(json);
}

static void print_refusals(const GPtrArray *refusals)
{
    if (!refusals->len)
        return;
    const char *columns[] = {_("File"), _(">Page"), _("What to do")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    CliList list = {0};
    for (guint i = 0; i < refusals->len; i++) {
        const IntakeRefusal *refusal = refusals->pdata[i];
        if (cli_list_take(&list))
            cli_table_add(table, text_printable(refusal->file),
                          refusal->page ? cli_number(refusal->page) : g_strdup("–"),
                          g_strdup(refusal->detail), NULL);
    }
    putchar('\n');
    cli_table_print(table);
    cli_list_end(&list, stdout, "phieu status --all");
}

static void print_words(const IntakeReport *report, bool totals)
{
    g_autofree char *in = cli_number(report->pages_in);
    g_autofree char *read = cli_number(report->pages_read);
    g_autofree char *refused = cli_number(report->pages_refused);
    g_autofree char *blank = cli_number(report->pages_blank);
    g_autofree char *cover = cli_number(report->pages_cover);
    printf(_("Files: %s, of them %s already taken in before, %s refused.\n"), number_shown(report->files),
           number_shown(report->files_known), number_shown(report->files_refused));
    if (report->passed_over->len) {
        g_autofree char *names = cli_join_some(report->passed_over);
        g_autofree char *shown = text_printable(names);
        printf(_("Passed over, as files of the system and hidden ones: %s.\n"), shown);
    }
    printf(_("Pages in: %s = %s read + %s refused + %s blank + %s cover.\n"), in, read, refused, blank,
           cover);
    if (report->pages_again)
        printf(_("Of these, %s pages had been refused before and were read again.\n"),
               number_shown(report->pages_again));
    if (report->pages_by_serial)
        printf(_("Of the pages read, %s showed no page code and were told by their printed number.\n"),
               number_shown(report->pages_by_serial));
    if (!totals)
        return;
    printf(_("Ballots now: %s complete, %s incomplete, %s scanned twice, %s with an unknown serial.\n"),
           number_shown(report->ballots_complete), number_shown(report->ballots_incomplete),
           number_shown(report->ballots_duplicate), number_shown(report->ballots_unknown));
    g_autofree char *machine = cli_number(report->answers_machine);
    g_autofree char *waiting = cli_number(report->answers_waiting);
    printf(_("Answers now: %s accepted by the machine, %s wait for a person.\n"), machine, waiting);
}

/* What was named and is not there. */
static void say_unreachable(const GPtrArray *unreachable)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < unreachable->len; i++) {
        const IntakeRefusal *refusal = unreachable->pdata[i];
        g_autofree char *path = text_printable(refusal->file);
        g_ptr_array_add(lines, g_strdup_printf("%s: %s", path, refusal->detail));
    }
    cli_say_some(lines, true, NULL);
}

/* Reads, tells how it goes, and reports. */
static int run(Store *store, char **paths, const IntakeOptions *options, bool json)
{
    IntakeReport report = {0};
    CliProgress progress;
    g_autoptr(GError) error = NULL;
    cli_progress_start(&progress, _("Reading"));
    bool done = intake_scan(store, paths, options, step, &progress, &report, &error);
    cli_progress_end(&progress);
    if (!done) {
        cli_fail(error);
        cli_say(
            _("What was read so far is kept. Put right what is said above and give the same command again."));
        intake_report_clear(&report);
        return CLI_FAILED;
    }
    bool nothing = report.unreachable->len && !report.files;
    if (json)
        print_json(&report, !options->no_totals);
    else if (!nothing)
        print_words(&report, !options->no_totals);
    if (!json)
        print_refusals(report.refusals);
    say_unreachable(report.unreachable);
    if (nothing)
        cli_say(_("Nothing was read."));
    bool waiting = report.pages_refused || report.files_refused || report.answers_waiting ||
                   report.ballots_incomplete || report.ballots_duplicate || report.ballots_unknown ||
                   report.unreachable->len;
    intake_report_clear(&report);
    return nothing ? CLI_FAILED : waiting ? CLI_WAITING : CLI_DONE;
}

int cli_scan(const CliContext *context, int argc, char **argv)
{
    g_autofree char *form = NULL, *agency = NULL, *group = NULL, *origin = NULL;
    int workers = 0, wait_s = 0;
    gboolean json = FALSE, again = FALSE, no_totals = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"form", 0, 0, G_OPTION_ARG_STRING, &form, N_("the batch is this form, printed by others"),
         N_("FORM")},
        {"agency", 0, 0, G_OPTION_ARG_STRING, &agency, N_("… about this agency"), N_("CODE")},
        {"group", 0, 0, G_OPTION_ARG_STRING, &group, N_("… from this respondent group"), N_("GROUP")},
        {"origin", 0, 0, G_OPTION_ARG_STRING, &origin, N_("… returned by this unit"), N_("CODE")},
        {"workers", 0, 0, G_OPTION_ARG_INT, &workers, N_("reading processes; default: one a core"), N_("N")},
        {"page-seconds", 0, 0, G_OPTION_ARG_INT, &wait_s, N_("longest time for one page; default 30"),
         N_("S")},
        {"again", 0, 0, G_OPTION_ARG_NONE, &again,
         N_("read what was refused of these scans (none named: of all) again, with the options given now"),
         NULL},
        {"no-totals", 0, 0, G_OPTION_ARG_NONE, &no_totals,
         N_("report this run alone; counting up a large workspace takes time"), NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("the report as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            _("FILE… | FOLDER… | --again"),
            _("Reads scans (PDF, TIFF, JPEG, PNG). Every page is read, refused with a reason, blank "
              "or cover.\n"
              "The same file again changes nothing; an interrupted run goes on where it stopped.\n"
              "With --again, pages and files refused before are read again: after a form was named or\n"
              "printed here, more time allowed, or phieu renewed. What was read, blank or a cover sheet\n"
              "stays, and so does what a person settled. Where the paper went through the scanner once\n"
              "more meanwhile, settle the refused page first (phieu resolve page). --again alone reads from\n"
              "the workspace's own copies: the scans themselves need not be there any more."),
            entries, argc, argv, &rest))
        return CLI_USAGE;
    if (!rest[0] && !again)
        return cli_usage(_("name the scans or a folder of them"));
    if (workers < 0 || workers > 256)
        return cli_usage(_("--workers %d: from 1 to 256"), workers);
    if (wait_s < 0 || wait_s > 3600)
        return cli_usage(_("--page-seconds %d: from 1 to 3600"), wait_s);
    g_autoptr(Store) store = cli_open(context, STORE_WORK);
    if (!store)
        return CLI_FAILED;
    const Survey *survey = store_survey(store);
    const SurveyForm *declared = form ? survey_form(survey, form) : NULL;
    if (form && (!declared || !declared->foreign))
        return cli_usage(_("--form '%s': no form printed by others in this survey"), form);
    if ((agency || group || origin) && !cli_find_cell(survey, group, agency, origin))
        return CLI_USAGE;

    IntakeOptions options = {.form = form,
                             .agency = agency,
                             .group = group,
                             .origin = origin,
                             .workers = workers,
                             .page_wait_ms = wait_s * 1000,
                             .again = again,
                             .no_totals = no_totals};
    return run(store, rest, &options, json);
}
