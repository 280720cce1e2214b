/* SPDX-License-Identifier: MIT */
#include <cairn/str.h>

static cairn_str from_to(cairn_str text, size_t from, size_t to)
{
    return CAIRN_LITERAL(cairn_str){from > 0 ? &text.bytes[from] : text.bytes, to - from};
}

static cairn_str from_on(cairn_str text, size_t from)
{
    return from_to(text, from, text.length);
}

/* ---- Making ---- */

bool cairn_str_from_bytes(cairn_str *text, const char *bytes, size_t length,
                          struct cairn_utf8_error *error)
{
    bool is_valid = cairn_utf8_validate(bytes, length, error);
    *text = CAIRN_ZERO(cairn_str);
    if (is_valid)
        *text = cairn_str_from_bytes_unchecked(bytes, length);
    return is_valid;
}

bool cairn_str_from_c(cairn_str *text, const char *terminated, struct cairn_utf8_error *error)
{
    return cairn_str_from_bytes(text, terminated, __builtin_strlen(terminated), error);
}

/* ---- Boundaries ---- */

bool cairn_str_is_ascii(cairn_str text)
{
    return cairn_str_count_chars(text) == text.length;
}

size_t cairn_str_floor_char_boundary(cairn_str text, size_t index)
{
    if (index >= text.length)
        return text.length;
    while (!cairn_utf8_is_start(text.bytes[index]))
        index--;
    return index;
}

size_t cairn_str_ceil_char_boundary(cairn_str text, size_t index)
{
    while (index < text.length && !cairn_utf8_is_start(text.bytes[index]))
        index++;
    return index < text.length ? index : text.length;
}

static bool is_range(cairn_str text, size_t from, size_t to)
{
    return from <= to && cairn_str_is_char_boundary(text, from) &&
           cairn_str_is_char_boundary(text, to);
}

void cairn_str_check_range(const char *function, cairn_str text, size_t from, size_t to)
{
    cairn_check(from <= to && to <= text.length,
                "%s: no part from %zu to %zu is in a text of %zu bytes", function, from, to,
                text.length);
    cairn_check(is_range(text, from, to),
                "%s: byte %zu is inside a character, not where one begins; see "
                "cairn_str_floor_char_boundary()",
                function, cairn_str_is_char_boundary(text, from) ? to : from);
}

cairn_str cairn_str_slice(cairn_str text, size_t from, size_t to)
{
    cairn_str_check_range(__func__, text, from, to);
    return from_to(text, from, to);
}

cairn_str cairn_str_slice_from(cairn_str text, size_t from)
{
    cairn_str_check_range(__func__, text, from, text.length);
    return from_on(text, from);
}

bool cairn_str_get(cairn_str text, size_t from, size_t to, cairn_str *part)
{
    bool is_there = is_range(text, from, to);
    *part = CAIRN_ZERO(cairn_str);
    if (is_there)
        *part = from_to(text, from, to);
    return is_there;
}

/* ---- Comparing ---- */

static int compare_bytes(const char *one, const char *other, size_t length)
{
    return length == 0 ? 0 : __builtin_memcmp(one, other, length);
}

bool cairn_str_equal(cairn_str one, cairn_str other)
{
    return one.length == other.length && compare_bytes(one.bytes, other.bytes, one.length) == 0;
}

static char to_ascii_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

bool cairn_str_equal_ignore_ascii_case(cairn_str one, cairn_str other)
{
    if (one.length != other.length)
        return false;
    for (size_t i = 0; i < one.length; i++)
        if (to_ascii_lower(one.bytes[i]) != to_ascii_lower(other.bytes[i]))
            return false;
    return true;
}

int cairn_str_compare(cairn_str one, cairn_str other)
{
    size_t common = one.length < other.length ? one.length : other.length;
    int order = compare_bytes(one.bytes, other.bytes, common);
    return order != 0 ? order : (one.length > other.length) - (one.length < other.length);
}

