/* SPDX-License-Identifier: MIT */
/*
 * alloc and dealloc of the allocator `cairn`, to be inlined where a heap is known to be one: no call
 * through the table of operations, and with a constant size the size class costs nothing.
 *
 *     void *block = cairn_heap_alloc(&heap, CAIRN_LAYOUT_OF(struct job));
 *     cairn_heap_dealloc(&heap, block, CAIRN_LAYOUT_OF(struct job));
 *
 * Here is what happens most: an object comes from its class's stack, or goes there. Everything else is
 * a call. The stack lies in the metadata, away from blocks. So an object's memory is not touched, and
 * no write to freed memory can lead astray.
 */
#ifndef CAIRN_HEAP_INLINE_H
#define CAIRN_HEAP_INLINE_H

#include <cairn/base/bitmap_word.h>
#include <cairn/base/bits.h>
#include <cairn/heap.h>

CAIRN_C_BEGIN

/* What the inline functions cannot do at once. Not inlined, so that those need no stack frame. */
CAIRN_MUST_USE __attribute__((noinline)) void *cairn_heap_alloc_slowly(struct cairn_heap *self,
                                                                       struct cairn_layout layout);
__attribute__((noinline)) void cairn_heap_dealloc_slowly(struct cairn_heap *self, void *block,
                                                         struct cairn_layout layout);

/* The larger of size and alignment, less one: objects of a class are as aligned as its size allows. */
static inline size_t cairn_heap_size_or_align(struct cairn_layout layout)
{
    return (layout.size - 1) | (layout.align - 1);
}

/* The class for one granule more than `granules`: 8 classes of one granule, then 4 a doubling. */
static inline unsigned cairn_heap_class_computed(size_t granules)
{
    if (granules < 8)
        return (unsigned)granules + 1;
    unsigned doubling = cairn_log2_floor(granules);
    return 4 * (doubling - 1) + (unsigned)(granules >> (doubling - 2) & 3) + 1;
}

/* Needs: size_or_align is below what the largest class has. */
static inline unsigned cairn_heap_class_of(size_t size_or_align)
{
    size_t granules = size_or_align / CAIRN_HEAP_GRANULE;
    return __builtin_constant_p(granules) ? cairn_heap_class_computed(granules)
                                          : cairn_class_of_granules[granules];
}

/* The record of the slice that granule `at` lies in. */
static inline struct cairn_heap_slice *cairn_heap_slice_of(const struct cairn_heap_region *region,
                                                           uintptr_t at)
{
    uintptr_t offset = at / CAIRN_HEAP_SLICE * sizeof(struct cairn_heap_slice);
    return (struct cairn_heap_slice *)((uintptr_t)region + offset + sizeof(*region));
}

/* Sets, or clears, bit `at % CAIRN_HEAP_SLICE`; returns whether it was set. */
#if defined(__x86_64__) && CAIRN_HEAP_SLICE == 64
static inline bool cairn_heap_test_and_set(uint64_t *word, uintptr_t at)
{
    bool was_set;
    __asm__("btsq %2, %0" : "+r"(*word), "=@ccc"(was_set) : "r"((uint64_t)at));
    return was_set;
}

static inline bool cairn_heap_test_and_clear(uint64_t *word, uintptr_t at)
{
    bool was_set;
    __asm__("btrq %2, %0" : "+r"(*word), "=@ccc"(was_set) : "r"((uint64_t)at));
    return was_set;
}
#else
static inline bool cairn_heap_test_and_set(uint64_t *word, uintptr_t at)
{
    uint64_t bit = (uint64_t)1 << at % CAIRN_HEAP_SLICE, was = *word;
    *word = was | bit;
    return was & bit;
}

static inline bool cairn_heap_test_and_clear(uint64_t *word, uintptr_t at)
{
    uint64_t bit = (uint64_t)1 << at % CAIRN_HEAP_SLICE, was = *word;
    *word = was & ~bit;
    return was & bit;
}
#endif

/* The granule that begins at an address; past every end if none does. */
static inline uintptr_t cairn_heap_position(const struct cairn_heap_region *region,
                                            const void *address)
{
    uintptr_t offset = (uintptr_t)address - region->base;
    return offset >> 4 | offset << (sizeof(offset) * __CHAR_BIT__ - 4);
}

/* Pops an object off a class's stack; null if the stack is empty, or its top is not a free object. */
static inline void *cairn_heap_pop(const struct cairn_heap_region *region,
                                   struct cairn_heap_class *objects, uint32_t tag)
{
    uint32_t count = objects->count;
    if (__builtin_expect(count == 0, 0))
        return NULL;
    uintptr_t at = objects->stack[count - 1];
    struct cairn_heap_slice *slice = cairn_heap_slice_of(region, at);
    uint64_t taken = slice->taken;
    if (__builtin_expect(cairn_heap_test_and_set(&taken, at), 0) ||
        __builtin_expect(region->tags[at / CAIRN_HEAP_SLICE] != tag, 0))
        return NULL;
    cairn_bitmap_word_store(&slice->taken, taken);
    objects->count = count - 1;
    return (void *)(region->base + at * CAIRN_HEAP_GRANULE);
}

/* Pushes a live object onto its class's stack; false if it has another tag, or the stack is full. */
static inline bool cairn_heap_push(const struct cairn_heap_region *region,
                                   struct cairn_heap_class *objects, uint32_t tag,
                                   const void *block)
{
    uintptr_t at = cairn_heap_position(region, block);
    if (__builtin_expect(at >= region->end, 0) ||
        __builtin_expect(region->tags[at / CAIRN_HEAP_SLICE] != tag, 0))
        return false;
    struct cairn_heap_slice *slice = cairn_heap_slice_of(region, at);
    uint32_t count = objects->count;
    uint64_t taken = slice->taken;
    if (__builtin_expect(!cairn_heap_test_and_clear(&taken, at), 0) ||
        __builtin_expect(count == objects->limit, 0))
        return false;
    cairn_bitmap_word_store(&slice->taken, taken);
    objects->stack[count] = (uint32_t)at;
    objects->count = count + 1;
    return true;
}

/* As cairn_allocator_alloc(&self->allocator, layout). */
CAIRN_MUST_USE static inline void *cairn_heap_alloc(struct cairn_heap *self,
                                                    struct cairn_layout layout)
{
    struct cairn_heap_region *region = self->region;
    size_t size_or_align = cairn_heap_size_or_align(layout);
    if (__builtin_expect(size_or_align < region->slab_limit, 1)) {
        unsigned size_class = cairn_heap_class_of(size_or_align);
        void *object = cairn_heap_pop(region, &region->owner->classes[size_class], size_class);
        if (__builtin_expect(object != NULL, 1))
            return object;
    }
    return cairn_heap_alloc_slowly(self, layout);
}

/* As cairn_allocator_dealloc(&self->allocator, block, layout). */
static inline void cairn_heap_dealloc(struct cairn_heap *self, void *block,
                                      struct cairn_layout layout)
{
    struct cairn_heap_region *region = self->region;
    size_t size_or_align = cairn_heap_size_or_align(layout);
    if (__builtin_expect(size_or_align < region->slab_limit, 1)) {
        unsigned size_class = cairn_heap_class_of(size_or_align);
        if (__builtin_expect(
                cairn_heap_push(region, &region->owner->classes[size_class], size_class, block), 1))
            return;
    }
    cairn_heap_dealloc_slowly(self, block, layout);
}

CAIRN_C_END

#endif
