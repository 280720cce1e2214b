/* SPDX-License-Identifier: MIT */
#include "bins.h"

/* A free block's first granule has all but `size_from_end`, its last one that. They can be one. */
struct free_block {
    uint32_t next;     /* in its bin; NONE at the end */
    uint32_t previous; /* or which bin, if it is the first there */
    uint32_t size;
    uint32_t size_from_end;
};

CAIRN_STATIC_ASSERT(sizeof(struct free_block) == GRANULE_BYTES, "a granule can be a free block");

static inline uint32_t first_in_bin(unsigned bin)
{
    return NONE - bin; /* no position is as large */
}

static inline struct free_block *free_block_at(const struct region *self, uint32_t at)
{
    return (struct free_block *)address_of(self, at);
}

static __attribute__((noinline, cold)) CAIRN_NORETURN void report_overwritten(
    const struct region *self, uint32_t at)
{
    cairn_panic("cairn: the free block at %p was overwritten; most likely a block before it was "
                "written past its end, or freed memory was written to",
                address_of(self, at));
}

static inline void expect_sound(const struct region *self, uint32_t at, bool is_sound)
{
    if (__builtin_expect(!is_sound, 0))
        report_overwritten(self, at);
}

/* ---- sizes: both ends of a free block say the same, and the records agree ---- */

/*
 * Whether nothing begins or ends within the block, as far as a look at SLICE granules goes. The next
 * slice may be in a slab, whose owner changes it now; then the block ends before it.
 */
static inline bool is_in_one_piece(const struct region *self, uint32_t at, uint32_t size)
{
    const struct cairn_heap_slice *slice = slice_of(self, at);
    unsigned place = at % SLICE;
    uint64_t next = cairn_bitmap_word_load(&slice[1].taken) | slice[1].free;
    uint64_t from_here = (slice[0].taken | slice[0].free) >> place | next << (SLICE - 1 - place)
                                                                          << 1;
    uint64_t but_the_last = ((uint64_t)(size <= SLICE) << (size - 1) % 64) - 1;
    return (from_here & but_the_last & SLICE_BITS & ~(uint64_t)1) == 0;
}

/* Needs: `at` is the first granule of a free block. */
static inline __attribute__((always_inline)) uint32_t size_from_start(const struct region *self,
                                                                      uint32_t at)
{
    uint32_t size = free_block_at(self, at)->size, last = at + size - 1;
    expect_sound(self, at, size - 1 < self->hot.end - at && is_free(self, last));
    expect_sound(self, at, free_block_at(self, last)->size_from_end == size);
    expect_sound(self, at, is_in_one_piece(self, at, size));
    return size;
}

/* Needs: `last` is the last granule of a free block. */
static inline uint32_t size_from_end(const struct region *self, uint32_t last)
{
    uint32_t size = free_block_at(self, last)->size_from_end, at = last - size + 1;
    expect_sound(self, last, size - 1 <= last && is_free(self, at));
    expect_sound(self, at, free_block_at(self, at)->size == size);
    expect_sound(self, at, is_in_one_piece(self, at, size));
    return size;
}

uint32_t cairn_bins_free_size(const struct region *self, uint32_t at)
{
    return size_from_start(self, at);
}

static inline bool is_free_block(const struct region *self, uint32_t at)
{
    return !slab_class_at(self, at) && is_free(self, at);
}

uint32_t cairn_bins_free_from(const struct region *self, uint32_t at)
{
    return is_free_block(self, at) ? cairn_bins_free_size(self, at) : 0;
}

uint32_t cairn_bins_free_before(const struct region *self, uint32_t at)
{
    return at && is_free_block(self, at - 1) ? size_from_end(self, at - 1) : 0;
}

/* ---- lists: a neighbour in the bin points back ---- */

/* What leads back from `next`, which must be free, to the block that `at` has, or gets, before it. */
static inline uint32_t *link_back(const struct region *self, uint32_t at, uint32_t next)
{
    expect_sound(self, at, next < self->hot.end && is_free(self, next));
    return &free_block_at(self, next)->previous;
}

uint32_t cairn_bins_next(const struct region *self, uint32_t at)
{
    uint32_t next = free_block_at(self, at)->next;
    expect_sound(self, at, next == NONE || *link_back(self, at, next) == at);
    return next;
}

/* Makes granules free whose outer marks are set: into their bin, as the first there. */
static inline void enter_bin(struct region *self, uint32_t at, uint32_t size)
{
    unsigned bin = bin_for_size(size);
    uint32_t next = self->bins[bin];
    free_block_at(self, at)->next = next;
    free_block_at(self, at)->previous = first_in_bin(bin);
    free_block_at(self, at)->size = size;
    free_block_at(self, at + size - 1)->size_from_end = size;
    if (next != NONE)
        *link_back(self, at, next) = at;
    self->bins[bin] = at;
    self->bin_map[bin / 64] |= (uint64_t)1 << bin % 64;
}

static inline void leave_bin(struct region *self, uint32_t at)
{
    uint32_t next = free_block_at(self, at)->next, previous = free_block_at(self, at)->previous;
    unsigned bin = NONE - previous;
    bool is_first = bin < self->bin_count;
    expect_sound(self, at, is_first || previous < self->hot.end);
    uint32_t *link = is_first ? &self->bins[bin] : &free_block_at(self, previous)->next;
    expect_sound(self, at, *link == at);
    *link = next;
    if (next != NONE) {
        uint32_t *back = link_back(self, at, next);
        expect_sound(self, at, *back == at);
        *back = previous;
    } else if (is_first)
        self->bin_map[bin / 64] &= ~((uint64_t)1 << bin % 64);
}

