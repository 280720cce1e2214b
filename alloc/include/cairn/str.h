/* SPDX-License-Identifier: MIT */
/*
 * Str: a view of text that somebody else owns. UTF-8, always valid; not terminated.
 *
 *     cairn_str line = CAIRN_STR("name = Cairn"), name, value;
 *     if (cairn_str_split_once(line, CAIRN_STR("="), &name, &value))
 *         set(cairn_str_trim(name), cairn_str_trim(value));
 *     for (cairn_chars i = cairn_str_chars(line); cairn_chars_next(&i);)
 *         if (i.character == ' ')
 *             spaces++;                                  at i.index
 *     for (cairn_pieces i = cairn_str_split_whitespace(line); cairn_pieces_next(&i);)
 *         words++;                                       i.piece
 *
 * It is Rust's &str: an address and a length in bytes, two words, passed by value. Zero is the empty
 * text. A view is good as long as the text that it shows; making one costs nothing. Indices count
 * bytes. Where a part is cut out, both of its ends must be where a character begins or at the end of
 * the text; it panics otherwise, so that a part is always valid too. Bytes from outside come in through
 * cairn_str_from_bytes(), which validates them. What makes new text is in <cairn/string.h>.
 *
 * Where text is searched for a character that passes a test, the test gets the `context`. Search takes
 * O(length) whatever is searched for, and no memory.
 *
 * What it is bad at: nothing keeps the text alive. Case and order are those of the bytes.
 */
#ifndef CAIRN_STR_H
#define CAIRN_STR_H

#include <cairn/base/check.h>
#include <cairn/base/unicode.h>
#include <cairn/hash.h>

CAIRN_C_BEGIN

/* Invariant: the bytes are UTF-8. */
typedef struct cairn_str {
    const char *bytes; /* may be null where there are none */
    size_t length;     /* in bytes */
} cairn_str;

/* Whether a character is one of those that are looked for. */
typedef bool (*cairn_char_test)(cairn_char character, void *context);

/* ---- Making ---- */

/* The text of a string literal, which must be UTF-8. */
#define CAIRN_STR(literal) (CAIRN_LITERAL(cairn_str){"" literal, sizeof(literal) - 1})

/* For a conversion %.*s of <cairn/base/format.h>; it ends at a byte 0, and at INT_MAX bytes. */
#define CAIRN_STR_ARGUMENTS(text)                                             \
    (int)((text).length < __INT_MAX__ ? (text).length : (size_t)__INT_MAX__), \
        (text).length ? (text).bytes : ""

/* A view of bytes that are known to be UTF-8. */
static inline cairn_str cairn_str_from_bytes_unchecked(const char *bytes, size_t length)
{
    return CAIRN_LITERAL(cairn_str){bytes, length};
}

/* A view of bytes, if they are UTF-8. If not, it is empty, and *error, unless null, says why. */
CAIRN_MUST_USE bool cairn_str_from_bytes(cairn_str *text, const char *bytes, size_t length,
                                         struct cairn_utf8_error *error);

/* The same for text that a byte 0 ends; the view is without it. */
CAIRN_MUST_USE bool cairn_str_from_c(cairn_str *text, const char *terminated,
                                     struct cairn_utf8_error *error);

/* ---- Characters and their boundaries ---- */

/* The number of characters. O(length). */
static inline size_t cairn_str_count_chars(cairn_str text)
{
    return cairn_utf8_count(text.bytes, text.length);
}

bool cairn_str_is_ascii(cairn_str text);

/* Whether a character begins at this index, or the text ends there. */
static inline bool cairn_str_is_char_boundary(cairn_str text, size_t index)
{
    return index < text.length ? cairn_utf8_is_start(text.bytes[index]) : index == text.length;
}

/* The last boundary at or before the index, and the first at or after it; at most the length. */
size_t cairn_str_floor_char_boundary(cairn_str text, size_t index);
size_t cairn_str_ceil_char_boundary(cairn_str text, size_t index);

