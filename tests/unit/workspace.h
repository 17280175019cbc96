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

/* A page as read: `values` has an answer a question of the page, in order ("a", "", "a+c"; "?" leaves box a
 * in doubt). */
static inline StorePage *workspace_page(const Layout *layout, const char *serial, int number,
                                        const char *const *values)
{
    StorePage *page = store_page_new();
    page->outcome = STORE_PAGE_READ;
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
        bool doubt = g_str_equal(values[q], "?") && g_str_equal(box->option, "a");
        bool yes = g_strv_contains((const char *const *)marked, box->option);
        StoreMark mark = {.question = g_strdup(box->question), .option = g_strdup(box->option)};
        mark.decision = doubt ? (MarkDecision){MARK_DOUBTFUL, 0.6, 0, 0.6, MARK_FAINT}
                        : yes ? (MarkDecision){MARK_MARKED, 1 - 1e-9, 0, 1 - 1e-9, 0}
                              : (MarkDecision){MARK_BLANK, 1e-9, 0, 1 - 1e-9, 0};
        g_array_append_val(page->marks, mark);
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

/* Stores a page as page `index` of a file; the answers that wait. */
static inline int workspace_add_page(Workspace *w, int64_t file, int index, const Layout *layout,
                                     const char *serial, int number, const char *const *values)
{
    StorePage *page = workspace_page(layout, serial, number, values);
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

#endif
