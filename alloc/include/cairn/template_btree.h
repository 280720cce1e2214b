/* SPDX-License-Identifier: MIT */
/*
 * What btree_map and btree_set have in common, over the untyped core of <cairn/btree.h>: looking for
 * keys, inserting and removing, iterating, and whole trees. Included by these two alone, once by each
 * of their includes: it has no guard.
 *
 * It is written for maps. In a set the items are the keys, and there are no values: IF_MAP() takes
 * away what concerns them. CURRENT is what an iterator calls the key that it stands on.
 */

#define T_PARTS    T_(parts_)
#define T_NODE     T_(node_)
#define T_INTERNAL T_(internal_)
#define T_ITERATOR T_(iterator)
#define T_SHAPE    (&T_(shape_))

/*
 * Where size counts, not speed, what several functions share is a call, and what the core can do as
 * well it does alone.
 */
#ifdef __OPTIMIZE_SIZE__
#define SHARED_TEMPLATE CAIRN_TEMPLATE_CALL
#define FOR_SPEED       false
#else
#define SHARED_TEMPLATE CAIRN_TEMPLATE
#define FOR_SPEED       true
#endif

/* In a checked build the tree counts its changes, so that iterators see those made without them. */
#ifdef CAIRN_CHECKED_ITERATION
#define IF_CHECKED(...)      __VA_ARGS__
#define NOTE_CHANGE(changed) ((void)(changed)->changes++)
#else
#define IF_CHECKED(...)
#define NOTE_CHANGE(changed) ((void)0)
#endif

#ifndef ONLY_FUNCTIONS

/* Invariant: root is null iff length is 0. */
typedef struct T {
    struct cairn_btree_node *root;
    size_t length;
    struct cairn_allocator *allocator; /* null: the global one */
    IF_CHECKED(size_t changes;)
} T;

/* Invariant: CURRENT is the entry before the edge or after it, or null. */
typedef struct T_ITERATOR {
    KEY const *CURRENT; /* what next or previous came to; null: nothing */
    IF_MAP(VALUE *value;)
    T *of;
    struct cairn_btree_place edge;
    KEY const *low;  /* null: no bound. Inside are keys whose comparison with low is > low_limit, */
    KEY const *high; /* and that with high < high_limit. */
    int low_limit;
    int high_limit;
    IF_CHECKED(size_t changes;)
} T_ITERATOR;

#endif
#ifndef ONLY_TYPES

/* An entry by value. */
struct T_PARTS {
    KEY key;
    IF_MAP(VALUE value;)
};

enum { T_(capacity_) = CAIRN_BTREE_CAPACITY(sizeof(KEY) + VALUE_SIZE) };

struct T_NODE {
    struct cairn_btree_node links;
    KEY keys[T_(capacity_)];
    IF_MAP(VALUE values[T_(capacity_)];)
};

struct T_INTERNAL {
    struct T_NODE entries;
    struct cairn_btree_node *children[T_(capacity_) + 1];
};

/* The user's COMPARE is called here alone, so that a wrong one is one error. */
CAIRN_TEMPLATE int T_(compare_)(void const *one, void const *other)
{
    return COMPARE((KEY const *)one, (KEY const *)other);
}

static const struct cairn_btree_shape T_(shape_) __attribute__((unused)) = {
    T_(capacity_),
    sizeof(KEY),
    VALUE_SIZE,
    offsetof(struct T_NODE, keys),
    VALUES_OFFSET,
    offsetof(struct T_INTERNAL, children),
    {sizeof(struct T_NODE), CAIRN_ALIGNOF(struct T_NODE)},
    {sizeof(struct T_INTERNAL), CAIRN_ALIGNOF(struct T_INTERNAL)},
    T_(compare_),
};

/* Entries. */

CAIRN_TEMPLATE struct T_NODE *T_(at_)(struct cairn_btree_node const *node)
{
    return (struct T_NODE *)(uintptr_t)node;
}

CAIRN_TEMPLATE KEY *T_(key_)(struct cairn_btree_place entry)
{
    return &T_(at_)(entry.node)->keys[entry.index];
}

