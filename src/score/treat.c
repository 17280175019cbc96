/* Leaves nobody answered, agencies without an index: what people decided becomes of them; exact. */
#include "score/treat.h"

#include <string.h>

const StoreTreatment *score_find_treatment(GHashTable *treatments, const char *agency, const char *leaf)
{
    g_autofree char *key = g_strdup_printf("%s|%s", agency, leaf);
    return g_hash_table_lookup(treatments, key);
}

const char *score_obstacle_kind(const char *id)
{
    static const struct {
        const char *kind, *words;
    } known[] = {{"answers-waiting", N_("answers wait for a person")},
                 {"ballots-held", N_("ballots are held")},
                 {"pages-refused", N_("pages or files are refused")},
                 {"quota-short", N_("ballots are missing")},
                 {"self-score-missing", N_("the self-score was not imported")},
                 {"appraisal-missing", N_("appraised scores are missing")},
                 {"leaf-unscored", N_("nobody answered a criterion")},
                 {"index-missing", N_("no criterion is applicable")}};
    size_t length = strcspn(id, ":");
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strlen(known[i].kind) == length && strncmp(id, known[i].kind, length) == 0)
            return _(known[i].words);
    }
    return id;
}

void score_settle_obstacle(ScoreIndex *index, QuotaObstacle *obstacle, const StoreTreatment *by)
{
    g_ptr_array_add(index->treated,
                    g_strdup_printf("%s (%s) — %s; %s: %s", obstacle->id, obstacle->text,
                                    store_treatment_words(by->treatment), by->who, by->reason));
    g_ptr_array_remove(index->obstacles, obstacle);
}

static bool is_surveyed(const ScoreLeaf *leaf)
{
    return leaf->applicable && leaf->leaf->kind == SURVEY_NODE_SURVEYED;
}

static void scale(Rational **value, const Rational *factor)
{
    Rational *scaled = rational_mul(*value, factor);
    rational_free(*value);
    *value = scaled;
}

static bool is_same(const StoreTreatment *a, const StoreTreatment *b)
{
    return a && b && g_str_equal(a->treatment, b->treatment) && g_str_equal(a->who, b->who) &&
           g_str_equal(a->reason, b->reason);
}

/* One note for all leaves treated alike by the same person for the same reason. */
static void note_treated(ScoreAgency *result)
{
    const StoreTreatment *before = NULL;
    for (guint i = 0; i < result->leaves->len; i++) {
        const StoreTreatment *treatment = ((ScoreLeaf *)result->leaves->pdata[i])->treatment;
        bool told = !treatment || is_same(treatment, before);
        g_autoptr(GString) codes = g_string_new(NULL);
        for (guint j = 0; j < result->leaves->len && !told; j++) {
            const ScoreLeaf *leaf = result->leaves->pdata[j];
            if (!is_same(leaf->treatment, treatment))
                continue;
            told = j < i;
            g_string_append_printf(codes, "%s%s", codes->len ? ", " : "", leaf->leaf->code);
        }
        before = treatment ? treatment : before;
        if (!told)
            g_ptr_array_add(result->notes,
                            g_strdup_printf(_("%s: no group answered it; %s, as decided by %s: %s"),
                                            codes->str, store_treatment_words(treatment->treatment),
                                            treatment->who, treatment->reason));
    }
}

/* What the survey leaves that have points carry: theirs and `moved`, in proportion to their maxima. */
static void carry(ScoreAgency *result, const Rational *own, const Rational *moved)
{
    g_autoptr(Rational) all = rational_add(own, moved);
    g_autoptr(Rational) factor = rational_div(all, own);
    for (guint i = 0; i < result->leaves->len; i++) {
        ScoreLeaf *leaf = result->leaves->pdata[i];
        if (!is_surveyed(leaf) || !leaf->points)
            continue;
        scale(&leaf->max, factor);
        scale(&leaf->points, factor);
    }
}

void score_treat_agency(ScoreAgency *result, GHashTable *treatments)
{
    const char *code = result->agency->code;
    g_autoptr(Rational) own = rational_new(0, 1);
    g_autoptr(Rational) moved = rational_new(0, 1);
    g_autoptr(GString) idle = g_string_new(NULL);
    for (guint i = 0; i < result->leaves->len; i++) {
        const ScoreLeaf *leaf = result->leaves->pdata[i];
        if (is_surveyed(leaf) && leaf->points)
            rational_add_to(&own, leaf->max);
    }
    for (guint i = 0; i < result->leaves->len; i++) {
        ScoreLeaf *leaf = result->leaves->pdata[i];
        const StoreTreatment *treatment =
            is_surveyed(leaf) ? score_find_treatment(treatments, code, leaf->leaf->code) : NULL;
        if (!treatment)
            continue;
        bool to_others = g_str_equal(treatment->treatment, "to-others");
        if (leaf->points) {
            g_ptr_array_add(result->notes,
                            g_strdup_printf(_("%s: was answered after all; the decision by %s is not used"),
                                            leaf->leaf->code, treatment->who));
        } else if (to_others && rational_sign(own) == 0) {
            g_string_append_printf(idle, "%s%s", idle->len ? ", " : "", leaf->leaf->code);
        } else {
            if (to_others)
                rational_add_to(&moved, leaf->max);
            leaf->applicable = false;
            leaf->treatment = treatment;
        }
    }
    note_treated(result);
    if (idle->len)
        g_ptr_array_add(
            result->notes,
            g_strdup_printf(_("%s: no other survey criterion has points to carry it"), idle->str));
    if (rational_sign(moved) > 0)
        carry(result, own, moved);
    result->excluded = score_find_treatment(treatments, code, "");
    if (result->excluded)
        g_ptr_array_add(result->notes, g_strdup_printf(_("not ranked, as decided by %s: %s"),
                                                       result->excluded->who, result->excluded->reason));
}
