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
    g_autofree char *sha256 = scores ? file_sha256(path, &error) : NULL;
    g_autofree char *name = g_path_get_basename(path), *shown = text_printable(name);
    int version = 0;
    if (!sha256 || !store_add_scores(store, STORE_SCORES_PREVIOUS, name, sha256, scores, &version, &error)) {
        cli_fail(error);
        return false;
    }
    guint agencies = 0;
    for (guint i = 0; i < scores->len; i++)
        agencies += g_str_equal(((StoreScore *)scores->pdata[i])->leaf, STORE_PREVIOUS_INDEX);
    cli_say(_("%s: the previous index of %u agencies taken over; the ranking of phieu export index shows the "
              "change."),
            shown, agencies);
    return true;
}
