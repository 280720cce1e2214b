/* SPDX-License-Identifier: MIT */
/*
 * Giving a heap its memory: where the metadata lies, and how a region grows.
 *
 *     | struct region | records | owner | lists | returned | bins | slabs | stacks | links | tags | places |
 *     | guard | blocks
 *
 * Owner, slabs, stacks, tags, places and guard are there in a heap with slabs alone; `returned` and
 * links where processors own slabs, too.
 *
 * The metadata of a region that grew lies among its blocks, as one that is reserved.
 */
#include "regions.h"

#include "quick.h"
#include "slabs.h"

#define OWNER_ALIGN CAIRN_ALIGNOF(struct cairn_heap_owner)

/* Past the slice of the end sentinel, what is looked at to find a size. */
#define SPARE_SLICES 3

/* ---- what the metadata needs ---- */

struct plan {
    uint32_t slices; /* with the spare ones */
    bool has_slabs, has_processors;
    uint32_t lists, bins;
};

static struct plan plan_for(uint32_t granules, bool has_slabs, bool has_processors)
{
    struct plan plan = {granules / SLICE + SPARE_SLICES, has_slabs, has_slabs && has_processors,
                        QUICK, 0};
    if (granules / QUICK_SHARE < QUICK)
        plan.lists = granules / QUICK_SHARE > QUICK_LEAST ? granules / QUICK_SHARE : QUICK_LEAST;
    plan.lists = plan.lists < QUICK ? plan.lists : QUICK;
    plan.bins = bin_for_size(granules | 1) + 1;
    return plan;
}

static size_t stacks_size(struct plan plan)
{
    size_t objects = 0;
    for (unsigned i = 1; i < CAIRN_SIZE_CLASSES; i++)
        objects += cairn_slabs_stack_limit(plan.slices * SLICE, i);
    return objects * sizeof(uint32_t);
}

/* Where the parts of the metadata begin, in bytes from its start, in their order. */
struct offsets {
    size_t owner, lists, returned, bins, slabs, stacks, links, tags, places, end;
};

static struct offsets offsets_of(struct plan plan)
{
    struct offsets at;
    size_t slices = plan.has_slabs ? plan.slices : 0;
    size_t words = plan.has_processors ? plan.slices * RETURN_WORDS : 0;
    at.owner = sizeof(struct region) + plan.slices * sizeof(struct cairn_heap_slice);
    at.lists = at.owner + (plan.has_slabs ? sizeof(struct cairn_heap_owner) + OWNER_ALIGN : 0);
    at.returned = at.lists + (plan.lists + 1) * sizeof(void *);
    at.bins = at.returned + words * sizeof(cairn_bitmap_part);
    at.slabs = at.bins + plan.bins * sizeof(uint32_t);
    at.stacks =
        at.slabs + (plan.has_slabs ? plan.slices / SLAB_SPACING + 1 : 0) * sizeof(struct slab);
    at.links = at.stacks + (plan.has_slabs ? stacks_size(plan) : 0);
    at.tags = at.links + words * sizeof(uint32_t);
    at.places = at.tags + slices * sizeof(uint16_t);
    at.end = cairn_align_up(at.places + slices, GRANULE_BYTES);
    return at;
}

/* ---- making a region ---- */

/* Lays the parts out from the region's struct on, and lets them be empty. */
static void use_metadata(struct region *self, struct plan plan)
{
    struct offsets at = offsets_of(plan);
    uintptr_t start = (uintptr_t)self;
    self->capacity = plan.slices;
    self->bin_count = plan.bins;
    self->hot.owner = plan.has_slabs
                          ? (struct cairn_heap_owner *)cairn_align_up(start + at.owner, OWNER_ALIGN)
                          : NULL;
    self->hot.quick = (void **)(start + at.lists);
    self->hot.quick_max = plan.lists;
    self->bins = (uint32_t *)(start + at.bins);
    self->slabs = (struct slab *)(start + at.slabs);
    self->hot.tags = (uint16_t *)(start + at.tags);
    self->places = (uint8_t *)(start + at.places);
    self->returned = plan.has_processors ? (cairn_bitmap_part *)(start + at.returned) : NULL;
    self->links = plan.has_processors ? (uint32_t *)(start + at.links) : NULL;
    if (self->hot.owner)
        cairn_slabs_begin(self->hot.owner, 0, plan.slices * SLICE, (uint32_t *)(start + at.stacks));
    for (uint32_t size = 0; size <= plan.lists; size++)
        self->hot.quick[size] = QUICK_END;
    for (uint32_t bin = 0; bin < plan.bins; bin++)
        self->bins[bin] = NONE;
}

