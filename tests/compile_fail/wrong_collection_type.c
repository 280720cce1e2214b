/* SPDX-License-Identifier: MIT */
/* A vec of one type, given to the function of another. */
// expect: incompatible.*pointer type
#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T    vec_long
#define ITEM long
#include <cairn/vec.t.h>

void add(vec_int *numbers);

void add(vec_int *numbers)
{
#ifdef CORRECT
    vec_int_push(numbers, 41);
#else
    vec_long_push(numbers, 41);
#endif
}
