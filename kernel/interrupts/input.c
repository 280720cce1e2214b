/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <stdint.h>

#include <cairn/base/host.h>

#include "interrupt_controller.h"
#include "keyboard.h"
#include "registers.h"
#include "serial.h"
#include "serial_input.h"

/* Touched with interrupts off: written - read characters wait. */
static char queue[INPUT_CAPACITY];
static uint64_t written, read;

static void fill_queue(void)
{
    char character;
    while (written - read < INPUT_CAPACITY &&
           (keyboard_read(&character) || serial_input_read(&character)))
        queue[written++ % INPUT_CAPACITY] = character;
}

/* A queue that was full has left something in a device, which then sends no further interrupt. */
static bool take(char *character)
{
    if (written == read)
        fill_queue();
    if (written == read)
        return false;
    *character = queue[read++ % INPUT_CAPACITY];
    return true;
}

void input_init(void)
{
    keyboard_init();
    serial_enable_receive_interrupt();
    interrupt_line_enable(LINE_KEYBOARD, fill_queue);
    interrupt_line_enable(LINE_SERIAL, fill_queue);
    fill_queue(); /* what was typed before would hold up what comes */
}

bool input_read(char *character)
{
    cairn_host_interrupt_state state = cairn_host_interrupts_disable();
    bool taken = take(character);
    cairn_host_interrupts_restore(state);
    return taken;
}

char input_wait(void)
{
    char character;
    interrupts_disable();
    while (!take(&character)) {
        if (interrupt_controller_is_there())
            interrupts_enable_and_wait();
        else
            pause();
        interrupts_disable();
    }
    interrupts_enable();
    return character;
}
