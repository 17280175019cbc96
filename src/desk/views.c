#include "desk/views.h"

struct Views {
    GMutex lock;
    GHashTable *known; /* "form fingerprint page question" → IntakeView */
};

Views *views_new(void)
{
    Views *views = g_new0(Views, 1);
    g_mutex_init(&views->lock);
    views->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return views;
}

void views_free(Views *views)
{
    if (!views)
        return;
    g_hash_table_unref(views->known);
    g_mutex_clear(&views->lock);
    g_free(views);
}

bool views_find(Views *views, Store *store, const StoreScan *scan, const char *question, IntakeView *ret)
{
    g_autofree char *key =
        g_strdup_printf("%s %s %d %s", scan->form, scan->layout_fingerprint, scan->page, question);
    g_mutex_lock(&views->lock);
    const IntakeView *known = g_hash_table_lookup(views->known, key);
    if (known)
        *ret = *known;
    g_mutex_unlock(&views->lock);
    if (known)
        return true;
    /* Only questions there are get in: the table stays as small as the forms. */
    const LayoutPage *page = intake_scan_layout(store, scan);
    if (!page || !intake_find_view(page, question, ret))
        return false;
    IntakeView *kept = g_new(IntakeView, 1);
    *kept = *ret;
    g_mutex_lock(&views->lock);
    g_hash_table_replace(views->known, g_steal_pointer(&key), kept);
    g_mutex_unlock(&views->lock);
    return true;
}

/* So far reaches a mark that is set beside its box. */
#define AROUND_MM 7

bool views_find_boxes(const LayoutPage *page, const char *question, RectMm *ret)
{
    double left = page->width_mm, top = page->height_mm, right = 0, bottom = 0;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (!g_str_equal(box->question, question))
            continue;
        left = MIN(left, box->rect.x_mm);
        top = MIN(top, box->rect.y_mm);
        right = MAX(right, box->rect.x_mm + box->rect.w_mm);
        bottom = MAX(bottom, box->rect.y_mm + box->rect.h_mm);
    }
    if (right <= left)
        return false;
    left = MAX(0, left - AROUND_MM);
    top = MAX(0, top - AROUND_MM);
    right = MIN(page->width_mm, right + AROUND_MM);
    bottom = MIN(page->height_mm, bottom + AROUND_MM);
    *ret = (RectMm){left, top, right - left, bottom - top};
    return true;
}
