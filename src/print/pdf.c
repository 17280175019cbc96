#include "print/print_internal.h"

#include <cairo-pdf.h>

struct PrintPdf {
    GByteArray *bytes;
    cairo_surface_t *surface;
    cairo_t *cr;
};

static cairo_status_t append_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    GByteArray *bytes = closure;
    if (bytes->len > G_MAXUINT / 2 - length)
        return CAIRO_STATUS_WRITE_ERROR;
    g_byte_array_append(bytes, data, length);
    return CAIRO_STATUS_SUCCESS;
}

PrintPdf *print_pdf_new(const Survey *survey, const char *title)
{
    PrintPdf *pdf = g_new0(PrintPdf, 1);
    pdf->bytes = g_byte_array_new();
    pdf->surface = cairo_pdf_surface_create_for_stream(append_bytes, pdf->bytes, PAPER_WIDTH_MM / POINT_MM,
                                                       PAPER_HEIGHT_MM / POINT_MM);
    cairo_pdf_surface_restrict_to_version(pdf->surface, CAIRO_PDF_VERSION_1_5);
    /* no clock: the same ballots are the same bytes */
    g_autofree char *date = g_strdup_printf("%04d-01-01T00:00:00Z", CLAMP(survey->year, 1970, 9999));
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "phieu " PHIEU_VERSION);
    pdf->cr = cairo_create(pdf->surface);
    return pdf;
}

cairo_t *print_pdf_context(PrintPdf *pdf)
{
    return pdf->cr;
}

bool print_pdf_write(PrintPdf *pdf, const char *path, GError **error)
{
    cairo_status_t status = cairo_status(pdf->cr);
    cairo_surface_finish(pdf->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(pdf->surface);
    bool written = false;
    if (status == CAIRO_STATUS_SUCCESS) {
        written = file_replace(path, (const char *)pdf->bytes->data, (gssize)pdf->bytes->len, error);
    } else {
        g_autofree char *shown = text_printable(path);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot make the PDF: %s"), shown,
                    cairo_status_to_string(status));
    }
    print_pdf_free(pdf);
    return written;
}

void print_pdf_free(PrintPdf *pdf)
{
    if (!pdf)
        return;
    cairo_destroy(pdf->cr);
    cairo_surface_destroy(pdf->surface);
    g_byte_array_unref(pdf->bytes);
    g_free(pdf);
}
