/* SPDX-License-Identifier: MIT */
/*
 * libcairn-record.so: stands between a program and its malloc, and writes down what passes.
 *
 * Each function calls the one that would have been called without us (dlsym, RTLD_NEXT): glibc's,
 * or that of another allocator that is preloaded after this library. What it did is logged under one lock,
 * which is held over the call itself. So the log is in the very order in which blocks were given
 * and taken: no block is given again in it before it was given back. A failed request is not
 * logged, for nothing was allocated; neither is a free of null.
 *
 * Two traps, and the way around them. dlsym() may itself allocate, before we know where: such early
 * requests get memory of an array, and `busy` marks the thread. The same mark lets everything
 * through unlogged that is called while we are at work: by the real allocator, or by a signal
 * handler in the middle of malloc, which would wait for its own lock for ever.
 *
 * malloc_usable_size() has no function here: the program's call finds the real one.
 *
 * What it is bad at: threads that allocate at the same time wait for each other, so a trace of a
 * program with a race may show another outcome than usual.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

/* What malloc aligns its blocks on: max_align_t, and what glibc's manual promises on 64 bits. */
#define MALLOC_ALIGN 16

/* The real functions. They are all set when `malloc` is. */
static struct {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *block, size_t size);
    void (*free)(void *block);
    int (*posix_memalign)(void **block, size_t align, size_t size);
    void *(*aligned_alloc)(size_t align, size_t size);
    void *(*memalign)(size_t align, size_t size);
    void *(*valloc)(size_t size);
    void *(*pvalloc)(size_t size);
} next;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool begun;                        /* log_begin() was called; written under the lock */
static _Thread_local bool busy;           /* the thread is inside one of our functions */
static _Thread_local unsigned thread_tag; /* its number in the log + 1; 0: it has none yet */

/* ---- before the real functions are known -------------------------------------------------------
 */

static _Alignas(MALLOC_ALIGN) char early[16384];
static size_t early_used;

static bool is_early(const void *block)
{
    return (uintptr_t)block - (uintptr_t)early < sizeof(early);
}

/* Zeroed, and never taken back: a few hundred bytes, once. Null when it is used up. */
static void *early_alloc(size_t size)
{
    size_t rounded = (size + MALLOC_ALIGN - 1) & ~(size_t)(MALLOC_ALIGN - 1);
    if (size > sizeof(early) || rounded > sizeof(early) - early_used)
        return NULL;
    void *block = early + early_used;
    early_used += rounded;
    return block;
}

/* Its size is not kept; what follows it in the array is ours to read. */
static void *early_move(const void *block, size_t size)
{
    size_t most = (size_t)(early + sizeof(early) - (const char *)block);
    void *moved = malloc(size);
    if (moved)
        memcpy(moved, block, size < most ? size : most);
    return moved;
}

/* ISO C has no cast from dlsym's result to a function; POSIX demands that this works. */
static void find(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort(); /* there is no allocator to be recorded */
    memcpy(function, &found, sizeof(found));
}

static void find_next(void)
{
    find("calloc", &next.calloc);
    find("realloc", &next.realloc);
    find("free", &next.free);
    find("posix_memalign", &next.posix_memalign);
    find("aligned_alloc", &next.aligned_alloc);
    find("memalign", &next.memalign);
    find("valloc", &next.valloc);
    find("pvalloc", &next.pvalloc);
    find("malloc", &next.malloc);
}

/* ---- recording --------------------------------------------------------------------------------
 */

/* The environment is not there yet when the dynamic linker itself allocates: it is asked later. */
static bool is_recording(void)
{
    if (!begun && environ) {
        log_begin();
        __atomic_store_n(&begun, true, __ATOMIC_RELEASE);
    }
    return log_is_mine();
}

/*
 * Begins a call. False: call the real function, and no more.
 *
 * A forked child finds its log gone, and so never waits for a lock whose holder was not copied.
 */
