/* SPDX-License-Identifier: MIT */
/* Whether a B-tree is sound, but for the order of its keys, which only its type knows. */
#ifndef BTREE_CHECK_H
#define BTREE_CHECK_H

#include <cairn/btree.h>

struct btree_walk {
    const struct cairn_btree_shape *shape;
    size_t entries;
    size_t nodes;
};

/* At an edge of the tree one entry is enough. */
static inline void btree_check_node(struct btree_walk *walk, const struct cairn_btree_node *node,
                                    bool first, bool last)
{
    size_t least = first || last ? 1 : cairn_btree_least(walk->shape->capacity);
    cairn_check(node->count >= least && node->count <= walk->shape->capacity,
                "a node on level %u has %u entries, not %zu to %zu", node->level, node->count,
                least, walk->shape->capacity);
    walk->entries += node->count;
    walk->nodes++;
    if (node->level == 0)
        return;
    for (size_t i = 0; i <= node->count; i++) {
        const struct cairn_btree_node *child = cairn_btree_children(walk->shape, node)[i];
        cairn_check(child->parent == node && child->index == i, "child %zu does not know it", i);
        cairn_check(child->level + 1 == node->level, "a child of level %u is on level %u",
                    node->level, child->level);
        btree_check_node(walk, child, first && i == 0, last && i == node->count);
    }
}

/*
 * Panics unless parents and children know each other, all leaves are on level 0, each node has as
 * many entries as it must, and the tree has `length` in all. Gives the number of its nodes.
 */
static inline size_t btree_check(const struct cairn_btree_node *root,
                                 const struct cairn_btree_shape *shape, size_t length)
{
    struct btree_walk walk = {shape, 0, 0};
    if (root) {
        cairn_check(!root->parent, "the root has a parent");
        btree_check_node(&walk, root, true, true);
    }
    cairn_check(walk.entries == length, "the length is %zu, but there are %zu entries", length,
                walk.entries);
    return walk.nodes;
}

#endif
