/* SPDX-License-Identifier: MIT */
/*
 * The dummy allocator: it has no memory, so alloc always gives null.
 *
 * It shows the least that an allocator can be, and it serves a program that gives every collection
 * an allocator of its own and wants to be told when one falls back on the global one:
 *
 *     static struct cairn_dummy dummy = CAIRN_DUMMY;
 *     CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);
 *
 * What it is bad at: being used. dealloc panics with "dealloc should be never called", because
 * nobody can own a block of it.
 *
 * Cost: O(1). Context: any; it has no state.
 */
#ifndef CAIRN_DUMMY_H
#define CAIRN_DUMMY_H

#include <cairn/allocator.h>

CAIRN_C_BEGIN

struct cairn_dummy {
    struct cairn_allocator allocator;
};

extern const struct cairn_allocator_operations cairn_dummy_operations;

#define CAIRN_DUMMY                 \
    {                               \
        {                           \
            &cairn_dummy_operations \
        }                           \
    }

CAIRN_C_END

#endif
