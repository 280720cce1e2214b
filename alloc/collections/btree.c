/* SPDX-License-Identifier: MIT */
/*
 * The tree's structure: see <cairn/btree.h>.
 *
 * Everything is made of four steps: an entry's gap is opened or closed within a node; a full node is
 * split in two; two neighbours are merged; entries are shifted from one neighbour to the other. In
 * each of them the entry between two neighbours, their separator, lies in the parent.
 */
#include <cairn/btree.h>

typedef struct cairn_btree_node btree_node;
typedef struct cairn_btree_place btree_place;
typedef const struct cairn_btree_shape btree_shape;

/* Entries and children as bytes. */

static void *key_of(btree_shape *self, const btree_node *of, size_t index)
{
    return (void *)((uintptr_t)of + self->keys_offset + index * self->key_size);
}

static void *value_of(btree_shape *self, const btree_node *of, size_t index)
{
    return (void *)((uintptr_t)of + self->values_offset + index * self->value_size);
}

/* Halves what is left; see the template for a faster way, where the compiler knows the keys. */
static bool look_in(btree_shape *self, const btree_node *node, const void *key, size_t *index)
{
    size_t first = 0, end = node->count;
    while (first < end) {
        size_t middle = (first + end) / 2;
        int order = self->compare(key_of(self, node, middle), key);
        *index = middle;
        if (order == 0)
            return true;
        if (order < 0)
            first = middle + 1;
        else
            end = middle;
    }
    *index = first;
    return false;
}

bool cairn_btree_find(btree_shape *self, btree_node *root, const void *key, btree_place *at)
{
    *at = CAIRN_LITERAL(btree_place){root, 0};
    while (at->node) {
        if (look_in(self, at->node, key, &at->index))
            return true;
        if (at->node->level == 0)
            return false;
        at->node = cairn_btree_children(self, at->node)[at->index];
    }
    return false;
}

/* Within a node they may overlap. */
static void move_entries(btree_shape *self, btree_node *to, size_t to_index, const btree_node *from,
                         size_t from_index, size_t count)
{
    __builtin_memmove(key_of(self, to, to_index), key_of(self, from, from_index),
                      count * self->key_size);
    __builtin_memmove(value_of(self, to, to_index), value_of(self, from, from_index),
                      count * self->value_size);
}

static void set_child(btree_shape *self, btree_node *parent, size_t index, btree_node *child)
{
    cairn_btree_children(self, parent)[index] = child;
    child->parent = parent;
    child->index = (uint16_t)index;
}

/* As move_entries(), of children; those of a leaf are none. */
static void move_children(btree_shape *self, btree_node *to, size_t to_index,
                          const btree_node *from, size_t from_index, size_t count)
{
    if (to->level == 0)
        return;
    __builtin_memmove(&cairn_btree_children(self, to)[to_index],
                      &cairn_btree_children(self, from)[from_index], count * sizeof(btree_node *));
    for (size_t i = to_index; i < to_index + count; i++)
        set_child(self, to, i, cairn_btree_children(self, to)[i]);
}

/* Opens a gap for an entry at `index`, and for the child after it. */
static void open_gap(btree_shape *self, btree_node *in, size_t index)
{
    size_t after = in->count - index;
    move_entries(self, in, index + 1, in, index, after);
    move_children(self, in, index + 2, in, index + 1, after);
    in->count++;
}

/* Takes out the entry at `index`, and the child after it. */
static void close_gap(btree_shape *self, btree_node *in, size_t index)
{
    size_t after = in->count - index - 1u;
    move_entries(self, in, index, in, index + 1, after);
    move_children(self, in, index + 1, in, index + 2, after);
    in->count--;
}

/* Nodes, and nodes in reserve. */

static struct cairn_layout layout_of(btree_shape *self, size_t level)
{
    return level == 0 ? self->leaf : self->internal;
}

static void free_node(btree_node *gone, btree_shape *self, struct cairn_allocator *allocator)
{
    cairn_collection_dealloc(allocator, gone, layout_of(self, gone->level));
}

static void put_spare(btree_node **list, btree_node *spare)
{
    spare->parent = *list;
    *list = spare;
}

