/* A workspace of forms/nho in a temporary folder, and pages in it as a scan would store them; for the unit
 * tests of store, quota and score. Form A has one page (q1, q2, q3), form B two (kenh, q1 | q2). */
#ifndef PHIEU_TESTS_UNIT_WORKSPACE_H
#define PHIEU_TESTS_UNIT_WORKSPACE_H

#include <glib/gstdio.h>
#include <string.h>

#include "store/store.h"

/* Pieces of the definition to be replaced, ended by a NULL file. */
typedef struct {
    const char *file, *from, *to;
} WorkspaceEdit;

typedef struct {
    char *root, *definition, *dir; /* dir is the workspace, both others lie in root */
    Store *store;
    Layout *a, *b;
    int files; /* scans taken in so far */
} Workspace;

static inline void workspace_remove(const char *path)
{
    g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        workspace_remove(inside);
    }
    g_remove(path);
}

/* Copies forms/nho to `to`, with the edits; each must fit. */
static inline void workspace_copy_definition(const char *to, const WorkspaceEdit *edits)
{
    g_assert_cmpint(g_mkdir_with_parents(to, 0755), ==, 0);
    g_autoptr(GDir) dir = g_dir_open("forms/nho", 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *from = g_build_filename("forms/nho", name, NULL),
                        *copy = g_build_filename(to, name, NULL);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(from, &text, NULL, NULL));
        g_autoptr(GString) edited = g_string_new(text);
        for (const WorkspaceEdit *edit = edits; edit && edit->file; edit++) {
            if (g_str_equal(edit->file, name))
                g_assert_cmpuint(g_string_replace(edited, edit->from, edit->to, 0), >, 0);
        }
        g_assert_true(g_file_set_contents(copy, edited->str, -1, NULL));
    }
}

static inline Survey *workspace_load_survey(const char *folder)
{
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    Survey *survey = survey_load(folder, &faults, &error);
    for (guint i = 0; faults && i < faults->len; i++) {
        g_autofree char *text = survey_fault_to_text(faults->pdata[i]);
        g_test_message("%s", text);
    }
    g_assert_no_error(error);
    return survey;
}

/* Adds a page with the boxes of these questions. */
static inline void workspace_add_layout_page(Layout *layout, const SurveyForm *form,
                                             const char *const *questions)
{
    LayoutPage *page = layout_add_page(layout, 210, 297);
    for (int q = 0; questions[q]; q++) {
        const SurveyScale *scale = survey_form_question(form, questions[q])->scale;
        for (guint o = 0; o < scale->options->len; o++)
            layout_add_box(page, questions[q], ((SurveyOption *)scale->options->pdata[o])->id,
                           (RectMm){100 + 10.0 * o, 50 + 10.0 * q, 4, 4}, 0.3, LAYOUT_SQUARE);
    }
}

static inline void workspace_find_layouts(Workspace *w)
{
    const GPtrArray *layouts = store_layouts(w->store);
    for (guint i = 0; i < layouts->len; i++) {
        Layout *layout = layouts->pdata[i];
        *(g_str_equal(layout->form, "A") ? &w->a : &w->b) = layout;
    }
}

static inline void workspace_add_layouts(Workspace *w)
{
    static const char *const a[] = {"q1", "q2", "q3", NULL}, *const b1[] = {"kenh", "q1", NULL},
                             *const b2[] = {"q2", NULL};
    const Survey *survey = store_survey(w->store);
    g_autoptr(Layout) one = layout_new("A", 1), two = layout_new("B", 1);
    workspace_add_layout_page(one, survey_form(survey, "A"), a);
    workspace_add_layout_page(two, survey_form(survey, "B"), b1);
    workspace_add_layout_page(two, survey_form(survey, "B"), b2);
    layout_seal(one);
    layout_seal(two);
    g_autoptr(GError) error = NULL;
    store_add_layout(w->store, one, &error);
    g_assert_no_error(error);
    store_add_layout(w->store, two, &error);
    g_assert_no_error(error);
    workspace_find_layouts(w);
    g_assert_nonnull(w->a);
    g_assert_nonnull(w->b);
}

/* Opens a made workspace again, for writing. */
static inline void workspace_reopen(Workspace *w)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&w->store, store_free);
    w->store = store_open(w->dir, STORE_WORK, &error);
    g_assert_no_error(error);
    workspace_find_layouts(w);
}

static inline Workspace *workspace_new(const WorkspaceEdit *edits)
{
    Workspace *w = g_new0(Workspace, 1);
    w->root = g_dir_make_tmp("phieu-unit-XXXXXX", NULL);
    w->definition = g_build_filename(w->root, "definition", NULL);
    w->dir = g_build_filename(w->root, "workspace", NULL);
    workspace_copy_definition(w->definition, edits);
    g_autoptr(Survey) survey = workspace_load_survey(w->definition);
    g_autoptr(GError) error = NULL;
    store_init(w->dir, survey, &error);
    g_assert_no_error(error);
    workspace_reopen(w);
    workspace_add_layouts(w);
    return w;
}

