/* SPDX-License-Identifier: MIT */
/* A program that uses the heap, but registers no global allocator. */
// link
// expect: undefined.*no_global_memory_allocator_found_but_one_is_required
#include <cairn/dummy.h>
#include <cairn/global.h>

#define T    box_int
#define ITEM int
#include <cairn/box.t.h>

#ifdef CORRECT
static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);
#endif

int main(void)
{
    owned(box_int) box = box_int_new(41);
    return *box.value;
}
