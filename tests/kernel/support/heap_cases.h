/* SPDX-License-Identifier: MIT */
/*
 * The text's own tests of the heap, for every allocator: a file that includes this is a kernel of
 * these four cases.
 */
#ifndef HEAP_CASES_H
#define HEAP_CASES_H

#include "kernel_test.h"

#define T    box_int
#define ITEM int
#include <cairn/box.t.h>

#define T    box_size
#define ITEM uint64_t
#include <cairn/box.t.h>

#define T    vec_u64
#define ITEM uint64_t
#include <cairn/vec.t.h>

TEST(simple_allocation)
{
    owned(box_int) heap_value_1 = box_int_new(41);
    owned(box_int) heap_value_2 = box_int_new(13);
    cairn_check(*heap_value_1.value == 41, "the first box holds %d", *heap_value_1.value);
    cairn_check(*heap_value_2.value == 13, "the second box holds %d", *heap_value_2.value);
}

TEST(large_vec)
{
    const uint64_t n = 1000;
    owned(vec_u64) vec = {0};
    for (uint64_t i = 0; i < n; i++)
        vec_u64_push(&vec, i);
    uint64_t sum = 0;
    for (size_t i = 0; i < vec.length; i++)
        sum += vec.items[i];
    cairn_check(sum == (n - 1) * n / 2, "the sum is %llu", (unsigned long long)sum);
}

/* Runs out of memory unless freed memory is used again. */
TEST(many_boxes)
{
    for (uint64_t i = 0; i < kernel.options.heap_size; i++) {
        owned(box_size) box = box_size_new(i);
        cairn_check(*box.value == i, "box %llu holds %llu", (unsigned long long)i,
                    (unsigned long long)*box.value);
    }
}

/* The same while one box lives through it all, which a bump allocator does not survive. */
TEST(many_boxes_long_lived)
{
    owned(box_size) long_lived = box_size_new(1);
    for (uint64_t i = 0; i < kernel.options.heap_size; i++) {
        owned(box_size) box = box_size_new(i);
        cairn_check(*box.value == i, "box %llu holds %llu", (unsigned long long)i,
                    (unsigned long long)*box.value);
    }
    cairn_check(*long_lived.value == 1, "the long-lived box holds %llu",
                (unsigned long long)*long_lived.value);
}

#endif
