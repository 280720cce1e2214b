/* SPDX-License-Identifier: MIT */
#include <cairn/string.h>

#include <cairn/base/format.h>

#define BYTE_LAYOUT (CAIRN_LITERAL(struct cairn_layout){1, 1})

/* ---- Room ---- */

static struct cairn_buffer *buffer_of(cairn_string *self)
{
    return (struct cairn_buffer *)(void *)self;
}

enum cairn_collection_error cairn_string_reserve_(cairn_string *self, size_t additional,
                                                  enum cairn_fallibility fallibility)
{
    return cairn_buffer_reserve(buffer_of(self), BYTE_LAYOUT, additional, fallibility);
}

enum cairn_collection_error cairn_string_reserve_exact_(cairn_string *self, size_t additional,
                                                        enum cairn_fallibility fallibility)
{
    return cairn_buffer_reserve_exact(buffer_of(self), BYTE_LAYOUT, additional, fallibility);
}

enum cairn_collection_error cairn_string_shrink_to_(cairn_string *self, size_t capacity,
                                                    enum cairn_fallibility fallibility)
{
    return cairn_buffer_shrink(buffer_of(self), BYTE_LAYOUT, capacity, fallibility);
}

/* Room for `count` texts of `length` bytes each. */
static enum cairn_collection_error reserve_product(cairn_string *self, size_t length, size_t count,
                                                   enum cairn_fallibility fallibility)
{
    size_t additional;
    if (__builtin_mul_overflow(length, count, &additional))
        additional = SIZE_MAX; /* too much in any case */
    return cairn_string_reserve_(self, additional, fallibility);
}

/* ---- Making and dropping ---- */

void cairn_string_drop(cairn_string *self)
{
    cairn_buffer_free(buffer_of(self), BYTE_LAYOUT);
}

/* Leaves the empty value if the step that is part of a constructor failed. */
static enum cairn_collection_error made_or_empty(cairn_string *self,
                                                 enum cairn_collection_error error)
{
    if (error)
        cairn_string_drop(self);
    return error;
}

static enum cairn_collection_error make_with_capacity(cairn_string *self,
                                                      struct cairn_allocator *allocator,
                                                      size_t capacity,
                                                      enum cairn_fallibility fallibility)
{
    *self = cairn_string_new_in(allocator);
    return made_or_empty(self, cairn_string_reserve_exact_(self, capacity, fallibility));
}

enum cairn_collection_error cairn_string_try_with_capacity_in(cairn_string *self,
                                                              struct cairn_allocator *allocator,
                                                              size_t capacity)
{
    return make_with_capacity(self, allocator, capacity, CAIRN_FALLIBLE);
}

/* Needs: there is room. The length first, long before a caller reads it as a part of a vector. */
static void append(cairn_string *self, const char *bytes, size_t length)
{
    size_t before = self->length;
    self->length += length;
    if (length > 0)
        __builtin_memcpy(&self->bytes[before], bytes, length);
}

enum cairn_collection_error cairn_string_from_in_(cairn_string *self,
                                                  struct cairn_allocator *allocator, cairn_str text,
                                                  enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error =
        make_with_capacity(self, allocator, text.length, fallibility);
    if (!error)
        append(self, text.bytes, text.length);
    return error;
}

enum cairn_collection_error cairn_string_c_str_(cairn_string *self, const char **terminated,
                                                enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = cairn_string_reserve_(self, 1, fallibility);
    *terminated = NULL;
    if (error)
        return error;
    self->bytes[self->length] = '\0';
    *terminated = self->bytes;
    return CAIRN_COLLECTION_OK;
}

/* ---- At the end ---- */

static void check_character(const char *function, cairn_char character)
{
    cairn_check(cairn_char_is_valid(character),
                "%s: %#x is no character; they are 0 to 0xd7ff and 0xe000 to 0x10ffff", function,
                (unsigned)character);
}

