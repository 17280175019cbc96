/* Every ballot's answers, one row a ballot and question; and where people wrote something. */
#include "export/report.h"

#include <math.h>

static const struct {
    const char *id, *heading;
    ColumnKind kind;
    double width;
    int decimals;
} columns[] = {
    {"serial", "Số phiếu", COLUMN_TEXT, 12, 0},
    {"form", "Mẫu phiếu", COLUMN_TEXT, 8, 0},
    {"group", "Nhóm", COLUMN_TEXT, 8, 0},
    {"agency", "Cơ quan được đánh giá", COLUMN_TEXT, 14, 0},
    {"origin", "Đơn vị phát phiếu", COLUMN_TEXT, 14, 0},
    {"question", "Câu hỏi", COLUMN_TEXT, 10, 0},
    {"value", "Trả lời", COLUMN_TEXT, 10, 0},
    {"state", "Ai đọc", COLUMN_TEXT, 14, 0},
    {"confidence", "Độ tin cậy", COLUMN_REAL, 12, 7},
    {"reasons", "Lý do", COLUMN_TEXT, 34, 0},
    {"decided_by", "Người quyết định", COLUMN_TEXT, 18, 0},
    {"file", "Tệp quét", COLUMN_TEXT, 30, 0},
    {"page", "Trang", COLUMN_COUNT, 8, 0},
    {"counts", "Phiếu được tính", COLUMN_COUNT, 8, 0},
    {"validity", "Phiếu hợp lệ", COLUMN_TEXT, 20, 0},
    {"not_counted", "Vì sao phiếu không tính", COLUMN_TEXT, 28, 0},
};

static const StoreBallot *ballot_of(GHashTable *by_serial, const char *serial)
{
    const QuotaBallot *ballot = g_hash_table_lookup(by_serial, serial);
    return ballot ? ballot->ballot : NULL;
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
    report_add_column(table, "confidence", "Độ tin của bản nháp", COLUMN_REAL, 14)->decimals = 3;
    report_add_column(table, "reader", "Bản nháp do", COLUMN_TEXT, 18);
    report_add_column(table, "value", "Người đọc", COLUMN_TEXT, 24);
    report_add_column(table, "decided_by", "Người quyết định", COLUMN_TEXT, 18);
    report_add_column(table, "file", "Tệp quét", COLUMN_TEXT, 30);
    report_add_column(table, "page", "Trang", COLUMN_COUNT, 8);
    for (guint i = 0; i < writings->len; i++) {
        const StoreWriting *writing = writings->pdata[i];
        const StoreBallot *ballot = ballot_of(by_serial, writing->serial);
        report_add_row(table);
        report_text(table, writing->serial);
        report_text(table, ballot ? ballot->form : "");
        report_text(table, ballot ? ballot->agency : "");
        report_text(table, writing->question);
        const StoreDraft *draft = &writing->draft;
        report_text(table, writing->found.written ? "có" : "");
        report_text(table, draft->model ? draft->text : "");
        report_real(table, draft->model && *draft->text ? draft->confidence : NAN);
        report_text(table, draft->model ? draft->model : "");
        report_text(table, writing->text ? writing->text : "");
        report_text(table, writing->decided_by ? writing->decided_by : "");
        report_text(table, writing->file);
        report_count(table, writing->page);
    }
}

void report_fill_answers(Report *report, const Quota *quota, const GPtrArray *answers,
                         const GPtrArray *writings)
{
    g_autoptr(GHashTable) by_serial = report_index_ballots(quota);
    ReportTable *table =
        report_add_table(report, "answers", "Trả lời", "Trả lời của từng phiếu", IN_CSV | IN_XLSX | IN_JSON);
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
        report_add_column(table, columns[c].id, columns[c].heading, columns[c].kind, columns[c].width)
            ->decimals = columns[c].decimals;
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        const QuotaBallot *counted = g_hash_table_lookup(by_serial, answer->serial);
        const StoreBallot *ballot = counted ? counted->ballot : NULL;
        g_autofree char *reasons = answer_reasons_text(answer->reasons),
                        *why = answer_reasons_words(answer->reasons);
        const char *state = answer_state_id(answer->state),
                   *validity = counted ? quota_validity(counted) : "",
                   *not_counted = counted ? quota_not_counted(counted) : "";
        report_add_row(table);
        report_text(table, answer->serial);
        report_text(table, ballot ? ballot->form : "");
        report_text(table, ballot ? ballot->group : "");
        report_text(table, ballot ? ballot->agency : "");
        report_text(table, ballot ? ballot->origin : "");
        report_text(table, answer->question);
        report_text(table, answer->value);
        report_code(table, state, report_words(WORDS_STATE, state));
        report_real(table, answer->confidence);
        report_code(table, reasons, why);
        report_code(table, answer->decided_by,
                    answer->state == ANSWER_PERSON ? NULL : report_words(WORDS_STATE, answer->decided_by));
        report_text(table, answer->file);
        report_count(table, answer->page);
        report_count(table, counted && counted->counts);
        report_code(table, validity, report_words(WORDS_VALIDITY, validity));
        report_code(table, not_counted, report_words(WORDS_NOT_COUNTED, not_counted));
    }
    add_writings(report, writings, by_serial);
    report_add_codebook(report, quota->survey, IN_XLSX | IN_JSON | IN_META);
}
