/* SPDX-License-Identifier: MIT */
/*
 * Entering a slot the long way, closing all slots, and opening them.
 *
 * The idea: an owner says "busy" and then looks whether the slots are open; whoever closes them says
 * so and then looks who is busy. Each must write before it looks. The owner, who comes often, leaves
 * that to its processor; the other has every processor pass a barrier. After it an owner has either
 * been seen busy, and is waited for, or sees that it must stay out.
 *
 * The slots are closed from the beginning, until there is a block: only then the inner allocator
 * surely has memory, and a live map, to show.
 *
 * What it is bad at: closing costs a barrier on every processor and a look at every slot. And it waits
 * for owners that run: one that is kept from running, inside, keeps all others out of their slots.
 *
 * Source: Dice, Huang, Yang, Asymmetric Dekker Synchronization, 2001; Linux, membarrier(2).
 */
#include "slots.h"

#include "inner.h"

/* ---- one slot ---- */

struct cairn_magazine_slot *cairn_magazines_enter(const struct cairn_magazines *self, size_t align)
{
    unsigned number = cairn_host_slot();
    bool is_in = number < self->slot_count && claim(self, &self->slots[number], align);
    return is_in ? &self->slots[number] : NULL;
}

/* Whether the caller's slot is entered, which only what it interrupted can have done. */
static bool interrupts_its_slot(const struct cairn_magazines *self)
{
    unsigned number = cairn_host_slot();
    return number < self->slot_count &&
           __atomic_load_n(&self->slots[number].busy, __ATOMIC_RELAXED);
}

bool cairn_magazines_interrupts_an_operation(const struct cairn_magazines *self)
{
    return interrupts_its_slot(self) || cairn_spinlock_held_by_caller(&self->flushing);
}

/* ---- closing and opening the slots; under `flushing` ---- */

/* Needs: the caller is not inside a slot. */
static void close_slots(struct cairn_magazines *self)
{
    __atomic_store_n(&self->largest_align, 0, __ATOMIC_RELEASE);
    cairn_host_barrier_everywhere();
    for (size_t i = 0; i < self->slot_count; i++)
        while (__atomic_load_n(&self->slots[i].busy, __ATOMIC_ACQUIRE))
            cairn_host_relax();
}

/* What has a class in a live map is as aligned as its size allows. */
static void open_slots(struct cairn_magazines *self)
{
    size_t largest_align = self->map.end ? SIZE_MAX : CLASS_ALIGN;
    __atomic_store_n(&self->largest_align, largest_align, __ATOMIC_RELEASE);
}

/* ---- the live map; under `flushing` ---- */

/*
 * Looks at what the inner allocator shows now; false if it has no memory yet. The base never changes,
 * and the end only grows: who is not inside a slot looks at these two alone.
 *
 * Needs: the slots are closed.
 */
static bool take_map(struct cairn_magazines *self)
{
    struct cairn_live_map map;
    if (!has_map(self))
        return true;
    (void)self->inner->operations->live_map(self->inner, &map);
    self->map.records = map.records;
    self->map.tags = map.tags;
    __atomic_store_n(&self->map.base, map.base, __ATOMIC_RELAXED);
    __atomic_store_n(&self->map.end, map.end, __ATOMIC_RELEASE);
    return map.end != 0;
}

void cairn_magazines_begin(struct cairn_magazines *self)
{
    if (__atomic_load_n(&self->has_begun, __ATOMIC_RELAXED) || self->budget == 0 ||
        cairn_magazines_interrupts_an_operation(self))
        return;
    cairn_spinlock_lock(&self->flushing);
    if (!self->has_begun && take_map(self)) {
        __atomic_store_n(&self->has_begun, true, __ATOMIC_RELAXED);
        open_slots(self);
    }
    cairn_spinlock_unlock(&self->flushing);
}

/* ---- standing still ---- */

void cairn_magazines_stop(struct cairn_magazines *self)
{
    cairn_check(!interrupts_its_slot(self),
                "magazines: stopped, flushed or counted in the middle of an operation, which would "
                "be waited for without end; a handler must leave that to what it interrupted");
    cairn_spinlock_lock(&self->flushing);
    close_slots(self);
}

void cairn_magazines_go_on(struct cairn_magazines *self)
{
    if (self->has_begun) {
        (void)take_map(self); /* the inner allocator may have more memory now */
        open_slots(self);
    }
    cairn_spinlock_unlock(&self->flushing);
}

bool cairn_magazines_stopped_by_caller(const struct cairn_magazines *self)
{
    return cairn_spinlock_held_by_caller(&self->flushing);
}

void cairn_magazines_go_on_alone(struct cairn_magazines *self)
{
    for (size_t i = 0; i < self->slot_count; i++)
        __atomic_store_n(&self->slots[i].busy, 0, __ATOMIC_RELAXED);
    cairn_magazines_go_on(self);
}
