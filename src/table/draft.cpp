#include "table/draft.h"

Table *Draft::take()
{
    if (over_limit)
        throw TooLarge(*table_name(table) ? table_name(table) : "1");
    for (const DraftRange &range : merges) {
        if (!grid_merge(table, range.row, range.column, range.last_row, range.last_column))
            throw std::runtime_error("mergeCells");
    }
    return static_cast<Table *>(g_steal_pointer(&table));
}

GPtrArray *draft_read(const char *path, const std::function<void(GPtrArray *tables)> &read, GError **error)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    g_autofree char *shown = text_printable(path);
    try {
        read(tables);
        return static_cast<GPtrArray *>(g_steal_pointer(&tables));
    } catch (const TooLarge &sheet) {
        g_autofree char *name = text_printable(sheet.what());
        if (*name)
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                        _("%s!%s: more than %d rows or %d columns; copy the table alone into a new workbook"),
                        shown, name, TABLE_MAX_ROWS, TABLE_MAX_COLUMNS);
        else
            g_set_error(
                error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                _("%s: unpacks to more than a score sheet can be; copy the table alone into a new workbook "
                  "and save that as .xlsx"),
                shown);
    } catch (const NoSheet &) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("%s: holds no sheet; ask for the table itself, saved as .xlsx"), shown);
    } catch (const std::exception &fault) {
        g_autofree char *cause = text_printable(fault.what());
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("%s: is no sound workbook (%s); save it again"), shown, cause);
    }
    return nullptr;
}
