/* phieu waive: reasons that keep the index provisional are waived by name, as they stand, and taken back. */
#include "cli/cli.h"

#include "quota/quota.h"
#include "score/score.h"

static void tell(bool back, const GPtrArray *ids, const char *who)
{
    g_autofree char *count = cli_number(ids->len);
    if (ids->len > 1)
        cli_say(back ? _("Waivers withdrawn by %s: %s") : _("Reasons waived by %s: %s"), who, count);
    CliList list = {0};
    for (guint i = 0; i < ids->len; i++) {
        if (cli_list_take(&list))
            cli_say(back ? _("%s: its waiver is withdrawn by %s.") : _("%s: waived by %s."),
                    (const char *)ids->pdata[i], who);
    }
    cli_list_end(&list, stderr, "phieu index --all");
}

static int waive(Store *store, char **names, bool all, const char *who, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Quota) quota = quota_take(store, &error);
    g_autoptr(ScoreIndex) index = quota ? score_index(store, quota, &error) : NULL;
    if (!index)
        return cli_fail(error);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autoptr(GPtrArray) gaps = g_ptr_array_new();
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autoptr(GArray) waivers = g_array_new(FALSE, TRUE, sizeof(StoreWaiver));
    for (guint i = 0; i < index->obstacles->len; i++) {
        const QuotaObstacle *obstacle = index->obstacles->pdata[i];
        if (!all && !cli_is_named(names, obstacle->id))
            continue;
        g_ptr_array_add(known, obstacle->id);
        g_ptr_array_add(obstacle->needs_decision ? gaps : ids, obstacle->id);
        StoreWaiver waiver = {.id = obstacle->id, .fact = obstacle->fact};
        if (!obstacle->needs_decision)
            g_array_append_val(waivers, waiver);
    }
    const char *idle = cli_find_idle(names, known);
    if (idle)
        return cli_usage(_("'%s' is no reason that stands; see phieu index"), idle);
    if (!store_waive(store, (const StoreWaiver *)(void *)waivers->data, (int)waivers->len, who, reason,
                     &error))
        return cli_fail(error);
    tell(false, ids, who);
    if (!gaps->len)
        return CLI_DONE;
    g_autofree char *some = cli_join_some(gaps);
    cli_say(_("Not waived, as no waiver gives an agency its index: %s. Bring in the figures, or decide with "
              "phieu treat."),
            some);
    return ids->len ? CLI_WAITING : CLI_FAILED;
}

static int withdraw(Store *store, char **names, bool all, const char *who, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) waivers = store_load_waivers(store, &error);
    if (!waivers)
        return cli_fail(error);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    GHashTableIter iter;
    gpointer waiver;
    g_hash_table_iter_init(&iter, waivers);
    while (g_hash_table_iter_next(&iter, NULL, &waiver)) {
        StoreWaiver *of = waiver;
        if (!of->undone && (all || cli_is_named(names, of->id)))
            g_ptr_array_add(ids, of->id);
    }
    g_ptr_array_sort(ids, text_compare);
    const char *idle = cli_find_idle(names, ids);
    if (idle)
        return cli_usage(_("'%s' has no waiver that stands; see phieu index"), idle);
    g_ptr_array_add(ids, NULL);
    if (!store_withdraw_waivers(store, (const char *const *)ids->pdata, who, reason, &error))
        return cli_fail(error);
    g_ptr_array_set_size(ids, (gint)ids->len - 1);
    tell(true, ids, who);
    return CLI_DONE;
}

int cli_waive(const CliContext *context, int argc, char **argv)
{
    g_autofree char *who_given = NULL, *reason = NULL;
    gboolean all = FALSE, back = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"who", 0, 0, G_OPTION_ARG_STRING, &who_given, N_("who waives it"), N_("NAME")},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("why it may be waived"), N_("TEXT")},
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, N_("every reason that stands now"), NULL},
        {"withdraw", 0, 0, G_OPTION_ARG_NONE, &back, N_("take the waivers back"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            _("REASON… --reason TEXT"),
            _("Waives reasons that keep the index provisional; recorded with your name. A waiver covers "
              "what stands when it is given, and lapses when more comes. 'quota-short:G3:*' names "
              "every reason that begins so."),
            entries, argc, argv, &rest))
        return CLI_USAGE;
    if (!reason || !*reason || (!rest[0] && !all))
        return cli_usage(_("name each reason by its id, as phieu index shows it, and say why with --reason"));
    g_autoptr(Store) store = cli_open(context, STORE_DECIDE);
    if (!store)
        return CLI_FAILED;
    g_autofree char *who = cli_who(who_given);
    return (back ? withdraw : waive)(store, rest, all, who, reason);
}