/* Clears the records and tags of slices from number `from` on. */
static void clear_slices(struct region *self, uint32_t from)
{
    uint32_t count = self->capacity - from;
    __builtin_memset(slice_number(self, from), 0, count * sizeof(struct cairn_heap_slice));
    if (self->hot.owner)
        __builtin_memset(self->hot.tags + from, 0, count * sizeof(uint16_t));
    if (self->returned)
        __builtin_memset(self->returned + from * RETURN_WORDS, 0,
                         count * RETURN_WORDS * sizeof(*self->returned));
}

/* Sets what follows from the region's size, or from the size that it is expected to have. */
static void set_proportions(struct region *self)
{
    uint32_t granules = self->hot.end - self->hot.first;
    uint32_t large = granules / LARGE_REQUEST_SHARE;
    self->hot.waiting_max = granules / 2 < WAITING_MAX ? granules / 2 : WAITING_MAX;
    self->large_request = large > LARGE_REQUEST ? large : LARGE_REQUEST;
    self->hot.slab_limit = self->hot.shared_limit = 0;
    if (!self->hot.owner || (size_t)self->hot.end * GRANULE_BYTES < SLABS_FROM)
        return;
    granules = granules > self->expected ? granules : self->expected;
    self->slab_share = granules / SLAB_SHARE;
    uint32_t *limit = self->returned ? &self->hot.shared_limit : &self->hot.slab_limit;
    for (unsigned i = 1; i < CAIRN_SIZE_CLASSES; i++) {
        if (cairn_class_granules[i] <= granules / SLAB_CLASS_SHARE)
            *limit = (uint32_t)cairn_class_granules[i] * GRANULE_BYTES;
    }
}

static void set_end(struct region *self, uint32_t end)
{
    self->hot.end = end;
    set_bits(&slice_of(self, end)->taken, bit_at(end)); /* the sentinel */
}

/*
 * Makes a region of granules `first` to `end`, whose metadata has room at `self`. `zeroed`: the records
 * and tags are clear already.
 */
static void make_region(struct region *self, struct plan plan, uintptr_t base, uint32_t first,
                        uint32_t end, struct region_options options)
{
    *self = CAIRN_ZERO(struct region);
    self->processors = options.processors;
    self->processor_count = options.processor_count;
    self->hot.base = base;
    self->hot.first = first;
    use_metadata(self, plan);
    if (!options.zeroed)
        clear_slices(self, 0);
    set_end(self, end);
    set_proportions(self);
    cairn_bins_give(self, first, end - first);
}

/* ---- a region with its metadata inside ---- */

static uintptr_t base_of(struct cairn_region given)
{
    return cairn_align_down(given.start, SLICE * GRANULE_BYTES);
}

static uint32_t end_of(struct cairn_region given)
{
    return (uint32_t)((given.end - base_of(given)) / GRANULE_BYTES);
}

static size_t guard_for(struct plan plan)
{
    return plan.has_slabs ? GUARD : 0;
}

/* Null: the memory is too small for it. */
static struct region *make_inside(struct cairn_region given, struct region_options options)
{
    bool has_slabs = !options.is_further && cairn_region_size(given) >= SLABS_FROM;
    struct plan plan = plan_for(end_of(given), has_slabs, options.processors != NULL);
    struct region *self = (struct region *)given.start;
    size_t metadata = offsets_of(plan).end + guard_for(plan);
    if (metadata > cairn_region_size(given) - GRANULE_BYTES)
        return NULL;
    uint32_t first = (uint32_t)((given.start + metadata - base_of(given)) / GRANULE_BYTES);
    make_region(self, plan, base_of(given), first, end_of(given), options);
    self->given = given;
    return self;
}

