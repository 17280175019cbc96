/* How a workbook shows the numbers of its cells: a number cell that a clerk sees as 100 %, as a date, as a
 * time or as another number is no number of points. C++; inside the room only. */
#ifndef PHIEU_TABLE_FORMATS_H
#define PHIEU_TABLE_FORMATS_H

#include <string>
#include <vector>

#include <zip.h>

#include "table/cells.h"
#include "table/codes.h"

/* How a workbook shows its numbers. */
struct NumberFormats {
    std::vector<std::string> styles; /* codes by the style number of a cell: cellXfs in their order; may be
                                        empty */
    bool date_1904;                  /* days are counted from 1904 */
};
/* Throws on damage. */
NumberFormats formats_read(zip_t *package);
/* What the clerk sees in a cell: "TRUE", "100%", "03/01/2024", "12:30", "38"; "###" where its column has no
 * room for its number; "" for a 0 where the sheet shows none. Any cell that is no number shows what it is. */
Display formats_display(const RawCell &cell, const NumberFormats &formats);
/* A number that is shown as a percentage, a date or a truth value, for messages: "100%" is not rounded as the
 * format would. */
std::string formats_show(double value, ShownAs as, bool date_1904);

#endif
