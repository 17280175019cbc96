/* The page with every region outlined and numbered. */
#include <cairo.h>
#include <math.h>
#include <string.h>

#include "detect/detect.h"

#define OVERLAY_DPI 150.0

typedef struct {
    double r, g, b;
} Colour;

/* Boxes by shape, then fields, then page numbers, and what looks like a box and is none. */
static const Colour square_colour = {0.85, 0.05, 0.1}, round_colour = {0.75, 0, 0.7},
                    cell_colour = {0.95, 0.45, 0}, text_colour = {0.05, 0.35, 0.9},
                    digits_colour = {0, 0.55, 0.25}, number_colour = {0, 0.55, 0.6},
                    left_colour = {0.45, 0.45, 0};

static void draw_region(cairo_t *cr, RectMm rect, Colour colour, bool round, const char *name, bool inside)
{
    double scale = OVERLAY_DPI / MM_PER_INCH, pad = 0.25;
    double x = (rect.x_mm - pad) * scale, y = (rect.y_mm - pad) * scale, w = (rect.w_mm + 2 * pad) * scale,
           h = (rect.h_mm + 2 * pad) * scale;
    cairo_new_path(cr);
    if (round) {
        cairo_save(cr);
        cairo_translate(cr, x + w / 2, y + h / 2);
        cairo_scale(cr, w / 2, h / 2);
        cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
        cairo_restore(cr);
    } else {
        cairo_rectangle(cr, x, y, w, h);
    }
    cairo_set_source_rgba(cr, colour.r, colour.g, colour.b, 0.18);
    cairo_fill_preserve(cr);
    cairo_set_source_rgb(cr, colour.r, colour.g, colour.b);
    cairo_set_line_width(cr, 1.6);
    cairo_stroke(cr);
    cairo_text_extents_t size;
    cairo_set_font_size(cr, inside ? 15 : 12);
    cairo_text_extents(cr, name, &size);
    double tx = inside ? x + 3 : x + w / 2 - size.width / 2 - size.x_bearing;
    double ty = inside ? y + size.height + 3 : y - 3;
    cairo_set_source_rgba(cr, 1, 1, 1, 0.85);
    cairo_rectangle(cr, tx + size.x_bearing - 1, ty + size.y_bearing - 1, size.width + 2, size.height + 2);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, colour.r, colour.g, colour.b);
    cairo_move_to(cr, tx, ty);
    cairo_show_text(cr, name);
}

static void draw_page(cairo_t *cr, const DetectPage *page)
{
    const Raster *grey = page->grey;
    int stride = cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, grey->width_px);
    cairo_surface_t *picture =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, grey->width_px, grey->height_px);
    unsigned char *pixels = cairo_image_surface_get_data(picture);
    if (pixels) {
        cairo_surface_flush(picture);
        for (int y = 0; y < grey->height_px; y++) {
            const uint8_t *from = grey->pixels + (size_t)y * grey->stride;
            uint8_t *to = pixels + (size_t)y * (size_t)stride;
            for (int x = 0; x < grey->width_px; x++, to += 4)
                to[0] = to[1] = to[2] = (uint8_t)(255 - (255 - from[x]) * 3 / 4); /* paler than the marks */
        }
        cairo_surface_mark_dirty(picture);
        cairo_save(cr);
        cairo_scale(cr, OVERLAY_DPI / grey->dpi_x, OVERLAY_DPI / grey->dpi_y);
        cairo_set_source_surface(cr, picture, 0, 0);
        cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
        cairo_paint(cr);
        cairo_restore(cr);
    }
    cairo_surface_destroy(picture);
}

static void draw_question(cairo_t *cr, const DetectQuestion *question, int page)
{
    for (guint i = 0; i < question->options->len; i++) {
        const DetectOption *option = question->options->pdata[i];
        if (option->page != page)
            continue;
        g_autofree char *name = g_strdup_printf("%s.%s", question->id + 1, option->id);
        draw_region(cr, option->rect,
                    option->is_cell ? cell_colour
                    : option->round ? round_colour
                                    : square_colour,
                    option->round, name, option->is_cell);
    }
    if (question->options->len == 0 && question->page == page)
        draw_region(cr, question->rect, question->kind == DETECT_DIGITS ? digits_colour : text_colour, false,
                    question->id, true);
}

static cairo_status_t append(void *closure, const unsigned char *data, unsigned length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

bool detect_write_overlay(const DetectForm *form, int page, const char *path, GError **error)
{
    if (page < 1 || page > (int)form->pages->len) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("there is no page %d: the form has %u"),
                    page, form->pages->len);
        return false;
    }
    const DetectPage *shown = form->pages->pdata[page - 1];
    int width = MAX(1, (int)lround(shown->width_mm * OVERLAY_DPI / MM_PER_INCH));
    int height = MAX(1, (int)lround(shown->height_mm * OVERLAY_DPI / MM_PER_INCH));
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    draw_page(cr, shown);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    for (guint i = 0; i < form->questions->len; i++)
        draw_question(cr, form->questions->pdata[i], page);
    for (guint i = 0; i < form->left->len; i++) {
        const DetectLeft *left = &g_array_index(form->left, DetectLeft, i);
        if (left->page == page)
            draw_region(cr, left->rect, left_colour, false, "?", false);
    }
    if (shown->number)
        draw_region(cr, shown->number_rect, number_colour, false, _("page number"), false);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    cairo_status_t status = cairo_status(cr);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(surface, append, bytes);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: the picture cannot be drawn: %s"), path,
                    cairo_status_to_string(status));
        return false;
    }
    return file_replace(path, (const char *)bytes->data, (gssize)bytes->len, error);
}
