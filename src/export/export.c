/* One report, then one file. */
#include "export/export.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "export/variables.h"

static char *layouts_text(Store *store)
{
    const GPtrArray *layouts = store_layouts(store);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < layouts->len; i++) {
        const Layout *layout = layouts->pdata[i];
        g_string_append_printf(text, "%s%s %s", i ? "\n" : "", layout->form, layout->fingerprint);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *error_text(double error)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(text, sizeof text, "%g", error));
}

/* A chance as it is written in Vietnamese. */
static void add_chance(Report *report, const char *id, const char *label, double chance)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(text, sizeof text, "%.12f", chance);
    for (size_t last = strlen(text); last > 1 && text[last - 1] == '0' && text[last - 2] != '.';)
        text[--last] = '\0';
    report_add_fact(report, id, label, error_text(chance))->words = g_strdelimit(g_strdup(text), ".", ',');
}

static bool add_facts(Report *report, Store *store, const Quota *quota, GError **error)
{
    int64_t number;
    g_autofree char *head = store_head(store, &number, error);
    if (!head)
        return false;
    const Survey *survey = store_survey(store);
    double target = survey->rules.target_error;
    report_add_fact(report, "survey", "Mã cuộc điều tra", g_strdup(survey->id));
    report_add_fact(report, "survey_name", "Cuộc điều tra", g_strdup(survey->name));
    report_add_fact(report, "year", "Năm", g_strdup_printf("%d", survey->year));
    report_add_fact(report, "program", "Phiên bản phần mềm", g_strdup("phieu " PHIEU_VERSION));
    report_add_fact(report, "definition", "Dấu vân tay định nghĩa", g_strdup(survey->fingerprint));
    report_add_fact(report, "layouts", "Dấu vân tay mẫu in", layouts_text(store));
    report_add_fact(report, "model", "Mô hình đọc dấu", g_strdup(mark_model_id()));
    add_chance(report, "target_error", "Xác suất sai cho phép mỗi câu", target);
    add_chance(report, "answer_limit", "Xác suất sai cao nhất của một câu máy đọc",
               mark_limits(target).max_error);
    report_add_fact(report, "answers_machine", "Câu máy đọc", g_strdup_printf("%d", quota->answers_machine));
    report_add_fact(report, "answers_person", "Câu người duyệt",
                    g_strdup_printf("%d", quota->answers_person));
    report_add_fact(report, "answers_waiting", "Câu chờ duyệt",
                    g_strdup_printf("%d", quota->answers_waiting));
    report_add_fact(report, "ballots_by_hand", "Phiếu được tính có trang nhập tay",
                    g_strdup_printf("%d", quota->ballots_by_hand));
    report_add_fact(report, "pages_by_hand", "Trang nhập tay được tính",
                    g_strdup_printf("%d", quota->pages_by_hand));
    report_add_fact(report, "head", "Đầu chuỗi ghi", g_strdup_printf("%lld: %s", (long long)number, head));
    return true;
}

static void add_standing(Report *report, const Quota *quota, const ScoreIndex *index)
{
    report->provisional = index->provisional;
    if (index->provisional)
        g_ptr_array_add(report->notices,
                        g_strdup_printf(_("PROVISIONAL: %s reasons stand against a final index."),
                                        number_shown(index->obstacles->len)));
    if (quota->pages_by_hand)
        g_ptr_array_add(report->notices, quota_by_hand_words(quota->ballots_by_hand, quota->pages_by_hand));
    for (guint i = 0; i < index->obstacles->len; i++) {
        const QuotaObstacle *obstacle = index->obstacles->pdata[i];
        g_autofree char *words = quota_obstacle_words(obstacle);
        g_ptr_array_add(report->reasons, g_strdup_printf("%s — %s", obstacle->id, words));
    }
    const GPtrArray *settled[] = {index->waived, index->treated};
    for (size_t k = 0; k < G_N_ELEMENTS(settled); k++) {
        for (guint i = 0; i < settled[k]->len; i++)
            g_ptr_array_add(report->waived, g_strdup(settled[k]->pdata[i]));
    }
}

/* The reports that list what is in the store row by row. */
static bool fill_rows(Report *report, Store *store, const Quota *quota, ExportWhat what, GError **error)
{
    if (what == EXPORT_LOG) {
        g_autoptr(GPtrArray) lines = store_load_log(store, error);
        if (lines)
            report_fill_log(report, quota, lines);
        return lines != NULL;
    }
    g_autoptr(GPtrArray) answers = store_load_answers(store, error);
    if (!answers)
        return false;
    g_autoptr(GPtrArray) beside =
        what == EXPORT_BALLOTS ? store_load_roster(store, error) : store_load_writings(store, error);
    if (!beside)
        return false;
    if (what == EXPORT_BALLOTS)
        report_fill_ballots(report, store, quota, answers, beside);
    else if (what == EXPORT_SPSS)
        report_fill_cases(report, quota, answers, beside);
    else
        report_fill_answers(report, quota, answers, beside);
    return true;
}

