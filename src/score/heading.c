/* What stands over the rows of a score sheet: whose scores and which year's they are, which of two columns
 * gives them, and whether the rows fit below. */
#include <string.h>

#include "score/sheet.h"

bool sheet_is_blank(const TableCell *cell)
{
    static const char *const marks[] = {"-", "–", "x", "đtxhh", "kad", "không áp dụng", "không đánh giá",
                                        NULL};
    if (cell->kind != TABLE_TEXT)
        return cell->kind == TABLE_EMPTY;
    g_autofree char *folded = sheet_fold(cell->text);
    return *folded == '\0' || g_strv_contains(marks, folded);
}

const char *sheet_text(const Sheet *sheet, int row, int column)
{
    return column >= 0 ? table_cell(sheet->table, row, column)->text : "";
}

char *sheet_code(const Sheet *sheet, int row)
{
    char *code = g_utf8_strup(sheet_text(sheet, row, sheet->columns.code), -1);
    size_t length = strlen(code);
    if (length > 1 && code[length - 1] == '.')
        code[length - 1] = '\0';
    return code;
}

bool sheet_is_criterion(const Sheet *sheet, int row)
{
    g_autofree char *code = sheet_code(sheet, row);
    for (guint i = 0; *code && i < sheet->survey->criteria->len; i++) {
        const SurveyCriteria *criteria = sheet->survey->criteria->pdata[i];
        if (g_hash_table_contains(criteria->by_code, code))
            return true;
    }
    return false;
}

/* ---- the agency ---- */

bool sheet_check_font(const Sheet *sheet)
{
    int row, column;
    const char *font = table_legacy_font(sheet->table, &row, &column);
    if (font)
        sheet_add_fault(
            sheet, row, column,
            _("is written in a %s font; convert the sheet to Unicode (UniKey Toolkit, then the font Times "
              "New Roman) and import it again"),
            font);
    return font != NULL;
}

/* An agency named by a whole cell, or behind a colon ("Cơ quan: Sở Nội vụ"). */
static const SurveyAgency *agency_of_text(const Survey *survey, const char *text)
{
    const SurveyAgency *agency = *text ? survey_agency_by_text(survey, text) : NULL;
    const char *colon = agency ? NULL : strchr(text, ':');
    if (!agency && colon) {
        g_autofree char *rest = g_strstrip(g_strdup(colon + 1));
        agency = survey_agency_by_text(survey, rest);
    }
    return agency;
}

/* What stands behind "Cơ quan:" above the table, of an agency nobody knows; NULL where nothing does. */
static char *unknown_agency(const Sheet *sheet, int *ret_row, int *ret_column)
{
    static const char *const labels[] = {"cơ quan", "tên cơ quan", "đơn vị", "tên đơn vị", "mã cơ quan"};
    for (int row = 0; row < sheet->columns.header_row; row++) {
        for (int column = 0; column < table_columns(sheet->table); column++) {
            g_auto(GStrv) parts = g_strsplit(table_cell(sheet->table, row, column)->text, ":", 2);
            g_autofree char *label = parts[0] ? sheet_fold(parts[0]) : NULL;
            for (gsize i = 0; label && parts[1] && *g_strstrip(parts[1]) && i < G_N_ELEMENTS(labels); i++) {
                if (!g_str_equal(label, labels[i]))
                    continue;
                *ret_row = row;
                *ret_column = column;
                return g_strdup(parts[1]);
            }
        }
    }
    return NULL;
}

static void add_no_agency(const Sheet *sheet)
{
    int row = 0, column = 0;
    g_autofree char *unknown = unknown_agency(sheet, &row, &column);
    if (unknown)
        sheet_add_fault(sheet, row, column,
                        _("'%s' is no agency of this survey; write its code or full name (phieu plan)"),
                        unknown);
    else if (!sheet_check_font(sheet))
        sheet_add_fault(
            sheet, 0, 0,
            _("no agency is named above the table; write its code or full name in a cell of its own "
              "(phieu plan)"));
}

const SurveyAgency *sheet_find_agency(const Sheet *sheet)
{
    const SurveyAgency *found = NULL, *named = agency_of_text(sheet->survey, table_name(sheet->table));
    int at_row = 0, at_column = 0;
    for (int row = 0; row < sheet->columns.header_row; row++) {
        for (int column = 0; column < table_columns(sheet->table); column++) {
            const SurveyAgency *agency =
                agency_of_text(sheet->survey, table_cell(sheet->table, row, column)->text);
            if (agency && found && agency != found) {
                sheet_add_fault(sheet, row, column,
                                _("names agency '%s', another cell above the table '%s'; keep one"),
                                agency->code, found->code);
                return NULL;
            }
            if (!agency || found)
                continue;
            found = agency;
            at_row = row;
            at_column = column;
        }
    }
    if (found && named && found != named) {
        sheet_add_fault(sheet, at_row, at_column,
                        _("names agency '%s', but the sheet is named after agency '%s'; correct one of them"),
                        found->code, named->code);
        return NULL;
    }
    if (!found && !named)
        add_no_agency(sheet);
    return found ? found : named;
}

