/* SPDX-License-Identifier: MIT */
/* A try_ form whose result is ignored: nobody would notice that memory ran out. */
// expect: ignoring return value.*warn_unused_result
#include <cairn/global.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

void collect(vec_int *numbers);

void collect(vec_int *numbers)
{
#ifdef CORRECT
    if (vec_int_try_push(numbers, 41))
        return;
#else
    vec_int_try_push(numbers, 41);
#endif
}
