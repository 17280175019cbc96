/* Pages that no scan came of, entered by hand: which there are, what is asked on one, and what a person read
 * there. Nobody is told what another person entered. */
#include "desk/internal.h"

/* Most pages a ballot has. */
#define PAGES_MAX 1000

Reply *call_find_serial(Store *store, const char *text, char **ret_serial)
{
    char station[STATION_LENGTH + 1], serial[SERIAL_LENGTH + 1];
    int number = serial_paper_parse(text, station);
    if (number <= 0)
        return reply_error(
            422, "bad-serial",
            _("that is no number of a ballot: its last character does not fit; read it once more"));
    serial_make(number, serial);
    if (!store_may_be_of(store, station, serial)) {
        g_autofree char *message =
            g_strdup_printf(_("ballot %s is of station %s, whose ballots are not taken here; it is entered "
                              "where it was printed, or after that station was told here"),
                            text, station);
        return reply_error(404, "other-station", message);
    }
    *ret_serial = g_strdup(serial);
    return NULL;
}

/* ---- what is to be entered
 * -------------------------------------------------------------------------------------------- */

static void add_named(JsonBuilder *builder, const char *name, const char *code, const char *words)
{
    g_autofree char *member = g_strconcat(name, "_name", NULL);
    json_set_text(builder, name, code);
    json_set_text(builder, member, words);
}

/* The ballot as its paper says it: number, form, group, agency and unit. */
static void add_issued(JsonBuilder *builder, const Survey *survey, const StoreIssued *issued)
{
    g_autofree char *printed = serial_paper_form(issued->station, issued->serial);
    const SurveyGroup *group = survey_group(survey, issued->group);
    const SurveyAgency *agency = survey_agency(survey, issued->agency);
    const SurveyOrigin *origin = survey_origin(survey, issued->origin);
    json_set_text(builder, "serial", issued->serial);
    json_set_text(builder, "printed", printed);
    json_set_text(builder, "form", issued->form);
    add_named(builder, "group", issued->group, group ? group->name : "");
    add_named(builder, "agency", issued->agency, agency ? agency->name : "");
    add_named(builder, "origin", issued->origin, origin ? origin->name : "");
}

/* How the page stands, and who has entered it; never what. */
static void add_sheet(JsonBuilder *builder, const Call *call, const StoreSheet *sheet)
{
    json_set_int(builder, "page", sheet->page);
    json_set_text(builder, "standing", store_sheet_standing_id(sheet->standing));
    json_begin_array(builder, "entries");
    for (guint i = 0; i < sheet->entries->len; i++) {
        const StoreSheetEntry *entry = &g_array_index(sheet->entries, StoreSheetEntry, i);
        json_builder_begin_object(builder);
        json_set_text(builder, "who", entry->who);
        json_set_int(builder, "decision", entry->decision);
        json_set_bool(builder, "undo", call_may_undo_entry(call->account, entry->who));
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static Reply *tell_sheets(const Call *call, Store *store, const GPtrArray *sheets)
{
    JsonBuilder *builder = reply_begin();
    json_set_int(builder, "readers", store_survey(store)->rules.by_hand_readers);
    json_begin_array(builder, "sheets");
    for (guint i = 0; i < sheets->len; i++) {
        const StoreSheet *sheet = sheets->pdata[i];
        json_builder_begin_object(builder);
        add_issued(builder, store_survey(store), sheet->issued);
        add_sheet(builder, call, sheet);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}

Reply *entries_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(GPtrArray) sheets = store_load_sheets(store, NULL, call->account->name, &error);
    Reply *reply = sheets ? tell_sheets(call, store, sheets) : reply_failed(error);
    stores_return(call->desk->stores, store);
    return reply;
}

/* The questions on every page, in the order of the paper. */
static bool add_pages(JsonBuilder *builder, const Call *call, Store *store, const GPtrArray *sheets,
                      GError **error)
{
    json_begin_array(builder, "sheets");
    for (guint i = 0; i < sheets->len; i++) {
        g_autoptr(GPtrArray) questions = store_sheet_questions(store, sheets->pdata[i], error);
        if (!questions)
            return false;
        json_builder_begin_object(builder);
        add_sheet(builder, call, sheets->pdata[i]);
        json_begin_array(builder, "questions");
        for (guint q = 0; q < questions->len; q++)
            json_builder_add_string_value(builder, ((const SurveyQuestion *)questions->pdata[q])->id);
        json_builder_end_array(builder);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return true;
}

static Reply *tell_ballot(const Call *call, Store *store, const char *serial)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sheets = store_load_sheets(store, serial, call->account->name, &error);
    if (!sheets)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_set_int(builder, "readers", store_survey(store)->rules.by_hand_readers);
    if (sheets->len)
        add_issued(builder, store_survey(store), ((const StoreSheet *)sheets->pdata[0])->issued);
    if (add_pages(builder, call, store, sheets, &error))
        return reply_json(builder);
    g_object_unref(builder);
    return reply_failed(error);
}

Reply *entry_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *serial = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    Reply *reply = call_find_serial(store, call->arguments[0], &serial);
    if (!reply)
        reply = tell_ballot(call, store, serial);
    stores_return(call->desk->stores, store);
    return reply;
}

/* ---- what a person read on the paper
 * ---------------------------------------------------------------------------------- */

/* question → value of the request: StoreGiven, whose texts the request owns; NULL where it is no such thing.
 */
static GArray *read_given(const Call *call)
{
    JsonNode *node = json_object_get_member(call->json, "given");
    if (!node || !JSON_NODE_HOLDS_OBJECT(node))
        return NULL;
    g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(StoreGiven));
    JsonObjectIter iter;
    const char *question;
    JsonNode *value;
    json_object_iter_init(&iter, json_node_get_object(node));
    while (json_object_iter_next(&iter, &question, &value)) {
        if (!JSON_NODE_HOLDS_VALUE(value) || json_node_get_value_type(value) != G_TYPE_STRING)
            return NULL;
        StoreGiven one = {question, json_node_get_string(value)};
        g_array_append_val(given, one);
    }
    return g_steal_pointer(&given);
}

static bool enter(Call *call, Store *store, const char *serial, const char *reason, GError **error)
{
    int64_t page;
    g_autoptr(GArray) given = read_given(call);
    if (!number_parse_int(call->arguments[1], 1, PAGES_MAX, &page, error))
        return false;
    if (!given) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("the answers are missing"));
        return false;
    }
    const StoreEntry entry = {.serial = serial,
                              .page = (int)page,
                              .given = (const StoreGiven *)(const void *)given->data,
                              .count = (int)given->len,
                              .who = call->account->name,
                              .reason = reason,
                              .once = true};
    StoreEntryOutcome outcome;
    if (!store_enter_page(store, &entry, &outcome, error))
        return false;
    json_set_bool(call->said, "counts", outcome.counts);
    json_set_int(call->said, "differing", outcome.differing);
    return true;
}

Reply *entry_post(Call *call)
{
    return call_decide(call, enter);
}
