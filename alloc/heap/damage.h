/* SPDX-License-Identifier: MIT */
/* Damage that an operation comes upon. */
#ifndef CAIRN_HEAP_DAMAGE_H
#define CAIRN_HEAP_DAMAGE_H

#include <cairn/heap.h>

/* Panics: `what` the operation found at `position` is not what the heap wrote. */
CAIRN_NORETURN void cairn_heap_report_damage(const struct cairn_heap_part *part, size_t position,
                                             const char *what) __attribute__((cold, noinline));

#endif
