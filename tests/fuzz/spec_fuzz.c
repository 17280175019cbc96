/* Hand-written YAML under a table with every kind of field. */
#include "fuzz/fuzz.h"
#include "spec/spec.h"

#include <string.h>

typedef struct {
    SpecPlace place;
    char *id, *note;
    int count, kind;
    bool open;
    double width_mm;
    Rational *points;
    GPtrArray *names, *values;
} Inner;

typedef struct {
    SpecPlace place;
    char *title;
    Inner *single;
    GPtrArray *items;
} Outer;

static const char *const kinds[] = {"one", "several", "text", NULL};
static const SpecField inner_fields[] = {
    {.key = "id", .type = SPEC_TEXT, .offset = offsetof(Inner, id), .flags = SPEC_REQUIRED},
    {.key = "note", .type = SPEC_TEXT, .offset = offsetof(Inner, note), .flags = SPEC_MAY_BE_EMPTY},
    {.key = "count", .type = SPEC_INT, .offset = offsetof(Inner, count), .min = -5, .max = 1000},
    {.key = "kind", .type = SPEC_CHOICE, .offset = offsetof(Inner, kind), .choices = kinds},
    {.key = "open", .type = SPEC_BOOL, .offset = offsetof(Inner, open)},
    {.key = "width_mm", .type = SPEC_NUMBER, .offset = offsetof(Inner, width_mm), .min = 0, .max = 500},
    {.key = "points", .type = SPEC_DECIMAL, .offset = offsetof(Inner, points)},
    {.key = "names", .type = SPEC_TEXTS, .offset = offsetof(Inner, names)},
    {.key = "values", .type = SPEC_DECIMALS, .offset = offsetof(Inner, values)},
    {0},
};
static const SpecTable inner_table = {"an item", sizeof(Inner), offsetof(Inner, place), inner_fields, NULL};
static const SpecField outer_fields[] = {
    {.key = "title", .type = SPEC_TEXT, .offset = offsetof(Outer, title), .flags = SPEC_REQUIRED},
    {.key = "single", .type = SPEC_STRUCT, .offset = offsetof(Outer, single), .table = &inner_table},
    {.key = "items", .type = SPEC_STRUCTS, .offset = offsetof(Outer, items), .table = &inner_table},
    {0},
};
static const SpecTable outer_table = {"a test", sizeof(Outer), offsetof(Outer, place), outer_fields, NULL};

static const char *const words[] = {"\n",
                                    "  ",
                                    ": ",
                                    "- ",
                                    "&a ",
                                    "*a",
                                    "<<: *a",
                                    "!!int ",
                                    "? ",
                                    "|\n  ",
                                    ">-\n  ",
                                    "---\n",
                                    "...\n",
                                    "%YAML 1.1\n",
                                    "[",
                                    "]",
                                    "{",
                                    "}",
                                    "\"",
                                    "'",
                                    "\\x00",
                                    "~",
                                    "null",
                                    "yes",
                                    "0x10",
                                    ".inf",
                                    "\t",
                                    "#",
                                    "\xff",
                                    "\xcc\x81",
                                    "\xe2\x80\xa8",
                                    "title: again\n",
                                    "items: [[[[[[[[",
                                    NULL};

static void make_seeds(GArray *seeds, const char *dir)
{
    (void)dir;
    fuzz_add_text(
        seeds,
        "# Phiếu thử\ntitle: Khảo sát mức độ hài lòng\nsingle:\n  id: a1\n  note: ''\n  count: 12\n"
        "  kind: several\n  open: true\n  width_mm: 4.5\n  points: 1.25\n  names: [Sở Nội vụ, \"x\"]\n"
        "  values: [0, 0.5, 1]\nitems:\n  - id: b\n    count: -3\n  - {id: c, points: 2, open: false}\n",
        NULL);
    fuzz_add_text(seeds, "title: |\n  Nhiều dòng\n  chữ\nitems:\n- id: &a một\n  names:\n  - hai\n  - ba\n",
                  NULL);
    fuzz_add_text(seeds, "%YAML 1.1\n---\ntitle: 'a'\nsingle: {id: z, values: [1, 2, 3.75]}\n...\n", NULL);
}

static void run(const char *path, const char *data, size_t length)
{
    (void)data;
    (void)length;
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)spec_fault_free);
    Outer *outer = spec_read(path, "spec.yaml", &outer_table, faults);
    g_assert_nonnull(outer);
    g_assert_nonnull(outer->items);
    for (guint i = 0; i < faults->len; i++) {
        const SpecFault *fault = faults->pdata[i];
        g_assert_true(g_utf8_validate(fault->message, -1, NULL));
        g_assert_null(strchr(fault->message, '\n'));
        g_assert_true(fault->place.line >= 0 && fault->place.column >= 0);
    }
    if (faults->len == 0) {
        g_assert_true(outer->title && outer->title[0] && text_is_nfc(outer->title));
        for (guint i = 0; i < outer->items->len; i++) {
            const Inner *inner = outer->items->pdata[i];
            g_assert_true(inner->id && inner->count >= -5 && inner->count <= 1000);
            g_assert_true(inner->kind >= 0 && inner->kind < 3 && inner->width_mm >= 0 &&
                          inner->width_mm <= 500);
            g_assert_true(!inner->points || rational_sign(inner->points) >= 0);
        }
    }
    spec_free(outer, &outer_table);
}

const FuzzTarget fuzz_target = {"spec", "spec.yaml", words, make_seeds, run};
