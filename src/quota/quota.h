/* The census of a survey: which ballots were planned, issued, returned and count, cell by cell; what is
 * missing and what waits; the tally of the answers that count; and the batches, each against its cover. */
#ifndef PHIEU_QUOTA_H
#define PHIEU_QUOTA_H

#include "ballot/ballot.h"
#include "store/store.h"
#include "survey/survey.h"
#include "json/json.h"

/* Counts of one cell, or a sum of cells. missing = max(0, planned − (valid + partly + open + held)): what has
 * to be chased, not what a person here can still settle; summed cell by cell. */
typedef struct {
    int planned, issued, returned;
    int valid, partly, invalid, open; /* returned and complete, by validity */
    int held;                         /* duplicate, unknown, incomplete */
    int rejected;
    int missing, surplus;
} QuotaCounts;

/* One row of the census. */
typedef struct {
    const SurveyCell *cell;
    QuotaCounts counts;
} QuotaCell;

/* A returned ballot as the census sees it. */
typedef struct {
    const StoreBallot *ballot;
    const SurveyCell *cell; /* NULL: not of any cell (held) */
    BallotValidity validity;
    int scored, answered, blank, multiple, unreadable, waiting; /* scored questions */
    bool straight_lined; /* all scored answers at the same level: a warning */
    bool surplus;        /* beyond the planned number of its cell, in order of serial */
    bool counts;         /* goes into the tally */
} QuotaBallot;

/* Counts of the answers of one (agency, group, question) over counting ballots. */
typedef struct {
    const SurveyAgency *agency;
    const SurveyGroup *group;
    const SurveyQuestion *question;
    int *n; /* one count an option of the question's scale */
    int ballots, blank, multiple, unreadable, waiting;
} QuotaTally;

/* A repeated answer vector within a cell: a warning. */
typedef struct {
    const SurveyCell *cell;
    GPtrArray *serials; /* const char*, two or more with the same scored answers, not all blank */
} QuotaRepeat;

typedef struct {
    const Survey *survey;
    GPtrArray *cells;   /* QuotaCell*, in the survey's order */
    GPtrArray *ballots; /* QuotaBallot*, in order of serial */
    GPtrArray
        *tallies; /* QuotaTally*, for every agency × group of its block × choice question that is asked */
    GPtrArray *repeats;                                   /* QuotaRepeat* */
    int answers_machine, answers_waiting, answers_person; /* over counted and open ballots, all questions */
    int pages_refused;                                    /* not yet settled by a person */
    int ballots_by_hand, pages_by_hand; /* of the ballots that count: with pages entered by hand; the pages */
    void *private_data;
} Quota;

/* Why a ballot does not go into the tally, as a stable id: "duplicate", "incomplete", "unknown-serial",
 * "void-serial" or "no-cell" (held), "rejected", "open", "invalid", "surplus"; "" where it counts. */
const char *quota_not_counted(const QuotaBallot *ballot);
/* Its validity as an id ("valid", "partly-valid", "invalid", "open"); "" for one that is held or rejected:
 * nobody judges it. */
const char *quota_validity(const QuotaBallot *ballot);

/* So many ballots count with pages entered by hand, in words; newly allocated. */
char *quota_by_hand_words(int ballots, int pages);

/* Takes the census of the workspace now. */
Quota *quota_take(Store *store, GError **error);
void quota_free(Quota *quota);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Quota, quota_free)
/* Sum over the cells that match; NULL matches any. */
QuotaCounts quota_sum(const Quota *quota, const char *group, const char *block, const char *agency);
/* The planned numbers alone, before any workspace exists. */
int quota_planned(const Survey *survey, const char *group, const char *block, const char *agency,
                  int *ret_cells);
/* The tally of one question, or NULL. */
const QuotaTally *quota_tally(const Quota *quota, const char *agency, const char *group,
                              const char *question);

/* One thing that keeps the count from being final. */
typedef struct {
    char *id;   /* stable: "quota-short:G3:SNV:SNV", "answers-waiting", "ballots-held", "pages-refused" … */
    char *text; /* for people: what stands */
    char *remedy; /* for people: what to do about it; or NULL */
    char *fact;   /* how much stands and what, as quota_fact_new() writes it: what a waiver of it covers */
    bool needs_decision; /* an index is missing: no waiver makes it, only the figures or a treatment */
} QuotaObstacle;

/* Takes over its texts; without a remedy. */
QuotaObstacle *quota_obstacle_new(char *id, char *text, char *fact);
/* What stands and what to do about it; newly allocated. */
char *quota_obstacle_words(const QuotaObstacle *obstacle);

void quota_obstacle_free(QuotaObstacle *obstacle);
/* Everything that keeps the count from being final: GPtrArray of QuotaObstacle*. */
GPtrArray *quota_obstacles(const Quota *quota);

/* A fact as one text: how many, then each thing (char*; a space in it becomes _) where `items` names them,
 * e.g. "3" or "2 0000017/duplicate 0000025/incomplete". Newly allocated. */
