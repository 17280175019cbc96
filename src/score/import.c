/* Taking checked scores over as an agency's next version, and what that changes. */
#include "score/score.h"

void score_import_free(ScoreImport *import)
{
    if (!import)
        return;
    rational_free(import->sum);
    rational_free(import->before);
    g_ptr_array_unref(import->changed);
    g_ptr_array_unref(import->unproven);
    g_free(import);
}

/* The agency's entry, made when missing. */
static ScoreImport *entry_of(GPtrArray *imports, const SurveyAgency *agency)
{
    for (guint i = imports->len; i-- > 0;) {
        if (((ScoreImport *)imports->pdata[i])->agency == agency)
            return imports->pdata[i];
    }
    ScoreImport *import = g_new0(ScoreImport, 1);
    import->agency = agency;
    import->sum = rational_new(0, 1);
    import->changed = g_ptr_array_new_with_free_func(g_free);
    import->unproven = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(imports, import);
    return import;
}

/* With two decimals, or as many more as tell the points from others; "–" for none. */
static char *points_text(const StoreScore *score)
{
    for (int decimals = 2; score && decimals < 6; decimals++) {
        g_autofree char *text = rational_to_decimal(score->points, decimals, '.');
        g_autoptr(Rational) shown = rational_parse(text, NULL);
        if (shown && rational_compare(shown, score->points) == 0)
            return rational_to_decimal(score->points, decimals, ',');
    }
    return score ? rational_to_decimal(score->points, 6, ',') : g_strdup("–");
}

static char *change_text(const StoreScore *from, const StoreScore *to)
{
    g_autofree char *old = points_text(from), *new = points_text(to);
    return g_strdup_printf("%s %s → %s", (from ? from : to)->leaf, old, new);
}

/* The scores by agency and leaf. */
static GHashTable *index_scores(const GPtrArray *scores)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < scores->len; i++) {
        const StoreScore *score = scores->pdata[i];
        if (score->points)
            g_hash_table_insert(index, g_strdup_printf("%s|%s", score->agency, score->leaf), (gpointer)score);
    }
    return index;
}

static const StoreScore *find_score(GHashTable *index, const StoreScore *of)
{
    g_autofree char *key = g_strdup_printf("%s|%s", of->agency, of->leaf);
    return g_hash_table_lookup(index, key);
}

static void add_new(GPtrArray *imports, const Survey *survey, StoreScoreKind kind, const GPtrArray *scores,
                    GHashTable *old)
{
    for (guint i = 0; i < scores->len; i++) {
        const StoreScore *score = scores->pdata[i], *before = find_score(old, score);
        ScoreImport *import = entry_of(imports, survey_agency(survey, score->agency));
        import->leaves++;
        rational_add_to(&import->sum, score->points);
        if (!before || rational_compare(before->points, score->points) != 0)
            g_ptr_array_add(import->changed, change_text(before, score));
        if (kind == STORE_SCORES_SELF && rational_sign(score->points) > 0 && !*score->evidence &&
            !*score->note)
            g_ptr_array_add(import->unproven, g_strdup(score->leaf));
    }
}

/* What stood before, of the agencies that have new scores. */
static void add_old(GPtrArray *imports, const Survey *survey, const GPtrArray *scores, GHashTable *new)
{
    g_autoptr(GHashTable) agencies = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < imports->len; i++)
        g_hash_table_add(agencies, (gpointer)((ScoreImport *)imports->pdata[i])->agency);
    for (guint i = 0; i < scores->len; i++) {
        const StoreScore *score = scores->pdata[i];
        const SurveyAgency *agency = survey_agency(survey, score->agency);
        if (!agency || !score->points || !g_hash_table_contains(agencies, agency))
            continue;
        ScoreImport *import = entry_of(imports, agency);
        import->before = import->before ? import->before : rational_new(0, 1);
        rational_add_to(&import->before, score->points);
        if (!find_score(new, score))
            g_ptr_array_add(import->changed, change_text(score, NULL));
    }
}

/* Whether two scores of a leaf say the same, wherever they stand. */
static bool says_same(const StoreScore *a, const StoreScore *b)
{
    return rational_compare(a->points, b->points) == 0 && g_str_equal(a->evidence, b->evidence) &&
           g_str_equal(a->note, b->note);
}

/* Adds the agencies of scores that are missing among others, or are others there. */
static void add_differing(GHashTable *agencies, const GPtrArray *scores, GHashTable *others)
{
    for (guint i = 0; i < scores->len; i++) {
        const StoreScore *score = scores->pdata[i], *other = find_score(others, score);
        if (score->points && (!other || !says_same(score, other)))
            g_hash_table_add(agencies, score->agency);
    }
}

bool score_record(Store *store, StoreScoreKind kind, const char *path, const GPtrArray *scores,
                  GPtrArray **ret_recorded, GError **error)
{
    g_autofree char *sha256 = file_sha256(path, error), *name = g_path_get_basename(path);
    g_autoptr(GPtrArray) old = sha256 ? store_load_scores(store, kind, error) : NULL;
    if (!old)
        return false;
    g_autoptr(GHashTable) old_index = index_scores(old), new_index = index_scores(scores);
    g_autoptr(GHashTable) differing = g_hash_table_new(g_str_hash, g_str_equal);
    add_differing(differing, scores, old_index);
    add_differing(differing, old, new_index); /* of other agencies, too: those have no score to record */
    g_autoptr(GPtrArray) recorded = g_ptr_array_new();
    for (guint i = 0; i < scores->len; i++) {
        if (g_hash_table_contains(differing, ((StoreScore *)scores->pdata[i])->agency))
            g_ptr_array_add(recorded, scores->pdata[i]);
    }
    int number = 0;
    if (recorded->len && !store_add_scores(store, kind, name, sha256, recorded, &number, error))
        return false;
    *ret_recorded = g_steal_pointer(&recorded);
    return true;
}

GPtrArray *score_import(Store *store, StoreScoreKind kind, const char *path, const GPtrArray *scores,
                        GError **error)
{
    const Survey *survey = store_survey(store);
    g_autoptr(GPtrArray) old = store_load_scores(store, kind, error), recorded = NULL;
    if (!old || !score_record(store, kind, path, scores, &recorded, error))
        return NULL;
    g_autoptr(GPtrArray) imports = g_ptr_array_new_with_free_func((GDestroyNotify)score_import_free);
    g_autoptr(GHashTable) old_index = index_scores(old), new_index = index_scores(scores);
    add_new(imports, survey, kind, scores, old_index);
    add_old(imports, survey, old, new_index);
    for (guint i = 0; i < recorded->len; i++)
        entry_of(imports, survey_agency(survey, ((StoreScore *)recorded->pdata[i])->agency))->recorded = true;
    for (guint i = 0; i < imports->len; i++) {
        ScoreImport *import = imports->pdata[i];
        if (!store_count_score_versions(store, kind, import->agency->code, &import->version, error))
            return NULL;
        if (!import->before) /* all of a first version is new */
            g_ptr_array_set_size(import->changed, 0);
    }
    return g_steal_pointer(&imports);
}
