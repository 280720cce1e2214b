/* SPDX-License-Identifier: MIT */
/*
 * Slice: a view of items in a row that somebody else owns, as a pointer and a length.
 *
 *     #define T       slice_int
 *     #define ITEM    int
 *     #define COMPARE CAIRN_COMPARE_NUMBERS               optional; or EQUAL
 *     #include <cairn/slice.t.h>
 *
 *     int numbers[] = {3, 1, 2};
 *     slice_int all = {numbers, 3};
 *     slice_int_sort(&all);
 *     for (slice_int_pieces i = slice_int_windows(&all, 2); slice_int_next_piece(&i);)
 *         expect(i.slice.items[0] < i.slice.items[1]);
 *
 * The functions below are those of vecs and boxed slices too, with T standing for the type's name.
 * Their own views are of the type T_slice, which has no functions; or of a type made here, if they
 * are told so by `#define SLICE slice_int`. The rules of <cairn/collection.h> hold. P: panics unless
 * index or range is inside. O: only with COMPARE, int (*)(const ITEM *, const ITEM *), negative, 0 or
 * positive. E: only with EQUAL, bool (*)(const ITEM *, const ITEM *), or COMPARE. D: only where items
 * are plain data. Functions with `context` pass it on to the function before it.
 *
 *   ITEM *T_at(&self, index)                    P
 *   ITEM *T_get(&self, index)                     null if the index is outside
 *   ITEM *T_first(&self), *T_last(&self)          null if there is none
 *   ITEM *T_find(&self, matches, context)         the first for which matches() is true, or null
 *   bool  T_contains(&self, &item)              E
 *   bool  T_equals(&self, items, count)         E
 *   bool  T_starts_with(&self, items, count)    E also ends_with
 *
 *   SLICE T_range(&self, first, count)          P a view of some of the items
 *   void  T_split_at(&self, index, &left, &right) P views of both sides
 *   T_pieces T_chunks(&self, length)            P views in turn, the last may be shorter; see above
 *   T_pieces T_chunks_exact(&self, length)      P without the shorter one, which then is i.rest
 *   T_pieces T_windows(&self, length)           P views that begin one item after the other
 *   bool  T_next_piece(&pieces)                   the next view, pieces.slice; false if there is none
 *
 *   void  T_swap(&self, index, other)           P
 *   void  T_swap_with(&self, items, count)      P as many items, which are elsewhere
 *   void  T_reverse(&self)
 *   void  T_rotate_left(&self, count)           P the first `count` go to the end; also rotate_right
 *   void  T_fill(&self, item)                   D
 *   void  T_copy_from(&self, items, count)      D as many items, from elsewhere
 *   void  T_copy_within(&self, first, count, to) DP
 *
 *   void  T_sort(&self)                         O stable: equal items keep their order. It takes
 *                                                 scratch memory for all items, beyond 1 MiB for
 *                                                 half; without any it works in place, at
 *                                                 O(log n) times the cost
 *   void  T_sort_unstable(&self)                O without memory, and faster
 *   ITEM *T_select_nth_unstable(&self, index)   OP puts there what sorting would, what is less
 *                                                 before it, the rest after it
 *   bool  T_is_sorted(&self)                    O
 *   bool  T_binary_search(&self, &item, &index) O the first that is equal; or false, and where it
 *                                                 would belong
 *   size_t T_partition_point(&self, is_before, context)  how many are in front for which it is true
 *
 * sort_by, sort_unstable_by, select_nth_unstable_by and is_sorted_by take int (*compare)(const ITEM *,
 * const ITEM *, void *context) and the context as their last arguments; binary_search_by takes
 * int (*compare)(const ITEM *, void *context) and the context instead of the item.
 *
 * Cost: sorting O(n log n) comparisons, also in the worst case, and the stack O(log n); the rest is
 * O(n), or O(log n) where it searches what is sorted.
 * Panics: a compare function that contradicts itself may be found out.
 *
 * What it is bad at: the compiler does not know when the items are gone. Compare functions must come
 * back: longjmp out of one while sorting would lose items.
 */
#include <cairn/slice_core.h>

#if !defined(T)
#error "<cairn/slice.t.h> needs the name of the type that it makes, as in: #define T slice_job"
#elif !defined(ITEM)
#error "<cairn/slice.t.h> needs the type of its items, as in: #define ITEM struct job"
#else
#include <cairn/template_begin.h>

#ifndef ONLY_FUNCTIONS

typedef struct T {
    ITEM *items;
    size_t length;
} T;

#endif
#ifndef ONLY_TYPES

#undef SLICE
#define SLICE                   T
#define SCRATCH_ALLOCATOR(self) NULL
#include <cairn/template_slice.h>

#endif
#endif
#include <cairn/template_end.h>
