#include "export/export.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <zip.h>

#include "export/report.h"
#include "table/table.h"

#include "workspace.h"

/* A workspace with a complete cell, an answer that waits, one a person settled, and an appraisal. */
static Workspace *make_workspace(void)
{
    Workspace *w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 3);
    workspace_return_a(w, s->pdata[0], "a", "b", "c");
    workspace_return_a(w, s->pdata[1], "a", "?", "a");
    workspace_return_a(w, s->pdata[2], "d", "", "a+b");
    g_assert_true(store_decide_answer(w->store, s->pdata[2], "q3", "a+b", "=HYPERLINK(\"x\"), \"Lan\"",
                                      "hai dấu", NULL));
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func((GDestroyNotify)store_score_free);
    static const char *const leaves[] = {"1.1", "2.1"}, *const points[] = {"31.5", "20"};
    for (size_t i = 0; i < G_N_ELEMENTS(leaves); i++) {
        StoreScore *score = g_new0(StoreScore, 1);
        *score = (StoreScore){g_strdup("SA"), g_strdup(leaves[i]), rational_parse(points[i], NULL),
                              g_strdup(""),   g_strdup(""),        g_strdup("diem.csv!D5")};
        g_ptr_array_add(scores, score);
    }
    int version;
    g_autofree char *hash = g_strnfill(64, 'a');
    g_assert_true(
        store_add_scores(w->store, STORE_SCORES_APPRAISED, "diem.csv", hash, scores, &version, NULL));
    return w;
}

static char *in_folder(const Workspace *w, const char *name)
{
    return g_build_filename(w->root, name, NULL);
}

static bool try_export(Workspace *w, ExportWhat what, ExportFormat format, const char *path, GError **error)
{
    g_autoptr(Quota) quota = quota_take(w->store, NULL);
    g_autoptr(ScoreIndex) index = score_index(w->store, quota, NULL);
    g_assert_nonnull(index);
    return export_write(w->store, quota, index, what, format, path, error);
}

/* Writes a file and returns what is in it. */
static char *export_to(Workspace *w, ExportWhat what, ExportFormat format, const char *name,
                       gsize *ret_length)
{
    g_autofree char *path = in_folder(w, name);
    g_autoptr(GError) error = NULL;
    try_export(w, what, format, path, &error);
    g_assert_no_error(error);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, ret_length, NULL));
    return text;
}

static JsonObject *parse(const char *text, JsonParser *parser)
{
    g_autoptr(GError) error = NULL;
    json_parser_load_from_data(parser, text, -1, &error);
    g_assert_no_error(error);
    return json_node_get_object(json_parser_get_root(parser));
}

static void assert_nfc(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    g_assert_cmpstr(text, ==, composed);
}

/* ---- CSV ---- */

/* The columns other programs rely on, and RFC 4180's quoting; a text that a spreadsheet would run is
 * disarmed. */
static void test_answers_csv(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *text = export_to(w, EXPORT_ANSWERS, EXPORT_CSV, "answers.csv", NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 1 + 9 + 1);
    g_assert_cmpstr(
        lines[0], ==,
        "serial,form,group,agency,origin,question,value,state,confidence,reasons,decided_by,file,page,"
        "counts,validity,not_counted");
    g_assert_true(g_pattern_match_simple("*,A,G1,SA,SA,q1,a,machine,0.99?????,,machine,scan-1.pdf,1,1,valid,",
                                         lines[1]));
    g_assert_true(g_pattern_match_simple("*,q2,a,waiting,0.7??????,DOUBT+FAINT,*", lines[5]));
    g_assert_true(g_str_has_suffix(lines[5], ",0,open,open"));
    g_assert_true(g_pattern_match_simple(
        "*,q2,,machine,0.99?????,BLANK,machine,scan-3.pdf,1,0,invalid,invalid", lines[8]));
    g_assert_nonnull(strstr(lines[9], ",q3,a+b,person,"));
    g_assert_nonnull(
        strstr(lines[9], ",\"'=HYPERLINK(\"\"x\"\"), \"\"Lan\"\"\",scan-3.pdf,1,0,invalid,invalid"));
    g_assert_cmpstr(lines[10], ==, "");
    g_assert_null(strchr(text, '\r'));
}

/* A cell of a CSV without quotes: of the row that begins with that text, in the column of that id. */
static char *csv_cell(const char *csv, const char *begins, const char *column)
{
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    g_auto(GStrv) ids = g_strsplit(lines[0], ",", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, ",", -1);
        for (int i = 0; g_str_has_prefix(*line, begins) && ids[i]; i++) {
            if (g_str_equal(ids[i], column))
                return g_strdup(cells[i]);
        }
    }
    g_error("no %s of %s", column, begins);
}

static void assert_cell(const char *csv, const char *begins, const char *column, const char *expected)
{
    g_autofree char *cell = csv_cell(csv, begins, column);
    g_assert_cmpstr(cell, ==, expected);
}

/* One row a returned ballot, and the same word on it as the index has: what is not counted says why. */
static void test_ballots_csv(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 6);
    static const struct {
        const char *q1, *q2, *q3, *counts, *validity, *why;
    } cases[] = {
        {"a", "b", "c", "1", "valid", ""},        {"a", "?", "a", "0", "open", "open"},
        {"d", "", "", "0", "invalid", "invalid"}, {"a", "a", "a", "0", "", "duplicate"},
        {"b", "b", "b", "0", "", "rejected"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        workspace_return_a(w, s->pdata[i], cases[i].q1, cases[i].q2, cases[i].q3);
    workspace_return_a(w, s->pdata[3], "a", "a", "b");
    g_assert_true(store_reject_ballot(w->store, s->pdata[4], "Lan", "phô-tô", NULL));
    workspace_return_a(w, s->pdata[5], "?", "b", "?");
    g_assert_true(store_decide_answer(w->store, s->pdata[5], "q1", "b", "Lan", "", NULL));
    g_assert_true(store_decide_answer(w->store, s->pdata[5], "q3", "c", "Minh", "", NULL));
    g_autofree char *csv = export_to(w, EXPORT_BALLOTS, EXPORT_CSV, "b.csv", NULL);
    g_autoptr(Quota) quota = quota_take(w->store, NULL);
    int counting = 0, listed = 0;
    for (guint i = 0; i < quota->ballots->len; i++)
        counting += ((QuotaBallot *)quota->ballots->pdata[i])->counts;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_cell(csv, s->pdata[i], "counts", cases[i].counts);
        assert_cell(csv, s->pdata[i], "validity", cases[i].validity);
        assert_cell(csv, s->pdata[i], "not_counted", cases[i].why);
        assert_cell(csv, s->pdata[i], "by_people", "0");
        listed += *cases[i].counts == '1';
    }
    g_assert_cmpint(counting, ==, listed + 1); /* and the one people settled */
    assert_cell(csv, s->pdata[4], "note", "Lan: phô-tô");
    assert_cell(csv, s->pdata[5], "counts", "1");
    assert_cell(csv, s->pdata[5], "by_people", "2");
    assert_cell(csv, s->pdata[5], "settled", "q1: Lan; q3: Minh");
    assert_cell(csv, s->pdata[5], "station", store_station(w->store)->name);
    assert_cell(csv, s->pdata[5], "agency_name", "Sở A");
    g_autofree char *number = serial_print_form(s->pdata[5]);
    assert_cell(csv, s->pdata[5], "number", number);
    assert_nfc(csv);
}

