/* A picture of a PDF page in its own encoding. */
#include "page/pdf_internal.h"

#include <cstring>
#include <memory>
#include <string>

#include <qpdf/Buffer.hh>

namespace
{

/* The largest stream that is unpacked: a page of RASTER_MAX_PIXELS in RGB would be more, but no scan is. */
constexpr size_t max_stream_bytes = size_t(600) * 1000 * 1000;

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

} // namespace

bool pdf_check_size(QPDFObjectHandle dict, GError **error)
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

namespace
{

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
        page_tiff_open({reinterpret_cast<const uint8_t *>(wrapped.data()), wrapped.size()}, false, error);
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

} // namespace

PageImage *pdf_read_image(FoundImage &found, bool want_chroma, GError **error)
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

bool pdf_check_pictures(QPDFPageObjectHelper &page, GError **error)
{
    GError *cause = nullptr;
    page.forEachImage(true, [&](QPDFObjectHandle &stream, QPDFObjectHandle &, const std::string &) {
        if (cause || !pdf_check_size(stream.getDict(), &cause))
            return;
        FoundImage found;
        found.stream = stream;
        page_image_free(pdf_read_image(found, false, &cause));
    });
    if (cause)
        g_propagate_error(error, cause);
    return !cause;
}
