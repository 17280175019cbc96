/* The boxes of a page as they were measured and decided. */
#include <string.h>

#include "store/sql.h"

static void mark_clear(gpointer data)
{
    StoreMark *mark = data;
    g_free(mark->question);
    g_free(mark->option);
}

GArray *store_load_marks(Store *store, int64_t page_id, GError **error)
{
    g_autoptr(GArray) marks = g_array_new(FALSE, TRUE, sizeof(StoreMark));
    g_array_set_clear_func(marks, mark_clear);
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT question, option, measures, shift_x_mm, shift_y_mm, state, reasons,"
                                 " confidence FROM mark WHERE page = ?1 ORDER BY n",
                                 "i", page_id);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreMark mark = {.question = sql_text(row, 0), .option = sql_text(row, 1)};
        mark.place.shift_x_mm = sqlite3_column_double(row, 3);
        mark.place.shift_y_mm = sqlite3_column_double(row, 4);
        mark.decision.state = (MarkState)sqlite3_column_int(row, 5);
        mark.decision.reasons = (unsigned)sqlite3_column_int(row, 6);
        mark.decision.confidence = sqlite3_column_double(row, 7);
        size_t stored = (size_t)sqlite3_column_bytes(row, 2);
        if (mark_measures_fit(stored))
            memcpy(&mark.measures, sqlite3_column_blob(row, 2), stored);
        g_array_append_val(marks, mark);
    }
    return more == 0 ? g_steal_pointer(&marks) : NULL;
}
