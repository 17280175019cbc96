/* The definition of a survey: every kind of fault by its place, all at once; and what a good one holds. */
#include "survey/survey.h"

#include <glib/gstdio.h>
#include <string.h>

/* Copies forms/nho into a new folder. */
static char *copy_small(void)
{
    char *folder = g_dir_make_tmp("phieu-survey-XXXXXX", NULL);
    g_autoptr(GDir) dir = g_dir_open("forms/nho", 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *from = g_build_filename("forms/nho", name, NULL),
                        *to = g_build_filename(folder, name, NULL);
        g_autofree char *text = NULL;
        gsize length;
        g_assert_true(g_file_get_contents(from, &text, &length, NULL));
        g_assert_true(g_file_set_contents(to, text, (gssize)length, NULL));
    }
    return folder;
}

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

static void replace(const char *folder, const char *file, const char *from, const char *to)
{
    g_autofree char *path = g_build_filename(folder, file, NULL), *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autoptr(GString) edited = g_string_new(text);
    g_assert_cmpuint(g_string_replace(edited, from, to, 1), ==, 1);
    g_assert_true(g_file_set_contents(path, edited->str, (gssize)edited->len, NULL));
}

/* Whether a fault of that file and line says that. */
static bool has_fault(const GPtrArray *faults, const char *file, int line, const char *says)
{
    for (guint i = 0; i < faults->len; i++) {
        const SurveyFault *fault = faults->pdata[i];
        if (g_str_has_suffix(fault->file, file) && (line == 0 || fault->line == line) && fault->column >= 1 &&
            strstr(fault->message, says))
            return true;
    }
    return false;
}

static const struct {
    const char *name, *file, *from, *to; /* what is broken */
    const char *at;                      /* the file that is named */
    int line;
    const char *says;
} breaks[] = {
    {"parent", "criteria-so.yaml", "max: 40, step", "max: 41, step", "criteria-so.yaml", 5, "61"},
    {"total", "criteria-so.yaml", "total: 100", "total: 99", "criteria-so.yaml", 1, "99"},
    {"unasked leaf", "form-a.yaml", "leaf: S2.1, scale: T4", "scale: T4", "criteria-so.yaml", 16, "S2.1"},
    {"unknown leaf", "form-a.yaml", "leaf: S2.1", "leaf: S9.9", "form-a.yaml", 19, "S9.9"},
    {"unknown scale", "form-a.yaml", "scale: T4, text: Thái", "scale: T9, text: Thái", "form-a.yaml", 19,
     "T9"},
    {"duplicate agency", "agencies.yaml", "code: SB", "code: SA", "agencies.yaml", 6, "SA"},
    {"duplicate question", "form-a.yaml", "id: q2,", "id: q1,", "form-a.yaml", 16, "q1"},
    {"unknown key", "survey.yaml", "year: 2023", "year: 2023\ncolour: red", "survey.yaml", 6, "colour"},
    {"junk behind a number", "survey.yaml", "decimals: 2", "decimals: 2mm", "survey.yaml", 12, "2mm"},
    {"fraction for a whole", "survey.yaml", "decimals: 2", "decimals: 2.7", "survey.yaml", 12, "2.7"},
    {"comma in a number", "survey.yaml", "partial_share: 0.7", "partial_share: 0,7", "survey.yaml", 10,
     "0,7"},
    {"out of range", "survey.yaml", "target_error: 0.00001", "target_error: 2", "survey.yaml", 8, "'2'"},
    {"negative count", "groups.yaml", "ballots: 3", "ballots: -3", "groups.yaml", 7, "-3"},
    {"unknown choice", "survey.yaml", "[appraised, surveyed]", "[luck]", "survey.yaml", 13, "luck"},
    {"unknown agency", "origins.yaml", "agencies: [HC]", "agencies: [HX]", "origins.yaml", 3, "HX"},
    {"unknown group", "criteria-so.yaml", "survey: [G1]}", "survey: [G7]}", "criteria-so.yaml", 10, "G7"},
    {"unknown form", "groups.yaml", "form: B", "form: Z", "groups.yaml", 8, "'Z'"},
    {"key of an earlier version", "groups.yaml", "form: A", "form: A\n    double_review: true", "groups.yaml",
     2, "second_look"},
    {"share beyond all", "survey.yaml", "decimals: 2", "second_look: {share: 2}\n  decimals: 2",
     "survey.yaml", 12, "'2'"},
    {"three to enter by hand", "survey.yaml", "decimals: 2", "by_hand: {readers: 3}\n  decimals: 2",
     "survey.yaml", 12, "'3'"},
    {"decomposed text", "agencies.yaml", "Huyện C", "Huye\xcc\xa3\xcc\x82n C", "agencies.yaml", 11, "NFC"},
    {"no YAML", "scales.yaml", "scales:", "scales: [", "scales.yaml", 0, "YAML"},
    {"bad UTF-8", "scales.yaml", "Rất tốt", "R\xff", "scales.yaml", 0, "UTF-8"},
};

