/* A sheet while a reader of workbooks fills it, and what every such reader says of a file it cannot read.
 * C++; inside the room only. */
#ifndef PHIEU_TABLE_DRAFT_H
#define PHIEU_TABLE_DRAFT_H

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "table/grid.h"

/* Thrown for a sheet over the limits of a table; for "" the file as a whole is larger than one can be. */
struct TooLarge : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/* Thrown for a file of the right form that holds no sheet. */
struct NoSheet : std::exception {
};

struct DraftRange {
    int row, column, last_row, last_column;
};

class Draft
{
    std::vector<DraftRange> merges;

  public:
    Table *table;
    bool over_limit = false;

    explicit Draft(std::string_view name) : table(grid_new(std::string(name).c_str()))
    {
    }
    virtual ~Draft()
    {
        table_free(table);
    }
    Draft(const Draft &) = delete;
    Draft &operator=(const Draft &) = delete;
    void put(int row, int column, TableCellKind kind, const std::string &text, bool formula = false)
    {
        over_limit |= !grid_set(table, row, column, kind, text.c_str(), formula);
    }
    /* A number of which its cell shows another, or nothing. */
    void put_shown(int row, int column, const std::string &text, const std::string &shown, bool formula)
    {
        put(row, column, TABLE_NUMBER, text, formula);
        grid_show(table, row, column, shown.c_str());
    }
    /* Notes a merged area; it may reach beyond the cells. */
    void merge(const DraftRange &range)
    {
        if (merges.size() < 100000)
            merges.push_back(range);
    }
    /* Hands over the table, whole. Throws TooLarge, and on areas that overlap. */
    Table *take();
};

/* Runs a reader; what it throws becomes an error: NULL with LIMIT for TooLarge, UNREADABLE for NoSheet and
 * for anything else, which is damage. The array is the caller's. */
GPtrArray *draft_read(const char *path, const std::function<void(GPtrArray *tables)> &read, GError **error);

#endif