static inline void set_mark(struct region *self, uint32_t at)
{
    set_bits(&slice_of(self, at)->free, bit_at(at));
}

static inline void clear_mark(struct region *self, uint32_t at)
{
    clear_bits(&slice_of(self, at)->free, bit_at(at));
}

void cairn_bins_remove(struct region *self, uint32_t at, uint32_t size)
{
    leave_bin(self, at);
    clear_mark(self, at);
    clear_mark(self, at + size - 1);
}

/* ---- give ---- */

static __attribute__((noinline)) uint32_t leave_bin_after(struct region *self, uint32_t at)
{
    uint32_t size = size_from_start(self, at);
    leave_bin(self, at);
    clear_mark(self, at);
    return size;
}

static __attribute__((noinline)) uint32_t leave_bin_before(struct region *self, uint32_t at)
{
    uint32_t size = size_from_end(self, at - 1);
    leave_bin(self, at - size);
    clear_mark(self, at - 1);
    return size;
}

void cairn_bins_give(struct region *self, uint32_t at, uint32_t size)
{
    uint32_t end = at + size;
    if (at && is_free_block(self, at - 1))
        at -= leave_bin_before(self, at);
    if (is_free_block(self, end))
        end += leave_bin_after(self, end);
    set_mark(self, at);
    set_mark(self, end - 1);
    enter_bin(self, at, end - at);
}

/* ---- take ---- */

/* A free block and where in it the request lies. `size` is 0 where none was found. */
struct fit {
    uint32_t at, size, padding;
};

#define NO_FIT CAIRN_ZERO(struct fit)

/* The first bin from `bin` on that has a block; BINS if none has. */
static inline unsigned next_bin(const struct region *self, unsigned bin)
{
    uint64_t here = self->bin_map[bin / 64] >> bin % 64;
    if (here)
        return bin + cairn_lowest_bit(here);
    return bin < 64 && self->bin_map[1] ? 64 + cairn_lowest_bit(self->bin_map[1]) : BINS;
}

static inline uint32_t first_of(const struct region *self, unsigned bin)
{
    uint32_t at = self->bins[bin];
    expect_sound(self, at, at < self->hot.end);
    return at;
}

/* From the size's own bin, if one of the first `tries` is large enough, else from the next one. */
static inline struct fit find_near(const struct region *self, uint32_t size, uint32_t tries)
{
    unsigned own = bin_for_size(size), bin = next_bin(self, own);
    struct fit fit = {NONE, 0, 0};
    for (; bin != BINS; tries--) {
        fit.at = fit.at == NONE ? first_of(self, bin) : fit.at;
        fit.size = size_from_start(self, fit.at);
        if (fit.size >= size)
            return fit;
        fit.at = tries > 1 ? cairn_bins_next(self, fit.at) : NONE;
        bin = fit.at == NONE ? next_bin(self, own + 1) : bin;
    }
    return NO_FIT;
}

/* Granules from `at` to the next multiple of `align` granules, by address. */
static uint32_t padding_at(const struct region *self, uint32_t at, uint32_t align)
{
    return (uint32_t)(0 - (self->hot.base / GRANULE_BYTES + at)) & (align - 1);
}

/* The first block that has enough after its first aligned address, of `tries` in each bin. */
static struct fit find_aligned(const struct region *self, uint32_t size, uint32_t align,
                               uint32_t tries)
{
    unsigned bin = next_bin(self, bin_for_size(size));
    for (; bin != BINS; bin = next_bin(self, bin + 1)) {
        uint32_t at = first_of(self, bin);
        for (uint32_t left = tries; at != NONE && left > 0; left--) {
            struct fit fit = {at, cairn_bins_free_size(self, at), padding_at(self, at, align)};
            if (fit.padding <= fit.size && size <= fit.size - fit.padding)
                return fit;
            at = cairn_bins_next(self, at);
        }
    }
    return NO_FIT;
}

uint32_t cairn_bins_best(const struct region *self, uint32_t size)
{
    return find_aligned(self, size, 1, TRIES).size;
}

/* Makes the request's part of a free block nobody's; what is left of it stays free. */
static inline uint32_t cut(struct region *self, struct fit fit, uint32_t size)
{
    uint32_t at = fit.at + fit.padding, rest = fit.size - fit.padding - size;
    leave_bin(self, fit.at);
    clear_mark(self, fit.at);
    if (rest) {
        set_mark(self, at + size);
        enter_bin(self, at + size, rest);
    } else
        clear_mark(self, at + size - 1);
    if (fit.padding)
        cairn_bins_give(self, fit.at, fit.padding);
    return at;
}

uint32_t cairn_bins_take_of(struct region *self, uint32_t size, uint32_t align, uint32_t tries)
{
    if (size > self->hot.end)
        return NONE;
    struct fit fit =
        align == 1 ? find_near(self, size, tries) : find_aligned(self, size, align, tries);
    return fit.size ? cut(self, fit, size) : NONE;
}
