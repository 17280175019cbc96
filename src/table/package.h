/* The zip package a workbook is, its parts, and its form for orcus. C++; inside the room only. */
#ifndef PHIEU_TABLE_PACKAGE_H
#define PHIEU_TABLE_PACKAGE_H

#include <functional>
#include <string>

#include <zip.h>

#include "table/draft.h"

/* Opens a workbook's package, checked for parts that are too many or unpack to too much, and reads it as
 * draft_read() does. */
GPtrArray *package_read_tables(const char *path,
                               const std::function<void(zip_t *package, GPtrArray *tables)> &read,
                               GError **error);
/* The bytes of a part. Throws where it is damaged or not there. */
std::string package_read(zip_t *package, const std::string &part);
/* Throws where a part is not whole and well-formed XML: orcus reads beyond the end of others. Entities of a
 * document's own are none. */
void package_check_xml(const std::string &part, const std::string &text);
/* The bytes of a workbook's package as orcus 0.17 reads it, pictures and the like left out; "" where it is in
 * that form. Programs on Microsoft's Open XML library name the workbook from the package's root
 * ("/xl/workbook.xml"), and a workbook saved as 'Strict Open XML' has other namespaces (ISO/IEC 29500-1,
 * annex A, against 29500-4): orcus finds no sheet in either. Throws on damage. */
std::string package_for_orcus(zip_t *package);

#endif
