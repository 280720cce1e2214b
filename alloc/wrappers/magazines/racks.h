/* SPDX-License-Identifier: MIT */
/* A rack whose loaded magazine does not serve. Both need that the caller is inside the slot. */
#ifndef CAIRN_MAGAZINES_RACKS_H
#define CAIRN_MAGAZINES_RACKS_H

#include <cairn/magazines.h>

/*
 * Takes a block from wherever there is one; if from the inner allocator, of which `layout` is asked, a
 * few more with it. Null if that one has none.
 */
void *cairn_magazines_alloc_in_slot(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                                    size_t size_class, struct cairn_layout layout);

/* Sees to it that the loaded magazine has room; false if the inner allocator must take the block. */
bool cairn_magazines_load_room(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                               size_t size_class);

#endif
