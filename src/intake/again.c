#include "intake/again.h"

#include <math.h>

#include "register/register.h"

/* What one program measures twice on one machine is the same to the last bit; on another machine vision's
 * arithmetic may round otherwise. */
#define SAME_MEASURE 0.001
#define SAME_PLACE_PX 0.1
/* A sheet of paper, for where its map puts it. */
#define SHEET_MM 297

static bool same_measure(double one, double other)
{
    return fabs(one - other) <= SAME_MEASURE * MAX(1, MAX(fabs(one), fabs(other)));
}

static void add(GPtrArray *differing, const char *place, const char *recorded, const char *now)
{
    g_ptr_array_add(differing,
                    g_strdup_printf(_("%s: recorded is %s, read again it is %s"), place, recorded, now));
}

/* What a page is, in words. */
static char *page_words(const StorePage *page)
{
    if (page->outcome == STORE_PAGE_BLANK)
        return g_strdup(_("a blank page"));
    if (page->outcome == STORE_PAGE_COVER)
        return g_strdup_printf(_("the cover sheet of %d ballots: group '%s', agency '%s', origin '%s'"),
                               page->expected, page->group, page->agency, page->origin);
    if (page->outcome == STORE_PAGE_READ)
        return g_strdup_printf(_("page %d of form %s, ballot %s%s%s, layout %.8s"), page->page, page->form,
                               *page->serial && !page->foreign ? serial_shown(page->serial) : "–",
                               *page->detail ? " · " : "", page->detail, page->layout_fingerprint);
    g_autofree char *why = register_refusal_words(page->reason, page->detail);
    return g_strdup_printf(_("refused (%s)"), why);
}

/* The boxes of a question, from `first` on: "a marked, b blank". */
static char *boxes_words(const StorePage *page, guint first, guint count)
{
    GString *words = g_string_new(NULL);
    for (guint i = first; i < first + count; i++) {
        const StoreMark *mark = &g_array_index(page->marks, StoreMark, i);
        bool known = mark->decision.state <= MARK_DOUBTFUL;
        g_string_append_printf(words, "%s%s %s", words->len ? ", " : "", mark->option,
                               known ? mark_state_id(mark->decision.state) : "?");
    }
    return g_string_free(words, FALSE);
}

/* The first measure of a box that differs, −1 for none. */
static int differing_measure(const StoreMark *one, const StoreMark *other)
{
    for (int i = 0; i < MARK_MEASURES; i++) {
        if (!same_measure(one->measures.v[i], other->measures.v[i]))
            return i;
    }
    return -1;
}

/* One question: its boxes stand together on a page. */
static void compare_question(const char *place, const StorePage *recorded, const StorePage *now, guint first,
                             guint count, GPtrArray *differing)
{
    for (guint i = first; i < first + count; i++) {
        const StoreMark *one = &g_array_index(recorded->marks, StoreMark, i),
                        *other = &g_array_index(now->marks, StoreMark, i);
        int measure = differing_measure(one, other);
        if (measure < 0)
            continue;
        g_autofree char *was = boxes_words(recorded, first, count), *is = boxes_words(now, first, count);
        g_autofree char *where = g_strdup_printf(_("%s, question %s"), place, one->question);
        g_autofree char *stands = g_strdup_printf("%s (%s %s %.6g)", was, one->option,
                                                  mark_measure_name(measure), one->measures.v[measure]);
        g_autofree char *seen = g_strdup_printf("%s (%s %s %.6g)", is, other->option,
                                                mark_measure_name(measure), other->measures.v[measure]);
        add(differing, where, stands, seen);
        return;
    }
}

static void compare_marks(const char *place, const StorePage *recorded, const StorePage *now,
                          GPtrArray *differing)
{
    for (guint first = 0, count; first < recorded->marks->len; first += count) {
        const char *question = g_array_index(recorded->marks, StoreMark, first).question;
        count = 1;
        while (first + count < recorded->marks->len &&
               g_str_equal(g_array_index(recorded->marks, StoreMark, first + count).question, question))
            count++;
        compare_question(place, recorded, now, first, count, differing);
    }
}

static const StoreField *find_field(const StorePage *page, const char *question)
{
    for (guint i = 0; i < page->fields->len; i++) {
        const StoreField *field = &g_array_index(page->fields, StoreField, i);
        if (g_str_equal(field->question, question))
            return field;
    }
    return NULL;
}

static char *field_words(const StoreField *field)
{
    return g_strdup_printf(field->found.written ? _("written on (%.4g mm²)") : _("not written on (%.4g mm²)"),
                           field->found.ink_mm2);
}

static void compare_fields(const char *place, const StorePage *recorded, const StorePage *now,
                           GPtrArray *differing)
{
    for (guint i = 0; i < now->fields->len; i++) {
        const StoreField *is = &g_array_index(now->fields, StoreField, i),
                         *was = find_field(recorded, is->question);
        if (was && was->found.written == is->found.written &&
            same_measure(was->found.ink_mm2, is->found.ink_mm2))
            continue;
        g_autofree char *where = g_strdup_printf(_("%s, question %s"), place, is->question);
        g_autofree char *stands = was ? field_words(was) : g_strdup(_("no place to write"));
        g_autofree char *seen = field_words(is);
        add(differing, where, stands, seen);
    }
}

/* Where on the scan people are shown the paper to be. */
static void compare_place(const char *place, const StorePage *recorded, const StorePage *now,
                          GPtrArray *differing)
{
    for (int corner = 0; corner < 4; corner++) {
        PointMm at = {corner & 1 ? SHEET_MM : 0, corner & 2 ? SHEET_MM : 0};
        PointPx was = page_map_point(&recorded->map, at), is = page_map_point(&now->map, at);
        if (!(hypot(was.x_px - is.x_px, was.y_px - is.y_px) > SAME_PLACE_PX))
            continue;
        g_autofree char *where = g_strdup_printf(_("%s, place on the scan"), place);
        g_autofree char *stands = g_strdup_printf("%.1f;%.1f px", was.x_px, was.y_px);
        g_autofree char *seen = g_strdup_printf("%.1f;%.1f px", is.x_px, is.y_px);
        add(differing, where, stands, seen);
        return;
    }
}

static bool same_page(const StorePage *recorded, const StorePage *now)
{
    if (recorded->outcome != now->outcome)
        return false;
    if (now->outcome == STORE_PAGE_COVER)
        return recorded->expected == now->expected && g_str_equal(recorded->group, now->group) &&
               g_str_equal(recorded->agency, now->agency) && g_str_equal(recorded->origin, now->origin);
    if (now->outcome != STORE_PAGE_READ)
        return true;
    /* a page of a form printed by others has no number of its own */
    bool same_ballot = now->foreign ? recorded->foreign
                                    : g_str_equal(recorded->serial, now->serial) &&
                                          g_str_equal(recorded->detail, now->detail);
    return same_ballot && recorded->page == now->page && g_str_equal(recorded->form, now->form) &&
           g_str_equal(recorded->layout_fingerprint, now->layout_fingerprint) &&
           recorded->marks->len == now->marks->len;
}

void again_compare(const char *place, const StorePage *recorded, const StorePage *now, GPtrArray *differing)
{
    if (!same_page(recorded, now)) {
        g_autofree char *stands = page_words(recorded), *seen = page_words(now);
        add(differing, place, stands, seen);
    } else if (now->outcome == STORE_PAGE_READ) {
        compare_place(place, recorded, now, differing);
        compare_marks(place, recorded, now, differing);
        compare_fields(place, recorded, now, differing);
    }
}
