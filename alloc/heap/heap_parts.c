/* SPDX-License-Identifier: MIT */
/*
 * Giving a heap its memory: making a part over a region, and how a region grows. Where the ledger
 * and the magazines lie is geometry.h's matter.
 */
#include "heap_parts.h"

#include "front.h"
#include "geometry.h"

#define GRANULES_LIMIT (TAG_LARGE - 1) /* of a part: a tag holds a block's granules */

/* ---- making a part ---- */

static void use_tables(struct cairn_heap_part *part, const struct geometry *geometry)
{
    part->live = (uint64_t *)geometry->tables[LIVE];
    part->edge = (uint64_t *)geometry->tables[EDGE];
    part->classed = (uint64_t *)geometry->tables[CLASSED];
    part->tags = (uint32_t *)geometry->tables[TAGS];
    part->base = geometry->base;
    part->first = geometry->first;
    part->end = geometry->end;
    part->region_end = geometry->region.end;
}

/* What a class may hold: 1/16 of the heap, at least one chunk. */
static void limit_classes(struct cairn_heap_part *part, size_t granules)
{
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++) {
        size_t chunks = granules / 16 / cairn_class_granules[size_class] / CHUNK_BLOCKS + 1;
        part->class_chunk_limit[size_class] = chunks < CHUNKS_MAX ? (uint32_t)chunks : CHUNKS_MAX;
    }
}

/* A heap below CAIRN_HEAP_FRONT_FROM has its front up to a smaller share of what is taken. */
#define SMALL_FRONT_SHARE 8
#define FRONT_SHARE       2

/* Sets what follows from the part's size, or from the size that it is expected to have. */
static void set_proportions(struct cairn_heap_part *part, const struct geometry *geometry)
{
    size_t granules = part->end - part->first, front_granules = geometry->front_granules;
    bool is_small = geometry->is_small;
    limit_classes(part, granules);
    if (part->expected > granules) {
        granules = part->expected;
        front_granules = FRONT_LARGEST(granules);
        is_small = false;
    }
    part->front_share = granules / (is_small ? SMALL_FRONT_SHARE : FRONT_SHARE);
    part->quarter = granules / 4;
    part->front_limit = 0;
    for (unsigned size_class = 1;
         size_class < CAIRN_HEAP_CLASSES && cairn_class_granules[size_class] <= front_granules;
         size_class++)
        part->front_limit = (uint32_t)cairn_class_granules[size_class] * CAIRN_HEAP_GRANULE;
}

static void clear_tables(const struct geometry *geometry)
{
    for (int table = 0; table < TABLES; table++)
        __builtin_memset((void *)geometry->tables[table], 0,
                         cairn_ledger_pages(geometry->end) * cairn_table_entry[table]);
}

/* `zeroed`: large tables are clear already. */
static void part_init(struct cairn_heap_part *part, const struct geometry *geometry, bool zeroed)
{
    *part = CAIRN_LITERAL(struct cairn_heap_part){.region_start = geometry->region.start,
                                                  .ledger = geometry->ledger};
    __builtin_memset(part->bins, 0xff, sizeof(part->bins)); /* NONE everywhere */
    if (!zeroed || geometry->is_small)
        clear_tables(geometry);
    use_tables(part, geometry);
    cairn_front_start(part, geometry->chunk_count);
    set_bit(part->live, part->end); /* the wall */
    set_proportions(part, geometry);
    seal(part);
    cairn_bins_put(part, part->first, part->end - part->first);
}

/* ---- growing ---- */

static bool lies_in(const struct cairn_heap_part *part, uintptr_t address)
{
    return address - (uintptr_t)part < sizeof(*part);
}

/* The tables' new places are free: what is in the way moves on before. */
static bool can_move(const struct cairn_heap_part *part, const uintptr_t *from, const uintptr_t *to)
{
    for (int table = 0; table < TABLES; table++)
        if (!lies_in(part, from[table]) && to[table] < from[table])
            return false;
    return true;
}

