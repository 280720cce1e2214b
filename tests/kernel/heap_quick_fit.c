/* SPDX-License-Identifier: MIT */
/* The text's own tests of the heap, on the quick-fit allocator. */
// allocator: quick_fit
#include "heap_cases.h"
