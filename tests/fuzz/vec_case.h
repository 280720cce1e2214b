/* SPDX-License-Identifier: MIT */
/*
 * One case of a vec beside a plain array, and of a binary heap beside how often each item is in it.
 *
 * The bytes choose what is done and which allocations fail. So a fuzzer can steer it, a hosted test
 * can feed it random bytes, and the same bytes are always the same case.
 */
#ifndef VEC_CASE_H
#define VEC_CASE_H

#include <stddef.h>
#include <stdint.h>

/* Panics if one of them holds something else than it should, or if a block is left. */
void vec_case_play(const uint8_t *bytes, size_t count);

#endif
