/* Scan files → stored ballots. Worker processes decode and read; the parent alone writes. Killed at any
 * moment and run again, it ends with what an undisturbed run would have stored; the same bytes are never
 * taken twice. */
#ifndef PHIEU_INTAKE_H
#define PHIEU_INTAKE_H

#include "page/page.h"
#include "store/store.h"

/* What the batch is declared to be, for forms printed by others; all NULL for our own. */
typedef struct {
    const char *form, *agency, *group, *origin;
    int workers;      /* 0: one a core */
    int page_wait_ms; /* a page that takes longer is refused as "decoder-hang"; 0: 30 000 */
    /* Also read anew, as declared now, what was refused of these files and no person settled: single pages,
     * and files refused as a whole. Pages read, blank or cover are left alone. Without paths: of every file
     * the archive has. */
    bool again;
    bool no_totals; /* leave out of the report what is in the workspace now: counting loads every answer */
} IntakeOptions;

/* One refusal for the report. */
typedef struct {
    char *file;
    int page; /* from 1; 0: the whole file */
    char *reason, *detail;
} IntakeRefusal;

void intake_refusal_free(IntakeRefusal *refusal);

/* The reconciliation of one run: pages_in = read + refused + blank + cover. A page read again is in it once,
 * as it was found now. */
typedef struct {
    int files, files_known, files_refused;
    int pages_in, pages_read, pages_refused, pages_blank, pages_cover;
    int pages_by_serial;    /* of those read: the page code was lost, the serial in print was not */
    int pages_again;        /* of pages_in: refused before */
    GPtrArray *refusals;    /* IntakeRefusal* */
    GPtrArray *unreachable; /* IntakeRefusal*, page 0: paths that are not there or may not be looked into, as
                               they were named; no files, and nothing is recorded of them */
    GPtrArray *passed_over; /* char*: hidden files of folders, and what systems leave there (Thumbs.db) */
    int ballots_complete, ballots_incomplete, ballots_duplicate, ballots_unknown; /* in the workspace now */
    int answers_machine, answers_waiting;                                         /* in the workspace now */
} IntakeReport;

void intake_report_clear(IntakeReport *report);

/* Why a page or file was refused, for people; with what follows where the workspace has no copy of it. */
char *intake_refusal_words(const char *reason, const char *detail, bool kept);

/* Where a run stands; given after every page. */
typedef struct {
    int pages_total, pages_done, pages_refused, answers_waiting;
    double elapsed_s;
} IntakeProgress;
typedef void (*IntakeProgressFunc)(const IntakeProgress *progress, gpointer user);

/* Takes in files and folders (walked in order of name; hidden files and what systems leave there are passed
 * over and named; a file that is no scan is refused by name). One bad page or file never stops the rest. An
 * error is a fault of the machine (memory, disk, a worker killed from outside) that a second try did not
 * mend: it is never stored as the page's; what was committed stays, and the same call goes on from there. */
bool intake_scan(Store *store, char *const *paths, const IntakeOptions *options, IntakeProgressFunc progress,
                 gpointer user, IntakeReport *ret_report, GError **error);

/* The fingerprint of this program's reader: readers of the same one read alike. 16 hexadecimal digits of the
 * sources and models that decide what a page is read as, the same in every build of them; a dot; 8 of the
 * libraries of this machine that do. Recorded with every page. */
const char *intake_reader_id(void);

/* Reads every archived scan once more, those refused as a whole, too, with the workers of a run (0: one a
 * core), and appends what is not as recorded: of a page what it is, where it lies, the measures of its boxes
 * and places to write. Nothing is written. What a reader of this very fingerprint once read, and does not
 * read so now, is a fault; what another one read, or one that was not recorded, is counted apart and left to
 * a person. Scans that are gone or changed are store_verify()'s to name; they are counted here, as are pages
 * that a person placed, and refused pages and files that can be read now. Errors as intake_scan(). */
bool intake_read_again(Store *store, int workers, IntakeProgressFunc progress, gpointer user,
                       StoreFindings *ret, GError **error);

/* What a person who looked at a refused page says it is. */
typedef struct {
    const char *serial; /* of an issued ballot of this workspace's */
    int page;           /* of the ballot, from 1 */
    bool has_corners;
    double corners[8]; /* where the sheet's corners are, x and y as parts of the picture's width and height,
                          clockwise from the sheet's upper left */
} IntakeGiven;

/* Reads a refused page anew as that page of that ballot, in this process; what comes of it is stored beside
 * the refusal, with who said so. INVALID, and nothing stored: no refused page nobody has dealt with has that
 * row, its own code says otherwise, or it still cannot be placed. NOT_FOUND: the ballot was not issued. */
bool intake_read_given(Store *store, int64_t page_id, const IntakeGiven *given, const char *who,
                       const char *reason, int *ret_waiting, GError **error);

/* The ink behind one answer: the question's view (below) on the archived scan of the ballot, at 8 pixels a
 * mm. NOT_FOUND when no such page was read or the form has no such question. */
Raster *intake_crop_question(Store *store, const char *serial, const char *question, GError **error);

/* What a person must see of a page to settle a question, in mm: strips as wide as the sheet. */
typedef struct {
    RectMm heading; /* the headings printed above the columns of its boxes; h = 0: none */
    RectMm rows;    /* the lines of its boxes (or field) with the print around them, to the table's rules */
} IntakeView;

/* False when the question does not stand on that page. */
bool intake_find_view(const LayoutPage *page, const char *question, IntakeView *ret);
/* Where a point of the rows is in the picture of a view, from its top, in mm. */
double intake_view_y(const IntakeView *view, double y_mm);
/* The view, upright, at that many pixels a mm, in colour where the scan has it. */
PageImage *intake_view_picture(const PageImage *scan, const PageMap *map, const IntakeView *view,
                               double px_per_mm, GError **error);
/* The archived picture of a scan in the workspace of that folder, with its colour when asked for. */
PageImage *intake_scan_image(const char *workspace, const StoreScan *scan, bool want_chroma, GError **error);
/* The scan of a ballot's page (from 1) with every box where it was found, coloured by what it was taken for,
 * with its reasons, and over it how well its outline and its line's print are seen; as PNG. NOT_FOUND when
 * that page was not read. */
bool intake_write_overlay(Store *store, const char *serial, int number, const char *path, GError **error);
/* Writes a refused page's picture (PNG), or a whole refused file as it came, for somebody to look at; with
 * `picture` of that file, too, a picture of its first page, as far as any can be made. `id` is that of a
 * StorePageRow. NOT_FOUND: there is none, or the workspace has no copy. INVALID: it was not refused. Decodes
 * what was refused in this process. */
bool intake_write_refused(Store *store, int64_t id, bool picture, const char *path, GError **error);
/* The layout of a scan that was read; NULL when it is not known. */
const LayoutPage *intake_scan_layout(Store *store, const StoreScan *scan);

/* After every ballot. */
typedef void (*IntakeDraftFunc)(int done, int total, gpointer user);
/* Makes a draft of what is written on one ballot (NULL: on every one) where nobody typed it and no draft by
 * today's readers is there; for figures and words alike. Bounded: three seconds a field. The store must be
 * open for writing. NOT_FOUND when no page of the ballot was read. What was made before an error stays. */
bool intake_draft(Store *store, const char *serial, IntakeDraftFunc progress, gpointer user, int *ret_made,
                  GError **error);

#endif
