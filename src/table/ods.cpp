/* OpenDocument sheets (ISO/IEC 26300-1, chapters 9 and 19), as a package (.ods) or one XML file (.fods): the
 * cells as they stand in content.xml, whatever prefixes its namespaces have. liborcus' own reader drops
 * percentages, truth values, errors and hidden rows, so its parser alone is used. */
#include <cstring>
#include <map>
#include <memory>

#include <orcus/sax_ns_parser.hpp>

#include "table/draft.h"
#include "table/formats.h"
#include "table/package.h"

namespace
{

/* What a sheet may say of repeated cells in all: those without content cost nothing and are not counted. */
constexpr int64_t max_filled = 1000000;
constexpr int max_repeat = 1 << 24;
constexpr size_t max_sheets = 256;
/* A style takes from another, that from a third … */
constexpr int max_parents = 20;

/* Names are "table:table-cell" whatever the file's own prefix; other namespaces give "?:frame". */
constexpr struct {
    const char *space, *prefix;
} spaces[] = {
    {"urn:oasis:names:tc:opendocument:xmlns:office:1.0", "office:"},
    {"urn:oasis:names:tc:opendocument:xmlns:table:1.0", "table:"},
    {"urn:oasis:names:tc:opendocument:xmlns:text:1.0", "text:"},
    {"urn:oasis:names:tc:opendocument:xmlns:style:1.0", "style:"},
    {"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0", "number:"},
    {"urn:oasis:names:tc:opendocument:xmlns:config:1.0", "config:"},
    {"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", "calcext:"},
};

std::string full_name(orcus::xmlns_id_t space, std::string_view name)
{
    const char *prefix = "?:";
    for (const auto &known : spaces) {
        if (space && strcmp(space, known.space) == 0)
            prefix = known.prefix;
    }
    return prefix + std::string(name);
}

/* How a cell style shows numbers. */
struct CellStyle {
    std::string parent, format;
};

/* A number format: one section of a format code, and others that stand in for it on a condition. */
struct NumberStyle {
    ShownAs as = ShownAs::number;
    std::string section;
    std::vector<std::pair<std::string, std::string>> maps; /* "value()>=0", the other's name */
};

/* Whether a condition of a map holds. */
bool condition_holds(const std::string &condition, double value)
{
    size_t op = condition.find_first_of("<>=!"), number = condition.find_first_not_of("<>=! ", op);
    double limit = 0;
    if (op == condition.npos || number == condition.npos || !code_parse(condition.substr(number), &limit))
        return false;
    bool equal = condition.find('=', op) != condition.npos;
    if (condition[op] == '!')
        return value != limit;
    return (equal && value == limit) || (condition[op] == '<' && value < limit) ||
           (condition[op] == '>' && value > limit);
}

struct Styles {
    std::map<std::string, CellStyle> cells;
    std::map<std::string, NumberStyle> formats;

    /* What a number is in a cell of that style. */
    Display show(const std::string &name, double value) const
    {
        auto format = find(name);
        if (format == formats.end())
            return {ShownAs::number, "", true};
        bool chosen = format->second.maps.empty(); /* what no map takes is negative, and says so itself */
        for (const auto &[condition, other] : format->second.maps) {
            auto stands_in = formats.find(other);
            if (!chosen && stands_in != formats.end() && condition_holds(condition, value)) {
                format = stands_in;
                chosen = true;
                break;
            }
        }
        if (format->second.as != ShownAs::number)
            return {format->second.as, formats_show(value, format->second.as, false), false};
        return code_show_section(format->second.section, value, !chosen);
    }

  private:
    std::map<std::string, NumberStyle>::const_iterator find(std::string name) const
    {
        for (int i = 0; i < max_parents; i++) {
            auto style = cells.find(name);
            if (style == cells.end())
                break;
            if (!style->second.format.empty())
                return formats.find(style->second.format);
            name = style->second.parent;
        }
        return formats.end();
    }
};

struct Cell {
    int column = 0, repeat = 1, rows_spanned = 1, columns_spanned = 1;
    std::string type, error_type, value, style, text;
    bool formula = false, has_text = false;
};

struct Column {
    int end;
    std::string style;
};

/* A formula's value that is an error: "#DIV/0!", "Err:502" (in Vietnamese "Lỗi:502"). */
bool is_error(const Cell &cell)
{
    return cell.error_type == "error" ||
           (cell.formula && (cell.text[0] == '#' || g_str_has_prefix(cell.text.c_str(), "Err:") ||
                             g_str_has_prefix(cell.text.c_str(), "Lỗi:")));
}

class Document : public orcus::sax_ns_handler
{
    using Attributes = std::map<std::string, std::string, std::less<>>;

