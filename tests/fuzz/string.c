/* SPDX-License-Identifier: MIT */
/* libFuzzer's entry to string_case.c. It looks for the name below. */
#include "string_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    string_case_play(bytes, count);
    return 0;
}
