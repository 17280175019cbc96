/* phieu treat: what becomes of criteria nobody answered, and of agencies without an index. A waiver cannot
 * give a figure that is missing; this is the decision that can. */
#include "cli/cli.h"

#include <string.h>

#include "quota/quota.h"
#include "score/score.h"

#define LEAF_PREFIX "leaf-unscored:"

/* Adds the treatment a name like "leaf-unscored:SNV:S4.1" or "SNV" means; texts are the list's own. */
static void add_treatment(GPtrArray *list, const char *id, const char *how)
{
    const char *of = g_str_has_prefix(id, LEAF_PREFIX) ? id + strlen(LEAF_PREFIX) : id;
    g_auto(GStrv) parts = g_strsplit(of, ":", 2);
    StoreTreatment *treatment = g_new0(StoreTreatment, 1);
    *treatment = (StoreTreatment){
        .agency = g_strdup(parts[0]), .leaf = g_strdup(parts[1] ? parts[1] : ""), .treatment = g_strdup(how)};
    g_ptr_array_add(list, treatment);
}

/* The list as the store takes it; borrowed texts. */
static GArray *as_array(const GPtrArray *list)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(StoreTreatment));
    for (guint i = 0; i < list->len; i++)
        g_array_append_vals(array, list->pdata[i], 1);
    return array;
}

/* The ids that can be named: every survey criterion nobody answered, or every agency. */
static GPtrArray *find_names(Store *store, bool agencies, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const Survey *survey = store_survey(store);
    for (guint i = 0; agencies && i < survey->agencies->len; i++)
        g_ptr_array_add(names, g_strdup(((SurveyAgency *)survey->agencies->pdata[i])->code));
    if (agencies)
        return g_steal_pointer(&names);
    g_autoptr(Quota) quota = quota_take(store, error);
    g_autoptr(ScoreIndex) index = quota ? score_index(store, quota, error) : NULL;
    for (guint i = 0; index && i < index->obstacles->len; i++) {
        const QuotaObstacle *obstacle = index->obstacles->pdata[i];
        if (g_str_has_prefix(obstacle->id, LEAF_PREFIX))
            g_ptr_array_add(names, g_strdup(obstacle->id));
    }
    return index ? g_steal_pointer(&names) : NULL;
}

/* The same of those that have a treatment. */
static GPtrArray *find_treated(Store *store, GError **error)
{
    g_autoptr(GHashTable) treatments = store_load_treatments(store, error);
    if (!treatments)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer treatment;
    g_hash_table_iter_init(&iter, treatments);
    while (g_hash_table_iter_next(&iter, NULL, &treatment)) {
        const StoreTreatment *of = treatment;
        g_ptr_array_add(names, *of->leaf ? g_strdup_printf(LEAF_PREFIX "%s:%s", of->agency, of->leaf)
                                         : g_strdup(of->agency));
    }
    return names;
}

static int treat(Store *store, char **names, const char *how, const char *who, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) known =
        how ? find_names(store, g_str_equal(how, "unranked"), &error) : find_treated(store, &error);
    if (!known)
        return cli_fail(error);
    g_ptr_array_sort(known, text_compare);
    const char *idle = cli_find_idle(names, known);
    if (idle)
        return cli_usage(
            how ? g_str_equal(how, "unranked")
                      ? _("'%s' is no agency of the survey; see phieu plan")
                      : _("'%s' is no criterion without answers; see leaf-unscored in phieu index")
                : _("no decision stands on '%s'; see phieu index"),
            idle);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_treatment_free);
    for (guint i = 0; i < known->len; i++) {
        if (cli_is_named(names, known->pdata[i]))
            add_treatment(list, known->pdata[i], how);
    }
    g_autoptr(GArray) array = as_array(list);
    const StoreTreatment *all = (const StoreTreatment *)(void *)array->data;
    if (!(how ? store_treat(store, all, (int)array->len, who, reason, &error)
              : store_withdraw_treatments(store, all, (int)array->len, who, reason, &error)))
        return cli_fail(error);
    if (array->len > 1) {
        g_autofree char *count = cli_number(array->len);
        cli_say(how ? _("Decided by %s: %s") : _("Decisions taken back by %s: %s"), who, count);
    }
    CliList told = {0};
    for (guint i = 0; i < array->len; i++) {
        if (!cli_list_take(&told))
            continue;
        g_autofree char *of =
            *all[i].leaf ? g_strdup_printf("%s %s", all[i].agency, all[i].leaf) : g_strdup(all[i].agency);
        if (how)
            cli_say(_("%s: %s, decided by %s."), of, store_treatment_words(how), who);
        else
            cli_say(_("%s: the decision is taken back by %s."), of, who);
    }
    cli_list_end(&told, stderr, "phieu resolve decisions");
    return CLI_DONE;
}

int cli_treat(const CliContext *context, int argc, char **argv)
{
    static const char *const hows[] = {"not-applicable", "to-others", "unranked", NULL};
    g_autofree char *who_given = NULL, *reason = NULL, *how = NULL;
    gboolean back = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"as", 0, 0, G_OPTION_ARG_STRING, &how, N_("not-applicable, to-others or unranked"), N_("HOW")},
        {"who", 0, 0, G_OPTION_ARG_STRING, &who_given,
         N_("who decides; where there are accounts, one of them"), N_("NAME")},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("why"), N_("TEXT")},
        {"withdraw", 0, 0, G_OPTION_ARG_NONE, &back, N_("take the decisions back"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            _("REASON… | AGENCY… --as HOW --reason TEXT"),
            _("Says what becomes of a criterion nobody answered, and of an agency without an index:\n"
              "  leaf-unscored:AGENCY:CRITERION --as not-applicable\n"
              "                                  it is left out of the agency's points and maximum\n"
              "  leaf-unscored:AGENCY:CRITERION --as to-others\n"
              "                                  the agency's other survey criteria carry its points, in\n"
              "                                  proportion to theirs\n"
              "  AGENCY --as unranked            the agency is not ranked\n"
              "Recorded with your name; the tables say it. Patterns like 'leaf-unscored:SNV:*' are "
              "understood."),
            entries, argc, argv, &rest))
        return CLI_USAGE;
    if (back ? how != NULL : !how || !g_strv_contains(hows, how))
        return cli_usage(_("say how with --as not-applicable, to-others or unranked, or take it back with "
                           "--withdraw"));
    if (!reason || !*reason || !rest[0])
        return cli_usage(_("name the criteria or agencies, and say why with --reason"));
    g_autoptr(Store) store = cli_open(context, STORE_DECIDE);
    if (!store)
        return CLI_FAILED;
    g_autofree char *who = cli_who(who_given);
    return treat(store, rest, how, who, reason);
}
