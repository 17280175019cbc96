/* phieu resolve enter: a page that has no scan, entered by hand. */
#include "cli/enter.h"

#include <string.h>

/* Most pages a ballot has. */
#define PAGES_MAX 1000

int cli_find_column(const Table *table, const char *name)
{
    for (int c = 0; c < table_columns(table); c++) {
        if (g_str_equal(table_cell(table, 0, c)->text, name))
            return c;
    }
    return -1;
}

const char *cli_entered_standing(StoreEnteredStanding standing)
{
    static const char *const words[] = {N_("another person is to enter it, too"), N_("counts"),
                                        N_("there is a scan of it")};
    return _(words[standing]);
}

/* The rows of a table that are of the ballot: StoreGiven, whose texts the table owns. */
static bool read_rows(Store *store, const Table *table, const char *path, const char *serial, GArray *given,
                      GError **error)
{
    int serial_at = cli_find_column(table, "serial"), question_at = cli_find_column(table, "question"),
        value_at = cli_find_column(table, "value");
    if (question_at < 0 || value_at < 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("%s: the first row must name the columns question and value, and serial where the file "
                      "holds several ballots"),
                    path);
        return false;
    }
    for (int r = 1; r < table_rows(table); r++) {
        g_autofree char *own =
            serial_at >= 0 ? cli_serial(store, table_cell(table, r, serial_at)->text, error) : NULL;
        if (serial_at >= 0 && !own) {
            g_autofree char *address = table_address(r, serial_at);
            g_prefix_error(error, "%s!%s: ", path, address);
            return false;
        }
        StoreGiven one = {table_cell(table, r, question_at)->text, table_cell(table, r, value_at)->text};
        if (*one.question && (!own || g_str_equal(own, serial)))
            g_array_append_val(given, one);
    }
    return true;
}

/* "question=value", one an argument; they are cut in two where they stand. */
static bool read_pairs(char **pairs, GArray *given, GError **error)
{
    for (; *pairs; pairs++) {
        char *equals = strchr(*pairs, '=');
        if (!equals) {
            g_autofree char *shown = text_printable(*pairs);
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("'%s': write QUESTION=VALUE, with nothing behind = for blank"), shown);
            return false;
        }
        *equals = '\0';
        StoreGiven one = {*pairs, equals + 1};
        g_array_append_val(given, one);
    }
    return true;
}

static bool tell_outcome(Store *store, const StoreEntry *entry, const StoreEntryOutcome *outcome,
                         GError **error)
{
    if (!outcome->counts) {
        cli_say(_("Page %d of ballot %s is entered by %s. It counts once another person has entered it, too, "
                  "without having seen this."),
                entry->page, serial_shown(entry->serial), entry->who);
        return true;
    }
    g_autoptr(StoreBallot) ballot = store_find_ballot(store, entry->serial, error);
    if (!ballot)
        return false;
    cli_say(_("Page %d of ballot %s counts as entered by hand. The ballot: %s, pages %d of %d."), entry->page,
            serial_shown(entry->serial), store_ballot_status_words(store_ballot_status_id(ballot->status)),
            ballot->pages_read, ballot->pages_expected);
    if (outcome->differing)
        cli_say(
            _("%d of its answers were entered differently and wait (phieu resolve list): a third person "
              "decides at the desk or with phieu resolve answer, or one of the two enters the page again."),
            outcome->differing);
    return true;
}

bool cli_enter_page(Store *store, char **arguments, int count, const char *who, const char *reason,
                    GError **error)
{
    g_autofree char *serial = cli_serial(store, arguments[0], error);
    if (!serial)
        return false;
    g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(StoreGiven));
    g_autoptr(GPtrArray) tables = NULL;
    int64_t page;
    if (!number_parse_int(arguments[1], 1, PAGES_MAX, &page, error))
        return false;
    bool file = count == 3 && !strchr(arguments[2], '=');
    if (file && !(tables = table_read(arguments[2], error)))
        return false;
    if (file ? !read_rows(store, tables->pdata[0], arguments[2], serial, given, error)
             : !read_pairs(arguments + 2, given, error))
        return false;
    StoreEntry entry = {.serial = serial,
                        .page = (int)page,
                        .given = (const StoreGiven *)(const void *)given->data,
                        .count = (int)given->len,
                        .who = who,
                        .reason = reason};
    StoreEntryOutcome outcome;
    return store_enter_page(store, &entry, &outcome, error) && tell_outcome(store, &entry, &outcome, error);
}

bool cli_choose_entered(Store *store, const char *serial, const char *page, const char *who,
                        const char *reason, GError **error)
{
    int64_t number;
    return number_parse_int(page + 1, 1, PAGES_MAX, &number, error) &&
           store_choose_entered(store, serial, (int)number, who, reason, error);
}

bool cli_add_entered(Store *store, const char *serial, CliTable *table, GError **error)
{
    g_autoptr(GPtrArray) entered = store_load_entered(store, serial, error);
    for (guint i = 0; entered && i < entered->len; i++) {
        const StoreEntered *one = entered->pdata[i];
        g_autofree char *who = text_printable(one->who);
        cli_table_add(
            table, g_strdup_printf("H%d", one->page), cli_number(one->page),
            g_strdup_printf(_("entered by hand by %s: %s"), who, cli_entered_standing(one->standing)),
            g_strdup("–"), g_strdup("–"), NULL);
    }
    return entered != NULL;
}