IF_MAP(CAIRN_TEMPLATE VALUE *T_(value_)(struct cairn_btree_place entry) {
    return &T_(at_)(entry.node)->values[entry.index];
})

CAIRN_TEMPLATE void T_(put_)(struct cairn_btree_place entry,
                             KEY const *key IF_MAP(, VALUE const *value))
{
    PUT_KEY(T_(key_)(entry), key);
    IF_MAP(PUT_VALUE(T_(value_)(entry), value);)
}

CAIRN_TEMPLATE void T_(copy_)(struct cairn_btree_place to, struct cairn_btree_place from)
{
    T_(put_)(to, T_(key_)(from) IF_MAP(, T_(value_)(from)));
}

/* Of what was passed by value. */
CAIRN_TEMPLATE struct T_PARTS T_(parts_)(KEY const *key IF_MAP(, VALUE const *value))
{
    struct T_PARTS parts;
    PUT_KEY(&parts.key, key);
    IF_MAP(PUT_VALUE(&parts.value, value);)
    return parts;
}

CAIRN_TEMPLATE struct T_PARTS T_(parts_of_)(struct cairn_btree_place entry)
{
    struct T_PARTS parts = {*T_(key_)(entry) IF_MAP(, *T_(value_)(entry))};
    return parts;
}

/* Likewise. */

CAIRN_TEMPLATE void T_(drop_key_)(KEY *key)
{
    DROP_KEY(key);
}

IF_MAP(CAIRN_TEMPLATE void T_(drop_value_)(VALUE *value) { DROP_VALUE(value); })

CAIRN_TEMPLATE void T_(drop_parts_)(KEY *key IF_MAP(, VALUE *value))
{
    T_(drop_key_)(key);
    IF_MAP(T_(drop_value_)(value);)
}

/* Looking for a key. */

/*
 * No branch depends on the keys: a wrong guess costs as much as ten comparisons of numbers. So these are
 * compared with more keys than need be, one independent of the other; other keys with as few as can be.
 * What is a number is said by gcc's typeclass.h: integer, character, enumeration, boolean and real are 1
 * to 8, and a pointer is 5.
 */
#define IS_NUMBER(type)                                                                      \
    (__builtin_classify_type(*(type *)0) >= 1 && __builtin_classify_type(*(type *)0) <= 8 && \
     __builtin_classify_type(*(type *)0) != 5)
enum {
    T_(keys_are_numbers_) = IS_NUMBER(KEY),
    T_(group_) = T_(capacity_) >= 15 ? 8 : 4, /* of keys; all but one may be a node's fewest */
    T_(window_) = T_(group_) - 1,
};

CAIRN_TEMPLATE size_t T_(count_one_by_one_)(struct T_NODE const *node, KEY const *key)
{
    size_t less = 0;
    while (less < node->links.count && T_(compare_)(&node->keys[less], key) < 0)
        less++;
    return less;
}

/* First whole groups, by the last key of each; then those within a group, or at the end. */
CAIRN_TEMPLATE size_t T_(count_in_groups_)(struct T_NODE const *node, KEY const *key)
{
    size_t count = node->links.count, start = 0;
    for (size_t i = T_(window_); i < count; i += T_(group_))
        start += T_(compare_)(&node->keys[i], key) < 0 ? T_(group_) : 0;
    start = start + T_(window_) <= count ? start : count - T_(window_);
    size_t less = start;
    for (size_t i = 0; i < T_(window_); i++)
        less += T_(compare_)(&node->keys[start + i], key) < 0;
    return less;
}

CAIRN_TEMPLATE bool T_(count_in_)(struct T_NODE const *node, KEY const *key, size_t *index)
{
    size_t less = __builtin_expect(node->links.count < T_(window_), 0)
                      ? T_(count_one_by_one_)(node, key)
                      : T_(count_in_groups_)(node, key);
    *index = less;
    return less < node->links.count && T_(compare_)(&node->keys[less], key) == 0;
}