static btree_node *take_spare(btree_node **list)
{
    btree_node *spare = *list;
    *list = spare->parent;
    return spare;
}

static btree_node *take_node(struct cairn_btree_spares *spares, size_t level)
{
    btree_node *taken = take_spare(level == 0 ? &spares->leaves : &spares->internals);
    taken->parent = NULL;
    taken->level = (uint16_t)level;
    taken->count = taken->index = 0;
    return taken;
}

static void free_list(btree_node **list, size_t level, btree_shape *self,
                      struct cairn_allocator *allocator)
{
    while (*list)
        cairn_collection_dealloc(allocator, take_spare(list), layout_of(self, level));
}

void cairn_btree_free_spares(struct cairn_btree_spares *spares, btree_shape *self,
                             struct cairn_allocator *allocator)
{
    free_list(&spares->leaves, 0, self, allocator);
    free_list(&spares->internals, 1, self, allocator);
}

static bool add_spares(btree_node **list, size_t level, size_t count, btree_shape *self,
                       struct cairn_allocator *allocator, enum cairn_fallibility fallibility)
{
    for (size_t i = 0; i < count; i++) {
        btree_node *spare =
            (btree_node *)cairn_collection_alloc(allocator, layout_of(self, level), fallibility);
        if (!spare)
            return false;
        put_spare(list, spare);
    }
    return true;
}

enum cairn_collection_error cairn_btree_reserve(struct cairn_btree_spares *spares,
                                                btree_shape *self,
                                                struct cairn_allocator *allocator, size_t leaves,
                                                size_t internals,
                                                enum cairn_fallibility fallibility)
{
    if (add_spares(&spares->leaves, 0, leaves, self, allocator, fallibility) &&
        add_spares(&spares->internals, 1, internals, self, allocator, fallibility))
        return CAIRN_COLLECTION_OK;
    cairn_btree_free_spares(spares, self, allocator);
    return CAIRN_COLLECTION_NO_MEMORY;
}

/* From place to place. */

btree_place cairn_btree_first_edge(btree_shape *self, btree_node *root)
{
    while (root && root->level != 0)
        root = cairn_btree_children(self, root)[0];
    return CAIRN_LITERAL(btree_place){root, 0};
}

btree_place cairn_btree_last_edge(btree_shape *self, btree_node *root)
{
    while (root && root->level != 0)
        root = cairn_btree_children(self, root)[root->count];
    return CAIRN_LITERAL(btree_place){root, root ? root->count : 0u};
}

static btree_place edge_in_parent(const btree_node *child)
{
    return CAIRN_LITERAL(btree_place){child->parent, child->index};
}

btree_place cairn_btree_entry_after(btree_place edge)
{
    while (edge.node && edge.index == edge.node->count)
        edge = edge_in_parent(edge.node);
    return edge;
}

btree_place cairn_btree_entry_before(btree_place edge)
{
    while (edge.node && edge.index == 0)
        edge = edge_in_parent(edge.node);
    edge.index--;
    return edge;
}

btree_place cairn_btree_edge_after(btree_shape *self, btree_place entry)
{
    entry.index++;
    if (entry.node->level == 0)
        return entry;
    return cairn_btree_first_edge(self, cairn_btree_children(self, entry.node)[entry.index]);
}

btree_place cairn_btree_edge_before(btree_shape *self, btree_place entry)
{
    if (entry.node->level == 0)
        return entry;
    return cairn_btree_last_edge(self, cairn_btree_children(self, entry.node)[entry.index]);
}

btree_place cairn_btree_step(btree_shape *self, btree_place *edge)
{
    btree_place entry = cairn_btree_entry_after(*edge);
    if (entry.node)
        *edge = cairn_btree_edge_after(self, entry);
    return entry;
}

btree_place cairn_btree_step_back(btree_shape *self, btree_place *edge)
{
    btree_place entry = cairn_btree_entry_before(*edge);
    if (entry.node)
        *edge = cairn_btree_edge_before(self, entry);
    return entry;
}

/* Inserting. */

static bool is_last_on_its_level(const btree_node *of)
{
    while (of->parent && of->index == of->parent->count)
        of = of->parent;
    return !of->parent;
}

