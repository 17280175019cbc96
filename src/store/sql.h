/* SQLite as the room uses it; inside the room only. */
#ifndef PHIEU_STORE_SQL_H
#define PHIEU_STORE_SQL_H

#include <sqlite3.h>

#include "store/store.h"

/* What is loaded once of a workspace; shared by the stores opened beside one another, counted. */
typedef struct {
    Survey *survey;
    GPtrArray *layouts;
} Frozen;

/* See store/chain.h and store/people.h. */
typedef struct Chain Chain;
typedef struct People People;

struct Store {
    char *dir;
    sqlite3 *db;
    Frozen *frozen;
    const Survey *survey; /* of `frozen`, as are the layouts; NULL while a workspace is made */
    GPtrArray *layouts;
    GHashTable *statements; /* const char* SQL → sqlite3_stmt* */
    int lock;               /* file descriptor, −1 where none is held */
    int depth;              /* of nested transactions */
    Chain *chain;           /* what this transaction wrote so far */
    int64_t last_decision;  /* row of the newest decision written through this store */
    People *people;         /* NULL: nobody was asked for yet */
    StoreMode mode;
    PageStation station;
    int plain_last;        /* see store_plain_last() */
    int64_t seen_changes;  /* by store_has_changed() */
    int64_t seen_rebuilds; /* log row of the newest change of definition or layouts when it was opened */
};

/* A statement ready to run: `types` has one letter a parameter: t text, i int64_t, d double, b (data, int
 * length), n NULL. Prepared once and kept. NULL with an error. */
sqlite3_stmt *sql_bind(Store *store, GError **error, const char *sql, const char *types, ...);
/* Runs a statement that gives no rows. */
bool sql_run(Store *store, GError **error, const char *sql, const char *types, ...);
/* The same for a row added by itself: in a transaction of its own where none is open. */
bool sql_add(Store *store, GError **error, const char *sql, const char *types, ...);
/* The next row: 1, none: 0 (the statement is reset), failure: −1 with an error. */
int sql_step(Store *store, sqlite3_stmt *statement, GError **error);
/* A text column; "" for NULL. Newly allocated. */
char *sql_text(sqlite3_stmt *statement, int column);
/* One number, or `missing` when there is no row. False on failure. */
bool sql_number(Store *store, GError **error, int64_t missing, int64_t *ret_value, const char *sql,
                const char *types, ...);
/* Sets the error for the database's last failure. */
void sql_fail(Store *store, GError **error);
/* Transactions nest: only the outermost one commits. */
bool sql_begin(Store *store, GError **error);
bool sql_commit(Store *store, GError **error);
void sql_rollback(Store *store);
/* Now, as "2026-01-31T08:00:00Z". */
char *sql_now(void);

/* The SQL that makes the tables of a workspace of that version into this program's; 0: of an empty one. Newly
 * allocated. */
char *schema_text(int from);
/* What the log says of an upgrade: the program's version, the schema before and after, the head of the chain
 * before ("-": there was none) and after; where they differ, rows that were there were sealed anew. */
#define STORE_UPGRADED "phieu %s: schema %d -> %d, head %s -> %s"
/* Makes or upgrades the tables. INVALID for a workspace from a newer version. */
bool schema_prepare(Store *store, GError **error);

/* Gives a workspace its station, once; `older`: it was made by a version that knew none. */
bool store_make_station(Store *store, bool older, GError **error);
bool store_load_station(Store *store, GError **error);

/* Takes the workspace's lock; BUSY names its holder. */
bool lock_take(Store *store, GError **error);
/* Who took the lock last, "PROCESS, since WHEN"; "?" where nobody can be named. Newly allocated. */
char *lock_holder(const char *dir);

/* ---- between the room's files
 * ------------------------------------------------------------------------------------ */

/* Adds a fault (char*) to those store_verify() gives. */
void fault_add(GPtrArray *faults, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Every machine reading, with its boxes, against what their measures give: see store_verify(). */
bool derive_verify(Store *store, StoreFindings *ret, GError **error);

/* Every kind of decision, as the log has them too. */
#define DECISION_KINDS                                                                                       \
    "'answer', 'duplicate', 'assign', 'reject', 'settle', 'waive', 'text', 'undo', 'treat', 'void', "        \
    "'refer', 'identify', 'draw', 'enter'"
/* What holds by a decision that says no more than its kind, as one word; NULL of other kinds. */
const char *decision_outcome(const char *kind);
/* A recorded decision of a person; fields that do not apply are NULL or 0. */
bool decision_add(Store *store, const char *kind, const char *serial, const char *question, int64_t page_id,
                  const char *value, const char *who, const char *reason, GError **error);
/* The same with the fact it was taken on. */
bool decision_add_fact(Store *store, const char *kind, const char *value, const char *fact, const char *who,
                       const char *reason, GError **error);
/* What store_decide_answer() does, with the fact it was decided on. */
bool decision_answer(Store *store, const char *serial, const char *question, const char *value,
                     const char *who, const char *reason, const char *fact, GError **error);
/* Takes back every decision of a kind that stands on that question and value (the value itself, or one that
 * begins with it and "|"): an 'undo' each. The count of them. */
bool decision_undo_all(Store *store, const char *kind, const char *question, const char *value,
                       const char *who, const char *reason, int *ret_count, GError **error);
/* Reads one question from a page's decided marks (StoreMark). False where it has no boxes there. */
bool store_read_answer(const SurveyQuestion *question, const GArray *marks, double limit, Answer *ret);
/* Stores the machine's answers of one page under the survey's present limits, as that generation. */
bool store_read_answers(Store *store, int64_t page_id, const char *form_id, const GArray *marks,
                        int generation, int *ret_waiting, GError **error);
/* Whether a serial was issued and is not void: NOT_FOUND, INVALID. */
bool issued_check(Store *store, const char *serial, GError **error);
/* Whether every question and option a printed layout has boxes for is in the definition. INVALID. */
bool layout_holds(const Layout *layout, const Survey *survey, GError **error);
/* The number of pages of a layout, 0 when it is not known. */
int layout_page_count(const Store *store, const char *form, const char *fingerprint);

#endif
