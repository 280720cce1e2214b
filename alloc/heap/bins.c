/* SPDX-License-Identifier: MIT */
#include "bins.h"

/* A free block's first granule has all but `size_from_end`, its last one that. They can be one. */
struct free_block {
    uint32_t next, previous; /* in its bin; NONE at the ends */
    uint32_t size;
    uint32_t size_from_end;
};

CAIRN_STATIC_ASSERT(sizeof(struct free_block) == GRANULE_BYTES, "a granule can be a free block");

static struct free_block *free_block_at(const struct region *self, uint32_t at)
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

/*
 * The size that a free block says it has, twice. The records must agree, as far as a look at the next
 * SLICE granules goes: the first that anything stands at is its last.
 */
static inline uint32_t size_of_free(const struct region *self, uint32_t at)
{
    uint32_t size = free_block_at(self, at)->size, last = at + size - 1;
    expect_sound(self, at, size - 1 < self->hot.end - at);
    expect_sound(self, at, is_free(self, last) && free_block_at(self, last)->size_from_end == size);
    uint64_t end = (uint64_t)(size - 2 < SLICE) << (size - 2) % 64, near = end * 2 - 1;
    expect_sound(self, at, (size == 1) | ((boundaries_after(self, at) & near) == end));
    return size;
}

uint32_t cairn_bins_free_size(const struct region *self, uint32_t at)
{
    return size_of_free(self, at);
}

/* A neighbour in the bin must point back. */
static inline uint32_t next_in_bin(const struct region *self, uint32_t at)
{
    uint32_t next = free_block_at(self, at)->next;
    expect_sound(self, at, (next == NONE) | (next < self->hot.end));
    const uint32_t *back = next == NONE ? &at : &free_block_at(self, next)->previous;
    expect_sound(self, at, *back == at);
    return next;
}

uint32_t cairn_bins_next(const struct region *self, uint32_t at)
{
    return next_in_bin(self, at);
}

static void insert(struct region *self, uint32_t at, uint32_t size)
{
    unsigned bin = bin_for_size(size);
    uint32_t next = self->bins[bin], last = at + size - 1;
    set_bits(&slice_of(self, at)->free, bit_at(at));
    set_bits(&slice_of(self, last)->free, bit_at(last));
    free_block_at(self, at)->next = next;
    free_block_at(self, at)->previous = NONE;
    free_block_at(self, at)->size = size;
    free_block_at(self, last)->size_from_end = size;
    expect_sound(self, at, next == NONE || (next < self->hot.end && is_free(self, next)));
    uint32_t unused, *link_back = next == NONE ? &unused : &free_block_at(self, next)->previous;
    *link_back = at;
    self->bins[bin] = at;
    self->bin_map[bin / 64] |= (uint64_t)1 << bin % 64;
}

void cairn_bins_remove(struct region *self, uint32_t at, uint32_t size)
{
    unsigned bin = bin_for_size(size);
    uint32_t next = next_in_bin(self, at), last = at + size - 1;
    uint32_t previous = free_block_at(self, at)->previous, unused;
    expect_sound(self, at, (previous == NONE) | (previous < self->hot.end));
    uint32_t *link = previous == NONE ? &self->bins[bin] : &free_block_at(self, previous)->next;
    uint32_t *link_back = next == NONE ? &unused : &free_block_at(self, next)->previous;
    expect_sound(self, at, *link == at);
    *link = next;
    *link_back = previous;
    self->bin_map[bin / 64] &= ~((uint64_t)(self->bins[bin] == NONE) << bin % 64);
    clear_bits(&slice_of(self, at)->free, bit_at(at));
    clear_bits(&slice_of(self, last)->free, bit_at(last));
}

/* ---- give ---- */

uint32_t cairn_bins_free_from(const struct region *self, uint32_t at)
{
    return is_free(self, at) && !slab_class_at(self, at) ? size_of_free(self, at) : 0;
}

uint32_t cairn_bins_free_before(const struct region *self, uint32_t at)
{
    if (at == 0 || !is_free(self, at - 1) || slab_class_at(self, at - 1))
        return 0;
    uint32_t size = free_block_at(self, at - 1)->size_from_end;
    expect_sound(self, at - 1, size != 0 && size <= at && is_free(self, at - size));
    expect_sound(self, at - size, size_of_free(self, at - size) == size);
    return size;
}

