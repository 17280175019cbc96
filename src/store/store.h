/* The workspace: a folder with one SQLite file, the frozen definition, the frozen layouts and the archived
 * scans. All SQL of phieu is here. Rows are added, never overwritten: a reading, then decisions beside it;
 * the final answer is a view over them. Every function that writes is one transaction; transactions of
 * several processes wait for one another (BUSY after ten seconds), and of long work there is one at a time.
 */
#ifndef PHIEU_STORE_H
#define PHIEU_STORE_H

#include "ballot/ballot.h"
#include "base/base.h"
#include "layout/layout.h"
#include "mark/mark.h"
#include "register/register.h"
#include "store/accounts.h"
#include "store/scores.h"
#include "survey/survey.h"

/* Schema version this program writes; an older workspace is brought to it when it is opened, one from a newer
 * program is refused with INVALID. */
#define STORE_SCHEMA_VERSION 11

typedef struct Store Store;

/* ---- the workspace ---- */

/* Makes a workspace in `dir` (new or empty): copies the definition, makes the database. INVALID if one is
 * there. */
bool store_init(const char *dir, const Survey *survey, GError **error);
/* What a workspace is opened for. */
typedef enum {
    STORE_READ,
    STORE_DECIDE, /* single decisions, beside other processes and their long work */
    STORE_WORK,   /* long work (scan, print, import …): takes the workspace's lock, one process at a time */
} StoreMode;

/* Opens a workspace. BUSY: the lock is taken; names the process that holds it and since when. INVALID when
 * the frozen definition's files no longer have the fingerprint recorded. */
Store *store_open(const char *dir, StoreMode mode, GError **error);
/* The same workspace once more, for another thread: shares what `other`, which neither adds layouts nor
 * amends, has loaded. Errors as store_open(). */
Store *store_open_beside(const Store *other, StoreMode mode, GError **error);
/* Whether another process has changed the definition or added a layout since the store was opened: open it
 * anew. Writing through a store whose definition was changed fails with INVALID. False on failure, too. */
bool store_is_current(Store *store);
/* Whether anything was committed by others since the last call (the first call says yes). */
bool store_has_changed(Store *store);
void store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)
/* Who holds the workspace of that folder for long work, and since when ("4711, since …"); NULL: nobody. */
char *store_working(const char *dir);
const char *store_dir(const Store *store);
/* The frozen definition, loaded once; owned by the store. */
const Survey *store_survey(const Store *store);
/* The frozen layouts (Layout*), loaded once; owned by the store. store_add_layout() extends them. */
const GPtrArray *store_layouts(const Store *store);
/* The workspace as a station: what the pages it prints are known by, made with it and never changed; owned by
 * the store. */
const PageStation *store_station(const Store *store);
/* Workspaces of earlier versions printed pages whose code names no station: the number of the last such
 * ballot, 0 for none; −1 for a workspace that never printed such pages. */
int store_plain_last(const Store *store);
/* Freezes a layout in the workspace; the same again is no error. */
bool store_add_layout(Store *store, const Layout *layout, GError **error);
/* Replaces the frozen definition by a changed one, when every layout already printed still holds for it (the
 * same forms, questions and options); logged. INVALID says which form stands against it. */
bool store_amend_survey(Store *store, const Survey *survey, const char *who, GError **error);

/* ---- the roster ---- */

/* A ballot that was issued (printed), here or by a station told here, or a foreign one that was received. */
typedef struct {
    char *serial;
    char *form, *layout_fingerprint;
    char *group, *agency, *origin;
    int prints;    /* times printed here */
    bool voided;   /* by a person: it is as if it had not been issued */
    char *station; /* that issued it; "": this one */
} StoreIssued;

void store_issued_free(StoreIssued *issued);
/* Issues numbers from `first` on, so that several workspaces of one survey have numbers of their own. INVALID
 * once a ballot was issued. */
