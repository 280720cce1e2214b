/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include "ports.h"
#include "registers.h"

#define ISA_DEBUG_EXIT_PORT 0xf4

void machine_exit(enum machine_exit_status status)
{
    port_write_u8(ISA_DEBUG_EXIT_PORT, (uint8_t)status);
    interrupts_disable();
    for (;;)
        wait_for_interrupt();
}
