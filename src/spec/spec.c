/* From a tree of nodes (tree.c) to structs, by their tables. */
#include "spec/spec.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "spec/tree.h"

#define AT(structure, offset, type) (*(type *)((char *)(structure) + (offset)))

void spec_fault_free(SpecFault *fault)
{
    if (!fault)
        return;
    g_free(fault->message);
    g_free(fault);
}

void spec_add_fault(GPtrArray *faults, SpecPlace place, const char *format, ...)
{
    SpecFault *fault = g_new0(SpecFault, 1);
    fault->place = place;
    va_list arguments;
    va_start(arguments, format);
    fault->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(faults, fault);
}

static void text_free(gpointer data)
{
    SpecText *text = data;
    g_free(text->text);
    g_free(text);
}

/* ---- scalars
 * ------------------------------------------------------------------------------------------------- */

/* The node's text when it is a scalar of good text; else NULL and a fault. */
static const char *scalar_text(const SpecNode *node, const char *key, GPtrArray *faults)
{
    if (node->kind != SPEC_NODE_SCALAR) {
        spec_add_fault(faults, node->place, _("'%s' must be a single value, not a list or a map"), key);
        return NULL;
    }
    if (!text_is_nfc(node->text)) {
        spec_add_fault(
            faults, node->place,
            _("'%s': the text is not in composed Unicode (NFC): type it again, or save the file as "
              "'Unicode dựng sẵn'"),
            key);
        return NULL;
    }
    return node->text;
}

static bool plain_scalar(const SpecNode *node, const char *key, const char *wanted, GPtrArray *faults)
{
    if (!scalar_text(node, key, faults))
        return false;
    if (!node->quoted && *node->text)
        return true;
    g_autofree char *shown = text_printable(node->text);
    spec_add_fault(faults, node->place, _("'%s' must be %s, not the text \"%s\""), key, wanted, shown);
    return false;
}

static void read_number(const SpecNode *node, const SpecField *field, void *structure, GPtrArray *faults)
{
    if (!plain_scalar(node, field->key, _("a number"), faults))
        return;
    g_autoptr(GError) error = NULL;
    if (field->type == SPEC_INT) {
        int64_t value;
        if (number_parse_int(node->text, (int64_t)field->min, (int64_t)field->max, &value, &error))
            AT(structure, field->offset, int) = (int)value;
    } else if (field->type == SPEC_NUMBER) {
        number_parse_double(node->text, field->min, field->max, &AT(structure, field->offset, double),
                            &error);
    } else {
        Rational *value = rational_parse(node->text, &error);
        if (value && rational_sign(value) < 0)
            g_set_error(&error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("'%s' is negative"), node->text);
        if (value && !error) {
            rational_free(AT(structure, field->offset, Rational *));
            AT(structure, field->offset, Rational *) = value;
        } else {
            rational_free(value);
        }
    }
    if (error)
        spec_add_fault(faults, node->place, "'%s': %s", field->key, error->message);
}

static void read_choice(const SpecNode *node, const SpecField *field, void *structure, GPtrArray *faults)
{
    static const char *const truth[] = {"false", "true", NULL};
    const char *const *choices = field->type == SPEC_BOOL ? truth : field->choices;
    const char *text = scalar_text(node, field->key, faults);
    if (!text)
        return;
    for (int i = 0; choices[i]; i++) {
        if (!g_str_equal(text, choices[i]))
            continue;
        if (field->type == SPEC_BOOL)
            AT(structure, field->offset, bool) = i == 1;
        else
            AT(structure, field->offset, int) = i;
        return;
    }
    g_autofree char *all = g_strjoinv(", ", (char **)choices);
    g_autofree char *shown = text_printable(text);
    spec_add_fault(faults, node->place, _("'%s': '%s' is none of: %s"), field->key, shown, all);
}

static void read_text(const SpecNode *node, const SpecField *field, void *structure, GPtrArray *faults)
{
    const char *text = scalar_text(node, field->key, faults);
    if (!text)
        return;
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    if (!*trimmed && !(field->flags & SPEC_MAY_BE_EMPTY)) {
        spec_add_fault(faults, node->place, _("'%s' is empty"), field->key);
        return;
    }
    g_free(AT(structure, field->offset, char *));
    AT(structure, field->offset, char *) = g_steal_pointer(&trimmed);
}

/* ---- lists and maps
 * -------------------------------------------------------------------------------------------- */

static void *read_struct(const SpecNode *node, const SpecTable *table, GPtrArray *faults);

static bool is_list(const SpecNode *node, const char *key, GPtrArray *faults)
{
    if (node->kind == SPEC_NODE_LIST)
        return true;
    spec_add_fault(faults, node->place, _("'%s' must be a list: [a, b] or lines that start with '- '"), key);
    return false;
}

static void read_list(const SpecNode *node, const SpecField *field, void *structure, GPtrArray *faults)
{
    GPtrArray *list = AT(structure, field->offset, GPtrArray *);
    if (!is_list(node, field->key, faults))
        return;
    for (guint i = 0; i < node->children->len; i++) {
        const SpecNode *child = node->children->pdata[i];
        if (field->type == SPEC_STRUCTS) {
            void *element = read_struct(child, field->table, faults);
            if (element)
                g_ptr_array_add(list, element);
        } else if (field->type == SPEC_TEXTS) {
            const char *text = scalar_text(child, field->key, faults);
            if (text) {
                SpecText *element = g_new0(SpecText, 1);
                *element = (SpecText){child->place, g_strstrip(g_strdup(text))};
                g_ptr_array_add(list, element);
            }
        } else {
            Rational *value = NULL;
            SpecField one = {field->key, SPEC_DECIMAL, 0, 0, 0, 0, NULL, NULL};
            read_number(child, &one, &value, faults);
            if (value)
                g_ptr_array_add(list, value);
        }
    }
}

