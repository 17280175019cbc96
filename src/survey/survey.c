/* Loading a definition's folder, and freezing a copy of it. */
#include "survey/survey.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "survey/files.h"

void survey_fault_free(SurveyFault *fault)
{
    if (!fault)
        return;
    g_free(fault->file);
    g_free(fault->message);
    g_free(fault);
}

char *survey_fault_to_text(const SurveyFault *fault)
{
    return g_strdup_printf("%s:%d:%d: %s", fault->file, fault->line, fault->column, fault->message);
}

/* Names of the definition's YAML files, sorted; NULL when the folder cannot be read. */
static GPtrArray *list_files(const char *folder, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &cause);
    if (!dir) {
        g_autofree char *shown = text_printable(folder);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("%s: no definition there: %s"), shown,
                    cause->message);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        if (g_str_has_suffix(name, ".yaml") && name[0] != '.')
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, text_compare);
    return names;
}

static void *read_one(const char *folder, const char *name, const SpecTable *table, GPtrArray *faults)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return spec_read(path, path, table, faults);
}

static GPtrArray *read_many(const char *folder, const GPtrArray *names, const char *prefix,
                            const SpecTable *table, GPtrArray *faults)
{
    GPtrArray *structures = g_ptr_array_new();
    for (guint i = 0; i < names->len; i++) {
        if (g_str_has_prefix(names->pdata[i], prefix))
            g_ptr_array_add(structures, read_one(folder, names->pdata[i], table, faults));
    }
    if (structures->len == 0) {
        g_autofree char *path = g_strdup_printf("%s/%s*.yaml", folder, prefix);
        spec_add_fault(faults, (SpecPlace){g_intern_string(path), 1, 1}, _("there is no such file"));
    }
    return structures;
}

static void free_many(GPtrArray *structures, const SpecTable *table)
{
    for (guint i = 0; i < structures->len; i++)
        spec_free(structures->pdata[i], table);
    g_ptr_array_unref(structures);
}

/* Whether nothing could be read of one of the files. */
static bool is_hollow(const Written *written)
{
    bool hollow = written->main->blocks->len == 0 || written->agencies->agencies->len == 0 ||
                  written->groups->groups->len == 0 || written->scales->scales->len == 0 ||
                  (written->origins->unit_sets->len == 0 && written->origins->origins->len == 0);
    for (guint i = 0; i < written->criteria->len; i++)
        hollow = hollow || ((CriteriaSpec *)written->criteria->pdata[i])->areas->len == 0;
    for (guint i = 0; i < written->forms->len; i++) {
        const FormSpec *form = written->forms->pdata[i];
        hollow = hollow || (form->sections->len == 0 && !*form->extends);
    }
    return hollow;
}

static Survey *read_definition(const char *folder, const GPtrArray *names, bool frozen, GPtrArray *faults)
{
    Written written = {.main = read_one(folder, "survey.yaml", &survey_main_table, faults),
                       .agencies = read_one(folder, "agencies.yaml", &survey_agencies_table, faults),
                       .origins = read_one(folder, "origins.yaml", &survey_origins_table, faults),
                       .groups = read_one(folder, "groups.yaml", &survey_groups_table, faults),
                       .scales = read_one(folder, "scales.yaml", &survey_scales_table, faults),
                       .criteria = read_many(folder, names, "criteria-", &survey_criteria_table, faults),
                       .forms = read_many(folder, names, "form-", &survey_form_table, faults),
                       .frozen = frozen};
    static const char *const known[] = {"survey.yaml", "agencies.yaml", "origins.yaml",
                                        "groups.yaml", "scales.yaml",   NULL};
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!g_strv_contains(known, name) && !g_str_has_prefix(name, "criteria-") &&
            !g_str_has_prefix(name, "form-"))
            spec_add_fault(
                faults, (SpecPlace){g_intern_string(path), 1, 1},
                _("no file of a definition has this name; rename it to form-….yaml or criteria-….yaml, or "
                  "remove it"));
    }
    /* A file that cannot be read would make a fault of every mention of what stands in it. */
    Survey *survey = faults->len == 0 || !is_hollow(&written) ? survey_build(&written, folder, faults) : NULL;
    if (survey)
        survey_check(survey, faults);
    spec_free(written.main, &survey_main_table);
    spec_free(written.agencies, &survey_agencies_table);
    spec_free(written.origins, &survey_origins_table);
    spec_free(written.groups, &survey_groups_table);
    spec_free(written.scales, &survey_scales_table);
    free_many(written.criteria, &survey_criteria_table);
    free_many(written.forms, &survey_form_table);
    return survey;
}

/* Names and bytes of every YAML file, and of the blanks that foreign forms name. */
static bool compute_fingerprint(Survey *survey, const GPtrArray *names, GError **error)
{
    g_autoptr(Sha256) sum = sha256_new();
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(survey->folder, names->pdata[i], NULL);
        g_autofree char *hash = file_sha256(path, error);
        if (!hash)
            return false;
        sha256_add_text(sum, names->pdata[i]);
        sha256_add(sum, hash, strlen(hash));
    }
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        for (guint p = 0; p < form->foreign_pages->len; p++) {
            const SurveyForeignPage *page = form->foreign_pages->pdata[p];
            g_autofree char *hash = file_sha256(page->blank, error);
            if (!hash)
                return false;
            sha256_add(sum, hash, strlen(hash));
        }
    }
    g_autofree char *all = sha256_end(g_steal_pointer(&sum));
    g_strlcpy(survey->fingerprint, all, sizeof survey->fingerprint);
    return true;
}