/* ---- a region with its metadata beside ---- */

/* For the most slices whose metadata fits into this room. Needs: that of `granules` does. */
static struct plan plan_beside(uint32_t granules, size_t room, bool has_slabs)
{
    size_t most = room / sizeof(struct cairn_heap_slice) * SLICE;
    uint32_t above = most < REGION_GRANULES_MAX ? (uint32_t)most + SLICE : REGION_GRANULES_MAX;
    while (above > granules && above - granules > SLICE) {
        uint32_t middle = granules + (above - granules) / 2;
        if (offsets_of(plan_for(middle, has_slabs, false)).end <= room)
            granules = middle;
        else
            above = middle;
    }
    return plan_for(granules, has_slabs, false);
}

static struct region *make_beside(struct cairn_region given, struct cairn_region beside)
{
    uintptr_t start = cairn_align_up(beside.start, CAIRN_HEAP_METADATA_ALIGN);
    size_t room = beside.end - start;
    bool has_slabs = cairn_region_size(given) >= SLABS_FROM ||
                     room >= CAIRN_HEAP_METADATA_SIZE(CAIRN_HEAP_SLABS_FROM);
    if (start >= beside.end || offsets_of(plan_for(end_of(given), has_slabs, false)).end > room)
        return NULL;
    struct plan plan = plan_beside(end_of(given), room, has_slabs);
    struct region *self = (struct region *)start;
    uint32_t first = (uint32_t)((given.start - base_of(given)) / GRANULE_BYTES);
    make_region(self, plan, base_of(given), first, end_of(given),
                CAIRN_ZERO(struct region_options));
    self->given = given;
    self->beside = beside;
    return self;
}

/* ---- growing ---- */

/* Granules among the blocks that metadata gets, with a guard on both sides; NONE if there are none. */
static uint32_t find_room(struct region *self, uint32_t end, uint32_t granules)
{
    if (granules <= (end - self->hot.end) / 2)
        return self->hot.end;
    return cairn_bins_take(self, granules, 1);
}

static void copy_part(void *to, const void *from, size_t bytes)
{
    __builtin_memcpy(to, from, bytes);
}

/* With its stack, which has at least as much room at the new place. */
static void copy_class(struct cairn_heap_class *to, const struct cairn_heap_class *from)
{
    uint32_t *stack = to->stack, limit = to->limit;
    copy_part(stack, from->stack, from->count * sizeof(uint32_t));
    *to = *from;
    to->stack = stack;
    to->limit = limit;
}

static void copy_owner(struct cairn_heap_owner *to, const struct cairn_heap_owner *from)
{
    to->empty = from->empty;
    to->returned = from->returned;
    for (unsigned i = 1; i < CAIRN_SIZE_CLASSES; i++)
        copy_class(&to->classes[i], &from->classes[i]);
}

/* A copy of the region's metadata at another place that has room for more. */
static struct region *copy_metadata(const struct region *self, uintptr_t place, struct plan plan)
{
    struct region *copy = (struct region *)place;
    *copy = *self;
    use_metadata(copy, plan);
    clear_slices(copy, 0);
    copy_part(slice_number(copy, 0), slice_number(self, 0),
              self->capacity * sizeof(struct cairn_heap_slice));
    copy_part(copy->hot.quick, self->hot.quick, (self->hot.quick_max + 1) * sizeof(void *));
    copy_part(copy->bins, self->bins, self->bin_count * sizeof(uint32_t));
    if (self->hot.owner) {
        copy_owner(copy->hot.owner, self->hot.owner);
        copy_part(copy->hot.tags, self->hot.tags, self->capacity * sizeof(uint16_t));
        copy_part(copy->places, self->places, self->capacity);
        copy_part(copy->slabs, self->slabs,
                  (self->capacity / SLAB_SPACING + 1) * sizeof(struct slab));
    }
    if (self->returned) {
        uint32_t words = self->capacity * RETURN_WORDS;
        copy_part(copy->returned, self->returned, words * sizeof(*self->returned));
        copy_part(copy->links, self->links, words * sizeof(*self->links));
    }
    return copy;
}

