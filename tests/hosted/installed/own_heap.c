/* SPDX-License-Identifier: MIT */
/*
 * A program as a user writes it, built against an installed library by nothing but pkg-config:
 * an allocator over memory of its own, the allocator of its collections, and formatted output.
 */
#include <cairn/base/format.h>
#include <cairn/global.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <stdio.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

static _Alignas(16) char memory[65536];
static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);

int main(void)
{
    char text[64];
    if (cairn_linked_list_init(&heap, memory, sizeof(memory)) != CAIRN_REGION_OK)
        return 1;
    owned(vec_int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        vec_int_push(&numbers, i);
    const char *data = (const char *)numbers.items;
    if (data < memory || data >= memory + sizeof(memory))
        return 2; /* the collections did not take our allocator */
    cairn_format_buffer(text, sizeof(text), "%zu numbers, the last is %d", numbers.length,
                        *vec_int_at(&numbers, 999));
    puts(text);
    return 0;
}
