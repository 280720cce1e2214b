/* SPDX-License-Identifier: MIT */
/* The heap for programs. A file of its own: only who uses it needs the system that it asks. */
#include <cairn/shared_heap.h>

extern struct cairn_shared_heap cairn_program_heap; /* of hosts/posix */

struct cairn_allocator *cairn_rust_program_heap(void)
{
    return &cairn_program_heap.allocator;
}
