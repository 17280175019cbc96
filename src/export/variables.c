#include "export/variables.h"

static void variable_free(gpointer data)
{
    Variable *variable = data;
    g_free(variable->name);
    g_free(variable);
}

/* A name of letters, digits and '_' that no other variable has; statistics programs do not tell A from a. */
static char *make_name(GHashTable *taken, const char *form, const char *question, const char *option)
{
    g_autofree char *plain = g_strconcat(form, "_", question, option ? "_" : "", option ? option : "", NULL);
    for (char *c = plain; *c; c++) {
        if (!g_ascii_isalnum(*c))
            *c = '_';
    }
    g_autofree char *base = g_ascii_isalpha(*plain) ? g_strdup(plain) : g_strconcat("v", plain, NULL);
    for (int n = 1;; n++) {
        char *name = n > 1 ? g_strdup_printf("%s_%d", base, n) : g_strdup(base);
        if (g_hash_table_add(taken, g_ascii_strdown(name, -1)))
            return name;
        g_free(name);
    }
}

GPtrArray *variables_new(const Survey *survey)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *variables = g_ptr_array_new_with_free_func(variable_free);
    for (guint f = 0; f < survey->forms->len; f++) {
        const SurveyForm *form = survey->forms->pdata[f];
        if (form->stands_for != form)
            continue; /* its questions are variables already */
        for (guint q = 0; q < form->questions->len; q++) {
            const SurveyQuestion *question = form->questions->pdata[q];
            bool many = question->kind == SURVEY_QUESTION_MANY;
            for (guint o = 0; o < (many ? question->scale->options->len : 1); o++) {
                const char *option = many ? ((SurveyOption *)question->scale->options->pdata[o])->id : NULL;
                Variable *variable = g_new0(Variable, 1);
                *variable = (Variable){make_name(taken, form->id, question->id, option), form, question, o};
                g_ptr_array_add(variables, variable);
            }
        }
    }
    return variables;
}

bool variable_is_text(const Variable *variable)
{
    return variable->question->kind == SURVEY_QUESTION_TEXT;
}

int variable_code(const SurveyQuestion *question, guint option)
{
    return question->kind == SURVEY_QUESTION_MANY ? 1 : (int)option + 1;
}

const char *variable_missing_label(int code)
{
    static const char *const labels[] = {"Bỏ trống", "Chọn nhiều phương án", "Không đọc được", "Chờ duyệt"};
    return labels[-1 - code];
}

/* ---- cases
 * -------------------------------------------------------------------------------------------------------- */

/* A ballot's final word on each question: a value (NULL: none given yet), and whether it waits. */
typedef struct {
    const char *value;
    bool waits;
} Given;

static void note_given(GHashTable *given, const char *serial, const char *question, const char *value,
                       bool waits)
{
    Given *one = g_new0(Given, 1);
    *one = (Given){value, waits};
    g_hash_table_insert(given, g_strdup_printf("%s|%s", serial, question), one);
}

static GHashTable *index_given(const GPtrArray *answers, const GPtrArray *writings)
{
    GHashTable *given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        note_given(given, answer->serial, answer->question, answer->value, answer->state == ANSWER_WAITING);
    }
    for (guint i = 0; i < writings->len; i++) {
        const StoreWriting *writing = writings->pdata[i];
        const char *value = writing->text ? writing->text : "";
        note_given(given, writing->serial, writing->question, value,
                   !writing->text && writing->found.written);
    }
    return given;
}

/* The code of an answered value. */
static int64_t answered_code(const Variable *variable, const char *value)
{
    int64_t number = 0;
    if (variable->question->kind == SURVEY_QUESTION_DIGITS) {
        number_parse_int(value, G_MININT, G_MAXINT, &number, NULL);
        return number;
    }
    g_auto(GStrv) ids = g_strsplit(value, "+", -1);
    const GPtrArray *options = variable->question->scale->options;
    if (variable->question->kind == SURVEY_QUESTION_MANY)
        return g_strv_contains((const char *const *)ids,
                               ((SurveyOption *)options->pdata[variable->option])->id);
    guint place = 0;
    while (place < options->len && !g_str_equal(((SurveyOption *)options->pdata[place])->id, value))
        place++;
    return variable_code(variable->question, place);
}

/* Nothing stands where the question is not on the ballot's form, or its page was not read. */
static void add_value(ReportTable *table, const Variable *variable, const StoreBallot *ballot,
                      const SurveyForm *form, GHashTable *given)
{
    g_autofree char *key = g_strdup_printf("%s|%s", ballot->serial, variable->question->id);
    const Given *of = form && form->stands_for == variable->form ? g_hash_table_lookup(given, key) : NULL;
    ValueKind kind = VALUE_WAITING;
    if (!of || (!of->waits && !ballot_value_kind(variable->question, of->value, &kind, NULL))) {
        report_text(table, "");
        return;
    }
    static const int codes[] = {
        [VALUE_BLANK] = -1, [VALUE_MULTIPLE] = -2, [VALUE_UNREADABLE] = -3, [VALUE_WAITING] = -4};
    report_count(table, kind == VALUE_ANSWERED ? answered_code(variable, of->value) : codes[kind]);
}

void report_fill_cases(Report *report, const Quota *quota, const GPtrArray *answers,
                       const GPtrArray *writings)
{
    static const char *const facts[] = {"serial",   "form",        "group", "agency",
                                        "validity", "not_counted", "origin"};
    g_autoptr(GPtrArray) variables = variables_new(quota->survey);
    g_autoptr(GHashTable) given = index_given(answers, writings);
    ReportTable *table = report_add_table(report, "cases", "", "", IN_CSV);
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        report_add_column(table, facts[i], "", COLUMN_TEXT, 0);
    report_add_column(table, "counts", "", COLUMN_COUNT, 0);
    for (guint v = 0; v < variables->len; v++) {
        const Variable *variable = variables->pdata[v];
        if (!variable_is_text(variable))
            report_add_column(table, variable->name, "", COLUMN_COUNT, 0);
    }
    for (guint i = 0; i < quota->ballots->len; i++) {
        const QuotaBallot *counted = quota->ballots->pdata[i];
        const StoreBallot *ballot = counted->ballot;
        const SurveyForm *form = survey_form(quota->survey, ballot->form);
        const char *const texts[] = {ballot->serial,          ballot->form,
                                     ballot->group,           ballot->agency,
                                     quota_validity(counted), quota_not_counted(counted),
                                     ballot->origin};
        report_add_row(table);
        for (size_t t = 0; t < G_N_ELEMENTS(texts); t++)
            report_text(table, texts[t]);
        report_count(table, counted->counts);
        for (guint v = 0; v < variables->len; v++) {
            if (!variable_is_text(variables->pdata[v]))
                add_value(table, variables->pdata[v], ballot, form, given);
        }
    }
}
