/* SPDX-License-Identifier: MIT */
/*
 * A program that makes the mistake that its argument names, and is to be stopped there.
 *
 * Blocks live around the one in question, as they do in a real program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char outside[64];

static void free_twice(char *block)
{
    free(block);
    free(block);
}

static void free_inside(char *block)
{
    free(block + 16);
}

static void free_misaligned(char *block)
{
    free(block + 1);
}

static void free_stack(char *block)
{
    char local[64];
    memcpy(local, block, sizeof(local));
    free(local + 16);
}

static void free_static(char *block)
{
    (void)block;
    free(outside + 16);
}

static void realloc_freed(char *block)
{
    free(block);
    free(realloc(block, 1000));
}

/* A block with a mapping of its own. */
static char *make_large(void)
{
    return malloc((size_t)8 << 20);
}

static void free_large_twice(char *block)
{
    (void)block;
    free_twice(make_large());
}

static void free_large_inside(char *block)
{
    (void)block;
    free_inside(make_large());
}

static void free_large_page_inside(char *block)
{
    (void)block;
    free_inside(make_large() + 4096 - 16);
}

static void realloc_large_freed(char *block)
{
    (void)block;
    realloc_freed(make_large());
}

static const struct {
    const char *name;
    void (*make)(char *block);
} mistakes[] = {
    {"free_twice", free_twice},
    {"free_inside", free_inside},
    {"free_misaligned", free_misaligned},
    {"free_stack", free_stack},
    {"free_static", free_static},
    {"realloc_freed", realloc_freed},
    {"free_large_twice", free_large_twice},
    {"free_large_inside", free_large_inside},
    {"free_large_page_inside", free_large_page_inside},
    {"realloc_large_freed", realloc_large_freed},
};

int main(int count, char **words)
{
    char *blocks[3];
    for (int i = 0; i < 3; i++)
        blocks[i] = calloc(1, 96);
    for (size_t i = 0; count == 2 && i < sizeof(mistakes) / sizeof(*mistakes); i++)
        if (strcmp(words[1], mistakes[i].name) == 0)
            mistakes[i].make(blocks[1]);
    printf("nobody stopped it\n");
    return 0;
}
