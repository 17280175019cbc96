/* How sheets come together in scan batches: decided whole before anything is drawn. */
#ifndef SIM_BATCHES_H
#define SIM_BATCHES_H

#include "sim/sim.h"

typedef enum { SHEET_BALLOT, SHEET_UNKNOWN, SHEET_FOREIGN, SHEET_BLANK, SHEET_COVER } SheetKind;

/* One sheet of paper. Its two sides hold pages of its ballot, or nothing (-1). */
typedef struct {
    SheetKind kind;
    Respondent *who;      /* ballots */
    int side_page[2];     /* index of the ballot's page */
    bool side_lost[2];    /* this side never reaches the scan */
    bool side_scanned[2]; /* also for empty backs */
    int number;           /* of a foreign sheet, cover page */
    int copy;             /* 1: the second scan of the same sheet */
    int turns;            /* quarter turns clockwise in the feeder */
    bool back_first;
} Sheet;

/* A side in the order of the file. */
typedef struct {
    Sheet *sheet;
    int side;
} Side;

/* One run of the feeder into one file. */
typedef struct {
    char *name;
    int number;
    Scanner scanner;
    GPtrArray *sheets; /* Sheet*, owned */
    GArray *sides;     /* Side, in file order */
    const char *order;
} Batch;

typedef struct {
    uint64_t seed;
    Damage damage;
    GPtrArray *people;  /* Respondent*: ballots of the survey */
    GPtrArray *unknown; /* Respondent*: ballots of another print */
    const char *covers_pdf;
    GHashTable *covers; /* "group agency origin" → page of covers_pdf from 1; NULL: no covers */
    int batch_pages;
    int dpi, quality; /* 0: mixed */
    int mode, format; /* -1: mixed */
} Plan;

/* The key of a ballot's cell in Plan.covers; newly allocated. */
char *cell_key(const SimBallot *ballot);
/* Sorts everybody's sheets into batches: GPtrArray of Batch*. */
GPtrArray *batches_make(const Plan *plan);
/* Writes special.csv, batches.csv, truth.csv, boxes.csv and fields.csv into `dir`. */
bool manifests_write(const Plan *plan, const GPtrArray *batches, const char *dir, GError **error);
/* Draws and scans the batches into `dir` with `jobs` processes; says on stderr what fails. */
bool scans_run(const Plan *plan, const GPtrArray *batches, const char *dir, int jobs);

#endif
