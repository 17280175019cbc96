/* What keeps the count from being final. */
#include "quota/quota.h"

void quota_obstacle_free(QuotaObstacle *obstacle)
{
    if (!obstacle)
        return;
    g_free(obstacle->id);
    g_free(obstacle->text);
    g_free(obstacle);
}

static void add(GPtrArray *obstacles, char *id, char *text)
{
    QuotaObstacle *obstacle = g_new0(QuotaObstacle, 1);
    *obstacle = (QuotaObstacle){id, text};
    g_ptr_array_add(obstacles, obstacle);
}

static void add_short_cells(const Quota *quota, GPtrArray *obstacles)
{
    for (guint i = 0; i < quota->cells->len; i++) {
        const QuotaCell *row = quota->cells->pdata[i];
        const SurveyCell *cell = row->cell;
        if (!row->counts.missing)
            continue;
        add(obstacles,
            g_strdup_printf("quota-short:%s:%s:%s", cell->group->id, cell->agency->code, cell->origin->code),
            g_strdup_printf(_("group %s, %s, from %s: %d of %d ballots are missing"), cell->group->id,
                            cell->agency->name, cell->origin->name, row->counts.missing, cell->planned));
    }
}

GPtrArray *quota_obstacles(const Quota *quota)
{
    GPtrArray *obstacles = g_ptr_array_new_with_free_func((GDestroyNotify)quota_obstacle_free);
    int held = 0, open = 0;
    for (guint i = 0; i < quota->ballots->len; i++) {
        const QuotaBallot *ballot = quota->ballots->pdata[i];
        StoreBallotStatus status = ballot->ballot->status;
        held += status != STORE_BALLOT_REJECTED && (status != STORE_BALLOT_COMPLETE || !ballot->cell);
        open += status == STORE_BALLOT_COMPLETE && ballot->cell && ballot->validity == BALLOT_OPEN;
    }
    if (quota->answers_waiting)
        add(obstacles, g_strdup("answers-waiting"),
            g_strdup_printf(_("%d answers wait for a person (%d ballots depend on them)"),
                            quota->answers_waiting, open));
    if (held)
        add(obstacles, g_strdup("ballots-held"),
            g_strdup_printf(_("%d ballots are held: scanned twice, incomplete, or of unknown serial"), held));
    if (quota->pages_refused)
        add(obstacles, g_strdup("pages-refused"),
            g_strdup_printf(_("%d refused pages or files are not dealt with"), quota->pages_refused));
    add_short_cells(quota, obstacles);
    return obstacles;
}
