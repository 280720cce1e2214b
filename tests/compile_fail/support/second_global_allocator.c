/* SPDX-License-Identifier: MIT */
/* One more source file for ../two_global_allocators.c. */
#include <cairn/dummy.h>
#include <cairn/global.h>

static struct cairn_dummy second = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&second.allocator);
