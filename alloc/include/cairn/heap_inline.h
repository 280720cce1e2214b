/* SPDX-License-Identifier: MIT */
/*
 * alloc and dealloc of the allocator `cairn`, compiled into the caller: for C code that knows that
 * its heap is a cairn heap.
 *
 *     struct node *node = cairn_heap_alloc(&heap, CAIRN_LAYOUT_OF(struct node));
 *     ...
 *     cairn_heap_dealloc(&heap, node, CAIRN_LAYOUT_OF(struct node));
 *
 * They are the same operations as through <cairn/allocator.h>, with the same contract and checks;
 * the two may be mixed. What is gained is the call through the table, and, where the compiler knows
 * the layout, the lookup of its class.
 *
 * The idea: while a class's magazine has a block, and room for one, and the block's page has a
 * certificate, a pair is some 36 instructions without a loop. Anything else is for the functions
 * that are not inlined.
 *
 * What it is bad at: each place that calls it grows by 150 bytes, and must be compiled anew with
 * another version of the library.
 *
 * A magazine is a row of slots, in a pool that ends where the ledger's live bits begin. A slot
 * proves itself: `proof` is that of its class, to which a block's position is added while one is in
 * it. So a top that leads anywhere else, and a slot that was written to, give and take no block:
 *
 *     an empty slot:    proof == proof of the class
 *     one with a block: proof == proof of the class + position
 *
 * A top is 16 bits wide: it cannot lead away from the 64 KiB below the live bits. Those are part of
 * the heap's region, unless that is smaller.
 */
#ifndef CAIRN_HEAP_INLINE_H
#define CAIRN_HEAP_INLINE_H

#include <cairn/heap.h>
#include <cairn/live_map.h>
#include <cairn/size_classes.h>

CAIRN_C_BEGIN

/* What the inline functions cannot do at once. Not inlined, so that those need no stack frame. */
CAIRN_MUST_USE __attribute__((noinline)) void *cairn_heap_alloc_slowly(struct cairn_heap *self,
                                                                       struct cairn_layout layout);
__attribute__((noinline)) void cairn_heap_dealloc_slowly(struct cairn_heap *self, void *block,
                                                         struct cairn_layout layout);

/* ---- classes ---- */

#define CAIRN_HEAP_CLASS_BYTES_MAX \
    ((size_t)CAIRN_SIZE_CLASS_MAX_GRANULES * CAIRN_SIZE_CLASS_GRANULE)

/* The request as the front sees it: the larger of size and alignment, less one. */
static inline size_t cairn_heap_key(struct cairn_layout layout)
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

/* Needs: key < CAIRN_HEAP_CLASS_BYTES_MAX. */
static inline size_t cairn_heap_class_of(size_t key)
{
    size_t granules = key / CAIRN_HEAP_GRANULE;
    return __builtin_constant_p(granules) ? cairn_heap_class_computed(granules)
                                          : cairn_class_of_granules[granules];
}

/* ---- slots ---- */

/* The bytes below the live bits that a top can lead to. */
#define CAIRN_HEAP_POOL_REACH ((size_t)1 << 16)

/* Packed: a damaged top may lead between two slots. */
struct __attribute__((packed)) cairn_heap_slot {
    uint32_t position; /* the block's, in granules */
    uint32_t proof;
};

/* Far from each other, and from what else stands in memory. The factor: 2^32 by the golden ratio,
 * Knuth, The Art of Computer Programming, vol. 3, section 6.4. */
static inline uint32_t cairn_heap_proof(size_t size_class)
{
    return (uint32_t)size_class * 0x9e3779b1U;
}

static inline struct cairn_heap_slot *cairn_heap_slot_at(const struct cairn_heap_part *part,
                                                         uint32_t top)
{
    return (struct cairn_heap_slot *)((uintptr_t)part->live - CAIRN_HEAP_POOL_REACH +
                                      (uint16_t)top);
}

/* ---- bits ---- */

/* Sets, or clears, bit `n & 63`; returns whether it was set. */
#ifdef __x86_64__
static inline bool cairn_heap_test_and_set(uint64_t *word, size_t n)
{
    bool was_set;
    __asm__("btsq %2, %0" : "+r"(*word), "=@ccc"(was_set) : "r"((uint64_t)n));
    return was_set;
}

