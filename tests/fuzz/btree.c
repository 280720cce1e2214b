/* SPDX-License-Identifier: MIT */
/* libFuzzer's and AFL++'s entry to btree_case.c. They look for the name below; a panic is a find. */
#include "btree_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    btree_case_play(bytes, count);
    return 0;
}
