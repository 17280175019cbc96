/* The layout file of `phieu print --layout` → ballots with their questions. */
#include "sim/sim.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static void box_free(gpointer data)
{
    SimBox *box = data;
    g_free(box->option);
    g_free(box);
}

static void question_free(gpointer data)
{
    SimQuestion *question = data;
    g_free(question->question);
    g_ptr_array_unref(question->boxes);
    g_free(question);
}

static void field_free(gpointer data)
{
    SimField *field = data;
    g_free(field->field);
    g_free(field);
}

static void page_free(gpointer data)
{
    SimPage *page = data;
    g_ptr_array_unref(page->questions);
    g_ptr_array_unref(page->fields);
    g_free(page);
}

static void ballot_free(gpointer data)
{
    SimBallot *ballot = data;
    g_free(ballot->serial);
    g_free(ballot->form);
    g_free(ballot->group);
    g_free(ballot->agency);
    g_free(ballot->origin);
    g_ptr_array_unref(ballot->pages);
    g_free(ballot);
}

static const char *text_of(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static double number_of(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : 0;
}

static RectMm rect_of(JsonObject *object)
{
    return (RectMm){number_of(object, "x_mm"), number_of(object, "y_mm"), number_of(object, "w_mm"),
                    number_of(object, "h_mm")};
}

static SimQuestion *question_of(SimPage *page, const char *id)
{
    for (guint i = 0; i < page->questions->len; i++) {
        SimQuestion *question = page->questions->pdata[i];
        if (strcmp(question->question, id) == 0) {
            return question;
        }
    }
    SimQuestion *question = g_new0(SimQuestion, 1);
    question->question = g_strdup(id);
    question->boxes = g_ptr_array_new_with_free_func(box_free);
    g_ptr_array_add(page->questions, question);
    return question;
}

/* A row of a table of levels: at least three boxes in one row at one pitch, at the right edge of the page.
 * Questions about the person stand further left or in uneven steps. */
static bool is_scale(const SimPage *page, const SimQuestion *question)
{
    if (question->boxes->len < 3) {
        return false;
    }
    const SimBox *first = question->boxes->pdata[0], *second = question->boxes->pdata[1];
    double pitch = second->rect.x_mm - first->rect.x_mm, at = first->rect.x_mm;
    for (guint i = 1; i < question->boxes->len; i++) {
        const SimBox *box = question->boxes->pdata[i];
        if (fabs(box->rect.y_mm - first->rect.y_mm) > 0.5 || fabs(box->rect.x_mm - at - pitch) > 0.5) {
            return false;
        }
        at = box->rect.x_mm;
    }
    return at > page->width_mm - 45;
}

static void find_scales(SimPage *page)
{
    for (guint i = 0; i < page->questions->len; i++) {
        SimQuestion *question = page->questions->pdata[i];
        question->scale = is_scale(page, question);
    }
}

static SimPage *page_load(JsonObject *object, char *const *many)
{
    SimPage *page = g_new0(SimPage, 1);
    page->pdf_page = (int)number_of(object, "pdf_page");
    page->page = (int)number_of(object, "page");
    page->width_mm = number_of(object, "width_mm");
    page->height_mm = number_of(object, "height_mm");
    page->questions = g_ptr_array_new_with_free_func(question_free);
    page->fields = g_ptr_array_new_with_free_func(field_free);
    JsonArray *boxes = json_object_get_array_member(object, "boxes");
    for (guint i = 0; boxes && i < json_array_get_length(boxes); i++) {
        JsonObject *entry = json_array_get_object_element(boxes, i);
        const char *id = text_of(entry, "question"), *option = text_of(entry, "option");
        if (!id || !option) {
            continue;
        }
        SimQuestion *question = question_of(page, id);
        question->many = many && g_strv_contains((const char *const *)many, id);
        SimBox *box = g_new0(SimBox, 1);
        box->option = g_strdup(option);
        box->rect = rect_of(entry);
        box->round = g_strcmp0(text_of(entry, "shape"), "circle") == 0;
        g_ptr_array_add(question->boxes, box);
    }
    find_scales(page);
    JsonNode *fields_node = json_object_get_member(object, "fields");
    JsonArray *fields =
        fields_node && JSON_NODE_HOLDS_ARRAY(fields_node) ? json_node_get_array(fields_node) : NULL;
    for (guint i = 0; fields && i < json_array_get_length(fields); i++) {
        JsonObject *entry = json_array_get_object_element(fields, i);
        SimField *field = g_new0(SimField, 1);
        field->field = g_strdup(text_of(entry, "field"));
        field->digits = g_strcmp0(text_of(entry, "kind"), "digits") == 0;
        field->rect = rect_of(entry);
        g_ptr_array_add(page->fields, field);
    }
    return page;
}

GPtrArray *ballots_load(const char *layout_path, const char *pdf_path, const char *many, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!json_parser_load_from_mapped_file(parser, layout_path, error)) {
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    JsonObject *object = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    JsonNode *pages_node = object ? json_object_get_member(object, "pages") : NULL;
    if (!pages_node || !JSON_NODE_HOLDS_ARRAY(pages_node)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    "%s: no member 'pages'; give the file of phieu print --layout", layout_path);
        return NULL;
    }
    g_auto(GStrv) many_ids = many ? g_strsplit(many, ",", -1) : NULL;
    JsonArray *pages = json_node_get_array(pages_node);
    g_autoptr(GPtrArray) ballots = g_ptr_array_new_with_free_func(ballot_free);
    g_autoptr(GHashTable) by_serial = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < json_array_get_length(pages); i++) {
        JsonObject *entry = json_array_get_object_element(pages, i);
        const char *serial = text_of(entry, "serial");
        if (!serial || number_of(entry, "width_mm") <= 0 || number_of(entry, "pdf_page") < 1) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        "%s: page %u lacks serial, pdf_page or width_mm", layout_path, i + 1);
            return NULL;
        }
        SimBallot *ballot = g_hash_table_lookup(by_serial, serial);
        if (!ballot) {
            ballot = g_new0(SimBallot, 1);
            ballot->serial = g_strdup(serial);
            ballot->form = g_strdup(text_of(entry, "form"));
            ballot->group = g_strdup(text_of(entry, "group"));
            ballot->agency = g_strdup(text_of(entry, "agency"));
            ballot->origin = g_strdup(text_of(entry, "origin"));
            ballot->pdf = pdf_path;
            ballot->pages = g_ptr_array_new_with_free_func(page_free);
            g_ptr_array_add(ballots, ballot);
            g_hash_table_insert(by_serial, ballot->serial, ballot);
        }
        g_ptr_array_add(ballot->pages, page_load(entry, many_ids));
    }
    return g_steal_pointer(&ballots);
}
