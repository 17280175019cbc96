/* A CSV, XLSX or OpenDocument (.ods) file of an office → rows of cells as the office sees them, each with its
 * address. A formula's cached value is taken, a formula without one says so. Nothing is guessed about
 * meaning. */
#ifndef PHIEU_TABLE_H
#define PHIEU_TABLE_H

#include "base/base.h"

G_BEGIN_DECLS

/* Limits: larger tables are refused. */
#define TABLE_MAX_ROWS 20000
#define TABLE_MAX_COLUMNS 512
#define TABLE_MAX_BYTES (64 * 1024 * 1024)

typedef enum {
    TABLE_EMPTY,
    TABLE_TEXT,
    TABLE_NUMBER,           /* a number cell: `text` is its shortest exact decimal */
    TABLE_FORMULA_NO_VALUE, /* a formula that was never calculated */
    TABLE_SHOWN_OTHERWISE, /* a truth value, or a number shown as percentage, date or time: `text` as shown */
    TABLE_ERROR,           /* #REF!, #DIV/0! … in `text` */
} TableCellKind;

/* A cell. `text` is NFC with outer blanks and NBSP removed; "" when empty; never NULL. */
typedef struct {
    TableCellKind kind;
    char *text;
    char *shown;      /* NULL, or what a number cell shows where that is another number; "" for nothing, "###"
                         where the      column is too narrow */
    bool formula;     /* value came from a formula */
    bool merged_away; /* inside a merged area, not its first cell */
} TableCell;

/* One sheet; cells outside the stored area are empty. */
typedef struct Table Table;

/* Reads every sheet of an XLSX or ODS or the one table of a CSV (UTF-8 or UTF-16 with BOM, UTF-8 without;
 * ',', ';' or tab found by counting): GPtrArray of Table*. UNREADABLE (also a file of another kind: says
 * which and what to do), LIMIT, INVALID (legacy encoding: says how to save it). */
GPtrArray *table_read(const char *path, GError **error);
void table_free(Table *table);
const char *table_name(const Table *table); /* sheet name, or "" for CSV */
int table_rows(const Table *table);
int table_columns(const Table *table);
/* Row and column from 0. Never NULL. */
const TableCell *table_cell(const Table *table, int row, int column);
/* "D12"; newly allocated. */
char *table_address(int row, int column);
/* The separator of a CSV's cells: ',', ';' or a tab; '\0' for a workbook. */
char table_separator(const Table *table);
/* How many cells a row of a CSV has, empty ones at its end counted; 0 for a workbook. */
int table_row_width(const Table *table, int row);
/* "TCVN3" or "VNI" where words over a score sheet stand in the encoding of a font from before Unicode, and
 * the first such cell; else NULL. */
const char *table_legacy_font(const Table *table, int *ret_row, int *ret_column);
/* Whether a row or column is hidden in the file. */
bool table_row_hidden(const Table *table, int row);
bool table_column_hidden(const Table *table, int column);
/* An exact number of an office cell: "1,5", "1.234,5", "1,5 điểm", " 2 " (also NBSP), and number cells. NULL
 * with INVALID quoting the text for anything else, "1.500" being refused as ambiguous, and for a number cell
 * that shows another number. */
Rational *table_cell_number(const TableCell *cell, GError **error);
/* The same of what a number cell holds, whatever it shows: for figures that are only compared. */
Rational *table_cell_stored(const TableCell *cell, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

G_END_DECLS

#endif
