/* One by one: work is claimed, settled, referred, taken back. */
#include <string.h>

#include "desk/internal.h"

/* ---- what a person is shown
 * ----------------------------------------------------------------------------------------- */

/* The question's boxes in its crop, in mm from its top left. */
static void add_boxes(JsonBuilder *builder, const LayoutPage *page, const char *question,
                      const IntakeView *view)
{
    json_begin_array(builder, "boxes");
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (!g_str_equal(box->question, question))
            continue;
        double place[] = {box->rect.x_mm, intake_view_y(view, box->rect.y_mm), box->rect.w_mm,
                          box->rect.h_mm};
        static const char *const names[] = {"x", "y", "w", "h"};
        json_builder_begin_object(builder);
        json_set_text(builder, "option", box->option);
        for (int k = 0; k < 4; k++)
            json_set_number(builder, names[k], place[k]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* How large the crop is, and where on the page; nothing where the layout is not known. */
static void add_crop(JsonBuilder *builder, Desk *desk, Store *store, const StoreWaiting *waiting)
{
    g_autoptr(GPtrArray) scans = store_load_scans(store, waiting->serial, NULL);
    for (guint i = 0; scans && i < scans->len; i++) {
        const StoreScan *scan = scans->pdata[i];
        IntakeView view;
        if (scan->page_id != waiting->page_id ||
            !views_find(desk->views, store, scan, waiting->question, &view))
            continue;
        const LayoutPage *page = intake_scan_layout(store, scan);
        json_begin_object(builder, "crop");
        const double sizes[] = {page->width_mm, intake_view_y(&view, view.rows.y_mm) + view.rows.h_mm,
                                view.rows.y_mm, view.rows.h_mm, page->height_mm};
        static const char *const names[] = {"width", "height", "page_top", "page_rows", "page_height"};
        for (int k = 0; k < 5; k++)
            json_set_number(builder, names[k], sizes[k]);
        add_boxes(builder, page, waiting->question, &view);
        json_builder_end_object(builder);
    }
}

/* One person's word on an answer: who, when and what. */
static void add_word(JsonBuilder *builder, Store *store, const char *who, int64_t id, const char *value)
{
    StoreDecision *decision = store_find_decision(store, id, NULL);
    json_builder_begin_object(builder);
    json_set_text(builder, "who", who);
    json_set_text(builder, "at", decision ? decision->at : NULL);
    json_set_text(builder, "value", value);
    json_builder_end_object(builder);
    store_decision_free(decision);
}

/* What has no scan: what two people entered, and a picture that may be of use. */
static void add_entered(JsonBuilder *builder, Store *store, const StoreWaiting *waiting)
{
    json_begin_array(builder, "entered");
    add_word(builder, store, waiting->first_who, waiting->first_id, waiting->first);
    add_word(builder, store, waiting->second_who, waiting->second_id, waiting->second);
    json_builder_end_array(builder);
    json_set_int(builder, "beside", waiting->beside);
}

static void add_item(JsonBuilder *builder, Desk *desk, Store *store, const StoreWaiting *waiting)
{
    g_autofree char *printed = serial_print_form(waiting->serial);
    g_autofree char *reasons = answer_reasons_text(waiting->reasons);
    json_builder_begin_object(builder);
    json_set_text(builder, "serial", waiting->serial);
    json_set_text(builder, "printed", printed);
    json_set_text(builder, "form", waiting->form);
    json_set_text(builder, "question", waiting->question);
    json_set_int(builder, "page", waiting->page);
    json_set_int(builder, "scan", waiting->page_id);
    json_set_int(builder, "look", waiting->look);
    /* A second look is blind: neither the machine's guess nor what made it doubt. */
    if (waiting->look != 2) {
        json_set_text(builder, "value", waiting->value);
        json_set_number(builder, "confidence", waiting->confidence);
        json_set_text(builder, "reasons", reasons);
    }
    if (waiting->look == 3) {
        json_set_text(builder, "first", waiting->first);
        json_set_text(builder, "second", waiting->second);
    }
    json_set_text(builder, "referred_by", waiting->referred_by);
    json_set_text(builder, "note", waiting->note);
    if (waiting->page_id)
        add_crop(builder, desk, store, waiting);
    else
        add_entered(builder, store, waiting);
    json_builder_end_object(builder);
}

void queue_add_counts(JsonBuilder *builder, Call *call)
{
    int waiting, claimed;
    g_mutex_lock(&call->desk->queueing);
    queue_count(call->desk->queue, call->request->now_us, &waiting, &claimed);
    g_mutex_unlock(&call->desk->queueing);
    json_set_int(builder, "waiting", waiting);
    json_set_int(builder, "claimed", claimed);
}

Reply *work_get(Call *call)
{
    JsonBuilder *builder = reply_begin();
    queue_add_counts(builder, call);
    return reply_json(builder);
}

/* ---- what is asked no more
 * -------------------------------------------------------------------------------------------- */

/* The newest decision on the answer that stands; NULL: there is none. */
static const StoreDecision *find_newest(const GPtrArray *decisions, const char *question)
{
    for (guint i = decisions ? decisions->len : 0; i > 0; i--) {
        const StoreDecision *one = decisions->pdata[i - 1];
        if (!one->undone && g_str_equal(one->kind, "answer") && g_str_equal(one->question, question))
            return one;
    }
    return NULL;
}

/* Why an answer is asked no more: "waits" where it still is, but not of this person; "answered"; what its
 * ballot is held for ("duplicate": its page was scanned as well); or "changed": read anew, or an entry was
 * taken back.
 */
static const char *gone_why(const StoreBallot *ballot, const GPtrArray *waiting, const StoreDecision *newest,
                            const char *question)
{
    if (!ballot)
        return "changed";
    for (guint i = 0; waiting && i < waiting->len; i++) {
        if (g_str_equal(((const StoreWaiting *)waiting->pdata[i])->question, question))
            return "waits";
    }
    if (ballot->status != STORE_BALLOT_COMPLETE && ballot->status != STORE_BALLOT_INCOMPLETE)
        return store_ballot_status_id(ballot->status);
    return newest ? "answered" : "changed";
}

Reply *work_gone(Call *call)
{
    const char *serial = call->arguments[0], *question = call->arguments[1];
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(StoreBallot) ballot = store_find_ballot(store, serial, NULL);
    g_autoptr(GPtrArray) waiting = store_load_waiting(store, serial, NULL);
    g_autoptr(GPtrArray) decisions = store_load_decisions(store, serial, NULL);
    stores_return(call->desk->stores, store);
    const StoreDecision *newest = find_newest(decisions, question);
    const char *why = gone_why(ballot, waiting, newest, question);
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "why", why);
    json_set_text(builder, "who", newest && g_str_equal(why, "answered") ? newest->who : NULL);
    return reply_json(builder);
}

/* ---- claims
 * ------------------------------------------------------------------------------------------------------- */

/* What was given, copied: the queue may change as soon as its lock is open. */
static GPtrArray *copy_given(const GPtrArray *given)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)store_waiting_free);
    for (guint i = 0; i < given->len; i++)
        g_ptr_array_add(copies, queue_copy(given->pdata[i]));
    return copies;
}

