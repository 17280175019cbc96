/* What the files of this room share. */
#ifndef PHIEU_LAYOUT_INTERNAL_H
#define PHIEU_LAYOUT_INTERNAL_H

#include "layout/layout.h"

/* More than any form needs; a file that claims more is refused before memory is taken for it. */
#define LAYOUT_MAX_PAGES 99
#define LAYOUT_MAX_PLACES 5000 /* boxes, fields or variable places of one page */
#define LAYOUT_MAX_SIDE_MM 2000

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
