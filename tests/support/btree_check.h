/* SPDX-License-Identifier: MIT */
/* Whether a B-tree is sound, but for the order of its keys, which only its type knows. */
#ifndef BTREE_CHECK_H
#define BTREE_CHECK_H

#include <cairn/btree.h>

/*
 * Fails the test unless parents and children know each other, all leaves are on level 0, each node has
 * as many entries as it must, and the tree has `length` in all. Gives the number of its nodes.
 */
size_t btree_check(const struct cairn_btree_node *root, const struct cairn_btree_shape *shape,
                   size_t length);

#endif
