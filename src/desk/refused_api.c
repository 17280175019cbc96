/* Pages and files that were refused: why, and that a person has dealt with them. */
#include "desk/internal.h"

#include "register/register.h"

static void add_row(JsonBuilder *builder, const StorePageRow *row)
{
    g_autofree char *words = register_refusal_words(row->reason, row->detail);
    json_builder_begin_object(builder);
    json_set_int(builder, "id", row->id);
    json_set_text(builder, "file", row->file);
    json_set_int(builder, "page", row->page);
    json_set_text(builder, "reason", row->reason);
    json_set_text(builder, "words", words);
    json_builder_end_object(builder);
}

Reply *refused_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    g_autoptr(GPtrArray) rows = store ? store_load_refused(store, &error) : NULL;
    if (store)
        stores_return(call->desk->stores, store);
    if (!rows)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "pages");
    for (guint i = 0; i < rows->len; i++)
        add_row(builder, rows->pdata[i]);
    json_builder_end_array(builder);
    return reply_json(builder);
}

Reply *refused_settle(Call *call)
{
    g_autoptr(GError) error = NULL;
    Reply *refused = NULL;
    int64_t id;
    if (!number_parse_int(call->arguments[0], -INT64_MAX, INT64_MAX, &id, &error))
        return reply_failed(error);
    g_autofree char *reason = call_reason(call, &refused);
    if (!reason)
        return refused;
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    bool done = store_settle_page(store, id, call->account->name, reason, &error);
    int64_t decision = store_last_decision(store);
    stores_unlock_writer(call->desk->stores);
    return reply_decided(done, decision, error);
}