char *quota_fact_new(int count, const GPtrArray *items);
/* How many a fact is about. */
int quota_fact_count(const char *fact);
/* How much of a fact a waiver given for `waived` does not cover: things not named there; where none are
 * named, what is beyond its number. */
int quota_fact_beyond(const char *fact, const char *waived);

/* Serials whose numbers follow one another: as many as `count`; one of a form printed by others stands alone.
 */
typedef struct {
    const char *first, *last; /* borrowed from the census */
    int count;
} QuotaRange;

/* What a unit still owes in one cell. */
typedef struct {
    const SurveyCell *cell;
    int missing;
    int out;        /* issued and never returned: as many as the ranges hold; may be more than are missing */
    int unissued;   /* missing beyond those: more have to be printed */
    GArray *ranges; /* QuotaRange, in order of serial */
} QuotaDebt;

/* A unit that is to be asked for ballots: all that it hands out and of which some are missing. */
typedef struct {
    const SurveyOrigin *origin;
    int missing, out, unissued; /* over its debts */
    GPtrArray *debts;           /* QuotaDebt*, in the survey's order of cells */
} QuotaDebtor;

/* Whom to ask for what: GPtrArray of QuotaDebtor*, in the survey's order of units; empty when nothing is
 * missing. Borrows from the census. */
GPtrArray *quota_debtors(const Quota *quota);

/* The counts as members of the object being built: "planned", "issued" … */
void quota_json_counts(JsonBuilder *json, const QuotaCounts *counts);
/* The member "cells": every cell with its counts. */
void quota_json_cells(JsonBuilder *json, const Quota *quota);

/* Why several cover sheets are one batch. */
typedef enum {
    QUOTA_JOINED_NOT,      /* one cover, or none */
    QUOTA_JOINED_TOUCHING, /* covers of one cell with no other between, or one that came again */
    QUOTA_JOINED_EVEN,     /* one has too few and another of its cell as many too much */
} QuotaJoined;

/* A batch: what belongs to one cover sheet, or to several of one cell that are reconciled together. A run is
 * what lies behind a cover, over files as they were taken in, until the next cover; a ballot belongs to the
 * cover of its own cell that is nearest in order, whichever run it lies in. Each ballot is in exactly one of
 * `ballots`, `uncovered` and `unknown` of all batches, each page in the sums of one. Ballots, rows and texts
 * are borrowed from what the batches were made of. */
typedef struct {
    const char *group, *agency, *origin; /* of the cover; NULL: the pages before the first one */
    GPtrArray *covers;                   /* StorePageRow*, in order; empty: no cover */
    QuotaJoined joined;
    int repeated; /* covers that came again with the same ballots: not in `expected` */
    int expected; /* what the covers promise; without a cover what was found */
    int found;    /* distinct ballots with a page read */
    int missing, surplus;
    GPtrArray *ballots;    /* StoreBallot*, found */
    GPtrArray *elsewhere;  /* of them, lying among another batch's only */
    GPtrArray *twice;      /* of them, with a page scanned more than once */
    GPtrArray *incomplete; /* of them, lacking a page */
    GPtrArray *foreign;    /* StoreBallot*, lying here but of another batch */
    GPtrArray *uncovered;  /* StoreBallot*, lying here, their cell has no cover at all */
    GPtrArray *unknown;    /* StoreBallot*, lying here, of no cell: the serial was never issued */
    GPtrArray *refused;    /* StorePageRow*, unsettled, within it: each may be one that is missing */
    GPtrArray *absent; /* char*, when some are missing: serials issued for the cell that never came back */
    int absent_count;  /* of them in all; named are QUOTA_NAMED at most */
    int pages_read, pages_refused, pages_blank, pages_cover; /* of its runs */
    int files_refused;                                       /* as a whole, within its runs */
    bool differs; /* the count is not the cover's, or a ballot of it lacks a page, waits as scanned twice, or
                     is unknown and unsettled */
} QuotaBatch;

/* Serials named at most. */
#define QUOTA_NAMED 10

/* Reconciles covers with ballots. `pages`: StorePageRow* in order (store_load_pages); `ballots`:
 * StoreBallot*; `roster`: StoreIssued*. GPtrArray of QuotaBatch* in order of their first page; borrows from
 * all three. */
GPtrArray *quota_reconcile(const GPtrArray *pages, const GPtrArray *ballots, const GPtrArray *roster);
/* The same with the census's ballots and roster; borrows from the census too. */
GPtrArray *quota_batches(const Quota *quota, const GPtrArray *pages);
/* Those ballots (StoreBallot*) of a list that have this status now; borrowed. */
GPtrArray *quota_with_status(const GPtrArray *ballots, StoreBallotStatus status);
/* A batch's cell and figures as members of the object being built: "group", "expected", "pages_read" … */
void quota_json_batch(JsonBuilder *json, const QuotaBatch *batch);

#endif
