/* SPDX-License-Identifier: MIT */
/*
 * C17 and C++17 from one text: what the two spell differently has one name here.
 *
 * Headers keep to what both languages have. So there is no designated initializer, no range [0 ... n]
 * and no void * that becomes another pointer without a cast. Whatever differs beyond that is named
 * below, so that no other file asks which language it is in; <cairn/own.h> alone does.
 *
 * Of the standard headers <stdarg.h>, <stdbool.h>, <stddef.h> and <stdint.h> are used. Every compiler
 * brings these; gcc's <limits.h> wants a C library's, so the compiler's own __CHAR_BIT__ is used.
 */
#ifndef CAIRN_BASE_LANGUAGE_H
#define CAIRN_BASE_LANGUAGE_H

#ifdef __cplusplus

/* Around all declarations of a header: they are C's for the linker. */
#define CAIRN_C_BEGIN                        extern "C" {
#define CAIRN_C_END                          }

#define CAIRN_STATIC_ASSERT(condition, text) static_assert(condition, text)
#define CAIRN_ALIGNOF(type)                  alignof(type)

/* CAIRN_LITERAL(type){1, 2}: a value of a struct's type. CAIRN_ZERO(type): one of zeros. */
#define CAIRN_LITERAL(type) __extension__(type)
#define CAIRN_ZERO(type)    (__extension__(type){})

#else

#define CAIRN_C_BEGIN
#define CAIRN_C_END

#define CAIRN_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#define CAIRN_ALIGNOF(type)                  _Alignof(type)

#define CAIRN_LITERAL(type)                  (type)
#define CAIRN_ZERO(type)                     ((type){0})

#endif

/* What gcc and clang spell alike in both. All go before the declaration. */
#define CAIRN_NORETURN       __attribute__((noreturn))
#define CAIRN_ALIGNED(align) __attribute__((aligned(align))) /* a variable, or a member */
#define CAIRN_THREAD_LOCAL   __thread

/* The result must be used; ignoring it is a warning, and with -Werror an error. */
#define CAIRN_MUST_USE __attribute__((warn_unused_result))

/* Arguments from number `first` on are checked against the format in argument `format`. */
#define CAIRN_FORMAT(format, first) __attribute__((__format__(printf, format, first)))

#endif
