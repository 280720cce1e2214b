/* SPDX-License-Identifier: MIT */
/*
 * The global allocator of the shared library: the program's heap.
 *
 * A static library may leave the global allocator to the program, and the linker says if there is
 * none. A shared library cannot: it is linked long before it meets a program, and must be whole.
 * A program that registers its own (CAIRN_GLOBAL_ALLOCATOR) still gets its own, in the library's
 * collections too, because the dynamic linker takes the program's definition of a name first.
 */
#include <cairn/global.h>

#include "program_heap.h"

CAIRN_GLOBAL_ALLOCATOR(&cairn_program_heap.allocator);
