/* Pages of issued ballots as they stand for one who would enter them by hand, and what is asked on each. */
#include <string.h>

#include "store/entered.h"
#include "store/people.h"

/* The questions that stand on a page of a layout, in the form's order: SurveyQuestion*. */
static GPtrArray *questions_on(const SurveyForm *form, const LayoutPage *page)
{
    GPtrArray *questions = g_ptr_array_new();
    for (guint q = 0; q < form->questions->len; q++) {
        SurveyQuestion *question = form->questions->pdata[q];
        bool here = false;
        for (guint b = 0; b < page->boxes->len && !here; b++)
            here = g_str_equal(((LayoutBox *)page->boxes->pdata[b])->question, question->id);
        for (guint f = 0; f < page->fields->len && !here; f++)
            here = g_str_equal(((LayoutField *)page->fields->pdata[f])->field, question->id);
        if (here)
            g_ptr_array_add(questions, question);
    }
    return questions;
}

GPtrArray *entered_questions(const Store *store, const StoreIssued *issued, int page, GError **error)
{
    const SurveyForm *form = survey_form(store->survey, issued->form);
    const Layout *layout = layout_find(store->layouts, issued->form, issued->layout_fingerprint);
    int pages = form && layout ? (int)layout->pages->len : 0;
    if (page >= 1 && page <= pages)
        return questions_on(form, layout->pages->pdata[page - 1]);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("ballot %s has no page %d; form '%s' has pages 1 to %d"), serial_shown(issued->serial),
                page, issued->form, pages);
    return NULL;
}

/* ---- how a page stands
 * ------------------------------------------------------------------------------------------------- */

const char *store_sheet_standing_id(StoreSheetStanding standing)
{
    static const char *const ids[] = {"missing", "half", "own", "entered", "scanned"};
    return ids[standing];
}

void store_sheet_free(StoreSheet *sheet)
{
    if (!sheet)
        return;
    store_issued_free(sheet->issued);
    g_array_unref(sheet->entries);
    g_free(sheet);
}

StoreSheetStanding sheet_standing(const Returned *returned, const Entered *entered, int page, const char *who)
{
    if (returned && g_hash_table_contains(returned->entered, GINT_TO_POINTER(page)))
        return STORE_SHEET_ENTERED;
    for (guint i = 0; returned && i < returned->scans->len; i++) {
        if (g_array_index(returned->scans, ReturnedScan, i).page == page)
            return STORE_SHEET_SCANNED;
    }
    for (guint i = 0; entered && i < entered->whole->len; i++) {
        if (g_str_equal(g_array_index(entered->whole, AnswerLook, i).who, who))
            return STORE_SHEET_OWN;
    }
    return entered && entered->whole->len ? STORE_SHEET_HALF : STORE_SHEET_MISSING;
}

bool sheet_check_open(const Returned *returned, const char *serial, GError **error)
{
    if (!returned || !returned->rejected)
        return true;
    g_autofree char *note = text_printable(returned->ballot->note);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("ballot %s was rejected (%s); nothing is entered on it until that is taken back"),
                serial_shown(serial), note);
    return false;
}

static void clear_entry(gpointer data)
{
    g_free(((StoreSheetEntry *)data)->who);
}

/* Those who entered the page. */
static GArray *entries_of(const Entered *entered)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(StoreSheetEntry));
    g_array_set_clear_func(entries, clear_entry);
    for (guint i = 0; entered && i < entered->whole->len; i++) {
        const AnswerLook *look = &g_array_index(entered->whole, AnswerLook, i);
        StoreSheetEntry entry = {look->id, g_strdup(look->who)};
        g_array_append_val(entries, entry);
    }
    return entries;
}

static StoreIssued *copy_issued(const StoreIssued *issued)
{
    StoreIssued *copy = g_new(StoreIssued, 1);
    *copy = (StoreIssued){.serial = g_strdup(issued->serial),
                          .form = g_strdup(issued->form),
                          .layout_fingerprint = g_strdup(issued->layout_fingerprint),
                          .group = g_strdup(issued->group),
                          .agency = g_strdup(issued->agency),
                          .origin = g_strdup(issued->origin),
                          .prints = issued->prints,
                          .voided = issued->voided,
                          .station = g_strdup(issued->station)};
    return copy;
}