static inline bool cairn_heap_test_and_clear(uint64_t *word, size_t n)
{
    bool was_set;
    __asm__("btrq %2, %0" : "+r"(*word), "=@ccc"(was_set) : "r"((uint64_t)n));
    return was_set;
}
#else
static inline bool cairn_heap_test_and_set(uint64_t *word, size_t n)
{
    uint64_t bit = (uint64_t)1 << (n & 63), was = *word;
    *word = was | bit;
    return was & bit;
}

static inline bool cairn_heap_test_and_clear(uint64_t *word, size_t n)
{
    uint64_t bit = (uint64_t)1 << (n & 63), was = *word;
    *word = was & ~bit;
    return was & bit;
}
#endif

/* ---- alloc ---- */

/* Takes the block on top of the class's magazine; false if there is none, or it is not sound. */
static inline bool cairn_heap_pop(struct cairn_heap_part *part, size_t size_class, size_t *position)
{
    struct cairn_heap_slot *slot = cairn_heap_slot_at(part, part->top[size_class]) - 1;
    uint32_t held = slot->position, empty = cairn_heap_proof(size_class);
    if (__builtin_expect(slot->proof != empty + held, 0))
        return false;
    uint64_t live = cairn_bitmap_word_load(&part->live[held / 64]);
    if (__builtin_expect(cairn_heap_test_and_set(&live, held), 0))
        return false;
    slot->proof = empty;
    part->top[size_class] -= (uint32_t)sizeof(*slot);
    cairn_bitmap_word_store(&part->live[held / 64], live);
    *position = held;
    return true;
}

/* As cairn_allocator_alloc(&self->allocator, layout). */
CAIRN_MUST_USE static inline void *cairn_heap_alloc(struct cairn_heap *self,
                                                    struct cairn_layout layout)
{
    size_t key = cairn_heap_key(layout);
    size_t position;
    if (__builtin_expect(key >= CAIRN_HEAP_CLASS_BYTES_MAX, 0) ||
        !cairn_heap_pop(&self->part, cairn_heap_class_of(key), &position))
        return cairn_heap_alloc_slowly(self, layout);
    return (void *)(self->part.base + position * CAIRN_HEAP_GRANULE);
}

/* ---- dealloc ---- */

/* The block's position, beyond every end if it is none that a block can have. */
static inline size_t cairn_heap_position(const struct cairn_heap_part *part, const void *block)
{
    return cairn_live_map_position(part->base, block);
}

/*
 * Puts a live block of the class into its magazine. False if it is none that the page's certificate
 * vouches for, or there is no room.
 */
static inline bool cairn_heap_push(struct cairn_heap_part *part, size_t size_class, size_t position)
{
    if (__builtin_expect(position >= part->end, 0) ||
        __builtin_expect(part->tags[position / 64] != size_class, 0))
        return false;
    struct cairn_heap_slot *slot = cairn_heap_slot_at(part, part->top[size_class]);
    if (__builtin_expect(slot->proof != cairn_heap_proof(size_class), 0))
        return false;
    uint64_t live = cairn_bitmap_word_load(&part->live[position / 64]);
    if (__builtin_expect(!cairn_heap_test_and_clear(&live, position), 0))
        return false;
    slot->position = (uint32_t)position;
    slot->proof = cairn_heap_proof(size_class) + (uint32_t)position;
    part->top[size_class] += (uint32_t)sizeof(*slot);
    cairn_bitmap_word_store(&part->live[position / 64], live);
    return true;
}

/* As cairn_allocator_dealloc(&self->allocator, block, layout). */
static inline void cairn_heap_dealloc(struct cairn_heap *self, void *block,
                                      struct cairn_layout layout)
{
    size_t key = cairn_heap_key(layout);
    size_t position = cairn_heap_position(&self->part, block);
    if (__builtin_expect(key >= CAIRN_HEAP_CLASS_BYTES_MAX, 0) ||
        !cairn_heap_push(&self->part, cairn_heap_class_of(key), position))
        cairn_heap_dealloc_slowly(self, block, layout);
}

CAIRN_C_END

#endif
