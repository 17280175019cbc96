#include "spec/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

void spec_node_free(SpecNode *node)
{
    if (!node)
        return;
    g_free(node->text);
    if (node->children)
        g_ptr_array_unref(node->children);
    g_free(node);
}

/* Where building stands: a stack of open lists and maps. */
typedef struct {
    const char *file;
    GPtrArray *faults;
    GPtrArray *open; /* SpecNode*, borrowed */
    SpecNode *root;
    int nodes, documents;
    bool stopped;
} Builder;

static SpecPlace place_of(const Builder *builder, yaml_mark_t mark)
{
    return (SpecPlace){builder->file, (int)mark.line + 1, (int)mark.column + 1};
}

static void stop(Builder *builder, yaml_mark_t mark, const char *message)
{
    spec_add_fault(builder->faults, place_of(builder, mark), "%s", message);
    builder->stopped = true;
}

static void add_node(Builder *builder, const yaml_event_t *event, SpecNodeKind kind)
{
    SpecNode *node = g_new0(SpecNode, 1);
    node->kind = kind;
    node->place = place_of(builder, event->start_mark);
    if (kind == SPEC_NODE_SCALAR) {
        node->text = g_strndup((const char *)event->data.scalar.value, event->data.scalar.length);
        node->quoted = event->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                       event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    } else {
        node->children = g_ptr_array_new_with_free_func((GDestroyNotify)spec_node_free);
    }
    if (builder->open->len)
        g_ptr_array_add(((SpecNode *)builder->open->pdata[builder->open->len - 1])->children, node);
    else if (!builder->root)
        builder->root = node;
    else
        spec_node_free(node);
    if (++builder->nodes > SPEC_MAX_NODES)
        stop(builder, event->start_mark, _("the file holds too many values; split it"));
    else if (builder->open->len >= SPEC_MAX_DEPTH)
        stop(builder, event->start_mark, _("lists and maps are nested too deeply"));
    else if (kind != SPEC_NODE_SCALAR)
        g_ptr_array_add(builder->open, node);
}

static void take_event(Builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        if (event->data.scalar.anchor)
            stop(builder, event->start_mark, _("anchors ('&') are not allowed; write the value out"));
        else if (memchr(event->data.scalar.value, '\0', event->data.scalar.length))
            stop(builder, event->start_mark, _("a value holds a zero byte"));
        else
            add_node(builder, event, SPEC_NODE_SCALAR);
        break;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        add_node(builder, event, event->type == YAML_MAPPING_START_EVENT ? SPEC_NODE_MAP : SPEC_NODE_LIST);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        g_ptr_array_set_size(builder->open, (gint)builder->open->len - 1);
        break;
    case YAML_ALIAS_EVENT:
        stop(builder, event->start_mark, _("aliases ('*') are not allowed; write the value out"));
        break;
    case YAML_DOCUMENT_START_EVENT:
        if (++builder->documents > 1)
            stop(builder, event->start_mark, _("only one document a file; remove '---'"));
        break;
    default:
        break;
    }
}

/* What libyaml finds wrong with a file, as people who write one by hand meet it. */
static const char *yaml_words(const char *problem)
{
    static const char *const known[] = {
        N_("could not find expected ':'"),
        N_("did not find expected key"),
        N_("did not find expected node content"),
        N_("did not find expected '-' indicator"),
        N_("did not find expected ',' or ']'"),
        N_("did not find expected ',' or '}'"),
        N_("did not find expected <document start>"),
        N_("did not find expected comment or line break"),
        N_("did not find expected whitespace or line break"),
        N_("did not find expected alphabetic or numeric character"),
        N_("did not find expected hexdecimal number"),
        N_("found character that cannot start any token"),
        N_("found a tab character that violates indentation"),
        N_("found a tab character where an indentation space is expected"),
        N_("found unexpected end of stream"),
        N_("found unexpected document indicator"),
        N_("found unexpected ':'"),
        N_("found unknown escape character"),
        N_("found undefined tag handle"),
        N_("mapping values are not allowed in this context"),
        N_("mapping keys are not allowed in this context"),
        N_("block sequence entries are not allowed in this context"),
        N_("control characters are not allowed"),
    };
    for (size_t i = 0; problem && i < G_N_ELEMENTS(known); i++) {
        if (g_str_equal(problem, known[i]))
            return _(known[i]);
    }
    return _("the lines do not fit together");
}

static void add_parser_fault(Builder *builder, const yaml_parser_t *parser)
{
    if (parser->error == YAML_READER_ERROR) {
        /* The reader gives a byte offset, no line. */
        spec_add_fault(builder->faults, (SpecPlace){builder->file, 1, 1},
                       _("byte %zu is not valid UTF-8; save the file as UTF-8"), parser->problem_offset);
        return;
    }
    spec_add_fault(builder->faults, place_of(builder, parser->problem_mark),
                   _("not YAML: %s; look at the indentation, quotes and colons here"),
                   yaml_words(parser->problem));
}

static SpecNode *parse(const char *text, size_t length, const char *file, GPtrArray *faults)
{
    Builder builder = {.file = file, .faults = faults, .open = g_ptr_array_new()};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        spec_add_fault(faults, (SpecPlace){file, 1, 1}, _("cannot be read: %s"), failure_words(ENOMEM));
        g_ptr_array_unref(builder.open);
        return NULL;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    bool done = false;
    while (!done && !builder.stopped) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            add_parser_fault(&builder, &parser);
            builder.stopped = true;
            break;
        }
        done = event.type == YAML_STREAM_END_EVENT;
        take_event(&builder, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    g_ptr_array_unref(builder.open);
    if (builder.stopped) {
        spec_node_free(builder.root);
        return NULL;
    }
    if (!builder.root)
        spec_add_fault(faults, (SpecPlace){file, 1, 1}, _("the file is empty"));
    return builder.root;
}

SpecNode *spec_tree_load(const char *path, const char *shown, GPtrArray *faults)
{
    SpecPlace start = {shown, 1, 1};
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, &length, &error)) {
        spec_add_fault(faults, start, _("cannot be read: %s"), error->message);
        return NULL;
    }
    if (length > SPEC_MAX_BYTES) {
        spec_add_fault(faults, start, _("the file is larger than %d MiB; it is no definition"),
                       SPEC_MAX_BYTES / 1024 / 1024);
        return NULL;
    }
    return parse(text, length, shown, faults);
}
