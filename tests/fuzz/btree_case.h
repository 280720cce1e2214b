/* SPDX-License-Identifier: MIT */
/*
 * One case of a BTreeMap beside an array of all keys.
 *
 * The bytes choose what is done, with which keys, and which allocations fail. So a fuzzer can steer
 * it, a hosted test can feed it random bytes, and the same bytes are always the same case.
 */
#ifndef BTREE_CASE_H
#define BTREE_CASE_H

#include <stddef.h>
#include <stdint.h>

/* Panics if the map is not sound after an action, or holds something else; or if a block is left. */
void btree_case_play(const uint8_t *bytes, size_t count);

#endif