enum cairn_collection_error cairn_string_push_any_(cairn_string *self, cairn_char character,
                                                   enum cairn_fallibility fallibility)
{
    check_character("cairn_string_push", character);
    if (self->capacity - self->length < CAIRN_UTF8_MAX) {
        enum cairn_collection_error error =
            cairn_string_reserve_(self, cairn_char_utf8_length(character), fallibility);
        if (error)
            return error;
    }
    self->length += cairn_char_encode_utf8(character, &self->bytes[self->length]);
    return CAIRN_COLLECTION_OK;
}

bool cairn_string_push_within_capacity(cairn_string *self, cairn_char character)
{
    check_character(__func__, character);
    if (cairn_char_utf8_length(character) > self->capacity - self->length)
        return false;
    self->length += cairn_char_encode_utf8(character, &self->bytes[self->length]);
    return true;
}

/* Where the text lies in the string's own bytes; false if it does not. */
static bool find_own(const cairn_string *self, cairn_str text, size_t *distance)
{
    *distance = (uintptr_t)text.bytes - (uintptr_t)self->bytes;
    return text.length > 0 && *distance < self->length;
}

static void check_foreign(const char *function, const cairn_string *self, cairn_str text)
{
    size_t distance;
    cairn_check(!find_own(self, text, &distance),
                "%s: the text lies in the string that is to be changed; pass a copy", function);
}

/* The text may be the string's own, and then moves when that grows: so it is found again. */
enum cairn_collection_error cairn_string_push_growing_(cairn_string *self, cairn_str text,
                                                       enum cairn_fallibility fallibility)
{
    size_t distance;
    bool is_own = find_own(self, text, &distance);
    enum cairn_collection_error error = cairn_string_reserve_(self, text.length, fallibility);
    if (!error)
        append(self, is_own ? &self->bytes[distance] : text.bytes, text.length);
    return error;
}

bool cairn_string_pop(cairn_string *self, cairn_char *character)
{
    cairn_chars chars = cairn_str_chars(cairn_string_as_str(self));
    if (!cairn_chars_next_back(&chars))
        return false;
    *character = chars.character;
    self->length = chars.index;
    return true;
}

void cairn_string_truncate(cairn_string *self, size_t length)
{
    if (length >= self->length)
        return;
    cairn_str_check_range(__func__, cairn_string_as_str(self), 0, length);
    self->length = length;
}

/* ---- Text made of other text ---- */

/* Leaves the text as it was before, if a step of several failed. */
static enum cairn_collection_error pushed_or_unchanged(cairn_string *self, size_t length_before,
                                                       enum cairn_collection_error error)
{
    if (error)
        self->length = length_before;
    return error;
}

#define REPLACEMENT CAIRN_STR("\xef\xbf\xbd")

static enum cairn_collection_error push_utf8_parts(cairn_string *self, const char *bytes,
                                                   size_t length,
                                                   enum cairn_fallibility fallibility)
{
    struct cairn_utf8_error wrong = {0, 0};
    enum cairn_collection_error error;
    while (!cairn_utf8_validate(bytes, length, &wrong)) {
        size_t passed = wrong.valid_up_to + wrong.error_length;
        error = cairn_string_push_str_(
            self, cairn_str_from_bytes_unchecked(bytes, wrong.valid_up_to), fallibility);
        if (!error)
            error = cairn_string_push_str_(self, REPLACEMENT, fallibility);
        if (error || wrong.error_length == 0)
            return error;
        bytes += passed;
        length -= passed;
    }
    return cairn_string_push_str_(self, cairn_str_from_bytes_unchecked(bytes, length), fallibility);
}

enum cairn_collection_error cairn_string_push_utf8_lossy_(cairn_string *self, const char *bytes,
                                                          size_t length,
                                                          enum cairn_fallibility fallibility)
{
    size_t before = self->length;
    check_foreign("cairn_string_push_utf8_lossy", self,
                  cairn_str_from_bytes_unchecked(bytes, length));
    return pushed_or_unchanged(self, before, push_utf8_parts(self, bytes, length, fallibility));
}

static enum cairn_collection_error push_utf16_units(cairn_string *self, const uint16_t *units,
                                                    size_t count,
                                                    enum cairn_fallibility fallibility)
{
    for (size_t at = 0, used; at < count; at += used) {
        uint32_t number = cairn_utf16_decode(&units[at], count - at, &used);
        cairn_char character = cairn_char_is_valid(number) ? number : CAIRN_CHAR_REPLACEMENT;
        enum cairn_collection_error error = cairn_string_push_(self, character, fallibility);
        if (error)
            return error;
    }
    return CAIRN_COLLECTION_OK;
}

