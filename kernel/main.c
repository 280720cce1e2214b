/* SPDX-License-Identifier: MIT */
/*
 * What "Heap Allocation" shows at its end: a box, a vector that grows, and a reference-counted
 * vector, all on the kernel's heap.
 */
#include "kernel.h"
#include "println.h"

#define T    box_int
#define ITEM int
#include <cairn/box.t.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T         rc_vec_int
#define ITEM      vec_int
#define ITEM_DROP vec_int_drop
#include <cairn/rc.t.h>

static vec_int one_two_three(void)
{
    vec_int numbers = {0};
    for (int i = 1; i <= 3; i++)
        vec_int_push(&numbers, i);
    return numbers;
}

void kernel_main(void)
{
    println("Hello World%s", "!");

    /* a number on the heap */
    owned(box_int) heap_value = box_int_new(41);
    println("heap_value at %p", (void *)heap_value.value);

    /* a vector that grows */
    owned(vec_int) vec = {0};
    for (int i = 0; i < 500; i++)
        vec_int_push(&vec, i);
    println("vec at %p", (void *)vec.items);

    /* a reference-counted vector: freed when the count reaches 0 */
    owned(rc_vec_int) reference_counted = rc_vec_int_new(one_two_three());
    owned(rc_vec_int) cloned_reference = rc_vec_int_clone(&reference_counted);
    println("current reference count is %zu", rc_vec_int_strong_count(&cloned_reference));
    rc_vec_int_drop(&reference_counted);
    println("reference count is %zu now", rc_vec_int_strong_count(&cloned_reference));

    println("It did not crash!");
}
