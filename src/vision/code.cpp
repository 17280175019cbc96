/* Square codes: ZXing first, then on cleaned copies, then zbar (the order of measured success and cost). */
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <zbar.h>
#define ZX_USE_UTF8 1
#include <ZXing/BarcodeFormat.h>
#include <ZXing/DecodeHints.h>
#include <ZXing/ReadBarcode.h>
#include <ZXing/Result.h>

#include "vision/cv.h"

namespace
{

struct Found {
    std::string text;
    cv::Point2d corners[4];
    bool has_corners = false;
};

bool read_zxing(const cv::Mat &picture, bool thorough, Found &found)
{
    ZXing::DecodeHints hints;
    hints.setFormats(ZXing::BarcodeFormat::QRCode);
    hints.setTryHarder(thorough);
    hints.setTryRotate(true);
    ZXing::ImageView view(picture.data, picture.cols, picture.rows, ZXing::ImageFormat::Lum,
                          int(picture.step), 1);
    auto result = ZXing::ReadBarcode(view, hints);
    if (!result.isValid())
        return false;
    found.text = result.text();
    auto at = result.position();
    for (int i = 0; i < 4; i++)
        found.corners[i] = {double(at[i].x), double(at[i].y)};
    found.has_corners = true;
    return true;
}

bool read_zbar(const cv::Mat &picture, Found &found)
{
    cv::Mat whole = picture.isContinuous() ? picture : picture.clone();
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    zbar::Image image(unsigned(whole.cols), unsigned(whole.rows), "Y800", whole.data, whole.total());
    if (scanner.scan(image) <= 0)
        return false;
    auto symbol = image.symbol_begin();
    if (symbol == image.symbol_end())
        return false;
    found.text = symbol->get_data();
    found.has_corners = symbol->get_location_size() == 4;
    /* zbar goes round the other way: top left, bottom left, bottom right, top right */
    static const unsigned order[4] = {0, 3, 2, 1};
    for (unsigned i = 0; found.has_corners && i < 4; i++)
        found.corners[i] = {double(symbol->get_location_x(order[i])),
                            double(symbol->get_location_y(order[i]))};
    return true;
}

/* Contrast stretched between the 1 % and 99 % levels, then smoothed. */
cv::Mat stretched(const cv::Mat &picture)
{
    int counts[256] = {0};
    for (int y = 0; y < picture.rows; y += 2)
        for (int x = 0; x < picture.cols; x += 2)
            counts[picture.at<uchar>(y, x)]++;
    int total = ((picture.rows + 1) / 2) * ((picture.cols + 1) / 2), low = 0, high = 255;
    for (int sum = 0; low < 255 && (sum += counts[low]) < total / 100;)
        low++;
    for (int sum = 0; high > 0 && (sum += counts[high]) < total / 100;)
        high--;
    cv::Mat out;
    double gain = high > low ? 255.0 / (high - low) : 1;
    picture.convertTo(out, CV_8U, gain, -low * gain);
    cv::GaussianBlur(out, out, cv::Size(3, 3), 0);
    return out;
}

bool read_cascade(const cv::Mat &picture, bool thorough, Found &found)
{
    if (read_zxing(picture, thorough, found))
        return true;
    cv::Mat clear = stretched(picture), middle;
    if (read_zxing(clear, true, found))
        return true;
    if (!thorough)
        return false;
    cv::medianBlur(picture, middle, 3);
    return read_zxing(middle, true, found) || read_zbar(picture, found) || read_zbar(clear, found);
}

} // namespace

char *vision_read_code(const Raster *raster, RectPx area, bool thorough, PointPx ret_corners[4],
                       bool *ret_has_corners)
{
    try {
        cv::Mat page = vision_mat(raster);
        cv::Rect inside =
            cv::Rect(area.x_px, area.y_px, area.w_px, area.h_px) & cv::Rect(0, 0, page.cols, page.rows);
        if (inside.width < 20 || inside.height < 20)
            return nullptr;
        Found found;
        if (!read_cascade(page(inside), thorough, found) || found.text.find('\0') != std::string::npos)
            return nullptr;
        for (int i = 0; found.has_corners && i < 4; i++)
            ret_corners[i] = {found.corners[i].x + inside.x, found.corners[i].y + inside.y};
        *ret_has_corners = found.has_corners;
        return g_utf8_make_valid(found.text.c_str(), -1);
    } catch (std::exception &) {
        return nullptr; /* a code that makes a reader fail is a code that cannot be read */
    }
}

namespace
{

void code_clear(gpointer data)
{
    g_free(static_cast<VisionCode *>(data)->text);
}

} // namespace

GArray *vision_read_codes(const Raster *raster, bool thorough)
{
    GArray *codes = g_array_new(FALSE, FALSE, sizeof(VisionCode));
    g_array_set_clear_func(codes, code_clear);
    const Raster *picture = raster->half ? raster->half : raster;
    double scale = double(raster->width_px) / picture->width_px;
    try {
        ZXing::DecodeHints hints;
        hints.setFormats(ZXing::BarcodeFormat::QRCode);
        hints.setTryHarder(false);
        hints.setTryRotate(false); /* a square code is found at any turn */
        hints.setTryDownscale(false);
        hints.setBinarizer(thorough ? ZXing::Binarizer::LocalAverage : ZXing::Binarizer::FixedThreshold);
        ZXing::ImageView view(picture->pixels, picture->width_px, picture->height_px, ZXing::ImageFormat::Lum,
                              int(picture->stride), 1);
        for (const auto &found : ZXing::ReadBarcodes(view, hints)) {
            if (!found.isValid() || found.text().find('\0') != std::string::npos)
                continue;
            VisionCode code = {g_utf8_make_valid(found.text().c_str(), -1), {0, 0}};
            for (int i = 0; i < 4; i++) {
                code.at.x_px += found.position()[i].x * scale / 4;
                code.at.y_px += found.position()[i].y * scale / 4;
            }
            g_array_append_val(codes, code);
        }
    } catch (std::exception &) {
        /* what makes a reader fail cannot be read */
    }
    return codes;
}
