/* Files in: pieces of them, the work that reads them, and what became of them. */
#include <string.h>

#include "desk/internal.h"
#include "register/register.h"

/* Files a page of the list. */
#define FILES 50

static Reply *wrong_hash(void)
{
    return reply_error(422, "bad-hash", _("name the file by its SHA-256"));
}

/* ---- pieces
 * ----------------------------------------------------------------------------------------------------------
 */

static void add_upload(JsonBuilder *builder, const Upload *upload)
{
    json_set_text(builder, "sha256", upload->sha256);
    json_set_text(builder, "name", upload->name);
    json_set_text(builder, "who", upload->who);
    json_set_text(builder, "at", upload->at);
    json_set_int(builder, "size", upload->size);
    json_set_int(builder, "received", upload->received);
    json_set_bool(builder, "whole", upload->whole);
}

Reply *uploads_get(Call *call)
{
    g_autoptr(GPtrArray) uploads = uploads_list(call->desk->uploads);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "uploads");
    for (guint i = 0; i < uploads->len; i++) {
        const Upload *upload = uploads->pdata[i];
        if (upload->whole)
            continue; /* a job by now */
        json_builder_begin_object(builder);
        add_upload(builder, upload);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}

/* The same bytes again are said to be so, and not taken. */
static Reply *reply_taken(const StoreFile *file)
{
    g_autofree char *message =
        g_strdup_printf(_("the same file was taken before, as '%s'; it is not taken again"), file->name);
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "error", "known-file");
    json_set_text(builder, "message", message);
    json_set_text(builder, "name", file->name);
    json_set_int(builder, "pages", file->pages);
    json_set_text(builder, "detail", file->refused_detail);
    Reply *reply = reply_json(builder);
    reply->status = 409;
    return reply;
}

Reply *upload_get(Call *call)
{
    const char *sha256 = call->arguments[0];
    if (!upload_hash_fits(sha256))
        return wrong_hash();
    g_autoptr(GError) error = NULL;
    g_autoptr(Upload) upload = uploads_find(call->desk->uploads, sha256);
    StoreFile *taken = upload ? NULL : feed_find_taken(call->desk, sha256, &error);
    if (error)
        return reply_failed(error);
    if (taken) {
        Reply *reply = reply_taken(taken);
        store_file_free(taken);
        return reply;
    }
    Upload none = {.sha256 = call->arguments[0], .name = (char *)"", .who = (char *)"", .at = (char *)""};
    JsonBuilder *builder = reply_begin();
    add_upload(builder, upload ? upload : &none);
    return reply_json(builder);
}

static Reply *reply_no_space(gint64 size)
{
    int needed = (int)(((guint64)size * 2 + UPLOAD_RESERVE) / 1000000 + 1);
    g_autofree char *message =
        g_strdup_printf(_("the server's disk has no room: %d MB must be free for the file and its copy in "
                          "the archive; free some, then send it again"),
                        needed);
    return reply_error(507, "no-space", message);
}

/* What was said of the piece; why it cannot be taken, else NULL. */
static Reply *read_piece(Call *call, Upload *ret_about, gint64 *ret_offset)
{
    const char *name = call_query(call, "name", "");
    int64_t size, offset;
    if (!upload_hash_fits(call->arguments[0]))
        return wrong_hash();
    if (!upload_name_fits(name))
        return reply_error(422, "bad-name",
                           _("the file's name holds signs that no file name may have; give it another"));
    if (!number_parse_int(call_query(call, "offset", ""), 0, INT64_MAX, &offset, NULL) ||
        !number_parse_int(call_query(call, "size", ""), 1, INT64_MAX, &size, NULL) || offset > size)
        return reply_error(422, "bad-piece", _("the piece does not lie in its file; choose the file again"));
    if (size > UPLOAD_FILE)
        return reply_error(413, "too-large",
                           _("the file is larger than 8 GB; scan the heap into several files"));
    *ret_about = (Upload){.sha256 = call->arguments[0],
                          .name = (char *)name,
                          .who = call->account->name,
                          .at = (char *)"",
                          .size = size};
    *ret_offset = offset;
    return NULL;
}

