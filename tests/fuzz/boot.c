/* SPDX-License-Identifier: MIT */
/* libFuzzer's entry to boot_case.c. It looks for the name below. */
#include "boot_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct boot_info info;
    return boot_case_read(bytes, count, &info) ? -1 : 0; /* -1: not worth keeping */
}
