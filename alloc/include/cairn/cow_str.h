/* SPDX-License-Identifier: MIT */
/*
 * Cow str: text that is borrowed until somebody writes to it. Rust's Cow<str>.
 *
 *     owned(cairn_cow_str) text = cairn_cow_str_from_utf8_lossy(bytes, length);
 *     print(cairn_cow_str_as_str(&text));                  no copy, if the bytes are UTF-8
 *     cairn_string_push(cairn_cow_str_to_mut(&text), '!'); a copy now, if there was none
 *
 * It is a string, and borrowed where that has no capacity: so it is four words, and zero is an empty
 * text. What is borrowed must live as long as the cow, or until to_mut. The rules of
 * <cairn/collection.h> hold. F: calls the allocation-error handler when memory runs out, and has a try_
 * form, which returns an error. In the names below cairn_cow_str_ is left out.
 *
 *   borrowed(text)                       also borrowed_in(allocator, text), for the copy to come
 *   owned(string)                        a string that is moved in
 *   from_utf8_lossy(bytes, length)    F  borrowed if the bytes are UTF-8; else a string, with U+FFFD
 *                                        for each maximal part that is not; also
 *                                        from_utf8_lossy_in(allocator, bytes, length)
 *   as_str(&self)                        the view
 *   is_owned(&self)                      whether it has a string of its own, which is not empty
 *   to_mut(&self)                     F  its string, to be changed: cairn_string *
 *   into_owned(&self)                 F  the string, moved out or copied; the cow is empty
 *   clone(&from)                      F  borrows what is borrowed, copies what is owned
 *   drop(&self)
 */
#ifndef CAIRN_COW_STR_H
#define CAIRN_COW_STR_H

#include <cairn/string.h>

CAIRN_C_BEGIN

/* Invariant: a string; or, where the capacity is 0, the bytes and length of a text of others. */
typedef struct cairn_cow_str {
    cairn_string string;
} cairn_cow_str;

enum cairn_collection_error cairn_cow_str_to_mut_(cairn_cow_str *self,
                                                  enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_cow_str_clone_(cairn_cow_str *self, const cairn_cow_str *from,
                                                 enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_cow_str_from_utf8_lossy_in_(cairn_cow_str *self,
                                                              struct cairn_allocator *allocator,
                                                              const char *bytes, size_t length,
                                                              enum cairn_fallibility fallibility);

static inline cairn_str cairn_cow_str_as_str(const cairn_cow_str *self)
{
    return cairn_string_as_str(&self->string);
}

static inline bool cairn_cow_str_is_owned(const cairn_cow_str *self)
{
    return self->string.capacity > 0;
}

static inline cairn_cow_str cairn_cow_str_borrowed_in(struct cairn_allocator *allocator,
                                                      cairn_str text)
{
    char *bytes = (char *)(uintptr_t)text.bytes;
    return CAIRN_LITERAL(cairn_cow_str){{bytes, text.length, 0, allocator}};
}

static inline cairn_cow_str cairn_cow_str_borrowed(cairn_str text)
{
    return cairn_cow_str_borrowed_in(NULL, text);
}

CAIRN_MUST_USE static inline cairn_cow_str cairn_cow_str_owned(cairn_string string)
{
    return CAIRN_LITERAL(cairn_cow_str){string};
}

/* Leaves the string that it was, or an empty one. */
void cairn_cow_str_drop(cairn_cow_str *self);

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_cow_str_try_to_mut(
    cairn_cow_str *self, cairn_string **string)
{
    enum cairn_collection_error error = cairn_cow_str_to_mut_(self, CAIRN_FALLIBLE);
    *string = error ? NULL : &self->string;
    return error;
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_cow_str_try_into_owned(
    cairn_cow_str *self, cairn_string *string)
{
    enum cairn_collection_error error = cairn_cow_str_to_mut_(self, CAIRN_FALLIBLE);
    *string = CAIRN_ZERO(cairn_string);
    if (error)
        return error;
    *string = self->string;
    *self = CAIRN_ZERO(cairn_cow_str);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_cow_str_try_clone(
    cairn_cow_str *self, const cairn_cow_str *from)
{
    return cairn_cow_str_clone_(self, from, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_cow_str_try_from_utf8_lossy_in(
    cairn_cow_str *self, struct cairn_allocator *allocator, const char *bytes, size_t length)
{
    return cairn_cow_str_from_utf8_lossy_in_(self, allocator, bytes, length, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE static inline enum cairn_collection_error cairn_cow_str_try_from_utf8_lossy(
    cairn_cow_str *self, const char *bytes, size_t length)
{
    return cairn_cow_str_from_utf8_lossy_in_(self, NULL, bytes, length, CAIRN_FALLIBLE);
}

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

static inline cairn_string *cairn_cow_str_to_mut(cairn_cow_str *self)
{
    (void)cairn_cow_str_to_mut_(self, CAIRN_INFALLIBLE);
    return &self->string;
}

CAIRN_MUST_USE static inline cairn_string cairn_cow_str_into_owned(cairn_cow_str *self)
{
    cairn_string string = *cairn_cow_str_to_mut(self);
    *self = CAIRN_ZERO(cairn_cow_str);
    return string;
}

CAIRN_MUST_USE static inline cairn_cow_str cairn_cow_str_clone(const cairn_cow_str *from)
{
    cairn_cow_str made;
    (void)cairn_cow_str_clone_(&made, from, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE static inline cairn_cow_str cairn_cow_str_from_utf8_lossy_in(
    struct cairn_allocator *allocator, const char *bytes, size_t length)
{
    cairn_cow_str made;
    (void)cairn_cow_str_from_utf8_lossy_in_(&made, allocator, bytes, length, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE static inline cairn_cow_str cairn_cow_str_from_utf8_lossy(const char *bytes,
                                                                         size_t length)
{
    return cairn_cow_str_from_utf8_lossy_in(NULL, bytes, length);
}

#endif

CAIRN_C_END

#endif
