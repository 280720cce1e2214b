/* SPDX-License-Identifier: MIT */
/*
 * What all collections stand on, and what is the same in all of them.
 *
 * A collection is a typed template (<cairn/vec.t.h>) over an untyped core (<cairn/buffer.h>). The
 * user names the type to be made and its items, and includes the template; that gives real, typed
 * functions, one set for each such include:
 *
 *     #define T          vec_job          the name of the type; its functions begin with vec_job_
 *     #define ITEM       struct job       the type of its items
 *     #define ITEM_DROP  job_drop         optional: void (*)(ITEM *), gives back what an item owns
 *     #define ITEM_CLONE job_try_clone    optional, see below
 *     #include <cairn/vec.t.h>            undefines all of them again
 *
 * A map has a KEY and a VALUE instead of an ITEM, with KEY_DROP, VALUE_CLONE and so on. What is kept
 * in order takes COMPARE, int (*)(const KEY *, const KEY *), negative, 0 or positive as that of
 * qsort; what is hashed takes HASH and EQUAL. A set takes the same of its ITEM.
 *
 * Rules that every collection keeps:
 *   - Zero is the empty value; it allocates from the global allocator, and owns nothing.
 *   - drop gives back everything and leaves the empty value. Dropping that does nothing.
 *   - An item that is passed by value is moved in; it belongs to the collection from then on, also
 *     when the call fails: then it is dropped. Pass it with take() from <cairn/own.h>.
 *   - Each operation that allocates has two forms. x() calls the allocation-error handler when
 *     memory runs out and does not return. try_x() returns an error, which must be used; the
 *     collection then holds the same items as before. Everything that can fail happens before
 *     anything is changed.
 *   - CAIRN_ONLY_FALLIBLE, defined by the build, takes the forms x() away: then a program that
 *     compiles has none that calls the handler.
 *   - x_in() and try_x_in() are x() and try_x() with the allocator to be used; null is the global
 *     one. It must outlive the collection.
 *   - Constructors named try_ write their result to *self, whatever it held before; after a
 *     failure it is the empty value.
 *   - Items without ITEM_DROP and ITEM_CLONE are plain data, cloned by copying them. Items with
 *     ITEM_DROP alone cannot be cloned, and the functions that would clone them are not there.
 *     ITEM_CLONE is enum cairn_collection_error (*)(ITEM *to, const ITEM *from). It writes to memory
 *     that holds nothing; when it fails it leaves nothing there to drop.
 *   - An operation that may find nothing, like pop, returns a bool or a pointer that may be null.
 *   - Functions whose names end in an underscore are the template's own.
 *   - Context: one processor or thread at a time, and what the allocator allows.
 *
 * A type that holds itself, like a tree, is declared in two steps. ONLY_TYPES makes the types
 * alone, ITEM may be incomplete; ONLY_FUNCTIONS makes the rest:
 *
 *     #define T vec_node
 *     #define ITEM struct node
 *     #define ONLY_TYPES
 *     #include <cairn/vec.t.h>
 *     struct node { vec_node children; };
 *     static void node_drop(struct node *node);
 *     #define T vec_node
 *     #define ITEM struct node
 *     #define ITEM_DROP node_drop
 *     #define ONLY_FUNCTIONS
 *     #include <cairn/vec.t.h>
 *
 * What it is bad at: each include compiles the functions again, so share a type through a header.
 * The compiler cannot see that a value was moved: take() must be written. Dropping a type that
 * holds itself recurses as deep as it goes, which a small stack may not bear: take a long list apart
 * in a loop. Items go over the stack by value; gcc notes so where their alignment is over 16 bytes
 * (-Wno-psabi).
 */
#ifndef CAIRN_COLLECTION_H
#define CAIRN_COLLECTION_H

#include <cairn/allocation_error.h>
#include <cairn/allocator.h>
#include <cairn/global.h>

CAIRN_C_BEGIN

#define CAIRN_JOIN(left, right)          CAIRN_JOIN_EXPANDED(left, right)
#define CAIRN_JOIN_EXPANDED(left, right) left##_##right

/*
 * How a template's functions are declared. They are inline, so that what is not used costs nothing.
 * _CALL stays a call all the same, which keeps the stack of its callers small; so does _COLD, which
 * is called rarely. _INLINE has arguments that must be known while compiling.
 */
#define CAIRN_TEMPLATE        static inline __attribute__((unused))
#define CAIRN_TEMPLATE_CALL   static inline __attribute__((unused, noinline))
#define CAIRN_TEMPLATE_COLD   static inline __attribute__((unused, noinline, cold))
#define CAIRN_TEMPLATE_INLINE static inline __attribute__((unused, always_inline))

/* What a try_ form returns. Success is zero: `if (error) return error;` */
enum cairn_collection_error {
    CAIRN_COLLECTION_OK,
    CAIRN_COLLECTION_NO_MEMORY, /* the allocator gave none now; it may give some later */
    CAIRN_COLLECTION_TOO_LARGE, /* no block can be that large, so that no memory would help */
};

