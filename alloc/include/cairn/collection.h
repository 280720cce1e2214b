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
 *     #define ITEM_CLONE job_try_clone    optional: bool (*)(ITEM *to, const ITEM *from)
 *     #include <cairn/vec.t.h>            undefines all of them again
 *
 * Rules that every collection keeps:
 *   - Zero is the empty value; it allocates from the global allocator, and owns nothing.
 *   - drop gives back everything and leaves the empty value. Dropping that does nothing.
 *   - An item that is passed by value is moved in; it belongs to the collection from then on, also
 *     when the call fails: then it is dropped. Pass it with take() from <cairn/own.h>.
 *   - Each operation that allocates has two forms. x() calls the allocation-error handler when
 *     memory runs out and does not return. try_x() returns false, and must be used; the collection
 *     then holds the same items as before.
 *   - x_in() and try_x_in() are x() and try_x() with the allocator to be used; null is the global
 *     one. It must outlive the collection.
 *   - Constructors named try_ write their result to *self, whatever it held before; after a
 *     failure it is the empty value.
 *   - Items without ITEM_DROP and ITEM_CLONE are plain data, cloned by copying them. Items with
 *     ITEM_DROP alone cannot be cloned, and the functions that would clone them are not there.
 *     ITEM_CLONE writes to memory that holds nothing; on false it leaves nothing there to drop.
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

/* How a template's functions are declared; _COLD for what is called rarely and stays a call. */
#define CAIRN_TEMPLATE      static inline __attribute__((unused))
#define CAIRN_TEMPLATE_COLD static __attribute__((unused, noinline, cold))

/* Which of its two forms an operation is in when memory runs out. */
enum cairn_fallibility {
    CAIRN_FALLIBLE,   /* try_x(): returns false */
    CAIRN_INFALLIBLE, /* x(): calls the allocation-error handler */
};

/* The size in a layout that is larger than any can be, as the allocation-error handler gets it. */
#define CAIRN_CAPACITY_OVERFLOW SIZE_MAX

/* Returns false, or does not return. */
bool cairn_collection_failed(struct cairn_layout layout, enum cairn_fallibility fallibility);

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
CAIRN_MUST_USE void *cairn_collection_alloc(struct cairn_allocator *allocator,
                                            struct cairn_layout layout,
                                            enum cairn_fallibility fallibility);

/* Gives back what cairn_collection_alloc() gave. */
void cairn_collection_dealloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout);

/* Copies bytes that do not overlap. Unlike memcpy it takes null where there is nothing to copy. */
static inline void cairn_collection_copy(void *to, const void *from, size_t bytes)
{
    if (bytes != 0)
        __builtin_memcpy(to, from, bytes);
}

/* Panics: the `function` was given an index that the collection does not have. */
CAIRN_NORETURN void cairn_index_out_of_bounds(const char *function, size_t index, size_t length)
    __attribute__((cold));

CAIRN_C_END

#endif
