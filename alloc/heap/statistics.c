/* SPDX-License-Identifier: MIT */
#include "slabs.h"

/* Granules of objects that an owner, which may be null, can hand out. */
static size_t cached_by(const struct cairn_heap_owner *owner)
{
    size_t granules = 0;
    for (unsigned i = 1; owner && i < CAIRN_SIZE_CLASSES; i++)
        granules += cairn_slabs_free_objects(owner, i) * cairn_class_granules[i];
    return granules;
}

static uint32_t cached_granules(const struct region *self)
{
    size_t granules = self->hot.waiting;
    for (uint32_t number = 0; number <= self->processor_count; number++)
        granules += cached_by(cairn_slabs_owner(self, number));
    return (uint32_t)granules;
}

/* The largest free block is in the last bin that has one, but not always the first there. */
static uint32_t largest_free(const struct region *self)
{
    uint32_t largest = 0;
    unsigned high = self->bin_map[1] ? 1 : 0;
    if (self->bin_map[high] == 0)
        return 0;
    for (uint32_t at = self->bins[high * 64 + cairn_log2_floor(self->bin_map[high])]; at != NONE;
         at = cairn_bins_next(self, at)) {
        uint32_t size = cairn_bins_free_size(self, at);
        largest = size > largest ? size : largest;
    }
    return largest;
}

static size_t in_bytes(uint32_t granules)
{
    return (size_t)granules * GRANULE_BYTES;
}

struct cairn_heap_statistics cairn_heap_statistics(const struct cairn_heap *self)
{
    struct cairn_heap_statistics sum = CAIRN_ZERO(struct cairn_heap_statistics);
    for (const struct region *region = first_region(self); region; region = region->next) {
        uint32_t granules = region->hot.end - region->hot.first - region->reserved;
        uint32_t cached = cached_granules(region), largest = largest_free(region);
        sum.size += in_bytes(granules);
        sum.used += in_bytes(region->taken - cached);
        sum.cached += in_bytes(cached);
        sum.free += in_bytes(granules - region->taken);
        sum.peak += in_bytes(region->peak);
        sum.largest_free =
            in_bytes(largest) > sum.largest_free ? in_bytes(largest) : sum.largest_free;
        sum.regions++;
    }
    return sum;
}

size_t cairn_heap_taken(const struct cairn_heap *self)
{
    return first_region(self) ? in_bytes(first_region(self)->taken) : 0;
}

static bool count_live(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    (void)start;
    if (kind == CAIRN_HEAP_BLOCK_LIVE)
        ((size_t *)context)[cairn_log2_floor(size / GRANULE_BYTES)]++;
    return true;
}

void cairn_heap_count_live(const struct cairn_heap *self, size_t counts[40])
{
    cairn_heap_walk(self, count_live, counts);
}