/* ---- Searching for text ---- */

bool cairn_str_contains(cairn_str text, cairn_str part)
{
    size_t index;
    return cairn_str_find(text, part, &index);
}

bool cairn_str_starts_with(cairn_str text, cairn_str part)
{
    return part.length <= text.length && compare_bytes(text.bytes, part.bytes, part.length) == 0;
}

bool cairn_str_ends_with(cairn_str text, cairn_str part)
{
    return part.length <= text.length &&
           cairn_str_equal(from_on(text, text.length - part.length), part);
}

bool cairn_str_split_once(cairn_str text, cairn_str separator, cairn_str *before, cairn_str *after)
{
    size_t index;
    if (!cairn_str_find(text, separator, &index))
        return false;
    *before = from_to(text, 0, index);
    *after = from_on(text, index + separator.length);
    return true;
}

bool cairn_str_rsplit_once(cairn_str text, cairn_str separator, cairn_str *before, cairn_str *after)
{
    size_t index;
    if (!cairn_str_rfind(text, separator, &index))
        return false;
    *before = from_to(text, 0, index);
    *after = from_on(text, index + separator.length);
    return true;
}

bool cairn_str_strip_prefix(cairn_str text, cairn_str prefix, cairn_str *rest)
{
    if (!cairn_str_starts_with(text, prefix))
        return false;
    *rest = from_on(text, prefix.length);
    return true;
}

bool cairn_str_strip_suffix(cairn_str text, cairn_str suffix, cairn_str *rest)
{
    if (!cairn_str_ends_with(text, suffix))
        return false;
    *rest = from_to(text, 0, text.length - suffix.length);
    return true;
}

static cairn_str without_prefix(cairn_str text, cairn_str prefix)
{
    cairn_str rest;
    return cairn_str_strip_prefix(text, prefix, &rest) ? rest : text;
}

static cairn_str without_suffix(cairn_str text, cairn_str suffix)
{
    cairn_str rest;
    return cairn_str_strip_suffix(text, suffix, &rest) ? rest : text;
}

/* ---- Searching for characters ---- */

bool cairn_str_find_if(cairn_str text, cairn_char_test test, void *context, size_t *index)
{
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next(&i);) {
        if (!test(i.character, context))
            continue;
        *index = i.index;
        return true;
    }
    return false;
}

bool cairn_str_rfind_if(cairn_str text, cairn_char_test test, void *context, size_t *index)
{
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next_back(&i);) {
        if (!test(i.character, context))
            continue;
        *index = i.index;
        return true;
    }
    return false;
}

cairn_str cairn_str_trim_start_if(cairn_str text, cairn_char_test test, void *context)
{
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next(&i);)
        if (!test(i.character, context))
            return from_on(text, i.index);
    return from_on(text, text.length);
}

cairn_str cairn_str_trim_end_if(cairn_str text, cairn_char_test test, void *context)
{
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next_back(&i);)
        if (!test(i.character, context))
            return from_to(text, 0, i.end + cairn_char_utf8_length(i.character));
    return from_to(text, 0, 0);
}

cairn_str cairn_str_trim_if(cairn_str text, cairn_char_test test, void *context)
{
    return cairn_str_trim_end_if(cairn_str_trim_start_if(text, test, context), test, context);
}

static bool is_whitespace(cairn_char character, void *context)
{
    (void)context;
    return cairn_char_is_whitespace(character);
}

cairn_str cairn_str_trim(cairn_str text)
{
    return cairn_str_trim_if(text, is_whitespace, NULL);
}

cairn_str cairn_str_trim_start(cairn_str text)
{
    return cairn_str_trim_start_if(text, is_whitespace, NULL);
}

cairn_str cairn_str_trim_end(cairn_str text)
{
    return cairn_str_trim_end_if(text, is_whitespace, NULL);
}

/* ---- Pieces ---- */

