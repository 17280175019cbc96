/* The wall: many answers of one kind at once, each with what is proposed for it. */
#include <string.h>

#include "desk/internal.h"

/* So many a person may have on their wall and behind it, and decide at once. */
#define WALL_MAX 400

/* ---- kinds
 * ---------------------------------------------------------------------------------------------------------
 */

/* What may stand on one wall; NULL: any. */
typedef struct {
    const char *form, *question, *value, *reason;
} Kind;

static bool is_of(const StoreWaiting *waiting, const Kind *kind)
{
    if ((kind->form && !g_str_equal(kind->form, waiting->form)) ||
        (kind->question && !g_str_equal(kind->question, waiting->question)) ||
        (kind->value && !g_str_equal(kind->value, waiting->value)))
        return false;
    if (!kind->reason)
        return true;
    g_autofree char *text = answer_reasons_text(waiting->reasons);
    g_auto(GStrv) reasons = g_strsplit(text, "+", -1);
    return g_strv_contains((const char *const *)reasons, kind->reason);
}

/* One kind and how many there are of it. */
typedef struct {
    const StoreWaiting *first;
    int count;
} Heap;

static void add_heap(JsonBuilder *builder, const Heap *heap)
{
    g_autofree char *reasons = answer_reasons_text(heap->first->reasons);
    json_builder_begin_object(builder);
    json_set_text(builder, "form", heap->first->form);
    json_set_text(builder, "question", heap->first->question);
    json_set_text(builder, "value", heap->first->value);
    json_set_text(builder, "reasons", reasons);
    json_set_int(builder, "count", heap->count);
    json_builder_end_object(builder);
}

Reply *wall_get(Call *call)
{
    Desk *desk = call->desk;
    g_autoptr(GHashTable) heaps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    JsonBuilder *builder = reply_begin();
    g_mutex_lock(&desk->queueing);
    g_autoptr(GPtrArray) found = queue_free_for(desk->queue, call->account->name, call->request->now_us);
    for (guint i = 0; i < found->len; i++) {
        const StoreWaiting *one = found->pdata[i];
        g_autofree char *key =
            g_strdup_printf("%s\n%s\n%s\n%u", one->form, one->question, one->value, one->reasons);
        Heap *heap = g_hash_table_lookup(heaps, key);
        if (!heap) {
            heap = g_new(Heap, 1);
            *heap = (Heap){one, 0};
            g_hash_table_insert(heaps, g_steal_pointer(&key), heap);
        }
        heap->count++;
    }
    json_begin_array(builder, "kinds");
    GHashTableIter iter;
    gpointer heap;
    g_hash_table_iter_init(&iter, heaps);
    while (g_hash_table_iter_next(&iter, NULL, &heap))
        add_heap(builder, heap);
    json_builder_end_array(builder);
    g_mutex_unlock(&desk->queueing);
    queue_add_counts(builder, call);
    return reply_json(builder);
}

/* ---- what stands on it
 * --------------------------------------------------------------------------------------------- */

static gint compare_doubt(gconstpointer a, gconstpointer b)
{
    const StoreWaiting *first = *(StoreWaiting *const *)a, *second = *(StoreWaiting *const *)b;
    if (first->confidence != second->confidence)
        return first->confidence < second->confidence ? -1 : 1;
    int order = strcmp(first->serial, second->serial);
    return order ? order : first->place - second->place;
}

/* Those of the kind, the most doubtful first, at most `count`: given to the person, as copies. */
static GPtrArray *take_kind(Call *call, const Kind *kind, int count)
{
    Desk *desk = call->desk;
    const char *who = call->account->name;
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)store_waiting_free);
    g_mutex_lock(&desk->queueing);
    g_autoptr(GPtrArray) found = queue_free_for(desk->queue, who, call->request->now_us);
    for (guint i = found->len; i-- > 0;) {
        if (!is_of(found->pdata[i], kind))
            g_ptr_array_remove_index_fast(found, i);
    }
    g_ptr_array_sort(found, compare_doubt);
    if (found->len > (guint)count)
        g_ptr_array_set_size(found, count);
    queue_give(desk->queue, found, who, call_text(call, "page"), call->request->now_us);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(items, queue_copy(found->pdata[i]));
    g_mutex_unlock(&desk->queueing);
    return items;
}

