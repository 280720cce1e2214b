/* SPDX-License-Identifier: MIT */
#include "slabs.h"

/* ---- slices and objects ---- */

static uint32_t greatest_power(uint32_t number)
{
    return number & (0 - number);
}

uint32_t cairn_slabs_slices(unsigned size_class, uint32_t slices)
{
    uint32_t size = cairn_class_granules[size_class];
    uint32_t power = greatest_power(size) < SLICE ? greatest_power(size) : SLICE;
    uint32_t unit = size / power; /* slices that objects of this size fill without a rest */
    uint32_t wanted = slices / 2 < SLAB_MOST / SLICE ? slices / 2 : SLAB_MOST / SLICE;
    wanted = wanted > SLAB_SPACING ? wanted : SLAB_SPACING;
    wanted = wanted > SLAB_OBJECTS * size / SLICE ? wanted : SLAB_OBJECTS * size / SLICE;
    return (wanted + unit - 1) / unit * unit;
}

uint64_t cairn_slabs_starts(unsigned size_class, uint32_t place)
{
    uint32_t size = cairn_class_granules[size_class];
    uint32_t before = place * SLICE % size, first = before ? size - before : 0;
    uint64_t starts = 1;
    for (uint32_t width = size; width < SLICE; width *= 2)
        starts |= starts << width;
    return first < SLICE ? starts << first & SLICE_BITS : 0;
}

static bool is_empty(const struct slab *slab, unsigned size_class)
{
    return (uint32_t)slab->available * cairn_class_granules[size_class] == slab->slices * SLICE;
}

size_t cairn_slabs_free_objects(const struct region *self, unsigned size_class)
{
    const struct cairn_heap_class *objects = &self->hot.classes[size_class];
    return (size_t)objects->count + objects->available;
}

/* ---- the class's list of slabs ---- */

static void link_slab(struct region *self, struct cairn_heap_class *objects, uint32_t first)
{
    struct slab *slab = slab_at(self, first);
    slab->next = objects->slabs;
    slab->previous = NONE;
    if (objects->slabs != NONE)
        slab_at(self, objects->slabs)->previous = first;
    objects->slabs = first;
}

static void unlink_slab(struct region *self, struct cairn_heap_class *objects, uint32_t first)
{
    const struct slab *slab = slab_at(self, first);
    if (slab->previous == NONE)
        objects->slabs = slab->next;
    else
        slab_at(self, slab->previous)->next = slab->next;
    if (slab->next != NONE)
        slab_at(self, slab->next)->previous = slab->previous;
}

/* ---- cutting and giving back ---- */

/* Sets the tags and records of a slab's slices. `free`: its objects are available. */
static void write_slices(struct region *self, uint32_t first, uint32_t slices, uint8_t tag)
{
    for (uint32_t place = 0; place < slices; place++) {
        uint64_t starts = tag ? cairn_slabs_starts(tag, place) : 0;
        store_record(slice_number(self, first + place), 0, starts);
        store_tag(self, first + place, tag);
        self->places[first + place] = (uint8_t)place;
    }
}

/* A new slab, first in the class's list; false if the class is rarely asked for, or memory scarce. */
static bool cut_slab(struct region *self, unsigned size_class)
{
    struct cairn_heap_class *objects = &self->hot.classes[size_class];
    if (objects->requests < WARM_REQUESTS) {
        objects->requests++;
        return false;
    }
    uint32_t slices = cairn_slabs_slices(size_class, objects->slices);
    if (self->taken >= self->slab_share)
        return false;
    uint32_t align = greatest_power(cairn_class_granules[size_class]);
    uint32_t at = cairn_bins_take(self, slices * SLICE, align > SLICE ? align : SLICE);
    if (at == NONE)
        return false;
    struct slab *slab = slab_at(self, at / SLICE);
    *slab = CAIRN_LITERAL(struct slab){NONE, NONE, 0, (uint8_t)slices, 0};
    slab->available = (uint16_t)(slices * SLICE / cairn_class_granules[size_class]);
    write_slices(self, at / SLICE, slices, (uint8_t)size_class);
    link_slab(self, objects, at / SLICE);
    objects->available += slab->available;
    objects->slices += slices;
    self->empty += slices * SLICE;
    note_taken(self, slices * SLICE);
    return true;
}

/* Gives an empty slab back to the bins. Needs: it is in the class's list, and not counted as empty. */
static void release_slab(struct region *self, unsigned size_class, uint32_t first)
{
    struct cairn_heap_class *objects = &self->hot.classes[size_class];
    const struct slab *slab = slab_at(self, first);
    uint32_t slices = slab->slices;
    unlink_slab(self, objects, first);
    objects->available -= slab->available;
    objects->slices -= slices;
    write_slices(self, first, slices, 0);
    self->taken -= slices * SLICE;
    cairn_bins_give(self, first * SLICE, slices * SLICE);
}

/* ---- take ---- */

static void expect_slab(const struct region *self, uint32_t first, bool is_sound)
{
    cairn_check(is_sound,
                "cairn: the records of the slab at %p are corrupted; most likely the metadata was "
                "written to",
                address_of(self, first * SLICE));
}

/* Puts the available objects of a slice onto its class's stack, where they lie in order of addresses. */
static uint32_t fetch(struct region *self, unsigned size_class, uint32_t first, uint32_t place)
{
    struct cairn_heap_class *objects = &self->hot.classes[size_class];
    uint64_t available = available_in(self, first + place);
    uint32_t count = objects->count, at = (first + place) * SLICE;
    expect_slab(self, first, self->hot.tags[first + place] == size_class);
    for (; available; available &= available - 1)
        objects->stack[objects->count++] = at + cairn_lowest_bit(available);
    return objects->count - count;
}

