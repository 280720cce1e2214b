/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a processor without an operating system, whose console is semihosting. What
 * belongs to the kind of processor is in the folder of its name.
 */
#include <cairn/base/host.h>

#include "one_processor.h"
#include "semihosting.h"

void cairn_host_write(const char *text, size_t length)
{
    semihosting_write(text, length);
}

/* The time and the clock, for there is nothing better. */
uint64_t cairn_host_random(void)
{
    return semihosting_time();
}

void one_processor_exit(int status)
{
    semihosting_exit(status);
}
