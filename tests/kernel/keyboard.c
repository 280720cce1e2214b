/* SPDX-License-Identifier: MIT */
/* The keyboard: scan codes that the controller is told to deliver come out as characters. */
#include "kernel_test.h"

#include "input.h"
#include "ports.h"
#include "registers.h"

/* Command 0xd2 of the 8042: the next byte comes back as if the keyboard had sent it. */
static void put(uint8_t scan_code)
{
    while (port_read_u8(0x64) & 2)
        pause();
    port_write_u8(0x64, 0xd2);
    while (port_read_u8(0x64) & 2)
        pause();
    port_write_u8(0x60, scan_code);
}

static void send(uint8_t scan_code)
{
    put(scan_code);
    while (port_read_u8(0x64) & 1) /* until the interrupt handler has taken it */
        pause();
}

static void press_all(const uint8_t *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        send(keys[i]), send(keys[i] | 0x80);
}
#define PRESS(...) press_all((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void expect_text(const char *expected)
{
    char character = 0;
    for (; *expected; expected++)
        cairn_check(input_read(&character) && character == *expected, "typed '%c', expected '%c'",
                    character, *expected);
    cairn_check(!input_read(&character), "'%c' is left over", character);
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

TEST(the_keypad_has_digits_with_num_lock)
{
    PRESS(0x47, 0x48, 0x49, 0x4b, 0x4c, 0x4d, 0x4f, 0x50, 0x51, 0x52, 0x53);
    expect_text("");
    send(0x45), send(0xc5);
    PRESS(0x47, 0x48, 0x49, 0x4b, 0x4c, 0x4d, 0x4f, 0x50, 0x51, 0x52, 0x53);
    expect_text("7894561230.");
    send(0x2a), send(0x47), send(0xaa);
    expect_text("");
    send(0x45), send(0xc5);
    send(0x2a), send(0x47), send(0xaa);
    expect_text("7");
}

TEST(the_keypad_has_operators_always)
{
    PRESS(0x37, 0x4a, 0x4e);
    send(0xe0), send(0x35), send(0xe0), send(0xb5);
    send(0xe0), send(0x1c), send(0xe0), send(0x9c);
    expect_text("*-+/\n");
    send(0x2a), send(0xe0), send(0xaa), send(0xe0), send(0x35), send(0xe0), send(0xb5);
    send(0xe0), send(0x2a), send(0xaa); /* with Shift: lifted for the key, and pressed again */
    expect_text("/");
}

TEST(pause_and_print_screen_are_no_characters)
{
    send(0xe1), send(0x1d), send(0x45), send(0xe1), send(0x9d), send(0xc5); /* Pause */
    send(0xe0), send(0x2a), send(0xe0), send(0x37), send(0xe0), send(0xb7), send(0xe0), send(0xaa);
    send(0xe0), send(0x46), send(0xe0), send(0xc6); /* Control and Pause */
    PRESS(0x54);                                    /* Alt and Print Screen */
    expect_text("");
    PRESS(0x4c, 0x1e); /* Num Lock and Shift are as before */
    expect_text("a");
}

TEST(keys_without_a_character)
{
    PRESS(0x01, 0x1d, 0x38, 0x3b, 0x44, 0x46, 0x57, 0x58, 0x7f);
    const uint8_t extended[] = {0x1d, 0x38, 0x47, 0x49, 0x4b, 0x4d, 0x4f, 0x51, 0x52, 0x53, 0x5b};
    for (size_t i = 0; i < sizeof(extended); i++)
        send(0xe0), send(extended[i]), send(0xe0), send(extended[i] | 0x80);
    expect_text("");
}

TEST(what_does_not_fit_waits_in_the_device)
{
    for (int i = 0; i < INPUT_CAPACITY; i++)
        send(0x1e);
    put(0x30);
    for (int i = 0; i < 1000; i++)
        pause();
    char character;
    for (int i = 0; i < INPUT_CAPACITY; i++)
        cairn_check(input_read(&character) && character == 'a', "only %d were kept", i);
    expect_text("b");
    send(0x2e);
    expect_text("c");
}