static bool is_first_on_its_level(const btree_node *of)
{
    while (of->parent && of->index == 0)
        of = of->parent;
    return !of->parent;
}

/*
 * How many entries of a full node stay in it, where an entry at `index` makes it too full. One more
 * goes up as the separator. The halves are equal, but at the tree's edges, where entries that come
 * in order would leave halves for ever.
 */
static size_t entries_that_stay(btree_shape *self, const btree_node *full, size_t index)
{
    if (index == self->capacity && is_last_on_its_level(full))
        return self->capacity - 1;
    if (index == 0 && is_first_on_its_level(full))
        return 0;
    size_t half = (self->capacity - 1) / 2;
    return index <= half ? half : self->capacity - 1 - half;
}

/* Moves the entries from `stay` + 1 on, and the children after them, to a new right neighbour. */
static btree_node *move_to_new_node(btree_shape *self, btree_node *from, size_t stay,
                                    struct cairn_btree_spares *spares)
{
    btree_node *made = take_node(spares, from->level);
    size_t moved = from->count - stay - 1u;
    move_entries(self, made, 0, from, stay + 1, moved);
    move_children(self, made, 0, from, stay + 1, moved + 1);
    made->count = (uint16_t)moved;
    from->count = (uint16_t)stay;
    return made;
}

static btree_node *make_parent(btree_shape *self, btree_node *root,
                               struct cairn_btree_spares *spares)
{
    btree_node *made = take_node(spares, root->level + 1u);
    set_child(self, made, 0, root);
    return made;
}

/*
 * Splits a full node, after its parent if that is full too: so from the top down, when all are made
 * to fit. `at` is the edge in it where the next entry comes, and then in one of the halves.
 */
static void split(btree_node **root, btree_shape *self, struct cairn_btree_spares *spares,
                  btree_place *at)
{
    btree_node *left = at->node;
    if (!left->parent)
        *root = make_parent(self, left, spares);
    size_t stay = entries_that_stay(self, left, at->index);
    btree_place parent = edge_in_parent(left);
    if (parent.node->count == self->capacity)
        split(root, self, spares, &parent);
    btree_node *right = move_to_new_node(self, left, stay, spares);
    open_gap(self, parent.node, parent.index);
    move_entries(self, parent.node, parent.index, left, stay, 1);
    set_child(self, parent.node, parent.index + 1, right);
    if (at->index > stay)
        *at = CAIRN_LITERAL(btree_place){right, at->index - stay - 1};
}

void cairn_btree_insert_with(btree_node **root, btree_shape *self,
                             struct cairn_btree_spares *spares, btree_place *at)
{
    if (!at->node)
        *root = at->node = take_node(spares, 0);
    else if (at->node->count == self->capacity)
        split(root, self, spares, at);
    open_gap(self, at->node, at->index);
}

/* One node for each that is full, from the leaf up to the first with room, and one for a new root. */
static enum cairn_collection_error reserve_for_insert(struct cairn_btree_spares *spares,
                                                      btree_shape *self,
                                                      struct cairn_allocator *allocator,
                                                      const btree_node *leaf,
                                                      enum cairn_fallibility fallibility)
{
    if (leaf && leaf->count < self->capacity)
        return CAIRN_COLLECTION_OK;
    size_t internals = 0;
    const btree_node *full = leaf;
    for (; full && full->count == self->capacity; full = full->parent)
        internals += !full->parent || full->parent->count == self->capacity;
    return cairn_btree_reserve(spares, self, allocator, 1, internals, fallibility);
}

enum cairn_collection_error cairn_btree_insert(btree_node **root, btree_shape *self,
                                               struct cairn_allocator *allocator, btree_place *at,
                                               enum cairn_fallibility fallibility)
{
    struct cairn_btree_spares spares = {NULL, NULL};
    enum cairn_collection_error error =
        reserve_for_insert(&spares, self, allocator, at->node, fallibility);
    if (!error)
        cairn_btree_insert_with(root, self, &spares, at);
    return error;
}

