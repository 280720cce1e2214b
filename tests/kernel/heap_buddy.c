/* SPDX-License-Identifier: MIT */
/* The text's own tests of the heap, on the buddy allocator. */
// allocator: buddy
#include "heap_cases.h"
