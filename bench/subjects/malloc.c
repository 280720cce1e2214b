/* SPDX-License-Identifier: MIT */
/*
 * This process's malloc as an allocator: glibc's, or whichever library LD_PRELOAD put in its place.
 *
 * malloc aligns on 16. A larger alignment goes to aligned_alloc, and such a block is resized by the
 * default (alloc, copy, free), because realloc would not keep its alignment.
 */
#include "subject.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { MALLOC_ALIGN = 16 };

static void *malloc_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    if (layout.align <= MALLOC_ALIGN)
        return malloc(layout.size);
    return aligned_alloc(layout.align, cairn_layout_stride(layout)); /* C17 wants a multiple */
}

static void *malloc_alloc_zeroed(struct cairn_allocator *self, struct cairn_layout layout)
{
    if (layout.align <= MALLOC_ALIGN)
        return calloc(1, layout.size);
    return cairn_default_alloc_zeroed(self, layout);
}

static void malloc_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    (void)layout;
    free(block);
}

static void *malloc_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                            size_t new_size)
{
    if (layout.align <= MALLOC_ALIGN)
        return realloc(block, new_size);
    return cairn_default_realloc(self, block, layout, new_size);
}

static const struct cairn_allocator_operations malloc_operations = {
    .name = "malloc",
    .alloc = malloc_alloc,
    .alloc_zeroed = malloc_alloc_zeroed,
    .dealloc = malloc_dealloc,
    .realloc = malloc_realloc,
};

struct cairn_allocator malloc_allocator = {&malloc_operations};

struct cairn_allocator *malloc_open(void *memory, size_t size)
{
    (void)memory;
    (void)size;
    return &malloc_allocator;
}

const char *malloc_origin(void)
{
    const char *names[] = {"malloc", "calloc", "free", "realloc", "aligned_alloc"};
    const char *origin = NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        Dl_info found;
        void *function = dlsym(RTLD_DEFAULT, names[i]);
        if (!function || !dladdr(function, &found) || !found.dli_fname)
            return NULL;
        if (origin && strcmp(origin, found.dli_fname) != 0)
            return NULL;
        origin = found.dli_fname;
    }
    return origin;
}
