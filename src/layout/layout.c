#include "layout/layout.h"

#include <math.h>
#include <string.h>

static void box_free(gpointer data)
{
    LayoutBox *box = data;
    g_free(box->question);
    g_free(box->option);
    g_free(box);
}

static void field_free(gpointer data)
{
    LayoutField *field = data;
    g_free(field->field);
    g_free(field);
}

static void page_free(gpointer data)
{
    LayoutPage *page = data;
    g_ptr_array_unref(page->variable);
    g_ptr_array_unref(page->boxes);
    g_ptr_array_unref(page->fields);
    raster_free(page->blank);
    g_free(page);
}

Layout *layout_new(const char *form, int version)
{
    Layout *layout = g_new0(Layout, 1);
    layout->form = g_strdup(form);
    layout->version = version;
    layout->pages = g_ptr_array_new_with_free_func(page_free);
    return layout;
}

void layout_free(Layout *layout)
{
    if (!layout)
        return;
    g_free(layout->form);
    g_ptr_array_unref(layout->pages);
    g_free(layout);
}

LayoutPage *layout_add_page(Layout *layout, double width_mm, double height_mm)
{
    LayoutPage *page = g_new0(LayoutPage, 1);
    page->page = (int)layout->pages->len + 1;
    page->width_mm = width_mm;
    page->height_mm = height_mm;
    page->variable = g_ptr_array_new_with_free_func(g_free);
    page->boxes = g_ptr_array_new_with_free_func(box_free);
    page->fields = g_ptr_array_new_with_free_func(field_free);
    g_ptr_array_add(layout->pages, page);
    return page;
}

LayoutBox *layout_add_box(LayoutPage *page, const char *question, const char *option, RectMm rect,
                          double outline_mm, LayoutShape shape)
{
    LayoutBox *box = g_new0(LayoutBox, 1);
    *box = (LayoutBox){g_strdup(question), g_strdup(option), rect, outline_mm, shape};
    g_ptr_array_add(page->boxes, box);
    return box;
}

LayoutField *layout_add_field(LayoutPage *page, const char *field, LayoutFieldKind kind, RectMm rect)
{
    LayoutField *added = g_new0(LayoutField, 1);
    *added = (LayoutField){g_strdup(field), kind, rect};
    g_ptr_array_add(page->fields, added);
    return added;
}

void layout_add_variable(LayoutPage *page, RectMm rect)
{
    g_ptr_array_add(page->variable, g_memdup2(&rect, sizeof rect));
}

/* Numbers enter the fingerprint as whole units of 1/1000 mm (1/10000 dpi): the same in every locale. */
static void hash_numbers(Sha256 *sum, const double *values, int count, double per_unit)
{
    for (int i = 0; i < count; i++) {
        char text[32];
        int length = g_snprintf(text, sizeof text, "%lld ", llround(values[i] * per_unit));
        sha256_add(sum, text, (size_t)length);
    }
}

static void hash_rect(Sha256 *sum, RectMm rect)
{
    const double values[] = {rect.x_mm, rect.y_mm, rect.w_mm, rect.h_mm};
    hash_numbers(sum, values, 4, 1000);
}

static void hash_blank(Sha256 *sum, const Raster *blank)
{
    const double size[] = {blank->width_px, blank->height_px, blank->dpi_x, blank->dpi_y};
    sha256_add_text(sum, "blank");
    hash_numbers(sum, size, 4, 10000);
    for (int y = 0; y < blank->height_px; y++)
        sha256_add(sum, blank->pixels + (size_t)y * blank->stride, (size_t)blank->width_px);
}