enum cairn_collection_error cairn_btree_put_in(btree_node **root, btree_shape *self,
                                               struct cairn_allocator *allocator,
                                               btree_place *place, const void *key,
                                               const void *value,
                                               enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error =
        cairn_btree_insert(root, self, allocator, place, fallibility);
    if (error)
        return error;
    cairn_collection_copy(key_of(self, place->node, place->index), key, self->key_size);
    cairn_collection_copy(value_of(self, place->node, place->index), value, self->value_size);
    return CAIRN_COLLECTION_OK;
}

/* Neighbours: the children before and after one entry of their parent. */

struct neighbours {
    btree_place separator;
    btree_node *left;
    btree_node *right;
};

static struct neighbours neighbours_at(btree_shape *self, btree_node *parent, size_t index)
{
    btree_node **children = cairn_btree_children(self, parent);
    struct neighbours made = {{parent, index}, children[index], children[index + 1]};
    return made;
}

/* An edge in one of the two, after the left has `left_count` entries of all: the same edge. */
static void follow(struct neighbours two, size_t left_count, btree_place *edge)
{
    if (edge->node != two.left && edge->node != two.right)
        return;
    if (edge->node == two.right)
        edge->index += two.left->count + 1u;
    edge->node = two.left;
    if (edge->index > left_count)
        *edge = CAIRN_LITERAL(btree_place){two.right, edge->index - left_count - 1};
}

/* Moves the separator and everything of the right node into the left one. Needs: they fit. */
static void merge(btree_shape *self, struct cairn_allocator *allocator, struct neighbours two)
{
    size_t count = two.left->count;
    move_entries(self, two.left, count, two.separator.node, two.separator.index, 1);
    move_entries(self, two.left, count + 1, two.right, 0, two.right->count);
    move_children(self, two.left, count + 1, two.right, 0, two.right->count + 1u);
    two.left->count = (uint16_t)(count + 1 + two.right->count);
    close_gap(self, two.separator.node, two.separator.index);
    free_node(two.right, self, allocator);
}

/* Moves `count` entries from the right to the left, the separator being one of those that move. */
static void shift_left(btree_shape *self, struct neighbours two, size_t count)
{
    size_t rest = two.right->count - count;
    move_entries(self, two.left, two.left->count, two.separator.node, two.separator.index, 1);
    move_entries(self, two.left, two.left->count + 1u, two.right, 0, count - 1);
    move_entries(self, two.separator.node, two.separator.index, two.right, count - 1, 1);
    move_entries(self, two.right, 0, two.right, count, rest);
    move_children(self, two.left, two.left->count + 1u, two.right, 0, count);
    move_children(self, two.right, 0, two.right, count, rest + 1);
    two.left->count = (uint16_t)(two.left->count + count);
    two.right->count = (uint16_t)rest;
}

static void shift_right(btree_shape *self, struct neighbours two, size_t count)
{
    size_t rest = two.left->count - count;
    move_entries(self, two.right, count, two.right, 0, two.right->count);
    move_entries(self, two.right, count - 1, two.separator.node, two.separator.index, 1);
    move_entries(self, two.right, 0, two.left, rest + 1, count - 1);
    move_entries(self, two.separator.node, two.separator.index, two.left, rest, 1);
    move_children(self, two.right, count, two.right, 0, two.right->count + 1u);
    move_children(self, two.right, 0, two.left, rest + 1, count);
    two.right->count = (uint16_t)(two.right->count + count);
    two.left->count = (uint16_t)rest;
}

/* Gives both the same number of entries. Needs: they have at least 2 in all. */
static void level_out(btree_shape *self, struct neighbours two)
{
    size_t left = (two.left->count + two.right->count) / 2u;
    if (two.left->count < left)
        shift_left(self, two, left - two.left->count);
    else if (two.left->count > left)
        shift_right(self, two, two.left->count - left);
}

/* Removing. */

/* A root without entries goes: its child takes its place, if it has one. */
static void shrink_root(btree_node **root, btree_shape *self, struct cairn_allocator *allocator)
{
    while (*root && (*root)->count == 0) {
        btree_node *gone = *root;
        *root = gone->level == 0 ? NULL : cairn_btree_children(self, gone)[0];
        if (*root)
            (*root)->parent = NULL;
        free_node(gone, self, allocator);
    }
}

