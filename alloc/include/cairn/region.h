/* SPDX-License-Identifier: MIT */
/*
 * A region: a run of memory that an allocator is given to hand out, and the set of them that one
 * allocator has.
 *
 * Whatever is given is first trimmed to whole granules, the unit that the allocator counts in.
 * Regions of one set never overlap and never touch: those that do become one, so a heap that grows
 * at its end stays one region for ever.
 *
 * What it is bad at: a set holds at most CAIRN_REGIONS_MAX regions and is searched from its
 * beginning. That is meant for memory maps and growing heaps, not for many small pieces.
 */
#ifndef CAIRN_REGION_H
#define CAIRN_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/check.h>

CAIRN_C_BEGIN

#define CAIRN_REGIONS_MAX 8

/* Invariant: start < end. */
struct cairn_region {
    uintptr_t start;
    uintptr_t end; /* the first byte after it */
};

/* Invariants: count <= CAIRN_REGIONS_MAX; no two regions overlap or touch. Zero is the empty set. */
struct cairn_region_set {
    size_t count;
    struct cairn_region regions[CAIRN_REGIONS_MAX];
};

/* clang-format off */
#define CAIRN_REGION_SET_EMPTY {0, {{0, 0}}}
/* clang-format on */

enum cairn_region_error {
    CAIRN_REGION_OK = 0,
    CAIRN_REGION_TOO_SMALL,          /* its whole granules have no room for a block */
    CAIRN_REGION_WRAPS,              /* it passes the end of the address space */
    CAIRN_REGION_OVERLAPS,           /* part of it is in the set already */
    CAIRN_REGION_SET_FULL,           /* CAIRN_REGIONS_MAX regions are there, and it touches none */
    CAIRN_REGION_METADATA_TOO_SMALL, /* the memory for what stands where is too small for it */
};

/* The error in words: "the region is too small to hold a block". Any context. */
const char *cairn_region_error_text(enum cairn_region_error error);

static inline size_t cairn_region_size(struct cairn_region region)
{
    return region.end - region.start;
}

/*
 * Makes a region of the whole granules inside `size` bytes at `start`, without the one at address
 * zero, because a block there could not be told from null.
 *
 * Needs:  granule is a power of two.
 * Errors: TOO_SMALL, WRAPS; then *region is untouched.
 * Cost:   O(1); the memory is not touched.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_region_trim(const void *start, size_t size,
                                                         size_t granule,
                                                         struct cairn_region *region);

/*
 * Adds a region to the set.
 *
 * Errors: OVERLAPS, SET_FULL; then the set is untouched.
 * Cost:   O(regions).
 */
CAIRN_MUST_USE enum cairn_region_error cairn_region_set_add(struct cairn_region_set *set,
                                                            struct cairn_region region);

/* Whether all of `size` bytes at `start` lie inside one region. Cost: O(regions). */
bool cairn_region_set_contains(const struct cairn_region_set *set, uintptr_t start, size_t size);

CAIRN_C_END

#endif
