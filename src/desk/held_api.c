/* Ballots that were returned and do not count yet: why, what each of their scans shows and people entered by
 * hand, and what a person decides. */
#include <string.h>

#include "desk/internal.h"

/* Issued serials told for one that was never issued: so many, with so many characters otherwise. */
#define NEAREST 5
#define NEAREST_DIFFER 2

static bool is_held(const StoreBallot *ballot)
{
    return ballot->status != STORE_BALLOT_COMPLETE && ballot->status != STORE_BALLOT_REJECTED;
}

static void add_ballot(JsonBuilder *builder, const StoreBallot *ballot)
{
    g_autofree char *printed = serial_paper_form(ballot->station, ballot->serial);
    json_set_text(builder, "serial", ballot->serial);
    json_set_text(builder, "printed", printed);
    json_set_text(builder, "station", ballot->station);
    json_set_text(builder, "form", ballot->form);
    json_set_text(builder, "group", ballot->group);
    json_set_text(builder, "agency", ballot->agency);
    json_set_text(builder, "origin", ballot->origin);
    json_set_text(builder, "status", store_ballot_status_id(ballot->status));
    json_set_int(builder, "pages_expected", ballot->pages_expected);
    json_set_int(builder, "pages_read", ballot->pages_read);
}

Reply *held_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ballots = stores_load(call->desk->stores, store_load_ballots, &error);
    if (!ballots)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "ballots");
    for (guint i = 0; i < ballots->len; i++) {
        if (!is_held(ballots->pdata[i]))
            continue;
        json_builder_begin_object(builder);
        add_ballot(builder, ballots->pdata[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}

/* ---- one ballot
 * -------------------------------------------------------------------------------------------------------- */

/* question → what the machine reads of its boxes on that scan, without a person: options joined by '+', ""
 * blank, "?" where one is in doubt. */
static void add_readings(JsonBuilder *builder, const GArray *marks)
{
    json_begin_object(builder, "readings");
    for (guint from = 0, to; from < marks->len; from = to) {
        const char *question = g_array_index(marks, StoreMark, from).question;
        g_autoptr(GString) value = g_string_new(NULL);
        bool doubt = false;
        for (to = from;
             to < marks->len && g_str_equal(g_array_index(marks, StoreMark, to).question, question); to++) {
            const StoreMark *mark = &g_array_index(marks, StoreMark, to);
            doubt |= mark->decision.state == MARK_DOUBTFUL;
            if (mark->decision.state == MARK_MARKED)
                g_string_append_printf(value, "%s%s", value->len ? "+" : "", mark->option);
        }
        json_set_text(builder, question, doubt ? "?" : value->str);
    }
    json_builder_end_object(builder);
}

/* The scan of a page of the ballot a person chose last, or −page as it was entered; 0: none, or a scan came
 * that they had not seen. */
static int64_t find_chosen(const GPtrArray *decisions, const GPtrArray *rows, int ballot_page)
{
    int64_t chosen = 0, newest = 0;
    for (guint d = 0; d < decisions->len; d++) {
        const StoreDecision *decision = decisions->pdata[d];
        if (decision->undone || !g_str_equal(decision->kind, "duplicate"))
            continue;
        int64_t seen = 0;
        bool here = decision->page == -ballot_page;
        for (guint i = 0; i < rows->len; i++) {
            const StorePageRow *row = rows->pdata[i];
            if (row->ballot_page != ballot_page)
                continue;
            here |= row->id == decision->page;
            newest = MAX(newest, row->id);
        }
        number_parse_int(decision->value, 0, INT64_MAX, &seen, NULL);
        if (here)
            chosen = seen < newest ? 0 : decision->page;
    }
    return chosen;
}

/* What is shown of one ballot, and whence. */
typedef struct {
    JsonBuilder *builder;
    Store *store;
    const char *serial;
    const GPtrArray *rows;      /* StorePageRow*: its scans */
    const GPtrArray *decisions; /* StoreDecision*: on it */
} Shown;

static bool add_scans(const Shown *shown, GError **error)
{
    json_begin_array(shown->builder, "scans");
    for (guint i = 0; i < shown->rows->len; i++) {
        const StorePageRow *row = shown->rows->pdata[i];
        g_autoptr(GArray) marks = store_load_marks(shown->store, row->id, error);
        if (!marks)
            return false;
        g_autofree char *file = text_printable(row->file);
        json_builder_begin_object(shown->builder);
        json_set_int(shown->builder, "id", row->id);
        json_set_text(shown->builder, "file", file);
        json_set_int(shown->builder, "page", row->page);
        json_set_int(shown->builder, "ballot_page", row->ballot_page);
        json_set_bool(shown->builder, "chosen",
                      find_chosen(shown->decisions, shown->rows, row->ballot_page) == row->id);
        add_readings(shown->builder, marks);
        json_builder_end_object(shown->builder);
    }
    json_builder_end_array(shown->builder);
    return true;
}

/* Who entered a page, and when. */
static void add_readers(const Shown *shown, int page)
{
    json_begin_array(shown->builder, "readers");
    for (guint i = 0; i < shown->decisions->len; i++) {
        const StoreDecision *decision = shown->decisions->pdata[i];
        if (decision->undone || !g_str_equal(decision->kind, "enter") || decision->page != page)
            continue;
        json_builder_begin_object(shown->builder);
        json_set_text(shown->builder, "who", decision->who);
        json_set_text(shown->builder, "at", decision->at);
        json_builder_end_object(shown->builder);
    }
    json_builder_end_array(shown->builder);
}

/* question → what was entered; of what two people entered differently nothing. */
static void add_entered_readings(const Shown *shown, const GPtrArray *answers)
{
    json_begin_object(shown->builder, "readings");
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        if (answer->state != ANSWER_WAITING)
            json_set_text(shown->builder, answer->question, answer->value);
    }
    json_builder_end_object(shown->builder);
}

/* The pages as people entered them, where as many did as the rules want. */
static bool add_entered(const Shown *shown, GError **error)
{
    g_autoptr(GPtrArray) entered = store_load_entered(shown->store, shown->serial, error);
    json_begin_array(shown->builder, "entered");
    for (guint i = 0; entered && i < entered->len; i++) {
        const StoreEntered *one = entered->pdata[i];
        if (!one->whole)
            continue;
        g_autoptr(GPtrArray) answers =
            store_load_entered_answers(shown->store, shown->serial, one->page, error);
        if (!answers)
            return false;
        json_builder_begin_object(shown->builder);
        json_set_int(shown->builder, "ballot_page", one->page);
        json_set_bool(shown->builder, "chosen",
                      find_chosen(shown->decisions, shown->rows, one->page) == -one->page);
        add_readers(shown, one->page);
        add_entered_readings(shown, answers);
        json_builder_end_object(shown->builder);
    }
    json_builder_end_array(shown->builder);
    return entered != NULL;
}

static bool add_pages(JsonBuilder *builder, Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) rows = store_load_ballot_pages(store, serial, error);
    g_autoptr(GPtrArray) decisions = rows ? store_load_decisions(store, serial, error) : NULL;
    const Shown shown = {builder, store, serial, rows, decisions};
    return decisions && add_scans(&shown, error) && add_entered(&shown, error);
}

