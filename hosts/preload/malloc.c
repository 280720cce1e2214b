/* SPDX-License-Identifier: MIT */
/*
 * libcairn-malloc.so: takes the place of malloc in a program that was built without us.
 *
 *     LD_PRELOAD=libcairn-malloc.so python3 ...
 *
 * The idea: the dynamic linker gives a program's calls of malloc to the first library that has one,
 * and so do the C library's own. Each function here is the face without sizes
 * (<cairn/heap_face.h>) with what POSIX and glibc say of errno, of size 0 and of null. malloc and
 * free, which a program calls most, go straight to the heap.
 *
 * The heap leaves errno alone, whatever it asks the system for: so does free.
 *
 * It is called before anything is ready: by the dynamic linker, before any constructor has run, and
 * after main, by the last destructor. So the heap below needs no constructor, no allocation of its
 * own, and no thread-local that the C library would have to allocate (it is built with
 * -ftls-model=initial-exec).
 *
 * What differs from glibc, where both are right: an alignment that is not a power of two is refused
 * (EINVAL) and not rounded up; a block that is freed twice, or a pointer to none, ends the program with a
 * message that says which. mallinfo, malloc_stats and mallopt still speak of glibc's heap, which is
 * empty.
 *
 * What it is bad at: a signal handler that calls malloc while malloc is interrupted. POSIX forbids
 * that; here it ends with a message, not with a hang.
 *
 * Sources: POSIX.1-2017, malloc, free, posix_memalign; C23 (N3096) 7.24.3; glibc manual 3.2.2,
 * "Replacing malloc", for the list of functions.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cairn/base/bits.h>
#include <cairn/base/check.h>
#include <cairn/heap_face.h>
#include <cairn/shared_heap_inline.h>

#include "program_heap.h"

/* C23's, which this C library's headers do not have yet. */
void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t align, size_t size);

#define MALLOC_ALIGN 16

/* What is asked of the heap: a program that asks for nothing gets a block of its own, too. */
static size_t at_least_one(size_t size)
{
    return size + (size == 0);
}

/* A null that is handed to the program says why in errno. */
static void *or_no_memory(void *block)
{
    if (__builtin_expect(!block, 0))
        errno = ENOMEM;
    return block;
}

/* ---- without alignment ------------------------------------------------------------------------
 */

static __attribute__((noinline)) void *malloc_slowly(size_t size)
{
    struct cairn_layout layout;
    if (!cairn_layout_make(at_least_one(size), MALLOC_ALIGN, &layout))
        return or_no_memory(NULL);
    return or_no_memory(cairn_shared_heap_alloc_slowly(&cairn_program_heap, layout));
}

/* A size of 0, or one that no block can have, has no size class. */
void *malloc(size_t size)
{
    struct cairn_layout layout = {size, MALLOC_ALIGN};
    void *block = cairn_shared_heap_try_alloc(&cairn_program_heap, layout);
    return __builtin_expect(block != NULL, 1) ? block : malloc_slowly(size);
}

void *calloc(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    return or_no_memory(cairn_calloc(count, size));
}

/* Size 0 frees, as in glibc: programs rely on it, though C leaves it open. */
void *realloc(void *block, size_t size)
{
    if (!block)
        return malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    return or_no_memory(cairn_realloc(block, size));
}

void *reallocarray(void *block, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return or_no_memory(NULL);
    return realloc(block, total);
}

/* ---- with alignment ---------------------------------------------------------------------------
 */

void *memalign(size_t align, size_t size)
{
    if (!cairn_is_power_of_two(align)) {
        errno = EINVAL;
        return NULL;
    }
    return or_no_memory(cairn_aligned_alloc(align, at_least_one(size)));
}

void *aligned_alloc(size_t align, size_t size)
{
    return memalign(align, size);
}

/* Tells by its result, and leaves errno and, where it fails, *block alone. */
int posix_memalign(void **block, size_t align, size_t size)
{
    if (!cairn_is_power_of_two(align) || align < sizeof(void *))
        return EINVAL;
    int errno_before = errno;
    void *made = cairn_aligned_alloc(align, at_least_one(size));
    errno = errno_before;
    if (!made)
        return ENOMEM;
    *block = made;
    return 0;
}

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

void *valloc(size_t size)
{
    return memalign(page_size(), size);
}

/* Whole pages, and at least one. */
void *pvalloc(size_t size)
{
    size_t rounded;
    if (!cairn_try_align_up(at_least_one(size), page_size(), &rounded))
        return or_no_memory(NULL);
    return memalign(page_size(), rounded);
}

/* ---- back -------------------------------------------------------------------------------------
 */

void free(void *block)
{
    if (block)
        cairn_shared_heap_free(&cairn_program_heap, block);
}

void free_sized(void *block, size_t size)
{
    cairn_free_sized(block, size);
}

void free_aligned_sized(void *block, size_t align, size_t size)
{
    cairn_free_aligned_sized(block, align, size);
}

size_t malloc_usable_size(void *block)
{
    return block ? cairn_allocator_size_for(&cairn_program_heap.allocator, block,
                                            "malloc_usable_size")
                 : 0;
}

/* The padding is for a heap that ends where it grows; this one gives back what is free anywhere. */
int malloc_trim(size_t padding)
{
    (void)padding;
    return cairn_program_heap_trim() > 0;
}

/* ---- glibc's second names --------------------------------------------------------------------
 */

/* Programs and tools call them beside free(); the C library's own would come from its own heap. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t align, size_t size);
void *__libc_valloc(size_t size);
void *__libc_pvalloc(size_t size);
void __libc_free(void *block);

void *__libc_malloc(size_t size)
{
    return malloc(size);
}

void *__libc_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void *__libc_realloc(void *block, size_t size)
{
    return realloc(block, size);
}

void *__libc_memalign(size_t align, size_t size)
{
    return memalign(align, size);
}

void *__libc_valloc(size_t size)
{
    return valloc(size);
}

void *__libc_pvalloc(size_t size)
{
    return pvalloc(size);
}

void __libc_free(void *block)
{
    free(block);
}

/* ---- fork -------------------------------------------------------------------------------------
 */

/*
 * A fork copies the heap as it stands, but only the calling thread. So that no other thread is in
 * the middle of a change then, the fork waits for the heap's lock, and both sides give it back.
 *
 * The library is linked with -z initfirst: this runs before every other constructor, so before
 * there can be a second thread or a fork. It also makes our handler the last before a fork and the
 * first after it, so that all others may allocate.
 */
__attribute__((constructor)) static void keep_heap_whole_over_fork(void)
{
    int error = pthread_atfork(cairn_program_heap_before_fork, cairn_program_heap_after_fork,
                               cairn_program_heap_after_fork_in_child);
    cairn_check(error == 0, "pthread_atfork failed with error %d; the heap is not safe to fork",
                error);
}
