/* SPDX-License-Identifier: MIT */
/* Characters drawn as pixels into a linear framebuffer of 24 or 32 bits per pixel. */
#ifndef CONSOLE_FRAMEBUFFER_H
#define CONSOLE_FRAMEBUFFER_H

#include "screen.h"

/* Takes the screen. Needs: the whole framebuffer is mapped at the physical offset. */
struct screen_driver framebuffer_init(const struct boot_screen *screen);

#endif