/* Every decision with what held before and since, back to the machine's reading; and no secret. */
static void test_log_csv(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 2);
    const char *serial = s->pdata[0];
    workspace_return_a(w, serial, "a", "?", "c");
    g_assert_true(store_decide_answer(w->store, serial, "q1", "b", "Lan", "thấy b", NULL));
    int64_t first = store_last_decision(w->store);
    g_assert_true(store_decide_answer(w->store, serial, "q1", "d", "Minh", "thấy d", NULL));
    int64_t second = store_last_decision(w->store);
    g_assert_true(store_undo(w->store, first, "Hoa", "nhầm câu", NULL)); /* d stands on */
    g_assert_true(store_undo(w->store, second, "Hoa", "nhầm phiếu", NULL));
    const SurveyCell *other = survey_cell(store_survey(w->store), "G1", "SB", "SB");
    g_assert_true(store_assign_ballot(w->store, serial, other, "Lan", "phát nhầm", NULL));
    g_assert_true(store_reject_ballot(w->store, serial, "Lan", "phô-tô", NULL));
    StoreAccount account = {.name = (char *)"lan",
                            .full_name = (char *)"Lan",
                            .password = (char *)"$argon2id$bi-mat",
                            .roles = 1};
    g_assert_true(store_set_account(w->store, &account, "add", "quan-tri", NULL));
    g_autofree char *csv = export_to(w, EXPORT_LOG, EXPORT_CSV, "log.csv", NULL);
    static const char *const expected[] = {
        ",Lan,answer,%s,q1,a,machine,b,thấy b,1,,", ",Minh,answer,%s,q1,b,Lan,d,thấy d,2,,",
        ",Hoa,undo,%s,q1,d,Minh,d,nhầm câu,3,1,",   ",Hoa,undo,%s,q1,d,Minh,a,nhầm phiếu,4,2,",
        ",Lan,assign,%s,,G1|SA|SA,phieu,G1|SB|SB,", ",Lan,reject,%s,,,,rejected,phô-tô,6,,",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_auto(GStrv) around = g_strsplit(expected[i], "%s", 2);
        g_autofree char *row = g_strjoinv(serial, around);
        g_test_message("%s", row);
        g_assert_nonnull(strstr(csv, row));
    }
    g_assert_nonnull(strstr(csv, ",quan-tri,account,,,,,,,,,,add lan (clerk)\n"));
    g_assert_null(strstr(csv, "bi-mat"));
    g_autofree char *json = export_to(w, EXPORT_LOG, EXPORT_JSON, "log.json", NULL);
    g_assert_null(strstr(json, "argon2id"));
}

