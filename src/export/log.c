/* The log: who did what and when, and of every decision what held before it and since. */
#include "export/report.h"

static const struct {
    const char *id, *heading;
    ColumnKind kind;
    double width;
} columns[] = {
    {"line", "Dòng", COLUMN_COUNT, 8},
    {"at", "Lúc (UTC)", COLUMN_TEXT, 22},
    {"who", "Ai", COLUMN_TEXT, 20},
    {"action", "Việc", COLUMN_TEXT, 28},
    {"serial", "Số phiếu", COLUMN_TEXT, 12},
    {"question", "Câu hỏi, tiêu chí", COLUMN_TEXT, 10},
    {"before", "Trước", COLUMN_TEXT, 16},
    {"before_by", "Của ai", COLUMN_TEXT, 20},
    {"after", "Sau", COLUMN_TEXT, 16},
    {"reason", "Lý do", COLUMN_TEXT, 30},
    {"decision", "Quyết định số", COLUMN_COUNT, 9},
    {"takes_back", "Rút lại số", COLUMN_COUNT, 9},
    {"detail", "Nguyên văn", COLUMN_TEXT, 50},
};

/* A number that is there when it is not 0. */
static void add_number(ReportTable *table, int64_t number)
{
    if (number)
        report_count(table, number);
    else
        report_text(table, "");
}

void report_fill_log(Report *report, const GPtrArray *lines)
{
    ReportTable *table =
        report_add_table(report, "log", "Nhật ký", "Ai làm gì, khi nào", IN_CSV | IN_XLSX | IN_JSON);
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
        report_add_column(table, columns[c].id, columns[c].heading, columns[c].kind, columns[c].width);
    for (guint i = 0; i < lines->len; i++) {
        const StoreLogLine *line = lines->pdata[i];
        report_add_row(table);
        report_count(table, line->id);
        report_text(table, line->at);
        report_text(table, line->who);
        report_code(table, line->action, report_words(WORDS_ACTION, line->action));
        report_text(table, line->serial);
        report_text(table, line->question);
        report_text(table, line->before);
        report_code(table, line->before_by, report_words(WORDS_STATE, line->before_by));
        report_text(table, line->after);
        report_text(table, line->reason);
        add_number(table, line->decision);
        add_number(table, line->takes_back);
        report_text(table, line->detail);
    }
}
