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
    {"about", "Về", COLUMN_TEXT, 16},
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

/* What a decision is about beside ballot and question. */
static void add_about(ReportTable *table, const Survey *survey, const StoreLogLine *line)
{
    const char *about = line->about ? line->about : "", *kind = line->kind ? line->kind : "";
    const SurveyAgency *agency = g_str_equal(kind, "treat") ? survey_agency(survey, about) : NULL;
    bool page = g_str_equal(kind, "enter") || g_str_equal(kind, "duplicate"), scan = !page && line->about;
    g_autofree char *words = page ? g_strdup_printf(_("page %s"), about)
                             : g_str_equal(kind, "waive")
                                 ? g_strdup_printf("%s (%s)", score_obstacle_kind(about), about)
                             : scan && *about && !agency ? g_strdup_printf(_("ID %s"), about)
                                                         : NULL;
    report_code(table, about, agency ? agency->name : words);
}

/* What stood or stands. A decision's answer of nothing is a blank one; without a decision there is none. */
static void add_value(ReportTable *table, const Survey *survey, const StoreLogLine *line, const char *form,
                      const char *value, bool said)
{
    g_autofree char *words =
        said && line->kind ? store_value_words(survey, line->kind, form, line->question, value) : NULL;
    report_code(table, value, words);
}

void report_fill_log(Report *report, const Quota *quota, const GPtrArray *lines)
{
    g_autoptr(GHashTable) by_serial = report_index_ballots(quota);
    ReportTable *table =
        report_add_table(report, "log", "Nhật ký", "Ai làm gì, khi nào", IN_CSV | IN_XLSX | IN_JSON);
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
        report_add_column(table, columns[c].id, columns[c].heading, columns[c].kind, columns[c].width);
    for (guint i = 0; i < lines->len; i++) {
        const StoreLogLine *line = lines->pdata[i];
        const QuotaBallot *ballot = line->serial ? g_hash_table_lookup(by_serial, line->serial) : NULL;
        const char *form = ballot ? ballot->ballot->form : NULL;
        bool before = line->before_by && *line->before_by, undo = g_str_equal(line->action, "undo");
        report_add_row(table);
        report_count(table, line->id);
        report_text(table, line->at);
        report_text(table, line->who);
        report_code(table, line->action, store_action_words(line->action));
        report_text(table, line->serial);
        report_text(table, line->question);
        add_value(table, quota->survey, line, form, line->before, before);
        report_code(table, line->before_by, report_words(WORDS_STATE, line->before_by));
        add_value(table, quota->survey, line, form, line->after, !undo || (line->after && *line->after));
        report_text(table, line->reason);
        add_number(table, line->decision);
        add_number(table, line->takes_back);
        add_about(table, quota->survey, line);
        report_text(table, line->detail);
    }
}
