/* What people read for the ids of the store: one list for the terminal, workbooks and messages. */
#include <string.h>

#include "store/decisions.h"
#include "store/sql.h"

typedef struct {
    const char *id, *words;
} Word;

static const char *find(const Word *words, const char *id)
{
    for (; id && words->id; words++) {
        if (g_str_equal(words->id, id))
            return _(words->words);
    }
    return NULL;
}

const char *store_action_words(const char *action)
{
    static const Word actions[] = {{"account", N_("account")},
                                   {"amend", N_("definition changed")},
                                   {"answer", N_("answer")},
                                   {"assign", N_("assigned")},
                                   {"disagree", N_("two reviewers differ")},
                                   {"draw", N_("drawn by lot")},
                                   {"duplicate", N_("scan that counts")},
                                   {"enter", N_("entered by hand")},
                                   {"feed", N_("file fed at the desk")},
                                   {"first-number", N_("first serial")},
                                   {"identify", N_("page named")},
                                   {"import appraised", N_("appraised scores imported")},
                                   {"import previous", N_("last year's index imported")},
                                   {"import self", N_("self-scores imported")},
                                   {"init", N_("workspace made")},
                                   {"layout", N_("new printed layout")},
                                   {"locked-out", N_("sign-in locked for a while")},
                                   {"print", N_("ballots printed")},
                                   {"redecide", N_("answers decided anew")},
                                   {"refer", N_("referred")},
                                   {"reject", N_("rejected")},
                                   {"reprint", N_("printed again")},
                                   {"settle", N_("dealt with")},
                                   {"sign-in", N_("signed in")},
                                   {"sign-out", N_("signed out")},
                                   {"station", N_("another printing station")},
                                   {"station-export", N_("list of the station exported")},
                                   {"text", N_("written text")},
                                   {"treat", N_("treated")},
                                   {"undo", N_("taken back")},
                                   {"upgrade", N_("workspace upgraded")},
                                   {"void", N_("serial void")},
                                   {"waive", N_("waived")},
                                   {NULL, NULL}};
    return find(actions, action);
}

const char *store_ballot_status_words(const char *status)
{
    static const Word statuses[] = {{"complete", N_("complete")},
                                    {"incomplete", N_("a page is missing")},
                                    {"duplicate", N_("scanned more than once")},
                                    {"unknown-serial", N_("serial never issued")},
                                    {"rejected", N_("rejected")},
                                    {"void-serial", N_("serial void")},
                                    {NULL, NULL}};
    return find(statuses, status);
}

const char *store_treatment_words(const char *treatment)
{
    static const Word treatments[] = {{"not-applicable", N_("not applicable")},
                                      {"to-others", N_("its points go to the other survey criteria")},
                                      {"unranked", N_("not ranked")},
                                      {NULL, NULL}};
    return find(treatments, treatment);
}

const char *decision_outcome(const char *kind)
{
    static const Word outcomes[] = {{"reject", "rejected"}, {"void", "void"},      {"settle", "settled"},
                                    {"waive", "waived"},    {"refer", "referred"}, {"draw", "drawn"},
                                    {"enter", "entered"},   {NULL, NULL}};
    for (const Word *word = outcomes; word->id; word++) {
        if (g_str_equal(word->id, kind))
            return word->words;
    }
    return NULL;
}

/* "Tốt", "Tốt + Khá": the labels of a question's options; NULL where the question is not known. */
static char *answer_words(const Survey *survey, const char *form_id, const char *question_id,
                          const char *value)
{
    const SurveyForm *form = form_id ? survey_form(survey, form_id) : NULL;
    const SurveyQuestion *question = form ? survey_form_question(form, question_id) : NULL;
    if (!*value)
        return g_strdup(_("left blank"));
    if (g_str_equal(value, "?"))
        return g_strdup(_("unreadable"));
    if (!question || !question->scale)
        return NULL;
    g_auto(GStrv) ids = g_strsplit(value, "+", -1);
    g_autoptr(GString) words = g_string_new(NULL);
    for (char **id = ids; *id; id++) {
        const SurveyOption *option = survey_scale_option(question->scale, *id);
        if (!option)
            return NULL;
        g_string_append_printf(words, "%s%s", words->len ? " + " : "", option->label);
    }
    return g_string_free(g_steal_pointer(&words), FALSE);
}

/* What a decision said of one page: "421", "H2". */
static char *scan_words(const char *value)
{
    return *value == 'H' ? g_strdup_printf(_("page %s as entered by hand"), value + 1)
                         : g_strdup_printf(_("the scan with ID %s"), value);
}

char *store_value_words(const Survey *survey, const char *kind, const char *form, const char *question,
                        const char *value)
{
    if (g_str_equal(kind, "answer"))
        return answer_words(survey, form, question, value);
    if (g_str_equal(kind, "text") || !*value)
        return NULL;
    g_auto(GStrv) parts = g_strsplit(value, "|", -1);
    guint count = g_strv_length(parts);
    const char *treatment = g_str_equal(kind, "treat") ? store_treatment_words(parts[count - 1]) : NULL;
    if (treatment)
        return count > 1 ? g_strdup_printf("%s: %s", parts[0], treatment) : g_strdup(treatment);
    if (g_str_equal(kind, "assign") && count == 3)
        return g_strdup_printf(_("group %s, %s, from %s"), parts[0], parts[1], parts[2]);
    if (g_str_equal(kind, "duplicate"))
        return scan_words(value);
    if (g_str_equal(kind, "identify"))
        return g_strdup_printf(_("page %s"), value);
    return g_strcmp0(value, decision_outcome(kind)) == 0 ? g_strdup(store_action_words(kind)) : NULL;
}
