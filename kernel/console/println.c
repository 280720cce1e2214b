/* SPDX-License-Identifier: MIT */
#include "println.h"

#include <cairn/base/format.h>
#include <cairn/base/host.h>
#include <cairn/base/spinlock.h>

#include "serial.h"

static struct cairn_spinlock console_lock = CAIRN_SPINLOCK("console");
static bool panicking;

/*
 * Takes the lock unless this very processor was printing when an exception took it away: then the
 * text goes into the middle of the other, which is better than not at all.
 */
static bool enter(void)
{
    if (panicking || cairn_spinlock_held_by_caller(&console_lock))
        return false;
    cairn_spinlock_lock(&console_lock);
    return true;
}

static void leave(bool entered)
{
    if (entered)
        cairn_spinlock_unlock(&console_lock);
}

static void write_everywhere(struct cairn_sink *sink, const char *text, size_t length)
{
    (void)sink;
    serial_write(text, length);
    screen_write(text, length);
}

static struct cairn_sink everywhere = {write_everywhere};

void console_init(void)
{
    serial_init();
}

void console_add_screen(const struct boot_screen *screen)
{
    bool entered = enter();
    screen_init(screen);
    leave(entered);
}

void console_set_colours(enum colour foreground, enum colour background)
{
    screen_set_colours(foreground, background);
}

void console_begin_panic(void)
{
    panicking = true;
}

void print_list(const char *format, va_list arguments)
{
    bool entered = enter();
    cairn_format_list(&everywhere, format, arguments);
    leave(entered);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_list(format, arguments);
    va_end(arguments);
}

void println(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool entered = enter();
    cairn_format_list(&everywhere, format, arguments);
    write_everywhere(&everywhere, "\n", 1);
    leave(entered);
    va_end(arguments);
}

/* The kernel as a host: where the heap's dumps go. */
void cairn_host_write(const char *text, size_t length)
{
    bool entered = enter();
    write_everywhere(&everywhere, text, length);
    leave(entered);
}
