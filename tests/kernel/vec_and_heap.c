/* SPDX-License-Identifier: MIT */
/* Vecs, slices, boxed slices and binary heaps on the kernel's heap. */
#include "kernel_test.h"

#include <cairn/global.h>
#include <cairn/promise.h>

#define T       vec_u64
#define ITEM    uint64_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/vec.t.h>

#define T    row_u64
#define ITEM uint64_t
#define VEC  vec_u64
#include <cairn/box_slice.t.h>

#define T       heap_u64
#define VEC     vec_u64
#define ITEM    uint64_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/binary_heap.t.h>

/* Odd, so that it meets each of 1024 numbers once. */
enum { COUNT = 1024, STRIDE = 617 };

static vec_u64 shuffled(void)
{
    vec_u64 made = {0};
    for (uint64_t i = 0; i < COUNT; i++)
        vec_u64_push(&made, i * STRIDE % COUNT);
    return made;
}

static void expect_in_order(const uint64_t *items, size_t length)
{
    cairn_check(length == COUNT, "there are %zu items", length);
    for (size_t i = 0; i < length; i++)
        cairn_check(items[i] == i, "item %zu is %llu", i, (unsigned long long)items[i]);
}

TEST(sorting)
{
    owned(vec_u64) stable = shuffled(), unstable = shuffled();
    vec_u64_sort(&stable);
    vec_u64_sort_unstable(&unstable);
    expect_in_order(stable.items, stable.length);
    expect_in_order(unstable.items, unstable.length);
}

TEST(walk_that_erases)
{
    owned(vec_u64) vec = shuffled();
    for (vec_u64_iterator i = vec_u64_begin(&vec); vec_u64_next(&i);)
        if (*i.item % 2 == 0)
            vec_u64_erase(&i);
    cairn_check(vec.length == COUNT / 2, "%zu are left", vec.length);
}

TEST(boxed_slice)
{
    owned(vec_u64) vec = shuffled();
    owned(row_u64) row = row_u64_from_vec(&vec);
    cairn_check(row.length == COUNT && !vec.items, "the row has %zu items", row.length);
    vec = row_u64_into_vec(&row);
    vec_u64_sort(&vec);
    expect_in_order(vec.items, vec.length);
}

TEST(binary_heap)
{
    owned(heap_u64) heap = heap_u64_from_vec(shuffled());
    owned(vec_u64) sorted = heap_u64_into_sorted_vec(&heap);
    expect_in_order(sorted.items, sorted.length);
}

/* What was promised is there when the heap is full. */
TEST(vec_from_a_promise)
{
    static struct cairn_promised promised[] = {
        CAIRN_PROMISED_EXACTLY(COUNT * sizeof(uint64_t), _Alignof(uint64_t), 1),
    };
    static uintptr_t words[CAIRN_PROMISE_WORDS(1)];
    static struct cairn_promise promise = CAIRN_PROMISE(promised, words);
    bool made = cairn_promise_make(&promise, cairn_global_allocator());
    cairn_check(made, "the heap has no %d words", COUNT);
    owned(vec_u64) filler = {0};
    while (vec_u64_try_push(&filler, 0) == CAIRN_COLLECTION_OK)
        ;
    vec_u64 vec = vec_u64_with_capacity_in(&promise.allocator, COUNT);
    for (uint64_t i = 0; i < COUNT; i++) {
        enum cairn_collection_error error = vec_u64_push_within_capacity(&vec, i);
        cairn_check(!error, "there is no room for number %llu", (unsigned long long)i);
    }
    expect_in_order(vec.items, vec.length);
    vec_u64_drop(&vec);
    cairn_promise_end(&promise);
}
