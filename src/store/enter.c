/* Entering a page by hand: the row that says what a person read there. */
#include <string.h>

#include "store/entered.h"
#include "store/looks.h"
#include "store/people.h"

/* What is given for a question, at most once; NULL: nothing, or twice, which is an error. */
static const char *value_of(const StoreEntry *entry, const char *question, GError **error)
{
    const char *value = NULL;
    for (int i = 0; i < entry->count; i++) {
        if (!g_str_equal(entry->given[i].question, question))
            continue;
        if (value) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("ballot %s, page %d: question '%s' is given twice; give it once"),
                        serial_shown(entry->serial), entry->page, question);
            return NULL;
        }
        value = entry->given[i].value;
    }
    return value;
}

/* All that is not given is named at once. */
static void tell_absent(const StoreEntry *entry, const GPtrArray *absent, GError **error)
{
    g_autoptr(GString) ids = g_string_new(NULL), blanks = g_string_new(NULL);
    for (guint i = 0; i < absent->len; i++) {
        const char *id = absent->pdata[i];
        g_string_append_printf(ids, "%s%s", i ? ", " : "", id);
        g_string_append_printf(blanks, "%s%s=", i ? " " : "", id);
    }
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("ballot %s, page %d: not given: %s; what was left blank is given with an empty value (%s)"),
                serial_shown(entry->serial), entry->page, ids->str, blanks->str);
}

/* Every value given must be of a question on the page. */
static bool check_given(const StoreEntry *entry, const GPtrArray *questions, GError **error)
{
    for (int i = 0; i < entry->count; i++) {
        g_autoptr(GString) known = g_string_new(NULL);
        bool here = false;
        for (guint q = 0; q < questions->len; q++) {
            const char *id = ((SurveyQuestion *)questions->pdata[q])->id;
            here |= g_str_equal(id, entry->given[i].question);
            g_string_append_printf(known, "%s%s", q ? ", " : "", id);
        }
        if (here)
            continue;
        g_autofree char *shown = text_printable(entry->given[i].question);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("ballot %s, page %d: there is no question '%s' on it; there are %s"),
                    serial_shown(entry->serial), entry->page, shown, known->str);
        return false;
    }
    return true;
}

/* Options in the scale's order, so that the same boxes are the same text whoever names them. */
static char *in_order(const SurveyQuestion *question, const char *value)
{
    if (!question->scale || !strchr(value, '+'))
        return g_strdup(value);
    g_auto(GStrv) ids = g_strsplit(value, "+", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < question->scale->options->len; i++) {
        const char *id = ((SurveyOption *)question->scale->options->pdata[i])->id;
        if (g_strv_contains((const char *const *)ids, id))
            g_string_append_printf(text, "%s%s", text->len ? "+" : "", id);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The page as one text, "question=value" of each question in the form's order. */
static char *page_text(const StoreEntry *entry, const GPtrArray *questions, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (!check_given(entry, questions, error))
        return NULL;
    g_autoptr(GPtrArray) absent = g_ptr_array_new();
    for (guint q = 0; q < questions->len; q++) {
        const SurveyQuestion *question = questions->pdata[q];
        g_autoptr(GError) fault = NULL;
        const char *value = value_of(entry, question->id, &fault);
        ValueKind kind;
        if (fault || (value && !ballot_value_kind(question, value, &kind, &fault))) {
            g_propagate_error(error, g_steal_pointer(&fault));
            return NULL;
        }
        if (!value) {
            g_ptr_array_add(absent, question->id);
            continue;
        }
        g_autofree char *ordered = in_order(question, value);
        g_string_append_printf(text, "%s%s=%s", q ? ENTERED_BETWEEN : "", question->id, ordered);
    }
    if (absent->len) {
        tell_absent(entry, absent, error);
        return NULL;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* A page that was scanned has a picture: its answers are decided on that. */
static bool check_unscanned(Store *store, const StoreEntry *entry, GError **error)
{
    int64_t scans;
    if (!sql_number(store, error, 0, &scans,
                    "SELECT count(*) FROM page WHERE serial = ?1 AND page = ?2 AND outcome = 0", "ti",
                    entry->serial, (int64_t)entry->page))
        return false;
    if (scans)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("ballot %s, page %d was scanned and is not entered by hand; settle its answers with "
                      "phieu resolve answer"),
                    serial_shown(entry->serial), entry->page);
    return scans == 0;
}

/* A page that this person entered, or that counts, is entered again once that was taken back. */
static bool check_once(StoreSheetStanding standing, const StoreEntry *entry, GError **error)
{
    if (standing == STORE_SHEET_OWN)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("ballot %s, page %d: you have entered it, and another person is to; to enter it anew, "
                      "take your entry back first"),
                    serial_shown(entry->serial), entry->page);
    else if (standing == STORE_SHEET_ENTERED)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("ballot %s, page %d counts as entered by hand already; to enter it anew, an entry of "
                      "it is taken back first"),
                    serial_shown(entry->serial), entry->page);
    return standing != STORE_SHEET_OWN && standing != STORE_SHEET_ENTERED;
}

/* The ballot may be entered, and the page by this person. */
static bool check_open(Store *store, const StoreEntry *entry, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, entry->serial, sorted, error);
    g_autoptr(GHashTable) entered = all ? entered_load(store, entry->serial, error) : NULL;
    People *people = entered ? people_load(store, error) : NULL;
    if (!people)
        return false;
    const Returned *returned = g_hash_table_lookup(all, entry->serial);
    GHashTable *pages = g_hash_table_lookup(entered, entry->serial);
    const Entered *page = pages ? g_hash_table_lookup(pages, GINT_TO_POINTER(entry->page)) : NULL;
    return sheet_check_open(returned, entry->serial, error) &&
           (!entry->once ||
            check_once(sheet_standing(returned, page, entry->page, people_name(people, entry->who)), entry,
                       error));
}

