/* SPDX-License-Identifier: MIT */
/*
 * The records: what stands at a granule, and how long it is.
 *
 * A block's size is the distance to the next bit that is set. A live block of LARGE granules or more
 * has its size in the record of the slice after its first one. Bits that stand for blocks never look
 * like that: `free` would be alone at many granules in a row.
 *
 * A slab's slices have a tag: the slab's owner and its size class, which says how long an object is.
 * There `free` says where objects begin, and `taken`, which the owner alone writes, which of them it
 * gave out. A third bit, where there are processors, says which of those were returned: freed by
 * another than the owner, who does not know it yet.
 *
 * What it is bad at: the block before a granule cannot be found, only a free one.
 */
#ifndef CAIRN_HEAP_SLICES_H
#define CAIRN_HEAP_SLICES_H

#include <cairn/base/bitmap_word.h>
#include <cairn/base/bits.h>

#include "parameters.h"

#define NONE UINT32_MAX

/* A region with all that belongs to it. `hot` comes last, and the records follow. */
struct region {
    struct region *next;         /* or null */
    struct cairn_region given;   /* as the caller gave it; with the metadata, if that is inside */
    struct cairn_region beside;  /* metadata in other memory; 0, 0: it is inside */
    uint32_t *bins;              /* the first free block of each, or NONE */
    struct slab *slabs;          /* see slabs.h */
    uint8_t *places;             /* of a slab's slice: how many of the slab's come before it */
    cairn_bitmap_part *returned; /* a bit for each granule; see slabs.c; null: no processors */
    uint32_t *links;             /* of each word of `returned` */
    struct cairn_processor *processors; /* that own slabs beside the heap, or null */
    uint32_t processor_count;
    uint64_t bin_map[BINS / 64]; /* bit b: bins[b] has a block */
    uint32_t bin_count;
    uint32_t capacity; /* slices that the metadata has room for */
    uint32_t taken;    /* granules that are not in bins */
    uint32_t peak;
    uint32_t expected;              /* granules; see cairn_heap_expect() */
    uint32_t large_request;         /* granules; larger ones let no block wait */
    uint32_t slab_share;            /* taken, from where on no slabs are cut */
    uint32_t reserved_at, reserved; /* granules that metadata has among the blocks */
    struct cairn_heap_region hot;
};

CAIRN_STATIC_ASSERT(sizeof(struct region) ==
                        offsetof(struct region, hot) + sizeof(struct cairn_heap_region),
                    "the records follow `hot`, as <cairn/heap_inline.h> knows");

static inline struct region *region_of(const struct cairn_heap_region *hot)
{
    return (struct region *)((uintptr_t)hot - offsetof(struct region, hot));
}

static inline struct region *first_region(const struct cairn_heap *self)
{
    return self->region != &cairn_heap_no_region ? region_of(self->region) : NULL;
}

/* The region that the address lies in, among its blocks; null if it lies in none. */
static inline struct region *region_with(const struct cairn_heap *self, const void *address)
{
    for (struct region *region = first_region(self); region; region = region->next) {
        uintptr_t granule = ((uintptr_t)address - region->hot.base) / GRANULE_BYTES;
        if (granule >= region->hot.first && granule < region->hot.end)
            return region;
    }
    return NULL;
}

static inline struct cairn_heap_slice *slice_number(const struct region *self, uint32_t number)
{
    return (struct cairn_heap_slice *)((uintptr_t)(self + 1)) + number;
}

static inline struct cairn_heap_slice *slice_of(const struct region *self, uint32_t at)
{
    return slice_number(self, at / SLICE);
}

static inline uint64_t bit_at(uint32_t at)
{
    return (uint64_t)1 << at % SLICE;
}

static inline void *address_of(const struct region *self, uint32_t at)
{
    return (void *)(self->hot.base + (uintptr_t)at * GRANULE_BYTES);
}

/* 0 for a size of 0, and for one that no address space has. */
static inline size_t granules_of(size_t size)
{
    return (size + GRANULE_BYTES - 1) / GRANULE_BYTES;
}

