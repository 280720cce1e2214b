/* SPDX-License-Identifier: MIT */
/*
 * Giving a heap its memory: where the ledger and the magazines lie in a region, and how a region
 * grows.
 *
 *     region_start                                                          region_end
 *     | blocks: first .. end        | live | edge | classed | tags |  | chunks |
 *
 * The ledger is as long as `end` demands and `end` as large as the ledger leaves room for: one
 * division (see place_ledger).
 */
#include "heap_parts.h"

#include <string.h>

#include "front.h"

#define PAGE_BYTES     (GRANULES_PER_PAGE * CAIRN_HEAP_GRANULE)
#define LEDGER_WORDS   3 /* live, edge, classed */
#define LEDGER_BYTES   (LEDGER_WORDS * sizeof(uint64_t) + sizeof(uint32_t)) /* for a page */
#define SPARE_PAGES    2 /* one for the wall, one that beginnings_behind() may look into */
#define GRANULES_LIMIT (((uint64_t)1 << 31) - 1) /* of a part: a tag holds a block's granules */

/* The front's share of the heap. */
#define FRONT_LARGEST(granules) ((granules) >> 12) /* of a block: 1/4096 of the heap */
#define FRONT_SMALLEST          4                  /* below this it is not worth while */
#define CHUNKS_FOR(granules)    ((granules) >> 13) /* 1/256 of the heap's bytes */
#define SMALL_CACHE             4
#define SMALL_CACHE_FROM        2048 /* granules */
#define SMALL_CHUNK_BYTES       64   /* of a chunk, all that so few blocks need */

/* ---- where things lie ---- */

struct geometry {
    uintptr_t base, region_end; /* region_end need not be aligned */
    uint64_t first, end;
    uintptr_t ledger; /* address of `live` */
    uintptr_t chunks; /* address of chunk 1 */
    uint32_t chunk_count;
};

static uint64_t ledger_pages(uint64_t end)
{
    return end / GRANULES_PER_PAGE + SPARE_PAGES;
}

/* Finds the largest `end` for which blocks and ledger fit below `limit`. */
static bool place_ledger(struct geometry *geometry, uintptr_t limit)
{
    uint64_t room = limit - geometry->base;
    if (room < SPARE_PAGES * LEDGER_BYTES)
        return false;
    room -= SPARE_PAGES * LEDGER_BYTES;
    uint64_t pages = room / (PAGE_BYTES + LEDGER_BYTES);
    uint64_t rest = room % (PAGE_BYTES + LEDGER_BYTES) / CAIRN_HEAP_GRANULE;
    geometry->end =
        pages * GRANULES_PER_PAGE + (rest < GRANULES_PER_PAGE ? rest : GRANULES_PER_PAGE - 1);
    geometry->ledger = limit - cairn_align_up(ledger_pages(geometry->end) * LEDGER_BYTES, 8);
    /* Rounding the ledger to words may cost a granule. */
    while (geometry->end > 0 &&
           geometry->base + geometry->end * CAIRN_HEAP_GRANULE > geometry->ledger)
        geometry->end--;
    return geometry->end > geometry->first;
}

/* Plans a part over [start, end); with_front says whether it is the heap's first. */
static bool plan(struct geometry *geometry, uintptr_t start, uintptr_t end, bool with_front)
{
    *geometry = (struct geometry){.base = cairn_align_down(start, PAGE_BYTES), .region_end = end};
    geometry->first = (start - geometry->base) / CAIRN_HEAP_GRANULE;
    uint64_t granules = (end - start) / CAIRN_HEAP_GRANULE;
    size_t chunk_bytes = 0;
    end = cairn_align_down(end, CAIRN_HEAP_GRANULE);
    if (with_front && FRONT_LARGEST(granules) >= FRONT_SMALLEST) {
        uint64_t count = CHUNKS_FOR(granules);
        geometry->chunk_count = count < CHUNKS_MAX ? (uint32_t)count : CHUNKS_MAX;
        chunk_bytes = geometry->chunk_count * CHUNK_BYTES;
    } else if (with_front && granules >= SMALL_CACHE_FROM) {
        geometry->chunk_count = 1;
        chunk_bytes = SMALL_CHUNK_BYTES;
    }
    geometry->chunks = cairn_align_down(end - chunk_bytes, CHUNK_BYTES);
    if (chunk_bytes == 0 || geometry->chunks < start)
        geometry->chunks = cairn_align_down(end, sizeof(uint64_t));
    return place_ledger(geometry, geometry->chunks);
}

/* ---- making a part ---- */

static void use_ledger(struct cairn_heap_part *part, const struct geometry *geometry)
{
    uint64_t pages = ledger_pages(geometry->end);
    part->live = (uint64_t *)geometry->ledger;
    part->edge = part->live + pages;
    part->classed = part->edge + pages;
    part->tags = (uint32_t *)(part->classed + pages);
    part->live_origin = geometry->ledger - geometry->base / PAGE_BYTES * sizeof(uint64_t);
    part->base = geometry->base;
    part->first = geometry->first;
    part->end = geometry->end;
    part->region_end = geometry->region_end;
}

