#include "print/print_internal.h"

#include <math.h>
#include <qrencode.h>
#include <string.h>

/* Every length of a layout comes from this font: with another one boxes would stand elsewhere. */
#define FONT_FAMILY "Liberation Serif"
#define FONT_PACKAGE "fonts-liberation2"

/* ---- text ---- */

static bool has_font(PangoFontMap *map)
{
    PangoFontFamily **families;
    int count;
    bool found = false;
    pango_font_map_list_families(map, &families, &count);
    for (int i = 0; i < count && !found; i++)
        found = g_ascii_strcasecmp(pango_font_family_get_name(families[i]), FONT_FAMILY) == 0;
    g_free(families);
    return found;
}

PrintPress *print_press_new(GError **error)
{
    PangoFontMap *map = pango_cairo_font_map_get_default();
    if (!has_font(map)) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
            _("the font '%s' is not installed and another would move the boxes; install the package %s"),
            FONT_FAMILY, FONT_PACKAGE);
        return NULL;
    }
    PrintPress *press = g_new0(PrintPress, 1);
    press->context = pango_font_map_create_context(map);
    /* nothing may depend on the resolution: the same places on paper, in the PDF and in the blank */
    pango_cairo_context_set_resolution(press->context, 72);
    pango_context_set_round_glyph_positions(press->context, FALSE);
    pango_context_set_language(press->context, pango_language_from_string("vi"));
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(press->context, options);
    cairo_font_options_destroy(options);
    return press;
}

void print_press_free(PrintPress *press)
{
    if (!press)
        return;
    g_object_unref(press->context);
    g_clear_error(&press->error);
    g_free(press);
}

bool print_press_check(PrintPress *press, GError **error)
{
    if (!press->error)
        return true;
    g_propagate_error(error, g_steal_pointer(&press->error));
    return false;
}

/* The first letter the font does not have, quoted with its code. */
static void note_missing(PrintPress *press, PangoLayout *layout, const char *text)
{
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        char letter[7] = {0};
        g_unichar_to_utf8(g_utf8_get_char(c), letter);
        pango_layout_set_text(layout, letter, -1);
        if (pango_layout_get_unknown_glyphs_count(layout) == 0)
            continue;
        g_autofree char *shown = text_printable(text);
        g_set_error(&press->error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("'%s': the font '%s' has no letter '%s' (U+%04X); write it otherwise"), shown,
                    FONT_FAMILY, letter, g_utf8_get_char(c));
        break;
    }
    pango_layout_set_text(layout, text, -1);
}

