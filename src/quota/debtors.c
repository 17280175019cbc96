/* Whom to ask for ballots that are missing, and which were issued and never returned. */
#include "quota/census.h"

static void debt_free(gpointer data)
{
    QuotaDebt *debt = data;
    g_array_unref(debt->ranges);
    g_free(debt);
}

static void debtor_free(gpointer data)
{
    QuotaDebtor *debtor = data;
    g_ptr_array_unref(debtor->debts);
    g_free(debtor);
}

/* Adds a serial that comes after those before it. */
static void add_serial(QuotaDebt *debt, const char *serial)
{
    GArray *ranges = debt->ranges;
    QuotaRange *last = ranges->len ? &g_array_index(ranges, QuotaRange, ranges->len - 1) : NULL;
    int before = last ? serial_parse(last->last) : -1;
    debt->out++;
    if (before >= 0 && serial_parse(serial) == before + 1) {
        last->last = serial;
        last->count++;
    } else {
        QuotaRange range = {serial, serial, 1};
        g_array_append_val(ranges, range);
    }
}

/* The debts of all cells that lack ballots: cell → QuotaDebt, which the table owns until it is stolen. */
static GHashTable *open_debts(const Quota *quota)
{
    GHashTable *debts = g_hash_table_new_full(NULL, NULL, NULL, debt_free);
    for (guint i = 0; i < quota->cells->len; i++) {
        const QuotaCell *row = quota->cells->pdata[i];
        if (!row->counts.missing)
            continue;
        QuotaDebt *debt = g_new0(QuotaDebt, 1);
        debt->cell = row->cell;
        debt->missing = row->counts.missing;
        debt->ranges = g_array_new(FALSE, FALSE, sizeof(QuotaRange));
        g_hash_table_insert(debts, (gpointer)row->cell, debt);
    }
    return debts;
}

/* Writes down in each debt what was issued for its cell and never came back. */
static void find_out(const Quota *quota, GHashTable *debts)
{
    const QuotaPrivate *own = quota->private_data;
    g_autoptr(GHashTable) rows = quota_index_cells(quota),
                          returned = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < own->loaded->len; i++)
        g_hash_table_add(returned, ((StoreBallot *)own->loaded->pdata[i])->serial);
    for (guint i = 0; i < own->issued->len; i++) {
        const StoreIssued *issued = own->issued->pdata[i];
        const QuotaCell *row = quota_find_row(rows, issued->group, issued->agency, issued->origin);
        QuotaDebt *debt = row ? g_hash_table_lookup(debts, row->cell) : NULL;
        if (debt && !issued->voided && !g_hash_table_contains(returned, issued->serial))
            add_serial(debt, issued->serial);
    }
}

static QuotaDebtor *debtor_new(const SurveyOrigin *origin)
{
    QuotaDebtor *debtor = g_new0(QuotaDebtor, 1);
    debtor->origin = origin;
    debtor->debts = g_ptr_array_new_with_free_func(debt_free);
    return debtor;
}

static void take_debt(QuotaDebtor *debtor, QuotaDebt *debt)
{
    debt->unissued = MAX(0, debt->missing - debt->out);
    debtor->missing += debt->missing;
    debtor->out += debt->out;
    debtor->unissued += debt->unissued;
    g_ptr_array_add(debtor->debts, debt);
}

GPtrArray *quota_debtors(const Quota *quota)
{
    GPtrArray *debtors = g_ptr_array_new_with_free_func(debtor_free);
    g_autoptr(GHashTable) debts = open_debts(quota),
                          by_origin = g_hash_table_new_full(NULL, NULL, NULL, debtor_free);
    find_out(quota, debts);
    for (guint i = 0; i < quota->cells->len; i++) {
        const SurveyCell *cell = ((QuotaCell *)quota->cells->pdata[i])->cell;
        gpointer debt = NULL;
        if (!g_hash_table_steal_extended(debts, cell, NULL, &debt))
            continue;
        QuotaDebtor *debtor = g_hash_table_lookup(by_origin, cell->origin);
        if (!debtor)
            g_hash_table_insert(by_origin, cell->origin, debtor = debtor_new(cell->origin));
        take_debt(debtor, debt);
    }
    for (guint i = 0; i < quota->survey->origins->len; i++) {
        gpointer debtor = NULL;
        if (g_hash_table_steal_extended(by_origin, quota->survey->origins->pdata[i], NULL, &debtor))
            g_ptr_array_add(debtors, debtor);
    }
    return debtors;
}
