/* How the reading of PDF pages works inside: qpdf finds what a page draws, its one picture is decoded as it
 * is, and anything else is rendered by poppler. In C++, since qpdf's C API cannot walk a content stream; no
 * exception and nothing of C++ leaves these files. */
#ifndef PHIEU_PAGE_PDF_INTERNAL_H
#define PHIEU_PAGE_PDF_INTERNAL_H

#define POINTERHOLDER_TRANSITION 4
#include <string>
#include <vector>

#include <poppler.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "page/decode.h"

struct PagePdf {
    std::string path;
    QPDF pdf;
    std::vector<QPDFPageObjectHelper> pages;
    PopplerDocument *poppler = nullptr;
};

/* What a page draws. */
struct FoundImage {
    QPDFObjectHandle stream;
    bool draws = false; /* whether the page draws any picture */
    double density = 0; /* the most pixels a point of its pictures, 0 unknown */
    int turns = 0;
    double width_in = 0, height_in = 0; /* as drawn, before turning */
};

/* A page's one image, decoded; null without an error when only the renderer can do it. */
PageImage *pdf_read_image(FoundImage &found, bool want_chroma, GError **error);
/* The renderer draws nothing of a picture that is too large, and the page would be taken for a blank one. */
bool pdf_check_size(QPDFObjectHandle dict, GError **error);
/* Whether the pictures of a page that is rendered can be shown whole: the renderer fills up what is missing
 * of them without a word. Those that only it can decode are left to it. */
bool pdf_check_pictures(QPDFPageObjectHelper &page, GError **error);
/* A page as the renderer draws it. `found`: what it draws. */
PageImage *pdf_render(PagePdf *pdf, int index, const FoundImage &found, bool want_chroma, GError **error);

#endif
