/* SPDX-License-Identifier: MIT */
/*
 * String: text on the heap, that grows. UTF-8, always valid.
 *
 *     owned(cairn_string) line = cairn_string_from(CAIRN_STR("heap"));
 *     cairn_string_push_str(&line, CAIRN_STR(" of stones"));
 *     cairn_string_push(&line, 0x2713);                          a character by its number
 *     cairn_string_format(&line, " %d bytes", 41);
 *     if (cairn_str_ends_with(cairn_string_as_str(&line), CAIRN_STR("bytes")))
 *         cairn_string_truncate(&line, 4);
 *     owned(cairn_string) path = cairn_string_formatted("/%s/%u", "proc", 1U);
 *
 * It is Rust's String. What only looks at text is in <cairn/str.h>: cairn_string_as_str() gives the
 * view. What makes new text is pushed onto a string, which brings the allocator: replaced text,
 * repeated text, UTF-16. owned() and take() are in <cairn/own.h>. The fields are public, to be read. The text is not terminated: C functions
 * get it through cairn_string_c_str(). Views of the text are good until the string is changed or dropped.
 *
 * The rules of <cairn/collection.h> hold. F: calls the allocation-error handler when memory runs out,
 * and has a try_ form, which returns an error and leaves the same text. Indices count bytes. P: panics
 * where an index is not a boundary between characters of the text. A text that is passed must not be
 * the string's own, or it panics too, but push_str takes it. Characters that are passed must be valid.
 * In the names below cairn_string_ is left out.
 *
 *   new_in(allocator)                     an empty string; with the global allocator it is {0}
 *   with_capacity(bytes)               F  also with_capacity_in(allocator, bytes)
 *   from(text)                         F  a copy; also from_in(allocator, text)
 *   formatted(format, ...)             F  as printf; also formatted_in(allocator, format, ...)
 *   clone(&from)                       F  with the allocator of the other
 *   drop(&self)                           gives back the memory
 *   as_str(&self)                         the view of all of it
 *   c_str(&self)                       F  the same bytes and a byte 0: const char *
 *   equal(&one, &other), compare(...)     as those of str; for keys and items, where they are EQUAL
 *                                         and COMPARE; HASH is cairn_string_hash
 *
 *   push(&self, character)             F  O(1) on average
 *   push_str(&self, text)              F  O(length of the text) on average
 *   push_within_capacity(...)             false where there is no room: never allocates; also
 *                                         push_str_within_capacity
 *   push_utf8_lossy(&self, bytes, length) F  U+FFFD for each maximal part that is not UTF-8
 *   push_utf16_lossy(&self, units, count) F  U+FFFD for each half of a pair
 *   push_repeated(&self, text, times)  F
 *   push_replaced(&self, text, part, by, limit)  F  the first `limit` occurrences, SIZE_MAX for all
 *   push_joined(&self, texts, count, separator)  F  an array of texts
 *   format(&self, format, ...)         F  conversions of <cairn/base/format.h>; what is not UTF-8 in
 *                                         all they give becomes U+FFFD; also format_list(...)
 *   insert(&self, index, character)    FP O(bytes after it)
 *   insert_str(&self, index, text)     FP
 *   replace_range(&self, from, to, text)  FP
 *   split_off(&self, index)            FP the string of what lies from the index on
 *
 *   pop(&self, &character)                the last one; false if there is none
 *   remove(&self, index)                P the character that begins there. O(bytes after it)
 *   truncate(&self, length)             P cuts off what lies after; none where it is not shorter
 *   drain(&self, from, to)              P takes out a part
 *   retain(&self, keep, context)          takes out characters for which keep() says false
 *   clear(&self)                          the capacity stays
 *   make_ascii_uppercase(&self), make_ascii_lowercase(&self)
 *
 *   reserve(&self, additional)         F  room for that many more bytes, and by doubling
 *   reserve_exact(&self, additional)   F
 *   shrink_to_fit(&self)               F  gives back the room that is not used
 *   shrink_to(&self, capacity)         F  the same, but leaves that capacity
 *
 * A boxed str is text that does not grow, with one owner: two words and an allocator. Its names begin
 * with cairn_boxed_str_.
 *
 *   cairn_string_into_boxed_str(&self) F  gives back what room is left; the string is empty
 *   from(text), from_in(allocator, text)  F
 *   clone(&from)                       F
 *   as_str(&self), drop(&self)
 *   into_string(&self)                    the string again, which may grow; the box is empty
 *
 * What it is bad at: finding the n-th character takes O(n).
 */
