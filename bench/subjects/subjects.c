/* SPDX-License-Identifier: MIT */
/*
 * The table of subjects. An allocator of ours is one line in ARENA_ALLOCATORS, and its header: its
 * name, and what stands for TYPE in struct cairn_TYPE, which has a member `allocator`, and in
 * cairn_TYPE_init(&it, memory, size), which gives CAIRN_REGION_OK.
 */
#include "subject.h"

#include <string.h>

#include <cairn/buddy.h>
#include <cairn/bump.h>
#include <cairn/fixed_size_block.h>
#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <cairn/shared_heap.h>
#include <cairn/tlsf.h>

#include "system_memory.h"

/* clang-format off: one line for each allocator */
#define ARENA_ALLOCATORS(X)     \
    X(cairn, heap)              \
    X(bump, bump)               \
    X(linked_list, linked_list) \
    X(buddy, buddy)             \
    X(tlsf, tlsf)
/* clang-format on */

#define DEFINE_OPEN(NAME, TYPE)                                                  \
    static struct cairn_allocator *open_##NAME(void *memory, size_t size)        \
    {                                                                            \
        static struct cairn_##TYPE heap;                                         \
        bool made = cairn_##TYPE##_init(&heap, memory, size) == CAIRN_REGION_OK; \
        return made ? &heap.allocator : NULL;                                    \
    }
ARENA_ALLOCATORS(DEFINE_OPEN)

/* Cairn with its metadata in other memory, so that all of the heap is for blocks. */
static size_t beside_cairn(size_t size)
{
    return CAIRN_HEAP_METADATA_SIZE(size);
}

static struct cairn_allocator *open_cairn_beside(void *memory, size_t size)
{
    static struct cairn_heap heap;
    static void *metadata;
    static size_t metadata_size;
    if (beside_cairn(size) > metadata_size) {
        if (metadata)
            system_memory_unmap(metadata, metadata_size);
        metadata_size = beside_cairn(size);
        metadata = system_memory_map(metadata_size);
    }
    bool made =
        cairn_heap_init_beside(&heap, memory, size, metadata, metadata_size) == CAIRN_REGION_OK;
    return made ? &heap.allocator : NULL;
}

/* Over a linked list, which serves what is larger than its blocks. */
static struct cairn_allocator *open_fixed_size_block(void *memory, size_t size)
{
    static struct cairn_fixed_size_block heap;
    struct cairn_allocator *fallback = open_linked_list(memory, size);
    heap = (struct cairn_fixed_size_block)CAIRN_FIXED_SIZE_BLOCK(fallback);
    return fallback ? &heap.allocator : NULL;
}

/* Cairn for many processors, each of which owns slabs. */
static struct cairn_allocator *open_cairn_shared(void *memory, size_t size)
{
    static struct cairn_processor processors[64];
    static struct cairn_locked locked;
    static struct cairn_shared_heap shared;
    static struct cairn_heap heap;
    memset(processors, 0, sizeof(processors));
    locked = (struct cairn_locked)CAIRN_LOCKED(&heap.allocator, "cairn_shared");
    shared =
        (struct cairn_shared_heap)CAIRN_SHARED_HEAP(&heap, &locked, &locked.allocator, processors);
    bool made = cairn_shared_heap_init(&shared, memory, size) == CAIRN_REGION_OK;
    return made ? &shared.allocator : NULL;
}

#define ARENA_ENTRY(NAME, TYPE) {#NAME, SUBJECT_ARENA, false, open_##NAME, NULL},

/* clang-format off */
const struct subject subjects[] = {
    {"null", SUBJECT_NULL, true, null_open, NULL},
    ARENA_ALLOCATORS(ARENA_ENTRY)
    {"cairn_beside", SUBJECT_ARENA, false, open_cairn_beside, beside_cairn},
    {"cairn_shared", SUBJECT_ARENA, true, open_cairn_shared, NULL},
    {"fixed_size_block", SUBJECT_ARENA, false, open_fixed_size_block, NULL},
    {"malloc", SUBJECT_SYSTEM, true, malloc_open, NULL},
};
/* clang-format on */
const size_t subject_count = sizeof(subjects) / sizeof(subjects[0]);

const struct subject *subject_find(const char *name)
{
    for (size_t i = 0; i < subject_count; i++) {
        if (strcmp(subjects[i].name, name) == 0)
            return &subjects[i];
    }
    return NULL;
}