/* Halves what is left, by arithmetic, which the compiler leaves without a branch; then looks at one. */
CAIRN_TEMPLATE bool T_(bisect_in_)(struct T_NODE const *node, KEY const *key, size_t *index)
{
    size_t first = 0, left = node->links.count;
    while (left > 1) {
        size_t half = left / 2;
        first += half & -(size_t)(T_(compare_)(&node->keys[first + half - 1], key) < 0);
        left -= half;
    }
    int order = left == 0 ? 1 : T_(compare_)(&node->keys[first], key);
    *index = first + (order < 0);
    if (order >= 0)
        return order == 0;
    return *index < node->links.count && T_(compare_)(&node->keys[*index], key) == 0;
}

/* Whether the key is in the node, and where; or before which entry it would be. */
CAIRN_TEMPLATE bool T_(look_in_)(struct cairn_btree_node const *node, KEY const *key, size_t *index)
{
    return T_(keys_are_numbers_) ? T_(count_in_)(T_(at_)(node), key, index)
                                 : T_(bisect_in_)(T_(at_)(node), key, index);
}

CAIRN_TEMPLATE struct cairn_btree_node *T_(child_)(struct cairn_btree_place edge)
{
    return ((struct T_INTERNAL *)(uintptr_t)edge.node)->children[edge.index];
}

/* Inlined at once, for gcc takes what only prefetches for a function without effects. */
CAIRN_TEMPLATE_INLINE void T_(prefetch_)(void const *first, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += CAIRN_BTREE_LINE)
        __builtin_prefetch((char const *)first + i);
    __builtin_prefetch((char const *)first + bytes - 1);
}

/*
 * Asks for what comes after the node's keys, before it is known which part. As no branch is guessed,
 * the processor does not run ahead by itself. Large values are left where they are.
 */
CAIRN_TEMPLATE_INLINE void T_(prefetch_rest_)(struct cairn_btree_node const *node)
{
    struct T_INTERNAL const *internal = (struct T_INTERNAL const *)(uintptr_t)node;
    if (node->level != 0)
        T_(prefetch_)(internal->children, sizeof(internal->children));
    IF_MAP(else if (sizeof(internal->entries.values) <= 256)
               T_(prefetch_)(internal->entries.values, sizeof(internal->entries.values));)
}

/* Whether the key is in the tree, and its entry; or the edge where it would be. */
SHARED_TEMPLATE bool T_(find_)(T const *self, KEY const *key, struct cairn_btree_place *at)
{
    if (!FOR_SPEED)
        return cairn_btree_find(T_SHAPE, self->root, key, at);
    *at = CAIRN_LITERAL(struct cairn_btree_place){self->root, 0};
    while (at->node) {
        T_(prefetch_rest_)(at->node);
        if (T_(look_in_)(at->node, key, &at->index))
            return true;
        if (at->node->level == 0)
            return false;
        at->node = T_(child_)(*at);
    }
    return false;
}

/* Putting entries in and taking them out. */

CAIRN_TEMPLATE void T_(move_within_)(struct T_NODE *node, size_t to, size_t from, size_t count)
{
    __builtin_memmove(&node->keys[to], &node->keys[from], count * sizeof(KEY));
    IF_MAP(__builtin_memmove(&node->values[to], &node->values[from], count * sizeof(VALUE));)
}

/* Puts an entry in at an edge; *at is then the entry. If that fails, its parts are dropped. */
SHARED_TEMPLATE enum cairn_collection_error T_(put_in_)(T *self, struct cairn_btree_place *at,
                                                        KEY *key IF_MAP(, VALUE *value),
                                                        enum cairn_fallibility fallibility)
{
    if (FOR_SPEED && at->node && at->node->count < T_(capacity_)) {
        T_(move_within_)(T_(at_)(at->node), at->index + 1, at->index, at->node->count - at->index);
        at->node->count++;
        T_(put_)(*at, key IF_MAP(, value));
    } else {
        void const *its_value = NULL;
        IF_MAP(its_value = value;)
        enum cairn_collection_error error = cairn_btree_put_in(
            &self->root, T_SHAPE, self->allocator, at, key, its_value, fallibility);
        if (error) {
            T_(drop_parts_)(key IF_MAP(, value));
            return error;
        }
    }
    self->length++;
    NOTE_CHANGE(self);
    return CAIRN_COLLECTION_OK;
}

