/* SPDX-License-Identifier: MIT */
#include "timer.h"

#include "interrupt_controller.h"
#include "ports.h"

/* The PC's 8254 counts down at 1.193182 MHz; channel 0 is wired to line 0. */
#define INPUT_HERTZ    1193182
#define CHANNEL_0      0x40
#define CONTROL        0x43
#define RATE_GENERATOR 0x34 /* channel 0, low byte then high byte, mode 2 */

static uint64_t ticks;

static void on_tick(void)
{
    __atomic_fetch_add(&ticks, 1, __ATOMIC_RELAXED);
}

void timer_init(void)
{
    uint16_t divisor = INPUT_HERTZ / TIMER_HERTZ;
    port_write_u8(CONTROL, RATE_GENERATOR);
    port_write_u8(CHANNEL_0, (uint8_t)divisor);
    port_write_u8(CHANNEL_0, (uint8_t)(divisor >> 8));
    interrupt_line_enable(LINE_TIMER, on_tick);
}

uint64_t timer_ticks(void)
{
    return __atomic_load_n(&ticks, __ATOMIC_RELAXED);
}