/* Fills up a poor node from a neighbour, or makes one of both; an edge in them stays the same. */
static void refill(btree_shape *self, struct cairn_allocator *allocator, btree_node *poor,
                   btree_place *edge)
{
    struct neighbours two =
        neighbours_at(self, poor->parent, poor->index > 0 ? poor->index - 1u : 0u);
    size_t without_separator = (size_t)two.left->count + two.right->count;
    if (without_separator < self->capacity) {
        follow(two, without_separator + 1, edge);
        merge(self, allocator, two);
    } else {
        follow(two, without_separator / 2, edge);
        level_out(self, two);
    }
}

/* An internal entry is replaced by the one before it, which lies in a leaf. */
btree_place cairn_btree_remove(btree_node **root, btree_shape *self,
                               struct cairn_allocator *allocator, btree_place entry)
{
    btree_place edge = entry;
    btree_place removed = entry;
    if (entry.node->level != 0) {
        edge = cairn_btree_edge_after(self, entry);
        removed = cairn_btree_edge_before(self, entry);
        removed.index--;
        move_entries(self, entry.node, entry.index, removed.node, removed.index, 1);
    }
    close_gap(self, removed.node, removed.index);
    btree_node *poor = removed.node;
    while (poor->parent && poor->count < cairn_btree_least(self->capacity)) {
        btree_node *parent = poor->parent;
        refill(self, allocator, poor, &edge);
        poor = parent;
    }
    shrink_root(root, self, allocator);
    return *root ? edge : CAIRN_ZERO(btree_place);
}

/* Building. */

/* How many nodes hold `children`, and how many of these the i-th node has. */
static size_t parents_of(btree_shape *self, size_t children)
{
    return children / (self->capacity + 1) + (children % (self->capacity + 1) != 0);
}

static size_t share_of(size_t children, size_t parents, size_t i)
{
    return children / parents + (i < children % parents);
}

/* Leaves as if each entry, and the tree's end, had a child before it. The last is first in the list. */
static btree_node *build_leaves(struct cairn_btree_spares *spares, size_t edges, size_t leaves)
{
    btree_node *list = NULL;
    for (size_t i = 0; i < leaves; i++) {
        btree_node *made = take_node(spares, 0);
        made->count = (uint16_t)(share_of(edges, leaves, i) - 1);
        put_spare(&list, made);
    }
    return list;
}

/* The list of parents of a list of children, which they take from the end, in the same order. */
static btree_node *build_parents(btree_shape *self, struct cairn_btree_spares *spares,
                                 btree_node *children, size_t count, size_t parents)
{
    btree_node *list = NULL;
    btree_node *reversed = NULL;
    while (children)
        put_spare(&reversed, take_spare(&children));
    for (size_t i = 0; reversed; i++) {
        size_t share = share_of(count, parents, i);
        btree_node *made = take_node(spares, reversed->level + 1u);
        made->count = (uint16_t)(share - 1);
        for (size_t child = 0; reversed && child < share; child++)
            set_child(self, made, child, take_spare(&reversed));
        put_spare(&list, made);
    }
    return list;
}

enum cairn_collection_error cairn_btree_build(btree_node **root, btree_shape *self,
                                              struct cairn_allocator *allocator, size_t count,
                                              enum cairn_fallibility fallibility)
{
    struct cairn_btree_spares spares = {NULL, NULL};
    *root = NULL;
    if (count == 0)
        return CAIRN_COLLECTION_OK;
    size_t leaves = parents_of(self, count + 1), internals = 0;
    for (size_t nodes = leaves; nodes > 1; internals += nodes)
        nodes = parents_of(self, nodes);
    enum cairn_collection_error error =
        cairn_btree_reserve(&spares, self, allocator, leaves, internals, fallibility);
    if (error)
        return error;
    *root = build_leaves(&spares, count + 1, leaves);
    for (size_t nodes = leaves; nodes > 1;) {
        size_t parents = parents_of(self, nodes);
        *root = build_parents(self, &spares, *root, nodes, parents);
        nodes = parents;
    }
    return CAIRN_COLLECTION_OK;
}

/* Taking apart. */