static void reserve(struct region *self, uint32_t at, uint32_t granules)
{
    set_block(self, at, granules);
    set_bits(&slice_of(self, at)->free,
             bit_at(at)); /* nobody's: it can neither be freed nor merged */
    self->reserved_at = at;
    self->reserved = granules;
}

/* Lets blocks stand where the region's metadata was. */
static void give_old_metadata(struct region *self, uint32_t reserved_at, uint32_t reserved)
{
    uint32_t start = (uint32_t)((self->given.start - self->hot.base) / GRANULE_BYTES);
    uint32_t first = self->hot.first;
    if (reserved) {
        clear_bits(&slice_of(self, reserved_at)->free, bit_at(reserved_at));
        clear_block(self, reserved_at, reserved);
        cairn_bins_give(self, reserved_at, reserved);
    } else if (start < first) {
        self->hot.first = start;
        cairn_bins_give(self, start, first - start);
    }
}

/* Moves the end sentinel, and gives what is new to the bins, from `from` on. */
static void move_end(struct region *self, uint32_t from, uint32_t end)
{
    clear_bits(&slice_of(self, self->hot.end)->taken, bit_at(self->hot.end));
    set_end(self, end);
    if (from < end)
        cairn_bins_give(self, from, end - from);
}

/* Makes the metadata larger; false if there is no room for it. Gives where it is then. */
static bool move_metadata(struct region **region, uint32_t end)
{
    struct region *self = *region;
    struct plan plan = plan_for(end, self->hot.owner || (size_t)end * GRANULE_BYTES >= SLABS_FROM,
                                self->processors != NULL);
    size_t guard = guard_for(plan);
    uint32_t granules = granules_for(offsets_of(plan).end + 2 * guard);
    uint32_t old_end = self->hot.end, old_at = self->reserved_at, old = self->reserved;
    uint32_t at = find_room(self, end, granules);
    if (at == NONE)
        return false;
    self = copy_metadata(self, (uintptr_t)address_of(self, at) + guard, plan);
    if (at == old_end) {
        move_end(self, at + granules, end);
        reserve(self, at, granules);
    } else {
        reserve(self, at, granules);
        move_end(self, old_end, end);
    }
    give_old_metadata(self, old_at, old);
    *region = self;
    return true;
}

/* Makes the first region reach up to `end`; false if that cannot be. */
static bool extend(struct cairn_heap *self, uintptr_t end)
{
    struct region *region = first_region(self);
    struct cairn_region given = {region->given.start, end};
    uint32_t old_end = region->hot.end;
    if ((end - region->hot.base) / GRANULE_BYTES > REGION_GRANULES_MAX || end_of(given) <= old_end)
        return false;
    bool has_room = end_of(given) / SLICE + SPARE_SLICES <= region->capacity;
    if (has_room)
        move_end(region, old_end, end_of(given));
    else if (cairn_region_size(region->beside) || !move_metadata(&region, end_of(given)))
        return false;
    region->given = given;
    set_proportions(region);
    self->region = &region->hot;
    return true;
}

/* ---- the interface ---- */

static bool overlap(struct cairn_region one, struct cairn_region other)
{
    return one.start < other.end && other.start < one.end;
}

static bool overlaps_any(const struct cairn_heap *self, struct cairn_region given)
{
    for (const struct region *region = first_region(self); region; region = region->next)
        if (overlap(given, region->given) || overlap(given, region->beside))
            return true;
    return false;
}

/* As much as one region can have. A 32-bit machine never has that many. */
static struct cairn_region take_first(struct cairn_region *rest)
{
    struct cairn_region first = *rest;
    if (cairn_region_size(first) / GRANULE_BYTES >= REGION_GRANULES_MAX)
        first.end = first.start + ((size_t)REGION_GRANULES_MAX - SLICE) * GRANULE_BYTES;
    rest->start = first.end;
    return first;
}