static bool enter(void)
{
    if (busy || (__atomic_load_n(&begun, __ATOMIC_ACQUIRE) && !log_is_mine()))
        return false;
    busy = true;
    pthread_mutex_lock(&lock);
    if (!next.malloc)
        find_next();
    return true;
}

static void leave(void)
{
    pthread_mutex_unlock(&lock);
    busy = false;
}

/* A request for nothing takes a block all the same, as one for a byte does. */
static void note(enum trace_operation operation, const void *before, const void *block, size_t size,
                 size_t align)
{
    int errno_before = errno;
    if (is_recording()) {
        if (thread_tag == 0)
            thread_tag = log_add_thread() + 1;
        log_append((struct log_event){
            .operation = (uint8_t)operation,
            .align_log2 = (uint8_t)(align ? __builtin_ctzll(align) : 0),
            .thread = thread_tag - 1,
            .block = (uintptr_t)block,
            .before = (uintptr_t)before,
            .size = operation != TRACE_DEALLOC && size == 0 ? 1 : size,
        });
    }
    errno = errno_before;
}

static void *note_alloc(enum trace_operation operation, void *block, size_t size, size_t align)
{
    if (block)
        note(operation, NULL, block, size, align);
    leave();
    return block;
}

/* ---- the functions ----------------------------------------------------------------------------
 */

void *malloc(size_t size)
{
    if (!enter())
        return next.malloc ? next.malloc(size) : early_alloc(size);
    return note_alloc(TRACE_ALLOC, next.malloc(size), size, MALLOC_ALIGN);
}

void *calloc(size_t count, size_t size)
{
    if (!enter())
        return next.malloc ? next.calloc(count, size) : early_alloc(count * size);
    return note_alloc(TRACE_ALLOC_ZEROED, next.calloc(count, size), count * size, MALLOC_ALIGN);
}

void *memalign(size_t align, size_t size)
{
    if (!enter())
        return next.memalign(align, size);
    return note_alloc(TRACE_ALLOC, next.memalign(align, size), size, align);
}

void *aligned_alloc(size_t align, size_t size)
{
    if (!enter())
        return next.aligned_alloc(align, size);
    return note_alloc(TRACE_ALLOC, next.aligned_alloc(align, size), size, align);
}

int posix_memalign(void **block, size_t align, size_t size)
{
    if (!enter())
        return next.posix_memalign(block, align, size);
    int error = next.posix_memalign(block, align, size);
    note_alloc(TRACE_ALLOC, error == 0 ? *block : NULL, size, align);
    return error;
}

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

void *valloc(size_t size)
{
    if (!enter())
        return next.valloc(size);
    return note_alloc(TRACE_ALLOC, next.valloc(size), size, page_size());
}

void *pvalloc(size_t size)
{
    if (!enter())
        return next.pvalloc(size);
    return note_alloc(TRACE_ALLOC, next.pvalloc(size), (size + page_size() - 1) & -page_size(),
                      page_size());
}

/* Of the pair (null, size 0 or not) glibc makes an allocation, a free or neither: so does the log.
 */
static void note_realloc(void *before, void *block, size_t size)
{
    if (!before && block)
        note(TRACE_ALLOC, NULL, block, size, MALLOC_ALIGN);
    else if (before && block)
        note(TRACE_REALLOC, before, block, size, MALLOC_ALIGN);
    else if (before && size == 0)
        note(TRACE_DEALLOC, before, NULL, 0, 0);
}

void *realloc(void *before, size_t size)
{
    if (is_early(before))
        return early_move(before, size);
    if (!enter())
        return next.malloc ? next.realloc(before, size) : early_alloc(size);
    void *block = next.realloc(before, size);
    note_realloc(before, block, size);
    leave();
    return block;
}

/* The real one would call realloc, ours, at its own choice: so this is the whole of it. */
void *reallocarray(void *before, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(before, total);
}

void free(void *block)
{
    if (!block || is_early(block))
        return;
    if (!enter()) {
        next.free(block);
        return;
    }
    note(TRACE_DEALLOC, block, NULL, 0, 0);
    next.free(block);
    leave();
}