static void hash_page(Sha256 *sum, const LayoutPage *page)
{
    hash_rect(sum, (RectMm){page->width_mm, page->height_mm, page->has_marks, page->page});
    for (int i = 0; i < LAYOUT_MARKS; i++)
        hash_rect(sum, page->marks[i]);
    hash_rect(sum, page->code);
    hash_rect(sum, page->serial);
    for (guint i = 0; i < page->variable->len; i++)
        hash_rect(sum, *(RectMm *)page->variable->pdata[i]);
    sha256_add_text(sum, "boxes");
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        sha256_add_text(sum, box->question);
        sha256_add_text(sum, box->option);
        hash_rect(sum, box->rect);
        hash_rect(sum, (RectMm){box->outline_mm, box->shape, 0, 0});
    }
    sha256_add_text(sum, "fields");
    for (guint i = 0; i < page->fields->len; i++) {
        const LayoutField *field = page->fields->pdata[i];
        sha256_add_text(sum, field->field);
        hash_rect(sum, field->rect);
        hash_rect(sum, (RectMm){field->kind, 0, 0, 0});
    }
    if (page->blank)
        hash_blank(sum, page->blank);
}

static double round_to(double value, double per_unit)
{
    return (double)llround(value * per_unit) / per_unit;
}

static void round_rect(RectMm *rect)
{
    *rect = (RectMm){round_to(rect->x_mm, 1000), round_to(rect->y_mm, 1000), round_to(rect->w_mm, 1000),
                     round_to(rect->h_mm, 1000)};
}

/* What is saved is what is used: both are the rounded numbers. */
static void round_page(LayoutPage *page)
{
    page->width_mm = round_to(page->width_mm, 1000);
    page->height_mm = round_to(page->height_mm, 1000);
    for (int i = 0; i < LAYOUT_MARKS; i++)
        round_rect(&page->marks[i]);
    round_rect(&page->code);
    round_rect(&page->serial);
    for (guint i = 0; i < page->variable->len; i++)
        round_rect(page->variable->pdata[i]);
    for (guint i = 0; i < page->boxes->len; i++) {
        LayoutBox *box = page->boxes->pdata[i];
        round_rect(&box->rect);
        box->outline_mm = round_to(box->outline_mm, 1000);
    }
    for (guint i = 0; i < page->fields->len; i++)
        round_rect(&((LayoutField *)page->fields->pdata[i])->rect);
    if (page->blank && !(page->blank->dpi_x > 0 && page->blank->dpi_y > 0)) {
        page->blank->dpi_x = page->blank->width_px * MM_PER_INCH / page->width_mm;
        page->blank->dpi_y = page->blank->height_px * MM_PER_INCH / page->height_mm;
    }
    if (page->blank) {
        page->blank->dpi_x = round_to(page->blank->dpi_x, 10000);
        page->blank->dpi_y = round_to(page->blank->dpi_y, 10000);
    }
}

void layout_seal(Layout *layout)
{
    Sha256 *sum = sha256_new();
    sha256_add_text(sum, layout->form);
    hash_rect(sum, (RectMm){layout->version, layout->pages->len, 0, 0});
    for (guint i = 0; i < layout->pages->len; i++) {
        round_page(layout->pages->pdata[i]);
        hash_page(sum, layout->pages->pdata[i]);
    }
    g_autofree char *hash = sha256_end(sum);
    g_strlcpy(layout->fingerprint, hash, sizeof layout->fingerprint);
}

Layout *layout_find(GPtrArray *layouts, const char *form, const char *fingerprint8)
{
    for (guint i = 0; i < layouts->len; i++) {
        Layout *layout = layouts->pdata[i];
        if (g_ascii_strcasecmp(layout->form, form) == 0 &&
            g_ascii_strncasecmp(layout->fingerprint, fingerprint8, 8) == 0)
            return layout;
    }
    return NULL;
}

int layout_box_index(const LayoutPage *page, const char *question, const char *option)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        if (g_str_equal(box->question, question) && g_str_equal(box->option, option))
            return (int)i;
    }
    return -1;
}

PageMap layout_blank_map(const LayoutPage *page)
{
    double sx = page->blank->width_px / page->width_mm, sy = page->blank->height_px / page->height_mm;
    return (PageMap){{sx, 0, 0, 0, sy, 0, 0, 0, 1}};
}
