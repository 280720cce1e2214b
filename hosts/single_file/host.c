/* SPDX-License-Identifier: MIT */
/*
 * The host seam as cairn.c brings it along: weak, so that whatever a host defines takes its place.
 *
 * The idea: an unknown host has one processor, no interrupts, and no per-processor
 * caches. Where that is not so, the heap says it instead of breaking: a lock that a second processor
 * or a handler finds taken is reported as held by its caller, and a shared heap passes everything on.
 *
 * In a program (with a C library) threads are told apart, and messages go to standard error.
 * Without one, messages go nowhere until cairn_host_write() is defined, and a panic stops on the
 * processor's trap instruction.
 *
 * The global allocator is not part of the seam, but is wanted here, too: in one object everything is
 * linked, so that a heap alone would not do without one.
 *
 * What it is bad at: a waiter spins without a pause; and that the global allocator is missing is
 * found when it is used, not by the linker.
 */

#include <cairn/base/format.h>
#include <cairn/base/host.h>
#include <cairn/base/spinlock.h>
#include <cairn/global.h>

#define WEAK __attribute__((weak))

/* ---- messages ---- */

#if __STDC_HOSTED__

#include <stdio.h>
#include <stdlib.h>

static void write_somewhere(const char *text, size_t length)
{
    fwrite(text, 1, length, stderr);
}

static CAIRN_NORETURN void stop(void)
{
    abort();
}

#else

static void write_somewhere(const char *text, size_t length)
{
    (void)text, (void)length;
}

static CAIRN_NORETURN void stop(void)
{
    __builtin_trap();
}

#endif

WEAK void cairn_host_write(const char *text, size_t length)
{
    write_somewhere(text, length);
}

static void write_piece(struct cairn_sink *sink, const char *text, size_t length)
{
    (void)sink;
    cairn_host_write(text, length);
}

WEAK CAIRN_NORETURN void cairn_host_panic(const char *file, int line, const char *format,
                                          va_list arguments)
{
    struct cairn_sink sink = {write_piece};
    cairn_format(&sink, "panicked at %s:%d: ", file, line);
    cairn_format_list(&sink, format, arguments);
    cairn_format(&sink, "\n");
    stop();
}

/* ---- one processor, or threads ---- */

WEAK cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    return 0;
}

WEAK void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    (void)state;
}

/* Of a variable that each thread has for itself, or of the only one. */
WEAK uintptr_t cairn_host_execution_id(void)
{
    static CAIRN_HOST_PER_THREAD char here;
    return (uintptr_t)&here;
}

WEAK CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot = ~0U;

/* Above every slot that there can be. */
WEAK unsigned cairn_host_slot(void)
{
    return ~0U;
}

WEAK void cairn_host_barrier_everywhere(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

WEAK void cairn_host_relax(void)
{
}

WEAK void cairn_host_wait(struct cairn_spinlock *lock)
{
    (void)lock;
    cairn_host_relax();
}

WEAK void cairn_host_release(struct cairn_spinlock *lock)
{
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
}

/* ---- random numbers: none that are good ---- */

/* The same each time, but where a program is placed at random. */
WEAK uint64_t cairn_host_random(void)
{
    static const char place = 0;
    return (uintptr_t)&place;
}

/* ---- the global allocator: none ---- */

static CAIRN_NORETURN void report_none(void)
{
    cairn_panic("no global memory allocator found but one is required; add "
                "CAIRN_GLOBAL_ALLOCATOR(&heap.allocator)");
}

static void *alloc_of_none(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self, (void)layout;
    report_none();
}

static void dealloc_of_none(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self, (void)block, (void)layout;
    report_none();
}

static const struct cairn_allocator_operations none_operations = {
    .name = "none",
    .alloc = alloc_of_none,
    .dealloc = dealloc_of_none,
};

static struct cairn_allocator none = {&none_operations};

/* By an alias, for gcc takes a weak constant's value for its last one. */
CAIRN_C_BEGIN
extern struct cairn_allocator *const cairn_no_global_allocator;
extern struct cairn_allocator *const CAIRN_GLOBAL_ALLOCATOR_SYMBOL
    __attribute__((weak, alias("cairn_no_global_allocator")));
CAIRN_C_END

struct cairn_allocator *const cairn_no_global_allocator = &none;
