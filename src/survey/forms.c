/* Forms from the files as written; one that extends another is built after it. */
#include <string.h>

#include "survey/files.h"

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

static SurveyScale *find_scale(const Survey *survey, const char *id)
{
    for (guint i = 0; i < survey->scales->len; i++) {
        SurveyScale *scale = survey->scales->pdata[i];
        if (g_str_equal(scale->id, id))
            return scale;
    }
    return NULL;
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

/* ---- a form that extends another one
 * ----------------------------------------------------------------------------------------------------- */

/* The questions of the form extended that it leaves out: a set of ids. */
static GHashTable *left_out(const SurveyForm *form, const FormSpec *from, GPtrArray *faults)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < from->without->len; i++) {
        const SpecText *id = from->without->pdata[i];
        if (!survey_form_question(form->extends, id->text))
            spec_add_fault(faults, id->place,
                           _("form '%s': 'without' names '%s', and form '%s' has no such question"), form->id,
                           id->text, form->extends->id);
        else if (!g_hash_table_add(ids, id->text))
            spec_add_fault(faults, id->place, _("form '%s': 'without' names '%s' twice; keep one"), form->id,
                           id->text);
    }
    return ids;
}

/* The numbers printed on a form, in its order: char*, borrowed. */
static GPtrArray *printed_numbers(const SurveyForm *form)
{
    GPtrArray *numbers = g_ptr_array_new();
    for (guint i = 0; i < form->questions->len; i++) {
        SurveyQuestion *question = form->questions->pdata[i];
        if (*question->number)
            g_ptr_array_add(numbers, question->number);
    }
    return numbers;
}

static SurveyQuestion *copy_question(const SurveyQuestion *from, const char *number)
{
    SurveyQuestion *question = g_memdup2(from, sizeof *from);
    question->id = g_strdup(from->id);
    question->number = g_strdup(number);
    question->text = g_strdup(from->text);
    question->leaf = g_strdup(from->leaf);
    return question;
}

/* Gives sections their new titles; a title for none of them is a fault. */
static void retitle_sections(SurveyForm *form, const FormSpec *from, GPtrArray *faults)
{
    for (guint i = 0; i < from->retitle->len; i++) {
        const RetitleSpec *retitle = from->retitle->pdata[i];
        bool found = false;
        for (guint s = 0; s < form->sections->len; s++) {
            SurveySection *section = form->sections->pdata[s];
            if (!g_str_equal(section->title, retitle->section))
                continue;
            g_free(section->title);
            section->title = g_strdup(retitle->title);
            found = true;
        }
        if (!found)
            spec_add_fault(faults, retitle->place,
                           _("form '%s' has no section '%s' that could be given another title"), form->id,
                           retitle->section);
    }
}

/* The n-th numbered question that is left gets the n-th number of the form extended: numbers on the paper
 * follow each other, ids stay. */
static void extend_form(SurveyForm *form, const FormSpec *from, GPtrArray *faults)
{
    g_autoptr(GHashTable) without = left_out(form, from, faults);
    g_autoptr(GPtrArray) numbers = printed_numbers(form->extends);
    guint next = 0;
    for (guint s = 0; s < form->extends->sections->len; s++) {
        const SurveySection *section = form->extends->sections->pdata[s];
        SurveySection *built = g_new0(SurveySection, 1);
        *built = (SurveySection){g_strdup(section->title), section->respondent,
                                 g_ptr_array_new_with_free_func(question_free)};
        for (guint q = 0; q < section->questions->len; q++) {
            const SurveyQuestion *question = section->questions->pdata[q];
            if (g_hash_table_contains(without, question->id))
                continue;
            SurveyQuestion *copy = copy_question(question, *question->number ? numbers->pdata[next++] : "");
            g_ptr_array_add(built->questions, copy);
            g_ptr_array_add(form->questions, copy);
        }
        if (built->questions->len)
            g_ptr_array_add(form->sections, built);
        else
            section_free(built);
    }
    if (form->questions->len == 0 && form->extends->questions->len)
        spec_add_fault(faults, from->place, _("form '%s' leaves out every question of '%s'"), form->id,
                       form->extends->id);
    retitle_sections(form, from, faults);
}

/* ---- all of them
 * ----------------------------------------------------------------------------------------------------- */

/* The form's own texts; where it has none, those of the form it extends. */
static void build_texts(SurveyForm *form, const FormSpec *from)
{
    static const struct {
        size_t written, built;
    } texts[] = {
#define BOTH(member) {G_STRUCT_OFFSET(FormSpec, member), G_STRUCT_OFFSET(SurveyForm, member)}
        BOTH(title),        BOTH(subtitle),     BOTH(header_left_top), BOTH(header_left_bottom),
        BOTH(introduction), BOTH(agency_label), BOTH(instruction),     BOTH(thanks),
#undef BOTH
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = G_STRUCT_MEMBER(char *, from, texts[i].written);
        if (!*text && form->extends)
            text = G_STRUCT_MEMBER(char *, form->extends, texts[i].built);
        G_STRUCT_MEMBER(char *, form, texts[i].built) = g_strdup(text);
    }
}

