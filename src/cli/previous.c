/* phieu import previous: the index of the year before. */
#include "cli/previous.h"

#include "score/score.h"

void cli_say_faults(GPtrArray *faults, bool all)
{
    CliList list = {.all = all};
    for (guint i = 0; faults && i < faults->len; i++) {
        if (cli_list_take(&list))
            cli_say("%s", ((ScoreFault *)faults->pdata[i])->text);
    }
    cli_list_end(&list, stderr, "phieu import --all");
    if (faults)
        g_ptr_array_unref(faults);
}

bool cli_import_previous(Store *store, const char *path, bool all)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *faults = NULL;
    g_autoptr(GPtrArray) scores = score_read_previous(store_survey(store), path, &faults, &error);
    g_autofree char *name = g_path_get_basename(path), *shown = text_printable(name);
    g_autoptr(GPtrArray) recorded = NULL;
    bool done = scores && score_record(store, STORE_SCORES_PREVIOUS, path, scores, &recorded, &error);
    if (!done)
        cli_fail(error);
    cli_say_faults(faults, all);
    if (!done)
        return false;
    guint agencies = 0;
    for (guint i = 0; i < recorded->len; i++)
        agencies += g_str_equal(((StoreScore *)recorded->pdata[i])->leaf, STORE_PREVIOUS_INDEX);
    if (agencies)
        cli_say(_("%s: the previous index of %u agencies taken over; phieu index and phieu export index show "
                  "the change."),
                shown, agencies);
    else
        cli_say(_("%s: the previous index is as before, nothing changed."), shown);
    return true;
}

bool cli_warn_without_previous(Store *store, bool all)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) without = score_without_previous(store, &error);
    if (!without) {
        cli_fail(error);
        return false;
    }
    if (!without->len)
        return true;
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    for (guint i = 0; i < without->len; i++)
        g_ptr_array_add(codes, ((SurveyAgency *)without->pdata[i])->code);
    g_ptr_array_add(codes, NULL);
    g_autofree char *named = all ? g_strjoinv(", ", (char **)codes->pdata) : NULL;
    g_ptr_array_set_size(codes, (int)without->len);
    named = named ? g_steal_pointer(&named) : cli_join_some(codes);
    cli_say(_("warning: %u of %u agencies have no index of the year before, and show no change: %s; import "
              "theirs, too, unless they had none."),
            without->len, store_survey(store)->agencies->len, named);
    return true;
}
