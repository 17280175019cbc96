#include "table/table.h"

#include <glib/gstdio.h>
#include <string.h>

#include "table/grid.h"

struct Table {
    char *name;
    int rows, columns;
    gint64 merged;    /* cells within merged areas so far */
    GPtrArray *cells; /* GPtrArray* a row, of TableCell* or NULL */
    GHashTable *hidden_rows, *hidden_columns;
    char separator;
    GArray *widths; /* int a row: the cells a CSV has in it */
};

/* Stands for every cell of a merged area that holds nothing. */
static TableCell merged_blank = {TABLE_EMPTY, (char *)"", NULL, false, true};

static void cell_free(gpointer data)
{
    TableCell *cell = data;
    if (!cell || cell == &merged_blank)
        return;
    g_free(cell->text);
    g_free(cell->shown);
    g_free(cell);
}

static void row_free(gpointer data)
{
    if (data)
        g_ptr_array_unref(data);
}

Table *grid_new(const char *name)
{
    Table *table = g_new0(Table, 1);
    table->name = g_utf8_make_valid(name, -1);
    table->cells = g_ptr_array_new_with_free_func(row_free);
    table->hidden_rows = g_hash_table_new(NULL, NULL);
    table->hidden_columns = g_hash_table_new(NULL, NULL);
    table->widths = g_array_new(FALSE, TRUE, sizeof(int));
    return table;
}

void table_free(Table *table)
{
    if (!table)
        return;
    g_free(table->name);
    g_ptr_array_unref(table->cells);
    g_hash_table_unref(table->hidden_rows);
    g_hash_table_unref(table->hidden_columns);
    g_array_unref(table->widths);
    g_free(table);
}

/* The cells of a row up to a column, made when missing. */
static GPtrArray *row_at(Table *table, int row, int column)
{
    if ((guint)row >= table->cells->len)
        g_ptr_array_set_size(table->cells, row + 1);
    GPtrArray *cells = table->cells->pdata[row];
    if (!cells)
        table->cells->pdata[row] = cells = g_ptr_array_new_with_free_func(cell_free);
    if ((guint)column >= cells->len)
        g_ptr_array_set_size(cells, column + 1);
    return cells;
}

/* The cell's place, made when missing; NULL over the limits. */
static TableCell *cell_at(Table *table, int row, int column)
{
    if (row < 0 || column < 0 || row >= TABLE_MAX_ROWS || column >= TABLE_MAX_COLUMNS)
        return NULL;
    GPtrArray *cells = row_at(table, row, column);
    if (!cells->pdata[column]) {
        TableCell *cell = g_new0(TableCell, 1);
        cell->text = g_strdup("");
        cells->pdata[column] = cell;
    }
    table->rows = MAX(table->rows, row + 1);
    table->columns = MAX(table->columns, column + 1);
    return cells->pdata[column];
}

/* Composed, with outer blanks gone and every inner run of blanks (NBSP too) one blank. */
static char *clean_text(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    GString *out = g_string_new(NULL);
    bool gap = false;
    for (const char *c = composed; *c; c = g_utf8_next_char(c)) {
        gunichar ch = g_utf8_get_char(c);
        if (g_unichar_isspace(ch) || ch == 0xfeff || ch == 0x200b) {
            gap = true;
            continue;
        }
        if (gap && out->len)
            g_string_append_c(out, ' ');
        gap = false;
        g_string_append_unichar(out, ch);
    }
    return g_string_free(out, FALSE);
}

bool grid_set(Table *table, int row, int column, TableCellKind kind, const char *text, bool formula)
{
    TableCell *cell = cell_at(table, row, column);
    if (!cell)
        return false;
    g_clear_pointer(&cell->shown, g_free);
    g_free(cell->text);
    cell->text = clean_text(text);
    cell->kind = kind == TABLE_TEXT && !*cell->text ? TABLE_EMPTY : kind;
    cell->formula = formula;
    return true;
}

void grid_show(Table *table, int row, int column, const char *shown)
{
    TableCell *cell = cell_at(table, row, column);
    if (!cell)
        return;
    g_free(cell->shown);
    cell->shown = clean_text(shown);
}

void grid_set_separator(Table *table, char separator)
{
    table->separator = separator;
}

