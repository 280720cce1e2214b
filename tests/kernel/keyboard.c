/* SPDX-License-Identifier: MIT */
/* The keyboard: scan codes that the controller is told to deliver come out as characters. */
#include "kernel_test.h"

#include "keyboard.h"
#include "ports.h"
#include "registers.h"

/* Command 0xd2 of the 8042: the next byte comes back as if the keyboard had sent it. */
static void send(uint8_t scan_code)
{
    while (port_read_u8(0x64) & 2)
        pause();
    port_write_u8(0x64, 0xd2);
    while (port_read_u8(0x64) & 2)
        pause();
    port_write_u8(0x60, scan_code);
    while (port_read_u8(0x64) & 1) /* until the interrupt handler has taken it */
        pause();
}

static void expect_text(const char *expected)
{
    char character = 0;
    for (; *expected; expected++)
        cairn_check(keyboard_read(&character) && character == *expected,
                    "typed '%c', expected '%c'", character, *expected);
    cairn_check(!keyboard_read(&character), "'%c' is left over", character);
}

TEST(letters_and_releases)
{
    send(0x1e), send(0x9e), send(0x30), send(0xb0);
    expect_text("ab");
}

TEST(shift_and_caps_lock)
{
    send(0x2a), send(0x1e), send(0x02), send(0xaa), send(0x1e);
    expect_text("A!a");
    send(0x3a), send(0x1e), send(0x02), send(0x3a), send(0x1e);
    expect_text("A1a");
}

TEST(other_keys)
{
    send(0x1c), send(0x39), send(0x0e), send(0x35), send(0x56);
    expect_text("\n \b/");
}

TEST(arrows_are_no_characters)
{
    send(0xe0), send(0x48), send(0xe0), send(0xc8), send(0x1e);
    expect_text("a");
}

TEST(too_many_keys_are_counted)
{
    for (int i = 0; i < 70; i++)
        send(0x1e);
    cairn_check(keyboard_dropped() == 6, "%llu were dropped",
                (unsigned long long)keyboard_dropped());
    char character;
    for (int i = 0; i < 64; i++)
        cairn_check(keyboard_read(&character) && character == 'a', "only %d were kept", i);
    expect_text("");
}