static inline void workspace_free(Workspace *w)
{
    store_free(w->store);
    workspace_remove(w->root);
    g_free(w->root);
    g_free(w->definition);
    g_free(w->dir);
    g_free(w);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workspace, workspace_free)

/* Issues serials (char*) for a cell. */
static inline GPtrArray *workspace_issue(Workspace *w, const char *group, const char *agency,
                                         const char *origin, int count)
{
    const SurveyCell *cell = survey_cell(store_survey(w->store), group, agency, origin);
    g_assert_nonnull(cell);
    GPtrArray *serials = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    store_issue(w->store, cell, g_str_equal(cell->group->form->id, "A") ? w->a : w->b, count, serials,
                &error);
    g_assert_no_error(error);
    return serials;
}

/* What was measured of boxes on a plain scan: crossed, left empty, and one a pen touched faintly. */
typedef enum { WORKSPACE_EMPTY, WORKSPACE_CROSSED, WORKSPACE_TOUCHED } WorkspaceBox;

static inline MarkMeasures workspace_measures(WorkspaceBox box)
{
    static const struct {
        MarkMeasure what;
        float empty, crossed, touched;
    } measured[] = {{MEASURE_ROOM_MM2, 14.6944F, 14.6944F, 14.6944F},
                    {MEASURE_INK_MM2, 0, 0.924074F, 0},
                    {MEASURE_DARKNESS, 0, 0.180392F, 0.01961F},
                    {MEASURE_LENGTH_MM, 0, 5.1908F, 0},
                    {MEASURE_SHARE_INSIDE, 0, 1, 0},
                    {MEASURE_PIECES, 0, 1, 0},
                    {MEASURE_PAPER, 248, 248, 248},
                    {MEASURE_PRINT, 0.545993F, 0.545993F, 0.545993F},
                    {MEASURE_MATCH, 0.98F, 0.924495F, 0.9469F},
                    {MEASURE_SHIFT_MM, 0.0127594F, 0.0127594F, 0.0127594F},
                    {MEASURE_LIGHT_MM2, 0, 7.52778F, 0.5F},
                    {MEASURE_LIGHT_MM, 0, 5.42115F, 1.2F},
                    {MEASURE_LEVEL, 0.027451F, 0.027451F, 0.027451F},
                    {MEASURE_KEPT, 0.783585F, 0.783585F, 0.783585F},
                    {MEASURE_CORE_MM2, 0, 0.798802F, 0},
                    {MEASURE_MASS_MM2, 0, 0.83671F, 0.06F},
                    {MEASURE_PEAK, 0, 0.317647F, 0.1451F},
                    {MEASURE_SPECK_MM2, 0, 7.52778F, 0.5F},
                    {MEASURE_STROKE_MM, 0, 7.25F, 1.5F},
                    {MEASURE_OFFSET_MM, 0, 0.273741F, 1},
                    {MEASURE_SPREAD_MM, 0, 1.06719F, 0.4F},
                    {MEASURE_BREADTH_MM, 0, 0.662159F, 0.15F},
                    {MEASURE_LEVEL_LINE, 0, 0.388638F, 0},
                    {MEASURE_OUTLINE, 0.976F, 0.955428F, 0.9471F},
                    {MEASURE_LINE, 0.969967F, 0.969967F, 0.969967F}};
    MarkMeasures m = {0};
    for (size_t i = 0; i < G_N_ELEMENTS(measured); i++)
        m.v[measured[i].what] = box == WORKSPACE_EMPTY     ? measured[i].empty
                                : box == WORKSPACE_CROSSED ? measured[i].crossed
                                                           : measured[i].touched;
    return m;
}

/* Decides the boxes of a page as the reader of scans does. */
static inline void workspace_decide(const Survey *survey, const char *form, GArray *marks)
{
    g_autofree MarkMeasures *measures = g_new0(MarkMeasures, marks->len + 1);
    g_autofree MarkQuestion *questions = g_new0(MarkQuestion, marks->len + 1);
    g_autofree MarkDecision *decisions = g_new0(MarkDecision, marks->len + 1);
    for (guint i = 0; i < marks->len; i++) {
        measures[i] = g_array_index(marks, StoreMark, i).measures;
        questions[i] =
            ballot_mark_question(survey_form(survey, form), g_array_index(marks, StoreMark, i).question);
    }
    MarkLimits limits = mark_limits(survey->rules.target_error);
    mark_decide(measures, questions, (int)marks->len, &limits, decisions);
    for (guint i = 0; i < marks->len; i++)
        g_array_index(marks, StoreMark, i).decision = decisions[i];
}

/* What pages made here say read them. */
#define WORKSPACE_READER "0011223344556677"

/* A page as read: `values` has an answer a question of the page, in order ("a", "", "a+c"; "?" leaves box a
 * in doubt). */
