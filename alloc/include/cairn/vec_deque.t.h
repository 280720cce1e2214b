/* SPDX-License-Identifier: MIT */
/*
 * VecDeque: items in a row on the heap that grows at both ends.
 *
 *     #define T         deque_job
 *     #define ITEM      struct job
 *     #define ITEM_DROP job_drop         optional; also ITEM_CLONE, SLICE
 *     #define VEC       vec_job          optional: a vec of the same items
 *     #include <cairn/vec_deque.t.h>
 *
 *     owned(deque_job) jobs = {0};
 *     deque_job_push_back(&jobs, take(job));             waits for its turn
 *     deque_job_push_front(&jobs, take(urgent));         is next
 *     for (deque_job_iterator i = deque_job_begin(&jobs); deque_job_next(&i);)
 *         if (i.item->priority < 0)
 *             deque_job_erase(&i);                       drops it and goes on
 *     while (deque_job_pop_front(&jobs, &job))
 *         run(&job);
 *
 * The items lie in a ring, see <cairn/ring.h>: `length` of them; the other fields are its own.
 * Pointers to items are good until the deque is changed. The rules of <cairn/collection.h> hold;
 * below are the functions, with T standing for the type's name. F: aborts on allocation error,
 * and there is a try_ form. P: panics unless the index, or the range, is inside. C: only where
 * items can be cloned.
 *
 *   T    T_new_in(allocator)                      an empty deque; {0} is one, too
 *   T    T_with_capacity(capacity)             F  also with_capacity_in(allocator, capacity), and
 *        try_with_capacity(&self, capacity)    try_with_capacity_in(&self, allocator, capacity)
 *   T    T_clone(&from)                        FC with the allocator of the other
 *        try_clone(&self, &from)
 *   void T_drop(&self)                            drops the items from first to last, then frees
 *
 *   void T_push_front(&self, item)             F  O(1) on average; also T_push_back
 *        T_push_front_within_capacity(&self, item)  never allocates: an error if there is no room;
 *                                                 also T_push_back_within_capacity
 *   bool T_pop_front(&self, &item)                false if there is none; also T_pop_back
 *   void T_insert(&self, index, item)          FP O(items on the shorter side); index may be length
 *   ITEM T_remove(&self, index)                 P O(items on the shorter side); keeps the order
 *   ITEM T_swap_remove_front(&self, index)      P O(1); the first item takes its place
 *   ITEM T_swap_remove_back(&self, index)       P O(1); the last item takes its place
 *   void T_truncate(&self, length)                drops the items after the first `length`
 *   void T_clear(&self)                           drops all items; the capacity stays
 *   void T_resize(&self, length, item)         FC truncates, or appends clones of the item
 *   void T_extend_from(&self, items, count)    FC appends clones; they may be the deque's own
 *   void T_append(&self, &other)               F  moves all items over; the other keeps its room
 *   T    T_split_off(&self, index)             FP a deque of the items from index on; index may be
 *        try_split_off(&self, index, &tail)    the length
 *   void T_remove_range(&self, first, count)    P drops these
 *   void T_retain(&self, keep, context)           drops the items for which keep() says false
 *   void T_swap(&self, index, other)            P
 *   void T_rotate_left(&self, count)            P the first `count` items go to the end
 *   void T_rotate_right(&self, count)           P the last `count` items go to the front
 *
 *   ITEM *T_at(&self, index)                    P
 *   ITEM *T_get(&self, index)                     null if the index is outside
 *   ITEM *T_front(&self), *T_back(&self)          null if the deque is empty
 *   size_t T_partition_point(&self, is_before, context)  how many are in front for which it is true
 *   bool T_binary_search_by(&self, compare, context, &index)  the first for which compare() is 0; or
 *                                                 false, and where one would belong
 *   T_slices T_as_slices(&self)                   all items: the slices `first` and then `second`
 *   SLICE T_make_contiguous(&self)                all items as one slice, to be sorted. O(length)
 *
 *   T_iterator T_begin(&self), T_end(&self)       a place before the first, after the last item
 *   bool T_next(&i), T_previous(&i)               goes on to i.item; false if there is none
 *   void T_erase(&i)                              drops i.item; next and previous go on beside it
 *
 *   T_drain_iterator T_drain(&self, first, count) P takes out what is in the range, or of that what
 *   T_drain_iterator T_extract_if(&self, first, count, matches, context)   P matches() is true for
 *   bool T_drain_next(&i, &item)                  the next one, now the caller's; false at the end
 *   void T_drain_iterator_drop(&i)                what was not taken out yet: drain drops it,
 *                                                 extract_if leaves it; as of <cairn/vec.t.h>
 *
 *   size_t T_capacity(&self)
 *   void T_reserve(&self, additional)          F  room for that many more, and by doubling
 *   void T_shrink_to_fit(&self)                F  also T_shrink_to(&self, capacity)
 *
 *   T    T_from_vec(vec)                       F  with VEC. O(1) where the vec's capacity is a
 *        try_from_vec(&self, vec)              power of two, as by pushing; else realloc
 *   VEC  T_into_vec(&self)                        with VEC. Never allocates; O(1) if the first item
 *                                                 lies at the beginning, else O(length)
 *
 * What it is bad at: an item's place takes a few instructions more than a vec's. The capacity is
 * a power of two. Erasing many items one by one while iterating moves others each time: retain
 * does not.
 */