bool store_set_first_number(Store *store, int first, GError **error);
/* Issues `count` new serials for a cell, recorded in one transaction: array of char[8] in `ret` (appended).
 * Numbers of other stations, and those of pages read under a number nobody had issued, are passed over. */
bool store_issue(Store *store, const SurveyCell *cell, const Layout *layout, int count,
                 GPtrArray *ret_serials, GError **error);
/* How many ballots of a cell are to be issued. */
typedef struct {
    const SurveyCell *cell;
    const Layout *layout;
    int count;
} StoreOrder;

/* Puts the serials (char*, in the order of the orders) on file; false stops the issuing. */
typedef bool (*StoreWriteIssued)(const GPtrArray *serials, gpointer user, GError **error);

/* Issues all orders in one transaction, which is committed only after `write` has put them into the file
 * `part`: on failure, or when killed before, nothing is issued. The caller then gives the file its name
 * `path` and ends the job; one that is never ended is found by store_load_prints(). */
bool store_issue_print(Store *store, const StoreOrder *orders, int count, const char *part, const char *path,
                       StoreWriteIssued write, gpointer user, int64_t *ret_job, GError **error);
/* The file of a print has its name, or a person was told what became of it. */
bool store_end_print(Store *store, int64_t job, GError **error);

/* A print that was not ended. */
typedef struct {
    int64_t job;
    char *first, *last; /* serials */
    char *part, *path;
} StorePrint;

void store_print_free(StorePrint *print);
/* Prints that were not ended: GPtrArray of StorePrint*. */
GPtrArray *store_load_prints(Store *store, GError **error);
/* Voids issued serials (paper spoiled, lost, wrongly printed) in one transaction: they no longer count as
 * issued, and a ballot that comes back with one is held. NOT_FOUND for one that was never issued, INVALID for
 * one that is void. */
bool store_void(Store *store, const char *const *serials, const char *who, const char *reason,
                GError **error);
/* Records that a serial is printed again. NOT_FOUND when it was never issued, INVALID when it is void or
 * another station's. */
bool store_reprint(Store *store, const char *serial, GError **error);
/* The roster row of a serial, or NULL without an error when it was never issued. */
StoreIssued *store_find_issued(Store *store, const char *serial, GError **error);
/* Whether a number may be that of a ballot of this station, by what the roster says ("": this workspace). */
bool store_may_be_of(Store *store, const char *station, const char *serial);
/* The whole roster in order of serial: GPtrArray of StoreIssued*. */
GPtrArray *store_load_roster(Store *store, GError **error);

/* ---- stations ---- */

/* A workspace of the survey whose pages are taken here. */
typedef struct {
    PageStation station;
    bool own;        /* this workspace */
    char *since;     /* UTC, ISO 8601: made, or first told */
    char *changed;   /* told: the newest change; own: as above */
    int issued;      /* ballots that are not void */
    int first, last; /* their lowest and highest number; 0: none */
    int returned;    /* ballots of which a page was read, or entered by hand, here */
} StoreStation;

void store_station_free(StoreStation *station);
/* This workspace, then the stations told to it in order of name: GPtrArray of StoreStation*. */
GPtrArray *store_load_stations(Store *store, GError **error);
/* Writes what another workspace of the survey must know to read pages of this one: name and key of the
 * station, every number it issued and for which cell, and the layouts. Whoever has the file can make such
 * pages: only its owner may read it, and the log says who wrote it. The number of ballots in it. */
bool store_export_station(Store *store, const char *path, const char *who, int *ret_issued, GError **error);

/* What came of a station's file. */
typedef struct {
    char name[STATION_LENGTH + 1];
    bool known;            /* it was told before */
    bool other_definition; /* its workspace has another definition, which fits all the same */
    int issued, fresh;     /* ballots in the file that are not void; of all in it not told before */
} StoreTold;

