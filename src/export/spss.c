/* Syntax of SPSS, which PSPP reads, too: the data as CSV, labels, missing values, and the filter that makes
 * its figures those of the index. SPSS takes 256 bytes for a variable's label, 120 for a value's. */
#include <string.h>

#include "export/variables.h"

#define MAX_VARIABLE_LABEL 255
#define MAX_VALUE_LABEL 120

/* A text in quotes, cut to what a label may have; on one line. */
static char *quoted(const char *text, size_t most)
{
    g_autoptr(GString) out = g_string_new("\"");
    g_autofree char *line = g_strdelimit(g_strdup(text), "\r\n\t", ' ');
    size_t length = strlen(line);
    const char *end = line + length;
    while ((size_t)(end - line) > most)
        end = g_utf8_find_prev_char(line, end);
    for (const char *c = line; c < end; c++) {
        if (*c == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A comment: it ends with the first line that ends in a full stop. */
static void add_comment(GString *syntax, const char *label, const char *text)
{
    g_autofree char *line = g_strdelimit(g_strdup(text), "\r\n", ' ');
    size_t length = strlen(line);
    while (length && line[length - 1] == '.')
        line[--length] = '\0';
    g_string_append_printf(syntax, "* %s%s%s.\n", label, *label ? ": " : "", line);
}

/* The width of a string variable: that of its longest text, or code with a label. */
static int width_of(const ReportTable *table, guint column, const Survey *survey)
{
    const char *id = ((ReportColumn *)table->columns->pdata[column])->id;
    bool agency = g_str_equal(id, "agency"), group = g_str_equal(id, "group");
    size_t longest = 1;
    for (guint r = 0; r < table->rows->len; r++) {
        const ReportCell *cell = &g_array_index((GArray *)table->rows->pdata[r], ReportCell, column);
        longest = MAX(longest, strlen(cell->text));
    }
    for (guint i = 0; agency && i < survey->agencies->len; i++)
        longest = MAX(longest, strlen(((SurveyAgency *)survey->agencies->pdata[i])->code));
    for (guint i = 0; group && i < survey->groups->len; i++)
        longest = MAX(longest, strlen(((SurveyGroup *)survey->groups->pdata[i])->id));
    return (int)longest;
}

static void add_reading(GString *syntax, const ReportTable *table, const Survey *survey, const char *data)
{
    g_autofree char *file = quoted(data, strlen(data));
    g_string_append_printf(syntax,
                           "\nGET DATA /TYPE=TXT /FILE=%s /ENCODING='UTF8'\n  /ARRANGEMENT=DELIMITED "
                           "/FIRSTCASE=2 /DELIMITERS=\",\" /QUALIFIER='\"'\n  /VARIABLES=\n",
                           file);
    for (guint c = 0; c < table->columns->len; c++) {
        const ReportColumn *column = table->columns->pdata[c];
        if (column->kind == COLUMN_TEXT)
            g_string_append_printf(syntax, "    %s A%d\n", column->id, width_of(table, c, survey));
        else
            g_string_append_printf(syntax, "    %s F8.0\n", column->id);
    }
    g_string_append(syntax, "  .\n");
}

static void add_label(GString *syntax, const char *name, const char *text)
{
    g_autofree char *label = quoted(text, MAX_VARIABLE_LABEL);
    g_string_append_printf(syntax, "VARIABLE LABELS %s %s.\n", name, label);
}

static void add_value_label(GString *syntax, const char *value, const char *text)
{
    g_autofree char *label = quoted(text, MAX_VALUE_LABEL);
    g_string_append_printf(syntax, "  %s %s\n", value, label);
}

static void add_codes(GString *syntax, const char *variable, const GPtrArray *codes, const GPtrArray *names)
{
    g_string_append_printf(syntax, "VALUE LABELS %s\n", variable);
    for (guint i = 0; i < codes->len; i++) {
        g_autofree char *code = quoted(codes->pdata[i], MAX_VALUE_LABEL);
        add_value_label(syntax, code, names->pdata[i]);
    }
    g_string_append(syntax, "  .\n");
}

static void add_facts(GString *syntax, const Survey *survey)
{
    static const char *const labels[][2] = {
        {"serial", "Số phiếu"},          {"form", "Mẫu phiếu"},
        {"group", "Nhóm người trả lời"}, {"agency", "Cơ quan được đánh giá"},
        {"validity", "Phiếu hợp lệ"},    {"not_counted", "Vì sao phiếu không được tính"},
        {"origin", "Đơn vị phát phiếu"}, {"counts", "Phiếu được tính vào chỉ số"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
        add_label(syntax, labels[i][0], labels[i][1]);
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < survey->agencies->len; i++) {
        g_ptr_array_add(codes, ((SurveyAgency *)survey->agencies->pdata[i])->code);
        g_ptr_array_add(names, ((SurveyAgency *)survey->agencies->pdata[i])->name);
    }
    add_codes(syntax, "agency", codes, names);
    g_ptr_array_set_size(codes, 0);
    g_ptr_array_set_size(names, 0);
    for (guint i = 0; i < survey->groups->len; i++) {
        g_ptr_array_add(codes, ((SurveyGroup *)survey->groups->pdata[i])->id);
        g_ptr_array_add(names, ((SurveyGroup *)survey->groups->pdata[i])->name);
    }
    add_codes(syntax, "group", codes, names);
    g_string_append(syntax, "VALUE LABELS counts 0 \"Không\" 1 \"Có\".\n");
}

/* An option that is reported and never scored ("Không biết") is missing, too; a program takes a range and one
 * value. */
static void add_missing(GString *syntax, const Variable *variable)
{
    const SurveyScale *scale = variable->question->scale;
    g_string_append_printf(syntax, "MISSING VALUES %s (%d THRU -1", variable->name, VARIABLE_LAST_MISSING);
    bool one = variable->question->kind == SURVEY_QUESTION_ONE && scale->scored;
    for (guint o = 0; one && o < scale->options->len; o++) {
        if (((SurveyOption *)scale->options->pdata[o])->weight)
            continue;
        g_string_append_printf(syntax, ", %d", variable_code(variable->question, o));
        break;
    }
    g_string_append(syntax, ").\n");
}

static void add_variable(GString *syntax, const Variable *variable)
{
    const SurveyQuestion *question = variable->question;
    const GPtrArray *options = question->scale ? question->scale->options : NULL;
    bool many = options && question->kind == SURVEY_QUESTION_MANY;
    const char *box = many ? ((SurveyOption *)options->pdata[variable->option])->label : "";
    g_autofree char *number = *question->number ? g_strdup_printf("%s. ", question->number) : g_strdup("");
    g_autofree char *text = g_strconcat(number, question->text, many ? ": " : "", box, NULL);
    add_label(syntax, variable->name, text);
    g_string_append_printf(syntax, "VALUE LABELS %s\n", variable->name);
    for (guint o = 0; options && !many && o < options->len; o++) {
        g_autofree char *code = g_strdup_printf("%d", variable_code(question, o));
        add_value_label(syntax, code, ((SurveyOption *)options->pdata[o])->label);
    }
    if (many)
        g_string_append(syntax, "  0 \"Không chọn\"\n  1 \"Chọn\"\n");
    for (int code = -1; code >= VARIABLE_LAST_MISSING; code--) {
        g_autofree char *shown = g_strdup_printf("%d", code);
        add_value_label(syntax, shown, variable_missing_label(code));
    }
    g_string_append(syntax, "  .\n");
    add_missing(syntax, variable);
    const char *level = !options ? "SCALE" : question->scale->scored ? "ORDINAL" : "NOMINAL";
    g_string_append_printf(syntax, "VARIABLE LEVEL %s (%s).\n", variable->name, level);
}

char *report_to_spss(const Report *report, const Survey *survey, const char *data)
{
    GString *syntax = g_string_new("\xef\xbb\xbf"); /* by which SPSS takes it for UTF-8 */
    add_comment(syntax, "", report->title);
    for (guint i = 0; i < report->notices->len; i++)
        add_comment(syntax, "", report->notices->pdata[i]);
    for (guint i = 0; i < report->facts->len; i++) {
        const ReportFact *fact = report->facts->pdata[i];
        add_comment(syntax, fact->label, fact->words ? fact->words : fact->value);
    }
    add_comment(syntax, "",
                "Tệp dữ liệu nằm cùng thư mục; nếu chưa đứng ở đó, trước hết chạy lệnh CD 'THƯ_MỤC'");
    const ReportTable *table = report->tables->pdata[0];
    add_reading(syntax, table, survey, data);
    add_facts(syntax, survey);
    g_autoptr(GPtrArray) variables = variables_new(survey);
    for (guint i = 0; i < variables->len; i++) {
        if (!variable_is_text(variables->pdata[i]))
            add_variable(syntax, variables->pdata[i]);
    }
    add_comment(syntax, "", "Chỉ những phiếu được tính vào chỉ số; bỏ lọc bằng lệnh FILTER OFF");
    g_string_append(syntax, "FILTER BY counts.\nEXECUTE.\n");
    return g_string_free(syntax, FALSE);
}
