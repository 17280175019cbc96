/* PDF pages. qpdf finds the one image of a scanned page; anything else is rendered by poppler. The C++ API,
 * since qpdf's C API cannot walk a content stream; one file, since no exception and nothing of C++ leaves it.
 */
#define POINTERHOLDER_TRANSITION 4
#include <cmath>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <cairo.h>
#include <poppler.h>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFLogger.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QPDFTokenizer.hh>

#include "page/decode.h"

struct PagePdf {
    std::string path;
    QPDF pdf;
    std::vector<QPDFPageObjectHelper> pages;
    PopplerDocument *poppler = nullptr;
};

namespace
{

/* The largest stream that is unpacked: a page of RASTER_MAX_PIXELS in RGB would be more, but no scan is. */
constexpr size_t max_stream_bytes = size_t(600) * 1000 * 1000;

struct Matrix {
    double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;
};

Matrix multiply(const Matrix &m, const Matrix &n) /* m first, then n */
{
    return {m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d,       m.c * n.a + m.d * n.c,
            m.c * n.b + m.d * n.d, m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

/* Walks a page's content: notes the one image drawn, and whether anything else could be seen. */
class ContentWalk : public QPDFObjectHandle::ParserCallbacks
{
  public:
    int images = 0;
    bool other = false, has_inline = false;
    std::string name;
    Matrix image_matrix;

    void handleObject(QPDFObjectHandle object, size_t, size_t) override
    {
        if (!object.isOperator()) {
            if (operands.size() < 64)
                operands.push_back(object);
            return;
        }
        operate(object.getOperatorValue());
        operands.clear();
    }
    void handleEOF() override
    {
    }

  private:
    std::vector<QPDFObjectHandle> operands;
    std::vector<Matrix> stack;
    Matrix current;
    int text_mode = 0;

    double number(size_t i)
    {
        return i < operands.size() && operands[i].isNumber() ? operands[i].getNumericValue() : 0;
    }

    void operate(const std::string &op)
    {
        if (op == "q") {
            if (stack.size() < 64)
                stack.push_back(current);
        } else if (op == "Q") {
            if (!stack.empty()) {
                current = stack.back();
                stack.pop_back();
            }
        } else if (op == "cm") {
            current = multiply({number(0), number(1), number(2), number(3), number(4), number(5)}, current);
        } else if (op == "Do") {
            images++;
            image_matrix = current;
            name = operands.empty() || !operands[0].isName() ? "" : operands[0].getName();
        } else if (op == "Tr") {
            text_mode = int(number(0));
        } else if (op == "Tj" || op == "TJ" || op == "'" || op == "\"") {
            other |= text_mode != 3; /* 3: invisible, the text a copier recognised */
        } else if (op == "S" || op == "s" || op == "f" || op == "F" || op == "f*" || op == "B" ||
                   op == "B*" || op == "b" || op == "b*" || op == "sh" || op == "BI" || op == "EI" ||
                   op == "ID") {
            other = true;
            has_inline |= op == "BI" || op == "EI" || op == "ID";
        }
    }
};

/* How an image's matrix lies on the page: quarter turns clockwise (0..3), or -1 for anything else. */
int matrix_turns(const Matrix &m)
{
    double size = std::fabs(m.a) + std::fabs(m.b);
    double slack = 0.01 * size;
    if (std::fabs(m.b) < slack && std::fabs(m.c) < slack) {
        if (m.a > 0 && m.d > 0)
            return 0;
        if (m.a < 0 && m.d < 0)
            return 2;
    } else if (std::fabs(m.a) < slack && std::fabs(m.d) < slack) {
        if (m.b > 0 && m.c < 0)
            return 3;
        if (m.b < 0 && m.c > 0)
            return 1;
    }
    return -1;
}

struct FoundImage {
    QPDFObjectHandle stream;
    bool draws = false; /* whether the page draws any picture */
    int turns = 0;
    double width_in = 0, height_in = 0; /* as drawn, before turning */
};

/* The one image of the page, when it covers nearly all of it and nothing else shows. */
bool find_image(QPDFPageObjectHelper &page, FoundImage &found)
{
    ContentWalk walk;
    page.parseContents(&walk);
    found.draws = walk.images > 0 || walk.has_inline;
    if (walk.images != 1 || walk.other || walk.name.empty())
        return false;
    if (page.getObjectHandle().getKey("/Annots").isArray() &&
        page.getObjectHandle().getKey("/Annots").getArrayNItems() > 0)
        return false;
    auto xobjects = page.getAttribute("/Resources", false).getKey("/XObject");
    found.stream = xobjects.isDictionary() ? xobjects.getKey(walk.name) : QPDFObjectHandle::newNull();
    if (!found.stream.isStream() || !found.stream.getDict().getKey("/Subtype").isNameAndEquals("/Image"))
        return false;
    auto box = page.getCropBox();
    if (!box.isRectangle())
        return false;
    auto rectangle = box.getArrayAsRectangle();
    double width = rectangle.urx - rectangle.llx, height = rectangle.ury - rectangle.lly;
    const Matrix &m = walk.image_matrix;
    int turns = matrix_turns(m);
    if (turns < 0 || width <= 0 || height <= 0)
        return false;
    double x0 = std::min({m.e, m.e + m.a + m.c}), x1 = std::max({m.e, m.e + m.a + m.c});
    double y0 = std::min({m.f, m.f + m.b + m.d}), y1 = std::max({m.f, m.f + m.b + m.d});
    double slack_x = 0.03 * width, slack_y = 0.03 * height;
    if (x0 > rectangle.llx + slack_x || x1 < rectangle.urx - slack_x || y0 > rectangle.lly + slack_y ||
        y1 < rectangle.ury - slack_y || x0 < rectangle.llx - slack_x || x1 > rectangle.urx + slack_x ||
        y0 < rectangle.lly - slack_y || y1 > rectangle.ury + slack_y)
        return false;
    found.width_in = std::hypot(m.a, m.b) / 72;
    found.height_in = std::hypot(m.c, m.d) / 72;
    auto rotate = page.getAttribute("/Rotate", false);
    int page_turns = rotate.isInteger() ? int((rotate.getIntValue() / 90) % 4 + 4) % 4 : 0;
    found.turns = (turns + page_turns) % 4;
    return true;
}

/* ---- the image's own encodings
 * --------------------------------------------------------------------------------- */

struct ImageFacts {
    int width = 0, height = 0, bits = 0, components = 0;
    bool inverted = false; /* /Decode [1 0] */
    std::string filter;
    QPDFObjectHandle parms;
};

/* What the image's dictionary says; false for what only the renderer understands. */
bool read_facts(QPDFObjectHandle dict, ImageFacts &facts)
{
    auto whole = [&](const char *key) {
        auto value = dict.getKey(key);
        return value.isInteger() && value.getIntValue() > 0 && value.getIntValue() <= RASTER_MAX_SIDE_PX
                   ? int(value.getIntValue())
                   : 0;
    };
    facts.width = whole("/Width");
    facts.height = whole("/Height");
    facts.bits = whole("/BitsPerComponent");
    auto mask = dict.getKey("/ImageMask");
    if (!facts.width || !facts.height || (mask.isBool() && mask.getBoolValue()) || dict.hasKey("/SMask") ||
        dict.hasKey("/Mask"))
        return false;
    auto filter = dict.getKey("/Filter");
    auto parms = dict.getKey("/DecodeParms");
    if (filter.isArray()) {
        if (filter.getArrayNItems() != 1)
            return false;
        filter = filter.getArrayItem(0);
        if (parms.isArray())
            parms = parms.getArrayNItems() == 1 ? parms.getArrayItem(0) : QPDFObjectHandle::newNull();
    }
    facts.filter = filter.isName() ? filter.getName() : "";
    facts.parms = parms;
    auto space = dict.getKey("/ColorSpace");
    if (space.isArray() && space.getArrayNItems() == 2 &&
        space.getArrayItem(0).isNameAndEquals("/ICCBased") && space.getArrayItem(1).isStream()) {
        auto n = space.getArrayItem(1).getDict().getKey("/N");
        facts.components = n.isInteger() ? int(n.getIntValue()) : 0;
    } else if (space.isName()) {
        facts.components = space.getName() == "/DeviceGray" ? 1 : space.getName() == "/DeviceRGB" ? 3 : 0;
    } else if (space.isArray() && space.getArrayNItems() == 2) {
        facts.components = space.getArrayItem(0).isNameAndEquals("/CalGray")  ? 1
                           : space.getArrayItem(0).isNameAndEquals("/CalRGB") ? 3
                                                                              : 0;
    }
    auto decode = dict.getKey("/Decode");
    if (decode.isArray() && decode.getArrayNItems() == 2 && decode.getArrayItem(0).isNumber() &&
        decode.getArrayItem(1).isNumber())
        facts.inverted = decode.getArrayItem(0).getNumericValue() > decode.getArrayItem(1).getNumericValue();
    else if (!decode.isNull())
        return false;
    return facts.components == 1 || facts.components == 3;
}

/* The renderer draws nothing of a picture that is too large, and the page would be taken for a blank one. */
bool check_size(QPDFObjectHandle dict, GError **error)
{
    auto width = dict.getKey("/Width"), height = dict.getKey("/Height");
    long long w = width.isInteger() ? width.getIntValue() : 0;
    long long h = height.isInteger() ? height.getIntValue() : 0;
    if (w >= 1 && h >= 1 && w <= RASTER_MAX_SIDE_PX && h <= RASTER_MAX_SIDE_PX)
        return true;
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                _("the picture is %u × %u pixels; the limit is %d a side"), unsigned(CLAMP(w, 0, G_MAXINT)),
                unsigned(CLAMP(h, 0, G_MAXINT)), RASTER_MAX_SIDE_PX);
    return false;
}

void append_u16(std::string &to, unsigned value)
{
    to.push_back(char(value & 0xff));
    to.push_back(char(value >> 8 & 0xff));
}

void append_u32(std::string &to, size_t value)
{
    append_u16(to, unsigned(value & 0xffff));
    append_u16(to, unsigned(value >> 16 & 0xffff));
}

void append_tag(std::string &to, unsigned tag, unsigned type, size_t value)
{
    append_u16(to, tag);
    append_u16(to, type);
    append_u32(to, 1);
    append_u32(to, value);
}

/* The fax data as a TIFF of one strip, so that one decoder serves both. False for what libtiff cannot say. */
bool wrap_fax(const ImageFacts &facts, const Buffer &data, std::string &tiff)
{
    auto parms = facts.parms;
    auto whole = [&](const char *key, long long missing) {
        auto value = parms.isDictionary() ? parms.getKey(key) : QPDFObjectHandle::newNull();
        return value.isInteger() ? value.getIntValue() : missing;
    };
    auto truth = [&](const char *key) {
        auto value = parms.isDictionary() ? parms.getKey(key) : QPDFObjectHandle::newNull();
        return value.isBool() && value.getBoolValue();
    };
    long long k = whole("/K", 0);
    if (k > 0 || whole("/Columns", 1728) != facts.width || truth("/EncodedByteAlign") ||
        data.getSize() > 0x7fffffff)
        return false;
    /* PDF: 0 is black unless BlackIs1; fax data codes runs of white first, so plain data is "min is white".
     */
    bool black_is_1 = truth("/BlackIs1");
    bool white_is_zero = (!black_is_1) != facts.inverted;
    const unsigned entries = 9;
    size_t data_at = 8 + 2 + 12 * entries + 4;
    tiff.reserve(data_at + data.getSize());
    tiff.append("II*\0\10\0\0\0", 8);
    append_u16(tiff, entries);
    append_tag(tiff, 256, 4, size_t(facts.width));
    append_tag(tiff, 257, 4, size_t(facts.height));
    append_tag(tiff, 258, 3, 1);
    append_tag(tiff, 259, 3, k < 0 ? 4 : 3);
    append_tag(tiff, 262, 3, white_is_zero ? 0 : 1);
    append_tag(tiff, 273, 4, data_at);
    append_tag(tiff, 277, 3, 1);
    append_tag(tiff, 278, 4, size_t(facts.height));
    append_tag(tiff, 279, 4, data.getSize());
    append_u32(tiff, 0);
    tiff.append(reinterpret_cast<const char *>(data.getBuffer()), data.getSize());
    return true;
}

PageImage *read_fax(const ImageFacts &facts, const Buffer &data, GError **error)
{
    std::string wrapped;
    if (!wrap_fax(facts, data, wrapped))
        return nullptr;
    PageTiff *tiff =
        page_tiff_open({reinterpret_cast<const uint8_t *>(wrapped.data()), wrapped.size()}, error);
    PageImage *image = tiff ? page_tiff_read(tiff, 0, false, error) : nullptr;
    page_tiff_free(tiff);
    return image;
}

/* Unpacked pixels, 1 or 8 bits. */
PageImage *read_plain(const ImageFacts &facts, const Buffer &data, bool want_chroma, GError **error)
{
    size_t row = (size_t(facts.width) * size_t(facts.components) * size_t(facts.bits) + 7) / 8;
    if (data.getSize() < row * size_t(facts.height)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("the picture in the PDF ends too early; scan the page again"));
        return nullptr;
    }
    const uint8_t *bytes = data.getBuffer();
    if (facts.components == 3)
        return page_image_from_rgb(bytes, facts.width, facts.height, row, want_chroma, error);
    PageImage *image = page_image_new(facts.width, facts.height, error);
    if (!image)
        return nullptr;
    uint8_t set = facts.inverted ? 0 : 255, clear = uint8_t(255 - set);
    for (int y = 0; y < facts.height; y++) {
        uint8_t *to = image->grey->pixels + size_t(y) * image->grey->stride;
        const uint8_t *from = bytes + size_t(y) * row;
        if (facts.bits == 1)
            page_unpack_bits(from, facts.width, set, clear, to);
        else
            for (int x = 0; x < facts.width; x++)
                to[x] = facts.inverted ? uint8_t(255 - from[x]) : from[x];
    }
    image->bitonal = facts.bits == 1;
    return image;
}

/* The page's one image, decoded; null without an error when only the renderer can do it. */
PageImage *read_image(FoundImage &found, bool want_chroma, GError **error)
{
    ImageFacts facts;
    if (!read_facts(found.stream.getDict(), facts))
        return nullptr;
    if (facts.filter == "/DCTDecode") {
        if (facts.inverted)
            return nullptr;
        auto data = found.stream.getRawStreamData();
        return page_decode_jpeg({data->getBuffer(), data->getSize()}, want_chroma, false, error);
    }
    if (facts.filter == "/CCITTFaxDecode" && facts.bits <= 1 && facts.components == 1) {
        auto data = found.stream.getRawStreamData();
        return read_fax(facts, *data, error);
    }
    bool plain = facts.bits == 8 || (facts.bits == 1 && facts.components == 1);
    if ((facts.filter == "/FlateDecode" || facts.filter == "/LZWDecode" || facts.filter.empty()) && plain &&
        !(facts.inverted && facts.components == 3)) {
        size_t size = size_t(facts.width) * size_t(facts.height) * size_t(facts.components);
        if (size > max_stream_bytes)
            return nullptr;
        auto data = found.stream.getStreamData(qpdf_dl_specialized);
        return read_plain(facts, *data, want_chroma, error);
    }
    return nullptr;
}

/* Whether the pictures of a page that is rendered can be shown whole: the renderer fills up what is missing
 * of them without a word. Those that only it can decode are left to it. */
bool check_pictures(QPDFPageObjectHelper &page, GError **error)
{
    GError *cause = nullptr;
    page.forEachImage(true, [&](QPDFObjectHandle &stream, QPDFObjectHandle &, const std::string &) {
        if (cause || !check_size(stream.getDict(), &cause))
            return;
        FoundImage found;
        found.stream = stream;
        page_image_free(read_image(found, false, &cause));
    });
    if (cause)
        g_propagate_error(error, cause);
    return !cause;
}

/* ---- rendering
 * ----------------------------------------------------------------------------------------------------- */

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
                    _("the PDF cannot be rendered (%s); print it to a new "
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

PageImage *render(PagePdf *pdf, int index, bool draws, bool want_chroma, GError **error)
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
    double scale = PAGE_RENDER_DPI / 72.0;
    PageImage *image = nullptr;
    if (!(width > 0 && height > 0 && width * scale <= RASTER_MAX_SIDE_PX &&
          height * scale <= RASTER_MAX_SIDE_PX &&
          width * scale * height * scale <= double(RASTER_MAX_PIXELS) / 4)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                    _("the page is %.0f × %.0f mm; that is no sheet of paper"), width / 72 * MM_PER_INCH,
                    height / 72 * MM_PER_INCH);
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
        if (draws && !fault.empty()) /* white where a picture should be is a ballot without marks */
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("the page cannot be rendered (%s)"),
                        fault.c_str());
        else if (status == CAIRO_STATUS_SUCCESS)
            image = image_of_surface(surface, want_chroma, error);
        else
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("the page cannot be rendered (%s)"),
                        cairo_status_to_string(status));
        cairo_surface_destroy(surface);
    }
    g_object_unref(page);
    if (image)
        page_image_set_dpi(image, PAGE_RENDER_DPI, PAGE_RENDER_DPI);
    return image;
}

