/* SPDX-License-Identifier: MIT */
/*
 * The depot: full and empty magazines of each class, which all slots exchange theirs with; and the
 * budget, out of which magazines are made.
 *
 * The idea: a magazine counts, from when it is made until it is given up, for all the blocks that it
 * can hold. So no push or pop counts anything, and what is cached never exceeds the budget. The last
 * quarter of it is for racks that have none, so that a burst of one class leaves the others enough.
 *
 * What it is bad at: a class that filled the depot keeps its share until memory runs out.
 */
#include "depot.h"

#include "inner.h"

/* A magazine holds blocks of about 1/256 of the budget, within these bounds, in bytes and in blocks. */
#define BUDGET_SHARE     256
#define BYTES_LEAST      ((size_t)4 * 1024)
#define BYTES_MOST       ((size_t)32 * 1024)
#define MAGAZINE_MINIMUM 4

/* 1/4 of the budget is for the first magazine of a rack. */
#define FIRSTS_SHARE 4

/* ---- the budget ---- */

static uint32_t capacity_of(const struct cairn_magazines *self, size_t size_class)
{
    size_t bytes = self->budget / BUDGET_SHARE;
    bytes = bytes < BYTES_LEAST ? BYTES_LEAST : bytes > BYTES_MOST ? BYTES_MOST : bytes;
    size_t rounds = bytes / class_size(size_class);
    if (rounds > MAGAZINE_ROUNDS)
        return MAGAZINE_ROUNDS;
    return rounds < MAGAZINE_MINIMUM ? MAGAZINE_MINIMUM : (uint32_t)rounds;
}

static struct cairn_layout magazine_layout(uint32_t capacity)
{
    return CAIRN_LITERAL(struct cairn_layout){sizeof(struct cairn_magazine) +
                                                  capacity * sizeof(void *),
                                              CAIRN_ALIGNOF(struct cairn_magazine)};
}

/* What a magazine counts for: itself, and all the blocks that it can hold. */
static size_t charge_of(size_t size_class, uint32_t capacity)
{
    return magazine_layout(capacity).size + capacity * class_size(size_class);
}

/* False if that would be more than `limit`. */
static bool charge(struct cairn_magazines *self, size_t bytes, size_t limit)
{
    cairn_spinlock_lock(&self->accounts);
    bool fits = self->charged <= limit && bytes <= limit - self->charged;
    if (fits)
        self->charged += bytes;
    cairn_spinlock_unlock(&self->accounts);
    return fits;
}

static void discharge(struct cairn_magazines *self, size_t bytes)
{
    cairn_spinlock_lock(&self->accounts);
    self->charged -= bytes;
    cairn_spinlock_unlock(&self->accounts);
}

/* ---- made, and given up ---- */

struct cairn_magazine *cairn_magazines_make(struct cairn_magazines *self, size_t size_class,
                                            bool is_first)
{
    uint32_t capacity = capacity_of(self, size_class);
    size_t limit = is_first ? self->budget : self->budget - self->budget / FIRSTS_SHARE;
    if (!charge(self, charge_of(size_class, capacity), limit))
        return NULL;
    struct cairn_magazine *magazine =
        (struct cairn_magazine *)cairn_allocator_alloc(self->inner, magazine_layout(capacity));
    if (!magazine) {
        discharge(self, charge_of(size_class, capacity));
        return NULL;
    }
    *magazine = CAIRN_LITERAL(struct cairn_magazine){.capacity = capacity};
    return magazine;
}

size_t cairn_magazines_drain(struct cairn_magazines *self, size_t size_class,
                             struct cairn_magazine *magazine, uint32_t keep)
{
    uint32_t count = magazine->count - keep;
    for (uint32_t i = keep; i < magazine->count; i++)
        clear_mark(rounds_of(magazine)[i]);
    magazine->count = keep;
    cairn_allocator_dealloc_many(self->inner, class_layout(size_class), rounds_of(magazine) + keep,
                                 count);
    return count * class_size(size_class);
}

size_t cairn_magazines_end(struct cairn_magazines *self, size_t size_class,
                           struct cairn_magazine *magazine)
{
    if (!magazine)
        return 0;
    uint32_t capacity = magazine->capacity;
    size_t bytes =
        cairn_magazines_drain(self, size_class, magazine, 0) + magazine_layout(capacity).size;
    cairn_allocator_dealloc(self->inner, magazine, magazine_layout(capacity));
    discharge(self, charge_of(size_class, capacity));
    return bytes;
}

/* ---- exchanged ---- */

static void put_into(struct cairn_magazine **list, struct cairn_magazine *magazine)
{
    if (!magazine)
        return;
    magazine->next = *list;
    __atomic_store_n(list, magazine, __ATOMIC_RELAXED);
}

struct cairn_magazine *cairn_magazines_exchange(struct cairn_magazine_depot *depot,
                                                enum cairn_magazine_kind kind,
                                                struct cairn_magazine *for_it)
{
    struct cairn_magazine **list = &depot->magazines[kind];
    if (!__atomic_load_n(list, __ATOMIC_RELAXED))
        return NULL;
    cairn_spinlock_lock(&depot->lock);
    struct cairn_magazine *magazine = *list;
    if (magazine) {
        __atomic_store_n(list, magazine->next, __ATOMIC_RELAXED);
        put_into(&depot->magazines[!kind], for_it);
    }
    cairn_spinlock_unlock(&depot->lock);
    return magazine;
}

void cairn_magazines_leave_full(struct cairn_magazine_depot *depot, struct cairn_magazine *magazine)
{
    if (!magazine)
        return;
    cairn_spinlock_lock(&depot->lock);
    put_into(&depot->magazines[CAIRN_MAGAZINE_FULL], magazine);
    cairn_spinlock_unlock(&depot->lock);
}
