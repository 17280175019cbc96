/* What the files of this room share. */
#ifndef PHIEU_LAYOUT_INTERNAL_H
#define PHIEU_LAYOUT_INTERNAL_H

#include "layout/layout.h"

/* More than any form needs; a file that claims more is refused before memory is taken for it. */
#define LAYOUT_MAX_PAGES 99
#define LAYOUT_MAX_PLACES 5000 /* boxes, fields or variable places of one page */
#define LAYOUT_MAX_SIDE_MM 2000

/* Numbers in base 32, digits and letters without I, L, O and U, upper case, so that they stand in a page
 * code: `length` characters and a NUL; the leading bits beyond them must be 0. */
void base32_write(uint64_t value, int length, char *ret_text);
/* At most 12 characters, all of them of base 32. */
bool base32_read(const char *text, uint64_t *ret_value);
/* Characters of fingerprint and number in a ballot's code. */
#define BODY_LENGTH 11

/* The layout as JSON: the same layout gives the same bytes, whatever the locale. */
char *layout_to_json(const Layout *layout);
/* The layout of a JSON text with its stated fingerprint and without blanks; has_blank[i] and the dpi say what
 * to load for page i. INVALID names `path` and the place in it. */
typedef struct {
    Layout *layout;
    double dpi_x[LAYOUT_MAX_PAGES], dpi_y[LAYOUT_MAX_PAGES]; /* 0: the page has no blank */
} LayoutJson;
bool layout_from_json(const char *path, const char *text, gsize length, LayoutJson *ret_json, GError **error);

#endif
