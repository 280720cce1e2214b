/* SPDX-License-Identifier: MIT */
/*
 * One case of a hash map against its model, a sorted array: bytes that are actions.
 *
 *     byte 0      how good the hash is: all of it, few different ones, or one for all keys
 *     then        actions: a byte says which, keys and counts follow
 *
 * So a fuzzer can steer it, a test can feed it random bytes, and the same bytes are always the same
 * case. After each action the map is compared with the model, and the table's invariants are checked.
 */
#ifndef HASH_MAP_CASE_H
#define HASH_MAP_CASE_H

#include <stddef.h>
#include <stdint.h>

/* Panics if map and model differ, or an item or a block is left. */
void hash_map_case_play(const uint8_t *bytes, size_t count);

#endif
