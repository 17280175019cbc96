/* A built survey checked as a whole: sums, uniqueness, and what each part needs of the others. */
#include <string.h>

#include "survey/files.h"

static SpecPlace spec_place(SurveyPlace place)
{
    return (SpecPlace){place.file, place.line, place.column};
}

/* Codes stand in page codes: upper case, digits and '-', of limited length. */
static void check_code(const char *code, size_t max, SurveyPlace place, GPtrArray *faults)
{
    if (!*code)
        return;
    bool good = strlen(code) <= max;
    for (const char *c = code; good && *c; c++)
        good = g_ascii_isupper(*c) || g_ascii_isdigit(*c) || *c == '-';
    if (!good)
        spec_add_fault(faults, spec_place(place),
                       _("'%s': a code has at most %zu of A–Z, 0–9 and '-', so that it fits the page code"),
                       code, max);
}

static void check_unique(GHashTable *seen, const char *code, const char *what, SurveyPlace place,
                         GPtrArray *faults)
{
    const SurveyPlace *first = g_hash_table_lookup(seen, code);
    if (!*code)
        return;
    if (first)
        spec_add_fault(faults, spec_place(place),
                       _("%s '%s' stands twice (first at %s:%d); change one of them"), what, code,
                       first->file, first->line);
    else
        g_hash_table_insert(seen, (gpointer)code, g_memdup2(&place, sizeof place));
}

static GHashTable *new_seen(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
}

static void check_codes(const Survey *survey, GPtrArray *faults)
{
    g_autoptr(GHashTable) agencies = new_seen(), origins = new_seen(), groups = new_seen(),
                          forms = new_seen(), scales = new_seen(), blocks = new_seen(), criteria = new_seen();
    for (guint i = 0; i < survey->blocks->len; i++) {
        const SurveyBlock *block = survey->blocks->pdata[i];
        check_unique(blocks, block->id, _("block"), block->place, faults);
    }
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *agency = survey->agencies->pdata[i];
        check_unique(agencies, agency->code, _("agency"), agency->place, faults);
        check_code(agency->code, 15, agency->place, faults);
    }
    for (guint i = 0; i < survey->origins->len; i++) {
        const SurveyOrigin *origin = survey->origins->pdata[i];
        bool own = i < survey->agencies->len; /* an agency's own unit: told with the agency */
        if (!own)
            check_code(origin->code, 23, origin->place, faults);
        if (!own || !g_hash_table_contains(origins, origin->code))
            check_unique(origins, origin->code, _("originating unit"), origin->place, faults);
    }
    for (guint i = 0; i < survey->groups->len; i++) {
        const SurveyGroup *group = survey->groups->pdata[i];
        check_unique(groups, group->id, _("group"), group->place, faults);
        check_code(group->id, 11, group->place, faults);
    }
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        check_unique(forms, form->id, _("form"), form->place, faults);
        check_code(form->id, 11, form->place, faults);
    }
    for (guint i = 0; i < survey->scales->len; i++) {
        const SurveyScale *scale = survey->scales->pdata[i];
        check_unique(scales, scale->id, _("scale"), scale->place, faults);
    }
    for (guint i = 0; i < survey->criteria->len; i++) {
        const SurveyCriteria *set = survey->criteria->pdata[i];
        check_unique(criteria, set->id, _("criteria set"), set->place, faults);
    }
}

static void check_main(const Survey *survey, SpecPlace place, GPtrArray *faults)
{
    size_t length = strlen(survey->id);
    bool good = length <= 6;
    for (const char *c = survey->id; good && *c; c++)
        good = g_ascii_isupper(*c) || g_ascii_isdigit(*c);
    if (!good)
        spec_add_fault(faults, place,
                       _("survey id '%s': 1 to 6 of A–Z and 0–9, so that it fits the page code"), survey->id);
    g_autoptr(Rational) one = rational_new(1, 1);
    const SurveyRules *rules = &survey->rules;
    if (rational_compare(rules->valid_share, one) > 0 ||
        rational_compare(rules->partial_share, rules->valid_share) > 0)
        spec_add_fault(faults, place, _("rules: partial_share ≤ valid_share ≤ 1 must hold"));
    for (guint i = 0; i < survey->blocks->len; i++) {
        const SurveyBlock *block = survey->blocks->pdata[i];
        if (*block->criteria_id && !survey_criteria(survey, block->criteria_id))
            spec_add_fault(faults, spec_place(block->place),
                           _("block '%s': unknown criteria set '%s'; sets stand in criteria-*.yaml"),
                           block->id, block->criteria_id);
        for (guint b = 1; b < block->bands->len; b++) {
            const SurveyBand *above = block->bands->pdata[b - 1], *band = block->bands->pdata[b];
            if (rational_compare(band->from_percent, above->from_percent) >= 0)
                spec_add_fault(faults, spec_place(block->place),
                               _("block '%s': band '%s' must begin below band '%s'; write the best first"),
                               block->id, band->name, above->name);
        }
    }
}

