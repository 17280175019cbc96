/* YAML → structs by tables: every fault by its place, hostile files within limits. */
#include "spec/spec.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    SpecPlace place;
    char *name;
} Part;

typedef struct {
    SpecPlace place;
    char *title;
    int count, kind;
    double size;
    bool on;
    Rational *share;
    GPtrArray *words, *parts;
} Thing;

static const char *const kinds[] = {"one", "many", NULL};
static const SpecField part_fields[] = {
    {"name", SPEC_TEXT, G_STRUCT_OFFSET(Part, name), SPEC_REQUIRED, 0, 0, NULL, NULL},
    {NULL, 0, 0, 0, 0, 0, NULL, NULL}};
static const SpecTable part_table = {"a part", sizeof(Part), G_STRUCT_OFFSET(Part, place), part_fields, NULL};
static const SpecField thing_fields[] = {
    {"title", SPEC_TEXT, G_STRUCT_OFFSET(Thing, title), SPEC_REQUIRED, 0, 0, NULL, NULL},
    {"count", SPEC_INT, G_STRUCT_OFFSET(Thing, count), 0, 0, 100, NULL, NULL},
    {"size", SPEC_NUMBER, G_STRUCT_OFFSET(Thing, size), 0, 0, 10, NULL, NULL},
    {"on", SPEC_BOOL, G_STRUCT_OFFSET(Thing, on), 0, 0, 0, NULL, NULL},
    {"share", SPEC_DECIMAL, G_STRUCT_OFFSET(Thing, share), 0, 0, 0, NULL, NULL},
    {"kind", SPEC_CHOICE, G_STRUCT_OFFSET(Thing, kind), 0, 0, 0, kinds, NULL},
    {"words", SPEC_TEXTS, G_STRUCT_OFFSET(Thing, words), 0, 0, 0, NULL, NULL},
    {"parts", SPEC_STRUCTS, G_STRUCT_OFFSET(Thing, parts), 0, 0, 0, NULL, &part_table},
    {NULL, 0, 0, 0, 0, 0, NULL, NULL}};

static void preset_thing(void *structure)
{
    ((Thing *)structure)->count = 7;
}

static const SpecTable thing_table = {"the thing", sizeof(Thing), G_STRUCT_OFFSET(Thing, place), thing_fields,
                                      preset_thing};

static Thing *read_text(const char *text, gssize length, GPtrArray **ret_faults)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "phieu-spec-test.yaml", NULL);
    g_assert_true(g_file_set_contents(path, text, length, NULL));
    *ret_faults = g_ptr_array_new_with_free_func((GDestroyNotify)spec_fault_free);
    Thing *thing = spec_read(path, "thing.yaml", &thing_table, *ret_faults);
    g_unlink(path);
    for (guint i = 0; i < (*ret_faults)->len; i++) {
        const SpecFault *fault = (*ret_faults)->pdata[i];
        g_test_message("%s:%d:%d: %s", fault->place.file, fault->place.line, fault->place.column,
                       fault->message);
    }
    return thing;
}

static void test_good(void)
{
    g_autoptr(GPtrArray) faults = NULL;
    Thing *thing = read_text("# words\ntitle: \"Tiêu đề\"\nsize: 2.5\non: true\nshare: 0.35\nkind: many\n"
                             "words: [a, b]\nparts:\n  - name: x\n  - {name: y}\n",
                             -1, &faults);
    g_assert_cmpuint(faults->len, ==, 0);
    g_assert_cmpstr(thing->title, ==, "Tiêu đề");
    g_assert_cmpint(thing->count, ==, 7);
    g_assert_cmpfloat(thing->size, ==, 2.5);
    g_assert_true(thing->on);
    g_autofree char *share = rational_to_exact(thing->share);
    g_assert_cmpstr(share, ==, "7/20");
    g_assert_cmpint(thing->kind, ==, 1);
    g_assert_cmpuint(thing->words->len, ==, 2);
    g_assert_cmpuint(thing->parts->len, ==, 2);
    g_assert_cmpint(((Part *)thing->parts->pdata[1])->place.line, ==, 10);
    spec_free(thing, &thing_table);
}