static bool add_entry(Store *store, const StoreEntry *entry, GError **error)
{
    if (!issued_check(store, entry->serial, error) || !check_unscanned(store, entry, error) ||
        !check_open(store, entry, error))
        return false;
    StoreIssued *issued = store_find_issued(store, entry->serial, error);
    g_autoptr(GPtrArray) questions = issued ? entered_questions(store, issued, entry->page, error) : NULL;
    g_autofree char *text = questions ? page_text(entry, questions, error) : NULL;
    store_issued_free(issued);
    return text && decision_add(store, "enter", entry->serial, "", entry->page, text, entry->who,
                                entry->reason, error);
}

/* How the page stands now. */
static bool find_outcome(Store *store, const StoreEntry *entry, StoreEntryOutcome *ret, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, entry->serial, sorted, error);
    g_autoptr(GPtrArray) answers = all ? store_load_ballot_answers(store, entry->serial, error) : NULL;
    if (!answers)
        return false;
    const Returned *returned = g_hash_table_lookup(all, entry->serial);
    ret->counts = returned && g_hash_table_contains(returned->entered, GINT_TO_POINTER(entry->page));
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        ret->differing += answer->state == ANSWER_WAITING && (answer->reasons & ANSWER_BY_HAND) &&
                          answer->page == entry->page;
    }
    return true;
}

bool store_enter_page(Store *store, const StoreEntry *entry, StoreEntryOutcome *ret, GError **error)
{
    StoreEntryOutcome outcome = {0};
    if (!sql_begin(store, error))
        return false;
    if (add_entry(store, entry, error)) {
        outcome.decision = store->last_decision;
        if (find_outcome(store, entry, &outcome, error) && sql_commit(store, error)) {
            *ret = outcome;
            return true;
        }
    }
    sql_rollback(store);
    return false;
}

bool store_choose_entered(Store *store, const char *serial, int page, const char *who, const char *reason,
                          GError **error)
{
    int64_t newest;
    if (!sql_begin(store, error))
        return false;
    g_autoptr(GHashTable) all = entered_load(store, serial, error);
    GHashTable *pages = all ? g_hash_table_lookup(all, serial) : NULL;
    const Entered *entered = pages ? g_hash_table_lookup(pages, GINT_TO_POINTER(page)) : NULL;
    bool whole = entered && entered_is_whole(store, entered);
    if (all && !whole)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("ballot %s, page %d: nobody entered it by hand so that it could count; see phieu "
                      "resolve pages %s"),
                    serial_shown(serial), page, serial_shown(serial));
    bool done = whole && sql_number(store, error, 0, &newest,
                                    "SELECT ifnull(max(id), 0) FROM page WHERE serial = ?1 AND page = ?2 AND"
                                    " outcome = 0",
                                    "ti", serial, (int64_t)page);
    g_autofree char *seen = done ? g_strdup_printf("%lld", (long long)newest) : NULL;
    if (done && decision_add(store, "duplicate", serial, "", -page, seen, who, reason, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}
