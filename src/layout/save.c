/* Layouts as files: one JSON with the numbers and one grey PNG a page with the blank. */
#include "layout/layout.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <png.h>
#include <string.h>

/* Largest JSON that is read, bytes: a form of 20 pages with 500 boxes each is a tenth of it. */
#define MAX_JSON_BYTES (16 * 1024 * 1024)

static void set_number(JsonObject *object, const char *name, double value)
{
    json_object_set_double_member(object, name, value);
}

static JsonObject *rect_to_json(RectMm rect)
{
    JsonObject *object = json_object_new();
    set_number(object, "x_mm", rect.x_mm);
    set_number(object, "y_mm", rect.y_mm);
    set_number(object, "w_mm", rect.w_mm);
    set_number(object, "h_mm", rect.h_mm);
    return object;
}

static JsonArray *boxes_to_json(const LayoutPage *page)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < page->boxes->len; i++) {
        const LayoutBox *box = page->boxes->pdata[i];
        JsonObject *object = rect_to_json(box->rect);
        json_object_set_string_member(object, "question", box->question);
        json_object_set_string_member(object, "option", box->option);
        set_number(object, "outline_mm", box->outline_mm);
        json_object_set_string_member(object, "shape", box->shape == LAYOUT_ROUND ? "round" : "square");
        json_array_add_object_element(array, object);
    }
    return array;
}

static const char *const field_kinds[] = {"text", "digits", "image"};

static JsonArray *fields_to_json(const LayoutPage *page)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < page->fields->len; i++) {
        const LayoutField *field = page->fields->pdata[i];
        JsonObject *object = rect_to_json(field->rect);
        json_object_set_string_member(object, "field", field->field);
        json_object_set_string_member(object, "kind", field_kinds[field->kind]);
        json_array_add_object_element(array, object);
    }
    return array;
}

static JsonObject *page_to_json(const LayoutPage *page, const char *blank_name)
{
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "page", page->page);
    set_number(object, "width_mm", page->width_mm);
    set_number(object, "height_mm", page->height_mm);
    json_object_set_string_member(object, "blank", blank_name);
    JsonArray *marks = json_array_new();
    for (int i = 0; page->has_marks && i < LAYOUT_MARKS; i++)
        json_array_add_object_element(marks, rect_to_json(page->marks[i]));
    json_object_set_array_member(object, "marks", marks);
    json_object_set_object_member(object, "code", rect_to_json(page->code));
    json_object_set_object_member(object, "serial", rect_to_json(page->serial));
    JsonArray *variable = json_array_new();
    for (guint i = 0; i < page->variable->len; i++)
        json_array_add_object_element(variable, rect_to_json(*(RectMm *)page->variable->pdata[i]));
    json_object_set_array_member(object, "variable", variable);
    json_object_set_array_member(object, "boxes", boxes_to_json(page));
    json_object_set_array_member(object, "fields", fields_to_json(page));
    return object;
}

bool layout_save(const Layout *layout, const char *dir, GError **error)
{
    g_autofree char *base = g_strdup_printf("%s-%.8s", layout->form, layout->fingerprint);
    JsonObject *root = json_object_new();
    json_object_set_string_member(root, "form", layout->form);
    json_object_set_int_member(root, "version", layout->version);
    json_object_set_string_member(root, "fingerprint", layout->fingerprint);
    JsonArray *pages = json_array_new();
    json_object_set_array_member(root, "pages", pages);
    bool saved = true;
    for (guint i = 0; saved && i < layout->pages->len; i++) {
        const LayoutPage *page = layout->pages->pdata[i];
        g_autofree char *name = g_strdup_printf("%s-%u.png", base, i + 1);
        g_autofree char *path = g_build_filename(dir, name, NULL);
        json_array_add_object_element(pages, page_to_json(page, page->blank ? name : ""));
        saved = !page->blank || raster_write_png(page->blank, path, error);
    }
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, root);
    if (!saved)
        return false;
    g_autofree char *text = json_to_string(node, TRUE);
    g_autofree char *name = g_strdup_printf("%s.json", base);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    return file_replace(path, text, -1, error);
}

/* ---- loading
 * ----------------------------------------------------------------------------------------------- */

/* Reads members of one file; the first wrong one is remembered in `fault` and everything after it is skipped.
 */
typedef struct {
    const char *path;
    char *fault;
} Reader;

