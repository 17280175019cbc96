/* XLSX through liborcus: its parser calls back with every cell, which is put down as it stands. */
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <orcus/orcus_xlsx.hpp>
#include <orcus/spreadsheet/import_interface.hpp>
#include <zip.h>

#include "table/cells.h"
#include "table/formats.h"
#include "table/package.h"

namespace ss = orcus::spreadsheet;

namespace
{

class Strings : public ss::iface::import_shared_strings
{
  public:
    std::vector<std::string> all;
    std::string segments;

    size_t append(std::string_view s) override
    {
        all.emplace_back(s);
        return all.size() - 1;
    }
    size_t add(std::string_view s) override
    {
        return append(s);
    }
    void set_segment_font(size_t) override
    {
    }
    void set_segment_bold(bool) override
    {
    }
    void set_segment_italic(bool) override
    {
    }
    void set_segment_font_name(std::string_view) override
    {
    }
    void set_segment_font_size(double) override
    {
    }
    void set_segment_font_color(ss::color_elem_t, ss::color_elem_t, ss::color_elem_t,
                                ss::color_elem_t) override
    {
    }
    void append_segment(std::string_view s) override
    {
        segments += s;
    }
    size_t commit_segments() override
    {
        size_t index = append(segments);
        segments.clear();
        return index;
    }
};

/* A cell that refers to a shared string, filled in when all strings are known. */
struct PendingText {
    int row, column;
    size_t index;
};

/* Array formulas: orcus 0.17 fails without this; their values are put down by complete_cell(). */
class ArrayFormulas : public ss::iface::import_array_formula
{
  public:
    void set_range(const ss::range_t &) override
    {
    }
    void set_formula(ss::formula_grammar_t, std::string_view) override
    {
    }
    void set_result_string(ss::row_t, ss::col_t, std::string_view) override
    {
    }
    void set_result_value(ss::row_t, ss::col_t, double) override
    {
    }
    void set_result_bool(ss::row_t, ss::col_t, bool) override
    {
    }
    void set_result_empty(ss::row_t, ss::col_t) override
    {
    }
    void commit() override
    {
    }
};

class Sheet : public Draft,
              public ss::iface::import_sheet,
              public ss::iface::import_sheet_properties,
              public ss::iface::import_formula
{
  public:
    std::vector<PendingText> pending;

    using Draft::Draft;

    /* cells */
    import_sheet_properties *get_sheet_properties() override
    {
        return this;
    }
    ss::iface::import_array_formula *get_array_formula() override
    {
        return &array_formulas;
    }
    import_formula *get_formula() override
    {
        return this;
    }
    void set_auto(ss::row_t row, ss::col_t col, std::string_view s) override
    {
        put(row, col, !s.empty() && s[0] == '#' ? TABLE_ERROR : TABLE_TEXT, std::string(s));
    }
    void set_string(ss::row_t row, ss::col_t col, ss::string_id_t index) override
    {
        pending.push_back({row, col, index});
    }
    void set_value(ss::row_t row, ss::col_t col, double value) override
    {
        if (std::isfinite(value))
            put(row, col, TABLE_NUMBER, code_plain(value));
        else
            put(row, col, TABLE_ERROR, "#NUM!");
    }
    void set_bool(ss::row_t row, ss::col_t col, bool value) override
    {
        put(row, col, TABLE_TEXT, value ? "TRUE" : "FALSE");
    }
    void set_date_time(ss::row_t row, ss::col_t col, int year, int month, int day, int, int, double) override
    {
        char text[48];
        g_snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
        put(row, col, TABLE_TEXT, text);
    }
    void set_format(ss::row_t, ss::col_t, size_t) override
    {
    }
    void set_format(ss::row_t, ss::col_t, ss::row_t, ss::col_t, size_t) override
    {
    }
    void fill_down_cells(ss::row_t, ss::col_t, ss::row_t) override
    {
    }
    ss::range_size_t get_sheet_size() const override
    {
        return {TABLE_MAX_ROWS * 60, 16384};
    }

    /* properties */
    void set_column_width(ss::col_t, double, orcus::length_unit_t) override
    {
    }
    void set_column_hidden(ss::col_t col, bool hidden) override
    {
        if (hidden && col >= 0 && col < TABLE_MAX_COLUMNS)
            grid_hide_column(table, col);
    }
    void set_row_height(ss::row_t, double, orcus::length_unit_t) override
    {
    }
    void set_row_hidden(ss::row_t row, bool hidden) override
    {
        if (hidden && row >= 0 && row < TABLE_MAX_ROWS)
            grid_hide_row(table, row);
    }
    void set_merge_cell_range(const ss::range_t &range) override
    {
        merge({range.first.row, range.first.column, range.last.row, range.last.column});
    }

    /* formulas */
    void set_position(ss::row_t row, ss::col_t col) override
    {
        formula_row = row;
        formula_column = col;
        formula_kind = TABLE_FORMULA_NO_VALUE;
        formula_text.clear();
    }
    void set_formula(ss::formula_grammar_t, std::string_view) override
    {
    }
    void set_shared_formula_index(size_t) override
    {
    }
    void set_result_string(std::string_view value) override
    {
        formula_kind = !value.empty() && value[0] == '#' ? TABLE_ERROR : TABLE_TEXT;
        formula_text = std::string(value);
    }
    void set_result_value(double value) override
    {
        if (!std::isfinite(value))
            return; /* how orcus says that no value is stored */
        formula_kind = TABLE_NUMBER;
        formula_text = code_plain(value);
    }
    void set_result_bool(bool value) override
    {
        formula_kind = TABLE_TEXT;
        formula_text = value ? "TRUE" : "FALSE";
    }
    void set_result_empty() override
    {
    }
    void commit() override
    {
        put(formula_row, formula_column, formula_kind, formula_text, true);
    }

  private:
    ArrayFormulas array_formulas;
    int formula_row = 0, formula_column = 0;
    TableCellKind formula_kind = TABLE_FORMULA_NO_VALUE;
    std::string formula_text;
};

class Settings : public ss::iface::import_global_settings
{
    ss::formula_grammar_t grammar = ss::formula_grammar_t::xlsx;

