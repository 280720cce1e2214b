/* SPDX-License-Identifier: MIT */
#include "keyboard.h"

#include "interrupt_controller.h"
#include "ports.h"

#define DATA        0x60
#define STATUS      0x64
#define OUTPUT_FULL 0x01

/* Scan code set 1 (IBM PC AT Technical Reference): what a key sends when pressed; its release has
   bit 7 set. */
#define RELEASED    0x80
#define LEFT_SHIFT  0x2a
#define RIGHT_SHIFT 0x36
#define CAPS_LOCK   0x3a
#define EXTENDED    0xe0

#define KEYS        0x3a

static const char plain[KEYS] = "\0\033"
                                "1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[KEYS] =
    "\0\033"
    "!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

/* One writer, the interrupt handler, and one reader: written - read characters wait. */
#define CAPACITY 64
static char buffer[CAPACITY];
static uint64_t written, read, dropped;

static bool shift_down, caps_lock, extended;

static void put(char character)
{
    if (written - __atomic_load_n(&read, __ATOMIC_ACQUIRE) == CAPACITY) {
        dropped++;
        return;
    }
    buffer[written % CAPACITY] = character;
    __atomic_store_n(&written, written + 1, __ATOMIC_RELEASE);
}

static bool is_letter(char character)
{
    return character >= 'a' && character <= 'z';
}

static void on_key_pressed(uint8_t key)
{
    if (key == CAPS_LOCK)
        caps_lock = !caps_lock;
    if (key >= KEYS)
        return;
    bool upper = is_letter(plain[key]) ? shift_down != caps_lock : shift_down;
    char character = upper ? shifted[key] : plain[key];
    if (character)
        put(character);
}

static void on_scan_code(uint8_t code)
{
    uint8_t key = code & (uint8_t)~RELEASED;
    if (code == EXTENDED) {
        extended = true;
        return;
    }
    if (extended) /* arrows and the like: no characters */
        extended = false;
    else if (key == LEFT_SHIFT || key == RIGHT_SHIFT)
        shift_down = !(code & RELEASED);
    else if (!(code & RELEASED))
        on_key_pressed(key);
}

static void on_keyboard(void)
{
    while (port_read_u8(STATUS) & OUTPUT_FULL)
        on_scan_code(port_read_u8(DATA));
}

void keyboard_init(void)
{
    interrupt_line_enable(LINE_KEYBOARD, on_keyboard);
    on_keyboard(); /* what was typed before would hold up what comes */
}

bool keyboard_read(char *character)
{
    if (__atomic_load_n(&written, __ATOMIC_ACQUIRE) == read)
        return false;
    *character = buffer[read % CAPACITY];
    __atomic_store_n(&read, read + 1, __ATOMIC_RELEASE);
    return true;
}

uint64_t keyboard_dropped(void)
{
    return dropped;
}
