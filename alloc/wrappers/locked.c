/* SPDX-License-Identifier: MIT */
#include <cairn/locked.h>

static struct cairn_locked *locked_of(struct cairn_allocator *allocator)
{
    return (struct cairn_locked *)(void *)allocator;
}

/* ---- deferred deallocs: a list in the blocks themselves ---- */

/*
 * What a deferred block holds, in 16 bytes. The alignment is 2^n with n < 64, so the size and n fit
 * into one word if the size is below 2^58.
 */
struct deferred {
    void *next;
    uint64_t size_and_align; /* size << 6 | log2(align) */
};

/* The layout of a block that was given back without one. */
#define UNSIZED (CAIRN_LITERAL(struct cairn_layout){0, 1})

/* Blocks need not be aligned for the struct. */
static struct deferred deferred_read(const void *block)
{
    struct deferred deferred;
    __builtin_memcpy(&deferred, block, sizeof(deferred));
    return deferred;
}

/*
 * Only this processor adds to the list while it holds the lock, but a handler may come between any
 * two instructions here and add, too: hence the exchange.
 */
static void defer(struct cairn_locked *self, void *block, struct cairn_layout layout)
{
    uint64_t size_and_align = (uint64_t)layout.size << 6 | cairn_log2_floor(layout.align);
    cairn_check(size_and_align >> 6 == layout.size, "locked: dealloc of %zu bytes on re-entry",
                layout.size);
    struct deferred deferred = {__atomic_load_n(&self->deferred, __ATOMIC_RELAXED), size_and_align};
    do
        __builtin_memcpy(block, &deferred, sizeof(deferred));
    while (!__atomic_compare_exchange_n(&self->deferred, &deferred.next, block, false,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static void dealloc_deferred(struct cairn_locked *self, void *block, uint64_t size_and_align)
{
    struct cairn_layout layout = {(size_t)(size_and_align >> 6),
                                  (size_t)1 << (size_and_align & 63)};
    if (layout.size == UNSIZED.size)
        cairn_allocator_dealloc_unsized(self->inner, block);
    else
        cairn_allocator_dealloc(self->inner, block, layout);
}

/* Needs: the lock is held. */
static size_t settle(struct cairn_locked *self)
{
    size_t count = 0;
    void *block = __atomic_exchange_n(&self->deferred, NULL, __ATOMIC_ACQUIRE);
    for (; block; count++) {
        struct deferred deferred = deferred_read(block);
        dealloc_deferred(self, block, deferred.size_and_align);
        block = deferred.next;
    }
    return count;
}

/* ---- the promise, whose operations need no lock ---- */

static bool is_promised(const struct cairn_locked *self, const void *block)
{
    return self->promise && cairn_promise_owns(self->promise, block);
}

/* ---- entering ---- */

/*
 * Takes the lock and does what was deferred; false on re-entry, where the policy decides. With the
 * policy "refused" the lock itself reports it.
 */
static bool enter(struct cairn_locked *self)
{
    if (self->reentry != CAIRN_REENTRY_REFUSED && cairn_spinlock_held_by_caller(&self->lock))
        return false;
    cairn_spinlock_lock(&self->lock);
    if (__builtin_expect(__atomic_load_n(&self->deferred, __ATOMIC_RELAXED) != NULL, 0))
        settle(self);
    return true;
}

static void leave(struct cairn_locked *self)
{
    cairn_spinlock_unlock(&self->lock);
}

static void *alloc_on_reentry(struct cairn_locked *self, struct cairn_layout layout)
{
    void *block = NULL;
    if (self->reentry == CAIRN_REENTRY_ALLOWED)
        block = cairn_allocator_alloc(&self->promise->allocator, layout);
    if (!block)
        __atomic_fetch_add(&self->refused, 1, __ATOMIC_RELAXED);
    return block;
}

/* ---- the interface ---- */

static void *locked_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_locked *self = locked_of(allocator);
    if (!enter(self))
        return alloc_on_reentry(self, layout);
    void *block = cairn_allocator_alloc(self->inner, layout);
    leave(self);
    return block;
}

static void locked_dealloc(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    struct cairn_locked *self = locked_of(allocator);
    if (is_promised(self, block)) {
        cairn_allocator_dealloc(&self->promise->allocator, block, layout);
    } else if (enter(self)) {
        cairn_allocator_dealloc(self->inner, block, layout);
        leave(self);
    } else {
        defer(self, block, layout);
    }
}

static void *locked_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_locked *self = locked_of(allocator);
    if (!self->inner->operations->alloc_zeroed || !enter(self))
        return cairn_default_alloc_zeroed(allocator, layout);
    void *block = cairn_allocator_alloc_zeroed(self->inner, layout);
    leave(self);
    return block;
}

static void *locked_realloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout, size_t new_size)
{
    struct cairn_locked *self = locked_of(allocator);
    if (!self->inner->operations->realloc || is_promised(self, block) || !enter(self))
        return cairn_default_realloc(allocator, block, layout, new_size);
    void *new_block = cairn_allocator_realloc(self->inner, block, layout, new_size);
    leave(self);
    return new_block;
}