enum {
    KEEP_SEPARATOR = 1 << 0,
    PASS_EMPTY = 1 << 1,
    DROP_CARRIAGE_RETURN = 1 << 2,
};

static cairn_pieces pieces_of(cairn_str text, cairn_str separator, unsigned kind)
{
    cairn_pieces pieces = CAIRN_ZERO(cairn_pieces);
    cairn_check(separator.length > 0, "cairn_str_split: the separator is empty");
    pieces.rest = text;
    pieces.separator = separator;
    pieces.kind = kind;
    pieces.limit = SIZE_MAX;
    return pieces;
}

/* The text's last separator ends the last piece, and begins none. */
static cairn_pieces ended_pieces_of(cairn_str text, cairn_str terminator, unsigned kind)
{
    cairn_pieces pieces = pieces_of(text, terminator, kind);
    pieces.is_finished = text.length == 0;
    if (cairn_str_strip_suffix(text, terminator, &pieces.rest))
        pieces.after = terminator.length;
    return pieces;
}

static cairn_pieces tested_pieces_of(cairn_str text, cairn_char_test test, void *context,
                                     unsigned kind)
{
    cairn_pieces pieces = pieces_of(text, CAIRN_STR(" "), kind);
    pieces.test = test;
    pieces.context = context;
    return pieces;
}

cairn_pieces cairn_str_split(cairn_str text, cairn_str separator)
{
    return pieces_of(text, separator, 0);
}

cairn_pieces cairn_str_split_if(cairn_str text, cairn_char_test test, void *context)
{
    return tested_pieces_of(text, test, context, 0);
}

cairn_pieces cairn_str_split_limited(cairn_str text, cairn_str separator, size_t limit)
{
    cairn_pieces pieces = pieces_of(text, separator, 0);
    pieces.limit = limit;
    pieces.is_finished = limit == 0;
    return pieces;
}

cairn_pieces cairn_str_split_inclusive(cairn_str text, cairn_str separator)
{
    return ended_pieces_of(text, separator, KEEP_SEPARATOR);
}

cairn_pieces cairn_str_split_terminator(cairn_str text, cairn_str terminator)
{
    return ended_pieces_of(text, terminator, 0);
}

cairn_pieces cairn_str_lines(cairn_str text)
{
    return ended_pieces_of(text, CAIRN_STR("\n"), DROP_CARRIAGE_RETURN);
}

cairn_pieces cairn_str_split_whitespace(cairn_str text)
{
    return tested_pieces_of(text, is_whitespace, NULL, PASS_EMPTY);
}

/* Finds the first, or last, separator of what is left; `length` is its own. */
static bool find_separator(const cairn_pieces *self, bool from_back, size_t *index, size_t *length)
{
    *length = self->separator.length;
    if (!self->test)
        return from_back ? cairn_str_rfind(self->rest, self->separator, index)
                         : cairn_str_find(self->rest, self->separator, index);
    if (!(from_back ? cairn_str_rfind_if(self->rest, self->test, self->context, index)
                    : cairn_str_find_if(self->rest, self->test, self->context, index)))
        return false;
    *length = cairn_utf8_length_from_start(self->rest.bytes[*index]);
    return true;
}

/* The piece lies before a separator of this length. */
static void set_piece(cairn_pieces *self, cairn_str piece, size_t after)
{
    if ((self->kind & DROP_CARRIAGE_RETURN) && after > 0)
        piece = without_suffix(piece, CAIRN_STR("\r"));
    if (self->kind & KEEP_SEPARATOR)
        piece.length += after;
    self->piece = piece;
}

static void take_front(cairn_pieces *self, size_t index, size_t length)
{
    set_piece(self, from_to(self->rest, 0, index), length);
    self->rest = from_on(self->rest, index + length);
}

static void take_back(cairn_pieces *self, size_t index, size_t length)
{
    set_piece(self, from_on(self->rest, index + length), self->after);
    self->rest = from_to(self->rest, 0, index);
    self->after = length;
}

