#include "ballot/ballot.h"

#include <string.h>

bool ballot_value_kind(const SurveyQuestion *question, const char *value, ValueKind *ret_kind, GError **error)
{
    ValueKind kind = VALUE_ANSWERED;
    if (!question->scale) {
        *ret_kind = *value ? VALUE_ANSWERED : VALUE_BLANK; /* written out: any text */
        return true;
    }
    if (!*value) {
        *ret_kind = VALUE_BLANK;
        return true;
    }
    if (g_str_equal(value, VALUE_UNREADABLE_TEXT)) {
        *ret_kind = VALUE_UNREADABLE;
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
