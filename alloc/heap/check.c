/* SPDX-License-Identifier: MIT */
/* The whole-heap check: records, bins, lists and slabs against a walk. */
#include "quick.h"
#include "slabs.h"
#include "walk.h"

/* What a walk finds. Sizes in granules. */
struct census {
    uint32_t taken, free_blocks, waiting, waiting_blocks;
    uint32_t classes[CAIRN_SIZE_CLASSES]; /* objects that are neither live nor returned */
};

static void check_sound(const struct region *self, uint32_t at, bool is_sound, const char *what)
{
    cairn_check(is_sound, "cairn: the heap is corrupted at %p: %s", address_of(self, at), what);
}

/* ---- blocks ---- */

static void count_block(const struct region *self, struct walked_block block, struct census *census)
{
    unsigned size_class = slab_class_at(self, block.at);
    census->taken += block.kind == CAIRN_HEAP_BLOCK_FREE ? 0 : block.size;
    census->free_blocks += block.kind == CAIRN_HEAP_BLOCK_FREE;
    if (block.kind != CAIRN_HEAP_BLOCK_CACHED)
        return;
    census->classes[size_class] += size_class != 0 && !is_given_out(self, block.at);
    census->waiting += size_class ? 0 : block.size;
    census->waiting_blocks += size_class == 0;
}

static void walk_blocks(const struct region *self, struct census *census)
{
    uint32_t end_of_free = NONE;
    struct walked_block block = cairn_walk_first(self);
    for (; block.size; block = cairn_walk_next(self, block)) {
        bool is_free_now = block.kind == CAIRN_HEAP_BLOCK_FREE;
        check_sound(self, block.at, !is_free_now || block.at != end_of_free,
                    "two free blocks touch");
        end_of_free = is_free_now ? block.at + block.size : NONE;
        count_block(self, block, census);
    }
    check_sound(self, block.at, block.at == self->hot.end && is_live_block(self, block.at),
                "the end sentinel is gone");
}

/* ---- bins ---- */

/* How many blocks a bin has; ends after `limit`, so that a circle does, too. */
static uint32_t check_bin(const struct region *self, unsigned bin, uint32_t limit)
{
    uint32_t count = 0;
    bool is_mapped = self->bin_map[bin / 64] >> bin % 64 & 1;
    cairn_check(is_mapped == (self->bins[bin] != NONE), "cairn: the map of bin %u is wrong", bin);
    for (uint32_t at = self->bins[bin]; at != NONE && count <= limit; count++) {
        cairn_check(
            at >= self->hot.first && at < self->hot.end && is_free(self, at) &&
                !slab_class_at(self, at) && bin_for_size(cairn_bins_free_size(self, at)) == bin,
            "cairn: bin %u leads to %p, which does not belong there", bin, address_of(self, at));
        at = cairn_bins_next(self, at);
    }
    return count;
}

static void check_bins(const struct region *self, const struct census *census)
{
    uint32_t count = 0;
    for (unsigned bin = 0; bin < self->bin_count; bin++)
        count += check_bin(self, bin, census->free_blocks);
    cairn_check(count == census->free_blocks, "cairn: %zu free blocks, and %zu in the bins",
                (size_t)census->free_blocks, (size_t)count);
}

/* ---- lists ---- */

/* How many blocks a quick list has, all of its size; ends after `limit`, so that a circle does, too. */
static uint32_t check_list(const struct region *self, uint32_t size, uint32_t limit)
{
    uint32_t count = 0;
    for (void *block = self->hot.quick[size]; block != QUICK_END && count <= limit; count++) {
        uintptr_t at = cairn_heap_position(&self->hot, block);
        cairn_check(at < self->hot.end && is_waiting(self, (uint32_t)at) &&
                        !slab_class_at(self, (uint32_t)at) && size_at(self, (uint32_t)at) == size,
                    "cairn: the list of freed blocks of %zu bytes leads to %p, where none waits; "
                    "most likely freed memory was written to",
                    (size_t)size * GRANULE_BYTES, block);
        block = *(void **)block;
    }
    return count;
}

static void check_quick_lists(const struct region *self, const struct census *census)
{
    uint32_t count = 0;
    for (uint32_t size = 1; size <= self->hot.quick_max; size++)
        count += check_list(self, size, census->waiting_blocks);
    cairn_check(count == census->waiting_blocks,
                "cairn: %zu blocks wait, and %zu are in the quick lists",
                (size_t)census->waiting_blocks, (size_t)count);
}

/* ---- slabs ---- */