static Reply *reply_piece(Upload *upload, int status)
{
    JsonBuilder *builder = reply_begin();
    if (status != 200) {
        json_set_text(builder, "error", "gap");
        json_set_text(builder, "message", _("a piece is missing before this one"));
    }
    add_upload(builder, upload);
    Reply *reply = reply_json(builder);
    reply->status = status;
    upload_free(upload);
    return reply;
}

/* Answers by what became of the piece. */
static Reply *reply_outcome(Call *call, UploadOutcome outcome, const Upload *about, Upload *now,
                            const GError *failed)
{
    g_autoptr(GError) error = NULL;
    switch (outcome) {
    case UPLOAD_FULL:
        if (!feed_take(call->desk, about->sha256, now->name, now->who, &error)) {
            upload_free(now);
            return reply_failed(error);
        }
        now->whole = true;
        return reply_piece(now, 200);
    case UPLOAD_TAKEN:
        return reply_piece(now, 200);
    case UPLOAD_GAP:
        return reply_piece(now, 409);
    case UPLOAD_OTHER:
        return reply_error(
            409, "other-size",
            _("somebody sends a file of another size under the same sum; choose the file again"));
    case UPLOAD_SPOILED:
        return reply_error(
            422, "spoiled",
            _("the file arrived otherwise than it was sent, and was thrown away; send it again"));
    case UPLOAD_NO_SPACE:
        return reply_no_space(about->size);
    case UPLOAD_TOO_MANY:
        return reply_error(503, "too-many", _("too many files are on their way; finish or drop some first"));
    default:
        return reply_failed(failed);
    }
}

Reply *upload_put(Call *call)
{
    Upload about, *now = NULL;
    gint64 offset = 0;
    Reply *refused = read_piece(call, &about, &offset);
    if (refused)
        return refused;
    g_autoptr(GError) error = NULL;
    StoreFile *taken = offset == 0 ? feed_find_taken(call->desk, about.sha256, &error) : NULL;
    if (taken) {
        Reply *reply = reply_taken(taken);
        store_file_free(taken);
        return reply;
    }
    if (error)
        return reply_failed(error);
    UploadOutcome outcome = uploads_put(call->desk->uploads, &about, offset, call->request->body,
                                        call->request->length, &now, &error);
    if (offset == 0)
        events_add(call->desk->events, "job");
    return reply_outcome(call, outcome, &about, now, error);
}

Reply *upload_delete(Call *call)
{
    const char *sha256 = call->arguments[0];
    g_autoptr(Upload) upload = upload_hash_fits(sha256) ? uploads_find(call->desk->uploads, sha256) : NULL;
    if (!upload)
        return reply_error(404, "not-found", _("there is no such file on its way"));
    if (upload->whole)
        return reply_error(409, "being-read",
                           _("the file is whole and waits to be read; take it out of the queue"));
    uploads_remove(call->desk->uploads, sha256);
    events_add(call->desk->events, "job");
    return reply_json(reply_begin());
}

/* ---- the work
 * --------------------------------------------------------------------------------------------------------
 */

/* How far a file is read, by its rows in the store: the same after any restart. */
static bool add_pages(JsonBuilder *builder, Store *store, const char *sha256, GError **error)
{
    g_autoptr(GError) cause = NULL;
    StoreFile *file = store_find_file(store, sha256, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    json_set_int(builder, "pages", file ? file->pages : 0);
    json_set_int(builder, "pages_done", file ? file->pages_stored : 0);
    store_file_free(file);
    return true;
}

static void add_inbox(JsonBuilder *builder, Desk *desk)
{
    if (!desk->inbox)
        return;
    g_autofree char *words = inbox_words(desk->inbox);
    json_begin_object(builder, "watch");
    json_set_text(builder, "folder", inbox_folder(desk->inbox));
    json_set_text(builder, "words", words);
    json_builder_end_object(builder);
}

Reply *jobs_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) jobs = jobs_list(call->desk->jobs);
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "jobs");
    for (guint i = 0; !error && i < jobs->len; i++) {
        const JobRow *job = jobs->pdata[i];
        g_autoptr(Upload) upload = uploads_find(call->desk->uploads, job->id);
        if (!upload)
            continue; /* done since */
        json_builder_begin_object(builder);
        add_upload(builder, upload);
        json_set_text(builder, "state", job_state_id(job->state));
        json_set_text(builder, "words", job->words);
        add_pages(builder, store, job->id, &error);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    add_inbox(builder, call->desk);
    stores_return(call->desk->stores, store);
    Reply *reply = reply_json(builder);
    if (!error)
        return reply;
    reply_free(reply);
    return reply_failed(error);
}

