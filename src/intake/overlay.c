/* A page as the machine saw it: where it holds every box to be, what it made of each and why, over the scan.
 */
#include <cairo.h>
#include <math.h>
#include <string.h>

#include "intake/worker.h"
#include "mark/mark.h"
#include "vision/vision.h"

#define PX_PER_MM 6.0
/* Text, and how far below a box its reasons stand. */
#define TEXT_PX 10.0
#define BELOW_PX 15.0

typedef struct {
    double r, g, b, width_px;
} Pen;

static const Pen pens[] = {[MARK_BLANK] = {0.25, 0.45, 0.85, 1},
                           [MARK_MARKED] = {0.0, 0.55, 0.2, 3},
                           [MARK_CANCELLED] = {0.55, 0.2, 0.65, 3},
                           [MARK_DOUBTFUL] = {0.85, 0.05, 0.1, 3}};

/* The scan, paler than what is drawn over it. */
static cairo_surface_t *draw_scan(const Raster *grey)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, grey->width_px, grey->height_px);
    uint8_t *pixels = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    cairo_surface_flush(surface);
    for (int y = 0; pixels && y < grey->height_px; y++) {
        const uint8_t *from = grey->pixels + (size_t)y * grey->stride;
        uint8_t *to = pixels + (size_t)y * (size_t)stride;
        for (int x = 0; x < grey->width_px; x++, to += 4)
            to[0] = to[1] = to[2] = (uint8_t)(255 - (255 - from[x]) * 3 / 5);
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void write_text(cairo_t *cr, double x, double y, double size_px, const char *text)
{
    cairo_text_extents_t extents;
    cairo_set_font_size(cr, size_px);
    cairo_text_extents(cr, text, &extents);
    cairo_save(cr);
    cairo_set_source_rgba(cr, 1, 1, 1, 0.85);
    cairo_rectangle(cr, x + extents.x_bearing - 1, y + extents.y_bearing - 1, extents.width + 2,
                    extents.height + 2);
    cairo_fill(cr);
    cairo_restore(cr);
    cairo_move_to(cr, x, y);
    cairo_show_text(cr, text);
}

static void draw_mark(cairo_t *cr, const LayoutBox *box, const StoreMark *mark)
{
    const Pen *pen = &pens[CLAMP(mark->decision.state, MARK_BLANK, MARK_DOUBTFUL)];
    double x = (box->rect.x_mm + mark->place.shift_x_mm) * PX_PER_MM,
           y = (box->rect.y_mm + mark->place.shift_y_mm) * PX_PER_MM, w = box->rect.w_mm * PX_PER_MM,
           h = box->rect.h_mm * PX_PER_MM;
    cairo_set_source_rgb(cr, pen->r, pen->g, pen->b);
    cairo_set_line_width(cr, pen->width_px);
    cairo_rectangle(cr, x, y, w, h);
    cairo_stroke(cr);
    const float *v = mark->measures.v;
    g_autofree char *seen = g_strdup_printf("%.2f %.2f", v[MEASURE_OUTLINE], v[MEASURE_LINE]);
    write_text(cr, x, y - 3, TEXT_PX, seen);
    g_autofree char *reasons = answer_reasons_words(mark->decision.reasons);
    if (mark->decision.state == MARK_DOUBTFUL || *reasons)
        write_text(cr, x, y + h + BELOW_PX, TEXT_PX, *reasons ? reasons : "?");
}

static cairo_status_t append(void *closure, const unsigned char *data, unsigned length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static bool draw_page(const Raster *scan, const LayoutPage *page, const GArray *marks, const char *path,
                      GError **error)
{
    cairo_surface_t *surface = draw_scan(scan);
    cairo_t *cr = cairo_create(surface);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    for (guint i = 0; i < marks->len; i++) {
        const StoreMark *mark = &g_array_index(marks, StoreMark, i);
        int box = layout_box_index(page, mark->question, mark->option);
        if (box >= 0)
            draw_mark(cr, page->boxes->pdata[box], mark);
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    cairo_status_t status = cairo_status(cr);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(surface, append, bytes);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return file_replace(path, (const char *)bytes->data, (gssize)bytes->len, error);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: the picture cannot be drawn: %s"), path,
                cairo_status_to_string(status));
    return false;
}

bool intake_write_overlay(Store *store, const char *serial, int number, const char *path, GError **error)
{
    g_autoptr(GPtrArray) scans = store_load_scans(store, serial, error);
    if (!scans)
        return false;
    for (guint i = 0; i < scans->len; i++) {
        const StoreScan *scan = scans->pdata[i];
        const LayoutPage *page = scan->page == number ? intake_scan_layout(store, scan) : NULL;
        if (!page)
            continue;
        g_autoptr(GArray) marks = store_load_marks(store, scan->page_id, error);
        g_autoptr(PageImage) image = marks ? intake_scan_image(store_dir(store), scan, false, error) : NULL;
        RectMm whole = {0, 0, page->width_mm, page->height_mm};
        g_autoptr(Raster) sheet =
            image ? vision_sample(image->grey, &scan->map, whole, PX_PER_MM, 0, 0, error) : NULL;
        return sheet && draw_page(sheet, page, marks, path, error);
    }
    g_autofree char *printed = serial_print_form(serial);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                _("ballot %s: page %d was not read; see phieu show %s"), printed, number, printed);
    return false;
}
