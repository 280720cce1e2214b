/* SPDX-License-Identifier: MIT */
/* libFuzzer's entry to format_case.c. It looks for the name below. */
#include "format_case.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    if (!format_case_agrees(bytes, count))
        abort();
    return 0;
}
