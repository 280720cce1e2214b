/* SPDX-License-Identifier: MIT */
/*
 * Closing a shared heap, and opening it.
 *
 * The idea: an owner says "busy" and then looks whether the heap is open; whoever closes it says so
 * and then looks who is busy. Each must write before it looks. The owner, who comes often, leaves
 * that to its processor; the other has every processor pass a barrier. After it an owner has either
 * been seen busy, and is waited for, or sees that there is nothing for it.
 *
 * The heap is closed from the beginning, until there is a block: only then it surely has memory.
 *
 * What it is bad at: closing costs a barrier on every processor and a look at each. And it waits
 * for owners that run: one that is kept from running, inside, keeps all others out.
 *
 * Source: Dice, Huang, Yang, Asymmetric Dekker Synchronization, 2001; Linux, membarrier(2).
 */
#include "processors.h"

#include "slices.h"

static bool interrupts_itself(const struct cairn_shared_heap *self)
{
    unsigned number = cairn_host_slot();
    return number < self->processor_count &&
           __atomic_load_n(&self->processors[number].busy, __ATOMIC_RELAXED);
}

bool cairn_processors_interrupt_an_operation(const struct cairn_shared_heap *self)
{
    return interrupts_itself(self) || cairn_spinlock_held_by_caller(&self->stopping);
}

/* ---- under `stopping` ---- */

/* Needs: the caller is not inside. */
static void close_heap(struct cairn_shared_heap *self)
{
    __atomic_store_n(&self->region, &cairn_heap_no_region, __ATOMIC_RELEASE);
    cairn_host_barrier_everywhere();
    for (size_t i = 0; i < self->processor_count; i++)
        while (__atomic_load_n(&self->processors[i].busy, __ATOMIC_ACQUIRE))
            cairn_host_relax();
}

/* Where processors may own slabs. Needs: nobody gives the heap memory now. */
static void open_heap(struct cairn_shared_heap *self)
{
    const struct region *region = first_region(self->heap);
    if (region && region->links)
        __atomic_store_n(&self->region, self->heap->region, __ATOMIC_RELEASE);
}

void cairn_processors_begin(struct cairn_shared_heap *self)
{
    if (__atomic_load_n(&self->has_begun, __ATOMIC_RELAXED) ||
        cairn_processors_interrupt_an_operation(self))
        return;
    cairn_spinlock_lock(&self->stopping);
    if (!self->has_begun) {
        __atomic_store_n(&self->has_begun, true, __ATOMIC_RELAXED);
        open_heap(self);
    }
    cairn_spinlock_unlock(&self->stopping);
}

/* ---- standing still ---- */

void cairn_shared_heap_stop(struct cairn_shared_heap *self)
{
    cairn_check(!interrupts_itself(self),
                "shared heap: stopped or flushed in the middle of an operation, which would be "
                "waited for without end; a handler must leave that to what it interrupted");
    cairn_spinlock_lock(&self->stopping);
    close_heap(self);
}

void cairn_shared_heap_go_on(struct cairn_shared_heap *self)
{
    if (self->has_begun)
        open_heap(self);
    cairn_spinlock_unlock(&self->stopping);
}

bool cairn_shared_heap_stopped_by_caller(const struct cairn_shared_heap *self)
{
    return cairn_spinlock_held_by_caller(&self->stopping);
}

void cairn_shared_heap_go_on_alone(struct cairn_shared_heap *self)
{
    for (size_t i = 0; i < self->processor_count; i++)
        __atomic_store_n(&self->processors[i].busy, 0, __ATOMIC_RELAXED);
    cairn_shared_heap_go_on(self);
}