/* Takes a file out of the queue: only one of which nothing was read, or its pages would be neither read nor
 * accounted for. */
static Reply *stop_job(Call *call, const char *sha256)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    StoreFile *file = store ? store_find_file(store, sha256, &error) : NULL;
    if (store)
        stores_return(call->desk->stores, store);
    bool begun = file != NULL;
    store_file_free(file);
    if (error)
        return reply_failed(error);
    if (begun || !jobs_remove(call->desk->jobs, sha256))
        return reply_error(
            409, "begun", _("the file is being read already; it can be paused, and must be read to its end"));
    uploads_remove(call->desk->uploads, sha256);
    return reply_json(reply_begin());
}

Reply *job_post(Call *call)
{
    const char *sha256 = call->arguments[0], *verb = call->arguments[1];
    bool pause = g_str_equal(verb, "pause"), resume = g_str_equal(verb, "resume");
    g_autoptr(Upload) upload = upload_hash_fits(sha256) ? uploads_find(call->desk->uploads, sha256) : NULL;
    if (!upload || !upload->whole || !(pause || resume || g_str_equal(verb, "stop")))
        return reply_error(404, "not-found", _("there is no such work; it may be done by now"));
    if (!pause && !resume)
        return stop_job(call, sha256);
    g_autoptr(GError) error = NULL;
    if (!uploads_set_paused(call->desk->uploads, sha256, pause, &error))
        return reply_failed(error);
    if (!(pause ? jobs_pause : jobs_resume)(call->desk->jobs, sha256))
        return reply_error(404, "not-found", _("there is no such work; it may be done by now"));
    return reply_json(reply_begin());
}

/* ---- what became of them
 * ---------------------------------------------------------------------------------------------
 */

Reply *files_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    int64_t before = 0;
    if (!number_parse_int(call_query(call, "after", "0"), 0, INT64_MAX, &before, &error))
        return reply_failed(error);
    Store *store = stores_borrow(call->desk->stores, &error);
    g_autoptr(GPtrArray) files = store ? store_load_files(store, before, FILES, &error) : NULL;
    if (store)
        stores_return(call->desk->stores, store);
    if (!files)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_set_bool(builder, "more", files->len == FILES);
    json_begin_array(builder, "files");
    for (guint i = 0; i < files->len; i++) {
        const StoreFileRow *file = files->pdata[i];
        json_builder_begin_object(builder);
        json_set_int(builder, "id", file->id);
        json_set_text(builder, "sha256", file->sha256);
        json_set_text(builder, "name", file->name);
        json_set_int(builder, "pages", file->pages);
        json_set_int(builder, "read", file->read);
        json_set_int(builder, "refused", file->refused);
        json_set_int(builder, "blank", file->blank);
        json_set_int(builder, "cover", file->cover);
        json_set_text(builder, "detail", file->detail);
        json_set_text(builder, "who", file->who);
        json_set_text(builder, "at", file->at);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}

static void add_refusal(JsonBuilder *builder, const StorePage *page)
{
    g_autofree char *words = register_refusal_words(page->reason, page->detail);
    json_builder_begin_object(builder);
    json_set_int(builder, "page", page->index + 1);
    json_set_text(builder, "reason", page->reason);
    json_set_text(builder, "words", words);
    json_builder_end_object(builder);
}

/* Every stored page of the file; NULL with an error. */
static GPtrArray *load_file_pages(Call *call, GError **error)
{
    int64_t id;
    if (!number_parse_int(call->arguments[0], 1, INT64_MAX, &id, error))
        return NULL;
    Store *store = stores_borrow(call->desk->stores, error);
    GPtrArray *pages = store ? store_load_file_pages(store, id, error) : NULL;
    if (store)
        stores_return(call->desk->stores, store);
    return pages;
}

Reply *refusals_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pages = load_file_pages(call, &error);
    if (!pages)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "refusals");
    for (guint i = 0; i < pages->len; i++) {
        if (((const StorePage *)pages->pdata[i])->outcome == STORE_PAGE_REFUSED)
            add_refusal(builder, pages->pdata[i]);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}
