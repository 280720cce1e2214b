/* SPDX-License-Identifier: MIT */
#include <cairn/base/unicode.h>

#include <cairn/base/bits.h>

/*
 * UTF-8 is recognised by a state machine that is given one byte after the other. Its table has a row
 * for each byte, and in the row the next state for each state. A state is the number of the bit where
 * its entry begins, so that a step is one load, which does not wait for the step before, and one shift.
 *
 * The idea is Per Vognsen's ("Shift-based DFAs", 2021).
 */

/* ---- The states and their rows ---- */

enum state {
    ACCEPT = 0,  /* between two characters */
    ERROR = 6,   /* for ever */
    TAIL_1 = 12, /* one more byte, of 80 to bf */
    TAIL_2 = 18,
    TAIL_3 = 24,
    AFTER_E0 = 30, /* what follows these bytes has other bounds: */
    AFTER_ED = 36, /* overlong, surrogates, */
    AFTER_F0 = 42, /* overlong, */
    AFTER_F4 = 48, /* above the last character */
    STATE_MASK = 63,
};

#define TO(state, next) ((uint64_t)(next) << (state))

/* A byte that a character may begin with, and what then follows. Anywhere else it is an error. */
#define FIRST(next)                                                                        \
    (TO(ACCEPT, next) | TO(ERROR, ERROR) | TO(TAIL_1, ERROR) | TO(TAIL_2, ERROR) |         \
     TO(TAIL_3, ERROR) | TO(AFTER_E0, ERROR) | TO(AFTER_ED, ERROR) | TO(AFTER_F0, ERROR) | \
     TO(AFTER_F4, ERROR))

/* A byte of 80 to bf, and what follows where only some of these may stand. */
#define TAIL(after_e0, after_ed, after_f0, after_f4)                                  \
    (TO(ACCEPT, ERROR) | TO(ERROR, ERROR) | TO(TAIL_1, ACCEPT) | TO(TAIL_2, TAIL_1) | \
     TO(TAIL_3, TAIL_2) | TO(AFTER_E0, after_e0) | TO(AFTER_ED, after_ed) |           \
     TO(AFTER_F0, after_f0) | TO(AFTER_F4, after_f4))

#define FOUR(row)       row, row, row, row
#define SIXTEEN(row)    FOUR(row), FOUR(row), FOUR(row), FOUR(row)
#define SIXTY_FOUR(row) SIXTEEN(row), SIXTEEN(row), SIXTEEN(row), SIXTEEN(row)

/* The rows from c0 and from e0 on, where lines of four are not all the same. */
#define FROM_C0 FIRST(ERROR), FIRST(ERROR), FIRST(TAIL_1), FIRST(TAIL_1)
#define FROM_E0 FIRST(AFTER_E0), FIRST(TAIL_2), FIRST(TAIL_2), FIRST(TAIL_2)
#define FROM_EC FIRST(TAIL_2), FIRST(AFTER_ED), FIRST(TAIL_2), FIRST(TAIL_2)
#define FROM_F0 FIRST(AFTER_F0), FIRST(TAIL_3), FIRST(TAIL_3), FIRST(TAIL_3)
#define FROM_F4 FIRST(AFTER_F4), FIRST(ERROR), FIRST(ERROR), FIRST(ERROR)

static const uint64_t rows[256] = {
    SIXTY_FOUR(FIRST(ACCEPT)),                   /* 00 to 3f */
    SIXTY_FOUR(FIRST(ACCEPT)),                   /* 40 to 7f */
    SIXTEEN(TAIL(ERROR, TAIL_1, ERROR, TAIL_2)), /* 80 to 8f */
    SIXTEEN(TAIL(ERROR, TAIL_1, TAIL_2, ERROR)), /* 90 to 9f */
    SIXTEEN(TAIL(TAIL_1, ERROR, TAIL_2, ERROR)), /* a0 to af */
    SIXTEEN(TAIL(TAIL_1, ERROR, TAIL_2, ERROR)), /* b0 to bf */
    FROM_C0,                                     /* c0 to c3 */
    FOUR(FIRST(TAIL_1)),                         /* c4 to c7 */
    FOUR(FIRST(TAIL_1)),                         /* c8 to cb */
    FOUR(FIRST(TAIL_1)),                         /* cc to cf */
    SIXTEEN(FIRST(TAIL_1)),                      /* d0 to df */
    FROM_E0,                                     /* e0 to e3 */
    FOUR(FIRST(TAIL_2)),                         /* e4 to e7 */
    FOUR(FIRST(TAIL_2)),                         /* e8 to eb */
    FROM_EC,                                     /* ec to ef */
    FROM_F0,                                     /* f0 to f3 */
    FROM_F4,                                     /* f4 to f7 */
    FOUR(FIRST(ERROR)),                          /* f8 to fb */
    FOUR(FIRST(ERROR)),                          /* fc to ff */
};

/* The bits above the state are what is left of the row. */
static uint64_t step(uint64_t state, unsigned char byte)
{
    return rows[byte] >> (state & STATE_MASK);
}

static bool is_state(uint64_t state, enum state other)
{
    return (state & STATE_MASK) == other;
}

/* ---- Words of bytes ---- */

enum { WORD = sizeof(uint64_t) };

static uint64_t word_at(const unsigned char *at)
{
    uint64_t word;
    __builtin_memcpy(&word, at, WORD);
    return word;
}