    Attributes attributes;
    int passed = 0; /* depth within an element that is passed over */
    Styles styles;
    NumberStyle *format = nullptr; /* that is being read */
    bool in_words = false;
    std::vector<std::unique_ptr<Draft>> sheets;
    Draft *sheet = nullptr;
    std::vector<Column> columns;
    std::vector<Cell> cells; /* of the row */
    std::string row_style;
    Cell cell;
    int row = 0, row_repeat = 1, column = 0, column_count = 0, paragraphs = 0;
    bool row_hidden = false, in_cell = false;
    bool in_zeros = false, zeros_off = false; /* whether the document is set to show nothing for 0 */
    int in_text = 0;
    int64_t filled = 0;

    std::string find(const char *name) const
    {
        auto at = attributes.find(name);
        return at == attributes.end() ? std::string() : at->second;
    }
    /* A count from 1, 1 where none is said. */
    int count(const char *name) const
    {
        std::string text = find(name);
        int64_t value = 1;
        if (!text.empty() && !number_parse_int(text.c_str(), 1, G_MAXINT, &value, nullptr))
            throw std::runtime_error(name);
        return int(MIN(value, max_repeat));
    }
    bool is_hidden() const
    {
        std::string visibility = find("table:visibility");
        return visibility == "collapse" || visibility == "filter";
    }

    /* What is no part of the sheet itself: changes, notes, drawings, links, the kept cells of other files. */
    bool is_passed_over(const std::string &name) const
    {
        static const char *const others[] = {"table:tracked-changes", "table:dde-links", "table:shapes",
                                             "office:forms", nullptr};
        if (g_strv_contains(others, name.c_str()))
            return true;
        if (name == "table:table" && !in_cell) {
            std::string title = find("table:name");
            return sheet || (title[0] == '\'' && title.find("'#") != title.npos);
        }
        return in_cell &&
               (!g_str_has_prefix(name.c_str(), "text:") || name == "text:ruby-text" || name == "text:note");
    }

    /* So many decimals, 0 to 20; −1 where it is not said. */
    int decimals(const char *name) const
    {
        int64_t value = -1;
        number_parse_int(find(name).c_str(), 0, 20, &value, nullptr);
        return int(value);
    }
    /* A part of a number format, as it is written in a format code. */
    void add_to_format(const std::string &name)
    {
        int most = decimals("number:decimal-places"), least = decimals("number:min-decimal-places");
        std::string places(size_t(MAX(least < 0 ? most : MIN(least, most), 0)), '0');
        places.resize(size_t(MAX(most, 0)), '#');
        std::string point = places.empty() ? "" : "." + places, factor = find("number:display-factor");
        in_words = name == "number:text" || name == "number:currency-symbol";
        if (name == "number:number")
            format->section += most < 0 ? "General" : "0" + point;
        else if (name == "number:scientific-number")
            format->section += "0" + point + "E+00";
        else if (name == "number:fraction")
            format->section +=
                "# ?/" + std::string(size_t(MAX(decimals("number:min-denominator-digits"), 1)), '?');
        else if (name == "number:text-content")
            format->section += "@";
        else if (name == "style:map")
            format->maps.emplace_back(find("style:condition"), find("style:apply-style-name"));
        for (size_t zeros = name == "number:number" && factor[0] == '1' ? factor.size() - 1 : 0; zeros >= 3;
             zeros -= 3)
            format->section += ",";
    }
    void add_style(const std::string &name)
    {
        static const struct {
            const char *name;
            ShownAs as;
        } kinds[] = {{"number:number-style", ShownAs::number}, {"number:currency-style", ShownAs::number},
                     {"number:text-style", ShownAs::number},   {"number:percentage-style", ShownAs::percent},
                     {"number:date-style", ShownAs::date},     {"number:time-style", ShownAs::date},
                     {"number:boolean-style", ShownAs::truth}};
        for (const auto &kind : kinds) {
            if (name != kind.name)
                continue;
            format = &styles.formats[find("style:name")];
            *format = NumberStyle();
            format->as = kind.as;
            return;
        }
        if (format)
            add_to_format(name);
        if (name == "style:style" && find("style:family") == "table-cell")
            styles.cells[find("style:name")] = {find("style:parent-style-name"),
                                                find("style:data-style-name")};
    }

