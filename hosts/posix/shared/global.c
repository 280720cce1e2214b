/* SPDX-License-Identifier: MIT */
/*
 * The global allocator of the shared library: the heap of cairn_malloc().
 *
 * A static library may leave the global allocator to the program, and the linker says if there is
 * none. A shared library cannot: it is linked long before it meets a program, and must be whole.
 * A program that registers its own (CAIRN_GLOBAL_ALLOCATOR) still gets its own, in the library's
 * collections too, because the dynamic linker takes the program's definition of a name first.
 */
#include <cairn/global.h>
#include <cairn/heap_face.h>

static void *alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    return cairn_aligned_alloc(layout.align, layout.size);
}

static void dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    cairn_free_sized(block, layout.size);
}

static const struct cairn_allocator_operations operations = {
    .name = "cairn_malloc",
    .alloc = alloc,
    .dealloc = dealloc,
};

static struct cairn_allocator heap = {&operations};

CAIRN_GLOBAL_ALLOCATOR(&heap);
