/* What keeps the count from being final. */
#include "quota/census.h"

void quota_obstacle_free(QuotaObstacle *obstacle)
{
    if (!obstacle)
        return;
    g_free(obstacle->id);
    g_free(obstacle->text);
    g_free(obstacle->remedy);
    g_free(obstacle->fact);
    g_free(obstacle);
}

QuotaObstacle *quota_obstacle_new(char *id, char *text, char *fact)
{
    QuotaObstacle *obstacle = g_new0(QuotaObstacle, 1);
    *obstacle = (QuotaObstacle){.id = id, .text = text, .fact = fact};
    return obstacle;
}

char *quota_obstacle_words(const QuotaObstacle *obstacle)
{
    return obstacle->remedy ? g_strdup_printf("%s; %s", obstacle->text, obstacle->remedy)
                            : g_strdup(obstacle->text);
}

static void add(GPtrArray *obstacles, char *id, char *text, char *fact)
{
    g_ptr_array_add(obstacles, quota_obstacle_new(id, text, fact));
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
            g_strdup_printf(_("group %s, %s, from %s: %s of %s ballots are missing"), cell->group->id,
                            cell->agency->name, cell->origin->name, number_shown(row->counts.missing),
                            number_shown(cell->planned)),
            quota_fact_new(row->counts.missing, NULL));
    }
}

/* Why nobody judges a ballot by its answers: it is held or rejected; NULL where it is judged. */
static const char *unjudged(const QuotaBallot *ballot)
{
    StoreBallotStatus status = ballot->ballot->status;
    if (status != STORE_BALLOT_COMPLETE)
        return store_ballot_status_id(status);
    return ballot->cell ? NULL : "no-cell";
}

const char *quota_validity(const QuotaBallot *ballot)
{
    return unjudged(ballot) ? "" : ballot_validity_id(ballot->validity);
}

const char *quota_not_counted(const QuotaBallot *ballot)
{
    const char *why = unjudged(ballot);
    if (why || ballot->counts)
        return why ? why : "";
    return ballot->surplus ? "surplus" : ballot_validity_id(ballot->validity);
}

/* The held ballots, each with why it is held: char*. */
static GPtrArray *find_held(const Quota *quota)
{
    GPtrArray *held = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < quota->ballots->len; i++) {
        const QuotaBallot *ballot = quota->ballots->pdata[i];
        const char *why = unjudged(ballot);
        if (why && ballot->ballot->status != STORE_BALLOT_REJECTED)
            g_ptr_array_add(held, g_strdup_printf("%s/%s", ballot->ballot->serial, why));
    }
    return held;
}

GPtrArray *quota_obstacles(const Quota *quota)
{
    const QuotaPrivate *own = quota->private_data;
    GPtrArray *obstacles = g_ptr_array_new_with_free_func((GDestroyNotify)quota_obstacle_free);
    g_autoptr(GPtrArray) held = find_held(quota);
    int open = 0;
    for (guint i = 0; i < quota->ballots->len; i++) {
        const QuotaBallot *ballot = quota->ballots->pdata[i];
        open += ballot->ballot->status == STORE_BALLOT_COMPLETE && ballot->cell &&
                ballot->validity == BALLOT_OPEN;
    }
    if (quota->answers_waiting)
        add(obstacles, g_strdup("answers-waiting"),
            g_strdup_printf(_("%s answers wait for a person (%s ballots depend on them)"),
                            number_shown(quota->answers_waiting), number_shown(open)),
            quota_fact_new(quota->answers_waiting, own->waiting));
    if (held->len)
        add(obstacles, g_strdup("ballots-held"),
            g_strdup_printf(_("%s ballots are held: scanned twice, incomplete, of unknown or void serial"),
                            number_shown(held->len)),
            quota_fact_new((int)held->len, held));
    if (quota->pages_refused)
        add(obstacles, g_strdup("pages-refused"),
            g_strdup_printf(_("%s refused pages or files are not dealt with"),
                            number_shown(quota->pages_refused)),
            quota_fact_new(quota->pages_refused, own->refused));
    add_short_cells(quota, obstacles);
    return obstacles;
}
