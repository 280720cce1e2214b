/* SPDX-License-Identifier: MIT */
/*
 * The host seam: everything that Cairn asks from whoever runs it.
 *
 * A host is one folder of sources that defines these functions: hosts/posix for programs,
 * kernel/ for the kernel. It is chosen in the build; of it nothing is decided by #ifdef.
 * To take the heap to a new place, write these functions and nothing else.
 *
 * The compiler gives the atomic operations, on words: a processor that has none (Cortex-M0, RISC-V
 * without the extension A) links base/freestanding/atomics.c, which stands on the functions for
 * interrupts below. Such a machine has one processor, and keeps the heap out of its handler for
 * non-maskable interrupts.
 */
#ifndef CAIRN_BASE_HOST_H
#define CAIRN_BASE_HOST_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/language.h>

CAIRN_C_BEGIN

/*
 * Reports a broken invariant and never returns.
 *
 * Needs:   `file` and `line` say where the check stands; `format` and `arguments` are as in
 *          printf, restricted to the conversions of <cairn/base/format.h>.
 * Context: any, also inside an interrupt handler and while locks are held.
 */
CAIRN_NORETURN void cairn_host_panic(const char *file, int line, const char *format,
                                     va_list arguments);

/*
 * Writes `length` bytes of text to where the developer looks: a console, standard error.
 *
 * Context: any; must not allocate.
 */
void cairn_host_write(const char *text, size_t length);

/* What cairn_host_interrupts_disable() found, to be handed back to _restore() unchanged. */
typedef uintptr_t cairn_host_interrupt_state;

/*
 * Keeps this processor from being interrupted, until the matching restore.
 *
 * Pairs may be nested: restore puts back what disable found, it does not enable.
 * A host without interrupts returns 0 and does nothing.
 */
cairn_host_interrupt_state cairn_host_interrupts_disable(void);
void cairn_host_interrupts_restore(cairn_host_interrupt_state state);

/*
 * A number that tells the running processor (kernel) or thread (program) from all others; never 0.
 *
 * A lock stores it to tell "somebody else holds me" from "the caller holds me already".
 */
uintptr_t cairn_host_execution_id(void);

/*
 * A small number, from 0 on, that no other running processor (kernel) or living thread (program)
 * has at the same time. Two that live after each other may have the same. Cheap: a load or two.
 */
unsigned cairn_host_slot(void);

/*
 * A thread's own, where there are threads; without a C library there are none. The dynamic linker
 * places it when the program starts: reaching it is one instruction, and never asks malloc for
 * memory.
 */
#if __STDC_HOSTED__
#define CAIRN_HOST_PER_THREAD CAIRN_THREAD_LOCAL __attribute__((tls_model("initial-exec")))
#else
#define CAIRN_HOST_PER_THREAD
#endif

/* That number, for whoever is in a hurry: UINT_MAX until cairn_host_slot() has found it. */
extern CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot;

/*
 * Makes every processor that runs this kernel or program pass a full memory barrier before it
 * returns. So the other side of a protocol can do with none: what the caller wrote before is seen
 * by all that they do after, and what they wrote before is seen by the caller after.
 *
 * Source: Linux, membarrier(2), MEMBARRIER_CMD_PRIVATE_EXPEDITED. May cost microseconds.
 */
void cairn_host_barrier_everywhere(void);

/*
 * 64 bits that nobody outside can guess, others each time: the key of hash tables' seeds comes from
 * here, see <cairn/hash.h>. It is asked for twice, when the first table is made.
 *
 * A host that has no source of random numbers gives the best that it has: a counter of cycles, the
 * time, what unset memory held when it started. What can be guessed works, too; but then whoever sends
 * the keys of a hash table can make it slow.
 *
 * Context: any that inserts into a hash table, and a lock is held; must not allocate.
 */
uint64_t cairn_host_random(void);

/*
 * Lets the other side get on while the caller looks again and again: a pause instruction, and in a
 * program, now and then, a short sleep.
 */
void cairn_host_relax(void);

struct cairn_spinlock; /* of <cairn/base/spinlock.h> */

/*
 * Waits until the lock, which another holds, is released. May come back earlier: the caller looks
 * again. A kernel pauses. A program's thread sleeps, for the holder may want its processor.
 *
 * Context: the caller holds nothing that the holder could wait for.
 */
void cairn_host_wait(struct cairn_spinlock *lock);

/* Makes the lock's holder 0, which publishes what the caller wrote before, and wakes who waits. */
void cairn_host_release(struct cairn_spinlock *lock);

CAIRN_C_END

#endif
