/* Look-ups by code, id, or a text of an office file. */
#include <string.h>

#include "survey/survey.h"

SurveyBlock *survey_block(const Survey *survey, const char *id)
{
    for (guint i = 0; i < survey->blocks->len; i++) {
        SurveyBlock *block = survey->blocks->pdata[i];
        if (g_str_equal(block->id, id))
            return block;
    }
    return NULL;
}

SurveyAgency *survey_agency(const Survey *survey, const char *code)
{
    for (guint i = 0; i < survey->agencies->len; i++) {
        SurveyAgency *agency = survey->agencies->pdata[i];
        if (g_str_equal(agency->code, code))
            return agency;
    }
    return NULL;
}

SurveyOrigin *survey_origin(const Survey *survey, const char *code)
{
    for (guint i = 0; i < survey->origins->len; i++) {
        SurveyOrigin *origin = survey->origins->pdata[i];
        if (g_str_equal(origin->code, code))
            return origin;
    }
    return NULL;
}

SurveyGroup *survey_group(const Survey *survey, const char *id)
{
    for (guint i = 0; i < survey->groups->len; i++) {
        SurveyGroup *group = survey->groups->pdata[i];
        if (g_str_equal(group->id, id))
            return group;
    }
    return NULL;
}

SurveyForm *survey_form(const Survey *survey, const char *id)
{
    for (guint i = 0; i < survey->forms->len; i++) {
        SurveyForm *form = survey->forms->pdata[i];
        if (g_str_equal(form->id, id))
            return form;
    }
    return NULL;
}

SurveyCriteria *survey_criteria(const Survey *survey, const char *id)
{
    for (guint i = 0; survey->criteria && i < survey->criteria->len; i++) {
        SurveyCriteria *criteria = survey->criteria->pdata[i];
        if (g_str_equal(criteria->id, id))
            return criteria;
    }
    return NULL;
}

SurveyCell *survey_cell(const Survey *survey, const char *group, const char *agency, const char *origin)
{
    for (guint i = 0; i < survey->cells->len; i++) {
        SurveyCell *cell = survey->cells->pdata[i];
        if (g_str_equal(cell->group->id, group) && g_str_equal(cell->agency->code, agency) &&
            g_str_equal(cell->origin->code, origin))
            return cell;
    }
    return NULL;
}

SurveyQuestion *survey_form_question(const SurveyForm *form, const char *id)
{
    for (guint i = 0; i < form->questions->len; i++) {
        SurveyQuestion *question = form->questions->pdata[i];
        if (g_str_equal(question->id, id))
            return question;
    }
    return NULL;
}

SurveyOption *survey_scale_option(const SurveyScale *scale, const char *id)
{
    for (guint i = 0; i < scale->options->len; i++) {
        SurveyOption *option = scale->options->pdata[i];
        if (g_str_equal(option->id, id))
            return option;
    }
    return NULL;
}

SurveyForm *survey_group_form(const SurveyGroup *group, const SurveyAgency *agency)
{
    SurveyForm *form = g_hash_table_lookup(group->form_for, agency);
    return form ? form : group->form;
}

bool survey_group_takes(const SurveyGroup *group, const SurveyForm *form)
{
    return form->stands_for == group->form;
}

bool survey_question_scored(const SurveyQuestion *question, const SurveyAgency *agency)
{
    return question->leaf && !g_hash_table_contains(agency->not_applicable, question->leaf);
}

static bool not_applicable(const SurveyForm *form, guint i, const SurveyAgency *agency)
{
    const SurveyQuestion *question = i < form->questions->len ? form->questions->pdata[i] : NULL;
    return question && question->leaf && *question->number && !survey_question_scored(question, agency);
}

char *survey_form_not_applicable(const SurveyForm *form, const SurveyAgency *agency)
{
    g_autoptr(GString) runs = g_string_new(NULL);
    for (guint i = 0; i < form->questions->len; i++) {
        if (!not_applicable(form, i, agency))
            continue;
        const SurveyQuestion *first = form->questions->pdata[i];
        while (not_applicable(form, i + 1, agency))
            i++;
        const SurveyQuestion *last = form->questions->pdata[i];
        g_string_append_printf(runs, "%s%s", runs->len ? ", " : "", first->number);
        if (first != last)
            g_string_append_printf(runs, "–%s", last->number);
    }
    return runs->len ? g_string_free(g_steal_pointer(&runs), FALSE) : NULL;
}

/* A name as it is compared: dashes, dots and what cannot be seen part words, too. */
static char *folded(const char *text)
{
    return text_folded(text, "-–—.,\u200b\ufeff");
}

static bool same_text(const char *wanted, const char *name)
{
    g_autofree char *text = folded(name);
    return g_str_equal(wanted, text);
}

SurveyAgency *survey_agency_by_text(const Survey *survey, const char *text)
{
    g_autofree char *wanted = folded(text);
    SurveyAgency *found = NULL;
    for (guint i = 0; i < survey->agencies->len; i++) {
        SurveyAgency *agency = survey->agencies->pdata[i];
        bool same = same_text(wanted, agency->code) || same_text(wanted, agency->name);
        for (guint a = 0; !same && a < agency->aliases->len; a++)
            same = same_text(wanted, agency->aliases->pdata[a]);
        if (same && found)
            return NULL; /* more than one fits */
        if (same)
            found = agency;
    }
    return found;
}