static void set_fault(Reader *reader, const char *where, const char *what)
{
    if (!reader->fault)
        reader->fault = g_strdup_printf("%s: %s", where, what);
}

static double get_number(Reader *reader, JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    double value = node && JSON_NODE_HOLDS_VALUE(node) &&
                           (json_node_get_value_type(node) == G_TYPE_DOUBLE ||
                            json_node_get_value_type(node) == G_TYPE_INT64)
                       ? json_node_get_double(node)
                       : NAN;
    if (!(fabs(value) <= 10000)) {
        set_fault(reader, name, _("a number is missing or out of range"));
        return 0;
    }
    return value;
}

static const char *get_text(Reader *reader, JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    const char *text = node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
    if (!text)
        set_fault(reader, name, _("a text is missing"));
    return text ? text : "";
}

static JsonArray *get_array(Reader *reader, JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node && JSON_NODE_HOLDS_ARRAY(node))
        return json_node_get_array(node);
    set_fault(reader, name, _("a list is missing"));
    return NULL;
}

static JsonObject *get_element(Reader *reader, JsonArray *array, guint i, const char *name)
{
    JsonNode *node = json_array_get_element(array, i);
    if (JSON_NODE_HOLDS_OBJECT(node))
        return json_node_get_object(node);
    set_fault(reader, name, _("an entry is no object"));
    return NULL;
}

static RectMm get_rect(Reader *reader, JsonObject *object)
{
    return (RectMm){get_number(reader, object, "x_mm"), get_number(reader, object, "y_mm"),
                    get_number(reader, object, "w_mm"), get_number(reader, object, "h_mm")};
}

static RectMm get_rect_member(Reader *reader, JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node && JSON_NODE_HOLDS_OBJECT(node))
        return get_rect(reader, json_node_get_object(node));
    set_fault(reader, name, _("a rectangle is missing"));
    return (RectMm){0};
}

static Raster *read_blank(Reader *reader, const char *name)
{
    g_autofree char *dir = g_path_get_dirname(reader->path);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    png_image png = {.version = PNG_IMAGE_VERSION};
    g_autoptr(Raster) raster = NULL;
    if (strchr(name, '/') || !png_image_begin_read_from_file(&png, path)) {
        set_fault(reader, name, _("the blank page is missing or no PNG"));
        return NULL;
    }
    png.format = PNG_FORMAT_GRAY;
    if (png.width <= RASTER_MAX_SIDE_PX && png.height <= RASTER_MAX_SIDE_PX)
        raster = raster_new((int)png.width, (int)png.height, NULL);
    if (!raster || !png_image_finish_read(&png, NULL, raster->pixels, (png_int_32)raster->stride, NULL)) {
        png_image_free(&png);
        set_fault(reader, name, _("the blank page is damaged"));
        return NULL;
    }
    return g_steal_pointer(&raster);
}

static void read_boxes(Reader *reader, JsonObject *object, LayoutPage *page)
{
    JsonArray *boxes = get_array(reader, object, "boxes");
    for (guint i = 0; boxes && i < json_array_get_length(boxes); i++) {
        JsonObject *box = get_element(reader, boxes, i, "boxes");
        if (!box)
            return;
        bool round = g_str_equal(get_text(reader, box, "shape"), "round");
        layout_add_box(page, get_text(reader, box, "question"), get_text(reader, box, "option"),
                       get_rect(reader, box), get_number(reader, box, "outline_mm"),
                       round ? LAYOUT_ROUND : LAYOUT_SQUARE);
    }
}

static void read_fields(Reader *reader, JsonObject *object, LayoutPage *page)
{
    JsonArray *fields = get_array(reader, object, "fields");
    for (guint i = 0; fields && i < json_array_get_length(fields); i++) {
        JsonObject *field = get_element(reader, fields, i, "fields");
        if (!field)
            return;
        const char *kind_text = get_text(reader, field, "kind");
        LayoutFieldKind kind = LAYOUT_FIELD_TEXT;
        for (guint k = 0; k < G_N_ELEMENTS(field_kinds); k++) {
            if (g_str_equal(kind_text, field_kinds[k]))
                kind = (LayoutFieldKind)k;
        }
        layout_add_field(page, get_text(reader, field, "field"), kind, get_rect(reader, field));
    }
}

