/* SPDX-License-Identifier: MIT */
/*
 * The text's own tests of the heap, on the bump allocator. It passes three, as after each box all
 * is free again; and fails the fourth, as one long-lived box keeps the memory of all dead ones.
 */
// allocator: bump
// expect-exit: failure
// expect: Running 4 tests
// expect: simple_allocation... [ok]
// expect: large_vec... [ok]
// expect: many_boxes... [ok]
// expect: many_boxes_long_lived...
// expect: panicked at 'allocation error: Layout { size: 8, align: 8 }'
// expect: many_boxes_long_lived
#include "heap_cases.h"
