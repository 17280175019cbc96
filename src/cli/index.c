/* phieu index; and what index and export share. */
#include "cli/compute.h"

#include <stdio.h>
#include <string.h>

#include "export/export.h"

/* How all reasons, waivers and notes are seen. */
#define WHOLE "phieu index --all"

static char *figure(const Rational *value, int decimals)
{
    return value ? rational_to_decimal(value, decimals, cli_decimal_separator()) : g_strdup("–");
}

/* With its sign before it: what changed since the year before. */
static char *signed_figure(char *figure, int sign)
{
    g_autofree char *own = figure;
    bool shows = strpbrk(own, "123456789") != NULL; /* less than is shown is no change */
    return shows && sign > 0 ? g_strconcat("+", own, NULL) : g_steal_pointer(&own);
}

/* The year before and what changed since, as far as it is known. */
static void take_previous(const ScoreAgency *agency, int decimals, char *ret_cells[4])
{
    int ranks = 0;
    g_autoptr(Rational) change = score_change(agency);
    ret_cells[0] = figure(agency->previous, decimals);
    ret_cells[1] = signed_figure(figure(change, decimals), change ? rational_sign(change) : 0);
    ret_cells[2] = agency->previous_rank ? cli_number(agency->previous_rank) : g_strdup("–");
    ret_cells[3] =
        score_rank_change(agency, &ranks) ? signed_figure(cli_number(ranks), ranks) : g_strdup("–");
}

static void print_block(const ScoreBlock *block, int decimals, bool all)
{
    printf("%s\n", block->block->name);
    const char *columns[] = {_(">No"),         _("Agency"),       _(">Appraised"), _(">Survey"),
                             _(">Points"),     _(">Out of"),      _(">Index %"),   _(">Rank"),
                             _("Band"),        _(">Last year %"), _(">Change %"),  _(">Rank then"),
                             _(">Rank change")};
    bool previous = score_has_previous(block);
    CliTable *table = cli_table_new(columns, (int)G_N_ELEMENTS(columns) - (previous ? 0 : 4));
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        const ScoreSum *total = agency->total;
        char *before[4] = {NULL}; /* the first of them ends the row */
        if (previous)
            take_previous(agency, decimals, before);
        char *rank = !agency->complete && !agency->excluded ? g_strdup("–")
                     : !agency->rank                        ? g_strdup(_("not ranked"))
                                     : g_strdup_printf(agency->tied ? "%d=" : "%d", agency->rank);
        cli_table_add(
            table, cli_number(i + 1), g_strdup(agency->agency->name), figure(total->appraised, decimals),
            figure(total->surveyed, decimals), figure(total->points, decimals), figure(total->max, decimals),
            figure(total->percent, decimals), rank, g_strdup(agency->band ? agency->band->name : "–"),
            before[0], before[1], before[2], before[3], NULL);
    }
    cli_table_print(table);
    if (block->mean) {
        g_autofree char *mean = figure(block->mean, decimals), *highest = figure(block->highest, decimals),
                        *lowest = figure(block->lowest, decimals);
        printf(_("Mean %s · highest %s · lowest %s\n"), mean, highest, lowest);
    }
    CliList list = {.all = all};
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        for (guint n = 0; n < agency->notes->len; n++) {
            if (cli_list_take(&list))
                printf("  %s: %s\n", agency->agency->code, (const char *)agency->notes->pdata[n]);
        }
    }
    cli_list_end(&list, stdout, WHOLE);
    putchar('\n');
}

/* The kind of a reason is what its id begins with: "quota-short" of "quota-short:G1:SNV:SNV". */
static char *kind_of(const QuotaObstacle *obstacle)
{
    return g_strndup(obstacle->id, strcspn(obstacle->id, ":"));
}

/* The reasons of one kind, and what to do about them: each remedy once, below. */
static void print_kind(const GPtrArray *obstacles, const char *kind, bool all)
{
    CliList list = {.all = all};
    g_autoptr(GPtrArray) remedies = g_ptr_array_new();
    for (guint i = 0; i < obstacles->len; i++) {
        const QuotaObstacle *obstacle = obstacles->pdata[i];
        g_autofree char *own = kind_of(obstacle);
        if (!g_str_equal(own, kind))
            continue;
        if (cli_list_take(&list))
            printf("  [%s] %s\n", obstacle->id, obstacle->text);
        if (obstacle->remedy &&
            !g_ptr_array_find_with_equal_func(remedies, obstacle->remedy, g_str_equal, NULL))
            g_ptr_array_add(remedies, obstacle->remedy);
    }
    cli_list_end(&list, stdout, WHOLE);
    for (guint i = 0; i < remedies->len; i++)
        printf("  → %s\n", (const char *)remedies->pdata[i]);
}