/* A case a ballot, a number an option; what is missing says how. */
static void test_spss(void)
{
    static const WorkspaceEdit edits[] = {{"form-b.yaml", "Năm sinh", "Năm \"sinh\""}, {NULL, NULL, NULL}};
    g_autoptr(Workspace) w = workspace_new(edits);
    g_autoptr(GPtrArray) a = workspace_issue(w, "G1", "SA", "SA", 3);
    g_autoptr(GPtrArray) b = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    workspace_return_a(w, a->pdata[0], "a", "b", "c");
    workspace_return_a(w, a->pdata[1], "d", "?", "");
    workspace_return_a(w, a->pdata[2], "a", "a", "a");
    g_assert_true(store_decide_answer(w->store, a->pdata[2], "q1", "a+b", "Lan", "", NULL));
    g_assert_true(store_decide_answer(w->store, a->pdata[2], "q2", "?", "Lan", "", NULL));
    workspace_return_b(w, b->pdata[0], "a+c", "x", "a");
    workspace_return_b(w, b->pdata[1], "", "b", "d");
    g_autofree char *path = in_folder(w, "phiếu.sps"), *beside = in_folder(w, "phiếu-data.csv");
    g_autoptr(GError) error = NULL;
    try_export(w, EXPORT_SPSS, EXPORT_SPS, path, &error);
    g_assert_no_error(error);
    g_autofree char *sps = NULL, *csv = NULL;
    g_assert_true(g_file_get_contents(path, &sps, NULL, NULL));
    g_assert_true(g_file_get_contents(beside, &csv, NULL, NULL));
    static const struct {
        int form, ballot;
        const char *variable, *code;
    } cells[] = {
        {0, 0, "A_q1", "1"},      {0, 0, "A_q3", "3"},     {0, 0, "B_q1", ""},      {0, 0, "counts", "1"},
        {0, 1, "A_q2", "-4"},     {0, 1, "A_q3", "-1"},    {0, 1, "counts", "0"},   {0, 2, "A_q1", "-2"},
        {0, 2, "A_q2", "-3"},     {1, 0, "B_kenh_a", "1"}, {1, 0, "B_kenh_b", "0"}, {1, 0, "B_kenh_c", "1"},
        {1, 1, "B_kenh_a", "-1"}, {1, 0, "B_q1", "3"},     {1, 0, "A_q1", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        assert_cell(csv, (cells[i].form ? b : a)->pdata[cells[i].ballot], cells[i].variable, cells[i].code);
    static const char *const said[] = {
        "/FILE=\"phiếu-data.csv\" /ENCODING='UTF8'",
        "\n    A_q1 F8.0\n",
        "VARIABLE LABELS A_q1 \"1. Lãnh đạo quan tâm công việc\".\n",
        "VALUE LABELS A_q1\n  1 \"Rất tốt\"\n  2 \"Tốt\"\n",
        "* Xác suất sai cho phép mỗi câu: 0,00001.\n",
        "  -2 \"Chọn nhiều phương án\"\n",
        "MISSING VALUES A_q1 (-4 THRU -1).\n",
        "MISSING VALUES B_q1 (-4 THRU -1, 3).\n", /* no opinion: never scored */
        "VARIABLE LABELS B_nam_sinh \"Năm \"\"sinh\"\"\".\n",
        "  \"SA\" \"Sở A\"\n",
        "PROVISIONAL",
        "FILTER BY counts.\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        g_test_message("%s", said[i]);
        g_assert_nonnull(strstr(sps, said[i]));
    }
    g_assert_null(strstr(sps, "y_kien")); /* words have no code */
    assert_nfc(sps);
    g_assert_false(try_export(w, EXPORT_SPSS, EXPORT_CSV, path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* A row a question: counts, rate and points, and how far the share can be trusted. */
static void test_scores_csv(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *csv = export_to(w, EXPORT_SCORES, EXPORT_CSV, "scores.csv", NULL);
    static const char row[] = "so,SA,Sở A,G1,S1.1,Lãnh đạo,q2,";
    assert_cell(csv, row, "planned", "3");
    assert_cell(csv, row, "n", "1");
    assert_cell(csv, row, "distribution", "a 0; b 1; c 0; d 0");
    assert_cell(csv, row, "rate_exact", "60");
    assert_cell(csv, row, "rate_low", ""); /* one answer of three shows no spread */
    assert_cell(csv, row, "points_exact", "6");
    assert_cell(csv, row, "share", "100.00");
    assert_cell(csv, row, "share_low", "33.33");
    assert_cell(csv, "so,SB,Sở B,G1,S1.1,Lãnh đạo,q2,", "rate", "");
    assert_nfc(csv);
}

/* As Excel in Vietnamese opens it; a code it would make a date or number of stays what it is. */
static void test_csv_excel(void)
{
    g_autoptr(Report) report = report_new("thử");
    ReportTable *table = report_add_table(report, "t", "t", "t", IN_CSV);
    report_add_column(table, "code", "", COLUMN_TEXT, 1);
    report_add_column(table, "text", "", COLUMN_TEXT, 1);
    report_add_column(table, "share", "", COLUMN_NUMBER, 1)->decimals = 2;
    report_add_column(table, "chance", "", COLUMN_REAL, 1)->decimals = 3;
    report_add_column(table, "n", "", COLUMN_COUNT, 1);
    static const char *const texts[][2] = {
        {"1.10", "a;b"}, {"000123-5", "a,b"}, {"S1.1", "=1+1"}, {"3/4", "2 \"lần\""}};
    g_autoptr(Rational) share = rational_new(-1, 8);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        report_add_row(table);
        report_text(table, texts[i][0]);
        report_text(table, texts[i][1]);
        report_number(table, i ? share : NULL);
        report_real(table, i ? 0.0625 : NAN);
        report_count(table, 1234);
    }
    g_autoptr(GString) csv = report_to_csv(report, true);
    g_assert_cmpstr(csv->str, ==,
                    "\xef\xbb\xbf"
                    "code;text;share;chance;n\r\n"
                    "\"=\"\"1.10\"\"\";\"a;b\";;;1234\r\n"
                    "\"=\"\"000123-5\"\"\";a,b;-0,13;0,062;1234\r\n"
                    "S1.1;\"'=1+1\";-0,13;0,062;1234\r\n"
                    "\"=\"\"3/4\"\"\";\"2 \"\"lần\"\"\";-0,13;0,062;1234\r\n");
}

/* Points as shown and exact, side by side. */
static void test_index_csv(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *text = export_to(w, EXPORT_INDEX, EXPORT_CSV, "index.csv", NULL);
    g_assert_true(g_str_has_prefix(text,
                                   "block,agency,name,level,code,criterion,max,max_exact,self,self_exact,"
                                   "appraised,appraised_exact,surveyed,"
                                   "surveyed_exact,points,points_exact,percent,percent_exact,rank,band\n"));
    /* of the three ballots one counts: q1 a, q2 b → 20·(1 + 0.6)/2 */
    g_assert_nonnull(
        strstr(text, "so,SA,Sở A,surveyed,S1.1,Lãnh đạo,20.00,20,,,,,16.00,16,16.00,16,80.00,80,,\n"));
    g_assert_nonnull(
        strstr(text, "so,SA,Sở A,appraised,1.1,Kế hoạch,40.00,40,,,31.50,63/2,,,31.50,63/2,78.75,315/4,,\n"));
    g_assert_nonnull(strstr(text, "so,SB,Sở B,not-applicable,2.1,Công khai,,,,,,,,,,,,,,\n"));
    /* an agency that lacks something has no index and no rank */
    g_assert_nonnull(strstr(text, "so,SB,Sở B,total,,,70.00,70,,,,,,,,,,,,\n"));
    assert_nfc(text);
}

static void test_tally_csv(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *text = export_to(w, EXPORT_TALLY, EXPORT_CSV, "tally.csv", NULL);
    g_assert_true(g_str_has_prefix(
        text, "block,agency,agency_name,group,leaf,criterion,question,text,option,label,n,"));
    g_assert_nonnull(strstr(text, "so,SA,Sở A,G1,S1.1,Lãnh đạo,q1,Lãnh đạo quan tâm công việc,a,Rất tốt,1,"));
    assert_nfc(text);
}

/* RFC 4180's quoting, and what a spreadsheet would run; letters that only look alike stay as they are. */
static void test_csv_texts(void)
{
    static const struct {
        const char *text, *written;
    } cells[] = {
        {"=1+1", "\"'=1+1\""},
        {"+84 294", "\"'+84 294\""},
        {"-2", "\"'-2\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"=\"a\",1", "\"'=\"\"a\"\",1\""},
        {"a,b", "\"a,b\""},
        {"hai \"dấu\"", "\"hai \"\"dấu\"\"\""},
        {"dòng 1\ndòng 2", "\"dòng 1\ndòng 2\""},
        {"dòng 1\r\ndòng 2", "\"dòng 1\r\ndòng 2\""},
        {"a=b+c-d@e", "a=b+c-d@e"}, /* only the first letter counts */
        {"–", "–"},
        {"Thị xã Duyên Hải", "Thị xã Duyên Hải"},
        {"", ""},
    };
    g_autoptr(Report) report = report_new("thử");
    ReportTable *table = report_add_table(report, "t", "t", "t", IN_CSV);
    report_add_column(table, "before", "", COLUMN_TEXT, 1);
    report_add_column(table, "text", "", COLUMN_TEXT, 1);
    report_add_column(table, "share", "", COLUMN_NUMBER, 1)->decimals = 2;
    report_add_column(table, "n", "", COLUMN_COUNT, 1);
    g_autoptr(GString) expected = g_string_new("before,text,share,share_exact,n\n");
    g_autoptr(Rational) share = rational_new(-1, 8);
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        report_add_row(table);
        report_text(table, "x");
        report_text(table, cells[i].text);
        report_number(table, i ? share : NULL);
        report_count(table, -3);
        g_string_append_printf(expected, "x,%s,%s,-3\n", cells[i].written, i ? "-0.13,-1/8" : ",");
    }
    g_autoptr(GString) csv = report_to_csv(report, false);
    g_assert_cmpstr(csv->str, ==, expected->str);
}

/* The same report as JSON and as a workbook: nothing is lost, nothing runs. */
static void test_texts_kept(void)
{
    static const char *const texts[] = {
        "=1+1", "\t=1", "hai \"dấu\" \\ </c>&amp;", "dòng 1\ndòng 2", "Trần Thị Thu Hường", "\"}"};
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "t.xlsx", NULL);
    g_autoptr(Report) report = report_new("thử");
    ReportTable *table = report_add_table(report, "t", "Thử", "t", IN_JSON | IN_XLSX);
    report_add_column(table, "text", "Chữ", COLUMN_TEXT, 20);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        report_add_row(table);
        report_text(table, texts[i]);
    }
    g_autofree char *json = report_to_json(report, IN_JSON);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *rows = json_object_get_array_member(parse(json, parser), "t");
    g_assert_cmpuint(json_array_get_length(rows), ==, G_N_ELEMENTS(texts));
    g_autoptr(GError) error = NULL;
    report_write_xlsx(report, path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) tables = table_read(path, &error);
    g_assert_no_error(error);
    workspace_remove(dir);
    const Table *sheet = tables->pdata[1]; /* behind the facts */
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        g_assert_cmpstr(json_object_get_string_member(row, "text"), ==, texts[i]);
        const TableCell *cell = table_cell(sheet, table_rows(sheet) - (int)G_N_ELEMENTS(texts) + (int)i, 0);
        g_autofree char *stripped = g_strdelimit(g_strstrip(g_strdup(texts[i])), "\n", ' ');
        g_assert_cmpstr(cell->text, ==, stripped); /* the reader joins lines, and takes outer blanks away */
        g_assert_cmpint((int)cell->kind, ==, TABLE_TEXT);
        g_assert_false(cell->formula);
    }
}

/* ---- where it comes from ---- */

