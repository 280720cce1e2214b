/* SPDX-License-Identifier: MIT */
/* The text's own tests of the heap, on the TLSF allocator. */
// allocator: tlsf
#include "heap_cases.h"
