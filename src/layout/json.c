#include "layout/layout_internal.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- writing: by hand, because json-glib prints 12.3 as 12.300000000000001 ---- */

static void append_text(GString *out, const char *text)
{
    g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);
    g_autofree char *quoted = json_to_string(node, FALSE);
    g_string_append(out, quoted);
}

/* A number with up to four decimals and a point in every locale. */
static void append_number(GString *out, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(text, sizeof text, "%.4f", value);
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        text[--length] = '\0';
    if (text[length - 1] == '.')
        text[--length] = '\0';
    g_string_append(out, g_str_equal(text, "-0") ? "0" : text);
}

static void append_rect(GString *out, RectMm rect)
{
    const double values[] = {rect.x_mm, rect.y_mm, rect.w_mm, rect.h_mm};
    for (int i = 0; i < 4; i++) {
        g_string_append(out, i == 0 ? "[" : ", ");
        append_number(out, values[i]);
    }
    g_string_append_c(out, ']');
}

static void append_boxes(GString *out, const GPtrArray *boxes)
{
    g_string_append(out, ",\n   \"boxes\": [");
    for (guint i = 0; i < boxes->len; i++) {
        const LayoutBox *box = boxes->pdata[i];
        g_string_append(out, i ? ",\n     {\"question\": " : "\n     {\"question\": ");
        append_text(out, box->question);
        g_string_append(out, ", \"option\": ");
        append_text(out, box->option);
        g_string_append(out, ", \"rect\": ");
        append_rect(out, box->rect);
        g_string_append(out, ", \"outline_mm\": ");
        append_number(out, box->outline_mm);
        g_string_append_printf(out, ", \"shape\": \"%s\"}", box->shape == LAYOUT_ROUND ? "circle" : "square");
    }
    g_string_append(out, "]");
}

static const char *const field_kinds[] = {"text", "digits", "image"};

static void append_fields(GString *out, const GPtrArray *fields)
{
    g_string_append(out, ",\n   \"fields\": [");
    for (guint i = 0; i < fields->len; i++) {
        const LayoutField *field = fields->pdata[i];
        g_string_append(out, i ? ",\n     {\"field\": " : "\n     {\"field\": ");
        append_text(out, field->field);
        g_string_append_printf(out, ", \"kind\": \"%s\", \"rect\": ", field_kinds[field->kind]);
        append_rect(out, field->rect);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "]");
}

static void append_page(GString *out, const LayoutPage *page)
{
    g_string_append(out, "  {\"width_mm\": ");
    append_number(out, page->width_mm);
    g_string_append(out, ", \"height_mm\": ");
    append_number(out, page->height_mm);
    if (page->has_marks) {
        g_string_append(out, ",\n   \"marks\": [");
        for (int i = 0; i < LAYOUT_MARKS; i++) {
            g_string_append(out, i ? ", " : "");
            append_rect(out, page->marks[i]);
        }
        g_string_append_c(out, ']');
    }
    if (page->code.w_mm > 0) {
        g_string_append(out, ",\n   \"code\": ");
        append_rect(out, page->code);
    }
    if (page->serial.w_mm > 0) {
        g_string_append(out, ",\n   \"serial\": ");
        append_rect(out, page->serial);
    }
    if (page->blank) {
        g_string_append(out, ",\n   \"blank_dpi\": [");
        append_number(out, page->blank->dpi_x);
        g_string_append(out, ", ");
        append_number(out, page->blank->dpi_y);
        g_string_append_c(out, ']');
    }
    g_string_append(out, ",\n   \"variable\": [");
    for (guint i = 0; i < page->variable->len; i++) {
        g_string_append(out, i ? ", " : "");
        append_rect(out, *(RectMm *)page->variable->pdata[i]);
    }
    g_string_append_c(out, ']');
    append_boxes(out, page->boxes);
    append_fields(out, page->fields);
    g_string_append_c(out, '}');
}

char *layout_to_json(const Layout *layout)
{
    GString *out = g_string_new("{\"phieu_layout\": 1, \"form\": ");
    append_text(out, layout->form);
    g_string_append_printf(out, ", \"version\": %d,\n \"fingerprint\": \"%s\",\n \"pages\": [\n",
                           layout->version, layout->fingerprint);
    for (guint i = 0; i < layout->pages->len; i++) {
        g_string_append(out, i ? ",\n" : "");
        append_page(out, layout->pages->pdata[i]);
    }
    g_string_append(out, "]}\n");
    return g_string_free(out, FALSE);
}

/* ---- reading ---- */

/* Where the reader is, for messages. */
typedef struct {
    const char *path;
    char place[160]; /* "pages[0].boxes[3]" */
    GError **error;
} Reader;

G_GNUC_PRINTF(2, 3) static bool refuse(const Reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *path = text_printable(reader->path);
    g_set_error(reader->error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("%s: %s: %s; restore the file as phieu saved it"), path, reader->place, what);
    return false;
}

static JsonNode *member(JsonObject *object, const char *name)
{
    return json_object_get_member(object, name);
}