/* How many reasons there are of each kind, in the order they come in, and then some of each. */
static void print_obstacles(const GPtrArray *obstacles, bool all)
{
    g_autoptr(GPtrArray) kinds = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < obstacles->len; i++) {
        char *kind = kind_of(obstacles->pdata[i]);
        int count = GPOINTER_TO_INT(g_hash_table_lookup(counts, kind));
        if (!count)
            g_ptr_array_add(kinds, kind);
        g_hash_table_insert(counts, count ? kind : kinds->pdata[kinds->len - 1], GINT_TO_POINTER(count + 1));
        if (count)
            g_free(kind);
    }
    for (guint k = 0; k < kinds->len && kinds->len > 1; k++) {
        g_autofree char *count = cli_number(GPOINTER_TO_INT(g_hash_table_lookup(counts, kinds->pdata[k])));
        printf(_("  %5s reasons: %s (%s)\n"), count, score_obstacle_kind(kinds->pdata[k]),
               (const char *)kinds->pdata[k]);
    }
    for (guint k = 0; k < kinds->len; k++)
        print_kind(obstacles, kinds->pdata[k], all);
}

static void print_by_hand(const Quota *quota)
{
    g_autofree char *words = quota_by_hand_words(quota->ballots_by_hand, quota->pages_by_hand);
    if (quota->pages_by_hand)
        printf("%s\n", words);
}

/* Reasons that stand no more: people waived them, or decided how to do without. */
static void print_settled(const GPtrArray *settled, bool waived, bool all)
{
    CliList list = {.all = all};
    for (guint i = 0; i < settled->len; i++) {
        if (cli_list_take(&list))
            printf(waived ? _("  waived: %s\n") : _("  decided: %s\n"), (const char *)settled->pdata[i]);
    }
    cli_list_end(&list, stdout, WHOLE);
}

static void print_standing(const ScoreIndex *index, bool all)
{
    if (index->survey->illustrative)
        printf("%s\n", _("Illustrative definition: no official result."));
    if (index->provisional)
        printf(_("PROVISIONAL: %s reasons stand against a final index.\n"),
               number_shown(index->obstacles->len));
    print_obstacles(index->obstacles, all);
    print_settled(index->waived, true, all);
    print_settled(index->treated, false, all);
    putchar('\n');
}

bool cli_compute(Store *store, Quota **ret_quota, ScoreIndex **ret_index, GError **error)
{
    g_autoptr(Quota) quota = quota_take(store, error);
    g_autoptr(ScoreIndex) index = quota ? score_index(store, quota, error) : NULL;
    if (!index)
        return false;
    *ret_quota = g_steal_pointer(&quota);
    *ret_index = g_steal_pointer(&index);
    return true;
}

static int tell_no_block(const Survey *survey, const char *given)
{
    g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < survey->blocks->len; i++) {
        const SurveyBlock *block = survey->blocks->pdata[i];
        g_ptr_array_add(blocks, g_strdup_printf("%s (%s)", block->id, block->name));
    }
    g_autofree char *known = cli_join_some(blocks);
    return cli_usage(_("--block '%s': no such block in the survey; it has %s"), given, known);
}

int cli_index(const CliContext *context, int argc, char **argv)
{
    g_autofree char *block = NULL;
    gboolean final = FALSE, json = FALSE, all = FALSE;
    const GOptionEntry entries[] = {
        {"block", 0, 0, G_OPTION_ARG_STRING, &block, N_("only this block's table"), N_("BLOCK")},
        {"final", 0, 0, G_OPTION_ARG_NONE, &final, N_("refuse while a reason stands against it"), NULL},
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, N_("name every reason, waiver and note"), NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("everything as JSON, exact and shown values"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse("", _("Computes points, index, ranks and bands, and says whether they are provisional."),
                   entries, argc, argv, NULL))
        return CLI_USAGE;
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    if (block && !survey_block(store_survey(store), block))
        return tell_no_block(store_survey(store), block);
    g_autoptr(Quota) quota = NULL;
    g_autoptr(ScoreIndex) index = NULL;
    g_autoptr(GError) error = NULL;
    if (!cli_compute(store, &quota, &index, &error))
        return cli_fail(error);
    if (final && index->provisional) {
        print_standing(index, all);
        cli_say(_("No final index: settle the reasons above, or waive each by name with phieu waive; an "
                  "agency without an index needs a decision with phieu treat."));
        return CLI_FAILED;
    }
    if (json) {
        if (!export_write(store, quota, index, EXPORT_INDEX, EXPORT_JSON, "-", &error))
            return cli_fail(error);
    } else {
        for (guint i = 0; i < index->blocks->len; i++) {
            const ScoreBlock *table = index->blocks->pdata[i];
            if (!block || g_str_equal(block, table->block->id))
                print_block(table, index->survey->rules.decimals, all);
        }
        print_by_hand(quota);
        print_standing(index, all);
    }
    return index->provisional ? CLI_WAITING : CLI_DONE;
}