void grid_set_width(Table *table, int row, int width)
{
    if (row < 0 || row >= TABLE_MAX_ROWS)
        return;
    if ((guint)row >= table->widths->len)
        g_array_set_size(table->widths, (guint)row + 1);
    g_array_index(table->widths, int, row) = width;
}

bool grid_merge(Table *table, int row, int column, int last_row, int last_column)
{
    last_row = MIN(last_row, table->rows - 1);
    last_column = MIN(last_column, table->columns - 1);
    if (row < 0 || column < 0 || last_row < row || last_column < column)
        return true;
    table->merged += (gint64)(last_row - row + 1) * (last_column - column + 1);
    if (table->merged > (gint64)table->rows * table->columns)
        return false;
    for (int r = row; r <= last_row; r++) {
        GPtrArray *cells = row_at(table, r, last_column);
        for (int c = column; c <= last_column; c++) {
            TableCell *cell = cells->pdata[c];
            if (r == row && c == column)
                continue;
            if (cell && cell != &merged_blank)
                cell->merged_away = true;
            else
                cells->pdata[c] = &merged_blank;
        }
    }
    return true;
}

void grid_hide_row(Table *table, int row)
{
    g_hash_table_add(table->hidden_rows, GINT_TO_POINTER(row + 1));
}

void grid_hide_column(Table *table, int column)
{
    g_hash_table_add(table->hidden_columns, GINT_TO_POINTER(column + 1));
}

const char *table_name(const Table *table)
{
    return table->name;
}

int table_rows(const Table *table)
{
    return table->rows;
}

int table_columns(const Table *table)
{
    return table->columns;
}

const TableCell *table_cell(const Table *table, int row, int column)
{
    static const TableCell empty = {TABLE_EMPTY, (char *)"", NULL, false, false};
    const GPtrArray *cells = row >= 0 && (guint)row < table->cells->len ? table->cells->pdata[row] : NULL;
    const TableCell *cell = cells && column >= 0 && (guint)column < cells->len ? cells->pdata[column] : NULL;
    return cell ? cell : &empty;
}

char *table_address(int row, int column)
{
    char letters[8];
    int at = sizeof letters - 1;
    letters[at] = '\0';
    for (int rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        letters[--at] = (char)('A' + (rest - 1) % 26);
    return g_strdup_printf("%s%d", letters + at, row + 1);
}

char table_separator(const Table *table)
{
    return table->separator;
}

int table_row_width(const Table *table, int row)
{
    return row >= 0 && (guint)row < table->widths->len ? g_array_index(table->widths, int, row) : 0;
}

bool table_row_hidden(const Table *table, int row)
{
    return g_hash_table_contains(table->hidden_rows, GINT_TO_POINTER(row + 1));
}

bool table_column_hidden(const Table *table, int column)
{
    return g_hash_table_contains(table->hidden_columns, GINT_TO_POINTER(column + 1));
}

/* ---- opening
 * ---------------------------------------------------------------------------------------------------------
 */

GPtrArray *table_read(const char *path, GError **error)
{
    g_autofree char *shown = text_printable(path);
    g_autofree char *bytes = NULL;
    gsize length;
    GStatBuf info;
    g_autoptr(GError) cause = NULL;
    if (g_stat(path, &info) == 0 && info.st_size > TABLE_MAX_BYTES) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
            _("%s: larger than %d MiB, as no score sheet is; copy the table alone into a new workbook and "
              "save that as .xlsx"),
            shown, TABLE_MAX_BYTES / 1024 / 1024);
        return NULL;
    }
    if (!g_file_get_contents(path, &bytes, &length, &cause)) {
        bool missing = g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        g_set_error(error, PHIEU_ERROR, missing ? PHIEU_ERROR_NOT_FOUND : PHIEU_ERROR_UNREADABLE,
                    _("%s: cannot be read: %s"), shown, failure_words_of(cause));
        return NULL;
    }
    if (length == 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: the file is empty; save it again"),
                    shown);
        return NULL;
    }
    switch (table_find_source(path, bytes, length, error)) {
    case TABLE_SOURCE_XLSX:
        return table_read_xlsx(path, error);
    case TABLE_SOURCE_ODS:
        return table_read_ods(path, error);
    case TABLE_SOURCE_FODS:
        return table_read_fods(path, bytes, length, error);
    case TABLE_SOURCE_CSV:
        return table_read_csv(path, bytes, length, error);
    case TABLE_SOURCE_REFUSED:
        break;
    }
    return NULL;
}
