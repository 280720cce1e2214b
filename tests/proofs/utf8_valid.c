/* SPDX-License-Identifier: MIT */
/*
 * UTF-8: every input of up to LENGTH bytes is accepted if and only if it is well-formed. That is more than
 * a word, so that both ways of looking at bytes are walked.
 */
// sources: base/unicode.c
// unwind: 11
// mutant: base/unicode.c SIXTEEN(TAIL(ERROR, TAIL_1, TAIL_2, ERROR)) -> SIXTEEN(TAIL(ERROR, TAIL_1, ERROR, ERROR))
// mutant: base/unicode.c FIRST(ERROR), FIRST(ERROR), FIRST(TAIL_1) -> FIRST(ERROR), FIRST(TAIL_1), FIRST(TAIL_1)
// mutant: base/unicode.c return is_state(state, ACCEPT) || fail -> return !is_state(state, ERROR) || fail
#include <assert.h>

#include <cairn/base/unicode.h>

#include "utf8_specification.h"

enum { LENGTH = 10 };

int main(void)
{
    unsigned char bytes[LENGTH]; /* any */
    size_t length, at = 0, prefix, passed;
    __CPROVER_assume(length <= LENGTH);
    while (at < length && (passed = sequence(&bytes[at], length - at, &prefix)) > 0)
        at += passed;
    assert(cairn_utf8_validate((const char *)bytes, length, NULL) == (at == length));
    return 0;
}
