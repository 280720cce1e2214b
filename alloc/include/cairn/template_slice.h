/* SPDX-License-Identifier: MIT */
/*
 * The functions of everything that has its items in a row: slices, vecs, boxed slices. Included by
 * their templates; <cairn/slice.t.h> lists the functions. No guard. It needs what
 * <cairn/template_begin.h> made, a type T with the fields `items` and `length`, and
 *
 *     SLICE              the type of a view of some of the items
 *     SCRATCH_ALLOCATOR(self)    what sort takes scratch memory from; null is the global allocator
 */

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

CAIRN_TEMPLATE ITEM *T_(find)(T const *self, bool (*matches)(ITEM const *item, void *context),
                              void *context)
{
    for (size_t i = 0; i < self->length; i++)
        if (matches(&self->items[i], context))
            return &self->items[i];
    return NULL;
}

/* Views. */

CAIRN_TEMPLATE SLICE T_(view_)(ITEM *items, size_t length)
{
    SLICE made = {items, length};
    return made;
}

CAIRN_TEMPLATE SLICE T_(range)(T const *self, size_t first, size_t count)
{
    cairn_check_range(__func__, first, count, self->length);
    return T_(view_)(count == 0 ? self->items : &self->items[first], count);
}

CAIRN_TEMPLATE void T_(split_at)(T const *self, size_t index, SLICE *left, SLICE *right)
{
    cairn_check_range(__func__, 0, index, self->length);
    *left = T_(range)(self, 0, index);
    *right = T_(range)(self, index, self->length - index);
}

/* A walk over pieces of equal length. Invariant: `rest` is what the next pieces begin in. */
typedef struct T_(pieces) {
    SLICE slice; /* the piece */
    SLICE rest;
    size_t length; /* of a piece */
    size_t least;  /* of the last one */
    size_t step;   /* from one to the next */
} T_(pieces);

CAIRN_TEMPLATE T_(pieces)
    T_(pieces_)(T const *self, const char *function, size_t length, size_t least, size_t step)
{
    cairn_check(length != 0, "%s: pieces of 0 items never come to an end", function);
    T_(pieces)
    made = {T_(view_)(self->items, 0), T_(view_)(self->items, self->length), length, least, step};
    return made;
}

CAIRN_TEMPLATE T_(pieces) T_(chunks)(T const *self, size_t length)
{
    return T_(pieces_)(self, __func__, length, 1, length);
}

CAIRN_TEMPLATE T_(pieces) T_(chunks_exact)(T const *self, size_t length)
{
    return T_(pieces_)(self, __func__, length, length, length);
}

CAIRN_TEMPLATE T_(pieces) T_(windows)(T const *self, size_t length)
{
    return T_(pieces_)(self, __func__, length, length, 1);
}

CAIRN_TEMPLATE bool T_(next_piece)(T_(pieces) * self)
{
    size_t left = self->rest.length;
    if (left < self->least)
        return false;
    size_t step = self->step < left ? self->step : left;
    self->slice = T_(view_)(self->rest.items, self->length < left ? self->length : left);
    self->rest = T_(view_)(&self->rest.items[step], left - step);
    return true;
}

/* Reordering. */

CAIRN_TEMPLATE void T_(swap_items_)(ITEM *one, ITEM *other)
{
    ITEM item = *one;
    *one = *other;
    *other = item;
}

CAIRN_TEMPLATE void T_(reverse_items_)(ITEM *items, size_t count)
{
    for (size_t i = 0; i < count / 2; i++)
        T_(swap_items_)(&items[i], &items[count - 1 - i]);
}

CAIRN_TEMPLATE void T_(swap)(T *self, size_t index, size_t other)
{
    T_(swap_items_)(T_(at)(self, index), T_(at)(self, other));
}

CAIRN_TEMPLATE void T_(reverse)(T *self)
{
    T_(reverse_items_)(self->items, self->length);
}

