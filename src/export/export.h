/* Results as files: CSV, XLSX and JSON, from one computed source. Every file carries the program's version,
 * the fingerprints of definition, layouts and model, the limits used, and says when the index is provisional
 * or the definition illustrative. The same workspace gives the same bytes. */
#ifndef PHIEU_EXPORT_H
#define PHIEU_EXPORT_H

#include "quota/quota.h"
#include "score/score.h"
#include "store/store.h"

typedef enum {
    EXPORT_CSV,
    EXPORT_XLSX,
    EXPORT_JSON,
    EXPORT_SPS, /* SPSS syntax and, beside it, the data it reads: FILE-data.csv */
    /* CSV as Excel in Vietnamese opens it by a double click: a byte order mark, ';' between, ',' for
     * decimals, lines that end in CR LF; codes that it would take for dates or numbers stand as ="1.10";
     * figures as shown only, as it makes a date of 1/8. */
    EXPORT_CSV_EXCEL,
} ExportFormat;

typedef enum {
    EXPORT_ANSWERS, /* a row a ballot and question */
    EXPORT_BALLOTS, /* a row a returned ballot: what became of it, whether it counts, who settled what */
    EXPORT_TALLY,
    EXPORT_INDEX,
    EXPORT_SCORES,   /* sub-scores: a row a question of a group on an agency; see ScoreQuestion */
    EXPORT_LOG,      /* who did what and when, what held before and since; see StoreLogLine */
    EXPORT_CODEBOOK, /* what the ids mean */
    EXPORT_SPSS,     /* a case a ballot, a variable a question, with labels and missing values; as SPS only */
} ExportWhat;

/* Whether a report says other things once the index is final: neither the log nor what ids mean does. */
bool export_depends_on_index(ExportWhat what);

/* Writes `what` to `path`, whole or not at all; path "-" is standard output (not for XLSX
 * and SPS: INVALID, as is a format that does not fit). */
bool export_write(Store *store, const Quota *quota, const ScoreIndex *index, ExportWhat what,
                  ExportFormat format, const char *path, GError **error);

#endif
