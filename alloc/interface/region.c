/* SPDX-License-Identifier: MIT */
#include <cairn/region.h>

#include <cairn/base/bits.h>

const char *cairn_region_error_text(enum cairn_region_error error)
{
    switch (error) {
    case CAIRN_REGION_OK:
        return "no error";
    case CAIRN_REGION_TOO_SMALL:
        return "the region is too small to hold a block";
    case CAIRN_REGION_WRAPS:
        return "the region passes the end of the address space";
    case CAIRN_REGION_OVERLAPS:
        return "the region overlaps one that the allocator has already";
    case CAIRN_REGION_SET_FULL:
        return "the allocator has as many regions as it can hold";
    case CAIRN_REGION_METADATA_TOO_SMALL:
        return "the memory for the metadata is too small for a region of this size";
    }
    return "unknown region error";
}

enum cairn_region_error cairn_region_trim(const void *start, size_t size, size_t granule,
                                          struct cairn_region *region)
{
    uintptr_t first = (uintptr_t)start, end;
    if (__builtin_add_overflow(first, size, &end))
        return CAIRN_REGION_WRAPS;
    if (first == 0)
        first = 1;
    if (!cairn_try_align_up(first, granule, &first))
        return CAIRN_REGION_TOO_SMALL;
    end = cairn_align_down(end, granule);
    if (first >= end)
        return CAIRN_REGION_TOO_SMALL;
    *region = CAIRN_LITERAL(struct cairn_region){first, end};
    return CAIRN_REGION_OK;
}

static bool overlap(struct cairn_region one, struct cairn_region other)
{
    return one.start < other.end && other.start < one.end;
}

static bool touch(struct cairn_region one, struct cairn_region other)
{
    return one.end == other.start || other.end == one.start;
}

static bool overlaps_any(const struct cairn_region_set *set, struct cairn_region region)
{
    for (size_t i = 0; i < set->count; i++)
        if (overlap(set->regions[i], region))
            return true;
    return false;
}

/* The region grown by those of the set that touch it, which leave the set. */
static struct cairn_region absorb_neighbours(struct cairn_region_set *set,
                                             struct cairn_region region)
{
    size_t i = 0;
    while (i < set->count) {
        struct cairn_region other = set->regions[i];
        if (!touch(other, region)) {
            i++;
            continue;
        }
        region.start = other.start < region.start ? other.start : region.start;
        region.end = other.end > region.end ? other.end : region.end;
        set->regions[i] = set->regions[--set->count];
    }
    return region;
}

enum cairn_region_error cairn_region_set_add(struct cairn_region_set *set,
                                             struct cairn_region region)
{
    if (overlaps_any(set, region))
        return CAIRN_REGION_OVERLAPS;
    region = absorb_neighbours(set, region);
    if (set->count == CAIRN_REGIONS_MAX)
        return CAIRN_REGION_SET_FULL;
    set->regions[set->count++] = region;
    return CAIRN_REGION_OK;
}

bool cairn_region_set_contains(const struct cairn_region_set *set, uintptr_t start, size_t size)
{
    for (size_t i = 0; i < set->count; i++) {
        struct cairn_region region = set->regions[i];
        if (start >= region.start && start < region.end && size <= region.end - start)
            return true;
    }
    return false;
}
