/* SPDX-License-Identifier: MIT */
/*
 * LinkedList: items that each have a block of their own, linked both ways.
 *
 *     #define T         list_job
 *     #define ITEM      struct job
 *     #define ITEM_DROP job_drop                         optional; also ITEM_CLONE
 *     #include <cairn/list.t.h>
 *
 *     owned(list_job) jobs = {0}, urgent = {0};
 *     list_job_push_back(&jobs, take(job));
 *     for (list_job_iterator i = list_job_begin(&jobs); list_job_next(&i);)
 *         if (i.item->priority > 9)
 *             list_job_push_back(&urgent, list_job_remove(&i));
 *     list_job_append(&urgent, &jobs);                   O(1), however many there are
 *
 * Items stay at their address until they are removed, whatever happens to the others. The field
 * `length` is public, to be read. The rules of <cairn/collection.h> hold; below are the
 * functions, with T standing for the type's name. F: calls the allocation-error handler when
 * memory runs out, and has a try_ form, which returns an error. C: only where items can be
 * cloned. I: panics if the iterator is at no item. All cost O(1), unless they say otherwise.
 *
 *   T    T_new_in(allocator)                      an empty list; {0} is one, too
 *   T    T_clone(&from)                        FC with the allocator of the other. O(length)
 *        try_clone(&self, &from)
 *   void T_drop(&self)                            drops the items from first to last. O(length)
 *   void T_clear(&self)                           the same, and keeps the allocator
 *
 *   void T_push_front(&self, item)             F  also T_push_back
 *   bool T_pop_front(&self, &item)                false if there is none; also T_pop_back
 *   ITEM *T_front(&self), *T_back(&self)          null if the list is empty
 *   void T_append(&self, &other)                  moves all items over; panics unless both have the
 *                                                 same allocator
 *   T    T_split_off(&self, index)                a list of the items from index on; panics if there
 *                                                 is no such place. O(index)
 *   void T_retain(&self, keep, context)           drops the items for which keep() says false.
 *                                                 O(length)
 *   T_drain_iterator T_extract_if(&self, matches, context)  takes out what matches() is true for
 *   bool T_drain_next(&i, &item)                  the next one, now the caller's; false at the end
 *
 *   T_iterator T_begin(&self), T_end(&self)       a place before the first, after the last item
 *   bool T_next(&i), T_previous(&i)               goes on to i.item; false, and to the end, if
 *                                                 there is none
 *   void T_erase(&i)                            I drops i.item; next and previous go on beside it
 *   ITEM T_remove(&i)                           I gives i.item, likewise
 *   void T_insert_before(&i, item)             F  also T_insert_after; i.item stays the same
 *   void T_splice_before(&i, &other)              moves all items of the other list there; also
 *                                                 T_splice_after; panics as append
 *   T    T_split_before(&i), T_split_after(&i)    takes off and gives what is on that side
 *
 * What Rust calls a cursor is the iterator; i.index is how many items are before it. With i.item
 * null it lies between two items, or at an end: before and after are then beside that place.
 *
 * What it is bad at: an allocation and two links for each item, and a cache miss for each step. A
 * deque is better at most of what a list is used for. Where the items exist already, link
 * themselves: <cairn/base/list.h>.
 */
#include <cairn/base/list.h>
#include <cairn/collection.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/list.t.h> needs the name of the type that it makes, as in: #define T list_job"
#elif !defined(ITEM)
#error "<cairn/list.t.h> needs the type of its items, as in: #define ITEM struct job"
#else
#include <cairn/template_begin.h>

#define T_NODE        T_(node)
#define T_NODE_LAYOUT CAIRN_LAYOUT_OF(struct T_NODE)
#define T_NODE_OF(at) CAIRN_CONTAINER_OF(at, struct T_NODE, links)

#ifndef ONLY_FUNCTIONS

/*
 * Invariant: nodes are `length` blocks from the allocator, each a struct T_node with a live
 * item.
 */
typedef struct T {
    struct cairn_list nodes;
    size_t length;
    struct cairn_allocator *allocator; /* null: the global one */
} T;

#endif
#ifndef ONLY_TYPES

struct T_NODE {
    struct cairn_list_node links;
    ITEM item;
};

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_in)(struct cairn_allocator *allocator)
{
    T made = CAIRN_ZERO(T);
    made.allocator = allocator;
    return made;
}

/* Nodes. */