/* What a form must and must not say for the way it comes by its questions. */
static void check_written(const FormSpec *from, GPtrArray *faults)
{
    static const char *const lacks = N_("%s lacks '%s'"); /* as where it is always needed */
    if (*from->extends && from->sections->len)
        spec_add_fault(faults, from->place,
                       _("form '%s' extends '%s' and takes its questions from there; remove 'sections'"),
                       from->id, from->extends);
    if (*from->extends)
        return;
    if (!*from->title)
        spec_add_fault(faults, from->place, _(lacks), _(survey_form_table.name), "title");
    if (!from->sections->len)
        spec_add_fault(faults, from->place, _(lacks), _(survey_form_table.name), "sections");
    if (from->without->len || from->retitle->len)
        spec_add_fault(faults, from->place,
                       _("form '%s': 'without' and 'retitle' are for a form that 'extends' another one"),
                       from->id);
}

static void build_sections(const Survey *survey, SurveyForm *form, const FormSpec *from, GPtrArray *faults)
{
    for (guint s = 0; s < from->sections->len; s++) {
        const SectionSpec *section = from->sections->pdata[s];
        SurveySection *built = g_new0(SurveySection, 1);
        built->title = g_strdup(section->title);
        built->respondent = section->respondent;
        built->questions = g_ptr_array_new_with_free_func(question_free);
        for (guint q = 0; q < section->questions->len; q++) {
            SurveyQuestion *question = build_question(survey, section, section->questions->pdata[q], faults);
            g_ptr_array_add(built->questions, question);
            g_ptr_array_add(form->questions, question);
        }
        g_ptr_array_add(form->sections, built);
    }
}

static SurveyForm *new_form(const FormSpec *from)
{
    SurveyForm *form = g_new0(SurveyForm, 1);
    form->id = g_strdup(from->id);
    form->version = from->version;
    form->stands_for = form;
    form->sections = g_ptr_array_new_with_free_func(section_free);
    form->questions = g_ptr_array_new();
    form->foreign_pages = g_ptr_array_new_with_free_func(foreign_page_free);
    form->foreign_boxes = g_ptr_array_new_with_free_func(foreign_box_free);
    form->place = survey_place(from->place);
    return form;
}

/* Whether following 'extends' from the form leads back to it. */
static bool in_circle(const Survey *survey, const SurveyForm *form)
{
    const SurveyForm *above = form->extends;
    for (guint steps = 0; above && above != form && steps < survey->forms->len; steps++)
        above = above->extends;
    return above == form;
}

/* Whom each form extends; a circle is a fault and is cut. */
static void link_forms(Survey *survey, const GPtrArray *written, GPtrArray *faults)
{
    for (guint i = 0; i < written->len; i++) {
        const FormSpec *from = written->pdata[i];
        SurveyForm *form = survey->forms->pdata[i];
        if (*from->extends && !(form->extends = survey_form(survey, from->extends)))
            spec_add_fault(faults, from->place,
                           _("form '%s' extends the unknown form '%s'; forms stand in form-*.yaml"), from->id,
                           from->extends);
    }
    for (guint i = 0; i < written->len; i++) {
        const FormSpec *from = written->pdata[i];
        SurveyForm *form = survey->forms->pdata[i];
        if (!in_circle(survey, form))
            continue;
        form->extends = NULL;
        spec_add_fault(
            faults, from->place,
            _("form '%s' extends '%s', which in the end extends '%s' itself; one of them must have "
              "its own questions"),
            from->id, from->extends, from->id);
    }
}

/* Gives a form its contents, after the form it extends. */
static void build_form(Survey *survey, const GPtrArray *written, guint i, const char *folder,
                       GPtrArray *faults)
{
    const FormSpec *from = written->pdata[i];
    SurveyForm *form = survey->forms->pdata[i];
    guint above;
    if (form->title)
        return; /* it has them */
    if (form->extends && g_ptr_array_find(survey->forms, form->extends, &above))
        build_form(survey, written, above, folder, faults);
    build_texts(form, from);
    check_written(from, faults);
    if (form->extends)
        extend_form(form, from, faults);
    else
        build_sections(survey, form, from, faults);
    if (from->foreign)
        build_foreign(form, from->foreign, folder, faults);
}

void survey_build_forms(Survey *survey, const GPtrArray *written, const char *folder, GPtrArray *faults)
{
    survey->forms = g_ptr_array_new_with_free_func(form_free);
    for (guint i = 0; i < written->len; i++)
        g_ptr_array_add(survey->forms, new_form(written->pdata[i]));
    link_forms(survey, written, faults);
    for (guint i = 0; i < written->len; i++)
        build_form(survey, written, i, folder, faults);
}
