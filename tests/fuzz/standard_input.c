/* SPDX-License-Identifier: MIT */
/* A main() for any fuzz target: standard input is one case. AFL++ runs it; so can anyone. */
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int main(void)
{
    static uint8_t bytes[64 * 1024];
    return LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof(bytes), stdin));
}
