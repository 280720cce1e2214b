/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <string.h>

#include <cairn/base/format.h>

/* A piece of the command line; not terminated. */
struct word {
    const char *text;
    size_t length;
};

static bool word_is(struct word word, const char *text)
{
    return strlen(text) == word.length && memcmp(word.text, text, word.length) == 0;
}

/* The power of two that a size's suffix stands for; false if it is not one. */
static bool suffix_shift(struct word suffix, unsigned *shift)
{
    static const char letters[] = "KMG";
    *shift = 0;
    if (suffix.length == 0)
        return true;
    for (unsigned i = 0; i < 3; i++)
        if (suffix.length == 1 && (suffix.text[0] & ~0x20) == letters[i])
            *shift = 10 * (i + 1);
    return *shift != 0;
}

static bool parse_size(struct word value, uint64_t *size)
{
    uint64_t number = 0;
    size_t digits = 0;
    for (; digits < value.length && value.text[digits] >= '0' && value.text[digits] <= '9';
         digits++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(value.text[digits] - '0'), &number))
            return false;
    unsigned shift;
    struct word suffix = {value.text + digits, value.length - digits};
    if (digits == 0 || number == 0 || !suffix_shift(suffix, &shift) || number > UINT64_MAX >> shift)
        return false;
    *size = number << shift;
    return true;
}

/* Sets *choice to the number of the first or the second word. */
static bool parse_choice(struct word value, const char *first, const char *second, int *choice)
{
    *choice = word_is(value, second);
    return *choice || word_is(value, first);
}

static bool set_heap(struct options *options, struct word value)
{
    return parse_size(value, &options->heap_size);
}

static bool set_memory(struct options *options, struct word value)
{
    return parse_size(value, &options->memory_limit);
}

static bool set_after(struct options *options, struct word value)
{
    int choice;
    if (!parse_choice(value, "idle", "poweroff", &choice))
        return false;
    options->after = choice ? AFTER_POWEROFF : AFTER_IDLE;
    return true;
}

static bool set_log(struct options *options, struct word value)
{
    int choice;
    if (!parse_choice(value, "quiet", "verbose", &choice))
        return false;
    options->verbose = choice;
    return true;
}

static const struct option {
    const char *name;
    bool (*set)(struct options *options, struct word value);
    const char *expects;
} known[] = {
    {"heap", set_heap, "a size like 100K, 1M or 2G, not 0"},
    {"memory", set_memory, "a size like 16M or 4G, not 0"},
    {"after", set_after, "idle or poweroff"},
    {"log", set_log, "quiet or verbose"},
};

#define KNOWN_NAMES "heap=SIZE, memory=SIZE, after=idle|poweroff, log=quiet|verbose"

static const struct option *find_option(struct word name)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (word_is(name, known[i].name))
            return &known[i];
    return NULL;
}

static bool fail_unknown(struct options_error *error, struct word word)
{
    cairn_format_buffer(
        error->message, sizeof(error->message),
        "unknown option '%.*s' on the kernel's command line; known are " KNOWN_NAMES,
        (int)(word.length > 64 ? 64 : word.length), word.text);
    return false;
}

static bool fail_value(struct options_error *error, struct word word, const struct option *option)
{
    cairn_format_buffer(error->message, sizeof(error->message),
                        "option '%.*s' on the kernel's command line: %s= expects %s",
                        (int)(word.length > 64 ? 64 : word.length), word.text, option->name,
                        option->expects);
    return false;
}

static bool parse_word(struct word word, struct options *options, struct options_error *error)
{
    struct word name = {word.text, 0};
    while (name.length < word.length && name.text[name.length] != '=')
        name.length++;
    const struct option *option = find_option(name);
    if (!option)
        return fail_unknown(error, word);
    /* Without an equals sign the value is empty, which no option takes. */
    size_t before_value = name.length < word.length ? name.length + 1 : name.length;
    struct word value = {word.text + before_value, word.length - before_value};
    return option->set(options, value) || fail_value(error, word, option);
}

static bool is_space(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

bool options_parse(const char *command_line, struct options *options, struct options_error *error)
{
    *options = (struct options){
        .heap_size = HEAP_SIZE_DEFAULT, .memory_limit = UINT64_MAX, .after = AFTER_IDLE};
    for (const char *at = command_line; *at;) {
        if (is_space(*at)) {
            at++;
            continue;
        }
        struct word word = {at, 0};
        while (*at && !is_space(*at))
            at++;
        word.length = (size_t)(at - word.text);
        if (!parse_word(word, options, error))
            return false;
    }
    return true;
}