/* Panics, in the name of `function`, unless from <= to and both are boundaries of the text. */
void cairn_str_check_range(const char *function, cairn_str text, size_t from, size_t to);

/* The part from `from` to before `to`. */
cairn_str cairn_str_slice(cairn_str text, size_t from, size_t to);
cairn_str cairn_str_slice_from(cairn_str text, size_t from);

/* The same; false, and an empty part, where slice panics. */
CAIRN_MUST_USE bool cairn_str_get(cairn_str text, size_t from, size_t to, cairn_str *part);

/* ---- Comparing ---- */

bool cairn_str_equal(cairn_str one, cairn_str other);
bool cairn_str_equal_ignore_ascii_case(cairn_str one, cairn_str other);

/* Negative, 0, positive: in the order of the bytes, which is that of the characters' numbers. */
int cairn_str_compare(cairn_str one, cairn_str other);

/* The same two, and a hash, for keys and items of collections: EQUAL, COMPARE and HASH. */
static inline bool cairn_str_equal_keys(const cairn_str *one, const cairn_str *other)
{
    return cairn_str_equal(*one, *other);
}

static inline int cairn_str_compare_keys(const cairn_str *one, const cairn_str *other)
{
    return cairn_str_compare(*one, *other);
}

static inline uint64_t cairn_str_hash_key(const cairn_str *self, const struct cairn_hash_seed *seed)
{
    return cairn_hash_bytes(self->bytes, self->length, seed);
}

/* ---- Searching ---- */

bool cairn_str_starts_with(cairn_str text, cairn_str part);
bool cairn_str_ends_with(cairn_str text, cairn_str part);
bool cairn_str_contains(cairn_str text, cairn_str part);

/* Where the first and the last occurrence begins; false, and *index untouched, if there is none. */
CAIRN_MUST_USE bool cairn_str_find(cairn_str text, cairn_str part, size_t *index);
CAIRN_MUST_USE bool cairn_str_rfind(cairn_str text, cairn_str part, size_t *index);

/* The same for the first and the last character that passes the test. */
CAIRN_MUST_USE bool cairn_str_find_if(cairn_str text, cairn_char_test test, void *context,
                                      size_t *index);
CAIRN_MUST_USE bool cairn_str_rfind_if(cairn_str text, cairn_char_test test, void *context,
                                       size_t *index);

/* What lies before and after the first, or the last, occurrence; false if there is none. */
CAIRN_MUST_USE bool cairn_str_split_once(cairn_str text, cairn_str separator, cairn_str *before,
                                         cairn_str *after);
CAIRN_MUST_USE bool cairn_str_rsplit_once(cairn_str text, cairn_str separator, cairn_str *before,
                                          cairn_str *after);

/* Without what it starts or ends with; false, and *rest untouched, if it does not. */
CAIRN_MUST_USE bool cairn_str_strip_prefix(cairn_str text, cairn_str prefix, cairn_str *rest);
CAIRN_MUST_USE bool cairn_str_strip_suffix(cairn_str text, cairn_str suffix, cairn_str *rest);

/* Without white space at its ends, or without characters there that pass the test. */
cairn_str cairn_str_trim(cairn_str text);
cairn_str cairn_str_trim_start(cairn_str text);
cairn_str cairn_str_trim_end(cairn_str text);
cairn_str cairn_str_trim_if(cairn_str text, cairn_char_test test, void *context);
cairn_str cairn_str_trim_start_if(cairn_str text, cairn_char_test test, void *context);
cairn_str cairn_str_trim_end_if(cairn_str text, cairn_char_test test, void *context);

/* ---- Going through the characters, from both ends ---- */

typedef struct cairn_chars {
    cairn_char character; /* this one */
    size_t index;         /* where it begins in the text */
    const char *bytes;    /* the text; what is left of it lies from `begin` to before `end` */
    size_t begin, end;
} cairn_chars;

static inline cairn_chars cairn_str_chars(cairn_str text)
{
    return CAIRN_LITERAL(cairn_chars){0, 0, text.bytes, 0, text.length};
}

