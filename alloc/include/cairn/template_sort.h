/* SPDX-License-Identifier: MIT */
/*
 * Sorting for the templates, in two flavours: <cairn/template_slice.h> includes it once for a given
 * COMPARE, which the compiler can inline, and once for a compare function that comes at run time.
 * No guard. It needs
 *
 *     SORT_(name)             the name of a function of this flavour
 *     ORDER                   the type of what each function takes last
 *     IS_LESS(order, a, b)    whether the item at a must come before that at b
 *
 * Unstable: quicksort; from the limit on, heapsort. So n log n comparisons always suffice, and no
 * memory is needed. Stable: quicksort through scratch memory; from the limit on, and for what is
 * sorted in large parts already, merge sort. It does with any amount of scratch memory, even none.
 *
 * Both avoid branches that depend on the items, for a processor mispredicts half of them: an item is
 * moved always, and the outcome of the comparison is added to an index. Whatever the compare function
 * says, each item stays there once.
 *
 * Sources: "BlockQuicksort", Edelkamp and Weiss 2016; ipnsort and driftsort of Bergdoll and Peters,
 * 2024, for the cyclic partition, the stable one, the choice of pivots and the small sort.
 */

/* 1 if the item at `a` must come before that at `b`, else 0; the compiler cannot branch on it. */
CAIRN_TEMPLATE size_t SORT_(less_)(ITEM const *a, ITEM const *b, ORDER order)
{
    size_t less = IS_LESS(order, a, b);
    __asm__("" : "+r"(less));
    return less;
}

/* The index `one` if `first` is 1, `other` if it is 0. */
CAIRN_TEMPLATE size_t SORT_(choose_)(size_t first, size_t one, size_t other)
{
    return other ^ ((one ^ other) & (0 - first));
}

/* ---- Short rows ---- */

/* Puts the last of n items in its place among the others, which are sorted. */
CAIRN_TEMPLATE void SORT_(insert_last_)(ITEM *items, size_t n, ORDER order)
{
    size_t at = n - 1;
    if (!IS_LESS(order, &items[at], &items[at - 1]))
        return;
    ITEM item = items[at];
    do {
        items[at] = items[at - 1];
        at--;
    } while (at > 0 && IS_LESS(order, &item, &items[at - 1]));
    items[at] = item;
}

/* Sorts n items of which the first `sorted` >= 1 are sorted. */
CAIRN_TEMPLATE void SORT_(insertion_sort_)(ITEM *items, size_t n, size_t sorted, ORDER order)
{
    for (size_t i = sorted; i < n; i++)
        SORT_(insert_last_)(items, i + 1, order);
}

/* Four items from one place to another, sorted by five comparisons and no branch. */
CAIRN_TEMPLATE void SORT_(sort_four_)(ITEM const *from, ITEM *to, ORDER order)
{
    bool swap_01 = IS_LESS(order, &from[1], &from[0]);
    bool swap_23 = IS_LESS(order, &from[3], &from[2]);
    ITEM const *a = &from[swap_01], *b = &from[!swap_01];         /* a <= b */
    ITEM const *c = &from[2 + swap_23], *d = &from[2 + !swap_23]; /* c <= d */
    bool c_first = IS_LESS(order, c, a);
    bool b_last = IS_LESS(order, d, b);
    ITEM const *first = c_first ? c : a, *last = b_last ? b : d;
    ITEM const *one = c_first ? a : b_last ? c : b; /* the two between, in order of position */
    ITEM const *other = b_last ? d : c_first ? b : c;
    bool swap_middle = IS_LESS(order, other, one);
    to[0] = *first;
    to[1] = *(swap_middle ? other : one);
    to[2] = *(swap_middle ? one : other);
    to[3] = *last;
}

/*
 * Merges the two halves of `from` from both ends at once: each end gives half of the items, so that
 * neither half can come to its end too early.
 */
