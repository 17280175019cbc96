/* What pages inherit from those before: the cell of a cover sheet, the ballot of loose pages. */
#include "intake/context.h"

static void set_text(char **text, const char *value)
{
    if (*text == value)
        return;
    g_free(*text);
    *text = g_strdup(value);
}

static void remember(IntakeContext *context, const StorePage *page)
{
    if (page->outcome == STORE_PAGE_COVER) {
        set_text(&context->group, page->group);
        set_text(&context->agency, page->agency);
        set_text(&context->origin, page->origin);
    }
    if (page->outcome == STORE_PAGE_READ && page->foreign) {
        set_text(&context->serial, page->serial);
        set_text(&context->form, page->form);
        context->page = page->page;
    } else if (page->outcome != STORE_PAGE_BLANK) {
        context->page = 0; /* anything but a blank back ends a ballot of loose pages */
    }
}

bool context_catch_up(IntakeContext *context, Store *store, const GPtrArray *files, int file, int index,
                      GError **error)
{
    for (;;) {
        if (!context->stored) {
            const TakenFile *taken = files->pdata[context->file];
            context->stored = store_load_file_pages(store, taken->file->id, error);
            context->stored_next = 0;
            if (!context->stored)
                return false;
        }
        for (; context->stored_next < context->stored->len; context->stored_next++) {
            const StorePage *page = context->stored->pdata[context->stored_next];
            if (context->file == file && page->index >= index)
                return true;
            remember(context, page);
        }
        if (context->file == file)
            return true;
        context->file++;
        g_clear_pointer(&context->stored, g_ptr_array_unref);
    }
}

void context_pass(IntakeContext *context, const StorePage *page)
{
    remember(context, page);
    while (context->stored_next < context->stored->len &&
           ((StorePage *)context->stored->pdata[context->stored_next])->index <= page->index)
        context->stored_next++;
}

static char *own_serial(const TakenFile *taken, const StorePage *page)
{
    g_autofree char *own = g_strdup_printf("X%.8s-%d", taken->file->sha256, page->index + 1);
    return g_ascii_strup(own, -1);
}

/* The serial of the ballot whose second page was read earlier, behind this page, and could not know that it
 * is the second; or NULL. */
static const char *find_rest(const IntakeContext *context, const TakenFile *taken, const StorePage *page)
{
    for (guint i = context->stored_next; i < context->stored->len; i++) {
        const StorePage *next = context->stored->pdata[i];
        if (next->index <= page->index || next->outcome == STORE_PAGE_BLANK)
            continue;
        g_autofree char *own = own_serial(taken, next);
        bool rest = next->outcome == STORE_PAGE_READ && g_str_equal(next->serial, own) &&
                    g_str_equal(next->form, page->form) && next->page == page->page + 1;
        return rest ? next->serial : NULL;
    }
    return NULL;
}

void context_name_foreign(const IntakeContext *context, const TakenFile *taken, const IntakeOptions *o,
                          StorePage *page)
{
    bool goes_on = page->page > 1 && context->page == page->page - 1 && context->form &&
                   g_str_equal(context->form, page->form);
    g_autofree char *own = own_serial(taken, page);
    const char *rest = find_rest(context, taken, page);
    set_text(&page->serial, goes_on ? context->serial : rest ? rest : own);
    set_text(&page->group, o->group ? o->group : context->group ? context->group : "");
    set_text(&page->agency, o->agency ? o->agency : context->agency ? context->agency : "");
    set_text(&page->origin, o->origin ? o->origin : context->origin ? context->origin : "");
}

void context_clear(IntakeContext *context)
{
    g_clear_pointer(&context->stored, g_ptr_array_unref);
    g_free(context->group);
    g_free(context->agency);
    g_free(context->origin);
    g_free(context->serial);
    g_free(context->form);
}