static void read_marks(Reader *reader, JsonObject *object, LayoutPage *page)
{
    JsonArray *marks = get_array(reader, object, "marks");
    guint count = marks ? json_array_get_length(marks) : 0;
    if (count != 0 && count != LAYOUT_MARKS)
        set_fault(reader, "marks", _("none or four marks are expected"));
    page->has_marks = count == LAYOUT_MARKS;
    for (guint i = 0; page->has_marks && i < LAYOUT_MARKS; i++) {
        JsonObject *mark = get_element(reader, marks, i, "marks");
        if (mark)
            page->marks[i] = get_rect(reader, mark);
    }
}

static void read_page(Reader *reader, JsonObject *object, Layout *layout)
{
    LayoutPage *page = layout_add_page(layout, get_number(reader, object, "width_mm"),
                                       get_number(reader, object, "height_mm"));
    if (page->width_mm < 50 || page->height_mm < 50)
        set_fault(reader, "width_mm", _("the page is too small"));
    read_marks(reader, object, page);
    page->code = get_rect_member(reader, object, "code");
    page->serial = get_rect_member(reader, object, "serial");
    JsonArray *variable = get_array(reader, object, "variable");
    for (guint i = 0; variable && i < json_array_get_length(variable); i++) {
        JsonObject *rect = get_element(reader, variable, i, "variable");
        if (rect)
            layout_add_variable(page, get_rect(reader, rect));
    }
    read_boxes(reader, object, page);
    read_fields(reader, object, page);
    const char *blank = get_text(reader, object, "blank");
    if (*blank && !reader->fault)
        page->blank = read_blank(reader, blank);
    if (page->blank) {
        page->blank->dpi_x = page->blank->width_px * MM_PER_INCH / page->width_mm;
        page->blank->dpi_y = page->blank->height_px * MM_PER_INCH / page->height_mm;
    }
}

/* The parsed root object, or NULL with a fault. */
static JsonParser *parse_file(Reader *reader)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!g_file_get_contents(reader->path, &text, &length, &cause))
        set_fault(reader, "-", cause->message);
    else if (length > MAX_JSON_BYTES)
        set_fault(reader, "-", _("the file is too large for a layout"));
    else if (!json_parser_load_from_data(parser, text, (gssize)length, &cause))
        set_fault(reader, "-", cause->message);
    else if (!json_parser_get_root(parser) || !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        set_fault(reader, "-", _("no JSON object"));
    return reader->fault ? NULL : g_steal_pointer(&parser);
}

static Layout *read_layout(Reader *reader, JsonObject *root)
{
    g_autoptr(Layout) layout =
        layout_new(get_text(reader, root, "form"), (int)get_number(reader, root, "version"));
    JsonArray *pages = get_array(reader, root, "pages");
    for (guint i = 0; pages && i < json_array_get_length(pages); i++) {
        JsonObject *page = get_element(reader, pages, i, "pages");
        if (page)
            read_page(reader, page, layout);
    }
    if (layout->pages->len == 0)
        set_fault(reader, "pages", _("there is no page"));
    layout_seal(layout);
    const char *fingerprint = get_text(reader, root, "fingerprint");
    if (!reader->fault && !g_str_equal(fingerprint, layout->fingerprint))
        set_fault(reader, "fingerprint",
                  _("the layout or its blank page was changed after it was frozen; put the "
                    "original file back from a copy of the workspace"));
    return g_steal_pointer(&layout);
}

Layout *layout_load(const char *json_path, GError **error)
{
    Reader reader = {.path = json_path};
    g_autoptr(JsonParser) parser = parse_file(&reader);
    g_autoptr(Layout) layout =
        parser ? read_layout(&reader, json_node_get_object(json_parser_get_root(parser))) : NULL;
    if (!reader.fault)
        return g_steal_pointer(&layout);
    g_autofree char *shown = text_printable(json_path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "%s: %s", shown, reader.fault);
    g_free(reader.fault);
    return NULL;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *layout_load_all(const char *dir, GError **error)
{
    g_autoptr(GPtrArray) layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (listing && (name = g_dir_read_name(listing))) {
        if (g_str_has_suffix(name, ".json"))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
        Layout *layout = layout_load(path, error);
        if (!layout)
            return NULL;
        g_ptr_array_add(layouts, layout);
    }
    return g_steal_pointer(&layouts);
}