/* On re-entry a block is not looked at: the records are being written. Its dealloc comes to that. */
static void locked_verify(struct cairn_allocator *allocator, void *block,
                          struct cairn_layout layout)
{
    struct cairn_locked *self = locked_of(allocator);
    if (is_promised(self, block)) {
        cairn_allocator_verify(&self->promise->allocator, block, layout);
    } else if (self->inner->operations->verify && enter(self)) {
        cairn_allocator_verify(self->inner, block, layout);
        leave(self);
    }
}

/* On re-entry nothing is looked at here either, for a half-written neighbour changes the answer. */
static size_t locked_usable_size(struct cairn_allocator *allocator, const void *block,
                                 const char *operation)
{
    struct cairn_locked *self = locked_of(allocator);
    if (is_promised(self, block))
        return cairn_allocator_size_for(&self->promise->allocator, block, operation);
    if (!enter(self))
        return 0;
    size_t size = cairn_allocator_size_for(self->inner, block, operation);
    leave(self);
    return size;
}

static void locked_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    struct cairn_locked *self = locked_of(allocator);
    if (is_promised(self, block)) {
        cairn_allocator_dealloc_unsized(&self->promise->allocator, block);
    } else if (enter(self)) {
        cairn_allocator_dealloc_unsized(self->inner, block);
        leave(self);
    } else {
        defer(self, block, UNSIZED);
    }
}

static struct cairn_allocator *locked_backing(struct cairn_allocator *allocator)
{
    return locked_of(allocator)->inner;
}

const struct cairn_allocator_operations cairn_locked_operations = {
    .name = "locked",
    .alloc = locked_alloc,
    .dealloc = locked_dealloc,
    .alloc_zeroed = locked_alloc_zeroed,
    .realloc = locked_realloc,
    .verify = locked_verify,
    .usable_size = locked_usable_size,
    .dealloc_unsized = locked_dealloc_unsized,
    .backing = locked_backing,
};

/* ---- the policy ---- */

void cairn_locked_set_reentry(struct cairn_locked *self, enum cairn_reentry reentry)
{
    cairn_check(
        reentry != CAIRN_REENTRY_ALLOWED || self->promise,
        "locked: re-entry is allowed by cairn_locked_allow_reentry(), which takes a promise");
    self->reentry = reentry;
}

void cairn_locked_allow_reentry(struct cairn_locked *self, struct cairn_promise *promise)
{
    cairn_check(promise->inner, "locked: re-entry is served from a promise that is made, by "
                                "cairn_promise_make()");
    self->promise = promise;
    self->reentry = CAIRN_REENTRY_ALLOWED;
}

size_t cairn_locked_settle(struct cairn_locked *self)
{
    cairn_spinlock_lock(&self->lock);
    size_t count = settle(self);
    cairn_spinlock_unlock(&self->lock);
    return count;
}
