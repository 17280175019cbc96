/* What the machine makes of handwriting, kept beside it. */
#include "store/sql.h"

void store_draft_clear(StoreDraft *draft)
{
    g_clear_pointer(&draft->text, g_free);
    g_clear_pointer(&draft->model, g_free);
}

bool store_add_draft(Store *store, int64_t page_id, const char *question, const StoreDraft *draft,
                     GError **error)
{
    g_autofree char *at = sql_now();
    return !draft->model ||
           sql_add(store, error,
                   "INSERT INTO draft (page, question, text, confidence, model, at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                   "ittdtt", page_id, question, draft->text, draft->confidence, draft->model, at);
}
