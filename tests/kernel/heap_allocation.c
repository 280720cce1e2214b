/* SPDX-License-Identifier: MIT */
/* The text's own tests of the heap. */
#include "heap_cases.h"