/* Takes in such a file, in one transaction; again with what was issued since, whole files only. INVALID, with
 * nothing changed, for a file that was damaged or made up, of another survey or this very workspace, older
 * than what was told before, with ballots that the definition has no place for, or with a number that is
 * another ballot's here. */
bool store_add_station(Store *store, const char *path, const char *who, StoreTold *ret, GError **error);
/* Takes no more pages of a station that was told. NOT_FOUND; INVALID once ballots of it were read. */
bool store_remove_station(Store *store, const char *name, const char *who, const char *reason,
                          GError **error);

/* ---- scans ---- */

/* What became of a page. */
typedef enum {
    STORE_PAGE_READ,    /* measured; its ballot may still be held or incomplete */
    STORE_PAGE_REFUSED, /* reason says why */
    STORE_PAGE_BLANK,
    STORE_PAGE_COVER,
} StorePageOutcome;

/* "read", "refused", "blank", "cover". */
const char *store_page_outcome_id(StorePageOutcome outcome);

/* One box as measured. */
typedef struct {
    char *question, *option;
    MarkMeasures measures;
    MarkDecision decision; /* the machine's, under the limits of the survey at the time */
    RegisterBox place;
} StoreMark;

/* What the machine makes of handwriting: for a person to look over, never an answer. */
typedef struct {
    char *text;        /* "" when it makes nothing of it */
    double confidence; /* 0–1, as models/digits.md or the reader of print says; 0 for what cannot be right */
    char *model;       /* what read it; NULL: there is no draft */
} StoreDraft;

void store_draft_clear(StoreDraft *draft);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreDraft, store_draft_clear)

/* One place to write as it was found. */
typedef struct {
    char *question;
    MarkField found;
    StoreDraft draft;
} StoreField;

/* A page as read, ready to be stored. */
typedef struct {
    int index; /* in its file, from 0 */
    StorePageOutcome outcome;
    char *reason; /* refused: stable id, e.g. "no-code", "decoder-crash"; read: "by-serial" or "" */
    char *detail; /* refused: one line for people where the reason's id does not say it all; read: the station
                     that issued the ballot where it is not this one; else "" */
    char *form, *layout_fingerprint, *serial; /* read */
    int page;                                 /* read: from 1 */
    bool foreign; /* read: the serial was made up by the caller for a form printed by others */
    char *group, *agency, *origin; /* cover, or foreign: as declared */
    int expected;                  /* cover */
    char *reader; /* the fingerprint of what read it, by which it is known again; "": not recorded */
    PageMap map;
    int quarter_turns;
    double residual_mm, worst_mm, scale;
    GArray *marks;  /* StoreMark, read */
    GArray *fields; /* StoreField, read */
} StorePage;

StorePage *store_page_new(void);
void store_page_free(StorePage *page);

/* A file as taken in. `id` is its row. */
typedef struct {
    int64_t id;
    char *sha256, *name;                   /* name as given */
    char *archived;                        /* path relative to the workspace; "": refused and not kept */
    int pages;                             /* pages in the file; -1 when the file could not be opened */
    int pages_stored;                      /* pages already accounted for */
    char *refused_reason, *refused_detail; /* whole file refused; else "" */
    bool settled;                          /* whole file refused: a person has dealt with it */
    int attempt;                           /* from 0 */
} StoreFile;

void store_file_free(StoreFile *file);
/* The largest file that is taken in at the desk, and of a refused one the largest that is kept. */
#define STORE_FILE_MAX_BYTES ((int64_t)8 * 1024 * 1024 * 1024)
/* Takes a scan in: copies it into the archive (fsync, then rename) and records it under `name`, as people
 * know it. A file with the same bytes is found again, with *ret_known true; one that was refused as a whole
 * is taken in now, as a new attempt. NOT_FOUND: the file is gone, or has other bytes than those of the hash
 * by now. */
StoreFile *store_add_file(Store *store, const char *path, const char *name, const char *sha256, int pages,
                          bool *ret_known, GError **error);