enum cairn_collection_error cairn_string_push_utf16_lossy_(cairn_string *self,
                                                           const uint16_t *units, size_t count,
                                                           enum cairn_fallibility fallibility)
{
    size_t before = self->length;
    return pushed_or_unchanged(self, before, push_utf16_units(self, units, count, fallibility));
}

enum cairn_collection_error cairn_string_push_repeated_(cairn_string *self, cairn_str text,
                                                        size_t times,
                                                        enum cairn_fallibility fallibility)
{
    check_foreign("cairn_string_push_repeated", self, text);
    enum cairn_collection_error error = reserve_product(self, text.length, times, fallibility);
    if (error)
        return error;
    for (size_t i = 0; i < times && text.length > 0; i++)
        append(self, text.bytes, text.length);
    return CAIRN_COLLECTION_OK;
}

static enum cairn_collection_error push_replaced(cairn_string *self, cairn_str text, cairn_str part,
                                                 cairn_str by, size_t limit,
                                                 enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error;
    cairn_str before, after;
    for (; limit > 0 && cairn_str_split_once(text, part, &before, &after); limit--) {
        error = cairn_string_push_str_(self, before, fallibility);
        if (!error)
            error = cairn_string_push_str_(self, by, fallibility);
        if (error)
            return error;
        text = after;
    }
    return cairn_string_push_str_(self, text, fallibility);
}

enum cairn_collection_error cairn_string_push_replaced_(cairn_string *self, cairn_str text,
                                                        cairn_str part, cairn_str by, size_t limit,
                                                        enum cairn_fallibility fallibility)
{
    size_t before = self->length;
    cairn_check(part.length > 0, "cairn_string_push_replaced: what is to be replaced is empty");
    check_foreign("cairn_string_push_replaced", self, text);
    check_foreign("cairn_string_push_replaced", self, by);
    return pushed_or_unchanged(self, before,
                               push_replaced(self, text, part, by, limit, fallibility));
}

/* SIZE_MAX, which no string can have, where the sum would be more. */
static size_t joined_length(const cairn_str *texts, size_t count, cairn_str separator)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(length, texts[i].length, &length) ||
            (i > 0 && __builtin_add_overflow(length, separator.length, &length)))
            return SIZE_MAX;
    return length;
}

enum cairn_collection_error cairn_string_push_joined_(cairn_string *self, const cairn_str *texts,
                                                      size_t count, cairn_str separator,
                                                      enum cairn_fallibility fallibility)
{
    check_foreign("cairn_string_push_joined", self, separator);
    for (size_t i = 0; i < count; i++)
        check_foreign("cairn_string_push_joined", self, texts[i]);
    enum cairn_collection_error error =
        cairn_string_reserve_(self, joined_length(texts, count, separator), fallibility);
    if (error)
        return error;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            append(self, separator.bytes, separator.length);
        append(self, texts[i].bytes, texts[i].length);
    }
    return CAIRN_COLLECTION_OK;
}

/* ---- Formatting ---- */

struct string_sink {
    struct cairn_sink sink; /* first: the formatter's callback gets this address */
    cairn_string *string;
    enum cairn_fallibility fallibility;
    enum cairn_collection_error error; /* the first one; nothing is written after it */
};

static void write_to_string(struct cairn_sink *sink, const char *text, size_t length)
{
    struct string_sink *self = (struct string_sink *)sink;
    cairn_string *string = self->string;
    if (!self->error && length > string->capacity - string->length)
        self->error = cairn_string_reserve_(string, length, self->fallibility);
    if (self->error)
        return;
    __builtin_memcpy(&string->bytes[string->length], text, length);
    string->length += length;
}

