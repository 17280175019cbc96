/* phieu desk: serves the page in the browser until it is told to stop. */
#include "cli/cli.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "desk/desk.h"

/* Opens the page where there is a screen and somebody at a terminal. */
static void open_browser(const char *address)
{
    bool screen = g_getenv("DISPLAY") || g_getenv("WAYLAND_DISPLAY");
    if (screen && isatty(STDERR_FILENO))
        g_app_info_launch_default_for_uri(address, NULL, NULL);
}

/* Waits for Ctrl-C, or a service manager's word. The signals are blocked in every thread, so that none of
 * them falls to a thread that answers. */
static void wait_for_end(const sigset_t *signals)
{
    int got;
    sigwait(signals, &got);
}

int cli_desk(const CliContext *context, int argc, char **argv)
{
    g_autofree char *listen = NULL;
    g_autofree char *certificate = NULL, *key = NULL, *watch = NULL;
    gboolean no_browser = FALSE, tls = FALSE;
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &listen,
         N_("where to listen; port 0 takes a free one (127.0.0.1:8750)"), N_("ADDRESS:PORT")},
        {"tls", 0, 0, G_OPTION_ARG_NONE, &tls, N_("encrypt on this machine, too"), NULL},
        {"certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate,
         N_("a certificate (PEM) instead of the workspace's own"), N_("FILE")},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_("its key (PEM)"), N_("FILE")},
        {"watch", 0, 0, G_OPTION_ARG_FILENAME, &watch,
         N_("take in what a scanner saves into this folder; its files stay there"), N_("FOLDER")},
        {"no-browser", 0, 0, G_OPTION_ARG_NONE, &no_browser, N_("do not open a browser"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse("",
                   _("Serves the page in which ballots are settled until Ctrl-C: to this machine, or with "
                     "--listen 0.0.0.0:8750 to the office's network, then encrypted. The first start makes "
                     "the account 'admin' and shows its one-time password; phieu account makes the others. "
                     "Other commands may be given on the workspace meanwhile."),
                   entries, argc, argv, NULL))
        return CLI_USAGE;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    DeskOptions options = {listen, tls, certificate, key, watch};
    g_autoptr(GError) error = NULL;
    Desk *desk = desk_start(context->workspace, &options, &error);
    if (!desk)
        return cli_fail(error);
    printf("%s\n", desk_address(desk));
    fflush(stdout);
    cli_say(_("The desk is open at %s (Ctrl-C closes it)."), desk_address(desk));
    if (desk_fingerprint(desk))
        cli_say(_("SHA-256 of its certificate, to compare with what the browser shows: %s"),
                desk_fingerprint(desk));
    if (desk_first_password(desk))
        cli_say(_("First sign-in: name '%s', one-time password %s. If it is lost: phieu account password %s"),
                desk_first_account(desk), desk_first_password(desk), desk_first_account(desk));
    if (!no_browser)
        open_browser(desk_address(desk));
    wait_for_end(&signals);
    desk_stop(desk);
    cli_say(_("The desk is closed. Everything that was decided is kept."));
    return CLI_DONE;
}
