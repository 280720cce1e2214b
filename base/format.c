/* SPDX-License-Identifier: MIT */
/*
 * The formatter behind every message.
 *
 * The idea: a format is plain text between conversions. A conversion is parsed to its end before
 * any argument is taken, so that one which is not supported can be printed as it stands and takes
 * none. Each supported one becomes a field (prefix, zeros, body), and one function pads and writes
 * every field.
 *
 * What it is bad at: it gives every piece of a field to the sink by itself, and parses the format
 * again each time.
 *
 * Source: ISO/IEC 9899:2018, 7.21.6.1. What the standard leaves open (a null %s, all of %p) is as
 * glibc has it.
 */
#include <cairn/base/format.h>

#include <stdbool.h>
#include <stdint.h>

enum {
    FLAG_LEFT = 1 << 0,
    FLAG_PLUS = 1 << 1,
    FLAG_SPACE = 1 << 2,
    FLAG_ALTERNATE = 1 << 3,
    FLAG_ZERO = 1 << 4,
};

/* What a width or a precision may be instead of a number. */
enum {
    ABSENT = -1,
    FROM_ARGUMENT = -2,
    TOO_LARGE = -3, /* above INT_MAX */
};

struct conversion {
    unsigned flags;
    long long width; /* at most -(long long)INT_MIN, from an argument */
    long long precision;
    unsigned size; /* bytes of the integer, from the length modifier; 0 without one */
    char letter;   /* 0 if the format ends before it */
};

/* Written as: spaces, prefix, zeros, body; or spaces last, if it is adjusted to the left. */
struct field {
    char prefix[3]; /* a sign, 0x, or both for %p */
    size_t prefix_length;
    size_t zeros;
    const char *body;
    size_t body_length;
};

struct output {
    struct cairn_sink *sink;
    size_t written;
    va_list arguments;
};

/* ---- Output ---- */

static void put(struct output *output, const char *text, size_t length)
{
    if (length == 0)
        return;
    output->sink->write(output->sink, text, length);
    output->written += length;
}

/* `run` is 32 times the same character. */
static void put_repeated(struct output *output, const char run[32], size_t count)
{
    for (; count > 32; count -= 32)
        put(output, run, 32);
    put(output, run, count);
}

static void put_spaces(struct output *output, size_t count)
{
    put_repeated(output, "                                ", count);
}

static void put_zeros(struct output *output, size_t count)
{
    put_repeated(output, "00000000000000000000000000000000", count);
}

static size_t padding_of(const struct conversion *conversion, const struct field *field)
{
    size_t length = field->prefix_length + field->zeros + field->body_length;
    size_t width = (size_t)conversion->width;
    return width > length ? width - length : 0;
}

static void put_field(struct output *output, const struct conversion *conversion,
                      const struct field *field)
{
    if (conversion->width == 0 && field->prefix_length + field->zeros == 0) {
        put(output, field->body, field->body_length);
        return;
    }
    size_t padding = padding_of(conversion, field);
    bool left = conversion->flags & FLAG_LEFT;
    if (padding > 0 && !left)
        put_spaces(output, padding);
    put(output, field->prefix, field->prefix_length);
    if (field->zeros > 0)
        put_zeros(output, field->zeros);
    put(output, field->body, field->body_length);
    if (padding > 0 && left)
        put_spaces(output, padding);
}

/* ---- Parsing: each function reads one part of a conversion and gives where it ends ---- */

static unsigned flag_of(char character)
{
    switch (character) {
    case '-':
        return FLAG_LEFT;
    case '+':
        return FLAG_PLUS;
    case ' ':
        return FLAG_SPACE;
    case '#':
        return FLAG_ALTERNATE;
    case '0':
        return FLAG_ZERO;
    default:
        return 0;
    }
}

