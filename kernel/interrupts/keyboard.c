/* SPDX-License-Identifier: MIT */
#include "keyboard.h"

#include <stdint.h>

#include "address.h"
#include "ports.h"

#define DATA        0x60
#define STATUS      0x64
#define OUTPUT_FULL 0x01
#define NOTHING     0xff /* what a port reads that no device answers */

/* Scan code set 1 (IBM PC AT Technical Reference): what a key sends when pressed; its release has
   bit 7 set. */
#define RELEASED    0x80
#define LEFT_SHIFT  0x2a
#define RIGHT_SHIFT 0x36
#define CAPS_LOCK   0x3a
#define NUM_LOCK    0x45

/* A key that came with the 101-key keyboard sends this before the code of the older key that it
   resembles. */
#define EXTENDED              0xe0
#define EXTENDED_KEYPAD_ENTER 0x1c
#define EXTENDED_KEYPAD_SLASH 0x35

/* Pause sends this and two codes, twice. */
#define PAUSE       0xe1
#define PAUSE_CODES 2

/* By scan code; '\0' is a key without a character. */
static const char plain[] = "\0\0"
                            "1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\0"
                              "!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
_Static_assert(sizeof(plain) == sizeof(shifted), "a key has a character in both or in none");
#define MAIN_KEYS (sizeof(plain) - 1)

/* By scan code, from this one on. */
#define KEYPAD_FIRST 0x47
static const char keypad[] = "789-456+1230.";
#define KEYPAD_KEYS (sizeof(keypad) - 1)

/* A controller holds 16 codes; one that has more than this without a pause is broken. */
#define SCAN_CODES_MAX 64

static bool shift_down, caps_lock, num_lock;
static bool extended;        /* the code before was EXTENDED */
static unsigned pause_codes; /* how many of the codes to come belong to Pause */

static bool is_letter(char character)
{
    return character >= 'a' && character <= 'z';
}

static char main_character(uint8_t key)
{
    bool upper = is_letter(plain[key]) ? shift_down != caps_lock : shift_down;
    return upper ? shifted[key] : plain[key];
}

/* Without Num Lock, or with Shift, the keys with digits are arrows and the like. */
static char keypad_character(uint8_t key)
{
    char character = keypad[key - KEYPAD_FIRST];
    bool is_always = character == '-' || character == '+';
    return is_always || num_lock != shift_down ? character : '\0';
}

static char extended_character(uint8_t key)
{
    switch (key) {
    case EXTENDED_KEYPAD_ENTER:
        return '\n';
    case EXTENDED_KEYPAD_SLASH:
        return '/';
    default:
        return '\0';
    }
}

/* Gives the character of a key that was pressed, or '\0'. */
static char press(uint8_t key)
{
    if (key == CAPS_LOCK)
        caps_lock = !caps_lock;
    if (key == NUM_LOCK)
        num_lock = !num_lock;
    if (key < MAIN_KEYS)
        return main_character(key);
    if (key >= KEYPAD_FIRST && key < KEYPAD_FIRST + KEYPAD_KEYS)
        return keypad_character(key);
    return '\0';
}

/* Gives the character that the code completes, or '\0'. */
static char take_scan_code(uint8_t code)
{
    uint8_t key = code & (uint8_t)~RELEASED;
    bool was_extended = extended;
    extended = false;
    if (pause_codes > 0)
        pause_codes--;
    else if (code == PAUSE)
        pause_codes = PAUSE_CODES;
    else if (code == EXTENDED)
        extended = true;
    else if (was_extended)
        return code & RELEASED ? '\0' : extended_character(key);
    else if (key == LEFT_SHIFT || key == RIGHT_SHIFT)
        shift_down = !(code & RELEASED);
    else if (!(code & RELEASED))
        return press(key);
    return '\0';
}

/* The BIOS keeps the lock keys at 0x417, Num Lock in bit 5 (IBM PC BIOS data area). */
void keyboard_init(void)
{
    num_lock = *(volatile uint8_t *)physical_to_pointer(physical(0x417)) >> 5 & 1;
}

bool keyboard_read(char *character)
{
    for (int codes = 0; codes < SCAN_CODES_MAX; codes++) {
        uint8_t status = port_read_u8(STATUS);
        if (status == NOTHING || !(status & OUTPUT_FULL))
            return false;
        *character = take_scan_code(port_read_u8(DATA));
        if (*character)
            return true;
    }
    return false;
}
