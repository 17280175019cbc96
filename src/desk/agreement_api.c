/* How far people agree who read the same answers without knowing of each other. */
#include <math.h>

#include "desk/internal.h"

static void add_agreement(JsonBuilder *builder, const LookAgreement *agreement)
{
    if (agreement->one) {
        json_set_text(builder, "one", agreement->one);
        json_set_text(builder, "other", agreement->other);
    }
    json_set_int(builder, "read", agreement->read);
    json_set_int(builder, "equal", agreement->equal);
    if (isnan(agreement->kappa)) {
        json_builder_set_member_name(builder, "kappa");
        json_builder_add_null_value(builder);
    } else {
        json_set_number(builder, "kappa", agreement->kappa);
    }
    json_builder_end_object(builder);
}

static void add_waiting(JsonBuilder *builder, Desk *desk)
{
    json_begin_object(builder, "waiting");
    g_mutex_lock(&desk->queueing);
    json_set_int(builder, "second", queue_count_look(desk->queue, 2));
    json_set_int(builder, "third", queue_count_look(desk->queue, 3));
    g_mutex_unlock(&desk->queueing);
    json_builder_end_object(builder);
}

Reply *agreement_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(GPtrArray) looks = store_load_looks(store, &error);
    stores_return(call->desk->stores, store);
    if (!looks)
        return reply_failed(error);
    g_autoptr(GPtrArray) agreements = store_agreement(looks);
    JsonBuilder *builder = reply_begin();
    json_begin_object(builder, "all");
    add_agreement(builder, agreements->pdata[0]);
    json_begin_array(builder, "pairs");
    for (guint i = 1; i < agreements->len; i++) {
        json_builder_begin_object(builder);
        add_agreement(builder, agreements->pdata[i]);
    }
    json_builder_end_array(builder);
    add_waiting(builder, call->desk);
    return reply_json(builder);
}
