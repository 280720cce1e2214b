/* SPDX-License-Identifier: MIT */
/*
 * Builds a format and its arguments from chosen bytes, and compares two formatters on them.
 *
 * The idea: every argument is passed as 64 bits, and always all of them. Where the System V ABI
 * for x86-64 (section 3.5.7) has integers and pointers in registers and on the stack, va_arg of
 * any integer or pointer type then finds its value in the low bits of the next one.
 *
 * What it is bad at: it works on no other ABI; and what C leaves undefined (%#d, %hs) is compared
 * only where this formatter has promised to do as glibc.
 */
#include "format_case.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cairn/base/format.h>

enum {
    PIECES_MAX = 8,       /* of a format: conversions, or plain text */
    PIECE_MAX = 16,       /* characters of the format in one: %, 3 flags, 255.255, 2, a letter */
    PIECE_TEXT_MAX = 300, /* characters that one is written as: 255 digits and a prefix */
    FORMAT_MAX = PIECES_MAX * PIECE_MAX + 1,
    TEXT_MAX = PIECES_MAX * PIECE_TEXT_MAX,
    ARGUMENTS_MAX = PIECES_MAX * 3, /* width, precision, value */
};

struct choices {
    const uint8_t *at;
    size_t left;
};

struct format_case {
    char format[FORMAT_MAX];
    size_t format_length;
    uint64_t arguments[ARGUMENTS_MAX];
    size_t argument_count;
    char *strings[ARGUMENTS_MAX]; /* owned */
    size_t string_count;
};

/* ---- Choosing ---- */

static uint8_t choose_byte(struct choices *choices)
{
    if (choices->left == 0)
        return 0;
    choices->left--;
    return *choices->at++;
}

/* From 0 to bound - 1; bound is at most 256. */
static unsigned choose(struct choices *choices, unsigned bound)
{
    return choose_byte(choices) % bound;
}

static char choose_from(struct choices *choices, const char *characters)
{
    return characters[choose(choices, (unsigned)strlen(characters))];
}

static uint64_t choose_bits(struct choices *choices)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | choose_byte(choices);
    return bits;
}

/* Mostly where something changes: around 0, powers of two, and the ends of every type. */
static uint64_t choose_value(struct choices *choices)
{
    uint64_t power = UINT64_C(1) << choose(choices, 64);
    switch (choose(choices, 7)) {
    case 0:
        return 0;
    case 1:
        return choose_byte(choices);
    case 2:
        return -(uint64_t)choose_byte(choices);
    case 3:
        return power;
    case 4:
        return power - 1;
    case 5:
        return -power;
    default:
        return choose_bits(choices);
    }
}

/* ---- Building ---- */

static void add_character(struct format_case *built, char character)
{
    built->format[built->format_length++] = character;
}

static void add_text(struct format_case *built, const char *text)
{
    for (; *text; text++)
        add_character(built, *text);
}

static void add_number(struct format_case *built, unsigned number)
{
    built->format_length += (size_t)sprintf(built->format + built->format_length, "%u", number);
}

static void add_argument(struct format_case *built, uint64_t value)
{
    built->arguments[built->argument_count++] = value;
}

static void add_flags(struct format_case *built, struct choices *choices)
{
    for (unsigned count = choose(choices, 4); count > 0; count--)
        add_character(built, choose_from(choices, "-+ #0"));
}

/* Rarely large enough to pass every internal run of padding. */
static unsigned choose_extent(struct choices *choices)
{
    return choose(choices, 8) == 0 ? choose(choices, 256) : choose(choices, 30);
}

static void add_star(struct format_case *built, struct choices *choices)
{
    int value = (int)choose_extent(choices);
    add_character(built, '*');
    add_argument(built, (uint64_t)(choose(choices, 3) == 0 ? -value : value));
}

static void add_width(struct format_case *built, struct choices *choices)
{
    unsigned kind = choose(choices, 4);
    if (kind == 0)
        add_number(built, choose_extent(choices));
    if (kind == 1)
        add_star(built, choices);
}

/* Gives how many characters it allows, -1 for no limit: what a string needs to know. */
static int add_precision(struct format_case *built, struct choices *choices)
{
    unsigned extent;
    switch (choose(choices, 5)) {
    case 0:
        add_character(built, '.');
        return 0;
    case 1:
        add_character(built, '.');
        extent = choose_extent(choices);
        add_number(built, extent);
        return (int)extent;
    case 2:
        add_character(built, '.');
        add_star(built, choices);
        extent = (unsigned)built->arguments[built->argument_count - 1];
        return (int)extent < 0 ? -1 : (int)extent;
    default:
        return -1;
    }
}

/* A block of exactly the bytes that may be read: with a limit, the terminator may be missing. */
static char *make_string(struct choices *choices, int limit)
{
    size_t length = choose(choices, 40);
    bool terminated = limit < 0 || length < (size_t)limit;
    char *string = malloc(length + terminated + !length);
    if (!string)
        abort();
    for (size_t i = 0; i < length; i++)
        string[i] = (char)(choose_byte(choices) | 1);
    if (terminated)
        string[length] = '\0';
    return string;
}

