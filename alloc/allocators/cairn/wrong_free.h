/* SPDX-License-Identifier: MIT */
/* What a caller did wrong, told in full; and damage that an operation comes upon. */
#ifndef CAIRN_WRONG_FREE_H
#define CAIRN_WRONG_FREE_H

#include <cairn/heap.h>

/*
 * Panics with what is really at `block`, which `operation` named with that layout.
 *
 * Cost: walks the region; nothing is in a hurry any more.
 */
_Noreturn void cairn_heap_report_wrong(const struct cairn_heap *self, const void *block,
                                       struct cairn_layout layout, const char *operation)
    __attribute__((cold));

/* Panics: `what` the operation found at `position` is not what the heap wrote. */
_Noreturn void cairn_heap_report_damage(const struct cairn_heap_part *part, uint64_t position,
                                        const char *what) __attribute__((cold, noinline));

#endif