static void read_field(const SpecNode *node, const SpecField *field, void *structure, GPtrArray *faults)
{
    switch (field->type) {
    case SPEC_TEXT:
        read_text(node, field, structure, faults);
        break;
    case SPEC_INT:
    case SPEC_NUMBER:
    case SPEC_DECIMAL:
        read_number(node, field, structure, faults);
        break;
    case SPEC_BOOL:
    case SPEC_CHOICE:
        read_choice(node, field, structure, faults);
        break;
    case SPEC_STRUCT:
        AT(structure, field->offset, void *) = read_struct(node, field->table, faults);
        break;
    case SPEC_TEXTS:
    case SPEC_DECIMALS:
    case SPEC_STRUCTS:
        read_list(node, field, structure, faults);
        break;
    }
}

static void add_unknown_key(const SpecNode *key, const SpecTable *table, GPtrArray *faults)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (const SpecField *field = table->fields; field->key; field++)
        g_ptr_array_add(keys, (gpointer)field->key);
    g_ptr_array_add(keys, NULL);
    const char *nearest = text_nearest(key->text, (const char *const *)keys->pdata, 3);
    g_autofree char *all = g_strjoinv(", ", (char **)keys->pdata);
    g_autofree char *shown = text_printable(key->text);
    if (nearest)
        spec_add_fault(faults, key->place, _("unknown key '%s' in %s; did you mean '%s'?"), shown,
                       _(table->name), nearest);
    else
        spec_add_fault(faults, key->place, _("unknown key '%s' in %s; known are: %s"), shown, _(table->name),
                       all);
}

static void read_keys(const SpecNode *node, const SpecTable *table, void *structure, GPtrArray *faults)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i + 1 < node->children->len; i += 2) {
        const SpecNode *key = node->children->pdata[i], *value = node->children->pdata[i + 1];
        if (key->kind != SPEC_NODE_SCALAR) {
            spec_add_fault(faults, key->place, _("a key must be a single word"));
            continue;
        }
        if (!g_hash_table_add(seen, key->text)) {
            spec_add_fault(faults, key->place, _("key '%s' is given twice; keep one"), key->text);
            continue;
        }
        const SpecField *field = table->fields;
        while (field->key && !g_str_equal(field->key, key->text))
            field++;
        if (field->key)
            read_field(value, field, structure, faults);
        else
            add_unknown_key(key, table, faults);
    }
    for (const SpecField *field = table->fields; field->key; field++) {
        if ((field->flags & SPEC_REQUIRED) && !g_hash_table_contains(seen, field->key))
            spec_add_fault(faults, node->place, _("%s lacks '%s'"), _(table->name), field->key);
    }
}

/* A struct with empty lists, no text NULL, and its preset values. */
static void *new_struct(const SpecTable *table, SpecPlace place)
{
    void *structure = g_malloc0(table->size);
    AT(structure, table->place_offset, SpecPlace) = place;
    for (const SpecField *field = table->fields; field->key; field++) {
        if (field->type == SPEC_TEXT)
            AT(structure, field->offset, char *) = g_strdup("");
        else if (field->type == SPEC_TEXTS)
            AT(structure, field->offset, GPtrArray *) = g_ptr_array_new_with_free_func(text_free);
        else if (field->type == SPEC_DECIMALS)
            AT(structure, field->offset, GPtrArray *) =
                g_ptr_array_new_with_free_func((GDestroyNotify)rational_free);
        else if (field->type == SPEC_STRUCTS)
            AT(structure, field->offset, GPtrArray *) = g_ptr_array_new();
    }
    if (table->preset)
        table->preset(structure);
    return structure;
}

static void *read_struct(const SpecNode *node, const SpecTable *table, GPtrArray *faults)
{
    if (node->kind != SPEC_NODE_MAP) {
        spec_add_fault(faults, node->place, _("%s must be a map: lines of 'key: value'"), _(table->name));
        return NULL;
    }
    void *structure = new_struct(table, node->place);
    read_keys(node, table, structure, faults);
    return structure;
}

void *spec_read(const char *path, const char *shown, const SpecTable *table, GPtrArray *faults)
{
    SpecPlace start = {g_intern_string(shown), 1, 1};
    SpecNode *root = spec_tree_load(path, start.file, faults);
    void *structure = root ? read_struct(root, table, faults) : NULL;
    spec_node_free(root);
    return structure ? structure : new_struct(table, start);
}

void spec_free(void *structure, const SpecTable *table)
{
    if (!structure)
        return;
    for (const SpecField *field = table->fields; field->key; field++) {
        switch (field->type) {
        case SPEC_TEXT:
            g_free(AT(structure, field->offset, char *));
            break;
        case SPEC_DECIMAL:
            rational_free(AT(structure, field->offset, Rational *));
            break;
        case SPEC_STRUCT:
            spec_free(AT(structure, field->offset, void *), field->table);
            break;
        case SPEC_STRUCTS: {
            GPtrArray *list = AT(structure, field->offset, GPtrArray *);
            for (guint i = 0; i < list->len; i++)
                spec_free(list->pdata[i], field->table);
            g_ptr_array_unref(list);
            break;
        }
        case SPEC_TEXTS:
        case SPEC_DECIMALS:
            g_ptr_array_unref(AT(structure, field->offset, GPtrArray *));
            break;
        case SPEC_INT:
        case SPEC_NUMBER:
        case SPEC_BOOL:
        case SPEC_CHOICE:
            break;
        }
    }
    g_free(structure);
}