static void assert_meta(JsonObject *root, Workspace *w, bool provisional)
{
    const Survey *survey = store_survey(w->store);
    JsonObject *meta = json_object_get_object_member(root, "meta");
    g_assert_cmpstr(json_object_get_string_member(meta, "definition"), ==, survey->fingerprint);
    g_assert_cmpstr(json_object_get_string_member(meta, "model"), ==, mark_model_id());
    g_assert_cmpstr(json_object_get_string_member(meta, "program"), ==, "phieu " PHIEU_VERSION);
    g_assert_cmpstr(json_object_get_string_member(meta, "target_error"), ==, "1e-05");
    const char *layouts = json_object_get_string_member(meta, "layouts");
    g_assert_nonnull(strstr(layouts, w->a->fingerprint));
    g_assert_nonnull(strstr(layouts, w->b->fingerprint));
    g_assert_cmpint(json_object_get_boolean_member(root, "provisional"), ==, provisional);
    g_assert_true(json_object_get_boolean_member(root, "illustrative"));
    guint notices = json_array_get_length(json_object_get_array_member(meta, "notices"));
    g_assert_cmpuint(notices, ==, provisional ? 2 : 1);
    guint reasons = json_array_get_length(json_object_get_array_member(root, "reasons")),
          waived = json_array_get_length(json_object_get_array_member(root, "waived"));
    g_assert_true(provisional == (reasons > 0));
    g_assert_true(provisional == (waived == 0));
}

/* Reasons and waivers are told in words, with who answers for it. */
static void assert_why(JsonObject *root, bool provisional)
{
    JsonArray *lines = json_object_get_array_member(root, provisional ? "reasons" : "waived");
    int quota = 0, appraisal = 0;
    for (guint i = 0; i < json_array_get_length(lines); i++) {
        const char *line = json_array_get_string_element(lines, i);
        quota += g_str_has_prefix(line, "quota-short:G1:SB:SB ");
        appraisal += g_str_has_prefix(line, "appraisal-missing:SB ");
        if (!provisional)
            g_assert_nonnull(strstr(line, "Người duyệt A: không thu được nữa"));
    }
    g_assert_cmpint(quota, ==, 1);
    g_assert_cmpint(appraisal, ==, 1);
}

static bool is_complete(const ScoreIndex *index, const char *code)
{
    for (guint b = 0; b < index->blocks->len; b++) {
        const ScoreBlock *block = index->blocks->pdata[b];
        for (guint i = 0; i < block->agencies->len; i++) {
            const ScoreAgency *agency = block->agencies->pdata[i];
            if (g_str_equal(agency->agency->code, code))
                return agency->complete;
        }
    }
    return false;
}

/* Every output says that it is provisional and why, until each reason is waived: then by whom. */
static void test_provisional(void)
{
    g_autoptr(Workspace) w = make_workspace();
    static const ExportWhat whats[] = {EXPORT_ANSWERS, EXPORT_BALLOTS, EXPORT_TALLY, EXPORT_INDEX,
                                       EXPORT_SCORES};
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < G_N_ELEMENTS(whats); i++) {
            g_autofree char *json = export_to(w, whats[i], EXPORT_JSON, "out.json", NULL);
            g_autoptr(JsonParser) parser = json_parser_new();
            assert_meta(parse(json, parser), w, round == 0);
            assert_nfc(json);
            g_autofree char *csv = export_to(w, whats[i], EXPORT_CSV, "out.csv", NULL);
            g_autofree char *beside = in_folder(w, "out.csv.meta.json"), *meta = NULL;
            g_assert_true(g_file_get_contents(beside, &meta, NULL, NULL));
            g_autoptr(JsonParser) second = json_parser_new();
            JsonObject *root = parse(meta, second);
            assert_meta(root, w, round == 0);
            if (whats[i] == EXPORT_ANSWERS) /* the labels of a CSV's values stand beside it */
                g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "codebook")), >,
                                 10);
            assert_why(root, round == 0);
        }
        g_autoptr(Quota) quota = quota_take(w->store, NULL);
        g_autoptr(ScoreIndex) index = score_index(w->store, quota, NULL);
        for (guint i = 0; round == 0 && i < index->obstacles->len; i++) {
            const QuotaObstacle *obstacle = index->obstacles->pdata[i];
            StoreWaiver waiver = {.id = obstacle->id, .fact = obstacle->fact};
            g_assert_true(store_waive(w->store, &waiver, 1, "Người duyệt A", "không thu được nữa", NULL));
        }
        /* no waiver makes up an index: the agencies without one are taken out by a decision */
        const GPtrArray *agencies = store_survey(w->store)->agencies;
        for (guint i = 0; round == 0 && i < agencies->len; i++) {
            StoreTreatment out = {.agency = ((SurveyAgency *)agencies->pdata[i])->code,
                                  .leaf = (char *)"",
                                  .treatment = (char *)"unranked"};
            if (!is_complete(index, out.agency))
                g_assert_true(store_treat(w->store, &out, 1, "Người duyệt A", "không thu được nữa", NULL));
        }
    }
}

/* What does not change when the index is final is not called provisional. */
static void test_lasting(void)
{
    g_autoptr(Workspace) w = make_workspace();
    static const ExportWhat whats[] = {EXPORT_LOG, EXPORT_CODEBOOK};
    for (size_t i = 0; i < G_N_ELEMENTS(whats); i++) {
        g_autofree char *json = export_to(w, whats[i], EXPORT_JSON, "out.json", NULL);
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonObject *root = parse(json, parser), *meta = json_object_get_object_member(root, "meta");
        g_assert_false(json_object_get_boolean_member(root, "provisional"));
        g_assert_true(json_object_get_boolean_member(root, "illustrative"));
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(meta, "notices")), ==, 1);
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "reasons")), ==, 0);
        g_assert_false(export_depends_on_index(whats[i]));
    }
    g_assert_true(export_depends_on_index(EXPORT_ANSWERS));
}

/* ---- JSON ---- */

