/* SPDX-License-Identifier: MIT */
/* The PC's text screen: an array of characters and colours in memory. */
#ifndef CONSOLE_VGA_TEXT_H
#define CONSOLE_VGA_TEXT_H

#include "screen.h"

/* Takes the screen and hides its blinking cursor. Needs: it is mapped at the physical offset. */
struct screen_driver vga_text_init(const struct boot_screen *screen);

#endif
