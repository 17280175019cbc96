/* What the ids in the other files mean: questions and options, agencies, units, groups, criteria. */
#include "export/variables.h"

static void add_option(ReportTable *table, const SurveyForm *form, const SurveyQuestion *question,
                       guint place, const char *variable)
{
    static const char *const kinds[] = {"one", "many", "digits", "text"};
    const SurveyOption *option = question->scale ? question->scale->options->pdata[place] : NULL;
    report_add_row(table);
    report_text(table, form->id);
    report_text(table, question->id);
    report_text(table, question->number);
    report_text(table, question->text);
    report_text(table, question->leaf);
    report_text(table, option ? option->id : "");
    report_text(table, option ? option->label : "");
    report_number(table, option ? option->weight : NULL);
    report_code(table, kinds[question->kind], report_words(WORDS_QUESTION, kinds[question->kind]));
    report_text(table, variable);
    if (option)
        report_count(table, variable_code(question, place));
    else
        report_text(table, "");
}

/* The variable's options as they are on that form, where it is. */
static void add_variable(ReportTable *table, const SurveyForm *form, const Variable *of)
{
    const SurveyQuestion *question =
        form->stands_for == of->form ? survey_form_question(form, of->question->id) : NULL;
    guint options = question && question->scale ? question->scale->options->len : 0;
    bool many = question && question->kind == SURVEY_QUESTION_MANY;
    for (guint o = many ? of->option : 0; question && o < (many ? of->option + 1 : MAX(options, 1)); o++)
        add_option(table, form, question, o, of->name);
}

void report_add_codebook(Report *report, const Survey *survey, unsigned in)
{
    ReportTable *table = report_add_table(report, "codebook", "Bảng mã", "Bảng mã câu hỏi và phương án", in);
    report_add_column(table, "form", "Mẫu phiếu", COLUMN_TEXT, 10);
    report_add_column(table, "question", "Câu hỏi", COLUMN_TEXT, 10);
    report_add_column(table, "number", "Số in", COLUMN_TEXT, 8);
    report_add_column(table, "text", "Nội dung", COLUMN_TEXT, 70);
    report_add_column(table, "leaf", "Tiêu chí", COLUMN_TEXT, 10);
    report_add_column(table, "option", "Mã trả lời", COLUMN_TEXT, 10);
    report_add_column(table, "label", "Phương án", COLUMN_TEXT, 30);
    report_add_column(table, "weight", "Trọng số", COLUMN_NUMBER, 10)->decimals = 2;
    report_add_column(table, "kind", "Kiểu câu", COLUMN_TEXT, 14);
    report_add_column(table, "variable", "Biến SPSS", COLUMN_TEXT, 16);
    report_add_column(table, "code", "Mã số SPSS", COLUMN_COUNT, 10);
    g_autoptr(GPtrArray) variables = variables_new(survey);
    for (guint f = 0; f < survey->forms->len; f++) {
        for (guint i = 0; i < variables->len; i++)
            add_variable(table, survey->forms->pdata[f], variables->pdata[i]);
    }
}

static ReportTable *add_list(Report *report, const char *id, const char *sheet, const char *title,
                             const char *third)
{
    ReportTable *table = report_add_table(report, id, sheet, title, IN_XLSX | IN_JSON | IN_META);
    report_add_column(table, "code", "Mã", COLUMN_TEXT, 12);
    report_add_column(table, "name", "Tên", COLUMN_TEXT, 60);
    report_add_column(table, "of", third, COLUMN_TEXT, 22);
    return table;
}

/* `words`: what a person reads for `of`; NULL: that itself. */
static void add_line(ReportTable *table, const char *code, const char *name, const char *of,
                     const char *words)
{
    report_add_row(table);
    report_text(table, code);
    report_text(table, name);
    report_code(table, of, words);
}

/* "F3, F3K": the group's form and those that stand for it. */
static char *forms_of(const Survey *survey, const SurveyGroup *group)
{
    g_autoptr(GString) forms = g_string_new(group->form->id);
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        if (form != group->form && survey_group_takes(group, form))
            g_string_append_printf(forms, ", %s", form->id);
    }
    return g_string_free(g_steal_pointer(&forms), FALSE);
}

void report_fill_codebook(Report *report, const Survey *survey)
{
    report_add_codebook(report, survey, IN_CSV | IN_XLSX | IN_JSON);
    ReportTable *missing = add_list(report, "missing", "Giá trị thiếu", "Mã giá trị thiếu trong SPSS", "");
    for (int code = -1; code >= VARIABLE_LAST_MISSING; code--) {
        g_autofree char *text = g_strdup_printf("%d", code);
        add_line(missing, text, variable_missing_label(code), "", NULL);
    }
    ReportTable *table = add_list(report, "agencies", "Cơ quan", "Cơ quan được đánh giá", "Khối");
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *agency = survey->agencies->pdata[i];
        add_line(table, agency->code, agency->name, agency->block->id, agency->block->name);
    }
    table = add_list(report, "groups", "Nhóm", "Nhóm người trả lời", "Mẫu phiếu");
    for (guint i = 0; i < survey->groups->len; i++) {
        const SurveyGroup *group = survey->groups->pdata[i];
        g_autofree char *forms = forms_of(survey, group);
        add_line(table, group->id, group->name, group->form->id, forms);
    }
    table = add_list(report, "origins", "Đơn vị phát phiếu", "Đơn vị phát phiếu", "");
    for (guint i = 0; i < survey->origins->len; i++) {
        const SurveyOrigin *origin = survey->origins->pdata[i];
        add_line(table, origin->code, origin->name, "", NULL);
    }
    table = add_list(report, "criteria", "Tiêu chí", "Tiêu chí chấm điểm và điều tra", "Bộ tiêu chí");
    for (guint i = 0; i < survey->criteria->len; i++) {
        const SurveyCriteria *set = survey->criteria->pdata[i];
        for (guint l = 0; l < set->leaves->len; l++) {
            const SurveyNode *leaf = set->leaves->pdata[l];
            add_line(table, leaf->code, leaf->name, set->id, NULL);
        }
    }
}
