/* Every returned ballot, one row each: where it belongs, what became of it, whether it counts and why not,
 * and who settled which of its answers. */
#include "export/report.h"

static const struct {
    const char *id, *heading;
    ColumnKind kind;
    double width;
} columns[] = {
    {"serial", "Số phiếu", COLUMN_TEXT, 12},
    {"number", "Số in trên phiếu", COLUMN_TEXT, 12},
    {"form", "Mẫu phiếu", COLUMN_TEXT, 8},
    {"group", "Nhóm", COLUMN_TEXT, 8},
    {"agency", "Mã cơ quan", COLUMN_TEXT, 10},
    {"agency_name", "Cơ quan được đánh giá", COLUMN_TEXT, 30},
    {"origin", "Mã đơn vị", COLUMN_TEXT, 12},
    {"origin_name", "Đơn vị phát phiếu", COLUMN_TEXT, 30},
    {"station", "Trạm in", COLUMN_TEXT, 8},
    {"pages", "Trang đã đọc", COLUMN_COUNT, 8},
    {"pages_expected", "Trang phải có", COLUMN_COUNT, 8},
    {"by_hand", "Trang nhập tay", COLUMN_COUNT, 8},
    {"state", "Tình trạng", COLUMN_TEXT, 20},
    {"counts", "Được tính", COLUMN_COUNT, 8},
    {"validity", "Hợp lệ", COLUMN_TEXT, 20},
    {"not_counted", "Vì sao không tính", COLUMN_TEXT, 28},
    {"scored", "Câu tính điểm", COLUMN_COUNT, 8},
    {"answered", "Trả lời được", COLUMN_COUNT, 8},
    {"blank", "Bỏ trống", COLUMN_COUNT, 8},
    {"multiple", "Chọn nhiều", COLUMN_COUNT, 8},
    {"unreadable", "Không đọc được", COLUMN_COUNT, 8},
    {"waiting", "Chờ duyệt", COLUMN_COUNT, 8},
    {"by_people", "Câu người duyệt", COLUMN_COUNT, 8},
    {"settled", "Ai duyệt câu nào", COLUMN_TEXT, 30},
    {"surplus", "Thừa", COLUMN_COUNT, 8},
    {"straight_lined", "Một mức từ đầu đến cuối", COLUMN_COUNT, 8},
    {"moved", "Đã chuyển ô", COLUMN_COUNT, 8},
    {"note", "Lý do", COLUMN_TEXT, 24},
};

/* What people settled on one ballot. */
typedef struct {
    int count;
    GString *who; /* "q3: NAME; q4: NAME" */
} Settled;

static void settled_free(gpointer data)
{
    Settled *settled = data;
    g_string_free(settled->who, TRUE);
    g_free(settled);
}

static GHashTable *index_settled(const GPtrArray *answers)
{
    GHashTable *by_serial = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, settled_free);
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        if (answer->state != ANSWER_PERSON)
            continue;
        Settled *settled = g_hash_table_lookup(by_serial, answer->serial);
        if (!settled) {
            settled = g_new0(Settled, 1);
            settled->who = g_string_new(NULL);
            g_hash_table_insert(by_serial, answer->serial, settled);
        }
        g_string_append_printf(settled->who, "%s%s: %s", settled->count++ ? "; " : "", answer->question,
                               answer->decided_by);
    }
    return by_serial;
}

/* The station that printed it: one that was told, or this one, where it had a name by then. */
static const char *station_of(Store *store, GHashTable *roster, const char *serial)
{
    const StoreIssued *issued = g_hash_table_lookup(roster, serial);
    if (issued && *issued->station)
        return issued->station;
    return issued && serial_parse(serial) > store_plain_last(store) ? store_station(store)->name : "";
}

static void add_place(ReportTable *table, const Survey *survey, const StoreBallot *ballot)
{
    const SurveyAgency *agency = survey_agency(survey, ballot->agency);
    const SurveyOrigin *origin = survey_origin(survey, ballot->origin);
    report_text(table, ballot->form);
    report_text(table, ballot->group);
    report_text(table, ballot->agency);
    report_text(table, agency ? agency->name : "");
    report_text(table, ballot->origin);
    report_text(table, origin ? origin->name : "");
}

static void add_ballot(ReportTable *table, Store *store, GHashTable *issued, const QuotaBallot *ballot,
                       const Settled *settled)
{
    const StoreBallot *returned = ballot->ballot;
    g_autofree char *number = serial_print_form(returned->serial);
    const char *status = store_ballot_status_id(returned->status), *validity = quota_validity(ballot),
               *not_counted = quota_not_counted(ballot);
    report_add_row(table);
    report_text(table, returned->serial);
    report_text(table, number);
    add_place(table, store_survey(store), returned);
    report_text(table, station_of(store, issued, returned->serial));
    report_count(table, returned->pages_read);
    report_count(table, returned->pages_expected);
    report_count(table, returned->pages_by_hand);
    report_code(table, status, store_ballot_status_words(status));
    report_count(table, ballot->counts);
    report_code(table, validity, report_words(WORDS_VALIDITY, validity));
    report_code(table, not_counted, report_words(WORDS_NOT_COUNTED, not_counted));
    report_count(table, ballot->scored);
    report_count(table, ballot->answered);
    report_count(table, ballot->blank);
    report_count(table, ballot->multiple);
    report_count(table, ballot->unreadable);
    report_count(table, ballot->waiting);
    report_count(table, settled ? settled->count : 0);
    report_text(table, settled ? settled->who->str : "");
    report_count(table, ballot->surplus);
    report_count(table, ballot->straight_lined);
    report_count(table, returned->moved);
    report_text(table, returned->note);
}

void report_fill_ballots(Report *report, Store *store, const Quota *quota, const GPtrArray *answers,
                         const GPtrArray *roster)
{
    g_autoptr(GHashTable) settled = index_settled(answers);
    g_autoptr(GHashTable) issued = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < roster->len; i++)
        g_hash_table_insert(issued, ((StoreIssued *)roster->pdata[i])->serial, roster->pdata[i]);
    ReportTable *table =
        report_add_table(report, "ballots", "Phiếu", "Từng phiếu thu về", IN_CSV | IN_XLSX | IN_JSON);
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
        report_add_column(table, columns[c].id, columns[c].heading, columns[c].kind, columns[c].width);
    for (guint i = 0; i < quota->ballots->len; i++) {
        const QuotaBallot *ballot = quota->ballots->pdata[i];
        add_ballot(table, store, issued, ballot, g_hash_table_lookup(settled, ballot->ballot->serial));
    }
}
