/* A waiver covers the facts it was given for: it lapses when they grow. */
#include "score/waivers.h"

/* Adds to an obstacle's text why its waiver does not hold. */
static void tell(QuotaObstacle *obstacle, char *why)
{
    char *text = g_strdup_printf("%s; %s", obstacle->text, why);
    g_free(why);
    g_free(obstacle->text);
    obstacle->text = text;
}

/* Whether the waiver holds for what stands now. */
static bool covers(const StoreWaiver *waiver, QuotaObstacle *obstacle)
{
    if (waiver->undone) {
        tell(obstacle, g_strdup_printf(_("its waiver was withdrawn by %s"), waiver->undone));
        return false;
    }
    if (!*waiver->fact) {
        tell(obstacle,
             g_strdup_printf(_("the waiver by %s (%s) is of an earlier version and does not say how "
                               "much it covers: it has lapsed; waive what stands now, or withdraw it"),
                             waiver->who, waiver->reason));
        return false;
    }
    int beyond = quota_fact_beyond(obstacle->fact, waiver->fact);
    if (beyond)
        tell(obstacle,
             g_strdup_printf(_("the waiver by %s (%s) was given for %s, and of the %s now %s are "
                               "new: it has lapsed; waive what stands now, or withdraw it"),
                             waiver->who, waiver->reason, number_shown(quota_fact_count(waiver->fact)),
                             number_shown(quota_fact_count(obstacle->fact)), number_shown(beyond)));
    return beyond == 0;
}

bool score_apply_waivers(ScoreIndex *index, Store *store, GError **error)
{
    g_autoptr(GHashTable) waivers = store_load_waivers(store, error);
    if (!waivers)
        return false;
    for (guint i = index->obstacles->len; i-- > 0;) {
        QuotaObstacle *obstacle = index->obstacles->pdata[i];
        const StoreWaiver *waiver = g_hash_table_lookup(waivers, obstacle->id);
        if (waiver && obstacle->needs_decision && !waiver->undone)
            tell(obstacle,
                 g_strdup_printf(_("the waiver by %s (%s) gives no index"), waiver->who, waiver->reason));
        if (!waiver || obstacle->needs_decision || !covers(waiver, obstacle))
            continue;
        g_ptr_array_insert(
            index->waived, 0,
            g_strdup_printf("%s (%s) — %s: %s", obstacle->id, obstacle->text, waiver->who, waiver->reason));
        g_ptr_array_remove_index(index->obstacles, i);
    }
    index->provisional = index->obstacles->len > 0;
    return true;
}