/* Makes what begins at `from` UTF-8. */
static enum cairn_collection_error replace_wrong_bytes(cairn_string *self, size_t from,
                                                       enum cairn_fallibility fallibility)
{
    cairn_string valid;
    size_t length = self->length - from;
    enum cairn_collection_error error =
        make_with_capacity(&valid, self->allocator, length, fallibility);
    if (!error)
        error = push_utf8_parts(&valid, &self->bytes[from], length, fallibility);
    self->length = from;
    if (!error)
        error = cairn_string_push_str_(self, cairn_string_as_str(&valid), fallibility);
    cairn_string_drop(&valid);
    return error;
}

enum cairn_collection_error cairn_string_format_list_(cairn_string *self, const char *format,
                                                      va_list arguments,
                                                      enum cairn_fallibility fallibility)
{
    size_t before = self->length;
    struct string_sink sink = {{write_to_string}, self, fallibility, CAIRN_COLLECTION_OK};
    cairn_format_list(&sink.sink, format, arguments);
    if (!sink.error && self->length > before &&
        !cairn_utf8_validate(&self->bytes[before], self->length - before, NULL))
        sink.error = replace_wrong_bytes(self, before, fallibility);
    return pushed_or_unchanged(self, before, sink.error);
}

enum cairn_collection_error cairn_string_try_format(cairn_string *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum cairn_collection_error error =
        cairn_string_format_list_(self, format, arguments, CAIRN_FALLIBLE);
    va_end(arguments);
    return error;
}

enum cairn_collection_error cairn_string_try_formatted(cairn_string *self, const char *format, ...)
{
    va_list arguments;
    *self = CAIRN_ZERO(cairn_string);
    va_start(arguments, format);
    enum cairn_collection_error error =
        cairn_string_format_list_(self, format, arguments, CAIRN_FALLIBLE);
    va_end(arguments);
    return made_or_empty(self, error);
}

enum cairn_collection_error cairn_string_try_formatted_in(cairn_string *self,
                                                          struct cairn_allocator *allocator,
                                                          const char *format, ...)
{
    va_list arguments;
    *self = cairn_string_new_in(allocator);
    va_start(arguments, format);
    enum cairn_collection_error error =
        cairn_string_format_list_(self, format, arguments, CAIRN_FALLIBLE);
    va_end(arguments);
    return made_or_empty(self, error);
}

/* ---- Anywhere ---- */

/* Puts `length` bytes, to be written, in the place of those from `from` to `to`. */
static void replace_by_gap(cairn_string *self, size_t from, size_t to, size_t length)
{
    size_t after = self->length - to;
    if (after > 0)
        __builtin_memmove(&self->bytes[from + length], &self->bytes[to], after);
    self->length = from + length + after;
}

enum cairn_collection_error cairn_string_replace_range_(cairn_string *self, size_t from, size_t to,
                                                        cairn_str text,
                                                        enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = CAIRN_COLLECTION_OK;
    cairn_str_check_range("cairn_string_replace_range", cairn_string_as_str(self), from, to);
    check_foreign("cairn_string_replace_range", self, text);
    if (text.length > to - from)
        error = cairn_string_reserve_(self, text.length - (to - from), fallibility);
    if (error)
        return error;
    replace_by_gap(self, from, to, text.length);
    if (text.length > 0)
        __builtin_memcpy(&self->bytes[from], text.bytes, text.length);
    return CAIRN_COLLECTION_OK;
}

enum cairn_collection_error cairn_string_insert_(cairn_string *self, size_t index,
                                                 cairn_char character,
                                                 enum cairn_fallibility fallibility)
{
    char bytes[CAIRN_UTF8_MAX];
    check_character("cairn_string_insert", character);
    size_t length = cairn_char_encode_utf8(character, bytes);
    return cairn_string_replace_range_(self, index, index,
                                       cairn_str_from_bytes_unchecked(bytes, length), fallibility);
}

enum cairn_collection_error cairn_string_split_off_(cairn_string *self, size_t index,
                                                    cairn_string *tail,
                                                    enum cairn_fallibility fallibility)
{
    cairn_str text = cairn_string_as_str(self);
    cairn_str_check_range("cairn_string_split_off", text, index, text.length);
    enum cairn_collection_error error = cairn_string_from_in_(
        tail, self->allocator, cairn_str_slice_from(text, index), fallibility);
    if (!error)
        self->length = index;
    return error;
}

