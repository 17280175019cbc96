/* The page itself: four files that are part of the program. */
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
        g_autoptr(GBytes) body = g_bytes_new_static(assets[i].start, *assets[i].size);
        return reply_kept(call, assets[i].type, body);
    }
    return reply_error(404, "not-found", _("there is no such page"));
}