static inline uint32_t granules_for(size_t size)
{
    return (uint32_t)granules_of(size);
}

/* ---- tags ---- */

/* Slices that were a slab's. Blocks there may have their size class's length. */
#define TAG_MIXED UINT16_MAX

/* 0 where there are no slabs. */
static inline unsigned tag_at(const struct region *self, uint32_t at)
{
    return self->hot.owner ? self->hot.tags[at / SLICE] : 0;
}

/* The size class of the slab that the granule lies in; 0 if in none. */
static inline unsigned slab_class_at(const struct region *self, uint32_t at)
{
    unsigned size_class = tag_at(self, at) % CAIRN_HEAP_OWNER_TAGS;
    return size_class < CAIRN_SIZE_CLASSES ? size_class : 0; /* TAG_MIXED has none */
}

/* ---- what stands at a granule ---- */

/*
 * A record that holds a size has it in the upper half of both words; the lower half of `free` is
 * SIZE_MARK, that of `taken` 0. So no bit there looks like a live block's. A size is below 2^31: a
 * slab of objects of one granule, each with a bit in `free`, never looks like this.
 */
#define SIZE_MARK UINT32_MAX
#define NO_SIZE   ((uint64_t)1 << 63 | SIZE_MARK)

static inline bool holds_a_size(const struct cairn_heap_slice *slice)
{
    return (uint32_t)slice->free == SIZE_MARK && (slice->taken & NO_SIZE) == 0 &&
           slice->free == (slice->taken | SIZE_MARK);
}

/* The rest is about granules that do not lie in a slab. */

static inline bool is_live_block(const struct region *self, uint32_t at)
{
    const struct cairn_heap_slice *slice = slice_of(self, at);
    return (slice->taken & ~slice->free) >> at % SLICE & 1;
}

static inline bool is_waiting(const struct region *self, uint32_t at)
{
    const struct cairn_heap_slice *slice = slice_of(self, at);
    return (slice->taken & slice->free) >> at % SLICE & 1 && !holds_a_size(slice);
}

/* The first or the last granule of a free block. */
static inline bool is_free(const struct region *self, uint32_t at)
{
    const struct cairn_heap_slice *slice = slice_of(self, at);
    return (slice->free & ~slice->taken) >> at % SLICE & 1 && !holds_a_size(slice);
}

/* The words of `returned`, which a processor changes at once. They are numbered. */
#define RETURN_BITS  ((uint32_t)CAIRN_BITMAP_PART_BITS)
#define RETURN_WORDS (SLICE > RETURN_BITS ? SLICE / RETURN_BITS : 1) /* of a slice */

static inline uint32_t return_word_of(uint32_t at)
{
    return at / SLICE * RETURN_WORDS + at % SLICE / RETURN_BITS;
}

static inline uintptr_t return_bit(uint32_t at)
{
    return (uintptr_t)1 << at % SLICE % RETURN_BITS;
}

static inline bool is_returned(const struct region *self, uint32_t at)
{
    return self->returned &&
           __atomic_load_n(&self->returned[return_word_of(at)], __ATOMIC_RELAXED) & return_bit(at);
}

/* Of a granule in a slab: whether the object that begins there is live or returned. */
static inline bool is_given_out(const struct region *self, uint32_t at)
{
    return cairn_bitmap_word_load(&slice_of(self, at)->taken) & bit_at(at);
}

/* Whether a live block or object begins there. */
static inline bool is_live(const struct region *self, uint32_t at)
{
    return slab_class_at(self, at) ? is_given_out(self, at) && !is_returned(self, at)
                                   : is_live_block(self, at);
}

/* ---- sizes ---- */

#define SLICE_BITS (UINT64_MAX >> (64 - SLICE))

/* A slab begins with its first slice. More of it is not looked at: its bits are its owner's. */
static inline uint64_t boundaries(const struct region *self, uint32_t number)
{
    const struct cairn_heap_slice *slice = slice_number(self, number);
    if (slab_class_at(self, number * SLICE))
        return 1;
    return holds_a_size(slice) ? 0 : slice->taken | slice->free;
}

