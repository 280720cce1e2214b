/* SPDX-License-Identifier: MIT */
/*
 * A kernel in miniature: base and alloc without the host for programs. What they ask of the one who runs
 * them is here, for one processor without interrupts.
 */
#include <cairn/base/host.h>
#include <cairn/global.h>
#include <cairn/linked_list.h>
#include <stdio.h>
#include <stdlib.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

void cairn_host_panic(const char *file, int line, const char *format, va_list arguments)
{
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, format, arguments);
    abort();
}

void cairn_host_write(const char *text, size_t length)
{
    fwrite(text, 1, length, stdout);
}

static _Alignas(16) char memory[65536];
static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
CAIRN_GLOBAL_ALLOCATOR(&heap.allocator);

int main(void)
{
    if (cairn_linked_list_init(&heap, memory, sizeof(memory)) != CAIRN_REGION_OK)
        return 1;
    owned(vec_int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        vec_int_push(&numbers, i);
    printf("%zu numbers, the last is %d\n", numbers.length, *vec_int_at(&numbers, 999));
    return 0;
}
