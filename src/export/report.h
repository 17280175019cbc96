/* A report before it is a file: facts about where it comes from, and flat tables whose columns have stable
 * names. Built once from the store, then written as CSV, XLSX or JSON; inside the room only. */
#ifndef PHIEU_EXPORT_REPORT_H
#define PHIEU_EXPORT_REPORT_H

#include "export/export.h"

/* Which files a table goes into. */
enum {
    IN_CSV = 1 << 0,
    IN_XLSX = 1 << 1,
    IN_JSON = 1 << 2,
    IN_META = 1 << 3, /* the file beside a CSV that says where it comes from */
};

typedef enum {
    COLUMN_TEXT,
    COLUMN_COUNT,  /* a whole number, or a word in its place */
    COLUMN_NUMBER, /* exact */
    COLUMN_REAL,   /* no exact number: a chance, a limit of an interval */
} ColumnKind;

/* A column. `id` stands in CSV and JSON, `heading` in XLSX. */
typedef struct {
    char *id, *heading;
    ColumnKind kind;
    int decimals;     /* NUMBER, REAL: places shown */
    double width;     /* XLSX: characters */
    const char *over; /* XLSX: heading over this and the following columns with the same text; or NULL */
} ReportColumn;

/* A cell: by its column's kind a text, a count (`text` not NULL: that word, or "" for none), an exact number
 * (NULL: none) or a real one (NAN: none). */
typedef struct {
    char *text;
    char *words; /* XLSX: what stands there for a text that is an id; NULL: the text */
    int64_t count;
    Rational *number;
    double real;
} ReportCell;

/* A table. Tables of one id are one array in JSON. */
typedef struct {
    char *id;
    char *sheet; /* XLSX: name of the sheet */
    char *title; /* XLSX: line above the table */
    unsigned in;
    GPtrArray *columns; /* ReportColumn* */
    GPtrArray *rows;    /* GArray of ReportCell */
    GPtrArray *texts;   /* char*: what `over` of its columns points to */
    bool emphasise;     /* XLSX: the last row is a sum */
} ReportTable;

/* One fact about the report: where it comes from. `words`: what XLSX has for the value; NULL: the value. */
typedef struct {
    char *id, *label, *value, *words;
} ReportFact;

typedef struct {
    char *title;
    GPtrArray *facts; /* ReportFact* */
    GPtrArray
        *notices; /* char*: "illustrative", "provisional" in words; empty when there is nothing to say */
    GPtrArray *reasons; /* char*: "id — text" of each obstacle not waived */
    GPtrArray *waived;  /* char*: waived obstacles */
    bool provisional, illustrative;
    GPtrArray *tables; /* ReportTable* */
} Report;

Report *report_new(const char *title);
void report_free(Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)
/* Adds a fact; takes over `value`. */
ReportFact *report_add_fact(Report *report, const char *id, const char *label, char *value);

ReportTable *report_add_table(Report *report, const char *id, const char *sheet, const char *title,
                              unsigned in);
ReportColumn *report_add_column(ReportTable *table, const char *id, const char *heading, ColumnKind kind,
                                double width);
void report_add_row(ReportTable *table);
/* The next cell of the last row. */
void report_text(ReportTable *table, const char *text);
/* An id, and the words a person reads for it in XLSX; NULL where there are none. */
void report_code(ReportTable *table, const char *id, const char *words);
void report_count(ReportTable *table, int64_t count);
void report_number(ReportTable *table, const Rational *number);
void report_real(ReportTable *table, double number);
/* A real number as shown, newly allocated; "" for NAN. */
char *report_real_text(double number, int decimals);

/* What ids are of. */
typedef enum {
    WORDS_STATE,       /* who read an answer: answer_state_id() */
    WORDS_VALIDITY,    /* quota_validity() */
    WORDS_NOT_COUNTED, /* quota_not_counted(): any of the two before, and more */
    WORDS_QUESTION,    /* kind of a question */
    WORDS_LEVEL,       /* of a row of the index: whole, area, kind of a criterion */
} WordsOf;
/* The words of an id in the language of the program, static; NULL where it has none or is NULL. The store has
 * those of ballots and decisions. */
const char *report_words(WordsOf of, const char *id);

/* The kinds of report. */
void report_fill_answers(Report *report, const Quota *quota, const GPtrArray *answers,
                         const GPtrArray *writings);
void report_fill_ballots(Report *report, Store *store, const Quota *quota, const GPtrArray *answers,
                         const GPtrArray *roster);
/* What ids mean: questions and options in one table; with agencies, units, groups and criteria. */
void report_add_codebook(Report *report, const Survey *survey, unsigned in);
void report_fill_codebook(Report *report, const Survey *survey);
void report_fill_log(Report *report, const Quota *quota, const GPtrArray *lines);
void report_fill_tally(Report *report, const Quota *quota);
void report_fill_scores(Report *report, const Quota *quota, const ScoreIndex *index);
void report_fill_index(Report *report, const ScoreIndex *index);

/* The census's ballots by serial: char* → QuotaBallot*; borrows from it. */
GHashTable *report_index_ballots(const Quota *quota);

/* The writers. CSV writes the one table that is meant for it, `excel` as Excel in Vietnamese opens it;
 * report_to_json leaves tables out that `in` does not name. */
GString *report_to_csv(const Report *report, bool excel);
char *report_to_json(const Report *report, unsigned in);
bool report_write_xlsx(const Report *report, const char *path, GError **error);

#endif