/* Makes the pool of chunks, all free, and every magazine empty. */
static void use_chunks(struct cairn_heap_part *part, const struct geometry *geometry)
{
    /* Without chunks, too, `top` must say "empty": it is looked at, and never followed. */
    uintptr_t chunk_0 = cairn_align_down(geometry->chunks, CHUNK_BYTES) - CHUNK_BYTES;
    part->chunks = (void *(*)[CHUNK_SLOTS])chunk_0;
    part->chunk_count = geometry->chunk_count;
    part->free_chunk = geometry->chunk_count;
    for (uint32_t chunk = geometry->chunk_count; chunk > 0; chunk--)
        link_chunk(part, chunk, 0, chunk - 1);
    for (unsigned size_class = 0; size_class < CAIRN_HEAP_CLASSES; size_class++) {
        part->top[size_class] = (void **)(chunk_0 + sizeof(void *)); /* one past slot 0 */
        part->class_chunks[size_class] = 0;
    }
}

/* What a class may hold: 1/16 of the heap, at least one chunk. */
static void limit_classes(struct cairn_heap_part *part, uint64_t granules)
{
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++) {
        uint64_t chunks = granules / 16 / cairn_class_granules[size_class] / CHUNK_SLOTS + 1;
        part->class_chunk_limit[size_class] = chunks < CHUNKS_MAX ? (uint32_t)chunks : CHUNKS_MAX;
    }
}

/* Sets what follows from the part's size. */
static void set_proportions(struct cairn_heap_part *part)
{
    uint64_t granules = part->end - part->first, largest = FRONT_LARGEST(granules);
    part->half = granules / 2;
    part->quarter = granules / 4;
    part->front_limit = 0;
    part->small_cache = 0;
    limit_classes(part, granules);
    if (part->chunk_count == 0)
        return;
    if (largest < FRONT_SMALLEST) {
        part->small_cache = SMALL_CACHE;
        part->front_limit = CAIRN_HEAP_GRANULE;
        (void)!add_chunk(part, 1);
        return;
    }
    for (unsigned size_class = 1;
         size_class < CAIRN_HEAP_CLASSES && cairn_class_granules[size_class] <= largest;
         size_class++)
        part->front_limit = cairn_class_granules[size_class] * CAIRN_HEAP_GRANULE;
}

static void clear_ledger(const struct geometry *geometry)
{
    memset((void *)geometry->ledger, 0, ledger_pages(geometry->end) * LEDGER_BYTES);
}

/* Needs: the ledger is clear. */
static void part_init(struct cairn_heap_part *part, const struct geometry *geometry,
                      uintptr_t region_start)
{
    *part = (struct cairn_heap_part){.region_start = region_start};
    memset(part->bins, 0xff, sizeof(part->bins)); /* NONE everywhere */
    use_ledger(part, geometry);
    use_chunks(part, geometry);
    set_bit(part->live, part->end); /* the wall */
    set_proportions(part);
    cairn_bins_put(part, part->first, part->end - part->first);
}

/* ---- growing ---- */

/* Moves the tables up to where the new ledger is, the highest first, and clears what is new. */
static void move_ledger(struct cairn_heap_part *part, const struct geometry *geometry)
{
    uint64_t pages = ledger_pages(part->end), new_pages = ledger_pages(geometry->end);
    uint64_t *live = part->live, *edge = part->edge, *classed = part->classed;
    uint32_t *tags = part->tags;
    use_ledger(part, geometry);
    memmove(part->tags, tags, pages * sizeof(*tags));
    memset(part->tags + pages, 0, (new_pages - pages) * sizeof(*tags));
    memmove(part->classed, classed, pages * sizeof(*classed));
    memset(part->classed + pages, 0, (new_pages - pages) * sizeof(*classed));
    memmove(part->edge, edge, pages * sizeof(*edge));
    memset(part->edge + pages, 0, (new_pages - pages) * sizeof(*edge));
    memmove(part->live, live, pages * sizeof(*live));
    memset(part->live + pages, 0, (new_pages - pages) * sizeof(*live));
}

/* A class that has certificates must have a chunk: see drop_chunk(). */
static void restore_chunks(struct cairn_heap_part *part, const uint32_t *had)
{
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++)
        if (had[size_class] && part->class_chunks[size_class] == 0)
            (void)!add_chunk(part, size_class);
}

