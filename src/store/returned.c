/* What a ballot's scans and people's decisions make of it: which scan of each page counts, and its status. */
#include <string.h>

#include "store/entered.h"

static void returned_free(gpointer data)
{
    Returned *returned = data;
    for (guint i = 0; i < returned->scans->len; i++)
        g_free(g_array_index(returned->scans, ReturnedScan, i).layout);
    g_array_unref(returned->scans);
    g_hash_table_unref(returned->chosen);
    g_hash_table_unref(returned->entered);
    g_free(returned->layout);
    g_free(returned->printed);
    store_ballot_free(returned->ballot);
    g_free(returned);
}

/* A ballot with neither scans nor decisions, of the cell it was issued for; takes the texts over. */
static Returned *returned_new(char *serial, char *form, char *layout, char *group, char *agency, char *origin,
                              char *station)
{
    Returned *returned = g_new0(Returned, 1);
    returned->scans = g_array_new(FALSE, FALSE, sizeof(ReturnedScan));
    returned->chosen = g_hash_table_new(NULL, NULL);
    returned->entered = g_hash_table_new(NULL, NULL);
    returned->layout = layout;
    returned->ballot = g_new0(StoreBallot, 1);
    *returned->ballot = (StoreBallot){.serial = serial,
                                      .form = form,
                                      .group = group,
                                      .agency = agency,
                                      .origin = origin,
                                      .note = g_strdup(""),
                                      .station = station};
    returned->printed = g_strdup_printf("%s|%s|%s", group, agency, origin);
    returned->issued = true;
    return returned;
}

/* Every ballot of which a page was read: serial → Returned, with the scans. A page is of the ballot that its
 * own station issued under that number. */
static GHashTable *load_scans(Store *store, const char *only, GError **error)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, returned_free);
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT p.serial, p.id, p.page, p.layout, p.form, coalesce(i.grp, t.grp),"
                 " coalesce(i.agency, t.agency), coalesce(i.origin, t.origin),"
                 " ifnull(p.reason != 'by-serial' OR coalesce(i.layout, t.layout) = p.layout, 0)"
                 " AND coalesce(i.serial, t.serial) IS NOT NULL, ifnull(t.voided, 0),"
                 " p.detail"
                 " FROM page p LEFT JOIN issued i ON i.serial = p.serial AND p.detail = ''"
                 " LEFT JOIN told_roster t ON t.serial = p.serial AND t.station = p.detail"
                 " WHERE p.outcome = 0 AND (?1 = '' OR p.serial = ?1) ORDER BY p.serial, p.page, p.id",
                 "t", only);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *serial = sql_text(row, 0);
        Returned *returned = g_hash_table_lookup(all, serial);
        if (!returned) {
            returned = returned_new(g_steal_pointer(&serial), sql_text(row, 4), sql_text(row, 3),
                                    sql_text(row, 5), sql_text(row, 6), sql_text(row, 7), sql_text(row, 10));
            g_hash_table_insert(all, returned->ballot->serial, returned);
        }
        returned->issued &=
            sqlite3_column_int(row, 8) != 0; /* a serial read in print must be of this very form */
        returned->voided |= sqlite3_column_int(row, 9) != 0;
        ReturnedScan scan = {sqlite3_column_int64(row, 1), sqlite3_column_int(row, 2), sql_text(row, 3)};
        g_array_append_val(returned->scans, scan);
    }
    return more == 0 ? g_steal_pointer(&all) : NULL;
}

/* Adds what people entered by hand, where as many did as the rules want; the ballot too where no page of it
 * was read. */
