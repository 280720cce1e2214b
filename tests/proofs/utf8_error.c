/* SPDX-License-Identifier: MIT */
/*
 * UTF-8: for every input of up to LENGTH bytes the error is at the right place, and of the right length:
 * that of the longest beginning of a well-formed sequence, as for Unicode's substitution of maximal
 * subparts.
 */
// sources: base/unicode.c
// unwind: 11
// mutant: base/unicode.c length > 0 && is_state(state, ACCEPT) -> length > 1 && is_state(state, ACCEPT)
// mutant: base/unicode.c length + (length == 0); -> 1;
// mutant: base/unicode.c at + length == end; -> false;
#include <assert.h>

#include <cairn/base/unicode.h>

#include "utf8_specification.h"

enum { LENGTH = 4 };

int main(void)
{
    unsigned char bytes[LENGTH]; /* any */
    size_t length, at = 0, prefix = 0, passed;
    struct cairn_utf8_error error;
    __CPROVER_assume(length <= LENGTH);
    while (at < length && (passed = sequence(&bytes[at], length - at, &prefix)) > 0)
        at += passed;
    if (!cairn_utf8_validate((const char *)bytes, length, &error)) {
        bool is_cut_off = prefix > 0 && at + prefix == length;
        assert(error.valid_up_to == at);
        assert(error.error_length == (is_cut_off ? 0 : prefix + (prefix == 0)));
    }
    return 0;
}
