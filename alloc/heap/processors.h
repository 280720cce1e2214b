/* SPDX-License-Identifier: MIT */
/*
 * A processor's part of a shared heap, and who may be inside it: its owner, who enters and leaves with
 * plain stores; or, while the heap is closed, whoever closed it.
 */
#ifndef CAIRN_HEAP_PROCESSORS_H
#define CAIRN_HEAP_PROCESSORS_H

#include <cairn/shared_heap.h>

/*
 * Enters the caller's part. While the heap is closed *region is one that has nothing, so that nothing
 * is found there. False where the caller must go to the backing allocator: its number is not known, or
 * too high, or it is a handler that interrupted the owner.
 */
static inline bool enter(const struct cairn_shared_heap *self, struct cairn_processor **processor,
                         struct cairn_heap_region **region)
{
    unsigned number = cairn_host_known_slot;
    if (__builtin_expect(number >= self->processor_count, 0))
        return false;
    *processor = &self->processors[number];
    /* Acquire: the number may have been another's, whose last leave() this sees. */
    if (__builtin_expect(__atomic_load_n(&(*processor)->busy, __ATOMIC_ACQUIRE) != 0, 0))
        return false;
    __atomic_store_n(&(*processor)->busy, 1, __ATOMIC_RELAXED);
    /* The processor may still see the heap open before it shows `busy`: the one that closes it
       raises a barrier here, by cairn_host_barrier_everywhere(). */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    *region = __atomic_load_n(&self->region, __ATOMIC_ACQUIRE);
    return true;
}

/* The same for a caller whose number may not be known yet. */
static inline bool enter_first(const struct cairn_shared_heap *self,
                               struct cairn_processor **processor,
                               struct cairn_heap_region **region)
{
    return cairn_host_slot() < self->processor_count && enter(self, processor, region);
}

static inline void leave(struct cairn_processor *processor)
{
    __atomic_store_n(&processor->busy, 0, __ATOMIC_RELEASE);
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