static bool take_piece(cairn_pieces *self, bool from_back)
{
    size_t index, length;
    if (self->is_finished)
        return false;
    if (self->limit == 1 || !find_separator(self, from_back, &index, &length)) {
        set_piece(self, self->rest, self->after);
        self->is_finished = true;
        return true;
    }
    self->limit--;
    if (from_back)
        take_back(self, index, length);
    else
        take_front(self, index, length);
    return true;
}

static bool next_piece(cairn_pieces *self, bool from_back)
{
    while (take_piece(self, from_back))
        if (self->piece.length > 0 || !(self->kind & PASS_EMPTY))
            return true;
    return false;
}

bool cairn_pieces_next(cairn_pieces *self)
{
    return next_piece(self, false);
}

bool cairn_pieces_next_back(cairn_pieces *self)
{
    return next_piece(self, true);
}

/* ---- Integers ---- */

/* The digit's value; 36, too much in any radix, for another character. */
static unsigned digit_of(char byte)
{
    char lower = to_ascii_lower(byte);
    if (byte >= '0' && byte <= '9')
        return (unsigned)(byte - '0');
    return lower >= 'a' && lower <= 'z' ? (unsigned)(lower - 'a') + 10 : 36;
}

static bool has_only_digits(cairn_str digits, unsigned radix)
{
    for (size_t i = 0; i < digits.length; i++)
        if (digit_of(digits.bytes[i]) >= radix)
            return false;
    return digits.length > 0;
}

static bool fits(cairn_str digits, unsigned radix, uint64_t most, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < digits.length; i++)
        if (__builtin_mul_overflow(*value, (uint64_t)radix, value) ||
            __builtin_add_overflow(*value, (uint64_t)digit_of(digits.bytes[i]), value))
            return false;
    return *value <= most;
}

static enum cairn_parse_error parse_digits(cairn_str digits, unsigned radix, uint64_t most,
                                           uint64_t *value)
{
    cairn_check(radix >= 2 && radix <= 36, "cairn_str_parse: there is no radix %u, only 2 to 36",
                radix);
    if (!has_only_digits(digits, radix))
        return CAIRN_PARSE_INVALID_DIGIT;
    return fits(digits, radix, most, value) ? CAIRN_PARSE_OK : CAIRN_PARSE_TOO_LARGE;
}

enum cairn_parse_error cairn_str_parse_uint64(cairn_str text, unsigned radix, uint64_t *value)
{
    uint64_t parsed;
    if (text.length == 0)
        return CAIRN_PARSE_EMPTY;
    text = without_prefix(text, CAIRN_STR("+"));
    enum cairn_parse_error error = parse_digits(text, radix, UINT64_MAX, &parsed);
    if (!error)
        *value = parsed;
    return error;
}

enum cairn_parse_error cairn_str_parse_int64(cairn_str text, unsigned radix, int64_t *value)
{
    uint64_t parsed;
    if (text.length == 0)
        return CAIRN_PARSE_EMPTY;
    bool is_negative = cairn_str_strip_prefix(text, CAIRN_STR("-"), &text);
    if (!is_negative)
        text = without_prefix(text, CAIRN_STR("+"));
    uint64_t most = (uint64_t)INT64_MAX + is_negative;
    enum cairn_parse_error error = parse_digits(text, radix, most, &parsed);
    if (!error)
        *value = (int64_t)(is_negative ? 0 - parsed : parsed);
    return error == CAIRN_PARSE_TOO_LARGE && is_negative ? CAIRN_PARSE_TOO_SMALL : error;
}

/* ---- UTF-16 ---- */

size_t cairn_str_utf16_length(cairn_str text)
{
    size_t length = 0;
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next(&i);)
        length += 1 + (size_t)(i.character >= 0x10000);
    return length;
}

void cairn_str_encode_utf16(cairn_str text, uint16_t *units)
{
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next(&i);)
        units += cairn_char_encode_utf16(i.character, units);
}
