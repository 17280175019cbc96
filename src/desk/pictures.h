/* Pictures of ink and of pages as JPEG: made once, kept while there is room. Scans are decoded one at a time
 * (the decoders are not safe across threads), and the last few stay decoded. Safe across threads. Inside the
 * room only. */
#ifndef PHIEU_DESK_PICTURES_H
#define PHIEU_DESK_PICTURES_H

#include "intake/intake.h"

/* Pictures kept, in bytes; pages kept decoded. */
#define PICTURES_BYTES (64u << 20)
#define PICTURES_PAGES 4

typedef struct Pictures Pictures;

Pictures *pictures_new(void);
void pictures_free(Pictures *pictures);
/* What a person must see for a question, on that scan. NOT_FOUND where it does not stand on it. */
GBytes *pictures_crop(Pictures *pictures, Store *store, const StoreScan *scan, const char *question,
                      GError **error);
/* The whole page at about that many pixels a mm (bounded to 2–10). */
GBytes *pictures_page(Pictures *pictures, Store *store, const StoreScan *scan, int px_per_mm, GError **error);

#endif
