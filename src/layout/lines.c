#include <math.h>

#include "layout/layout.h"

/* Boxes whose middles lie within this share of their height of each other stand in one line. */
#define SAME_LINE_SHARE 0.6

static double middle_y(const LayoutBox *box)
{
    return box->rect.y_mm + box->rect.h_mm / 2;
}

static void line_free(gpointer data)
{
    LayoutLine *line = data;
    g_array_unref(line->boxes);
    g_free(line);
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    double x = (*(LayoutLine *const *)a)->y_mm, y = (*(LayoutLine *const *)b)->y_mm;
    return (x > y) - (x < y);
}

GPtrArray *layout_find_lines(const LayoutPage *page)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        LayoutLine *line = NULL;
        for (guint k = 0; k < lines->len && !line; k++) {
            LayoutLine *known = lines->pdata[k];
            if (fabs(known->y_mm - middle_y(box)) < SAME_LINE_SHARE * MIN(known->h_mm, box->rect.h_mm))
                line = known;
        }
        if (!line) {
            line = g_new0(LayoutLine, 1);
            line->y_mm = middle_y(box);
            line->h_mm = box->rect.h_mm;
            line->boxes = g_array_new(FALSE, FALSE, sizeof(guint));
            g_ptr_array_add(lines, line);
        }
        g_array_append_val(line->boxes, i);
    }
    g_ptr_array_sort(lines, compare_lines);
    return lines;
}
