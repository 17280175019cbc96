/* phieu import previous: the index of the year before. */
#include "cli/previous.h"

#include "score/score.h"

bool cli_import_previous(Store *store, const char *path)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *faults = NULL;
    g_autoptr(GPtrArray) scores = score_read_previous(store_survey(store), path, &faults, &error);
    for (guint i = 0; faults && i < faults->len; i++)
        cli_say("%s", ((ScoreFault *)faults->pdata[i])->text);
    if (faults)
        g_ptr_array_unref(faults);
    g_autofree char *name = g_path_get_basename(path), *shown = text_printable(name);
    g_autoptr(GPtrArray) recorded = NULL;
    if (!scores || !score_record(store, STORE_SCORES_PREVIOUS, path, scores, &recorded, &error)) {
        cli_fail(error);
        return false;
    }
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
