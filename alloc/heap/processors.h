/* SPDX-License-Identifier: MIT */
/*
 * A processor's part of a shared heap, and who may be inside it: its owner, who enters and leaves with
 * plain stores; or, while the heap is closed, whoever closed it.
 */
#ifndef CAIRN_HEAP_PROCESSORS_H
#define CAIRN_HEAP_PROCESSORS_H

#include <cairn/shared_heap_inline.h>

/* cairn_processor_enter() for a caller whose number may not be known yet. */
static inline bool enter_first(const struct cairn_shared_heap *self,
                               struct cairn_processor **processor,
                               struct cairn_heap_region **region)
{
    return cairn_host_slot() < self->processor_count &&
           cairn_processor_enter(self, processor, region);
}

/*
 * Whether the caller is a handler that came into the middle of an operation on this allocator, on
 * its own processor. It must not wait for it.
 */
bool cairn_processors_interrupt_an_operation(const struct cairn_shared_heap *self);

/*
 * Opens the heap, when it surely has memory.
 *
 * Needs: the caller has a block; it is not inside.
 */
void cairn_processors_begin(struct cairn_shared_heap *self);

#endif
