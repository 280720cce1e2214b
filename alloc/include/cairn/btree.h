/* SPDX-License-Identifier: MIT */
/*
 * A B-tree: entries in order, in nodes of many. The untyped core of btree_map and btree_set.
 *
 * An entry is a key and a value, or a key alone. A node holds its keys in a row, then its values;
 * an internal node also has children, one more than entries: child i lies before entry i. All leaves
 * are on level 0. Nodes know their parents, so that a place in the tree is a node and an index, and
 * iteration needs no stack.
 *
 * The typed collection looks for keys and moves entries in and out. What is here makes room for
 * them, closes gaps, and keeps the tree balanced; it knows entries as bytes. What happens in one
 * leaf alone, the typed collection does itself.
 *
 * Everything that allocates gets all nodes that it may need before it changes anything. Removing
 * allocates nothing.
 *
 * Invariants: a node has at most `capacity` entries, and at least cairn_btree_least(). Nodes at the
 *             tree's two edges may have fewer, but at least one: what is inserted in order, at
 *             either end, then fills whole nodes, and not halves.
 *
 * Source: Bayer and McCreight, "Organization and Maintenance of Large Ordered Indexes", 1972; the
 * fields of a node are those of Rust's BTreeMap, and the split at an edge that of Abseil's.
 */
#ifndef CAIRN_BTREE_H
#define CAIRN_BTREE_H

#include <cairn/collection.h>

CAIRN_C_BEGIN

struct cairn_btree_node {
    struct cairn_btree_node *parent; /* null in the root */
    uint16_t index;                  /* among the parent's children */
    uint16_t count;                  /* of entries */
    uint16_t level;                  /* above the leaves; 0: a leaf */
};

/* Whether a bound of a range belongs to it. */
enum cairn_bound {
    CAIRN_INCLUDED,
    CAIRN_EXCLUDED,
};

/* Which of two sets have an item: what a set operation wants. */
enum cairn_btree_sides {
    CAIRN_BTREE_LEFT = 1,
    CAIRN_BTREE_RIGHT = 2,
    CAIRN_BTREE_BOTH = 4,
};

/* What the core knows of a tree's type. */
struct cairn_btree_shape {
    size_t capacity; /* entries of a node */
    size_t key_size; /* bytes */
    size_t value_size;
    size_t keys_offset; /* of the arrays in a node */
    size_t values_offset;
    size_t children_offset;
    struct cairn_layout leaf;
    struct cairn_layout internal;
    int (*compare)(const void *one, const void *other); /* keys */
};

/*
 * A place in a tree. As an entry it is that with this index. As an edge it lies before that entry,
 * or after all entries of the node where the index is the count; edges are in leaves.
 */
struct cairn_btree_place {
    struct cairn_btree_node *node; /* null: none */
    size_t index;
};

/*
 * The capacity of nodes for entries of `size` bytes: about 240 bytes of them, so that a leaf is 256;
 * but at least 11, as Rust's have, which keeps the tree flat, and at most 60. In small heaps a node of
 * eleven large entries is too much: then it is 5.
 */
#define CAIRN_BTREE_CAPACITY(size) \
    ((size) > 512 ? 5 : (size) > 21 ? 11 : (size) < 4 ? 60 : 240 / ((size) + !(size)))

/* Bytes that a processor fetches at once. Another number costs speed and nothing else. */
#define CAIRN_BTREE_LINE 64

/* The fewest entries of a node inside the tree. At least 2: see cairn_btree_split_off(). */
static inline size_t cairn_btree_least(size_t capacity)
{
    return (capacity - 1) / 2;
}

static inline struct cairn_btree_node **cairn_btree_children(const struct cairn_btree_shape *shape,
                                                             const struct cairn_btree_node *node)
{
    return (struct cairn_btree_node **)((uintptr_t)node + shape->children_offset);
}

/* Whether the key is in the tree, and its entry; or the edge where it would be. Cost: O(log n). */
bool cairn_btree_find(const struct cairn_btree_shape *shape, struct cairn_btree_node *root,
                      const void *key, struct cairn_btree_place *at);

/* The first and the last edge of a tree; of none, an edge without a node. Cost: O(log n). */
struct cairn_btree_place cairn_btree_first_edge(const struct cairn_btree_shape *shape,
                                                struct cairn_btree_node *root);
struct cairn_btree_place cairn_btree_last_edge(const struct cairn_btree_shape *shape,
                                               struct cairn_btree_node *root);

/* The entry next to an edge, or none. Cost: O(1) on average over all edges, as all the four. */
struct cairn_btree_place cairn_btree_entry_after(struct cairn_btree_place edge);
struct cairn_btree_place cairn_btree_entry_before(struct cairn_btree_place edge);

