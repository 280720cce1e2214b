/* SPDX-License-Identifier: MIT */
/*
 * A program that registers no global allocator and uses cairn_malloc(). With the shared library its
 * collections stand on that heap; with the static one, the linker says what is missing.
 */
#include <cairn/heap_face.h>
#include <stdio.h>
#include <string.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

int main(void)
{
    owned(vec_int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        vec_int_push(&numbers, i);
    char *text = cairn_malloc(64);
    if (!text)
        return 1;
    snprintf(text, 64, "%zu numbers, the last is %d", numbers.length, *vec_int_at(&numbers, 999));
    puts(text);
    cairn_free(text);
    return 0;
}