PangoLayout *print_text_new(PrintPress *press, const char *text, PrintStyle style)
{
    PangoLayout *layout = pango_layout_new(press->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONT_FAMILY);
    pango_font_description_set_size(font, (int)lround(style.size_pt * PANGO_SCALE));
    pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_fallback_new(FALSE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_alignment(layout, style.align);
    pango_layout_set_justify(layout, style.justify);
    if (style.leading > 0)
        pango_layout_set_line_spacing(layout, (float)style.leading);
    if (style.width_mm > 0)
        pango_layout_set_width(layout, (int)lround(style.width_mm / POINT_MM * PANGO_SCALE));
    if (style.one_line) {
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_single_paragraph_mode(layout, TRUE);
    }
    pango_layout_set_text(layout, text, -1);
    if (!press->error && pango_layout_get_unknown_glyphs_count(layout) > 0)
        note_missing(press, layout, text);
    return layout;
}

double print_text_width_mm(PangoLayout *text)
{
    PangoRectangle extents;
    pango_layout_get_extents(text, NULL, &extents);
    return extents.width * POINT_MM / PANGO_SCALE;
}

double print_fitting_pt(PrintPress *press, const char *text, double width_mm, bool bold, double least_pt,
                        double most_pt)
{
    double size_pt = most_pt;
    for (; size_pt > least_pt; size_pt -= 0.5) {
        g_autoptr(PangoLayout) set =
            print_text_new(press, text, (PrintStyle){.size_pt = size_pt, .bold = bold});
        if (print_text_width_mm(set) <= width_mm)
            break;
    }
    return MAX(size_pt, least_pt);
}

double print_text_height_mm(PangoLayout *text)
{
    PangoRectangle extents;
    pango_layout_get_extents(text, NULL, &extents);
    return extents.height * POINT_MM / PANGO_SCALE;
}

double print_text_baseline_mm(PangoLayout *text)
{
    return pango_layout_get_baseline(text) * POINT_MM / PANGO_SCALE;
}

int print_text_lines(PangoLayout *text)
{
    return pango_layout_get_line_count(text);
}

/* ---- drawings ---- */

static void item_clear(gpointer data)
{
    PrintItem *item = data;
    g_clear_object(&item->text);
}

PrintDrawing *print_drawing_new(void)
{
    PrintDrawing *drawing = g_new0(PrintDrawing, 1);
    drawing->items = g_array_new(FALSE, FALSE, sizeof(PrintItem));
    drawing->places = g_array_new(FALSE, FALSE, sizeof(PrintPlace));
    g_array_set_clear_func(drawing->items, item_clear);
    return drawing;
}

void print_drawing_free(PrintDrawing *drawing)
{
    if (!drawing)
        return;
    g_array_unref(drawing->items);
    g_array_unref(drawing->places);
    g_free(drawing);
}

double print_add_text(PrintDrawing *drawing, PangoLayout *text, double x_mm, double y_mm)
{
    PrintItem item = {.shape = PRINT_TEXT, .rect = {x_mm, y_mm, 0, 0}, .text = text};
    g_array_append_val(drawing->items, item);
    return print_text_height_mm(text);
}

void print_add_shape(PrintDrawing *drawing, PrintShape shape, RectMm rect, double width_mm)
{
    PrintItem item = {.shape = shape, .rect = rect, .width_mm = width_mm};
    g_array_append_val(drawing->items, item);
}

void print_add_fill(PrintDrawing *drawing, RectMm rect, double light)
{
    PrintItem item = {.shape = PRINT_FILL, .rect = rect, .light = light};
    g_array_append_val(drawing->items, item);
}

void print_add_box(PrintDrawing *drawing, const SurveyQuestion *question, const SurveyOption *option,
                   double x_mm, double y_mm)
{
    PrintPlace place = {.question = question->id, .option = option->id, .rect = {x_mm, y_mm, BOX_MM, BOX_MM}};
    g_array_append_val(drawing->places, place);
    print_add_shape(drawing, PRINT_FRAME, place.rect, BOX_OUTLINE_MM);
}

void print_add_field(PrintDrawing *drawing, const SurveyQuestion *question, LayoutFieldKind kind, RectMm rect)
{
    PrintPlace place = {.question = question->id, .kind = kind, .rect = rect};
    g_array_append_val(drawing->places, place);
}

void print_add_drawing(PrintDrawing *drawing, const PrintDrawing *from, double dx_mm, double dy_mm)
{
    for (guint i = 0; i < from->items->len; i++) {
        PrintItem item = g_array_index(from->items, PrintItem, i);
        item.rect.x_mm += dx_mm;
        item.rect.y_mm += dy_mm;
        if (item.text)
            g_object_ref(item.text);
        g_array_append_val(drawing->items, item);
    }
    for (guint i = 0; i < from->places->len; i++) {
        PrintPlace place = g_array_index(from->places, PrintPlace, i);
        place.rect.x_mm += dx_mm;
        place.rect.y_mm += dy_mm;
        g_array_append_val(drawing->places, place);
    }
}

/* ---- painting ---- */

static double pt(double mm)
{
    return mm / POINT_MM;
}

void print_paint_text(cairo_t *cr, PangoLayout *text, double x_mm, double y_mm)
{
    cairo_move_to(cr, pt(x_mm), pt(y_mm));
    pango_cairo_show_layout(cr, text);
}

static void paint_item(cairo_t *cr, const PrintItem *item)
{
    RectMm r = item->rect;
    double half = item->width_mm / 2;
    cairo_set_line_width(cr, pt(item->width_mm));
    switch (item->shape) {
    case PRINT_TEXT:
        print_paint_text(cr, item->text, r.x_mm, r.y_mm);
        return;
    case PRINT_RULE:
    case PRINT_DOTS:
        cairo_move_to(cr, pt(r.x_mm), pt(r.y_mm));
        cairo_line_to(cr, pt(r.x_mm + r.w_mm), pt(r.y_mm + r.h_mm));
        break;
    case PRINT_FRAME:
        cairo_rectangle(cr, pt(r.x_mm - half), pt(r.y_mm - half), pt(r.w_mm + 2 * half),
                        pt(r.h_mm + 2 * half));
        break;
    case PRINT_RING:
        cairo_new_sub_path(cr);
        cairo_arc(cr, pt(r.x_mm + r.w_mm / 2), pt(r.y_mm + r.h_mm / 2), pt(r.w_mm / 2), 0, 2 * G_PI);
        break;
    case PRINT_FILL:
        cairo_set_source_rgb(cr, item->light, item->light, item->light);
        cairo_rectangle(cr, pt(r.x_mm), pt(r.y_mm), pt(r.w_mm), pt(r.h_mm));
        cairo_fill(cr);
        cairo_set_source_rgb(cr, 0, 0, 0);
        return;
    }
    const double dots[] = {0, pt(1.3)};
    bool dotted = item->shape == PRINT_DOTS;
    cairo_set_dash(cr, dots, dotted ? 2 : 0, 0);
    cairo_set_line_cap(cr, dotted ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_SQUARE);
    cairo_stroke(cr);
}

void print_paint(cairo_t *cr, const PrintDrawing *drawing)
{
    cairo_set_source_rgb(cr, 0, 0, 0);
    for (guint i = 0; i < drawing->items->len; i++)
        paint_item(cr, &g_array_index(drawing->items, PrintItem, i));
}

bool print_paint_code(cairo_t *cr, const char *text, RectMm rect, GError **error)
{
    QRcode *code = QRcode_encodeString(text, 2, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code || code->version > 4) {
        QRcode_free(code);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                    _("the page code '%s' is too long to be read surely; shorten the ids it is made of"),
                    text);
        return false;
    }
    /* one path and one fill: no hairlines between modules that touch */
    double module_mm = rect.w_mm / code->width;
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            int start = x;
            while (x < code->width && code->data[y * code->width + x] & 1)
                x++;
            if (x > start)
                cairo_rectangle(cr, pt(rect.x_mm + start * module_mm), pt(rect.y_mm + y * module_mm),
                                pt((x - start) * module_mm), pt(module_mm));
        }
    }
    QRcode_free(code);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_fill(cr);
    return true;
}

void print_marks(RectMm ret_marks[LAYOUT_MARKS])
{
    double far_x_mm = PAPER_WIDTH_MM - MARK_EDGE_MM - MARK_MM,
           far_y_mm = PAPER_HEIGHT_MM - MARK_EDGE_MM - MARK_MM;
    ret_marks[0] = (RectMm){MARK_EDGE_MM, MARK_EDGE_MM, MARK_MM, MARK_MM};
    ret_marks[1] = (RectMm){far_x_mm, MARK_EDGE_MM, MARK_MM, MARK_MM};
    ret_marks[2] = (RectMm){far_x_mm, far_y_mm, MARK_MM, MARK_MM};
    ret_marks[3] = (RectMm){MARK_EDGE_MM, far_y_mm, MARK_MM, MARK_MM};
}
