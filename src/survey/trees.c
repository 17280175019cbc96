/* Scales and criteria trees from the files as written. */
#include <string.h>

#include "survey/files.h"

static void option_free(gpointer data)
{
    SurveyOption *option = data;
    g_free(option->id);
    g_free(option->label);
    rational_free(option->weight);
    g_free(option);
}

static void scale_free(gpointer data)
{
    SurveyScale *scale = data;
    g_free(scale->id);
    g_ptr_array_unref(scale->options);
    g_free(scale);
}

void survey_build_scales(Survey *survey, const ScalesSpec *written)
{
    survey->scales = g_ptr_array_new_with_free_func(scale_free);
    for (guint i = 0; i < written->scales->len; i++) {
        const ScaleSpec *from = written->scales->pdata[i];
        SurveyScale *scale = g_new0(SurveyScale, 1);
        scale->id = g_strdup(from->id);
        scale->scored = from->scored;
        scale->options = g_ptr_array_new_with_free_func(option_free);
        scale->place = survey_place(from->place);
        for (guint o = 0; o < from->options->len; o++) {
            const OptionSpec *option = from->options->pdata[o];
            SurveyOption *built = g_new0(SurveyOption, 1);
            *built = (SurveyOption){g_strdup(option->id), g_strdup(option->label),
                                    option->weight ? rational_copy(option->weight) : NULL};
            g_ptr_array_add(scale->options, built);
        }
        g_ptr_array_add(survey->scales, scale);
    }
}

/* ---- criteria
 * ------------------------------------------------------------------------------------------------ */

static void leaf_group_free(gpointer data)
{
    SurveyLeafGroup *group = data;
    rational_free(group->weight);
    g_free(group);
}

static void node_free(gpointer data)
{
    SurveyNode *node = data;
    g_free(node->code);
    g_free(node->name);
    rational_free(node->max);
    rational_free(node->step);
    g_ptr_array_unref(node->children);
    g_ptr_array_unref(node->groups);
    g_free(node);
}

static void criteria_free(gpointer data)
{
    SurveyCriteria *criteria = data;
    g_free(criteria->id);
    g_free(criteria->name);
    rational_free(criteria->total);
    g_ptr_array_unref(criteria->areas);
    g_ptr_array_unref(criteria->leaves);
    g_hash_table_unref(criteria->by_code);
    g_free(criteria);
}

static void build_leaf_groups(const Survey *survey, SurveyNode *node, const NodeSpec *from, GPtrArray *faults)
{
    if (from->weights->len && from->weights->len != from->survey->len)
        spec_add_fault(faults, from->place, _("'%s' names %u groups and %u weights; give one weight a group"),
                       from->code, from->survey->len, from->weights->len);
    for (guint i = 0; i < from->survey->len; i++) {
        const SpecText *id = from->survey->pdata[i];
        SurveyGroup *group = survey_group(survey, id->text);
        if (!group) {
            spec_add_fault(faults, id->place, _("unknown group '%s'; the groups stand in groups.yaml"),
                           id->text);
            continue;
        }
        SurveyLeafGroup *share = g_new0(SurveyLeafGroup, 1);
        share->group = group;
        share->weight = i < from->weights->len ? rational_copy(from->weights->pdata[i])
                                               : rational_new(1, (int64_t)from->survey->len);
        g_ptr_array_add(node->groups, share);
    }
}

static SurveyNode *build_node(Survey *survey, SurveyCriteria *criteria, SurveyNode *parent,
                              const NodeSpec *from, GPtrArray *faults)
{
    SurveyNode *node = g_new0(SurveyNode, 1);
    node->code = g_strdup(from->code);
    node->name = g_strdup(from->name);
    node->max = from->max ? rational_copy(from->max) : rational_new(0, 1);
    node->step = from->step ? rational_copy(from->step) : NULL;
    node->parent = parent;
    node->children = g_ptr_array_new_with_free_func(node_free);
    node->groups = g_ptr_array_new_with_free_func(leaf_group_free);
    node->method = (SurveyMethod)from->method;
    node->pooling = (SurveyPooling)from->pooling;
    node->place = survey_place(from->place);
    node->kind = from->criteria->len ? SURVEY_NODE_BRANCH
                 : from->survey->len ? SURVEY_NODE_SURVEYED
                                     : SURVEY_NODE_APPRAISED;
    if (from->criteria->len && (from->survey->len || from->step))
        spec_add_fault(faults, from->place,
                       _("'%s' has criteria below it, so it takes neither 'survey' nor 'step'"), from->code);
    if (from->survey->len && from->step)
        spec_add_fault(faults, from->place, _("'%s' is scored by the survey, so it takes no 'step'"),
                       from->code);
    build_leaf_groups(survey, node, from, faults);
    if (*node->code && !g_hash_table_insert(criteria->by_code, node->code, node))
        spec_add_fault(faults, from->place,
                       _("criterion code '%s' stands twice in set '%s'; change one of them"), from->code,
                       criteria->id);
    for (guint i = 0; i < from->criteria->len; i++)
        g_ptr_array_add(node->children, build_node(survey, criteria, node, from->criteria->pdata[i], faults));
    if (node->kind != SURVEY_NODE_BRANCH)
        g_ptr_array_add(criteria->leaves, node);
    return node;
}

void survey_build_criteria(Survey *survey, const GPtrArray *written, GPtrArray *faults)
{
    survey->criteria = g_ptr_array_new_with_free_func(criteria_free);
    for (guint i = 0; i < written->len; i++) {
        const CriteriaSpec *from = written->pdata[i];
        SurveyCriteria *criteria = g_new0(SurveyCriteria, 1);
        criteria->id = g_strdup(from->id);
        criteria->name = g_strdup(from->name);
        criteria->total = from->total ? rational_copy(from->total) : rational_new(0, 1);
        criteria->areas = g_ptr_array_new_with_free_func(node_free);
        criteria->leaves = g_ptr_array_new();
        criteria->by_code = g_hash_table_new(g_str_hash, g_str_equal);
        criteria->place = survey_place(from->place);
        for (guint a = 0; a < from->areas->len; a++)
            g_ptr_array_add(criteria->areas,
                            build_node(survey, criteria, NULL, from->areas->pdata[a], faults));
        g_ptr_array_add(survey->criteria, criteria);
    }
}