CAIRN_TEMPLATE void SORT_(merge_halves_)(ITEM const *from, size_t n, ITEM *to, ORDER order)
{
    size_t left = 0, right = n / 2, left_end = n / 2, right_end = n; /* what is left of each */
    for (size_t i = 0; i < n / 2; i++) {
        bool from_right = IS_LESS(order, &from[right], &from[left]);
        to[i] = from[SORT_(choose_)(from_right, right, left)];
        right += from_right;
        left += !from_right;
        bool from_left = IS_LESS(order, &from[right_end - 1], &from[left_end - 1]);
        to[n - 1 - i] = from[SORT_(choose_)(from_left, left_end, right_end) - 1];
        left_end -= from_left;
        right_end -= !from_left;
    }
    if (n % 2 != 0) {
        size_t from_left = left < left_end;
        to[n / 2] = from[SORT_(choose_)(from_left, left, right)];
        left += from_left;
        right += !from_left;
    }
    cairn_check(left == left_end && right == right_end,
                "%s: the compare function contradicts itself: it is no order", __func__);
}

/* Rows up to here are sorted by the small sort. Items that are large cost more to move. */
#define SORT_MOVES_CHEAPLY (sizeof(ITEM) <= 16)
#define SORT_SHORT         ((size_t)(SORT_MOVES_CHEAPLY ? 32 : 16))

/* Eight sorted items in `to`; to[8] to [15] are overwritten too. */
CAIRN_TEMPLATE void SORT_(sort_eight_)(ITEM const *from, ITEM *to, ITEM *scratch, ORDER order)
{
    SORT_(sort_four_)(from, scratch, order);
    SORT_(sort_four_)(from + 4, scratch + 4, order);
    SORT_(merge_halves_)(scratch, 8, to, order);
}

/* A sorted copy of n <= 16 items. */
CAIRN_TEMPLATE void SORT_(copy_sorted_)(ITEM const *from, size_t n, ITEM *to, ITEM *scratch,
                                        ORDER order)
{
    size_t sorted = 1;
    if (n >= 8) {
        SORT_(sort_eight_)(from, to, scratch, order);
        sorted = 8;
    } else if (n >= 4) {
        SORT_(sort_four_)(from, to, order);
        sorted = 4;
    } else {
        to[0] = from[0];
    }
    for (size_t i = sorted; i < n; i++) {
        to[i] = from[i];
        SORT_(insert_last_)(to, i + 1, order);
    }
}

/* Sorts up to SORT_SHORT items, stably. */
CAIRN_TEMPLATE_CALL void SORT_(short_sort_)(ITEM *items, size_t n, ORDER order)
{
    if (n < 2)
        return;
    if (!SORT_MOVES_CHEAPLY || n < 8) {
        SORT_(insertion_sort_)(items, n, 1, order);
        return;
    }
    ITEM sorted[SORT_MOVES_CHEAPLY ? 32 : 1], scratch[SORT_MOVES_CHEAPLY ? 8 : 1];
    SORT_(copy_sorted_)(items, n / 2, sorted, scratch, order);
    SORT_(copy_sorted_)(&items[n / 2], n - n / 2, &sorted[n / 2], scratch, order);
    SORT_(merge_halves_)(sorted, n, items, order);
}

/* ---- What all of them use ---- */

/* Items of a sorted row at the beginning. Where each is less than the one before, it is reversed. */
CAIRN_TEMPLATE size_t SORT_(run_length_)(ITEM *items, size_t n, ORDER order)
{
    size_t length = 2;
    if (n < 2)
        return n;
    bool descends = IS_LESS(order, &items[1], &items[0]);
    while (length < n && IS_LESS(order, &items[length], &items[length - 1]) == descends)
        length++;
    if (descends)
        T_(reverse_items_)(items, length);
    return length;
}

