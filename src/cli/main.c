#include "cli/cli.h"

#include "intake/intake.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    CliCommand run;
    const char *summary;
} Command;

/* In the order of the work. */
static const Command commands[] = {
    {"check", cli_check, N_("check a survey's definition and name every fault")},
    {"init", cli_init, N_("make a workspace for a survey")},
    {"amend", cli_amend, N_("take over a changed definition")},
    {"plan", cli_plan, N_("show the quota: every cell, totals by group, block and agency")},
    {"print", cli_print, N_("print numbered ballots and batch cover sheets")},
    {"detect", cli_detect, N_("propose the definition of a form printed by others from its blank")},
    {"stations", cli_stations, N_("the workspaces of one survey whose ballots are read here")},
    {"desk", cli_desk, N_("serve the desk: the page in the browser for everybody's work")},
    {"account", cli_account, N_("who may sign in at the desk, and what they may do there")},
    {"scan", cli_scan, N_("read scanned ballots")},
    {"status", cli_status, N_("received against planned; refused pages; what waits for whom")},
    {"show", cli_show, N_("show one ballot's answers, or the ink behind one of them")},
    {"draft", cli_draft, N_("read what is written by hand, as a draft for people")},
    {"resolve", cli_resolve, N_("settle what waits: answers, duplicates, unknown serials, refused pages")},
    {"redecide", cli_redecide, N_("decide all stored marks anew under the present limits")},
    {"limits", cli_limits, N_("what a stricter or looser target error would ask of people")},
    {"template", cli_template, N_("write the score sheet an agency fills in")},
    {"import", cli_import, N_("import self-scores, appraised scores or the index of the year before")},
    {"index", cli_index, N_("compute the index and the ranking")},
    {"waive", cli_waive, N_("waive a reason that keeps the index provisional")},
    {"treat", cli_treat, N_("decide on criteria nobody answered, and on agencies without an index")},
    {"export", cli_export, N_("write results as CSV, XLSX, JSON or SPSS syntax")},
    {"verify", cli_verify, N_("check that everything is still as committed")},
};

static void print_help(void)
{
    printf("%s\n\n%s\n", _("phieu: from filled paper ballots to a published index"),
           _("Usage: phieu [-C WORKSPACE] [--lang vi|en] COMMAND [OPTION…]"));
    putchar('\n');
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        printf("  %-10s %s\n", commands[i].name, _(commands[i].summary));
    printf("\n%s\n",
           _("phieu COMMAND --help tells a command's options. Exit codes: 0 done, 1 failed, 2 usage,\n"
             "3 done but people have work waiting."));
}

static void take_words(const char *domain, const char *folder)
{
    bindtextdomain(domain, folder);
    bind_textdomain_codeset(domain, "UTF-8");
}

/* Vietnamese unless English is asked for: the catalogue is found beside the program, in the build folder, or
 * where it was installed. */
static void choose_language(const char *lang, const char *program)
{
    const char *wanted = lang ? lang : g_getenv("PHIEU_LANG");
    bool english = wanted && g_str_has_prefix(wanted, "en");
    g_setenv("LANGUAGE", english ? "en" : "vi", TRUE);
    if (!setlocale(LC_ALL, "") || g_str_equal(setlocale(LC_MESSAGES, NULL), "C"))
        setlocale(LC_ALL, "C.UTF-8"); /* the plain C locale would switch translation off */
    setlocale(LC_NUMERIC, "C");

    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self ? self : program);
    g_autofree char *beside = g_build_filename(folder, "locale", NULL);
    g_autofree char *installed = g_build_filename(folder, "..", "share", "phieu", "locale", NULL);
    const char *in = g_file_test(beside, G_FILE_TEST_IS_DIR) ? beside : installed;
    /* What libraries say, too: their own catalogues are not on every machine, and know half of it. GLib names
     * the folder of its own when it looks up its first text, so that is done before ours is named. */
    take_words(GETTEXT_PACKAGE, in);
    take_words("libc", in);
    g_autoptr(GError) first = NULL;
    g_autofree char *none = NULL;
    g_file_get_contents("", &none, NULL, &first);
    take_words("glib20", in);
}

/* Takes -C DIR and --lang LANGUAGE out of the arguments, before the command or behind it. */
static void take_general(int *argc, char **argv, CliContext *context, const char **ret_lang)
{
    int kept = 1;
    bool open = true; /* until "--" */
    for (int i = 1; i < *argc; i++) {
        open = open && !g_str_equal(argv[i], "--");
        bool more = open && i + 1 < *argc;
        if (more && g_str_equal(argv[i], "-C"))
            context->workspace = argv[++i];
        else if (more && g_str_equal(argv[i], "--lang"))
            *ret_lang = argv[++i];
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *argc = kept;
}

static int tell_unknown(const char *given)
{
    const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i].name;
    return cli_unknown(given, names, _("see phieu --help for the commands"));
}

int main(int argc, char **argv)
{
    CliContext context = {.workspace = "."};
    const char *lang = NULL;
    int at = 1;
    bool help = false, version = false;
    const char *bad = NULL;
    take_general(&argc, argv, &context, &lang);
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (g_str_equal(argv[at], "--help") || g_str_equal(argv[at], "-h"))
            help = true;
        else if (g_str_equal(argv[at], "--version"))
            version = true;
        else if (!bad)
            bad = argv[at];
    }
    choose_language(lang, argv[0]);
    if (lang && !g_str_equal(lang, "vi") && !g_str_equal(lang, "en"))
        return cli_usage(_("--lang '%s': use vi or en"), lang);
    if (bad)
        return cli_usage(_("unknown option '%s'; see phieu --help"), bad);
    if (version) {
        printf(_("phieu %s, reader %s\n"), PHIEU_VERSION, intake_reader_id());
        return CLI_DONE;
    }
    if (help || at >= argc) {
        print_help();
        return help ? CLI_DONE : CLI_USAGE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(argv[at], commands[i].name))
            return commands[i].run(&context, argc - at, argv + at);
    }
    return tell_unknown(argv[at]);
}
