/* SPDX-License-Identifier: MIT */
#include <cairn/base/check.h>

#include <stdarg.h>

#include <cairn/base/host.h>

void cairn_panic_at(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    cairn_host_panic(file, line, format, arguments);
}
