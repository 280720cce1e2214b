/* SPDX-License-Identifier: MIT */
#include "println.h"

#include <cairn/base/format.h>
#include <cairn/base/host.h>
#include <cairn/base/spinlock.h>

#include "serial.h"

static struct cairn_spinlock console_lock = CAIRN_SPINLOCK("console");

/* A report of failure: what the screen is still to show. A longer one loses its end there. */
#define REPORT_CHARACTERS_MAX 8192
static struct {
    enum {
        REPORT_NONE,
        REPORT_BEGUN,
        REPORT_BEING_SHOWN, /* or that has failed */
        REPORT_SHOWN,
    } state;
    struct cell cells[REPORT_CHARACTERS_MAX];
    size_t length;
    uint8_t colours;
} report;

/*
 * Takes the lock unless this very processor was printing when an exception took it away: then the
 * text goes into the middle of the other, which is better than not at all.
 */
static bool enter(void)
{
    if (report.state != REPORT_NONE || cairn_spinlock_held_by_caller(&console_lock))
        return false;
    cairn_spinlock_lock(&console_lock);
    return true;
}

static void leave(bool entered)
{
    if (entered)
        cairn_spinlock_unlock(&console_lock);
}

static void keep_for_screen(const char *text, size_t length)
{
    for (size_t i = 0; i < length && report.length < REPORT_CHARACTERS_MAX; i++)
        report.cells[report.length++] = (struct cell){text[i], report.colours};
}

static bool is_reporting(void)
{
    return report.state == REPORT_BEGUN || report.state == REPORT_BEING_SHOWN;
}

static void write_everywhere(struct cairn_sink *sink, const char *text, size_t length)
{
    (void)sink;
    serial_write(text, length);
    if (is_reporting())
        keep_for_screen(text, length);
    else
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
    if (is_reporting())
        report.colours = (uint8_t)(background << 4 | foreground);
    else
        screen_set_colours(foreground, background);
}

void console_begin_report(void)
{
    if (report.state == REPORT_NONE)
        report.state = REPORT_BEGUN;
}

void console_end_report(void)
{
    if (report.state != REPORT_BEGUN)
        return;
    report.state = REPORT_BEING_SHOWN;
    for (size_t i = 0; i < report.length; i++) {
        struct cell cell = report.cells[i];
        screen_set_colours(cell.colours & 0xf, cell.colours >> 4);
        screen_write(&cell.character, 1);
    }
    report.state = REPORT_SHOWN;
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