static const char *parse_flags(const char *at, unsigned *flags)
{
    *flags = 0;
    for (unsigned flag; (flag = flag_of(*at)) != 0; at++)
        *flags |= flag;
    return at;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* A number, 0 where there are no digits, or a * */
static const char *parse_number(const char *at, long long *number)
{
    if (*at == '*') {
        *number = FROM_ARGUMENT;
        return at + 1;
    }
    long long value = 0;
    for (; is_digit(*at); at++)
        if (value <= __INT_MAX__)
            value = value * 10 + (*at - '0');
    *number = value <= __INT_MAX__ ? value : (long long)TOO_LARGE;
    return at;
}

static const char *parse_precision(const char *at, long long *precision)
{
    *precision = ABSENT;
    return *at == '.' ? parse_number(at + 1, precision) : at;
}

static const char *parse_length(const char *at, unsigned *size)
{
    bool doubled;
    switch (*at) {
    case 'h':
        doubled = at[1] == 'h';
        *size = doubled ? sizeof(char) : sizeof(short);
        return at + 1 + doubled;
    case 'l':
        doubled = at[1] == 'l';
        *size = doubled ? sizeof(long long) : sizeof(long);
        return at + 1 + doubled;
    case 'z':
        *size = sizeof(size_t);
        return at + 1;
    case 'j':
        *size = sizeof(intmax_t);
        return at + 1;
    case 't':
        *size = sizeof(ptrdiff_t);
        return at + 1;
    default:
        *size = 0;
        return at;
    }
}

/* Flags, widths and precisions begin with what comes before the letters, in ASCII. */
static bool is_letter(char character)
{
    return character >= 'A';
}

/* `at` is after the percent sign. Most conversions are letters alone. */
static const char *parse_conversion(const char *at, struct conversion *conversion)
{
    *conversion = CAIRN_LITERAL(struct conversion){0, 0, ABSENT, 0, 0};
    if (!is_letter(*at)) {
        at = parse_flags(at, &conversion->flags);
        at = parse_number(at, &conversion->width);
        at = parse_precision(at, &conversion->precision);
    }
    at = parse_length(at, &conversion->size);
    conversion->letter = *at;
    return *at ? at + 1 : at;
}

static bool is_supported(const struct conversion *conversion)
{
    if (conversion->width == TOO_LARGE || conversion->precision == TOO_LARGE)
        return false;
    switch (conversion->letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return true;
    case 'c':
    case 's':
    case 'p':
    case '%':
        return conversion->size == 0;
    default:
        return false;
    }
}

/* ---- Arguments ---- */

/* A negative width means the flag - and its absolute value; a negative precision means none. */
static void fetch_width_and_precision(struct output *output, struct conversion *conversion)
{
    if (conversion->width == FROM_ARGUMENT) {
        conversion->width = va_arg(output->arguments, int);
        if (conversion->width < 0) {
            conversion->flags |= FLAG_LEFT;
            conversion->width = -conversion->width;
        }
    }
    if (conversion->precision == FROM_ARGUMENT) {
        conversion->precision = va_arg(output->arguments, int);
        if (conversion->precision < 0)
            conversion->precision = ABSENT;
    }
}

/* The integer in the low bits of the result; the bits above it are not to be trusted. */
static uintmax_t fetch_bits(struct output *output, unsigned size)
{
    if (size <= sizeof(unsigned))
        return va_arg(output->arguments, unsigned);
    return va_arg(output->arguments, uintmax_t);
}

static unsigned unused_bits(unsigned size)
{
    return (unsigned)(sizeof(uintmax_t) - size) * __CHAR_BIT__;
}

static uintmax_t fetch_unsigned(struct output *output, const struct conversion *conversion)
{
    unsigned size = conversion->size ? conversion->size : sizeof(unsigned);
    return fetch_bits(output, size) << unused_bits(size) >> unused_bits(size);
}

static intmax_t fetch_signed(struct output *output, const struct conversion *conversion)
{
    unsigned size = conversion->size ? conversion->size : sizeof(int);
    return (intmax_t)(fetch_bits(output, size) << unused_bits(size)) >> unused_bits(size);
}

/* ---- Integers ---- */

enum { DIGITS_MAX = (sizeof(uintmax_t) * __CHAR_BIT__ + 2) / 3 }; /* in octal, the longest */

/* Each writes the digits so that they end at `end`, and gives where they begin. Zero has none. */

static char *render_in_bits(char *end, uintmax_t value, unsigned bits, const char *digits)
{
    for (; value != 0; value >>= bits)
        *--end = digits[value & ((1U << bits) - 1)];
    return end;
}

/* Two digits at a time, for a division of the whole value takes longer than all else. */
static char *render_decimal(char *end, uintmax_t value)
{
    while (value >= 10) {
        unsigned two_digits = (unsigned)(value % 100);
        value /= 100;
        *--end = (char)('0' + two_digits % 10);
        *--end = (char)('0' + two_digits / 10);
    }
    if (value != 0)
        *--end = (char)('0' + value);
    return end;
}

static char *render_digits(char *end, uintmax_t value, unsigned base, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    if (base == 10)
        return render_decimal(end, value);
    return render_in_bits(end, value, base == 8 ? 3 : 4, digits);
}

static void add_prefix(struct field *field, char character)
{
    field->prefix[field->prefix_length++] = character;
}

static void add_sign(struct field *field, const struct conversion *conversion, bool negative)
{
    if (negative)
        add_prefix(field, '-');
    else if (conversion->flags & FLAG_PLUS)
        add_prefix(field, '+');
    else if (conversion->flags & FLAG_SPACE)
        add_prefix(field, ' ');
}

/* The zeros between prefix and digits: as many digits as the precision asks for, at least one
 * without a precision; and with the flag 0, the whole width. */
static size_t zeros_of(const struct conversion *conversion, const struct field *field)
{
    bool has_precision = conversion->precision != ABSENT;
    size_t digits = has_precision ? (size_t)conversion->precision : 1;
    size_t zeros = digits > field->body_length ? digits - field->body_length : 0;
    if (has_precision || (conversion->flags & (FLAG_ZERO | FLAG_LEFT)) != FLAG_ZERO)
        return zeros;
    size_t padding = padding_of(conversion, field);
    return padding > zeros ? padding : zeros;
}

/* Puts the number behind the prefix that the field has. */
static void put_number(struct output *output, const struct conversion *conversion,
                       struct field *field, uintmax_t value, unsigned base)
{
    char digits[DIGITS_MAX];
    char *end = digits + sizeof(digits);
    field->body = render_digits(end, value, base, conversion->letter == 'X');
    field->body_length = (size_t)(end - field->body);
    field->zeros = zeros_of(conversion, field);
    if (base == 8 && (conversion->flags & FLAG_ALTERNATE) && field->zeros == 0)
        field->zeros = 1;
    put_field(output, conversion, field);
}

static void put_signed(struct output *output, const struct conversion *conversion)
{
    struct field field = CAIRN_ZERO(struct field);
    intmax_t value = fetch_signed(output, conversion);
    add_sign(&field, conversion, value < 0);
    put_number(output, conversion, &field, value < 0 ? 0 - (uintmax_t)value : (uintmax_t)value, 10);
}

static void put_unsigned(struct output *output, const struct conversion *conversion, unsigned base)
{
    struct field field = CAIRN_ZERO(struct field);
    uintmax_t value = fetch_unsigned(output, conversion);
    if (base == 16 && (conversion->flags & FLAG_ALTERNATE) && value != 0) {
        add_prefix(&field, '0');
        add_prefix(&field, conversion->letter);
    }
    put_number(output, conversion, &field, value, base);
}

/* ---- Text and pointers ---- */

typedef size_t aligned_word __attribute__((may_alias));

/* Whether a byte of the word is 0: then the subtraction borrows from its bit 7. */
static bool has_zero_byte(size_t word)
{
    const size_t each_byte = SIZE_MAX / 0xff;
    return ((word - each_byte) & ~word & each_byte << 7) != 0;
}

static bool is_at_word(const char *at)
{
    return (uintptr_t)at % sizeof(size_t) == 0;
}

/*
 * The length of a text of which at most `limit` bytes may be read. Once at a word's boundary it reads
 * whole words: that goes beyond the text's end, which a sanitizer would not allow, but never into
 * another page.
 */
__attribute__((no_sanitize_address)) static size_t bounded_length(const char *text, size_t limit)
{
    size_t length = 0;
    while (!is_at_word(&text[length]) && length < limit && text[length] != '\0')
        length++;
    if (is_at_word(&text[length]))
        while (limit - length >= sizeof(size_t) &&
               !has_zero_byte(*(const aligned_word *)(const void *)&text[length]))
            length += sizeof(size_t);
    while (length < limit && text[length] != '\0')
        length++;
    return length;
}

static void put_text(struct output *output, const struct conversion *conversion, const char *text,
                     size_t length)
{
    struct field field = {.body = text, .body_length = length};
    put_field(output, conversion, &field);
}

static void put_string(struct output *output, const struct conversion *conversion)
{
    const char *text = va_arg(output->arguments, const char *);
    size_t limit = conversion->precision == ABSENT ? SIZE_MAX : (size_t)conversion->precision;
    if (!text) {
        static const char null_text[] = "(null)";
        text = null_text;
        limit = limit < sizeof(null_text) - 1 ? 0 : limit; /* never a part of it: that misleads */
    }
    put_text(output, conversion, text, bounded_length(text, limit));
}

static void put_character(struct output *output, const struct conversion *conversion)
{
    char character = (char)va_arg(output->arguments, int);
    put_text(output, conversion, &character, 1);
}

static void put_pointer(struct output *output, const struct conversion *conversion)
{
    struct field field = CAIRN_ZERO(struct field);
    uintptr_t address = (uintptr_t)va_arg(output->arguments, void *);
    if (!address) {
        put_text(output, conversion, "(nil)", 5);
        return;
    }
    add_sign(&field, conversion, false);
    add_prefix(&field, '0');
    add_prefix(&field, 'x');
    put_number(output, conversion, &field, address, 16);
}

/* ---- The whole ---- */

static void put_converted(struct output *output, const struct conversion *conversion)
{
    switch (conversion->letter) {
    case 'd':
    case 'i':
        put_signed(output, conversion);
        break;
    case 'u':
        put_unsigned(output, conversion, 10);
        break;
    case 'o':
        put_unsigned(output, conversion, 8);
        break;
    case 'x':
    case 'X':
        put_unsigned(output, conversion, 16);
        break;
    case 'c':
        put_character(output, conversion);
        break;
    case 's':
        put_string(output, conversion);
        break;
    case 'p':
        put_pointer(output, conversion);
        break;
    case '%':
        put(output, "%", 1);
        break;
    }
}

/* Both give where the format goes on. */
static const char *format_plain(struct output *output, const char *format)
{
    const char *end = format;
    while (*end && *end != '%')
        end++;
    put(output, format, (size_t)(end - format));
    return end;
}

static const char *format_conversion(struct output *output, const char *format)
{
    struct conversion conversion;
    const char *end = parse_conversion(format + 1, &conversion);
    if (is_supported(&conversion)) {
        fetch_width_and_precision(output, &conversion);
        put_converted(output, &conversion);
    } else {
        put(output, format, (size_t)(end - format));
    }
    return end;
}

size_t cairn_format_list(struct cairn_sink *sink, const char *format, va_list arguments)
{
    struct output output = {.sink = sink};
    va_copy(output.arguments, arguments);
    while (*format) {
        bool converts = *format == '%';
        format = converts ? format_conversion(&output, format) : format_plain(&output, format);
    }
    va_end(output.arguments);
    return output.written;
}

size_t cairn_format(struct cairn_sink *sink, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t written = cairn_format_list(sink, format, arguments);
    va_end(arguments);
    return written;
}

/* ---- Into a buffer ---- */

struct buffer_sink {
    struct cairn_sink sink; /* first: the formatter's callback gets this address */
    char *at;
    size_t space; /* bytes from `at` on, without the terminator's */
};

static void buffer_write(struct cairn_sink *self, const char *text, size_t length)
{
    struct buffer_sink *buffer = (struct buffer_sink *)self;
    size_t taken = length < buffer->space ? length : buffer->space;
    __builtin_memcpy(buffer->at, text, taken);
    buffer->at += taken;
    buffer->space -= taken;
}

size_t cairn_format_buffer_list(char *buffer, size_t size, const char *format, va_list arguments)
{
    char nowhere;
    if (size == 0) {
        buffer = &nowhere;
        size = 1;
    }
    struct buffer_sink sink = {{buffer_write}, buffer, size - 1};
    size_t length = cairn_format_list(&sink.sink, format, arguments);
    *sink.at = '\0';
    return length;
}

size_t cairn_format_buffer(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = cairn_format_buffer_list(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}
