/* A table while it is filled; inside the room only. */
#ifndef PHIEU_TABLE_GRID_H
#define PHIEU_TABLE_GRID_H

#include "table/table.h"

G_BEGIN_DECLS

/* An empty table of that name. */
Table *grid_new(const char *name);
/* Sets a cell; takes over nothing. False when row or column is over the limits. */
bool grid_set(Table *table, int row, int column, TableCellKind kind, const char *text, bool formula);
/* Says what a number cell that was set shows, where that is another number. */
void grid_show(Table *table, int row, int column, const char *shown);
/* Marks what of a merged area lies within the table, its first cell left out; once all cells are set. False
 * when the areas so far add to more than the table: they overlap. */
bool grid_merge(Table *table, int row, int column, int last_row, int last_column);
/* Notes how a CSV is written: what separates its cells, and how many a row has. */
void grid_set_separator(Table *table, char separator);
void grid_set_width(Table *table, int row, int width);
void grid_hide_row(Table *table, int row);
void grid_hide_column(Table *table, int column);

/* What a file is read as. */
typedef enum {
    TABLE_SOURCE_REFUSED,
    TABLE_SOURCE_CSV,
    TABLE_SOURCE_XLSX,
    TABLE_SOURCE_ODS,
    TABLE_SOURCE_FODS, /* OpenDocument in one XML file */
} TableSource;

/* By its bytes, never by its name; TABLE_SOURCE_REFUSED with UNREADABLE, which says what it is and what to
 * do, for a sheet or document of another program, a page, a picture, an archive. */
TableSource table_find_source(const char *path, const char *bytes, gsize length, GError **error);
/* The readers of the kinds. */
GPtrArray *table_read_xlsx(const char *path, GError **error);
GPtrArray *table_read_ods(const char *path, GError **error);
GPtrArray *table_read_fods(const char *path, const char *bytes, gsize length, GError **error);
GPtrArray *table_read_csv(const char *path, const char *bytes, gsize length, GError **error);

G_END_DECLS

#endif