Reply *work_claim(Call *call)
{
    Desk *desk = call->desk;
    g_autoptr(GError) error = NULL;
    g_mutex_lock(&desk->queueing);
    g_autoptr(GPtrArray) given = queue_claim(desk->queue, call->account->name, call_text(call, "page"),
                                             QUEUE_BLOCK, call->request->now_us);
    g_autoptr(GPtrArray) items = copy_given(given);
    g_mutex_unlock(&desk->queueing);
    Store *store = stores_borrow(desk->stores, &error);
    if (!store)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "items");
    for (guint i = 0; i < items->len; i++)
        add_item(builder, desk, store, items->pdata[i]);
    json_builder_end_array(builder);
    queue_add_counts(builder, call);
    stores_return(desk->stores, store);
    return reply_json(builder);
}

Reply *work_release(Call *call)
{
    g_mutex_lock(&call->desk->queueing);
    queue_release(call->desk->queue, call->account->name, call_text(call, "page"));
    g_mutex_unlock(&call->desk->queueing);
    events_add(call->desk->events, "queue");
    return reply_json(reply_begin());
}

/* ---- answers
 * ------------------------------------------------------------------------------------------------------ */

void queue_leave(Call *call, Store *store, const char *serial, const char *question, bool waits)
{
    g_autoptr(GPtrArray) waiting = waits ? store_load_waiting(store, serial, NULL) : NULL;
    g_mutex_lock(&call->desk->queueing);
    queue_settled(call->desk->queue, serial, question);
    for (guint i = 0; waiting && i < waiting->len; i++) {
        if (g_str_equal(((const StoreWaiting *)waiting->pdata[i])->question, question))
            queue_again(call->desk->queue, queue_copy(waiting->pdata[i]));
    }
    queue_touch(call->desk->queue, call->account->name, call->request->now_us);
    g_mutex_unlock(&call->desk->queueing);
}

static Reply *tell_other(const StoreSettled *settled)
{
    const StoreDecision *other = settled->other;
    /* What one person read is not told before a second one has. */
    if (settled->waits)
        return reply_error(409, "read-by-other",
                           _("another person has read this answer meanwhile, and two are to read it without "
                             "knowing of each other: yours stands in the log and does not count"));
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "error", "settled-by-other");
    json_set_text(builder, "message", _("another person has settled this answer meanwhile"));
    json_begin_object(builder, "other");
    json_set_int(builder, "decision", other->id);
    json_set_text(builder, "who", other->who);
    json_set_text(builder, "value", other->value);
    json_builder_end_object(builder);
    Reply *reply = reply_json(builder);
    reply->status = 409;
    return reply;
}