/* Moves the tables up to where there is room for more, the highest first, and clears what is new. */
static void move_tables(const uintptr_t *from, const uintptr_t *to, size_t pages, size_t new_pages)
{
    for (int table = TABLES - 1; table >= 0; table--) {
        size_t bytes = pages * cairn_table_entry[table];
        __builtin_memmove((void *)to[table], (const void *)from[table], bytes);
        __builtin_memset((char *)to[table] + bytes, 0,
                         new_pages * cairn_table_entry[table] - bytes);
    }
}

/* Rows of bins that the part was too small for, and that its tables may have lain in. */
static void empty_new_rows(struct cairn_heap_part *part, size_t old_granules)
{
    unsigned row = bin_for(old_granules) / CAIRN_HEAP_BIN_COLUMNS + 1;
    __builtin_memset(part->bins[row], 0xff, (CAIRN_HEAP_BIN_ROWS - row) * sizeof(part->bins[0]));
}

static bool plan_extension(const struct cairn_heap_part *part, uintptr_t end,
                           struct geometry *geometry)
{
    struct cairn_region region = {part->region_start, end};
    bool planned = cairn_region_size(part->ledger)
                       ? cairn_geometry_beside(geometry, region, part->ledger)
                       : cairn_geometry_inside(geometry, region, true, NULL);
    return planned && geometry->end > part->end && geometry->end <= GRANULES_LIMIT;
}

/* Makes the first part reach up to `end`; false if that would gain nothing. */
static bool extend(struct cairn_heap *self, uintptr_t end)
{
    struct cairn_heap_part *part = &self->part;
    struct geometry geometry;
    size_t old_end = part->end, peak = part->peak;
    uintptr_t tables[TABLES] = {(uintptr_t)part->live, (uintptr_t)part->edge,
                                (uintptr_t)part->classed, (uintptr_t)part->tags};
    if (!plan_extension(part, end, &geometry) || !can_move(part, tables, geometry.tables))
        return false;
    (void)cairn_heap_flush(self);
    clear_bit(part->live, old_end);
    move_tables(tables, geometry.tables, cairn_ledger_pages(old_end),
                cairn_ledger_pages(geometry.end));
    empty_new_rows(part, old_end - part->first);
    use_tables(part, &geometry);
    cairn_front_start(part, geometry.chunk_count);
    set_bit(part->live, part->end);
    set_proportions(part, &geometry);
    seal(part);
    note_taken(part, part->end - old_end); /* as if the new granules had been taken, to be given */
    cairn_bins_give_granules(part, old_end, part->end - old_end);
    part->peak = peak;
    return true;
}

/* ---- the interface ---- */

static bool overlap(struct cairn_region one, struct cairn_region other)
{
    return one.start < other.end && other.start < one.end;
}

static bool overlaps_any(const struct cairn_heap *self, struct cairn_region region)
{
    for (const struct cairn_heap_part *part = &self->part; part; part = next_part(part)) {
        struct cairn_region own = {part->region_start, part->region_end};
        if (overlap(region, own) || overlap(region, part->ledger))
            return true;
    }
    return false;
}

/* The most granules that one part is given, 31 GiB. A 32-bit machine never has that many. */
#define PART_GRANULES_MAX ((size_t)31 << 26)

static struct cairn_region take_first(struct cairn_region *region)
{
    struct cairn_region first = *region;
    if (cairn_region_size(first) / CAIRN_HEAP_GRANULE > PART_GRANULES_MAX)
        first.end = first.start + PART_GRANULES_MAX * CAIRN_HEAP_GRANULE;
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
    struct cairn_heap_part *part = (struct cairn_heap_part *)at;
    struct cairn_region below = {region.start, at};
    if (!cairn_geometry_inside(&geometry, below, false, part))
        return false;
    part_init(part, &geometry, false);
    part->region_end = region.end;
    seal(part);
    struct cairn_heap_part *last = &self->part;
    while (last->next)
        last = next_part(last);
    last->next = part;
    seal(last);
    return true;
}

