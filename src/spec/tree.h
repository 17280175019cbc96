/* A YAML file as a tree of nodes with their places; inside the room only. */
#ifndef PHIEU_SPEC_TREE_H
#define PHIEU_SPEC_TREE_H

#include "spec/spec.h"

typedef enum { SPEC_NODE_SCALAR, SPEC_NODE_LIST, SPEC_NODE_MAP } SpecNodeKind;

typedef struct SpecNode SpecNode;
struct SpecNode {
    SpecNodeKind kind;
    SpecPlace place;
    char *text;          /* scalar */
    bool quoted;         /* scalar in quotes: a text, never a number */
    GPtrArray *children; /* list: elements; map: key, value, key, value … */
};

/* The tree of a file, or NULL with faults. */
SpecNode *spec_tree_load(const char *path, const char *shown, GPtrArray *faults);
void spec_node_free(SpecNode *node);

#endif
