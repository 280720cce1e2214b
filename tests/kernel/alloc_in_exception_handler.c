/* SPDX-License-Identifier: MIT */
/*
 * An exception handler that allocates from the heap whose lock the interrupted code holds: that
 * would wait for ever, so it is reported, with the lock's name and where it was taken.
 */
// expect-exit: failure
// expect: panicked at 'lock 'small heap' is already held by this processor, which took it at tests/kernel/alloc_in_exception_handler.c:{LOCK};
// expect: allocate+
// expect-not: [ok]
#include "kernel_test.h"

#include <cairn/linked_list.h>
#include <cairn/locked.h>

#include "exceptions.h"
#include "interrupt_table.h"

static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
static struct cairn_locked small_heap = CAIRN_LOCKED(&heap.allocator, "small heap");

static void allocate(struct interrupt_frame *frame)
{
    (void)frame;
    println("%p", cairn_allocator_alloc(&small_heap.allocator, CAIRN_LAYOUT_OF(int)));
}

TEST(alloc_in_exception_handler)
{
    interrupt_table_set(EXCEPTION_BREAKPOINT, allocate, INTERRUPT_STACK_CURRENT);
    cairn_locked_lock(&small_heap); /* LOCK */
    __asm__ volatile("int3");
    cairn_locked_unlock(&small_heap);
}
