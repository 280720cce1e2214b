/* SPDX-License-Identifier: MIT */
/*
 * The records: which block begins where, and how long it is.
 *
 * A live block of LARGE granules or more has its size in the record of the slice after its first
 * one: `taken` holds it, and `free` its complement. Bits that stand for blocks never look so, because
 * no three granules in a row have `free` alone.
 */
#ifndef CAIRN_QUICK_FIT_SLICES_H
#define CAIRN_QUICK_FIT_SLICES_H

#include <cairn/base/bits.h>
#include <cairn/quick_fit.h>

enum {
    GRANULE = CAIRN_QUICK_FIT_GRANULE,
    SLICE = 64,  /* granules */
    LARGE = 128, /* granules: such a block covers a whole slice, wherever it begins */
};

static inline struct cairn_quick_fit_slice *slice_of(const struct cairn_quick_fit *self,
                                                     uint32_t at)
{
    return &self->slices[at / SLICE];
}

static inline uint64_t bit_at(uint32_t at)
{
    return (uint64_t)1 << at % SLICE;
}

static inline void *address_of(const struct cairn_quick_fit *self, uint32_t at)
{
    return (void *)(self->base + (uintptr_t)at * GRANULE);
}

static inline bool holds_a_size(const struct cairn_quick_fit_slice *slice)
{
    /* In this order, for the first is hardly ever so. */
    return (slice->taken ^ slice->free) == UINT64_MAX && slice->taken >> 32 == 0;
}

/* ---- what stands at a granule ---- */

static inline bool is_live(const struct cairn_quick_fit *self, uint32_t at)
{
    const struct cairn_quick_fit_slice *slice = slice_of(self, at);
    return (slice->taken & ~slice->free & bit_at(at)) && !holds_a_size(slice);
}

static inline bool is_waiting(const struct cairn_quick_fit *self, uint32_t at)
{
    const struct cairn_quick_fit_slice *slice = slice_of(self, at);
    return slice->taken & slice->free & bit_at(at);
}

/* The first or the last granule of a free block. */
static inline bool is_free(const struct cairn_quick_fit *self, uint32_t at)
{
    const struct cairn_quick_fit_slice *slice = slice_of(self, at);
    return (slice->free & ~slice->taken & bit_at(at)) && !holds_a_size(slice);
}

/* ---- sizes ---- */

static inline uint64_t boundaries(const struct cairn_quick_fit_slice *slice)
{
    return holds_a_size(slice) ? 0 : slice->taken | slice->free;
}

/*
 * Bit i is set if something begins or ends i + 1 granules after `at`, for i below 64. Needs: the
 * slice of `at` holds no size.
 */
static inline uint64_t boundaries_after(const struct cairn_quick_fit *self, uint32_t at)
{
    const struct cairn_quick_fit_slice *slice = slice_of(self, at);
    unsigned place = at % SLICE;
    return (slice->taken | slice->free) >> place >> 1 | boundaries(slice + 1)
                                                            << (SLICE - 1 - place);
}

/* Whether the block that begins at `at` has this size, which is at most 64. */
static inline bool has_quick_size(const struct cairn_quick_fit *self, uint32_t at, size_t size)
{
    return boundaries_after(self, at) << (SLICE - size) == (uint64_t)1 << (SLICE - 1);
}

/* The size of the live or waiting block that begins at `at`; 0 if the records make no sense. */
static inline uint32_t size_at(const struct cairn_quick_fit *self, uint32_t at)
{
    uint64_t near = boundaries_after(self, at);
    const struct cairn_quick_fit_slice *next = slice_of(self, at) + 1;
    if (near)
        return cairn_lowest_bit(near) + 1;
    if (holds_a_size(next))
        return (uint32_t)next->taken;
    uint64_t far = boundaries_after(self, at + SLICE);
    return far ? SLICE + cairn_lowest_bit(far) + 1 : 0;
}

/* ---- changes ---- */

/* Makes a live block of granules at which nothing stands. */
static inline void mark_live(struct cairn_quick_fit *self, uint32_t at, uint32_t size)
{
    struct cairn_quick_fit_slice *slice = slice_of(self, at);
    slice->taken |= bit_at(at);
    if (size >= LARGE)
        slice[1] = CAIRN_LITERAL(struct cairn_quick_fit_slice){size, ~(uint64_t)size};
}

/* Lets nothing stand where a live or waiting block was. */
static inline void unmark(struct cairn_quick_fit *self, uint32_t at, uint32_t size)
{
    struct cairn_quick_fit_slice *slice = slice_of(self, at);
    slice->taken &= ~bit_at(at);
    slice->free &= ~bit_at(at);
    if (size >= LARGE)
        slice[1] = CAIRN_ZERO(struct cairn_quick_fit_slice);
}

#endif
