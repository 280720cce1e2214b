/* SPDX-License-Identifier: MIT */
/* All that is cached, at once; and the search that a block's mark leads to. */
#ifndef CAIRN_MAGAZINES_CONTENTS_H
#define CAIRN_MAGAZINES_CONTENTS_H

#include "magazine.h"

/* What cairn_magazines_flush() does. Needs: the slots are closed. */
size_t cairn_magazines_flush_closed(struct cairn_magazines *self);

/*
 * Looks for a block that bears the mark among all that are cached. So the mark is cheap to look for,
 * and the search that decides is as good as never made in vain.
 *
 * Needs:  the caller is not inside a slot.
 * Panics: the block is there: it is freed a second time.
 */
void cairn_magazines_refuse_second_free(struct cairn_magazines *self, void *block);

/* For a block that goes to the inner allocator, to which a cached one looks as live as any. */
static inline void check_not_cached_if_marked(struct cairn_magazines *self, void *block)
{
    if (bears_mark(block))
        cairn_magazines_refuse_second_free(self, block);
}

#endif
