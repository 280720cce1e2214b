/* SPDX-License-Identifier: MIT */
#include "slabs.h"

#include <cairn/shared_heap.h>

/* ---- owners ---- */

static uint32_t processor_limit(uint32_t size)
{
    uint32_t limit = PROCESSOR_STACK_SHARE / size;
    return limit < STACK_MOST ? limit : STACK_MOST;
}

static uint32_t heap_limit(uint32_t granules, uint32_t size)
{
    uint32_t objects = granules / STACK_OBJECTS_SHARE, limit = granules / STACK_SHARE / size;
    objects = objects < STACK_MOST ? objects : STACK_MOST;
    return limit < objects ? limit : objects;
}

/* At least what a refill can bring. */
uint32_t cairn_slabs_stack_limit(uint32_t granules, unsigned size_class)
{
    uint32_t size = cairn_class_granules[size_class];
    if (size_class == 0)
        return 0;
    uint32_t limit = granules ? heap_limit(granules, size) : processor_limit(size);
    limit = limit > FETCH + SLICE / size ? limit : FETCH + SLICE / size;
    return limit > STACK_LEAST ? limit : STACK_LEAST;
}

void cairn_slabs_begin(struct cairn_heap_owner *owner, uint32_t number, uint32_t granules,
                       uint32_t *stack)
{
    *owner = CAIRN_ZERO(struct cairn_heap_owner);
    owner->number = number;
    for (unsigned i = 0; i < CAIRN_SIZE_CLASSES; i++) {
        uint32_t limit = cairn_slabs_stack_limit(granules, i);
        uint16_t tag = (uint16_t)(number * CAIRN_HEAP_OWNER_TAGS + i);
        owner->classes[i] =
            CAIRN_LITERAL(struct cairn_heap_class){stack, 0, limit, 0, NONE, 0, 0, tag};
        stack += limit;
    }
}

struct cairn_heap_owner *cairn_slabs_owner(const struct region *self, uint32_t number)
{
    if (number == 0)
        return self->hot.owner;
    if (number > self->processor_count || self->processors[number - 1].owner.number == 0)
        return NULL;
    return &self->processors[number - 1].owner;
}

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

/* A bit for each `size` granules, from the first one on. */
static uint64_t every(uint32_t size)
{
    uint64_t starts = 1;
    for (uint32_t width = size; width < SLICE; width *= 2)
        starts |= starts << width;
    return starts;
}

uint64_t cairn_slabs_starts(unsigned size_class, uint32_t place)
{
    uint32_t size = cairn_class_granules[size_class];
    uint32_t before = place * SLICE % size, first = before ? size - before : 0;
    return first < SLICE ? every(size) << first & SLICE_BITS : 0;
}

/* Whether these can be the starts, but for objects before the first: cheaper than to make them. */
static bool are_starts(uint64_t starts, uint32_t size, uint32_t place)
{
    unsigned first = cairn_lowest_bit(starts);
    return (place * SLICE + first) % size == 0 && starts == (every(size) << first & SLICE_BITS);
}

static bool is_empty(const struct slab *slab, unsigned size_class)
{
    return (uint32_t)slab->available * cairn_class_granules[size_class] == slab->slices * SLICE;
}