/* ---- the year ---- */

/* The years a text names: whether there is one, and whether the survey's is among them. */
typedef struct {
    bool named, right;
} Years;

/* Whether a day and a month stand before a year: 10/11/ */
static bool ends_date(const char *text, const char *year)
{
    const char *c = year;
    for (int part = 0; part < 2; part++) {
        if (c == text || !strchr("/-.", c[-1]))
            return false;
        const char *digits = --c;
        while (c > text && g_ascii_isdigit(c[-1]))
            c--;
        if (c == digits)
            return false;
    }
    return true;
}

/* `dates`: the year of a date ("10/11/2022") is one too. */
static Years years_of(const Sheet *sheet, const char *text, bool dates)
{
    Years years = {false, false};
    g_autofree char *wanted = g_strdup_printf("%d", sheet->survey->year);
    for (const char *c = text; (c = strstr(c, "20")) != NULL; c++) {
        bool year = (c == text || !g_ascii_isalnum(c[-1])) && g_ascii_isdigit(c[2]) &&
                    g_ascii_isdigit(c[3]) && !g_ascii_isalnum(c[4]);
        year = year && (dates || !ends_date(text, c));
        years.named |= year;
        years.right |= year && strncmp(c, wanted, 4) == 0;
    }
    return years;
}

/* Years above the table and in the sheet's name: when some are named, the survey's must be among them. */
static void check_year(const Sheet *sheet)
{
    Years years = years_of(sheet, table_name(sheet->table), true);
    int at_row = 0, at_column = 0;
    for (int row = 0; row < sheet->columns.header_row; row++) {
        for (int column = 0; column < table_columns(sheet->table); column++) {
            Years own = years_of(sheet, table_cell(sheet->table, row, column)->text, true);
            if (own.named && !years.named) {
                at_row = row;
                at_column = column;
            }
            years.named |= own.named;
            years.right |= own.right;
        }
    }
    if (years.named && !years.right)
        sheet_add_fault(sheet, at_row, at_column, _("is of another year; this survey is of %d"),
                        sheet->survey->year);
}

/* ---- the columns ---- */

/* Whether a column gives points: a number, or a cell that should have been one. */
static bool gives_points(const Sheet *sheet, int column)
{
    for (int row = sheet->columns.first_row; row < table_rows(sheet->table); row++) {
        const TableCell *cell = table_cell(sheet->table, row, column);
        if (sheet_is_blank(cell) ||
            (!*sheet_text(sheet, row, sheet->columns.code) && !*sheet_text(sheet, row, sheet->columns.name)))
            continue;
        g_autoptr(Rational) points = table_cell_number(cell, NULL);
        if (points || cell->kind != TABLE_TEXT)
            return true;
    }
    return false;
}

static char *column_letters(int column)
{
    char *address = table_address(0, column);
    address[strcspn(address, "0123456789")] = '\0';
    return address;
}

/* Of the columns of one role the one that gives points; false after a fault: another year's, or several. */
static bool settle_column(const Sheet *sheet, int *column)
{
    const SheetColumns *columns = &sheet->columns;
    g_autoptr(GString) all = g_string_new(NULL);
    int taken = -1, again = -1;
    for (int c = *column; c >= 0; c = sheet_next_alike(sheet->table, columns, c)) {
        if (!gives_points(sheet, c))
            continue;
        g_autofree char *letters = column_letters(c), *heading = sheet_heading(sheet->table, columns, c);
        g_string_append_printf(all, "%s%s ('%s')", all->len ? ", " : "", letters, heading);
        again = taken < 0 ? -1 : again < 0 ? c : again;
        taken = taken < 0 ? c : taken;
    }
    if (again >= 0) {
        sheet_add_fault(sheet, columns->header_row, again,
                        _("columns %s give points for the same; keep the one that counts, delete or hide the "
                          "others"),
                        all->str);
        return false;
    }
    if (taken < 0)
        return true;
    *column = taken;
    g_autofree char *heading = sheet_heading(sheet->table, columns, taken);
    Years years = years_of(sheet, heading, false); /* a heading cites decisions by their date */
    g_autofree char *folded = sheet_fold(heading);
    years.named = years.named || strstr(folded, "năm trước");
    if (!years.named || years.right)
        return true;
    sheet_add_fault(sheet, columns->header_row, taken, _("'%s' is of another year; this survey is of %d"),
                    heading, sheet->survey->year);
    return false;
}

