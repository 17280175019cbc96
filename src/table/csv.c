/* CSV as offices save it (RFC 4180, with ';' or tab where the comma is the decimal sign). */
#include <string.h>

#include "table/grid.h"

static bool set_encoding_fault(const char *path, GError **error)
{
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("%s: is not Unicode text (perhaps TCVN3 or VNI fonts); save it as 'CSV UTF-8' or as .xlsx"),
                shown);
    return false;
}

/* The text as UTF-8 without a byte order mark. */
static char *decode(const char *path, const char *bytes, gsize length, GError **error)
{
    const char *encoding = NULL;
    if (length >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
        encoding = "UTF-16LE";
    else if (length >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
        encoding = "UTF-16BE";
    char *text = NULL;
    if (encoding) {
        gsize written = 0;
        text = g_convert(bytes + 2, (gssize)length - 2, "UTF-8", encoding, NULL, &written, NULL);
        if (text && strlen(text) != written) /* a NUL would end the table unsaid */
            g_clear_pointer(&text, g_free);
    } else {
        gsize skip = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        if (g_utf8_validate(bytes + skip, (gssize)(length - skip), NULL))
            text = g_strndup(bytes + skip, length - skip);
    }
    if (!text)
        set_encoding_fault(path, error);
    return text;
}

#define SAMPLE_LINES 40

/* How many of the lines have the most common number (not 0) of a separator, and that number. */
static int count_alike(const int *counts, int lines, int *ret_count)
{
    int best = 0;
    for (int i = 0; i < lines; i++) {
        int alike = 0;
        for (int j = 0; j < lines; j++)
            alike += counts[i] && counts[j] == counts[i];
        if (alike < best || (alike == best && counts[i] <= *ret_count))
            continue;
        best = alike;
        *ret_count = counts[i];
    }
    return best;
}

/* The separator of which most of the first lines have equally many outside of quotes: names and decimals may
 * hold more commas than a line has cells. */
static char find_separator(const char *text)
{
    static const char candidates[] = {';', '\t', ','};
    int counts[3][SAMPLE_LINES] = {{0}}, line = 0;
    bool quoted = false;
    for (const char *c = text; *c && line < SAMPLE_LINES; c++) {
        if (*c == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        for (int i = 0; i < 3; i++)
            counts[i][line] += *c == candidates[i];
        line += *c == '\n' || (*c == '\r' && c[1] != '\n');
    }
    int lines = MIN(line + 1, SAMPLE_LINES), most = 0, widest = 0;
    char best = ',';
    for (int i = 0; i < 3; i++) {
        int width = 0, alike = count_alike(counts[i], lines, &width);
        if (alike < most || (alike == most && width <= widest))
            continue;
        most = alike;
        widest = width;
        best = candidates[i];
    }
    return best;
}

GPtrArray *table_read_csv(const char *path, const char *bytes, gsize length, GError **error)
{
    g_autofree char *text = decode(path, bytes, length, error);
    if (!text)
        return NULL;
    g_autofree char *shown = text_printable(path);
    char separator = find_separator(text);
    g_autoptr(Table) table = grid_new("");
    grid_set_separator(table, separator);
    g_autoptr(GString) cell = g_string_new(NULL);
    int row = 0, column = 0, quoted_row = 0;
    bool quoted = false, started = false;
    for (const char *c = text;; c++) {
        if (quoted) {
            if (*c == '\0') {
                g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: row %d: a quote is never closed"),
                            shown, quoted_row + 1);
                return NULL;
            }
            if (*c == '"' && c[1] == '"')
                g_string_append_c(cell, *c++);
            else if (*c == '"')
                quoted = false;
            else
                g_string_append_c(cell, *c);
            continue;
        }
        if (*c == '"' && !started) {
            quoted = started = true;
            quoted_row = row;
        } else if (*c == separator || *c == '\n' || *c == '\r' || *c == '\0') {
            if (started && !grid_set(table, row, column, TABLE_TEXT, cell->str, false)) {
                g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                            _("%s: more than %d rows or %d columns; save the table alone"), shown,
                            TABLE_MAX_ROWS, TABLE_MAX_COLUMNS);
                return NULL;
            }
            g_string_truncate(cell, 0);
            started = false;
            if (*c != separator)
                grid_set_width(table, row, column + 1);
            if (*c == '\0')
                break;
            if (*c == '\r' && c[1] == '\n')
                c++;
            column = *c == separator ? column + 1 : 0;
            row += *c != separator;
        } else {
            g_string_append_c(cell, *c);
            started = true;
        }
    }
    GPtrArray *tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    g_ptr_array_add(tables, g_steal_pointer(&table));
    return tables;
}
