/* Every ballot's answers, one row a ballot and question; where people wrote something; and the codebook that
 * explains the answers. */
#include "export/report.h"

static const struct {
    const char *id, *heading;
    ColumnKind kind;
    double width;
} columns[] = {
    {"serial", "Số phiếu", COLUMN_TEXT, 12},
    {"form", "Mẫu phiếu", COLUMN_TEXT, 8},
    {"group", "Nhóm", COLUMN_TEXT, 8},
    {"agency", "Cơ quan được đánh giá", COLUMN_TEXT, 14},
    {"origin", "Đơn vị phát phiếu", COLUMN_TEXT, 14},
    {"question", "Câu hỏi", COLUMN_TEXT, 10},
    {"value", "Trả lời", COLUMN_TEXT, 10},
    {"state", "Ai đọc", COLUMN_TEXT, 10},
    {"confidence", "Độ tin cậy", COLUMN_TEXT, 12},
    {"reasons", "Lý do", COLUMN_TEXT, 24},
    {"decided_by", "Người quyết định", COLUMN_TEXT, 18},
    {"file", "Tệp quét", COLUMN_TEXT, 30},
    {"page", "Trang", COLUMN_COUNT, 8},
};

static void add_codebook(Report *report, const Survey *survey)
{
    ReportTable *table = report_add_table(report, "codebook", "Bảng mã", "Bảng mã câu hỏi và phương án",
                                          IN_XLSX | IN_JSON | IN_META);
    report_add_column(table, "form", "Mẫu phiếu", COLUMN_TEXT, 10);
    report_add_column(table, "question", "Câu hỏi", COLUMN_TEXT, 10);
    report_add_column(table, "number", "Số in", COLUMN_TEXT, 8);
    report_add_column(table, "text", "Nội dung", COLUMN_TEXT, 70);
    report_add_column(table, "leaf", "Tiêu chí", COLUMN_TEXT, 10);
    report_add_column(table, "option", "Mã trả lời", COLUMN_TEXT, 10);
    report_add_column(table, "label", "Phương án", COLUMN_TEXT, 30);
    report_add_column(table, "weight", "Trọng số", COLUMN_NUMBER, 10)->decimals = 2;
    for (guint f = 0; f < survey->forms->len; f++) {
        const SurveyForm *form = survey->forms->pdata[f];
        for (guint q = 0; q < form->questions->len; q++) {
            const SurveyQuestion *question = form->questions->pdata[q];
            guint options = question->scale ? question->scale->options->len : 0;
            for (guint o = 0; o < MAX(options, 1); o++) {
                const SurveyOption *option = o < options ? question->scale->options->pdata[o] : NULL;
                report_add_row(table);
                report_text(table, form->id);
                report_text(table, question->id);
                report_text(table, question->number);
                report_text(table, question->text);
                report_text(table, question->leaf);
                report_text(table, option ? option->id : "");
                report_text(table, option ? option->label : "");
                report_number(table, option ? option->weight : NULL);
            }
        }
    }
}

/* Every place to write: whether anybody did, what the machine makes of it (a draft, no answer), and what a
 * person typed. */
static void add_writings(Report *report, const GPtrArray *writings, GHashTable *by_serial)
{
    ReportTable *table = report_add_table(report, "writings", "Chữ viết tay",
                                          "Ô viết tay: có chữ hay để trống", IN_XLSX | IN_JSON);
    report_add_column(table, "serial", "Số phiếu", COLUMN_TEXT, 12);
    report_add_column(table, "form", "Mẫu phiếu", COLUMN_TEXT, 8);
    report_add_column(table, "agency", "Cơ quan được đánh giá", COLUMN_TEXT, 14);
    report_add_column(table, "question", "Câu hỏi", COLUMN_TEXT, 10);
    report_add_column(table, "written", "Có chữ viết", COLUMN_TEXT, 12);
    report_add_column(table, "draft", "Máy đọc nháp", COLUMN_TEXT, 14);
    report_add_column(table, "confidence", "Độ tin của bản nháp", COLUMN_TEXT, 14);
    report_add_column(table, "reader", "Bản nháp do", COLUMN_TEXT, 18);
    report_add_column(table, "value", "Người đọc", COLUMN_TEXT, 24);
    report_add_column(table, "decided_by", "Người quyết định", COLUMN_TEXT, 18);
    report_add_column(table, "file", "Tệp quét", COLUMN_TEXT, 30);
    report_add_column(table, "page", "Trang", COLUMN_COUNT, 8);
    for (guint i = 0; i < writings->len; i++) {
        const StoreWriting *writing = writings->pdata[i];
        const StoreBallot *ballot = g_hash_table_lookup(by_serial, writing->serial);
        report_add_row(table);
        report_text(table, writing->serial);
        report_text(table, ballot ? ballot->form : "");
        report_text(table, ballot ? ballot->agency : "");
        report_text(table, writing->question);
        const StoreDraft *draft = &writing->draft;
        char confidence[G_ASCII_DTOSTR_BUF_SIZE] = "";
        if (draft->model && *draft->text)
            g_ascii_formatd(confidence, sizeof confidence, "%.3f", draft->confidence);
        report_text(table, writing->found.written ? "có" : "");
        report_text(table, draft->model ? draft->text : "");
        report_text(table, confidence);
        report_text(table, draft->model ? draft->model : "");
        report_text(table, writing->text ? writing->text : "");
        report_text(table, writing->decided_by ? writing->decided_by : "");
        report_text(table, writing->file);
        report_count(table, writing->page);
    }
}

void report_fill_answers(Report *report, Store *store, const GPtrArray *answers, const GPtrArray *ballots,
                         const GPtrArray *writings)
{
    g_autoptr(GHashTable) by_serial = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < ballots->len; i++)
        g_hash_table_insert(by_serial, ((StoreBallot *)ballots->pdata[i])->serial, ballots->pdata[i]);
    ReportTable *table =
        report_add_table(report, "answers", "Trả lời", "Trả lời của từng phiếu", IN_CSV | IN_XLSX | IN_JSON);
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
        report_add_column(table, columns[c].id, columns[c].heading, columns[c].kind, columns[c].width);
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        const StoreBallot *ballot = g_hash_table_lookup(by_serial, answer->serial);
        char confidence[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(confidence, sizeof confidence, "%.7f", answer->confidence);
        g_autofree char *reasons = answer_reasons_text(answer->reasons);
        report_add_row(table);
        report_text(table, answer->serial);
        report_text(table, ballot ? ballot->form : "");
        report_text(table, ballot ? ballot->group : "");
        report_text(table, ballot ? ballot->agency : "");
        report_text(table, ballot ? ballot->origin : "");
        report_text(table, answer->question);
        report_text(table, answer->value);
        report_text(table, answer_state_id(answer->state));
        report_text(table, confidence);
        report_text(table, reasons);
        report_text(table, answer->decided_by);
        report_text(table, answer->file);
        report_count(table, answer->page);
    }
    add_writings(report, writings, by_serial);
    add_codebook(report, store_survey(store));
}