static int count_differing(const char *a, const char *b)
{
    int count = 0;
    if (strlen(a) != strlen(b))
        return NEAREST_DIFFER + 1;
    for (; *a; a++, b++)
        count += *a != *b;
    return count;
}

/* Issued serials that a misread or miswritten one may be, nearest first. */
static bool add_nearest(JsonBuilder *builder, Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) roster = store_load_roster(store, error);
    int told = 0;
    json_begin_array(builder, "nearest");
    for (int wanted = 1; roster && wanted <= NEAREST_DIFFER; wanted++) {
        for (guint i = 0; i < roster->len && told < NEAREST; i++) {
            const StoreIssued *issued = roster->pdata[i];
            if (count_differing(issued->serial, serial) != wanted)
                continue;
            g_autofree char *printed = serial_print_form(issued->serial);
            json_builder_begin_object(builder);
            json_set_text(builder, "printed", printed);
            json_set_text(builder, "group", issued->group);
            json_set_text(builder, "agency", issued->agency);
            json_set_text(builder, "origin", issued->origin);
            json_builder_end_object(builder);
            told++;
        }
    }
    json_builder_end_array(builder);
    return roster != NULL;
}

Reply *ballot_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    const char *serial = call->arguments[0];
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    g_autoptr(StoreBallot) ballot = store_find_ballot(store, serial, &error);
    if (!ballot && !error)
        g_set_error(&error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("no ballot with the serial %s was returned"), serial_shown(serial));
    JsonBuilder *builder = reply_begin();
    bool fine = ballot != NULL;
    if (fine) {
        add_ballot(builder, ballot);
        fine = add_pages(builder, store, serial, &error) &&
               (ballot->status != STORE_BALLOT_UNKNOWN || add_nearest(builder, store, serial, &error));
    }
    stores_return(call->desk->stores, store);
    if (fine)
        return reply_json(builder);
    g_object_unref(builder);
    return reply_failed(error);
}

/* ---- decisions
 * ---------------------------------------------------------------------------------------------------------
 */

/* A scan of a page, or the page as it was entered. */
static bool choose(Call *call, Store *store, const char *serial, const char *reason, GError **error)
{
    int64_t page = call_int(call, "entered");
    return page ? store_choose_entered(store, serial, (int)CLAMP(page, 0, G_MAXINT), call->account->name,
                                       reason, error)
                : store_decide_duplicate(store, serial, call_int(call, "scan"), call->account->name, reason,
                                         error);
}

Reply *ballot_choose(Call *call)
{
    return call_decide(call, choose);
}

/* Only a number that was never issued: a printed ballot says itself what it is for. */
static bool assign(Call *call, Store *store, const char *serial, const char *reason, GError **error)
{
    g_autoptr(GError) cause = NULL;
    StoreIssued *issued = store_find_issued(store, serial, &cause);
    bool known = issued != NULL;
    store_issued_free(issued);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    if (known) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("ballot %s was printed for a group and an agency, and its number says so"),
                    serial_shown(serial));
        return false;
    }
    const SurveyCell *cell = survey_cell(store_survey(store), call_text(call, "group"),
                                         call_text(call, "agency"), call_text(call, "origin"));
    if (!cell) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the survey asks nobody of that group and unit about that agency"));
        return false;
    }
    return store_assign_ballot(store, serial, cell, call->account->name, reason, error);
}

Reply *ballot_assign(Call *call)
{
    return call_decide(call, assign);
}

static bool reject(Call *call, Store *store, const char *serial, const char *reason, GError **error)
{
    return store_reject_ballot(store, serial, call->account->name, reason, error);
}

Reply *ballot_reject(Call *call)
{
    return call_decide(call, reject);
}
