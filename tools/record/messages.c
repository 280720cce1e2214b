/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void say(const char *format, va_list arguments)
{
    fputs("cairn-record: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void tell(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    exit(STATUS_FAILED);
}

void *need_memory(void *block)
{
    if (!block)
        give_up("there is not enough memory to make the trace");
    return block;
}