void cairn_bins_give(struct region *self, uint32_t at, uint32_t size)
{
    uint32_t before = cairn_bins_free_before(self, at);
    uint32_t after = cairn_bins_free_from(self, at + size);
    if (before)
        cairn_bins_remove(self, at - before, before);
    if (after)
        cairn_bins_remove(self, at + size, after);
    insert(self, at - before, before + size + after);
}

/* ---- take ---- */

/* A free block and where in it the request lies. `size` is 0 where none was found. */
struct fit {
    uint32_t at, size, padding;
};

/* Granules from `at` to the next multiple of `align` granules, by address. */
static uint32_t padding_at(const struct region *self, uint32_t at, uint32_t align)
{
    return (uint32_t)(0 - (self->hot.base / GRANULE_BYTES + at)) & (align - 1);
}

/* The first bin from `bin` on that has a block; BINS if none has. */
static inline unsigned next_bin(const struct region *self, unsigned bin)
{
    uint64_t bins = bin < 64 ? self->bin_map[0] >> bin << bin : 0;
    if (bins)
        return cairn_lowest_bit(bins);
    bins = self->bin_map[1];
    if (bin > 64)
        bins = bin < BINS ? bins >> (bin - 64) << (bin - 64) : 0;
    return bins ? 64 + cairn_lowest_bit(bins) : BINS;
}

/* A block of this bin that fits, of the first `tries`. */
static struct fit find_in_bin(const struct region *self, unsigned bin, uint32_t size,
                              uint32_t align, uint32_t tries)
{
    uint32_t at = self->bins[bin];
    for (; at != NONE && tries > 0; at = next_in_bin(self, at), tries--) {
        expect_sound(self, at, at < self->hot.end);
        struct fit fit = {at, size_of_free(self, at), padding_at(self, at, align)};
        if (fit.padding <= fit.size && size <= fit.size - fit.padding)
            return fit;
    }
    return CAIRN_ZERO(struct fit);
}

/* A block from the size's own bin, or else from the next one. */
static struct fit find_near(const struct region *self, uint32_t size, uint32_t align)
{
    unsigned bin = bin_for_size(size);
    if (bin >= self->bin_count)
        return CAIRN_ZERO(struct fit);
    struct fit fit = find_in_bin(self, bin, size, align, TRIES);
    if (fit.size)
        return fit;
    bin = next_bin(self, bin + 1);
    return bin < BINS ? find_in_bin(self, bin, size, align, TRIES) : fit;
}

/* The first block that has enough after its first aligned address, of `tries` in each bin. */
static struct fit find_anywhere(const struct region *self, uint32_t size, uint32_t align,
                                uint32_t tries)
{
    struct fit fit = CAIRN_ZERO(struct fit);
    for (unsigned bin = next_bin(self, bin_for_size(size)); bin < BINS && !fit.size;
         bin = next_bin(self, bin + 1))
        fit = find_in_bin(self, bin, size, align, tries);
    return fit;
}

static struct fit find(const struct region *self, uint32_t size, uint32_t align)
{
    struct fit fit = find_near(self, size, align);
    if (fit.size || align == 1)
        return fit;
    if (align - 1 <= self->hot.end - size) {
        fit = find_near(self, size + align - 1, 1);
        fit.padding = padding_at(self, fit.at, align);
    }
    return fit.size ? fit : find_anywhere(self, size, align, TRIES);
}

uint32_t cairn_bins_best(const struct region *self, uint32_t size)
{
    return find_near(self, size, 1).size;
}

static uint32_t cut_block(struct region *self, struct fit fit, uint32_t size)
{
    if (!fit.size)
        return NONE;
    uint32_t at = fit.at + fit.padding, rest = fit.size - fit.padding - size;
    cairn_bins_remove(self, fit.at, fit.size);
    if (fit.padding)
        insert(self, fit.at, fit.padding);
    if (rest)
        insert(self, at + size, rest);
    return at;
}

uint32_t cairn_bins_take(struct region *self, uint32_t size, uint32_t align)
{
    return size <= self->hot.end ? cut_block(self, find(self, size, align), size) : NONE;
}

uint32_t cairn_bins_take_anywhere(struct region *self, uint32_t size, uint32_t align)
{
    if (size > self->hot.end)
        return NONE;
    return cut_block(self, find_anywhere(self, size, align, UINT32_MAX), size);
}
