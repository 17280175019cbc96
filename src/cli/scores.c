/* The commands about scores: template, import. */
#include "cli/previous.h"

#include <stdio.h>
#include <string.h>

#include "score/score.h"

/* Every leaf of every agency as CSV: what a score sheet asks for. */
static void list_leaves(const Survey *survey)
{
    puts("agency,agency_name,block,leaf,name,max,step,kind,applicable");
    for (guint a = 0; a < survey->agencies->len; a++) {
        const SurveyAgency *agency = survey->agencies->pdata[a];
        const SurveyCriteria *criteria = survey_criteria(survey, agency->block->criteria_id);
        for (guint i = 0; i < criteria->leaves->len; i++) {
            const SurveyNode *leaf = criteria->leaves->pdata[i];
            g_autofree char *max = rational_to_decimal(leaf->max, 4, '.');
            g_autofree char *step = leaf->step ? rational_to_decimal(leaf->step, 4, '.') : g_strdup("");
            g_auto(GStrv) quotes = g_strsplit(leaf->name, "\"", -1);
            g_autofree char *name = g_strjoinv("\"\"", quotes);
            printf("%s,\"%s\",%s,%s,\"%s\",%s,%s,%s,%d\n", agency->code, agency->name, agency->block->id,
                   leaf->code, name, max, step, leaf->kind == SURVEY_NODE_SURVEYED ? "surveyed" : "appraised",
                   g_hash_table_contains(agency->not_applicable, leaf->code) ? 0 : 1);
        }
    }
}

int cli_template(const CliContext *context, int argc, char **argv)
{
    g_autofree char *output = NULL;
    gboolean list = FALSE, all = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("the XLSX file, or the folder with --all"),
         N_("PATH")},
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, N_("one file for every agency"), NULL},
        {"list", 0, 0, G_OPTION_ARG_NONE, &list, N_("list every leaf of every agency as CSV"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("AGENCY -o FILE.xlsx"), _("Writes the score sheet an agency fills in."), entries, argc,
                   argv, &rest))
        return CLI_USAGE;
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    const Survey *survey = store_survey(store);
    if (list) {
        list_leaves(survey);
        return CLI_DONE;
    }
    if (!output || (all ? rest[0] != NULL : (!rest[0] || rest[1])))
        return cli_usage(_("write: phieu template AGENCY -o FILE.xlsx, or --all -o FOLDER"));
    g_autoptr(GError) error = NULL;
    if (!all) {
        const SurveyAgency *agency = survey_agency(survey, rest[0]);
        if (!agency)
            return cli_usage(_("'%s': no agency of that code; see phieu plan"), rest[0]);
        return score_write_template(survey, agency, output, &error) ? CLI_DONE : cli_fail(error);
    }
    if (g_mkdir_with_parents(output, 0755) != 0)
        return cli_usage(_("%s: the folder cannot be made"), output);
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *agency = survey->agencies->pdata[i];
        g_autofree char *name = g_strdup_printf("%s.xlsx", agency->code);
        g_autofree char *path = g_build_filename(output, name, NULL);
        if (!score_write_template(survey, agency, path, &error))
            return cli_fail(error);
    }
    return CLI_DONE;
}

/* What an import came to, over all its files. */
typedef struct {
    Store *store;
    StoreScoreKind kind;
    bool all;                                      /* --all */
    guint scores;                                  /* recorded */
    GHashTable *agencies;                          /* whose scores those are: SurveyAgency* of the survey */
    GPtrArray *changed, *others, *same, *unproven; /* char*, a line an agency */
} Import;

static void note_agency(Import *told, const char *file, const ScoreImport *import)
{
    g_autofree char *sum = rational_to_decimal(import->sum, 2, cli_decimal_separator());
    g_autofree char *before =
        import->before ? rational_to_decimal(import->before, 2, cli_decimal_separator()) : NULL;
    g_autofree char *changed = cli_join_some(import->changed), *unproven = cli_join_some(import->unproven);
    const char *name = import->agency->name, *code = import->agency->code;
    if (!import->recorded)
        g_ptr_array_add(
            told->same,
            g_strdup_printf(_("%s: %s (%s): as before, nothing changed; version %d (%u criteria, %s "
                              "points in all) still counts."),
                            file, name, code, import->version, import->leaves, sum));
    else if (!before)
        g_ptr_array_add(told->others,
                        g_strdup_printf(_("%s: %s (%s), version %d: %u criteria, %s points in all."), file,
                                        name, code, import->version, import->leaves, sum));
    else if (import->changed->len == 0)
        g_ptr_array_add(
            told->others,
            g_strdup_printf(
                _("%s: %s (%s), version %d: %u criteria, %s points in all, as in the version before, other "
                  "evidence or explanation."),
                file, name, code, import->version, import->leaves, sum));
    else
        g_ptr_array_add(
            told->changed,
            g_strdup_printf(
                _("%s: %s (%s), version %d: %u criteria, %s points in all, before %s; %u changed: %s."), file,
                name, code, import->version, import->leaves, sum, before, import->changed->len, changed));
    if (import->unproven->len)
        g_ptr_array_add(
            told->unproven,
            g_strdup_printf(_("%s: warning: %s: %u of %u criteria have points without evidence or "
                              "explanation: %s; ask the agency for them."),
                            file, code, import->unproven->len, import->leaves, unproven));
}

