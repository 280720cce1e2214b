/* SPDX-License-Identifier: MIT */
/*
 * Vec: items in a row on the heap, as many as are pushed.
 *
 *     #define T         vec_job
 *     #define ITEM      struct job
 *     #define ITEM_DROP job_drop         optional; also ITEM_CLONE, COMPARE, EQUAL, SLICE
 *     #include <cairn/vec.t.h>
 *
 *     owned(vec_job) jobs = {0};
 *     vec_job_push(&jobs, take(job));
 *     for (size_t i = 0; i < jobs.length; i++)
 *         run(&jobs.items[i]);
 *     vec_job_at(&jobs, 0)->priority++;                  as items[0], and checked
 *
 * The fields are public, to be read: items, length, capacity. Pointers to items are good until the
 * vec grows, shrinks or is dropped. The rules of <cairn/collection.h> hold; below are the functions,
 * with T standing for the type's name. F: calls the allocation-error handler when memory runs out,
 * and has a try_ form, which returns an error. P: panics unless the index is inside. C: only where
 * items can be cloned.
 *
 *   T    T_new_in(allocator)                   an empty vec; with the global allocator it is {0}
 *   T    T_with_capacity(capacity)             F  also with_capacity_in(allocator, capacity), and
 *        try_with_capacity(&self, capacity)       try_with_capacity_in(&self, allocator, capacity)
 *   T    T_from_items(items, count)            F  moves all of them in, even if it fails; also
 *        try_from_items(&self, items, count)      from_items_in, try_from_items_in
 *   T    vec_of(T, item, ...)                  F  the same of the items named; also
 *        try_vec_of(T, &self, item, ...)          (in C; items without size cannot be counted)
 *   T    T_clone(&from)                        FC with the allocator of the other
 *        try_clone(&self, &from)
 *   void T_drop(&self)                            drops the items from first to last, then frees
 *   ITEM *T_leak(&self)                           the items, which nobody owns now; the vec is empty
 *   T    T_from_raw_parts_in(allocator, items, length, capacity)   what leak gave, owned
 *
 *   void T_push(&self, item)                   F  O(1) on average
 *        T_push_within_capacity(&self, item)      never allocates: an error if there is no room
 *   bool T_pop(&self, &item)                      the last one; false if there is none
 *   void T_insert(&self, index, item)          FP O(items after it); index may be the length
 *   void T_insert_from(&self, index, items, count) FCP inserts clones
 *   ITEM T_remove(&self, index)                 P O(items after it); keeps the order
 *   ITEM T_swap_remove(&self, index)            P O(1); the last item takes its place
 *   void T_remove_range(&self, first, count)    P drops these
 *   void T_splice(&self, first, count, &other) FP drops these, moves all of the other's there
 *   void T_truncate(&self, length)                drops the items after the first `length`
 *   void T_clear(&self)                           drops all items; the capacity stays
 *   void T_resize(&self, length, item)         FC truncates, or appends clones of the item
 *   void T_extend_from(&self, items, count)    FC appends clones; they may be the vec's own
 *   void T_append(&self, &other)               F  moves all items over; the other keeps its room
 *   T    T_split_off(&self, index)             FP a vec of the items from index on; index may be
 *        try_split_off(&self, index, &tail)       the length
 *   void T_retain(&self, keep, context)           drops the items for which keep() says false
 *   void T_dedup(&self)                           drops items that equal the one before (EQUAL or
 *   void T_dedup_by(&self, same, context)         COMPARE), for which same() is true, or whose
 *   void T_dedup_by_key(&self, key, context)      key(), a uint64_t, is the same
 *
 *   T_iterator T_begin(&self), T_end(&self)       a place before the first, after the last item
 *   bool T_next(&i), T_previous(&i)               goes on to i.item; false if there is none
 *   void T_erase(&i)                              drops i.item; next and previous go on beside it
 *
 *   T_drain_iterator T_drain(&self, first, count) P takes out what is in the range, or of that what
 *   T_drain_iterator T_extract_if(&self, first, count, matches, context)   P matches() is true for
 *   bool T_drain_next(&i, &item)                  the next one, now the caller's; false at the end
 *   void T_drain_iterator_drop(&i)                what was not taken out yet: drain drops it,
 *                                                 extract_if leaves it
 *
 *   void T_reserve(&self, additional)          F  room for that many more, and by doubling
 *   void T_reserve_exact(&self, additional)    F  room for that many more and none besides
 *   void T_shrink_to(&self, capacity)          F  gives back the room beyond it that is not used
 *   void T_shrink_to_fit(&self)                F  gives back all room that is not used
 *
 * And all functions of <cairn/slice.t.h>: at, get, first, last, range, windows, sort, binary_search,
 * rotate_left, ...
 *
 * While drain or extract_if is on its way, the vec has the items before the gap alone. It is whole
 * again when drain_next has returned false, or after drain_iterator_drop; declare the iterator as
 * owned() if the loop may be left early.
 *
 * What it is bad at: it must be one block, so growing may need three times the memory for a moment
 * (the old block and one of twice its size); inserting and removing in front moves everything.
 */