static const struct {
    const char *text;
    int line, column;
    const char *says;
} broken[] = {
    {"title: a\ncount: 5mm\n", 2, 8, "5mm"},
    {"title: a\ncount: 2.7\n", 2, 8, "2.7"},
    {"title: a\ncount: 0x10\n", 2, 8, "0x10"},
    {"title: a\ncount: 101\n", 2, 8, "101"},
    {"title: a\ncount: 99999999999999999999\n", 2, 8, "9999"},
    {"title: a\nsize: nan\n", 2, 7, "nan"},
    {"title: a\nsize: inf\n", 2, 7, "inf"},
    {"title: a\nsize: 1,5\n", 2, 7, "1,5"},
    {"title: a\non: maybe\n", 2, 5, "maybe"},
    {"title: a\nkind: few\n", 2, 7, "few"},
    {"title: a\ntitel: b\n", 2, 1, "titel"},
    {"title: a\ntitle: b\n", 2, 1, "title"},
    {"title: ''\n", 1, 8, "title"},
    {"count: 3\n", 1, 1, "title"},
    {"title: [a]\n", 1, 8, "title"},
    {"title: a\nwords: b\n", 2, 8, "words"},
    {"title: a\nparts:\n  - nam: x\n", 3, 5, "nam"},
    {"- a\n- b\n", 1, 1, ""},
    {"title: a\n---\ntitle: b\n", 2, 1, ""},
    {"title: a\n\tcount: 3\n", 2, 0, ""},
    {"title: \"a\n", 0, 0, ""},
    {"", 1, 1, "empty"},
};

static void test_broken(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GPtrArray) faults = NULL;
        g_test_message("%s", broken[i].text);
        Thing *thing = read_text(broken[i].text, -1, &faults);
        g_assert_cmpuint(faults->len, >, 0);
        bool found = false;
        for (guint f = 0; f < faults->len; f++) {
            const SpecFault *fault = faults->pdata[f];
            found |= (!broken[i].line || fault->place.line == broken[i].line) &&
                     (!broken[i].column || fault->place.column == broken[i].column) &&
                     strstr(fault->message, broken[i].says) != NULL;
        }
        g_assert_true(found);
        spec_free(thing, &thing_table);
    }
}

/* Everything wrong is told at once. */
static void test_all_at_once(void)
{
    g_autoptr(GPtrArray) faults = NULL;
    Thing *thing = read_text("count: 5mm\nsize: x\non: 3\nkind: few\nother: 1\n", -1, &faults);
    g_assert_cmpuint(faults->len, >=, 6); /* and no title */
    spec_free(thing, &thing_table);
}

static void test_hostile(void)
{
    g_autoptr(GString) deep = g_string_new("title: a\nwords: ");
    for (int i = 0; i < 5000; i++)
        g_string_append_c(deep, '[');
    g_autoptr(GString) bomb = g_string_new("title: a\nwords: &a [x]\n");
    for (int i = 0; i < 30; i++)
        g_string_append_printf(bomb, "k%d: &b%d [*a, *a]\n", i, i);
    g_autoptr(GString) large = g_string_new("title: a\nwords: [");
    for (int i = 0; i < SPEC_MAX_NODES + 10; i++)
        g_string_append(large, "a,");
    g_string_append(large, "a]\n");
    const GString *texts[] = {deep, bomb, large};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) faults = NULL;
        Thing *thing = read_text(texts[i]->str, (gssize)texts[i]->len, &faults);
        g_assert_cmpuint(faults->len, >, 0);
        spec_free(thing, &thing_table);
    }
    g_autoptr(GPtrArray) faults = NULL;
    Thing *thing = read_text("title: a\xff\n", -1, &faults);
    g_assert_cmpuint(faults->len, >, 0);
    spec_free(thing, &thing_table);
    g_autoptr(GPtrArray) zero = NULL;
    thing = read_text("title: a\0b\n", 11, &zero);
    g_assert_cmpuint(zero->len, >, 0);
    spec_free(thing, &thing_table);
}

static void test_unreadable(void)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)spec_fault_free);
    Thing *thing = spec_read("/nowhere/thing.yaml", "thing.yaml", &thing_table, faults);
    g_assert_cmpuint(faults->len, >=, 1);
    spec_free(thing, &thing_table);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spec/good", test_good);
    g_test_add_func("/spec/broken", test_broken);
    g_test_add_func("/spec/all-at-once", test_all_at_once);
    g_test_add_func("/spec/hostile", test_hostile);
    g_test_add_func("/spec/unreadable", test_unreadable);
    return g_test_run();
}
