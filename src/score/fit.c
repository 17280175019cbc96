/* Whether an agency's rows belong to its criteria: the right set, and codes beside their own names. */
#include <string.h>

#include "score/sheet.h"

/* ---- the set ---- */

/* Whether a row says of a criterion what the set does not. */
static bool contradicts(const Sheet *sheet, const SurveyCriteria *criteria, int row, const char *code)
{
    const SurveyNode *node = g_hash_table_lookup(criteria->by_code, code);
    if (!node)
        return true;
    int column = sheet->columns.max;
    const TableCell *cell = column >= 0 ? table_cell(sheet->table, row, column) : NULL;
    g_autoptr(Rational) max = cell && cell->kind != TABLE_EMPTY ? table_cell_stored(cell, NULL) : NULL;
    return max && node->kind != SURVEY_NODE_BRANCH && rational_compare(max, node->max) != 0;
}

static int count_misfits(const Sheet *sheet, const SurveyAgency *agency, const SurveyCriteria *criteria,
                         const GArray *rows)
{
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int misfits = 0;
    for (guint i = 0; i < rows->len; i++) {
        int row = g_array_index(rows, int, i);
        char *code = sheet_code(sheet, row);
        misfits += sheet_is_criterion(sheet, row) && contradicts(sheet, criteria, row, code);
        g_hash_table_add(there, code);
    }
    for (guint i = 0; i < criteria->leaves->len; i++) {
        const SurveyNode *leaf = criteria->leaves->pdata[i];
        misfits += leaf->kind == SURVEY_NODE_APPRAISED && !g_hash_table_contains(there, leaf->code) &&
                   !g_hash_table_contains(agency->not_applicable, leaf->code);
    }
    return misfits;
}

const SurveyCriteria *sheet_find_criteria(const Sheet *sheet, const SurveyAgency *agency, const GArray *rows)
{
    const SurveyCriteria *best = survey_criteria(sheet->survey, agency->block->criteria_id);
    bool any = false; /* codes are not asked for: rows may go by their names */
    for (guint i = 0; i < rows->len && !any; i++)
        any = sheet_is_criterion(sheet, g_array_index(rows, int, i));
    int least = any ? count_misfits(sheet, agency, best, rows) : 0;
    for (guint i = 0; i < sheet->survey->criteria->len && least > 0; i++) {
        const SurveyCriteria *other = sheet->survey->criteria->pdata[i];
        int misfits = count_misfits(sheet, agency, other, rows);
        if (misfits >= least)
            continue;
        least = misfits;
        best = other;
    }
    return best;
}

/* ---- the names ---- */

/* The criterion whose name stands beside another's code; NULL where the name is its own or nobody's. */
static const SurveyNode *find_named(const SurveyCriteria *criteria, const SurveyNode *node, const char *name)
{
    g_autofree char *written = sheet_fold(name), *own = sheet_fold(node->name);
    if (!*written || g_str_equal(written, own))
        return NULL;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, criteria->by_code);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const SurveyNode *other = value;
        g_autofree char *others = sheet_fold(other->name);
        if (g_str_equal(written, others) &&
            (other->kind == SURVEY_NODE_BRANCH) == (node->kind == SURVEY_NODE_BRANCH))
            return other;
    }
    return NULL;
}

bool sheet_check_names(const Sheet *sheet, const SurveyCriteria *criteria, const GArray *rows)
{
    g_autoptr(GString) all = g_string_new(NULL);
    int at_row = -1;
    for (guint i = 0; i < rows->len && sheet->columns.name >= 0; i++) {
        int row = g_array_index(rows, int, i);
        g_autofree char *code = sheet_code(sheet, row);
        const SurveyNode *node = *code ? g_hash_table_lookup(criteria->by_code, code) : NULL;
        const SurveyNode *other =
            node ? find_named(criteria, node, sheet_text(sheet, row, sheet->columns.name)) : NULL;
        if (!other)
            continue;
        at_row = at_row < 0 ? row : at_row;
        g_string_append_printf(all, "%s%s → %s", all->len ? ", " : "", node->code, other->code);
    }
    if (at_row < 0)
        return true;
    sheet_add_fault(
        sheet, at_row, sheet->columns.name,
        _("codes stand beside the names of other criteria (code → whose name it is: %s); put each "
          "beside its own"),
        all->str);
    return false;
}