static bool node_number(JsonNode *node, double min, double max, double *ret_value)
{
    if (!node || !JSON_NODE_HOLDS_VALUE(node))
        return false;
    GType type = json_node_get_value_type(node);
    if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
        return false;
    double value = json_node_get_double(node);
    if (!(value >= min && value <= max))
        return false;
    *ret_value = value;
    return true;
}

static bool read_number(const Reader *reader, JsonObject *object, const char *name, double min, double max,
                        double *ret_value)
{
    return node_number(member(object, name), min, max, ret_value) ||
           refuse(reader, _("'%s' is not a number from %g to %g"), name, min, max);
}

static const char *read_text(const Reader *reader, JsonObject *object, const char *name)
{
    JsonNode *node = member(object, name);
    if (node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING &&
        *json_node_get_string(node))
        return json_node_get_string(node);
    refuse(reader, _("'%s' is not a text"), name);
    return NULL;
}

/* `count` numbers of a list, each from min to max. */
static bool read_numbers(const Reader *reader, JsonNode *node, const char *name, guint count, double min,
                         double max, double *ret_values)
{
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    bool good = array && json_array_get_length(array) == count;
    for (guint i = 0; good && i < count; i++)
        good = node_number(json_array_get_element(array, i), min, max, &ret_values[i]);
    return good || refuse(reader, _("'%s' is not a list of %u numbers from %g to %g"), name, count, min, max);
}

/* A rectangle that lies on the page, or nearly: a foreign form's box may touch the paper's edge. */
static bool read_rect(const Reader *reader, JsonNode *node, const char *name, const LayoutPage *page,
                      RectMm *ret_rect)
{
    double v[4];
    if (!read_numbers(reader, node, name, 4, -LAYOUT_MAX_SIDE_MM, LAYOUT_MAX_SIDE_MM, v))
        return false;
    if (v[2] <= 0 || v[3] <= 0 || v[0] < -1 || v[1] < -1 || v[0] + v[2] > page->width_mm + 1 ||
        v[1] + v[3] > page->height_mm + 1)
        return refuse(reader, _("'%s' lies outside the page"), name);
    *ret_rect = (RectMm){v[0], v[1], v[2], v[3]};
    return true;
}

static JsonArray *read_array(const Reader *reader, JsonObject *object, const char *name, guint max)
{
    JsonNode *node = member(object, name);
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    if (array && json_array_get_length(array) <= max)
        return array;
    refuse(reader, _("'%s' is not a list of at most %u entries"), name, max);
    return NULL;
}

/* One of `count` words; its index, or -1. */
static int read_word(const Reader *reader, JsonObject *object, const char *name, const char *const *words,
                     int count)
{
    const char *text = read_text(reader, object, name);
    for (int i = 0; text && i < count; i++) {
        if (g_str_equal(text, words[i]))
            return i;
    }
    if (text)
        refuse(reader, _("'%s' has an unknown value"), name);
    return -1;
}

static bool read_box(const Reader *reader, JsonObject *object, LayoutPage *page)
{
    static const char *const shapes[] = {"square", "circle"};
    RectMm rect;
    double outline_mm;
    const char *question = read_text(reader, object, "question");
    const char *option = question ? read_text(reader, object, "option") : NULL;
    if (!option || !read_rect(reader, member(object, "rect"), "rect", page, &rect) ||
        !read_number(reader, object, "outline_mm", 0, 10, &outline_mm))
        return false;
    int shape = read_word(reader, object, "shape", shapes, 2);
    if (shape < 0)
        return false;
    if (layout_box_index(page, question, option) >= 0)
        return refuse(reader, _("the box of question '%s', option '%s' stands there twice"), question,
                      option);
    layout_add_box(page, question, option, rect, outline_mm, (LayoutShape)shape);
    return true;
}

static bool read_field(const Reader *reader, JsonObject *object, LayoutPage *page)
{
    RectMm rect;
    const char *name = read_text(reader, object, "field");
    int kind = name ? read_word(reader, object, "kind", field_kinds, 3) : -1;
    if (kind < 0 || !read_rect(reader, member(object, "rect"), "rect", page, &rect))
        return false;
    layout_add_field(page, name, (LayoutFieldKind)kind, rect);
    return true;
}

/* Reads every object of a list with `read`. */
static bool read_objects(Reader *reader, JsonObject *object, const char *name, LayoutPage *page,
                         bool (*read)(const Reader *, JsonObject *, LayoutPage *))
{
    JsonArray *array = read_array(reader, object, name, LAYOUT_MAX_PLACES);
    if (!array)
        return false;
    size_t length = strlen(reader->place);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        g_snprintf(reader->place + length, sizeof reader->place - length, ".%s[%u]", name, i);
        JsonNode *node = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_OBJECT(node))
            return refuse(reader, _("not an object"));
        if (!read(reader, json_node_get_object(node), page))
            return false;
    }
    reader->place[length] = '\0';
    return true;
}

