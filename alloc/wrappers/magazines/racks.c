/* SPDX-License-Identifier: MIT */
/*
 * When the loaded magazine does not serve: where the next one comes from.
 *
 * The idea: what is nearest serves first. For a block: the previous magazine, a full one of the depot,
 * the inner allocator. For room: the previous one, an empty one of the depot, a new one, half of the
 * loaded one. Of two magazines in a rack one may be full and the other empty, so that many blocks are
 * allocated or freed in a row before the depot is asked again.
 *
 * Where a previous magazine is, there is a loaded one.
 *
 * What it is bad at: when the budget is used up, a class without a magazine asks for one in vain, each
 * time.
 *
 * Source: Bonwick, Adams, Magazines and Vmem, USENIX 2001, section 3.
 */
#include "racks.h"

#include "depot.h"
#include "inner.h"

/* Misses of a class in a slot until it gets a magazine: what is rare is not worth one. */
#define WARM 4

/* ---- an empty magazine ---- */

/* Whether the class is used enough in this slot to be worth a magazine. */
static bool is_warm(struct cairn_magazine_slot *slot, size_t size_class)
{
    if (slot->misses[size_class] < WARM)
        slot->misses[size_class]++;
    return slot->misses[size_class] == WARM;
}

/* Loads an empty magazine; what was the previous one, full or null, goes to the depot. */
static bool load_empty(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                       size_t size_class)
{
    struct cairn_magazine_depot *depot = &self->depots[size_class];
    struct cairn_magazine *empty =
        cairn_magazines_exchange(depot, CAIRN_MAGAZINE_EMPTY, rack->previous);
    if (!empty) {
        empty = cairn_magazines_make(self, size_class, !loaded(rack));
        if (!empty)
            return false;
        cairn_magazines_leave_full(depot, rack->previous);
    }
    load_instead(rack, empty);
    return true;
}

/* ---- a block ---- */

/* Sees to it that the loaded magazine has a block, if that needs no new one. */
static bool load_block(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                       size_t size_class)
{
    struct cairn_magazine *previous = rack->previous;
    if (has_block(rack))
        return true;
    if (previous && previous->count > 0) {
        load_instead(rack, previous);
        return true;
    }
    struct cairn_magazine *full =
        cairn_magazines_exchange(&self->depots[size_class], CAIRN_MAGAZINE_FULL, previous);
    if (full)
        load_instead(rack, full);
    return full != NULL;
}

/* Fills half of the loaded magazine, which is empty, from the inner allocator. */
static void refill(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                   size_t size_class, struct cairn_layout layout)
{
    void **blocks = rack->bottom;
    size_t wanted = (size_t)(rack->limit - blocks) / 2;
    size_t count = cairn_allocator_alloc_many(self->inner, layout, blocks, wanted);
    for (size_t i = 0; i < count; i++) { /* those that are kept move up, over those that are not */
        if (may_be_cached(self, size_class, blocks[i]))
            push(rack, blocks[i]);
        else
            cairn_allocator_dealloc(self->inner, blocks[i], layout);
    }
}

void *cairn_magazines_alloc_in_slot(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                                    size_t size_class, struct cairn_layout layout)
{
    struct cairn_magazine_rack *rack = &slot->racks[size_class];
    if (load_block(self, rack, size_class))
        return pop(rack);
    void *block = cairn_allocator_alloc(self->inner, layout);
    if (block && may_be_cached(self, size_class, block) &&
        (loaded(rack) || (is_warm(slot, size_class) && load_empty(self, rack, size_class))))
        refill(self, rack, size_class, layout);
    return block;
}

/* ---- room ---- */

/* Gives half of what is in the loaded magazine back: the budget is used up. */
static void make_room(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                      size_t size_class)
{
    struct cairn_magazine *magazine = unload(rack);
    if (!magazine)
        return;
    cairn_magazines_drain(self, size_class, magazine, magazine->count / 2);
    load(rack, magazine);
}

bool cairn_magazines_load_room(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                               size_t size_class)
{
    struct cairn_magazine_rack *rack = &slot->racks[size_class];
    struct cairn_magazine *previous = rack->previous;
    if (has_room(rack))
        return true;
    if (previous && previous->count < previous->capacity)
        load_instead(rack, previous);
    else if ((loaded(rack) || is_warm(slot, size_class)) && !load_empty(self, rack, size_class))
        make_room(self, rack, size_class);
    return has_room(rack);
}