/* Records that a whole file could not be opened, and keeps its bytes in the archive as those of a scan,
 * unless it is larger than STORE_FILE_MAX_BYTES. A file that was taken in stays so; one refused before gets a
 * new attempt if it is refused for something else now, or was not kept before. Its newest attempt. Errors as
 * of store_add_file(). */
StoreFile *store_refuse_file(Store *store, const char *path, const char *name, const char *sha256,
                             const char *reason, const char *detail, GError **error);
/* The file of that hash, its newest attempt, or NULL without an error. */
StoreFile *store_find_file(Store *store, const char *sha256, GError **error);
/* Indices (int) of pages of the file not yet stored; with `again` also of those that were refused, unless a
 * person settled them. */
GArray *store_pending_pages(Store *store, int64_t file_id, bool again, GError **error);
/* Stores a page with its marks, works out what it does to its ballot (complete, incomplete, duplicate,
 * unknown serial) and its machine answers, all in one transaction. The same (file, index) again changes
 * nothing. */
bool store_add_page(Store *store, int64_t file_id, const StorePage *page, int *ret_waiting, GError **error);
/* The same for a page that was refused: a new attempt, kept beside the earlier ones, which no longer count.
 * Refused again for the same, or not refused before: nothing changes. */
bool store_add_page_again(Store *store, int64_t file_id, const StorePage *page, int *ret_waiting,
                          GError **error);
/* The same for a refused page that a person named (`page` as read then): a decision goes with it. INVALID
 * when no refused page that nobody has dealt with has that row, or it has become another one meanwhile. */
bool store_identify_page(Store *store, int64_t page_id, const StorePage *page, const char *who,
                         const char *reason, int *ret_waiting, GError **error);
/* Every stored page of a file in order, its newest attempt, without marks: GPtrArray of StorePage*. */
GPtrArray *store_load_file_pages(Store *store, int64_t file_id, GError **error);

/* The newest attempt at one page of a file as recorded, with its boxes (of their place the shift alone) and
 * fields (without drafts). NOT_FOUND. */
StorePage *store_load_page(Store *store, int64_t file_id, int index, GError **error);

/* A file with what became of its pages, for lists. */
typedef struct {
    int64_t id;
    char *sha256, *name;
    int pages;                       /* −1: refused as a whole */
    int read, refused, blank, cover; /* their sum is less than `pages` while it is being read */
    char *reason, *detail;           /* whole file refused; else "" */
    char *who;                       /* who fed it at the desk (store_log_fed()); "": a command did */
    char *at;                        /* UTC, ISO 8601 */
} StoreFileRow;

void store_file_row_free(StoreFileRow *row);
/* The newest files before the one numbered `before` (0: of all), newest first, at most `limit`: GPtrArray of
 * StoreFileRow*. */
GPtrArray *store_load_files(Store *store, int64_t before, int limit, GError **error);
/* Logs that somebody fed a file at the desk. */
bool store_log_fed(Store *store, const char *sha256, const char *name, const char *who, GError **error);

/* ---- ballots and answers ---- */

typedef enum {
    STORE_BALLOT_COMPLETE,
    STORE_BALLOT_INCOMPLETE, /* a page is missing */
    STORE_BALLOT_DUPLICATE,  /* a page was scanned more than once, or entered by hand and scanned: a person
                                decides which counts */
    STORE_BALLOT_UNKNOWN,    /* its serial was never issued: a person decides */
    STORE_BALLOT_REJECTED,   /* a person rejected it; reason recorded */
    STORE_BALLOT_VOID,       /* its serial was voided: a person decides */
} StoreBallotStatus;

/* "complete", "incomplete", "duplicate", "unknown-serial", "rejected", "void-serial". */
const char *store_ballot_status_id(StoreBallotStatus status);

