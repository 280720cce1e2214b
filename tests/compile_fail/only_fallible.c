/* SPDX-License-Identifier: MIT */
/* A program that promised never to call the allocation-error handler, and a form that would. */
// expect: vec_int_push.*implicit-function-declaration
#define CAIRN_ONLY_FALLIBLE
#include <cairn/global.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

CAIRN_MUST_USE enum cairn_collection_error collect(vec_int *numbers);

enum cairn_collection_error collect(vec_int *numbers)
{
#ifdef CORRECT
    return vec_int_try_push(numbers, 41);
#else
    vec_int_push(numbers, 41);
    return CAIRN_COLLECTION_OK;
#endif
}