/* Lets the lowest addresses be used first. */
static void reverse(uint32_t *stack, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        uint32_t at = stack[i];
        stack[i] = stack[count - 1 - i];
        stack[count - 1 - i] = at;
    }
}

/* Puts objects of the class's first slab onto its stack, which is empty. Gives how many; 0: none. */
static uint32_t refill(struct region *self, unsigned size_class)
{
    struct cairn_heap_class *objects = &self->hot.classes[size_class];
    if (objects->slabs == NONE && !cut_slab(self, size_class))
        return 0;
    uint32_t first = objects->slabs, count = 0;
    struct slab *slab = slab_at(self, first);
    if (is_empty(slab, size_class))
        self->empty -= slab->slices * SLICE;
    for (; slab->lowest < slab->slices && count < FETCH; slab->lowest++)
        count += fetch(self, size_class, first, slab->lowest);
    reverse(objects->stack, count);
    expect_slab(self, first, count > 0 && count <= slab->available);
    slab->available = (uint16_t)(slab->available - count);
    objects->available -= count;
    if (slab->available == 0)
        unlink_slab(self, objects, first);
    return count;
}

/* What is left of a stack that pop took all from, is no object that waits. */
static void expect_empty_stack(const struct region *self, unsigned size_class)
{
    const struct cairn_heap_class *objects = &self->hot.classes[size_class];
    cairn_check(objects->count == 0,
                "cairn: the stack of freed objects of %zu bytes has %p, where none waits; most "
                "likely the metadata was written to",
                (size_t)cairn_class_granules[size_class] * GRANULE_BYTES,
                address_of(self, objects->stack[objects->count - 1]));
}

void *cairn_slabs_take(struct region *self, unsigned size_class)
{
    expect_empty_stack(self, size_class);
    return refill(self, size_class) ? cairn_heap_pop(&self->hot, size_class) : NULL;
}

/* ---- give ---- */

void cairn_slabs_give(struct region *self, uint32_t at)
{
    uint32_t number = at / SLICE, place = self->places[number], first = number - place;
    unsigned size_class = self->hot.tags[number];
    struct cairn_heap_class *objects = &self->hot.classes[size_class];
    struct slab *slab = slab_at(self, first);
    clear_bits(&slice_number(self, number)->taken, bit_at(at));
    slab->available++;
    objects->available++;
    if (place < slab->lowest)
        slab->lowest = (uint8_t)place;
    if (slab->available == 1)
        link_slab(self, objects, first);
    if (!is_empty(slab, size_class))
        return;
    uint32_t size = slab->slices * SLICE;
    if (self->empty + size <= self->hot.end / EMPTY_SHARE)
        self->empty += size;
    else
        release_slab(self, size_class, first);
}

/* ---- when memory is short ---- */

/* What waits becomes live for a moment, as if its user gave it back now. */
static void give_waiting(struct region *self, unsigned size_class)
{
    void *object;
    while ((object = cairn_heap_pop(&self->hot, size_class)) != NULL)
        cairn_slabs_give(self, (uint32_t)cairn_heap_position(&self->hot, object));
    expect_empty_stack(self, size_class);
}

static void release_empty(struct region *self, unsigned size_class)
{
    uint32_t next, first = self->hot.classes[size_class].slabs;
    for (; first != NONE; first = next) {
        next = slab_at(self, first)->next;
        if (!is_empty(slab_at(self, first), size_class))
            continue;
        self->empty -= slab_at(self, first)->slices * SLICE;
        release_slab(self, size_class, first);
    }
}

void cairn_slabs_flush(struct region *self)
{
    for (unsigned size_class = 1; self->hot.classes && size_class < CAIRN_SIZE_CLASSES;
         size_class++) {
        give_waiting(self, size_class);
        release_empty(self, size_class);
    }
}

/* Lets blocks of the bins stand where free objects are: those side by side become one. */
static void give_free_objects(struct region *self, uint32_t at, uint32_t end, uint32_t size)
{
    uint32_t run = 0;
    for (; at < end; at += size) {
        if (!(slice_of(self, at)->taken & bit_at(at))) {
            run += size;
            continue;
        }
        set_block(self, at, size); /* it is live already, and now has its size in the records */
        if (run)
            cairn_bins_give(self, at - run, run);
        run = 0;
    }
    if (run)
        cairn_bins_give(self, end - run, run);
}

static void dissolve_slab(struct region *self, unsigned size_class, uint32_t first)
{
    struct cairn_heap_class *objects = &self->hot.classes[size_class];
    const struct slab *slab = slab_at(self, first);
    uint32_t slices = slab->slices, size = cairn_class_granules[size_class];
    unlink_slab(self, objects, first);
    objects->available -= slab->available;
    objects->slices -= slices;
    self->taken -= slab->available * size;
    for (uint32_t number = first; number < first + slices; number++) {
        store_tag(self, number, TAG_MIXED);
        cairn_bitmap_word_store(&slice_number(self, number)->free, 0);
    }
    give_free_objects(self, first * SLICE, (first + slices) * SLICE, size);
}

void cairn_slabs_dissolve(struct region *self, unsigned size_class)
{
    while (self->hot.classes[size_class].slabs != NONE)
        dissolve_slab(self, size_class, self->hot.classes[size_class].slabs);
}
