/* SPDX-License-Identifier: MIT */
/* The kernel as a host: the part of <cairn/base/host.h> that asks for the processor alone. */
#include <cairn/base/host.h>
#include <cairn/base/spinlock.h>

#include "processor.h"
#include "registers.h"

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    cairn_host_interrupt_state state = rflags_read() & RFLAGS_INTERRUPTS_ON;
    interrupts_disable();
    return state;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    if (state)
        interrupts_enable();
}

uintptr_t cairn_host_execution_id(void)
{
    return 1; /* one processor runs */
}

unsigned cairn_host_known_slot = 0; /* likewise */

unsigned cairn_host_slot(void)
{
    return cairn_host_known_slot;
}

void cairn_host_barrier_everywhere(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* likewise */
}

/* The processor's random numbers; where it has none, its cycles since it was switched on. */
uint64_t cairn_host_random(void)
{
    uint64_t bits;
    if (processor_features().random_numbers && random_number(&bits))
        return bits;
    return time_stamp_counter();
}

void cairn_host_relax(void)
{
    pause();
}

void cairn_host_wait(struct cairn_spinlock *lock)
{
    (void)lock;
    pause();
}

void cairn_host_release(struct cairn_spinlock *lock)
{
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
}