void set_unreadable(GError **error, const char *what)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                _("the PDF is damaged (%s); save or scan it again"), what);
}

PageImage *read_page(PagePdf *pdf, int index, bool want_chroma, GError **error)
{
    FoundImage found;
    QPDFPageObjectHelper &page = pdf->pages[size_t(index)];
    if (!find_image(page, found)) {
        if (found.draws && !check_pictures(page, error))
            return nullptr;
        return render(pdf, index, found.draws, want_chroma, error);
    }
    if (!check_size(found.stream.getDict(), error))
        return nullptr;
    GError *cause = nullptr;
    PageImage *image = read_image(found, want_chroma, &cause);
    if (!image && !cause)
        return render(pdf, index, found.draws, want_chroma, error);
    if (!image) {
        g_propagate_error(error, cause);
        return nullptr;
    }
    page_image_set_dpi(image, image->grey->width_px / found.width_in,
                       image->grey->height_px / found.height_in);
    static const int orientations[4] = {1, 6, 3, 8};
    if (!page_image_orient(image, orientations[found.turns], error)) {
        page_image_free(image);
        return nullptr;
    }
    return image;
}

} // namespace

PagePdf *page_pdf_open(const char *path, GError **error)
{
    auto pdf = new PagePdf;
    pdf->path = path;
    try {
        pdf->pdf.setSuppressWarnings(true);
        pdf->pdf.setLogger(QPDFLogger::create());
        pdf->pdf.getLogger()->setError(pdf->pdf.getLogger()->discard());
        pdf->pdf.getLogger()->setWarn(pdf->pdf.getLogger()->discard());
        pdf->pdf.processFile(path);
        pdf->pages = QPDFPageDocumentHelper(pdf->pdf).getAllPages();
    } catch (QPDFExc &fault) {
        if (fault.getErrorCode() == qpdf_e_password)
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                        _("the PDF is encrypted with a password; save it without one"));
        else
            set_unreadable(error, fault.getMessageDetail().c_str());
        delete pdf;
        return nullptr;
    } catch (std::exception &fault) {
        set_unreadable(error, fault.what());
        delete pdf;
        return nullptr;
    }
    if (pdf->pages.empty())
        set_unreadable(error, _("it has no pages"));
    else if (pdf->pages.size() > PAGE_FILE_MAX_PAGES)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT, _("%zu pages, more than %d; split the file"),
                    pdf->pages.size(), PAGE_FILE_MAX_PAGES);
    else
        return pdf;
    delete pdf;
    return nullptr;
}

void page_pdf_free(PagePdf *pdf)
{
    if (!pdf)
        return;
    if (pdf->poppler)
        g_object_unref(pdf->poppler);
    delete pdf;
}

int page_pdf_count(const PagePdf *pdf)
{
    return int(pdf->pages.size());
}

PageImage *page_pdf_read(PagePdf *pdf, int index, bool want_chroma, GError **error)
{
    try {
        return read_page(pdf, index, want_chroma, error);
    } catch (std::exception &fault) {
        g_clear_error(error);
        set_unreadable(error, fault.what());
        return nullptr;
    }
}
