/* SPDX-License-Identifier: MIT */
/*
 * One case of a deque and a list, which hold the same, beside a plain array.
 *
 * The bytes choose what is done and which allocations fail. So a fuzzer can steer it, a hosted test
 * can feed it random bytes, and the same bytes are always the same case.
 */
#ifndef SEQUENCE_CASE_H
#define SEQUENCE_CASE_H

#include <stddef.h>
#include <stdint.h>

/* Panics if one of them holds something else than the array, or if a block is left. */
void sequence_case_play(const uint8_t *bytes, size_t count);

#endif
