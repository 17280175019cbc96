/* The score sheet an agency fills in. */
#include <glib/gstdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "score/score.h"

enum {
    COL_CODE,
    COL_NAME,
    COL_MAX,
    COL_SELF,
    COL_EVIDENCE,
    COL_NOTE,
    COL_FIRST,
    COL_SECOND,
    COL_REMARK,
    COLUMNS
};

static const char *const headings[COLUMNS] = {"Mã TC",
                                              "Tiêu chí",
                                              "Điểm tối đa",
                                              "Điểm tự chấm",
                                              "Tài liệu kiểm chứng (số, ngày, trang)",
                                              "Giải trình",
                                              "Điểm thẩm định lần 1",
                                              "Điểm thẩm định lần 2",
                                              "Ghi chú thẩm định"};
static const double widths[COLUMNS] = {8, 52, 9, 9, 30, 26, 11, 11, 24};

typedef struct {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *title, *heading, *text, *bold, *number, *bold_number, *open_number, *open_text, *closed;
    const SurveyAgency *agency;
    lxw_row_t row;
} Template;

static lxw_format *new_format(Template *t, bool bold, bool border, bool unlocked, bool number)
{
    lxw_format *format = workbook_add_format(t->book);
    format_set_font_name(format, "Times New Roman");
    format_set_font_size(format, 12);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    format_set_text_wrap(format);
    if (bold)
        format_set_bold(format);
    if (border)
        format_set_border(format, LXW_BORDER_THIN);
    if (unlocked) {
        format_set_unlocked(format);
        format_set_bg_color(format, 0xFFFBE6);
    }
    if (number) {
        format_set_num_format(format, "0.00######");
        format_set_align(format, LXW_ALIGN_CENTER);
    }
    return format;
}

static void make_formats(Template *t)
{
    t->title = new_format(t, true, false, false, false);
    format_set_align(t->title, LXW_ALIGN_CENTER);
    t->heading = new_format(t, true, true, false, false);
    format_set_align(t->heading, LXW_ALIGN_CENTER);
    format_set_bg_color(t->heading, 0xDCE6F1);
    t->text = new_format(t, false, true, false, false);
    t->bold = new_format(t, true, true, false, false);
    t->number = new_format(t, false, true, false, true);
    t->bold_number = new_format(t, true, true, false, true);
    t->open_number = new_format(t, false, true, true, true);
    t->open_text = new_format(t, false, true, true, false);
    t->closed = new_format(t, false, true, false, true);
    format_set_bg_color(t->closed, 0xE7E6E6);
    format_set_font_color(t->closed, 0x7F7F7F);
}

static void add_validation(Template *t, const SurveyNode *leaf, lxw_col_t column)
{
    lxw_data_validation rule = {0};
    rule.validate = LXW_VALIDATION_TYPE_DECIMAL;
    rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
    rule.minimum_number = 0;
    rule.maximum_number = rational_to_double(leaf->max);
    rule.ignore_blank = LXW_VALIDATION_ON;
    rule.error_title = (char *)"Điểm không hợp lệ";
    rule.error_message = (char *)"Điểm phải từ 0 đến điểm tối đa của tiêu chí.";
    worksheet_data_validation_cell(t->sheet, t->row, column, &rule);
}

