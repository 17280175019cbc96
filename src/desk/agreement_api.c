/* How far people agree who read the same answers without knowing of each other, and with the machine. */
#include <math.h>

#include "desk/internal.h"

/* So many may be drawn at once. */
#define DRAW_MAX 1000

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

/* What the checks of answers drawn by lot came to; `bound`: the share of wrong ones at most. */
static void add_draws(JsonBuilder *builder, const StoreDraws *draws)
{
    json_begin_object(builder, "draws");
    json_set_int(builder, "drawn", draws->drawn);
    json_set_int(builder, "seen", draws->seen);
    json_set_int(builder, "otherwise", draws->otherwise);
    json_set_number(builder, "bound", ballot_error_bound(draws->seen, draws->otherwise));
    json_builder_end_object(builder);
}

Reply *wall_draw(Call *call)
{
    g_autoptr(GError) error = NULL;
    int count = (int)CLAMP(call_int(call, "count"), 1, DRAW_MAX), drawn = 0;
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    bool done = store_draw_answers(store, count, g_random_int_range(0, G_MAXINT32), call->account->name,
                                   &drawn, &error);
    stores_unlock_writer(call->desk->stores);
    if (!done || !desk_refresh_queue(call->desk, &error))
        return reply_failed(error);
    events_add(call->desk->events, "queue");
    JsonBuilder *builder = reply_begin();
    json_set_int(builder, "drawn", drawn);
    queue_add_counts(builder, call);
    return reply_json(builder);
}

Reply *agreement_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    StoreDraws draws;
    g_autoptr(GPtrArray) looks = store_load_looks(store, &error);
    bool counted = looks && store_count_draws(store, &draws, &error);
    stores_return(call->desk->stores, store);
    if (!counted)
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
    add_draws(builder, &draws);
    return reply_json(builder);
}