size_t cairn_slabs_free_objects(const struct cairn_heap_owner *owner, unsigned size_class)
{
    const struct cairn_heap_class *objects = &owner->classes[size_class];
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
static void write_slices(struct region *self, uint32_t first, uint32_t slices, uint16_t tag)
{
    for (uint32_t place = 0; place < slices; place++) {
        uint64_t starts = tag ? cairn_slabs_starts(tag % CAIRN_HEAP_OWNER_TAGS, place) : 0;
        store_record(slice_number(self, first + place), 0, starts);
        store_tag(self, first + place, tag);
        self->places[first + place] = (uint8_t)place;
    }
}

bool cairn_slabs_cut(struct region *self, struct cairn_heap_owner *owner, unsigned size_class)
{
    struct cairn_heap_class *objects = &owner->classes[size_class];
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
    write_slices(self, at / SLICE, slices, objects->tag);
    link_slab(self, objects, at / SLICE);
    objects->available += slab->available;
    objects->slices += slices;
    owner->empty += slices * SLICE;
    note_taken(self, slices * SLICE);
    return true;
}

void cairn_slabs_release(struct region *self, struct cairn_heap_owner *owner, uint32_t first)
{
    struct cairn_heap_class *objects = &owner->classes[slab_class_at(self, first * SLICE)];
    const struct slab *slab = slab_at(self, first);
    uint32_t slices = slab->slices;
    owner->empty -= slices * SLICE;
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
static uint32_t fetch(const struct region *self, struct cairn_heap_owner *owner,
                      unsigned size_class, uint32_t first, uint32_t place)
{
    struct cairn_heap_class *objects = &owner->classes[size_class];
    uint64_t available = free_in(self, first + place);
    uint32_t count = objects->count, at = (first + place) * SLICE;
    if (available == 0)
        return 0;
    expect_slab(self, first,
                tag_at(self, at) == objects->tag &&
                    are_starts(slice_of(self, at)->free, cairn_class_granules[size_class], place));
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
static uint32_t refill(struct region *self, struct cairn_heap_owner *owner, unsigned size_class)
{
    struct cairn_heap_class *objects = &owner->classes[size_class];
    if (objects->slabs == NONE)
        return 0;
    uint32_t first = objects->slabs, count = 0;
    struct slab *slab = slab_at(self, first);
    if (is_empty(slab, size_class))
        owner->empty -= slab->slices * SLICE;
    for (; slab->lowest < slab->slices && count < FETCH; slab->lowest++)
        count += fetch(self, owner, size_class, first, slab->lowest);
    reverse(objects->stack, count);
    expect_slab(self, first, count > 0 && count <= slab->available);
    slab->available = (uint16_t)(slab->available - count);
    objects->available -= count;
    if (slab->available == 0)
        unlink_slab(self, objects, first);
    return count;
}

static bool is_free_object(const struct region *self, const struct cairn_heap_class *objects,
                           uint32_t at)
{
    const struct cairn_heap_slice *slice = slice_of(self, at);
    return at < self->hot.end && tag_at(self, at) == objects->tag &&
           slice->free & ~slice->taken & bit_at(at);
}

static void expect_free_object(const struct region *self, const struct cairn_heap_class *objects,
                               uint32_t at)
{
    cairn_check(is_free_object(self, objects, at),
                "cairn: the stack of freed objects of %zu bytes has %p, where none waits; most "
                "likely the metadata was written to",
                (size_t)cairn_class_granules[objects->tag % CAIRN_HEAP_OWNER_TAGS] * GRANULE_BYTES,
                address_of(self, at));
}

/* What is left of a stack that pop took all from, is no object that waits. */
static void expect_empty_stack(const struct region *self, const struct cairn_heap_class *objects)
{
    if (objects->count)
        expect_free_object(self, objects, objects->stack[objects->count - 1]);
}

static void *pop(const struct region *self, struct cairn_heap_owner *owner, unsigned size_class)
{
    struct cairn_heap_class *objects = &owner->classes[size_class];
    return cairn_heap_pop(&self->hot, objects, objects->tag);
}

void *cairn_slabs_take(struct region *self, struct cairn_heap_owner *owner, unsigned size_class)
{
    expect_empty_stack(self, &owner->classes[size_class]);
    cairn_slabs_collect(self, owner);
    return refill(self, owner, size_class) ? pop(self, owner, size_class) : NULL;
}

/* ---- give ---- */

/* Of an object that is free already. */
static uint32_t make_available(struct region *self, struct cairn_heap_owner *owner, uint32_t at)
{
    uint32_t number = at / SLICE, place = self->places[number], first = number - place;
    unsigned size_class = slab_class_at(self, at);
    struct cairn_heap_class *objects = &owner->classes[size_class];
    struct slab *slab = slab_at(self, first);
    slab->available++;
    objects->available++;
    if (place < slab->lowest)
        slab->lowest = (uint8_t)place;
    if (slab->available == 1)
        link_slab(self, objects, first);
    if (!is_empty(slab, size_class))
        return NONE;
    owner->empty += slab->slices * SLICE;
    return owner->empty > self->hot.end / EMPTY_SHARE ? first : NONE;
}

uint32_t cairn_slabs_give(struct region *self, struct cairn_heap_owner *owner, uint32_t at)
{
    clear_bits(&slice_of(self, at)->taken, bit_at(at));
    return make_available(self, owner, at);
}

uint32_t cairn_slabs_make_room(struct region *self, struct cairn_heap_owner *owner,
                               unsigned size_class)
{
    struct cairn_heap_class *objects = &owner->classes[size_class];
    uint32_t count = objects->count < ROOM ? objects->count : ROOM, empty = NONE;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = objects->stack[i];
        expect_free_object(self, objects, at);
        uint32_t emptied = make_available(self, owner, at);
        empty = emptied != NONE ? emptied : empty;
    }
    objects->count -= count;
    __builtin_memmove(objects->stack, objects->stack + count, objects->count * sizeof(uint32_t));
    return empty;
}

/* ---- returned objects ---- */

/* The list's head is one more than the first word's number, or 0. */
static void announce(struct region *self, struct cairn_heap_owner *owner, uint32_t word)
{
    uint32_t head = __atomic_load_n(&owner->returned, __ATOMIC_RELAXED);
    do
        self->links[word] = head;
    while (!__atomic_compare_exchange_n(&owner->returned, &head, word + 1, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED));
}

/*
 * The owner may have collected the object since the caller looked: then it was freed twice. If other
 * bits were set before, the owner will find that out. If not, `taken` tells now, for the owner cleared
 * it before the word could be empty again.
 */
bool cairn_slabs_return(struct region *self, uint32_t at)
{
    uint32_t word = return_word_of(at);
    struct cairn_heap_owner *owner =
        cairn_slabs_owner(self, tag_at(self, at) / CAIRN_HEAP_OWNER_TAGS);
    if (!owner || !self->returned)
        return false;
    uintptr_t before = __atomic_fetch_or(&self->returned[word], return_bit(at), __ATOMIC_ACQ_REL);
    if ((before & return_bit(at)) || (before == 0 && !is_given_out(self, at)))
        return false;
    if (before == 0)
        announce(self, owner, word);
    return true;
}

/* Makes objects of a word available, whose bits these are. */
static void give_returned(struct region *self, struct cairn_heap_owner *owner, uint32_t start,
                          uintptr_t bits)
{
    for (; bits; bits &= bits - 1) {
        uint32_t at = start + cairn_lowest_bit(bits);
        cairn_check(is_given_out(self, at),
                    "cairn: the object at %p was freed twice, at about the same time; give each "
                    "block back once",
                    address_of(self, at));
        (void)cairn_slabs_give(self, owner, at);
    }
}

/* Until the word is empty: what is returned from then on is announced again. */
static void collect_word(struct region *self, struct cairn_heap_owner *owner, uint32_t word,
                         uint32_t start)
{
    uintptr_t before, bits;
    do {
        bits = __atomic_load_n(&self->returned[word], __ATOMIC_ACQUIRE);
        give_returned(self, owner, start, bits);
        before = __atomic_fetch_and(&self->returned[word], ~bits, __ATOMIC_ACQ_REL);
    } while (before != bits);
}

/* A word's link is read before the word is empty: then the next one to return may write it. */
void cairn_slabs_collect(struct region *self, struct cairn_heap_owner *owner)
{
    if (__atomic_load_n(&owner->returned, __ATOMIC_RELAXED) == 0)
        return;
    uint32_t next = __atomic_exchange_n(&owner->returned, 0, __ATOMIC_ACQUIRE);
    while (next) {
        uint32_t word = next - 1;
        uint32_t at = word / RETURN_WORDS * SLICE + word % RETURN_WORDS * RETURN_BITS;
        cairn_check(at < self->hot.end && tag_at(self, at) / CAIRN_HEAP_OWNER_TAGS == owner->number,
                    "cairn: the list of returned objects is corrupted; most likely the metadata "
                    "was written to");
        next = self->links[word];
        collect_word(self, owner, word, at);
    }
}

/* ---- when memory is short ---- */

/* What waits becomes live for a moment, as if its user gave it back now. */
static void give_waiting(struct region *self, struct cairn_heap_owner *owner, unsigned size_class)
{
    void *object;
    while ((object = pop(self, owner, size_class)) != NULL)
        (void)cairn_slabs_give(self, owner, (uint32_t)cairn_heap_position(&self->hot, object));
    expect_empty_stack(self, &owner->classes[size_class]);
}

static void release_empty(struct region *self, struct cairn_heap_owner *owner, unsigned size_class)
{
    uint32_t next, first = owner->classes[size_class].slabs;
    for (; first != NONE; first = next) {
        next = slab_at(self, first)->next;
        if (is_empty(slab_at(self, first), size_class))
            cairn_slabs_release(self, owner, first);
    }
}

void cairn_slabs_flush(struct region *self, struct cairn_heap_owner *owner)
{
    cairn_slabs_collect(self, owner);
    for (unsigned size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++) {
        give_waiting(self, owner, size_class);
        release_empty(self, owner, size_class);
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

/* Whether an object of the slab has been returned that its owner has not collected yet. */
static bool has_returned(const struct region *self, uint32_t first)
{
    uint32_t word = return_word_of(first * SLICE);
    uint32_t end = word + slab_at(self, first)->slices * RETURN_WORDS;
    for (; self->returned && word < end; word++)
        if (__atomic_load_n(&self->returned[word], __ATOMIC_RELAXED))
            return true;
    return false;
}

static void dissolve_slab(struct region *self, struct cairn_heap_class *objects,
                          unsigned size_class, uint32_t first)
{
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

void cairn_slabs_dissolve(struct region *self, struct cairn_heap_owner *owner, unsigned size_class)
{
    struct cairn_heap_class *objects = &owner->classes[size_class];
    uint32_t next;
    for (uint32_t first = objects->slabs; first != NONE; first = next) {
        next = slab_at(self, first)->next;
        if (!has_returned(self, first))
            dissolve_slab(self, objects, size_class, first);
    }
}
