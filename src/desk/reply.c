/* What comes back. */
#include <string.h>

#include "desk/internal.h"

Reply *reply_new(int status, const char *type, GBytes *body)
{
    Reply *reply = g_new0(Reply, 1);
    *reply = (Reply){.status = status, .type = type, .body = body};
    return reply;
}

void reply_free(Reply *reply)
{
    if (!reply)
        return;
    if (reply->body)
        g_bytes_unref(reply->body);
    g_free(reply->etag);
    g_free(reply->set_cookie);
    g_free(reply->save_as);
    g_free(reply->session);
    g_free(reply);
}

Reply *reply_kept(const Call *call, const char *type, GBytes *body)
{
    g_autofree char *hash = picture_hash(body);
    char *etag = g_strdup_printf("\"%s\"", hash);
    bool same = call->request->etag && strstr(call->request->etag, etag);
    Reply *reply = reply_new(same ? 304 : 200, type, same ? NULL : g_bytes_ref(body));
    reply->etag = etag;
    return reply;
}

JsonBuilder *reply_begin(void)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    return builder;
}

Reply *reply_json(JsonBuilder *builder)
{
    json_builder_end_object(builder);
    char *text = json_take_text(builder, false);
    return reply_new(200, "application/json", g_bytes_new_take(text, strlen(text)));
}

Reply *reply_error(int status, const char *id, const char *message)
{
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "error", id);
    json_set_text(builder, "message", message);
    Reply *reply = reply_json(builder);
    reply->status = status;
    return reply;
}

Reply *reply_failed(const GError *error)
{
    static const struct {
        int status;
        const char *id;
    } known[] = {
        [PHIEU_ERROR_INVALID] = {422, "invalid"},   [PHIEU_ERROR_NOT_FOUND] = {404, "not-found"},
        [PHIEU_ERROR_UNREADABLE] = {500, "failed"}, [PHIEU_ERROR_LIMIT] = {413, "too-large"},
        [PHIEU_ERROR_BUSY] = {503, "busy"},         [PHIEU_ERROR_FAILED] = {500, "failed"},
    };
    if (!error || error->domain != PHIEU_ERROR)
        return reply_error(500, "failed", error ? error->message : "");
    return reply_error(known[error->code].status, known[error->code].id, error->message);
}
