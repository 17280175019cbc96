/* The commands about a survey's definition: check, init, amend, plan. */
#include "cli/cli.h"

#include <stdio.h>

#include "page/page.h"
#include "print/print.h"
#include "quota/quota.h"

/* Loads a definition; tells its faults, of each file the first ones or all. */
static Survey *load_survey(const char *folder, bool all)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *faults = NULL;
    Survey *survey = survey_load(folder, &faults, &error);
    if (!survey)
        cli_fail(error);
    CliList list = {.all = all};
    for (guint i = 0; faults && i < faults->len; i++) {
        const SurveyFault *fault = faults->pdata[i], *before = i ? faults->pdata[i - 1] : fault;
        if (g_strcmp0(fault->file, before->file) != 0)
            cli_list_end(&list, stderr, "phieu check --all");
        g_autofree char *text = survey_fault_to_text(fault);
        if (cli_list_take(&list))
            cli_say("%s", text);
    }
    cli_list_end(&list, stderr, "phieu check --all");
    if (faults)
        g_ptr_array_unref(faults);
    return survey;
}

/* Whether the form prints these questions to no purpose on the group's ballots about that agency. */
static bool prints_idle(const SurveyGroup *group, const SurveyAgency *agency, const SurveyForm *form,
                        const char *numbers)
{
    if (agency->block != group->block || survey_group_form(group, agency) != form)
        return false;
    g_autofree char *own = survey_form_not_applicable(form, agency);
    return own && g_str_equal(own, numbers);
}

/* Says which ballots print questions that are not applicable to their agency. Only a warning: they say so
 * themselves, and their answers do not count. */
static void warn_not_applicable(const char *folder, const Survey *survey, const SurveyGroup *group)
{
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *first = survey->agencies->pdata[i];
        const SurveyForm *form = survey_group_form(group, first);
        g_autofree char *numbers =
            first->block == group->block ? survey_form_not_applicable(form, first) : NULL;
        if (!numbers || !g_hash_table_add(told, g_strdup_printf("%s %s", form->id, numbers)))
            continue;
        g_autoptr(GString) agencies = g_string_new(NULL);
        for (guint a = i; a < survey->agencies->len; a++) {
            const SurveyAgency *agency = survey->agencies->pdata[a];
            if (prints_idle(group, agency, form, numbers))
                g_string_append_printf(agencies, "%s%s", agencies->len ? ", " : "", agency->code);
        }
        cli_say(
            _("%s: warning: form '%s' of group '%s' prints questions %s, which are not applicable to %s; a "
              "form with 'extends: %s' and 'without', named in 'form_for' of the group, leaves them out."),
            folder, form->id, group->id, numbers, agencies->str, form->id);
    }
}

int cli_check(const CliContext *context, int argc, char **argv)
{
    (void)context;
    g_auto(GStrv) rest = NULL;
    gboolean all = FALSE;
    const GOptionEntry entries[] = {{"all", 0, 0, G_OPTION_ARG_NONE, &all, N_("name every fault"), NULL},
                                    G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("FOLDER…"), _("Checks survey definitions and names every fault as file:line:column."),
                   entries, argc, argv, &rest))
        return CLI_USAGE;
    if (!rest[0])
        return cli_usage(_("name the folder of a definition, e.g. forms/tra-vinh-2023"));
    int code = CLI_DONE;
    for (char **folder = rest; *folder; folder++) {
        g_autoptr(Survey) survey = load_survey(*folder, all);
        if (!survey) {
            code = CLI_FAILED;
            continue;
        }
        int cells = 0;
        int planned = quota_planned(survey, NULL, NULL, NULL, &cells);
        g_autofree char *planned_text = cli_number(planned);
        printf(_("%s: no fault. %s (%d): %u agencies, %u groups, %u forms, %d cells, %s ballots planned.\n"),
               *folder, survey->name, survey->year, survey->agencies->len, survey->groups->len,
               survey->forms->len, cells, planned_text);
        for (guint g = 0; g < survey->groups->len; g++)
            warn_not_applicable(*folder, survey, survey->groups->pdata[g]);
        if (survey->illustrative)
            printf("%s\n", _("This definition is illustrative: it is no official regulation."));
    }
    return code;
}

