/* CSV after RFC 4180 but for its line ends, which are plain LF: UTF-8, a header of stable column names. A
 * number column is two: as shown, and exact. And the same as Excel in Vietnamese reads it. */
#include <string.h>

#include "export/report.h"

/* How a file is written. */
typedef struct {
    const char *begin, *between, *end;
    char decimal;
    bool exact;  /* exact numbers stand beside those shown */
    bool shield; /* codes that look like dates or numbers are kept as text */
} Dialect;

static const Dialect plain = {"", ",", "\n", '.', true, false},
                     for_excel = {"\xef\xbb\xbf", ";", "\r\n", ',', false, true};

/* Whether a spreadsheet takes it for a number, date or time: "1.10", "000123-5", "3/4". */
static bool is_like_number(const char *text)
{
    size_t length = strlen(text);
    return g_ascii_isdigit(*text) && length < 40 && strspn(text, "0123456789.,/:-+ eE") == length;
}

/* A text that a spreadsheet would run as a formula is disarmed by an apostrophe, as OWASP advises. */
static void append_text(GString *csv, const Dialect *dialect, const char *text)
{
    if (dialect->shield && is_like_number(text)) {
        g_string_append_printf(csv, "\"=\"\"%s\"\"\"", text);
        return;
    }
    bool formula = *text && strchr("=+-@\t\r", *text);
    if (!formula && !strpbrk(text, "\"\r\n") && !strstr(text, dialect->between)) {
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

static void append_real(GString *csv, const Dialect *dialect, double number, int decimals)
{
    g_autofree char *shown = report_real_text(number, decimals);
    g_string_append(csv, g_strdelimit(shown, ".", dialect->decimal));
}

static void append_cell(GString *csv, const Dialect *dialect, const ReportColumn *column,
                        const ReportCell *cell)
{
    if (column->kind == COLUMN_REAL) {
        append_real(csv, dialect, cell->real, column->decimals);
    } else if (column->kind == COLUMN_NUMBER) {
        g_autofree char *shown = cell->number
                                     ? rational_to_decimal(cell->number, column->decimals, dialect->decimal)
                                     : g_strdup("");
        g_autofree char *exact = cell->number ? rational_to_exact(cell->number) : g_strdup("");
        g_string_append(csv, shown);
        if (dialect->exact)
            g_string_append_printf(csv, "%s%s", dialect->between, exact);
    } else if (cell->text) {
        append_text(csv, dialect, cell->text);
    } else {
        g_string_append_printf(csv, "%" G_GINT64_FORMAT, cell->count);
    }
}

static void append_table(GString *csv, const Dialect *dialect, const ReportTable *table)
{
    for (guint c = 0; c < table->columns->len; c++) {
        const ReportColumn *column = table->columns->pdata[c];
        g_string_append_printf(csv, "%s%s", c ? dialect->between : "", column->id);
        if (column->kind == COLUMN_NUMBER && dialect->exact)
            g_string_append_printf(csv, "%s%s_exact", dialect->between, column->id);
    }
    g_string_append(csv, dialect->end);
    for (guint r = 0; r < table->rows->len; r++) {
        const GArray *row = table->rows->pdata[r];
        for (guint c = 0; c < row->len; c++) {
            if (c)
                g_string_append(csv, dialect->between);
            append_cell(csv, dialect, table->columns->pdata[c], &g_array_index(row, ReportCell, c));
        }
        g_string_append(csv, dialect->end);
    }
}

GString *report_to_csv(const Report *report, bool excel)
{
    const Dialect *dialect = excel ? &for_excel : &plain;
    GString *csv = g_string_new(dialect->begin);
    for (guint t = 0; t < report->tables->len; t++) {
        const ReportTable *table = report->tables->pdata[t];
        if (table->in & IN_CSV) {
            append_table(csv, dialect, table);
            break;
        }
    }
    return csv;
}
