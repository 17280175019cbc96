/* The files of scans: JPEG alone or in a PDF, fax code (G4) in TIFF or in a PDF. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#include <tiffio.h>

#include "unseen/scan.h"

static std::vector<uchar> jpeg_of(const cv::Mat &page, const Scanner &scanner)
{
    jpeg_compress_struct jpeg;
    jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    uchar *data = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&jpeg, &data, &size);
    jpeg.image_width = JDIMENSION(page.cols), jpeg.image_height = JDIMENSION(page.rows);
    jpeg.input_components = page.channels();
    jpeg.in_color_space = page.channels() == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, scanner.quality, TRUE);
    jpeg.density_unit = 1, jpeg.X_density = jpeg.Y_density = UINT16(scanner.dpi);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = const_cast<uchar *>(page.ptr<uchar>(int(jpeg.next_scanline)));
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    std::vector<uchar> bytes(data, data + size);
    jpeg_destroy_compress(&jpeg);
    free(data);
    return bytes;
}

static void save(const std::string &path, const void *data, size_t size)
{
    FILE *file = fopen(path.c_str(), "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file)) {
        fprintf(stderr, "unseen: %s cannot be written\n", path.c_str());
        exit(1);
    }
}

/* A PDF of one picture a page, as scanners write it. `picture`: what the picture's dictionary says of its
 * code. */
static std::string pdf_of(const std::vector<std::vector<uchar>> &pages, const std::vector<cv::Size> &sizes,
                          double dpi, const std::string &picture)
{
    std::string out = "%PDF-1.4\n", kids;
    std::vector<size_t> at(3 + 3 * pages.size());
    auto object = [&](size_t id, const std::string &body) {
        at[id] = out.size();
        out += std::to_string(id) + " 0 obj\n" + body + "\nendobj\n";
    };
    auto stream = [](const std::string &dictionary, const std::string &data) {
        return "<<" + dictionary + " /Length " + std::to_string(data.size()) + ">>\nstream\n" + data +
               "\nendstream";
    };
    object(1, "<</Type /Catalog /Pages 2 0 R>>");
    for (size_t i = 0; i < pages.size(); i++) {
        size_t id = 3 + 3 * i;
        std::string w = std::to_string(sizes[i].width * 72 / dpi),
                    h = std::to_string(sizes[i].height * 72 / dpi);
        std::string size =
            " /Width " + std::to_string(sizes[i].width) + " /Height " + std::to_string(sizes[i].height);
        std::string code = picture;
        for (size_t k; (k = code.find("COLS")) != std::string::npos;)
            code.replace(k, 4, std::to_string(sizes[i].width));
        object(id, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 " + w + " " + h + "] /Contents " +
                       std::to_string(id + 1) + " 0 R /Resources <</XObject <</S " + std::to_string(id + 2) +
                       " 0 R>>>>>>");
        object(id + 1, stream("", "q " + w + " 0 0 " + h + " 0 0 cm /S Do Q"));
        object(id + 2, stream("/Type /XObject /Subtype /Image" + size + code,
                              std::string(reinterpret_cast<const char *>(pages[i].data()), pages[i].size())));
        kids += std::to_string(id) + " 0 R ";
    }
    object(2, "<</Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + ">>");
    size_t table = out.size();
    out += "xref\n0 " + std::to_string(at.size()) + "\n0000000000 65535 f \n";
    for (size_t id = 1; id < at.size(); id++) {
        char line[32];
        snprintf(line, sizeof line, "%010zu 00000 n \n", at[id]);
        out += line;
    }
    return out + "trailer\n<</Size " + std::to_string(at.size()) + " /Root 1 0 R>>\nstartxref\n" +
           std::to_string(table) + "\n%%EOF\n";
}

/* ---- black and white ------------------------------------------------------------------------- */

/* One page of fax code at the end of a TIFF file. */
static void append_g4(const std::string &path, const cv::Mat &page, double dpi, bool first)
{
    TIFF *tiff = TIFFOpen(path.c_str(), first ? "w" : "a");
    if (!tiff) {
        fprintf(stderr, "unseen: %s cannot be written\n", path.c_str());
        exit(1);
    }
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, page.cols);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, page.rows);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, page.rows);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, dpi);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, dpi);
    std::vector<uchar> row(size_t(page.cols + 7) / 8);
    for (int y = 0; y < page.rows; y++) {
        std::fill(row.begin(), row.end(), uchar(0));
        for (int x = 0; x < page.cols; x++)
            if (!page.ptr<uchar>(y)[x])
                row[size_t(x) / 8] = uchar(row[size_t(x) / 8] | 0x80 >> (x & 7));
        TIFFWriteScanline(tiff, row.data(), uint32_t(y), 0);
    }
    TIFFClose(tiff);
}

/* The fax code of every page of such a file. */
static std::vector<std::vector<uchar>> codes_of(const std::string &path)
{
    std::vector<std::vector<uchar>> pages;
    TIFF *tiff = TIFFOpen(path.c_str(), "r");
    do {
        std::vector<uchar> code(size_t(TIFFRawStripSize(tiff, 0)));
        TIFFReadRawStrip(tiff, 0, code.data(), tmsize_t(code.size()));
        pages.push_back(code);
    } while (TIFFReadDirectory(tiff));
    TIFFClose(tiff);
    return pages;
}

/* ---- writer ---------------------------------------------------------------------------------- */

bool scanner_has_bits(const Scanner &scanner)
{
    return scanner.format == G4_TIFF || scanner.format == G4_PDF;
}

std::string Writer::add(const cv::Mat &page, int *ret_page)
{
    sizes.push_back(page.size());
    *ret_page = int(sizes.size());
    if (scanner_has_bits(scanner)) {
        append_g4(folder + "/" + base + ".tif", page, scanner.dpi, sizes.size() == 1);
        return base + (scanner.format == G4_TIFF ? ".tif" : ".pdf");
    }
    pages.push_back(jpeg_of(page, scanner));
    if (scanner.format == JPEG_FILES) {
        std::string name = base + "-" + std::to_string(pages.size()) + ".jpg";
        save(folder + "/" + name, pages.back().data(), pages.back().size());
        *ret_page = 1;
        return name;
    }
    return base + ".pdf";
}

void Writer::close()
{
    if (sizes.empty() || scanner.format == JPEG_FILES || scanner.format == G4_TIFF)
        return;
    std::string code = " /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode";
    if (scanner.colour)
        code = " /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode";
    if (scanner.format == G4_PDF) {
        std::string fax = folder + "/" + base + ".tif";
        pages = codes_of(fax);
        remove(fax.c_str());
        code = " /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode"
               " /DecodeParms <</K -1 /BlackIs1 false /Columns COLS>>";
    }
    std::string pdf = pdf_of(pages, sizes, scanner.dpi, code);
    save(folder + "/" + base + ".pdf", pdf.data(), pdf.size());
    pages.clear();
}
