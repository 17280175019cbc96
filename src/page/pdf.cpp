/* PDF pages: the file, its pages, and what a page draws. */
#include "page/pdf_internal.h"

#include <cmath>
#include <exception>
#include <string>
#include <vector>

#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFLogger.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFTokenizer.hh>

namespace
{

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
    std::vector<std::pair<std::string, Matrix>> drawn; /* the first pictures, for their resolution */

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
            if (drawn.size() < 64)
                drawn.emplace_back(name, current);
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

/* The most pixels a point of the pictures drawn. */
double find_density(const ContentWalk &walk, QPDFObjectHandle xobjects)
{
    double density = 0;
    for (const auto &[name, matrix] : walk.drawn) {
        auto stream =
            xobjects.isDictionary() && !name.empty() ? xobjects.getKey(name) : QPDFObjectHandle::newNull();
        auto width = stream.isStream() ? stream.getDict().getKey("/Width") : QPDFObjectHandle::newNull();
        double points = std::hypot(matrix.a, matrix.b);
        if (width.isInteger() && points > 0)
            density = std::fmax(density, double(width.getIntValue()) / points);
    }
    return density;
}

/* The one image of the page, when it covers nearly all of it and nothing else shows. */
bool find_image(QPDFPageObjectHelper &page, FoundImage &found)
{
    ContentWalk walk;
    page.parseContents(&walk);
    auto xobjects = page.getAttribute("/Resources", false).getKey("/XObject");
    found.draws = walk.images > 0 || walk.has_inline;
    found.density = find_density(walk, xobjects);
    if (walk.images != 1 || walk.other || walk.name.empty())
        return false;
    if (page.getObjectHandle().getKey("/Annots").isArray() &&
        page.getObjectHandle().getKey("/Annots").getArrayNItems() > 0)
        return false;
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

void set_unreadable(GError **error, const char *what)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                _("the PDF is damaged (qpdf: %s); save or scan it again"), what);
}

PageImage *read_page(PagePdf *pdf, int index, bool want_chroma, GError **error)
{
    FoundImage found;
    QPDFPageObjectHelper &page = pdf->pages[size_t(index)];
    if (!find_image(page, found)) {
        if (found.draws && !pdf_check_pictures(page, error))
            return nullptr;
        return pdf_render(pdf, index, found, want_chroma, error);
    }
    if (!pdf_check_size(found.stream.getDict(), error))
        return nullptr;
    GError *cause = nullptr;
    PageImage *image = pdf_read_image(found, want_chroma, &cause);
    if (!image && !cause)
        return pdf_render(pdf, index, found, want_chroma, error);
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

/* Whether a file's name is that of a scan. */
bool is_scan_name(const std::string &name)
{
    static const char *const ends[] = {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"};
    g_autofree char *lower = g_ascii_strdown(name.c_str(), -1);
    for (const char *end : ends) {
        if (g_str_has_suffix(lower, end))
            return true;
    }
    return false;
}

/* Scans attached to a PDF are no pages of it: they would be lost without a word. */
bool check_attachments(QPDF &pdf, GError **error)
{
    QPDFEmbeddedFileDocumentHelper attached(pdf);
    std::string names;
    int count = 0;
    for (const auto &entry : attached.getEmbeddedFiles()) {
        std::string name = entry.second->getFilename();
        if (!is_scan_name(name))
            continue;
        if (count++ < 3)
            names += (names.empty() ? "" : ", ") + name;
    }
    if (count == 0)
        return true;
    g_autofree char *shown = text_printable(names.c_str());
    g_set_error(
        error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
        _("the PDF has %d scans attached to it (%s%s), which are no pages; save them as files and scan "
          "those, and its own pages printed to a new PDF"),
        count, shown, count > 3 ? ", …" : "");
    return false;
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
        if (!check_attachments(pdf->pdf, error)) {
            delete pdf;
            return nullptr;
        }
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
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("the PDF has no pages; save or scan it again"));
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

PageImage *page_pdf_glance(const char *path, GError **error)
{
    try {
        PagePdf pdf;
        pdf.path = path;
        PageImage *image = pdf_render(&pdf, 0, FoundImage(), true, error);
        g_clear_object(&pdf.poppler);
        return image;
    } catch (std::exception &fault) {
        set_unreadable(error, fault.what());
        return nullptr;
    }
}
