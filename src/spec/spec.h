/* A YAML file → a C struct, by static tables. In: a file people wrote by hand. Out: structs filled in, every
 * struct with its place, or every fault of the file at once. Nothing is guessed: `5mm` is no number, `2.7` no
 * whole number, an unknown key is a fault. */
#ifndef PHIEU_SPEC_H
#define PHIEU_SPEC_H

#include "base/base.h"

/* Limits on one file. */
#define SPEC_MAX_BYTES (4 * 1024 * 1024)
#define SPEC_MAX_NODES 200000
#define SPEC_MAX_DEPTH 32

/* Where a value stands; line and column count from 1. `file` is interned and lives for ever. */
typedef struct {
    const char *file;
    int line, column;
} SpecPlace;

/* A fault: what is wrong and what to do, one line, without the place. */
typedef struct {
    SpecPlace place;
    char *message;
} SpecFault;

void spec_fault_free(SpecFault *fault);
/* Appends a fault to `faults` (SpecFault*). */
void spec_add_fault(GPtrArray *faults, SpecPlace place, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What a field holds and the C type at its offset. */
typedef enum {
    SPEC_TEXT,     /* char *; never empty unless SPEC_MAY_BE_EMPTY */
    SPEC_INT,      /* int, within [min, max] */
    SPEC_DECIMAL,  /* Rational *; exact, ≥ 0 */
    SPEC_NUMBER,   /* double, within [min, max] */
    SPEC_BOOL,     /* bool: true or false */
    SPEC_CHOICE,   /* int: index into `choices` */
    SPEC_TEXTS,    /* GPtrArray * of SpecText *; empty when not given */
    SPEC_DECIMALS, /* GPtrArray * of Rational *; empty when not given */
    SPEC_STRUCT,   /* pointer to a struct of `table`; NULL when not given */
    SPEC_STRUCTS,  /* GPtrArray * of pointers to structs of `table`; empty when not given */
} SpecType;

/* A text with its place, for lists of references. */
typedef struct {
    SpecPlace place;
    char *text;
} SpecText;

enum { SPEC_REQUIRED = 1, SPEC_MAY_BE_EMPTY = 2 };

typedef struct SpecTable SpecTable;

/* One key of a map. A key that is not given leaves the field as spec_read's zeroed struct or `preset` made
 * it. */
typedef struct {
    const char *key;
    SpecType type;
    size_t offset;
    unsigned flags;
    double min, max;
    const char *const *choices; /* NULL-terminated */
    const SpecTable *table;
} SpecField;

/* A map: its struct's size, where its SpecPlace stands, its keys (ends with key NULL), and what gives a new
 * struct its values for keys not given (may be NULL). */
struct SpecTable {
    const char *name; /* for messages: "an agency" */
    size_t size;
    size_t place_offset;
    const SpecField *fields;
    void (*preset)(void *structure);
};

/* Reads `path` under `table`; faults are appended (SpecFault*). Never NULL: what could be read is there, so
 * that the caller can find further faults. `shown` names the file in places. */
void *spec_read(const char *path, const char *shown, const SpecTable *table, GPtrArray *faults);
/* Frees a struct and all it holds. */
void spec_free(void *structure, const SpecTable *table);

#endif
