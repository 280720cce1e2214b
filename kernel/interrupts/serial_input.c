/* SPDX-License-Identifier: MIT */
#include "serial_input.h"

#include "serial.h"

#define ESCAPE '\033'
#define DELETE '\177'

/* A port holds 16 bytes; one that has more than this without a character may be broken. */
#define BYTES_MAX 64

/* A sequence is escape, '[' and parameters up to a byte from '@' to '~', or escape, 'O' and one
   byte (ECMA-48, section 5.4; DEC's VT100 user guide, "Cursor Control Keys"). */
enum place {
    OUTSIDE,
    AFTER_ESCAPE,
    IN_PARAMETERS,
    BEFORE_LAST,
};

static enum place place;

static enum place next_place(char byte)
{
    if (byte == ESCAPE)
        return AFTER_ESCAPE;
    if (place == AFTER_ESCAPE && byte == '[')
        return IN_PARAMETERS;
    if (place == AFTER_ESCAPE && byte == 'O')
        return BEFORE_LAST;
    if (place == IN_PARAMETERS && (byte < '@' || byte > '~'))
        return IN_PARAMETERS;
    return OUTSIDE;
}

/* Gives the character that the byte stands for, or '\0'. */
static char take_byte(char byte)
{
    bool in_sequence = place == IN_PARAMETERS || place == BEFORE_LAST;
    place = next_place(byte);
    if (in_sequence || place != OUTSIDE)
        return '\0';
    if (byte == '\r')
        return '\n';
    return byte == DELETE ? '\b' : byte;
}

bool serial_input_read(char *character)
{
    char byte;
    for (int bytes = 0; bytes < BYTES_MAX && serial_read(&byte); bytes++) {
        *character = take_byte(byte);
        if (*character)
            return true;
    }
    return false;
}