static bool settle_columns(Sheet *sheet)
{
    SheetColumns *columns = &sheet->columns;
    if (sheet->kind == STORE_SCORES_SELF)
        return settle_column(sheet, &columns->self);
    bool first = settle_column(sheet, &columns->first), second = settle_column(sheet, &columns->second);
    return first && second;
}

/* ---- rows cut apart ---- */

/* The last column with a heading. */
static int last_heading(const Sheet *sheet)
{
    int last = 0;
    for (int row = sheet->columns.header_row; row < sheet->columns.first_row; row++) {
        for (int column = last; column < table_columns(sheet->table); column++)
            last = *sheet_text(sheet, row, column) || table_cell(sheet->table, row, column)->merged_away
                       ? column
                       : last;
    }
    return last;
}

static bool is_whole_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* Whether a cell may be what a comma left behind it: "5", "5 điểm". */
static bool is_fraction(const TableCell *cell)
{
    g_autoptr(Rational) number = table_cell_number(cell, NULL);
    return number && g_ascii_isdigit(*cell->text) && !strpbrk(cell->text, ".,");
}

/* The first visible column beyond the heading in which a row has something; −1 where it fits. */
static int column_beyond(const Sheet *sheet, int row, int last)
{
    for (int column = last + 1; column < table_columns(sheet->table); column++) {
        const TableCell *cell = table_cell(sheet->table, row, column);
        if ((table_separator(sheet->table) ? cell->kind != TABLE_EMPTY : !sheet_is_blank(cell)) &&
            !table_column_hidden(sheet->table, column))
            return column;
    }
    return -1;
}

/* The column in which a row of a CSV shows that a comma cut it apart; −1 where it fits. */
static int cut_column(const Sheet *sheet, int row, int last)
{
    const SheetColumns *c = &sheet->columns;
    if (table_separator(sheet->table) != ',')
        return -1;
    if (table_row_width(sheet->table, row) > table_row_width(sheet->table, c->header_row))
        return last;
    /* "35,5" became 35 and, under a heading of words, 5 */
    const int points[] = {c->self, c->first, c->second};
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
        int next = points[i] + 1;
        if (points[i] >= 0 && is_whole_number(sheet_text(sheet, row, points[i])) &&
            is_fraction(table_cell(sheet->table, row, next)) && !sheet_is_of_points(sheet->table, c, next))
            return next;
    }
    return -1;
}

/* False after a fault: something beside the rows that no heading speaks of (perhaps points that were put
 * right there), or, in a CSV with commas, a decimal comma without quotes, which makes two cells of one
 * number.
 */
static bool check_widths(const Sheet *sheet)
{
    int last = last_heading(sheet), at_row = -1, at_column = -1;
    g_autoptr(GString) rows = g_string_new(NULL);
    for (int row = sheet->columns.first_row; row < table_rows(sheet->table); row++) {
        int column = sheet_is_criterion(sheet, row) ? column_beyond(sheet, row, last) : 0;
        if (column < 0)
            column = cut_column(sheet, row, last);
        if (column <= 0)
            continue;
        g_string_append_printf(rows, "%s%d", rows->len ? ", " : "", row + 1);
        at_row = at_row < 0 ? row : at_row;
        at_column = at_column < 0 ? column : at_column;
    }
    if (at_row < 0)
        return true;
    char separator = table_separator(sheet->table);
    if (separator == ',')
        sheet_add_fault(
            sheet, at_row, at_column,
            _("a comma within a number or a name cut this row apart (row %s); put such "
              "cells in quotes (\"35,5\"), or save the file with ';' between the cells or as .xlsx"),
            rows->str);
    else if (separator)
        sheet_add_fault(
            sheet, at_row, at_column,
            _("has more cells than the heading (row %s); put cells that contain a '%s' in quotes, "
              "or save the file as .xlsx"),
            rows->str, separator == ';' ? ";" : "TAB");
    else
        sheet_add_fault(sheet, at_row, at_column,
                        _("stands where the heading names no column (row %s); give the column a heading, or "
                          "clear it"),
                        rows->str);
    return false;
}

bool sheet_check_heading(Sheet *sheet)
{
    check_year(sheet);
    return check_widths(sheet) && settle_columns(sheet);
}
