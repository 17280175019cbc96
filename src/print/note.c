/* What the ballots of an agency say about questions of their form that are not applicable to it: layouts are
 * the form's, so the questions are printed for every agency alike. */
#include "print/print_internal.h"

static bool not_applicable(const SurveyForm *form, guint i, const SurveyAgency *agency)
{
    const SurveyQuestion *question = i < form->questions->len ? form->questions->pdata[i] : NULL;
    return question && question->leaf && *question->number && !survey_question_scored(question, agency);
}

char *print_note_text(const SurveyForm *form, const SurveyAgency *agency)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < form->questions->len; i++) {
        if (!not_applicable(form, i, agency))
            continue;
        const SurveyQuestion *first = form->questions->pdata[i];
        while (not_applicable(form, i + 1, agency))
            i++;
        const SurveyQuestion *last = form->questions->pdata[i];
        g_ptr_array_add(runs, first == last ? g_strdup(first->number)
                                            : g_strdup_printf("%s–%s", first->number, last->number));
    }
    if (runs->len == 0)
        return NULL;
    g_ptr_array_add(runs, NULL);
    g_autofree char *numbers = g_strjoinv(", ", (char **)runs->pdata);
    return g_strdup_printf("Không áp dụng với cơ quan này, xin để trống: câu %s.", numbers);
}
