/* SPDX-License-Identifier: MIT */
/*
 * The table of subjects. An allocator of ours is one line in ARENA_ALLOCATORS and its header: NAME
 * stands for struct cairn_NAME with a member `allocator`, and for cairn_NAME_init(&it, memory, size)
 * that gives CAIRN_REGION_OK.
 */
#include "subject.h"

#include <string.h>

#include <cairn/linked_list.h>

#define ARENA_ALLOCATORS(X) X(linked_list)

#define DEFINE_OPEN(NAME)                                                                    \
    static struct cairn_allocator *open_##NAME(void *memory, size_t size)                    \
    {                                                                                        \
        static struct cairn_##NAME heap;                                                     \
        bool made = cairn_##NAME##_init(&heap, memory, size) == CAIRN_REGION_OK;             \
        return made ? &heap.allocator : NULL;                                                \
    }
ARENA_ALLOCATORS(DEFINE_OPEN)

#define ARENA_ENTRY(NAME) {#NAME, SUBJECT_ARENA, false, open_##NAME},

const struct subject subjects[] = {
    {"null", SUBJECT_NULL, true, null_open},
    ARENA_ALLOCATORS(ARENA_ENTRY)
    {"malloc", SUBJECT_SYSTEM, true, malloc_open},
};
const size_t subject_count = sizeof(subjects) / sizeof(subjects[0]);

const struct subject *subject_find(const char *name)
{
    for (size_t i = 0; i < subject_count; i++) {
        if (strcmp(subjects[i].name, name) == 0)
            return &subjects[i];
    }
    return NULL;
}
