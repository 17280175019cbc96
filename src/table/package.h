/* A workbook's package in the form orcus reads. C++; inside the room only. */
#ifndef PHIEU_TABLE_PACKAGE_H
#define PHIEU_TABLE_PACKAGE_H

#include <string>

#include "table/cells.h"

/* Programs on Microsoft's Open XML library name the workbook from the package's root ("/xl/workbook.xml"),
 * where orcus 0.17 finds no sheet. The bytes of the same package with plain names, pictures and the like left
 * out; "" where it has them already. Throws on damage. */
std::string package_with_plain_targets(zip_t *package);

#endif
