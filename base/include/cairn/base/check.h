/* SPDX-License-Identifier: MIT */
/*
 * Checks: what must not happen.
 *
 * Errors are of three kinds. What can happen (memory runs out, a page is taken) comes back as a
 * bool or a named error that the caller must use. What must not happen (a block is freed twice)
 * is checked here: the check says what is wrong, why, and what to do, and stops on its own line.
 * What must not be built is a CAIRN_STATIC_ASSERT.
 */
#ifndef CAIRN_BASE_CHECK_H
#define CAIRN_BASE_CHECK_H

#include <cairn/base/language.h>

CAIRN_C_BEGIN

/*
 * Stops with a message; see cairn_host_panic() for what may be passed.
 * Call it through cairn_panic(), which adds the place.
 */
CAIRN_NORETURN void cairn_panic_at(const char *file, int line, const char *format, ...)
    CAIRN_FORMAT(3, 4) __attribute__((cold));

/* cairn_panic("heap_init: %zu bytes are too few", size): stops with that message and this place. */
#define cairn_panic(...) cairn_panic_at(__FILE__, __LINE__, __VA_ARGS__)

/*
 * cairn_check(condition, "message", ...): stops with the message unless the condition holds.
 *
 * Always on, so use it where its price is O(1) and small beside the work that it guards.
 */
#define cairn_check(condition, ...) \
    (__builtin_expect(!!(condition), 1) ? (void)0 : cairn_panic(__VA_ARGS__))

CAIRN_C_END

#endif
