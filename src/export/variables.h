/* A survey's questions as the variables of a statistics program, a case a ballot: numbers for options,
 * negative ones for what is missing. Inside the room only. */
#ifndef PHIEU_EXPORT_VARIABLES_H
#define PHIEU_EXPORT_VARIABLES_H

#include "export/report.h"

/* One variable: a question, or one box of a question with any number of them. */
typedef struct {
    char *name;             /* "F3_q5", "F3_kenh_b": letters, digits and '_', unique in the survey */
    const SurveyForm *form; /* and of the forms that stand for it */
    const SurveyQuestion *question;
    guint option; /* MANY: its place in the scale */
} Variable;

/* Codes of missing values: −1 blank, −2 several marks, −3 unreadable, −4 waits for a person. */
#define VARIABLE_LAST_MISSING (-4)

/* Every variable in order of forms and questions: GPtrArray of Variable*. */
GPtrArray *variables_new(const Survey *survey);
/* Whether it is words, which have no code. */
bool variable_is_text(const Variable *variable);
/* The code of an option: its place from 1, in a question with any number of boxes 1 (and 0 where not chosen).
 */
int variable_code(const SurveyQuestion *question, guint option);
/* What a missing code means, in Vietnamese; static. */
const char *variable_missing_label(int code);

/* The table of cases: every returned ballot, its facts and then the variables that have codes. */
void report_fill_cases(Report *report, const Quota *quota, const GPtrArray *answers,
                       const GPtrArray *writings);
/* The syntax that reads the file `data` of those cases in SPSS or PSPP; newly allocated. */
char *report_to_spss(const Report *report, const Survey *survey, const char *data);

#endif