/* Makes the part reach up to `end`; false if that would gain nothing. */
static bool extend(struct cairn_heap_part *part, uintptr_t end, bool with_front)
{
    struct geometry geometry;
    uint64_t old_end = part->end;
    if (!plan(&geometry, part->region_start, end, with_front) || geometry.end <= old_end ||
        geometry.end > GRANULES_LIMIT || geometry.ledger < (uintptr_t)part->live ||
        geometry.ledger + ledger_pages(geometry.end) * LEDGER_BYTES <
            (uintptr_t)part->tags + ledger_pages(old_end) * sizeof(uint32_t))
        return false;
    uint32_t had[CAIRN_HEAP_CLASSES];
    flush_front(part);
    memcpy(had, part->class_chunks, sizeof(had));
    clear_bit(part->live, old_end);
    move_ledger(part, &geometry);
    use_chunks(part, &geometry);
    set_bit(part->live, part->end);
    set_proportions(part);
    restore_chunks(part, had);
    uint64_t peak = part->peak;
    note_taken(part, part->end - old_end); /* as if the new granules had been taken, to be given */
    cairn_bins_give_granules(part, old_end, part->end - old_end);
    part->peak = peak;
    return true;
}

/* ---- the interface ---- */

static bool overlaps(const struct cairn_heap *self, struct cairn_region region)
{
    for (const struct cairn_heap_part *part = &self->part; part; part = part->next)
        if (region.start < part->region_end && part->region_start < region.end)
            return true;
    return false;
}

/* The most bytes that one part can use. */
#define PART_BYTES_LIMIT ((uint64_t)31 << 30)

static struct cairn_region take_first(struct cairn_region *region)
{
    struct cairn_region first = *region;
    if (first.end - first.start > PART_BYTES_LIMIT)
        first.end = first.start + PART_BYTES_LIMIT;
    region->start = first.end;
    return first;
}

/* A part of its own, whose struct lies at the region's end. */
static bool add_part(struct cairn_heap *self, struct cairn_region region)
{
    struct geometry geometry;
    if (cairn_region_size(region) < CAIRN_HEAP_FURTHER_REGION)
        return false;
    uintptr_t at = cairn_align_down(region.end - sizeof(struct cairn_heap_part), 64);
    if (!plan(&geometry, region.start, at, false))
        return false;
    struct cairn_heap_part *part = (struct cairn_heap_part *)at;
    clear_ledger(&geometry);
    part_init(part, &geometry, region.start);
    part->region_end = region.end;
    struct cairn_heap_part **last = &self->part.next;
    while (*last)
        last = &(*last)->next;
    *last = part;
    return true;
}

/* The region that the caller gave: its start rounded up to a granule, its end as it is. */
static enum cairn_region_error find_region(const void *start, size_t size,
                                           struct cairn_region *region)
{
    enum cairn_region_error error = cairn_region_trim(start, size, CAIRN_HEAP_GRANULE, region);
    if (!error)
        region->end = (uintptr_t)start + size;
    return error;
}

static enum cairn_region_error init(struct cairn_heap *self, void *start, size_t size, bool zeroed)
{
    struct cairn_region region;
    struct geometry geometry;
    *self = (struct cairn_heap)CAIRN_HEAP_EMPTY;
    enum cairn_region_error error = find_region(start, size, &region);
    if (error)
        return error;
    struct cairn_region first = take_first(&region);
    if (!plan(&geometry, first.start, first.end, true))
        return CAIRN_REGION_TOO_SMALL;
    if (!zeroed)
        clear_ledger(&geometry);
    part_init(&self->part, &geometry, first.start);
    while (region.start < region.end && add_part(self, take_first(&region)))
        continue;
    return CAIRN_REGION_OK;
}

enum cairn_region_error cairn_heap_init(struct cairn_heap *self, void *start, size_t size)
{
    return init(self, start, size, false);
}

enum cairn_region_error cairn_heap_init_zeroed(struct cairn_heap *self, void *start, size_t size)
{
    return init(self, start, size, true);
}

/*
 * Only the heap's first part grows: a further part's own struct lies at its end. What the caller
 * gave counts here, not what is left of it in whole granules: else there would be gaps.
 */
static bool extend_first(struct cairn_heap *self, uintptr_t start, size_t size)
{
    return self->part.region_end == start && extend(&self->part, start + size, true);
}

enum cairn_region_error cairn_heap_add_region(struct cairn_heap *self, void *start, size_t size)
{
    struct cairn_region region;
    enum cairn_region_error error = find_region(start, size, &region);
    if (error)
        return error;
    cairn_check(self->part.end != 0, "cairn: a heap gets its first region by cairn_heap_init()");
    if (overlaps(self, region))
        return CAIRN_REGION_OVERLAPS;
    if (extend_first(self, (uintptr_t)start, size))
        return CAIRN_REGION_OK;
    if (!add_part(self, take_first(&region)))
        return CAIRN_REGION_TOO_SMALL;
    while (region.start < region.end && add_part(self, take_first(&region)))
        continue;
    return CAIRN_REGION_OK;
}