static gint compare_faults(gconstpointer a, gconstpointer b)
{
    const SpecFault *x = *(SpecFault *const *)a, *y = *(SpecFault *const *)b;
    int order = strcmp(x->place.file, y->place.file);
    if (order == 0)
        order = x->place.line - y->place.line;
    return order ? order : x->place.column - y->place.column;
}

/* In the order of their places; what is said of several places alike ("unknown scale 'T4'") once. */
static GPtrArray *take_faults(GPtrArray *found)
{
    GPtrArray *faults = g_ptr_array_new_with_free_func((GDestroyNotify)survey_fault_free);
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    g_ptr_array_sort(found, compare_faults);
    for (guint i = 0; i < found->len; i++) {
        const SpecFault *from = found->pdata[i];
        int before = GPOINTER_TO_INT(g_hash_table_lookup(counts, from->message));
        g_hash_table_insert(counts, from->message, GINT_TO_POINTER(before + 1));
        if (before)
            continue;
        SurveyFault *fault = g_new0(SurveyFault, 1);
        *fault = (SurveyFault){g_strdup(from->place.file), from->place.line, from->place.column,
                               g_strdup(from->message)};
        g_ptr_array_add(faults, fault);
    }
    for (guint i = 0; i < faults->len; i++) {
        SurveyFault *fault = faults->pdata[i];
        int more = GPOINTER_TO_INT(g_hash_table_lookup(counts, fault->message)) - 1;
        g_autofree char *message = fault->message;
        fault->message =
            more ? g_strdup_printf(_("%s (and at %d more places)"), message, more) : g_strdup(message);
    }
    return faults;
}

static Survey *load(const char *folder, bool frozen, GPtrArray **ret_faults, GError **error)
{
    g_autoptr(GPtrArray) names = list_files(folder, error);
    if (!names)
        return NULL;
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)spec_fault_free);
    g_autoptr(Survey) survey = read_definition(folder, names, frozen, faults);
    if (faults->len == 0)
        return compute_fingerprint(survey, names, error) ? g_steal_pointer(&survey) : NULL;
    g_autofree char *shown = text_printable(folder);
    g_autoptr(GPtrArray) told = take_faults(faults);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: %u faults in the definition"), shown,
                told->len);
    if (ret_faults)
        *ret_faults = g_steal_pointer(&told);
    return NULL;
}

Survey *survey_load(const char *folder, GPtrArray **ret_faults, GError **error)
{
    return load(folder, false, ret_faults, error);
}

Survey *survey_load_frozen(const char *folder, GPtrArray **ret_faults, GError **error)
{
    return load(folder, true, ret_faults, error);
}

void survey_free(Survey *survey)
{
    if (!survey)
        return;
    g_free(survey->folder);
    g_free(survey->id);
    g_free(survey->name);
    g_free(survey->place_name);
    rational_free(survey->rules.valid_share);
    rational_free(survey->rules.partial_share);
    rational_free(survey->rules.band_margin);
    g_array_unref(survey->rules.tie_breaks);
    g_ptr_array_unref(survey->cells);
    g_ptr_array_unref(survey->groups);
    g_ptr_array_unref(survey->criteria);
    g_ptr_array_unref(survey->forms);
    g_ptr_array_unref(survey->scales);
    g_ptr_array_unref(survey->origins);
    g_ptr_array_unref(survey->agencies);
    g_ptr_array_unref(survey->blocks);
    g_free(survey);
}

/* ---- freezing
 * ---------------------------------------------------------------------------------------------------- */

static bool copy_into(const char *from, const char *to, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize length;
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(from, &bytes, &length, &cause)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: cannot be read: %s"), from,
                    cause->message);
        return false;
    }
    g_autofree char *folder = g_path_get_dirname(to);
    if (g_mkdir_with_parents(folder, 0755) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be made: %s"), folder,
                    failure_words(errno));
        return false;
    }
    return file_replace(to, bytes, (gssize)length, error);
}

bool survey_freeze(const Survey *survey, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) names = list_files(survey->folder, error);
    if (!names)
        return false;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *from = g_build_filename(survey->folder, names->pdata[i], NULL);
        g_autofree char *to = g_build_filename(folder, names->pdata[i], NULL);
        if (!copy_into(from, to, error))
            return false;
    }
    g_autofree char *base = g_canonicalize_filename(survey->folder, NULL);
    g_autofree char *inside = g_strconcat(base, "/", NULL);
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        for (guint p = 0; p < form->foreign_pages->len; p++) {
            const SurveyForeignPage *page = form->foreign_pages->pdata[p];
            g_autofree char *blank = g_canonicalize_filename(page->blank, NULL);
            if (!g_str_has_prefix(blank, inside)) {
                g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                            _("%s: the blank page must lie in the definition's folder %s; copy it there"),
                            blank, survey->folder);
                return false;
            }
            g_autofree char *to = g_build_filename(folder, blank + strlen(inside), NULL);
            if (!copy_into(blank, to, error))
                return false;
        }
    }
    return true;
}