cairn_char cairn_string_remove(cairn_string *self, size_t index)
{
    cairn_str text = cairn_string_as_str(self);
    if (index >= text.length)
        cairn_index_out_of_bounds(__func__, index, text.length);
    cairn_str_check_range(__func__, text, index, text.length);
    cairn_char character = cairn_utf8_decode(&text.bytes[index]);
    replace_by_gap(self, index, index + cairn_char_utf8_length(character), 0);
    return character;
}

void cairn_string_drain(cairn_string *self, size_t from, size_t to)
{
    cairn_str_check_range(__func__, cairn_string_as_str(self), from, to);
    replace_by_gap(self, from, to, 0);
}

void cairn_string_retain(cairn_string *self, cairn_char_test keep, void *context)
{
    size_t kept = 0;
    for (cairn_chars i = cairn_str_chars(cairn_string_as_str(self)); cairn_chars_next(&i);)
        if (keep(i.character, context))
            kept += cairn_char_encode_utf8(i.character, &self->bytes[kept]);
    self->length = kept;
}

static void flip_case(cairn_string *self, char first, char last)
{
    for (size_t i = 0; i < self->length; i++)
        if (self->bytes[i] >= first && self->bytes[i] <= last)
            self->bytes[i] = (char)(self->bytes[i] ^ ('a' ^ 'A'));
}

void cairn_string_make_ascii_uppercase(cairn_string *self)
{
    flip_case(self, 'a', 'z');
}

void cairn_string_make_ascii_lowercase(cairn_string *self)
{
    flip_case(self, 'A', 'Z');
}

/* ---- Boxed ---- */

enum cairn_collection_error cairn_string_into_boxed_str_(cairn_string *self, cairn_boxed_str *boxed,
                                                         enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = cairn_string_shrink_to_(self, 0, fallibility);
    *boxed = CAIRN_ZERO(cairn_boxed_str);
    if (error)
        return error;
    *boxed = CAIRN_LITERAL(cairn_boxed_str){self->bytes, self->length, self->allocator};
    *self = CAIRN_ZERO(cairn_string);
    return CAIRN_COLLECTION_OK;
}

cairn_string cairn_boxed_str_into_string(cairn_boxed_str *self)
{
    cairn_string string = {self->bytes, self->length, self->length, self->allocator};
    *self = CAIRN_ZERO(cairn_boxed_str);
    return string;
}

void cairn_boxed_str_drop(cairn_boxed_str *self)
{
    cairn_string string = cairn_boxed_str_into_string(self);
    cairn_string_drop(&string);
}

enum cairn_collection_error cairn_boxed_str_from_in_(cairn_boxed_str *self,
                                                     struct cairn_allocator *allocator,
                                                     cairn_str text,
                                                     enum cairn_fallibility fallibility)
{
    cairn_string string;
    enum cairn_collection_error error =
        cairn_string_from_in_(&string, allocator, text, fallibility);
    *self = CAIRN_LITERAL(cairn_boxed_str){string.bytes, string.length, string.allocator};
    return error;
}

/* ---- The infallible forms ---- */

#ifndef CAIRN_ONLY_FALLIBLE

cairn_string cairn_string_with_capacity_in(struct cairn_allocator *allocator, size_t capacity)
{
    cairn_string made;
    (void)make_with_capacity(&made, allocator, capacity, CAIRN_INFALLIBLE);
    return made;
}

void cairn_string_format(cairn_string *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    cairn_string_format_list(self, format, arguments);
    va_end(arguments);
}

cairn_string cairn_string_formatted(const char *format, ...)
{
    cairn_string made = CAIRN_ZERO(cairn_string);
    va_list arguments;
    va_start(arguments, format);
    cairn_string_format_list(&made, format, arguments);
    va_end(arguments);
    return made;
}

cairn_string cairn_string_formatted_in(struct cairn_allocator *allocator, const char *format, ...)
{
    cairn_string made = cairn_string_new_in(allocator);
    va_list arguments;
    va_start(arguments, format);
    cairn_string_format_list(&made, format, arguments);
    va_end(arguments);
    return made;
}

#endif
