/* SPDX-License-Identifier: MIT */
/* Looking at a heap: invalid frees, statistics, the check. Nothing here is needed to allocate. */
#include "report.h"

#include "bins.h"

enum state { BLOCK_FREE, BLOCK_WAITING, BLOCK_LIVE };

struct block {
    uint32_t at, size;
    enum state state;
};

/* The block that begins at `at`, checked as far as its record and its free memory go. */
static struct block block_at(const struct cairn_quick_fit *self, uint32_t at)
{
    struct block block = {at, 0, BLOCK_FREE};
    if (is_free(self, at)) {
        block.size = cairn_quick_fit_free_size(self, at);
    } else {
        block.state = is_waiting(self, at) ? BLOCK_WAITING : BLOCK_LIVE;
        block.size = size_at(self, at);
    }
    bool is_known = is_free(self, at) || is_waiting(self, at) || is_live(self, at);
    cairn_check(is_known && block.size != 0 && block.size <= self->end - at,
                "quick_fit: the records are damaged: no block begins at %p, where one must",
                address_of(self, at));
    return block;
}

/* ---- invalid frees ---- */

static struct block block_around(const struct cairn_quick_fit *self, uint32_t at)
{
    struct block block = block_at(self, 0);
    while (block.at + block.size <= at)
        block = block_at(self, block.at + block.size);
    return block;
}

void cairn_quick_fit_report_invalid(const struct cairn_quick_fit *self, const void *block,
                                    struct cairn_layout layout, const char *operation)
{
    uintptr_t offset = (uintptr_t)block - self->base;
    if (offset / GRANULE >= self->end)
        cairn_panic("quick_fit: %s of %p: not from this heap, which is %p to %p; give a block back "
                    "to the heap that it came from",
                    operation, block, (void *)self->base, address_of(self, self->end));
    struct block around = block_around(self, (uint32_t)(offset / GRANULE));
    const void *start = address_of(self, around.at);
    size_t size = (size_t)around.size * GRANULE;
    if (around.state != BLOCK_LIVE)
        cairn_panic("quick_fit: %s of %p: double free, or never allocated: %zu bytes at %p are "
                    "free; give each block back once",
                    operation, block, size, start);
    if (start != block)
        cairn_panic(
            "quick_fit: %s of %p: that is %zu bytes into the live block at %p of %zu bytes; "
            "give back the address that alloc gave",
            operation, block, (size_t)((uintptr_t)block - (uintptr_t)start), start, size);
    cairn_panic("quick_fit: %s of %p with size %zu and align %zu: wrong layout, the block has %zu "
                "bytes; give the layout that it was allocated with",
                operation, block, layout.size, layout.align, size);
}

/* ---- statistics ---- */

/* The largest free block is in the last bin that has one, but not always the first there. */
static uint32_t largest_in_bins(const struct cairn_quick_fit *self)
{
    uint32_t largest = 0;
    if (self->bin_map == 0)
        return 0;
    for (uint32_t at = self->bins[cairn_log2_floor(self->bin_map)]; at != NONE;
         at = cairn_quick_fit_next_in_bin(self, at)) {
        uint32_t size = cairn_quick_fit_free_size(self, at);
        largest = size > largest ? size : largest;
    }
    return largest;
}

struct cairn_quick_fit_statistics cairn_quick_fit_statistics(const struct cairn_quick_fit *self)
{
    struct cairn_quick_fit_statistics statistics;
    statistics.size = (size_t)self->end * GRANULE;
    statistics.used = (size_t)(self->taken - self->waiting) * GRANULE;
    statistics.waiting = (size_t)self->waiting * GRANULE;
    statistics.free = (size_t)(self->end - self->taken) * GRANULE;
    statistics.largest_free = (size_t)largest_in_bins(self) * GRANULE;
    return statistics;
}

/* ---- check ---- */

struct census {
    uint32_t taken, waiting, waiting_blocks, free_blocks;
};

static struct census walk(const struct cairn_quick_fit *self)
{
    struct census census = CAIRN_ZERO(struct census);
    bool was_free = false;
    for (uint32_t at = 0; at < self->end;) {
        struct block block = block_at(self, at);
        cairn_check(block.state != BLOCK_FREE || !was_free,
                    "quick_fit: the records are damaged: free blocks touch at %p",
                    address_of(self, at));
        was_free = block.state == BLOCK_FREE;
        census.free_blocks += was_free;
        census.taken += was_free ? 0 : block.size;
        census.waiting += block.state == BLOCK_WAITING ? block.size : 0;
        census.waiting_blocks += block.state == BLOCK_WAITING;
        at += block.size;
    }
    return census;
}

/* Gives how many blocks the bins have; ends after `limit`, so that a circle does, too. */
static uint32_t check_bins(const struct cairn_quick_fit *self, uint32_t limit)
{
    uint32_t count = 0;
    for (unsigned bin = 0; bin < CAIRN_QUICK_FIT_BINS; bin++) {
        cairn_check((self->bin_map >> bin & 1) == (self->bins[bin] != NONE),
                    "quick_fit: the map of bin %u is wrong", bin);
        for (uint32_t at = self->bins[bin]; at != NONE && count <= limit; count++) {
            cairn_check(at < self->end && is_free(self, at) &&
                            bin_for_size(cairn_quick_fit_free_size(self, at)) == bin,
                        "quick_fit: bin %u has %p, which does not belong there", bin,
                        address_of(self, at));
            at = cairn_quick_fit_next_in_bin(self, at);
        }
    }
    return count;
}

static uint32_t check_quick_lists(const struct cairn_quick_fit *self)
{
    uint32_t count = 0;
    for (uint32_t size = 1; size <= CAIRN_QUICK_FIT_QUICK; size++) {
        uint32_t at = self->quick[size].first;
        for (uint32_t left = self->quick[size].count; left > 0; left--, count++) {
            cairn_check(at < self->end && is_waiting(self, at) && has_quick_size(self, at, size),
                        "quick_fit: the list of freed blocks of %zu bytes leads to %p, where none "
                        "waits; most likely freed memory was written to",
                        (size_t)size * GRANULE, address_of(self, at));
            at = *(uint32_t *)address_of(self, at);
        }
        cairn_check(at == NONE, "quick_fit: the list of freed blocks of %zu bytes has no end",
                    (size_t)size * GRANULE);
    }
    return count;
}

void cairn_quick_fit_check(const struct cairn_quick_fit *self)
{
    struct census census = walk(self);
    cairn_check(
        census.taken == self->taken && census.waiting == self->waiting,
        "quick_fit: the counts are wrong: %zu granules taken, %zu waiting, and a walk finds "
        "%zu and %zu",
        (size_t)self->taken, (size_t)self->waiting, (size_t)census.taken, (size_t)census.waiting);
    uint32_t binned = check_bins(self, census.free_blocks), quick = check_quick_lists(self);
    cairn_check(
        binned == census.free_blocks && quick == census.waiting_blocks,
        "quick_fit: %zu free blocks and %zu in the bins, %zu that wait and %zu in the lists",
        (size_t)census.free_blocks, (size_t)binned, (size_t)census.waiting_blocks, (size_t)quick);
}
