/* Sub-scores: a row a question of a group on an agency; the formulas stand in score.h. */
#include "export/report.h"

static const struct {
    const char *id, *heading;
    ColumnKind kind;
    double width;
} columns[] = {
    {"block", "Khối", COLUMN_TEXT, 29},
    {"agency", "Mã", COLUMN_TEXT, 10},
    {"agency_name", "Cơ quan", COLUMN_TEXT, 30},
    {"group", "Nhóm", COLUMN_TEXT, 8},
    {"leaf", "Mã TC", COLUMN_TEXT, 8},
    {"criterion", "Tiêu chí", COLUMN_TEXT, 36},
    {"question", "Câu hỏi", COLUMN_TEXT, 8},
    {"text", "Nội dung", COLUMN_TEXT, 44},
    {"planned", "Số phiếu chỉ tiêu (N)", COLUMN_COUNT, 9},
    {"n", "Số lượt tính (n)", COLUMN_COUNT, 9},
    {"distribution", "Phân bố", COLUMN_TEXT, 24},
    {"rate", "Điểm bình quân (%)", COLUMN_NUMBER, 11},
    {"rate_low", "Cận dưới 95 % (%)", COLUMN_REAL, 10},
    {"rate_high", "Cận trên 95 % (%)", COLUMN_REAL, 10},
    {"points", "Điểm góp vào tiêu chí", COLUMN_NUMBER, 11},
    {"satisfied", "Số lượt hài lòng", COLUMN_COUNT, 9},
    {"share", "Tỷ lệ hài lòng (%)", COLUMN_NUMBER, 10},
    {"share_low", "Cận dưới 95 % (%)", COLUMN_NUMBER, 10},
    {"share_high", "Cận trên 95 % (%)", COLUMN_NUMBER, 10},
};

/* "a 9; b 7; c 3; d 0", every option as counted. */
static char *distribution_text(const QuotaTally *tally)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint k = 0; k < tally->question->scale->options->len; k++) {
        const SurveyOption *option = tally->question->scale->options->pdata[k];
        g_string_append_printf(text, "%s%s %d", k ? "; " : "", option->id, tally->n[k]);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void add_percent(ReportTable *table, const Rational *share)
{
    g_autoptr(Rational) hundred = rational_new(100, 1);
    g_autoptr(Rational) percent = share ? rational_mul(share, hundred) : NULL;
    report_number(table, percent);
}

static void add_question(ReportTable *table, const ScoreQuestion *of)
{
    g_autofree char *distribution = distribution_text(of->tally);
    report_add_row(table);
    report_code(table, of->agency->block->id, of->agency->block->name);
    report_text(table, of->agency->code);
    report_text(table, of->agency->name);
    report_text(table, of->group->id);
    report_text(table, of->leaf->code);
    report_text(table, of->leaf->name);
    report_text(table, of->question->id);
    report_text(table, of->question->text);
    report_count(table, of->population);
    report_count(table, of->answers);
    report_text(table, distribution);
    add_percent(table, of->rate);
    report_real(table, 100 * of->rate_low);
    report_real(table, 100 * of->rate_high);
    report_number(table, of->points);
    report_count(table, of->satisfied);
    add_percent(table, of->share);
    add_percent(table, of->share_low);
    add_percent(table, of->share_high);
}

void report_fill_scores(Report *report, const Quota *quota, const ScoreIndex *index)
{
    g_autoptr(GPtrArray) questions = score_questions(quota, index);
    ReportTable *table =
        report_add_table(report, "scores", "Điểm thành phần", "Điểm điều tra theo cơ quan, nhóm và câu hỏi",
                         IN_CSV | IN_XLSX | IN_JSON);
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++) {
        bool points = g_str_equal(columns[c].id, "points");
        report_add_column(table, columns[c].id, columns[c].heading, columns[c].kind, columns[c].width)
            ->decimals = points ? 4 : index->survey->rules.decimals;
    }
    for (guint i = 0; i < questions->len; i++)
        add_question(table, questions->pdata[i]);
}