/* ---- criteria
 * ------------------------------------------------------------------------------------------------ */

/* As a person would write it in the file: "40", "2.25". */
static char *short_decimal(const Rational *value)
{
    char *text = rational_to_decimal(value, 4, '.');
    size_t length = strlen(text);
    while (length > 1 && text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    text[length] = '\0';
    return text;
}

/* `sum` against what it should be. */
static void check_sum(const GPtrArray *nodes, const Rational *expected, const char *code, SurveyPlace place,
                      GPtrArray *faults)
{
    g_autoptr(Rational) sum = rational_new(0, 1);
    for (guint i = 0; i < nodes->len; i++)
        rational_add_to(&sum, ((SurveyNode *)nodes->pdata[i])->max);
    if (rational_compare(sum, expected) == 0)
        return;
    g_autofree char *sum_text = short_decimal(sum);
    g_autofree char *expected_text = short_decimal(expected);
    spec_add_fault(faults, spec_place(place), _("'%s': the parts add to %s, not to %s; correct a 'max'"),
                   code, sum_text, expected_text);
}

/* Whether the group's form asks a question bound to that leaf. */
static bool form_asks(const SurveyForm *form, const char *leaf)
{
    for (guint i = 0; form && i < form->questions->len; i++) {
        const SurveyQuestion *question = form->questions->pdata[i];
        if (question->leaf && g_str_equal(question->leaf, leaf))
            return true;
    }
    return false;
}

static const SurveyBlock *block_of_set(const Survey *survey, const SurveyCriteria *criteria)
{
    for (guint i = 0; i < survey->blocks->len; i++) {
        const SurveyBlock *block = survey->blocks->pdata[i];
        if (g_str_equal(block->criteria_id, criteria->id))
            return block;
    }
    return NULL;
}

static void check_surveyed(const Survey *survey, const SurveyCriteria *criteria, const SurveyNode *leaf,
                           GPtrArray *faults)
{
    const SurveyBlock *block = block_of_set(survey, criteria);
    g_autoptr(Rational) sum = rational_new(0, 1), one = rational_new(1, 1);
    for (guint i = 0; i < leaf->groups->len; i++) {
        const SurveyLeafGroup *share = leaf->groups->pdata[i];
        rational_add_to(&sum, share->weight);
        if (block && share->group->block && share->group->block != block)
            spec_add_fault(faults, spec_place(leaf->place), _("'%s': group '%s' does not assess block '%s'"),
                           leaf->code, share->group->id, block->id);
        if (share->group->form && !form_asks(share->group->form, leaf->code))
            spec_add_fault(faults, spec_place(leaf->place),
                           _("'%s' is scored by group '%s', but form '%s' has no question bound to it"),
                           leaf->code, share->group->id, share->group->form->id);
    }
    if (leaf->groups->len && rational_compare(sum, one) != 0)
        spec_add_fault(faults, spec_place(leaf->place), _("'%s': the weights of its groups must add to 1"),
                       leaf->code);
}

static void check_step(const SurveyNode *leaf, GPtrArray *faults)
{
    if (!leaf->step)
        return;
    if (rational_sign(leaf->step) <= 0) {
        spec_add_fault(faults, spec_place(leaf->place), _("'%s': the step must be above 0"), leaf->code);
        return;
    }
    g_autoptr(Rational) steps = rational_div(leaf->max, leaf->step);
    g_autofree char *exact = rational_to_exact(steps);
    if (strchr(exact, '/'))
        spec_add_fault(faults, spec_place(leaf->place), _("'%s': its maximum is no multiple of its step"),
                       leaf->code);
}

static void check_node(const Survey *survey, const SurveyCriteria *criteria, const SurveyNode *node,
                       GPtrArray *faults)
{
    if (node->kind == SURVEY_NODE_BRANCH)
        check_sum(node->children, node->max, node->code, node->place, faults);
    else if (node->kind == SURVEY_NODE_SURVEYED)
        check_surveyed(survey, criteria, node, faults);
    else
        check_step(node, faults);
    if (rational_sign(node->max) <= 0)
        spec_add_fault(faults, spec_place(node->place), _("'%s': the maximum must be above 0"), node->code);
    for (guint i = 0; i < node->children->len; i++)
        check_node(survey, criteria, node->children->pdata[i], faults);
}

static void check_criteria(const Survey *survey, GPtrArray *faults)
{
    for (guint i = 0; i < survey->criteria->len; i++) {
        const SurveyCriteria *criteria = survey->criteria->pdata[i];
        check_sum(criteria->areas, criteria->total, criteria->id, criteria->place, faults);
        for (guint a = 0; a < criteria->areas->len; a++)
            check_node(survey, criteria, criteria->areas->pdata[a], faults);
    }
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *agency = survey->agencies->pdata[i];
        const SurveyCriteria *criteria =
            agency->block ? survey_criteria(survey, agency->block->criteria_id) : NULL;
        GHashTableIter iter;
        gpointer code;
        g_hash_table_iter_init(&iter, agency->not_applicable);
        while (criteria && g_hash_table_iter_next(&iter, &code, NULL)) {
            const SurveyNode *leaf = g_hash_table_lookup(criteria->by_code, code);
            if (!leaf || leaf->kind == SURVEY_NODE_BRANCH)
                spec_add_fault(faults, spec_place(agency->place),
                               _("agency '%s': not_applicable names '%s', which is no leaf of set '%s'"),
                               agency->code, (char *)code, criteria->id);
        }
    }
}