/* Indices, not pointers: those to items without size cannot be subtracted. */
CAIRN_TEMPLATE size_t SORT_(median_)(ITEM const *items, size_t a, size_t b, size_t c, ORDER order)
{
    bool b_less = IS_LESS(order, &items[b], &items[a]);
    bool c_less = IS_LESS(order, &items[c], &items[a]);
    if (b_less != c_less)
        return a;
    return IS_LESS(order, &items[c], &items[b]) == b_less ? b : c;
}

/* A median of medians, of 3 to the power of log8(n) items from each of the places. */
CAIRN_TEMPLATE size_t SORT_(spread_median_)(ITEM const *items, size_t a, size_t b, size_t c,
                                            size_t n, ORDER order)
{
    size_t half = n / 8 * 4, most = n / 8 * 7;
    if (n >= 8) {
        a = SORT_(spread_median_)(items, a, a + half, a + most, n / 8, order);
        b = SORT_(spread_median_)(items, b, b + half, b + most, n / 8, order);
        c = SORT_(spread_median_)(items, c, c + half, c + most, n / 8, order);
    }
    return SORT_(median_)(items, a, b, c, order);
}

/* The index of a pivot. Needs: n >= 8. */
CAIRN_TEMPLATE size_t SORT_(choose_pivot_)(ITEM const *items, size_t n, ORDER order)
{
    size_t around = n < 64 ? 0 : n / 8;
    return SORT_(spread_median_)(items, 0, n / 8 * 4, n / 8 * 7, around, order);
}

/* Partitions after which a quicksort has had bad luck: twice as many as good luck takes. */
CAIRN_TEMPLATE unsigned SORT_(limit_)(size_t n)
{
    return 2 * (unsigned)(sizeof(unsigned long) * __CHAR_BIT__ -
                          (unsigned)__builtin_clzl((unsigned long)n | 1));
}

/* Whether an item goes to the left of a partition: what is less than the pivot, or no more. */
#define GOES_LEFT(item, pivot, equal_too) \
    ((equal_too) ? !SORT_(less_)(pivot, item, order) : SORT_(less_)(item, pivot, order))

/* ---- Unstable ---- */

/*
 * Moves to the left what belongs there, and gives its count. There is always a gap, where the item
 * moved last was. Each step fills the gap with the first item on the right side, whose place the next
 * item takes; whether that stays on the left is only a matter of where the right side then begins.
 */
CAIRN_TEMPLATE_INLINE size_t SORT_(partition_rest_)(ITEM *items, size_t n, ITEM const *pivot,
                                                    bool equal_too, ORDER order)
{
    if (n == 0)
        return 0;
    ITEM first = items[0];
    size_t left = 0, gap = 0;
#pragma GCC unroll 4
    for (size_t i = 1; i < n; i++) {
        size_t goes_left = GOES_LEFT(&items[i], pivot, equal_too);
        items[gap] = items[left];
        items[left] = items[i];
        gap = i;
        left += goes_left;
    }
    size_t goes_left = GOES_LEFT(&first, pivot, equal_too);
    items[gap] = items[left];
    items[left] = first;
    return left + goes_left;
}

/* Partitions by the item at `pivot`, and gives the index where that is then: between both sides. */
CAIRN_TEMPLATE_INLINE size_t SORT_(partition_)(ITEM *items, size_t n, size_t pivot, bool equal_too,
                                               ORDER order)
{
    ITEM item = items[pivot];
    items[pivot] = items[0];
    size_t left = SORT_(partition_rest_)(items + 1, n - 1, &item, equal_too, order);
    items[0] = items[left];
    items[left] = item;
    return left;
}

CAIRN_TEMPLATE_CALL size_t SORT_(partition_less_)(ITEM *items, size_t n, size_t pivot, ORDER order)
{
    return SORT_(partition_)(items, n, pivot, false, order);
}

CAIRN_TEMPLATE_CALL size_t SORT_(partition_equal_)(ITEM *items, size_t n, size_t pivot, ORDER order)
{
    return SORT_(partition_)(items, n, pivot, true, order);
}

