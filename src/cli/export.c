/* phieu export: results as files. */
#include "cli/compute.h"

#include <string.h>

#include "export/export.h"

/* In the order of ExportWhat and ExportFormat. */
static const char *const whats[] = {"answers", "ballots",  "tally", "index", "scores",
                                    "log",     "codebook", "spss",  NULL};
static const char *const formats[] = {"csv", "xlsx", "json", "sps", NULL};

/* The place of a text in a list, without case; −1 where it is not there. */
static int find(const char *const *list, const char *text)
{
    for (int i = 0; text && list[i]; i++) {
        if (g_ascii_strcasecmp(list[i], text) == 0)
            return i;
    }
    return -1;
}

static int write_export(const CliContext *context, ExportWhat what, ExportFormat format, const char *output)
{
    g_autoptr(GError) error = NULL;
    if (!g_str_equal(output, "-") && !file_check_folder(output, &error))
        return cli_fail(error);
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    g_autoptr(Quota) quota = NULL;
    g_autoptr(ScoreIndex) index = NULL;
    if (!cli_compute(store, &quota, &index, &error) ||
        !export_write(store, quota, index, what, format, output, &error))
        return cli_fail(error);
    if (!export_depends_on_index(what))
        return CLI_DONE;
    if (index->provisional) /* a CSV on standard output has no other place for it */
        cli_say(_("PROVISIONAL: %s reasons stand against a final index."),
                number_shown(index->obstacles->len));
    return index->provisional ? CLI_WAITING : CLI_DONE;
}

int cli_export(const CliContext *context, int argc, char **argv)
{
    g_autofree char *format_given = NULL, *output = NULL;
    gboolean excel = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &format_given,
         N_("csv, xlsx, json or sps; default: by the file's name"), N_("FORMAT")},
        {"excel", 0, 0, G_OPTION_ARG_NONE, &excel,
         N_("csv as Excel in Vietnamese opens it: semicolons between, a decimal comma"), NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("the file; - for standard output"), N_("FILE")},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("WHAT -o FILE"),
                   _("Writes results as files: answers, ballots, tally, index, scores, log, codebook or "
                     "spss. Ids of columns and values stand in README.md."),
                   entries, argc, argv, &rest))
        return CLI_USAGE;
    const char *dot = output ? g_strrstr(output, ".") : NULL;
    const char *wanted = format_given ? format_given : dot ? dot + 1 : "csv";
    int what = find(whats, rest[0]);
    int format = find(formats, wanted);
    if (what < 0 || rest[1] || !output) {
        g_autofree char *list = g_strjoinv("|", (char **)whats);
        g_autofree char *usage = g_strdup_printf(_("write: phieu export %s -o FILE"), list);
        return cli_unknown(rest[0], whats, usage);
    }
    if (format < 0)
        return cli_usage(_("--format '%s': use csv, xlsx, json or sps"), wanted);
    if (excel && format != EXPORT_CSV)
        return cli_usage(_("--excel is for csv; %s needs none"), formats[format]);
    return write_export(context, (ExportWhat)what, excel ? EXPORT_CSV_EXCEL : (ExportFormat)format, output);
}
