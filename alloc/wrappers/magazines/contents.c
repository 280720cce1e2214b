/* SPDX-License-Identifier: MIT */
/*
 * All that is cached, in slots and in the depot: emptied, counted, searched.
 *
 * The idea: with all slots closed, whoever closed them may go through everything. A handler that came
 * into the middle of an operation cannot close them. It may search nevertheless: no magazine is given
 * up while it looks, because its processor's slot is busy, or because it interrupted the one that
 * gives them up, which takes each out of its place first. But others may be moved, so that it misses
 * one; the blocks in that are found by their mark, by pop().
 *
 * What it is bad at: it costs as much as is cached, and nobody caches meanwhile.
 */
#include "contents.h"

#include "depot.h"
#include "inner.h"
#include "slots.h"

/* ---- emptying ---- */

static size_t flush_racks(struct cairn_magazines *self, struct cairn_magazine_slot *slot)
{
    size_t bytes = 0;
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++) {
        struct cairn_magazine_rack *rack = &slot->racks[size_class];
        bytes += cairn_magazines_end(self, size_class, unload(rack));
        bytes += cairn_magazines_end(self, size_class, take_previous(rack));
    }
    return bytes;
}

static size_t flush_depot(struct cairn_magazines *self, size_t size_class,
                          enum cairn_magazine_kind kind)
{
    size_t bytes = 0;
    struct cairn_magazine *magazine;
    while ((magazine = cairn_magazines_exchange(&self->depots[size_class], kind, NULL)))
        bytes += cairn_magazines_end(self, size_class, magazine);
    return bytes;
}

static size_t flush_depots(struct cairn_magazines *self)
{
    size_t bytes = 0;
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++)
        bytes += flush_depot(self, size_class, CAIRN_MAGAZINE_EMPTY) +
                 flush_depot(self, size_class, CAIRN_MAGAZINE_FULL);
    return bytes;
}

size_t cairn_magazines_flush_closed(struct cairn_magazines *self)
{
    size_t bytes = 0;
    for (size_t i = 0; i < self->slot_count; i++)
        bytes += flush_racks(self, &self->slots[i]);
    return bytes + flush_depots(self);
}

size_t cairn_magazines_flush(struct cairn_magazines *self)
{
    cairn_magazines_stop(self);
    size_t bytes = cairn_magazines_flush_closed(self);
    cairn_magazines_go_on(self);
    return bytes;
}

size_t cairn_magazines_flush_slot(struct cairn_magazines *self, unsigned number)
{
    if (number >= self->slot_count)
        return 0;
    cairn_magazines_stop(self);
    size_t bytes = flush_racks(self, &self->slots[number]);
    cairn_magazines_go_on(self);
    return bytes;
}

/* ---- looking at all that is cached ---- */

/* A loaded magazine's blocks; their number as a handler sees it may be nonsense for a moment. */
struct span {
    void *const *blocks;
    size_t count;
};

static struct span loaded_blocks(const struct cairn_magazine_rack *rack)
{
    size_t count = (size_t)(rack->top - rack->bottom);
    return CAIRN_LITERAL(struct span){rack->bottom, count <= MAGAZINE_ROUNDS ? count : 0};
}

static struct span blocks_of(const struct cairn_magazine *magazine)
{
    return magazine ? CAIRN_LITERAL(struct span){rounds_of(magazine), magazine->count}
                    : CAIRN_LITERAL(struct span){NULL, 0};
}

/* Calls `look` for all blocks of the class that are cached, as long as it gives true. */
static bool for_cached(const struct cairn_magazines *self, size_t size_class,
                       bool (*look)(void *context, struct span span), void *context)
{
    for (size_t i = 0; i < self->slot_count; i++) {
        const struct cairn_magazine_rack *rack = &self->slots[i].racks[size_class];
        if (!look(context, loaded_blocks(rack)) || !look(context, blocks_of(rack->previous)))
            return false;
    }
    const struct cairn_magazine *full = self->depots[size_class].magazines[CAIRN_MAGAZINE_FULL];
    for (; full; full = full->next)
        if (!look(context, blocks_of(full)))
            return false;
    return true;
}

static bool add_count(void *count, struct span span)
{
    *(size_t *)count += span.count;
    return true;
}

size_t cairn_magazines_cached(struct cairn_magazines *self)
{
    size_t bytes = 0;
    cairn_magazines_stop(self);
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++) {
        size_t blocks = 0;
        (void)for_cached(self, size_class, add_count, &blocks);
        bytes += blocks * class_size(size_class);
    }
    cairn_magazines_go_on(self);
    return bytes;
}

/* ---- double free ---- */

static bool holds_not(void *block, struct span span)
{
    for (size_t i = 0; i < span.count; i++)
        if (span.blocks[i] == block)
            return false;
    return true;
}

static void check_not_cached(const struct cairn_magazines *self, void *block)
{
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++)
        cairn_check(for_cached(self, size_class, holds_not, block),
                    "magazines: double free: block %p of up to %zu bytes is free already; give "
                    "each block back once",
                    block, class_size(size_class));
}

void cairn_magazines_refuse_second_free(struct cairn_magazines *self, void *block)
{
    if (cairn_magazines_interrupts_an_operation(self)) {
        check_not_cached(self, block);
        return;
    }
    cairn_magazines_stop(self);
    check_not_cached(self, block);
    cairn_magazines_go_on(self);
}
