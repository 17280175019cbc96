/* What was printed: the layout file and the PDF it belongs to. */
#include <cstdio>
#include <cstdlib>

#include <cairo.h>
#include <json-glib/json-glib.h>
#include <poppler.h>

#include "unseen/paper.h"

static void give_up(const char *path, const GError *error)
{
    fprintf(stderr, "unseen: %s: %s\n", path, error ? error->message : "cannot be read");
    exit(1);
}

static std::string text(JsonObject *object, const char *key)
{
    return json_object_get_string_member_with_default(object, key, "");
}

static double number(JsonObject *object, const char *key)
{
    return json_object_get_double_member_with_default(object, key, 0);
}

static Sheet sheet_of(JsonObject *page)
{
    Sheet sheet;
    sheet.pdf_page = int(json_object_get_int_member(page, "pdf_page"));
    sheet.page = int(json_object_get_int_member(page, "page"));
    sheet.form = text(page, "form");
    sheet.serial = text(page, "serial");
    JsonArray *boxes = json_object_get_array_member(page, "boxes");
    for (guint i = 0; i < json_array_get_length(boxes); i++) {
        JsonObject *b = json_array_get_object_element(boxes, i);
        sheet.boxes.push_back({text(b, "question"), text(b, "option"), number(b, "x_mm"), number(b, "y_mm"),
                               number(b, "w_mm"), number(b, "h_mm")});
    }
    JsonArray *fields = json_object_get_array_member(page, "fields");
    for (guint i = 0; i < json_array_get_length(fields); i++) {
        JsonObject *f = json_array_get_object_element(fields, i);
        sheet.fields.push_back(
            {text(f, "kind"), number(f, "x_mm"), number(f, "y_mm"), number(f, "w_mm"), number(f, "h_mm")});
    }
    return sheet;
}

std::vector<Sheet> layout_read(const char *path)
{
    g_autoptr(GError) error = nullptr;
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, path, &error))
        give_up(path, error);
    std::vector<Sheet> sheets;
    JsonArray *pages =
        json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "pages");
    for (guint i = 0; i < json_array_get_length(pages); i++)
        sheets.push_back(sheet_of(json_array_get_object_element(pages, i)));
    return sheets;
}

struct Blank {
    PopplerDocument *document;
};

Blank *blank_open(const char *path)
{
    g_autoptr(GError) error = nullptr;
    g_autofree char *full = g_canonicalize_filename(path, nullptr);
    g_autofree char *uri = g_filename_to_uri(full, nullptr, &error);
    auto *blank = new Blank{uri ? poppler_document_new_from_file(uri, nullptr, &error) : nullptr};
    if (!blank->document)
        give_up(path, error);
    return blank;
}

cv::Mat blank_render(Blank *blank, int page, double dpi)
{
    int width = int(std::lround(210 / 25.4 * dpi)), height = int(std::lround(297 / 25.4 * dpi));
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, dpi / 72, dpi / 72);
    PopplerPage *leaf = poppler_document_get_page(blank->document, page - 1);
    poppler_page_render_for_printing(leaf, cr);
    g_object_unref(leaf);
    cairo_surface_flush(surface);
    cv::Mat coverage(height, width, CV_8U);
    const uchar *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            coverage.ptr<uchar>(y)[x] = uchar(255 - data[size_t(y) * size_t(stride) + size_t(x) * 4 + 1]);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return coverage;
}