static inline StorePage *workspace_page(const Workspace *w, const Layout *layout, const char *serial,
                                        int number, const char *const *values)
{
    StorePage *page = store_page_new();
    page->outcome = STORE_PAGE_READ;
    g_free(page->reader);
    page->reader = g_strdup(WORKSPACE_READER);
    g_free(page->form);
    page->form = g_strdup(layout->form);
    g_free(page->layout_fingerprint);
    page->layout_fingerprint = g_strdup(layout->fingerprint);
    g_free(page->serial);
    page->serial = g_strdup(serial);
    page->page = number;
    const GPtrArray *boxes = ((LayoutPage *)layout->pages->pdata[number - 1])->boxes;
    int q = -1;
    const char *question = "";
    for (guint i = 0; i < boxes->len; i++) {
        const LayoutBox *box = boxes->pdata[i];
        q += !g_str_equal(question, box->question);
        question = box->question;
        g_auto(GStrv) marked = g_strsplit(values[q], "+", -1);
        bool touched = g_str_equal(values[q], "?") && g_str_equal(box->option, "a");
        bool crossed = g_strv_contains((const char *const *)marked, box->option);
        StoreMark mark = {.question = g_strdup(box->question), .option = g_strdup(box->option)};
        mark.measures = workspace_measures(touched   ? WORKSPACE_TOUCHED
                                           : crossed ? WORKSPACE_CROSSED
                                                     : WORKSPACE_EMPTY);
        g_array_append_val(page->marks, mark);
    }
    workspace_decide(store_survey(w->store), layout->form, page->marks);
    q = -1;
    question = "";
    for (guint i = 0; i < page->marks->len; i++) { /* what the test means is what is read */
        const StoreMark *mark = &g_array_index(page->marks, StoreMark, i);
        q += !g_str_equal(question, mark->question);
        question = mark->question;
        g_auto(GStrv) marked = g_strsplit(values[q], "+", -1);
        bool touched = g_str_equal(values[q], "?") && g_str_equal(mark->option, "a");
        bool crossed = g_strv_contains((const char *const *)marked, mark->option);
        g_assert_cmpint(mark->decision.p_marked > 0.5, ==, crossed || touched);
        if (g_strv_length(marked) <= 1) /* several where one is asked may be doubted */
            g_assert_cmpint(mark->decision.state == MARK_DOUBTFUL, ==, touched);
    }
    return page;
}

/* A new scan of that many pages. */
static inline int64_t workspace_add_file(Workspace *w, int pages)
{
    g_autofree char *name = g_strdup_printf("scan-%d.pdf", ++w->files);
    g_autofree char *path = g_build_filename(w->root, name, NULL);
    g_assert_true(g_file_set_contents(path, name, -1, NULL));
    g_autofree char *hash = file_sha256(path, NULL);
    bool known;
    g_autoptr(GError) error = NULL;
    StoreFile *file = store_add_file(w->store, path, name, hash, pages, &known, &error);
    g_assert_no_error(error);
    g_assert_false(known);
    int64_t id = file->id;
    store_file_free(file);
    return id;
}

/* Refuses a whole file that holds no more than its own name, and gives its hash. */
static inline char *workspace_refuse_file(Workspace *w, const char *name, const char *reason,
                                          const char *detail)
{
    g_autofree char *path = g_build_filename(w->root, name, NULL);
    g_assert_true(g_file_set_contents(path, name, -1, NULL));
    char *hash = file_sha256(path, NULL);
    g_autoptr(GError) error = NULL;
    StoreFile *file = store_refuse_file(w->store, path, name, hash, reason, detail, &error);
    g_assert_no_error(error);
    store_file_free(file);
    return hash;
}

/* Stores a page as page `index` of a file; the answers that wait. */
static inline int workspace_add_page(Workspace *w, int64_t file, int index, const Layout *layout,
                                     const char *serial, int number, const char *const *values)
{
    StorePage *page = workspace_page(w, layout, serial, number, values);
    page->index = index;
    int waiting = -1;
    g_autoptr(GError) error = NULL;
    store_add_page(w->store, file, page, &waiting, &error);
    g_assert_no_error(error);
    store_page_free(page);
    return waiting;
}

/* A filled-in form A in a scan of its own. */
static inline int workspace_return_a(Workspace *w, const char *serial, const char *q1, const char *q2,
                                     const char *q3)
{
    const char *const values[] = {q1, q2, q3};
    return workspace_add_page(w, workspace_add_file(w, 1), 0, w->a, serial, 1, values);
}

/* Both pages of a form B in a scan of their own. */
static inline int workspace_return_b(Workspace *w, const char *serial, const char *kenh, const char *q1,
                                     const char *q2)
{
    const char *const first[] = {kenh, q1}, *const second[] = {q2};
    int64_t file = workspace_add_file(w, 2);
    int waiting = workspace_add_page(w, file, 0, w->b, serial, 1, first);
    return waiting + workspace_add_page(w, file, 1, w->b, serial, 2, second);
}

/* What a check finds: faults, and what counts but could not be checked; char*. */
static inline GPtrArray *workspace_verify(const Workspace *w, const char *head)
{
    g_auto(StoreFindings) found;
    store_findings_init(&found);
    g_autoptr(GError) error = NULL;
    store_verify(w->store, head, &found, &error);
    g_assert_no_error(error);
    g_ptr_array_extend_and_steal(found.faults, g_steal_pointer(&found.open));
    return g_steal_pointer(&found.faults);
}

#endif
