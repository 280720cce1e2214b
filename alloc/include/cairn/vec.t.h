/* SPDX-License-Identifier: MIT */
/*
 * Vec: items in a row on the heap, as many as are pushed.
 *
 *     #define T         vec_job
 *     #define ITEM      struct job
 *     #define ITEM_DROP job_drop                         optional; also ITEM_CLONE
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
 *   T    T_clone(&from)                        FC with the allocator of the other
 *        try_clone(&self, &from)
 *   void T_drop(&self)                            drops the items from first to last, then frees
 *
 *   void T_push(&self, item)                   F  O(1) on average
 *   bool T_pop(&self, &item)                      the last one; false if there is none
 *   void T_insert(&self, index, item)          FP O(items behind it); index may be the length
 *   ITEM T_remove(&self, index)                 P O(items behind it); keeps the order
 *   ITEM T_swap_remove(&self, index)            P O(1); the last item takes its place
 *   void T_truncate(&self, length)                drops the items behind the first `length`
 *   void T_clear(&self)                           drops all items; the capacity stays
 *   void T_resize(&self, length, item)         FC truncates, or appends clones of the item
 *   void T_extend_from(&self, items, count)    FC appends clones; they may be the vec's own
 *   void T_append(&self, &other)               F  moves all items over; the other keeps its room
 *   T    T_split_off(&self, index)             FP a vec of the items from index on; index may be
 *        try_split_off(&self, index, &tail)       the length
 *   void T_retain(&self, keep, context)           drops the items for which keep() says false
 *   void T_dedup_by(&self, same, context)         drops items that are the same as the one before
 *   void T_reverse(&self)
 *   void T_swap(&self, index, other)            P
 *
 *   ITEM *T_at(&self, index)                    P
 *   ITEM *T_get(&self, index)                     null if the index is outside
 *   ITEM *T_first(&self), *T_last(&self)          null if the vec is empty
 *
 *   void T_reserve(&self, additional)          F  room for that many more, and by doubling
 *   void T_reserve_exact(&self, additional)    F  room for that many more and none besides
 *   void T_shrink_to_fit(&self)                F  gives back the room that is not used
 *
 * What it is bad at: it must be one block, so growing may need three times the memory for a moment
 * (the old block and one of twice its size); inserting and removing in front moves everything.
 */
#include <cairn/buffer.h>
#include <cairn/own.h>

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

#endif
#ifndef ONLY_TYPES

/* The untyped face of the vec and back. */

CAIRN_TEMPLATE struct cairn_buffer T_(buffer_)(T const *self)
{
    struct cairn_buffer buffer = {self->items, self->capacity, self->allocator};
    return buffer;
}

CAIRN_TEMPLATE void T_(set_buffer_)(T *self, struct cairn_buffer buffer)
{
    self->items = (ITEM *)buffer.items;
    self->capacity = buffer.capacity;
}

/* Room. */

CAIRN_TEMPLATE_COLD enum cairn_collection_error T_(reserve_)(T *self, size_t additional,
                                                             enum cairn_fallibility fallibility)
{
    struct cairn_buffer buffer = T_(buffer_)(self);
    enum cairn_collection_error error =
        cairn_buffer_reserve(&buffer, ITEM_LAYOUT, self->length, additional, fallibility);
    T_(set_buffer_)(self, buffer);
    return error;
}

CAIRN_TEMPLATE_COLD enum cairn_collection_error T_(reserve_exact_)(
    T *self, size_t additional, enum cairn_fallibility fallibility)
{
    struct cairn_buffer buffer = T_(buffer_)(self);
    enum cairn_collection_error error =
        cairn_buffer_reserve_exact(&buffer, ITEM_LAYOUT, self->length, additional, fallibility);
    T_(set_buffer_)(self, buffer);
    return error;
}

CAIRN_TEMPLATE_COLD enum cairn_collection_error T_(shrink_to_fit_)(
    T *self, enum cairn_fallibility fallibility)
{
    struct cairn_buffer buffer = T_(buffer_)(self);
    enum cairn_collection_error error =
        cairn_buffer_shrink(&buffer, ITEM_LAYOUT, self->length, fallibility);
    T_(set_buffer_)(self, buffer);
    return error;
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

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_shrink_to_fit)(T *self)
{
    return T_(shrink_to_fit_)(self, CAIRN_FALLIBLE);
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

#ifdef ITEM_DROP

CAIRN_TEMPLATE void T_(drop_items_)(ITEM *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ITEM_DROP(&items[i]);
}

#else

CAIRN_TEMPLATE void T_(drop_items_)(ITEM *items, size_t count)
{
    (void)items, (void)count;
}

#endif

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
    struct cairn_buffer buffer = T_(buffer_)(self);
    T_(clear)(self);
    cairn_buffer_free(&buffer, ITEM_LAYOUT);
    *self = CAIRN_ZERO(T);
}