static bool read_marks(const Reader *reader, JsonObject *object, LayoutPage *page)
{
    JsonArray *marks = read_array(reader, object, "marks", LAYOUT_MARKS);
    if (!marks)
        return false;
    if (json_array_get_length(marks) != LAYOUT_MARKS)
        return refuse(reader, _("'marks' is not a list of %d rectangles"), LAYOUT_MARKS);
    for (guint i = 0; i < LAYOUT_MARKS; i++) {
        if (!read_rect(reader, json_array_get_element(marks, i), "marks", page, &page->marks[i]))
            return false;
    }
    page->has_marks = true;
    return true;
}

static bool read_variable(const Reader *reader, JsonObject *object, LayoutPage *page)
{
    JsonArray *places = read_array(reader, object, "variable", LAYOUT_MAX_PLACES);
    for (guint i = 0; places && i < json_array_get_length(places); i++) {
        RectMm rect;
        if (!read_rect(reader, json_array_get_element(places, i), "variable", page, &rect))
            return false;
        layout_add_variable(page, rect);
    }
    return places != NULL;
}

static bool read_page(Reader *reader, JsonObject *object, LayoutJson *json, guint index)
{
    double width_mm, height_mm, dpi[2] = {0, 0};
    if (!read_number(reader, object, "width_mm", 20, LAYOUT_MAX_SIDE_MM, &width_mm) ||
        !read_number(reader, object, "height_mm", 20, LAYOUT_MAX_SIDE_MM, &height_mm))
        return false;
    LayoutPage *page = layout_add_page(json->layout, width_mm, height_mm);
    JsonNode *code = member(object, "code"), *serial = member(object, "serial");
    JsonNode *blank = member(object, "blank_dpi");
    if ((member(object, "marks") && !read_marks(reader, object, page)) ||
        (code && !read_rect(reader, code, "code", page, &page->code)) ||
        (serial && !read_rect(reader, serial, "serial", page, &page->serial)) ||
        (blank && !read_numbers(reader, blank, "blank_dpi", 2, 50, 700, dpi)) ||
        !read_variable(reader, object, page) || !read_objects(reader, object, "boxes", page, read_box) ||
        !read_objects(reader, object, "fields", page, read_field))
        return false;
    json->dpi_x[index] = dpi[0];
    json->dpi_y[index] = dpi[1];
    return true;
}

static bool read_layout(Reader *reader, JsonNode *root, LayoutJson *json)
{
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return refuse(reader, _("no layout of phieu"));
    JsonObject *object = json_node_get_object(root);
    double format, version;
    if (!read_number(reader, object, "phieu_layout", 1, 1, &format) ||
        !read_number(reader, object, "version", 0, 1000000, &version))
        return false;
    const char *form = read_text(reader, object, "form");
    const char *fingerprint = form ? read_text(reader, object, "fingerprint") : NULL;
    if (!fingerprint)
        return false;
    if (strlen(fingerprint) != 64 || strspn(fingerprint, "0123456789abcdef") != 64)
        return refuse(reader, _("'fingerprint' is not 64 hexadecimal digits"));
    json->layout = layout_new(form, (int)version);
    memcpy(json->layout->fingerprint, fingerprint, sizeof json->layout->fingerprint);
    JsonArray *pages = read_array(reader, object, "pages", LAYOUT_MAX_PAGES);
    for (guint i = 0; pages && i < json_array_get_length(pages); i++) {
        g_snprintf(reader->place, sizeof reader->place, "pages[%u]", i);
        JsonNode *node = json_array_get_element(pages, i);
        if (!JSON_NODE_HOLDS_OBJECT(node))
            return refuse(reader, _("not an object"));
        if (!read_page(reader, json_node_get_object(node), json, i))
            return false;
    }
    return pages != NULL;
}

/* Whether brackets nest no deeper than a layout's do: json-glib 1.6 parses by recursion without a limit. */
static bool is_shallow(const char *text, gsize length)
{
    int depth = 0;
    bool quoted = false;
    for (gsize i = 0; i < length; i++) {
        char c = text[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{') && ++depth > 8)
            return false;
        else if (!quoted && (c == ']' || c == '}'))
            depth--;
    }
    return true;
}

bool layout_from_json(const char *path, const char *text, gsize length, LayoutJson *ret_json, GError **error)
{
    Reader reader = {.path = path, .place = "layout", .error = error};
    if (!g_utf8_validate_len(text, length, NULL))
        return refuse(&reader, _("not UTF-8 text"));
    if (!is_shallow(text, length))
        return refuse(&reader, _("nested too deeply"));
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) cause = NULL;
    if (!json_parser_load_from_data(parser, text, (gssize)length, &cause)) {
        g_autofree char *what = text_printable(cause->message);
        return refuse(&reader, "%s", what);
    }
    LayoutJson json = {0};
    if (!read_layout(&reader, json_parser_get_root(parser), &json)) {
        layout_free(json.layout);
        return false;
    }
    *ret_json = json;
    return true;
}