/* Takes an entry out, of which its parts are kept or dropped by the caller. Gives the edge there. */
SHARED_TEMPLATE struct cairn_btree_place T_(take_out_)(T *self, struct cairn_btree_place entry)
{
    self->length--;
    NOTE_CHANGE(self);
    if (!FOR_SPEED || entry.node->level != 0 ||
        entry.node->count <= cairn_btree_least(T_(capacity_)))
        return cairn_btree_remove(&self->root, T_SHAPE, self->allocator, entry);
    size_t after = --entry.node->count - entry.index;
    T_(move_within_)(T_(at_)(entry.node), entry.index, entry.index + 1, after);
    return entry;
}

/* Iterating. */

CAIRN_TEMPLATE struct cairn_btree_place T_(first_edge_)(T const *self)
{
    return cairn_btree_first_edge(T_SHAPE, self->root);
}

CAIRN_TEMPLATE struct cairn_btree_place T_(last_edge_)(T const *self)
{
    return cairn_btree_last_edge(T_SHAPE, self->root);
}

/* Within a leaf here; else in the core, with a copy, so that the edge itself can be in registers. */
CAIRN_TEMPLATE struct cairn_btree_place T_(step_)(struct cairn_btree_place *edge)
{
    struct cairn_btree_place entry = *edge;
    if (FOR_SPEED && entry.node && entry.index < entry.node->count) {
        edge->index++;
        return entry;
    }
    struct cairn_btree_place moved = *edge;
    entry = cairn_btree_step(T_SHAPE, &moved);
    *edge = moved;
    return entry;
}

CAIRN_TEMPLATE struct cairn_btree_place T_(step_back_)(struct cairn_btree_place *edge)
{
    if (FOR_SPEED && edge->node && edge->index > 0) {
        edge->index--;
        return *edge;
    }
    struct cairn_btree_place moved = *edge;
    struct cairn_btree_place entry = cairn_btree_step_back(T_SHAPE, &moved);
    *edge = moved;
    return entry;
}

CAIRN_TEMPLATE T_ITERATOR T_(iterate_)(T const *self, struct cairn_btree_place edge, KEY const *low,
                                       int low_limit, KEY const *high, int high_limit)
{
    T_ITERATOR made = {NULL,      IF_MAP(NULL, )(T *)(uintptr_t)self,    edge, low, high,
                       low_limit, high_limit IF_CHECKED(, self->changes)};
    return made;
}

CAIRN_TEMPLATE T_ITERATOR T_(begin)(T const *self)
{
    return T_(iterate_)(self, T_(first_edge_)(self), NULL, 0, NULL, 0);
}

CAIRN_TEMPLATE T_ITERATOR T_(end)(T const *self)
{
    return T_(iterate_)(self, T_(last_edge_)(self), NULL, 0, NULL, 0);
}

CAIRN_TEMPLATE bool T_(leave_)(T_ITERATOR *self)
{
    self->CURRENT = NULL;
    IF_MAP(self->value = NULL;)
    return false;
}

CAIRN_TEMPLATE bool T_(enter_)(T_ITERATOR *self, struct cairn_btree_place entry,
                               struct cairn_btree_place edge)
{
    self->CURRENT = T_(key_)(entry);
    IF_MAP(self->value = T_(value_)(entry);)
    self->edge = edge;
    return true;
}

SHARED_TEMPLATE bool T_(next)(T_ITERATOR *self)
{
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    struct cairn_btree_place edge = self->edge, entry = T_(step_)(&edge);
    if (!entry.node ||
        (self->high && T_(compare_)(T_(key_)(entry), self->high) >= self->high_limit))
        return T_(leave_)(self);
    return T_(enter_)(self, entry, edge);
}

SHARED_TEMPLATE bool T_(previous)(T_ITERATOR *self)
{
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    struct cairn_btree_place edge = self->edge, entry = T_(step_back_)(&edge);
    if (!entry.node || (self->low && T_(compare_)(T_(key_)(entry), self->low) <= self->low_limit))
        return T_(leave_)(self);
    return T_(enter_)(self, entry, edge);
}