CAIRN_TEMPLATE void T_(rotate_left)(T *self, size_t count)
{
    cairn_check_range(__func__, 0, count, self->length);
    cairn_rotate(self->items, count * sizeof(ITEM), (self->length - count) * sizeof(ITEM));
}

CAIRN_TEMPLATE void T_(rotate_right)(T *self, size_t count)
{
    cairn_check_range(__func__, 0, count, self->length);
    cairn_rotate(self->items, (self->length - count) * sizeof(ITEM), count * sizeof(ITEM));
}

CAIRN_TEMPLATE void T_(swap_with)(T *self, ITEM *items, size_t count)
{
    cairn_check(count == self->length, "%s: %zu items cannot be swapped with %zu", __func__,
                self->length, count);
    cairn_swap_bytes(self->items, items, count * sizeof(ITEM));
}

/* Writing plain items. */

#ifdef ITEMS_ARE_PLAIN

CAIRN_TEMPLATE void T_(fill)(T *self, ITEM item)
{
    for (size_t i = 0; i < self->length; i++)
        self->items[i] = item;
}

CAIRN_TEMPLATE void T_(copy_from)(T *self, ITEM const *items, size_t count)
{
    cairn_check(count == self->length, "%s: %zu items cannot be copied to %zu", __func__, count,
                self->length);
    cairn_collection_copy(self->items, items, count * sizeof(ITEM));
}

CAIRN_TEMPLATE void T_(copy_within)(T *self, size_t first, size_t count, size_t to)
{
    cairn_check_range(__func__, first, count, self->length);
    cairn_check_range(__func__, to, count, self->length);
    if (count != 0)
        __builtin_memmove(&self->items[to], &self->items[first], count * sizeof(ITEM));
}

#endif

/* Comparing. */

#if defined(EQUAL)
#define ITEMS_ARE_EQUAL(one, other) EQUAL(one, other)
#elif defined(COMPARE)
#define ITEMS_ARE_EQUAL(one, other) (COMPARE(one, other) == 0)
#endif

#ifdef ITEMS_ARE_EQUAL

CAIRN_TEMPLATE bool T_(contains)(T const *self, ITEM const *item)
{
    for (size_t i = 0; i < self->length; i++)
        if (ITEMS_ARE_EQUAL(&self->items[i], item))
            return true;
    return false;
}

CAIRN_TEMPLATE bool T_(equal_items_)(ITEM const *items, ITEM const *others, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!ITEMS_ARE_EQUAL(&items[i], &others[i]))
            return false;
    return true;
}

CAIRN_TEMPLATE bool T_(equals)(T const *self, ITEM const *items, size_t count)
{
    return self->length == count && T_(equal_items_)(self->items, items, count);
}

CAIRN_TEMPLATE bool T_(starts_with)(T const *self, ITEM const *items, size_t count)
{
    return self->length >= count && T_(equal_items_)(self->items, items, count);
}

CAIRN_TEMPLATE bool T_(ends_with)(T const *self, ITEM const *items, size_t count)
{
    if (self->length < count || count == 0)
        return count == 0;
    return T_(equal_items_)(&self->items[self->length - count], items, count);
}

#endif

/* Searching what is sorted. */

CAIRN_TEMPLATE size_t T_(partition_point)(T const *self,
                                          bool (*is_before)(ITEM const *item, void *context),
                                          void *context)
{
    size_t first = 0, left = self->length;
    while (left > 1) {
        size_t half = left / 2;
        bool before = is_before(&self->items[first + half - 1], context);
        first = before ? first + half : first;
        left -= half;
    }
    return first + (left == 1 && is_before(&self->items[first], context));
}

CAIRN_TEMPLATE bool T_(binary_search_by)(T const *self,
                                         int (*compare)(ITEM const *item, void *context),
                                         void *context, size_t *index)
{
    size_t first = 0, left = self->length;
    while (left > 1) {
        size_t half = left / 2;
        bool before = compare(&self->items[first + half - 1], context) < 0;
        first = before ? first + half : first;
        left -= half;
    }
    *index = first + (left == 1 && compare(&self->items[first], context) < 0);
    return *index < self->length && compare(&self->items[*index], context) == 0;
}