Reply *work_answer(Call *call)
{
    const char *serial = call_text(call, "serial"), *question = call_text(call, "question");
    g_autoptr(GError) error = NULL;
    if (!json_object_has_member(call->json, "value"))
        return reply_error(422, "invalid", _("the answer is missing"));
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    const StoreSettle settle = {.serial = serial,
                                .question = question,
                                .value = call_text(call, "value"),
                                .look = (int)CLAMP(call_int(call, "look"), 1, 3),
                                .over = call_int(call, "over"),
                                .who = call->account->name,
                                .reason = call_text(call, "reason")};
    StoreSettled settled;
    bool done = store_settle_answer(store, &settle, &settled, &error);
    if (done)
        queue_leave(call, store, serial, question, settled.waits);
    stores_unlock_writer(call->desk->stores);
    if (!done)
        return reply_failed(error);
    events_add(call->desk->events, "queue");
    if (settled.other) {
        Reply *reply = tell_other(&settled);
        store_settled_clear(&settled);
        return reply;
    }
    JsonBuilder *builder = reply_begin();
    json_set_int(builder, "decision", settled.decision);
    json_set_bool(builder, "waits", settled.waits);
    queue_add_counts(builder, call);
    return reply_json(builder);
}

Reply *work_refer(Call *call)
{
    const char *serial = call_text(call, "serial"), *question = call_text(call, "question"),
               *note = call_text(call, "note");
    g_autoptr(GError) error = NULL;
    if (!*note || g_utf8_strlen(note, -1) > 500)
        return reply_error(422, "invalid", _("say in a few words what the other person should look at"));
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    bool done = store_refer_answer(store, serial, question, call->account->name, note, &error);
    stores_unlock_writer(call->desk->stores);
    if (!done)
        return reply_failed(error);
    g_mutex_lock(&call->desk->queueing);
    queue_referred(call->desk->queue, serial, question, call->account->name, note);
    g_mutex_unlock(&call->desk->queueing);
    events_add(call->desk->events, "queue");
    return work_get(call);
}

StoreWaiting *queue_come_back(Call *call, Store *store, const StoreDecision *decision)
{
    g_autoptr(GPtrArray) waiting = store_load_waiting(store, decision->serial, NULL);
    for (guint i = 0; waiting && i < waiting->len; i++) {
        const StoreWaiting *one = waiting->pdata[i];
        if (!g_str_equal(one->question, decision->question))
            continue;
        g_mutex_lock(&call->desk->queueing);
        queue_returned(call->desk->queue, queue_copy(one), call->account->name, call->request->now_us);
        g_mutex_unlock(&call->desk->queueing);
        return queue_copy(one);
    }
    return NULL;
}

Reply *work_undo(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_lock_writer(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    StoreDecision *decision = store_find_decision(store, call_int(call, "decision"), &error);
    Reply *reply = NULL;
    if (decision && !g_str_equal(decision->who, call->account->name))
        reply = reply_error(403, "not-yours", _("that is another person's decision"));
    else if (decision && !g_str_equal(decision->kind, "answer") && !g_str_equal(decision->kind, "refer"))
        reply = reply_error(422, "invalid", _("that decision cannot be taken back here"));
    else if (decision &&
             store_undo(store, decision->id, call->account->name, _("taken back at the desk"), &error)) {
        JsonBuilder *builder = reply_begin();
        StoreWaiting *back = queue_come_back(call, store, decision);
        if (back) {
            json_builder_set_member_name(builder, "item");
            add_item(builder, call->desk, store, back);
        }
        store_waiting_free(back);
        reply = reply_json(builder);
    }
    stores_unlock_writer(call->desk->stores);
    store_decision_free(decision);
    if (!reply)
        return reply_failed(error);
    events_add(call->desk->events, "queue");
    return reply;
}

/* How many of a person's newest decisions are told. */
#define MINE 50

Reply *work_mine(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(GPtrArray) decisions = store_load_decisions_of(store, call->account->name, MINE, &error);
    stores_return(call->desk->stores, store);
    if (!decisions)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "decisions");
    for (guint i = 0; i < decisions->len; i++) {
        const StoreDecision *decision = decisions->pdata[i];
        g_autofree char *printed = serial_print_form(decision->serial);
        json_builder_begin_object(builder);
        json_set_int(builder, "decision", decision->id);
        json_set_text(builder, "kind", decision->kind);
        json_set_text(builder, "serial", decision->serial);
        json_set_text(builder, "printed", printed);
        json_set_text(builder, "question", decision->question);
        json_set_text(builder, "value", decision->value);
        json_set_text(builder, "at", decision->at);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}
