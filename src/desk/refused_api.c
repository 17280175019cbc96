/* Pages and files that were refused: why, and that a person has dealt with them. */
#include "desk/internal.h"

#include "intake/intake.h"

#include <gio/gio.h>

void reply_add_page(JsonBuilder *builder, const StorePageRow *row)
{
    g_autofree char *file = text_printable(row->file);
    g_autofree char *words = intake_refusal_words(row->reason, row->detail, *row->archived);
    json_set_int(builder, "id", row->id);
    json_set_text(builder, "file", file);
    json_set_int(builder, "page", row->page);
    json_set_text(builder, "reason", row->reason);
    json_set_text(builder, "words", words);
    json_set_bool(builder, "kept", *row->archived);
}

Reply *refused_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = stores_load(call->desk->stores, store_load_refused, &error);
    if (!rows)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_begin_array(builder, "pages");
    for (guint i = 0; i < rows->len; i++) {
        json_builder_begin_object(builder);
        reply_add_page(builder, rows->pdata[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}

/* The row of a page or file of which the workspace has the bytes; NULL with an error. */
static StorePageRow *find_kept(Call *call, GError **error)
{
    int64_t id;
    if (!number_parse_int(call->arguments[0], -INT64_MAX, INT64_MAX, &id, error))
        return NULL;
    Store *store = stores_borrow(call->desk->stores, error);
    if (!store)
        return NULL;
    g_autoptr(GError) cause = NULL;
    StorePageRow *row = store_find_page_row(store, id, &cause);
    stores_return(call->desk->stores, store);
    if (row && *row->archived)
        return row;
    store_page_row_free(row);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    else
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("the workspace has no copy of that file"));
    return NULL;
}

/* The scan as it came: nothing here decodes what may have brought a decoder down. */
Reply *refused_file(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StorePageRow) row = find_kept(call, &error);
    if (!row)
        return reply_failed(error);
    g_autofree char *path = g_build_filename(stores_dir(call->desk->stores), row->archived, NULL);
    g_autoptr(GMappedFile) bytes = g_mapped_file_new(path, FALSE, NULL);
    if (!bytes)
        return reply_error(404, "not-found", _("the workspace has no copy of that file"));
    Reply *reply = reply_new(200, "application/octet-stream", g_mapped_file_get_bytes(bytes));
    reply->save_as = g_path_get_basename(row->file);
    return reply;
}

static bool settle(Call *call, Store *store, const char *number, const char *reason, GError **error)
{
    int64_t id;
    return number_parse_int(number, -INT64_MAX, INT64_MAX, &id, error) &&
           store_settle_page(store, id, call->account->name, reason, error);
}

Reply *refused_settle(Call *call)
{
    return call_decide(call, settle);
}

/* The corners of the request as the command takes them; "" where none are given, NULL where they are not as
 * they should be. */
static char *corners_text(const Call *call)
{
    JsonNode *node = json_object_get_member(call->json, "corners");
    if (!node || JSON_NODE_HOLDS_NULL(node))
        return g_strdup("");
    JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    if (!array || json_array_get_length(array) != 8)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 8; i++) {
        JsonNode *one = json_array_get_element(array, i);
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        if (!JSON_NODE_HOLDS_VALUE(one))
            return NULL;
        g_ascii_formatd(number, sizeof number, "%.5f", json_node_get_double(one));
        g_string_append_printf(text, "%s%s", i ? "," : "", number);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Runs a command of phieu to its end; NULL, or what it says has gone wrong. */
static char *run_command(const char *const *command)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    g_autoptr(GSubprocess) run = g_subprocess_newv(
        command, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
    if (!run || !g_subprocess_communicate_utf8(run, NULL, NULL, NULL, &said, &error))
        return g_strdup(error->message);
    return g_subprocess_get_successful(run) ? NULL : job_error_words(said);
}

/* The page is read in a process of its own, as every scan is: a decoder that dies takes no one with it. */
Reply *refused_read(Call *call)
{
    int64_t id;
    g_autoptr(GError) error = NULL;
    char station[STATION_LENGTH + 1];
    const char *serial = call_text(call, "serial");
    int ballot = serial_paper_parse(serial, station);
    g_autofree char *corners = corners_text(call);
    gint64 number = call_int(call, "page");
    if (!number_parse_int(call->arguments[0], 1, INT64_MAX, &id, &error))
        return reply_failed(error);
    if (ballot <= 0)
        return reply_error(
            422, "bad-serial",
            _("that is no number of a ballot: its last character does not fit; read it once more"));
    if (number < 1 || number > 1000 || !corners)
        return reply_error(422, "invalid", _("say which page of the ballot it is"));
    g_autofree char *page_id = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)id);
    g_autofree char *page = g_strdup_printf("%" G_GINT64_FORMAT, number);
    const char *command[16] = {FEED_PROGRAM, "-C",    stores_dir(call->desk->stores),
                               "resolve",    "--who", call->account->name};
    int count = 6;
    if (*corners) {
        command[count++] = "--corners";
        command[count++] = corners;
    }
    const char *const rest[] = {"--", "read", page_id, serial, page, NULL};
    for (int i = 0; rest[i]; i++)
        command[count++] = rest[i];
    g_autofree char *fault = run_command(command);
    if (fault)
        return reply_error(422, "not-read", fault);
    JsonBuilder *builder = reply_begin();
    json_set_int(builder, "decision", 0);
    return reply_json(builder);
}
