/* Reading score sheets; inside the room only. */
#ifndef PHIEU_SCORE_SHEET_H
#define PHIEU_SCORE_SHEET_H

#include "score/score.h"
#include "table/table.h"

/* Which column holds what; −1 where there is none. */
typedef struct {
    int header_row, first_row; /* the heading's first row and the row below its last */
    int code, name, max, self, first, second, evidence, note, agency;
    bool hidden_too; /* those that are hidden are among them */
} SheetColumns;

/* Finds the header row and its columns. False when the table has none. Hidden columns are none, which clerks
 * keep last year's points in, unless they are asked for. */
bool sheet_find_columns(const Table *table, StoreScoreKind kind, bool hidden_too, SheetColumns *ret_columns);
/* The hidden column that is the only one of its role and has points of this kind below its heading; −1 for
 * none. */
int sheet_hidden_points(const Table *table, StoreScoreKind kind, int *ret_row);
/* What to do about points in hidden rows or columns ("5, 7"), newly allocated. */
char *sheet_hidden_rows_words(const GArray *rows);
char *sheet_hidden_column_words(int column);
/* The words over a column as a clerk reads them: of a heading over several columns and of the rows that split
 * it, "Điểm tự chấm 2022". Newly allocated, "" where there are none. */
char *sheet_heading(const Table *table, const SheetColumns *columns, int column);
/* The next visible column whose heading stands for the same as that of `column`; −1 for none. */
int sheet_next_alike(const Table *table, const SheetColumns *columns, int column);
/* Whether a heading is of points of any kind, the maximum's too: numbers belong below it. */
bool sheet_is_of_points(const Table *table, const SheetColumns *columns, int column);
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
/* Whether a cell holds nothing: no value, or a text that stands for none ("-", "ĐTXHH"). A formula without a
 * value, an error, a truth value or date is something. */
bool sheet_is_blank(const TableCell *cell);
/* The text of a cell; "" where `column` is −1. */
const char *sheet_text(const Sheet *sheet, int row, int column);
/* The criterion's code of a row, "1.1" for "1.1."; newly allocated, "" where there is none. */
char *sheet_code(const Sheet *sheet, int row);
/* Whether a row has the code of a criterion of any set. */
bool sheet_is_criterion(const Sheet *sheet, int row);

/* Settles what the heading leaves open: of two columns of one role the one that gives points is taken, and
 * two that do are a fault; so are another year over them, cells beside the rows that the heading does not
 * reach and, in a CSV, rows cut apart by a comma within a number. False after a fault that makes the rows
 * meaningless. */
bool sheet_check_heading(Sheet *sheet);
/* The criteria set an agency's rows (int) were written for: of all sets the one they fit best, on a tie the
 * agency's own. A row misfits whose code or maximum is another's, and a criterion that has no row. */
const SurveyCriteria *sheet_find_criteria(const Sheet *sheet, const SurveyAgency *agency, const GArray *rows);
/* Adds one fault where codes stand beside the names of other criteria of the set. False after it: whose
 * maximum and points the rows have nobody knows. */
bool sheet_check_names(const Sheet *sheet, const SurveyCriteria *criteria, const GArray *rows);
/* Whether a sheet is written in a font from before Unicode, which is a fault. */
bool sheet_check_font(const Sheet *sheet);
/* The one agency of a sheet, from the cells above its table, else from its name; NULL after a fault, also
 * where the two name different ones. */
const SurveyAgency *sheet_find_agency(const Sheet *sheet);
/* Reads and checks every row of a sheet whose columns are known. */
void sheet_read(Sheet *sheet);

#endif
