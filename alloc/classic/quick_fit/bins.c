/* SPDX-License-Identifier: MIT */
#include "bins.h"

/* A free block's first granule has all but `size_from_end`, its last one that. They can be one. */
struct free_block {
    uint32_t next, previous; /* in its bin; NONE at the ends */
    uint32_t size;
    uint32_t size_from_end;
};

CAIRN_STATIC_ASSERT(sizeof(struct free_block) == GRANULE, "a granule can be a free block");

static struct free_block *free_block_at(const struct cairn_quick_fit *self, uint32_t at)
{
    return (struct free_block *)address_of(self, at);
}

static __attribute__((noinline, cold)) CAIRN_NORETURN void report_overwritten(
    const struct cairn_quick_fit *self, uint32_t at)
{
    cairn_panic(
        "quick_fit: the free block at %p was overwritten; most likely a block before it was "
        "written past its end, or freed memory was written to",
        address_of(self, at));
}

static inline void expect_sound(const struct cairn_quick_fit *self, uint32_t at, bool is_sound)
{
    if (__builtin_expect(!is_sound, 0))
        report_overwritten(self, at);
}

/*
 * The size that a free block says it has, twice. The records must agree, as far as a look at the next
 * 64 granules goes: the first that anything stands at is its last.
 */
static inline uint32_t size_of_free(const struct cairn_quick_fit *self, uint32_t at)
{
    uint32_t size = free_block_at(self, at)->size, last = at + size - 1;
    expect_sound(self, at, size - 1 < self->end - at);
    expect_sound(self, at, is_free(self, last) && free_block_at(self, last)->size_from_end == size);
    uint64_t near = boundaries_after(self, at);
    bool is_near = size - 2 < SLICE;
    expect_sound(self, at,
                 size == 1 || (is_near ? near << (SLICE + 1 - size) == (uint64_t)1 << (SLICE - 1)
                                       : near == 0));
    return size;
}

uint32_t cairn_quick_fit_free_size(const struct cairn_quick_fit *self, uint32_t at)
{
    return size_of_free(self, at);
}

/* A neighbour in the bin must point back. */
static inline uint32_t next_in_bin(const struct cairn_quick_fit *self, uint32_t at)
{
    uint32_t next = free_block_at(self, at)->next;
    expect_sound(self, at,
                 next == NONE || (next < self->end && free_block_at(self, next)->previous == at));
    return next;
}

uint32_t cairn_quick_fit_next_in_bin(const struct cairn_quick_fit *self, uint32_t at)
{
    return next_in_bin(self, at);
}

static void insert(struct cairn_quick_fit *self, uint32_t at, uint32_t size)
{
    unsigned bin = bin_for_size(size);
    uint32_t next = self->bins[bin], last = at + size - 1;
    slice_of(self, at)->free |= bit_at(at);
    slice_of(self, last)->free |= bit_at(last);
    free_block_at(self, at)->next = next;
    free_block_at(self, at)->previous = NONE;
    free_block_at(self, at)->size = size;
    free_block_at(self, last)->size_from_end = size;
    if (next != NONE)
        free_block_at(self, next)->previous = at;
    self->bins[bin] = at;
    self->bin_map |= (uint64_t)1 << bin;
}

void cairn_quick_fit_remove(struct cairn_quick_fit *self, uint32_t at, uint32_t size)
{
    unsigned bin = bin_for_size(size);
    uint32_t next = next_in_bin(self, at), last = at + size - 1;
    uint32_t previous = free_block_at(self, at)->previous;
    if (previous == NONE) {
        expect_sound(self, at, self->bins[bin] == at);
        self->bins[bin] = next;
        if (next == NONE)
            self->bin_map &= ~((uint64_t)1 << bin);
    } else {
        expect_sound(self, at, previous < self->end && free_block_at(self, previous)->next == at);
        free_block_at(self, previous)->next = next;
    }
    if (next != NONE)
        free_block_at(self, next)->previous = previous;
    slice_of(self, at)->free &= ~bit_at(at);
    slice_of(self, last)->free &= ~bit_at(last);
}

/* ---- give ---- */

uint32_t cairn_quick_fit_free_from(const struct cairn_quick_fit *self, uint32_t at)
{
    if (!is_free(self, at))
        return 0;
    expect_sound(self, at, at < self->end); /* or the end sentinel was overwritten */
    return size_of_free(self, at);
}