static void test_breaks(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(breaks); i++) {
        g_autofree char *folder = copy_small();
        replace(folder, breaks[i].file, breaks[i].from, breaks[i].to);
        g_autoptr(GPtrArray) faults = NULL;
        g_autoptr(GError) error = NULL;
        g_test_message("%s", breaks[i].name);
        g_assert_null(survey_load(folder, &faults, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        for (guint f = 0; f < faults->len; f++) {
            g_autofree char *text = survey_fault_to_text(faults->pdata[f]);
            g_test_message("  %s", text);
            g_assert_null(strchr(text, '\n'));
        }
        g_assert_true(has_fault(faults, breaks[i].at, breaks[i].line, breaks[i].says));
        remove_folder(folder);
    }
}

/* Several faults of several files come together, in order of file and line. */
static void test_all_at_once(void)
{
    g_autofree char *folder = copy_small();
    replace(folder, "survey.yaml", "decimals: 2", "decimals: 2mm");
    replace(folder, "survey.yaml", "year: 2023", "year: 2023\ncolour: red");
    replace(folder, "agencies.yaml", "code: SB", "code: SA");
    replace(folder, "form-a.yaml", "scale: T4, text: Thái", "scale: T9, text: Thái");
    replace(folder, "criteria-huyen.yaml", "max: 70}", "max: 71}");
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_null(survey_load(folder, &faults, &error));
    g_assert_true(has_fault(faults, "survey.yaml", 6, "colour"));
    g_assert_true(has_fault(faults, "survey.yaml", 13, "2mm"));
    g_assert_true(has_fault(faults, "agencies.yaml", 6, "SA"));
    g_assert_true(has_fault(faults, "form-a.yaml", 19, "T9"));
    g_assert_true(has_fault(faults, "criteria-huyen.yaml", 0, "71"));
    for (guint i = 1; i < faults->len; i++) {
        const SurveyFault *a = faults->pdata[i - 1], *b = faults->pdata[i];
        int order = strcmp(a->file, b->file);
        g_assert_true(order < 0 || (order == 0 && a->line <= b->line));
    }
    remove_folder(folder);
}

/* One cause, one fault: a file of which nothing can be read makes no fault of all that mentions it, and what
 * is said alike of many places is said once. */
static void test_one_cause(void)
{
    static const struct {
        const char *file, *from, *to; /* `from` NULL: the file is not there */
        guint faults;
        const char *at, *says;
    } cases[] = {
        {"scales.yaml", NULL, NULL, 1, "scales.yaml", "scales.yaml"},
        {"scales.yaml", "scales:", "scales: [", 1, "scales.yaml", "YAML"},
        {"scales.yaml", "scales:", "scale:", 2, "scales.yaml", "'scales'"},
        {"scales.yaml", "id: T4", "id: T44", 1, "form-a.yaml",
         "unknown scale 'T4'; the scales stand in scales.yaml (and at 3 "},
        {"groups.yaml", "groups:", "groups: [", 1, "groups.yaml", "YAML"},
        {"agencies.yaml", "agencies:", "agencies: [", 1, "agencies.yaml", "YAML"},
        {"survey.yaml", "id: NHO", "id: [", 1, "survey.yaml", "YAML"},
        {"criteria-so.yaml", NULL, NULL, 1, "survey.yaml", "'so'"},
        {"form-a.yaml", NULL, NULL, 1, "groups.yaml", "'A'"},
        {"form-a.yaml", "id: A", "id: AA", 2, "form-a.yaml", "form 'AA' is answered by no group"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folder = copy_small(), *path = g_build_filename(folder, cases[i].file, NULL);
        if (cases[i].from)
            replace(folder, cases[i].file, cases[i].from, cases[i].to);
        else
            g_unlink(path);
        g_autoptr(GPtrArray) faults = NULL;
        g_autoptr(GError) error = NULL;
        g_assert_null(survey_load(folder, &faults, &error));
        for (guint f = 0; f < faults->len; f++) {
            g_autofree char *text = survey_fault_to_text(faults->pdata[f]);
            g_test_message("  %s", text);
        }
        g_autofree char *count = g_strdup_printf(": %u fault", faults->len);
        g_assert_nonnull(strstr(error->message, count));
        g_assert_cmpuint(faults->len, ==, cases[i].faults);
        g_assert_true(has_fault(faults, cases[i].at, 0, cases[i].says));
        remove_folder(folder);
    }
}

static void test_missing_folder(void)
{
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_null(survey_load("forms/khong-co", &faults, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND);
}

static Survey *load_good(const char *folder)
{
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    Survey *survey = survey_load(folder, &faults, &error);
    g_assert_no_error(error);
    return survey;
}

static void test_province(void)
{
    g_autoptr(Survey) survey = load_good("forms/tra-vinh-2023");
    int planned = 0, so = 0, huyen = 0;
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        planned += cell->planned;
        so += g_str_equal(cell->agency->block->id, "so") ? cell->planned : 0;
        huyen += g_str_equal(cell->agency->block->id, "huyen") ? cell->planned : 0;
    }
    g_assert_cmpint(planned, ==, 1278);
    g_assert_cmpint(so, ==, 738);
    g_assert_cmpint(huyen, ==, 540);
    g_assert_cmpuint(survey->cells->len, ==, 360);
    g_assert_cmpuint(survey->agencies->len, ==, 27);
    g_assert_cmpuint(survey->forms->len, ==, 7);
    g_assert_true(survey->illustrative);
    g_assert_cmpuint(strlen(survey->fingerprint), ==, 64);
    /* Town and district of one name are never taken for each other. */
    g_assert_null(survey_agency_by_text(survey, "Duyên Hải"));
    g_assert_cmpstr(survey_agency_by_text(survey, "huyện Duyên Hải")->code, ==, "HDH");
    g_assert_cmpstr(survey_agency_by_text(survey, "THỊ XÃ  DUYÊN HẢI")->code, ==, "TXDH");
    g_assert_cmpstr(survey_agency_by_text(survey, "thi\xcc\xa3 xa\xcc\x83 Duye\xcc\x82n Ha\xcc\x89i")->code,
                    ==, "TXDH");
}

/* What is printed about every agency of a block says no kind of agency that some of them are not. */
static void test_kinds_of_agencies(void)
{
    static const char *const kinds[] = {" sở", " huyện", " UBND huyện", " thị xã", " thành phố"};
    g_autoptr(Survey) survey = load_good("forms/tra-vinh-2023");
    for (guint i = 0; i < survey->forms->len; i++) {
        const SurveyForm *form = survey->forms->pdata[i];
        for (guint q = 0; q < form->questions->len; q++) {
            const char *text = ((SurveyQuestion *)form->questions->pdata[q])->text;
            g_autoptr(GString) bare = g_string_new(text);
            g_string_replace(bare, "cấp huyện", "", 0);
            for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
                g_assert_null(strstr(bare->str, kinds[k]));
        }
    }
}

/* What a form that extends another asks, "number id number id". */
static char *asked(const SurveyForm *form)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < form->questions->len; i++) {
        const SurveyQuestion *question = form->questions->pdata[i];
        g_string_append_printf(text, "%s%s%s%s", i ? " " : "", question->number, *question->number ? " " : "",
                               question->id);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* An agency without procedures has a form without questions on them: the other's texts and ids, numbers that
 * follow each other, no section left empty. */
static void test_extends(void)
{
    g_autoptr(Survey) survey = load_good("forms/tra-vinh-2023");
    const SurveyForm *whole = survey_form(survey, "F3"), *part = survey_form(survey, "F3K");
    const SurveyGroup *group = survey_group(survey, "G3");
    g_assert_true(part->extends == whole && part->stands_for == whole && whole->stands_for == whole);
    g_autofree char *text = asked(part);
    g_assert_cmpstr(text, ==,
                    "loai gioi tuoi dan-toc hoc-van nghe noi-o 1 q9 2 q10 3 q11 4 q12 5 q14 y-kien");
    g_assert_cmpstr(part->introduction, ==, whole->introduction);
    g_assert_cmpstr(part->title, ==, "PHIẾU KHẢO SÁT");
    g_assert_cmpuint(part->sections->len, ==, 5);
    g_assert_cmpstr(((SurveySection *)part->sections->pdata[2])->title, ==, "Thông tin trên mạng");
    g_assert_cmpstr(((SurveySection *)whole->sections->pdata[4])->title, ==,
                    "Thông tin và dịch vụ công trực tuyến");
    for (guint i = 0; i < part->questions->len; i++) {
        const SurveyQuestion *question = part->questions->pdata[i];
        const SurveyQuestion *same = survey_form_question(whole, question->id);
        g_assert_cmpstr(question->leaf, ==, same->leaf);
        g_assert_cmpstr(question->text, ==, same->text);
        g_assert_true(question->scale == same->scale);
    }
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        bool without = cell->group == group &&
                       (g_str_equal(cell->agency->code, "TTT") || g_str_equal(cell->agency->code, "BDT"));
        g_assert_true(cell->form == (without ? part : cell->group->form));
        g_assert_true(survey_group_takes(cell->group, cell->form));
        g_assert_null(survey_form_not_applicable(cell->form, cell->agency));
    }
    g_assert_true(survey_group_takes(group, whole)); /* what was printed before */
    g_assert_false(survey_group_takes(survey_group(survey, "G6"), part));
    g_autofree char *numbers = survey_form_not_applicable(whole, survey_agency(survey, "TTT"));
    g_assert_cmpstr(numbers, ==, "1–8, 13");
}

static void add_file(const char *folder, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

#define STANDS "form: A\n    form_for: [{form: C, agencies: [SA]}]"

/* Forms that extend others, each with one thing wrong. */
static void test_extends_breaks(void)
{
    static const struct {
        const char *name, *form, *other,
            *group; /* form-c.yaml, form-d.yaml or NULL, in the place of "form: A" */
        const char *at, *says;
    } cases[] = {
        {"good", "id: C\nextends: A\nwithout: [q1]\n", NULL, STANDS, NULL, NULL},
        {"of one that extends", "id: C\nextends: D\n", "id: D\nextends: A\nwithout: [q1]\n",
         "form: A\n    form_for: [{form: C, agencies: [SA]}, {form: D, agencies: [SB]}]", NULL, NULL},
        {"unknown", "id: C\nextends: Z\n", NULL, STANDS, "form-c.yaml", "unknown form 'Z'"},
        {"itself", "id: C\nextends: C\n", NULL, STANDS, "form-c.yaml", "in the end extends 'C' itself"},
        {"circle", "id: C\nextends: D\n", "id: D\nextends: C\n", STANDS, "form-c.yaml",
         "extends 'D', which in the end extends 'C' itself"},
        {"unknown question", "id: C\nextends: A\nwithout: [q9]\n", NULL, STANDS, "form-c.yaml",
         "'without' names 'q9', and form 'A' has no such question"},
        {"question left out above", "id: C\nextends: D\nwithout: [q1]\n",
         "id: D\nextends: A\nwithout: [q1]\n",
         "form: A\n    form_for: [{form: C, agencies: [SA]}, {form: D, agencies: [SB]}]", "form-c.yaml",
         "form 'D' has no such question"},
        {"twice", "id: C\nextends: A\nwithout: [q1, q1]\n", NULL, STANDS, "form-c.yaml", "'q1' twice"},
        {"own sections", "id: C\nextends: A\nsections: [{questions: [{id: x, kind: text, text: X}]}]\n", NULL,
         STANDS, "form-c.yaml", "remove 'sections'"},
        {"without a form",
         "id: C\ntitle: C\nwithout: [q1]\n"
         "sections: [{questions: [{id: x, kind: text, text: X}]}]\n",
         NULL, STANDS, "form-c.yaml", "are for a form that 'extends' another one"},
        {"no title", "id: C\nsections: [{questions: [{id: x, kind: text, text: X}]}]\n", NULL, "form: A",
         "form-c.yaml", "lacks 'title'"},
        {"no section of that name", "id: C\nextends: A\nretitle: [{section: Z, title: Y}]\n", NULL, STANDS,
         "form-c.yaml", "no section 'Z'"},
        {"leaf that is scored", "id: C\nextends: A\nwithout: [q3]\n", NULL, STANDS, "form-c.yaml",
         "asks nothing on 'S2.1', by which group 'G1' scores agency 'SA'"},
        {"for nobody", "id: C\nextends: A\n", NULL, "form: A", "form-c.yaml", "answered by no group"},
        {"unknown form", "id: C\nextends: A\n", NULL, "form: A\n    form_for: [{form: Z, agencies: [SA]}]",
         "groups.yaml", "unknown form 'Z'"},
        {"no agencies", "id: C\nextends: A\n", NULL, "form: A\n    form_for: [{form: C}]", "groups.yaml",
         "form 'C' stands for no agency"},
        {"unknown agency", "id: C\nextends: A\n", NULL, "form: A\n    form_for: [{form: C, agencies: [SX]}]",
         "groups.yaml", "unknown agency 'SX'"},
        {"agency of another block", "id: C\nextends: A\n", NULL,
         "form: A\n    form_for: [{form: C, agencies: [HC]}]", "groups.yaml",
         "group 'G1' has no ballots about it"},
        {"agency twice", "id: C\nextends: A\n", NULL,
         "form: A\n    form_for: [{form: C, agencies: [SA, SA]}]", "groups.yaml", "'SA' stands twice"},
        {"no kin", "id: C\nextends: B\n", NULL, STANDS, "groups.yaml", "it must extend that form"},
        {"the same", "id: C\nextends: A\n", NULL, "form: A\n    form_for: [{form: A, agencies: [SA]}]",
         "groups.yaml", "it must extend that form"},
        {"another group's", "id: C\nextends: A\n", NULL,
         "form: A\n    form_for: [{form: C, agencies: [SA]}]\n    quota: [{handed_out_by: itself, ballots: "
         "1}]\n"
         "  - id: G3\n    name: Nhóm ba\n    block: so\n    form: C",
         "groups.yaml", "ballots of other groups are of it"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folder = copy_small();
        add_file(folder, "form-c.yaml", cases[i].form);
        if (cases[i].other)
            add_file(folder, "form-d.yaml", cases[i].other);
        replace(folder, "groups.yaml", "form: A", cases[i].group);
        g_autoptr(GPtrArray) faults = NULL;
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].name);
        g_autoptr(Survey) survey = survey_load(folder, &faults, &error);
        for (guint f = 0; faults && f < faults->len; f++) {
            g_autofree char *text = survey_fault_to_text(faults->pdata[f]);
            g_test_message("  %s", text);
        }
        g_assert_true((survey != NULL) == (cases[i].at == NULL));
        g_assert_true(survey || has_fault(faults, cases[i].at, 0, cases[i].says));
        remove_folder(folder);
    }
}

static void test_weights_add_to_one(void)
{
    g_autoptr(Survey) survey = load_good("forms/tra-vinh-2023");
    g_autoptr(Rational) one = rational_new(1, 1);
    for (guint c = 0; c < survey->criteria->len; c++) {
        const SurveyCriteria *criteria = survey->criteria->pdata[c];
        g_autoptr(Rational) sum = rational_new(0, 1);
        for (guint l = 0; l < criteria->leaves->len; l++) {
            const SurveyNode *leaf = criteria->leaves->pdata[l];
            Rational *more = rational_add(sum, leaf->max);
            rational_free(sum);
            sum = more;
            if (leaf->kind != SURVEY_NODE_SURVEYED)
                continue;
            g_autoptr(Rational) weights = rational_new(0, 1);
            for (guint g = 0; g < leaf->groups->len; g++) {
                Rational *total = rational_add(weights, ((SurveyLeafGroup *)leaf->groups->pdata[g])->weight);
                rational_free(weights);
                weights = total;
            }
            g_assert_cmpint(rational_compare(weights, one), ==, 0);
        }
        g_assert_cmpint(rational_compare(sum, criteria->total), ==, 0);
    }
}

/* The frozen copy is the same survey; any change of a byte is another fingerprint. */
static void test_freeze(void)
{
    g_autofree char *folder = copy_small();
    g_autofree char *frozen = g_build_filename(folder, "frozen", NULL);
    g_autoptr(Survey) survey = load_good(folder);
    g_autoptr(GError) error = NULL;
    g_assert_true(survey_freeze(survey, frozen, &error));
    g_assert_no_error(error);
    g_autoptr(Survey) again = load_good(frozen);
    g_assert_cmpstr(again->fingerprint, ==, survey->fingerprint);
    replace(frozen, "survey.yaml", "year: 2023", "year: 2024");
    g_autoptr(Survey) changed = load_good(frozen);
    g_assert_cmpstr(changed->fingerprint, !=, survey->fingerprint);
    /* a workspace frozen by an earlier version goes on opening */
    replace(frozen, "groups.yaml", "form: A", "form: A\n    double_review: true");
    g_autoptr(Survey) older = survey_load_frozen(frozen, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(older->rules.second_look.up_to_ballots, ==, 0);
    g_assert_cmpint(older->rules.by_hand_readers, ==, 2);
    remove_folder(frozen);
    remove_folder(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/survey/breaks", test_breaks);
    g_test_add_func("/survey/all-at-once", test_all_at_once);
    g_test_add_func("/survey/one-cause", test_one_cause);
    g_test_add_func("/survey/missing-folder", test_missing_folder);
    g_test_add_func("/survey/province", test_province);
    g_test_add_func("/survey/kinds-of-agencies", test_kinds_of_agencies);
    g_test_add_func("/survey/extends", test_extends);
    g_test_add_func("/survey/extends/breaks", test_extends_breaks);
    g_test_add_func("/survey/weights", test_weights_add_to_one);
    g_test_add_func("/survey/freeze", test_freeze);
    return g_test_run();
}
