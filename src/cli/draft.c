/* phieu draft: what the machine makes of handwriting, for people to look over. */
#include "cli/cli.h"
#include "intake/intake.h"

static void step(int done, int total, gpointer user)
{
    cli_progress_step(user, done, total, NULL);
}

int cli_draft(const CliContext *context, int argc, char **argv)
{
    gboolean as_json = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("print the figures as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            _("[SERIAL]"),
            _("Reads what is written by hand, on one ballot or on all, as a draft beside the picture. A "
              "draft is never an answer: a person types what is written with phieu resolve answer."),
            entries, argc, argv, &rest))
        return CLI_USAGE;
    if (rest[0] && rest[1])
        return cli_usage(_("write: phieu draft, or phieu draft SERIAL"));
    g_autoptr(Store) store = cli_open(context, STORE_WORK);
    if (!store)
        return CLI_FAILED;
    g_autoptr(GError) error = NULL;
    g_autofree char *serial = rest[0] ? cli_serial(store, rest[0], &error) : NULL;
    if (rest[0] && !serial)
        return cli_fail(error);
    CliProgress progress;
    cli_progress_start(&progress, _("drafting"));
    int made = 0;
    bool done = intake_draft(store, serial, step, &progress, &made, &error);
    cli_progress_end(&progress);
    if (!done)
        return cli_fail(error);
    if (as_json) {
        JsonBuilder *json = json_builder_new();
        json_builder_begin_object(json);
        json_set_int(json, "drafts", made);
        json_builder_end_object(json);
        cli_print_json(json);
    } else {
        cli_say(_("%s drafts made; see them with phieu show SERIAL."), number_shown(made));
    }
    return CLI_DONE;
}
