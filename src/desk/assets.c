/* The page itself: four files that are part of the program. */
#include <string.h>

#include "desk/internal.h"

extern const uint8_t desk_index_html_start[], desk_app_js_start[], desk_app_css_start[],
    desk_icon_svg_start[];
extern const uint64_t desk_index_html_size, desk_app_js_size, desk_app_css_size, desk_icon_svg_size;

static const struct {
    const char *path, *type;
    const uint8_t *start;
    const uint64_t *size;
} assets[] = {
    {"/", "text/html; charset=utf-8", desk_index_html_start, &desk_index_html_size},
    {"/app.js", "text/javascript; charset=utf-8", desk_app_js_start, &desk_app_js_size},
    {"/app.css", "text/css; charset=utf-8", desk_app_css_start, &desk_app_css_size},
    {"/icon.svg", "image/svg+xml", desk_icon_svg_start, &desk_icon_svg_size},
};

Reply *asset_get(Call *call)
{
    for (size_t i = 0; i < G_N_ELEMENTS(assets); i++) {
        if (!g_str_equal(assets[i].path, call->request->path))
            continue;
        g_autoptr(Sha256) sum = sha256_new();
        sha256_add(sum, assets[i].start, *assets[i].size);
        g_autofree char *hash = sha256_end(g_steal_pointer(&sum));
        g_autofree char *etag = g_strdup_printf("\"%.32s\"", hash);
        bool same = call->request->etag && strstr(call->request->etag, etag);
        Reply *reply = reply_new(same ? 304 : 200, assets[i].type,
                                 same ? NULL : g_bytes_new_static(assets[i].start, *assets[i].size));
        reply->etag = g_steal_pointer(&etag);
        return reply;
    }
    return reply_error(404, "not-found", _("there is no such page"));
}