/*
 * Bit i is set if something begins or ends i + 1 granules after `at`, for i below SLICE. Needs: the
 * slice of `at` holds no size.
 */
static inline uint64_t boundaries_after(const struct region *self, uint32_t at)
{
    const struct cairn_heap_slice *slice = slice_of(self, at);
    uint64_t next = boundaries(self, at / SLICE + 1);
    return ((slice->taken | slice->free) >> at % SLICE >> 1 | next << ~at % SLICE) & SLICE_BITS;
}

/* Whether the block that begins at `at` has this size, which is at most SLICE. */
static inline bool has_quick_size(const struct region *self, uint32_t at, uint32_t size)
{
    return (boundaries_after(self, at) << (0 - size) % SLICE & SLICE_BITS) == (uint64_t)1
                                                                                  << (SLICE - 1);
}

/* The same for a larger size. */
static inline bool has_large_size(const struct region *self, uint32_t at, uint32_t size)
{
    const struct cairn_heap_slice *slice = slice_of(self, at);
    if (size >= LARGE)
        return (slice->taken | slice->free) >> at % SLICE == 1 && holds_a_size(slice + 1) &&
               slice[1].taken >> 32 == size;
    return boundaries_after(self, at) == 0 && !holds_a_size(slice + 1) &&
           has_quick_size(self, at + SLICE, size - SLICE);
}

static inline bool has_size(const struct region *self, uint32_t at, uint32_t size)
{
    return size <= SLICE ? has_quick_size(self, at, size) : has_large_size(self, at, size);
}

/* The size of the live or waiting block that begins at `at`; 0 if the records make no sense. */
static inline uint32_t size_at(const struct region *self, uint32_t at)
{
    unsigned size_class = slab_class_at(self, at);
    if (size_class)
        return cairn_class_granules[size_class];
    uint64_t near = boundaries_after(self, at);
    const struct cairn_heap_slice *next = slice_of(self, at) + 1;
    if (near)
        return cairn_lowest_bit(near) + 1;
    if (holds_a_size(next))
        return (uint32_t)(next->taken >> 32);
    uint64_t far = boundaries_after(self, at + SLICE);
    return far ? SLICE + cairn_lowest_bit(far) + 1 : 0;
}

/*
 * ---- changes ----
 *
 * Words are stored at once: what returns an object reads its owner's, without a lock.
 */

static inline void set_bits(uint64_t *word, uint64_t bits)
{
    cairn_bitmap_word_store(word, *word | bits);
}

static inline void clear_bits(uint64_t *word, uint64_t bits)
{
    cairn_bitmap_word_store(word, *word & ~bits);
}

static inline void store_record(struct cairn_heap_slice *slice, uint64_t taken, uint64_t free)
{
    cairn_bitmap_word_store(&slice->taken, taken);
    cairn_bitmap_word_store(&slice->free, free);
}

static inline void store_tag(struct region *self, uint32_t number, uint16_t tag)
{
    self->hot.tags[number] = tag;
}

static inline void note_taken(struct region *self, uint32_t size)
{
    self->taken += size;
    if (self->taken > self->peak)
        self->peak = self->taken;
}

/* Makes a live block of granules at which nothing stands. */
static inline void set_block(struct region *self, uint32_t at, uint32_t size)
{
    struct cairn_heap_slice *slice = slice_of(self, at);
    set_bits(&slice->taken, bit_at(at));
    if (size >= LARGE)
        store_record(slice + 1, (uint64_t)size << 32, (uint64_t)size << 32 | SIZE_MARK);
}

/* Lets nothing stand where a live block was. */
static inline void clear_block(struct region *self, uint32_t at, uint32_t size)
{
    struct cairn_heap_slice *slice = slice_of(self, at);
    clear_bits(&slice->taken, bit_at(at));
    if (size >= LARGE)
        store_record(slice + 1, 0, 0);
}

#endif
