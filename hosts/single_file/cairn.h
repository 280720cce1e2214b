/* SPDX-License-Identifier: MIT */
/*
 * Cairn: a heap for kernels, firmware and programs, in two files, cairn.h and cairn.c.
 *
 *     static struct cairn_heap heap;
 *     static unsigned char memory[64 * 1024];
 *     ...
 *     if (cairn_heap_init(&heap, memory, sizeof(memory)) != CAIRN_REGION_OK)
 *         ...
 *     struct job *job = cairn_allocator_alloc(&heap.allocator, CAIRN_LAYOUT_OF(struct job));
 *     ...
 *     cairn_allocator_dealloc(&heap.allocator, job, CAIRN_LAYOUT_OF(struct job));
 *
 * Compile cairn.c with everything else, as C17, C23 or C++20, by gcc or clang. This header is C++17,
 * too. Nothing of a C library is needed, only the compiler's own <stdarg.h>, <stdbool.h>,
 * <stddef.h> and <stdint.h>. Where there is no C library (-ffreestanding) cairn.c
 * brings memcpy, memmove, memset, memcmp and strlen, weak, so that others of these names replace
 * them; with CAIRN_NO_STRING_FUNCTIONS defined it brings none.
 *
 * The functions named cairn_host_... say what Cairn asks from its host. cairn.c has all of
 * them, weak, for one processor and no interrupts; define those that your host can do better.
 *
 * The collections are templates. Name one, and what it is made of, and include this file again:
 *
 *     #define CAIRN_VEC                   or CAIRN_BOX, CAIRN_BINARY_HEAP, ...
 *     #define T    vec_job
 *     #define ITEM struct job
 *     #include "cairn.h"
 *
 * Shared text is as large as a template, and comes when it is asked for: #define CAIRN_SHARED_STR.
 *
 * This file is made by `make single-file` from the headers that are named in it: change those.
 */
#ifndef CAIRN_H
#define CAIRN_H

#include <cairn/allocation_error.h>
#include <cairn/allocator.h>
#include <cairn/arc_core.h>
#include <cairn/base/bits.h>
#include <cairn/base/check.h>
#include <cairn/base/format.h>
#include <cairn/base/host.h>
#include <cairn/base/language.h>
#include <cairn/base/list.h>
#include <cairn/base/spinlock.h>
#include <cairn/base/unicode.h>
#include <cairn/btree.h>
#include <cairn/buddy.h>
#include <cairn/buffer.h>
#include <cairn/bump.h>
#include <cairn/collection.h>
#include <cairn/counted.h>
#include <cairn/cow_str.h>
#include <cairn/dummy.h>
#include <cairn/failing.h>
#include <cairn/fixed_size_block.h>
#include <cairn/global.h>
#include <cairn/hash.h>
#include <cairn/hash_group.h>
#include <cairn/hash_table.h>
#include <cairn/heap.h>
#include <cairn/heap_face.h>
#include <cairn/heap_inline.h>
#include <cairn/layout.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <cairn/promise.h>
#include <cairn/rc_core.h>
#include <cairn/region.h>
#include <cairn/ring.h>
#include <cairn/shared_heap.h>
#include <cairn/shared_heap_inline.h>
#include <cairn/size_classes.h>
#include <cairn/slice_core.h>
#include <cairn/str.h>
#include <cairn/string.h>
#include <cairn/tlsf.h>
#include <cairn/version.h>

#endif

#ifdef T
#include <cairn/own.h>
#endif

#ifdef CAIRN_VEC
#undef CAIRN_VEC
#include <cairn/vec.t.h>
#endif

#ifdef CAIRN_SLICE
#undef CAIRN_SLICE
#include <cairn/slice.t.h>
#endif

#ifdef CAIRN_BOX_SLICE
#undef CAIRN_BOX_SLICE
#include <cairn/box_slice.t.h>
#endif

#ifdef CAIRN_BINARY_HEAP
#undef CAIRN_BINARY_HEAP
#include <cairn/binary_heap.t.h>
#endif

#ifdef CAIRN_BOX
#undef CAIRN_BOX
#include <cairn/box.t.h>
#endif

#ifdef CAIRN_RC
#undef CAIRN_RC
#include <cairn/rc.t.h>
#endif

#ifdef CAIRN_VEC_DEQUE
#undef CAIRN_VEC_DEQUE
#include <cairn/vec_deque.t.h>
#endif

#ifdef CAIRN_LIST
#undef CAIRN_LIST
#include <cairn/list.t.h>
#endif

#ifdef CAIRN_BTREE_MAP
#undef CAIRN_BTREE_MAP
#include <cairn/btree_map.t.h>
#endif

#ifdef CAIRN_BTREE_SET
#undef CAIRN_BTREE_SET
#include <cairn/btree_set.t.h>
#endif

#ifdef CAIRN_ARC
#undef CAIRN_ARC
#include <cairn/arc.t.h>
#endif

#ifdef CAIRN_RC_SLICE
#undef CAIRN_RC_SLICE
#include <cairn/rc_slice.t.h>
#endif

#ifdef CAIRN_ARC_SLICE
#undef CAIRN_ARC_SLICE
#include <cairn/arc_slice.t.h>
#endif

#ifdef CAIRN_COW
#undef CAIRN_COW
#include <cairn/cow.t.h>
#endif

#ifdef CAIRN_SHARED_STR
#undef CAIRN_SHARED_STR
#include <cairn/shared_str.h>
#endif

#ifdef CAIRN_HASH_MAP
#undef CAIRN_HASH_MAP
#include <cairn/hash_map.t.h>
#endif

#ifdef CAIRN_HASH_SET
#undef CAIRN_HASH_SET
#include <cairn/hash_set.t.h>
#endif