/* The next node of a walk that begins at the first leaf and comes to parents after children. */
static btree_node *next_upwards(btree_shape *self, const btree_node *of)
{
    if (!of->parent || of->index == of->parent->count)
        return of->parent;
    return cairn_btree_first_edge(self, cairn_btree_children(self, of->parent)[of->index + 1u])
        .node;
}

void cairn_btree_free(btree_node *root, btree_shape *self, struct cairn_allocator *allocator)
{
    btree_node *gone = cairn_btree_first_edge(self, root).node;
    while (gone) {
        btree_node *next = next_upwards(self, gone);
        free_node(gone, self, allocator);
        gone = next;
    }
}

/* The entries of one of two trees that have `length` in all: those of the smaller one are counted. */
static size_t count_first(btree_shape *self, btree_node *one, btree_node *other, size_t length)
{
    size_t in_one = 0, in_other = 0;
    one = cairn_btree_first_edge(self, one).node;
    other = cairn_btree_first_edge(self, other).node;
    while (one && other) {
        in_one += one->count;
        in_other += other->count;
        one = next_upwards(self, one);
        other = next_upwards(self, other);
    }
    return one ? length - in_other : in_one;
}

static struct neighbours neighbours_at_edge(btree_shape *self, btree_node *parent, bool right)
{
    return neighbours_at(self, parent, right ? parent->count - 1u : 0u);
}

/*
 * Gives an entry to each node at the right edge of a tree that has none, or at its left edge; from
 * the top down, so that each has a neighbour. That one has two entries to share; or it is at the
 * other edge, so that both are children of the root, and then it may have one, and they are merged.
 */
static void fill_edge(btree_node **root, btree_shape *self, struct cairn_allocator *allocator,
                      bool right)
{
    shrink_root(root, self, allocator);
    for (btree_node *parent = *root; parent && parent->level != 0;) {
        struct neighbours two = neighbours_at_edge(self, parent, right);
        btree_node *at_edge = right ? two.right : two.left;
        if (at_edge->count == 0 && two.left->count + two.right->count == 1) {
            merge(self, allocator, two);
            shrink_root(root, self, allocator);
            at_edge = *root;
        } else if (at_edge->count == 0) {
            level_out(self, two);
        }
        parent = at_edge;
    }
}

/* Restores the invariants at the edge where a tree was cut: there, and for the neighbours there. */
static void mend_edge(btree_node **root, btree_shape *self, struct cairn_allocator *allocator,
                      bool right)
{
    fill_edge(root, self, allocator, right);
    btree_place edge =
        right ? cairn_btree_last_edge(self, *root) : cairn_btree_first_edge(self, *root);
    for (btree_node *at_edge = edge.node; at_edge && at_edge->parent;) {
        btree_node *parent = at_edge->parent;
        if (at_edge->count <= cairn_btree_least(self->capacity))
            refill(self, allocator, at_edge, &edge);
        at_edge = parent;
    }
    shrink_root(root, self, allocator);
}

enum cairn_collection_error cairn_btree_split_off(btree_node **root, btree_shape *self,
                                                  struct cairn_allocator *allocator,
                                                  btree_place edge, size_t length,
                                                  btree_node **tail, size_t *count,
                                                  enum cairn_fallibility fallibility)
{
    struct cairn_btree_spares spares = {NULL, NULL};
    *tail = NULL;
    *count = 0;
    if (!*root)
        return CAIRN_COLLECTION_OK;
    size_t top = (*root)->level;
    enum cairn_collection_error error =
        cairn_btree_reserve(&spares, self, allocator, 1, top, fallibility);
    if (error)
        return error;
    for (size_t level = 0; level <= top; level++) {
        btree_node *made = take_node(&spares, level);
        size_t moved = edge.node->count - edge.index;
        move_entries(self, made, 0, edge.node, edge.index, moved);
        move_children(self, made, 1, edge.node, edge.index + 1, moved);
        if (*tail)
            set_child(self, made, 0, *tail);
        made->count = (uint16_t)moved;
        edge.node->count = (uint16_t)edge.index;
        *tail = made;
        edge = edge_in_parent(edge.node);
    }
    mend_edge(root, self, allocator, true);
    mend_edge(tail, self, allocator, false);
    *count = length - count_first(self, *root, *tail, length);
    return CAIRN_COLLECTION_OK;
}