#include <cairn/buffer.h>
#include <cairn/own.h>
#include <cairn/slice_core.h>

#if !defined(T)
#error "<cairn/vec.t.h> needs the name of the type that it makes, as in: #define T vec_job"
#elif !defined(ITEM)
#error "<cairn/vec.t.h> needs the type of its items, as in: #define ITEM struct job"
#else
#include <cairn/template_begin.h>

#ifndef ONLY_FUNCTIONS

/*
 * Invariants: items[0] to items[length - 1] are alive; length <= capacity
 *             items is a block for `capacity` items; or, where that needs no bytes, no block
 */
typedef struct T {
    ITEM *items;
    size_t length;
    size_t capacity;
    struct cairn_allocator *allocator; /* null: the global one */
} T;

#ifndef SLICE
typedef struct T_(slice) {
    ITEM *items;
    size_t length;
} T_(slice);
#endif

#endif
#ifndef ONLY_TYPES

#ifndef SLICE
#define SLICE T_(slice)
#endif
#define SCRATCH_ALLOCATOR(self) ((self)->allocator)
#include <cairn/template_items.h>
#include <cairn/template_slice.h>

/* The untyped face of the vec: the same fields, in the same order. */
CAIRN_TEMPLATE struct cairn_buffer *T_(buffer_)(T *self)
{
    CAIRN_STATIC_ASSERT(sizeof(T) == sizeof(struct cairn_buffer), "vec: a field more or less");
    return (struct cairn_buffer *)(void *)self;
}

/* Room. */