#include <cairn/own.h>
#include <cairn/ring.h>
#include <cairn/slice_core.h>

#if !defined(T)
#error "<cairn/vec_deque.t.h> needs the name of the type that it makes: #define T deque_job"
#elif !defined(ITEM)
#error "<cairn/vec_deque.t.h> needs the type of its items, as in: #define ITEM struct job"
#else
#include <cairn/template_begin.h>

#ifndef ONLY_FUNCTIONS

/* Invariants: those of struct cairn_ring; each of the `length` items is alive. */
typedef struct T {
    ITEM *items;
    size_t length;
    size_t ends;
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

/* The untyped face of the deque: the same fields, in the same order. */
CAIRN_TEMPLATE struct cairn_ring *T_(ring_)(T const *self)
{
    CAIRN_STATIC_ASSERT(sizeof(T) == sizeof(struct cairn_ring), "vec_deque: a field more or less");
    return (struct cairn_ring *)(uintptr_t)self;
}

/* Where an item is or would be. Needs: there is capacity. */
CAIRN_TEMPLATE ITEM *T_(slot_)(T const *self, size_t index)
{
    return &self->items[cairn_ring_place(self->ends, index)];
}

CAIRN_TEMPLATE void T_(check_index_)(T const *self, size_t index, const char *function)
{
    if (__builtin_expect(index >= self->length, 0))
        cairn_index_out_of_bounds(function, index, self->length);
}

/* Room. */

CAIRN_TEMPLATE size_t T_(capacity)(T const *self)
{
    return cairn_ring_capacity(self->ends);
}

CAIRN_TEMPLATE_COLD enum cairn_collection_error T_(grow_)(T *self, size_t additional,
                                                          enum cairn_fallibility fallibility)
{
    return cairn_ring_reserve(T_(ring_)(self), ITEM_LAYOUT, additional, fallibility);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(reserve_)(T *self, size_t additional,
                                                        enum cairn_fallibility fallibility)
{
    if (additional <= T_(capacity)(self) - self->length)
        return CAIRN_COLLECTION_OK;
    return T_(grow_)(self, additional, fallibility);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(shrink_to_)(T *self, size_t capacity,
                                                          enum cairn_fallibility fallibility)
{
    return cairn_ring_shrink(T_(ring_)(self), ITEM_LAYOUT, capacity, fallibility);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_reserve)(T *self,
                                                                          size_t additional)
{
    return T_(reserve_)(self, additional, CAIRN_FALLIBLE);
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
    enum cairn_collection_error error = T_(try_reserve)(self, capacity);
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

CAIRN_TEMPLATE void T_(drop_items_)(T *self, size_t index, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ITEM_DROP(T_(slot_)(self, index + i));
}

#else

CAIRN_TEMPLATE void T_(drop_items_)(T *self, size_t index, size_t count)
{
    (void)self, (void)index, (void)count;
}

#endif

CAIRN_TEMPLATE void T_(truncate)(T *self, size_t length)
{
    size_t before = self->length;
    if (length >= before)
        return;
    self->length = length;
    T_(drop_items_)(self, length, before - length);
}

CAIRN_TEMPLATE void T_(clear)(T *self)
{
    T_(truncate)(self, 0);
    self->ends = T_(capacity)(self);
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    T_(truncate)(self, 0);
    cairn_ring_free(T_(ring_)(self), ITEM_LAYOUT);
}

/* Looking at items. */

CAIRN_TEMPLATE ITEM *T_(get)(T const *self, size_t index)
{
    return index < self->length ? T_(slot_)(self, index) : NULL;
}

CAIRN_TEMPLATE ITEM *T_(at)(T const *self, size_t index)
{
    T_(check_index_)(self, index, __func__);
    return T_(slot_)(self, index);
}

CAIRN_TEMPLATE ITEM *T_(front)(T const *self)
{
    return T_(get)(self, 0);
}

CAIRN_TEMPLATE ITEM *T_(back)(T const *self)
{
    return T_(get)(self, self->length - 1); /* of none: SIZE_MAX, which is outside */
}

/* What lies up to the end of the memory, and what goes on at its beginning. */
typedef struct T_(slices) {
    SLICE first;
    SLICE second;
} T_(slices);

CAIRN_TEMPLATE T_(slices) T_(as_slices)(T const *self)
{
    T_(slices) slices = {{self->items, 0}, {self->items, 0}};
    if (self->length == 0)
        return slices;
    size_t head = cairn_ring_place(self->ends, 0), until_end = T_(capacity)(self) - head;
    slices.first.items = &self->items[head];
    slices.first.length = self->length < until_end ? self->length : until_end;
    slices.second.length = self->length - slices.first.length;
    return slices;
}

CAIRN_TEMPLATE SLICE T_(make_contiguous)(T *self)
{
    cairn_ring_make_contiguous(T_(ring_)(self), sizeof(ITEM));
    return T_(as_slices)(self).first;
}

CAIRN_TEMPLATE size_t T_(partition_point)(T const *self,
                                          bool (*is_before)(ITEM const *item, void *context),
                                          void *context)
{
    size_t low = 0, high = self->length;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(T_(slot_)(self, middle), context))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

CAIRN_TEMPLATE bool T_(binary_search_by)(T const *self,
                                         int (*compare)(ITEM const *item, void *context),
                                         void *context, size_t *index)
{
    size_t low = 0, high = self->length;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(T_(slot_)(self, middle), context) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < self->length && compare(T_(slot_)(self, low), context) == 0;
}

/* At the ends. */

CAIRN_TEMPLATE void T_(put_front_)(T *self, ITEM item)
{
    self->ends = cairn_ring_earlier(self->ends);
    PUT_ITEM(T_(slot_)(self, 0), &item);
    self->length++;
}

CAIRN_TEMPLATE void T_(put_back_)(T *self, ITEM item)
{
    PUT_ITEM(T_(slot_)(self, self->length), &item);
    self->length++;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(push_front_)(T *self, ITEM item,
                                                           enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = T_(reserve_)(self, 1, fallibility);
    if (error) {
        DROP_ITEM(&item);
        return error;
    }
    T_(put_front_)(self, item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(push_back_)(T *self, ITEM item,
                                                          enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = T_(reserve_)(self, 1, fallibility);
    if (error) {
        DROP_ITEM(&item);
        return error;
    }
    T_(put_back_)(self, item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_push_front)(T *self, ITEM item)
{
    return T_(push_front_)(self, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_push_back)(T *self, ITEM item)
{
    return T_(push_back_)(self, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(push_front_within_capacity)(T *self,
                                                                                         ITEM item)
{
    if (self->length == T_(capacity)(self)) {
        DROP_ITEM(&item);
        return CAIRN_COLLECTION_NO_MEMORY;
    }
    T_(put_front_)(self, item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(push_back_within_capacity)(T *self,
                                                                                        ITEM item)
{
    if (self->length == T_(capacity)(self)) {
        DROP_ITEM(&item);
        return CAIRN_COLLECTION_NO_MEMORY;
    }
    T_(put_back_)(self, item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop_front)(T *self, ITEM *item)
{
    if (self->length == 0)
        return false;
    *item = *T_(slot_)(self, 0);
    self->ends = cairn_ring_later(self->ends);
    self->length--;
    return true;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop_back)(T *self, ITEM *item)
{
    if (self->length == 0)
        return false;
    self->length--;
    *item = *T_(slot_)(self, self->length);
    return true;
}

/* Anywhere. */

CAIRN_TEMPLATE void T_(open_)(T *self, size_t index, size_t count)
{
    cairn_ring_open(T_(ring_)(self), sizeof(ITEM), index, count);
}

CAIRN_TEMPLATE void T_(close_)(T *self, size_t index, size_t count)
{
    cairn_ring_close(T_(ring_)(self), sizeof(ITEM), index, count);
}

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
    T_(open_)(self, index, 1);
    PUT_ITEM(T_(slot_)(self, index), &item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_insert)(T *self, size_t index,
                                                                         ITEM item)
{
    return T_(insert_)(self, index, item, CAIRN_FALLIBLE);
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(remove)(T *self, size_t index)
{
    ITEM item = *T_(at)(self, index);
    T_(close_)(self, index, 1);
    return item;
}

CAIRN_TEMPLATE void T_(swap)(T *self, size_t index, size_t other)
{
    ITEM *one = T_(at)(self, index), *two = T_(at)(self, other);
    ITEM item = *one;
    *one = *two;
    *two = item;
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(swap_remove_front)(T *self, size_t index)
{
    ITEM *place = T_(at)(self, index);
    ITEM item = *place;
    *place = *T_(slot_)(self, 0);
    self->ends = cairn_ring_later(self->ends);
    self->length--;
    return item;
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(swap_remove_back)(T *self, size_t index)
{
    ITEM *place = T_(at)(self, index);
    ITEM item = *place;
    self->length--;
    *place = *T_(slot_)(self, self->length);
    return item;
}

CAIRN_TEMPLATE void T_(rotate_left)(T *self, size_t count)
{
    cairn_check_range(__func__, 0, count, self->length);
    cairn_ring_rotate_left(T_(ring_)(self), sizeof(ITEM), count);
}

CAIRN_TEMPLATE void T_(rotate_right)(T *self, size_t count)
{
    cairn_check_range(__func__, 0, count, self->length);
    T_(rotate_left)(self, self->length - count);
}

CAIRN_TEMPLATE void T_(remove_range)(T *self, size_t first, size_t count)
{
    cairn_check_range(__func__, first, count, self->length);
    T_(drop_items_)(self, first, count);
    T_(close_)(self, first, count);
}

CAIRN_TEMPLATE void T_(retain)(T *self, bool (*keep)(ITEM const *item, void *context),
                               void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->length; i++) {
        ITEM *item = T_(slot_)(self, i);
        if (keep(item, context))
            *T_(slot_)(self, kept++) = *item;
        else
            DROP_ITEM(item);
    }
    self->length = kept;
}

/* Walking through, and erasing on the way. */

typedef struct T_(iterator) {
    ITEM *item;
    T *deque;
    size_t index; /* of the item */
    size_t next;  /* the index of what T_next would give */
#ifdef CAIRN_CHECKED_ITERATION
    T left;       /* the deque as the iterator left it */
#endif
} T_(iterator);

#ifdef CAIRN_CHECKED_ITERATION

CAIRN_TEMPLATE void T_(note_)(T_(iterator) * self)
{
    self->left = *self->deque;
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
    made.deque = self;
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
    CAIRN_CHECK_UNCHANGED(self->deque->ends == self->left.ends &&
                          self->deque->length == self->left.length);
    if (self->next >= self->deque->length)
        return false;
    self->index = self->next++;
    self->item = T_(slot_)(self->deque, self->index);
    return true;
}

CAIRN_TEMPLATE bool T_(previous)(T_(iterator) * self)
{
    CAIRN_CHECK_UNCHANGED(self->deque->ends == self->left.ends &&
                          self->deque->length == self->left.length);
    if (self->next == 0)
        return false;
    self->index = --self->next;
    self->item = T_(slot_)(self->deque, self->index);
    return true;
}

CAIRN_TEMPLATE void T_(erase)(T_(iterator) * self)
{
    CAIRN_CHECK_UNCHANGED(self->deque->ends == self->left.ends &&
                          self->deque->length == self->left.length);
    cairn_check(self->item, "%s: there is no item to erase: nothing was found, or it is erased",
                __func__);
    self->next -= self->index < self->next;
    self->item = NULL;
    T_(remove_range)(self->deque, self->index, 1);
    T_(note_)(self);
}

/* Taking out. */

/*
 * The deque's length is `kept` meanwhile: what is in front of the gap.
 *
 * Invariant: kept <= next <= end <= length; the items from next to length are alive.
 */
typedef struct T_(drain_iterator) {
    T *deque;
    size_t kept;
    size_t next;
    size_t end;                                       /* of the range */
    size_t length;                                    /* that the deque had */
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
    T *deque = self->deque;
    if (!deque)
        return;
    deque->length = self->length;
    T_(close_)(deque, self->kept, self->next - self->kept);
    *self = CAIRN_ZERO(T_(drain_iterator));
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(drain_next)(T_(drain_iterator) * self, ITEM *item)
{
    while (self->next < self->end) {
        ITEM *next = T_(slot_)(self->deque, self->next++);
        if (!self->matches || self->matches(next, self->context)) {
            *item = *next;
            return true;
        }
        *T_(slot_)(self->deque, self->kept++) = *next;
        self->deque->length = self->kept;
    }
    T_(drain_end_)(self);
    return false;
}

CAIRN_TEMPLATE void T_(drain_iterator_drop)(T_(drain_iterator) * self)
{
    if (self->next < self->end && !self->matches) {
        size_t first = self->next;
        self->next = self->end;
        T_(drop_items_)(self->deque, first, self->end - first);
    }
    T_(drain_end_)(self);
}

/* From deque to deque. */

CAIRN_TEMPLATE enum cairn_collection_error T_(append_)(T *self, T *other,
                                                       enum cairn_fallibility fallibility)
{
    cairn_check(self != other, "%s: a deque cannot be appended to itself", __func__);
    enum cairn_collection_error error = T_(reserve_)(self, other->length, fallibility);
    if (error)
        return error;
    T_(slices) slices = T_(as_slices)(other);
    cairn_ring_write(T_(ring_)(self), sizeof(ITEM), self->length, slices.first.length,
                     slices.first.items);
    cairn_ring_write(T_(ring_)(self), sizeof(ITEM), self->length + slices.first.length,
                     slices.second.length, slices.second.items);
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
    enum cairn_collection_error error = T_(reserve_)(tail, count, fallibility);
    if (error) {
        *tail = CAIRN_ZERO(T);
        return error;
    }
    cairn_ring_read(T_(ring_)(self), sizeof(ITEM), index, count, tail->items);
    tail->length = count;
    self->length = index;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_split_off)(T *self, size_t index,
                                                                            T *tail)
{
    return T_(split_off_)(self, index, tail, CAIRN_FALLIBLE);
}

/* From vec and to vec. */

#ifdef VEC

CAIRN_TEMPLATE enum cairn_collection_error T_(from_vec_)(T *self, VEC vec,
                                                         enum cairn_fallibility fallibility)
{
    struct cairn_buffer buffer = {vec.items, vec.length, vec.capacity, vec.allocator};
    enum cairn_collection_error error =
        cairn_ring_from_buffer(T_(ring_)(self), ITEM_LAYOUT, buffer, fallibility);
    if (error) {
        CAIRN_JOIN(VEC, drop)(&vec);
        *self = CAIRN_ZERO(T);
    }
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_vec)(T *self, VEC vec)
{
    return T_(from_vec_)(self, vec, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE VEC T_(into_vec)(T *self)
{
    struct cairn_buffer buffer = cairn_ring_into_buffer(T_(ring_)(self), sizeof(ITEM));
    VEC vec = {(ITEM *)buffer.items, buffer.length, buffer.capacity, buffer.allocator};
    *self = CAIRN_ZERO(T);
    return vec;
}

#endif

/* Cloning. */

#ifdef ITEMS_ARE_CLONABLE

/* Puts clones of the items after the last one, where there is room; the length is the caller's. */
#ifdef ITEMS_ARE_PLAIN

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_items_)(T *self, ITEM const *items,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    (void)fallibility;
    cairn_ring_write(T_(ring_)(self), sizeof(ITEM), self->length, count, items);
    return CAIRN_COLLECTION_OK;
}

#else

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_items_)(T *self, ITEM const *items,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    for (size_t i = 0; i < count; i++) {
        enum cairn_collection_error error =
            TRY_CLONE_ITEM(T_(slot_)(self, self->length + i), &items[i]);
        if (error) {
            T_(drop_items_)(self, self->length, i);
            return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
        }
    }
    return CAIRN_COLLECTION_OK;
}

#endif

/*
 * The items may be the deque's own, and then move when it grows: so they are found again. Those
 * that lie side by side do so afterwards, too.
 */
CAIRN_TEMPLATE enum cairn_collection_error T_(extend_from_)(T *self, ITEM const *items,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    size_t distance = (uintptr_t)items - (uintptr_t)self->items, capacity = T_(capacity)(self);
    bool own_items = distance < capacity * sizeof(ITEM);
    size_t index = own_items ? (distance / sizeof(ITEM) - self->ends) & (capacity - 1) : 0;
    enum cairn_collection_error error = T_(reserve_)(self, count, fallibility);
    if (!error)
        error =
            T_(clone_items_)(self, own_items ? T_(slot_)(self, index) : items, count, fallibility);
    if (!error)
        self->length += count;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_extend_from)(T *self,
                                                                              ITEM const *items,
                                                                              size_t count)
{
    return T_(extend_from_)(self, items, count, CAIRN_FALLIBLE);
}

/* Grows the deque by `count` >= 1 items, the last of which is `item` itself. */
CAIRN_TEMPLATE enum cairn_collection_error T_(extend_with_)(T *self, ITEM item, size_t count,
                                                            enum cairn_fallibility fallibility)
{
    size_t before = self->length;
    enum cairn_collection_error error = T_(reserve_)(self, count, fallibility);
    for (size_t i = 0; !error && i < count - 1; i++) {
        error = T_(clone_items_)(self, &item, 1, fallibility);
        self->length += !error;
    }
    if (error) {
        T_(truncate)(self, before);
        DROP_ITEM(&item);
        return error;
    }
    T_(put_back_)(self, item);
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

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_)(T *self, T const *from,
                                                      enum cairn_fallibility fallibility)
{
    T_(slices) slices = T_(as_slices)(from);
    *self = T_(new_in)(from->allocator);
    enum cairn_collection_error error = T_(reserve_)(self, from->length, fallibility);
    if (!error)
        error = T_(extend_from_)(self, slices.first.items, slices.first.length, fallibility);
    if (!error)
        error = T_(extend_from_)(self, slices.second.items, slices.second.length, fallibility);
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

CAIRN_TEMPLATE void T_(shrink_to)(T *self, size_t capacity)
{
    (void)T_(shrink_to_)(self, capacity, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(shrink_to_fit)(T *self)
{
    T_(shrink_to)(self, 0);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(with_capacity_in)(struct cairn_allocator *allocator,
                                                     size_t capacity)
{
    T made = T_(new_in)(allocator);
    T_(reserve)(&made, capacity);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(with_capacity)(size_t capacity)
{
    return T_(with_capacity_in)(NULL, capacity);
}

CAIRN_TEMPLATE void T_(push_front)(T *self, ITEM item)
{
    (void)T_(push_front_)(self, item, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(push_back)(T *self, ITEM item)
{
    (void)T_(push_back_)(self, item, CAIRN_INFALLIBLE);
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

#ifdef VEC

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_vec)(VEC vec)
{
    T made;
    (void)T_(from_vec_)(&made, vec, CAIRN_INFALLIBLE);
    return made;
}

#endif
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

#undef VEC
#endif
#include <cairn/template_end.h>
