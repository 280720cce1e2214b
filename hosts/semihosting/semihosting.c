/* SPDX-License-Identifier: MIT */
#include "semihosting.h"

enum {
    WRITE_CHARACTER = 0x03,
    CLOCK = 0x10,
    TIME = 0x11,
    GET_COMMAND_LINE = 0x15,
    EXIT = 0x18,
    EXIT_EXTENDED = 0x20,
};

#define APPLICATION_EXIT 0x20026U

enum { LINE_MAX = 128, WORDS_MAX = 8 };

int main(int count, char *words[]);

void semihosting_write(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        semihosting_call(WRITE_CHARACTER, &text[i]);
}

uint64_t semihosting_time(void)
{
    uint64_t seconds = semihosting_call(TIME, NULL);
    return seconds << 32 | (uint32_t)semihosting_call(CLOCK, NULL);
}

/* The extended form has a status; a debugger that does not know it gets the old one. */
void semihosting_exit(int status)
{
    const uintptr_t reason[] = {APPLICATION_EXIT, (uintptr_t)status};
    semihosting_call(EXIT_EXTENDED, reason);
    for (;;)
        semihosting_call(EXIT, (const void *)(uintptr_t)(status == 0 ? APPLICATION_EXIT : 0));
}

/* Cuts the line at its blanks; gives the number of words. */
static int split(char *line, char *words[static WORDS_MAX])
{
    int count = 0;
    while (*line && count < WORDS_MAX - 1) {
        while (*line == ' ')
            *line++ = '\0';
        if (*line)
            words[count++] = line;
        while (*line && *line != ' ')
            line++;
    }
    words[count] = NULL;
    return count;
}

void semihosting_run_main(void)
{
    static char line[LINE_MAX];
    static char *words[WORDS_MAX];
    uintptr_t place[] = {(uintptr_t)line, sizeof(line)};
    if (semihosting_call(GET_COMMAND_LINE, place) != 0)
        line[0] = '\0';
    semihosting_exit(main(split(line, words), words));
}