/* Looking at items. */

CAIRN_TEMPLATE ITEM *T_(get)(T const *self, size_t index)
{
    return index < self->length ? &self->items[index] : NULL;
}

CAIRN_TEMPLATE ITEM *T_(at)(T const *self, size_t index)
{
    if (__builtin_expect(index >= self->length, 0))
        cairn_index_out_of_bounds(__func__, index, self->length);
    return &self->items[index];
}

CAIRN_TEMPLATE ITEM *T_(first)(T const *self)
{
    return T_(get)(self, 0);
}

CAIRN_TEMPLATE ITEM *T_(last)(T const *self)
{
    return T_(get)(self, self->length - 1); /* of none: SIZE_MAX, which is outside */
}

/* At the end. */

CAIRN_TEMPLATE enum cairn_collection_error T_(push_)(T *self, ITEM item,
                                                     enum cairn_fallibility fallibility)
{
    if (self->length == self->capacity) {
        enum cairn_collection_error error = T_(reserve_)(self, 1, fallibility);
        if (error) {
            DROP_ITEM(&item);
            return error;
        }
    }
    self->items[self->length++] = item;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_push)(T *self, ITEM item)
{
    return T_(push_)(self, item, CAIRN_FALLIBLE);
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
    if (self->length == self->capacity) {
        enum cairn_collection_error error = T_(reserve_)(self, 1, fallibility);
        if (error) {
            DROP_ITEM(&item);
            return error;
        }
    }
    ITEM *place = &self->items[index];
    __builtin_memmove(place + 1, place, (self->length - index) * sizeof(ITEM));
    *place = item;
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

CAIRN_TEMPLATE void T_(swap)(T *self, size_t index, size_t other)
{
    ITEM *one = T_(at)(self, index), *two = T_(at)(self, other);
    ITEM item = *one;
    *one = *two;
    *two = item;
}

CAIRN_TEMPLATE void T_(reverse)(T *self)
{
    for (size_t i = 0; i < self->length / 2; i++)
        T_(swap)(self, i, self->length - 1 - i);
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

#ifdef ITEMS_ARE_PLAIN

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_items_)(ITEM *to, ITEM const *from,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    (void)fallibility;
    cairn_collection_copy(to, from, count * sizeof(ITEM));
    return CAIRN_COLLECTION_OK;
}

#else

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_items_)(ITEM *to, ITEM const *from,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    for (size_t i = 0; i < count; i++) {
        enum cairn_collection_error error = TRY_CLONE_ITEM(&to[i], &from[i]);
        if (!error)
            continue;
        T_(drop_items_)(to, i);
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    }
    return CAIRN_COLLECTION_OK;
}

#endif

/* Clones of one item. */
CAIRN_TEMPLATE enum cairn_collection_error T_(fill_)(ITEM *to, ITEM const *item, size_t count,
                                                     enum cairn_fallibility fallibility)
{
    for (size_t i = 0; i < count; i++) {
        enum cairn_collection_error error = T_(clone_items_)(&to[i], item, 1, fallibility);
        if (!error)
            continue;
        T_(drop_items_)(to, i);
        return error;
    }
    return CAIRN_COLLECTION_OK;
}

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
    self->items[self->length - 1] = item;
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

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_)(T *self, T const *from,
                                                      enum cairn_fallibility fallibility)
{
    *self = T_(new_in)(from->allocator);
    enum cairn_collection_error error = T_(reserve_exact_)(self, from->length, fallibility);
    if (!error)
        error = T_(extend_from_)(self, from->items, from->length, fallibility);
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

CAIRN_TEMPLATE void T_(reserve)(T *self, size_t additional)
{
    (void)T_(reserve_)(self, additional, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(reserve_exact)(T *self, size_t additional)
{
    (void)T_(reserve_exact_)(self, additional, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(shrink_to_fit)(T *self)
{
    (void)T_(shrink_to_fit_)(self, CAIRN_INFALLIBLE);
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
