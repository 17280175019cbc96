/* The header row of a score sheet, as offices name its columns. */
#include <string.h>

#include "score/sheet.h"

/* The header stands among the first rows, under titles. */
#define HEADER_ROWS 60
/* A heading is split at most twice: "Điểm" / "Thẩm định" / "Lần 2". */
#define HEADING_ROWS 3

char *sheet_fold(const char *text)
{
    g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *lower = g_utf8_strdown(composed ? composed : text, -1);
    return g_strdup(g_strstrip(lower));
}

typedef struct {
    const char *const *words; /* any of them at the start of the heading */
    size_t offset;
} Heading;

static const char *const code_words[] = {"mã tc", "mã tiêu chí", "mã số", "mã", "code", NULL};
static const char *const number_words[] = {"tt", "stt", "số tt", "số thứ tự", NULL};
static const char *const name_words[] = {"tiêu chí", "tên tiêu chí", "nội dung", "lĩnh vực", "tên", NULL};
static const char *const max_words[] = {"điểm tối đa", "điểm chuẩn", "thang điểm", NULL};
static const char *const self_words[] = {"điểm tự chấm", "điểm tự đánh giá", "tự chấm", "tự đánh giá", NULL};
static const char *const second_words[] = {"điểm thẩm định lần 2", "thẩm định lần 2", "điểm thẩm định cuối",
                                           NULL};
static const char *const first_words[] = {"điểm thẩm định", "thẩm định lần 1", "thẩm định", NULL};
static const char *const evidence_words[] = {"tài liệu kiểm chứng", "tlkc", "minh chứng", NULL};
static const char *const note_words[] = {"giải trình", "ghi chú", NULL};
static const char *const agency_words[] = {"mã cơ quan", "cơ quan", "đơn vị", NULL};

/* In the order of trial: the more special before the more general. */
static const Heading headings[] = {{second_words, G_STRUCT_OFFSET(SheetColumns, second)},
                                   {first_words, G_STRUCT_OFFSET(SheetColumns, first)},
                                   {self_words, G_STRUCT_OFFSET(SheetColumns, self)},
                                   {max_words, G_STRUCT_OFFSET(SheetColumns, max)},
                                   {evidence_words, G_STRUCT_OFFSET(SheetColumns, evidence)},
                                   {agency_words, G_STRUCT_OFFSET(SheetColumns, agency)},
                                   {code_words, G_STRUCT_OFFSET(SheetColumns, code)},
                                   {name_words, G_STRUCT_OFFSET(SheetColumns, name)},
                                   {note_words, G_STRUCT_OFFSET(SheetColumns, note)}};

static bool starts_with_any(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (g_str_has_prefix(text, *words))
            return true;
    }
    return false;
}

/* The field of SheetColumns a heading stands for, as an offset; −1 for none. */
static int role_of(const char *heading)
{
    for (size_t i = 0; i < G_N_ELEMENTS(headings); i++) {
        if (starts_with_any(heading, headings[i].words))
            return (int)headings[i].offset;
    }
    return -1;
}

static const char *text_at(const Table *table, int row, int column)
{
    return column >= 0 ? table_cell(table, row, column)->text : "";
}

/* The rows of a heading: more than one where the next names no criterion and no agency and splits a column.
 */
static int count_heading_rows(const Table *table, const SheetColumns *columns)
{
    int count = 1;
    for (int row = columns->header_row + 1; count < HEADING_ROWS && row < table_rows(table); row++, count++) {
        if (*text_at(table, row, columns->code) || *text_at(table, row, columns->name) ||
            *text_at(table, row, columns->max) || *text_at(table, row, columns->agency))
            break;
        bool any = false;
        for (int column = 0; column < table_columns(table); column++)
            any = any || *text_at(table, row, column);
        if (!any)
            break;
    }
    return count;
}

/* What the rows below the first add to a column's heading. */
static char *lower_heading(const Table *table, const SheetColumns *columns, int column)
{
    GString *text = g_string_new(NULL);
    for (int row = columns->header_row + 1; row < columns->first_row; row++) {
        const char *own = text_at(table, row, column);
        g_string_append_printf(text, "%s%s", text->len && *own ? " " : "", own);
    }
    return g_string_free(text, FALSE);
}

char *sheet_heading(const Table *table, const SheetColumns *columns, int column)
{
    g_autofree char *lower = lower_heading(table, columns, column);
    int from = column; /* a heading over several columns stands in the first of them */
    bool shared = *lower || table_cell(table, columns->header_row, column)->merged_away;
    while (shared && from > 0 && !*text_at(table, columns->header_row, from))
        from--;
    const char *upper = text_at(table, columns->header_row, from);
    return g_strdup_printf("%s%s%s", upper, *upper && *lower ? " " : "", lower);
}