/* The next one from the front; false if none is left. */
CAIRN_MUST_USE static inline bool cairn_chars_next(cairn_chars *self)
{
    if (self->begin == self->end)
        return false;
    const char *at = &self->bytes[self->begin];
    self->index = self->begin;
    if ((unsigned char)*at < 0x80) {
        self->character = (unsigned char)*at;
        self->begin++;
        return true;
    }
    self->character = cairn_utf8_decode(at);
    self->begin += cairn_utf8_length_from_start(*at);
    return true;
}

/* The next one from the back. */
CAIRN_MUST_USE static inline bool cairn_chars_next_back(cairn_chars *self)
{
    if (self->begin == self->end)
        return false;
    do
        self->end--;
    while (!cairn_utf8_is_start(self->bytes[self->end]));
    self->index = self->end;
    self->character = cairn_utf8_decode(&self->bytes[self->end]);
    return true;
}

/* What is left between both ends. */
static inline cairn_str cairn_chars_rest(const cairn_chars *self)
{
    const char *bytes = self->begin > 0 ? &self->bytes[self->begin] : self->bytes;
    return CAIRN_LITERAL(cairn_str){bytes, self->end - self->begin};
}

/* ---- Going through the pieces between separators, from both ends ---- */

typedef struct cairn_pieces {
    cairn_str piece; /* this one */

    /* The iterator's own: */
    cairn_str rest;       /* what is left, without the separator after it */
    size_t after;         /* the length of the separator after it; 0: the text's end */
    cairn_str separator;  /* or a test: */
    cairn_char_test test; /* null: the text above */
    void *context;
    size_t limit; /* of pieces that are still to come */
    unsigned kind;
    bool is_finished;
} cairn_pieces;

/* What lies between occurrences of the separator; pieces may be empty. Panics: it is empty. */
cairn_pieces cairn_str_split(cairn_str text, cairn_str separator);
cairn_pieces cairn_str_split_if(cairn_str text, cairn_char_test test, void *context);

/* The same in at most `limit` pieces: the last has all that is left. */
cairn_pieces cairn_str_split_limited(cairn_str text, cairn_str separator, size_t limit);

/* Each piece with the separator after it; or without it, where the last one begins no further piece. */
cairn_pieces cairn_str_split_inclusive(cairn_str text, cairn_str separator);
cairn_pieces cairn_str_split_terminator(cairn_str text, cairn_str terminator);

/* Lines, without the "\n" or "\r\n" that ends them; and words, without the white space around. */
cairn_pieces cairn_str_lines(cairn_str text);
cairn_pieces cairn_str_split_whitespace(cairn_str text);

/*
 * The next one from the front, or the back; false if none is left.
 *
 * Needs: only one of them is used where a separator can overlap itself, as "aa" in "aaa".
 */
CAIRN_MUST_USE bool cairn_pieces_next(cairn_pieces *self);
CAIRN_MUST_USE bool cairn_pieces_next_back(cairn_pieces *self);

/* ---- Into something else ---- */

enum cairn_parse_error {
    CAIRN_PARSE_OK,
    CAIRN_PARSE_EMPTY,
    CAIRN_PARSE_INVALID_DIGIT, /* a sign without digits too */
    CAIRN_PARSE_TOO_LARGE,
    CAIRN_PARSE_TOO_SMALL,
};

/*
 * The whole text as an integer: a sign, + or where a number may be negative -, and digits.
 *
 * Errors: as named; *value is untouched. Panics: the radix is not of 2 to 36.
 */
CAIRN_MUST_USE enum cairn_parse_error cairn_str_parse_uint64(cairn_str text, unsigned radix,
                                                             uint64_t *value);
CAIRN_MUST_USE enum cairn_parse_error cairn_str_parse_int64(cairn_str text, unsigned radix,
                                                            int64_t *value);

/* The number of units of UTF-16 that the text has; and writes them, all. */
size_t cairn_str_utf16_length(cairn_str text);
void cairn_str_encode_utf16(cairn_str text, uint16_t *units);

CAIRN_C_END

#endif