/* A node for the item, in no list; null, and the item is dropped, if memory runs out. */
CAIRN_TEMPLATE struct T_NODE *T_(new_node_)(T *self, ITEM item, enum cairn_fallibility fallibility)
{
    struct T_NODE *node =
        (struct T_NODE *)cairn_collection_alloc(self->allocator, T_NODE_LAYOUT, fallibility);
    if (node)
        PUT_ITEM(&node->item, &item);
    else
        DROP_ITEM(&item);
    return node;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(insert_between_)(T *self,
                                                               struct cairn_list_node *before,
                                                               ITEM item,
                                                               struct cairn_list_node *after,
                                                               enum cairn_fallibility fallibility)
{
    struct T_NODE *node = T_(new_node_)(self, item, fallibility);
    if (!node)
        return CAIRN_COLLECTION_NO_MEMORY;
    cairn_list_insert_between(&self->nodes, before, &node->links, after);
    self->length++;
    return CAIRN_COLLECTION_OK;
}

/* Takes the node out, frees it and gives its item. */
CAIRN_TEMPLATE ITEM T_(remove_node_)(T *self, struct cairn_list_node *links)
{
    struct T_NODE *node = T_NODE_OF(links);
    ITEM item = node->item;
    cairn_list_remove(&self->nodes, links);
    self->length--;
    cairn_collection_dealloc(self->allocator, node, T_NODE_LAYOUT);
    return item;
}

/* At the ends. */

CAIRN_TEMPLATE ITEM *T_(front)(T const *self)
{
    return self->nodes.first ? &T_NODE_OF(self->nodes.first)->item : NULL;
}

CAIRN_TEMPLATE ITEM *T_(back)(T const *self)
{
    return self->nodes.last ? &T_NODE_OF(self->nodes.last)->item : NULL;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_push_front)(T *self, ITEM item)
{
    return T_(insert_between_)(self, NULL, item, self->nodes.first, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_push_back)(T *self, ITEM item)
{
    return T_(insert_between_)(self, self->nodes.last, item, NULL, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop_front)(T *self, ITEM *item)
{
    if (self->length == 0)
        return false;
    *item = T_(remove_node_)(self, self->nodes.first);
    return true;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop_back)(T *self, ITEM *item)
{
    if (self->length == 0)
        return false;
    *item = T_(remove_node_)(self, self->nodes.last);
    return true;
}

/* The list is whole whenever an item is dropped, so what drops it may look. */
CAIRN_TEMPLATE void T_(clear)(T *self)
{
    while (self->length > 0) {
        ITEM item = T_(remove_node_)(self, self->nodes.first);
        DROP_ITEM(&item);
    }
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    T_(clear)(self);
    *self = CAIRN_ZERO(T);
}

/* Walking through, and changing on the way. */

/*
 * `before` and `after` are the nodes beside the item, or beside the place where it was; null:
 * none.
 */
typedef struct T_(iterator) {
    ITEM *item;
    T *list;
    size_t index; /* how many items are before */
    struct cairn_list_node *before;
    struct cairn_list_node *after;
#ifdef CAIRN_CHECKED_ITERATION
    T left; /* the list as the iterator left it */
#endif
} T_(iterator);

#ifdef CAIRN_CHECKED_ITERATION

CAIRN_TEMPLATE void T_(note_)(T_(iterator) * self)
{
    self->left = *self->list;
}

#else

CAIRN_TEMPLATE void T_(note_)(T_(iterator) * self)
{
    (void)self;
}

#endif

CAIRN_TEMPLATE T_(iterator) T_(begin)(T *self)
{
    T_(iterator) made = CAIRN_ZERO(T_(iterator));
    made.list = self;
    made.after = self->nodes.first;
    T_(note_)(&made);
    return made;
}

CAIRN_TEMPLATE T_(iterator) T_(end)(T *self)
{
    T_(iterator) made = CAIRN_ZERO(T_(iterator));
    made.list = self;
    made.index = self->length;
    made.before = self->nodes.last;
    T_(note_)(&made);
    return made;
}

CAIRN_TEMPLATE void T_(check_unchanged_)(T_(iterator) const *self)
{
    (void)self;
    CAIRN_CHECK_UNCHANGED(self->list->length == self->left.length &&
                          self->list->nodes.first == self->left.nodes.first &&
                          self->list->nodes.last == self->left.nodes.last);
}

CAIRN_TEMPLATE void T_(go_to_)(T_(iterator) * self, struct cairn_list_node *node)
{
    self->item = &T_NODE_OF(node)->item;
    self->before = node->previous;
    self->after = node->next;
}

CAIRN_TEMPLATE bool T_(next)(T_(iterator) * self)
{
    T_(check_unchanged_)(self);
    self->index += self->item != NULL;
    self->item = NULL;
    if (self->after)
        T_(go_to_)(self, self->after);
    else
        self->before = self->list->nodes.last;
    return self->item != NULL;
}

CAIRN_TEMPLATE bool T_(previous)(T_(iterator) * self)
{
    T_(check_unchanged_)(self);
    self->item = NULL;
    if (self->before) {
        self->index--;
        T_(go_to_)(self, self->before);
    } else {
        self->after = self->list->nodes.first;
    }
    return self->item != NULL;
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(remove)(T_(iterator) * self)
{
    T_(check_unchanged_)(self);
    cairn_check(self->item,
                "%s: there is no item at the iterator: nothing was found, or it is gone", __func__);
    struct T_NODE *node = CAIRN_CONTAINER_OF(self->item, struct T_NODE, item);
    self->item = NULL;
    ITEM item = T_(remove_node_)(self->list, &node->links);
    T_(note_)(self);
    return item;
}

CAIRN_TEMPLATE void T_(erase)(T_(iterator) * self)
{
    ITEM item = T_(remove)(self);
    DROP_ITEM(&item);
}

/* The item's node; where there is none, the one beside it. */
CAIRN_TEMPLATE struct cairn_list_node *T_(here_or_)(T_(iterator) const *self,
                                                    struct cairn_list_node *beside)
{
    return self->item ? &CAIRN_CONTAINER_OF(self->item, struct T_NODE, item)->links : beside;
}

/*
 * The iterator stays where it is, beside what came there; `index` is then how many are before
 * it.
 */
CAIRN_TEMPLATE void T_(stay_)(T_(iterator) * self, struct cairn_list_node *before,
                              struct cairn_list_node *after, size_t index)
{
    self->before = before;
    self->after = after;
    self->index = index;
    T_(note_)(self);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(insert_before_)(T_(iterator) * self, ITEM item,
                                                              enum cairn_fallibility fallibility)
{
    T_(check_unchanged_)(self);
    struct cairn_list_node *here = T_(here_or_)(self, self->after);
    enum cairn_collection_error error =
        T_(insert_between_)(self->list, self->before, item, here, fallibility);
    if (!error)
        T_(stay_)
    (self, here ? here->previous : self->list->nodes.last, self->after, self->index + 1);
    return error;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(insert_after_)(T_(iterator) * self, ITEM item,
                                                             enum cairn_fallibility fallibility)
{
    T_(check_unchanged_)(self);
    struct cairn_list_node *here = T_(here_or_)(self, self->before);
    enum cairn_collection_error error =
        T_(insert_between_)(self->list, here, item, self->after, fallibility);
    if (!error)
        T_(stay_)(self, self->before, here ? here->next : self->list->nodes.first, self->index);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_insert_before)(T_(iterator) * self,
                                                                                ITEM item)
{
    return T_(insert_before_)(self, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_insert_after)(T_(iterator) * self,
                                                                               ITEM item)
{
    return T_(insert_after_)(self, item, CAIRN_FALLIBLE);
}

/* From list to list. */

/* Moves all items of the other list between two nodes. */
CAIRN_TEMPLATE void T_(splice_)(T *self, struct cairn_list_node *before, T *other,
                                struct cairn_list_node *after, const char *function)
{
    cairn_check(self != other, "%s: a list cannot be put into itself", function);
    cairn_check(
        cairn_collection_allocator(self->allocator) == cairn_collection_allocator(other->allocator),
        "%s: the lists have different allocators, so that blocks cannot move over", function);
    cairn_list_splice(&self->nodes, before, &other->nodes, after);
    self->length += other->length;
    other->length = 0;
}

CAIRN_TEMPLATE void T_(append)(T *self, T *other)
{
    T_(splice_)(self, self->nodes.last, other, NULL, __func__);
}

CAIRN_TEMPLATE void T_(splice_before)(T_(iterator) * self, T *other)
{
    T_(check_unchanged_)(self);
    struct cairn_list_node *here = T_(here_or_)(self, self->after);
    size_t count = other->length;
    T_(splice_)(self->list, self->before, other, here, __func__);
    T_(stay_)
    (self, here ? here->previous : self->list->nodes.last, self->after, self->index + count);
}

CAIRN_TEMPLATE void T_(splice_after)(T_(iterator) * self, T *other)
{
    T_(check_unchanged_)(self);
    struct cairn_list_node *here = T_(here_or_)(self, self->before);
    T_(splice_)(self->list, here, other, self->after, __func__);
    T_(stay_)(self, self->before, here ? here->next : self->list->nodes.first, self->index);
}

/* Takes off all after the first `length` items, the last of which is at `node`. */
CAIRN_TEMPLATE T T_(split_)(T *self, struct cairn_list_node *node, size_t length)
{
    T rest = T_(new_in)(self->allocator);
    rest.nodes = cairn_list_split_after(&self->nodes, node);
    rest.length = self->length - length;
    self->length = length;
    return rest;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(split_after)(T_(iterator) * self)
{
    T_(check_unchanged_)(self);
    T rest = T_(split_)(self->list, T_(here_or_)(self, self->before),
                        self->index + (self->item != NULL));
    T_(stay_)(self, self->before, NULL, self->index);
    return rest;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(split_before)(T_(iterator) * self)
{
    T_(check_unchanged_)(self);
    T rest = T_(split_)(self->list, self->before, self->index), front = *self->list;
    *self->list = rest;
    T_(stay_)(self, NULL, self->after, 0);
    return front;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(split_off)(T *self, size_t index)
{
    if (index > self->length)
        cairn_index_out_of_bounds(__func__, index, self->length);
    T_(iterator) place = T_(begin)(self);
    for (size_t i = 0; i < index; i++)
        T_(next)(&place);
    return T_(split_)(self, T_(here_or_)(&place, NULL), index);
}

CAIRN_TEMPLATE void T_(retain)(T *self, bool (*keep)(ITEM const *item, void *context),
                               void *context)
{
    for (T_(iterator) i = T_(begin)(self); T_(next)(&i);)
        if (!keep(i.item, context))
            T_(erase)(&i);
}

typedef struct T_(drain_iterator) {
    T_(iterator) place;
    bool (*matches)(ITEM const *item, void *context);
    void *context;
} T_(drain_iterator);

CAIRN_MUST_USE CAIRN_TEMPLATE T_(drain_iterator)
    T_(extract_if)(T *self, bool (*matches)(ITEM const *item, void *context), void *context)
{
    T_(drain_iterator) made = {T_(begin)(self), matches, context};
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(drain_next)(T_(drain_iterator) * self, ITEM *item)
{
    while (T_(next)(&self->place)) {
        if (self->matches(self->place.item, self->context)) {
            *item = T_(remove)(&self->place);
            return true;
        }
    }
    return false;
}

/* Cloning. */

#ifdef ITEMS_ARE_CLONABLE

CAIRN_TEMPLATE enum cairn_collection_error T_(push_clone_)(T *self, ITEM const *item,
                                                           enum cairn_fallibility fallibility)
{
    ITEM copy;
    enum cairn_collection_error error = TRY_CLONE_ITEM(&copy, item);
    if (error)
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    return T_(insert_between_)(self, self->nodes.last, copy, NULL, fallibility);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_)(T *self, T const *from,
                                                      enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = CAIRN_COLLECTION_OK;
    *self = T_(new_in)(from->allocator);
    for (struct cairn_list_node *node = from->nodes.first; node && !error; node = node->next)
        error = T_(push_clone_)(self, &T_NODE_OF(node)->item, fallibility);
    if (error)
        T_(drop)(self);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    return T_(clone_)(self, from, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE void T_(push_front)(T *self, ITEM item)
{
    (void)T_(insert_between_)(self, NULL, item, self->nodes.first, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(push_back)(T *self, ITEM item)
{
    (void)T_(insert_between_)(self, self->nodes.last, item, NULL, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(insert_before)(T_(iterator) * self, ITEM item)
{
    (void)T_(insert_before_)(self, item, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(insert_after)(T_(iterator) * self, ITEM item)
{
    (void)T_(insert_after_)(self, item, CAIRN_INFALLIBLE);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made;
    (void)T_(clone_)(&made, from, CAIRN_INFALLIBLE);
    return made;
}

#endif
#endif
#endif

#undef T_NODE
#undef T_NODE_LAYOUT
#undef T_NODE_OF
#endif
#include <cairn/template_end.h>