static Report *make_report(Store *store, const Quota *quota, const ScoreIndex *index, ExportWhat what,
                           GError **error)
{
    static const char *const titles[] = {"Trả lời phiếu khảo sát",
                                         "Phiếu thu về",
                                         "Kết quả điều tra xã hội học",
                                         "Chỉ số cải cách hành chính",
                                         "Điểm thành phần của điều tra",
                                         "Nhật ký",
                                         "Bảng mã",
                                         "Dữ liệu phiếu khảo sát cho SPSS"};
    g_autoptr(Report) report = report_new(titles[what]);
    if (!add_facts(report, store, quota, error))
        return NULL;
    report->illustrative = store_survey(store)->illustrative;
    if (report->illustrative)
        g_ptr_array_add(report->notices, g_strdup(_("Illustrative definition: no official result.")));
    if (export_depends_on_index(what))
        add_standing(report, quota, index);
    if (what == EXPORT_TALLY)
        report_fill_tally(report, quota);
    else if (what == EXPORT_INDEX)
        report_fill_index(report, index);
    else if (what == EXPORT_SCORES)
        report_fill_scores(report, quota, index);
    else if (what == EXPORT_CODEBOOK)
        report_fill_codebook(report, store_survey(store));
    else if (!fill_rows(report, store, quota, what, error))
        return NULL;
    return g_steal_pointer(&report);
}

bool export_depends_on_index(ExportWhat what)
{
    return what != EXPORT_LOG && what != EXPORT_CODEBOOK;
}

/* Data on standard output is the one thing this room may print. */
static bool write_stream(const char *text, gsize length, GError **error)
{
    if (fwrite(text, 1, length, stdout) == length && fflush(stdout) == 0)
        return true;
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("standard output: cannot be written"));
    return false;
}

static bool write_csv(const Report *report, bool excel, const char *path, GError **error)
{
    g_autoptr(GString) csv = report_to_csv(report, excel);
    if (g_str_equal(path, "-"))
        return write_stream(csv->str, csv->len, error);
    /* CSV has no place for where it comes from: a file beside it says so. */
    g_autofree char *beside = g_strconcat(path, ".meta.json", NULL);
    g_autofree char *meta = report_to_json(report, IN_META);
    /* That file first: figures never stand without it. Without figures it goes, or is what it was. */
    g_autofree char *before = NULL;
    gsize before_length = 0;
    g_autoptr(GError) cause = NULL;
    if (g_file_test(beside, G_FILE_TEST_EXISTS) &&
        !g_file_get_contents(beside, &before, &before_length, &cause)) {
        g_autofree char *shown = text_printable(beside);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be written: %s"), shown,
                    cause->message);
        return false;
    }
    if (!file_replace(beside, meta, (gssize)strlen(meta), error))
        return false;
    if (file_replace(path, csv->str, (gssize)csv->len, error))
        return true;
    if (!before)
        g_unlink(beside);
    else
        (void)file_replace(beside, before, (gssize)before_length, NULL);
    return false;
}

/* The syntax first, as a CSV's facts: data never stand without it. */
static bool write_spss(const Report *report, const Survey *survey, const char *path, GError **error)
{
    g_autofree char *stem =
        g_str_has_suffix(path, ".sps") ? g_strndup(path, strlen(path) - strlen(".sps")) : g_strdup(path);
    g_autofree char *data = g_strconcat(stem, "-data.csv", NULL), *name = g_path_get_basename(data);
    g_autofree char *syntax = report_to_spss(report, survey, name);
    if (!file_replace(path, syntax, (gssize)strlen(syntax), error))
        return false;
    if (write_csv(report, false, data, error))
        return true;
    g_unlink(path);
    return false;
}

bool export_write(Store *store, const Quota *quota, const ScoreIndex *index, ExportWhat what,
                  ExportFormat format, const char *path, GError **error)
{
    bool stream = g_str_equal(path, "-");
    if ((what == EXPORT_SPSS) != (format == EXPORT_SPS)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("spss is written as FILE.sps, and nothing else is; name such a file with -o"));
        return false;
    }
    if (format == EXPORT_SPS && stream) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("spss is two files and is not written to standard output; name one with -o FILE.sps"));
        return false;
    }
    if (format == EXPORT_XLSX && stream) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("a workbook is not written to standard output; name a file with -o FILE.xlsx"));
        return false;
    }
    g_autoptr(Report) report = make_report(store, quota, index, what, error);
    if (!report)
        return false;
    if (format == EXPORT_SPS)
        return write_spss(report, store_survey(store), path, error);
    if (format == EXPORT_XLSX)
        return report_write_xlsx(report, path, error);
    if (format == EXPORT_CSV || format == EXPORT_CSV_EXCEL)
        return write_csv(report, format == EXPORT_CSV_EXCEL, path, error);
    g_autofree char *json = report_to_json(report, IN_JSON);
    return stream ? write_stream(json, strlen(json), error)
                  : file_replace(path, json, (gssize)strlen(json), error);
}