/* What the pages are gathered from. */
typedef struct {
    Store *store;
    GHashTable *returned, *entered; /* as returned_load() and entered_load() give them */
    const char *who;                /* by their one name */
    GPtrArray *sheets;
} Gather;

/* Adds the pages of a ballot; `all`: also those that were scanned, and those nobody entered of a ballot that
 * lacks nothing. */
static void add_pages(const Gather *gather, const StoreIssued *issued, bool all)
{
    const Returned *returned = g_hash_table_lookup(gather->returned, issued->serial);
    GHashTable *entered = g_hash_table_lookup(gather->entered, issued->serial);
    bool lacks = returned && returned->ballot->status == STORE_BALLOT_INCOMPLETE;
    int pages = layout_page_count(gather->store, issued->form, issued->layout_fingerprint);
    for (int page = 1; page <= pages; page++) {
        const Entered *own = entered ? g_hash_table_lookup(entered, GINT_TO_POINTER(page)) : NULL;
        StoreSheetStanding standing = sheet_standing(returned, own, page, gather->who);
        if (!all && (standing == STORE_SHEET_SCANNED || (standing == STORE_SHEET_MISSING && !lacks)))
            continue;
        StoreSheet *sheet = g_new(StoreSheet, 1);
        *sheet = (StoreSheet){copy_issued(issued), page, standing, entries_of(own)};
        g_ptr_array_add(gather->sheets, sheet);
    }
}

static gint compare_serials(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The serials of ballots of which a page is there and another one is not, or was entered; in order. */
static GPtrArray *find_open(const Gather *gather)
{
    g_autoptr(GHashTable) open = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer serial, returned;
    g_hash_table_iter_init(&iter, gather->entered);
    while (g_hash_table_iter_next(&iter, &serial, NULL)) {
        const Returned *of = g_hash_table_lookup(gather->returned, serial);
        if (!of || of->ballot->status != STORE_BALLOT_REJECTED)
            g_hash_table_add(open, serial);
    }
    g_hash_table_iter_init(&iter, gather->returned);
    while (g_hash_table_iter_next(&iter, &serial, &returned)) {
        if (((const Returned *)returned)->ballot->status == STORE_BALLOT_INCOMPLETE)
            g_hash_table_add(open, serial);
    }
    GPtrArray *serials = g_ptr_array_new();
    g_hash_table_iter_init(&iter, open);
    while (g_hash_table_iter_next(&iter, &serial, NULL))
        g_ptr_array_add(serials, serial);
    g_ptr_array_sort(serials, compare_serials);
    return serials;
}

static bool add_open(const Gather *gather, GError **error)
{
    g_autoptr(GPtrArray) serials = find_open(gather);
    for (guint i = 0; i < serials->len; i++) {
        g_autoptr(GError) cause = NULL;
        StoreIssued *issued = store_find_issued(gather->store, serials->pdata[i], &cause);
        if (cause) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return false;
        }
        if (issued && !issued->voided)
            add_pages(gather, issued, false);
        store_issued_free(issued);
    }
    return true;
}

static bool add_ballot(const Gather *gather, const char *serial, GError **error)
{
    if (!issued_check(gather->store, serial, error) ||
        !sheet_check_open(g_hash_table_lookup(gather->returned, serial), serial, error))
        return false;
    StoreIssued *issued = store_find_issued(gather->store, serial, error);
    if (issued)
        add_pages(gather, issued, true);
    store_issued_free(issued);
    return issued != NULL;
}

GPtrArray *store_load_sheets(Store *store, const char *serial, const char *who, GError **error)
{
    const char *only = serial ? serial : "";
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) returned = returned_load(store, only, sorted, error);
    g_autoptr(GHashTable) entered = returned ? entered_load(store, only, error) : NULL;
    People *people = entered ? people_load(store, error) : NULL;
    if (!people)
        return NULL;
    g_autoptr(GPtrArray) sheets = g_ptr_array_new_with_free_func((GDestroyNotify)store_sheet_free);
    const Gather gather = {store, returned, entered, people_name(people, who), sheets};
    bool done = serial ? add_ballot(&gather, serial, error) : add_open(&gather, error);
    return done ? g_steal_pointer(&sheets) : NULL;
}

GPtrArray *store_sheet_questions(const Store *store, const StoreSheet *sheet, GError **error)
{
    return entered_questions(store, sheet->issued, sheet->page, error);
}