/* Writes a node and all below it; the row of its sums is filled in by formulas over its children. */
static void write_node(Template *t, const SurveyNode *node)
{
    bool branch = node->kind == SURVEY_NODE_BRANCH, surveyed = node->kind == SURVEY_NODE_SURVEYED;
    bool closed = surveyed || g_hash_table_contains(t->agency->not_applicable, node->code);
    lxw_row_t row = t->row;
    worksheet_write_string(t->sheet, row, COL_CODE, node->code, branch ? t->bold : t->text);
    worksheet_write_string(t->sheet, row, COL_NAME, node->name, branch ? t->bold : t->text);
    worksheet_write_number(t->sheet, row, COL_MAX, rational_to_double(node->max),
                           branch ? t->bold_number : t->number);
    static const lxw_col_t score_columns[] = {COL_SELF, COL_FIRST, COL_SECOND};
    static const lxw_col_t text_columns[] = {COL_EVIDENCE, COL_NOTE, COL_REMARK};
    for (size_t i = 0; i < G_N_ELEMENTS(score_columns); i++) {
        if (closed)
            worksheet_write_string(t->sheet, row, score_columns[i], surveyed ? "ĐTXHH" : "KAD", t->closed);
        else
            worksheet_write_blank(t->sheet, row, score_columns[i], branch ? t->bold_number : t->open_number);
        if (!closed && !branch)
            add_validation(t, node, score_columns[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(text_columns); i++)
        worksheet_write_blank(t->sheet, row, text_columns[i], branch || closed ? t->text : t->open_text);
    t->row++;
    for (guint i = 0; i < node->children->len; i++)
        write_node(t, node->children->pdata[i]);
    for (size_t i = 0; branch && i < G_N_ELEMENTS(score_columns); i++) {
        /* Leaves only: the sums of branches within are left out by SUBTOTAL. */
        g_autofree char *first = g_strdup_printf("%c%u", 'A' + score_columns[i], row + 2);
        g_autofree char *formula =
            g_strdup_printf("=SUBTOTAL(9,%s:%c%u)", first, 'A' + score_columns[i], t->row);
        worksheet_write_formula_num(t->sheet, row, score_columns[i], formula, t->bold_number, 0);
    }
}

static void write_titles(Template *t, const Survey *survey)
{
    g_autofree char *title =
        g_strdup_printf("BẢNG TỰ CHẤM ĐIỂM CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM %d", survey->year);
    g_autofree char *agency = g_strdup_printf("Cơ quan: %s", t->agency->name);
    const char *hint =
        "Chỉ điền ô nền vàng. Tiêu chí ghi “ĐTXHH” chấm bằng điều tra xã hội học: không chấm điểm điều tra "
        "khảo sát. “KAD”: không áp dụng.";
    worksheet_merge_range(t->sheet, 0, 0, 0, COLUMNS - 1, title, t->title);
    worksheet_merge_range(t->sheet, 1, 0, 1, COLUMNS - 1, agency, t->title);
    worksheet_merge_range(t->sheet, 2, 0, 2, COLUMNS - 1, hint, NULL);
    if (survey->illustrative)
        worksheet_write_string(t->sheet, 3, 0, "Bộ tiêu chí minh họa, không phải văn bản chính thức.", NULL);
    t->row = 4;
    for (int c = 0; c < COLUMNS; c++) {
        worksheet_set_column(t->sheet, (lxw_col_t)c, (lxw_col_t)c, widths[c], NULL);
        worksheet_write_string(t->sheet, t->row, (lxw_col_t)c, headings[c], t->heading);
    }
    worksheet_set_row(t->sheet, t->row, 36, NULL);
    t->row++;
    worksheet_freeze_panes(t->sheet, t->row, 2);
    worksheet_repeat_rows(t->sheet, t->row - 1, t->row - 1);
}

static void write_total(Template *t, lxw_row_t first_row)
{
    lxw_row_t last = t->row;
    worksheet_write_string(t->sheet, t->row, COL_CODE, "", t->bold);
    worksheet_write_string(t->sheet, t->row, COL_NAME, "Tổng cộng (không gồm điểm điều tra xã hội học)",
                           t->bold);
    worksheet_write_blank(t->sheet, t->row, COL_MAX, t->bold_number);
    static const lxw_col_t score_columns[] = {COL_SELF, COL_FIRST, COL_SECOND};
    for (size_t i = 0; i < G_N_ELEMENTS(score_columns); i++) {
        g_autofree char *formula = g_strdup_printf("=SUBTOTAL(9,%c%u:%c%u)", 'A' + score_columns[i],
                                                   first_row + 1, 'A' + score_columns[i], last);
        worksheet_write_formula_num(t->sheet, t->row, score_columns[i], formula, t->bold_number, 0);
    }
}

bool score_write_template(const Survey *survey, const SurveyAgency *agency, const char *path, GError **error)
{
    const SurveyCriteria *criteria = survey_criteria(survey, agency->block->criteria_id);
    g_autofree char *partial = g_strconcat(path, ".part", NULL);
    if (!file_replace(partial, "", 0, error)) /* the library would say why on standard error, in English */
        return false;
    Template t = {.book = workbook_new(partial), .agency = agency};
    if (t.book) {
        lxw_doc_properties properties = {.title = (char *)"Bảng tự chấm điểm", .created = 1672531200};
        workbook_set_properties(t.book, &properties);
        t.sheet = workbook_add_worksheet(t.book, agency->code);
        make_formats(&t);
        write_titles(&t, survey);
        lxw_row_t first_row = t.row;
        for (guint i = 0; i < criteria->areas->len; i++)
            write_node(&t, criteria->areas->pdata[i]);
        write_total(&t, first_row);
        worksheet_protect(t.sheet, NULL, NULL);
        worksheet_set_landscape(t.sheet);
        worksheet_set_paper(t.sheet, 9);
        worksheet_fit_to_pages(t.sheet, 1, 0);
        if (workbook_close(t.book) == LXW_NO_ERROR && g_rename(partial, path) == 0)
            return true;
    }
    g_unlink(partial);
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                _("%s: the workbook cannot be written; check folder and space"), shown);
    return false;
}
