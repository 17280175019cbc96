/* The header row of a score sheet, as offices name its columns. */
#include <string.h>

#include "score/sheet.h"

/* The header stands among the first rows, under titles. */
#define HEADER_ROWS 60

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

static void take_heading(SheetColumns *columns, const char *text, int column, int *number_column)
{
    if (g_strv_contains(number_words, text)) {
        *number_column = *number_column < 0 ? column : *number_column;
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(headings); i++) {
        int *place = (int *)((char *)columns + headings[i].offset);
        if (!starts_with_any(text, headings[i].words))
            continue;
        if (*place < 0)
            *place = column;
        return;
    }
}

bool sheet_find_columns(const Table *table, StoreScoreKind kind, SheetColumns *ret_columns)
{
    for (int row = 0; row < MIN(table_rows(table), HEADER_ROWS); row++) {
        SheetColumns found = {row, -1, -1, -1, -1, -1, -1, -1, -1, -1};
        int number_column = -1;
        for (int column = 0; column < table_columns(table); column++) {
            const TableCell *cell = table_cell(table, row, column);
            if (cell->kind != TABLE_TEXT || table_column_hidden(table, column))
                continue;
            g_autofree char *text = sheet_fold(cell->text);
            take_heading(&found, text, column, &number_column);
        }
        if (found.code < 0)
            found.code = number_column;
        bool scores = kind == STORE_SCORES_SELF ? found.self >= 0 : found.first >= 0 || found.second >= 0;
        if (scores && found.code >= 0 && (found.name >= 0 || found.max >= 0)) {
            *ret_columns = found;
            return true;
        }
    }
    return false;
}