/* Imports one file; its faults are told, what came of it is noted. */
static bool import_file(Import *told, const char *path)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *faults = NULL;
    g_autoptr(GPtrArray) scores =
        score_read_file(store_survey(told->store), told->kind, path, &faults, &error);
    g_autoptr(GPtrArray) imports =
        scores ? score_import(told->store, told->kind, path, scores, &error) : NULL;
    if (!imports)
        cli_fail(error);
    cli_say_faults(faults, told->all);
    if (!imports)
        return false;
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *shown = text_printable(name);
    for (guint i = 0; i < imports->len; i++) {
        const ScoreImport *import = imports->pdata[i];
        told->scores += import->recorded ? import->leaves : 0;
        if (import->recorded)
            g_hash_table_add(told->agencies, (gpointer)import->agency);
        note_agency(told, shown, import);
    }
    return true;
}

/* The sum; then each agency's version, those first whose scores changed; then what is to be asked for. */
static void tell_imports(Import *told)
{
    guint agencies = g_hash_table_size(told->agencies); /* an agency may have sent two files */
    if (agencies > 1)
        cli_say(_("%s scores of %s agencies taken over."), number_shown(told->scores),
                number_shown(agencies));
    g_ptr_array_extend_and_steal(told->changed, g_steal_pointer(&told->others));
    g_ptr_array_extend_and_steal(told->changed, g_steal_pointer(&told->same));
    cli_say_some(told->changed, told->all, "phieu import --all");
    cli_say_some(told->unproven, told->all, "phieu import --all");
    g_ptr_array_unref(told->changed);
    g_ptr_array_unref(told->unproven);
    g_hash_table_unref(told->agencies);
}

int cli_import(const CliContext *context, int argc, char **argv)
{
    g_auto(GStrv) rest = NULL;
    gboolean all = FALSE;
    const GOptionEntry entries[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, N_("name every agency and every fault"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("self|appraised|previous FILE…"),
                   _("Imports self-scores, the council's appraisal or the index of the year before "
                     "(agency,index[,rank]) from XLSX, ODS or CSV. A file with one wrong cell\n"
                     "imports nothing; every fault is named with its cell."),
                   entries, argc, argv, &rest))
        return CLI_USAGE;
    static const char *const kinds[] = {"self", "appraised", "previous", NULL};
    bool self = g_strcmp0(rest[0], "self") == 0, previous = g_strcmp0(rest[0], "previous") == 0;
    if (!self && !previous && g_strcmp0(rest[0], "appraised") != 0)
        return cli_unknown(rest[0], kinds, _("write: phieu import self|appraised|previous FILE…"));
    if (!rest[1])
        return cli_usage(_("name the files to import"));
    g_autoptr(Store) store = cli_open(context, STORE_WORK);
    if (!store)
        return CLI_FAILED;
    int failed = 0;
    Import told = {.store = store,
                   .kind = self ? STORE_SCORES_SELF : STORE_SCORES_APPRAISED,
                   .all = all,
                   .agencies = g_hash_table_new(NULL, NULL),
                   .changed = g_ptr_array_new_with_free_func(g_free),
                   .others = g_ptr_array_new_with_free_func(g_free),
                   .same = g_ptr_array_new_with_free_func(g_free),
                   .unproven = g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GPtrArray) litter = g_ptr_array_new_with_free_func(g_free);
    for (char **path = rest + 1; *path; path++) {
        if (file_is_litter(*path))
            g_ptr_array_add(litter, g_path_get_basename(*path));
        else
            failed += previous ? !cli_import_previous(store, *path, all) : !import_file(&told, *path);
    }
    tell_imports(&told);
    int files = (int)(g_strv_length(rest + 1) - litter->len);
    if (previous && failed < files && !cli_warn_without_previous(store, all))
        return CLI_FAILED;
    if (litter->len) {
        g_autofree char *names = cli_join_some(litter);
        cli_say(_("Passed over, as files of the system and of open workbooks: %s."), names);
    }
    if (failed)
        cli_say(_("%d of %d files were not imported; what stood before still counts."), failed, files);
    if (!files)
        return cli_usage(_("name the files to import"));
    return failed ? CLI_FAILED : CLI_DONE;
}
