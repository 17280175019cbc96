/* A score file as a whole. */
#include <string.h>

#include "score/sheet.h"

void score_fault_free(ScoreFault *fault)
{
    if (!fault)
        return;
    g_free(fault->text);
    g_free(fault);
}

/* "file!Sheet" of "file!Sheet!D12". */
static char *sheet_of(const char *source)
{
    return g_strndup(source, (gsize)(strrchr(source, '!') - source));
}

/* An agency's leaf must not come from two sheets: one fault for each pair of sheets. */
static void check_twice(const GPtrArray *scores, GPtrArray *faults)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                          told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < scores->len; i++) {
        const StoreScore *score = scores->pdata[i];
        char *key = g_strdup_printf("%s|%s", score->agency, score->leaf);
        const StoreScore *before = g_hash_table_lookup(seen, key);
        if (!before) {
            g_hash_table_insert(seen, key, (gpointer)score);
            continue;
        }
        g_free(key);
        g_autofree char *here = sheet_of(score->source), *there = sheet_of(before->source);
        if (!g_hash_table_add(told, g_strdup_printf("%s|%s|%s", score->agency, here, there)))
            continue;
        ScoreFault *fault = g_new0(ScoreFault, 1);
        fault->text =
            g_strdup_printf(_("%s: agency '%s' has points here and on another sheet (%s); keep one of the "
                              "two sheets"),
                            score->source, score->agency, before->source);
        g_ptr_array_add(faults, fault);
    }
}

GPtrArray *score_read_file(const Survey *survey, StoreScoreKind kind, const char *path,
                           GPtrArray **ret_faults, GError **error)
{
    g_autoptr(GPtrArray) tables = table_read(path, error);
    if (!tables)
        return NULL;
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func((GDestroyNotify)store_score_free);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)score_fault_free);
    bool any = false;
    for (guint i = 0; i < tables->len; i++) {
        Sheet sheet = {.survey = survey,
                       .kind = kind,
                       .file = path,
                       .table = tables->pdata[i],
                       .faults = faults,
                       .scores = scores};
        int row, hidden = sheet_hidden_points(sheet.table, kind, &row);
        g_autofree char *words = hidden >= 0 ? sheet_hidden_column_words(hidden) : NULL;
        if (words)
            sheet_add_fault(&sheet, row, hidden, "%s", words);
        bool found = sheet_find_columns(sheet.table, kind, false, &sheet.columns);
        any = found || words || sheet_check_font(&sheet) || any; /* else a sheet of explanations */
        if (found)
            sheet_read(&sheet);
    }
    g_autofree char *shown = text_printable(path);
    if (!any) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            kind == STORE_SCORES_SELF
                ? _("%s: no heading row with a code and 'Điểm tự chấm'; use the template of phieu template")
                : _("%s: no heading row with a code and 'Điểm thẩm định'; use the template of phieu "
                    "template"),
            shown);
        return NULL;
    }
    check_twice(scores, faults);
    if (faults->len == 0)
        return g_steal_pointer(&scores);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: %u faults; nothing of it was imported"),
                shown, faults->len);
    if (ret_faults)
        *ret_faults = g_steal_pointer(&faults);
    return NULL;
}