static bool add_region(struct cairn_heap *self, struct cairn_region given)
{
    if (cairn_region_size(given) < CAIRN_HEAP_FURTHER_REGION)
        return false;
    struct region_options further = {.is_further = true};
    struct region *made = make_inside(given, further), *last = first_region(self);
    if (!made || !last)
        return false;
    made->hot.quick_max = 0; /* it has bins alone */
    while (last->next)
        last = last->next;
    last->next = made;
    return true;
}

static void add_regions(struct cairn_heap *self, struct cairn_region rest)
{
    while (rest.start < rest.end && add_region(self, take_first(&rest)))
        continue;
}

/* The region that the caller gave: its start rounded up to a granule, its end as it is. */
static enum cairn_region_error find_region(const void *start, size_t size,
                                           struct cairn_region *region)
{
    enum cairn_region_error error = cairn_region_trim(start, size, GRANULE_BYTES, region);
    if (!error)
        region->end = (uintptr_t)start + size;
    return error;
}

enum cairn_region_error cairn_heap_init_with(struct cairn_heap *self, void *start, size_t size,
                                             struct region_options options)
{
    struct cairn_region given;
    *self = CAIRN_LITERAL(struct cairn_heap) CAIRN_HEAP_EMPTY;
    enum cairn_region_error error = find_region(start, size, &given);
    if (error)
        return error;
    struct region *region = make_inside(take_first(&given), options);
    if (!region)
        return CAIRN_REGION_TOO_SMALL;
    self->region = &region->hot;
    add_regions(self, given);
    return CAIRN_REGION_OK;
}

enum cairn_region_error cairn_heap_init(struct cairn_heap *self, void *start, size_t size)
{
    return cairn_heap_init_with(self, start, size, CAIRN_ZERO(struct region_options));
}

enum cairn_region_error cairn_heap_init_zeroed(struct cairn_heap *self, void *start, size_t size)
{
    struct region_options options = {.zeroed = true};
    return cairn_heap_init_with(self, start, size, options);
}

enum cairn_region_error cairn_heap_init_beside(struct cairn_heap *self, void *start, size_t size,
                                               void *metadata, size_t metadata_size)
{
    struct cairn_region given, beside;
    *self = CAIRN_LITERAL(struct cairn_heap) CAIRN_HEAP_EMPTY;
    enum cairn_region_error error = find_region(start, size, &given);
    if (error)
        return error;
    error = cairn_region_trim(metadata, metadata_size, 1, &beside);
    if (error)
        return error == CAIRN_REGION_TOO_SMALL ? CAIRN_REGION_METADATA_TOO_SMALL : error;
    if (overlap(given, beside))
        return CAIRN_REGION_OVERLAPS;
    struct region *region = make_beside(take_first(&given), beside);
    if (!region)
        return CAIRN_REGION_METADATA_TOO_SMALL;
    self->region = &region->hot;
    add_regions(self, given);
    return CAIRN_REGION_OK;
}

void cairn_heap_expect(struct cairn_heap *self, size_t size)
{
    struct region *region = first_region(self);
    cairn_check(region, "cairn: a heap gets its first region by cairn_heap_init()");
    size_t granules = size / GRANULE_BYTES;
    region->expected = granules < REGION_GRANULES_MAX ? (uint32_t)granules : REGION_GRANULES_MAX;
    set_proportions(region);
}

/* What the caller gave counts here, not what is left in whole granules: else there would be gaps. */
static bool extend_first(struct cairn_heap *self, uintptr_t start, size_t size)
{
    const struct region *first = first_region(self);
    return first && first->given.end == start && extend(self, start + size);
}

enum cairn_region_error cairn_heap_add_region(struct cairn_heap *self, void *start, size_t size)
{
    struct cairn_region given;
    enum cairn_region_error error = find_region(start, size, &given);
    if (error)
        return error;
    cairn_check(first_region(self), "cairn: a heap gets its first region by cairn_heap_init()");
    if (overlaps_any(self, given))
        return CAIRN_REGION_OVERLAPS;
    if (extend_first(self, (uintptr_t)start, size))
        return CAIRN_REGION_OK;
    if (!add_region(self, take_first(&given)))
        return CAIRN_REGION_TOO_SMALL;
    add_regions(self, given);
    return CAIRN_REGION_OK;
}
