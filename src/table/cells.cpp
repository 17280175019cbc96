#include "table/cells.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <orcus/sax_parser.hpp>

#include "table/package.h"

namespace
{

using Attributes = std::map<std::string, std::string, std::less<>>;

/* An attribute, "" when there is none. */
std::string find(const Attributes &attributes, const char *name)
{
    auto at = attributes.find(name);
    return at == attributes.end() ? std::string() : at->second;
}

/* Collects one attribute of every element of a kind, by another. */
class Pairs : public orcus::sax_handler
{
    const char *element, *key, *value;
    Attributes attributes;

  public:
    std::map<std::string, std::string> found;

    Pairs(const char *of, const char *by, const char *wanted) : element(of), key(by), value(wanted)
    {
    }
    void attribute(const orcus::sax::parser_attribute &a)
    {
        attributes[std::string(a.name)] = std::string(a.value);
    }
    void start_element(const orcus::sax::parser_element &e)
    {
        if (e.name == element)
            found[find(attributes, key)] = find(attributes, value);
        attributes.clear();
    }
};

Pairs read_pairs(zip_t *package, const std::string &part, const char *element, const char *key,
                 const char *value)
{
    std::string text = package_read(package, part);
    Pairs pairs(element, key, value);
    orcus::sax_parser<Pairs> parser(text.data(), text.size(), pairs);
    parser.parse();
    return pairs;
}

/* The part a relationship of another part leads to. */
std::string part_of_target(const std::string &from, const std::string &target)
{
    if (!target.empty() && target[0] == '/')
        return target.substr(1);
    return from.substr(0, from.rfind('/') + 1) + target;
}

/* The part that holds a part's relationships. */
std::string relations_of(const std::string &part)
{
    size_t name = part.rfind('/') + 1;
    return part.substr(0, name) + "_rels/" + part.substr(name) + ".rels";
}

constexpr int64_t max_array_cells = 1000000;

class Cells : public orcus::sax_handler
{
    const std::function<void(const RawCell &)> &take;
    Attributes attributes;
    RawCell cell{};
    bool zeros_off = false;
    std::vector<double> rooms; /* by column, as RawCell has it */
    int row = -1, column = -1, phonetic = 0, depth = 0;
    bool in_cell = false, in_text = false, has_value = false, rooted = false;
    int64_t arrays = 0;

    /* orcus takes memory for every cell an array formula says it covers. */
    void add_array(std::string_view range)
    {
        auto colon = range.find(':');
        int row_1, column_1, row_2, column_2;
        cells_parse_address(range.substr(0, colon), &row_1, &column_1);
        cells_parse_address(colon == range.npos ? range : range.substr(colon + 1), &row_2, &column_2);
        if (row_1 < 0 || column_1 < 0 || row_2 < row_1 || column_2 < column_1)
            throw std::runtime_error("f ref");
        arrays += int64_t(row_2 - row_1 + 1) * (column_2 - column_1 + 1);
        if (arrays > max_array_cells)
            throw std::runtime_error("f ref");
    }

    /* orcus goes through every column a width is said of. */
    void take_columns(const std::string &first, const std::string &last, const std::string &width)
    {
        int64_t from, to;
        double room;
        if (!number_parse_int(first.c_str(), 1, 16384, &from, nullptr) ||
            !number_parse_int(last.c_str(), from, 16384, &to, nullptr))
            throw std::runtime_error("col");
        if (!number_parse_double(width.c_str(), 0, 255, &room, nullptr))
            return;
        rooms.resize(MAX(rooms.size(), size_t(MIN(to, int64_t(TABLE_MAX_COLUMNS)))), 0);
        std::fill(rooms.begin() + MIN(from - 1, int64_t(rooms.size())),
                  rooms.begin() + MIN(to, int64_t(rooms.size())), room);
    }

