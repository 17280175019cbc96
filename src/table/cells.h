/* The cells of a workbook's sheets as they stand in its XML: liborcus 0.17 hands on shared strings, numbers
 * and truth values and drops inline texts, errors, dates and values of array formulas. C++; inside the room
 * only. */
#ifndef PHIEU_TABLE_CELLS_H
#define PHIEU_TABLE_CELLS_H

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <zip.h>

#include "base/base.h"

/* One cell with a value or a formula. */
struct RawCell {
    int row, column;   /* from 0; −1 where its address is none */
    std::string type;  /* "n", "s", "str", "inlineStr", "b", "e", "d" */
    std::string value; /* empty only in a formula that nobody worked out */
    bool formula;
    int style;         /* place in the workbook's cellXfs; 0 where none is named */
    bool zeros_off;    /* the sheet is set to show nothing where a number is 0 */
    double room_chars; /* digits its column has room for; 0: as many as any, its width is not said */
};

/* Reads all sheets for what orcus does not check: XML cut off, array formulas over millions of cells. Throws.
 */
void cells_check_package(zip_t *package);
/* The part the package is about ("xl/workbook.xml"); Throws on damage, also
 * where it names none. */
std::string cells_find_workbook(zip_t *package);
/* The part of every sheet ("xl/worksheets/sheet1.xml") by its name. Throws on damage. */
std::map<std::string, std::string> cells_find_parts(zip_t *package);
/* The part that holds the workbook's styles, by its relationships; "" where it has none. Throws on damage. */
std::string cells_find_styles(zip_t *package);
/* Whether the workbook counts its days from 1904. Throws on damage. */
bool cells_dates_from_1904(zip_t *package);
/* Whether orcus looks into a part of that name. */
bool cells_is_read(const char *name);
/* Hands over every cell of a part that has a value or a formula without one. A formula whose value is the
 * empty text is worked out and has nothing to show: it is passed over. Throws on damage. */
void cells_read_part(zip_t *package, const std::string &part,
                     const std::function<void(const RawCell &)> &take);
/* Row and column of "B12" ("$B$12"), from 0; −1 where one of them is missing. */
void cells_parse_address(std::string_view address, int *ret_row, int *ret_column);

#endif