/* Lets the item at `at` of a heap, the largest first, sink to its place. */
CAIRN_TEMPLATE void SORT_(sift_down_)(ITEM *items, size_t n, size_t at, ORDER order)
{
    ITEM item = items[at];
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n)
            child += SORT_(less_)(&items[child], &items[child + 1], order);
        if (!IS_LESS(order, &item, &items[child]))
            break;
        items[at] = items[child];
    }
    items[at] = item;
}

CAIRN_TEMPLATE_COLD void SORT_(heapsort_)(ITEM *items, size_t n, ORDER order)
{
    for (size_t i = n / 2; i-- > 0;)
        SORT_(sift_down_)(items, n, i, order);
    while (n > 1) {
        n--;
        T_(swap_items_)(&items[0], &items[n]);
        SORT_(sift_down_)(items, n, 0, order);
    }
}

/* `floor`, unless null, is an item in front that none of these is less than. */
CAIRN_TEMPLATE void SORT_(quicksort_)(ITEM *items, size_t n, ITEM const *floor, unsigned limit,
                                      ORDER order)
{
    while (n > SORT_SHORT) {
        if (limit-- == 0) {
            SORT_(heapsort_)(items, n, order);
            return;
        }
        size_t pivot = SORT_(choose_pivot_)(items, n, order);
        if (floor && !IS_LESS(order, floor, &items[pivot])) { /* what equals the floor is sorted */
            size_t equal = SORT_(partition_equal_)(items, n, pivot, order) + 1;
            items += equal;
            n -= equal;
            floor = NULL;
            continue;
        }
        size_t left = SORT_(partition_less_)(items, n, pivot, order);
        ITEM *right = &items[left + 1];
        if (left < n / 2) { /* the shorter side: so the stack holds log n of these */
            SORT_(quicksort_)(items, left, floor, limit, order);
            floor = &items[left];
            items = right;
            n -= left + 1;
        } else {
            SORT_(quicksort_)(right, n - left - 1, &items[left], limit, order);
            n = left;
        }
    }
    SORT_(short_sort_)(items, n, order);
}

CAIRN_TEMPLATE void SORT_(sort_unstable_items_)(ITEM *items, size_t n, ORDER order)
{
    if (sizeof(ITEM) != 0 && SORT_(run_length_)(items, n, order) < n)
        SORT_(quicksort_)(items, n, NULL, SORT_(limit_)(n), order);
}

/* Puts the item in its place that has `index` others before it when sorted. */
CAIRN_TEMPLATE void SORT_(select_)(ITEM *items, size_t n, size_t index, ORDER order)
{
    for (unsigned limit = SORT_(limit_)(n); n > SORT_SHORT; limit--) {
        if (limit == 0) {
            SORT_(heapsort_)(items, n, order);
            return;
        }
        size_t pivot = SORT_(choose_pivot_)(items, n, order);
        size_t left = SORT_(partition_less_)(items, n, pivot, order);
        if (index < left) {
            n = left;
            continue;
        }
        /* What equals the pivot comes next, and may be most of the items. */
        size_t equal = left + SORT_(partition_equal_)(&items[left], n - left, 0, order) + 1;
        if (index < equal)
            return;
        items += equal;
        n -= equal;
        index -= equal;
    }
    SORT_(short_sort_)(items, n, order);
}

/* ---- Stable ---- */

/*
 * Moves to the left what belongs there, keeps the order on both sides, and gives the count on the
 * left. What goes right is put at the end of the scratch memory, from behind: the place for it moves
 * down by one with each item, and up again by one with each that goes left.
 */
