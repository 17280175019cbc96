/* XLSX through liborcus: its parser calls back with every cell, which is put down as it stands. */
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <orcus/orcus_xlsx.hpp>
#include <orcus/spreadsheet/import_interface.hpp>
#include <zip.h>

#include "table/grid.h"

namespace ss = orcus::spreadsheet;

namespace
{

/* All parts of a workbook unpacked, and how many of them: more is no office file. */
constexpr zip_uint64_t max_unpacked = 256ull * 1024 * 1024;
constexpr zip_int64_t max_parts = 2000;

/* A number as a plain decimal of the 15 digits a spreadsheet has. */
std::string number_text(double value)
{
    char text[64];
    g_ascii_formatd(text, sizeof text, "%.15g", value);
    std::string plain = text;
    if (plain.find_first_of("eE") == std::string::npos)
        return plain;
    char fixed[400];
    g_ascii_formatd(fixed, sizeof fixed, std::fabs(value) < 1 ? "%.20f" : "%.0f", value);
    plain = fixed;
    if (plain.find('.') != std::string::npos) {
        plain.erase(plain.find_last_not_of('0') + 1);
        if (plain.back() == '.')
            plain.pop_back();
    }
    return plain;
}

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

class Sheet : public ss::iface::import_sheet,
              public ss::iface::import_sheet_properties,
              public ss::iface::import_formula
{
  public:
    Table *table;
    std::vector<PendingText> pending;
    std::vector<ss::range_t> merges;
    bool over_limit = false;

    explicit Sheet(std::string_view name) : table(grid_new(std::string(name).c_str()))
    {
    }
    ~Sheet() override
    {
        table_free(table);
    }
    void put(int row, int column, TableCellKind kind, const std::string &text, bool formula = false)
    {
        over_limit |= !grid_set(table, row, column, kind, text.c_str(), formula);
    }

    /* cells */
    import_sheet_properties *get_sheet_properties() override
    {
        return this;
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
        put(row, col, TABLE_NUMBER, number_text(value));
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
        if (hidden && col < TABLE_MAX_COLUMNS)
            grid_hide_column(table, col);
    }
    void set_row_height(ss::row_t, double, orcus::length_unit_t) override
    {
    }
    void set_row_hidden(ss::row_t row, bool hidden) override
    {
        if (hidden && row < TABLE_MAX_ROWS)
            grid_hide_row(table, row);
    }
    void set_merge_cell_range(const ss::range_t &range) override
    {
        if (merges.size() < 100000)
            merges.push_back(range);
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
        formula_kind = TABLE_NUMBER;
        formula_text = number_text(value);
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
        for (char c : address) {
            if (c >= 'A' && c <= 'Z')
                at.column = at.column * 26 + (c - 'A' + 1);
            else if (c >= '0' && c <= '9')
                at.row = MIN(at.row * 10 + (c - '0'), 10000000);
        }
        at.column--;
        at.row--;
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
};

bool set_damaged(const char *path, const char *why, GError **error)
{
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                _("%s: is no sound .xlsx workbook (%s); save it again"), shown, why);
    return false;
}

/* The package's parts, before anything is unpacked. */
bool check_package(const char *path, GError **error)
{
    int code = 0;
    zip_t *package = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!package)
        return set_damaged(path, "zip", error);
    zip_int64_t parts = zip_get_num_entries(package, 0);
    zip_uint64_t unpacked = 0;
    for (zip_int64_t i = 0; i < parts && i < max_parts; i++) {
        zip_stat_t part;
        if (zip_stat_index(package, zip_uint64_t(i), 0, &part) == 0 && (part.valid & ZIP_STAT_SIZE))
            unpacked += MIN(part.size, max_unpacked);
    }
    bool workbook = zip_name_locate(package, "xl/workbook.xml", 0) >= 0;
    zip_discard(package);
    if (parts > max_parts || unpacked > max_unpacked) {
        g_autofree char *shown = text_printable(path);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT, _("%s: unpacks to more than a score sheet can be"),
                    shown);
        return false;
    }
    return workbook || set_damaged(path, "xl/workbook.xml", error);
}

GPtrArray *take_tables(Workbook &workbook, const char *path, GError **error)
{
    GPtrArray *tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    for (auto &sheet : workbook.sheets) {
        for (const auto &text : sheet->pending)
            if (text.index < workbook.strings.all.size())
                sheet->put(text.row, text.column, TABLE_TEXT, workbook.strings.all[text.index]);
        for (const auto &range : sheet->merges)
            grid_merge(sheet->table, range.first.row, range.first.column, range.last.row, range.last.column);
        if (sheet->over_limit) {
            g_autofree char *shown = text_printable(path);
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT, _("%s!%s: more than %d rows or %d columns"),
                        shown, table_name(sheet->table), TABLE_MAX_ROWS, TABLE_MAX_COLUMNS);
            g_ptr_array_unref(tables);
            return nullptr;
        }
        g_ptr_array_add(tables, sheet->table);
        sheet->table = nullptr;
    }
    return tables;
}

} // namespace

GPtrArray *table_read_xlsx(const char *path, GError **error)
{
    if (!check_package(path, error))
        return nullptr;
    try {
        Workbook workbook;
        orcus::orcus_xlsx filter(&workbook);
        filter.read_file(path);
        if (workbook.sheets.empty())
            return set_damaged(path, "0", error), nullptr;
        return take_tables(workbook, path, error);
    } catch (std::exception &fault) {
        set_damaged(path, fault.what(), error);
        return nullptr;
    }
}