/* ---- forms and scales
 * -------------------------------------------------------------------------------------------- */

static void check_scales(const Survey *survey, GPtrArray *faults)
{
    for (guint i = 0; i < survey->scales->len; i++) {
        const SurveyScale *scale = survey->scales->pdata[i];
        g_autoptr(GHashTable) seen = new_seen();
        g_autoptr(Rational) one = rational_new(1, 1);
        int weights = 0;
        for (guint o = 0; o < scale->options->len; o++) {
            const SurveyOption *option = scale->options->pdata[o];
            check_unique(seen, option->id, _("option"), scale->place, faults);
            if (strpbrk(option->id, "+?,\"; \t"))
                spec_add_fault(faults, spec_place(scale->place),
                               _("option id '%s' of scale '%s': no '+', '?', ',', ';', quotes or blanks"),
                               option->id, scale->id);
            weights += option->weight != NULL;
            if (option->weight && rational_compare(option->weight, one) > 0)
                spec_add_fault(faults, spec_place(scale->place),
                               _("option '%s' of scale '%s': a weight is from 0 to 1"), option->id,
                               scale->id);
        }
        if (scale->options->len == 0)
            spec_add_fault(faults, spec_place(scale->place), _("scale '%s' has no options"), scale->id);
        if (scale->scored && weights < 2)
            spec_add_fault(faults, spec_place(scale->place),
                           _("scale '%s' is scored: at least two options need a weight"), scale->id);
    }
}

/* A leaf is fed by a form's question only where the leaf names a group that fills in that form. */
static void check_binding(const Survey *survey, const SurveyForm *form, const SurveyQuestion *question,
                          GPtrArray *faults)
{
    bool exists = false, wanted = false;
    for (guint g = 0; g < survey->groups->len; g++) {
        const SurveyGroup *group = survey->groups->pdata[g];
        const SurveyCriteria *criteria =
            group->form == form && group->block ? survey_criteria(survey, group->block->criteria_id) : NULL;
        const SurveyNode *leaf = criteria ? g_hash_table_lookup(criteria->by_code, question->leaf) : NULL;
        exists |= leaf != NULL || (group->form == form && !criteria); /* said where the set is named */
        wanted |= group->form == form && !criteria;
        for (guint i = 0; leaf && i < leaf->groups->len; i++)
            wanted |= ((SurveyLeafGroup *)leaf->groups->pdata[i])->group == group;
    }
    if (!exists)
        spec_add_fault(faults, spec_place(question->place),
                       _("question '%s' is bound to '%s', which is no leaf of the criteria its groups score"),
                       question->id, question->leaf);
    else if (!wanted)
        spec_add_fault(faults, spec_place(question->place),
                       _("question '%s' is bound to '%s', but that leaf does not name the group in 'survey'"),
                       question->id, question->leaf);
}

