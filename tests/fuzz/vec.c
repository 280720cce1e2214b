/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's and AFL++'s entry to vec_case.c. They look for the name below; a panic is a find.
 */
#include "vec_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    vec_case_play(bytes, count);
    return 0;
}
