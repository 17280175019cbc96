/* Pages and files that were refused: why, and that a person has dealt with them. */
#include "desk/internal.h"

#include "register/register.h"

void reply_add_page(JsonBuilder *builder, const StorePageRow *row)
{
    g_autofree char *file = text_printable(row->file);
    g_autofree char *words = register_refusal_words(row->reason, row->detail);
    json_set_int(builder, "id", row->id);
    json_set_text(builder, "file", file);
    json_set_int(builder, "page", row->page);
    json_set_text(builder, "reason", row->reason);
    json_set_text(builder, "words", words);
}

Reply *refused_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = stores_load(call->desk->stores, store_load_refused, &error);
    if (!rows)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "pages");
    for (guint i = 0; i < rows->len; i++) {
        json_builder_begin_object(builder);
        reply_add_page(builder, rows->pdata[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}

static bool settle(Call *call, Store *store, const char *number, const char *reason, GError **error)
{
    int64_t id;
    return number_parse_int(number, -INT64_MAX, INT64_MAX, &id, error) &&
           store_settle_page(store, id, call->account->name, reason, error);
}

Reply *refused_settle(Call *call)
{
    return call_decide(call, settle);
}
