/* SPDX-License-Identifier: MIT */
/*
 * Cairn: all of its sources. See cairn.h, which says how to use it and what to define.
 *
 * This file is made by `make single-file` from the sources that are named in it: change those.
 */
#include "cairn.h"

/* Members that an initializer does not name are zero: in C++, too, that is what is meant. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include "host.c"

#if !__STDC_HOSTED__ && !defined(CAIRN_NO_STRING_FUNCTIONS)
#pragma weak memcpy
#pragma weak memmove
#pragma weak memset
#pragma weak memcmp
#pragma weak strlen
#include "../../base/freestanding/memory.c"
#endif

#if !__STDC_HOSTED__ && __GCC_ATOMIC_POINTER_LOCK_FREE != 2
#include "../../base/freestanding/atomics.c"
#endif

#include ALL_OTHER_SOURCES

#pragma GCC diagnostic pop
