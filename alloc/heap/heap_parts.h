/* SPDX-License-Identifier: MIT */
/* The parts of a heap: one for each region, with its ledger at the region's end. */
#ifndef CAIRN_HEAP_PARTS_H
#define CAIRN_HEAP_PARTS_H

#include "seal.h"

/* The next part, or null. Panics: it is damaged. */
static inline struct cairn_heap_part *next_part(const struct cairn_heap_part *part)
{
    struct cairn_heap_part *next = part->next;
    if (next)
        check_seal(next);
    return next;
}

/*
 * The part whose blocks the address may be one of; null if there is none.
 *
 * Panics: a part on the way to it is damaged.
 */
static inline struct cairn_heap_part *cairn_heap_part_of(const struct cairn_heap *self,
                                                         const void *address)
{
    const struct cairn_heap_part *part = &self->part;
    check_seal(part);
    for (; part; part = next_part(part)) {
        uintptr_t position = ((uintptr_t)address - part->base) / CAIRN_HEAP_GRANULE;
        if ((uintptr_t)address >= part->base && position >= part->first && position < part->end)
            break;
    }
    return (struct cairn_heap_part *)(uintptr_t)part;
}

#endif
