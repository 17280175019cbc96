/* Reading score sheets; inside the room only. */
#ifndef PHIEU_SCORE_SHEET_H
#define PHIEU_SCORE_SHEET_H

#include "score/score.h"
#include "table/table.h"

/* Which column holds what; −1 where there is none. */
typedef struct {
    int header_row;
    int code, name, max, self, first, second, evidence, note, agency;
} SheetColumns;

/* Finds the header row and its columns. False when the table has none. */
bool sheet_find_columns(const Table *table, StoreScoreKind kind, SheetColumns *ret_columns);
/* A heading or name as it is compared: lower case, composed, without blanks at the ends. */
char *sheet_fold(const char *text);

/* The score `a` reads of one sheet; what is checked of it. */
typedef struct {
    const Survey *survey;
    StoreScoreKind kind;
    const char *file;
    const Table *table;
    SheetColumns columns;
    GPtrArray *faults; /* ScoreFault* */
    GPtrArray *scores; /* StoreScore* */
} Sheet;

/* Adds a fault at a cell: "file!Sheet!D12: …". */
void sheet_add_fault(const Sheet *sheet, int row, int column, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Reads and checks every row of a sheet whose columns are known. */
void sheet_read(Sheet *sheet);

#endif
