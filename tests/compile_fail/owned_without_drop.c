/* SPDX-License-Identifier: MIT */
/* owned() of a type that nobody can drop. */
// expect: (cleanup argument not a function|undeclared identifier 'thing_drop')
#include <cairn/own.h>

typedef struct thing {
    int *memory;
} thing;

#ifdef CORRECT
static void thing_drop(thing *self)
{
    *self = (thing){0};
}
#endif

int *use(int *memory);

int *use(int *memory)
{
    owned(thing) mine = {memory};
    return mine.memory;
}