#ifndef CAIRN_STRING_H
#define CAIRN_STRING_H

#include <stdarg.h>

#include <cairn/buffer.h>
#include <cairn/str.h>

CAIRN_C_BEGIN

/*
 * Invariants: bytes[0] to bytes[length - 1] are UTF-8; length <= capacity
 *             bytes is a block of `capacity` bytes; or null where that is 0
 */
typedef struct cairn_string {
    char *bytes;
    size_t length;
    size_t capacity;
    struct cairn_allocator *allocator; /* null: the global one */
} cairn_string;

/* Invariants: the bytes are UTF-8, a block of `length` bytes; or null where that is 0. */
typedef struct cairn_boxed_str {
    char *bytes;
    size_t length;
    struct cairn_allocator *allocator; /* null: the global one */
} cairn_boxed_str;

/* Both forms of what may fail call these; they have the form's fallibility as their last argument. */

enum cairn_collection_error cairn_string_reserve_(cairn_string *self, size_t additional,
                                                  enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_reserve_exact_(cairn_string *self, size_t additional,
                                                        enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_shrink_to_(cairn_string *self, size_t capacity,
                                                    enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_from_in_(cairn_string *self,
                                                  struct cairn_allocator *allocator, cairn_str text,
                                                  enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_c_str_(cairn_string *self, const char **terminated,
                                                enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_push_any_(cairn_string *self, cairn_char character,
                                                   enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_push_growing_(cairn_string *self, cairn_str text,
                                                       enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_push_utf8_lossy_(cairn_string *self, const char *bytes,
                                                          size_t length,
                                                          enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_push_utf16_lossy_(cairn_string *self,
                                                           const uint16_t *units, size_t count,
                                                           enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_push_repeated_(cairn_string *self, cairn_str text,
                                                        size_t times,
                                                        enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_push_replaced_(cairn_string *self, cairn_str text,
                                                        cairn_str part, cairn_str by, size_t limit,
                                                        enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_push_joined_(cairn_string *self, const cairn_str *texts,
                                                      size_t count, cairn_str separator,
                                                      enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_format_list_(cairn_string *self, const char *format,
                                                      va_list arguments,
                                                      enum cairn_fallibility fallibility)
    CAIRN_FORMAT(2, 0);
enum cairn_collection_error cairn_string_insert_(cairn_string *self, size_t index,
                                                 cairn_char character,
                                                 enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_replace_range_(cairn_string *self, size_t from, size_t to,
                                                        cairn_str text,
                                                        enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_string_split_off_(cairn_string *self, size_t index,
                                                    cairn_string *tail,
                                                    enum cairn_fallibility fallibility);

/* ---- Looking ---- */

static inline cairn_str cairn_string_as_str(const cairn_string *self)
{
    return CAIRN_LITERAL(cairn_str){self->bytes, self->length};
}

static inline bool cairn_string_equal(const cairn_string *one, const cairn_string *other)
{
    return cairn_str_equal(cairn_string_as_str(one), cairn_string_as_str(other));
}

static inline int cairn_string_compare(const cairn_string *one, const cairn_string *other)
{
    return cairn_str_compare(cairn_string_as_str(one), cairn_string_as_str(other));
}

static inline uint64_t cairn_string_hash(const cairn_string *self,
                                         const struct cairn_hash_seed *seed)
{
    return cairn_hash_bytes(self->bytes, self->length, seed);
}

/* ---- Making and dropping ---- */

CAIRN_MUST_USE static inline cairn_string cairn_string_new_in(struct cairn_allocator *allocator)
{
    return CAIRN_LITERAL(cairn_string){NULL, 0, 0, allocator};
}

void cairn_string_drop(cairn_string *self);

CAIRN_MUST_USE enum cairn_collection_error cairn_string_try_with_capacity_in(
    cairn_string *self, struct cairn_allocator *allocator, size_t capacity);

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_with_capacity(
    cairn_string *self, size_t capacity)
{
    return cairn_string_try_with_capacity_in(self, NULL, capacity);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_from_in(
    cairn_string *self, struct cairn_allocator *allocator, cairn_str text)
{
    return cairn_string_from_in_(self, allocator, text, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_from(cairn_string *self,
                                                                               cairn_str text)
{
    return cairn_string_from_in_(self, NULL, text, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_clone(
    cairn_string *self, const cairn_string *from)
{
    return cairn_string_from_in_(self, from->allocator, cairn_string_as_str(from), CAIRN_FALLIBLE);
}

CAIRN_MUST_USE enum cairn_collection_error cairn_string_try_formatted(cairn_string *self,
                                                                      const char *format, ...)
    CAIRN_FORMAT(2, 3);
CAIRN_MUST_USE enum cairn_collection_error cairn_string_try_formatted_in(
    cairn_string *self, struct cairn_allocator *allocator, const char *format, ...)
    CAIRN_FORMAT(3, 4);

/* ---- At the end ---- */

static inline enum cairn_collection_error cairn_string_push_(cairn_string *self,
                                                             cairn_char character,
                                                             enum cairn_fallibility fallibility)
{
    if (character >= 0x80 || self->length == self->capacity)
        return cairn_string_push_any_(self, character, fallibility);
    self->bytes[self->length++] = (char)character;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_push(cairn_string *self,
                                                                               cairn_char character)
{
    return cairn_string_push_(self, character, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline bool cairn_string_push_str_within_capacity(cairn_string *self,
                                                                        cairn_str text)
{
    if (text.length > self->capacity - self->length)
        return false;
    if (text.length > 0)
        __builtin_memcpy(&self->bytes[self->length], text.bytes, text.length);
    self->length += text.length;
    return true;
}

static inline enum cairn_collection_error cairn_string_push_str_(cairn_string *self, cairn_str text,
                                                                 enum cairn_fallibility fallibility)
{
    if (cairn_string_push_str_within_capacity(self, text))
        return CAIRN_COLLECTION_OK;
    return cairn_string_push_growing_(self, text, fallibility);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_push_str(
    cairn_string *self, cairn_str text)
{
    return cairn_string_push_str_(self, text, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE bool cairn_string_push_within_capacity(cairn_string *self, cairn_char character);

CAIRN_MUST_USE bool cairn_string_pop(cairn_string *self, cairn_char *character);
void cairn_string_truncate(cairn_string *self, size_t length);

static inline void cairn_string_clear(cairn_string *self)
{
    self->length = 0;
}

/* ---- Text made of other text ---- */

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_push_utf8_lossy(
    cairn_string *self, const char *bytes, size_t length)
{
    return cairn_string_push_utf8_lossy_(self, bytes, length, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_push_utf16_lossy(
    cairn_string *self, const uint16_t *units, size_t count)
{
    return cairn_string_push_utf16_lossy_(self, units, count, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_push_repeated(
    cairn_string *self, cairn_str text, size_t times)
{
    return cairn_string_push_repeated_(self, text, times, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_push_replaced(
    cairn_string *self, cairn_str text, cairn_str part, cairn_str by, size_t limit)
{
    return cairn_string_push_replaced_(self, text, part, by, limit, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_push_joined(
    cairn_string *self, const cairn_str *texts, size_t count, cairn_str separator)
{
    return cairn_string_push_joined_(self, texts, count, separator, CAIRN_FALLIBLE);
}

CAIRN_FORMAT(2, 0)
CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_format_list(
    cairn_string *self, const char *format, va_list arguments)
{
    return cairn_string_format_list_(self, format, arguments, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE enum cairn_collection_error cairn_string_try_format(cairn_string *self,
                                                                   const char *format, ...)
    CAIRN_FORMAT(2, 3);

/* ---- Anywhere ---- */

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_insert(
    cairn_string *self, size_t index, cairn_char character)
{
    return cairn_string_insert_(self, index, character, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_insert_str(
    cairn_string *self, size_t index, cairn_str text)
{
    return cairn_string_replace_range_(self, index, index, text, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_replace_range(
    cairn_string *self, size_t from, size_t to, cairn_str text)
{
    return cairn_string_replace_range_(self, from, to, text, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_split_off(
    cairn_string *self, size_t index, cairn_string *tail)
{
    return cairn_string_split_off_(self, index, tail, CAIRN_FALLIBLE);
}

cairn_char cairn_string_remove(cairn_string *self, size_t index);
void cairn_string_drain(cairn_string *self, size_t from, size_t to);
void cairn_string_retain(cairn_string *self, cairn_char_test keep, void *context);
void cairn_string_make_ascii_uppercase(cairn_string *self);
void cairn_string_make_ascii_lowercase(cairn_string *self);

/* ---- Room ---- */

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_reserve(
    cairn_string *self, size_t additional)
{
    return cairn_string_reserve_(self, additional, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_reserve_exact(
    cairn_string *self, size_t additional)
{
    return cairn_string_reserve_exact_(self, additional, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_shrink_to(
    cairn_string *self, size_t capacity)
{
    return cairn_string_shrink_to_(self, capacity, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_shrink_to_fit(
    cairn_string *self)
{
    return cairn_string_shrink_to_(self, 0, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_c_str(
    cairn_string *self, const char **terminated)
{
    return cairn_string_c_str_(self, terminated, CAIRN_FALLIBLE);
}

/* ---- Boxed ---- */

enum cairn_collection_error cairn_string_into_boxed_str_(cairn_string *self, cairn_boxed_str *boxed,
                                                         enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_boxed_str_from_in_(cairn_boxed_str *self,
                                                     struct cairn_allocator *allocator,
                                                     cairn_str text,
                                                     enum cairn_fallibility fallibility);

static inline cairn_str cairn_boxed_str_as_str(const cairn_boxed_str *self)
{
    return CAIRN_LITERAL(cairn_str){self->bytes, self->length};
}

CAIRN_MUST_USE cairn_string cairn_boxed_str_into_string(cairn_boxed_str *self);
void cairn_boxed_str_drop(cairn_boxed_str *self);

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_string_try_into_boxed_str(
    cairn_string *self, cairn_boxed_str *boxed)
{
    return cairn_string_into_boxed_str_(self, boxed, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_boxed_str_try_from_in(
    cairn_boxed_str *self, struct cairn_allocator *allocator, cairn_str text)
{
    return cairn_boxed_str_from_in_(self, allocator, text, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_boxed_str_try_from(
    cairn_boxed_str *self, cairn_str text)
{
    return cairn_boxed_str_from_in_(self, NULL, text, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_boxed_str_try_clone(
    cairn_boxed_str *self, const cairn_boxed_str *from)
{
    return cairn_boxed_str_from_in_(self, from->allocator, cairn_boxed_str_as_str(from),
                                    CAIRN_FALLIBLE);
}

/* ---- The infallible forms ---- */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_MUST_USE cairn_string cairn_string_with_capacity_in(struct cairn_allocator *allocator,
                                                          size_t capacity);

CAIRN_MUST_USE static inline cairn_string cairn_string_with_capacity(size_t capacity)
{
    return cairn_string_with_capacity_in(NULL, capacity);
}

CAIRN_MUST_USE static inline cairn_string cairn_string_from_in(struct cairn_allocator *allocator,
                                                               cairn_str text)
{
    cairn_string made;
    (void)cairn_string_from_in_(&made, allocator, text, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE static inline cairn_string cairn_string_from(cairn_str text)
{
    return cairn_string_from_in(NULL, text);
}

CAIRN_MUST_USE static inline cairn_string cairn_string_clone(const cairn_string *from)
{
    return cairn_string_from_in(from->allocator, cairn_string_as_str(from));
}

CAIRN_MUST_USE cairn_string cairn_string_formatted(const char *format, ...) CAIRN_FORMAT(1, 2);
CAIRN_MUST_USE cairn_string cairn_string_formatted_in(struct cairn_allocator *allocator,
                                                      const char *format, ...) CAIRN_FORMAT(2, 3);

static inline void cairn_string_push(cairn_string *self, cairn_char character)
{
    (void)cairn_string_push_(self, character, CAIRN_INFALLIBLE);
}

static inline void cairn_string_push_str(cairn_string *self, cairn_str text)
{
    (void)cairn_string_push_str_(self, text, CAIRN_INFALLIBLE);
}

static inline void cairn_string_push_utf8_lossy(cairn_string *self, const char *bytes,
                                                size_t length)
{
    (void)cairn_string_push_utf8_lossy_(self, bytes, length, CAIRN_INFALLIBLE);
}

static inline void cairn_string_push_utf16_lossy(cairn_string *self, const uint16_t *units,
                                                 size_t count)
{
    (void)cairn_string_push_utf16_lossy_(self, units, count, CAIRN_INFALLIBLE);
}

static inline void cairn_string_push_repeated(cairn_string *self, cairn_str text, size_t times)
{
    (void)cairn_string_push_repeated_(self, text, times, CAIRN_INFALLIBLE);
}

static inline void cairn_string_push_replaced(cairn_string *self, cairn_str text, cairn_str part,
                                              cairn_str by, size_t limit)
{
    (void)cairn_string_push_replaced_(self, text, part, by, limit, CAIRN_INFALLIBLE);
}

static inline void cairn_string_push_joined(cairn_string *self, const cairn_str *texts,
                                            size_t count, cairn_str separator)
{
    (void)cairn_string_push_joined_(self, texts, count, separator, CAIRN_INFALLIBLE);
}

CAIRN_FORMAT(2, 0)
static inline void cairn_string_format_list(cairn_string *self, const char *format,
                                            va_list arguments)
{
    (void)cairn_string_format_list_(self, format, arguments, CAIRN_INFALLIBLE);
}

void cairn_string_format(cairn_string *self, const char *format, ...) CAIRN_FORMAT(2, 3);

static inline void cairn_string_insert(cairn_string *self, size_t index, cairn_char character)
{
    (void)cairn_string_insert_(self, index, character, CAIRN_INFALLIBLE);
}

static inline void cairn_string_insert_str(cairn_string *self, size_t index, cairn_str text)
{
    (void)cairn_string_replace_range_(self, index, index, text, CAIRN_INFALLIBLE);
}

static inline void cairn_string_replace_range(cairn_string *self, size_t from, size_t to,
                                              cairn_str text)
{
    (void)cairn_string_replace_range_(self, from, to, text, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE static inline cairn_string cairn_string_split_off(cairn_string *self, size_t index)
{
    cairn_string tail;
    (void)cairn_string_split_off_(self, index, &tail, CAIRN_INFALLIBLE);
    return tail;
}

static inline void cairn_string_reserve(cairn_string *self, size_t additional)
{
    (void)cairn_string_reserve_(self, additional, CAIRN_INFALLIBLE);
}

static inline void cairn_string_reserve_exact(cairn_string *self, size_t additional)
{
    (void)cairn_string_reserve_exact_(self, additional, CAIRN_INFALLIBLE);
}

static inline void cairn_string_shrink_to(cairn_string *self, size_t capacity)
{
    (void)cairn_string_shrink_to_(self, capacity, CAIRN_INFALLIBLE);
}

static inline void cairn_string_shrink_to_fit(cairn_string *self)
{
    (void)cairn_string_shrink_to_(self, 0, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE static inline const char *cairn_string_c_str(cairn_string *self)
{
    const char *terminated;
    (void)cairn_string_c_str_(self, &terminated, CAIRN_INFALLIBLE);
    return terminated;
}

CAIRN_MUST_USE static inline cairn_boxed_str cairn_string_into_boxed_str(cairn_string *self)
{
    cairn_boxed_str boxed;
    (void)cairn_string_into_boxed_str_(self, &boxed, CAIRN_INFALLIBLE);
    return boxed;
}

CAIRN_MUST_USE static inline cairn_boxed_str cairn_boxed_str_from_in(
    struct cairn_allocator *allocator, cairn_str text)
{
    cairn_boxed_str made;
    (void)cairn_boxed_str_from_in_(&made, allocator, text, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE static inline cairn_boxed_str cairn_boxed_str_from(cairn_str text)
{
    return cairn_boxed_str_from_in(NULL, text);
}

CAIRN_MUST_USE static inline cairn_boxed_str cairn_boxed_str_clone(const cairn_boxed_str *from)
{
    return cairn_boxed_str_from_in(from->allocator, cairn_boxed_str_as_str(from));
}

#endif

CAIRN_C_END

#endif
