/* The desk between its files: a request without its transport, what comes back, and what they work on. Inside
 * the room only. */
#ifndef PHIEU_DESK_INTERNAL_H
#define PHIEU_DESK_INTERNAL_H

#include "desk/census.h"
#include "desk/certificate.h"
#include "desk/desk.h"
#include "desk/events.h"
#include "desk/guard.h"
#include "desk/inbox.h"
#include "desk/jobs.h"
#include "desk/pictures.h"
#include "desk/queue.h"
#include "desk/stores.h"
#include "desk/uploads.h"
#include "desk/views.h"
#include "json/json.h"

struct Desk {
    char *address; /* "http://127.0.0.1:8750/" */
    char *first_account, *first_password;
    GPtrArray *hosts;         /* char*: what Host may say */
    char *cookie;             /* name of the session's cookie, one a port */
    Certificate *certificate; /* NULL: plain HTTP */
    Stores *stores;
    GMutex guarding;
    Guard *guard;
    GMutex queueing;
    Queue *queue;
    Events *events;
    Counter *counter;
    Pictures *pictures;
    Views *views;
    Uploads *uploads;
    Jobs *jobs;
    Inbox *inbox; /* NULL: no folder is watched */
    GThread *watcher;
    GMutex watching;
    GCond wake;
    bool closing;
    struct Server *server; /* NULL in tests */
};

/* The desk without a server around it, as tests use it; `port` goes into hosts and cookie. Takes the
 * certificate over; NULL: plain HTTP. */
Desk *desk_new(Stores *stores, int port, Certificate *certificate, GError **error);
/* The account of that name as it stands; NULL without an error when there is none. */
StoreAccount *desk_find_account(Desk *desk, const char *name, GError **error);
/* A Set-Cookie for the session's id; "" ends it. Newly allocated. */
char *desk_cookie(const Desk *desk, const char *id);
void desk_free(Desk *desk);
/* Loads what waits, now. The watcher does so when others change the workspace. */
bool desk_refresh_queue(Desk *desk, GError **error);

typedef struct Call Call;

/* ---- requests -------------------------------------------------------------------------------------------
 */

typedef struct {
    const char *method, *path; /* path without query, as sent */
    const char *host, *origin, *cookie, *token, *type, *key, *etag, *last_event; /* headers; NULL: none */
    const char *address;                                                         /* of who asks */
    GHashTable *query; /* char* → char*; NULL: none */
    const char *body;
    size_t length;
    gint64 now_us; /* monotonic */
} Request;

typedef struct {
    int status;
    const char *type;
    GBytes *body;
    char *etag;        /* NULL: not to be kept */
    bool lasting;      /* the picture of that address never changes */
    char *set_cookie;  /* NULL: none */
    char *save_as;     /* a file for the browser to save, never to show; NULL: none */
    int retry_after_s; /* 0: none */
    bool events;       /* a stream of events instead of a body, from `seq` on */
    guint64 seq;
    char *session; /* of the stream */
} Reply;

void reply_free(Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)
Reply *reply_new(int status, const char *type, GBytes *body);
/* Bytes the browser may keep: 304 without them where it has them already. */
Reply *reply_kept(const Call *call, const char *type, GBytes *body);
/* Ends the builder's object and frees it. */
Reply *reply_json(JsonBuilder *builder);
/* An object begun. */
JsonBuilder *reply_begin(void);
/* `id` is for programs, stable; the message for people. */
Reply *reply_error(int status, const char *id, const char *message);
/* From an error of the rooms above. */
Reply *reply_failed(const GError *error);

/* A request that passed the guard, for its handler. */
struct Call {
    Desk *desk;
    const Request *request;
    Session *session;      /* NULL on open routes */
    StoreAccount *account; /* … */
    char *arguments[2];    /* of the path */
    JsonObject *json;      /* the body of a write, where it is JSON */
    JsonBuilder *said;     /* of a decision: its answer, to which its Decide may add */
};

typedef Reply *(*Handler)(Call *call);

/* A text member of the body; "" where there is none. Never NULL. */
const char *call_text(const Call *call, const char *name);
gint64 call_int(const Call *call, const char *name);
const char *call_query(const Call *call, const char *name, const char *missing);

/* Takes answers that were settled out of the queue, the one that goes on waiting (`waits`) back in. */
void queue_leave(Call *call, Store *store, const char *serial, const char *question, bool waits);
/* The answer waits again, for the person who took that decision back: the element of its array; NULL where it
 * does not. */
StoreWaiting *queue_come_back(Call *call, Store *store, const StoreDecision *decision);
/* How many wait, and how many of those somebody has. */
void queue_add_counts(JsonBuilder *builder, Call *call);

/* Pictures of a question's boxes alone. */
#define BOXES_PX_PER_MM 6
/* False where the scan's layout is not known, or the question is not on its page. */
bool boxes_view(Store *store, const StoreScan *scan, const char *question, IntakeView *ret);

/* This program, for what it does in processes of its own. */
#define FEED_PROGRAM "/proc/self/exe"

/* A decision about what the path's first part names, for a reason; false with an error. */
typedef bool (*Decide)(Call *call, Store *store, const char *what, const char *reason, GError **error);