/* A returned ballot. Held ones (duplicate, unknown, void, incomplete) are not counted. */
typedef struct {
    char *serial, *form, *group, *agency, *origin;
    StoreBallotStatus status;
    int pages_expected, pages_read; /* distinct page numbers; read: or entered by hand */
    char *note;                     /* "" or a person's reason */
    bool moved;                     /* a person counts it for another cell than it was issued for */
    int pages_by_hand;              /* of those read: which count as people entered them, having no scan */
    char *station;                  /* that printed it, by what its pages say; "": this one */
} StoreBallot;

void store_ballot_free(StoreBallot *ballot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreBallot, store_ballot_free)
/* All returned ballots in order of serial: GPtrArray of StoreBallot*. */
GPtrArray *store_load_ballots(Store *store, GError **error);
/* The returned ballot of that serial, or NULL without an error. */
StoreBallot *store_find_ballot(Store *store, const char *serial, GError **error);

/* The final answer to one question: the latest decision of a person, else the machine's reading. */
typedef struct {
    char *serial, *question;
    char *value;
    AnswerState state;
    double confidence;
    unsigned reasons;
    char *decided_by; /* "machine" or a person's name; "A + B": entered by both */
    char *file;       /* name as scanned; "": entered by hand (ANSWER_BY_HAND) */
    int page;         /* in that file, from 1; entered by hand: of the ballot */
} StoreAnswer;

void store_answer_free(StoreAnswer *answer);
/* Final answers of all ballots but rejected ones, in order of serial and of the form's questions. */
GPtrArray *store_load_answers(Store *store, GError **error);
/* What was found where a ballot leaves room to write. */
typedef struct {
    char *serial, *question;
    MarkField found;
    StoreDraft draft; /* the newest */
    char *file;       /* name as scanned; "": entered by hand */
    int page;         /* in that file, from 1; entered by hand: of the ballot */
    int64_t page_id;  /* the scan it is on; 0: entered by hand */
    char *text;       /* what a person typed for it; NULL: nobody has yet */
    char *decided_by; /* who; NULL: nobody */
} StoreWriting;

void store_writing_free(StoreWriting *writing);
/* The places to write of all ballots but rejected ones, on the scans that count, in order of serial and of
 * the form's questions: GPtrArray of StoreWriting*. Pages read before phieu looked at them have none. */
GPtrArray *store_load_writings(Store *store, GError **error);
/* The same of one ballot. */
GPtrArray *store_load_ballot_writings(Store *store, const char *serial, GError **error);
/* Adds a draft of a field on a page's scan; none (no model) and a second one by the same model change
 * nothing. */
bool store_add_draft(Store *store, int64_t page_id, const char *question, const StoreDraft *draft,
                     GError **error);
/* Final answers of one ballot. */
GPtrArray *store_load_ballot_answers(Store *store, const char *serial, GError **error);

/* The scan of a ballot's page that counts: where its ink is. */
typedef struct {
    int64_t page_id;
    char *form, *layout_fingerprint;
    int page;       /* of the form, from 1 */
    char *archived; /* path relative to the workspace */
    int index;      /* in that file, from 0 */
    PageMap map;
} StoreScan;

void store_scan_free(StoreScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreScan, store_scan_free)
/* The scan of any page taken in, by its row; of one that was not read, form and layout are "" and the map is
 * void. NOT_FOUND. */
StoreScan *store_find_scan(Store *store, int64_t page_id, GError **error);
/* The boxes of a page as measured and first decided: GArray of StoreMark; of `place` only the shift is kept.
 */
GArray *store_load_marks(Store *store, int64_t page_id, GError **error);
/* The scans of one ballot that count, in order of page: GPtrArray of StoreScan*; empty when none was read. */
GPtrArray *store_load_scans(Store *store, const char *serial, GError **error);

