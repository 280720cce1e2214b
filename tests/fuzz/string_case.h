/* SPDX-License-Identifier: MIT */
/*
 * One case of text: bytes beside a decoder written from the Unicode Standard, and a String beside an
 * array of its characters.
 *
 * The bytes choose what is done, with which characters, and which allocations fail. So a fuzzer can
 * steer it, a hosted test can feed it random bytes, and the same bytes are always the same case.
 */
#ifndef STRING_CASE_H
#define STRING_CASE_H

#include <stddef.h>
#include <stdint.h>

/* Panics if the string holds something else after an action, or if a block is left. */
void string_case_play(const uint8_t *bytes, size_t count);

#endif
