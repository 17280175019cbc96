/* Pages between processes, as serialised GVariants. */
#include <string.h>

#include "intake/worker.h"

#define MARK_TYPE "(ssay(ddd)(idddu))"
#define FIELD_TYPE "(sdbmsdms)"
#define PAGE_TYPE "(iisssssibsssiayiddda" MARK_TYPE "a" FIELD_TYPE ")"

static GVariant *bytes_variant(const void *data, size_t length)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, length, 1);
}

GBytes *page_to_bytes(const StorePage *page)
{
    GVariantBuilder marks;
    g_variant_builder_init(&marks, G_VARIANT_TYPE("a" MARK_TYPE));
    for (guint i = 0; i < page->marks->len; i++) {
        const StoreMark *m = &g_array_index(page->marks, StoreMark, i);
        g_variant_builder_add(&marks, "(ss@ay(ddd)(idddu))", m->question, m->option,
                              bytes_variant(&m->measures, sizeof m->measures), m->place.shift_x_mm,
                              m->place.shift_y_mm, m->place.match, (gint32)m->decision.state,
                              m->decision.p_marked, m->decision.p_cancelled, m->decision.confidence,
                              (guint32)m->decision.reasons);
    }
    GVariantBuilder fields;
    g_variant_builder_init(&fields, G_VARIANT_TYPE("a" FIELD_TYPE));
    for (guint i = 0; i < page->fields->len; i++) {
        const StoreField *f = &g_array_index(page->fields, StoreField, i);
        g_variant_builder_add(&fields, FIELD_TYPE, f->question, f->found.ink_mm2, (gboolean)f->found.written,
                              f->draft.text, f->draft.confidence, f->draft.model);
    }
    g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_new(
        "(iisssssibsssi@ayiddda" MARK_TYPE "a" FIELD_TYPE ")", (gint32)page->index, (gint32)page->outcome,
        page->reason, page->detail, page->form, page->layout_fingerprint, page->serial, (gint32)page->page,
        (gboolean)page->foreign, page->group, page->agency, page->origin, (gint32)page->expected,
        bytes_variant(&page->map, sizeof page->map), (gint32)page->quarter_turns, page->residual_mm,
        page->worst_mm, page->scale, &marks, &fields));
    return g_variant_get_data_as_bytes(variant);
}

static void copy_bytes(GVariant *variant, void *to, size_t size)
{
    gsize length;
    const void *data = g_variant_get_fixed_array(variant, &length, 1);
    if (length == size)
        memcpy(to, data, size);
    g_variant_unref(variant);
}

StorePage *page_from_bytes(GBytes *bytes)
{
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PAGE_TYPE), bytes, FALSE));
    StorePage *page = g_new0(StorePage, 1);
    GVariant *map;
    GVariantIter *marks, *fields;
    gint32 outcome;
    gboolean foreign;
    g_variant_get(variant, "(iisssssibsssi@ayiddda" MARK_TYPE "a" FIELD_TYPE ")", &page->index, &outcome,
                  &page->reason, &page->detail, &page->form, &page->layout_fingerprint, &page->serial,
                  &page->page, &foreign, &page->group, &page->agency, &page->origin, &page->expected, &map,
                  &page->quarter_turns, &page->residual_mm, &page->worst_mm, &page->scale, &marks, &fields);
    page->outcome = (StorePageOutcome)outcome;
    page->foreign = foreign;
    page->reader = g_strdup(""); /* the parent knows whom it asked */
    copy_bytes(map, &page->map, sizeof page->map);
    StorePage *fresh = store_page_new(); /* its lists free the texts in them */
    page->marks = g_array_ref(fresh->marks);
    page->fields = g_array_ref(fresh->fields);
    store_page_free(fresh);
    StoreMark m = {0};
    GVariant *measures;
    gint32 state;
    while (g_variant_iter_next(marks, "(ss@ay(ddd)(idddu))", &m.question, &m.option, &measures,
                               &m.place.shift_x_mm, &m.place.shift_y_mm, &m.place.match, &state,
                               &m.decision.p_marked, &m.decision.p_cancelled, &m.decision.confidence,
                               &m.decision.reasons)) {
        m.decision.state = (MarkState)state;
        copy_bytes(measures, &m.measures, sizeof m.measures);
        g_array_append_val(page->marks, m);
    }
    g_variant_iter_free(marks);
    StoreField f = {0};
    gboolean written;
    while (g_variant_iter_next(fields, FIELD_TYPE, &f.question, &f.found.ink_mm2, &written, &f.draft.text,
                               &f.draft.confidence, &f.draft.model)) {
        f.found.written = written;
        g_array_append_val(page->fields, f);
    }
    g_variant_iter_free(fields);
    return page;
}
