/* The boxes of a page as they were measured and decided. */
#include "store/marks.h"

#include <string.h>

static void read_page_clear(gpointer data)
{
    ReadPage *page = data;
    g_free(page->form);
    g_free(page->layout);
    g_free(page->serial);
}

GArray *marks_load_pages(Store *store, GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, FALSE, sizeof(ReadPage));
    g_array_set_clear_func(pages, read_page_clear);
    sqlite3_stmt *row = sql_bind(
        store, error, "SELECT id, form, layout, serial, page FROM page WHERE outcome = 0 ORDER BY id", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        ReadPage page = {sqlite3_column_int64(row, 0), sql_text(row, 1), sql_text(row, 2), sql_text(row, 3),
                         sqlite3_column_int(row, 4)};
        g_array_append_val(pages, page);
    }
    return more == 0 ? g_steal_pointer(&pages) : NULL;
}

static void mark_clear(gpointer data)
{
    StoreMark *mark = data;
    g_free(mark->question);
    g_free(mark->option);
}

GArray *marks_load(Store *store, int64_t page_id, bool *ret_fit, GError **error)
{
    g_autoptr(GArray) marks = g_array_new(FALSE, TRUE, sizeof(StoreMark));
    g_array_set_clear_func(marks, mark_clear);
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT question, option, measures, shift_x_mm, shift_y_mm, state, reasons,"
                                 " p_marked, p_cancelled, confidence FROM mark WHERE page = ?1 ORDER BY n",
                                 "i", page_id);
    bool fit = true;
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreMark mark = {.question = sql_text(row, 0), .option = sql_text(row, 1)};
        mark.place.shift_x_mm = sqlite3_column_double(row, 3);
        mark.place.shift_y_mm = sqlite3_column_double(row, 4);
        mark.decision.state = (MarkState)sqlite3_column_int(row, 5);
        mark.decision.reasons = (unsigned)sqlite3_column_int(row, 6);
        mark.decision.p_marked = sqlite3_column_double(row, 7);
        mark.decision.p_cancelled = sqlite3_column_double(row, 8);
        mark.decision.confidence = sqlite3_column_double(row, 9);
        size_t stored = (size_t)sqlite3_column_bytes(row, 2);
        if (mark_measures_fit(stored))
            memcpy(&mark.measures, sqlite3_column_blob(row, 2), stored);
        else
            fit = false;
        g_array_append_val(marks, mark);
    }
    if (more != 0)
        return NULL;
    if (ret_fit)
        *ret_fit = fit;
    return g_steal_pointer(&marks);
}

GArray *store_load_marks(Store *store, int64_t page_id, GError **error)
{
    return marks_load(store, page_id, NULL, error);
}

void marks_decide(const SurveyForm *form, GArray *marks, const MarkLimits *limits)
{
    g_autofree MarkMeasures *measures = g_new0(MarkMeasures, marks->len + 1);
    g_autofree MarkQuestion *questions = g_new0(MarkQuestion, marks->len + 1);
    g_autofree MarkDecision *decisions = g_new0(MarkDecision, marks->len + 1);
    for (guint i = 0; i < marks->len; i++) {
        measures[i] = g_array_index(marks, StoreMark, i).measures;
        questions[i] = ballot_mark_question(form, g_array_index(marks, StoreMark, i).question);
    }
    mark_decide(measures, questions, (int)marks->len, limits, decisions);
    for (guint i = 0; i < marks->len; i++)
        g_array_index(marks, StoreMark, i).decision = decisions[i];
}
