/* SPDX-License-Identifier: MIT */
/*
 * One case of a comparison of base/format.c with the host's snprintf.
 *
 * The bytes choose the case: a format with any of the supported flags, widths, precisions and
 * lengths, its arguments, and the size of a buffer. So libFuzzer can steer it, a hosted test can
 * feed it random bytes, and the same bytes are always the same case.
 */
#ifndef FORMAT_CASE_H
#define FORMAT_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether both gave the same, into a large buffer and into a small one; if not, says what on
 * standard error. Bytes that are missing count as 0. */
bool format_case_agrees(const uint8_t *bytes, size_t count);

#endif
