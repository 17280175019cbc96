/* CSV after RFC 4180 but for its line ends, which are plain LF: UTF-8, a header of stable column names. A
 * number column is two: as shown, and exact. */
#include <string.h>

#include "export/report.h"

/* A text that a spreadsheet would run as a formula is disarmed by an apostrophe, as OWASP advises. */
static void append_text(GString *csv, const char *text)
{
    bool formula = *text && strchr("=+-@\t\r", *text);
    if (!formula && !strpbrk(text, ",\"\r\n")) {
        g_string_append(csv, text);
        return;
    }
    g_string_append_c(csv, '"');
    if (formula)
        g_string_append_c(csv, '\'');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            g_string_append_c(csv, '"');
        g_string_append_c(csv, *c);
    }
    g_string_append_c(csv, '"');
}

static void append_cell(GString *csv, const ReportColumn *column, const ReportCell *cell)
{
    if (column->kind == COLUMN_TEXT) {
        append_text(csv, cell->text);
    } else if (column->kind == COLUMN_COUNT) {
        g_string_append_printf(csv, "%" G_GINT64_FORMAT, cell->count);
    } else if (cell->number) {
        g_autofree char *shown = rational_to_decimal(cell->number, column->decimals, '.');
        g_autofree char *exact = rational_to_exact(cell->number);
        g_string_append_printf(csv, "%s,%s", shown, exact);
    } else {
        g_string_append_c(csv, ',');
    }
}

GString *report_to_csv(const Report *report)
{
    GString *csv = g_string_new(NULL);
    for (guint t = 0; t < report->tables->len; t++) {
        const ReportTable *table = report->tables->pdata[t];
        if (!(table->in & IN_CSV))
            continue;
        for (guint c = 0; c < table->columns->len; c++) {
            const ReportColumn *column = table->columns->pdata[c];
            g_string_append_printf(csv, "%s%s", c ? "," : "", column->id);
            if (column->kind == COLUMN_NUMBER)
                g_string_append_printf(csv, ",%s_exact", column->id);
        }
        g_string_append_c(csv, '\n');
        for (guint r = 0; r < table->rows->len; r++) {
            const GArray *row = table->rows->pdata[r];
            for (guint c = 0; c < row->len; c++) {
                if (c)
                    g_string_append_c(csv, ',');
                append_cell(csv, table->columns->pdata[c], &g_array_index(row, ReportCell, c));
            }
            g_string_append_c(csv, '\n');
        }
        break;
    }
    return csv;
}
