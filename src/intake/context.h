/* What came before, for pages that cannot say it themselves; inside the room only. */
#ifndef PHIEU_INTAKE_CONTEXT_H
#define PHIEU_INTAKE_CONTEXT_H

#include "intake/intake.h"

/* A file of a run. */
typedef struct {
    StoreFile *file;
    char *name; /* as given, for the report */
    char *path; /* the archived copy */
} TakenFile;

/* Where a run stands; all zero at its start. */
typedef struct {
    int file;                      /* of the run */
    GPtrArray *stored;             /* StorePage* of that file when it was come to, NULL before */
    guint stored_next;             /* those before are known */
    char *group, *agency, *origin; /* of the last cover sheet */
    char *serial, *form;           /* of the last page of a form printed by others */
    int page;
} IntakeContext;

void context_clear(IntakeContext *context);
/* Replays what is stored of the files (TakenFile*) up to a page, so that a resumed run, or one that reads
 * pages again, knows what an undisturbed one would. */
bool context_catch_up(IntakeContext *context, Store *store, const GPtrArray *files, int file, int index,
                      GError **error);
/* Takes note of a page read now; what was stored of it before is no longer so. */
void context_pass(IntakeContext *context, const StorePage *page);
/* A page of a form printed by others goes on with the ballot before it, or begins one, named after where it
 * is. One that is read again takes the name of a ballot that began with the page behind it for want of this
 * one. */
void context_name_foreign(const IntakeContext *context, const TakenFile *taken, const IntakeOptions *options,
                          StorePage *page);

#endif
