/* Reports as values. */
#include "export/report.h"

#include <math.h>

static void column_free(gpointer data)
{
    ReportColumn *column = data;
    g_free(column->id);
    g_free(column->heading);
    g_free(column);
}

static void cell_clear(gpointer data)
{
    ReportCell *cell = data;
    g_free(cell->text);
    g_free(cell->words);
    rational_free(cell->number);
}

static void table_free_one(gpointer data)
{
    ReportTable *table = data;
    g_free(table->id);
    g_free(table->sheet);
    g_free(table->title);
    g_ptr_array_unref(table->columns);
    g_ptr_array_unref(table->rows);
    g_ptr_array_unref(table->texts);
    g_free(table);
}

static void fact_free(gpointer data)
{
    ReportFact *fact = data;
    g_free(fact->id);
    g_free(fact->label);
    g_free(fact->value);
    g_free(fact->words);
    g_free(fact);
}

Report *report_new(const char *title)
{
    Report *report = g_new0(Report, 1);
    report->title = g_strdup(title);
    report->facts = g_ptr_array_new_with_free_func(fact_free);
    report->notices = g_ptr_array_new_with_free_func(g_free);
    report->reasons = g_ptr_array_new_with_free_func(g_free);
    report->waived = g_ptr_array_new_with_free_func(g_free);
    report->tables = g_ptr_array_new_with_free_func(table_free_one);
    return report;
}

void report_free(Report *report)
{
    if (!report)
        return;
    g_free(report->title);
    g_ptr_array_unref(report->facts);
    g_ptr_array_unref(report->notices);
    g_ptr_array_unref(report->reasons);
    g_ptr_array_unref(report->waived);
    g_ptr_array_unref(report->tables);
    g_free(report);
}

ReportFact *report_add_fact(Report *report, const char *id, const char *label, char *value)
{
    ReportFact *fact = g_new0(ReportFact, 1);
    *fact = (ReportFact){g_strdup(id), g_strdup(label), value, NULL};
    g_ptr_array_add(report->facts, fact);
    return fact;
}

ReportTable *report_add_table(Report *report, const char *id, const char *sheet, const char *title,
                              unsigned in)
{
    ReportTable *table = g_new0(ReportTable, 1);
    table->id = g_strdup(id);
    table->sheet = g_strdup(sheet);
    table->title = g_strdup(title);
    table->in = in;
    table->columns = g_ptr_array_new_with_free_func(column_free);
    table->texts = g_ptr_array_new_with_free_func(g_free);
    table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_ptr_array_add(report->tables, table);
    return table;
}

ReportColumn *report_add_column(ReportTable *table, const char *id, const char *heading, ColumnKind kind,
                                double width)
{
    ReportColumn *column = g_new0(ReportColumn, 1);
    column->id = g_strdup(id);
    column->heading = g_strdup(heading);
    column->kind = kind;
    column->width = width;
    g_ptr_array_add(table->columns, column);
    return column;
}

void report_add_row(ReportTable *table)
{
    GArray *row = g_array_sized_new(FALSE, TRUE, sizeof(ReportCell), table->columns->len);
    g_array_set_clear_func(row, cell_clear);
    g_ptr_array_add(table->rows, row);
}

static void add_cell(ReportTable *table, ReportCell cell)
{
    g_array_append_val((GArray *)table->rows->pdata[table->rows->len - 1], cell);
}

void report_text(ReportTable *table, const char *text)
{
    add_cell(table, (ReportCell){.text = g_strdup(text ? text : "")});
}

void report_code(ReportTable *table, const char *id, const char *words)
{
    add_cell(table, (ReportCell){.text = g_strdup(id ? id : ""), .words = g_strdup(words)});
}

void report_count(ReportTable *table, int64_t count)
{
    add_cell(table, (ReportCell){.count = count});
}

void report_number(ReportTable *table, const Rational *number)
{
    add_cell(table, (ReportCell){.number = number ? rational_copy(number) : NULL});
}

void report_real(ReportTable *table, double number)
{
    add_cell(table, (ReportCell){.real = number});
}

char *report_real_text(double number, int decimals)
{
    if (isnan(number))
        return g_strdup("");
    char format[16], text[G_ASCII_DTOSTR_BUF_SIZE];
    g_snprintf(format, sizeof format, "%%.%df", decimals);
    return g_strdup(g_ascii_formatd(text, sizeof text, format, number));
}

GHashTable *report_index_ballots(const Quota *quota)
{
    GHashTable *by_serial = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < quota->ballots->len; i++) {
        QuotaBallot *ballot = quota->ballots->pdata[i];
        g_hash_table_insert(by_serial, ballot->ballot->serial, ballot);
    }
    return by_serial;
}