static bool add_entered(Store *store, GHashTable *all, const char *only, GError **error)
{
    g_autoptr(GHashTable) entered = entered_load(store, only, error);
    GHashTableIter ballots, pages;
    gpointer serial, of, page;
    if (!entered)
        return false;
    g_hash_table_iter_init(&ballots, entered);
    while (g_hash_table_iter_next(&ballots, &serial, &of)) {
        g_hash_table_iter_init(&pages, of);
        while (g_hash_table_iter_next(&pages, NULL, &page)) {
            if (!entered_is_whole(store, page))
                g_hash_table_iter_remove(&pages);
        }
        if (g_hash_table_size(of) == 0)
            continue;
        Returned *returned = g_hash_table_lookup(all, serial);
        if (!returned) {
            StoreIssued *issued = store_find_issued(store, serial, error);
            if (!issued)
                return false;
            returned =
                returned_new(g_strdup(serial), g_strdup(issued->form), g_strdup(issued->layout_fingerprint),
                             g_strdup(issued->group), g_strdup(issued->agency), g_strdup(issued->origin),
                             g_strdup(issued->station));
            returned->voided = issued->voided;
            g_hash_table_insert(all, returned->ballot->serial, returned);
            store_issued_free(issued);
        }
        g_hash_table_unref(returned->entered);
        returned->entered = g_hash_table_ref(of);
    }
    return true;
}

/* The page number of a choice: of a scan of the ballot, or (−page) of a page entered by hand; 0: neither. */
static int page_of_choice(const Returned *returned, int64_t choice)
{
    if (choice < 0)
        return g_hash_table_contains(returned->entered, GINT_TO_POINTER((int)-choice)) ? (int)-choice : 0;
    for (guint i = 0; i < returned->scans->len; i++) {
        const ReturnedScan *scan = &g_array_index(returned->scans, ReturnedScan, i);
        if (scan->id == choice)
            return scan->page;
    }
    return 0;
}

/* A decision about duplicates names the scan that counts and the newest scan the person had seen: later scans
 * of the same page hold the ballot again. */
static void apply_duplicate(Returned *returned, int64_t choice, const char *seen_text)
{
    int64_t seen = 0;
    number_parse_int(seen_text, 0, INT64_MAX, &seen, NULL);
    int page = page_of_choice(returned, choice);
    bool newer = false;
    for (guint i = 0; page && i < returned->scans->len; i++) {
        const ReturnedScan *scan = &g_array_index(returned->scans, ReturnedScan, i);
        newer |= scan->page == page && scan->id > seen;
    }
    if (page && !newer)
        g_hash_table_insert(returned->chosen, GINT_TO_POINTER(page), GSIZE_TO_POINTER((gsize)choice));
    else if (page)
        g_hash_table_remove(returned->chosen, GINT_TO_POINTER(page));
}

/* The ballot belongs to this cell ("group|agency|origin"), whatever it was issued for. */
static void apply_assign(Returned *returned, const char *value)
{
    g_auto(GStrv) cell = g_strsplit(value, "|", 3);
    StoreBallot *ballot = returned->ballot;
    g_free(ballot->group);
    g_free(ballot->agency);
    g_free(ballot->origin);
    ballot->group = g_strdup(cell[0]);
    ballot->agency = g_strdup(cell[1]);
    ballot->origin = g_strdup(cell[2]);
    ballot->moved = returned->printed[0] != '|' && !g_str_equal(returned->printed, value);
    returned->issued = true;
    returned->voided = false;
}

static bool apply_decisions(Store *store, GHashTable *all, const char *only, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT serial, kind, page, value, who, reason FROM standing"
                                 " WHERE kind IN ('duplicate', 'assign', 'reject', 'void')"
                                 " AND (?1 = '' OR serial = ?1) ORDER BY id",
                                 "t", only);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *serial = sql_text(row, 0), *kind = sql_text(row, 1), *value = sql_text(row, 3),
                        *who = sql_text(row, 4), *reason = sql_text(row, 5);
        Returned *returned = g_hash_table_lookup(all, serial);
        if (!returned)
            continue;
        g_free(returned->ballot->note);
        returned->ballot->note = g_strdup_printf("%s: %s", who, reason);
        if (g_str_equal(kind, "duplicate"))
            apply_duplicate(returned, sqlite3_column_int64(row, 2), value);
        else if (g_str_equal(kind, "reject"))
            returned->rejected = true;
        else if (g_str_equal(kind, "void"))
            returned->voided = true;
        else
            apply_assign(returned, value);
    }
    return more == 0;
}