/* A slab in its class's list: its slices, and how many of its objects are available. */
static uint32_t check_slab(const struct region *self, const struct cairn_heap_owner *owner,
                           uint32_t first, unsigned size_class)
{
    const struct slab *slab = slab_at(self, first);
    uint64_t available = 0;
    for (uint32_t place = 0; place < slab->slices; place++) {
        uint32_t at = (first + place) * SLICE;
        uint64_t starts = cairn_slabs_starts(size_class, place), free = free_in(self, at / SLICE);
        const struct cairn_heap_slice *slice = slice_of(self, at);
        check_sound(self, at,
                    tag_at(self, at) == owner->classes[size_class].tag &&
                        self->places[at / SLICE] == place,
                    "a slice has another slab's tag");
        check_sound(self, at, slice->free == starts && (slice->taken & ~starts) == 0,
                    "something begins between a slab's objects");
        for (; free; free &= free - 1)
            available++;
    }
    check_sound(self, first * SLICE, slab->available <= available && slab->available > 0,
                "a slab's count of available objects is wrong");
    return slab->available;
}

/* Gives the granules in empty slabs. */
static uint32_t check_slabs(const struct region *self, const struct cairn_heap_owner *owner,
                            unsigned size_class)
{
    const struct cairn_heap_class *objects = &owner->classes[size_class];
    uint32_t available = 0, previous = NONE, empty = 0;
    for (uint32_t first = objects->slabs; first != NONE; first = slab_at(self, first)->next) {
        const struct slab *slab = slab_at(self, first);
        check_sound(self, first * SLICE, slab->previous == previous, "a list of slabs disagrees");
        uint32_t in_slab = check_slab(self, owner, first, size_class);
        uint32_t size = slab->slices * SLICE;
        empty += in_slab * cairn_class_granules[size_class] == size ? size : 0;
        available += in_slab;
        previous = first;
    }
    cairn_check(available == objects->available,
                "cairn: %zu objects of %zu bytes are available, and the slabs have %zu",
                (size_t)objects->available,
                (size_t)cairn_class_granules[size_class] * GRANULE_BYTES, (size_t)available);
    return empty;
}

static void check_stack(const struct region *self, const struct cairn_heap_owner *owner,
                        unsigned size_class)
{
    const struct cairn_heap_class *objects = &owner->classes[size_class];
    cairn_check(objects->count <= objects->limit, "cairn: a stack has more objects than room");
    for (uint32_t i = 0; i < objects->count; i++)
        check_sound(self, objects->stack[i],
                    objects->stack[i] < self->hot.end &&
                        tag_at(self, objects->stack[i]) == owner->classes[size_class].tag &&
                        !is_given_out(self, objects->stack[i]),
                    "what is in a class's stack is no free object");
}

/* Adds the owner's objects to `known`, by class. */
static void check_owner(const struct region *self, const struct cairn_heap_owner *owner,
                        size_t known[CAIRN_SIZE_CLASSES])
{
    uint32_t empty = 0;
    for (unsigned i = 1; i < CAIRN_SIZE_CLASSES; i++) {
        check_stack(self, owner, i);
        empty += check_slabs(self, owner, i);
        known[i] += cairn_slabs_free_objects(owner, i);
    }
    cairn_check(empty == owner->empty, "cairn: empty slabs have %zu granules, and %zu are counted",
                (size_t)empty, (size_t)owner->empty);
}

static void check_owners(const struct region *self, const struct census *census)
{
    size_t known[CAIRN_SIZE_CLASSES] = {0};
    for (uint32_t number = 0; number <= self->processor_count; number++) {
        const struct cairn_heap_owner *owner = cairn_slabs_owner(self, number);
        if (owner)
            check_owner(self, owner, known);
    }
    for (unsigned i = 1; i < CAIRN_SIZE_CLASSES; i++)
        cairn_check(known[i] == census->classes[i],
                    "cairn: %zu free objects of %zu bytes are known, and a walk finds %zu",
                    known[i], (size_t)cairn_class_granules[i] * GRANULE_BYTES,
                    (size_t)census->classes[i]);
}

void cairn_heap_check(const struct cairn_heap *self)
{
    for (const struct region *region = first_region(self); region; region = region->next) {
        struct census census = CAIRN_ZERO(struct census);
        walk_blocks(region, &census);
        cairn_check(census.taken == region->taken && census.waiting == region->hot.waiting,
                    "cairn: the counts are wrong: %zu granules taken, %zu waiting, and a walk "
                    "finds %zu and %zu",
                    (size_t)region->taken, (size_t)region->hot.waiting, (size_t)census.taken,
                    (size_t)census.waiting);
        check_bins(region, &census);
        check_quick_lists(region, &census);
        check_owners(region, &census);
    }
}