static int column_role(const Table *table, const SheetColumns *columns, int column)
{
    g_autofree char *lower = lower_heading(table, columns, column);
    g_autofree char *own = sheet_fold(lower);
    int role = *own ? role_of(own) : -1;
    bool passed_over = table_column_hidden(table, column) && !columns->hidden_too;
    if (role >= 0 || passed_over)
        return passed_over ? -1 : role;
    g_autofree char *whole = sheet_heading(table, columns, column);
    g_autofree char *folded = sheet_fold(whole);
    return role_of(folded);
}

/* The first column of each role. */
static SheetColumns take_columns(const Table *table, int row, int first_row, bool hidden_too)
{
    SheetColumns found = {row, first_row, -1, -1, -1, -1, -1, -1, -1, -1, -1, hidden_too};
    int number_column = -1;
    for (int column = 0; column < table_columns(table); column++) {
        int role = column_role(table, &found, column);
        int *place = role >= 0 ? (int *)((char *)&found + role) : &number_column;
        g_autofree char *own = sheet_fold(text_at(table, row, column));
        if (*place < 0 && (role >= 0 || g_strv_contains(number_words, own)))
            *place = column;
    }
    if (found.code < 0)
        found.code = number_column;
    return found;
}

bool sheet_find_columns(const Table *table, StoreScoreKind kind, bool hidden_too, SheetColumns *ret_columns)
{
    for (int row = 0; row < MIN(table_rows(table), HEADER_ROWS); row++) {
        SheetColumns found = take_columns(table, row, row + 1, hidden_too);
        if (found.code < 0 || (found.name < 0 && found.max < 0))
            continue;
        int rows = count_heading_rows(table, &found);
        if (rows > 1)
            found = take_columns(table, row, row + rows, hidden_too);
        bool scores = kind == STORE_SCORES_SELF ? found.self >= 0 : found.first >= 0 || found.second >= 0;
        if (scores && found.code >= 0 && (found.name >= 0 || found.max >= 0)) {
            *ret_columns = found;
            return true;
        }
    }
    return false;
}

/* Whether a column has something below the heading. */
static bool has_points(const Table *table, const SheetColumns *columns, int column)
{
    for (int row = columns->first_row; row < table_rows(table); row++) {
        if (!sheet_is_blank(table_cell(table, row, column)))
            return true;
    }
    return false;
}

int sheet_hidden_points(const Table *table, StoreScoreKind kind, int *ret_row)
{
    SheetColumns seen = {.self = -1, .first = -1, .second = -1}, all;
    sheet_find_columns(table, kind, false, &seen);
    if (!sheet_find_columns(table, kind, true, &all))
        return -1;
    bool self = kind == STORE_SCORES_SELF;
    const int places[][2] = {{seen.self, self ? all.self : -1},
                             {seen.first, self ? -1 : all.first},
                             {seen.second, self ? -1 : all.second}};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        int column = places[i][1];
        if (places[i][0] < 0 && column >= 0 && table_column_hidden(table, column) &&
            has_points(table, &all, column)) {
            *ret_row = all.header_row;
            return column;
        }
    }
    return -1;
}

char *sheet_hidden_rows_words(const GArray *rows)
{
    g_autoptr(GString) named = g_string_new(NULL);
    for (guint i = 0; i < rows->len && i < 10; i++)
        g_string_append_printf(named, "%s%d", i ? ", " : "", g_array_index(rows, int, i) + 1);
    if (rows->len > 10)
        g_string_append_printf(named, _(" and %u more"), rows->len - 10);
    return g_strdup_printf(_("rows with figures are hidden: %s; show them (select all, Unhide Rows, take "
                             "filters off), see whether they are meant, and save"),
                           named->str);
}

char *sheet_hidden_column_words(int column)
{
    g_autofree char *address = table_address(0, column);
    address[strcspn(address, "0123456789")] = '\0';
    return g_strdup_printf(_("column %s with figures is hidden; show it (select all, Unhide Columns), see "
                             "whether they are meant, and save"),
                           address);
}

int sheet_next_alike(const Table *table, const SheetColumns *columns, int column)
{
    int role = column_role(table, columns, column);
    for (int next = column + 1; role >= 0 && next < table_columns(table); next++) {
        if (column_role(table, columns, next) == role)
            return next;
    }
    return -1;
}

bool sheet_is_of_points(const Table *table, const SheetColumns *columns, int column)
{
    g_autofree char *heading = sheet_heading(table, columns, column);
    g_autofree char *folded = sheet_fold(heading);
    int role = column_role(table, columns, column);
    return strstr(folded, "điểm") || role == G_STRUCT_OFFSET(SheetColumns, max) ||
           role == G_STRUCT_OFFSET(SheetColumns, self) || role == G_STRUCT_OFFSET(SheetColumns, first) ||
           role == G_STRUCT_OFFSET(SheetColumns, second);
}