/* An option's id is explained where it stands: label, weight, leaf. */
static void test_codebook(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *text = export_to(w, EXPORT_ANSWERS, EXPORT_JSON, "answers.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = parse(text, parser);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "answers")), ==, 9);
    JsonArray *book = json_object_get_array_member(root, "codebook");
    int found = 0;
    for (guint i = 0; i < json_array_get_length(book); i++) {
        JsonObject *row = json_array_get_object_element(book, i);
        if (!g_str_equal(json_object_get_string_member(row, "form"), "A") ||
            !g_str_equal(json_object_get_string_member(row, "question"), "q1") ||
            !g_str_equal(json_object_get_string_member(row, "option"), "b"))
            continue;
        found++;
        g_assert_cmpstr(json_object_get_string_member(row, "label"), ==, "Tốt");
        g_assert_cmpstr(json_object_get_string_member(row, "leaf"), ==, "S1.1");
        JsonObject *weight = json_object_get_object_member(row, "weight");
        g_assert_cmpstr(json_object_get_string_member(weight, "exact"), ==, "3/5");
    }
    g_assert_cmpint(found, ==, 1);
}

/* Whether anybody wrote in a field, ballot by ballot; what was written stays on the scan. */
static void test_writings(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G2", "HC", "HC-P1", 2);
    for (guint i = 0; i < s->len; i++) {
        const char *const first[] = {"a", "a"}, *const second[] = {"b"};
        int64_t file = workspace_add_file(w, 2);
        workspace_add_page(w, file, 0, w->b, s->pdata[i], 1, first);
        StorePage *page = workspace_page(w, w->b, s->pdata[i], 2, second);
        page->index = 1;
        StoreField field = {.question = g_strdup("y-kien"),
                            .found = {.ink_mm2 = i ? 0 : 31.5, .written = i == 0}};
        if (i == 0)
            field.draft = (StoreDraft){g_strdup("nhanh hơn"), 0.8, g_strdup("reader-1")};
        g_array_append_val(page->fields, field);
        g_assert_true(store_add_page(w->store, file, page, NULL, NULL));
        store_page_free(page);
    }
    for (int typed = 0; typed < 2; typed++) { /* the value is empty until a person typed it */
        g_assert_true(!typed ||
                      store_decide_answer(w->store, s->pdata[0], "y-kien", "Cần nhanh hơn", "Lan", "", NULL));
        g_autofree char *text = export_to(w, EXPORT_ANSWERS, EXPORT_JSON, "answers.json", NULL);
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonArray *writings = json_object_get_array_member(parse(text, parser), "writings");
        g_assert_cmpuint(json_array_get_length(writings), ==, 2);
        JsonObject *row = json_array_get_object_element(writings, 0);
        g_assert_cmpstr(json_object_get_string_member(row, "draft"), ==, "nhanh hơn");
        g_assert_cmpstr(json_object_get_string_member(row, "confidence"), ==, "0.800");
        g_assert_cmpstr(json_object_get_string_member(row, "value"), ==, typed ? "Cần nhanh hơn" : "");
        g_assert_cmpstr(json_object_get_string_member(row, "decided_by"), ==, typed ? "Lan" : "");
        row = json_array_get_object_element(writings, 1);
        g_assert_cmpstr(json_object_get_string_member(row, "draft"), ==, "");
        g_assert_cmpstr(json_object_get_string_member(row, "confidence"), ==, "");
        g_assert_cmpstr(json_object_get_string_member(row, "value"), ==, "");
    }
    g_autofree char *text = export_to(w, EXPORT_ANSWERS, EXPORT_JSON, "answers.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *writings = json_object_get_array_member(parse(text, parser), "writings");
    for (guint i = 0; i < 2; i++) {
        JsonObject *row = json_array_get_object_element(writings, i);
        g_assert_cmpstr(json_object_get_string_member(row, "serial"), ==, s->pdata[i]);
        g_assert_cmpstr(json_object_get_string_member(row, "question"), ==, "y-kien");
        g_assert_cmpstr(json_object_get_string_member(row, "written"), ==, i ? "" : "có");
        g_assert_cmpint(json_object_get_int_member(row, "page"), ==, 2);
    }
}

/* An agency that lacks something stands in the ranking without an index, and says no rank. */
static void test_ranking(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *text = export_to(w, EXPORT_INDEX, EXPORT_JSON, "index.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *ranking = json_object_get_array_member(parse(text, parser), "ranking");
    g_assert_cmpuint(json_array_get_length(ranking), ==, 3); /* both blocks, one after the other */
    static const char *const agencies[] = {"SA", "SB", "HC"}, *const ranks[] = {"1", "", ""},
                             *const blocks[] = {"so", "so", "huyen"};
    for (guint i = 0; i < G_N_ELEMENTS(agencies); i++) {
        JsonObject *row = json_array_get_object_element(ranking, i);
        g_assert_cmpstr(json_object_get_string_member(row, "agency"), ==, agencies[i]);
        g_assert_cmpstr(json_object_get_string_member(row, "block"), ==, blocks[i]);
        if (*ranks[i])
            g_assert_cmpint(json_object_get_int_member(row, "rank"), ==, 1);
        else
            g_assert_cmpstr(json_object_get_string_member(row, "rank"), ==, "");
        g_assert_true(json_object_get_null_member(row, "index") == (i > 0));
    }
    JsonObject *first = json_object_get_object_member(json_array_get_object_element(ranking, 0), "index");
    g_assert_cmpstr(json_object_get_string_member(first, "shown"), ==, "67.50"); /* 31.5 + 20 + 16 + 0 */
    g_assert_cmpstr(json_object_get_string_member(first, "exact"), ==, "135/2");
}

/* With last year's index the ranking says the change; an agency that has no index now has none. */
static void test_previous(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *path = in_folder(w, "năm trước.csv");
    g_assert_true(g_file_set_contents(path, "Cơ quan;Chỉ số (%);Xếp hạng\nSở A;65,25;3\nSB;80;\n", -1, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scores = score_read_previous(store_survey(w->store), path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(scores->len, ==, 3);
    int version;
    g_autofree char *hash = g_strnfill(64, 'b');
    g_assert_true(store_add_scores(w->store, STORE_SCORES_PREVIOUS, "n.csv", hash, scores, &version, NULL));
    g_autofree char *text = export_to(w, EXPORT_INDEX, EXPORT_JSON, "index.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *ranking = json_object_get_array_member(parse(text, parser), "ranking");
    JsonObject *a = json_array_get_object_element(ranking, 0), *b = json_array_get_object_element(ranking, 1),
               *c = json_array_get_object_element(ranking, 2);
    g_assert_cmpstr(json_object_get_string_member(json_object_get_object_member(a, "change"), "exact"), ==,
                    "9/4"); /* 67.5 − 65.25 */
    g_assert_cmpint(json_object_get_int_member(a, "previous_rank"), ==, 3);
    g_assert_cmpint(json_object_get_int_member(a, "rank_change"), ==, 2);
    g_assert_true(json_object_get_null_member(b, "change"));
    g_assert_cmpstr(json_object_get_string_member(b, "previous_rank"), ==, "");
    g_assert_false(json_object_has_member(c, "change")); /* nothing of its block was imported */
    g_autofree char *csv = export_to(w, EXPORT_INDEX, EXPORT_CSV, "index.csv", NULL);
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    g_assert_true(g_str_has_suffix(
        lines[0], "band,previous_index,previous_index_exact,change,change_exact,previous_rank,rank_change"));
    g_assert_true(g_str_has_prefix(lines[1], "so,SA,"));
    g_assert_true(g_str_has_suffix(lines[1], ",65.25,261/4,2.25,9/4,3,2"));
    g_assert_true(g_str_has_suffix(lines[2], ",,,,,,,")); /* of an area: none */
    static const char *const wrong[] = {"agency,index\nSA,101\n", "agency,index\nSX,50\n",
                                        "agency,index\nSA,50\nSA,51\n", "agency,index,rank\nSA,50,0\n",
                                        "agency,index\nSA,\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_true(g_file_set_contents(path, wrong[i], -1, NULL));
        g_autoptr(GPtrArray) faults = NULL;
        g_assert_null(score_read_previous(store_survey(w->store), path, &faults, NULL));
        g_assert_nonnull(faults);
        g_assert_cmpuint(faults->len, ==, 1);
        g_assert_nonnull(strstr(((ScoreFault *)faults->pdata[0])->text, "năm trước.csv!"));
    }
    g_assert_true(g_file_set_contents(path, "tên,điểm\nSA,1\n", -1, NULL));
    g_assert_null(score_read_previous(store_survey(w->store), path, NULL, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* ---- XLSX ---- */

static const Table *sheet_named(const GPtrArray *tables, const char *name)
{
    for (guint i = 0; i < tables->len; i++) {
        if (g_str_equal(table_name(tables->pdata[i]), name))
            return tables->pdata[i];
    }
    g_error("no sheet %s", name);
}

/* The row of the first cell with that text in a column; −1 when there is none. */
static int find_row(const Table *table, int column, const char *text)
{
    for (int row = 0; row < table_rows(table); row++) {
        if (g_str_equal(table_cell(table, row, column)->text, text))
            return row;
    }
    return -1;
}

static bool says(const Table *table, const char *part)
{
    for (int row = 0; row < table_rows(table); row++) {
        for (int column = 0; column < table_columns(table); column++) {
            if (strstr(table_cell(table, row, column)->text, part))
                return true;
        }
    }
    return false;
}

static void test_workbook(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *path = in_folder(w, "chỉ số.xlsx");
    g_autoptr(GError) error = NULL;
    try_export(w, EXPORT_INDEX, EXPORT_XLSX, path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) tables =
        table_read(path, &error); /* reads it as an office program does: a sound zip */
    g_assert_no_error(error);
    const Table *facts = sheet_named(tables, "Thông tin"), *ranking = sheet_named(tables, "Xếp hạng khối sở"),
                *leaves = sheet_named(tables, "Tiêu chí khối sở");
    g_assert_true(says(facts, "PROVISIONAL"));
    g_assert_true(says(facts, "quota-short:G1:SB:SB"));
    g_assert_true(says(facts, store_survey(w->store)->fingerprint));
    g_assert_true(says(ranking, "PROVISIONAL")); /* a sheet may be printed without the others */
    g_assert_true(says(leaves, "PROVISIONAL"));
    int row = find_row(ranking, 3, "SA");
    g_assert_cmpint(row, >, 0);
    g_assert_cmpstr(table_cell(ranking, row, 1)->text, ==, "Sở A");
    g_assert_cmpint((int)table_cell(ranking, row, 6)->kind, ==, TABLE_NUMBER);
    g_assert_cmpstr(table_cell(ranking, row, 6)->text, ==, "51.5");
    g_assert_cmpint((int)table_cell(ranking, row, 10)->kind, ==, TABLE_NUMBER); /* the rank */
    g_assert_cmpstr(table_cell(ranking, row, 10)->text, ==, "1");
    g_assert_cmpint(find_row(leaves, 2, "1. Điều hành"), >, 0); /* a name beside the code */
    const Table *self = sheet_named(tables, "Tự chấm khối sở");
    row = find_row(self, 2, "1.1");
    g_assert_cmpstr(table_cell(self, row, 6)->text, ==, "31.5");
    g_assert_cmpint((int)table_cell(self, row, 5)->kind, ==, TABLE_EMPTY); /* no self-score, and not 0 */
    g_assert_cmpint((int)table_cell(self, row, 7)->kind, ==, TABLE_EMPTY);
    sheet_named(tables, "Xếp hạng khối huyện");
    for (guint i = 0; i < tables->len; i++) { /* figures, not formulas that another program computes anew */
        const Table *table = tables->pdata[i];
        for (int r = 0; r < table_rows(table); r++) {
            for (int c = 0; c < table_columns(table); c++)
                g_assert_false(table_cell(table, r, c)->formula);
        }
    }
}

/* The text of one part of a workbook. */
static char *read_part(const char *path, const char *name)
{
    zip_t *zip = zip_open(path, ZIP_RDONLY, NULL);
    g_assert_nonnull(zip);
    zip_stat_t stat;
    g_assert_cmpint(zip_stat(zip, name, 0, &stat), ==, 0);
    zip_file_t *part = zip_fopen(zip, name, 0);
    char *text = g_malloc0(stat.size + 1);
    g_assert_cmpint(zip_fread(part, text, stat.size), ==, (zip_int64_t)stat.size);
    zip_fclose(part);
    zip_discard(zip);
    return text;
}

/* Every sheet prints on A4 across without loss, heads its pages, and every table can be filtered; one with a
 * sum keeps it out. */
static void test_workbook_pages(void)
{
    g_autoptr(Workspace) w = make_workspace();
    static const ExportWhat whats[] = {EXPORT_INDEX, EXPORT_TALLY, EXPORT_BALLOTS, EXPORT_SCORES};
    for (size_t i = 0; i < G_N_ELEMENTS(whats); i++) {
        g_autofree char *path = in_folder(w, "t.xlsx");
        g_assert_true(try_export(w, whats[i], EXPORT_XLSX, path, NULL));
        g_autoptr(GPtrArray) tables = table_read(path, NULL);
        g_assert_cmpuint(tables->len, >, 1);
        g_autofree char *book = read_part(path, "xl/workbook.xml");
        for (guint t = 0; t < tables->len; t++) {
            g_autofree char *name = g_strdup_printf("xl/worksheets/sheet%u.xml", t + 1);
            g_autofree char *sheet = read_part(path, name);
            g_assert_nonnull(strstr(sheet, "paperSize=\"9\""));
            g_assert_nonnull(strstr(sheet, "orientation=\"landscape\""));
            /* within the width of a page, or broken where its columns may be parted */
            bool fits = strstr(sheet, "<pageSetUpPr fitToPage=\"1\"/>") && strstr(sheet, "fitToHeight=\"0\"");
            g_assert_true(fits != !!strstr(sheet, "<colBreaks "));
            g_assert_true((t == 0) == !strstr(sheet, "<autoFilter ")); /* all but the facts */
            g_assert_true((t == 0) == !strstr(sheet, "state=\"frozen\""));
            g_autofree char *titles = g_strdup_printf("_xlnm.Print_Titles\" localSheetId=\"%u\"", t);
            g_assert_true((t == 0) == !strstr(book, titles));
        }
    }
}

/* A wide table is parted between columns, never under a common heading; a row is as high as its longest text.
 */
static void test_wide_table(void)
{
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "t.xlsx", NULL);
    static const char *const overs[] = {"1. Chỉ đạo, điều hành", "2. Thể chế", "3. Thủ tục", "4. Tổ chức",
                                        "5. Công vụ"};
    g_autoptr(Report) report = report_new("thử");
    ReportTable *table = report_add_table(report, "t", "Rộng", "t", IN_XLSX);
    report_add_column(table, "number", "TT", COLUMN_COUNT, 6);
    report_add_column(table, "name", "Cơ quan", COLUMN_TEXT, 40);
    for (size_t i = 0; i < G_N_ELEMENTS(overs) * 5; i++)
        report_add_column(table, "figure", "Tổng", COLUMN_COUNT, 9)->over = overs[i / 5];
    for (int r = 0; r < 2; r++) {
        report_add_row(table);
        report_count(table, 1);
        report_text(table, r ? "Sở Nội vụ" : "Phòng Nông nghiệp và Phát triển nông thôn, UBND huyện A");
        for (size_t i = 0; i < G_N_ELEMENTS(overs) * 5; i++)
            report_count(table, 7);
    }
    g_autoptr(GError) error = NULL;
    report_write_xlsx(report, path, &error);
    g_assert_no_error(error);
    g_autofree char *sheet = read_part(path, "xl/worksheets/sheet2.xml");
    workspace_remove(dir);
    const char *breaks = strstr(sheet, "<colBreaks ");
    g_assert_nonnull(breaks);
    int parted = 0;
    for (const char *at = breaks; (at = strstr(at, "<brk id=\"")); parted++) {
        at += strlen("<brk id=\"");
        g_assert_cmpint(g_ascii_strtoll(at, NULL, 10) % 5, ==, 2); /* two columns that stay, then fives */
    }
    g_assert_cmpint(parted, ==, 1);
    g_assert_null(strstr(sheet, "fitToPage"));
    g_assert_nonnull(strstr(sheet, "<row r=\"4\" spans=\"1:27\" ht=\"33\" customHeight=\"1\">"));
    g_assert_nonnull(strstr(sheet, "<row r=\"5\" spans=\"1:27\">"));
}

/* Sheets of the same beginning stay apart, and what Excel does not take is left out. */
static void test_sheet_names(void)
{
    g_autofree char *dir = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "t.xlsx", NULL);
    static const char *const names[][2] = {
        {"Xếp hạng khối các phòng và đơn vị sự nghiệp", "Xếp hạng khối các phòng và đơn"},
        {"Xếp hạng khối các phòng và đơn vị hành chính", "Xếp hạng khối các phòng và 2"},
        {"thông tin", "thông tin 2"},
        {"Sở/huyện [a]", "Sở huyện  a"},
        {"Xếp hạng khối sở, ban, ngành, tỉnh", "Xếp hạng khối sở, ban, ngành"},
    };
    g_autoptr(Report) report = report_new("thử");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        ReportTable *table = report_add_table(report, "t", names[i][0], "t", IN_XLSX);
        report_add_column(table, "text", "Chữ", COLUMN_TEXT, 20);
        report_add_row(table);
        report_text(table, "x");
    }
    g_autoptr(GError) error = NULL;
    report_write_xlsx(report, path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) tables = table_read(path, &error);
    g_assert_no_error(error);
    workspace_remove(dir);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpstr(table_name(tables->pdata[i + 1]), ==, names[i][1]);
}

/* Every part of the zip is whole (its sum is checked as it is read), named once, and of a fixed time: a clock
 * in it would change the bytes. */
static void test_workbook_parts(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *path = in_folder(w, "index.xlsx");
    g_assert_true(try_export(w, EXPORT_INDEX, EXPORT_XLSX, path, NULL));
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    g_assert_nonnull(zip);
    static const char *const needed[] = {"[Content_Types].xml",     "_rels/.rels",
                                         "xl/workbook.xml",         "xl/_rels/workbook.xml.rels",
                                         "xl/styles.xml",           "xl/sharedStrings.xml",
                                         "xl/worksheets/sheet8.xml"};
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        g_assert_cmpint(zip_name_locate(zip, needed[i], 0), >=, 0);
    zip_int64_t parts = zip_get_num_entries(zip, 0);
    time_t time = 0;
    for (zip_int64_t i = 0; i < parts; i++) {
        zip_stat_t stat;
        g_assert_cmpint(zip_stat_index(zip, (zip_uint64_t)i, 0, &stat), ==, 0);
        g_assert_cmpint(zip_name_locate(zip, stat.name, 0), ==, i);
        g_assert_true(i == 0 || stat.mtime == time);
        time = stat.mtime;
        zip_file_t *part = zip_fopen_index(zip, (zip_uint64_t)i, 0);
        g_autofree char *text = g_malloc0(stat.size + 1);
        zip_int64_t length = zip_fread(part, text, stat.size + 1); /* over the end: the sum is compared */
        g_assert_cmpint(length, ==, (zip_int64_t)stat.size);
        g_assert_true(g_utf8_validate(text, (gssize)stat.size, NULL));
        g_assert_true(g_str_has_prefix(text, "<?xml"));
        g_assert_null(strstr(text, "<f>"));
        zip_fclose(part);
    }
    g_assert_cmpint((int)(time / (365 * 24 * 3600)), <, 20); /* long before any scan */
    zip_discard(zip);
}

/* What a person typed stays text in a workbook, whatever it begins with. */
static void test_workbook_text(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *path = in_folder(w, "answers.xlsx");
    g_assert_true(try_export(w, EXPORT_ANSWERS, EXPORT_XLSX, path, NULL));
    g_autoptr(GPtrArray) tables = table_read(path, NULL);
    g_assert_nonnull(tables);
    const Table *answers = sheet_named(tables, "Trả lời");
    int row = find_row(answers, 10, "=HYPERLINK(\"x\"), \"Lan\"");
    g_assert_cmpint(row, >, 0);
    g_assert_cmpint((int)table_cell(answers, row, 10)->kind, ==, TABLE_TEXT);
    g_assert_true(says(sheet_named(tables, "Bảng mã"), "Rất tốt"));
}

static void assert_column(const Table *sheet, const char *words, const char *id)
{
    g_assert_nonnull(sheet);
    g_test_message("%s, not %s", words, id);
    g_assert_true(says(sheet, words));
    for (int row = 0; row < table_rows(sheet); row++)
        for (int column = 0; column < table_columns(sheet); column++)
            g_assert_cmpstr(table_cell(sheet, row, column)->text, !=, id);
}

/* A person reads words where a program reads ids. */
static void test_workbook_words(void)
{
    static const struct {
        ExportWhat what;
        const char *sheet, *words, *id;
    } cases[] = {
        {EXPORT_ANSWERS, "Trả lời", "waits for a reviewer", "waiting"},
        {EXPORT_ANSWERS, "Trả lời", "the machine", "machine"},
        {EXPORT_ANSWERS, "Trả lời", "answers still wait", "open"},
        {EXPORT_ANSWERS, "Bảng mã", "choose one", "one"},
        {EXPORT_LOG, "Nhật ký", "appraised scores imported", "import appraised"},
        {EXPORT_INDEX, "Thông tin", "0,00001", "1e-05"},
    };
    g_autoptr(Workspace) w = make_workspace();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = in_folder(w, "words.xlsx");
        g_assert_true(try_export(w, cases[i].what, EXPORT_XLSX, path, NULL));
        g_autoptr(GPtrArray) tables = table_read(path, NULL);
        g_assert_nonnull(tables);
        assert_column(sheet_named(tables, cases[i].sheet), cases[i].words, cases[i].id);
    }
    g_autofree char *path = in_folder(w, "answers.xlsx");
    g_assert_true(try_export(w, EXPORT_ANSWERS, EXPORT_XLSX, path, NULL));
    g_autoptr(GPtrArray) tables = table_read(path, NULL);
    g_assert_cmpint(find_row(sheet_named(tables, "Trả lời"), 9, "DOUBT+FAINT"), <, 0);
}

/* What a person decided reads as words in a workbook; other programs have the ids. */
static void test_log_words(void)
{
    g_autoptr(Workspace) w = workspace_new(NULL);
    g_autoptr(GPtrArray) s = workspace_issue(w, "G1", "SA", "SA", 1);
    const char *serial = s->pdata[0];
    workspace_return_a(w, serial, "a", "?", "c");
    const SurveyQuestion *q1 = survey_form_question(survey_form(store_survey(w->store), "A"), "q1");
    const char *label = survey_scale_option(q1->scale, "b")->label;
    g_assert_true(store_decide_answer(w->store, serial, "q1", "b", "Lan", "thấy b", NULL));
    g_assert_true(store_decide_answer(w->store, serial, "q2", "", "Lan", "không có dấu", NULL));
    const SurveyCell *other = survey_cell(store_survey(w->store), "G1", "SB", "SB");
    g_assert_true(store_assign_ballot(w->store, serial, other, "Lan", "phát nhầm", NULL));
    StoreTreatment treatment = {.agency = (char *)"SA", .leaf = (char *)"", .treatment = (char *)"unranked"};
    g_assert_true(store_treat(w->store, &treatment, 1, "Lan", "đã giải thể", NULL));
    g_assert_true(store_reject_ballot(w->store, serial, "Lan", "phô-tô", NULL));
    g_autofree char *path = in_folder(w, "log.xlsx");
    g_assert_true(try_export(w, EXPORT_LOG, EXPORT_XLSX, path, NULL));
    g_autoptr(GPtrArray) tables = table_read(path, NULL);
    const Table *sheet = sheet_named(tables, "Nhật ký");
    assert_column(sheet, label, "b");
    assert_column(sheet, "left blank", "a");
    assert_column(sheet, "group G1, SB, from SB", "G1|SB|SB");
    assert_column(sheet, "not ranked", "unranked");
    assert_column(sheet, survey_agency(store_survey(w->store), "SA")->name, "SA");
    g_autofree char *csv = export_to(w, EXPORT_LOG, EXPORT_CSV, "log.csv", NULL);
    g_assert_nonnull(strstr(csv, ",,,,unranked,đã giải thể,4,,SA,"));
    g_assert_nonnull(strstr(csv, ",G1|SB|SB,phát nhầm,3,,,"));
    g_assert_nonnull(strstr(csv, ",a,machine,b,thấy b,1,,,"));
}

/* No id is without words, and everything the log can say has some. */
static void test_words_of_all(void)
{
    for (int i = ANSWER_MACHINE; i <= ANSWER_PERSON; i++)
        g_assert_nonnull(report_words(WORDS_STATE, answer_state_id((AnswerState)i)));
    for (int i = STORE_BALLOT_COMPLETE; i <= STORE_BALLOT_VOID; i++) {
        g_assert_nonnull(store_ballot_status_words(store_ballot_status_id((StoreBallotStatus)i)));
        g_assert_nonnull(report_words(WORDS_NOT_COUNTED, store_ballot_status_id((StoreBallotStatus)i)));
    }
    for (int i = BALLOT_VALID; i <= BALLOT_OPEN; i++) {
        g_assert_nonnull(report_words(WORDS_VALIDITY, ballot_validity_id((BallotValidity)i)));
        g_assert_nonnull(report_words(WORDS_NOT_COUNTED, ballot_validity_id((BallotValidity)i)));
    }
    g_assert_nonnull(report_words(WORDS_NOT_COUNTED, "surplus"));
    g_assert_nonnull(report_words(WORDS_NOT_COUNTED, "no-cell"));
    g_assert_null(store_action_words("no such thing"));
    g_assert_null(report_words(WORDS_STATE, NULL)); /* of whom a line of the log was before: nobody */
}

/* ---- files ---- */

static void test_same_bytes(void)
{
    g_autoptr(Workspace) w = make_workspace();
    for (int what = EXPORT_ANSWERS; what <= EXPORT_CODEBOOK; what++) {
        for (int format = EXPORT_CSV; format <= EXPORT_JSON; format++) {
            gsize first_length, second_length;
            g_autofree char *first =
                export_to(w, (ExportWhat)what, (ExportFormat)format, "one", &first_length);
            workspace_reopen(w);
            g_autofree char *second =
                export_to(w, (ExportWhat)what, (ExportFormat)format, "two", &second_length);
            g_assert_cmpmem(first, first_length, second, second_length);
        }
    }
}

static int count_files(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    int count = 0;
    while (g_dir_read_name(dir))
        count++;
    return count;
}

/* What cannot be written leaves nothing behind and says which file. */
static void test_not_written(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *nowhere = in_folder(w, "không có/out"), *folder = in_folder(w, "thư mục");
    g_assert_cmpint(g_mkdir(folder, 0755), ==, 0);
    int before = count_files(w->root);
    for (int format = EXPORT_CSV; format <= EXPORT_JSON; format++) {
        const char *const paths[] = {nowhere, folder};
        for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
            g_autoptr(GError) error = NULL;
            g_assert_false(try_export(w, EXPORT_INDEX, (ExportFormat)format, paths[i], &error));
            g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
            g_assert_nonnull(strstr(error->message, paths[i]));
        }
    }
    g_assert_true(g_file_test(folder, G_FILE_TEST_IS_DIR));
    g_assert_cmpint(count_files(folder), ==, 0);
    g_assert_cmpint(count_files(w->root), ==, before);
    g_autoptr(GError) error = NULL;
    g_assert_false(try_export(w, EXPORT_INDEX, EXPORT_XLSX, "-", &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* Neither figures without where they come from, nor a word about figures that are not there. */
static void test_csv_pair(void)
{
    g_autoptr(Workspace) w = make_workspace();
    g_autofree char *path = in_folder(w, "out.csv"), *beside = in_folder(w, "out.csv.meta.json");
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(g_mkdir(beside, 0755), ==, 0);
    g_assert_false(try_export(w, EXPORT_INDEX, EXPORT_CSV, path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, beside));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    g_assert_cmpint(g_rmdir(beside), ==, 0);
    /* what stood there before stays */
    g_assert_cmpint(g_mkdir(path, 0755), ==, 0);
    g_assert_true(g_file_set_contents(beside, "trước", -1, NULL));
    g_assert_false(try_export(w, EXPORT_INDEX, EXPORT_CSV, path, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED);
    g_autofree char *before = NULL;
    g_assert_true(g_file_get_contents(beside, &before, NULL, NULL));
    g_assert_cmpstr(before, ==, "trước");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/answers-csv", test_answers_csv);
    g_test_add_func("/export/ballots-csv", test_ballots_csv);
    g_test_add_func("/export/log-csv", test_log_csv);
    g_test_add_func("/export/log-words", test_log_words);
    g_test_add_func("/export/spss", test_spss);
    g_test_add_func("/export/scores-csv", test_scores_csv);
    g_test_add_func("/export/csv-excel", test_csv_excel);
    g_test_add_func("/export/index-csv", test_index_csv);
    g_test_add_func("/export/tally-csv", test_tally_csv);
    g_test_add_func("/export/csv-texts", test_csv_texts);
    g_test_add_func("/export/texts-kept", test_texts_kept);
    g_test_add_func("/export/provisional", test_provisional);
    g_test_add_func("/export/lasting", test_lasting);
    g_test_add_func("/export/codebook", test_codebook);
    g_test_add_func("/export/writings", test_writings);
    g_test_add_func("/export/ranking", test_ranking);
    g_test_add_func("/export/previous", test_previous);
    g_test_add_func("/export/workbook", test_workbook);
    g_test_add_func("/export/workbook-pages", test_workbook_pages);
    g_test_add_func("/export/wide-table", test_wide_table);
    g_test_add_func("/export/sheet-names", test_sheet_names);
    g_test_add_func("/export/workbook-parts", test_workbook_parts);
    g_test_add_func("/export/workbook-text", test_workbook_text);
    g_test_add_func("/export/workbook-words", test_workbook_words);
    g_test_add_func("/export/words-of-all", test_words_of_all);
    g_test_add_func("/export/same-bytes", test_same_bytes);
    g_test_add_func("/export/not-written", test_not_written);
    g_test_add_func("/export/csv-pair", test_csv_pair);
    return g_test_run();
}
