/* Scales, criteria trees and forms from the files as written. */
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

static SurveyScale *find_scale(const Survey *survey, const char *id)
{
    for (guint i = 0; i < survey->scales->len; i++) {
        SurveyScale *scale = survey->scales->pdata[i];
        if (g_str_equal(scale->id, id))
            return scale;
    }
    return NULL;
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

/* ---- forms
 * ----------------------------------------------------------------------------------------------------- */

static void question_free(gpointer data)
{
    SurveyQuestion *question = data;
    g_free(question->id);
    g_free(question->number);
    g_free(question->text);
    g_free(question->leaf);
    g_free(question);
}

static void section_free(gpointer data)
{
    SurveySection *section = data;
    g_free(section->title);
    g_ptr_array_unref(section->questions);
    g_free(section);
}

static void foreign_box_free(gpointer data)
{
    SurveyForeignBox *box = data;
    g_free(box->question);
    g_free(box->option);
    g_free(box);
}

static void foreign_page_free(gpointer data)
{
    SurveyForeignPage *page = data;
    g_free(page->blank);
    g_free(page);
}

static void form_free(gpointer data)
{
    SurveyForm *form = data;
    g_free(form->id);
    g_free(form->title);
    g_free(form->subtitle);
    g_free(form->header_left_top);
    g_free(form->header_left_bottom);
    g_free(form->introduction);
    g_free(form->agency_label);
    g_free(form->instruction);
    g_free(form->thanks);
    g_ptr_array_unref(form->sections);
    g_ptr_array_unref(form->questions);
    g_ptr_array_unref(form->foreign_pages);
    g_ptr_array_unref(form->foreign_boxes);
    g_free(form);
}

static SurveyQuestion *build_question(const Survey *survey, const SectionSpec *section,
                                      const QuestionSpec *from, GPtrArray *faults)
{
    SurveyQuestion *question = g_new0(SurveyQuestion, 1);
    question->id = g_strdup(from->id);
    question->number = g_strdup(from->number);
    question->text = g_strdup(from->text);
    question->kind = (SurveyQuestionKind)from->kind;
    question->leaf = *from->leaf ? g_strdup(from->leaf) : NULL;
    question->required = from->required || *from->leaf;
    question->min = from->min;
    question->max = from->max;
    question->lines = from->lines;
    question->place = survey_place(from->place);
    bool boxes = question->kind == SURVEY_QUESTION_ONE || question->kind == SURVEY_QUESTION_MANY;
    const char *scale = *from->scale ? from->scale : section->scale;
    if (boxes && !*scale)
        spec_add_fault(faults, from->place, _("question '%s' has no scale; give it or its section one"),
                       from->id);
    else if (!boxes && *from->scale)
        spec_add_fault(faults, from->place, _("question '%s' is written out by hand, so it takes no scale"),
                       from->id);
    else if (boxes && !(question->scale = find_scale(survey, scale)))
        spec_add_fault(faults, from->place, _("unknown scale '%s'; the scales stand in scales.yaml"), scale);
    if (question->min > question->max)
        spec_add_fault(faults, from->place, _("question '%s': min %d is above max %d"), from->id, from->min,
                       from->max);
    return question;
}

static void build_foreign(SurveyForm *form, const ForeignSpec *from, const char *folder, GPtrArray *faults)
{
    double mm = 1;
    g_autofree char *base = g_canonicalize_filename(folder, NULL);
    form->foreign = true;
    if (from->unit == 1) {
        mm = from->dpi > 0 ? MM_PER_INCH / from->dpi : 1;
        if (from->dpi <= 0)
            spec_add_fault(faults, from->place, _("unit 'px' needs 'dpi', the resolution of the blank"));
    }
    for (guint i = 0; i < from->pages->len; i++) {
        const ForeignPageSpec *page = from->pages->pdata[i];
        SurveyForeignPage *built = g_new0(SurveyForeignPage, 1);
        built->blank = g_canonicalize_filename(page->blank, base);
        built->blank_page = page->blank_page;
        built->width_mm = page->width_mm;
        built->height_mm = page->height_mm;
        if (!g_file_test(built->blank, G_FILE_TEST_IS_REGULAR))
            spec_add_fault(faults, page->place,
                           _("the blank page '%s' is not there; put the file beside the form"), page->blank);
        g_ptr_array_add(form->foreign_pages, built);
    }
    for (guint i = 0; i < from->boxes->len; i++) {
        const ForeignBoxSpec *box = from->boxes->pdata[i];
        SurveyForeignBox *built = g_new0(SurveyForeignBox, 1);
        *built = (SurveyForeignBox){g_strdup(box->question),
                                    *box->option ? g_strdup(box->option) : NULL,
                                    box->page,
                                    {box->x * mm, box->y * mm, box->w * mm, box->h * mm},
                                    box->round};
        g_ptr_array_add(form->foreign_boxes, built);
        SurveyQuestion *question = survey_form_question(form, box->question);
        bool page_there = box->page <= (int)from->pages->len;
        if (!question)
            spec_add_fault(faults, box->place, _("a box of unknown question '%s'"), box->question);
        else if (question->scale && !survey_scale_option(question->scale, box->option))
            spec_add_fault(faults, box->place, _("a box of unknown option '%s' of question '%s'"),
                           box->option, box->question);
        if (!page_there)
            spec_add_fault(faults, box->place, _("a box on page %d; the form has %u pages"), box->page,
                           from->pages->len);
    }
}

void survey_build_forms(Survey *survey, const GPtrArray *written, const char *folder, GPtrArray *faults)
{
    survey->forms = g_ptr_array_new_with_free_func(form_free);
    for (guint i = 0; i < written->len; i++) {
        const FormSpec *from = written->pdata[i];
        SurveyForm *form = g_new0(SurveyForm, 1);
        form->id = g_strdup(from->id);
        form->version = from->version;
        form->title = g_strdup(from->title);
        form->subtitle = g_strdup(from->subtitle);
        form->header_left_top = g_strdup(from->header_left_top);
        form->header_left_bottom = g_strdup(from->header_left_bottom);
        form->introduction = g_strdup(from->introduction);
        form->agency_label = g_strdup(from->agency_label);
        form->instruction = g_strdup(from->instruction);
        form->thanks = g_strdup(from->thanks);
        form->sections = g_ptr_array_new_with_free_func(section_free);
        form->questions = g_ptr_array_new();
        form->foreign_pages = g_ptr_array_new_with_free_func(foreign_page_free);
        form->foreign_boxes = g_ptr_array_new_with_free_func(foreign_box_free);
        form->place = survey_place(from->place);
        for (guint s = 0; s < from->sections->len; s++) {
            const SectionSpec *section = from->sections->pdata[s];
            SurveySection *built = g_new0(SurveySection, 1);
            built->title = g_strdup(section->title);
            built->respondent = section->respondent;
            built->questions = g_ptr_array_new_with_free_func(question_free);
            for (guint q = 0; q < section->questions->len; q++) {
                SurveyQuestion *question =
                    build_question(survey, section, section->questions->pdata[q], faults);
                g_ptr_array_add(built->questions, question);
                g_ptr_array_add(form->questions, question);
            }
            g_ptr_array_add(form->sections, built);
        }
        if (from->foreign)
            build_foreign(form, from->foreign, folder, faults);
        g_ptr_array_add(survey->forms, form);
    }
}
