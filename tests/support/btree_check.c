/* SPDX-License-Identifier: MIT */
#include "btree_check.h"

#include "test.h"

struct walk {
    const struct cairn_btree_shape *shape;
    size_t entries;
    size_t nodes;
};

/* At an edge of the tree one entry is enough. */
static void check_node(struct walk *walk, const struct cairn_btree_node *node, bool first,
                       bool last)
{
    size_t least = first || last ? 1 : cairn_btree_least(walk->shape->capacity);
    expect_between(node->count, least, walk->shape->capacity);
    walk->entries += node->count;
    walk->nodes++;
    if (node->level == 0)
        return;
    for (size_t i = 0; i <= node->count; i++) {
        const struct cairn_btree_node *child = cairn_btree_children(walk->shape, node)[i];
        assert_ptr_equal(child->parent, node);
        assert_int_equal(child->index, i);
        assert_int_equal(child->level, node->level - 1);
        check_node(walk, child, first && i == 0, last && i == node->count);
    }
}

size_t btree_check(const struct cairn_btree_node *root, const struct cairn_btree_shape *shape,
                   size_t length)
{
    struct walk walk = {shape, 0, 0};
    if (root) {
        assert_null(root->parent);
        check_node(&walk, root, true, true);
    }
    assert_int_equal(walk.entries, length);
    return walk.nodes;
}