/* Freezes the layout of every form printed by others, from its blank. */
static bool freeze_foreign(Store *store, GError **error)
{
    const Survey *survey = store_survey(store);
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        if (!form->foreign)
            continue;
        g_autoptr(GPtrArray) blanks = g_ptr_array_new_with_free_func((GDestroyNotify)raster_free);
        for (guint p = 0; p < form->foreign_pages->len; p++) {
            const SurveyForeignPage *page = form->foreign_pages->pdata[p];
            g_autoptr(PageFile) file = page_file_open(page->blank, error);
            g_autoptr(PageImage) image =
                file ? page_file_read(file, page->blank_page - 1, false, error) : NULL;
            if (!image)
                return false;
            g_ptr_array_add(blanks, g_steal_pointer(&image->grey));
        }
        g_autoptr(Layout) layout = print_foreign_layout(form, blanks, error);
        if (!layout || !store_add_layout(store, layout, error))
            return false;
    }
    return true;
}

int cli_init(const CliContext *context, int argc, char **argv)
{
    (void)context;
    g_autofree char *folder = NULL, *first_text = NULL;
    g_auto(GStrv) rest = NULL;
    int64_t first = 1;
    const GOptionEntry entries[] = {
        {"survey", 0, 0, G_OPTION_ARG_FILENAME, &folder, N_("folder of the survey's definition"),
         N_("FOLDER")},
        {"numbers-from", 0, 0, G_OPTION_ARG_STRING, &first_text,
         N_("number of the first ballot, where several workspaces print for one survey"), N_("N")},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("DIR --survey FOLDER"),
                   _("Makes a workspace: the folder that holds everything of one survey."), entries, argc,
                   argv, &rest))
        return CLI_USAGE;
    if (!rest[0] || rest[1] || !folder)
        return cli_usage(_("write: phieu init DIR --survey FOLDER"));
    if (first_text && !number_parse_int(first_text, 1, SERIAL_MAX, &first, NULL))
        return cli_usage(_("--numbers-from '%s': a whole number from 1 to %d"), first_text, SERIAL_MAX);
    g_autoptr(Survey) survey = load_survey(folder, false);
    if (!survey)
        return CLI_FAILED;
    g_autoptr(GError) error = NULL;
    if (!store_init(rest[0], survey, &error))
        return cli_fail(error);
    g_autoptr(Store) store = store_open(rest[0], STORE_WORK, &error);
    if (!store || !freeze_foreign(store, &error) ||
        (first_text && !store_set_first_number(store, (int)first, &error)))
        return cli_fail(error);
    g_autofree char *quoted = cli_quote(rest[0]);
    cli_say(_("%s: workspace of '%s' made, station %s. Next: phieu -C %s print …"), rest[0], survey->name,
            store_station(store)->name, quoted);
    return CLI_DONE;
}

int cli_amend(const CliContext *context, int argc, char **argv)
{
    g_autofree char *folder = NULL, *who_given = NULL;
    const GOptionEntry entries[] = {
        {"survey", 0, 0, G_OPTION_ARG_FILENAME, &folder, N_("folder of the changed definition"),
         N_("FOLDER")},
        {"who", 0, 0, G_OPTION_ARG_STRING, &who_given, N_("who takes it over"), N_("NAME")},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("--survey FOLDER"),
                   _("Takes over a changed definition, when it fits every ballot already printed."), entries,
                   argc, argv, NULL))
        return CLI_USAGE;
    if (!folder)
        return cli_usage(_("name the changed definition with --survey"));
    g_autoptr(Survey) survey = load_survey(folder, false);
    g_autoptr(Store) store = survey ? cli_open(context, STORE_WORK) : NULL;
    if (!store)
        return CLI_FAILED;
    g_autofree char *who = cli_who(who_given);
    g_autoptr(GError) error = NULL;
    if (!store_amend_survey(store, survey, who, &error))
        return cli_fail(error);
    cli_say(_("The changed definition holds from now on."));
    return CLI_DONE;
}

/* ---- plan -------------------------------------------------------------------------------------------------
 */

static void print_plan_cells(const Survey *survey)
{
    const char *columns[] = {_("Group"), _("Agency"), _("Origin"), _("Handed out by"), _(">Planned")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        cli_table_add(table, g_strdup(cell->group->id), g_strdup(cell->agency->code),
                      g_strdup(cell->origin->code), g_strdup(cell->origin->name), cli_number(cell->planned),
                      NULL);
    }
    putchar('\n');
    cli_table_print(table);
}

