#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool cli_parse(const char *usage, const char *summary, const GOptionEntry *entries, int argc, char **argv,
               char ***ret_rest)
{
    g_autoptr(GOptionContext) options = g_option_context_new(usage);
    g_option_context_set_summary(options, summary);
    g_option_context_set_translation_domain(options, GETTEXT_PACKAGE);
    g_option_context_add_main_entries(options, entries, GETTEXT_PACKAGE);
    g_autofree char *name = g_strdup_printf("phieu %s", argv[0]);
    g_set_prgname(name);

    g_auto(GStrv) arguments = g_new0(char *, (gsize)argc + 1);
    for (int i = 0; i < argc; i++)
        arguments[i] = g_strdup(argv[i]);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse_strv(options, &arguments, &error)) {
        cli_usage(_("%s; see %s --help"), error->message, name);
        return false;
    }
    char **rest = arguments + 1;
    if (*rest && g_str_equal(*rest, "--"))
        rest++;
    if (ret_rest) {
        *ret_rest = g_strdupv(rest);
    } else if (*rest) {
        cli_usage(_("'%s' is one argument too many; see %s --help"), *rest, name);
        return false;
    }
    return true;
}

int cli_fail(const GError *error)
{
    cli_say(_("error: %s"), error ? error->message : _("unknown"));
    return CLI_FAILED;
}

int cli_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cli_say("phieu: %s", text);
    return CLI_USAGE;
}

int cli_unknown(const char *given, const char *const *known, const char *usage)
{
    const char *nearest = given ? text_nearest(given, known, MIN(3, (int)strlen(given) / 2)) : NULL;
    if (nearest && *nearest && !g_str_equal(nearest, given))
        return cli_usage(_("'%s' is not known here; did you mean '%s'? (%s)"), given, nearest, usage);
    if (given && !nearest)
        return cli_usage(_("'%s' is not known here; %s"), given, usage);
    return cli_usage("%s", usage);
}

Store *cli_open(const CliContext *context, StoreMode mode)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open(context->workspace, mode, &error);
    if (!store)
        cli_fail(error);
    return store;
}

char *cli_who(const char *given)
{
    const char *who = given && *given ? given : g_getenv("PHIEU_WHO");
    if (!who || !*who)
        who = g_get_user_name();
    return g_strdup(who && *who ? who : "?");
}

const SurveyCell *cli_find_cell(const Survey *survey, const char *group, const char *agency,
                                const char *origin)
{
    if (!group || !agency || !origin) {
        cli_usage(_("name the cell: --group, --agency and --origin"));
        return NULL;
    }
    const SurveyCell *cell = survey_cell(survey, group, agency, origin);
    if (!cell)
        cli_usage(_("the survey has no cell of group '%s', agency '%s', origin '%s'; see phieu plan --cells"),
                  group, agency, origin);
    return cell;
}

bool cli_is_named(char **names, const char *id)
{
    for (char **name = names; *name; name++) {
        if (g_pattern_match_simple(*name, id))
            return true;
    }
    return false;
}

const char *cli_find_idle(char **names, const GPtrArray *ids)
{
    for (char **name = names; *name; name++) {
        char *one[] = {*name, NULL};
        bool found = false;
        for (guint i = 0; i < ids->len && !found; i++)
            found = cli_is_named(one, ids->pdata[i]);
        if (!found)
            return *name;
    }
    return NULL;
}

bool cli_list_holds(const char *list, const char *code)
{
    if (!list)
        return true;
    g_auto(GStrv) codes = g_strsplit(list, ",", -1);
    return g_strv_contains((const char *const *)codes, code);
}

void cli_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

char *cli_join_some(const GPtrArray *texts)
{
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < texts->len && i < CLI_NAMED; i++)
        g_string_append_printf(all, "%s%s", i ? ", " : "", (const char *)texts->pdata[i]);
    if (texts->len > CLI_NAMED)
        g_string_append_printf(all, _(" and %s more"), number_shown(texts->len - CLI_NAMED));
    return g_string_free(all, FALSE);
}

char cli_decimal_separator(void)
{
    return number_decimal_mark();
}

char *cli_number(int64_t number)
{
    return g_strdup(number_shown(number));
}

char *cli_decimal(double value, int decimals)
{
    char text[64], format[16];
    g_snprintf(format, sizeof format, "%%.%df", decimals);
    g_ascii_formatd(text, sizeof text, format, value);
    return g_strdelimit(g_strdup(text), ".", cli_decimal_separator());
}

char *cli_moment(const char *utc)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601(utc, NULL);
    g_autoptr(GDateTime) here = moment ? g_date_time_to_local(moment) : NULL;
    if (!here)
        return g_strdup(utc);
    return g_date_time_format(here,
                              cli_decimal_separator() == ',' ? "%d/%m/%Y %H:%M:%S" : "%Y-%m-%d %H:%M:%S");
}

char *cli_quote(const char *word)
{
    bool plain = *word != '\0';
    for (const char *c = word; *c && plain; c++)
        plain = g_ascii_isalnum(*c) || strchr("_-./,:+=@%", *c) || (guchar)*c >= 0x80;
    return plain ? g_strdup(word) : g_shell_quote(word);
}

void cli_print_json(JsonBuilder *builder)
{
    g_autofree char *text = json_take_text(builder, true);
    puts(text);
}