CAIRN_TEMPLATE_INLINE size_t SORT_(stable_partition_)(ITEM *items, size_t n, ITEM *scratch,
                                                      ITEM const *pivot, bool equal_too,
                                                      ORDER order)
{
    size_t left = 0;
#pragma GCC unroll 4
    for (size_t i = 0; i < n; i++) {
        size_t goes_left = GOES_LEFT(&items[i], pivot, equal_too);
        scratch[left + SORT_(choose_)(goes_left, 0, n - 1 - i)] = items[i];
        left += goes_left;
    }
    __builtin_memcpy(items, scratch, left * sizeof(ITEM));
    for (size_t i = left; i < n; i++)
        items[i] = scratch[n - 1 - (i - left)];
    return left;
}

CAIRN_TEMPLATE_CALL size_t SORT_(stable_partition_less_)(ITEM *items, size_t n, ITEM *scratch,
                                                         ITEM const *pivot, ORDER order)
{
    ITEM middle = *pivot;
    return SORT_(stable_partition_)(items, n, scratch, &middle, false, order);
}

CAIRN_TEMPLATE_CALL size_t SORT_(stable_partition_equal_)(ITEM *items, size_t n, ITEM *scratch,
                                                          ITEM const *pivot, ORDER order)
{
    ITEM middle = *pivot;
    return SORT_(stable_partition_)(items, n, scratch, &middle, true, order);
}

/* Merges two sorted rows, the first of which fits into the scratch memory. */
CAIRN_TEMPLATE_CALL void SORT_(merge_by_scratch_)(ITEM *items, size_t left, size_t n, ITEM *scratch,
                                                  ORDER order)
{
    size_t from = 0, right = left;
    __builtin_memcpy(scratch, items, left * sizeof(ITEM));
    while (from < left && right < n) {
        size_t from_right = SORT_(less_)(&items[right], &scratch[from], order);
        ITEM const *source = from_right ? &items[right] : &scratch[from];
        items[right - (left - from)] = *source;
        right += from_right;
        from += !from_right;
    }
    __builtin_memcpy(&items[right - (left - from)], &scratch[from], (left - from) * sizeof(ITEM));
}

/*
 * How many of n sorted items come before `item`, counting equal ones if `equal_too`. Each step halves the
 * range without a branch: the processor would mispredict half of them.
 */
CAIRN_TEMPLATE size_t SORT_(count_before_)(ITEM const *items, size_t n, ITEM const *item,
                                           bool equal_too, ORDER order)
{
    size_t first = 0;
    while (n > 1) {
        size_t half = n / 2;
        bool before = GOES_LEFT(&items[first + half - 1], item, equal_too);
        first = before ? first + half : first;
        n -= half;
    }
    return first + (n == 1 && GOES_LEFT(&items[first], item, equal_too));
}

/*
 * Merges two sorted rows with any amount of scratch memory: where it does not suffice, the middle of
 * the longer row is brought to its place, by rotating what must go around it, and what lies before
 * and after it is merged.
 */
CAIRN_TEMPLATE void SORT_(merge_)(ITEM *items, size_t left, size_t n, ITEM *scratch, size_t room,
                                  ORDER order)
{
    while (left > 0 && left < n && IS_LESS(order, &items[left], &items[left - 1])) {
        if (left <= room) {
            SORT_(merge_by_scratch_)(items, left, n, scratch, order);
            return;
        }
        size_t in_left = left / 2, in_right = (n - left) / 2; /* items before the middle */
        bool middle_is_left = left >= n - left;
        if (middle_is_left)
            in_right = SORT_(count_before_)(items + left, n - left, &items[in_left], false, order);
        else
            in_left = SORT_(count_before_)(items, left, &items[left + in_right], true, order);
        cairn_rotate(&items[in_left], (left - in_left) * sizeof(ITEM),
                     (in_right + !middle_is_left) * sizeof(ITEM));
        size_t middle = in_left + in_right;
        SORT_(merge_)(items, in_left, middle, scratch, room, order);
        items += middle + 1;
        n -= middle + 1;
        left -= in_left + middle_is_left;
    }
}

