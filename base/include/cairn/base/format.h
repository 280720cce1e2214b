/* SPDX-License-Identifier: MIT */
/*
 * Formatted output into a sink, without a libc and without allocation.
 *
 * Conversions: %d %i %u %o %x %X %c %s %p %%, with the flags - + space # 0, width and precision
 * (also as *), and for integers the lengths hh h l ll z j t. They print what ISO C (C17, 7.21.6.1)
 * and, where C leaves it open, glibc print: a null %s is (null), a null %p is (nil). The tests
 * compare them with the host's snprintf.
 *
 * Everything else is printed as it stands in the format and takes no argument: %n (a hole in every
 * log function), floating point (a kernel does not touch those registers), wide characters, and a
 * width or precision above INT_MAX.
 */
#ifndef CAIRN_BASE_FORMAT_H
#define CAIRN_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include <cairn/base/check.h>

CAIRN_C_BEGIN

/*
 * Where formatted text goes: a struct of your own whose first member is this.
 *
 * write gets the text piece by piece, in order, and no piece is empty: plain text between two
 * conversions is one; a conversion is up to five, and long padding comes 32 characters at a time.
 */
struct cairn_sink {
    void (*write)(struct cairn_sink *self, const char *text, size_t length);
};

/*
 * Formats into the sink. The list is left as it was, and may be used again.
 *
 * Gives:   the number of characters written.
 * Cost:    linear in the text written; under 512 bytes of stack beside the sink's.
 * Context: any that the sink's write allows.
 */
size_t cairn_format(struct cairn_sink *sink, const char *format, ...) CAIRN_FORMAT(2, 3);
size_t cairn_format_list(struct cairn_sink *sink, const char *format, va_list arguments)
    CAIRN_FORMAT(2, 0);

/*
 * Formats into a buffer of `size` bytes, as snprintf: always terminated, but a buffer of 0 bytes is
 * not touched and may be null.
 *
 * Gives:   the length that the whole text has, which is at least `size` if it was cut.
 * Cost:    as above.
 * Context: any.
 */
size_t cairn_format_buffer(char *buffer, size_t size, const char *format, ...) CAIRN_FORMAT(3, 4);
size_t cairn_format_buffer_list(char *buffer, size_t size, const char *format, va_list arguments)
    CAIRN_FORMAT(3, 0);

CAIRN_C_END

#endif
