/* SPDX-License-Identifier: MIT */
/*
 * One case of the allocator cairn against its model: bytes that are actions.
 *
 *     byte 0      the first region's size, from 1 KiB up to 4 MiB
 *     byte 1      where it begins in its page, and how many bytes are missing at its end
 *     then        actions: a byte says which, and on which block; size and alignment follow
 *
 * So a fuzzer can steer it, a test can feed it random bytes, and the same bytes are always the same
 * case. A small heap is checked as a whole after every action, a large one now and then.
 */
#ifndef HEAP_CASE_H
#define HEAP_CASE_H

#include <stddef.h>
#include <stdint.h>

/* Panics if heap and model differ. */
void heap_case_play(const uint8_t *bytes, size_t count);

#endif
