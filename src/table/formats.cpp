#include "table/formats.h"

#include <cmath>
#include <cstring>
#include <map>

#include <orcus/sax_parser.hpp>

#include "table/package.h"

namespace
{

/* The formats every program knows by number, without a code in the file (ECMA-376 part 1, 18.8.30; 27 to 36
 * and 50 to 58 are dates of East Asian versions). */
const char *builtin_code(int64_t id)
{
    static const char *const codes[] = {"General",
                                        "0",
                                        "0.00",
                                        "#,##0",
                                        "#,##0.00",
                                        "#,##0",
                                        "#,##0",
                                        "#,##0.00",
                                        "#,##0.00",
                                        "0%",
                                        "0.00%",
                                        "0.00E+00",
                                        "# ?/?",
                                        "# ?"
                                        "?/?"
                                        "?"};
    if (id >= 0 && id < int64_t(G_N_ELEMENTS(codes)))
        return codes[id];
    if ((id >= 37 && id <= 38) || id == 41 || id == 42)
        return "#,##0;(#,##0);0";
    if ((id >= 39 && id <= 40) || id == 43 || id == 44)
        return "#,##0.00;(#,##0.00);0.00";
    if (id == 48)
        return "##0.0E+0";
    bool date =
        (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    return date ? "dd/mm/yyyy" : "General";
}

/* Collects the formats of cellXfs, in order. */
class Styles : public orcus::sax_handler
{
    std::map<std::string, std::string> attributes;
    bool in_cells = false;

  public:
    std::map<std::string, std::string> codes; /* by number format */
    std::vector<std::string> cells;           /* number formats */

    void attribute(const orcus::sax::parser_attribute &a)
    {
        attributes[std::string(a.name)] = std::string(a.value);
    }
    void start_element(const orcus::sax::parser_element &e)
    {
        if (e.name == "numFmt")
            codes[attributes["numFmtId"]] = attributes["formatCode"];
        else if (e.name == "cellXfs")
            in_cells = true;
        else if (e.name == "xf" && in_cells)
            cells.push_back(attributes["numFmtId"]);
        attributes.clear();
    }
    void end_element(const orcus::sax::parser_element &e)
    {
        if (e.name == "cellXfs")
            in_cells = false;
    }
};

const char general[] = "General";
/* Room at the edges of a column; a column of the usual width and wider has room for any General number, which
 * is shown with as many decimals as there are. In digits. */
constexpr double edges_chars = 0.4, usual_chars = 8;

/* Digits of room that a number takes: its separators and sign are half as wide. */
double count_chars(const std::string &text)
{
    double chars = 0;
    for (char c : text)
        chars += g_ascii_isdigit(c) ? 1 : 0.5;
    return chars;
}

/* What a number looks like in a column too narrow for it: General leaves decimals out, others show "###". */
Display fit(const Display &display, const std::string &code, double value, double room_chars)
{
    std::string text = display.text;
    size_t point = code.find('.');
    if (point != code.npos && code.find('#', point) != code.npos) /* decimals that need not be there */
        text.erase(text.find_last_not_of('0') + 1);
    if (count_chars(text) + edges_chars <= room_chars)
        return display;
    bool rounds = code.empty() || g_ascii_strcasecmp(code.c_str(), general) == 0;
    if (rounds && room_chars >= usual_chars)
        return display;
    for (int decimals = 8; rounds && decimals >= 0; decimals--) {
        Display fewer = code_show(decimals ? "0." + std::string(size_t(decimals), '#') : "0", value);
        if (count_chars(fewer.text) + edges_chars <= room_chars)
            return fewer;
    }
    return {ShownAs::number, "###", false};
}

std::string show_date(double value, bool date_1904)
{
    double days = std::floor(value);
    int minutes = int(std::lround((value - days) * 24 * 60));
    char text[64];
    if (days < 1) {
        g_snprintf(text, sizeof text, "%02d:%02d", minutes / 60, minutes % 60);
        return text;
    }
    /* Day 60 is the 29 February 1900 that never was: before it, days count from one day later. */
    GDate date;
    g_date_clear(&date, 1);
    if (date_1904)
        g_date_set_dmy(&date, 1, G_DATE_JANUARY, 1904);
    else
        g_date_set_dmy(&date, days < 60 ? 31 : 30, G_DATE_DECEMBER, 1899);
    g_date_add_days(&date, guint(days));
    g_snprintf(text, sizeof text, "%02d/%02d/%04d", g_date_get_day(&date), int(g_date_get_month(&date)),
               g_date_get_year(&date));
    return text;
}

/* "2023-12-04T00:00:00", as a workbook may store a day, as 04/12/2023; anything else as it stands. */
std::string show_iso_date(const std::string &text)
{
    static const char form[] = "0000-00-00";
    for (size_t i = 0; form[i]; i++) {
        if (i >= text.size() || (form[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != form[i]))
            return text;
    }
    return text.substr(8, 2) + "/" + text.substr(5, 2) + "/" + text.substr(0, 4);
}

std::vector<std::string> read_styles(zip_t *package)
{
    std::string part = cells_find_styles(package);
    if (part.empty() || zip_name_locate(package, part.c_str(), 0) < 0)
        return {};
    std::string text = package_read(package, part);
    Styles styles;
    orcus::sax_parser<Styles> parser(text.data(), text.size(), styles);
    parser.parse();
    std::vector<std::string> codes;
    for (const std::string &format : styles.cells) {
        auto code = styles.codes.find(format);
        int64_t id = 0;
        if (code != styles.codes.end())
            codes.push_back(code->second);
        else
            codes.push_back(
                builtin_code(number_parse_int(format.c_str(), 0, 1000000, &id, nullptr) ? id : 0));
    }
    return codes;
}

} // namespace

std::string formats_show(double value, ShownAs as, bool date_1904)
{
    char text[64];
    constexpr double last_day = 2958465; /* 31/12/9999, the last a spreadsheet knows */
    if (as == ShownAs::truth)
        return value != 0 ? "TRUE" : "FALSE";
    if (as == ShownAs::date && value >= 0 && value <= last_day)
        return show_date(value, date_1904);
    g_ascii_formatd(text, sizeof text, "%.15g", as == ShownAs::percent ? value * 100 : value);
    return as == ShownAs::percent ? std::string(text) + "%" : text;
}

NumberFormats formats_read(zip_t *package)
{
    return {read_styles(package), cells_dates_from_1904(package)};
}

Display formats_display(const RawCell &cell, const NumberFormats &formats)
{
    if (cell.type == "b")
        return {ShownAs::truth, cell.value == "1" || cell.value == "true" ? "TRUE" : "FALSE", false};
    if (cell.type == "d")
        return {ShownAs::date, show_iso_date(cell.value), false};
    double value = 0;
    if (cell.type != "n" || !code_parse(cell.value, &value))
        return {ShownAs::number, "", true};
    size_t style = size_t(cell.style);
    const std::string code = style < formats.styles.size() ? formats.styles[style] : general;
    Display display = code_show(code, value);
    if (display.as != ShownAs::number)
        display.text = formats_show(value, display.as, formats.date_1904);
    else if (cell.zeros_off && value == 0)
        display = {ShownAs::number, "", false};
    else if (cell.room_chars > 0)
        display = fit(display, code, value, cell.room_chars);
    return display;
}
