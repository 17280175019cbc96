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