/* Sorting: by a function that comes at run time, and by COMPARE. */

typedef int T_(compare_function_)(ITEM const *one, ITEM const *other, void *context);

struct T_(order_) {
    T_(compare_function_) * compare;
    void *context;
};

CAIRN_TEMPLATE struct T_(order_) T_(order_by_)(T_(compare_function_) * compare, void *context)
{
    struct T_(order_) order = {compare, context};
    return order;
}

#define SORT_(name)                T_(name##by_)
#define ORDER                      struct T_(order_)
#define IS_LESS(order, one, other) ((order).compare(one, other, (order).context) < 0)
#include <cairn/template_sort.h>
#undef SORT_
#undef ORDER
#undef IS_LESS

CAIRN_TEMPLATE void T_(sort_by)(T *self,
                                int (*compare)(ITEM const *one, ITEM const *other, void *context),
                                void *context)
{
    T_(sort_items_by_)
    (self->items, self->length, SCRATCH_ALLOCATOR(self), T_(order_by_)(compare, context));
}

CAIRN_TEMPLATE void T_(sort_unstable_by)(
    T *self, int (*compare)(ITEM const *one, ITEM const *other, void *context), void *context)
{
    T_(sort_unstable_items_by_)(self->items, self->length, T_(order_by_)(compare, context));
}

CAIRN_TEMPLATE ITEM *T_(select_nth_unstable_by)(T *self, size_t index,
                                                int (*compare)(ITEM const *one, ITEM const *other,
                                                               void *context),
                                                void *context)
{
    ITEM *nth = T_(at)(self, index);
    T_(select_by_)(self->items, self->length, index, T_(order_by_)(compare, context));
    return nth;
}

CAIRN_TEMPLATE bool T_(is_sorted_by)(
    T const *self, int (*compare)(ITEM const *one, ITEM const *other, void *context), void *context)
{
    for (size_t i = 1; i < self->length; i++)
        if (compare(&self->items[i], &self->items[i - 1], context) < 0)
            return false;
    return true;
}

#ifdef COMPARE

/* There is nothing to pass: COMPARE is in the code. */
struct T_(no_order_) {
    char unused;
};

#define SORT_(name)                T_(name)
#define ORDER                      struct T_(no_order_)
#define IS_LESS(order, one, other) ((void)(order), COMPARE(one, other) < 0)
#include <cairn/template_sort.h>
#undef SORT_
#undef ORDER
#undef IS_LESS

CAIRN_TEMPLATE void T_(sort)(T *self)
{
    struct T_(no_order_) order = {0};
    T_(sort_items_)(self->items, self->length, SCRATCH_ALLOCATOR(self), order);
}

CAIRN_TEMPLATE void T_(sort_unstable)(T *self)
{
    struct T_(no_order_) order = {0};
    T_(sort_unstable_items_)(self->items, self->length, order);
}

CAIRN_TEMPLATE ITEM *T_(select_nth_unstable)(T *self, size_t index)
{
    ITEM *nth = T_(at)(self, index);
    struct T_(no_order_) order = {0};
    T_(select_)(self->items, self->length, index, order);
    return nth;
}

CAIRN_TEMPLATE bool T_(is_sorted)(T const *self)
{
    for (size_t i = 1; i < self->length; i++)
        if (COMPARE(&self->items[i], &self->items[i - 1]) < 0)
            return false;
    return true;
}

CAIRN_TEMPLATE bool T_(binary_search)(T const *self, ITEM const *item, size_t *index)
{
    struct T_(no_order_) order = {0};
    *index = T_(count_before_)(self->items, self->length, item, false, order);
    return *index < self->length && COMPARE(&self->items[*index], item) == 0;
}

#endif
