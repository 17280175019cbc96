/* What a ballot's answers make of it. */
#include <string.h>

#include "quota/census.h"

static bool value_kind(const SurveyQuestion *question, const StoreAnswer *answer, ValueKind *ret_kind,
                       GError **error)
{
    if (answer->state == ANSWER_WAITING) {
        *ret_kind = VALUE_WAITING;
        return true;
    }
    return ballot_value_kind(question, answer->value, ret_kind, error);
}

void quota_judge_ballot(const Survey *survey, const BallotAnswers *answers, QuotaBallot *ballot,
                        GError **error)
{
    const SurveyForm *form = survey_form(survey, ballot->ballot->form);
    const char *level = NULL;
    bool straight = survey->rules.flag_straight_lining;
    for (int i = 0; answers && form && i < answers->count; i++) {
        const StoreAnswer *answer = answers->answers[i];
        const SurveyQuestion *question = survey_form_question(form, answer->question);
        if (!question || !ballot->cell || !survey_question_scored(question, ballot->cell->agency))
            continue;
        ValueKind kind;
        if (!value_kind(question, answer, &kind, error))
            return;
        ballot->scored++;
        ballot->answered += kind == VALUE_ANSWERED;
        ballot->blank += kind == VALUE_BLANK;
        ballot->multiple += kind == VALUE_MULTIPLE;
        ballot->unreadable += kind == VALUE_UNREADABLE;
        ballot->waiting += kind == VALUE_WAITING;
        straight = straight && kind == VALUE_ANSWERED && (!level || g_str_equal(level, answer->value));
        level = answer->value;
    }
    ballot->straight_lined = straight && ballot->answered >= 5;
    ballot->validity = ballot_validity(&survey->rules, ballot->scored, ballot->answered, ballot->waiting);
}

/* Counts one answer under its question. */
static void tally_answer(QuotaTally *tally, const StoreAnswer *answer, ValueKind kind)
{
    tally->ballots++;
    tally->blank += kind == VALUE_BLANK;
    tally->multiple += kind == VALUE_MULTIPLE;
    tally->unreadable += kind == VALUE_UNREADABLE;
    tally->waiting += kind == VALUE_WAITING;
    if (kind != VALUE_ANSWERED)
        return;
    g_auto(GStrv) ids = g_strsplit(answer->value, "+", -1);
    for (guint o = 0; o < tally->question->scale->options->len; o++) {
        const SurveyOption *option = tally->question->scale->options->pdata[o];
        tally->n[o] += g_strv_contains((const char *const *)ids, option->id);
    }
}

void quota_tally_ballot(const Quota *quota, const BallotAnswers *answers, const QuotaBallot *ballot)
{
    const SurveyCell *cell = ballot->cell;
    for (int i = 0; answers && i < answers->count; i++) {
        const StoreAnswer *answer = answers->answers[i];
        QuotaTally *tally =
            (QuotaTally *)quota_tally(quota, cell->agency->code, cell->group->id, answer->question);
        ValueKind kind;
        if (tally && value_kind(tally->question, answer, &kind, NULL))
            tally_answer(tally, answer, kind);
    }
}

char *quota_answer_vector(const SurveyForm *form, const BallotAnswers *answers)
{
    g_autoptr(GString) vector = g_string_new(NULL);
    int marked = 0;
    for (int i = 0; i < answers->count; i++) {
        const StoreAnswer *answer = answers->answers[i];
        const SurveyQuestion *question = survey_form_question(form, answer->question);
        if (!question || !question->leaf)
            continue;
        marked += *answer->value != '\0';
        g_string_append_printf(vector, "%s;", answer->value);
    }
    /* Few questions repeat by chance. */
    return marked >= 5 ? g_string_free(g_steal_pointer(&vector), FALSE) : NULL;
}