/* Which of its two forms an operation is in when memory runs out. */
enum cairn_fallibility {
    CAIRN_FALLIBLE, /* try_x(): returns the error */
#ifndef CAIRN_ONLY_FALLIBLE
    CAIRN_INFALLIBLE, /* x(): calls the allocation-error handler */
#endif
};

/* A COMPARE for numbers, in the form that compilers understand best. */
#define CAIRN_COMPARE_NUMBERS(one, other) (*(one) < *(other) ? -1 : *(one) > *(other))

/* The size in a layout that is larger than any can be, as the allocation-error handler gets it. */
#define CAIRN_CAPACITY_OVERFLOW SIZE_MAX

/* Calls the allocation-error handler, and does not return, unless failing is allowed. */
void cairn_collection_give_up_if_infallible(struct cairn_layout layout,
                                            enum cairn_fallibility fallibility);

/*
 * What to do when a block of this layout could not be had: returns NO_MEMORY, or TOO_LARGE where the
 * size is CAIRN_CAPACITY_OVERFLOW; or does not return. Inline, so that compilers see that it never
 * returns OK.
 */
static inline enum cairn_collection_error cairn_collection_failed(
    struct cairn_layout layout, enum cairn_fallibility fallibility)
{
    cairn_collection_give_up_if_infallible(layout, fallibility);
    return layout.size == CAIRN_CAPACITY_OVERFLOW ? CAIRN_COLLECTION_TOO_LARGE
                                                  : CAIRN_COLLECTION_NO_MEMORY;
}

/* The same when the clone of an item, which has this layout, failed with this error. */
enum cairn_collection_error cairn_collection_clone_failed(enum cairn_collection_error error,
                                                          struct cairn_layout item,
                                                          enum cairn_fallibility fallibility);

/* The allocator to be used: the global one stands in for null. */
static inline struct cairn_allocator *cairn_collection_allocator(struct cairn_allocator *allocator)
{
    return allocator ? allocator : cairn_global_allocator();
}

/*
 * A block for one value; null if memory runs out and that is allowed.
 *
 * A layout without size gives an aligned address that is no block, and costs nothing.
 */
CAIRN_MUST_USE static inline void *cairn_collection_alloc(struct cairn_allocator *allocator,
                                                          struct cairn_layout layout,
                                                          enum cairn_fallibility fallibility)
{
    if (layout.size == 0)
        return (void *)layout.align;
    void *block = cairn_allocator_alloc(cairn_collection_allocator(allocator), layout);
    if (!block)
        cairn_collection_give_up_if_infallible(layout, fallibility);
    return block;
}

/* Gives back what cairn_collection_alloc() gave. */
static inline void cairn_collection_dealloc(struct cairn_allocator *allocator, void *block,
                                            struct cairn_layout layout)
{
    if (layout.size != 0)
        cairn_allocator_dealloc(cairn_collection_allocator(allocator), block, layout);
}

/* Copies an item that was passed by value to its place. Needs: bytes is known while compiling. */
#if defined(__SSE2__) && !defined(__clang__) && !defined(__OPTIMIZE_SIZE__)

/*
 * gcc 12 reads an item of 64 bytes as four vectors, right after the caller has written it in other
 * pieces. A processor waits for that ten times as long as a push takes otherwise; for words it does
 * not wait, and where the compiler sees what the caller has written, it is never in two places. What
 * has no value, like padding, is copied, too.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"

static inline __attribute__((always_inline)) void cairn_collection_put(void *to, const void *from,
                                                                       size_t bytes)
{
    unsigned char *next = (unsigned char *)to;
    const unsigned char *item = (const unsigned char *)from, *end = item + bytes;
    if (bytes <= 128)
#pragma GCC unroll 16
        for (size_t words = bytes / 8; words > 0; words--, item += 8, next += 8)
            __builtin_memcpy(next, item, 8);
    __builtin_memcpy(next, item, (size_t)(end - item));
}

#pragma GCC diagnostic pop

#else

static inline void cairn_collection_put(void *to, const void *from, size_t bytes)
{
    __builtin_memcpy(to, from, bytes);
}

#endif

/* Copies bytes that do not overlap. Unlike memcpy it takes null where there is nothing to copy. */
static inline void cairn_collection_copy(void *to, const void *from, size_t bytes)
{
    if (bytes != 0)
        __builtin_memcpy(to, from, bytes);
}

/* Panics: the `function` was given an index that the collection does not have. */
CAIRN_NORETURN void cairn_index_out_of_bounds(const char *function, size_t index, size_t length)
    __attribute__((cold));

/* Panics: the `function` of an iterator found the collection changed by other means than it. */
CAIRN_NORETURN void cairn_changed_while_iterating(const char *function) __attribute__((cold));

/* In a checked build, what must hold if the collection is as the iterator left it. */
#ifdef CAIRN_CHECKED_ITERATION
#define CAIRN_CHECK_UNCHANGED(condition) \
    ((condition) ? (void)0 : cairn_changed_while_iterating(__func__))
#else
#define CAIRN_CHECK_UNCHANGED(condition) ((void)0)
#endif

CAIRN_C_END

#endif