    void start_sheet()
    {
        if (sheets.size() >= max_sheets)
            throw TooLarge("");
        sheets.push_back(std::make_unique<Draft>(find("table:name")));
        sheet = sheets.back().get();
        columns.clear();
        row = column_count = 0;
    }
    void add_columns()
    {
        int repeat = count("table:number-columns-repeated");
        for (int i = column_count; is_hidden() && i < MIN(column_count + repeat, TABLE_MAX_COLUMNS); i++)
            grid_hide_column(sheet->table, i);
        column_count = MIN(column_count + repeat, max_repeat);
        columns.push_back({column_count, find("table:default-cell-style-name")});
    }
    void start_row()
    {
        row_repeat = count("table:number-rows-repeated");
        row_hidden = is_hidden();
        row_style = find("table:default-cell-style-name");
        cells.clear();
        column = 0;
    }
    void start_cell()
    {
        cell = Cell();
        cell.column = column;
        cell.repeat = count("table:number-columns-repeated");
        cell.rows_spanned = count("table:number-rows-spanned");
        cell.columns_spanned = count("table:number-columns-spanned");
        cell.type = find("office:value-type");
        cell.error_type = find("calcext:value-type");
        cell.formula = attributes.count("table:formula") > 0;
        cell.value = find(cell.type == "date"      ? "office:date-value"
                          : cell.type == "time"    ? "office:time-value"
                          : cell.type == "boolean" ? "office:boolean-value"
                          : cell.type == "string"  ? "office:string-value"
                                                   : "office:value");
        cell.style = find("table:style-name");
        if (cell.style.empty())
            cell.style = row_style;
        for (size_t i = 0; cell.style.empty() && i < columns.size(); i++) {
            if (column < columns[i].end) {
                cell.style = columns[i].style;
                break;
            }
        }
        in_cell = true;
        in_text = paragraphs = 0;
    }
    void end_cell()
    {
        in_cell = false;
        bool filled_in = !cell.text.empty() || !cell.value.empty() || (cell.formula && cell.type.empty());
        if (filled_in || cell.rows_spanned > 1 || cell.columns_spanned > 1)
            cells.push_back(cell);
        column = MIN(column + cell.repeat, max_repeat);
    }

    /* Text that stands for a space or a line of its own; grid_set() makes runs of them one. */
    void start_text(const std::string &name)
    {
        if (name == "text:p" || name == "text:h") {
            in_text++;
            cell.text += paragraphs++ ? " " : "";
        } else if (name == "text:s" || name == "text:tab" || name == "text:line-break") {
            cell.text += " ";
        }
    }

    void put_number(const Cell &from, int at_row, int at_column)
    {
        double value = 0;
        bool number = code_parse(from.value, &value), percent = from.type == "percentage";
        Display shown = styles.show(from.style, value);
        if (from.value.empty()) /* some programs write the text alone */
            sheet->put(at_row, at_column, TABLE_TEXT, from.text, from.formula);
        else if (!number)
            sheet->put(at_row, at_column, TABLE_ERROR, from.value, from.formula);
        else if (percent || shown.as != ShownAs::number)
            sheet->put(at_row, at_column, TABLE_SHOWN_OTHERWISE,
                       !percent            ? shown.text
                       : from.text.empty() ? formats_show(value, ShownAs::percent, false)
                                           : from.text,
                       from.formula);
        else if (zeros_off && value == 0)
            sheet->put_shown(at_row, at_column, "0", "", from.formula);
        else if (!shown.same)
            sheet->put_shown(at_row, at_column, code_plain(value), from.text.empty() ? shown.text : from.text,
                             from.formula);
        else
            sheet->put(at_row, at_column, TABLE_NUMBER, code_plain(value), from.formula);
    }
    void put_cell(const Cell &from, int at_row, int at_column)
    {
        const std::string &shown = from.text.empty() ? from.value : from.text;
        if (is_error(from))
            sheet->put(at_row, at_column, TABLE_ERROR, shown.empty() ? "?" : shown, from.formula);
        else if (from.type == "float" || from.type == "currency" || from.type == "percentage")
            put_number(from, at_row, at_column);
        else if (from.type == "date" || from.type == "time" || from.type == "boolean")
            sheet->put(at_row, at_column, TABLE_SHOWN_OTHERWISE, shown, from.formula);
        else if (from.formula && from.type.empty() && shown.empty())
            sheet->put(at_row, at_column, TABLE_FORMULA_NO_VALUE, "", true);
        else if (!shown.empty())
            sheet->put(at_row, at_column, TABLE_TEXT,
                       from.type == "string" && !from.value.empty() ? from.value : shown, from.formula);
    }
    void repeat_cell(const Cell &from, int at_row)
    {
        bool any = from.rows_spanned > 1 || from.columns_spanned > 1;
        for (int i = 0; i < from.repeat; i++) {
            if (++filled > max_filled)
                throw TooLarge("");
            put_cell(from, at_row, from.column + i);
            if (any)
                sheet->merge({at_row, from.column + i, at_row + from.rows_spanned - 1,
                              from.column + i + from.columns_spanned - 1});
            if (sheet->over_limit)
                return;
        }
    }
    void end_row()
    {
        for (int i = 0; row_hidden && i < row_repeat && row + i < TABLE_MAX_ROWS; i++)
            grid_hide_row(sheet->table, row + i);
        for (int i = 0; !cells.empty() && i < row_repeat && !sheet->over_limit; i++) {
            for (const Cell &own : cells)
                repeat_cell(own, row + i);
        }
        row = MIN(row + row_repeat, max_repeat);
    }