/* A page as taken in, for lists; a file that was refused as a whole is one with page 0. */
typedef struct {
    int64_t id; /* negative for a whole file */
    char *file;
    int page; /* from 1; 0: the whole file */
    StorePageOutcome outcome;
    char *reason, *detail;
    char *serial;                  /* read pages; else "" */
    int ballot_page;               /* read pages: of the form, from 1; else 0 */
    char *group, *agency, *origin; /* cover pages; else "" */
    int expected;                  /* cover pages */
    char *archived;                /* path relative to the workspace; "": refused and not kept */
    bool settled;                  /* refused: a person has dealt with it */
} StorePageRow;

void store_page_row_free(StorePageRow *row);
/* What people call that row on the command line, newly allocated: "421", a whole refused file "F9". */
char *store_page_name(int64_t id);
/* Every page taken in, once, as its newest attempt has it, in order of file and page: GPtrArray of
 * StorePageRow*. */
GPtrArray *store_load_pages(Store *store, GError **error);
/* One of them by its number; NULL without an error when there is none. */
StorePageRow *store_find_page_row(Store *store, int64_t id, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorePageRow, store_page_row_free)
/* Of them, those refused that no person has dealt with. */
GPtrArray *store_load_refused(Store *store, GError **error);
/* Of them, the scans of one ballot. */
GPtrArray *store_load_ballot_pages(Store *store, const char *serial, GError **error);

/* ---- the log ---- */

/* Adds a line to the append-only log; each row carries the hash of the one before. */
bool store_log(Store *store, const char *who, const char *action, const char *detail, GError **error);
/* A line of the log; of a decision also what it changed. */
typedef struct {
    int64_t id;
    char *at, *who, *action, *detail;
    int64_t decision;        /* its number; 0: the line is of no decision, and what follows is "" or NULL */
    char *serial, *question; /* question: of a treatment the leaf */
    char *before;    /* the word that stood until then: an answer's value, a cell "group|agency|origin", the
                        scan that counts ("421"; "H2": page 2 as entered by hand), "rejected", "waived" …; "" or
                        NULL for none */
    char *before_by; /* who gave it; "machine" for what it reads on the scan that counts, "phieu" for the cell
                        it was printed for */
    char *after;     /* the word that stands since then */
    char *kind;      /* of the decision, or of the one that it takes back */
    char *about; /* a treatment's agency, a waived reason, a page: "421" or "F9" as refused, settled or named,
                    else the ballot's; "" for others */
    char *reason;
    int64_t takes_back; /* the decision it takes back; 0: none */
} StoreLogLine;

void store_log_line_free(StoreLogLine *line);
/* The whole log, oldest first: GPtrArray of StoreLogLine*. No password, key or session ever goes into it. */
GPtrArray *store_load_log(Store *store, GError **error);
/* Digits of a head that are enough to know it by. */
#define STORE_HEAD_DIGITS 16
/* The head of the chain every row of every table stands in: 64 hexadecimal digits in groups of four, newly
 * allocated, and the number of seals before and with it. Whatever is written makes another head. NULL with an
 * error. */
char *store_head(Store *store, int64_t *ret_number, GError **error);
/* What a check found, in words for people: char*. */
typedef struct {
    GPtrArray *faults; /* not as it was committed */
    GPtrArray *open;   /* counts, but could not be checked: a person is to look into it */
    GPtrArray *told;   /* could not be checked either, for a reason that needs nobody */
} StoreFindings;

void store_findings_init(StoreFindings *findings);
void store_findings_clear(StoreFindings *findings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreFindings, store_findings_clear)
/* Checks the archive's hashes, the log's chain, every row of every table against the chain of seals, what the
 * database is made of, its integrity and the counts; and that every reading of the machine, with its boxes,
 * is what their stored measures give under the limits it was made with. With `head` (a head or its first
 * digits, NULL for none) also that the workspace once had that head and still stands on it, INVALID where it
 * is none. What is found is appended. */
bool store_verify(Store *store, const char *head, StoreFindings *ret, GError **error);

/* What people decide uses what stands above. */
#include "store/decisions.h"

#endif
