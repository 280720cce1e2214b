/* SPDX-License-Identifier: MIT */
/*
 * The host seam where one processor, or one thread, is all there is. A panic is one line; then
 * everything ends. Messages and interrupts are up to the host that stands on this one.
 */
#include <cairn/base/format.h>
#include <cairn/base/host.h>
#include <cairn/base/spinlock.h>

#include "one_processor.h"

static void write_out(struct cairn_sink *self, const char *text, size_t length)
{
    (void)self;
    cairn_host_write(text, length);
}

void cairn_host_panic(const char *file, int line, const char *format, va_list arguments)
{
    struct cairn_sink sink = {write_out};
    cairn_format(&sink, "panicked at %s:%d: ", file, line);
    cairn_format_list(&sink, format, arguments);
    cairn_format(&sink, "\n");
    one_processor_exit(1);
}

uintptr_t cairn_host_execution_id(void)
{
    return 1;
}

CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot;

unsigned cairn_host_slot(void)
{
    return cairn_host_known_slot;
}

/* A processor sees its own writes in order; only the compiler must keep it. */
void cairn_host_barrier_everywhere(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

void cairn_host_relax(void)
{
}

/* Nobody else could release it: who comes here, waits for ever. */
void cairn_host_wait(struct cairn_spinlock *lock)
{
    (void)lock;
}

void cairn_host_release(struct cairn_spinlock *lock)
{
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
}