  public:
    void attribute(std::string_view, std::string_view)
    {
    }
    void attribute(const orcus::sax_ns_parser_attribute &a)
    {
        attributes[full_name(a.ns, a.name)] = std::string(a.value);
    }
    void start_element(const orcus::sax_ns_parser_element &e)
    {
        std::string name = full_name(e.ns, e.name);
        if (passed || is_passed_over(name))
            passed++;
        else if (in_cell)
            start_text(name);
        else if (name == "config:config-item")
            in_zeros = find("config:name") == "ShowZeroValues";
        else if (name == "table:table")
            start_sheet();
        else if (sheet && name == "table:table-column")
            add_columns();
        else if (sheet && name == "table:table-row")
            start_row();
        else if (sheet && (name == "table:table-cell" || name == "table:covered-table-cell"))
            start_cell();
        else
            add_style(name);
        attributes.clear();
    }
    void end_element(const orcus::sax_ns_parser_element &e)
    {
        if (passed) {
            passed--;
            return;
        }
        std::string name = full_name(e.ns, e.name);
        in_words = in_zeros = false;
        if (g_str_has_prefix(name.c_str(), "number:") && g_str_has_suffix(name.c_str(), "-style"))
            format = nullptr;
        else if (in_cell && (name == "text:p" || name == "text:h"))
            in_text--;
        else if (in_cell && (name == "table:table-cell" || name == "table:covered-table-cell"))
            end_cell();
        else if (sheet && name == "table:table-row")
            end_row();
        else if (sheet && name == "table:table")
            sheet = nullptr;
    }
    void characters(std::string_view text, bool)
    {
        if (in_cell && in_text && !passed)
            cell.text += text;
        zeros_off |= in_zeros && text == "false";
        for (size_t i = 0; in_words && format && i < text.size(); i++)
            format->section += std::string("\\") + text[i];
    }

    void read(const std::string &part, const std::string &text)
    {
        package_check_xml(part, text);
        orcus::xmlns_repository repository;
        orcus::xmlns_context context = repository.create_context();
        orcus::sax_ns_parser<Document> parser(text.data(), text.size(), context, *this);
        parser.parse();
    }
    void take(GPtrArray *tables)
    {
        if (sheets.empty())
            throw NoSheet();
        for (auto &done : sheets)
            g_ptr_array_add(tables, done->take());
    }
};

} // namespace

GPtrArray *table_read_ods(const char *path, GError **error)
{
    auto read = [](zip_t *package, GPtrArray *tables) {
        Document document;
        if (zip_name_locate(package, "styles.xml", 0) >= 0)
            document.read("styles.xml", package_read(package, "styles.xml"));
        if (zip_name_locate(package, "settings.xml", 0) >= 0)
            document.read("settings.xml", package_read(package, "settings.xml"));
        document.read("content.xml", package_read(package, "content.xml"));
        document.take(tables);
    };
    return package_read_tables(path, read, error);
}

GPtrArray *table_read_fods(const char *path, const char *bytes, gsize length, GError **error)
{
    auto read = [bytes, length](GPtrArray *tables) {
        Document document;
        document.read("office:document", std::string(bytes, length));
        document.take(tables);
    };
    return draft_read(path, read, error);
}