/* The boxes, in mm from the picture's top left. */
static void add_boxes(JsonBuilder *builder, const LayoutPage *page, const char *question, const RectMm *area)
{
    json_begin_array(builder, "boxes");
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (!g_str_equal(box->question, question))
            continue;
        json_builder_begin_object(builder);
        json_set_text(builder, "option", box->option);
        json_set_number(builder, "x", box->rect.x_mm - area->x_mm);
        json_set_number(builder, "y", box->rect.y_mm - area->y_mm);
        json_set_number(builder, "w", box->rect.w_mm);
        json_set_number(builder, "h", box->rect.h_mm);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* One whose boxes cannot be shown has no `area`: it is settled one by one. */
static void add_item(JsonBuilder *builder, Store *store, const StoreWaiting *waiting)
{
    g_autofree char *printed = serial_print_form(waiting->serial);
    g_autofree char *reasons = answer_reasons_text(waiting->reasons);
    g_autoptr(StoreScan) scan = store_find_scan(store, waiting->page_id, NULL);
    IntakeView view;
    json_builder_begin_object(builder);
    json_set_text(builder, "serial", waiting->serial);
    json_set_text(builder, "printed", printed);
    json_set_text(builder, "form", waiting->form);
    json_set_text(builder, "question", waiting->question);
    json_set_int(builder, "page", waiting->page);
    json_set_int(builder, "scan", waiting->page_id);
    json_set_text(builder, "value", waiting->value);
    json_set_text(builder, "reasons", reasons);
    if (scan && boxes_view(store, scan, waiting->question, &view)) {
        json_begin_object(builder, "area");
        json_set_number(builder, "w", view.rows.w_mm);
        json_set_number(builder, "h", view.rows.h_mm);
        json_builder_end_object(builder);
        add_boxes(builder, intake_scan_layout(store, scan), waiting->question, &view.rows);
    }
    json_builder_end_object(builder);
}

static void add_items(JsonBuilder *builder, Store *store, const GPtrArray *items)
{
    json_begin_array(builder, "items");
    for (guint i = 0; i < items->len; i++)
        add_item(builder, store, items->pdata[i]);
    json_builder_end_array(builder);
}

static const char *wanted(const Call *call, const char *name)
{
    return json_object_has_member(call->json, name) ? call_text(call, name) : NULL;
}

Reply *wall_claim(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    const Kind kind = {wanted(call, "form"), wanted(call, "question"), wanted(call, "value"),
                       wanted(call, "reason")};
    g_autoptr(GPtrArray) items = take_kind(call, &kind, (int)CLAMP(call_int(call, "count"), 1, WALL_MAX));
    JsonBuilder *builder = reply_begin();
    add_items(builder, store, items);
    queue_add_counts(builder, call);
    stores_return(call->desk->stores, store);
    events_add(call->desk->events, "queue");
    return reply_json(builder);
}

/* ---- deciding
 * ------------------------------------------------------------------------------------------------------ */

/* The answers of a request, each with its text members; NULL: they are not as they should be. */
static JsonArray *listed(const Call *call, const char *name)
{
    JsonNode *node = json_object_get_member(call->json, name);
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    return array && json_array_get_length(array) >= 1 && json_array_get_length(array) <= WALL_MAX ? array
                                                                                                  : NULL;
}

static const char *text_of(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : NULL;
}

/* Whether the picture a person saw is that of this answer's boxes as they are read. */
static bool picture_stands(Call *call, Store *store, JsonObject *answer, const char *serial,
                           const char *question)
{
    const char *picture = text_of(answer, "picture");
    int64_t id = json_object_get_int_member_with_default(answer, "scan", 0);
    g_autoptr(GPtrArray) scans = store_load_scans(store, serial, NULL);
    for (guint i = 0; picture && scans && i < scans->len; i++) {
        const StoreScan *scan = scans->pdata[i];
        IntakeView view;
        if (scan->page_id != id || !boxes_view(store, scan, question, &view))
            continue;
        g_autofree char *hash = pictures_hash(call->desk->pictures, scan, &view, BOXES_PX_PER_MM, NULL);
        return hash && g_str_equal(hash, picture);
    }
    return false;
}

/* Fills in what is to be settled; false where an answer is not as it should be, or its picture is another. */
static bool read_settles(Call *call, Store *store, JsonArray *answers, StoreSettle *settles, GPtrArray *facts,
                         Reply **ret_refused)
{
    for (guint i = 0; i < json_array_get_length(answers); i++) {
        JsonNode *node = json_array_get_element(answers, i);
        JsonObject *answer = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        const char *serial = answer ? text_of(answer, "serial") : NULL,
                   *question = answer ? text_of(answer, "question") : NULL,
                   *value = answer ? text_of(answer, "value") : NULL;
        if (!serial || !question || !value) {
            *ret_refused = reply_error(422, "invalid", _("the answer is missing"));
            return false;
        }
        if (!picture_stands(call, store, answer, serial, question)) {
            *ret_refused = reply_error(
                409, "picture-changed",
                _("the picture of an answer is another one now; nothing was decided, look again"));
            return false;
        }
        char *fact = g_strdup_printf("wall, picture %s", text_of(answer, "picture"));
        g_ptr_array_add(facts, fact);
        settles[i] = (StoreSettle){.serial = serial,
                                   .question = question,
                                   .value = value,
                                   .look = 1,
                                   .who = call->account->name,
                                   .reason = "",
                                   .fact = fact};
    }
    return true;
}

/* What was decided, and what others had settled before. */
static void add_settled(JsonBuilder *builder, const StoreSettle *settles, const StoreSettled *settled,
                        int count)
{
    json_begin_array(builder, "decisions");
    for (int i = 0; i < count; i++) {
        if (settled[i].decision)
            json_builder_add_int_value(builder, settled[i].decision);
    }
    json_builder_end_array(builder);
    json_begin_array(builder, "others");
    for (int i = 0; i < count; i++) {
        const StoreDecision *other = settled[i].other;
        if (!other)
            continue;
        g_autofree char *printed = serial_print_form(settles[i].serial);
        json_builder_begin_object(builder);
        json_set_text(builder, "serial", settles[i].serial);
        json_set_text(builder, "printed", printed);
        json_set_text(builder, "question", settles[i].question);
        json_set_bool(builder, "blind", settled[i].waits);
        if (!settled[i].waits) {
            json_set_text(builder, "who", other->who);
            json_set_text(builder, "value", other->value);
        }
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

Reply *wall_decide(Call *call)
{
    g_autoptr(GError) error = NULL;
    JsonArray *answers = listed(call, "answers");
    if (!answers)
        return reply_error(422, "invalid", _("the answer is missing"));
    int count = (int)json_array_get_length(answers);
    g_autofree StoreSettle *settles = g_new0(StoreSettle, count);
    g_autofree StoreSettled *settled = g_new0(StoreSettled, count);
    g_autoptr(GPtrArray) facts = g_ptr_array_new_with_free_func(g_free);
    Reply *refused = NULL;
    Store *reader = stores_borrow(call->desk->stores, &error);
    if (!reader)
        return reply_failed(error);
    bool good = read_settles(call, reader, answers, settles, facts, &refused);
    stores_return(call->desk->stores, reader);
    if (!good)
        return refused;
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    bool done = store_settle_answers(store, settles, count, settled, &error);
    for (int i = 0; done && i < count; i++)
        queue_leave(call, store, settles[i].serial, settles[i].question, settled[i].waits);
    stores_unlock_writer(call->desk->stores);
    if (!done)
        return reply_failed(error);
    events_add(call->desk->events, "queue");
    JsonBuilder *builder = reply_begin();
    add_settled(builder, settles, settled, count);
    queue_add_counts(builder, call);
    for (int i = 0; i < count; i++)
        store_settled_clear(&settled[i]);
    return reply_json(builder);
}

/* ---- taking it back
 * ------------------------------------------------------------------------------------------------ */

/* The person's own answers of those numbers; false with what stands against it. */
static bool find_own(Call *call, Store *store, JsonArray *numbers, int64_t *ids, GPtrArray *decisions,
                     Reply **ret_refused)
{
    for (guint i = 0; i < json_array_get_length(numbers); i++) {
        g_autoptr(GError) error = NULL;
        JsonNode *node = json_array_get_element(numbers, i);
        ids[i] = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
        StoreDecision *decision = store_find_decision(store, ids[i], &error);
        if (!decision) {
            *ret_refused = reply_failed(error);
            return false;
        }
        g_ptr_array_add(decisions, decision);
        if (!g_str_equal(decision->who, call->account->name) || !g_str_equal(decision->kind, "answer")) {
            *ret_refused = reply_error(403, "not-yours", _("that is another person's decision"));
            return false;
        }
    }
    return true;
}

Reply *wall_undo(Call *call)
{
    g_autoptr(GError) error = NULL;
    JsonArray *numbers = listed(call, "decisions");
    if (!numbers)
        return reply_error(422, "invalid", _("the answer is missing"));
    int count = (int)json_array_get_length(numbers);
    g_autofree int64_t *ids = g_new0(int64_t, count);
    g_autoptr(GPtrArray) decisions = g_ptr_array_new_with_free_func((GDestroyNotify)store_decision_free);
    g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func((GDestroyNotify)store_waiting_free);
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    Reply *refused = NULL;
    bool done = find_own(call, store, numbers, ids, decisions, &refused) &&
                store_undo_many(store, ids, count, call->account->name, _("taken back at the desk"), &error);
    JsonBuilder *builder = done ? reply_begin() : NULL;
    for (guint i = 0; done && i < decisions->len; i++) {
        StoreWaiting *one = queue_come_back(call, store, decisions->pdata[i]);
        if (one && one->look == 1)
            g_ptr_array_add(back, one);
        else
            store_waiting_free(one);
    }
    if (done)
        add_items(builder, store, back);
    stores_unlock_writer(call->desk->stores);
    if (!done)
        return refused ? refused : reply_failed(error);
    events_add(call->desk->events, "queue");
    queue_add_counts(builder, call);
    return reply_json(builder);
}
