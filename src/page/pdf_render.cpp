/* A PDF page as poppler draws it. */
#include "page/pdf_internal.h"

#include <cmath>
#include <cstring>
#include <string>

#include <cairo.h>

namespace
{

bool open_poppler(PagePdf *pdf, GError **error)
{
    if (pdf->poppler)
        return true;
    g_autofree char *full = g_canonicalize_filename(pdf->path.c_str(), nullptr);
    g_autofree char *uri = g_filename_to_uri(full, nullptr, nullptr);
    g_autoptr(GError) cause = nullptr;
    pdf->poppler = uri ? poppler_document_new_from_file(uri, nullptr, &cause) : nullptr;
    if (!pdf->poppler)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("the PDF cannot be rendered (poppler: %s); print it to a new "
                      "PDF or scan it again"),
                    cause ? cause->message : "?");
    return pdf->poppler != nullptr;
}

PageImage *image_of_surface(cairo_surface_t *surface, bool want_chroma, GError **error)
{
    cairo_surface_flush(surface);
    int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
    size_t stride = size_t(cairo_image_surface_get_stride(surface));
    uint8_t *pixels = cairo_image_surface_get_data(surface);
    for (int y = 0; y < height; y++) { /* BGRx to RGB, in place */
        uint8_t *row = pixels + size_t(y) * stride;
        for (int x = 0; x < width; x++) {
            uint32_t pixel;
            std::memcpy(&pixel, row + 4 * size_t(x), 4);
            row[3 * x] = uint8_t(pixel >> 16);
            row[3 * x + 1] = uint8_t(pixel >> 8);
            row[3 * x + 2] = uint8_t(pixel);
        }
    }
    return page_image_from_rgb(pixels, width, height, stride, want_chroma, error);
}

/* The renderer's own words about damage; it goes on and leaves white. */
void note_fault(const gchar *, GLogLevelFlags, const gchar *message, gpointer user)
{
    auto fault = static_cast<std::string *>(user);
    if (fault->empty() && message && !g_str_has_prefix(message, "Syntax warning"))
        *fault = message;
}

bool fits(double width_px, double height_px)
{
    return width_px > 0 && height_px > 0 && width_px <= RASTER_MAX_SIDE_PX &&
           height_px <= RASTER_MAX_SIDE_PX && width_px * height_px <= double(RASTER_MAX_PIXELS) / 4;
}

/* Pixels a point for a page of that many points: as a sheet of paper, or, where that is too large, one that
 * gives its pictures pixel by pixel. Programs make pages a point a pixel when they know no resolution. */
double render_scale(double width, double height, double density)
{
    double scale = PAGE_RENDER_DPI / 72.0;
    return !fits(width * scale, height * scale) && density > 0 ? std::fmin(scale, density) : scale;
}

} // namespace

PageImage *pdf_render(PagePdf *pdf, int index, const FoundImage &found, bool want_chroma, GError **error)
{
    if (!open_poppler(pdf, error))
        return nullptr;
    /* The renderer may count the pages of a damaged file otherwise. */
    PopplerPage *page = index < poppler_document_get_n_pages(pdf->poppler)
                            ? poppler_document_get_page(pdf->poppler, index)
                            : nullptr;
    if (!page) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("the page cannot be found in the PDF"));
        return nullptr;
    }
    double width = 0, height = 0;
    poppler_page_get_size(page, &width, &height);
    double scale = render_scale(width, height, found.density);
    PageImage *image = nullptr;
    if (!fits(width * scale, height * scale)) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
            _("the page is %.0f × %.0f mm, which is no sheet of paper, and its pictures are too large to "
              "be read pixel by pixel; print it to a new PDF on A4"),
            width / 72 * MM_PER_INCH, height / 72 * MM_PER_INCH);
    } else {
        cairo_surface_t *surface = cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, int(std::ceil(width * scale)), int(std::ceil(height * scale)));
        cairo_t *cr = cairo_create(surface);
        cairo_set_source_rgb(cr, 1, 1, 1);
        cairo_paint(cr);
        cairo_scale(cr, scale, scale);
        std::string fault;
        guint handler = g_log_set_handler("Poppler", G_LOG_LEVEL_INFO, note_fault, &fault);
        poppler_page_render(page, cr);
        g_log_remove_handler("Poppler", handler);
        cairo_status_t status = cairo_status(cr);
        cairo_destroy(cr);
        if (found.draws && !fault.empty()) /* white where a picture should be is a ballot without marks */
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                        _("the page cannot be rendered (poppler: %s)"), fault.c_str());
        else if (status == CAIRO_STATUS_SUCCESS)
            image = image_of_surface(surface, want_chroma, error);
        else
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                        _("the page cannot be rendered (cairo: %s)"), cairo_status_to_string(status));
        cairo_surface_destroy(surface);
    }
    g_object_unref(page);
    if (image)
        page_image_set_dpi(image, 72 * scale, 72 * scale);
    return image;
}
