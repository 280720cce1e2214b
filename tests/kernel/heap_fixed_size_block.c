/* SPDX-License-Identifier: MIT */
/* The text's own tests of the heap, on the fixed-size-block allocator. */
// allocator: fixed_size_block
#include "heap_cases.h"
