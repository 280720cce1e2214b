/* SPDX-License-Identifier: MIT */
/*
 * jemalloc's own names, for programs that are linked with libjemalloc and call it by them.
 *
 * Such a program, redis 8 for one, takes a block with malloc() and gives it back with dallocx(), or
 * the other way round. With only malloc taken over, each would meet a block of the other allocator.
 * So the whole family stands here, over the same heap.
 *
 * `flags` says the alignment and whether the block is zeroed; which arena and which cache serve is
 * jemalloc's own affair, and is ignored.
 *
 * What it is bad at: mallctl() and malloc_stats_print() stay jemalloc's, and speak of its heap, which
 * is empty. xallocx() never resizes, as its contract allows.
 *
 * Source: jemalloc(3), 5.3, "Non-standard API".
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <cairn/heap_face.h>

#define MALLOC_ALIGN 16

enum { FLAG_LOG2_ALIGN = 0x3f, FLAG_ZERO = 0x40 };

void *mallocx(size_t size, int flags);
void *rallocx(void *block, size_t size, int flags);
size_t xallocx(void *block, size_t size, size_t extra, int flags);
size_t sallocx(const void *block, int flags);
void dallocx(void *block, int flags);
void sdallocx(void *block, size_t size, int flags);
size_t nallocx(size_t size, int flags);

static size_t align_of(int flags)
{
    size_t align = (size_t)1 << (flags & FLAG_LOG2_ALIGN);
    return align > MALLOC_ALIGN ? align : MALLOC_ALIGN;
}

void *mallocx(size_t size, int flags)
{
    size_t align = align_of(flags);
    if (align == MALLOC_ALIGN)
        return flags & FLAG_ZERO ? calloc(1, size) : malloc(size);
    void *block = memalign(align, size);
    if (block && (flags & FLAG_ZERO))
        memset(block, 0, cairn_usable_size(block));
    return block;
}

/* By alloc and copy, for realloc() keeps no alignment. */
static void *move_aligned(void *block, size_t kept, size_t size, size_t align)
{
    void *moved = memalign(align, size);
    if (!moved)
        return NULL;
    memcpy(moved, block, kept < size ? kept : size);
    free(block);
    return moved;
}

/* What the block gains is zeroed, if it shall be. */
void *rallocx(void *block, size_t size, int flags)
{
    size_t kept = cairn_usable_size(block), align = align_of(flags);
    void *resized = align == MALLOC_ALIGN ? realloc(block, size + (size == 0))
                                          : move_aligned(block, kept, size, align);
    if (!resized || !(flags & FLAG_ZERO))
        return resized;
    size_t has = cairn_usable_size(resized), from = kept < size ? kept : size;
    memset((char *)resized + from, 0, has - from);
    return resized;
}

size_t xallocx(void *block, size_t size, size_t extra, int flags)
{
    (void)size;
    (void)extra;
    (void)flags;
    return cairn_usable_size(block);
}

size_t sallocx(const void *block, int flags)
{
    (void)flags;
    return cairn_usable_size(block);
}

void dallocx(void *block, int flags)
{
    (void)flags;
    free(block);
}

/* The size may be any between what was asked for and what nallocx() says; so it proves nothing. */
void sdallocx(void *block, size_t size, int flags)
{
    (void)size;
    (void)flags;
    free(block);
}

/* What such a block would really have; 0 if there can be none. Found out by taking one. */
size_t nallocx(size_t size, int flags)
{
    void *block = mallocx(size, flags & ~FLAG_ZERO);
    size_t has = block ? cairn_usable_size(block) : 0;
    free(block);
    return has;
}