/* Which of a page's scans counts, or the page as it was entered; several are a duplicate until a person has
 * chosen. */
static void settle_page(Returned *returned, int page)
{
    gpointer key = GINT_TO_POINTER(page), chosen;
    int64_t first = 0;
    int count = 0;
    for (guint i = 0; i < returned->scans->len; i++) {
        const ReturnedScan *scan = &g_array_index(returned->scans, ReturnedScan, i);
        if (scan->page == page && !count++)
            first = scan->id;
    }
    if (g_hash_table_contains(returned->entered, key) && !count++)
        first = -page;
    bool decided = g_hash_table_lookup_extended(returned->chosen, key, NULL, &chosen);
    int64_t counts = decided ? (int64_t)GPOINTER_TO_SIZE(chosen) : first;
    returned->duplicate |= count > 1 && !decided;
    returned->ballot->pages_read++;
    returned->ballot->pages_by_hand += counts < 0;
    if (counts < 0) {
        g_hash_table_remove(returned->chosen, key);
    } else {
        g_hash_table_insert(returned->chosen, key, GSIZE_TO_POINTER((gsize)counts));
        g_hash_table_remove(returned->entered, key);
    }
}

/* What a ballot's scans, entered pages and decisions make of it. */
static void settle(const Store *store, Returned *returned)
{
    StoreBallot *ballot = returned->ballot;
    g_autoptr(GHashTable) pages = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer page;
    for (guint i = 0; i < returned->scans->len; i++)
        g_hash_table_add(pages, GINT_TO_POINTER(g_array_index(returned->scans, ReturnedScan, i).page));
    g_hash_table_iter_init(&iter, returned->entered);
    while (g_hash_table_iter_next(&iter, &page, NULL))
        g_hash_table_add(pages, page);
    g_hash_table_iter_init(&iter, pages);
    while (g_hash_table_iter_next(&iter, &page, NULL))
        settle_page(returned, GPOINTER_TO_INT(page));
    ballot->pages_expected = layout_page_count(store, ballot->form, returned->layout);
    ballot->status = returned->rejected                            ? STORE_BALLOT_REJECTED
                     : returned->voided                            ? STORE_BALLOT_VOID
                     : !returned->issued                           ? STORE_BALLOT_UNKNOWN
                     : returned->duplicate                         ? STORE_BALLOT_DUPLICATE
                     : ballot->pages_read < ballot->pages_expected ? STORE_BALLOT_INCOMPLETE
                                                                   : STORE_BALLOT_COMPLETE;
}

static gint compare_returned(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Returned *const *)a)->ballot->serial, (*(Returned *const *)b)->ballot->serial);
}

GHashTable *returned_load(Store *store, const char *only, GPtrArray *ret_sorted, GError **error)
{
    g_autoptr(GHashTable) all = load_scans(store, only, error);
    if (!all || !add_entered(store, all, only, error) || !apply_decisions(store, all, only, error))
        return NULL;
    GHashTableIter iter;
    gpointer returned;
    g_hash_table_iter_init(&iter, all);
    while (g_hash_table_iter_next(&iter, NULL, &returned)) {
        settle(store, returned);
        g_ptr_array_add(ret_sorted, returned);
    }
    g_ptr_array_sort(ret_sorted, compare_returned);
    return g_steal_pointer(&all);
}

const SurveyQuestion *returned_question(const Store *store, const Returned *returned, int page,
                                        int64_t page_id, const char *question)
{
    if (!returned || returned->ballot->status == STORE_BALLOT_REJECTED ||
        g_hash_table_lookup(returned->chosen, GINT_TO_POINTER(page)) != GSIZE_TO_POINTER((gsize)page_id))
        return NULL;
    const SurveyForm *form = survey_form(store->survey, returned->ballot->form);
    return form ? survey_form_question(form, question) : NULL;
}