/* Asks for the reason, decides in one transaction, and answers with the decision's number and what `decide`
 * added. */
Reply *call_decide(Call *call, Decide decide);
/* Whether a page that `who` entered by hand is this person's to take back: their own, or they are a clerk. */
bool call_may_undo_entry(const StoreAccount *account, const char *who);
/* The serial of a ballot that may be of this workspace, from its number as it stands on paper; else what is
 * to be answered. */
Reply *call_find_serial(Store *store, const char *text, char **ret_serial);
/* The members of a page or file for lists: id, file, page, reason and its words. */
void reply_add_page(JsonBuilder *builder, const StorePageRow *row);

/* ---- routes ----------------------------------------------------------------------------------------------
 */

#define ROUTE_ANY 0xffu /* of `roles`: whoever is signed in */

typedef struct {
    const char *method, *path; /* '*' stands for one part of the path; a PUT takes bytes, other writes JSON */
    unsigned roles;            /* StoreRole; 0: open to everybody */
    bool one_time;             /* also for those who must change their password first */
    size_t body_limit;         /* bytes; 0: no body */
    Handler handler;
} Route;

extern const Route routes[];
extern const int route_count;

/* What the body of that route is. */
const char *route_body_type(const Route *route);
/* The whole way of a request: host, route, origin, session, role, token, handler. Never NULL. */
Reply *desk_answer(Desk *desk, const Request *request);
/* Its way up to the handler, by its line and headers alone: NULL when it may go on, else why not. */
Reply *desk_refuse(Desk *desk, const Request *request);
/* The most bytes a request of that method and path may carry. */
size_t route_body_limit(const char *method, const char *path);

/* ---- handlers --------------------------------------------------------------------------------------------
 */

Reply *asset_get(Call *call);
Reply *session_post(Call *call);
Reply *session_get(Call *call);
Reply *session_delete(Call *call);
Reply *session_password(Call *call);
Reply *survey_get(Call *call);
Reply *events_get(Call *call);
Reply *work_get(Call *call);
Reply *work_claim(Call *call);
Reply *work_answer(Call *call);
Reply *work_refer(Call *call);
Reply *work_undo(Call *call);
Reply *work_release(Call *call);
Reply *agreement_get(Call *call);
Reply *wall_get(Call *call);
Reply *wall_claim(Call *call);
Reply *wall_decide(Call *call);
Reply *wall_undo(Call *call);
Reply *wall_draw(Call *call);
Reply *boxes_get(Call *call);
Reply *work_mine(Call *call);
Reply *work_gone(Call *call);
Reply *quota_get(Call *call);
Reply *batches_get(Call *call);
Reply *batch_get(Call *call);
Reply *quota_chase_get(Call *call);
Reply *refused_get(Call *call);
Reply *refused_read(Call *call);
Reply *refused_settle(Call *call);
Reply *refused_file(Call *call);
Reply *held_get(Call *call);
Reply *ballot_get(Call *call);
Reply *ballot_choose(Call *call);
Reply *ballot_assign(Call *call);
Reply *ballot_reject(Call *call);
Reply *decision_undo(Call *call);
Reply *entries_get(Call *call);
Reply *entry_get(Call *call);
Reply *entry_post(Call *call);
Reply *sheet_get(Call *call);
Reply *crop_get(Call *call);
Reply *page_get(Call *call);
Reply *uploads_get(Call *call);
Reply *upload_get(Call *call);
Reply *upload_put(Call *call);
Reply *upload_delete(Call *call);
Reply *jobs_get(Call *call);
Reply *job_post(Call *call);
Reply *files_get(Call *call);
Reply *refusals_get(Call *call);

/* ---- feeding ---------------------------------------------------------------------------------------------
 */

/* Takes up what stood when the desk was last there; nothing is read before jobs_start(). */
bool feed_begin(Desk *desk, GError **error);
/* A file is whole: logged as fed by its sender, then queued to be read. */
bool feed_take(Desk *desk, const char *sha256, const char *name, const char *who, GError **error);
/* The file of those bytes where all of it was taken before, by whatever way; NULL with or without an error.
 */
StoreFile *feed_find_taken(Desk *desk, const char *sha256, GError **error);
/* Who feeds what lies in the watched folder; no account can be named so. */
#define FEED_WATCH "watched folder"
/* Copies a file of this machine in, as if FEED_WATCH had sent it; what was taken before is left at that.
 * False: it cannot be had now. */
bool feed_take_file(const char *path, gpointer desk, GError **error);
/* From now on files of that folder are taken. INVALID where it is none, or of the workspace itself. */
bool feed_watch(Desk *desk, const char *folder, GError **error);

/* ---- the server ------------------------------------------------------------------------------------------
 */

typedef struct Server Server;

/* Listens, without answering yet; `*ret_port` is the port taken. FAILED when the address cannot be had. */
Server *server_listen(const char *host, int port, int *ret_port, GError **error);
/* Answers from now on, by desk_answer(). */
bool server_serve(Server *server, Desk *desk, GError **error);
/* Ends every connection (events_close() first) and frees it. */
void server_stop(Server *server);

#endif