/* The edge next to an entry. */
struct cairn_btree_place cairn_btree_edge_after(const struct cairn_btree_shape *shape,
                                                struct cairn_btree_place entry);
struct cairn_btree_place cairn_btree_edge_before(const struct cairn_btree_shape *shape,
                                                 struct cairn_btree_place entry);

/* Gives the entry after an edge, or none, and moves the edge over it; and the same backwards. */
struct cairn_btree_place cairn_btree_step(const struct cairn_btree_shape *shape,
                                          struct cairn_btree_place *edge);
struct cairn_btree_place cairn_btree_step_back(const struct cairn_btree_shape *shape,
                                               struct cairn_btree_place *edge);

/*
 * Nodes that are allocated and not yet in a tree. Zero is none of them.
 *
 * Errors: of reserve: NO_MEMORY; what there was before the call is given back, too.
 */
struct cairn_btree_spares {
    struct cairn_btree_node *leaves; /* linked by their parents */
    struct cairn_btree_node *internals;
};
enum cairn_collection_error cairn_btree_reserve(struct cairn_btree_spares *spares,
                                                const struct cairn_btree_shape *shape,
                                                struct cairn_allocator *allocator, size_t leaves,
                                                size_t internals,
                                                enum cairn_fallibility fallibility);
void cairn_btree_free_spares(struct cairn_btree_spares *spares,
                             const struct cairn_btree_shape *shape,
                             struct cairn_allocator *allocator);

/*
 * Makes room for an entry at an edge: _insert_with() from spares, _insert() from what it allocates;
 * _put_in() fills it in, too.
 *
 * Needs:  the edge is that of a leaf, or has no node where the tree is empty. There are enough
 *         spares: a leaf, and as many internal nodes as the root's level and one.
 * Gives:  *place is the new entry, whose bytes are to be filled in.
 * Errors: NO_MEMORY, and the tree is as it was.
 * Cost:   O(capacity * log n) at most; O(capacity) on average.
 */
enum cairn_collection_error cairn_btree_insert(struct cairn_btree_node **root,
                                               const struct cairn_btree_shape *shape,
                                               struct cairn_allocator *allocator,
                                               struct cairn_btree_place *place,
                                               enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_btree_put_in(struct cairn_btree_node **root,
                                               const struct cairn_btree_shape *shape,
                                               struct cairn_allocator *allocator,
                                               struct cairn_btree_place *place, const void *key,
                                               const void *value,
                                               enum cairn_fallibility fallibility);
void cairn_btree_insert_with(struct cairn_btree_node **root, const struct cairn_btree_shape *shape,
                             struct cairn_btree_spares *spares, struct cairn_btree_place *place);

/*
 * Removes an entry whose bytes are no longer needed.
 *
 * Gives: the edge where it was.
 * Cost:  as insert.
 */
struct cairn_btree_place cairn_btree_remove(struct cairn_btree_node **root,
                                            const struct cairn_btree_shape *shape,
                                            struct cairn_allocator *allocator,
                                            struct cairn_btree_place entry);

/*
 * Makes a tree of `count` entries, whose bytes are to be filled in, in as few nodes as can hold
 * them; null for none.
 *
 * Errors: NO_MEMORY.
 * Cost:   O(count / capacity)
 */
enum cairn_collection_error cairn_btree_build(struct cairn_btree_node **root,
                                              const struct cairn_btree_shape *shape,
                                              struct cairn_allocator *allocator, size_t count,
                                              enum cairn_fallibility fallibility);

/*
 * Takes what lies after an edge out of the tree, and makes a tree of it. Either may be empty.
 *
 * Gives:  *count is the number of entries in *tail; `length` is that of the whole tree before.
 * Errors: NO_MEMORY, and the tree is as it was; *tail is null.
 * Cost:   O(log n), and O(entries in the smaller part / capacity) to count them.
 */
enum cairn_collection_error cairn_btree_split_off(struct cairn_btree_node **root,
                                                  const struct cairn_btree_shape *shape,
                                                  struct cairn_allocator *allocator,
                                                  struct cairn_btree_place edge, size_t length,
                                                  struct cairn_btree_node **tail, size_t *count,
                                                  enum cairn_fallibility fallibility);

/* Gives all nodes back, not what the entries own. Null is a tree without nodes. */
void cairn_btree_free(struct cairn_btree_node *root, const struct cairn_btree_shape *shape,
                      struct cairn_allocator *allocator);

CAIRN_C_END

#endif
