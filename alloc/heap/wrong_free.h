/* SPDX-License-Identifier: MIT */
/* What a caller did wrong, told in full. */
#ifndef CAIRN_WRONG_FREE_H
#define CAIRN_WRONG_FREE_H

#include <cairn/heap.h>

/*
 * Panics with what is really at `block`, which `operation` named with that layout.
 *
 * Cost: walks the region; nothing is in a hurry any more.
 */
CAIRN_NORETURN void cairn_heap_report_wrong(const struct cairn_heap *self, const void *block,
                                            struct cairn_layout layout, const char *operation)
    __attribute__((cold));

#endif