/* The edge before the first key that is not less than this one, or after the last not greater. */
SHARED_TEMPLATE struct cairn_btree_place T_(edge_at_)(T const *self, KEY const *key, bool after)
{
    struct cairn_btree_place at;
    if (!T_(find_)(self, key, &at))
        return at;
    return after ? cairn_btree_edge_after(T_SHAPE, at) : cairn_btree_edge_before(T_SHAPE, at);
}

CAIRN_TEMPLATE T_ITERATOR T_(lower_bound)(T const *self, KEY const *key)
{
    return T_(iterate_)(self, T_(edge_at_)(self, key, false), NULL, 0, NULL, 0);
}

CAIRN_TEMPLATE T_ITERATOR T_(upper_bound)(T const *self, KEY const *key)
{
    return T_(iterate_)(self, T_(edge_at_)(self, key, true), NULL, 0, NULL, 0);
}

SHARED_TEMPLATE T_ITERATOR T_(range_with)(T const *self, enum cairn_bound from, KEY const *low,
                                          enum cairn_bound to, KEY const *high)
{
    struct cairn_btree_place edge =
        low ? T_(edge_at_)(self, low, from == CAIRN_EXCLUDED) : T_(first_edge_)(self);
    return T_(iterate_)(self, edge, low, from == CAIRN_EXCLUDED ? 0 : -1, high,
                        to == CAIRN_EXCLUDED ? 0 : 1);
}

CAIRN_TEMPLATE T_ITERATOR T_(range)(T const *self, KEY const *low, KEY const *high)
{
    return T_(range_with)(self, CAIRN_INCLUDED, low, CAIRN_EXCLUDED, high);
}

CAIRN_TEMPLATE void T_(to_end)(T_ITERATOR *self)
{
    self->edge = self->high ? T_(edge_at_)(self->of, self->high, self->high_limit == 1)
                            : T_(last_edge_)(self->of);
    (void)T_(leave_)(self);
}

/* Takes the current entry out, and leaves the iterator where it was. */
SHARED_TEMPLATE struct T_PARTS T_(take_current_)(T_ITERATOR *self)
{
    cairn_check(self->CURRENT, "%s: the iterator stands on no entry; it must be moved first",
                __func__);
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    struct cairn_btree_place entry = cairn_btree_entry_before(self->edge);
    if (!entry.node || T_(key_)(entry) != self->CURRENT)
        entry = cairn_btree_entry_after(self->edge);
    struct T_PARTS parts = T_(parts_of_)(entry);
    self->edge = T_(take_out_)(self->of, entry);
    IF_CHECKED(self->changes = self->of->changes;)
    (void)T_(leave_)(self);
    return parts;
}

CAIRN_TEMPLATE void T_(erase)(T_ITERATOR *self)
{
    struct T_PARTS parts = T_(take_current_)(self);
    T_(drop_parts_)(&parts.key IF_MAP(, &parts.value));
}

/* Whole trees. */

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_in)(struct cairn_allocator *allocator)
{
    T made = {NULL, 0, allocator IF_CHECKED(, 0)};
    return made;
}

#if defined(KEY_DROP) || defined(VALUE_DROP)

CAIRN_TEMPLATE void T_(drop_entries_)(struct cairn_btree_node *root, size_t count)
{
    struct cairn_btree_place edge = cairn_btree_first_edge(T_SHAPE, root);
    for (size_t i = 0; i < count; i++) {
        struct cairn_btree_place entry = T_(step_)(&edge);
        T_(drop_parts_)(T_(key_)(entry) IF_MAP(, T_(value_)(entry)));
    }
}

#else

CAIRN_TEMPLATE void T_(drop_entries_)(struct cairn_btree_node *root, size_t count)
{
    (void)root, (void)count;
}

#endif

