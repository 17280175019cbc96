/* The number of a ballot as it is printed, and as a picture. */
#include <math.h>
#include <string.h>

#include "print/print_internal.h"

#define NUMBER_PT 14.0
#define NUMBER_LEAST_PT 9.0

struct PrintNumerals {
    PrintPress *press;
};

/* The largest size at which the widest number of a station fits its place. */
static double number_size_pt(PrintPress *press, const char *station)
{
    g_autofree char *widest = g_strdup_printf("%s%s000000-W", station, *station ? "-" : "");
    for (double size_pt = NUMBER_PT; size_pt > NUMBER_LEAST_PT; size_pt -= 0.5) {
        g_autoptr(PangoLayout) text =
            print_text_new(press, widest, (PrintStyle){.size_pt = size_pt, .bold = true});
        if (print_text_width_mm(text) <= NUMBER_WIDTH_MM)
            return size_pt;
    }
    return NUMBER_LEAST_PT;
}

PangoLayout *print_number_new(PrintPress *press, const char *station, const char *number)
{
    return print_text_new(press, number,
                          (PrintStyle){.size_pt = number_size_pt(press, station), .bold = true});
}

PrintNumerals *print_numerals_new(GError **error)
{
    g_autoptr(PrintPress) press = print_press_new(error);
    if (!press)
        return NULL;
    PrintNumerals *numerals = g_new0(PrintNumerals, 1);
    numerals->press = g_steal_pointer(&press);
    return numerals;
}

void print_numerals_free(PrintNumerals *numerals)
{
    if (!numerals)
        return;
    print_press_free(numerals->press);
    g_free(numerals);
}

Raster *print_numerals_draw(PrintNumerals *numerals, const char *station, const char *digits,
                            double px_per_mm, GError **error)
{
    g_autoptr(PangoLayout) text = print_number_new(numerals->press, station, digits);
    g_autoptr(PangoLayout) all = print_number_new(numerals->press, station, "0123456789");
    PangoRectangle digits_ink; /* all digits are cut alike */
    pango_layout_get_extents(all, &digits_ink, NULL);
    double top_mm = digits_ink.y * POINT_MM / PANGO_SCALE;
    int width_px = (int)lround(print_text_width_mm(text) * px_per_mm);
    int height_px = (int)ceil(digits_ink.height * POINT_MM / PANGO_SCALE * px_per_mm);
    g_autoptr(Raster) raster = raster_new(width_px, height_px, error);
    if (!raster)
        return NULL;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width_px, height_px);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, px_per_mm * POINT_MM, px_per_mm * POINT_MM);
    print_paint_text(cr, text, 0, -top_mm);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    const uint8_t *ink = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height_px && status == CAIRO_STATUS_SUCCESS; y++) {
        for (int x = 0; x < width_px; x++)
            raster->pixels[(size_t)y * raster->stride + (size_t)x] =
                (uint8_t)(255 - ink[(size_t)y * stride + (size_t)x]);
    }
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return g_steal_pointer(&raster);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("cannot draw a page: %s"),
                cairo_status_to_string(status));
    return NULL;
}
