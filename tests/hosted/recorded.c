/* SPDX-License-Identifier: MIT */
/*
 * A program whose allocations are known one by one: test_record.py has the list of the records
 * that this must make. It uses nothing of the C library that allocates.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

static volatile size_t huge = SIZE_MAX;

int main(void)
{
    void *a = malloc(100), *b = calloc(3, 50), *c = NULL;
    free(NULL);
    a = realloc(a, 5000);
    free(b);
    b = malloc(0);
    c = realloc(NULL, 7);
    if (malloc(huge) || calloc(huge, 2) || realloc(c, huge) || reallocarray(c, huge, 2))
        return 1;
    c = reallocarray(c, 30, 10);
    free(a);
    void *aligned[5];
    aligned[0] = aligned_alloc(64, 640);
    aligned[1] = memalign(256, 1);
    aligned[2] = valloc(9);
    aligned[3] = pvalloc(4097);
    if (posix_memalign(&aligned[4], 4096, 20) != 0 || malloc_usable_size(b) < 1)
        return 1;
    for (int i = 0; i < 5; i++)
        free(aligned[i]);
    c = realloc(c, 0);
    return c == NULL ? 0 : 1; /* b is still in use */
}
