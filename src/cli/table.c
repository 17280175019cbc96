#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>

struct CliTable {
    int columns;
    bool *right;
    GPtrArray *rows; /* char** of `columns` strings, or NULL for a rule */
};

static int text_width(const char *text)
{
    int width = 0;
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        gunichar ch = g_utf8_get_char(c);
        if (!g_unichar_iszerowidth(ch))
            width += g_unichar_iswide(ch) ? 2 : 1;
    }
    return width;
}

CliTable *cli_table_new(const char *const *columns, int count)
{
    CliTable *table = g_new0(CliTable, 1);
    table->columns = count;
    table->right = g_new0(bool, count);
    table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    char **heading = g_new0(char *, (gsize)count + 1);
    for (int i = 0; i < count; i++) {
        table->right[i] = columns[i][0] == '>';
        heading[i] = g_strdup(columns[i] + (table->right[i] ? 1 : 0));
    }
    g_ptr_array_add(table->rows, heading);
    cli_table_rule(table);
    return table;
}

void cli_table_add(CliTable *table, char *first, ...)
{
    char **row = g_new0(char *, (gsize)table->columns + 1);
    va_list arguments;
    va_start(arguments, first);
    char *cell = first;
    for (int i = 0; i < table->columns; i++) {
        row[i] = cell ? cell : g_strdup("");
        if (cell)
            cell = va_arg(arguments, char *);
    }
    va_end(arguments);
    g_ptr_array_add(table->rows, row);
}

void cli_table_rule(CliTable *table)
{
    g_ptr_array_add(table->rows, NULL);
}

static void print_row(const CliTable *table, char **row, const int *widths)
{
    GString *line = g_string_new(NULL);
    for (int i = 0; i < table->columns; i++) {
        int pad = widths[i] - text_width(row[i]);
        if (table->right[i])
            g_string_append_printf(line, "%*s%s", pad, "", row[i]);
        else
            g_string_append_printf(line, "%s%*s", row[i], pad, "");
        if (i + 1 < table->columns)
            g_string_append(line, "  ");
    }
    puts(g_strchomp(line->str));
    g_string_free(line, TRUE);
}

void cli_table_print(CliTable *table)
{
    g_autofree int *widths = g_new0(int, table->columns);
    int total = 2 * (table->columns - 1);
    for (int i = 0; i < table->columns; i++) {
        for (guint r = 0; r < table->rows->len; r++) {
            char **row = table->rows->pdata[r];
            if (row)
                widths[i] = MAX(widths[i], text_width(row[i]));
        }
        total += widths[i];
    }
    for (guint r = 0; r < table->rows->len; r++) {
        if (table->rows->pdata[r]) {
            print_row(table, table->rows->pdata[r], widths);
        } else {
            for (int i = 0; i < total; i++)
                fputs("─", stdout);
            putchar('\n');
        }
    }
    g_ptr_array_unref(table->rows);
    g_free(table->right);
    g_free(table);
}