static void add_parts(struct cairn_heap *self, struct cairn_region region)
{
    while (region.start < region.end && add_part(self, take_first(&region)))
        continue;
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

/* CAIRN_HEAP_EMPTY, step by step: clang makes a value of 4 KiB on the stack first, a board's all. */
static void make_empty(struct cairn_heap *self)
{
    __builtin_memset(self, 0, sizeof(*self));
    self->allocator.operations = &cairn_heap_operations;
    self->part.live = self->part.edge = CAIRN_HEAP_NO_BITS;
    for (unsigned size_class = 0; size_class < CAIRN_HEAP_CLASSES; size_class++)
        self->part.top[size_class] = CAIRN_HEAP_NO_CHUNK;
}

static enum cairn_region_error init_inside(struct cairn_heap *self, void *start, size_t size,
                                           bool zeroed)
{
    struct cairn_region region;
    struct geometry geometry;
    make_empty(self);
    enum cairn_region_error error = find_region(start, size, &region);
    if (error)
        return error;
    if (!cairn_geometry_inside(&geometry, take_first(&region), true, &self->part))
        return CAIRN_REGION_TOO_SMALL;
    part_init(&self->part, &geometry, zeroed);
    add_parts(self, region);
    return CAIRN_REGION_OK;
}

enum cairn_region_error cairn_heap_init(struct cairn_heap *self, void *start, size_t size)
{
    return init_inside(self, start, size, false);
}

enum cairn_region_error cairn_heap_init_zeroed(struct cairn_heap *self, void *start, size_t size)
{
    return init_inside(self, start, size, true);
}

void cairn_heap_expect(struct cairn_heap *self, size_t size)
{
    struct cairn_heap_part *part = &self->part;
    const struct geometry unused = CAIRN_LITERAL(struct geometry){.is_small = false};
    check_seal(part);
    if (part->chunk_count == 0 || size / CAIRN_HEAP_GRANULE <= part->end - part->first)
        return;
    part->expected = size / CAIRN_HEAP_GRANULE;
    set_proportions(part, &unused);
    seal(part);
}

enum cairn_region_error cairn_heap_init_beside(struct cairn_heap *self, void *start, size_t size,
                                               void *ledger, size_t ledger_size)
{
    struct cairn_region region, beside;
    struct geometry geometry;
    make_empty(self);
    enum cairn_region_error error = find_region(start, size, &region);
    if (error)
        return error;
    error = cairn_region_trim(ledger, ledger_size, 1, &beside);
    if (error)
        return error == CAIRN_REGION_TOO_SMALL ? CAIRN_REGION_LEDGER_TOO_SMALL : error;
    if (overlap(region, beside))
        return CAIRN_REGION_OVERLAPS;
    if (!cairn_geometry_beside(&geometry, take_first(&region), beside))
        return CAIRN_REGION_LEDGER_TOO_SMALL;
    part_init(&self->part, &geometry, false);
    add_parts(self, region);
    return CAIRN_REGION_OK;
}

/*
 * Only the heap's first part grows: a further part's own struct lies at its end. What the caller
 * gave counts here, not what is left of it in whole granules: else there would be gaps.
 */
static bool extend_first(struct cairn_heap *self, uintptr_t start, size_t size)
{
    return self->part.region_end == start && extend(self, start + size);
}

enum cairn_region_error cairn_heap_add_region(struct cairn_heap *self, void *start, size_t size)
{
    struct cairn_region region;
    enum cairn_region_error error = find_region(start, size, &region);
    if (error)
        return error;
    check_seal(&self->part);
    cairn_check(self->part.end != 0, "cairn: a heap gets its first region by cairn_heap_init()");
    if (overlaps_any(self, region))
        return CAIRN_REGION_OVERLAPS;
    if (extend_first(self, (uintptr_t)start, size))
        return CAIRN_REGION_OK;
    if (!add_part(self, take_first(&region)))
        return CAIRN_REGION_TOO_SMALL;
    add_parts(self, region);
    return CAIRN_REGION_OK;
}
