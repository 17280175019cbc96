/* How a workbook shows the numbers of its cells: a number cell that a clerk sees as 100 %, as a date or as a
 * time is no number of points. C++; inside the room only. */
#ifndef PHIEU_TABLE_FORMATS_H
#define PHIEU_TABLE_FORMATS_H

#include <string>
#include <vector>

#include <zip.h>

#include "table/cells.h"

/* What a number format makes of a number. */
enum class ShownAs { number, percent, date, truth };

/* How a workbook shows its numbers. */
struct NumberFormats {
    std::vector<ShownAs> styles; /* by the style number of a cell: cellXfs in their order; may be empty */
    bool date_1904;              /* days are counted from 1904 */
};
/* Throws on damage. */
NumberFormats formats_read(zip_t *package);
/* "TRUE", "100%", "03/01/2024", "12:30": what the clerk sees in a cell that stores another number; "" for
 * every other cell. For messages: "100%" is not rounded as the format would. */
std::string formats_shown_otherwise(const RawCell &cell, const NumberFormats &formats);
/* The same of a number that is shown as a percentage, a date or a truth value. */
std::string formats_show(double value, ShownAs as, bool date_1904);
/* The finite number a file stores; false for any other text. */
bool formats_parse(const std::string &text, double *ret_value);
/* A number as a plain decimal of the 15 digits a spreadsheet has. */
std::string formats_plain(double value);

#endif
