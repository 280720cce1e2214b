/* SPDX-License-Identifier: MIT */
/* A screen that cannot be written to: the report is on the serial port, whole, before the screen
   is tried again. */
// expect-exit: failure
// expect: panicked at 'page fault: writing 0xffff808000000000 in kernel mode: the page is not mapped'
// expect: backtrace:
// expect: panic_with_bad_screen+
// expect: kernel_start+
// expect: panicked again while reporting, at 'page fault: writing 0xffff8080
// expect-not: [ok]
#include "kernel_test.h"

TEST(panic_with_bad_screen)
{
    const struct boot_screen screen = {
        .kind = SCREEN_FRAMEBUFFER,
        .address = physical((uint64_t)1 << 39),
        .columns = 640,
        .rows = 480,
        .bytes_per_row = 640 * 4,
        .bits_per_pixel = 32,
    };
    console_add_screen(&screen);
}