SHARED_TEMPLATE void T_(clear)(T *self)
{
    struct cairn_btree_node *root = self->root;
    size_t length = self->length;
    self->root = NULL;
    self->length = 0;
    NOTE_CHANGE(self);
    T_(drop_entries_)(root, length);
    cairn_btree_free(root, T_SHAPE, self->allocator);
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    T_(clear)(self);
    *self = CAIRN_ZERO(T);
}

/* Makes *self a tree of `count` entries that are still to be filled in. */
SHARED_TEMPLATE enum cairn_collection_error T_(build_)(T *self, struct cairn_allocator *allocator,
                                                       size_t count,
                                                       enum cairn_fallibility fallibility)
{
    *self = T_(new_in)(allocator);
    enum cairn_collection_error error =
        cairn_btree_build(&self->root, T_SHAPE, allocator, count, fallibility);
    if (error)
        *self = CAIRN_ZERO(T);
    else
        self->length = count;
    return error;
}

/* Takes the place of a tree whose entries have moved out, but for its allocator. */
CAIRN_TEMPLATE void T_(become_)(T *self, struct cairn_btree_node *root, size_t length)
{
    cairn_btree_free(self->root, T_SHAPE, self->allocator);
    self->root = root;
    self->length = length;
    NOTE_CHANGE(self);
}

/* Appending: entries of the other, sorted as they are, come in between. */

/* How many keys both have. */
CAIRN_TEMPLATE size_t T_(count_common_)(T const *self, T const *other)
{
    size_t common = 0;
    struct cairn_btree_place left = T_(first_edge_)(self), right = T_(first_edge_)(other);
    struct cairn_btree_place one = T_(step_)(&left), two = T_(step_)(&right);
    while (one.node && two.node) {
        int order = T_(compare_)(T_(key_)(one), T_(key_)(two));
        common += order == 0;
        one = order <= 0 ? T_(step_)(&left) : one;
        two = order >= 0 ? T_(step_)(&right) : two;
    }
    return common;
}

/* The entry with the key of `own`, and the value of `other`. */
CAIRN_TEMPLATE void T_(override_)(struct cairn_btree_place own, struct cairn_btree_place other)
{
    T_(drop_key_)(T_(key_)(other));
    IF_MAP(T_(drop_value_)(T_(value_)(own)); *T_(value_)(own) = *T_(value_)(other);)
    (void)own, (void)other;
}

/* Moves the entries of both to the tree at this edge, in order. */
CAIRN_TEMPLATE void T_(merge_)(T const *self, T const *other, struct cairn_btree_place to)
{
    struct cairn_btree_place left = T_(first_edge_)(self), right = T_(first_edge_)(other);
    struct cairn_btree_place one = T_(step_)(&left), two = T_(step_)(&right);
    while (one.node || two.node) {
        int order = !one.node ? 1 : !two.node ? -1 : T_(compare_)(T_(key_)(one), T_(key_)(two));
        if (order == 0)
            T_(override_)(one, two);
        T_(copy_)(T_(step_)(&to), order <= 0 ? one : two);
        one = order <= 0 ? T_(step_)(&left) : one;
        two = order >= 0 ? T_(step_)(&right) : two;
    }
}

CAIRN_TEMPLATE enum cairn_collection_error T_(append_many_)(T *self, T *other,
                                                            enum cairn_fallibility fallibility)
{
    T merged;
    size_t length = self->length + other->length - T_(count_common_)(self, other);
    enum cairn_collection_error error = T_(build_)(&merged, self->allocator, length, fallibility);
    if (error)
        return error;
    T_(merge_)(self, other, T_(first_edge_)(&merged));
    T_(become_)(self, merged.root, length);
    return CAIRN_COLLECTION_OK;
}