CAIRN_TEMPLATE void SORT_(sort_stable_)(ITEM *items, size_t n, ITEM *scratch, size_t room,
                                        unsigned limit, ORDER order);

/* Needs: scratch memory for n items. `floor` is as for quicksort_. */
CAIRN_TEMPLATE void SORT_(stable_quicksort_)(ITEM *items, size_t n, ITEM *scratch,
                                             ITEM const *floor, unsigned limit, ORDER order)
{
    while (n > SORT_SHORT) {
        if (limit-- == 0) {
            SORT_(sort_stable_)(items, n, scratch, n, 0, order);
            return;
        }
        ITEM pivot = items[SORT_(choose_pivot_)(items, n, order)];
        size_t left = 0;
        if (!floor || IS_LESS(order, floor, &pivot))
            left = SORT_(stable_partition_less_)(items, n, scratch, &pivot, order);
        if (left == 0) { /* nothing is less, so what equals the pivot comes first, and is sorted */
            left = SORT_(stable_partition_equal_)(items, n, scratch, &pivot, order);
            items += left;
            n -= left;
            floor = NULL;
            continue;
        }
        SORT_(stable_quicksort_)(items + left, n - left, scratch, &pivot, limit, order);
        n = left;
    }
    SORT_(short_sort_)(items, n, order);
}

/*
 * With scratch memory for `room` items. With no limit left it only merges, and finds rows that are
 * sorted already.
 */
CAIRN_TEMPLATE void SORT_(sort_stable_)(ITEM *items, size_t n, ITEM *scratch, size_t room,
                                        unsigned limit, ORDER order)
{
    if (n <= SORT_SHORT) {
        SORT_(short_sort_)(items, n, order);
    } else if (limit != 0 && n <= room) {
        SORT_(stable_quicksort_)(items, n, scratch, NULL, limit, order);
    } else if (limit != 0 || SORT_(run_length_)(items, n, order) < n) {
        size_t half = n / 2;
        SORT_(sort_stable_)(items, half, scratch, room, limit, order);
        SORT_(sort_stable_)(items + half, n - half, scratch, room, limit, order);
        SORT_(merge_)(items, half, n, scratch, room, order);
    }
}

/* Whether long rows are sorted up or down already: the direction changes with few of the items. */
CAIRN_TEMPLATE bool SORT_(has_long_runs_)(ITEM const *items, size_t n, ORDER order)
{
    size_t changes = 0;
    bool descends = false;
    for (size_t i = 1; i < n && changes <= n / 16; i++) {
        bool before = descends;
        descends = IS_LESS(order, &items[i], &items[i - 1]);
        changes += descends != before;
    }
    return changes <= n / 16;
}

/* Large items are moved too often by a quicksort, and need too much of its stack. */
#define SORT_STABLE_QUICKLY (sizeof(ITEM) <= 128)

/* Takes scratch memory, but does without if there is none. */
CAIRN_TEMPLATE void SORT_(sort_items_)(ITEM *items, size_t n, struct cairn_allocator *allocator,
                                       ORDER order)
{
    size_t room;
    if (sizeof(ITEM) == 0)
        return;
    if (n <= SORT_SHORT) {
        SORT_(short_sort_)(items, n, order);
        return;
    }
    bool quickly = SORT_STABLE_QUICKLY && !SORT_(has_long_runs_)(items, n, order);
    ITEM *scratch = (ITEM *)cairn_scratch_alloc(allocator, ITEM_LAYOUT, n, &room);
    SORT_(sort_stable_)(items, n, scratch, room, quickly ? SORT_(limit_)(n) : 0, order);
    cairn_scratch_free(allocator, scratch, ITEM_LAYOUT, room);
}

#undef SORT_STABLE_QUICKLY
#undef GOES_LEFT
#undef SORT_MOVES_CHEAPLY
#undef SORT_SHORT
