/* What was counted: every question's answers by agency and group, and the census of ballots. */
#include "export/report.h"

/* The criterion a tally feeds; NULL where the question is never scored. */
static const SurveyNode *leaf_of(const Survey *survey, const QuotaTally *tally)
{
    const SurveyCriteria *criteria = survey_criteria(survey, tally->agency->block->criteria_id);
    return tally->question->leaf ? g_hash_table_lookup(criteria->by_code, tally->question->leaf) : NULL;
}

/* One option of one question for one agency and group. */
static void add_option(ReportTable *table, const QuotaTally *tally, const SurveyOption *option, int n,
                       int valid, const SurveyNode *leaf)
{
    report_add_row(table);
    report_code(table, tally->agency->block->id, tally->agency->block->name);
    report_text(table, tally->agency->code);
    report_text(table, tally->agency->name);
    report_text(table, tally->group->id);
    report_text(table, tally->question->leaf);
    report_text(table, leaf ? leaf->name : "");
    report_text(table, tally->question->id);
    report_text(table, tally->question->text);
    report_text(table, option->id);
    report_text(table, option->label);
    report_count(table, n);
    g_autoptr(Rational) share = valid ? rational_new(100 * (int64_t)n, valid) : NULL;
    report_number(table, share);
    report_count(table, tally->ballots);
    report_count(table, tally->blank);
    report_count(table, tally->multiple);
    report_count(table, tally->unreadable);
    report_count(table, tally->waiting);
}

static void add_tallies(Report *report, const Quota *quota)
{
    ReportTable *table =
        report_add_table(report, "tally", "Tần suất", "Kết quả điều tra theo cơ quan, nhóm và câu hỏi",
                         IN_CSV | IN_XLSX | IN_JSON);
    report_add_column(table, "block", "Khối", COLUMN_TEXT, 29);
    report_add_column(table, "agency", "Mã cơ quan", COLUMN_TEXT, 12);
    report_add_column(table, "agency_name", "Cơ quan", COLUMN_TEXT, 34);
    report_add_column(table, "group", "Nhóm", COLUMN_TEXT, 8);
    report_add_column(table, "leaf", "Mã TC", COLUMN_TEXT, 8);
    report_add_column(table, "criterion", "Tên tiêu chí", COLUMN_TEXT, 34);
    report_add_column(table, "question", "Câu hỏi", COLUMN_TEXT, 9);
    report_add_column(table, "text", "Nội dung", COLUMN_TEXT, 44);
    report_add_column(table, "option", "Mã trả lời", COLUMN_TEXT, 8);
    report_add_column(table, "label", "Phương án", COLUMN_TEXT, 22);
    report_add_column(table, "n", "Số lượt", COLUMN_COUNT, 9);
    report_add_column(table, "share", "Tỷ lệ %", COLUMN_NUMBER, 9)->decimals = quota->survey->rules.decimals;
    report_add_column(table, "ballots", "Số phiếu tính", COLUMN_COUNT, 9);
    report_add_column(table, "blank", "Bỏ trống", COLUMN_COUNT, 9);
    report_add_column(table, "multiple", "Chọn nhiều", COLUMN_COUNT, 9);
    report_add_column(table, "unreadable", "Không đọc được", COLUMN_COUNT, 9);
    report_add_column(table, "waiting", "Chờ duyệt", COLUMN_COUNT, 9);
    for (guint i = 0; i < quota->tallies->len; i++) {
        const QuotaTally *tally = quota->tallies->pdata[i];
        const GPtrArray *options = tally->question->scale->options;
        int valid = 0;
        for (guint o = 0; o < options->len; o++)
            valid += tally->n[o];
        const SurveyNode *leaf = leaf_of(quota->survey, tally);
        for (guint o = 0; o < options->len; o++)
            add_option(table, tally, options->pdata[o], tally->n[o], valid, leaf);
    }
}

static void add_census(Report *report, const Quota *quota)
{
    static const struct {
        const char *id, *heading;
        size_t offset;
    } counts[] = {
        {"planned", "Chỉ tiêu", G_STRUCT_OFFSET(QuotaCounts, planned)},
        {"issued", "Đã phát", G_STRUCT_OFFSET(QuotaCounts, issued)},
        {"returned", "Thu về", G_STRUCT_OFFSET(QuotaCounts, returned)},
        {"valid", "Hợp lệ", G_STRUCT_OFFSET(QuotaCounts, valid)},
        {"partly_valid", "Hợp lệ một phần", G_STRUCT_OFFSET(QuotaCounts, partly)},
        {"invalid", "Không hợp lệ", G_STRUCT_OFFSET(QuotaCounts, invalid)},
        {"open", "Chờ duyệt", G_STRUCT_OFFSET(QuotaCounts, open)},
        {"held", "Giữ lại", G_STRUCT_OFFSET(QuotaCounts, held)},
        {"rejected", "Loại", G_STRUCT_OFFSET(QuotaCounts, rejected)},
        {"missing", "Còn thiếu", G_STRUCT_OFFSET(QuotaCounts, missing)},
        {"surplus", "Thừa", G_STRUCT_OFFSET(QuotaCounts, surplus)},
    };
    ReportTable *table =
        report_add_table(report, "census", "Chỉ tiêu phiếu", "Phiếu phát ra, thu về so với chỉ tiêu",
                         IN_XLSX | IN_JSON | IN_META);
    report_add_column(table, "group", "Nhóm", COLUMN_TEXT, 8);
    report_add_column(table, "agency", "Cơ quan", COLUMN_TEXT, 12);
    report_add_column(table, "origin", "Đơn vị phát phiếu", COLUMN_TEXT, 34);
    for (size_t c = 0; c < G_N_ELEMENTS(counts); c++)
        report_add_column(table, counts[c].id, counts[c].heading, COLUMN_COUNT, 10);
    for (guint i = 0; i < quota->cells->len; i++) {
        const QuotaCell *cell = quota->cells->pdata[i];
        report_add_row(table);
        report_text(table, cell->cell->group->id);
        report_text(table, cell->cell->agency->code);
        report_text(table, cell->cell->origin->name);
        for (size_t c = 0; c < G_N_ELEMENTS(counts); c++)
            report_count(table, G_STRUCT_MEMBER(int, &cell->counts, counts[c].offset));
    }
    const QuotaCounts sum = quota_sum(quota, NULL, NULL, NULL);
    report_add_row(table);
    report_text(table, "");
    report_text(table, "");
    report_text(table, "Tổng cộng");
    for (size_t c = 0; c < G_N_ELEMENTS(counts); c++)
        report_count(table, G_STRUCT_MEMBER(int, &sum, counts[c].offset));
    table->emphasise = true;
}

void report_fill_tally(Report *report, const Quota *quota)
{
    add_tallies(report, quota);
    add_census(report, quota);
}