  public:
    explicit Cells(const std::function<void(const RawCell &)> &to) : take(to)
    {
    }
    void attribute(const orcus::sax::parser_attribute &a)
    {
        if (a.ns.empty())
            attributes[std::string(a.name)] = std::string(a.value);
    }
    void start_element(const orcus::sax::parser_element &e)
    {
        rooted |= depth++ == 0 && e.name == "worksheet";
        std::string address = find(attributes, "r"), type = find(attributes, "t"),
                    range = find(attributes, "ref"), style = find(attributes, "s");
        if (e.name == "col")
            take_columns(find(attributes, "min"), find(attributes, "max"), find(attributes, "width"));
        std::string zeros = find(attributes, "showZeros");
        zeros_off |= e.name == "sheetView" && (zeros == "0" || zeros == "false");
        attributes.clear();
        if (e.name == "row") {
            int64_t number = row + 2;
            if (!address.empty() && !number_parse_int(address.c_str(), 1, 1 << 24, &number, nullptr))
                number = 0;
            row = int(number) - 1;
            column = -1;
        } else if (e.name == "c") {
            cell = RawCell{};
            cell.row = row;
            cell.column = column + 1;
            cell.type = type.empty() ? "n" : type;
            cell.zeros_off = zeros_off;
            int64_t place = 0;
            if (number_parse_int(style.c_str(), 0, G_MAXINT, &place, nullptr))
                cell.style = int(place);
            if (!address.empty())
                cells_parse_address(address, &cell.row, &cell.column);
            column = cell.column;
            if (column >= 0 && size_t(column) < rooms.size())
                cell.room_chars = rooms[size_t(column)];
            in_cell = true;
            has_value = false;
        } else if (e.name == "f") {
            cell.formula = in_cell;
            if (type == "array")
                add_array(range);
        } else if (e.name == "rPh") {
            phonetic++;
        }
        has_value |= e.name == "v";
        in_text = in_cell && !phonetic && (e.name == "v" || e.name == "t");
    }
    void end_element(const orcus::sax::parser_element &e)
    {
        in_text = false;
        depth--;
        if (e.name == "rPh")
            phonetic--;
        if (e.name != "c" || !in_cell)
            return;
        in_cell = false;
        bool empty_text = cell.type == "str" && has_value;
        if (!cell.value.empty() || (cell.formula && !empty_text))
            take(cell);
    }
    bool closed() const
    {
        return rooted && depth == 0;
    }
    void characters(std::string_view text, bool)
    {
        if (in_text)
            cell.value += text;
    }
};

} // namespace

bool cells_is_read(const char *name)
{
    return g_str_equal(name, "[Content_Types].xml") || g_str_has_prefix(name, "_rels/") ||
           (g_str_has_prefix(name, "xl/") &&
            (g_str_has_suffix(name, ".xml") || g_str_has_suffix(name, ".rels")));
}

void cells_parse_address(std::string_view address, int *ret_row, int *ret_column)
{
    int row = 0, column = 0;
    for (char c : address) {
        if (c >= 'A' && c <= 'Z')
            column = MIN(column * 26 + (c - 'A' + 1), 10000000);
        else if (c >= '0' && c <= '9')
            row = MIN(row * 10 + (c - '0'), 10000000);
    }
    *ret_row = row - 1;
    *ret_column = column - 1;
}

void cells_check_package(zip_t *package)
{
    zip_int64_t count = zip_get_num_entries(package, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(package, zip_uint64_t(i), 0);
        if (name && cells_is_read(name))
            package_check_xml(name, package_read(package, name));
        if (name && g_str_has_prefix(name, "xl/worksheets/") && g_str_has_suffix(name, ".xml"))
            cells_read_part(package, name, [](const RawCell &) {});
    }
    cells_find_parts(package);
}

std::string cells_find_workbook(zip_t *package)
{
    for (const auto &[type, target] :
         read_pairs(package, "_rels/.rels", "Relationship", "Type", "Target").found) {
        if (g_str_has_suffix(type.c_str(), "/officeDocument"))
            return part_of_target("", target);
    }
    throw std::runtime_error("_rels/.rels");
}

std::map<std::string, std::string> cells_find_parts(zip_t *package)
{
    std::string workbook = cells_find_workbook(package);
    Pairs sheets = read_pairs(package, workbook, "sheet", "name", "id");
    Pairs targets = read_pairs(package, relations_of(workbook), "Relationship", "Id", "Target");
    std::map<std::string, std::string> parts;
    for (const auto &[name, id] : sheets.found) {
        const std::string &target = targets.found[id];
        parts[name] = part_of_target(workbook, target);
    }
    return parts;
}

std::string cells_find_styles(zip_t *package)
{
    std::string workbook = cells_find_workbook(package);
    for (const auto &[type, target] :
         read_pairs(package, relations_of(workbook), "Relationship", "Type", "Target").found) {
        if (g_str_has_suffix(type.c_str(), "/styles"))
            return part_of_target(workbook, target);
    }
    return "";
}

bool cells_dates_from_1904(zip_t *package)
{
    Pairs found = read_pairs(package, cells_find_workbook(package), "workbookPr", "none", "date1904");
    return found.found[""] == "1" || found.found[""] == "true";
}

void cells_read_part(zip_t *package, const std::string &part,
                     const std::function<void(const RawCell &)> &take)
{
    std::string text = package_read(package, part);
    Cells cells(take);
    orcus::sax_parser<Cells> parser(text.data(), text.size(), cells);
    parser.parse();
    if (!cells.closed())
        throw std::runtime_error(part); /* cut off: orcus takes what there is */
}
