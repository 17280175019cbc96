/* What people decide about leaves nobody answered and agencies without an index. */
#include <string.h>

#include "store/sql.h"

void store_treatment_free(StoreTreatment *treatment)
{
    if (!treatment)
        return;
    g_free(treatment->agency);
    g_free(treatment->leaf);
    g_free(treatment->treatment);
    g_free(treatment->who);
    g_free(treatment->reason);
    g_free(treatment);
}

/* Whether the agency's criteria have that survey leaf. */
static bool has_leaf(const Survey *survey, const SurveyAgency *agency, const char *code)
{
    const SurveyCriteria *criteria = survey_criteria(survey, agency->block->criteria_id);
    for (guint i = 0; criteria && i < criteria->leaves->len; i++) {
        const SurveyNode *leaf = criteria->leaves->pdata[i];
        if (leaf->kind == SURVEY_NODE_SURVEYED && g_str_equal(leaf->code, code))
            return true;
    }
    return false;
}

static bool check(const Survey *survey, const StoreTreatment *treatment, GError **error)
{
    static const char *const of_leaves[] = {"not-applicable", "to-others", NULL};
    const SurveyAgency *agency = survey_agency(survey, treatment->agency);
    g_autofree char *code = text_printable(treatment->agency), *leaf = text_printable(treatment->leaf),
                    *how = text_printable(treatment->treatment);
    bool whole = !*treatment->leaf;
    if (!agency)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("the survey has no agency '%s'"), code);
    else if (!whole && !has_leaf(survey, agency, treatment->leaf))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("agency '%s' has no survey criterion '%s'"),
                    code, leaf);
    else if (whole ? !g_str_equal(treatment->treatment, "unranked")
                   : !g_strv_contains(of_leaves, treatment->treatment))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("'%s': of a criterion use not-applicable or to-others, of an agency unranked"), how);
    else
        return true;
    return false;
}

bool store_treat(Store *store, const StoreTreatment *treatments, int count, const char *who,
                 const char *reason, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    for (int i = 0; i < count; i++) {
        const StoreTreatment *of = &treatments[i];
        g_autofree char *value = g_strdup_printf("%s|%s", of->agency, of->treatment);
        if (!check(store->survey, of, error) ||
            !decision_add(store, "treat", "", of->leaf, 0, value, who, reason, error)) {
            sql_rollback(store);
            return false;
        }
    }
    return sql_commit(store, error);
}

bool store_withdraw_treatments(Store *store, const StoreTreatment *treatments, int count, const char *who,
                               const char *reason, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    for (int i = 0; i < count; i++) {
        int undone = 0;
        if (decision_undo_all(store, "treat", treatments[i].leaf, treatments[i].agency, who, reason, &undone,
                              error) &&
            undone)
            continue;
        if (error && !*error)
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                        _("no decision stands on agency '%s', criterion '%s'"), treatments[i].agency,
                        treatments[i].leaf);
        sql_rollback(store);
        return false;
    }
    return sql_commit(store, error);
}

GHashTable *store_load_treatments(Store *store, GError **error)
{
    g_autoptr(GHashTable) treatments =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)store_treatment_free);
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT value, question, who, reason FROM standing WHERE kind = 'treat' ORDER BY id", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *value = sql_text(row, 0);
        g_auto(GStrv) parts = g_strsplit(value, "|", 2);
        StoreTreatment *of = g_new0(StoreTreatment, 1);
        *of = (StoreTreatment){g_strdup(parts[0]), sql_text(row, 1), g_strdup(parts[1]), sql_text(row, 2),
                               sql_text(row, 3)};
        g_hash_table_replace(treatments, g_strdup_printf("%s|%s", of->agency, of->leaf), of);
    }
    return more == 0 ? g_steal_pointer(&treatments) : NULL;
}
