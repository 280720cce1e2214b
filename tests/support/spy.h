/* SPDX-License-Identifier: MIT */
/*
 * An allocator over the strict heap that notes how it is called: for tests of what calls it.
 */
#ifndef SPY_H
#define SPY_H

#include <cairn/allocator.h>

struct spy {
    struct cairn_allocator allocator;
    void (*on_call)(struct spy *self); /* at each call, unless null */
    size_t allocs;
    size_t deallocs;
    size_t zeroed_allocs;
    size_t reallocs;
    void *last; /* the block that alloc gave last; null once it is given back */
};

/* All four operations are its own; or alloc and dealloc alone, and the rest are the defaults. */
extern const struct cairn_allocator_operations spy_operations;
extern const struct cairn_allocator_operations spy_least_operations;

/* Fails the test unless it was called that often in each way. */
void spy_expect(const struct spy *self, size_t allocs, size_t deallocs, size_t zeroed_allocs,
                size_t reallocs);

#endif