/* One after the other, with spare nodes for the case that each splits all nodes above it. */
CAIRN_TEMPLATE enum cairn_collection_error T_(append_few_)(T *self, T const *other,
                                                           enum cairn_fallibility fallibility)
{
    struct cairn_btree_spares spares = {NULL, NULL};
    enum cairn_collection_error error =
        cairn_btree_reserve(&spares, T_SHAPE, self->allocator, other->length,
                            other->length * (self->root->level + (size_t)2), fallibility);
    if (error)
        return error;
    struct cairn_btree_place edge = T_(first_edge_)(other), own;
    for (struct cairn_btree_place entry = T_(step_)(&edge); entry.node; entry = T_(step_)(&edge)) {
        if (T_(find_)(self, T_(key_)(entry), &own)) {
            T_(override_)(own, entry);
            continue;
        }
        cairn_btree_insert_with(&self->root, T_SHAPE, &spares, &own);
        T_(copy_)(own, entry);
        self->length++;
    }
    NOTE_CHANGE(self);
    cairn_btree_free_spares(&spares, T_SHAPE, self->allocator);
    return CAIRN_COLLECTION_OK;
}

/* Few enough that the spare nodes are fewer than those of the tree. */
CAIRN_TEMPLATE bool T_(are_few_)(T const *self, T const *other)
{
    return self->root &&
           other->length <= self->length / T_(capacity_) / (self->root->level + (size_t)3);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(append_)(T *self, T *other,
                                                       enum cairn_fallibility fallibility)
{
    cairn_check(self != other, "%s: a tree cannot be appended to itself", __func__);
    if (!other->root)
        return CAIRN_COLLECTION_OK;
    enum cairn_collection_error error = T_(are_few_)(self, other)
                                            ? T_(append_few_)(self, other, fallibility)
                                            : T_(append_many_)(self, other, fallibility);
    if (!error)
        T_(become_)(other, NULL, 0);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_append)(T *self, T *other)
{
    return T_(append_)(self, other, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(split_off_)(T *self, KEY const *key, T *tail,
                                                          enum cairn_fallibility fallibility)
{
    *tail = T_(new_in)(self->allocator);
    enum cairn_collection_error error =
        cairn_btree_split_off(&self->root, T_SHAPE, self->allocator, T_(edge_at_)(self, key, false),
                              self->length, &tail->root, &tail->length, fallibility);
    if (error) {
        *tail = CAIRN_ZERO(T);
        return error;
    }
    self->length -= tail->length;
    NOTE_CHANGE(self);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_split_off)(T *self, KEY const *key,
                                                                            T *tail)
{
    return T_(split_off_)(self, key, tail, CAIRN_FALLIBLE);
}

#ifdef ENTRIES_ARE_CLONABLE

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_parts_)(
    KEY *key, KEY const *from IF_MAP(, VALUE *value, VALUE const *value_from),
    enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = TRY_CLONE_KEY(key, from);
    if (error)
        return cairn_collection_clone_failed(error, KEY_LAYOUT, fallibility);
    IF_MAP(error = TRY_CLONE_VALUE(value, value_from); if (error) {
        T_(drop_key_)(key);
        return cairn_collection_clone_failed(error, VALUE_LAYOUT, fallibility);
    })
    return CAIRN_COLLECTION_OK;
}

/* Clones each entry to its place in a tree of the same length. */
CAIRN_TEMPLATE enum cairn_collection_error T_(clone_)(T *self, T const *from,
                                                      enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error =
        T_(build_)(self, from->allocator, from->length, fallibility);
    if (error)
        return error;
    struct cairn_btree_place source = T_(first_edge_)(from), edge = T_(first_edge_)(self);
    for (size_t i = 0; i < from->length; i++) {
        struct cairn_btree_place entry = T_(step_)(&source), to = T_(step_)(&edge);
        error = T_(clone_parts_)(
            T_(key_)(to), T_(key_)(entry) IF_MAP(, T_(value_)(to), T_(value_)(entry)), fallibility);
        if (!error)
            continue;
        self->length = i;
        T_(drop)(self);
        return error;
    }
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    return T_(clone_)(self, from, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE void T_(append)(T *self, T *other)
{
    (void)T_(append_)(self, other, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(split_off)(T *self, KEY const *key)
{
    T tail;
    (void)T_(split_off_)(self, key, &tail, CAIRN_INFALLIBLE);
    return tail;
}

#ifdef ENTRIES_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made;
    (void)T_(clone_)(&made, from, CAIRN_INFALLIBLE);
    return made;
}

#endif
#endif
#endif
