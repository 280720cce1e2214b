/* SPDX-License-Identifier: MIT */
/*
 * Formatted output into a sink, without a libc and without allocation.
 *
 * Conversions: %d %i %u %o %x %X %c %s %p %%, with the flags - + space # 0, width and precision
 * (also as *), and the lengths hh h l ll z j t. They print what ISO C (C17, 7.21.6.1) and, where
 * C leaves it open, glibc print; the tests compare them against the host's snprintf.
 * Not supported, and printed as they stand in the format: %n (a hole in every log function),
 * floating point (a kernel does not touch those registers), and wide characters.
 */
#ifndef CAIRN_BASE_FORMAT_H
#define CAIRN_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include <cairn/base/check.h>

/* Where formatted text goes: called once for each run of characters, in order. */
struct cairn_sink {
    void (*write)(struct cairn_sink *self, const char *text, size_t length);
};

/*
 * Formats into the sink.
 *
 * Gives:   the number of characters written.
 * Cost:    linear in the text written; at most 128 bytes of stack beside the frames.
 * Context: any that the sink's write allows.
 */
size_t cairn_format(struct cairn_sink *sink, const char *format, ...) CAIRN_FORMAT(2, 3);
size_t cairn_format_list(struct cairn_sink *sink, const char *format, va_list arguments)
    CAIRN_FORMAT(2, 0);

/*
 * Formats into a buffer of `size` bytes, as snprintf: always terminated unless size is 0.
 *
 * Gives: the length that the whole text has, which is at least `size` if it was cut.
 */
size_t cairn_format_buffer(char *buffer, size_t size, const char *format, ...) CAIRN_FORMAT(3, 4);
size_t cairn_format_buffer_list(char *buffer, size_t size, const char *format, va_list arguments)
    CAIRN_FORMAT(3, 0);

#endif
