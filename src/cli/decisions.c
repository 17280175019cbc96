/* What people decided, as a table: each with the number by which it can be taken back. */
#include "cli/cli.h"

#include <stdio.h>

/* What it is about: a question, a page (F: a file), a page of the ballot, or the decision taken back. */
static char *object_text(const StoreDecision *decision)
{
    if (g_str_equal(decision->kind, "undo"))
        return g_strdup_printf(_("decision %lld"), (long long)decision->page);
    if (g_str_equal(decision->kind, "enter"))
        return g_strdup_printf(_("page %lld"), (long long)decision->page);
    if (decision->page < 0 && g_str_equal(decision->kind, "duplicate"))
        return g_strdup_printf(_("page %lld as entered by hand"), -(long long)decision->page);
    if (decision->page < 0)
        return store_page_name(decision->page);
    if (decision->page)
        return g_strdup_printf(_("page ID %lld"), (long long)decision->page);
    return g_strdup(*decision->question ? decision->question : "–");
}

/* What was decided, in words: "SNV: not ranked" where the store has SNV|unranked. */
static char *value_text(const Survey *survey, const StoreDecision *decision)
{
    /* Who enters a page next has not seen what the one before did. */
    if (!*decision->value || g_str_equal(decision->kind, "duplicate") || g_str_equal(decision->kind, "enter"))
        return g_strdup("–");
    bool answer = g_str_equal(decision->kind, "answer"); /* as phieu resolve answer takes it */
    g_autofree char *words =
        answer ? NULL : store_value_words(survey, decision->kind, NULL, decision->question, decision->value);
    return text_printable(words ? words : decision->value);
}

/* The decision that one takes back, among the older ones; NULL where it takes none back. */
static const StoreDecision *find_undone(const GPtrArray *decisions, const StoreDecision *by)
{
    for (guint i = 0; g_str_equal(by->kind, "undo") && i < decisions->len; i++) {
        const StoreDecision *decision = decisions->pdata[i];
        if (decision->id == by->page)
            return decision;
    }
    return NULL;
}

bool cli_print_decisions(Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) decisions = store_load_decisions(store, serial, error);
    if (!decisions)
        return false;
    const char *columns[] = {_(">Number"), _("When"),       _("Decision"), _("Ballot"),       _("About"),
                             _("Value"),   _("Decided by"), _("Why"),      _("Taken back by")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < decisions->len; i++) {
        const StoreDecision *of = decisions->pdata[i], *undone = find_undone(decisions, of);
        cli_table_add(table, g_strdup_printf("%" G_GINT64_FORMAT, of->id), cli_moment(of->at),
                      g_strdup(store_action_words(of->kind)),
                      *of->serial ? serial_print_form(of->serial) : g_strdup("–"), object_text(of),
                      value_text(store_survey(store), undone ? undone : of), text_printable(of->who),
                      text_printable(of->reason), of->undone ? text_printable(of->undone) : g_strdup(""),
                      NULL);
    }
    cli_table_print(table);
    return true;
}
