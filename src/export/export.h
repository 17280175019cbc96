/* Results as files: CSV, XLSX and JSON, from one computed source. Every file carries the program's version,
 * the fingerprints of definition, layouts and model, the limits used, and says when the index is provisional
 * or the definition illustrative. The same workspace gives the same bytes. */
#ifndef PHIEU_EXPORT_H
#define PHIEU_EXPORT_H

#include "quota/quota.h"
#include "score/score.h"
#include "store/store.h"

typedef enum { EXPORT_CSV, EXPORT_XLSX, EXPORT_JSON } ExportFormat;
typedef enum { EXPORT_ANSWERS, EXPORT_TALLY, EXPORT_INDEX } ExportWhat;

/* Writes `what` to `path`, whole or not at all; path "-" is standard output (not for XLSX: INVALID). */
bool export_write(Store *store, const Quota *quota, const ScoreIndex *index, ExportWhat what,
                  ExportFormat format, const char *path, GError **error);

#endif