static void print_plan_groups(const Survey *survey)
{
    const char *columns[] = {_("Group"), _("Respondents"), _("Assesses"), _(">Cells"), _(">Planned")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint b = 0; b < survey->blocks->len; b++) {
        const SurveyBlock *block = survey->blocks->pdata[b];
        int cells;
        for (guint g = 0; g < survey->groups->len; g++) {
            const SurveyGroup *group = survey->groups->pdata[g];
            if (group->block != block)
                continue;
            int planned = quota_planned(survey, group->id, NULL, NULL, &cells);
            cli_table_add(table, g_strdup(group->id), g_strdup(group->name), g_strdup(block->name),
                          cli_number(cells), cli_number(planned), NULL);
        }
        int planned = quota_planned(survey, NULL, block->id, NULL, &cells);
        cli_table_add(table, g_strdup(""), g_strdup(_("Sum")), g_strdup(block->name), cli_number(cells),
                      cli_number(planned), NULL);
        cli_table_rule(table);
    }
    int cells;
    int planned = quota_planned(survey, NULL, NULL, NULL, &cells);
    cli_table_add(table, g_strdup(""), g_strdup(_("Total")), g_strdup(""), cli_number(cells),
                  cli_number(planned), NULL);
    cli_table_print(table);
    putchar('\n');
}

static void print_plan_agencies(const Survey *survey)
{
    const char *columns[] = {_("Code"), _("Agency"), _("Block"), _(">Cells"), _(">Planned")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *agency = survey->agencies->pdata[i];
        int cells;
        int planned = quota_planned(survey, NULL, NULL, agency->code, &cells);
        cli_table_add(table, g_strdup(agency->code), g_strdup(agency->name), g_strdup(agency->block->name),
                      cli_number(cells), cli_number(planned), NULL);
    }
    cli_table_print(table);
}

static void print_plan_json(const Survey *survey)
{
    JsonBuilder *json = json_builder_new();
    json_builder_begin_object(json);
    int cells;
    json_set_int(json, "planned", quota_planned(survey, NULL, NULL, NULL, &cells));
    json_set_int(json, "cell_count", cells);
    json_begin_object(json, "groups");
    for (guint i = 0; i < survey->groups->len; i++) {
        const SurveyGroup *group = survey->groups->pdata[i];
        json_set_int(json, group->id, quota_planned(survey, group->id, NULL, NULL, NULL));
    }
    json_builder_end_object(json);
    json_begin_object(json, "blocks");
    for (guint i = 0; i < survey->blocks->len; i++) {
        const SurveyBlock *block = survey->blocks->pdata[i];
        json_set_int(json, block->id, quota_planned(survey, NULL, block->id, NULL, NULL));
    }
    json_builder_end_object(json);
    json_begin_object(json, "agencies");
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *agency = survey->agencies->pdata[i];
        json_set_int(json, agency->code, quota_planned(survey, NULL, NULL, agency->code, NULL));
    }
    json_builder_end_object(json);
    json_begin_array(json, "cells");
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        json_builder_begin_object(json);
        json_set_text(json, "group", cell->group->id);
        json_set_text(json, "agency", cell->agency->code);
        json_set_text(json, "origin", cell->origin->code);
        json_set_int(json, "planned", cell->planned);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    cli_print_json(json);
}

int cli_plan(const CliContext *context, int argc, char **argv)
{
    g_autofree char *folder = NULL;
    gboolean cells = FALSE, json = FALSE;
    const GOptionEntry entries[] = {
        {"survey", 0, 0, G_OPTION_ARG_FILENAME, &folder, N_("a definition's folder instead of the workspace"),
         N_("FOLDER")},
        {"cells", 0, 0, G_OPTION_ARG_NONE, &cells, N_("list every cell too"), NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("everything as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse("", _("Shows the quota: ballots planned by group, block and agency."), entries, argc, argv,
                   NULL))
        return CLI_USAGE;
    g_autoptr(Survey) loaded = folder ? load_survey(folder, false) : NULL;
    g_autoptr(Store) store = folder ? NULL : cli_open(context, STORE_READ);
    if (!loaded && !store)
        return CLI_FAILED;
    const Survey *survey = loaded ? loaded : store_survey(store);
    if (json) {
        print_plan_json(survey);
        return CLI_DONE;
    }
    print_plan_groups(survey);
    print_plan_agencies(survey);
    if (cells)
        print_plan_cells(survey);
    return CLI_DONE;
}