CAIRN_TEMPLATE_COLD enum cairn_collection_error T_(grow_)(T *self, size_t additional,
                                                          enum cairn_fallibility fallibility)
{
    return cairn_buffer_reserve(T_(buffer_)(self), ITEM_LAYOUT, additional, fallibility);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(reserve_)(T *self, size_t additional,
                                                        enum cairn_fallibility fallibility)
{
    if (additional <= self->capacity - self->length)
        return CAIRN_COLLECTION_OK;
    return T_(grow_)(self, additional, fallibility);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(reserve_exact_)(T *self, size_t additional,
                                                              enum cairn_fallibility fallibility)
{
    return cairn_buffer_reserve_exact(T_(buffer_)(self), ITEM_LAYOUT, additional, fallibility);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(shrink_to_)(T *self, size_t capacity,
                                                          enum cairn_fallibility fallibility)
{
    return cairn_buffer_shrink(T_(buffer_)(self), ITEM_LAYOUT, capacity, fallibility);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_reserve)(T *self,
                                                                          size_t additional)
{
    return T_(reserve_)(self, additional, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_reserve_exact)(T *self,
                                                                                size_t additional)
{
    return T_(reserve_exact_)(self, additional, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_shrink_to)(T *self,
                                                                            size_t capacity)
{
    return T_(shrink_to_)(self, capacity, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_shrink_to_fit)(T *self)
{
    return T_(shrink_to_)(self, 0, CAIRN_FALLIBLE);
}

/* Making and dropping. */

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_in)(struct cairn_allocator *allocator)
{
    T made = {NULL, 0, 0, allocator};
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_with_capacity_in)(
    T *self, struct cairn_allocator *allocator, size_t capacity)
{
    *self = T_(new_in)(allocator);
    enum cairn_collection_error error = T_(try_reserve_exact)(self, capacity);
    if (error)
        *self = CAIRN_ZERO(T);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_with_capacity)(T *self,
                                                                                size_t capacity)
{
    return T_(try_with_capacity_in)(self, NULL, capacity);
}

CAIRN_TEMPLATE void T_(truncate)(T *self, size_t length)
{
    size_t before = self->length;
    if (length >= before)
        return;
    self->length = length;
    T_(drop_items_)(&self->items[length], before - length);
}

CAIRN_TEMPLATE void T_(clear)(T *self)
{
    T_(truncate)(self, 0);
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    T_(clear)(self);
    cairn_buffer_free(T_(buffer_)(self), ITEM_LAYOUT);
}

CAIRN_TEMPLATE ITEM *T_(leak)(T *self)
{
    ITEM *items = self->items;
    *self = CAIRN_ZERO(T);
    return items;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_raw_parts_in)(struct cairn_allocator *allocator,
                                                      ITEM *items, size_t length, size_t capacity)
{
    T made = {items, length, capacity, allocator};
    return made;
}

/* Makes a vec of items that are moved in, and dropped where that fails. */
CAIRN_TEMPLATE enum cairn_collection_error T_(from_items_)(T *self,
                                                           struct cairn_allocator *allocator,
                                                           ITEM *items, size_t count,
                                                           enum cairn_fallibility fallibility)
{
    *self = T_(new_in)(allocator);
    enum cairn_collection_error error = T_(reserve_exact_)(self, count, fallibility);
    if (error) {
        T_(drop_items_)(items, count);
        *self = CAIRN_ZERO(T);
        return error;
    }
    cairn_collection_copy(self->items, items, count * sizeof(ITEM));
    self->length = count;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_items_in)(
    T *self, struct cairn_allocator *allocator, ITEM *items, size_t count)
{
    return T_(from_items_)(self, allocator, items, count, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_items)(T *self, ITEM *items,
                                                                             size_t count)
{
    return T_(from_items_)(self, NULL, items, count, CAIRN_FALLIBLE);
}

/* At the end. */

CAIRN_TEMPLATE enum cairn_collection_error T_(push_)(T *self, ITEM item,
                                                     enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = T_(reserve_)(self, 1, fallibility);
    if (error) {
        DROP_ITEM(&item);
        return error;
    }
    PUT_ITEM(&self->items[self->length++], &item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_push)(T *self, ITEM item)
{
    return T_(push_)(self, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(push_within_capacity)(T *self,
                                                                                   ITEM item)
{
    if (self->length == self->capacity) {
        DROP_ITEM(&item);
        return CAIRN_COLLECTION_NO_MEMORY;
    }
    PUT_ITEM(&self->items[self->length++], &item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop)(T *self, ITEM *item)
{
    if (self->length == 0)
        return false;
    *item = self->items[--self->length];
    return true;
}

/* Anywhere. */

CAIRN_TEMPLATE enum cairn_collection_error T_(insert_)(T *self, size_t index, ITEM item,
                                                       enum cairn_fallibility fallibility)
{
    if (index > self->length)
        cairn_index_out_of_bounds(__func__, index, self->length);
    enum cairn_collection_error error = T_(reserve_)(self, 1, fallibility);
    if (error) {
        DROP_ITEM(&item);
        return error;
    }
    ITEM *place = &self->items[index];
    __builtin_memmove(place + 1, place, (self->length - index) * sizeof(ITEM));
    PUT_ITEM(place, &item);
    self->length++;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_insert)(T *self, size_t index,
                                                                         ITEM item)
{
    return T_(insert_)(self, index, item, CAIRN_FALLIBLE);
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(remove)(T *self, size_t index)
{
    ITEM *place = T_(at)(self, index);
    ITEM item = *place;
    self->length--;
    __builtin_memmove(place, place + 1, (self->length - index) * sizeof(ITEM));
    return item;
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(swap_remove)(T *self, size_t index)
{
    ITEM *place = T_(at)(self, index);
    ITEM item = *place;
    *place = self->items[--self->length];
    return item;
}

/* Moves the items from `from` on to `to`, and so closes or opens a gap. */
CAIRN_TEMPLATE void T_(move_tail_)(T *self, size_t from, size_t to)
{
    if (from != self->length)
        __builtin_memmove(&self->items[to], &self->items[from],
                          (self->length - from) * sizeof(ITEM));
}

CAIRN_TEMPLATE void T_(remove_range)(T *self, size_t first, size_t count)
{
    cairn_check_range(__func__, first, count, self->length);
    if (count == 0)
        return;
    T_(drop_items_)(&self->items[first], count);
    T_(move_tail_)(self, first + count, first);
    self->length -= count;
}

CAIRN_TEMPLATE void T_(retain)(T *self, bool (*keep)(ITEM const *item, void *context),
                               void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->length; i++) {
        if (keep(&self->items[i], context))
            self->items[kept++] = self->items[i];
        else
            DROP_ITEM(&self->items[i]);
    }
    self->length = kept;
}

CAIRN_TEMPLATE void T_(dedup_by)(T *self,
                                 bool (*same)(ITEM const *before, ITEM const *item, void *context),
                                 void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->length; i++) {
        if (kept == 0 || !same(&self->items[kept - 1], &self->items[i], context))
            self->items[kept++] = self->items[i];
        else
            DROP_ITEM(&self->items[i]);
    }
    self->length = kept;
}

#ifdef ITEMS_ARE_EQUAL

CAIRN_TEMPLATE bool T_(same_)(ITEM const *before, ITEM const *item, void *context)
{
    (void)context;
    return ITEMS_ARE_EQUAL(before, item);
}

CAIRN_TEMPLATE void T_(dedup)(T *self)
{
    T_(dedup_by)(self, T_(same_), NULL);
}

#endif

struct T_(key_) {
    uint64_t (*key)(ITEM const *item, void *context);
    void *context;
};

CAIRN_TEMPLATE bool T_(same_key_)(ITEM const *before, ITEM const *item, void *key)
{
    struct T_(key_) const *of = (struct T_(key_) const *)key;
    return of->key(before, of->context) == of->key(item, of->context);
}

CAIRN_TEMPLATE void T_(dedup_by_key)(T *self, uint64_t (*key)(ITEM const *item, void *context),
                                     void *context)
{
    struct T_(key_) of = {key, context};
    T_(dedup_by)(self, T_(same_key_), &of);
}

/* Walking through, and erasing on the way. */

typedef struct T_(iterator) {
    ITEM *item;
    T *vec;
    size_t index; /* of the item */
    size_t next;  /* the index of what T_next would give */
#ifdef CAIRN_CHECKED_ITERATION
    T left;       /* the vec as the iterator left it */
#endif
} T_(iterator);

#ifdef CAIRN_CHECKED_ITERATION

CAIRN_TEMPLATE void T_(note_)(T_(iterator) * self)
{
    self->left = *self->vec;
}

#else

CAIRN_TEMPLATE void T_(note_)(T_(iterator) * self)
{
    (void)self;
}

#endif

CAIRN_TEMPLATE T_(iterator) T_(iterate_from_)(T *self, size_t next)
{
    T_(iterator) made = CAIRN_ZERO(T_(iterator));
    made.vec = self;
    made.next = next;
    T_(note_)(&made);
    return made;
}

CAIRN_TEMPLATE T_(iterator) T_(begin)(T *self)
{
    return T_(iterate_from_)(self, 0);
}

CAIRN_TEMPLATE T_(iterator) T_(end)(T *self)
{
    return T_(iterate_from_)(self, self->length);
}

CAIRN_TEMPLATE bool T_(next)(T_(iterator) * self)
{
    CAIRN_CHECK_UNCHANGED(self->vec->items == self->left.items &&
                          self->vec->length == self->left.length);
    if (self->next >= self->vec->length)
        return false;
    self->index = self->next++;
    self->item = &self->vec->items[self->index];
    return true;
}

CAIRN_TEMPLATE bool T_(previous)(T_(iterator) * self)
{
    CAIRN_CHECK_UNCHANGED(self->vec->items == self->left.items &&
                          self->vec->length == self->left.length);
    if (self->next == 0)
        return false;
    self->index = --self->next;
    self->item = &self->vec->items[self->index];
    return true;
}

CAIRN_TEMPLATE void T_(erase)(T_(iterator) * self)
{
    CAIRN_CHECK_UNCHANGED(self->vec->items == self->left.items &&
                          self->vec->length == self->left.length);
    cairn_check(self->item, "%s: there is no item to erase: nothing was found, or it is erased",
                __func__);
    self->next -= self->index < self->next;
    self->item = NULL;
    T_(remove_range)(self->vec, self->index, 1);
    T_(note_)(self);
}

/* Taking out. */

/*
 * The vec's length is `kept` meanwhile: what is in front of the gap.
 *
 * Invariant: kept <= next <= end <= length; the items from next to length are alive.
 */
typedef struct T_(drain_iterator) {
    T *vec;
    size_t kept;
    size_t next;
    size_t end;                                       /* of the range */
    size_t length;                                    /* that the vec had */
    bool (*matches)(ITEM const *item, void *context); /* null: takes out all */
    void *context;
} T_(drain_iterator);

CAIRN_MUST_USE CAIRN_TEMPLATE T_(drain_iterator)
    T_(extract_if)(T *self, size_t first, size_t count,
                   bool (*matches)(ITEM const *item, void *context), void *context)
{
    T_(drain_iterator) made = {self, first, first, first + count, self->length, matches, context};
    cairn_check_range(__func__, first, count, self->length);
    self->length = first;
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T_(drain_iterator) T_(drain)(T *self, size_t first, size_t count)
{
    cairn_check_range(__func__, first, count, self->length);
    return T_(extract_if)(self, first, count, NULL, NULL);
}

/* Closes the gap. */
CAIRN_TEMPLATE void T_(drain_end_)(T_(drain_iterator) * self)
{
    T *vec = self->vec;
    if (!vec)
        return;
    vec->length = self->length;
    T_(move_tail_)(vec, self->next, self->kept);
    vec->length = self->length - (self->next - self->kept);
    *self = CAIRN_ZERO(T_(drain_iterator));
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(drain_next)(T_(drain_iterator) * self, ITEM *item)
{
    while (self->next < self->end) {
        ITEM *next = &self->vec->items[self->next++];
        if (!self->matches || self->matches(next, self->context)) {
            *item = *next;
            return true;
        }
        self->vec->items[self->kept++] = *next;
        self->vec->length = self->kept;
    }
    T_(drain_end_)(self);
    return false;
}

CAIRN_TEMPLATE void T_(drain_iterator_drop)(T_(drain_iterator) * self)
{
    if (self->next < self->end && !self->matches) {
        size_t first = self->next;
        self->next = self->end;
        T_(drop_items_)(&self->vec->items[first], self->end - first);
    }
    T_(drain_end_)(self);
}

/* From vec to vec. */

CAIRN_TEMPLATE enum cairn_collection_error T_(append_)(T *self, T *other,
                                                       enum cairn_fallibility fallibility)
{
    cairn_check(self != other, "%s: a vec cannot be appended to itself", __func__);
    if (other->length == 0)
        return CAIRN_COLLECTION_OK;
    enum cairn_collection_error error = T_(reserve_)(self, other->length, fallibility);
    if (error)
        return error;
    __builtin_memcpy(&self->items[self->length], other->items, other->length * sizeof(ITEM));
    self->length += other->length;
    other->length = 0;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_append)(T *self, T *other)
{
    return T_(append_)(self, other, CAIRN_FALLIBLE);
}

/* Needs: room for what the other has more than the range. */
CAIRN_TEMPLATE void T_(replace_range_)(T *self, size_t first, size_t count, T *other)
{
    T_(drop_items_)(&self->items[first], count);
    T_(move_tail_)(self, first + count, first + other->length);
    cairn_collection_copy(&self->items[first], other->items, other->length * sizeof(ITEM));
    self->length += other->length - count; /* the difference may wrap, the sum does not */
    other->length = 0;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(splice_)(T *self, size_t first, size_t count,
                                                       T *other, enum cairn_fallibility fallibility)
{
    cairn_check(self != other, "%s: a vec cannot be spliced into itself", __func__);
    cairn_check_range(__func__, first, count, self->length);
    if (count == 0 && other->length == 0)
        return CAIRN_COLLECTION_OK;
    if (other->length > count) {
        enum cairn_collection_error error = T_(reserve_)(self, other->length - count, fallibility);
        if (error)
            return error;
    }
    T_(replace_range_)(self, first, count, other);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_splice)(T *self, size_t first,
                                                                         size_t count, T *other)
{
    return T_(splice_)(self, first, count, other, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(split_off_)(T *self, size_t index, T *tail,
                                                          enum cairn_fallibility fallibility)
{
    if (index > self->length)
        cairn_index_out_of_bounds(__func__, index, self->length);
    *tail = T_(new_in)(self->allocator);
    size_t count = self->length - index;
    if (count == 0)
        return CAIRN_COLLECTION_OK;
    enum cairn_collection_error error = T_(reserve_exact_)(tail, count, fallibility);
    if (error) {
        *tail = CAIRN_ZERO(T);
        return error;
    }
    __builtin_memcpy(tail->items, &self->items[index], count * sizeof(ITEM));
    tail->length = count;
    self->length = index;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_split_off)(T *self, size_t index,
                                                                            T *tail)
{
    return T_(split_off_)(self, index, tail, CAIRN_FALLIBLE);
}

/* Cloning. */

#ifdef ITEMS_ARE_CLONABLE

/* Grows the vec by `count` >= 1 items, of which the last is `item` itself. */
CAIRN_TEMPLATE enum cairn_collection_error T_(extend_with_)(T *self, ITEM item, size_t count,
                                                            enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = T_(reserve_)(self, count, fallibility);
    if (!error)
        error = T_(fill_)(&self->items[self->length], &item, count - 1, fallibility);
    if (error) {
        DROP_ITEM(&item);
        return error;
    }
    self->length += count;
    PUT_ITEM(&self->items[self->length - 1], &item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(resize_)(T *self, size_t length, ITEM item,
                                                       enum cairn_fallibility fallibility)
{
    if (length > self->length)
        return T_(extend_with_)(self, item, length - self->length, fallibility);
    T_(truncate)(self, length);
    DROP_ITEM(&item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_resize)(T *self, size_t length,
                                                                         ITEM item)
{
    return T_(resize_)(self, length, item, CAIRN_FALLIBLE);
}

/* The items may be the vec's own, and then move when it grows: so they are found again. */
CAIRN_TEMPLATE enum cairn_collection_error T_(extend_from_)(T *self, ITEM const *items,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    if (count == 0)
        return CAIRN_COLLECTION_OK;
    size_t distance = (uintptr_t)items - (uintptr_t)self->items;
    bool own_items = distance < self->length * sizeof(ITEM);
    enum cairn_collection_error error = T_(reserve_)(self, count, fallibility);
    if (error)
        return error;
    if (own_items)
        items = (ITEM const *)((uintptr_t)self->items + distance);
    error = T_(clone_items_)(&self->items[self->length], items, count, fallibility);
    if (error)
        return error;
    self->length += count;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_extend_from)(T *self,
                                                                              ITEM const *items,
                                                                              size_t count)
{
    return T_(extend_from_)(self, items, count, CAIRN_FALLIBLE);
}

/* At the end they can be cloned, even where they are the vec's own; then they are rotated in. */
CAIRN_TEMPLATE enum cairn_collection_error T_(insert_from_)(T *self, size_t index,
                                                            ITEM const *items, size_t count,
                                                            enum cairn_fallibility fallibility)
{
    size_t after = self->length - index;
    cairn_check_range(__func__, 0, index, self->length);
    enum cairn_collection_error error = T_(extend_from_)(self, items, count, fallibility);
    if (!error && count != 0)
        cairn_rotate(&self->items[index], after * sizeof(ITEM), count * sizeof(ITEM));
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_insert_from)(T *self, size_t index,
                                                                              ITEM const *items,
                                                                              size_t count)
{
    return T_(insert_from_)(self, index, items, count, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_)(T *self, T const *from,
                                                      enum cairn_fallibility fallibility)
{
    *self = T_(new_in)(from->allocator);
    enum cairn_collection_error error = T_(reserve_exact_)(self, from->length, fallibility);
    if (!error) {
        self->length = from->length; /* long before the caller reads it as a part of a vector */
        error = T_(clone_items_)(self->items, from->items, from->length, fallibility);
    }
    if (error)
        cairn_buffer_free(T_(buffer_)(self), ITEM_LAYOUT);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    return T_(clone_)(self, from, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE void T_(reserve)(T *self, size_t additional)
{
    (void)T_(reserve_)(self, additional, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(reserve_exact)(T *self, size_t additional)
{
    (void)T_(reserve_exact_)(self, additional, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(shrink_to)(T *self, size_t capacity)
{
    (void)T_(shrink_to_)(self, capacity, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(shrink_to_fit)(T *self)
{
    (void)T_(shrink_to_)(self, 0, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(with_capacity_in)(struct cairn_allocator *allocator,
                                                     size_t capacity)
{
    T made = T_(new_in)(allocator);
    T_(reserve_exact)(&made, capacity);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(with_capacity)(size_t capacity)
{
    return T_(with_capacity_in)(NULL, capacity);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_items_in)(struct cairn_allocator *allocator, ITEM *items,
                                                  size_t count)
{
    T made;
    (void)T_(from_items_)(&made, allocator, items, count, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_items)(ITEM *items, size_t count)
{
    return T_(from_items_in)(NULL, items, count);
}

CAIRN_TEMPLATE void T_(push)(T *self, ITEM item)
{
    (void)T_(push_)(self, item, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(insert)(T *self, size_t index, ITEM item)
{
    (void)T_(insert_)(self, index, item, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(append)(T *self, T *other)
{
    (void)T_(append_)(self, other, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(splice)(T *self, size_t first, size_t count, T *other)
{
    (void)T_(splice_)(self, first, count, other, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(split_off)(T *self, size_t index)
{
    T tail;
    (void)T_(split_off_)(self, index, &tail, CAIRN_INFALLIBLE);
    return tail;
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_TEMPLATE void T_(resize)(T *self, size_t length, ITEM item)
{
    (void)T_(resize_)(self, length, item, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(extend_from)(T *self, ITEM const *items, size_t count)
{
    (void)T_(extend_from_)(self, items, count, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(insert_from)(T *self, size_t index, ITEM const *items, size_t count)
{
    (void)T_(insert_from_)(self, index, items, count, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made;
    (void)T_(clone_)(&made, from, CAIRN_INFALLIBLE);
    return made;
}

#endif
#endif
#endif
#endif
#include <cairn/template_end.h>
