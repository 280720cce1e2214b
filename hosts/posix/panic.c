/* SPDX-License-Identifier: MIT */
/*
 * The panic of a program: one line on standard error, then abort().
 *
 * The line is gathered and written at once, so that it stays whole beside other threads' output,
 * and on the stack, for the heap may be what is broken. A line that is longer than the buffer is
 * written in pieces; nothing of it is cut.
 */
#include <cairn/base/format.h>
#include <cairn/base/host.h>

#include <stdlib.h>

struct line {
    struct cairn_sink sink; /* first: the formatter's callback gets this address */
    size_t used;
    char text[1024];
};

static void line_flush(struct line *line)
{
    cairn_host_write(line->text, line->used);
    line->used = 0;
}

static void line_write(struct cairn_sink *self, const char *text, size_t length)
{
    struct line *line = (struct line *)self;
    for (size_t i = 0; i < length; i++) {
        if (line->used == sizeof(line->text))
            line_flush(line);
        line->text[line->used++] = text[i];
    }
}

void cairn_host_panic(const char *file, int line, const char *format, va_list arguments)
{
    struct line message = {.sink.write = line_write};
    cairn_format(&message.sink, "panicked at %s:%d: ", file, line);
    cairn_format_list(&message.sink, format, arguments);
    cairn_format(&message.sink, "\n");
    line_flush(&message);
    abort();
}
