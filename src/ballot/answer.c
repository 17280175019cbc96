#include "ballot/ballot.h"

#include <math.h>
#include <string.h>

static const char *const state_ids[] = {"machine", "waiting", "person"};

const char *answer_state_id(AnswerState state)
{
    return state_ids[state];
}

const char *answer_state_words(AnswerState state)
{
    static const char *const words[] = {N_("machine"), N_("waits"), N_("person")};
    return _(words[state]);
}

void answer_clear(Answer *answer)
{
    g_free(answer->value);
    *answer = (Answer){0};
}

/* DOUBT stands with what it is about, and needs no word of its own. */
static const struct {
    unsigned bit;
    const char *name, *words;
} names[] = {{ANSWER_MULTIPLE, "MULTIPLE", N_("several boxes marked")},
             {ANSWER_CORRECTED, "CORRECTED", N_("one mark taken back")},
             {ANSWER_BLANK, "BLANK", N_("no box marked")},
             {ANSWER_DOUBT, "DOUBT", NULL},
             {ANSWER_CANCELLED_ONLY, "CANCELLED_ONLY", N_("every mark taken back")},
             {ANSWER_SECOND_LOOK, "SECOND_LOOK", N_("read by one person: another one reads it, too")},
             {ANSWER_THIRD_LOOK, "THIRD_LOOK", N_("two people read it differently: a third decides")},
             {ANSWER_DRAWN, "DRAWN", N_("the machine is sure: drawn by lot to be checked")},
             {ANSWER_BY_HAND, "BY_HAND", N_("entered by hand, no scan")}};
static const struct {
    unsigned bit;
    const char *words;
} mark_words[] = {
    {MARK_FAINT, N_("faint ink")},
    {MARK_SMALL, N_("a dot or short stroke")},
    {MARK_OUTSIDE, N_("ink beside a box")},
    {MARK_SCRIBBLED, N_("a box blacked out, struck or circled")},
    {MARK_STREAK, N_("a line across")},
    {MARK_MISPLACED, N_("the box is not seen where it should be: covered, cut off or out of its row")},
    {MARK_COVERED, N_("stamp or writing over boxes")},
    {MARK_NOISE, N_("specks all over")},
    {MARK_PALE, N_("paper or scan could hide faint ink")},
    {MARK_UNUSUAL, N_("unlike usual marks, not sure enough")},
    {MARK_WRITING, N_("writing or a drawn line beside the row")},
    {MARK_STRUCK, N_("strokes over the whole sheet: ballot struck out?")},
    {MARK_BAND, N_("a line of printed characters over a box")}};

char *answer_reasons_text(unsigned reasons)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (reasons & names[i].bit)
            g_string_append_printf(text, "%s%s", text->len ? "+" : "", names[i].name);
    }
    g_autofree char *marks = mark_reasons_text(reasons & 0xffff);
    if (*marks)
        g_string_append_printf(text, "%s%s", text->len ? "+" : "", marks);
    return g_string_free(text, FALSE);
}

char *answer_reasons_words(unsigned reasons)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].words && (reasons & names[i].bit))
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", _(names[i].words));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(mark_words); i++) {
        if (reasons & mark_words[i].bit)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", _(mark_words[i].words));
    }
    return g_string_free(text, FALSE);
}

MarkQuestion ballot_mark_question(const SurveyForm *form, const char *id)
{
    const SurveyQuestion *question = form ? survey_form_question(form, id) : NULL;
    return (MarkQuestion){id, question && question->kind == SURVEY_QUESTION_MANY};
}

/* The most likely state of a doubtful box. */
static MarkState best_guess(const MarkDecision *mark)
{
    if (mark->state != MARK_DOUBTFUL)
        return mark->state;
    if (mark->p_cancelled > mark->p_marked && mark->p_cancelled + mark->p_marked > 0.5)
        return MARK_CANCELLED;
    return mark->p_marked + mark->p_cancelled > 0.5 ? MARK_MARKED : MARK_BLANK;
}

void ballot_read_answer(const SurveyQuestion *question, const AnswerBox *boxes, int count, double max_error,
                        Answer *ret)
{
    g_autoptr(GString) value = g_string_new(NULL);
    int live = 0, cancelled = 0, filled = 0;
    double error = 0;
    unsigned reasons = 0;
    bool doubt = false;
    for (int i = 0; i < count; i++) {
        const MarkDecision *mark = &boxes[i].mark;
        MarkState state = best_guess(mark);
        doubt |= mark->state == MARK_DOUBTFUL;
        error = MAX(error, 1 - mark->confidence);
        reasons |= mark->state == MARK_BLANK ? 0 : mark->reasons;
        filled += state == MARK_MARKED && (mark->reasons & MARK_SCRIBBLED);
        cancelled += state == MARK_CANCELLED;
        if (state == MARK_MARKED) {
            g_string_append_printf(value, "%s%s", value->len ? "+" : "", boxes[i].option->id);
            live++;
        }
    }
    if (doubt)
        reasons |= ANSWER_DOUBT;
    if (live == 0)
        reasons |= cancelled ? ANSWER_CANCELLED_ONLY : ANSWER_BLANK;
    if (live > 0 && cancelled > 0)
        reasons |= ANSWER_CORRECTED;
    if (live > 1 && question->kind == SURVEY_QUESTION_ONE)
        reasons |= ANSWER_MULTIPLE;
    /* Where several boxes may be marked, a blacked-out one beside others may have been taken back. */
    bool ambiguous = (reasons & (ANSWER_MULTIPLE | ANSWER_CANCELLED_ONLY)) || doubt ||
                     (question->kind == SURVEY_QUESTION_MANY && filled > 0 && filled < live);
    if (filled == live)
        reasons &= ~(unsigned)(cancelled || doubt ? 0 : MARK_SCRIBBLED); /* filled in, as some people mark */
    *ret = (Answer){ambiguous || count == 0 || error > max_error ? ANSWER_WAITING : ANSWER_MACHINE,
                    g_string_free(g_steal_pointer(&value), FALSE), MAX(0, 1 - error), reasons};
}