  public:
    void set_origin_date(int, int, int) override
    {
    }
    void set_default_formula_grammar(ss::formula_grammar_t g) override
    {
        grammar = g;
    }
    ss::formula_grammar_t get_default_formula_grammar() const override
    {
        return grammar;
    }
    void set_character_set(orcus::character_set_t) override
    {
    }
};

/* "B12:D14" as orcus asks for it. */
class Resolver : public ss::iface::import_reference_resolver
{
  public:
    ss::src_address_t resolve_address(std::string_view address) override
    {
        ss::src_address_t at{0, 0, 0};
        int row, column;
        cells_parse_address(address, &row, &column);
        at.row = row;
        at.column = column;
        return at;
    }
    ss::src_range_t resolve_range(std::string_view range) override
    {
        auto colon = range.find(':');
        auto first = resolve_address(range.substr(0, colon));
        auto last = colon == std::string_view::npos ? first : resolve_address(range.substr(colon + 1));
        return {first, last};
    }
};

class Workbook : public ss::iface::import_factory
{
  public:
    Strings strings;
    Settings settings;
    Resolver resolver;
    std::vector<std::unique_ptr<Sheet>> sheets;

    ss::iface::import_global_settings *get_global_settings() override
    {
        return &settings;
    }
    ss::iface::import_shared_strings *get_shared_strings() override
    {
        return &strings;
    }
    ss::iface::import_reference_resolver *get_reference_resolver(ss::formula_ref_context_t) override
    {
        return &resolver;
    }
    ss::iface::import_sheet *append_sheet(ss::sheet_t, std::string_view name) override
    {
        if (sheets.size() >= 256)
            return nullptr;
        sheets.push_back(std::make_unique<Sheet>(name));
        return sheets.back().get();
    }
    ss::iface::import_sheet *get_sheet(std::string_view name) override
    {
        for (auto &sheet : sheets)
            if (name == table_name(sheet->table))
                return sheet.get();
        return nullptr;
    }
    ss::iface::import_sheet *get_sheet(ss::sheet_t index) override
    {
        return index >= 0 && size_t(index) < sheets.size() ? sheets[size_t(index)].get() : nullptr;
    }
    void finalize() override
    {
    }
    /* Once all shared strings are known. */
    void put_strings()
    {
        for (auto &sheet : sheets)
            for (const auto &text : sheet->pending)
                if (text.index < strings.all.size())
                    sheet->put(text.row, text.column, TABLE_TEXT, strings.all[text.index]);
    }
};

/* Puts down a cell that orcus passed over. */
void complete_cell(Workbook &workbook, Sheet *sheet, const RawCell &cell, const NumberFormats &shown)
{
    if (cell.value.empty()) { /* orcus does not say so where the workbook has no shared strings */
        if (table_cell(sheet->table, cell.row, cell.column)->kind == TABLE_EMPTY)
            sheet->put(cell.row, cell.column, TABLE_FORMULA_NO_VALUE, "", true);
        return;
    }
    Display display = formats_display(cell, shown);
    if (display.as != ShownAs::number) {
        sheet->put(cell.row, cell.column, TABLE_SHOWN_OTHERWISE, display.text, cell.formula);
        return;
    }
    if (!display.same) {
        double value = 0;
        code_parse(cell.value, &value);
        sheet->put_shown(cell.row, cell.column, code_plain(value), display.text, cell.formula);
        return;
    }
    TableCellKind there = table_cell(sheet->table, cell.row, cell.column)->kind;
    if (there != TABLE_EMPTY && there != TABLE_FORMULA_NO_VALUE)
        return;
    if (cell.type == "s") {
        int64_t index;
        if (workbook.strings.all.empty() ||
            !number_parse_int(cell.value.c_str(), 0, int64_t(workbook.strings.all.size()) - 1, &index,
                              nullptr))
            throw std::runtime_error(
                "xl/sharedStrings.xml"); /* a lost text must not look like an empty cell */
        sheet->put(cell.row, cell.column, TABLE_TEXT, workbook.strings.all[size_t(index)], cell.formula);
    } else if (cell.type == "n") {
        double value = 0;
        bool number = code_parse(cell.value, &value);
        sheet->put(cell.row, cell.column, number ? TABLE_NUMBER : TABLE_ERROR,
                   number ? code_plain(value) : cell.value, cell.formula);
    } else {
        sheet->put(cell.row, cell.column, cell.type == "e" ? TABLE_ERROR : TABLE_TEXT, cell.value,
                   cell.formula);
    }
}

/* Every cell of the package that orcus did not hand on. */
void complete_sheets(Workbook &workbook, zip_t *package)
{
    auto parts = cells_find_parts(package);
    NumberFormats shown = formats_read(package);
    for (auto &sheet : workbook.sheets)
        cells_read_part(package, parts[table_name(sheet->table)],
                        [&](const RawCell &cell) { complete_cell(workbook, sheet.get(), cell, shown); });
}

} // namespace

GPtrArray *table_read_xlsx(const char *path, GError **error)
{
    auto read = [path](zip_t *package, GPtrArray *tables) {
        cells_check_package(package);
        Workbook workbook;
        orcus::orcus_xlsx filter(&workbook);
        std::string plain = package_for_orcus(package);
        if (plain.empty())
            filter.read_file(path);
        else
            filter.read_stream(plain);
        if (workbook.sheets.empty())
            throw NoSheet();
        workbook.put_strings();
        complete_sheets(workbook, package);
        for (auto &sheet : workbook.sheets)
            g_ptr_array_add(tables, sheet->take());
    };
    return package_read_tables(path, read, error);
}
