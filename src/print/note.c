/* What the ballots of an agency say about questions of their form that are not applicable to it, where it has
 * no form of its own that leaves them out: layouts are the form's, so all its questions are printed. */
#include "print/print_internal.h"

char *print_note_text(const SurveyForm *form, const SurveyAgency *agency)
{
    g_autofree char *numbers = survey_form_not_applicable(form, agency);
    return numbers ? g_strdup_printf("Không áp dụng với cơ quan này, xin để trống: câu %s.", numbers) : NULL;
}