/* Whether a group answers a form, or nothing on it is scored; a fault where not. */
static bool check_answered(const Survey *survey, const SurveyForm *form, GPtrArray *faults)
{
    bool answered = form->stands_for != form, scored = false;
    for (guint g = 0; g < survey->groups->len; g++)
        answered |= ((SurveyGroup *)survey->groups->pdata[g])->form == form;
    for (guint q = 0; q < form->questions->len; q++)
        scored |= ((SurveyQuestion *)form->questions->pdata[q])->leaf != NULL;
    if (!answered && scored)
        spec_add_fault(faults, spec_place(form->place),
                       _("form '%s' is answered by no group of groups.yaml; name it there or remove it"),
                       form->id);
    return answered;
}

static void check_forms(const Survey *survey, GPtrArray *faults)
{
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        g_autoptr(GHashTable) seen = new_seen();
        bool answered = check_answered(survey, form, faults);
        if (form->stands_for != form)
            continue; /* its questions are those of a form of the same groups */
        for (guint q = 0; q < form->questions->len; q++) {
            const SurveyQuestion *question = form->questions->pdata[q];
            check_unique(seen, question->id, _("question"), question->place, faults);
            if (strpbrk(question->id, ",\"; \t"))
                spec_add_fault(faults, spec_place(question->place),
                               _("question id '%s': no ',', ';', quotes or blanks"), question->id);
            if (!question->leaf || !answered)
                continue;
            check_binding(survey, form, question, faults);
            if (question->kind != SURVEY_QUESTION_ONE || (question->scale && !question->scale->scored))
                spec_add_fault(faults, spec_place(question->place),
                               _("question '%s' feeds leaf '%s', so it takes one answer on a scored scale"),
                               question->id, question->leaf);
        }
    }
}

/* A form that stands for a group's own still asks something on every leaf the group scores the agency by. */
static void check_stand_in(const Survey *survey, const SurveyGroup *group, const SurveyAgency *agency,
                           const SurveyForm *form, GPtrArray *faults)
{
    const SurveyCriteria *criteria = group->block ? survey_criteria(survey, group->block->criteria_id) : NULL;
    for (guint l = 0; criteria && l < criteria->leaves->len; l++) {
        const SurveyNode *leaf = criteria->leaves->pdata[l];
        bool scored = false;
        for (guint i = 0; i < leaf->groups->len; i++)
            scored |= ((SurveyLeafGroup *)leaf->groups->pdata[i])->group == group;
        if (scored && !g_hash_table_contains(agency->not_applicable, leaf->code) &&
            !form_asks(form, leaf->code) && form_asks(group->form, leaf->code))
            spec_add_fault(faults, spec_place(form->place),
                           _("form '%s' asks nothing on '%s', by which group '%s' scores agency '%s'; take a "
                             "question on it out of 'without'"),
                           form->id, leaf->code, group->id, agency->code);
    }
}

static void check_groups(const Survey *survey, GPtrArray *faults)
{
    for (guint i = 0; i < survey->groups->len; i++) {
        const SurveyGroup *group = survey->groups->pdata[i];
        bool planned = false;
        for (guint c = 0; c < survey->cells->len && !planned; c++)
            planned = ((SurveyCell *)survey->cells->pdata[c])->group == group;
        if (!planned)
            spec_add_fault(faults, spec_place(group->place),
                           _("group '%s' has no cell: its quota reaches nobody"), group->id);
        for (guint a = 0; a < survey->agencies->len; a++) {
            const SurveyAgency *agency = survey->agencies->pdata[a];
            const SurveyForm *form = survey_group_form(group, agency);
            if (form && form != group->form)
                check_stand_in(survey, group, agency, form, faults);
        }
    }
}

void survey_check(const Survey *survey, GPtrArray *faults)
{
    SpecPlace start = {g_intern_string("survey.yaml"), 1, 1};
    if (survey->blocks->len)
        start.file = ((SurveyBlock *)survey->blocks->pdata[0])->place.file;
    check_main(survey, start, faults);
    check_codes(survey, faults);
    check_scales(survey, faults);
    check_criteria(survey, faults);
    check_forms(survey, faults);
    check_groups(survey, faults);
}
