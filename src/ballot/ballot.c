#include "ballot/ballot.h"

#include <string.h>

/* Most bytes a person types for what is written in free text. */
#define TEXT_BYTES_MAX 4000
/* So much of a text is quoted in a message. */
#define QUOTED_LETTERS 40

/* Whether a value fits a question answered in handwriting: a number in its range, or one line of text. */
static bool fits_writing(const SurveyQuestion *question, const char *value, GError **error)
{
    if (question->kind == SURVEY_QUESTION_DIGITS) {
        int64_t number;
        if (number_parse_int(value, question->min, question->max, &number, error))
            return true;
        g_prefix_error(error, _("question '%s': "), question->id);
        return false;
    }
    g_autofree char *shown = text_printable(value);
    if (strlen(value) <= TEXT_BYTES_MAX && g_str_equal(shown, value) && text_is_nfc(value))
        return true;
    g_autofree char *start = g_utf8_substring(shown, 0, MIN(QUOTED_LETTERS, g_utf8_strlen(shown, -1)));
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("question '%s': '%s' is not one line of at most %d bytes in composed letters; type it so"),
                question->id, start, TEXT_BYTES_MAX);
    return false;
}

bool ballot_value_kind(const SurveyQuestion *question, const char *value, ValueKind *ret_kind, GError **error)
{
    ValueKind kind = VALUE_ANSWERED;
    if (!*value) {
        *ret_kind = VALUE_BLANK;
        return true;
    }
    if (g_str_equal(value, VALUE_UNREADABLE_TEXT)) {
        *ret_kind = VALUE_UNREADABLE;
        return true;
    }
    if (!question->scale) {
        if (!fits_writing(question, value, error))
            return false;
        *ret_kind = VALUE_ANSWERED;
        return true;
    }
    g_auto(GStrv) ids = g_strsplit(value, "+", -1);
    for (char **id = ids; *id; id++) {
        bool twice = false;
        for (char **before = ids; before < id && !twice; before++)
            twice = g_str_equal(*before, *id);
        if (twice || !survey_scale_option(question->scale, *id)) {
            g_autofree char *shown = text_printable(value);
            g_autoptr(GString) known = g_string_new(NULL);
            for (guint i = 0; i < question->scale->options->len; i++)
                g_string_append_printf(known, "%s%s", i ? ", " : "",
                                       ((SurveyOption *)question->scale->options->pdata[i])->id);
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("question '%s': '%s' is no answer; options are %s, several joined by '+', '' for "
                          "blank, '%s' "
                          "for unreadable"),
                        question->id, shown, known->str, VALUE_UNREADABLE_TEXT);
            return false;
        }
    }
    if (g_strv_length(ids) > 1 && question->kind == SURVEY_QUESTION_ONE)
        kind = VALUE_MULTIPLE;
    *ret_kind = kind;
    return true;
}

static const char *const validity_ids[] = {"valid", "partly-valid", "invalid", "open"};

const char *ballot_validity_id(BallotValidity validity)
{
    return validity_ids[validity];
}

static BallotValidity judge(const SurveyRules *rules, int scored, int answered)
{
    if (scored == 0)
        return BALLOT_VALID;
    g_autoptr(Rational) share = rational_new(answered, scored);
    if (rational_compare(share, rules->valid_share) >= 0)
        return BALLOT_VALID;
    return rational_compare(share, rules->partial_share) >= 0 ? BALLOT_PARTLY_VALID : BALLOT_INVALID;
}

BallotValidity ballot_validity(const SurveyRules *rules, int scored, int answered, int waiting)
{
    BallotValidity worst = judge(rules, scored, answered), best = judge(rules, scored, answered + waiting);
    return worst == best ? worst : BALLOT_OPEN;
}
