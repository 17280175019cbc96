/* phieu verify: all of it still as it was committed, and read as it was measured. */
#include "cli/cli.h"

#include "intake/intake.h"

static int tell_findings(const StoreFindings *found, const char *how, bool all, int64_t number,
                         const char *head)
{
    if (found->faults->len)
        cli_say(_("Not as it was committed, faults found: %s"), number_shown(found->faults->len));
    cli_say_some(found->faults, all, how);
    cli_say_some(found->open, all, how);
    cli_say_some(found->told, all, how);
    cli_say(_("Head of the chain, number %lld: %s"), (long long)number, head);
    if (found->faults->len)
        return CLI_FAILED;
    if (found->open->len || found->told->len)
        cli_say(_("What could be checked is as it was committed; the lines above say what could not."));
    else
        cli_say(_("Everything is as it was committed."));
    return found->open->len ? CLI_WAITING : CLI_DONE;
}

static void step(const IntakeProgress *progress, gpointer user)
{
    cli_progress_step(user, progress->pages_done, progress->pages_total, NULL);
}

static bool read_again(Store *store, int workers, StoreFindings *found, GError **error)
{
    CliProgress progress;
    cli_progress_start(&progress, _("Reading again"));
    bool done = intake_read_again(store, workers, step, &progress, found, error);
    cli_progress_end(&progress);
    return done;
}

int cli_verify(const CliContext *context, int argc, char **argv)
{
    g_autofree char *head = NULL;
    gboolean all = FALSE, deep = FALSE;
    int workers = 0;
    const GOptionEntry entries[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, N_("name every fault"), NULL},
        {"head", 0, 0, G_OPTION_ARG_STRING, &head,
         N_("a head of the chain, as an export or a cover sheet has it"), N_("DIGITS")},
        {"deep", 0, 0, G_OPTION_ARG_NONE, &deep,
         N_("read the archived scans again, too, and name what is not as recorded; takes as long as scan"),
         NULL},
        {"workers", 0, 0, G_OPTION_ARG_INT, &workers, N_("reading processes; default: one a core"), N_("N")},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            "",
            _("Checks the archived scans' hashes, the log's chain, every row of the database, the "
              "counts, and every reading of the machine against its measures and limits. 3: some could "
              "not be checked."),
            entries, argc, argv, NULL))
        return CLI_USAGE;
    if (workers < 0 || workers > 256)
        return cli_usage(_("--workers %d: from 1 to 256"), workers);
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    g_auto(StoreFindings) found;
    store_findings_init(&found);
    g_autoptr(GError) error = NULL;
    int64_t number;
    g_autofree char *now = store_head(store, &number, &error);
    if (!now || !store_verify(store, head, &found, &error))
        return cli_fail(error);
    if (deep && !read_again(store, workers, &found, &error))
        return cli_fail(error);
    return tell_findings(&found, deep ? "phieu verify --deep --all" : "phieu verify --all", all, number, now);
}