uint32_t cairn_quick_fit_free_before(const struct cairn_quick_fit *self, uint32_t at)
{
    if (at == 0 || !is_free(self, at - 1))
        return 0;
    uint32_t size = free_block_at(self, at - 1)->size_from_end;
    expect_sound(self, at - 1, size != 0 && size <= at && is_free(self, at - size));
    expect_sound(self, at - size, size_of_free(self, at - size) == size);
    return size;
}

void cairn_quick_fit_give(struct cairn_quick_fit *self, uint32_t at, uint32_t size)
{
    uint32_t before = cairn_quick_fit_free_before(self, at);
    uint32_t after = cairn_quick_fit_free_from(self, at + size);
    if (before)
        cairn_quick_fit_remove(self, at - before, before);
    if (after)
        cairn_quick_fit_remove(self, at + size, after);
    insert(self, at - before, before + size + after);
}

/* ---- take ---- */

#define TRIES ((uint32_t)4) /* blocks of a bin that are looked at */

/* A free block and where in it the request lies. `size` is 0 where none was found. */
struct fit {
    uint32_t at, size, padding;
};

/* Granules from `at` to the next multiple of `align` granules, by address. */
static uint32_t padding_at(const struct cairn_quick_fit *self, uint32_t at, uint32_t align)
{
    return (uint32_t)(0 - (self->base / GRANULE + at)) & (align - 1);
}

/* A block of this bin that fits, of the first `tries`. */
static struct fit find_in_bin(const struct cairn_quick_fit *self, unsigned bin, uint32_t size,
                              uint32_t align, uint32_t tries)
{
    uint32_t at = self->bins[bin];
    for (; at != NONE && tries > 0; at = next_in_bin(self, at), tries--) {
        struct fit fit = {at, size_of_free(self, at), padding_at(self, at, align)};
        if (fit.padding <= fit.size && size <= fit.size - fit.padding)
            return fit;
    }
    return CAIRN_ZERO(struct fit);
}

/* A block from the size's own bin, or else from the next one; there any is large enough. */
static struct fit find_near(const struct cairn_quick_fit *self, uint32_t size, uint32_t align)
{
    unsigned bin = bin_for_size(size);
    bool is_last = bin == CAIRN_QUICK_FIT_BINS - 1;
    struct fit fit = find_in_bin(self, bin, size, align, is_last ? UINT32_MAX : TRIES);
    uint64_t larger = is_last ? 0 : self->bin_map >> (bin + 1) << (bin + 1);
    if (fit.size || larger == 0)
        return fit;
    return find_in_bin(self, cairn_lowest_bit(larger), size, align, TRIES);
}

/* A block that happens to have enough after its first aligned address, from any bin. */
static struct fit find_anywhere(const struct cairn_quick_fit *self, uint32_t size, uint32_t align)
{
    struct fit fit = CAIRN_ZERO(struct fit);
    unsigned bin = bin_for_size(size);
    for (uint64_t bins = self->bin_map >> bin << bin; bins && !fit.size; bins &= bins - 1)
        fit = find_in_bin(self, cairn_lowest_bit(bins), size, align, TRIES);
    return fit;
}

static struct fit find(const struct cairn_quick_fit *self, uint32_t size, uint32_t align)
{
    struct fit fit = find_near(self, size, align);
    if (fit.size || align == 1)
        return fit;
    if (align - 1 <= self->end - size) {
        fit = find_near(self, size + align - 1, 1);
        fit.padding = padding_at(self, fit.at, align);
    }
    return fit.size ? fit : find_anywhere(self, size, align);
}

uint32_t cairn_quick_fit_best(const struct cairn_quick_fit *self, uint32_t size)
{
    return find_near(self, size, 1).size;
}

uint32_t cairn_quick_fit_take(struct cairn_quick_fit *self, uint32_t size, uint32_t align)
{
    struct fit fit = find(self, size, align);
    if (!fit.size)
        return NONE;
    uint32_t at = fit.at + fit.padding, rest = fit.size - fit.padding - size;
    cairn_quick_fit_remove(self, fit.at, fit.size);
    if (fit.padding)
        insert(self, fit.at, fit.padding);
    if (rest)
        insert(self, at + size, rest);
    mark_live(self, at, size);
    return at;
}