static bool is_ascii(uint64_t word)
{
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

static size_t bytes_between(const unsigned char *begin, const unsigned char *end)
{
    return (size_t)(end - begin);
}

/* Passes over four words at a time, and stops within the last four. */
static const unsigned char *skip_ascii(const unsigned char *at, const unsigned char *end)
{
    while (bytes_between(at, end) >= 4 * WORD &&
           is_ascii(word_at(at) | word_at(at + WORD) | word_at(at + 2 * WORD) |
                    word_at(at + 3 * WORD)))
        at += 4 * WORD;
    return at;
}

static uint64_t step_over_word(uint64_t state, const unsigned char *at)
{
    for (size_t i = 0; i < WORD; i++)
        state = step(state, at[i]);
    return state;
}

/* ---- Validation ---- */

/* How many of these bytes may begin a character, *state being what the last of them leads to. */
static size_t longest_prefix(const unsigned char *at, const unsigned char *end, uint64_t *state)
{
    size_t length = 0;
    *state = ACCEPT;
    do {
        uint64_t next = step(*state, at[length]);
        if (is_state(next, ERROR))
            return length;
        *state = next;
        length++;
    } while (&at[length] != end && !is_state(*state, ACCEPT));
    return length;
}

/* Where the character begins that ends before `at`, or goes on there. */
static const unsigned char *start_before(const unsigned char *begin, const unsigned char *at)
{
    while (at != begin && !cairn_utf8_is_start((char)*--at))
        continue;
    return at;
}

/* Needs: what ends before `at` is valid, and something from there on is not. Returns false. */
static bool fail(const unsigned char *begin, const unsigned char *at, const unsigned char *end,
                 struct cairn_utf8_error *error)
{
    uint64_t state;
    size_t length;
    if (!error)
        return false;
    at = start_before(begin, at);
    while (length = longest_prefix(at, end, &state), length > 0 && is_state(state, ACCEPT))
        at += length;
    bool is_cut_off = length > 0 && at + length == end;
    error->valid_up_to = bytes_between(begin, at);
    error->error_length = is_cut_off ? 0 : length + (length == 0);
    return false;
}

bool cairn_utf8_validate(const char *bytes, size_t length, struct cairn_utf8_error *error)
{
    if (length == 0)
        return true; /* and bytes may be null */
    const unsigned char *begin = (const unsigned char *)bytes, *end = begin + length;
    const unsigned char *at = begin;
    uint64_t state = ACCEPT;
    while (bytes_between(at, end) >= WORD) {
        if (is_state(state, ACCEPT) && is_ascii(word_at(at))) {
            at = skip_ascii(at + WORD, end);
            continue;
        }
        state = step_over_word(state, at);
        if (is_state(state, ERROR))
            return fail(begin, at, end, error);
        at += WORD;
    }
    for (const unsigned char *rest = at; rest != end; rest++)
        state = step(state, *rest);
    return is_state(state, ACCEPT) || fail(begin, at, end, error);
}

/* In each byte 1 if a character begins with it: bit 7 is clear, or bit 6 is set. */
static uint64_t starts_in(uint64_t word)
{
    return (~word >> 7 | word >> 6) & UINT64_C(0x0101010101010101);
}

/* The sum of the bytes of a word. They are added in pairs, for the sum may be more than a byte. */
static size_t sum_of_bytes(uint64_t word)
{
    uint64_t pairs =
        (word & UINT64_C(0x00ff00ff00ff00ff)) + (word >> 8 & UINT64_C(0x00ff00ff00ff00ff));
    return (size_t)(pairs * UINT64_C(0x0001000100010001) >> 48);
}

/* As many as leave no byte of their sum with more than 255. */
static size_t count_starts(const unsigned char *at, size_t words)
{
    uint64_t starts = 0;
    for (size_t i = 0; i < words; i++)
        starts += starts_in(word_at(at + i * WORD));
    return sum_of_bytes(starts);
}

enum { WORDS_AT_ONCE = 255 };

size_t cairn_utf8_count(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t count = 0;
    while (length >= WORD) {
        size_t words = length / WORD < WORDS_AT_ONCE ? length / WORD : (size_t)WORDS_AT_ONCE;
        count += count_starts(at, words);
        at += words * WORD;
        length -= words * WORD;
    }
    for (; length > 0; length--, at++)
        count += cairn_utf8_is_start((char)*at);
    return count;
}

/* ---- UTF-16 ---- */

static bool is_high_surrogate(uint16_t unit)
{
    return (unit & 0xfc00) == 0xd800;
}

static bool is_low_surrogate(uint16_t unit)
{
    return (unit & 0xfc00) == 0xdc00;
}

uint32_t cairn_utf16_decode(const uint16_t *units, size_t count, size_t *used)
{
    *used = 1;
    if (!is_high_surrogate(units[0]) || count < 2 || !is_low_surrogate(units[1]))
        return units[0];
    *used = 2;
    return 0x10000 + ((units[0] & 0x3ffU) << 10 | (units[1] & 0x3ffU));
}

bool cairn_utf16_validate(const uint16_t *units, size_t count, size_t *valid_up_to)
{
    for (size_t at = 0, used; at < count; at += used) {
        if (cairn_char_is_valid(cairn_utf16_decode(&units[at], count - at, &used)))
            continue;
        if (valid_up_to)
            *valid_up_to = at;
        return false;
    }
    return true;
}

/* ---- Properties ---- */

bool cairn_char_is_whitespace(cairn_char character)
{
    if (character <= 0x20)
        return character == 0x20 || (character >= 0x09 && character <= 0x0d);
    switch (character) {
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
        return true;
    default:
        return character >= 0x2000 && character <= 0x200a;
    }
}