static void add_string_argument(struct format_case *built, struct choices *choices, int limit)
{
    char *string = NULL;
    if (choose(choices, 6) != 0) {
        string = make_string(choices, limit);
        built->strings[built->string_count++] = string;
    }
    add_argument(built, (uintptr_t)string);
}

static void add_length(struct format_case *built, struct choices *choices)
{
    static const char *const lengths[] = {"", "hh", "h", "l", "ll", "z", "j", "t"};
    add_text(built, lengths[choose(choices, 8)]);
}

static void add_conversion(struct format_case *built, struct choices *choices)
{
    add_character(built, '%');
    add_flags(built, choices);
    add_width(built, choices);
    int limit = add_precision(built, choices);
    char letter = choose_from(choices, "diuoxXdiuoxXcssp");
    if (strchr("diuoxX", letter))
        add_length(built, choices);
    add_character(built, letter);
    if (letter == 's')
        add_string_argument(built, choices, limit);
    else
        add_argument(built, choose_value(choices));
}

static void add_plain(struct format_case *built, struct choices *choices)
{
    for (unsigned count = 1 + choose(choices, 10); count > 0; count--) {
        char character = (char)choose_byte(choices);
        add_character(built, character == '%' || character == '\0' ? '.' : character);
    }
}

static void build(struct format_case *built, struct choices *choices)
{
    memset(built, 0, sizeof(*built));
    for (unsigned pieces = 1 + choose(choices, PIECES_MAX); pieces > 0; pieces--) {
        unsigned kind = choose(choices, 16);
        if (kind == 0)
            add_text(built, "%%");
        else if (kind < 4)
            add_plain(built, choices);
        else
            add_conversion(built, choices);
    }
}

static void destroy(struct format_case *built)
{
    for (size_t i = 0; i < built->string_count; i++)
        free(built->strings[i]);
}

/* ---- Comparing ---- */

/* Read by AddressSanitizer at its start. Its own check of snprintf's arguments takes a precision
 * of 0 for none, and would report a string that has no terminator, and needs none. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "check_printf=0";
}

typedef int host_formatter(char *buffer, size_t size, const char *format, ...);
typedef size_t cairn_formatter(char *buffer, size_t size, const char *format, ...);

/* Through pointers without the format attribute: the compiler cannot check these formats. */
static host_formatter *const host_format = snprintf;
static cairn_formatter *const cairn_format_into = cairn_format_buffer;

_Static_assert(ARGUMENTS_MAX == 24, "ALL_OF lists as many");
#define EIGHT_OF(a) (a)[0], (a)[1], (a)[2], (a)[3], (a)[4], (a)[5], (a)[6], (a)[7]
#define ALL_OF(a)   EIGHT_OF(a), EIGHT_OF((a) + 8), EIGHT_OF((a) + 16)

struct result {
    size_t length;
    char *text; /* `size` bytes, owned */
};

static struct result start_result(size_t size)
{
    struct result result = {0, malloc(size + !size)};
    if (!result.text)
        abort();
    return result;
}

static struct result format_by_host(const struct format_case *built, size_t size)
{
    struct result result = start_result(size);
    result.length = (size_t)host_format(result.text, size, built->format, ALL_OF(built->arguments));
    return result;
}

static struct result format_by_cairn(const struct format_case *built, size_t size)
{
    struct result result = start_result(size);
    result.length = cairn_format_into(result.text, size, built->format, ALL_OF(built->arguments));
    return result;
}

static void print_quoted(const char *name, const char *text, size_t length)
{
    fprintf(stderr, "%s: \"", name);
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\')
            fprintf(stderr, "\\%03o", (unsigned char)text[i]);
        else
            fputc(text[i], stderr);
    fprintf(stderr, "\", %zu characters\n", length);
}

static size_t visible(const struct result *result, size_t size)
{
    return result->length < size ? result->length : size ? size - 1 : 0;
}

static void report(const struct format_case *built, size_t size, const struct result *host,
                   const struct result *cairn)
{
    fprintf(stderr, "into %zu bytes, length %zu by the host, %zu by Cairn\n", size, host->length,
            cairn->length);
    print_quoted("format", built->format, built->format_length);
    for (size_t i = 0; i < built->argument_count; i++)
        fprintf(stderr, "argument %zu: 0x%" PRIx64 "\n", i, built->arguments[i]);
    print_quoted("host  ", host->text, visible(host, size));
    print_quoted("Cairn ", cairn->text, visible(cairn, size));
}

static bool is_same(const struct result *host, const struct result *cairn, size_t size)
{
    if (host->length != cairn->length)
        return false;
    return size == 0 || memcmp(host->text, cairn->text, visible(host, size) + 1) == 0;
}

static bool agrees_into(const struct format_case *built, size_t size)
{
    struct result host = format_by_host(built, size);
    struct result cairn = format_by_cairn(built, size);
    bool same = is_same(&host, &cairn, size);
    if (!same)
        report(built, size, &host, &cairn);
    free(host.text);
    free(cairn.text);
    return same;
}

bool format_case_agrees(const uint8_t *bytes, size_t count)
{
    struct choices choices = {bytes, count};
    struct format_case built;
    size_t small_size = choose_byte(&choices);
    build(&built, &choices);
    bool agrees = agrees_into(&built, TEXT_MAX) && agrees_into(&built, small_size);
    destroy(&built);
    return agrees;
}
